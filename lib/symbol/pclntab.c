/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/pclntab.h"

#include "util/search.h"

#define NO_FUNCDATA UINT32_MAX

static uint64_t ftab_number(const struct gopm__module *module, uint64_t index)
{
	const uint8_t *p = module->ftab + index * module->format->ftab_word;
	return module->format->ftab_word == 8 ? gopm__load64(p) : gopm__load32(p);
}

/* Address of the function in row `index`. The row after the last function has the end address. */
static uint64_t ftab_entry(const struct gopm__module *module, uint64_t index)
{
	uint64_t entry = ftab_number(module, index * 2);
	return module->format->entry_is_address ? entry : module->text + entry;
}

bool gopm__func_offset(const struct gopm__module *module, uint64_t index, uint64_t *offset)
{
	if (index >= module->ftab_count) {
		return false;
	}
	*offset = ftab_number(module, index * 2 + 1);
	return true;
}

bool gopm__func_at(const struct gopm__module *module, uint64_t index, struct gopm__func *out)
{
	const struct gopm__pcln_format *format = module->format;

	uint64_t offset;
	if (!gopm__func_offset(module, index, &offset) || offset > module->pclntable_size ||
	    module->pclntable_size - offset < format->func_size) {
		return false;
	}
	const uint8_t *f = module->pclntable + offset;
	*out = (struct gopm__func){
	    .module = module,
	    .at = f,
	    .index = index,
	    .entry = ftab_entry(module, index),
	    .end = ftab_entry(module, index + 1),
	    .name = gopm__load32(f + format->name),
	    .cu = gopm__load32(f + format->cu),
	    .pcsp = gopm__load32(f + format->pcsp),
	    .pcfile = gopm__load32(f + format->pcfile),
	    .pcln = gopm__load32(f + format->pcln),
	    .deferreturn = gopm__load32(f + format->deferreturn),
	    .args = (int32_t)gopm__load32(f + format->args),
	    .start_line = format->start_line >= 0 ? (int32_t)gopm__load32(f + format->start_line) : 0,
	    .pcdata_count = gopm__load32(f + format->npcdata),
	    .funcdata_count = f[format->nfuncdata],
	    .id = f[format->id],
	    .flag = f[format->flag],
	};
	/* Both tables follow the struct. FUNCDATA that are addresses may have four bytes of padding before them. */
	uint64_t left = (module->pclntable_size - offset - format->func_size) / 4;
	uint64_t need = out->funcdata_count * (format->funcdata_is_address ? UINT64_C(2) : UINT64_C(1)) +
	                (format->funcdata_is_address ? 1 : 0);
	if (out->funcdata_count == 0) {
		need = 0;
	}
	return out->pcdata_count <= left && need <= left - out->pcdata_count;
}

bool gopm__func_find(const struct gopm__module *modules, size_t count, uint64_t pc, struct gopm__func *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct gopm__module *m = &modules[i];
		if (pc < m->minpc || pc >= m->maxpc || m->ftab_count == 0) {
			continue;
		}
		size_t next;
		GOPM__LOWER_BOUND(next, (size_t)m->ftab_count, ftab_entry(m, next) <= pc);
		return next != 0 && gopm__func_at(m, next - 1, out) && out->entry <= pc;
	}
	return false;
}

static uint32_t read_varint(const uint8_t **at, const uint8_t *end, bool *ok)
{
	uint32_t value = 0;

	for (unsigned shift = 0; shift < 35 && *at < end; shift += 7) {
		uint8_t byte = *(*at)++;
		value |= shift < 32 ? (uint32_t)(byte & 0x7f) << shift : 0;
		if ((byte & 0x80) == 0) {
			return value;
		}
	}
	*ok = false;
	return 0;
}

/* Iterates over the rows of one table of pctab. */
struct pcvalue_rows {
	const uint8_t *at, *end;
	uint64_t pc;    /* end of the row, exclusive */
	uint32_t value; /* as int32_t */
	bool first;
	uint8_t quantum;
};

static bool open_rows(struct pcvalue_rows *rows, const struct gopm__func *func, uint32_t table)
{
	const struct gopm__module *m = func->module;

	if (table == 0 || table >= m->pctab_size) {
		return false;
	}
	*rows = (struct pcvalue_rows){m->pctab + table, m->pctab + m->pctab_size, func->entry, UINT32_MAX, true,
	                              m->pc_quantum};
	return true;
}

static bool next_row(struct pcvalue_rows *rows)
{
	bool ok = true;
	uint32_t delta = read_varint(&rows->at, rows->end, &ok);

	if (!ok || (delta == 0 && !rows->first)) {
		return false;
	}
	rows->first = false;
	rows->value += (delta & 1) != 0 ? ~(delta >> 1) : delta >> 1;
	rows->pc += (uint64_t)read_varint(&rows->at, rows->end, &ok) * rows->quantum;
	return ok;
}

bool gopm__pcvalue(const struct gopm__func *func, uint32_t table, uint64_t pc, int32_t *value)
{
	struct pcvalue_rows rows;

	for (bool more = open_rows(&rows, func, table); more && next_row(&rows);) {
		if (pc < rows.pc) {
			*value = (int32_t)rows.value;
			return true;
		}
	}
	return false;
}

