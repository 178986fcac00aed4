/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.recordForPanic writes the ring, so its code has the address. pclntab names that function in stripped programs
 * too. The ring itself proves the address: the message of the fatal error is the last that was written to it. */
#include "program/death_backlog.h"

#include "arch/instruction.h"
#include "util/str.h"

/* Bytes of printBacklog (runtime/print.go, Go 1.16 to 1.27). */
#define RING 512u
#define MAX_CODE 4096u

static bool find_function(const struct gopm__symtab *symtab, const char *name, struct gopm__func *out)
{
	const struct gopm__module *m = &symtab->modules[0];
	const gopm_str wanted = {name, strlen(name)};

	for (uint64_t i = 0; i < m->ftab_count; i++) {
		if (gopm__func_at(m, i, out) && gopm__str_equal(gopm__func_name(m, out->name), wanted)) {
			return true;
		}
	}
	return false;
}

/* The ring at `address`, oldest byte first, if it ends with `end`. Bytes that were never written are 0, and dropped. */
static bool read_ring(struct gopm__runtime *rt, uint64_t address, gopm_str end)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	char ring[2 * RING], text[RING];
	size_t used = 0;

	if (gopm__read_copy(&reader, address, ring, RING) != RING) {
		return false;
	}
	memcpy(ring + RING, ring, RING);
	for (size_t index = 0; index < RING; index++) {
		if (memcmp(ring + index + RING - end.size, end.data, end.size) != 0) {
			continue;
		}
		for (size_t i = 0; i < RING; i++) {
			if (ring[index + i] != '\0') {
				text[used++] = ring[index + i];
			}
		}
		rt->backlog = gopm__arena_str(&rt->arena, text, used);
		rt->backlog_full = used == RING;
		return rt->backlog.size != 0;
	}
	return false;
}

/* The constants in registers after one more instruction. Returns the register that got one, or
 * GOPM__CODE_NO_REGISTER. */
static unsigned follow_constants(const struct gopm__instruction *instruction, uint64_t constants[GOPM__CODE_REGISTERS])
{
	unsigned found = GOPM__CODE_NO_REGISTER;

	for (unsigned i = 0; i < GOPM__CODE_REGISTERS; i++) {
		if ((instruction->clobbers >> i & 1) != 0) {
			constants[i] = 0;
		}
	}
	for (unsigned i = 0; i < instruction->effect_count; i++) {
		const struct gopm__code_effect *e = &instruction->effects[i];
		bool from = e->base < GOPM__CODE_REGISTERS && constants[e->base] != 0;
		if (e->reg >= GOPM__CODE_REGISTERS) {
			continue;
		}
		if (e->kind == GOPM__CODE_CONSTANT) {
			constants[e->reg] = (uint64_t)e->value;
			found = e->reg;
		} else if (e->kind == GOPM__CODE_ADDRESS && from) {
			constants[e->reg] = constants[e->base] + (uint64_t)e->value;
			found = e->reg;
		} else if (e->kind != GOPM__CODE_STORE) {
			constants[e->reg] = 0;
		}
	}
	return found;
}

void gopm__death_find_backlog(struct gopm__runtime *rt, gopm_str message)
{
	static const char mark[] = "fatal error: ";
	const struct gopm__module *m = &rt->symtab->modules[0];
	const struct gopm__code_desc *code = rt->core->arch->code;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint64_t constants[GOPM__CODE_REGISTERS] = {0};
	uint8_t bytes[MAX_CODE];
	char end[RING];
	struct gopm__func func;

	/* A message of several lines is indented in the ring. */
	if (message.size == 0 || message.size + sizeof mark > sizeof end ||
	    memchr(message.data, '\n', message.size) != NULL || code == NULL ||
	    !find_function(rt->symtab, "runtime.recordForPanic", &func) || func.end <= func.entry) {
		return;
	}
	memcpy(end, mark, sizeof mark - 1);
	memcpy(end + sizeof mark - 1, message.data, message.size);
	end[sizeof mark - 1 + message.size] = '\n';
	const gopm_str last = {end, sizeof mark + message.size};
	uint64_t size = func.end - func.entry < MAX_CODE ? func.end - func.entry : MAX_CODE;
	size = gopm__read_copy(&reader, func.entry, bytes, (size_t)size);
	for (uint64_t at = 0; at < size;) {
		struct gopm__instruction instruction = {0};
		if (!code->decode(bytes + at, (size_t)(size - at), func.entry + at, &instruction) ||
		    instruction.size == 0) {
			return;
		}
		unsigned reg = follow_constants(&instruction, constants);
		if (reg < GOPM__CODE_REGISTERS && constants[reg] >= m->noptrbss && constants[reg] < m->enoptrbss &&
		    read_ring(rt, constants[reg], last)) {
			return;
		}
		at += instruction.size;
	}
}
