/* SPDX-License-Identifier: Apache-2.0 */
/* Demangles each line of standard input, or prints it as it is. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#include "unwind/native_name.h"

int main(void)
{
	struct gopm__arena arena = {0};
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	while ((size = getline(&line, &room, stdin)) > 0) {
		const gopm_str symbol = {line, (size_t)size - (line[size - 1] == '\n')};
		const gopm_str plain = gopm__native_demangle(&arena, symbol);
		const gopm_str out = plain.size != 0 ? plain : symbol;
		(void)fwrite(out.data, 1, out.size, stdout);
		(void)putchar('\n');
	}
	free(line);
	gopm__arena_free(&arena);
	return 0;
}
