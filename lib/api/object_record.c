/* SPDX-License-Identifier: Apache-2.0 */
#include "api/object_record.h"

static uint32_t public_flags(uint32_t flags)
{
	static const struct {
		uint32_t from, to;
	} table[] = {
	    {GOPM__OBJECT_GUESSED, GOPM_OBJECT_FLAG_GUESS},   {GOPM__OBJECT_CLOSED, GOPM_OBJECT_FLAG_CLOSED},
	    {GOPM__OBJECT_LOCKED, GOPM_OBJECT_FLAG_LOCKED},   {GOPM__OBJECT_STARVING, GOPM_OBJECT_FLAG_STARVING},
	    {GOPM__OBJECT_PENDING, GOPM_OBJECT_FLAG_PENDING}, {GOPM__OBJECT_DONE, GOPM_OBJECT_FLAG_DONE},
	    {GOPM__OBJECT_COUNTS, GOPM_OBJECT_FLAG_COUNTS},
	};
	uint32_t out = 0;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		out |= (flags & table[i].from) != 0 ? table[i].to : 0;
	}
	return out;
}

static bool has_state(uint32_t kind)
{
	return (kind >= GOPM_OBJECT_MUTEX && kind <= GOPM_OBJECT_COND) || kind == GOPM_OBJECT_CHAN ||
	       kind == GOPM_OBJECT_CONTEXT;
}

gopm_object gopm__object_record(const struct gopm__object *object)
{
	gopm_object out = {
	    .address = object->address,
	    .kind = object->kind,
	    .flags = public_flags(object->flags),
	    .type = object->type,
	    .in = object->in,
	    .name = object->name,
	    .owner = object->owner,
	    .parent = object->parent,
	    .length = object->length,
	    .capacity = object->capacity,
	    .senders = object->senders,
	    .receivers = object->receivers,
	    .waiters = object->waiters,
	    .readers = object->readers,
	    .reading = object->reading,
	    .counter = object->counter,
	    .deadline = object->deadline,
	    .file = object->file,
	    .local = object->local,
	    .remote = object->remote,
	    .state = object->state,
	    .runs = object->runs,
	    .library = object->library,
	    .library_in = object->library_in,
	    .fd = -1,
	};

	if (has_state(out.kind) && (object->flags & GOPM__OBJECT_READ) == 0) {
		out.flags |= GOPM_OBJECT_FLAG_UNREADABLE;
	}
	return out;
}
