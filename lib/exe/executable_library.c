/* SPDX-License-Identifier: Apache-2.0 */
/* Go libraries: plugins, and Go code that a C program loads (c-shared). A core may lack their code and read-only data,
 * as it lacks those of the program. So each mapped file is opened, and kept if it is Go and the file that was mapped.
 * Its load address is the one that agrees with most of its rows in NT_FILE. */
#include <stdlib.h>
#include <string.h>

#include "exe/buildinfo.h"
#include "exe/executable_private.h"
#include "util/allocate.h"

/* Number of files that are opened. */
#define MAX_OPENED ((size_t)256)
/* Rows of one file that are compared. The dynamic loader makes about five. */
#define MAX_ROWS ((size_t)32)
/* Load addresses of one file that are tried. */
#define MAX_PLACES ((size_t)8)
/* Bytes that are compared if a file has no build ID. */
#define MAX_COMPARED ((uint64_t)4 << 20)
#define PAGE ((size_t)4096)

typedef const struct gopm__file_mapping *row;

/* Rows of NT_FILE, without those of the main program. Sorted by path, then by address. */
struct file_rows {
	row *all;
	size_t count;
};

static int rows_by_path(const void *a, const void *b)
{
	row x = *(const row *)a, y = *(const row *)b;

	if (x->path.size != y->path.size) {
		return x->path.size < y->path.size ? -1 : 1;
	}
	int order = x->path.size != 0 ? memcmp(x->path.data, y->path.data, x->path.size) : 0;
	return order != 0 ? order : x->start < y->start ? -1 : x->start > y->start;
}

static gopm_status collect_rows(struct file_rows *rows, const struct gopm__corefile *core)
{
	row program = gopm__executable_mapping(core);

	*rows = (struct file_rows){gopm__calloc(core->file_count + 1, sizeof(row)), 0};
	if (rows->all == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < core->file_count; i++) {
		row r = &core->files[i];
		if (r->start < r->end && (program == NULL || !gopm__str_equal(r->path, program->path))) {
			rows->all[rows->count++] = r;
		}
	}
	qsort(rows->all, rows->count, sizeof(row), rows_by_path);
	return GOPM_OK;
}

/* The rows that have the same path as row `from`, the first of them. */
static struct file_rows rows_of_path(const struct file_rows *rows, size_t from)
{
	size_t end = from + 1;

	while (end < rows->count && gopm__str_equal(rows->all[end]->path, rows->all[from]->path)) {
		end++;
	}
	return (struct file_rows){rows->all + from, end - from};
}

bool gopm__executable_is_go(const struct gopm__executable *exe)
{
	static const char *const names[] = {".gopclntab", ".data.rel.ro.gopclntab", ".go.buildinfo"};

	if (exe->private_->go_build_id.size != 0) {
		return true;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (gopm__section_index(exe, names[i]) != 0) {
			return true;
		}
	}
	return false;
}

static bool ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b ? b - a < a_size : a - b < b_size;
}

/* True if the row maps a part of `load`. */
static bool row_maps(row r, const struct gopm__load *load)
{
	return ranges_overlap(r->offset, r->end - r->start, load->offset, load->file_size);
}

/* Address minus file offset, of a row and of a load. */
static uint64_t row_shift(row r)
{
	return r->start - r->offset;
}

static uint64_t load_shift(const struct gopm__load *load)
{
	return load->address - load->offset;
}

/* Counts the rows that agree with this bias. Returns 0 if none of them is code. */
static size_t count_agreeing(const struct gopm__executable_private *p, const struct file_rows *rows, uint64_t bias)
{
	size_t agreeing = 0;
	bool code = false;

	for (size_t i = 0; i < rows->count && i < MAX_ROWS; i++) {
		bool agrees = false;
		for (size_t k = 0; k < p->load_count; k++) {
			if (row_maps(rows->all[i], &p->loads[k]) &&
			    row_shift(rows->all[i]) == load_shift(&p->loads[k]) + bias) {
				agrees = true;
				code = code || (p->loads[k].flags & PF_X) != 0;
			}
		}
		agreeing += agrees;
	}
	return code ? agreeing : 0;
}

