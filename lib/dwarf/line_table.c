/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/line_table.h"

#include <string.h>

#include "dwarf/constants.h"

enum {
	STANDARD_COPY = 1,
	ADVANCE_PC,
	ADVANCE_LINE,
	SET_FILE,
	SET_COLUMN,
	NEGATE_STATEMENT,
	SET_BASIC_BLOCK,
	CONST_ADD_PC,
	FIXED_ADVANCE_PC
};
enum { EXTENDED_END_SEQUENCE = 1, EXTENDED_SET_ADDRESS };

#define LONG_FORM UINT32_C(0xffffffff)

struct line_row {
	uint64_t address, file;
	int64_t line;
	bool statement;
};

struct line_machine {
	const struct gopm__line_table *table;
	struct gopm__cursor at;
	uint64_t pc;
	struct line_row now, last; /* the row that is built, and the one before it */
	bool in_sequence;          /* `last` is of this sequence */
	bool found;
};

/* Headers */

gopm_status gopm__line_table_open(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                                  struct gopm__line_table *out)
{
	struct gopm__section section;
	struct gopm__die root;

	*out = (struct gopm__line_table){.dwarf = dwarf};
	if (gopm__dwarf_die(dwarf, unit->raw.die, &root) != GOPM_OK ||
	    (root.stmt_list.class_ != GOPM__CLASS_SECTION && root.stmt_list.class_ != GOPM__CLASS_UNSIGNED) ||
	    gopm__executable_section(dwarf->exe, ".debug_line", &section) != GOPM_OK) {
		return GOPM_NOT_FOUND;
	}
	if (root.comp_dir.class_ == GOPM__CLASS_STRING) {
		out->folder = (gopm_str){(const char *)root.comp_dir.data, (size_t)root.comp_dir.size};
	}
	struct gopm__cursor c = gopm__cursor(section.data, (size_t)section.size);
	gopm__cursor_seek(&c, root.stmt_list.number);
	uint64_t length = gopm__cursor_u32(&c);
	out->offset_size = length == LONG_FORM ? 8 : 4;
	length = length == LONG_FORM ? gopm__cursor_u64(&c) : length;
	if (c.failed || length > gopm__cursor_left(&c)) {
		return GOPM_ERR_FORMAT;
	}
	c.end = c.at + length;
	out->version = gopm__cursor_u16(&c);
	if (out->version < 2 || out->version > 5) {
		return GOPM_ERR_FORMAT;
	}
	if (out->version == 5) {
		(void)gopm__cursor_u16(&c); /* sizes of addresses and segments */
	}
	const uint64_t header = out->offset_size == 8 ? gopm__cursor_u64(&c) : gopm__cursor_u32(&c);
	if (header > gopm__cursor_left(&c)) {
		return GOPM_ERR_FORMAT;
	}
	out->program = c;
	out->program.at += header;
	c.end = out->program.at;
	out->minimum_length = gopm__cursor_u8(&c);
	out->maximum_operations = out->version >= 4 ? gopm__cursor_u8(&c) : 1;
	out->default_is_statement = gopm__cursor_u8(&c) != 0;
	out->line_base = (int8_t)gopm__cursor_u8(&c);
	out->line_range = gopm__cursor_u8(&c);
	out->opcode_base = gopm__cursor_u8(&c);
	if (c.failed || out->line_range == 0 || out->opcode_base == 0) {
		return GOPM_ERR_FORMAT;
	}
	out->operand_counts = gopm__cursor_bytes(&c, (size_t)out->opcode_base - 1);
	out->files = c;
	return c.failed ? GOPM_ERR_FORMAT : GOPM_OK;
}

/* The program */

static void reset_row(struct line_machine *m)
{
	m->now = (struct line_row){.file = 1, .line = 1, .statement = m->table->default_is_statement};
	m->in_sequence = false;
}

static void advance_address(struct line_machine *m, uint64_t operations)
{
	m->now.address += operations * m->table->minimum_length;
}

/* A row is complete. The one before it covers the addresses up to it. */
static void emit_row(struct line_machine *m)
{
	if (m->in_sequence && m->pc >= m->last.address && m->pc < m->now.address) {
		m->found = true;
		return;
	}
	/* Of rows at one address the last one counts, but the beginning of a statement comes first. */
	if (!m->in_sequence || m->last.address != m->now.address || m->now.statement || !m->last.statement) {
		m->last = m->now;
	}
	m->in_sequence = true;
}

