/* SPDX-License-Identifier: Apache-2.0 */
#include "why/port.h"

#include <stdlib.h>

#include "runtime/sync_state.h"
#include "util/allocate.h"
#include "util/vector.h"

struct port_build {
	struct gopm__ports *ports;
	struct gopm__reader reader;
};

/* True if it is the first writer that waits for an RWMutex: it has the lock of the writers, and waits for readers. */
static bool is_first_writer(const struct gopm__blocked *blocked, const struct gopm__wait_for *wait)
{
	const struct gopm__waited *object = &blocked->objects[wait->object];

	return object->kind == GOPM_OBJECT_RWMUTEX && wait->side == GOPM__SIDE_LOCKS &&
	       wait->word == object->address + GOPM__RWMUTEX_WRITER_SEM;
}

/* The port of a wait among those of its object. GOPM__PORTS: no goroutine ends it. */
static enum gopm__port port_of(const struct gopm__blocked *blocked, const struct gopm__wait_for *wait)
{
	switch (blocked->objects[wait->object].kind) {
	case GOPM_OBJECT_CHAN:
	case GOPM_OBJECT_CONTEXT:
	case GOPM_OBJECT_NIL_CHAN:
		return wait->side == GOPM__SIDE_SENDS ? GOPM__PORT_SEND : GOPM__PORT_RECEIVE;
	case GOPM_OBJECT_MUTEX:
	case GOPM_OBJECT_ONCE:
		return GOPM__PORT_LOCK;
	case GOPM_OBJECT_RWMUTEX:
		if (wait->side == GOPM__SIDE_READ_LOCKS) {
			return GOPM__PORT_RECEIVE;
		}
		return is_first_writer(blocked, wait) ? GOPM__PORT_SEND : GOPM__PORT_LOCK;
	case GOPM_OBJECT_WAITGROUP:
	case GOPM_OBJECT_COND:
	case GOPM_OBJECT_CORO:
		return GOPM__PORT_SEND;
	default:
		return GOPM__PORTS;
	}
}

bool gopm__member_is_idle_main(const struct gopm__ports *ports, uint32_t member)
{
	const struct gopm__blocked *b = ports->blocked;
	const struct gopm__member *m = &b->members[member];

	return m->id == 1 && m->wait_count == 1 && b->waits[m->wait].side == GOPM__SIDE_WAITS &&
	       b->objects[b->waits[m->wait].object].kind == GOPM_OBJECT_NIL_CHAN;
}

static bool add_releaser(struct port_build *build, uint32_t port, uint32_t member, uint32_t claim, uint8_t strength)
{
	struct gopm__ports *p = build->ports;

	if (!GOPM__VECTOR_RESERVE(p->releasers, p->releaser_count, p->releaser_capacity, 1)) {
		return false;
	}
	p->releasers[p->releaser_count++] = (struct gopm__releaser){port, member, claim, strength};
	return true;
}

/* Bits of the ports that a claim releases. */
static unsigned released_by(uint8_t op, uint8_t kind)
{
	static const uint8_t ports[GOPM__CLAIM_COUNT] = {
	    [GOPM__CLAIM_HOLDS] = 1u << GOPM__PORT_LOCK | 1u << GOPM__PORT_RECEIVE,
	    [GOPM__CLAIM_HOLDS_READ] = 1u << GOPM__PORT_SEND,
	    [GOPM__CLAIM_UNLOCKS] = 1u << GOPM__PORT_SEND | 1u << GOPM__PORT_LOCK | 1u << GOPM__PORT_RECEIVE,
	    [GOPM__CLAIM_SENDS] = 1u << GOPM__PORT_RECEIVE,
	    [GOPM__CLAIM_RECEIVES] = 1u << GOPM__PORT_SEND,
	    [GOPM__CLAIM_CLOSES] = 1u << GOPM__PORT_SEND | 1u << GOPM__PORT_RECEIVE,
	    [GOPM__CLAIM_DONE] = 1u << GOPM__PORT_SEND,
	    [GOPM__CLAIM_SIGNALS] = 1u << GOPM__PORT_SEND,
	};

	/* A reader does not make another reader wait, nor a second writer: those wait for the first writer. */
	if (op >= GOPM__CLAIM_COUNT || kind == GOPM_OBJECT_NIL_CHAN) {
		return 0;
	}
	return ports[op];
}

