/* SPDX-License-Identifier: Apache-2.0 */
#include "value/time.h"

#include <inttypes.h>
#include <stdio.h>

/* Bits of time.Time.wall (time/time.go). */
#define HAS_MONOTONIC (UINT64_C(1) << 63)
#define NANOSECOND_BITS 30
#define DAYS_TO_1885 688117 /* from 1 Jan of year 1 */
#define SECONDS_A_DAY 86400

static const struct gopm__variable *readable_child(const struct gopm__variable *v, const char *name)
{
	for (size_t i = 0; i < v->child_count; i++) {
		const struct gopm__variable *c = &v->children[i];
		if (c->name.size == strlen(name) && memcmp(c->name.data, name, c->name.size) == 0) {
			return c->has_value && c->unreadable == NULL ? c : NULL;
		}
	}
	return NULL;
}

/* Year, month and day of the proleptic Gregorian calendar, `days` after 1 January of year 1. */
static void civil_date(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 306; /* since 1 March of year 0 */
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

void gopm__load_time(struct gopm__context *context, struct gopm__variable *v)
{
	const struct gopm__variable *wall = readable_child(v, "wall"), *ext = readable_child(v, "ext");
	char monotonic[32] = "";
	int64_t seconds, year;
	int month, day;

	if (wall == NULL || ext == NULL) {
		return;
	}
	if ((wall->uinteger & HAS_MONOTONIC) != 0) {
		seconds =
		    (int64_t)((wall->uinteger << 1) >> (NANOSECOND_BITS + 1)) + (int64_t)DAYS_TO_1885 * SECONDS_A_DAY;
		(void)snprintf(monotonic, sizeof monotonic, ", %+" PRId64, ext->integer);
	} else {
		seconds = ext->integer;
		/* Outside of the years that the text covers: such a time is damage. */
		if (seconds > INT64_C(9223372036000) || seconds < -INT64_C(9223372036)) {
			return;
		}
	}
	int64_t days = (seconds >= 0 ? seconds : seconds - (SECONDS_A_DAY - 1)) / SECONDS_A_DAY;
	int rest = (int)(seconds - days * SECONDS_A_DAY);
	civil_date(days, &year, &month, &day);
	const char *text =
	    gopm__context_text(context, "%s%04" PRId64 "-%02d-%02dT%02d:%02d:%02dZ%s", year < 0 ? "-" : "",
	                       year < 0 ? -year : year, month, day, rest / 3600, rest / 60 % 60, rest % 60, monotonic);
	v->text = (gopm_str){text, strlen(text)};
}
