/* SPDX-License-Identifier: Apache-2.0 */
#include "export/trace_labels.h"

#include <inttypes.h>
#include <stdlib.h>

/* Decodes the code point at `at`, and sets its length. An invalid byte is U+FFFD of length 1, as in Go's range loop. */
static uint32_t rune_at(gopm_str s, size_t at, size_t *length)
{
	const unsigned char *p = (const unsigned char *)s.data + at;
	size_t left = s.size - at, need = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	uint32_t rune = p[0] & (need == 1 ? 0x7f : 0xffu >> (need + 1));

	*length = 1;
	if (need == 1) {
		return rune;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4 || need > left) {
		return 0xfffd;
	}
	for (size_t i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0xfffd;
		}
		rune = rune << 6 | (p[i] & 0x3f);
	}
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	if (rune < least[need] || rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000)) {
		return 0xfffd;
	}
	*length = need;
	return rune;
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
	gopm_label *labels = count != 0 ? calloc(count, sizeof *labels) : NULL;
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
