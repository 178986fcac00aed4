/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/plan.h"

#include "type/descriptor.h"
#include "type/descriptor_check.h"
#include "util/vector.h"

/* abi.Type on a 64-bit CPU, without what type/descriptor.h reads. */
enum { TYPE_SIZE = 0, TYPE_POINTER_BYTES = 8, TYPE_FLAGS = 20, TYPE_KIND = 23, TYPE_MASK = 32, TYPE_BYTES = 48 };
/* The mask is built when it is first needed: the descriptor has the address of a pointer to it (since Go 1.24). */
#define FLAG_ON_DEMAND 16u
/* The descriptor has a program that writes the mask (until Go 1.23: KindGCProg). */
#define KIND_PROGRAM 64u

#define MAX_ENTRIES ((size_t)1 << 20) /* of one plan */
/* Of all plans together, so that a damaged program costs bounded memory and time: 256 MiB, and about a second. A large
 * program has a million. */
#define MAX_ALL_ENTRIES ((size_t)1 << 23)
#define MAX_STEPS ((uint64_t)1 << 24)     /* values and fields looked at */
#define MAX_ALL_WORDS ((uint64_t)1 << 27) /* words of masks */
#define MAX_FIELDS ((uint64_t)1 << 16)
/* Words of the largest mask that is compared with a plan, or read if there is no descriptor. */
#define MAX_MASK_WORDS ((uint64_t)1 << 23)

static bool add_entry(struct gopm__plan_build *b, struct gopm__plan_entry entry)
{
	struct gopm__object_types *types = b->types;

	if (types->entry_count - b->first >= MAX_ENTRIES || types->entry_count >= MAX_ALL_ENTRIES) {
		return false;
	}
	if (!GOPM__VECTOR_RESERVE(types->entries, types->entry_count, types->entry_capacity, 1)) {
		types->no_memory = true;
		return false;
	}
	types->entries[types->entry_count++] = entry;
	return true;
}

bool gopm__plan_step(struct gopm__object_types *types, uint64_t steps)
{
	types->steps = steps < MAX_STEPS ? types->steps + steps : MAX_STEPS + 1;
	return types->steps <= MAX_STEPS;
}

bool gopm__plan_add(struct gopm__plan_build *b, uint64_t offset, enum gopm__points_to to, uint64_t descriptor)
{
	const uint32_t type =
	    descriptor != 0 ? gopm__object_type_number(b->types, descriptor, GOPM__KEY_DESCRIPTOR) : 0;

	return add_entry(b, (struct gopm__plan_entry){.offset = offset, .count = 1, .type = type, .to = (uint8_t)to});
}

/* Bytes of a type that may have pointers; 0: none, or not in the core. */
static uint64_t pointer_bytes(struct gopm__object_types *types, uint64_t descriptor)
{
	uint64_t bytes;

	return gopm__read_u64(&types->reader, descriptor + TYPE_POINTER_BYTES, &bytes) ? bytes : 0;
}

/* Repeats the entries from `from` on for an array of `count` elements of `size` bytes. */
bool gopm__plan_repeat(struct gopm__plan_build *b, uint32_t from, uint64_t count, uint64_t size)
{
	const size_t end = b->types->entry_count;
	bool single = true;

	for (size_t i = from; i < end; i++) {
		single = single && b->types->entries[i].count == 1;
	}
	if (single) {
		for (size_t i = from; i < end; i++) {
			b->types->entries[i].count = count;
			b->types->entries[i].stride = size;
		}
		return true;
	}
	for (uint64_t k = 1; k < count; k++) {
		for (size_t i = from; i < end; i++) {
			struct gopm__plan_entry entry = b->types->entries[i];
			entry.offset += k * size;
			if (!add_entry(b, entry)) {
				return false;
			}
		}
	}
	return true;
}

