/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/object.h>

#include <inttypes.h>
#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/object_record.h"
#include "api/sized.h"
#include "export/heap_path.h"
#include "heap/path.h"
#include "util/allocate.h"
#include "util/search.h"
#include "why/object.h"
#include "why/object_find.h"
#include "why/runtime_object.h"
#include "why/wait_frame.h"
#include "why/waiting.h"

struct gopm_objects {
	gopm_core *core;
	struct gopm__waiting waiting;
	struct gopm__arena arena; /* texts of the records */
	gopm_object *list;        /* in the order of gopm_objects_list() */
	size_t count;
};

/* Values of both lists are the same. */
_Static_assert((int)GOPM__SIDE_WAITS == GOPM_SIDE_WAITS && (int)GOPM__SIDE_SENDS == GOPM_SIDE_SENDS &&
                   (int)GOPM__SIDE_RECEIVES == GOPM_SIDE_RECEIVES && (int)GOPM__SIDE_LOCKS == GOPM_SIDE_LOCKS &&
                   (int)GOPM__SIDE_READ_LOCKS == GOPM_SIDE_READ_LOCKS && (int)GOPM__SIDE_READS == GOPM_SIDE_READS &&
                   (int)GOPM__SIDE_WRITES == GOPM_SIDE_WRITES,
               "GOPM_SIDE_* are those of why/waitable.h");

void gopm_objects_options_init(gopm_objects_options *options, size_t size)
{
	gopm_objects_options defaults = {0};

	gopm__sized_init(options, size, &defaults, sizeof defaults);
}

static gopm_status copy_objects_options(gopm_core *core, gopm_objects_options *o, const gopm_objects_options *options,
                                        gopm_error **err)
{
	gopm_objects_options_init(o, sizeof *o);
	if (options == NULL) {
		return GOPM_OK;
	}
	gopm_status status =
	    gopm__options_in(o, sizeof *o, options, sizeof(gopm_objects_options), "gopm_objects_options", err);
	if (status != GOPM_OK) {
		return status;
	}
	if ((o->flags & ~GOPM_OBJECTS_FLAG_PATHS) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "unknown flag in gopm_objects_options.flags");
	}
	if (o->heap != NULL && o->heap->core != core) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "gopm_objects_options.heap is of another core");
	}
	return GOPM_OK;
}

static gopm_object object_record(const gopm_objects *objects, const struct gopm__object *object,
                                 const struct gopm__waiting_object *waited)
{
	gopm_object out = gopm__object_record(object);

	if (waited != NULL) {
		out.word = waited->word;
		out.goroutines = waited->count;
		out.fd = waited->fd;
		out.deadline = out.deadline != 0 ? out.deadline : waited->deadline;
	}
	for (size_t i = 0; waited != NULL && i < waited->count; i++) {
		out.flags |= objects->waiting.waiters[waited->first + i].torn != 0 ? GOPM_OBJECT_FLAG_TORN : 0;
	}
	return out;
}

/* The slot of the heap object that contains `address`; GOPM__NO_SLOT: none. */
static uint32_t object_slot(const gopm_heap *heap, uint64_t address, uint64_t *begin)
{
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&heap->heap.index, address, &span);

	*begin = slot != GOPM__NO_SLOT ? gopm__object_address(span, slot) : 0;
	return slot != GOPM__NO_SLOT && address >= *begin ? slot : GOPM__NO_SLOT;
}

/* Adds the way from a heap object to the object in it. False: it is not known. */
static bool add_way(struct gopm__text *text, gopm_heap *heap, const struct gopm__object *object,
                    const struct gopm__path *path, uint64_t begin)
{
	if (object->address == begin && object->base == 0) {
		return true;
	}
	if (object->base == 0 || path->count == 0) {
		return false;
	}
	const struct gopm__path_step *last = &path->steps[path->count - 1];
	const uint32_t typed = heap->heap.typed[last->target];
	const uint64_t size = gopm__object_type(&heap->heap.types, gopm__typed_type(typed))->size;
	if (gopm__typed_form(typed) == GOPM__FORM_ARRAY && size != 0 && object->base >= begin + last->inside) {
		gopm__text_printf(text, "[%" PRIu64 "]", (object->base - begin - last->inside) / size);
	} else if (object->base != begin) {
		return false;
	}
	gopm__text_add(text, object->within.data, object->within.size);
	return true;
}

/* True if the root is a word of a frame of the runtime or of package sync. */
static bool is_internal_frame(const gopm_objects *objects, const struct gopm__root *root)
{
	const struct gopm__pcinfo *info =
	    root->kind == GOPM__ROOT_FRAME ? gopm__symtab_pc(&objects->core->program->symtab, root->pc) : NULL;

	return info != NULL && info->known && gopm__waits_inside(info->calls[info->call_count - 1].function);
}

/* The shortest way to an object of the heap. The caller holds the heap's lock, and has its holders. */
static gopm_status find_name(gopm_objects *objects, gopm_heap *heap, struct gopm__paths *paths,
                             struct gopm__object *object)
{
	struct gopm__text text = {0};
	struct gopm__path path;
	uint64_t begin;
	const uint32_t slot = object_slot(heap, object->address, &begin);

