/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/slim.h>

#include <sched.h>
#include <string.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "slim/slim.h"
#include "util/allocate.h"

#define DEFAULT_MAX_DEPTH 2
#define DEFAULT_MAX_OBJECT 4096
#define DEFAULT_MAX_REACH ((uint64_t)64 << 20)
#define DEFAULT_MAX_VARIABLE_STACKS 10000
#define MAX_THREADS 8

#define KNOWN_FLAGS (GOPM_SLIM_FLAG_REPLACE | GOPM_SLIM_FLAG_SELF_CONTAINED)

void gopm_slim_options_init(gopm_slim_options *options, size_t struct_size)
{
	gopm_slim_options defaults = {0};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

static uint32_t usable_cpus(void)
{
	cpu_set_t mine;
	int cpus = sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : 1;

	return cpus < 1 ? 1 : cpus < MAX_THREADS ? (uint32_t)cpus : MAX_THREADS;
}

/* Copies the options, checks them and sets the defaults. */
static gopm_status copy_slim_options(gopm_slim_options *o, const gopm_slim_options *options, gopm_error **err)
{
	if (options == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "options must not be NULL");
	}
	gopm_slim_options_init(o, sizeof *o);
	gopm_status status =
	    gopm__options_in(o, sizeof *o, options, offsetof(gopm_slim_options, path), "gopm_slim_options", err);
	if (status != GOPM_OK) {
		return status;
	}
	if ((o->flags & ~KNOWN_FLAGS) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_slim_options.flags has unknown bits 0x%x; use GOPM_SLIM_FLAG_REPLACE and "
		                  "GOPM_SLIM_FLAG_SELF_CONTAINED",
		                  (unsigned)(o->flags & ~KNOWN_FLAGS));
	}
	if ((o->path != NULL) == (o->write != NULL)) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "gopm_slim_options: set exactly one of path and write");
	}
	if (o->profile > GOPM_SLIM_HEAP || o->compression > GOPM_COMPRESSION_ZSTD) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "gopm_slim_options has an unknown profile %u or compression %u; use "
		                  "GOPM_SLIM_* and GOPM_COMPRESSION_*",
		                  (unsigned)o->profile, (unsigned)o->compression);
	}
	if (o->compression == GOPM_COMPRESSION_BY_NAME) {
		size_t size = o->path != NULL ? strlen(o->path) : 0;
		bool zst = size > 4 && strcmp(o->path + size - 4, ".zst") == 0;
		o->compression = zst ? GOPM_COMPRESSION_ZSTD : GOPM_COMPRESSION_NONE;
	}
	o->threads = o->threads != 0 ? o->threads : usable_cpus();
	o->max_depth = o->max_depth == 0 ? DEFAULT_MAX_DEPTH : o->max_depth == UINT32_MAX ? 0 : o->max_depth;
	o->max_object = o->max_object != 0 ? o->max_object : DEFAULT_MAX_OBJECT;
	o->max_reach = o->max_reach != 0 ? o->max_reach : DEFAULT_MAX_REACH;
	o->max_variable_stacks = o->max_variable_stacks != 0 ? o->max_variable_stacks : DEFAULT_MAX_VARIABLE_STACKS;
	return GOPM_OK;
}

gopm_status gopm_slim(const gopm_core_options *core, const gopm_slim_options *options, gopm_slim_result *result,
                      gopm_error **err)
{
	gopm_slim_result full = {.struct_size = result != NULL ? result->struct_size : 0};
	struct gopm__program_options program;
	struct gopm__sink *sink;
	gopm_slim_options o = {0};

	if (err != NULL) {
		*err = NULL;
	}
	if (result != NULL && full.struct_size < GOPM__FIRST_SLIM_RESULT) {
		return gopm__fail(
		    err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		    "gopm_slim_result.struct_size is not a size of this struct; set it to sizeof(gopm_slim_result)");
	}
	gopm_status status = copy_slim_options(&o, options, err);
	if (status == GOPM_OK) {
		status = gopm__core_options(core, &program, err);
	}
	if (status != GOPM_OK) {
		return status;
	}
	struct gopm__sink_request request = {.path = o.path,
	                                     .write = o.write,
	                                     .user_data = o.user_data,
	                                     .replace = (o.flags & GOPM_SLIM_FLAG_REPLACE) != 0,
	                                     .zstd = o.compression == GOPM_COMPRESSION_ZSTD,
	                                     .level = o.level,
	                                     .threads = o.threads > 1 ? o.threads : 0};
	/* Open the output first: if it cannot be written, fail before the long work. */
	const uint64_t begun = gopm__call_begin();
	status = gopm__sink_open(&sink, &request, err);
	if (status == GOPM_OK) {
		status = gopm__slim(&program, &o, sink, &full, err);
		gopm__sink_close(sink);
	}
	status = gopm__call_result(begun, status, err);
	if (status != GOPM_OK) {
		full = (gopm_slim_result){.struct_size = full.struct_size};
	}
	if (result != NULL) {
		gopm__sized_out(result, full.struct_size, &full, sizeof full);
	}
	return status;
}
