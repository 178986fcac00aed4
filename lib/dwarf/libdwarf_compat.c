/* SPDX-License-Identifier: Apache-2.0 */
/* libdwarf asks for sections by callbacks; it gets .debug_info and .debug_abbrev, and .debug_addr. It reads
 * DW_AT_low_pc of each unit of DWARF 5 before it gives the unit. That of clang is an index into .debug_addr
 * (DW_FORM_addrx): without the section libdwarf gives neither the unit nor those after it. */
#include "dwarf/libdwarf_compat.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <libdwarf.h>
#include <stdlib.h>

#include "util/allocate.h"

/* libdwarf 0.1 of 2021-07 renamed the object access interface and added the version macro. */
#ifdef DW_LIBDWARF_VERSION_MAJOR
#define LIBDWARF_NEW 1
typedef Dwarf_Obj_Access_Interface_a object_interface;
typedef Dwarf_Obj_Access_Methods_a object_methods;
typedef Dwarf_Obj_Access_Section_a object_section;
typedef Dwarf_Unsigned section_index_type;
typedef Dwarf_Small byte_order_type;
#define BYTE_ORDER_LITTLE DW_END_little
#define SECTION_NAME as_name
#define SECTION_SIZE as_size
#else
typedef Dwarf_Obj_Access_Interface object_interface;
typedef Dwarf_Obj_Access_Methods object_methods;
typedef Dwarf_Obj_Access_Section object_section;
typedef Dwarf_Half section_index_type;
typedef Dwarf_Endianness byte_order_type;
#define BYTE_ORDER_LITTLE DW_OBJECT_LSB
#define SECTION_NAME name
#define SECTION_SIZE size
#endif

/* Section 0 of an object file is empty. */
enum { SECTION_NONE, SECTION_INFO, SECTION_ABBREV, SECTION_ADDR, SECTION_COUNT };

struct gopm__libdwarf {
	Dwarf_Debug debug;
	object_interface interface;
	struct gopm__section sections[SECTION_COUNT];
	uint64_t next_unit;
};

static int section_info(void *object, section_index_type index, object_section *out, int *error)
{
	static const char *const names[SECTION_COUNT] = {"", ".debug_info", ".debug_abbrev", ".debug_addr"};
	const struct gopm__libdwarf *dwarf = object;

	(void)error;
	if (index >= SECTION_COUNT) {
		return DW_DLV_NO_ENTRY;
	}
	*out = (object_section){0};
	out->SECTION_NAME = names[index];
	out->SECTION_SIZE = dwarf->sections[index].size;
	return DW_DLV_OK;
}

static byte_order_type byte_order(void *object)
{
	(void)object;
	return BYTE_ORDER_LITTLE;
}

static Dwarf_Small word_size(void *object)
{
	(void)object;
	return 8;
}

static Dwarf_Unsigned section_count(void *object)
{
	(void)object;
	return SECTION_COUNT;
}

static int load_section(void *object, section_index_type index, Dwarf_Small **out, int *error)
{
	const struct gopm__libdwarf *dwarf = object;

	(void)error;
	if (index >= SECTION_COUNT || dwarf->sections[index].size == 0) {
		return DW_DLV_NO_ENTRY;
	}
	/* The interface has no const. libdwarf writes to a section only to relocate it, which is off. */
	*out = (Dwarf_Small *)(uintptr_t)dwarf->sections[index].data;
	return DW_DLV_OK;
}

#ifdef LIBDWARF_NEW
static Dwarf_Unsigned file_size(void *object)
{
	const struct gopm__libdwarf *dwarf = object;
	return dwarf->sections[SECTION_INFO].size + dwarf->sections[SECTION_ABBREV].size +
	       dwarf->sections[SECTION_ADDR].size + 4096;
}

