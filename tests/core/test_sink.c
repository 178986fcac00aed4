/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/sink.h"
#include "core/source.h"

/* More than the size of every buffer, and not a multiple of it. */
#define SIZE ((size_t)3 * 1024 * 1024 + 77)

struct place {
	char folder[64], path[128];
};

static void place_open(struct place *place)
{
	(void)snprintf(place->folder, sizeof place->folder, "/tmp/gopm-test-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	(void)snprintf(place->path, sizeof place->path, "%s/small", place->folder);
}

/* Number of files in the folder. */
static int files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	int count = 0;

	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	(void)closedir(dir);
	return count;
}

static void place_close(struct place *place)
{
	(void)unlink(place->path);
	assert_int_equal(files_in(place->folder), 0);
	assert_int_equal(rmdir(place->folder), 0);
}

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void expect_file(const char *path, const void *data, size_t size)
{
	struct gopm__source_request request = {.path = path, .fd = -1, .what = "core"};
	struct gopm__source source;

	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_int_equal(source.size, size);
	assert_memory_equal(gopm__source_span(&source, 0, size), data, size);
	gopm__source_close(&source);
}

/* Incompressible bytes, except for zeroes in the middle. */
static uint8_t *content(void)
{
	uint8_t *data = calloc(1, SIZE);
	uint32_t seed = 1;

	assert_non_null(data);
	for (size_t i = 0; i < SIZE; i++) {
		seed = seed * 1103515245 + 12345;
		data[i] = i < SIZE / 3 || i > SIZE / 2 ? (uint8_t)(seed >> 16) : 0;
	}
	return data;
}

static gopm_status write_all(struct gopm__sink *sink, const uint8_t *data, gopm_error **err)
{
	gopm_status status = GOPM_OK;

	for (size_t at = 0; at < SIZE && status == GOPM_OK;) {
		size_t piece = at % 3 == 0 ? 1 : 99991;
		piece = piece < SIZE - at ? piece : SIZE - at;
		status = gopm__sink_write(sink, data + at, piece, err);
		at += piece;
	}
	return status;
}

static void nothing_is_seen_before_it_is_whole(void **state)
{
	uint8_t *data = content();
	struct gopm__sink *sink;
	struct place place;
	struct stat st;
	uint64_t size;

	(void)state;
	place_open(&place);
	struct gopm__sink_request request = {.path = place.path};
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(write_all(sink, data, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_at(sink), SIZE);
	assert_int_equal(files_in(place.folder), 0);
	assert_int_equal(gopm__sink_finish(sink, &size, NULL), GOPM_OK);
	gopm__sink_close(sink);
	assert_int_equal(size, SIZE);
	assert_int_equal(files_in(place.folder), 1);
	expect_file(place.path, data, SIZE);
	/* Only the owner may read the file. */
	assert_int_equal(stat(place.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* A file that was not finished is removed. */
	assert_int_equal(unlink(place.path), 0);
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(write_all(sink, data, NULL), GOPM_OK);
	gopm__sink_close(sink);
	gopm__sink_close(NULL);
	place_close(&place);
	free(data);
}

static void a_file_that_is_there_stays(void **state)
{
	struct gopm__sink *sink;
	gopm_error *err = NULL;
	struct place place;

	(void)state;
	place_open(&place);
	put_file(place.path, "old");
	struct gopm__sink_request request = {.path = place.path};
	assert_int_equal(gopm__sink_open(&sink, &request, &err), GOPM_ERR_EXISTS);
	assert_null(sink);
	assert_non_null(strstr(gopm_error_message(err), place.path));
	gopm_error_free(err);
	expect_file(place.path, "old", 3);
	/* A dangling link exists too. A folder is never replaced. */
	assert_int_equal(unlink(place.path), 0);
	assert_int_equal(symlink("/nonexistent", place.path), 0);
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_ERR_EXISTS);
	assert_int_equal(unlink(place.path), 0);
	assert_int_equal(mkdir(place.path, 0700), 0);
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_ERR_EXISTS);
	request.replace = true;
	assert_int_equal(gopm__sink_open(&sink, &request, &err), GOPM_ERR_IO);
	assert_non_null(strstr(gopm_error_message(err), "not a regular file"));
	gopm_error_free(err);
	assert_int_equal(rmdir(place.path), 0);
	place_close(&place);
}

static void a_file_is_replaced_at_once(void **state)
{
	struct gopm__sink *sink;
	struct place place;

	(void)state;
	place_open(&place);
	put_file(place.path, "old");
	struct gopm__sink_request request = {.path = place.path, .replace = true};
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_write(sink, "new", 3, NULL), GOPM_OK);
	expect_file(place.path, "old", 3);
	assert_int_equal(gopm__sink_finish(sink, NULL, NULL), GOPM_OK);
	gopm__sink_close(sink);
	expect_file(place.path, "new", 3);
	assert_int_equal(files_in(place.folder), 1);
	/* Also if there is no file to replace. */
	assert_int_equal(unlink(place.path), 0);
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_write(sink, "new", 3, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_finish(sink, NULL, NULL), GOPM_OK);
	gopm__sink_close(sink);
	expect_file(place.path, "new", 3);
	place_close(&place);
}

