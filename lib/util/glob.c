/* SPDX-License-Identifier: Apache-2.0 */
#include "util/glob.h"

/* True if the pattern element at `p` matches `c`. Sets *next to the element after it. */
static bool matches_element(const char *p, unsigned char c, const char **next)
{
	if (*p == '?') {
		*next = p + 1;
		return true;
	}
	if (*p == '\\' && p[1] != '\0') {
		*next = p + 2;
		return (unsigned char)p[1] == c;
	}
	if (*p != '[') {
		*next = p + 1;
		return (unsigned char)*p == c;
	}
	const char *set = p + 1;
	bool negated = *set == '!' || *set == '^';
	bool found = false, first = true;
	set += negated ? 1 : 0;
	/* A `]` right after the `[` is a member. A `[` without a closing `]` matches itself. */
	for (; *set != '\0' && (first || *set != ']'); set++, first = false) {
		unsigned char low = (unsigned char)*set, high = low;
		if (set[1] == '-' && set[2] != '\0' && set[2] != ']') {
			high = (unsigned char)set[2];
			set += 2;
		}
		found = found || (c >= low && c <= high);
	}
	if (*set == '\0') {
		*next = p + 1;
		return c == '[';
	}
	*next = set + 1;
	return found != negated;
}

/* Backtracks to the last `*` only. Earlier ones need no other try: the last one can match what they could. */
bool gopm__glob(const char *pattern, gopm_str text)
{
	const char *star = NULL;
	size_t at = 0, star_at = 0;

	while (at < text.size) {
		const char *next;
		if (*pattern == '*') {
			star = ++pattern;
			star_at = at;
		} else if (*pattern != '\0' && matches_element(pattern, (unsigned char)text.data[at], &next)) {
			pattern = next;
			at++;
		} else if (star != NULL) {
			/* Let the last `*` match one more byte. */
			pattern = star;
			at = ++star_at;
		} else {
			return false;
		}
	}
	while (*pattern == '*') {
		pattern++;
	}
	return *pattern == '\0';
}
