/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/die.h"

#include "dwarf/constants.h"
#include "dwarf/dwarf.h"

#define MAX_ATTRIBUTES 128
#define MAX_NAME 65536

/* The NUL-terminated string at `offset`; data NULL if it does not end in its section. */
static gopm_str string_at(const struct gopm__section *section, uint64_t offset)
{
	if (section->data == NULL || offset >= section->size) {
		return (gopm_str){NULL, 0};
	}
	uint64_t left = section->size - offset;
	size_t limit = left < MAX_NAME ? (size_t)left : MAX_NAME;
	const uint8_t *begin = section->data + offset;
	const uint8_t *end = memchr(begin, 0, limit);
	return end != NULL ? (gopm_str){(const char *)begin, (size_t)(end - begin)} : (gopm_str){NULL, 0};
}

static void set_string(struct gopm__attribute *out, gopm_str s)
{
	if (s.data != NULL) {
		*out = (struct gopm__attribute){GOPM__CLASS_STRING, 0, (const uint8_t *)s.data, s.size};
	}
}

static void set_indexed_string(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, uint64_t index,
                               struct gopm__attribute *out)
{
	struct gopm__cursor c =
	    gopm__cursor(dwarf->sections.str_offsets.data, (size_t)dwarf->sections.str_offsets.size);
	unsigned size = unit->raw.offset_size;

	if (index > dwarf->sections.str_offsets.size / size ||
	    unit->str_offsets_base > dwarf->sections.str_offsets.size) {
		return;
	}
	gopm__cursor_seek(&c, unit->str_offsets_base + index * size);
	uint64_t offset = size == 8 ? gopm__cursor_u64(&c) : gopm__cursor_u32(&c);
	if (!c.failed) {
		set_string(out, string_at(&dwarf->sections.strings, offset));
	}
}

static uint64_t read_number(struct gopm__cursor *c, unsigned size)
{
	switch (size) {
	case 1:
		return gopm__cursor_u8(c);
	case 2:
		return gopm__cursor_u16(c);
	case 3: {
		uint64_t low = gopm__cursor_u16(c);
		return low | (uint64_t)gopm__cursor_u8(c) << 16;
	}
	case 4:
		return gopm__cursor_u32(c);
	default:
		return gopm__cursor_u64(c);
	}
}

static void set_block(struct gopm__cursor *c, uint64_t size, struct gopm__attribute *out)
{
	const uint8_t *data = size <= gopm__cursor_left(c) ? gopm__cursor_bytes(c, (size_t)size) : NULL;

	if (data == NULL) {
		c->failed = true;
		return;
	}
	*out = (struct gopm__attribute){GOPM__CLASS_BLOCK, 0, data, size};
}

/* Bytes of a form that begins with one little-endian number; 0: another form. */
static unsigned form_width(unsigned form, const struct gopm__unit *unit)
{
	switch (form) {
	case GOPM__FORM_DATA1:
	case GOPM__FORM_REF1:
	case GOPM__FORM_FLAG:
	case GOPM__FORM_STRX1:
	case GOPM__FORM_ADDRX1:
	case GOPM__FORM_BLOCK1:
		return 1;
	case GOPM__FORM_DATA2:
	case GOPM__FORM_REF2:
	case GOPM__FORM_STRX2:
	case GOPM__FORM_ADDRX2:
	case GOPM__FORM_BLOCK2:
		return 2;
	case GOPM__FORM_STRX3:
	case GOPM__FORM_ADDRX3:
		return 3;
	case GOPM__FORM_DATA4:
	case GOPM__FORM_REF4:
	case GOPM__FORM_STRX4:
	case GOPM__FORM_ADDRX4:
	case GOPM__FORM_BLOCK4:
		return 4;
	case GOPM__FORM_DATA8:
	case GOPM__FORM_REF8:
	case GOPM__FORM_ADDR:
		return 8;
	case GOPM__FORM_STRP:
	case GOPM__FORM_LINE_STRP:
	case GOPM__FORM_SEC_OFFSET:
	case GOPM__FORM_REF_ADDR:
		return unit->raw.offset_size;
	default:
		return 0;
	}
}

static void set_indexed_address(const struct gopm__unit *unit, uint64_t index, struct gopm__attribute *out)
{
	uint64_t address = 0;

	if (gopm__address_at(&unit->list, index, &address)) {
		*out = (struct gopm__attribute){GOPM__CLASS_ADDRESS, address, NULL, 0};
	}
}

