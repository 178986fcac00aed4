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

static int run_mappings(const struct command *command, int argc, char **argv)
{
	struct session session;
	bool json;
	int code = session_options_json(&session, command, argc, argv, &json);
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	return code >= 0 ? code : session_close(&session, print_mappings(&session, json));
}

static const struct example examples[] = {
    {"mappings core", "list all mappings"},
    {"mappings --json core", "the same as JSON"},
    {0},
};

const struct command command_mappings = {
    .name = "mappings",
    .summary = "list memory mappings, and how much of each is in the core",
    .arguments = "[options] CORE [EXE]",
    .about = "Lists the memory mappings of the process in the order of their addresses.",
    .options = json_options,
    .examples = examples,
    .run = run_mappings,
};
