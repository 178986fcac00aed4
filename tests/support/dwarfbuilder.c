/* SPDX-License-Identifier: Apache-2.0 */
#include "support/dwarfbuilder.h"

#include <stdlib.h>
#include <string.h>

static void add_uleb(struct elf_bytes *bytes, uint64_t value)
{
	do {
		uint8_t byte = value & 0x7f;
		value >>= 7;
		byte |= value != 0 ? 0x80 : 0;
		elf_bytes_add(bytes, &byte, 1);
	} while (value != 0);
}

static void add_sleb(struct elf_bytes *bytes, int64_t value)
{
	for (;;) {
		uint8_t byte = (uint64_t)value & 0x7f;
		bool negative = value < 0;
		value = (value - (int64_t)((uint64_t)value & 0x7f)) / 128;
		bool done =
		    (!negative && value == 0 && (byte & 0x40) == 0) || (negative && value == -1 && (byte & 0x40) != 0);
		byte |= done ? 0 : 0x80;
		elf_bytes_add(bytes, &byte, 1);
		if (done) {
			return;
		}
	}
}

static void add_u16(struct elf_bytes *bytes, uint16_t value)
{
	elf_bytes_add(bytes, &value, sizeof value);
}

static void add_u8(struct elf_bytes *bytes, uint8_t value)
{
	elf_bytes_add(bytes, &value, sizeof value);
}

void dwarf_builder_init(struct dwarf_builder *b, uint16_t version)
{
	*b = (struct dwarf_builder){.version = version};
	elf_bytes_u32(&b->info, 0); /* the unit's length */
	add_u16(&b->info, version);
	if (version >= 5) {
		add_u8(&b->info, 1); /* DW_UT_compile */
		add_u8(&b->info, 8);
		elf_bytes_u32(&b->info, 0);
	} else {
		elf_bytes_u32(&b->info, 0);
		add_u8(&b->info, 8);
	}
}

static void add_value(struct dwarf_builder *b, const struct dwarf_attribute *a)
{
	switch (a->form) {
	case GOPM__FORM_STRING:
		elf_bytes_add(&b->info, a->data, a->size);
		break;
	case GOPM__FORM_REF4:
		if (b->patch_count == sizeof b->patches / sizeof b->patches[0]) {
			abort();
		}
		b->patches[b->patch_count].at = b->info.size;
		b->patches[b->patch_count++].label = (unsigned)a->number;
		elf_bytes_u32(&b->info, 0);
		break;
	case GOPM__FORM_UDATA:
		add_uleb(&b->info, a->number);
		break;
	case GOPM__FORM_SDATA:
		add_sleb(&b->info, (int64_t)a->number);
		break;
	case GOPM__FORM_ADDR:
		elf_bytes_u64(&b->info, a->number);
		break;
	case GOPM__FORM_SEC_OFFSET:
		elf_bytes_u32(&b->info, (uint32_t)a->number);
		break;
	case GOPM__FORM_EXPRLOC:
		add_uleb(&b->info, a->size);
		elf_bytes_add(&b->info, a->data, a->size);
		break;
	default:
		abort();
	}
}

void dwarf_die(struct dwarf_builder *b, unsigned tag, bool children, unsigned label,
               const struct dwarf_attribute *attributes, size_t count)
{
	b->code++;
	add_uleb(&b->abbrev, b->code);
	add_uleb(&b->abbrev, tag);
	add_u8(&b->abbrev, children ? 1 : 0);
	if (label != 0) {
		b->labels[label] = b->info.size;
	}
	add_uleb(&b->info, b->code);
	for (size_t i = 0; i < count; i++) {
		add_uleb(&b->abbrev, attributes[i].name);
		add_uleb(&b->abbrev, attributes[i].form);
		add_value(b, &attributes[i]);
	}
	add_u16(&b->abbrev, 0);
}

void dwarf_end(struct dwarf_builder *b)
{
	add_u8(&b->info, 0);
}

