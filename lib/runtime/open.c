/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the runtime in this order: version, layout, goroutines, ms, wait reasons, backlog, ps, time of death.
 *
 * Variables are found by symbol. In a stripped program the four that the rest depends on (allgs, allm, allp,
 * waitReasonStrings) are found by their structure, which needs a layout: each candidate layout is tried with the
 * variables it finds. */
#include "runtime/open.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "exe/buildinfo.h"
#include "runtime/bounds.h"
#include "runtime/discover.h"
#include "runtime/g.h"
#include "runtime/godebug.h"
#include "runtime/id_set.h"
#include "runtime/layout/check.h"
#include "runtime/layout/choice.h"
#include "runtime/layout/field.h"
#include "runtime/p.h"
#include "runtime/semaphore.h"
#include "runtime/thread_match.h"
#include "runtime/wait_kind.h"
#include "symbol/open_defer.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"

#define MAX_WAIT_REASON 128u /* bytes */
#define MAX_VERSION 256u     /* bytes */

/* runtime.fingStatus, runtime/mfinal.go (Go 1.21 to 1.27). */
#define FING_RUNNING_FINALIZER 2u
#define FING_ALL 15u

/* newproc1 refuses more: they must fit into the smallest stack (runtime/proc.go, until Go 1.17). */
#define MAX_FIRST_ARGUMENTS 2048u
#define FIRST_WITHOUT_ARGUMENTS 18
#define NEWEST_KNOWN 27
#define FIRST_WITHOUT_JMPDEFER 18
#define FIRST_WITH_ALL_WAITING 26
#define FIRST_WITH_SCANNED_VECTORS 27
#define FIRST_WITH_DEFER_LIST 18
#define FIRST_WITH_DEFER_ARRAY 22

enum symbol {
	SYMBOL_ALLGS,
	SYMBOL_ALLM,
	SYMBOL_ALLP,
	SYMBOL_WAIT_REASONS,
	SYMBOL_BUILD_VERSION,
	SYMBOL_BACKLOG,
	SYMBOL_BACKLOG_INDEX,
	SYMBOL_FING_STATUS,
	SYMBOL_FING_RUNNING,
	SYMBOL_LATE, /* the first of those that are found on first use */
	SYMBOL_COUNT = SYMBOL_LATE + GOPM__GLOBAL_COUNT,
};

static const char *const symbol_names[SYMBOL_COUNT] = {
    [SYMBOL_ALLGS] = "runtime.allgs",
    [SYMBOL_ALLM] = "runtime.allm",
    [SYMBOL_ALLP] = "runtime.allp",
    [SYMBOL_WAIT_REASONS] = "runtime.waitReasonStrings",
    [SYMBOL_BUILD_VERSION] = "runtime.buildVersion",
    [SYMBOL_BACKLOG] = "runtime.printBacklog",
    [SYMBOL_BACKLOG_INDEX] = "runtime.printBacklogIndex",
    [SYMBOL_FING_STATUS] = "runtime.fingStatus",   /* since Go 1.21 */
    [SYMBOL_FING_RUNNING] = "runtime.fingRunning", /* a bool, until Go 1.20 */
    [SYMBOL_LATE + GOPM__GLOBAL_SCHED] = "runtime.sched",
    [SYMBOL_LATE + GOPM__GLOBAL_SEMTABLE] = "runtime.semtable",
    [SYMBOL_LATE + GOPM__GLOBAL_MHEAP] = "runtime.mheap_",
    [SYMBOL_LATE + GOPM__GLOBAL_MEMSTATS] = "runtime.memstats",
    [SYMBOL_LATE + GOPM__GLOBAL_INIT_TIME] = "runtime.runtimeInitTime",
    [SYMBOL_LATE + GOPM__GLOBAL_ALLFIN] = "runtime.allfin",
    [SYMBOL_LATE + GOPM__GLOBAL_CLEANUPS] = "runtime.gcCleanups", /* since Go 1.25 */
    [SYMBOL_LATE + GOPM__GLOBAL_MBUCKETS] = "runtime.mbuckets",
    [SYMBOL_LATE + GOPM__GLOBAL_BBUCKETS] = "runtime.bbuckets",
    [SYMBOL_LATE + GOPM__GLOBAL_XBUCKETS] = "runtime.xbuckets",
    [SYMBOL_LATE + GOPM__GLOBAL_PROFILE_CYCLE] = "runtime.mProfCycle",
    [SYMBOL_LATE + GOPM__GLOBAL_PROFILE_CYCLE_1_16] = "runtime.mProf",
    [SYMBOL_LATE + GOPM__GLOBAL_MEM_PROFILE_RATE] = "runtime.MemProfileRate",
    [SYMBOL_LATE + GOPM__GLOBAL_MUTEX_PROFILE_RATE] = "runtime.mutexprofilerate",
    [SYMBOL_LATE + GOPM__GLOBAL_TICKS] = "runtime.ticks",
};

