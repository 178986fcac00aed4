#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/source_private.h"

#define BLOCK_SIZE ((uint64_t)64 * 1024)

/* The address range of the whole file is reserved, and a block of it gets memory and bytes when it
 * is first asked for. `ready` has a bit a block, set after its bytes are there. */
struct gopm__source_lazy {
	pthread_mutex_t lock; /* one call of the callback at a time */
	gopm_read_fn read;
	void *user_data;
	uint64_t blocks;
	_Atomic uint64_t *ready;
};

gopm_status gopm__source_lazy_open(struct gopm__source *source, const struct gopm__source_request *request,
                                   gopm_error **err)
{
	if (request->read_size == 0) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name), "is empty");
	}
	if (request->read_size > (uint64_t)1 << 46) {
		return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_FILE(source->name),
		                  "%llu bytes are more than the address space takes",
		                  (unsigned long long)request->read_size);
	}
	struct gopm__source_lazy *lazy = calloc(1, sizeof *lazy);
	if (lazy == NULL) {
		return gopm__fail_memory(err);
	}
	lazy->read = request->read;
	lazy->user_data = request->user_data;
	lazy->blocks = (request->read_size + BLOCK_SIZE - 1) / BLOCK_SIZE;
	lazy->ready = calloc((size_t)(lazy->blocks + 63) / 64, sizeof *lazy->ready);
	if (lazy->ready == NULL) {
		free(lazy);
		return gopm__fail_memory(err);
	}
	void *mapping =
	    mmap(NULL, (size_t)request->read_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mapping == MAP_FAILED) {
		gopm_status status = gopm__fail(err, GOPM_ERR_NO_MEMORY, GOPM__AT_FILE(source->name),
		                                "cannot reserve %llu bytes of address space: %s",
		                                (unsigned long long)request->read_size, strerror(errno));
		free(lazy->ready);
		free(lazy);
		return status;
	}
	(void)pthread_mutex_init(&lazy->lock, NULL);
	source->lazy = lazy;
	source->mapping = mapping;
	source->base = mapping;
	source->size = request->read_size;
	return GOPM_OK;
}

void gopm__source_lazy_close(struct gopm__source *source)
{
	struct gopm__source_lazy *lazy = source->lazy;

	if (lazy == NULL) {
		return;
	}
	(void)pthread_mutex_destroy(&lazy->lock);
	free(lazy->ready);
	free(lazy);
	source->lazy = NULL;
}

static bool is_ready(struct gopm__source_lazy *lazy, uint64_t block)
{
	uint64_t bits = atomic_load_explicit(&lazy->ready[block / 64], memory_order_acquire);
	return (bits >> (block % 64) & 1) != 0;
}

/* Under the lock. */
static bool read_block(const struct gopm__source *source, uint64_t block)
{
	struct gopm__source_lazy *lazy = source->lazy;
	uint64_t offset = block * BLOCK_SIZE;
	size_t size = (size_t)(source->size - offset < BLOCK_SIZE ? source->size - offset : BLOCK_SIZE);
	uint8_t *to = (uint8_t *)source->mapping + offset;

	if (is_ready(lazy, block)) {
		return true;
	}
	if (mprotect(to, size, PROT_READ | PROT_WRITE) != 0) {
		return false;
	}
	for (size_t done = 0; done < size;) {
		int64_t got = lazy->read(lazy->user_data, offset + done, to + done, size - done);
		if (got <= 0 || (uint64_t)got > size - done) {
			return false;
		}
		done += (size_t)got;
	}
	(void)atomic_fetch_or_explicit(&lazy->ready[block / 64], UINT64_C(1) << (block % 64), memory_order_release);
	return true;
}

bool gopm__source_fill(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	struct gopm__source_lazy *lazy = source->lazy;

	if (size == 0) {
		return true;
	}
	uint64_t last = (offset + (size - 1)) / BLOCK_SIZE;
	for (uint64_t block = offset / BLOCK_SIZE; block <= last; block++) {
		if (is_ready(lazy, block)) {
			continue;
		}
		(void)pthread_mutex_lock(&lazy->lock);
		bool ok = read_block(source, block);
		(void)pthread_mutex_unlock(&lazy->lock);
		if (!ok) {
			return false;
		}
	}
	return true;
}
