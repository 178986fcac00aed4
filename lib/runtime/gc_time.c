/* SPDX-License-Identifier: Apache-2.0 */
/* Finds runtime.memstats by its ring of ends of collections: the last one is also in last_gc_unix. */
#include "runtime/gc_time.h"

#include <stdlib.h>

#include "runtime/bounds.h"
#include "runtime/data_range.h"

/* Words of runtime.mstats from last_gc_unix (runtime/mstats.go, Go 1.17 to 1.27). */
enum { PAUSE_TOTAL = 1, PAUSES = 2, PAUSE_END = 258, RING = 256, NUMGC = 514, LAST_NANOTIME = 516 };

/* Versions whose memstats are certainly found after the first collection. */
#define FIRST_KNOWN 17
#define NEWEST_KNOWN 27
/* Nanoseconds since 1970: a process dies between 2008 and 2096. */
#define FIRST_UNIX UINT64_C(1200000000000000000)
#define LAST_UNIX UINT64_C(4000000000000000000)
/* Nanoseconds that all collections of a process stop it together, at most: eleven days. */
#define MAX_PAUSES UINT64_C(1000000000000000)
/* Nanoseconds from the begin of a collection to that of the next one, at least: each stops the world twice. */
#define LEAST_COLLECTION 10000
/* Words that are searched without a symbol. */
#define MAX_WORDS (UINT64_C(1) << 20)

enum gc_search { GC_UNKNOWN, GC_NONE, GC_FOUND };

/* True if the last pause is a part of the total, and the end before the last was before it. Constants of a program may
 * be equal by chance as the two times are. */
static bool has_pauses(struct gopm__reader *probe, uint64_t at, uint64_t count, uint64_t last)
{
	uint64_t total, pause, before;

	if (!gopm__read_u64(probe, at + PAUSE_TOTAL * 8, &total) ||
	    !gopm__read_u64(probe, at + (PAUSES + (count - 1) % RING) * 8, &pause) || total > MAX_PAUSES ||
	    pause == 0 || pause > total) {
		return false;
	}
	return count < 2 || (gopm__read_u64(probe, at + (PAUSE_END + (count - 2) % RING) * 8, &before) &&
	                     before >= FIRST_UNIX && before <= last);
}

/* True if last_gc_unix is at `at`. Sets *end to the time of the same collection's end by the clock of waitsince; 0:
 * this Go has it elsewhere. */
static bool is_last_gc(struct gopm__reader *probe, uint64_t at, uint64_t unix_time, int64_t *end)
{
	uint64_t count, last, time;

	if (unix_time < FIRST_UNIX || unix_time > LAST_UNIX || !gopm__read_word(probe, at + NUMGC * 8, 4, &count) ||
	    count == 0 || !gopm__read_u64(probe, at + (PAUSE_END + (count - 1) % RING) * 8, &last) ||
	    last != unix_time || !has_pauses(probe, at, count, last) ||
	    !gopm__read_u64(probe, at + LAST_NANOTIME * 8, &time)) {
		return false;
	}
	/* The clock of waitsince begins when the machine starts. */
	*end = time > UINT32_MAX && time < unix_time - FIRST_UNIX ? (int64_t)time : 0;
	return true;
}

/* Searches for the end of the last collection, by the clock of waitsince and in nanoseconds since 1970. */
static enum gc_search find_last_gc(const struct gopm__runtime *rt, struct gopm__reader *reader,
                                   struct gopm__gc_clock *clock)
{
	const bool named = rt->symbols[GOPM__GLOBAL_MEMSTATS].address != 0;
	struct gopm__data_range ranges[GOPM__GLOBAL_RANGES];
	const size_t count = gopm__global_ranges(rt, GOPM__GLOBAL_MEMSTATS, ranges);
	struct gopm__reader probe = *reader;
	bool complete = count != 0, elsewhere = false;
	uint64_t word, words = 0, found = 0, first;
	int64_t *end = &clock->end;

