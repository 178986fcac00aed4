/* SPDX-License-Identifier: Apache-2.0 */
#include "waits.h"

#include <stdlib.h>

#include "object_print.h"
#include "output.h"
#include "wait_objects.h"

enum { most_holders = 3 }; /* on one line */

/* All records, to be freed; NULL: none, or no memory. */
static gopm_wait *waits_of(gopm_core *core, const gopm_goroutine *g, size_t *count)
{
	size_t capacity = g->wait_count;
	gopm_wait *waits = capacity != 0 ? calloc(capacity, sizeof *waits) : NULL;

	*count = 0;
	if (waits == NULL ||
	    gopm_goroutine_waits(core, g->address, waits, sizeof waits[0], capacity, count) != GOPM_OK) {
		free(waits);
		return NULL;
	}
	*count = *count < capacity ? *count : capacity;
	return waits;
}

void text_deadline(gopm_core *core, int64_t deadline)
{
	gopm_core_info info = {.struct_size = sizeof info};

	if (deadline == 0 || deadline == INT64_MAX || gopm_core_get_info(core, &info) != GOPM_OK || info.now == 0) {
		return;
	}
	if (deadline >= info.now) {
		output_text(", fires in ");
		output_duration(deadline - info.now);
	} else {
		output_text(", due since ");
		output_duration(info.now - deadline);
	}
}

static void address(const char *what, const gopm_wait *wait)
{
	output_string(what);
	if (wait->object != 0) {
		output_char(' ');
		output_hex(wait->object, 0);
	}
}

static void channel(const gopm_wait *wait, const gopm_object *object)
{
	if ((wait->flags & GOPM_WAIT_FLAG_DIRECTION) == 0) {
		output_text("waits on chan ");
	} else {
		output_string((wait->flags & GOPM_WAIT_FLAG_SEND) != 0 ? "sends to chan " : "receives from chan ");
	}
	if (wait->type.size != 0) {
		output_str(wait->type);
		output_char(' ');
	}
	output_hex(wait->object, 0);
	if (object != NULL) {
		object_print_place(object);
	}
	if ((wait->flags & GOPM_WAIT_FLAG_UNREADABLE) != 0) {
		output_text(", which cannot be read");
		return;
	}
	output_string((wait->flags & GOPM_WAIT_FLAG_CLOSED) != 0 ? ", closed, " : ", ");
	if (wait->capacity == 0) {
		output_text("unbuffered");
	} else {
		output_u64(wait->length);
		output_text(" of ");
		output_u64(wait->capacity);
	}
	output_string((wait->flags & GOPM_WAIT_FLAG_COUNTS) != 0 ? ": " : ": at least ");
	output_count(wait->senders, "sender");
	output_text(", ");
	output_count(wait->receivers, "receiver");
}

/* A lock, with the word that the goroutine sleeps on. */
static void lock(gopm_core *core, const char *word, const gopm_wait *wait, const gopm_object *object)
{
	if (object == NULL || object->kind == GOPM_OBJECT_SEMAPHORE) {
		address(word, wait);
		return;
	}
	object_print_name(object);
	output_char(' ');
	output_hex(object->address, 0);
	object_print_state(core, object);
	output_text(", ");
	address(word, wait);
}

/* Who holds the lock, on the same line. */
static void print_holders(const struct wait_objects *objects, const gopm_object *object)
{
	size_t count = 0;
	const gopm_why_holder *list =
	    object != NULL ? lock_holders_find(&objects->holders, object->address, &count) : NULL;

	for (size_t i = 0; i < count && i < most_holders; i++) {
		output_text(", ");
		lock_holder_text(&list[i]);
	}
	if (count > most_holders) {
		output_text(", and ");
		output_count(count - most_holders, "other");
	}
}

static void describe(gopm_core *core, const gopm_wait *wait, const gopm_object *object)
{
	switch (wait->kind) {
	case GOPM_WAIT_CHAN_SEND:
	case GOPM_WAIT_CHAN_RECEIVE:
	case GOPM_WAIT_SELECT:
		channel(wait, object);
		break;
	case GOPM_WAIT_SEMAPHORE:
		lock(core, "semaphore", wait, object);
		break;
	case GOPM_WAIT_COND:
		lock(core, object != NULL ? "notifyList" : "sync.Cond", wait, object);
		break;
	case GOPM_WAIT_TIMER:
		address("timer", wait);
		break;
	default: /* GOPM_WAIT_IO */
		output_string((wait->flags & GOPM_WAIT_FLAG_SEND) != 0 ? "writes to fd " : "reads from fd ");
		output_i64(wait->fd);
		if (object != NULL) {
			object_print_state(core, object);
		}
		output_text(", ");
		address("pollDesc", wait);
	}
}

void text_waits(gopm_core *core, const gopm_goroutine *g, const struct wait_objects *objects, const char *indent)
{
	size_t count;
	gopm_wait *waits = waits_of(core, g, &count);

	for (size_t i = 0; i < count; i++) {
		if (waits[i].object == 0 && waits[i].deadline == 0) {
			continue;
		}
		output_string(indent);
		const gopm_object *object = wait_objects_find(objects, waits[i].object);
		describe(core, &waits[i], object);
		text_deadline(core, waits[i].deadline);
		print_holders(objects, object);
		output_char('\n');
	}
	free(waits);
}