static const object_methods methods = {
    .om_get_section_info = section_info,
    .om_get_byte_order = byte_order,
    .om_get_length_size = word_size,
    .om_get_pointer_size = word_size,
    .om_get_filesize = file_size,
    .om_get_section_count = section_count,
    .om_load_section = load_section,
};
#else
static const object_methods methods = {
    .get_section_info = section_info,
    .get_byte_order = byte_order,
    .get_length_size = word_size,
    .get_pointer_size = word_size,
    .get_section_count = section_count,
    .load_section = load_section,
};
#endif

/* Each call passes an error object: without one, and without a handler, libdwarf may abort(). It is freed here, and
 * read only here: a compiler may compute the arguments in any order. */
static gopm_status libdwarf_status(struct gopm__libdwarf *dwarf, int result, Dwarf_Error *error)
{
	if (result == DW_DLV_OK) {
		return GOPM_OK;
	}
	if (result == DW_DLV_NO_ENTRY) {
		return gopm__library_lacked_memory() ? GOPM_ERR_NO_MEMORY : GOPM_NOT_FOUND;
	}
	if (*error != NULL) {
		dwarf_dealloc(dwarf->debug, *error, DW_DLA_ERROR);
		*error = NULL;
	}
	return gopm__library_lacked_memory() ? GOPM_ERR_NO_MEMORY : GOPM_ERR_FORMAT;
}

/* The library that a function is in; NULL: unknown. */
static const void *library_of(void (*function)(void))
{
	Dl_info info;

	return dladdr((const void *)(uintptr_t)function, &info) != 0 ? info.dli_fbase : NULL;
}

/* libdw of elfutils has functions of the same names. In a process that loaded it before libdwarf, calls of these names
 * go to libdw, those of libdwarf to itself too. */
static bool is_hidden(void)
{
	static void (*const shared[])(void) = {
	    (void (*)(void))dwarf_child, (void (*)(void))dwarf_dieoffset, (void (*)(void))dwarf_formsdata,
	    (void (*)(void))dwarf_tag,   (void (*)(void))dwarf_whatattr,  (void (*)(void))dwarf_whatform,
	};
	const void *own = library_of((void (*)(void))dwarf_object_init_b);

	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
		if (library_of(shared[i]) != own) {
			return true;
		}
	}
	return false;
}

