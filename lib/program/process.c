/* SPDX-License-Identifier: Apache-2.0 */
#include "program/process.h"

#include <stdio.h>
#include <unistd.h>

#include "core/live/live.h"

#define PAGE_SHIFT 12

gopm_status gopm__process_source(struct gopm__program *program, const struct gopm__program_options *options,
                                 struct gopm__source_request *request, gopm_error **err)
{
	gopm_status status = program->live == NULL ? gopm__live_open(options->pid, &program->live, err) : GOPM_OK;
	char name[32];

	if (status == GOPM_OK && !options->running) {
		status = gopm__live_stop(program->live, err);
	}
	if (status == GOPM_OK) {
		gopm__live_include_files(program->live, options->files);
		status = gopm__live_image(program->live, err);
	}
	if (status != GOPM_OK) {
		return status;
	}
	size_t asleep = gopm__live_asleep_count(program->live);
	if (asleep != 0) {
		gopm__finding_add(&program->findings, GOPM_FINDING_BAD_NOTE, GOPM__NOWHERE,
		                  "the registers of %zu thread%s cannot be read: uninterruptible sleep (state D)",
		                  asleep, asleep == 1 ? "" : "s");
	}
	uint64_t size = gopm__live_size(program->live);
	if (options->rehearsed != NULL && gopm__source_restart(options->rehearsed, size)) {
		program->file.source = *options->rehearsed;
		program->file.source.io = &program->io;
		*options->rehearsed = (struct gopm__source){0};
		gopm__source_refill(&program->file.source);
		return GOPM_OK;
	}
	(void)snprintf(name, sizeof name, "process %u", (unsigned)options->pid);
	request->name = name;
	request->fill = gopm__live_fill;
	request->user_data = program->live;
	request->read_size = size;
	request->block_shift = PAGE_SHIFT;
	request->unpack = false;
	return gopm__source_open(&program->file.source, request, err);
}

void gopm__process_executable(const struct gopm__program *program, struct gopm__executable_request *exe, char *path,
                              size_t size)
{
	const struct gopm__source_request *named = &exe->source;
	char link[64];

	exe->sysroot = exe->sysroot != NULL ? exe->sysroot : gopm__live_root(program->live);
	int fd = gopm__live_exe(program->live);
	if (named->path != NULL || named->fd >= 0 || named->data != NULL || named->read != NULL || fd < 0) {
		return;
	}
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t got = readlink(link, path, size - 1);
	path[got > 0 ? got : 0] = '\0';
	exe->source.fd = fd;
	exe->source.name = got > 0 ? path : NULL;
}
