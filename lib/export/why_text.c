/* SPDX-License-Identifier: Apache-2.0 */
#include "export/why_text.h"

#include "export/why_condition_text.h"
#include "export/why_words.h"
#include "unwind/walk.h"
#include "why/library_name.h"

/* Lines with edges, and goroutines named in one of them. */
#define MOST_LINES 8u
#define MOST_SHOWN 64u /* lines that are counted */
#define MOST_NAMED 3u

static void add_channel_state(struct gopm__text *text, const struct gopm__object *object)
{
	if ((object->flags & GOPM__OBJECT_READ) == 0) {
		return;
	}
	if (object->capacity == 0) {
		gopm__text_str(text, " (unbuffered");
	} else {
		gopm__text_str(text, " (");
		gopm__text_u64(text, object->length);
		gopm__text_str(text, " of ");
		gopm__text_u64(text, object->capacity);
	}
	gopm__text_str(text, (object->flags & GOPM__OBJECT_CLOSED) != 0 ? ", closed)" : ")");
}

void gopm__object_text(struct gopm__text *text, const struct gopm__object *object)
{
	static const char *const kinds[] = {
	    [GOPM_OBJECT_OTHER] = "something unknown",
	    [GOPM_OBJECT_CHAN] = "chan",
	    [GOPM_OBJECT_NIL_CHAN] = "a nil channel",
	    [GOPM_OBJECT_MUTEX] = "sync.Mutex",
	    [GOPM_OBJECT_RWMUTEX] = "sync.RWMutex",
	    [GOPM_OBJECT_ONCE] = "sync.Once",
	    [GOPM_OBJECT_WAITGROUP] = "sync.WaitGroup",
	    [GOPM_OBJECT_COND] = "sync.Cond",
	    [GOPM_OBJECT_SEMAPHORE] = "a semaphore",
	    [GOPM_OBJECT_TIMER] = "a timer",
	    [GOPM_OBJECT_FD] = "a file descriptor",
	    [GOPM_OBJECT_SYSCALL] = "a system call",
	    [GOPM_OBJECT_CGO] = "a call of C",
	    [GOPM_OBJECT_CONTEXT] = "context.Context",
	    [GOPM_OBJECT_CORO] = "a coroutine",
	    [GOPM_OBJECT_COLLECTOR] = "the garbage collector",
	    [GOPM_OBJECT_FINALIZERS] = "finalizers and cleanups to run",
	};
	const size_t known = sizeof kinds / sizeof kinds[0];

	if (object->type.size != 0 && object->kind != GOPM_OBJECT_NIL_CHAN) {
		gopm__words_name(text, object->type);
	} else {
		gopm__text_str(text, kinds[object->kind < known ? object->kind : GOPM_OBJECT_OTHER]);
	}
	if (object->in.size != 0) {
		gopm__text_str(text, (object->flags & GOPM__OBJECT_GUESSED) != 0 ? " probably in " : " in ");
		gopm__words_name(text, object->in);
	} else if (object->name.size != 0) {
		gopm__text_str(text, " ");
		gopm__words_name(text, object->name);
	} else if (object->address != 0) {
		gopm__text_printf(text, " at 0x%llx", (unsigned long long)object->address);
	}
	if (object->kind == GOPM_OBJECT_CHAN) {
		add_channel_state(text, object);
	}
}

/* The words of a library for the waits of an edge; NULL: none. */
static const struct gopm__library_wait *edge_library(const struct gopm__why_words *w, const struct gopm__why_edge *edge)
{
	const struct gopm__object *object = &w->objects[edge->object];

	return gopm__library_wait(object,
	                          object->kind == GOPM_OBJECT_CHAN && edge->port % GOPM__PORTS == GOPM__PORT_SEND);
}

/* What the goroutines of an edge wait to do. */
static const char *wait_verb(const struct gopm__why_words *w, const struct gopm__why_edge *edge, bool many)
{
	const uint8_t kind = w->objects[edge->object].kind;
	const bool sends = edge->port % GOPM__PORTS == GOPM__PORT_SEND;

	switch (kind) {
	case GOPM_OBJECT_CHAN:
	case GOPM_OBJECT_NIL_CHAN:
		if (sends) {
			return many ? " wait to send on " : " waits to send on ";
		}
		return many ? " wait to receive from " : " waits to receive from ";
	case GOPM_OBJECT_RWMUTEX:
		if (edge->port % GOPM__PORTS == GOPM__PORT_RECEIVE) {
			return many ? " wait to read-lock " : " waits to read-lock ";
		}
		return many ? " wait to lock " : " waits to lock ";
	case GOPM_OBJECT_MUTEX:
		return many ? " wait to lock " : " waits to lock ";
	case GOPM_OBJECT_CONTEXT:
		return many ? " wait for the end of " : " waits for the end of ";
	default:
		return many ? " wait for " : " waits for ";
	}
}

