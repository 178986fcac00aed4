/* SPDX-License-Identifier: Apache-2.0 */
/* A source: the bytes of a core or an executable. They come from a file, the caller's memory, the caller's callback, or
 * a temporary file (of a compressed file or a pipe). All look alike: a range of bytes that does not move.
 *
 * A file is read with pread(), not mapped, unless the caller asks for it (struct gopm__io). If a mapped file becomes
 * shorter, or its disk fails, the next access to it is a SIGBUS, which ends a process that did not expect it. No check
 * before an access helps, because the file may change after it; and a library must not install signal handlers.
 *
 * A lazy source reads blocks when they are first needed, and keeps them. A file keeps only those that
 * gopm__source_span() returned: gopm__source_copy() reads through a cache of fixed size. A tracked source records which
 * blocks are used. Read only through these functions: they check the bounds, and read or record. */
#ifndef GOPM_CORE_SOURCE_H
#define GOPM_CORE_SOURCE_H

#include <gopm/core.h>
#include <stdbool.h>

#include "core/io.h"
#include "util/progress.h"

struct gopm__source_lazy; /* the state of a lazy or tracked source */

struct gopm__source {
	const uint8_t *base; /* `size` bytes; in a lazy source only those that gopm__source_span() returned are valid */
	uint64_t size;
	char *name;                     /* the path, or a name for messages; owned */
	const char *compression;        /* "", or the decoder's name: "zstd" */
	const char *damage;             /* why a compressed file was unpacked only in part; NULL: it was not */
	uint64_t damage_offset;         /* in the compressed file */
	struct gopm__source_lazy *lazy; /* NULL: all bytes are valid, and none are recorded */
	struct gopm__io *io;            /* not owned; NULL: no limits, and failed reads are not recorded */
	void *mapping;                  /* owned; NULL: the caller's memory */
	uint64_t mapping_size;          /* in bytes */
};

/* Like gopm_read_fn, for whole pages. May set *zero instead of writing to `buffer` if all the bytes are zero. */
typedef int64_t (*gopm__fill_fn)(void *user_data, uint64_t offset, void *buffer, size_t size, bool *zero);

struct gopm__source_request {
	const char
	    *path; /* the caller sets one of path, fd, data, and read or fill; if more are set, the first counts */
	int fd;    /* -1: none */
	const void *data;
	size_t data_size;
	gopm_read_fn read;
	void *user_data;
	uint64_t read_size;
	bool transient;       /* with `read`, which many threads may call at once: keeps only the bytes of spans */
	gopm__fill_fn fill;   /* instead of `read`, for sources of which small parts are needed here and there */
	unsigned block_shift; /* with `fill`: log2 of the block size */
	const char *name;     /* for messages; NULL: the path, or a name made of `what` */
	const char *what;     /* "core" or "executable", for messages */
	const char *temporary_folder;   /* NULL: /var/tmp */
	uint64_t max_unpacked_size;     /* bytes of an unpacked file or of a pipe, holes included; 0: 64 GiB */
	struct gopm__progress progress; /* of unpacking, or of copying a pipe */
	struct gopm__io *io;            /* of the open core; NULL: none */
	bool unpack;                    /* decompress what decoder.c knows */
	bool elf; /* fail before a pipe or a compressed file is copied to the disk if it is not an ELF file */
};

/* Opens a source. On failure it is closed and `*err` is set. Named pipes and devices are refused: opening them could
 * block, or do something. A descriptor may be a pipe; it is copied to a temporary file. */
gopm_status gopm__source_open(struct gopm__source *source, const struct gopm__source_request *request,
                              gopm_error **err);
void gopm__source_close(struct gopm__source *source);

/* Starts to record which blocks of 1 << `shift` bytes are used, with an empty record.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__source_track(struct gopm__source *source, unsigned shift);

/* True if a range, which is within the source, can still be read: gopm__source_freeze() has not ended it. */
bool gopm__source_available(const struct gopm__source *source, uint64_t offset, uint64_t size);

/* Makes a range one that gopm__source_touched() finds. Reads it only if it must be read now: of a process. */
void gopm__source_keep(const struct gopm__source *source, uint64_t offset, uint64_t size);

/* Turns recording off and on. A search through much memory turns it off, and then reads the place it found with
 * recording on. */
void gopm__source_note(const struct gopm__source *source, bool note);

/* Makes all blocks of a source with `fill` unread, and `size` its new size. Keeps the memory, so that reading a block
 * again costs no page fault. Returns false if the source has no `fill`, was restarted before, or is too small. */
bool gopm__source_restart(struct gopm__source *source, uint64_t size);

/* After gopm__source_restart(): reads all blocks that had been read before it, one call for each run of blocks. */
void gopm__source_refill(const struct gopm__source *source);

/* Ends all calls of the callback. Blocks that were not read so far cannot be read. */
void gopm__source_freeze(struct gopm__source *source);

/* Finds the first run of used bytes at or after `from`, in whole blocks. "Used" means recorded if the source is
 * tracked, read if it is lazy, and any byte otherwise. Returns false if there is none. */
bool gopm__source_touched(const struct gopm__source *source, uint64_t from, uint64_t *begin, uint64_t *end);

/* Reads and records the blocks of a range, which is within the source. Returns false if the callback failed.
 * Thread-safe. */
bool gopm__source_fill(const struct gopm__source *source, uint64_t offset, uint64_t size);

/* Returns `size` bytes at `offset`, valid until the source is closed. Returns NULL if they are not all within the
 * source or the callback failed. Thread-safe. */
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

/* gopm__source_copy() and gopm__source_view() of lazy and tracked sources. The range is within the source. */
bool gopm__source_copy_lazy(const struct gopm__source *source, uint64_t offset, void *buffer, uint64_t size);
const uint8_t *gopm__source_view_lazy(const struct gopm__source *source, uint64_t offset, uint64_t size, void *buffer);

/* Returns `size` bytes at `offset`, in place or copied to `buffer`, valid as long as `buffer`. NULL as
 * gopm__source_span(). For small reads in many places: it does not keep the bytes of a file. Thread-safe. */
static inline const uint8_t *gopm__source_view(const struct gopm__source *source, uint64_t offset, uint64_t size,
                                               void *buffer)
{
	if (offset > source->size || size > source->size - offset) {
		return NULL;
	}
	return source->lazy == NULL ? source->base + offset : gopm__source_view_lazy(source, offset, size, buffer);
}

/* Copies `size` bytes at `offset`. Returns false as gopm__source_view(). */
static inline bool gopm__source_copy(const struct gopm__source *source, uint64_t offset, void *buffer, uint64_t size)
{
	if (offset > source->size || size > source->size - offset) {
		return false;
	}
	return gopm__source_copy_lazy(source, offset, buffer, size);
}

/* Returns the bytes if they can be accessed at no cost, else NULL. */
static inline const uint8_t *gopm__source_peek(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	bool inside = offset <= source->size && size <= source->size - offset;
	return inside && source->lazy == NULL ? source->base + offset : NULL;
}

#endif
