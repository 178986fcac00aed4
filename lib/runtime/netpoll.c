/* SPDX-License-Identifier: Apache-2.0 */
/* A goroutine that waits for a file descriptor has its own address in pollDesc.rg, to read, or in wg, to write.
 * netpollblock and its callers keep the pollDesc's address on the stack. So each word near the top of the stack
 * is read as the address of a pollDesc. It is one if its rg or wg is this g. */
#include "runtime/netpoll.h"

#include "runtime/layout/field.h"

/* Words searched from sp upwards. */
#define STACK_WORDS 96u

/* Addresses below are never mapped. */
#define FIRST_PAGE 4096u

/* True if the word can be pollDesc.rg or wg: pdNil, pdReady, pdWait or the address of a g. */
static bool is_poll_semaphore(uint64_t word)
{
	return word <= 2 || (word >= FIRST_PAGE && word % 8 == 0);
}

/* Reads the pollDesc at `address`. False: it is not one, or `g` does not wait on it. */
static bool read_poll_desc(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t address, uint64_t g,
                           struct gopm__poll_wait *out)
{
	uint64_t rg, wg, fd;

	if (!gopm__field_u64(reader, address, l->poll.rg, &rg) || !gopm__field_u64(reader, address, l->poll.wg, &wg) ||
	    (rg != g && wg != g) || rg == wg || !gopm__field_u64(reader, address, l->poll.fd, &fd) || fd > INT32_MAX ||
	    !is_poll_semaphore(rg) || !is_poll_semaphore(wg)) {
		return false;
	}
	*out = (struct gopm__poll_wait){.poll_desc = address, .fd = (int32_t)fd, .writes = wg == g};
	return true;
}

struct gopm__poll_wait gopm__poll_wait(const struct gopm__runtime *rt, struct gopm__reader *reader,
                                       const struct gopm__g *g)
{
	const struct gopm__poll_wait none = {.fd = -1};
	const struct gopm__layout *l = &rt->layout;
	struct gopm__poll_wait found = none, candidate;
	struct gopm__reader probe = *reader;
	uint64_t word;

	if (l->poll.rg < 0 || l->poll.wg < 0 || l->poll.fd < 0) {
		return none;
	}
	for (unsigned i = 0; i < STACK_WORDS && g->sched_sp + i * 8 < g->stack_hi; i++) {
		if (!gopm__read_u64(reader, g->sched_sp + i * 8, &word)) {
			break;
		}
		bool own_stack = word >= g->stack_lo && word < g->stack_hi;
		if (word < FIRST_PAGE || word % 8 != 0 || own_stack || word == found.poll_desc ||
		    !read_poll_desc(l, &probe, word, g->address, &candidate)) {
			continue;
		}
		/* Stale words may match too. If two addresses match, either may be the stale one. */
		if (found.poll_desc != 0) {
			return none;
		}
		found = candidate;
	}
	return found;
}
