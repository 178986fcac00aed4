/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the milliseconds that one frame's variables take as text and JSON, with default limits, in an open core.
 * Usage: frame CORE EXE GOROUTINE FUNCTION. It takes the first frame of that function. The time includes the first read
 * of its DWARF. */
#include <gopm/gopm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

typedef gopm_status (*writer)(const gopm_value *value, char *buffer, size_t size, size_t *length);

static gopm_status json(const gopm_value *value, char *buffer, size_t size, size_t *length)
{
	return gopm_value_json(value, 0, buffer, size, length);
}

/* Writes the value a second time only if the buffer was too small, as the command does. */
static void show(const gopm_value *value, writer write)
{
	static size_t size;
	static char *buffer;
	size_t length = 0;

	if (write(value, buffer, size, &length) != GOPM_OK) {
		exit(1);
	}
	if (length >= size) {
		size = length + 65536;
		buffer = realloc(buffer, size);
		if (buffer == NULL || write(value, buffer, size, &length) != GOPM_OK) {
			exit(1);
		}
	}
}

static size_t frame_of(const gopm_stack *stack, const char *function)
{
	gopm_frame frame;
	size_t got;

	for (size_t i = 0; gopm_stack_frames(stack, i, &frame, sizeof frame, 1, &got) == GOPM_OK && got == 1; i++) {
		if (frame.location.function.size == strlen(function) &&
		    memcmp(frame.location.function.data, function, frame.location.function.size) == 0) {
			return i;
		}
	}
	exit(1);
}

int main(int argc, char **argv)
{
	gopm_stack_options options;
	gopm_core *core;
	gopm_stack *stack;
	gopm_vars *vars;
	gopm_value *value;

	if (argc != 5 || gopm_core_open_path(argv[1], argv[2], &core, NULL) != GOPM_OK) {
		return 1;
	}
	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = strtoull(argv[3], NULL, 10);
	if (gopm_stack_open(core, &options, &stack, NULL) != GOPM_OK) {
		return 1;
	}
	size_t frame = frame_of(stack, argv[4]);
	double begin = now();
	if (gopm_frame_vars(stack, frame, NULL, &vars, NULL) != GOPM_OK) {
		return 1;
	}
	for (size_t i = 0; gopm_vars_value(vars, i, &value) == GOPM_OK; i++) {
		show(value, gopm_value_text);
		show(value, json);
		gopm_value_free(value);
	}
	(void)printf("%.3f\n", now() - begin);
	gopm_vars_free(vars);
	gopm_stack_free(stack);
	gopm_core_close(core);
	return 0;
}
