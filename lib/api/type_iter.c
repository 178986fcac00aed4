/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/type.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "type/type_names.h"
#include "util/allocate.h"

struct gopm_type_iter {
	gopm_core *core;
	struct gopm__type_names names;
	size_t next;
};

gopm_status gopm_type_iter_open(gopm_core *core, const char *glob, gopm_type_iter **out, gopm_error **err)
{
	gopm_status status;
	struct gopm__types *types;
	gopm_type_iter *it = gopm__handle_new(out != NULL ? core : NULL, sizeof *it, &status, err);

	if (out != NULL) {
		*out = NULL;
	}
	if (it == NULL) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(core->program);
	status = gopm__program_types(core->program, &types, err);
	if (status == GOPM_OK) {
		status = gopm__type_names_read(&it->names, types, glob);
	}
	gopm__program_unlock(core->program);
	status = gopm__call_result(begun, status, err);
	status = gopm__read_status(core, status, err);
	if (status != GOPM_OK) {
		gopm_type_iter_free(it);
		return status;
	}
	*out = it;
	return GOPM_OK;
}

gopm_status gopm_type_iter_next(gopm_type_iter *it, gopm_type_name *records, size_t stride, size_t capacity,
                                size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_TYPE_NAME) {
		return GOPM_ERR_ARGUMENT;
	}
	while (*got < capacity && it->next < it->names.count) {
		const struct gopm__type_name *name = &it->names.list[it->next++];
		const gopm_type_name record = {.name = name->text, .descriptor = name->descriptor};
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

void gopm_type_iter_free(gopm_type_iter *it)
{
	if (it != NULL) {
		gopm__type_names_free(&it->names);
		gopm__core_release(it->core);
		free(it);
	}
}
