/* SPDX-License-Identifier: Apache-2.0 */
#include "export/goroutine_json.h"

#include <stdlib.h>

#include "export/location_json.h"
#include "export/wait_json.h"
#include "runtime/labels.h"
#include "runtime/wait.h"
#include "util/allocate.h"

/* Labels, and objects of a select, that need no allocation. */
enum { FEW = 16 };

static int by_key(const void *a, const void *b)
{
	const gopm_label *left = a, *right = b;
	size_t size = left->key.size < right->key.size ? left->key.size : right->key.size;
	int order = size != 0 ? memcmp(left->key.data, right->key.data, size) : 0;

	return order != 0 ? order : (left->key.size > right->key.size) - (left->key.size < right->key.size);
}

/* Sorted by key, as Go prints a map. */
static void write_labels(struct gopm__json *w, gopm_label *labels, size_t count)
{
	qsort(labels, count, sizeof labels[0], by_key);
	gopm__json_next_key(w, "labels");
	gopm__json_text(w, "{");
	for (size_t i = 0; i < count; i++) {
		if (i != 0) {
			gopm__json_text(w, ",");
		}
		gopm__json_string(w, labels[i].key);
		gopm__json_text(w, ":");
		gopm__json_string(w, labels[i].value);
	}
	gopm__json_text(w, "}");
}

static void labels_member(struct gopm__json *w, struct gopm__runtime *rt, uint64_t address)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	gopm_label few[FEW], *labels = few;
	struct gopm__g g;

	if (!gopm__g_read(rt, &reader, address, &g)) {
		return;
	}
	size_t count = gopm__labels(rt, &reader, &g, few, FEW);
	if (count > FEW) {
		labels = gopm__calloc(count, sizeof *labels);
		if (labels == NULL) {
			return;
		}
		(void)gopm__labels(rt, &reader, &g, labels, count);
	}
	if (count != 0) {
		write_labels(w, labels, count);
	}
	if (labels != few) {
		free(labels);
	}
}

/* All objects that it waits on. */
static void waits_member(struct gopm__json *w, struct gopm__runtime *rt, const gopm_goroutine *record)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__wait_cache cache = {0};
	size_t capacity = record->wait_count, count = 0;
	gopm_wait few[FEW], *waits = few;
	struct gopm__g g;

	if (!gopm__g_read(rt, &reader, record->address, &g)) {
		return;
	}
	if (capacity > FEW) {
		waits = gopm__calloc(capacity, sizeof *waits);
	}
	if (waits != NULL) {
		count = gopm__waits(rt, &reader, &cache, &g, waits, capacity);
		count = count < capacity ? count : capacity;
	}
	for (size_t i = 0; i < count; i++) {
		gopm__json_raw(w, i != 0 ? "," : ",\"waits\":[", i != 0 ? 1 : strlen(",\"waits\":["));
		gopm__wait_json(w, &waits[i]);
	}
	if (count != 0) {
		gopm__json_text(w, "]");
	}
	if (waits != few) {
		free(waits);
	}
	gopm__wait_cache_free(&cache);
}

/* Members that Delve's record does not have. */
static void own_members(struct gopm__json *w, struct gopm__runtime *rt, const gopm_goroutine *g)
{
	gopm__json_next_key(w, "statusName");
	gopm__json_string(w, g->status_name);
	gopm__json_next_key(w, "waitReasonName");
	gopm__json_string(w, g->wait_reason);
	gopm__json_next_key(w, "waitTime");
	gopm__json_i64(w, g->wait_time);
	gopm__json_next_key(w, "parentID");
	gopm__json_u64(w, g->parent_id);
	gopm__json_next_key(w, "system");
	gopm__json_bool(w, (g->flags & GOPM_G_FLAG_SYSTEM) != 0);
	gopm__json_next_key(w, "address");
	gopm__json_u64(w, g->address);
	if (g->locked_thread_id != 0) {
		gopm__json_next_key(w, "lockedThreadID");
		gopm__json_u64(w, g->locked_thread_id);
	}
	if ((g->flags & GOPM_G_FLAG_PARTIAL) != 0) {
		gopm__json_text(w, ",\"partial\":true");
	}
	if (g->wait_count != 0) {
		gopm__json_next_key(w, "wait");
		gopm__wait_json(w, &g->wait);
	}
	if (g->wait_count > 1) {
		waits_member(w, rt, g);
	}
}

void gopm__goroutine_json(struct gopm__json *w, struct gopm__runtime *rt, const gopm_goroutine *g, uint32_t flags)
{
	uint32_t delve = flags & GOPM_JSON_DELVE;

	gopm__json_open(w, flags);
	gopm__json_key(w, "id");
	gopm__json_u64(w, g->id);
	gopm__json_next_key(w, "currentLoc");
	gopm__location_json(w, &g->current, delve);
	gopm__json_next_key(w, "userCurrentLoc");
	gopm__location_json(w, &g->user, delve);
	gopm__json_next_key(w, "goStatementLoc");
	gopm__location_json(w, &g->go_statement, delve);
	gopm__json_next_key(w, "startLoc");
	gopm__location_json(w, &g->start, delve);
	gopm__json_next_key(w, "threadID");
	gopm__json_u64(w, g->thread_id);
	gopm__json_next_key(w, "status");
	gopm__json_u64(w, g->raw_status);
	gopm__json_next_key(w, "waitSince");
	gopm__json_i64(w, g->wait_since);
	gopm__json_next_key(w, "waitReason");
	gopm__json_u64(w, g->raw_wait_reason);
	gopm__json_text(w, ",\"unreadable\":\"\"");
	if (g->label_count != 0) {
		labels_member(w, rt, g->address);
	}
	if (delve == 0) {
		own_members(w, rt, g);
	}
	gopm__json_close(w, flags);
}
