/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/reused.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/patched.h"

#define MAX_CHANGES 16

struct change {
	uint8_t *at;
	size_t size;
	uint8_t old[8];
};

gopm_core *reused_core(uint32_t open_flags)
{
	static gopm_core *core;

	if (core == NULL) {
		gopm_core_options options;
		patched_load();
		patched_options(&options, open_flags);
		options.max_frames = 40;
		if (gopm_core_open(&options, &core, NULL) != GOPM_OK) {
			abort();
		}
	}
	return core;
}

/* Maps addresses of the process to the writable copies of the files. */
static uint8_t *bytes_at(gopm_core *core, uint64_t address, size_t size)
{
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);

	return (uint8_t *)(uintptr_t)gopm__read_span(&reader, address, size);
}

void reused_run(const struct reused_region *regions, size_t count, const uint8_t *data, size_t size,
                void (*run)(gopm_core *core, size_t first))
{
	struct change changes[MAX_CHANGES];
	gopm_core *core = reused_core(0);
	size_t changed = 0, first = SIZE_MAX;

	for (size_t at = 0; changed < MAX_CHANGES && at + 5 <= size;) {
		const size_t number = data[at] % count;
		const struct reused_region *region = &regions[number];
		const uint64_t place = ((uint64_t)data[at + 1] | (uint64_t)data[at + 2] << 8) % region->size;
		struct change *change = &changes[changed];
		change->size = (size_t)(data[at + 3] & 7) + 1;
		at += 4;
		change->size = change->size < size - at ? change->size : size - at;
		change->at = bytes_at(core, region->address + place, change->size);
		if (change->at != NULL) {
			memcpy(change->old, change->at, change->size);
			memcpy(change->at, data + at, change->size);
			changed++;
			first = first == SIZE_MAX ? number : first;
		}
		at += change->size;
	}
	if (first != SIZE_MAX) {
		run(core, first);
	}
	while (changed-- != 0) {
		memcpy(changes[changed].at, changes[changed].old, changes[changed].size);
	}
}

size_t reused_goroutines(gopm_core *core, gopm_goroutine *records, size_t capacity)
{
	gopm_goroutine_iter *it;
	size_t got = 0;

	if (gopm_goroutine_iter_open(core, NULL, &it, NULL) == GOPM_OK) {
		(void)gopm_goroutine_iter_next(it, records, sizeof *records, capacity, &got);
		gopm_goroutine_iter_free(it);
	}
	return got;
}

gopm_stack *reused_stack(gopm_core *core, uint64_t address)
{
	gopm_stack_options options;
	gopm_stack *stack;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = address;
	return gopm_stack_open(core, &options, &stack, NULL) == GOPM_OK ? stack : NULL;
}
