/* SPDX-License-Identifier: Apache-2.0 */
/* Named constants: "waitReasonChanSend" for a runtime.waitReason of 15. */
#include "util/percent.h"
#include "util/text.h"
#include "value/variable.h"

#define MAX_PACKAGE 4096

/* "Green" of "main.Green" for the type "main.Color". DWARF escapes the package in names of types, not of constants;
 * Delve compares them as they are. */
static gopm_str unqualified_name(const struct gopm__context *context, gopm_str name, const struct gopm__type *of)
{
	const gopm_str type = gopm__type_symbol(of);
	char plain[MAX_PACKAGE];
	size_t start = 0;

	for (size_t i = 0; i < type.size; i++) {
		if (type.data[i] == '/') {
			start = i;
		}
	}
	const char *dot = memchr(type.data + start, '.', type.size - start);
	gopm_str package = {type.data, dot != NULL ? (size_t)(dot - type.data) : 0};
	if (dot == NULL || package.size > sizeof plain) {
		return name;
	}
	if (!context->limits.delve && gopm__has_percent(package)) {
		package = (gopm_str){plain, gopm__percent_decode(package, plain)};
	}
	if (name.size > package.size && name.data[package.size] == '.' &&
	    memcmp(name.data, package.data, package.size) == 0) {
		return (gopm_str){name.data + package.size + 1, name.size - package.size - 1};
	}
	return name;
}

static bool is_one_bit(int64_t value)
{
	uint64_t v = (uint64_t)value;
	return v != 0 && (v & (v - 1)) == 0;
}

/* "FlagA|FlagC", if single-bit constants add up to the whole value. */
static gopm_str bit_names(struct gopm__context *context, const struct gopm__constant *constants, size_t count,
                          const struct gopm__type *type, int64_t value)
{
	const size_t capacity = 4096;
	size_t size = 0;
	char *text = gopm__arena_alloc(context->arena, capacity);

	if (text == NULL) {
		context->no_memory = true;
		return (gopm_str){"", 0};
	}
	for (size_t i = 0; i < count && value != 0; i++) {
		gopm_str name = unqualified_name(context, constants[i].name, type);
		if (!is_one_bit(constants[i].value) || (value & constants[i].value) == 0) {
			continue;
		}
		if (name.size + 2 > capacity - size) {
			return (gopm_str){"", 0};
		}
		if (size != 0) {
			text[size++] = '|';
		}
		memcpy(text + size, name.data, name.size);
		size += name.size;
		value &= ~constants[i].value;
	}
	return value == 0 ? (gopm_str){text, size} : (gopm_str){"", 0};
}

/* The name of the enumerator of C with the value, or the names of its bits if all enumerators are single bits. */
static gopm_str enumerator_name(struct gopm__context *context, const struct gopm__type *real, int64_t value)
{
	struct gopm__text text = {0};
	gopm_str name = {"", 0};
	bool flags = value != 0;

	for (size_t i = 0; i < real->enumerator_count; i++) {
		const struct gopm__enumerator *e = &real->enumerators[i];
		if (e->value == value) {
			return e->name;
		}
		flags = flags && (e->value == 0 || is_one_bit(e->value));
	}
	for (size_t i = 0; flags && i < real->enumerator_count && text.size < MAX_PACKAGE; i++) {
		const struct gopm__enumerator *e = &real->enumerators[i];
		if ((value & e->value) != 0) {
			gopm__text_str(&text, text.size != 0 ? "|" : "");
			gopm__text_add(&text, e->name.data, e->name.size);
			value &= ~e->value;
		}
	}
	if (flags && value == 0) {
		name = gopm__arena_str(context->arena, text.data, text.size);
		context->no_memory = context->no_memory || text.failed || name.data == NULL;
	}
	gopm__text_free(&text);
	return name.data != NULL ? name : (gopm_str){"", 0};
}

gopm_str gopm__constant_name(struct gopm__context *context, const struct gopm__type *type, int64_t value)
{
	const gopm_str none = {"", 0};
	const struct gopm__type *real = gopm__type_resolve(context->types, type);
	size_t count;

	if (real != NULL && !real->go && real->enumerator_count != 0) {
		return enumerator_name(context, real, value);
	}
	/* Only types that a package defines: an int of value 1 is not io.SeekCurrent. */
	if (type == NULL || type->id == 0 || memchr(type->name.data, '.', type->name.size) == NULL ||
	    (type->name.size > 2 && memcmp(type->name.data, "C.", 2) == 0)) {
		return none;
	}
	const struct gopm__constant *constants =
	    gopm__dwarf_index_constants(&context->types->dies, context->types->dwarf, type->id, &count);
	for (size_t i = 0; i < count; i++) {
		/* If several constants have the value, also in other packages, the first in the DWARF wins. Delve
		 * nearly always names the same one. */
		if (constants[i].value == value) {
			gopm_str name = unqualified_name(context, constants[i].name, type);
			name = gopm__arena_str(context->arena, name.data, name.size);
			return context->limits.delve || name.data == NULL ? name
			                                                  : gopm__percent_decoded(context->arena, name);
		}
	}
	return value != 0 && count != 0 ? bit_names(context, constants, count, type, value) : none;
}
