/* SPDX-License-Identifier: Apache-2.0 */
#include "code/element_store.h"

#include <stdlib.h>

#define MAX_DIMENSIONS 4u

static bool is_static(const struct gopm__symtab *symtab, uint64_t address)
{
	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		if ((address >= m->data && address < m->edata) || (address >= m->bss && address < m->ebss)) {
			return true;
		}
	}
	return false;
}

static uint64_t array_of(const struct gopm__code *code, const struct gopm__symtab *symtab,
                         const struct gopm__value_number *number, uint64_t offset, unsigned depth);

/* The array in whose address the instruction at `index` computes the register: the other operand is a multiple of an
 * index. */
static uint64_t array_of_sum(const struct gopm__code *code, const struct gopm__symtab *symtab, size_t index,
                             int64_t reg, uint64_t offset, unsigned depth)
{
	const struct gopm__instruction *instruction = &gopm__code_values(code)->cfg->instructions[index].code;
	struct gopm__values_cursor cursor = {0};
	uint64_t found = 0;

	if (!gopm__values_seek(gopm__code_values(code), &cursor, index)) {
		free(cursor.at);
		return 0;
	}
	for (unsigned i = 0; i < instruction->effect_count && found == 0; i++) {
		const struct gopm__code_effect *e = &instruction->effects[i];
		if (e->reg != reg || (e->kind != GOPM__CODE_ELEMENT_ADDRESS && e->kind != GOPM__CODE_ADD)) {
			continue;
		}
		found = array_of(code, symtab, &cursor.at[e->base], offset + (uint64_t)e->value, depth + 1);
		if (found == 0 && e->kind == GOPM__CODE_ADD) {
			found = array_of(code, symtab, &cursor.at[reg], offset, depth + 1);
		}
	}
	free(cursor.at);
	return found;
}

static uint64_t array_of(const struct gopm__code *code, const struct gopm__symtab *symtab,
                         const struct gopm__value_number *number, uint64_t offset, unsigned depth)
{
	if (number->width != 8 || depth > MAX_DIMENSIONS) {
		return 0;
	}
	if (number->kind == GOPM__VN_CONSTANT) {
		const uint64_t address = (uint64_t)number->value + offset;
		return is_static(symtab, address) ? address : 0;
	}
	return number->kind == GOPM__VN_DEFINITION
	           ? array_of_sum(code, symtab, number->at, number->value, offset, depth)
	           : 0;
}

uint64_t gopm__element_store_array(const struct gopm__code *code, const struct gopm__symtab *symtab,
                                   const struct gopm__code_effect *store, const struct gopm__value_number *state)
{
	return store->kind == GOPM__CODE_STORE_ELEMENT && store->size == 8
	           ? array_of(code, symtab, &state[store->base], (uint64_t)store->value, 0)
	           : 0;
}
