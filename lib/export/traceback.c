/* SPDX-License-Identifier: Apache-2.0 */
/* Follows runtime/traceback.go function by function. Differences between Go versions are in rt->trace. A call is
 * visible if the runtime would print it. A deep stack prints its first and last 50 visible calls. */
#include "export/traceback.h"

#include <inttypes.h>

#include "export/trace_args.h"
#include "export/trace_labels.h"
#include "export/trace_name.h"
#include "export/trace_native.h"
#include "program/death_frames.h"
#include "runtime/g_check.h"
#include "runtime/wait_kind.h"
#include "unwind/cfa.h"
#include "util/escape.h"

/* Frames printed at each end of a deep stack (runtime/traceback.go: tracebackInnerFrames, tracebackOuterFrames). */
enum { INNER_FRAMES = 50, OUTER_FRAMES = 50 };
/* runtime.ancestorInfo: {pcs []uintptr, goid uint64, gopc uintptr} since Go 1.12 (runtime/runtime2.go). */
enum { ANCESTOR_GOID = 24, ANCESTOR_GOPC = 32, ANCESTOR_SIZE = 40, MOST_ANCESTORS = 1000 };
#define NANOSECONDS_A_MINUTE INT64_C(60000000000)

bool gopm__traceback_shows(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level)
{
	return !gopm__g_is_dead(g) && (level == GOPM_TRACEBACK_SYSTEM || !gopm__g_is_system(rt, g));
}

static void write_header(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level,
                         struct gopm__text *out)
{
	gopm_str status = gopm__g_status_name(g->status);
	gopm_str reason = gopm__g_wait_reason(rt, g);

	/* Reason 0 means that there is none. */
	if (reason.size != 0 && g->raw_wait_reason != 0) {
		status = reason;
	}
	gopm__text_printf(out, "goroutine %" PRIu64, g->id);
	if (level == GOPM_TRACEBACK_SYSTEM && rt->trace->pointers) {
		gopm__text_printf(out, " gp=0x%" PRIx64, g->address);
		if (g->m != NULL) {
			gopm__text_printf(out, " m=%" PRIu64 " mp=0x%" PRIx64, g->m->id, g->m_address);
		} else {
			gopm__text_str(out, " m=nil");
		}
	}
	gopm__text_str(out, " [");
	gopm__text_escaped(out, status, 0);
	if (g->status == GOPM_G_LEAKED) {
		gopm__text_str(out, " (leaked)");
	}
	if ((g->flags & GOPM_G_FLAG_SCAN) != 0) {
		gopm__text_str(out, " (scan)");
	}
	uint64_t bubble = gopm__g_bubble_id(rt, g);
	if (bubble != 0 && g->status == GOPM_G_WAITING && gopm__wait_is_durable(status)) {
		gopm__text_str(out, " (durable)");
	}
	/* A clock is never negative: that is damage. */
	if ((g->status == GOPM_G_WAITING || g->status == GOPM_G_SYSCALL) && g->wait_since > 0 &&
	    rt->now > g->wait_since && (rt->now - g->wait_since) / NANOSECONDS_A_MINUTE >= 1) {
		gopm__text_printf(out, ", %" PRId64 " minutes", (rt->now - g->wait_since) / NANOSECONDS_A_MINUTE);
	}
	if (g->lockedm != 0) {
		gopm__text_str(out, ", locked to thread");
	}
	if (bubble != 0) {
		gopm__text_printf(out, ", synctest bubble %" PRIu64, bubble);
	}
	if (rt->traceback_labels) {
		gopm__trace_labels(rt, g, out);
	} else {
		gopm__text_str(out, "]:\n");
	}
}

/* A wrapper that called a panic function instead of its target is shown. */
static bool hides_wrapper(uint8_t callee_role)
{
	return callee_role != GOPM__ROLE_GOPANIC && callee_role != GOPM__ROLE_SIGPANIC &&
	       callee_role != GOPM__ROLE_PANICWRAP;
}

static bool shows_call(const struct gopm__call *call, uint32_t level, bool first, uint8_t callee_role)
{
	if (level == GOPM_TRACEBACK_SYSTEM) {
		return true;
	}
	if (call->role == GOPM__ROLE_WRAPPER && hides_wrapper(callee_role)) {
		return false;
	}
	if (call->role == GOPM__ROLE_FINALIZERS || call->role == GOPM__ROLE_CLEANUPS) {
		return true;
	}
	if (call->role == GOPM__ROLE_GOPANIC && !first) {
		return true;
	}
	return call->symbol.size != 0 && memchr(call->symbol.data, '.', call->symbol.size) != NULL &&
	       !gopm__name_is_private_runtime(call->symbol);
}

