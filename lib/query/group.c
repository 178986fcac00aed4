/* SPDX-License-Identifier: Apache-2.0 */
/* Counts goroutines into groups with a hash table from keys. Several threads count parts of allgs. Their groups
 * are merged in the order of the parts, so the number of threads does not change the result. */
#include "query/group.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "runtime/labels.h"
#include "util/str.h"
#include "util/vector.h"
#include "util/workers.h"

/* Of one goroutine. */
#define MAX_OBJECTS 256
#define MAX_LABELS 64
/* With fewer goroutines each, threads cost more than they gain. */
#define GOROUTINES_A_WORKER 50000u

/* Counts the goroutines of a scan into groups. */
struct counter {
	struct gopm__groups *groups;
	struct gopm__scan *scan;
	uint32_t by;
	const char *label_key;
};

static uint64_t hash_bytes(uint64_t seed, const void *data, size_t size)
{
	const uint8_t *p = data;
	uint64_t hash = seed ^ UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++) {
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	}
	return hash;
}

/* Goroutines with equal keys are one group. */
struct group_key {
	gopm_location location;
	gopm_str text;
	uint64_t object, stack_id;
	uint32_t kind;
};

static bool same_key(const gopm_group *group, const struct group_key *key)
{
	return group->object.object == key->object && group->stack_id == key->stack_id &&
	       group->object.kind == key->kind && group->location.line == key->location.line &&
	       gopm__str_equal(group->location.function, key->location.function) &&
	       (key->location.function.size != 0 || group->location.pc == key->location.pc) &&
	       gopm__str_equal(group->location.file, key->location.file) && gopm__str_equal(group->key, key->text);
}

static uint64_t hash_key(const struct group_key *key)
{
	uint64_t hash = (key->object ^ key->stack_id) * UINT64_C(0x9e3779b97f4a7c15) ^ key->kind ^
	                ((uint64_t)key->location.line << 32);

	/* Function names are unique in their table: hash the address, not the text. */
	hash = hash_bytes(hash, &key->location.function.data, sizeof key->location.function.data);
	hash = hash_bytes(hash, key->text.data, key->text.size);
	return hash != 0 ? hash : 1;
}

static gopm_group *group_of_key(struct gopm__groups *groups, const struct group_key *key, bool *added)
{
	uint64_t hash = hash_key(key);

	for (;; hash = hash + 1 != 0 ? hash + 1 : 1) {
		bool fresh;
		uint64_t *slot = gopm__map64_put(&groups->index, hash, &fresh);
		if (slot == NULL) {
			return NULL;
		}
		*added = fresh;
		if (!fresh && same_key(&groups->list[*slot], key)) {
			return &groups->list[*slot];
		}
		if (!fresh) {
			continue; /* another key has this hash */
		}
		*slot = groups->count;
		break;
	}
	if (!GOPM__VECTOR_RESERVE(groups->list, groups->count, groups->capacity, 1)) {
		return NULL;
	}
	gopm_group *group = &groups->list[groups->count++];
	*group = (gopm_group){.location = key->location,
	                      .object = {.object = key->object, .kind = key->kind, .fd = -1},
	                      .stack_id = key->stack_id};
	group->key = key->text;
	if (key->text.size != 0) {
		group->key = gopm__arena_str(&groups->strings, key->text.data, key->text.size);
		if (group->key.data == NULL) {
			return NULL;
		}
	}
	return group;
}

