/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/native_frame.h"

#include <elf.h>
#include <string.h>

#include "arch/instruction.h"
#include "core/sigcontext.h"
#include "dwarf/expression.h"
#include "unwind/native_row.h"
#include "util/search.h"
#include "util/str.h"

/* Words of the stack that are searched for a return address. */
#define MAX_SCANNED 512u
/* Bytes of one frame: a stack is at most this large by default, and a CFA by a hostile table may be anywhere. */
#define MAX_FRAME ((uint64_t)1 << 30)
/* User addresses have 48 bits; an authentication code is above them (arm64, without 52-bit addresses). */
#define ADDRESS_MASK ((UINT64_C(1) << 48) - 1)

struct frame_state {
	struct gopm__native *native;
	struct gopm__reader *reader;
	const struct gopm__arch *arch;
	const struct gopm__registers *registers; /* of the frame */
};

/* Code */

size_t gopm__native_code(struct gopm__native *native, uint64_t address, void *buffer, size_t size)
{
	struct gopm__mapped_modules *modules = gopm__native_modules(native);

	if (modules == NULL) {
		return 0;
	}
	return gopm__mapped_module_read(modules, gopm__mapped_module_at(modules, address), address, buffer, size);
}

bool gopm__native_is_sigreturn(struct gopm__native *native, uint64_t pc)
{
	const struct gopm__arch *arch = native->core->arch;
	const uint64_t done[] = {0, arch->sigreturn_syscall};
	uint8_t code[16];

	for (size_t i = 0; arch->sigreturn != NULL && i < sizeof done / sizeof done[0]; i++) {
		if (gopm__native_code(native, pc - done[i], code, arch->sigreturn_size) == arch->sigreturn_size &&
		    memcmp(code, arch->sigreturn, arch->sigreturn_size) == 0) {
			return true;
		}
	}
	return false;
}

/* True if code at `pc` may have called native code: compiled Go does not, but through assembly. */
static bool may_call_native(struct gopm__native *native, uint64_t pc)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(native->symtab, pc);

	return info == NULL || !info->known || info->assembly;
}

/* False if `pc` is in no mapping that may have code. */
static bool may_be_code(struct gopm__native *native, uint64_t pc)
{
	const struct gopm__corefile *core = native->core;
	struct gopm__mapped_modules *modules = gopm__native_modules(native);
	size_t after;

	if (core->file_count == 0 || modules == NULL || gopm__mapped_module_at(modules, pc) != NULL) {
		return true;
	}
	GOPM__LOWER_BOUND(after, core->file_count, core->files[after].start <= pc);
	if (after != 0 && pc < core->files[after - 1].end) {
		return true;
	}
	GOPM__LOWER_BOUND(after, core->load_count, core->loads[after].address <= pc);
	return after != 0 && pc - core->loads[after - 1].address < core->loads[after - 1].memory_size &&
	       (core->loads[after - 1].flags & PF_X) != 0;
}

bool gopm__native_is_return_address(struct gopm__native *native, uint64_t pc)
{
	const struct gopm__arch *arch = native->core->arch;
	uint8_t before[GOPM__MAX_CALL_SIZE];
	uint64_t target;

	return pc > sizeof before && may_call_native(native, pc) &&
	       gopm__native_code(native, pc - sizeof before, before, sizeof before) == sizeof before &&
	       arch->call_before(before, sizeof before, pc, &target);
}

bool gopm__native_may_return_to(struct gopm__native *native, uint64_t pc)
{
	uint8_t code;

	if (gopm__native_code(native, pc - 1, &code, 1) == 1) {
		return gopm__native_is_return_address(native, pc) || gopm__native_is_sigreturn(native, pc);
	}
	return may_be_code(native, pc);
}

/* Registers */

static bool is_known(const struct gopm__registers *registers, int index)
{
	return index >= 0 && (registers->lost >> index & 1) == 0;
}

static bool read_column(const struct frame_state *s, uint64_t column, uint64_t *out)
{
	const int index = column <= UINT16_MAX ? gopm__arch_register(s->arch, (unsigned)column) : -1;

	*out = is_known(s->registers, index) ? s->registers->value[index] : 0;
	return is_known(s->registers, index);
}

