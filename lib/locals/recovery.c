/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/recovery.h"

#include <inttypes.h>
#include <stdio.h>

#include "dwarf/constants.h"
#include "symbol/arg_info.h"

#define MAX_PARTS 32u
#define MAX_ENTRIES 1024u
#define MAX_NAMED 256u
#define MAX_SPILLED 4096u

/* A word or less of a variable. */
struct part {
	uint64_t offset;
	unsigned size;
	struct gopm__value_number id;
	uint64_t address; /* where the list says it lay in memory; 0: not there */
};

struct parts {
	struct part list[MAX_PARTS];
	size_t count;
	bool agree; /* every entry of the list says the same */
};

struct recovery {
	struct gopm__context *context;
	const struct gopm__recover_request *request;
	size_t frame;
	struct gopm__code *code;
	const struct gopm__abstract_state *now;
	uint64_t size; /* of the type */
	char origin[160];
	bool doubting; /* what was stored in slots counts, whatever else may have been */
};

/* What `size` bytes of a piece, `within` behind its first, are where the code stands in `state`. */
static struct gopm__value_number identity_of(const struct recovery *r, const struct gopm__abstract_state *state,
                                             const struct gopm__piece *piece, uint64_t within, unsigned size,
                                             uint64_t *address)
{
	struct gopm__value_number none = {0};

	*address = 0;
	if (piece->kind == GOPM__PIECE_MEMORY) {
		*address = piece->value + within;
		int64_t slot = (int64_t)(*address - r->request->frame->cfa);
		return r->doubting ? gopm__abstract_state_stored(state, slot, size)
		                   : gopm__abstract_state_slot(state, slot, size);
	}
	if (piece->kind == GOPM__PIECE_REGISTER && within == 0) {
		unsigned number = r->context->recovery->rt->core->arch->code->number(piece->value);
		if (number < GOPM__CODE_REGISTERS && state->registers[number].width >= size) {
			return state->registers[number];
		}
	}
	return none;
}

/* Adds what one entry of the list says; with `only` it is the only one. */
static void add_piece(struct recovery *r, const struct gopm__abstract_state *state, const struct gopm__piece *piece,
                      uint64_t at, uint64_t size, struct parts *parts)
{
	for (uint64_t within = 0; within < size; within += 8) {
		unsigned take = size - within < 8 ? (unsigned)(size - within) : 8;
		uint64_t address;
		struct gopm__value_number id = identity_of(r, state, piece, within, take, &address);
		size_t i = 0;
		while (i < parts->count && parts->list[i].offset != at + within) {
			i++;
		}
		if (i < parts->count) {
			parts->agree = parts->agree && parts->list[i].size == take &&
			               gopm__value_number_equal(&parts->list[i].id, &id);
			continue;
		}
		if (parts->count == MAX_PARTS) {
			parts->agree = false;
			return;
		}
		parts->agree = parts->agree && id.kind != GOPM__VN_UNKNOWN;
		parts->list[parts->count++] = (struct part){at + within, take, id, address};
	}
}

static void add_entry(struct recovery *r, const struct gopm__list_entry *entry, struct parts *parts)
{
	struct gopm__expression_frame frame = *r->request->expression;
	struct gopm__abstract_state state;
	struct gopm__place_of_value place;
	const char *why;
	uint64_t at = 0;

	frame.read_register = NULL;
	frame.read_memory = NULL;
	if (gopm__expression_run(entry->expression, entry->expression_size, &frame, &place, &why) != GOPM_OK ||
	    r->code == NULL || !gopm__code_state_at(r->code, entry->range.low + frame.bias, false, &state)) {
		parts->agree = false;
		return;
	}
	for (size_t i = 0; i < place.count && at < r->size; i++) {
		uint64_t size = place.pieces[i].size != 0 ? place.pieces[i].size : r->size;
		size = size < r->size - at ? size : r->size - at;
		if (place.pieces[i].kind != GOPM__PIECE_MISSING) {
			add_piece(r, &state, &place.pieces[i], at, size, parts);
		}
		at += size;
	}
	gopm__abstract_state_clear(&state);
}

