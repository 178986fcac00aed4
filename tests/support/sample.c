/* SPDX-License-Identifier: Apache-2.0 */
#include "support/sample.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gopm_core *sample_open(void)
{
	gopm_core *core;
	gopm_error *err = NULL;

	if (gopm_core_open_path(GOPM_SAMPLE "/core.zst", GOPM_SAMPLE "/server", &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		abort();
	}
	return core;
}

static uint8_t *read_file(const char *path, bool unpack, size_t *size)
{
	struct gopm__source source = {0};
	const struct gopm__source_request request = {
	    .path = path, .fd = -1, .what = "sample", .max_unpacked_size = UINT64_C(1) << 30, .unpack = unpack};
	gopm_error *err = NULL;

	if (gopm__source_open(&source, &request, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		abort();
	}
	uint8_t *bytes = malloc(source.size);
	if (bytes == NULL) {
		abort();
	}
	memcpy(bytes, gopm__source_span(&source, 0, source.size), source.size);
	*size = source.size;
	gopm__source_close(&source);
	return bytes;
}

void sample_read(struct sample_bytes *bytes)
{
	bytes->core = read_file(GOPM_SAMPLE "/core.zst", true, &bytes->core_size);
	bytes->exe = read_file(GOPM_SAMPLE "/server", false, &bytes->exe_size);
}

void sample_read_fixture(struct sample_bytes *bytes, const char *name)
{
	char path[1000];

	(void)snprintf(path, sizeof path, "%s/../../../tests/fixtures/%s/core.zst", GOPM_SAMPLE, name);
	*bytes = (struct sample_bytes){.exe = NULL};
	bytes->core = read_file(path, true, &bytes->core_size);
}

uint8_t *sample_at(const struct sample_bytes *bytes, uint64_t address)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)(void *)bytes->core;
	const Elf64_Phdr *segments = (const Elf64_Phdr *)(void *)(bytes->core + header->e_phoff);

	for (size_t i = 0; i < header->e_phnum; i++) {
		if (segments[i].p_type == PT_LOAD && address >= segments[i].p_vaddr &&
		    address - segments[i].p_vaddr < segments[i].p_filesz) {
			return bytes->core + segments[i].p_offset + (address - segments[i].p_vaddr);
		}
	}
	return NULL;
}

void sample_free(struct sample_bytes *bytes)
{
	free(bytes->core);
	free(bytes->exe);
}

gopm_core *sample_open_bytes(const struct sample_bytes *bytes, uint64_t goroutines, gopm_status *status)
{
	gopm_core_options options;
	gopm_core *core;
	gopm_error *err = NULL;

	gopm_core_options_init(&options, sizeof options);
	options.core_data = bytes->core;
	options.core_size = bytes->core_size;
	options.exe_data = bytes->exe;
	options.exe_size = bytes->exe_size;
	options.max_goroutines = goroutines;
	options.max_frames = 1000;
	options.flags = GOPM_OPEN_NO_SEARCH;
	*status = gopm_core_open(&options, &core, &err);
	gopm_error_free(err);
	return core;
}
