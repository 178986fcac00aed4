/* SPDX-License-Identifier: Apache-2.0 */
#include "value/properties.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "value/chan.h"
#include "value/chan_view.h"
#include "value/field.h"
#include "value/map.h"

bool gopm__variable_is_nil(const struct gopm__variable *v)
{
	switch (v->kind) {
	case GOPM_KIND_POINTER:
	case GOPM_KIND_UNSAFE_POINTER:
		return v->uinteger == 0;
	case GOPM_KIND_CHAN:
	case GOPM_KIND_MAP:
	case GOPM_KIND_SLICE:
	case GOPM_KIND_FUNC:
		return v->base == 0;
	case GOPM_KIND_INTERFACE:
		return v->child_count != 0 && v->children[0].real == NULL;
	default:
		return false;
	}
}

uint64_t gopm__variable_child_count(const struct gopm__variable *v, uint64_t most)
{
	switch (v->kind) {
	case GOPM_KIND_CHAN:
		if (v->base == 0 || v->length < 0) {
			return 0;
		}
		return (uint64_t)v->length < most ? (uint64_t)v->length : most;
	case GOPM_KIND_POINTER:
		return v->child_count != 0 && v->children[0].address != 0 ? 1 : 0;
	case GOPM_KIND_UNSAFE_POINTER:
		return 0;
	case GOPM_KIND_INTERFACE:
		return v->child_count != 0 && v->children[0].real != NULL ? 1 : 0;
	default:
		return v->child_count;
	}
}

bool gopm__variable_is_truncated(const struct gopm__variable *v, uint64_t child_count)
{
	switch (v->kind) {
	case GOPM_KIND_STRING:
		return v->text.size < (uint64_t)v->length;
	case GOPM_KIND_SLICE:
	case GOPM_KIND_ARRAY:
	case GOPM_KIND_CHAN:
	case GOPM_KIND_STRUCT:
		return v->length >= 0 && child_count < (uint64_t)v->length;
	case GOPM_KIND_MAP:
		return v->length >= 0 && child_count / 2 < (uint64_t)v->length;
	default:
		return false;
	}
}

static bool is_view_partial(const struct gopm__chan_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		if (view->elements[i].unreadable != NULL) {
			return true;
		}
	}
	return view->unreadable != NULL || view->receivers.damage != NULL || view->senders.damage != NULL;
}

bool gopm__variable_is_partial(const struct gopm__variable *v)
{
	for (size_t i = 0; i < v->child_count; i++) {
		if (v->children[i].unreadable != NULL) {
			return true;
		}
	}
	return (v->content != NULL && v->content->unreadable != NULL) || (v->chan != NULL && is_view_partial(v->chan));
}

bool gopm__variable_dangles(const struct gopm__variable *v, uint64_t size)
{
	if (v->dangling == NULL || v->address == 0) {
		return false;
	}
	for (size_t i = 0; i < v->dangling->count; i++) {
		if (v->dangling->addresses[i] - v->address < size) {
			return true;
		}
	}
	return v->dangling->after - v->address < size;
}

/* Element `index` of a slice or array. */
static bool element(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                    struct gopm__variable *out)
{
	uint64_t address;

	if (v->length < 0 || index >= (uint64_t)v->length || v->base == 0 ||
	    __builtin_mul_overflow(index, v->stride, &address) || __builtin_add_overflow(address, v->base, &address)) {
		return false;
	}
	gopm__variable_init(context, out, (gopm_str){"", 0}, address, v->elem, gopm__variable_contents(v));
	out->dangling = v->kind == GOPM_KIND_ARRAY ? v->dangling : NULL;
	return true;
}

static bool field(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                  struct gopm__variable *out)
{
	if (index >= v->real->field_count) {
		return false;
	}
	const struct gopm__field *f = &v->real->fields[index];
	gopm__field_variable(context, v, f, out);
	return true;
}

/* Key or value `index` of a map, by a walk from its first entry. */
static bool map_child(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                      struct gopm__variable *out)
{
	struct gopm__variable key, value;
	struct gopm__map_iter it;

	gopm__map_open(context, v, 0, &it);
	for (uint64_t left = v->skip + index / 2 + 1; left > 0; left--) {
		if (!gopm__map_next(&it, &key, &value)) {
			return false;
		}
	}
	*out = index % 2 == 0 ? key : value;
	return true;
}

bool gopm__variable_child(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                          char name[GOPM__INDEX_NAME_SIZE], struct gopm__variable *out)
{
	bool found;

	if (v->kind == GOPM_KIND_CHAN) {
		found = v->length > 0 && index < (uint64_t)v->length && gopm__chan_element(context, v, index, out);
	} else if (index < gopm__variable_child_count(v, UINT64_MAX)) {
		*out = v->children[index];
		found = true;
	} else if (v->kind == GOPM_KIND_SLICE || v->kind == GOPM_KIND_ARRAY) {
		found = element(context, v, index, out);
	} else if (v->kind == GOPM_KIND_STRUCT) {
		found = field(context, v, index, out);
	} else {
		found = v->kind == GOPM_KIND_MAP && v->base != 0 && map_child(context, v, index, out);
	}
	if (!found) {
		return false;
	}
	if (v->kind == GOPM_KIND_CHAN || v->kind == GOPM_KIND_SLICE || v->kind == GOPM_KIND_ARRAY) {
		(void)snprintf(name, GOPM__INDEX_NAME_SIZE, "[%" PRIu64 "]", index);
		out->name = (gopm_str){name, strlen(name)};
	}
	return true;
}
