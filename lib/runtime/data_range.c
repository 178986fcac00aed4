/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/data_range.h"

/* Bytes of one section that are searched. No program is near it. */
#define MAX_SECTION ((uint64_t)1 << 26)

/* Adds the whole words of [begin, end) to `count` ranges. Returns the new count. */
static size_t add_data_range(struct gopm__data_range *ranges, size_t count, uint64_t begin, uint64_t end)
{
	end &= ~UINT64_C(7);
	if (begin % 8 != 0 || begin >= end) {
		return count;
	}
	ranges[count] = (struct gopm__data_range){begin, end - begin > MAX_SECTION ? begin + MAX_SECTION : end};
	return count + 1;
}

size_t gopm__data_ranges(const struct gopm__runtime *rt, struct gopm__data_range ranges[GOPM__DATA_SECTIONS])
{
	const struct gopm__module *m = &rt->symtab->modules[0];

	size_t count = add_data_range(ranges, 0, m->data, m->edata);
	count = add_data_range(ranges, count, m->bss, m->ebss);
	count = add_data_range(ranges, count, m->noptrdata, m->enoptrdata);
	return add_data_range(ranges, count, m->noptrbss, m->enoptrbss);
}

size_t gopm__global_ranges(const struct gopm__runtime *rt, enum gopm__global global,
                           struct gopm__data_range ranges[GOPM__GLOBAL_RANGES])
{
	const struct gopm__global_symbol *symbol = &rt->symbols[global];
	size_t count = 0;

	if (symbol->address != 0) {
		count = add_data_range(ranges, 0, symbol->address, symbol->address + symbol->size);
	}
	return count + gopm__data_ranges(rt, ranges + count);
}
