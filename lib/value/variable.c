/* SPDX-License-Identifier: Apache-2.0 */
#include "value/variable.h"

#include "value/header.h"

const char gopm__dangling_origin[] = "its target may have been freed: nothing in this stack keeps it alive";

bool gopm__is_dangling(const struct gopm__variable *v)
{
	if (v->dangling == NULL || v->address == 0) {
		return false;
	}
	switch (v->kind) {
	case GOPM_KIND_POINTER:
	case GOPM_KIND_STRING:
	case GOPM_KIND_SLICE:
	case GOPM_KIND_MAP:
	case GOPM_KIND_CHAN:
	case GOPM_KIND_FUNC:
	case GOPM_KIND_INTERFACE:
		break;
	default:
		return false;
	}
	uint64_t word = v->kind == GOPM_KIND_INTERFACE ? v->address + 8 : v->address;
	for (size_t i = 0; i < v->dangling->count; i++) {
		if (v->dangling->addresses[i] == word) {
			return true;
		}
	}
	return word >= v->dangling->after;
}

bool gopm__shows_dangling(const struct gopm__variable *v)
{
	bool empty = (v->kind == GOPM_KIND_STRING || v->kind == GOPM_KIND_SLICE) && v->length == 0;

	return v->kind != GOPM_KIND_POINTER && !empty && gopm__is_dangling(v);
}

void gopm__variable_init(struct gopm__context *context, struct gopm__variable *v, gopm_str name, uint64_t address,
                         const struct gopm__type *type, const struct gopm__bytes *bytes)
{
	*v = (struct gopm__variable){.name = name, .address = address, .bytes = bytes, .type = type};
	v->real = gopm__type_resolve(context->types, type);
	if (v->real == NULL) {
		/* The type void of C has no DIE: that is not damage. */
		if (type == NULL || type->class_ != GOPM__TYPE_VOID) {
			v->unreadable = "its type is damaged";
		}
		return;
	}
	v->kind = gopm__type_kind(context->types, v->real);
	if (address != 0) {
		gopm__header_read(context, v);
	}
}

const struct gopm__bytes *gopm__variable_contents(const struct gopm__variable *v)
{
	if (v->bytes == NULL || v->kind == GOPM_KIND_ARRAY) {
		return v->bytes;
	}
	bool inside = v->base >= GOPM__BYTES_BASE && v->base - GOPM__BYTES_BASE <= v->bytes->size;
	return v->bytes->synthetic && inside ? v->bytes : NULL;
}

struct gopm__variable *gopm__variable_children(struct gopm__context *context, size_t count)
{
	if (count > context->budget) {
		return NULL;
	}
	struct gopm__variable *children = gopm__arena_alloc(context->arena, count * sizeof *children);
	if (children == NULL) {
		context->no_memory = true;
		return NULL;
	}
	context->budget -= count;
	return children;
}

void gopm__variable_target(struct gopm__context *context, const struct gopm__variable *pointer,
                           struct gopm__variable *out)
{
	const struct gopm__type *type = gopm__type_target(context->types, pointer->real);
	const char *why = pointer->unreadable;
	uint64_t address = 0;
	gopm_str no_name = {"", 0};

	if (why == NULL) {
		(void)gopm__variable_word(context, pointer->bytes, pointer->address, 8, &address, &why);
	}
	if (pointer->kind == GOPM_KIND_UNSAFE_POINTER) {
		*out = (struct gopm__variable){.name = no_name, .address = address};
	} else {
		gopm__variable_init(context, out, no_name, address, type, NULL);
	}
	if (why != NULL) {
		out->unreadable = why;
	}
}
