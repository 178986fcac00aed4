/* SPDX-License-Identifier: Apache-2.0 */
#include "export/group_text.h"

#include "util/escape.h"

/* Writes "chan main.Metric 0xc000112000, 100 of 100: 1001 senders, 0 receivers". */
static void describe_object(const gopm_group *group, struct gopm__text *text)
{
	const gopm_wait *o = &group->object;
	unsigned long long address = o->object, count = group->count;

	gopm__text_clear(text);
	switch (o->kind) {
	case GOPM_WAIT_CHAN_SEND:
		if ((o->flags & GOPM_WAIT_FLAG_UNREADABLE) != 0) {
			gopm__text_printf(text, "chan 0x%llx, which cannot be read: %llu waiting", address, count);
			break;
		}
		gopm__text_str(text, "chan ");
		gopm__text_escaped(text, o->type.size != 0 ? o->type : (gopm_str){"?", 1}, 0);
		gopm__text_printf(text, " 0x%llx, ", address);
		if ((o->flags & GOPM_WAIT_FLAG_CLOSED) != 0) {
			gopm__text_str(text, "closed, ");
		}
		if (o->capacity == 0) {
			gopm__text_str(text, "unbuffered");
		} else {
			gopm__text_printf(text, "%llu of %llu", (unsigned long long)o->length,
			                  (unsigned long long)o->capacity);
		}
		gopm__text_printf(text, ": %s%llu sender%s, %llu receiver%s",
		                  (o->flags & GOPM_WAIT_FLAG_COUNTS) != 0 ? "" : "at least ",
		                  (unsigned long long)o->senders, o->senders == 1 ? "" : "s",
		                  (unsigned long long)o->receivers, o->receivers == 1 ? "" : "s");
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

gopm_status gopm__group_texts(struct gopm__groups *groups)
{
	struct gopm__text text = {0};
	gopm_status status = GOPM_OK;

	for (size_t i = 0; status == GOPM_OK && i < groups->count; i++) {
		gopm_group *group = &groups->list[i];
		if (group->object.object != 0) {
			describe_object(group, &text);
			group->key = gopm__arena_str(&groups->strings, text.data != NULL ? text.data : "", text.size);
			status = text.failed || group->key.data == NULL ? GOPM_ERR_NO_MEMORY : GOPM_OK;
		}
	}
	gopm__text_free(&text);
	return status;
}
