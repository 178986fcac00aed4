/* SPDX-License-Identifier: Apache-2.0 */
/* Where the bytes of a core or an executable come from: a mapped file, the caller's
 * memory, the caller's callback, or a compressed file unpacked into a temporary one.
 * All of them look the same afterwards: a range of bytes that stays where it is. */
#ifndef GOPM_CORE_SOURCE_H
#define GOPM_CORE_SOURCE_H

#include <gopm/core.h>
#include <stdbool.h>

#include "util/error.h"

struct gopm__source_lazy; /* blocks that are read, or noted, on first touch */

struct gopm__source {
	const uint8_t *base; /* valid for `size` bytes; of a lazy source only what span() returned */
	uint64_t size;
	char *name;                     /* the path, or what stands for it in messages; owned */
	const char *compression;        /* "", "zstd", "lz4" or "xz" */
	const char *damage;             /* what is wrong with a compressed file that was unpacked in part; or NULL */
	uint64_t damage_offset;         /* where, in the compressed file */
	struct gopm__source_lazy *lazy; /* NULL: all of it can be read at once */
	void *mapping;                  /* to unmap, or NULL for the caller's memory */
	uint64_t mapping_size;          /* its bytes */
};

/* As gopm_read_fn, for blocks of a page or more; *zero: the bytes are all zero, and were not written to `buffer`. */
typedef int64_t (*gopm__fill_fn)(void *user_data, uint64_t offset, void *buffer, size_t size, bool *zero);

struct gopm__source_request {
	const char *path; /* first that is set wins: the caller checked that only one is */
	int fd;           /* -1: none */
	const void *data;
	size_t data_size;
	gopm_read_fn read;
	void *user_data;
	uint64_t read_size;
	gopm__fill_fn fill;           /* instead of `read`: of memory of which little is asked for here and there */
	unsigned block_shift;         /* of `fill`: blocks of 1 << block_shift bytes */
	const char *name;             /* what messages call it; NULL: the path, or what stands for one */
	const char *what;             /* "core" or "executable": for messages */
	const char *temporary_folder; /* NULL: /var/tmp */
	uint64_t max_unpacked_size;
	bool unpack; /* recognise zstd, lz4 and xz */
};

gopm_status gopm__source_open(struct gopm__source *source, const struct gopm__source_request *request,
                              gopm_error **err);
void gopm__source_close(struct gopm__source *source);

/* From now on notes which blocks of 1 << `shift` bytes are asked for, and forgets what was noted before.
 * @return GOPM_OK; GOPM_ERR_NO_MEMORY. */
gopm_status gopm__source_track(struct gopm__source *source, unsigned shift);

/* Whether a tracked source notes what is asked for; it does after gopm__source_track(). Who looks through everything
 * for one thing notes what was found, and not where it was looked for. */
void gopm__source_note(const struct gopm__source *source, bool note);

/* A lazy source forgets what it has read, but keeps the memory for it: what is read again costs no fault. `size` is its
 * new size. False: it is no such source, or has no room for that. */
bool gopm__source_restart(struct gopm__source *source, uint64_t size);

/* After that: reads what was read before it, in as few calls as there are runs. */
void gopm__source_refill(const struct gopm__source *source);

/* A lazy source calls nobody any more: what was not read by now cannot be read. */
void gopm__source_freeze(struct gopm__source *source);

/* The next run of bytes at or behind `from` that was asked for, in whole blocks: since gopm__source_track(), else of a
 * lazy source all that was read, of another one all there is. False: there is none. The bytes are at `base`, without
 * asking. */
bool gopm__source_touched(const struct gopm__source *source, uint64_t from, uint64_t *begin, uint64_t *end);

/* Reads, or notes, the blocks; false: the callback failed. Safe from many threads. */
bool gopm__source_fill(const struct gopm__source *source, uint64_t offset, uint64_t size);

/* `size` bytes at `offset`, valid as long as the source; NULL: past the end, or not to be read. */
static inline const uint8_t *gopm__source_span(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	if (offset > source->size || size > source->size - offset) {
		return NULL;
	}
	if (source->lazy != NULL && !gopm__source_fill(source, offset, size)) {
		return NULL;
	}
	return source->base + offset;
}

#endif
