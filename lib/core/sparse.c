/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sparse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/allocate.h"

#define BLOCK ((size_t)4096)

int gopm__sparse_open(struct gopm__sparse *file, const char *folder)
{
	*file = (struct gopm__sparse){.fd = open(folder, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600)};
	if (file->fd >= 0) {
		return 0;
	}
	/* No O_TMPFILE: EISDIR or ENOENT from an old kernel, EOPNOTSUPP from the file system. */
	size_t size = strlen(folder) + sizeof "/gopm-XXXXXX";
	char *path = gopm__malloc(size);
	if (path == NULL) {
		return ENOMEM;
	}
	(void)snprintf(path, size, "%s/gopm-XXXXXX", folder);
	file->fd = mkostemp(path, O_CLOEXEC);
	int error = file->fd >= 0 ? 0 : errno;
	if (error == 0) {
		(void)unlink(path);
	}
	free(path);
	return error;
}

static bool is_zero(const uint8_t *p, size_t size)
{
	return size == 0 || (p[0] == 0 && memcmp(p, p + 1, size - 1) == 0);
}

/* Bytes from `at` to the end of its block in the file, at most `left`. */
static size_t piece_size(uint64_t at, size_t left)
{
	size_t size = BLOCK - (size_t)(at % BLOCK);
	return size < left ? size : left;
}

static int write_all(int fd, uint64_t at, const uint8_t *data, size_t size)
{
	while (size != 0) {
		ssize_t put = pwrite(fd, data, size, (off_t)at);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return put < 0 ? errno : ENOSPC;
		}
		data += put;
		at += (uint64_t)put;
		size -= (size_t)put;
	}
	return 0;
}

int gopm__sparse_write(struct gopm__sparse *file, const uint8_t *data, size_t size)
{
	while (size != 0) {
		size_t run = piece_size(file->size, size);
		if (is_zero(data, run)) {
			file->size += run;
		} else {
			/* Write consecutive blocks that are not zero together. */
			while (run < size) {
				size_t next = piece_size(file->size + run, size - run);
				if (is_zero(data + run, next)) {
					break;
				}
				run += next;
			}
			int error = write_all(file->fd, file->size, data, run);
			if (error != 0) {
				return error;
			}
			file->size += run;
			file->data += run;
		}
		data += run;
		size -= run;
	}
	return 0;
}

int gopm__sparse_finish(struct gopm__sparse *file)
{
	while (ftruncate(file->fd, (off_t)file->size) != 0) {
		if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

void gopm__sparse_close(struct gopm__sparse *file)
{
	if (file->fd >= 0) {
		(void)close(file->fd);
	}
	file->fd = -1;
}
