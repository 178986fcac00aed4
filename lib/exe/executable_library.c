/* SPDX-License-Identifier: Apache-2.0 */
/* Go libraries: plugins, and Go code that a C program loads (c-shared). A core may lack their code and read-only data,
 * as it lacks those of the program. So each mapped file is opened, and kept if it is Go and the file that was mapped.
 * Its load address is the one that agrees with most of its rows in NT_FILE. */
#include <stdlib.h>
#include <string.h>

#include "exe/buildinfo.h"
#include "exe/executable_private.h"
#include "exe/file_rows.h"
#include "util/allocate.h"

/* Number of files that are opened. */
#define MAX_OPENED ((size_t)256)

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

/* Adds the part of one load that the row maps. Both have their addresses in the process. */
static gopm_status add_row_pages(struct gopm__executable *exe, struct gopm__corefile *core,
                                 const struct gopm__file_mapping *r, const struct gopm__load *load)
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
                                 const struct gopm__file_rows *rows, const struct gopm__core_image *image,
                                 uint64_t bias)
{
	struct gopm__executable_private *p = exe->private_;
	gopm_status status = GOPM_OK;

	exe->core_build_id = image->build_id;
	gopm__executable_move(exe, bias);
	for (size_t i = 0; i < rows->count && i < GOPM__MAX_FILE_ROWS; i++) {
		for (size_t k = 0; k < p->load_count && status == GOPM_OK; k++) {
			if (gopm__row_maps(rows->all[i], &p->loads[k]) &&
			    gopm__row_shift(rows->all[i]) == gopm__load_shift(&p->loads[k])) {
				status = add_row_pages(exe, core, rows->all[i], &p->loads[k]);
			}
		}
	}
	p->mapped_as = rows->all[0]->path;
	return status;
}

gopm_status gopm__library_place(struct gopm__executable *exe, struct gopm__corefile *core)
{
	struct gopm__file_rows rows;
	gopm_status status = exe->pie ? gopm__rows_collect(&rows, core, false) : GOPM_NOT_FOUND;

	if (status != GOPM_OK) {
		return status;
	}
	size_t files = 0;
	status = GOPM_NOT_FOUND;
	for (size_t i = 0; i < rows.count && files < MAX_OPENED && status == GOPM_NOT_FOUND; files++) {
		struct gopm__file_rows file = gopm__rows_of_path(&rows, i);
		struct gopm__core_image image = {.found = false};
		enum gopm__match match = GOPM__MATCH_NO;
		uint64_t bias;

		i += file.count;
		if (!gopm__rows_bias(exe, &file, &bias)) {
			continue;
		}
		gopm_status verified = gopm__rows_verify(exe, core, bias, &image, &match);
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
                                  const struct gopm__file_rows *rows)
{
	struct gopm__core_image image = {.found = false};
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < rows->count && i < GOPM__MAX_FILE_ROWS; i++) {
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
                               const struct gopm__file_rows *rows)
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
	    !gopm__rows_bias(library, rows, &bias)) {
		gopm__executable_free(library);
		return status;
	}
	status = gopm__rows_verify(library, core, bias, &image, &match);
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
	struct gopm__file_rows rows;
	size_t opened = 0;

	gopm_status status = gopm__rows_collect(&rows, core, false);
	for (size_t i = 0; status == GOPM_OK && i < rows.count;) {
		struct gopm__file_rows file = gopm__rows_of_path(&rows, i);
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