/* `n` is the number that the form begins with, if form_width() is not 0; else the cursor is at it. */
static void decode_string(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                          const struct gopm__raw_attribute *raw, struct gopm__cursor *c, uint64_t n,
                          struct gopm__attribute *out)
{
	switch (raw->form) {
	case GOPM__FORM_STRING:
		set_string(out, string_at(&dwarf->sections.info, raw->offset));
		break;
	case GOPM__FORM_STRP:
		set_string(out, string_at(&dwarf->sections.strings, n));
		break;
	case GOPM__FORM_LINE_STRP:
		set_string(out, string_at(&dwarf->sections.line_strings, n));
		break;
	case GOPM__FORM_STRX:
		set_indexed_string(dwarf, unit, gopm__cursor_uleb(c), out);
		break;
	default: /* GOPM__FORM_STRX1 to STRX4 */
		set_indexed_string(dwarf, unit, n, out);
		break;
	}
}

static bool decode_attribute(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                             const struct gopm__raw_attribute *raw, struct gopm__attribute *out)
{
	struct gopm__cursor cursor = gopm__cursor(dwarf->sections.info.data, (size_t)dwarf->sections.info.size);
	struct gopm__cursor *c = &cursor;
	unsigned width = form_width(raw->form, unit);

	*out = (struct gopm__attribute){0};
	gopm__cursor_seek(c, raw->offset);
	uint64_t n = width != 0 ? read_number(c, width) : 0;
	if (c->failed) {
		return false;
	}
	switch (raw->form) {
	case GOPM__FORM_ADDR:
		*out = (struct gopm__attribute){GOPM__CLASS_ADDRESS, n, NULL, 0};
		break;
	case GOPM__FORM_ADDRX:
		set_indexed_address(unit, gopm__cursor_uleb(c), out);
		break;
	case GOPM__FORM_ADDRX1:
	case GOPM__FORM_ADDRX2:
	case GOPM__FORM_ADDRX3:
	case GOPM__FORM_ADDRX4:
		set_indexed_address(unit, n, out);
		break;
	case GOPM__FORM_DATA1:
	case GOPM__FORM_DATA2:
	case GOPM__FORM_DATA4:
	case GOPM__FORM_DATA8:
		*out = (struct gopm__attribute){GOPM__CLASS_UNSIGNED, n, NULL, 0};
		break;
	case GOPM__FORM_UDATA:
		*out = (struct gopm__attribute){GOPM__CLASS_UNSIGNED, gopm__cursor_uleb(c), NULL, 0};
		break;
	case GOPM__FORM_SDATA:
		*out = (struct gopm__attribute){GOPM__CLASS_SIGNED, (uint64_t)gopm__cursor_sleb(c), NULL, 0};
		break;
	case GOPM__FORM_IMPLICIT_CONST:
		*out = (struct gopm__attribute){GOPM__CLASS_SIGNED, (uint64_t)raw->implicit, NULL, 0};
		break;
	case GOPM__FORM_FLAG:
		*out = (struct gopm__attribute){GOPM__CLASS_FLAG, n, NULL, 0};
		break;
	case GOPM__FORM_FLAG_PRESENT:
		*out = (struct gopm__attribute){GOPM__CLASS_FLAG, 1, NULL, 0};
		break;
	case GOPM__FORM_REF1:
	case GOPM__FORM_REF2:
	case GOPM__FORM_REF4:
	case GOPM__FORM_REF8:
	case GOPM__FORM_REF_UDATA:
		if (width == 0) {
			n = gopm__cursor_uleb(c);
		}
		if (n >= unit->raw.next - unit->raw.offset) {
			return false;
		}
		*out = (struct gopm__attribute){GOPM__CLASS_REFERENCE, unit->raw.offset + n, NULL, 0};
		break;
	case GOPM__FORM_REF_ADDR:
		*out = (struct gopm__attribute){GOPM__CLASS_REFERENCE, n, NULL, 0};
		break;
	case GOPM__FORM_SEC_OFFSET:
		*out = (struct gopm__attribute){GOPM__CLASS_SECTION, n, NULL, 0};
		break;
	case GOPM__FORM_LOCLISTX:
	case GOPM__FORM_RNGLISTX:
		*out = (struct gopm__attribute){GOPM__CLASS_LIST_INDEX, gopm__cursor_uleb(c), NULL, 0};
		break;
	case GOPM__FORM_BLOCK1:
	case GOPM__FORM_BLOCK2:
	case GOPM__FORM_BLOCK4:
		set_block(c, n, out);
		break;
	case GOPM__FORM_BLOCK:
	case GOPM__FORM_EXPRLOC:
		set_block(c, gopm__cursor_uleb(c), out);
		break;
	case GOPM__FORM_STRING:
	case GOPM__FORM_STRP:
	case GOPM__FORM_LINE_STRP:
	case GOPM__FORM_STRX:
	case GOPM__FORM_STRX1:
	case GOPM__FORM_STRX2:
	case GOPM__FORM_STRX3:
	case GOPM__FORM_STRX4:
		decode_string(dwarf, unit, raw, c, n, out);
		break;
	default: /* ref_sig8, data16, alternate files: no attribute here uses them */
		break;
	}
	return !c->failed;
}

