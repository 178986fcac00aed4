/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/build.h"

#include <stdlib.h>
#include <string.h>

#include "exe/buildinfo.h"
#include "util/str.h"
#include "util/unescape.h"
#include "util/utf8.h"
#include "util/vector.h"

/* The linker puts 16 magic bytes before and after the text (cmd/go/internal/modload, ModInfoData). */
#define MAGIC 16u

/* Takes the text up to `separator`, which may be missing, from the beginning of `rest`. */
static gopm_str take(gopm_str *rest, char separator)
{
	const char *end = rest->size != 0 ? memchr(rest->data, separator, rest->size) : NULL;
	gopm_str taken = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->size};
	size_t used = taken.size + (end != NULL);

	rest->data += used;
	rest->size -= used;
	return taken;
}

static bool parse_module(gopm_str fields, gopm_str *path, gopm_str *version, gopm_str *sum)
{
	*path = take(&fields, '\t');
	*version = take(&fields, '\t');
	*sum = take(&fields, '\t');
	return path->size != 0 && fields.size == 0;
}

/* Takes a string from the beginning of `rest`: quoted by strconv.Quote, or everything up to `separator`, which is left
 * in `rest`. False: malformed. */
static bool take_quoted(struct gopm__build *build, gopm_str *rest, char separator, gopm_str *out, bool *no_memory)
{
	if (rest->size == 0 || rest->data[0] != '"') {
		gopm_str all = *rest;
		*out = take(rest, separator);
		*rest = (gopm_str){all.data + out->size, all.size - out->size};
		return true;
	}
	/* An escape sequence is longer than what it denotes. */
	char *text = gopm__arena_alloc(&build->arena, rest->size);
	size_t size = 0, at = 1;
	*no_memory = text == NULL;
	while (text != NULL && at < rest->size && rest->data[at] != '"') {
		uint32_t rune;
		bool byte;
		if (!gopm__unescape(*rest, &at, '"', &rune, &byte)) {
			return false;
		}
		if (byte) {
			text[size++] = (char)rune;
		} else {
			size += gopm__encode_rune(rune, text + size);
		}
	}
	if (text == NULL || at >= rest->size) {
		return false;
	}
	*out = (gopm_str){text, size};
	*rest = (gopm_str){rest->data + at + 1, rest->size - at - 1};
	return true;
}

/* "KEY=VALUE"; both may be quoted. */
static bool parse_setting(struct gopm__build *build, gopm_str text, bool *no_memory)
{
	gopm_build_setting setting;

	if (!take_quoted(build, &text, '=', &setting.key, no_memory) || text.size == 0 || text.data[0] != '=') {
		return false;
	}
	text = (gopm_str){text.data + 1, text.size - 1};
	if (!take_quoted(build, &text, '\n', &setting.value, no_memory) || text.size != 0) {
		return false;
	}
	*no_memory = !GOPM__VECTOR_RESERVE(build->settings, build->setting_count, build->setting_capacity, 1);
	if (!*no_memory) {
		build->settings[build->setting_count++] = setting;
	}
	return !*no_memory;
}

/* `last` is the module of the line before; a replacement follows its module. */
static bool parse_line(struct gopm__build *build, gopm_str line, gopm_build_module **last, bool *no_memory)
{
	gopm_str kind = take(&line, '\t');
	gopm_build_module module = {0};

	if (gopm__str_equal(kind, (gopm_str){"path", 4})) {
		build->path = line;
		return true;
	}
	if (gopm__str_equal(kind, (gopm_str){"build", 5})) {
		return parse_setting(build, line, no_memory);
	}
	if (gopm__str_equal(kind, (gopm_str){"mod", 3})) {
		*last = &build->main;
		return parse_module(line, &build->main.path, &build->main.version, &build->main.sum);
	}
	if (gopm__str_equal(kind, (gopm_str){"=>", 2}) && *last != NULL) {
		return parse_module(line, &(*last)->replace_path, &(*last)->replace_version, &(*last)->replace_sum);
	}
	if (!gopm__str_equal(kind, (gopm_str){"dep", 3}) ||
	    !parse_module(line, &module.path, &module.version, &module.sum)) {
		return false;
	}
	*no_memory = !GOPM__VECTOR_RESERVE(build->dependencies, build->dependency_count, build->dependency_capacity, 1);
	if (*no_memory) {
		return false;
	}
	*last = &build->dependencies[build->dependency_count++];
	**last = module;
	return true;
}

gopm_status gopm__build_parse(struct gopm__build *build, gopm_str text, struct gopm__findings *findings,
                              const char *what)
{
	gopm_build_module *last = NULL;
	bool no_memory = false;

	for (unsigned number = 1; text.size != 0; number++) {
		gopm_str line = take(&text, '\n');

		if (line.size == 0 || parse_line(build, line, &last, &no_memory)) {
			continue;
		}
		if (no_memory) {
			return GOPM_ERR_NO_MEMORY;
		}
		gopm__finding_add(findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_FILE(what),
		                  "build information: line %u is malformed", number);
	}
	return GOPM_OK;
}

gopm_status gopm__build_read(struct gopm__build *build, const struct gopm__corefile *core, struct gopm__executable *exe)
{
	struct gopm__buildinfo info;

	*build = (struct gopm__build){0};
	if (!gopm__buildinfo_find(core, exe, &info)) {
		return GOPM_OK;
	}
	build->go_version = info.version;
	bool any = info.modinfo.size > 2 * MAGIC;
	gopm_str text = {any ? info.modinfo.data + MAGIC : NULL, any ? info.modinfo.size - 2 * MAGIC : 0};
	gopm_status status = gopm__build_parse(build, text, core->findings, exe->source.name);
	if (status != GOPM_OK) {
		gopm__build_free(build);
	}
	return status;
}

gopm_str gopm__build_setting(const struct gopm__build *build, const char *key)
{
	gopm_str wanted = {key, strlen(key)};

	for (size_t i = 0; i < build->setting_count; i++) {
		if (gopm__str_equal(build->settings[i].key, wanted)) {
			return build->settings[i].value;
		}
	}
	return (gopm_str){NULL, 0};
}

void gopm__build_free(struct gopm__build *build)
{
	free(build->dependencies);
	free(build->settings);
	gopm__arena_free(&build->arena);
	*build = (struct gopm__build){0};
}
