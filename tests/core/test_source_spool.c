/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "cmocka_all.h"
#include "core/source.h"

/* Text, many zeroes, text; sizes are not multiples of a block. */
#define SIZE ((size_t)9 * 1024 * 1024 + 123)

static uint8_t *content(void)
{
	uint8_t *data = calloc(1, SIZE);
	uint32_t seed = 1;

	assert_non_null(data);
	for (size_t i = 0; i < SIZE; i++) {
		if (i < 300000 || i > SIZE - 200000) {
			seed = seed * 1103515245 + 12345;
			data[i] = (uint8_t)(seed >> 16);
		}
	}
	return data;
}

/* A thread that writes `size` bytes to `fd` in odd pieces, and closes it. */
struct writer {
	pthread_t thread;
	int fd;
	const uint8_t *data;
	size_t size;
};

static void *write_pieces(void *argument)
{
	struct writer *writer = argument;
	size_t at = 0;

	for (unsigned i = 0; at < writer->size; i++) {
		size_t piece = i % 7 == 0 ? 1 : 40009;
		piece = piece < writer->size - at ? piece : writer->size - at;
		ssize_t put = write(writer->fd, writer->data + at, piece);
		if (put <= 0) {
			break; /* the reader has closed its end */
		}
		at += (size_t)put;
	}
	(void)close(writer->fd);
	return NULL;
}

static void start(struct writer *writer, int fd, const uint8_t *data, size_t size)
{
	*writer = (struct writer){.fd = fd, .data = data, .size = size};
	assert_int_equal(pthread_create(&writer->thread, NULL, write_pieces, writer), 0);
}

/* Opens a source on a pipe or a socket. */
static gopm_status open_stream(struct gopm__source *source, const uint8_t *data, size_t size, bool socket,
                               const struct gopm__source_request *how, gopm_error **err)
{
	struct gopm__source_request request = *how;
	struct writer writer;
	int ends[2];

	assert_int_equal(socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends), 0);
	request.fd = ends[0];
	start(&writer, ends[1], data, size);
	gopm_status status = gopm__source_open(source, &request, err);
	/* The caller's descriptor stays open. */
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(pthread_join(writer.thread, NULL), 0);
	return status;
}

static const struct gopm__source_request usual = {.fd = -1, .what = "core", .unpack = true, .temporary_folder = "/tmp"};

static void reads_to_the_end(void **state)
{
	static const size_t sizes[] = {1, 4096, (size_t)1 << 20, ((size_t)1 << 20) + 1, SIZE};
	uint8_t *data = content();

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		for (int socket = 0; socket < 2; socket++) {
			struct gopm__source source;
			assert_int_equal(open_stream(&source, data, sizes[i], socket != 0, &usual, NULL), GOPM_OK);
			assert_int_equal(source.size, sizes[i]);
			assert_memory_equal(gopm__source_span(&source, 0, sizes[i]), data, sizes[i]);
			assert_null(gopm__source_span(&source, 0, sizes[i] + 1));
			assert_string_equal(source.compression, "");
			gopm__source_close(&source);
		}
	}
	free(data);
}

static void unpacks_what_comes(void **state)
{
	uint8_t *data = content(), *packed = malloc(SIZE);
	struct gopm__source source;

	(void)state;
	assert_non_null(packed);
	size_t size = ZSTD_compress(packed, SIZE, data, SIZE, 1);
	assert_false(ZSTD_isError(size));
	assert_int_equal(open_stream(&source, packed, size, false, &usual, NULL), GOPM_OK);
	assert_string_equal(source.compression, "zstd");
	assert_int_equal(source.size, SIZE);
	assert_memory_equal(gopm__source_span(&source, 0, SIZE), data, SIZE);
	gopm__source_close(&source);
	/* The writer died in the middle: the bytes that came are there, and the core is truncated. */
	assert_int_equal(open_stream(&source, packed, size / 2, false, &usual, NULL), GOPM_OK);
	assert_non_null(source.damage);
	assert_true(source.size < SIZE);
	assert_memory_equal(gopm__source_span(&source, 0, source.size), data, source.size);
	gopm__source_close(&source);
	free(packed);
	free(data);
}

static void expect_failure(const uint8_t *data, size_t size, const struct gopm__source_request *request,
                           gopm_status status, const char *text)
{
	struct gopm__source source;
	gopm_error *err = NULL;

	assert_int_equal(open_stream(&source, data, size, false, request, &err), status);
	if (strstr(gopm_error_message(err), text) == NULL) {
		print_error("%s\n", gopm_error_message(err));
	}
	assert_non_null(strstr(gopm_error_message(err), text));
	gopm_error_free(err);
}

static void nothing_comes(void **state)
{
	(void)state;
	expect_failure((const uint8_t *)"", 0, &usual, GOPM_ERR_FORMAT, "is empty");
}

