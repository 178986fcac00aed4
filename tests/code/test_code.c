/* SPDX-License-Identifier: Apache-2.0 */
/* The code of the sample program, as its symbol table describes it: which functions can be analyzed, the effects
 * of their callees, the layout of their frames. The expectations come from pclntab and from the names of runtime
 * functions. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "api/handle.h"
#include "code/frame_map.h"
#include "symbol/stack_object.h"

#define OFFSET 48u

/* Counts of each kind of call and slot: all must occur. */
struct seen {
	uint64_t functions, analyzed;
	uint64_t restarts, barriers, noreturn, indirect, direct;
	uint64_t clobbered, preserved; /* slots in and above the argument area */
	uint64_t escaping, non_escaping, frame_pointers;
};

struct sample {
	gopm_core *core;
	const struct gopm__arch *arch;
	struct gopm__symtab *symtab;
	struct gopm__reader reader;
	struct gopm__code_cache cache;
	struct seen seen;
	bool amd64;
};

/* A call to look at. */
struct call {
	struct gopm__code *code;
	const struct gopm__func *func;
	uint64_t pc, after, target;
	int64_t sp; /* from the CFA */
	int64_t pointers_begin;
};

static int open_sample(void **state, const char *core, const char *executable)
{
	struct sample *s = calloc(1, sizeof *s);

	assert_non_null(s);
	assert_int_equal(gopm_core_open_path(core, executable, &s->core, NULL), GOPM_OK);
	s->arch = s->core->program->file.arch;
	s->symtab = &s->core->program->symtab;
	s->reader = gopm__reader(s->symtab->memory);
	s->amd64 = s->arch->return_address_on_stack;
	*state = s;
	return 0;
}

static int setup(void **state)
{
	return open_sample(state, GOPM_SAMPLE "/core.zst", GOPM_SAMPLE "/server");
}

/* A core with the code of its program. */
static int setup_arm64(void **state)
{
	return open_sample(state, "fixtures/states-126-arm64-default/core.zst", NULL);
}

static int teardown(void **state)
{
	struct sample *s = *state;

	gopm__code_cache_free(&s->cache);
	gopm_core_close(s->core);
	free(s);
	return 0;
}

static bool begins(gopm_str name, const char *prefix)
{
	return name.size >= strlen(prefix) && memcmp(name.data, prefix, strlen(prefix)) == 0;
}

static bool is_one_of(gopm_str name, const char *const *list)
{
	while (*list != NULL && !(strlen(*list) == name.size && begins(name, *list))) {
		list++;
	}
	return *list != NULL;
}

/* Slots in [begin, end) are not known during the call; counts those above that are. */
static void check_argument_area(struct sample *s, const struct call *call, int64_t begin, int64_t end)
{
	struct gopm__abstract_state state;

	if (!gopm__code_state_at(call->code, call->after, true, &state)) {
		return;
	}
	/* The frame pointer points to its saved value: below the return address on amd64, below the frame on arm64. */
	const struct gopm__value_number *fp = &state.registers[s->arch->code->fp];
	if (fp->kind == GOPM__VN_FRAME) {
		assert_int_equal(fp->value, s->amd64 ? -16 : call->sp - 8);
		s->seen.frame_pointers++;
	}
	for (size_t i = 0; i < state.slot_count; i++) {
		const struct gopm__value_number *number = &state.slot_numbers[i];
		if (state.slots[i] >= begin && state.slots[i] < end) {
			assert_int_equal(number->kind, GOPM__VN_UNKNOWN);
			s->seen.clobbered++;
		} else if (state.slots[i] >= end && state.slots[i] < end + 8) {
			s->seen.preserved += number->kind != GOPM__VN_UNKNOWN;
		}
	}
	gopm__abstract_state_clear(&state);
}

/* The barrier of amd64 clobbers r11 and leaves the other general registers alone. That of arm64 clobbers the temporary
 * ones, from x16 on (runtime/asm_arm64.s). */
static void check_barrier(struct sample *s, const struct call *call)
{
	struct gopm__abstract_state before, after;

	assert_false(gopm__code_call_target(call->code, call->after, &(uint64_t){0}));
	if (!gopm__code_state_at(call->code, call->pc, false, &before)) {
		return;
	}
	assert_true(gopm__code_state_at(call->code, call->after, false, &after));
	for (unsigned i = 0; i < 16; i++) {
		bool same = before.registers[i].kind == GOPM__VN_UNKNOWN ||
		            gopm__value_number_equal(&before.registers[i], &after.registers[i]);
		assert_true(same || (s->amd64 && i == 11));
		assert_true(!s->amd64 || i != 11 || after.registers[i].kind == GOPM__VN_DEFINITION);
	}
	gopm__abstract_state_clear(&before);
	gopm__abstract_state_clear(&after);
	s->seen.barriers++;
}

