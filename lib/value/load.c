/* SPDX-License-Identifier: Apache-2.0 */
/* Loads a value by its kind, and its children as deep as the limits allow. Levels are counted as in Delve
 * (pkg/proc/variables.go), so that the text is cut at the same depth. */
#include <inttypes.h>
#include <stdio.h>

#include "value/c_text.h"
#include "value/chan_view.h"
#include "value/closure.h"
#include "value/content.h"
#include "value/duration.h"
#include "value/field.h"
#include "value/time.h"
#include "value/variable.h"

/* The rest of a list is not read after more unreadable elements than this. */
#define MAX_BAD_ELEMENTS 3
/* Lists nest without regard to max_depth: this is their limit. */
#define MAX_LEVEL 64

static const char out_of_budget[] = "a limit on the number of values was reached";

/* True for the type of the target of a pointer to a function of C: a function, or cgo's [0]byte. */
static bool is_c_function(const struct gopm__type *real)
{
	return real != NULL &&
	       (real->class_ == GOPM__TYPE_CODE || (real->class_ == GOPM__TYPE_ARRAY && real->go && real->count == 0));
}

/* Loads what C defines about a pointer. True: its target is not a value. */
static bool load_c_target(struct gopm__context *context, struct gopm__variable *v, struct gopm__variable *target)
{
	if (is_c_function(target->real)) {
		gopm__load_code_pointer(context, v);
	} else if (gopm__is_c_char(context, target->type)) {
		gopm__load_c_string(context, v);
	}
	target->only_address =
	    v->has_function || (target->real != NULL && (target->real->class_ == GOPM__TYPE_CODE ||
	                                                 target->real->class_ == GOPM__TYPE_INCOMPLETE));
	return target->only_address;
}

static void load_pointer(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	bool check = false;

	v->children = gopm__variable_children(context, 1);
	if (v->children == NULL) {
		v->unreadable = out_of_budget;
		return;
	}
	v->child_count = 1;
	struct gopm__variable *target = &v->children[0];
	gopm__variable_target(context, v, target);
	if (gopm__is_dangling(v)) {
		target->provenance = GOPM_FROM_STALE;
		target->origin = gopm__dangling_origin;
	}
	if (target->unreadable != NULL && target->address == 0) {
		v->unreadable = target->unreadable;
		return;
	}
	v->uinteger = target->address;
	v->has_value = true;
	if (v->kind == GOPM_KIND_UNSAFE_POINTER) {
		return;
	}
	if (load_c_target(context, v, target)) {
		return;
	}
	/* Pointers to interfaces and to pointers may form a cycle: such a pointer counts as a level. */
	if (target->kind == GOPM_KIND_INTERFACE) {
		level++;
	} else if (target->kind == GOPM_KIND_POINTER || target->kind == GOPM_KIND_UNSAFE_POINTER) {
		level++;
		check = true;
	}
	bool shown_as_address = v->bytes != NULL && v->bytes->address_only;
	if (shown_as_address || (check && level - 1 > context->limits.max_depth)) {
		target->only_address = true;
	} else {
		gopm__variable_load(context, target, level);
	}
}

static void load_string(struct gopm__context *context, struct gopm__variable *v)
{
	uint64_t size =
	    (uint64_t)v->length < context->limits.max_string ? (uint64_t)v->length : context->limits.max_string;

	if (context->limits.max_bytes != 0 && size > context->limits.max_bytes) {
		size = context->limits.max_bytes;
	}
	v->has_value = true;
	v->text = (gopm_str){"", 0};
	if (size == 0) {
		return;
	}
	char *copy = gopm__arena_alloc(context->arena, (size_t)size + 1);
	if (copy == NULL) {
		context->no_memory = true;
		v->unreadable = "out of memory";
		return;
	}
	if (!gopm__variable_read(context, gopm__variable_contents(v), v->base, copy, (size_t)size, &v->unreadable)) {
		v->has_value = false;
		return;
	}
	v->text = (gopm_str){copy, (size_t)size};
}

