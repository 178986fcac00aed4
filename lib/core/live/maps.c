/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/PID/maps, and decides how much of each mapping the virtual core contains. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/live/live_private.h"
#include "util/vector.h"

/* Far more than real processes have: vm.max_map_count is 65 530 unless raised. */
#define MAX_MAPS ((size_t)1 << 20)

/* Larger mappings are left out: they are the shadow memory of sanitizers, terabytes that are hardly touched. */
#define MAX_MAP_SIZE ((uint64_t)1 << 40)

void gopm__live_maps_free(struct gopm__live_maps *maps)
{
	free(maps->maps);
	gopm__text_free(&maps->paths);
	*maps = (struct gopm__live_maps){.maps = NULL};
}

static bool starts_with(const char *text, size_t size, const char *prefix)
{
	size_t length = strlen(prefix);
	return size >= length && memcmp(text, prefix, length) == 0;
}

static bool is_deleted(const char *path, size_t size)
{
	static const char tail[] = " (deleted)";
	return size >= sizeof tail - 1 && memcmp(path + size - (sizeof tail - 1), tail, sizeof tail - 1) == 0;
}

/* True if the mapping must not be read: reading a device may have effects, and some pages of the kernel are
 * unreadable. */
static bool is_special(const char *path, size_t size)
{
	static const char *const special[] = {"[vvar", "[vsyscall]", "[uprobes]",  "/dev/",
	                                      "/sys/", "/proc/",     "anon_inode:"};
	static const char *const memory[] = {"/dev/shm/", "/dev/zero", "/dev/hugepages/"};

	for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++) {
		if (starts_with(path, size, memory[i])) {
			return false;
		}
	}
	for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
		if (starts_with(path, size, special[i])) {
			return true;
		}
	}
	return false;
}

bool gopm__live_map_is_anonymous(const struct gopm__live *live, const struct gopm__live_map *map)
{
	static const char *const own[] = {"[heap]", "[stack", "[anon:"};
	const char *path = live->maps.paths.data + map->path;
	bool anonymous = map->path_size == 0;

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		anonymous = anonymous || starts_with(path, map->path_size, own[i]);
	}
	return anonymous && map->inode == 0 && !map->shared;
}

static bool is_backed_by_file(const struct gopm__live_map *map)
{
	return map->inode != 0 && !map->shared && (map->flags & PF_W) == 0 && (map->flags & PF_R) != 0;
}

uint64_t gopm__live_map_size(const struct gopm__live *live, const struct gopm__live_map *map)
{
	const char *path = live->maps.paths.data + map->path;
	uint64_t size = map->end - map->start;

	if ((map->flags & PF_R) == 0 || size > MAX_MAP_SIZE || is_special(path, map->path_size)) {
		return 0;
	}
	/* Contain all of it, unless its file has the same bytes and can be opened. A deleted file cannot be opened,
	 * except the executable, and that only if it is readable. */
	if (!is_backed_by_file(map) || live->include_files || live->executable < 0 || map->written ||
	    (is_deleted(path, map->path_size) && map->inode != live->executable_inode)) {
		return size;
	}
	if (map->offset != 0) {
		return 0;
	}
	return size < live->page_size ? size : live->page_size;
}

/* Appends a file name. /proc/PID/maps writes a line feed in it as "\012". */
static size_t add_map_path(struct gopm__text *paths, const char *path, size_t size)
{
	size_t before = paths->size;

	for (size_t i = 0; i < size;) {
		if (starts_with(path + i, size - i, "\\012")) {
			gopm__text_add(paths, "\n", 1);
			i += 4;
		} else {
			gopm__text_add(paths, path + i, 1);
			i++;
		}
	}
	return paths->size - before;
}

/* Parses a line of /proc/PID/maps: START-END rwxp OFFSET MAJOR:MINOR INODE PATH */
static bool parse_map(const char *line, const char *end, struct gopm__live_map *map, struct gopm__text *paths)
{
	char *at;

	*map = (struct gopm__live_map){.start = strtoull(line, &at, 16)};
	if (at == line || *at != '-') {
		return false;
	}
	map->end = strtoull(at + 1, &at, 16);
	if (*at != ' ' || end - at < 6) {
		return false;
	}
	map->flags = (at[1] == 'r' ? PF_R : 0U) | (at[2] == 'w' ? PF_W : 0U) | (at[3] == 'x' ? PF_X : 0U);
	map->shared = at[4] == 's';
	map->offset = strtoull(at + 5, &at, 16);
	at += strspn(at, " ");
	at += strcspn(at, " ");
	map->inode = strtoull(at, &at, 10);
	while (at < end && *at == ' ') {
		at++;
	}
	map->path = paths->size;
	map->path_size = at < end ? add_map_path(paths, at, (size_t)(end - at)) : 0;
	return map->end > map->start;
}

