/* SPDX-License-Identifier: Apache-2.0 */
/* Decompresses a source to an unlinked temporary file. A damaged or truncated stream gives the bytes before the damage;
 * source->damage is the reason. A truncated core is often still useful. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/decoder.h"
#include "core/magic.h"
#include "core/source_private.h"
#include "core/sparse.h"
#include "util/allocate.h"
#include "util/cursor.h"

#define CHUNK ((size_t)1 << 20)
#define BLOCK ((uint64_t)64 * 1024)
#define DEFAULT_FOLDER "/var/tmp"

struct unpacking {
	const struct gopm__source *packed; /* the compressed source */
	struct gopm__progress progress;
	const struct gopm__decoder *decoder;
	const char *folder;
	const struct gopm__source_request *request;
	uint64_t limit;
	void *state;        /* the decoder's */
	uint8_t *in, *out;  /* CHUNK bytes each */
	size_t out_size;    /* bytes in `out`, not written to the file yet */
	uint64_t in_at;     /* offset in `packed` */
	const char *damage; /* what is wrong with the stream; NULL: nothing */
	struct gopm__sparse file;
};

/* Finds the decoder of a file, NULL if it is not compressed. Skips skippable frames, which zstd and lz4 share (magic
 * 0x184d2a50 to 5f) and which may come first. */
static const struct gopm__decoder *find_decoder(const struct gopm__source *source)
{
	uint64_t at = 0;

	for (int frames = 0; frames < 16; frames++) {
		size_t size = (size_t)(source->size - at < 8 ? source->size - at : 8);
		const uint8_t *p = gopm__source_span(source, at, size);
		if (p == NULL) {
			return NULL;
		}
		if (size < 8 || (gopm__load32(p) & 0xfffffff0) != 0x184d2a50) {
			return gopm__decoder_find(p, size);
		}
		at += 8 + (uint64_t)gopm__load32(p + 4);
		if (at >= source->size) {
			return NULL;
		}
	}
	return NULL;
}

/* Fails if the next bytes must not be written: they are not a core, or too many. */
static gopm_status check_unpacked(const struct unpacking *u, gopm_error **err)
{
	const char *name = u->packed->name;

	if (u->request->elf && u->file.size == 0 && u->out_size != 0) {
		gopm_status status = gopm__magic_check(u->out, u->out_size, name, u->request->what, err);
		if (status != GOPM_OK) {
			return status;
		}
	}
	if (u->out_size > u->limit - u->file.size) {
		return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_OFFSET(name, u->in_at),
		                  "unpacks to more than %" PRIu64
		                  " bytes; raise max_unpacked_size, or gopm --max-unpacked",
		                  u->limit);
	}
	return GOPM_OK;
}

/* Counts the bytes that were written. Fails if they are more than allowed. */
static gopm_status count_unpacked(const struct unpacking *u, uint64_t before, gopm_error **err)
{
	struct gopm__place place = GOPM__AT_OFFSET(u->packed->name, u->in_at);

	if (!gopm__io_take_disk(u->packed->io, u->file.data - before)) {
		return gopm__fail(err, GOPM_ERR_LIMIT, place,
		                  "temporary files would have more than %" PRIu64
		                  " bytes; raise max_unpacked_disk, or gopm --max-unpacked",
		                  u->packed->io->options.max_disk);
	}
	if (gopm__io_is_bomb(u->packed->io, u->file.data, u->packed->size)) {
		return gopm__fail(
		    err, GOPM_ERR_LIMIT, place,
		    "a file of %" PRIu64 " bytes unpacks to more than %" PRIu64
		    ", which no core does; if it is one, raise max_unpacked_ratio, or use gopm --max-unpacked",
		    u->packed->size, u->file.data);
	}
	return GOPM_OK;
}

static gopm_status flush_unpacked(struct unpacking *u, gopm_error **err)
{
	const char *name = u->packed->name;
	uint64_t before = u->file.data;

	gopm_status status = check_unpacked(u, err);
	if (status != GOPM_OK) {
		return status;
	}
	int error = gopm__sparse_write(&u->file, u->out, u->out_size);
	if (error == ENOSPC || error == EDQUOT) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(name),
		                  "no space left in %s after %" PRIu64 " unpacked bytes; use another temporary folder",
		                  u->folder, u->file.size);
	}
	if (error != 0) {
		return gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(name), "cannot unpack into %s: %s", u->folder,
		                  strerror(error));
	}
	u->out_size = 0;
	return count_unpacked(u, before, err);
}

