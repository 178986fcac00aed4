/* SPDX-License-Identifier: Apache-2.0 */
/* Finds runtime.firstmoduledata by its symbol, by its section or by a search of the written data. Its type descriptor,
 * found through its own words, has the offsets of the fields; then the modules are read along their list. */
#include "symbol/moduledata.h"

#include <elf.h>
#include <inttypes.h>

#include "symbol/pcln_tables.h"

/* Bytes of the largest table; pclntab of the largest known program has a tenth of it. */
#define MAX_TABLE ((uint64_t)1 << 31)
/* Bytes of a segment that are searched for moduledata. */
#define MAX_SCAN ((uint64_t)1 << 28)

struct slice {
	uint64_t address, length;
};

/* runtime.bitvector */
struct bit_vector {
	uint64_t count, bytes;
};

/* The words of the fields that are read. A slice is two words, as is a bit vector. */
struct raw_module {
	uint64_t pcHeader, minpc, maxpc, text, etext, data, edata, bss, ebss, noptrdata, enoptrdata, noptrbss,
	    enoptrbss;
	uint64_t types, typedesclen, etypes, gofunc, rodata, next;
	struct bit_vector gcdatamask, gcbssmask;
	struct slice funcnametab, cutab, filetab, pctab, pclntable, ftab, typelinks;
};

#define WORD(name)                                                                                                     \
	{                                                                                                              \
#name, offsetof(struct raw_module, name), 1                                                            \
	}
#define PAIR(name)                                                                                                     \
	{                                                                                                              \
#name, offsetof(struct raw_module, name), 2                                                            \
	}

static const struct {
	const char *name;
	size_t into;
	unsigned words;
} fields[] = {
    WORD(pcHeader),   WORD(minpc),     WORD(maxpc),       WORD(text),        WORD(etext),      WORD(data),
    WORD(edata),      WORD(bss),       WORD(ebss),        WORD(noptrdata),   WORD(enoptrdata), WORD(noptrbss),
    WORD(enoptrbss),  WORD(types),     WORD(etypes),      WORD(gofunc),      WORD(rodata),     WORD(next),
    PAIR(gcdatamask), PAIR(gcbssmask), PAIR(funcnametab), PAIR(cutab),       PAIR(filetab),    PAIR(pctab),
    PAIR(pclntable),  PAIR(ftab),      PAIR(typelinks),   WORD(typedesclen),
};

/* `gofunc` and `rodata` since Go 1.18, `typelinks` until Go 1.26, `typedesclen` since Go 1.27. */
static const char *const optional[] = {"gofunc", "rodata", "typelinks", "typedesclen"};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])
#define NO_FIELD UINT64_MAX
/* `types` is after the slices of tables and the bounds of text and data, before the maps. */
enum { FIRST_TYPES_WORD = 30, LAST_TYPES_WORD = 56 };

/* Bytes that all attempts to find descriptors may search together: a hostile core can offer a thousand sections. */
#define MAX_SEARCHED ((uint64_t)1 << 30)

struct descriptor_search {
	struct gopm__reader *reader;
	uint64_t budget;
};

/* Finds the descriptor of moduledata if names have one of the two encodings. funcnametab is the second word, so its
 * stored offset shows if offsets are shifted. 0: not found. */
static uint64_t find_with_names(struct descriptor_search *search, struct gopm__type_section *types, uint64_t types_at,
                                uint64_t etypes_at)
{
	static const char *const name[] = {"runtime.moduledata"};
	struct gopm__typedesc_field field;
	uint64_t descriptor;

	if (types->end <= types->begin || types->end - types->begin > search->budget) {
		return 0;
	}
	search->budget -= types->end - types->begin;
	types->shifted = false;
	if (gopm__typedesc_find_structs(search->reader, types, name, 1, &descriptor) != GOPM_OK || descriptor == 0 ||
	    !gopm__typedesc_path(search->reader, types, descriptor, "funcnametab", &field)) {
		return 0;
	}
	types->shifted = field.offset == 16;
	if (gopm__typedesc_path(search->reader, types, descriptor, "types", &field) && field.offset == types_at &&
	    gopm__typedesc_path(search->reader, types, descriptor, "etypes", &field) && field.offset == etypes_at) {
		return descriptor;
	}
	return 0;
}

