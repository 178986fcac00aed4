/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/plausible.h"

#define MAX_LENGTH (INT64_C(1) << 40) /* of a string or slice */

bool gopm__is_plausible(struct gopm__context *context, const struct gopm__variable *v)
{
	struct gopm__reader *reader = &context->reader;
	struct gopm__variable copy = *v;
	uint64_t word = 0;
	const char *why = NULL;

	if (v->unreadable != NULL) {
		return false;
	}
	switch (v->kind) {
	case GOPM_KIND_BOOL:
		return gopm__variable_word(context, v->bytes, v->address, 1, &word, &why) && word <= 1;
	case GOPM_KIND_STRING:
		return v->length == 0 || (v->base != 0 && v->length < MAX_LENGTH &&
		                          gopm__read_word(reader, v->base + (uint64_t)v->length - 1, 1, &word));
	case GOPM_KIND_SLICE:
		return v->length >= 0 && v->length <= v->capacity && v->capacity < MAX_LENGTH &&
		       (v->length == 0 || (v->base != 0 && gopm__read_word(reader, v->base, 1, &word)));
	case GOPM_KIND_POINTER:
	case GOPM_KIND_UNSAFE_POINTER:
	case GOPM_KIND_CHAN:
	case GOPM_KIND_MAP:
	case GOPM_KIND_FUNC:
	case GOPM_KIND_INTERFACE:
		/* The target must be readable too. */
		copy.loaded = false;
		const struct gopm__limits limits = context->limits;
		context->limits.delve = true; /* no contents of channels and containers: they may be large */
		gopm__variable_load(context, &copy, 0);
		context->limits = limits;
		for (size_t i = 0; i < copy.child_count && v->kind == GOPM_KIND_POINTER; i++) {
			why = why != NULL ? why : copy.children[i].unreadable;
		}
		if (v->kind == GOPM_KIND_POINTER && copy.uinteger != 0) {
			return copy.unreadable == NULL && why == NULL &&
			       gopm__read_word(reader, copy.uinteger, 1, &word);
		}
		return copy.unreadable == NULL;
	default:
		return true;
	}
}