void dwarf_builder_finish(struct dwarf_builder *b)
{
	add_u8(&b->abbrev, 0);
	uint32_t length = (uint32_t)b->info.size - 4;
	memcpy(b->info.data, &length, sizeof length);
	for (size_t i = 0; i < b->patch_count; i++) {
		uint32_t offset = (uint32_t)b->labels[b->patches[i].label];
		memcpy(b->info.data + b->patches[i].at, &offset, sizeof offset);
	}
}

void dwarf_builder_free(struct dwarf_builder *b)
{
	elf_bytes_free(&b->info);
	elf_bytes_free(&b->abbrev);
}

/* Labels of the program's types. */
enum {
	INT = 1,
	UINT8,
	FLOAT,
	BOOL,
	STRING,
	POINTER_UINT8,
	POINT,
	POINTER_POINT,
	SLICE,
	POINTER_INT,
	ARRAY,
	COLOR,
	EFACE,
	RUNTIME_EFACE,
	ABI_TYPE,
	POINTER_ABI_TYPE,
	UNSAFE,
	CHAN,
	HCHAN,
	POINTER_HCHAN,
	MAP,
	SWISS,
	POINTER_SWISS,
	TABLE,
	POINTER_TABLE,
	POINTER_POINTER_TABLE,
	GROUPS,
	GROUP,
	POINTER_GROUP,
	SLOTS,
	SLOT,
	FUNC,
	UINT64,
	INLINED,
	INLINED_PARAMETER,
	WAITQ,
	SUDOG,
	POINTER_SUDOG,
	UINT32,
	OLD_MAP,
	HMAP,
	POINTER_HMAP,
	BUCKET,
	POINTER_BUCKET,
	BYTES8,
	INTS8,
	SELF,
	POINTER_SELF,
};

/* Of a type without a descriptor: the linker left it out. */
#define NO_DESCRIPTOR DWARF_ADDRESS(GOPM__AT_GO_RUNTIME_TYPE, 0)

static void base(struct dwarf_builder *b, unsigned label, const char *name, unsigned encoding, unsigned size,
                 unsigned kind)
{
	DWARF_DIE(b, GOPM__TAG_BASE_TYPE, false, label, {GOPM__AT_NAME, GOPM__FORM_STRING, 0, name, strlen(name) + 1},
	          DWARF_NUMBER(GOPM__AT_ENCODING, encoding), DWARF_NUMBER(GOPM__AT_BYTE_SIZE, size),
	          DWARF_NUMBER(GOPM__AT_GO_KIND, kind), NO_DESCRIPTOR);
}

static void pointer(struct dwarf_builder *b, unsigned label, const char *name, unsigned to)
{
	DWARF_DIE(b, GOPM__TAG_POINTER_TYPE, false, label,
	          {GOPM__AT_NAME, GOPM__FORM_STRING, 0, name, strlen(name) + 1}, DWARF_REF(GOPM__AT_TYPE, to));
}

static void structure(struct dwarf_builder *b, unsigned label, const char *name, unsigned size, unsigned kind)
{
	DWARF_DIE(b, GOPM__TAG_STRUCTURE_TYPE, true, label,
	          {GOPM__AT_NAME, GOPM__FORM_STRING, 0, name, strlen(name) + 1}, DWARF_NUMBER(GOPM__AT_BYTE_SIZE, size),
	          DWARF_NUMBER(GOPM__AT_GO_KIND, kind), NO_DESCRIPTOR);
}

static void member(struct dwarf_builder *b, const char *name, unsigned offset, unsigned type)
{
	DWARF_DIE(b, GOPM__TAG_MEMBER, false, 0, {GOPM__AT_NAME, GOPM__FORM_STRING, 0, name, strlen(name) + 1},
	          DWARF_NUMBER(GOPM__AT_DATA_MEMBER_LOCATION, offset), DWARF_REF(GOPM__AT_TYPE, type));
}

