/* SPDX-License-Identifier: Apache-2.0 */
/* The word that a goroutine sleeps on is inside of its object. Which object that is, the innermost frames of package
 * sync say: a sync.Mutex that sync.(*RWMutex).Lock locks is a part of an RWMutex. Their names survive strip. All
 * goroutines that sleep on one word wait for the same object, so frames are read once a word. */
#include "why/waitable.h"

#include <stdlib.h>

#include "runtime/chan.h"
#include "runtime/semaphore.h"
#include "runtime/sync_state.h"
#include "unwind/walk.h"
#include "util/str.h"
#include "util/vector.h"
#include "why/runtime_object.h"

/* Frames of the runtime, of sync and internal/poll. */
#define MOST_FRAMES 16u
/* Cases of most selects. */
#define FEW_CASES 16u
/* An odd number: its multiples visit all slots. */
#define SCATTER ((size_t)0x9e3779b1)
/* internal/poll.fdMutex is {state uint64, rsema, wsema uint32} (internal/poll/fd_mutex.go, Go 1.16 to 1.27). */
enum { FD_READ_SEMA = 8, FD_WRITE_SEMA = 12 };

void gopm__waitables_init(struct gopm__waitables *waitables, struct gopm__runtime *rt)
{
	*waitables = (struct gopm__waitables){.rt = rt};
}

void gopm__waitables_free(struct gopm__waitables *waitables)
{
	gopm__wait_cache_free(&waitables->waits);
	gopm__map64_free(&waitables->words);
	gopm__map64_free(&waitables->listed);
	free(waitables->objects);
	free(waitables->cases);
	*waitables = (struct gopm__waitables){0};
}

bool gopm__waitables_join(struct gopm__waitables *waitables, const struct gopm__waitables *from)
{
	const size_t slots = from->listed.bits != 0 ? (size_t)1 << from->listed.bits : 0;
	bool fresh;

	for (size_t i = 0; i < slots; i++) {
		/* In no order of their hashes: in a map that grows, keys in that order are all in one place. */
		const struct gopm__map64_slot *slot = &from->listed.slots[i * SCATTER & (slots - 1)];
		uint64_t *list = slot->key != 0 ? gopm__map64_put(&waitables->listed, slot->key, &fresh) : NULL;
		if (slot->key != 0 && (list == NULL || (!fresh && *list != slot->value))) {
			return false;
		}
		if (list != NULL) {
			*list = slot->value;
		}
	}
	return true;
}

/* The function of sync or internal/poll that waits. */
struct sync_call {
	enum gopm__func_role role; /* NORMAL: not found */
	bool on_mutex;             /* a Mutex of its object */
};

/* Adds a call, from the innermost on. False: it was the last one that matters. */
static bool add_call(struct sync_call *found, const struct gopm__call *call)
{
	switch (call->role) {
	case GOPM__ROLE_GOPARK:
	case GOPM__ROLE_GOPARKUNLOCK:
	case GOPM__ROLE_SEMACQUIRE1:
	case GOPM__ROLE_SEMACQUIRE:
	case GOPM__ROLE_NOTIFY_LIST_WAIT:
		return true;
	case GOPM__ROLE_MUTEX_LOCK_SLOW:
	case GOPM__ROLE_MUTEX_LOCK:
		*found = (struct sync_call){GOPM__ROLE_MUTEX_LOCK, true};
		return true;
	case GOPM__ROLE_RWMUTEX_LOCK:
	case GOPM__ROLE_ONCE_DO:
		found->role = call->role;
		return false;
	case GOPM__ROLE_RWMUTEX_RLOCK:
	case GOPM__ROLE_WAITGROUP_WAIT:
	case GOPM__ROLE_FD_LOCK:
		/* They have no Mutex. */
		if (!found->on_mutex) {
			found->role = call->role;
		}
		return false;
	default:
		return gopm__name_is_private_runtime(call->function) && !found->on_mutex;
	}
}

