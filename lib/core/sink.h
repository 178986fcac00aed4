/* SPDX-License-Identifier: Apache-2.0 */
/* A sink: the output file of a new core, at a path or through the caller's callback, compressed with zstd if asked for.
 * A file appears at its path only when it is complete. */
#ifndef GOPM_CORE_SINK_H
#define GOPM_CORE_SINK_H

#include <gopm/slim.h>
#include <stdbool.h>

#include "core/source.h"

struct gopm__sink_request {
	const char *path;    /* NULL: `write` */
	gopm_write_fn write; /* NULL: `path` */
	void *user_data;
	bool replace; /* replace an existing file */
	bool zstd;
	int level;        /* compression level; 0: zstd's default */
	unsigned threads; /* that compress; 0: the calling thread does */
};

struct gopm__sink;

/* Opens a sink. Fails with GOPM_ERR_EXISTS if the file exists and may not be replaced. */
gopm_status gopm__sink_open(struct gopm__sink **out, const struct gopm__sink_request *request, gopm_error **err);

/* Append bytes, bytes of a source, or `size` zeroes. */
gopm_status gopm__sink_write(struct gopm__sink *sink, const void *data, size_t size, gopm_error **err);
gopm_status gopm__sink_copy(struct gopm__sink *sink, const struct gopm__source *source, uint64_t offset, uint64_t size,
                            gopm_error **err);
gopm_status gopm__sink_zeroes(struct gopm__sink *sink, uint64_t size, gopm_error **err);

/* Bytes appended so far, before compression. */
uint64_t gopm__sink_at(const struct gopm__sink *sink);

/* Completes the file and makes it appear at its path. Sets *size, which may be NULL, to the bytes of the file. */
gopm_status gopm__sink_finish(struct gopm__sink *sink, uint64_t *size, gopm_error **err);

/* Frees the sink. Without gopm__sink_finish() the file is removed. `sink` may be NULL. */
void gopm__sink_close(struct gopm__sink *sink);

#endif
