/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by all files of one open core: how they are read, limits on what they may unpack, and the first read that
 * failed. */
#ifndef GOPM_CORE_IO_H
#define GOPM_CORE_IO_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "util/finding.h"

/* A limit of 0 means its default. */
struct gopm__io_options {
	bool map;            /* map files; false: read them with pread() */
	uint64_t max_disk;   /* bytes in temporary files, holes excluded; 0: 64 GiB */
	uint64_t max_memory; /* bytes of unpacked sections; 0: 2 GiB */
	uint32_t max_ratio;  /* unpacked bytes for each compressed one; 0: the defaults; UINT32_MAX: any number */
};

struct gopm__io {
	struct gopm__io_options options;
	struct gopm__findings *findings; /* not owned; NULL: none */
	_Atomic uint64_t disk, memory;   /* bytes in use */
	atomic_bool failed;

	/* The first failed read. Set once, under the lock, before `failed`. */
	pthread_mutex_t lock;
	char *path; /* owned; NULL: unknown */
	uint64_t offset;
	char reason[160];
};

void gopm__io_init(struct gopm__io *io, const struct gopm__io_options *options, struct gopm__findings *findings);
void gopm__io_clear(struct gopm__io *io);

/* The functions below accept NULL: no limits but the defaults, and nothing is recorded. */

/* True if files are to be mapped. */
bool gopm__io_maps(const struct gopm__io *io);

/* Count bytes that are unpacked to the disk or to memory. False if that is more than allowed; nothing is counted. */
bool gopm__io_take_disk(struct gopm__io *io, uint64_t size);
bool gopm__io_take_memory(struct gopm__io *io, uint64_t size);
void gopm__io_give_memory(struct gopm__io *io, uint64_t size);

/* True if `size` bytes unpacked from `packed` compressed ones are more than any honest file has. For a core, `size`
 * does not count blocks of zeroes, which cost nothing. */
bool gopm__io_is_bomb(const struct gopm__io *io, uint64_t size, uint64_t packed);
bool gopm__io_is_section_bomb(const struct gopm__io *io, uint64_t size, uint64_t packed);

/* Records a failed read and makes it a finding. Only the first one counts: the rest often follows from it. */
void gopm__io_fail(struct gopm__io *io, const char *path, uint64_t offset, const char *reason);

/* Returns GOPM_OK, or GOPM_ERR_IO with an error about the first failed read. */
gopm_status gopm__io_status(struct gopm__io *io, gopm_error **err);

#endif