static void array(struct dwarf_builder *b, unsigned label, const char *name, unsigned size, unsigned elem,
                  unsigned count)
{
	DWARF_DIE(b, GOPM__TAG_ARRAY_TYPE, true, label, {GOPM__AT_NAME, GOPM__FORM_STRING, 0, name, strlen(name) + 1},
	          DWARF_REF(GOPM__AT_TYPE, elem), DWARF_NUMBER(GOPM__AT_BYTE_SIZE, size),
	          DWARF_NUMBER(GOPM__AT_GO_KIND, 17), NO_DESCRIPTOR);
	DWARF_DIE(b, GOPM__TAG_SUBRANGE_TYPE, false, 0, DWARF_REF(GOPM__AT_TYPE, INT),
	          DWARF_NUMBER(GOPM__AT_COUNT, count));
	dwarf_end(b);
}

static void add_plain_types(struct dwarf_builder *b)
{
	base(b, INT, "int", GOPM__ENCODING_SIGNED, 8, 2);
	base(b, UINT8, "uint8", GOPM__ENCODING_UNSIGNED, 1, 8);
	base(b, UINT32, "uint32", GOPM__ENCODING_UNSIGNED, 4, 10);
	base(b, UINT64, "uint64", GOPM__ENCODING_UNSIGNED, 8, 11);
	base(b, FLOAT, "float64", GOPM__ENCODING_FLOAT, 8, 14);
	base(b, BOOL, "bool", GOPM__ENCODING_BOOLEAN, 1, 1);
	pointer(b, POINTER_UINT8, "*uint8", UINT8);
	pointer(b, POINTER_INT, "*int", INT);
	DWARF_DIE(b, GOPM__TAG_POINTER_TYPE, false, UNSAFE, DWARF_NAME("unsafe.Pointer"));
	structure(b, STRING, "string", 16, 24);
	member(b, "str", 0, POINTER_UINT8);
	member(b, "len", 8, INT);
	dwarf_end(b);
	DWARF_DIE(b, GOPM__TAG_STRUCTURE_TYPE, true, POINT, DWARF_NAME("main.Point"),
	          DWARF_NUMBER(GOPM__AT_BYTE_SIZE, 16), DWARF_NUMBER(GOPM__AT_GO_KIND, 25),
	          DWARF_ADDRESS(GOPM__AT_GO_RUNTIME_TYPE, 0x40));
	member(b, "X", 0, INT);
	member(b, "Y", 8, INT);
	dwarf_end(b);
	pointer(b, POINTER_POINT, "*main.Point", POINT);
	DWARF_DIE(b, GOPM__TAG_STRUCTURE_TYPE, true, SLICE, DWARF_NAME("[]int"), DWARF_NUMBER(GOPM__AT_BYTE_SIZE, 24),
	          DWARF_NUMBER(GOPM__AT_GO_KIND, 23), NO_DESCRIPTOR, DWARF_REF(GOPM__AT_GO_ELEM, INT));
	member(b, "array", 0, POINTER_INT);
	member(b, "len", 8, INT);
	member(b, "cap", 16, INT);
	dwarf_end(b);
	structure(b, SELF, "main.Self", 24, 23);
	member(b, "array", 0, POINTER_SELF);
	member(b, "len", 8, INT);
	member(b, "cap", 16, INT);
	dwarf_end(b);
	pointer(b, POINTER_SELF, "*main.Self", SELF);
	array(b, ARRAY, "[3]uint8", 3, UINT8, 3);
	DWARF_DIE(b, GOPM__TAG_TYPEDEF, false, COLOR, DWARF_NAME("main.Color"), DWARF_REF(GOPM__AT_TYPE, INT),
	          DWARF_NUMBER(GOPM__AT_GO_KIND, 2));
	DWARF_DIE(b, GOPM__TAG_CONSTANT, false, 0, DWARF_NAME("main.Green"), DWARF_REF(GOPM__AT_TYPE, COLOR),
	          DWARF_SIGNED(GOPM__AT_CONST_VALUE, 1));
	DWARF_DIE(b, GOPM__TAG_CONSTANT, false, 0, DWARF_NAME("main.Dark"), DWARF_REF(GOPM__AT_TYPE, COLOR),
	          DWARF_SIGNED(GOPM__AT_CONST_VALUE, 8));
	DWARF_DIE(b, GOPM__TAG_SUBROUTINE_TYPE, true, FUNC, DWARF_NAME("func()"), DWARF_NUMBER(GOPM__AT_BYTE_SIZE, 8),
	          DWARF_NUMBER(GOPM__AT_GO_KIND, 19), NO_DESCRIPTOR);
	dwarf_end(b);
}

