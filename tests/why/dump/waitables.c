/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what each goroutine waits for, one object a line, or how many there are:
 *
 *	ID KIND SIDE ADDRESS WORD DEADLINE FD TORN WAIT_REASON
 *
 *     dump_waitables [--count] CORE EXE */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"
#include "why/waitable.h"

#define MOST 64

static const char *const kinds[] = {"other", "chan",      "nil",   "mutex", "rwmutex", "once", "waitgroup",
                                    "cond",  "semaphore", "timer", "fd",    "syscall", "cgo",  "context"};
static const char *const sides[GOPM__SIDE_COUNT] = {"waits",      "sends", "receives", "locks",
                                                    "read_locks", "reads", "writes"};

static void print_waitable(uint64_t id, const struct gopm__waitable *w, gopm_str reason)
{
	(void)printf("%" PRIu64 " %s %s %#" PRIx64 " %#" PRIx64 " %" PRId64 " %d %s %.*s\n", id, kinds[w->kind],
	             sides[w->side], w->address, w->word, w->deadline, w->fd, w->torn ? "torn" : "-", (int)reason.size,
	             reason.data);
}

static void print_all(struct gopm__runtime *rt, bool only_count)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__waitables waitables;
	struct gopm__waitable found[MOST];
	uint64_t waiting = 0, torn = 0;
	struct gopm__g g;

	gopm__waitables_init(&waitables, rt);
	for (uint64_t i = 0; i < rt->g_count; i++) {
		const uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		if (address == 0 || !gopm__g_read(rt, &reader, address, &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		const size_t count = gopm__waitables_of(&waitables, &reader, &g, found, MOST);
		waiting += count != 0;
		for (size_t n = 0; n < count && n < MOST; n++) {
			torn += found[n].torn;
			if (!only_count) {
				print_waitable(g.id, &found[n], gopm__g_wait_reason(rt, &g));
			}
		}
	}
	gopm__waitables_free(&waitables);
	if (only_count) {
		(void)printf("%" PRIu64 " goroutines wait, %" PRIu64 " objects are torn\n", waiting, torn);
	}
}

int main(int argc, char **argv)
{
	const bool only_count = argc > 1 && strcmp(argv[1], "--count") == 0;
	gopm_error *err = NULL;
	gopm_core *core;

	if (argc != (only_count ? 4 : 3) ||
	    gopm_core_open_path(argv[argc - 2], argv[argc - 1], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	print_all(&core->program->runtime, only_count);
	gopm_core_close(core);
	return 0;
}
