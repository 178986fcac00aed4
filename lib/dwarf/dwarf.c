/* SPDX-License-Identifier: Apache-2.0 */
/* Opening reads the header and the root DIE of each unit; the rest of a unit is read when it is needed. */
#include "dwarf/dwarf.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "dwarf/go_table.h"
#include "dwarf/unit_check.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_UNITS 200000
#define MAX_UNIT_RANGES 4000000
#define REPORT_EVERY 16 /* units, from one report of progress to the next */

bool gopm__dwarf_report(const struct gopm__dwarf *dwarf, size_t unit)
{
	/* What stopped one loop stops all of the call: a callback is not asked again. */
	if (gopm__call_lacks_memory()) {
		return false;
	}
	if (dwarf->progress == NULL || unit % REPORT_EVERY != 0 ||
	    gopm__progress_report(dwarf->progress, GOPM_PROGRESS_DWARF, unit, dwarf->unit_count)) {
		return true;
	}
	gopm__call_cancel();
	return false;
}

void gopm__dwarf_damage(struct gopm__dwarf *dwarf, uint64_t offset, const char *what)
{
	gopm__finding_add(dwarf->findings, GOPM_FINDING_BAD_DWARF, GOPM__AT_OFFSET(dwarf->exe->source.name, offset),
	                  "%s", what);
}

/* libdwarf and the string reader may look a little past a section's end. So a section that points into the file is
 * copied and padded. */
static gopm_status pad_section(struct gopm__executable *exe, struct gopm__arena *arena, struct gopm__section *section)
{
	const struct gopm__source *source = &exe->source;

	if (section->size == 0 || source->base == NULL || section->data < source->base ||
	    section->data >= source->base + source->size) {
		return GOPM_OK; /* absent, or a padded copy already */
	}
	uint8_t *copy = gopm__arena_alloc(arena, (size_t)section->size + 64);
	if (copy == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	memcpy(copy, section->data, (size_t)section->size);
	section->data = copy;
	return GOPM_OK;
}

static gopm_status fail_section(const struct gopm__executable *exe, const char *name, gopm_status status,
                                gopm_error **err)
{
	switch (status) {
	case GOPM_ERR_NO_MEMORY:
		return gopm__fail_memory(err);
	case GOPM_ERR_LIMIT:
		return gopm__fail(err, status, GOPM__AT_FILE(exe->source.name),
		                  "section %s unpacks to more bytes than allowed; raise max_section_size, "
		                  "max_unpacked_memory or max_unpacked_ratio, or use gopm --max-unpacked",
		                  name);
	default:
		return gopm__fail(err, status, GOPM__AT_FILE(exe->source.name), "cannot read section %s: %s", name,
		                  gopm_status_text(status));
	}
}

static gopm_status load_sections(struct gopm__executable *exe, struct gopm__arena *arena,
                                 struct gopm__dwarf_sections *out, gopm_error **err)
{
	const struct {
		const char *name;
		struct gopm__section *section;
	} wanted[] = {
	    {".debug_info", &out->info},
	    {".debug_abbrev", &out->abbrev},
	    {".debug_str", &out->strings},
	    {".debug_line_str", &out->line_strings},
	    {".debug_str_offsets", &out->str_offsets},
	    {".debug_addr", &out->addr},
	    {".debug_ranges", &out->ranges},
	    {".debug_rnglists", &out->rnglists},
	    {".debug_loc", &out->loc},
	    {".debug_loclists", &out->loclists},
	};

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		gopm_status st = gopm__executable_section(exe, wanted[i].name, wanted[i].section);
		if (st == GOPM_NOT_FOUND) {
			*wanted[i].section = (struct gopm__section){0};
			st = GOPM_OK;
		} else if (st == GOPM_OK && (i < 2 || wanted[i].section == &out->addr)) {
			st = pad_section(exe, arena, wanted[i].section);
		}
		if (st != GOPM_OK) {
			return fail_section(exe, wanted[i].name, st, err);
		}
	}
	return GOPM_OK;
}

struct unit_ranges {
	struct gopm__unit_range *list;
	size_t count, capacity;
};

