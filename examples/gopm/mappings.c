/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "json.h"

#include <inttypes.h>

static void print_mapping(const gopm_mapping *m, bool json, bool first)
{
	char flags[4] = {(m->flags & 4) != 0 ? 'r' : '-', (m->flags & 2) != 0 ? 'w' : '-',
	                 (m->flags & 1) != 0 ? 'x' : '-', '\0'};

	if (!json) {
		output_printf("%012" PRIx64 "-%012" PRIx64 " %s %12" PRIu64 " in core", m->address,
		              m->address + m->size, flags, m->size_in_core);
		if (m->path.size != 0) {
			output_text("  ");
			output_str(m->path);
		}
		output_char('\n');
		return;
	}
	output_string(first ? "{" : ",\n{");
	json_key("address");
	output_u64(m->address);
	json_next_key("size");
	output_u64(m->size);
	json_next_key("sizeInCore");
	output_u64(m->size_in_core);
	json_next_key("coreOffset");
	output_u64(m->core_offset);
	json_next_key("flags");
	json_cstring(flags);
	if (m->path.size != 0) {
		json_next_key("path");
		json_string(m->path);
		json_next_key("fileOffset");
		output_u64(m->file_offset);
	}
	output_char('}');
}

static int print_mappings(struct session *session, bool json)
{
	enum { batch = 64 };
	gopm_mapping records[batch];
	gopm_mapping_iter *it = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_mapping_iter_open(session->core, &it, &err);
	size_t got = 0, printed = 0;

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (json) {
		output_text("{\"result\":[");
	}
	while ((status = gopm_mapping_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			print_mapping(&records[i], json, printed == 0);
			printed++;
		}
	}
	if (json) {
		output_text("]}\n");
	}
	gopm_mapping_iter_free(it);
	if (status < 0) {
		return session_fail(status, NULL);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static const char *source_text(uint32_t source)
{
	static const char *const texts[] = {"unknown", "file", "core", "not found", "another file", "not compared"};

	return source < sizeof texts / sizeof texts[0] ? texts[source] : texts[0];
}

static void text_module(const gopm_module *m)
{
	output_printf("%012" PRIx64 "-%012" PRIx64 "  ", m->address, m->address + m->size);
	output_str(m->path);
	output_text("\n  build ID ");
	output_string(m->build_id.size != 0 ? "" : "unknown");
	output_str(m->build_id);
	output_printf(", %s", source_text(m->source));
	if (m->file.size != 0) {
		output_char(' ');
		output_str(m->file);
	}
	output_string((m->flags & GOPM_MODULE_FLAG_DWARF) != 0 ? ", DWARF" : "");
	if (m->file.size == 0 && m->searched.size != 0) {
		output_text("; searched ");
		output_str(m->searched);
	}
	output_char('\n');
}

static void json_module(const gopm_module *m, bool first)
{
	output_string(first ? "{" : ",\n{");
	json_key("address");
	output_u64(m->address);
	json_next_key("size");
	output_u64(m->size);
	if ((m->flags & GOPM_MODULE_FLAG_BIAS) != 0) {
		json_next_key("bias");
		output_u64(m->bias);
	}
	json_next_key("path");
	json_string(m->path);
	json_next_key("buildID");
	json_string(m->build_id);
	json_next_key("source");
	json_cstring(source_text(m->source));
	json_next_key("file");
	json_string(m->file);
	json_next_key("searched");
	json_string(m->searched);
	json_next_key("go");
	json_bool((m->flags & GOPM_MODULE_FLAG_GO) != 0);
	json_next_key("dwarf");
	json_bool((m->flags & GOPM_MODULE_FLAG_DWARF) != 0);
	json_next_key("program");
	json_bool((m->flags & GOPM_MODULE_FLAG_PROGRAM) != 0);
	output_char('}');
}

static int print_modules(struct session *session, bool json)
{
	enum { batch = 16 };
	gopm_module records[batch];
	gopm_module_iter *it = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_module_iter_open(session->core, &it, &err);
	size_t got = 0, printed = 0;

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (json) {
		output_text("{\"result\":[");
	}
	while ((status = gopm_module_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if (json) {
				json_module(&records[i], printed == 0);
			} else {
				text_module(&records[i]);
			}
			printed++;
		}
	}
	if (json) {
		output_text("]}\n");
	}
	gopm_module_iter_free(it);
	if (status < 0) {
		return session_fail(status, NULL);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int run_mappings(const struct command *command, int argc, char **argv)
{
	struct session session;
	bool json = false, modules = false;
	int option, code = -1;

	session_init(&session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 0x310:
			modules = true;
			break;
		default:
			code = session_option(&session, option, argv);
		}
	}
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	return session_close(&session, modules ? print_modules(&session, json) : print_mappings(&session, json));
}

static const struct option_row rows[] = {
    {0x310, "modules", NULL, "list the program, its libraries and the vDSO: build IDs, and the files used for them"},
    {'j', "json", NULL, "print JSON"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"mappings core", "list all mappings"},
    {"mappings --modules core", "list the libraries, and where their files were searched for"},
    {"mappings --json core", "the same as JSON"},
    {0},
};

const struct command command_mappings = {
    .name = "mappings",
    .summary = "list memory mappings, and how much of each is in the core",
    .arguments = "[options] CORE [EXE]",
    .about = "Lists the memory mappings of the process in the order of their addresses.\n\n"
             "With --modules it lists the ELF files that the process had loaded. Stacks through C need their files: "
             "they are used if they have the build ID that the core has.",
    .options = tables,
    .examples = examples,
    .run = run_mappings,
};
