/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of strings and slices are read by the fields of their types, runtime.hchan by the runtime's layout. */
#include "value/header.h"

#include <inttypes.h>

#include "runtime/chan.h"

/* A member of the header, 8 bytes. */
static bool header_word(struct gopm__context *context, struct gopm__variable *v, const char *name, uint64_t *out)
{
	const struct gopm__field *field = gopm__type_field(v->real, name);

	*out = 0;
	if (field == NULL) {
		v->unreadable = "its type is damaged: a member is missing";
		return false;
	}
	return gopm__variable_word(context, v->bytes, v->address + field->offset, 8, out, &v->unreadable);
}

static void read_string_header(struct gopm__context *context, struct gopm__variable *v)
{
	uint64_t length;

	v->stride = 1;
	if (!header_word(context, v, "str", &v->base) || !header_word(context, v, "len", &length)) {
		return;
	}
	v->length = (int64_t)length;
	if (v->length < 0) {
		v->unreadable = gopm__context_text(context, "its length is %" PRId64, v->length);
	}
}

static void read_slice_header(struct gopm__context *context, struct gopm__variable *v)
{
	const struct gopm__field *array = gopm__type_field(v->real, "array");
	uint64_t length, capacity;

	if (!header_word(context, v, "array", &v->base) || !header_word(context, v, "len", &length) ||
	    !header_word(context, v, "cap", &capacity)) {
		return;
	}
	v->length = (int64_t)length;
	v->capacity = (int64_t)capacity;
	const struct gopm__type *pointer =
	    gopm__type_resolve(context->types, gopm__types_at(context->types, array->type));
	v->elem = gopm__type_target(context->types, pointer);
	v->stride = gopm__type_size(context->types, v->elem);
	if (v->length >= 0 && v->capacity < v->length) {
		v->unreadable = gopm__context_text(context, "its length is %" PRId64 ", but its capacity %" PRId64,
		                                   v->length, v->capacity);
	}
}

static void set_array_header(struct gopm__context *context, struct gopm__variable *v)
{
	uint64_t size = gopm__type_size(context->types, v->real);

	v->base = v->address;
	v->length = v->capacity = v->real->count;
	v->elem = gopm__type_target(context->types, v->real);
	v->stride = v->length > 0 ? size / (uint64_t)v->length : 0;
}

/* Returns why the header cannot be read or is damaged; NULL: it is sound. */
static const char *check_chan_header(struct gopm__context *context, struct gopm__variable *v)
{
	struct gopm__hchan chan;
	struct gopm__hchan_ring ring;

	if (context->layout == NULL || context->layout->size[GOPM__STRUCT_HCHAN] == 0) {
		return "runtime.hchan is not described";
	}
	if (!gopm__hchan_read(context->layout, &context->reader, v->base, &chan)) {
		return gopm__context_text(context, "the core lacks memory at 0x%" PRIx64, v->base);
	}
	const bool has_ring = gopm__hchan_ring(context->layout, &context->reader, &chan, &ring);
	v->length = (int64_t)chan.length;
	v->capacity = (int64_t)chan.capacity;
	switch (gopm__hchan_check(&chan, has_ring ? &ring : NULL)) {
	case GOPM__HCHAN_LENGTH:
		return gopm__context_text(context, "its header is damaged: %" PRId64 " of %" PRId64 " elements",
		                          v->length, v->capacity);
	case GOPM__HCHAN_FIRST:
		return gopm__context_text(context,
		                          "its header is damaged: element %" PRIu64 " of %" PRIu64 " is its first",
		                          ring.first, chan.capacity);
	default:
		break;
	}
	if (chan.elem_size != v->stride) {
		return gopm__context_text(context, "its header is damaged: elements of %" PRIu64 " bytes",
		                          chan.elem_size);
	}
	return NULL;
}

static void read_chan_header(struct gopm__context *context, struct gopm__variable *v)
{
	v->elem = gopm__types_at(context->types, v->real->elem);
	v->stride = gopm__type_size(context->types, v->elem);
	if (!gopm__variable_word(context, v->bytes, v->address, 8, &v->base, &v->unreadable) || v->base == 0) {
		return;
	}
	v->unreadable = check_chan_header(context, v);
}

void gopm__header_read(struct gopm__context *context, struct gopm__variable *v)
{
	switch (v->kind) {
	case GOPM_KIND_STRING:
		read_string_header(context, v);
		break;
	case GOPM_KIND_SLICE:
		read_slice_header(context, v);
		break;
	case GOPM_KIND_ARRAY:
		set_array_header(context, v);
		break;
	case GOPM_KIND_CHAN:
		read_chan_header(context, v);
		break;
	default:
		break;
	}
}
