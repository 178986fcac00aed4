/* SPDX-License-Identifier: Apache-2.0 */
#include "why/runtime_object.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/p.h"
#include "unwind/walk.h"
#include "util/str.h"
#include "util/vector.h"

#define MOST_FRAMES 32u

static gopm_str constant(const char *text)
{
	return (gopm_str){text, strlen(text)};
}

uint8_t gopm__runtime_wait_kind(gopm_str reason)
{
	/* runtime/runtime2.go, waitReasonStrings, Go 1.16 to 1.27. */
	static const struct {
		const char *prefix;
		uint8_t kind;
	} rows[] = {
	    {"GC ", GOPM_OBJECT_COLLECTOR},
	    {"force gc (idle)", GOPM_OBJECT_COLLECTOR},
	    {"garbage collection", GOPM_OBJECT_COLLECTOR},
	    {"wait for GC cycle", GOPM_OBJECT_COLLECTOR},
	    {"flushing proc caches", GOPM_OBJECT_COLLECTOR},
	    {"finalizer wait", GOPM_OBJECT_FINALIZERS},
	    {"cleanup wait", GOPM_OBJECT_FINALIZERS},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (gopm__str_has_prefix(reason, rows[i].prefix)) {
			return rows[i].kind;
		}
	}
	return GOPM_OBJECT_OTHER;
}

uint8_t gopm__runtime_object_kind(const struct gopm__runtime *rt, uint64_t address)
{
	for (size_t i = 0; i < rt->p_count; i++) {
		if (rt->ps[i] == address && address != 0) {
			return GOPM_OBJECT_P;
		}
	}
	return address != 0 && gopm__runtime_m(rt, address) != NULL ? GOPM_OBJECT_M : GOPM_OBJECT_OTHER;
}

static uint64_t id_of(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address)
{
	struct gopm__g g;

	return address != 0 && gopm__g_read(rt, reader, address, &g) ? g.id : 0;
}

static void describe_p(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address,
                       struct gopm__runtime_object *out)
{
	static const char *const states[] = {[GOPM__P_IDLE] = "idle",
	                                     [GOPM__P_RUNNING] = "running",
	                                     [GOPM__P_SYSCALL] = "in a system call",
	                                     [GOPM__P_GCSTOP] = "stopped",
	                                     [GOPM__P_DEAD] = "not used"};
	struct gopm__p p;

	if (!gopm__p_read(rt, reader, address, &p)) {
		return;
	}
	const struct gopm__m *m = gopm__runtime_m(rt, p.m);
	out->id = p.id;
	out->partner = m != NULL ? m->address : 0;
	out->goroutine = m != NULL ? id_of(rt, reader, m->curg) : 0;
	out->queued = p.queued;
	out->state = constant(states[p.status]);
}

/* The function that wants the lock of the runtime for which the thread waits; empty: it waits for none.
 * Source: runtime/lock_futex.go, lock_spinbit.go, lockrank_*.go, Go 1.16 to 1.27. */
static gopm_str lock_user(const struct gopm__runtime *rt, const struct gopm__m *m)
{
	static const char *const locks[] = {"runtime.lock2", "runtime.lockWithRank", "runtime.lock"};
	struct gopm__walk walk;
	unsigned frames = 0;
	bool locks_now = false;

	if (m->thread == NULL) {
		return (gopm_str){"", 0};
	}
	gopm__walk_thread(&walk, rt, m->thread);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			bool is_lock = false;
			for (size_t k = 0; k < sizeof locks / sizeof locks[0]; k++) {
				is_lock |= gopm__str_equal(walk.info->calls[i].symbol, constant(locks[k]));
			}
			if (locks_now && !is_lock) {
				return walk.info->calls[i].function;
			}
			locks_now |= is_lock;
		}
	}
	return (gopm_str){"", 0};
}

static gopm_status describe_m(struct gopm__program *program, struct gopm__arena *arena, struct gopm__reader *reader,
                              uint64_t address, struct gopm__runtime_object *out)
{
	static const char words[] = "waits for a lock of the runtime in ";
	const struct gopm__m *m = gopm__runtime_m(&program->runtime, address);

	if (m == NULL) {
		return GOPM_OK;
	}
	out->id = m->id;
	out->goroutine = id_of(&program->runtime, reader, m->curg);
	const gopm_str user = lock_user(&program->runtime, m);
	if (user.size == 0) {
		out->state = constant(m->thread == NULL ? "its thread is not known" : m->curg != 0 ? "running" : "");
		return GOPM_OK;
	}
	char *text = gopm__arena_alloc(arena, sizeof words + user.size);
	if (text == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	memcpy(text, words, sizeof words - 1);
	memcpy(text + sizeof words - 1, user.data, user.size);
	out->state = (gopm_str){text, sizeof words - 1 + user.size};
	return GOPM_OK;
}

gopm_status gopm__runtime_object(struct gopm__program *program, struct gopm__arena *arena, uint8_t kind,
                                 uint64_t address, struct gopm__runtime_object *out)
{
	struct gopm__reader reader = gopm__reader(&program->file.memory);

	*out = (struct gopm__runtime_object){.state = {"", 0}};
	switch (kind) {
	case GOPM_OBJECT_P:
		describe_p(&program->runtime, &reader, address, out);
		return GOPM_OK;
	case GOPM_OBJECT_M:
		return describe_m(program, arena, &reader, address, out);
	default:
		return GOPM_OK;
	}
}

struct queued_list {
	struct gopm__queued *list;
	size_t count, capacity;
};

static bool add_entry(struct queued_list *q, uint64_t queue, uint64_t g)
{
	if (!GOPM__VECTOR_RESERVE(q->list, q->count, q->capacity, 1)) {
		return false;
	}
	q->list[q->count++] = (struct gopm__queued){queue, g};
	return true;
}

gopm_status gopm__queued_list(struct gopm__runtime *rt, struct gopm__queued **list, size_t *count)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct queued_list q = {0};
	uint64_t gs[GOPM__P_QUEUE + 1];
	struct gopm__p p;
	bool made = true;

	for (size_t i = 0; made && i < rt->p_count; i++) {
		const size_t found =
		    gopm__p_read(rt, &reader, rt->ps[i], &p) && p.queued != 0 ? gopm__p_queue(rt, &reader, &p, gs) : 0;
		for (size_t k = 0; made && k < found; k++) {
			made = add_entry(&q, p.address, gs[k]);
		}
	}
	if (!made) {
		free(q.list);
		q = (struct queued_list){0};
	}
	*list = q.list;
	*count = q.count;
	return made ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}
