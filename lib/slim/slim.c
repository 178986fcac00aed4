/* SPDX-License-Identifier: Apache-2.0 */
/* A small core has the bytes that a postmortem reads of a large one. So the large core is opened with a source that
 * records reads, and every question is asked once (postmortem.c). The recorded bytes are written with the notes. A
 * process is copied first, while it is stopped (process.c). */
#include "slim/slim.h"

#include "core/core_writer.h"
#include "core/slim_note.h"
#include "program/bare.h"
#include "slim/process.h"
#include "slim/verify.h"

/* Tools that do not know PN_XNUM, the extended count of program headers, read at most 65 534. */
#define MOST_SEGMENTS 32000

/* Plans the small core, opens it as it will be, and only then writes it. */
static gopm_status write_verified(const struct gopm__core_plan *plan, struct gopm__verify *verify,
                                  struct gopm__sink *sink, gopm_slim_result *result, gopm_error **err)
{
	struct gopm__core_layout layout;

	gopm_status status = gopm__core_layout_make(&layout, plan, err);
	if (status != GOPM_OK) {
		return status;
	}
	verify->layout = &layout;
	status = gopm__slim_verify(verify, err);
	if (status == GOPM_OK) {
		status = gopm__core_write(&layout, sink, err);
	}
	if (status == GOPM_OK) {
		result->segment_count = layout.segments;
		result->core_size = gopm__sink_at(sink);
		status = gopm__sink_finish(sink, &result->file_size, err);
	}
	gopm__core_layout_free(&layout);
	return status;
}

static gopm_status write_core(struct gopm__verify *verify, const gopm_slim_options *o, struct gopm__sink *sink,
                              gopm_slim_result *result, gopm_error **err)
{
	struct gopm__program *program = verify->original;
	bool exact = o->profile == GOPM_SLIM_STACKS;
	uint64_t page = exact ? 1 : (uint64_t)1 << GOPM__SLIM_PAGE_SHIFT;
	struct gopm__text note = {0};
	struct gopm__kept kept;

	gopm_status status =
	    gopm__kept_collect(&kept, &program->file, page, verify->alone, exact ? SIZE_MAX : MOST_SEGMENTS);
	if (status == GOPM_OK && !verify->alone) {
		status = gopm__keep_file_apart(&kept, &program->exe);
	}
	if (status != GOPM_OK) {
		gopm__kept_free(&kept);
		return gopm__fail_memory(err);
	}
	/* The source of a process is as large as its address space, which is not the size of a file. */
	uint64_t whole = program->live != NULL ? program->file.memory_size : program->file.source.size;
	result->original_size = program->file.slim ? program->file.original_size : whole;
	result->memory_size = kept.bytes;
	result->thread_count = program->file.thread_count;
	gopm__slim_note_make(&note, o->profile, result->original_size, &program->findings, &result->finding_count);
	struct gopm__core_plan plan = {.core = &program->file, .kept = &kept, .note = &note, .page = page};
	status = note.failed ? gopm__fail_memory(err) : write_verified(&plan, verify, sink, result, err);
	gopm__text_free(&note);
	gopm__kept_free(&kept);
	return status;
}

/* Opens a core and reads all that the small core needs. */
static gopm_status read_core(const struct gopm__program_options *options, const gopm_slim_options *o,
                             struct gopm__program **out, struct gopm__answers *answers, gopm_error **err)
{
	struct gopm__program_options tracked = *options;
	bool exact = o->profile == GOPM_SLIM_STACKS;

	tracked.track_shift = exact ? GOPM__SLIM_EXACT_SHIFT : GOPM__SLIM_PAGE_SHIFT;
	tracked.no_environment = exact;
	gopm_status status = gopm__program_open(&tracked, out, err);
	if (status == GOPM_OK) {
		status = gopm__bare_status(*out, err);
	}
	if (status == GOPM_OK) {
		struct gopm__keep keep = gopm__keep(*out, o);
		status = gopm__keep_postmortem(&keep) == GOPM_OK ? GOPM_OK : gopm__fail_memory(err);
		*answers = keep.answers;
	}
	if (status == GOPM_OK) {
		status = gopm__io_status(&(*out)->io, err);
	}
	return status;
}

gopm_status gopm__slim(const struct gopm__program_options *options, const gopm_slim_options *o, struct gopm__sink *sink,
                       gopm_slim_result *result, gopm_error **err)
{
	struct gopm__answers answers = {0};
	struct gopm__verify verify = {
	    .options = options, .answers = &answers, .alone = (o->flags & GOPM_SLIM_FLAG_SELF_CONTAINED) != 0};

	gopm_status status =
	    options->pid != 0 ? gopm__slim_process(options, o, &verify.original, &answers, &result->stopped_time, err)
	                      : read_core(options, o, &verify.original, &answers, err);
	result->goroutine_count = answers.goroutines;
	if (status == GOPM_OK) {
		status = write_core(&verify, o, sink, result, err);
	}
	gopm__program_close(verify.original);
	return status;
}
