/* SPDX-License-Identifier: Apache-2.0 */
/* Type descriptors: internal/abi.Type and what follows it. Source: internal/abi/type.go, Go 1.22 to 1.27. */
#include "hostile/places.h"

static const struct {
	const char *name;
	size_t offset, size;
} type_fields[] = {
    {"type.size", 0, 8},    {"type.ptrdata", 8, 8},     {"type.hash", 16, 4},      {"type.tflag", 20, 1},
    {"type.align", 21, 1},  {"type.fieldAlign", 22, 1}, {"type.kind", 23, 1},      {"type.equal", 24, 8},
    {"type.gcdata", 32, 8}, {"type.str", 40, 4},        {"type.ptrToThis", 44, 4},
};

/* After the common part: the words of each kind, by their names. */
static const char *const words_of_kind[64][4] = {
    [GOPM_KIND_ARRAY] = {"arraytype.elem", "arraytype.slice", "arraytype.len"},
    [GOPM_KIND_CHAN] = {"chantype.elem", "chantype.dir"},
    [GOPM_KIND_POINTER] = {"ptrtype.elem"},
    [GOPM_KIND_SLICE] = {"slicetype.elem"},
    [GOPM_KIND_MAP] = {"maptype.key", "maptype.elem", "maptype.group", "maptype.hasher"},
    [GOPM_KIND_INTERFACE] = {"interfacetype.pkgpath", "interfacetype.methods", "interfacetype.count"},
    [GOPM_KIND_STRUCT] = {"structtype.pkgpath", "structtype.fields", "structtype.count"},
    [GOPM_KIND_FUNC] = {"functype.counts"},
};

#define COMMON_SIZE 48

static void add_struct_fields(struct places *places, uint64_t descriptor)
{
	const uint8_t *at = bytes_at(descriptor + COMMON_SIZE, 24);
	const uint64_t count = at != NULL ? word_at(at + 16, 8) : 0;

	for (uint64_t i = 0; i < count && i < 40; i++) {
		uint8_t *field = bytes_at(word_at(at + 8, 8) + i * 24, 24);
		if (field == NULL) {
			return;
		}
		place_add(places, field, 8, ALWAYS, "structfield.name");
		place_add(places, field + 8, 8, ALWAYS, "structfield.type");
		place_add(places, field + 16, 8, ALWAYS, "structfield.offset");
		uint8_t *name = bytes_at(word_at(field, 8), 4);
		place_add(places, name, 1, ALWAYS, "name.flags");
		if (name != NULL) {
			place_add(places, name + 1, 1, ALWAYS, "name.length");
			place_add(places, name + 2, 1, ALWAYS, "name.text");
		}
	}
}

static void add_descriptor(struct places *places, uint64_t descriptor)
{
	uint8_t *at = bytes_at(descriptor, COMMON_SIZE + 32);

	if (at == NULL) {
		return;
	}
	for (size_t i = 0; i < sizeof type_fields / sizeof type_fields[0]; i++) {
		place_add(places, at + type_fields[i].offset, type_fields[i].size, ALWAYS, type_fields[i].name);
	}
	const unsigned kind = at[23] & 31;
	for (size_t i = 0; i < 4 && words_of_kind[kind][i] != NULL; i++) {
		place_add(places, at + COMMON_SIZE + i * 8, 8, ALWAYS, words_of_kind[kind][i]);
	}
	if (kind == GOPM_KIND_STRUCT) {
		add_struct_fields(places, descriptor);
	}
}

static void add_types(const gopm_type *type, int depth, uint64_t *list, size_t *count)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *other;

	if (gopm_type_get_info(type, &info) != GOPM_OK || *count == MAX_DESCRIPTORS) {
		return;
	}
	for (size_t i = 0; i < *count; i++) {
		if (list[i] == info.descriptor) {
			return;
		}
	}
	if (info.descriptor != 0) {
		list[(*count)++] = info.descriptor;
	}
	for (uint64_t i = 0; depth > 0 && i < info.field_count; i++) {
		if (gopm_type_get_field(type, i, NULL, 0, &other) == GOPM_OK) {
			add_types(other, depth - 1, list, count);
			gopm_type_free(other);
		}
	}
	if (depth > 0 && gopm_type_elem(type, &other) == GOPM_OK) {
		add_types(other, depth - 1, list, count);
		gopm_type_free(other);
	}
}

/* The types of variables on the chosen stacks, and those of the runtime's structures. */
size_t find_descriptors(gopm_core *core, const struct questions *questions, uint64_t *list)
{
	static const char *const names[] = {"runtime.g",          "runtime.m", "runtime.hchan", "runtime.sudog",
	                                    "runtime.moduledata", "[]string",  "error",         "map[string]int",
	                                    "*os.File",           "chan int"};
	size_t count = 0;
	gopm_type *type;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (gopm_type_by_name(core, names[i], &type, NULL) == GOPM_OK) {
			add_types(type, 2, list, &count);
			gopm_type_free(type);
		}
	}
	for (size_t i = 0; i < questions->chosen_count; i++) {
		gopm_stack_options options;
		gopm_stack *stack;
		gopm_stack_options_init(&options, sizeof options);
		options.goroutine_address = questions->chosen[i].address;
		if (gopm_stack_open(core, &options, &stack, NULL) != GOPM_OK) {
			continue;
		}
		for (size_t frame = 0; frame < gopm_stack_size(stack) && frame < 12; frame++) {
			gopm_vars *vars;
			if (gopm_frame_vars(stack, frame, NULL, &vars, NULL) != GOPM_OK) {
				continue;
			}
			for (size_t k = 0; k < gopm_vars_size(vars); k++) {
				gopm_value *value;
				if (gopm_vars_value(vars, k, &value) != GOPM_OK) {
					continue;
				}
				if (gopm_value_type(value, &type) == GOPM_OK) {
					add_types(type, 1, list, &count);
					gopm_type_free(type);
				}
				gopm_value_free(value);
			}
			gopm_vars_free(vars);
		}
		gopm_stack_free(stack);
	}
	return count;
}

void collect_types(struct places *places, const struct target *target)
{
	for (size_t i = 0; i < target->questions.descriptor_count; i++) {
		add_descriptor(places, target->questions.descriptors[i]);
	}
}
