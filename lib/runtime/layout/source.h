/* SPDX-License-Identifier: Apache-2.0 */
/* Sources of offsets: the program's type descriptors, its DWARF, and a table of Go versions. Each gives the size of a
 * struct and the offset of a field. */
#ifndef GOPM_RUNTIME_LAYOUT_SOURCE_H
#define GOPM_RUNTIME_LAYOUT_SOURCE_H

#include "runtime/layout/layout.h"
#include "symbol/symtab.h"
#include "type/types.h"

/* In the order in which they are tried. */
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
	const char *name; /* for findings: "the type descriptors" */
	/* Sets the size in bytes. False: the source lacks the struct. */
	bool (*struct_size)(struct gopm__layout_source *source, enum gopm__layout_struct which, uint64_t *size);
	/* Sets offset and size of a field by its path, as "sched.sp". False: the struct has no such field. */
	bool (*field)(struct gopm__layout_source *source, enum gopm__layout_struct which, const char *path,
	              struct gopm__layout_field *out);

	uint64_t structs[GOPM__STRUCT_COUNT]; /* addresses of type descriptors, or DIEs of the DWARF; 0: none */
	const struct gopm__type_section *section;
	struct gopm__reader reader;
	struct gopm__dwarf *dwarf;
	struct gopm__types types; /* of `dwarf` */
	int version;              /* of the table's rows: 2304 for Go 1.23.4 */
	const char *cpu;          /* "amd64" */
};

/* The program whose layout is needed. */
struct gopm__layout_program {
	const struct gopm__symtab *symtab;
	struct gopm__executable *exe;
	struct gopm__findings *findings;
	const char *cpu;
	int version;   /* 2304 for Go 1.23.4; 0: unknown */
	bool no_dwarf; /* do not read DWARF */
	/* Releases of one minor differ, and the table has some of them. 0: the nearest to `version`, 1: the next, and
	 * so on; if the version is unknown, newest first. */
	unsigned attempt;
};

/* Close it on failure too. @return GOPM_OK; GOPM_ERR_NO_MEMORY; another status if the program lacks the source, with
 * the reason in *err. */
gopm_status gopm__layout_source_open(struct gopm__layout_source *source, enum gopm__layout_kind kind,
                                     const struct gopm__layout_program *program, gopm_error **err);
void gopm__layout_source_close(struct gopm__layout_source *source);

/* The number of a version text: 2304 for "go1.23.4", whose minor is 23. */
int gopm__layout_version(gopm_str text, int minor);
/* The version of the table's rows to try for `version`. 0: there are no more, or it is older than all. */
int gopm__layout_table_version(int version, unsigned attempt);
/* True if that Go version has the field of the struct; "": the struct itself. */
bool gopm__layout_table_has(int version, const char *cpu, enum gopm__layout_struct which, const char *path);

#endif
