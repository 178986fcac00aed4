/* SPDX-License-Identifier: Apache-2.0 */
/* The heap of a damaged core: what is allocated, what of it is live, and its types. */
#include "hostile/read.h"

#include <inttypes.h>
#include <stdlib.h>

/* Objects that are found again by their address. */
#define MAX_OBJECTS 200

/* The driver reports a crash with its seed. */
static void check(bool ok)
{
	if (!ok) {
		abort();
	}
}

static void read_objects(gopm_heap *heap)
{
	static gopm_heap_object objects[MAX_OBJECTS];
	gopm_heap_object_iter *it;
	gopm_heap_object same;
	size_t got = 0;

	if (gopm_heap_object_iter_open(heap, NULL, &it, NULL) != GOPM_OK) {
		return;
	}
	(void)gopm_heap_object_iter_next(it, objects, sizeof objects[0], MAX_OBJECTS, &got);
	gopm_heap_object_iter_free(it);
	for (size_t i = 0; i < got; i++) {
		const uint64_t last = objects[i].address + objects[i].size - 1;
		check(gopm_heap_object_at(heap, last, &same, sizeof same) == GOPM_OK &&
		      same.address == objects[i].address);
		check(i == 0 || objects[i].address >= objects[i - 1].address + objects[i - 1].size);
	}
}

/* Says the types, and returns how many objects have none. Sums up the types in `sum`. */
static uint64_t say_types(gopm_heap *heap, struct answers *answers, gopm_heap_info *sum)
{
	gopm_heap_type_iter *it;
	gopm_heap_type type;
	uint64_t unknown = 0;
	size_t got;

	if (!succeeded(answers, gopm_heap_type_iter_open(heap, NULL, &it, NULL))) {
		return 0;
	}
	while (gopm_heap_type_iter_next(it, &type, sizeof type, 1, &got) == GOPM_OK) {
		sum->objects += type.objects;
		sum->bytes += type.bytes;
		sum->live_objects += type.live_objects;
		sum->live_bytes += type.live_bytes;
		unknown += type.form == GOPM_HEAP_UNKNOWN ? type.objects : 0;
		say_str(answers, type.type);
		say(answers, "%u %" PRIu64 " %" PRIu64 "\n", type.form, type.objects, type.bytes);
	}
	gopm_heap_type_iter_free(it);
	return unknown;
}

/* What retains objects: no node has more than the live heap, and all together have not more than it. */
static void read_nodes(gopm_heap *heap, const gopm_heap_info *info)
{
	gopm_heap_node_iter *it;
	gopm_heap_node node;
	size_t got;

	for (uint32_t by = GOPM_HEAP_BY_HOLDER; by <= GOPM_HEAP_BY_BIRTH; by++) {
		uint64_t bytes = 0;
		if (gopm_heap_node_iter_open(heap, by, NULL, &it, NULL) != GOPM_OK) {
			continue;
		}
		while (gopm_heap_node_iter_next(it, &node, sizeof node, 1, &got) == GOPM_OK) {
			check(node.bytes <= info->live_bytes && node.objects <= info->live_objects);
			bytes += by != GOPM_HEAP_BY_TYPE ? node.bytes : 0;
		}
		gopm_heap_node_iter_free(it);
		check(bytes <= info->live_bytes);
	}
}

/* Suspects and waste, and why some of the objects are live. */
static void read_reasons(gopm_heap *heap, const gopm_heap_info *info)
{
	enum { most = 16 };
	static gopm_heap_suspect suspects[most];
	static gopm_heap_waste waste[most];
	static gopm_heap_object objects[MAX_OBJECTS];
	static gopm_heap_step steps[most];
	gopm_heap_object_iter *it;
	gopm_heap_filter filter;
	gopm_heap_path *path;
	size_t got = 0, count;

	if (gopm_heap_suspects(heap, 0, NULL, suspects, sizeof suspects[0], most, &count, NULL) == GOPM_OK) {
		for (size_t i = 0; i < count && i < most; i++) {
			check(suspects[i].bytes <= info->live_bytes);
		}
	}
	(void)gopm_heap_find_waste(heap, NULL, waste, sizeof waste[0], most, &count, NULL);
	gopm_heap_filter_init(&filter, sizeof filter);
	filter.flags = GOPM_HEAP_FILTER_LIVE;
	if (gopm_heap_object_iter_open(heap, &filter, &it, NULL) != GOPM_OK) {
		return;
	}
	(void)gopm_heap_object_iter_next(it, objects, sizeof objects[0], MAX_OBJECTS, &got);
	gopm_heap_object_iter_free(it);
	for (size_t i = 0; i < got; i += 10) {
		if (gopm_heap_path_open(heap, objects[i].address, &path, NULL) == GOPM_OK) {
			check(gopm_heap_path_steps(path, steps, sizeof steps[0], most, &count) != GOPM_OK || count > 0);
			check(gopm_heap_path_text(path).size != 0);
			gopm_heap_path_free(path);
		}
	}
	if (got != 0) {
		(void)gopm_heap_referrers(heap, objects[got / 2].address, steps, sizeof steps[0], most, &count, NULL);
	}
}

void read_heap(gopm_core *core, struct answers *answers)
{
	gopm_heap_info info = {.struct_size = sizeof info}, sum = {0};
	gopm_heap *heap;

	const gopm_status status = gopm_heap_open(core, NULL, &heap, NULL);
	if (status != GOPM_OK) {
		for (unsigned kind = ANSWER_HEAP; kind <= ANSWER_HEAP_TYPES; kind++) {
			answer(answers, kind, NO_SUBJECT, ALWAYS, (uint64_t)-status);
		}
		return;
	}
	(void)gopm_heap_get_info(heap, &info);
	const uint64_t unknown = say_types(heap, answers, &sum);
	/* An object without a type says so. */
	answer(answers, ANSWER_HEAP_TYPES, NO_SUBJECT, ALWAYS, info.flags | unknown << 32);
	check(sum.objects == info.objects && sum.bytes == info.bytes && sum.live_objects == info.live_objects &&
	      sum.live_bytes == info.live_bytes && sum.live_objects <= sum.objects && sum.bytes <= info.in_use);
	say(answers,
	    "%" PRIu64 " %" PRIu64 " in use %" PRIu64 " free %" PRIu64 " rounding %" PRIu64 " stacks %" PRIu64
	    " idle %" PRIu64 " released %" PRIu64 " mapped %" PRIu64,
	    info.objects, info.bytes, info.in_use, info.free_slots, info.rounding, info.stacks, info.idle,
	    info.released, info.mapped);
	answer(answers, ANSWER_HEAP, NO_SUBJECT, ALWAYS, info.flags);
	say(answers, "%" PRIu64 " %" PRIu64, info.live_objects, info.live_bytes);
	answer(answers, ANSWER_LIVE, NO_SUBJECT, ALWAYS, info.flags);
	read_objects(heap);
	read_nodes(heap, &info);
	read_reasons(heap, &info);
	gopm_heap_close(heap);
}