static bool make_array(struct gopm__plan_build *b, const struct gopm__descriptor *info, uint64_t offset, unsigned depth)
{
	const uint32_t from = (uint32_t)b->types->entry_count;

	if (info->length == 0 || pointer_bytes(b->types, info->elem) == 0) {
		return true;
	}
	return gopm__plan_add_value(b, info->elem, offset, depth + 1) &&
	       (info->length == 1 || gopm__plan_repeat(b, from, info->length, info->size / info->length));
}

/* The target of an atomic.Pointer, whose first field is an array of no pointers to it; 0: it is another struct. Its
 * last field is an unsafe.Pointer (sync/atomic/type.go). A weak.Pointer points to a handle instead. */
static uint64_t atomic_target(struct gopm__plan_build *b, const struct gopm__descriptor *info)
{
	static const char prefix[] = "atomic.Pointer[";
	struct gopm__typedesc_field field;
	struct gopm__descriptor array, pointer;

	if (info->text.size < sizeof prefix || memcmp(info->text.data, prefix, sizeof prefix - 1) != 0 ||
	    !gopm__descriptor_field(&b->types->reader, info, 0, &field) || field.size != 0 ||
	    !gopm__descriptor_read(b->types->symtab, &b->types->reader, field.type, &array) ||
	    array.kind != GOPM_KIND_ARRAY || array.length != 0 ||
	    !gopm__descriptor_read(b->types->symtab, &b->types->reader, array.elem, &pointer) ||
	    pointer.kind != GOPM_KIND_POINTER) {
		return 0;
	}
	return pointer.elem;
}

static bool make_struct(struct gopm__plan_build *b, const struct gopm__descriptor *info, uint64_t offset,
                        unsigned depth)
{
	const uint32_t from = (uint32_t)b->types->entry_count;
	const uint64_t target = atomic_target(b, info);

	if (info->field_count > MAX_FIELDS || !gopm__plan_step(b->types, info->field_count)) {
		return false;
	}
	for (uint64_t i = 0; i < info->field_count; i++) {
		struct gopm__typedesc_field field;
		if (!gopm__descriptor_field(&b->types->reader, info, i, &field) || field.offset > info->size ||
		    field.size > info->size - field.offset) {
			return false;
		}
		if (pointer_bytes(b->types, field.type) != 0 &&
		    !gopm__plan_add_value(b, field.type, offset + field.offset, depth + 1)) {
			return false;
		}
	}
	if (target != 0 && b->types->entry_count == from + 1 && b->types->entries[from].to == GOPM__TO_UNKNOWN) {
		b->types->entries[from].to = GOPM__TO_VALUE;
		b->types->entries[from].type = gopm__object_type_number(b->types, target, GOPM__KEY_DESCRIPTOR);
	}
	return true;
}

/* Adds the pointers of a value at `offset`. False: a descriptor is damaged, or there are too many. */
bool gopm__plan_add_value(struct gopm__plan_build *b, uint64_t descriptor, uint64_t offset, unsigned depth)
{
	struct gopm__descriptor info;

	if (depth > GOPM__PLAN_MAX_DEPTH || !gopm__plan_step(b->types, 1) ||
	    !gopm__descriptor_read(b->types->symtab, &b->types->reader, descriptor, &info)) {
		return false;
	}
	if (pointer_bytes(b->types, descriptor) == 0) {
		/* A pointer to a type that is never in the heap is none for the collector. */
		return true;
	}
	switch (info.kind) {
	case GOPM_KIND_POINTER:
		return gopm__plan_add(b, offset, GOPM__TO_VALUE, info.elem);
	case GOPM_KIND_UNSAFE_POINTER:
		return gopm__plan_add(b, offset, GOPM__TO_UNKNOWN, 0);
	case GOPM_KIND_STRING:
		return gopm__plan_add(b, offset, GOPM__TO_BYTES, 0);
	case GOPM_KIND_SLICE:
		return gopm__plan_add(b, offset, GOPM__TO_ELEMENTS, info.elem);
	case GOPM_KIND_INTERFACE:
		return gopm__plan_add(b, offset + 8, info.method_count != 0 ? GOPM__TO_DYNAMIC_I : GOPM__TO_DYNAMIC, 0);
	case GOPM_KIND_MAP:
		return gopm__plan_add(b, offset, GOPM__TO_MAP, descriptor);
	case GOPM_KIND_CHAN:
		return gopm__plan_add(b, offset, GOPM__TO_CHAN, descriptor);
	case GOPM_KIND_FUNC:
		return gopm__plan_add(b, offset, GOPM__TO_CLOSURE, 0);
	case GOPM_KIND_ARRAY:
		return make_array(b, &info, offset, depth);
	case GOPM_KIND_STRUCT:
		return make_struct(b, &info, offset, depth);
	default:
		return false; /* numbers have no pointers */
	}
}