static void check_call(struct sample *s, const struct call *call)
{
	static const char *const noreturn[] = {
	    "runtime.gopanic", "runtime.throw", "runtime.goPanicIndex", "runtime.panicdivide",
	    "runtime.Goexit",  "runtime.fatal", "runtime.panicIndex",   NULL};
	struct gopm__live_set live;
	struct gopm__func callee;
	uint64_t target = 1;

	assert_false(gopm__code_call_target(call->code, call->after - 1, &target));
	if (call->target == 0) {
		assert_true(gopm__code_call_target(call->code, call->after, &target));
		assert_int_equal(target, 0);
		s->seen.indirect++;
		check_argument_area(s, call, call->sp, call->pointers_begin);
		return;
	}
	assert_true(gopm__func_find(s->symtab->modules, s->symtab->module_count, call->target, &callee));
	gopm_str name = gopm__func_name(callee.module, callee.name);
	if (callee.entry == call->target && begins(name, "runtime.morestack")) {
		assert_false(gopm__code_call_target(call->code, call->after, &target));
		s->seen.restarts++;
	} else if (callee.entry == call->target && begins(name, "runtime.gcWriteBarrier")) {
		check_barrier(s, call);
	} else {
		assert_true(gopm__code_call_target(call->code, call->after, &target));
		assert_int_equal(target, call->target);
		if (callee.entry == call->target && is_one_of(name, noreturn)) {
			assert_false(gopm__code_live_at(call->code, call->after, true, &live));
			s->seen.noreturn++;
		}
		if (callee.entry == call->target && callee.args > 0) {
			check_argument_area(s, call, call->sp, call->sp + s->arch->argument_offset + callee.args);
			s->seen.direct++;
		}
	}
}

static int64_t pointers_begin(struct sample *s, const struct gopm__func *func)
{
	/* struct stackmap of runtime/symtab.go: the number of bitmaps, then bits in each, one a word. */
	uint64_t map = gopm__funcdata(func, 1), bits = 0;

	assert_true(map == 0 || gopm__read_word(&s->reader, map + 4, 4, &bits));
	return (s->amd64 ? -16 : -8) - 8 * (int64_t)bits;
}

static void check_code(struct sample *s, struct gopm__code *code, const struct gopm__func *func)
{
	const uint8_t *bytes = gopm__read_span(&s->reader, func->entry, func->end - func->entry);
	struct call call = {.code = code, .func = func, .pointers_begin = pointers_begin(s, func)};
	struct gopm__instruction instruction;
	int32_t delta;

	assert_non_null(bytes);
	for (uint64_t pc = func->entry; pc < func->end; pc += instruction.size) {
		uint64_t offset = pc - func->entry, size = func->end - pc;
		if (!s->arch->code->decode(bytes + offset, (size_t)size, pc, &instruction) ||
		    !gopm__pcvalue(func, func->pcsp, pc, &delta)) {
			return; /* padding */
		}
		if (instruction.flow == GOPM__CODE_CALL) {
			call.pc = pc;
			call.after = pc + instruction.size;
			call.target = instruction.target;
			call.sp = -(int64_t)delta - (s->amd64 ? 8 : 0);
			check_call(s, &call);
		}
	}
}

/* Slots of stack objects escape; other locals with pointers do not, unless an address is not known. */
static void check_frame(struct sample *s, struct gopm__code *code, const struct gopm__func *func)
{
	struct gopm__abstract_state state;
	struct gopm__stack_object object;
	uint64_t count;
	int64_t begin = pointers_begin(s, func);

	if (!gopm__stack_objects(&s->reader, func, &count) || !gopm__code_state_at(code, func->entry, false, &state)) {
		return;
	}
	for (size_t i = 0; i < state.slot_count; i++) {
		bool in_object = false;
		for (uint64_t k = 0; k < count; k++) {
			assert_true(gopm__stack_object_at(&s->reader, func, k, &object));
			/* stackObjectRecord of runtime/stack.go: negative offsets from where locals end, below the
			 * frame pointer; others from the arguments. */
			int64_t from = object.offset + (object.offset >= 0 ? s->arch->argument_offset
			                                : s->amd64         ? -16
			                                                   : -8);
			in_object = in_object || (state.slots[i] + 8 > from && state.slots[i] < from + object.size);
		}
		assert_false(in_object && state.non_escaping[i]);
		s->seen.escaping += in_object;
		s->seen.non_escaping += !in_object && state.slots[i] >= begin &&
		                        state.slots[i] < (s->amd64 ? -16 : -8) && state.non_escaping[i];
	}
	gopm__abstract_state_clear(&state);
}

