/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "json.h"
#include "message.h"

struct type_command {
	struct session session;
	const char *name;
	bool json;
};

static const char *const kind_names[] = {
    "invalid", "bool",   "int",       "int8",    "int16",   "int32",   "int64",     "uint",       "uint8",
    "uint16",  "uint32", "uint64",    "uintptr", "float32", "float64", "complex64", "complex128", "array",
    "chan",    "func",   "interface", "map",     "ptr",     "slice",   "string",    "struct",     "unsafe.Pointer",
};

static const char *kind_name(uint32_t kind)
{
	return kind < sizeof kind_names / sizeof kind_names[0] ? kind_names[kind] : "invalid";
}

static gopm_type_info info_of(const gopm_type *type)
{
	gopm_type_info info = {.struct_size = sizeof info};

	(void)gopm_type_get_info(type, &info);
	return info;
}

/* Prints the name of a type and releases it. An unknown type is "?". */
static void name_of(gopm_type *type, bool json)
{
	gopm_str name = {"?", 1};

	if (type != NULL) {
		name = info_of(type).name;
	}
	if (json) {
		json_string(name);
	} else {
		output_str(name);
	}
	gopm_type_free(type);
}

static void json_part(const char *key, gopm_type *type)
{
	if (type != NULL) {
		output_printf(",\"%s\":", key);
		name_of(type, true);
	}
}

static void json_fields(const gopm_type *type)
{
	gopm_type_field field;
	gopm_type *of;

	json_next_key("fields");
	output_char('[');
	for (uint64_t i = 0; gopm_type_get_field(type, i, &field, sizeof field, NULL) == GOPM_OK; i++) {
		output_string(i != 0 ? ",{" : "{");
		json_key("name");
		json_string(field.name);
		json_next_key("type");
		name_of(gopm_type_get_field(type, i, NULL, 0, &of) == GOPM_OK ? of : NULL, true);
		json_next_key("offset");
		output_u64(field.offset);
		json_next_key("size");
		output_u64(field.size);
		json_next_key("embedded");
		json_bool((field.flags & GOPM_TYPE_FIELD_FLAG_EMBEDDED) != 0);
		output_char('}');
	}
	output_char(']');
}

static void json_methods(const gopm_type *type)
{
	gopm_type_method method;
	gopm_type *of;

	json_next_key("methods");
	output_char('[');
	for (uint64_t i = 0; gopm_type_get_method(type, i, &method, sizeof method, NULL) == GOPM_OK; i++) {
		output_string(i != 0 ? ",{" : "{");
		json_key("name");
		json_string(method.name);
		(void)gopm_type_get_method(type, i, NULL, 0, &of);
		json_part("type", of);
		json_next_key("function");
		json_string(method.function);
		json_next_key("entry");
		output_u64(method.entry);
		output_char('}');
	}
	output_char(']');
}

static void json_parameters(const gopm_type *type, const gopm_type_info *info)
{
	gopm_type *of;

	for (uint64_t i = 0; i < (uint64_t)info->parameter_count + info->result_count; i++) {
		if (i == 0 || i == info->parameter_count) {
			output_string(i == 0 && info->parameter_count != 0 ? ",\"parameters\":[" : ",\"results\":[");
		} else {
			output_char(',');
		}
		name_of(gopm_type_parameter(type, i, &of) == GOPM_OK ? of : NULL, true);
		if (i + 1 == info->parameter_count || i + 1 == (uint64_t)info->parameter_count + info->result_count) {
			output_char(']');
		}
	}
}

static void type_print_json(const gopm_type *type)
{
	gopm_type_info info = info_of(type);
	gopm_type *part;

	output_text("{\"result\":{");
	json_key("name");
	json_string(info.name);
	json_next_key("kind");
	json_cstring(kind_name(info.kind));
	json_next_key("size");
	output_u64(info.size);
	json_next_key("align");
	output_u64(info.align);
	json_next_key("source");
	json_cstring(info.source == GOPM_TYPE_FROM_DWARF ? "DWARF" : "descriptor");
	json_next_key("descriptor");
	output_u64(info.descriptor);
	(void)gopm_type_elem(type, &part);
	json_part("elem", part);
	(void)gopm_type_key(type, &part);
	json_part("key", part);
	if (info.kind == GOPM_KIND_ARRAY) {
		json_next_key("length");
		output_u64(info.length);
	}
	json_parameters(type, &info);
	if (info.kind == GOPM_KIND_STRUCT) {
		json_fields(type);
	}
	json_methods(type);
	output_text("}}\n");
}

