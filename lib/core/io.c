/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

#define DEFAULT_MAX_DISK ((uint64_t)64 << 30)
#define DEFAULT_MAX_MEMORY ((uint64_t)2 << 30)

/* Cores of heaps compress 3 to 30 times, with a million equal stacks 60 times. zstd reaches 25 000 for equal bytes.
 * Below the floor no ratio matters. */
#define DEFAULT_RATIO 1000
#define RATIO_FLOOR ((uint64_t)64 << 20)
/* DWARF compresses 2 to 10 times. */
#define SECTION_RATIO 100
#define SECTION_FLOOR ((uint64_t)16 << 20)

void gopm__io_init(struct gopm__io *io, const struct gopm__io_options *options, struct gopm__findings *findings)
{
	*io = (struct gopm__io){.options = *options, .findings = findings};
	io->options.max_disk = options->max_disk != 0 ? options->max_disk : DEFAULT_MAX_DISK;
	io->options.max_memory = options->max_memory != 0 ? options->max_memory : DEFAULT_MAX_MEMORY;
	(void)pthread_mutex_init(&io->lock, NULL);
}

void gopm__io_clear(struct gopm__io *io)
{
	(void)pthread_mutex_destroy(&io->lock);
	free(io->path);
	io->path = NULL;
}

bool gopm__io_maps(const struct gopm__io *io)
{
	return io != NULL && io->options.map;
}

static bool take(_Atomic uint64_t *used, uint64_t size, uint64_t limit)
{
	uint64_t old = atomic_load(used);

	do {
		if (size > limit || old > limit - size) {
			return false;
		}
	} while (!atomic_compare_exchange_weak(used, &old, old + size));
	return true;
}

bool gopm__io_take_disk(struct gopm__io *io, uint64_t size)
{
	return io == NULL || take(&io->disk, size, io->options.max_disk);
}

bool gopm__io_take_memory(struct gopm__io *io, uint64_t size)
{
	return io == NULL || take(&io->memory, size, io->options.max_memory);
}

void gopm__io_give_memory(struct gopm__io *io, uint64_t size)
{
	if (io != NULL) {
		(void)atomic_fetch_sub(&io->memory, size);
	}
}

static bool exceeds_ratio(const struct gopm__io *io, uint64_t size, uint64_t packed, uint64_t preset)
{
	uint64_t ratio = io != NULL && io->options.max_ratio != 0 ? io->options.max_ratio : preset;

	return ratio != UINT32_MAX && size / ratio > packed;
}

bool gopm__io_is_bomb(const struct gopm__io *io, uint64_t size, uint64_t packed)
{
	return size > RATIO_FLOOR && exceeds_ratio(io, size, packed, DEFAULT_RATIO);
}

bool gopm__io_is_section_bomb(const struct gopm__io *io, uint64_t size, uint64_t packed)
{
	return size > SECTION_FLOOR && exceeds_ratio(io, size, packed, SECTION_RATIO);
}

void gopm__io_fail(struct gopm__io *io, const char *path, uint64_t offset, const char *reason)
{
	if (io == NULL || atomic_load(&io->failed)) {
		return;
	}
	(void)pthread_mutex_lock(&io->lock);
	bool first = !atomic_load(&io->failed);
	if (first) {
		io->path = path != NULL ? gopm__strdup(path) : NULL;
		io->offset = offset;
		(void)snprintf(io->reason, sizeof io->reason, "%s", reason);
		atomic_store(&io->failed, true);
	}
	(void)pthread_mutex_unlock(&io->lock);
	if (first) {
		gopm__finding_add(io->findings, GOPM_FINDING_IO, GOPM__AT_OFFSET(path, offset), "%s", reason);
	}
}

gopm_status gopm__io_status(struct gopm__io *io, gopm_error **err)
{
	if (io == NULL || !atomic_load(&io->failed)) {
		return GOPM_OK;
	}
	return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_OFFSET(io->path, io->offset), "%s", io->reason);
}
