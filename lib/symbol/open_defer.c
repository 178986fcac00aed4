/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/open_defer.h"

/* Bytes of the largest table: eight calls with a dozen arguments each. */
#define MAX_TABLE 1024u
/* Frames have less than 2^31 bytes. */
#define MAX_OFFSET ((uint64_t)INT32_MAX)
#define MAX_ARGUMENTS 64u

/* Reads an offset; fails if no frame has it. */
static uint32_t read_offset(struct gopm__cursor *c)
{
	const uint64_t offset = gopm__cursor_uleb(c);

	c->failed = c->failed || offset > MAX_OFFSET;
	return c->failed ? 0 : (uint32_t)offset;
}

static void read_array(struct gopm__cursor *c, struct gopm__open_defers *out)
{
	const uint32_t first = read_offset(c);

	for (uint32_t i = 0; i < GOPM__OPEN_DEFERS && first > i * 8; i++) {
		out->slots[i] = first - i * 8;
	}
}

/* Reads one call of the list. Returns the offset of its slot; 0: it has arguments. */
static uint32_t read_call(struct gopm__cursor *c, bool arguments)
{
	uint64_t words = 0, count = 0;

	if (arguments) {
		words = gopm__cursor_uleb(c);
	}
	const uint32_t slot = read_offset(c);
	if (arguments) {
		count = gopm__cursor_uleb(c);
		c->failed = c->failed || count > MAX_ARGUMENTS;
	}
	for (uint64_t i = 0; i < 3 * count && !c->failed; i++) {
		(void)gopm__cursor_uleb(c);
	}
	return words == 0 && count == 0 ? slot : 0;
}

static void read_list(struct gopm__cursor *c, bool arguments, struct gopm__open_defers *out)
{
	const uint64_t count = gopm__cursor_uleb(c);

	c->failed = c->failed || count > GOPM__OPEN_DEFERS;
	for (uint64_t i = count; !c->failed && i-- > 0;) {
		out->slots[i] = read_call(c, arguments);
	}
}

bool gopm__open_defers(struct gopm__reader *reader, const struct gopm__func *func, enum gopm__open_defer_format format,
                       struct gopm__open_defers *out)
{
	const uint64_t at = gopm__funcdata(func, GOPM__FUNCDATA_OPEN_DEFERS);
	uint8_t table[MAX_TABLE];

	*out = (struct gopm__open_defers){0};
	if (at == 0) {
		return false;
	}
	struct gopm__cursor c = gopm__cursor(table, gopm__read_copy(reader, at, table, sizeof table));
	if (format == GOPM__OPEN_DEFER_ARGUMENTS) {
		(void)gopm__cursor_uleb(&c); /* the most bytes of arguments */
	}
	out->bits = read_offset(&c);
	if (format == GOPM__OPEN_DEFER_ARRAY) {
		read_array(&c, out);
	} else {
		read_list(&c, format == GOPM__OPEN_DEFER_ARGUMENTS, out);
	}
	return !c.failed && out->bits != 0;
}
