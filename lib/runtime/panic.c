/* SPDX-License-Identifier: Apache-2.0 */
/* A panic's value is an interface: type descriptor and data. Values of basic kinds print by value, in the format of
 * the Go version; all others print as their type and address. */
#include "runtime/panic.h"

#include <gopm/value.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/layout/field.h"
#include "util/allocate.h"

#define MAX_PANIC_TEXT 65536u
#define MAX_PANICS 1000u
/* Until Go 1.25 a float prints as a sign, one digit, six decimals, and an exponent of three digits. */
#define OLD_FLOAT_DIGITS 6
/* Since Go 1.26 it prints with the fewest digits that parse to the same value, as strconv's format 'g'. */
#define SHORTEST_SINCE 26
#define MAX_FLOAT_DIGITS 17
#define PLAIN_EXPONENTS 6 /* from 1e+06 up, and below 1e-04, a float prints with an exponent */

static void print_str(struct gopm__text *out, gopm_str s)
{
	gopm__text_add(out, s.data, s.size);
}

static void print_indented(struct gopm__text *out, gopm_str s)
{
	for (size_t i = 0; i < s.size; i++) {
		gopm__text_add(out, s.data + i, 1);
		if (s.data[i] == '\n') {
			gopm__text_str(out, "\t");
		}
	}
}

static void print_old_float(struct gopm__text *out, double value)
{
	char digits[32];

	(void)snprintf(digits, sizeof digits, "%+.*e", OLD_FLOAT_DIGITS, value);
	char *exponent = strchr(digits, 'e');
	if (exponent == NULL) {
		return;
	}
	int power = (int)strtol(exponent + 1, NULL, 10);
	*exponent = '\0';
	gopm__text_printf(out, "%se%c%03d", digits, power < 0 ? '-' : '+', abs(power));
}

static void print_shortest_float(struct gopm__text *out, double value, bool narrow)
{
	char digits[40];
	int precision = 0;

	for (; precision < MAX_FLOAT_DIGITS; precision++) {
		(void)snprintf(digits, sizeof digits, "%.*e", precision, value);
		double back = narrow ? (double)strtof(digits, NULL) : strtod(digits, NULL);
		if (!(back < value || back > value)) {
			break;
		}
	}
	const char *exponent = strchr(digits, 'e');
	int power = exponent != NULL ? (int)strtol(exponent + 1, NULL, 10) : 0;
	if (power < -4 || power >= PLAIN_EXPONENTS) {
		gopm__text_str(out, digits);
	} else {
		gopm__text_printf(out, "%.*f", precision > power ? precision - power : 0, value);
	}
}

static void print_float(struct gopm__text *out, const struct gopm__runtime *rt, uint64_t bits, unsigned size)
{
	double value = 0;
	float narrow;

	if (size == 4) {
		uint32_t low = (uint32_t)bits;
		memcpy(&narrow, &low, sizeof narrow);
		value = (double)narrow;
	} else {
		memcpy(&value, &bits, sizeof value);
	}
	if (isnan(value)) {
		gopm__text_str(out, "NaN");
	} else if (isinf(value)) {
		gopm__text_str(out, value > 0 ? "+Inf" : "-Inf");
	} else if (rt->minor != 0 && rt->minor < SHORTEST_SINCE) {
		print_old_float(out, value);
	} else {
		print_shortest_float(out, value, size == 4);
	}
}

/* Kinds that print by value, by kind. The predeclared type of this name prints without it. */
static const struct {
	const char *name;
	uint8_t size;
} basics[] = {
    [GOPM_KIND_BOOL] = {"bool", 1},           [GOPM_KIND_INT] = {"int", 8},
    [GOPM_KIND_INT8] = {"int8", 1},           [GOPM_KIND_INT16] = {"int16", 2},
    [GOPM_KIND_INT32] = {"int32", 4},         [GOPM_KIND_INT64] = {"int64", 8},
    [GOPM_KIND_UINT] = {"uint", 8},           [GOPM_KIND_UINT8] = {"uint8", 1},
    [GOPM_KIND_UINT16] = {"uint16", 2},       [GOPM_KIND_UINT32] = {"uint32", 4},
    [GOPM_KIND_UINT64] = {"uint64", 8},       [GOPM_KIND_UINTPTR] = {"uintptr", 8},
    [GOPM_KIND_FLOAT32] = {"float32", 4},     [GOPM_KIND_FLOAT64] = {"float64", 8},
    [GOPM_KIND_COMPLEX64] = {"complex64", 8}, [GOPM_KIND_COMPLEX128] = {"complex128", 16},
};

