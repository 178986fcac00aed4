/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/go_abbreviation.h"

#include <string.h>

/* Go's own attributes are from 0x2900 on: go_kind, go_key, go_elem, go_embedded_field, go_runtime_type,
 * go_package_name, go_dict_index, go_closure_offset. Later versions may add some. */
enum { FIRST_GO = 0x2900, LAST_GO = 0x290f, LAST_STANDARD = 0x8c };
enum {
	GO_ELEM = 0x2902,
	GO_EMBEDDED = 0x2903,
	GO_RUNTIME_TYPE = 0x2904,
	GO_PACKAGE = 0x2905,
	GO_CLOSURE_OFFSET = 0x2907
};
enum { NAME = 0x03, ORIGIN = 0x31, TYPE = 0x49 };
enum { NEVER, ALWAYS, EITHER };

/* sibling, description, name, decl_column, decl_file, decl_line: of most entries. */
#define COMMON "\x01\x5a\x03\x39\x3a\x3b"

static const struct {
	uint8_t tag, children;
	bool is_type;
	const char *required, *allowed; /* standard attributes; NULL: any */
} kinds[] = {
    {0x01, ALWAYS, true, "\x03\x49\x0b", COMMON "\x49\x0b\x0d\x2e\x51\x50\x09\x71\x88\x4e\x4f"},     /* array_type */
    {0x05, NEVER, false, "", COMMON "\x31\x33\x88\x34\x1c\x1e\x65\x21\x02\x46\x49\x4b"},             /* parameter */
    {0x0b, ALWAYS, false, "", "\x01\x5a\x03\x31\x52\x12\x11\x55\x46"},                               /* block */
    {0x0d, NEVER, false, "\x03\x38\x49", COMMON "\x32\x34\x0c\x0d\x0b\x6b\x38\x3c\x61\x49\x17\x88"}, /* member */
    {0x0f, NEVER, true, "\x03", COMMON "\x33\x88\x4e\x4f\x50\x49\x0b"},                              /* pointer_type */
    {0x11, ALWAYS, false, "\x03\x13\x25", NULL},                                                     /* compile_unit */
    {0x13, ALWAYS, true, "\x03\x0b", COMMON "\x31\x32\x88\x4e\x4f\x0b\x0d\x36\x50\x3c\x89\x69\x47\x2c\x17\x1d"},
    {0x15, ALWAYS, true, "\x03", COMMON "\x33\x88\x4e\x4f\x50\x27\x77\x78\x49\x0b\x2c\x3c\x17\x32\x31"},
    {0x16, EITHER, true, "\x03\x49", COMMON "\x31\x32\x88\x4e\x4f\x50\x3c\x2c\x49\x17"},         /* typedef */
    {0x18, NEVER, false, "", COMMON "\x31\x34"},                                                 /* "..." */
    {0x1d, ALWAYS, false, "\x31", "\x01\x31\x57\x58\x59\x6c\x52\x12\x11\x55\x2a\x46\x2c\x56"},   /* inlined */
    {0x21, NEVER, false, "\x49", COMMON "\x49\x37\x22\x2f\x62\x2e\x0b\x0d\x51\x50\x88\x4e\x4f"}, /* subrange */
    {0x24, NEVER, true, "\x03\x3e\x0b", COMMON "\x4e\x4f\x5b\x0c\x0d\x0b\x6b\x50\x5c\x5e\x5f\x3e\x65\x60\x5d\x88"},
    {0x27, NEVER, false, "\x03\x49\x1c", COMMON "\x49\x1c\x32\x3c\x3f\x65\x6e\x2c\x17"}, /* constant */
    {0x2e, ALWAYS, false, "", NULL},                                                     /* subprogram */
    {0x34, NEVER, false, "", COMMON "\x31\x32\x33\x88\x34\x6c\x1c\x3c\x65\x3f\x6e\x02\x46\x47\x2c\x49\x17"},
    {0x3b, NEVER, true, "\x03", COMMON "\x49"}, /* unspecified_type */
};

/* Tags that Go does not use so far, and that a language as Go may use: enumerations, imports, labels, variants,
 * modules, const types, template parameters, namespaces, atomic types, call sites and their parameters, skeleton units.
 */
static const char others[] = "\x04\x08\x0a\x19\x1e\x26\x28\x2f\x30\x33\x39\x3a\x3d\x47\x48\x49\x4a";

static bool has(const uint16_t *names, size_t count, uint16_t name)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i] == name) {
			return true;
		}
	}
	return false;
}

static bool has_all(const uint16_t *names, size_t count, const char *required)
{
	for (; *required != '\0'; required++) {
		if (!has(names, count, (uint8_t)*required)) {
			return false;
		}
	}
	return true;
}

/* True if an entry of the kind may have the attribute. */
static bool may_have(size_t kind, uint16_t name)
{
	const unsigned tag = kinds[kind].tag;

	switch (name) {
	case GO_EMBEDDED:
		return tag == 0x0d;
	case GO_PACKAGE:
		return tag == 0x11;
	case GO_CLOSURE_OFFSET:
		return tag == 0x34 || tag == 0x05;
	default:
		break;
	}
	if (name >= FIRST_GO && name <= LAST_GO) {
		return name > GO_CLOSURE_OFFSET || kinds[kind].is_type;
	}
	return name != 0 && name <= LAST_STANDARD &&
	       (kinds[kind].allowed == NULL || strchr(kinds[kind].allowed, (char)name) != NULL);
}

bool gopm__go_abbreviation_fits(uint64_t tag, bool children, const uint16_t *names, size_t count)
{
	size_t kind = 0;

	while (kind < sizeof kinds / sizeof kinds[0] && kinds[kind].tag != tag) {
		kind++;
	}
	if (kind == sizeof kinds / sizeof kinds[0]) {
		return tag < 0x80 && strchr(others, (char)tag) != NULL;
	}
	if ((kinds[kind].children == NEVER && children) || (kinds[kind].children == ALWAYS && !children) ||
	    !has_all(names, count, kinds[kind].required)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!may_have(kind, names[i]) || has(names, i, names[i])) {
			return false;
		}
	}
	const bool origin = has(names, count, ORIGIN);
	switch (tag) {
	case 0x05:
		return origin || has(names, count, TYPE);
	case 0x34:
		return origin || (has(names, count, NAME) && has(names, count, TYPE));
	case 0x2e:
		return origin || has(names, count, NAME);
	case 0x16: /* only that of an interface has children: its methods */
		return !children || (has(names, count, FIRST_GO) && !has(names, count, GO_ELEM));
	case 0x01:
	case 0x13:
	case 0x15:
	case 0x24:
		return has(names, count, FIRST_GO) && has(names, count, GO_RUNTIME_TYPE);
	default:
		return true;
	}
}