static bool add_map(struct gopm__live_maps *maps, const struct gopm__live_map *map)
{
	if (!GOPM__VECTOR_RESERVE(maps->maps, maps->count, maps->capacity, 1)) {
		return false;
	}
	maps->maps[maps->count++] = *map;
	return true;
}

/* True if a page of a private mapping of a file may differ from the file, because of relocations or breakpoints. A page
 * that was written is no longer a page of the file. Also true if that is unknown: the bytes of the process are
 * right. */
static bool is_written(int pagemap, const struct gopm__live *live, const struct gopm__live_map *map)
{
	enum { ENTRIES = 2048 };
	const uint64_t present = UINT64_C(1) << 63, swapped = UINT64_C(1) << 62, file = UINT64_C(1) << 61;
	uint64_t entry[ENTRIES];
	uint64_t at = map->start / live->page_size, last = map->end / live->page_size;

	if (map->end - map->start > MAX_MAP_SIZE) {
		return false;
	}
	while (at < last) {
		uint64_t want = last - at < ENTRIES ? last - at : ENTRIES;
		ssize_t got = pread(pagemap, entry, (size_t)want * sizeof entry[0], (off_t)(at * sizeof entry[0]));
		if (got < (ssize_t)sizeof entry[0]) {
			return true;
		}
		uint64_t count = (uint64_t)got / sizeof entry[0];
		for (uint64_t i = 0; i < count; i++) {
			if ((entry[i] & swapped) != 0 || ((entry[i] & present) != 0 && (entry[i] & file) == 0)) {
				return true;
			}
		}
		at += count;
	}
	return false;
}

static bool same_map(const struct gopm__live_map *a, const struct gopm__live_map *b)
{
	return a->start == b->start && a->end == b->end && a->offset == b->offset && a->inode == b->inode &&
	       a->flags == b->flags && a->shared == b->shared;
}

/* Sets `written` in `now`, from `before` if it has the same mapping. Checking all pages of a big executable takes a
 * millisecond, which is long while the process is stopped. Both lists are sorted. */
static void find_written(const struct gopm__live *live, struct gopm__live_maps *now,
                         const struct gopm__live_maps *before)
{
	int pagemap = -2; /* not opened yet */
	size_t old = 0;

	for (size_t i = 0; i < now->count; i++) {
		struct gopm__live_map *map = &now->maps[i];
		if (!is_backed_by_file(map)) {
			continue;
		}
		while (old < before->count && before->maps[old].start < map->start) {
			old++;
		}
		if (old < before->count && same_map(map, &before->maps[old])) {
			map->written = before->maps[old].written;
			continue;
		}
		if (pagemap == -2) {
			pagemap = openat(live->space, "pagemap", O_RDONLY | O_CLOEXEC);
		}
		map->written = is_written(pagemap, live, map);
	}
	if (pagemap >= 0) {
		(void)close(pagemap);
	}
}

gopm_status gopm__live_maps_read(const struct gopm__live *live, struct gopm__live_maps *maps, gopm_error **err)
{
	struct gopm__live_maps now = {.maps = NULL};
	struct gopm__text text = {.size = 0};
	gopm_status status = GOPM_OK;

	int error = gopm__live_slurp(live->space, "maps", &text);
	if (error != 0) {
		status = gopm__live_denied(live, live->pid, error, "cannot read its mappings", err);
		goto out;
	}
	/* Makes paths.data valid even if no mapping has a name. */
	gopm__text_add(&now.paths, "", 1);
	for (size_t at = 0; at < text.size;) {
		char *line = text.data + at, *end = memchr(line, '\n', text.size - at);
		struct gopm__live_map map;
		if (end == NULL) {
			break;
		}
		/* Ends the line for strtoull(). */
		*end = '\0';
		at = (size_t)(end - text.data) + 1;
		/* A running process may change its mappings during the read: the list may contain one twice. */
		if (parse_map(line, end, &map, &now.paths) &&
		    (now.count == 0 || map.start >= now.maps[now.count - 1].end)) {
			if (now.count >= MAX_MAPS) {
				status = gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_FILE(live->name),
				                    "has more than %zu mappings, the limit", MAX_MAPS);
				goto out;
			}
			if (!add_map(&now, &map)) {
				status = gopm__fail_memory(err);
				goto out;
			}
		}
	}
	if (now.paths.failed) {
		status = gopm__fail_memory(err);
		goto out;
	}
	if (now.count == 0) {
		status = gopm__fail(err, GOPM_ERR_NO_PROCESS, GOPM__AT_FILE(live->name), "has ended");
		goto out;
	}
	find_written(live, &now, maps);
	gopm__live_maps_free(maps);
	*maps = now;
	now = (struct gopm__live_maps){.maps = NULL};
out:
	gopm__live_maps_free(&now);
	gopm__text_free(&text);
	return status;
}
