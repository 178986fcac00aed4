/* SPDX-License-Identifier: Apache-2.0 */
/* A walk over the type, by its fields and elements. It stops if the list is full. */
#include "type/scalars.h"

#include <gopm/value.h>

#include "type/types.h"

#define MAX_NESTING 16u

struct scalar_walk {
	struct gopm__types *types;
	struct gopm__scalars *out;
	bool pointers;
};

static bool append_scalar(struct scalar_walk *w, uint64_t offset, uint64_t size, bool pointer)
{
	if (w->pointers && !pointer) {
		return true;
	}
	if (w->out->count == GOPM__MAX_SCALARS || size > UINT32_MAX) {
		return false;
	}
	w->out->list[w->out->count++] = (struct gopm__scalar_component){offset, (uint32_t)size, pointer};
	w->out->complete = offset + size;
	return true;
}

static bool walk_type(struct scalar_walk *w, const struct gopm__type *type, uint64_t offset, unsigned nesting)
{
	const struct gopm__type *real = gopm__type_resolve(w->types, type);

	if (real == NULL || nesting > MAX_NESTING) {
		return false;
	}
	uint64_t size = gopm__type_size(w->types, real);
	switch (gopm__type_kind(w->types, real)) {
	case GOPM_KIND_STRING:
		return append_scalar(w, offset, 8, true) && append_scalar(w, offset + 8, 8, false);
	case GOPM_KIND_SLICE:
		return append_scalar(w, offset, 8, true) && append_scalar(w, offset + 8, 8, false) &&
		       append_scalar(w, offset + 16, 8, false);
	case GOPM_KIND_INTERFACE:
		return append_scalar(w, offset, 8, false) && append_scalar(w, offset + 8, 8, true);
	case GOPM_KIND_COMPLEX64:
	case GOPM_KIND_COMPLEX128:
		return append_scalar(w, offset, size / 2, false) &&
		       append_scalar(w, offset + size / 2, size / 2, false);
	case GOPM_KIND_POINTER:
	case GOPM_KIND_MAP:
	case GOPM_KIND_CHAN:
	case GOPM_KIND_FUNC:
		return append_scalar(w, offset, 8, true);
	case GOPM_KIND_STRUCT:
		for (size_t i = 0; i < real->field_count; i++) {
			const struct gopm__field *field = &real->fields[i];
			if (!walk_type(w, gopm__types_at(w->types, field->type), offset + field->offset, nesting + 1)) {
				return false;
			}
		}
		return true;
	case GOPM_KIND_ARRAY: {
		const struct gopm__type *elem = gopm__type_target(w->types, real);
		uint64_t stride = real->count > 0 ? size / (uint64_t)real->count : 0;
		size_t before = w->out->count;
		for (int64_t i = 0; size != 0 && i < real->count; i++) {
			if (!walk_type(w, elem, offset + (uint64_t)i * stride, nesting + 1)) {
				return false;
			}
			if (w->out->count == before) {
				break; /* elements of no size */
			}
		}
		return true;
	}
	default:
		return size == 0 || append_scalar(w, offset, size, false);
	}
}

void gopm__type_scalars(struct gopm__types *types, const struct gopm__type *type, bool pointers,
                        struct gopm__scalars *out)
{
	struct scalar_walk w = {.types = types, .out = out, .pointers = pointers};

	out->count = 0;
	out->complete = 0;
	out->all = walk_type(&w, type, 0, 0);
}
