/* SPDX-License-Identifier: Apache-2.0 */
/* The separate debug file: distributions strip DWARF and symbols from a program and ship them as a file of their own.
 * It is found by its build ID, or by the .gnu_debuglink section of the program, as gdb does. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "exe/executable_private.h"
#include "util/allocate.h"
#include "util/text.h"

#define FOLDER "/usr/lib/debug"

/* Reads the file name and the checksum in .gnu_debuglink. The caller holds the lock. */
static bool read_debug_link(struct gopm__executable *exe, const char **name, uint32_t *checksum)
{
	size_t index = gopm__section_index(exe, ".gnu_debuglink");
	struct gopm__section s;

	if (index == 0 || gopm__section_load(exe, index, false, &s) != GOPM_OK || s.size < 8) {
		return false;
	}
	size_t size = strnlen((const char *)s.data, (size_t)s.size - 4);
	size_t at = (size + 4) / 4 * 4;
	if (size == 0 || at + 4 > s.size || memchr(s.data, '/', size) != NULL ||
	    strncmp((const char *)s.data, "..", size) == 0) {
		return false;
	}
	*name = (const char *)s.data;
	*checksum = gopm__load32(s.data + at);
	return true;
}

static bool has_checksum(const struct gopm__source *source, uint32_t checksum)
{
	uLong sum = crc32(0, NULL, 0);

	for (uint64_t at = 0; at < source->size;) {
		uint64_t left = source->size - at;
		uInt piece = (uInt)(left < 1 << 20 ? left : 1 << 20);
		const uint8_t *data = gopm__source_span(source, at, piece);
		if (data == NULL) {
			return false;
		}
		sum = crc32(sum, data, piece);
		at += piece;
	}
	return sum == checksum;
}

/* Uses the file at `path` below `sysroot` if it has the build ID of the executable. If one of them has none, the
 * checksum must match. */
static void try_debug_file(struct gopm__executable *exe, const char *sysroot, const char *path,
                           const uint32_t *checksum)
{
	struct gopm__executable_private *p = exe->private_;
	struct gopm__executable *debug = gopm__calloc(1, sizeof *debug);

	if (debug == NULL || gopm__executable_init(debug, NULL, p->io, p->max_section_size) != GOPM_OK) {
		free(debug);
		return;
	}
	/* A debug file has no debug file. */
	debug->private_->debug_tried = true;
	bool good = gopm__executable_load_rooted(debug, sysroot, path) == GOPM_OK;
	if (good && debug->build_id.size != 0 && exe->build_id.size != 0) {
		good = gopm__str_equal(debug->build_id, exe->build_id);
	} else if (good) {
		good = checksum != NULL && has_checksum(&debug->source, *checksum);
	}
	if (!good) {
		gopm__executable_free(debug);
		return;
	}
	debug->private_->findings = p->findings;
	debug->bias = exe->bias;
	p->debug = debug;
}

/* Where gdb searches for the file of a link: in these folders, with or without that of the program between. */
struct debug_place {
	const char *before, *after;
	bool absolute; /* only if the program's path is */
};

static void try_debug_build_id(struct gopm__executable *exe, const char *sysroot)
{
	struct gopm__text path = {0};

	gopm__text_printf(&path, FOLDER "/.build-id/%.2s/%s.debug", exe->build_id.data, exe->build_id.data + 2);
	if (!path.failed) {
		try_debug_file(exe, sysroot, path.data, NULL);
	}
	gopm__text_free(&path);
}

/* Searches next to the program, in .debug next to it, and under /usr/lib/debug. */
static void try_debug_link(struct gopm__executable *exe, const char *sysroot)
{
	static const struct debug_place places[] = {{"", "", false}, {"", ".debug/", false}, {FOLDER, "", true}};
	const char *program = exe->source.name, *slash = strrchr(program, '/');
	size_t root_size = strlen(sysroot);
	uint32_t checksum;
	const char *name;

	if (slash == NULL || !read_debug_link(exe, &name, &checksum)) {
		return;
	}
	/* The program is in the sysroot, or the caller named another file. */
	bool inside = strncmp(program, sysroot, root_size) == 0 && program[root_size] == '/';
	const char *folder = inside ? program + root_size : program;
	for (size_t i = 0; i < sizeof places / sizeof places[0] && exe->private_->debug == NULL; i++) {
		const struct debug_place *place = &places[i];
		struct gopm__text path = {0};
		if (place->absolute && folder[0] != '/') {
			continue;
		}
		gopm__text_printf(&path, "%s%.*s%s%s", place->before, (int)(slash - folder + 1), folder, place->after,
		                  name);
		if (!path.failed) {
			try_debug_file(exe, inside || place->absolute ? sysroot : NULL, path.data, &checksum);
		}
		gopm__text_free(&path);
	}
}

struct gopm__executable *gopm__executable_debug(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;
	const char *sysroot = p->sysroot.data != NULL ? p->sysroot.data : "";

	(void)pthread_mutex_lock(&p->lock);
	if (!p->debug_tried) {
		const uint64_t failures = gopm__failed_allocations();
		if (p->search && exe->build_id.size >= 4) {
			try_debug_build_id(exe, sysroot);
		}
		if (p->search && p->debug == NULL && p->has_path) {
			try_debug_link(exe, sysroot);
		}
		p->debug_tried = gopm__is_cacheable(failures);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return p->debug;
}

gopm_status gopm__executable_become_debug(struct gopm__executable *exe)
{
	struct gopm__executable_private *old = exe->private_;
	struct gopm__executable *debug = gopm__malloc(sizeof *debug);
	struct gopm__executable fresh;

	if (debug == NULL || gopm__executable_init(&fresh, old->findings, old->io, old->max_section_size) != GOPM_OK) {
		free(debug);
		return GOPM_ERR_NO_MEMORY;
	}
	/* A debug file has no debug file. */
	old->debug_tried = true;
	*debug = *exe;
	fresh.private_->search = old->search;
	fresh.private_->sysroot = old->sysroot;
	fresh.private_->debug = debug;
	fresh.private_->debug_tried = fresh.private_->debug_named = true;
	*exe = fresh;
	return GOPM_OK;
}
