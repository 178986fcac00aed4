/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the value numbers that the location list gives a variable, over all entries, with those that its slots have
 * now. A slot with none of them was clobbered. */
#include "locals/slot_use.h"

#include "locals/listed_value.h"

#define MAX_VALUES 256u
#define MAX_SIZE 4096u

/* The values that the list gives the parts of a variable. */
struct listed_values {
	struct gopm__value_part list[MAX_VALUES];
	size_t count;
	bool complete; /* false: there was no room for all */
};

/* True if the list gives the part at `offset` this value. */
static bool is_listed_value(const struct listed_values *values, uint64_t offset,
                            const struct gopm__value_number *number)
{
	for (size_t i = 0; i < values->count; i++) {
		if (values->list[i].offset == offset && gopm__value_number_equal(&values->list[i].number, number)) {
			return true;
		}
	}
	return false;
}

/* The same, if an unknown value can be any value. */
static bool may_be_listed_value(const struct listed_values *values, uint64_t offset,
                                const struct gopm__value_number *number)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct gopm__value_part *part = &values->list[i];
		if (part->offset == offset &&
		    (part->number.kind == GOPM__VN_UNKNOWN || gopm__value_number_equal(&part->number, number))) {
			return true;
		}
	}
	return false;
}

static void add_listed_values(struct listed_values *values, const struct gopm__value_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct gopm__value_part *part = &parts->list[i];
		if (!may_be_listed_value(values, part->offset, &part->number)) {
			if (values->count == MAX_VALUES) {
				values->complete = false;
				return;
			}
			values->list[values->count++] = *part;
		}
	}
}

struct phi_query {
	const struct listed_values *values;
	uint64_t offset;
};

static bool is_listed_input(void *user_data, const struct gopm__value_number *input)
{
	const struct phi_query *query = user_data;

	return is_listed_value(query->values, query->offset, input);
}

/* The value that the slot of a part has now. */
static struct gopm__value_number slot_value(const struct gopm__local_state *s, const struct gopm__value_part *part)
{
	return gopm__abstract_state_stored(s->now, (int64_t)(part->address - s->local->frame->cfa), part->size);
}

static enum gopm__slot_use part_use(const struct gopm__local_state *s, const struct listed_values *values,
                                    const struct gopm__value_part *part)
{
	struct phi_query query = {values, part->offset};
	struct gopm__value_number now = slot_value(s, part);

	if (is_listed_value(values, part->offset, &now)) {
		return GOPM__SLOT_HOLDS;
	}
	/* A phi holds the variable if all its inputs do. */
	if (now.kind == GOPM__VN_PHI) {
		return gopm__code_phi_inputs(s->code, &now, part->size, is_listed_input, &query) ? GOPM__SLOT_HOLDS
		                                                                                 : GOPM__SLOT_UNKNOWN;
	}
	return now.kind == GOPM__VN_UNKNOWN || may_be_listed_value(values, part->offset, &now) ? GOPM__SLOT_UNKNOWN
	                                                                                       : GOPM__SLOT_CLOBBERED;
}

/* Adds the parts whose slots still have the value and are live. */
static void add_live_values(const struct gopm__local_state *s, const struct gopm__live_set *live,
                            const struct gopm__value_parts *parts, struct listed_values *out)
{
	for (size_t i = 0; live != NULL && i < parts->count && out->count < MAX_VALUES; i++) {
		const struct gopm__value_part *part = &parts->list[i];
		if (part->address == 0) {
			continue;
		}
		struct gopm__value_number now = slot_value(s, part);
		if (gopm__value_number_equal(&now, &part->number) &&
		    gopm__is_live(live, (int64_t)(part->address - s->local->frame->cfa), part->size)) {
			out->list[out->count++] = *part;
		}
	}
}

/* True if a live value is at another address than that of the entry at the pc, and differs from the value there. */
static bool is_moved(const struct gopm__local_state *s, const struct gopm__value_parts *current,
                     const struct listed_values *live)
{
	for (size_t i = 0; i < current->count; i++) {
		const struct gopm__value_part *part = &current->list[i];
		struct gopm__value_number now = part->address != 0 ? slot_value(s, part) : part->number;
		for (size_t k = 0; k < live->count; k++) {
			if (live->list[k].offset == part->offset && live->list[k].address != part->address &&
			    !gopm__value_number_equal(&live->list[k].number, &now)) {
				return true;
			}
		}
	}
	return false;
}

enum gopm__slot_use gopm__slot_use(struct gopm__stack_state *stack_state, const struct gopm__local *local,
                                   const struct gopm__live_set *live)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__local_state s = {.context = context, .stack_state = stack_state, .local = local, .escaping = true};
	const struct gopm__frame *frame = local->frame;
	struct listed_values values = {.complete = true}, live_values = {.count = 0};
	struct gopm__value_parts current = {.count = 0};
	struct gopm__list list;
	struct gopm__list_entry entry;
	uint64_t pc = frame->pc - context->exe->bias, lookup = frame->lookup_pc - context->exe->bias;
	bool exact = false;

	s.size = gopm__type_size(context->types, local->type);
	if (s.size == 0 || s.size > MAX_SIZE || frame->cfa == 0 || stack_state->rt->core->arch->code == NULL ||
	    !gopm__stack_state_index(stack_state, frame, &s.frame) ||
	    !gopm__node_location_list(context->types->dwarf, local->scope->tree, local->node, &list)) {
		return GOPM__SLOT_UNKNOWN;
	}
	s.now = gopm__frame_state(stack_state, s.frame, &s.code);
	for (unsigned i = 0; s.now != NULL && i < GOPM__MAX_LIST_ENTRIES && gopm__list_next(&list, &entry) == GOPM_OK;
	     i++) {
		struct gopm__value_parts parts = {.agree = true};
		if (entry.range.low >= entry.range.high || entry.expression_size == 0) {
			continue;
		}
		gopm__listed_value_add(&s, &entry, &parts);
		add_listed_values(&values, &parts);
		add_live_values(&s, live, &parts, &live_values);
		values.complete = values.complete && parts.count != 0;
		bool here = pc >= entry.range.low && pc < entry.range.high;
		if (here || (!exact && lookup >= entry.range.low && lookup < entry.range.high)) {
			current = parts;
			exact = here;
		}
	}
	enum gopm__slot_use all = s.now != NULL && values.complete ? GOPM__SLOT_HOLDS : GOPM__SLOT_UNKNOWN;
	for (size_t i = 0; values.complete && i < current.count; i++) {
		if (current.list[i].address != 0) {
			enum gopm__slot_use one = part_use(&s, &values, &current.list[i]);
			all = one > all ? one : all;
		}
	}
	return all != GOPM__SLOT_CLOBBERED && is_moved(&s, &current, &live_values) ? GOPM__SLOT_MOVED : all;
}
