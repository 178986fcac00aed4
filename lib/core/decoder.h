/* SPDX-License-Identifier: Apache-2.0 */
/* One interface to the decoders of zstd, lz4, xz, gzip and bzip2. A stream is one frame after the other; gzip calls
 * them members. */
#ifndef GOPM_CORE_DECODER_H
#define GOPM_CORE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gopm__decoder_result {
	GOPM__DECODER_MORE,   /* in the middle of a frame */
	GOPM__DECODER_FRAME,  /* at the end of a frame: the input may end here */
	GOPM__DECODER_BAD,    /* the stream is malformed */
	GOPM__DECODER_LIMIT,  /* the stream needs more memory than allowed */
	GOPM__DECODER_MEMORY, /* out of memory */
};

struct gopm__decoder {
	const char *name;
	void *(*open)(void); /* NULL: out of memory */
	/* Decodes from `in` to `out`. Sets both sizes to the bytes read and written. `last` is true if `in` ends at the
	 * end of the file. */
	enum gopm__decoder_result (*step)(void *state, const uint8_t *in, size_t *in_size, uint8_t *out,
	                                  size_t *out_size, bool last);
	void (*close)(void *state);
};

/* True if a file of a known compression, or a skippable frame, begins so. */
bool gopm__decoder_starts(const uint8_t *data, size_t size);

/* Finds the decoder for a file by its first bytes. Returns NULL if they are of no known compression. */
const struct gopm__decoder *gopm__decoder_find(const uint8_t *data, size_t size);

#endif
