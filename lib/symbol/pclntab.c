#include "symbol/pclntab.h"

/* runtime._func since Go 1.20. */
enum {
	FUNC_ENTRY = 0,
	FUNC_NAME = 4,
	FUNC_ARGS = 8,
	FUNC_DEFERRETURN = 12,
	FUNC_PCSP = 16,
	FUNC_PCFILE = 20,
	FUNC_PCLN = 24,
	FUNC_NPCDATA = 28,
	FUNC_CU = 32,
	FUNC_START_LINE = 36,
	FUNC_ID = 40,
	FUNC_FLAG = 41,
	FUNC_NFUNCDATA = 43,
	FUNC_BYTES = 44,
};

enum { INLINED_ID = 0, INLINED_NAME = 4, INLINED_PARENT_PC = 8, INLINED_START_LINE = 12, INLINED_BYTES = 16 };

#define NO_FUNCDATA UINT32_MAX

bool gopm__func_at(const struct gopm__module *module, uint64_t index, struct gopm__func *out)
{
	if (index >= module->ftab_count) {
		return false;
	}
	uint32_t offset = gopm__load32(module->ftab + index * 8 + 4);
	if (offset > module->pclntable_size || module->pclntable_size - offset < FUNC_BYTES) {
		return false;
	}
	const uint8_t *f = module->pclntable + offset;
	*out = (struct gopm__func){
	    .module = module,
	    .at = f,
	    .entry = module->text + gopm__load32(f + FUNC_ENTRY),
	    .end = module->text + gopm__load32(module->ftab + (index + 1) * 8),
	    .name = gopm__load32(f + FUNC_NAME),
	    .cu = gopm__load32(f + FUNC_CU),
	    .pcsp = gopm__load32(f + FUNC_PCSP),
	    .pcfile = gopm__load32(f + FUNC_PCFILE),
	    .pcln = gopm__load32(f + FUNC_PCLN),
	    .deferreturn = gopm__load32(f + FUNC_DEFERRETURN),
	    .args = (int32_t)gopm__load32(f + FUNC_ARGS),
	    .start_line = (int32_t)gopm__load32(f + FUNC_START_LINE),
	    .pcdata_count = gopm__load32(f + FUNC_NPCDATA),
	    .funcdata_count = f[FUNC_NFUNCDATA],
	    .id = f[FUNC_ID],
	    .flag = f[FUNC_FLAG],
	};
	uint64_t left = (module->pclntable_size - offset - FUNC_BYTES) / 4;
	return out->pcdata_count <= left && out->funcdata_count <= left - out->pcdata_count;
}

bool gopm__func_find(const struct gopm__module *modules, size_t count, uint64_t pc, struct gopm__func *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct gopm__module *m = &modules[i];
		if (pc < m->minpc || pc >= m->maxpc || m->ftab_count == 0) {
			continue;
		}
		uint64_t target = pc - m->text;
		uint64_t low = 0, high = m->ftab_count;
		/* The last function whose entry is not behind pc. */
		while (high - low > 1) {
			uint64_t middle = low + (high - low) / 2;
			if (gopm__load32(m->ftab + middle * 8) <= target) {
				low = middle;
			} else {
				high = middle;
			}
		}
		return gopm__func_at(m, low, out) && out->entry <= pc;
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

/* One table of pctab, row by row. */
struct rows {
	const uint8_t *at, *end;
	uint64_t pc;    /* the row ends before it */
	uint32_t value; /* as int32_t */
	bool first;
};

static bool open_rows(struct rows *rows, const struct gopm__func *func, uint32_t table)
{
	const struct gopm__module *m = func->module;

	if (table == 0 || table >= m->pctab_size) {
		return false;
	}
	*rows = (struct rows){m->pctab + table, m->pctab + m->pctab_size, func->entry, UINT32_MAX, true};
	return true;
}

static bool next_row(struct rows *rows)
{
	bool ok = true;
	uint32_t delta = read_varint(&rows->at, rows->end, &ok);

	if (!ok || (delta == 0 && !rows->first)) {
		return false;
	}
	rows->first = false;
	rows->value += (delta & 1) != 0 ? ~(delta >> 1) : delta >> 1;
	rows->pc += read_varint(&rows->at, rows->end, &ok); /* the pc quantum is 1 on amd64 */
	return ok;
}

bool gopm__pcvalue(const struct gopm__func *func, uint32_t table, uint64_t pc, int32_t *value)
{
	struct rows rows;

	for (bool more = open_rows(&rows, func, table); more && next_row(&rows);) {
		if (pc < rows.pc) {
			*value = (int32_t)rows.value;
			return true;
		}
	}
	return false;
}

int32_t gopm__pcvalue_max(const struct gopm__func *func, uint32_t table)
{
	struct rows rows;
	int32_t max = -1;

	for (bool more = open_rows(&rows, func, table); more && next_row(&rows);) {
		max = (int32_t)rows.value > max ? (int32_t)rows.value : max;
	}
	return max;
}

uint32_t gopm__pcdata(const struct gopm__func *func, unsigned which)
{
	return which < func->pcdata_count ? gopm__load32(func->at + FUNC_BYTES + which * 4) : 0;
}

uint64_t gopm__funcdata(const struct gopm__func *func, unsigned which)
{
	if (which >= func->funcdata_count) {
		return 0;
	}
	uint32_t offset = gopm__load32(func->at + FUNC_BYTES + ((uint64_t)func->pcdata_count + which) * 4);
	return offset == NO_FUNCDATA ? 0 : func->module->gofunc + offset;
}

bool gopm__inlined_call(struct gopm__reader *reader, const struct gopm__func *func, int32_t index,
                        struct gopm__inlined_call *out)
{
	uint64_t tree = gopm__funcdata(func, GOPM__FUNCDATA_INL_TREE);

	if (tree == 0 || index < 0) {
		return false;
	}
	const uint8_t *p = gopm__read_span(reader, tree + (uint64_t)index * INLINED_BYTES, INLINED_BYTES);
	if (p == NULL) {
		return false;
	}
	out->id = p[INLINED_ID];
	out->name = gopm__load32(p + INLINED_NAME);
	out->parent_pc = (int32_t)gopm__load32(p + INLINED_PARENT_PC);
	out->start_line = (int32_t)gopm__load32(p + INLINED_START_LINE);
	return true;
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
