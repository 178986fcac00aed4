/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/birth.h"

#include <stdlib.h>

#include "runtime/g.h"
#include "util/allocate.h"

static int compare_places(const void *a, const void *b)
{
	const struct gopm__birth *x = a, *y = b;

	if (x->group != y->group) {
		return x->group < y->group ? -1 : 1;
	}
	return (x->pc > y->pc) - (x->pc < y->pc);
}

static int compare_births(const void *a, const void *b)
{
	const struct gopm__birth *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	if (x->holders != y->holders) {
		return x->holders < y->holders ? 1 : -1;
	}
	return compare_places(a, b);
}

/* Makes one entry for each goroutine and timer. */
static size_t list_holders(const struct gopm__ownership *o, struct gopm__birth *list)
{
	const struct gopm__holders *h = &o->holders;
	const struct gopm__runtime *rt = &o->heap->program->runtime;
	struct gopm__reader reader = gopm__reader(&o->heap->program->file.memory);
	struct gopm__g g;
	size_t count = 0;

	for (uint32_t i = 0; i < h->count; i++) {
		const uint32_t group = h->list[i].group, node = o->graph.first_holder + i;
		const uint8_t kind = h->groups[group].kind;
		if (kind != GOPM__HOLDER_GOROUTINE && kind != GOPM__HOLDER_TIMER) {
			continue;
		}
		const bool known = kind == GOPM__HOLDER_GOROUTINE && gopm__g_read(rt, &reader, h->list[i].key, &g);
		list[count++] = (struct gopm__birth){.group = group,
		                                     .pc = known ? g.gopc : 0,
		                                     .holders = 1,
		                                     .objects = o->retained.objects[node],
		                                     .bytes = gopm__retained_bytes(&o->retained, node)};
	}
	return count;
}

/* Joins the entries of one birthplace. */
static size_t join_holders(struct gopm__birth *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 1; i < count; i++) {
		if (compare_places(&list[kept], &list[i]) == 0) {
			list[kept].holders++;
			list[kept].objects += list[i].objects;
			list[kept].bytes += list[i].bytes;
		} else {
			list[++kept] = list[i];
		}
	}
	return count != 0 ? kept + 1 : 0;
}

/* A group that has one birthplace retains what its holders share, too. */
static void take_groups(const struct gopm__ownership *o, struct gopm__birth *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint32_t node = o->graph.first_group + list[i].group;
		list[i].shared = (i != 0 && list[i - 1].group == list[i].group) ||
		                 (i + 1 < count && list[i + 1].group == list[i].group);
		if (!list[i].shared) {
			list[i].objects = o->retained.objects[node];
			list[i].bytes = gopm__retained_bytes(&o->retained, node);
		}
	}
}

gopm_status gopm__births(const struct gopm__ownership *ownership, struct gopm__birth **list, size_t *count)
{
	struct gopm__birth *births = gopm__calloc(ownership->holders.count + 1, sizeof *births);

	*list = births;
	*count = 0;
	if (births == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	size_t found = list_holders(ownership, births);
	if (found != 0) {
		qsort(births, found, sizeof *births, compare_places);
		found = join_holders(births, found);
		take_groups(ownership, births, found);
		qsort(births, found, sizeof *births, compare_births);
	}
	*count = found;
	return GOPM_OK;
}