static bool read_expression_register(void *user_data, uint64_t number, uint64_t *value)
{
	return read_column(user_data, number, value);
}

static bool read_expression_memory(void *user_data, uint64_t address, unsigned size, uint64_t *value)
{
	const struct frame_state *s = user_data;

	return gopm__read_word(s->reader, address, size, value);
}

/* Evaluates an expression. `cfa` is on the stack before it, unless it is 0. */
static bool run_expression(struct frame_state *s, const struct gopm__cfi_rule *rule, uint64_t cfa, uint64_t *out)
{
	enum { CONST8U = 0x0e, HEAD = 9 };
	uint8_t code[HEAD + GOPM__CFI_MAX_EXPRESSION];
	struct gopm__location_description place = {0};
	const struct gopm__expression_frame frame = {
	    .read_register = read_expression_register, .read_memory = read_expression_memory, .user_data = s};
	const char *why;
	size_t head = 0;

	if (cfa != 0) {
		code[0] = CONST8U;
		memcpy(code + 1, &cfa, sizeof cfa);
		head = HEAD;
	}
	memcpy(code + head, rule->expression, rule->size);
	if (gopm__expression_run(code, head + rule->size, &frame, &place, &why) != GOPM_OK || place.count != 1 ||
	    (place.pieces[0].kind != GOPM__PIECE_MEMORY && place.pieces[0].kind != GOPM__PIECE_VALUE)) {
		return false;
	}
	*out = place.pieces[0].value;
	return true;
}

static bool frame_address(struct frame_state *s, const struct gopm__cfi_row *row, uint64_t *out)
{
	if (row->cfa.kind == GOPM__CFI_VAL_EXPRESSION) {
		return run_expression(s, &row->cfa, 0, out);
	}
	if (!read_column(s, row->cfa_register, out)) {
		return false;
	}
	*out += (uint64_t)row->cfa.offset;
	return true;
}

/* True if C's ABI makes a function keep the register. */
static bool is_callee_saved(const struct gopm__arch *arch, unsigned column)
{
	const unsigned number = arch->code->number(column);

	return number < 64 && (arch->code->c_callee_saved >> number & 1) != 0;
}

/* The caller's value of a column. False: not known; *undefined: by an explicit rule. */
static bool restore_column(struct frame_state *s, const struct gopm__cfi_row *row, unsigned column, uint64_t cfa,
                           uint64_t *out)
{
	const struct gopm__cfi_rule *rule = &row->rules[column];
	uint64_t address;

	switch (rule->kind) {
	case GOPM__CFI_UNSPECIFIED:
		/* The link register is the same until the function calls another one. */
		return (row->signal || is_callee_saved(s->arch, column) || column == row->return_column) &&
		       read_column(s, column, out);
	case GOPM__CFI_SAME:
		return read_column(s, column, out);
	case GOPM__CFI_OFFSET:
		return gopm__read_u64(s->reader, cfa + (uint64_t)rule->offset, out);
	case GOPM__CFI_VAL_OFFSET:
		*out = cfa + (uint64_t)rule->offset;
		return true;
	case GOPM__CFI_REGISTER:
		return read_column(s, (uint64_t)rule->offset, out);
	case GOPM__CFI_EXPRESSION:
		return run_expression(s, rule, cfa, &address) && gopm__read_u64(s->reader, address, out);
	case GOPM__CFI_VAL_EXPRESSION:
		return run_expression(s, rule, cfa, out);
	default:
		return false;
	}
}

static void end_frame(struct gopm__native_caller *out, uint8_t end, const char *why)
{
	out->end = end;
	out->why = why;
}

static void set_register(struct gopm__registers *registers, unsigned index, uint64_t value)
{
	registers->value[index] = value;
	registers->lost &= ~(UINT64_C(1) << index);
}

