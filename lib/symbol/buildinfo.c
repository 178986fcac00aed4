#include "symbol/buildinfo.h"

#include <string.h>

enum { MAGIC_SIZE = 14, POINTER_SIZE = 14, FLAGS = 15, POINTERS = 16, INLINE_STRINGS = 32, MAX_VERSION = 256 };
enum { FLAG_BIG_ENDIAN = 1, FLAG_INLINE = 2 };
/* Without sections the whole file is searched, as far as this. */
#define MAX_SEARCH ((uint64_t)1 << 30)

static const char magic[] = "\xff Go buildinf:";

static bool looks_like_version(gopm_str s)
{
	return s.data != NULL && s.size >= 4 && memmem(s.data, s.size, "go1.", 4) != NULL &&
	       memchr(s.data, '\0', s.size) == NULL;
}

static gopm_str parse(const struct gopm__corefile *core, const uint8_t *data, uint64_t size)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	gopm_str version = {NULL, 0};
	uint64_t header, address, length;

	if (size < INLINE_STRINGS || memcmp(data, magic, MAGIC_SIZE) != 0 || (data[FLAGS] & FLAG_BIG_ENDIAN) != 0) {
		return version;
	}
	if ((data[FLAGS] & FLAG_INLINE) != 0) {
		struct gopm__cursor c = gopm__cursor(data, (size_t)size);
		gopm__cursor_seek(&c, INLINE_STRINGS);
		length = gopm__cursor_uleb(&c);
		const uint8_t *p = length <= MAX_VERSION ? gopm__cursor_bytes(&c, (size_t)length) : NULL;
		if (p != NULL) {
			version = (gopm_str){(const char *)p, (size_t)length};
		}
	} else if (data[POINTER_SIZE] == 8) {
		header = gopm__load64(data + POINTERS);
		if (gopm__read_u64(&reader, header, &address) && gopm__read_u64(&reader, header + 8, &length) &&
		    length <= MAX_VERSION) {
			const uint8_t *p = gopm__read_span(&reader, address, length);
			version = (gopm_str){(const char *)p, p != NULL ? (size_t)length : 0};
		}
	}
	return looks_like_version(version) ? version : (gopm_str){NULL, 0};
}

gopm_str gopm__buildinfo_version(const struct gopm__corefile *core, struct gopm__executable *exe)
{
	struct gopm__section section;
	gopm_str version = {NULL, 0};

	if (gopm__executable_section(exe, ".go.buildinfo", &section) == GOPM_OK) {
		version = parse(core, section.data, section.size);
	}
	uint64_t size = exe->source.size < MAX_SEARCH ? exe->source.size : MAX_SEARCH;
	const uint8_t *file = version.size == 0 ? gopm__source_span(&exe->source, 0, size) : NULL;
	for (uint64_t at = 0; file != NULL && version.size == 0 && at < size; at++) {
		const uint8_t *found = memmem(file + at, (size_t)(size - at), magic, MAGIC_SIZE);
		if (found == NULL) {
			break;
		}
		at = (uint64_t)(found - file);
		version = parse(core, found, size - at);
	}
	return version;
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
