/* SPDX-License-Identifier: Apache-2.0 */
#include "core/slim_note.h"

#include <gopm/slim.h>
#include <inttypes.h>
#include <stdlib.h>

/* Longer lines of a note are ignored. */
#define MAX_LINE 4096

static const char *const profiles[] = {
    [GOPM_SLIM_DEFAULT] = "default", [GOPM_SLIM_STACKS] = "stacks", [GOPM_SLIM_HEAP] = "heap"};

/* True if reading the small core would not give this finding again, because its cause was not copied. */
static bool is_carried(const gopm_finding *finding)
{
	return finding->kind == GOPM_FINDING_TRUNCATED || finding->kind == GOPM_FINDING_BAD_NOTE ||
	       finding->kind == GOPM_FINDING_SLIM;
}

void gopm__slim_note_make(struct gopm__text *text, uint32_t profile, uint64_t original_size,
                          const struct gopm__findings *findings, uint64_t *carried)
{
	*carried = 0;
	gopm__text_printf(text, "version %s\nprofile %s\noriginal-size %" PRIu64 "\n", gopm_version_string(),
	                  profile <= GOPM_SLIM_HEAP ? profiles[profile] : "", original_size);
	for (size_t i = 0; i < findings->count; i++) {
		const gopm_finding *f = &findings->list[i];
		if (!is_carried(f) || f->message.size > MAX_LINE / 2) {
			continue;
		}
		gopm__text_printf(text, "finding %" PRIu32 " %" PRIu64 " 0x%" PRIx64 " ", f->kind, f->count,
		                  f->address);
		/* A path in the message may contain line feeds. */
		for (size_t k = 0; k < f->message.size; k++) {
			char c = f->message.data[k];
			gopm__text_add(text, c == '\n' || c == '\0' ? " " : &c, 1);
		}
		gopm__text_str(text, "\n");
		++*carried;
	}
}

/* If the text at *at begins with `word`, moves past it and returns true. */
static bool skip_word(const char **at, const char *end, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(end - *at) < size || memcmp(*at, word, size) != 0) {
		return false;
	}
	*at += size;
	return true;
}

/* Reads a number, and the space after it if there is one. */
static uint64_t take_number(const char **at, const char *end)
{
	char digits[32];
	size_t size = 0;

	while (*at < end && **at != ' ' && size < sizeof digits - 1) {
		digits[size++] = *(*at)++;
	}
	digits[size] = '\0';
	(void)skip_word(at, end, " ");
	return strtoull(digits, NULL, 0);
}

static void read_note_line(struct gopm__corefile *core, const char *at, const char *end)
{
	if (skip_word(&at, end, "profile ")) {
		for (uint32_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
			if (strlen(profiles[i]) == (size_t)(end - at) &&
			    memcmp(profiles[i], at, (size_t)(end - at)) == 0) {
				core->slim_profile = i;
			}
		}
	} else if (skip_word(&at, end, "original-size ")) {
		core->original_size = take_number(&at, end);
	} else if (skip_word(&at, end, "finding ")) {
		uint64_t kind = take_number(&at, end);
		(void)take_number(&at, end);
		uint64_t address = take_number(&at, end);
		if (kind != 0 && kind <= GOPM_FINDING_SLIM) {
			gopm__finding_add(core->findings, (uint32_t)kind,
			                  (struct gopm__place){NULL, GOPM_NO_OFFSET, address}, "%.*s", (int)(end - at),
			                  at);
		}
	}
}

void gopm__slim_note_read(struct gopm__corefile *core, const char *text, size_t size)
{
	core->slim = true;
	while (size != 0) {
		const char *newline = memchr(text, '\n', size);
		size_t line = newline != NULL ? (size_t)(newline - text) : size;
		if (line <= MAX_LINE) {
			read_note_line(core, text, text + line);
		}
		line += newline != NULL;
		text += line;
		size -= line;
	}
}
