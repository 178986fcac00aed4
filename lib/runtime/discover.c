/* SPDX-License-Identifier: Apache-2.0 */
/* Scans the data of the runtime's module word by word. A word is accepted as a variable if all that it points to fits:
 * goroutines with an id, a status and a stack; ms whose g0 points back; Ps that have their index as id. */
#include "runtime/discover.h"

#include "runtime/data_range.h"
#include "runtime/g.h"
#include "runtime/layout/field.h"

/* Steps along lists of ms in one scan, so that a hostile core cannot make it quadratic. */
#define MAX_STEPS 10000000u
/* Entries that are checked of each candidate for allgs. Wrong candidates fail on the first. */
#define CHECKED_GS 64
#define MAX_PS 65536
#define MAX_GS (UINT64_C(1) << 27)
/* Goroutines that an array must have if nothing says its length. The runtime itself starts as many. */
#define LEAST_GS 4u
/* More than the evidence of all goroutines that are checked. */
#define MAIN_FIRST 1000u
#define LEAST_REASONS 20u
/* Between the ids of an m and the next older one. */
#define MAX_ID_STEP 64u

enum g_evidence { G_REFUTED, G_ABSENT, G_SEEN };

/* Judges a pointer to a runtime.g by its id, status and stack. G_ABSENT: the core lacks it. */
static enum g_evidence judge_g(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t g)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t id, status, lo, hi, sp;

	if (g == 0 || g % 8 != 0) {
		return G_REFUTED;
	}
	if (!gopm__field_u64(reader, g, l->g.goid, &id) || !gopm__field(reader, g, l->g.atomicstatus, 4, &status) ||
	    !gopm__field_u64(reader, g, l->g.stack_lo, &lo) || !gopm__field_u64(reader, g, l->g.stack_hi, &hi) ||
	    !gopm__field_u64(reader, g, l->g.sched_sp, &sp)) {
		return G_ABSENT;
	}
	status = gopm__g_status((uint32_t)status);
	/* newproc1 adds a new g to allgs, dead, before it gets an id (runtime/proc.go). */
	if (status == GOPM_G_UNKNOWN || (id == 0 && status != GOPM_G_DEAD) || id >> 48 != 0) {
		return G_REFUTED;
	}
	/* A dead g may have no stack. */
	bool stack = (lo == 0 && hi == 0) || (lo % 1024 == 0 && lo < hi && hi - lo <= UINT64_C(1) << 32);
	return stack ? G_SEEN : G_REFUTED;
}

/* Evidence for and against a list. */
struct evidence {
	uint64_t seen, refuted, absent;
};

/* True if the evidence is for a list. One element in eight may be damaged, and one of a short list. gcore omits pages
 * that it could not read. */
static bool supports(const struct evidence *e)
{
	return e->seen > e->absent + e->refuted && e->refuted <= 1 + e->seen / 8;
}

static void judge_slot(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t slot, struct evidence *e)
{
	uint64_t g;
	enum g_evidence evidence = gopm__read_u64(reader, slot, &g) ? judge_g(rt, reader, g) : G_REFUTED;

	e->seen += evidence == G_SEEN;
	e->refuted += evidence == G_REFUTED;
	e->absent += evidence == G_ABSENT;
}

/* How much speaks for an array of goroutines; 0: it is none. Goroutine 1, runtime.main, is the first. In a library that
 * goroutine ends early, and its g is reused. */
static uint64_t score_gs(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t array, uint64_t length)
{
	struct evidence e = {0};
	uint64_t g, id = 0;

	for (uint64_t i = 0; i < length && i < CHECKED_GS; i++) {
		/* runtime.allgptr points to the same array, but no length follows it. So check both ends. */
		judge_slot(rt, reader, array + i * 8, &e);
		judge_slot(rt, reader, array + (length - 1 - i) * 8, &e);
		if (e.refuted > 2 + e.seen / 8) {
			return 0;
		}
	}
	if (!supports(&e)) {
		return 0;
	}
	bool main = gopm__read_u64(reader, array, &g) && gopm__field_u64(reader, g, rt->layout.g.goid, &id) && id == 1;
	return e.seen + (main ? MAIN_FIRST : 0);
}

/* How much speaks for the slice runtime.allgs in these three words; 0: it is another. */
static uint64_t score_allgs(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t data, uint64_t length,
                            uint64_t capacity)
{
	if (data == 0 || data % 8 != 0 || length == 0 || length > capacity || capacity > UINT64_C(1) << 40) {
		return 0;
	}
	return score_gs(rt, reader, data, length);
}

