/* SPDX-License-Identifier: Apache-2.0 */
/* Damages one word of the runtime's structures at a time. The core still opens, no goroutine disappears, and the damage
 * is a finding; if it is in a goroutine, its record is partial. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <string.h>

enum { MOST = 200 };

static struct sample_bytes bytes;
static gopm_goroutine before[MOST];
static size_t count;
static struct gopm__layout layout;
static uint64_t allgs;

static const char *const fixtures[] = {"states-127-amd64-default", "states-126-arm64-default"};

static gopm_core *open_core(void)
{
	gopm_status status;
	gopm_core *core = sample_open_bytes(&bytes, 0, &status);

	assert_int_equal(status, GOPM_OK);
	return core;
}

static size_t list(gopm_core *core, gopm_goroutine *records)
{
	gopm_goroutine_iter *it;
	size_t got = 0;

	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &it, NULL), GOPM_OK);
	(void)gopm_goroutine_iter_next(it, records, sizeof *records, MOST, &got);
	gopm_goroutine_iter_free(it);
	return got;
}

static uint64_t findings(gopm_core *core, uint32_t kind)
{
	gopm_finding_iter *it;
	gopm_finding finding;
	uint64_t found = 0;
	size_t got;

	assert_int_equal(gopm_finding_iter_open(core, &it, NULL), GOPM_OK);
	while (gopm_finding_iter_next(it, &finding, sizeof finding, 1, &got) == GOPM_OK) {
		found += finding.kind == kind ? finding.count : 0;
	}
	gopm_finding_iter_free(it);
	return found;
}

static void open_fixture(const char *name)
{
	sample_read_fixture(&bytes, name);
	gopm_core *core = open_core();
	count = list(core, before);
	layout = core->program->runtime.layout;
	allgs = core->program->runtime.allgs;
	assert_int_equal(findings(core, GOPM_FINDING_BAD_GOROUTINE), 0);
	assert_int_equal(findings(core, GOPM_FINDING_BAD_POINTER), 0);
	assert_int_equal(findings(core, GOPM_FINDING_STACK_INCOMPLETE), 0);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(before[i].flags & GOPM_G_FLAG_PARTIAL, 0);
	}
	gopm_core_close(core);
}

static uint64_t get(uint64_t address, unsigned size)
{
	uint64_t value = 0;

	memcpy(&value, sample_at(&bytes, address), size);
	return value;
}

static void put(uint64_t address, uint64_t value, unsigned size)
{
	memcpy(sample_at(&bytes, address), &value, size);
}

/* The core says that goroutine `i` is damaged, and all others are as before. */
static void check_partial(size_t i, const char *field, uint64_t value)
{
	static gopm_goroutine after[MOST];
	gopm_core *core = open_core();
	size_t got = list(core, after);
	bool partial = false;

	if (got != count) {
		fail_msg("%s = 0x%llx: %zu goroutines of %zu", field, (unsigned long long)value, got, count);
	}
	for (size_t k = 0; k < count; k++) {
		assert_int_equal(after[k].address, before[k].address);
		partial = partial || (k == i && (after[k].flags & GOPM_G_FLAG_PARTIAL) != 0);
		if (k != i) {
			assert_int_equal(after[k].id, before[k].id);
			assert_int_equal(after[k].user.pc, before[k].user.pc);
		}
	}
	uint64_t said = findings(core, GOPM_FINDING_BAD_GOROUTINE) + findings(core, GOPM_FINDING_STACK_INCOMPLETE) +
	                findings(core, GOPM_FINDING_BAD_POINTER);
	if (!partial || said == 0) {
		fail_msg("%s = 0x%llx of goroutine %llu: partial %d, %llu findings", field, (unsigned long long)value,
		         (unsigned long long)before[i].id, partial, (unsigned long long)said);
	}
	gopm_core_close(core);
}

static void damage(size_t i, const char *field, uint64_t address, unsigned size, uint64_t value)
{
	uint64_t old = get(address, size);

	if (old != value) {
		put(address, value, size);
		check_partial(i, field, value);
		put(address, old, size);
	}
}

