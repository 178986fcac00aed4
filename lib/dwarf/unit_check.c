/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes abbreviations and skips entries by their forms, without libdwarf: it reports only what it cannot read. */
#include "dwarf/unit_check.h"

#include "dwarf/constants.h"
#include "dwarf/go_abbreviation.h"

#define MAX_ABBREVIATIONS 512u
#define MAX_FORMS 8192u
#define MAX_DEPTH 4096u
#define MAX_NAMES 32u

/* Classes of forms (DWARF 5, section 7.5.5). */
enum form_class {
	CLASS_ADDRESS = 1,
	CLASS_BLOCK = 2,
	CLASS_CONSTANT = 4,
	CLASS_FLAG = 8,
	CLASS_REFERENCE = 16,
	CLASS_STRING = 32,
	CLASS_SECTION = 64, /* an offset into another section, or an index of a list there */
};

/* How the bytes of a form are skipped. */
enum form_size { SIZE_FIXED, SIZE_OFFSET, SIZE_LEB, SIZE_STRING, SIZE_BLOCK, SIZE_LEB_BLOCK, SIZE_NONE };

static const struct {
	uint8_t form, size, bytes, classes;
} forms[] = {
    {GOPM__FORM_ADDR, SIZE_FIXED, 8, CLASS_ADDRESS},
    {GOPM__FORM_BLOCK1, SIZE_BLOCK, 1, CLASS_BLOCK},
    {GOPM__FORM_BLOCK2, SIZE_BLOCK, 2, CLASS_BLOCK},
    {GOPM__FORM_BLOCK4, SIZE_BLOCK, 4, CLASS_BLOCK},
    {GOPM__FORM_BLOCK, SIZE_LEB_BLOCK, 0, CLASS_BLOCK},
    {GOPM__FORM_EXPRLOC, SIZE_LEB_BLOCK, 0, CLASS_BLOCK},
    {GOPM__FORM_DATA1, SIZE_FIXED, 1, CLASS_CONSTANT},
    {GOPM__FORM_DATA2, SIZE_FIXED, 2, CLASS_CONSTANT},
    {GOPM__FORM_DATA4, SIZE_FIXED, 4, CLASS_CONSTANT | CLASS_SECTION},
    {GOPM__FORM_DATA8, SIZE_FIXED, 8, CLASS_CONSTANT | CLASS_SECTION},
    {GOPM__FORM_DATA16, SIZE_FIXED, 16, CLASS_CONSTANT},
    {GOPM__FORM_SDATA, SIZE_LEB, 0, CLASS_CONSTANT},
    {GOPM__FORM_UDATA, SIZE_LEB, 0, CLASS_CONSTANT},
    {GOPM__FORM_IMPLICIT_CONST, SIZE_NONE, 0, CLASS_CONSTANT},
    {GOPM__FORM_STRING, SIZE_STRING, 0, CLASS_STRING},
    {GOPM__FORM_STRP, SIZE_OFFSET, 0, CLASS_STRING},
    {GOPM__FORM_LINE_STRP, SIZE_OFFSET, 0, CLASS_STRING},
    {GOPM__FORM_STRX, SIZE_LEB, 0, CLASS_STRING},
    {GOPM__FORM_STRX1, SIZE_FIXED, 1, CLASS_STRING},
    {GOPM__FORM_STRX2, SIZE_FIXED, 2, CLASS_STRING},
    {GOPM__FORM_STRX3, SIZE_FIXED, 3, CLASS_STRING},
    {GOPM__FORM_STRX4, SIZE_FIXED, 4, CLASS_STRING},
    {GOPM__FORM_FLAG, SIZE_FIXED, 1, CLASS_FLAG},
    {GOPM__FORM_FLAG_PRESENT, SIZE_NONE, 0, CLASS_FLAG},
    {GOPM__FORM_REF_ADDR, SIZE_OFFSET, 0, CLASS_REFERENCE},
    {GOPM__FORM_REF1, SIZE_FIXED, 1, CLASS_REFERENCE},
    {GOPM__FORM_REF2, SIZE_FIXED, 2, CLASS_REFERENCE},
    {GOPM__FORM_REF4, SIZE_FIXED, 4, CLASS_REFERENCE},
    {GOPM__FORM_REF8, SIZE_FIXED, 8, CLASS_REFERENCE},
    {GOPM__FORM_REF_UDATA, SIZE_LEB, 0, CLASS_REFERENCE},
    {GOPM__FORM_SEC_OFFSET, SIZE_OFFSET, 0, CLASS_SECTION},
    {GOPM__FORM_LOCLISTX, SIZE_LEB, 0, CLASS_SECTION},
    {GOPM__FORM_RNGLISTX, SIZE_LEB, 0, CLASS_SECTION},
    {GOPM__FORM_ADDRX, SIZE_LEB, 0, CLASS_ADDRESS},
    {GOPM__FORM_ADDRX1, SIZE_FIXED, 1, CLASS_ADDRESS},
    {GOPM__FORM_ADDRX2, SIZE_FIXED, 2, CLASS_ADDRESS},
    {GOPM__FORM_ADDRX3, SIZE_FIXED, 3, CLASS_ADDRESS},
    {GOPM__FORM_ADDRX4, SIZE_FIXED, 4, CLASS_ADDRESS},
};

