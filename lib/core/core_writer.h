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

/* Memory of the new core at an offset of its file. */
struct gopm__core_part {
	uint64_t offset, size;
	const struct gopm__source *source; /* borrowed from the old core */
	uint64_t from;                     /* offset in the source */
};

/* The new core before it is written: its first bytes, and the parts that follow them with gaps of zeroes. */
struct gopm__core_layout {
	struct gopm__text front;       /* ELF header, program headers, notes */
	struct gopm__core_part *parts; /* sorted by offset */
	size_t part_count;
	uint64_t size;     /* bytes of the file */
	uint64_t segments; /* program headers */
};

/* Plans the new core. The old one and `plan->kept` must stay until the layout is freed. On failure nothing is to free.
 */
gopm_status gopm__core_layout_make(struct gopm__core_layout *layout, const struct gopm__core_plan *plan,
                                   gopm_error **err);
void gopm__core_layout_free(struct gopm__core_layout *layout);

gopm_status gopm__core_write(const struct gopm__core_layout *layout, struct gopm__sink *sink, gopm_error **err);

/* Reads bytes of the file that gopm__core_write() would write: a gopm_read_fn, whose user data is the layout. Many
 * threads may call it. */
int64_t gopm__core_layout_read(void *layout, uint64_t offset, void *buffer, size_t size);

#endif