/* Whether `a` comes nearer before the pc than `b`. */
static bool nearer(const struct gopm__list_entry *a, const struct gopm__list_entry *b, uint64_t pc)
{
	bool before = a->range.low <= pc;

	if (before != (b->range.low <= pc)) {
		return before;
	}
	return before ? a->range.high > b->range.high : a->range.low < b->range.low;
}

/* All entries of the list together, and the one nearest before the pc alone. */
static bool read_list(struct recovery *r, struct parts *all, struct parts *nearest)
{
	uint64_t pc = r->request->frame->pc - r->context->exe->bias;
	struct gopm__list list;
	struct gopm__list_entry entry, best = {0};
	bool any = false;

	if (!gopm__scope_list(r->context->dwarf, r->request->scope->tree, r->request->node, &list)) {
		return false;
	}
	for (unsigned i = 0; gopm__list_next(&list, &entry) == GOPM_OK; i++) {
		if (i == MAX_ENTRIES) {
			return false;
		}
		if (entry.range.low >= entry.range.high || entry.expression_size == 0) {
			continue;
		}
		add_entry(r, &entry, all);
		if (!any || nearer(&entry, &best, pc)) {
			best = entry;
		}
		any = true;
	}
	if (any) {
		add_entry(r, &best, nearest);
	}
	return any;
}

static struct gopm__bytes *make_bytes(struct recovery *r)
{
	struct gopm__arena *arena = r->context->arena;
	struct gopm__bytes *bytes = gopm__arena_alloc(arena, sizeof *bytes);
	uint8_t *data = gopm__arena_alloc(arena, (size_t)r->size);
	uint8_t *known = gopm__arena_alloc(arena, (size_t)r->size);

	if (bytes == NULL || data == NULL || known == NULL) {
		r->context->no_memory = true;
		return NULL;
	}
	memset(known, GOPM__BYTE_MISSING, (size_t)r->size);
	*bytes = (struct gopm__bytes){.size = r->size, .data = data, .known = known};
	return bytes;
}

static bool give(struct recovery *r, const struct gopm__bytes *bytes, uint32_t provenance, struct gopm__recovered *out)
{
	*out = (struct gopm__recovered){.provenance = provenance, .address = GOPM__BYTES_BASE, .bytes = bytes};
	out->origin = gopm__context_text(r->context, "%s", r->origin);
	return true;
}

/* False: its old place is known to hold something else by now. */
static bool may_hold(const struct recovery *r, const struct part *part)
{
	struct gopm__value_number now = {0};

	if (r->now != NULL) {
		now = gopm__abstract_state_slot(r->now, (int64_t)(part->address - r->request->frame->cfa), 1);
	}
	return now.kind == GOPM__VN_UNKNOWN || now.kind == GOPM__VN_PHI || gopm__value_number_equal(&now, &part->id);
}

static bool note_identities(struct recovery *r, const struct parts *parts, struct gopm__bytes *bytes)
{
	struct gopm__value_number *numbers =
	    gopm__arena_alloc(r->context->arena, (size_t)(r->size + 7) / 8 * sizeof *numbers);

	if (numbers == NULL) {
		r->context->no_memory = true;
		return false;
	}
	memset(numbers, 0, (size_t)(r->size + 7) / 8 * sizeof *numbers);
	for (size_t i = 0; i < parts->count; i++) {
		if (parts->list[i].size == 8 && parts->list[i].offset % 8 == 0) {
			numbers[parts->list[i].offset / 8] = parts->list[i].id;
		}
	}
	bytes->numbers = numbers;
	return true;
}

