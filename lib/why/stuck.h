/* SPDX-License-Identifier: Apache-2.0 */
/* Which goroutines certainly cannot run again, and by which rule.
 *
 *	AXIOM          it waits for a nil channel, or in a select without cases
 *	REACHABILITY   no goroutine that can run reaches what it waits for (reach.h)
 *	OWNERSHIP      as before, but a goroutine that waits for a lock also cannot run if the goroutines that are
 *proved to hold it cannot
 *
 * Ownership is sound unless a goroutine unlocks what another one locked. */
#ifndef GOPM_WHY_STUCK_H
#define GOPM_WHY_STUCK_H

#include "why/port.h"
#include "why/reach.h"

enum gopm__basis {
	GOPM__BASIS_NONE, /* it can run, or may */
	GOPM__BASIS_AXIOM,
	GOPM__BASIS_REACHABILITY,
	GOPM__BASIS_OWNERSHIP,
};

/* Sets basis[i], enum gopm__basis, for each of the members.
 * @param reach NULL: only axioms, and locks whose holders are stuck. It is used up
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__stuck_find(const struct gopm__ports *ports, struct gopm__reach *reach, uint8_t *basis);

#endif
