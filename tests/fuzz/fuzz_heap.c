/* SPDX-License-Identifier: Apache-2.0 */
/* Changes a synthetic heap: spans, bits, objects and type descriptors. Marking must end, and its totals must agree. The
 * first byte says how pointers are found. A change is a region (1 byte), an offset in it (2), a length of 1 to 8 (1),
 * and its bytes. */
#include "fuzz/fuzz.h"
#include "heap/guess.h"
#include "heap/histogram.h"
#include "heap/mark.h"
#include "support/made.h"

#include <gopm/value.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_WORDS (BSS + 0x1000)
#define BITMAPS (BASE + 0x70000) /* a bitmap of allocated slots for each span */
#define TYPES (BASE + 0x90000)
#define OBJECTS (BASE + 0xb0000)
/* A heapArena of Go 1.16 to 1.21, which is larger than the memory: two parts of it. */
#define OLD_ARENA UINT64_C(0x20000000)
#define NO_MORE 0x100000u
#define L2 (L2_ENTRY - (BASE >> GOPM__CHUNK_SHIFT) * 8)

enum { ROOT_COUNT = 24, TYPE_COUNT = 12, TYPE_ROOM = 512, MASK = 448, NAME = 480, LARGE_PAGES = 4 };
enum { MSPAN_BYTES = 96, MSPAN_LARGE_TYPE = 64, BITMAP_BYTES = 128 };

/* A struct that has one field of each of the other types. */
enum { T_STRUCT, T_POINTER, T_STRING, T_SLICE, T_EMPTY, T_METHODS, T_MAP, T_CHAN, T_FUNC, T_ARRAY, T_GROUP, T_WORD };

static const struct {
	uint32_t size;
	uint8_t spanclass;
	uint8_t pages;
} spans[] = {
    {16, 5, 1},   {8, 2, 1},    {64, 10, 1},   {512, 60, 1}, {1024, 70, 1}, {LARGE_PAGES * 8192, 0, LARGE_PAGES},
    {128, 20, 1}, {144, 22, 1}, {2048, 80, 1}, {48, 8, 1}};

enum { MADE_SPANS = sizeof spans / sizeof spans[0] };

static const struct {
	uint64_t address;
	uint32_t size;
} regions[] = {
    {SPANS, MADE_SPANS *MSPAN_BYTES},
    {ARRAY, MADE_SPANS * 8},
    {BITMAPS, MADE_SPANS *BITMAP_BYTES},
    {TYPES, TYPE_COUNT *TYPE_ROOM},
    {ROOT_WORDS, ROOT_COUNT * 8},
    {OBJECTS, 0xffff},
    {OBJECTS + 0xffff, 0x7000},
    {BASE + 0x60000, 0x8000},
    {BASE + 0x78000, 0x1000},
    {L2_ENTRY, 8},
};

static uint64_t type_at(unsigned type)
{
	return TYPES + type * TYPE_ROOM;
}

/* abi.Type, with its mask and its name. */
static void put_type(struct made *p, unsigned type, unsigned kind, uint64_t size, uint64_t pointer_bytes, uint64_t mask)
{
	const uint64_t at = type_at(type);

	made_put64(p, at, size);
	made_put64(p, at + 8, pointer_bytes);
	made_put(p, at + 20, 4, 1); /* named */
	made_put(p, at + 21, 8, 1);
	made_put(p, at + 22, 8, 1);
	made_put(p, at + 23, kind, 1);
	made_put64(p, at + 32, at + MASK);
	made_put(p, at + 40, at + NAME - TYPES, 4);
	made_put64(p, at + MASK, mask);
	memcpy(p->bytes + (at + NAME - BASE), "\0\6main.T", 8);
}

static void make_types(struct made *p)
{
	static const struct {
		uint8_t kind, size, pointer_bytes, mask;
	} kinds[TYPE_COUNT] = {
	    [T_POINTER] = {GOPM_KIND_POINTER, 8, 8, 1},     [T_STRING] = {GOPM_KIND_STRING, 16, 8, 1},
	    [T_SLICE] = {GOPM_KIND_SLICE, 24, 8, 1},        [T_EMPTY] = {GOPM_KIND_INTERFACE, 16, 16, 2},
	    [T_METHODS] = {GOPM_KIND_INTERFACE, 16, 16, 2}, [T_MAP] = {GOPM_KIND_MAP, 8, 8, 1},
	    [T_CHAN] = {GOPM_KIND_CHAN, 8, 8, 1},           [T_FUNC] = {GOPM_KIND_FUNC, 8, 8, 1},
	    [T_ARRAY] = {GOPM_KIND_ARRAY, 32, 24, 5},       [T_GROUP] = {GOPM_KIND_UINT64, 8, 0, 0},
	    [T_WORD] = {GOPM_KIND_UINT64, 8, 0, 0},
	};
	uint64_t offset = 0, mask = 0;

	for (unsigned i = 1; i < TYPE_COUNT; i++) {
		const uint64_t at = type_at(i);
		put_type(p, i, kinds[i].kind, kinds[i].size, kinds[i].pointer_bytes, kinds[i].mask);
		/* The element, or key and element of a map, and its groups; the directions of a channel; the length of
		 * an array. */
		made_put64(p, at + 48, i == T_FUNC ? 0 : type_at(i == T_ARRAY ? T_STRING : T_STRUCT));
		made_put64(p, at + 56, i == T_CHAN ? 3 : type_at(T_STRING));
		made_put64(p, at + 64, i == T_ARRAY ? 2 : i == T_MAP ? type_at(T_STRUCT) : 0);
		/* A field of the struct: name, type, offset. */
		made_put64(p, type_at(T_STRUCT) + 80 + i * 24, type_at(i) + NAME);
		made_put64(p, type_at(T_STRUCT) + 80 + i * 24 + 8, at);
		made_put64(p, type_at(T_STRUCT) + 80 + i * 24 + 16, offset);
		mask |= (uint64_t)kinds[i].mask << offset / 8;
		offset += kinds[i].size;
	}
	put_type(p, T_STRUCT, GOPM_KIND_STRUCT, offset, offset - 24, mask);
	made_put64(p, type_at(T_STRUCT) + 56, type_at(T_STRUCT) + 80 + 24);
	made_put64(p, type_at(T_STRUCT) + 64, TYPE_COUNT - 1);
	made_put64(p, type_at(T_METHODS) + 64, 1);
}

