/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/c_variables.h"

#include <stdlib.h>

#include "dwarf/static_address.h"
#include "locals/fixed_variable.h"
#include "program/program.h"
#include "unwind/native_data.h"
#include "util/glob.h"
#include "util/str.h"
#include "util/vector.h"
#include "value/quote.h"

/* More definitions of one name than are compared. */
#define MAX_SAME_NAME 4096u

const struct gopm__bytes *gopm__const_value(struct gopm__context *context, const struct gopm__attribute *value,
                                            const struct gopm__type *type)
{
	const uint64_t size = gopm__type_size(context->types, type);
	const bool number = value->class_ == GOPM__CLASS_UNSIGNED || value->class_ == GOPM__CLASS_SIGNED;
	const bool block = value->class_ == GOPM__CLASS_BLOCK && value->size == size;

	if (size == 0 || (!block && (!number || size > sizeof value->number))) {
		return NULL;
	}
	struct gopm__bytes *bytes = gopm__arena_alloc(context->arena, sizeof *bytes);
	uint8_t *data = gopm__arena_alloc(context->arena, (size_t)size);
	uint8_t *known = gopm__arena_alloc(context->arena, (size_t)size);
	if (bytes == NULL || data == NULL || known == NULL) {
		context->no_memory = true;
		return NULL;
	}
	memcpy(data, block ? value->data : (const uint8_t *)&value->number, (size_t)size);
	memset(known, GOPM__BYTE_KNOWN, (size_t)size);
	*bytes = (struct gopm__bytes){.size = size, .data = data, .known = known};
	return bytes;
}

/* The enumerator `die` as a value of its enumeration. */
static bool read_enumerator(struct gopm__context *context, const struct gopm__c_name *of, const struct gopm__die *die,
                            gopm_str name, struct gopm__variable *out)
{
	const struct gopm__type *type = gopm__types_at(context->types, of->type);
	const struct gopm__bytes *bytes = gopm__const_value(context, &die->const_value, type);

	gopm__variable_init(context, out, name, bytes != NULL ? GOPM__BYTES_BASE : 0, type, bytes);
	return bytes != NULL;
}

/* The address of a variable that files share, if its symbol knows better than its DIE: the program's copy of a variable
 * of a library, or a variable that has its location in another file (an alias). 0: it does not. */
static uint64_t symbol_address(struct gopm__context *context, const struct gopm__c_name *of,
                               const struct gopm__die *die)
{
	const struct gopm__attribute *linkage = &die->linkage_name;
	struct gopm__native_variable variable;
	const char *why;

	const uint64_t listed = gopm__static_address(die, context->exe->bias, &why);
	const bool lacks = die->location.class_ == GOPM__CLASS_NONE;
	if (!of->is_external || context->native == NULL || (listed == 0 && !lacks)) {
		return 0;
	}
	const gopm_str symbol = linkage->class_ == GOPM__CLASS_STRING
	                            ? (gopm_str){(const char *)linkage->data, (size_t)linkage->size}
	                            : of->text;
	if (gopm__native_variable(context->native, context->exe, symbol, &variable) != GOPM_OK) {
		context->no_memory = true;
	}
	return variable.replaced != 0 ? variable.replaced : lacks ? variable.own : 0;
}

bool gopm__c_variable(struct gopm__context *context, const struct gopm__c_name *of, gopm_str name,
                      struct gopm__variable *out)
{
	struct gopm__die die;

	if (gopm__dwarf_die(context->types->dwarf, of->die, &die) != GOPM_OK) {
		return false;
	}
	if (of->kind == GOPM__C_NAME_ENUMERATOR) {
		return read_enumerator(context, of, &die, name, out);
	}
	gopm__c_name_complete(context->types->dwarf, &die);
	const struct gopm__type *type = gopm__types_at(context->types, gopm__attribute_reference(&die.type));
	if (type == NULL) {
		return false;
	}
	const struct gopm__bytes *bytes =
	    die.location.class_ == GOPM__CLASS_NONE ? gopm__const_value(context, &die.const_value, type) : NULL;
	const uint64_t address = bytes == NULL ? symbol_address(context, of, &die) : GOPM__BYTES_BASE;
	if (address == 0) {
		gopm__fixed_variable(context, &die, name, type, out);
		return true;
	}
	const int64_t line = gopm__attribute_number(&die.decl_line, 0);
	gopm__variable_init(context, out, name, address, type, bytes);
	out->decl_line = line > 0 ? line : 0;
	return true;
}

/* The address of a variable; 0: it has none. */
static uint64_t variable_address(struct gopm__context *context, const struct gopm__c_name *of)
{
	struct gopm__die die;
	const char *why;

	return of->kind == GOPM__C_NAME_VARIABLE && gopm__dwarf_die(context->types->dwarf, of->die, &die) == GOPM_OK
	           ? gopm__static_address(&die, context->exe->bias, &why)
	           : 0;
}

/* True if both are the same: a variable at one address, or an enumerator in a header of several files. */
static bool is_same_definition(struct gopm__context *context, const struct gopm__c_name *a,
                               const struct gopm__c_name *b)
{
	struct gopm__die x, y;

	if (a->kind == GOPM__C_NAME_VARIABLE) {
		return variable_address(context, a) == variable_address(context, b);
	}
	return gopm__dwarf_die(context->types->dwarf, a->die, &x) == GOPM_OK &&
	       gopm__dwarf_die(context->types->dwarf, b->die, &y) == GOPM_OK &&
	       x.const_value.class_ == y.const_value.class_ && x.const_value.number == y.const_value.number;
}

