/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is read with pread(). Its size is what it was when it was opened: if it becomes shorter, reads fail. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/source_private.h"

int64_t gopm__source_pread(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	const int *fd = user_data;
	ssize_t got;

	do {
		got = pread(*fd, buffer, size, (off_t)offset);
	} while (got < 0 && errno == EINTR);
	return got;
}

gopm_status gopm__source_read(struct gopm__source *source, int fd, uint64_t size, gopm_error **err)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(source->name), "cannot duplicate its descriptor: %s",
		                  strerror(errno));
	}
	return gopm__source_lazy_file(source, own, size, err);
}
