/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines of a library that wait for their caller, which has dropped what it was to use. In a select with such a
 * wait are other channels, of a connection or a context, that many can reach: so reachability alone does not find it.
 *
 * net/http: readLoop waits until the caller has read the body of its answer, or closed it. The channel is in closures
 * of the body. If nothing but readLoop reaches it, the caller has dropped the body without Close
 * (net/http/transport.go, Go 1.16 to 1.27). */
#include <stdlib.h>
#include <string.h>

#include "runtime/chan.h"
#include "unwind/walk.h"
#include "util/str.h"
#include "why/condition.h"
#include "why/reach.h"

#define MOST_FRAMES 8u /* from a wait to the function of the library */

static const struct abandoned_rule {
	const char *function; /* it waits in */
	const char *elem;     /* type of the elements of the channel on which its caller answers */
	uint8_t pattern;      /* GOPM_PATTERN_* */
} rules[] = {
    {"net/http.(*persistConn).readLoop", "error", GOPM_PATTERN_UNCLOSED_BODY},
};

struct abandoned_search {
	struct gopm__conditions *conditions;
	struct gopm__program *program;
	const struct gopm__blocked *blocked;
	struct gopm__reader reader;
	struct gopm__reach reach;
	bool open; /* `reach`: all but the goroutines that wait so are marked */
};

static bool is_text(gopm_str text, const char *other)
{
	return gopm__str_equal(text, (gopm_str){other, strlen(other)});
}

/* The channel on which its caller answers; 0: the goroutine does not wait for that. */
static uint64_t answer_of(struct abandoned_search *s, const struct gopm__member *member,
                          const struct abandoned_rule *rule)
{
	for (uint32_t i = 0; i < member->wait_count; i++) {
		const struct gopm__wait_for *wait = &s->blocked->waits[member->wait + i];
		const uint64_t address = s->blocked->objects[wait->object].address;
		struct gopm__hchan chan;
		if (s->blocked->objects[wait->object].kind == GOPM_OBJECT_CHAN && wait->side == GOPM__SIDE_RECEIVES &&
		    !wait->torn && address != 0 &&
		    gopm__hchan_read(&s->program->runtime.layout, &s->reader, address, &chan) && chan.elem_type != 0 &&
		    is_text(gopm__runtime_type_name(&s->program->runtime, chan.elem_type), rule->elem)) {
			return address;
		}
	}
	return 0;
}

/* True if the goroutine waits in the function. */
static bool is_in_function(struct abandoned_search *s, const struct gopm__member *member, const char *function)
{
	struct gopm__walk walk;
	unsigned frames = 0;
	struct gopm__g g;

	if (!gopm__g_read(&s->program->runtime, &s->reader, member->g, &g)) {
		return false;
	}
	gopm__walk_goroutine(&walk, &s->program->runtime, &g, true, NULL);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			if (is_text(walk.info->calls[i].function, function)) {
				return true;
			}
		}
	}
	return false;
}

/* Cheap questions before the others. */
static bool may_be(struct gopm__program *program, const struct gopm__member *member)
{
	static const char package[] = "net/http.";
	const struct gopm__pcinfo *info = member->wait_count > 1 && !member->system && member->status == GOPM_G_WAITING
	                                      ? gopm__symtab_pc(&program->symtab, member->start)
	                                      : NULL;

	return info != NULL && info->known &&
	       gopm__str_has_prefix(gopm__func_name(info->func.module, info->func.name), package);
}

bool gopm__may_be_abandoned(struct gopm__program *program, const struct gopm__blocked *blocked)
{
	struct abandoned_search s = {
	    .program = program, .blocked = blocked, .reader = gopm__reader(&program->file.memory)};

	for (uint32_t i = 0; i < blocked->member_count; i++) {
		const struct gopm__member *member = &blocked->members[i];
		for (size_t k = 0; k < sizeof rules / sizeof rules[0] && may_be(program, member); k++) {
			if (answer_of(&s, member, &rules[k]) != 0 && is_in_function(&s, member, rules[k].function)) {
				return true;
			}
		}
	}
	return false;
}

/* Marks what all other goroutines reach. */
static gopm_status open_reach(struct abandoned_search *s, struct gopm__ownership *ownership, const uint32_t *waiters,
                              size_t count)
{
	gopm_status status = gopm__reach_open(&s->reach, ownership, s->blocked);
	size_t next = 0;

	s->open = status == GOPM_OK;
	for (uint32_t i = 0; status == GOPM_OK && i < s->blocked->member_count; i++) {
		if (next < count && waiters[next] == i) {
			next++;
		} else if (!gopm__reach_goroutine(&s->reach, s->blocked->members[i].g)) {
			status = GOPM_ERR_NO_MEMORY;
		}
	}
	return status;
}

/* Keeps those whose channel only they reach themselves. */
static void keep_dropped(struct abandoned_search *s, struct gopm__condition *found, const struct abandoned_rule *rule)
{
	size_t kept = 0;

	for (size_t i = 0; i < found->waiter_count; i++) {
		const uint64_t channel = answer_of(s, &s->blocked->members[found->waiters[i]], rule);
		if (channel != 0 && !gopm__reach_has(&s->reach, channel)) {
			found->waiters[kept++] = found->waiters[i];
		}
	}
	found->waiter_count = kept;
}

static gopm_status find_by_rule(struct abandoned_search *s, struct gopm__ownership *ownership,
                                const struct abandoned_rule *rule)
{
	struct gopm__condition found = {
	    .verdict = GOPM_VERDICT_LEAK, .certainty = GOPM_CERTAINTY_LIKELY, .pattern = rule->pattern};
	gopm_status status = GOPM_OK;

	for (uint32_t i = 0; status == GOPM_OK && i < s->blocked->member_count; i++) {
		const struct gopm__member *member = &s->blocked->members[i];
		if (may_be(s->program, member) && answer_of(s, member, rule) != 0 &&
		    is_in_function(s, member, rule->function) && !gopm__condition_wait(&found, i)) {
			status = GOPM_ERR_NO_MEMORY;
		}
	}
	if (status == GOPM_OK && found.waiter_count != 0) {
		status = open_reach(s, ownership, found.waiters, found.waiter_count);
		if (status == GOPM_OK) {
			keep_dropped(s, &found, rule);
		}
	}
	if (s->open) {
		found.certainty = s->reach.partial ? GOPM_CERTAINTY_POSSIBLE : found.certainty;
		gopm__reach_close(&s->reach);
		s->open = false;
	}
	if (status == GOPM_OK && found.waiter_count != 0) {
		struct gopm__condition *added =
		    gopm__condition_add(s->conditions, found.verdict, found.certainty, found.pattern);
		if (added != NULL) {
			*added = found;
			return GOPM_OK;
		}
		status = GOPM_ERR_NO_MEMORY;
	}
	free(found.waiters);
	return status;
}

gopm_status gopm__abandoned_find(struct gopm__conditions *conditions, struct gopm__program *program,
                                 const struct gopm__blocked *blocked, struct gopm__ownership *ownership)
{
	struct abandoned_search s = {.conditions = conditions,
	                             .program = program,
	                             .blocked = blocked,
	                             .reader = gopm__reader(&program->file.memory)};
	gopm_status status = GOPM_OK;

	for (size_t i = 0; status == GOPM_OK && i < sizeof rules / sizeof rules[0]; i++) {
		status = find_by_rule(&s, ownership, &rules[i]);
	}
	return status;
}
