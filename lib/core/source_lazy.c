/* SPDX-License-Identifier: Apache-2.0 */
/* Lazy and tracked sources.
 *
 * A lazy source reserves an address range for the whole file, so that pointers into it stay valid. A block gets memory
 * and bytes when it is first needed. Bitmaps say which blocks are ready, and which were used. They are read without the
 * lock: a bit is set, with release order, after the bytes are there. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/source_private.h"
#include "core/source_window.h"
#include "util/allocate.h"

#define BLOCK_SHIFT 16
/* Of a file: a call of pread() costs less than one of a callback. */
#define FILE_BLOCK_SHIFT 14
/* Copies of this many bytes are not kept. */
#define LARGE_COPY ((uint64_t)1 << BLOCK_SHIFT)

/* mprotect() splits a mapping, and Linux allows 65 530 mappings in a process (vm.max_map_count). Scattered blocks must
 * not cost one each, so access is enabled by chunks of 64 MiB. */
#define CHUNK_SHIFT 26

/* A bitmap with one bit for each block of 1 << shift bytes. */
struct blocks {
	_Atomic uint64_t *bits;
	uint64_t count;
	unsigned shift;
};

struct gopm__source_lazy {
	pthread_mutex_t lock; /* held during a call of the callback */
	gopm_read_fn read;    /* if `fill` is NULL too, all bytes are valid from the start */
	gopm__fill_fn fill;
	void *user_data;
	int fd;                        /* of a file, owned; -1: none */
	struct gopm__windows *windows; /* NULL: all blocks that are read are kept */
	const char *name;              /* for failures; the source's */
	struct gopm__io *io;           /* not owned; NULL: none */
	atomic_bool frozen;            /* no block is read any more */
	atomic_bool silent;            /* uses are not recorded */
	struct blocks ready;           /* have their bytes */
	struct blocks noted;           /* were used; without bits if the source is not tracked */
	struct blocks used;            /* were ready before the restart */
	struct blocks dirty;           /* with `fill`: their memory may be other than zero */
	struct blocks allowed;         /* with `read`: chunks that may be written; under the lock */
};

static bool blocks_init(struct blocks *blocks, uint64_t size, unsigned shift)
{
	blocks->shift = shift;
	blocks->count = (size >> shift) + 1;
	/* A large calloc() is untouched zero pages: unused parts of the bitmap cost no memory. */
	blocks->bits = gopm__calloc((size_t)(blocks->count / 64 + 1), sizeof *blocks->bits);
	return blocks->bits != NULL;
}

static struct gopm__source_lazy *lazy_new(void)
{
	struct gopm__source_lazy *lazy = gopm__calloc(1, sizeof *lazy);

	if (lazy != NULL) {
		lazy->fd = -1;
		(void)pthread_mutex_init(&lazy->lock, NULL);
	}
	return lazy;
}

static void lazy_free(struct gopm__source_lazy *lazy)
{
	(void)pthread_mutex_destroy(&lazy->lock);
	gopm__windows_free(lazy->windows);
	if (lazy->fd >= 0) {
		(void)close(lazy->fd);
	}
	free(lazy->ready.bits);
	free(lazy->noted.bits);
	free(lazy->used.bits);
	free(lazy->dirty.bits);
	free(lazy->allowed.bits);
	free(lazy);
}

/* Calls the callback until all bytes are there. Records a failure. */
static bool read_all(struct gopm__source_lazy *lazy, uint64_t offset, uint8_t *to, size_t size)
{
	for (size_t done = 0; done < size;) {
		int64_t got = lazy->read(lazy->user_data, offset + done, to + done, size - done);
		if (got > 0 && (uint64_t)got <= size - done) {
			done += (size_t)got;
		} else if (lazy->fd < 0) {
			gopm__io_fail(lazy->io, lazy->name, offset + done,
			              got == 0 ? "the read callback returned no bytes before the end of the file"
			                       : "the read callback failed");
			return false;
		} else {
			gopm__io_fail(lazy->io, lazy->name, offset + done,
			              got == 0 ? "cannot read: the file became shorter while it was open"
			                       : strerror(errno));
			return false;
		}
	}
	return true;
}

static bool read_window(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	return read_all(user_data, offset, buffer, size);
}

