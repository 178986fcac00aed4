/* SPDX-License-Identifier: Apache-2.0 */
#include "type/c_type_name.h"

#include <gopm/stack.h>

#include "dwarf/constants.h"
#include "dwarf/language.h"
#include "util/str.h"

/* More definitions of one name than are compared. */
#define MAX_DEFINITIONS 1024u
#define MAX_TYPEDEFS 16u

/* cgo's names of basic types (cmd/cgo/main.go, nameToC), and those that gcc and clang write into the DWARF. */
static const struct {
	const char *go, *gcc, *clang;
} basic_types[] = {
    {"schar", "signed char", "signed char"},
    {"uchar", "unsigned char", "unsigned char"},
    {"short", "short int", "short"},
    {"ushort", "short unsigned int", "unsigned short"},
    {"uint", "unsigned int", "unsigned int"},
    {"long", "long int", "long"},
    {"ulong", "long unsigned int", "unsigned long"},
    {"longlong", "long long int", "long long"},
    {"ulonglong", "long long unsigned int", "unsigned long long"},
    {"complexfloat", "complex float", "_Complex float"},
    {"complexdouble", "complex double", "_Complex double"},
};

static bool is_basic_name(gopm_str s, const char *text)
{
	return s.size == strlen(text) && memcmp(s.data, text, s.size) == 0;
}

static const char *basic_type_name(gopm_str name)
{
	for (size_t i = 0; i < sizeof basic_types / sizeof basic_types[0]; i++) {
		if (is_basic_name(name, basic_types[i].gcc) || is_basic_name(name, basic_types[i].clang)) {
			return basic_types[i].go;
		}
	}
	return NULL;
}

static gopm_str joined_name(struct gopm__types *types, const char *first, gopm_str second)
{
	const size_t size = strlen(first);
	char *text = gopm__arena_alloc(&types->arena, size + second.size + 1);

	if (text == NULL) {
		return (gopm_str){"", 0};
	}
	memcpy(text, first, size);
	if (second.size != 0) {
		memcpy(text + size, second.data, second.size);
	}
	return (gopm_str){text, size + second.size};
}

gopm_str gopm__c_type_name(struct gopm__types *types, const struct gopm__unit *unit, unsigned tag, gopm_str name)
{
	const bool is_c = gopm__dwarf_language(unit->language) == GOPM_LANGUAGE_C;

	if (name.size == 0) {
		return (gopm_str){"", 0};
	}
	switch (tag) {
	case GOPM__TAG_STRUCTURE_TYPE:
		return joined_name(types, is_c ? "C.struct_" : "", name);
	case GOPM__TAG_UNION_TYPE:
		return joined_name(types, is_c ? "C.union_" : "", name);
	case GOPM__TAG_ENUMERATION_TYPE:
		return joined_name(types, is_c ? "C.enum_" : "", name);
	case GOPM__TAG_BASE_TYPE: {
		const char *basic = is_c ? basic_type_name(name) : NULL;
		return basic != NULL ? joined_name(types, "C.", (gopm_str){basic, strlen(basic)})
		                     : joined_name(types, is_c ? "C." : "", name);
	}
	default:
		return joined_name(types, is_c ? "C." : "", name);
	}
}

/* What tells two definitions of one name apart. */
struct definition {
	int64_t size, line; /* -1: unknown */
};

/* The size of a typedef is that of what it names. */
static struct definition definition_at(struct gopm__dwarf *dwarf, uint64_t offset)
{
	struct definition found = {-1, -1};
	struct gopm__die die;

	for (unsigned i = 0; i < MAX_TYPEDEFS && offset != 0 && gopm__dwarf_die(dwarf, offset, &die) == GOPM_OK; i++) {
		found.line = i == 0 ? gopm__attribute_number(&die.decl_line, -1) : found.line;
		found.size = gopm__attribute_number(&die.byte_size, -1);
		if (found.size >= 0) {
			break;
		}
		offset = gopm__attribute_reference(&die.type);
	}
	return found;
}

/* The DIE of the type with that name. Files that include one header have a DIE each, of one size and line. */
static uint64_t find_definition(struct gopm__dwarf *dwarf, enum gopm__c_name_kind kind, gopm_str text, bool *ambiguous)
{
	size_t count;
	const struct gopm__c_name *names = gopm__c_names_find(dwarf, kind, text, &count);
	const struct definition first = definition_at(dwarf, count != 0 ? names[0].die : 0);

	for (size_t i = 1; i < count && i < MAX_DEFINITIONS; i++) {
		const struct definition other = definition_at(dwarf, names[i].die);
		if (other.size != first.size || other.line != first.line) {
			*ambiguous = true;
			return 0;
		}
	}
	return count != 0 ? names[0].die : 0;
}

uint64_t gopm__c_type_definition(struct gopm__dwarf *dwarf, unsigned tag, gopm_str name)
{
	bool ambiguous = false;

	if (name.size == 0 || gopm__c_names_read(dwarf) != GOPM_OK) {
		return 0;
	}
	return find_definition(dwarf,
	                       tag == GOPM__TAG_UNION_TYPE         ? GOPM__C_NAME_UNION
	                       : tag == GOPM__TAG_ENUMERATION_TYPE ? GOPM__C_NAME_ENUM
	                                                           : GOPM__C_NAME_STRUCT,
	                       name, &ambiguous);
}

uint64_t gopm__c_type_die(struct gopm__dwarf *dwarf, gopm_str name, bool *ambiguous)
{
	static const struct {
		const char *prefix;
		enum gopm__c_name_kind kind;
	} tags[] = {
	    {"struct_", GOPM__C_NAME_STRUCT},
	    {"union_", GOPM__C_NAME_UNION},
	    {"enum_", GOPM__C_NAME_ENUM},
	};
	uint64_t die = 0;

	*ambiguous = false;
	for (size_t i = 0; die == 0 && i < sizeof tags / sizeof tags[0]; i++) {
		const size_t size = strlen(tags[i].prefix);
		if (gopm__str_has_prefix(name, tags[i].prefix)) {
			die = find_definition(dwarf, tags[i].kind, (gopm_str){name.data + size, name.size - size},
			                      ambiguous);
		}
	}
	for (size_t i = 0; die == 0 && i < sizeof basic_types / sizeof basic_types[0]; i++) {
		if (is_basic_name(name, basic_types[i].go)) {
			const char *gcc = basic_types[i].gcc, *clang = basic_types[i].clang;
			die = find_definition(dwarf, GOPM__C_NAME_TYPE, (gopm_str){gcc, strlen(gcc)}, ambiguous);
			die = die != 0 ? die
			               : find_definition(dwarf, GOPM__C_NAME_TYPE, (gopm_str){clang, strlen(clang)},
			                                 ambiguous);
		}
	}
	if (die == 0) {
		die = find_definition(dwarf, GOPM__C_NAME_TYPE, name, ambiguous);
	}
	return *ambiguous ? 0 : die;
}