/* The format of the pclntab with its header at `address`; NULL: no header. */
static const struct gopm__pcln_format *header_format(struct gopm__reader *reader, uint64_t address, uint8_t *quantum)
{
	const uint8_t *p = gopm__read_span(reader, address, 8);

	if (p == NULL) {
		return NULL;
	}
	/* One of the bytes may be damaged: the descriptor of moduledata must confirm the header too. */
	const bool quantum_fits = p[6] == 1 || p[6] == 4;
	if ((p[4] != 0) + (p[5] != 0) + !quantum_fits + (p[7] != 8) > 1) {
		return NULL;
	}
	*quantum = quantum_fits ? p[6] : 0;
	return gopm__pcln_format(gopm__load32(p));
}

/* Assumes that the word number `word` is `types`, and `etypes` the next one or the one after. */
static uint64_t find_at_word(struct descriptor_search *search, uint64_t address, uint64_t word,
                             struct gopm__type_section *types)
{
	for (uint64_t next = 1; next <= 2; next++) {
		if (!gopm__read_u64(search->reader, address + word * 8, &types->begin) ||
		    !gopm__read_u64(search->reader, address + (word + next) * 8, &types->end)) {
			continue;
		}
		for (int long_names = 0; long_names < 2; long_names++) {
			types->long_names = long_names != 0;
			uint64_t descriptor = find_with_names(search, types, word * 8, (word + next) * 8);
			if (descriptor != 0) {
				return descriptor;
			}
		}
	}
	return 0;
}

/* Finds the descriptor of runtime.moduledata through the module at `address`, whose pclntab has `format`; fills *types.
 * 0: not found. A Go newer than the table of formats may have `types` elsewhere: `every_word` tries all candidates. */
static uint64_t find_descriptor(struct descriptor_search *search, uint64_t address,
                                const struct gopm__pcln_format *format, bool every_word,
                                struct gopm__type_section *types)
{
	uint64_t descriptor = find_at_word(search, address, format->types_word, types);

	for (uint64_t word = FIRST_TYPES_WORD; descriptor == 0 && every_word && word <= LAST_TYPES_WORD; word++) {
		descriptor = find_at_word(search, address, word, types);
	}
	return descriptor;
}

/* True if moduledata is at `address`: its first word points to a pclntab header, and its descriptor is found. */
static bool is_moduledata(struct descriptor_search *search, uint64_t address, uint64_t header, uint64_t names)
{
	struct gopm__type_section types;
	uint8_t quantum;

	/* A header is aligned and below 2^47; funcnametab follows it closely. */
	if (header % 8 != 0 || header < 0x1000 || header >> 47 != 0 || names == header || names - header > MAX_TABLE) {
		return false;
	}
	const struct gopm__pcln_format *format = header_format(search->reader, header, &quantum);
	return format != NULL && find_descriptor(search, address, format, false, &types) != 0;
}

static uint64_t scan_segment(struct descriptor_search *search, const struct gopm__segment *s, uint64_t begin,
                             uint64_t end)
{
	uint64_t size = end - begin < MAX_SCAN ? end - begin : MAX_SCAN;
	const uint8_t *p = s->source != NULL ? gopm__read_span(search->reader, begin, size) : NULL;

	for (uint64_t at = 0; p != NULL && at + 16 <= size; at += 8) {
		if (is_moduledata(search, begin + at, gopm__load64(p + at), gopm__load64(p + at + 8))) {
			return begin + at;
		}
	}
	return 0;
}

static uint64_t scan_loads(struct gopm__corefile *core, struct gopm__executable *exe, struct descriptor_search *search)
{
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(exe, &count);

	for (size_t l = 0; l < count; l++) {
		uint64_t end = loads[l].address + loads[l].memory_size;
		if ((loads[l].flags & PF_W) == 0 || end < loads[l].address) {
			continue;
		}
		for (size_t i = 0; i < core->memory.count; i++) {
			const struct gopm__segment *s = &core->memory.segments[i];
			uint64_t from = s->address > loads[l].address ? s->address : loads[l].address;
			uint64_t to = s->address + s->size < end ? s->address + s->size : end;
			from = (from + 7) / 8 * 8;
			uint64_t found = from < to ? scan_segment(search, s, from, to) : 0;
			if (found != 0) {
				return found;
			}
		}
	}
	return 0;
}

