/* SPDX-License-Identifier: Apache-2.0 */
/* Plans of types that only the DWARF describes: of package variables and locals. What they point to has descriptors, as
 * the allocator needs them. */
#include <gopm/value.h>

#include "heap/plan.h"

struct type_plan {
	struct gopm__plan_build build;
	struct gopm__types *store;
};

static bool plan_value(struct type_plan *p, const struct gopm__type *type, uint64_t offset, unsigned depth);

/* The descriptor of a type; 0: none. */
static uint64_t descriptor_of(struct type_plan *p, const struct gopm__type *type)
{
	return type != NULL ? gopm__type_descriptor(p->store, type) : 0;
}

static bool plan_array(struct type_plan *p, const struct gopm__type *array, uint64_t offset, unsigned depth)
{
	const struct gopm__type *elem = gopm__type_target(p->store, array);
	const uint64_t size = gopm__type_size(p->store, elem);
	const uint32_t from = (uint32_t)p->build.types->entry_count;

	if (array->count <= 0 || size == 0) {
		return true;
	}
	return plan_value(p, elem, offset, depth + 1) &&
	       (array->count == 1 || gopm__plan_repeat(&p->build, from, (uint64_t)array->count, size));
}

static bool plan_struct(struct type_plan *p, const struct gopm__type *type, uint64_t offset, unsigned depth)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct gopm__field *field = &type->fields[i];
		if (!plan_value(p, gopm__types_at(p->store, field->type), offset + field->offset, depth + 1)) {
			return false;
		}
	}
	return true;
}

/* An interface without methods has a type descriptor as its first word, others an itab. */
static bool is_empty_interface(struct type_plan *p, const struct gopm__type *interface)
{
	const struct gopm__type *header = gopm__type_header(p->store, interface);

	return header != NULL && gopm__type_field(header, "_type") != NULL;
}

static bool plan_value(struct type_plan *p, const struct gopm__type *type, uint64_t offset, unsigned depth)
{
	const struct gopm__type *real = gopm__type_resolve(p->store, type);
	const uint64_t own = descriptor_of(p, type);

	if (real == NULL || depth > GOPM__PLAN_MAX_DEPTH || !gopm__plan_step(p->build.types, 1)) {
		return false;
	}
	if (own != 0) {
		const size_t before = p->build.types->entry_count;
		if (gopm__plan_add_value(&p->build, own, offset, depth)) {
			return true;
		}
		p->build.types->entry_count = before;
	}
	switch (real->class_) {
	case GOPM__TYPE_POINTER: {
		const uint64_t target = descriptor_of(p, gopm__type_target(p->store, real));
		return gopm__plan_add(&p->build, offset, target != 0 ? GOPM__TO_VALUE : GOPM__TO_UNKNOWN, target);
	}
	case GOPM__TYPE_STRING:
		return gopm__plan_add(&p->build, offset, GOPM__TO_BYTES, 0);
	case GOPM__TYPE_SLICE:
		return gopm__plan_add(&p->build, offset, GOPM__TO_ELEMENTS,
		                      descriptor_of(p, gopm__type_elem(p->store, real)));
	case GOPM__TYPE_INTERFACE:
		return gopm__plan_add(&p->build, offset + 8,
		                      is_empty_interface(p, real) ? GOPM__TO_DYNAMIC : GOPM__TO_DYNAMIC_I, 0);
	case GOPM__TYPE_MAP:
	case GOPM__TYPE_CHAN:
		/* Whoever makes one has its descriptor. */
		return gopm__plan_add(&p->build, offset, GOPM__TO_UNKNOWN, 0);
	case GOPM__TYPE_FUNC:
		return gopm__plan_add(&p->build, offset, GOPM__TO_CLOSURE, 0);
	case GOPM__TYPE_ARRAY:
		return plan_array(p, real, offset, depth);
	case GOPM__TYPE_STRUCT:
		return plan_struct(p, real, offset, depth);
	default:
		return true; /* no pointer, or not known */
	}
}

bool gopm__plan_add_type(struct gopm__plan_build *build, struct gopm__types *store, const struct gopm__type *type,
                         uint64_t offset)
{
	struct type_plan p = {.build = *build, .store = store};

	return plan_value(&p, type, offset, 0);
}

uint32_t gopm__plan_type(struct gopm__object_types *types, struct gopm__types *store, const struct gopm__type *type)
{
	struct type_plan p = {.build = {types, (uint32_t)types->entry_count}, .store = store};
	const uint64_t descriptor = gopm__type_descriptor(store, type), size = gopm__type_size(store, type);

	if (size == 0) {
		return 0;
	}
	if (descriptor != 0) {
		const uint32_t number = gopm__object_type_number(types, descriptor, GOPM__KEY_DESCRIPTOR);
		return gopm__object_type(types, number)->typed ? number : 0;
	}
	const uint32_t number = gopm__object_type_number(types, type->id | GOPM__TYPE_KEY, GOPM__KEY_TYPE);
	if (number == 0 || types->list[number].size != 0) {
		return number;
	}
	struct gopm__object_type made = types->list[number];
	made.size = size;
	made.first = p.build.first;
	made.typed = plan_value(&p, type, 0, 0);
	if (!made.typed) {
		types->entry_count = p.build.first;
	}
	made.count = (uint32_t)(types->entry_count - p.build.first);
	made.pointer_bytes = made.count != 0 ? size : 0;
	gopm__object_type_index(types, &made);
	types->list[number] = made;
	return number;
}
