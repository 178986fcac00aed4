/* SPDX-License-Identifier: Apache-2.0 */
#include "export/why_condition_text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "runtime/panic.h"
#include "util/allocate.h"
#include "util/escape.h"
#include "why/crash.h"

#define MOST_NAMED 3u
#define LONGEST_PANIC 200u /* bytes of the value */

static void add_count(struct gopm__text *text, uint64_t count, const char *one, const char *many)
{
	gopm__text_u64(text, count);
	gopm__text_str(text, " ");
	gopm__text_str(text, count == 1 ? one : many);
}

/* "630ms" or "5.2s" */
static void add_time(struct gopm__text *text, uint64_t nanoseconds)
{
	const uint64_t milliseconds = nanoseconds / 1000000;

	if (milliseconds < 1000) {
		gopm__text_printf(text, "%" PRIu64 "ms", milliseconds);
	} else {
		gopm__text_printf(text, "%" PRIu64 ".%" PRIu64 "s", milliseconds / 1000, milliseconds % 1000 / 100);
	}
}

static uint32_t person(const struct gopm__why_words *w, const struct gopm__range *range, uint32_t index)
{
	return w->why->findings.people[range->first + index];
}

/* "  goroutine 20 in main.f (f.go:7), started as main.g" and what it does. */
static void add_person_line(struct gopm__why_words *w, uint32_t member, const char *what)
{
	gopm__text_str(w->text, "  ");
	gopm__words_goroutine(w, member);
	gopm__words_user(w, member);
	gopm__words_started(w, member);
	gopm__text_str(w->text, what);
	gopm__text_str(w->text, "\n");
}

static void add_people(struct gopm__why_words *w, const struct gopm__range *people, const char *what)
{
	for (uint32_t i = 0; i < people->count && i < MOST_NAMED; i++) {
		add_person_line(w, person(w, people, i), what);
	}
	if (people->count > MOST_NAMED) {
		gopm__text_str(w->text, "  and ");
		add_count(w->text, people->count - MOST_NAMED, "other\n", "others\n");
	}
}

static void add_see(struct gopm__why_words *w, const struct gopm__range *people)
{
	if (people->count != 0) {
		gopm__text_printf(w->text, "  see gopm stack -g %" PRIu64 "\n",
		                  w->why->blocked.members[person(w, people, 0)].id);
	}
}

/* How the process died. */
static void add_crash(struct gopm__why_words *w)
{
	const struct gopm__death *death = &w->why->program->death;
	const char *signal = death->kind == GOPM_DEATH_SIGNAL ? gopm__signal_name(death->signal) : NULL;

	gopm__text_str(w->text, "the process died of a ");
	gopm__text_str(w->text, death->kind == GOPM_DEATH_PANIC    ? "panic"
	                        : death->kind == GOPM_DEATH_SIGNAL ? "signal"
	                                                           : "fatal error");
	if (signal != NULL) {
		gopm__text_str(w->text, ": ");
		gopm__text_str(w->text, signal);
	} else if (death->kind == GOPM_DEATH_SIGNAL) {
		gopm__text_printf(w->text, " %d", (int)death->signal);
	}
	if (death->text.size != 0) {
		gopm__text_str(w->text, ": ");
		gopm__text_escaped(w->text, death->text, 0);
	}
	gopm__text_str(w->text, "\n");
	add_people(w, &w->finding->blamed, "");
	add_see(w, &w->finding->blamed);
	if (w->finding->pattern == GOPM_PATTERN_OUT_OF_MEMORY) {
		gopm__text_str(w->text, "  see gopm heap --suspects\n");
	}
}

/* A panic whose deferred calls still run. */
static void add_panic(struct gopm__why_words *w)
{
	struct gopm__runtime *rt = &w->why->program->runtime;
	const uint32_t member = person(w, &w->finding->blamed, 0);
	struct gopm__text value = {0};
	struct gopm__g g;

	gopm__words_goroutine(w, member);
	gopm__text_str(w->text, " panics, and a deferred call ");
	gopm__text_str(w->text, w->why->blocked.members[member].wait_count != 0 ? "waits" : "runs");
	if (gopm__g_read(rt, &w->reader, w->why->blocked.members[member].g, &g) &&
	    gopm__panic_value(rt, &w->reader, &g, &value)) {
		gopm__text_str(w->text, ": ");
		gopm__text_shorten(&value, LONGEST_PANIC);
		gopm__text_escaped(w->text, (gopm_str){value.data != NULL ? value.data : "", value.size}, 0);
	}
	w->text->failed |= value.failed;
	gopm__text_free(&value);
	gopm__text_str(w->text, "\n");
	add_person_line(w, member, "");
	add_see(w, &w->finding->blamed);
}

static void add_stop_world(struct gopm__why_words *w)
{
	const struct gopm__why_finding *f = w->finding;

	add_count(w->text, f->waiters.count, "goroutine waits", "goroutines wait");
	gopm__text_str(w->text, ": the world is being stopped, and ");
	add_count(w->text, f->blamed.count, "goroutine does not stop\n", "goroutines do not stop\n");
	add_people(w, &f->blamed, ", runs on");
	if (f->waiters.count != 0) {
		add_person_line(w, person(w, &f->waiters, 0), ", is the first that waits");
	}
	add_see(w, &f->blamed);
}

static void add_no_yield(struct gopm__why_words *w)
{
	const struct gopm__why_finding *f = w->finding;

	add_count(w->text, f->waiters.count, "goroutine does", "goroutines do");
	gopm__text_str(w->text, " not get to run: all Ps run goroutines that do not yield, for at least ");
	add_time(w->text, f->detail);
	gopm__text_str(w->text, "\n");
	add_people(w, &f->blamed, ", does not yield");
	add_see(w, &f->blamed);
}