static bool take_claims(struct port_build *build)
{
	const struct gopm__ports *p = build->ports;
	uint32_t object = GOPM__NO_INDEX, member = GOPM__NO_INDEX;
	uint64_t address = 0, g = 0;

	for (size_t i = 0; i < p->claims->count; i++) {
		const struct gopm__claim *claim = &p->claims->list[i];
		if (claim->object != address || i == 0) {
			address = claim->object;
			object = gopm__blocked_object(p->blocked, address);
		}
		if (claim->g != g || i == 0) {
			g = claim->g;
			member = gopm__blocked_member(p->blocked, g);
		}
		if (object == GOPM__NO_INDEX || member == GOPM__NO_INDEX) {
			continue;
		}
		const unsigned released = released_by(claim->op, p->blocked->objects[object].kind);
		for (uint32_t port = 0; port < GOPM__PORTS; port++) {
			if ((released >> port & 1) != 0 &&
			    !add_releaser(build, object * GOPM__PORTS + port, member, (uint32_t)i, claim->strength)) {
				return false;
			}
		}
	}
	return true;
}

/* Who waits after the first writer of an RWMutex waits for it. */
static bool take_writers(struct port_build *build)
{
	const struct gopm__blocked *b = build->ports->blocked;

	for (size_t i = 0; i < b->wait_count; i++) {
		const struct gopm__wait_for *wait = &b->waits[i];
		const uint32_t port = wait->object * GOPM__PORTS;
		if (!is_first_writer(b, wait)) {
			continue;
		}
		const uint8_t strength = wait->torn ? GOPM__CLAIM_LIKELY : GOPM__CLAIM_PROVED;
		if (!add_releaser(build, port + GOPM__PORT_LOCK, wait->member, GOPM__NO_INDEX, strength) ||
		    !add_releaser(build, port + GOPM__PORT_RECEIVE, wait->member, GOPM__NO_INDEX, strength)) {
			return false;
		}
	}
	return true;
}

static int compare_releasers(const void *a, const void *b)
{
	const struct gopm__releaser *x = a, *y = b;

	if (x->port != y->port) {
		return x->port < y->port ? -1 : 1;
	}
	if (x->member != y->member) {
		return x->member < y->member ? -1 : 1;
	}
	if (x->strength != y->strength) {
		return x->strength > y->strength ? -1 : 1;
	}
	/* Claims are sorted by frame: of equal ones that of the outermost frame was made first. */
	return x->claim > y->claim ? -1 : x->claim < y->claim;
}

/* Sorts the releasers, each once a port with its strongest claim. */
static void sort_releasers(struct gopm__ports *p, size_t port_count)
{
	size_t kept = 0;
	uint32_t port = 0;

	if (p->releaser_count != 0) {
		qsort(p->releasers, p->releaser_count, sizeof *p->releasers, compare_releasers);
	}
	for (size_t i = 0; i < p->releaser_count; i++) {
		if (kept != 0 && p->releasers[kept - 1].port == p->releasers[i].port &&
		    p->releasers[kept - 1].member == p->releasers[i].member) {
			continue;
		}
		p->releasers[kept++] = p->releasers[i];
	}
	p->releaser_count = kept;
	for (size_t i = 0; i < kept; i++) {
		while (port <= p->releasers[i].port) {
			p->first[port++] = (uint32_t)i;
		}
	}
	while (port <= port_count) {
		p->first[port++] = (uint32_t)kept;
	}
}

/* True if the releaser surely has the lock. A deferred call that is to unlock a lock does not prove that its goroutine
 * has it, or that no other one does: a callee may have dropped it, and somebody else taken it. */
