/* SPDX-License-Identifier: Apache-2.0 */
/* Reads all goroutines in batches, as batches.rs does, and prints the CPU time of that and a sum of what it read.
 * Usage: batches CORE EXE */
#include <gopm/gopm.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH 8192

int main(int argc, char **argv)
{
	gopm_core_options options;
	gopm_core *core;
	gopm_goroutine_iter *it;
	gopm_goroutine *batch = malloc(BATCH * sizeof *batch);
	uint64_t count = 0, sum = 0;
	size_t got;

	gopm_core_options_init(&options, sizeof options);
	options.flags = GOPM_OPEN_MAP;
	options.core_path = argv[1];
	options.exe_path = argv[2];
	if (argc != 3 || batch == NULL || gopm_core_open(&options, &core, NULL) != GOPM_OK)
		return 1;
	clock_t before = clock();
	if (gopm_goroutine_iter_open(core, NULL, &it, NULL) != GOPM_OK)
		return 1;
	while (gopm_goroutine_iter_next(it, batch, sizeof *batch, BATCH, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++)
			sum +=
			    batch[i].id + batch[i].user.line + batch[i].user.function.size + batch[i].wait_reason.size;
		count += got;
	}
	gopm_goroutine_iter_free(it);
	printf("%.6f %llu %llu\n", (double)(clock() - before) / CLOCKS_PER_SEC, (unsigned long long)count,
	       (unsigned long long)sum);
	gopm_core_close(core);
	free(batch);
	return 0;
}
