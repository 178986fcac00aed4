/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by source_open.c and the files it calls, one for each kind of source. */
#ifndef GOPM_CORE_SOURCE_PRIVATE_H
#define GOPM_CORE_SOURCE_PRIVATE_H

#include "core/source.h"

#define GOPM__DEFAULT_MAX_UNPACKED ((uint64_t)64 << 30)

/* Maps `size` bytes of the file. source->name is set. */
gopm_status gopm__source_map(struct gopm__source *source, int fd, uint64_t size, gopm_error **err);

/* Reads the `size` bytes of the file with pread(). Duplicates the descriptor. source->name is set. */
gopm_status gopm__source_read(struct gopm__source *source, int fd, uint64_t size, gopm_error **err);

/* Makes the file the source: mapped or read, as source->io says. */
gopm_status gopm__source_use_file(struct gopm__source *source, int fd, uint64_t size, gopm_error **err);

/* A gopm_read_fn; `user_data` points to a descriptor. */
int64_t gopm__source_pread(void *user_data, uint64_t offset, void *buffer, size_t size);

/* Opens a source that reads `fd`, and owns it from now on, even if this fails. */
gopm_status gopm__source_lazy_file(struct gopm__source *source, int fd, uint64_t size, gopm_error **err);

/* Opens a source that reads blocks with the caller's callback. */
gopm_status gopm__source_lazy_open(struct gopm__source *source, const struct gopm__source_request *request,
                                   gopm_error **err);
void gopm__source_lazy_close(struct gopm__source *source);

/* Copies a pipe or socket, up to its end, to an unlinked sparse file, and makes `source` that file. */
gopm_status gopm__source_spool(struct gopm__source *source, const struct gopm__source_request *request, int fd,
                               gopm_error **err);

/* If `source` is compressed: decompresses it to an unlinked sparse file, and makes `source` that file. Otherwise does
 * nothing. */
gopm_status gopm__source_unpack(struct gopm__source *source, const struct gopm__source_request *request,
                                gopm_error **err);

#endif
