/* SPDX-License-Identifier: Apache-2.0 */
/* A setting has three sources, each of which overrides the one before: the default of the Go version, the default of
 * the module in the build info (DefaultGODEBUG), and the environment that the process started with. */
#include "runtime/godebug.h"

#include <stdlib.h>
#include <string.h>

#include "core/environment.h"
#include "exe/buildinfo.h"

/* tracebacklabels exists since Go 1.26 and is 1 by default since Go 1.27 (internal/godebugs/table.go). */
#define LABELS_SINCE 26
#define LABELS_DEFAULT_SINCE 27

/* The value of tracebacklabels in a list of NAME=VALUE, or `before` if the list does not set it. The last setting wins
 * (runtime/runtime1.go, parsegodebug). */
static bool traceback_labels(const char *list, size_t size, bool before)
{
	static const char name[] = "tracebacklabels=";
	const size_t name_size = sizeof name - 1;

	for (size_t i = 0; i + name_size < size; i++) {
		if ((i == 0 || list[i - 1] == ',') && memcmp(list + i, name, name_size) == 0) {
			bool ends = i + name_size + 1 == size || list[i + name_size + 1] == ',';
			if (ends && (list[i + name_size] == '0' || list[i + name_size] == '1')) {
				before = list[i + name_size] == '1';
			}
		}
	}
	return before;
}

bool gopm__godebug_traceback_labels(const struct gopm__corefile *core, struct gopm__executable *exe, int minor)
{
	bool prints = minor == 0 || minor >= LABELS_DEFAULT_SINCE;
	char environment[4096];
	gopm_str defaults;

	if (minor != 0 && minor < LABELS_SINCE) {
		return false;
	}
	if (gopm__buildinfo_setting(core, exe, "DefaultGODEBUG", &defaults)) {
		prints = traceback_labels(defaults.data, defaults.size, prints);
	}
	if (gopm__environment(core, "GODEBUG", environment, sizeof environment)) {
		prints = traceback_labels(environment, strlen(environment), prints);
	}
	return prints;
}

uint32_t gopm__godebug_stack_depth(const struct gopm__corefile *core, uint32_t before)
{
	static const char name[] = "profstackdepth=";
	char environment[4096], *rest;

	if (!gopm__environment(core, "GODEBUG", environment, sizeof environment)) {
		return before;
	}
	/* The last setting wins. One that is not a number is ignored. */
	for (char *setting = strtok_r(environment, ",", &rest); setting != NULL; setting = strtok_r(NULL, ",", &rest)) {
		char *end;
		if (strncmp(setting, name, sizeof name - 1) == 0) {
			const long depth = strtol(setting + sizeof name - 1, &end, 10);
			before = *end == '\0' && end != setting + sizeof name - 1 && depth >= 0 && depth <= INT32_MAX
			             ? (uint32_t)depth
			             : before;
		}
	}
	return before;
}
