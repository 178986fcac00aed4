/* SPDX-License-Identifier: Apache-2.0 */
#include "core/environment.h"

#include <stdlib.h>

#include "util/allocate.h"

/* Linux's limit for arguments and environment together, unless it was raised. */
#define MOST_BYTES ((size_t)2 << 20)
#define STEP ((size_t)4096)

/* Searches the strings that end at `end`. The environment's strings are right before the string of AT_EXECFN (Linux,
 * fs/exec.c and fs/binfmt_elf.c). So this reads backwards, as long as strings have the form NAME=value. */
static bool search_strings(const char *text, size_t from, size_t end, const char *name, char *value, size_t size)
{
	size_t name_size = strlen(name);
	bool found = false;

	while (end > from && text[end - 1] == '\0') {
		size_t last = end - 1, first = last;
		while (first > from && text[first - 1] != '\0') {
			first--;
		}
		/* A string at `from` may have begun before it. */
		if (first == from || memchr(text + first, '=', last - first) == NULL) {
			break;
		}
		size_t value_size = last - first;
		if (value_size > name_size && memcmp(text + first, name, name_size) == 0 &&
		    text[first + name_size] == '=') {
			value_size -= name_size + 1;
			/* If a name is set twice, the first one counts; this loop comes to it last. */
			found = value_size < size;
			if (found) {
				memcpy(value, text + first + name_size + 1, value_size);
				value[value_size] = '\0';
			}
		}
		end = first;
	}
	return found;
}

bool gopm__environment(const struct gopm__corefile *core, const char *name, char *value, size_t size)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	char *text = core->execfn > MOST_BYTES && !core->no_environment ? gopm__malloc(MOST_BYTES) : NULL;
	size_t from = MOST_BYTES;
	bool found = false;

	if (text == NULL) {
		return false;
	}
	while (from >= STEP &&
	       gopm__read_copy(&reader, core->execfn - (MOST_BYTES - from) - STEP, text + from - STEP, STEP) == STEP) {
		from -= STEP;
	}
	found = search_strings(text, from, MOST_BYTES, name, value, size);
	free(text);
	return found;
}
