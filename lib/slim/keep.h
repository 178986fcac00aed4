/* SPDX-License-Identifier: Apache-2.0 */
/* What a postmortem reads of a core, read once, so that a tracked source knows it: gopm_slim() writes what was asked
 * for. Whatever a later library finds out of a core, it has to be read here as well. */
#ifndef GOPM_SLIM_KEEP_H
#define GOPM_SLIM_KEEP_H

#include <gopm/slim.h>

#include "core/kept.h"
#include "program/program.h"
#include "query/query.h"
#include "value/variable.h"

/* Reads are recorded in blocks of a page; of a core whose profile keeps no byte more than it must, in smaller ones. */
#define GOPM__SLIM_PAGE_SHIFT 12
#define GOPM__SLIM_EXACT_SHIFT 4

struct gopm__keep {
	struct gopm__program *program;
	struct gopm__runtime *rt;         /* of the program */
	const gopm_slim_options *options; /* every limit set */
	uint64_t goroutines;              /* not dead; counted by gopm__keep_goroutines() */
};

static inline struct gopm__keep gopm__keep(struct gopm__program *program, const gopm_slim_options *options)
{
	return (struct gopm__keep){.program = program, .rt = &program->runtime, .options = options};
}

/* Reads all that a postmortem with this profile can ask for.  @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_postmortem(struct gopm__keep *keep);

/* Threads, the runtime's own data, every goroutine with its stack and what it waits on. */
void gopm__keep_goroutines(struct gopm__keep *keep);

/* What words of stacks point to, and what is pointed to from there, as far as the options go: without DWARF and
 * without knowing which words are pointers. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_reach(struct gopm__keep *keep);

/* The heap: what is known of every span, and the objects that may hold pointers.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_heap(struct gopm__keep *keep);

/* Asks for a range, as much of it as the core has. */
void gopm__keep_range(struct gopm__reader *reader, uint64_t address, uint64_t size);

/* The variables of frames, read as gopm_frame_vars() does. `context` needs no arena.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_variables(struct gopm__keep *keep, struct gopm__context *context);

/* The part of a goroutine's stack that is in use; false: none, or not known. */
bool gopm__keep_live_stack(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *sp, uint64_t *hi);

/* Leaves out what the executable's file has in the same bytes: read-only pages, which some writers put into a core.
 * Half of a table in the core and half in the file would be less than all of it in the file. Its first page stays,
 * which has the build ID. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_file_apart(struct gopm__kept *kept, const struct gopm__executable *exe);

#endif
