/* Prints every variable of every frame, over the public API: one JSON object a frame, a line each.
 * usage: dump_vars CORE EXE [ID ...] */
#include <gopm/gopm.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FRAMES 51 /* Delve counts the depth from 0 */

/* Bytes that are not UTF-8 are written as they are: the reader replaces them. */
static void print_string(const char *data, size_t size)
{
	putchar('"');
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];
		if (c == '"' || c == '\\') {
			printf("\\%c", c);
		} else if (c < 0x20) {
			printf("\\u%04x", c);
		} else {
			putchar(c);
		}
	}
	putchar('"');
}

static int print_variable(gopm_vars *vars, size_t index)
{
	gopm_value *value = NULL;
	gopm_value_info info = {.struct_size = sizeof info};
	size_t length = 0;

	if (gopm_vars_value(vars, index, &value) != GOPM_OK || gopm_value_get_info(value, &info) != GOPM_OK ||
	    gopm_value_text(value, NULL, 0, &length) != GOPM_OK) {
		gopm_value_free(value);
		return 1;
	}
	char *text = malloc(length + 1);
	int failed = text == NULL || gopm_value_text(value, text, length + 1, &length) != GOPM_OK;
	if (!failed) {
		printf("%s{\"name\":", index != 0 ? "," : "");
		print_string(info.name.data, info.name.size);
		printf(",\"type\":");
		print_string(info.type.data, info.type.size);
		printf(",\"text\":");
		print_string(text, length);
		printf(",\"unreadable\":");
		print_string(info.unreadable.data, info.unreadable.size);
		printf(",\"flags\":%" PRIu32 ",\"vflags\":%" PRIu32 ",\"addr\":%" PRIu64 ",\"kind\":%" PRIu32
		       ",\"line\":%" PRId64 ",\"children\":%" PRIu64 ",\"provenance\":%" PRIu32 "}",
		       info.flags, info.variable_flags, info.address, info.kind, info.decl_line, info.child_count,
		       info.provenance);
	}
	free(text);
	gopm_value_free(value);
	return failed;
}

static int print_frame(gopm_stack *stack, uint64_t id, size_t index)
{
	gopm_frame frame;
	gopm_vars *vars = NULL;
	gopm_error *err = NULL;
	size_t got = 0;
	int failed = 0;

	if (gopm_stack_frames(stack, index, &frame, sizeof frame, 1, &got) != GOPM_OK) {
		return 1;
	}
	printf("{\"goroutine\":%" PRIu64 ",\"frame\":%zu,\"pc\":%" PRIu64 ",\"cfa\":%" PRIu64 ",\"line\":%" PRIu32
	       ",\"function\":",
	       id, index, frame.pc, frame.cfa, frame.location.line);
	print_string(frame.location.function.data, frame.location.function.size);
	gopm_status st = gopm_frame_vars(stack, index, NULL, &vars, &err);
	printf(",\"status\":%" PRId32 ",\"vars\":[", st);
	if (st < 0) {
		fprintf(stderr, "goroutine %" PRIu64 " frame %zu: %s\n", id, index, gopm_error_message(err));
	}
	for (size_t i = 0; i < gopm_vars_size(vars); i++) {
		failed |= print_variable(vars, i);
	}
	printf("]}\n");
	gopm_error_free(err);
	gopm_vars_free(vars);
	return failed;
}

static int print_goroutine(gopm_core *core, uint64_t id)
{
	gopm_stack_options options;
	gopm_stack *stack = NULL;
	int failed = 0;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = id;
	options.max_frames = MAX_FRAMES;
	if (gopm_stack_open(core, &options, &stack, NULL) != GOPM_OK) {
		return 1;
	}
	for (size_t i = 0; i < gopm_stack_size(stack); i++) {
		failed |= print_frame(stack, id, i);
	}
	gopm_stack_free(stack);
	return failed;
}

static int print_all(gopm_core *core)
{
	static gopm_goroutine batch[256];
	gopm_goroutine_iter *iter = NULL;
	size_t got = 0;
	int failed = 0;

	if (gopm_goroutine_iter_open(core, NULL, &iter, NULL) != GOPM_OK) {
		return 1;
	}
	while (gopm_goroutine_iter_next(iter, batch, sizeof batch[0], 256, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			failed |= print_goroutine(core, batch[i].id);
		}
	}
	gopm_goroutine_iter_free(iter);
	return failed;
}

int main(int argc, char **argv)
{
	gopm_core *core = NULL;
	gopm_error *err = NULL;
	int failed = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: dump_vars CORE EXE [ID ...]\n");
		return 2;
	}
	if (gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK) {
		fprintf(stderr, "%s\n", gopm_error_message(err));
		gopm_error_free(err);
		return 1;
	}
	if (argc == 3) {
		failed = print_all(core);
	}
	for (int i = 3; i < argc; i++) {
		failed |= print_goroutine(core, strtoull(argv[i], NULL, 10));
	}
	gopm_core_close(core);
	return failed;
}
