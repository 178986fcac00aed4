/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/core.h>

#include <stdlib.h>
#include <string.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "util/allocate.h"
#include "util/progress.h"

enum {
	DEFAULT_MAX_FRAMES = 65536,
	DEFAULT_MAX_FINDINGS = 1000,
};
#define DEFAULT_MAX_UNPACKED_SIZE ((uint64_t)64 << 30)
#define DEFAULT_MAX_SECTION_SIZE ((uint64_t)1 << 30)
#define DEFAULT_MAX_GOROUTINES ((uint64_t)1 << 27)

#define KNOWN_FLAGS (GOPM_OPEN_NO_DWARF | GOPM_OPEN_NO_SEARCH | GOPM_OPEN_MAP)

void gopm_core_options_init(gopm_core_options *options, size_t struct_size)
{
	gopm_core_options defaults = {.core_fd = -1, .exe_fd = -1};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

void gopm__core_retain(gopm_core *core)
{
	(void)atomic_fetch_add_explicit(&core->references, 1, memory_order_relaxed);
}

void gopm__core_release(gopm_core *core)
{
	if (core == NULL || atomic_fetch_sub_explicit(&core->references, 1, memory_order_acq_rel) != 1) {
		return;
	}
	gopm__program_close(core->program);
	free(core);
}

void *gopm__handle_new(gopm_core *core, size_t size, gopm_status *status, gopm_error **err)
{
	if (err != NULL) {
		*err = NULL;
	}
	if (core == NULL) {
		*status = gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core and out must not be NULL");
		return NULL;
	}
	gopm_core **handle = gopm__calloc(1, size);
	if (handle == NULL) {
		*status = gopm__fail_memory(err);
		return NULL;
	}
	*handle = core;
	gopm__core_retain(core);
	*status = GOPM_OK;
	return handle;
}

gopm_status gopm__read_status(const gopm_core *core, gopm_status status, gopm_error **err)
{
	struct gopm__io *io = &core->program->io;

	if (!atomic_load_explicit(&io->failed, memory_order_relaxed) || status == GOPM_ERR_ARGUMENT ||
	    status == GOPM_ERR_UNSUPPORTED || status == GOPM_ERR_NO_MEMORY || status == GOPM_ERR_CANCELLED) {
		return status;
	}
	if (err != NULL) {
		gopm_error_free(*err);
		*err = NULL;
	}
	return gopm__io_status(io, err);
}

gopm_status gopm__call_result(uint64_t begun, gopm_status status, gopm_error **err)
{
	if (gopm__call_end(begun)) {
		return status;
	}
	if (err != NULL) {
		gopm_error_free(*err);
	}
	return gopm__call_is_cancelled() ? gopm__fail_cancelled(err) : gopm__fail_memory(err);
}

gopm_status gopm_core_set_progress(gopm_core *core, gopm_progress_fn progress, void *user_data)
{
	if (core == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	gopm__program_lock(core->program);
	core->program->progress = (struct gopm__progress){progress, user_data};
	gopm__program_unlock(core->program);
	return GOPM_OK;
}

void gopm_core_close(gopm_core *core)
{
	gopm__core_release(core);
}

static gopm_status check_core_options(const gopm_core_options *o, gopm_error **err)
{
	int cores = (o->core_path != NULL) + (o->core_data != NULL) + (o->core_read != NULL) + (o->core_fd >= 0) +
	            (o->core_pid != 0);
	int exes = (o->exe_path != NULL) + (o->exe_data != NULL) + (o->exe_read != NULL) + (o->exe_fd >= 0);

	if (cores != 1 || exes > 1) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "gopm_core_options has %d sources of the core and %d of the executable; set exactly "
		                  "one of the core and at most one of the executable",
		                  cores, exes);
	}
	if ((o->flags & ~KNOWN_FLAGS) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_core_options.flags has unknown bits 0x%x; use GOPM_OPEN_*",
		                  (unsigned)(o->flags & ~KNOWN_FLAGS));
	}
	if (o->reserved != 0 || o->reserved2 != 0 || o->reserved3 != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_core_options.reserved, reserved2 and reserved3 must be 0");
	}
	return GOPM_OK;
}

