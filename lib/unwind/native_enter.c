/* SPDX-License-Identifier: Apache-2.0 */
/* Enters a native frame: its registers, its caller and its CFA. */
#include "arch/instruction.h"
#include "code/saved_registers.h"
#include "unwind/walk_private.h"

void gopm__walk_meet_native(struct gopm__walk *walk)
{
	const bool exact = (walk->flags & (GOPM_FRAME_INNERMOST | GOPM_FRAME_INTERRUPTED)) != 0;

	if (!walk->has_registers) {
		memset(&walk->caller, 0, sizeof walk->caller);
		walk->caller.end = GOPM__NATIVE_LOST;
		walk->caller.why = "its registers are not known";
		return;
	}
	/* A handler does not return after a call. */
	if (!exact && gopm__native_is_sigreturn(walk->native, walk->pc)) {
		walk->lookup_pc = walk->pc;
	}
	gopm__native_find_caller(walk->native, &walk->reader, &walk->registers, exact, &walk->caller);
	walk->cfa = walk->caller.cfa;
}

/* The registers that the current frame of Go has stored, by its code. Returns their number. */
static size_t find_saved(struct gopm__walk *walk, struct gopm__saved_register saved[GOPM__MAX_SAVED_REGISTERS])
{
	const struct gopm__func *func = &walk->info->func;
	struct gopm__cfa_code code = {.arch = walk->rt->core->arch, .entry = func->entry};

	if (func->end > func->entry && func->end - func->entry < UINT32_MAX) {
		code.size = (size_t)(func->end - func->entry);
		code.bytes = gopm__read_span(&walk->reader, func->entry, code.size);
	}
	return code.bytes != NULL ? gopm__saved_registers(&code, walk->pc, saved) : 0;
}

uint64_t gopm__walk_saved_link(struct gopm__walk *walk)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	struct gopm__saved_register saved[GOPM__MAX_SAVED_REGISTERS];

	if (arch->return_address_on_stack || !walk->info->assembly || walk->cfa == walk->sp) {
		return 0;
	}
	const unsigned link = arch->code->number((uint64_t)arch->registers[arch->lr].dwarf_number);
	const size_t count = find_saved(walk, saved);
	for (size_t i = 0; i < count; i++) {
		if (saved[i].reg == link) {
			return walk->cfa + (uint64_t)saved[i].offset;
		}
	}
	return 0;
}

void gopm__walk_set_caller_registers(struct gopm__walk *walk, uint64_t pc, uint64_t sp)
{
	const struct gopm__arch *arch = walk->rt->core->arch;
	struct gopm__saved_register saved[GOPM__MAX_SAVED_REGISTERS];
	struct gopm__registers *registers = &walk->registers;

	memset(registers, 0, sizeof *registers);
	registers->lost = (UINT64_C(1) << arch->register_count) - 1;
	registers->value[arch->pc] = pc;
	registers->value[arch->sp] = sp;
	registers->lost &= ~(UINT64_C(1) << arch->pc | UINT64_C(1) << arch->sp);
	walk->has_registers = true;
	const size_t count = find_saved(walk, saved);
	const uint64_t entry_sp = walk->cfa - (arch->return_address_on_stack ? arch->pointer_size : 0);
	for (size_t i = 0; i < arch->register_count; i++) {
		const int16_t dwarf = arch->registers[i].dwarf_number;
		/* The stored link is where the caller continues, and not its own. */
		const bool is_link = !arch->return_address_on_stack && i == arch->lr;
		for (size_t k = 0; k < count && dwarf >= 0 && !is_link; k++) {
			uint64_t value;
			if (arch->code->number((uint64_t)dwarf) == saved[k].reg &&
			    gopm__read_u64(&walk->reader, entry_sp + (uint64_t)saved[k].offset, &value)) {
				registers->value[i] = value;
				registers->lost &= ~(UINT64_C(1) << i);
			}
		}
	}
}
