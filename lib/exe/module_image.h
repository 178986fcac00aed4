/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded file as the core has it: its segments, put back at their offsets in the file. */
#ifndef GOPM_EXE_MODULE_IMAGE_H
#define GOPM_EXE_MODULE_IMAGE_H

#include "exe/executable_private.h"

/* Copies the code and read-only data of the file with these headers. What the file has outside of its segments is zero:
 * the section headers, unless it is the vDSO. NULL: the core does not have all of it, or out of memory. Free it with
 * free(). */
uint8_t *gopm__module_image_copy(const struct gopm__corefile *core, const struct gopm__core_image *image, size_t *size);

/* Copies a mapping whose bytes are those of a whole file, as the vDSO's are: with its section headers. NULL: as above.
 */
uint8_t *gopm__module_mapping_copy(const struct gopm__corefile *core, uint64_t address, size_t size);

#endif
