/* SPDX-License-Identifier: Apache-2.0 */
/* Replays the files and folders it is given through a fuzz target, each from a block of memory of
 * its exact size, so that a sanitizer or valgrind sees what libFuzzer would have. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static bool replay_file(const char *path, size_t *count)
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
	if (ok) {
		/* A crash names its input by having said it last. */
		(void)printf("%s\n", path);
		(void)fflush(stdout);
		(void)LLVMFuzzerTestOneInput(data, (size_t)size);
		++*count;
	}
	free(data);
	return ok;
}

static bool replay(const char *path, size_t *count)
{
	struct dirent **entries;
	struct stat st;
	bool ok = true;

	if (stat(path, &st) != 0) {
		perror(path);
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		return replay_file(path, count);
	}
	int found = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < found; i++) {
		if (entries[i]->d_name[0] != '.') {
			char inner[4096];
			(void)snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
			ok = replay_file(inner, count) && ok;
		}
		free(entries[i]);
	}
	if (found >= 0) {
		free(entries);
	}
	return ok && found >= 0;
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
