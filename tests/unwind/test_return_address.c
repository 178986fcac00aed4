/* SPDX-License-Identifier: Apache-2.0 */
/* Damages the return addresses of parked goroutines, one at a time. No value may make a stack look whole, or move the
 * user's location, without a finding and the partial flag. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <string.h>

enum { MOST = 200, GOROUTINES = 12, FRAMES = 64 };

/* Places of return addresses of one goroutine. */
struct stack {
	gopm_goroutine g;
	uint64_t places[FRAMES];
	size_t count;
};

static gopm_core *open_core(const struct sample_bytes *bytes)
{
	gopm_status status;
	gopm_core *core = sample_open_bytes(bytes, 0, &status);

	assert_int_equal(status, GOPM_OK);
	return core;
}

static uint32_t stack_end(gopm_core *core, uint64_t address, gopm_frame *frames, size_t *count)
{
	gopm_stack_options options;
	gopm_stack *stack;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = address;
	assert_int_equal(gopm_stack_open(core, &options, &stack, NULL), GOPM_OK);
	(void)gopm_stack_frames(stack, 0, frames, sizeof *frames, FRAMES, count);
	uint32_t end = gopm_stack_end(stack, NULL);
	gopm_stack_free(stack);
	return end;
}

static bool finds(gopm_core *core, uint32_t kind)
{
	gopm_finding_iter *it;
	gopm_finding finding;
	bool found = false;
	size_t got;

	assert_int_equal(gopm_finding_iter_open(core, &it, NULL), GOPM_OK);
	while (gopm_finding_iter_next(it, &finding, sizeof finding, 1, &got) == GOPM_OK) {
		found = found || finding.kind == kind;
	}
	gopm_finding_iter_free(it);
	return found;
}

/* Selects goroutines that wait, and the places of their return addresses: on amd64 below the caller's frame, on arm64
 * at the bottom of the frame itself. */
static size_t collect_stacks(const struct sample_bytes *bytes, bool link_register, struct stack *stacks)
{
	static gopm_goroutine records[MOST];
	gopm_core *core = open_core(bytes);
	gopm_goroutine_iter *it;
	size_t got, count = 0;

	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &it, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_next(it, records, sizeof records[0], MOST, &got), GOPM_OK);
	gopm_goroutine_iter_free(it);
	for (size_t i = 0; i < got && count < GOROUTINES; i++) {
		struct stack *stack = &stacks[count];
		gopm_frame frames[FRAMES];
		size_t depth;

		if (records[i].status != GOPM_G_WAITING) {
			continue;
		}
		assert_int_equal(records[i].flags & GOPM_G_FLAG_PARTIAL, 0);
		assert_int_equal(stack_end(core, records[i].address, frames, &depth), GOPM_STACK_END_COMPLETE);
		stack->g = records[i];
		stack->count = 0;
		for (size_t k = 0; k + 1 < depth; k++) {
			if (frames[k].cfa != frames[k + 1].cfa) {
				stack->places[stack->count++] = link_register ? frames[k].sp : frames[k].cfa - 8;
			}
		}
		/* A coroutine that has not started has none. */
		count += stack->count > 1;
	}
	assert_false(finds(core, GOPM_FINDING_STACK_INCOMPLETE));
	gopm_core_close(core);
	return count;
}

/* Opens the damaged core and checks that it says so. */
static void check_damaged(const struct sample_bytes *bytes, const gopm_goroutine *before)
{
	gopm_core *core = open_core(bytes);
	gopm_frame frames[FRAMES];
	gopm_goroutine after;
	gopm_group group;
	gopm_group_iter *groups;
	gopm_goroutine_filter filter;
	size_t count;

	assert_int_equal(gopm_goroutine_by_id(core, before->id, &after, sizeof after, NULL), GOPM_OK);
	bool partial = (after.flags & GOPM_G_FLAG_PARTIAL) != 0;
	if (partial) {
		assert_true(finds(core, GOPM_FINDING_STACK_INCOMPLETE));
		assert_int_equal(after.user.function.size, 0);
	} else {
		assert_int_equal(after.user.pc, before->user.pc);
	}
	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.id = before->id;
	assert_int_equal(gopm_group_iter_open(core, GOPM_GROUP_USER, NULL, &filter, &groups, NULL), GOPM_OK);
	assert_int_equal(gopm_group_iter_next(groups, &group, sizeof group, 1, &count), GOPM_OK);
	assert_int_equal(group.partial_count, partial ? 1 : 0);
	gopm_group_iter_free(groups);
	uint32_t end = stack_end(core, before->address, frames, &count);
	assert_int_not_equal(end, GOPM_STACK_END_COMPLETE);
	assert_true(finds(core, GOPM_FINDING_STACK_INCOMPLETE));
	gopm_core_close(core);
}

