/* SPDX-License-Identifier: Apache-2.0 */
#include "nomatch.h"

#include <stdio.h>
#include <string.h>

#include "message.h"

static uint64_t count_matches(gopm_core *core, const gopm_goroutine_filter *filter)
{
	enum { batch = 256 };
	static gopm_goroutine records[batch];
	gopm_goroutine_filter cheap = *filter;
	gopm_goroutine_iter *it = NULL;
	uint64_t count = 0;
	size_t got = 0;

	cheap.fields = 0;
	if (gopm_goroutine_iter_open(core, &cheap, &it, NULL) != GOPM_OK) {
		return 0;
	}
	while (gopm_goroutine_iter_next(it, records, sizeof records[0], batch, &got) == GOPM_OK) {
		count += got;
	}
	gopm_goroutine_iter_free(it);
	return count;
}

void nomatch_hint(gopm_core *core, const gopm_goroutine_filter *filter)
{
	gopm_goroutine_filter wider = *filter;
	const struct {
		const char *name;
		const char **pattern;
	} patterns[] = {
	    {"user", &wider.user},       {"start", &wider.start},   {"go", &wider.go},
	    {"current", &wider.current}, {"status", &wider.status}, {"reason", &wider.wait_reason},
	    {"label", &wider.label_key},
	};

	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		const char *old = *patterns[i].pattern;
		char glob[512];
		size_t size = old != NULL ? strlen(old) : 0;

		if (size == 0 || size + 3 > sizeof glob || (old[0] == '*' && old[size - 1] == '*')) {
			continue;
		}
		(void)snprintf(glob, sizeof glob, "%s%s%s", old[0] == '*' ? "" : "*", old,
		               old[size - 1] == '*' ? "" : "*");
		*patterns[i].pattern = glob;
		uint64_t count = count_matches(core, &wider);
		*patterns[i].pattern = old;
		if (count != 0) {
			hint("a glob must match the whole text; %llu goroutine%s %s=%s", (unsigned long long)count,
			     count == 1 ? " matches" : "s match", patterns[i].name, glob);
		}
	}
}
