/* SPDX-License-Identifier: Apache-2.0 */
/* Changes memory, headers and notes of a process. If the core opens, gopm_slim() must succeed, and the small core must
 * open and list the same goroutines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gopm/slim.h>

#include "fuzz/fuzz.h"
#include "fuzz/patched.h"

#define MOST ((size_t)48)

struct bytes {
	uint8_t *data;
	size_t size, capacity;
};

static uint32_t profile, flags, open_flags;

static void check(bool ok, const char *what, const gopm_error *err)
{
	if (!ok) {
		(void)fprintf(stderr, "%s: %s\n", what, gopm_error_message(err));
		abort();
	}
}

static int32_t collect(void *user_data, const char *data, size_t size)
{
	struct bytes *bytes = user_data;

	if (size > bytes->capacity - bytes->size) {
		bytes->capacity = (bytes->size + size) * 2;
		bytes->data = realloc(bytes->data, bytes->capacity);
		check(bytes->data != NULL, "memory", NULL);
	}
	memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
	return 0;
}

static size_t list(gopm_core *core, gopm_goroutine *records)
{
	gopm_goroutine_iter *it;
	size_t got = 0;

	if (gopm_goroutine_iter_open(core, NULL, &it, NULL) != GOPM_OK ||
	    gopm_goroutine_iter_next(it, records, sizeof *records, MOST, &got) != GOPM_OK) {
		got = 0;
	}
	gopm_goroutine_iter_free(it);
	return got;
}

static void compare(gopm_core *small, gopm_core *core)
{
	static gopm_goroutine before[MOST], after[MOST];
	size_t count = list(core, before);

	check(list(small, after) == count, "other goroutines are listed", NULL);
	for (size_t i = 0; i < count; i++) {
		const gopm_goroutine *a = &after[i], *b = &before[i];
		check(a->address == b->address && a->id == b->id && a->status == b->status && a->pc == b->pc &&
		          a->sp == b->sp && a->wait.object == b->wait.object && a->user.pc == b->user.pc &&
		          a->start.pc == b->start.pc,
		      "a goroutine is another", NULL);
	}
}

static void slim(gopm_core *core)
{
	struct bytes bytes = {0};
	gopm_core_options options;
	gopm_slim_options how;
	gopm_error *err = NULL;
	gopm_core *small;

	patched_options(&options, open_flags);
	gopm_slim_options_init(&how, sizeof how);
	how.profile = profile;
	how.flags = flags;
	how.max_reach = 1 << 22;
	how.write = collect;
	how.user_data = &bytes;
	/* gopm_slim() succeeds if and only if the core opens. */
	gopm_status status = gopm_slim(&options, &how, NULL, &err);
	check(status == GOPM_OK, "not made small", err);
	options.core_data = bytes.data;
	options.core_size = bytes.size;
	status = gopm_core_open(&options, &small, &err);
	check(status == GOPM_OK, "the small core does not open", err);
	compare(small, core);
	patched_read_stacks(small, profile == GOPM_SLIM_DEFAULT);
	gopm_core_close(small);
	free(bytes.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	profile = data[0] % 3;
	flags = (data[0] & 4) != 0 ? GOPM_SLIM_FLAG_SELF_CONTAINED : 0;
	open_flags = (data[0] & 8) != 0 ? GOPM_OPEN_NO_DWARF : 0;
	patched_run(PATCH_CORE, open_flags, slim, data + 1, size - 1);
	return 0;
}
