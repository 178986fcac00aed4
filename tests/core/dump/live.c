/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the virtual core of a process to a file: dump_live [--running] [--files] PID [OUT]. Bytes that cannot be read
 * become a hole, and a line of output. Without OUT it only builds the virtual core. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/live/live.h"

static uint8_t block[(size_t)1 << 20];

static bool copy(struct gopm__live *live, int out)
{
	uint64_t size = gopm__live_size(live);

	for (uint64_t at = 0; at < size;) {
		int64_t got = gopm__live_read(live, at, block, sizeof block);
		if (got < 0) {
			(void)printf("unreadable %" PRIu64 "\n", at);
			at = (at / 4096 + 1) * 4096;
			continue;
		}
		if (got == 0 || pwrite(out, block, (size_t)got, (off_t)at) != got) {
			return false;
		}
		at += (uint64_t)got;
	}
	return ftruncate(out, (off_t)size) == 0;
}

int main(int argc, char **argv)
{
	struct gopm__live *live;
	gopm_error *err = NULL;
	bool running = false, files = false;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		running = running || strcmp(argv[at], "--running") == 0;
		files = files || strcmp(argv[at], "--files") == 0;
	}
	if (argc - at != 1 && argc - at != 2) {
		(void)fprintf(stderr, "usage: dump_live [--running] [--files] PID [OUT]\n");
		return 2;
	}
	if (gopm__live_open((uint32_t)strtoul(argv[at], NULL, 10), &live, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		gopm_error_free(err);
		return 1;
	}
	gopm__live_include_files(live, files);
	gopm_status status = running ? GOPM_OK : gopm__live_stop(live, &err);
	if (status == GOPM_OK) {
		(void)printf("threads %zu\nasleep %zu\n", gopm__live_thread_count(live), gopm__live_asleep_count(live));
		status = gopm__live_image(live, &err);
	}
	if (status == GOPM_OK && argc - at == 2) {
		int out = open(argv[at + 1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (out < 0 || !copy(live, out) || close(out) != 0) {
			perror(argv[at + 1]);
			status = GOPM_ERR_IO;
		}
	}
	if (err != NULL) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
	}
	(void)printf("stopped %" PRIu64 "\n", gopm__live_resume(live));
	gopm_error_free(err);
	gopm__live_close(live);
	return status == GOPM_OK ? 0 : 1;
}
