/* SPDX-License-Identifier: Apache-2.0 */
/* Source: internal/sync/hashtriemap.go, Go 1.24 to 1.27; sync/map.go, Go 1.16 to 1.25. */
#include "value/sync_map.h"

#include <inttypes.h>

#include "dwarf/names.h"
#include "value/content.h"

/* Children of a node, and levels of nodes: a hash of 64 bits, 4 of them a level. */
#define CHILDREN 16u
#define MAX_LEVELS 16u
/* The most nodes and entries that are visited. */
#define MAX_STEPS (UINT64_C(1) << 24)

static const char bad_type[] = "its map type is damaged";

/* Offsets and types of a trie, and a place in it. */
struct trie {
	uint64_t root_address;                         /* of the pointer to the root; in v->bytes */
	uint64_t children, parent, is_entry;           /* offsets in a node */
	uint64_t overflow, key, value;                 /* offsets in an entry */
	uint64_t nodes[MAX_LEVELS];                    /* from the root to the current one */
	unsigned slots[MAX_LEVELS];                    /* the next child of each */
	unsigned depth;                                /* number of `nodes` */
	uint64_t entry;                                /* the next entry of a chain; 0: none */
	uint64_t chain_mark, chain_steps, chain_limit; /* cycle detection as in map.c */
};

/* The two maps. */
struct pair_of_maps {
	struct gopm__map_iter entries; /* of the map that has all entries */
	uint64_t pointer;              /* offset in an entry of the pointer to its value */
	bool changing;                 /* a goroutine was making `dirty` */
};

struct gopm__sync_map {
	struct trie trie;
	struct pair_of_maps maps;
	bool is_trie;
	uint64_t steps; /* that may still be made */
};

static bool step(struct gopm__map_iter *it)
{
	if (it->sync->steps == 0) {
		it->unreadable = "it has too many entries to count, or is cyclic";
		return false;
	}
	it->sync->steps--;
	return true;
}

static bool read_word(struct gopm__map_iter *it, uint64_t address, uint64_t *out)
{
	return gopm__variable_word(it->context, NULL, address, 8, out, &it->unreadable);
}

/* The struct T of a type that points to T: *T or sync/atomic.Pointer[T]. */
static const struct gopm__type *pointed_struct(struct gopm__context *context, uint64_t type)
{
	const struct gopm__field *field;
	const struct gopm__type *real = gopm__type_resolve(context->types, gopm__types_at(context->types, type));

	if (real != NULL && real->class_ == GOPM__TYPE_STRUCT) {
		real = gopm__type_resolve(context->types, gopm__pointer_content(context, real, &field));
	}
	real = real != NULL && real->class_ == GOPM__TYPE_POINTER
	           ? gopm__type_resolve(context->types, gopm__type_target(context->types, real))
	           : NULL;
	return real != NULL && real->class_ == GOPM__TYPE_STRUCT ? real : NULL;
}

/* No field leads to the type of entries: it is found by its name, "internal/sync.entry[K,V]". */
static const struct gopm__type *entry_type(struct gopm__context *context, gopm_str map)
{
	static const char prefix[] = "internal/sync.entry";
	char name[4096];
	const char *open = memchr(map.data, '[', map.size);
	size_t size = open != NULL ? map.size - (size_t)(open - map.data) : 0;

	if (open == NULL || size + sizeof prefix > sizeof name) {
		return NULL;
	}
	if (gopm__dwarf_read_names(context->types->dwarf) != GOPM_OK) {
		context->no_memory = true;
		return NULL;
	}
	memcpy(name, prefix, sizeof prefix - 1);
	memcpy(name + sizeof prefix - 1, open, size);
	return gopm__type_resolve(context->types,
	                          gopm__types_named(context->types, (gopm_str){name, sizeof prefix - 1 + size}));
}

