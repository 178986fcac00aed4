/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/runtime.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/environment.h"
#include "exe/buildinfo.h"
#include "runtime/discover.h"
#include "runtime/layout/check.h"
#include "runtime/layout/choice.h"
#include "runtime/semaphore.h"
#include "util/map64.h"

#define MAX_MS 1000000u
#define MAX_PS 65536u
#define MAX_WAIT_REASON 128u
/* Goroutines looked at for the newest waitsince: all of them in a small program. */
#define MAX_NOW_SAMPLES 4096 /* pages touched, at the most: opening a core takes milliseconds */

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
	SYMBOL_SCHED,
	SYMBOL_SEMTABLE,
	SYMBOL_MHEAP,
	SYMBOL_COUNT,
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
    [SYMBOL_SCHED] = "runtime.sched",
    [SYMBOL_SEMTABLE] = "runtime.semtable",
    [SYMBOL_MHEAP] = "runtime.mheap_",
};

static const enum symbol late_symbols[GOPM__GLOBAL_COUNT] = {
    [GOPM__GLOBAL_SCHED] = SYMBOL_SCHED,
    [GOPM__GLOBAL_SEMTABLE] = SYMBOL_SEMTABLE,
    [GOPM__GLOBAL_MHEAP] = SYMBOL_MHEAP,
};

/* runtime.fingStatus, runtime/mfinal.go (Go 1.21 to 1.27). */
#define FING_RUNNING_FINALIZER 2u

bool gopm__runtime_bytes(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, uint64_t size,
                         gopm_str *out)
{
	*out = (gopm_str){NULL, 0};
	if (size == 0) {
		return true;
	}
	const uint8_t *span = gopm__read_span(reader, address, size);
	if (span != NULL) {
		*out = (gopm_str){(const char *)span, (size_t)size};
		return true;
	}
	uint8_t probe;
	if (gopm__read_copy(reader, address, &probe, 1) != 1) {
		return false;
	}
	(void)pthread_mutex_lock(&rt->lock);
	char *copy = gopm__arena_alloc(&rt->arena, (size_t)size + 1);
	(void)pthread_mutex_unlock(&rt->lock);
	if (copy == NULL || gopm__read_copy(reader, address, copy, (size_t)size) != size) {
		return false;
	}
	*out = (gopm_str){copy, (size_t)size};
	return true;
}

bool gopm__runtime_string(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t header, uint64_t limit,
                          gopm_str *out)
{
	uint64_t address, size;

	*out = (gopm_str){NULL, 0};
	return gopm__read_u64(reader, header, &address) && gopm__read_u64(reader, header + 8, &size) && size <= limit &&
	       gopm__runtime_bytes(rt, reader, address, size, out);
}

gopm_str gopm__runtime_type_name(struct gopm__runtime *rt, uint64_t type)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	gopm_str name = {NULL, 0};

	for (size_t i = 0; i < rt->symtab->module_count; i++) {
		const struct gopm__type_section *types = &rt->symtab->modules[i].types;
		if (type >= types->begin && type < types->end) {
			(void)gopm__typedesc_name(&reader, types, type, &name);
			return name;
		}
	}
	/* One made at run time by reflect has its name outside every module: unknown. */
	return name;
}

