/* SPDX-License-Identifier: Apache-2.0 */
#include "why/crash.h"

#include <gopm/core.h>
#include <gopm/why.h>

#include "util/str.h"

bool gopm__has_crashed(const struct gopm__program *program)
{
	static const char asleep[] = "all goroutines are asleep";
	const struct gopm__death *death = &program->death;

	if (death->kind == GOPM_DEATH_SIGNAL) {
		/* si_code is above 0 if the kernel sent the signal. */
		return death->signal_code > 0;
	}
	return death->kind != GOPM_DEATH_NONE && !gopm__str_has_prefix(death->text, asleep);
}

uint8_t gopm__crash_pattern(const struct gopm__program *program)
{
	/* By the message of throw. Source: runtime/malloc.go, mcache.go, stack.go, os_linux.go, Go 1.16 to 1.27. */
	static const struct {
		const char *text;
		uint8_t pattern;
	} rows[] = {
	    {"out of memory", GOPM_PATTERN_OUT_OF_MEMORY},
	    {"runtime: out of memory", GOPM_PATTERN_OUT_OF_MEMORY},
	    {"runtime: cannot allocate memory", GOPM_PATTERN_OUT_OF_MEMORY},
	    {"runtime: cannot map pages in arena address space", GOPM_PATTERN_OUT_OF_MEMORY},
	    {"stack overflow", GOPM_PATTERN_STACK_OVERFLOW},
	};
	const struct gopm__death *death = &program->death;

	if (death->kind != GOPM_DEATH_FATAL) {
		return death->kind == GOPM_DEATH_PANIC ? GOPM_PATTERN_PANIC : GOPM_PATTERN_CRASH;
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (gopm__str_has_prefix(death->text, rows[i].text)) {
			return rows[i].pattern;
		}
	}
	return GOPM_PATTERN_THROW;
}