static bool has_lock(const struct gopm__ports *p, const struct gopm__releaser *releaser, uint8_t op)
{
	return releaser->strength == GOPM__CLAIM_PROVED &&
	       (releaser->claim == GOPM__NO_INDEX || p->claims->list[releaser->claim].op == op);
}

/* True if the readers that the first writer waits for are all known. */
static bool has_all_readers(struct port_build *build, const struct gopm__waited *object, uint32_t port)
{
	struct gopm__rwmutex_state state;
	int64_t proved = 0;

	for (uint32_t i = build->ports->first[port]; i < gopm__port_end(build->ports, port); i++) {
		proved += has_lock(build->ports, &build->ports->releasers[i], GOPM__CLAIM_HOLDS_READ);
	}
	return proved != 0 && gopm__rwmutex_read(&build->reader, object->address, &state) && state.departing == proved;
}

/* Marks the ports whose releasers are proved to be the only ones. */
static void mark_proved(struct port_build *build)
{
	struct gopm__ports *p = build->ports;

	for (uint32_t i = 0; i < p->blocked->object_count; i++) {
		const struct gopm__waited *object = &p->blocked->objects[i];
		const uint32_t port = i * GOPM__PORTS;
		if (object->kind != GOPM_OBJECT_MUTEX && object->kind != GOPM_OBJECT_RWMUTEX &&
		    object->kind != GOPM_OBJECT_ONCE) {
			continue;
		}
		/* One goroutine holds the lock of the writers. */
		for (uint32_t k = port + GOPM__PORT_RECEIVE; k <= port + GOPM__PORT_LOCK; k++) {
			uint32_t proved = 0;
			for (uint32_t r = p->first[k]; r < gopm__port_end(p, k); r++) {
				proved += has_lock(p, &p->releasers[r], GOPM__CLAIM_HOLDS);
			}
			p->proved[k] = proved == 1;
		}
		p->proved[port + GOPM__PORT_SEND] =
		    object->kind == GOPM_OBJECT_RWMUTEX && has_all_readers(build, object, port + GOPM__PORT_SEND);
	}
}

gopm_status gopm__ports_open(struct gopm__ports *ports, struct gopm__program *program,
                             const struct gopm__blocked *blocked, const struct gopm__claims *claims)
{
	struct port_build build = {.ports = ports, .reader = gopm__reader(&program->file.memory)};
	const size_t count = blocked->object_count * GOPM__PORTS;

	*ports = (struct gopm__ports){.blocked = blocked, .claims = claims};
	if (count >= GOPM__NO_INDEX) {
		return GOPM_ERR_LIMIT;
	}
	ports->first = gopm__calloc(count + 2, sizeof *ports->first);
	ports->proved = gopm__calloc(count + 1, sizeof *ports->proved);
	ports->of = gopm__malloc((blocked->wait_count + 1) * sizeof *ports->of);
	if (ports->first == NULL || ports->proved == NULL || ports->of == NULL || !take_claims(&build) ||
	    !take_writers(&build)) {
		gopm__ports_close(ports);
		return GOPM_ERR_NO_MEMORY;
	}
	if (ports->releaser_count >= GOPM__NO_INDEX) {
		gopm__ports_close(ports);
		return GOPM_ERR_LIMIT;
	}
	sort_releasers(ports, count);
	mark_proved(&build);
	for (size_t i = 0; i < blocked->wait_count; i++) {
		const struct gopm__wait_for *wait = &blocked->waits[i];
		const enum gopm__port port = port_of(blocked, wait);
		ports->of[i] = port != GOPM__PORTS ? wait->object * GOPM__PORTS + port : GOPM__NO_INDEX;
	}
	return GOPM_OK;
}

void gopm__ports_close(struct gopm__ports *ports)
{
	free(ports->releasers);
	free(ports->first);
	free(ports->proved);
	free(ports->of);
	*ports = (struct gopm__ports){0};
}
