/* SPDX-License-Identifier: Apache-2.0 */
#ifdef GOPM_BZIP2
#include <bzlib.h>
#endif
#include <fcntl.h>
#include <lz4frame.h>
#include <lzma.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "cmocka_all.h"
#include "core/source.h"
#include "support/testcore.h"

/* Text, zeroes, text: larger than every kind of block. */
#define SIZE ((size_t)5 * 1024 * 1024 + 123)

static uint8_t *content(void)
{
	uint8_t *data = calloc(1, SIZE);
	uint32_t seed = 1;

	assert_non_null(data);
	for (size_t i = 0; i < SIZE; i++) {
		if (i < 300000 || i > SIZE - 200000) {
			seed = seed * 1103515245 + 12345;
			data[i] = (uint8_t)(seed >> 16 & 15);
		}
	}
	return data;
}

static const struct gopm__source_request nothing = {.fd = -1, .what = "core", .unpack = true};

static void expect_failure(const struct gopm__source_request *request, gopm_status status, const char *text)
{
	struct gopm__source source;
	gopm_error *err = NULL;

	assert_int_equal(gopm__source_open(&source, request, &err), status);
	if (strstr(gopm_error_message(err), text) == NULL) {
		print_error("%s\n", gopm_error_message(err));
	}
	assert_non_null(strstr(gopm_error_message(err), text));
	gopm_error_free(err);
}

/* Pages of this process that are in memory (proc(5), statm). */
static uint64_t resident_pages(void)
{
	unsigned long all, resident;
	FILE *file = fopen("/proc/self/statm", "re");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu %lu", &all, &resident), 2);
	assert_int_equal(fclose(file), 0);
	return resident;
}

static void opens_a_path(void **state)
{
	struct gopm__source_request request = nothing;
	struct gopm__source source;
	char path[64];

	(void)state;
	test_file(path, "hello", 5);
	request.path = path;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_int_equal(source.size, 5);
	assert_string_equal(source.name, path);
	assert_string_equal(source.compression, "");
	assert_memory_equal(gopm__source_span(&source, 0, 5), "hello", 5);
	assert_null(gopm__source_span(&source, 0, 6));
	assert_null(gopm__source_span(&source, 6, 0));
	assert_non_null(gopm__source_span(&source, 5, 0));
	assert_null(gopm__source_span(&source, 3, UINT64_MAX));
	gopm__source_close(&source);
	assert_int_equal(unlink(path), 0);
	expect_failure(&request, GOPM_ERR_IO, "cannot open the core: No such file");
}

static void refuses_what_is_no_file(void **state)
{
	struct gopm__source_request request = nothing;
	char path[64];

	(void)state;
	request.path = "/tmp";
	expect_failure(&request, GOPM_ERR_IO, "is a directory");
	request.path = "/dev/null";
	expect_failure(&request, GOPM_ERR_IO, "not a regular file");
	test_file(path, "", 0);
	request.path = path;
	expect_failure(&request, GOPM_ERR_FORMAT, "is empty");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_failure(&request, GOPM_ERR_IO, "not a regular file");
	assert_int_equal(unlink(path), 0);
}

/* The caller's descriptor stays open, and its file offset does not change. */
static void opens_a_descriptor(void **state)
{
	struct gopm__source_request request = nothing;
	struct gopm__source source;
	char path[64], byte;

	(void)state;
	test_file(path, "hello", 5);
	request.fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(request.fd >= 0);
	assert_int_equal(lseek(request.fd, 2, SEEK_SET), 2);
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_memory_equal(gopm__source_span(&source, 0, 5), "hello", 5);
	assert_int_equal(read(request.fd, &byte, 1), 1);
	assert_int_equal(byte, 'l');
	assert_int_equal(close(request.fd), 0);
	assert_memory_equal(gopm__source_span(&source, 0, 5), "hello", 5);
	gopm__source_close(&source);
	expect_failure(&request, GOPM_ERR_IO, "Bad file descriptor");
	assert_int_equal(unlink(path), 0);
}

