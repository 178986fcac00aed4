/* SPDX-License-Identifier: Apache-2.0 */
#include "export/wait_json.h"

#include "runtime/wait_kind.h"

static void channel_members(struct gopm__json *w, const gopm_wait *wait)
{
	gopm__json_next_key(w, "type");
	gopm__json_string(w, wait->type);
	gopm__json_next_key(w, "length");
	gopm__json_u64(w, wait->length);
	gopm__json_next_key(w, "capacity");
	gopm__json_u64(w, wait->capacity);
	gopm__json_next_key(w, "closed");
	gopm__json_bool(w, (wait->flags & GOPM_WAIT_FLAG_CLOSED) != 0);
	if ((wait->flags & GOPM_WAIT_FLAG_COUNTS) != 0) {
		gopm__json_next_key(w, "senders");
		gopm__json_u64(w, wait->senders);
		gopm__json_next_key(w, "receivers");
		gopm__json_u64(w, wait->receivers);
	}
	if (wait->kind == GOPM_WAIT_SELECT && (wait->flags & GOPM_WAIT_FLAG_DIRECTION) != 0) {
		gopm__json_next_key(w, "send");
		gopm__json_bool(w, (wait->flags & GOPM_WAIT_FLAG_SEND) != 0);
	}
}

void gopm__wait_json(struct gopm__json *w, const gopm_wait *wait)
{
	gopm__json_text(w, "{\"kind\":");
	gopm__json_string(w, gopm__wait_kind_name(wait->kind));
	if (wait->object != 0) {
		gopm__json_next_key(w, "object");
		gopm__json_u64(w, wait->object);
	}
	if ((wait->flags & GOPM_WAIT_FLAG_UNREADABLE) != 0) {
		gopm__json_text(w, ",\"unreadable\":true");
	} else if (wait->kind == GOPM_WAIT_CHAN_SEND || wait->kind == GOPM_WAIT_CHAN_RECEIVE ||
	           wait->kind == GOPM_WAIT_SELECT) {
		channel_members(w, wait);
	} else if ((wait->flags & GOPM_WAIT_FLAG_COUNTS) != 0) {
		gopm__json_next_key(w, "waiters");
		gopm__json_u64(w, wait->receivers);
	}
	if (wait->deadline != 0) {
		gopm__json_next_key(w, "deadline");
		gopm__json_i64(w, wait->deadline);
	}
	if (wait->fd >= 0) {
		gopm__json_next_key(w, "fd");
		gopm__json_i64(w, wait->fd);
	}
	gopm__json_text(w, "}");
}
