/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/object_type.h"

#include <stdlib.h>

#include "core/corefile.h"
#include "type/descriptor.h"
#include "util/allocate.h"
#include "util/vector.h"

/* Types of one heap, at most: what a number in 24 bits can be. */
#define MAX_TYPES ((size_t)1 << 24)
#define ITAB_TYPE 8 /* offset of abi.ITab.Type */

gopm_status gopm__object_types_open(struct gopm__object_types *types, const struct gopm__symtab *symtab,
                                    const struct gopm__corefile *core)
{
	*types = (struct gopm__object_types){.symtab = symtab, .reader = gopm__reader(&core->memory)};
	if (!GOPM__VECTOR_RESERVE(types->list, types->count, types->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	types->list[types->count++] = (struct gopm__object_type){.made = true, .words = UINT32_MAX};
	return GOPM_OK;
}

void gopm__object_types_close(struct gopm__object_types *types)
{
	free(types->list);
	free(types->entries);
	free(types->by_word);
	gopm__map64_free(&types->by_key);
	gopm__map64_free(&types->by_itab);
	*types = (struct gopm__object_types){0};
}

uint32_t gopm__object_type_number(struct gopm__object_types *types, uint64_t key, enum gopm__object_type_key kind)
{
	bool fresh;

	if (key == 0) {
		return 0;
	}
	uint64_t *number = gopm__map64_put(&types->by_key, key, &fresh);
	if (number == NULL) {
		types->no_memory = true;
		return 0;
	}
	if (!fresh) {
		return (uint32_t)*number;
	}
	if (types->count >= MAX_TYPES) {
		return 0;
	}
	if (!GOPM__VECTOR_RESERVE(types->list, types->count, types->capacity, 1)) {
		types->no_memory = true;
		return 0;
	}
	*number = types->count;
	types->list[types->count] = (struct gopm__object_type){
	    .key = key, .key_kind = (uint8_t)kind, .words = UINT32_MAX, .made = kind != GOPM__KEY_DESCRIPTOR};
	return (uint32_t)types->count++;
}

/* Fills the mask and the index of a type of few words from its plan. */
void gopm__object_type_index(struct gopm__object_types *types, struct gopm__object_type *type)
{
	const uint64_t words = type->size / 8;

	type->mask = 0;
	if (words == 0 || words > GOPM__SMALL_WORDS || type->count >= GOPM__NO_ENTRY) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(types->by_word, types->word_count, types->word_capacity, (size_t)words)) {
		types->no_memory = true;
		return;
	}
	type->words = (uint32_t)types->word_count;
	memset(types->by_word + types->word_count, 0xff, (size_t)words * sizeof *types->by_word);
	types->word_count += (size_t)words;
	for (uint32_t i = 0; i < type->count; i++) {
		const struct gopm__plan_entry *entry = &types->entries[type->first + i];
		for (uint64_t k = 0; k < entry->count; k++) {
			const uint64_t word = (entry->offset + k * entry->stride) / 8;
			if (word < words) {
				type->mask |= UINT64_C(1) << word;
				types->by_word[type->words + word] = (uint16_t)i;
			}
		}
	}
}

uint32_t gopm__object_type_dynamic(struct gopm__object_types *types, uint64_t word, bool itab)
{
	uint64_t descriptor;
	bool fresh;

	if (word == 0 || !itab) {
		return gopm__object_type_number(types, word, GOPM__KEY_DESCRIPTOR);
	}
	uint64_t *number = gopm__map64_put(&types->by_itab, word, &fresh);
	if (number == NULL) {
		types->no_memory = true;
		return 0;
	}
	if (!fresh) {
		return (uint32_t)*number;
	}
	*number = gopm__read_u64(&types->reader, word + ITAB_TYPE, &descriptor)
	              ? gopm__object_type_number(types, descriptor, GOPM__KEY_DESCRIPTOR)
	              : 0;
	return (uint32_t)*number;
}
