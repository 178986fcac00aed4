/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of a message, and of its escapes. */
enum { most_text = 4096, most_escaped = 6 * most_text + 1 };

static bool json;

void message_use_json(void)
{
	json = true;
}

bool message_is_json(void)
{
	return json;
}

static void print_escaped(const char *text, uint32_t flags)
{
	char escaped[most_escaped];

	if (gopm_escape(text, strlen(text), flags, escaped, sizeof escaped, NULL) == GOPM_OK) {
		fputs(escaped, stderr);
	}
}

static void print_member(const char *key, const char *text)
{
	fprintf(stderr, ",\"%s\":\"", key);
	print_escaped(text, GOPM_ESCAPE_JSON);
	fputc('"', stderr);
}

/* `kind`: "error", "warning" or "hint"; `err` may be NULL. */
static void print_message(const char *kind, const char *text, gopm_status status, const gopm_error *err)
{
	if (!json) {
		fputs(strcmp(kind, "warning") == 0 ? "gopm: warning: " : "gopm: ", stderr);
		print_escaped(text, 0);
		fputc('\n', stderr);
		return;
	}
	fprintf(stderr, "{\"%s\":{\"message\":\"", kind);
	print_escaped(text, GOPM_ESCAPE_JSON);
	fputc('"', stderr);
	if (status != GOPM_OK) {
		print_member("status", gopm_status_text(status));
	}
	if (err != NULL && gopm_error_path(err) != NULL) {
		print_member("path", gopm_error_path(err));
	}
	uint64_t offset = gopm_error_offset(err);
	offset = offset != GOPM_NO_OFFSET ? offset : gopm_error_expression_offset(err);
	if (offset != GOPM_NO_OFFSET) {
		fprintf(stderr, ",\"offset\":%" PRIu64, offset);
	}
	if (err != NULL && gopm_error_address(err) != GOPM_NO_OFFSET) {
		fprintf(stderr, ",\"address\":%" PRIu64, gopm_error_address(err));
	}
	fputs("}}\n", stderr);
}

static void format_message(const char *kind, const char *format, va_list args)
{
	char text[most_text];

	if (vsnprintf(text, sizeof text, format, args) >= 0) {
		print_message(kind, text, GOPM_OK, NULL);
	}
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_message("error", format, args);
	va_end(args);
}

void complain_error(gopm_status status, const gopm_error *err, const char *advice)
{
	char text[most_text];

	(void)snprintf(text, sizeof text, "%s%s%s", err != NULL ? gopm_error_message(err) : gopm_status_text(status),
	               advice != NULL ? "; " : "", advice != NULL ? advice : "");
	print_message("error", text, err != NULL ? gopm_error_status(err) : status, err);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_message("warning", format, args);
	va_end(args);
}

void hint(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_message("hint", format, args);
	va_end(args);
}
