/* SPDX-License-Identifier: Apache-2.0 */
/* Lets each allocation fail once.
 *
 *     allocation CORE EXE|- FIRST STEP [COUNT]
 *
 * A call must then return GOPM_ERR_NO_MEMORY or the answer that it gives with enough memory, with no new finding.
 * All questions are asked again on the same core: no cache may remember the failure. From FIRST on, allocation FIRST,
 * FIRST + STEP and so on fails, each in an execution of its own. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile/places.h"

#define NO_MEMORY ((uint64_t)-GOPM_ERR_NO_MEMORY)

/* The names of glibc's allocator, for programs that replace malloc. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static uint64_t seen, fail_at; /* fail_at 0: no allocation fails */
static bool armed;             /* the library runs */
static struct questions questions;
static struct answers clean, answers;
static struct {
	uint64_t hash, count;
} known[64];
static size_t known_count;
static uint64_t problems;

static bool fails(void)
{
	if (!armed || ++seen != fail_at) {
		return false;
	}
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

static void complain(const char *what, const char *of)
{
	if (problems++ < 20) {
		(void)printf("allocation %" PRIu64 ": %s: %s\n", fail_at, what, of);
	}
}

static gopm_core *open_checked(gopm_status *status)
{
	gopm_error *err;
	gopm_core *core = files_open(status, &err);

	if (gopm_error_status(err) != *status) {
		complain("the error object has another status", gopm_error_message(err));
	}
	gopm_error_free(err);
	return core;
}

static bool is_known(const gopm_finding *finding)
{
	for (size_t i = 0; i < known_count; i++) {
		if (known[i].hash == hash_str(finding->message)) {
			return true;
		}
	}
	return false;
}

/* Checks the findings against those of the first run, or remembers them. */
static void check_findings(gopm_core *core, bool remember)
{
	gopm_finding_iter *it;
	gopm_finding finding;
	size_t got;

	if (gopm_finding_iter_open(core, &it, NULL) != GOPM_OK) {
		return;
	}
	while (gopm_finding_iter_next(it, &finding, sizeof finding, 1, &got) == GOPM_OK) {
		if (remember) {
			require(known_count < sizeof known / sizeof known[0], "too many findings");
			known[known_count++].hash = hash_str(finding.message);
		} else if (!is_known(&finding)) {
			complain("new finding", finding.message.data);
		}
	}
	gopm_finding_iter_free(it);
}

/* True if an answer of this kind, or the stack for variables, says that memory ran out. */
static bool lacks_memory(unsigned kind)
{
	for (size_t i = 0; i < answers.count; i++) {
		const unsigned of = answers.list[i].kind;
		const bool same = of == kind || (kind == ANSWER_VARIABLES && of == ANSWER_STACK);
		if (same && answers.list[i].mark == NO_MEMORY) {
			return true;
		}
	}
	return false;
}

/* Each answer must be the clean one, or say that memory ran out. */
static void compare(bool may_fail)
{
	size_t k = 0;

	answers_sort(&answers);
	for (size_t i = 0; i < clean.count; i++) {
		const struct answer *a = &clean.list[i];
		while (k < answers.count && answers.list[k].kind == a->kind && answers.list[k].subject < a->subject) {
			k++;
		}
		const struct answer *b = &answers.list[k];
		if (k == answers.count || b->kind != a->kind || b->subject != a->subject) {
			if (!may_fail || !lacks_memory(a->kind)) {
				complain(may_fail ? "missing" : "missing later", answer_kind_name(a->kind));
			}
			continue;
		}
		if (b->hash != a->hash && (!may_fail || b->mark != NO_MEMORY)) {
			complain(may_fail ? "changed" : "changed later", answer_kind_name(a->kind));
		}
		k++;
	}
}

static void run(uint64_t number)
{
	gopm_status status;

	answers_clear(&answers);
	seen = 0;
	fail_at = number;
	armed = true;
	gopm_core *core = open_checked(&status);
	if (core == NULL) {
		armed = false;
		if (status != GOPM_ERR_NO_MEMORY) {
			complain("opening fails with another status", gopm_status_text(status));
		}
		return;
	}
	status = read_answers(core, &questions, &answers);
	armed = false;
	if (status == GOPM_OK) {
		compare(true);
	} else if (status != GOPM_ERR_NO_MEMORY) {
		complain("the list fails with another status", gopm_status_text(status));
	}
	check_findings(core, false);
	answers_clear(&answers);
	if (read_answers(core, &questions, &answers) != GOPM_OK) {
		complain("the list fails later", "");
	}
	compare(false);
	check_findings(core, false);
	gopm_core_close(core);
}

/* The clean answers. They come from a second reading of the same core: the first one makes room for their texts. */
static void prepare(void)
{
	static uint64_t descriptors[MAX_DESCRIPTORS];
	gopm_status status;

	gopm_core *core = open_checked(&status);
	require(core != NULL, "opening the core");
	questions_choose(&questions, core);
	questions.descriptor_count = find_descriptors(core, &questions, descriptors);
	questions.descriptors = descriptors;
	questions.in_scope = UINT64_MAX;
	questions.globals = true;
	questions.native = true;
	require(read_answers(core, &questions, &answers) == GOPM_OK, "reading the core");
	require(read_answers(core, &questions, &clean) == GOPM_OK, "reading the core again");
	check_findings(core, true);
	gopm_core_close(core);
	answers_sort(&clean);
	answers_clear(&answers);
}

int main(int argc, char **argv)
{
	static uint32_t step_of_reading;

	require(argc == 5 || argc == 6, "arguments: CORE EXE|- FIRST STEP [COUNT]");
	read_step = &step_of_reading;
	file_load(&core_file, argv[1]);
	if (strcmp(argv[2], "-") != 0) {
		file_load(&exe_file, argv[2]);
	}
	prepare();
	const uint64_t first = strtoull(argv[3], NULL, 10), step = strtoull(argv[4], NULL, 10);
	uint64_t count = argc == 6 ? strtoull(argv[5], NULL, 10) : UINT64_MAX, runs = 0;
	for (uint64_t number = first; count != 0; number += step, count--) {
		run(number);
		runs++;
		if (seen < number) {
			break; /* all allocations were reached */
		}
	}
	(void)printf("%" PRIu64 " allocations failed, the last one was number %" PRIu64 "; %" PRIu64 " problems\n",
	             runs, seen, problems);
	return problems == 0 ? 0 : 1;
}
