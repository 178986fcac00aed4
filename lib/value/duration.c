/* SPDX-License-Identifier: Apache-2.0 */
/* Source of the format: time/time.go, Duration.String, Go 1.16 to 1.27. */
#include "value/duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/str.h"

/* Appends `.` and the digits of `fraction`, a number below 10 to the power of `digits`, without zeroes at the end. */
static size_t add_fraction(char *out, size_t size, uint64_t fraction, unsigned digits)
{
	if (fraction == 0) {
		return size;
	}
	while (fraction % 10 == 0) {
		fraction /= 10;
		digits--;
	}
	return size + (size_t)snprintf(out + size, GOPM__DURATION_SIZE - size, ".%0*" PRIu64, (int)digits, fraction);
}

static size_t add_number(char *out, size_t size, uint64_t number, const char *unit)
{
	return size + (size_t)snprintf(out + size, GOPM__DURATION_SIZE - size, "%" PRIu64 "%s", number, unit);
}

static size_t add_unit(char *out, size_t size, const char *unit)
{
	return size + (size_t)snprintf(out + size, GOPM__DURATION_SIZE - size, "%s", unit);
}

size_t gopm__duration_text(int64_t nanoseconds, char out[GOPM__DURATION_SIZE])
{
	static const struct {
		uint64_t size;
		unsigned digits;
		const char *name;
	} small[] = {{1, 0, "ns"}, {1000, 3, "\xc2\xb5s"}, {1000000, 6, "ms"}};
	const uint64_t second = 1000000000;
	uint64_t left = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;
	size_t size = nanoseconds < 0 ? add_unit(out, 0, "-") : 0;

	if (left == 0) {
		return add_unit(out, 0, "0s");
	}
	if (left < second) {
		unsigned unit = left < small[1].size ? 0 : left < small[2].size ? 1 : 2;
		size = add_number(out, size, left / small[unit].size, "");
		size = add_fraction(out, size, left % small[unit].size, small[unit].digits);
		return add_unit(out, size, small[unit].name);
	}
	uint64_t seconds = left / second;
	if (seconds >= 3600) {
		size = add_number(out, size, seconds / 3600, "h");
	}
	if (seconds >= 60) {
		size = add_number(out, size, seconds / 60 % 60, "m");
	}
	size = add_number(out, size, seconds % 60, "");
	size = add_fraction(out, size, left % second, 9);
	return add_unit(out, size, "s");
}

bool gopm__is_duration(gopm_str type)
{
	return gopm__str_equal(type, (gopm_str){"time.Duration", 13});
}
