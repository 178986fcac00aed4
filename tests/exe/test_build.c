/* SPDX-License-Identifier: Apache-2.0 */
/* The text of build information. Lines and quotes are those of runtime/debug/mod.go, BuildInfo.String. */
#include "cmocka_all.h"
#include "exe/build.h"
#include "support/sample.h"
#include "util/finding.h"

#include <stdio.h>
#include <string.h>

static struct gopm__findings findings;

static void assert_str(gopm_str got, const char *wanted)
{
	assert_int_equal(got.size, strlen(wanted));
	assert_memory_equal(got.data != NULL ? got.data : "", wanted, got.size);
}

static void parse_sized(struct gopm__build *build, const char *text, size_t size)
{
	*build = (struct gopm__build){0};
	gopm__findings_init(&findings, 10);
	assert_int_equal(gopm__build_parse(build, (gopm_str){text, size}, &findings, "exe"), GOPM_OK);
}

static void parse(struct gopm__build *build, const char *text)
{
	parse_sized(build, text, strlen(text));
}

static void release(struct gopm__build *build)
{
	gopm__build_free(build);
	gopm__findings_clear(&findings);
}

static void test_lines(void **state)
{
	struct gopm__build build;

	(void)state;
	parse(&build, "path\texample.com/a/cmd/b\n"
	              "mod\texample.com/a\tv1.2.3\th1:aa=\n"
	              "dep\texample.com/c\tv0.1.0\th1:bb=\n"
	              "dep\texample.com/d\tv0.2.0\n"
	              "=>\t./local\t(devel)\t\n"
	              "build\t-compiler=gc\n"
	              "build\t-ldflags=\"-X \\\"main.a=b\\tc\\u00e9\\\"\"\n"
	              "build\t\"a key\"=x=y\n"
	              "build\tvcs.modified=true\n"
	              "build\tempty=\n");
	assert_int_equal(findings.total, 0);
	assert_str(build.path, "example.com/a/cmd/b");
	assert_str(build.main.path, "example.com/a");
	assert_str(build.main.version, "v1.2.3");
	assert_str(build.main.sum, "h1:aa=");
	assert_int_equal(build.dependency_count, 2);
	assert_str(build.dependencies[0].sum, "h1:bb=");
	assert_str(build.dependencies[0].replace_path, "");
	assert_str(build.dependencies[1].path, "example.com/d");
	assert_str(build.dependencies[1].replace_path, "./local");
	assert_str(build.dependencies[1].replace_version, "(devel)");
	assert_int_equal(build.setting_count, 5);
	assert_str(gopm__build_setting(&build, "-ldflags"), "-X \"main.a=b\tc\xc3\xa9\"");
	assert_str(gopm__build_setting(&build, "a key"), "x=y");
	assert_str(gopm__build_setting(&build, "vcs.modified"), "true");
	assert_str(gopm__build_setting(&build, "empty"), "");
	assert_str(gopm__build_setting(&build, "vcs"), "");
	release(&build);
}

/* Each malformed line is a finding; the others are kept. */
static void test_damage(void **state)
{
	static const char *const bad[] = {
	    "pat\tx",
	    "=>\tx\tv1",
	    "dep\t\tv1\th1",
	    "dep\tx\tv1\th1\tmore",
	    "build\tkey",
	    "build\tk=\"open",
	    "build\tk=\"\\q\"",
	    "build\tk=\"a\"b",
	    "build\t\"k",
	    "build\tk=\"\\x",
	    "x",
	    "\t",
	};
	struct gopm__build build;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[128];
		(void)snprintf(text, sizeof text, "path\tp\n%s\nbuild\tlast=1\n", bad[i]);
		parse(&build, text);
		assert_int_equal(findings.total, 1);
		assert_string_equal(findings.list[0].message.data, "exe: build information: line 2 is malformed");
		assert_str(build.path, "p");
		assert_str(gopm__build_setting(&build, "last"), "1");
		release(&build);
	}
}

/* Each prefix of a text, and each byte damaged, is read without an error of memory. */
static void test_every_byte(void **state)
{
	static const char text[] = "path\tp\nmod\tm\tv1\th1\ndep\td\tv2\t\n=>\te\tv3\t\nbuild\t\"a\\x41\"=\"b\\\"c\"\n";
	struct gopm__build build;

	(void)state;
	for (size_t size = 0; size < sizeof text; size++) {
		char *copy = test_malloc(size + 1);
		memcpy(copy, text, size);
		parse_sized(&build, copy, size);
		release(&build);
		for (size_t at = 0; at < size && size == sizeof text - 1; at++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				copy[at] ^= (char)(1u << bit);
				parse_sized(&build, copy, size);
				release(&build);
				copy[at] ^= (char)(1u << bit);
			}
		}
		test_free(copy);
	}
}

/* `go version -m` says of the sample: path story, mod story (devel), and seven settings. */
static void test_sample(void **state)
{
	gopm_core *core = sample_open();
	gopm_build_info info = {.struct_size = sizeof info};
	gopm_build_setting settings[2];
	gopm_build_module module;
	size_t count = 1;

	(void)state;
	assert_int_equal(gopm_core_build_info(core, &info), GOPM_OK);
	assert_str(info.go_version, "go1.26.8");
	assert_str(info.package_path, "story");
	assert_str(info.module_path, "story");
	assert_str(info.module_version, "(devel)");
	assert_str(info.vcs_revision, "");
	assert_int_equal(info.flags, 0);
	assert_int_equal(info.setting_count, 7);
	assert_int_equal(info.dependency_count, 0);
	assert_int_equal(gopm_build_settings(core, settings, sizeof settings[0], 2, &count), GOPM_OK);
	assert_int_equal(count, 7);
	assert_str(settings[0].key, "-buildmode");
	assert_str(settings[1].value, "gc");
	assert_int_equal(gopm_build_dependencies(core, &module, sizeof module, 1, &count), GOPM_NOT_FOUND);
	assert_int_equal(count, 0);
	assert_int_equal(gopm_core_build_info(NULL, &info), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_core_build_info(core, NULL), GOPM_ERR_ARGUMENT);
	info.struct_size = sizeof info.struct_size;
	assert_int_equal(gopm_core_build_info(core, &info), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_build_settings(core, NULL, sizeof settings[0], 1, &count), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_build_settings(core, settings, sizeof settings[0], 1, NULL), GOPM_ERR_ARGUMENT);
	gopm_core_close(core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_every_byte),
	    cmocka_unit_test(test_sample),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
