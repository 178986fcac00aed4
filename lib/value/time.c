/* SPDX-License-Identifier: Apache-2.0 */
#include "value/time.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/str.h"

/* Bits of time.Time.wall (time/time.go). */
#define HAS_MONOTONIC (UINT64_C(1) << 63)
#define NANOSECOND_BITS 30
#define NANOSECOND_MASK ((UINT64_C(1) << NANOSECOND_BITS) - 1)
#define DAYS_TO_1885 688117 /* from 1 Jan of year 1 */
#define SECONDS_A_DAY 86400

/* Reads a member of 8 bytes. Also of a struct that is too deep for its members to be loaded. */
static bool member_word(struct gopm__context *context, const struct gopm__variable *v, const char *name, uint64_t *out)
{
	const struct gopm__field *field = gopm__type_field(v->real, name);
	const char *why;

	*out = 0;
	return field != NULL && gopm__variable_word(context, v->bytes, v->address + field->offset, 8, out, &why);
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
	char monotonic[32] = "", fraction[16] = "";
	uint64_t wall, ext;
	int64_t seconds, year;
	int month, day;

	if (!gopm__str_equal(v->real->name, (gopm_str){"time.Time", 9}) || !member_word(context, v, "wall", &wall) ||
	    !member_word(context, v, "ext", &ext)) {
		return;
	}
	uint32_t nanoseconds = (uint32_t)(wall & NANOSECOND_MASK);
	if ((wall & HAS_MONOTONIC) != 0) {
		seconds = (int64_t)((wall << 1) >> (NANOSECOND_BITS + 1)) + (int64_t)DAYS_TO_1885 * SECONDS_A_DAY;
		(void)snprintf(monotonic, sizeof monotonic, ", %+" PRId64, (int64_t)ext);
	} else {
		seconds = (int64_t)ext;
		/* Outside of the years that the text covers: such a time is damage. */
		if (seconds > INT64_C(9223372036000) || seconds < -INT64_C(9223372036)) {
			return;
		}
	}
	int64_t days = (seconds >= 0 ? seconds : seconds - (SECONDS_A_DAY - 1)) / SECONDS_A_DAY;
	int rest = (int)(seconds - days * SECONDS_A_DAY);
	civil_date(days, &year, &month, &day);
	const char *date =
	    gopm__context_text(context, "%s%04" PRId64 "-%02d-%02dT%02d:%02d:%02d", year < 0 ? "-" : "",
	                       year < 0 ? -year : year, month, day, rest / 3600, rest / 60 % 60, rest % 60);
	if (v->child_count >= 2) {
		const char *text = gopm__context_text(context, "%sZ%s", date, monotonic);
		v->text = (gopm_str){text, strlen(text)};
	}
	/* More is damage: Go keeps 0 to 999 999 999. */
	if (nanoseconds != 0 && nanoseconds < 1000000000) {
		int digits = snprintf(fraction, sizeof fraction, ".%09" PRIu32, nanoseconds);
		while (digits > 0 && fraction[digits - 1] == '0') {
			fraction[--digits] = '\0';
		}
	}
	const char *readable = gopm__context_text(context, "%s%sZ%s", date, fraction, monotonic);
	v->readable = (gopm_str){readable, strlen(readable)};
}
