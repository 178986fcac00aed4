/* SPDX-License-Identifier: Apache-2.0 */
/* Changes type descriptors, argument tables, code and memory of a program without DWARF. Reads types by name and by
 * address, arguments, and their values. */
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"

static void walk(gopm_type *type, unsigned depth)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type_method method;
	gopm_type_field field;
	gopm_type *other;

	if (depth < 4 && gopm_type_get_info(type, &info) == GOPM_OK) {
		if (gopm_type_elem(type, &other) == GOPM_OK) {
			walk(other, depth + 1);
		}
		if (gopm_type_key(type, &other) == GOPM_OK) {
			walk(other, depth + 1);
		}
		for (uint64_t i = 0; i < 20 && gopm_type_parameter(type, i, &other) == GOPM_OK; i++) {
			walk(other, depth + 1);
		}
		for (uint64_t i = 0; i < 20; i++) {
			if (gopm_type_get_field(type, i, &field, sizeof field, &other) == GOPM_OK) {
				walk(other, depth + 2);
			}
		}
		for (uint64_t i = 0; i < 50; i++) {
			if (gopm_type_get_method(type, i, &method, sizeof method, &other) == GOPM_OK) {
				walk(other, depth + 2);
			}
		}
	}
	gopm_type_free(type);
}

static void read_all(gopm_core *core)
{
	static const char *const names[] = {"main.Metrics",     "*net/http.Server", "map[string]int64",
	                                    "chan main.Metric", "net/http.Handler", "func()",
	                                    "[]string"};
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *type;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (gopm_type_by_name(core, names[i], &type, NULL) != GOPM_OK) {
			continue;
		}
		uint64_t near = gopm_type_get_info(type, &info) == GOPM_OK ? info.descriptor : 0;
		walk(type, 0);
		for (uint64_t at = near; at < near + 512; at += 8) {
			if (gopm_type_by_descriptor(core, at, &type, NULL) == GOPM_OK) {
				walk(type, 2);
			}
		}
	}
	patched_read_stacks(core, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	patched_run(PATCH_CORE | PATCH_CODE, GOPM_OPEN_NO_DWARF, read_all, data, size);
	return 0;
}