static bool set_node_fields(struct gopm__map_iter *it, const struct gopm__type *node)
{
	struct gopm__types *types = it->context->types;
	const struct gopm__field *children = gopm__type_field(node, "children");
	const struct gopm__field *parent = gopm__type_field(node, "parent");
	const struct gopm__type *array =
	    children != NULL ? gopm__type_resolve(types, gopm__types_at(types, children->type)) : NULL;

	if (array == NULL || parent == NULL || array->class_ != GOPM__TYPE_ARRAY || array->count != CHILDREN ||
	    gopm__type_size(types, array) != CHILDREN * 8) {
		return false;
	}
	const struct gopm__type *any = pointed_struct(it->context, array->target);
	const struct gopm__field *is_entry = gopm__type_field(any, "isEntry");
	if (is_entry == NULL) {
		return false;
	}
	struct trie *trie = &it->sync->trie;
	trie->children = children->offset;
	trie->parent = parent->offset;
	trie->is_entry = is_entry->offset;
	return true;
}

static bool set_entry_fields(struct gopm__map_iter *it, const struct gopm__type *entry)
{
	const struct gopm__field *overflow = gopm__type_field(entry, "overflow");
	const struct gopm__field *key = gopm__type_field(entry, "key"), *value = gopm__type_field(entry, "value");
	struct trie *trie = &it->sync->trie;

	if (overflow == NULL || key == NULL || value == NULL) {
		return false;
	}
	trie->overflow = overflow->offset;
	trie->key = key->offset;
	trie->value = value->offset;
	it->key = gopm__types_at(it->context->types, key->type);
	it->elem = gopm__types_at(it->context->types, value->type);
	return true;
}

/* Starts at the root. False: the map is empty, or it->unreadable is set. */
static bool trie_rewind(struct gopm__map_iter *it, const struct gopm__variable *v)
{
	struct trie *trie = &it->sync->trie;
	uint64_t root, parent;

	trie->depth = 0;
	trie->entry = 0;
	if (!gopm__variable_word(it->context, v->bytes, trie->root_address, 8, &root, &it->unreadable) || root == 0) {
		return false;
	}
	if (!read_word(it, root + trie->parent, &parent)) {
		return false;
	}
	if (parent != 0) {
		it->unreadable = "damaged: its root has a parent";
		return false;
	}
	trie->nodes[0] = root;
	trie->slots[0] = 0;
	trie->depth = 1;
	return true;
}

/* Enters the node at `address`, child of the current node. Each node has one parent, so the nodes form no cycle. */
static bool enter_node(struct gopm__map_iter *it, uint64_t address)
{
	struct trie *trie = &it->sync->trie;
	uint64_t parent;

	if (trie->depth == MAX_LEVELS) {
		it->unreadable = "damaged: its tree is deeper than a hash";
		return false;
	}
	if (!read_word(it, address + trie->parent, &parent)) {
		return false;
	}
	if (parent != trie->nodes[trie->depth - 1]) {
		it->unreadable =
		    gopm__context_text(it->context, "damaged: the node at 0x%" PRIx64 " has another parent", address);
		return false;
	}
	trie->nodes[trie->depth] = address;
	trie->slots[trie->depth++] = 0;
	return true;
}

/* Reads child `slot` of the current node. False: it->unreadable says why. */
static bool read_child(struct gopm__map_iter *it, unsigned slot, uint64_t *out)
{
	const struct trie *trie = &it->sync->trie;
	uint64_t children = trie->nodes[trie->depth - 1] + trie->children, other;

	if (!read_word(it, children + slot * 8, out)) {
		return false;
	}
	for (unsigned i = 0; *out != 0 && i < slot; i++) {
		if (!read_word(it, children + i * 8, &other)) {
			return false;
		}
		if (other == *out) {
			it->unreadable =
			    gopm__context_text(it->context, "damaged: the node at 0x%" PRIx64 " is there twice", other);
			return false;
		}
	}
	return true;
}

static void start_chain(struct trie *trie, uint64_t entry)
{
	trie->entry = trie->chain_mark = entry;
	trie->chain_steps = 0;
	trie->chain_limit = 1;
}

/* Moves trie->entry to the next of its chain. Brent's cycle detection, as for buckets in map.c. */
static bool next_of_chain(struct gopm__map_iter *it)
{
	struct trie *trie = &it->sync->trie;

	if (!read_word(it, trie->entry + trie->overflow, &trie->entry)) {
		return false;
	}
	if (trie->entry == trie->chain_mark) {
		it->unreadable = "damaged: a chain of its entries has no end";
		return false;
	}
	if (++trie->chain_steps == trie->chain_limit) {
		trie->chain_mark = trie->entry;
		trie->chain_steps = 0;
		trie->chain_limit *= 2;
	}
	return true;
}

