/* SPDX-License-Identifier: Apache-2.0 */
/* A program that was compiled when the ABI was frozen. It passes and reads as many records as it can, and prints what
 * they say: with a later library it must print the same. frozen.py makes its object file. */
#include <gopm/gopm.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STR(s) (int)(s).size, (s).data

static void must(gopm_status status, gopm_error *err, const char *what)
{
	if (status != GOPM_OK) {
		fprintf(stderr, "%s: %s\n", what, err != NULL ? gopm_error_message(err) : gopm_status_text(status));
		exit(1);
	}
}

static char json[8000];

#define JSON(what, call)                                                                                               \
	do {                                                                                                           \
		size_t length;                                                                                         \
		must(call, NULL, what);                                                                                \
		printf(what " %zu %s\n", length, json);                                                                \
	} while (0)

/* Opens, reads in batches of 3, and frees an iterator; `print` has `r`, the record. */
#define EACH(kind, record_type, open_call, print)                                                                      \
	do {                                                                                                           \
		kind##_iter *it;                                                                                       \
		gopm_error *err = NULL;                                                                                \
		record_type batch[3];                                                                                  \
		size_t got;                                                                                            \
		gopm_status status;                                                                                    \
		must(open_call, err, #kind);                                                                           \
		while ((status = kind##_iter_next(it, batch, sizeof batch[0], 3, &got)) == GOPM_OK) {                  \
			for (size_t i = 0; i < got; i++) {                                                             \
				const record_type *r = &batch[i];                                                      \
				print;                                                                                 \
			}                                                                                              \
		}                                                                                                      \
		if (status != GOPM_DONE) {                                                                             \
			must(status, NULL, #kind);                                                                     \
		}                                                                                                      \
		kind##_iter_free(it);                                                                                  \
	} while (0)

static void location(const char *what, const gopm_location *l)
{
	printf(" %s=%.*s@%.*s:%u", what, STR(l->function), STR(l->file), l->line);
}

static void lists(gopm_core *core)
{
	gopm_goroutine_filter filter;
	gopm_core_info info = {.struct_size = sizeof info};

	must(gopm_core_get_info(core, &info), NULL, "info");
	printf("core %.*s slots %" PRIu64 " now %" PRId64 "\n", STR(info.go_version), info.goroutine_slots, info.now);
	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.user = "main.*";
	filter.fields = GOPM_FIELD_ALL;
	EACH(gopm_goroutine, gopm_goroutine, gopm_goroutine_iter_open(core, &filter, &it, &err), {
		printf("g %" PRIu64 " %.*s %.*s since %" PRId64 " %.*s %" PRIu64 "/%" PRIu64 " %d", r->id,
		       STR(r->status_name), STR(r->wait_reason), r->wait_since, STR(gopm_wait_kind_name(r->wait.kind)),
		       r->wait.length, r->wait.capacity, r->wait.fd);
		location("user", &r->user);
		location("go", &r->go_statement);
		putchar('\n');
		if (r->id < 30) {
			JSON("goroutine", gopm_goroutine_json(core, r, sizeof *r, 0, json, sizeof json, &length));
		}
	});
	EACH(gopm_group, gopm_group, gopm_group_iter_open(core, GOPM_GROUP_OBJECT, NULL, NULL, &it, &err),
	     JSON("group", gopm_group_json(r, sizeof *r, GOPM_GROUP_OBJECT, 0, json, sizeof json, &length));
	     printf("group %" PRIu64 " %.*s\n", r->count, STR(r->key)));
	EACH(gopm_thread, gopm_thread, gopm_thread_iter_open(core, &it, &err),
	     JSON("thread", gopm_thread_json(core, r, sizeof *r, GOPM_JSON_REGISTERS, json, sizeof json, &length));
	     printf("thread %" PRIu64 " g %" PRIu64 "\n", r->id, r->goroutine));
	EACH(gopm_finding, gopm_finding, gopm_finding_iter_open(core, &it, &err),
	     JSON("finding", gopm_finding_json(r, sizeof *r, 0, json, sizeof json, &length)));
	EACH(gopm_mapping, gopm_mapping, gopm_mapping_iter_open(core, &it, &err),
	     printf("mapping %" PRIx64 " %" PRIu64 " %" PRIu64 " %.*s\n", r->address, r->size, r->size_in_core,
	            STR(r->path)));
	EACH(gopm_function, gopm_function, gopm_function_iter_open(core, "main.*", &it, &err),
	     printf("function %.*s %.*s:%u\n", STR(r->name), STR(r->file), r->line));
	EACH(gopm_source_file, gopm_source_file, gopm_source_file_iter_open(core, "story/*", &it, &err),
	     printf("file %.*s\n", STR(r->path)));
	EACH(gopm_type, gopm_type_name, gopm_type_iter_open(core, "main.*", &it, &err),
	     printf("type %.*s %" PRIx64 "\n", STR(r->name), r->descriptor));
}

static void values(gopm_core *core, uint64_t id)
{
	gopm_stack_options options;
	gopm_value_options limits;
	gopm_error *err = NULL;
	gopm_stack *stack;
	gopm_frame frame;
	gopm_vars *vars;
	gopm_value *value, *child;
	size_t got, length;
	char text[2000];

	gopm_stack_options_init(&options, sizeof options);
	gopm_value_options_init(&limits, sizeof limits);
	options.goroutine_id = id;
	limits.max_depth = 2;
	must(gopm_stack_open(core, &options, &stack, &err), err, "stack");
	for (size_t i = 0; gopm_stack_frames(stack, i, &frame, sizeof frame, 1, &got) == GOPM_OK; i++) {
		printf("frame %zu", i);
		location("at", &frame.location);
		putchar('\n');
		if (gopm_frame_vars(stack, i, &limits, &vars, NULL) != GOPM_OK) {
			continue;
		}
		for (size_t v = 0; gopm_vars_value(vars, v, &value) == GOPM_OK; v++) {
			gopm_value_info info = {.struct_size = sizeof info};
			must(gopm_value_get_info(value, &info), NULL, "value");
			must(gopm_value_text(value, text, sizeof text, &length), NULL, "text");
			printf("  %.*s kind %u size %" PRIu64 " %s\n", STR(info.name), info.kind, info.size, text);
			gopm_value_free(value);
		}
		gopm_vars_free(vars);
	}
	gopm_stack_free(stack);
	must(gopm_eval(core, NULL, 0, "len(runtime.allgs) > 2", NULL, &value, &err), err, "eval");
	must(gopm_value_json(value, 0, text, sizeof text, &length), NULL, "json");
	printf("eval %s\n", text);
	gopm_value_free(value);
	if (gopm_eval(core, NULL, 0, "no + ", NULL, &value, &err) != GOPM_OK) {
		printf("error %d at %" PRIu64 ": %s\n", gopm_error_status(err), gopm_error_expression_offset(err),
		       gopm_error_message(err));
		gopm_error_free(err);
	}
	must(gopm_package_vars(core, "runtime.buildVersion", NULL, &vars, &err), err, "vars");
	must(gopm_vars_value(vars, 0, &value), NULL, "vars");
	printf("child %d\n", gopm_value_child(value, 1000000, &child, NULL));
	gopm_value_free(value);
	gopm_vars_free(vars);
}

static void types(gopm_core *core)
{
	gopm_type *type;
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type_field field;
	gopm_type_method method;

	must(gopm_type_by_name(core, "*main.Metrics", &type, NULL), NULL, "type");
	must(gopm_type_get_info(type, &info), NULL, "type");
	printf("type %.*s kind %u size %" PRIu64 "\n", STR(info.name), info.kind, info.size);
	for (uint64_t i = 0; gopm_type_get_method(type, i, &method, sizeof method, NULL) == GOPM_OK; i++) {
		printf("  method %.*s %.*s\n", STR(method.name), STR(method.function));
	}
	gopm_type_free(type);
	must(gopm_type_by_name(core, "main.Metrics", &type, NULL), NULL, "type");
	for (uint64_t i = 0; gopm_type_get_field(type, i, &field, sizeof field, NULL) == GOPM_OK; i++) {
		printf("  field %.*s %" PRIu64 " %" PRIu64 "\n", STR(field.name), field.offset, field.size);
	}
	gopm_type_free(type);
}

static void why(gopm_core *core)
{
	gopm_why_options options;
	gopm_why_info info = {.struct_size = sizeof info};
	gopm_why_finding findings[4];
	gopm_error *err = NULL;
	gopm_why *handle;
	size_t count;

	gopm_why_options_init(&options, sizeof options);
	must(gopm_why_open(core, &options, &handle, &err), err, "why");
	must(gopm_why_get_info(handle, &info), NULL, "why");
	must(gopm_why_findings(handle, findings, sizeof findings[0], 4, &count), NULL, "findings");
	for (size_t i = 0; i < count && i < 4; i++) {
		gopm_why_waiter blamed[2];
		size_t people;
		printf("finding verdict %u certainty %u waiters %" PRIu64 "\n%.*s\n", findings[i].verdict,
		       findings[i].certainty, (uint64_t)findings[i].waiters, STR(findings[i].text));
		must(gopm_why_blamed(handle, i, blamed, sizeof blamed[0], 2, &people), NULL, "blamed");
		for (size_t k = 0; k < people && k < 2; k++) {
			printf("  blamed %" PRIu64 "\n", blamed[k].id);
		}
	}
	gopm_why_close(handle);
}

static void heap(gopm_core *core)
{
	gopm_heap_options options;
	gopm_heap_filter filter;
	gopm_heap_info info = {.struct_size = sizeof info};
	gopm_error *err = NULL;
	gopm_heap *handle;
	unsigned rows = 0;

	gopm_heap_options_init(&options, sizeof options);
	gopm_heap_filter_init(&filter, sizeof filter);
	must(gopm_heap_open(core, &options, &handle, &err), err, "heap");
	must(gopm_heap_get_info(handle, &info), NULL, "heap");
	printf("heap %" PRIu64 " of %" PRIu64 "\n", info.live_bytes, info.bytes);
	EACH(gopm_heap_type, gopm_heap_type, gopm_heap_type_iter_open(handle, &filter, &it, &err), {
		if (rows++ < 20) {
			printf("  %.*s %" PRIu64 " %" PRIu64 "\n", STR(r->type), r->objects, r->bytes);
		}
	});
	gopm_heap_close(handle);
}

static int32_t hash(void *user_data, const char *data, size_t size)
{
	uint64_t *sum = user_data;

	for (size_t i = 0; i < size; i++) {
		*sum = *sum * 31 + (unsigned char)data[i];
	}
	return 0;
}

static int32_t go_on(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	*(unsigned *)user_data |= 1u << phase | (done > total && total != 0 ? 1u << 31 : 0);
	return 0;
}

int main(int argc, char **argv)
{
	gopm_traceback_options traceback;
	gopm_core_options options;
	gopm_error *err = NULL;
	gopm_core *core;
	unsigned phases = 0;
	uint64_t sum = 0;

	if (argc != 3) {
		return 2;
	}
	gopm_core_options_init(&options, sizeof options);
	options.core_path = argv[1];
	options.exe_path = argv[2];
	options.progress = go_on;
	options.progress_user_data = &phases;
	must(gopm_core_open(&options, &core, &err), err, "open");
	must(gopm_core_set_progress(core, go_on, &phases), NULL, "progress");
	lists(core);
	values(core, 20);
	types(core);
	why(core);
	heap(core);
	gopm_traceback_options_init(&traceback, sizeof traceback);
	must(gopm_traceback(core, &traceback, hash, &sum, &err), err, "traceback");
	printf("traceback %" PRIx64 "\nphases %x\n", sum, phases);
	gopm_core_close(core);
	return 0;
}
