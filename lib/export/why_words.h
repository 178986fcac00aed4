/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of sentences about a finding: names, lines of code, goroutines. All names are escaped. */
#ifndef GOPM_EXPORT_WHY_WORDS_H
#define GOPM_EXPORT_WHY_WORDS_H

#include "util/text.h"
#include "why/object.h"
#include "why/why.h"

struct gopm__why_words {
	struct gopm__text *text;
	const struct gopm__why *why;
	const struct gopm__why_finding *finding;
	const struct gopm__object *objects; /* of the finding, described */
	struct gopm__reader reader;
	uint64_t budget; /* of all walks */
};

void gopm__words_name(struct gopm__text *text, gopm_str name);
/* "metrics.go:93" */
void gopm__words_line(struct gopm__text *text, gopm_str file, uint64_t line);
/* "goroutine 20" */
void gopm__words_goroutine(struct gopm__why_words *w, uint32_t member);
/* ", started as main.worker"; the main goroutine has no such words. */
void gopm__words_started(struct gopm__why_words *w, uint32_t member);
/* " in main.f (f.go:7)": where a goroutine of a component waits. */
void gopm__words_place(struct gopm__why_words *w, uint32_t member);
/* The same of any goroutine. */
void gopm__words_user(struct gopm__why_words *w, uint32_t member);

#endif
