/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/discover.h"

#include "runtime/data_range.h"
#include "runtime/layout/field.h"

/* Steps along lists of ms in one scan: a hostile core must not make this quadratic. */
#define MAX_STEPS 10000000u
/* Entries of a candidate for allgs that are checked: wrong ones fail on the first. */
#define CHECKED_GS 64
#define MAX_STATUS 16
#define STATUS_DEAD 6 /* _Gdead of runtime/runtime2.go, Go 1.16 to 1.27 */
#define MAX_PS 65536

enum g_evidence { G_REFUTED, G_ABSENT, G_SEEN };

/* What is at a pointer to a runtime.g: an id, a status and a stack that fit each other. G_ABSENT: the core lacks it. */
static enum g_evidence look_at_g(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t g)
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
	status &= ~UINT64_C(0x1000);
	/* One that was made just now is in allgs before it has an id (runtime/proc.go, newproc1). */
	if (status >= MAX_STATUS || (id == 0 && status != STATUS_DEAD) || id >> 48 != 0) {
		return G_REFUTED;
	}
	/* A dead g may have given its stack back. */
	bool stack = (lo == 0 && hi == 0) || (lo % 1024 == 0 && lo < hi && hi - lo <= UINT64_C(1) << 32);
	return stack ? G_SEEN : G_REFUTED;
}

static enum g_evidence look_at_slot(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t slot)
{
	uint64_t g;
	return gopm__read_u64(reader, slot, &g) ? look_at_g(rt, reader, g) : G_REFUTED;
}

/* `main_first`: the first goroutine that is made is runtime.main's. In a library it ends before anything of the
 * library runs, and its g is used again. */
static bool is_allgs(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t data, uint64_t length,
                     uint64_t capacity, bool main_first)
{
	uint64_t g, id, seen = 0, absent = 0;

	if (data == 0 || data % 8 != 0 || length == 0 || length > capacity || capacity > UINT64_C(1) << 40) {
		return false;
	}
	if (!gopm__read_u64(reader, data, &g) || look_at_g(rt, reader, g) != G_SEEN ||
	    !gopm__field_u64(reader, g, rt->layout.g.goid, &id) || (main_first && id != 1)) {
		return false;
	}
	/* runtime.allgptr points to the same array, but what follows it is not its length: look at both ends. */
	for (uint64_t i = 0; i < length && i < CHECKED_GS; i++) {
		const uint64_t slots[] = {data + i * 8, data + (length - 1 - i) * 8};
		for (size_t k = 0; k < 2; k++) {
			enum g_evidence evidence = look_at_slot(rt, reader, slots[k]);
			if (evidence == G_REFUTED) {
				return false;
			}
			seen += evidence == G_SEEN;
			absent += evidence == G_ABSENT;
		}
	}
	/* gcore leaves pages out that it could not read. */
	return seen > absent;
}

/* A pointer to a runtime.m: its g0 points back to it. One that waits for a thread of C has no stack. */
static bool is_m(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m)
{
	uint64_t g0, back, lo, hi;

	return m != 0 && m % 8 == 0 && gopm__field_u64(reader, m, rt->layout.m.g0, &g0) && g0 != 0 && g0 % 8 == 0 &&
	       gopm__field_u64(reader, g0, rt->layout.g.m, &back) && back == m &&
	       gopm__field_u64(reader, g0, rt->layout.g.stack_lo, &lo) &&
	       gopm__field_u64(reader, g0, rt->layout.g.stack_hi, &hi) && (lo < hi || (lo == 0 && hi == 0));
}

/* A pointer to runtime.p number `id`: its cache of sudogs starts out in a buffer of its own, and stays there. */
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
	uint64_t p;

	if (data == 0 || data % 8 != 0 || length == 0 || length > capacity || capacity > MAX_PS) {
		return false;
	}
	for (uint64_t i = 0; i < length; i++) {
		if (!gopm__read_u64(reader, data + i * 8, &p) || !is_p(rt, reader, p, i)) {
			return false;
		}
	}
	return true;
}

