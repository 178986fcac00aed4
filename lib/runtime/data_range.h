/* SPDX-License-Identifier: Apache-2.0 */
/* Memory to search for a variable of the runtime: its symbol's range, then all data of the runtime's module. */
#ifndef GOPM_RUNTIME_DATA_RANGE_H
#define GOPM_RUNTIME_DATA_RANGE_H

#include "runtime/runtime.h"

struct gopm__data_range {
	uint64_t begin, end; /* multiples of 8, begin < end */
};

/* Sections with data: data, bss, noptrdata, noptrbss. */
#define GOPM__DATA_SECTIONS 4
#define GOPM__GLOBAL_RANGES (1 + GOPM__DATA_SECTIONS)

/* The data of the module that has the runtime. Returns how many ranges there are. */
size_t gopm__data_ranges(const struct gopm__runtime *rt, struct gopm__data_range ranges[GOPM__DATA_SECTIONS]);

/* The ranges to search for a variable, best first. Returns how many there are. */
size_t gopm__global_ranges(const struct gopm__runtime *rt, enum gopm__global global,
                           struct gopm__data_range ranges[GOPM__GLOBAL_RANGES]);

#endif