/* The length of an array of goroutines of unknown length: up to the first nil, which the array has after its end. */
static uint64_t count_gs(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t array, uint64_t most)
{
	struct evidence e = {0};
	uint64_t count = 0, g;

	for (; count < most && gopm__read_u64(reader, array + count * 8, &g) && g != 0; count++) {
		if (count < CHECKED_GS) {
			judge_slot(rt, reader, array + count * 8, &e);
		}
		if (e.refuted > 1 + e.seen / 8) {
			return 0;
		}
	}
	return count;
}

/* True if `m` points to a runtime.m: its g0 points back to it. The g0 of an m for C threads has no stack until a thread
 * uses it. */
static bool is_m_by_g0(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m)
{
	uint64_t g0, back, lo, hi;

	return m != 0 && m % 8 == 0 && gopm__field_u64(reader, m, rt->layout.m.g0, &g0) && g0 != 0 && g0 % 8 == 0 &&
	       gopm__field_u64(reader, g0, rt->layout.g.m, &back) && back == m &&
	       gopm__field_u64(reader, g0, rt->layout.g.stack_lo, &lo) &&
	       gopm__field_u64(reader, g0, rt->layout.g.stack_hi, &hi) && (lo < hi || (lo == 0 && hi == 0));
}

/* True if `p` points to the runtime.p of this id. Its slice sudogcache is always in the p itself, in sudogbuf. */
static bool is_p(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t p, uint64_t id)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t found, cache;

	return p != 0 && p % 8 == 0 && gopm__field(reader, p, l->p.id, 4, &found) && found == id &&
	       gopm__field_u64(reader, p, l->p.sudogcache, &cache) && cache > p && cache - p < l->size[GOPM__STRUCT_P];
}

static bool is_allp(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t data, uint64_t length,
                    uint64_t capacity)
{
	struct evidence e = {0};
	uint64_t p;

	if (data == 0 || data % 8 != 0 || length == 0 || length > capacity || capacity > MAX_PS) {
		return false;
	}
	for (uint64_t i = 0; i < length; i++) {
		bool fits = gopm__read_u64(reader, data + i * 8, &p) && is_p(rt, reader, p, i);
		e.seen += fits;
		e.refuted += !fits;
		if (e.refuted > 2 + e.seen / 8) {
			return false;
		}
	}
	return supports(&e);
}

/* Counts the ms from `m` along alllink, up to the first two that are none. */
static uint64_t m_list_length(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m, uint64_t *steps)
{
	uint64_t length = 0;
	bool damaged = false;

	while (*steps < MAX_STEPS && length < 100000 && m != 0) {
		bool good = is_m_by_g0(rt, reader, m);
		if (!good && damaged) {
			break;
		}
		damaged = !good;
		length += good ? 1 : 0;
		++*steps;
		if (!gopm__field_u64(reader, m, rt->layout.m.alllink, &m)) {
			break;
		}
	}
	return length;
}

/* True if `m` can be the newest m, with a damaged g0: the next one is an m that is a little older, and a thread has its
 * id. */
static bool is_newest_m(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t next, id, next_id, thread;

	if (m % 8 != 0 || !gopm__field_u64(reader, m, l->m.alllink, &next) || !is_m_by_g0(rt, reader, next) ||
	    !gopm__field_u64(reader, m, l->m.id, &id) || !gopm__field_u64(reader, next, l->m.id, &next_id) ||
	    id <= next_id || id - next_id > MAX_ID_STEP || !gopm__field_u64(reader, m, l->m.procid, &thread)) {
		return false;
	}
	for (size_t i = 0; i < rt->core->thread_count; i++) {
		if (rt->core->threads[i].id == thread) {
			return true;
		}
	}
	return false;
}

static bool string_is(struct gopm__reader *reader, uint64_t header, const char *text)
{
	uint64_t address, size;
	uint8_t copy[64];

	if (!gopm__read_u64(reader, header, &address) || !gopm__read_u64(reader, header + 8, &size) ||
	    size != strlen(text) || size > sizeof copy) {
		return false;
	}
	const uint8_t *p = gopm__read_view(reader, address, size, copy);
	return p != NULL && memcmp(p, text, size) == 0;
}

static bool is_wait_reason(struct gopm__reader *reader, uint64_t header)
{
	uint64_t address, size;
	uint8_t copy[64];

	return gopm__read_u64(reader, header, &address) && gopm__read_u64(reader, header + 8, &size) && size >= 4 &&
	       size < sizeof copy && gopm__read_view(reader, address, size, copy) != NULL;
}

/* The number of entries of a table of wait reasons: up to the first two that are none. */
static uint64_t count_reasons(struct gopm__reader *reader, uint64_t table)
{
	uint64_t count = 1;

	for (uint64_t i = 1; i < GOPM__MAX_WAIT_REASONS && i < count + 2; i++) {
		count = is_wait_reason(reader, table + i * 16) ? i + 1 : count;
	}
	return count;
}

