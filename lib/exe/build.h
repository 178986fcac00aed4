/* SPDX-License-Identifier: Apache-2.0 */
/* The build info's text of modules and settings, parsed. Source: runtime/debug/mod.go, ParseBuildInfo; the text is
 * the same from Go 1.13 to 1.27, and has settings since Go 1.18. */
#ifndef GOPM_EXE_BUILD_H
#define GOPM_EXE_BUILD_H

#include <gopm/build.h>

#include "exe/executable.h"
#include "util/arena.h"

/* Strings are borrowed from the executable or the core, or from `arena`. Zero-initialized is empty. */
struct gopm__build {
	gopm_str go_version, path;
	gopm_build_module main;
	gopm_build_module *dependencies; /* owned */
	gopm_build_setting *settings;    /* owned */
	size_t dependency_count, dependency_capacity;
	size_t setting_count, setting_capacity;
	struct gopm__arena arena;
};

/* Reads the build info. A malformed line is a finding, and is left out. Without build info, go_version is empty.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__build_read(struct gopm__build *build, const struct gopm__corefile *core,
                             struct gopm__executable *exe);
void gopm__build_free(struct gopm__build *build);

/* The value of a setting; empty: it is not set. */
gopm_str gopm__build_setting(const struct gopm__build *build, const char *key);

/* gopm__build_read() of a given text. `what` names it in findings. For tests. */
gopm_status gopm__build_parse(struct gopm__build *build, gopm_str text, struct gopm__findings *findings,
                              const char *what);

#endif