	/* A P or an m is known by its id. */
	if (object->kind == GOPM_OBJECT_P || object->kind == GOPM_OBJECT_M) {
		return GOPM_OK;
	}
	if (slot == GOPM__NO_SLOT || object->name.size != 0 || !gopm__bit(heap->heap.live, slot)) {
		return GOPM_OK;
	}
	gopm_status status = gopm__paths_find(paths, slot, &path);
	if (status != GOPM_OK) {
		return status == GOPM_NOT_FOUND ? GOPM_OK : status;
	}
	/* The frames of the runtime that wait for it say nothing of it. */
	if (is_internal_frame(objects, &path.root)) {
		gopm__path_free(&path);
		return GOPM_OK;
	}
	gopm__heap_path_text(&text, &heap->ownership->holders, &path);
	/* A variable without a name: ".bss+0x40". */
	if (text.size != 0 && text.data[0] != '.' && add_way(&text, heap, object, &path, begin) && !text.failed) {
		object->name = gopm__arena_str(&objects->arena, text.data, text.size);
	}
	status = text.failed || object->name.data == NULL ? GOPM_ERR_NO_MEMORY : GOPM_OK;
	gopm__text_free(&text);
	gopm__path_free(&path);
	return status;
}

static gopm_status find_names(gopm_objects *objects, gopm_heap *heap, struct gopm__object *list, size_t count,
                              gopm_error **err)
{
	struct gopm__paths paths;
	gopm_status status = gopm__heap_hold(heap, err);

	if (status == GOPM_OK) {
		status = gopm__paths_open(&paths, &heap->ownership->graph);
	}
	if (status != GOPM_OK) {
		return status;
	}
	for (size_t i = 0; i < count && status == GOPM_OK; i++) {
		status = find_name(objects, heap, &paths, &list[i]);
	}
	gopm__paths_close(&paths);
	return status;
}

static int compare_records(const void *a, const void *b)
{
	const gopm_object *x = a, *y = b;

	if (x->goroutines != y->goroutines) {
		return x->goroutines > y->goroutines ? -1 : 1;
	}
	return (x->address > y->address) - (x->address < y->address);
}

/* Describes the objects and makes their records. */
static gopm_status make_records(gopm_objects *objects, const gopm_objects_options *o, struct gopm__object *list,
                                gopm_error **err)
{
	struct gopm__heap *heap = o->heap != NULL ? &o->heap->heap : NULL;
	gopm_status status =
	    gopm__objects_describe(objects->core->program, heap, &objects->arena, list, objects->count);

	if (status == GOPM_OK && heap != NULL && (o->flags & GOPM_OBJECTS_FLAG_PATHS) != 0) {
		status = find_names(objects, o->heap, list, objects->count, err);
	}
	for (size_t i = 0; i < objects->count && status == GOPM_OK; i++) {
		const struct gopm__waiting_object *waited = gopm__waiting_at(&objects->waiting, list[i].address);
		objects->list[i] = object_record(objects, &list[i], waited);
	}
	if (status == GOPM_OK && objects->count != 0) {
		qsort(objects->list, objects->count, sizeof *objects->list, compare_records);
	}
	return status == GOPM_ERR_CANCELLED ? gopm__fail_cancelled(err) : status;
}

/* Sets `list` to the objects that were asked for. `room` is its length, at least 1. */
static gopm_status choose_objects(gopm_objects *objects, const gopm_objects_options *o, struct gopm__object *list,
                                  gopm_error **err)
{
	const struct gopm__waiting *waiting = &objects->waiting;
	const struct gopm__waiting_object *at = o->address != 0 ? gopm__waiting_at(waiting, o->address) : NULL;

	if (o->address != 0 && at == NULL) {
		struct gopm__heap *heap = o->heap != NULL ? &o->heap->heap : NULL;
		uint8_t kind = gopm__runtime_object_kind(&objects->core->program->runtime, o->address);
		kind = kind != GOPM_OBJECT_OTHER ? kind : gopm__object_find(objects->core->program, heap, o->address);
		if (kind == GOPM_OBJECT_OTHER) {
			return gopm__fail(err, GOPM_NOT_FOUND, GOPM__AT_ADDRESS(o->address),
			                  "no goroutine waits for an object there, and no type says that one is there");
		}
		list[0] = (struct gopm__object){.address = o->address, .kind = kind};
		objects->count = 1;
		return GOPM_OK;
	}
	const size_t begin = at != NULL ? (size_t)(at - waiting->objects) : 0;
	objects->count = at != NULL ? 1 : waiting->count;
	for (size_t i = 0; i < objects->count; i++) {
		const struct gopm__waiting_object *waited = &waiting->objects[begin + i];
		list[i] = (struct gopm__object){
		    .address = waited->address, .g = waiting->waiters[waited->first].g, .kind = waited->kind};
		for (size_t k = 0; k < GOPM__OBJECT_MORE_GS && k + 1 < waited->count; k++) {
			list[i].more_gs[k] = waiting->waiters[waited->first + k + 1].g;
		}
	}
	return GOPM_OK;
}

