/* SPDX-License-Identifier: Apache-2.0 */
/* Where a new file goes: a path, of which nothing is seen before it is whole, or the caller's callback; packed by
 * zstd on the way where that is asked for. */
#ifndef GOPM_CORE_SINK_H
#define GOPM_CORE_SINK_H

#include <gopm/slim.h>
#include <stdbool.h>

#include "util/error.h"

struct gopm__sink_request {
	const char *path;    /* NULL: `write` */
	gopm_write_fn write; /* NULL: `path` */
	void *user_data;
	bool replace; /* a file that is there */
	bool zstd;
	int level;        /* 0: zstd's own default */
	unsigned threads; /* that pack; 0: the calling one */
};

struct gopm__sink;

/* A path that is there already and may not be replaced is refused now. */
gopm_status gopm__sink_open(struct gopm__sink **out, const struct gopm__sink_request *request, gopm_error **err);

gopm_status gopm__sink_write(struct gopm__sink *sink, const void *data, size_t size, gopm_error **err);
gopm_status gopm__sink_zeroes(struct gopm__sink *sink, uint64_t size, gopm_error **err);

/* Bytes written so far, before packing. */
uint64_t gopm__sink_at(const struct gopm__sink *sink);

/* Ends the stream and gives the file its name. *size: bytes of the file; may be NULL. */
gopm_status gopm__sink_finish(struct gopm__sink *sink, uint64_t *size, gopm_error **err);

/* Frees; without gopm__sink_finish() nothing is left of the file. NULL is accepted. */
void gopm__sink_close(struct gopm__sink *sink);

#endif
