/* SPDX-License-Identifier: Apache-2.0 */
/* Tarjan's strong components, over a graph of two kinds of nodes: a member has edges to the ports that it waits for, a
 * port to its releasers. */
#include "why/blame.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "util/vector.h"

/* Edges that may be followed to find who is on all cycles of one component. */
#define MOST_STEPS ((uint64_t)1 << 24)
/* Members of a cycle that are all blamed, if no one is on all cycles. */
#define FEW_MEMBERS 8u
/* Members of a cycle that are looked at one by one. */
#define MOST_BLAMED 1024u

struct blame_node {
	uint32_t what; /* a member, or a port */
	bool is_port;
	bool on_stack;
	uint32_t index, low; /* Tarjan's numbers; index 0: not visited */
	uint32_t next;       /* the next edge to follow */
	uint32_t scc;        /* number of its strong component, plus 1 */
};

struct gopm__blamer {
	const struct gopm__components *components;
	const struct gopm__prospects *prospects;
	const struct gopm__ports *ports;
	const struct gopm__blocked *blocked;
	uint32_t *of_member, *of_port; /* the node, plus 1; 0: not in the current component */
	struct blame_node *nodes;
	size_t node_count, node_capacity;
	uint32_t *path, *stack; /* depth-first path; Tarjan's stack */
	size_t room;            /* of each of them, and of `colour` */
	uint8_t *colour;        /* of each node, to search for cycles */
	uint32_t scc_count;
	uint64_t steps;
	bool init; /* the main goroutine, in an init function, is in the component */
};

struct gopm__blamer *gopm__blamer_open(const struct gopm__components *components)
{
	struct gopm__blamer *b = gopm__calloc(1, sizeof *b);

	if (b == NULL) {
		return NULL;
	}
	b->components = components;
	b->prospects = components->prospects;
	b->ports = b->prospects->ports;
	b->blocked = b->ports->blocked;
	b->of_member = gopm__calloc(b->blocked->member_count + 1, sizeof *b->of_member);
	b->of_port = gopm__calloc(b->blocked->object_count * GOPM__PORTS + 1, sizeof *b->of_port);
	if (b->of_member == NULL || b->of_port == NULL) {
		gopm__blamer_close(b);
		return NULL;
	}
	return b;
}

void gopm__blamer_close(struct gopm__blamer *blamer)
{
	if (blamer != NULL) {
		free(blamer->of_member);
		free(blamer->of_port);
		free(blamer->nodes);
		free(blamer->path);
		free(blamer->stack);
		free(blamer->colour);
		free(blamer);
	}
}

/* The node that edge `edge` of a node leads to. GOPM__NO_INDEX: it has no such edge; else *edge is the next one. */
static uint32_t follow(const struct gopm__blamer *b, const struct blame_node *node, uint32_t *edge)
{
	if (!node->is_port) {
		const struct gopm__member *member = &b->blocked->members[node->what];
		while (*edge < member->wait_count) {
			const uint32_t port = b->ports->of[member->wait + (*edge)++];
			if (port != GOPM__NO_INDEX && b->of_port[port] != 0) {
				return b->of_port[port] - 1;
			}
		}
		return GOPM__NO_INDEX;
	}
	const uint32_t first = b->ports->first[node->what];
	while (first + *edge < gopm__port_end(b->ports, node->what)) {
		const struct gopm__releaser *releaser = &b->ports->releasers[first + (*edge)++];
		if (gopm__releaser_counts(b->prospects, releaser) && b->of_member[releaser->member] != 0) {
			return b->of_member[releaser->member] - 1;
		}
	}
	return GOPM__NO_INDEX;
}

static bool add_node(struct gopm__blamer *b, uint32_t what, bool is_port)
{
	uint32_t *place = is_port ? &b->of_port[what] : &b->of_member[what];

	if (*place != 0) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(b->nodes, b->node_count, b->node_capacity, 1)) {
		return false;
	}
	b->nodes[b->node_count++] = (struct blame_node){.what = what, .is_port = is_port};
	*place = (uint32_t)b->node_count;
	return true;
}

