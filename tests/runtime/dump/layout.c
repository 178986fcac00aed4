/* Prints "struct path offset size" for fields that the program's type descriptors name. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"

static const char *const names[] = {"runtime.g",     "runtime.m",     "runtime.p",        "runtime.sudog",
                                    "runtime.hchan", "runtime.timer", "runtime.pollDesc", "runtime._panic"};
enum { NAMES = sizeof names / sizeof names[0] };

int main(int argc, char **argv)
{
	gopm_core *core;
	gopm_error *err = NULL;
	uint64_t types[NAMES];

	if (argc != 3 || gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	struct gopm__reader reader = gopm__reader(&core->file.memory);
	if (gopm__types_find_structs(&reader, &core->symtab.modules[0].types, names, NAMES, types) != GOPM_OK) {
		return 1;
	}
	for (size_t i = 0; i < NAMES; i++) {
		struct gopm__type_field field;
		for (uint64_t f = 0; gopm__type_field(&reader, &core->symtab.modules[0].types, types[i], f, &field);
		     f++) {
			(void)printf("%s %.*s %" PRIu64 " %" PRIu64 "\n", names[i], (int)field.name.size,
			             field.name.data, field.offset, field.size);
		}
	}
	gopm_core_close(core);
	return 0;
}
