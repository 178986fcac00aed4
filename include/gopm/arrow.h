/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/arrow.h
 * Goroutines as columns, by the Arrow C stream interface: pyarrow, pandas, polars, duckdb and others read it without a
 * copy.
 *
 * Since: 0.9
 */
#ifndef GOPM_ARROW_H
#define GOPM_ARROW_H

#include <gopm/goroutine.h>

/* The structs of https://arrow.apache.org/docs/format/CDataInterface.html, which other headers may define too. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/** The type of an array. */
struct ArrowSchema {
	const char *format;
	const char *name;
	const char *metadata;
	int64_t flags;
	int64_t n_children;
	struct ArrowSchema **children;
	struct ArrowSchema *dictionary;
	void (*release)(struct ArrowSchema *schema);
	void *private_data;
};

/** The contents of an array. */
struct ArrowArray {
	int64_t length;
	int64_t null_count;
	int64_t offset;
	int64_t n_buffers;
	int64_t n_children;
	const void **buffers;
	struct ArrowArray **children;
	struct ArrowArray *dictionary;
	void (*release)(struct ArrowArray *array);
	void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/** Arrays of one type, one after the other. */
struct ArrowArrayStream {
	int (*get_schema)(struct ArrowArrayStream *stream, struct ArrowSchema *out);
	int (*get_next)(struct ArrowArrayStream *stream, struct ArrowArray *out);
	const char *(*get_last_error)(struct ArrowArrayStream *stream);
	void (*release)(struct ArrowArrayStream *stream);
	void *private_data;
};

#endif

GOPM_BEGIN_DECLS

/**
 * Gives goroutines as a stream of record batches, in the order of runtime.allgs, 65 536 rows each. Only columns of the
 * fields that the filter asks for are in it; a value that is unknown is null:
 *
 * - always: id, address, status, wait_reason, wait_time (duration), system, partial, locked, parent_id, thread_id, pc,
 * sp
 * - GOPM_FIELD_CURRENT, _USER, _GO, _START: current_function, current_file, current_line; user_..., go_..., start_...
 * - GOPM_FIELD_WAIT: wait_kind ("chan send", "chan receive", "select", "semaphore", "cond", "timer", "io", "forever",
 *   "other"), wait_object, wait_type, wait_length, wait_capacity, wait_senders, wait_receivers, wait_fd, wait_count
 * - GOPM_FIELD_LABELS: label_count
 * - GOPM_FIELD_STACK: stack_id
 *
 * Strings are dictionaries: each batch has each of its strings once. A string that is not UTF-8 is escaped as by
 * gopm_escape().
 *
 * The stream keeps the core open. One thread at a time may use it; its arrays may go to other threads, and live longer.
 * Its get_next returns ENOMEM, EIO or ECANCELED as errors. After an error, it returns the same again: open a new
 * stream.
 * @param filter as in gopm_goroutine_iter_open(); its progress callback is called by get_next
 * @param out the caller's struct, which need not be initialized. The caller calls its `release`; on failure that is
 * NULL
 * @return as gopm_goroutine_iter_open().
 * Since: 0.9
 */
GOPM_API gopm_status gopm_goroutines_arrow(gopm_core *core, const gopm_goroutine_filter *filter,
                                           struct ArrowArrayStream *out, gopm_error **err);

GOPM_END_DECLS

#endif
