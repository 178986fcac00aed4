/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a pprof file: strings, functions, locations and mappings. A location is one physical frame with the
 * calls inlined into it. Source: runtime/pprof/proto.go (Go 1.16 to 1.27). */
#ifndef GOPM_EXPORT_PPROF_TABLE_H
#define GOPM_EXPORT_PPROF_TABLE_H

#include "export/protobuf.h"
#include "symbol/symtab.h"
#include "util/map64.h"

/* Fields of profile.proto. */
enum { PPROF_MAPPING = 3, PPROF_LOCATION = 4, PPROF_FUNCTION = 5, PPROF_STRING = 6 };

struct gopm__pprof_mapping {
	uint64_t start, end, offset;
	gopm_str file, build_id;
	bool used, incomplete; /* a location of it was looked up; one had no function */
};

struct gopm__pprof_location {
	uint64_t pc; /* of the stack */
	size_t pcs;  /* of a stack that it stands for */
};

struct gopm__pprof_table {
	struct gopm__symtab *symtab;
	struct gopm__protobuf *pb; /* between messages: locations and functions are written when they are first used */
	gopm_str *strings;         /* borrowed; the first is empty */
	size_t string_count, string_capacity;
	struct gopm__map64 by_text;   /* hash of a string -> its index, plus 1 */
	struct gopm__map64 functions; /* index of its name, plus 1 -> id */
	size_t function_count;
	struct gopm__map64 by_pc; /* pc + 1 -> index into `locations`, plus 1: its id */
	struct gopm__pprof_location *locations;
	size_t location_count, location_capacity;
	struct gopm__pprof_mapping *mappings;
	size_t mapping_count;
	bool failed; /* out of memory */
};

/* Begins an empty table. Clear it in the end. `mappings` are borrowed. */
void gopm__pprof_table_init(struct gopm__pprof_table *table, struct gopm__symtab *symtab, struct gopm__protobuf *pb,
                            struct gopm__pprof_mapping *mappings, size_t mapping_count);
void gopm__pprof_table_clear(struct gopm__pprof_table *table);

/* The index of a string, which must live as long as the table. */
uint64_t gopm__pprof_string(struct gopm__pprof_table *table, gopm_str text);

/* Fills the ids of the locations of a stack, as runtime.Callers gives it. `pcs` and `ids` have room for `capacity`.
 * Returns their number. */
size_t gopm__pprof_stack(struct gopm__pprof_table *table, uint64_t *pcs, size_t count, uint64_t *ids, size_t capacity);

/* Writes the mappings and then the strings: the last step. */
void gopm__pprof_table_finish(struct gopm__pprof_table *table);

#endif
