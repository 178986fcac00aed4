/* SPDX-License-Identifier: Apache-2.0 */
/* The build info that the linker writes into every Go executable, stripped or not: the Go version and the build
 * settings. Source: debug/buildinfo/buildinfo.go, Go 1.13 to 1.27. */
#ifndef GOPM_EXE_BUILDINFO_H
#define GOPM_EXE_BUILDINFO_H

#include "exe/executable.h"

/* Borrowed from the executable or the core. */
struct gopm__buildinfo {
	gopm_str version, modinfo; /* modinfo: the text of exe/build.h, with 16 bytes before and after it */
};

/* False: there is none. */
bool gopm__buildinfo_find(const struct gopm__corefile *core, struct gopm__executable *exe, struct gopm__buildinfo *out);

/* Returns the Go version, such as "go1.26.8", borrowed from the executable or the core. Empty if there is no build
 * info. */
gopm_str gopm__buildinfo_version(const struct gopm__corefile *core, struct gopm__executable *exe);

/* Sets *value to a build setting, such as "DefaultGODEBUG", borrowed like the version. Returns false if it is not
 * set. */
bool gopm__buildinfo_setting(const struct gopm__corefile *core, struct gopm__executable *exe, const char *key,
                             gopm_str *value);

/* Returns the N of "go1.N...", which may have a prefix, as in "devel go1.28-". Returns 0 if there is none. */
int gopm__go_minor(gopm_str version);

#endif