/* All registers are lost, but those that are set later. */
static void clear_registers(const struct gopm__arch *arch, struct gopm__registers *registers)
{
	memset(registers, 0, sizeof *registers);
	registers->lost = (UINT64_C(1) << arch->register_count) - 1;
}

/* Why `back` is no return address; NULL: it may be one. The first function of a thread says that it has no caller; 0 in
 * the place of its address is damage. A signal handler returns to code that nothing calls. */
static const char *return_fault(struct frame_state *s, const struct gopm__cfi_row *row, uint64_t cfa, uint64_t back)
{
	if (row->signal) {
		return NULL;
	}
	if (back == s->registers->value[s->arch->pc] && cfa == s->registers->value[s->arch->sp]) {
		return "its call frame information leads back to it";
	}
	if (!may_call_native(s->native, back)) {
		return "a return address is in compiled Go, which does not call C itself";
	}
	if (!may_be_code(s->native, back)) {
		return "a return address is in no code of the process";
	}
	return back == 0 || !gopm__native_may_return_to(s->native, back) ? "a return address does not follow a call"
	                                                                 : NULL;
}

/* True if the row leaves the return address in a register that does not have it: a call writes its own to the stack, or
 * over that of the link register. Damaged tables would repeat the frame until the stack ends. */
static bool lacks_return_address(const struct frame_state *s, const struct gopm__cfi_row *row, bool exact)
{
	const uint8_t kind = row->rules[row->return_column].kind;

	return (kind == GOPM__CFI_UNSPECIFIED || kind == GOPM__CFI_SAME) && !row->signal &&
	       (s->arch->return_address_on_stack || !exact);
}

/* By call frame information. */
static void apply_row(struct frame_state *s, const struct gopm__cfi_row *row, bool exact,
                      struct gopm__native_caller *out)
{
	const struct gopm__arch *arch = s->arch;
	uint64_t cfa, value, back = 0;

	if (row->rules[row->return_column].kind == GOPM__CFI_UNDEFINED) {
		end_frame(out, GOPM__NATIVE_FIRST, NULL);
		return;
	}
	if (!frame_address(s, row, &cfa)) {
		end_frame(out, GOPM__NATIVE_LOST, "its frame address needs a register whose value is not known");
		return;
	}
	const uint64_t sp = s->registers->value[arch->sp];
	/* A stack grows down. A signal frame may be on a stack of its own. */
	if (!row->signal && (cfa < sp || cfa - sp > MAX_FRAME || (cfa == sp && arch->return_address_on_stack))) {
		end_frame(out, GOPM__NATIVE_LOST, "its call frame information gives a frame that is not on the stack");
		return;
	}
	out->cfa = cfa;
	if (lacks_return_address(s, row, exact)) {
		end_frame(out, GOPM__NATIVE_LOST,
		          "its call frame information does not say where its return address is");
		return;
	}
	if (!restore_column(s, row, row->return_column, cfa, &back)) {
		end_frame(out, GOPM__NATIVE_MEMORY, "its return address is not in the core");
		return;
	}
	if (row->signed_address) {
		back &= ADDRESS_MASK;
	}
	const char *fault = return_fault(s, row, cfa, back);
	if (fault != NULL) {
		end_frame(out, GOPM__NATIVE_LOST, fault);
		return;
	}
	clear_registers(arch, &out->registers);
	for (unsigned column = 0; column < GOPM__CFI_COLUMNS; column++) {
		const int index = gopm__arch_register(arch, column);
		if (index >= 0 && restore_column(s, row, column, cfa, &value)) {
			set_register(&out->registers, (unsigned)index, value);
		}
	}
	const int sp_column = arch->registers[arch->sp].dwarf_number;
	if (row->rules[sp_column].kind == GOPM__CFI_UNSPECIFIED) {
		set_register(&out->registers, arch->sp, cfa);
	}
	set_register(&out->registers, arch->pc, back);
	out->exact = row->signal;
	out->end = GOPM__NATIVE_CALLER;
}

