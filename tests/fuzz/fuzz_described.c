/* SPDX-License-Identifier: Apache-2.0 */
/* Changes type descriptors and argument tables of a program without DWARF. Reads types from their descriptors, values
 * of them, and the arguments of frames. */
#include "api/handle.h"
#include "api/stack.h"
#include "dwarf/dwarf.h"
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"
#include "fuzz/reused.h"
#include "symbol/pclntab.h"
#include "type/descriptor_index.h"

#include <stdlib.h>

#define TYPES 96
#define REGIONS 128
#define DESCRIPTOR 320 /* bytes: one with its list of fields or methods */
#define MAX_WALKED 60

static struct {
	struct reused_region regions[REGIONS]; /* types, then tables of arguments */
	size_t count, types;
	uint64_t goroutine, memory;
} changed;

static unsigned walked;

static void add_type(gopm_core *core, uint64_t address)
{
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);

	for (size_t i = 0; i < changed.count; i++) {
		if (changed.regions[i].address == address) {
			return;
		}
	}
	if (address != 0 && changed.count < TYPES && gopm__read_span(&reader, address, DESCRIPTOR + 8) != NULL) {
		changed.regions[changed.count++] = (struct reused_region){address, DESCRIPTOR};
	}
}

static void show(const gopm_type *type)
{
	gopm_value *value;
	char text[1000];
	size_t length;

	if (gopm_value_at(type, changed.memory, NULL, &value, NULL) == GOPM_OK) {
		(void)gopm_value_text(value, text, sizeof text, &length);
		(void)gopm_value_json(value, 0, text, sizeof text, &length);
		gopm_value_free(value);
	}
}

static void walk(gopm_core *core, gopm_type *type, unsigned depth, bool collect)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type_method method;
	gopm_type_field field;
	gopm_type *other;

	if (depth < 5 && walked++ < MAX_WALKED && gopm_type_get_info(type, &info) == GOPM_OK) {
		patched_touch(info.name);
		if (collect) {
			add_type(core, info.descriptor);
		} else if (depth < 2) {
			show(type);
		}
		if (gopm_type_elem(type, &other) == GOPM_OK) {
			walk(core, other, depth + 1, collect);
		}
		if (gopm_type_key(type, &other) == GOPM_OK) {
			walk(core, other, depth + 1, collect);
		}
		for (uint64_t i = 0; i < 20 && gopm_type_parameter(type, i, &other) == GOPM_OK; i++) {
			walk(core, other, depth + 1, collect);
		}
		for (uint64_t i = 0; i < 30; i++) {
			if (gopm_type_get_field(type, i, &field, sizeof field, &other) == GOPM_OK) {
				patched_touch(field.name);
				walk(core, other, depth + 1, collect);
			}
		}
		for (uint64_t i = 0; i < 30; i++) {
			if (gopm_type_get_method(type, i, &method, sizeof method, &other) == GOPM_OK) {
				patched_touch(method.name);
				walk(core, other, depth + 2, collect);
			}
		}
	}
	gopm_type_free(type);
}

static void prepare(gopm_core *core)
{
	static const char *const names[] = {"main.Metrics", "map[string]int64", "chan main.Metric",
	                                    "error",        "[]string",         "[32]uint8",
	                                    "func()",       "time.Time",        "*net/http.Server",
	                                    "*sync.Mutex",  "*net/http.conn",   "map[string][]string",
	                                    "interface {}", "*runtime.g",       "net/http.Handler"};
	static gopm_goroutine records[8];
	gopm_type *type;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		walked = MAX_WALKED - 20;
		if (gopm_type_by_name(core, names[i], &type, NULL) == GOPM_OK) {
			walk(core, type, 0, true);
		}
	}
	changed.types = changed.count;
	size_t count = reused_goroutines(core, records, 8);
	for (size_t i = 0; i < count; i++) {
		gopm_stack *stack = reused_stack(core, records[i].address);
		for (size_t k = 0; stack != NULL && k < 12 && changed.count < REGIONS; k++) {
			const struct gopm__frame *frame = gopm__stack_frame(stack, k);
			struct gopm__func func;
			uint64_t table = 0;
			if (frame == NULL) {
				break;
			}
			if (gopm__func_find(core->program->symtab.modules, core->program->symtab.module_count,
			                    frame->lookup_pc, &func)) {
				table = gopm__funcdata(&func, GOPM__FUNCDATA_ARG_INFO);
			}
			if (table != 0) {
				changed.regions[changed.count++] = (struct reused_region){table, 32};
				changed.goroutine = records[i].address;
				changed.memory = frame->sp;
			}
		}
		gopm_stack_free(stack);
	}
}

/* Types are cached once they were read. The index of their names is cached too, and stays: it takes long to make. */
static void forget_types(gopm_core *core)
{
	struct gopm__types *types = &core->program->types;
	struct gopm__descriptor_index names = types->descriptors;
	bool read = types->descriptors_read;

	types->descriptors = (struct gopm__descriptor_index){0};
	gopm__program_forget_types(core->program);
	if (gopm__program_types(core->program, &types, NULL) != GOPM_OK) {
		abort();
	}
	types->descriptors = names;
	types->descriptors_read = read;
}

static void read_types(gopm_core *core, size_t first)
{
	gopm_type *type;

	forget_types(core);
	walked = 0;
	if (first < changed.types &&
	    gopm_type_by_descriptor(core, changed.regions[first].address, &type, NULL) == GOPM_OK) {
		walk(core, type, 0, false);
	}
	gopm_stack *stack = first >= changed.types ? reused_stack(core, changed.goroutine) : NULL;
	for (size_t k = 0; stack != NULL && k < 12; k++) {
		patched_read_vars(stack, k);
	}
	gopm_stack_free(stack);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (changed.count == 0) {
		prepare(reused_core(GOPM_OPEN_NO_DWARF));
	}
	reused_run(changed.regions, changed.count, data, size, read_types);
	return 0;
}
