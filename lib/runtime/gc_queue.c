/* SPDX-License-Identifier: Apache-2.0 */
/* Without symbols, the first block of a list is found by its contents: a word of the data that points to a list of
 * blocks with entries. Each entry has a function, whose code must begin at an entry of pclntab, and an object in the
 * heap. Of several such words, the one with the longest list is the head of all blocks. */
#include "runtime/gc_queue.h"

#include "runtime/data_range.h"
#include "runtime/layout/field.h"
#include "runtime/spans.h"
#include "util/cycle.h"

/* Blocks that one search reads, so that a hostile core cannot make it quadratic. */
#define MAX_STEPS 10000000u
/* Most bytes of the results of a finalizer, which runtime.SetFinalizer bounds in no other way. */
#define MAX_RESULTS ((uint64_t)1 << 20)

/* Shapes of blocks. A finalizer is {fn, arg, nret, fint, ot}, a cleanup {call, fn, arg}, in Go 1.25 {fn}. */
static const struct block_shape {
	uint8_t kind;    /* enum gopm__gc_queue_kind */
	uint16_t bytes;  /* of a block */
	uint8_t link;    /* offset of alllink */
	uint8_t count;   /* offset of the number of entries, 4 bytes, and 4 that are 0 */
	uint8_t entries; /* offset of the first */
	uint8_t words;   /* of an entry */
	uint8_t pointers;
} block_shapes[] = {
    {GOPM__QUEUE_FINALIZERS, 4096, 0, 16, 24, 5, 0x1b},
    {GOPM__QUEUE_CLEANUPS, 512, 16, 24, 32, 3, 0x7},
    {GOPM__QUEUE_CLEANUPS, 512, 16, 24, 32, 1, 0x1},
};

/* Offset of gcCleanups.all: after two cache lines (CacheLinePadSize of internal/cpu, since Go 1.25). */
static const struct {
	const char *arch;
	uint16_t offset;
} all_offsets[] = {
    {"amd64", 128},
    {"arm64", 256},
};

static const enum gopm__global globals[GOPM__QUEUE_COUNT] = {
    [GOPM__QUEUE_FINALIZERS] = GOPM__GLOBAL_ALLFIN,
    [GOPM__QUEUE_CLEANUPS] = GOPM__GLOBAL_CLEANUPS,
};

struct queue_search {
	struct gopm__runtime *rt;
	const struct gopm__mheap *heap; /* NULL: not known */
	const struct block_shape *shape;
	struct gopm__reader reader, probe;
	uint64_t steps;
};

/* NULL: this Go has no such queue. */
static const struct block_shape *shape_of(const struct gopm__runtime *rt, enum gopm__gc_queue_kind kind)
{
	const struct gopm__layout *l = &rt->layout;
	/* A P has a block of cleanups since Go 1.25, and cleanupFn is since Go 1.26. */
	const unsigned words = l->p.cleanups < 0 ? 0 : l->size[GOPM__STRUCT_CLEANUP_FN] != 0 ? 3 : 1;

	for (size_t i = 0; i < sizeof block_shapes / sizeof block_shapes[0]; i++) {
		if (block_shapes[i].kind == kind && (kind != GOPM__QUEUE_CLEANUPS || block_shapes[i].words == words)) {
			return &block_shapes[i];
		}
	}
	return NULL;
}

static bool read_block(struct gopm__reader *reader, const struct block_shape *shape, uint64_t address,
                       struct gopm__gc_block *out)
{
	uint64_t count;

	*out = (struct gopm__gc_block){.address = address,
	                               .entries = address + shape->entries,
	                               .words = shape->words,
	                               .pointers = shape->pointers};
	if (address % 8 != 0 || !gopm__read_u64(reader, address + shape->link, &out->next) || out->next % 8 != 0 ||
	    !gopm__read_u64(reader, address + shape->count, &count) ||
	    count > (shape->bytes - shape->entries) / (shape->words * 8u)) {
		return false;
	}
	out->count = (uint32_t)count;
	return true;
}

bool gopm__gc_block_read(const struct gopm__runtime *rt, struct gopm__reader *reader, enum gopm__gc_queue_kind kind,
                         uint64_t address, struct gopm__gc_block *out)
{
	const struct block_shape *shape = shape_of(rt, kind);

	return shape != NULL && read_block(reader, shape, address, out);
}

/* True if the entry is empty: its function runs, or has run. */
static bool is_empty_entry(struct queue_search *s, uint64_t entry)
{
	uint64_t word;

	for (unsigned i = 0; i < s->shape->words; i++) {
		if ((s->shape->pointers >> i & 1) != 0 &&
		    (!gopm__read_u64(&s->probe, entry + (uint64_t)i * 8, &word) || word != 0)) {
			return false;
		}
	}
	return true;
}

/* True if `address` is that of a closure: its first word is the entry of a function. */
static bool is_closure(struct queue_search *s, uint64_t address)
{
	uint64_t entry;

	if (address == 0 || address % 8 != 0 || !gopm__read_u64(&s->probe, address, &entry)) {
		return false;
	}
	struct gopm__func func;
	return gopm__func_find(s->rt->symtab->modules, s->rt->symtab->module_count, entry, &func) &&
	       func.entry == entry;
}

static bool is_in_heap(struct queue_search *s, uint64_t address)
{
	struct gopm__span span;

	return s->heap == NULL ||
	       (gopm__mheap_span_of(s->rt, &s->probe, s->heap, address, &span) && span.state == GOPM__SPAN_IN_USE);
}

