/* SPDX-License-Identifier: Apache-2.0 */
/* Writes an ELF core: the notes of another one, and of its memory some pieces. */
#ifndef GOPM_CORE_CORE_WRITER_H
#define GOPM_CORE_CORE_WRITER_H

#include "core/kept.h"
#include "core/sink.h"
#include "util/text.h"

struct gopm__core_plan {
	struct gopm__corefile *core; /* whose header, notes and mappings it has */
	const struct gopm__kept *kept;
	const struct gopm__text *note; /* what the gopm note says; one that the old core had is left out */
	uint64_t page;                 /* pieces begin at file offsets that are multiples of it */
};

/* *segments: program headers written. */
gopm_status gopm__core_write(const struct gopm__core_plan *plan, struct gopm__sink *sink, uint64_t *segments,
                             gopm_error **err);

#endif
