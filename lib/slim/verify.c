/* SPDX-License-Identifier: Apache-2.0 */
/* The small core is read before it exists: its headers are in memory, and its pieces in the original. So the output may
 * be a pipe, nothing is written that would have to be removed, and a compressed output need not be unpacked again. */
#include "slim/verify.h"

#include <inttypes.h>

#include "query/query.h"
#include "runtime/wait.h"

static int64_t read_executable(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	const struct gopm__source *source = user_data;

	if (offset >= source->size) {
		return 0;
	}
	size = size < source->size - offset ? size : (size_t)(source->size - offset);
	return gopm__source_copy(source, offset, buffer, size) ? (int64_t)size : -1;
}

/* Options that open the small core with the executable that the original was opened with. */
static struct gopm__program_options small_options(const struct gopm__verify *verify)
{
	struct gopm__source *exe = &verify->original->exe.source;
	struct gopm__program_options small = *verify->options;

	small.core = (struct gopm__source_request){.fd = -1,
	                                           .read = gopm__core_layout_read,
	                                           .user_data = verify->layout,
	                                           .read_size = verify->layout->size,
	                                           .transient = true,
	                                           .name = "the small core"};
	small.pid = 0;
	small.live = NULL;
	small.source = NULL;
	small.rehearsed = NULL;
	small.track_shift = 0;
	small.exe.source = (struct gopm__source_request){.fd = -1};
	if (verify->alone && !gopm__executable_is_library(&verify->original->exe)) {
		small.exe.search = false;
	} else if (!verify->original->exe.from_core) {
		/* Not by its path: it may have come through a pipe. */
		small.exe.source.read = read_executable;
		small.exe.source.user_data = exe;
		small.exe.source.read_size = exe->size;
		small.exe.source.transient = true;
		small.exe.source.name = exe->name;
	}
	return small;
}

static gopm_status ask(struct gopm__program *program, struct gopm__answers *answers)
{
	gopm_goroutine_filter filter = {.struct_size = sizeof filter};
	gopm_wait waits[GOPM__ANSWER_WAITS];
	struct gopm__query query;
	struct gopm__scan scan;

	if (gopm__query_init(&query, &filter) != GOPM_OK) {
		return GOPM_ERR_NO_MEMORY;
	}
	gopm__scan_init(&scan, &program->runtime, &query);
	while (gopm__scan_next(&scan)) {
		size_t count =
		    gopm__waits(&program->runtime, &scan.reader, &scan.cache, &scan.g, waits, GOPM__ANSWER_WAITS);
		gopm__answers_add(answers, &scan.g, waits, count);
	}
	gopm__scan_clear(&scan);
	gopm__query_clear(&query);
	return GOPM_OK;
}

static gopm_status compare_answers(const struct gopm__verify *verify, struct gopm__program *small, gopm_error **err)
{
	const struct gopm__place place = GOPM__AT_FILE(verify->original->file.source.name);
	const struct gopm__answers *old = verify->answers;
	struct gopm__answers new = {0};

	if (ask(small, &new) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	gopm_status status = gopm__io_status(&small->io, err);
	if (status != GOPM_OK) {
		return status;
	}
	if (new.goroutines != old->goroutines || small->file.thread_count != verify->original->file.thread_count) {
		return gopm__fail(err, GOPM_ERR_FORMAT, place,
		                  "is damaged: a small core of it would have %" PRIu64
		                  " goroutines and %zu threads instead of %" PRIu64
		                  " and %zu; nothing is written, keep the whole core",
		                  new.goroutines, small->file.thread_count, old->goroutines,
		                  verify->original->file.thread_count);
	}
	if (new.hash != old->hash) {
		return gopm__fail(
		    err, GOPM_ERR_FORMAT, place,
		    "is damaged: a small core of it would show other states or waits of goroutines; nothing "
		    "is written, keep the whole core");
	}
	return GOPM_OK;
}

gopm_status gopm__slim_verify(const struct gopm__verify *verify, gopm_error **err)
{
	const struct gopm__program_options options = small_options(verify);
	struct gopm__program *small;
	gopm_error *why = NULL;

	gopm_status status = gopm__program_open(&options, &small, &why);
	if (status == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	if (status == GOPM_ERR_CANCELLED) {
		gopm_error_free(why);
		return gopm__fail_cancelled(err);
	}
	if (status != GOPM_OK) {
		status =
		    gopm__fail(err, status == GOPM_ERR_IO ? status : GOPM_ERR_FORMAT,
		               GOPM__AT_FILE(verify->original->file.source.name),
		               "a small core of it could not be opened (%s); nothing is written, keep the whole core",
		               gopm_error_message(why));
		gopm_error_free(why);
		return status;
	}
	status = compare_answers(verify, small, err);
	gopm__program_close(small);
	return status;
}
