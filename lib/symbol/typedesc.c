/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/typedesc.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

/* abi.Type on a 64-bit CPU. */
enum {
	TYPE_SIZE = 0,
	TYPE_TFLAG = 20,
	TYPE_KIND = 23,
	TYPE_STR = 40,
	TYPE_BYTES = 48,
	STRUCT_FIELDS = 56, /* after pkgPath */
	STRUCT_FIELD_COUNT = 64,
	FIELD_NAME = 0,
	FIELD_TYPE = 8,
	FIELD_OFFSET = 16,
	FIELD_BYTES = 24,
};

enum { TFLAG_EXTRA_STAR = 2, KIND_MASK = 31, KIND_STRUCT = 25, NAME_TAGGED = 2, NAME_OF_PACKAGE = 4 };

/* Bytes of the largest section of descriptors, far above that of the largest known program. */
#define MAX_TYPES_SIZE ((uint64_t)1 << 28)

/* Reads a length and that many bytes; *next is the address after them. */
static bool read_text(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                      gopm_str *out, uint64_t *next)
{
	uint64_t length = 0, byte;
	unsigned used = 0;

	*out = (gopm_str){NULL, 0};
	if (types->long_names) {
		const uint8_t *p = gopm__read_span(reader, address, 2);
		if (p == NULL) {
			return false;
		}
		length = (uint64_t)p[0] << 8 | p[1];
		used = 2;
	}
	for (unsigned shift = 0; !types->long_names && shift < 21; shift += 7) {
		if (!gopm__read_word(reader, address + used++, 1, &byte)) {
			return false;
		}
		length |= (byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			break;
		}
	}
	if (length > GOPM__TYPE_MAX_NAME) {
		return false;
	}
	const uint8_t *p = gopm__read_span(reader, address + used, length);
	if (p == NULL) {
		return false;
	}
	*out = (gopm_str){(const char *)p, (size_t)length};
	*next = address + used + length;
	return true;
}

bool gopm__typedesc_read_name(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                              gopm_str *out, unsigned *flags)
{
	uint64_t byte, next;

	*out = (gopm_str){NULL, 0};
	*flags = 0;
	if (!gopm__read_word(reader, address, 1, &byte)) {
		return false;
	}
	*flags = (unsigned)byte;
	return read_text(reader, types, address + 1, out, &next);
}

bool gopm__typedesc_read_more(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                              gopm_str *tag, gopm_str *package)
{
	gopm_str name;
	uint64_t next, flags, offset;
	unsigned package_flags;

	*tag = *package = (gopm_str){"", 0};
	if (!gopm__read_word(reader, address, 1, &flags) || !read_text(reader, types, address + 1, &name, &next) ||
	    ((flags & NAME_TAGGED) != 0 && !read_text(reader, types, next, tag, &next))) {
		return false;
	}
	return (flags & NAME_OF_PACKAGE) == 0 ||
	       (gopm__read_word(reader, next, 4, &offset) && offset < types->end - types->begin &&
	        gopm__typedesc_read_name(reader, types, types->begin + offset, package, &package_flags));
}

bool gopm__typedesc_name(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                         gopm_str *out)
{
	uint64_t offset, flags;
	unsigned name_flags;

	*out = (gopm_str){NULL, 0};
	if (!gopm__read_word(reader, type + TYPE_STR, 4, &offset) ||
	    !gopm__read_word(reader, type + TYPE_TFLAG, 1, &flags) || offset >= types->end - types->begin ||
	    !gopm__typedesc_read_name(reader, types, types->begin + offset, out, &name_flags)) {
		return false;
	}
	if ((flags & TFLAG_EXTRA_STAR) != 0 && out->size != 0) {
		out->data++;
		out->size--;
	}
	return true;
}

bool gopm__typedesc_size(struct gopm__reader *reader, uint64_t type, uint64_t *size, unsigned *kind)
{
	uint64_t word;

	if (!gopm__read_u64(reader, type + TYPE_SIZE, size) || !gopm__read_word(reader, type + TYPE_KIND, 1, &word)) {
		return false;
	}
	*kind = (unsigned)word & KIND_MASK;
	return true;
}

bool gopm__typedesc_field(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                          uint64_t index, struct gopm__typedesc_field *out)
{
	uint64_t kind, fields, count, name;
	unsigned field_kind, flags;

	if (!gopm__read_word(reader, type + TYPE_KIND, 1, &kind) || (kind & KIND_MASK) != KIND_STRUCT ||
	    !gopm__read_u64(reader, type + STRUCT_FIELDS, &fields) ||
	    !gopm__read_u64(reader, type + STRUCT_FIELD_COUNT, &count) || count > GOPM__TYPE_MAX_FIELDS ||
	    index >= count) {
		return false;
	}
	uint64_t at = fields + index * FIELD_BYTES;
	if (!gopm__read_u64(reader, at + FIELD_NAME, &name) || !gopm__read_u64(reader, at + FIELD_TYPE, &out->type) ||
	    !gopm__read_u64(reader, at + FIELD_OFFSET, &out->offset) ||
	    !gopm__typedesc_read_name(reader, types, name, &out->name, &flags)) {
		return false;
	}
	out->exported = (flags & GOPM__NAME_EXPORTED) != 0;
	out->embedded = (types->shifted ? out->offset & 1 : flags & GOPM__NAME_EMBEDDED) != 0;
	out->offset >>= types->shifted ? 1 : 0;
	return gopm__typedesc_size(reader, out->type, &out->size, &field_kind);
}