enum { FORMS = sizeof forms / sizeof forms[0] };

/* Classes of standard attributes (DWARF 5, table 7.5). Attributes of vendors may have any. */
static const struct {
	uint8_t name, classes;
} attributes[] = {
    {0x01, CLASS_REFERENCE},                                /* sibling */
    {0x02, CLASS_BLOCK | CLASS_SECTION},                    /* location */
    {0x03, CLASS_STRING},                                   /* name */
    {0x0b, CLASS_CONSTANT | CLASS_BLOCK | CLASS_REFERENCE}, /* byte_size */
    {0x10, CLASS_SECTION},                                  /* stmt_list */
    {0x11, CLASS_ADDRESS},                                  /* low_pc */
    {0x12, CLASS_ADDRESS | CLASS_CONSTANT},                 /* high_pc */
    {0x13, CLASS_CONSTANT},                                 /* language */
    {0x1b, CLASS_STRING},                                   /* comp_dir */
    {0x1c, CLASS_BLOCK | CLASS_CONSTANT | CLASS_STRING},    /* const_value */
    {0x20, CLASS_CONSTANT},                                 /* inline */
    {0x22, CLASS_CONSTANT | CLASS_BLOCK | CLASS_REFERENCE}, /* lower_bound */
    {0x25, CLASS_STRING},                                   /* producer */
    {0x27, CLASS_FLAG},                                     /* prototyped */
    {0x2f, CLASS_CONSTANT | CLASS_BLOCK | CLASS_REFERENCE}, /* upper_bound */
    {0x31, CLASS_REFERENCE},                                /* abstract_origin */
    {0x34, CLASS_FLAG},                                     /* artificial */
    {0x37, CLASS_CONSTANT | CLASS_BLOCK | CLASS_REFERENCE}, /* count */
    {0x38, CLASS_CONSTANT | CLASS_BLOCK | CLASS_SECTION},   /* data_member_location */
    {0x39, CLASS_CONSTANT},                                 /* decl_column */
    {0x3a, CLASS_CONSTANT},                                 /* decl_file */
    {0x3b, CLASS_CONSTANT},                                 /* decl_line */
    {0x3c, CLASS_FLAG},                                     /* declaration */
    {0x3e, CLASS_CONSTANT},                                 /* encoding */
    {0x3f, CLASS_FLAG},                                     /* external */
    {0x40, CLASS_BLOCK | CLASS_SECTION},                    /* frame_base */
    {0x47, CLASS_REFERENCE},                                /* specification */
    {0x49, CLASS_REFERENCE},                                /* type */
    {0x4b, CLASS_FLAG | CLASS_CONSTANT},                    /* variable_parameter */
    {0x55, CLASS_SECTION},                                  /* ranges */
    {0x58, CLASS_CONSTANT},                                 /* call_file */
    {0x59, CLASS_CONSTANT},                                 /* call_line */
    {0x6e, CLASS_STRING},                                   /* linkage_name */
    {0x72, CLASS_SECTION},                                  /* str_offsets_base */
    {0x73, CLASS_SECTION},                                  /* addr_base */
    {0x74, CLASS_SECTION},                                  /* rnglists_base */
    {0x87, CLASS_FLAG},                                     /* noreturn */
    {0x8c, CLASS_SECTION},                                  /* loclists_base */
};

