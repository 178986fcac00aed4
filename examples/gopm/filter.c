/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"

const struct option_row filter_rows[] = {
    {'w', "where", "KEY=GLOB",
     "show only goroutines that match; with several --where, all must match. GLOB must match the whole text: "
     "'*chan*', not chan. KEY is one of:\n"
     "user, start, go or current: a function name;\n"
     "status or reason: as in a traceback;\n"
     "id or thread: a number;\n"
     "label=NAME or label=NAME=VALUE: a pprof label;\n"
     "object=ADDRESS: waits on this object;\n"
     "waiting=TIME: waits at least this long (30s, 5m, 2h, 1d);\n"
     "system=true or system=false: the runtime's own goroutines;\n"
     "dead=true: dead goroutines too"},
    {0},
};

static bool parse_duration(const char *text, int64_t *nanoseconds)
{
	static const struct {
		const char *name;
		double size;
	} units[] = {
	    {"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9},
	};
	char *end;
	double number;

	if (*text < '0' || *text > '9') {
		return false;
	}
	errno = 0;
	number = strtod(text, &end);
	if (errno != 0 || end == text) {
		return false;
	}
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(end, units[i].name) == 0 && isfinite(number * units[i].size) &&
		    number * units[i].size < 9e18) {
			*nanoseconds = (int64_t)(number * units[i].size);
			return true;
		}
	}
	return false;
}

static const char *const keys[] = {"user",   "start", "go",     "current", "status", "reason", "id",
                                   "thread", "label", "object", "waiting", "system", "dead",   NULL};

int filter_where(const struct command *command, gopm_goroutine_filter *filter, char *argument)
{
	const struct {
		const char *name;
		const char **pattern;
	} patterns[] = {
	    {"status", &filter->status}, {"reason", &filter->wait_reason},
	    {"user", &filter->user},     {"start", &filter->start},
	    {"go", &filter->go},         {"current", &filter->current},
	};
	const struct {
		const char *name;
		uint64_t *number;
	} numbers[] = {
	    {"id", &filter->id},
	    {"thread", &filter->thread_id},
	    {"object", &filter->wait_object},
	};
	char *value = strchr(argument, '=');

	if (value == NULL) {
		return usage_error(command, "--where needs KEY=GLOB, not %s", argument);
	}
	*value++ = '\0';
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		if (strcmp(argument, patterns[i].name) == 0) {
			if (*patterns[i].pattern != NULL) {
				return usage_error(command, "--where %s is given twice", argument);
			}
			*patterns[i].pattern = value;
			return -1;
		}
	}
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		if (strcmp(argument, numbers[i].name) == 0) {
			if (!parse_u64(value, numbers[i].number) || *numbers[i].number == 0) {
				return usage_error(command, "--where %s needs a number, not %s", argument, value);
			}
			return -1;
		}
	}
	if (strcmp(argument, "label") == 0) {
		char *label_value = strchr(value, '=');

		if (filter->label_key != NULL) {
			return usage_error(command, "--where label is given twice");
		}
		if (label_value != NULL) {
			*label_value++ = '\0';
		}
		filter->label_key = value;
		filter->label_value = label_value;
		return -1;
	}
	if (strcmp(argument, "waiting") == 0) {
		if (!parse_duration(value, &filter->min_wait_time) || filter->min_wait_time == 0) {
			return usage_error(command, "--where waiting needs a time such as 30s or 5m, not %s", value);
		}
		return -1;
	}
	if (strcmp(argument, "system") == 0) {
		if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
			return usage_error(command, "--where system needs true or false, not %s", value);
		}
		filter->flags |= value[0] == 't' ? GOPM_FILTER_ONLY_SYSTEM : GOPM_FILTER_NO_SYSTEM;
		return -1;
	}
	if (strcmp(argument, "dead") == 0) {
		if (strcmp(value, "true") != 0) {
			return usage_error(command, "--where dead needs true, not %s", value);
		}
		filter->flags |= GOPM_FILTER_DEAD;
		return -1;
	}
	return usage_choice(command, "where", argument, keys);
}
