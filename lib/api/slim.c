/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/slim.h>

#include <sched.h>
#include <string.h>

#include "program/dwarf.h"
#include "api/handle.h"
#include "api/sized.h"
#include "core/core_writer.h"
#include "core/live/live.h"
#include "core/slim_note.h"
#include "slim/keep.h"

#define DEFAULT_MAX_DEPTH 2
#define DEFAULT_MAX_OBJECT 4096
#define DEFAULT_MAX_REACH ((uint64_t)64 << 20)
#define DEFAULT_MAX_VARIABLE_STACKS 10000
#define MAX_THREADS 8

/* A page; and what is noted of a core whose profile keeps no byte more than it must. */
#define PAGE_SHIFT 12
#define EXACT_SHIFT 4

/* Readers that know no extended numbering of program headers (PN_XNUM) take fewer than 65 535. */
#define MOST_SEGMENTS 32000

#define KNOWN_FLAGS (GOPM_SLIM_REPLACE | GOPM_SLIM_SELF_CONTAINED)

void gopm_slim_options_init(gopm_slim_options *options, size_t struct_size)
{
	gopm_slim_options defaults = {0};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

static uint32_t cpu_count(void)
{
	cpu_set_t mine;
	int cpus = sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : 1;

	return cpus < 1 ? 1 : cpus < MAX_THREADS ? (uint32_t)cpus : MAX_THREADS;
}

/* Checks the options, and puts the defaults in. */
static gopm_status settle(gopm_slim_options *o, const gopm_slim_options *options, gopm_error **err)
{
	gopm_slim_options_init(o, sizeof *o);
	gopm_status status = options != NULL ? gopm__sized_in(o, sizeof *o, options, offsetof(gopm_slim_options, path))
	                                     : GOPM_ERR_ARGUMENT;
	if (status != GOPM_OK) {
		return gopm__fail(err, status, GOPM__NOWHERE,
		                  "gopm_slim_options.struct_size or a field this library does not know");
	}
	if ((o->flags & ~KNOWN_FLAGS) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE, "unknown slim flags 0x%x",
		                  (unsigned)(o->flags & ~KNOWN_FLAGS));
	}
	if ((o->path != NULL) == (o->write != NULL)) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "expected exactly one of path and write");
	}
	if (o->profile > GOPM_SLIM_HEAP || o->compression > GOPM_COMPRESSION_ZSTD) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "unknown profile %u or compression %u",
		                  (unsigned)o->profile, (unsigned)o->compression);
	}
	if (o->compression == GOPM_COMPRESSION_BY_NAME) {
		size_t size = o->path != NULL ? strlen(o->path) : 0;
		bool zst = size > 4 && strcmp(o->path + size - 4, ".zst") == 0;
		o->compression = zst ? GOPM_COMPRESSION_ZSTD : GOPM_COMPRESSION_NONE;
	}
	o->threads = o->threads != 0 ? o->threads : cpu_count();
	o->max_depth = o->max_depth == 0 ? DEFAULT_MAX_DEPTH : o->max_depth == UINT32_MAX ? 0 : o->max_depth;
	o->max_object = o->max_object != 0 ? o->max_object : DEFAULT_MAX_OBJECT;
	o->max_reach = o->max_reach != 0 ? o->max_reach : DEFAULT_MAX_REACH;
	o->max_variable_stacks = o->max_variable_stacks != 0 ? o->max_variable_stacks : DEFAULT_MAX_VARIABLE_STACKS;
	return GOPM_OK;
}

static int32_t drop_text(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	(void)data;
	(void)size;
	return 0;
}

static gopm_status keep_values(gopm_core *core, struct gopm__keep *keep, gopm_error **err)
{
	const gopm_slim_options *o = keep->options;
	struct gopm__dwarf *dwarf = NULL;
	gopm_error *why = NULL;

	(void)pthread_mutex_lock(&core->dwarf_lock);
	gopm_status status = gopm__core_dwarf(core, &dwarf, &why);
	if (status == GOPM_OK) {
		struct gopm__context context = {
		    .dwarf = dwarf,
		    .exe = &core->exe,
		    .symtab = &core->symtab,
		    .layout = &core->runtime.layout,
		    .file = &core->file.source,
		    .reader = gopm__reader(&core->file.memory),
		    .limits = {.max_depth = o->max_depth,
		               .max_string = 64,
		               .max_elements = 64,
		               .max_fields = UINT64_MAX},
		};
		status = gopm__keep_variables(keep, &context);
	} else if (status != GOPM_ERR_NO_MEMORY) {
		gopm__finding_add(&core->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
		                  "there was no DWARF to find variables by (%s): what stacks point to was kept instead",
		                  gopm_error_message(why));
		status = GOPM_OK;
	}
	(void)pthread_mutex_unlock(&core->dwarf_lock);
	gopm_error_free(why);
	return status == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err) : status;
}