static void damage_goroutine(size_t i)
{
	const uint64_t g = before[i].address, bad = before[(i + 3) % count].address, high = UINT64_C(1) << 62;
	const struct {
		const char *name;
		int32_t offset;
		unsigned size;
		uint64_t values[3];
	} fields[] = {
	    {"goid", layout.g.goid, 8, {0, high, high}},
	    {"atomicstatus", layout.g.atomicstatus, 4, {0, 6, 0xffffffff}},
	    {"atomicstatus", layout.g.atomicstatus, 4, {2, 3, 8}},
	    {"waitreason", layout.g.waitreason, 1, {0xff, 0, 200}},
	    /* Those of a synctest bubble: runtime/runtime2.go, Go 1.26 and 1.27. */
	    {"waitreason", layout.g.waitreason, 1, {41, 42, 43}},
	    {"bubble", layout.g.bubble, 8, {8, 64, high}},
	    {"runningCleanups", layout.g.running_cleanups, 1, {2, 0x80, 0xff}},
	    {"stack.lo", layout.g.stack_lo, 8, {0, before[i].stack_lo + 8, bad}},
	    {"stack.hi", layout.g.stack_hi, 8, {0, before[i].stack_hi + 8, bad}},
	    {"sched.sp", layout.g.sched_sp, 8, {0, before[i].stack_hi + 8, bad}},
	    {"sched.pc", layout.g.sched_pc, 8, {0, before[i].pc + 4, bad}},
	    {"m", layout.g.m, 8, {bad, 8, high}},
	    {"lockedm", layout.g.lockedm, 8, {bad, 8, high}},
	    {"waitsince", layout.g.waitsince, 8, {UINT64_MAX, high, high}},
	    {"parentGoid", layout.g.parent_goid, 8, {UINT64_MAX, bad, high}},
	    {"startpc", layout.g.startpc, 8, {0, before[i].start.pc + 4, bad}},
	    {"gopc", layout.g.gopc, 8, {0, before[i].go_statement.pc + 4, bad}},
	};

	for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
		for (size_t v = 0; v < 3; v++) {
			damage(i, fields[f].name, g + (uint64_t)fields[f].offset, fields[f].size, fields[f].values[v]);
		}
	}
}

/* A page of zeroes in the place of a goroutine: it is idle, and has no id. */
static void damage_all(size_t i)
{
	uint8_t old[256];

	memcpy(old, sample_at(&bytes, before[i].address), sizeof old);
	memset(sample_at(&bytes, before[i].address), 0, sizeof old);
	check_partial(i, "all words", 0);
	memcpy(sample_at(&bytes, before[i].address), old, sizeof old);
}

static void test_goroutines(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof fixtures / sizeof fixtures[0]; f++) {
		size_t done = 0;
		open_fixture(fixtures[f]);
		for (size_t i = 0; i < count && done < 4; i += 5) {
			/* Of goroutine 1 the creator has no id. */
			if (before[i].status == GOPM_G_WAITING && before[i].id != 1) {
				damage_goroutine(i);
				damage_all(i);
				done++;
			}
		}
		assert_int_equal(done, 4);
		sample_free(&bytes);
	}
}

