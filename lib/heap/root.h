/* SPDX-License-Identifier: Apache-2.0 */
/* Roots: the words outside of the heap from which the collector starts. Source: markroot of runtime/mgcmark.go, Go 1.16
 * to 1.27.
 *
 *	root.c            visits all, kind by kind
 *	root_module.c     data and bss of the modules, by their pointer masks
 *	root_stack.c      goroutines: frames, deferred calls
 *	root_frame.c      live words and stack objects of a function, decoded once for each pc
 *	root_frame_scan.c one frame
 *	root_object.c     stack objects that roots point to
 *	root_runtime.c    what the runtime keeps outside of the heap: specials, queues, tiny blocks
 *	root_name.c       the name of a variable
 *
 * The collector stops all goroutines at safe points. A core does not: what a running thread has in its registers and in
 * the frame it runs is read conservatively. */
#ifndef GOPM_HEAP_ROOT_H
#define GOPM_HEAP_ROOT_H

#include "program/program.h"
#include "util/progress.h"

enum gopm__root_kind {
	GOPM__ROOT_VARIABLE,  /* a word of a module's data or bss */
	GOPM__ROOT_FRAME,     /* a live word of a frame, of a stack object, or of the registers of a running thread */
	GOPM__ROOT_GOROUTINE, /* another word of a goroutine: its closure, deferred calls, panic, vector registers */
	GOPM__ROOT_FINALIZER, /* of a finalizer, set or queued */
	GOPM__ROOT_CLEANUP,   /* of a cleanup, set or queued */
	GOPM__ROOT_WEAK,      /* the handle of a weak pointer */
	GOPM__ROOT_RUNTIME,   /* the block of tiny objects of a P */
};

struct gopm__root {
	uint64_t place; /* address of the word that has the pointer; 0: a register, or not in a word */
	uint64_t word;  /* the pointer, which is not 0. It may be any address: the visitor asks if it is in the heap */
	uint64_t owner; /* FRAME, GOROUTINE: address of the g; FINALIZER, CLEANUP, WEAK: address of the object that has
	                   the special, 0 if it is queued; else 0 */
	uint64_t pc;    /* FRAME: lookup pc of the physical frame */
	uint64_t cfa;   /* FRAME: canonical frame address of that frame; 0: unknown */
	uint32_t frame; /* FRAME: its number; 0 is the innermost. Inlined calls have no number of their own */
	uint8_t kind;   /* enum gopm__root_kind */
	bool conservative; /* the word may be no pointer, or a pointer that is not used any more */
	bool contents;     /* not the object at `word` is a root, but what it refers to (of a finalizer) */
};

/* Returns false to stop. */
typedef bool gopm__root_visit(void *user_data, const struct gopm__root *root);

struct gopm__root_request {
	struct gopm__program *program;
	gopm__root_visit *visit;
	void *user_data;
	const struct gopm__progress *progress; /* NULL: none */
	uint32_t phase;                        /* of the progress, in goroutines */
	uint64_t goroutine;                    /* address of a g: visit only its roots; 0: all */
	bool variables_only;                   /* visit only data and bss of the modules */
};

/* Visits the roots; one may come twice. What cannot be read is a finding. Does not use the DWARF or its lock.
 * @return GOPM_OK, also if the visitor stopped; GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__roots_visit(const struct gopm__root_request *request);

/* A package variable, or a static value that the compiler made. */
struct gopm__root_variable {
	gopm_str name;       /* "main.sessions"; empty: it has none */
	const char *section; /* ".data" or ".bss" of its module */
	uint64_t offset;     /* from the beginning of that section */
	uint64_t begin, size;
};

/* Names of the variables in data and bss. */
struct gopm__root_names;

/* Reads the names: from .symtab, else from the DWARF, whose lock it takes. A program that has neither has no names.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__root_names_open(struct gopm__program *program, struct gopm__root_names **out);
void gopm__root_names_close(struct gopm__root_names *names);

/* Finds the variable with `address`; its strings are valid as long as `names`. If it has no name, `begin` is the word
 * at the address. False: the address is not in the data or bss of a module. */
bool gopm__root_variable(const struct gopm__root_names *names, uint64_t address, struct gopm__root_variable *out);

#endif
