/* SPDX-License-Identifier: Apache-2.0 */
#include "wait_objects.h"

#include <stdlib.h>

#include "progress.h"

static int compare_addresses(const void *a, const void *b)
{
	const gopm_object *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

static gopm_status copy_records(struct wait_objects *waits)
{
	size_t count = 0;
	gopm_status status = gopm_objects_list(waits->objects, NULL, 0, 0, 0, &count);

	if (status != GOPM_OK || count == 0) {
		return status;
	}
	waits->list = calloc(count, sizeof *waits->list);
	if (waits->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	status = gopm_objects_list(waits->objects, waits->list, sizeof waits->list[0], 0, count, &waits->count);
	if (status == GOPM_OK) {
		qsort(waits->list, waits->count, sizeof *waits->list, compare_addresses);
	}
	return status;
}

gopm_status wait_objects_open(struct wait_objects *waits, gopm_core *core, bool quiet, gopm_error **err)
{
	gopm_heap_options heap_options;
	gopm_objects_options options;

	*waits = (struct wait_objects){0};
	gopm_heap_options_init(&heap_options, sizeof heap_options);
	heap_options.progress = progress_update;
	gopm_objects_options_init(&options, sizeof options);
	options.progress = progress_update;
	progress_start("reading the heap", quiet);
	gopm_status status = gopm_heap_open(core, &heap_options, &options.heap, err);
	progress_stop();
	if (status != GOPM_OK && status != GOPM_NOT_FOUND) {
		return status;
	}
	if (err != NULL) {
		gopm_error_free(*err);
		*err = NULL;
	}
	progress_start("finding objects", quiet);
	status = gopm_objects_open(core, &options, &waits->objects, err);
	progress_stop();
	if (status == GOPM_OK) {
		status = copy_records(waits);
	}
	if (status == GOPM_OK) {
		status = lock_holders_open(&waits->holders, core, options.heap, quiet, err);
	}
	gopm_heap_close(options.heap);
	if (status != GOPM_OK) {
		wait_objects_close(waits);
	}
	return status;
}

void wait_objects_close(struct wait_objects *waits)
{
	lock_holders_close(&waits->holders);
	gopm_objects_free(waits->objects);
	free(waits->list);
	*waits = (struct wait_objects){0};
}

/* True if goroutines that wait for the object may sleep on a word at `offset` of it: a lock is at most 24 bytes long,
 * and a sync.Cond has its notifyList at 16 (package sync). */
static bool has_word(const gopm_object *object, uint64_t offset)
{
	return object->kind >= GOPM_OBJECT_MUTEX && object->kind <= GOPM_OBJECT_COND && offset <= 16;
}

const gopm_object *wait_objects_find(const struct wait_objects *waits, uint64_t address)
{
	size_t low = 0, high = waits->count;

	while (low < high) {
		const size_t at = low + (high - low) / 2;
		if (waits->list[at].address <= address) {
			low = at + 1;
		} else {
			high = at;
		}
	}
	const gopm_object *object = low != 0 ? &waits->list[low - 1] : NULL;
	return object != NULL && (object->address == address || has_word(object, address - object->address)) ? object
	                                                                                                     : NULL;
}
