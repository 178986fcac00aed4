/* SPDX-License-Identifier: Apache-2.0 */
/* Adapters for libzstd, liblz4, liblzma, zlib and libbz2, which is optional. A file is recognised by its first bytes.
 */
#include "core/decoder.h"

#ifdef GOPM_BZIP2
#include <bzlib.h>
#endif
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "util/allocate.h"
#include "util/cursor.h"

/* Memory limit for xz, whose `-9` needs 65 MiB. zstd limits itself to a window of 128 MiB; lz4 needs a fixed amount. */
#define XZ_MEMORY ((uint64_t)256 * 1024 * 1024)

static void *zstd_open(void)
{
	return ZSTD_createDCtx();
}

static enum gopm__decoder_result zstd_step(void *state, const uint8_t *in, size_t *in_size, uint8_t *out,
                                           size_t *out_size, bool last)
{
	ZSTD_inBuffer from = {in, *in_size, 0};
	ZSTD_outBuffer to = {out, *out_size, 0};

	(void)last;
	size_t left = ZSTD_decompressStream(state, &to, &from);
	*in_size = from.pos;
	*out_size = to.pos;
	if (ZSTD_isError(left)) {
		/* zstd's error codes are not part of its stable API, but their texts are. */
		const char *text = ZSTD_getErrorName(left);
		if (strstr(text, "memory") != NULL) {
			return strstr(text, "too much") != NULL ? GOPM__DECODER_LIMIT : GOPM__DECODER_MEMORY;
		}
		return GOPM__DECODER_BAD;
	}
	return left == 0 ? GOPM__DECODER_FRAME : GOPM__DECODER_MORE;
}

static void zstd_close(void *state)
{
	(void)ZSTD_freeDCtx(state);
}

