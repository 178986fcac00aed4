/* SPDX-License-Identifier: Apache-2.0 */
/* The functions and lines of native code: by DWARF, else by symbols. A pc is described once. */
#ifndef GOPM_UNWIND_NATIVE_NAME_H
#define GOPM_UNWIND_NATIVE_NAME_H

#include "unwind/native.h"

/* One call at a pc. */
struct gopm__native_call {
	gopm_str function; /* demangled if that is possible; empty: unknown */
	gopm_str symbol;   /* as the linker writes it; empty: unknown */
	gopm_str file;     /* empty: unknown */
	uint32_t line;     /* 0: unknown */
};

/* The facts about a pc. Lives as long as `native`. */
struct gopm__native_place {
	const struct gopm__mapped_module *module; /* NULL: none */
	uint64_t pc;
	uint64_t entry;                        /* of the physical function; 0: unknown */
	uint32_t language;                     /* GOPM_LANGUAGE_* */
	uint32_t count;                        /* >= 1 */
	const struct gopm__native_call *calls; /* inlined ones first, the physical function last */
};

/* `pc` is within the call: pc - 1 of a return address. NULL: out of memory. */
const struct gopm__native_place *gopm__native_describe(struct gopm__native *native, uint64_t pc);

/* The address of `pc` in the file of the place's module; 0: unknown. */
static inline uint64_t gopm__native_file_address(const struct gopm__native_place *place, uint64_t pc)
{
	return place->module != NULL && place->module->bias_known ? pc - place->module->bias : 0;
}

/* Demangles a symbol of C++ or Rust. Empty: it is not mangled, or the library is built without a demangler. The result
 * is in `arena`. */
gopm_str gopm__native_demangle(struct gopm__arena *arena, gopm_str symbol);

#endif
