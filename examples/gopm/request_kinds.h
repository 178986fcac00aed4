/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of objects that the command requests shows. */
#ifndef GOPM_COMMAND_REQUEST_KINDS_H
#define GOPM_COMMAND_REQUEST_KINDS_H

#include "library.h"

extern const struct library_kind request_kinds[];
extern const size_t request_kind_count;

#endif
