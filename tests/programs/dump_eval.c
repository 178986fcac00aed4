/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates expressions for a comparison: reads lines "goroutine frame expression" (goroutine 0: package scope) and
 * writes a line of JSON for each: {"text":...,"type":...,"json":api.Variable} or
 * {"status":...,"offset":...,"error":...}. */
#include <gopm/gopm.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void quoted(const char *text, size_t size)
{
	(void)putchar('"');
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\') {
			(void)printf("\\%c", c);
		} else if (c < 0x20) {
			(void)printf("\\u%04x", c);
		} else {
			(void)putchar(c);
		}
	}
	(void)putchar('"');
}

static void show(const gopm_value *value)
{
	gopm_value_info info = {.struct_size = sizeof info};
	size_t length = 0;

	(void)gopm_value_get_info(value, &info);
	(void)gopm_value_text(value, NULL, 0, &length);
	char *text = malloc(length + 1);
	if (text == NULL || gopm_value_text(value, text, length + 1, &length) != GOPM_OK) {
		exit(1);
	}
	(void)printf("{\"text\":");
	quoted(text, length);
	(void)printf(",\"type\":");
	quoted(info.type.data, info.type.size);
	(void)printf(",\"unreadable\":");
	quoted(info.unreadable.data, info.unreadable.size);
	(void)printf(",\"provenance\":%" PRIu32 ",\"json\":", info.provenance);
	free(text);
	if (gopm_value_json(value, GOPM_VALUE_JSON_DELVE, NULL, 0, &length) != GOPM_OK ||
	    (text = malloc(length + 1)) == NULL ||
	    gopm_value_json(value, GOPM_VALUE_JSON_DELVE, text, length + 1, &length) != GOPM_OK) {
		exit(1);
	}
	(void)printf("%s}\n", text);
	free(text);
}

int main(int argc, char **argv)
{
	gopm_core_options options;
	gopm_value_options raw;
	gopm_core *core;
	gopm_error *err;
	gopm_stack *stack = NULL;
	uint64_t opened = 0;
	static char line[65536];

	if (argc != 3) {
		(void)fprintf(stderr, "usage: dump_eval CORE EXE\n");
		return 2;
	}
	gopm_value_options_init(&raw, sizeof raw);
	raw.flags = GOPM_VALUE_OPTION_DELVE;
	gopm_core_options_init(&options, sizeof options);
	options.core_path = argv[1];
	options.exe_path = argv[2];
	if (gopm_core_open(&options, &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	while (fgets(line, sizeof line, stdin) != NULL) {
		char *rest;
		uint64_t goroutine = strtoull(line, &rest, 10);
		size_t frame = (size_t)strtoull(rest, &rest, 10);
		gopm_value *value;
		line[strcspn(line, "\n")] = '\0';
		if (goroutine != opened) {
			gopm_stack_options wanted;
			gopm_stack_options_init(&wanted, sizeof wanted);
			wanted.goroutine_id = goroutine;
			gopm_stack_free(stack);
			stack = NULL;
			opened = goroutine;
			if (goroutine != 0 && gopm_stack_open(core, &wanted, &stack, NULL) != GOPM_OK) {
				(void)fprintf(stderr, "no goroutine %" PRIu64 "\n", goroutine);
				return 1;
			}
		}
		gopm_status status = gopm_eval(core, stack, frame, rest + 1, &raw, &value, &err);
		if (status == GOPM_OK) {
			show(value);
		} else {
			const char *message = gopm_error_message(err);
			(void)printf("{\"status\":%" PRId32 ",\"offset\":%" PRIu64 ",\"error\":", status,
			             err != NULL ? gopm_error_expression_offset(err) : 0);
			quoted(message, strlen(message));
			(void)printf("}\n");
			gopm_error_free(err);
		}
		gopm_value_free(value);
	}
	gopm_stack_free(stack);
	gopm_core_close(core);
	return 0;
}
