/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes are buffered, compressed if asked for, and written. The file is created without a name if the file system can
 * do that (O_TMPFILE), and gets its name at the end. So readers see a complete file or none. */
#include "core/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "util/allocate.h"
#include "util/text.h"

#define BUFFER_SIZE ((size_t)1 << 20)
#define DEFAULT_LEVEL 3

struct gopm__sink {
	struct gopm__sink_request request;
	char *path, *temporary; /* the final name, and the temporary one; NULL: the file has no name yet */
	int fd;
	ZSTD_CCtx *zstd;
	uint8_t *buffer, *packed; /* input, and output of the compressor; BUFFER_SIZE bytes each */
	size_t filled;            /* bytes in `buffer` */
	uint64_t at, written;     /* bytes appended, and bytes of the file */
};

static gopm_status fail_write(const struct gopm__sink *sink, int error, const char *what, gopm_error **err)
{
	const char *path = sink->path != NULL ? sink->path : "output";

	if (error == ENOSPC || error == EDQUOT) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_OFFSET(path, sink->written),
		                  "%s: no space left after %" PRIu64 " bytes; the partial file is removed", what,
		                  sink->written);
	}
	return gopm__fail(err, error == ENOMEM ? GOPM_ERR_NO_MEMORY : GOPM_ERR_IO, GOPM__AT_FILE(path), "%s: %s", what,
	                  strerror(error));
}

static gopm_status fail_exists(const struct gopm__sink *sink, gopm_error **err)
{
	return gopm__fail(err, GOPM_ERR_EXISTS, GOPM__AT_FILE(sink->path), "output file already exists");
}

/* The folder of `path`, with its slash, or ".". The caller frees it. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct gopm__text text = {0};

	if (slash == NULL) {
		gopm__text_str(&text, ".");
	} else {
		gopm__text_printf(&text, "%.*s", (int)(slash - path + 1), path);
	}
	if (text.failed) {
		gopm__text_free(&text);
		return NULL;
	}
	return text.data;
}

static char *temporary_name(const char *path)
{
	struct gopm__text text = {0};

	gopm__text_printf(&text, "%s.XXXXXX", path);
	if (text.failed) {
		gopm__text_free(&text);
		return NULL;
	}
	return text.data;
}

/* Creates a file without a name, which disappears if this process dies. If the file system has none, creates one with a
 * temporary name. */
static gopm_status create_file(struct gopm__sink *sink, gopm_error **err)
{
	char *folder = folder_of(sink->path);

	if (folder == NULL) {
		return gopm__fail_memory(err);
	}
	/* Only the owner may read it: a core contains all secrets of the process. */
	sink->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
	free(folder);
	if (sink->fd >= 0) {
		return GOPM_OK;
	}
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT) {
		return fail_write(sink, errno, "cannot create a file in its folder", err);
	}
	sink->temporary = temporary_name(sink->path);
	if (sink->temporary == NULL) {
		return gopm__fail_memory(err);
	}
	sink->fd = mkostemp(sink->temporary, O_CLOEXEC);
	if (sink->fd < 0) {
		int error = errno;
		free(sink->temporary);
		sink->temporary = NULL;
		return fail_write(sink, error, "cannot create a file in its folder", err);
	}
	return GOPM_OK;
}

static gopm_status open_sink_path(struct gopm__sink *sink, gopm_error **err)
{
	struct stat st;

	sink->path = gopm__strdup(sink->request.path);
	if (sink->path == NULL) {
		return gopm__fail_memory(err);
	}
	if (lstat(sink->path, &st) == 0) {
		if (!sink->request.replace) {
			return fail_exists(sink, err);
		}
		if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
			return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(sink->path),
			                  "output exists and is not a regular file");
		}
	}
	return create_file(sink, err);
}

static gopm_status open_compressor(struct gopm__sink *sink, gopm_error **err)
{
	sink->packed = gopm__malloc(BUFFER_SIZE);
	sink->zstd = ZSTD_createCCtx();
	if (sink->zstd == NULL || sink->packed == NULL) {
		return gopm__fail_memory(err);
	}
	(void)ZSTD_CCtx_setParameter(sink->zstd, ZSTD_c_compressionLevel,
	                             sink->request.level != 0 ? sink->request.level : DEFAULT_LEVEL);
	(void)ZSTD_CCtx_setParameter(sink->zstd, ZSTD_c_checksumFlag, 1);
	/* Fails if zstd was built without threads; the calling thread compresses then. */
	(void)ZSTD_CCtx_setParameter(sink->zstd, ZSTD_c_nbWorkers, (int)sink->request.threads);
	return GOPM_OK;
}

