/* SPDX-License-Identifier: Apache-2.0 */
#include "type/scalars.h"

#include <gopm/value.h>

#include "value/variable.h"

#define MAX_NESTING 16u

struct walk {
	struct gopm__dwarf *dwarf;
	struct gopm__leaves *out;
	bool pointers;
};

static bool add(struct walk *w, uint64_t offset, uint64_t size, bool pointer)
{
	if (w->pointers && !pointer) {
		return true;
	}
	if (w->out->count == GOPM__MAX_LEAVES || size > UINT32_MAX) {
		return false;
	}
	w->out->list[w->out->count++] = (struct gopm__leaf){offset, (uint32_t)size, pointer};
	w->out->complete = offset + size;
	return true;
}

static bool visit(struct walk *w, const struct gopm__type *type, uint64_t offset, unsigned nesting)
{
	const struct gopm__type *real = gopm__type_resolve(w->dwarf, type);

	if (real == NULL || nesting > MAX_NESTING) {
		return false;
	}
	uint64_t size = gopm__type_size(w->dwarf, real);
	switch (gopm__type_kind(w->dwarf, real)) {
	case GOPM_KIND_STRING:
		return add(w, offset, 8, true) && add(w, offset + 8, 8, false);
	case GOPM_KIND_SLICE:
		return add(w, offset, 8, true) && add(w, offset + 8, 8, false) && add(w, offset + 16, 8, false);
	case GOPM_KIND_INTERFACE:
		return add(w, offset, 8, false) && add(w, offset + 8, 8, true);
	case GOPM_KIND_COMPLEX64:
	case GOPM_KIND_COMPLEX128:
		return add(w, offset, size / 2, false) && add(w, offset + size / 2, size / 2, false);
	case GOPM_KIND_POINTER:
	case GOPM_KIND_MAP:
	case GOPM_KIND_CHAN:
	case GOPM_KIND_FUNC:
		return add(w, offset, 8, true);
	case GOPM_KIND_STRUCT:
		for (size_t i = 0; i < real->field_count; i++) {
			const struct gopm__field *field = &real->fields[i];
			if (!visit(w, gopm__types_at(w->dwarf, field->type), offset + field->offset, nesting + 1)) {
				return false;
			}
		}
		return true;
	case GOPM_KIND_ARRAY: {
		const struct gopm__type *elem = gopm__type_target(w->dwarf, real);
		uint64_t stride = real->count > 0 ? size / (uint64_t)real->count : 0;
		size_t before = w->out->count;
		for (int64_t i = 0; size != 0 && i < real->count; i++) {
			if (!visit(w, elem, offset + (uint64_t)i * stride, nesting + 1)) {
				return false;
			}
			if (w->out->count == before) {
				break; /* no element has any */
			}
		}
		return true;
	}
	default:
		return size == 0 || add(w, offset, size, false);
	}
}

void gopm__leaves(struct gopm__dwarf *dwarf, const struct gopm__type *type, bool pointers, struct gopm__leaves *out)
{
	struct walk w = {.dwarf = dwarf, .out = out, .pointers = pointers};

	out->count = 0;
	out->complete = 0;
	out->all = visit(&w, type, 0, 0);
}
