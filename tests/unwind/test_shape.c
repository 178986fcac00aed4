/* SPDX-License-Identifier: Apache-2.0 */
/* Compares shapes with walks: all goroutines of one shape have the same frames, and a walk of each is complete, also
 * after one of their stacks was damaged. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <stdlib.h>

#include "unwind/shape.h"
#include "unwind/walk.h"

enum { MOST = 128, WORDS = 24 };

/* Frames by the distance from the innermost sp. */
struct frames {
	uint64_t pcs[MOST], distances[MOST];
	size_t count;
};

static void walk_frames(const struct gopm__runtime *rt, const struct gopm__g *g, struct frames *out)
{
	struct gopm__walk walk;

	out->count = 0;
	gopm__walk_goroutine(&walk, rt, g, true, NULL);
	for (bool more = walk.at_frame; more; more = gopm__walk_next(&walk)) {
		assert_true(out->count < MOST);
		out->pcs[out->count] = walk.pc;
		out->distances[out->count++] = walk.sp - g->sched_sp;
	}
	assert_int_equal(walk.end, GOPM_STACK_END_COMPLETE);
}

static void assert_same(const struct frames *a, const struct frames *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->pcs, b->pcs, a->count * sizeof a->pcs[0]);
	assert_memory_equal(a->distances, b->distances, a->count * sizeof a->distances[0]);
}

/* Compares all goroutines. Returns how many have a shape; *shapes: how many shapes there are. */
static size_t compare_all(const struct sample_bytes *bytes, size_t *shapes)
{
	static struct frames notes[MOST];
	struct gopm__shapes found = {0};
	size_t goroutines = 0;
	gopm_status status;
	gopm_core *core = sample_open_bytes(bytes, 0, &status);

	assert_int_equal(status, GOPM_OK);
	const struct gopm__runtime *rt = &core->program->runtime;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	*shapes = 0;
	for (uint64_t i = 0; i < rt->g_count; i++) {
		struct frames own;
		struct gopm__g g;
		if (!gopm__g_read(rt, &reader, gopm__runtime_g_at(rt, &reader, i), &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		struct gopm__shape *shape = gopm__shape_of(&found, rt, &reader, &g);
		if (shape == NULL) {
			continue;
		}
		goroutines++;
		walk_frames(rt, &g, &own);
		if (shape->note == NULL) {
			assert_true(*shapes < MOST);
			notes[*shapes] = own;
			shape->note = &notes[(*shapes)++];
		}
		assert_same(shape->note, &own);
	}
	gopm__shapes_free(&found);
	gopm_core_close(core);
	return goroutines;
}

static void test_senders(void **state)
{
	struct sample_bytes bytes;
	size_t shapes;

	(void)state;
	sample_read(&bytes);
	/* A thousand senders hang. */
	assert_true(compare_all(&bytes, &shapes) > 1000);
	assert_in_range(shapes, 2, 20);
	sample_free(&bytes);
}

static void test_link_register(void **state)
{
	struct sample_bytes bytes;
	size_t shapes;

	(void)state;
	sample_read_fixture(&bytes, "states-127-arm64-default");
	assert_true(compare_all(&bytes, &shapes) > 10);
	sample_free(&bytes);
}

/* The last goroutine of the fixture whose stack has a shape that another one has too. */
static struct gopm__g find_twin(const struct sample_bytes *bytes)
{
	struct gopm__shapes found = {0};
	struct gopm__g g, twin = {0};
	gopm_status status;
	gopm_core *core = sample_open_bytes(bytes, 0, &status);

	assert_int_equal(status, GOPM_OK);
	const struct gopm__runtime *rt = &core->program->runtime;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	for (uint64_t i = 0; i < rt->g_count; i++) {
		if (gopm__g_read(rt, &reader, gopm__runtime_g_at(rt, &reader, i), &g) && !gopm__g_is_dead(&g)) {
			struct gopm__shape *shape = gopm__shape_of(&found, rt, &reader, &g);
			if (shape != NULL && shape->note != NULL) {
				twin = g;
			} else if (shape != NULL) {
				shape->note = &twin;
			}
		}
	}
	gopm__shapes_free(&found);
	gopm_core_close(core);
	assert_true(twin.address != 0);
	return twin;
}

static void test_damage(void **state)
{
	static const uint64_t values[] = {0, 1};
	struct sample_bytes bytes;
	size_t shapes;

	(void)state;
	sample_read_fixture(&bytes, "states-127-amd64-default");
	const struct gopm__g g = find_twin(&bytes);
	const size_t sound = compare_all(&bytes, &shapes);
	size_t fewer = 0;
	for (uint64_t at = g.sched_sp; at < g.stack_hi && at < g.sched_sp + 8 * WORDS; at += 8) {
		uint8_t *const word = sample_at(&bytes, at);
		assert_non_null(word);
		const uint64_t before = gopm__load64(word);
		for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
			memcpy(word, &values[i], sizeof values[i]);
			fewer += compare_all(&bytes, &shapes) < sound;
		}
		const uint64_t next = before + 1;
		memcpy(word, &next, sizeof next);
		(void)compare_all(&bytes, &shapes);
		memcpy(word, &before, sizeof before);
	}
	/* A return address that is none ends the walk. */
	assert_true(fewer >= 2);
	sample_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_senders),
	    cmocka_unit_test(test_link_register),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
