/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "message.h"

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

/* Prints any number of bytes with escapes. An escape has at most six bytes for each byte. */
static void output_escaped(const char *data, size_t size, uint32_t flags)
{
	enum { most = OUTPUT_SIZE / 8 };

	while (size != 0) {
		size_t part = size < most ? size : most, length = 0;

		/* Do not cut a UTF-8 sequence. */
		for (unsigned back = 0; part < size && back < 3 && ((unsigned char)data[part] & 0xc0) == 0x80; back++) {
			part--;
		}
		char *room = output_room(6 * part + 1);
		if (gopm_escape(data, part, flags, room, (size_t)(out.end - room), &length) == GOPM_OK) {
			out.at += length;
		}
		data += part;
		size -= part;
	}
}

void output_printf(const char *format, ...)
{
	char line[4096];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (n > 0) {
		output_lines(line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
	}
}

void output_str(gopm_str str)
{
	output_escaped(str.data, str.size, 0);
}

void output_lines(const char *data, size_t size)
{
	output_escaped(data, size, GOPM_ESCAPE_LINES);
}

void output_string(const char *text)
{
	output_lines(text, strlen(text));
}

void output_json(gopm_str str)
{
	output_escaped(str.data, str.size, GOPM_ESCAPE_JSON);
}

void output_count(uint64_t count, const char *noun)
{
	output_u64(count);
	output_char(' ');
	output_string(noun);
	output_string(count == 1 ? "" : "s");
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
	output_raw(p, (size_t)(digits + sizeof digits - p));
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
	output_raw(p, (size_t)(text + sizeof text - p));
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
		output_raw(code, strlen(code));
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