/* Reads no more than the limit, and keeps nothing. */
static void longer_than_allowed(void **state)
{
	struct gopm__source_request request = usual;
	struct gopm__source source;
	uint8_t *data = content();

	(void)state;
	request.max_unpacked_size = SIZE - 1;
	expect_failure(data, SIZE, &request, GOPM_ERR_LIMIT, "max_unpacked_size");
	request.max_unpacked_size = SIZE / 2;
	expect_failure(data, SIZE, &request, GOPM_ERR_LIMIT, "max_unpacked_size");
	request.max_unpacked_size = SIZE;
	assert_int_equal(open_stream(&source, data, SIZE, false, &request, NULL), GOPM_OK);
	gopm__source_close(&source);
	free(data);
}

/* An endless stream of something else is refused at its start. */
static void not_a_core(void **state)
{
	struct gopm__source_request request = usual;
	struct gopm__source source;
	uint8_t *data = content(), *packed = malloc(SIZE);

	(void)state;
	assert_non_null(packed);
	request.elf = true;
	request.temporary_folder = "/nonexistent/folder";
	expect_failure(data, SIZE, &request, GOPM_ERR_IO, "/nonexistent/folder");
	request = usual;
	request.elf = true;
	expect_failure(data, SIZE, &request, GOPM_ERR_FORMAT, "is not an ELF file; expected a core");
	expect_failure((const uint8_t *)"MZ", 2, &request, GOPM_ERR_UNSUPPORTED, "a Windows executable");
	/* A compressed stream of something else too. */
	size_t size = ZSTD_compress(packed, SIZE, data, SIZE, 1);
	assert_false(ZSTD_isError(size));
	expect_failure(packed, size, &request, GOPM_ERR_FORMAT, "is not an ELF file; expected a core");
	memcpy(data,
	       "\x7f"
	       "ELF",
	       4);
	assert_int_equal(open_stream(&source, data, SIZE, false, &request, NULL), GOPM_OK);
	gopm__source_close(&source);
	size = ZSTD_compress(packed, SIZE, data, SIZE, 1);
	assert_int_equal(open_stream(&source, packed, size, false, &request, NULL), GOPM_OK);
	assert_int_equal(source.size, SIZE);
	gopm__source_close(&source);
	free(packed);
	free(data);
}

static void folder_is_missing_or_full(void **state)
{
	struct gopm__source_request request = usual;
	uint8_t *data = content();
	char folder[] = "/tmp/gopm-test-XXXXXX";
	struct rlimit old, small;

	(void)state;
	request.temporary_folder = "/nonexistent/folder";
	expect_failure(data, SIZE, &request, GOPM_ERR_IO, "/nonexistent/folder: No such file or directory");
	request.temporary_folder = "/tmp";
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 100000;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	struct gopm__source source;
	gopm_error *err = NULL;
	gopm_status status = open_stream(&source, data, SIZE, false, &request, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	(void)signal(SIGXFSZ, handler);
	assert_int_equal(status, GOPM_ERR_IO);
	assert_non_null(strstr(gopm_error_message(err), "cannot copy it to /tmp: File too large"));
	gopm_error_free(err);
	assert_non_null(mkdtemp(folder));
	if (mount("none", folder, "tmpfs", 0, "size=256k") == 0) {
		err = NULL;
		request.temporary_folder = folder;
		status = open_stream(&source, data, SIZE, false, &request, &err);
		bool named = strstr(gopm_error_message(err), "; use another temporary folder") != NULL;
		gopm_error_free(err);
		/* No file in the folder is open any more. */
		assert_int_equal(umount(folder), 0);
		assert_int_equal(status, GOPM_ERR_IO);
		assert_true(named);
	} else {
		print_message("no right to mount: a full disk is left out\n");
	}
	assert_int_equal(rmdir(folder), 0);
	free(data);
}

/* Many zeroes: the temporary file has no name in its folder. */
static void zeroes_take_no_room(void **state)
{
	const size_t size = (size_t)256 << 20;
	uint8_t *data = calloc(1, size);
	char folder[] = "/tmp/gopm-test-XXXXXX";
	struct gopm__source_request request = usual;
	struct gopm__source source;

	(void)state;
	assert_non_null(data);
	assert_non_null(mkdtemp(folder));
	data[size - 1] = 1;
	request.temporary_folder = folder;
	assert_int_equal(open_stream(&source, data, size, false, &request, NULL), GOPM_OK);
	assert_int_equal(source.size, size);
	assert_int_equal(*gopm__source_span(&source, size - 1, 1), 1);
	assert_int_equal(*gopm__source_span(&source, size / 2, 1), 0);
	assert_int_equal(rmdir(folder), 0);
	gopm__source_close(&source);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_to_the_end),    cmocka_unit_test(unpacks_what_comes),
	    cmocka_unit_test(nothing_comes),       cmocka_unit_test(longer_than_allowed),
	    cmocka_unit_test(not_a_core),          cmocka_unit_test(folder_is_missing_or_full),
	    cmocka_unit_test(zeroes_take_no_room),
	};
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
