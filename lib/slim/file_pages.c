/* SPDX-License-Identifier: Apache-2.0 */
/* Removes from the pieces to write what the executable's file has as well. */
#include <elf.h>
#include <stdlib.h>

#include "slim/keep.h"
#include "util/vector.h"

#define PAGE ((uint64_t)4096)

/* The pieces without those that the file has. */
struct apart {
	struct gopm__kept out;
	const struct gopm__executable *exe;
	const struct gopm__load *loads;
	size_t load_count;
	bool no_memory;
};

static void add_piece(struct apart *apart, const struct gopm__kept_piece *piece)
{
	struct gopm__kept *out = &apart->out;

	if (!GOPM__VECTOR_RESERVE(out->pieces, out->count, out->capacity, 1)) {
		apart->no_memory = true;
		return;
	}
	out->pieces[out->count++] = *piece;
	out->bytes += piece->size;
}

/* True if the file has the bytes at `skip` in `piece`, a part of one page, and the process cannot write them. The last
 * page of a segment is mapped whole, so the bytes after the segment are those of the file too. */
static bool is_in_file(const struct apart *apart, const struct gopm__kept_piece *piece, uint64_t skip, uint64_t size)
{
	uint64_t address = piece->address + skip;
	uint8_t ours[PAGE], theirs[PAGE];

	for (size_t i = 0; i < apart->load_count; i++) {
		const struct gopm__load *load = &apart->loads[i];
		uint64_t at = address - load->address;
		if ((load->flags & PF_W) != 0 || address < load->address || at >= load->file_size ||
		    (load->offset == 0 && at < PAGE)) {
			continue;
		}
		const uint8_t *file = gopm__source_view(&apart->exe->source, load->offset + at, size, theirs);
		const uint8_t *data =
		    file != NULL ? gopm__source_view(piece->source, piece->offset + skip, size, ours) : NULL;
		return data != NULL && memcmp(file, data, (size_t)size) == 0;
	}
	return false;
}

static void split_piece(struct apart *apart, const struct gopm__kept_piece *piece)
{
	struct gopm__kept_piece run = {piece->address, 0, piece->source, piece->offset};

	for (uint64_t at = 0; at < piece->size && !apart->no_memory;) {
		uint64_t left = piece->size - at, size = PAGE - (piece->address + at) % PAGE;
		size = size < left ? size : left;
		if (is_in_file(apart, piece, at, size)) {
			if (run.size != 0) {
				add_piece(apart, &run);
			}
			run = (struct gopm__kept_piece){piece->address + at + size, 0, piece->source,
			                                piece->offset + at + size};
		} else {
			run.size += size;
		}
		at += size;
	}
	if (run.size != 0) {
		add_piece(apart, &run);
	}
}

gopm_status gopm__keep_file_apart(struct gopm__kept *kept, const struct gopm__executable *exe)
{
	struct apart apart = {.exe = exe};

	/* If the build IDs differ, only the code in the core can show which file is the right one: keep it. */
	if (exe->from_core || exe->mismatch) {
		return GOPM_OK;
	}
	apart.loads = gopm__executable_loads(exe, &apart.load_count);
	for (size_t i = 0; i < kept->count && !apart.no_memory; i++) {
		split_piece(&apart, &kept->pieces[i]);
	}
	if (apart.no_memory) {
		gopm__kept_free(&apart.out);
		return GOPM_ERR_NO_MEMORY;
	}
	gopm__kept_free(kept);
	*kept = apart.out;
	return GOPM_OK;
}