static void damage_return_addresses(const char *fixture, bool link_register)
{
	struct sample_bytes bytes;
	struct stack stacks[GOROUTINES];
	size_t damaged = 0;

	sample_read_fixture(&bytes, fixture);
	const size_t count = collect_stacks(&bytes, link_register, stacks);
	assert_int_equal(count, GOROUTINES);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < stacks[i].count; k++) {
			uint8_t *place = sample_at(&bytes, stacks[i].places[k]);
			uint64_t old, step = link_register ? 4 : 3;
			assert_non_null(place);
			memcpy(&old, place, sizeof old);
			const uint64_t values[] = {
			    0, 0xdeadbeef, stacks[i].g.address, UINT64_MAX,
			    old + 1,    /* in an instruction; the bytes of a call may look like another one */
			    old + step, /* another instruction of the caller */
			    /* after the call that goexit begins with */
			    old + (k + 1 == stacks[i].count && !link_register ? 5 : step), stacks[i].g.start.entry,
			    stacks[i].g.go_statement.pc, /* after a call, but of another function */
			};
			for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
				memcpy(place, &values[v], sizeof old);
				check_damaged(&bytes, &stacks[i].g);
				damaged++;
			}
			memcpy(place, &old, sizeof old);
		}
	}
	assert_true(damaged > 100);
	sample_free(&bytes);
}

static void test_amd64(void **state)
{
	(void)state;
	damage_return_addresses("states-127-amd64-default", false);
}

static void test_arm64(void **state)
{
	(void)state;
	damage_return_addresses("states-126-arm64-default", true);
}

/* A saved pc that execution cannot continue at makes no frame. */
static void test_saved_pc(void **state)
{
	struct sample_bytes bytes;
	struct stack stacks[GOROUTINES];

	(void)state;
	sample_read_fixture(&bytes, "states-127-amd64-default");
	const size_t count = collect_stacks(&bytes, false, stacks);
	for (size_t i = 0; i < count; i++) {
		/* gobuf{sp, pc} (runtime/runtime2.go). */
		uint8_t *g = sample_at(&bytes, stacks[i].g.address);
		uint64_t *saved = NULL;
		for (size_t at = 0; at < 200 && saved == NULL; at += 8) {
			saved = memcmp(g + at, &stacks[i].g.sp, 8) == 0 ? (uint64_t *)(void *)(g + at + 8) : NULL;
		}
		assert_non_null(saved);
		const uint64_t old = *saved;
		assert_int_equal(old, stacks[i].g.pc);
		const uint64_t values[] = {0, old + 3, stacks[i].g.address, stacks[i].g.go_statement.entry};
		for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
			gopm_core *core;
			gopm_goroutine after;
			*saved = values[v];
			core = open_core(&bytes);
			assert_int_equal(gopm_goroutine_by_id(core, stacks[i].g.id, &after, sizeof after, NULL),
			                 GOPM_OK);
			assert_int_equal(after.flags & GOPM_G_FLAG_PARTIAL, GOPM_G_FLAG_PARTIAL);
			assert_int_equal(after.current.function.size, 0);
			assert_int_equal(after.user.function.size, 0);
			assert_true(finds(core, GOPM_FINDING_STACK_INCOMPLETE));
			gopm_core_close(core);
		}
		*saved = old;
	}
	sample_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_amd64),
	    cmocka_unit_test(test_arm64),
	    cmocka_unit_test(test_saved_pc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