/* For a program without symbols and sections: moduledata is in its written data. The heap is not searched. */
static uint64_t scan_for_moduledata(struct gopm__corefile *core, struct gopm__executable *exe,
                                    struct descriptor_search *search)
{
	gopm__source_note(&core->source, false);
	uint64_t found = scan_loads(core, exe, search);
	gopm__source_note(&core->source, true);
	const struct gopm__segment *s = found != 0 ? gopm__memory_find(&core->memory, found) : NULL;
	/* The tracked source gets only the bytes that a search of this place alone reads. */
	return s != NULL ? scan_segment(search, s, found, found + 16) : 0;
}

static uint64_t find_moduledata(struct gopm__corefile *core, struct gopm__executable *exe,
                                struct descriptor_search *search)
{
	static const char *const symbol[] = {"runtime.firstmoduledata"};
	struct gopm__section section;
	uint64_t address;

	if (gopm__executable_symbols(exe, symbol, 1, &address, NULL) == 1) {
		return address;
	}
	if (gopm__executable_section(exe, ".go.module", &section) == GOPM_OK && section.address != 0) {
		return section.address;
	}
	return scan_for_moduledata(core, exe, search);
}

struct loader {
	struct gopm__reader reader;
	struct gopm__arena *arena;
	struct gopm__findings *findings;
	uint8_t quantum; /* of the CPU */
	struct gopm__type_section types;
	uint64_t offsets[FIELD_COUNT]; /* of `fields` in moduledata; NO_FIELD: this Go has none */
};

struct table {
	const char *name;
	const struct slice *slice;
	uint64_t element; /* bytes of one */
	const uint8_t **data;
	uint64_t *size; /* bytes */
};

static gopm_status load_table(struct loader *l, const struct table *table, gopm_error **err)
{
	const struct slice *slice = table->slice;

	if (slice->length > MAX_TABLE / table->element) {
		return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_ADDRESS(slice->address),
		                  "moduledata.%s is too long: %" PRIu64 " elements", table->name, slice->length);
	}
	uint64_t size = slice->length * table->element;
	*table->size = size;
	*table->data = gopm__read_span(&l->reader, slice->address, size);
	if (*table->data != NULL || size == 0) {
		return GOPM_OK;
	}
	/* In pieces: pages that the loader wrote to are in the core, the others in the executable. */
	if (gopm__read_span(&l->reader, slice->address, 1) == NULL) {
		return gopm__fail(err, GOPM_ERR_MISSING_MEMORY, GOPM__AT_ADDRESS(slice->address),
		                  "moduledata.%s is neither in the core nor in the executable", table->name);
	}
	uint8_t *copy = gopm__arena_alloc(l->arena, (size_t)size);
	if (copy == NULL) {
		return gopm__fail_memory(err);
	}
	if (gopm__read_copy(&l->reader, slice->address, copy, (size_t)size) != size) {
		return gopm__fail(err, GOPM_ERR_MISSING_MEMORY, GOPM__AT_ADDRESS(slice->address),
		                  "moduledata.%s, %" PRIu64 " bytes, is only partly in the core and the executable",
		                  table->name, size);
	}
	*table->data = copy;
	return GOPM_OK;
}

static bool read_fields(struct loader *l, uint64_t address, struct raw_module *raw)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		uint64_t *into = (uint64_t *)(void *)((char *)raw + fields[i].into);
		for (unsigned w = 0; w < fields[i].words && l->offsets[i] != NO_FIELD; w++) {
			if (!gopm__read_u64(&l->reader, address + l->offsets[i] + w * 8, &into[w])) {
				return false;
			}
		}
	}
	return true;
}

