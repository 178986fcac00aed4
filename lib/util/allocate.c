/* SPDX-License-Identifier: Apache-2.0 */
#include "util/allocate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local struct {
	uint64_t failures, begun; /* all of them, and those before the outermost call */
	uint32_t depth;           /* calls that did not end yet */
	bool cancelled;           /* the outermost one is */
} state;

static void *checked(void *memory)
{
	if (memory == NULL) {
		gopm__allocation_failed();
	}
	return memory;
}

void *gopm__malloc(size_t size)
{
	return checked(malloc(size));
}

void *gopm__calloc(size_t count, size_t size)
{
	return checked(calloc(count, size));
}

void *gopm__realloc(void *old, size_t size)
{
	return checked(realloc(old, size));
}

char *gopm__strdup(const char *text)
{
	return checked(strdup(text));
}

void gopm__allocation_failed(void)
{
	state.failures++;
}

void gopm__library_begin(void)
{
	errno = 0;
}

bool gopm__library_lacked_memory(void)
{
	if (errno != ENOMEM) {
		return false;
	}
	gopm__allocation_failed();
	return true;
}

uint64_t gopm__failed_allocations(void)
{
	return state.failures;
}

bool gopm__is_cacheable(uint64_t before)
{
	return state.failures == before && !gopm__call_lacks_memory();
}

uint64_t gopm__call_begin(void)
{
	if (state.depth++ == 0) {
		state.begun = state.failures;
		state.cancelled = false;
	}
	return state.failures;
}

void gopm__call_cancel(void)
{
	state.cancelled = true;
	gopm__allocation_failed();
}

bool gopm__call_is_cancelled(void)
{
	return state.cancelled;
}

bool gopm__call_end(uint64_t begun)
{
	state.depth--;
	return state.failures == begun;
}

bool gopm__call_lacks_memory(void)
{
	return state.depth != 0 && state.failures != state.begun;
}