gopm_status gopm__libdwarf_open(struct gopm__libdwarf **out, const struct gopm__section *info,
                                const struct gopm__section *abbrev, const struct gopm__section *addr)
{
	struct gopm__libdwarf *dwarf = gopm__calloc(1, sizeof *dwarf);
	Dwarf_Error error = NULL;

	*out = NULL;
	if (dwarf == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (is_hidden()) {
		free(dwarf);
		return GOPM_ERR_UNSUPPORTED;
	}
	dwarf->sections[SECTION_INFO] = *info;
	dwarf->sections[SECTION_ABBREV] = *abbrev;
	/* libdwarf subtracts the size of an address from that of the section. */
	if (addr->size >= sizeof(uint64_t)) {
		dwarf->sections[SECTION_ADDR] = *addr;
	}
#ifdef LIBDWARF_NEW
	dwarf->interface.ai_object = dwarf;
	dwarf->interface.ai_methods = &methods;
#else
	dwarf->interface.object = dwarf;
	dwarf->interface.methods = &methods;
#endif
	gopm__library_begin();
	int result = dwarf_object_init_b(&dwarf->interface, NULL, NULL, DW_GROUPNUMBER_ANY, &dwarf->debug, &error);
	if (result != DW_DLV_OK) {
		if (result == DW_DLV_ERROR && error != NULL) {
			dwarf_dealloc(NULL, error, DW_DLA_ERROR);
		}
		free(dwarf);
		return gopm__library_lacked_memory() ? GOPM_ERR_NO_MEMORY : GOPM_ERR_FORMAT;
	}
	*out = dwarf;
	return GOPM_OK;
}

void gopm__libdwarf_close(struct gopm__libdwarf *dwarf)
{
	if (dwarf == NULL) {
		return;
	}
#ifdef LIBDWARF_NEW
	(void)dwarf_object_finish(dwarf->debug);
#else
	Dwarf_Error error = NULL;
	(void)dwarf_object_finish(dwarf->debug, &error);
#endif
	free(dwarf);
}

static gopm_status fill_die(struct gopm__libdwarf *dwarf, Dwarf_Die handle, struct gopm__raw_die *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Half tag = 0;
	Dwarf_Off offset = 0;

	gopm_status st = libdwarf_status(dwarf, dwarf_tag(handle, &tag, &error), &error);
	if (st == GOPM_OK) {
		st = libdwarf_status(dwarf, dwarf_dieoffset(handle, &offset, &error), &error);
	}
	if (st != GOPM_OK) {
		dwarf_dealloc(dwarf->debug, handle, DW_DLA_DIE);
		*out = (struct gopm__raw_die){0};
		return st == GOPM_ERR_NO_MEMORY ? st : GOPM_ERR_FORMAT;
	}
	*out = (struct gopm__raw_die){handle, offset, tag};
	return GOPM_OK;
}

gopm_status gopm__libdwarf_next_unit(struct gopm__libdwarf *dwarf, struct gopm__raw_unit *out)
{
	Dwarf_Unsigned length = 0, type_offset = 0, next = 0;
	Dwarf_Half version = 0, address_size = 0, offset_size = 0, extension_size = 0, unit_type = 0;
	Dwarf_Off abbrev = 0, die_offset = 0;
	Dwarf_Sig8 signature;
	Dwarf_Error error = NULL;
	Dwarf_Die die = NULL;

	*out = (struct gopm__raw_unit){0};
	/* 2.x prefers _e and _c of these two functions. Both versions have the older ones. */
	gopm__library_begin();
	gopm_status st = libdwarf_status(dwarf,
	                                 dwarf_next_cu_header_d(dwarf->debug, 1, &length, &version, &abbrev,
	                                                        &address_size, &offset_size, &extension_size,
	                                                        &signature, &type_offset, &next, &unit_type, &error),
	                                 &error);
	if (st == GOPM_OK) {
		st = libdwarf_status(dwarf, dwarf_siblingof_b(dwarf->debug, NULL, 1, &die, &error), &error);
		if (st == GOPM_NOT_FOUND) {
			st = GOPM_ERR_FORMAT;
		}
	}
	if (st != GOPM_OK) {
		return st == GOPM_NOT_FOUND ? GOPM_DONE : st;
	}
	error = NULL;
	st = libdwarf_status(dwarf, dwarf_dieoffset(die, &die_offset, &error), &error);
	dwarf_dealloc(dwarf->debug, die, DW_DLA_DIE);
	if (st == GOPM_ERR_NO_MEMORY) {
		return st;
	}
	if (st != GOPM_OK || next <= dwarf->next_unit || die_offset <= dwarf->next_unit || die_offset >= next ||
	    (offset_size != 4 && offset_size != 8)) {
		return GOPM_ERR_FORMAT;
	}
	*out = (struct gopm__raw_unit){.offset = dwarf->next_unit,
	                               .next = next,
	                               .die = die_offset,
	                               .version = version,
	                               .offset_size = (uint8_t)offset_size,
	                               .address_size = (uint8_t)address_size};
	dwarf->next_unit = next;
	return GOPM_OK;
}

gopm_status gopm__libdwarf_die_at(struct gopm__libdwarf *dwarf, uint64_t offset, struct gopm__raw_die *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Die die = NULL;

	*out = (struct gopm__raw_die){0};
	if (offset >= dwarf->sections[SECTION_INFO].size) {
		return GOPM_ERR_FORMAT;
	}
	gopm__library_begin();
	gopm_status st = libdwarf_status(dwarf, dwarf_offdie_b(dwarf->debug, offset, 1, &die, &error), &error);
	return st == GOPM_OK ? fill_die(dwarf, die, out) : st;
}

gopm_status gopm__libdwarf_child(struct gopm__libdwarf *dwarf, const struct gopm__raw_die *die,
                                 struct gopm__raw_die *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Die child = NULL;

	*out = (struct gopm__raw_die){0};
	gopm__library_begin();
	gopm_status st = libdwarf_status(dwarf, dwarf_child(die->handle, &child, &error), &error);
	if (st != GOPM_OK) {
		return st;
	}
	st = fill_die(dwarf, child, out);
	/* A walk must move forward in the file, so that it ends. */
	if (st == GOPM_OK && out->offset <= die->offset) {
		gopm__libdwarf_release(dwarf, out);
		st = GOPM_ERR_FORMAT;
	}
	return st;
}

gopm_status gopm__libdwarf_next(struct gopm__libdwarf *dwarf, struct gopm__raw_die *die)
{
	Dwarf_Error error = NULL;
	Dwarf_Die sibling = NULL;
	uint64_t before = die->offset;

	gopm__library_begin();
	gopm_status st =
	    libdwarf_status(dwarf, dwarf_siblingof_b(dwarf->debug, die->handle, 1, &sibling, &error), &error);
	gopm__libdwarf_release(dwarf, die);
	if (st != GOPM_OK) {
		return st;
	}
	st = fill_die(dwarf, sibling, die);
	if (st == GOPM_OK && die->offset <= before) {
		gopm__libdwarf_release(dwarf, die);
		st = GOPM_ERR_FORMAT;
	}
	return st;
}

void gopm__libdwarf_release(struct gopm__libdwarf *dwarf, struct gopm__raw_die *die)
{
	if (die->handle != NULL) {
		dwarf_dealloc(dwarf->debug, die->handle, DW_DLA_DIE);
		die->handle = NULL;
	}
}

static gopm_status fill_attribute(struct gopm__libdwarf *dwarf, Dwarf_Die die, Dwarf_Attribute attribute,
                                  struct gopm__raw_attribute *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Half name = 0, form = 0;
	Dwarf_Off offset = 0;

	*out = (struct gopm__raw_attribute){0};
	gopm_status st = libdwarf_status(dwarf, dwarf_whatattr(attribute, &name, &error), &error);
	if (st == GOPM_OK) {
		st = libdwarf_status(dwarf, dwarf_whatform(attribute, &form, &error), &error);
	}
	if (st == GOPM_OK && form == DW_FORM_implicit_const) {
		Dwarf_Signed value = 0;
		st = libdwarf_status(dwarf, dwarf_formsdata(attribute, &value, &error), &error);
		out->implicit = value;
	} else if (st == GOPM_OK) {
		st = libdwarf_status(dwarf, dwarf_attr_offset(die, attribute, &offset, &error), &error);
	}
	out->name = name;
	out->form = form;
	out->offset = offset;
	return st;
}

gopm_status gopm__libdwarf_attributes(struct gopm__libdwarf *dwarf, const struct gopm__raw_die *die,
                                      struct gopm__raw_attribute *out, size_t capacity, size_t *count)
{
	Dwarf_Error error = NULL;
	Dwarf_Attribute *list = NULL;
	Dwarf_Signed length = 0;

	*count = 0;
	gopm__library_begin();
	gopm_status st = libdwarf_status(dwarf, dwarf_attrlist(die->handle, &list, &length, &error), &error);
	if (st == GOPM_NOT_FOUND) {
		return GOPM_OK; /* a DIE without attributes */
	}
	if (st != GOPM_OK) {
		return st;
	}
	if (length < 0 || (uint64_t)length > capacity) {
		st = GOPM_ERR_FORMAT;
	}
	for (Dwarf_Signed i = 0; i < length; i++) {
		if (st == GOPM_OK) {
			st = fill_attribute(dwarf, die->handle, list[i], &out[i]);
			if (st != GOPM_OK && st != GOPM_ERR_NO_MEMORY) {
				st = GOPM_ERR_FORMAT;
			}
		}
		dwarf_dealloc(dwarf->debug, list[i], DW_DLA_ATTR);
	}
	dwarf_dealloc(dwarf->debug, list, DW_DLA_LIST);
	if (st == GOPM_OK) {
		*count = (size_t)length;
	}
	return st;
}
