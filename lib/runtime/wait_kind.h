/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of waits, by the names of wait reasons. */
#ifndef GOPM_RUNTIME_WAIT_KIND_H
#define GOPM_RUNTIME_WAIT_KIND_H

#include <gopm/goroutine.h>
#include <stdbool.h>

#include "symbol/functions.h"

/* GOPM_WAIT_* of the runtime's wait reason with this name. GOPM_WAIT_NONE if the name is empty, GOPM_WAIT_OTHER if
 * this library does not know it. */
uint32_t gopm__wait_kind(gopm_str reason);

/* As gopm_wait_kind_name(). */
gopm_str gopm__wait_kind_name(uint32_t kind);

/* True if a Go version that is no newer than this library has the wait reason. */
bool gopm__wait_reason_is_known(gopm_str reason);

/* True if the function that parked a goroutine gives reasons of this kind. */
bool gopm__wait_kind_is_of(uint32_t kind, enum gopm__func_role function);

/* True if the function, which called gopark or goparkunlock, can have given this reason. */
bool gopm__wait_reason_is_of(gopm_str reason, gopm_str function);

/* True if only a goroutine of a testing/synctest bubble can wait for this reason (runtime/chan.go, select.go, sema.go,
 * synctest.go, Go 1.24 to 1.27). */
bool gopm__wait_is_of_bubble(gopm_str reason);

/* True if a goroutine that waits so may have a sudog. */
bool gopm__wait_kind_has_sudog(uint32_t kind);

/* True if a goroutine of a testing/synctest bubble counts as idle while it waits for this reason, though the reason's
 * name does not say so: runtime/runtime2.go, isIdleInSynctest. */
bool gopm__wait_is_durable(gopm_str reason);

#endif
