/* SPDX-License-Identifier: Apache-2.0 */
#include "hostile/answers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile/files.h"

static const char *const names[ANSWER_KINDS] = {
    [ANSWER_INFO] = "info",
    [ANSWER_MAPPINGS] = "mappings",
    [ANSWER_THREADS] = "threads",
    [ANSWER_LIST] = "list",
    [ANSWER_ID] = "id",
    [ANSWER_STATUS] = "status",
    [ANSWER_REASON] = "reason",
    [ANSWER_TIME] = "time",
    [ANSWER_PARENT] = "parent",
    [ANSWER_THREAD] = "thread",
    [ANSWER_REGISTERS] = "registers",
    [ANSWER_CURRENT] = "current",
    [ANSWER_USER] = "user",
    [ANSWER_GO] = "go",
    [ANSWER_START] = "start",
    [ANSWER_WAIT] = "wait",
    [ANSWER_LABELS] = "labels",
    [ANSWER_GROUPS] = "groups",
    [ANSWER_HEADER] = "header",
    [ANSWER_TRACE] = "trace",
    [ANSWER_ARGUMENTS] = "arguments",
    [ANSWER_STACK] = "stack",
    [ANSWER_VARIABLES] = "variables",
    [ANSWER_GLOBALS] = "globals",
    [ANSWER_TYPES] = "types",
    [ANSWER_EXPRESSIONS] = "expressions",
    [ANSWER_SYMBOLS] = "symbols",
    [ANSWER_PROFILES] = "profiles",
    [ANSWER_HEAP] = "heap",
    [ANSWER_LIVE] = "live",
    [ANSWER_HEAP_TYPES] = "heap-types",
    [ANSWER_MODULES] = "modules",
    [ANSWER_CALLS] = "calls",
    [ANSWER_STUCK] = "stuck",
};

const char *answer_kind_name(unsigned kind)
{
	return kind < ANSWER_KINDS ? names[kind] : "?";
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < size; i++) {
		hash = (hash ^ b[i]) * UINT64_C(1099511628211);
	}
	return hash;
}

uint64_t hash_str(gopm_str s)
{
	return s.size == 0 ? 0 : hash_bytes(UINT64_C(1469598103934665603), s.data, s.size) | 1;
}

void answers_clear(struct answers *answers)
{
	for (size_t i = 0; i < answers->count; i++) {
		free(answers->list[i].text);
	}
	answers->count = 0;
	answers->size = 0;
	answers->failure = GOPM_OK;
}

static void reserve_text(struct answers *answers, size_t size)
{
	if (answers->room - answers->size <= size) {
		answers->room = (answers->size + size) * 2 + 1024;
		answers->text = realloc(answers->text, answers->room);
		require(answers->text != NULL, "memory");
	}
}

void say(struct answers *answers, const char *format, ...)
{
	va_list args;

	for (;;) {
		va_start(args, format);
		const size_t left = answers->room - answers->size;
		int n = vsnprintf(answers->text != NULL ? answers->text + answers->size : NULL, left, format, args);
		va_end(args);
		if (n >= 0 && (size_t)n < left) {
			answers->size += (size_t)n;
			return;
		}
		reserve_text(answers, n < 0 ? 1 : (size_t)n);
	}
}

void say_str(struct answers *answers, gopm_str s)
{
	reserve_text(answers, s.size);
	if (s.size != 0) {
		memcpy(answers->text + answers->size, s.data, s.size);
	}
	answers->size += s.size;
	say(answers, " ");
}

bool succeeded(struct answers *answers, gopm_status status)
{
	if (status < 0) {
		answers->failure = status;
	}
	return status == GOPM_OK;
}

void answer(struct answers *answers, enum answer_kind kind, uint64_t subject, uint32_t scope, uint64_t mark)
{
	if (answers->count == answers->capacity) {
		answers->capacity = answers->capacity * 2 + 1024;
		answers->list = realloc(answers->list, answers->capacity * sizeof answers->list[0]);
		require(answers->list != NULL, "memory");
	}
	struct answer *a = &answers->list[answers->count];
	if (answers->failure != GOPM_OK) {
		mark = (uint64_t)-answers->failure;
		answers->failure = GOPM_OK;
	}
	*a = (struct answer){.kind = kind, .scope = scope, .subject = subject, .order = answers->count, .mark = mark};
	a->hash = hash_bytes(UINT64_C(1469598103934665603), answers->text, answers->size);
	if (answers->keep_texts) {
		a->text = strndup(answers->text != NULL ? answers->text : "", answers->size);
	}
	answers->count++;
	answers->size = 0;
}

static int compare_subjects(const struct answer *a, const struct answer *b)
{
	if (a->kind != b->kind) {
		return a->kind < b->kind ? -1 : 1;
	}
	return a->subject != b->subject ? (a->subject < b->subject ? -1 : 1) : 0;
}

static int compare_answers(const void *x, const void *y)
{
	const struct answer *a = x, *b = y;
	int order = compare_subjects(a, b);

	return order != 0 ? order : (a->order < b->order ? -1 : a->order > b->order);
}

void answers_sort(struct answers *answers)
{
	if (answers->count != 0) {
		qsort(answers->list, answers->count, sizeof answers->list[0], compare_answers);
	}
}

static void print_difference(const struct answer *clean, const struct answer *damaged, bool said)
{
	const struct answer *any = clean != NULL ? clean : damaged;

	(void)fprintf(stderr, "  %s 0x%" PRIx64 "%s:\n    - %s\n    + %s\n", names[any->kind], any->subject,
	              said ? " (marked)" : "", clean == NULL ? "(none)" : clean->text,
	              damaged == NULL ? "(none)" : damaged->text);
}

static void count_difference(struct difference *d, const struct answer *clean, const struct answer *damaged, bool print)
{
	const struct answer *any = clean != NULL ? clean : damaged;
	const bool said = damaged != NULL && damaged->mark != 0 && (clean == NULL || damaged->mark != clean->mark);

	d->answers++;
	d->changed |= UINT64_C(1) << any->kind;
	if (!said) {
		d->silent |= UINT64_C(1) << any->kind;
	}
	if (print) {
		print_difference(clean, damaged, said);
	}
}

struct difference answers_compare(const struct answers *clean, const struct answers *damaged, uint64_t in_scope)
{
	struct difference d = {0};
	size_t i = 0, k = 0;

	while (i < clean->count || k < damaged->count) {
		const struct answer *a = i < clean->count ? &clean->list[i] : NULL;
		const struct answer *b = k < damaged->count ? &damaged->list[k] : NULL;
		if (a != NULL && a->scope != ALWAYS && (in_scope >> a->scope & 1) == 0) {
			i++;
			continue;
		}
		int order = a == NULL ? 1 : b == NULL ? -1 : compare_subjects(a, b);
		if (order != 0) {
			count_difference(&d, order < 0 ? a : NULL, order < 0 ? NULL : b, damaged->keep_texts);
		} else if (a->hash != b->hash) {
			count_difference(&d, a, b, damaged->keep_texts);
		}
		i += order <= 0;
		k += order >= 0;
	}
	return d;
}
