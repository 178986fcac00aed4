/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testcore.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void test_core_open_request(struct test_core *core, const struct gopm__source_request *request)
{
	*core = (struct test_core){.status = GOPM_OK};
	gopm__findings_init(&core->findings, 100);
	core->file.findings = &core->findings;
	core->status = gopm__source_open(&core->file.source, request, &core->err);
	if (core->status == GOPM_OK) {
		core->status = gopm__corefile_parse(&core->file, &core->err);
	}
}

void test_core_open(struct test_core *core, const void *data, size_t size)
{
	struct gopm__source_request request = {
	    .fd = -1, .data = data, .data_size = size, .what = "core", .unpack = true};
	test_core_open_request(core, &request);
}

void test_core_close(struct test_core *core)
{
	gopm__corefile_close(&core->file);
	gopm__findings_clear(&core->findings);
	gopm_error_free(core->err);
	core->err = NULL;
}

bool test_core_found(const struct test_core *core, uint32_t kind)
{
	for (size_t i = 0; i < core->findings.count; i++) {
		if (core->findings.list[i].kind == kind) {
			return true;
		}
	}
	return false;
}

bool test_core_says(const struct test_core *core, const char *text)
{
	if (strstr(gopm_error_message(core->err), text) != NULL) {
		return true;
	}
	for (size_t i = 0; i < core->findings.count; i++) {
		if (strstr(core->findings.list[i].message.data, text) != NULL) {
			return true;
		}
	}
	return false;
}

void test_file(char *path, const void *data, size_t size)
{
	static const char template[] = "/tmp/gopm-test-XXXXXX";

	memcpy(path, template, sizeof template);
	int fd = mkstemp(path);
	if (fd < 0) {
		abort();
	}
	for (size_t done = 0; done < size;) {
		ssize_t put = write(fd, (const char *)data + done, size - done);
		if (put <= 0) {
			abort();
		}
		done += (size_t)put;
	}
	(void)close(fd);
}
