/* SPDX-License-Identifier: Apache-2.0 */
/* Registers by name in capitals, as in Delve: RAX, and XMM0.float64 for a vector register as an array of float64. */
#include <ctype.h>
#include <stdio.h>

#include "core/vector_register.h"
#include "eval/eval_private.h"

#define MAX_NAME 15

/* The contents of a register. */
struct register_bytes {
	uint8_t bytes[GOPM__VECTOR_SIZE];
	size_t size;
};

/* Converts "RAX" or "__RAX" to "rax". False: a register has no such name. */
static bool lower_register_name(gopm_str name, char *out)
{
	size_t size = 0;

	while (name.size != 0 && name.data[0] == '_') {
		name.data++;
		name.size--;
	}
	for (; size < name.size && size < MAX_NAME; size++) {
		if (!isdigit((unsigned char)name.data[size]) && !isupper((unsigned char)name.data[size])) {
			return false;
		}
		out[size] = (char)tolower((unsigned char)name.data[size]);
	}
	out[size] = '\0';
	return size != 0 && size == name.size;
}

/* The number after `prefix`. -1: another name. */
static int register_number(const char *name, const char *prefix, unsigned count)
{
	size_t size = strlen(prefix);
	unsigned number = 0;

	if (strncmp(name, prefix, size) != 0 || name[size] == '\0' || (name[size] == '0' && name[size + 1] != '\0')) {
		return -1;
	}
	for (const char *p = name + size; *p != '\0'; p++) {
		if (!isdigit((unsigned char)*p) || number > count) {
			return -1;
		}
		number = number * 10 + (unsigned)(*p - '0');
	}
	return number < count ? (int)number : -1;
}

static bool read_general_register(const struct gopm__eval_scope *scope, size_t index, struct register_bytes *contents)
{
	const struct gopm__frame *frame = scope->frame;
	uint64_t value = 0;

	if (frame->registers != NULL) {
		value = frame->registers->value[index];
	} else if (index == scope->arch->pc || index == scope->arch->sp) {
		value = index == scope->arch->pc ? frame->pc : frame->sp;
	} else {
		return false;
	}
	contents->size = sizeof value;
	memcpy(contents->bytes, &value, sizeof value);
	return true;
}

/* False without an error: no register has this name. */
static bool read_register(struct gopm__eval *ev, size_t at, gopm_str name, struct register_bytes *contents)
{
	const struct gopm__eval_scope *scope = ev->scope;
	const struct gopm__frame *frame = scope->frame;
	char wanted[MAX_NAME + 1];

	if (frame == NULL || scope->arch == NULL || !lower_register_name(name, wanted)) {
		return false;
	}
	for (size_t i = 0; i < scope->arch->register_count; i++) {
		if (strcmp(scope->arch->registers[i].name, wanted) == 0) {
			return read_general_register(scope, i, contents) ||
			       GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, at, "value of %s in this frame is unknown",
			                       wanted);
		}
	}
	int vector = register_number(wanted, scope->arch->vectors.name, scope->arch->vectors.count);
	if (vector < 0) {
		return false;
	}
	contents->size = GOPM__VECTOR_SIZE;
	return (frame->registers != NULL && ev->context->file != NULL &&
	        gopm__vector_read(scope->arch, ev->context->file, &ev->context->reader, frame->registers,
	                          (unsigned)vector, contents->bytes)) ||
	       GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, at, "value of %s in this frame is unknown", wanted);
}

bool gopm__eval_register(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out)
{
	struct register_bytes contents;
	struct gopm__scalar value = {.kind = GOPM__SCALAR_INT, .text = {"", 0}};
	char text[2 * GOPM__VECTOR_SIZE + 1];
	uint64_t word;

	if (!read_register(ev, at, name, &contents)) {
		return false;
	}
	if (contents.size == sizeof word) {
		memcpy(&word, contents.bytes, sizeof word);
		value.integer = (gopm__wide_int)word;
		return gopm__eval_make_scalar(ev, at, gopm__types_basic(ev->types, (gopm_str){"uint64", 6}), &value,
		                              out);
	}
	for (size_t i = 0; i < contents.size; i++) {
		(void)snprintf(text + 2 * i, 3, "%02x", contents.bytes[i]);
	}
	value.kind = GOPM__SCALAR_STRING;
	value.text = (gopm_str){text, 2 * contents.size};
	return gopm__eval_make_scalar(ev, at, gopm__types_basic(ev->types, (gopm_str){"string", 6}), &value, out);
}

bool gopm__eval_register_array(struct gopm__eval *ev, const struct gopm__node *node, gopm_str name,
                               struct gopm__operand *out)
{
	static const struct {
		const char *name;
		size_t size;
	} types[] = {{"int8", 1},   {"int16", 2},  {"int32", 4},  {"int64", 8},   {"uint8", 1},
	             {"uint16", 2}, {"uint32", 4}, {"uint64", 8}, {"float32", 4}, {"float64", 8}};
	struct register_bytes contents;

	if (!read_register(ev, node->x->at, name, &contents)) {
		return false;
	}
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		gopm_str type = {types[i].name, strlen(types[i].name)};
		if (gopm__str_equal(node->text, type)) {
			const struct gopm__type *elem = gopm__types_basic(ev->types, type);
			const struct gopm__type *array =
			    elem != NULL ? gopm__types_array_of(ev->types, elem, contents.size / types[i].size) : NULL;
			return array != NULL
			           ? gopm__eval_make_value(ev, node->at, array,
			                                   (gopm_str){(const char *)contents.bytes, contents.size},
			                                   (gopm_str){0}, out)
			           : GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
		}
	}
	return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark,
	                       "cannot view a register as %.*s; use int8 to int64, uint8 to uint64, float32 or float64",
	                       (int)node->text.size, node->text.data);
}