struct start_count {
	uint64_t start;
	uint32_t member; /* an example */
	uint32_t count;
};

static int compare_starts(const void *a, const void *b)
{
	const struct start_count *x = a, *y = b;

	return x->start != y->start    ? (x->start < y->start ? -1 : 1)
	       : x->member < y->member ? -1
	                               : x->member > y->member;
}

/* The function that most of the goroutines began with. False: out of memory, or there are none. */
static bool most_started(const struct gopm__why_words *w, const struct gopm__range *people, struct start_count *out)
{
	struct start_count *list = gopm__calloc((size_t)people->count + 1, sizeof *list);
	uint32_t kept = 0;

	*out = (struct start_count){0};
	for (uint32_t i = 0; list != NULL && i < people->count; i++) {
		const uint32_t member = person(w, people, i);
		list[i] = (struct start_count){w->why->blocked.members[member].start, member, 1};
	}
	if (list != NULL && people->count != 0) {
		qsort(list, people->count, sizeof *list, compare_starts);
	}
	for (uint32_t i = 0; list != NULL && i < people->count; i++) {
		if (kept == 0 || list[kept - 1].start != list[i].start) {
			list[kept++] = list[i];
		} else {
			list[kept - 1].count++;
		}
		*out = list[kept - 1].count > out->count ? list[kept - 1] : *out;
	}
	free(list);
	return out->count != 0;
}

static void add_overload(struct gopm__why_words *w)
{
	struct start_count most;

	add_count(w->text, w->finding->waiters.count, "goroutine", "goroutines");
	gopm__text_printf(w->text, " can run, and all %" PRIu64 " Ps are busy\n", w->finding->detail);
	if (most_started(w, &w->finding->waiters, &most)) {
		gopm__text_printf(w->text, "  %u of them are like ", (unsigned)most.count);
		gopm__words_goroutine(w, most.member);
		gopm__words_user(w, most.member);
		gopm__words_started(w, most.member);
		gopm__text_str(w->text, "\n");
	}
	gopm__text_str(w->text, "  see gopm goroutines --group-by start\n");
}

static void add_finalizer(struct gopm__why_words *w)
{
	const struct gopm__why_finding *f = w->finding;
	const bool cleanup = f->pattern == GOPM_PATTERN_CLEANUP;
	const struct gopm__pcinfo *info =
	    f->function != 0 ? gopm__symtab_pc(&w->why->program->symtab, f->function) : NULL;

	gopm__text_str(w->text, cleanup ? "a cleanup waits, and " : "a finalizer waits, and ");
	if (cleanup) {
		add_count(w->text, f->detail, "other is due", "others are due");
	} else {
		add_count(w->text, f->detail, "other is behind it", "others are behind it");
	}
	if (info != NULL && info->known) {
		gopm__text_str(w->text, ": ");
		gopm__words_name(w->text, info->calls[info->call_count - 1].function);
	}
	gopm__text_str(w->text, "\n");
	add_people(w, &f->blamed, cleanup ? ", runs cleanups" : ", runs finalizers");
	add_see(w, &f->blamed);
}

static void add_growth(struct gopm__why_words *w)
{
	const struct gopm__why_finding *f = w->finding;
	const int64_t now = w->why->program->runtime.now;

	add_count(w->text, f->waiters.count, "goroutine", "goroutines");
	gopm__text_str(w->text, " of one go statement wait, each on a channel of its own, and they become more");
	if (f->since > 0 && now > f->since) {
		gopm__text_str(w->text, ": the first for at least ");
		add_time(w->text, (uint64_t)(now - f->since));
	}
	gopm__text_str(w->text, "\n");
	if (f->waiters.count != 0) {
		add_person_line(w, person(w, &f->waiters, 0), ", is the first of them");
		add_person_line(w, person(w, &f->waiters, f->waiters.count - 1), ", is the last of them");
	}
	gopm__text_str(w->text, "  see gopm leaks\n");
}

static void add_unclosed(struct gopm__why_words *w)
{
	add_count(w->text, w->finding->waiters.count, "connection waits", "connections wait");
	gopm__text_str(w->text, " for the end of an http.Response.Body that the caller has dropped without Close\n");
	add_person_line(w, person(w, &w->finding->waiters, 0), "");
	gopm__text_str(w->text, "  see gopm heap --checks\n");
}

bool gopm__condition_text(struct gopm__why_words *w)
{
	static const struct {
		uint8_t pattern;
		void (*add)(struct gopm__why_words *w);
	} rows[] = {
	    {GOPM_PATTERN_STOP_WORLD, add_stop_world},  {GOPM_PATTERN_NO_YIELD, add_no_yield},
	    {GOPM_PATTERN_OVERLOAD, add_overload},      {GOPM_PATTERN_FINALIZER, add_finalizer},
	    {GOPM_PATTERN_CLEANUP, add_finalizer},      {GOPM_PATTERN_GROWTH, add_growth},
	    {GOPM_PATTERN_UNCLOSED_BODY, add_unclosed},
	};

	if (w->finding->verdict == GOPM_VERDICT_CRASH) {
		if (gopm__has_crashed(w->why->program)) {
			add_crash(w);
		} else {
			add_panic(w);
		}
		return true;
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].pattern == w->finding->pattern) {
			rows[i].add(w);
			return true;
		}
	}
	return false;
}
