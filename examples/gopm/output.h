/* SPDX-License-Identifier: Apache-2.0 */
/* Standard output with one large buffer. If its reader has ended (`| head`), the program ends without a
 * message. Any other failure to write ends it with a message. */
#ifndef GOPM_COMMAND_OUTPUT_H
#define GOPM_COMMAND_OUTPUT_H

#include <gopm/types.h>
#include <stdbool.h>
#include <string.h>

#define OUTPUT_SIZE (256 * 1024)

struct output {
	char *at, *end;
	bool colour;
	char buffer[OUTPUT_SIZE];
};

/* Standard output. */
extern struct output out;

void output_init(void);
void output_flush(void);
void output_long(const char *data, size_t size);
/* Prints numbers and constants of the command; for strings of the dead program use output_str(). */
void output_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns a buffer of `size` bytes, at most OUTPUT_SIZE. Move out.at to keep the bytes you wrote. */
static inline char *output_room(size_t size)
{
	if ((size_t)(out.end - out.at) < size) {
		output_flush();
	}
	return out.at;
}

/* Prints bytes as they are: only literals and what is escaped already. tests/gopm/untrusted.py lists its callers. */
static inline void output_raw(const char *data, size_t size)
{
	if ((size_t)(out.end - out.at) < size) {
		output_long(data, size);
		return;
	}
	memcpy(out.at, data, size);
	out.at += size;
}

static inline void output_char(char c)
{
	*output_room(1) = c;
	out.at++;
}

/* Prints a string literal. */
#define output_text(literal) output_raw("" literal, sizeof(literal) - 1)

/* Prints a string of the dead program on one line, escaped by gopm_escape(). */
void output_str(gopm_str str);
/* Prints text of several lines, escaped as output_str() does. */
void output_lines(const char *data, size_t size);
/* Prints a constant of the command, such as an element of a table. */
void output_string(const char *text);
/* Prints the contents of a JSON string, without the quotes around it. */
void output_json(gopm_str str);

void output_u64(uint64_t value);
void output_i64(int64_t value);
/* Prints "1 goroutine" or "2 goroutines". */
void output_count(uint64_t count, const char *noun);
/* Prints "0x" and at least `digits` lower-case digits. */
void output_hex(uint64_t value, unsigned digits);
void output_spaces(size_t count);
/* Prints 90000000000 as "1m30s", with at most two units. */
void output_duration(int64_t nanoseconds);

/* Change the colour, if standard output is a terminal and NO_COLOR is not set. */
void output_function_colour(void);
void output_place_colour(void);
void output_normal_colour(void);

#endif
