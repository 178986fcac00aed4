/* SPDX-License-Identifier: Apache-2.0 */
/* Where offsets of the runtime's structures can be learned from: the program's type descriptors, its DWARF, and a table
 * by Go version. Each answers the same two questions: how large is a struct, and where in it is a field. */
#ifndef GOPM_RUNTIME_LAYOUT_SOURCE_H
#define GOPM_RUNTIME_LAYOUT_SOURCE_H

#include "runtime/layout/layout.h"
#include "symbol/symtab.h"
#include "type/types.h"

/* In the order they are asked. */
enum gopm__layout_kind {
	GOPM__LAYOUT_DESCRIPTORS,
	GOPM__LAYOUT_DWARF,
	GOPM__LAYOUT_TABLE,
	GOPM__LAYOUT_KINDS,
};

struct gopm__layout_field {
	uint64_t offset, size; /* bytes */
};

struct gopm__layout_source {
	enum gopm__layout_kind kind;
	const char *name; /* "the type descriptors" */
	/* Its size in bytes; false: the source does not know the struct. */
	bool (*struct_size)(struct gopm__layout_source *source, enum gopm__layout_struct which, uint64_t *size);
	/* A field by its path, "sched.sp"; false: the struct has none of that name. */
	bool (*field)(struct gopm__layout_source *source, enum gopm__layout_struct which, const char *path,
	              struct gopm__layout_field *out);

	uint64_t structs[GOPM__STRUCT_COUNT]; /* descriptors: their addresses; DWARF: the DIEs; 0: none */
	const struct gopm__type_section *section;
	struct gopm__reader reader;
	struct gopm__dwarf *dwarf;
	struct gopm__types types; /* of `dwarf` */
	int version;              /* of the table: 2304 for Go 1.23.4 */
	const char *cpu;          /* "amd64" */
};

/* What a source is made from. */
struct gopm__layout_program {
	const struct gopm__symtab *symtab;
	struct gopm__executable *exe;
	struct gopm__findings *findings;
	const char *cpu;
	int version;   /* 2304 for Go 1.23.4; 0: unknown */
	bool no_dwarf; /* it may not be read */
	/* The table knows some releases of a minor, and they differ: 0 for the nearest one, 1 for the next ... Of an
	 * unknown version all are tried. */
	unsigned attempt;
};

/* Close it whatever is returned. @return GOPM_OK; GOPM_ERR_NO_MEMORY; else the source is not to be had, and *err says
 * why. */
gopm_status gopm__layout_source_open(struct gopm__layout_source *source, enum gopm__layout_kind kind,
                                     const struct gopm__layout_program *program, gopm_error **err);
void gopm__layout_source_close(struct gopm__layout_source *source);

/* As in `version`, of "go1.23.4". */
int gopm__layout_version(gopm_str text, int minor);
/* The version that the table has instead of `version`; 0: there is no other, or it is older than all. */
int gopm__layout_table_version(int version, unsigned attempt);
/* Whether structs of that name exist in that Go, whatever a program shows of them. */
bool gopm__layout_table_has(int version, enum gopm__layout_struct which);

#endif
