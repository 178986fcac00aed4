/* SPDX-License-Identifier: Apache-2.0 */
/* Pushes, pops, and additions of a constant to RSP. Moves to RSP are effects of the decoder. */
#include "arch/amd64/arch.h"

#include "arch/amd64/effects.h"

static int64_t signed_number(const uint8_t *code, unsigned size)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < size; i++) {
		value |= (uint32_t)code[i] << (8 * i);
	}
	return size == 1 ? (int8_t)value : (int32_t)value;
}

/* ADD or SUB of an immediate of `width` bytes to RSP: 83 /0 and /5, 81 /0 and /5, with REX.W. */
static struct gopm__sp_change add_constant(const uint8_t *code, size_t size, unsigned width)
{
	struct gopm__sp_change change = {GOPM__SP_DECODED, 0, 0};

	if (size == 3 + (size_t)width && (code[2] == 0xc4 || code[2] == 0xec)) {
		int64_t value = signed_number(code + 3, width);
		change = (struct gopm__sp_change){GOPM__SP_ADDED, 0, code[2] == 0xc4 ? value : -value};
	}
	return change;
}

struct gopm__sp_change gopm__amd64_sp_change(const uint8_t *code, size_t size)
{
	const struct gopm__sp_change push = {GOPM__SP_ADDED, 0, -8}, pop = {GOPM__SP_ADDED, 0, 8},
	                             lost = {GOPM__SP_LOST, 0, 0}, decoded = {GOPM__SP_DECODED, 0, 0};
	size_t rex = size > 1 && (code[0] & 0xf0) == 0x40 ? 1 : 0;

	if (size <= rex) {
		return decoded;
	}
	unsigned opcode = code[rex], reg = size > rex + 1 ? code[rex + 1] >> 3 & 7 : 0;
	switch (opcode) {
	case 0x68: /* immediate values */
	case 0x6a:
	case 0x9c: /* flags */
		return push;
	case 0x9d:
		return pop;
	case 0x83:
	case 0x81:
		return code[0] == 0x48 ? add_constant(code, size, opcode == 0x83 ? 1 : 4) : decoded;
	case 0xff:
		return reg == 6 ? push : decoded;
	case 0x8f:
		return reg == 0 ? pop : decoded;
	case 0xc8: /* ENTER, LEAVE */
	case 0xc9:
		return lost;
	default:
		break;
	}
	if ((opcode & 0xf8) == 0x50) {
		return push;
	}
	if ((opcode & 0xf8) == 0x58) {
		return opcode == 0x58 + RSP && (rex == 0 || (code[0] & 1) == 0) ? lost : pop;
	}
	return decoded;
}
