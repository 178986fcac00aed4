/* SPDX-License-Identifier: Apache-2.0 */
#include "suggest.h"

#include <ctype.h>
#include <string.h>

#include "command.h"

/* Longer words have no suggestion. */
enum { most_letters = 32 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The number of letters to insert, delete, replace or swap with their neighbour that make `b` out of `a`. Case does not
 * count. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][most_letters + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	size_t m = strlen(a), n = strlen(b);

	if (m > most_letters || n > most_letters) {
		return most_letters;
	}
	for (size_t j = 0; j <= n; j++) {
		last[j] = j;
	}
	for (size_t i = 1; i <= m; i++) {
		int letter = tolower((unsigned char)a[i - 1]);
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			int other = tolower((unsigned char)b[j - 1]);
			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (letter != other));
			if (i > 1 && j > 1 && letter == tolower((unsigned char)b[j - 2]) &&
			    tolower((unsigned char)a[i - 2]) == other) {
				row[j] = least(row[j], before[j - 2] + 1);
			}
		}
		size_t *free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[n];
}

void suggestion_offer(struct suggestion *suggestion, const char *name)
{
	size_t size = strlen(suggestion->word);
	/* One mistake in three letters; or the beginning of the name. */
	size_t distance = edit_distance(suggestion->word, name);
	bool begins = size >= 2 && strncmp(suggestion->word, name, size) == 0;

	if (begins) {
		distance = least(distance, 1);
	}
	if (distance > (size + 1) / 3 || (suggestion->best != NULL && distance >= suggestion->distance)) {
		return;
	}
	suggestion->best = name;
	suggestion->distance = distance;
}

int usage_choice(const struct command *command, const char *option, const char *given, const char *const *names)
{
	struct suggestion near = {.word = given};
	char list[256] = "";

	for (size_t i = 0; names[i] != NULL; i++) {
		const char *gap = i == 0 ? "" : names[i + 1] == NULL ? " or " : ", ";
		size_t at = strlen(list);
		(void)snprintf(list + at, sizeof list - at, "%s%s", gap, names[i]);
		suggestion_offer(&near, names[i]);
	}
	if (near.best != NULL) {
		return usage_error(command, "unknown --%s %s; did you mean %s? Use %s", option, given, near.best, list);
	}
	return usage_error(command, "unknown --%s %s; use %s", option, given, list);
}