static struct gopm__attribute *attribute_slot(struct gopm__die *die, unsigned name)
{
	switch (name) {
	case GOPM__AT_LOCATION:
		return &die->location;
	case GOPM__AT_NAME:
		return &die->name;
	case GOPM__AT_BYTE_SIZE:
		return &die->byte_size;
	case GOPM__AT_LOW_PC:
		return &die->low_pc;
	case GOPM__AT_HIGH_PC:
		return &die->high_pc;
	case GOPM__AT_LANGUAGE:
		return &die->language;
	case GOPM__AT_CONST_VALUE:
		return &die->const_value;
	case GOPM__AT_UPPER_BOUND:
		return &die->upper_bound;
	case GOPM__AT_ABSTRACT_ORIGIN:
		return &die->origin;
	case GOPM__AT_COUNT:
		return &die->count;
	case GOPM__AT_DATA_MEMBER_LOCATION:
		return &die->member_location;
	case GOPM__AT_DECL_FILE:
		return &die->decl_file;
	case GOPM__AT_DECL_LINE:
		return &die->decl_line;
	case GOPM__AT_ENCODING:
		return &die->encoding;
	case GOPM__AT_FRAME_BASE:
		return &die->frame_base;
	case GOPM__AT_SPECIFICATION:
		return &die->specification;
	case GOPM__AT_PRODUCER:
		return &die->producer;
	case GOPM__AT_TYPE:
		return &die->type;
	case GOPM__AT_VARIABLE_PARAMETER:
		return &die->variable_parameter;
	case GOPM__AT_RANGES:
		return &die->ranges;
	case GOPM__AT_CALL_LINE:
		return &die->call_line;
	case GOPM__AT_CALL_FILE:
		return &die->call_file;
	case GOPM__AT_LINKAGE_NAME:
		return &die->linkage_name;
	case GOPM__AT_STMT_LIST:
		return &die->stmt_list;
	case GOPM__AT_COMP_DIR:
		return &die->comp_dir;
	case GOPM__AT_DECLARATION:
		return &die->declaration;
	case GOPM__AT_BIT_SIZE:
		return &die->bit_size;
	case GOPM__AT_BIT_OFFSET:
		return &die->bit_offset;
	case GOPM__AT_DATA_BIT_OFFSET:
		return &die->data_bit_offset;
	case GOPM__AT_EXTERNAL:
		return &die->external;
	case GOPM__AT_STR_OFFSETS_BASE:
		return &die->str_offsets_base;
	case GOPM__AT_ADDR_BASE:
		return &die->addr_base;
	case GOPM__AT_RNGLISTS_BASE:
		return &die->rnglists_base;
	case GOPM__AT_LOCLISTS_BASE:
		return &die->loclists_base;
	case GOPM__AT_GO_KIND:
		return &die->go_kind;
	case GOPM__AT_GO_KEY:
		return &die->go_key;
	case GOPM__AT_GO_ELEM:
		return &die->go_elem;
	case GOPM__AT_GO_EMBEDDED_FIELD:
		return &die->go_embedded;
	case GOPM__AT_GO_RUNTIME_TYPE:
		return &die->go_runtime_type;
	case GOPM__AT_GO_PACKAGE_NAME:
		return &die->go_package_name;
	case GOPM__AT_GO_DICT_INDEX:
		return &die->go_dict_index;
	case GOPM__AT_GO_CLOSURE_OFFSET:
		return &die->go_closure_offset;
	default:
		return NULL;
	}
}

gopm_status gopm__die_read(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, const struct gopm__raw_die *raw,
                           struct gopm__die *out)
{
	struct gopm__raw_attribute list[MAX_ATTRIBUTES];
	size_t count = 0;

	*out = (struct gopm__die){.offset = raw->offset, .tag = raw->tag, .unit = unit};
	gopm_status st = gopm__libdwarf_attributes(dwarf->raw, raw, list, MAX_ATTRIBUTES, &count);
	for (size_t i = 0; st == GOPM_OK && i < count; i++) {
		struct gopm__attribute *slot = attribute_slot(out, list[i].name);
		if (slot != NULL && !decode_attribute(dwarf, unit, &list[i], slot)) {
			st = GOPM_ERR_FORMAT;
		}
	}
	return st;
}

bool gopm__die_extent(const struct gopm__die *die, struct gopm__pc_range *out)
{
	*out = (struct gopm__pc_range){0};
	if (die->low_pc.class_ != GOPM__CLASS_ADDRESS) {
		return false;
	}
	out->low = die->low_pc.number;
	if (die->high_pc.class_ == GOPM__CLASS_ADDRESS) {
		out->high = die->high_pc.number;
	} else if (die->high_pc.class_ == GOPM__CLASS_UNSIGNED || die->high_pc.class_ == GOPM__CLASS_SIGNED) {
		out->high = out->low + die->high_pc.number;
	}
	return out->high > out->low;
}
