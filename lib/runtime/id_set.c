/* SPDX-License-Identifier: Apache-2.0 */
/* A sound allgs pays one bit operation a goroutine: ids are dense, so their low bits differ. Only if a bit was set, all
 * entries are read into two maps. */
#include "runtime/id_set.h"

#include <stdlib.h>

#include "runtime/layout/field.h"
#include "util/allocate.h"
#include "util/map64.h"

/* Bits for each goroutine: more mean fewer false alarms of a process that has made many more. */
#define BITS_EACH 16u
#define LEAST_BITS 4096u

void gopm__id_set_init(struct gopm__id_set *set, const struct gopm__runtime *rt)
{
	uint64_t bits = LEAST_BITS;

	while (bits < rt->g_count * BITS_EACH && bits < UINT64_C(1) << 40) {
		bits *= 2;
	}
	*set = (struct gopm__id_set){.words = gopm__calloc((size_t)(bits / 64), sizeof *set->words), .mask = bits - 1};
}

void gopm__id_set_free(struct gopm__id_set *set)
{
	free(set->words);
	*set = (struct gopm__id_set){0};
}

struct gopm__repeats {
	struct gopm__map64 addresses;   /* of the goroutines: index + 1 of the first entry */
	struct gopm__map64 ids, shared; /* all ids; those that several goroutines have */
};

void gopm__repeats_free(struct gopm__repeats *repeats)
{
	if (repeats != NULL) {
		gopm__map64_free(&repeats->addresses);
		gopm__map64_free(&repeats->ids);
		gopm__map64_free(&repeats->shared);
		free(repeats);
	}
}

/* False: out of memory. */
static bool add_entry(struct gopm__repeats *repeats, uint64_t index, uint64_t address, uint64_t id)
{
	bool fresh;
	uint64_t *slot = gopm__map64_put(&repeats->addresses, address, &fresh);

	if (slot == NULL) {
		return false;
	}
	if (!fresh || id == 0) {
		*slot = fresh ? index + 1 : *slot;
		return true;
	}
	*slot = index + 1;
	if (gopm__map64_put(&repeats->ids, id, &fresh) == NULL) {
		return false;
	}
	return fresh || gopm__map64_put(&repeats->shared, id, &fresh) != NULL;
}

static void find_repeats(struct gopm__runtime *rt)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__repeats *repeats = gopm__calloc(1, sizeof *repeats);

	uint64_t entries = 0;

	for (uint64_t i = 0; repeats != NULL && i < rt->g_count; i++) {
		uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		uint64_t id = gopm__field_or_0(&reader, address, rt->layout.g.goid, 8);
		entries += address != 0;
		if (address != 0 && !add_entry(repeats, i, address, id)) {
			gopm__repeats_free(repeats);
			repeats = NULL;
		}
	}
	if (repeats != NULL && repeats->shared.count == 0 && repeats->addresses.count == entries) {
		gopm__repeats_free(repeats);
		repeats = NULL;
	}
	rt->repeats = repeats;
}

enum gopm__repeat gopm__repeat_of(struct gopm__runtime *rt, uint64_t index, uint64_t address, uint64_t id)
{
	gopm__runtime_once(rt, &rt->repeats_tried, find_repeats);
	if (rt->repeats == NULL) {
		return GOPM__REPEAT_NONE;
	}
	const uint64_t *first = gopm__map64_get(&rt->repeats->addresses, address);
	if (first != NULL && *first != index + 1) {
		return GOPM__REPEAT_ENTRY;
	}
	return id != 0 && gopm__map64_get(&rt->repeats->shared, id) != NULL ? GOPM__REPEAT_ID : GOPM__REPEAT_NONE;
}