/* Tags of entries that may have an attribute (DWARF 5, appendix A), ended by 0. Only those of Go's own entries. */
static const struct {
	uint8_t name;
	uint16_t tags[12];
} owners[] = {
    {0x02, {0x05, 0x34, 0x27, 0x36, 0x1a, 0x48, 0x49, 0x13, 0x4109, 0x410a}}, /* location: variable, parameter, ... */
    {0x25, {0x11, 0x3c, 0x41, 0x4a}},                                         /* producer: units */
    {0x2f, {0x21, 0x45, 0x01}},                                               /* upper_bound: subrange, ... */
    {0x37, {0x21, 0x45, 0x01}},                                               /* count: the same */
    {0x38, {0x0d, 0x1c, 0x19}},                                               /* data_member_location: member, ... */
    {0x3e, {0x24, 0x04, 0x18, 0x34, 0x0d, 0x27, 0x10}}, /* encoding: base type, enumeration, ... */
    {0x40, {0x2e, 0x03, 0x1d}},                         /* frame_base: subprogram, ... */
    {0x59, {0x1d, 0x48, 0x4109, 0x2e}},                 /* call_line: inlined subroutine, ... */
};

static bool tag_fits(uint64_t name, uint64_t tag)
{
	for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
		bool found = owners[i].name != name;
		for (size_t k = 0; !found && owners[i].tags[k] != 0; k++) {
			found = owners[i].tags[k] == tag;
		}
		if (!found) {
			return false;
		}
	}
	return true;
}

struct abbreviation {
	uint32_t first, count; /* of abbreviations.forms; count 0 and !known: none has this code */
	bool known, children;
};

/* By code: Go's linker numbers them from 1 (cmd/internal/dwarf). */
struct abbreviations {
	struct abbreviation list[MAX_ABBREVIATIONS];
	uint8_t forms[MAX_FORMS]; /* indexes into `forms` */
	uint32_t form_count;
	uint64_t limit; /* codes below this one were read */
	bool go;        /* of units of Go */
};

static const char broken[] = "an abbreviation is damaged: entries that use it are read wrongly";
static const char astray[] = "its entries do not end where it ends: an entry or an abbreviation is damaged";

static bool attribute_fits(uint64_t name, uint8_t classes)
{
	for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
		if (attributes[i].name == name) {
			return (attributes[i].classes & classes) != 0;
		}
	}
	return true;
}

/* *other is true if there is a form that only libdwarf knows. */
static const char *read_attributes(struct abbreviations *table, struct abbreviation *a, uint64_t tag,
                                   struct gopm__cursor *c, bool *other)
{
	uint16_t names[MAX_NAMES];

	while (true) {
		uint64_t name = gopm__cursor_uleb(c), form = gopm__cursor_uleb(c);
		size_t i = 0;
		if (c->failed || (name == 0) != (form == 0)) {
			return broken;
		}
		if (name == 0) {
			const bool fits = !table->go || a->count > MAX_NAMES ||
			                  gopm__go_abbreviation_fits(tag, a->children, names, a->count);
			return fits ? NULL : broken;
		}
		if (a->count < MAX_NAMES) {
			names[a->count] = name <= UINT16_MAX ? (uint16_t)name : 0;
		}
		while (i < FORMS && forms[i].form != form) {
			i++;
		}
		if (i == FORMS || table->form_count == MAX_FORMS) {
			*other = true;
			return NULL;
		}
		if (!attribute_fits(name, forms[i].classes) || !tag_fits(name, tag)) {
			return broken;
		}
		if (form == GOPM__FORM_IMPLICIT_CONST) {
			(void)gopm__cursor_sleb(c);
		}
		table->forms[table->form_count++] = (uint8_t)i;
		a->count++;
	}
}