/* Makes the nodes of a component. */
static bool begin_component(struct gopm__blamer *b, const struct gopm__component *component)
{
	b->node_count = 0;
	b->scc_count = 0;
	b->steps = 0;
	b->init = false;
	for (uint32_t i = 0; i < component->count; i++) {
		const uint32_t index = b->components->members[component->first + i];
		b->init |= index == b->prospects->in_init;
		const struct gopm__member *member = &b->blocked->members[index];
		if (!add_node(b, index, false)) {
			return false;
		}
		/* A slow goroutine's own wait is not a part of the component. */
		for (uint32_t k = 0; b->prospects->of[index] != GOPM__PROSPECT_SLOW && k < member->wait_count; k++) {
			const uint32_t port = b->ports->of[member->wait + k];
			if (port != GOPM__NO_INDEX && !add_node(b, port, true)) {
				return false;
			}
		}
	}
	if (b->node_count > b->room) {
		free(b->path);
		free(b->stack);
		free(b->colour);
		b->room = b->node_count;
		b->path = gopm__malloc(b->room * sizeof *b->path);
		b->stack = gopm__malloc(b->room * sizeof *b->stack);
		b->colour = gopm__malloc(b->room);
		if (b->path == NULL || b->stack == NULL || b->colour == NULL) {
			b->room = 0;
			return false;
		}
	}
	return true;
}

static void end_component(struct gopm__blamer *b)
{
	for (size_t i = 0; i < b->node_count; i++) {
		if (b->nodes[i].is_port) {
			b->of_port[b->nodes[i].what] = 0;
		} else {
			b->of_member[b->nodes[i].what] = 0;
		}
	}
}

/* Numbers the strong components that `start` reaches. */
static void find_strong(struct gopm__blamer *b, uint32_t start, uint32_t *index, size_t *depth)
{
	size_t length = 0;

	b->nodes[start].index = b->nodes[start].low = ++*index;
	b->nodes[start].on_stack = true;
	b->stack[(*depth)++] = start;
	b->path[length++] = start;
	while (length != 0) {
		struct blame_node *node = &b->nodes[b->path[length - 1]];
		const uint32_t to = follow(b, node, &node->next);
		if (to == GOPM__NO_INDEX) {
			const uint32_t done = b->path[--length];
			if (length != 0 && node->low < b->nodes[b->path[length - 1]].low) {
				b->nodes[b->path[length - 1]].low = node->low;
			}
			if (node->low == node->index) {
				uint32_t last;
				b->scc_count++;
				do {
					last = b->stack[--*depth];
					b->nodes[last].on_stack = false;
					b->nodes[last].scc = b->scc_count;
				} while (last != done);
			}
		} else if (b->nodes[to].index == 0) {
			b->nodes[to].index = b->nodes[to].low = ++*index;
			b->nodes[to].on_stack = true;
			b->stack[(*depth)++] = to;
			b->path[length++] = to;
		} else if (b->nodes[to].on_stack && b->nodes[to].index < node->low) {
			node->low = b->nodes[to].index;
		}
	}
}

/* True if the strong component without node `without` has a cycle. Gives up with true. */
static bool has_cycle(struct gopm__blamer *b, const uint32_t *list, size_t count, uint32_t without)
{
	enum { WHITE, GREY, BLACK };
	const uint32_t scc = b->nodes[list[0]].scc;

	for (size_t i = 0; i < count; i++) {
		b->colour[list[i]] = WHITE;
	}
	b->colour[without] = BLACK;
	for (size_t i = 0; i < count; i++) {
		size_t length = 0;
		if (b->colour[list[i]] != WHITE) {
			continue;
		}
		b->colour[list[i]] = GREY;
		b->nodes[list[i]].next = 0;
		b->path[length++] = list[i];
		while (length != 0) {
			struct blame_node *node = &b->nodes[b->path[length - 1]];
			const uint32_t to = follow(b, node, &node->next);
			if (++b->steps > MOST_STEPS) {
				return true;
			}
			if (to == GOPM__NO_INDEX) {
				b->colour[b->path[--length]] = BLACK;
			} else if (b->nodes[to].scc != scc || b->colour[to] == BLACK) {
				continue;
			} else if (b->colour[to] == GREY) {
				return true;
			} else {
				b->colour[to] = GREY;
				b->nodes[to].next = 0;
				b->path[length++] = to;
			}
		}
	}
	return false;
}

static bool add_member(uint32_t **list, size_t *count, size_t *capacity, uint32_t member)
{
	if (!GOPM__VECTOR_RESERVE(*list, *count, *capacity, 1)) {
		return false;
	}
	(*list)[(*count)++] = member;
	return true;
}

/* The number of members of the cycle that begin with the same function. */
static uint32_t count_start(const struct gopm__blamer *b, const uint32_t *list, size_t count, uint64_t start)
{
	uint32_t same = 0;

	for (size_t i = 0; i < count; i++) {
		const struct blame_node *node = &b->nodes[list[i]];
		same += !node->is_port && b->blocked->members[node->what].start == start;
	}
	return same;
}

/* True if the member releases a port of the strong component in another frame than the one that waits. A claim of the
 * waiting frame is a step that it comes to only after its wait: it does not have yet what it is to give back. */
