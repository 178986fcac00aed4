/* SPDX-License-Identifier: Apache-2.0 */
#include "value/c_text.h"

#include "unwind/native_name.h"
#include "util/str.h"

/* A string is read in blocks that end at multiples of this size: the next page may be missing. */
#define BLOCK 256u
#define CGO_CHAR "._Ctype_char"

bool gopm__is_c_char(struct gopm__context *context, const struct gopm__type *type)
{
	const struct gopm__type *real = gopm__type_resolve(context->types, type);
	const size_t size = strlen(CGO_CHAR);

	if (real == NULL || context->limits.delve) {
		return false;
	}
	if (!type->go) {
		return real->is_char;
	}
	/* Names of pointers and arrays of it end so, too. */
	return real->class_ == GOPM__TYPE_INT && real->byte_size == 1 && type->name.size > size &&
	       memcmp(type->name.data + type->name.size - size, CGO_CHAR, size) == 0;
}

/* Copies bytes at `address` into `text`, up to `most`, a NUL, or the first that cannot be read. Returns their number.
 * *ended: a NUL follows them. */
static size_t read_to_nul(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address, char *text,
                          size_t most, bool *ended)
{
	size_t size = 0;
	const char *why;

	*ended = false;
	while (size < most && address + size >= address) {
		size_t take = BLOCK - (size_t)((address + size) % BLOCK);
		take = take < most - size ? take : most - size;
		if (!gopm__variable_read(context, bytes, address + size, text + size, take, &why)) {
			/* The block may end in the middle of it: byte by byte. */
			take = 1;
			if (!gopm__variable_read(context, bytes, address + size, text + size, take, &why)) {
				break;
			}
		}
		const char *nul = memchr(text + size, 0, take);
		if (nul != NULL) {
			*ended = true;
			return (size_t)(nul - text);
		}
		size += take;
	}
	return size;
}

static size_t string_limit(const struct gopm__context *context)
{
	const uint64_t most = context->limits.max_bytes != 0 && context->limits.max_bytes < context->limits.max_string
	                          ? context->limits.max_bytes
	                          : context->limits.max_string;

	return most < (UINT64_C(1) << 30) ? (size_t)most : (size_t)1 << 30;
}

/* Reads up to `room` bytes. */
static void load_text(struct gopm__context *context, struct gopm__variable *v, const struct gopm__bytes *bytes,
                      uint64_t address, size_t room)
{
	const size_t limit = string_limit(context), most = room < limit ? room : limit;
	bool ended;
	/* The largest strings are rare: most end in the first block. */
	char first[BLOCK];

	size_t size = read_to_nul(context, bytes, address, first, most < BLOCK ? most : BLOCK, &ended);
	char *copy = gopm__arena_alloc(context->arena, (ended || size < BLOCK ? size : most) + 1);
	if (copy == NULL) {
		context->no_memory = true;
		return;
	}
	memcpy(copy, first, size);
	if (!ended && size == BLOCK) {
		size += read_to_nul(context, bytes, address + size, copy + size, most - size, &ended);
	}
	v->text = (gopm_str){copy, size};
	v->has_string = ended || size != 0 || room == 0;
	v->is_cut = !ended && size < room;
}

void gopm__load_c_string(struct gopm__context *context, struct gopm__variable *v)
{
	if (v->uinteger != 0) {
		load_text(context, v, NULL, v->uinteger, SIZE_MAX);
	}
}

void gopm__load_char_array(struct gopm__context *context, struct gopm__variable *v)
{
	if (v->length >= 0 && v->base != 0 && v->stride == 1 && gopm__is_c_char(context, v->elem)) {
		load_text(context, v, gopm__variable_contents(v), v->base, (size_t)v->length);
	}
}

void gopm__load_code_pointer(struct gopm__context *context, struct gopm__variable *v)
{
	if (v->uinteger == 0 || context->native == NULL || context->limits.delve) {
		return;
	}
	const struct gopm__native_place *place = gopm__native_describe(context->native, v->uinteger);
	if (place == NULL || place->entry != v->uinteger || place->count == 0) {
		return;
	}
	const gopm_str name = place->calls[place->count - 1].function;
	v->has_function = name.size != 0;
	v->text = v->has_function ? name : v->text;
}