static int by_address(const void *a, const void *b)
{
	const struct gopm__m *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

const struct gopm__m *gopm__runtime_m(const struct gopm__runtime *rt, uint64_t address)
{
	struct gopm__m key = {.address = address};
	return rt->m_count != 0 ? bsearch(&key, rt->ms, rt->m_count, sizeof *rt->ms, by_address) : NULL;
}

const struct gopm__m *gopm__runtime_m_of_thread(const struct gopm__runtime *rt, uint64_t thread_id)
{
	for (size_t i = 0; i < rt->m_count; i++) {
		if (rt->ms[i].procid == thread_id && rt->ms[i].thread != NULL) {
			return &rt->ms[i];
		}
	}
	return NULL;
}

uint64_t gopm__runtime_g_at(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index)
{
	uint64_t address;

	if (index >= rt->g_count || !gopm__read_u64(reader, rt->allgs + index * 8, &address)) {
		return 0;
	}
	return address;
}

static uint64_t field(struct gopm__reader *reader, uint64_t address, int32_t offset, unsigned size)
{
	uint64_t value = 0;
	return offset >= 0 && gopm__read_word(reader, address + (uint64_t)offset, size, &value) ? value : 0;
}

static int threads_by_id(const void *a, const void *b)
{
	const struct gopm__thread *const *x = a, *const *y = b;
	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static const struct gopm__thread *find_thread(const struct gopm__thread **sorted, size_t count, uint64_t id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sorted[middle]->id < id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < count && sorted[low]->id == id ? sorted[low] : NULL;
}

/* allm is a list through alllink, the newest first. */
static gopm_status load_ms(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t first)
{
	const struct gopm__layout *l = &rt->layout;
	struct gopm__map64 seen = {0};
	gopm_status status = GOPM_ERR_NO_MEMORY;
	size_t capacity = 0, thread_count = rt->core->thread_count;
	const struct gopm__thread **sorted = calloc(thread_count + 1, sizeof(const struct gopm__thread *));

	if (sorted == NULL) {
		return status;
	}
	for (size_t i = 0; i < thread_count; i++) {
		sorted[i] = &rt->core->threads[i];
	}
	qsort(sorted, thread_count, sizeof(const struct gopm__thread *), threads_by_id);
	for (uint64_t at = first; at != 0; at = field(reader, at, l->m.alllink, 8)) {
		bool fresh;
		if (gopm__read_span(reader, at, 1) == NULL) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(at),
			                  "an m of runtime.allm is not in the core: threads may be missing");
			break;
		}
		if (gopm__map64_put(&seen, at, &fresh) == NULL) {
			goto out;
		}
		if (!fresh || rt->m_count >= MAX_MS) {
			gopm__finding_add(rt->findings, fresh ? GOPM_FINDING_LIMIT : GOPM_FINDING_CYCLE,
			                  GOPM__AT_ADDRESS(at), "runtime.allm does not end");
			break;
		}
		if (rt->m_count == capacity) {
			capacity = capacity != 0 ? capacity * 2 : 16;
			struct gopm__m *ms = realloc(rt->ms, capacity * sizeof *ms);
			if (ms == NULL) {
				goto out;
			}
			rt->ms = ms;
		}
		rt->ms[rt->m_count++] = (struct gopm__m){
		    .address = at,
		    .id = field(reader, at, l->m.id, 8),
		    .procid = field(reader, at, l->m.procid, 8),
		    .g0 = field(reader, at, l->m.g0, 8),
		    .gsignal = field(reader, at, l->m.gsignal, 8),
		    .curg = field(reader, at, l->m.curg, 8),
		    .vdso_sp = field(reader, at, l->m.vdso_sp, 8),
		    .vdso_pc = field(reader, at, l->m.vdso_pc, 8),
		    .throwing = (int32_t)field(reader, at, l->m.throwing, 4) != 0,
		    .caught_signal = field(reader, at, l->m.caughtsig, 8) != 0,
		    .dying = field(reader, at, l->m.dying, 4) != 0,
		    .thread = find_thread(sorted, thread_count, field(reader, at, l->m.procid, 8)),
		};
	}
	if (rt->m_count != 0) {
		qsort(rt->ms, rt->m_count, sizeof *rt->ms, by_address);
	}
	status = GOPM_OK;
out:
	gopm__map64_free(&seen);
	free(sorted);
	return status;
}

static void load_wait_reasons(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, uint64_t count)
{
	for (uint64_t i = 0; i < count && i < GOPM__MAX_WAIT_REASONS; i++) {
		if (!gopm__runtime_string(rt, reader, address + i * 16, MAX_WAIT_REASON, &rt->wait_reasons[i])) {
			break;
		}
		rt->wait_reason_count = (size_t)i + 1;
	}
	if (rt->wait_reason_count == 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.waitReasonStrings was not found: wait reasons have no names");
	}
}

/* The ring in order of writing: what lies behind the index is older. */
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
}

static void newer(struct gopm__runtime *rt, uint64_t time)
{
	if ((int64_t)time > rt->now && (int64_t)time > 0 && time < (uint64_t)INT64_MAX / 2) {
		rt->now = (int64_t)time;
	}
}

static gopm_status load_ps(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allp)
{
	uint64_t array, count;

	if (allp == 0 || !gopm__read_u64(reader, allp, &array) || !gopm__read_u64(reader, allp + 8, &count) ||
	    count > MAX_PS) {
		return GOPM_OK;
	}
	rt->ps = calloc((size_t)count + 1, sizeof *rt->ps);
	if (rt->ps == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint64_t i = 0; i < count; i++) {
		uint64_t p;
		if (gopm__read_u64(reader, array + i * 8, &p) && p != 0) {
			rt->ps[rt->p_count++] = p;
		}
	}
	return GOPM_OK;
}

/* The newest moment that the runtime wrote down where it is cheap to look: when each p was last seen scheduling, and
 * when goroutines parked. sched.lastpoll would say no more: it is zero while the poller sleeps, and while it does not,
 * a p is busy. */