/* The address of the collector's mask of a type; 0: it is not built, or there is none. */
static uint64_t mask_address(struct gopm__object_types *types, const uint8_t *head)
{
	uint64_t at = gopm__load64(head + TYPE_MASK);

	if ((head[TYPE_KIND] & KIND_PROGRAM) != 0) {
		return 0;
	}
	if ((head[TYPE_FLAGS] & FLAG_ON_DEMAND) != 0 && !gopm__read_u64(&types->reader, at, &at)) {
		return 0;
	}
	return at;
}

/* The number of pointers that a plan has; UINT64_MAX: more than its words, so that some are in the same place. */
static uint64_t planned_pointers(const struct gopm__object_types *types, const struct gopm__object_type *type)
{
	uint64_t left = type->pointer_bytes / 8;

	for (uint32_t i = 0; i < type->count; i++) {
		const uint64_t count = types->entries[type->first + i].count;
		if (count > left) {
			return UINT64_MAX;
		}
		left -= count;
	}
	return type->pointer_bytes / 8 - left;
}

static bool mask_bit(struct gopm__object_types *types, uint64_t mask, uint64_t word, bool *set)
{
	uint64_t byte;

	if (!gopm__read_word(&types->reader, mask + word / 8, 1, &byte)) {
		return false;
	}
	*set = (byte >> (word % 8) & 1) != 0;
	return true;
}

/* True if the collector's mask has the same pointers as the plan. */
static bool agrees_with_mask(struct gopm__object_types *types, const struct gopm__object_type *type, uint64_t mask)
{
	uint64_t count = 0;
	bool set;

	for (uint64_t word = 0; word < type->pointer_bytes / 8; word++) {
		if (!mask_bit(types, mask, word, &set)) {
			return false;
		}
		count += set;
	}
	if (count != planned_pointers(types, type)) {
		return false;
	}
	for (uint32_t i = 0; i < type->count; i++) {
		const struct gopm__plan_entry *entry = &types->entries[type->first + i];
		for (uint64_t k = 0; k < entry->count; k++) {
			const uint64_t at = entry->offset + k * entry->stride;
			if (at >= type->pointer_bytes || !mask_bit(types, mask, at / 8, &set) || !set) {
				return false;
			}
		}
	}
	return true;
}

/* A plan of the mask alone: runs of pointers to something unknown. */
static bool plan_of_mask(struct gopm__plan_build *b, const struct gopm__object_type *type, uint64_t mask)
{
	struct gopm__plan_entry run = {.stride = 8, .to = GOPM__TO_UNKNOWN};
	bool set;

	for (uint64_t word = 0; word < type->pointer_bytes / 8; word++) {
		if (!mask_bit(b->types, mask, word, &set)) {
			return false;
		}
		if (set) {
			run.offset = run.count == 0 ? word * 8 : run.offset;
			run.count++;
		} else if (run.count != 0) {
			if (!add_entry(b, run)) {
				return false;
			}
			run.count = 0;
		}
	}
	return run.count == 0 || add_entry(b, run);
}