static uint64_t limit_or_default(uint64_t limit, uint64_t preset)
{
	return limit != 0 ? limit : preset;
}

gopm_status gopm__core_options(const gopm_core_options *options, struct gopm__program_options *out, gopm_error **err)
{
	gopm_core_options o;

	if (options == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "the options of the core must not be NULL");
	}
	gopm_core_options_init(&o, sizeof o);
	gopm_status status =
	    gopm__options_in(&o, sizeof o, options, offsetof(gopm_core_options, core_path), "gopm_core_options", err);
	if (status != GOPM_OK) {
		return status;
	}
	status = check_core_options(&o, err);
	uint64_t max_unpacked_size = limit_or_default(o.max_unpacked_size, DEFAULT_MAX_UNPACKED_SIZE);
	*out = (struct gopm__program_options){
	    .core = {.path = o.core_path,
	             .fd = o.core_fd,
	             .data = o.core_data,
	             .data_size = o.core_size,
	             .read = o.core_read,
	             .user_data = o.core_user_data,
	             .read_size = o.core_read_size,
	             .temporary_folder = o.temporary_folder,
	             .progress = {o.progress, o.progress_user_data},
	             .max_unpacked_size = max_unpacked_size},
	    .exe = {.source = {.path = o.exe_path,
	                       .fd = o.exe_fd,
	                       .data = o.exe_data,
	                       .data_size = o.exe_size,
	                       .read = o.exe_read,
	                       .user_data = o.exe_user_data,
	                       .read_size = o.exe_read_size,
	                       .temporary_folder = o.temporary_folder,
	                       .max_unpacked_size = max_unpacked_size},
	            .sysroot = o.sysroot,
	            .search = (o.flags & GOPM_OPEN_NO_SEARCH) == 0,
	            .max_section_size = limit_or_default(o.max_section_size, DEFAULT_MAX_SECTION_SIZE)},
	    .pid = o.core_pid,
	    .no_dwarf = (o.flags & GOPM_OPEN_NO_DWARF) != 0,
	    .max_frames = (uint32_t)limit_or_default(o.max_frames, DEFAULT_MAX_FRAMES),
	    .max_goroutines = limit_or_default(o.max_goroutines, DEFAULT_MAX_GOROUTINES),
	    .max_findings = (size_t)limit_or_default(o.max_findings, DEFAULT_MAX_FINDINGS),
	    .io = {.map = (o.flags & GOPM_OPEN_MAP) != 0,
	           .max_disk = o.max_unpacked_disk,
	           .max_memory = o.max_unpacked_memory,
	           .max_ratio = o.max_unpacked_ratio},
	};
	return status;
}

gopm_status gopm_core_open(const gopm_core_options *options, gopm_core **out, gopm_error **err)
{
	struct gopm__program_options program;

	if (err != NULL) {
		*err = NULL;
	}
	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_status status = gopm__core_options(options, &program, err);
	if (status != GOPM_OK) {
		return status;
	}
	gopm_core *core = gopm__calloc(1, sizeof *core);
	if (core == NULL) {
		return gopm__fail_memory(err);
	}
	atomic_init(&core->references, 1);
	const uint64_t begun = gopm__call_begin();
	status = gopm__program_open(&program, &core->program, err);
	status = gopm__call_result(begun, status, err);
	if (status != GOPM_OK) {
		gopm__core_release(core);
		return status;
	}
	*out = core;
	return GOPM_OK;
}

gopm_status gopm_core_open_path(const char *core_path, const char *exe_path, gopm_core **out, gopm_error **err)
{
	gopm_core_options options;

	gopm_core_options_init(&options, sizeof options);
	options.core_path = core_path;
	options.exe_path = exe_path;
	return gopm_core_open(&options, out, err);
}

static gopm_str str_or_null(const char *nul_terminated)
{
	return nul_terminated != NULL ? (gopm_str){nul_terminated, strlen(nul_terminated)} : (gopm_str){NULL, 0};
}

