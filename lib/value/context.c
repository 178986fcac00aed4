/* SPDX-License-Identifier: Apache-2.0 */
#include "value/context.h"

/* Variables that one value may consist of: some, and a few for each element that is shown. */
#define BASE_BUDGET 65536
#define BUDGET_AN_ELEMENT 8
#define MAX_BUDGET 2000000

struct gopm__context gopm__context(struct gopm__program *program, struct gopm__arena *arena,
                                   const struct gopm__limits *limits)
{
	bool few = limits->max_elements < MAX_BUDGET / BUDGET_AN_ELEMENT;
	uint64_t budget = few ? BASE_BUDGET + limits->max_elements * BUDGET_AN_ELEMENT : MAX_BUDGET;

	return (struct gopm__context){
	    .types = &program->types,
	    .exe = &program->exe,
	    .symtab = &program->symtab,
	    .layout = &program->runtime.layout,
	    .file = &program->file.source,
	    .reader = gopm__reader(&program->file.memory),
	    .arena = arena,
	    .limits = *limits,
	    .budget = (size_t)budget,
	};
}
