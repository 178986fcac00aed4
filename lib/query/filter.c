/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "query/query.h"
#include "runtime/labels.h"
#include "util/glob.h"
#include "util/percent.h"
#include "util/search.h"

/* A filter by object compares at most this many objects of a goroutine, a filter by label this many labels. */
#define MAX_OBJECTS 256
#define MAX_LABELS 64

/* Copies a pattern. A pattern of functions may be written with the linker's escapes: they are decoded. No byte that is
 * special in a glob is escaped. */
static bool copy_pattern(struct gopm__query *query, const char **pattern, bool function)
{
	if (*pattern == NULL) {
		return true;
	}
	gopm_str copy = gopm__arena_str(&query->strings, *pattern, strlen(*pattern));
	if (function && copy.data != NULL) {
		copy = gopm__percent_decoded(&query->strings, copy);
	}
	*pattern = copy.data;
	return copy.data != NULL;
}

gopm_status gopm__query_init(struct gopm__query *query, const gopm_goroutine_filter *filter)
{
	*query = (struct gopm__query){.fields = GOPM_FIELD_ALL};
	if (filter == NULL) {
		query->filter.fields = GOPM_FIELD_ALL;
		return GOPM_OK;
	}
	query->filter = *filter;
	gopm_goroutine_filter *f = &query->filter;
	const struct {
		const char **pattern;
		bool function;
	} patterns[] = {{&f->status, false}, {&f->wait_reason, false}, {&f->label_key, false}, {&f->label_value, false},
	                {&f->user, true},    {&f->start, true},        {&f->go, true},         {&f->current, true}};
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		if (!copy_pattern(query, patterns[i].pattern, patterns[i].function)) {
			gopm__query_clear(query);
			return GOPM_ERR_NO_MEMORY;
		}
	}
	if (f->ids != NULL) {
		uint64_t *ids = gopm__arena_alloc(&query->strings, f->id_count * sizeof *ids);
		if (ids == NULL) {
			gopm__query_clear(query);
			return GOPM_ERR_NO_MEMORY;
		}
		memcpy(ids, f->ids, f->id_count * sizeof *ids);
		f->ids = ids;
	}
	query->fields = f->fields;
	return GOPM_OK;
}

void gopm__query_clear(struct gopm__query *query)
{
	gopm__arena_free(&query->strings);
}

static bool has_label(struct gopm__scan *scan, const char *key, const char *value)
{
	gopm_label labels[MAX_LABELS];
	size_t count = gopm__labels(scan->rt, &scan->reader, &scan->g, labels, MAX_LABELS);

	for (size_t i = 0; i < count && i < MAX_LABELS; i++) {
		if ((key == NULL || gopm__glob(key, labels[i].key)) &&
		    (value == NULL || gopm__glob(value, labels[i].value))) {
			return true;
		}
	}
	return false;
}

static bool waits_on(struct gopm__scan *scan, uint64_t object)
{
	gopm_wait waits[MAX_OBJECTS];
	size_t count = gopm__waits(scan->rt, &scan->reader, &scan->cache, &scan->g, waits, MAX_OBJECTS);

	for (size_t i = 0; i < count && i < MAX_OBJECTS; i++) {
		if (waits[i].object == object) {
			return true;
		}
	}
	return false;
}

static gopm_str function_at(const struct gopm__place_in_code *place)
{
	return place->call != NULL ? place->call->function : (gopm_str){NULL, 0};
}

static bool is_listed(const gopm_goroutine_filter *filter, uint64_t id)
{
	size_t i;

	GOPM__LOWER_BOUND(i, filter->id_count, filter->ids[i] < id);
	return i < filter->id_count && filter->ids[i] == id;
}

/* Tests cheap conditions first, so that most goroutines that do not pass need not be unwound. */
bool gopm__scan_passes(struct gopm__scan *scan)
{
	const gopm_goroutine_filter *f = &scan->query->filter;
	const struct gopm__g *g = &scan->g;

	if ((f->id != 0 && g->id != f->id) || (f->address != 0 && g->address != f->address) ||
	    (f->ids != NULL && !is_listed(f, g->id)) || (gopm__g_is_dead(g) && (f->flags & GOPM_FILTER_DEAD) == 0) ||
	    (f->thread_id != 0 && (g->thread == NULL || g->thread->id != f->thread_id)) ||
	    (f->status != NULL && !gopm__glob(f->status, gopm__g_status_name(g->status))) ||
	    (f->wait_reason != NULL && !gopm__glob(f->wait_reason, gopm__g_wait_reason(scan->rt, g))) ||
	    (f->min_wait_time != 0 && gopm__scan_wait_time(scan) < f->min_wait_time)) {
		return false;
	}
	if ((f->flags & (GOPM_FILTER_NO_SYSTEM | GOPM_FILTER_ONLY_SYSTEM)) != 0 &&
	    gopm__g_is_system(scan->rt, g) != ((f->flags & GOPM_FILTER_ONLY_SYSTEM) != 0)) {
		return false;
	}
	if (f->start != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_START);
		if (!gopm__glob(f->start, scan->start.function)) {
			return false;
		}
	}
	if (f->go != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_GO);
		if (!gopm__glob(f->go, function_at(&scan->go))) {
			return false;
		}
	}
	if (f->current != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_CURRENT);
		if (!gopm__glob(f->current, function_at(&scan->current))) {
			return false;
		}
	}
	if (f->user != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_USER);
		if (!gopm__glob(f->user, function_at(&scan->user))) {
			return false;
		}
	}
	if (f->stack_id != 0) {
		gopm__scan_locate(scan, GOPM_FIELD_STACK);
		if (scan->stack_id != f->stack_id) {
			return false;
		}
	}
	return ((f->label_key == NULL && f->label_value == NULL) || has_label(scan, f->label_key, f->label_value)) &&
	       (f->wait_object == 0 || waits_on(scan, f->wait_object));
}
