/* SPDX-License-Identifier: Apache-2.0 */
#include "listing_sync.h"

#include <string.h>

static const struct {
	const char *word;
	uint8_t role;
} roles[] = {
    {"lockslow", GOPM__ROLE_MUTEX_LOCK_SLOW},
    {"unlockslow", GOPM__ROLE_MUTEX_UNLOCK_SLOW},
    {"runlockslow", GOPM__ROLE_RWMUTEX_RUNLOCK_SLOW},
    {"semacquire", GOPM__ROLE_SEMACQUIRE},
    {"lock", GOPM__ROLE_MUTEX_LOCK},
    {"unlock", GOPM__ROLE_MUTEX_UNLOCK},
    {"trylock", GOPM__ROLE_MUTEX_TRY_LOCK},
    {"chansend", GOPM__ROLE_CHANSEND1},
    {"chanrecv", GOPM__ROLE_CHANRECV1},
    {"selectgo", GOPM__ROLE_SELECTGO},
    {"add", GOPM__ROLE_WAITGROUP_ADD},
    {"deferreturn", GOPM__ROLE_DEFERRETURN},
};

static const char *const kinds[GOPM__SYNC_KINDS] = {"lock",  "unlock", "wlock", "wunlock", "rlock",  "runlock",
                                                    "send",  "recv",   "close", "add",     "done",   "gwait",
                                                    "cwait", "signal", "once",  "closure", "method", "receiver"};

uint8_t listing_sync_role(const char *word)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		if (strcmp(roles[i].word, word) == 0) {
			return roles[i].role;
		}
	}
	return GOPM__ROLE_NORMAL;
}

bool listing_is_sync(const char *word)
{
	return strcmp(word, "held") == 0 || strcmp(word, "held-during") == 0 || strcmp(word, "released") == 0 ||
	       strcmp(word, "pending") == 0 || strcmp(word, "pending-after") == 0 || strcmp(word, "in-call") == 0;
}

/* "[[BASE+8]+16]+24" */
static void add_place(struct text *text, const struct gopm__sync_place *place,
                      void (*add_base)(void *user_data, struct text *text, const struct gopm__value_number *base),
                      void *user_data)
{
	for (unsigned i = 0; i < place->loads; i++) {
		add_text(text, "[");
	}
	add_base(user_data, text, &place->base);
	for (unsigned i = 0; i <= place->loads; i++) {
		if (place->offsets[i] == GOPM__SYNC_SOME || place->offsets[i] == GOPM__SYNC_MAPPED) {
			add_text(text, "%s", place->offsets[i] == GOPM__SYNC_SOME ? "+some" : "+mapped");
		} else if (place->offsets[i] != 0) {
			add_text(text, "%+d", place->offsets[i]);
		}
		add_text(text, i < place->loads ? "]" : "");
	}
}

void listing_sync(struct text *text, const struct gopm__sync *sync, uint64_t pc,
                  void (*add_base)(void *user_data, struct text *text, const struct gopm__value_number *base),
                  void *user_data)
{
	static struct gopm__sync_facts facts;
	const bool held = strncmp(text->data, "held", 4) == 0, released = strcmp(text->data, "released") == 0;
	const bool in_call = strcmp(text->data, "in-call") == 0;
	const bool returning = in_call || strchr(text->data, '-') != NULL;

	if (sync == NULL || !gopm__sync_at(sync, pc, returning, &facts)) {
		add_text(text, " unknown");
		return;
	}
	const struct gopm__sync_fact *list = held       ? facts.held
	                                     : released ? facts.released
	                                     : in_call  ? facts.during
	                                                : facts.pending;
	const size_t count = held       ? facts.held_count
	                     : released ? facts.released_count
	                     : in_call  ? facts.during_count
	                                : facts.pending_count;
	for (size_t i = 0; i < count; i++) {
		const struct gopm__sync_op *op = list[i].op;
		add_text(text, " %s%s%s(", (op->flags & GOPM__SYNC_TRIES) != 0 ? "try" : "",
		         (op->flags & GOPM__SYNC_CHOICE) != 0 ? "case" : "", kinds[op->kind]);
		for (unsigned k = list[i].first; k < list[i].end; k++) {
			add_text(text, k == list[i].first ? "" : "=");
			add_place(text, &op->places[k], add_base, user_data);
		}
		add_text(text, ")%s", list[i].must ? "*" : "");
	}
	if (count == 0) {
		add_text(text, " nothing");
	}
}
