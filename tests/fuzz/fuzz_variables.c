/* SPDX-License-Identifier: Apache-2.0 */
/* Reads debug sections and memory: each function is a frame whose variables are printed. The input: the DWARF version,
 * four lengths of 16 bits (.debug_info, .debug_abbrev, location lists, range lists), those sections, then the memory of
 * the process. */
#include <stdlib.h>
#include <string.h>

#include "dwarf/scope.h"
#include "fuzz/fuzz.h"
#include "support/testframe.h"
#include "value/chan.h"
#include "value/text.h"

#define HEADER 9
#define MAX_FUNCTIONS 16
#define MAX_VARIABLES 40

static void take(struct elf_bytes *out, const uint8_t **data, size_t *size, size_t wanted)
{
	size_t got = wanted < *size ? wanted : *size;

	/* Borrowed: test_frame_open() copies the sections. */
	out->data = (uint8_t *)(uintptr_t)*data;
	out->size = got;
	*data += got;
	*size -= got;
}

static void show(struct test_frame *t)
{
	for (size_t i = 0; i < t->variables.count && i < MAX_VARIABLES; i++) {
		struct gopm__variable *v = &t->variables.list[i];
		struct gopm__chan_state chan;
		struct gopm__variable element;
		struct gopm__text text = {0};
		t->context.budget = 2000;
		gopm__variable_load(&t->context, v, 0);
		gopm__variable_text(&text, &t->context, v);
		gopm__text_free(&text);
		if (v->kind == GOPM_KIND_CHAN) {
			gopm__chan_state(&t->context, v, &chan);
			(void)gopm__chan_element(&t->context, v, 1, &element);
		}
	}
}

static void ask(struct test_frame *t)
{
	static struct gopm__registers registers;
	size_t functions = 0;

	for (size_t i = 0; i < t->dwarf->unit_count; i++) {
		struct gopm__unit *unit;
		struct gopm__function function;
		(void)gopm__dwarf_function_at(t->dwarf, t->dwarf->units[i].list.base, &unit, &function);
		const struct gopm__functions *all = t->dwarf->units[i].functions;
		for (size_t f = 0; all != NULL && f < all->count && functions < MAX_FUNCTIONS; f++, functions++) {
			const struct gopm__pc_range *range = &all->list[f].range;
			for (unsigned at = 0; at < 4; at++) {
				uint64_t pc = range->low + (range->high - range->low) / 4 * at;
				t->frame.registers = at % 2 != 0 ? &registers : NULL;
				if (test_frame_at(t, pc, at % 3 == 2 ? 1 : 0, at == 1 ? 12 : 1000) == GOPM_OK) {
					show(t);
				}
			}
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct test_dwarf in = {0};
	struct test_frame t;
	uint16_t sizes[4];

	if (size < HEADER) {
		return 0;
	}
	uint16_t version = data[0];
	memcpy(sizes, data + 1, sizeof sizes);
	data += HEADER;
	size -= HEADER;
	take(&in.info, &data, &size, sizes[0]);
	take(&in.abbrev, &data, &size, sizes[1]);
	take(&in.locations, &data, &size, sizes[2]);
	take(&in.ranges, &data, &size, sizes[3]);
	take(&in.memory, &data, &size, size);
	test_frame_open(&t, &in, version);
	if (t.dwarf != NULL) {
		ask(&t);
	}
	test_frame_close(&t);
	return 0;
}
