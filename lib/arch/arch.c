/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arch.h"

#include "arch/amd64/arch.h"
#include "arch/arm64/arch.h"

static const struct gopm__arch *const archs[] = {
    &gopm__arch_amd64,
    &gopm__arch_arm64,
};

const struct gopm__arch *gopm__arch_by_machine(uint16_t elf_machine)
{
	for (size_t i = 0; i < sizeof archs / sizeof archs[0]; i++) {
		if (archs[i]->elf_machine == elf_machine) {
			return archs[i];
		}
	}
	return NULL;
}

int gopm__arch_register(const struct gopm__arch *arch, unsigned dwarf_number)
{
	for (size_t i = 0; i < arch->register_count; i++) {
		if (arch->registers[i].dwarf_number >= 0 && (unsigned)arch->registers[i].dwarf_number == dwarf_number) {
			return (int)i;
		}
	}
	return -1;
}