static void add_definitions(struct gopm__context *context, enum gopm__c_name_kind kind, gopm_str file, gopm_str name,
                            struct gopm__c_definitions *out)
{
	const struct gopm__dwarf *dwarf = context->types->dwarf;
	size_t count;
	const struct gopm__c_name *names = gopm__c_names_find(dwarf, kind, name, &count);

	for (size_t i = 0; i < count && i < MAX_SAME_NAME && out->other == NULL; i++) {
		if (file.size != 0 && !gopm__c_name_is_in(dwarf, &names[i], file)) {
			continue;
		}
		if (out->found == NULL) {
			out->found = &names[i];
		} else if (names[i].is_external && !out->found->is_external) {
			out->found = &names[i];
		} else if (names[i].is_external == out->found->is_external &&
		           !is_same_definition(context, out->found, &names[i])) {
			out->other = &names[i];
		}
	}
}

struct gopm__c_definitions gopm__c_find_variable(struct gopm__context *context, gopm_str file, gopm_str name)
{
	struct gopm__c_definitions found = {NULL, NULL};

	add_definitions(context, GOPM__C_NAME_VARIABLE, file, name, &found);
	if (found.found == NULL) {
		add_definitions(context, GOPM__C_NAME_ENUMERATOR, file, name, &found);
	}
	return found;
}

/* A variable of C in one of the modules. */
struct listed {
	const struct gopm__c_name *of;
	struct gopm__types *types;
	size_t module; /* 0: the executable, then the others by address */
};

struct listing {
	struct listed *list;
	size_t count, capacity;
};

/* "C.counter"; "\"b.c\".counter" if `several` files define it. data NULL: out of memory. */
static gopm_str listed_name(struct gopm__context *context, const struct gopm__c_name *of, bool several)
{
	const gopm_str unit = context->types->dwarf->units[of->unit].name;
	struct gopm__text text = {0};

	if (several && unit.size != 0) {
		gopm__text_quoted(&text, unit.data, unit.size);
		gopm__text_str(&text, ".");
	} else {
		gopm__text_str(&text, "C.");
	}
	gopm__text_add(&text, of->text.data, of->text.size);
	const gopm_str name = text.failed ? (gopm_str){NULL, 0} : gopm__arena_str(context->arena, text.data, text.size);
	gopm__text_free(&text);
	return name;
}

static gopm_status list_module(struct listing *listing, struct gopm__types *types, size_t module)
{
	struct gopm__dwarf *dwarf = types->dwarf;
	size_t count = 0;

	gopm_status status = gopm__c_names_read(dwarf);
	if (status != GOPM_OK) {
		return status;
	}
	/* The kind of variables is the first. */
	while (count < dwarf->c_name_count && dwarf->c_names[count].kind == GOPM__C_NAME_VARIABLE) {
		count++;
	}
	if (!GOPM__VECTOR_RESERVE(listing->list, listing->count, listing->capacity, count)) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		listing->list[listing->count++] = (struct listed){&dwarf->c_names[i], types, module};
	}
	return GOPM_OK;
}

static gopm_status list_modules(struct gopm__program *program, struct listing *listing)
{
	struct gopm__types *types;
	const bool open = program->types_open && program->types.dwarf != NULL;
	gopm_status status = open ? list_module(listing, &program->types, 0) : GOPM_OK;
	size_t count = open ? 1 : 0;

	for (size_t i = 0; status == GOPM_OK; i++) {
		status = gopm__program_module_types(program, i, &types);
		if (status == GOPM_NOT_FOUND) {
			return count != 0 ? GOPM_OK : GOPM_ERR_NO_DWARF;
		}
		count += status == GOPM_OK ? 1 : 0;
		status = status == GOPM_OK             ? list_module(listing, types, i + 1)
		         : status == GOPM_ERR_NO_DWARF ? GOPM_OK
		                                       : status;
	}
	return status;
}

static int listed_order(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	const int order = gopm__str_compare(x->of->text, y->of->text);

	if (order != 0 || x->module != y->module) {
		return order != 0 ? order : x->module < y->module ? -1 : 1;
	}
	return (x->of->die > y->of->die) - (x->of->die < y->of->die);
}

static gopm_status set_up(struct gopm__context *context, const struct listing *listing, const char *glob,
                          struct gopm__variable_list *out)
{
	out->list = gopm__arena_alloc(context->arena, (listing->count + 1) * sizeof *out->list);
	if (out->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < listing->count; i++) {
		const struct listed *one = &listing->list[i];
		const bool several = (i > 0 && gopm__str_equal(one[-1].of->text, one->of->text)) ||
		                     (i + 1 < listing->count && gopm__str_equal(one[1].of->text, one->of->text));
		gopm__context_use_types(context, one->types);
		const gopm_str name = listed_name(context, one->of, several);
		if (name.data == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		if ((glob == NULL || gopm__glob(glob, name) || gopm__glob(glob, one->of->text)) &&
		    gopm__c_variable(context, one->of, name, &out->list[out->count])) {
			out->count++;
		}
	}
	return context->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}

gopm_status gopm__c_variables(struct gopm__program *program, struct gopm__context *context, const char *glob,
                              struct gopm__variable_list *out)
{
	struct listing listing = {0};

	*out = (struct gopm__variable_list){0};
	gopm_status status = list_modules(program, &listing);
	if (status == GOPM_OK && listing.count != 0) {
		qsort(listing.list, listing.count, sizeof *listing.list, listed_order);
	}
	status = status == GOPM_OK ? set_up(context, &listing, glob, out) : status;
	free(listing.list);
	return status;
}
