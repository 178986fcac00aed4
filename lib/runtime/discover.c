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

static enum g_evidence judge_slot(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t slot)
{
	uint64_t g;
	return gopm__read_u64(reader, slot, &g) ? judge_g(rt, reader, g) : G_REFUTED;
}

/* True if the three words are the slice runtime.allgs. With `main_first` its first g must be goroutine 1, runtime.main.
 * In a library that goroutine ends early, and its g is reused. */
static bool is_allgs(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t data, uint64_t length,
                     uint64_t capacity, bool main_first)
{
	uint64_t g, id, seen = 0, absent = 0;

	if (data == 0 || data % 8 != 0 || length == 0 || length > capacity || capacity > UINT64_C(1) << 40) {
		return false;
	}
	if (!gopm__read_u64(reader, data, &g) || judge_g(rt, reader, g) != G_SEEN ||
	    !gopm__field_u64(reader, g, rt->layout.g.goid, &id) || (main_first && id != 1)) {
		return false;
	}
	/* runtime.allgptr points to the same array, but no length follows it. So check both ends. */
	for (uint64_t i = 0; i < length && i < CHECKED_GS; i++) {
		const uint64_t slots[] = {data + i * 8, data + (length - 1 - i) * 8};
		for (size_t k = 0; k < 2; k++) {
			enum g_evidence evidence = judge_slot(rt, reader, slots[k]);
			if (evidence == G_REFUTED) {
				return false;
			}
			seen += evidence == G_SEEN;
			absent += evidence == G_ABSENT;
		}
	}
	/* gcore omits pages that it could not read. */
	return seen > absent;
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

/* Counts the ms from `m` along alllink, up to the first that is not one. */
static uint64_t m_list_length(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t m, uint64_t *steps)
{
	uint64_t length = 0;

	while (*steps < MAX_STEPS && length < 100000 && is_m_by_g0(rt, reader, m)) {
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

static bool is_wait_reason(struct gopm__reader *reader, uint64_t header)
{
	uint64_t address, size;

	return gopm__read_u64(reader, header, &address) && gopm__read_u64(reader, header + 8, &size) && size >= 4 &&
	       size < 64 && gopm__read_span(reader, address, size) != NULL;
}

/* Scans [begin, end) for the variables that are not in *found yet. */
static void scan_range(struct gopm__discovered *found, struct gopm__runtime *rt, uint64_t begin, uint64_t end,
                       bool main_first)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__reader probe = reader;
	uint64_t longest = 0, steps = 0, word, second, third;

	if (found->allm != 0 && gopm__read_u64(&probe, found->allm, &word)) {
		longest = m_list_length(rt, &probe, word, &steps);
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
		/* Other variables point to ms too. allm is the one from which the list is longest. */
		if (is_m_by_g0(rt, &probe, word)) {
			uint64_t length = m_list_length(rt, &probe, word, &steps);
			if (length > longest) {
				longest = length;
				found->allm = at;
			}
		}
		/* The array begins with "", then these two (runtime/runtime2.go, Go 1.11 to 1.27). */
		if (found->wait_reasons == 0 && string_is(&reader, at, "GC assist marking") &&
		    string_is(&reader, at + 16, "IO wait")) {
			uint64_t count = 1;
			while (count < GOPM__MAX_WAIT_REASONS && is_wait_reason(&reader, at - 16 + count * 16)) {
				count++;
			}
			found->wait_reasons = at - 16;
			found->wait_reason_count = count;
		}
	}
}

/* Scans again, only the variables found. A small core keeps what is read here, so that it can be opened. */
static void note_found(const struct gopm__discovered *found, struct gopm__runtime *rt, bool main_first)
{
	const uint64_t places[] = {found->allgs, found->allm, found->allp,
	                           found->wait_reasons != 0 ? found->wait_reasons + 16 : 0};

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct gopm__discovered again = {0};
		if (places[i] != 0) {
			scan_range(&again, rt, places[i], places[i] + 8, main_first);
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
			scan_range(found, rt, ranges[i].begin, ranges[i].end, pass == 0);
		}
		if (found->allgs != 0) {
			break;
		}
	}
	gopm__source_note(&rt->core->source, true);
	note_found(found, rt, pass == 0);
}
