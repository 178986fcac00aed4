/* SPDX-License-Identifier: Apache-2.0 */
/* The build info that the linker leaves in every Go executable: its Go version, also where nothing else tells.
 * Source: debug/buildinfo/buildinfo.go, Go 1.13 to 1.27. */
#ifndef GOPM_EXE_BUILDINFO_H
#define GOPM_EXE_BUILDINFO_H

#include "exe/executable.h"

/* "go1.26.8", borrowed from the executable or the core; empty: none. */
gopm_str gopm__buildinfo_version(const struct gopm__corefile *core, struct gopm__executable *exe);

/* The value of a setting in the build info, as "DefaultGODEBUG"; false: there is none, or no build info. */
bool gopm__buildinfo_setting(const struct gopm__corefile *core, struct gopm__executable *exe, const char *key,
                             gopm_str *value);

/* The N of "go1.N...", also with a prefix as "devel go1.28-"; 0: not of that form. */
int gopm__go_minor(gopm_str version);

#endif
