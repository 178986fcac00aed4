/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/goroutine.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "export/group_text.h"
#include "query/optimized.h"
#include "runtime/labels.h"
#include "runtime/wait_kind.h"
#include "util/allocate.h"
#include "util/progress.h"

#define KNOWN_FLAGS                                                                                                    \
	(GOPM_FILTER_DELVE | GOPM_FILTER_DEAD | GOPM_FILTER_NO_SYSTEM | GOPM_FILTER_ONLY_SYSTEM |                      \
	 GOPM_FILTER_ONE_THREAD)
#define KNOWN_FIELDS (GOPM_FIELD_ALL | GOPM_FIELD_STACK)

struct gopm_goroutine_iter {
	gopm_core *core;
	struct gopm__query query;
	struct gopm__scan scan;
	struct gopm__optimized optimized; /* used with GOPM_FILTER_DELVE */
};

struct gopm_group_iter {
	gopm_core *core;
	struct gopm__groups groups;
	size_t next;
};

void gopm_goroutine_filter_init(gopm_goroutine_filter *filter, size_t struct_size)
{
	gopm_goroutine_filter defaults = {.fields = GOPM_FIELD_ALL};

	gopm__sized_init(filter, struct_size, &defaults, sizeof defaults);
}

/* Checks and copies a caller's filter. */
static gopm_status copy_filter(struct gopm__query *query, const gopm_goroutine_filter *filter, gopm_error **err)
{
	gopm_goroutine_filter ours;
	gopm_status status;

	if (filter != NULL) {
		gopm_goroutine_filter_init(&ours, sizeof ours);
		status = gopm__options_in(&ours, sizeof ours, filter, offsetof(gopm_goroutine_filter, id),
		                          "gopm_goroutine_filter", err);
		if (status != GOPM_OK) {
			return status;
		}
		if ((ours.flags & ~KNOWN_FLAGS) != 0 || (ours.fields & ~KNOWN_FIELDS) != 0) {
			return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
			                  "gopm_goroutine_filter has unknown flags 0x%x or fields 0x%x; use "
			                  "GOPM_FILTER_* and GOPM_FIELD_*",
			                  (unsigned)(ours.flags & ~KNOWN_FLAGS),
			                  (unsigned)(ours.fields & ~KNOWN_FIELDS));
		}
	}
	status = gopm__query_init(query, filter != NULL ? &ours : NULL);
	return status == GOPM_OK ? status : gopm__fail_memory(err);
}

gopm_status gopm_goroutine_iter_open(gopm_core *core, const gopm_goroutine_filter *filter, gopm_goroutine_iter **out,
                                     gopm_error **err)
{
	if (err != NULL) {
		*err = NULL;
	}
	if (core == NULL || out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core and out must not be NULL");
	}
	*out = NULL;
	gopm_status bare = gopm__bare_status(core->program, err);
	if (bare != GOPM_OK) {
		return bare;
	}
	gopm_goroutine_iter *it = gopm__calloc(1, sizeof *it);
	if (it == NULL) {
		return gopm__fail_memory(err);
	}
	gopm_status status = copy_filter(&it->query, filter, err);
	if (status != GOPM_OK) {
		free(it);
		return status;
	}
	it->core = core;
	gopm__core_retain(core);
	gopm__scan_init(&it->scan, &core->program->runtime, &it->query);
	*out = it;
	return GOPM_OK;
}

/* Delve names functions by their symbols, and says if they are optimized. */
static void set_as_delve(gopm_goroutine_iter *it, gopm_location *location)
{
	location->function = gopm__symtab_symbol(&it->core->program->symtab, location->function);
	gopm__optimized_mark(&it->optimized, it->core->program, location);
}

