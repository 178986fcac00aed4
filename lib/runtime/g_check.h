/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime guarantees of each goroutine of allgs. A breach is damage: a finding, and a partial record. */
#ifndef GOPM_RUNTIME_G_CHECK_H
#define GOPM_RUNTIME_G_CHECK_H

#include "runtime/g.h"

/* Faults: one bit each, in the order of their texts in g_check.c. */
enum gopm__g_fault {
	GOPM__FAULT_STATUS,
	GOPM__FAULT_IDLE,
	GOPM__FAULT_DEAD,
	GOPM__FAULT_ID,
	GOPM__FAULT_PARENT,
	GOPM__FAULT_STACK,
	GOPM__FAULT_SP,
	GOPM__FAULT_PC,
	GOPM__FAULT_M,
	GOPM__FAULT_THREAD,
	GOPM__FAULT_LOCKED,
	GOPM__FAULT_REASON,
	GOPM__FAULT_TIME,
	GOPM__FAULT_BORN,
	GOPM__FAULT_BUBBLE,
	GOPM__FAULT_SUDOG,
	GOPM__FAULT_CLEANUPS,
	GOPM__FAULT_SYSCALL,
	/* Found by those who look at more than the g: */
	GOPM__FAULT_START,
	GOPM__FAULT_GO,
	GOPM__FAULT_PLACE,
	GOPM__FAULT_WAITS,
	GOPM__FAULT_READY,
	GOPM__FAULT_TIMER,
	GOPM__FAULT_ANCESTORS,
	GOPM__FAULT_SAME_ID,
	GOPM__FAULT_COUNT,
};

/* The faults that show in the g alone: bits of enum gopm__g_fault. gopm__g_read() sets g->faults to them. */
uint32_t gopm__g_check(const struct gopm__runtime *rt, const struct gopm__g *g);

/* Adds a finding for each fault. */
void gopm__g_report(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t faults);

/* True if the goroutine can have started with this function, and if a `go` statement can return to this pc. Both are 0
 * for a goroutine that C called. `info` is at the pc; NULL: it cannot be looked up. */
bool gopm__is_start(const struct gopm__runtime *rt, const struct gopm__pcinfo *info);
bool gopm__is_go_statement(const struct gopm__runtime *rt, const struct gopm__pcinfo *info);

#endif
