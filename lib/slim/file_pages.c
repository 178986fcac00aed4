/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <stdlib.h>

#include "slim/keep.h"

#define PAGE ((uint64_t)4096)

struct apart {
	struct gopm__kept out;
	const struct gopm__executable *exe;
	const struct gopm__load *loads;
	size_t load_count;
	bool no_memory;
};

static void add(struct apart *apart, const struct gopm__kept_piece *piece)
{
	struct gopm__kept *out = &apart->out;

	if (out->count == out->capacity) {
		size_t capacity = out->capacity != 0 ? out->capacity * 2 : 1024;
		struct gopm__kept_piece *pieces = realloc(out->pieces, capacity * sizeof *pieces);
		if (pieces == NULL) {
			apart->no_memory = true;
			return;
		}
		out->pieces = pieces;
		out->capacity = capacity;
	}
	out->pieces[out->count++] = *piece;
	out->bytes += piece->size;
}

/* Whether the file has [address, address + size), which lies in one page, read-only and in these bytes. Of the page in
 * which a segment ends the process has what follows in the file. */
static bool is_in_file(const struct apart *apart, uint64_t address, uint64_t size, const uint8_t *data)
{
	for (size_t i = 0; i < apart->load_count; i++) {
		const struct gopm__load *load = &apart->loads[i];
		uint64_t at = address - load->address;
		if ((load->flags & PF_W) != 0 || address < load->address || at >= load->file_size ||
		    (load->offset == 0 && at < PAGE)) {
			continue;
		}
		const uint8_t *file = gopm__source_span(&apart->exe->source, load->offset + at, size);
		return file != NULL && memcmp(file, data, (size_t)size) == 0;
	}
	return false;
}

static void split(struct apart *apart, const struct gopm__kept_piece *piece)
{
	struct gopm__kept_piece run = {piece->address, 0, piece->data};

	for (uint64_t at = 0; at < piece->size && !apart->no_memory;) {
		uint64_t left = piece->size - at, size = PAGE - (piece->address + at) % PAGE;
		size = size < left ? size : left;
		if (is_in_file(apart, piece->address + at, size, piece->data + at)) {
			if (run.size != 0) {
				add(apart, &run);
			}
			run = (struct gopm__kept_piece){piece->address + at + size, 0, piece->data + at + size};
		} else {
			run.size += size;
		}
		at += size;
	}
	if (run.size != 0) {
		add(apart, &run);
	}
}

gopm_status gopm__keep_file_apart(struct gopm__kept *kept, const struct gopm__executable *exe)
{
	struct apart apart = {.exe = exe};

	/* Where build IDs differ, what the core has of the code is what says that the file is the right one. */
	if (exe->from_core || exe->mismatch) {
		return GOPM_OK;
	}
	apart.loads = gopm__executable_loads(exe, &apart.load_count);
	for (size_t i = 0; i < kept->count && !apart.no_memory; i++) {
		split(&apart, &kept->pieces[i]);
	}
	if (apart.no_memory) {
		gopm__kept_free(&apart.out);
		return GOPM_ERR_NO_MEMORY;
	}
	gopm__kept_free(kept);
	*kept = apart.out;
	return GOPM_OK;
}