static struct sync_call find_call(struct gopm__waitables *waitables, const struct gopm__g *g)
{
	struct gopm__walk walk;
	struct sync_call found = {GOPM__ROLE_NORMAL, false};
	unsigned frames = 0;

	gopm__walk_goroutine(&walk, waitables->rt, g, true, NULL);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		if (walk.info == NULL || !walk.info->known) {
			return found;
		}
		for (uint32_t i = 0; i < walk.info->call_count; i++) {
			if (!add_call(&found, &walk.info->calls[i])) {
				return found;
			}
		}
	}
	return found;
}

/* By the wait reason, which Go names after the function since 1.20. */
static enum gopm__func_role role_of_reason(gopm_str reason)
{
	static const struct {
		const char *prefix;
		enum gopm__func_role role;
	} reasons[] = {
	    {"sync.Mutex.", GOPM__ROLE_MUTEX_LOCK},
	    {"sync.RWMutex.R", GOPM__ROLE_RWMUTEX_RLOCK},
	    {"sync.RWMutex.", GOPM__ROLE_RWMUTEX_LOCK},
	    {"sync.WaitGroup.", GOPM__ROLE_WAITGROUP_WAIT},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (gopm__str_has_prefix(reason, reasons[i].prefix)) {
			return reasons[i].role;
		}
	}
	return GOPM__ROLE_NORMAL;
}

static struct gopm__waitable_object mutex_object(struct gopm__reader *reader, uint64_t address)
{
	struct gopm__mutex_state state;
	const bool agrees =
	    gopm__mutex_read(reader, address, &state) && state.locked && state.waiters != 0 && state.sema == 0;

	return (struct gopm__waitable_object){address, GOPM_OBJECT_MUTEX, GOPM__SIDE_LOCKS, !agrees};
}

static struct gopm__waitable_object once_object(struct gopm__reader *reader, uint64_t word)
{
	struct gopm__waitable_object object = mutex_object(reader, word - GOPM__MUTEX_SEMA);

	object.address -= GOPM__ONCE_M;
	object.kind = GOPM_OBJECT_ONCE;
	return object;
}

/* A writer that waits for another one sleeps on the Mutex. The first writer waits for readers. */
static struct gopm__waitable_object writer_object(struct gopm__reader *reader, uint64_t word, bool on_mutex)
{
	struct gopm__rwmutex_state state;

	if (on_mutex) {
		struct gopm__waitable_object object = mutex_object(reader, word - GOPM__MUTEX_SEMA);
		object.address -= GOPM__RWMUTEX_W;
		object.kind = GOPM_OBJECT_RWMUTEX;
		return object;
	}
	const uint64_t address = word - GOPM__RWMUTEX_WRITER_SEM;
	const bool agrees = gopm__rwmutex_read(reader, address, &state) && state.writer && state.departing > 0 &&
	                    state.w.locked && state.writer_sema == 0;
	return (struct gopm__waitable_object){address, GOPM_OBJECT_RWMUTEX, GOPM__SIDE_LOCKS, !agrees};
}

static struct gopm__waitable_object reader_object(struct gopm__reader *reader, uint64_t word)
{
	struct gopm__rwmutex_state state;
	const uint64_t address = word - GOPM__RWMUTEX_READER_SEM;
	const bool agrees = gopm__rwmutex_read(reader, address, &state) && state.writer && state.readers > 0 &&
	                    state.w.locked && state.reader_sema == 0;

	return (struct gopm__waitable_object){address, GOPM_OBJECT_RWMUTEX, GOPM__SIDE_READ_LOCKS, !agrees};
}

static struct gopm__waitable_object waitgroup_object(struct gopm__reader *reader, uint64_t word)
{
	struct gopm__waitgroup_state state;
	const uint64_t address = gopm__waitgroup_of_sema(word);
	const bool agrees =
	    gopm__waitgroup_read(reader, address, &state) && state.counter > 0 && state.waiters != 0 && state.sema == 0;

	return (struct gopm__waitable_object){address, GOPM_OBJECT_WAITGROUP, GOPM__SIDE_WAITS, !agrees};
}

