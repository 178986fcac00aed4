/* SPDX-License-Identifier: Apache-2.0 */
/* Demangles with libiberty, the demangler of gdb and binutils, if the library was built with it (GOPM_DEMANGLE). Only
 * its functions that give their text to a callback are used: the others end the process if memory runs out. */
#include "unwind/native_name.h"

#include "util/str.h"
#include "util/text.h"

#ifdef GOPM_DEMANGLE
#include <libiberty/demangle.h>

/* Bytes of a symbol: libiberty's stack grows with it. */
#define MAX_SYMBOL ((size_t)2048)
#define MAX_PLAIN ((size_t)65536)

static void add_plain(const char *text, size_t size, void *out)
{
	gopm__text_add(out, text, size);
}

gopm_str gopm__native_demangle(struct gopm__arena *arena, gopm_str symbol)
{
	const int options = DMGL_PARAMS | DMGL_ANSI;
	struct gopm__text text = {.limit = MAX_PLAIN};
	gopm_str plain = {"", 0};
	char name[MAX_SYMBOL + 1];

	if (symbol.size < 3 || symbol.size > MAX_SYMBOL || symbol.data[0] != '_' ||
	    (symbol.data[1] != 'Z' && symbol.data[1] != 'R')) {
		return plain;
	}
	memcpy(name, symbol.data, symbol.size);
	name[symbol.size] = '\0';
	const int done = rust_demangle_callback(name, options, add_plain, &text) ||
	                 cplus_demangle_v3_callback(name, options, add_plain, &text);
	if (done != 0 && !text.failed && text.size != 0) {
		plain = gopm__arena_str(arena, text.data, text.size);
	}
	gopm__text_free(&text);
	return plain;
}
#else
gopm_str gopm__native_demangle(struct gopm__arena *arena, gopm_str symbol)
{
	(void)arena;
	(void)symbol;
	return (gopm_str){"", 0};
}
#endif
