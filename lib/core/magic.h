/* SPDX-License-Identifier: Apache-2.0 */
/* The type of a file by its first bytes. */
#ifndef GOPM_CORE_MAGIC_H
#define GOPM_CORE_MAGIC_H

#include "util/error.h"

/* Bytes that gopm__magic_check() needs to tell all formats apart. */
#define GOPM__MAGIC_SIZE 16

/* Returns GOPM_OK if a file begins as ELF files do. Else fails, and names the format if it is known. `size` may be less
 * than the file has; `what` is "core" or "executable". */
gopm_status gopm__magic_check(const uint8_t *data, uint64_t size, const char *name, const char *what, gopm_error **err);

#endif