/* Each object points to others, and to types, as if it were of the struct. */
static void make_objects(struct made *p, uint64_t base, uint64_t bytes, uint32_t size)
{
	for (uint64_t at = 0; at + 8 <= bytes; at += 8) {
		const uint64_t word = at % size / 8, next = (at * 7 + base) % (MADE_SPANS * 8192) / 16 * 16;
		made_put64(p, base + at,
		           size > 512 && word == 0 ? type_at(T_STRUCT)
		           : word % 6 == 5         ? at
		                                   : OBJECTS + next);
	}
}

static void make_spans(struct made *p, bool bits)
{
	uint64_t base = OBJECTS;

	for (unsigned i = 0; i < MADE_SPANS; i++) {
		const uint64_t at = SPANS + i * MSPAN_BYTES, bytes = spans[i].pages * UINT64_C(8192);
		const bool noscan = (spans[i].spanclass & 1) != 0;
		const uint64_t tail = bits && !noscan && spans[i].size <= 512 ? 128 : 0;
		const struct gopm__layout *l = &p->rt.layout;
		made_put64(p, ARRAY + i * 8, at);
		made_put64(p, at + (uint64_t)l->span.base, base);
		made_put64(p, at + (uint64_t)l->span.npages, spans[i].pages);
		made_put(p, at + (uint64_t)l->span.nelems, (bytes - tail) / spans[i].size, 2);
		made_put(p, at + (uint64_t)l->span.freeindex, (bytes - tail) / spans[i].size - 1, 2);
		made_put64(p, at + (uint64_t)l->span.elemsize, spans[i].size);
		made_put64(p, at + (uint64_t)l->span.limit, base + bytes - tail);
		made_put64(p, at + (uint64_t)l->span.alloc_bits, BITMAPS + i * BITMAP_BYTES);
		made_put(p, at + (uint64_t)l->span.spanclass, spans[i].spanclass, 1);
		made_put(p, at + (uint64_t)l->span.state, GOPM__SPAN_IN_USE, 1);
		made_put64(p, at + MSPAN_LARGE_TYPE, type_at(T_STRUCT));
		make_objects(p, base, bytes - tail, spans[i].size);
		if (tail != 0) {
			memset(p->bytes + (base + bytes - tail - BASE), 0x5b, (size_t)tail);
		}
		base += bytes;
	}
	memset(p->bytes + (BITMAPS - BASE), 0xff, MADE_SPANS * BITMAP_BYTES);
	memset(p->bytes + 0x60000, bits ? 0 : 0xf5, 0x8000);
}

static void change(struct made *p, const uint8_t *data, size_t size)
{
	for (size_t at = 0; at + 4 < size;) {
		const size_t region = data[at] % (sizeof regions / sizeof regions[0]);
		uint64_t to = regions[region].address - BASE +
		              ((uint32_t)data[at + 1] | (uint32_t)data[at + 2] << 8) % regions[region].size;
		const size_t end = at + 4 + (data[at + 3] & 7U) + 1;
		for (at += 4; at < end && at < size; at++) {
			p->bytes[to++] = data[at];
		}
	}
}

static void check(bool ok)
{
	if (!ok) {
		abort();
	}
}