static void add_runtime_types(struct dwarf_builder *b)
{
	structure(b, ABI_TYPE, "internal/abi.Type", 48, 25);
	member(b, "TFlag", 20, UINT8);
	member(b, "Kind_", 23, UINT8);
	dwarf_end(b);
	pointer(b, POINTER_ABI_TYPE, "*internal/abi.Type", ABI_TYPE);
	structure(b, RUNTIME_EFACE, "runtime.eface", 16, 25);
	member(b, "_type", 0, POINTER_ABI_TYPE);
	member(b, "data", 8, UNSAFE);
	dwarf_end(b);
	DWARF_DIE(b, GOPM__TAG_TYPEDEF, false, EFACE, DWARF_NAME("interface {}"),
	          DWARF_REF(GOPM__AT_TYPE, RUNTIME_EFACE), DWARF_NUMBER(GOPM__AT_GO_KIND, 20));
	structure(b, SUDOG, "runtime.sudog", 16, 25);
	member(b, "next", 8, POINTER_SUDOG);
	dwarf_end(b);
	pointer(b, POINTER_SUDOG, "*runtime.sudog", SUDOG);
	structure(b, WAITQ, "waitq<int>", 16, 25);
	member(b, "first", 0, POINTER_SUDOG);
	member(b, "last", 8, POINTER_SUDOG);
	dwarf_end(b);
	structure(b, HCHAN, "hchan<int>", 80, 25);
	member(b, "qcount", 0, UINT64);
	member(b, "dataqsiz", 8, UINT64);
	member(b, "buf", 16, POINTER_INT);
	member(b, "closed", 24, UINT32);
	member(b, "elemsize", 28, UINT32);
	member(b, "recvx", 32, UINT64);
	member(b, "recvq", 40, WAITQ);
	member(b, "sendq", 56, WAITQ);
	dwarf_end(b);
	pointer(b, POINTER_HCHAN, "*hchan<int>", HCHAN);
	DWARF_DIE(b, GOPM__TAG_TYPEDEF, false, CHAN, DWARF_NAME("chan int"), DWARF_REF(GOPM__AT_TYPE, POINTER_HCHAN),
	          DWARF_NUMBER(GOPM__AT_GO_KIND, 18), DWARF_REF(GOPM__AT_GO_ELEM, INT));
}

/* internal/runtime/maps of Go 1.26: slots of key and value. */
static void add_map_types(struct dwarf_builder *b)
{
	structure(b, SLOT, "struct { key int; elem uint8 }", 16, 25);
	member(b, "key", 0, INT);
	member(b, "elem", 8, UINT8);
	dwarf_end(b);
	array(b, SLOTS, "[8]struct { key int; elem uint8 }", 128, SLOT, 8);
	structure(b, GROUP, "group<int,uint8>", 136, 25);
	member(b, "ctrl", 0, UINT64);
	member(b, "slots", 8, SLOTS);
	dwarf_end(b);
	pointer(b, POINTER_GROUP, "*group<int,uint8>", GROUP);
	structure(b, GROUPS, "groupReference<int,uint8>", 16, 25);
	member(b, "data", 0, POINTER_GROUP);
	member(b, "lengthMask", 8, UINT64);
	dwarf_end(b);
	structure(b, TABLE, "table<int,uint8>", 32, 25);
	member(b, "used", 0, UINT32);
	member(b, "index", 8, INT);
	member(b, "groups", 16, GROUPS);
	dwarf_end(b);
	pointer(b, POINTER_TABLE, "*table<int,uint8>", TABLE);
	pointer(b, POINTER_POINTER_TABLE, "**table<int,uint8>", POINTER_TABLE);
	structure(b, SWISS, "map<int,uint8>", 48, 25);
	member(b, "used", 0, UINT64);
	member(b, "dirPtr", 16, POINTER_POINTER_TABLE);
	member(b, "dirLen", 24, INT);
	member(b, "globalDepth", 32, UINT8);
	member(b, "writing", 34, UINT8);
	dwarf_end(b);
	pointer(b, POINTER_SWISS, "*map<int,uint8>", SWISS);
	DWARF_DIE(b, GOPM__TAG_TYPEDEF, false, MAP, DWARF_NAME("map[int]uint8"),
	          DWARF_REF(GOPM__AT_TYPE, POINTER_SWISS), DWARF_NUMBER(GOPM__AT_GO_KIND, 21),
	          DWARF_REF(GOPM__AT_GO_KEY, INT), DWARF_REF(GOPM__AT_GO_ELEM, UINT8));
}

