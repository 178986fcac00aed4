/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the values of operators and conversions: bytes in the arena, with a type. */
#include <math.h>

#include "eval/eval_private.h"

static const gopm_str no_name = {"", 0};

struct gopm__operand gopm__constant_int(gopm__wide_int value)
{
	return (struct gopm__operand){.constant = true,
	                              .scalar = {.kind = GOPM__SCALAR_INT, .integer = value, .text = {"", 0}}};
}

struct gopm__operand gopm__constant_bool(bool value)
{
	return (struct gopm__operand){.constant = true,
	                              .scalar = {.kind = GOPM__SCALAR_BOOL, .integer = value, .text = {"", 0}}};
}

bool gopm__eval_make_value(struct gopm__eval *ev, size_t at, const struct gopm__type *type, gopm_str value,
                           gopm_str contents, struct gopm__operand *out)
{
	struct gopm__bytes *bytes = gopm__arena_alloc(ev->arena, sizeof *bytes);
	size_t size = value.size + contents.size;
	uint8_t *copy = gopm__arena_alloc(ev->arena, size);
	uint8_t *known = gopm__arena_alloc(ev->arena, size);

	*out = (struct gopm__operand){0};
	if (bytes == NULL || copy == NULL || known == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, at, "out of memory");
	}
	if (value.size != 0) {
		memcpy(copy, value.data, value.size);
	}
	if (contents.size != 0) {
		memcpy(copy + value.size, contents.data, contents.size);
	}
	memset(known, GOPM__BYTE_KNOWN, size);
	*bytes = (struct gopm__bytes){.size = size, .data = copy, .known = known, .synthetic = true};
	gopm__variable_init(ev->context, &out->value, no_name, GOPM__BYTES_BASE, type, bytes);
	return true;
}

static bool put_header_field(const struct gopm__type *header, const char *name, uint64_t value, uint8_t *bytes,
                             size_t size)
{
	const struct gopm__field *field = gopm__type_field(header, name);

	if (field == NULL || field->offset > size || size - field->offset < sizeof value) {
		return false;
	}
	memcpy(bytes + field->offset, &value, sizeof value);
	return true;
}

#define MAX_HEADER 64

bool gopm__eval_make_list(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                          const struct gopm__list_header *list, struct gopm__operand *out)
{
	const struct gopm__type *real = gopm__type_resolve(ev->types, type);
	uint64_t size = gopm__type_size(ev->types, real), base = list->base;
	uint8_t header[MAX_HEADER] = {0};
	gopm_str contents = {"", 0};
	const uint8_t *known = NULL;
	bool string = real != NULL && real->class_ == GOPM__TYPE_STRING;

	*out = (struct gopm__operand){0};
	if (real == NULL || size > sizeof header) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "type %s is damaged", gopm__type_text(type));
	}
	if (list->bytes != NULL) {
		/* Elements that are not in the process's memory are copied to after the header. */
		uint64_t first = base - GOPM__BYTES_BASE, more;
		if (__builtin_mul_overflow(list->capacity, list->stride, &more) || first > list->bytes->size ||
		    more > list->bytes->size - first || more > GOPM__EVAL_MAX_BYTES) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, at, "too many elements to copy");
		}
		contents = (gopm_str){(const char *)list->bytes->data + first, (size_t)more};
		known = list->bytes->known + first;
		base = GOPM__BYTES_BASE + size;
	}
	if (!put_header_field(real, string ? "str" : "array", base, header, (size_t)size) ||
	    !put_header_field(real, "len", list->length, header, (size_t)size) ||
	    (!string && !put_header_field(real, "cap", list->capacity, header, (size_t)size))) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "type %s is damaged", gopm__type_text(type));
	}
	if (!gopm__eval_make_value(ev, at, type, (gopm_str){(const char *)header, (size_t)size}, contents, out)) {
		return false;
	}
	if (known != NULL && contents.size != 0 && out->value.bytes != NULL) {
		/* Dropping const is safe: these bytes were allocated above. */
		memcpy((uint8_t *)(uintptr_t)(out->value.bytes->known + size), known, contents.size);
	}
	return true;
}

bool gopm__eval_make_pointer(struct gopm__eval *ev, size_t at, const struct gopm__type *type, uint64_t address,
                             struct gopm__operand *out)
{
	if (type == NULL) {
		*out = (struct gopm__operand){0};
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "cannot make a pointer type");
	}
	if (!gopm__eval_make_value(ev, at, type, (gopm_str){(const char *)&address, sizeof address}, (gopm_str){0},
	                           out)) {
		return false;
	}
	((struct gopm__bytes *)(uintptr_t)out->value.bytes)->address_only = true;
	return true;
}