/* The object that the goroutine sleeps on `word` of. */
static struct gopm__waitable_object sema_object(struct gopm__waitables *waitables, struct gopm__reader *reader,
                                                const struct gopm__g *g, uint64_t word)
{
	const enum gopm__func_role reason = role_of_reason(gopm__g_wait_reason(waitables->rt, g));
	struct sync_call call = find_call(waitables, g);

	/* The stack may be damaged or missing. */
	const bool unknown = call.role == GOPM__ROLE_NORMAL && reason != GOPM__ROLE_NORMAL;
	if (unknown) {
		call = (struct sync_call){reason, reason == GOPM__ROLE_MUTEX_LOCK};
	}
	struct gopm__waitable_object object = {word, GOPM_OBJECT_SEMAPHORE, GOPM__SIDE_WAITS, false};
	switch (call.role) {
	case GOPM__ROLE_MUTEX_LOCK:
		object = mutex_object(reader, word - GOPM__MUTEX_SEMA);
		break;
	case GOPM__ROLE_ONCE_DO:
		object = once_object(reader, word);
		break;
	case GOPM__ROLE_RWMUTEX_LOCK:
		object = writer_object(reader, word, call.on_mutex);
		break;
	case GOPM__ROLE_RWMUTEX_RLOCK:
		object = reader_object(reader, word);
		break;
	case GOPM__ROLE_WAITGROUP_WAIT:
		object = waitgroup_object(reader, word);
		break;
	case GOPM__ROLE_FD_LOCK:
		object.address = word - (word % 8 == 0 ? FD_READ_SEMA : FD_WRITE_SEMA);
		object.kind = GOPM_OBJECT_FD;
		object.side = GOPM__SIDE_LOCKS;
		break;
	default:
		break;
	}
	object.torn |= unknown;
	return object;
}

/* Notes the sudogs of the notifyList at `word`. True if it is sound. */
static bool list_sudogs(struct gopm__waitables *waitables, struct gopm__reader *reader, uint64_t word,
                        const struct gopm__notify_list *list)
{
	uint64_t at = list->head, last = 0;
	bool fresh;

	/* No more sudogs than goroutines: each waits in one list. */
	while (at != 0 && waitables->listed.count <= waitables->rt->g_count) {
		uint64_t *in = gopm__map64_put(&waitables->listed, at, &fresh);
		if (in == NULL || !fresh) {
			return false;
		}
		*in = word;
		last = at;
		if (!gopm__sudog_next(&waitables->rt->layout, reader, at, &at)) {
			return false;
		}
	}
	return at == 0 && last == list->tail;
}

static struct gopm__waitable_object cond_object(struct gopm__waitables *waitables, struct gopm__reader *reader,
                                                uint64_t word)
{
	struct gopm__notify_list list;
	const bool agrees = gopm__notify_list_read(reader, word, &list) && list.lock == 0 && list.wait != list.notify &&
	                    list_sudogs(waitables, reader, word, &list);

	return (struct gopm__waitable_object){word - GOPM__COND_NOTIFY, GOPM_OBJECT_COND, GOPM__SIDE_WAITS, !agrees};
}

/* The object of a word, from the cache. */
static struct gopm__waitable_object object_of(struct gopm__waitables *waitables, struct gopm__reader *reader,
                                              const struct gopm__g *g, uint64_t word, bool cond)
{
	const uint64_t *known = gopm__map64_get(&waitables->words, word);
	bool fresh;

	if (known != NULL) {
		return waitables->objects[*known];
	}
	struct gopm__waitable_object object =
	    cond ? cond_object(waitables, reader, word) : sema_object(waitables, reader, g, word);
	if (GOPM__VECTOR_RESERVE(waitables->objects, waitables->count, waitables->capacity, 1)) {
		uint64_t *slot = gopm__map64_put(&waitables->words, word, &fresh);
		if (slot != NULL) {
			*slot = waitables->count;
			waitables->objects[waitables->count++] = object;
		}
	}
	return object;
}

