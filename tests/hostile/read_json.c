/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of goroutines, groups, threads, stacks and findings: no damage makes it malformed. */
#include <gopm/gopm.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"

enum { most_json = 1 << 20 };

static char text[most_json];
static size_t used; /* of a stack's text */

static void insist(bool ok)
{
	if (!ok) {
		abort();
	}
}

/* One object: its brackets match outside of strings, and no byte is a control character. */
static void insist_object(size_t length)
{
	bool string = false, escaped = false;
	size_t depth = 0;

	insist(length < most_json && length >= 2 && text[0] == '{' && text[length - 1] == '}');
	for (size_t i = 0; i < length; i++) {
		const char c = text[i];
		insist((unsigned char)c >= 0x20 && c != 0x7f);
		if (escaped) {
			escaped = false;
		} else if (string) {
			escaped = c == '\\';
			string = c != '"';
		} else if (c == '"') {
			string = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			insist(depth != 0);
			depth--;
			insist(depth != 0 || i == length - 1);
		}
	}
	insist(depth == 0 && !string);
}

static void insist_text(gopm_status status, const size_t *length)
{
	if (status == GOPM_OK && *length < most_json) {
		insist_object(*length);
	} else {
		insist(status == GOPM_OK || status == GOPM_ERR_IO || status == GOPM_ERR_NO_MEMORY);
	}
}

static int32_t take_piece(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	if (size > most_json - 1 - used) {
		return 1;
	}
	memcpy(text + used, data, size);
	used += size;
	return 0;
}

static void read_goroutine(gopm_core *core, uint64_t address)
{
	gopm_stack_options options;
	gopm_stack *stack;
	gopm_goroutine g;
	size_t length;

	if (gopm_goroutine_by_address(core, address, &g, sizeof g, NULL) == GOPM_OK) {
		insist_text(gopm_goroutine_json(core, &g, sizeof g, 0, text, sizeof text, &length), &length);
	}
	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = address;
	options.max_frames = 100;
	if (gopm_stack_open(core, &options, &stack, NULL) == GOPM_OK) {
		used = 0;
		if (gopm_stack_json(stack, NULL, 0, take_piece, NULL, NULL) == GOPM_OK) {
			insist_object(used);
		}
		gopm_stack_free(stack);
	}
}

void read_json(gopm_core *core, const struct questions *questions)
{
	gopm_thread_iter *threads;
	gopm_finding_iter *findings;
	gopm_finding finding;
	gopm_thread thread;
	size_t got, length;

	for (size_t i = 0; i < questions->chosen_count; i++) {
		read_goroutine(core, questions->chosen[i].address);
	}
	if (gopm_thread_iter_open(core, &threads, NULL) == GOPM_OK) {
		for (int i = 0; i < 64 && gopm_thread_iter_next(threads, &thread, sizeof thread, 1, &got) == GOPM_OK;
		     i++) {
			insist_text(gopm_thread_json(core, &thread, sizeof thread, GOPM_JSON_REGISTERS, text,
			                             sizeof text, &length),
			            &length);
		}
		gopm_thread_iter_free(threads);
	}
	if (gopm_finding_iter_open(core, &findings, NULL) == GOPM_OK) {
		while (gopm_finding_iter_next(findings, &finding, sizeof finding, 1, &got) == GOPM_OK) {
			insist_text(gopm_finding_json(&finding, sizeof finding, 0, text, sizeof text, &length),
			            &length);
		}
		gopm_finding_iter_free(findings);
	}
}
