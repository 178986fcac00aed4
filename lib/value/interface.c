/* SPDX-License-Identifier: Apache-2.0 */
/* An interface is a type word and a data word. The type word points to the descriptor of the dynamic type in an empty
 * interface, and to an itab with that pointer in others. */
#include <inttypes.h>

#include "value/variable.h"

/* abi.TFlagDirectIface since Go 1.26, abi.KindDirectIface of Kind_ before (internal/abi/type.go). */
#define DIRECT_BIT 32

static bool field_word(struct gopm__context *context, uint64_t address, const struct gopm__type *type, const char *name,
                       uint64_t *out)
{
	const struct gopm__field *field = gopm__type_field(type, name);
	const char *why;

	*out = 0;
	if (field == NULL) {
		return false;
	}
	uint64_t size = gopm__type_size(context->types, gopm__types_at(context->types, field->type));
	return size <= 8 && gopm__variable_word(context, NULL, address + field->offset, (unsigned)size, out, &why);
}

static bool is_direct_type(struct gopm__context *context, uint64_t descriptor, const struct gopm__type *abi_type)
{
	uint64_t flags;

	if (field_word(context, descriptor, abi_type, "TFlag", &flags) && (flags & DIRECT_BIT) != 0) {
		return true;
	}
	return (field_word(context, descriptor, abi_type, "Kind_", &flags) ||
	        field_word(context, descriptor, abi_type, "kind", &flags)) &&
	       (flags & DIRECT_BIT) != 0;
}

/* The struct type that a pointer member points to. */
static const struct gopm__type *target_struct(struct gopm__context *context, const struct gopm__field *field)
{
	return field != NULL ? gopm__type_header(context->types, gopm__types_at(context->types, field->type)) : NULL;
}

gopm_status gopm__interface_type(struct gopm__context *context, const struct gopm__variable *v, uint64_t *word,
                                 const struct gopm__type **type, bool *direct, const char **why)
{
	const struct gopm__type *header = gopm__type_header(context->types, v->real);
	const struct gopm__field *tab = gopm__type_field(header, "tab");
	const struct gopm__field *plain = gopm__type_field(header, "_type");
	const struct gopm__field *data = gopm__type_field(header, "data");
	const struct gopm__type *abi_type;
	uint64_t descriptor = 0;

	*type = NULL;
	*direct = false;
	*word = 0;
	*why = "its type is damaged: it is not an interface";
	if (data == NULL || (tab == NULL && plain == NULL)) {
		return GOPM_ERR_FORMAT;
	}
	*word = v->address + data->offset;
	const struct gopm__field *first = tab != NULL ? tab : plain;
	if (!gopm__variable_word(context, v->bytes, v->address + first->offset, 8, &descriptor, why)) {
		return GOPM_ERR_FORMAT;
	}
	if (descriptor == 0) {
		return GOPM_NOT_FOUND;
	}
	if (tab != NULL) {
		const struct gopm__type *itab = target_struct(context, tab);
		const struct gopm__field *in_itab = gopm__type_field(itab, "Type");
		in_itab = in_itab != NULL ? in_itab : gopm__type_field(itab, "_type");
		if (in_itab == NULL) {
			return GOPM_ERR_FORMAT;
		}
		abi_type = target_struct(context, in_itab);
		if (!gopm__variable_word(context, NULL, descriptor + in_itab->offset, 8, &descriptor, why)) {
			return GOPM_ERR_FORMAT;
		}
	} else {
		abi_type = target_struct(context, plain);
	}
	*type = gopm__types_of_descriptor(context->types, descriptor);
	if (*type == NULL) {
		*why = gopm__context_text(context, "no type is known for the descriptor at 0x%" PRIx64, descriptor);
		return GOPM_ERR_FORMAT;
	}
	*direct = is_direct_type(context, descriptor, abi_type);
	return GOPM_OK;
}

gopm_status gopm__interface_data(struct gopm__context *context, const struct gopm__variable *v,
                                 struct gopm__variable *out, const char **why)
{
	const struct gopm__type *type;
	uint64_t word, address = 0;
	bool direct;

	gopm_status st = gopm__interface_type(context, v, &word, &type, &direct, why);
	if (st != GOPM_OK) {
		return st;
	}
	const struct gopm__type *real = gopm__type_resolve(context->types, type);
	gopm_str name = {"data", 4};
	if (direct || (real != NULL && real->class_ == GOPM__TYPE_POINTER)) {
		gopm__variable_init(context, out, name, word, type, v->bytes);
	} else {
		const char *bad = NULL;
		(void)gopm__variable_word(context, v->bytes, word, 8, &address, &bad);
		gopm__variable_init(context, out, name, address, type, NULL);
		out->unreadable = bad != NULL ? bad : out->unreadable;
	}
	return GOPM_OK;
}

void gopm__load_interface(struct gopm__context *context, struct gopm__variable *v, uint32_t level, bool data)
{
	struct gopm__variable dynamic = {0};
	const char *why;

	gopm_status st = gopm__interface_data(context, v, &dynamic, &why);
	if (st == GOPM_ERR_FORMAT) {
		v->unreadable = why;
		return;
	}
	v->children = gopm__variable_children(context, 1);
	if (v->children == NULL) {
		v->unreadable = "a limit on the number of values was reached";
		return;
	}
	v->child_count = 1;
	struct gopm__variable *child = &v->children[0];
	*child = dynamic; /* nil: a child without kind and address */
	if (st == GOPM_NOT_FOUND) {
		return;
	}
	/* The value in an interface is never an interface. If damaged DWARF says so, it counts as a level. */
	level += child->kind == GOPM_KIND_INTERFACE ? 1 : 0;
	if (data && level <= context->limits.max_depth) {
		gopm__variable_load(context, child, level);
	} else {
		child->only_address = true;
	}
}
