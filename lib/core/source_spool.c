/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/decoder.h"
#include "core/magic.h"
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
	uint64_t limit; /* bytes */
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

/* Fails if the first bytes cannot be those of a core: an endless stream must not fill the disk first. */
static gopm_status check_start(const struct spool *spool, size_t size, gopm_error **err)
{
	const struct gopm__source_request *request = spool->request;

	if (!request->elf || size == 0 || (request->unpack && gopm__decoder_starts(spool->buffer, size))) {
		return GOPM_OK;
	}
	return gopm__magic_check(spool->buffer, size, spool->source->name, request->what, err);
}

static gopm_status copy_chunk(struct spool *spool, size_t size, gopm_error **err)
{
	struct gopm__place place = GOPM__AT_OFFSET(spool->source->name, spool->file.size);
	struct gopm__io *io = spool->source->io;
	uint64_t before = spool->file.data;

	if (size > spool->limit - spool->file.size) {
		return gopm__fail(err, GOPM_ERR_LIMIT, place,
		                  "has more than %" PRIu64 " bytes; raise max_unpacked_size, or gopm --max-unpacked",
		                  spool->limit);
	}
	int error = gopm__sparse_write(&spool->file, spool->buffer, size);
	if (error != 0) {
		return fail_spool(spool, error, err);
	}
	if (!gopm__io_take_disk(io, spool->file.data - before)) {
		return gopm__fail(err, GOPM_ERR_LIMIT, place,
		                  "temporary files would have more than %" PRIu64
		                  " bytes; raise max_unpacked_disk, or gopm --max-unpacked",
		                  io->options.max_disk);
	}
	return GOPM_OK;
}

static gopm_status copy_stream(struct spool *spool, gopm_error **err)
{
	size_t size = CHUNK;

	while (size == CHUNK) {
		gopm_status status = read_chunk(spool, &size, err);
		if (status == GOPM_OK && spool->file.size == 0) {
			status = check_start(spool, size, err);
		}
		if (status == GOPM_OK) {
			status = copy_chunk(spool, size, err);
		}
		if (status != GOPM_OK) {
			return status;
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
	                      .limit = request->max_unpacked_size != 0 ? request->max_unpacked_size
	                                                               : GOPM__DEFAULT_MAX_UNPACKED,
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
		status = gopm__source_use_file(source, spool.file.fd, spool.file.size, err);
	}
	gopm__sparse_close(&spool.file);
	return status;
}
