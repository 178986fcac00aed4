/* SPDX-License-Identifier: Apache-2.0 */
#include "why/component.h"

#include <stdlib.h>

#include "symbol/functions.h"
#include "unwind/walk.h"
#include "util/allocate.h"
#include "util/str.h"

/* Frames from a wait to the code that wanted it. */
#define MOST_INNER_FRAMES 32u

struct component_build {
	struct gopm__components *components;
	const struct gopm__prospects *prospects;
	const struct gopm__ports *ports;
	const struct gopm__blocked *blocked;
	struct gopm__program *program;
	struct gopm__reader reader;
	uint32_t *parent; /* a forest of members, then objects */
};

/* The root of a node, with path halving. */
static uint32_t find_root(uint32_t *parent, uint32_t node)
{
	while (parent[node] != node) {
		parent[node] = parent[parent[node]];
		node = parent[node];
	}
	return node;
}

/* The smaller root stays, so that a component is named by its first member. */
static void unite(uint32_t *parent, uint32_t a, uint32_t b)
{
	const uint32_t x = find_root(parent, a), y = find_root(parent, b);

	if (x < y) {
		parent[y] = x;
	} else {
		parent[x] = y;
	}
}

static bool is_in(const struct component_build *build, uint32_t member)
{
	return build->prospects->of[member] != GOPM__PROSPECT_FREE && !gopm__member_is_idle_main(build->ports, member);
}

/* Unites members with what they wait for, and that with its releasers. A port is looked at once. */
static bool unite_all(struct component_build *build)
{
	const struct gopm__ports *p = build->ports;
	const uint32_t members = (uint32_t)build->blocked->member_count;
	uint8_t *seen = gopm__calloc(build->blocked->object_count * GOPM__PORTS + 1, 1);

	if (seen == NULL) {
		return false;
	}
	for (uint32_t i = 0; i < members; i++) {
		const struct gopm__member *member = &build->blocked->members[i];
		/* What a slow goroutine waits for is no part of the trouble: many may be slow for one reason. */
		const bool waits = is_in(build, i) && build->prospects->of[i] != GOPM__PROSPECT_SLOW;
		for (uint32_t k = 0; waits && k < member->wait_count; k++) {
			const uint32_t port = p->of[member->wait + k];
			if (port == GOPM__NO_INDEX) {
				continue;
			}
			const uint32_t object = members + port / GOPM__PORTS;
			unite(build->parent, i, object);
			if (seen[port] != 0) {
				continue;
			}
			seen[port] = 1;
			for (uint32_t r = p->first[port]; r < gopm__port_end(p, port); r++) {
				if (gopm__releaser_counts(build->prospects, &p->releasers[r]) &&
				    is_in(build, p->releasers[r].member)) {
					unite(build->parent, p->releasers[r].member, object);
				}
			}
		}
	}
	free(seen);
	return true;
}

/* True if the call is of the code that implements the wait, and not of the code that wants it. */
static bool is_inside(const struct gopm__call *call)
{
	static const char *const packages[] = {"sync.", "internal/sync.", "internal/poll.", "runtime.",
	                                       "internal/runtime/"};

	if (call->role == GOPM__ROLE_MAIN) {
		return false;
	}
	for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++) {
		if (gopm__str_has_prefix(call->function, packages[i])) {
			return true;
		}
	}
	return false;
}

const struct gopm__call *gopm__place_call(const struct gopm__pcinfo *info)
{
	for (uint32_t i = 0; info->known && i < info->call_count; i++) {
		if (!is_inside(&info->calls[i])) {
			return &info->calls[i];
		}
	}
	return NULL;
}