struct caller {
	const uint8_t *data;
	size_t size, most;  /* of one call */
	uint64_t fail_from; /* returns -1 from this offset on */
	int calls;
	int inside;
};

static int64_t read_caller(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	struct caller *caller = user_data;

	assert_int_equal(__atomic_add_fetch(&caller->inside, 1, __ATOMIC_SEQ_CST), 1);
	caller->calls++;
	int64_t result = -1;
	if (offset + size <= caller->fail_from) {
		size = size < caller->most ? size : caller->most;
		if (offset >= caller->size) {
			result = 0;
		} else {
			size = size < caller->size - offset ? size : (size_t)(caller->size - offset);
			memcpy(buffer, caller->data + offset, size);
			result = (int64_t)size;
		}
	}
	assert_int_equal(__atomic_sub_fetch(&caller->inside, 1, __ATOMIC_SEQ_CST), 0);
	return result;
}

static void reads_by_callback(void **state)
{
	uint8_t *data = content();
	struct caller caller = {data, SIZE, 1000, UINT64_MAX, 0, 0};
	struct gopm__source_request request = nothing;
	struct gopm__source source;

	(void)state;
	request.read = read_caller;
	request.user_data = &caller;
	request.read_size = SIZE;
	request.unpack = false;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_int_equal(caller.calls, 0);
	const uint8_t *first = gopm__source_span(&source, 100, 50);
	assert_non_null(first);
	assert_memory_equal(first, data + 100, 50);
	int calls = caller.calls;
	assert_ptr_equal(gopm__source_span(&source, 100, 5000), first);
	assert_int_equal(caller.calls, calls);
	assert_memory_equal(gopm__source_span(&source, 0, SIZE), data, SIZE);
	assert_memory_equal(gopm__source_span(&source, SIZE - 1, 1), data + SIZE - 1, 1);
	assert_null(gopm__source_span(&source, SIZE - 1, 2));
	gopm__source_close(&source);
	/* To detect compression, the first bytes are read at the open. */
	request.unpack = true;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_string_equal(source.compression, "");
	gopm__source_close(&source);
	request.read_size = 0;
	expect_failure(&request, GOPM_ERR_FORMAT, "is empty");
	request.read_size = UINT64_MAX;
	expect_failure(&request, GOPM_ERR_LIMIT, "address space");
	free(data);
}

static int64_t read_absurd(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	(void)offset;
	(void)buffer;
	return *(const bool *)user_data ? (int64_t)size + 1 : INT64_MIN;
}

/* Does not touch the pages, so that they take no memory. */
static int64_t read_nothing(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	(void)user_data;
	(void)offset;
	(void)buffer;
	return (int64_t)size;
}

/* Reads more places of a big file than a process may have mappings. */
static void reads_in_many_places(void **state)
{
	struct gopm__source_request request = nothing;
	struct gopm__source source;
	uint64_t places = 34000, distance = 2 * 65536; /* one mapping each, and one between two of them */

	(void)state;
	request.read = read_nothing;
	request.read_size = places * distance;
	request.unpack = false;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	for (uint64_t i = 0; i < places; i++) {
		assert_non_null(gopm__source_span(&source, i * distance, 1));
	}
	gopm__source_close(&source);
}

