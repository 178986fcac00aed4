/* SPDX-License-Identifier: Apache-2.0 */
#include "hostile/damage.h"

#include <stdio.h>
#include <string.h>

#define MAX_BLOCK 4096

const struct damage_class damage_classes[] = {
    {"elf", DAMAGE_FIELD, false, false, false, collect_elf},
    {"notes", DAMAGE_FIELD, false, false, false, collect_notes},
    {"goroutines", DAMAGE_FIELD, false, false, false, collect_goroutines},
    {"threads", DAMAGE_FIELD, false, false, false, collect_threads},
    {"allgs", DAMAGE_FIELD, false, false, false, collect_allgs},
    {"returns", DAMAGE_FIELD, false, false, false, collect_returns},
    {"stacks", DAMAGE_FIELD, false, false, false, collect_stacks},
    {"waits", DAMAGE_FIELD, false, false, false, collect_waits},
    {"reasons", DAMAGE_FIELD, false, false, false, collect_reasons},
    {"memory", DAMAGE_FIELD, true, false, false, collect_memory},
    {"executable", DAMAGE_FIELD, false, false, false, collect_executable},
    {"moduledata", DAMAGE_FIELD, true, false, false, collect_moduledata},
    {"functions", DAMAGE_FIELD, false, false, false, collect_functions},
    {"constants", DAMAGE_FIELD, true, false, false, collect_constants},
    {"types", DAMAGE_FIELD, true, false, false, collect_types},
    {"modules", DAMAGE_FIELD, false, false, true, collect_modules},
    {"dwarf-info", DAMAGE_FIELD, true, true, false, collect_dwarf_info},
    {"dwarf-abbrev", DAMAGE_FIELD, true, true, false, collect_dwarf_abbrev},
    {"dwarf-lists", DAMAGE_FIELD, false, true, false, collect_dwarf_lists},
    {"dwarf-line", DAMAGE_FIELD, false, true, false, collect_dwarf_line},
    {"blocks", DAMAGE_BLOCK, true, false, false, collect_memory},
    {"truncation", DAMAGE_TRUNCATE, false, false, false, NULL},
    {"mix", DAMAGE_MIX, true, false, false, NULL},
};
const size_t damage_class_count = sizeof damage_classes / sizeof damage_classes[0];

static uint64_t state; /* of the random numbers */

static uint64_t random_word(void)
{
	/* splitmix64 */
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t below(uint64_t limit)
{
	return limit == 0 ? 0 : random_word() % limit;
}

/* A place with the same field, or any other one. */
static const struct place *peer_of(const struct places *places, const struct place *place)
{
	const struct place *peer = place;

	for (int tries = 0; tries < 64; tries++) {
		peer = &places->list[below(places->count)];
		if (peer != place && peer->field == place->field) {
			return peer;
		}
	}
	return peer;
}

/* Values at which counts, sizes and pointers overflow. */
static uint64_t extreme_value(void)
{
	switch (below(10)) {
	case 0:
		return UINT64_MAX - below(64);
	case 1:
		return UINT64_C(1) << 63;
	case 2:
		return (UINT64_C(1) << 63) - 1;
	case 3:
		return UINT64_C(1) << below(64);
	case 4:
		return (UINT64_C(1) << below(64)) - 1;
	case 5:
		return UINT64_C(0xffffffff);
	case 6:
		return below(256);
	case 7:
		return below(UINT64_C(1) << 32);
	case 8:
		return UINT64_C(0x7fffffffffff);
	default:
		return random_word();
	}
}

static uint64_t other_value(const struct places *places, const struct place *place, uint64_t before, bool *peer)
{
	*peer = false;
	switch (below(8)) {
	case 0:
		return before ^ UINT64_C(1) << below((uint64_t)place->size * 8);
	case 1:
		return before + below(17) - 8;
	case 2:
		return 0;
	case 3:
	case 4: {
		const struct place *other = peer_of(places, place);
		*peer = other->field == place->field;
		return word_at(other->at, other->size);
	}
	case 5:
		return address_of(places->list[below(places->count)].at); /* a pointer into the process */
	default:
		return extreme_value();
	}
}

static uint64_t cut(uint64_t value, uint32_t size)
{
	return size < 8 ? value & ((UINT64_C(1) << size * 8) - 1) : value;
}

bool damage_is_same(const struct damage *a, const struct damage *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++) {
		same = strcmp(a->parts[i].field, b->parts[i].field) == 0 &&
		       strcmp(a->parts[i].value, b->parts[i].value) == 0;
	}
	return same;
}

static void add_part(struct damage *damage, const struct damage_part *part)
{
	for (size_t i = 0; i < damage->count; i++) {
		if (strcmp(damage->parts[i].field, part->field) == 0 &&
		    strcmp(damage->parts[i].value, part->value) == 0) {
			return;
		}
	}
	if (damage->count < MAX_PARTS) {
		damage->parts[damage->count++] = *part;
	}
}

