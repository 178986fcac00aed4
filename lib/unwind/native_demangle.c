/* SPDX-License-Identifier: Apache-2.0 */
/* Demangles with libiberty, the demangler of gdb and binutils, if the library was built with it (GOPM_DEMANGLE). Only
 * its functions that give their text to a callback are used: the others end the process if memory runs out.
 *
 * A short symbol may stand for a text of 2^300 bytes: substitutions of C++ and backreferences of Rust double it. The
 * functions cannot be told to stop, so the callback leaves them by a jump. They own nothing then, but for the letters
 * of one name in Punycode. */
#include "unwind/native_name.h"

#ifdef GOPM_DEMANGLE
#include <libiberty/demangle.h>
#include <setjmp.h>

#include "util/text.h"

/* Bytes of a symbol: libiberty's stack grows with it. */
#define MAX_SYMBOL ((size_t)2048)
#define MAX_PLAIN ((size_t)16384)
/* Digits of the number of lifetimes that a binder of Rust declares. libiberty counts them one by one, without a
 * callback in code that it skips. */
#define MAX_BINDER_DIGITS 2

struct plain {
	struct gopm__text text;
	jmp_buf too_long;
};

static void add_plain(const char *text, size_t size, void *out)
{
	struct plain *plain = out;

	if (size > MAX_PLAIN - plain->text.size) {
		longjmp(plain->too_long, 1);
	}
	gopm__text_add(&plain->text, text, size);
}

static bool is_base62(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* True if a binder may declare many lifetimes: after the "D" of a trait object or the "F" of a function pointer a "G",
 * a number in base 62, and "_". Names with these letters are not demangled either. */
static bool has_long_binder(gopm_str symbol)
{
	for (size_t i = 1; i < symbol.size; i++) {
		const bool binder = symbol.data[i] == 'G' && (symbol.data[i - 1] == 'D' || symbol.data[i - 1] == 'F');
		size_t end = i + 1;
		while (binder && end < symbol.size && is_base62(symbol.data[end])) {
			end++;
		}
		if (binder && end - i - 1 > MAX_BINDER_DIGITS && end < symbol.size && symbol.data[end] == '_') {
			return true;
		}
	}
	return false;
}

static bool demangle_symbol(const char *name, struct plain *plain)
{
	const int options = DMGL_PARAMS | DMGL_ANSI;

	if (setjmp(plain->too_long) != 0) {
		return false;
	}
	return rust_demangle_callback(name, options, add_plain, plain) != 0 ||
	       cplus_demangle_v3_callback(name, options, add_plain, plain) != 0;
}

gopm_str gopm__native_demangle(struct gopm__arena *arena, gopm_str symbol)
{
	struct plain plain = {.text = {0}};
	gopm_str out = {"", 0};
	char name[MAX_SYMBOL + 1];

	if (symbol.size < 3 || symbol.size > MAX_SYMBOL || symbol.data[0] != '_' ||
	    (symbol.data[1] != 'Z' && symbol.data[1] != 'R') || (symbol.data[1] == 'R' && has_long_binder(symbol))) {
		return out;
	}
	memcpy(name, symbol.data, symbol.size);
	name[symbol.size] = '\0';
	if (demangle_symbol(name, &plain) && !plain.text.failed && plain.text.size != 0) {
		out = gopm__arena_str(arena, plain.text.data, plain.text.size);
	}
	gopm__text_free(&plain.text);
	return out.data != NULL ? out : (gopm_str){"", 0};
}
#else
gopm_str gopm__native_demangle(struct gopm__arena *arena, gopm_str symbol)
{
	(void)arena;
	(void)symbol;
	return (gopm_str){"", 0};
}
#endif