/* The place where a goroutine waits, in the code that wants it. */
static uint64_t find_place(struct component_build *build, const struct gopm__member *member)
{
	struct gopm__walk walk;
	struct gopm__g g;
	unsigned frames = 0;

	if (!gopm__g_read(&build->program->runtime, &build->reader, member->g, &g)) {
		return 0;
	}
	gopm__walk_goroutine(&walk, &build->program->runtime, &g, true, NULL);
	for (bool more = walk.at_frame; more && frames < MOST_INNER_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		if (walk.info != NULL && gopm__place_call(walk.info) != NULL) {
			return walk.lookup_pc;
		}
	}
	return 0;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* What is the same in goroutines that play the same part. */
static uint64_t part_of(const struct component_build *build, uint32_t index)
{
	const struct gopm__member *member = &build->blocked->members[index];
	uint64_t hash = mix(member->go, member->start);

	hash = mix(hash, build->components->places[index]);
	hash = mix(hash, build->prospects->of[index]);
	for (uint32_t i = 0; i < member->wait_count; i++) {
		const struct gopm__wait_for *wait = &build->blocked->waits[member->wait + i];
		hash += mix(wait->side, build->blocked->objects[wait->object].kind);
	}
	return hash;
}

static int compare_components(const void *a, const void *b)
{
	const struct gopm__component *x = a, *y = b;

	if (x->shape != y->shape) {
		return x->shape < y->shape ? -1 : 1;
	}
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Lists the members by their components. `number` has room for one number a node. */
static bool list_components(struct component_build *build, uint32_t *number)
{
	struct gopm__components *c = build->components;
	const uint32_t members = (uint32_t)build->blocked->member_count;
	uint32_t count = 0, sum = 0;

	for (uint32_t i = 0; i < members; i++) {
		if (!is_in(build, i)) {
			continue;
		}
		const uint32_t root = find_root(build->parent, i);
		if (root == i) {
			number[i] = count++;
		}
	}
	c->list = gopm__calloc((size_t)count + 1, sizeof *c->list);
	c->members = gopm__malloc(((size_t)members + 1) * sizeof *c->members);
	if (c->list == NULL || c->members == NULL) {
		return false;
	}
	c->count = count;
	for (uint32_t i = 0; i < members; i++) {
		if (is_in(build, i)) {
			struct gopm__component *component = &c->list[number[find_root(build->parent, i)]];
			component->count++;
			component->shape += part_of(build, i);
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		c->list[i].first = sum;
		sum += c->list[i].count;
		c->list[i].count = 0;
	}
	for (uint32_t i = 0; i < members; i++) {
		if (is_in(build, i)) {
			struct gopm__component *component = &c->list[number[find_root(build->parent, i)]];
			c->members[component->first + component->count++] = i;
		}
	}
	if (count != 0) {
		qsort(c->list, count, sizeof *c->list, compare_components);
	}
	return true;
}

gopm_status gopm__components_open(struct gopm__components *components, struct gopm__program *program,
                                  const struct gopm__prospects *prospects)
{
	const struct gopm__blocked *blocked = prospects->ports->blocked;
	const size_t nodes = blocked->member_count + blocked->object_count;
	struct component_build build = {.components = components,
	                                .prospects = prospects,
	                                .ports = prospects->ports,
	                                .blocked = blocked,
	                                .program = program,
	                                .reader = gopm__reader(&program->file.memory)};
	uint32_t *number = gopm__malloc((nodes + 1) * sizeof *number);

	*components = (struct gopm__components){.prospects = prospects};
	components->places = gopm__calloc(blocked->member_count + 1, sizeof *components->places);
	build.parent = gopm__malloc((nodes + 1) * sizeof *build.parent);
	bool made = number != NULL && components->places != NULL && build.parent != NULL;
	for (uint32_t i = 0; made && i < nodes; i++) {
		build.parent[i] = i;
	}
	made = made && unite_all(&build);
	for (uint32_t i = 0; made && i < blocked->member_count; i++) {
		components->places[i] = is_in(&build, i) ? find_place(&build, &blocked->members[i]) : 0;
	}
	made = made && list_components(&build, number);
	free(build.parent);
	free(number);
	if (!made) {
		gopm__components_close(components);
		return GOPM_ERR_NO_MEMORY;
	}
	return GOPM_OK;
}

void gopm__components_close(struct gopm__components *components)
{
	free(components->list);
	free(components->members);
	free(components->places);
	*components = (struct gopm__components){0};
}
