/* SPDX-License-Identifier: Apache-2.0 */
/* Type descriptors (internal/abi.Type): every Go program carries those of the runtime's own
 * structures, with field names and offsets, stripped or not.
 * Source: internal/abi/type.go, Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_TYPEDESC_H
#define GOPM_SYMBOL_TYPEDESC_H

#include "core/memory.h"

/* Where a module keeps its descriptors and their names. */
struct gopm__type_section {
	uint64_t begin, end; /* moduledata.types and etypes */
	bool long_names;     /* a name's length is two bytes, the high one first (until Go 1.16), not a varint */
	bool shifted;        /* a field's offset is stored shifted by one (until Go 1.18) */
};

#define GOPM__TYPE_MAX_FIELDS 4096
#define GOPM__TYPE_MAX_NAME 4096

struct gopm__typedesc_field {
	gopm_str name;         /* borrowed from the core's memory */
	uint64_t type;         /* address of its descriptor */
	uint64_t offset, size; /* bytes */
	bool embedded, exported;
};

/* The flags of an abi.Name: bit 3 since Go 1.19, before that an embedded field is told by the low bit of its
 * shifted offset. */
#define GOPM__NAME_EXPORTED 1
#define GOPM__NAME_EMBEDDED 8

/* The abi.Name at `address`, flags and text; false: damaged. */
bool gopm__typedesc_read_name(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                              gopm_str *out, unsigned *flags);
/* What follows a name: the tag of a field, and the package that a private method is of; empty: none. */
bool gopm__typedesc_read_more(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                              gopm_str *tag, gopm_str *package);

/* Finds the struct descriptors of the named types of package runtime ("runtime.g"): addresses[i] is 0 where there is
 * none. One pass over the descriptors whatever `count` (at most 64) is.
 * @return GOPM_OK; GOPM_ERR_MISSING_MEMORY, GOPM_ERR_LIMIT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__typedesc_find_structs(struct gopm__reader *reader, const struct gopm__type_section *types,
                                        const char *const *names, size_t count, uint64_t *addresses);

/* Field `index` of the struct descriptor at `type`; false: past the end, or not a struct. */
bool gopm__typedesc_field(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                          uint64_t index, struct gopm__typedesc_field *out);

/* A field by its path ("sched.sp"): offset from the start of `type`, and size. */
bool gopm__typedesc_path(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                         const char *path, struct gopm__typedesc_field *out);

/* The type's name as %T prints it, "*main.Metric"; false: damaged. */
bool gopm__typedesc_name(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                         gopm_str *out);

/* Size of a value of the type in bytes, and its kind as reflect.Kind; false: damaged. */
bool gopm__typedesc_size(struct gopm__reader *reader, uint64_t type, uint64_t *size, unsigned *kind);

#endif