static void estimate_now(struct gopm__runtime *rt, struct gopm__reader *reader)
{
	for (size_t i = 0; i < rt->p_count; i++) {
		newer(rt, field(reader, rt->ps[i], rt->layout.p.schedwhen, 8));
		newer(rt, field(reader, rt->ps[i], rt->layout.p.syscallwhen, 8));
	}
	for (uint64_t i = 0; i < rt->g_count && i < MAX_NOW_SAMPLES; i++) {
		uint64_t index = rt->g_count <= MAX_NOW_SAMPLES ? i : i * (rt->g_count / MAX_NOW_SAMPLES);
		uint64_t g = gopm__runtime_g_at(rt, reader, index);
		if (g != 0) {
			newer(rt, field(reader, g, rt->layout.g.waitsince, 8));
		}
	}
}

static gopm_status load_goroutines(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t allgs,
                                   uint64_t limit, gopm_error **err)
{
	uint64_t count;

	if (!gopm__read_u64(reader, allgs, &rt->allgs) || !gopm__read_u64(reader, allgs + 8, &count)) {
		return gopm__fail(err, GOPM_ERR_MISSING_MEMORY, GOPM__AT_ADDRESS(allgs),
		                  "runtime.allgs is not in the core");
	}
	rt->g_count = count;
	if (count > limit) {
		gopm__finding_add(rt->findings, GOPM_FINDING_LIMIT, GOPM__AT_ADDRESS(allgs),
		                  "runtime.allgs has %" PRIu64 " entries; %" PRIu64 " are read (max_goroutines)", count,
		                  limit);
		rt->g_count = limit;
		rt->partial = true;
	}
	/* The array is one heap object: what the core lacks of its end is missing for good. */
	if (rt->g_count != 0 && gopm__read_span(reader, rt->allgs, rt->g_count * 8) == NULL) {
		uint64_t low = 0, high = rt->g_count;
		while (low < high) {
			uint64_t middle = low + (high - low + 1) / 2, word;
			if (gopm__read_u64(reader, rt->allgs + (middle - 1) * 8, &word)) {
				low = middle;
			} else {
				high = middle - 1;
			}
		}
		if (low < rt->g_count) {
			gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(rt->allgs),
			                  "only %" PRIu64 " of %" PRIu64 " entries of runtime.allgs are in the core",
			                  low, rt->g_count);
			rt->g_count = low;
			rt->partial = true;
		}
	}
	return GOPM_OK;
}

/* What GODEBUG, a list of NAME=VALUE, says of labels: its last word counts (runtime/runtime1.go, parsegodebug). */
static bool say_labels(const char *list, size_t size, bool before)
{
	static const char name[] = "tracebacklabels=";
	const size_t name_size = sizeof name - 1;

	for (size_t i = 0; i + name_size < size; i++) {
		if ((i == 0 || list[i - 1] == ',') && memcmp(list + i, name, name_size) == 0) {
			bool ends = i + name_size + 1 == size || list[i + name_size + 1] == ',';
			if (ends && (list[i + name_size] == '0' || list[i + name_size] == '1')) {
				before = list[i + name_size] == '1';
			}
		}
	}
	return before;
}

/* GODEBUG=tracebacklabels exists since Go 1.26 and is on since 1.27 (internal/godebugs/table.go), unless the module is
 * older. The environment that the process was started with comes last. */
static bool prints_labels(const struct gopm__runtime *rt, struct gopm__executable *exe)
{
	bool prints = rt->minor == 0 || rt->minor >= 27;
	char environment[4096];
	gopm_str defaults;

	if (rt->minor != 0 && rt->minor < 26) {
		return false;
	}
	if (gopm__buildinfo_setting(rt->core, exe, "DefaultGODEBUG", &defaults)) {
		prints = say_labels(defaults.data, defaults.size, prints);
	}
	if (gopm__environment(rt->core, "GODEBUG", environment, sizeof environment)) {
		prints = say_labels(environment, strlen(environment), prints);
	}
	return prints;
}

/* The runtime's variables: by symbol, or else by structure, which needs a layout. */
struct variables {
	uint64_t at[SYMBOL_COUNT], size[SYMBOL_COUNT];
};

struct opening {
	struct gopm__runtime *rt;
	struct variables symbols, found;
};

