/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON. gopm_value_json() and gopm_stack_json() have files of their own. */
#include <gopm/json.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "export/finding_json.h"
#include "export/goroutine_json.h"
#include "export/group_json.h"
#include "export/location_json.h"
#include "export/stack_json.h"
#include "export/thread_json.h"
#include "util/allocate.h"

/* A caller's record, as it is checked. */
struct record {
	const void *data;
	size_t size, least; /* bytes, and those of the first release */
};

/* Checks the arguments that all of these calls have, and begins the text. */
static gopm_status begin_text(struct gopm__json *w, const struct record *record, uint32_t flags, char *buffer,
                              size_t size, size_t *length)
{
	if (length != NULL) {
		*length = 0;
	}
	if (record->data == NULL || record->size < record->least || (buffer == NULL && size != 0)) {
		return GOPM_ERR_ARGUMENT;
	}
	if ((flags & ~GOPM__JSON_FLAGS) != 0) {
		return GOPM_ERR_UNSUPPORTED;
	}
	gopm__json_init(w, buffer, size);
	return GOPM_OK;
}

static gopm_status end_text(struct gopm__json *w, size_t *length)
{
	size_t written = gopm__json_end(w);

	if (length != NULL) {
		*length = written;
	}
	return GOPM_OK;
}

gopm_status gopm_location_json(const gopm_location *record, size_t record_size, uint32_t flags, char *buffer,
                               size_t size, size_t *length)
{
	const struct record checked = {record, record_size, GOPM__FIRST_LOCATION};
	gopm_location ours;
	struct gopm__json w;
	gopm_status status = begin_text(&w, &checked, flags, buffer, size, length);

	if (status != GOPM_OK) {
		return status;
	}
	gopm__location_json(&w, gopm__sized_record(record, record_size, &ours, sizeof ours), flags);
	return end_text(&w, length);
}

gopm_status gopm_goroutine_json(gopm_core *core, const gopm_goroutine *record, size_t record_size, uint32_t flags,
                                char *buffer, size_t size, size_t *length)
{
	const struct record checked = {core != NULL ? record : NULL, record_size, GOPM__FIRST_GOROUTINE};
	gopm_goroutine ours;
	struct gopm__json w;
	gopm_status status = begin_text(&w, &checked, flags, buffer, size, length);

	if (status != GOPM_OK) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	gopm__goroutine_json(&w, &core->program->runtime, gopm__sized_record(record, record_size, &ours, sizeof ours),
	                     flags);
	status = gopm__read_status(core, gopm__call_result(begun, GOPM_OK, NULL), NULL);
	return status == GOPM_OK ? end_text(&w, length) : status;
}

gopm_status gopm_group_json(const gopm_group *record, size_t record_size, uint32_t group_by, uint32_t flags,
                            char *buffer, size_t size, size_t *length)
{
	const struct record checked = {record, record_size, GOPM__FIRST_GROUP};
	gopm_group ours;
	struct gopm__json w;
	gopm_status status = begin_text(&w, &checked, flags, buffer, size, length);

	if (status != GOPM_OK) {
		return status;
	}
	if (group_by < GOPM_GROUP_USER || group_by > GOPM_GROUP_STACK) {
		return GOPM_ERR_ARGUMENT;
	}
	gopm__group_json(&w, gopm__sized_record(record, record_size, &ours, sizeof ours), group_by, flags);
	return end_text(&w, length);
}

gopm_status gopm_thread_json(const gopm_core *core, const gopm_thread *record, size_t record_size, uint32_t flags,
                             char *buffer, size_t size, size_t *length)
{
	const struct record checked = {core != NULL ? record : NULL, record_size, GOPM__FIRST_THREAD};
	gopm_thread ours;
	struct gopm__json w;
	gopm_status status = begin_text(&w, &checked, flags, buffer, size, length);

	if (status != GOPM_OK) {
		return status;
	}
	gopm__thread_json(&w, &core->program->file, gopm__sized_record(record, record_size, &ours, sizeof ours), flags);
	return end_text(&w, length);
}

gopm_status gopm_frame_json(const gopm_frame *record, size_t record_size, uint32_t flags, char *buffer, size_t size,
                            size_t *length)
{
	const struct record checked = {record, record_size, GOPM__FIRST_FRAME};
	gopm_frame ours;
	struct gopm__json w;
	gopm_status status = begin_text(&w, &checked, flags, buffer, size, length);

	if (status != GOPM_OK) {
		return status;
	}
	gopm__frame_json(&w, gopm__sized_record(record, record_size, &ours, sizeof ours), flags);
	return end_text(&w, length);
}

gopm_status gopm_finding_json(const gopm_finding *record, size_t record_size, uint32_t flags, char *buffer, size_t size,
                              size_t *length)
{
	const struct record checked = {record, record_size, GOPM__FIRST_FINDING};
	gopm_finding ours;
	struct gopm__json w;
	gopm_status status = begin_text(&w, &checked, flags, buffer, size, length);

	if (status != GOPM_OK) {
		return status;
	}
	gopm__finding_json(&w, gopm__sized_record(record, record_size, &ours, sizeof ours), flags);
	return end_text(&w, length);
}