/* Finds the bias that most rows agree with. Returns false if there is none: the file was mapped, but not loaded. */
static bool find_mapped_bias(const struct gopm__executable *exe, const struct file_rows *rows, uint64_t *bias)
{
	const struct gopm__executable_private *p = exe->private_;
	uint64_t tried[MAX_PLACES];
	size_t count = 0, best = 0;

	for (size_t i = 0; i < rows->count && i < MAX_ROWS; i++) {
		for (size_t k = 0; k < p->load_count; k++) {
			uint64_t guess = row_shift(rows->all[i]) - load_shift(&p->loads[k]);
			bool known = !row_maps(rows->all[i], &p->loads[k]);
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

/* Compares the file with the one that the process loaded: the build IDs, or the pages. Fills `image` with the core's
 * copy of the headers; the caller frees it. */
static gopm_status verify_library(struct gopm__executable *exe, const struct gopm__corefile *core, uint64_t bias,
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

/* Adds the part of one load that the row maps. Both have their addresses in the process. */
static gopm_status add_row_pages(struct gopm__executable *exe, struct gopm__corefile *core, row r,
                                 const struct gopm__load *load)
{
	uint64_t from = r->offset > load->offset ? r->offset : load->offset;
	uint64_t size = r->end - r->start - (from - r->offset), left = load->file_size - (from - load->offset);

	size = size < left ? size : left;
	if (from >= exe->source.size) {
		return GOPM_OK;
	}
	size = size < exe->source.size - from ? size : exe->source.size - from;
	uint64_t address = r->start + (from - r->offset);
	return (load->flags & PF_W) == 0 ? gopm__memory_add(&core->memory, address, size, &exe->source, from)
	                                 : gopm__executable_add_writable(exe, core, address, size, from);
}

/* Moves the file to its addresses in the process, and adds the pages that the core lacks. */
static gopm_status place_library(struct gopm__executable *exe, struct gopm__corefile *core,
                                 const struct file_rows *rows, const struct gopm__core_image *image, uint64_t bias)
{
	struct gopm__executable_private *p = exe->private_;
	gopm_status status = GOPM_OK;

	exe->core_build_id = image->build_id;
	gopm__executable_move(exe, bias);
	for (size_t i = 0; i < rows->count && i < MAX_ROWS; i++) {
		for (size_t k = 0; k < p->load_count && status == GOPM_OK; k++) {
			if (row_maps(rows->all[i], &p->loads[k]) &&
			    row_shift(rows->all[i]) == load_shift(&p->loads[k])) {
				status = add_row_pages(exe, core, rows->all[i], &p->loads[k]);
			}
		}
	}
	p->mapped_as = rows->all[0]->path;
	return status;
}

gopm_status gopm__library_place(struct gopm__executable *exe, struct gopm__corefile *core)
{
	struct file_rows rows;
	gopm_status status = exe->pie ? collect_rows(&rows, core) : GOPM_NOT_FOUND;

	if (status != GOPM_OK) {
		return status;
	}
	size_t files = 0;
	status = GOPM_NOT_FOUND;
	for (size_t i = 0; i < rows.count && files < MAX_OPENED && status == GOPM_NOT_FOUND; files++) {
		struct file_rows file = rows_of_path(&rows, i);
		struct gopm__core_image image = {.found = false};
		enum gopm__match match = GOPM__MATCH_NO;
		uint64_t bias;

		i += file.count;
		if (!find_mapped_bias(exe, &file, &bias)) {
			continue;
		}
		gopm_status verified = verify_library(exe, core, bias, &image, &match);
		if (verified != GOPM_OK) {
			status = verified;
		} else if (match == GOPM__MATCH_YES) {
			status = place_library(exe, core, &file, &image, bias);
		}
		gopm__core_image_free(&image);
	}
	free(rows.all);
	return status;
}

/* Reports a Go library that does not match the core. */
static void report_mismatch(const struct gopm__executable *library, struct gopm__corefile *core,
                            const struct gopm__core_image *image, enum gopm__match match)
{
	char why[512];

	if (match == GOPM__MATCH_UNKNOWN) {
		gopm__finding_add(
		    core->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(library->source.name),
		    "cannot be compared with the file that the process loaded; it is not used, and its code "
		    "has no names");
		return;
	}
	if ((library->build_id.size != 0 && image->build_id.size != 0) ||
	    (library->private_->go_build_id.size != 0 && image->go_build_id.size != 0)) {
		gopm__executable_describe_mismatch(library, image, why, sizeof why);
	} else {
		memcpy(why, "its pages differ", sizeof "its pages differ");
	}
	gopm__finding_add(core->findings, GOPM_FINDING_EXE_MISMATCH, GOPM__AT_FILE(library->source.name),
	                  "is not the file that the process loaded: %s; it is not used, and its code has no names",
	                  why);
}

/* Reports a file that cannot be opened, if the core's copy of its headers has a Go build ID. */
static gopm_status report_missing(struct gopm__executable *exe, struct gopm__corefile *core,
                                  const struct file_rows *rows)
{
	struct gopm__core_image image = {.found = false};
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < rows->count && i < MAX_ROWS; i++) {
		if (rows->all[i]->offset == 0) {
			status = gopm__core_image_at(&image, &exe->private_->arena, core, rows->all[i]->start);
			break;
		}
	}
	if (image.go_build_id.size != 0) {
		gopm__finding_add(core->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(rows->all[0]->path.data),
		                  "cannot open this Go library of the process (build ID %s); its code has no names",
		                  image.build_id.size != 0 ? image.build_id.data : "unknown");
	}
	gopm__core_image_free(&image);
	return status;
}

/* Opens the file of these rows, and keeps it if it is Go and the file that the process loaded. */
static gopm_status try_library(struct gopm__executable *exe, struct gopm__corefile *core, const char *sysroot,
                               const struct file_rows *rows)
{
	struct gopm__core_image image = {.found = false};
	enum gopm__match match = GOPM__MATCH_NO;
	uint64_t bias;
	struct gopm__executable *library = gopm__calloc(1, sizeof *library);

	/* No findings yet: damage in files that are not Go does not matter. */
	if (library == NULL ||
	    gopm__executable_init(library, NULL, exe->private_->io, exe->private_->max_section_size) != GOPM_OK) {
		free(library);
		return GOPM_ERR_NO_MEMORY;
	}
	gopm_status status = gopm__executable_load_mapped(library, sysroot, rows->all[0]->path);
	if (status == GOPM_NOT_FOUND) {
		gopm__executable_free(library);
		return report_missing(exe, core, rows);
	}
	if (status != GOPM_OK || !library->pie || !gopm__executable_is_go(library) ||
	    !find_mapped_bias(library, rows, &bias)) {
		gopm__executable_free(library);
		return status;
	}
	status = verify_library(library, core, bias, &image, &match);
	if (status == GOPM_OK && match == GOPM__MATCH_YES) {
		/* Keep it first: memory will point into it. */
		status = gopm__libraries_keep(exe, library);
		if (status == GOPM_OK) {
			status = place_library(library, core, rows, &image, bias);
		}
	} else {
		report_mismatch(library, core, &image, match);
		gopm__executable_free(library);
	}
	gopm__core_image_free(&image);
	return status;
}

/* Makes memory use the source at its new address. */
static void move_source(struct gopm__memory *memory, const struct gopm__source *from, const struct gopm__source *to)
{
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->segments[i].source == from) {
			memory->segments[i].source = to;
		}
	}
}

/* Exchanges the program and the first library. */
static gopm_status promote_library(struct gopm__executable *exe, struct gopm__corefile *core)
{
	struct gopm__executable *library = exe->private_->libraries[0];
	struct gopm__executable *program = gopm__malloc(sizeof *program);

	if (program == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (exe->private_->library_count > 1) {
		gopm__finding_add(
		    core->findings, GOPM_FINDING_LIMIT, GOPM__AT_FILE(library->source.name),
		    "the program is not Go and has %zu Go libraries; this one is read; to read another, name it as "
		    "the executable",
		    exe->private_->library_count);
	}
	*program = *exe;
	move_source(&core->memory, &exe->source, &program->source);
	*exe = *library;
	move_source(&core->memory, &library->source, &exe->source);
	free(library);
	exe->mismatch = program->mismatch;
	exe->private_->libraries = program->private_->libraries;
	exe->private_->library_count = program->private_->library_count;
	exe->private_->library_capacity = program->private_->library_capacity;
	exe->private_->libraries[0] = program;
	program->private_->libraries = NULL;
	program->private_->library_count = program->private_->library_capacity = 0;
	return GOPM_OK;
}

gopm_status gopm__libraries_open(struct gopm__executable *exe, struct gopm__corefile *core, const char *sysroot)
{
	struct file_rows rows;
	size_t opened = 0;

	gopm_status status = collect_rows(&rows, core);
	for (size_t i = 0; status == GOPM_OK && i < rows.count;) {
		struct file_rows file = rows_of_path(&rows, i);
		i += file.count;
		if (gopm__str_equal(file.all[0]->path, exe->private_->mapped_as)) {
			continue;
		}
		if (opened++ == MAX_OPENED) {
			gopm__finding_add(core->findings, GOPM_FINDING_LIMIT, GOPM__AT_FILE(core->source.name),
			                  "more than %zu mapped files; the rest is not searched for Go code",
			                  MAX_OPENED);
			break;
		}
		status = try_library(exe, core, sysroot, &file);
	}
	free(rows.all);
	/* The build info is the last test, because it may search the whole file. */
	if (status == GOPM_OK && exe->private_->mapped_as.size == 0 && exe->private_->library_count != 0 &&
	    (exe->source.base == NULL ||
	     (!gopm__executable_is_go(exe) && gopm__buildinfo_version(core, exe).size == 0))) {
		status = promote_library(exe, core);
	}
	return status;
}
