/* SPDX-License-Identifier: Apache-2.0 */
/* A debugging information entry (DIE) with the attributes that this library uses, decoded. Strings and blocks point
 * into the sections. */
#ifndef GOPM_DWARF_DIE_H
#define GOPM_DWARF_DIE_H

#include "dwarf/libdwarf_compat.h"
#include "dwarf/lists.h"

struct gopm__dwarf;

enum gopm__value_class {
	GOPM__CLASS_NONE,
	GOPM__CLASS_UNSIGNED,
	GOPM__CLASS_SIGNED,
	GOPM__CLASS_ADDRESS,
	GOPM__CLASS_REFERENCE,  /* a global DIE offset */
	GOPM__CLASS_SECTION,    /* an offset into another section */
	GOPM__CLASS_LIST_INDEX, /* rnglistx, loclistx */
	GOPM__CLASS_BLOCK,
	GOPM__CLASS_STRING,
	GOPM__CLASS_FLAG,
};

struct gopm__attribute {
	enum gopm__value_class class_;
	uint64_t number; /* sign-extended if signed */
	const uint8_t *data;
	uint64_t size;
};

struct gopm__unit {
	struct gopm__raw_unit raw;
	struct gopm__list_unit list; /* for lists and indexed addresses */
	uint64_t rnglists_base, loclists_base, str_offsets_base;
	uint32_t range_count;              /* of dwarf->unit_ranges */
	bool go;                           /* DW_LANG_Go */
	int64_t language;                  /* DW_LANG_*; 0: unknown */
	bool checked;                      /* gopm__dwarf_check_unit() was called */
	bool optimized;                    /* not compiled with both -N and -l */
	gopm_str name;                     /* the package path */
	gopm_str package;                  /* the name in its package clause; empty: unknown */
	struct gopm__functions *functions; /* NULL until gopm__dwarf_function_at() reads them */
};

/* An attribute has class_ NONE if it is absent. */
struct gopm__die {
	uint64_t offset;
	uint16_t tag;
	const struct gopm__unit *unit;
	struct gopm__attribute name, type, origin, specification, low_pc, high_pc, ranges, location, frame_base,
	    decl_line, call_line, variable_parameter, byte_size, encoding, count, upper_bound, member_location,
	    const_value, language, producer, addr_base, rnglists_base, loclists_base, str_offsets_base, call_file,
	    linkage_name, stmt_list, comp_dir, declaration, bit_size, bit_offset, data_bit_offset, external, decl_file,
	    go_kind, go_key, go_elem, go_embedded, go_runtime_type, go_package_name, go_dict_index, go_closure_offset;
};

/* Decodes the attributes of a DIE. @return GOPM_OK, GOPM_ERR_FORMAT. */
gopm_status gopm__die_read(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, const struct gopm__raw_die *raw,
                           struct gopm__die *out);

/* The name; empty if it has none. */
static inline gopm_str gopm__die_name(const struct gopm__die *die)
{
	return die->name.class_ == GOPM__CLASS_STRING ? (gopm_str){(const char *)die->name.data, (size_t)die->name.size}
	                                              : (gopm_str){"", 0};
}

/* The number of an attribute; `absent` if it is not a number. */
static inline int64_t gopm__attribute_number(const struct gopm__attribute *a, int64_t absent)
{
	return a->class_ == GOPM__CLASS_UNSIGNED || a->class_ == GOPM__CLASS_SIGNED || a->class_ == GOPM__CLASS_FLAG
	           ? (int64_t)a->number
	           : absent;
}

/* The DIE offset of a reference; 0 if it is not one. A unit header is at 0, never a DIE. */
static inline uint64_t gopm__attribute_reference(const struct gopm__attribute *a)
{
	return a->class_ == GOPM__CLASS_REFERENCE ? a->number : 0;
}

/* [low, high) of DW_AT_low_pc and DW_AT_high_pc; false: absent. */
bool gopm__die_extent(const struct gopm__die *die, struct gopm__pc_range *out);

#endif
