/* SPDX-License-Identifier: Apache-2.0 */
/* A sparse temporary file, unlinked, written from start to end. Blocks of zeroes become holes. */
#ifndef GOPM_CORE_SPARSE_H
#define GOPM_CORE_SPARSE_H

#include <stddef.h>
#include <stdint.h>

struct gopm__sparse {
	int fd;
	uint64_t size; /* bytes written, holes included */
	uint64_t data; /* without holes: the space it takes */
};

/* These return 0 or an errno. */
int gopm__sparse_open(struct gopm__sparse *file, const char *folder);
int gopm__sparse_write(struct gopm__sparse *file, const uint8_t *data, size_t size);
/* Sets the length of the file, which a hole at its end did not. */
int gopm__sparse_finish(struct gopm__sparse *file);
void gopm__sparse_close(struct gopm__sparse *file);

#endif