static gopm_status count_key(struct counter *counter, const struct group_key *key, const gopm_wait *object)
{
	const struct gopm__g *g = &counter->scan->g;
	int64_t now = counter->scan->rt->now;
	bool added;
	gopm_group *group = group_of_key(counter->groups, key, &added);

	if (group == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (added && object != NULL) {
		group->object = *object;
	}
	group->partial_count += counter->scan->partial ? 1 : 0;
	int64_t waited = g->wait_since > 0 && now > g->wait_since ? now - g->wait_since : 0;
	if (waited > 0 && (group->shortest_wait == 0 || waited < group->shortest_wait)) {
		group->shortest_wait = waited;
	}
	if (group->count++ == 0 || waited > group->longest_wait) {
		group->example_id = g->id;
		group->longest_wait = waited;
	}
	return GOPM_OK;
}

static gopm_str reason_or_status(const struct gopm__scan *scan)
{
	gopm_str reason = gopm__g_wait_reason(scan->rt, &scan->g);
	return reason.size != 0 ? reason : gopm__g_status_name(scan->g.status);
}

static gopm_status count_objects(struct counter *counter)
{
	struct gopm__scan *scan = counter->scan;
	gopm_wait waits[MAX_OBJECTS];
	size_t count = gopm__waits(scan->rt, &scan->reader, &scan->cache, &scan->g, waits, MAX_OBJECTS);
	bool any = false;

	for (size_t i = 0; i < count && i < MAX_OBJECTS; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++) {
			again = again || waits[k].object == waits[i].object;
		}
		if (waits[i].object == 0 || again) {
			continue;
		}
		/* Senders and receivers of one channel are one group: all of them wait for the channel. */
		bool channel = waits[i].kind == GOPM_WAIT_CHAN_SEND || waits[i].kind == GOPM_WAIT_CHAN_RECEIVE ||
		               waits[i].kind == GOPM_WAIT_SELECT;
		if (channel) {
			waits[i].kind = GOPM_WAIT_CHAN_SEND;
		}
		struct group_key key = {.object = waits[i].object, .kind = waits[i].kind};
		gopm_status status = count_key(counter, &key, &waits[i]);
		if (status != GOPM_OK) {
			return status;
		}
		any = true;
	}
	if (!any) {
		struct group_key key = {.text = reason_or_status(scan)};
		return count_key(counter, &key, NULL);
	}
	return GOPM_OK;
}

static gopm_status count_goroutine(struct counter *counter)
{
	struct gopm__scan *scan = counter->scan;
	gopm_label labels[MAX_LABELS];
	gopm_str wanted = {counter->label_key, counter->label_key != NULL ? strlen(counter->label_key) : 0};
	struct group_key key = {0};

	switch (counter->by) {
	case GOPM_GROUP_USER:
		gopm__scan_locate(scan, GOPM_FIELD_USER);
		key.location = gopm__place_location(&scan->user);
		break;
	case GOPM_GROUP_CURRENT:
		gopm__scan_locate(scan, GOPM_FIELD_CURRENT);
		key.location = gopm__place_location(&scan->current);
		break;
	case GOPM_GROUP_GO:
		gopm__scan_locate(scan, GOPM_FIELD_GO);
		key.location = gopm__place_location(&scan->go);
		break;
	case GOPM_GROUP_START:
		gopm__scan_locate(scan, GOPM_FIELD_START);
		key.location = scan->start;
		break;
	case GOPM_GROUP_STACK:
		gopm__scan_locate(scan, GOPM_FIELD_STACK);
		key.stack_id = scan->stack_id;
		key.text = reason_or_status(scan);
		break;
	case GOPM_GROUP_REASON:
		key.text = reason_or_status(scan);
		break;
	case GOPM_GROUP_LABEL: {
		size_t count = gopm__labels(scan->rt, &scan->reader, &scan->g, labels, MAX_LABELS);
		for (size_t i = 0; i < count && i < MAX_LABELS; i++) {
			if (gopm__str_equal(labels[i].key, wanted)) {
				key.text = labels[i].value;
			}
		}
		break;
	}
	default:
		return count_objects(counter);
	}
	return count_key(counter, &key, NULL);
}

