/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of fixed types.
 * Source: runtime/runtime2.go (iface, eface, itab) and internal/abi/iface.go, type.go, Go 1.16 to 1.27. */
#include "type/builtin.h"

#include <stdio.h>

#include <gopm/value.h>

#include "symbol/arg_info.h"
#include "type/type_id.h"

#define NAME(text)                                                                                                     \
	{                                                                                                              \
		(text), sizeof(text) - 1                                                                               \
	}
#define FIELDS(list) (list), sizeof(list) / sizeof((list)[0])

static const struct gopm__field eface[] = {
    {.name = NAME("_type"), .type = GOPM__BUILTIN_POINTER_TO(GOPM__BUILTIN_ABI_TYPE), .offset = 0},
    {.name = NAME("data"), .type = GOPM__BUILTIN(GOPM__BUILTIN_POINTER), .offset = 8},
};
static const struct gopm__field iface[] = {
    {.name = NAME("tab"), .type = GOPM__BUILTIN_POINTER_TO(GOPM__BUILTIN_ITAB), .offset = 0},
    {.name = NAME("data"), .type = GOPM__BUILTIN(GOPM__BUILTIN_POINTER), .offset = 8},
};
static const struct gopm__field itab[] = {
    {.name = NAME("Type"), .type = GOPM__BUILTIN_POINTER_TO(GOPM__BUILTIN_ABI_TYPE), .offset = 8},
};
static const struct gopm__field abi_type[] = {
    {.name = NAME("TFlag"), .type = GOPM__BUILTIN(GOPM__BUILTIN_UINT8), .offset = 20},
    {.name = NAME("Kind_"), .type = GOPM__BUILTIN(GOPM__BUILTIN_UINT8), .offset = 23},
};

static const struct {
	gopm_str name;
	enum gopm__type_class class_;
	uint32_t kind;
	int64_t size;
	const struct gopm__field *fields;
	size_t field_count;
} builtins[GOPM__BUILTIN_COUNT] = {
    [GOPM__BUILTIN_INT] = {NAME("int"), GOPM__TYPE_INT, GOPM_KIND_INT, 8, NULL, 0},
    [GOPM__BUILTIN_UINT8] = {NAME("uint8"), GOPM__TYPE_UINT, GOPM_KIND_UINT8, 1, NULL, 0},
    [GOPM__BUILTIN_UINT16] = {NAME("uint16"), GOPM__TYPE_UINT, GOPM_KIND_UINT16, 2, NULL, 0},
    [GOPM__BUILTIN_UINT32] = {NAME("uint32"), GOPM__TYPE_UINT, GOPM_KIND_UINT32, 4, NULL, 0},
    [GOPM__BUILTIN_UINT64] = {NAME("uint64"), GOPM__TYPE_UINT, GOPM_KIND_UINT64, 8, NULL, 0},
    [GOPM__BUILTIN_UINTPTR] = {NAME("uintptr"), GOPM__TYPE_UINT, GOPM_KIND_UINTPTR, 8, NULL, 0},
    [GOPM__BUILTIN_POINTER] = {NAME("unsafe.Pointer"), GOPM__TYPE_POINTER, GOPM_KIND_UNSAFE_POINTER, 8, NULL, 0},
    [GOPM__BUILTIN_WORD8] = {NAME("word8"), GOPM__TYPE_UINT, GOPM_KIND_UINT8, 1, NULL, 0},
    [GOPM__BUILTIN_WORD16] = {NAME("word16"), GOPM__TYPE_UINT, GOPM_KIND_UINT16, 2, NULL, 0},
    [GOPM__BUILTIN_WORD32] = {NAME("word32"), GOPM__TYPE_UINT, GOPM_KIND_UINT32, 4, NULL, 0},
    [GOPM__BUILTIN_WORD64] = {NAME("word64"), GOPM__TYPE_UINT, GOPM_KIND_UINTPTR, 8, NULL, 0},
    [GOPM__BUILTIN_EFACE] = {NAME("runtime.eface"), GOPM__TYPE_STRUCT, GOPM_KIND_STRUCT, 16, FIELDS(eface)},
    [GOPM__BUILTIN_IFACE] = {NAME("runtime.iface"), GOPM__TYPE_STRUCT, GOPM_KIND_STRUCT, 16, FIELDS(iface)},
    [GOPM__BUILTIN_ITAB] = {NAME("runtime.itab"), GOPM__TYPE_STRUCT, GOPM_KIND_STRUCT, 32, FIELDS(itab)},
    [GOPM__BUILTIN_ABI_TYPE] = {NAME("internal/abi.Type"), GOPM__TYPE_STRUCT, GOPM_KIND_STRUCT, 48, FIELDS(abi_type)},
};

gopm_status gopm__type_builtin(uint64_t which, struct gopm__type *type)
{
	if (which >= GOPM__BUILTIN_COUNT) {
		return GOPM_ERR_FORMAT;
	}
	type->class_ = builtins[which].class_;
	type->kind = builtins[which].kind;
	type->name = builtins[which].name;
	type->byte_size = builtins[which].size;
	type->fields = builtins[which].fields;
	type->field_count = builtins[which].field_count;
	type->word = which >= GOPM__BUILTIN_WORD8 && which <= GOPM__BUILTIN_WORD64;
	return GOPM_OK;
}

gopm_status gopm__type_builtin_pointer(uint64_t which, struct gopm__type *type)
{
	type->class_ = GOPM__TYPE_POINTER;
	type->kind = GOPM_KIND_POINTER;
	type->target = gopm__type_id(GOPM__ID_BUILTIN, which);
	type->name = (gopm_str)NAME("*");
	type->byte_size = 8;
	return which < GOPM__BUILTIN_COUNT ? GOPM_OK : GOPM_ERR_FORMAT;
}

gopm_status gopm__type_arg_words(struct gopm__types *types, uint64_t table, struct gopm__type *type)
{
	enum { most = GOPM__ARGS_MAX_BYTES / 2 };
	struct gopm__reader reader = gopm__reader(types->symtab->memory);
	struct gopm__arg_item item = {.next = table + 1}, whole = {.next = table};
	struct gopm__field *fields = gopm__arena_alloc(&types->arena, most * sizeof *fields);
	size_t count = 0;

	if (fields == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (!gopm__arg_next(&reader, &whole) || !whole.composite) {
		return GOPM_ERR_FORMAT;
	}
	while (count < most && gopm__arg_next(&reader, &item) && !item.lost) {
		char number[8];
		int size = snprintf(number, sizeof number, "%zu", count);
		gopm_str name = gopm__arena_str(&types->arena, number, (size_t)size);
		if (name.data == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		fields[count++] =
		    (struct gopm__field){.name = name,
		                         .type = item.composite ? gopm__type_id(GOPM__ID_ARG_WORDS, item.table)
		                                                : gopm__type_id_word(item.size),
		                         .offset = (uint64_t)item.offset - whole.offset};
	}
	type->class_ = GOPM__TYPE_STRUCT;
	type->kind = GOPM_KIND_STRUCT;
	type->name = (gopm_str)NAME("words");
	type->byte_size = whole.size;
	type->fields = fields;
	type->field_count = count;
	return GOPM_OK;
}
