/* SPDX-License-Identifier: Apache-2.0 */
#include "api/register.h"

#include <string.h>

#include "api/first_release.h"
#include "api/sized.h"
#include "api/stack.h"

size_t gopm__registers_out(const struct gopm__arch *arch, const struct gopm__registers *registers,
                           gopm_register *records, size_t stride, size_t capacity)
{
	size_t count = 0;

	for (size_t i = 0; i < arch->register_count; i++) {
		if ((registers->lost >> i & 1) != 0 || count++ >= capacity) {
			continue;
		}
		const struct gopm__register_desc *desc = &arch->registers[i];
		gopm_register record = {
		    .name = {desc->name, strlen(desc->name)},
		    .value = registers->value[i],
		    .dwarf_number = desc->dwarf_number >= 0 ? (uint32_t)desc->dwarf_number : UINT32_MAX,
		};
		gopm__sized_out(gopm__sized_at(records, stride, count - 1), stride, &record, sizeof record);
	}
	return count;
}

gopm_status gopm_frame_registers(const gopm_stack *stack, size_t frame, gopm_register *records, size_t stride,
                                 size_t capacity, size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (stack == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_REGISTER))) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__frame *at = gopm__stack_frame(stack, frame);
	if (at == NULL || at->registers == NULL || (at->flags & GOPM_FRAME_REGISTERS) == 0) {
		return GOPM_NOT_FOUND;
	}
	const struct gopm__arch *arch = gopm__stack_core(stack)->program->file.arch;
	*count = gopm__registers_out(arch, at->registers, records, stride, capacity);
	return GOPM_OK;
}
