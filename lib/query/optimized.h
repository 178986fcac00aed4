/* SPDX-License-Identifier: Apache-2.0 */
/* Which functions were compiled with optimization, as DWARF says. Delve shows it with each location. */
#ifndef GOPM_QUERY_OPTIMIZED_H
#define GOPM_QUERY_OPTIMIZED_H

#include "program/program.h"
#include "util/map64.h"

/* Answers so far. Zeroed is empty. Only one thread at a time may use it. */
struct gopm__optimized {
	struct gopm__map64 functions; /* entry -> 1: optimized, 0: not, or not known */
};

/* Sets GOPM_LOCATION_OPTIMIZED if the function is optimized. Takes the program's lock once a function. */
void gopm__optimized_mark(struct gopm__optimized *optimized, struct gopm__program *program, gopm_location *location);
void gopm__optimized_clear(struct gopm__optimized *optimized);

#endif