static size_t put_float(uint8_t *out, gopm__wide_float value, size_t size)
{
	if (size == sizeof(float)) {
		float single = (float)value;
		memcpy(out, &single, sizeof single);
	} else {
		double full = (double)value;
		memcpy(out, &full, sizeof full);
	}
	return size;
}

bool gopm__eval_make_scalar(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                            const struct gopm__scalar *value, struct gopm__operand *out)
{
	const struct gopm__type *real = gopm__type_resolve(ev->types, type);
	uint64_t size = gopm__type_size(ev->types, real);
	uint8_t bytes[16] = {0};

	*out = (struct gopm__operand){0};
	enum gopm__type_class class_ = real != NULL ? real->class_ : GOPM__TYPE_UNSUPPORTED;
	if (class_ == GOPM__TYPE_STRING) {
		const struct gopm__bytes contents = {.size = value->text.size,
		                                     .data = (const uint8_t *)value->text.data,
		                                     .known = (const uint8_t *)value->text.data};
		struct gopm__list_header list = {.length = value->text.size, .capacity = value->text.size, .stride = 1};
		if (value->text.size != 0) {
			list.bytes = &contents;
			list.base = GOPM__BYTES_BASE;
		}
		if (!gopm__eval_make_list(ev, at, type, &list, out)) {
			return false;
		}
		if (out->value.bytes != NULL) {
			memset((uint8_t *)(uintptr_t)out->value.bytes->known, GOPM__BYTE_KNOWN,
			       (size_t)out->value.bytes->size);
		}
		return true;
	}
	if (size > sizeof bytes || size == 0) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "type %s is damaged", gopm__type_text(type));
	}
	switch (class_) {
	case GOPM__TYPE_BOOL:
	case GOPM__TYPE_INT:
	case GOPM__TYPE_UINT:
		if (size > sizeof(uint64_t)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "type %s is damaged", gopm__type_text(type));
		}
		memcpy(bytes, &value->integer, (size_t)size);
		break;
	case GOPM__TYPE_FLOAT:
	case GOPM__TYPE_COMPLEX: {
		size_t part = (size_t)(class_ == GOPM__TYPE_FLOAT ? size : size / 2);
		if (part != sizeof(float) && part != sizeof(double)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "type %s is damaged", gopm__type_text(type));
		}
		(void)put_float(bytes, value->real, part);
		if (class_ == GOPM__TYPE_COMPLEX) {
			(void)put_float(bytes + part, value->imaginary, part);
		}
		break;
	}
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "%s is not a type of numbers, bools or strings",
		                       gopm__type_text(type));
	}
	return gopm__eval_make_value(ev, at, type, (gopm_str){(const char *)bytes, (size_t)size}, (gopm_str){0}, out);
}

bool gopm__eval_finish(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *operand,
                       struct gopm__variable *out)
{
	struct gopm__operand typed = *operand;

	if (operand->constant) {
		const struct gopm__scalar *s = &operand->scalar;
		uint32_t kind = GOPM_KIND_INVALID;
		switch (s->kind) {
		case GOPM__SCALAR_NIL:
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "use of untyped nil");
		case GOPM__SCALAR_BOOL:
			kind = GOPM_KIND_BOOL;
			break;
		case GOPM__SCALAR_INT:
			if (s->integer < INT64_MIN || s->integer > (gopm__wide_int)UINT64_MAX) {
				return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, node->at, "constant %.*s overflows 64 bits",
				                       GOPM__NODE_TEXT(ev, node));
			}
			kind = s->integer > INT64_MAX ? GOPM_KIND_UINT64 : GOPM_KIND_INT64;
			break;
		case GOPM__SCALAR_FLOAT:
			kind = GOPM_KIND_FLOAT64;
			break;
		case GOPM__SCALAR_COMPLEX:
			kind = GOPM_KIND_COMPLEX128;
			break;
		case GOPM__SCALAR_STRING:
			kind = GOPM_KIND_STRING;
			break;
		}
		bool fraction = s->kind == GOPM__SCALAR_FLOAT || s->kind == GOPM__SCALAR_COMPLEX;
		if (fraction && (!isfinite((double)s->real) || !isfinite((double)s->imaginary))) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, node->at, "constant %.*s overflows float64",
			                       GOPM__NODE_TEXT(ev, node));
		}
		if (!gopm__eval_make_scalar(ev, node->at, gopm__type_untyped(kind), s, &typed)) {
			return false;
		}
	}
	*out = typed.value;
	if (out->name.size == 0) {
		out->name = gopm__arena_str(ev->arena, ev->text, strlen(ev->text));
		if (out->name.data == NULL) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
		}
	}
	return true;
}