static void describe(struct damage *damage, const struct place *place, uint64_t before, uint64_t after, bool peer)
{
	const uint64_t distance = after > before ? after - before : before - after;
	const char *name = peer                                             ? "peer"
	                   : after == 0                                     ? "zero"
	                   : distance <= 64                                 ? "near"
	                   : place->size == 8 && bytes_at(after, 8) != NULL ? "pointer"
	                                                                    : "wild";

	struct damage_part part = {.field = place->field};
	(void)snprintf(part.value, sizeof part.value, "%s %c", name, after < before ? '<' : '>');
	add_part(damage, &part);
}

/* Describes the new bytes for every field that they are in, except `chosen`: tables share bytes. Returns false if no
 * place has them. */
static bool describe_fields(const struct places *places, struct damage *damage, const uint8_t *at, const uint8_t *bytes,
                            size_t size, const char *chosen)
{
	bool known = chosen != NULL;

	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->list[i];
		uint8_t word[8];
		if (place->at + place->size <= at || place->at >= at + size || place->field == chosen) {
			continue;
		}
		known = true;
		const uint64_t before = word_at(place->at, place->size);
		memcpy(word, &before, sizeof word);
		for (size_t k = 0; k < place->size; k++) {
			if (place->at + k >= at && place->at + k < at + size) {
				word[k] = bytes[place->at + k - at];
			}
		}
		const uint64_t after = word_at(word, place->size);
		if (after != before) {
			describe(damage, place, before, after, false);
		}
	}
	return known;
}

/* True if the field has a greater value elsewhere. */
static bool is_exceeded(const struct places *places, const struct place *place, uint64_t value)
{
	for (size_t i = 0; i < places->count; i++) {
		if (places->list[i].field == place->field &&
		    word_at(places->list[i].at, places->list[i].size) >= value) {
			return true;
		}
	}
	return false;
}

static void damage_field(const struct places *places, struct damage *damage)
{
	const struct place *place = &places->list[below(places->count)];
	const uint64_t before = word_at(place->at, place->size);
	uint64_t after = before;
	bool peer = false;

	for (int tries = 0; tries < 16 && after == before; tries++) {
		after = cut(other_value(places, place, before, &peer), place->size);
	}
	describe(damage, place, before, after, peer);
	/* A time in the past, as others are. */
	if (after > before && strcmp(place->field, "runtime.g.waitsince") == 0 && is_exceeded(places, place, after)) {
		struct damage_part past = {place->field, "past >"};
		add_part(damage, &past);
	}
	(void)describe_fields(places, damage, place->at, (const uint8_t *)&after, place->size, place->field);
	damage->owner = place->owner;
	change_bytes(place->at, &after, place->size);
}

static size_t bytes_after(const uint8_t *at)
{
	const struct file *file = file_contains(&core_file, at) ? &core_file : &exe_file;

	return (size_t)(file->data + file->size - at);
}

static void damage_block(const struct places *places, struct damage *damage)
{
	static uint8_t bytes[MAX_BLOCK];
	uint8_t *at = places->list[below(places->count)].at;
	const uint8_t *from = places->list[below(places->count)].at;
	size_t size = (size_t)8 << below(10);
	const uint64_t what = below(3);

	const size_t left = bytes_after(at), other = bytes_after(from);
	size = size < left ? size : left;
	size = size < other ? size : other;
	if (what == 2) {
		memcpy(bytes, from, size);
	} else {
		memset(bytes, what == 0 ? 0 : 0xff, size);
	}
	for (size_t i = 0; i < size; i += 8) {
		if (!describe_fields(places, damage, at + i, bytes + i, 8, NULL)) {
			const struct place unknown = {at + i, 8, ALWAYS, "memory word"};
			describe(damage, &unknown, word_at(at + i, 8), word_at(bytes + i, 8), false);
		}
	}
	change_bytes(at, bytes, size);
}

static void truncate_file(struct damage *damage)
{
	struct file *file = exe_file.data != NULL && below(3) == 0 ? &exe_file : &core_file;

	struct damage_part part = {file == &core_file ? "core" : "executable", "truncated"};
	add_part(damage, &part);
	file->size = below(4) == 0 ? below(65536) % file->size : below(file->size);
}

void damage_apply(const struct damage_class *class, const struct places *places, uint64_t seed, struct damage *damage)
{
	state = hash_bytes(seed, class->name, strlen(class->name));
	*damage = (struct damage){.owner = ALWAYS};
	switch (class->form) {
	case DAMAGE_TRUNCATE:
		truncate_file(damage);
		break;
	case DAMAGE_BLOCK:
		damage_block(places, damage);
		break;
	case DAMAGE_FIELD:
		damage_field(places, damage);
		break;
	case DAMAGE_MIX:
		for (uint64_t count = 2 + below(10); count != 0; count--) {
			if (below(8) == 0) {
				damage_block(places, damage);
			} else {
				damage_field(places, damage);
			}
		}
		damage->owner = ALWAYS;
		break;
	}
}

void damage_collect(const struct damage_class *class, struct places *places, const struct target *target)
{
	if (class->collect != NULL) {
		class->collect(places, target);
	}
	for (size_t i = 0; class->form == DAMAGE_MIX && i < damage_class_count; i++) {
		if (damage_classes[i].form == DAMAGE_FIELD && !damage_classes[i].native) {
			damage_classes[i].collect(places, target);
		}
	}
}
