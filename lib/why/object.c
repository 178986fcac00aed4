/* SPDX-License-Identifier: Apache-2.0 */
#include "why/object.h"

#include <stdlib.h>

#include "runtime/chan.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"
#include "why/blocking_call.h"
#include "why/context_state.h"
#include "why/descriptor_file.h"
#include "why/library_name.h"
#include "why/object_place.h"
#include "why/runtime_object.h"

/* Of each kind: the part of a value that it is, and the name of its type. NULL: it has no place in values. */
static const struct {
	const char *type;
	enum gopm__part part;
} kinds[] = {
    [GOPM_OBJECT_CHAN] = {"chan", GOPM__PART_WORD},
    [GOPM_OBJECT_MUTEX] = {"sync.Mutex", GOPM__PART_MUTEX},
    [GOPM_OBJECT_RWMUTEX] = {"sync.RWMutex", GOPM__PART_RWMUTEX},
    [GOPM_OBJECT_ONCE] = {"sync.Once", GOPM__PART_ONCE},
    [GOPM_OBJECT_WAITGROUP] = {"sync.WaitGroup", GOPM__PART_WAITGROUP},
    [GOPM_OBJECT_COND] = {"sync.Cond", GOPM__PART_COND},
    [GOPM_OBJECT_SEMAPHORE] = {"", GOPM__PART_SEMA},
    [GOPM_OBJECT_CONTEXT] = {"context.Context", GOPM__PART_WORD},
};

static bool has_place(const struct gopm__object *object)
{
	return object->address != 0 && object->kind < sizeof kinds / sizeof kinds[0] &&
	       kinds[object->kind].type != NULL;
}

struct object_describer {
	struct gopm__program *program;
	struct gopm__heap *heap;
	struct gopm__arena *arena;
	struct gopm__reader reader;
	gopm_status status;
};

static gopm_str static_str(const char *text)
{
	return (gopm_str){text, strlen(text)};
}

/* "chan main.job", from the header of the channel. The caller holds the program's lock. */
static gopm_str chan_type(struct object_describer *d, struct gopm__types *types, uint64_t address)
{
	static const char prefix[] = "chan ";
	struct gopm__hchan chan;
	const struct gopm__type *elem = NULL;

	if (gopm__hchan_read(&d->program->runtime.layout, &d->reader, address, &chan) && chan.elem_type != 0) {
		elem = gopm__types_of_descriptor(types, chan.elem_type);
	}
	if (elem == NULL || elem->name.size == 0) {
		return static_str("chan");
	}
	/* "chan (<-chan int)": without parentheses it is another type. */
	const bool encloses = gopm__str_has_prefix(elem->name, "<-");
	const size_t size = sizeof prefix - 1 + elem->name.size + (encloses ? 2 : 0);
	char *text = gopm__arena_alloc(d->arena, size + 1);
	if (text == NULL) {
		d->status = GOPM_ERR_NO_MEMORY;
		return (gopm_str){"", 0};
	}
	memcpy(text, prefix, sizeof prefix - 1);
	memcpy(text + sizeof prefix - 1 + encloses, elem->name.data, elem->name.size);
	if (encloses) {
		text[sizeof prefix - 1] = '(';
		text[size - 1] = ')';
	}
	return (gopm_str){text, size};
}

/* What only the goroutine knows: a file, a system call. The caller holds the program's lock. */
static void describe_call(struct object_describer *d, struct gopm__types *types, struct gopm__object *object)
{
	struct gopm__descriptor_file file;
	struct gopm__blocking_call call;
	struct gopm__g g;

	if (object->kind == GOPM_OBJECT_FD) {
		if (gopm__descriptor_file(d->program, types, d->arena, object->g, object->address, &file) != GOPM_OK) {
			d->status = GOPM_ERR_NO_MEMORY;
		}
		object->type = file.type;
		object->owner = file.address;
		object->file = file.name;
		object->local = file.local;
		object->remote = file.remote;
	} else if ((object->kind == GOPM_OBJECT_SYSCALL || object->kind == GOPM_OBJECT_CGO) &&
	           gopm__g_read(&d->program->runtime, &d->reader, object->g, &g)) {
		gopm__blocking_call(&d->program->runtime, &d->reader, &g, object->kind == GOPM_OBJECT_CGO, &call);
		object->file = call.name;
		object->fd = call.fd;
	}
}

static void describe_types(struct object_describer *d, struct gopm__object *list, size_t count)
{
	struct gopm__types *types;

	gopm__program_lock(d->program);
	const bool open = gopm__program_types(d->program, &types, NULL) == GOPM_OK;
	for (size_t i = 0; i < count; i++) {
		struct gopm__object *object = &list[i];
		const bool is_chan = object->kind == GOPM_OBJECT_CHAN && object->address != 0;
		object->type = is_chan && open     ? chan_type(d, types, object->address)
		               : has_place(object) ? static_str(kinds[object->kind].type)
		                                   : static_str("");
		if (open && object->g != 0) {
			describe_call(d, types, object);
		}
	}
	gopm__program_unlock(d->program);
}

static int compare_places(const void *a, const void *b)
{
	const struct gopm__object_place *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

/* Sorts the places, and leaves out those that are there twice. */
static size_t sort_places(struct gopm__object_place *list, size_t count)
{
	size_t kept = 0;

	if (count != 0) {
		qsort(list, count, sizeof *list, compare_places);
	}
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || list[i].address != list[kept - 1].address) {
			list[kept++] = list[i];
		}
	}
	return kept;
}

