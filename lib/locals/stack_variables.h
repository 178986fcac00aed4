/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of the frames of an unwound stack: by DWARF, or without it, arguments by the program's own tables. */
#ifndef GOPM_LOCALS_STACK_VARIABLES_H
#define GOPM_LOCALS_STACK_VARIABLES_H

#include "locals/frame_variables.h"
#include "locals/roots.h"
#include "program/program.h"

struct gopm__stack_scope {
	struct gopm__program *program;
	struct gopm__arena *arena; /* variables are allocated in it */
	const struct gopm__limits *limits;
	const struct gopm__stack *stack; /* NULL: no stack, package variables only */
	struct gopm__stack_roots *roots; /* of the stack */
};

/* Opens the program's DWARF, or only type descriptors if it has no DWARF. DWARF that is damaged is an error. The caller
 * holds the program's lock.
 * @param described NULL, or set to true if there are type descriptors only
 * @return GOPM_OK; as gopm__program_dwarf(), but not GOPM_ERR_NO_DWARF. */
gopm_status gopm__open_types(struct gopm__program *program, bool *described, gopm_error **err);

/* The types of the module that the frame is in. *out is NULL if that is the executable. The caller holds the program's
 * lock. @return GOPM_OK; GOPM_NOT_FOUND (the module has no DWARF that can be read); GOPM_ERR_NO_MEMORY. */
gopm_status gopm__frame_types(struct gopm__program *program, const struct gopm__frame *frame, struct gopm__types **out);

/* The variables of frame `index` of the stack. The caller holds the program's lock.
 * @return GOPM_OK; GOPM_NOT_FOUND (the DWARF has no function at the frame's pc); GOPM_ERR_NO_DWARF (the limits ask for
 *   exact values only); GOPM_ERR_FORMAT, GOPM_ERR_LIMIT (damaged DWARF), GOPM_ERR_NO_MEMORY. */
gopm_status gopm__stack_variables(const struct gopm__stack_scope *scope, size_t index, struct gopm__variable_list *out,
                                  gopm_error **err);

#endif