/* runtime/map.go up to Go 1.23: buckets of eight. */
static void add_old_map_types(struct dwarf_builder *b)
{
	array(b, BYTES8, "[8]uint8", 8, UINT8, 8);
	array(b, INTS8, "[8]int", 64, INT, 8);
	structure(b, BUCKET, "bucket<int,uint8>", 88, 25);
	member(b, "tophash", 0, BYTES8);
	member(b, "keys", 8, INTS8);
	member(b, "values", 72, BYTES8);
	member(b, "overflow", 80, POINTER_BUCKET);
	dwarf_end(b);
	pointer(b, POINTER_BUCKET, "*bucket<int,uint8>", BUCKET);
	structure(b, HMAP, "hash<int,uint8>", 48, 25);
	member(b, "count", 0, INT);
	member(b, "B", 9, UINT8);
	member(b, "buckets", 16, POINTER_BUCKET);
	member(b, "oldbuckets", 24, POINTER_BUCKET);
	dwarf_end(b);
	pointer(b, POINTER_HMAP, "*hash<int,uint8>", HMAP);
	DWARF_DIE(b, GOPM__TAG_TYPEDEF, false, OLD_MAP, DWARF_NAME("map[int]uint8"),
	          DWARF_REF(GOPM__AT_TYPE, POINTER_HMAP), DWARF_NUMBER(GOPM__AT_GO_KIND, 21),
	          DWARF_REF(GOPM__AT_GO_KEY, INT), DWARF_REF(GOPM__AT_GO_ELEM, UINT8));
}

#define LOCAL(name, line, type, location)                                                                              \
	DWARF_DIE(b, GOPM__TAG_VARIABLE, false, 0, DWARF_NAME(name), DWARF_NUMBER(GOPM__AT_DECL_LINE, line),           \
	          DWARF_REF(GOPM__AT_TYPE, type), DWARF_EXPRESSION(GOPM__AT_LOCATION, location))