/* "waits to write to io.Pipe in main.out" */
static void add_library_wait(struct gopm__why_words *w, const char *verb, const struct gopm__object *object)
{
	gopm__text_str(w->text, verb);
	gopm__text_str(w->text, " ");
	gopm__words_name(w->text, object->library);
	if (object->library_in.size != 0) {
		gopm__text_str(w->text, " in ");
		gopm__words_name(w->text, object->library_in);
	}
}

/* " waits to lock sync.Mutex in main.mu", or " waits to write to io.Pipe in main.out, by chan []uint8 in ...". */
static void add_wait(struct gopm__why_words *w, const struct gopm__why_edge *edge, bool many)
{
	const struct gopm__library_wait *wait = edge_library(w, edge);
	const struct gopm__object *object = &w->objects[edge->object];

	if (wait == NULL) {
		gopm__text_str(w->text, wait_verb(w, edge, many));
	} else {
		gopm__text_str(w->text, " ");
		add_library_wait(w, many ? wait->many : wait->one, object);
		gopm__text_str(w->text, ", by ");
	}
	gopm__object_text(w->text, object);
}

/* What the targets of an edge are to do. */
static const char *target_verb(uint8_t how)
{
	static const char *const verbs[] = {
	    [GOPM_EDGE_HOLDS] = ", held by ",
	    [GOPM_EDGE_HOLDS_READ] = ", read-locked by ",
	    [GOPM_EDGE_UNLOCKS] = ", to be unlocked by ",
	    [GOPM_EDGE_SENDS] = ", to be sent to by ",
	    [GOPM_EDGE_RECEIVES] = ", to be received by ",
	    [GOPM_EDGE_CLOSES] = ", to be closed by ",
	    [GOPM_EDGE_DONE] = ", to be done by ",
	    [GOPM_EDGE_SIGNALS] = ", to be signalled by ",
	    [GOPM_EDGE_BEFORE] = ", after ",
	};
	return how < sizeof verbs / sizeof verbs[0] ? verbs[how] : ", ended by ";
}

static void add_targets(struct gopm__why_words *w, const struct gopm__why_edge *edge, bool many)
{
	const uint32_t *people = w->why->findings.people + edge->to.first;

	if (edge->to.count == 0) {
		return;
	}
	gopm__text_str(w->text, w->objects[edge->object].kind == GOPM_OBJECT_CORO ? ", to be resumed by "
	                        : (edge->evidence & GOPM_EVIDENCE_LIBRARY) != 0   ? ", to be given back by "
	                                                                          : target_verb(edge->how));
	if (edge->to.count == 1 && people[0] == edge->from && !many) {
		gopm__text_str(w->text, "itself");
	} else {
		gopm__text_str(w->text, edge->to.count == 1 ? "goroutine " : "goroutines ");
		for (uint32_t i = 0; i < edge->to.count && i < MOST_NAMED; i++) {
			gopm__text_str(w->text, i != 0 ? ", " : "");
			gopm__text_u64(w->text, w->why->blocked.members[people[i]].id);
		}
		if (edge->to.count > MOST_NAMED) {
			gopm__text_str(w->text, " and ");
			gopm__text_u64(w->text, edge->to.count - MOST_NAMED);
			gopm__text_str(w->text, " more");
		}
	}
	if (edge->how == GOPM_EDGE_BEFORE) {
		gopm__text_str(w->text, ", the first writer");
	}
	if ((edge->evidence & GOPM_EVIDENCE_DEFER) != 0) {
		gopm__text_str(w->text, " (deferred)");
	}
}

/* "10 goroutines in main.(*room).size (room.go:70) wait to read-lock sync.RWMutex in main.room.mu, held by ..." */
static void add_edge_line(struct gopm__why_words *w, const struct gopm__why_edge *edge, uint64_t count)
{
	const uint64_t waiters = count * (w->finding->structures > 1 ? w->finding->structures : 1);
	const bool many = waiters > 1;

	if (many) {
		gopm__text_u64(w->text, waiters);
		gopm__text_str(w->text, " goroutines");
	} else {
		gopm__words_goroutine(w, edge->from);
	}
	gopm__words_place(w, edge->from);
	if (!many) {
		gopm__words_started(w, edge->from);
		gopm__text_str(w->text, ",");
	}
	add_wait(w, edge, many);
	if (w->finding->structures > 1) {
		gopm__text_str(w->text, ", each one of its own");
	}
	add_targets(w, edge, many);
}