/* Allocates what a lazy source of `size` bytes needs. `lazy` has its callbacks; it is freed on failure. */
static gopm_status open_lazy(struct gopm__source *source, struct gopm__source_lazy *lazy, uint64_t size, unsigned shift,
                             gopm_error **err)
{
	bool scattered = lazy->fill != NULL;

	lazy->name = source->name;
	lazy->io = source->io;
	if (!blocks_init(&lazy->ready, size, shift) ||
	    !(scattered ? blocks_init(&lazy->dirty, size, shift) : blocks_init(&lazy->allowed, size, CHUNK_SHIFT))) {
		lazy_free(lazy);
		return gopm__fail_memory(err);
	}
	/* With small blocks the whole range is writable from the start, because of the limit on mappings. */
	void *mapping = mmap(NULL, (size_t)size, scattered ? PROT_READ | PROT_WRITE : PROT_NONE,
	                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mapping == MAP_FAILED) {
		gopm_status status = gopm__fail(err, GOPM_ERR_NO_MEMORY, GOPM__AT_FILE(source->name),
		                                "cannot reserve %llu bytes of address space: %s",
		                                (unsigned long long)size, strerror(errno));
		lazy_free(lazy);
		return status;
	}
	source->lazy = lazy;
	source->mapping = mapping;
	source->mapping_size = size;
	source->base = mapping;
	source->size = size;
	return GOPM_OK;
}

static gopm_status check_lazy_size(const struct gopm__source *source, uint64_t size, gopm_error **err)
{
	if (size == 0) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name), "is empty");
	}
	if (size > (uint64_t)1 << 46) {
		return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_FILE(source->name),
		                  "a size of %llu bytes does not fit the address space", (unsigned long long)size);
	}
	return GOPM_OK;
}

gopm_status gopm__source_lazy_open(struct gopm__source *source, const struct gopm__source_request *request,
                                   gopm_error **err)
{
	gopm_status status = check_lazy_size(source, request->read_size, err);
	struct gopm__source_lazy *lazy = status == GOPM_OK ? lazy_new() : NULL;

	if (lazy == NULL) {
		return status != GOPM_OK ? status : gopm__fail_memory(err);
	}
	lazy->read = request->read;
	lazy->user_data = request->user_data;
	lazy->fill = request->fill;
	if (request->transient) {
		lazy->windows = gopm__windows_new(request->read_size, read_window, lazy);
		if (lazy->windows == NULL) {
			lazy_free(lazy);
			return gopm__fail_memory(err);
		}
	}
	return open_lazy(source, lazy, request->read_size, request->fill != NULL ? request->block_shift : BLOCK_SHIFT,
	                 err);
}

gopm_status gopm__source_lazy_file(struct gopm__source *source, int fd, uint64_t size, gopm_error **err)
{
	gopm_status status = check_lazy_size(source, size, err);
	struct gopm__source_lazy *lazy = status == GOPM_OK ? lazy_new() : NULL;

	if (lazy == NULL) {
		(void)close(fd);
		return status != GOPM_OK ? status : gopm__fail_memory(err);
	}
	lazy->fd = fd;
	lazy->read = gopm__source_pread;
	lazy->user_data = &lazy->fd;
	lazy->windows = gopm__windows_new(size, read_window, lazy);
	if (lazy->windows == NULL) {
		lazy_free(lazy);
		return gopm__fail_memory(err);
	}
	return open_lazy(source, lazy, size, FILE_BLOCK_SHIFT, err);
}

void gopm__source_lazy_close(struct gopm__source *source)
{
	if (source->lazy != NULL) {
		lazy_free(source->lazy);
		source->lazy = NULL;
	}
}

