/* SPDX-License-Identifier: Apache-2.0 */
/* Changes stacks, code and objects; the DWARF is correct. Reads the variables of goroutines, from location lists and
 * recovered from code, callers and callees, and their values of every kind. */
#include "api/stack.h"
#include "code/code.h"
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"
#include "fuzz/reused.h"

#define STACKS 8
#define FRAMES 14
#define REGIONS 224
#define CODE 1024
#define OBJECT 192
#define OBJECTS 16 /* of one stack */

static struct {
	struct reused_region regions[REGIONS];
	uint8_t stack_of[REGIONS]; /* which of `goroutines` */
	uint8_t frame_of[REGIONS];
	bool is_code[REGIONS];
	size_t count;
	uint64_t goroutines[STACKS];
	size_t goroutine_count;
} changed;

static void add(uint64_t address, uint64_t size, size_t frame, bool is_code)
{
	for (size_t i = 0; i < changed.count; i++) {
		if (changed.regions[i].address == address) {
			return;
		}
	}
	if (changed.count < REGIONS && size > 8) {
		changed.stack_of[changed.count] = (uint8_t)changed.goroutine_count;
		changed.frame_of[changed.count] = (uint8_t)frame;
		changed.is_code[changed.count] = is_code;
		changed.regions[changed.count++] = (struct reused_region){address, size - 8};
	}
}

/* Adds the targets of a frame's words that are outside the stack and the program. */
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
	size_t count = reused_goroutines(core, records, 48), step = count / STACKS;

	for (size_t i = 0; i < count && changed.goroutine_count < STACKS; i += step != 0 ? step : 1) {
		gopm_stack *stack = reused_stack(core, records[i].address);
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
		changed.goroutines[changed.goroutine_count++] = records[i].address;
	}
}

/* Reads the changed frame, and its neighbours, whose recovery reads it. */
static void read_frames(gopm_core *core, size_t first)
{
	gopm_stack *stack = reused_stack(core, changed.goroutines[changed.stack_of[first]]);
	size_t size = stack != NULL ? gopm_stack_size(stack) : 0;
	size_t begin = changed.frame_of[first] != 0 ? changed.frame_of[first] - 1U : 0;

	if (changed.is_code[first]) {
		/* The code has changed: earlier analysis is invalid. */
		gopm__code_cache_free(&core->program->code);
	}
	for (size_t k = begin; k < size && k < begin + 3; k++) {
		patched_read_vars(stack, k);
	}
	gopm_stack_free(stack);
	if (changed.is_code[first]) {
		gopm__code_cache_free(&core->program->code);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (changed.count == 0) {
		prepare(reused_core(0));
	}
	reused_run(changed.regions, changed.count, data, size, read_frames);
	return 0;
}
