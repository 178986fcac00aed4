/* SPDX-License-Identifier: Apache-2.0 */
/* Why does this server hang? cc story.c $(pkg-config --cflags --libs gopm) && ./a.out CORE [EXE] */
#include <gopm/gopm.h>
#include <stdio.h>
#include <stdlib.h>
#define STR(s) (int)(s).size, (s).data
static void check(gopm_status status, gopm_error *err)
{
	if (status != GOPM_OK) {
		fprintf(stderr, "story: %s\n", err != NULL ? gopm_error_message(err) : gopm_status_text(status));
		exit(1);
	}
}

static void print_largest(gopm_core *core, uint32_t group_by, size_t most)
{
	gopm_error *err = NULL;
	gopm_group_iter *it;
	gopm_group g;
	size_t got;
	check(gopm_group_iter_open(core, group_by, NULL, NULL, &it, &err), err);
	for (; most-- != 0 && gopm_group_iter_next(it, &g, sizeof g, 1, &got) == GOPM_OK; printf("\n"))
		printf("%6d %.*s:%u %.*s", (int)g.count, STR(g.location.function), g.location.line, STR(g.key));
	gopm_group_iter_free(it);
}
int main(int argc, char **argv)
{
	gopm_error *err;
	gopm_core *core;
	gopm_goroutine_filter filter = {.struct_size = sizeof filter, .start = "*startInChannelConsumer"};
	gopm_goroutine_iter *it;
	gopm_goroutine g;
	size_t got;
	check(gopm_core_open_path(argv[1], argc > 2 ? argv[2] : NULL, &core, &err), err);
	print_largest(core, GOPM_GROUP_USER, 5);
	check(gopm_goroutine_iter_open(core, &filter, &it, &err), err);
	check(gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got), NULL);
	gopm_goroutine_iter_free(it);
	gopm_stack *stack;
	gopm_frame f;
	gopm_stack_options options = {.struct_size = sizeof options, .goroutine_id = g.id};
	check(gopm_stack_open(core, &options, &stack, &err), err);
	for (size_t i = 0; gopm_stack_frames(stack, i, &f, sizeof f, 1, &got) == GOPM_OK; i++) {
		gopm_vars *vars;
		gopm_value *value;
		gopm_value_info info = {.struct_size = sizeof info};
		char text[400];
		printf("%.*s at %.*s:%u\n", STR(f.location.function), STR(f.location.file), f.location.line);
		gopm_frame_vars(stack, i, NULL, &vars, NULL);
		for (size_t v = 0; gopm_vars_value(vars, v, &value) == GOPM_OK; v++, gopm_value_free(value)) {
			check(gopm_value_get_info(value, &info), NULL);
			check(gopm_value_text(value, text, sizeof text, &got), NULL);
			printf("    %.*s = %s\n", STR(info.name), text);
		}
		gopm_vars_free(vars);
	}
	gopm_stack_free(stack);
	print_largest(core, GOPM_GROUP_OBJECT, 1);
	gopm_core_close(core);
}