/* Sets the object that a semaphore or a notifyList belongs to. */
static void set_sync_object(struct gopm__waitables *waitables, struct gopm__reader *reader, const struct gopm__g *g,
                            const gopm_wait *wait, struct gopm__waitable *out)
{
	const bool cond = wait->kind == GOPM_WAIT_COND;

	out->kind = cond ? GOPM_OBJECT_COND : GOPM_OBJECT_SEMAPHORE;
	out->torn = true;
	if (wait->object == 0) {
		return;
	}
	const struct gopm__waitable_object object = object_of(waitables, reader, g, wait->object, cond);
	out->address = object.address;
	out->word = wait->object;
	out->kind = object.kind;
	out->side = object.side;
	if (cond) {
		out->sudog = gopm__map64_get(&waitables->listed, g->waiting) != NULL ? g->waiting : 0;
	} else {
		out->sudog = gopm__semaphore_sudog(waitables->rt, reader, g->address, wait->object);
	}
	out->torn = object.torn || out->sudog == 0 || (wait->flags & GOPM_WAIT_FLAG_UNREADABLE) != 0;
}

/* True if the sudog is linked into the queue: the one before it, or the channel, points to it. */
static bool is_linked(struct gopm__waitables *waitables, struct gopm__reader *reader, const struct gopm__hchan *chan,
                      uint64_t sudog, bool sends)
{
	const struct gopm__layout *l = &waitables->rt->layout;
	uint64_t before, back;

	if (!gopm__sudog_prev(l, reader, sudog, &before)) {
		return false;
	}
	return before == 0 ? (sends ? chan->sendq : chan->recvq) == sudog
	                   : gopm__sudog_next(l, reader, before, &back) && back == sudog;
}

static void set_channel(struct gopm__waitables *waitables, struct gopm__reader *reader, const gopm_wait *wait,
                        uint64_t sudog, struct gopm__waitable *out)
{
	const struct gopm__layout *l = &waitables->rt->layout;
	const bool sends = (wait->flags & GOPM_WAIT_FLAG_SEND) != 0;
	const struct gopm__hchan *chan = gopm__recent_channel(&waitables->waits, wait->object);
	struct gopm__hchan own;
	uint64_t lock;

	if (chan == NULL && wait->object != 0 && gopm__hchan_read(l, reader, wait->object, &own)) {
		chan = &own;
	}

	out->kind = GOPM_OBJECT_CHAN;
	out->side = sends ? GOPM__SIDE_SENDS : GOPM__SIDE_RECEIVES;
	out->address = wait->object;
	out->sudog = sudog;
	out->deadline = wait->deadline;
	out->torn = wait->object == 0 || (wait->flags & GOPM_WAIT_FLAG_UNREADABLE) != 0 ||
	            (wait->flags & GOPM_WAIT_FLAG_DIRECTION) == 0 || (wait->flags & GOPM_WAIT_FLAG_CLOSED) != 0 ||
	            chan == NULL || !gopm__field_u64(reader, wait->object, l->hchan.lock, &lock) || lock != 0 ||
	            !is_linked(waitables, reader, chan, sudog, sends);
}

static size_t set_cases(struct gopm__waitables *waitables, struct gopm__reader *reader, const struct gopm__g *g,
                        struct gopm__waitable *out, size_t capacity)
{
	uint64_t sudog = g->waiting;
	size_t count;