/* A damaged slice costs nothing if the header of pclntab has the table too. */
static void mend_tables(struct loader *l, uint64_t address, struct raw_module *raw,
                        const struct gopm__pcln_format *format)
{
	struct slice *const slices[] = {&raw->funcnametab, &raw->cutab, &raw->filetab, &raw->pctab, &raw->pclntable};
	static const uint8_t elements[] = {1, 4, 1, 1, 1};
	struct gopm__pcln_slice tables[GOPM__PCLN_TABLES];
	struct gopm__pcln_slice ftab = {raw->ftab.address, raw->ftab.length * format->ftab_word * 2};

	for (size_t i = 0; i < GOPM__PCLN_TABLES; i++) {
		tables[i] = (struct gopm__pcln_slice){slices[i]->address, slices[i]->length * elements[i]};
	}
	if (gopm__pcln_tables_mend(&l->reader, raw->pcHeader, format, tables, &ftab)) {
		return;
	}
	for (size_t i = 0; i < GOPM__PCLN_TABLES; i++) {
		*slices[i] = (struct slice){tables[i].address, tables[i].size / elements[i]};
	}
	raw->ftab = (struct slice){ftab.address, ftab.size / (format->ftab_word * UINT64_C(2))};
	gopm__finding_add(l->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(address),
	                  "runtime.moduledata and the header of its pclntab do not have the same tables");
}

static gopm_status load_module(struct loader *l, uint64_t address, struct gopm__module *module, uint64_t *next,
                               gopm_error **err)
{
	struct raw_module raw = {0};
	uint8_t quantum = 0;
	uint64_t ftab_size;

	if (!read_fields(l, address, &raw)) {
		return gopm__fail(err, GOPM_ERR_MISSING_MEMORY, GOPM__AT_ADDRESS(address),
		                  "runtime.moduledata is not in the core");
	}
	const struct gopm__pcln_format *format = header_format(&l->reader, raw.pcHeader, &quantum);
	if (format == NULL && gopm__read_span(&l->reader, raw.pcHeader, 8) == NULL) {
		return gopm__fail(err, GOPM_ERR_MISSING_MEMORY, GOPM__AT_ADDRESS(raw.pcHeader),
		                  "the pclntab of a module is neither in the core nor in a file");
	}
	if (format == NULL) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__AT_ADDRESS(raw.pcHeader),
		                  "expected a pclntab header of Go 1.16 to 1.27");
	}
	mend_tables(l, address, &raw, format);
	const uint8_t *h = gopm__read_span(&l->reader, raw.pcHeader, 8);
	if (h != NULL && (h[4] != 0 || h[5] != 0 || quantum != l->quantum || h[7] != 8)) {
		quantum = l->quantum;
		gopm__finding_add(l->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(raw.pcHeader),
		                  "the header of a pclntab is damaged");
	}
	if (raw.minpc >= raw.maxpc || raw.text > raw.minpc || raw.types >= raw.etypes || raw.ftab.length < 1) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_ADDRESS(address),
		                  "runtime.moduledata has ranges that end before they begin");
	}
	*module = (struct gopm__module){
	    .address = address,
	    .format = format,
	    .pc_quantum = quantum,
	    .text = raw.text,
	    .etext = raw.etext,
	    .minpc = raw.minpc,
	    .maxpc = raw.maxpc,
	    .data = raw.data,
	    .edata = raw.edata,
	    .bss = raw.bss,
	    .ebss = raw.ebss,
	    .noptrdata = raw.noptrdata,
	    .enoptrdata = raw.enoptrdata,
	    .noptrbss = raw.noptrbss,
	    .enoptrbss = raw.enoptrbss,
	    .gofunc = raw.gofunc,
	    .rodata = raw.rodata,
	    .data_mask = {raw.gcdatamask.bytes, (uint32_t)raw.gcdatamask.count},
	    .bss_mask = {raw.gcbssmask.bytes, (uint32_t)raw.gcbssmask.count},
	    .types = {raw.types, raw.etypes, l->types.long_names, l->types.shifted},
	    .type_links = raw.typelinks.address,
	    .type_link_count = raw.typelinks.length,
	    .descriptors_size = raw.typedesclen,
	    .ftab_count = raw.ftab.length - 1,
	};
	const struct table tables[] = {
	    {"funcnametab", &raw.funcnametab, 1, &module->names, &module->names_size},
	    {"cutab", &raw.cutab, 4, &module->cutab, &module->cutab_size},
	    {"filetab", &raw.filetab, 1, &module->filetab, &module->filetab_size},
	    {"pctab", &raw.pctab, 1, &module->pctab, &module->pctab_size},
	    {"pclntable", &raw.pclntable, 1, &module->pclntable, &module->pclntable_size},
	    {"ftab", &raw.ftab, format->ftab_word * UINT64_C(2), &module->ftab, &ftab_size},
	};
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		gopm_status status = load_table(l, &tables[i], err);
		if (status != GOPM_OK) {
			return status;
		}
	}
	module->next = raw.next;
	*next = raw.next;
	return GOPM_OK;
}

