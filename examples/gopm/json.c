/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "waits.h"

/* Returns the number of bytes at `p` that need no quotes. It tests eight at a time, because most
 * names and paths are plain. */
static size_t plain_length(const char *p, size_t size)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones * 0x80;
	size_t i = 0;

	for (; size - i >= 8; i += 8) {
		uint64_t x, quote, slash;

		memcpy(&x, p + i, sizeof x);
		quote = x ^ (ones * '"');
		slash = x ^ (ones * '\\');
		/* The high bit of a byte is set in x if the byte is above 0x7f, in the second term if it is below
		 * 0x20, and in the others if it is '"' or '\\'. A borrow can set too many bits, never too few. */
		if (((x | (x - ones * 0x20) | (quote - ones) | (slash - ones)) & highs) != 0) {
			break;
		}
	}
	for (; i < size; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
			break;
		}
	}
	return i;
}

/* Returns the length of the well-formed UTF-8 sequence at `p`, or 0. */
static size_t utf8_length(const unsigned char *p, size_t size)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t length;

	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		length = 2;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		length = 3;
		low = p[0] == 0xe0 ? 0xa0 : low;
		high = p[0] == 0xed ? 0x9f : high; /* surrogates are not characters */
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		length = 4;
		low = p[0] == 0xf0 ? 0x90 : low;
		high = p[0] == 0xf4 ? 0x8f : high;
	} else {
		return 0;
	}
	if (size < length || p[1] < low || p[1] > high) {
		return 0;
	}
	for (size_t i = 2; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return length;
}

static void quoted(unsigned char c)
{
	switch (c) {
	case '"':
		output_text("\\\"");
		return;
	case '\\':
		output_text("\\\\");
		return;
	case '\n':
		output_text("\\n");
		return;
	case '\r':
		output_text("\\r");
		return;
	case '\t':
		output_text("\\t");
		return;
	default:
		output_text("\\u00");
		output_char("0123456789abcdef"[c >> 4]);
		output_char("0123456789abcdef"[c & 15]);
	}
}

void json_string(gopm_str str)
{
	const char *p = str.data;
	size_t left = str.size;

	output_char('"');
	while (left != 0) {
		size_t length = plain_length(p, left);

		if (length == 0) {
			unsigned char c = (unsigned char)*p;

			length = 1;
			if (c < 0x80) {
				quoted(c);
			} else {
				size_t sequence = utf8_length((const unsigned char *)p, left);

				if (sequence == 0) {
					output_text("\xef\xbf\xbd");
				} else {
					length = sequence;
					output_bytes(p, length);
				}
			}
		} else {
			output_bytes(p, length);
		}
		p += length;
		left -= length;
	}
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
	output_bytes(text, (size_t)length);
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

static const char *wait_kind(uint32_t kind)
{
	static const char *const names[] = {
	    [GOPM_WAIT_NONE] = "none",
	    [GOPM_WAIT_CHAN_SEND] = "chan send",
	    [GOPM_WAIT_CHAN_RECEIVE] = "chan receive",
	    [GOPM_WAIT_SELECT] = "select",
	    [GOPM_WAIT_SEMAPHORE] = "semaphore",
	    [GOPM_WAIT_COND] = "cond",
	    [GOPM_WAIT_TIMER] = "timer",
	    [GOPM_WAIT_IO] = "io",
	    [GOPM_WAIT_FOREVER] = "forever",
	    [GOPM_WAIT_OTHER] = "other",
	};

	return kind < sizeof names / sizeof names[0] ? names[kind] : "other";
}

void json_wait(const gopm_wait *wait)
{
	output_text("{\"kind\":\"");
	output_string(wait_kind(wait->kind));
	output_char('"');
	if (wait->object != 0) {
		json_next_key("object");
		output_u64(wait->object);
	}
	if ((wait->flags & GOPM_WAIT_UNREADABLE) != 0) {
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
		json_bool((wait->flags & GOPM_WAIT_CLOSED) != 0);
		if ((wait->flags & GOPM_WAIT_COUNTS) != 0) {
			json_next_key("senders");
			output_u64(wait->senders);
			json_next_key("receivers");
			output_u64(wait->receivers);
		}
		if (wait->kind == GOPM_WAIT_SELECT && (wait->flags & GOPM_WAIT_DIRECTION) != 0) {
			json_next_key("send");
			json_bool((wait->flags & GOPM_WAIT_SEND) != 0);
		}
	} else if ((wait->flags & GOPM_WAIT_COUNTS) != 0) {
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