/* What the pattern means. */
static const char *meaning(uint8_t pattern)
{
	static const char *const meanings[] = {
	    [GOPM_PATTERN_OTHER] = "they wait for what nobody is seen to do",
	    [GOPM_PATTERN_SELF_LOCK] = "a goroutine waits for a lock that it holds",
	    [GOPM_PATTERN_SELF_CHAN] = "a goroutine waits on a channel whose other end is its own task",
	    [GOPM_PATTERN_LOCK_CYCLE] = "goroutines hold locks and wait for each other's",
	    [GOPM_PATTERN_CHAN_CYCLE] = "goroutines wait for each other on channels",
	    [GOPM_PATTERN_MIXED_CYCLE] = "goroutines wait for each other",
	    [GOPM_PATTERN_NIL_CHAN] = "a nil channel is never ready",
	    [GOPM_PATTERN_NO_RECEIVER] = "nobody is left to receive",
	    [GOPM_PATTERN_NO_SENDER] = "nobody is left to send or close",
	    [GOPM_PATTERN_FORGOTTEN_UNLOCK] = "a lock is locked, and no goroutine of the core holds it",
	    [GOPM_PATTERN_WAITGROUP] = "nobody is left to call Done",
	    [GOPM_PATTERN_LOST_SIGNAL] = "nobody is left to call Signal or Broadcast",
	    [GOPM_PATTERN_CONTEXT] = "nobody can cancel the context",
	    [GOPM_PATTERN_POOL] = "a pool is empty, and who has its elements waits for one",
	    [GOPM_PATTERN_SLOW_IO] = "the goroutine that they wait for is in I/O",
	    [GOPM_PATTERN_SLOW_SYSCALL] = "the goroutine that they wait for is in a system call",
	    [GOPM_PATTERN_SLOW_C] = "the goroutine that they wait for is in a call of C",
	    [GOPM_PATTERN_SLOW_SLEEP] = "the goroutine that they wait for sleeps",
	    [GOPM_PATTERN_SLOW_WAIT] = "the goroutine that they wait for waits itself",
	    [GOPM_PATTERN_BUSY] = "the goroutine that they wait for runs, or can run",
	    [GOPM_PATTERN_INIT] = "the main goroutine still waits in an init function",
	};
	const size_t known = sizeof meanings / sizeof meanings[0];
	return meanings[pattern < known && meanings[pattern] != NULL ? pattern : GOPM_PATTERN_OTHER];
}

static void add_head(struct gopm__why_words *w)
{
	const struct gopm__why_finding *f = w->finding;

	gopm__text_u64(w->text, f->waiters.count);
	gopm__text_str(w->text, f->waiters.count == 1 ? " goroutine " : " goroutines ");
	if (f->verdict == GOPM_VERDICT_SLOW) {
		gopm__text_str(w->text, f->waiters.count == 1 ? "waits" : "wait");
	} else {
		gopm__text_str(w->text, f->waiters.count == 1 ? "is stuck" : "are stuck");
	}
	gopm__text_str(w->text, ": ");
	gopm__text_str(w->text, meaning(f->pattern));
	if (f->structures > 1) {
		gopm__text_str(w->text, "; ");
		gopm__text_u64(w->text, f->structures);
		gopm__text_str(w->text, " times the same");
	}
	gopm__text_str(w->text, "\n");
}

/* Waits at one place for one event: a line. */
struct edge_line {
	uint32_t edge;    /* the first of them, in the finding */
	uint64_t waiters; /* of all */
};

/* True if the wait only says that a library's value may be closed. */
static bool is_minor(const struct gopm__why_words *w, const struct gopm__why_edge *edge)
{
	const struct gopm__library_wait *wait = edge_library(w, edge);

	return wait != NULL && wait->minor && edge->to.count == 0;
}

/* Collects the lines, at most MOST_SHOWN; returns how many. */
static uint32_t collect_lines(const struct gopm__why_words *w, struct edge_line *lines)
{
	const struct gopm__why_edge *edges = w->why->findings.edges + w->finding->edges.first;
	const uint64_t *places = w->why->components.places;
	uint32_t count = 0;
	bool major = false;

	for (uint32_t i = 0; i < w->finding->edges.count; i++) {
		major = major || !is_minor(w, &edges[i]);
	}
	for (uint32_t i = 0; i < w->finding->edges.count; i++) {
		uint32_t k = 0;
		if (major && is_minor(w, &edges[i])) {
			continue;
		}
		while (k < count && (edges[lines[k].edge].port != edges[i].port ||
		                     places[edges[lines[k].edge].from] != places[edges[i].from])) {
			k++;
		}
		if (k == MOST_SHOWN) {
			continue;
		}
		if (k == count) {
			lines[count++] = (struct edge_line){.edge = i};
		}
		lines[k].waiters += edges[i].waiters;
	}
	return count;
}

