/* SPDX-License-Identifier: Apache-2.0 */
#include "export/pprof_table.h"

#include <stdlib.h>

#include "unwind/callers.h"
#include "util/str.h"
#include "util/vector.h"

enum { LOCATION_ID = 1, LOCATION_MAPPING = 2, LOCATION_ADDRESS = 3, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1, LINE_LINE = 2 };
enum { FUNCTION_ID = 1, FUNCTION_NAME = 2, FUNCTION_SYSTEM_NAME = 3, FUNCTION_FILE = 4, FUNCTION_START_LINE = 5 };
enum {
	MAPPING_ID = 1,
	MAPPING_START = 2,
	MAPPING_LIMIT = 3,
	MAPPING_OFFSET = 4,
	MAPPING_FILE = 5,
	MAPPING_BUILD_ID = 6,
	MAPPING_HAS_FUNCTIONS = 7,
};

/* Calls inlined into one frame, at most; more are frames of their own. */
#define MAX_DECK 256

/* One call. */
struct pprof_frame {
	uint64_t pc, entry; /* entry 0: not Go */
	bool inlined;
	gopm_str name, file;
	uint32_t line;
	int32_t start_line;
};

/* Calls that may be of one physical frame: runtime/pprof's pcDeck. */
struct pprof_deck {
	uint64_t pc; /* of the stack, of the first call */
	struct pprof_frame frames[MAX_DECK];
	size_t count;
};

void gopm__pprof_table_init(struct gopm__pprof_table *table, struct gopm__symtab *symtab, struct gopm__protobuf *pb,
                            struct gopm__pprof_mapping *mappings, size_t mapping_count)
{
	*table = (struct gopm__pprof_table){
	    .symtab = symtab, .pb = pb, .mappings = mappings, .mapping_count = mapping_count};
	(void)gopm__pprof_string(table, (gopm_str){"", 0});
}

void gopm__pprof_table_clear(struct gopm__pprof_table *table)
{
	free(table->strings);
	free(table->locations);
	gopm__map64_free(&table->by_text);
	gopm__map64_free(&table->functions);
	gopm__map64_free(&table->by_pc);
}

uint64_t gopm__pprof_string(struct gopm__pprof_table *table, gopm_str text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	bool fresh;

	for (size_t i = 0; i < text.size; i++) {
		hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
	}
	for (;; hash++) {
		uint64_t *slot = gopm__map64_put(&table->by_text, hash != 0 ? hash : 1, &fresh);
		if (slot == NULL) {
			break;
		}
		if (!fresh && gopm__str_equal(table->strings[*slot - 1], text)) {
			return *slot - 1;
		}
		if (!fresh) {
			continue; /* another string has this hash */
		}
		if (!GOPM__VECTOR_RESERVE(table->strings, table->string_count, table->string_capacity, 1)) {
			break;
		}
		table->strings[table->string_count++] = text;
		*slot = table->string_count;
		return table->string_count - 1;
	}
	table->failed = true;
	return 0;
}

/* The call at a pc of a stack: runtime/pprof, allFrames. False: it is runtime.goexit, which profiles leave out. */
static bool frame_of(struct gopm__pprof_table *table, uint64_t pc, struct pprof_frame *out)
{
	const struct gopm__pcinfo *info = gopm__caller_info(table->symtab, pc);

	if (info == NULL) {
		*out = (struct pprof_frame){.pc = pc - 1};
		return true;
	}
	const struct gopm__call *call = &info->calls[0];
	*out = (struct pprof_frame){.pc = call->pc,
	                            .entry = info->func.entry,
	                            .inlined = info->call_count > 1,
	                            .name = call->symbol,
	                            .file = call->file,
	                            .line = call->line,
	                            .start_line = call->start_line};
	return call->role != GOPM__ROLE_GOEXIT;
}

/* Adds a call to the deck, unless it is of another physical frame. */
static bool deck_add(struct pprof_deck *deck, uint64_t pc, const struct pprof_frame *frame)
{
	if (deck->count == 0) {
		deck->pc = pc;
	} else {
		const struct pprof_frame *last = &deck->frames[deck->count - 1];
		if (!last->inlined || last->entry == 0 || last->entry != frame->entry ||
		    gopm__str_equal(last->name, frame->name) || deck->count == MAX_DECK) {
			return false;
		}
	}
	deck->frames[deck->count++] = *frame;
	return true;
}

/* The id of a function, by its name. *fresh: it is new, and must be written. */
static uint64_t function_id(struct gopm__pprof_table *table, gopm_str name, bool *fresh)
{
	uint64_t *slot = gopm__map64_put(&table->functions, gopm__pprof_string(table, name) + 1, fresh);

	if (slot == NULL) {
		table->failed = true;
		*fresh = false;
		return 0;
	}
	if (*fresh) {
		*slot = ++table->function_count;
	}
	return *slot;
}

static void write_function(struct gopm__pprof_table *table, const struct pprof_frame *frame, uint64_t id)
{
	struct gopm__protobuf *pb = table->pb;
	const struct gopm__protobuf_message m = gopm__protobuf_begin(pb, PPROF_FUNCTION);
	const uint64_t name = gopm__pprof_string(table, frame->name);

	gopm__protobuf_int(pb, FUNCTION_ID, id);
	gopm__protobuf_int(pb, FUNCTION_NAME, name);
	gopm__protobuf_int(pb, FUNCTION_SYSTEM_NAME, name);
	gopm__protobuf_int(pb, FUNCTION_FILE, gopm__pprof_string(table, frame->file));
	gopm__protobuf_int(pb, FUNCTION_START_LINE, frame->start_line > 0 ? (uint64_t)frame->start_line : 0);
	gopm__protobuf_end(pb, m);
}

