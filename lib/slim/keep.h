/* SPDX-License-Identifier: Apache-2.0 */
/* Reads all that a postmortem needs, once, so that the tracked source records it: gopm_slim() writes what was read.
 * When the library learns to read something new of a core, read it here as well. */
#ifndef GOPM_SLIM_KEEP_H
#define GOPM_SLIM_KEEP_H

#include <gopm/slim.h>

#include "core/kept.h"
#include "program/program.h"
#include "query/query.h"
#include "slim/answers.h"
#include "value/variable.h"

/* Sizes of the blocks in which reads are recorded: a page, or less for the profile that keeps single bytes. */
#define GOPM__SLIM_PAGE_SHIFT 12
#define GOPM__SLIM_EXACT_SHIFT 4

struct gopm__keep {
	struct gopm__program *program;
	struct gopm__runtime *rt;         /* of the program */
	const gopm_slim_options *options; /* every limit set */
	struct gopm__answers answers;     /* set by gopm__keep_goroutines() */
};

static inline struct gopm__keep gopm__keep(struct gopm__program *program, const gopm_slim_options *options)
{
	return (struct gopm__keep){.program = program, .rt = &program->runtime, .options = options};
}

/* Reads all that a postmortem with this profile can ask for. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_postmortem(struct gopm__keep *keep);

/* Reads threads, the runtime's data, and each goroutine with its stack and what it waits for. */
void gopm__keep_goroutines(struct gopm__keep *keep);

/* Reads the memory that words of stacks point to, and further up to options->max_depth and max_reach. Needs no DWARF:
 * each word that can be a pointer counts as one. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_reach(struct gopm__keep *keep);

/* Reads the heap: the metadata of each span, the objects that may contain pointers, roots, and types that objects name.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_heap(struct gopm__keep *keep);

/* Marks the heap and finds who retains what. Takes the program's lock.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_heap_answers(struct gopm__keep *keep);

/* Reads a range, or as much of it as the core has. */
void gopm__keep_range(struct gopm__reader *reader, uint64_t address, uint64_t size);

/* Reads the variables of frames as gopm_frame_vars() does. `context` needs no arena. The caller holds the program's
 * lock.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_variables(struct gopm__keep *keep, struct gopm__context *context);

/* The part of a goroutine's stack that is in use. False: there is none, or it is not known. */
bool gopm__keep_live_stack(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *sp, uint64_t *hi);

/* Removes read-only pages that the executable's file has with the same bytes. Some tools write them into a core. A
 * table that is partly in the core and partly in the file could not be read as one range. The first page stays: it has
 * the build ID. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__keep_file_apart(struct gopm__kept *kept, const struct gopm__executable *exe);

#endif