static bool is_of_runtime(gopm_str package)
{
	static const char runtime[] = "runtime", internal[] = "internal/";

	return (package.size >= sizeof runtime - 1 && memcmp(package.data, runtime, sizeof runtime - 1) == 0) ||
	       (package.size >= sizeof internal - 1 && memcmp(package.data, internal, sizeof internal - 1) == 0);
}

/* Facts of a type beside its plan. */
static void describe_type(struct gopm__object_types *types, struct gopm__object_type *type,
                          const struct gopm__descriptor *info)
{
	struct gopm__typedesc_field field;

	type->kind = (uint8_t)info->kind;
	type->named = info->named;
	type->runtime = is_of_runtime(info->package);
	type->shape = memmem(info->text.data, info->text.size, "go.shape.", 9) != NULL;
	type->direct = info->direct;
	if (info->kind == GOPM_KIND_MAP) {
		type->group = gopm__object_type_number(types, info->group, GOPM__KEY_DESCRIPTOR);
		type->swiss = gopm__typedesc_field(&types->reader, &info->module->types, info->group, 0, &field) &&
		              field.name.size == 4 && memcmp(field.name.data, "ctrl", 4) == 0;
	}
	if (info->kind == GOPM_KIND_MAP || info->kind == GOPM_KIND_CHAN || info->kind == GOPM_KIND_SLICE) {
		type->elem = gopm__object_type_number(types, info->elem, GOPM__KEY_DESCRIPTOR);
	}
}

bool gopm__plan_make(struct gopm__object_types *types, struct gopm__object_type *type)
{
	struct gopm__plan_build b = {.types = types, .first = (uint32_t)types->entry_count};
	struct gopm__descriptor info;
	uint8_t head[TYPE_BYTES];

	type->first = b.first;
	if (gopm__read_copy(&types->reader, type->key, head, sizeof head) != sizeof head) {
		return false;
	}
	type->size = gopm__load64(head + TYPE_SIZE);
	type->pointer_bytes = gopm__load64(head + TYPE_POINTER_BYTES);
	if (type->pointer_bytes > type->size || type->pointer_bytes % 8 != 0) {
		type->pointer_bytes = 0;
		(void)gopm__descriptor_check(types->symtab, &types->reader, type->key);
		return false;
	}
	const bool described = gopm__descriptor_read(types->symtab, &types->reader, type->key, &info);
	if (described) {
		(void)gopm__descriptor_check(types->symtab, &types->reader, type->key);
		describe_type(types, type, &info);
	}
	if (type->pointer_bytes == 0) {
		type->typed = described;
		return true;
	}
	const uint64_t mask = mask_address(types, head);
	const uint64_t words = type->pointer_bytes / 8;
	const bool comparable = mask != 0 && words <= MAX_MASK_WORDS && words <= MAX_ALL_WORDS - types->mask_words;
	types->mask_words += comparable ? words : 0;
	type->typed = described && gopm__plan_add_value(&b, type->key, 0, 0);
	type->count = (uint32_t)(types->entry_count - b.first);
	if (type->typed &&
	    (comparable ? !agrees_with_mask(types, type, mask) : planned_pointers(types, type) == UINT64_MAX)) {
		type->typed = false;
	}
	if (!type->typed) {
		types->entry_count = b.first;
		const bool whole = comparable && plan_of_mask(&b, type, mask);
		type->count = (uint32_t)(types->entry_count - b.first);
		return whole;
	}
	return true;
}

const struct gopm__object_type *gopm__object_type_make(struct gopm__object_types *types, uint32_t number)
{
	/* A plan numbers other types, so that the list may move. */
	struct gopm__object_type type = types->list[number];

	type.made = true;
	types->list[number].made = true;
	if (!gopm__plan_make(types, &type)) {
		type.damaged = true;
		types->no_masks++;
	}
	gopm__object_type_index(types, &type);
	types->list[number] = type;
	return &types->list[number];
}