/* The line with most waiters first, then as they come. */
static void add_edge_lines(struct gopm__why_words *w)
{
	const struct gopm__why_edge *edges = w->why->findings.edges + w->finding->edges.first;
	struct edge_line lines[MOST_SHOWN];
	const uint32_t count = collect_lines(w, lines);
	uint32_t crowded = 0;

	for (uint32_t i = 1; i < count; i++) {
		crowded = lines[i].waiters > lines[crowded].waiters ? i : crowded;
	}
	for (uint32_t i = 0; i < count && i < MOST_LINES; i++) {
		const uint32_t at = i == 0 ? crowded : i <= crowded ? i - 1 : i;
		gopm__text_str(w->text, "  ");
		add_edge_line(w, &edges[lines[at].edge], lines[at].waiters);
		gopm__text_str(w->text, "\n");
	}
	if (count > MOST_LINES) {
		gopm__text_printf(w->text, "  and %s%u other waits\n", count == MOST_SHOWN ? "at least " : "",
		                  (unsigned)(count - MOST_LINES));
	}
}

/* What a slow goroutine waits for, if a library has words for it. False: it has none. */
static bool add_slow_library(struct gopm__why_words *w, uint32_t member)
{
	const struct gopm__member *m = &w->why->blocked.members[member];
	const struct gopm__range *objects = &w->finding->objects;

	for (uint32_t i = 0; m->wait_count != 0 && i < objects->count; i++) {
		const struct gopm__wait_for *wait = &w->why->blocked.waits[m->wait];
		const struct gopm__object *object = &w->objects[i];
		if (w->why->findings.objects[objects->first + i] != wait->object) {
			continue;
		}
		const struct gopm__library_wait *words = gopm__library_wait(object, wait->side == GOPM__SIDE_SENDS);
		if (words != NULL) {
			gopm__text_str(w->text, " ");
			add_library_wait(w, words->one, object);
			return true;
		}
	}
	return false;
}

/* What a slow goroutine does. */
static void add_slow(struct gopm__why_words *w)
{
	const struct gopm__why_finding *f = w->finding;
	const uint32_t member = f->blamed.count != 0 ? w->why->findings.people[f->blamed.first] : 0;
	static const char *const states[] = {
	    [GOPM_PATTERN_SLOW_IO] = " waits for I/O",
	    [GOPM_PATTERN_SLOW_SYSCALL] = " is in a system call",
	    [GOPM_PATTERN_SLOW_C] = " is in a call of C",
	    [GOPM_PATTERN_SLOW_SLEEP] = " sleeps",
	    [GOPM_PATTERN_SLOW_WAIT] = " waits for a goroutine that is not known",
	    [GOPM_PATTERN_BUSY] = " runs, or can run",
	};
	if (f->verdict != GOPM_VERDICT_SLOW || f->blamed.count == 0 || f->pattern >= sizeof states / sizeof states[0] ||
	    states[f->pattern] == NULL) {
		return;
	}
	gopm__text_str(w->text, "  ");
	gopm__words_goroutine(w, member);
	gopm__words_place(w, member);
	gopm__words_started(w, member);
	gopm__text_str(w->text, ",");
	if (!add_slow_library(w, member)) {
		gopm__text_str(w->text, states[f->pattern]);
	}
	gopm__text_str(w->text, "\n");
}

static void add_next(struct gopm__why_words *w)
{
	const struct gopm__why_finding *f = w->finding;
	const struct gopm__range *people = f->blamed.count != 0 ? &f->blamed : &f->waiters;

	for (uint32_t i = 0; i < people->count && i < MOST_NAMED - 1 && (i == 0 || f->structures <= 1); i++) {
		gopm__text_str(w->text, i == 0 ? "  see gopm stack -g " : ", gopm stack -g ");
		gopm__text_u64(w->text, w->why->blocked.members[w->why->findings.people[people->first + i]].id);
	}
	gopm__text_str(w->text, people->count != 0 ? "\n" : "");
}

void gopm__why_text(struct gopm__text *text, const struct gopm__why *why, const struct gopm__why_finding *finding,
                    const struct gopm__object *objects)
{
	struct gopm__why_words w = {.text = text,
	                            .why = why,
	                            .finding = finding,
	                            .objects = objects,
	                            .reader = gopm__reader(&why->program->file.memory),
	                            .budget = gopm__walk_budget(&why->program->runtime)};

	if (gopm__condition_text(&w)) {
		return;
	}
	add_head(&w);
	add_edge_lines(&w);
	add_slow(&w);
	add_next(&w);
}
