/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/core.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "util/search.h"

struct gopm_mapping_iter {
	gopm_core *core;
	size_t next;
};

gopm_status gopm_mapping_iter_open(gopm_core *core, gopm_mapping_iter **out, gopm_error **err)
{
	gopm_status status;
	gopm_mapping_iter *it = gopm__handle_new(out != NULL ? core : NULL, sizeof *it, &status, err);

	if (out != NULL) {
		*out = it;
	}
	return status;
}

/* The row of NT_FILE that contains `address`, or NULL. */
static const struct gopm__file_mapping *mapped_file(const struct gopm__corefile *file, uint64_t address)
{
	size_t after;

	GOPM__LOWER_BOUND(after, file->file_count, file->files[after].start <= address);
	return after != 0 && address < file->files[after - 1].end ? &file->files[after - 1] : NULL;
}

gopm_status gopm_mapping_iter_next(gopm_mapping_iter *it, gopm_mapping *records, size_t stride, size_t capacity,
                                   size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_MAPPING) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__corefile *file = &it->core->program->file;
	for (; *got < capacity && it->next < file->load_count; it->next++) {
		const struct gopm__load *load = &file->loads[it->next];
		const struct gopm__file_mapping *name = mapped_file(file, load->address);
		gopm_mapping record = {
		    .address = load->address,
		    .size = load->memory_size,
		    .size_in_core = load->file_size,
		    .core_offset = load->offset,
		    .file_offset = name != NULL ? name->offset + (load->address - name->start) : 0,
		    .path = name != NULL ? name->path : (gopm_str){NULL, 0},
		    .flags = load->flags,
		};
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

void gopm_mapping_iter_free(gopm_mapping_iter *it)
{
	if (it != NULL) {
		gopm__core_release(it->core);
		free(it);
	}
}