/* Reads the table at the cursor. *other is true if it cannot be judged: its codes are not 1, 2, 3 ... */
static const char *read_abbreviations(struct abbreviations *table, struct gopm__cursor *c, bool *other)
{
	*other = false;
	for (uint64_t next = 1;; next++) {
		uint64_t code = gopm__cursor_uleb(c);
		if (code == 0) {
			table->limit = next;
			return c->failed ? broken : NULL;
		}
		uint64_t tag = gopm__cursor_uleb(c);
		uint8_t children = gopm__cursor_u8(c);
		if (code != next || next == MAX_ABBREVIATIONS) {
			*other = next == 1 || next == MAX_ABBREVIATIONS;
			return *other ? NULL : broken;
		}
		if (c->failed || tag == 0 || tag > 0xffff || children > 1) {
			return broken;
		}
		struct abbreviation *a = &table->list[code];
		*a = (struct abbreviation){.first = table->form_count, .known = true, .children = children != 0};
		const char *fault = read_attributes(table, a, tag, c, other);
		if (fault != NULL || *other) {
			return fault;
		}
	}
}

static void skip_form(struct gopm__cursor *c, size_t form, uint8_t offset_size)
{
	uint64_t size = 0;

	switch (forms[form].size) {
	case SIZE_FIXED:
		(void)gopm__cursor_bytes(c, forms[form].bytes);
		return;
	case SIZE_OFFSET:
		(void)gopm__cursor_bytes(c, offset_size);
		return;
	case SIZE_LEB:
		(void)gopm__cursor_uleb(c);
		return;
	case SIZE_STRING:
		while (gopm__cursor_u8(c) != 0) {
		}
		return;
	case SIZE_BLOCK:
		size = forms[form].bytes == 1   ? gopm__cursor_u8(c)
		       : forms[form].bytes == 2 ? gopm__cursor_u16(c)
		                                : gopm__cursor_u32(c);
		break;
	case SIZE_LEB_BLOCK:
		size = gopm__cursor_uleb(c);
		break;
	default:
		return;
	}
	if (size > gopm__cursor_left(c)) {
		c->failed = true;
		return;
	}
	(void)gopm__cursor_bytes(c, (size_t)size);
}

/* Skips all entries of a unit. */
static bool tree_ends(const struct abbreviations *table, struct gopm__cursor *c, uint8_t offset_size)
{
	unsigned depth = 0;

	do {
		uint64_t code = gopm__cursor_uleb(c);
		if (c->failed) {
			return false;
		}
		if (code == 0) {
			depth -= depth != 0 ? 1 : 0;
			continue;
		}
		if (code >= table->limit || !table->list[code].known) {
			return false;
		}
		const struct abbreviation *a = &table->list[code];
		for (uint32_t i = 0; i < a->count; i++) {
			skip_form(c, table->forms[a->first + i], offset_size);
		}
		depth += a->children ? 1 : 0;
		if (c->failed || depth > MAX_DEPTH) {
			return false;
		}
	} while (depth != 0);
	/* Padding is zero. */
	while (gopm__cursor_left(c) != 0) {
		if (gopm__cursor_u8(c) != 0) {
			return false;
		}
	}
	return true;
}

uint64_t gopm__unit_abbreviations(const struct gopm__dwarf_sections *sections, const struct gopm__unit *unit)
{
	struct gopm__cursor c = gopm__cursor(sections->info.data, (size_t)sections->info.size);
	const bool wide = unit->raw.offset_size == 8;

	/* unit_length, version, and since DWARF 5 unit_type and address_size (DWARF 5, section 7.5.1). */
	gopm__cursor_seek(&c, unit->raw.offset + (wide ? 12 : 4) + 2 + (unit->raw.version >= 5 ? 2 : 0));
	return wide ? gopm__cursor_u64(&c) : gopm__cursor_u32(&c);
}

const char *gopm__unit_fault(const struct gopm__dwarf_sections *sections, const struct gopm__unit *unit, bool tree)
{
	struct gopm__cursor c = gopm__cursor(sections->abbrev.data, (size_t)sections->abbrev.size);
	struct abbreviations table;
	bool other;

	if (unit->raw.next > sections->info.size || unit->raw.die >= unit->raw.next) {
		return astray;
	}
	gopm__cursor_seek(&c, gopm__unit_abbreviations(sections, unit));
	table.form_count = 0;
	table.go = unit->go;
	const char *fault = read_abbreviations(&table, &c, &other);
	if (fault != NULL || other || !tree) {
		return fault;
	}
	c = gopm__cursor(sections->info.data, (size_t)unit->raw.next);
	gopm__cursor_seek(&c, unit->raw.die);
	return tree_ends(&table, &c, unit->raw.offset_size) ? NULL : astray;
}