gopm_status gopm__source_track(struct gopm__source *source, unsigned shift)
{
	if (source->lazy == NULL) {
		source->lazy = lazy_new();
		if (source->lazy == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	free(source->lazy->noted.bits);
	return blocks_init(&source->lazy->noted, source->size, shift) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

bool gopm__source_restart(struct gopm__source *source, uint64_t size)
{
	struct gopm__source_lazy *lazy = source->lazy;
	struct blocks fresh;

	if (lazy == NULL || lazy->fill == NULL || lazy->used.bits != NULL || size > source->mapping_size ||
	    !blocks_init(&fresh, source->mapping_size, lazy->ready.shift)) {
		return false;
	}
	lazy->used = lazy->ready;
	lazy->ready = fresh;
	source->size = size;
	return true;
}

void gopm__source_note(const struct gopm__source *source, bool note)
{
	if (source->lazy != NULL) {
		atomic_store(&source->lazy->silent, !note);
	}
}

void gopm__source_freeze(struct gopm__source *source)
{
	if (source->lazy != NULL) {
		atomic_store(&source->lazy->frozen, true);
	}
}

static bool block_is_set(const struct blocks *blocks, uint64_t block)
{
	uint64_t bits = atomic_load_explicit(&blocks->bits[block / 64], memory_order_acquire);
	return (bits >> (block % 64) & 1) != 0;
}

static void set_blocks(struct blocks *blocks, uint64_t first, uint64_t last)
{
	for (uint64_t word = first / 64; word <= last / 64; word++) {
		uint64_t from = word == first / 64 ? first % 64 : 0, to = word == last / 64 ? last % 64 : 63;
		uint64_t bits = (UINT64_MAX >> (63 - to)) & (UINT64_MAX << from);
		if ((atomic_load_explicit(&blocks->bits[word], memory_order_relaxed) & bits) != bits) {
			(void)atomic_fetch_or_explicit(&blocks->bits[word], bits, memory_order_release);
		}
	}
}

/* The first block from `block` on whose bit is `set`; blocks->count if there is none. */
static uint64_t next_block(const struct blocks *blocks, uint64_t block, bool set)
{
	while (block < blocks->count) {
		uint64_t bits = atomic_load_explicit(&blocks->bits[block / 64], memory_order_acquire);
		bits = (set ? bits : ~bits) >> (block % 64);
		if (bits != 0) {
			block += (uint64_t)__builtin_ctzll(bits);
			break;
		}
		block = (block / 64 + 1) * 64;
	}
	return block < blocks->count ? block : blocks->count;
}

/* After a fill of `size` bytes at `to`. If `zero`, the fill wrote nothing: clears bytes that an earlier read left
 * there. Memory that was never written is zero already, and stays without pages. */
static void mark_dirty(struct gopm__source_lazy *lazy, uint64_t offset, uint8_t *to, size_t size, bool zero)
{
	uint64_t first = offset >> lazy->dirty.shift, last = (offset + (size - 1)) >> lazy->dirty.shift;

	if (!zero) {
		set_blocks(&lazy->dirty, first, last);
	} else if (next_block(&lazy->dirty, first, true) <= last) {
		memset(to, 0, size);
	}
}

/* Makes the chunks of a range writable. Under the lock. */
static bool allow_chunks(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	struct blocks *allowed = &source->lazy->allowed;
	uint64_t first = offset >> CHUNK_SHIFT, last = (offset + size - 1) >> CHUNK_SHIFT;
	uint64_t from = first << CHUNK_SHIFT, to = (last + 1) << CHUNK_SHIFT;

	while (first <= last && block_is_set(allowed, first)) {
		first++;
	}
	if (first <= last) {
		to = to < source->size ? to : source->size;
		if (mprotect((uint8_t *)source->mapping + from, (size_t)(to - from), PROT_READ | PROT_WRITE) != 0) {
			return false;
		}
		set_blocks(allowed, first, last);
	}
	return true;
}

/* Reads the blocks first..last, none of which is ready. Under the lock. */
static bool read_blocks(const struct gopm__source *source, uint64_t first, uint64_t last)
{
	struct gopm__source_lazy *lazy = source->lazy;
	uint64_t offset = first << lazy->ready.shift, end = (last + 1) << lazy->ready.shift;
	size_t size = (size_t)((end < source->size ? end : source->size) - offset);
	uint8_t *to = (uint8_t *)source->mapping + offset;

	if (lazy->fill == NULL && !allow_chunks(source, offset, size)) {
		return false;
	}
	if (lazy->fill == NULL && !read_all(lazy, offset, to, size)) {
		return false;
	}
	for (size_t done = 0; lazy->fill != NULL && done < size;) {
		bool zero = false;
		int64_t got = lazy->fill(lazy->user_data, offset + done, to + done, size - done, &zero);
		if (got <= 0 || (uint64_t)got > size - done) {
			return false;
		}
		mark_dirty(lazy, offset + done, to + done, (size_t)got, zero);
		done += (size_t)got;
	}
	set_blocks(&lazy->ready, first, last);
	return true;
}

/* Reads those of the blocks first..last that are not ready. */
static bool read_missing(const struct gopm__source *source, uint64_t first, uint64_t last)
{
	struct gopm__source_lazy *lazy = source->lazy;
	bool ok = true;

	(void)pthread_mutex_lock(&lazy->lock);
	for (uint64_t at = next_block(&lazy->ready, first, false); ok && at <= last;
	     at = next_block(&lazy->ready, at, false)) {
		uint64_t end = next_block(&lazy->ready, at, true);
		ok = read_blocks(source, at, end <= last ? end - 1 : last);
	}
	(void)pthread_mutex_unlock(&lazy->lock);
	return ok;
}

/* True if all blocks of a range have their bytes. */
static bool is_ready(const struct gopm__source_lazy *lazy, uint64_t offset, uint64_t size)
{
	uint64_t first = offset >> lazy->ready.shift, last = (offset + (size - 1)) >> lazy->ready.shift;

	while (first <= last && block_is_set(&lazy->ready, first)) {
		first++;
	}
	return first > last;
}

/* Records the use of a range. */
static void note_range(struct gopm__source_lazy *lazy, uint64_t offset, uint64_t size)
{
	if (lazy->noted.bits != NULL && !atomic_load_explicit(&lazy->silent, memory_order_relaxed)) {
		set_blocks(&lazy->noted, offset >> lazy->noted.shift, (offset + (size - 1)) >> lazy->noted.shift);
	}
}

bool gopm__source_fill(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	struct gopm__source_lazy *lazy = source->lazy;

	if (size == 0) {
		return true;
	}
	if (lazy->ready.bits != NULL && !is_ready(lazy, offset, size) &&
	    (atomic_load_explicit(&lazy->frozen, memory_order_relaxed) ||
	     !read_missing(source, offset >> lazy->ready.shift, (offset + (size - 1)) >> lazy->ready.shift))) {
		return false;
	}
	note_range(lazy, offset, size);
	return true;
}

/* Copies bytes of a lazy source without keeping them. */
static bool copy_transient(struct gopm__source_lazy *lazy, uint64_t offset, void *buffer, uint64_t size)
{
	if (lazy->windows != NULL) {
		return gopm__windows_copy(lazy->windows, offset, buffer, size);
	}
	(void)pthread_mutex_lock(&lazy->lock);
	bool ok = read_all(lazy, offset, buffer, (size_t)size);
	(void)pthread_mutex_unlock(&lazy->lock);
	return ok;
}

bool gopm__source_copy_lazy(const struct gopm__source *source, uint64_t offset, void *buffer, uint64_t size)
{
	struct gopm__source_lazy *lazy = source->lazy;

	if (size == 0) {
		return true;
	}
	bool transient = lazy != NULL && lazy->ready.bits != NULL && lazy->fill == NULL &&
	                 (lazy->windows != NULL || size >= LARGE_COPY) && !is_ready(lazy, offset, size);
	if (transient) {
		if (atomic_load_explicit(&lazy->frozen, memory_order_relaxed) ||
		    !copy_transient(lazy, offset, buffer, size)) {
			return false;
		}
		note_range(lazy, offset, size);
		return true;
	}
	if (lazy != NULL && !gopm__source_fill(source, offset, size)) {
		return false;
	}
	memcpy(buffer, source->base + offset, (size_t)size);
	return true;
}

const uint8_t *gopm__source_view_lazy(const struct gopm__source *source, uint64_t offset, uint64_t size, void *buffer)
{
	if (source->lazy->windows == NULL) {
		return gopm__source_fill(source, offset, size) ? source->base + offset : NULL;
	}
	return gopm__source_copy_lazy(source, offset, buffer, size) ? buffer : NULL;
}

void gopm__source_keep(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	struct gopm__source_lazy *lazy = source->lazy;

	if (lazy == NULL || size == 0 || offset > source->size || size > source->size - offset) {
		return;
	}
	if (lazy->fill != NULL || lazy->noted.bits == NULL) {
		(void)gopm__source_fill(source, offset, size);
	} else {
		note_range(lazy, offset, size);
	}
}

void gopm__source_refill(const struct gopm__source *source)
{
	const struct gopm__source_lazy *lazy = source->lazy;

	if (lazy == NULL || lazy->used.bits == NULL) {
		return;
	}
	uint64_t blocks = (source->size - 1) >> lazy->used.shift;
	for (uint64_t first = next_block(&lazy->used, 0, true); first <= blocks;
	     first = next_block(&lazy->used, first, true)) {
		uint64_t end = next_block(&lazy->used, first, false);
		(void)read_missing(source, first, end <= blocks ? end - 1 : blocks);
		first = end;
	}
}

bool gopm__source_touched(const struct gopm__source *source, uint64_t from, uint64_t *begin, uint64_t *end)
{
	const struct gopm__source_lazy *lazy = source->lazy;

	*begin = *end = source->size;
	if (from >= source->size) {
		return false;
	}
	if (lazy == NULL) {
		*begin = from;
		return true;
	}
	const struct blocks *blocks = lazy->noted.bits != NULL ? &lazy->noted : &lazy->ready;
	uint64_t first = next_block(blocks, from >> blocks->shift, true);
	if (first == blocks->count || first << blocks->shift >= source->size) {
		return false;
	}
	uint64_t next = next_block(blocks, first, false) << blocks->shift;
	*begin = first << blocks->shift > from ? first << blocks->shift : from;
	*end = next < source->size ? next : source->size;
	return true;
}

bool gopm__source_available(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	const struct gopm__source_lazy *lazy = source->lazy;

	return size == 0 || lazy == NULL || lazy->ready.bits == NULL || !atomic_load(&lazy->frozen) ||
	       is_ready(lazy, offset, size);
}