/* True if entry `index` of waitReasonStrings can have this text. A Go that this library knows has no other reasons, and
 * each has one text. */
static bool is_reason(const struct gopm__runtime *rt, uint64_t index, gopm_str text)
{
	if (index == 0) {
		return text.size == 0;
	}
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < ' ' || text.data[i] > '~') {
			return false;
		}
	}
	for (uint64_t i = 0; i < index; i++) {
		if (gopm__str_equal(rt->wait_reasons[i], text)) {
			return false;
		}
	}
	return rt->minor == 0 || rt->minor > NEWEST_KNOWN || gopm__wait_reason_is_known(text);
}

/* Reads waitReasonStrings, an array of strings. A damaged entry costs only itself. Without a symbol (`guessed`) it may
 * as well be past the end of the array: only a goroutine with this reason shows the damage. */
static void load_wait_reasons(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, uint64_t count,
                              bool guessed)
{
	for (uint64_t i = 0; i < count && i < GOPM__MAX_WAIT_REASONS; i++) {
		gopm_str text;
		bool read = gopm__runtime_string(rt, reader, address + i * 16, MAX_WAIT_REASON, &text);
		if (!read || !is_reason(rt, i, text)) {
			text = (gopm_str){NULL, 0};
			gopm__finding_add(guessed ? NULL : rt->findings, GOPM_FINDING_BAD_POINTER,
			                  GOPM__AT_ADDRESS(address + i * 16),
			                  "runtime.waitReasonStrings: entry %" PRIu64
			                  " cannot be read, so wait reason %" PRIu64 " has no name",
			                  i, i);
		}
		rt->wait_reasons[i] = text;
		rt->wait_kinds[i] = (uint8_t)gopm__wait_kind(text);
		rt->wait_bubbles[i] = gopm__wait_is_of_bubble(text);
		rt->wait_reason_count = (size_t)i + 1;
	}
	if (rt->wait_reason_count == 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.waitReasonStrings was not found: wait reasons have no names");
	}
}

/* printBacklog is a ring: the oldest byte is at the index. Bytes never written are 0. */
static void load_backlog(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, uint64_t size,
                         uint64_t index_address)
{
	char ring[4096], text[4096];
	uint64_t index;
	size_t used = 0;

	if (address == 0 || size == 0 || size > sizeof ring || !gopm__read_u64(reader, index_address, &index) ||
	    index >= size || gopm__read_copy(reader, address, ring, (size_t)size) != size) {
		return;
	}
	for (uint64_t i = 0; i < size; i++) {
		char c = ring[(index + i) % size];
		if (c != '\0') {
			text[used++] = c;
		}
	}
	rt->backlog = gopm__arena_str(&rt->arena, text, used);
	rt->backlog_full = used == size;
}

static void load_finalizer_state(struct gopm__runtime *rt, struct gopm__reader *reader, const uint64_t *symbols)
{
	uint64_t word;

	if (symbols[SYMBOL_FING_STATUS] != 0 && gopm__read_word(reader, symbols[SYMBOL_FING_STATUS], 4, &word)) {
		rt->finalizer_running = (word & FING_RUNNING_FINALIZER) != 0;
		if ((word & ~(uint64_t)FING_ALL) != 0) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER,
			                  GOPM__AT_ADDRESS(symbols[SYMBOL_FING_STATUS]),
			                  "runtime.fingStatus is damaged: if a finalizer runs is unknown");
		}
	} else if (symbols[SYMBOL_FING_RUNNING] != 0 &&
	           gopm__read_word(reader, symbols[SYMBOL_FING_RUNNING], 1, &word)) {
		rt->finalizer_running = word != 0;
	}
}

/* Addresses of the runtime's variables, 0 if not found, and sizes of those with a symbol. */
struct opened_variables {
	uint64_t at[SYMBOL_COUNT], size[SYMBOL_COUNT];
};

