/* SPDX-License-Identifier: Apache-2.0 */
#include "value/variable.h"

#include "value/chan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const char *gopm__context_text(struct gopm__context *context, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	gopm_str copy = gopm__arena_str(context->arena, text, strlen(text));
	if (copy.data == NULL) {
		context->no_memory = true;
		return "out of memory";
	}
	return copy.data;
}

const char *gopm__byte_reason(uint8_t known)
{
	switch (known) {
	case GOPM__BYTE_REGISTER:
		return "held in a register whose value in this frame is not known";
	case GOPM__BYTE_MEMORY:
		return "held in memory that the core lacks";
	default:
		return "optimized out: no location here";
	}
}

bool gopm__variable_read(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address, void *buffer,
                         size_t size, const char **why)
{
	if (bytes == NULL) {
		if (gopm__read_copy(&context->reader, address, buffer, size) == size) {
			return true;
		}
		*why = gopm__context_text(context, "the core lacks memory at 0x%" PRIx64, address);
		return false;
	}
	uint64_t at = address - GOPM__BYTES_BASE;
	if (at > bytes->size || size > bytes->size - at) {
		*why = "its location gives fewer bytes than its type has";
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		if (bytes->known[at + i] != GOPM__BYTE_KNOWN) {
			*why = gopm__byte_reason(bytes->known[at + i]);
			return false;
		}
	}
	memcpy(buffer, bytes->data + at, size);
	return true;
}

bool gopm__variable_word(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address,
                         unsigned size, uint64_t *out, const char **why)
{
	uint8_t buffer[8] = {0};

	*out = 0;
	if (size != 1 && size != 2 && size != 4 && size != 8) {
		*why = gopm__context_text(context, "a number of %u bytes is not supported", size);
		return false;
	}
	if (!gopm__variable_read(context, bytes, address, buffer, size, why)) {
		return false;
	}
	*out = gopm__load64(buffer);
	return true;
}

const char gopm__unheld_origin[] = "nothing here needs what it points to, which may have been freed";

bool gopm__leads_astray(const struct gopm__variable *v)
{
	if (v->unheld == NULL || v->address == 0) {
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
	for (size_t i = 0; i < v->unheld->count; i++) {
		if (v->unheld->addresses[i] == word) {
			return true;
		}
	}
	return word >= v->unheld->after;
}

bool gopm__shows_astray(const struct gopm__variable *v)
{
	bool empty = (v->kind == GOPM_KIND_STRING || v->kind == GOPM_KIND_SLICE) && v->length == 0;

	return v->kind != GOPM_KIND_POINTER && !empty && gopm__leads_astray(v);
}

/* A word-sized member of a string's, slice's or channel's header. */
static bool member(struct gopm__context *context, struct gopm__variable *v, const struct gopm__bytes *bytes,
                   uint64_t address, const struct gopm__type *header, const char *name, uint64_t *out)
{
	const struct gopm__field *field = gopm__type_field(header, name);

	*out = 0;
	if (field == NULL) {
		v->unreadable = "its type is damaged: a member is missing";
		return false;
	}
	return gopm__variable_word(context, bytes, address + field->offset, 8, out, &v->unreadable);
}

static void init_string(struct gopm__context *context, struct gopm__variable *v)
{
	uint64_t length;

	v->stride = 1;
	if (!member(context, v, v->bytes, v->address, v->real, "str", &v->base) ||
	    !member(context, v, v->bytes, v->address, v->real, "len", &length)) {
		return;
	}
	v->length = (int64_t)length;
	if (v->length < 0) {
		v->unreadable = gopm__context_text(context, "its length is %" PRId64, v->length);
	}
}

static void init_slice(struct gopm__context *context, struct gopm__variable *v)
{
	const struct gopm__field *array = gopm__type_field(v->real, "array");
	uint64_t length, capacity;

	if (!member(context, v, v->bytes, v->address, v->real, "array", &v->base) ||
	    !member(context, v, v->bytes, v->address, v->real, "len", &length) ||
	    !member(context, v, v->bytes, v->address, v->real, "cap", &capacity)) {
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

static void init_array(struct gopm__context *context, struct gopm__variable *v)
{
	uint64_t size = gopm__type_size(context->types, v->real);

	v->base = v->address;
	v->length = v->capacity = v->real->count;
	v->elem = gopm__type_target(context->types, v->real);
	v->stride = v->length > 0 ? size / (uint64_t)v->length : 0;
}

static void init_chan(struct gopm__context *context, struct gopm__variable *v)
{
	v->elem = gopm__types_at(context->types, v->real->elem);
	v->stride = gopm__type_size(context->types, v->elem);
	if (!gopm__variable_word(context, v->bytes, v->address, 8, &v->base, &v->unreadable) || v->base == 0) {
		return;
	}
	v->unreadable = gopm__chan_init(context, v);
}

void gopm__variable_init(struct gopm__context *context, struct gopm__variable *v, gopm_str name, uint64_t address,
                         const struct gopm__type *type, const struct gopm__bytes *bytes)
{
	*v = (struct gopm__variable){.name = name, .address = address, .bytes = bytes, .type = type};
	v->real = gopm__type_resolve(context->types, type);
	if (v->real == NULL) {
		/* No type at all is C's void. */
		if (type == NULL || type->class_ != GOPM__TYPE_VOID) {
			v->unreadable = "its type is damaged";
		}
		return;
	}
	v->kind = gopm__type_kind(context->types, v->real);
	if (address == 0) {
		return;
	}
	switch (v->kind) {
	case GOPM_KIND_STRING:
		init_string(context, v);
		break;
	case GOPM_KIND_SLICE:
		init_slice(context, v);
		break;
	case GOPM_KIND_ARRAY:
		init_array(context, v);
		break;
	case GOPM_KIND_CHAN:
		init_chan(context, v);
		break;
	default:
		break;
	}
}

const struct gopm__bytes *gopm__variable_contents(const struct gopm__variable *v)
{
	if (v->bytes == NULL || v->kind == GOPM_KIND_ARRAY) {
		return v->bytes;
	}
	bool inside = v->base >= GOPM__BYTES_BASE && v->base - GOPM__BYTES_BASE <= v->bytes->size;
	return v->bytes->made && inside ? v->bytes : NULL;
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