static void run_extended(struct line_machine *m)
{
	const uint64_t size = gopm__cursor_uleb(&m->at);

	if (m->at.failed || size == 0 || size > gopm__cursor_left(&m->at)) {
		m->at.failed = true;
		return;
	}
	struct gopm__cursor operands = m->at;
	operands.end = operands.at + size;
	(void)gopm__cursor_bytes(&m->at, (size_t)size);
	switch (gopm__cursor_u8(&operands)) {
	case EXTENDED_END_SEQUENCE:
		emit_row(m);
		if (!m->found) {
			reset_row(m);
		}
		break;
	case EXTENDED_SET_ADDRESS:
		m->now.address = size == 9 ? gopm__cursor_u64(&operands) : gopm__cursor_u32(&operands);
		break;
	default:
		break;
	}
}

static void run_standard(struct line_machine *m, uint8_t op)
{
	switch (op) {
	case STANDARD_COPY:
		emit_row(m);
		break;
	case ADVANCE_PC:
		advance_address(m, gopm__cursor_uleb(&m->at));
		break;
	case ADVANCE_LINE:
		m->now.line = (int64_t)((uint64_t)m->now.line + (uint64_t)gopm__cursor_sleb(&m->at));
		break;
	case SET_FILE:
		m->now.file = gopm__cursor_uleb(&m->at);
		break;
	case NEGATE_STATEMENT:
		m->now.statement = !m->now.statement;
		break;
	case CONST_ADD_PC:
		advance_address(m, (255u - m->table->opcode_base) / m->table->line_range);
		break;
	case FIXED_ADVANCE_PC:
		m->now.address += gopm__cursor_u16(&m->at);
		break;
	default:
		for (unsigned i = 0; i < m->table->operand_counts[op - 1]; i++) {
			(void)gopm__cursor_uleb(&m->at);
		}
	}
}

gopm_status gopm__line_table_find(const struct gopm__line_table *table, uint64_t pc, uint64_t *file, uint32_t *line)
{
	struct line_machine m = {.table = table, .at = table->program, .pc = pc};

	reset_row(&m);
	/* Each step takes a byte at least. */
	while (!m.found && gopm__cursor_left(&m.at) != 0) {
		const uint8_t op = gopm__cursor_u8(&m.at);
		if (op >= table->opcode_base) {
			const unsigned special = op - (unsigned)table->opcode_base;
			advance_address(&m, special / table->line_range);
			m.now.line += table->line_base + (int64_t)(special % table->line_range);
			emit_row(&m);
		} else if (op == 0) {
			run_extended(&m);
		} else {
			run_standard(&m, op);
		}
	}
	if (!m.found) {
		return m.at.failed ? GOPM_ERR_FORMAT : GOPM_NOT_FOUND;
	}
	*file = m.last.file;
	*line = m.last.line > 0 && m.last.line <= UINT32_MAX ? (uint32_t)m.last.line : 0;
	return GOPM_OK;
}

/* Files */

static gopm_str take_string(struct gopm__cursor *c)
{
	const size_t left = gopm__cursor_left(c);
	const char *text = (const char *)c->at;
	const size_t size = left != 0 ? strnlen(text, left) : 0;

	if (size == left) {
		c->failed = true;
		return (gopm_str){"", 0};
	}
	(void)gopm__cursor_bytes(c, size + 1);
	return (gopm_str){text, size};
}

static gopm_str string_of_section(const struct gopm__section *section, uint64_t offset)
{
	struct gopm__cursor c = gopm__cursor(section->data, (size_t)section->size);

	gopm__cursor_seek(&c, offset);
	return take_string(&c);
}

/* An entry of either list: its name, and the number of its folder. */
struct file_entry {
	gopm_str name;
	uint64_t folder;
};

/* One field of an entry of DWARF 5. */
static void take_field(const struct gopm__line_table *table, struct gopm__cursor *c, uint64_t content, uint64_t form,
                       struct file_entry *out)
{
	enum { CONTENT_PATH = 1, CONTENT_FOLDER = 2, DATA16 = 16 };
	const struct gopm__dwarf_sections *sections = &table->dwarf->sections;
	gopm_str text = {"", 0};
	uint64_t number = 0;