static void print_place(const struct gopm__call *call, struct gopm__text *out)
{
	gopm__text_str(out, "\t");
	if (call->file.size != 0) {
		gopm__text_escaped(out, call->file, 0);
	} else {
		gopm__text_str(out, "?");
	}
	gopm__text_printf(out, ":%" PRIu32, call->line);
}

static void print_call(struct gopm__walk *walk, const struct gopm__call *call, uint32_t level, struct gopm__text *out)
{
	bool inlined = call->inline_index >= 0;
	uint64_t entry = walk->info->func.entry;

	gopm__trace_name(call->symbol, out);
	gopm__text_str(out, "(");
	if (inlined) {
		gopm__text_str(out, "...");
	} else {
		uint64_t argp = gopm__frame_cfa_by_table(walk) + walk->rt->core->arch->argument_offset;
		if (walk->rt->trace->argument_info) {
			uint64_t pc = walk->rt->trace->arguments_at_parent ? call->pc : walk->lookup_pc;
			gopm__trace_args(&walk->reader, &walk->info->func, argp, pc, out);
		} else {
			gopm__trace_raw_args(&walk->reader, &walk->info->func, argp, out);
		}
	}
	gopm__text_str(out, ")\n");
	print_place(call, out);
	if (!inlined && walk->pc > entry) {
		gopm__text_printf(out, " +0x%" PRIx64, walk->pc - entry);
	}
	if (!inlined && level == GOPM_TRACEBACK_SYSTEM) {
		gopm__text_printf(out, " fp=0x%" PRIx64 " sp=0x%" PRIx64 " pc=0x%" PRIx64,
		                  gopm__frame_cfa_by_table(walk), walk->sp, walk->pc);
	}
	gopm__text_str(out, "\n");
}

struct window {
	uint64_t skip_from, skip_to; /* range of visible calls that are not printed */
	bool print, count_elided;
	bool one_stack; /* a system stack: do not continue on the goroutine's */
	struct gopm__trace_native native;
};

/* True if visible call number `visible` is to be printed. */
static bool prints_call(const struct window *window, uint64_t visible)
{
	return window->print && (visible < window->skip_from || visible >= window->skip_to);
}

/* Counts a visible call. The first one that is not printed leaves a note. */
static void count_call(const struct window *window, uint64_t *visible, struct gopm__text *out)
{
	++*visible;
	if (!window->print || *visible != window->skip_from || window->skip_to <= window->skip_from) {
		return;
	}
	if (window->count_elided) {
		gopm__text_printf(out, "...%" PRIu64 " frames elided...\n", window->skip_to - window->skip_from);
	} else {
		gopm__text_str(out, "...additional frames elided...\n");
	}
}

/* The runtime has no words for frames of C that it does not know. */
static void write_gap(const struct window *window, struct gopm__text *out)
{
	if (window->native.gap && window->print) {
		gopm__text_str(out, "...frames of C are missing here...\n");
	}
}

/* The frames of C that the goroutine runs, before its first frame of Go. The runtime does not count them. */
static void write_native(const struct gopm__trace *trace, struct window *window, struct gopm__text *out)
{
	const struct gopm__frame *frame;

	if (!gopm__trace_native_begin(&window->native, trace->rt)) {
		out->failed = true;
		return;
	}
	while (window->print && (frame = gopm__trace_native_next(&window->native)) != NULL && !out->failed) {
		gopm__trace_native_print(frame, out);
	}
	write_gap(window, out);
}

/* The frames of C that called cgocallback. */
static void write_native_callers(struct window *window, const struct gopm__walk *walk, uint64_t *visible,
                                 struct gopm__text *out)
{
	const struct gopm__frame *frame;

	if (!gopm__trace_native_callers(&window->native, walk)) {
		out->failed = true;
		return;
	}
	while ((frame = gopm__trace_native_next(&window->native)) != NULL && !out->failed) {
		if (prints_call(window, *visible)) {
			gopm__trace_native_print(frame, out);
		}
		count_call(window, visible, out);
	}
	write_gap(window, out);
}

