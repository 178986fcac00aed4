/* SPDX-License-Identifier: Apache-2.0 */
/* Changed stacks, code and objects below sound DWARF: a goroutine's variables where location lists tell them, and where
 * the code, callers and callees do; values of every kind that they hold. */
#include "api/stack.h"
#include "code/code.h"
#include "fuzz/fuzz.h"
#include "fuzz/held.h"
#include "fuzz/patched.h"

#define STACKS 8
#define FRAMES 14
#define REGIONS 224
#define CODE 1024
#define OBJECT 192
#define OBJECTS 16 /* of one stack */

static struct {
	struct held_region regions[REGIONS];
	uint8_t stack_of[REGIONS]; /* which of `goroutines` */
	uint8_t frame_of[REGIONS];
	bool is_code[REGIONS];
	size_t count;
	uint64_t goroutines[STACKS];
	size_t goroutine_count;
} held;

static void add(uint64_t address, uint64_t size, size_t frame, bool is_code)
{
	for (size_t i = 0; i < held.count; i++) {
		if (held.regions[i].address == address) {
			return;
		}
	}
	if (held.count < REGIONS && size > 8) {
		held.stack_of[held.count] = (uint8_t)held.goroutine_count;
		held.frame_of[held.count] = (uint8_t)frame;
		held.is_code[held.count] = is_code;
		held.regions[held.count++] = (struct held_region){address, size - 8};
	}
}

/* What the words of a frame point at, outside of the stack and of the program. */
static void add_objects(gopm_core *core, const struct gopm__frame *frame, size_t number, size_t *left)
{
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	uint64_t word;

	for (uint64_t at = frame->sp; at < frame->cfa && at < frame->sp + 512; at += 8) {
		if (*left != 0 && gopm__read_u64(&reader, at, &word) && word % 8 == 0 && word >> 32 != 0 &&
		    word - frame->sp > 65536 && gopm__read_span(&reader, word, OBJECT) != NULL) {
			add(word, OBJECT, number, false);
			--*left;
		}
	}
}

static void prepare(gopm_core *core)
{
	static gopm_goroutine records[48];
	size_t count = held_goroutines(core, records, 48), step = count / STACKS;

	for (size_t i = 0; i < count && held.goroutine_count < STACKS; i += step != 0 ? step : 1) {
		gopm_stack *stack = held_stack(core, records[i].address);
		size_t objects = OBJECTS;
		for (size_t k = 0; stack != NULL && k < FRAMES; k++) {
			const struct gopm__frame *frame = gopm__stack_frame(stack, k);
			if (frame == NULL || frame->cfa <= frame->sp) {
				break;
			}
			add(frame->sp, frame->cfa - frame->sp < 4096 ? frame->cfa - frame->sp + 8 : 4096, k, false);
			add(frame->lookup_pc > CODE / 2 ? frame->lookup_pc - CODE / 2 : frame->lookup_pc, CODE, k,
			    true);
			add_objects(core, frame, k, &objects);
		}
		gopm_stack_free(stack);
		held.goroutines[held.goroutine_count++] = records[i].address;
	}
}

/* The frame that was changed, and those beside it, where others look for it. */
static void read_frames(gopm_core *core, size_t first)
{
	gopm_stack *stack = held_stack(core, held.goroutines[held.stack_of[first]]);
	size_t size = stack != NULL ? gopm_stack_size(stack) : 0;
	size_t begin = held.frame_of[first] != 0 ? held.frame_of[first] - 1U : 0;

	if (held.is_code[first]) {
		/* What was followed before is other code now. */
		gopm__code_cache_free(&core->program->code);
	}
	for (size_t k = begin; k < size && k < begin + 3; k++) {
		patched_read_vars(stack, k);
	}
	gopm_stack_free(stack);
	if (held.is_code[first]) {
		gopm__code_cache_free(&core->program->code);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (held.count == 0) {
		prepare(held_core(0));
	}
	held_run(held.regions, held.count, data, size, read_frames);
	return 0;
}
