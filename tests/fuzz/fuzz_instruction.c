/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes random bytes as code of each CPU. The decoder must stay inside the instruction, and its results inside their
 * ranges. The first byte selects the CPU. */
#include <stdlib.h>
#include <string.h>

#include <elf.h>

#include "arch/arch.h"
#include "arch/instruction.h"
#include "fuzz/fuzz.h"

static bool known(uint8_t reg)
{
	return reg < GOPM__CODE_REGISTERS || reg == GOPM__CODE_NO_REGISTER;
}

static void check(const struct gopm__instruction *code, size_t size)
{
	if (code->size == 0 || code->size > size || code->flow > GOPM__CODE_INDIRECT_JUMP ||
	    code->effect_count > sizeof code->effects / sizeof code->effects[0]) {
		abort();
	}
	for (size_t i = 0; i < code->effect_count; i++) {
		const struct gopm__code_effect *effect = &code->effects[i];
		if (effect->kind > GOPM__CODE_ATOMIC || !known(effect->reg) || !known(effect->base)) {
			abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) {
		return 0;
	}
	const struct gopm__arch *arch = gopm__arch_by_machine(data[0] % 2 == 0 ? EM_X86_64 : EM_AARCH64);
	const size_t step = arch->pc_quantum;
	for (size_t at = 1; at < size; at += step) {
		struct gopm__instruction code = {0};
		/* In a block of its exact size, so that the sanitizer sees a read past its end. */
		uint8_t *own = malloc(size - at);
		if (own == NULL) {
			return 0;
		}
		memcpy(own, data + at, size - at);
		if (arch->code->decode(own, size - at, UINT64_C(0x401000) + at, &code)) {
			check(&code, size - at);
		}
		free(own);
	}
	return 0;
}
