/* SPDX-License-Identifier: Apache-2.0 */
#include "nomatch.h"

#include <stdio.h>
#include <string.h>

#include "message.h"

/* Names are few: the keys that a program gives its labels. */
enum { most_keys = 16, most_labels = 64 };

struct key_list {
	gopm_str keys[most_keys];
	size_t count;
};

static void add_key(struct key_list *list, gopm_str key)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->keys[i].size == key.size && memcmp(list->keys[i].data, key.data, key.size) == 0) {
			return;
		}
	}
	if (list->count < most_keys && key.size != 0) {
		list->keys[list->count++] = key;
	}
}

static void add_keys(struct key_list *list, gopm_core *core, const gopm_goroutine *g)
{
	gopm_label labels[most_labels];
	size_t count = 0;

	if (g->label_count == 0 ||
	    gopm_goroutine_labels(core, g->address, labels, sizeof labels[0], most_labels, &count) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < count && i < most_labels; i++) {
		add_key(list, labels[i].key);
	}
}

void nomatch_hint_labels(gopm_core *core, const gopm_goroutine_filter *filter, const char *key)
{
	enum { batch = 256 };
	static gopm_goroutine records[batch];
	gopm_goroutine_filter labelled = *filter;
	gopm_goroutine_iter *it = NULL;
	struct key_list list = {.count = 0};
	char text[1024] = "";
	size_t got = 0;

	labelled.fields = GOPM_FIELD_LABELS;
	if (gopm_goroutine_iter_open(core, &labelled, &it, NULL) != GOPM_OK) {
		return;
	}
	while (gopm_goroutine_iter_next(it, records, sizeof records[0], batch, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			add_keys(&list, core, &records[i]);
		}
	}
	gopm_goroutine_iter_free(it);
	for (size_t i = 0; i < list.count; i++) {
		size_t at = strlen(text);
		(void)snprintf(text + at, sizeof text - at, "%s%.*s", i != 0 ? ", " : "", (int)list.keys[i].size,
		               list.keys[i].data);
	}
	if (list.count != 0) {
		hint("no goroutine has the label %s; there are %s", key, text);
	} else {
		hint("no goroutine has a pprof label");
	}
}

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

/* Sets *pattern, of `wider`, to the glob for a part of the text, and counts. Prints a hint if that finds any. */
static bool try_part(gopm_core *core, const gopm_goroutine_filter *wider, const char **pattern, const char *name)
{
	const char *old = *pattern;
	char glob[512];
	size_t size = old != NULL ? strlen(old) : 0;

	if (size == 0 || size + 3 > sizeof glob || (old[0] == '*' && old[size - 1] == '*')) {
		return false;
	}
	(void)snprintf(glob, sizeof glob, "%s%s%s", old[0] == '*' ? "" : "*", old, old[size - 1] == '*' ? "" : "*");
	*pattern = glob;
	uint64_t count = count_matches(core, wider);
	*pattern = old;
	if (count != 0) {
		hint("a glob must match the whole text; %llu goroutine%s %s=%s", (unsigned long long)count,
		     count == 1 ? " matches" : "s match", name, glob);
	}
	return count != 0;
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
	};

	wider.progress = NULL;
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		(void)try_part(core, &wider, patterns[i].pattern, patterns[i].name);
	}
	if (filter->label_value != NULL) {
		char name[128];
		(void)snprintf(name, sizeof name, "label=%s", filter->label_key);
		(void)try_part(core, &wider, &wider.label_value, name);
	} else if (filter->label_key != NULL && !try_part(core, &wider, &wider.label_key, "label")) {
		wider.label_key = NULL;
		nomatch_hint_labels(core, &wider, filter->label_key);
	}
}
