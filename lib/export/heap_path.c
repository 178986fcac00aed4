/* SPDX-License-Identifier: Apache-2.0 */
#include "export/heap_path.h"

#include <inttypes.h>

#include "export/heap_access.h"
#include "runtime/g.h"
#include "type/descriptor.h"
#include "type/types.h"
#include "value/text.h"

#define MAX_FIELDS 65536u
#define KEY_BYTES 80u /* of the text of a map's key */
#define KEY_DEPTH 1u

struct path_writer {
	struct gopm__text *text;
	const struct gopm__holders *holders;
	struct gopm__heap *heap;
	struct gopm__reader reader;
	bool to_trie; /* the pointer of this step is to a node of the trie of a sync.Map */
};

static void add_access(struct path_writer *w, uint64_t descriptor, uint64_t offset)
{
	gopm__access_text_of(w->text, w->heap, descriptor, offset, w->to_trie);
}

static void add_str(struct gopm__text *text, gopm_str s)
{
	gopm__text_add(text, s.data, s.size);
}

static void add_function(struct gopm__text *text, const struct gopm__heap *heap, uint64_t pc)
{
	const struct gopm__symtab *symtab = &heap->program->symtab;
	struct gopm__func func;

	if (gopm__func_find(symtab->modules, symtab->module_count, pc, &func)) {
		add_str(text, gopm__func_name(func.module, func.name));
	} else {
		gopm__text_printf(text, "0x%" PRIx64, pc);
	}
}

void gopm__holder_text(struct gopm__text *text, const struct gopm__holders *holders, uint32_t holder)
{
	static const char *const kinds[GOPM__HOLDER_KINDS] = {
	    [GOPM__HOLDER_TIMER] = "timer of ",     [GOPM__HOLDER_FINALIZER] = "finalizer",
	    [GOPM__HOLDER_CLEANUP] = "cleanup",     [GOPM__HOLDER_WEAK] = "weak pointer",
	    [GOPM__HOLDER_RUNTIME] = "the runtime",
	};
	const struct gopm__holder *h = &holders->list[holder];
	const struct gopm__holder_group *group = &holders->groups[h->group];
	struct gopm__reader reader = gopm__reader(&holders->heap->program->file.memory);
	const struct gopm__static_type *pointed;
	struct gopm__root_variable variable;
	struct gopm__g g;

	switch (group->kind) {
	case GOPM__HOLDER_VARIABLE:
		pointed = gopm__static_variable(&holders->heap->statics, h->key);
		if (pointed != NULL && pointed->pointed) {
			add_str(text, pointed->name);
		} else if (!gopm__root_variable(holders->names, h->key, &variable)) {
			gopm__text_printf(text, "0x%" PRIx64, h->key);
		} else if (variable.name.size != 0) {
			add_str(text, variable.name);
		} else {
			gopm__text_printf(text, "%s+0x%" PRIx64, variable.section, variable.offset);
		}
		break;
	case GOPM__HOLDER_GOROUTINE:
		(void)gopm__g_read(&holders->heap->program->runtime, &reader, h->key, &g);
		gopm__text_printf(text, "goroutine %" PRIu64 " ", g.id);
		add_function(text, holders->heap, group->key);
		break;
	case GOPM__HOLDER_TIMER:
		gopm__text_str(text, kinds[group->kind]);
		add_function(text, holders->heap, group->key);
		break;
	default:
		gopm__text_str(text, kinds[group->kind]);
		if (h->key != 0) {
			gopm__text_printf(text, " of 0x%" PRIx64, h->key);
		}
		break;
	}
}

/* The field of a struct that contains `offset`. */
static bool field_at(struct path_writer *w, const struct gopm__descriptor *info, uint64_t offset,
                     struct gopm__typedesc_field *field)
{
	for (uint64_t i = 0; i < info->field_count && i < MAX_FIELDS; i++) {
		if (!gopm__descriptor_field(&w->reader, info, i, field)) {
			return false;
		}
		if (offset >= field->offset && offset - field->offset < field->size) {
			return true;
		}
	}
	return false;
}

/* The value of an interface, which says its type only if it has to: a key of a sync.Map. */
static const struct gopm__variable *key_content(const struct gopm__variable *key)
{
	return key->kind == GOPM_KIND_INTERFACE && key->child_count == 1 && key->unreadable == NULL ? &key->children[0]
	                                                                                            : key;
}