gopm_status gopm__sink_open(struct gopm__sink **out, const struct gopm__sink_request *request, gopm_error **err)
{
	struct gopm__sink *sink = gopm__calloc(1, sizeof *sink);
	gopm_status status = GOPM_OK;

	*out = NULL;
	if (sink == NULL) {
		return gopm__fail_memory(err);
	}
	sink->request = *request;
	sink->fd = -1;
	sink->buffer = gopm__malloc(BUFFER_SIZE);
	if (sink->buffer == NULL) {
		status = gopm__fail_memory(err);
	}
	if (status == GOPM_OK && request->path != NULL) {
		status = open_sink_path(sink, err);
	}
	if (status == GOPM_OK && request->zstd) {
		status = open_compressor(sink, err);
	}
	if (status != GOPM_OK) {
		gopm__sink_close(sink);
		return status;
	}
	*out = sink;
	return GOPM_OK;
}

static gopm_status write_bytes(struct gopm__sink *sink, const uint8_t *data, size_t size, gopm_error **err)
{
	if (sink->request.path == NULL) {
		if (size != 0 && sink->request.write(sink->request.user_data, (const char *)data, size) != 0) {
			return gopm__fail(err, GOPM_ERR_IO, GOPM__NOWHERE, "the write callback failed at byte %" PRIu64,
			                  sink->written);
		}
		sink->written += size;
		return GOPM_OK;
	}
	while (size != 0) {
		ssize_t put = write(sink->fd, data, size);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return fail_write(sink, put < 0 ? errno : EIO, "cannot write", err);
		}
		data += put;
		size -= (size_t)put;
		sink->written += (uint64_t)put;
	}
	return GOPM_OK;
}

static gopm_status compress_bytes(struct gopm__sink *sink, const uint8_t *data, size_t size, ZSTD_EndDirective how,
                                  gopm_error **err)
{
	ZSTD_inBuffer in = {data, size, 0};

	for (;;) {
		ZSTD_outBuffer out = {sink->packed, BUFFER_SIZE, 0};
		size_t left = ZSTD_compressStream2(sink->zstd, &out, &in, how);
		if (ZSTD_isError(left)) {
			return gopm__fail(err, GOPM_ERR_NO_MEMORY, GOPM__AT_FILE(sink->path), "zstd: %s",
			                  ZSTD_getErrorName(left));
		}
		gopm_status status = write_bytes(sink, sink->packed, out.pos, err);
		if (status != GOPM_OK) {
			return status;
		}
		if (how == ZSTD_e_end ? left == 0 : in.pos == in.size) {
			return GOPM_OK;
		}
	}
}

static gopm_status flush_buffer(struct gopm__sink *sink, gopm_error **err)
{
	size_t size = sink->filled;

	sink->filled = 0;
	return sink->zstd != NULL ? compress_bytes(sink, sink->buffer, size, ZSTD_e_continue, err)
	                          : write_bytes(sink, sink->buffer, size, err);
}

/* Counts `size` bytes more in the buffer. Writes it if it is full. */
static gopm_status add_filled(struct gopm__sink *sink, size_t size, gopm_error **err)
{
	sink->filled += size;
	return sink->filled == BUFFER_SIZE ? flush_buffer(sink, err) : GOPM_OK;
}

gopm_status gopm__sink_write(struct gopm__sink *sink, const void *data, size_t size, gopm_error **err)
{
	const uint8_t *from = data;
	gopm_status status = GOPM_OK;

	sink->at += size;
	while (size != 0 && status == GOPM_OK) {
		size_t room = BUFFER_SIZE - sink->filled, piece = size < room ? size : room;
		memcpy(sink->buffer + sink->filled, from, piece);
		from += piece;
		size -= piece;
		status = add_filled(sink, piece, err);
	}
	return status;
}