/* Every part that is proved to be somewhere; `stale` takes others from where the list said they lay. */
static bool gather(struct recovery *r, const struct parts *parts, bool stale, struct gopm__recovered *out)
{
	struct gopm__bytes *bytes = make_bytes(r);
	bool complete = parts->count != 0 && bytes != NULL && note_identities(r, parts, bytes);

	r->origin[0] = '\0';
	r->context->recovery->runtime = false;
	r->context->recovery->astray = false;
	for (size_t i = 0; complete && i < parts->count; i++) {
		const struct part *part = &parts->list[i];
		uint8_t word[8] = {0};
		uint64_t value = 0;
		char origin[128] = "";
		bool found = (part->size & (part->size - 1)) == 0 &&
		             gopm__resolve(r->context, r->frame, &part->id, part->size, &value, origin, sizeof origin);
		if (found) {
			memcpy(word, &value, sizeof word);
		} else if (stale && part->address != 0 && may_hold(r, part)) {
			found = gopm__read_copy(&r->context->reader, part->address, word, part->size) == part->size;
			(void)snprintf(origin, sizeof origin, "slot at 0x%" PRIx64 ", where it was before",
			               part->address);
		}
		complete = found;
		if (found) {
			memcpy((uint8_t *)(uintptr_t)bytes->data + part->offset, word, part->size);
			memset((uint8_t *)(uintptr_t)bytes->known + part->offset, GOPM__BYTE_KNOWN, part->size);
		}
		if (r->origin[0] == '\0') {
			(void)snprintf(r->origin, sizeof r->origin, "%s", origin);
		}
	}
	uint32_t sure = r->context->recovery->runtime ? GOPM_FROM_RUNTIME : GOPM_FROM_RECOVERED;
	stale = stale || r->context->recovery->astray;
	return complete && give(r, bytes, stale ? GOPM_FROM_STALE : sure, out);
}

/* The slot that the caller left for an argument that came in registers. */
static bool spilled(struct recovery *r, bool agree, struct gopm__recovered *out)
{
	const struct gopm__frame *frame = r->request->frame;
	const struct gopm__arch *arch = r->context->recovery->rt->core->arch;
	uint8_t offset;
	bool live, written = false;

	if (r->request->argument < 0 || r->size > MAX_SPILLED ||
	    !gopm__arg_place(&r->context->reader, &frame->info->func, frame->lookup_pc, (size_t)r->request->argument,
	                     &offset, &live)) {
		return false;
	}
	int64_t slot = (int64_t)offset + arch->argument_offset;
	uint64_t address = frame->cfa + (uint64_t)slot;
	/* A slot that nothing wrote since the function was entered holds what was there before. */
	for (uint64_t at = 0; r->now != NULL && at < r->size; at += 8) {
		struct gopm__value_number id = gopm__abstract_state_slot(r->now, slot + (int64_t)at, 1);
		written = written || (id.kind != GOPM__VN_UNKNOWN && id.kind != GOPM__VN_LIVE_IN_SLOT);
	}
	if (!live && r->now != NULL && !written) {
		return false;
	}
	struct gopm__bytes *bytes = make_bytes(r);
	if (bytes == NULL || gopm__read_copy(&r->context->reader, address, (uint8_t *)(uintptr_t)bytes->data,
	                                     (size_t)r->size) != r->size) {
		return false;
	}
	memset((uint8_t *)(uintptr_t)bytes->known, GOPM__BYTE_KNOWN, (size_t)r->size);
	bytes->place = address;
	(void)snprintf(r->origin, sizeof r->origin, "argument's slot at 0x%" PRIx64 ", %s", address,
	               live && agree ? "live here" : "maybe written over or never written");
	return give(r, bytes, live && agree ? GOPM_FROM_RECOVERED : GOPM_FROM_STALE, out);
}

/* A variable of the enclosing function: nobody assigns to one that was captured by its value. */
static bool captured(struct recovery *r, struct gopm__recovered *out)
{
	struct parts parts = {.agree = true};
	const struct gopm__scope_node *node = r->request->node;

	if (node->closure_offset < 0 || r->request->frame->inline_depth != 0 || node->parent != 0 || r->size > 128) {
		return false;
	}
	for (uint64_t at = 0; at < r->size; at += 8) {
		unsigned take = r->size - at < 8 ? (unsigned)(r->size - at) : 8;
		struct gopm__value_number id = {GOPM__VN_CAPTURED, 8, 0, node->closure_offset + (int64_t)at};
		parts.list[parts.count++] = (struct part){at, take, id, 0};
	}
	return gather(r, &parts, false, out);
}

