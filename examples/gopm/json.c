/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "waits.h"

void json_string(gopm_str str)
{
	output_char('"');
	output_json(str);
	output_char('"');
}

void json_cstring(const char *text)
{
	json_string((gopm_str){text, strlen(text)});
}

void json_double(double value)
{
	char text[40];

	if (!isfinite(value)) {
		output_text("null");
		return;
	}
	int length = snprintf(text, sizeof text, "%.17g", value);
	output_raw(text, (size_t)length);
}

void json_bool(bool value)
{
	if (value) {
		output_text("true");
	} else {
		output_text("false");
	}
}

void json_location(const gopm_location *location, bool delve)
{
	output_text("{\"pc\":");
	output_u64(location->pc);
	output_text(",\"file\":");
	json_string(location->file);
	output_text(",\"line\":");
	output_u64(location->line);
	if (location->function.size != 0) {
		output_text(",\"function\":{\"name\":");
		json_string(location->function);
		output_text(",\"value\":");
		output_u64(location->entry);
		output_text(",\"type\":0,\"goType\":0");
		if (delve) {
			json_next_key("optimized");
			json_bool((location->flags & GOPM_LOCATION_OPTIMIZED) != 0);
		}
		output_char('}');
	}
	output_char('}');
}

static int by_key(const void *a, const void *b)
{
	const gopm_label *left = a, *right = b;
	size_t size = left->key.size < right->key.size ? left->key.size : right->key.size;
	int order = size != 0 ? memcmp(left->key.data, right->key.data, size) : 0;

	return order != 0 ? order : (left->key.size > right->key.size) - (left->key.size < right->key.size);
}

/* Sorted by key, as Go prints a map. */
static void labels_member(gopm_core *core, const gopm_goroutine *g)
{
	gopm_label small[16], *labels = small;
	size_t capacity = sizeof small / sizeof small[0], count = 0;

	if (gopm_goroutine_labels(core, g->address, labels, sizeof labels[0], capacity, &count) != GOPM_OK) {
		return;
	}
	if (count > capacity) {
		capacity = count;
		labels = calloc(capacity, sizeof labels[0]);
		if (labels == NULL ||
		    gopm_goroutine_labels(core, g->address, labels, sizeof labels[0], capacity, &count) != GOPM_OK) {
			free(labels);
			return;
		}
		count = count < capacity ? count : capacity;
	}
	qsort(labels, count, sizeof labels[0], by_key);
	json_next_key("labels");
	output_char('{');
	for (size_t i = 0; i < count; i++) {
		if (i != 0) {
			output_char(',');
		}
		json_string(labels[i].key);
		output_char(':');
		json_string(labels[i].value);
	}
	output_char('}');
	if (labels != small) {
		free(labels);
	}
}

void json_wait(const gopm_wait *wait)
{
	output_text("{\"kind\":");
	json_string(gopm_wait_kind_name(wait->kind));
	if (wait->object != 0) {
		json_next_key("object");
		output_u64(wait->object);
	}
	if ((wait->flags & GOPM_WAIT_FLAG_UNREADABLE) != 0) {
		json_next_key("unreadable");
		json_bool(true);
	} else if (wait->kind == GOPM_WAIT_CHAN_SEND || wait->kind == GOPM_WAIT_CHAN_RECEIVE ||
	           wait->kind == GOPM_WAIT_SELECT) {
		json_next_key("type");
		json_string(wait->type);
		json_next_key("length");
		output_u64(wait->length);
		json_next_key("capacity");
		output_u64(wait->capacity);
		json_next_key("closed");
		json_bool((wait->flags & GOPM_WAIT_FLAG_CLOSED) != 0);
		if ((wait->flags & GOPM_WAIT_FLAG_COUNTS) != 0) {
			json_next_key("senders");
			output_u64(wait->senders);
			json_next_key("receivers");
			output_u64(wait->receivers);
		}
		if (wait->kind == GOPM_WAIT_SELECT && (wait->flags & GOPM_WAIT_FLAG_DIRECTION) != 0) {
			json_next_key("send");
			json_bool((wait->flags & GOPM_WAIT_FLAG_SEND) != 0);
		}
	} else if ((wait->flags & GOPM_WAIT_FLAG_COUNTS) != 0) {
		json_next_key("waiters");
		output_u64(wait->receivers);
	}
	if (wait->deadline != 0) {
		json_next_key("deadline");
		output_i64(wait->deadline);
	}
	if (wait->fd >= 0) {
		json_next_key("fd");
		output_i64(wait->fd);
	}
	output_char('}');
}

/* Members that Delve's record does not have. */
static void own_members(gopm_core *core, const gopm_goroutine *g)
{
	json_next_key("statusName");
	json_string(g->status_name);
	json_next_key("waitReasonName");
	json_string(g->wait_reason);
	json_next_key("waitTime");
	output_i64(g->wait_time);
	json_next_key("parentID");
	output_u64(g->parent_id);
	json_next_key("system");
	json_bool((g->flags & GOPM_G_FLAG_SYSTEM) != 0);
	json_next_key("address");
	output_u64(g->address);
	if (g->locked_thread_id != 0) {
		json_next_key("lockedThreadID");
		output_u64(g->locked_thread_id);
	}
	if ((g->flags & GOPM_G_FLAG_PARTIAL) != 0) {
		json_next_key("partial");
		json_bool(true);
	}
	if (g->wait_count != 0) {
		json_next_key("wait");
		json_wait(&g->wait);
	}
	json_waits(core, g);
}

void json_goroutine(gopm_core *core, const gopm_goroutine *g, bool delve)
{
	output_text("{\"id\":");
	output_u64(g->id);
	output_text(",\"currentLoc\":");
	json_location(&g->current, delve);
	output_text(",\"userCurrentLoc\":");
	json_location(&g->user, delve);
	output_text(",\"goStatementLoc\":");
	json_location(&g->go_statement, delve);
	output_text(",\"startLoc\":");
	json_location(&g->start, delve);
	output_text(",\"threadID\":");
	output_u64(g->thread_id);
	output_text(",\"status\":");
	output_u64(g->raw_status);
	output_text(",\"waitSince\":");
	output_i64(g->wait_since);
	output_text(",\"waitReason\":");
	output_u64(g->raw_wait_reason);
	output_text(",\"unreadable\":\"\"");
	if (g->label_count != 0) {
		labels_member(core, g);
	}
	if (!delve) {
		own_members(core, g);
	}
	output_char('}');
}
