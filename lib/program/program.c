/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a program part by part, each from the ones before: the core's bytes, its notes and memory, the
 * executable, the tables of symbols, the runtime's structures, the cause of death. DWARF is opened later, on first
 * use (dwarf.c). */
#include "program/program.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "core/live/live.h"
#include "program/bare.h"
#include "program/process.h"
#include "runtime/open.h"
#include "util/allocate.h"

/* Opens the core's bytes, of a file or of a process. */
static gopm_status open_core_source(struct gopm__program *program, const struct gopm__program_options *o,
                                    gopm_error **err)
{
	struct gopm__source_request request = o->core;
	gopm_status status = GOPM_OK;

	request.what = "core";
	request.unpack = request.elf = true;
	request.io = &program->io;
	program->live = o->live;
	if (o->source != NULL) {
		program->file.source = *o->source;
		program->file.source.io = &program->io;
		*o->source = (struct gopm__source){0};
	} else if (o->pid != 0) {
		status = gopm__process_source(program, o, &request, err);
	} else {
		status = gopm__source_open(&program->file.source, &request, err);
	}
	if (status == GOPM_OK && o->track_shift != 0 &&
	    gopm__source_track(&program->file.source, o->track_shift) != GOPM_OK) {
		status = gopm__fail_memory(err);
	}
	return status;
}

static gopm_status open_parts(struct gopm__program *program, const struct gopm__program_options *o, gopm_error **err)
{
	struct gopm__executable_request exe = o->exe;
	char exe_path[PATH_MAX];

	exe.source.what = "executable";
	exe.source.elf = true;
	exe.source.io = &program->io;
	gopm_status status = open_core_source(program, o, err);
	if (program->live != NULL) {
		gopm__process_executable(program, &exe, exe_path, sizeof exe_path);
	}
	if (status == GOPM_OK) {
		status = gopm__corefile_parse(&program->file, err);
	}
	if (status == GOPM_OK && program->file.bare) {
		return gopm__bare_open(program, &exe) == GOPM_OK ? GOPM_OK : gopm__fail_memory(err);
	}
	if (status == GOPM_OK) {
		status = gopm__executable_open(&program->exe, &program->file, &exe, err);
	}
	if (status == GOPM_OK) {
		status = gopm__symtab_open(&program->symtab, &program->file, &program->exe, err);
	}
	if (status == GOPM_OK) {
		const struct gopm__runtime_options runtime = {o->max_goroutines, o->no_dwarf};
		status = gopm__runtime_open(&program->runtime, &program->file, &program->exe, &program->symtab,
		                            &runtime, err);
	}
	if (status == GOPM_OK) {
		gopm__death_find(&program->death, &program->runtime);
	}
	return status;
}

/* Replaces an error by its cause, if that is known: a read that failed, or a file that is cut. */
static gopm_status explain_failure(struct gopm__program *program, gopm_status status, gopm_error **why)
{
	const struct gopm__source *core = &program->file.source;
	gopm_error *cause = NULL;

	if (status == GOPM_ERR_NO_MEMORY || status == GOPM_ERR_CANCELLED) {
		return status;
	}
	gopm_status failed = gopm__io_status(&program->io, &cause);
	if (failed == GOPM_OK && status != GOPM_OK && core->damage != NULL) {
		failed =
		    gopm__fail(&cause, GOPM_ERR_TRUNCATED, GOPM__AT_OFFSET(core->name, core->damage_offset),
		               "%s; the %" PRIu64
		               " bytes before that do not have enough of the Go program; copy or take the core again",
		               core->damage, core->size);
	}
	if (failed == GOPM_OK) {
		return status;
	}
	gopm_error_free(*why);
	*why = cause;
	return failed;
}

gopm_status gopm__program_open(const struct gopm__program_options *options, struct gopm__program **out,
                               gopm_error **err)
{
	*out = NULL;
	struct gopm__program *program = gopm__calloc(1, sizeof *program);
	if (program == NULL) {
		gopm__live_close(options->live);
		return gopm__fail_memory(err);
	}
	(void)pthread_mutex_init(&program->dwarf_lock, NULL);
	gopm__findings_init(&program->findings, options->max_findings);
	gopm__io_init(&program->io, &options->io, &program->findings);
	program->no_dwarf = options->no_dwarf;
	program->max_frames = options->max_frames;
	program->file.findings = &program->findings;
	program->file.no_environment = options->no_environment;
	gopm__native_init(&program->native, &program->file, &program->exe, &program->symtab, options->no_dwarf);
	gopm_error *why = NULL;
	gopm_status status = open_parts(program, options, &why);
	status = explain_failure(program, status, &why);
	if (status != GOPM_OK) {
		gopm__program_close(program);
		if (err != NULL) {
			*err = why;
		} else {
			gopm_error_free(why);
		}
		return status;
	}
	*out = program;
	return GOPM_OK;
}

void gopm__program_close(struct gopm__program *program)
{
	if (program == NULL) {
		return;
	}
	gopm__code_cache_free(&program->code);
	gopm__build_free(&program->build);
	gopm__program_forget_types(program);
	gopm__native_close(&program->native);
	gopm__runtime_close(&program->runtime);
	gopm__symtab_close(&program->symtab);
	gopm__executable_close(&program->exe);
	gopm__corefile_close(&program->file);
	gopm__live_close(program->live);
	gopm__io_clear(&program->io);
	gopm__findings_clear(&program->findings);
	(void)pthread_mutex_destroy(&program->dwarf_lock);
	free(program);
}