static bool print_basic(struct gopm__text *out, const struct gopm__runtime *rt, struct gopm__reader *reader,
                        unsigned kind, uint64_t data)
{
	uint64_t word = 0, second = 0;
	unsigned size = basics[kind].size;
	unsigned half = kind == GOPM_KIND_COMPLEX64 ? 4 : kind == GOPM_KIND_COMPLEX128 ? 8 : size;

	if (!gopm__read_word(reader, data, half, &word)) {
		return false;
	}
	if (kind == GOPM_KIND_BOOL) {
		gopm__text_str(out, word != 0 ? "true" : "false");
	} else if (kind <= GOPM_KIND_INT64) {
		unsigned shift = 64 - size * 8;
		gopm__text_printf(out, "%" PRId64, (int64_t)(word << shift) >> shift);
	} else if (kind <= GOPM_KIND_UINTPTR) {
		gopm__text_printf(out, "%" PRIu64, word);
	} else if (kind <= GOPM_KIND_FLOAT64) {
		print_float(out, rt, word, size);
	} else {
		if (!gopm__read_word(reader, data + half, half, &second)) {
			return false;
		}
		gopm__text_str(out, "(");
		print_float(out, rt, word, half);
		/* The old format prints a sign itself. */
		bool negative = (second >> (half * 8 - 1)) != 0;
		if (!negative && (rt->minor == 0 || rt->minor >= SHORTEST_SINCE)) {
			gopm__text_str(out, "+");
		}
		print_float(out, rt, second, half);
		gopm__text_str(out, "i)");
	}
	return true;
}

/* Prints the interface at `arg`. Before the process dies, preprintpanics replaces errors and Stringers by their text.
 */
static void print_value(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t arg, struct gopm__text *out)
{
	uint64_t type, data, size;
	unsigned kind;
	gopm_str text;

	if (!gopm__read_u64(reader, arg, &type) || !gopm__read_u64(reader, arg + 8, &data)) {
		gopm__text_str(out, "(not in the core)");
		return;
	}
	if (type == 0) {
		gopm__text_str(out, "nil");
		return;
	}
	gopm_str name = gopm__runtime_type_name(rt, type);
	if (name.size == 0 || !gopm__typedesc_size(reader, type, &size, &kind)) {
		gopm__text_str(out, "(type not in the core)");
		return;
	}
	if (kind == GOPM_KIND_STRING && gopm__runtime_string(rt, reader, data, MAX_PANIC_TEXT, &text)) {
		bool plain = name.size == 6 && memcmp(name.data, "string", 6) == 0;
		if (!plain) {
			print_str(out, name);
			gopm__text_str(out, "(\"");
		}
		print_indented(out, text);
		gopm__text_str(out, plain ? "" : "\")");
		return;
	}
	if (kind < sizeof basics / sizeof basics[0] && basics[kind].name != NULL) {
		bool plain =
		    name.size == strlen(basics[kind].name) && memcmp(name.data, basics[kind].name, name.size) == 0;
		bool brackets = !plain && kind < GOPM_KIND_COMPLEX64; /* complex numbers have their own */
		if (!plain) {
			print_str(out, name);
		}
		gopm__text_str(out, brackets ? "(" : "");
		if (!print_basic(out, rt, reader, kind, data)) {
			gopm__text_str(out, "not in the core");
		}
		gopm__text_str(out, brackets ? ")" : "");
		return;
	}
	gopm__text_str(out, "(");
	print_str(out, name);
	gopm__text_printf(out, ") 0x%" PRIx64, data);
}

struct panic_record {
	uint64_t address, link;
	bool recovered, repanicked, goexit;
};

static bool read_panic(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t at,
                       struct panic_record *out)
{
	const struct gopm__layout *l = &rt->layout;