/* The first line is the runtime's own (runtime/traceback.go, unwinder.next). */
static void write_cut(const struct gopm__walk *walk, const struct gopm__g *g, struct gopm__text *out)
{
	if (!gopm__walk_is_cut(walk)) {
		return;
	}
	gopm__walk_report(walk);
	if (walk->returns_wrong) {
		gopm__text_printf(out, "runtime: g %" PRIu64 ": unexpected return pc for ", g->id);
		gopm__trace_name(walk->info->calls[walk->info->call_count - 1].function, out);
		gopm__text_printf(out, " called from 0x%" PRIx64 "\n", walk->bad_return);
	}
	gopm__text_printf(out, "...stack cannot be unwound to its end: %s, at 0x%" PRIx64 "...\n",
	                  gopm__walk_reason(walk), walk->end_address);
}

/* Starts at the first frame of the block. */
static void start_walk(const struct gopm__trace *trace, struct gopm__walk *walk)
{
	if (trace->death != NULL && gopm__death_walk(trace->death, trace->rt, walk)) {
		walk->budget = trace->budget;
		return;
	}
	struct gopm__g g = *trace->g;
	if (trace->saved && g.status == GOPM_G_RUNNING) {
		g.status = GOPM_G_WAITING;
	}
	gopm__walk_goroutine(walk, trace->rt, &g, false, trace->budget);
}

/* True if the runtime's traceback of a system stack ends at this frame: the caller is on another stack. */
static bool leaves_system_stack(const struct gopm__walk *walk)
{
	return walk->info->role == GOPM__ROLE_SYSTEMSTACK || walk->info->role == GOPM__ROLE_MORESTACK ||
	       walk->info->role == GOPM__ROLE_MCALL || (walk->flags & GOPM_FRAME_SYSTEM_STACK) == 0;
}

/* Walks the stack once, prints the calls in the window, and returns the number of visible calls. A deep stack takes two
 * walks, and no memory. */
static uint64_t write_frames(const struct gopm__trace *trace, uint32_t level, struct window *window,
                             struct gopm__text *out)
{
	struct gopm__walk walk;
	uint64_t visible = 0;
	uint8_t callee = GOPM__ROLE_NORMAL;

	start_walk(trace, &walk);
	if (trace->native != NULL && walk.at_frame && walk.info->role == GOPM__ROLE_CGOCALL) {
		write_native(trace, window, out);
	}
	for (bool more = walk.at_frame; more && !out->failed; more = gopm__walk_next(&walk)) {
		for (uint32_t i = 0; walk.info->known && i < walk.info->call_count; i++) {
			const struct gopm__call *call = &walk.info->calls[i];
			bool show = shows_call(call, level, visible == 0, callee);
			callee = call->role;
			if (!show) {
				continue;
			}
			if (prints_call(window, visible)) {
				print_call(&walk, call, level, out);
			}
			count_call(window, &visible, out);
		}
		if (trace->native != NULL && walk.info->role == GOPM__ROLE_CGOCALLBACK) {
			write_native_callers(window, &walk, &visible, out);
		}
		if (window->one_stack && leaves_system_stack(&walk)) {
			break;
		}
	}
	if (window->print) {
		write_cut(&walk, trace->g, out);
	}
	return visible;
}

/* `id` is the goroutine that was created. `parent` 0 is not printed. */
static void write_created_by(const struct gopm__runtime *rt, uint64_t id, uint64_t gopc, uint64_t parent,
                             uint32_t level, struct gopm__text *out)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, gopc);

	if (info == NULL || !info->known || id == 1) {
		return;
	}
	const struct gopm__call *physical = &info->calls[info->call_count - 1];
	if (!shows_call(physical, level, false, GOPM__ROLE_NORMAL)) {
		return;
	}
	gopm__text_str(out, "created by ");
	gopm__trace_name(physical->symbol, out);
	if (parent != 0 && rt->trace->creator) {
		gopm__text_printf(out, " in goroutine %" PRIu64, parent);
	}
	/* The line is that of the call, before the return address, even in an inlined function. */
	uint64_t entry = info->func.entry;
	const struct gopm__pcinfo *at = gopc > entry ? gopm__symtab_pc(rt->symtab, gopc - 1) : info;
	if (at != NULL && at->known) {
		gopm__text_str(out, "\n");
		print_place(&at->calls[0], out);
	}
	if (gopc > entry) {
		gopm__text_printf(out, " +0x%" PRIx64, gopc - entry);
	}
	gopm__text_str(out, "\n");
}

/* The runtime looks up the return addresses of an ancestor without subtracting 1 (runtime/traceback.go,
 * printAncestorTracebackFuncInfo). */
