/* SPDX-License-Identifier: Apache-2.0 */
/* A stack has no other proof of its frames than their return addresses: each is after a call of the frame's function.
 */
#include "unwind/return_address.h"

#include <elf.h>

#include "symbol/functions.h"
#include "unwind/native_frame.h"
#include "util/search.h"
#include "util/str.h"

/* True if `pc` can be code that no module describes: of C, or of a plugin that was not found. */
static bool is_executable(const struct gopm__walk *walk, uint64_t pc)
{
	const struct gopm__corefile *core = walk->rt->core;
	size_t after;

	GOPM__LOWER_BOUND(after, core->load_count, core->loads[after].address <= pc);
	if (after != 0 && pc - core->loads[after - 1].address < core->loads[after - 1].memory_size) {
		return (core->loads[after - 1].flags & PF_X) != 0;
	}
	/* gdb leaves out mappings that cannot be written. */
	return walk->rt->symtab->incomplete;
}

bool gopm__is_resume_point(const struct gopm__walk *walk, uint64_t pc)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(walk->rt->symtab, pc);

	if (info == NULL || info->call_before == GOPM__CALL_BEFORE) {
		return true;
	}
	if (info->call_before == GOPM__CALL_BEFORE_UNKNOWN) {
		return info->known || is_executable(walk, pc);
	}
	return info->known && (info->assembly || (pc == info->func.entry && pc == walk->g_start));
}

/* True if Go code ends at `pc`: its last call may never return. */
static bool is_go_before(const struct gopm__walk *walk, uint64_t pc)
{
	const struct gopm__pcinfo *before = gopm__symtab_pc(walk->rt->symtab, pc - 1);

	return before != NULL && before->known;
}

static bool is_goexit1(const struct gopm__pcinfo *info)
{
	return info->known &&
	       gopm__str_equal(info->calls[info->call_count - 1].symbol, (gopm_str){"runtime.goexit1", 15});
}

/* True if only goexit is below the function: the compiler made it for a `go` statement. */
static bool is_go_wrapper(const struct gopm__pcinfo *info)
{
	return info->known && info->role == GOPM__ROLE_WRAPPER &&
	       gopm__name_is_go_wrapper(info->calls[info->call_count - 1].symbol);
}

bool gopm__is_return_address(const struct gopm__walk *walk, const struct gopm__pcinfo *to)
{
	/* C calls crosscall2. */
	if ((to->known && walk->info->role == GOPM__ROLE_CROSSCALL2) ||
	    (to->role != GOPM__ROLE_GOEXIT && is_go_wrapper(walk->info))) {
		return false;
	}
	if (!to->known && !is_go_before(walk, to->pc)) {
		if (gopm__on_own_stack(walk)) {
			return is_executable(walk, to->pc);
		}
		return walk->native == NULL || gopm__native_may_return_to(walk->native, to->pc);
	}
	if (to->call_before == GOPM__CALL_BEFORE_UNKNOWN) {
		return true;
	}
	uint64_t offset = to->pc - to->func.entry;
	/* Stacks begin with an address in goexit that follows no call. A goroutine that ends is in goexit's own call.
	 */
	if (to->role == GOPM__ROLE_GOEXIT) {
		return offset == to->func.module->pc_quantum || is_goexit1(walk->info);
	}
	/* It pushes the saved pc of the goroutine, which is in systemstack_switch (runtime/asm_<cpu>.s). */
	if (walk->info->role == GOPM__ROLE_CGOCALLBACK) {
		return gopm__is_resume_point(walk, to->pc);
	}
	if (to->call_before == GOPM__CALL_BEFORE) {
		return (to->callee == 0 || to->callee == walk->info->func.entry) &&
		       (to->outside == 0 || is_executable(walk, to->outside));
	}
	return walk->rt->repeats_deferreturn && to->known && offset != 0 && offset == to->func.deferreturn;
}
