/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the claims on all objects that goroutines wait for, a line each, for tests:
 * "claim KIND OBJECT GOID OPERATION STRENGTH EVIDENCE FRAME FUNCTION". Findings follow.
 *     dump_claims CORE EXE */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/handle.h"
#include "util/allocate.h"
#include "util/vector.h"
#include "why/claim.h"
#include "why/waitable.h"

#define MOST_WAITS 64u

struct objects {
	struct gopm__contended *list;
	size_t count, capacity;
};

static int compare_objects(const void *a, const void *b)
{
	const struct gopm__contended *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

/* Collects the objects that goroutines wait for. */
static void collect_objects(struct gopm__program *program, struct objects *objects)
{
	struct gopm__runtime *rt = &program->runtime;
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	struct gopm__waitables waitables;
	struct gopm__waitable waits[MOST_WAITS];
	struct gopm__g g;
	size_t kept = 0;

	gopm__waitables_init(&waitables, rt);
	for (uint64_t i = 0; i < rt->g_count; i++) {
		const uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		if (address == 0 || !gopm__g_read(rt, &reader, address, &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		const size_t count = gopm__waitables_of(&waitables, &reader, &g, waits, MOST_WAITS);
		for (size_t k = 0; k < count && k < MOST_WAITS; k++) {
			if (waits[k].address != 0 &&
			    GOPM__VECTOR_RESERVE(objects->list, objects->count, objects->capacity, 1)) {
				objects->list[objects->count++] =
				    (struct gopm__contended){waits[k].address, waits[k].kind};
			}
		}
	}
	gopm__waitables_free(&waitables);
	if (objects->count == 0) {
		return;
	}
	qsort(objects->list, objects->count, sizeof objects->list[0], compare_objects);
	for (size_t i = 0; i < objects->count; i++) {
		if (kept == 0 || objects->list[kept - 1].address != objects->list[i].address) {
			objects->list[kept++] = objects->list[i];
		}
	}
	objects->count = kept;
}

static void print_claim(struct gopm__program *program, const struct gopm__claim *claim)
{
	static const char *const operations[] = {"holds",    "holds-read", "unlocks", "sends",
	                                         "receives", "closes",     "done",    "signals"};
	static const char *const strengths[] = {"possible", "likely", "proved"};
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	const struct gopm__pcinfo *info = gopm__symtab_pc(&program->symtab, claim->pc);
	struct gopm__g g;
	gopm_str name = {"?", 1};

	if (info != NULL && info->known) {
		name = info->calls[info->call_count - 1].function;
	}
	(void)gopm__g_read(&program->runtime, &reader, claim->g, &g);
	(void)printf(
	    "claim 0x%" PRIx64 " %" PRIu64 " %s %s %s%s%s %u %.*s\n", claim->object, g.id, operations[claim->op],
	    strengths[claim->strength], (claim->evidence & GOPM__EVIDENCE_DEFER) != 0 ? "d" : "",
	    (claim->evidence & GOPM__EVIDENCE_CODE) != 0 ? "c" : "",
	    (claim->evidence & GOPM__EVIDENCE_HELPER) != 0 ? "h" : "", claim->frame, (int)name.size, name.data);
}

int main(int argc, char **argv)
{
	struct objects objects = {0};
	struct gopm__claims claims;
	gopm_core *core;
	gopm_error *err = NULL;

	if (argc != 3 || gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	struct gopm__program *program = core->program;
	collect_objects(program, &objects);
	for (size_t i = 0; i < objects.count; i++) {
		(void)printf("object 0x%" PRIx64 " %u\n", objects.list[i].address, objects.list[i].kind);
	}
	const gopm_status status = gopm__claims_find(&claims, program, objects.list, objects.count, 1, NULL);
	for (size_t i = 0; i < claims.count; i++) {
		print_claim(program, &claims.list[i]);
	}
	for (size_t i = 0; i < program->findings.count; i++) {
		(void)printf("finding %.*s\n", (int)program->findings.list[i].message.size,
		             program->findings.list[i].message.data);
	}
	gopm__claims_free(&claims);
	free(objects.list);
	gopm_core_close(core);
	return status == GOPM_OK ? 0 : 1;
}