/* True if the list is being loaded already: it contains itself. Its elements are not loaded again, since two such
 * elements would double the work with each level. */
static bool contains_itself(const struct gopm__context *context, const struct gopm__variable *v)
{
	for (const struct gopm__open_list *open = context->lists; open != NULL; open = open->outer) {
		const struct gopm__variable *list = open->list;
		if (list->base == v->base && list->length == v->length && list->real == v->real &&
		    list->bytes == v->bytes) {
			return true;
		}
	}
	return false;
}

static void load_elements(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	const struct gopm__bytes *bytes = gopm__variable_contents(v);
	uint64_t count = (uint64_t)v->length, end;
	unsigned bad = 0;

	if (v->length < 0) {
		v->unreadable = v->real->go ? "its length is negative" : "its length is not known";
		return;
	}
	if (v->base == 0 && v->length > 0) {
		v->unreadable = "its length is not 0, but its pointer is nil";
		return;
	}
	if (count > context->limits.max_elements) {
		count = context->limits.max_elements;
	}
	if (__builtin_mul_overflow(v->stride, count, &end) || __builtin_add_overflow(v->base, end, &end)) {
		v->unreadable = gopm__context_text(context, "its base address 0x%" PRIx64 " is not possible", v->base);
		return;
	}
	gopm__load_char_array(context, v);
	if (count == 0 || contains_itself(context, v)) {
		return;
	}
	const struct gopm__open_list open = {v, context->lists};
	v->children = gopm__variable_children(context, (size_t)count);
	if (v->children == NULL) {
		v->unreadable = out_of_budget;
		return;
	}
	context->lists = &open;
	for (uint64_t i = 0; i < count; i++) {
		struct gopm__variable *child = &v->children[i];
		gopm__variable_init(context, child, (gopm_str){"", 0}, v->base + i * v->stride, v->elem, bytes);
		child->dangling = v->kind == GOPM_KIND_ARRAY ? v->dangling : NULL;
		gopm__variable_load(context, child, level + 1);
		v->child_count++;
		if (child->unreadable != NULL && ++bad > MAX_BAD_ELEMENTS) {
			break;
		}
	}
	context->lists = open.outer;
}

static void load_struct(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	size_t count = v->real->field_count;

	v->length = (int64_t)count;
	if (level > context->limits.max_depth || count == 0) {
		gopm__load_time(context, v);
		return;
	}
	if (count > context->limits.max_fields) {
		count = (size_t)context->limits.max_fields;
	}
	v->children = gopm__variable_children(context, count);
	if (v->children == NULL) {
		v->unreadable = out_of_budget;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct gopm__field *field = &v->real->fields[i];
		gopm__field_variable(context, v, field, &v->children[i]);
		v->child_count++;
		gopm__variable_load(context, &v->children[i], level + 1);
	}
	gopm__load_time(context, v);
	gopm__load_content(context, v, level);
}

/* "1.5s" for a time.Duration. */
static void load_duration(struct gopm__context *context, struct gopm__variable *v)
{
	char text[GOPM__DURATION_SIZE];

	if (context->limits.delve || v->real->class_ != GOPM__TYPE_INT ||
	    (!gopm__is_duration(v->type->name) && !gopm__is_duration(v->real->name))) {
		return;
	}
	v->readable = gopm__arena_str(context->arena, text, gopm__duration_text(v->integer, text));
	context->no_memory = context->no_memory || v->readable.data == NULL;
}