/* The mapping of a location: its index, plus 1; 0: none. */
static uint64_t mapping_of(struct gopm__pprof_table *table, const struct pprof_deck *deck)
{
	for (size_t i = 0; i < table->mapping_count; i++) {
		struct gopm__pprof_mapping *m = &table->mappings[i];
		/* A single mapping without an end is for all addresses. */
		if ((deck->pc < m->start || deck->pc >= m->end) && m->end != 0) {
			continue;
		}
		m->used = true;
		for (size_t k = 0; k < deck->count; k++) {
			const struct pprof_frame *f = &deck->frames[k];
			m->incomplete = m->incomplete || f->name.size == 0 || f->file.size == 0 || f->line == 0;
		}
		return i + 1;
	}
	return 0;
}

/* Writes the location of the deck, and empties it. Returns its id; 0: the deck was empty, or out of memory. */
static uint64_t flush_deck(struct gopm__pprof_table *table, struct pprof_deck *deck)
{
	struct gopm__protobuf *pb = table->pb;
	bool is_new[MAX_DECK], fresh;
	uint64_t ids[MAX_DECK];
	const size_t count = deck->count;

	deck->count = 0;
	if (count == 0) {
		return 0;
	}
	uint64_t *slot = gopm__map64_put(&table->by_pc, deck->pc + 1 != 0 ? deck->pc + 1 : 1, &fresh);
	if (slot == NULL ||
	    !GOPM__VECTOR_RESERVE(table->locations, table->location_count, table->location_capacity, 1)) {
		table->failed = true;
		return 0;
	}
	table->locations[table->location_count++] = (struct gopm__pprof_location){deck->pc, count};
	const uint64_t id = *slot = table->location_count;
	const struct gopm__protobuf_message m = gopm__protobuf_begin(pb, PPROF_LOCATION);
	gopm__protobuf_int(pb, LOCATION_ID, id);
	gopm__protobuf_int(pb, LOCATION_ADDRESS, deck->frames[0].pc);
	for (size_t i = 0; i < count; i++) {
		ids[i] = function_id(table, deck->frames[i].name, &is_new[i]);
		const struct gopm__protobuf_message line = gopm__protobuf_begin(pb, LOCATION_LINE);
		gopm__protobuf_int(pb, LINE_FUNCTION, ids[i]);
		gopm__protobuf_int(pb, LINE_LINE, deck->frames[i].line);
		gopm__protobuf_end(pb, line);
	}
	deck->count = count;
	gopm__protobuf_int(pb, LOCATION_MAPPING, mapping_of(table, deck));
	deck->count = 0;
	gopm__protobuf_end(pb, m);
	for (size_t i = 0; i < count; i++) {
		if (is_new[i]) {
			write_function(table, &deck->frames[i], ids[i]);
		}
	}
	return id;
}

/* Writes ids to an array of limited size. */
struct id_writer {
	uint64_t *ids;
	size_t count, capacity;
};

static void write_id(struct id_writer *w, uint64_t id)
{
	if (id != 0 && w->count < w->capacity) {
		w->ids[w->count++] = id;
	}
}

/* Source: runtime/pprof/proto.go, appendLocsForStack. */
size_t gopm__pprof_stack(struct gopm__pprof_table *table, uint64_t *pcs, size_t count, uint64_t *ids, size_t capacity)
{
	struct id_writer w = {.ids = ids, .capacity = capacity};
	struct pprof_deck deck = {.count = 0};

	count = gopm__callers_expand_last(table->symtab, pcs, count, capacity);
	for (size_t i = 0; i < count && !table->failed;) {
		struct pprof_frame frame;
		const uint64_t *known = gopm__map64_get(&table->by_pc, pcs[i] + 1 != 0 ? pcs[i] + 1 : 1);
		const bool shown = frame_of(table, pcs[i], &frame);
		if (shown && (known == NULL || deck.count != 0) && deck_add(&deck, pcs[i], &frame)) {
			i++;
			continue;
		}
		/* It is of another frame than the deck, which is complete. */
		if (deck.count != 0) {
			write_id(&w, flush_deck(table, &deck));
			known = gopm__map64_get(&table->by_pc, pcs[i] + 1 != 0 ? pcs[i] + 1 : 1);
		}
		if (!shown) {
			i++;
		} else if (known != NULL) {
			write_id(&w, *known);
			const size_t skip = table->locations[*known - 1].pcs;
			i += skip < count - i ? skip : count - i;
		}
	}
	write_id(&w, flush_deck(table, &deck));
	return w.count;
}

void gopm__pprof_table_finish(struct gopm__pprof_table *table)
{
	struct gopm__protobuf *pb = table->pb;

	for (size_t i = 0; i < table->mapping_count; i++) {
		const struct gopm__pprof_mapping *map = &table->mappings[i];
		const struct gopm__protobuf_message m = gopm__protobuf_begin(pb, PPROF_MAPPING);
		gopm__protobuf_int(pb, MAPPING_ID, i + 1);
		gopm__protobuf_int(pb, MAPPING_START, map->start);
		gopm__protobuf_int(pb, MAPPING_LIMIT, map->end);
		gopm__protobuf_int(pb, MAPPING_OFFSET, map->offset);
		gopm__protobuf_int(pb, MAPPING_FILE, gopm__pprof_string(table, map->file));
		gopm__protobuf_int(pb, MAPPING_BUILD_ID, gopm__pprof_string(table, map->build_id));
		gopm__protobuf_int(pb, MAPPING_HAS_FUNCTIONS, map->used && !map->incomplete);
		gopm__protobuf_end(pb, m);
	}
	for (size_t i = 0; i < table->string_count; i++) {
		gopm__protobuf_str(pb, PPROF_STRING, table->strings[i]);
	}
}