bool gopm__typedesc_path(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                         const char *path, struct gopm__typedesc_field *out)
{
	uint64_t base = 0;

	while (true) {
		size_t length = strcspn(path, ".");
		bool found = false;
		for (uint64_t i = 0;
		     !found && i < GOPM__TYPE_MAX_FIELDS && gopm__typedesc_field(reader, types, type, i, out); i++) {
			found = out->name.size == length && memcmp(out->name.data, path, length) == 0;
		}
		if (!found) {
			return false;
		}
		base += out->offset;
		if (path[length] == '\0') {
			out->offset = base;
			return true;
		}
		path += length + 1;
		type = out->type;
	}
}

struct wanted_name {
	uint32_t offset; /* from types.begin */
	uint32_t which;  /* index of the name asked for */
};

#define MAX_WANTED 256

/* Finds the names "*runtime.g" and so on: a type and the pointer to it share the name of the pointer. */
static size_t find_names(const uint8_t *bytes, size_t size, const char *const *names, size_t count, bool long_names,
                         struct wanted_name *wanted)
{
	const ptrdiff_t head = long_names ? 3 : 2; /* flags and length */
	size_t found = 0;

	const uint8_t *end = bytes + size, *at = bytes;
	static const char prefix[] = "*runtime.";

	while (found < MAX_WANTED && (at = memmem(at, (size_t)(end - at), prefix, sizeof prefix - 1)) != NULL) {
		/* Flags, then the length, then the name. */
		size_t length = at - bytes >= head ? at[-1] : 0;
		bool name = length >= sizeof prefix && length <= (size_t)(end - at) && (!long_names || at[-2] == 0) &&
		            at[-head] < 16;
		for (size_t i = 0; name && found < MAX_WANTED && i < count; i++) {
			if (strlen(names[i]) + 1 == length && memcmp(at + 1, names[i], length - 1) == 0) {
				wanted[found++] = (struct wanted_name){(uint32_t)(at - bytes - head), (uint32_t)i};
			}
		}
		at++;
	}
	return found;
}

/* Copies a section that is in pieces: relocated pages come from the core, the others from the executable. */
static gopm_status copy_section(struct gopm__reader *reader, const struct gopm__type_section *types, uint8_t **out)
{
	uint64_t size = types->end - types->begin, word;

	if (!gopm__read_word(reader, types->begin, 1, &word) || !gopm__read_word(reader, types->end - 1, 1, &word)) {
		return GOPM_ERR_MISSING_MEMORY;
	}
	uint8_t *copy = gopm__malloc(size);
	if (copy == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (gopm__read_copy(reader, types->begin, copy, size) != size) {
		free(copy);
		return GOPM_ERR_MISSING_MEMORY;
	}
	*out = copy;
	return GOPM_OK;
}

gopm_status gopm__typedesc_find_structs(struct gopm__reader *reader, const struct gopm__type_section *types,
                                        const char *const *names, size_t count, uint64_t *addresses)
{
	struct wanted_name wanted[MAX_WANTED];
	uint8_t *copy = NULL;

	memset(addresses, 0, count * sizeof *addresses);
	if (types->end <= types->begin) {
		return GOPM_ERR_MISSING_MEMORY;
	}
	uint64_t size = types->end - types->begin;
	if (size > MAX_TYPES_SIZE) {
		return GOPM_ERR_LIMIT;
	}
	gopm_status status = GOPM_OK;
	const uint8_t *bytes = gopm__read_span(reader, types->begin, size);
	if (bytes == NULL) {
		status = copy_section(reader, types, &copy);
		bytes = copy;
	}
	if (status != GOPM_OK) {
		return status;
	}
	size_t found = find_names(bytes, size, names, count, types->long_names, wanted);
	uint64_t filter = 0; /* one bit test rejects most addresses */
	for (size_t i = 0; i < found; i++) {
		filter |= UINT64_C(1) << (wanted[i].offset & 63);
	}
	for (uint64_t at = 0; at + TYPE_BYTES <= size && found != 0; at += 8) {
		const uint8_t *type = bytes + at;
		uint32_t str = gopm__load32(type + TYPE_STR);
		if ((filter >> (str & 63) & 1) == 0 || (type[TYPE_KIND] & KIND_MASK) != KIND_STRUCT ||
		    (type[TYPE_TFLAG] & TFLAG_EXTRA_STAR) == 0) {
			continue;
		}
		for (size_t i = 0; i < found; i++) {
			if (wanted[i].offset == str && addresses[wanted[i].which] == 0) {
				struct gopm__typedesc_field first;
				/* Random bytes that look like a descriptor have no readable fields. */
				if (gopm__typedesc_field(reader, types, types->begin + at, 0, &first)) {
					addresses[wanted[i].which] = types->begin + at;
				}
			}
		}
	}
	free(copy);
	return GOPM_OK;
}
