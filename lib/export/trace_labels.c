/* SPDX-License-Identifier: Apache-2.0 */
#include "export/trace_labels.h"

#include <inttypes.h>
#include <stdlib.h>

#include "util/allocate.h"
#include "util/utf8.h"

/* Decodes the code point at `at`, and sets its length. An invalid byte is U+FFFD of length 1, as in Go's range loop. */
static uint32_t rune_at(gopm_str s, size_t at, size_t *length)
{
	uint32_t rune;
	unsigned bytes = gopm__decode_rune((const unsigned char *)s.data + at, s.size - at, &rune);

	*length = bytes != 0 ? bytes : 1;
	return bytes != 0 ? rune : 0xfffd;
}

/* Source: runtime/print.go, printquoted. `tells_errors`: prints invalid bytes as \xNN. */
static void print_quoted(struct gopm__text *out, gopm_str s, bool tells_errors)
{
	size_t length;

	gopm__text_str(out, "\"");
	for (size_t i = 0; i < s.size; i += length) {
		uint32_t rune = rune_at(s, i, &length);
		if (rune == '\n' || rune == '\r' || rune == '\t') {
			gopm__text_str(out, rune == '\n' ? "\\n" : rune == '\r' ? "\\r" : "\\t");
		} else if (rune == 0xfffd && length == 1 && tells_errors) {
			gopm__text_printf(out, "\\x%02x", (unsigned)(unsigned char)s.data[i]);
		} else if (rune == '\\' || rune == '"') {
			gopm__text_printf(out, "\\%c", (int)rune);
		} else if (rune >= ' ' && rune <= '~') {
			gopm__text_printf(out, "%c", (int)rune);
		} else if (rune < 127) {
			gopm__text_printf(out, "\\x%02" PRIx32, rune);
		} else if (rune < 0x10000) {
			gopm__text_printf(out, "\\u%04" PRIx32, rune);
		} else {
			gopm__text_printf(out, "\\U%08" PRIx32, rune);
		}
	}
	gopm__text_str(out, "\"");
}

static bool is_plain(gopm_str s)
{
	for (size_t i = 0; i < s.size; i++) {
		unsigned char c = (unsigned char)s.data[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
		      c == '/' || c == '_')) {
			return false;
		}
	}
	return true;
}

static void print_label(struct gopm__text *out, gopm_str s, bool quote)
{
	if (quote || !is_plain(s)) {
		print_quoted(out, s, !quote); /* Go 1.27 tells invalid bytes */
	} else {
		gopm__text_add(out, s.data, s.size);
	}
}

void gopm__trace_labels(const struct gopm__runtime *rt, const struct gopm__g *g, struct gopm__text *out)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	/* gopm__labels() may fill a cache of the runtime, which has its own lock. */
	struct gopm__runtime *shared = (struct gopm__runtime *)(uintptr_t)rt;
	size_t count = gopm__labels(shared, &reader, g, NULL, 0);
	gopm_label *labels = count != 0 ? gopm__calloc(count, sizeof *labels) : NULL;
	bool quote = !rt->trace->plain_labels;

	if (labels == NULL) {
		out->failed = out->failed || count != 0;
		gopm__text_str(out, "]:\n");
		return;
	}
	(void)gopm__labels(shared, &reader, g, labels, count);
	gopm__text_str(out, quote ? " labels:{" : "] {");
	for (size_t i = 0; i < count; i++) {
		gopm__text_str(out, i != 0 ? ", " : "");
		print_label(out, labels[i].key, quote);
		gopm__text_str(out, ": ");
		print_label(out, labels[i].value, quote);
	}
	gopm__text_str(out, quote ? "}]:\n" : "}:\n");
	free(labels);
}