	if (at == 0 || l->panic.arg < 0 || !gopm__field_u64(reader, at, l->panic.link, &out->link)) {
		return false;
	}
	out->address = at;
	out->recovered = gopm__field_or_0(reader, at, l->panic.recovered, 1) != 0;
	out->repanicked = gopm__field_or_0(reader, at, l->panic.repanicked, 1) != 0;
	out->goexit = gopm__field_or_0(reader, at, l->panic.goexit, 1) != 0;
	return true;
}

/* The newest panic that was not recovered and is not a Goexit. Returns its address; 0: there is none. */
static uint64_t newest_panic(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g)
{
	struct panic_record panic;
	uint64_t at = g->panic;

	for (unsigned i = 0; i < MAX_PANICS && read_panic(rt, reader, at, &panic); i++, at = panic.link) {
		if (!panic.recovered && !panic.goexit) {
			return at;
		}
	}
	return 0;
}

bool gopm__panics(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g)
{
	return newest_panic(rt, reader, g) != 0;
}

bool gopm__panic_value(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                       struct gopm__text *out)
{
	const uint64_t panic = newest_panic(rt, reader, g);

	if (panic == 0) {
		return false;
	}
	print_value(rt, reader, panic + (uint64_t)rt->layout.panic.arg, out);
	return true;
}

void gopm__panic_chain(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                       struct gopm__text *out)
{
	struct panic_record *list = gopm__calloc(MAX_PANICS, sizeof *list);
	size_t count = 0;

	if (list == NULL) {
		out->failed = true;
		return;
	}
	for (uint64_t at = g->panic; count < MAX_PANICS && read_panic(rt, reader, at, &list[count]); count++) {
		at = list[count].link;
	}
	for (size_t i = count; i-- > 0;) {
		const struct panic_record *older = i + 1 < count ? &list[i + 1] : NULL;
		if (older != NULL && older->repanicked) {
			continue; /* the older panic has the same value, and prints it */
		}
		if (older != NULL && !older->goexit) {
			gopm__text_str(out, "\t");
		}
		if (list[i].goexit) {
			continue;
		}
		gopm__text_str(out, "panic: ");
		print_value(rt, reader, list[i].address + (uint64_t)rt->layout.panic.arg, out);
		gopm__text_str(out, list[i].recovered && list[i].repanicked ? " [recovered, repanicked]"
		                    : list[i].recovered                     ? " [recovered]"
		                                                            : "");
		gopm__text_str(out, "\n");
	}
	free(list);
}

const char *gopm__signal_name(int32_t signal)
{
	/* Source: runtime/sigtab_linux_generic.go. */
	static const struct {
		int number;
		const char *name;
	} names[] = {
	    {SIGQUIT, "SIGQUIT: quit"},
	    {SIGILL, "SIGILL: illegal instruction"},
	    {SIGTRAP, "SIGTRAP: trace trap"},
	    {SIGABRT, "SIGABRT: abort"},
	    {SIGBUS, "SIGBUS: bus error"},
	    {SIGFPE, "SIGFPE: floating-point exception"},
	    {SIGSEGV, "SIGSEGV: segmentation violation"},
	    {SIGSTKFLT, "SIGSTKFLT: stack fault"},
	    {SIGSYS, "SIGSYS: bad system call"},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (names[i].number == signal) {
			return names[i].name;
		}
	}
	return NULL;
}

void gopm__panic_signal(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                        struct gopm__text *out)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t sig, code, address, pc;

	if (!gopm__field(reader, g->address, l->g.sig, 4, &sig) || sig == 0 ||
	    !gopm__field_u64(reader, g->address, l->g.sigcode0, &code) ||
	    !gopm__field_u64(reader, g->address, l->g.sigcode1, &address) ||
	    !gopm__field_u64(reader, g->address, l->g.sigpc, &pc)) {
		return;
	}
	gopm__text_str(out, "[signal ");
	const char *name = gopm__signal_name((int32_t)sig);
	if (name != NULL) {
		gopm__text_str(out, name);
	} else {
		gopm__text_printf(out, "0x%" PRIx64, sig);
	}
	gopm__text_printf(out, " code=0x%" PRIx64 " addr=0x%" PRIx64 " pc=0x%" PRIx64 "]\n", code, address, pc);
}