static int compare_str(gopm_str a, gopm_str b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common != 0 ? memcmp(a.data, b.data, common) : 0;
	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_groups(const void *a, const void *b)
{
	const gopm_group *x = a, *y = b;

	if (x->count != y->count) {
		return x->count < y->count ? 1 : -1;
	}
	int order = compare_str(x->location.function, y->location.function);
	if (order == 0 && x->location.line != y->location.line) {
		order = x->location.line < y->location.line ? -1 : 1;
	}
	if (order == 0) {
		order = compare_str(x->key, y->key);
	}
	return order != 0 ? order : (x->example_id > y->example_id) - (x->example_id < y->example_id);
}

/* A thread that counts a part of allgs into groups of its own. */
struct worker {
	struct gopm__groups groups;
	struct gopm__runtime *rt;
	const struct gopm__query *query;
	const char *label_key;
	struct gopm__id_set *ids;
	uint64_t begin, end;
	uint32_t by;
	atomic_bool *stop;
	gopm_status status;
};

static void count_part(void *part)
{
	struct worker *worker = part;
	struct gopm__scan scan;
	struct counter counter = {&worker->groups, &scan, worker->by, worker->label_key};

	gopm__scan_init(&scan, worker->rt, worker->query);
	scan.ids = worker->ids;
	scan.next = scan.begin = worker->begin;
	scan.end = worker->end;
	scan.stop = worker->stop;
	scan.silent = worker->begin != 0;
	worker->status = GOPM_OK;
	while (worker->status == GOPM_OK && gopm__scan_next(&scan)) {
		worker->status = count_goroutine(&counter);
	}
	if (scan.cancelled) {
		worker->status = GOPM_ERR_CANCELLED;
	}
	gopm__scan_clear(&scan);
}

/* Adds the groups of a later part of allgs. The result is the same as that of one pass over both parts. */
static gopm_status merge_groups(struct gopm__groups *into, const struct gopm__groups *part)
{
	for (size_t i = 0; i < part->count; i++) {
		const gopm_group *from = &part->list[i];
		struct group_key key = {.location = from->location,
		                        .text = from->key,
		                        .object = from->object.object,
		                        .stack_id = from->stack_id,
		                        .kind = from->object.kind};
		bool added;
		gopm_group *to = group_of_key(into, &key, &added);
		if (to == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (added) {
			gopm_str text = to->key;
			*to = *from;
			to->key = text;
			continue;
		}
		to->count += from->count;
		to->partial_count += from->partial_count;
		if (from->longest_wait > to->longest_wait) {
			to->longest_wait = from->longest_wait;
			to->example_id = from->example_id;
		}
		if (from->shortest_wait != 0 && (to->shortest_wait == 0 || from->shortest_wait < to->shortest_wait)) {
			to->shortest_wait = from->shortest_wait;
		}
	}
	return GOPM_OK;
}

static gopm_status count_groups(struct gopm__groups *groups, const struct worker *common, size_t count)
{
	struct worker workers[GOPM__MOST_WORKERS] = {0};
	struct gopm__id_set ids;
	const uint64_t entries = common->rt->g_count;
	atomic_bool stop = false;

	gopm__id_set_init(&ids, common->rt);
	for (size_t i = 0; i < count; i++) {
		workers[i] = *common;
		workers[i].ids = &ids;
		workers[i].stop = &stop;
		workers[i].begin = gopm__workers_begin(entries, i, count);
		workers[i].end = gopm__workers_begin(entries, i + 1, count);
	}
	const bool complete = gopm__workers_run(count_part, workers, sizeof workers[0], count);
	gopm__id_set_free(&ids);
	*groups = workers[0].groups;
	gopm_status status = complete ? workers[0].status : GOPM_ERR_NO_MEMORY;
	for (size_t i = 1; i < count; i++) {
		if (status == GOPM_OK) {
			status =
			    workers[i].status != GOPM_OK ? workers[i].status : merge_groups(groups, &workers[i].groups);
		}
		gopm__groups_clear(&workers[i].groups);
	}
	if (status != GOPM_OK) {
		gopm__groups_clear(groups);
	}
	return status;
}

gopm_status gopm__groups_make(struct gopm__groups *groups, struct gopm__runtime *rt, const struct gopm__query *query,
                              uint32_t by, const char *label_key)
{
	const struct worker common = {.rt = rt, .query = query, .label_key = label_key, .by = by};
	const size_t count = (query->filter.flags & GOPM_FILTER_ONE_THREAD) != 0
	                         ? 1
	                         : gopm__workers_worth(rt->g_count, GOROUTINES_A_WORKER);
	const bool known = gopm__repeats_known(rt);

	*groups = (struct gopm__groups){0};
	if (by < GOPM_GROUP_USER || by > GOPM_GROUP_STACK || (by == GOPM_GROUP_LABEL) != (label_key != NULL)) {
		return GOPM_ERR_ARGUMENT;
	}
	gopm_status status = count_groups(groups, &common, count);
	/* A worker may have counted an entry before another one found that it repeats. */
	if (status == GOPM_OK && !known && gopm__repeats_known(rt)) {
		gopm__groups_clear(groups);
		status = count_groups(groups, &common, count);
	}
	return status;
}

void gopm__groups_sort(struct gopm__groups *groups)
{
	if (groups->count != 0) {
		qsort(groups->list, groups->count, sizeof *groups->list, compare_groups);
	}
}

void gopm__groups_clear(struct gopm__groups *groups)
{
	free(groups->list);
	gopm__map64_free(&groups->index);
	gopm__arena_free(&groups->strings);
	*groups = (struct gopm__groups){0};
}