static bool has_taken(const struct gopm__blamer *b, const uint32_t *list, size_t count, uint32_t member)
{
	for (size_t i = 0; i < count; i++) {
		const uint32_t port = b->nodes[list[i]].what;
		if (!b->nodes[list[i]].is_port) {
			continue;
		}
		for (uint32_t r = b->ports->first[port]; r < gopm__port_end(b->ports, port); r++) {
			const struct gopm__releaser *releaser = &b->ports->releasers[r];
			if (releaser->member == member &&
			    (releaser->claim == GOPM__NO_INDEX ||
			     b->ports->claims->list[releaser->claim].pc != b->components->places[member])) {
				return true;
			}
		}
	}
	return false;
}

/* Blames the members of a cycle that have taken what the others need; all if none has, or many have: then those whose
 * function has fewest of them. */
static bool blame_takers(struct gopm__blamer *b, const uint32_t *list, size_t count, size_t first,
                         struct gopm__blame *out)
{
	const size_t end = out->cycle_count - first < MOST_BLAMED ? out->cycle_count : first + MOST_BLAMED;
	size_t takers = 0;
	uint32_t fewest = UINT32_MAX;

	for (size_t i = first; i < end; i++) {
		takers += has_taken(b, list, count, out->cycle[i]);
	}
	const bool few = (takers != 0 ? takers : end - first) <= FEW_MEMBERS;
	for (size_t i = first; !few && i < end; i++) {
		const uint32_t same = count_start(b, list, count, b->blocked->members[out->cycle[i]].start);
		fewest = same < fewest ? same : fewest;
	}
	for (size_t i = first; i < end; i++) {
		const uint64_t start = b->blocked->members[out->cycle[i]].start;
		const bool taker = takers == 0 || has_taken(b, list, count, out->cycle[i]);
		if (taker && (few || count_start(b, list, count, start) == fewest) &&
		    !add_member(&out->blamed, &out->blamed_count, &out->blamed_capacity, out->cycle[i])) {
			return false;
		}
	}
	return true;
}

/* True if those who release the port have elements of a pool. */
static bool is_of_pool(const struct gopm__blamer *b, uint32_t port)
{
	const bool channel = b->blocked->objects[port / GOPM__PORTS].kind == GOPM_OBJECT_CHAN;

	for (uint32_t r = b->ports->first[port]; channel && r < gopm__port_end(b->ports, port); r++) {
		const struct gopm__releaser *releaser = &b->ports->releasers[r];
		if (releaser->claim != GOPM__NO_INDEX && gopm__releaser_counts(b->prospects, releaser) &&
		    (b->ports->claims->list[releaser->claim].evidence & GOPM__EVIDENCE_LIBRARY) != 0) {
			return true;
		}
	}
	return false;
}

/* Blames the members that are on all cycles of a strong component. */
static bool blame_cycle(struct gopm__blamer *b, const uint32_t *list, size_t count, struct gopm__blame *out)
{
	const size_t before = out->blamed_count, first = out->cycle_count;
	for (size_t i = 0; i < count; i++) {
		const struct blame_node *node = &b->nodes[list[i]];
		if (node->is_port) {
			const enum gopm__port port = (enum gopm__port)(node->what % GOPM__PORTS);
			const uint8_t kind = b->blocked->objects[node->what / GOPM__PORTS].kind;
			out->port = node->what;
			out->only_receives &=
			    port == GOPM__PORT_RECEIVE && (kind == GOPM_OBJECT_CHAN || kind == GOPM_OBJECT_CONTEXT);
			out->pool |= is_of_pool(b, node->what);
			continue;
		}
		if (!add_member(&out->cycle, &out->cycle_count, &out->cycle_capacity, node->what)) {
			return false;
		}
		if (b->steps <= MOST_STEPS && !has_cycle(b, list, count, list[i]) &&
		    !add_member(&out->blamed, &out->blamed_count, &out->blamed_capacity, node->what)) {
			return false;
		}
	}
	if (out->blamed_count != before) {
		return true;
	}
	return blame_takers(b, list, count, first, out);
}

/* Blames those who wait for a port that no goroutine releases. */
static bool blame_waiters(struct gopm__blamer *b, uint32_t port, struct gopm__blame *out)
{
	const struct gopm__waited *object = &b->blocked->objects[port / GOPM__PORTS];

	out->port = port;
	for (uint32_t i = 0; i < object->waiters; i++) {
		const uint32_t wait = b->blocked->by_object[object->waiter + i];
		const uint32_t member = b->blocked->waits[wait].member;
		/* A select may wait for several such ports. */
		const bool known = out->blamed_count != 0 && out->blamed[out->blamed_count - 1] == member;
		if (b->ports->of[wait] == port && b->of_member[member] != 0 && !known &&
		    !add_member(&out->blamed, &out->blamed_count, &out->blamed_capacity, member)) {
			return false;
		}
	}
	return true;
}