/* Adds a key of a map between two brackets: "[777]". */
static void add_key(struct path_writer *w, uint64_t descriptor, uint64_t address, const char *brackets)
{
	struct gopm__program *program = w->heap->program;
	const struct gopm__limits limits = {.max_depth = KEY_DEPTH,
	                                    .max_string = KEY_BYTES,
	                                    .max_elements = 8,
	                                    .max_fields = 8,
	                                    .max_bytes = KEY_BYTES};
	struct gopm__arena arena = {0};
	struct gopm__text text = {0};
	struct gopm__types *types;
	struct gopm__variable key;

	gopm__text_add(w->text, brackets, 1);
	gopm__program_lock(program);
	if (gopm__program_types(program, &types, NULL) == GOPM_OK) {
		struct gopm__context context = gopm__context(program, &arena, &limits);
		const struct gopm__type *type = gopm__types_of_descriptor(types, descriptor);
		if (type != NULL) {
			gopm__variable_init(&context, &key, (gopm_str){"", 0}, address, type, NULL);
			gopm__variable_load(&context, &key, 0);
			gopm__variable_text(&text, &context, key_content(&key));
		}
	}
	gopm__program_unlock(program);
	if (text.size != 0) {
		gopm__text_add(w->text, text.data, text.size);
	} else {
		gopm__text_printf(w->text, "key at 0x%" PRIx64, address);
	}
	gopm__text_add(w->text, brackets + 1, 1);
	gopm__text_free(&text);
	gopm__arena_free(&arena);
}

/* A part of an array that is a field. */
struct array_part {
	struct gopm__descriptor elem; /* of the array */
	uint64_t index, rest;         /* of the element, and the offset in it */
};

static bool array_part(struct path_writer *w, const struct gopm__typedesc_field *field, uint64_t offset,
                       struct array_part *out)
{
	const struct gopm__symtab *symtab = &w->heap->program->symtab;
	struct gopm__descriptor array;

	if (!gopm__descriptor_read(symtab, &w->reader, field->type, &array) || array.kind != GOPM_KIND_ARRAY ||
	    !gopm__descriptor_read(symtab, &w->reader, array.elem, &out->elem) || out->elem.size == 0) {
		return false;
	}
	out->index = (offset - field->offset) / out->elem.size;
	out->rest = (offset - field->offset) % out->elem.size;
	return true;
}

/* Adds the key at `address`, which has the type of a descriptor. A large key is an object that a pointer is to: the
 * type of the map tells. */
static void add_map_key(struct path_writer *w, uint64_t map, uint64_t descriptor, uint64_t address)
{
	struct gopm__descriptor info;
	uint64_t pointer;

	if (gopm__descriptor_read(&w->heap->program->symtab, &w->reader, map, &info) && info.kind == GOPM_KIND_MAP &&
	    info.key != 0 && info.key != descriptor && gopm__read_u64(&w->reader, address, &pointer)) {
		descriptor = info.key;
		address = pointer;
	}
	add_key(w, descriptor, address, "[]");
}

/* Adds the entry of a map that contains `offset` of its groups or buckets. A group has {ctrl; slots [8]{key, elem}}, a
 * bucket {topbits; keys [8]; elems [8]; overflow}: internal/runtime/maps/group.go, reflect/type.go bucketOf. */
static void add_map_entry(struct path_writer *w, uint32_t map, uint64_t address, uint64_t offset)
{
	struct gopm__object_types *types = &w->heap->types;
	const struct gopm__object_type *type = gopm__object_type(types, gopm__object_type(types, map)->group);
	struct gopm__descriptor group;
	struct gopm__typedesc_field field, key, elem;
	struct array_part part;

	if (type->size == 0 || !gopm__descriptor_read(types->symtab, &w->reader, type->key, &group)) {
		gopm__text_printf(w->text, "+0x%" PRIx64, offset);
		return;
	}
	const uint64_t base = address + offset / type->size * type->size;
	offset %= type->size;
	if (!field_at(w, &group, offset, &field) || !array_part(w, &field, offset, &part)) {
		return; /* the next bucket */
	}
	if (group.field_count == 2 && part.elem.kind == GOPM_KIND_STRUCT) {
		if (!gopm__descriptor_field(&w->reader, &part.elem, 0, &key) ||
		    !gopm__descriptor_field(&w->reader, &part.elem, 1, &elem)) {
			return;
		}
		add_map_key(w, types->list[map].key, key.type,
		            base + field.offset + part.index * part.elem.size + key.offset);
		if (part.rest >= elem.offset) {
			add_access(w, elem.type, part.rest - elem.offset);
		} else {
			gopm__text_str(w->text, "(key)");
		}
		return;
	}
	struct array_part of_key;
	if (!gopm__descriptor_field(&w->reader, &group, 1, &key) || !array_part(w, &key, key.offset, &of_key)) {
		return;
	}
	add_map_key(w, types->list[map].key, of_key.elem.address, base + key.offset + part.index * of_key.elem.size);
	if (field.offset == key.offset) {
		gopm__text_str(w->text, "(key)");
	} else {
		add_access(w, part.elem.address, part.rest);
	}
}

