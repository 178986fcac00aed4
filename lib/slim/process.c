/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the time short for which the process is stopped. A rehearsal does all of it while the process runs: afterwards
 * the executable's tables are in memory, and so are the pages that the copy is read into. What the rehearsal read is
 * discarded. Then the process is stopped, and the same bytes are read again in few large calls. */
#include "slim/process.h"

#include "core/live/live.h"

/* Reads the memory that a small core has. The source of a process keeps a copy of what is read. */
static gopm_status copy_memory(struct gopm__keep *keep)
{
	gopm__keep_goroutines(keep);
	gopm_status status = keep->options->profile != GOPM_SLIM_STACKS ? gopm__keep_reach(keep) : GOPM_OK;
	if (status == GOPM_OK && keep->options->profile == GOPM_SLIM_HEAP) {
		status = gopm__keep_heap(keep);
	}
	return status;
}

/* Copies the running process once. Leaves the process in `options->live` and the copy's memory in *source; neither if
 * the process cannot be opened. */
static void rehearse_copy(struct gopm__program_options *options, const gopm_slim_options *o,
                          struct gopm__source *source)
{
	struct gopm__program *program;

	options->running = true;
	gopm_status status = gopm__program_open(options, &program, NULL);
	options->running = false;
	if (status != GOPM_OK) {
		return;
	}
	struct gopm__keep keep = gopm__keep(program, o);
	(void)copy_memory(&keep);
	*source = program->file.source;
	program->file.source = (struct gopm__source){0};
	options->live = program->live;
	program->live = NULL;
	gopm__program_close(program);
}

static gopm_status copy_process(const struct gopm__program_options *options, const gopm_slim_options *o,
                                struct gopm__program **out, struct gopm__answers *answers, uint64_t *stopped_time,
                                gopm_error **err)
{
	struct gopm__program_options stopped = *options;
	struct gopm__source rehearsed = {0};

	stopped.no_environment = o->profile == GOPM_SLIM_STACKS;
	stopped.files = (o->flags & GOPM_SLIM_FLAG_SELF_CONTAINED) != 0;
	rehearse_copy(&stopped, o, &rehearsed);
	stopped.rehearsed = &rehearsed;
	gopm_status status = gopm__program_open(&stopped, out, err);
	gopm__source_close(&rehearsed);
	if (status != GOPM_OK) {
		return status;
	}
	struct gopm__keep keep = gopm__keep(*out, o);
	status = copy_memory(&keep);
	*answers = keep.answers;
	*stopped_time = gopm__live_resume((*out)->live);
	gopm__source_freeze(&(*out)->file.source);
	return status == GOPM_OK ? GOPM_OK : gopm__fail_memory(err);
}

/* Opens the copy again and reads it with each byte recorded: a copy has whole pages. */
static gopm_status read_copy(const struct gopm__program_options *options, const gopm_slim_options *o,
                             struct gopm__program **program, struct gopm__answers *answers, gopm_error **err)
{
	struct gopm__program_options exact = *options;
	struct gopm__source source = (*program)->file.source;

	exact.track_shift = GOPM__SLIM_EXACT_SHIFT;
	exact.no_environment = true;
	exact.source = &source;
	exact.live = (*program)->live;
	(*program)->file.source = (struct gopm__source){0};
	(*program)->live = NULL;
	gopm__program_close(*program);
	gopm_status status = gopm__program_open(&exact, program, err);
	if (status == GOPM_OK) {
		struct gopm__keep keep = gopm__keep(*program, o);
		status = gopm__keep_postmortem(&keep) == GOPM_OK ? GOPM_OK : gopm__fail_memory(err);
		*answers = keep.answers;
	}
	return status;
}

gopm_status gopm__slim_process(const struct gopm__program_options *options, const gopm_slim_options *o,
                               struct gopm__program **out, struct gopm__answers *answers, uint64_t *stopped_time,
                               gopm_error **err)
{
	gopm_status status = copy_process(options, o, out, answers, stopped_time, err);

	if (status == GOPM_OK && o->profile == GOPM_SLIM_STACKS) {
		status = read_copy(options, o, out, answers, err);
	}
	return status;
}
