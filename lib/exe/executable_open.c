/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the executable of a core: chooses a file and checks that it matches. Then adds its pages and those of Go
 * libraries to the core's memory. A file with other code is never used: its names and lines would be wrong. */
#include <stdlib.h>
#include <string.h>

#include "exe/executable_private.h"
#include "util/allocate.h"
#include "util/str.h"

static gopm_status fail_to_find(const struct gopm__corefile *core, const struct gopm__core_image *image,
                                const struct gopm__executable_request *request, gopm_error **err)
{
	const struct gopm__file_mapping *m = gopm__executable_mapping(core);

	if (!request->search) {
		return gopm__fail(
		    err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(core->source.name),
		    "no executable given, the search is off, and the core has only parts of it; name the executable");
	}
	return gopm__fail(err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(core->source.name),
	                  "executable not found at %s or under /usr/lib/debug/.build-id (build ID %s), and the core "
	                  "does not contain all of it; name the executable",
	                  m != NULL ? m->path.data : "its path",
	                  image->build_id.size != 0 ? image->build_id.data : "unknown");
}

static bool names_source(const struct gopm__source_request *request)
{
	return request->path != NULL || request->fd >= 0 || request->data != NULL || request->read != NULL;
}

/* `exe` is a debug file that the caller named as the executable: keeps it for DWARF and symbols, and finds the program.
 */