static void add_function(struct dwarf_builder *b)
{
	DWARF_DIE(b, GOPM__TAG_SUBPROGRAM, true, INLINED, DWARF_NAME("main.inlined"),
	          DWARF_NUMBER(0x20 /* DW_AT_inline */, 1));
	DWARF_DIE(b, GOPM__TAG_FORMAL_PARAMETER, false, INLINED_PARAMETER, DWARF_NAME("p"),
	          DWARF_REF(GOPM__AT_TYPE, INT));
	dwarf_end(b);
	DWARF_DIE(b, GOPM__TAG_SUBPROGRAM, true, 0, DWARF_NAME("main.f"), DWARF_ADDRESS(GOPM__AT_LOW_PC, TESTDWARF_LOW),
	          DWARF_NUMBER(GOPM__AT_HIGH_PC, TESTDWARF_HIGH - TESTDWARF_LOW),
	          DWARF_EXPRESSION(GOPM__AT_FRAME_BASE, "\x9c"));
	DWARF_DIE(b, GOPM__TAG_FORMAL_PARAMETER, false, 0, DWARF_NAME("n"),
	          DWARF_NUMBER(GOPM__AT_VARIABLE_PARAMETER, 0), DWARF_NUMBER(GOPM__AT_DECL_LINE, 10),
	          DWARF_REF(GOPM__AT_TYPE, INT),
	          DWARF_EXPRESSION(GOPM__AT_LOCATION, "\x9c")); /* DW_OP_call_frame_cfa */
	DWARF_DIE(b, GOPM__TAG_FORMAL_PARAMETER, false, 0, DWARF_NAME("err"),
	          DWARF_NUMBER(GOPM__AT_VARIABLE_PARAMETER, 1), DWARF_NUMBER(GOPM__AT_DECL_LINE, 10),
	          DWARF_REF(GOPM__AT_TYPE, EFACE), DWARF_EXPRESSION(GOPM__AT_LOCATION, "\x91\x08")); /* DW_OP_fbreg 8 */
	/* A string in two pieces: its length is a constant. */
	LOCAL("s", 11, STRING,
	      "\x91\x98\x7f\x93\x08\x35\x9f\x93\x08");     /* fbreg -104, piece 8, lit5, stack_value, piece 8 */
	LOCAL("list", 11, SLICE, "\x91\x80\x7f");          /* fbreg -128 */
	LOCAL("point", 11, POINTER_POINT, "\x91\xa0\x7f"); /* fbreg -96 */
	LOCAL("color", 12, COLOR, "\x39\x9f");             /* lit9, stack_value */
	LOCAL("reg", 12, INT, "\x53");                     /* reg3 */
	LOCAL("sp", 12, INT, "\x57");                      /* reg7 */
	LOCAL("gone", 12, INT, "");
	LOCAL("half", 12, POINT, "\x91\x80\x7f\x93\x08\x93\x08"); /* fbreg -128, piece 8, nothing, piece 8 */
	LOCAL("&moved", 12, POINTER_INT, "\x91\xa0\x7f");
	LOCAL("any", 13, EFACE, "\x91\xb0\x7f");   /* fbreg -80 */
	LOCAL("ch", 13, CHAN, "\x91\x40");         /* fbreg -64 */
	LOCAL("m", 13, MAP, "\x91\x48");           /* fbreg -56 */
	LOCAL("bytes", 13, ARRAY, "\x91\x50");     /* fbreg -48 */
	LOCAL("real", 13, FLOAT, "\x91\x58");      /* fbreg -40 */
	LOCAL("yes", 13, BOOL, "\x31\x9f");        /* lit1, stack_value */
	LOCAL("old", 13, OLD_MAP, "\x91\x60");     /* fbreg -32 */
	LOCAL("growing", 13, OLD_MAP, "\x91\x68"); /* fbreg -24 */
	LOCAL("self", 13, SELF, "\x91\xe0\x7e");   /* fbreg -160 */
	LOCAL("later", 90, INT, "\x30\x9f");
	DWARF_DIE(b, GOPM__TAG_VARIABLE, false, 0, DWARF_NAME("lost"), DWARF_NUMBER(GOPM__AT_DECL_LINE, 12),
	          DWARF_REF(GOPM__AT_TYPE, INT), DWARF_LIST(GOPM__AT_LOCATION, b->version >= 5 ? 12 : 0));
	DWARF_DIE(b, GOPM__TAG_LEXICAL_BLOCK, true, 0, DWARF_ADDRESS(GOPM__AT_LOW_PC, TESTDWARF_BLOCK),
	          DWARF_NUMBER(GOPM__AT_HIGH_PC, 0x60));
	LOCAL("n", 14, UINT8, "\x37\x9f"); /* lit7, stack_value: shadows the argument */
	DWARF_DIE(b, GOPM__TAG_INLINED_SUBROUTINE, true, 0, DWARF_REF(GOPM__AT_ABSTRACT_ORIGIN, INLINED),
	          DWARF_LIST(GOPM__AT_RANGES, b->version >= 5 ? 12 : 0), DWARF_NUMBER(GOPM__AT_CALL_LINE, 20));
	DWARF_DIE(b, GOPM__TAG_FORMAL_PARAMETER, false, 0, DWARF_REF(GOPM__AT_ABSTRACT_ORIGIN, INLINED_PARAMETER),
	          DWARF_EXPRESSION(GOPM__AT_LOCATION, "\x3b\x9f")); /* lit11 */
	dwarf_end(b);
	dwarf_end(b);
	dwarf_end(b);
}

