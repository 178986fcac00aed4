/* SPDX-License-Identifier: Apache-2.0 */
/* Fields by name: through a pointer, into embedded structs, into what an interface holds, a closure captured, or a
 * channel's header. */
#include "eval/eval_private.h"
#include "value/closure.h"

#define MAX_STEPS 256 /* structs that are searched */

/* One struct type on the way: reached from `parent` by its field. */
struct way {
	const struct gopm__type *type; /* resolved, pointers followed */
	unsigned parent, level;
	const struct gopm__field *field; /* of the parent */
};

static const struct gopm__type *struct_of(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	const struct gopm__type *real = gopm__type_resolve(dwarf, type);

	if (real != NULL && real->class_ == GOPM__TYPE_POINTER) {
		real = gopm__type_resolve(dwarf, gopm__type_target(dwarf, real));
	}
	return real != NULL && real->class_ == GOPM__TYPE_STRUCT ? real : NULL;
}

static bool known(const struct way *ways, unsigned count, const struct gopm__type *type)
{
	for (unsigned i = 0; i < count; i++) {
		if (ways[i].type == type) {
			return true;
		}
	}
	return false;
}

/* The shallowest field of that name: the index of its struct in `ways`, or -1. *ambiguous: two lie as deep. */
static int find_field(struct gopm__eval *ev, struct way *ways, gopm_str name, const struct gopm__field **field,
                      bool *ambiguous)
{
	unsigned count = 1;
	int found = -1;

	*ambiguous = false;
	for (unsigned i = 0; i < count; i++) {
		if (found >= 0 && ways[i].level > ways[found].level) {
			break;
		}
		const struct gopm__type *type = ways[i].type;
		for (size_t f = 0; f < type->field_count; f++) {
			if (!gopm__str_equal(type->fields[f].name, name)) {
				continue;
			}
			*ambiguous = found >= 0;
			if (found < 0) {
				found = (int)i;
				*field = &type->fields[f];
			}
			break;
		}
		for (size_t f = 0; f < type->field_count && count < MAX_STEPS; f++) {
			const struct gopm__field *embedded = &type->fields[f];
			const struct gopm__type *inner =
			    embedded->embedded ? struct_of(ev->dwarf, gopm__types_at(ev->dwarf, embedded->type)) : NULL;
			if (inner != NULL && !known(ways, count, inner)) {
				ways[count++] = (struct way){inner, i, ways[i].level + 1, embedded};
			}
		}
	}
	return found;
}

static bool into(struct gopm__eval *ev, size_t at, const struct gopm__variable *of, const struct gopm__field *field,
                 struct gopm__variable *out)
{
	struct gopm__operand whole = {.place = *of}, target;

	if (of->kind == GOPM_KIND_POINTER) {
		if (!gopm__eval_deref(ev, at, &whole, &target)) {
			return false;
		}
		whole = target;
	}
	gopm__variable_init(ev->context, out, field->name, whole.place.address + field->offset,
	                    gopm__types_at(ev->dwarf, field->type), whole.place.bytes);
	return true;
}

static bool select_field(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *v,
                         const struct gopm__type *type, struct gopm__variable *out)
{
	struct way *ways = gopm__arena_alloc(ev->arena, MAX_STEPS * sizeof *ways);
	const struct gopm__field *field = NULL, *path[MAX_STEPS];
	struct gopm__variable at_hand = *v, next;
	unsigned depth = 0;
	bool ambiguous;

	if (ways == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
	}
	ways[0] = (struct way){.type = type};
	int found = find_field(ev, ways, node->text, &field, &ambiguous);
	if (found < 0 || ambiguous) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark,
		                       ambiguous ? "%s has several fields %.*s, as deep as each other"
		                                 : "%s has no field %.*s",
		                       gopm__type_text(v->type), (int)node->text.size, node->text.data);
	}
	for (unsigned i = (unsigned)found; i != 0; i = ways[i].parent) {
		path[depth++] = ways[i].field;
	}
	while (depth > 0) {
		if (!into(ev, node->mark, &at_hand, path[--depth], &next)) {
			return false;
		}
		at_hand = next;
	}
	return into(ev, node->mark, &at_hand, field, out);
}

static bool select_captured(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *v,
                            struct gopm__variable *out)
{
	struct gopm__variable function = *v;

	function.loaded = false;
	gopm__variable_load(ev->context, &function, 0);
	for (size_t i = 0; function.unreadable == NULL && i < function.child_count; i++) {
		if (gopm__str_equal(function.children[i].name, node->text)) {
			*out = function.children[i];
			return true;
		}
	}
	return GOPM__EVAL_FAIL(
	    ev, function.unreadable != NULL ? GOPM_ERR_MISSING_MEMORY : GOPM_ERR_ARGUMENT, node->mark,
	    function.unreadable != NULL ? "cannot be read: %s" : "the function captured no %.0s%.*s",
	    function.unreadable != NULL ? function.unreadable : "", (int)node->text.size, node->text.data);
}

bool gopm__eval_select(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       struct gopm__operand *out)
{
	struct gopm__operand held = *x;
	const char *why = NULL;

	*out = (struct gopm__operand){0};
	if (x->constant) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "%s has no fields", gopm__operand_type(x));
	}
	if (!gopm__eval_readable(ev, node->x->at, x)) {
		return false;
	}
	if (x->place.kind == GOPM_KIND_FUNC) {
		return select_captured(ev, node, &x->place, &out->place);
	}
	if (x->place.kind == GOPM_KIND_INTERFACE) {
		gopm_status st = gopm__interface_data(ev->context, &x->place, &held.place, &why);
		if (st != GOPM_OK) {
			return GOPM__EVAL_FAIL(ev, st == GOPM_NOT_FOUND ? GOPM_ERR_ARGUMENT : GOPM_ERR_MISSING_MEMORY,
			                       node->mark, "%s", st == GOPM_NOT_FOUND ? "the interface is nil" : why);
		}
		if (!gopm__eval_readable(ev, node->x->at, &held)) {
			return false;
		}
	}
	if (x->place.kind == GOPM_KIND_CHAN) {
		if (x->place.base == 0) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "the channel is nil");
		}
		gopm__variable_init(ev->context, &held.place, x->place.name, x->place.base,
		                    gopm__type_header(ev->dwarf, x->place.real), NULL);
	}
	const struct gopm__type *type = struct_of(ev->dwarf, held.place.type);
	if (type == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "%.*s (type %s) has no field %.*s",
		                       GOPM__NODE_TEXT(ev, node->x), gopm__type_text(held.place.type),
		                       (int)node->text.size, node->text.data);
	}
	return select_field(ev, node, &held.place, type, &out->place);
}