	/* All channels of the select are nil (runtime/select.go, selectgo), or g.waiting is damaged. */
	if (sudog == 0) {
		if (capacity != 0) {
			out[0] = (struct gopm__waitable){.kind = GOPM_OBJECT_NIL_CHAN, .fd = -1, .torn = true};
		}
		return 1;
	}
	if (!GOPM__VECTOR_RESERVE(waitables->cases, 0, waitables->case_capacity, FEW_CASES)) {
		return 0;
	}
	count = gopm__waits(waitables->rt, reader, &waitables->waits, g, waitables->cases, waitables->case_capacity);
	if (count > waitables->case_capacity &&
	    GOPM__VECTOR_RESERVE(waitables->cases, 0, waitables->case_capacity, count)) {
		count = gopm__waits(waitables->rt, reader, &waitables->waits, g, waitables->cases,
		                    waitables->case_capacity);
	}
	for (size_t i = 0; i < count && i < capacity; i++) {
		out[i] = (struct gopm__waitable){.kind = GOPM_OBJECT_CHAN, .fd = -1, .torn = true};
		if (i < waitables->case_capacity && sudog != 0) {
			set_channel(waitables, reader, &waitables->cases[i], sudog, &out[i]);
			(void)gopm__sudog_waitlink(&waitables->rt->layout, reader, sudog, &sudog);
		}
	}
	return count;
}

static enum gopm__wait_side side_of_reason(gopm_str reason)
{
	return gopm__str_has_prefix(reason, "chan send")      ? GOPM__SIDE_SENDS
	       : gopm__str_has_prefix(reason, "chan receive") ? GOPM__SIDE_RECEIVES
	                                                      : GOPM__SIDE_WAITS;
}

static void set_object(struct gopm__waitables *waitables, struct gopm__reader *reader, const struct gopm__g *g,
                       const gopm_wait *wait, struct gopm__waitable *out)
{
	*out = (struct gopm__waitable){.fd = -1};
	switch (wait->kind) {
	case GOPM_WAIT_CHAN_SEND:
	case GOPM_WAIT_CHAN_RECEIVE:
		set_channel(waitables, reader, wait, g->waiting, out);
		break;
	case GOPM_WAIT_SEMAPHORE:
	case GOPM_WAIT_COND:
		set_sync_object(waitables, reader, g, wait, out);
		break;
	case GOPM_WAIT_FOREVER:
		out->kind = GOPM_OBJECT_NIL_CHAN;
		out->side = (uint8_t)side_of_reason(gopm__g_wait_reason(waitables->rt, g));
		break;
	case GOPM_WAIT_TIMER:
		out->kind = GOPM_OBJECT_TIMER;
		out->address = wait->object;
		out->deadline = wait->deadline;
		break;
	case GOPM_WAIT_IO:
		out->kind = GOPM_OBJECT_FD;
		out->side = (wait->flags & GOPM_WAIT_FLAG_SEND) != 0 ? GOPM__SIDE_WRITES : GOPM__SIDE_READS;
		out->address = wait->object;
		out->fd = wait->fd;
		break;
	case GOPM_WAIT_OTHER:
		out->kind = gopm__runtime_wait_kind(gopm__g_wait_reason(waitables->rt, g));
		break;
	default:
		break;
	}
}

/* A goroutine in a system call, or in a call of C: runtime.cgocall calls entersyscall too. */
static void set_call(struct gopm__waitables *waitables, const struct gopm__g *g, struct gopm__waitable *out)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(waitables->rt->symtab, g->syscall_pc - 1);
	const bool cgo = info != NULL && info->known && info->role == GOPM__ROLE_CGOCALL;

	*out = (struct gopm__waitable){.kind = cgo ? GOPM_OBJECT_CGO : GOPM_OBJECT_SYSCALL, .fd = -1};
}

size_t gopm__waitables_of(struct gopm__waitables *waitables, struct gopm__reader *reader, const struct gopm__g *g,
                          struct gopm__waitable *out, size_t capacity)
{
	const uint32_t kind = gopm__g_wait_kind(waitables->rt, g);
	gopm_wait wait;

	if (kind == GOPM_WAIT_SELECT) {
		return set_cases(waitables, reader, g, out, capacity);
	}
	if (kind != GOPM_WAIT_NONE) {
		if (capacity != 0 && gopm__waits(waitables->rt, reader, &waitables->waits, g, &wait, 1) != 0) {
			set_object(waitables, reader, g, &wait, out);
		}
		return 1;
	}
	if (g->status != GOPM_G_SYSCALL) {
		return 0;
	}
	if (capacity != 0) {
		set_call(waitables, g, out);
	}
	return 1;
}