gopm_status gopm_goroutine_iter_next(gopm_goroutine_iter *it, gopm_goroutine *records, size_t stride, size_t capacity,
                                     size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_GOROUTINE) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin(), first = it->scan.next;
	while (*got < capacity && gopm__scan_next(&it->scan)) {
		gopm_goroutine record;
		gopm__scan_record(&it->scan, &record);
		if ((it->query.filter.flags & GOPM_FILTER_DELVE) != 0) {
			set_as_delve(it, &record.current);
			set_as_delve(it, &record.user);
			set_as_delve(it, &record.go_statement);
			set_as_delve(it, &record.start);
		}
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	gopm_status status = *got != 0 ? GOPM_OK : GOPM_DONE;
	status = gopm__call_result(begun, it->scan.cancelled ? GOPM_ERR_CANCELLED : status, NULL);
	if (status == GOPM_ERR_NO_MEMORY) {
		/* The next call reads them again. */
		it->scan.next = first;
		gopm__wait_cache_free(&it->scan.cache);
		gopm__optimized_clear(&it->optimized);
	}
	status = gopm__read_status(it->core, status, NULL);
	*got = status == GOPM_OK ? *got : 0;
	return status;
}

void gopm_goroutine_iter_free(gopm_goroutine_iter *it)
{
	if (it != NULL) {
		gopm__scan_clear(&it->scan);
		gopm__optimized_clear(&it->optimized);
		gopm__query_clear(&it->query);
		gopm__core_release(it->core);
		free(it);
	}
}

/* Fills the record of the first goroutine that passes `filter`. */
static gopm_status fill_first(gopm_core *core, const gopm_goroutine_filter *filter, gopm_goroutine *record,
                              size_t record_size, gopm_error **err)
{
	gopm_goroutine_iter *it = NULL;
	size_t got;

	if (err != NULL) {
		*err = NULL;
	}
	if (record == NULL || record_size < GOPM__FIRST_GOROUTINE || (filter->id == 0 && filter->address == 0)) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "record must not be NULL, record_size must be sizeof(gopm_goroutine), and id or "
		                  "address must not be 0");
	}
	gopm_status status = gopm_goroutine_iter_open(core, filter, &it, err);
	if (status != GOPM_OK) {
		return status;
	}
	status = gopm_goroutine_iter_next(it, record, record_size, 1, &got);
	gopm_goroutine_iter_free(it);
	if (status == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	return gopm__read_status(core, status == GOPM_DONE ? GOPM_NOT_FOUND : status, err);
}

gopm_status gopm_goroutine_by_id(gopm_core *core, uint64_t id, gopm_goroutine *record, size_t record_size,
                                 gopm_error **err)
{
	gopm_goroutine_filter filter;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.id = id;
	return fill_first(core, &filter, record, record_size, err);
}

gopm_status gopm_goroutine_by_address(gopm_core *core, uint64_t address, gopm_goroutine *record, size_t record_size,
                                      gopm_error **err)
{
	gopm_goroutine_filter filter;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.address = address;
	return fill_first(core, &filter, record, record_size, err);
}

gopm_str gopm_wait_kind_name(uint32_t kind)
{
	return gopm__wait_kind_name(kind);
}

gopm_status gopm_goroutine_waits(gopm_core *core, uint64_t address, gopm_wait *records, size_t stride, size_t capacity,
                                 size_t *count)
{
	struct gopm__wait_cache cache = {0};
	struct gopm__g g;
	gopm_wait one, *list = &one;

	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (core == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_WAIT))) {
		return GOPM_ERR_ARGUMENT;
	}
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	if (!gopm__g_read(&core->program->runtime, &reader, address, &g)) {
		return gopm__read_status(core, GOPM_ERR_MISSING_MEMORY, NULL);
	}
	const uint64_t begun = gopm__call_begin();
	size_t found = gopm__waits(&core->program->runtime, &reader, &cache, &g, NULL, 0);
	size_t want = found < capacity ? found : capacity;
	if (want > 1) {
		list = gopm__calloc(want, sizeof *list);
	}
	if (list != NULL && want != 0) {
		(void)gopm__waits(&core->program->runtime, &reader, &cache, &g, list, want);
		for (size_t i = 0; i < want; i++) {
			gopm__sized_out(gopm__sized_at(records, stride, i), stride, &list[i], sizeof list[i]);
		}
	}
	gopm__wait_cache_free(&cache);
	if (list != &one) {
		free(list);
	}
	gopm_status status = gopm__call_result(begun, found != 0 ? GOPM_OK : GOPM_NOT_FOUND, NULL);
	status = gopm__read_status(core, status, NULL);
	*count = status >= 0 ? found : 0;
	return status;
}