/* Reads once whatever is to be there later. */
static gopm_status keep_all(gopm_core *core, const gopm_slim_options *o, uint64_t *goroutines, gopm_error **err)
{
	struct gopm__keep keep = {
	    .rt = &core->runtime, .exe = &core->exe, .options = o, .max_frames = core->max_frames};
	gopm_traceback_options traceback = {.struct_size = sizeof traceback, .level = GOPM_TRACEBACK_SYSTEM};
	gopm_status status = GOPM_OK;

	gopm__keep_goroutines(&keep);
	*goroutines = keep.goroutines;
	/* Panics, labels (which are the program's, not the runtime's), whatever else it prints. Of very many
	 * goroutines, what the process died of. */
	core->runtime.traceback_labels = core->runtime.traceback_labels && o->profile != GOPM_SLIM_STACKS;
	traceback.level = keep.goroutines <= o->max_variable_stacks ? traceback.level : GOPM_TRACEBACK_SINGLE;
	status = gopm_traceback(core, &traceback, drop_text, NULL, NULL);
	if (status == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	if (o->profile == GOPM_SLIM_STACKS) {
		return GOPM_OK;
	}
	if (o->profile == GOPM_SLIM_HEAP && gopm__keep_heap(&keep) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	if (o->max_depth != 0) {
		status = keep_values(core, &keep, err);
		if (status == GOPM_OK && gopm__keep_reach(&keep) != GOPM_OK) {
			status = gopm__fail_memory(err);
		}
	}
	return status == GOPM_NOT_FOUND ? GOPM_OK : status;
}

static gopm_status write_core(gopm_core *core, const gopm_slim_options *o, struct gopm__sink *sink,
                              gopm_slim_result *result, gopm_error **err)
{
	bool exact = o->profile == GOPM_SLIM_STACKS;
	uint64_t page = exact ? 1 : (uint64_t)1 << PAGE_SHIFT;
	struct gopm__text note = {0};
	struct gopm__kept kept;

	bool alone = (o->flags & GOPM_SLIM_SELF_CONTAINED) != 0;

	gopm_status status = gopm__kept_collect(&kept, &core->file, page, alone, exact ? SIZE_MAX : MOST_SEGMENTS);
	if (status == GOPM_OK && !alone) {
		status = gopm__keep_file_apart(&kept, &core->exe);
	}
	if (status != GOPM_OK) {
		gopm__kept_free(&kept);
		return gopm__fail_memory(err);
	}
	/* What stands for a process is no file, and as large as its memory. */
	uint64_t whole = core->live != NULL ? core->file.memory_size : core->file.source.size;
	result->original_size = core->file.slim ? core->file.original_size : whole;
	result->memory_size = kept.bytes;
	result->thread_count = core->file.thread_count;
	gopm__slim_note_make(&note, o->profile, result->original_size, &core->findings, &result->finding_count);
	struct gopm__core_plan plan = {.core = &core->file, .kept = &kept, .note = &note, .page = page};
	status = note.failed ? gopm__fail_memory(err) : gopm__core_write(&plan, sink, &result->segment_count, err);
	if (status == GOPM_OK) {
		result->core_size = gopm__sink_at(sink);
		status = gopm__sink_finish(sink, &result->file_size, err);
	}
	gopm__text_free(&note);
	gopm__kept_free(&kept);
	return status;
}

/* Reads what is needed of a process, which copies it. */
static gopm_status copy(gopm_core *core, const gopm_slim_options *o, uint64_t *goroutines, gopm_error **err)
{
	struct gopm__keep keep = {
	    .rt = &core->runtime, .exe = &core->exe, .options = o, .max_frames = core->max_frames};

	gopm__keep_goroutines(&keep);
	*goroutines = keep.goroutines;
	gopm_status status = o->profile != GOPM_SLIM_STACKS ? gopm__keep_reach(&keep) : GOPM_OK;
	if (status == GOPM_OK && o->profile == GOPM_SLIM_HEAP) {
		status = gopm__keep_heap(&keep);
	}
	return status == GOPM_OK ? GOPM_OK : gopm__fail_memory(err);
}

/* Does once, while the process runs on, what is to be done while it stands still: then files are in memory, and so is
 * the room for what is copied. Whatever comes of it is forgotten, failures too. */
static void rehearse(const gopm_core_options *options, const gopm_slim_options *o, struct gopm__open_how *how,
                     struct gopm__source *source)
{
	uint64_t goroutines;
	gopm_core *core;

	how->running = true;
	gopm_status status = gopm__core_open(options, how, &core, NULL);
	how->running = false;
	if (status != GOPM_OK) {
		return;
	}
	(void)copy(core, o, &goroutines, NULL);
	*source = core->file.source;
	core->file.source = (struct gopm__source){0};
	how->live = core->live;
	core->live = NULL;
	gopm__core_release(core);
}

/* All that is done while the process stands still. */
static gopm_status copy_process(const gopm_core_options *options, const gopm_slim_options *o, gopm_core **out,
                                gopm_slim_result *result, gopm_error **err)
{
	struct gopm__source rehearsed = {0};
	struct gopm__open_how how = {.no_environment = o->profile == GOPM_SLIM_STACKS,
	                             .files = (o->flags & GOPM_SLIM_SELF_CONTAINED) != 0};
	gopm_core *core;

	*out = NULL;
	rehearse(options, o, &how, &rehearsed);
	how.rehearsed = &rehearsed;
	gopm_status status = gopm__core_open(options, &how, &core, err);
	gopm__source_close(&rehearsed);
	if (status != GOPM_OK) {
		return status;
	}
	status = copy(core, o, &result->goroutine_count, err);
	result->stopped_time = gopm__live_resume(core->live);
	gopm__source_freeze(&core->file.source);
	if (status != GOPM_OK) {
		gopm__core_release(core);
		return status;
	}
	*out = core;
	return GOPM_OK;
}

/* Opens what was copied once more, as a core that is read again with every byte noted. */
static gopm_status note_exactly(const gopm_core_options *options, const gopm_slim_options *o, gopm_core **core,
                                gopm_slim_result *result, gopm_error **err)
{
	struct gopm__source source = (*core)->file.source;
	struct gopm__open_how how = {
	    .track_shift = EXACT_SHIFT, .no_environment = true, .taken = &source, .live = (*core)->live};

	(*core)->file.source = (struct gopm__source){0};
	(*core)->live = NULL;
	gopm__core_release(*core);
	gopm_status status = gopm__core_open(options, &how, core, err);
	return status == GOPM_OK ? keep_all(*core, o, &result->goroutine_count, err) : status;
}

static gopm_status slim(const gopm_core_options *options, const gopm_slim_options *o, struct gopm__sink *sink,
                        gopm_slim_result *result, gopm_error **err)
{
	bool exact = o->profile == GOPM_SLIM_STACKS;
	struct gopm__open_how how = {.track_shift = exact ? EXACT_SHIFT : PAGE_SHIFT, .no_environment = exact};
	gopm_core *core = NULL;
	gopm_status status;

	if (options != NULL && options->struct_size > offsetof(gopm_core_options, core_pid) && options->core_pid != 0) {
		status = copy_process(options, o, &core, result, err);
		if (status == GOPM_OK && exact) {
			status = note_exactly(options, o, &core, result, err);
		}
	} else {
		status = gopm__core_open(options, &how, &core, err);
		if (status == GOPM_OK) {
			status = keep_all(core, o, &result->goroutine_count, err);
		}
	}
	if (status == GOPM_OK) {
		status = write_core(core, o, sink, result, err);
	}
	gopm__core_release(core);
	return status;
}

gopm_status gopm_slim(const gopm_core_options *core, const gopm_slim_options *options, gopm_slim_result *result,
                      gopm_error **err)
{
	gopm_slim_result full = {.struct_size = result != NULL ? result->struct_size : 0};
	struct gopm__sink *sink;
	gopm_slim_options o;

	if (err != NULL) {
		*err = NULL;
	}
	if (result != NULL && full.struct_size < sizeof full.struct_size) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "gopm_slim_result.struct_size is not set");
	}
	gopm_status status = settle(&o, options, err);
	if (status != GOPM_OK) {
		return status;
	}
	struct gopm__sink_request request = {.path = o.path,
	                                     .write = o.write,
	                                     .user_data = o.user_data,
	                                     .replace = (o.flags & GOPM_SLIM_REPLACE) != 0,
	                                     .zstd = o.compression == GOPM_COMPRESSION_ZSTD,
	                                     .level = o.level,
	                                     .threads = o.threads > 1 ? o.threads : 0};
	/* First: who may not write needs not wait for what would be written. */
	status = gopm__sink_open(&sink, &request, err);
	if (status == GOPM_OK) {
		status = slim(core, &o, sink, &full, err);
		gopm__sink_close(sink);
	}
	if (status != GOPM_OK) {
		full = (gopm_slim_result){.struct_size = full.struct_size};
	}
	if (result != NULL) {
		gopm__sized_out(result, full.struct_size, &full, sizeof full);
	}
	return status;
}
