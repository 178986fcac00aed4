/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates the location of a variable and reads the pieces that are not plain memory (registers, constants, several
 * pieces) into a buffer. A byte that cannot be read is marked with the reason. */
#include "locals/location.h"

#include <inttypes.h>

#include "core/vector_register.h"

#define MAX_BYTES (1 << 20) /* of a variable in pieces */

/* Without saved registers, only the pc and sp of a frame are known. */
static bool read_frame_register(void *user_data, uint64_t number, uint64_t *value)
{
	const struct gopm__frame_reader *r = user_data;
	int index = number <= UINT16_MAX ? gopm__arch_register(r->arch, (unsigned)number) : -1;

	*value = 0;
	if (index < 0) {
		return false;
	}
	if (r->frame->registers != NULL) {
		*value = r->frame->registers->value[index];
		return (r->frame->registers->lost >> index & 1) == 0;
	}
	if ((r->preempted.known >> index & 1) != 0) {
		*value = r->preempted.registers.value[index];
		return true;
	}
	if (index == r->arch->sp) {
		*value = r->frame->sp;
		return r->frame->sp != 0;
	}
	if (index == r->arch->pc) {
		*value = r->frame->pc;
		return true;
	}
	return false;
}

static bool read_frame_memory(void *user_data, uint64_t address, unsigned size, uint64_t *value)
{
	const struct gopm__frame_reader *r = user_data;
	return gopm__read_word(&r->context->reader, address, size, value);
}

/* Reads a vector register, which has a floating-point number or half of a complex one. */
static bool read_vector_piece(struct gopm__frame_reader *r, uint64_t number, uint64_t size, uint8_t *data,
                              uint8_t *known)
{
	int vector = gopm__arch_vector(r->arch, number);
	uint8_t bytes[GOPM__VECTOR_SIZE];
	size_t got = size < sizeof bytes ? (size_t)size : sizeof bytes;
	const struct gopm__registers *registers =
	    r->frame->registers != NULL ? r->frame->registers : &r->preempted.registers;

	if (vector < 0 || r->context->file == NULL ||
	    !gopm__vector_read(r->arch, r->context->file, &r->context->reader, registers, (unsigned)vector, bytes)) {
		return false;
	}
	memcpy(data, bytes, got);
	memset(known, GOPM__BYTE_KNOWN, got);
	memset(known + got, GOPM__BYTE_MISSING, (size_t)size - got);
	return true;
}

static void read_piece(struct gopm__frame_reader *r, const struct gopm__piece *piece, uint64_t size, uint8_t *data,
                       uint8_t *known)
{
	uint8_t word[8] = {0};
	uint64_t value = piece->value;

	switch (piece->kind) {
	case GOPM__PIECE_MISSING:
		memset(known, GOPM__BYTE_MISSING, (size_t)size);
		return;
	case GOPM__PIECE_MEMORY: {
		size_t got = gopm__read_copy(&r->context->reader, piece->value, data, (size_t)size);
		memset(known, GOPM__BYTE_KNOWN, got);
		memset(known + got, GOPM__BYTE_MEMORY, (size_t)size - got);
		return;
	}
	case GOPM__PIECE_REGISTER:
		if (read_vector_piece(r, piece->value, size, data, known)) {
			return;
		}
		if (!read_frame_register(r, piece->value, &value)) {
			memset(known, GOPM__BYTE_REGISTER, (size_t)size);
			return;
		}
		break;
	case GOPM__PIECE_LITERAL: {
		size_t got = piece->size < size ? (size_t)piece->size : (size_t)size;
		memcpy(data, piece->data, got);
		memset(known, GOPM__BYTE_KNOWN, got);
		memset(known + got, GOPM__BYTE_MISSING, (size_t)size - got);
		return;
	}
	default: /* GOPM__PIECE_VALUE */
		break;
	}
	memcpy(word, &value, sizeof word);
	size_t got = size < sizeof word ? (size_t)size : sizeof word;
	memcpy(data, word, got);
	memset(known, GOPM__BYTE_KNOWN, got);
	memset(known + got, GOPM__BYTE_MISSING, (size_t)size - got);
}

/* The reason that no byte is known. NULL: some are. */
static const char *unknown_reason(const struct gopm__bytes *bytes)
{
	bool seen[4] = {false};

	for (uint64_t i = 0; i < bytes->size; i++) {
		seen[bytes->known[i] & 3] = true;
	}
	if (bytes->size == 0 || seen[GOPM__BYTE_KNOWN]) {
		return NULL;
	}
	return gopm__byte_reason(seen[GOPM__BYTE_REGISTER] ? GOPM__BYTE_REGISTER
	                         : seen[GOPM__BYTE_MEMORY] ? GOPM__BYTE_MEMORY
	                                                   : GOPM__BYTE_MISSING);
}