static void test_functions(void **state)
{
	struct sample *s = *state;
	struct gopm__frame_map *map = calloc(1, sizeof *map);
	struct gopm__func func;

	assert_non_null(map);
	for (uint64_t i = 0; gopm__func_at(&s->symtab->modules[0], i, &func); i++) {
		gopm__frame_map_read(map, &s->reader, s->arch, &func);
		assert_int_equal(map->pointers_end, s->amd64 ? -16 : -8);
		assert_int_equal(map->pointers_begin, pointers_begin(s, &func));
		if ((func.flag & GOPM__FUNC_ASM) == 0) {
			struct gopm__code *code = gopm__code_of(&s->cache, s->arch, s->symtab, &func);
			s->seen.functions++;
			if (code != NULL) {
				s->seen.analyzed++;
				check_code(s, code, &func);
				check_frame(s, code, &func);
			}
			gopm__code_cache_trim(&s->cache);
		}
	}
	free(map);
	/* Functions with jump tables, and those that are too large, cannot be analyzed. */
	assert_true(s->seen.functions > 2000);
	assert_true(s->seen.analyzed > s->seen.functions - s->seen.functions / 20);
	assert_true(s->seen.restarts > 1000 && s->seen.barriers > 100 && s->seen.noreturn > 100);
	assert_true(s->seen.indirect > 100 && s->seen.direct > 1000);
	assert_true(s->seen.frame_pointers > 1000);
	assert_true(s->seen.clobbered > 100 && s->seen.preserved > 100);
	assert_true(s->seen.escaping > 1000 && s->seen.non_escaping > 1000);
}

/* The kind of value in a slot during a call to `target`. The code of `func` is replaced: it stores rax at the stack
 * pointer, then calls. */
static enum gopm__value_number_kind kind_during_call(struct sample *s, const struct gopm__func *func, uint64_t target)
{
	static const uint8_t store[] = {0x48, 0x89, 0x04, 0x24}; /* mov %rax,(%rsp) */
	uint64_t size = func->end - func->entry, call = OFFSET + sizeof store;
	uint8_t *bytes = malloc((size_t)size + 1);
	const uint32_t distance = (uint32_t)(target - (func->entry + call + 5));
	const struct gopm__source source = {.base = bytes, .size = size, .compression = ""};
	struct gopm__symtab symtab = *s->symtab;
	struct gopm__memory memory = {0};
	struct gopm__code_cache cache = {0};
	struct gopm__abstract_state state;

	assert_non_null(bytes);
	memset(bytes, 0x06, (size_t)size); /* no instruction */
	memset(bytes, 0x90, OFFSET);
	memcpy(bytes + OFFSET, store, sizeof store);
	bytes[call] = 0xe8;
	memcpy(bytes + call + 1, &distance, sizeof distance);
	assert_int_equal(gopm__memory_add(&memory, func->entry, size, &source, 0), GOPM_OK);
	symtab.memory = &memory;
	struct gopm__code *code = gopm__code_of(&cache, s->arch, &symtab, func);
	assert_non_null(code);
	assert_true(gopm__code_state_at(code, func->entry + call + 5, true, &state));
	assert_int_equal(state.slot_count, 1);
	enum gopm__value_number_kind kind = state.slot_numbers[0].kind;
	gopm__abstract_state_clear(&state);
	gopm__code_cache_free(&cache);
	gopm__memory_free(&memory);
	free(bytes);
	return kind;
}

/* A function without arguments writes none. A call into the middle of a function may be to anything. */
static void test_call_inside(void **state)
{
	struct sample *s = *state;
	struct gopm__func func = {0}, callee = {0}, other;
	int32_t delta = 0;

	for (uint64_t i = 0; gopm__func_at(&s->symtab->modules[0], i, &other); i++) {
		if (other.args == 0 && other.end - other.entry > 16) {
			callee = other;
		}
	}
	assert_true(callee.entry != 0);
	/* A function with a large frame. */
	for (uint64_t i = 0; func.entry == 0 && gopm__func_at(&s->symtab->modules[0], i, &other); i++) {
		if (other.end - other.entry > 100 && gopm__pcvalue(&other, other.pcsp, other.entry + OFFSET, &delta) &&
		    delta > 64) {
			func = other;
		}
	}
	assert_true(func.entry != 0);
	assert_int_equal(kind_during_call(s, &func, callee.entry), GOPM__VN_LIVE_IN);
	assert_int_equal(kind_during_call(s, &func, callee.entry + 1), GOPM__VN_UNKNOWN);
}

/* The cache returns the same code again, and nothing for a function outside the program. */
static void test_cache(void **state)
{
	struct sample *s = *state;
	struct gopm__abstract_state abstract;
	struct gopm__func func;
	size_t bytes;

	assert_true(gopm__func_at(&s->symtab->modules[0], 100, &func));
	struct gopm__code *code = gopm__code_of(&s->cache, s->arch, s->symtab, &func);
	bytes = s->cache.bytes;
	assert_non_null(code);
	assert_true(bytes > 0);
	assert_ptr_equal(gopm__code_of(&s->cache, s->arch, s->symtab, &func), code);
	assert_int_equal(s->cache.bytes, bytes);
	/* No instruction begins at the first pc, no call returns to the second. */
	assert_false(gopm__code_state_at(code, func.entry - 1, false, &abstract));
	assert_false(gopm__code_state_at(code, func.entry, true, &abstract));
	func.entry = func.end = 8;
	assert_null(gopm__code_of(&s->cache, s->arch, s->symtab, &func));
	func.end = 0x100;
	assert_null(gopm__code_of(&s->cache, s->arch, s->symtab, &func));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_functions, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_functions, setup_arm64, teardown),
	    cmocka_unit_test_setup_teardown(test_call_inside, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_cache, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