gopm_status gopm__sink_copy(struct gopm__sink *sink, const struct gopm__source *source, uint64_t offset, uint64_t size,
                            gopm_error **err)
{
	gopm_status status = GOPM_OK;

	sink->at += size;
	while (size != 0 && status == GOPM_OK) {
		size_t room = BUFFER_SIZE - sink->filled, piece = size < room ? (size_t)size : room;
		if (!gopm__source_copy(source, offset, sink->buffer + sink->filled, piece)) {
			return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_OFFSET(source->name, offset),
			                  "cannot read the memory to keep");
		}
		offset += piece;
		size -= piece;
		status = add_filled(sink, piece, err);
	}
	return status;
}

gopm_status gopm__sink_zeroes(struct gopm__sink *sink, uint64_t size, gopm_error **err)
{
	static const uint8_t zeroes[4096];
	gopm_status status = GOPM_OK;

	while (status == GOPM_OK && size != 0) {
		size_t piece = size < sizeof zeroes ? (size_t)size : sizeof zeroes;
		status = gopm__sink_write(sink, zeroes, piece, err);
		size -= piece;
	}
	return status;
}

uint64_t gopm__sink_at(const struct gopm__sink *sink)
{
	return sink->at;
}

/* Makes the file appear at its path. If it may not replace a file, link() and linkat() fail if there is one: of two
 * writers at the same time one fails. */
static gopm_status name_file(struct gopm__sink *sink, gopm_error **err)
{
	char from[64];

	if (sink->temporary != NULL && sink->request.replace) {
		if (rename(sink->temporary, sink->path) != 0) {
			return fail_write(sink, errno, "cannot name the finished file", err);
		}
		free(sink->temporary);
		sink->temporary = NULL;
		return GOPM_OK;
	}
	(void)snprintf(from, sizeof from, "/proc/self/fd/%d", sink->fd);
	if (!sink->request.replace) {
		int error = sink->temporary != NULL ? link(sink->temporary, sink->path)
		                                    : linkat(AT_FDCWD, from, AT_FDCWD, sink->path, AT_SYMLINK_FOLLOW);
		if (error != 0) {
			return errno == EEXIST ? fail_exists(sink, err)
			                       : fail_write(sink, errno, "cannot name the finished file", err);
		}
		return GOPM_OK; /* gopm__sink_close() removes the temporary name */
	}
	/* Replacing must be atomic: link a second name in the same folder, then rename() it. */
	char *second = temporary_name(sink->path);
	if (second == NULL) {
		return gopm__fail_memory(err);
	}
	int fd = mkostemp(second, O_CLOEXEC);
	int error = fd < 0 ? errno : 0;
	if (fd >= 0) {
		(void)close(fd);
		(void)unlink(second);
		if (linkat(AT_FDCWD, from, AT_FDCWD, second, AT_SYMLINK_FOLLOW) != 0) {
			error = errno;
		} else if (rename(second, sink->path) != 0) {
			error = errno;
			(void)unlink(second);
		}
	}
	free(second);
	return error == 0 ? GOPM_OK : fail_write(sink, error, "cannot name the finished file", err);
}

gopm_status gopm__sink_finish(struct gopm__sink *sink, uint64_t *size, gopm_error **err)
{
	gopm_status status = flush_buffer(sink, err);

	if (status == GOPM_OK && sink->zstd != NULL) {
		status = compress_bytes(sink, NULL, 0, ZSTD_e_end, err);
	}
	/* What a lack of memory left out must not pass for a complete file. */
	if (status == GOPM_OK && gopm__call_lacks_memory()) {
		status = gopm__fail_memory(err);
	}
	if (status == GOPM_OK && sink->path != NULL) {
		status = name_file(sink, err);
	}
	if (size != NULL) {
		*size = status == GOPM_OK ? sink->written : 0;
	}
	return status;
}

void gopm__sink_close(struct gopm__sink *sink)
{
	if (sink == NULL) {
		return;
	}
	if (sink->temporary != NULL) {
		(void)unlink(sink->temporary);
	}
	if (sink->fd >= 0) {
		(void)close(sink->fd);
	}
	(void)ZSTD_freeCCtx(sink->zstd);
	free(sink->temporary);
	free(sink->path);
	free(sink->buffer);
	free(sink->packed);
	free(sink);
}