static gopm_status find_objects(gopm_objects *objects, const gopm_objects_options *o, gopm_error **err)
{
	const struct gopm__progress progress = {o->progress, o->progress_user_data};
	gopm_status status = gopm__waiting_open(&objects->waiting, &objects->core->program->runtime, &progress);

	if (status != GOPM_OK) {
		return status == GOPM_ERR_CANCELLED ? gopm__fail_cancelled(err) : status;
	}
	struct gopm__object *list = gopm__calloc(objects->waiting.count + 1, sizeof *list);
	objects->list = gopm__calloc(objects->waiting.count + 1, sizeof *objects->list);
	if (list == NULL || objects->list == NULL) {
		free(list);
		return GOPM_ERR_NO_MEMORY;
	}
	if (o->heap != NULL) {
		(void)pthread_mutex_lock(&o->heap->lock);
		o->heap->heap.progress = progress;
	}
	status = choose_objects(objects, o, list, err);
	if (status == GOPM_OK) {
		status = make_records(objects, o, list, err);
	}
	if (o->heap != NULL) {
		o->heap->heap.progress = (struct gopm__progress){0};
		(void)pthread_mutex_unlock(&o->heap->lock);
	}
	free(list);
	return status;
}

gopm_status gopm_objects_open(gopm_core *core, const gopm_objects_options *options, gopm_objects **out,
                              gopm_error **err)
{
	gopm_objects_options o;
	gopm_status status;

	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_objects *objects = gopm__handle_new(core, sizeof *objects, &status, err);
	if (objects == NULL) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	status = gopm__bare_status(core->program, err);
	if (status == GOPM_OK) {
		status = copy_objects_options(core, &o, options, err);
	}
	if (status == GOPM_OK) {
		status = find_objects(objects, &o, err);
	}
	status = gopm__read_status(core, gopm__call_result(begun, status, err), err);
	if (status != GOPM_OK) {
		gopm_objects_free(objects);
		return status;
	}
	*out = objects;
	return GOPM_OK;
}

void gopm_objects_free(gopm_objects *objects)
{
	if (objects != NULL) {
		gopm__waiting_close(&objects->waiting);
		gopm__arena_free(&objects->arena);
		free(objects->list);
		gopm__core_release(objects->core);
		free(objects);
	}
}

gopm_status gopm_objects_list(const gopm_objects *objects, gopm_object *records, size_t stride, size_t first,
                              size_t capacity, size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (objects == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_OBJECT))) {
		return GOPM_ERR_ARGUMENT;
	}
	for (size_t i = 0; i < capacity && first < objects->count && i < objects->count - first; i++) {
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &objects->list[first + i],
		                sizeof objects->list[0]);
	}
	*count = objects->count;
	return GOPM_OK;
}

static gopm_object_waiter waiter_record(const gopm_objects *objects, const struct gopm__waiter *waiter)
{
	struct gopm__runtime *rt = &objects->core->program->runtime;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	gopm_object_waiter out = {
	    .goroutine = waiter->id,
	    .address = waiter->g,
	    .side = waiter->side,
	    .flags = (waiter->torn != 0 ? GOPM_WAITER_TORN : 0) | (waiter->select ? GOPM_WAITER_SELECT : 0),
	    .element = waiter->element,
	    .wait_since = waiter->since,
	    .wait_time = waiter->since > 0 && rt->now > waiter->since ? rt->now - waiter->since : 0,
	};
	struct gopm__place_in_code place = {0};
	struct gopm__g g;

	if (gopm__g_read(rt, &reader, waiter->g, &g)) {
		gopm__wait_frame(rt, &g, NULL, &place);
	}
	if (place.info != NULL) {
		out.user = gopm__place_location(&place);
	}
	return out;
}

gopm_status gopm_objects_waiters(const gopm_objects *objects, uint64_t address, gopm_object_waiter *records,
                                 size_t stride, size_t first, size_t capacity, size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (objects == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_OBJECT_WAITER))) {
		return GOPM_ERR_ARGUMENT;
	}
	size_t at = 0;
	while (at < objects->count && objects->list[at].address != address) {
		at++;
	}
	if (at == objects->count) {
		return GOPM_NOT_FOUND;
	}
	const uint64_t begun = gopm__call_begin();
	const struct gopm__waiting_object *waited = gopm__waiting_at(&objects->waiting, address);
	const size_t found = waited != NULL ? waited->count : 0;
	for (size_t i = 0; i < capacity && first < found && i < found - first; i++) {
		const gopm_object_waiter record =
		    waiter_record(objects, &objects->waiting.waiters[waited->first + first + i]);
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	const gopm_status status = gopm__read_status(objects->core, gopm__call_result(begun, GOPM_OK, NULL), NULL);
	*count = status == GOPM_OK ? found : 0;
	return status;
}
