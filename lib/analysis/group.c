#include "analysis/group.h"

#include <stdlib.h>

#include "runtime/labels.h"
#include "util/text.h"

#define MAX_OBJECTS 256 /* of one goroutine */
#define MAX_LABELS 64

struct maker {
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

static bool same_str(gopm_str a, gopm_str b)
{
	return a.size == b.size && (a.data == b.data || memcmp(a.data, b.data, a.size) == 0);
}

/* What makes two goroutines one group. */
struct key {
	gopm_location location;
	gopm_str text;
	uint64_t object, stack_id;
	uint32_t kind;
};

static bool same_key(const gopm_group *group, const struct key *key)
{
	return group->object.object == key->object && group->stack_id == key->stack_id &&
	       group->object.kind == key->kind && group->location.line == key->location.line &&
	       same_str(group->location.function, key->location.function) &&
	       (key->location.function.size != 0 || group->location.pc == key->location.pc) &&
	       same_str(group->location.file, key->location.file) && same_str(group->key, key->text);
}

static uint64_t hash_key(const struct key *key)
{
	uint64_t hash = (key->object ^ key->stack_id) * UINT64_C(0x9e3779b97f4a7c15) ^ key->kind ^
	                ((uint64_t)key->location.line << 32);

	/* Names lie in one table: their place is as good as their bytes. */
	hash = hash_bytes(hash, &key->location.function.data, sizeof key->location.function.data);
	hash = hash_bytes(hash, key->text.data, key->text.size);
	return hash != 0 ? hash : 1;
}

static gopm_group *find_or_add(struct gopm__groups *groups, const struct key *key, bool *added)
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
			continue; /* another key with this hash */
		}
		*slot = groups->count;
		break;
	}
	if (groups->count == groups->capacity) {
		size_t capacity = groups->capacity != 0 ? groups->capacity * 2 : 64;
		gopm_group *list = realloc(groups->list, capacity * sizeof *list);
		if (list == NULL) {
			return NULL;
		}
		groups->list = list;
		groups->capacity = capacity;
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

static gopm_status count_key(struct maker *maker, const struct key *key, const gopm_wait *object)
{
	const struct gopm__g *g = &maker->scan->g;
	int64_t now = maker->scan->rt->now;
	bool added;
	gopm_group *group = find_or_add(maker->groups, key, &added);

	if (group == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (added && object != NULL) {
		group->object = *object;
	}
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

static gopm_status count_objects(struct maker *maker)
{
	struct gopm__scan *scan = maker->scan;
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
		/* Senders and receivers of one channel are one group: it is the channel that holds them up. */
		bool channel = waits[i].kind == GOPM_WAIT_CHAN_SEND || waits[i].kind == GOPM_WAIT_CHAN_RECEIVE ||
		               waits[i].kind == GOPM_WAIT_SELECT;
		if (channel) {
			waits[i].kind = GOPM_WAIT_CHAN_SEND;
		}
		struct key key = {.object = waits[i].object, .kind = waits[i].kind};
		gopm_status status = count_key(maker, &key, &waits[i]);
		if (status != GOPM_OK) {
			return status;
		}
		any = true;
	}
	if (!any) {
		struct key key = {.text = reason_or_status(scan)};
		return count_key(maker, &key, NULL);
	}
	return GOPM_OK;
}

static gopm_status count_one(struct maker *maker)
{
	struct gopm__scan *scan = maker->scan;
	gopm_label labels[MAX_LABELS];
	struct key key = {0};

	switch (maker->by) {
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
			if (labels[i].key.size == strlen(maker->label_key) &&
			    memcmp(labels[i].key.data, maker->label_key, labels[i].key.size) == 0) {
				key.text = labels[i].value;
			}
		}
		break;
	}
	default:
		return count_objects(maker);
	}
	return count_key(maker, &key, NULL);
}

/* A line for people: "chan main.Metric 0xc000112000, 100 of 100: 1001 senders, 0 receivers". */
static void describe(const gopm_group *group, struct gopm__text *text)
{
	const gopm_wait *o = &group->object;
	unsigned long long address = o->object, count = group->count;

	gopm__text_clear(text);
	switch (o->kind) {
	case GOPM_WAIT_CHAN_SEND:
		gopm__text_str(text, "chan ");
		gopm__text_add(text, o->type.size != 0 ? o->type.data : "?", o->type.size != 0 ? o->type.size : 1);
		gopm__text_printf(text, " 0x%llx, ", address);
		if ((o->flags & GOPM_WAIT_CLOSED) != 0) {
			gopm__text_str(text, "closed, ");
		}
		if (o->capacity == 0) {
			gopm__text_str(text, "unbuffered");
		} else {
			gopm__text_printf(text, "%llu of %llu", (unsigned long long)o->length,
			                  (unsigned long long)o->capacity);
		}
		gopm__text_printf(text, ": %s%llu senders, %llu receivers",
		                  (o->flags & GOPM_WAIT_COUNTS) != 0 ? "" : "at least ", (unsigned long long)o->senders,
		                  (unsigned long long)o->receivers);
		break;
	case GOPM_WAIT_SEMAPHORE:
		gopm__text_printf(text, "semaphore 0x%llx: %llu waiting", address, count);
		break;
	case GOPM_WAIT_COND:
		gopm__text_printf(text, "sync.Cond 0x%llx: %llu waiting", address, count);
		break;
	case GOPM_WAIT_TIMER:
		gopm__text_printf(text, "timer 0x%llx: %llu waiting", address, count);
		break;
	case GOPM_WAIT_IO:
		gopm__text_printf(text, "fd %d, pollDesc 0x%llx: %llu waiting", (int)o->fd, address, count);
		break;
	default:
		break;
	}
}

static int compare_str(gopm_str a, gopm_str b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common != 0 ? memcmp(a.data, b.data, common) : 0;
	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int by_count(const void *a, const void *b)
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

gopm_status gopm__groups_make(struct gopm__groups *groups, struct gopm__runtime *rt, const struct gopm__query *query,
                              uint32_t by, const char *label_key)
{
	struct gopm__scan scan;
	struct maker maker = {groups, &scan, by, label_key};
	struct gopm__text text = {0};
	gopm_status status = GOPM_OK;

	*groups = (struct gopm__groups){0};
	if (by < GOPM_GROUP_USER || by > GOPM_GROUP_STACK || (by == GOPM_GROUP_LABEL) != (label_key != NULL)) {
		return GOPM_ERR_ARGUMENT;
	}
	gopm__scan_init(&scan, rt, query);
	while (status == GOPM_OK && gopm__scan_next(&scan)) {
		status = count_one(&maker);
	}
	gopm__scan_clear(&scan);
	for (size_t i = 0; status == GOPM_OK && i < groups->count; i++) {
		gopm_group *group = &groups->list[i];
		if (group->object.object != 0) {
			describe(group, &text);
			group->key = gopm__arena_str(&groups->strings, text.data != NULL ? text.data : "", text.size);
			status = text.failed || group->key.data == NULL ? GOPM_ERR_NO_MEMORY : GOPM_OK;
		}
	}
	gopm__text_free(&text);
	if (status != GOPM_OK) {
		gopm__groups_clear(groups);
		return status;
	}
	if (groups->count != 0) {
		qsort(groups->list, groups->count, sizeof *groups->list, by_count);
	}
	return GOPM_OK;
}

void gopm__groups_clear(struct gopm__groups *groups)
{
	free(groups->list);
	gopm__map64_free(&groups->index);
	gopm__arena_free(&groups->strings);
	*groups = (struct gopm__groups){0};
}
