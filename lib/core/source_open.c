/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a source: a path, a descriptor, bytes in memory, or a callback. Then decompresses it if asked for. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/source_private.h"
#include "util/text.h"

static gopm_status open_source_descriptor(struct gopm__source *source, const struct gopm__source_request *request,
                                          int fd, gopm_error **err)
{
	const char *what = request->what;
	struct stat st;

	if (fstat(fd, &st) != 0) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(source->name), "cannot read the %s: %s", what,
		                  strerror(errno));
	}
	if (S_ISDIR(st.st_mode)) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(source->name),
		                  "is a directory; the %s must be a file", what);
	}
	/* A named pipe could block the caller for ever. A pipe that the caller opened is meant to be read. */
	if (request->fd >= 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))) {
		return gopm__source_spool(source, request, fd, err);
	}
	if (!S_ISREG(st.st_mode)) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(source->name),
		                  "is not a regular file; the %s must be one", what);
	}
	if (st.st_size <= 0) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name), "is empty");
	}
	return gopm__source_use_file(source, fd, (uint64_t)st.st_size, err);
}

static gopm_status open_source_path(struct gopm__source *source, const struct gopm__source_request *request,
                                    gopm_error **err)
{
	/* O_NONBLOCK: opening a FIFO must not block. It is refused below. */
	int fd = open(request->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(request->path), "cannot open the %s: %s",
		                  request->what, strerror(errno));
	}
	gopm_status status = open_source_descriptor(source, request, fd, err);
	(void)close(fd);
	return status;
}

/* Sets the name for messages. */
static gopm_status name_source(struct gopm__source *source, const struct gopm__source_request *request)
{
	struct gopm__text name = {0};

	if (request->name != NULL || request->path != NULL) {
		gopm__text_str(&name, request->name != NULL ? request->name : request->path);
	} else if (request->fd >= 0) {
		gopm__text_printf(&name, "%s (descriptor %d)", request->what, request->fd);
	} else if (request->data != NULL) {
		gopm__text_printf(&name, "%s (in memory)", request->what);
	} else {
		gopm__text_printf(&name, "%s (read by the caller)", request->what);
	}
	if (name.failed || name.data == NULL) {
		gopm__text_free(&name);
		return GOPM_ERR_NO_MEMORY;
	}
	source->name = name.data;
	return GOPM_OK;
}

gopm_status gopm__source_open(struct gopm__source *source, const struct gopm__source_request *request, gopm_error **err)
{
	gopm_status status;

	*source = (struct gopm__source){.compression = "", .io = request->io};
	if (name_source(source, request) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	if (request->path != NULL) {
		status = open_source_path(source, request, err);
	} else if (request->fd >= 0) {
		status = open_source_descriptor(source, request, request->fd, err);
	} else if (request->data != NULL || (request->read == NULL && request->fill == NULL)) {
		source->base = request->data;
		source->size = request->data != NULL ? request->data_size : 0;
		status = source->size != 0 ? GOPM_OK
		                           : gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name), "is empty");
	} else {
		status = gopm__source_lazy_open(source, request, err);
	}
	if (status == GOPM_OK && request->unpack) {
		status = gopm__source_unpack(source, request, err);
	}
	if (status != GOPM_OK) {
		gopm__source_close(source);
	}
	return status;
}
