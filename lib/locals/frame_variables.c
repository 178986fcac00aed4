/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/frame_variables.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/vector_register.h"
#include "dwarf/constants.h"
#include "dwarf/scope.h"
#include "locals/preempted_registers.h"
#include "locals/roots.h"
#include "locals/verdict.h"
#include "locals/wait_site.h"

/* Bytes of a variable that are put together from pieces. */
#define MAX_BYTES (1 << 20)
/* Elements of a string or slice that is not certain. */
#define MAX_SENSIBLE (INT64_C(1) << 40)

struct reader {
	struct gopm__context *context;
	const struct gopm__arch *arch;
	const struct gopm__frame *frame;
	struct gopm__scope scope;
	struct gopm__expression_frame expression;
	struct gopm__preempted preempted;
	uint64_t dictionary;               /* address of the function's dictionary; 0: none */
	struct gopm__place_of_value place; /* of what was located last */
};

/* Registers of a frame whose caller's registers are not known are lost, but for pc and sp. */
static bool read_register(void *user_data, uint64_t number, uint64_t *value)
{
	const struct reader *r = user_data;
	int index = number <= UINT16_MAX ? gopm__arch_register(r->arch, (unsigned)number) : -1;

	*value = 0;
	if (index < 0) {
		return false;
	}
	if (r->frame->registers != NULL) {
		*value = r->frame->registers->value[index];
		return true;
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

static bool read_memory(void *user_data, uint64_t address, unsigned size, uint64_t *value)
{
	const struct reader *r = user_data;
	return gopm__read_word(&r->context->reader, address, size, value);
}

/* What is in a vector register: a floating-point number, or a part of a complex one. */
static bool read_vector(struct reader *r, uint64_t number, uint64_t size, uint8_t *data, uint8_t *known)
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

static void fill_piece(struct reader *r, const struct gopm__piece *piece, uint64_t size, uint8_t *data, uint8_t *known)
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
		if (read_vector(r, piece->value, size, data, known)) {
			return;
		}
		if (!read_register(r, piece->value, &value)) {
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

/* Why nothing at all of it is known; NULL: something is. */
static const char *lost(const struct gopm__bytes *bytes)
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

static const struct gopm__bytes *put_together(struct reader *r, const struct gopm__place_of_value *place, uint64_t size,
                                              const char **why)
{
	struct gopm__arena *arena = r->context->arena;
	struct gopm__bytes *bytes = gopm__arena_alloc(arena, sizeof *bytes);

	if (size > MAX_BYTES) {
		*why = "its type is too big to be held in pieces";
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
	for (size_t i = 0; i < place->count && at < size; i++) {
		const struct gopm__piece *piece = &place->pieces[i];
		uint64_t take = place->count == 1 && piece->size == 0 ? size : piece->size;
		take = take < size - at ? take : size - at;
		fill_piece(r, piece, take, data + at, known + at);
		at += take;
	}
	*bytes = (struct gopm__bytes){.size = size, .data = data, .known = known};
	*why = lost(bytes);
	return bytes;
}

/* Where `node` lies at `pc` of the file: sets address or bytes, or why there is neither. */
static gopm_status locate_at(struct reader *r, const struct gopm__scope_node *node, const struct gopm__type *type,
                             uint64_t pc, uint64_t *address, const struct gopm__bytes **bytes, const char **why)
{
	const uint8_t *code;
	uint64_t size, list;
	struct gopm__place_of_value *place = &r->place;

	*address = 0;
	*bytes = NULL;
	*why = NULL;
	gopm_status st = gopm__scope_location(r->context->dwarf, r->scope.tree, node, pc, &code, &size, &list);
	switch (st) {
	case GOPM_OK:
		break;
	case GOPM_NOT_FOUND:
		*why = gopm__context_text(r->context,
		                          "lost here: its location list at 0x%" PRIx64 " does not cover 0x%" PRIx64,
		                          list, pc + r->context->exe->bias);
		return st;
	case GOPM_DONE:
		*why = "optimized out: it has no location";
		return st;
	default:
		*why = "its location list is damaged";
		gopm__dwarf_damage(r->context->dwarf, node->die, "a location list is damaged");
		return st;
	}
	if (size == 0) {
		*why = "optimized out: its location is empty";
		return GOPM_NOT_FOUND;
	}
	st = gopm__expression_run(code, size, &r->expression, place, why);
	if (st != GOPM_OK) {
		if (st == GOPM_ERR_FORMAT) {
			gopm__dwarf_damage(r->context->dwarf, node->die, *why);
		}
		return st;
	}
	if (place->count == 0) {
		*why = "optimized out: its location names no place";
		return GOPM_NOT_FOUND;
	}
	if (place->count == 1 && place->pieces[0].kind == GOPM__PIECE_MEMORY && place->pieces[0].size == 0) {
		*address = place->pieces[0].value;
		if (*address == 0) {
			*why = "its location is the address 0";
		}
		return GOPM_OK;
	}
	*bytes = put_together(r, place, gopm__type_size(r->context->dwarf, type), why);
	if (*bytes != NULL) {
		*address = GOPM__BYTES_BASE;
	}
	return *why == NULL ? GOPM_OK : GOPM_NOT_FOUND;
}

/* A frame that waits for a call is described twice: by the location behind the call instruction, which tells
 * where a variable is kept while the call runs (registers do not survive it), and by the one at the call, which
 * also covers a variable that nobody needs afterwards. */
static void locate(struct reader *r, const struct gopm__scope_node *node, const struct gopm__type *type,
                   uint64_t *address, const struct gopm__bytes **bytes, const char **why)
{
	const char *first;
	uint64_t bias = r->context->exe->bias;

	gopm_status st = locate_at(r, node, type, r->frame->pc - bias, address, bytes, &first);
	*why = first;
	if (st != GOPM_OK && r->frame->lookup_pc != r->frame->pc) {
		st = locate_at(r, node, type, r->frame->lookup_pc - bias, address, bytes, why);
		if (st != GOPM_OK) {
			*why = first;
		}
	}
}

/* A type parameter stands for the type that the function's dictionary names. */
static const struct gopm__type *real_type(struct reader *r, const struct gopm__type *type)
{
	struct gopm__context *context = r->context;
	uint64_t descriptor;

	if (type == NULL || type->class_ != GOPM__TYPE_PARAMETRIC) {
		return type;
	}
	const struct gopm__type *shape = gopm__type_target(context->dwarf, type);
	if (r->dictionary == 0 || type->dict_index < 0 || type->dict_index > UINT16_MAX ||
	    !gopm__read_u64(&context->reader, r->dictionary + (uint64_t)type->dict_index * 8, &descriptor)) {
		return shape;
	}
	const struct gopm__type *found = gopm__type_of_descriptor(context, descriptor);
	return found != NULL ? found : shape;
}

static void find_dictionary(struct reader *r)
{
	const struct gopm__scope_node *node = gopm__scope_direct(&r->scope, ".dict");
	const struct gopm__bytes *bytes;
	uint64_t address;
	const char *why;

	if (node == NULL) {
		return;
	}
	locate(r, node, gopm__types_at(r->context->dwarf, node->type), &address, &bytes, &why);
	if (why == NULL) {
		(void)gopm__variable_word(r->context, bytes, address, 8, &r->dictionary, &why);
	}
}

static bool starts_with(gopm_str s, const char *prefix)
{
	size_t size = strlen(prefix);
	return s.size >= size && memcmp(s.data, prefix, size) == 0;
}

/* Variables that the compiler made for itself. */
static bool is_hidden(gopm_str name, const struct gopm__scope_node *node, bool range_body)
{
	if ((name.size == 5 && starts_with(name, ".dict")) || (name.size == 11 && starts_with(name, ".closureptr")) ||
	    starts_with(name, "#yield") || starts_with(name, "&#yield")) {
		return true;
	}
	return range_body && (starts_with(name, "~") || node->closure_offset >= 0);
}

/* Number of the physical function's argument; -1: it is none of them. */
static int argument_number(const struct reader *r, const struct gopm__scope_node *node)
{
	const struct gopm__function_tree *tree = r->scope.tree;
	int number = 0;

	if (r->scope.root != 0 || node->parent != 0 || node->tag != GOPM__TAG_FORMAL_PARAMETER || node->result) {
		return -1;
	}
	for (size_t i = 1; i < tree->node_count; i++) {
		const struct gopm__scope_node *at = &tree->nodes[i];
		if (at == node) {
			return number;
		}
		bool dictionary = at->name.size == 5 && starts_with(at->name, ".dict");
		number += at->parent == 0 && at->tag == GOPM__TAG_FORMAL_PARAMETER && !at->result && !dictionary;
	}
	return -1;
}

/* Bytes that may be anything are a value only where they make sense as one. */
static bool makes_sense(struct gopm__context *context, const struct gopm__variable *v)
{
	struct gopm__reader *reader = &context->reader;
	struct gopm__variable copy = *v;
	uint64_t word = 0;
	const char *why = NULL;

	if (v->unreadable != NULL) {
		return false;
	}
	switch (v->kind) {
	case GOPM_KIND_BOOL:
		return gopm__variable_word(context, v->bytes, v->address, 1, &word, &why) && word <= 1;
	case GOPM_KIND_STRING:
		return v->length == 0 || (v->base != 0 && v->length < MAX_SENSIBLE &&
		                          gopm__read_word(reader, v->base + (uint64_t)v->length - 1, 1, &word));
	case GOPM_KIND_SLICE:
		return v->length >= 0 && v->length <= v->capacity && v->capacity < MAX_SENSIBLE &&
		       (v->length == 0 || (v->base != 0 && gopm__read_word(reader, v->base, 1, &word)));
	case GOPM_KIND_POINTER:
	case GOPM_KIND_UNSAFE_POINTER:
	case GOPM_KIND_CHAN:
	case GOPM_KIND_MAP:
	case GOPM_KIND_FUNC:
	case GOPM_KIND_INTERFACE:
		/* Loaded as deep as that: what it points to has to be there. */
		copy.loaded = false;
		gopm__variable_load(context, &copy, 0);
		for (size_t i = 0; i < copy.child_count && v->kind == GOPM_KIND_POINTER; i++) {
			why = why != NULL ? why : copy.children[i].unreadable;
		}
		if (v->kind == GOPM_KIND_POINTER && copy.uinteger != 0) {
			return copy.unreadable == NULL && why == NULL &&
			       gopm__read_word(reader, copy.uinteger, 1, &word);
		}
		return copy.unreadable == NULL;
	default:
		return true;
	}
}

static void use(struct gopm__context *context, const struct gopm__recovered *found, struct gopm__variable *v)
{
	struct gopm__variable made;

	gopm__variable_init(context, &made, v->name, found->address, v->type, found->bytes);
	if (made.unreadable != NULL || (found->provenance == GOPM_FROM_STALE && !makes_sense(context, &made))) {
		return;
	}
	made.provenance = found->provenance;
	made.origin = found->origin;
	*v = made;
}

static struct gopm__recover_request request_of(const struct reader *r, const struct gopm__scope_node *node,
                                               const struct gopm__variable *v)
{
	return (struct gopm__recover_request){.frame = r->frame,
	                                      .scope = &r->scope,
	                                      .expression = &r->expression,
	                                      .node = node,
	                                      .type = v->type,
	                                      .argument = argument_number(r, node)};
}

/* Whether what was found elsewhere is, byte for byte, what the variable's place holds. */
static bool same_bytes(struct reader *r, const struct gopm__variable *v, const struct gopm__recovered *found)
{
	const char *why;
	bool same = found->bytes->size != 0;

	for (uint64_t at = 0; same && at < found->bytes->size; at += 8) {
		uint8_t a[8], b[8];
		size_t take = found->bytes->size - at < 8 ? (size_t)(found->bytes->size - at) : 8;
		same = gopm__variable_read(r->context, v->bytes, v->address + at, a, take, &why) &&
		       gopm__variable_read(r->context, found->bytes, found->address + at, b, take, &why) &&
		       memcmp(a, b, take) == 0;
	}
	return same;
}

/* gopm__claim_kind: how far the code bears out what its location tells; *why it does not. */
static uint8_t claim_of(struct reader *r, const struct gopm__recover_request *request, const char **why)
{
	struct gopm__claim claim = gopm__claim(r->context, request, &r->place);

	switch (claim.kind) {
	case GOPM__CLAIM_GOOD:
		break;
	case GOPM__CLAIM_DEAD:
		*why = "its place, which nobody reads any more: it may have another value by now";
		break;
	case GOPM__CLAIM_REUSED:
		*why = "its slot, which the code uses for other values too";
		break;
	case GOPM__CLAIM_ELSEWHERE:
		*why = "its place, but another one has what it had before, and the code goes on to read that";
		break;
	case GOPM__CLAIM_UNSURE:
		*why = "its slot, of which the code does not show what it holds";
		break;
	default:
		*why = claim.other.size != 0 ? gopm__context_text(r->context, "its place, which is that of %.*s too",
		                                                  (int)claim.other.size, claim.other.data)
		                             : "its place, which may be that of others too";
		break;
	}
	return claim.kind;
}

/* A value that its location tells is exact as far as the code bears that out; else it is what else proves it. True: the
 * code still reads it, so what it leads to is there too. */
static bool judge(struct reader *r, const struct gopm__scope_node *node, struct gopm__variable *v,
                  const struct gopm__bytes **proof)
{
	struct gopm__recover_request request = request_of(r, node, v);
	struct gopm__recovered found;
	const char *why;
	uint8_t kind = v->address != 0 ? claim_of(r, &request, &why) : GOPM__CLAIM_GOOD;

	if (kind == GOPM__CLAIM_GOOD) {
		return node->location.class_ != GOPM__CLASS_BLOCK;
	}
	v->provenance = GOPM_FROM_STALE;
	v->origin = why;
	if (!gopm__parked(r->context, &request, &found) && !gopm__recover(r->context, &request, &found)) {
		return false;
	}
	if (same_bytes(r, v, &found)) {
		*proof = found.bytes;
		v->provenance = found.provenance != GOPM_FROM_STALE ? found.provenance : v->provenance;
		v->origin = found.provenance != GOPM_FROM_STALE ? found.origin : v->origin;
	} else if (found.provenance == GOPM_FROM_RUNTIME && kind == GOPM__CLAIM_REUSED) {
		use(r->context, &found, v);
	}
	return false;
}

/* What the location list lost. */
static void recover(struct reader *r, const struct gopm__scope_node *node, struct gopm__variable *v)
{
	struct gopm__recovered found;
	struct gopm__recover_request request = request_of(r, node, v);

	if (gopm__parked(r->context, &request, &found) || gopm__recover(r->context, &request, &found)) {
		use(r->context, &found, v);
	}
}

struct entry {
	struct gopm__variable variable;
	uint32_t depth;
	size_t order;
};

static int by_depth_and_line(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->depth != y->depth) {
		return x->depth < y->depth ? -1 : 1;
	}
	if (x->variable.decl_line != y->variable.decl_line) {
		return x->variable.decl_line < y->variable.decl_line ? -1 : 1;
	}
	return x->order < y->order ? -1 : x->order > y->order;
}

static void read_variable(struct reader *r, const struct gopm__scope_variable *in, bool range_body, struct entry *out)
{
	const struct gopm__scope_node *node = in->node;
	const struct gopm__type *type = real_type(r, gopm__types_at(r->context->dwarf, node->type));
	const struct gopm__bytes *bytes;
	uint64_t address;
	const char *why;

	locate(r, node, type, &address, &bytes, &why);
	gopm_str name = gopm__arena_str(r->context->arena, node->name.data, node->name.size);
	gopm__variable_init(r->context, &out->variable, name, why == NULL ? address : 0, type, bytes);
	out->variable.provenance = GOPM_FROM_EXACT;
	bool judged = r->context->recovery != NULL && r->scope.tree->unit->go, needed = false;
	const struct gopm__bytes *proof = NULL;
	size_t frame;
	if (why != NULL) {
		out->variable.unreadable = why;
		out->variable.provenance = GOPM_FROM_NONE;
		if (judged) {
			recover(r, node, &out->variable);
		}
	} else if (judged) {
		needed = judge(r, node, &out->variable, &proof);
	}
	if (judged && !needed && gopm__recovery_frame(r->context->recovery, r->frame, &frame) &&
	    (out->variable.provenance == GOPM_FROM_EXACT || out->variable.provenance == GOPM_FROM_RECOVERED)) {
		gopm__mark_unheld(r->context, frame, &out->variable, proof);
	}
	out->variable.decl_line = node->decl_line > 0 ? node->decl_line : 0;
	out->depth = in->depth;
	if (node->tag == GOPM__TAG_FORMAL_PARAMETER && !range_body) {
		out->depth = in->depth <= 1 ? 0 : in->depth;
		out->variable.flags |= node->result ? GOPM_VAR_RESULT : GOPM_VAR_ARGUMENT;
	}
}

/* "&x" is where the compiler keeps the address of an x that it moved to the heap. */
static void follow_escaped(struct gopm__context *context, struct gopm__variable *v)
{
	struct gopm__variable target;

	if (v->name.size < 2 || v->name.data[0] != '&') {
		return;
	}
	gopm_str name = {v->name.data + 1, v->name.size - 1};
	if (v->kind == GOPM_KIND_POINTER && v->unreadable == NULL) {
		gopm__variable_target(context, v, &target);
		target.flags = v->flags;
		target.decl_line = v->decl_line;
		target.provenance = gopm__leads_astray(v) ? GOPM_FROM_STALE : v->provenance;
		target.origin = gopm__leads_astray(v) ? gopm__unheld_origin : v->origin;
		if (target.address == 0 && target.unreadable == NULL) {
			target.unreadable = "moved to the heap, and not made yet: its address is nil";
		}
		*v = target;
	} else if (v->kind == GOPM_KIND_POINTER) {
		/* The type to show is that of the variable, not of its address. */
		v->type = gopm__type_target(context->dwarf, v->real);
		v->real = gopm__type_resolve(context->dwarf, v->type);
	}
	v->name = name;
	v->flags |= GOPM_VAR_ESCAPED;
}

static void mark_shadowed(struct entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			if (entries[i].variable.name.size == entries[j].variable.name.size &&
			    memcmp(entries[i].variable.name.data, entries[j].variable.name.data,
			           entries[i].variable.name.size) == 0) {
				entries[i].variable.flags |= GOPM_VAR_SHADOWED;
				break;
			}
		}
	}
}

static gopm_status give(struct gopm__context *context, const struct entry *entries, size_t count,
                        struct gopm__frame_variables *out)
{
	out->list = gopm__arena_alloc(context->arena, count * sizeof *out->list);
	if (out->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (unsigned locals = 0; locals < 2; locals++) {
		for (size_t i = 0; i < count; i++) {
			bool local = (entries[i].variable.flags & (GOPM_VAR_ARGUMENT | GOPM_VAR_RESULT)) == 0;
			if (local == (locals == 1)) {
				out->list[out->count++] = entries[i].variable;
			}
		}
	}
	return GOPM_OK;
}

#define MAX_VARIABLES 4096

gopm_status gopm__frame_variables(struct gopm__context *context, const struct gopm__arch *arch,
                                  const struct gopm__frame *frame, int64_t line, struct gopm__frame_variables *out)
{
	struct reader r = {.context = context, .arch = arch, .frame = frame};

	*out = (struct gopm__frame_variables){0};
	gopm_status st = gopm__scope_find(context->dwarf, frame->lookup_pc - context->exe->bias, frame->inline_depth,
	                                  line, &r.scope);
	if (st != GOPM_OK) {
		return st;
	}
	(void)gopm__preempted(context, frame, &r.preempted);
	r.expression = (struct gopm__expression_frame){
	    .cfa = frame->cfa,
	    .bias = context->exe->bias,
	    .unit = &r.scope.tree->unit->list,
	    .frame_base = r.scope.tree->frame_base.class_ == GOPM__CLASS_BLOCK ? r.scope.tree->frame_base.data : NULL,
	    .frame_base_size = r.scope.tree->frame_base.class_ == GOPM__CLASS_BLOCK ? r.scope.tree->frame_base.size : 0,
	    .read_register = read_register,
	    .read_memory = read_memory,
	    .user_data = &r,
	};
	find_dictionary(&r);
	/* "f-range1" is the body of a range over a function: its parameters are the loop's variables. */
	bool range_body = memmem(r.scope.name.data, r.scope.name.size, "-range", 6) != NULL;
	size_t limit = r.scope.count < MAX_VARIABLES ? r.scope.count : MAX_VARIABLES, count = 0;
	struct entry *entries = calloc(limit != 0 ? limit : 1, sizeof *entries);
	if (entries == NULL) {
		free(r.scope.variables);
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < r.scope.count && count < limit; i++) {
		const struct gopm__scope_variable *v = &r.scope.variables[i];
		if (v->node->type != 0 && v->node->name.size != 0 && !is_hidden(v->node->name, v->node, range_body)) {
			read_variable(&r, v, range_body, &entries[count]);
			entries[count].order = count;
			count++;
		}
	}
	if (context->recovery != NULL) {
		gopm__recovery_clear(context->recovery);
	}
	qsort(entries, count, sizeof *entries, by_depth_and_line);
	for (size_t i = 0; i < count; i++) {
		follow_escaped(context, &entries[i].variable);
	}
	mark_shadowed(entries, count);
	st = give(context, entries, count, out);
	free(entries);
	free(r.scope.variables);
	return context->no_memory ? GOPM_ERR_NO_MEMORY : st;
}
