/* SPDX-License-Identifier: Apache-2.0 */
/* Unwinds every stack of a core through the library and counts the frames. Prints milliseconds, goroutines and frames.
 * The files are mapped, as the command maps them; with a third argument "read" they are read. With "pairs" it prints
 * the address of each g and its stack instead, for floor.c. */
#include <gopm/gopm.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static gopm_status open_core(char **argv, bool map, gopm_core **core, gopm_error **err)
{
	gopm_core_options options;

	gopm_core_options_init(&options, sizeof options);
	options.core_path = argv[1];
	options.exe_path = argv[2];
	options.flags = map ? GOPM_OPEN_MAP : 0;
	return gopm_core_open(&options, core, err);
}

int main(int argc, char **argv)
{
	enum { batch = 256 };
	static gopm_goroutine records[batch];
	double start = now();
	gopm_goroutine_filter filter;
	gopm_goroutine_iter *it = NULL;
	gopm_stack *stack = NULL;
	gopm_core *core = NULL;
	gopm_error *err = NULL;
	size_t got = 0, goroutines = 0, frames = 0;
	bool map = argc <= 3 || strcmp(argv[3], "read") != 0, pairs = argc > 3 && strcmp(argv[3], "pairs") == 0;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = 0;
	gopm_status opened = argc < 3 ? GOPM_ERR_ARGUMENT : open_core(argv, map, &core, &err);
	if (opened == GOPM_ERR_UNSUPPORTED) {
		/* Before GOPM_OPEN_MAP the library always mapped. */
		gopm_error_free(err);
		opened = open_core(argv, false, &core, &err);
	}
	if (opened != GOPM_OK || gopm_goroutine_iter_open(core, &filter, &it, &err) != GOPM_OK) {
		fprintf(stderr, "unwind: %s\n", err != NULL ? gopm_error_message(err) : "usage: unwind CORE EXE");
		return 1;
	}
	while (gopm_goroutine_iter_next(it, records, sizeof records[0], batch, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			gopm_stack_options options;
			gopm_status status;

			goroutines++;
			if (pairs) {
				printf("%" PRIx64 " %" PRIx64 "\n", records[i].address, records[i].sp);
				continue;
			}
			gopm_stack_options_init(&options, sizeof options);
			options.goroutine_address = records[i].address;
			status = stack == NULL ? gopm_stack_open(core, &options, &stack, NULL)
			                       : gopm_stack_reopen(stack, &options, NULL);
			frames += status == GOPM_OK ? gopm_stack_size(stack) : 0;
		}
	}
	gopm_stack_free(stack);
	gopm_goroutine_iter_free(it);
	gopm_core_close(core);
	if (!pairs) {
		printf("%.1f %zu %zu\n", now() - start, goroutines, frames);
	}
	return 0;
}
