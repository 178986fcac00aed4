#include "unwind/locate.h"

/* pkg/proc/variables.go of Delve 1.27.2, maxGoroutineUserCurrentDepth. */
#define DELVE_DEPTH 30u
#define MAX_INLINE_ROWS 4096

gopm_location gopm__place_location(const struct gopm__place_in_code *place)
{
	if (place->info == NULL || place->call == NULL) {
		return (gopm_location){.pc = place->pc};
	}
	gopm_location location = gopm__location(place->info, place->call, place->pc);
	location.file = place->line_call->file;
	location.line = place->line_call->line;
	return location;
}

static struct gopm__place_in_code place_at(const struct gopm__pcinfo *info, uint32_t call, uint64_t pc)
{
	if (info == NULL || !info->known) {
		return (struct gopm__place_in_code){.pc = pc};
	}
	return (struct gopm__place_in_code){info, &info->calls[call], &info->calls[call], pc};
}

/* Delve gives the physical function with the innermost line. */
static struct gopm__place_in_code delve_place(const struct gopm__pcinfo *info, uint64_t pc)
{
	if (info == NULL || !info->known) {
		return (struct gopm__place_in_code){.pc = pc};
	}
	return (struct gopm__place_in_code){info, &info->calls[info->call_count - 1], &info->calls[0], pc};
}

void gopm__locate(const struct gopm__runtime *rt, const struct gopm__g *g, struct gopm__place_in_code *current,
                  struct gopm__place_in_code *user)
{
	struct gopm__walk walk;

	*current = (struct gopm__place_in_code){0};
	gopm__walk_goroutine(&walk, rt, g, false);
	if (walk.at_frame) {
		*current = place_at(walk.info, 0, walk.pc);
	}
	if (user == NULL) {
		return;
	}
	*user = *current;
	for (bool more = walk.at_frame; more; more = gopm__walk_next(&walk)) {
		if (walk.info->known && walk.info->user_call >= 0) {
			*user = place_at(walk.info, (uint32_t)walk.info->user_call, walk.pc);
			return;
		}
	}
}

void gopm__locate_delve(const struct gopm__runtime *rt, const struct gopm__g *g, struct gopm__place_in_code *current,
                        struct gopm__place_in_code *user)
{
	struct gopm__walk walk;
	struct gopm__g as_delve = *g;
	uint64_t pc;

	*current = (struct gopm__place_in_code){0};
	/* A goroutine that a thread has is looked at by the thread's registers, whatever its status. */
	if (g->thread != NULL && !gopm__g_is_dead(g)) {
		as_delve.status = GOPM_G_RUNNING;
	}
	gopm__walk_goroutine(&walk, rt, &as_delve, false);
	if (g->thread != NULL) {
		pc = g->thread->registers.value[rt->core->arch->pc];
	} else {
		pc = g->sched_pc;
	}
	*current = delve_place(gopm__symtab_pc(rt->symtab, pc), pc);
	if (user == NULL) {
		return;
	}
	*user = *current;
	unsigned depth = 0;
	for (bool more = walk.at_frame; more && depth < DELVE_DEPTH; more = gopm__walk_next(&walk), depth++) {
		if (walk.info->known && walk.info->calls[walk.info->call_count - 1].user) {
			/* The innermost frame of a parked goroutine is looked up at its pc, callers before theirs. */
			*user = depth == 0 ? delve_place(gopm__symtab_pc(rt->symtab, walk.pc), walk.pc)
			                   : delve_place(walk.info, walk.pc);
			return;
		}
	}
}

void gopm__locate_go(const struct gopm__runtime *rt, const struct gopm__g *g, bool delve,
                     struct gopm__place_in_code *out)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, g->gopc);

	if (info != NULL && info->known && g->gopc > info->func.entry) {
		info = gopm__symtab_pc(rt->symtab, g->gopc - 1);
	}
	*out = delve ? delve_place(info, g->gopc) : place_at(info, 0, g->gopc);
}

