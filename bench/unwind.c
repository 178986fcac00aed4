/* SPDX-License-Identifier: Apache-2.0 */
/* Unwinds every stack of a core through the library and counts the frames. Prints milliseconds, goroutines and frames.
 * With a third argument "pairs" it prints the address of each g and its stack instead, for floor.c. */
#include <gopm/gopm.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
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

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = 0;
	if (argc < 3 || gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK ||
	    gopm_goroutine_iter_open(core, &filter, &it, &err) != GOPM_OK) {
		fprintf(stderr, "unwind: %s\n", err != NULL ? gopm_error_message(err) : "usage: unwind CORE EXE");
		return 1;
	}
	while (gopm_goroutine_iter_next(it, records, sizeof records[0], batch, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			gopm_stack_options options;
			gopm_status status;

			goroutines++;
			if (argc > 3) {
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
	if (argc <= 3) {
		printf("%.1f %zu %zu\n", now() - start, goroutines, frames);
	}
	return 0;
}
