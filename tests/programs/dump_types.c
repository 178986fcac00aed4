/* SPDX-License-Identifier: Apache-2.0 */
/* Types as the library describes them, and values of them, for compare_types.py: reads lines "type NAME",
 * "descriptor ADDRESS" and "value ADDRESS NAME" and answers each with a line of JSON. */
#include <gopm/gopm.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void quoted(gopm_str text)
{
	(void)putchar('"');
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		if (byte == '"' || byte == '\\' || byte < ' ') {
			(void)printf("\\u%04x", byte);
		} else {
			(void)putchar(byte);
		}
	}
	(void)putchar('"');
}

static void name_of(gopm_type *type)
{
	gopm_type_info info = {.struct_size = sizeof info};

	quoted(type != NULL && gopm_type_get_info(type, &info) == GOPM_OK ? info.name : (gopm_str){"", 0});
	gopm_type_free(type);
}

static void fields(const gopm_type *type)
{
	gopm_type_field field;
	gopm_type *of;

	(void)printf(",\"fields\":[");
	for (uint64_t i = 0; gopm_type_get_field(type, i, &field, sizeof field, &of) == GOPM_OK; i++) {
		(void)printf(i != 0 ? ",[" : "[");
		quoted(field.name);
		(void)printf(",%" PRIu64 ",%" PRIu64 ",%s,", field.offset, field.size,
		             (field.flags & GOPM_TYPE_FIELD_FLAG_EMBEDDED) != 0 ? "true" : "false");
		name_of(of);
		(void)printf("]");
	}
	(void)printf("]");
}

static void methods(const gopm_type *type)
{
	gopm_type_method method;

	(void)printf(",\"methods\":[");
	for (uint64_t i = 0; gopm_type_get_method(type, i, &method, sizeof method, NULL) == GOPM_OK; i++) {
		(void)printf(i != 0 ? ",[" : "[");
		quoted(method.name);
		(void)printf(",%s,%" PRIu64 ",", (method.flags & GOPM_METHOD_EXPORTED) != 0 ? "true" : "false",
		             method.entry);
		quoted(method.function);
		(void)printf("]");
	}
	(void)printf("]");
}

static void describe(gopm_type *type)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *other;

	if (type == NULL || gopm_type_get_info(type, &info) != GOPM_OK) {
		(void)printf("null\n");
		return;
	}
	(void)printf("{\"name\":");
	quoted(info.name);
	(void)printf(",\"kind\":%u,\"source\":%u,\"named\":%s,\"variadic\":%s,\"direction\":%u,\"size\":%" PRIu64
	             ",\"descriptor\":%" PRIu64 ",\"length\":%" PRIu64 ",\"align\":%u,\"method_count\":%" PRIu64,
	             info.kind, info.source, (info.flags & GOPM_TYPE_NAMED) != 0 ? "true" : "false",
	             (info.flags & GOPM_TYPE_VARIADIC) != 0 ? "true" : "false", info.direction, info.size,
	             info.descriptor, info.length, info.align, info.method_count);
	(void)printf(",\"elem\":");
	name_of(gopm_type_elem(type, &other) == GOPM_OK ? other : NULL);
	(void)printf(",\"key\":");
	name_of(gopm_type_key(type, &other) == GOPM_OK ? other : NULL);
	(void)printf(",\"parameters\":[");
	for (uint64_t i = 0; gopm_type_parameter(type, i, &other) == GOPM_OK; i++) {
		(void)printf(i != 0 ? "," : "");
		name_of(other);
	}
	(void)printf("],\"in\":%u", info.parameter_count);
	fields(type);
	methods(type);
	(void)printf("}\n");
	gopm_type_free(type);
}

static void show(gopm_core *core, uint64_t address, const char *name)
{
	gopm_value_options options;
	gopm_type *type;
	gopm_value *value = NULL;
	size_t length = 0;

	gopm_value_options_init(&options, sizeof options);
	options.max_depth = 4;
	options.max_elements = 2000;
	if (gopm_type_by_name(core, name, &type, NULL) != GOPM_OK ||
	    gopm_value_at(type, address, &options, &value, NULL) != GOPM_OK ||
	    gopm_value_text(value, NULL, 0, &length) != GOPM_OK) {
		(void)printf("null\n");
		return;
	}
	char *text = malloc(length + 1);
	(void)gopm_value_text(value, text, length + 1, &length);
	quoted((gopm_str){text, length});
	(void)printf("\n");
	free(text);
	gopm_value_free(value);
	gopm_type_free(type);
}

int main(int argc, char **argv)
{
	static char line[1 << 16];
	gopm_core_options options;
	gopm_core *core;
	gopm_error *err;
	gopm_type *type;

	if (argc < 3) {
		(void)fprintf(stderr, "usage: dump_types CORE EXE [no-dwarf]\n");
		return 2;
	}
	gopm_core_options_init(&options, sizeof options);
	options.core_path = argv[1];
	options.exe_path = argv[2];
	options.flags = argc > 3 ? GOPM_OPEN_NO_DWARF : 0;
	if (gopm_core_open(&options, &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	while (fgets(line, sizeof line, stdin) != NULL) {
		char *end;
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "type ", 5) == 0) {
			describe(gopm_type_by_name(core, line + 5, &type, NULL) == GOPM_OK ? type : NULL);
		} else if (strncmp(line, "descriptor ", 11) == 0) {
			uint64_t address = strtoull(line + 11, NULL, 0);
			describe(gopm_type_by_descriptor(core, address, &type, NULL) == GOPM_OK ? type : NULL);
		} else if (strncmp(line, "value ", 6) == 0) {
			uint64_t address = strtoull(line + 6, &end, 0);
			show(core, address, *end == ' ' ? end + 1 : end);
		}
	}
	gopm_core_close(core);
	return 0;
}
