/* SPDX-License-Identifier: Apache-2.0 */
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

/* Far over what systems make: vm.max_map_count is 65530 unless raised. */
#define MAX_MAPS ((size_t)1 << 20)

/* The shadow memory of sanitizers, terabytes that are never touched. Go's own arenas are 64 MiB each. */
#define MAX_HELD ((uint64_t)1 << 40)

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

/* Reading the memory of a device may do things to it, and the kernel's own pages cannot be read from outside. */
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

uint64_t gopm__live_map_held(const struct gopm__live *live, const struct gopm__live_map *map)
{
	const char *path = live->maps.paths.data + map->path;
	uint64_t size = map->end - map->start;

	if ((map->flags & PF_R) == 0 || size > MAX_HELD || is_special(path, map->path_size)) {
		return 0;
	}
	/* Of a file that is gone only the executable is still to be had; and one that may be executed and not be read
	 * is to be had here alone. */
	if (!is_backed_by_file(map) || live->include_files || live->executable < 0 || map->written ||
	    (is_deleted(path, map->path_size) && map->inode != live->executable_inode)) {
		return size;
	}
	if (map->offset != 0) {
		return 0;
	}
	return size < live->page_size ? size : live->page_size;
}

/* "\012" is how /proc/PID/maps has a line feed in a name. */
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

/* START-END rwxp OFFSET MAJOR:MINOR INODE   PATH */
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

/* Relocations, and breakpoints: pages that are the process's own although it may not write them now. Where that cannot
 * be known it is said to be so: what the process has is never wrong. */
static bool is_written(int pagemap, const struct gopm__live *live, const struct gopm__live_map *map)
{
	enum { ENTRIES = 2048 };
	const uint64_t present = UINT64_C(1) << 63, swapped = UINT64_C(1) << 62, file = UINT64_C(1) << 61;
	uint64_t entry[ENTRIES];
	uint64_t at = map->start / live->page_size, last = map->end / live->page_size;

	if (map->end - map->start > MAX_HELD) {
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

/* Both are sorted. A look at every page of a big executable takes a millisecond, which is long while the
 * process is stopped: so one look has to do. */
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
		status = gopm__live_denied(live, live->pid, error, "its mappings cannot be read", err);
		goto out;
	}
	/* So that there is a string even where no mapping has a name. */
	gopm__text_add(&now.paths, "", 1);
	for (size_t at = 0; at < text.size;) {
		char *line = text.data + at, *end = memchr(line, '\n', text.size - at);
		struct gopm__live_map map;
		if (end == NULL) {
			break;
		}
		/* So that no number is looked for past it. */
		*end = '\0';
		at = (size_t)(end - text.data) + 1;
		/* A running process may map while the list is read, so that one is met twice. */
		if (parse_map(line, end, &map, &now.paths) &&
		    (now.count == 0 || map.start >= now.maps[now.count - 1].end)) {
			if (now.count >= MAX_MAPS) {
				status = gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_FILE(live->name),
				                    "has more than %zu mappings", MAX_MAPS);
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
		status = gopm__fail(err, GOPM_ERR_NO_PROCESS, GOPM__AT_FILE(live->name), "has no memory: it has ended");
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