static void type_print_text(const gopm_type *type)
{
	gopm_type_info info = info_of(type);
	gopm_type_field field;
	gopm_type_method method;
	gopm_type *of;

	output_str(info.name);
	output_text("  ");
	output_string(kind_name(info.kind));
	output_text(", ");
	output_count(info.size, "byte");
	if (info.align != 0) {
		output_printf(", align %u", info.align);
	}
	if (info.descriptor != 0) {
		output_printf(", descriptor 0x%" PRIx64, info.descriptor);
	}
	output_char('\n');
	for (uint64_t i = 0; gopm_type_get_field(type, i, &field, sizeof field, NULL) == GOPM_OK; i++) {
		output_printf("  %6" PRIu64 " %6" PRIu64 "  ", field.offset, field.size);
		if ((field.flags & GOPM_TYPE_FIELD_FLAG_EMBEDDED) == 0) {
			output_str(field.name);
			output_char(' ');
		}
		name_of(gopm_type_get_field(type, i, NULL, 0, &of) == GOPM_OK ? of : NULL, false);
		output_char('\n');
	}
	for (uint64_t i = 0; gopm_type_get_method(type, i, &method, sizeof method, NULL) == GOPM_OK; i++) {
		output_text("  method ");
		output_str(method.name);
		if (method.entry != 0) {
			output_printf("  0x%" PRIx64 " ", method.entry);
			output_str(method.function);
		}
		output_char('\n');
	}
}

/* The package is easily forgotten. */
static void suggest_type(const struct type_command *c)
{
	bool pointer = c->name[0] == '*';
	gopm_type *type = NULL;
	char name[256];

	int size = snprintf(name, sizeof name, "%smain.%s", pointer ? "*" : "", c->name + pointer);
	if (size > 0 && (size_t)size < sizeof name &&
	    gopm_type_by_name(c->session.core, name, &type, NULL) == GOPM_OK) {
		hint("did you mean %s?", name);
		gopm_type_free(type);
	}
}

/* If the name is a number, it is the address of a descriptor. */
static int show(const struct type_command *c)
{
	gopm_type *type = NULL;
	gopm_error *err = NULL;
	uint64_t address = 0;

	gopm_status status = parse_u64(c->name, &address)
	                         ? gopm_type_by_descriptor(c->session.core, address, &type, &err)
	                         : gopm_type_by_name(c->session.core, c->name, &type, &err);
	if (status == GOPM_NOT_FOUND) {
		complain("no type %s; use its full name with the package path, as *net/http.Server", c->name);
		suggest_type(c);
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (c->json) {
		type_print_json(type);
	} else {
		type_print_text(type);
	}
	gopm_type_free(type);
	return EXIT_DONE;
}

static int run_type(const struct command *command, int argc, char **argv)
{
	struct type_command c = {0};
	int code = session_options_json(&c.session, command, argc, argv, &c.json);

	if (code >= 0) {
		return code;
	}
	if (argc - optind > (c.session.options.core_pid != 0 ? 0 : 1)) {
		c.name = argv[optind++];
	}
	if (c.name == NULL && (argc != optind || c.session.options.core_pid != 0)) {
		return usage_error(command, "no NAME of a type given");
	}
	code = session_open(&c.session, argc, argv);
	return code >= 0 ? code : session_close(&c.session, show(&c));
}

static const struct example examples[] = {
    {"type main.Metrics core server", "show a struct with its fields"},
    {"type '*net/http.Server' core server", "show a pointer type with the methods of *Server"},
    {"type 0x7d4e20 core server", "show the type whose descriptor is at this address"},
    {0},
};

const struct command command_type = {
    .name = "type",
    .summary = "show a type: its size, fields and methods",
    .arguments = "[options] NAME CORE [EXE]",
    .about = "Shows a type by its full name (main.T, '*net/http.Server', 'map[string]int') or by the address of its "
             "descriptor. Fields have their offset and size in bytes. It works for stripped executables too.",
    .options = json_options,
    .examples = examples,
    .run = run_type,
};
