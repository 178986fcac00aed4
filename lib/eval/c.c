/* SPDX-License-Identifier: Apache-2.0 */
/* Names of C: C.counter, C.GREEN, "b.c".counter, and types as C.struct_record. */
#include "eval/eval_private.h"
#include "locals/c_variables.h"
#include "type/c_type_name.h"

static bool is_pseudo_package(gopm_str package)
{
	return package.size == 1 && package.data[0] == 'C';
}

static bool read_c_names(struct gopm__eval *ev, size_t at)
{
	return gopm__c_names_read(ev->types->dwarf) == GOPM_OK ||
	       GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, at, "out of memory");
}

bool gopm__eval_c_name(struct gopm__eval *ev, size_t at, gopm_str package, gopm_str name, struct gopm__operand *out)
{
	const gopm_str file = is_pseudo_package(package) ? (gopm_str){"", 0} : package;

	*out = (struct gopm__operand){0};
	/* A file has an extension. */
	if (ev->types->dwarf == NULL || (file.size != 0 && memchr(file.data, '.', file.size) == NULL) ||
	    (file.size == 0 && !is_pseudo_package(package)) || !read_c_names(ev, at)) {
		return false;
	}
	const struct gopm__c_definitions found = gopm__c_find_variable(ev->context, file, name);
	if (found.other != NULL) {
		const gopm_str a = ev->types->dwarf->units[found.found->unit].name;
		const gopm_str b = ev->types->dwarf->units[found.other->unit].name;
		return GOPM__EVAL_FAIL(
		    ev, GOPM_ERR_ARGUMENT, at,
		    "ambiguous: %.*s and %.*s define a %.*s each; write the file in quotes: \"%.*s\".%.*s", (int)a.size,
		    a.data, (int)b.size, b.data, (int)name.size, name.data, (int)a.size, a.data, (int)name.size,
		    name.data);
	}
	ev->error->static_c |=
	    found.found != NULL && !(found.found->kind == GOPM__C_NAME_VARIABLE && found.found->is_external);
	return found.found != NULL && gopm__c_variable(ev->context, found.found, name, &out->value);
}

bool gopm__eval_native_name(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out)
{
	const struct gopm__frame *frame = ev->scope->frame;
	const struct gopm__unit *unit = NULL;

	if (frame == NULL || frame->native == NULL || ev->types->dwarf == NULL) {
		return false;
	}
	/* A file sees its own static variables first. */
	unit = gopm__dwarf_unit_at(ev->types->dwarf, frame->lookup_pc - ev->context->exe->bias);
	return (unit != NULL && unit->name.size != 0 && gopm__eval_c_name(ev, at, unit->name, name, out)) ||
	       (ev->error->status == GOPM_OK && gopm__eval_c_name(ev, at, (gopm_str){"C", 1}, name, out));
}

const struct gopm__type *gopm__eval_c_type(struct gopm__eval *ev, size_t at, gopm_str package, gopm_str name)
{
	bool ambiguous = false;

	if (!is_pseudo_package(package) || ev->types->dwarf == NULL || !read_c_names(ev, at)) {
		return NULL;
	}
	const struct gopm__type *type = gopm__types_at(ev->types, gopm__c_type_die(ev->types->dwarf, name, &ambiguous));
	if (ambiguous) {
		(void)GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at,
		                      "ambiguous: files of C define the type %.*s differently", (int)name.size,
		                      name.data);
	}
	return type;
}