static uint64_t chain_length(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m, uint64_t *steps)
{
	uint64_t length = 0;

	while (*steps < MAX_STEPS && length < 100000 && is_m(rt, reader, m)) {
		length++;
		++*steps;
		if (!gopm__field_u64(reader, m, rt->layout.m.alllink, &m)) {
			break;
		}
	}
	return length;
}

static bool string_is(struct gopm__reader *reader, uint64_t header, const char *text)
{
	uint64_t address, size;

	if (!gopm__read_u64(reader, header, &address) || !gopm__read_u64(reader, header + 8, &size) ||
	    size != strlen(text)) {
		return false;
	}
	const uint8_t *p = gopm__read_span(reader, address, size);
	return p != NULL && memcmp(p, text, size) == 0;
}

static bool is_reason(struct gopm__reader *reader, uint64_t header)
{
	uint64_t address, size;

	return gopm__read_u64(reader, header, &address) && gopm__read_u64(reader, header + 8, &size) && size >= 4 &&
	       size < 64 && gopm__read_span(reader, address, size) != NULL;
}

static void scan(struct gopm__discovered *found, struct gopm__runtime *rt, uint64_t begin, uint64_t end,
                 bool main_first)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__reader probe = reader;
	uint64_t longest = 0, steps = 0, word, second, third;

	if (found->allm != 0 && gopm__read_u64(&probe, found->allm, &word)) {
		longest = chain_length(rt, &probe, word, &steps);
	}
	for (uint64_t at = begin; at < end; at += 8) {
		if (!gopm__read_u64(&reader, at, &word) || word == 0) {
			continue;
		}
		if (found->allgs == 0 && gopm__read_u64(&reader, at + 8, &second) &&
		    gopm__read_u64(&reader, at + 16, &third) && is_allgs(rt, &probe, word, second, third, main_first)) {
			found->allgs = at;
		}
		if (found->allp == 0 && gopm__read_u64(&reader, at + 8, &second) &&
		    gopm__read_u64(&reader, at + 16, &third) && is_allp(rt, &probe, word, second, third)) {
			found->allp = at;
		}
		/* allm is the head of the longest list: other variables point into its middle. */
		if (is_m(rt, &probe, word)) {
			uint64_t length = chain_length(rt, &probe, word, &steps);
			if (length > longest) {
				longest = length;
				found->allm = at;
			}
		}
		/* The array begins with an empty string, then these two (runtime/runtime2.go, Go 1.11 to 1.27). */
		if (found->wait_reasons == 0 && string_is(&reader, at, "GC assist marking") &&
		    string_is(&reader, at + 16, "IO wait")) {
			uint64_t count = 1;
			while (count < GOPM__MAX_WAIT_REASONS && is_reason(&reader, at - 16 + count * 16)) {
				count++;
			}
			found->wait_reasons = at - 16;
			found->wait_reason_count = count;
		}
	}
}

/* Looks once more, at what was found alone: a small core made of what is read here must have what makes it what it is.
 */
static void note(const struct gopm__discovered *found, struct gopm__runtime *rt, bool main_first)
{
	const uint64_t places[] = {found->allgs, found->allm, found->allp,
	                           found->wait_reasons != 0 ? found->wait_reasons + 16 : 0};

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct gopm__discovered again = {0};
		if (places[i] != 0) {
			scan(&again, rt, places[i], places[i] + 8, main_first);
		}
	}
}

void gopm__discover(struct gopm__discovered *found, struct gopm__runtime *rt)
{
	struct gopm__data_range ranges[GOPM__DATA_SECTIONS];
	const size_t count = gopm__data_ranges(rt, ranges);
	int pass = 0;

	gopm__source_note(&rt->core->source, false);
	for (; pass < 2; pass++) {
		for (size_t i = 0; i < count; i++) {
			scan(found, rt, ranges[i].begin, ranges[i].end, pass == 0);
		}
		if (found->allgs != 0) {
			break;
		}
	}
	gopm__source_note(&rt->core->source, true);
	note(found, rt, pass == 0);
}
