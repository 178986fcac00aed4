/* SPDX-License-Identifier: Apache-2.0 */
/* A sysroot is often an unpacked container, where /usr/bin/server -> /opt/server means the /opt of the container. The
 * kernel resolves such links with openat2(RESOLVE_IN_ROOT). Where it cannot, links are resolved here, one name at a
 * time, each relative to an open folder: a link that changes meanwhile is not followed out of the root. */
#include "exe/rooted.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define MAX_FOLDERS 128
#define MAX_LINKS 40 /* as Linux */

/* struct open_how and RESOLVE_IN_ROOT of linux/openat2.h, which older systems lack. */
struct how {
	uint64_t flags, mode, resolve;
};
#define IN_ROOT 0x10

/* Closes what is not a regular file. */
static int only_regular(int fd)
{
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* Open folders from the root to the one that the next name is in. */
struct walk {
	int folders[MAX_FOLDERS];
	int depth;
	int links;
	char rest[2 * PATH_MAX]; /* names that are left */
};

static void go_up(struct walk *walk, int depth)
{
	while (walk->depth > depth) {
		(void)close(walk->folders[walk->depth--]);
	}
}

/* Removes the first name of the rest and copies it. False: there is none, or it is too long. */
static bool next_name(struct walk *walk, char *name, size_t size)
{
	size_t skip = strspn(walk->rest, "/"), length = strcspn(walk->rest + skip, "/");

	if (length == 0 || length >= size) {
		return false;
	}
	memcpy(name, walk->rest + skip, length);
	name[length] = '\0';
	memmove(walk->rest, walk->rest + skip + length, strlen(walk->rest + skip + length) + 1);
	return true;
}

/* Puts the target of link `fd` before the rest, and closes it. */
static bool follow_link(struct walk *walk, int fd)
{
	char target[PATH_MAX];
	ssize_t size = readlinkat(fd, "", target, sizeof target);
	size_t left = strlen(walk->rest);

	(void)close(fd);
	if (size <= 0 || ++walk->links > MAX_LINKS || (size_t)size + 1 + left >= sizeof walk->rest) {
		return false;
	}
	if (target[0] == '/') {
		go_up(walk, 0);
	}
	memmove(walk->rest + size + 1, walk->rest, left + 1);
	memcpy(walk->rest, target, (size_t)size);
	walk->rest[size] = '/';
	return true;
}

/* Follows the rest to its last name, which it opens. */
static int open_rest(struct walk *walk)
{
	char name[NAME_MAX + 1];
	struct stat st;

	while (next_name(walk, name, sizeof name)) {
		if (strcmp(name, ".") == 0) {
			continue;
		}
		if (strcmp(name, "..") == 0) {
			go_up(walk, walk->depth > 0 ? walk->depth - 1 : 0);
			continue;
		}
		int fd = openat(walk->folders[walk->depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) != 0) {
			break;
		}
		if (S_ISLNK(st.st_mode)) {
			if (!follow_link(walk, fd)) {
				break;
			}
		} else if (S_ISDIR(st.st_mode) && walk->depth + 1 < MAX_FOLDERS) {
			walk->folders[++walk->depth] = fd;
		} else {
			(void)close(fd);
			bool last = strspn(walk->rest, "/") == strlen(walk->rest);
			return last && S_ISREG(st.st_mode)
			           ? openat(walk->folders[walk->depth], name, FLAGS | O_NOFOLLOW)
			           : -1;
		}
	}
	return -1;
}

int gopm__open_rooted_by_hand(const char *root, const char *path)
{
	struct walk walk = {.depth = 0};
	size_t size = strlen(path);

	walk.folders[0] = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk.folders[0] < 0) {
		return -1;
	}
	int fd = -1;
	if (size < sizeof walk.rest) {
		memcpy(walk.rest, path, size + 1);
		fd = only_regular(open_rest(&walk));
	}
	go_up(&walk, 0);
	(void)close(walk.folders[0]);
	return fd;
}

int gopm__open_rooted(const char *root, const char *path)
{
	if (root == NULL || root[0] == '\0') {
		return only_regular(open(path, FLAGS));
	}
#ifdef SYS_openat2
	struct how how = {.flags = FLAGS, .resolve = IN_ROOT};
	int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		return -1;
	}
	long fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
	int error = fd < 0 ? errno : 0;
	(void)close(folder);
	/* EAGAIN: a ".." raced with a rename. */
	if (error != ENOSYS && error != EPERM && error != EAGAIN) {
		return only_regular((int)fd);
	}
#endif
	return gopm__open_rooted_by_hand(root, path);
}
