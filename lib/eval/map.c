/* SPDX-License-Identifier: Apache-2.0 */
/* m[key]. Searches all entries, because the hash function depends on a seed and on the CPU of the process. */
#include "value/map.h"
#include "eval/eval_private.h"

#define MAX_GROUPS (UINT64_C(1) << 22)

/* Gives the key the map's key type. If that is an interface, the key keeps its own type. */
static bool typed_key(struct gopm__eval *ev, const struct gopm__node *at, const struct gopm__type *type,
                      const struct gopm__operand *key, bool interface, struct gopm__operand *out)
{
	static const gopm_str defaults[] = {
	    [GOPM__SCALAR_BOOL] = {"bool", 4},     [GOPM__SCALAR_INT] = {"int", 3},
	    [GOPM__SCALAR_FLOAT] = {"float64", 7}, [GOPM__SCALAR_COMPLEX] = {"complex128", 10},
	    [GOPM__SCALAR_STRING] = {"string", 6},
	};

	*out = *key;
	if (key->constant) {
		bool nil = key->scalar.kind == GOPM__SCALAR_NIL;
		const struct gopm__type *own =
		    interface && !nil ? gopm__types_basic(ev->types, defaults[key->scalar.kind]) : type;
		return gopm__eval_assign(ev, at->at, own, key, out);
	}
	if (!gopm__eval_readable(ev, at->at, key)) {
		return false;
	}
	if (!interface && !gopm__type_identical(ev->types, type, key->value.type)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at->at, "cannot use %s as %s value in map index",
		                       gopm__operand_type(key), gopm__type_text(type));
	}
	return true;
}

static bool key_matches(struct gopm__eval *ev, size_t at, const struct gopm__variable *key, bool interface,
                        const struct gopm__variable *wanted, bool *out)
{
	struct gopm__variable dynamic = {0};
	const char *why = NULL;

	if (!interface || wanted->kind == GOPM_KIND_INTERFACE) {
		return gopm__eval_equal(ev, at, key, wanted, 0, out);
	}
	*out = false;
	switch (gopm__interface_data(ev->context, key, &dynamic, &why)) {
	case GOPM_OK:
		return !gopm__type_identical(ev->types, dynamic.type, wanted->type) ||
		       gopm__eval_equal(ev, at, &dynamic, wanted, 0, out);
	case GOPM_NOT_FOUND:
		return true;
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, at, "a key cannot be read: %s", why);
	}
}

bool gopm__eval_map_index(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *map,
                          const struct gopm__operand *index, struct gopm__operand *out)
{
	struct gopm__variable key, value;
	struct gopm__operand wanted;
	struct gopm__map_iter it;
	bool found = false;

	gopm__map_open(ev->context, map, MAX_GROUPS, &it);
	const struct gopm__type *real = gopm__type_resolve(ev->types, it.key);
	bool interface = real != NULL && real->class_ == GOPM__TYPE_INTERFACE;
	if (!typed_key(ev, node->list, it.key, index, interface, &wanted)) {
		return false;
	}
	while (!found && gopm__map_next(&it, &key, &value)) {
		if (!key_matches(ev, node->mark, &key, interface, &wanted.value, &found)) {
			return false;
		}
	}
	if (found) {
		out->value = value;
		return true;
	}
	if (it.unreadable != NULL) {
		return GOPM__EVAL_UNREADABLE(ev, node->mark, it.unreadable);
	}
	return GOPM__EVAL_FAIL(ev, GOPM_NOT_FOUND, node->list->at, "the map has no such key");
}