static void callback_fails(void **state)
{
	uint8_t *data = content();
	struct caller caller = {data, SIZE / 2, SIZE, UINT64_MAX, 0, 0};
	struct gopm__source_request request = nothing;
	struct gopm__source source;
	bool much = true;

	(void)state;
	request.read = read_caller;
	request.user_data = &caller;
	request.read_size = SIZE;
	request.unpack = false;
	/* The file is shorter than the caller said. */
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_non_null(gopm__source_span(&source, 0, 100));
	assert_null(gopm__source_span(&source, 0, SIZE));
	assert_null(gopm__source_span(&source, SIZE - 1, 1));
	gopm__source_close(&source);
	/* The callback fails, then works: a failure is not cached. */
	caller.size = SIZE;
	caller.fail_from = SIZE / 2;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_null(gopm__source_span(&source, SIZE - 1, 1));
	caller.fail_from = UINT64_MAX;
	assert_memory_equal(gopm__source_span(&source, SIZE - 1, 1), data + SIZE - 1, 1);
	gopm__source_close(&source);
	/* The callback returns more than was asked for, or a negative number. */
	request.read = read_absurd;
	request.user_data = &much;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_null(gopm__source_span(&source, 0, 1));
	much = false;
	assert_null(gopm__source_span(&source, 0, 1));
	gopm__source_close(&source);
	free(data);
}

struct reading {
	struct gopm__source *source;
	const uint8_t *data;
	uint32_t seed;
	bool wrong;
};

static void *read_randomly(void *argument)
{
	struct reading *r = argument;

	for (int i = 0; i < 2000; i++) {
		r->seed = r->seed * 1103515245 + 12345;
		size_t at = (r->seed >> 4) % (SIZE - 64);
		const uint8_t *p = gopm__source_span(r->source, at, 64);
		r->wrong = r->wrong || p == NULL || memcmp(p, r->data + at, 64) != 0;
	}
	return NULL;
}

static void many_threads_read(void **state)
{
	uint8_t *data = content();
	struct caller caller = {data, SIZE, 4096, UINT64_MAX, 0, 0};
	struct gopm__source_request request = nothing;
	struct gopm__source source;
	struct reading readings[4];
	pthread_t threads[4];

	(void)state;
	request.read = read_caller;
	request.user_data = &caller;
	request.read_size = SIZE;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	for (uint32_t i = 0; i < 4; i++) {
		readings[i] = (struct reading){&source, data, i * 7919, false};
		assert_int_equal(pthread_create(&threads[i], NULL, read_randomly, &readings[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_false(readings[i].wrong);
	}
	gopm__source_close(&source);
	free(data);
}

static size_t pack_zstd(uint8_t *out, size_t room, const uint8_t *in, size_t size)
{
	return ZSTD_compress(out, room, in, size, 1);
}

static size_t pack_lz4(uint8_t *out, size_t room, const uint8_t *in, size_t size)
{
	return LZ4F_compressFrame(out, room, in, size, NULL);
}

static size_t pack_xz(uint8_t *out, size_t room, const uint8_t *in, size_t size)
{
	size_t made = 0;
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, in, size, out, &made, room), LZMA_OK);
	return made;
}

static size_t pack_gzip(uint8_t *out, size_t room, const uint8_t *in, size_t size)
{
	z_stream z = {
	    .next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)size, .next_out = out, .avail_out = (uInt)room};

	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&z), Z_OK);
	return room - z.avail_out;
}

#ifdef GOPM_BZIP2
static size_t pack_bzip2(uint8_t *out, size_t room, const uint8_t *in, size_t size)
{
	unsigned made = (unsigned)room;

	assert_int_equal(BZ2_bzBuffToBuffCompress((char *)out, &made, (char *)(uintptr_t)in, (unsigned)size, 1, 0, 0),
	                 BZ_OK);
	return made;
}
#endif

static const struct packer {
	const char *name;
	size_t (*pack)(uint8_t *out, size_t room, const uint8_t *in, size_t size);
	bool checks; /* it has a checksum by default */
} packers[] = {
    {"zstd", pack_zstd, false},  {"lz4", pack_lz4, false}, {"xz", pack_xz, true}, {"gzip", pack_gzip, true},
#ifdef GOPM_BZIP2
    {"bzip2", pack_bzip2, true},
#endif
};

#define PACKERS (sizeof packers / sizeof packers[0])
#define ROOM (SIZE * 2)

