/* SPDX-License-Identifier: Apache-2.0 */
#include "value/properties.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "value/chan.h"

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

bool gopm__variable_is_partial(const struct gopm__variable *v)
{
	for (size_t i = 0; i < v->child_count; i++) {
		if (v->children[i].unreadable != NULL) {
			return true;
		}
	}
	return false;
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

bool gopm__variable_child(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                          char name[GOPM__INDEX_NAME_SIZE], struct gopm__variable *out)
{
	if (v->kind == GOPM_KIND_CHAN) {
		if (!gopm__chan_element(context, v, index, out)) {
			return false;
		}
	} else {
		*out = v->children[index];
	}
	if (v->kind == GOPM_KIND_CHAN || v->kind == GOPM_KIND_SLICE || v->kind == GOPM_KIND_ARRAY) {
		(void)snprintf(name, GOPM__INDEX_NAME_SIZE, "[%" PRIu64 "]", index);
		out->name = (gopm_str){name, strlen(name)};
	}
	return true;
}
