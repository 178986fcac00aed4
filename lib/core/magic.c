/* SPDX-License-Identifier: Apache-2.0 */
#include "core/magic.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

struct known_format {
	const char *magic;
	size_t size;
	const char *name;
	const char *advice; /* NULL: none */
};

/* The format of a file that is not ELF, by its first bytes, or NULL if it is unknown. */
static const struct known_format *known_format(const uint8_t *p, uint64_t size)
{
	static const char decompress[] = "decompress it first";
	static const struct known_format formats[] = {
	    {"\x1f\x8b", 2, "gzip compressed", decompress},
	    {"BZh", 3, "bzip2 compressed", decompress},
	    {"\x28\xb5\x2f\xfd", 4, "zstd compressed", decompress},
	    {"\xfd"
	     "7zXZ",
	     5, "xz compressed", decompress},
	    {"\x04\x22\x4d\x18", 4, "lz4 compressed", decompress},
	    {"PK\x03\x04", 4, "a zip archive", decompress},
	    {"\xcf\xfa\xed\xfe", 4, "a Mach-O file", NULL},
	    {"MDMP", 4, "a minidump, as Breakpad, Crashpad and Windows write it",
	     "take an ELF core (gcore, or ulimit -c)"},
	    {"MZ", 2, "a Windows executable", NULL},
	};

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		if (size >= formats[i].size && memcmp(p, formats[i].magic, formats[i].size) == 0) {
			return &formats[i];
		}
	}
	return NULL;
}

gopm_status gopm__magic_check(const uint8_t *data, uint64_t size, const char *name, const char *what, gopm_error **err)
{
	struct gopm__place place = GOPM__AT_OFFSET(name, 0);
	const char *article = what[0] == 'e' ? "an" : "a";

	if (memcmp(data, ELFMAG, size < SELFMAG ? (size_t)size : SELFMAG) == 0) {
		return GOPM_OK;
	}
	const struct known_format *format = known_format(data, size);
	if (format != NULL) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, place, "is %s, not %s %s%s%s", format->name, article, what,
		                  format->advice != NULL ? "; " : "", format->advice != NULL ? format->advice : "");
	}
	return gopm__fail(err, GOPM_ERR_FORMAT, place, "is not an ELF file; expected %s %s", article, what);
}
