/* SPDX-License-Identifier: Apache-2.0 */
/* A core opened for a test through the private interface, with its findings. */
#ifndef GOPM_TESTS_TESTCORE_H
#define GOPM_TESTS_TESTCORE_H

#include "core/corefile.h"

struct test_core {
	struct gopm__findings findings;
	struct gopm__corefile file;
	gopm_status status;
	gopm_error *err;
};

/* Opens a core in memory; `data` must outlive it. */
void test_core_open(struct test_core *core, const void *data, size_t size);
void test_core_open_request(struct test_core *core, const struct gopm__source_request *request);
void test_core_close(struct test_core *core);

bool test_core_found(const struct test_core *core, uint32_t kind);
/* True if the message of the error or of a finding contains `text`. */
bool test_core_says(const struct test_core *core, const char *text);

/* Makes a temporary file with these bytes. `path` has room for 64 bytes. */
void test_file(char *path, const void *data, size_t size);

#endif