static void open_packed(struct gopm__source *source, const uint8_t *packed, size_t size)
{
	struct gopm__source_request request = nothing;
	gopm_error *err = NULL;

	request.data = packed;
	request.data_size = size;
	if (gopm__source_open(source, &request, &err) != GOPM_OK) {
		fail_msg("%s", gopm_error_message(err));
	}
}

static void unpacks(void **state)
{
	uint8_t *data = content(), *packed = malloc(ROOM);

	(void)state;
	assert_non_null(packed);
	for (size_t i = 0; i < PACKERS; i++) {
		struct gopm__source source;
		/* Three frames; the middle one has one byte. */
		size_t size = packers[i].pack(packed, ROOM, data, 1000000);
		size += packers[i].pack(packed + size, ROOM - size, data + 1000000, 1);
		size += packers[i].pack(packed + size, ROOM - size, data + 1000001, SIZE - 1000001);
		open_packed(&source, packed, size);
		assert_string_equal(source.compression, packers[i].name);
		assert_null(source.damage);
		assert_int_equal(source.size, SIZE);
		assert_memory_equal(gopm__source_span(&source, 0, SIZE), data, SIZE);
		gopm__source_close(&source);
	}
	free(packed);
	free(data);
}

static void unpacks_from_callback_and_file(void **state)
{
	uint8_t *data = content(), *packed = malloc(ROOM);
	struct gopm__source_request request = nothing;
	struct gopm__source source;
	char path[64];

	(void)state;
	assert_non_null(packed);
	size_t size = pack_zstd(packed, ROOM, data, SIZE);
	struct caller caller = {packed, size, 10000, UINT64_MAX, 0, 0};
	request.read = read_caller;
	request.user_data = &caller;
	request.read_size = size;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_int_equal(source.size, SIZE);
	assert_memory_equal(gopm__source_span(&source, 0, SIZE), data, SIZE);
	gopm__source_close(&source);
	/* The callback fails in the middle: the bytes before it are kept. */
	caller.fail_from = 200000;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_non_null(source.damage);
	assert_memory_equal(gopm__source_span(&source, 0, source.size), data, source.size);
	gopm__source_close(&source);

	test_file(path, packed, size);
	request = nothing;
	request.path = path;
	request.temporary_folder = "/tmp";
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_string_equal(source.name, path);
	assert_memory_equal(gopm__source_span(&source, 0, SIZE), data, SIZE);
	gopm__source_close(&source);
	request.temporary_folder = "/nonexistent/folder";
	expect_failure(&request, GOPM_ERR_IO, "temporary file in /nonexistent/folder");
	request.temporary_folder = NULL;
	request.max_unpacked_size = SIZE - 1;
	expect_failure(&request, GOPM_ERR_LIMIT, "max_unpacked_size");
	request.max_unpacked_size = SIZE;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	gopm__source_close(&source);
	request.unpack = false;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_int_equal(source.size, size);
	gopm__source_close(&source);
	assert_int_equal(unlink(path), 0);
	free(packed);
	free(data);
}

