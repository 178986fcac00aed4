/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/thread.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/register.h"
#include "api/sized.h"
#include "runtime/g.h"
#include "unwind/native_name.h"
#include "util/allocate.h"

struct gopm_thread_iter {
	gopm_core *core;
	size_t next;
};

gopm_status gopm_thread_iter_open(gopm_core *core, gopm_thread_iter **out, gopm_error **err)
{
	gopm_status status;
	gopm_thread_iter *it = gopm__handle_new(out != NULL ? core : NULL, sizeof *it, &status, err);

	if (out != NULL) {
		*out = it;
	}
	return status;
}

/* Of a pc that is not in Go code. */
static void set_native_location(gopm_core *core, gopm_thread *record)
{
	const struct gopm__native_place *place = gopm__native_describe(&core->program->native, record->pc);

	record->location = (gopm_location){.pc = record->pc};
	if (place == NULL || place->module == NULL) {
		return;
	}
	const struct gopm__native_call *call = &place->calls[0];
	record->location.entry = place->entry;
	record->location.function = call->function;
	record->location.file = call->file;
	record->location.line = call->line;
	record->location.flags = place->count > 1 ? GOPM_LOCATION_INLINED : 0;
	record->object = place->module->path;
	record->object_offset = gopm__native_file_address(place, record->pc);
}

static gopm_thread thread_record(gopm_core *core, const struct gopm__thread *thread)
{
	const struct gopm__arch *arch = core->program->file.arch;
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	const struct gopm__m *m = gopm__runtime_m_of_thread(&core->program->runtime, thread);
	struct gopm__g g;
	gopm_thread record = {
	    .id = thread->id,
	    .signal = thread->signal,
	    .pc = thread->registers.value[arch->pc],
	    .sp = thread->registers.value[arch->sp],
	};

	const struct gopm__pcinfo *info = gopm__symtab_pc(&core->program->symtab, record.pc);
	if (info != NULL && info->known) {
		record.location = gopm__location(info, &info->calls[0], record.pc);
	} else {
		set_native_location(core, &record);
	}
	if (m != NULL) {
		record.m = m->address;
		record.m_id = m->id;
		if (m->curg != 0 && gopm__g_read(&core->program->runtime, &reader, m->curg, &g)) {
			record.goroutine = g.id;
			record.goroutine_address = m->curg;
		}
	}
	return record;
}

gopm_status gopm_thread_iter_next(gopm_thread_iter *it, gopm_thread *records, size_t stride, size_t capacity,
                                  size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_THREAD) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin();
	for (size_t next = it->next; *got < capacity && next < it->core->program->file.thread_count; next++) {
		gopm_thread record = thread_record(it->core, &it->core->program->file.threads[next]);
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	gopm_status status = gopm__call_result(begun, *got != 0 ? GOPM_OK : GOPM_DONE, NULL);
	status = gopm__read_status(it->core, status, NULL);
	*got = status == GOPM_OK ? *got : 0;
	it->next += *got;
	return status;
}

void gopm_thread_iter_free(gopm_thread_iter *it)
{
	if (it != NULL) {
		gopm__core_release(it->core);
		free(it);
	}
}

gopm_status gopm_thread_registers(const gopm_core *core, uint64_t thread_id, gopm_register *records, size_t stride,
                                  size_t capacity, size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (core == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_REGISTER))) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__arch *arch = core->program->file.arch;
	for (size_t t = 0; t < core->program->file.thread_count; t++) {
		const struct gopm__thread *thread = &core->program->file.threads[t];
		if (thread->id != thread_id) {
			continue;
		}
		*count = gopm__registers_out(arch, &thread->registers, records, stride, capacity);
		return GOPM_OK;
	}
	return GOPM_NOT_FOUND;
}
