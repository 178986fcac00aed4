/* SPDX-License-Identifier: Apache-2.0 */
/* Messages on standard error. With --json each is one line of JSON: {"error":{...}}, {"warning":{...}} or
 * {"hint":{...}}. Everything in them is escaped, so that names may be printed. */
#ifndef GOPM_COMMAND_MESSAGE_H
#define GOPM_COMMAND_MESSAGE_H

#include <gopm/error.h>
#include <stdbool.h>

/* Prints all later messages as JSON. */
void message_use_json(void);
bool message_is_json(void);

/* The reason why the command fails, or finds nothing. Without --json: "gopm: ...". */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* complain() with the error of a call, its place included; with the text of `status` if `err` is NULL. `advice` follows
 * the message; NULL: none. */
void complain_error(gopm_status status, const gopm_error *err, const char *advice);

/* Something that the answer lacks. Without --json: "gopm: warning: ...". */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What to try next. Without --json: "gopm: ...". */
void hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