/* Decompresses up to the end of the stream, or to its damage. */
static gopm_status unpack_stream(struct unpacking *u, gopm_error **err)
{
	const struct gopm__source *packed = u->packed;
	bool between = false;

	for (;;) {
		if (!gopm__progress_report(&u->progress, GOPM_PROGRESS_UNPACK, u->in_at, packed->size)) {
			return gopm__fail_cancelled(err);
		}
		uint64_t left = packed->size - u->in_at;
		size_t taken = (size_t)(left < CHUNK ? left : CHUNK), given = CHUNK - u->out_size;
		const uint8_t *in = gopm__source_view(packed, u->in_at, taken, u->in);
		if (in == NULL) {
			/* A callback may fail in a later block: try up to the end of this one. */
			size_t block = (size_t)(BLOCK - u->in_at % BLOCK);
			taken = block < taken ? block : taken;
			in = gopm__source_view(packed, u->in_at, taken, u->in);
		}
		bool last = taken == left;
		if (in == NULL) {
			u->damage = "the rest of the compressed file cannot be read";
			return flush_unpacked(u, err);
		}
		size_t offered = taken, room = given;
		enum gopm__decoder_result result =
		    u->decoder->step(u->state, in, &taken, u->out + u->out_size, &given, last);
		u->in_at += taken;
		u->out_size += given;
		if (result == GOPM__DECODER_MEMORY) {
			return gopm__fail_memory(err);
		}
		if (result == GOPM__DECODER_LIMIT) {
			return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_OFFSET(packed->name, u->in_at),
			                  "the %s stream needs more memory than allowed", u->decoder->name);
		}
		if (result == GOPM__DECODER_BAD) {
			u->damage = "the compressed stream is damaged";
			return flush_unpacked(u, err);
		}
		/* `between` frames stays true if the call neither read nor wrote. */
		if (taken != 0 || given != 0) {
			between = result == GOPM__DECODER_FRAME;
		}
		if (u->out_size == CHUNK) {
			gopm_status status = flush_unpacked(u, err);
			if (status != GOPM_OK) {
				return status;
			}
		}
		if (u->in_at == packed->size && given < room) {
			u->damage = between ? NULL : "the compressed stream is truncated";
			return flush_unpacked(u, err);
		}
		if (taken == 0 && given == 0 && offered != 0) {
			u->damage = "the compressed stream makes no progress";
			return flush_unpacked(u, err);
		}
	}
}

gopm_status gopm__source_unpack(struct gopm__source *source, const struct gopm__source_request *request,
                                gopm_error **err)
{
	struct unpacking u = {.packed = source,
	                      .progress = request->progress,
	                      .decoder = find_decoder(source),
	                      .folder = request->temporary_folder != NULL ? request->temporary_folder : DEFAULT_FOLDER,
	                      .request = request,
	                      .limit = request->max_unpacked_size != 0 ? request->max_unpacked_size
	                                                               : GOPM__DEFAULT_MAX_UNPACKED,
	                      .file = {.fd = -1}};
	struct gopm__source unpacked = {.compression = "", .io = source->io};
	gopm_status status;

	if (u.decoder == NULL) {
		return GOPM_OK;
	}
	u.state = u.decoder->open();
	u.out = gopm__malloc(CHUNK);
	u.in = gopm__malloc(CHUNK);
	if (u.state == NULL || u.out == NULL || u.in == NULL) {
		status = gopm__fail_memory(err);
		goto out;
	}
	int error = gopm__sparse_open(&u.file, u.folder);
	if (error != 0) {
		status = gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(source->name),
		                    "cannot create a temporary file in %s: %s", u.folder, strerror(error));
		goto out;
	}
	status = unpack_stream(&u, err);
	if (status != GOPM_OK) {
		goto out;
	}
	if (u.file.size == 0) {
		status = gopm__fail(err, u.damage != NULL ? GOPM_ERR_TRUNCATED : GOPM_ERR_FORMAT,
		                    GOPM__AT_OFFSET(source->name, u.in_at), "%s; nothing could be unpacked",
		                    u.damage != NULL ? u.damage : "the compressed stream is empty");
		goto out;
	}
	error = gopm__sparse_finish(&u.file);
	if (error != 0) {
		status = gopm__fail(err, GOPM_ERR_IO, GOPM__AT_FILE(source->name), "cannot unpack into %s: %s",
		                    u.folder, strerror(error));
		goto out;
	}
	unpacked.name = source->name;
	status = gopm__source_use_file(&unpacked, u.file.fd, u.file.size, err);
	if (status != GOPM_OK) {
		goto out;
	}
	unpacked.compression = u.decoder->name;
	unpacked.damage = u.damage;
	unpacked.damage_offset = u.in_at;
	source->name = NULL;
	gopm__source_close(source);
	*source = unpacked;
out:
	gopm__sparse_close(&u.file);
	if (u.state != NULL) {
		u.decoder->close(u.state);
	}
	free(u.in);
	free(u.out);
	return status;
}
