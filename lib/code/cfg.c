/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions, blocks and slots of a function. */
#include <stdlib.h>

#include "code/cfg.h"
#include "symbol/stack_object.h"

#define MAX_CODE (64u << 10)
#define MAX_TAKEN 256u
/* FUNCDATA that says what of the frame holds pointers (internal/abi/symtab.go, Go 1.16 to 1.27). */
enum { FUNCDATA_LOCALS = 1 };

struct extent {
	int64_t begin, end; /* from the CFA */
};

struct builder {
	struct gopm__code *flow;
	const struct gopm__arch *arch;
	struct gopm__symtab *symtab;
	const struct gopm__func *func;
	struct gopm__reader reader;
	int32_t taken[MAX_TAKEN]; /* where the address of something on the stack was taken */
	size_t taken_count;
	bool all_taken;
	struct extent objects[GOPM__MAX_STACK_OBJECTS];
	size_t object_count;
	int64_t pointers_end, arguments;
};

/* Nothing is gone on to behind it: it jumps, traps, or calls what panics. */
static bool ends(const struct gopm__instruction *code)
{
	return code->flow == GOPM__CODE_STOP || code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_CALL;
}

static bool decode_all(struct builder *b)
{
	struct gopm__code *flow = b->flow;
	uint64_t size = b->func->end - b->func->entry;
	const uint8_t *code = size <= MAX_CODE ? gopm__read_span(&b->reader, b->func->entry, size) : NULL;
	int32_t above = b->arch->return_address_on_stack ? b->arch->pointer_size : 0;
	size_t capacity = (size_t)size / b->arch->pc_quantum + 1;

	if (code == NULL || (flow->steps = calloc(capacity, sizeof *flow->steps)) == NULL) {
		return false;
	}
	for (uint64_t at = 0; at < size && flow->step_count < capacity;) {
		struct gopm__cfg_instruction *step = &flow->steps[flow->step_count];
		int32_t delta = 0;
		if (!flow->desc->decode(code + at, (size_t)(size - at), flow->entry + at, &step->code) ||
		    step->code.size == 0) {
			/* Padding behind the last instruction may be anything. */
			return flow->step_count != 0 && ends(&step[-1].code);
		}
		if (!gopm__pcvalue(b->func, b->func->pcsp, flow->entry + at, &delta) || delta < 0) {
			return flow->step_count != 0 && ends(&step[-1].code);
		}
		step->offset = (uint32_t)at;
		step->sp = -(delta + above);
		step->block = -1;
		flow->step_count++;
		at += step->code.size;
	}
	return flow->step_count != 0;
}

int64_t gopm__cfg_index(const struct gopm__code *flow, uint64_t pc)
{
	size_t low = 0, high = flow->step_count;
	uint64_t offset = pc - flow->entry;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (flow->steps[middle].offset == offset) {
			return (int64_t)middle;
		}
		if (flow->steps[middle].offset < offset) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return -1;
}

/* A direct call of a function whose name begins so. */
static bool calls(const struct builder *b, const struct gopm__instruction *code, const char *name)
{
	struct gopm__func callee;

	if (code->flow != GOPM__CODE_CALL || code->target == 0 ||
	    !gopm__func_find(b->symtab->modules, b->symtab->module_count, code->target, &callee) ||
	    callee.entry != code->target) {
		return false;
	}
	gopm_str function = gopm__func_name(callee.module, callee.name);
	return function.size >= strlen(name) && memcmp(function.data, name, strlen(name)) == 0;
}

/* The stack grows and the function starts again, with what it was called with: no way into it is left out. */
static bool restarts(const struct builder *b, const struct gopm__instruction *code)
{
	return calls(b, code, "runtime.morestack");
}

/* runtime.gcWriteBarrier and its numbered ones are no calls by Go's rules: they leave general registers alone, but for
 * the one they return in (Go 1.16 to 1.27, runtime/asm_<cpu>.s). */
static bool is_write_barrier(const struct builder *b, const struct gopm__instruction *code)
{
	return calls(b, code, "runtime.gcWriteBarrier");
}