/* If the string at `header` is one of the first of runtime.waitReasonStrings, takes the table that it is in. The array
 * begins with "", "GC assist marking", "IO wait" (runtime/runtime2.go, Go 1.11 to 1.27). */
static void find_reasons(struct gopm__discovered *found, struct gopm__reader *reader, uint64_t header)
{
	static const char *const first[] = {"GC assist marking", "IO wait"};

	for (uint64_t i = 0; i < 2; i++) {
		if (string_is(reader, header, first[i])) {
			const uint64_t table = header - (i + 1) * 16, count = count_reasons(reader, table);
			if (count > LEAST_REASONS && count > found->wait_reason_count) {
				found->wait_reasons = table;
				found->wait_reason_count = count;
			}
		}
	}
}

/* What a scan has found, and how much speaks for it. */
struct scan {
	struct gopm__discovered *found;
	uint64_t best_allgs, longest_allm, steps;
};

/* Scans [begin, end). Of several candidates the best one wins. */
static void scan_range(struct scan *scan, const struct gopm__runtime *rt, uint64_t begin, uint64_t end)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__reader probe = reader;
	struct gopm__discovered *found = scan->found;
	uint64_t word, second, third;

	for (uint64_t at = begin; at < end; at += 8) {
		if (!gopm__read_u64(&reader, at, &word) || word == 0) {
			continue;
		}
		if (gopm__read_u64(&reader, at + 8, &second) && gopm__read_u64(&reader, at + 16, &third)) {
			uint64_t score = score_allgs(rt, &probe, word, second, third);
			if (score > scan->best_allgs) {
				scan->best_allgs = score;
				found->allgs = at;
			}
			if (found->allp == 0 && is_allp(rt, &probe, word, second, third)) {
				found->allp = at;
			}
		}
		/* Other variables point to ms too. allm is the one from which the list is longest. */
		const bool newest = !is_m_by_g0(rt, &probe, word);
		if (!newest || is_newest_m(rt, &probe, word)) {
			/* An m that is damaged counts too: the list from it is longer than that from the next one. */
			uint64_t length = m_list_length(rt, &probe, word, &scan->steps) + (newest ? 1 : 0);
			if (length > scan->longest_allm) {
				scan->longest_allm = length;
				found->allm = at;
			}
		}
		find_reasons(found, &reader, at);
	}
}

/* Scans again, only the variables found. A small core keeps what is read here, so that it can be opened. */
static void note_found(const struct gopm__discovered *found, const struct gopm__runtime *rt)
{
	const struct {
		uint64_t at, size;
	} places[] = {{found->allgs, 8},
	              {found->allm, 8},
	              {found->allp, 8},
	              {found->wait_reasons != 0 ? found->wait_reasons + 16 : 0, 32}};

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct gopm__discovered again = {0};
		struct scan scan = {.found = &again};
		if (places[i].at != 0) {
			scan_range(&scan, rt, places[i].at, places[i].at + places[i].size);
		}
	}
}

void gopm__discover(struct gopm__discovered *found, struct gopm__runtime *rt)
{
	struct gopm__data_range ranges[GOPM__DATA_SECTIONS];
	const size_t count = gopm__data_ranges(rt, ranges);
	struct scan scan = {.found = found};

	gopm__source_note(&rt->core->source, false);
	for (size_t i = 0; i < count; i++) {
		scan_range(&scan, rt, ranges[i].begin, ranges[i].end);
	}
	gopm__source_note(&rt->core->source, true);
	note_found(found, rt);
}

bool gopm__allgs_fits(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allgs)
{
	uint64_t data, length, capacity;

	return gopm__read_u64(reader, allgs, &data) && gopm__read_u64(reader, allgs + 8, &length) &&
	       gopm__read_u64(reader, allgs + 16, &capacity) && score_allgs(rt, reader, data, length, capacity) != 0;
}

uint64_t gopm__allgs_length(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t array, uint64_t most)
{
	return count_gs(rt, reader, array, most);
}

bool gopm__discover_gs(const struct gopm__runtime *rt, uint64_t *array, uint64_t *length)
{
	struct gopm__data_range ranges[GOPM__DATA_SECTIONS];
	const size_t count = gopm__data_ranges(rt, ranges);
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__reader probe = reader;
	uint64_t best = LEAST_GS - 1, word;

	*array = *length = 0;
	for (size_t i = 0; i < count; i++) {
		for (uint64_t at = ranges[i].begin; at < ranges[i].end; at += 8) {
			if (!gopm__read_u64(&reader, at, &word) || word == 0 || word % 8 != 0) {
				continue;
			}
			uint64_t found = count_gs(rt, &probe, word, MAX_GS);
			uint64_t score = found >= LEAST_GS ? score_gs(rt, &probe, word, found) : 0;
			if (score > best) {
				best = score;
				*array = word;
				*length = found;
			}
		}
	}
	return *length != 0;
}