/* Marks from the roots, each of which says something else of what it points to. */
static void mark_roots(struct made *p, struct gopm__heap *heap)
{
	static const uint8_t said[] = {GOPM__TO_UNKNOWN, GOPM__TO_VALUE, GOPM__TO_ELEMENTS, GOPM__TO_BYTES,
	                               GOPM__TO_DYNAMIC, GOPM__TO_MAP,   GOPM__TO_CHAN,     GOPM__TO_CLOSURE};
	static const uint8_t of[] = {T_STRUCT, T_STRUCT, T_STRING, T_STRING, T_STRUCT, T_MAP, T_CHAN, T_STRUCT};
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__marker marker;

	gopm__marker_open(&marker, heap);
	for (unsigned i = 0; i < ROOT_COUNT; i++) {
		const unsigned way = i % (sizeof said / sizeof said[0]);
		struct gopm__edge edge = {.to = said[way], .elems = i};
		edge.type = gopm__object_type_number(&heap->types, type_at(of[way]), GOPM__KEY_DESCRIPTOR);
		if (gopm__read_u64(&reader, ROOT_WORDS + i * 8, &edge.word)) {
			check(gopm__mark_edge(&marker, &edge) && gopm__mark_reachable(&marker));
		}
	}
	check(gopm__guess_types(&marker));
	gopm__marker_close(&marker);
}

static void check_totals(struct gopm__heap *heap)
{
	struct gopm__histogram_row *rows;
	uint64_t objects = 0, bytes = 0, live = 0, live_bytes = 0;
	size_t count;

	for (uint32_t slot = 0; slot < heap->index.slot_count; slot++) {
		check(gopm__bit(heap->index.allocated, slot) || !gopm__bit(heap->live, slot));
		check(gopm__typed_type(heap->typed[slot]) < heap->types.count &&
		      gopm__typed_form(heap->typed[slot]) < GOPM__FORM_COUNT);
		live += gopm__bit(heap->live, slot);
	}
	check(live == heap->live_objects);
	live = 0;
	check(gopm__histogram(heap, &rows, &count) == GOPM_OK);
	for (size_t i = 0; i < count; i++) {
		objects += rows[i].objects;
		bytes += rows[i].bytes;
		live += rows[i].live_objects;
		live_bytes += rows[i].live_bytes;
	}
	free(rows);
	check(objects == heap->index.objects && bytes == heap->index.bytes && live == heap->live_objects &&
	      live_bytes == heap->live_bytes && bytes <= heap->index.in_use);
}

static void read_heap(struct made *p, struct gopm__program *program)
{
	struct gopm__heap heap = {.program = program, .strongest = GOPM__EVIDENCE_HEADER};

	if (gopm__index_open(&heap.index, &p->rt) != GOPM_OK) {
		return;
	}
	heap.live = calloc(heap.index.slot_count / 64 + 1, sizeof *heap.live);
	heap.typed = calloc((size_t)heap.index.slot_count + 1, sizeof *heap.typed);
	heap.elems = calloc((size_t)heap.index.slot_count + 1, sizeof *heap.elems);
	check(heap.live != NULL && heap.typed != NULL && heap.elems != NULL &&
	      gopm__object_types_open(&heap.types, &p->symtab, &p->core) == GOPM_OK &&
	      gopm__static_types_open(&heap.statics, program, &heap.types) == GOPM_OK);
	mark_roots(p, &heap);
	check_totals(&heap);
	gopm__heap_close(&heap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gopm__load load = {.address = BASE, .memory_size = SIZE, .file_size = SIZE};
	static const uint32_t spans_offsets[] = {0, 0, 0x104000, 0x200000};
	static struct gopm__program program;

	if (size == 0) {
		return 0;
	}
	struct made *p = made_new();
	struct gopm__mheap mheap = {.allspans = ALLSPANS,
	                            .spans = ARRAY,
	                            .count = MADE_SPANS,
	                            .l2 = L2,
	                            .spans_offset = spans_offsets[data[0] & 3]};
	p->core.loads = &load;
	p->core.load_count = 1;
	check(gopm__memory_add(&p->core.memory, OLD_ARENA, 0x10000, &p->source, 0x60000) == GOPM_OK &&
	      gopm__memory_add(&p->core.memory, OLD_ARENA + NO_MORE, 0x1000, &p->source, 0x78000) == GOPM_OK);
	p->symtab.memory = &p->core.memory;
	p->symtab.modules[0].types = (struct gopm__type_section){TYPES, TYPES + TYPE_COUNT * TYPE_ROOM, false, false};
	p->rt.layout.span.large_type = MSPAN_LARGE_TYPE;
	p->rt.layout.hchan.buf = 16;
	p->rt.layout.hchan.dataqsiz = 8;
	p->rt.layout.size[GOPM__STRUCT_SPAN] = MSPAN_BYTES;
	p->rt.mheap = &mheap;
	atomic_store(&p->rt.mheap_tried, true);
	make_types(p);
	make_spans(p, mheap.spans_offset == 0);
	made_put64(p, L2_ENTRY, OLD_ARENA);
	for (unsigned i = 0; i < ROOT_COUNT; i++) {
		made_put64(p, ROOT_WORDS + i * 8, OBJECTS + i * 4096);
	}
	change(p, data + 1, size - 1);
	program.no_dwarf = true;
	program.file = p->core;
	program.runtime.core = &p->core;
	program.runtime.layout = p->rt.layout;
	program.runtime.mheap = &mheap;
	atomic_store(&program.runtime.mheap_tried, true);
	read_heap(p, &program);
	p->core.loads = NULL;
	made_free(p);
	return 0;
}
