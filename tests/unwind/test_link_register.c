/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines of arm64 that stopped in a function that has no frame yet: their return address is in gobuf.lr. Each is
 * made from a parked goroutine of a fixture, as newproc1 and newstack (runtime/proc.go, stack.go) leave it. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <string.h>

/* ROOM: newproc1 leaves four words and sys.MinFrameSize, aligned to 16 bytes. */
enum { MOST = 200, FRAMES = 64, CODE = 4096, ROOM = 48 };
/* gobuf in g, Go 1.26: sp, pc, g, ctxt, lr, bp. */
enum { SCHED_SP = 56, SCHED_PC = 64, SCHED_LR = 88 };

struct parked {
	gopm_goroutine g;
	gopm_frame frames[FRAMES];
	size_t count;
	uint32_t end;
};

static void read_stack(gopm_core *core, struct parked *p)
{
	gopm_stack_options options;
	gopm_stack *stack;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = p->g.address;
	assert_int_equal(gopm_stack_open(core, &options, &stack, NULL), GOPM_OK);
	(void)gopm_stack_frames(stack, 0, p->frames, sizeof *p->frames, FRAMES, &p->count);
	p->end = gopm_stack_end(stack, NULL);
	gopm_stack_free(stack);
}

static size_t collect(const struct sample_bytes *bytes, struct parked *parked)
{
	static gopm_goroutine records[MOST];
	gopm_status status;
	gopm_core *core = sample_open_bytes(bytes, 0, &status);
	gopm_goroutine_iter *it;
	size_t got, count = 0;

	assert_int_equal(status, GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &it, NULL), GOPM_OK);
	assert_int_equal(gopm_goroutine_iter_next(it, records, sizeof records[0], MOST, &got), GOPM_OK);
	gopm_goroutine_iter_free(it);
	for (size_t i = 0; i < got; i++) {
		if (records[i].status == GOPM_G_WAITING) {
			parked[count].g = records[i];
			read_stack(core, &parked[count++]);
		}
	}
	gopm_core_close(core);
	return count;
}

static void put(const struct sample_bytes *bytes, uint64_t address, uint64_t value)
{
	uint8_t *place = sample_at(bytes, address);

	assert_non_null(place);
	memcpy(place, &value, sizeof value);
}

static uint32_t word_at(const struct sample_bytes *bytes, uint64_t address)
{
	const uint8_t *place = sample_at(bytes, address);
	uint32_t word = 0;

	if (place != NULL) {
		memcpy(&word, place, sizeof word);
	}
	return word;
}

/* Reads the stack of the goroutine again, with this gobuf. */
static struct parked resumed(const struct sample_bytes *bytes, const struct parked *from, uint64_t pc, uint64_t sp,
                             uint64_t lr)
{
	struct parked after = {.g = from->g};
	gopm_status status;
	uint8_t saved[48];

	memcpy(saved, sample_at(bytes, from->g.address + SCHED_SP), sizeof saved);
	put(bytes, from->g.address + SCHED_SP, sp);
	put(bytes, from->g.address + SCHED_PC, pc);
	put(bytes, from->g.address + SCHED_LR, lr);
	gopm_core *core = sample_open_bytes(bytes, 0, &status);
	assert_int_equal(status, GOPM_OK);
	read_stack(core, &after);
	gopm_core_close(core);
	memcpy(sample_at(bytes, from->g.address + SCHED_SP), saved, sizeof saved);
	return after;
}

/* newproc1: the function of the `go` statement returns to the second instruction of goexit. */
static void new_goroutines(void **state)
{
	static struct parked parked[MOST];
	struct sample_bytes bytes;
	size_t checked = 0;

	(void)state;
	sample_read_fixture(&bytes, "states-126-arm64-default");
	const size_t count = collect(&bytes, parked);
	for (size_t i = 0; i < count; i++) {
		const struct parked *p = &parked[i];
		const gopm_frame *outer = &p->frames[p->count - 1];
		if (p->end != GOPM_STACK_END_COMPLETE || p->count < 2) {
			continue;
		}
		struct parked after =
		    resumed(&bytes, p, p->g.start.entry, p->g.stack_hi - ROOM, outer->location.entry + 4);
		if (after.frames[0].location.entry != p->g.start.entry) {
			continue; /* the `go` statement was of a wrapper */
		}
		assert_int_equal(after.count, 2);
		assert_int_equal(after.frames[1].location.entry, outer->location.entry);
		assert_int_equal(after.end, GOPM_STACK_END_COMPLETE);
		checked++;
	}
	assert_true(checked > 5);
	sample_free(&bytes);
}

/* The instruction after the call of morestack: "mov x3, x30; bl morestack; b entry", at the end of a function. 0: the
 * function never grows the stack. */
static uint64_t after_morestack(const struct sample_bytes *bytes, uint64_t entry)
{
	const uint32_t save = 0xaa1e03e3;

	for (uint64_t at = entry; at < entry + CODE; at += 4) {
		if (word_at(bytes, at) == save && word_at(bytes, at + 4) >> 26 == 0x25 &&
		    word_at(bytes, at + 8) >> 26 == 0x05) {
			return at + 8;
		}
	}
	return 0;
}

/* newstack: a function was preempted before it made its frame. Its caller is on the stack as it was. */
static void preempted_in_a_prologue(void **state)
{
	static struct parked parked[MOST];
	struct sample_bytes bytes;
	size_t checked = 0;

	(void)state;
	sample_read_fixture(&bytes, "states-126-arm64-default");
	const size_t count = collect(&bytes, parked);
	for (size_t i = 0; i < count; i++) {
		const struct parked *p = &parked[i];
		for (size_t k = 0; k + 1 < p->count; k++) {
			const gopm_frame *callee = &p->frames[k], *caller = &p->frames[k + 1];
			uint64_t pc = after_morestack(&bytes, callee->location.entry);
			if (p->end != GOPM_STACK_END_COMPLETE || pc == 0 ||
			    ((callee->flags | caller->flags) & GOPM_FRAME_INLINED) != 0) {
				continue;
			}
			struct parked after = resumed(&bytes, p, pc, caller->sp, caller->pc);
			if (after.frames[0].location.entry != callee->location.entry) {
				continue; /* the function never grows the stack, and the next one does */
			}
			assert_int_equal(after.frames[0].pc, pc);
			assert_int_equal(after.count, p->count - k);
			for (size_t n = 1; n < after.count; n++) {
				assert_int_equal(after.frames[n].pc, p->frames[k + n].pc);
				assert_int_equal(after.frames[n].sp, p->frames[k + n].sp);
			}
			assert_int_equal(after.end, GOPM_STACK_END_COMPLETE);
			checked++;
			break;
		}
	}
	assert_true(checked > 5);
	sample_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(new_goroutines),
	    cmocka_unit_test(preempted_in_a_prologue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
