/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/rooted.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"

/* A folder with a root in it, and a file next to the root that must not be reached. */
static char top[] = "/tmp/gopm-rooted-XXXXXX";
static char root[64];

static void path_of(char *out, size_t size, const char *name)
{
	(void)snprintf(out, size, "%s%s", top, name);
}

static void make_file(const char *name)
{
	char path[128];

	path_of(path, sizeof path, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fprintf(file, "%s", name) > 0);
	assert_int_equal(fclose(file), 0);
}

static void make_link(const char *name, const char *target)
{
	char path[128];

	path_of(path, sizeof path, name);
	assert_int_equal(symlink(target, path), 0);
}

static void make_folder(const char *name)
{
	char path[128];

	path_of(path, sizeof path, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static int make_tree(void **state)
{
	char outside[128];

	(void)state;
	assert_non_null(mkdtemp(top));
	(void)snprintf(root, sizeof root, "%s/root", top);
	path_of(outside, sizeof outside, "/secret");
	make_folder("/root");
	make_folder("/root/opt");
	make_folder("/root/usr");
	make_folder("/root/usr/bin");
	make_file("/secret");
	make_file("/root/secret");
	make_file("/root/opt/server");
	make_link("/root/usr/bin/server", "/opt/server");    /* absolute: of the root */
	make_link("/root/usr/bin/near", "../../opt/server"); /* stays inside */
	make_link("/root/usr/bin/up", "../../../../secret"); /* would leave it */
	make_link("/root/usr/bin/host", outside);            /* a path of the host */
	make_link("/root/lib", "/opt");                      /* a folder */
	make_link("/root/usr/bin/chain", "/lib/../usr/bin/server");
	make_link("/root/usr/bin/circle", "circle");
	make_link("/root/usr/bin/device", "/null");
	char fifo[128];
	path_of(fifo, sizeof fifo, "/root/null");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	return 0;
}

static int remove_tree(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -r %s", top);
	return system(command);
}

/* `content`: that of the file that must be opened; NULL: none may be. */
static void expect(int fd, const char *content)
{
	char text[128] = "";

	if (content == NULL) {
		assert_int_equal(fd, -1);
		return;
	}
	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof text - 1) > 0);
	assert_string_equal(text, content);
	assert_int_equal(close(fd), 0);
}

static void links_stay_inside(void **state)
{
	static const struct {
		const char *path, *content;
	} cases[] = {
	    {"/opt/server", "/root/opt/server"},
	    {"opt//./server", "/root/opt/server"},
	    {"/usr/bin/server", "/root/opt/server"},
	    {"/usr/bin/near", "/root/opt/server"},
	    {"/usr/bin/up", "/root/secret"},
	    {"/../../secret", "/root/secret"},
	    {"/usr/bin/host", NULL},
	    {"/lib/server", "/root/opt/server"},
	    {"/usr/bin/chain", "/root/opt/server"},
	    {"/usr/bin/circle", NULL},
	    {"/usr/bin/device", NULL}, /* a pipe */
	    {"/usr/bin", NULL},
	    {"/opt/server/more", NULL},
	    {"/none", NULL},
	    {"/", NULL},
	    {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		expect(gopm__open_rooted(root, cases[i].path), cases[i].content);
		expect(gopm__open_rooted_by_hand(root, cases[i].path), cases[i].content);
	}
}

static void without_a_root(void **state)
{
	char path[128];

	(void)state;
	path_of(path, sizeof path, "/root/usr/bin/host");
	expect(gopm__open_rooted(NULL, path), "/secret");
	expect(gopm__open_rooted("", path), "/secret");
	expect(gopm__open_rooted("", "/dev/null"), NULL);
	expect(gopm__open_rooted("/nonexistent", "/opt/server"), NULL);
	expect(gopm__open_rooted_by_hand("/nonexistent", "/opt/server"), NULL);
}

/* Descriptors are not lost, however deep the path is. */
static void closes_what_it_opens(void **state)
{
	static const char step[] = "/opt/..";
	char deep[4000];
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < 300; i++, size += sizeof step - 1) {
		memcpy(deep + size, step, sizeof step - 1);
	}
	(void)snprintf(deep + size, sizeof deep - size, "/usr/bin/server");
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
	expect(gopm__open_rooted_by_hand(root, deep), "/root/opt/server");
	expect(gopm__open_rooted(root, deep), "/root/opt/server");
	expect(gopm__open_rooted_by_hand(root, "/opt/server/x"), NULL);
	int after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(after, before + 1);
	assert_int_equal(close(before), 0);
	assert_int_equal(close(after), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(links_stay_inside),
	    cmocka_unit_test(without_a_root),
	    cmocka_unit_test(closes_what_it_opens),
	};
	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
