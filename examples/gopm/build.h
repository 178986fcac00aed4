/* SPDX-License-Identifier: Apache-2.0 */
/* The part of `gopm info` about how the executable was built. */
#ifndef GOPM_COMMAND_BUILD_H
#define GOPM_COMMAND_BUILD_H

#include <gopm/build.h>

/* Lines "package:", "module:" and "revision:", without those that the executable does not say. */
void text_build(gopm_core *core);

/* The member "buildInfo", as `go version -m -json` prints it; nothing if there is none. */
void json_build(gopm_core *core);

#endif
