/* SPDX-License-Identifier: Apache-2.0 */
#include "why/object_find.h"

#include <gopm/object.h>

#include "why/object_place.h"

/* A Mutex that is the first field of another lock is tried last. */
static const struct {
	uint8_t kind;
	enum gopm__part part;
} locks[] = {
    {GOPM_OBJECT_RWMUTEX, GOPM__PART_RWMUTEX},     {GOPM_OBJECT_ONCE, GOPM__PART_ONCE},
    {GOPM_OBJECT_WAITGROUP, GOPM__PART_WAITGROUP}, {GOPM_OBJECT_COND, GOPM__PART_COND},
    {GOPM_OBJECT_MUTEX, GOPM__PART_MUTEX},
};

static uint8_t lock_kind(struct gopm__types *types, const struct gopm__type *type, uint64_t offset)
{
	for (size_t i = 0; type != NULL && i < sizeof locks / sizeof locks[0]; i++) {
		struct gopm__type_path path = {.size = 0};
		if (gopm__type_path(types, type, offset, locks[i].part, &path)) {
			return locks[i].kind;
		}
	}
	return GOPM_OBJECT_OTHER;
}

static uint8_t kind_in_heap(struct gopm__types *types, struct gopm__heap *heap, uint64_t address)
{
	struct gopm__place_candidate part = {.base = 0};
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&heap->index, address, &span);

	if (slot == GOPM__NO_SLOT || address < gopm__object_address(span, slot)) {
		return GOPM_OBJECT_OTHER;
	}
	if (gopm__typed_form(heap->typed[slot]) == GOPM__FORM_CHAN) {
		return address == gopm__object_address(span, slot) ? GOPM_OBJECT_CHAN : GOPM_OBJECT_OTHER;
	}
	const uint32_t number = gopm__place_object_part(heap, span, slot, address, &part);
	return number != 0 ? lock_kind(types, gopm__place_heap_type(heap, types, number), part.offset)
	                   : GOPM_OBJECT_OTHER;
}

uint8_t gopm__object_find(struct gopm__program *program, struct gopm__heap *heap, uint64_t address)
{
	struct gopm__variable_index variables;
	struct gopm__types *types;
	uint8_t kind = GOPM_OBJECT_OTHER;

	gopm__program_lock(program);
	if (gopm__program_types(program, &types, NULL) == GOPM_OK) {
		kind = heap != NULL ? kind_in_heap(types, heap, address) : GOPM_OBJECT_OTHER;
		if (kind == GOPM_OBJECT_OTHER && gopm__variable_index_open(&variables, program) == GOPM_OK) {
			const struct gopm__indexed_variable *variable = gopm__variable_at(&variables, address);
			if (variable != NULL && variable->type != 0) {
				kind =
				    lock_kind(types, gopm__types_at(types, variable->type), address - variable->begin);
			}
			gopm__variable_index_close(&variables);
		}
	}
	gopm__program_unlock(program);
	return kind;
}
