/* SPDX-License-Identifier: Apache-2.0 */
/* Records of goroutines as batches of columns; the table of the columns. */
#ifndef GOPM_EXPORT_ARROW_GOROUTINE_H
#define GOPM_EXPORT_ARROW_GOROUTINE_H

#include "export/arrow_dictionary.h"

#define GOPM__ARROW_BATCH 65536 /* rows */

/* One batch that is being filled. */
struct gopm__arrow_goroutines {
	uint32_t fields; /* GOPM_FIELD_*: the columns */
	size_t rows;
	struct gopm__arrow_column *columns; /* NULL: not begun */
	size_t column_count;
};

/* Makes the type of the batches. False: out of memory. */
bool gopm__arrow_goroutines_schema(uint32_t fields, struct ArrowSchema *out);

/* Appends rows, column by column; there is room for GOPM__ARROW_BATCH of them. The strings of the records live until
 * the batch is finished. False: out of memory, and the batch is useless. */
bool gopm__arrow_goroutines_add(struct gopm__arrow_goroutines *batch, const gopm_goroutine *records, size_t count);

/* Moves the rows to an array, and empties the batch. False: out of memory, and the batch is useless. */
bool gopm__arrow_goroutines_finish(struct gopm__arrow_goroutines *batch, struct ArrowArray *out);

void gopm__arrow_goroutines_clear(struct gopm__arrow_goroutines *batch);

#endif