static gopm_status find_stripped(struct gopm__executable *exe, struct gopm__corefile *core,
                                 const struct gopm__core_image *image, const struct gopm__executable_request *request,
                                 gopm_error **err)
{
	gopm_status status = gopm__executable_become_debug(exe);
	const struct gopm__executable *debug = exe->private_->debug;
	const struct gopm__file_mapping *m = gopm__executable_mapping(core);

	if (status == GOPM_OK) {
		status = gopm__executable_find(exe, core, image, request, false);
	}
	if (status == GOPM_NOT_FOUND) {
		return gopm__fail(
		    err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(debug->source.name),
		    "is a debug file, which has no code; its program was not found at %s%s, and the core does "
		    "not contain all of it; name the program",
		    m != NULL ? m->path.data : "its path", request->search ? "" : " (the search is off)");
	}
	if (status != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	gopm_str id = exe->build_id.size != 0 ? exe->build_id : image->build_id;
	if (id.size != 0 && debug->build_id.size != 0 && !gopm__str_equal(id, debug->build_id)) {
		return gopm__fail(
		    err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(debug->source.name),
		    "is the debug file of another program: its build ID is %s, that of the core's program %s",
		    debug->build_id.data, id.data);
	}
	return GOPM_OK;
}

/* Loads the named file, or the one that the search finds, if it matches the core or has the same code. */
static gopm_status choose_file(struct gopm__executable *exe, struct gopm__corefile *core,
                               const struct gopm__core_image *image, const struct gopm__executable_request *request,
                               gopm_error **err)
{
	bool named = names_source(&request->source);
	char why[512];

	gopm_status status = named ? gopm__executable_load(exe, &request->source, err)
	                           : gopm__executable_find(exe, core, image, request, true);
	if (status == GOPM_NOT_FOUND) {
		return fail_to_find(core, image, request, err);
	}
	if (status != GOPM_OK) {
		return named ? status : gopm__fail_memory(err);
	}
	if (named && !gopm__executable_holds_code(exe) && gopm__executable_has_section(exe, ".debug_info")) {
		return find_stripped(exe, core, image, request, err);
	}
	enum gopm__match match = exe->from_core ? GOPM__MATCH_YES : gopm__executable_compare(exe, core, image);
	if (named && match != GOPM__MATCH_YES && gopm__executable_is_go(exe)) {
		status = gopm__library_place(exe, core);
		if (status != GOPM_NOT_FOUND) {
			return status == GOPM_OK ? status : gopm__fail_memory(err);
		}
	}
	if (match != GOPM__MATCH_NO) {
		return GOPM_OK;
	}
	exe->mismatch = true;
	gopm__executable_describe_mismatch(exe, image, why, sizeof why);
	if (gopm__executable_same_code(exe, core, image)) {
		gopm__finding_add(core->findings, GOPM_FINDING_EXE_MISMATCH, GOPM__AT_FILE(exe->source.name),
		                  "is not the executable of this core: %s; it is used, because the code is the same as "
		                  "in the core",
		                  why);
		return GOPM_OK;
	}
	gopm__finding_add(core->findings, GOPM_FINDING_EXE_MISMATCH, GOPM__AT_FILE(exe->source.name),
	                  "is not the executable of this core: %s; it is not used", why);
	char *wrong = gopm__strdup(exe->source.name);
	if (wrong == NULL) {
		return gopm__fail_memory(err);
	}
	gopm__executable_unload(exe);
	status = named ? gopm__executable_find(exe, core, image, request, false) : GOPM_NOT_FOUND;
	if (status == GOPM_OK) {
		exe->mismatch = true;
		gopm__finding_add(core->findings, GOPM_FINDING_EXE_MISMATCH, GOPM__AT_FILE(exe->source.name),
		                  "is the executable of this core and is used");
	} else if (status == GOPM_NOT_FOUND) {
		exe->mismatch = true;

		status = gopm__fail(err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(wrong),
		                    "is not the executable of this core (%s), the right one was not found%s, and the "
		                    "core does not contain all of it; name the executable",
		                    why, request->search ? "" : " (the search is off)");
	} else {
		status = gopm__fail_memory(err);
	}
	free(wrong);
	return status;
}

/* `exe` is a library that the caller named: finds the program that loaded it, and adds its pages. */
static gopm_status add_program(struct gopm__executable *exe, struct gopm__corefile *core,
                               const struct gopm__core_image *image, const struct gopm__executable_request *request)
{
	struct gopm__executable *program = gopm__calloc(1, sizeof *program);

	if (program == NULL ||
	    gopm__executable_init(program, NULL, exe->private_->io, exe->private_->max_section_size) != GOPM_OK) {
		free(program);
		return GOPM_ERR_NO_MEMORY;
	}
	gopm_status status = gopm__executable_find(program, core, image, request, false);
	if (status == GOPM_OK) {
		program->private_->findings = core->findings;
		status = gopm__libraries_keep(exe, program);
		return status == GOPM_OK ? gopm__executable_place(program, core, image) : status;
	}
	gopm__executable_free(program);
	return status == GOPM_NOT_FOUND ? GOPM_OK : status;
}

/* Moves an error to *err, or frees it. */
static void pass_error(gopm_error *why, gopm_error **err)
{
	if (err != NULL) {
		*err = why;
	} else {
		gopm_error_free(why);
	}
}

/* The program was not found, and is not Go: uses its first Go library, if there is one. Frees `why` or moves it to
 * *err. */
static gopm_status open_without_program(struct gopm__executable *exe, struct gopm__corefile *core,
                                        const struct gopm__executable_request *request, gopm_error *why,
                                        gopm_error **err)
{
	gopm_status status = gopm__libraries_open(exe, core, request->sysroot);

	if (status == GOPM_OK && exe->private_->mapped_as.size != 0) {
		gopm__finding_add(core->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(exe->source.name),
		                  "is used without the program that loaded it: %s", gopm_error_message(why));
		gopm_error_free(why);
		return GOPM_OK;
	}
	if (status == GOPM_OK) {
		status = GOPM_ERR_NO_EXECUTABLE;
	}
	pass_error(why, err);
	return status;
}

gopm_status gopm__executable_open(struct gopm__executable *exe, struct gopm__corefile *core,
                                  const struct gopm__executable_request *request, gopm_error **err)
{
	struct gopm__core_image image = {.found = false};

	gopm_status status = gopm__executable_init(exe, core->findings, request->source.io, request->max_section_size);
	if (status != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	exe->private_->search = request->search;
	/* In the arena of the core: a named debug file takes that of `exe` along. */
	if (request->sysroot != NULL) {
		exe->private_->sysroot = gopm__arena_str(&core->arena, request->sysroot, strlen(request->sysroot));
	}
	status = gopm__core_image_read(&image, &core->arena, core);
	if (status != GOPM_OK || (request->sysroot != NULL && exe->private_->sysroot.data == NULL)) {
		status = gopm__fail_memory(err);
		goto out;
	}
	gopm_error *why = NULL;
	status = choose_file(exe, core, &image, request, &why);
	if (status == GOPM_ERR_NO_EXECUTABLE && request->search && image.go_build_id.size == 0) {
		status = open_without_program(exe, core, request, why, err);
		goto out;
	}
	if (status != GOPM_OK) {
		pass_error(why, err);
		goto out;
	}
	bool library = exe->private_->mapped_as.size != 0;
	gopm__executable_check(exe, library ? NULL : &image);
	status = library ? GOPM_OK : gopm__executable_place(exe, core, &image);
	if (exe->private_->debug_named) {
		exe->private_->debug->bias = exe->bias;
	}
	if (status == GOPM_OK && library && request->search) {
		status = add_program(exe, core, &image, request);
	}
	if (status == GOPM_OK && request->search) {
		status = gopm__libraries_open(exe, core, request->sysroot);
	}
	if (status != GOPM_OK) {
		status = gopm__fail_memory(err);
	}
out:
	gopm__core_image_free(&image);
	if (status != GOPM_OK) {
		gopm__executable_close(exe);
	}
	return status;
}
