/* SPDX-License-Identifier: Apache-2.0 */
/* The head alone first, then the text, then what the kind adds. */
#include "type/descriptor_check.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/finding.h"

enum { TYPE_PTRDATA = 8, TYPE_TFLAG = 20, TYPE_KIND = 23, TYPE_STR = 40, TYPE_BYTES = 48 };
enum { TFLAG_UNCOMMON = 1, TFLAG_EXTRA_STAR = 2, TFLAG_NAMED = 4, TFLAG_MEMORY = 8, KIND_MASK = 31, NAME_FLAGS = 15 };
enum { NAME_TAG = 2, NAME_PACKAGE = 4 };
enum { FIELD_NAMES = 80 /* that are compared with each other */ };
enum { FIELD_BYTES = 24, LONGEST = 152 /* bytes of a map's descriptor and the uncommon type after it */ };
enum { METHOD_TYPE = 4, METHOD_BYTES = 16 }; /* abi.Method: name, type and two entries, of 4 bytes each */

static const char no_descriptor[] = "no type descriptor is where another one refers to it";
static const char bad_head[] = "its size, alignment, kind or flags are impossible";
static const char bad_text[] = "its name is damaged";
static const char bad_parts[] = "it refers to a wrong type, or has a wrong name";
static const char bad_fields[] = "its fields do not fit its size and alignment";
static const char bad_method[] = "the name, the code or the type of a method is missing";
static const char bad_field_name[] = "a field has no name, or a damaged one";

/* Alignment of a value; 0: that of its parts. */
static const uint8_t alignments[GOPM__KIND_COUNT] = {
    [GOPM_KIND_BOOL] = 1,    [GOPM_KIND_INT] = 8,     [GOPM_KIND_INT8] = 1,      [GOPM_KIND_INT16] = 2,
    [GOPM_KIND_INT32] = 4,   [GOPM_KIND_INT64] = 8,   [GOPM_KIND_UINT] = 8,      [GOPM_KIND_UINT8] = 1,
    [GOPM_KIND_UINT16] = 2,  [GOPM_KIND_UINT32] = 4,  [GOPM_KIND_UINT64] = 8,    [GOPM_KIND_UINTPTR] = 8,
    [GOPM_KIND_FLOAT32] = 4, [GOPM_KIND_FLOAT64] = 8, [GOPM_KIND_COMPLEX64] = 4, [GOPM_KIND_COMPLEX128] = 8,
    [GOPM_KIND_CHAN] = 8,    [GOPM_KIND_FUNC] = 8,    [GOPM_KIND_INTERFACE] = 8, [GOPM_KIND_MAP] = 8,
    [GOPM_KIND_POINTER] = 8, [GOPM_KIND_SLICE] = 8,   [GOPM_KIND_STRING] = 8,    [GOPM_KIND_UNSAFE_POINTER] = 8,
};

/* Names without a package. */
static const struct {
	const char *name;
	uint32_t kind;
} predeclared[] = {
    {"bool", GOPM_KIND_BOOL},           {"int", GOPM_KIND_INT},
    {"int8", GOPM_KIND_INT8},           {"int16", GOPM_KIND_INT16},
    {"int32", GOPM_KIND_INT32},         {"int64", GOPM_KIND_INT64},
    {"uint", GOPM_KIND_UINT},           {"uint8", GOPM_KIND_UINT8},
    {"uint16", GOPM_KIND_UINT16},       {"uint32", GOPM_KIND_UINT32},
    {"uint64", GOPM_KIND_UINT64},       {"uintptr", GOPM_KIND_UINTPTR},
    {"float32", GOPM_KIND_FLOAT32},     {"float64", GOPM_KIND_FLOAT64},
    {"complex64", GOPM_KIND_COMPLEX64}, {"complex128", GOPM_KIND_COMPLEX128},
    {"string", GOPM_KIND_STRING},       {"error", GOPM_KIND_INTERFACE},
};

static bool is_readable(struct gopm__reader *reader, uint64_t address, size_t size)
{
	uint8_t bytes[LONGEST];

	return gopm__read_copy(reader, address, bytes, size) == size;
}

