/* SPDX-License-Identifier: Apache-2.0 */
/* The distinct strings of one column of a batch, numbered as they come. */
#ifndef GOPM_EXPORT_ARROW_DICTIONARY_H
#define GOPM_EXPORT_ARROW_DICTIONARY_H

#include <gopm/arrow.h>
#include <stdbool.h>

#include "util/text.h"

/* Strings that were looked up last, by their pointers: most strings of a core are shared. */
#define GOPM__ARROW_RECENT 64

/* Zero-initialized is empty. */
struct gopm__arrow_dictionary {
	struct gopm__text bytes; /* of all strings, one after the other */
	int32_t *ends;           /* [0] is 0, then the end of each string in `bytes` */
	size_t count, capacity;
	uint32_t *table; /* number + 1 of a string, by its hash; 0: free */
	size_t table_size;
	struct {
		gopm_str str;
		int32_t number;
	} recent[GOPM__ARROW_RECENT];
};

/* Finds or adds a string that lives as long as the dictionary. @return its number; negative: out of memory, or the
 * strings have more than 2 GiB. */
int32_t gopm__arrow_dictionary_add(struct gopm__arrow_dictionary *dictionary, gopm_str str);

/* Moves the strings to an array, and empties the dictionary. False: out of memory, and nothing has changed. */
bool gopm__arrow_dictionary_finish(struct gopm__arrow_dictionary *dictionary, struct ArrowArray *out);

void gopm__arrow_dictionary_clear(struct gopm__arrow_dictionary *dictionary);

#endif
