/* SPDX-License-Identifier: Apache-2.0 */
/* The checked-in sample: a core of the story's server with 1000 hung connections, and the server. */
#ifndef GOPM_TESTS_SAMPLE_H
#define GOPM_TESTS_SAMPLE_H

#include "api/handle.h"

/* Opens the sample by path; a failure ends the test. */
gopm_core *sample_open(void);

/* The sample in writable memory, with the addresses of its interesting structures. */
struct sample_bytes {
	uint8_t *core, *exe;
	size_t core_size, exe_size;
};

void sample_read(struct sample_bytes *bytes);
/* A fixture that has its executable in the core: "states-127-arm64-default". */
void sample_read_fixture(struct sample_bytes *bytes, const char *name);
/* The byte of the core at an address of the process; NULL: the core lacks it. */
uint8_t *sample_at(const struct sample_bytes *bytes, uint64_t address);
void sample_free(struct sample_bytes *bytes);

/* Opens such bytes and reads at most `goroutines`. NULL: failed; *status says why. */
gopm_core *sample_open_bytes(const struct sample_bytes *bytes, uint64_t goroutines, gopm_status *status);

#endif
