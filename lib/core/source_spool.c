/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/source_private.h"
#include "core/sparse.h"

#define CHUNK ((size_t)1 << 20)
#define DEFAULT_FOLDER "/var/tmp"

static gopm_status fail(const struct gopm__source *source, const char *folder, int error, uint64_t at, gopm_error **err)
{
	if (error == ENOSPC || error == EDQUOT) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_OFFSET(source->name, at),
		                  "%s is full; name another temporary folder", folder);
	}
	return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_OFFSET(source->name, at), "cannot copy into %s: %s", folder,
	                  strerror(error));
}

static gopm_status copy(struct gopm__source *source, const struct gopm__source_request *request, int fd,
                        struct gopm__sparse *file, const char *folder, uint8_t *buffer, gopm_error **err)
{
	for (;;) {
		size_t size = 0;
		/* Whole chunks, so that what is zero in a pipe's small pieces is seen to be. */
		while (size < CHUNK) {
			ssize_t got = read(fd, buffer + size, CHUNK - size);
			if (got < 0 && errno == EINTR) {
				continue;
			}
			if (got < 0) {
				return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_OFFSET(source->name, file->size + size),
				                  "cannot read the %s: %s", request->what, strerror(errno));
			}
			if (got == 0) {
				break;
			}
			size += (size_t)got;
		}
		if (request->max_unpacked_size != 0 && size > request->max_unpacked_size - file->size) {
			return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_OFFSET(source->name, file->size),
			                  "is longer than %" PRIu64 " bytes (max_unpacked_size)",
			                  request->max_unpacked_size);
		}
		int error = gopm__sparse_write(file, buffer, size);
		if (error != 0) {
			return fail(source, folder, error, file->size, err);
		}
		if (size < CHUNK) {
			return GOPM_OK;
		}
	}
}

gopm_status gopm__source_spool(struct gopm__source *source, const struct gopm__source_request *request, int fd,
                               gopm_error **err)
{
	const char *folder = request->temporary_folder != NULL ? request->temporary_folder : DEFAULT_FOLDER;
	struct gopm__sparse file;

	int error = gopm__sparse_open(&file, folder);
	if (error != 0) {
		return fail(source, folder, error, 0, err);
	}
	uint8_t *buffer = malloc(CHUNK);
	gopm_status status =
	    buffer != NULL ? copy(source, request, fd, &file, folder, buffer, err) : gopm__fail_memory(err);
	free(buffer);
	if (status == GOPM_OK) {
		error = gopm__sparse_finish(&file);
		status = error != 0 ? fail(source, folder, error, file.size, err) : GOPM_OK;
	}
	if (status == GOPM_OK && file.size == 0) {
		status = gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name), "is empty, not the file of a %s",
		                    request->what);
	}
	if (status == GOPM_OK) {
		status = gopm__source_map(source, file.fd, file.size, err);
	}
	gopm__sparse_close(&file);
	return status;
}