/* The address of the next entry. False: the end, or it->unreadable is set. */
static bool trie_next(struct gopm__map_iter *it, uint64_t *entry)
{
	struct trie *trie = &it->sync->trie;
	uint64_t child, is_entry;

	while (trie->entry == 0) {
		if (trie->depth == 0) {
			return false;
		}
		unsigned *slot = &trie->slots[trie->depth - 1];
		if (*slot == CHILDREN) {
			trie->depth--;
			continue;
		}
		if (!read_child(it, (*slot)++, &child)) {
			return false;
		}
		if (child == 0) {
			continue;
		}
		if (!step(it) ||
		    !gopm__variable_word(it->context, NULL, child + trie->is_entry, 1, &is_entry, &it->unreadable)) {
			return false;
		}
		if (is_entry > 1) {
			it->unreadable = gopm__context_text(it->context, "damaged: no node is at 0x%" PRIx64, child);
			return false;
		}
		if (is_entry != 0) {
			start_chain(trie, child);
		} else if (!enter_node(it, child)) {
			return false;
		}
	}
	*entry = trie->entry;
	return step(it) && next_of_chain(it);
}

static void open_trie(struct gopm__map_iter *it, const struct gopm__variable *v, const struct gopm__field *root)
{
	const struct gopm__type *node = pointed_struct(it->context, root->type);
	uint64_t entry;

	it->sync->is_trie = true;
	it->sync->trie.root_address = v->address + root->offset;
	if (node == NULL || !set_node_fields(it, node)) {
		it->unreadable = bad_type;
		return;
	}
	if (!trie_rewind(it, v)) {
		return;
	}
	if (!set_entry_fields(it, entry_type(it->context, v->real->name))) {
		it->unreadable = "the type of its entries is not in the program";
		return;
	}
	while (trie_next(it, &entry)) {
		it->length++;
	}
	if (it->unreadable == NULL) {
		it->sync->steps = MAX_STEPS;
		(void)trie_rewind(it, v);
	}
}

/* The readOnly that `read` points to or, until Go 1.18, holds as an interface. False: nil, or it->unreadable is set. */
static bool find_read_only(struct gopm__map_iter *it, const struct gopm__variable *read, struct gopm__variable *out)
{
	struct gopm__variable content;
	const char *why = NULL;

	if (!gopm__content(it->context, read, &content)) {
		it->unreadable = bad_type;
		return false;
	}
	if (content.unreadable != NULL) {
		it->unreadable = content.unreadable;
		return false;
	}
	if (content.kind == GOPM_KIND_INTERFACE) {
		gopm_status status = gopm__interface_data(it->context, &content, out, &why);
		it->unreadable = status == GOPM_OK ? out->unreadable : status == GOPM_NOT_FOUND ? NULL : why;
		return status == GOPM_OK && it->unreadable == NULL;
	}
	gopm__variable_target(it->context, &content, out);
	it->unreadable = out->unreadable;
	return out->address != 0 && it->unreadable == NULL;
}

static bool member(struct gopm__map_iter *it, const struct gopm__variable *v, const char *name,
                   struct gopm__variable *out)
{
	const struct gopm__field *field = gopm__type_field(v->real, name);

	if (field == NULL) {
		it->unreadable = bad_type;
		return false;
	}
	gopm__variable_init(it->context, out, (gopm_str){"", 0}, v->address + field->offset,
	                    gopm__types_at(it->context->types, field->type), v->bytes);
	it->unreadable = out->unreadable;
	return it->unreadable == NULL;
}

/* The map that has all entries: `dirty` if `read` is amended, else read.m. False: there are none, or it->unreadable is
 * set. */
static bool find_entries(struct gopm__map_iter *it, const struct gopm__variable *v, struct gopm__variable *out)
{
	struct gopm__variable read, read_only, dirty, flag;
	uint64_t amended, made = 0;

	if (!member(it, v, "read", &read) || !member(it, v, "dirty", &dirty) ||
	    !find_read_only(it, &read, &read_only) || !member(it, &read_only, "amended", &flag) ||
	    !gopm__variable_word(it->context, flag.bytes, flag.address, 1, &amended, &it->unreadable)) {
		return false;
	}
	if (amended != 0) {
		*out = dirty;
		return true;
	}
	it->sync->maps.changing =
	    gopm__variable_word(it->context, dirty.bytes, dirty.address, 8, &made, &it->unreadable) && made != 0;
	return it->unreadable == NULL && member(it, &read_only, "m", out);
}

