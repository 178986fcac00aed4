/* SPDX-License-Identifier: Apache-2.0 */
/* Replays files, and the inputs in archives (corpus/TARGET.tar.xz), through a fuzz target. Each input is in a block of
 * memory of its exact size, so that a sanitizer or valgrind sees what libFuzzer would have seen. */
#include <lzma.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

#define TAR_BLOCK 512u
#define MAX_UNPACKED ((size_t)64 << 20)

static bool replay_input(const char *name, const uint8_t *bytes, size_t size)
{
	uint8_t *data = malloc(size > 0 ? size : 1);

	if (data == NULL) {
		return false;
	}
	if (size > 0) {
		memcpy(data, bytes, size);
	}
	/* The last name printed is the input that crashed. */
	(void)printf("%s\n", name);
	(void)fflush(stdout);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	return true;
}

/* The regular files of a ustar archive, in their order. */
static bool replay_tar(const uint8_t *tar, size_t size, size_t *count)
{
	for (size_t at = 0; at + TAR_BLOCK <= size && tar[at] != '\0';) {
		const char *header = (const char *)&tar[at];
		char name[101] = "", digits[13] = "";
		memcpy(name, header, 100);
		memcpy(digits, header + 124, 12);
		size_t length = strtoul(digits, NULL, 8);
		if (length > size - at - TAR_BLOCK) {
			return false;
		}
		if (!replay_input(name, &tar[at + TAR_BLOCK], length)) {
			return false;
		}
		++*count;
		at += TAR_BLOCK + (length + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	}
	return true;
}

static bool replay_archive(const uint8_t *data, size_t size, size_t *count)
{
	uint64_t limit = MAX_UNPACKED;
	size_t in = 0, out = 0;
	uint8_t *tar = malloc(MAX_UNPACKED);
	bool ok = tar != NULL &&
	          lzma_stream_buffer_decode(&limit, 0, NULL, data, &in, size, tar, &out, MAX_UNPACKED) == LZMA_OK &&
	          replay_tar(tar, out, count);

	free(tar);
	return ok;
}

static bool replay(const char *path, size_t *count)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		return false;
	}
	long size = ftell(file);
	if (size < 0 || fseek(file, 0, SEEK_SET) != 0) {
		perror(path);
		(void)fclose(file);
		return false;
	}
	uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
	bool ok = data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size;
	(void)fclose(file);
	const char *suffix = strrchr(path, '.');
	if (ok && suffix != NULL && strcmp(suffix, ".xz") == 0) {
		ok = replay_archive(data, (size_t)size, count);
	} else if (ok) {
		ok = replay_input(path, data, (size_t)size);
		++*count;
	}
	if (!ok) {
		(void)fprintf(stderr, "%s could not be replayed\n", path);
	}
	free(data);
	return ok;
}

int main(int argc, char **argv)
{
	size_t count = 0;
	bool ok = true;

	for (int i = 1; i < argc; i++) {
		ok = replay(argv[i], &count) && ok;
	}
	(void)printf("%zu inputs\n", count);
	return ok && count != 0 ? 0 : 1;
}