static void write_ancestor_frame(const struct gopm__runtime *rt, uint64_t pc, uint32_t level, bool first,
                                 struct gopm__text *out)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, pc);

	if (info == NULL || !info->known ||
	    !shows_call(&info->calls[info->call_count - 1], level, first, GOPM__ROLE_NORMAL)) {
		return;
	}
	gopm__trace_name(info->calls[0].symbol, out);
	gopm__text_str(out, "(...)\n");
	print_place(&info->calls[0], out);
	if (pc > info->func.entry) {
		gopm__text_printf(out, " +0x%" PRIx64, pc - info->func.entry);
	}
	gopm__text_str(out, "\n");
}

/* Prints the creator of the goroutine that created this one, and so on. The runtime saves them if
 * GODEBUG=tracebackancestors=N is set. */
static void write_ancestors(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level, uint64_t *budget,
                            struct gopm__text *out)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint64_t array, count;

	if (g->ancestors == 0) {
		return;
	}
	uint64_t first;
	if (!gopm__read_u64(&reader, g->ancestors, &array) || !gopm__read_u64(&reader, g->ancestors + 8, &count) ||
	    count == 0 || !gopm__read_u64(&reader, array + ANCESTOR_GOID, &first) ||
	    (rt->layout.g.parent_goid >= 0 && first != g->parent_id)) {
		gopm__g_report(rt, g, UINT32_C(1) << GOPM__FAULT_ANCESTORS);
		return;
	}
	for (uint64_t i = 0; i < count && i < MOST_ANCESTORS && !out->failed; i++) {
		uint64_t at = array + i * ANCESTOR_SIZE, pcs, pc_count, id, gopc, pc;
		if (!gopm__read_u64(&reader, at, &pcs) || !gopm__read_u64(&reader, at + 8, &pc_count) ||
		    !gopm__read_u64(&reader, at + ANCESTOR_GOID, &id) ||
		    !gopm__read_u64(&reader, at + ANCESTOR_GOPC, &gopc)) {
			return;
		}
		uint64_t most = rt->trace->elides_middle ? INNER_FRAMES : INNER_FRAMES + OUTER_FRAMES;
		gopm__text_printf(out, "[originating from goroutine %" PRIu64 "]:\n", id);
		for (uint64_t k = 0; k < pc_count && k < most && gopm__read_u64(&reader, pcs + k * 8, &pc); k++) {
			if (budget != NULL && (*budget == 0 || --*budget == 0)) {
				return;
			}
			write_ancestor_frame(rt, pc, level, k == 0, out);
		}
		if (pc_count == most) {
			gopm__text_str(out, "...additional frames elided...\n");
		}
		write_created_by(rt, id, gopc, 0, level, out);
	}
}

static void write_stack(const struct gopm__trace *trace, bool one_stack, struct gopm__text *out)
{
	struct window window = {
	    .one_stack = one_stack,
	    .native = {.native = trace->native, .g = trace->g, .budget = trace->budget},
	};
	const struct gopm__runtime *rt = trace->rt;
	uint32_t level = trace->level;

	uint64_t visible = write_frames(trace, level, &window, out);
	if (visible == 0) {
		/* There are only runtime frames: print those. */
		level = GOPM_TRACEBACK_SYSTEM;
		visible = write_frames(trace, level, &window, out);
	}
	window.print = true;
	if (visible > INNER_FRAMES + OUTER_FRAMES) {
		bool middle = rt->trace->elides_middle;
		window.skip_from = middle ? INNER_FRAMES : INNER_FRAMES + OUTER_FRAMES;
		window.skip_to = middle ? visible - OUTER_FRAMES : visible;
		window.count_elided = middle;
	}
	(void)write_frames(trace, level, &window, out);
	gopm__trace_native_free(&window.native);
}

void gopm__traceback_system_stack(const struct gopm__trace *trace, struct gopm__text *out)
{
	write_stack(trace, true, out);
}

void gopm__traceback_goroutine(const struct gopm__trace *trace, struct gopm__text *out)
{
	const struct gopm__g *g = trace->g;

	if (!trace->frames_only) {
		write_header(trace->rt, g, trace->level, out);
	}
	write_stack(trace, trace->death != NULL && trace->death->on_system_stack && !trace->saved, out);
	if (!trace->frames_only) {
		write_created_by(trace->rt, g->id, g->gopc, g->parent_id, trace->level, out);
		write_ancestors(trace->rt, g, trace->level, trace->budget, out);
	}
}
