/* SPDX-License-Identifier: Apache-2.0 */
/* Selectors x.name, by the Go specification's "Selectors": fields of a struct and of the structs embedded in it,
 * through pointers. As debuggers do, also fields of the value in an interface, captured variables of a closure, and
 * fields of a channel's header (runtime.hchan). */
#include "eval/eval_private.h"
#include "value/chan.h"
#include "value/closure.h"
#include "value/field.h"

#define MAX_STRUCTS 256 /* searched for one field */

/* A struct type that the search reached, through a field of the struct `parent`. */
struct embedding {
	const struct gopm__type *type; /* typedefs and pointers resolved */
	unsigned parent, level;
	const struct gopm__field *field; /* of the parent */
};

/* The struct that the type is, or points to. */
static const struct gopm__type *struct_type(struct gopm__types *types, const struct gopm__type *type)
{
	const struct gopm__type *real = gopm__type_resolve(types, type);

	if (real != NULL && real->class_ == GOPM__TYPE_POINTER) {
		real = gopm__type_resolve(types, gopm__type_target(types, real));
	}
	return real != NULL && real->class_ == GOPM__TYPE_STRUCT ? real : NULL;
}

static bool is_searched(const struct embedding *structs, unsigned count, const struct gopm__type *type)
{
	for (unsigned i = 0; i < count; i++) {
		if (structs[i].type == type) {
			return true;
		}
	}
	return false;
}

/* Finds the shallowest field of that name, breadth first. Returns the index of its struct in `structs`, or -1.
 * *ambiguous: several structs at that depth have such a field. */
static int find_shallowest_field(struct gopm__eval *ev, struct embedding *structs, gopm_str name,
                                 const struct gopm__field **field, bool *ambiguous)
{
	unsigned count = 1;
	int found = -1;

	*ambiguous = false;
	for (unsigned i = 0; i < count; i++) {
		if (found >= 0 && structs[i].level > structs[found].level) {
			break;
		}
		const struct gopm__type *type = structs[i].type;
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
		for (size_t f = 0; f < type->field_count && count < MAX_STRUCTS; f++) {
			const struct gopm__field *embedded = &type->fields[f];
			const struct gopm__type *inner =
			    embedded->embedded ? struct_type(ev->types, gopm__types_at(ev->types, embedded->type))
			                       : NULL;
			if (inner != NULL && !is_searched(structs, count, inner)) {
				structs[count++] = (struct embedding){inner, i, structs[i].level + 1, embedded};
			}
		}
	}
	return found;
}

static bool field_variable(struct gopm__eval *ev, size_t at, const struct gopm__variable *of,
                           const struct gopm__field *field, struct gopm__variable *out)
{
	struct gopm__operand whole = {.value = *of}, target;

	if (of->kind == GOPM_KIND_POINTER) {
		if (!gopm__eval_deref(ev, at, &whole, &target)) {
			return false;
		}
		whole = target;
	}
	gopm__field_variable(ev->context, &whole.value, field, out);
	out->dangling = NULL;
	return true;
}

static bool select_field(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *v,
                         const struct gopm__type *type, struct gopm__variable *out)
{
	struct embedding *structs = gopm__arena_alloc(ev->arena, MAX_STRUCTS * sizeof *structs);
	const struct gopm__field *field = NULL, *path[MAX_STRUCTS];
	struct gopm__variable current = *v, next;
	unsigned depth = 0;
	bool ambiguous;

	if (structs == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
	}
	structs[0] = (struct embedding){.type = type};
	int found = find_shallowest_field(ev, structs, node->text, &field, &ambiguous);
	if (found < 0 || ambiguous) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark,
		                       ambiguous ? "ambiguous selector: %s has several fields %.*s at the same depth"
		                                 : "%s has no field %.*s",
		                       gopm__type_text(v->type), (int)node->text.size, node->text.data);
	}
	for (unsigned i = (unsigned)found; i != 0; i = structs[i].parent) {
		path[depth++] = structs[i].field;
	}
	while (depth > 0) {
		if (!field_variable(ev, node->mark, &current, path[--depth], &next)) {
			return false;
		}
		current = next;
	}
	return field_variable(ev, node->mark, &current, field, out);
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
	    function.unreadable != NULL ? "cannot be read: %s" : "the closure captured no variable %.0s%.*s",
	    function.unreadable != NULL ? function.unreadable : "", (int)node->text.size, node->text.data);
}

/* The field `buf` of a channel, as a pointer to the array of its slots. */
static bool select_buffer(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *channel,
                          struct gopm__variable *out)
{
	return gopm__chan_buffer(ev->context, channel, out) ||
	       GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, node->mark, "the buffer of the channel cannot be read");
}

bool gopm__eval_select(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       struct gopm__operand *out)
{
	struct gopm__operand owner = *x;
	const char *why = NULL;

	*out = (struct gopm__operand){0};
	if (x->constant) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "%s has no fields", gopm__operand_type(x));
	}
	if (!gopm__eval_readable(ev, node->x->at, x)) {
		return false;
	}
	if (x->value.kind == GOPM_KIND_FUNC) {
		return select_captured(ev, node, &x->value, &out->value);
	}
	if (x->value.kind == GOPM_KIND_INTERFACE) {
		gopm_status st = gopm__interface_data(ev->context, &x->value, &owner.value, &why);
		if (st != GOPM_OK) {
			return GOPM__EVAL_FAIL(ev, st == GOPM_NOT_FOUND ? GOPM_ERR_ARGUMENT : GOPM_ERR_MISSING_MEMORY,
			                       node->mark, "%s", st == GOPM_NOT_FOUND ? "interface is nil" : why);
		}
		if (!gopm__eval_readable(ev, node->x->at, &owner)) {
			return false;
		}
	}
	if (x->value.kind == GOPM_KIND_CHAN) {
		if (x->value.base == 0) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "channel is nil");
		}
		if (gopm__str_equal(node->text, (gopm_str){"buf", 3})) {
			return select_buffer(ev, node, &x->value, &out->value);
		}
		gopm__variable_init(ev->context, &owner.value, x->value.name, x->value.base,
		                    gopm__type_header(ev->types, x->value.real), NULL);
	}
	const struct gopm__type *type = struct_type(ev->types, owner.value.type);
	if (type == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "%.*s (type %s) has no field %.*s",
		                       GOPM__NODE_TEXT(ev, node->x), gopm__type_text(owner.value.type),
		                       (int)node->text.size, node->text.data);
	}
	return select_field(ev, node, &owner.value, type, &out->value);
}