	switch (form) {
	case GOPM__FORM_STRING:
		text = take_string(c);
		break;
	case GOPM__FORM_LINE_STRP:
	case GOPM__FORM_STRP:
		number = table->offset_size == 8 ? gopm__cursor_u64(c) : gopm__cursor_u32(c);
		text =
		    string_of_section(form == GOPM__FORM_STRP ? &sections->strings : &sections->line_strings, number);
		break;
	case GOPM__FORM_UDATA:
		number = gopm__cursor_uleb(c);
		break;
	case GOPM__FORM_DATA1:
		number = gopm__cursor_u8(c);
		break;
	case GOPM__FORM_DATA2:
		number = gopm__cursor_u16(c);
		break;
	case GOPM__FORM_DATA4:
		number = gopm__cursor_u32(c);
		break;
	case GOPM__FORM_DATA8:
		number = gopm__cursor_u64(c);
		break;
	case GOPM__FORM_DATA16:
		(void)gopm__cursor_bytes(c, DATA16);
		break;
	case GOPM__FORM_BLOCK:
		number = gopm__cursor_uleb(c);
		(void)gopm__cursor_bytes(c, number <= gopm__cursor_left(c) ? (size_t)number : SIZE_MAX);
		break;
	default:
		c->failed = true;
		return;
	}
	if (content == CONTENT_PATH) {
		out->name = text;
	} else if (content == CONTENT_FOLDER) {
		out->folder = number;
	}
}

/* Skips a list of DWARF 5, and sets *out to its entry `wanted`. False: it has fewer. */
static bool take_list(const struct gopm__line_table *table, struct gopm__cursor *c, uint64_t wanted,
                      struct file_entry *out)
{
	const unsigned fields = gopm__cursor_u8(c);
	struct gopm__cursor formats = *c;

	for (unsigned i = 0; i < fields; i++) {
		(void)gopm__cursor_uleb(c);
		(void)gopm__cursor_uleb(c);
	}
	const uint64_t count = gopm__cursor_uleb(c);
	bool found = false;
	/* Entries without fields take no bytes. */
	for (uint64_t i = 0; fields != 0 && i < count && !c->failed; i++) {
		struct gopm__cursor format = formats;
		struct file_entry entry = {.name = {"", 0}};
		for (unsigned k = 0; k < fields; k++) {
			const uint64_t content = gopm__cursor_uleb(&format), form = gopm__cursor_uleb(&format);
			take_field(table, c, content, form, &entry);
		}
		if (i == wanted) {
			*out = entry;
			found = true;
		}
	}
	return found && !c->failed;
}

/* Entry `wanted` of the folders, which is 0 for that of the unit, before DWARF 5. Moves `c` past the list. */
static bool take_old_folder(struct gopm__cursor *c, uint64_t wanted, gopm_str *out)
{
	bool found = wanted == 0;

	*out = (gopm_str){"", 0};
	for (uint64_t i = 1; !c->failed; i++) {
		const gopm_str folder = take_string(c);
		if (folder.size == 0) {
			break;
		}
		if (i == wanted) {
			*out = folder;
			found = true;
		}
	}
	return found && !c->failed;
}

static bool find_old_file(const struct gopm__line_table *table, uint64_t number, struct file_entry *out,
                          gopm_str *folder)
{
	struct gopm__cursor c = table->files;

	(void)take_old_folder(&c, 0, folder);
	for (uint64_t i = 1; !c.failed; i++) {
		out->name = take_string(&c);
		if (out->name.size == 0) {
			return false;
		}
		out->folder = gopm__cursor_uleb(&c);
		(void)gopm__cursor_uleb(&c);
		(void)gopm__cursor_uleb(&c);
		if (i == number) {
			c = table->files;
			return take_old_folder(&c, out->folder, folder);
		}
	}
	return false;
}

static bool find_file(const struct gopm__line_table *table, uint64_t number, struct file_entry *out, gopm_str *folder)
{
	struct file_entry entry = {.name = {"", 0}};
	struct gopm__cursor c = table->files;

	if (table->version < 5) {
		return find_old_file(table, number, out, folder);
	}
	(void)take_list(table, &c, UINT64_MAX, &entry);
	if (!take_list(table, &c, number, out)) {
		return false;
	}
	c = table->files;
	*folder = take_list(table, &c, out->folder, &entry) ? entry.name : (gopm_str){"", 0};
	return true;
}

bool gopm__line_table_file(const struct gopm__line_table *table, uint64_t number, struct gopm__text *out)
{
	struct file_entry file = {.name = {"", 0}};
	gopm_str folder = {"", 0};

	if (!find_file(table, number, &file, &folder) || file.name.size == 0) {
		return false;
	}
	if (file.name.data[0] != '/') {
		if ((folder.size == 0 || folder.data[0] != '/') && table->folder.size != 0) {
			gopm__text_add(out, table->folder.data, table->folder.size);
			gopm__text_str(out, "/");
		}
		if (folder.size != 0) {
			gopm__text_add(out, folder.data, folder.size);
			gopm__text_str(out, "/");
		}
	}
	gopm__text_add(out, file.name.data, file.name.size);
	return true;
}
