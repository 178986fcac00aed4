/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/sparse.h"

static void holes_take_no_room(void **state)
{
	struct gopm__sparse file;
	size_t size = (size_t)8 << 20;
	uint8_t *data = calloc(1, size), *back = malloc(size);
	struct stat st;

	(void)state;
	assert_non_null(data);
	assert_non_null(back);
	memset(data + 5000, 'x', 100);
	memset(data + size / 2, 'y', 10000);
	assert_int_equal(gopm__sparse_open(&file, "/tmp"), 0);
	/* In pieces that are not multiples of a block. */
	for (size_t at = 0; at < size;) {
		size_t piece = size - at < 99991 ? size - at : 99991;
		assert_int_equal(gopm__sparse_write(&file, data + at, piece), 0);
		at += piece;
	}
	assert_int_equal(gopm__sparse_finish(&file), 0);
	assert_int_equal(file.size, size);
	assert_int_equal(fstat(file.fd, &st), 0);
	assert_int_equal(st.st_size, (off_t)size);
	assert_int_equal(st.st_nlink, 0);
	assert_true(st.st_blocks * 512 < 256 * 1024);
	assert_int_equal(pread(file.fd, back, size, 0), (ssize_t)size);
	assert_memory_equal(back, data, size);
	gopm__sparse_close(&file);
	free(data);
	free(back);
}

static void needs_a_folder(void **state)
{
	struct gopm__sparse file;

	(void)state;
	assert_true(gopm__sparse_open(&file, "/nonexistent") != 0);
	gopm__sparse_close(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(holes_take_no_room),
	    cmocka_unit_test(needs_a_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