bool gopm__pcvalue_is_first(const struct gopm__func *func, uint32_t table, uint64_t pc)
{
	struct pcvalue_rows rows;

	return open_rows(&rows, func, table) && next_row(&rows) && pc < rows.pc;
}

int32_t gopm__pcvalue_max(const struct gopm__func *func, uint32_t table)
{
	struct pcvalue_rows rows;
	int32_t max = -1;

	for (bool more = open_rows(&rows, func, table); more && next_row(&rows);) {
		max = (int32_t)rows.value > max ? (int32_t)rows.value : max;
	}
	return max;
}

uint64_t gopm__pcvalue_end(const struct gopm__func *func, uint32_t table)
{
	struct pcvalue_rows rows;
	uint64_t end = 0;

	for (bool more = open_rows(&rows, func, table); more && next_row(&rows);) {
		end = rows.pc;
	}
	return end;
}

uint32_t gopm__pcdata(const struct gopm__func *func, unsigned which)
{
	return which < func->pcdata_count ? gopm__load32(func->at + func->module->format->func_size + which * 4) : 0;
}

uint64_t gopm__funcdata(const struct gopm__func *func, unsigned which)
{
	const struct gopm__module *m = func->module;

	if (which >= func->funcdata_count) {
		return 0;
	}
	const uint8_t *tables = func->at + m->format->func_size + (uint64_t)func->pcdata_count * 4;
	if (m->format->funcdata_is_address) {
		/* Aligned in memory; pclntable is aligned too. */
		uint64_t offset = (uint64_t)(tables - m->pclntable);
		return gopm__load64(m->pclntable + (offset + 7) / 8 * 8 + which * 8);
	}
	uint32_t offset = gopm__load32(tables + which * 4);
	return offset == NO_FUNCDATA ? 0 : m->gofunc + offset;
}

bool gopm__inlined_call(struct gopm__reader *reader, const struct gopm__func *func, int32_t index,
                        struct gopm__inlined_call *out)
{
	const struct gopm__pcln_format *format = func->module->format;
	uint64_t tree = gopm__funcdata(func, GOPM__FUNCDATA_INL_TREE);

	if (tree == 0 || index < 0) {
		return false;
	}
	const uint8_t *p = gopm__read_span(reader, tree + (uint64_t)index * format->inlined_size, format->inlined_size);
	if (p == NULL) {
		return false;
	}
	out->id = p[format->inlined_id];
	out->name = gopm__load32(p + format->inlined_name);
	out->parent_pc = (int32_t)gopm__load32(p + format->inlined_parent_pc);
	out->start_line = format->inlined_start_line >= 0 ? (int32_t)gopm__load32(p + format->inlined_start_line) : 0;
	return true;
}

bool gopm__inlined_call_fits(struct gopm__reader *reader, const struct gopm__func *func, int32_t index,
                             const struct gopm__inlined_call *call)
{
	const struct gopm__module *m = func->module;
	const gopm_str name = gopm__func_name(m, call->name);
	int32_t parent = -1;

	if (name.size == 0 || (call->name != 0 && m->names[call->name - 1] != '\0') || call->parent_pc < 0 ||
	    (m->format->inlined_start_line >= 0 && call->start_line <= 0) ||
	    !gopm__pcvalue(func, gopm__pcdata(func, GOPM__PCDATA_INL_TREE), func->entry + (uint32_t)call->parent_pc,
	                   &parent) ||
	    parent >= index) {
		return false;
	}
	/* Bytes 1 to 3 of a row are not used since Go 1.20. */
	const uint64_t tree = gopm__funcdata(func, GOPM__FUNCDATA_INL_TREE);
	const uint8_t *p = m->format->inlined_id == 0
	                       ? gopm__read_span(reader, tree + (uint64_t)index * m->format->inlined_size, 4)
	                       : NULL;
	return p == NULL || (p[1] == 0 && p[2] == 0 && p[3] == 0);
}

static gopm_str string_at(const uint8_t *table, uint64_t size, uint64_t offset)
{
	if (offset >= size) {
		return (gopm_str){NULL, 0};
	}
	const uint8_t *end = memchr(table + offset, '\0', (size_t)(size - offset));
	if (end == NULL) {
		return (gopm_str){NULL, 0};
	}
	return (gopm_str){(const char *)table + offset, (size_t)(end - (table + offset))};
}

gopm_str gopm__func_name(const struct gopm__module *module, uint32_t offset)
{
	return string_at(module->names, module->names_size, offset);
}

gopm_str gopm__func_file(const struct gopm__func *func, int32_t file)
{
	const struct gopm__module *m = func->module;
	uint64_t row = (uint64_t)func->cu + (uint32_t)file;

	if (file < 0 || row >= m->cutab_size / 4) {
		return (gopm_str){NULL, 0};
	}
	uint32_t offset = gopm__load32(m->cutab + row * 4);
	return offset == UINT32_MAX ? (gopm_str){NULL, 0} : string_at(m->filetab, m->filetab_size, offset);
}