struct opening {
	struct gopm__runtime *rt;
	const struct gopm__executable *exe;
	struct opened_variables by_symbol;
	struct opened_variables found; /* by symbol, or by structure with the layout tried last */
	uint64_t gs, g_count;          /* the array of allgs and its length; 0: not found */
};

/* If the slice does not fit, finds its array without it. True if there is another one. */
static bool repair_allgs(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allgs, uint64_t *count)
{
	uint64_t array, length;

	if (gopm__allgs_fits(rt, reader, allgs) || !gopm__discover_gs(rt, &array, &length) ||
	    (array == rt->allgs && length == *count)) {
		return false;
	}
	gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(allgs),
	                  "runtime.allgs is damaged; its array of %" PRIu64 " goroutines was found through another "
	                  "variable",
	                  length);
	rt->allgs = array;
	*count = length;
	return true;
}

/* Entries past the length are nil: append clears the array. While allgadd() adds a g, that one is dead and past the
 * length (runtime/proc.go). */
static void check_allgs_end(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allgs, uint64_t *count)
{
	uint64_t capacity, next, status;

	if (!gopm__read_u64(reader, allgs + 16, &capacity) || *count >= capacity ||
	    !gopm__read_u64(reader, rt->allgs + *count * 8, &next) || next == 0 ||
	    !gopm__field(reader, next, rt->layout.g.atomicstatus, 4, &status) ||
	    gopm__g_status((uint32_t)status) == GOPM_G_DEAD || gopm__g_status((uint32_t)status) == GOPM_G_UNKNOWN) {
		return;
	}
	uint64_t length = gopm__allgs_length(rt, reader, rt->allgs, capacity);
	if (length > *count) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(allgs + 8),
		                  "runtime.allgs has the length %" PRIu64 ", but %" PRIu64 " goroutines", *count,
		                  length);
		*count = length;
	}
}

/* Finds rt->allgs and the number of its entries. */
static gopm_status find_allgs(struct opening *o, struct gopm__reader *reader, uint64_t *count, gopm_error **err)
{
	struct gopm__runtime *rt = o->rt;
	const uint64_t allgs = o->found.at[SYMBOL_ALLGS];

	if (allgs == 0) {
		rt->allgs = o->gs;
		*count = o->g_count;
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(o->gs),
		                  "runtime.allgs is damaged; its array of %" PRIu64 " goroutines was found through "
		                  "another variable",
		                  o->g_count);
		return GOPM_OK;
	}
	if (!gopm__read_u64(reader, allgs, &rt->allgs) || !gopm__read_u64(reader, allgs + 8, count)) {
		return gopm__fail(err, GOPM_ERR_MISSING_MEMORY, GOPM__AT_ADDRESS(allgs),
		                  "runtime.allgs is not in the core%s",
		                  rt->core->truncated ? ": the file is truncated; copy or take it again" : "");
	}
	if (!repair_allgs(rt, reader, allgs, count)) {
		check_allgs_end(rt, reader, allgs, count);
	}
	return GOPM_OK;
}

/* Reads the array of allgs. It is one heap object: a core that was cut lacks the end of it. */
static gopm_status load_allgs(struct opening *o, struct gopm__reader *reader, uint64_t limit, gopm_error **err)
{
	struct gopm__runtime *rt = o->rt;
	const uint64_t allgs = o->found.at[SYMBOL_ALLGS];
	uint64_t count, word;
	size_t present;

	gopm_status status = find_allgs(o, reader, &count, err);
	if (status != GOPM_OK) {
		return status;
	}
	rt->g_count = count;
	if (count == 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(allgs),
		                  "runtime.allgs is empty: the process had not started, or it is damaged");
	}
	if (count > limit) {
		gopm__finding_add(rt->findings, GOPM_FINDING_LIMIT, GOPM__AT_ADDRESS(allgs),
		                  "runtime.allgs has %" PRIu64 " entries; %" PRIu64 " are read (max_goroutines)", count,
		                  limit);
		rt->g_count = limit;
		rt->partial = true;
	}
	if (rt->g_count == 0 || gopm__read_span(reader, rt->allgs, rt->g_count * 8) != NULL) {
		return GOPM_OK;
	}
	GOPM__LOWER_BOUND(present, rt->g_count, gopm__read_u64(reader, rt->allgs + present * 8, &word));
	if (present < rt->g_count) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(rt->allgs),
		                  "only %zu of %" PRIu64 " entries of runtime.allgs are in the core", present,
		                  rt->g_count);
		rt->g_count = present;
		rt->partial = true;
	}
	return GOPM_OK;
}