gopm_status gopm_goroutine_labels(gopm_core *core, uint64_t address, gopm_label *records, size_t stride,
                                  size_t capacity, size_t *count)
{
	struct gopm__g g;

	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (core == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_LABEL))) {
		return GOPM_ERR_ARGUMENT;
	}
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	if (!gopm__g_read(&core->program->runtime, &reader, address, &g)) {
		return gopm__read_status(core, GOPM_ERR_MISSING_MEMORY, NULL);
	}
	const uint64_t begun = gopm__call_begin();
	size_t found = gopm__labels(&core->program->runtime, &reader, &g, NULL, 0);
	size_t want = found < capacity ? found : capacity;
	gopm_label *list = gopm__calloc(want + 1, sizeof *list);
	if (list != NULL) {
		(void)gopm__labels(&core->program->runtime, &reader, &g, list, want);
	}
	for (size_t i = 0; list != NULL && i < want; i++) {
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &list[i], sizeof list[i]);
	}
	free(list);
	gopm_status status = gopm__call_result(begun, found != 0 ? GOPM_OK : GOPM_NOT_FOUND, NULL);
	status = gopm__read_status(core, status, NULL);
	*count = status >= 0 ? found : 0;
	return status;
}

gopm_status gopm_group_iter_open(gopm_core *core, uint32_t group_by, const char *label_key,
                                 const gopm_goroutine_filter *filter, gopm_group_iter **out, gopm_error **err)
{
	struct gopm__query query;

	if (err != NULL) {
		*err = NULL;
	}
	if (core == NULL || out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core and out must not be NULL");
	}
	*out = NULL;
	gopm_status bare = gopm__bare_status(core->program, err);
	if (bare != GOPM_OK) {
		return bare;
	}
	gopm_status status = copy_filter(&query, filter, err);
	if (status != GOPM_OK) {
		return status;
	}
	gopm_group_iter *it = gopm__calloc(1, sizeof *it);
	if (it == NULL) {
		gopm__query_clear(&query);
		return gopm__fail_memory(err);
	}
	bool delve = (query.filter.flags & GOPM_FILTER_DELVE) != 0;
	const uint64_t begun = gopm__call_begin();
	status = gopm__groups_make(&it->groups, &core->program->runtime, &query, group_by, label_key);
	gopm__query_clear(&query);
	if (status == GOPM_OK) {
		status = gopm__group_texts(&it->groups);
		gopm__groups_sort(&it->groups);
	}
	for (size_t i = 0; delve && i < it->groups.count; i++) {
		gopm_location *location = &it->groups.list[i].location;
		location->function = gopm__symtab_symbol(&core->program->symtab, location->function);
	}
	status = gopm__call_result(begun, status, NULL);
	status = gopm__read_status(core, status, err);
	if (status != GOPM_OK) {
		gopm__groups_clear(&it->groups);
		free(it);
		if (status == GOPM_ERR_CANCELLED) {
			return gopm__fail_cancelled(err);
		}
		if (status == GOPM_ERR_IO) {
			return status;
		}
		return status == GOPM_ERR_ARGUMENT
		           ? gopm__fail(err, status, GOPM__NOWHERE,
		                        "group_by %u is unknown, or label_key does not fit it; set label_key for "
		                        "GOPM_GROUP_LABEL only",
		                        (unsigned)group_by)
		           : gopm__fail_memory(err);
	}
	it->core = core;
	gopm__core_retain(core);
	*out = it;
	return GOPM_OK;
}

gopm_status gopm_group_iter_next(gopm_group_iter *it, gopm_group *records, size_t stride, size_t capacity, size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_GROUP) {
		return GOPM_ERR_ARGUMENT;
	}
	for (; *got < capacity && it->next < it->groups.count; it->next++) {
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &it->groups.list[it->next],
		                sizeof(gopm_group));
	}
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

void gopm_group_iter_free(gopm_group_iter *it)
{
	if (it != NULL) {
		gopm__groups_clear(&it->groups);
		gopm__core_release(it->core);
		free(it);
	}
}