static void *lz4_open(void)
{
	LZ4F_dctx *context = NULL;
	return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static enum gopm__decoder_result lz4_step(void *state, const uint8_t *in, size_t *in_size, uint8_t *out,
                                          size_t *out_size, bool last)
{
	(void)last;
	gopm__library_begin();
	size_t left = LZ4F_decompress(state, out, out_size, in, in_size, NULL);
	if (LZ4F_isError(left)) {
		*in_size = *out_size = 0;
		return gopm__library_lacked_memory() ? GOPM__DECODER_MEMORY : GOPM__DECODER_BAD;
	}
	return left == 0 ? GOPM__DECODER_FRAME : GOPM__DECODER_MORE;
}

static void lz4_close(void *state)
{
	(void)LZ4F_freeDecompressionContext(state);
}

static void *xz_open(void)
{
	static const lzma_stream empty = LZMA_STREAM_INIT;
	lzma_stream *stream = gopm__malloc(sizeof *stream);

	if (stream != NULL) {
		*stream = empty;
		if (lzma_stream_decoder(stream, XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK) {
			free(stream);
			return NULL;
		}
	}
	return stream;
}

static enum gopm__decoder_result xz_step(void *state, const uint8_t *in, size_t *in_size, uint8_t *out,
                                         size_t *out_size, bool last)
{
	lzma_stream *stream = state;

	stream->next_in = in;
	stream->avail_in = *in_size;
	stream->next_out = out;
	stream->avail_out = *out_size;
	lzma_ret result = lzma_code(stream, last ? LZMA_FINISH : LZMA_RUN);
	*in_size -= stream->avail_in;
	*out_size -= stream->avail_out;
	switch (result) {
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return GOPM__DECODER_MORE;
	case LZMA_STREAM_END:
		return GOPM__DECODER_FRAME;
	case LZMA_MEM_ERROR:
		return GOPM__DECODER_MEMORY;
	case LZMA_MEMLIMIT_ERROR:
		return GOPM__DECODER_LIMIT;
	default:
		return GOPM__DECODER_BAD;
	}
}

static void xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

/* zlib and libbz2 end at the end of a member. Between two members, zeroes are padding, as gzip(1) accepts them. Returns
 * the number of padding bytes at the start of `in`. */
static size_t padding(const uint8_t *in, size_t size)
{
	size_t zeroes = 0;

	while (zeroes < size && in[zeroes] == 0) {
		zeroes++;
	}
	return zeroes;
}

struct gzip_state {
	z_stream z;
	bool between; /* members */
};

static void *gzip_open(void)
{
	struct gzip_state *s = gopm__calloc(1, sizeof *s);

	/* 16: with a gzip header. */
	if (s != NULL && inflateInit2(&s->z, 16 + MAX_WBITS) != Z_OK) {
		free(s);
		return NULL;
	}
	return s;
}

static enum gopm__decoder_result gzip_step(void *state, const uint8_t *in, size_t *in_size, uint8_t *out,
                                           size_t *out_size, bool last)
{
	struct gzip_state *s = state;
	size_t skip = s->between ? padding(in, *in_size) : 0;
	uInt offered = (uInt)(*in_size - skip), room = (uInt)*out_size;

	(void)last;
	if (s->between) {
		if (offered == 0) {
			*out_size = 0;
			return GOPM__DECODER_FRAME;
		}
		(void)inflateReset(&s->z);
		s->between = false;
	}
	s->z.next_in = (Bytef *)(uintptr_t)(in + skip);
	s->z.avail_in = offered;
	s->z.next_out = out;
	s->z.avail_out = room;
	int result = inflate(&s->z, Z_NO_FLUSH);
	*in_size = skip + (offered - s->z.avail_in);
	*out_size = room - s->z.avail_out;
	switch (result) {
	case Z_OK:
	case Z_BUF_ERROR:
		return GOPM__DECODER_MORE;
	case Z_STREAM_END:
		s->between = true;
		return GOPM__DECODER_FRAME;
	case Z_MEM_ERROR:
		return GOPM__DECODER_MEMORY;
	default:
		return GOPM__DECODER_BAD;
	}
}

static void gzip_close(void *state)
{
	struct gzip_state *s = state;

	(void)inflateEnd(&s->z);
	free(s);
}

#ifdef GOPM_BZIP2
struct bzip2_state {
	bz_stream bz;
	bool between; /* streams */
};

static void *bzip2_open(void)
{
	struct bzip2_state *s = gopm__calloc(1, sizeof *s);

	if (s != NULL && BZ2_bzDecompressInit(&s->bz, 0, 0) != BZ_OK) {
		free(s);
		return NULL;
	}
	return s;
}

static enum gopm__decoder_result bzip2_step(void *state, const uint8_t *in, size_t *in_size, uint8_t *out,
                                            size_t *out_size, bool last)
{
	struct bzip2_state *s = state;
	size_t skip = s->between ? padding(in, *in_size) : 0;
	unsigned offered = (unsigned)(*in_size - skip), room = (unsigned)*out_size;

	(void)last;
	if (s->between) {
		if (offered == 0) {
			*out_size = 0;
			return GOPM__DECODER_FRAME;
		}
		(void)BZ2_bzDecompressEnd(&s->bz);
		s->bz = (bz_stream){0};
		if (BZ2_bzDecompressInit(&s->bz, 0, 0) != BZ_OK) {
			*in_size = *out_size = 0;
			return GOPM__DECODER_MEMORY;
		}
		s->between = false;
	}
	s->bz.next_in = (char *)(uintptr_t)(in + skip);
	s->bz.avail_in = offered;
	s->bz.next_out = (char *)out;
	s->bz.avail_out = room;
	int result = BZ2_bzDecompress(&s->bz);
	*in_size = skip + (offered - s->bz.avail_in);
	*out_size = room - s->bz.avail_out;
	switch (result) {
	case BZ_OK:
		return GOPM__DECODER_MORE;
	case BZ_STREAM_END:
		s->between = true;
		return GOPM__DECODER_FRAME;
	case BZ_MEM_ERROR:
		return GOPM__DECODER_MEMORY;
	default:
		return GOPM__DECODER_BAD;
	}
}

static void bzip2_close(void *state)
{
	struct bzip2_state *s = state;

	(void)BZ2_bzDecompressEnd(&s->bz);
	free(s);
}
#endif

const struct gopm__decoder *gopm__decoder_find(const uint8_t *data, size_t size)
{
	static const struct {
		uint8_t magic[6];
		size_t size;
		struct gopm__decoder decoder;
	} decoders[] = {
	    {{0x28, 0xb5, 0x2f, 0xfd}, 4, {"zstd", zstd_open, zstd_step, zstd_close}},
	    {{0x04, 0x22, 0x4d, 0x18}, 4, {"lz4", lz4_open, lz4_step, lz4_close}},
	    {{0xfd, '7', 'z', 'X', 'Z', 0}, 6, {"xz", xz_open, xz_step, xz_close}},
	    {{0x1f, 0x8b, 8}, 3, {"gzip", gzip_open, gzip_step, gzip_close}},
#ifdef GOPM_BZIP2
	    {{'B', 'Z', 'h'}, 3, {"bzip2", bzip2_open, bzip2_step, bzip2_close}},
#endif
	};

	for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++) {
		if (size >= decoders[i].size && memcmp(data, decoders[i].magic, decoders[i].size) == 0) {
			return &decoders[i].decoder;
		}
	}
	return NULL;
}

bool gopm__decoder_starts(const uint8_t *data, size_t size)
{
	bool skippable = size >= 4 && (gopm__load32(data) & 0xfffffff0) == 0x184d2a50;

	return skippable || gopm__decoder_find(data, size) != NULL;
}
