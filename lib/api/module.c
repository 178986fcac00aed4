/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/module.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "util/allocate.h"

struct gopm_module_iter {
	gopm_core *core;
	size_t next;
};

gopm_status gopm_module_iter_open(gopm_core *core, gopm_module_iter **out, gopm_error **err)
{
	gopm_status status;
	gopm_module_iter *it = gopm__handle_new(out != NULL ? core : NULL, sizeof *it, &status, err);

	if (out != NULL) {
		*out = it;
	}
	return status;
}

static gopm_module module_record(struct gopm__mapped_modules *modules, struct gopm__mapped_module *m)
{
	gopm__mapped_module_find(modules, m);
	gopm_module record = {
	    .address = m->start,
	    .size = m->end - m->start,
	    .bias = m->bias,
	    .path = m->path,
	    .build_id = m->build_id,
	    .searched = m->searched,
	    .source = m->source,
	    .flags = (m->is_program ? GOPM_MODULE_FLAG_PROGRAM : 0) | (m->bias_known ? GOPM_MODULE_FLAG_BIAS : 0),
	};
	if (m->exe != NULL && m->source == GOPM__MODULE_FILE) {
		record.file = (gopm_str){m->exe->source.name, strlen(m->exe->source.name)};
	}
	if (m->exe != NULL) {
		/* A core whose executable is not Go does not open, even if what says so in the file is damaged. */
		const bool go = m->exe == modules->program || gopm__mapped_module_is_go(m);
		record.flags |= go ? GOPM_MODULE_FLAG_GO : 0;
		record.flags |= gopm__executable_has_section(m->exe, ".debug_info") ? GOPM_MODULE_FLAG_DWARF : 0;
	}
	return record;
}

gopm_status gopm_module_iter_next(gopm_module_iter *it, gopm_module *records, size_t stride, size_t capacity,
                                  size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_MODULE) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin();
	struct gopm__mapped_modules *modules = gopm__native_modules(&it->core->program->native);
	const size_t count = modules != NULL ? modules->count : 0;
	for (size_t next = it->next; *got < capacity && next < count; next++) {
		gopm_module record = module_record(modules, &modules->list[next]);
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	gopm_status status = gopm__call_result(begun, *got != 0 ? GOPM_OK : GOPM_DONE, NULL);
	status = gopm__read_status(it->core, status, NULL);
	*got = status == GOPM_OK ? *got : 0;
	it->next += *got;
	return status;
}

void gopm_module_iter_free(gopm_module_iter *it)
{
	if (it != NULL) {
		gopm__core_release(it->core);
		free(it);
	}
}
