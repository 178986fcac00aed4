/* SPDX-License-Identifier: Apache-2.0 */
/* "did you mean": the known name that is most like a mistyped one. */
#ifndef GOPM_COMMAND_SUGGEST_H
#define GOPM_COMMAND_SUGGEST_H

#include <stddef.h>

struct command;

/* The search for one word. Set `word`, then offer every known name; `best` is NULL if none is near. */
struct suggestion {
	const char *word;
	const char *best;
	size_t distance;
};

/* Keeps `name`, which must outlive the search, if it is nearer than the names before. */
void suggestion_offer(struct suggestion *suggestion, const char *name);

/* Prints that option --`option` has no value `given`, which one may be meant, and all `names`, a list that ends with
 * NULL. Returns EXIT_USAGE. */
int usage_choice(const struct command *command, const char *option, const char *given, const char *const *names);

#endif