/* The file has the initial values of all variables but those of bss. Else its headers are damaged, and what is looked
 * for among them, as the build information, may be missed. */
static void check_initial_values(const struct gopm__executable *exe, const struct gopm__module *module,
                                 struct gopm__findings *findings)
{
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(exe, &count);

	for (size_t i = 0; i < count; i++) {
		if (module->data >= loads[i].address && module->data - loads[i].address < loads[i].memory_size &&
		    module->edata > module->data && module->edata - loads[i].address > loads[i].file_size) {
			gopm__finding_add(findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_FILE(exe->source.name),
			                  "the headers of the executable are damaged: the segment at 0x%" PRIx64
			                  " lacks initial values of variables",
			                  loads[i].address);
			return;
		}
	}
}

static bool is_optional(const char *field)
{
	for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++) {
		if (strcmp(field, optional[i]) == 0) {
			return true;
		}
	}
	return false;
}

gopm_status gopm__modules_load(struct gopm__corefile *core, struct gopm__executable *exe, struct gopm__arena *arena,
                               struct gopm__module *modules, size_t *count, gopm_error **err)
{
	struct loader l = {.reader = gopm__reader(&core->memory),
	                   .arena = arena,
	                   .findings = core->findings,
	                   .quantum = core->arch->pc_quantum};
	struct descriptor_search search = {&l.reader, MAX_SEARCHED};

	*count = 0;
	uint64_t address = find_moduledata(core, exe, &search);
	if (address == 0) {
		return gopm__fail(err, GOPM_ERR_NOT_GO, GOPM__AT_FILE(core->source.name),
		                  "no runtime.moduledata in the core or the executable: not a Go program, or not the "
		                  "executable of this core");
	}
	uint64_t header = 0;
	uint8_t quantum;
	(void)gopm__read_u64(&l.reader, address, &header);
	const struct gopm__pcln_format *format = header_format(&l.reader, header, &quantum);
	if (format == NULL) {
		return gopm__fail(
		    err, GOPM_ERR_UNSUPPORTED, GOPM__AT_ADDRESS(header),
		    "expected a pclntab header of Go 1.16 to 1.27: not the executable of this core, or an unknown Go "
		    "version");
	}
	uint64_t descriptor = find_descriptor(&search, address, format, true, &l.types);
	if (descriptor == 0) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_ADDRESS(address),
		                  "the type descriptor of runtime.moduledata was not found: not the executable of this "
		                  "core, or an unknown Go version");
	}
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		struct gopm__typedesc_field field;
		l.offsets[i] = NO_FIELD;
		if (gopm__typedesc_path(&l.reader, &l.types, descriptor, fields[i].name, &field)) {
			l.offsets[i] = field.offset;
		} else if (!is_optional(fields[i].name)) {
			return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__AT_ADDRESS(descriptor),
			                  "runtime.moduledata has no field %s", fields[i].name);
		}
	}
	while (address != 0 && *count < GOPM__MAX_MODULES) {
		uint64_t next = 0;
		gopm_error *why = NULL;
		gopm_status status = load_module(&l, address, &modules[*count], &next, &why);
		if (status != GOPM_OK && *count == 0) {
			if (err != NULL) {
				*err = why;
			} else {
				gopm_error_free(why);
			}
			return status;
		}
		if (status != GOPM_OK) {
			gopm__finding_add(core->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(address),
			                  "a module is left out: %s", gopm_error_message(why));
			gopm_error_free(why);
			break;
		}
		++*count;
		address = next;
	}
	if (*count != 0) {
		check_initial_values(exe, &modules[0], core->findings);
	}
	return GOPM_OK;
}
