/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary file without a name, written from its start, in which zeroes take no room. */
#ifndef GOPM_CORE_SPARSE_H
#define GOPM_CORE_SPARSE_H

#include <stddef.h>
#include <stdint.h>

struct gopm__sparse {
	int fd;
	uint64_t size; /* bytes so far, zeroes too */
};

/* 0, or an errno. */
int gopm__sparse_open(struct gopm__sparse *file, const char *folder);
int gopm__sparse_write(struct gopm__sparse *file, const uint8_t *data, size_t size);
/* Gives the file its length, which zeroes at its end did not. */
int gopm__sparse_finish(struct gopm__sparse *file);
void gopm__sparse_close(struct gopm__sparse *file);

#endif