static enum gopm__ending ending_of(const struct gopm__blamer *b, const uint32_t *list, size_t count)
{
	const struct blame_node *node = &b->nodes[list[0]];

	if (count > 1) {
		return GOPM__ENDING_CYCLE;
	}
	if (!node->is_port) {
		return GOPM__ENDING_SLOW;
	}
	if (b->blocked->objects[node->what / GOPM__PORTS].kind == GOPM_OBJECT_NIL_CHAN) {
		return GOPM__ENDING_AXIOM;
	}
	return gopm__port_is_orphan(b->ports, node->what) ? GOPM__ENDING_ORPHAN : GOPM__ENDING_NOBODY;
}

/* True if no edge leaves the strong component. */
static bool is_sink(const struct gopm__blamer *b, const uint32_t *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t edge = 0, to;
		while ((to = follow(b, &b->nodes[list[i]], &edge)) != GOPM__NO_INDEX) {
			if (b->nodes[to].scc != b->nodes[list[i]].scc) {
				return false;
			}
		}
	}
	return true;
}

/* Takes a strong component that no edge leaves, unless a worse one was seen. */
static bool take_sink(struct gopm__blamer *b, const uint32_t *list, size_t count, bool *any, struct gopm__blame *out)
{
	const enum gopm__ending ending = ending_of(b, list, count);

	if (*any && ending < out->ending) {
		return true;
	}
	if (!*any || ending > out->ending) {
		out->ending = ending;
		out->blamed_count = out->cycle_count = 0;
		out->only_receives = true;
		out->pool = false;
	}
	*any = true;
	switch (ending) {
	case GOPM__ENDING_CYCLE:
		return blame_cycle(b, list, count, out);
	case GOPM__ENDING_SLOW:
		return add_member(&out->blamed, &out->blamed_count, &out->blamed_capacity, b->nodes[list[0]].what);
	case GOPM__ENDING_ORPHAN:
		out->port = b->nodes[list[0]].what;
		return true;
	default:
		return blame_waiters(b, b->nodes[list[0]].what, out);
	}
}

/* Lists the nodes by strong component, and takes those that no edge leaves. */
static bool take_sinks(struct gopm__blamer *b, struct gopm__blame *out)
{
	uint32_t *begin = gopm__calloc((size_t)b->scc_count + 2, sizeof *begin);
	uint32_t *list = gopm__malloc((b->node_count + 1) * sizeof *list);
	bool any = false, made = begin != NULL && list != NULL;

	for (size_t i = 0; made && i < b->node_count; i++) {
		begin[b->nodes[i].scc]++;
	}
	for (uint32_t i = 1; made && i <= b->scc_count; i++) {
		begin[i] += begin[i - 1];
	}
	/* begin[n] is the end of component n; filling from the back makes it the beginning. */
	for (size_t i = b->node_count; made && i-- != 0;) {
		list[--begin[b->nodes[i].scc]] = (uint32_t)i;
	}
	for (uint32_t i = 1; made && i <= b->scc_count; i++) {
		const size_t end = i < b->scc_count ? begin[i + 1] : b->node_count;
		if (is_sink(b, list + begin[i], end - begin[i])) {
			made = take_sink(b, list + begin[i], end - begin[i], &any, out);
		}
	}
	free(begin);
	free(list);
	return made;
}

/* Counts the members that are not blamed themselves. Of a slow goroutine all others are. */
static void count_behind(const struct gopm__component *component, struct gopm__blame *out)
{
	const size_t own = out->ending == GOPM__ENDING_CYCLE ? out->cycle_count : out->blamed_count;

	out->behind = component->count > own ? component->count - (uint32_t)own : 0;
}

gopm_status gopm__blame(struct gopm__blamer *blamer, const struct gopm__component *component, struct gopm__blame *out)
{
	uint32_t index = 0;
	size_t depth = 0;

	out->ending = GOPM__ENDING_SLOW;
	out->port = GOPM__NO_INDEX;
	out->blamed_count = out->cycle_count = 0;
	out->only_receives = true;
	out->pool = false;
	bool made = begin_component(blamer, component);
	for (uint32_t i = 0; made && i < blamer->node_count; i++) {
		if (blamer->nodes[i].index == 0) {
			find_strong(blamer, i, &index, &depth);
		}
	}
	made = made && take_sinks(blamer, out);
	out->init = blamer->init;
	end_component(blamer);
	count_behind(component, out);
	return made ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

void gopm__blame_free(struct gopm__blame *blame)
{
	free(blame->blamed);
	free(blame->cycle);
	*blame = (struct gopm__blame){0};
}