/* The function at `pc`, by its first line. */
static gopm_location start_at(const struct gopm__runtime *rt, uint64_t pc)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, pc);

	if (info == NULL || !info->known) {
		return (gopm_location){.pc = pc};
	}
	gopm_location location = gopm__location(info, &info->calls[info->call_count - 1], info->func.entry);
	return location;
}

/* A wrapper into which its only callee was inlined: the row of its inline tree that no other row encloses. */
static bool inlined_callee(const struct gopm__runtime *rt, const struct gopm__pcinfo *wrapper, gopm_location *out)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint32_t tree = gopm__pcdata(&wrapper->func, GOPM__PCDATA_INL_TREE);
	struct gopm__inlined_call row;
	gopm_str name = {NULL, 0};
	int32_t start_line = 0;

	if (tree == 0) {
		return false;
	}
	int32_t last = gopm__pcvalue_max(&wrapper->func, tree);
	for (int32_t i = 0; i <= last && i < MAX_INLINE_ROWS; i++) {
		int32_t parent;
		if (!gopm__inlined_call(&reader, &wrapper->func, i, &row) || row.parent_pc < 0 ||
		    !gopm__pcvalue(&wrapper->func, tree, wrapper->func.entry + (uint32_t)row.parent_pc, &parent)) {
			return false;
		}
		if (parent >= 0) {
			continue;
		}
		if (name.size != 0) {
			return false; /* two of them: which one was meant is not known */
		}
		name = gopm__func_name(wrapper->func.module, row.name);
		start_line = row.start_line;
	}
	if (name.size == 0) {
		return false;
	}
	*out = gopm__location(wrapper, &wrapper->calls[wrapper->call_count - 1], wrapper->func.entry);
	out->function = name;
	out->line = start_line > 0 ? (uint32_t)start_line : out->line;
	out->flags = GOPM_LOCATION_INLINED;
	return true;
}

/* A wrapper that calls through a variable: what this goroutine called is the frame before the wrapper's. */
static bool called_by_wrapper(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t wrapper,
                              gopm_location *out)
{
	struct gopm__walk walk;
	const struct gopm__pcinfo *before = NULL;

	gopm__walk_goroutine(&walk, rt, g, false);
	for (bool more = walk.at_frame; more; more = gopm__walk_next(&walk)) {
		if (walk.info->known && walk.info->func.entry == wrapper) {
			/* Inlined into it, or the physical function before it. */
			if (walk.info->call_count > 1) {
				const struct gopm__call *call = &walk.info->calls[walk.info->call_count - 2];
				*out = gopm__location(walk.info, call, walk.info->func.entry);
				out->line = call->start_line > 0 ? (uint32_t)call->start_line : call->line;
				return true;
			}
			if (before == NULL) {
				return false;
			}
			*out = start_at(rt, before->func.entry);
			return true;
		}
		before = walk.info->known ? walk.info : NULL;
	}
	return false;
}

gopm_location gopm__locate_start(const struct gopm__runtime *rt, const struct gopm__g *g, bool delve)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, g->startpc);
	gopm_location location = start_at(rt, g->startpc);
	uint64_t wrapped;

	if (delve || info == NULL || !info->known || info->role != GOPM__ROLE_WRAPPER) {
		return location;
	}
	uint64_t wrap_info = gopm__funcdata(&info->func, GOPM__FUNCDATA_WRAP);
	if (wrap_info != 0 && gopm__read_word(&reader, wrap_info, 4, &wrapped)) {
		gopm_location target = start_at(rt, info->func.module->text + wrapped);
		if (target.function.size != 0) {
			return target;
		}
	}
	gopm_location found;
	if (called_by_wrapper(rt, g, info->func.entry, &found) || inlined_callee(rt, info, &found)) {
		return found;
	}
	return location;
}