/* Goroutines that send to or receive from a channel: their sudog and the channel. */
static void damage_channel(size_t i)
{
	const uint64_t sudog = get(before[i].address + (uint64_t)layout.g.waiting, 8), chan = before[i].wait.object;
	const uint64_t bad = before[(i + 3) % count].address;
	const struct {
		const char *name;
		uint64_t address;
		unsigned size;
		uint64_t values[2];
	} fields[] = {
	    {"waiting", before[i].address + (uint64_t)layout.g.waiting, 8, {0, bad}},
	    {"sudog.g", sudog + (uint64_t)layout.sudog.g, 8, {0, bad}},
	    {"sudog.c", sudog + (uint64_t)layout.sudog.c, 8, {UINT64_MAX, bad}},
	    /* "GC assist marking" and "sleep" have no sudog. */
	    {"waitreason", before[i].address + (uint64_t)layout.g.waitreason, 1, {1, 14}},
	    {"qcount", chan + (uint64_t)layout.hchan.qcount, 8, {before[i].wait.length + 1, UINT64_MAX}},
	    {"sendx", chan + (uint64_t)layout.hchan.sendx, 8, {1000, UINT64_MAX}},
	    {"recvx", chan + (uint64_t)layout.hchan.recvx, 8, {1000, UINT64_MAX}},
	    {"closed", chan + (uint64_t)layout.hchan.closed, 4, {1, 7}},
	    {"elemsize", chan + (uint64_t)layout.hchan.elemsize, 2, {33, 0xffff}},
	};

	for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
		for (size_t v = 0; v < 2; v++) {
			damage(i, fields[f].name, fields[f].address, fields[f].size, fields[f].values[v]);
		}
	}
	if (before[i].wait.capacity == 0) { /* its buffer is a field of its own */
		damage(i, "dataqsiz", chan + (uint64_t)layout.hchan.dataqsiz, 8, 16);
	}
}

/* A sleeping goroutine stores the time twice. */
static void test_timers(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof fixtures / sizeof fixtures[0]; f++) {
		size_t done = 0;
		open_fixture(fixtures[f]);
		for (size_t i = 0; i < count; i++) {
			if (before[i].wait.kind == GOPM_WAIT_TIMER && before[i].wait.deadline != 0) {
				const uint64_t g = before[i].address, when = (uint64_t)before[i].wait.deadline;
				damage(i, "sleepWhen", g + (uint64_t)layout.g.sleep_when, 8, when + 1);
				damage(i, "sleepWhen", g + (uint64_t)layout.g.sleep_when, 8, 0);
				damage(i, "timer", g + (uint64_t)layout.g.timer, 8, 0);
				done++;
			}
		}
		assert_true(done != 0);
		sample_free(&bytes);
	}
}

static void test_channels(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof fixtures / sizeof fixtures[0]; f++) {
		size_t done = 0;
		open_fixture(fixtures[f]);
		for (size_t i = 0; i < count; i++) {
			const gopm_wait *w = &before[i].wait;
			bool alone = w->senders + w->receivers == 1; /* no other record depends on it */
			if ((w->kind == GOPM_WAIT_CHAN_SEND || w->kind == GOPM_WAIT_CHAN_RECEIVE) && alone &&
			    done < 4) {
				damage_channel(i);
				done++;
			}
		}
		assert_true(done > 1);
		sample_free(&bytes);
	}
}

/* The links of a queue: its length is no longer known, and the core says so. */
static void test_queue(void **state)
{
	(void)state;
	open_fixture(fixtures[0]);
	size_t done = 0;
	for (size_t i = 0; i < count; i++) {
		const gopm_wait *w = &before[i].wait;
		const uint64_t sudog = get(before[i].address + (uint64_t)layout.g.waiting, 8);
		if (w->kind != GOPM_WAIT_CHAN_SEND && w->kind != GOPM_WAIT_CHAN_RECEIVE) {
			continue;
		}
		const uint64_t links[] = {sudog + (uint64_t)layout.sudog.next, sudog + (uint64_t)layout.sudog.prev};
		for (size_t k = 0; k < 2; k++) {
			gopm_goroutine after;
			uint64_t old = get(links[k], 8);
			put(links[k], old == 0 ? sudog : 0, 8);
			gopm_core *core = open_core();
			assert_int_equal(gopm_goroutine_by_id(core, before[i].id, &after, sizeof after, NULL), GOPM_OK);
			assert_int_equal(after.wait.flags & GOPM_WAIT_FLAG_COUNTS, 0);
			assert_true(findings(core, GOPM_FINDING_BAD_POINTER) + findings(core, GOPM_FINDING_CYCLE) != 0);
			gopm_core_close(core);
			put(links[k], old, 8);
			done++;
		}
	}
	assert_true(done > 2);
	sample_free(&bytes);
}

