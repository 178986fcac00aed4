/* SPDX-License-Identifier: Apache-2.0 */
/* The program's symbols: modules, functions, and a cache of the facts about each pc. A pc is decoded once: the stacks
 * of a million goroutines have a few hundred distinct pcs. Many threads may use a symtab at the same time. */
#ifndef GOPM_SYMBOL_SYMTAB_H
#define GOPM_SYMBOL_SYMTAB_H

#include <pthread.h>
#include <stdatomic.h>

#include "arch/arch.h"
#include "symbol/functions.h"
#include "symbol/pclntab.h"
#include "util/arena.h"
#include "util/map64.h"

/* One call at a pc: inlined ones first, the physical function last. */
struct gopm__call {
	gopm_str function; /* as the source writes it: "gopkg.in/yaml.v3.Unmarshal" */
	gopm_str symbol;   /* as the linker writes it: "gopkg.in/yaml%2ev3.Unmarshal" */
	gopm_str file;     /* borrowed from the tables, as the names are unless they have escapes */
	uint64_t pc;       /* in the physical function */
	uint32_t line;
	int32_t start_line;
	int32_t inline_index; /* row of the inline tree; -1: the physical function */
	uint8_t role;         /* gopm__func_role */
	bool user;            /* gopm__name_is_user() */
};

/* The instruction that ends at a pc. */
enum gopm__call_before {
	GOPM__CALL_BEFORE_UNKNOWN, /* it is not Go, or its bytes are in neither the core nor the executable */
	GOPM__CALL_BEFORE_NONE,    /* no call: the pc is not a return address */
	GOPM__CALL_BEFORE,
};

/* The facts about one pc. Never changes; valid as long as the symtab. */
struct gopm__pcinfo {
	uint64_t pc;
	struct gopm__func func;
	int32_t sp_delta;    /* bytes from sp to the return address; -1: unknown */
	uint32_t call_count; /* >= 1 */
	const struct gopm__call *calls;
	int32_t user_call; /* index of the first user call; -1: none */
	uint8_t role;      /* of the physical function */
	bool assembly;     /* the physical function is not compiled Go: it may move sp */
	bool may_jump;     /* it may jump to another function, which returns to the caller: assembly, method wrappers */
	uint8_t call_before; /* enum gopm__call_before */
	uint64_t callee;     /* entry of the function that the call before calls; 0: unknown, or it may jump */
	uint64_t outside;    /* the target of a direct call before that no module has; 0: none */
	const struct gopm__pcinfo
	    *call_site; /* the facts about the call before, at pc - 1; NULL: no call, or unknown */
	bool known;     /* false: not in a Go function; only `pc` is set */
};

struct gopm__pctable; /* symtab.c */

struct gopm__symtab {
	const struct gopm__memory *memory;
	const struct gopm__arch *arch;   /* NULL: code is not decoded */
	struct gopm__findings *findings; /* not owned; may be NULL */
	struct gopm__module modules[GOPM__MAX_MODULES];
	size_t module_count;
	bool incomplete;          /* a module of the program is not in `modules` */
	uint8_t wrapper_id;       /* funcID of wrappers in this Go; 0: unknown */
	struct gopm__arena arena; /* under `lock` */
	pthread_mutex_t lock;
	_Atomic(struct gopm__pctable *) table;
	size_t pc_count;
	/* Names with escapes, under `lock`: address of a name -> struct gopm__name_pair *. */
	struct gopm__map64 by_symbol, by_function;
	_Atomic(bool) has_escapes; /* the maps are not empty; set before a name of them is given */
};

/* Makes a symtab without modules. Close it even after a failure. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__symtab_init(struct gopm__symtab *symtab, const struct gopm__memory *memory);
gopm_status gopm__symtab_open(struct gopm__symtab *symtab, struct gopm__corefile *core, struct gopm__executable *exe,
                              gopm_error **err);
void gopm__symtab_close(struct gopm__symtab *symtab);

/* Looks up exactly `pc`: subtract 1 from a return address before. NULL: out of memory, or too many distinct pcs. */
const struct gopm__pcinfo *gopm__symtab_pc(struct gopm__symtab *symtab, uint64_t pc);

/* Call `index` of the tree of inlined calls of `func`. False: there is none, or it is damaged, which is a finding. */
bool gopm__symtab_inlined_call(const struct gopm__symtab *symtab, struct gopm__reader *reader,
                               const struct gopm__func *func, int32_t index, struct gopm__inlined_call *out);

/* The name of a function as the source writes it; `symbol` is of a module's table. One symbol has always the same
 * address. Empty: out of memory. */
gopm_str gopm__symtab_function(struct gopm__symtab *symtab, gopm_str symbol);

/* The symbol of a function's name that this symtab gave; any other name is returned as it is. */
gopm_str gopm__symtab_symbol(struct gopm__symtab *symtab, gopm_str function);

/* The module with `address` in its code, data or types; NULL: none. */
const struct gopm__module *gopm__symtab_module(const struct gopm__symtab *symtab, uint64_t address);

/* The public location of call `call` of `info`; `pc` is the pc to report. */
gopm_location gopm__location(const struct gopm__pcinfo *info, const struct gopm__call *call, uint64_t pc);

#endif
