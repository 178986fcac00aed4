/* SPDX-License-Identifier: Apache-2.0 */
/* A core, plain or compressed: parses it, walks its memory, and searches for an executable that does not exist. */
#include <stdlib.h>

#include "core/corefile.h"
#include "exe/executable.h"
#include "fuzz/fuzz.h"

static void walk(struct gopm__corefile *core)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	uint64_t before = 0, word;
	uint8_t bytes[64];

	for (size_t i = 0; i < core->memory.count; i++) {
		const struct gopm__segment *s = &core->memory.segments[i];
		if (s->size == 0 || s->address < before || s->size > UINT64_MAX - s->address) {
			abort();
		}
		before = s->address + s->size;
		if (gopm__memory_find(&core->memory, s->address) != s ||
		    gopm__memory_find(&core->memory, before - 1) != s) {
			abort();
		}
		/* Each byte of a segment is readable. */
		if (gopm__read_copy(&reader, s->address, bytes, 1) != 1 ||
		    gopm__read_copy(&reader, before - 1, bytes, sizeof bytes) == 0) {
			abort();
		}
		(void)gopm__read_u64(&reader, before - 4, &word);
	}
	for (size_t i = 0; i < core->thread_count; i++) {
		const struct gopm__thread *t = &core->threads[i];
		(void)gopm__read_u64(&reader, t->registers.value[core->arch->sp], &word);
	}
	for (size_t i = 0; i < core->file_count; i++) {
		if (core->files[i].start >= core->files[i].end || core->files[i].path.data == NULL) {
			abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gopm__findings findings;
	struct gopm__corefile core = {.findings = &findings};
	const struct gopm__source_request request = {.fd = -1,
	                                             .data = data,
	                                             .data_size = size,
	                                             .what = "core",
	                                             .temporary_folder = "/tmp",
	                                             .max_unpacked_size = 1 << 24,
	                                             .unpack = true};
	const struct gopm__executable_request search = {
	    .source = {.fd = -1, .what = "executable"}, .search = true, .sysroot = "/nonexistent"};
	struct gopm__executable exe;
	gopm_error *err = NULL;

	gopm__findings_init(&findings, 50);
	gopm_status status = gopm__source_open(&core.source, &request, &err);
	if (status == GOPM_OK) {
		status = gopm__corefile_parse(&core, &err);
	}
	if ((status == GOPM_OK) != (err == NULL)) {
		abort();
	}
	gopm_error_free(err);
	if (status == GOPM_OK) {
		walk(&core);
		if (gopm__executable_open(&exe, &core, &search, NULL) == GOPM_OK) {
			walk(&core);
			gopm__executable_close(&exe);
		}
	}
	gopm__corefile_close(&core);
	gopm__findings_clear(&findings);
	return 0;
}
