/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"

struct output out;

void output_init(void)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	out.at = out.buffer;
	out.end = out.buffer + sizeof out.buffer;
	out.colour = isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') && terminal != NULL &&
	             strcmp(terminal, "dumb") != 0;
}

static void write_all(const char *data, size_t size)
{
	while (size != 0) {
		ssize_t n = write(STDOUT_FILENO, data, size);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			if (errno == EPIPE) {
				_exit(EXIT_DONE);
			}
			complain("cannot write to standard output: %s", strerror(errno));
			_exit(EXIT_FAILED);
		}
		data += n;
		size -= (size_t)n;
	}
}

void output_flush(void)
{
	write_all(out.buffer, (size_t)(out.at - out.buffer));
	out.at = out.buffer;
}

void output_long(const char *data, size_t size)
{
	output_flush();
	if (size >= sizeof out.buffer) {
		write_all(data, size);
		return;
	}
	memcpy(out.at, data, size);
	out.at += size;
}

void output_printf(const char *format, ...)
{
	char line[4096];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (n > 0) {
		output_bytes(line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
	}
}

void output_str(gopm_str str)
{
	size_t from = 0;

	for (size_t i = 0; i < str.size; i++) {
		unsigned char c = (unsigned char)str.data[i];

		if (c >= 0x20 && c != 0x7f) {
			continue;
		}
		output_bytes(str.data + from, i - from);
		output_printf("\\x%02x", c);
		from = i + 1;
	}
	if (from < str.size) {
		output_bytes(str.data + from, str.size - from);
	}
}

static const char digit_pairs[201] = "00010203040506070809101112131415161718192021222324"
                                     "25262728293031323334353637383940414243444546474849"
                                     "50515253545556575859606162636465666768697071727374"
                                     "75767778798081828384858687888990919293949596979899";

void output_u64(uint64_t value)
{
	char digits[20];
	char *p = digits + sizeof digits;

	while (value >= 100) {
		p -= 2;
		memcpy(p, digit_pairs + 2 * (value % 100), 2);
		value /= 100;
	}
	if (value >= 10) {
		p -= 2;
		memcpy(p, digit_pairs + 2 * value, 2);
	} else {
		*--p = (char)('0' + value);
	}
	output_bytes(p, (size_t)(digits + sizeof digits - p));
}

void output_i64(int64_t value)
{
	if (value < 0) {
		output_char('-');
		output_u64(UINT64_C(0) - (uint64_t)value);
		return;
	}
	output_u64((uint64_t)value);
}

void output_hex(uint64_t value, unsigned digits)
{
	char text[18];
	char *p = text + sizeof text;
	unsigned count = 0;

	do {
		*--p = "0123456789abcdef"[value & 15];
		value >>= 4;
		count++;
	} while (value != 0 || (count < digits && count < 16));
	*--p = 'x';
	*--p = '0';
	output_bytes(p, (size_t)(text + sizeof text - p));
}

void output_spaces(size_t count)
{
	while (count-- != 0) {
		output_char(' ');
	}
}

void output_duration(int64_t nanoseconds)
{
	static const struct {
		int64_t size;
		const char *name;
	} units[] = {
	    {INT64_C(86400000000000), "d"},
	    {INT64_C(3600000000000), "h"},
	    {INT64_C(60000000000), "m"},
	    {INT64_C(1000000000), "s"},
	    {INT64_C(1000000), "ms"},
	    {INT64_C(1000), "µs"},
	    {1, "ns"},
	};
	size_t count = sizeof units / sizeof units[0];

	for (size_t i = 0; i < count; i++) {
		if (nanoseconds < units[i].size && i + 1 < count) {
			continue;
		}
		output_i64(nanoseconds / units[i].size);
		output_string(units[i].name);
		int64_t rest = nanoseconds % units[i].size;
		/* Days, hours and minutes have the next smaller unit too. */
		if (i < 3 && rest >= units[i + 1].size) {
			output_i64(rest / units[i + 1].size);
			output_string(units[i + 1].name);
		}
		return;
	}
}

static void colour(const char *code)
{
	if (out.colour) {
		output_string(code);
	}
}

void output_function_colour(void)
{
	colour("\033[1;33m");
}

void output_place_colour(void)
{
	colour("\033[36m");
}

void output_normal_colour(void)
{
	colour("\033[0m");
}

void complain(const char *format, ...)
{
	char line[4096];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (n > 0) {
		fprintf(stderr, "gopm: %s\n", line);
	}
}