	/* A small core keeps what is read here. It needs memstats, but not all data that was searched for it. */
	gopm__source_note(&rt->core->source, named);
	for (size_t i = 0; found == 0 && i < (named ? 1 : count); i++) {
		for (uint64_t at = ranges[i].begin; at < ranges[i].end && found == 0; at += 8) {
			if (words++ == MAX_WORDS || !gopm__read_u64(reader, at, &word)) {
				complete = false;
				break;
			}
			if (is_last_gc(&probe, at, word, end)) {
				/* A runtime.MemStats of the program has the same ring, but not the second time. */
				found = *end != 0 ? at : 0;
				elsewhere = true;
			}
		}
	}
	gopm__source_note(&rt->core->source, true);
	if (found != 0) {
		if (!gopm__read_u64(reader, found, &word) || !is_last_gc(&probe, found, word, end) || *end == 0 ||
		    !gopm__read_word(&probe, found + NUMGC * 8, 4, &clock->count)) {
			return GC_UNKNOWN;
		}
		clock->unix_end = (int64_t)word;
		/* The ring has the last ends. A clock that was set, or stopped while the machine slept, may shift them.
		 */
		if (clock->count <= RING && gopm__read_u64(&probe, found + PAUSE_END * 8, &first) &&
		    first >= FIRST_UNIX && first <= word && (int64_t)(word - first) < *end) {
			clock->first = *end - (int64_t)(word - first);
		}
		return GC_FOUND;
	}
	return complete && !elsewhere && rt->minor >= FIRST_KNOWN && rt->minor <= NEWEST_KNOWN ? GC_NONE : GC_UNKNOWN;
}

static int compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int64_t gopm__gc_latest(const struct gopm__runtime *rt, struct gopm__reader *reader, int64_t *times, size_t count,
                        bool all, struct gopm__gc_clock *clock)
{
	struct gopm__gc_clock last = {0};
	size_t later = 0;

	const enum gc_search found = find_last_gc(rt, reader, &last);
	const int64_t end = last.end;
	*clock = (struct gopm__gc_clock){0};
	if (found == GC_FOUND) {
		*clock = last;
	}
	if (count != 0) {
		qsort(times, count, sizeof *times, compare_times);
	}
	if (found == GC_UNKNOWN || count == 0) {
		return GOPM__NO_TIME_BOUND;
	}
	for (size_t i = count; i-- > 0 && times[i] > end; later++) {
		/* The collection that runs now. It sees at once more than one goroutine that waits: its own workers. */
		if (i != 0 && times[i - 1] == times[i]) {
			return times[i];
		}
	}
	/* If no collection ended, all times that are not 0 are equal. */
	return later != 0 && (!all || (found == GC_NONE && later > 1)) ? GOPM__NO_TIME_BOUND : end;
}

/* Equal times. */
struct time_group {
	int64_t time;
	size_t count;
};

static void add_odd(int64_t odd[GOPM__MAX_ODD_TIMES], size_t *count, int64_t time)
{
	for (size_t i = 0; i < *count; i++) {
		if (odd[i] == time) {
			return;
		}
	}
	if (*count < GOPM__MAX_ODD_TIMES) {
		odd[(*count)++] = time;
	}
}

size_t gopm__gc_odd_times(const int64_t *times, size_t count, uint64_t most, int64_t odd[GOPM__MAX_ODD_TIMES])
{
	struct time_group before = {0}, group = {0};
	size_t groups = 0, rarest = SIZE_MAX, found = 0;

	for (size_t i = 0; i < count; i += group.count) {
		group = (struct time_group){times[i], 1};
		while (i + group.count < count && times[i + group.count] == group.time) {
			group.count++;
		}
		/* If both are as frequent, either may be wrong. */
		if (groups != 0 && group.time - before.time < LEAST_COLLECTION) {
			if (before.count <= group.count) {
				add_odd(odd, &found, before.time);
			}
			if (group.count <= before.count) {
				add_odd(odd, &found, group.time);
			}
		}
		rarest = group.count < rarest ? group.count : rarest;
		groups++;
		before = group;
	}
	if (found != 0 || most == 0 || groups <= most) {
		return found;
	}
	for (size_t i = 0; i < count; i += group.count) {
		group = (struct time_group){times[i], 1};
		while (i + group.count < count && times[i + group.count] == group.time) {
			group.count++;
		}
		if (group.count == rarest) {
			add_odd(odd, &found, group.time);
		}
	}
	return found;
}