static bool is_queued_finalizer(struct queue_search *s, uint64_t entry)
{
	uint64_t word[5];

	for (unsigned i = 0; i < 5; i++) {
		if (!gopm__read_u64(&s->probe, entry + (uint64_t)i * 8, &word[i])) {
			return false;
		}
	}
	/* A cleanup of Go 1.24 has a function alone. */
	const bool cleanup = word[1] == 0 && word[2] == 0 && word[3] == 0 && word[4] == 0;
	return is_closure(s, word[0]) && (cleanup || (is_in_heap(s, word[1]) && word[2] <= MAX_RESULTS &&
	                                              word[3] != 0 && word[3] % 8 == 0 && word[4] % 8 == 0));
}

static bool is_queued_cleanup(struct queue_search *s, uint64_t entry)
{
	uint64_t call, fn;

	return gopm__read_u64(&s->probe, entry, &call) && is_closure(s, call) &&
	       (s->shape->words == 1 || (gopm__read_u64(&s->probe, entry + 8, &fn) && is_closure(s, fn)));
}

/* The number of blocks from `first` on; 0: they are not blocks, or have no entries. */
static uint64_t count_blocks(struct queue_search *s, uint64_t first)
{
	struct gopm__cycle cycle = {0};
	struct gopm__gc_block block;
	uint64_t blocks = 0, queued = 0;

	for (uint64_t at = first; at != 0; at = block.next) {
		if (++s->steps > MAX_STEPS || gopm__cycle_closed(&cycle, at) ||
		    !read_block(&s->probe, s->shape, at, &block)) {
			return 0;
		}
		for (uint32_t i = 0; i < block.count; i++) {
			const uint64_t entry = block.entries + (uint64_t)i * block.words * 8;
			if (is_empty_entry(s, entry)) {
				continue;
			}
			queued++;
			if (++s->steps > MAX_STEPS ||
			    !(s->shape->kind == GOPM__QUEUE_FINALIZERS ? is_queued_finalizer(s, entry)
			                                               : is_queued_cleanup(s, entry))) {
				return 0;
			}
		}
		blocks++;
	}
	return queued != 0 ? blocks : 0;
}

/* The address of the head of the list, by its symbol; 0: it has none. */
static uint64_t head_by_symbol(const struct gopm__runtime *rt, enum gopm__gc_queue_kind kind)
{
	const uint64_t address = rt->symbols[globals[kind]].address;

	if (kind == GOPM__QUEUE_FINALIZERS || address == 0) {
		return address;
	}
	for (size_t i = 0; i < sizeof all_offsets / sizeof all_offsets[0]; i++) {
		if (strcmp(rt->core->arch->name, all_offsets[i].arch) == 0) {
			return address + all_offsets[i].offset;
		}
	}
	return 0;
}

/* The first block of the longest list with entries that a word of the data points to; 0: none. */
static uint64_t search_for_blocks(struct queue_search *s)
{
	struct gopm__data_range ranges[GOPM__DATA_SECTIONS];
	const size_t count = gopm__data_ranges(s->rt, ranges);
	uint64_t most = 0, found = 0, word;

	for (size_t i = 0; i < count; i++) {
		for (uint64_t at = ranges[i].begin; at < ranges[i].end && s->steps <= MAX_STEPS; at += 8) {
			if (!gopm__read_u64(&s->reader, at, &word) || word == 0 || word % 8 != 0 || word < 4096) {
				continue;
			}
			const uint64_t blocks = count_blocks(s, word);
			if (blocks > most) {
				most = blocks;
				found = word;
			}
		}
	}
	return found;
}

/* True if a P collects cleanups that are due, so that there are blocks of them. */
static bool any_cleanups(struct queue_search *s)
{
	for (size_t i = 0; i < s->rt->p_count; i++) {
		if (gopm__field_or_0(&s->probe, s->rt->ps[i], s->rt->layout.p.cleanups, 8) != 0) {
			return true;
		}
	}
	return false;
}

static uint64_t find_queue(struct queue_search *s, enum gopm__gc_queue_kind kind)
{
	const uint64_t head = head_by_symbol(s->rt, kind);
	uint64_t first = 0;

	s->shape = shape_of(s->rt, kind);
	if (s->shape == NULL) {
		return 0;
	}
	if (head != 0 && gopm__read_u64(&s->reader, head, &first)) {
		return first;
	}
	s->steps = 0;
	/* A small core keeps what is read here. It needs the blocks, but not all data that was searched for them. */
	gopm__source_note(&s->rt->core->source, false);
	first = search_for_blocks(s);
	gopm__source_note(&s->rt->core->source, true);
	if (first == 0 && kind == GOPM__QUEUE_CLEANUPS && any_cleanups(s)) {
		gopm__finding_add(s->rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.gcCleanups was not found: cleanups that are due are unknown");
	}
	return first;
}

static void find_gc_queues(struct gopm__runtime *rt)
{
	struct queue_search s = {.rt = rt, .heap = rt->mheap, .reader = gopm__reader(&rt->core->memory)};
	struct gopm__gc_queues *queues = gopm__arena_alloc(&rt->arena, sizeof *queues);

	if (queues == NULL) {
		return;
	}
	s.probe = s.reader;
	for (unsigned i = 0; i < GOPM__QUEUE_COUNT; i++) {
		queues->first[i] = find_queue(&s, (enum gopm__gc_queue_kind)i);
	}
	rt->gc_queues = queues;
}

const struct gopm__gc_queues *gopm__gc_queues(struct gopm__runtime *rt)
{
	(void)gopm__mheap(rt); /* before the lock is taken */
	gopm__runtime_once(rt, &rt->gc_queues_tried, find_gc_queues);
	return rt->gc_queues;
}
