/* SPDX-License-Identifier: Apache-2.0 */
/* Text that several subcommands print. */
#ifndef GOPM_COMMAND_TEXT_H
#define GOPM_COMMAND_TEXT_H

#include <gopm/gopm.h>
#include <stdbool.h>

/* "file:line function (0xpc)", as Delve prints a location. */
void text_location(const gopm_location *location);
/* "function", or "???" if there is none. */
void text_function(gopm_str name);
/* "file:line" */
void text_place(const gopm_location *location);
/* The same; without a line, the object and the offset in it: "/lib/libc.so.6+0x9a11b". */
void text_place_in(const gopm_location *location, gopm_str object, uint64_t offset);
/* One line: "Goroutine 20 - User: ... [chan send 2m]". `name` is the name of the location. With `delve` the clock at
 * the start of the wait replaces its duration. */
void text_goroutine(const gopm_goroutine *g, const char *name, const gopm_location *location, bool delve);
/* Frames as Delve's `stack` prints them; `full` adds variables. Returns GOPM_OK, or the status of the variables. */
void text_stack(const gopm_stack *stack, const char *indent, const gopm_value_options *full);
void text_labels(gopm_core *core, const gopm_goroutine *g, const char *indent);

/* Prints a word of a shell command, quoted if it needs that. */
void text_word(const char *word);

/* "recovered"; NULL for GOPM_FROM_NONE. */
const char *provenance_name(uint32_t provenance);
/* Prints how sure a value is, if it is not exact: "  (recovered: ...)". */
void text_provenance(const gopm_value_info *info);

#endif
