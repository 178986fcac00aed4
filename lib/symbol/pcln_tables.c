/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/pcln_tables.h"

/* The linker aligns the tables at most so. */
#define ALIGN 64u
/* Bytes of the largest header and its tables together. */
#define MAX_PCLN ((uint64_t)1 << 32)
#define AT_NFUNC 8
#define UNIT_BYTES 4 /* of an entry of cutab */

/* The number of functions, and the tables as offsets from the header. */
struct header {
	uint64_t functions;
	uint64_t offsets[GOPM__PCLN_TABLES];
};

/* Since Go 1.18 the word textStart is before the offsets, used or not. */
static bool read_header(struct gopm__reader *reader, uint64_t address, const struct gopm__pcln_format *format,
                        struct header *out)
{
	const uint64_t first = address + (format->entry_is_address ? 24 : 32);

	for (size_t i = 0; i < GOPM__PCLN_TABLES; i++) {
		if (!gopm__read_u64(reader, first + i * 8, &out->offsets[i])) {
			return false;
		}
	}
	return gopm__read_u64(reader, address + AT_NFUNC, &out->functions);
}

static bool slice_fits(const struct header *h, uint64_t address, const struct gopm__pcln_slice *slice, size_t table)
{
	if (slice->address - address != h->offsets[table]) {
		return false;
	}
	if (table + 1 == GOPM__PCLN_TABLES) {
		return true; /* the header does not tell where the last one ends */
	}
	const uint64_t room = h->offsets[table + 1] - h->offsets[table];
	/* The linker took the bytes of cutab for its length, at least until Go 1.25. */
	const uint64_t size = table == GOPM__PCLN_UNITS && slice->size > room ? slice->size / UNIT_BYTES : slice->size;
	return room <= MAX_PCLN && size <= room && room - size < ALIGN;
}

/* If only one slice differs, it is damaged. A damaged offset of the header differs from two. */
bool gopm__pcln_tables_mend(struct gopm__reader *reader, uint64_t header, const struct gopm__pcln_format *format,
                            struct gopm__pcln_slice tables[GOPM__PCLN_TABLES], struct gopm__pcln_slice *ftab)
{
	const uint64_t row = format->ftab_word * UINT64_C(2);
	size_t wrong = 0, last = 0;
	struct header h;

	if (!read_header(reader, header, format, &h)) {
		return true;
	}
	for (size_t i = 0; i < GOPM__PCLN_TABLES; i++) {
		if (!slice_fits(&h, header, &tables[i], i)) {
			wrong++;
			last = i;
		}
	}
	if (wrong == 1) {
		const bool end = last + 1 == GOPM__PCLN_TABLES;
		tables[last].address = header + h.offsets[last];
		tables[last].size = end ? tables[last].size : h.offsets[last + 1] - h.offsets[last];
	}
	/* ftab begins the last table. */
	const struct gopm__pcln_slice own = {tables[GOPM__PCLN_FUNCTIONS].address, (h.functions + 1) * row};
	const bool same = ftab->address == own.address && ftab->size == own.size;
	if (ftab->address != own.address && ftab->size == own.size) {
		ftab->address = own.address;
	} else if (ftab->address == own.address &&
	           (ftab->size == 0 || ftab->size > tables[GOPM__PCLN_FUNCTIONS].size)) {
		ftab->size = own.size;
	}
	return wrong == 0 && same;
}
