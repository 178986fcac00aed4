/* SPDX-License-Identifier: Apache-2.0 */
/* Asks every question that a small core has to answer, once, and drops the answers. */
#include "export/pprof.h"
#include "export/traceback_program.h"
#include "slim/keep.h"
#include "value/context.h"

static int32_t drop_text(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	(void)data;
	(void)size;
	return 0;
}

/* Reads what the runtime's traceback prints: panics, labels, arguments. */
static gopm_status read_traceback(struct gopm__keep *keep)
{
	struct gopm__program *program = keep->program;
	const gopm_slim_options *o = keep->options;
	struct gopm__traceback_request request = {.write = drop_text, .level = GOPM_TRACEBACK_SYSTEM};

	/* Labels are the program's data, not the runtime's. */
	program->runtime.traceback_labels = program->runtime.traceback_labels && o->profile != GOPM_SLIM_STACKS;
	if (keep->answers.goroutines > o->max_variable_stacks) {
		request.level = GOPM_TRACEBACK_SINGLE;
	}
	return gopm__traceback_program(program, &request);
}

static gopm_status read_variables(struct gopm__keep *keep)
{
	struct gopm__program *program = keep->program;
	const struct gopm__limits limits = {.max_depth = keep->options->max_depth,
	                                    .max_string = 64,
	                                    .max_elements = 64,
	                                    .max_fields = UINT64_MAX,
	                                    .channels = true};
	struct gopm__dwarf *dwarf;
	gopm_error *why = NULL;

	gopm__program_lock(program);
	gopm_status status = gopm__program_dwarf(program, &dwarf, &why);
	if (status == GOPM_OK) {
		struct gopm__context context = gopm__context(program, NULL, &limits);
		status = gopm__keep_variables(keep, &context);
	} else if (status != GOPM_ERR_NO_MEMORY) {
		gopm__finding_add(&program->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
		                  "no DWARF to find variables with (%s): memory that stacks point to is kept instead",
		                  gopm_error_message(why));
		status = GOPM_OK;
	}
	gopm__program_unlock(program);
	gopm_error_free(why);
	return status;
}

/* Reads the runtime's own profiles, with the functions of their stacks. */
static gopm_status read_profiles(struct gopm__keep *keep)
{
	static const uint32_t kinds[] = {GOPM_PROFILE_HEAP, GOPM_PROFILE_MUTEX, GOPM_PROFILE_BLOCK};
	const struct gopm__sink_request dropped = {.write = drop_text};
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && status != GOPM_ERR_NO_MEMORY; i++) {
		const struct gopm__profile_request request = {.kind = kinds[i]};
		struct gopm__profile profile = {0};
		struct gopm__sink *sink = NULL;
		status = gopm__profile_make(&profile, keep->rt, &request);
		if (status == GOPM_OK) {
			status = gopm__sink_open(&sink, &dropped, NULL);
		}
		if (status == GOPM_OK) {
			status = gopm__pprof_write(&profile, keep->program, sink, NULL);
		}
		gopm__sink_close(sink);
		gopm__profile_clear(&profile);
	}
	return status == GOPM_ERR_NO_MEMORY ? status : GOPM_OK;
}

gopm_status gopm__keep_postmortem(struct gopm__keep *keep)
{
	const gopm_slim_options *o = keep->options;

	const struct gopm__build *build;

	gopm__keep_goroutines(keep);
	gopm_status status = gopm__program_build(keep->program, &build);
	if (status != GOPM_OK) {
		return status;
	}
	status = o->profile != GOPM_SLIM_STACKS ? read_profiles(keep) : GOPM_OK;
	if (status == GOPM_OK) {
		status = read_traceback(keep);
	}
	if (status == GOPM_ERR_NO_MEMORY || o->profile == GOPM_SLIM_STACKS) {
		return status == GOPM_ERR_NO_MEMORY ? status : GOPM_OK;
	}
	status = o->profile == GOPM_SLIM_HEAP ? gopm__keep_heap(keep) : GOPM_OK;
	if (status == GOPM_OK && o->profile == GOPM_SLIM_HEAP) {
		status = gopm__keep_heap_answers(keep);
	}
	if (status == GOPM_OK && o->max_depth != 0) {
		status = read_variables(keep);
		if (status == GOPM_OK) {
			status = gopm__keep_reach(keep);
		}
	}
	return status;
}