/* Adds a pointer within a map that nothing but its parts tells of, as in a stripped program: of the groups the entry,
 * of others nothing. False: it is not one. Source: internal/runtime/maps, Go 1.24 to 1.27. */
static bool add_map_step(struct path_writer *w, const struct gopm__path_step *step,
                         const struct gopm__path_step *before)
{
	const uint32_t number = gopm__typed_type(w->heap->typed[step->slot]);
	const uint32_t map = w->heap->types.list[number].map;
	const struct gopm__slots *span = gopm__index_span_of_slot(&w->heap->index, step->slot);

	if (map != 0) {
		add_map_entry(w, map, gopm__object_address(span, step->slot), step->edge.offset);
		return true;
	}
	/* The directory is an array of pointers to tables that only the map points to. */
	return gopm__is_map_part(w->heap, number) ||
	       (before->slot != GOPM__NO_SLOT &&
	        gopm__typed_evidence(w->heap->typed[step->slot]) <= GOPM__EVIDENCE_INSIDE &&
	        gopm__is_map_part(w->heap, gopm__typed_type(w->heap->typed[before->slot])));
}

/* Adds a pointer of a node in the trie of a sync.Map: nothing for those between nodes. False: it is not one. */
static bool add_trie_step(struct path_writer *w, uint32_t slot, uint32_t number, uint64_t offset)
{
	const struct gopm__trie_place place = gopm__trie_place(w->heap, number, offset);
	const struct gopm__slots *span = gopm__index_span_of_slot(&w->heap->index, slot);

	if (place.node == GOPM__TRIE_ENTRY && (place.in_key || place.in_value)) {
		gopm__text_str(w->text, ".Load");
		add_key(w, place.key_descriptor, gopm__object_address(span, slot) + place.key_offset, "()");
		if (place.in_key) {
			gopm__text_str(w->text, "(key)");
		} else {
			add_access(w, place.value_descriptor, offset - place.value_offset);
		}
	}
	return place.node != GOPM__NO_TRIE;
}

/* Adds a pointer in the chunk of an arena: in the value that the step before leads to, if that says the type. */
static void add_arena_step(struct path_writer *w, const struct gopm__path_step *before, uint64_t offset)
{
	const uint32_t number = before->edge.type;
	const uint64_t size = w->heap->types.list[number].size;
	const uint64_t elems = before->edge.to == GOPM__TO_ELEMENTS ? before->edge.elems : 1;
	const uint64_t past = offset - before->inside;

	if ((before->edge.to != GOPM__TO_VALUE && before->edge.to != GOPM__TO_ELEMENTS) || number == 0 || size == 0 ||
	    offset < before->inside || past / size >= elems) {
		gopm__text_printf(w->text, "+0x%" PRIx64, offset);
		return;
	}
	if (before->edge.to == GOPM__TO_ELEMENTS) {
		gopm__text_printf(w->text, "[%" PRIu64 "]", past / size);
	}
	gopm__access_text(w->text, w->heap, number, past % size, w->to_trie);
}

