/* SPDX-License-Identifier: Apache-2.0 */
/* `gopm traceback --unique`: equal stacks once, the most frequent first. */
#ifndef GOPM_COMMAND_UNIQUE_H
#define GOPM_COMMAND_UNIQUE_H

#include "command.h"

/* `options`: its level and goroutine. @return GOPM_OK; GOPM_NOT_FOUND (no goroutine); what the library failed with. */
gopm_status unique_print(gopm_core *core, const gopm_traceback_options *options, bool json, gopm_error **err);

#endif