/* The next entry with a value; deleted ones have none. */
static bool maps_next(struct gopm__map_iter *it, struct gopm__variable *key, struct gopm__variable *value)
{
	struct pair_of_maps *maps = &it->sync->maps;
	struct gopm__variable pointer;
	const char *why = NULL;
	uint64_t entry, target, type = 0;

	while (step(it) && gopm__map_next(&maps->entries, key, &pointer)) {
		if (pointer.unreadable != NULL ||
		    !gopm__variable_word(it->context, pointer.bytes, pointer.address, 8, &entry, &why) ||
		    !gopm__variable_word(it->context, NULL, entry + maps->pointer, 8, &target, &why)) {
			*value = (struct gopm__variable){.name = {"", 0}};
			value->unreadable = why != NULL ? why : pointer.unreadable;
			return true;
		}
		if (target == 0) {
			continue;
		}
		gopm__variable_init(it->context, value, (gopm_str){"", 0}, target, it->elem, NULL);
		/* While `dirty` is being made, deleted entries of `read` point to a nil interface, sync.expunged. */
		if (maps->changing && gopm__variable_word(it->context, NULL, target, 8, &type, &why) && type == 0) {
			value->unreadable = "nil or deleted: a goroutine was changing the map";
		}
		return true;
	}
	it->unreadable = it->unreadable != NULL ? it->unreadable : maps->entries.unreadable;
	return false;
}

static void open_maps(struct gopm__map_iter *it, const struct gopm__variable *v)
{
	struct pair_of_maps *maps = &it->sync->maps;
	struct gopm__variable entries, key, value;

	if (!find_entries(it, v, &entries)) {
		return;
	}
	gopm__map_open(it->context, &entries, 0, &maps->entries);
	const struct gopm__type *entry =
	    entries.kind == GOPM_KIND_MAP ? pointed_struct(it->context, entries.real->elem) : NULL;
	const struct gopm__field *pointer = gopm__type_field(entry, "p");
	it->unreadable = maps->entries.unreadable;
	if (pointer == NULL) {
		it->unreadable = bad_type;
	}
	if (it->unreadable != NULL) {
		return;
	}
	maps->pointer = pointer->offset;
	it->key = maps->entries.key;
	it->elem = it->key; /* both are `any` */
	struct gopm__map_iter start = maps->entries;
	while (maps_next(it, &key, &value)) {
		it->length++;
	}
	maps->entries = start;
	it->sync->steps = MAX_STEPS;
}

void gopm__sync_map_open(struct gopm__map_iter *it, const struct gopm__variable *v)
{
	const struct gopm__field *root = gopm__type_field(v->real, "root"), *inner = gopm__type_field(v->real, "m");
	struct gopm__variable trie;

	it->sync = gopm__arena_alloc(it->context->arena, sizeof *it->sync);
	if (it->sync == NULL) {
		it->context->no_memory = true;
		it->unreadable = "out of memory";
		return;
	}
	*it->sync = (struct gopm__sync_map){.steps = MAX_STEPS};
	if (root != NULL) {
		open_trie(it, v, root);
	} else if (inner != NULL) {
		if (!member(it, v, "m", &trie) || trie.kind != GOPM_KIND_STRUCT ||
		    (root = gopm__type_field(trie.real, "root")) == NULL) {
			it->unreadable = bad_type;
		} else {
			open_trie(it, &trie, root);
		}
	} else {
		open_maps(it, v);
	}
}

bool gopm__sync_map_next(struct gopm__map_iter *it, struct gopm__variable *key, struct gopm__variable *value)
{
	const struct trie *trie = &it->sync->trie;
	uint64_t entry;

	if (!it->sync->is_trie) {
		return maps_next(it, key, value);
	}
	if (!trie_next(it, &entry)) {
		return false;
	}
	gopm__variable_init(it->context, key, (gopm_str){"", 0}, entry + trie->key, it->key, NULL);
	gopm__variable_init(it->context, value, (gopm_str){"", 0}, entry + trie->value, it->elem, NULL);
	return true;
}
