/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/source_private.h"
#include "core/sparse.h"
#include "util/allocate.h"

#define CHUNK ((size_t)1 << 20)
#define DEFAULT_FOLDER "/var/tmp"

/* The copy of a pipe or a socket to a file. */
struct spool {
	const struct gopm__source *source;
	const struct gopm__source_request *request;
	const char *folder;
	int fd;
	struct gopm__sparse file;
	uint8_t *buffer; /* CHUNK bytes */
};

static gopm_status fail_spool(const struct spool *spool, int error, gopm_error **err)
{
	struct gopm__place place = GOPM__AT_OFFSET(spool->source->name, spool->file.size);

	if (error == ENOSPC || error == EDQUOT) {
		return gopm__fail(err, GOPM_ERR_IO, place, "no space left in %s; use another temporary folder",
		                  spool->folder);
	}
	return gopm__fail(err, GOPM_ERR_IO, place, "cannot copy it to %s: %s", spool->folder, strerror(error));
}

/* Reads until the buffer is full or the stream ends. A pipe gives small pieces; only in whole chunks can blocks of
 * zeroes be seen. */
static gopm_status read_chunk(const struct spool *spool, size_t *size, gopm_error **err)
{
	*size = 0;
	while (*size < CHUNK) {
		ssize_t got = read(spool->fd, spool->buffer + *size, CHUNK - *size);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return gopm__fail(err, GOPM_ERR_IO,
			                  GOPM__AT_OFFSET(spool->source->name, spool->file.size + *size),
			                  "cannot read the %s: %s", spool->request->what, strerror(errno));
		}
		if (got == 0) {
			break;
		}
		*size += (size_t)got;
	}
	return GOPM_OK;
}

static gopm_status copy_stream(struct spool *spool, gopm_error **err)
{
	uint64_t limit = spool->request->max_unpacked_size;
	size_t size = CHUNK;

	while (size == CHUNK) {
		gopm_status status = read_chunk(spool, &size, err);
		if (status != GOPM_OK) {
			return status;
		}
		if (limit != 0 && size > limit - spool->file.size) {
			return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_OFFSET(spool->source->name, spool->file.size),
			                  "has more than %" PRIu64 " bytes (max_unpacked_size)", limit);
		}
		int error = gopm__sparse_write(&spool->file, spool->buffer, size);
		if (error != 0) {
			return fail_spool(spool, error, err);
		}
		if (!gopm__progress_report(&spool->request->progress, GOPM_PROGRESS_UNPACK, spool->file.size, 0)) {
			return gopm__fail_cancelled(err);
		}
	}
	return GOPM_OK;
}

gopm_status gopm__source_spool(struct gopm__source *source, const struct gopm__source_request *request, int fd,
                               gopm_error **err)
{
	struct spool spool = {.source = source,
	                      .request = request,
	                      .folder = request->temporary_folder != NULL ? request->temporary_folder : DEFAULT_FOLDER,
	                      .fd = fd};

	int error = gopm__sparse_open(&spool.file, spool.folder);
	if (error != 0) {
		return fail_spool(&spool, error, err);
	}
	spool.buffer = gopm__malloc(CHUNK);
	gopm_status status = spool.buffer != NULL ? copy_stream(&spool, err) : gopm__fail_memory(err);
	free(spool.buffer);
	if (status == GOPM_OK) {
		error = gopm__sparse_finish(&spool.file);
		status = error != 0 ? fail_spool(&spool, error, err) : GOPM_OK;
	}
	if (status == GOPM_OK && spool.file.size == 0) {
		status = gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name), "is empty");
	}
	if (status == GOPM_OK) {
		status = gopm__source_map(source, spool.file.fd, spool.file.size, err);
	}
	gopm__sparse_close(&spool.file);
	return status;
}