/* The caller at (pc, sp), by a guess. */
static void guess_caller(struct frame_state *s, struct gopm__native_caller *out, uint64_t pc, uint64_t sp)
{
	set_register(&out->registers, s->arch->pc, pc);
	set_register(&out->registers, s->arch->sp, sp);
	out->cfa = sp;
	out->guessed = true;
	out->end = GOPM__NATIVE_CALLER;
}

/* A frame record is the saved frame pointer and the return address, on both CPUs. */
static bool by_frame_pointer(struct frame_state *s, struct gopm__native_caller *out)
{
	const struct gopm__arch *arch = s->arch;
	const uint64_t sp = s->registers->value[arch->sp], fp = s->registers->value[arch->fp];
	uint64_t saved, back;

	if (!is_known(s->registers, arch->fp) || fp < sp || fp % 8 != 0 || fp - sp > MAX_FRAME ||
	    !gopm__read_u64(s->reader, fp, &saved) || !gopm__read_u64(s->reader, fp + 8, &back) ||
	    (saved != 0 && saved <= fp) || !gopm__native_is_return_address(s->native, back)) {
		return false;
	}
	guess_caller(s, out, back, fp + 16);
	set_register(&out->registers, arch->fp, saved);
	return true;
}

static bool by_scan(struct frame_state *s, struct gopm__native_caller *out)
{
	const uint64_t sp = s->registers->value[s->arch->sp];
	uint64_t word;

	for (unsigned i = 0; sp % 8 == 0 && i < MAX_SCANNED; i++) {
		const uint64_t place = sp + 8 * (uint64_t)i;
		if (place < sp || !gopm__read_u64(s->reader, place, &word)) {
			return false;
		}
		if (gopm__native_is_return_address(s->native, word)) {
			guess_caller(s, out, word, place + 8);
			return true;
		}
	}
	return false;
}

/* A call of an address without code: the return address is where the call put it. */
static bool by_wild_call(struct frame_state *s, struct gopm__native_caller *out)
{
	const struct gopm__arch *arch = s->arch;
	const uint64_t sp = s->registers->value[arch->sp];
	uint64_t back = 0;

	if (arch->return_address_on_stack) {
		if (!gopm__read_u64(s->reader, sp, &back)) {
			return false;
		}
	} else {
		back = s->registers->value[arch->lr];
	}
	if (!gopm__native_is_return_address(s->native, back)) {
		return false;
	}
	const uint64_t lost = s->registers->lost;
	out->registers = *s->registers;
	out->registers.lost = lost;
	set_register(&out->registers, arch->pc, back);
	set_register(&out->registers, arch->sp, sp + (arch->return_address_on_stack ? arch->pointer_size : 0));
	out->cfa = out->registers.value[arch->sp];
	out->end = GOPM__NATIVE_CALLER;
	return true;
}

void gopm__native_find_caller(struct gopm__native *native, struct gopm__reader *reader,
                              const struct gopm__registers *registers, bool exact, struct gopm__native_caller *out)
{
	const struct gopm__arch *arch = native->core->arch;
	struct frame_state s = {native, reader, arch, registers};
	const uint64_t pc = registers->value[arch->pc], sp = registers->value[arch->sp];
	uint8_t code;

	memset(out, 0, sizeof *out);
	out->end = GOPM__NATIVE_LOST;
	clear_registers(arch, &out->registers);
	if (gopm__native_is_sigreturn(native, pc)) {
		if (gopm__sigcontext_read(arch, reader, sp, &out->registers)) {
			out->exact = true;
			out->end = GOPM__NATIVE_CALLER;
		} else {
			end_frame(out, GOPM__NATIVE_MEMORY, "the registers that the kernel saved are not in the core");
		}
		return;
	}
	const struct gopm__cfi_row *row = gopm__native_row(native, exact ? pc : pc - 1);
	if (row != NULL) {
		apply_row(&s, row, exact, out);
		return;
	}
	if (exact && gopm__native_code(native, pc, &code, 1) == 0 && by_wild_call(&s, out)) {
		return;
	}
	out->why = "its code has no call frame information";
	if (!by_frame_pointer(&s, out)) {
		(void)by_scan(&s, out);
	}
}
