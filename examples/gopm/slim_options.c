/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "message.h"
#include "output.h"
#include "progress.h"
#include "slim.h"
#include "suggest.h"

const struct option_row slim_rows[] = {
    {'o', "output", "SMALL",
     "the file to write; compressed by zstd if its name ends in .zst; \"-\" is standard output"},
    {'p', "profile", "NAME",
     "default: goroutines, stacks, and objects that variables point to;\n"
     "stacks: no heap data, for privacy;\n"
     "heap: the heap too, without the contents of objects that have no pointers"},
    {'F', "force", NULL, "replace SMALL if it exists"},
    {'j', "json", NULL, "print the result as JSON"},
    {0x201, "self-contained", NULL, "keep the executable's pages, so that SMALL can be read without EXE"},
    {0x202, "zstd", NULL, "compress by zstd, also if the name of SMALL does not end in .zst"},
    {0x203, "level", "N", "compression level of zstd (default 3)"},
    {0x208, "threads", "N", "threads for compression (default: one for each CPU, at most 8)"},
    {0x204, "max-depth", "N", "length of pointer chains to follow from variables (default 2; 0: none)"},
    {0x205, "max-object", "N", "bytes to keep of each object that a stack points to (default 4096)"},
    {0x206, "max-reach", "N", "bytes to keep of all such objects together (default 64M)"},
    {0x207, "max-stacks", "N", "goroutines whose variables are all kept (default 10000)"},
    {0},
};
const struct option_row *const slim_tables[] = {slim_rows, NULL};

static int profile_option(struct slim *slim, struct session *session, const char *name)
{
	static const char *const names[] = {
	    [GOPM_SLIM_DEFAULT] = "default", [GOPM_SLIM_STACKS] = "stacks", [GOPM_SLIM_HEAP] = "heap", NULL};

	for (uint32_t i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0) {
			slim->options.profile = i;
			return -1;
		}
	}
	return usage_choice(session->command, "profile", name, names);
}

static int slim_option(struct slim *slim, struct session *session, int option, char **argv)
{
	uint64_t number = 0;

	if (option >= 0x203 && option <= 0x208 && !parse_size(optarg, &number)) {
		return usage_error(session->command, "not a number: %s", optarg);
	}
	switch (option) {
	case 'o':
		slim->options.path = optarg;
		return -1;
	case 'p':
		return profile_option(slim, session, optarg);
	case 'F':
		slim->options.flags |= GOPM_SLIM_FLAG_REPLACE;
		return -1;
	case 'j':
		slim->json = true;
		return -1;
	case 0x201:
		slim->options.flags |= GOPM_SLIM_FLAG_SELF_CONTAINED;
		return -1;
	case 0x202:
		slim->options.compression = GOPM_COMPRESSION_ZSTD;
		return -1;
	case 0x203:
		slim->options.level = number < 100 ? (int32_t)number : 100;
		return -1;
	case 0x204:
		slim->options.max_depth = number == 0 ? UINT32_MAX : number < 1000 ? (uint32_t)number : 1000;
		return -1;
	case 0x205:
		slim->options.max_object = number;
		return -1;
	case 0x206:
		slim->options.max_reach = number;
		return -1;
	case 0x207:
		slim->options.max_variable_stacks = number;
		return -1;
	case 0x208:
		slim->options.threads = number < 256 ? (uint32_t)number : 256;
		return -1;
	default:
		return session_option(session, option, argv);
	}
}

static int32_t to_stdout(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	output_raw(data, size);
	return 0; /* output_raw() ends the program if it cannot write */
}

int slim_options(struct slim *slim, struct session *session, const struct command *command, int argc, char **argv)
{
	int option, code = -1;

	session_init(session, command);
	memset(slim, 0, sizeof *slim);
	gopm_slim_options_init(&slim->options, sizeof slim->options);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		code = slim_option(slim, session, option, argv);
	}
	if (code >= 0) {
		return code;
	}
	if (slim->options.path == NULL) {
		return usage_error(session->command, "no output given; use -o SMALL");
	}
	if (strcmp(slim->options.path, "-") == 0) {
		slim->options.path = NULL;
		slim->options.write = to_stdout;
	}
	return -1;
}

static void slim_print_json(const gopm_slim_result *r)
{
	struct {
		const char *name;
		uint64_t value;
	} fields[] = {
	    {"fileSize", r->file_size},         {"coreSize", r->core_size},     {"memorySize", r->memory_size},
	    {"originalSize", r->original_size}, {"segments", r->segment_count}, {"threads", r->thread_count},
	    {"goroutines", r->goroutine_count}, {"findings", r->finding_count}, {"stoppedTime", r->stopped_time},
	};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		output_printf("%s\"%s\":%llu", i == 0 ? "{" : ",", fields[i].name, (unsigned long long)fields[i].value);
	}
	output_printf("}\n");
}

static void slim_print_text(const gopm_slim_result *r)
{
	output_printf("%llu bytes of %llu: ", (unsigned long long)r->file_size, (unsigned long long)r->original_size);
	output_count(r->goroutine_count, "goroutine");
	output_text(", ");
	output_count(r->thread_count, "thread");
	output_printf(", %llu bytes of memory\n", (unsigned long long)r->memory_size);
	if (r->stopped_time != 0) {
		output_printf("the process was stopped for %.1f ms\n", (double)r->stopped_time / 1e6);
	}
	if (r->finding_count != 0) {
		output_count(r->finding_count, "finding");
		output_text(" about data that was left out; list with gopm findings\n");
	}
}

int slim_write(struct slim *slim, struct session *session)
{
	gopm_slim_result result = {.struct_size = sizeof result};
	gopm_error *err = NULL;

	session->options.progress = progress_update;
	progress_start("reading the core", session->quiet);
	gopm_status status = gopm_slim(&session->options, &slim->options, &result, &err);
	progress_stop();
	if (status != GOPM_OK) {
		if (status == GOPM_ERR_EXISTS) {
			complain_error(status, err, "use --force to replace it");
			gopm_error_free(err);
			return EXIT_FAILED;
		}
		return session_fail_open(session, status, err);
	}
	/* Standard output has the core, so there is no room for the result. */
	if (slim->options.write != NULL) {
		output_flush();
		return EXIT_DONE;
	}
	if (slim->json) {
		slim_print_json(&result);
	} else {
		slim_print_text(&result);
	}
	output_flush();
	return EXIT_DONE;
}
