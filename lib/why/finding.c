/* SPDX-License-Identifier: Apache-2.0 */
#include "why/finding.h"

#include <stdlib.h>

#include "util/str.h"
#include "util/vector.h"
#include "why/crash.h"
#include "why/edge.h"
#include "why/pattern.h"

bool gopm__findings_add_people(struct gopm__findings_of_why *f, const uint32_t *members, size_t count)
{
	if (!GOPM__VECTOR_RESERVE(f->people, f->people_count, f->people_capacity, count)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		f->people[f->people_count++] = members[i];
	}
	return true;
}

/* Adds the members of a component that wait: all but those that are slow. */
static bool add_waiters(struct gopm__findings_of_why *f, const struct gopm__component *component)
{
	const struct gopm__components *c = f->components;

	for (uint32_t i = 0; i < component->count; i++) {
		const uint32_t member = c->members[component->first + i];
		if (c->prospects->of[member] != GOPM__PROSPECT_SLOW && !gopm__findings_add_people(f, &member, 1)) {
			return false;
		}
	}
	return true;
}

/* The weakest rule that the certainty of the finding's goroutines needs. */
static uint8_t basis_of(const struct gopm__findings_of_why *f, const struct gopm__component *component,
                        const uint8_t *basis)
{
	uint8_t weakest = GOPM_BASIS_NONE;

	for (uint32_t i = 0; i < component->count; i++) {
		const uint8_t rule = basis[f->components->members[component->first + i]];
		weakest = rule > weakest ? rule : weakest;
	}
	return weakest;
}

/* Begins a finding with the first component of its shape. */
static bool begin_finding(struct gopm__findings_of_why *f, const struct gopm__component *component,
                          const struct gopm__blame *blame, const uint8_t *basis)
{
	struct gopm__why_finding finding = {.certainty = gopm__blame_certainty(f->components->prospects, blame)};

	if (!GOPM__VECTOR_RESERVE(f->list, f->count, f->capacity, 1)) {
		return false;
	}
	finding.verdict = gopm__blame_verdict(blame);
	finding.pattern = gopm__blame_pattern(f->components->prospects->ports, blame);
	finding.basis = finding.certainty == GOPM_CERTAINTY_CERTAIN ? basis_of(f, component, basis) : GOPM_BASIS_NONE;
	finding.waiters.first = (uint32_t)f->people_count;
	f->list[f->count++] = finding;
	return true;
}

static void note_time(struct gopm__findings_of_why *f, struct gopm__why_finding *finding,
                      const struct gopm__component *component)
{
	const struct gopm__components *c = f->components;

	for (uint32_t i = 0; i < component->count; i++) {
		const int64_t since = c->prospects->ports->blocked->members[c->members[component->first + i]].since;
		if (since > 0 && (finding->since == 0 || since < finding->since)) {
			finding->since = since;
		}
	}
}