bool gopm__recover(struct gopm__context *context, const struct gopm__recover_request *request,
                   struct gopm__recovered *out)
{
	struct recovery r = {.context = context, .request = request};
	struct parts all = {.agree = true}, nearest = {.agree = true};
	bool parameter = request->node->tag == GOPM__TAG_FORMAL_PARAMETER && !request->node->result;

	r.size = gopm__type_size(context->dwarf, request->type);
	if (r.size == 0 || r.size > MAX_SPILLED || request->frame->cfa == 0 || request->frame->info == NULL ||
	    !request->frame->info->known || context->recovery->rt->core->arch->code == NULL ||
	    !gopm__recovery_frame(context->recovery, request->frame, &r.frame)) {
		return false;
	}
	r.now = gopm__recovery_state(context, r.frame, &r.code);
	if (captured(&r, out)) {
		return true;
	}
	bool listed = read_list(&r, &all, &nearest);
	/* What was passed is known by every entry being the same value; a local may get another one that needs no
	 * place, as constants do. */
	if (listed && all.agree && parameter && gather(&r, &all, false, out)) {
		return true;
	}
	if (listed && gather(&r, &nearest, true, out)) {
		return true;
	}
	bool as_passed = listed && all.agree;
	for (size_t i = 0; i < all.count; i++) {
		as_passed = as_passed && all.list[i].id.kind == GOPM__VN_LIVE_IN;
	}
	return spilled(&r, as_passed, out);
}

/* Values that a list names, of the words of a variable. */
struct named {
	struct part list[MAX_NAMED];
	size_t count;
	bool all; /* no more than there was room for */
};

static bool is_named(const struct named *named, uint64_t offset, const struct gopm__value_number *id)
{
	for (size_t i = 0; i < named->count; i++) {
		const struct part *part = &named->list[i];
		/* What is not known may be anything. */
		if (part->offset == offset &&
		    (part->id.kind == GOPM__VN_UNKNOWN || gopm__value_number_equal(&part->id, id))) {
			return true;
		}
	}
	return false;
}

static void add_named(struct named *named, const struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct part *part = &parts->list[i];
		if (!is_named(named, part->offset, &part->id)) {
			if (named->count == MAX_NAMED) {
				named->all = false;
				return;
			}
			named->list[named->count++] = *part;
		}
	}
}

struct search {
	const struct named *named;
	uint64_t offset;
};

static bool is_one_of(const struct named *named, uint64_t offset, const struct gopm__value_number *id)
{
	for (size_t i = 0; i < named->count; i++) {
		if (named->list[i].offset == offset && gopm__value_number_equal(&named->list[i].id, id)) {
			return true;
		}
	}
	return false;
}

static bool is_searched(void *user_data, const struct gopm__value_number *id)
{
	const struct search *search = user_data;

	return is_one_of(search->named, search->offset, id);
}

/* What the slot of one part holds now. */
static enum gopm__slot_use use_of(const struct recovery *r, const struct named *named, const struct part *part)
{
	struct search search = {named, part->offset};
	struct gopm__value_number now =
	    gopm__abstract_state_stored(r->now, (int64_t)(part->address - r->request->frame->cfa), part->size);

	if (is_one_of(named, part->offset, &now)) {
		return GOPM__SLOT_HOLDS;
	}
	/* Where paths meet, a slot may well hold the variable's values of each. */
	if (now.kind == GOPM__VN_PHI) {
		return gopm__code_phi_inputs(r->code, &now, is_searched, &search) ? GOPM__SLOT_HOLDS
		                                                                  : GOPM__SLOT_UNSURE;
	}
	return now.kind == GOPM__VN_UNKNOWN || is_named(named, part->offset, &now) ? GOPM__SLOT_UNSURE
	                                                                           : GOPM__SLOT_REUSED;
}

