/* SPDX-License-Identifier: Apache-2.0 */
/* zstd, lz4 and xz behind one face: a stream of frames, one after the other. */
#ifndef GOPM_CORE_DECODER_H
#define GOPM_CORE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gopm__decoder_result {
	GOPM__DECODER_MORE,   /* inside a frame */
	GOPM__DECODER_FRAME,  /* at the end of one: the input may end here */
	GOPM__DECODER_BAD,    /* not what the format allows */
	GOPM__DECODER_LIMIT,  /* needs more memory than it may take */
	GOPM__DECODER_MEMORY, /* memory is out */
};

struct gopm__decoder {
	const char *name;
	void *(*open)(void); /* NULL: memory is out */
	/* Takes from `in`, gives to `out`; both sizes are set to what was taken and given. `last`: `in`
	 * goes up to the end of the file. */
	enum gopm__decoder_result (*step)(void *state, const uint8_t *in, size_t *in_size, uint8_t *out,
	                                  size_t *out_size, bool last);
	void (*close)(void *state);
};

/* By the first bytes of a file; NULL: not compressed in a way that is known. */
const struct gopm__decoder *gopm__decoder_find(const uint8_t *data, size_t size);

#endif