/* Makes one finding of components [begin, end), which have one shape. */
static gopm_status make_finding(struct gopm__findings_of_why *f, struct gopm__blamer *blamer, size_t begin, size_t end,
                                const uint8_t *basis)
{
	struct gopm__blame first = {0}, other = {0};
	uint32_t *blamed = NULL;
	size_t blamed_count = 0, blamed_capacity = 0;
	gopm_status status = gopm__blame(blamer, &f->components->list[begin], &first);
	bool made = status == GOPM_OK && begin_finding(f, &f->components->list[begin], &first, basis);

	for (size_t i = begin; made && i < end; i++) {
		const struct gopm__component *component = &f->components->list[i];
		const struct gopm__blame *blame = i == begin ? &first : &other;
		made = (i == begin || gopm__blame(blamer, component, &other) == GOPM_OK) && add_waiters(f, component) &&
		       GOPM__VECTOR_RESERVE(blamed, blamed_count, blamed_capacity, blame->blamed_count);
		for (size_t k = 0; made && k < blame->blamed_count; k++) {
			blamed[blamed_count++] = blame->blamed[k];
		}
		if (made) {
			note_time(f, &f->list[f->count - 1], component);
		}
	}
	if (made) {
		struct gopm__why_finding *finding = &f->list[f->count - 1];
		finding->structures = (uint32_t)(end - begin);
		finding->waiters.count = (uint32_t)f->people_count - finding->waiters.first;
		finding->blamed = (struct gopm__range){(uint32_t)f->people_count, (uint32_t)blamed_count};
		made = gopm__findings_add_people(f, blamed, blamed_count) &&
		       gopm__add_edges(f, &f->components->list[begin], &first);
	}
	free(blamed);
	gopm__blame_free(&first);
	gopm__blame_free(&other);
	return made ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

static int compare_findings(const void *a, const void *b)
{
	/* The worst verdict first. */
	static const uint8_t ranks[] = {
	    [GOPM_VERDICT_CRASH] = 0, [GOPM_VERDICT_DEADLOCK] = 1, [GOPM_VERDICT_STARVATION] = 2,
	    [GOPM_VERDICT_LEAK] = 3,  [GOPM_VERDICT_SLOW] = 4,     [GOPM_VERDICT_HEALTHY] = 5,
	};
	const struct gopm__why_finding *x = a, *y = b;

	if ((x->certainty == GOPM_CERTAINTY_POSSIBLE) != (y->certainty == GOPM_CERTAINTY_POSSIBLE)) {
		return x->certainty == GOPM_CERTAINTY_POSSIBLE ? 1 : -1;
	}
	if (x->verdict != y->verdict) {
		return ranks[x->verdict] < ranks[y->verdict] ? -1 : 1;
	}
	if (x->certainty != y->certainty) {
		return x->certainty > y->certainty ? -1 : 1;
	}
	if (x->waiters.count != y->waiters.count) {
		return x->waiters.count > y->waiters.count ? -1 : 1;
	}
	return x->waiters.first < y->waiters.first ? -1 : x->waiters.first > y->waiters.first;
}

void gopm__findings_sort(struct gopm__findings_of_why *findings)
{
	if (findings->count != 0) {
		qsort(findings->list, findings->count, sizeof *findings->list, compare_findings);
	}
}

static bool add_crash(struct gopm__findings_of_why *f, const struct gopm__program *program)
{
	struct gopm__why_finding finding = {.verdict = GOPM_VERDICT_CRASH,
	                                    .certainty = GOPM_CERTAINTY_CERTAIN,
	                                    .pattern = gopm__crash_pattern(program),
	                                    .structures = 1};
	const uint32_t member = gopm__blocked_member(f->components->prospects->ports->blocked, program->death.g);

	if (!gopm__has_crashed(program)) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(f->list, f->count, f->capacity, 1)) {
		return false;
	}
	finding.blamed.first = (uint32_t)f->people_count;
	if (member != GOPM__NO_INDEX) {
		if (!gopm__findings_add_people(f, &member, 1)) {
			return false;
		}
		finding.blamed.count = 1;
	}
	f->list[f->count++] = finding;
	return true;
}

gopm_status gopm__why_findings_open(struct gopm__findings_of_why *findings, const struct gopm__components *components,
                                    const struct gopm__program *program, const uint8_t *basis)
{
	gopm_status status = GOPM_OK;
	struct gopm__blamer *blamer = gopm__blamer_open(components);

	*findings = (struct gopm__findings_of_why){.components = components};
	if (blamer == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; status == GOPM_OK && i < components->count;) {
		size_t end = i + 1;
		while (end < components->count && components->list[end].shape == components->list[i].shape &&
		       components->list[end].count == components->list[i].count) {
			end++;
		}
		status = make_finding(findings, blamer, i, end, basis);
		i = end;
	}
	gopm__blamer_close(blamer);
	if (status == GOPM_OK && !add_crash(findings, program)) {
		status = GOPM_ERR_NO_MEMORY;
	}
	if (status != GOPM_OK) {
		gopm__why_findings_close(findings);
		return status;
	}
	gopm__findings_sort(findings);
	return GOPM_OK;
}

void gopm__why_findings_close(struct gopm__findings_of_why *findings)
{
	free(findings->list);
	free(findings->people);
	free(findings->objects);
	free(findings->edges);
	*findings = (struct gopm__findings_of_why){0};
}