static bool starts_with(gopm_str text, const char *prefix)
{
	const size_t size = strlen(prefix);

	return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

static bool is_printable(gopm_str text)
{
	for (size_t i = 0; i < text.size; i++) {
		if ((uint8_t)text.data[i] < ' ' || text.data[i] == 127) {
			return false;
		}
	}
	return text.size != 0;
}

/* The first byte of a name decides its flag, if it is ASCII. */
static bool is_name(gopm_str text, unsigned flags)
{
	const char first = text.size != 0 ? text.data[0] : 0;
	const bool upper = first >= 'A' && first <= 'Z', lower = (first >= 'a' && first <= 'z') || first == '_';

	return is_printable(text) && (flags & ~(unsigned)NAME_FLAGS) == 0 &&
	       !(upper && (flags & GOPM__NAME_EXPORTED) == 0) && !(lower && (flags & GOPM__NAME_EXPORTED) != 0);
}

/* True if a name at `address` can end where it does: before the flags of the next name, or padding. An aligned address
 * may have anything, even a descriptor (cmd/link/internal/ld/data.go). */
static bool ends_name(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                      gopm_str name, unsigned flags)
{
	const uint64_t end = address + (name.size < 128 && !types->long_names ? 2 : 3) + name.size;
	uint64_t next;

	return (flags & (NAME_TAG | NAME_PACKAGE)) != 0 || end % 8 == 0 || !gopm__read_word(reader, end, 1, &next) ||
	       next <= NAME_FLAGS;
}

static const char *head_fault(const uint8_t *head)
{
	const unsigned kind = head[TYPE_KIND] & KIND_MASK, flags = head[TYPE_TFLAG];
	const unsigned align = head[21], field_align = head[22];
	const uint64_t size = gopm__load64(head), pointers = gopm__load64(head + TYPE_PTRDATA);

	if (kind == GOPM_KIND_INVALID || kind >= GOPM__KIND_COUNT || align == 0 || (align & (align - 1)) != 0 ||
	    align != field_align || (alignments[kind] != 0 && alignments[kind] != align) || size % align != 0 ||
	    pointers > size || pointers % 8 != 0 || ((flags & TFLAG_NAMED) != 0 && (flags & TFLAG_UNCOMMON) == 0)) {
		return bad_head;
	}
	return NULL;
}

/* A type has a name, or the text of a literal, which begins as its kind says. */
static bool text_fits_kind(const struct gopm__descriptor *info)
{
	static const char *const prefixes[GOPM__KIND_COUNT] = {
	    [GOPM_KIND_ARRAY] = "[",         [GOPM_KIND_FUNC] = "func(", [GOPM_KIND_INTERFACE] = "interface {",
	    [GOPM_KIND_MAP] = "map[",        [GOPM_KIND_POINTER] = "*",  [GOPM_KIND_SLICE] = "[]",
	    [GOPM_KIND_STRUCT] = "struct {",
	};
	if (info->named) {
		for (size_t i = 0; i < sizeof predeclared / sizeof predeclared[0]; i++) {
			if (info->text.size == strlen(predeclared[i].name) &&
			    starts_with(info->text, predeclared[i].name)) {
				return info->kind == predeclared[i].kind;
			}
		}
		return info->text.data[0] != '*' && info->text.data[0] != '[';
	}
	if (info->kind == GOPM_KIND_CHAN) {
		return starts_with(info->text, info->direction == 1   ? "<-chan "
		                               : info->direction == 2 ? "chan<- "
		                                                      : "chan ");
	}
	/* The compiler's own: "map.group[int]string", "map.bucket[int]string". */
	if (info->kind == GOPM_KIND_STRUCT && starts_with(info->text, "map.")) {
		return true;
	}
	return prefixes[info->kind] != NULL && starts_with(info->text, prefixes[info->kind]);
}

/* Compares the text with `prefix` and the text of the type at `part`. True too if that is not in memory. */
static const char *part_fault(const struct gopm__symtab *symtab, struct gopm__reader *reader,
                              const struct gopm__descriptor *info, const char *prefix, uint64_t part)
{
	struct gopm__descriptor other;
	gopm_str rest = info->text;

	if (part % 8 != 0 || gopm__symtab_module(symtab, part) == NULL) {
		return bad_parts;
	}
	if (!gopm__descriptor_read(symtab, reader, part, &other)) {
		return is_readable(reader, part, TYPE_BYTES) ? bad_parts : NULL;
	}
	if (info->named) {
		const bool same = info->text.size == other.text.size && info->package.size == other.package.size &&
		                  memcmp(info->text.data, other.text.data, other.text.size) == 0 &&
		                  memcmp(info->package.data, other.package.data, other.package.size) == 0;
		return same && part != info->address ? bad_text : NULL;
	}
	if (prefix == NULL) {
		return NULL;
	}
	if (!starts_with(rest, prefix)) {
		return bad_parts;
	}
	rest.data += strlen(prefix);
	rest.size -= strlen(prefix);
	/* "chan (<-chan int)" */
	if (info->kind == GOPM_KIND_CHAN && rest.size > 2 && rest.data[0] == '(') {
		rest = (gopm_str){rest.data + 1, rest.size - 2};
	}
	return rest.size == other.text.size && memcmp(rest.data, other.text.data, rest.size) == 0 ? NULL : bad_parts;
}

static uint64_t round_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

/* Lays the struct out as the compiler does. */
static const char *struct_fault(struct gopm__reader *reader, const struct gopm__symtab *symtab,
                                const struct gopm__descriptor *info)
{
	uint64_t end = 0, last = 1, names[FIELD_NAMES];
	uint8_t align = 1;

	for (uint64_t i = 0; i < info->field_count; i++) {
		struct gopm__typedesc_field field;
		uint64_t word, own;
		gopm_str name;
		unsigned flags;
		if (!gopm__read_u64(reader, info->fields + i * FIELD_BYTES, &word) ||
		    !gopm__read_u64(reader, info->fields + i * FIELD_BYTES + 8, &field.type)) {
			return gopm__symtab_module(symtab, info->fields) == NULL ? bad_fields : NULL;
		}
		if (field.type % 8 != 0 || gopm__symtab_module(symtab, field.type) == NULL ||
		    gopm__symtab_module(symtab, word) == NULL) {
			return bad_parts;
		}
		if (!is_readable(reader, field.type, TYPE_BYTES) || !is_readable(reader, word, 4)) {
			return NULL;
		}
		if (!gopm__typedesc_read_name(reader, &info->module->types, word, &name, &flags) ||
		    !is_name(name, flags) || !ends_name(reader, &info->module->types, word, name, flags)) {
			return bad_field_name;
		}
		/* The linker keeps equal names once. */
		for (uint64_t k = 0; k < i && k < FIELD_NAMES; k++) {
			if (names[k] == word && !(name.size == 1 && name.data[0] == '_')) {
				return bad_field_name;
			}
		}
		if (i < FIELD_NAMES) {
			names[i] = word;
		}
		if (!gopm__descriptor_field(reader, info, i, &field) ||
		    !gopm__read_word(reader, field.type + 21, 1, &own) || own == 0 || (own & (own - 1)) != 0 ||
		    field.offset != round_up(end, own) || field.offset + field.size < field.offset ||
		    field.offset + field.size > info->size) {
			return bad_fields;
		}
		end = field.offset + field.size;
		last = field.size;
		align = own > align ? (uint8_t)own : align;
	}
	/* A field of no size at the end has an address inside the struct: a byte follows. */
	end += end != 0 && last == 0 ? 1 : 0;
	/* The align64 of the package sync/atomic has no size, but an alignment. */
	return (align == info->align || info->size == 0) && round_up(end, align) == info->size ? NULL : bad_fields;
}

static const char *kind_fault(struct gopm__reader *reader, const struct gopm__symtab *symtab,
                              const struct gopm__descriptor *info)
{
	char prefix[32];
	uint64_t align;

	switch (info->kind) {
	case GOPM_KIND_ARRAY:
		(void)snprintf(prefix, sizeof prefix, "[%" PRIu64 "]", info->length);
		if (gopm__read_word(reader, info->elem + 21, 1, &align) && align != info->align) {
			return bad_head;
		}
		return part_fault(symtab, reader, info, prefix, info->elem);
	case GOPM_KIND_CHAN:
		return part_fault(symtab, reader, info,
		                  info->direction == 1   ? "<-chan "
		                  : info->direction == 2 ? "chan<- "
		                                         : "chan ",
		                  info->elem);
	case GOPM_KIND_POINTER:
		return part_fault(symtab, reader, info, "*", info->elem);
	case GOPM_KIND_SLICE:
		return part_fault(symtab, reader, info, "[]", info->elem);
	case GOPM_KIND_MAP: {
		const char *fault = part_fault(symtab, reader, info, NULL, info->key);
		fault = fault == NULL ? part_fault(symtab, reader, info, NULL, info->elem) : fault;
		return fault == NULL ? part_fault(symtab, reader, info, NULL, info->group) : fault;
	}
	case GOPM_KIND_STRUCT:
		return struct_fault(reader, symtab, info);
	default:
		return NULL;
	}
}

/* True if the flag says what the compiler says of such a type: a value that is one pointer is in an interface itself.
 */
static bool direct_fits(const struct gopm__descriptor *info)
{
	switch (info->kind) {
	case GOPM_KIND_CHAN:
	case GOPM_KIND_FUNC:
	case GOPM_KIND_MAP:
	case GOPM_KIND_UNSAFE_POINTER:
		return info->direct;
	case GOPM_KIND_ARRAY:
	case GOPM_KIND_POINTER: /* not if it points outside of the heap only */
	case GOPM_KIND_STRUCT:
		return !info->direct || info->size == 8;
	default:
		return !info->direct;
	}
}

/* True if the flag says what the compiler says of the kind: equality compares the bytes (compare.IsRegularMemory). */
static bool memory_fits(const struct gopm__descriptor *info, unsigned flags)
{
	const bool memory = (flags & TFLAG_MEMORY) != 0;

	switch (info->kind) {
	case GOPM_KIND_ARRAY:
	case GOPM_KIND_STRUCT:
		return true;
	case GOPM_KIND_FLOAT32:
	case GOPM_KIND_FLOAT64:
	case GOPM_KIND_COMPLEX64:
	case GOPM_KIND_COMPLEX128:
	case GOPM_KIND_FUNC:
	case GOPM_KIND_INTERFACE:
	case GOPM_KIND_MAP:
	case GOPM_KIND_SLICE:
	case GOPM_KIND_STRING:
		return !memory;
	default:
		return memory;
	}
}

/* The bytes from the begin of a value that may have pointers, as the compiler counts them (types.PtrDataSize).
 * UINT64_MAX: not known. */
static uint64_t pointer_bytes(struct gopm__reader *reader, const struct gopm__descriptor *info)
{
	uint64_t size, bytes = 0;

	switch (info->kind) {
	case GOPM_KIND_CHAN:
	case GOPM_KIND_FUNC:
	case GOPM_KIND_MAP:
	case GOPM_KIND_STRING:
	case GOPM_KIND_UNSAFE_POINTER:
		return 8;
	case GOPM_KIND_INTERFACE:
		return 16;
	case GOPM_KIND_POINTER: /* none if it points outside of the heap only: then it is not direct */
		return info->direct ? 8 : 0;
	case GOPM_KIND_SLICE: /* as a pointer */
		return gopm__read_word(reader, info->elem + TYPE_KIND, 1, &size) &&
		               (size & KIND_MASK) != GOPM_KIND_STRUCT && (size & KIND_MASK) != GOPM_KIND_ARRAY
		           ? 8
		           : UINT64_MAX;
	case GOPM_KIND_ARRAY:
		if (!gopm__read_u64(reader, info->elem, &size) ||
		    !gopm__read_u64(reader, info->elem + TYPE_PTRDATA, &bytes)) {
			return UINT64_MAX;
		}
		return info->length != 0 && bytes != 0 ? (info->length - 1) * size + bytes : 0;
	case GOPM_KIND_STRUCT:
		for (uint64_t i = 0; i < info->field_count; i++) {
			struct gopm__typedesc_field field;
			uint64_t own;
			if (!gopm__descriptor_field(reader, info, i, &field) ||
			    !gopm__read_u64(reader, field.type + TYPE_PTRDATA, &own)) {
				return UINT64_MAX;
			}
			bytes = own != 0 ? field.offset + own : bytes;
		}
		return bytes;
	default:
		return 0;
	}
}

static bool pointers_fit(struct gopm__reader *reader, const struct gopm__descriptor *info, const uint8_t *head)
{
	const uint64_t bytes = pointer_bytes(reader, info);

	return bytes == UINT64_MAX || bytes == gopm__load64(head + TYPE_PTRDATA);
}

/* True if the name of a method is in memory, and is none. */
static bool has_bad_name(struct gopm__reader *reader, const struct gopm__descriptor *info, uint64_t method)
{
	const struct gopm__type_section *types = &info->module->types;
	uint64_t offset;
	gopm_str name;
	unsigned flags;

	if (!gopm__read_word(reader, method, 4, &offset)) {
		return false;
	}
	if (offset >= types->end - types->begin) {
		return true;
	}
	return is_readable(reader, types->begin + offset, 4) &&
	       (!gopm__typedesc_read_name(reader, types, types->begin + offset, &name, &flags) ||
	        !is_name(name, flags));
}

/* True if a method has no name, or no offset where another one has -1. Since Go 1.17 the linker writes -1 for a method
 * that nothing calls (cmd/link/internal/ld/data.go, R_METHODOFF), and no method is at the begin of a section. */
static bool lacks_method(struct gopm__reader *reader, const struct gopm__descriptor *info)
{
	bool sentinel = false, zero = false;

	for (uint64_t i = 0; info->kind != GOPM_KIND_INTERFACE && i < info->own_count; i++) {
		if (has_bad_name(reader, info, info->own_methods + i * METHOD_BYTES)) {
			return true;
		}
		for (uint64_t at = METHOD_TYPE; at < METHOD_BYTES; at += 4) {
			uint64_t offset;
			if (gopm__read_word(reader, info->own_methods + i * METHOD_BYTES + at, 4, &offset)) {
				sentinel |= offset == UINT32_MAX;
				zero |= offset == 0;
			}
		}
	}
	return sentinel && zero;
}

const char *gopm__descriptor_fault(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address)
{
	const struct gopm__module *module = gopm__symtab_module(symtab, address);
	struct gopm__descriptor info;
	uint8_t head[TYPE_BYTES];
	unsigned flags;
	gopm_str text;

	if (module == NULL || address % 8 != 0) {
		return no_descriptor;
	}
	if (gopm__read_copy(reader, address, head, sizeof head) != sizeof head) {
		return NULL;
	}
	const char *fault = head_fault(head);
	if (fault != NULL) {
		return fault;
	}
	const uint32_t name = gopm__load32(head + TYPE_STR);
	if (name >= module->types.end - module->types.begin) {
		return bad_text;
	}
	if (!is_readable(reader, module->types.begin + name, 4) || !is_readable(reader, address, LONGEST)) {
		return NULL;
	}
	if (!gopm__typedesc_read_name(reader, &module->types, module->types.begin + name, &text, &flags) ||
	    !is_printable(text) || (flags & ~(unsigned)GOPM__NAME_EXPORTED) != 0 ||
	    !ends_name(reader, &module->types, module->types.begin + name, text, flags) ||
	    ((head[TYPE_TFLAG] & TFLAG_EXTRA_STAR) != 0 && text.data[0] != '*')) {
		return bad_text;
	}
	if (!gopm__descriptor_read(symtab, reader, address, &info) || !direct_fits(&info) ||
	    !memory_fits(&info, head[TYPE_TFLAG])) {
		return bad_head;
	}
	if (info.text.size == 0 || !text_fits_kind(&info)) {
		return bad_text;
	}
	fault = kind_fault(reader, symtab, &info);
	if (fault == NULL && !pointers_fit(reader, &info, head)) {
		return bad_head;
	}
	return fault == NULL && lacks_method(reader, &info) ? bad_method : fault;
}

bool gopm__descriptor_check(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address)
{
	const char *fault = gopm__descriptor_fault(symtab, reader, address);

	if (fault != NULL) {
		gopm__finding_add(symtab->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(address),
		                  "a type descriptor is damaged: %s", fault);
	}
	return fault == NULL;
}