/* The disk is too small for the core; a limit on the size of files acts as the small disk. */
static void disk_is_full(void **state)
{
	uint8_t *data = content(), *packed = malloc(ROOM);
	struct gopm__source_request request = nothing;
	struct rlimit old, small;

	(void)state;
	assert_non_null(packed);
	request.data = packed;
	request.data_size = pack_zstd(packed, ROOM, data, SIZE);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 100000;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	struct gopm__source source;
	gopm_error *err = NULL;
	gopm_status status = gopm__source_open(&source, &request, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	(void)signal(SIGXFSZ, handler);
	assert_int_equal(status, GOPM_ERR_IO);
	assert_non_null(strstr(gopm_error_message(err), "cannot unpack into /var/tmp: File too large"));
	gopm_error_free(err);
	free(packed);
	free(data);
}

static void cut_streams(void **state)
{
	uint8_t *data = content(), *packed = malloc(ROOM);
	struct gopm__source_request request = nothing;

	(void)state;
	assert_non_null(packed);
	for (size_t i = 0; i < PACKERS; i++) {
		size_t size = packers[i].pack(packed, ROOM, data, 20000);
		request.data = packed;
		for (size_t cut = 8; cut < size; cut += size / 97 + 1) {
			struct gopm__source source;
			gopm_error *err = NULL;
			request.data_size = cut;
			gopm_status status = gopm__source_open(&source, &request, &err);
			if (status == GOPM_OK) {
				assert_non_null(source.damage);
				assert_true(source.size <= 20000);
				assert_memory_equal(gopm__source_span(&source, 0, source.size), data, source.size);
				gopm__source_close(&source);
			} else {
				assert_int_equal(status, GOPM_ERR_TRUNCATED);
				assert_non_null(strstr(gopm_error_message(err), "nothing could be unpacked"));
				gopm_error_free(err);
			}
		}
		/* Bytes after the last frame. */
		struct gopm__source source;
		memcpy(packed + size, "garbage, garbage", 16);
		open_packed(&source, packed, size + 16);
		assert_non_null(source.damage);
		assert_int_equal(source.size, 20000);
		gopm__source_close(&source);
		/* Zeroes after it are padding, as gzip(1) accepts them. xz has a multiple of four of them. */
		memset(packed + size, 0, 512);
		if (packers[i].checks) {
			open_packed(&source, packed, size + 512);
			assert_null(source.damage);
			assert_int_equal(source.size, 20000);
			gopm__source_close(&source);
		}
		/* A byte in the middle is wrong. */
		packed[size / 2] ^= 0x55;
		request.data_size = size;
		if (gopm__source_open(&source, &request, NULL) == GOPM_ERR_TRUNCATED) {
			continue; /* bzip2 finds it before the first byte */
		}
		assert_true(source.damage != NULL || !packers[i].checks);
		/* gzip and bzip2 decode other bits to other bytes, maybe more; their checksum comes after them. */
		assert_true(source.size <= 20000 || i >= 3);
		gopm__source_close(&source);
	}
	free(packed);
	free(data);
}

static void skips_empty_frames(void **state)
{
	uint8_t *data = content(), *packed = malloc(ROOM);
	static const uint8_t skippable[] = {0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
	struct gopm__source source;

	(void)state;
	assert_non_null(packed);
	for (size_t i = 0; i < 2; i++) {
		memcpy(packed, skippable, sizeof skippable);
		size_t size = sizeof skippable;
		size += packers[i].pack(packed + size, ROOM - size, data, 20000);
		open_packed(&source, packed, size);
		assert_string_equal(source.compression, packers[i].name);
		assert_int_equal(source.size, 20000);
		assert_null(source.damage);
		gopm__source_close(&source);
	}
	free(packed);
	free(data);
}

/* Zeroes take no space on disk: a gigabyte of them is decompressed under a limit that would fail otherwise. */
static void stays_sparse(void **state)
{
	struct gopm__source_request request = nothing;
	struct gopm__source source;
	size_t big = (size_t)256 << 20, room = (size_t)1 << 20;
	uint8_t *data = calloc(1, big), *packed = malloc(room);

	(void)state;
	assert_non_null(data);
	assert_non_null(packed);
	data[0] = 1;
	size_t size = ZSTD_compress(packed, room, data, big, 1);
	assert_false(ZSTD_isError(size));
	request.data = packed;
	request.data_size = size;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	assert_int_equal(source.size, big);
	assert_int_equal(*gopm__source_span(&source, 0, 1), 1);
	assert_int_equal(*gopm__source_span(&source, big - 1, 1), 0);
	gopm__source_close(&source);
	free(packed);
	free(data);
}

/* A file that became shorter, or that the disk lost, is a failed read and not a signal. */
static void file_becomes_shorter(void **state)
{
	static const struct gopm__io_options options = {.map = false};
	struct gopm__source_request request = nothing;
	uint8_t *data = content(), *copy = malloc(SIZE);
	struct gopm__findings findings;
	struct gopm__source source;
	struct gopm__io io;
	gopm_error *err = NULL;
	uint8_t word[8];
	char path[64];

	(void)state;
	assert_non_null(copy);
	gopm__findings_init(&findings, 10);
	gopm__io_init(&io, &options, &findings);
	test_file(path, data, SIZE);
	request.path = path;
	request.io = &io;
	assert_int_equal(gopm__source_open(&source, &request, &err), GOPM_OK);
	assert_non_null(gopm__source_span(&source, 0, 100));
	assert_true(gopm__source_copy(&source, SIZE - 8, word, sizeof word));
	assert_memory_equal(word, data + SIZE - 8, sizeof word);
	assert_true(gopm__source_copy(&source, 1, copy, SIZE - 1));
	assert_memory_equal(copy, data + 1, SIZE - 1);
	assert_int_equal(gopm__io_status(&io, NULL), GOPM_OK);
	assert_int_equal(truncate(path, 4096), 0);
	assert_memory_equal(gopm__source_span(&source, 0, 100), data, 100); /* was read before */
	assert_null(gopm__source_span(&source, 200000, 100));
	assert_null(gopm__source_view(&source, 300000, 8, word));
	assert_false(gopm__source_copy(&source, 400000, copy, 200000));
	assert_int_equal(gopm__io_status(&io, &err), GOPM_ERR_IO);
	assert_string_equal(gopm_error_path(err), path);
	assert_true(gopm_error_offset(err) >= 4096 && gopm_error_offset(err) <= 200000);
	assert_non_null(strstr(gopm_error_message(err), "became shorter"));
	gopm_error_free(err);
	assert_int_equal(findings.total, 1); /* the rest follows from the first */
	assert_int_equal(findings.list[0].kind, GOPM_FINDING_IO);
	gopm__source_close(&source);
	gopm__io_clear(&io);
	gopm__findings_clear(&findings);
	assert_int_equal(unlink(path), 0);
	free(copy);
	free(data);
}

/* Small reads everywhere keep no more than a few megabytes. */
static void copies_keep_nothing(void **state)
{
	struct gopm__source_request request = nothing;
	size_t size = (size_t)256 << 20;
	struct gopm__source source;
	uint8_t word[8];
	char path[64];

	(void)state;
	test_file(path, "x", 1);
	assert_int_equal(truncate(path, (off_t)size), 0);
	request.path = path;
	request.unpack = false;
	assert_int_equal(gopm__source_open(&source, &request, NULL), GOPM_OK);
	uint64_t before = resident_pages();
	for (size_t at = 0; at + 8192 <= size; at += 4096) {
		assert_true(gopm__source_copy(&source, at + 4092, word, sizeof word));
	}
	assert_true(resident_pages() < before + 4096); /* 16 MiB; the kernel may count fewer than before */
	gopm__source_close(&source);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_a_path),
	    cmocka_unit_test(refuses_what_is_no_file),
	    cmocka_unit_test(opens_a_descriptor),
	    cmocka_unit_test(reads_by_callback),
	    cmocka_unit_test(reads_in_many_places),
	    cmocka_unit_test(callback_fails),
	    cmocka_unit_test(many_threads_read),
	    cmocka_unit_test(unpacks),
	    cmocka_unit_test(unpacks_from_callback_and_file),
	    cmocka_unit_test(disk_is_full),
	    cmocka_unit_test(cut_streams),
	    cmocka_unit_test(skips_empty_frames),
	    cmocka_unit_test(stays_sparse),
	    cmocka_unit_test(file_becomes_shorter),
	    cmocka_unit_test(copies_keep_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