static bool find_blocks(struct builder *b)
{
	struct gopm__code *flow = b->flow;

	flow->steps[0].block = 0;
	for (size_t i = 0; i < flow->step_count; i++) {
		struct gopm__instruction *code = &flow->steps[i].code;
		if (code->flow == GOPM__CODE_ANYWHERE) {
			return false;
		}
		if (restarts(b, code)) {
			code->flow = GOPM__CODE_STOP;
		} else if (is_write_barrier(b, code)) {
			code->flow = GOPM__CODE_NEXT;
			code->writes = flow->desc->barrier;
		}
		if (code->flow == GOPM__CODE_JUMP || code->flow == GOPM__CODE_BRANCH) {
			int64_t to = code->target - flow->entry < MAX_CODE ? gopm__cfg_index(flow, code->target) : -1;
			if (to >= 0) {
				flow->steps[to].block = 0;
			} else if (code->flow == GOPM__CODE_BRANCH) {
				return false;
			} else {
				code->flow = GOPM__CODE_STOP; /* a tail call */
			}
		}
		if (code->flow != GOPM__CODE_NEXT && code->flow != GOPM__CODE_CALL && i + 1 < flow->step_count) {
			flow->steps[i + 1].block = 0;
		}
	}
	for (size_t i = 0; i < flow->step_count; i++) {
		flow->block_count += flow->steps[i].block == 0 ? 1 : 0;
	}
	flow->blocks = calloc(flow->block_count + 1, sizeof *flow->blocks);
	flow->reached = calloc(flow->block_count + 1, sizeof *flow->reached);
	if (flow->blocks == NULL || flow->reached == NULL) {
		return false;
	}
	int32_t block = 0;
	for (size_t i = 0; i < flow->step_count; i++) {
		if (flow->steps[i].block == 0) {
			flow->blocks[block] = (uint32_t)i;
			flow->steps[i].block = block++;
		}
	}
	return true;
}

/* Functions that do not return: whatever stands behind their calls is not gone on with. runtime/panic.go and the
 * compiler's calls of cmd/compile/internal/ir/symtab.go and ssa/op.go, Go 1.16 to 1.27. */
static const char *const gone[] = {
    "runtime.panic", "runtime.gopanic", "runtime.goPanic", "runtime.throw", "runtime.fatal", "runtime.Goexit",
};

/* What callees may write of this frame: the room for their arguments, which those in registers have too. */
static void find_outgoing(struct builder *b)
{
	for (size_t i = 0; i < b->flow->step_count; i++) {
		struct gopm__cfg_instruction *step = &b->flow->steps[i];
		const struct gopm__instruction *code = &step->code;
		struct gopm__func callee;
		if (code->flow != GOPM__CODE_CALL) {
			continue;
		}
		step->outgoing = UINT32_MAX;
		for (size_t k = 0; k < sizeof gone / sizeof gone[0]; k++) {
			step->gone = step->gone || calls(b, code, gone[k]);
		}
		if (code->target != 0 &&
		    gopm__func_find(b->symtab->modules, b->symtab->module_count, code->target, &callee) &&
		    callee.entry == code->target && callee.args >= 0) {
			step->outgoing = (uint32_t)callee.args + b->arch->argument_offset;
		}
	}
}

/* Slots, and which of them nothing but the function's own loads and stores touch */

static void take(struct builder *b, int64_t at)
{
	if (b->taken_count == MAX_TAKEN || at < INT32_MIN || at > INT32_MAX) {
		b->all_taken = true;
	} else {
		b->taken[b->taken_count++] = (int32_t)at;
	}
}

enum gopm__address_use gopm__address_use(const struct gopm__code *flow, const struct gopm__cfg_instruction *step,
                                         const struct gopm__code_effect *e, int64_t *at)
{
	unsigned sp = flow->desc->sp, fp = flow->desc->fp;
	bool address = e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED || e->kind == GOPM__CODE_COPY;

	*at = 0;
	if (!address || e->reg == fp || e->reg == sp) {
		return GOPM__ADDRESS_NOT_TAKEN;
	}
	if (e->base == fp && e->kind != GOPM__CODE_COPY) {
		return GOPM__ADDRESS_UNKNOWN;
	}
	if (e->base != sp) {
		return GOPM__ADDRESS_NOT_TAKEN;
	}
	return __builtin_add_overflow(step->sp, e->value, at) ? GOPM__ADDRESS_UNKNOWN : GOPM__ADDRESS_TAKEN;
}

static void find_taken(struct builder *b)
{
	for (size_t i = 0; i < b->flow->step_count; i++) {
		const struct gopm__cfg_instruction *step = &b->flow->steps[i];
		for (unsigned k = 0; k < step->code.effect_count; k++) {
			int64_t at;
			enum gopm__address_use taken = gopm__address_use(b->flow, step, &step->code.effects[k], &at);
			if (taken == GOPM__ADDRESS_TAKEN) {
				take(b, at);
			}
			b->all_taken = b->all_taken || taken == GOPM__ADDRESS_UNKNOWN;
		}
	}
}