gopm_status gopm_core_get_info(const gopm_core *core, gopm_core_info *info)
{
	if (core == NULL || info == NULL || info->struct_size < GOPM__FIRST_CORE_INFO) {
		return GOPM_ERR_ARGUMENT;
	}
	struct gopm__program *program = core->program;
	const struct gopm__death *death = &program->death;
	gopm_core_info full = {
	    .struct_size = info->struct_size,
	    .flags = (program->exe.mismatch ? GOPM_CORE_EXE_MISMATCH : 0) |
	             (program->exe.from_core ? GOPM_CORE_EXE_FROM_CORE : 0) |
	             (program->file.truncated ? GOPM_CORE_TRUNCATED : 0) |
	             (gopm__program_has_dwarf(program) ? GOPM_CORE_HAS_DWARF : 0) |
	             (program->exe.pie ? GOPM_CORE_PIE : 0) | (program->runtime.partial ? GOPM_CORE_PARTIAL : 0) |
	             (program->file.bare ? GOPM_CORE_NO_MEMORY : 0) | (program->file.slim ? GOPM_CORE_SLIM : 0) |
	             (program->live != NULL ? GOPM_CORE_LIVE : 0),
	    .pid = program->file.pid,
	    .core_path = str_or_null(program->file.source.name),
	    .exe_path = str_or_null(program->exe.source.name),
	    .core_build_id = program->exe.core_build_id,
	    .exe_build_id = program->exe.build_id,
	    .go_version = program->runtime.version,
	    .machine = str_or_null(program->file.arch->name),
	    .compression = str_or_null(program->file.source.compression),
	    .command_line = program->file.command_line,
	    .exe_bias = program->exe.bias,
	    .core_size = program->file.source.size,
	    .memory_size = program->file.memory_size,
	    .thread_count = program->file.thread_count,
	    .goroutine_slots = program->runtime.g_count,
	    .death = death->kind,
	    .signal = death->signal,
	    .signal_code = death->signal_code,
	    .death_thread = (uint32_t)death->thread,
	    .fault_address = death->fault_address,
	    .death_goroutine = death->goroutine,
	    .death_text = death->text,
	    .backlog = program->runtime.backlog,
	    .now = program->runtime.now,
	    .slim_profile = program->file.slim_profile,
	    .original_size = program->file.original_size,
	    .signal_pc = death->signal_pc,
	    .death_lines = death->before,
	    .kernel_signal = death->kernel_signal,
	    .signal_sender = death->signal_sender,
	};
	if (full.now != 0 && program->runtime.to_unix != 0 &&
	    __builtin_add_overflow(full.now, program->runtime.to_unix, &full.unix_now)) {
		full.unix_now = 0;
	}
	gopm__sized_out(info, info->struct_size, &full, sizeof full);
	return GOPM_OK;
}

gopm_status gopm_memory_read(const gopm_core *core, uint64_t address, void *buffer, size_t size, size_t *got)
{
	size_t none;

	got = got != NULL ? got : &none;
	*got = 0;
	if (core == NULL || (buffer == NULL && size != 0)) {
		return GOPM_ERR_ARGUMENT;
	}
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	*got = gopm__read_copy(&reader, address, buffer, size);
	return *got == size ? GOPM_OK : gopm__read_status(core, GOPM_ERR_MISSING_MEMORY, NULL);
}

gopm_str gopm_symbol_name(const gopm_core *core, gopm_str function)
{
	return core != NULL ? gopm__symtab_symbol(&core->program->symtab, function) : function;
}

gopm_status gopm_symbolize(const gopm_core *core, uint64_t pc, gopm_location *locations, size_t stride, size_t capacity,
                           size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (core == NULL || (capacity != 0 && (locations == NULL || stride < GOPM__FIRST_LOCATION))) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin();
	const struct gopm__pcinfo *info = gopm__symtab_pc(&core->program->symtab, pc);
	gopm_status status = gopm__call_result(begun, info != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY, NULL);
	if (info == NULL || status != GOPM_OK) {
		return status;
	}
	status = gopm__read_status(core, info->known ? GOPM_OK : GOPM_NOT_FOUND, NULL);
	if (status != GOPM_OK) {
		return status;
	}
	for (uint32_t i = 0; i < info->call_count && i < capacity; i++) {
		gopm_location location = gopm__location(info, &info->calls[i], pc);
		gopm__sized_out(gopm__sized_at(locations, stride, i), stride, &location, sizeof location);
	}
	*count = info->call_count;
	return GOPM_OK;
}
