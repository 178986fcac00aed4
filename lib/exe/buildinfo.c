/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the build info: in the section .go.buildinfo, or by its magic bytes in the file, or in the memory of the core.
 * Since Go 1.18 its strings follow the header; older versions have pointers to string headers. */
#include "exe/buildinfo.h"

#include <stdio.h>
#include <string.h>

enum { MAGIC_SIZE = 14, POINTER_SIZE = 14, FLAGS = 15, POINTERS = 16, INLINE_STRINGS = 32, MAX_MODINFO = 1 << 20 };
enum { FLAG_BIG_ENDIAN = 1, FLAG_INLINE = 2, EXECUTABLE = 1 /* PF_X */ };
/* Bytes of the file that are searched if it has no sections. */
#define MAX_SEARCH ((uint64_t)1 << 30)

static const char magic[] = "\xff Go buildinf:";

static bool looks_like_version(gopm_str s)
{
	return s.data != NULL && s.size >= 4 && memmem(s.data, s.size, "go1.", 4) != NULL &&
	       memchr(s.data, '\0', s.size) == NULL;
}

static gopm_str inline_string(struct gopm__cursor *c)
{
	uint64_t length = gopm__cursor_uleb(c);
	const uint8_t *p = length <= MAX_MODINFO ? gopm__cursor_bytes(c, (size_t)length) : NULL;

	return (gopm_str){(const char *)p, p != NULL ? (size_t)length : 0};
}

/* Reads the string whose header (pointer, length) is at `header` in the process. */
static gopm_str process_string(const struct gopm__corefile *core, uint64_t header)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	uint64_t address, length;

	if (!gopm__read_u64(&reader, header, &address) || !gopm__read_u64(&reader, header + 8, &length) ||
	    length > MAX_MODINFO) {
		return (gopm_str){NULL, 0};
	}
	const uint8_t *p = gopm__read_span(&reader, address, length);
	return (gopm_str){(const char *)p, p != NULL ? (size_t)length : 0};
}

static bool parse_buildinfo(const struct gopm__corefile *core, const uint8_t *data, uint64_t size,
                            struct gopm__buildinfo *out)
{
	if (size < INLINE_STRINGS || memcmp(data, magic, MAGIC_SIZE) != 0 || (data[FLAGS] & FLAG_BIG_ENDIAN) != 0) {
		return false;
	}
	if ((data[FLAGS] & FLAG_INLINE) != 0) {
		struct gopm__cursor c = gopm__cursor(data, (size_t)size);
		gopm__cursor_seek(&c, INLINE_STRINGS);
		out->version = inline_string(&c);
		out->modinfo = inline_string(&c);
	} else if (data[POINTER_SIZE] == 8) {
		out->version = process_string(core, gopm__load64(data + POINTERS));
		out->modinfo = process_string(core, gopm__load64(data + POINTERS + 8));
	}
	return looks_like_version(out->version);
}

static bool search_bytes(const struct gopm__corefile *core, const uint8_t *data, uint64_t size,
                         struct gopm__buildinfo *out)
{
	for (uint64_t at = 0; data != NULL && at < size; at++) {
		const uint8_t *found = memmem(data + at, (size_t)(size - at), magic, MAGIC_SIZE);
		if (found == NULL) {
			break;
		}
		at = (uint64_t)(found - data);
		if (parse_buildinfo(core, found, size - at, out)) {
			return true;
		}
	}
	return false;
}

/* Searches an executable that is only in the core: its source has just the headers, so this reads memory. */
static bool search_memory(const struct gopm__corefile *core, const struct gopm__executable *exe,
                          struct gopm__buildinfo *out)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(exe, &count);

	for (size_t i = 0; i < count; i++) {
		uint64_t at = loads[i].address, left = (loads[i].flags & EXECUTABLE) == 0 ? loads[i].file_size : 0;
		while (left != 0) {
			const struct gopm__segment *s = gopm__memory_find(&core->memory, at);
			if (s == NULL) {
				break;
			}
			uint64_t size = s->size - (at - s->address);
			size = size < left ? size : left;
			if (size <= MAX_SEARCH && search_bytes(core, gopm__read_span(&reader, at, size), size, out)) {
				return true;
			}
			at += size;
			left -= size;
		}
	}
	return false;
}

bool gopm__buildinfo_find(const struct gopm__corefile *core, struct gopm__executable *exe, struct gopm__buildinfo *out)
{
	struct gopm__section section;

	if (gopm__executable_section(exe, ".go.buildinfo", &section) == GOPM_OK &&
	    parse_buildinfo(core, section.data, section.size, out)) {
		return true;
	}
	if (exe->from_core) {
		return search_memory(core, exe, out);
	}
	uint64_t size = exe->source.size < MAX_SEARCH ? exe->source.size : MAX_SEARCH;
	return search_bytes(core, gopm__source_span(&exe->source, 0, size), size, out);
}

gopm_str gopm__buildinfo_version(const struct gopm__corefile *core, struct gopm__executable *exe)
{
	struct gopm__buildinfo info = {0};

	return gopm__buildinfo_find(core, exe, &info) ? info.version : (gopm_str){NULL, 0};
}

bool gopm__buildinfo_setting(const struct gopm__corefile *core, struct gopm__executable *exe, const char *key,
                             gopm_str *value)
{
	struct gopm__buildinfo info = {0};
	char line[64];

	*value = (gopm_str){NULL, 0};
	int length = snprintf(line, sizeof line, "\nbuild\t%s=", key);
	if (length < 0 || (size_t)length >= sizeof line || !gopm__buildinfo_find(core, exe, &info) ||
	    info.modinfo.size == 0) {
		return false;
	}
	const char *found = memmem(info.modinfo.data, info.modinfo.size, line, (size_t)length);
	if (found == NULL) {
		return false;
	}
	const char *begin = found + length;
	size_t left = (size_t)(info.modinfo.data + info.modinfo.size - begin);
	const char *end = left != 0 ? memchr(begin, '\n', left) : NULL;
	*value = (gopm_str){begin, end != NULL ? (size_t)(end - begin) : left};
	return true;
}

int gopm__go_minor(gopm_str version)
{
	const char *at = version.size >= 5 ? memmem(version.data, version.size, "go1.", 4) : NULL;
	int minor = 0;

	if (at == NULL) {
		return 0;
	}
	for (at += 4; at < version.data + version.size && *at >= '0' && *at <= '9' && minor < 1000; at++) {
		minor = minor * 10 + (*at - '0');
	}
	return minor;
}