/* An entry of allgs that repeats or is lost is a finding; the others stay. */
static void test_allgs(void **state)
{
	static gopm_goroutine after[MOST];
	const uint64_t values[] = {0, 8, UINT64_MAX};

	(void)state;
	open_fixture(fixtures[0]);
	for (size_t entry = 0; entry < count; entry += 7) {
		uint64_t old = get(allgs + entry * 8, 8);
		for (size_t v = 0; v <= sizeof values / sizeof values[0]; v++) {
			bool repeats = v == sizeof values / sizeof values[0];
			put(allgs + entry * 8, repeats ? get(allgs + (entry + 1) * 8, 8) : values[v], 8);
			gopm_core *core = open_core();
			assert_in_range(list(core, after), count - 1, count);
			assert_true(findings(core, GOPM_FINDING_BAD_GOROUTINE) != 0);
			gopm_core_close(core);
		}
		put(allgs + entry * 8, old, 8);
	}
	/* The same goroutine again and again. */
	for (size_t entry = 1; entry < count; entry++) {
		put(allgs + entry * 8, get(allgs, 8), 8);
	}
	gopm_core *core = open_core();
	size_t left = list(core, after);
	assert_in_range(left, 1, count / 2);
	assert_int_equal(after[0].id, before[0].id);
	assert_true(findings(core, GOPM_FINDING_BAD_GOROUTINE) >= count - left);
	gopm_core_close(core);
	sample_free(&bytes);
}

static bool is_header(uint64_t at, const char *text)
{
	if (sample_at(&bytes, at) == NULL || sample_at(&bytes, at + 8) == NULL) {
		return false;
	}
	uint64_t string = get(at, 8), size = get(at + 8, 8);
	const uint8_t *data = size == strlen(text) ? sample_at(&bytes, string) : NULL;

	return data != NULL && memcmp(data, text, size) == 0;
}

/* A damaged entry of runtime.waitReasonStrings costs that entry only. */
static void test_wait_reasons(void **state)
{
	static gopm_goroutine after[MOST];

	(void)state;
	open_fixture(fixtures[0]);
	uint64_t header = 0;
	gopm_core *core = open_core();
	const struct gopm__module *module = &core->program->symtab.modules[0];
	for (uint64_t at = module->noptrdata; at < module->enoptrdata && header == 0; at += 8) {
		header = is_header(at, "chan receive") && is_header(at + 16, "chan send") ? at : 0;
	}
	for (uint64_t at = module->data; at < module->edata && header == 0; at += 8) {
		header = is_header(at, "chan receive") && is_header(at + 16, "chan send") ? at : 0;
	}
	gopm_core_close(core);
	assert_true(header != 0);
	const uint64_t places[] = {header, header + 8};
	for (size_t p = 0; p < 2; p++) {
		uint64_t old = get(places[p], 8);
		put(places[p], UINT64_C(0x7fffffffffff), 8);
		core = open_core();
		size_t got = list(core, after);
		assert_int_equal(got, count);
		for (size_t i = 0; i < got; i++) {
			bool lost = before[i].wait_reason.size == 12 &&
			            memcmp(before[i].wait_reason.data, "chan receive", 12) == 0;
			assert_int_equal(after[i].wait_reason.size, lost ? 0 : before[i].wait_reason.size);
			assert_int_equal((after[i].flags & GOPM_G_FLAG_PARTIAL) != 0, lost);
		}
		assert_true(findings(core, GOPM_FINDING_BAD_GOROUTINE) != 0);
		gopm_core_close(core);
		put(places[p], old, 8);
	}
	sample_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goroutines), cmocka_unit_test(test_channels), cmocka_unit_test(test_timers),
	    cmocka_unit_test(test_queue),      cmocka_unit_test(test_allgs),    cmocka_unit_test(test_wait_reasons),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
