/* SPDX-License-Identifier: Apache-2.0 */
/* Writes an ELF core with the notes and the mappings of another one, and with some pieces of its memory. */
#ifndef GOPM_CORE_CORE_WRITER_H
#define GOPM_CORE_CORE_WRITER_H

#include "core/kept.h"
#include "core/sink.h"
#include "util/text.h"

struct gopm__core_plan {
	struct gopm__corefile *core;   /* the old core: gives the ELF header, the notes and the mappings */
	const struct gopm__kept *kept; /* the memory to write */
	const struct gopm__text *note; /* contents of the gopm note; replaces that of the old core */
	uint64_t page;                 /* pieces are at file offsets that are multiples of it */
};

/* Writes the core and sets *segments to the number of program headers. */
gopm_status gopm__core_write(const struct gopm__core_plan *plan, struct gopm__sink *sink, uint64_t *segments,
                             gopm_error **err);

#endif