/* Two writers of one path: the first to finish gets it, the other fails, and the bytes are not mixed. */
static void two_writers_race(void **state)
{
	struct gopm__sink *first, *second;
	gopm_error *err = NULL;
	struct place place;

	(void)state;
	place_open(&place);
	struct gopm__sink_request request = {.path = place.path};
	assert_int_equal(gopm__sink_open(&first, &request, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_open(&second, &request, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_write(first, "first", 5, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_write(second, "second", 6, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_finish(second, NULL, NULL), GOPM_OK);
	uint64_t size = 1;
	assert_int_equal(gopm__sink_finish(first, &size, &err), GOPM_ERR_EXISTS);
	assert_int_equal(size, 0);
	gopm_error_free(err);
	gopm__sink_close(first);
	gopm__sink_close(second);
	expect_file(place.path, "second", 6);
	place_close(&place);
}

static void needs_its_folder(void **state)
{
	struct gopm__sink_request request = {.path = "/nonexistent/folder/small"};
	struct gopm__sink *sink;
	gopm_error *err = NULL;

	(void)state;
	assert_int_equal(gopm__sink_open(&sink, &request, &err), GOPM_ERR_IO);
	assert_null(sink);
	assert_non_null(strstr(gopm_error_message(err), "/nonexistent/folder/small"));
	assert_non_null(strstr(gopm_error_message(err), "No such file or directory"));
	gopm_error_free(err);
}

struct caller {
	uint8_t *data;
	size_t size, most;
};

/* Has room for `most` bytes. */
static int32_t take(void *user_data, const char *data, size_t size)
{
	struct caller *caller = user_data;

	assert_true(size != 0);
	if (size > caller->most - caller->size) {
		return -1;
	}
	memcpy(caller->data + caller->size, data, size);
	caller->size += size;
	return 0;
}

static void writes_by_callback(void **state)
{
	uint8_t *data = content();
	struct caller caller = {malloc(SIZE), 0, SIZE};
	struct gopm__sink_request request = {.write = take, .user_data = &caller};
	struct gopm__sink *sink;
	gopm_error *err = NULL;
	uint64_t size;

	(void)state;
	assert_non_null(caller.data);
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(write_all(sink, data, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_finish(sink, &size, NULL), GOPM_OK);
	gopm__sink_close(sink);
	assert_int_equal(size, SIZE);
	assert_int_equal(caller.size, SIZE);
	assert_memory_equal(caller.data, data, SIZE);
	/* An empty file is a file too. */
	caller.size = 0;
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_finish(sink, &size, NULL), GOPM_OK);
	gopm__sink_close(sink);
	assert_int_equal(size, 0);
	/* The callback fails: at a write, and at the end. */
	caller.most = SIZE / 2;
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(write_all(sink, data, &err), GOPM_ERR_IO);
	assert_non_null(strstr(gopm_error_message(err), "write callback failed at byte"));
	gopm_error_free(err);
	gopm__sink_close(sink);
	caller.size = 0;
	caller.most = 2;
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_write(sink, "abc", 3, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_finish(sink, &size, &err), GOPM_ERR_IO);
	assert_int_equal(size, 0);
	gopm_error_free(err);
	gopm__sink_close(sink);
	free(caller.data);
	free(data);
}

/* Compressed by one or more threads, at every level: it decompresses to the bytes written. */
static void packs(void **state)
{
	static const struct {
		int level;
		unsigned threads;
	} ways[] = {{0, 0}, {1, 2}, {19, 0}, {-5, 1}, {100, 0}, {0, 100000}};
	uint8_t *data = content();
	struct place place;

	(void)state;
	place_open(&place);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct gopm__sink_request request = {.path = place.path,
		                                     .replace = true,
		                                     .zstd = true,
		                                     .level = ways[i].level,
		                                     .threads = ways[i].threads};
		struct gopm__source_request reread = {.path = place.path, .fd = -1, .what = "core", .unpack = true};
		struct gopm__source source;
		struct gopm__sink *sink;
		struct stat st;
		uint64_t size;
		assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
		assert_int_equal(write_all(sink, data, NULL), GOPM_OK);
		assert_int_equal(gopm__sink_zeroes(sink, 1000000, NULL), GOPM_OK);
		assert_int_equal(gopm__sink_at(sink), SIZE + 1000000);
		assert_int_equal(gopm__sink_finish(sink, &size, NULL), GOPM_OK);
		gopm__sink_close(sink);
		assert_int_equal(stat(place.path, &st), 0);
		assert_int_equal(st.st_size, (off_t)size);
		assert_true(size < SIZE);
		assert_int_equal(gopm__source_open(&source, &reread, NULL), GOPM_OK);
		assert_string_equal(source.compression, "zstd");
		assert_null(source.damage);
		assert_int_equal(source.size, SIZE + 1000000);
		assert_memory_equal(gopm__source_span(&source, 0, SIZE), data, SIZE);
		for (size_t k = SIZE; k < SIZE + 1000000; k++) {
			assert_int_equal(*gopm__source_span(&source, k, 1), 0);
		}
		gopm__source_close(&source);
	}
	place_close(&place);
	free(data);
}

static gopm_status try_write(const struct gopm__sink_request *request, gopm_error **err)
{
	uint8_t *data = content();
	struct gopm__sink *sink;

	gopm_status status = gopm__sink_open(&sink, request, err);
	if (status == GOPM_OK) {
		status = write_all(sink, data, err);
	}
	if (status == GOPM_OK) {
		status = gopm__sink_finish(sink, NULL, err);
	}
	gopm__sink_close(sink);
	free(data);
	return status;
}

/* A limit on the size of files. */
static void a_failed_write_leaves_nothing(void **state)
{
	struct rlimit old, small;
	gopm_error *err = NULL;
	struct place place;

	(void)state;
	place_open(&place);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1234567;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	for (int zstd = 0; zstd < 2; zstd++) {
		struct gopm__sink_request request = {.path = place.path, .zstd = zstd != 0};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		gopm_status status = try_write(&request, &err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_int_equal(status, GOPM_ERR_IO);
		assert_non_null(strstr(gopm_error_message(err), "File too large"));
		gopm_error_free(err);
		assert_int_equal(files_in(place.folder), 0);
		/* The file to be replaced is unchanged. */
		put_file(place.path, "old");
		request.replace = true;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		status = try_write(&request, NULL);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_int_equal(status, GOPM_ERR_IO);
		expect_file(place.path, "old", 3);
		assert_int_equal(files_in(place.folder), 1);
		assert_int_equal(unlink(place.path), 0);
	}
	(void)signal(SIGXFSZ, handler);
	place_close(&place);
}

/* A disk of one megabyte, if this process may mount one. */
static void a_full_disk_is_named(void **state)
{
	gopm_error *err = NULL;
	struct place place;

	(void)state;
	place_open(&place);
	if (mount("none", place.folder, "tmpfs", 0, "size=1m") != 0) {
		print_message("no right to mount: a full disk is left out\n");
		place_close(&place);
		return;
	}
	for (int zstd = 0; zstd < 2; zstd++) {
		struct gopm__sink_request request = {.path = place.path, .zstd = zstd != 0};
		gopm_status status = try_write(&request, &err);
		int left = files_in(place.folder);
		bool named = strstr(gopm_error_message(err), "no space left after") != NULL;
		gopm_error_free(err);
		err = NULL;
		if (status != GOPM_ERR_IO || left != 0 || !named) {
			(void)umount(place.folder);
		}
		assert_int_equal(status, GOPM_ERR_IO);
		assert_int_equal(left, 0);
		assert_true(named);
	}
	assert_int_equal(umount(place.folder), 0);
	place_close(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_seen_before_it_is_whole),
	    cmocka_unit_test(a_file_that_is_there_stays),
	    cmocka_unit_test(a_file_is_replaced_at_once),
	    cmocka_unit_test(two_writers_race),
	    cmocka_unit_test(needs_its_folder),
	    cmocka_unit_test(writes_by_callback),
	    cmocka_unit_test(packs),
	    cmocka_unit_test(a_failed_write_leaves_nothing),
	    cmocka_unit_test(a_full_disk_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
