/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/build.h
 * How the executable was built: module, version, revision, build settings and dependencies, as `go version -m` prints
 * them.
 *
 * Since: 0.9
 */
#ifndef GOPM_BUILD_H
#define GOPM_BUILD_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/** The working tree had uncommitted changes (vcs.modified=true). */
#define GOPM_BUILD_MODIFIED 1u

/** Facts about a build. Empty strings: the executable does not say. */
typedef struct gopm_build_info {
	size_t struct_size;
	uint32_t flags; /**< GOPM_BUILD_* */
	uint32_t reserved;
	gopm_str go_version;       /**< toolchain, "go1.26.8" or "go1.27.3 X:nogreenteagc" */
	gopm_str package_path;     /**< of the main package, "example.com/server/cmd/server" */
	gopm_str module_path;      /**< of the main module, "example.com/server" */
	gopm_str module_version;   /**< "v1.2.3", or "(devel)" */
	gopm_str module_sum;       /**< "h1:..."; empty for a module of the working tree */
	gopm_str vcs;              /**< "git" */
	gopm_str vcs_revision;     /**< whole hash of the commit */
	gopm_str vcs_time;         /**< of the commit, RFC 3339 */
	uint64_t setting_count;    /**< see gopm_build_settings() */
	uint64_t dependency_count; /**< see gopm_build_dependencies() */
} gopm_build_info;

/**
 * Fills `info` with facts about the build. Set info->struct_size first.
 * @return GOPM_OK; GOPM_NOT_FOUND (the executable has no build information; all members but struct_size are 0);
 *   GOPM_ERR_ARGUMENT (NULL, or struct_size is too small); GOPM_ERR_NO_MEMORY.
 * Source: section .go.buildinfo (debug/buildinfo, runtime/debug/mod.go; Go 1.13 to 1.27).
 * Since: 0.9
 */
GOPM_API gopm_status gopm_core_build_info(gopm_core *core, gopm_build_info *info);

/** One build setting: a flag of `go build`, an environment variable, or a fact of the version control system. */
typedef struct gopm_build_setting {
	gopm_str key, value; /**< "-ldflags", "CGO_ENABLED", "vcs.revision" */
} gopm_build_setting;

/**
 * Lists the build settings, in the order of the executable.
 * @param records array of `capacity` records, `stride` bytes apart
 * @param count number of settings; the call writes at most `capacity` of them
 * @return GOPM_OK; GOPM_NOT_FOUND (none); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_build_settings(gopm_core *core, gopm_build_setting *records, size_t stride, size_t capacity,
                                         size_t *count);

/** A module that the executable was built with. */
typedef struct gopm_build_module {
	gopm_str path, version, sum;
	gopm_str replace_path, replace_version, replace_sum; /**< the module used instead; empty: none */
} gopm_build_module;

/** Lists the dependencies, in the order of the executable. Parameters and statuses are as in gopm_build_settings().
 *  Since: 0.9 */
GOPM_API gopm_status gopm_build_dependencies(gopm_core *core, gopm_build_module *records, size_t stride,
                                             size_t capacity, size_t *count);

GOPM_END_DECLS

#endif
