/* SPDX-License-Identifier: Apache-2.0 */
#include "program/process.h"

#include <stdio.h>
#include <unistd.h>

#include "core/live/live.h"

#define PAGE_SHIFT 12

gopm_status gopm__process_source(gopm_core *core, uint32_t pid, const struct gopm__open_how *how,
                                 struct gopm__source_request *request, gopm_error **err)
{
	gopm_status status = core->live == NULL ? gopm__live_open(pid, &core->live, err) : GOPM_OK;
	char name[32];

	if (status == GOPM_OK && !how->running) {
		status = gopm__live_stop(core->live, err);
	}
	if (status == GOPM_OK) {
		gopm__live_include_files(core->live, how->files);
		status = gopm__live_image(core->live, err);
	}
	if (status != GOPM_OK) {
		return status;
	}
	size_t asleep = gopm__live_asleep_count(core->live);
	if (asleep != 0) {
		gopm__finding_add(&core->findings, GOPM_FINDING_BAD_NOTE, GOPM__NOWHERE,
		                  "the registers of %zu threads cannot be read: they sleep in the kernel where nothing "
		                  "interrupts them (state D)",
		                  asleep);
	}
	uint64_t size = gopm__live_size(core->live);
	if (how->rehearsed != NULL && gopm__source_restart(how->rehearsed, size)) {
		core->file.source = *how->rehearsed;
		*how->rehearsed = (struct gopm__source){0};
		gopm__source_refill(&core->file.source);
		return GOPM_OK;
	}
	(void)snprintf(name, sizeof name, "process %u", (unsigned)pid);
	request->name = name;
	request->fill = gopm__live_fill;
	request->user_data = core->live;
	request->read_size = size;
	request->block_shift = PAGE_SHIFT;
	request->unpack = false;
	return gopm__source_open(&core->file.source, request, err);
}

void gopm__process_executable(const gopm_core *core, struct gopm__executable_request *exe, char *path, size_t size)
{
	const struct gopm__source_request *named = &exe->source;
	char link[64];

	exe->sysroot = exe->sysroot != NULL ? exe->sysroot : gopm__live_root(core->live);
	int fd = gopm__live_exe(core->live);
	if (named->path != NULL || named->fd >= 0 || named->data != NULL || named->read != NULL || fd < 0) {
		return;
	}
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t got = readlink(link, path, size - 1);
	path[got > 0 ? got : 0] = '\0';
	exe->source.fd = fd;
	exe->source.name = got > 0 ? path : NULL;
}
