/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/callers.h"

/* Writes pcs to an array of limited size. */
struct pc_writer {
	uint64_t *out;
	size_t count, capacity;
	uint64_t skip;   /* calls that are still to be left out */
	unsigned callee; /* gopm__func_role of the last call */
};

/* True if the runtime leaves a wrapper out that called such a function: runtime/traceback.go, elideWrapperCalling. */
static bool elides_wrapper(unsigned callee)
{
	return callee != GOPM__ROLE_GOPANIC && callee != GOPM__ROLE_SIGPANIC && callee != GOPM__ROLE_PANICWRAP;
}

static void write_pc(struct pc_writer *w, uint64_t pc)
{
	if (w->skip != 0) {
		w->skip--;
	} else if (w->count < w->capacity) {
		w->out[w->count++] = pc;
	}
}

/* Writes the calls of a physical frame. */
static void write_calls(struct pc_writer *w, const struct gopm__pcinfo *info)
{
	for (uint32_t i = 0; i < info->call_count; i++) {
		const struct gopm__call *call = &info->calls[i];
		if (call->role != GOPM__ROLE_WRAPPER || !elides_wrapper(w->callee)) {
			write_pc(w, call->pc + 1);
		}
		w->callee = call->role;
	}
}

const struct gopm__pcinfo *gopm__caller_info(struct gopm__symtab *symtab, uint64_t pc)
{
	/* A pc at the entry of a function counts as in it. */
	const struct gopm__pcinfo *info = gopm__symtab_pc(symtab, pc);

	if (info == NULL || !info->known || info->func.entry < pc) {
		const struct gopm__pcinfo *call = gopm__symtab_pc(symtab, pc - 1);
		/* The runtime looks up the function at `pc`. Past the end of the code there is none. */
		return call != NULL && call->known && info != NULL && info->known ? call : NULL;
	}
	return info;
}

size_t gopm__callers_expand(struct gopm__symtab *symtab, const uint64_t *calls, size_t count, uint64_t *out,
                            size_t capacity)
{
	struct pc_writer w = {.out = out, .capacity = capacity, .callee = GOPM__ROLE_NORMAL};

	for (size_t i = 0; i < count && w.count < capacity; i++) {
		const struct gopm__pcinfo *info = gopm__symtab_pc(symtab, calls[i]);
		if (info != NULL && info->known) {
			write_calls(&w, info);
		}
	}
	return w.count;
}

/* The calls that `info` is inlined into, up to the one that `next`, the next pc of the stack, already is. */
static void write_missing_calls(struct pc_writer *w, const struct gopm__pcinfo *info, uint64_t next)
{
	w->callee = info->calls[0].role;
	for (uint32_t i = 1; i < info->call_count && info->calls[i].pc + 1 != next; i++) {
		const struct gopm__call *call = &info->calls[i];
		if (call->role != GOPM__ROLE_WRAPPER || !elides_wrapper(w->callee)) {
			write_pc(w, call->pc + 1);
		}
		w->callee = call->role;
	}
}

size_t gopm__callers_complete(struct gopm__symtab *symtab, const uint64_t *pcs, size_t count, uint64_t skip,
                              uint64_t *out, size_t capacity)
{
	struct pc_writer w = {.out = out, .capacity = capacity, .skip = skip, .callee = GOPM__ROLE_NORMAL};

	for (size_t i = 0; i < count && w.count < capacity; i++) {
		const struct gopm__pcinfo *info = gopm__caller_info(symtab, pcs[i]);
		if (info == NULL) {
			continue;
		}
		write_pc(&w, info->calls[0].pc + 1);
		/* Of the last pc the runtime expands nothing here. */
		if (info->call_count > 1 && i + 1 < count) {
			write_missing_calls(&w, info, pcs[i + 1]);
		}
	}
	return w.count;
}

size_t gopm__callers_expand_last(struct gopm__symtab *symtab, uint64_t *pcs, size_t count, size_t capacity)
{
	if (count == 0) {
		return 0;
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(symtab, pcs[count - 1] - 1);
	if (info == NULL || !info->known || info->call_count < 2) {
		return count;
	}
	struct pc_writer w = {.out = pcs, .count = count - 1, .capacity = capacity, .callee = GOPM__ROLE_NORMAL};
	write_calls(&w, info);
	return w.count;
}
