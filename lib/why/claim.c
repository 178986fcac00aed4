/* SPDX-License-Identifier: Apache-2.0 */
#include "why/claim.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "why/claim_private.h"

/* Values that are searched for in other frames, in all. */
#define MOST_SEARCHES ((uint64_t)1 << 16)
/* Elements of arrays and maps that are looked at, in all. */
#define MOST_ELEMENTS ((uint64_t)1 << 22)
/* Facts, deferred calls and words of frames that are looked at, in all. A million goroutines have ten million. */
#define MOST_STEPS ((uint64_t)1 << 28)

static int compare_claims(const void *a, const void *b)
{
	const struct gopm__claim *x = a, *y = b;

	if (x->object != y->object) {
		return x->object < y->object ? -1 : 1;
	}
	if (x->g != y->g) {
		return x->g < y->g ? -1 : 1;
	}
	if (x->frame != y->frame) {
		return x->frame < y->frame ? -1 : 1;
	}
	return x->op != y->op ? (x->op < y->op ? -1 : 1) : (x->strength < y->strength) - (x->strength > y->strength);
}

void gopm__claims_sort(struct gopm__claims *claims)
{
	size_t kept = 0;

	if (claims->count != 0) {
		qsort(claims->list, claims->count, sizeof claims->list[0], compare_claims);
	}
	for (size_t i = 0; i < claims->count; i++) {
		const struct gopm__claim *claim = &claims->list[i];
		struct gopm__claim *last = kept != 0 ? &claims->list[kept - 1] : NULL;
		if (last != NULL && last->object == claim->object && last->g == claim->g &&
		    last->frame == claim->frame && last->op == claim->op) {
			last->evidence |= claim->evidence;
		} else {
			claims->list[kept++] = *claim;
		}
	}
	claims->count = kept;
}

static void free_search(struct gopm__claim_search *search)
{
	gopm__waitables_free(&search->waitables);
	gopm__map64_free(&search->pcs);
	gopm__shapes_free(&search->shapes);
	gopm__map64_free(&search->itabs);
	gopm__arena_free(&search->arena);
	gopm__stack_clear(&search->stack);
	free(search->frames);
	free(search->records);
	free(search->deferred.list);
	free(search->called.list);
	free(search->captured);
	free(search);
}

gopm_status gopm__claims_find(struct gopm__claims *claims, struct gopm__program *program,
                              const struct gopm__contended *objects, size_t count, size_t threads,
                              const struct gopm__progress *progress)
{
	struct gopm__runtime *rt = &program->runtime;
	gopm_status status;

	*claims = (struct gopm__claims){0};
	if (count == 0) {
		return GOPM_OK;
	}
	struct gopm__claim_search *search = gopm__calloc(1, sizeof *search);
	if (search == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	search->program = program;
	search->rt = rt;
	search->objects = objects;
	search->object_count = count;
	search->claims = claims;
	search->threads = threads;
	search->reader = gopm__reader(&rt->core->memory);
	search->budget = gopm__walk_budget(rt);
	search->searches = MOST_SEARCHES;
	search->words = MOST_ELEMENTS;
	search->steps = MOST_STEPS;
	gopm__waitables_init(&search->waitables, rt);
	gopm__program_lock(program);
	status = gopm__program_types(program, &search->types, NULL);
	if (status == GOPM_OK) {
		status = gopm__claim_walk(search, progress);
	}
	gopm__program_unlock(program);
	if (search->steps == 0 || search->budget == 0 || search->words == 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		                  "frames have more locks and channels than are read: some holders are unknown");
	}
	if (status == GOPM_OK) {
		gopm__claims_sort(claims);
		gopm__claim_check_locks(claims, objects, count, &search->reader);
	} else {
		gopm__claims_free(claims);
	}
	free_search(search);
	return status;
}

void gopm__claims_free(struct gopm__claims *claims)
{
	free(claims->list);
	*claims = (struct gopm__claims){0};
}