/* Adds the pointer of a step in an object. `before` is the step that leads to the object. */
static void add_object_step(struct path_writer *w, const struct gopm__path_step *step,
                            const struct gopm__path_step *before)
{
	const uint32_t typed = w->heap->typed[step->slot];
	const struct gopm__object_type type = *gopm__object_type(&w->heap->types, gopm__typed_type(typed));
	const bool known =
	    gopm__typed_evidence(typed) > GOPM__EVIDENCE_INSIDE && type.size != 0 && type.key_kind != GOPM__KEY_CLOSURE;
	uint64_t offset = step->edge.offset;

	if ((gopm__typed_form(typed) <= GOPM__FORM_ARRAY) && add_map_step(w, step, before)) {
		return;
	}
	switch (gopm__typed_form(typed)) {
	case GOPM__FORM_ONE:
		if (known) {
			if (!add_trie_step(w, step->slot, gopm__typed_type(typed), offset)) {
				gopm__access_text(w->text, w->heap, gopm__typed_type(typed), offset, w->to_trie);
			}
			return;
		}
		break;
	case GOPM__FORM_ARRAY:
	case GOPM__FORM_CHAN_BUFFER:
		if (known) {
			/* The slice may begin further on than its array. */
			if (before->edge.to == GOPM__TO_ELEMENTS && before->inside <= offset) {
				offset -= before->inside;
			}
			gopm__text_printf(w->text, "[%" PRIu64 "]", offset / type.size);
			gopm__access_text(w->text, w->heap, gopm__typed_type(typed), offset % type.size, w->to_trie);
			return;
		}
		break;
	case GOPM__FORM_MAP_HEADER:
	case GOPM__FORM_MAP_DIRECTORY:
	case GOPM__FORM_MAP_TABLE:
	case GOPM__FORM_MAP_EXTRA:
	case GOPM__FORM_CHAN:
		return;
	case GOPM__FORM_MAP_GROUPS: {
		const struct gopm__slots *span = gopm__index_span_of_slot(&w->heap->index, step->slot);
		add_map_entry(w, gopm__typed_type(typed), gopm__object_address(span, step->slot), offset);
		return;
	}
	case GOPM__FORM_ARENA:
		add_arena_step(w, before, offset);
		return;
	case GOPM__FORM_CLOSURE:
		gopm__text_str(w->text, "(");
		add_function(w->text, w->heap, type.key);
		gopm__text_printf(w->text, "+0x%" PRIx64 ")", offset);
		return;
	default:
		break;
	}
	gopm__text_printf(w->text, "+0x%" PRIx64, offset);
}

/* Adds the variable that a root is a word of: ": frame 2 main.f: w.list", or the rest of a package variable. */
static void add_root(struct path_writer *w, const struct gopm__path *path)
{
	struct gopm__static_types *statics = &w->heap->statics;
	const struct gopm__root *root = &path->root;
	const bool local = root->kind == GOPM__ROOT_FRAME && root->owner != 0;
	const struct gopm__static_type *found = NULL;
	const uint64_t base = local ? root->cfa : 0;

	if (local) {
		gopm__text_printf(w->text, ": frame %" PRIu32 " ", root->frame);
		add_function(w->text, w->heap, root->pc);
	}
	if (root->place != 0 && !root->conservative && (local || root->owner == 0)) {
		found = local ? gopm__static_local(statics, root->pc, (int64_t)(root->place - base))
		              : gopm__static_variable(statics, root->place);
	}
	if (found != NULL) {
		const struct gopm__static_type variable = *found;
		if (local) {
			gopm__text_str(w->text, ": ");
			add_str(w->text, variable.name);
		}
		gopm__access_text(w->text, w->heap, variable.type, root->place - (base + (uint64_t)variable.begin),
		                  w->to_trie);
	} else if (local) {
		gopm__text_printf(w->text, ": 0x%" PRIx64, root->place);
	} else if (root->owner == 0 && path->steps[0].edge.offset != 0) {
		gopm__text_printf(w->text, "+0x%" PRIx64, path->steps[0].edge.offset);
	} else if (root->owner != 0) {
		gopm__text_str(w->text, ": ");
	}
}

/* True if the pointer of a step is to the top of the trie of a sync.Map, on the way to one of its entries. */
static bool leads_to_trie(struct path_writer *w, const struct gopm__path *path, size_t step)
{
	const uint32_t typed = w->heap->typed[path->steps[step].target];

	return step + 1 < path->count && gopm__typed_form(typed) == GOPM__FORM_ONE &&
	       gopm__typed_evidence(typed) > GOPM__EVIDENCE_INSIDE &&
	       gopm__trie_place(w->heap, gopm__typed_type(typed), 0).node == GOPM__TRIE_INDIRECT;
}

void gopm__heap_path_text(struct gopm__text *text, const struct gopm__holders *holders, const struct gopm__path *path)
{
	struct path_writer w = {.text = text,
	                        .holders = holders,
	                        .heap = holders->heap,
	                        .reader = gopm__reader(&holders->heap->program->file.memory)};

	gopm__holder_text(text, holders, path->holder);
	w.to_trie = leads_to_trie(&w, path, 0);
	add_root(&w, path);
	for (size_t i = 1; i < path->count; i++) {
		w.to_trie = leads_to_trie(&w, path, i);
		if (path->steps[i].special) {
			gopm__text_str(text, "(special)");
		} else {
			add_object_step(&w, &path->steps[i], &path->steps[i - 1]);
		}
	}
}