static const struct gopm__bytes *read_pieces(struct gopm__frame_reader *r,
                                             const struct gopm__location_description *location, uint64_t size,
                                             const char **why)
{
	struct gopm__arena *arena = r->context->arena;
	struct gopm__bytes *bytes = gopm__arena_alloc(arena, sizeof *bytes);

	if (size > MAX_BYTES) {
		*why = "type too large for a location in pieces";
		return NULL;
	}
	uint8_t *data = gopm__arena_alloc(arena, (size_t)size);
	uint8_t *known = gopm__arena_alloc(arena, (size_t)size);
	if (bytes == NULL || data == NULL || known == NULL) {
		r->context->no_memory = true;
		*why = "out of memory";
		return NULL;
	}
	uint64_t at = 0;
	for (size_t i = 0; i < location->count && at < size; i++) {
		const struct gopm__piece *piece = &location->pieces[i];
		uint64_t take = location->count == 1 && piece->size == 0 ? size : piece->size;
		take = take < size - at ? take : size - at;
		read_piece(r, piece, take, data + at, known + at);
		at += take;
	}
	*bytes = (struct gopm__bytes){.size = size, .data = data, .known = known};
	*why = unknown_reason(bytes);
	return bytes;
}

/* Reads `node` from its location at `pc` of the file. */
static gopm_status read_location_at(struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                                    const struct gopm__type *type, uint64_t pc, struct gopm__location *out)
{
	struct gopm__node_location listed;
	struct gopm__location_description *location = &r->location;

	*out = (struct gopm__location){.address = 0};
	gopm_status st = gopm__node_location(r->context->types->dwarf, r->scope.tree, node, pc, &listed);
	switch (st) {
	case GOPM_OK:
		break;
	case GOPM_NOT_FOUND:
		out->why = gopm__context_text(r->context,
		                              "lost here: location list at 0x%" PRIx64 " does not cover 0x%" PRIx64,
		                              listed.list_offset, pc + r->context->exe->bias);
		return st;
	case GOPM_DONE:
		out->why = "optimized out: no location";
		return st;
	default:
		out->why = "location list is damaged";
		gopm__dwarf_damage(r->context->types->dwarf, node->die, "location list is damaged");
		return st;
	}
	if (listed.size == 0) {
		out->why = "optimized out: empty location";
		return GOPM_NOT_FOUND;
	}
	st = gopm__expression_run(listed.expression, listed.size, &r->expression, location, &out->why);
	if (st != GOPM_OK) {
		if (st == GOPM_ERR_FORMAT) {
			gopm__dwarf_damage(r->context->types->dwarf, node->die, out->why);
		}
		return st;
	}
	if (location->count == 0) {
		out->why = "optimized out: no location here";
		return GOPM_NOT_FOUND;
	}
	if (location->count == 1 && location->pieces[0].kind == GOPM__PIECE_MEMORY && location->pieces[0].size == 0) {
		out->address = location->pieces[0].value;
		if (out->address == 0) {
			out->why = "location is address 0";
		}
		return GOPM_OK;
	}
	out->bytes = read_pieces(r, location, gopm__type_size(r->context->types, type), &out->why);
	if (out->bytes != NULL) {
		out->address = GOPM__BYTES_BASE;
	}
	return out->why == NULL ? GOPM_OK : GOPM_NOT_FOUND;
}

/* In a frame that waits for a call, both pcs are tried. The location after the call is the one during the call, since
 * registers do not survive a call. The location at the call instruction is there also for variables that the code does
 * not use after the call.
 *
 * In C only the second one counts: the location after the call may be of the result, which is not there yet. */
void gopm__location_read(struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                         const struct gopm__type *type, struct gopm__location *out)
{
	uint64_t bias = r->context->exe->bias;

	const bool go = r->scope.tree->unit->go;
	gopm_status st = read_location_at(r, node, type, (go ? r->frame->pc : r->frame->lookup_pc) - bias, out);
	if (go && st != GOPM_OK && r->frame->lookup_pc != r->frame->pc) {
		const char *first = out->why;
		st = read_location_at(r, node, type, r->frame->lookup_pc - bias, out);
		if (st != GOPM_OK) {
			out->why = first;
		}
	}
}

void gopm__frame_reader_init(struct gopm__frame_reader *r)
{
	const struct gopm__function_tree *tree = r->scope.tree;
	bool base = tree->frame_base.class_ == GOPM__CLASS_BLOCK;

	(void)gopm__preempted_registers(r->stack_state, r->frame, &r->preempted);
	r->expression = (struct gopm__expression_frame){
	    .cfa = r->frame->cfa,
	    .bias = r->context->exe->bias,
	    .unit = &tree->unit->list,
	    .frame_base = base ? tree->frame_base.data : NULL,
	    .frame_base_size = base ? tree->frame_base.size : 0,
	    .read_register = read_frame_register,
	    .read_memory = read_frame_memory,
	    .user_data = r,
	};
}