static void find_objects(struct builder *b)
{
	struct gopm__stack_object object;
	uint64_t count;

	if (!gopm__stack_objects(&b->reader, b->func, &count)) {
		b->all_taken = true;
		return;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (!gopm__stack_object_at(&b->reader, b->func, i, &object)) {
			b->all_taken = true;
			return;
		}
		int64_t from = object.offset + (object.offset < 0 ? b->pointers_end : b->arguments);
		b->objects[b->object_count++] = (struct extent){from, from + object.size};
	}
}

static void find_regions(struct builder *b)
{
	uint64_t map = gopm__funcdata(b->func, FUNCDATA_LOCALS), bits = 0;
	bool on_stack = b->arch->return_address_on_stack;

	/* runtime/stack.go, getStackMap: locals end below the saved frame pointer. */
	b->pointers_end = on_stack ? -2 * b->arch->pointer_size : -(int64_t)b->arch->pointer_size;
	b->arguments = b->arch->argument_offset;
	b->flow->pointers_begin = b->pointers_end;
	if (map != 0 && gopm__read_word(&b->reader, map + 4, 4, &bits) && bits < (1u << 20)) {
		b->flow->pointers_begin -= (int64_t)bits * b->arch->pointer_size;
	}
}

static unsigned region_of(const struct builder *b, int64_t slot)
{
	return slot >= 0 ? 2 : slot >= b->flow->pointers_begin ? 1 : 0;
}

static bool trusted(const struct builder *b, int64_t slot)
{
	unsigned region = region_of(b, slot);

	if (b->all_taken) {
		return false;
	}
	for (size_t i = 0; i < b->object_count; i++) {
		if (slot + 8 > b->objects[i].begin && slot < b->objects[i].end) {
			return false;
		}
	}
	/* Where pointers are kept, the objects are all there is to point to. */
	for (size_t i = 0; region != 1 && i < b->taken_count; i++) {
		if (b->taken[i] <= slot + 7 && region_of(b, b->taken[i]) == region) {
			return false;
		}
	}
	return true;
}

static int by_offset(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return x < y ? -1 : x > y;
}

static void add_slot(struct builder *b, int64_t at)
{
	struct gopm__code *flow = b->flow;

	for (size_t i = 0; i < flow->slot_count; i++) {
		if (flow->slots[i] == at) {
			return;
		}
	}
	if (flow->slot_count < GOPM__CODE_SLOTS && at > INT32_MIN && at < INT32_MAX) {
		flow->slots[flow->slot_count++] = (int32_t)at;
	}
}

static void find_slots(struct builder *b)
{
	struct gopm__code *flow = b->flow;

	for (size_t i = 0; i < flow->step_count; i++) {
		const struct gopm__cfg_instruction *step = &flow->steps[i];
		for (unsigned k = 0; k < step->code.effect_count; k++) {
			const struct gopm__code_effect *e = &step->code.effects[k];
			if (e->base == flow->desc->sp && (e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_STORE ||
			                                  e->kind == GOPM__CODE_STORE_CONSTANT)) {
				add_slot(b, step->sp + e->value);
			}
		}
	}
	qsort(flow->slots, flow->slot_count, sizeof flow->slots[0], by_offset);
	for (size_t i = 0; i < flow->slot_count; i++) {
		flow->trusted[i] = trusted(b, flow->slots[i]);
	}
	flow->location_count = GOPM__CODE_REGISTERS + flow->slot_count;
}

bool gopm__cfg_call(const struct gopm__code *flow, uint64_t pc, size_t *index)
{
	for (*index = 0; *index < flow->step_count; ++*index) {
		const struct gopm__cfg_instruction *step = &flow->steps[*index];
		if (flow->entry + step->offset + step->code.size == pc) {
			return step->code.flow == GOPM__CODE_CALL;
		}
	}
	return false;
}

bool gopm__cfg_build(struct gopm__code *flow, const struct gopm__arch *arch, struct gopm__symtab *symtab,
                     const struct gopm__func *func)
{
	struct builder *b = calloc(1, sizeof *b);

	if (b == NULL) {
		return false;
	}
	*b = (struct builder){.flow = flow, .arch = arch, .symtab = symtab, .func = func};
	b->reader = gopm__reader(symtab->memory);
	bool found = func->end > func->entry && decode_all(b) && find_blocks(b);
	if (found) {
		find_outgoing(b);
		find_regions(b);
		find_objects(b);
		find_taken(b);
		find_slots(b);
	}
	free(b);
	return found;
}