/* The channel of a context's Done(). A context.timerCtx begins with a cancelCtx. */
static void set_context(struct gopm__object *object, const struct gopm__object_place *place)
{
	object->kind = GOPM_OBJECT_CONTEXT;
	object->type = gopm__str_has_prefix(place->outer, "context.") ? place->outer : place->type;
	object->in = static_str("");
	object->name = object->within = static_str("");
	object->base = 0;
	object->owner = gopm__str_has_prefix(place->outer, "context.") ? place->base : place->owner;
}

static void set_place(struct gopm__object *object, const struct gopm__places *places)
{
	size_t i;

	GOPM__LOWER_BOUND(i, places->count, places->list[i].address < object->address);
	if (i == places->count || places->list[i].address != object->address) {
		return;
	}
	const struct gopm__object_place *place = &places->list[i];
	object->in = place->in;
	object->name = place->name;
	object->owner = place->owner;
	object->base = gopm__place_is_holder(place->rank) ? 0 : place->base;
	object->within = place->within;
	object->flags |= gopm__place_is_guess(place->rank) ? GOPM__OBJECT_GUESSED : 0;
	if (gopm__str_has_prefix(place->in, "context.cancelCtx.done")) {
		set_context(object, place);
	}
}

static gopm_status describe_places(struct object_describer *d, struct gopm__object *list, size_t count)
{
	struct gopm__places places = {.program = d->program, .heap = d->heap, .arena = d->arena};

	places.list = gopm__calloc(count, sizeof *places.list);
	if (places.list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		if (has_place(&list[i])) {
			places.list[places.count++] =
			    (struct gopm__object_place){.address = list[i].address,
			                                .in = {"", 0},
			                                .name = {"", 0},
			                                .within = {"", 0},
			                                .part = (uint8_t)kinds[list[i].kind].part};
			places.list[places.count - 1].gs[0] = list[i].g;
			memcpy(places.list[places.count - 1].gs + 1, list[i].more_gs, sizeof list[i].more_gs);
		}
	}
	places.count = sort_places(places.list, places.count);
	gopm_status status = places.count != 0 ? gopm__places_find(&places) : GOPM_OK;
	for (size_t i = 0; i < count && status == GOPM_OK; i++) {
		if (has_place(&list[i])) {
			set_place(&list[i], &places);
		}
	}
	free(places.list);
	return status;
}

static void describe_contexts(struct object_describer *d, struct gopm__object *list, size_t count)
{
	struct gopm__context_state state;
	struct gopm__types *types;

	gopm__program_lock(d->program);
	const bool open = gopm__program_types(d->program, &types, NULL) == GOPM_OK;
	for (size_t i = 0; open && i < count; i++) {
		if (list[i].kind == GOPM_OBJECT_CONTEXT && list[i].owner != 0) {
			gopm__context_state(d->program, types, list[i].owner, list[i].type, &state);
			list[i].parent = state.parent;
			list[i].deadline = state.deadline;
		}
	}
	gopm__program_unlock(d->program);
}

/* Ps and ms. */
static void describe_runtime(struct object_describer *d, struct gopm__object *list, size_t count)
{
	struct gopm__runtime_object found;

	for (size_t i = 0; i < count && d->status == GOPM_OK; i++) {
		struct gopm__object *object = &list[i];
		if (object->kind != GOPM_OBJECT_P && object->kind != GOPM_OBJECT_M) {
			continue;
		}
		d->status = gopm__runtime_object(d->program, d->arena, object->kind, object->address, &found);
		object->type = static_str(object->kind == GOPM_OBJECT_P ? "runtime.p" : "runtime.m");
		object->counter = (int64_t)found.id;
		object->length = found.queued;
		object->owner = found.partner;
		object->state = found.state;
		object->runs = found.goroutine;
	}
}

gopm_status gopm__objects_describe(struct gopm__program *program, struct gopm__heap *heap, struct gopm__arena *arena,
                                   struct gopm__object *list, size_t count)
{
	struct object_describer d = {.program = program,
	                             .heap = heap,
	                             .arena = arena,
	                             .reader = gopm__reader(&program->file.memory),
	                             .status = GOPM_OK};

	for (size_t i = 0; i < count; i++) {
		list[i].in = list[i].name = list[i].within = static_str("");
		list[i].state = static_str("");
		list[i].library = list[i].library_in = static_str("");
		list[i].file = list[i].local = list[i].remote = static_str("");
		list[i].fd = -1;
		if (list[i].address != 0) {
			gopm__object_state(&program->runtime, &d.reader, &list[i]);
		}
	}
	if (count == 0) {
		return GOPM_OK;
	}
	describe_types(&d, list, count);
	if (d.status == GOPM_OK) {
		d.status = describe_places(&d, list, count);
	}
	if (d.status == GOPM_OK) {
		describe_runtime(&d, list, count);
	}
	if (d.status == GOPM_OK) {
		d.status = gopm__library_names(program, heap, arena, list, count);
	}
	if (d.status == GOPM_OK) {
		describe_contexts(&d, list, count);
	}
	return d.status;
}