/* By the layout in hand. */
static void find_variables(struct opening *o)
{
	struct gopm__discovered found = {0};
	struct variables *v = &o->found;

	*v = o->symbols;
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

static bool layout_fits(void *user_data, bool strict, char *why, size_t size)
{
	struct opening *o = user_data;

	find_variables(o);
	if (o->found.at[SYMBOL_ALLGS] == 0) {
		(void)snprintf(why, size, "no list of goroutines is found by it");
		return false;
	}
	const struct gopm__layout_anchors anchors = {o->found.at[SYMBOL_ALLGS], o->found.at[SYMBOL_ALLM],
	                                             o->found.at[SYMBOL_ALLP]};
	return gopm__layout_check(o->rt, &anchors, strict, why, size);
}

static void load_version(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__executable *exe,
                         uint64_t symbol)
{
	if (symbol != 0) {
		(void)gopm__runtime_string(rt, reader, symbol, 256, &rt->version);
	}
	if (rt->version.size == 0) {
		rt->version = gopm__buildinfo_version(rt->core, exe);
	}
	rt->minor = gopm__go_minor(rt->version);
	rt->trace = gopm__trace_format(rt->minor);
	rt->traceback_labels = prints_labels(rt, exe);
}

gopm_status gopm__runtime_open(struct gopm__runtime *rt, struct gopm__corefile *core, struct gopm__executable *exe,
                               struct gopm__symtab *symtab, const struct gopm__runtime_options *options,
                               gopm_error **err)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	struct opening opening = {.rt = rt};
	uint64_t word;

	*rt = (struct gopm__runtime){.core = core, .symtab = symtab, .findings = core->findings};
	(void)pthread_mutex_init(&rt->lock, NULL);
	(void)gopm__executable_symbols(exe, symbol_names, SYMBOL_COUNT, opening.symbols.at, opening.symbols.size);
	load_version(rt, &reader, exe, opening.symbols.at[SYMBOL_BUILD_VERSION]);
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
	const uint64_t *symbols = opening.found.at, *sizes = opening.found.size;
	for (size_t i = 0; i < GOPM__GLOBAL_COUNT; i++) {
		const enum symbol symbol = late_symbols[i];
		rt->symbols[i] = (struct gopm__symbol){symbols[symbol], sizes[symbol]};
	}
	if (symbols[SYMBOL_ALLGS] == 0) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(exe->source.name),
		                  "the list of goroutines was not found: no symbol runtime.allgs, and nothing in the "
		                  "program's data looks like it");
	}
	rt->allp = symbols[SYMBOL_ALLP];
	status = load_goroutines(rt, &reader, symbols[SYMBOL_ALLGS], options->max_goroutines, err);
	if (status != GOPM_OK) {
		return status;
	}
	if (symbols[SYMBOL_ALLM] == 0 || !gopm__read_u64(&reader, symbols[SYMBOL_ALLM], &word)) {
		word = 0;
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.allm was not found: no thread's goroutine is known");
	}
	status = load_ms(rt, &reader, word);
	if (status != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	load_wait_reasons(rt, &reader, symbols[SYMBOL_WAIT_REASONS], sizes[SYMBOL_WAIT_REASONS] / 16);
	if (symbols[SYMBOL_BACKLOG_INDEX] != 0) {
		load_backlog(rt, &reader, symbols[SYMBOL_BACKLOG], sizes[SYMBOL_BACKLOG],
		             symbols[SYMBOL_BACKLOG_INDEX]);
	}
	if (symbols[SYMBOL_FING_STATUS] != 0 && gopm__read_word(&reader, symbols[SYMBOL_FING_STATUS], 4, &word)) {
		rt->finalizer_running = (word & FING_RUNNING_FINALIZER) != 0;
	} else if (symbols[SYMBOL_FING_RUNNING] != 0 &&
	           gopm__read_word(&reader, symbols[SYMBOL_FING_RUNNING], 1, &word)) {
		rt->finalizer_running = word != 0;
	}
	if (load_ps(rt, &reader, symbols[SYMBOL_ALLP]) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	estimate_now(rt, &reader);
	return GOPM_OK;
}

void gopm__runtime_once(struct gopm__runtime *rt, atomic_bool *tried, void (*find)(struct gopm__runtime *rt))
{
	if (atomic_load_explicit(tried, memory_order_acquire)) {
		return;
	}
	(void)pthread_mutex_lock(&rt->lock);
	if (!atomic_load_explicit(tried, memory_order_relaxed)) {
		find(rt);
		atomic_store_explicit(tried, true, memory_order_release);
	}
	(void)pthread_mutex_unlock(&rt->lock);
}

void gopm__runtime_close(struct gopm__runtime *rt)
{
	if (rt->core == NULL) {
		return;
	}
	gopm__semaphores_free(rt->semaphores);
	gopm__arena_free(&rt->arena);
	free(rt->ms);
	free(rt->ps);
	(void)pthread_mutex_destroy(&rt->lock);
	*rt = (struct gopm__runtime){0};
}
