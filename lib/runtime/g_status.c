/* SPDX-License-Identifier: Apache-2.0 */
/* The status of a goroutine, and its synctest bubble. */
#include "runtime/g.h"
#include "runtime/layout/field.h"

static const struct {
	uint32_t status;
	const char *name;
} statuses[] = {
    {GOPM_G_IDLE, "idle"},           {GOPM_G_RUNNABLE, "runnable"},
    {GOPM_G_RUNNING, "running"},     {GOPM_G_SYSCALL, "syscall"},
    {GOPM_G_WAITING, "waiting"},     {GOPM_G_DEAD, "dead"},
    {GOPM_G_COPYSTACK, "copystack"}, {GOPM_G_PREEMPTED, "preempted"},
    {GOPM_G_LEAKED, "leaked"},       {GOPM_G_DEADEXTRA, "waiting for cgo callback"},
};

gopm_str gopm__g_status_name(uint32_t status)
{
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		if (statuses[i].status == status) {
			return (gopm_str){statuses[i].name, strlen(statuses[i].name)};
		}
	}
	return (gopm_str){"???", 3};
}

uint32_t gopm__g_status(uint32_t raw)
{
	uint32_t status = raw & ~GOPM__G_SCAN;
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		if (statuses[i].status == status) {
			return status;
		}
	}
	return GOPM_G_UNKNOWN;
}

uint64_t gopm__g_bubble_id(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);

	return gopm__field_or_0(&reader, g->bubble, rt->layout.bubble.id, 8);
}