/* Fills o->found, reading by the current layout. */
static void find_variables(struct opening *o)
{
	struct gopm__discovered found = {0};
	struct opened_variables *v = &o->found;

	*v = o->by_symbol;
	if (v->at[SYMBOL_ALLGS] == 0 || v->at[SYMBOL_ALLM] == 0 || v->at[SYMBOL_ALLP] == 0 ||
	    v->at[SYMBOL_WAIT_REASONS] == 0) {
		gopm__discover(&found, o->rt);
	}
	if (v->at[SYMBOL_ALLGS] == 0) {
		v->at[SYMBOL_ALLGS] = found.allgs;
	}
	if (v->at[SYMBOL_ALLM] == 0) {
		v->at[SYMBOL_ALLM] = found.allm;
	}
	if (v->at[SYMBOL_ALLP] == 0) {
		v->at[SYMBOL_ALLP] = found.allp;
	}
	if (v->at[SYMBOL_WAIT_REASONS] == 0) {
		v->at[SYMBOL_WAIT_REASONS] = found.wait_reasons;
		v->size[SYMBOL_WAIT_REASONS] = found.wait_reason_count * 16;
	}
}

/* Sets o->gs and o->g_count, reading by the current layout. */
static void find_gs(struct opening *o)
{
	struct gopm__reader reader = gopm__reader(&o->rt->core->memory);
	const uint64_t allgs = o->found.at[SYMBOL_ALLGS];

	o->gs = o->g_count = 0;
	if (allgs == 0) {
		(void)gopm__discover_gs(o->rt, &o->gs, &o->g_count);
	} else if (gopm__read_u64(&reader, allgs, &o->gs)) {
		(void)gopm__read_u64(&reader, allgs + 8, &o->g_count);
	}
}

/* gopm__layout_trial.fits: the current layout fits if it finds goroutines and they are consistent. */
static bool layout_fits(void *user_data, bool strict, char *why, size_t size)
{
	struct opening *o = user_data;

	find_variables(o);
	find_gs(o);
	if (o->found.at[SYMBOL_ALLGS] == 0 && o->g_count == 0) {
		(void)snprintf(why, size, "it finds no goroutines");
		return false;
	}
	const struct gopm__layout_anchors anchors = {o->gs, o->g_count, o->found.at[SYMBOL_ALLM],
	                                             o->found.at[SYMBOL_ALLP]};
	return gopm__layout_check(o->rt, &anchors, strict, why, size);
}

static void load_version(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__executable *exe,
                         uint64_t symbol)
{
	if (symbol != 0) {
		(void)gopm__runtime_string(rt, reader, symbol, MAX_VERSION, &rt->version);
	}
	if (rt->version.size == 0) {
		rt->version = gopm__buildinfo_version(rt->core, exe);
	}
	rt->minor = gopm__go_minor(rt->version);
	rt->trace = gopm__trace_format(rt->minor);
	rt->all_waiting = rt->minor >= FIRST_WITH_ALL_WAITING;
	rt->scans_vectors = rt->minor == 0 || rt->minor >= FIRST_WITH_SCANNED_VECTORS;
	rt->repeats_deferreturn = rt->minor == 0 || rt->minor < FIRST_WITHOUT_JMPDEFER;
	rt->open_defers = rt->minor == 0 || rt->minor >= FIRST_WITH_DEFER_ARRAY ? GOPM__OPEN_DEFER_ARRAY
	                  : rt->minor >= FIRST_WITH_DEFER_LIST                  ? GOPM__OPEN_DEFER_LIST
	                                                                        : GOPM__OPEN_DEFER_ARGUMENTS;
	/* A `go` statement with arguments starts a closure: since Go 1.17 on amd64, since Go 1.18 on all CPUs. */
	rt->first_arguments = rt->minor != 0 && rt->minor < FIRST_WITHOUT_ARGUMENTS ? MAX_FIRST_ARGUMENTS : 0;
	rt->traceback_labels = gopm__godebug_traceback_labels(rt->core, exe, rt->minor);
}

