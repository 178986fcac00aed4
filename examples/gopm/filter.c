/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"
#include "why.h"

const struct option_row filter_rows[] = {
    {'w', "where", "KEY=GLOB",
     "show only goroutines that match; with several --where, all must match. GLOB must match the whole text: "
     "'*chan*', not chan. KEY is one of:\n"
     "user, start, go or current: a function name;\n"
     "status or reason: as in a traceback;\n"
     "id or thread: a number;\n"
     "label=NAME or label=NAME=VALUE: a pprof label;\n"
     "object=ADDRESS: waits on this object;\n"
     "holds=ADDRESS or holds=GLOB: holds this lock, or one at such a place ('main.room.*'), and others wait for it;\n"
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

static const char *const keys[] = {"user",  "start",  "go",      "current", "status", "reason", "id", "thread",
                                   "label", "object", "waiting", "holds",   "system", "dead",   NULL};

/* The value of --where holds; NULL: it is not given. */
static const char *held_lock;
/* Its goroutines, used until the command ends. */
static uint64_t *held_ids;

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
	if (strcmp(argument, "holds") == 0) {
		held_lock = value;
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

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* True if the record is of the lock that the command line names. */
static bool is_held_lock(const gopm_why_holder *holder)
{
	uint64_t address;

	if (parse_u64(held_lock, &address)) {
		return holder->object.address == address;
	}
	return (holder->object.in.size != 0 && fnmatch(held_lock, holder->object.in.data, 0) == 0) ||
	       (holder->object.name.size != 0 && fnmatch(held_lock, holder->object.name.data, 0) == 0);
}

/* The ids of the holders, in ascending order, to be freed. */
static gopm_status find_holders(gopm_why *why, uint64_t **ids, size_t *id_count)
{
	size_t count = 0;
	gopm_status status = gopm_why_holders(why, NULL, 0, 0, &count);
	gopm_why_holder *holders = why_array(count, sizeof *holders);

	*ids = why_array(count, sizeof **ids);
	if (status == GOPM_OK) {
		status = holders != NULL && *ids != NULL
		             ? gopm_why_holders(why, holders, sizeof *holders, count, &count)
		             : GOPM_ERR_NO_MEMORY;
	}
	*id_count = 0;
	for (size_t i = 0; status == GOPM_OK && i < count; i++) {
		if (is_held_lock(&holders[i])) {
			(*ids)[(*id_count)++] = holders[i].goroutine;
		}
	}
	free(holders);
	if (*id_count != 0) {
		qsort(*ids, *id_count, sizeof **ids, compare_ids);
	}
	return status;
}

int filter_complete(struct session *session, gopm_goroutine_filter *filter)
{
	gopm_why *why = NULL;
	if (held_lock == NULL) {
		return -1;
	}
	const int code = why_analyze(session, 0, &why);
	if (code >= 0) {
		return code;
	}
	const gopm_status status = find_holders(why, &held_ids, &filter->id_count);
	gopm_why_close(why);
	if (status != GOPM_OK) {
		return session_fail(status, NULL);
	}
	filter->ids = held_ids;
	return -1;
}
