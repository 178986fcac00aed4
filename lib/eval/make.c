/* SPDX-License-Identifier: Apache-2.0 */
/* Values that no memory of the process holds: results of operators and conversions, as bytes of a type. */
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

bool gopm__eval_make(struct gopm__eval *ev, size_t at, const struct gopm__type *type, const void *data, size_t size,
                     const void *contents, size_t more, struct gopm__operand *out)
{
	struct gopm__bytes *bytes = gopm__arena_alloc(ev->arena, sizeof *bytes);
	uint8_t *copy = gopm__arena_alloc(ev->arena, size + more);
	uint8_t *known = gopm__arena_alloc(ev->arena, size + more);

	*out = (struct gopm__operand){0};
	if (bytes == NULL || copy == NULL || known == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, at, "out of memory");
	}
	if (size != 0) {
		memcpy(copy, data, size);
	}
	if (more != 0) {
		memcpy(copy + size, contents, more);
	}
	memset(known, GOPM__BYTE_KNOWN, size + more);
	*bytes = (struct gopm__bytes){.size = size + more, .data = copy, .known = known, .made = true};
	gopm__variable_init(ev->context, &out->place, no_name, GOPM__BYTES_BASE, type, bytes);
	return true;
}

static bool put_field(const struct gopm__type *header, const char *name, uint64_t value, uint8_t *bytes, size_t size)
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
                          const struct gopm__bytes *from, uint64_t base, uint64_t length, uint64_t capacity,
                          uint64_t stride, struct gopm__operand *out)
{
	const struct gopm__type *real = gopm__type_resolve(ev->dwarf, type);
	uint64_t size = gopm__type_size(ev->dwarf, real), more = 0;
	uint8_t header[MAX_HEADER] = {0};
	const uint8_t *contents = NULL, *known = NULL;
	bool string = real != NULL && real->class_ == GOPM__TYPE_STRING;

	*out = (struct gopm__operand){0};
	if (real == NULL || size > sizeof header) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "the type %s is damaged", gopm__type_text(type));
	}
	if (from != NULL) {
		/* What lies in registers or pieces, or was made, is copied behind the header. */
		uint64_t first = base - GOPM__BYTES_BASE;
		if (__builtin_mul_overflow(capacity, stride, &more) || first > from->size ||
		    more > from->size - first || more > GOPM__EVAL_MAX_BYTES) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, at, "its elements are too many to be copied");
		}
		contents = from->data + first;
		known = from->known + first;
		base = GOPM__BYTES_BASE + size;
	}
	if (!put_field(real, string ? "str" : "array", base, header, (size_t)size) ||
	    !put_field(real, "len", length, header, (size_t)size) ||
	    (!string && !put_field(real, "cap", capacity, header, (size_t)size))) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "the type %s is damaged", gopm__type_text(type));
	}
	if (!gopm__eval_make(ev, at, type, header, (size_t)size, contents, (size_t)more, out)) {
		return false;
	}
	if (known != NULL && more != 0 && out->place.bytes != NULL) {
		/* Made a moment ago, and nobody's yet. */
		memcpy((uint8_t *)(uintptr_t)(out->place.bytes->known + size), known, (size_t)more);
	}
	return true;
}

bool gopm__eval_make_pointer(struct gopm__eval *ev, size_t at, const struct gopm__type *type, uint64_t address,
                             struct gopm__operand *out)
{
	if (type == NULL) {
		*out = (struct gopm__operand){0};
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "no type of pointers can be made for it");
	}
	if (!gopm__eval_make(ev, at, type, &address, sizeof address, NULL, 0, out)) {
		return false;
	}
	((struct gopm__bytes *)(uintptr_t)out->place.bytes)->address_only = true;
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
	const struct gopm__type *real = gopm__type_resolve(ev->dwarf, type);
	uint64_t size = gopm__type_size(ev->dwarf, real);
	uint8_t bytes[16] = {0};

	*out = (struct gopm__operand){0};
	enum gopm__type_class class_ = real != NULL ? real->class_ : GOPM__TYPE_UNSUPPORTED;
	if (class_ == GOPM__TYPE_STRING) {
		const struct gopm__bytes contents = {.size = value->text.size,
		                                     .data = (const uint8_t *)value->text.data,
		                                     .known = (const uint8_t *)value->text.data};
		if (!gopm__eval_make_list(ev, at, type, value->text.size != 0 ? &contents : NULL,
		                          value->text.size != 0 ? GOPM__BYTES_BASE : 0, value->text.size,
		                          value->text.size, 1, out)) {
			return false;
		}
		if (out->place.bytes != NULL) {
			memset((uint8_t *)(uintptr_t)out->place.bytes->known, GOPM__BYTE_KNOWN,
			       (size_t)out->place.bytes->size);
		}
		return true;
	}
	if (size > sizeof bytes || size == 0) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "the type %s is damaged", gopm__type_text(type));
	}
	switch (class_) {
	case GOPM__TYPE_BOOL:
	case GOPM__TYPE_INT:
	case GOPM__TYPE_UINT:
		if (size > sizeof(uint64_t)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "the type %s is damaged",
			                       gopm__type_text(type));
		}
		memcpy(bytes, &value->integer, (size_t)size);
		break;
	case GOPM__TYPE_FLOAT:
	case GOPM__TYPE_COMPLEX: {
		size_t part = (size_t)(class_ == GOPM__TYPE_FLOAT ? size : size / 2);
		if (part != sizeof(float) && part != sizeof(double)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "the type %s is damaged",
			                       gopm__type_text(type));
		}
		(void)put_float(bytes, value->real, part);
		if (class_ == GOPM__TYPE_COMPLEX) {
			(void)put_float(bytes + part, value->imaginary, part);
		}
		break;
	}
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "%s is no type of numbers or strings",
		                       gopm__type_text(type));
	}
	return gopm__eval_make(ev, at, type, bytes, (size_t)size, NULL, 0, out);
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
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "nil alone has no type and no value");
		case GOPM__SCALAR_BOOL:
			kind = GOPM_KIND_BOOL;
			break;
		case GOPM__SCALAR_INT:
			if (s->integer < INT64_MIN || s->integer > (gopm__wide_int)UINT64_MAX) {
				return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, node->at,
				                       "the constant %.*s does not fit into 64 bits",
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
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, node->at, "the constant %.*s overflows float64",
			                       GOPM__NODE_TEXT(ev, node));
		}
		if (!gopm__eval_make_scalar(ev, node->at, gopm__type_untyped(kind), s, &typed)) {
			return false;
		}
	}
	*out = typed.place;
	if (out->name.size == 0) {
		out->name = gopm__arena_str(ev->arena, ev->text, strlen(ev->text));
		if (out->name.data == NULL) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
		}
	}
	return true;
}