/* Reads the variables that were found, by the layout that was chosen. */
static gopm_status load_variables(struct opening *o, struct gopm__reader *reader, uint64_t max_goroutines,
                                  gopm_error **err)
{
	const uint64_t *at = o->found.at, *size = o->found.size;
	struct gopm__runtime *rt = o->rt;
	uint64_t first_m;

	rt->allp = at[SYMBOL_ALLP];
	gopm_status status = load_allgs(o, reader, max_goroutines, err);
	if (status != GOPM_OK) {
		return status;
	}
	if (at[SYMBOL_ALLM] == 0 || !gopm__read_u64(reader, at[SYMBOL_ALLM], &first_m)) {
		first_m = 0;
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.allm was not found: goroutines of threads are unknown");
	} else if (first_m == 0 && o->g_count != 0) {
		/* The first m is there before the first goroutine (runtime/proc.go, schedinit). */
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(at[SYMBOL_ALLM]),
		                  "runtime.allm has no m: goroutines of threads are unknown");
	}
	if (gopm__ms_load(rt, reader, first_m) != GOPM_OK ||
	    gopm__threads_match(rt, reader, gopm__executable_tls_size(o->exe)) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	load_wait_reasons(rt, reader, at[SYMBOL_WAIT_REASONS], size[SYMBOL_WAIT_REASONS] / 16,
	                  o->by_symbol.at[SYMBOL_WAIT_REASONS] == 0);
	if (at[SYMBOL_BACKLOG_INDEX] != 0) {
		load_backlog(rt, reader, at[SYMBOL_BACKLOG], size[SYMBOL_BACKLOG], at[SYMBOL_BACKLOG_INDEX]);
	}
	load_finalizer_state(rt, reader, at);
	if (gopm__ps_load(rt, reader) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	gopm__bounds_find(rt, reader, at[SYMBOL_LATE + GOPM__GLOBAL_SCHED]);
	return GOPM_OK;
}

gopm_status gopm__runtime_open(struct gopm__runtime *rt, struct gopm__corefile *core, struct gopm__executable *exe,
                               struct gopm__symtab *symtab, const struct gopm__runtime_options *options,
                               gopm_error **err)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	struct opening opening = {.rt = rt, .exe = exe};

	*rt = (struct gopm__runtime){.core = core,
	                             .symtab = symtab,
	                             .findings = core->findings,
	                             .last_goid = GOPM__NO_GOID_BOUND,
	                             .latest = GOPM__NO_TIME_BOUND};
	(void)pthread_mutex_init(&rt->lock, NULL);
	rt->cfa_rules = gopm__calloc(1, sizeof *rt->cfa_rules);
	if (rt->cfa_rules == NULL) {
		return gopm__fail_memory(err);
	}
	(void)pthread_mutex_init(&rt->cfa_rules->lock, NULL);
	(void)gopm__executable_symbols(exe, symbol_names, SYMBOL_COUNT, opening.by_symbol.at, opening.by_symbol.size);
	load_version(rt, &reader, exe, opening.by_symbol.at[SYMBOL_BUILD_VERSION]);
	const struct gopm__layout_program program = {
	    .symtab = symtab,
	    .exe = exe,
	    .findings = rt->findings,
	    .cpu = core->arch->name,
	    .version = gopm__layout_version(rt->version, rt->minor),
	    .no_dwarf = options->no_dwarf,
	};
	const struct gopm__layout_trial trial = {layout_fits, &opening};
	gopm_status status = gopm__layout_choose(&rt->layout, &program, &trial, err);
	if (status != GOPM_OK) {
		return status;
	}
	for (size_t i = 0; i < GOPM__GLOBAL_COUNT; i++) {
		const size_t k = SYMBOL_LATE + i;
		rt->symbols[i] = (struct gopm__global_symbol){opening.found.at[k], opening.found.size[k]};
	}
	if (opening.found.at[SYMBOL_ALLGS] == 0 && opening.g_count == 0) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(exe->source.name),
		                  "runtime.allgs was not found: the program has no such symbol, and no data in the "
		                  "core is a list of goroutines");
	}
	return load_variables(&opening, &reader, options->max_goroutines, err);
}

void gopm__runtime_close(struct gopm__runtime *rt)
{
	if (rt->core == NULL) {
		return;
	}
	gopm__semaphores_free(rt->semaphores);
	gopm__repeats_free(rt->repeats);
	gopm__arena_free(&rt->arena);
	if (rt->cfa_rules != NULL) {
		(void)pthread_mutex_destroy(&rt->cfa_rules->lock);
		gopm__map64_free(&rt->cfa_rules->map);
		free(rt->cfa_rules);
	}
	free(rt->ms);
	free(rt->thread_ms);
	free(rt->ps);
	(void)pthread_mutex_destroy(&rt->lock);
	*rt = (struct gopm__runtime){0};
}