static void add_lists(struct test_dwarf *out, uint16_t version)
{
	if (version < 5) {
		elf_bytes_u64(&out->locations, 0); /* from the unit's low pc */
		elf_bytes_u64(&out->locations, TESTDWARF_LATE - TESTDWARF_LOW);
		add_u16(&out->locations, 2);
		elf_bytes_add(&out->locations, "\x34\x9f", 2); /* lit4, stack_value */
		elf_bytes_zero(&out->locations, 16);
		elf_bytes_u64(&out->ranges, TESTDWARF_INLINED - TESTDWARF_LOW);
		elf_bytes_u64(&out->ranges, TESTDWARF_INLINED - TESTDWARF_LOW + 0x20);
		elf_bytes_zero(&out->ranges, 16);
		return;
	}
	/* A header of 12 bytes: length, version 5, address size, no segments, no offsets. */
	static const uint8_t header[] = {32, 0, 0, 0, 5, 0, 8, 0, 0, 0, 0, 0};
	elf_bytes_add(&out->locations, header, sizeof header);
	add_u8(&out->locations, 4); /* DW_LLE_offset_pair */
	add_uleb(&out->locations, 0);
	add_uleb(&out->locations, TESTDWARF_LATE - TESTDWARF_LOW);
	add_uleb(&out->locations, 2);
	elf_bytes_add(&out->locations, "\x34\x9f", 2);
	add_u8(&out->locations, 0);
	elf_bytes_add(&out->ranges, header, sizeof header);
	add_u8(&out->ranges, 7); /* DW_RLE_start_length */
	elf_bytes_u64(&out->ranges, TESTDWARF_INLINED);
	add_uleb(&out->ranges, 0x20);
	add_u8(&out->ranges, 0);
}

static void put(struct elf_bytes *memory, uint64_t address, const void *data, size_t size)
{
	memcpy(memory->data + (address - TESTDWARF_MEMORY), data, size);
}

static void put64(struct elf_bytes *memory, uint64_t address, uint64_t value)
{
	put(memory, address, &value, sizeof value);
}

static void put_entry(struct elf_bytes *memory, uint64_t bucket, unsigned slot, uint8_t top, uint64_t key,
                      uint8_t value)
{
	put(memory, bucket + slot, &top, 1);
	put64(memory, bucket + 8 + (uint64_t)slot * 8, key);
	put(memory, bucket + 72 + slot, &value, 1);
}

/* A bucket with an overflow bucket; and a map that grows from one bucket to two, with the old one still in use. */
static void add_old_maps(struct elf_bytes *memory)
{
	const uint64_t cfa = TESTDWARF_CFA, place = TESTDWARF_MEMORY + 0xa00;

	put64(memory, cfa - 32, place);
	put64(memory, place, 3);
	put64(memory, place + 16, place + 0x40);
	put_entry(memory, place + 0x40, 0, 9, 1, 11);
	put_entry(memory, place + 0x40, 1, 1, 99, 99); /* empty */
	put_entry(memory, place + 0x40, 7, 200, 2, 12);
	put64(memory, place + 0x40 + 80, place + 0xa0);
	put_entry(memory, place + 0xa0, 3, 5, 3, 13);
	uint64_t growing = place + 0x100;
	put64(memory, cfa - 24, growing);
	put64(memory, growing, 2);
	put(memory, growing + 9, "\1", 1);
	put64(memory, growing + 16, place + 0x140);
	put64(memory, growing + 24, place + 0x1f0);
	put_entry(memory, place + 0x140, 0, 9, 98, 98); /* not moved here yet */
	put_entry(memory, place + 0x1f0, 0, 9, 4, 14);
	put_entry(memory, place + 0x1f0, 2, 9, 5, 15);
}