static gopm_status append_unit_range(struct unit_ranges *ranges, struct gopm__pc_range range, size_t unit)
{
	if (range.low >= range.high) {
		return GOPM_OK;
	}
	if (ranges->count >= MAX_UNIT_RANGES) {
		return GOPM_ERR_LIMIT;
	}
	if (!GOPM__VECTOR_RESERVE(ranges->list, ranges->count, ranges->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	ranges->list[ranges->count++] = (struct gopm__unit_range){range, (uint32_t)unit};
	return GOPM_OK;
}

static gopm_status add_unit_ranges(struct gopm__dwarf *dwarf, size_t index, const struct gopm__die *root,
                                   struct unit_ranges *ranges)
{
	struct gopm__unit *unit = &dwarf->units[index];
	const struct gopm__section *section =
	    unit->raw.version >= 5 ? &dwarf->sections.rnglists : &dwarf->sections.ranges;
	struct gopm__pc_range extent;
	struct gopm__list_entry entry;
	uint64_t offset = root->ranges.number;

	if (root->ranges.class_ == GOPM__CLASS_NONE) {
		return gopm__die_extent(root, &extent) ? append_unit_range(ranges, extent, index) : GOPM_OK;
	}
	if (root->ranges.class_ == GOPM__CLASS_LIST_INDEX &&
	    !gopm__list_offset(section, &unit->list, unit->rnglists_base, offset, &offset)) {
		return GOPM_ERR_FORMAT;
	}
	struct gopm__list list = gopm__list_open(section, offset, &unit->list, false);
	const size_t before = ranges->count;
	gopm_status st;
	while ((st = gopm__list_next(&list, &entry)) == GOPM_OK) {
		st = append_unit_range(ranges, entry.range, index);
		if (st != GOPM_OK) {
			return st;
		}
	}
	if (st != GOPM_DONE) {
		return st;
	}
	/* A unit of Go without code has no list (cmd/internal/dwarf, DW_ABRV_COMPUNIT_TEXTLESS). */
	return unit->go && ranges->count == before ? GOPM_ERR_FORMAT : GOPM_OK;
}

/* The producer is like "Go cmd/compile go1.26.8; -N -l regabi", the flags after the semicolon. As in Delve, a unit is
 * optimized unless it has both -N and -l (pkg/proc/bininfo.go). */
static bool is_optimized(const struct gopm__die *root)
{
	if (root->producer.class_ != GOPM__CLASS_STRING || root->producer.size == 0) {
		return false;
	}
	const char *text = (const char *)root->producer.data;
	const char *flags = memchr(text, ';', (size_t)root->producer.size);
	size_t left = flags != NULL ? (size_t)root->producer.size - (size_t)(flags - text) : 0;
	return flags == NULL || memmem(flags, left, "-N", 2) == NULL || memmem(flags, left, "-l", 2) == NULL;
}

static gopm_status read_unit_root(struct gopm__dwarf *dwarf, struct gopm__unit *unit, struct gopm__die *root)
{
	struct gopm__raw_die raw;

	gopm_status st = gopm__libdwarf_die_at(dwarf->raw, unit->raw.die, &raw);
	if (st != GOPM_OK) {
		return st;
	}
	st = gopm__die_read(dwarf, unit, &raw, root);
	if (st == GOPM_OK && unit->raw.version >= 5) {
		/* Attributes of the same DIE depend on the bases: read the bases first. */
		if (root->addr_base.class_ == GOPM__CLASS_SECTION) {
			unit->list.addr_base = root->addr_base.number;
		}
		if (root->rnglists_base.class_ == GOPM__CLASS_SECTION) {
			unit->rnglists_base = root->rnglists_base.number;
		}
		if (root->loclists_base.class_ == GOPM__CLASS_SECTION) {
			unit->loclists_base = root->loclists_base.number;
		}
		if (root->str_offsets_base.class_ == GOPM__CLASS_SECTION) {
			unit->str_offsets_base = root->str_offsets_base.number;
		}
		st = gopm__die_read(dwarf, unit, &raw, root);
	}
	gopm__libdwarf_release(dwarf->raw, &raw);
	unit->list.base = root->low_pc.class_ == GOPM__CLASS_ADDRESS ? root->low_pc.number : 0;
	unit->language = gopm__attribute_number(&root->language, 0);
	unit->go = unit->language == GOPM__LANGUAGE_GO;
	unit->name = gopm__die_name(root);
	if (root->go_package_name.class_ == GOPM__CLASS_STRING) {
		unit->package =
		    (gopm_str){(const char *)root->go_package_name.data, (size_t)root->go_package_name.size};
	}
	unit->optimized = is_optimized(root);
	return st;
}

static gopm_status read_unit_headers(struct gopm__dwarf *dwarf)
{
	size_t capacity = 0;
	struct gopm__raw_unit raw;
	gopm_status st;

	while ((st = gopm__libdwarf_next_unit(dwarf->raw, &raw)) == GOPM_OK) {
		if (raw.address_size != 8 || raw.version < 2 || raw.version > 5 || dwarf->unit_count >= MAX_UNITS) {
			gopm__dwarf_damage(dwarf, raw.offset,
			                   "a DWARF unit was left out: its version or address size is unknown");
			if (dwarf->unit_count >= MAX_UNITS) {
				return GOPM_OK;
			}
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(dwarf->units, dwarf->unit_count, capacity, 1)) {
			return GOPM_ERR_NO_MEMORY;
		}
		dwarf->units[dwarf->unit_count++] = (struct gopm__unit){.raw = raw,
		                                                        .list = {.version = raw.version,
		                                                                 .offset_size = raw.offset_size,
		                                                                 .address = dwarf->sections.addr,
		                                                                 .addr_base = 8},
		                                                        .str_offsets_base = 8};
	}
	if (st != GOPM_DONE) {
		gopm__dwarf_damage(dwarf, 0, "the unit headers of .debug_info are damaged: units may be missing");
	}
	return GOPM_OK;
}

static int unit_range_order(const void *a, const void *b)
{
	const struct gopm__unit_range *x = a, *y = b;
	if (x->range.low != y->range.low) {
		return x->range.low < y->range.low ? -1 : 1;
	}
	return x->unit < y->unit ? -1 : x->unit > y->unit;
}

void gopm__dwarf_check_unit(struct gopm__dwarf *dwarf, struct gopm__unit *unit)
{
	const char *fault = unit->checked ? NULL : gopm__unit_fault(&dwarf->sections, unit, true);

	unit->checked = true;
	if (fault != NULL) {
		gopm__finding_add(dwarf->findings, GOPM_FINDING_BAD_DWARF,
		                  GOPM__AT_OFFSET(dwarf->exe->source.name, unit->raw.offset), "a DWARF unit: %s",
		                  fault);
	}
}

/* Checks the abbreviations of a unit of Go, or of no language: a damaged abbreviation may hide it, and with it the
 * unit. Go's units share one table, whose offset is *last after the first of them. */
static void check_abbreviations(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, const struct gopm__die *root,
                                uint64_t *last)
{
	const uint64_t offset = gopm__unit_abbreviations(&dwarf->sections, unit);
	const struct gopm__section *section = &dwarf->sections.abbrev;
	const bool named = root->producer.class_ == GOPM__CLASS_STRING;

	if (offset == *last) {
		return;
	}
	if (offset < section->size &&
	    gopm__go_table_is_damaged(section->data + offset, section->size - offset,
	                              named ? (gopm_str){(const char *)root->producer.data, root->producer.size}
	                                    : (gopm_str){NULL, 0})) {
		gopm__dwarf_damage(dwarf, unit->raw.offset, "its abbreviations are not those of this Go version");
	}
	if (!unit->go && gopm__attribute_number(&root->language, 0) != 0) {
		return;
	}
	*last = offset;
	const char *fault = gopm__unit_fault(&dwarf->sections, unit, false);
	if (fault != NULL) {
		gopm__dwarf_damage(dwarf, unit->raw.offset, fault);
	}
}

static gopm_status read_units(struct gopm__dwarf *dwarf)
{
	struct unit_ranges ranges = {0};
	uint64_t last = UINT64_MAX;

	gopm_status st = read_unit_headers(dwarf);
	for (size_t i = 0; st == GOPM_OK && i < dwarf->unit_count; i++) {
		struct gopm__die root = {0};
		st = read_unit_root(dwarf, &dwarf->units[i], &root);
		check_abbreviations(dwarf, &dwarf->units[i], &root, &last);
		const size_t before = ranges.count;
		if (st == GOPM_OK) {
			st = add_unit_ranges(dwarf, i, &root, &ranges);
		}
		dwarf->units[i].range_count = (uint32_t)(ranges.count - before);
		if (st == GOPM_ERR_FORMAT || st == GOPM_NOT_FOUND) {
			gopm__dwarf_damage(dwarf, dwarf->units[i].raw.offset, "a DWARF unit is damaged");
			st = GOPM_OK;
		}
	}
	dwarf->unit_ranges = ranges.list;
	dwarf->unit_range_count = ranges.count;
	if (ranges.count != 0) {
		qsort(ranges.list, ranges.count, sizeof *ranges.list, unit_range_order);
	}
	return st;
}

static const char hidden[] =
    "its DWARF is not read: libdw, which this process loaded first, hides functions of libdwarf; "
    "load libgopm by dlopen() with RTLD_DEEPBIND, or in a process of its own";

static gopm_status open_units(struct gopm__dwarf *dwarf, gopm_error **err)
{
	const char *path = dwarf->exe->source.name;

	if (dwarf->sections.info.size == 0 || dwarf->sections.abbrev.size == 0) {
		return gopm__fail(err, GOPM_ERR_NO_DWARF, GOPM__AT_FILE(path),
		                  "has no DWARF (.debug_info and .debug_abbrev): built with -w or stripped");
	}
	gopm_status st =
	    gopm__libdwarf_open(&dwarf->raw, &dwarf->sections.info, &dwarf->sections.abbrev, &dwarf->sections.addr);
	if (st == GOPM_OK) {
		st = read_units(dwarf);
	}
	if (st == GOPM_OK && dwarf->unit_count == 0) {
		st = GOPM_ERR_FORMAT;
	}
	if (st == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	if (st == GOPM_ERR_UNSUPPORTED) {
		gopm__finding_add(dwarf->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(path), "%s", hidden);
		return gopm__fail(err, GOPM_ERR_NO_DWARF, GOPM__AT_FILE(path), "%s", hidden);
	}
	return st == GOPM_OK ? st : gopm__fail(err, st, GOPM__AT_FILE(path), "its DWARF has no unit that can be read");
}

static struct gopm__dwarf *new_dwarf(struct gopm__executable *exe, struct gopm__findings *findings)
{
	struct gopm__dwarf *dwarf = gopm__calloc(1, sizeof *dwarf);

	if (dwarf != NULL) {
		dwarf->exe = exe;
		dwarf->findings = findings;
	}
	return dwarf;
}

gopm_status gopm__dwarf_open(struct gopm__dwarf **out, struct gopm__executable *exe, struct gopm__findings *findings,
                             gopm_error **err)
{
	struct gopm__dwarf *dwarf = new_dwarf(exe, findings);

	*out = NULL;
	if (dwarf == NULL) {
		return gopm__fail_memory(err);
	}
	const uint64_t failures = gopm__failed_allocations();
	gopm_status st = load_sections(exe, &dwarf->arena, &dwarf->sections, err);
	if (st == GOPM_OK) {
		st = open_units(dwarf, err);
	}
	if (!gopm__is_cacheable(failures) && st == GOPM_OK) {
		st = gopm__fail_memory(err);
	}
	if (st != GOPM_OK) {
		gopm__dwarf_close(dwarf);
		return st;
	}
	*out = dwarf;
	return GOPM_OK;
}

gopm_status gopm__dwarf_open_sections(struct gopm__dwarf **out, const struct gopm__dwarf_sections *sections,
                                      struct gopm__executable *exe, struct gopm__findings *findings, gopm_error **err)
{
	struct gopm__dwarf *dwarf = new_dwarf(exe, findings);

	*out = NULL;
	if (dwarf == NULL) {
		return gopm__fail_memory(err);
	}
	dwarf->sections = *sections;
	gopm_status st = open_units(dwarf, err);
	if (st != GOPM_OK) {
		gopm__dwarf_close(dwarf);
		return st;
	}
	*out = dwarf;
	return GOPM_OK;
}

void gopm__dwarf_close(struct gopm__dwarf *dwarf)
{
	if (dwarf == NULL) {
		return;
	}
	if (dwarf->raw != NULL) {
		gopm__libdwarf_close(dwarf->raw);
	}
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		if (dwarf->units[i].functions != NULL) {
			free(dwarf->units[i].functions->list);
			free(dwarf->units[i].functions);
		}
	}
	free(dwarf->units);
	free(dwarf->unit_ranges);
	free(dwarf->names);
	free(dwarf->c_names);
	gopm__map64_free(&dwarf->functions);
	gopm__arena_free(&dwarf->arena);
	free(dwarf);
}

struct gopm__unit *gopm__dwarf_unit_of(struct gopm__dwarf *dwarf, uint64_t die)
{
	size_t i;

	GOPM__LOWER_BOUND(i, dwarf->unit_count, dwarf->units[i].raw.next <= die);
	return i < dwarf->unit_count && die >= dwarf->units[i].raw.die ? &dwarf->units[i] : NULL;
}

struct gopm__unit *gopm__dwarf_unit_at(struct gopm__dwarf *dwarf, uint64_t pc)
{
	size_t after;

	GOPM__LOWER_BOUND(after, dwarf->unit_range_count, dwarf->unit_ranges[after].range.low <= pc);
	/* Ranges do not overlap in sound DWARF. If they do, a few steps back find one that contains the pc. */
	for (size_t i = after, tries = 0; i > 0 && tries < 8; i--, tries++) {
		if (pc < dwarf->unit_ranges[i - 1].range.high) {
			return &dwarf->units[dwarf->unit_ranges[i - 1].unit];
		}
	}
	return NULL;
}

gopm_status gopm__dwarf_die(struct gopm__dwarf *dwarf, uint64_t offset, struct gopm__die *out)
{
	struct gopm__unit *unit = gopm__dwarf_unit_of(dwarf, offset);
	struct gopm__raw_die raw;

	*out = (struct gopm__die){0};
	if (unit == NULL) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status st = gopm__libdwarf_die_at(dwarf->raw, offset, &raw);
	if (st == GOPM_OK) {
		st = gopm__die_read(dwarf, unit, &raw, out);
		gopm__libdwarf_release(dwarf->raw, &raw);
	}
	return st;
}
