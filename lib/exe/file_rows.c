/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/file_rows.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

/* Load addresses of one file that are tried. */
#define MAX_PLACES ((size_t)8)
/* Bytes that are compared if a file has no build ID. */
#define MAX_COMPARED ((uint64_t)4 << 20)
#define PAGE ((size_t)4096)

static int rows_by_path(const void *a, const void *b)
{
	const struct gopm__file_mapping *x = *(const struct gopm__file_mapping *const *)a,
	                                *y = *(const struct gopm__file_mapping *const *)b;

	if (x->path.size != y->path.size) {
		return x->path.size < y->path.size ? -1 : 1;
	}
	int order = x->path.size != 0 ? memcmp(x->path.data, y->path.data, x->path.size) : 0;
	return order != 0 ? order : x->start < y->start ? -1 : x->start > y->start;
}

gopm_status gopm__rows_collect(struct gopm__file_rows *rows, const struct gopm__corefile *core, bool program_too)
{
	const struct gopm__file_mapping *program = program_too ? NULL : gopm__executable_mapping(core);

	/* An array of pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	*rows = (struct gopm__file_rows){gopm__calloc(core->file_count + 1, sizeof(*rows->all)), 0};
	if (rows->all == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < core->file_count; i++) {
		const struct gopm__file_mapping *r = &core->files[i];
		if (r->start < r->end && (program == NULL || !gopm__str_equal(r->path, program->path))) {
			rows->all[rows->count++] = r;
		}
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	qsort(rows->all, rows->count, sizeof(*rows->all), rows_by_path);
	return GOPM_OK;
}

struct gopm__file_rows gopm__rows_of_path(const struct gopm__file_rows *rows, size_t from)
{
	size_t end = from + 1;

	while (end < rows->count && gopm__str_equal(rows->all[end]->path, rows->all[from]->path)) {
		end++;
	}
	return (struct gopm__file_rows){rows->all + from, end - from};
}

static bool ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b ? b - a < a_size : a - b < b_size;
}

bool gopm__row_maps(const struct gopm__file_mapping *r, const struct gopm__load *load)
{
	return ranges_overlap(r->offset, r->end - r->start, load->offset, load->file_size);
}

uint64_t gopm__row_shift(const struct gopm__file_mapping *r)
{
	return r->start - r->offset;
}

uint64_t gopm__load_shift(const struct gopm__load *load)
{
	return load->address - load->offset;
}

/* Counts the rows that agree with this bias. Returns 0 if none of them is code. */
static size_t count_agreeing(const struct gopm__executable_private *p, const struct gopm__file_rows *rows,
                             uint64_t bias)
{
	size_t agreeing = 0;
	bool code = false;

	for (size_t i = 0; i < rows->count && i < GOPM__MAX_FILE_ROWS; i++) {
		bool agrees = false;
		for (size_t k = 0; k < p->load_count; k++) {
			if (gopm__row_maps(rows->all[i], &p->loads[k]) &&
			    gopm__row_shift(rows->all[i]) == gopm__load_shift(&p->loads[k]) + bias) {
				agrees = true;
				code = code || (p->loads[k].flags & PF_X) != 0;
			}
		}
		agreeing += agrees;
	}
	return code ? agreeing : 0;
}

bool gopm__rows_bias(const struct gopm__executable *exe, const struct gopm__file_rows *rows, uint64_t *bias)
{
	const struct gopm__executable_private *p = exe->private_;
	uint64_t tried[MAX_PLACES];
	size_t count = 0, best = 0;

	for (size_t i = 0; i < rows->count && i < GOPM__MAX_FILE_ROWS; i++) {
		for (size_t k = 0; k < p->load_count; k++) {
			uint64_t guess = gopm__row_shift(rows->all[i]) - gopm__load_shift(&p->loads[k]);
			bool known = !gopm__row_maps(rows->all[i], &p->loads[k]);
			for (size_t t = 0; t < count && !known; t++) {
				known = tried[t] == guess;
			}
			if (known || count == MAX_PLACES) {
				continue;
			}
			tried[count++] = guess;
			size_t agreeing = count_agreeing(p, rows, guess);
			if (agreeing > best) {
				best = agreeing;
				*bias = guess;
			}
		}
	}
	return best != 0;
}

/* Compares the read-only pages that the core contains with the file. */
static enum gopm__match compare_pages(const struct gopm__executable *exe, const struct gopm__corefile *core,
                                      uint64_t bias)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	enum gopm__match match = GOPM__MATCH_UNKNOWN;
	uint64_t compared = 0;
	uint8_t theirs[PAGE];

	for (size_t i = 0; i < exe->private_->load_count; i++) {
		const struct gopm__load *load = &exe->private_->loads[i];
		for (uint64_t at = 0; (load->flags & PF_W) == 0 && at < load->file_size && compared < MAX_COMPARED;) {
			uint64_t address = load->address + bias + at, size = load->file_size - at;
			size = size < PAGE ? size : PAGE;
			const struct gopm__segment *s = gopm__memory_find(&core->memory, address);
			size_t got = gopm__read_copy(&reader, address, theirs, (size_t)size);
			const uint8_t *ours = gopm__source_span(&exe->source, load->offset + at, got);
			if (s == NULL || s->source == NULL || got == 0) {
				/* Skip the rest of the segment: checking each page of a large gap would take long. */
				break;
			}
			if (ours == NULL || memcmp(ours, theirs, got) != 0) {
				return GOPM__MATCH_NO;
			}
			match = GOPM__MATCH_YES;
			compared += got;
			at += got;
		}
	}
	return match;
}

gopm_status gopm__rows_verify(struct gopm__executable *exe, const struct gopm__corefile *core, uint64_t bias,
                              struct gopm__core_image *image, enum gopm__match *match)
{
	struct gopm__executable_private *p = exe->private_;
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < p->load_count; i++) {
		if (p->loads[i].offset == 0) {
			status = gopm__core_image_at(image, &p->arena, core, p->loads[i].address + bias);
			break;
		}
	}
	if (exe->build_id.size != 0 && image->build_id.size != 0) {
		*match = gopm__str_equal(exe->build_id, image->build_id) ? GOPM__MATCH_YES : GOPM__MATCH_NO;
	} else if (p->go_build_id.size != 0 && image->go_build_id.size != 0) {
		*match = gopm__str_equal(p->go_build_id, image->go_build_id) ? GOPM__MATCH_YES : GOPM__MATCH_NO;
	} else {
		*match = compare_pages(exe, core, bias);
	}
	return status;
}