static void add_memory(struct elf_bytes *memory)
{
	const uint64_t cfa = TESTDWARF_CFA, free_ = TESTDWARF_MEMORY + 0x500;
	const double real = 2.5;

	elf_bytes_zero(memory, TESTDWARF_MEMORY_SIZE);
	put64(memory, cfa, (uint64_t)-42); /* n */
	put64(memory, cfa - 128, free_);   /* list, and X of half */
	put64(memory, cfa - 120, 2);
	put64(memory, cfa - 112, 4);
	put64(memory, cfa - 160, cfa - 160); /* self: a slice that contains itself */
	put64(memory, cfa - 152, 1);
	put64(memory, cfa - 144, 1);
	put64(memory, free_, 100);
	put64(memory, free_ + 8, 200);
	put64(memory, cfa - 104, free_ + 16); /* s */
	put(memory, free_ + 16, "h\xc3\xa9llo", 6);
	put64(memory, cfa - 96, free_ + 32); /* point; &moved */
	put64(memory, free_ + 32, 3);
	put64(memory, free_ + 40, 4);
	put64(memory, cfa - 80, TESTDWARF_TYPES + 0x40); /* any: a Point */
	put64(memory, cfa - 72, free_ + 32);
	uint64_t chan = free_ + 0x40;
	put64(memory, cfa - 64, chan);
	put64(memory, chan, 2);
	put64(memory, chan + 8, 3);
	put64(memory, chan + 16, free_);
	put64(memory, chan + 24, 1 | UINT64_C(8) << 32); /* closed; elements of 8 bytes */
	put64(memory, chan + 32, 1);
	put64(memory, chan + 56, free_ + 0xa0); /* sendq: two, the second one last */
	put64(memory, free_ + 0xa8, free_ + 0xb0);
	uint64_t map = free_ + 0x100, group = free_ + 0x140;
	put64(memory, cfa - 56, map);
	put64(memory, map, 2);
	put64(memory, map + 16, group);
	put64(memory, group, UINT64_C(0x8080808011808022)); /* slots 0 and 3 */
	put64(memory, group + 8, 5);
	put(memory, group + 16, "\x32", 1);
	put64(memory, group + 8 + 48, 6);
	put(memory, group + 16 + 48, "\x33", 1);
	put(memory, cfa - 48, "\1\2\3", 3);
	put(memory, cfa - 40, &real, sizeof real);
	add_old_maps(memory);
}

void test_dwarf_make(struct test_dwarf *out, uint16_t version)
{
	struct dwarf_builder b;

	*out = (struct test_dwarf){0};
	dwarf_builder_init(&b, version);
	DWARF_DIE(&b, GOPM__TAG_COMPILE_UNIT, true, 0, DWARF_NAME("main"),
	          DWARF_NUMBER(GOPM__AT_LANGUAGE, GOPM__LANGUAGE_GO), DWARF_ADDRESS(GOPM__AT_LOW_PC, TESTDWARF_LOW),
	          DWARF_NUMBER(GOPM__AT_HIGH_PC, TESTDWARF_HIGH - TESTDWARF_LOW),
	          {GOPM__AT_PRODUCER, GOPM__FORM_STRING, 0, "Go cmd/compile", sizeof "Go cmd/compile"});
	add_plain_types(&b);
	add_runtime_types(&b);
	add_map_types(&b);
	add_old_map_types(&b);
	add_function(&b);
	dwarf_end(&b);
	dwarf_builder_finish(&b);
	out->info = b.info;
	out->abbrev = b.abbrev;
	add_lists(out, version);
	add_memory(&out->memory);
}

void test_dwarf_free(struct test_dwarf *dwarf)
{
	elf_bytes_free(&dwarf->info);
	elf_bytes_free(&dwarf->abbrev);
	elf_bytes_free(&dwarf->locations);
	elf_bytes_free(&dwarf->ranges);
	elf_bytes_free(&dwarf->memory);
}
