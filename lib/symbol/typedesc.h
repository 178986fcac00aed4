/* SPDX-License-Identifier: Apache-2.0 */
/* Type descriptors (internal/abi.Type). Every Go program has those of the runtime's own structures, with field names
 * and offsets, even if it is stripped. Source: internal/abi/type.go, until Go 1.20 runtime/type.go, Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_TYPEDESC_H
#define GOPM_SYMBOL_TYPEDESC_H

#include "core/memory.h"

/* The section of a module with its descriptors and their names. */
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

/* Flags of an abi.Name. EMBEDDED is used since Go 1.19; before, the low bit of a field's shifted offset. */
#define GOPM__NAME_EXPORTED 1
#define GOPM__NAME_EMBEDDED 8

/* Reads the abi.Name at `address`. False: damaged. */
bool gopm__typedesc_read_name(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                              gopm_str *out, unsigned *flags);
/* Reads the parts after a name: the tag of a field, the package path of an unexported method. Empty: none. */
bool gopm__typedesc_read_more(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t address,
                              gopm_str *tag, gopm_str *package);

/* Finds the struct descriptors of the named types of package runtime ("runtime.g"); addresses[i] is 0 if there is none.
 * One pass over the section finds all of them; `count` is at most 64.
 * @return GOPM_OK; GOPM_ERR_MISSING_MEMORY, GOPM_ERR_LIMIT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__typedesc_find_structs(struct gopm__reader *reader, const struct gopm__type_section *types,
                                        const char *const *names, size_t count, uint64_t *addresses);

/* Reads field `index` of the struct descriptor at `type`. False: past the end, not a struct, or damaged. */
bool gopm__typedesc_field(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                          uint64_t index, struct gopm__typedesc_field *out);

/* Finds a field by its path ("sched.sp"); its offset is from the start of `type`. */
bool gopm__typedesc_path(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                         const char *path, struct gopm__typedesc_field *out);

/* The name of the type as %T prints it, "*main.Metric". False: damaged. */
bool gopm__typedesc_name(struct gopm__reader *reader, const struct gopm__type_section *types, uint64_t type,
                         gopm_str *out);

/* The size of a value in bytes, and the kind as reflect.Kind. False: damaged. */
bool gopm__typedesc_size(struct gopm__reader *reader, uint64_t type, uint64_t *size, unsigned *kind);

#endif