static void load_number(struct gopm__context *context, struct gopm__variable *v)
{
	uint64_t size = gopm__type_size(context->types, v->real), word = 0, second = 0;
	float single;

	if (size > 16) {
		v->unreadable = "its type is damaged: a number of odd size";
		return;
	}
	switch (v->kind) {
	case GOPM_KIND_COMPLEX64:
	case GOPM_KIND_COMPLEX128:
		size /= 2;
		if (!gopm__variable_word(context, v->bytes, v->address + size, (unsigned)size, &second,
		                         &v->unreadable)) {
			return;
		}
		break;
	case GOPM_KIND_BOOL:
		size = 1;
		break;
	default:
		break;
	}
	if (!gopm__variable_word(context, v->bytes, v->address, (unsigned)size, &word, &v->unreadable)) {
		return;
	}
	v->has_value = true;
	switch (v->real->class_) {
	case GOPM__TYPE_BOOL:
		v->integer = word != 0;
		break;
	case GOPM__TYPE_INT:
		v->integer = size == 1   ? (int8_t)word
		             : size == 2 ? (int16_t)word
		             : size == 4 ? (int32_t)word
		                         : (int64_t)word;
		break;
	case GOPM__TYPE_UINT:
		v->uinteger = word;
		break;
	default: /* float and complex */
		if (size == 4) {
			uint32_t half = (uint32_t)word;
			memcpy(&single, &half, sizeof single);
			v->real_part = (double)single;
			half = (uint32_t)second;
			memcpy(&single, &half, sizeof single);
			v->imaginary_part = (double)single;
		} else {
			memcpy(&v->real_part, &word, sizeof v->real_part);
			memcpy(&v->imaginary_part, &second, sizeof v->imaginary_part);
		}
		break;
	}
	if (v->real->class_ == GOPM__TYPE_INT || v->real->class_ == GOPM__TYPE_UINT) {
		v->text = gopm__constant_name(context, v->type,
		                              v->real->class_ == GOPM__TYPE_INT ? v->integer : (int64_t)v->uinteger);
		load_duration(context, v);
	}
}

static void load_function(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	uint64_t pc = 0;

	if (!gopm__variable_word(context, v->bytes, v->address, 8, &v->base, &v->unreadable)) {
		return;
	}
	v->has_value = true;
	v->text = (gopm_str){"", 0};
	if (v->base == 0) {
		return;
	}
	if (!gopm__variable_word(context, NULL, v->base, 8, &pc, &v->unreadable)) {
		return;
	}
	v->uinteger = pc;
	const struct gopm__pcinfo *info = gopm__symtab_pc(context->symtab, pc);
	if (info != NULL && info->known && info->call_count != 0) {
		v->text = info->calls[info->call_count - 1].function;
	}
	if (v->text.size == 0) {
		v->unreadable = gopm__context_text(context, "no function is known at 0x%" PRIx64, pc);
	} else if (level == 0) {
		/* Captured variables are not in the text. They are children of a value that was asked for itself. */
		gopm__closure_children(context, v);
	}
}

void gopm__variable_load(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	if (v->unreadable != NULL || v->loaded || (v->address == 0 && v->base == 0)) {
		return;
	}
	if (level > MAX_LEVEL) {
		v->unreadable = "nested too deep";
		return;
	}
	v->loaded = true;
	v->level = level;
	if (gopm__shows_dangling(v)) {
		v->provenance = GOPM_FROM_STALE;
		v->origin = gopm__dangling_origin;
	}
	switch (v->kind) {
	case GOPM_KIND_POINTER:
	case GOPM_KIND_UNSAFE_POINTER:
		load_pointer(context, v, level);
		break;
	case GOPM_KIND_CHAN:
		gopm__load_chan(context, v, level); /* gopm__header_read() has read its header */
		break;
	case GOPM_KIND_MAP:
		gopm__load_map(context, v, level);
		break;
	case GOPM_KIND_STRING:
		load_string(context, v);
		break;
	case GOPM_KIND_SLICE:
	case GOPM_KIND_ARRAY:
		load_elements(context, v, level);
		break;
	case GOPM_KIND_STRUCT:
		load_struct(context, v, level);
		break;
	case GOPM_KIND_INTERFACE:
		gopm__load_interface(context, v, level, true);
		break;
	case GOPM_KIND_FUNC:
		load_function(context, v, level);
		break;
	case GOPM_KIND_INVALID:
		v->unreadable = v->real != NULL && v->real->class_ == GOPM__TYPE_INCOMPLETE
		                    ? "its type is declared, and not defined"
		                    : "its type is of a kind that is not supported";
		break;
	default:
		load_number(context, v);
		break;
	}
}