static struct gopm__value_number held_now(const struct recovery *r, const struct part *part)
{
	return part->address != 0
	           ? gopm__abstract_state_stored(r->now, (int64_t)(part->address - r->request->frame->cfa), part->size)
	           : part->id;
}

/* Those parts whose slots have kept them, and are read again. */
static void add_kept(const struct recovery *r, const struct gopm__live_set *live, const struct parts *parts,
                     struct named *kept)
{
	for (size_t i = 0; live != NULL && i < parts->count && kept->count < MAX_NAMED; i++) {
		const struct part *part = &parts->list[i];
		struct gopm__value_number now = held_now(r, part);
		if (part->address != 0 && gopm__value_number_equal(&now, &part->id) &&
		    gopm__is_live(live, (int64_t)(part->address - r->request->frame->cfa), part->size)) {
			kept->list[kept->count++] = *part;
		}
	}
}

static bool is_elsewhere(const struct recovery *r, const struct parts *covering, const struct named *kept)
{
	for (size_t i = 0; i < covering->count; i++) {
		struct gopm__value_number now = held_now(r, &covering->list[i]);
		for (size_t k = 0; k < kept->count; k++) {
			if (kept->list[k].offset == covering->list[i].offset &&
			    kept->list[k].address != covering->list[i].address &&
			    !gopm__value_number_equal(&kept->list[k].id, &now)) {
				return true;
			}
		}
	}
	return false;
}

enum gopm__slot_use gopm__slot_use(struct gopm__context *context, const struct gopm__recover_request *request,
                                   const struct gopm__live_set *live)
{
	struct recovery r = {.context = context, .request = request, .doubting = true};
	const struct gopm__frame *frame = request->frame;
	struct named named = {.all = true}, kept = {.count = 0};
	struct parts covering = {.count = 0};
	struct gopm__list list;
	struct gopm__list_entry entry;
	uint64_t pc = frame->pc - context->exe->bias, lookup = frame->lookup_pc - context->exe->bias;
	bool exact = false;

	r.size = gopm__type_size(context->dwarf, request->type);
	if (r.size == 0 || r.size > MAX_SPILLED || frame->cfa == 0 || context->recovery->rt->core->arch->code == NULL ||
	    !gopm__recovery_frame(context->recovery, frame, &r.frame) ||
	    !gopm__scope_list(context->dwarf, request->scope->tree, request->node, &list)) {
		return GOPM__SLOT_UNSURE;
	}
	r.now = gopm__recovery_state(context, r.frame, &r.code);
	for (unsigned i = 0; r.now != NULL && i < MAX_ENTRIES && gopm__list_next(&list, &entry) == GOPM_OK; i++) {
		struct parts parts = {.agree = true};
		if (entry.range.low >= entry.range.high || entry.expression_size == 0) {
			continue;
		}
		add_entry(&r, &entry, &parts);
		add_named(&named, &parts);
		add_kept(&r, live, &parts, &kept);
		named.all = named.all && parts.count != 0;
		bool here = pc >= entry.range.low && pc < entry.range.high;
		if (here || (!exact && lookup >= entry.range.low && lookup < entry.range.high)) {
			covering = parts;
			exact = here;
		}
	}
	enum gopm__slot_use all = r.now != NULL && named.all ? GOPM__SLOT_HOLDS : GOPM__SLOT_UNSURE;
	for (size_t i = 0; named.all && i < covering.count; i++) {
		if (covering.list[i].address != 0) {
			enum gopm__slot_use one = use_of(&r, &named, &covering.list[i]);
			all = one > all ? one : all;
		}
	}
	return all != GOPM__SLOT_REUSED && is_elsewhere(&r, &covering, &kept) ? GOPM__SLOT_ELSEWHERE : all;
}
