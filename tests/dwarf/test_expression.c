/* SPDX-License-Identifier: Apache-2.0 */
/* Location expressions written by hand. The expected results follow from chapter 2 of DWARF 5. */
#include "cmocka_all.h"
#include "dwarf/expression.h"

#include <gopm/types.h>

#define CFA UINT64_C(0x7000)
#define BIAS UINT64_C(0x100000)

static bool read_register(void *user_data, uint64_t number, uint64_t *value)
{
	(void)user_data;
	*value = 1000 + number;
	return number < 8;
}

static bool read_memory(void *user_data, uint64_t address, unsigned size, uint64_t *value)
{
	(void)user_data;
	*value = address + size;
	return address < 0x10000;
}

static struct gopm__location_description place;
static const char *why;

static gopm_status run(const char *code, size_t size)
{
	static const uint8_t frame_base[] = {0x9c}; /* DW_OP_call_frame_cfa */
	static const uint8_t addresses[] = {0, 0, 0, 0, 5, 0, 8, 0, 0x10, 0x20, 0, 0, 0, 0, 0, 0};
	static const struct gopm__list_unit unit = {
	    .version = 5, .offset_size = 4, .address = {addresses, sizeof addresses, 0}, .addr_base = 8};
	const struct gopm__expression_frame frame = {.cfa = CFA,
	                                             .bias = BIAS,
	                                             .unit = &unit,
	                                             .frame_base = frame_base,
	                                             .frame_base_size = sizeof frame_base,
	                                             .read_register = read_register,
	                                             .read_memory = read_memory};

	return gopm__expression_run((const uint8_t *)code, size, &frame, &place, &why);
}

#define RUN(code) run((code), sizeof(code) - 1)

static void is_address(uint64_t address)
{
	assert_int_equal(place.count, 1);
	assert_int_equal(place.pieces[0].kind, GOPM__PIECE_MEMORY);
	assert_int_equal(place.pieces[0].size, 0);
	assert_int_equal(place.pieces[0].value, address);
}

static void is_value(uint64_t value)
{
	assert_int_equal(place.count, 1);
	assert_int_equal(place.pieces[0].kind, GOPM__PIECE_VALUE);
	assert_int_equal(place.pieces[0].value, value);
}

static void finds_addresses(void **state)
{
	(void)state;
	assert_int_equal(RUN("\x9c"), GOPM_OK); /* call_frame_cfa */
	is_address(CFA);
	assert_int_equal(RUN("\x91\x78"), GOPM_OK); /* fbreg -8 */
	is_address(CFA - 8);
	assert_int_equal(RUN("\x91\x80\x01\x06"), GOPM_OK); /* fbreg 128, deref */
	is_address(CFA + 128 + 8);
	assert_int_equal(RUN("\x77\x7f"), GOPM_OK); /* breg7 -1 */
	is_address(1006);
	assert_int_equal(RUN("\x92\x07\x02"), GOPM_OK); /* bregx 7 2 */
	is_address(1009);
	assert_int_equal(RUN("\x03\x34\x12\0\0\0\0\0\0"), GOPM_OK); /* addr */
	is_address(BIAS + 0x1234);
	assert_int_equal(RUN("\xa1\x00"), GOPM_OK); /* addrx 0 */
	is_address(BIAS + 0x2010);
	assert_int_equal(RUN("\xa1\x01"), GOPM_ERR_FORMAT);
	assert_int_equal(RUN("\x9c\x23\x90\x01"), GOPM_OK); /* plus_uconst 144 */
	is_address(CFA + 144);
}

static void computes(void **state)
{
	(void)state;
	assert_int_equal(RUN("\x38\x35\x1c\x9f"), GOPM_OK); /* 8 - 5 */
	is_value(3);
	assert_int_equal(RUN("\x09\xf8\x32\x1b\x9f"), GOPM_OK); /* -8 / 2, signed */
	is_value((uint64_t)-4);
	assert_int_equal(RUN("\x09\xf8\x31\x26\x9f"), GOPM_OK); /* -8 >> 1, with the sign */
	is_value((uint64_t)-4);
	assert_int_equal(RUN("\x09\xf8\x31\x25\x9f"), GOPM_OK); /* the same, without the sign */
	is_value(UINT64_C(0x7ffffffffffffffc));
	assert_int_equal(RUN("\x31\x30\x1b\x9f"), GOPM_ERR_FORMAT); /* by zero */
	assert_int_equal(RUN("\x09\xff\x31\x2d\x9f"), GOPM_OK);     /* -1 < 1 */
	is_value(1);
	assert_int_equal(RUN("\x31\x32\x33\x17\x9f"), GOPM_OK); /* rot: 3 1 2 */
	is_value(2);
	assert_int_equal(RUN("\x31\x32\x15\x01\x9f"), GOPM_OK); /* pick 1 */
	is_value(1);
	assert_int_equal(RUN("\x31\x28\x01\x00\x35\x34\x9f"), GOPM_OK); /* bra over lit5 */
	is_value(4);
	assert_int_equal(RUN("\x0b\xfe\xff\x19\x9f"), GOPM_OK); /* abs(-2) */
	is_value(2);
	assert_int_equal(RUN("\x08\x80\x0d\x80\x80\x80\x80\x22\x9f"), GOPM_OK); /* 128 + const4s */
	is_value((uint64_t)((int64_t)128 + (int32_t)0x80808080));
}

static void takes_pieces(void **state)
{
	(void)state;
	/* reg0 of 8 bytes, nothing of 4, fbreg of 4 */
	assert_int_equal(RUN("\x50\x93\x08\x93\x04\x91\x00\x93\x04"), GOPM_OK);
	assert_int_equal(place.count, 3);
	assert_int_equal(place.pieces[0].kind, GOPM__PIECE_REGISTER);
	assert_int_equal(place.pieces[0].size, 8);
	assert_int_equal(place.pieces[1].kind, GOPM__PIECE_MISSING);
	assert_int_equal(place.pieces[1].size, 4);
	assert_int_equal(place.pieces[2].kind, GOPM__PIECE_MEMORY);
	assert_int_equal(place.pieces[2].value, CFA);
	assert_int_equal(RUN("\x90\x11"), GOPM_OK); /* regx 17 */
	assert_int_equal(place.pieces[0].kind, GOPM__PIECE_REGISTER);
	assert_int_equal(place.pieces[0].value, 17);
	assert_int_equal(RUN("\x9e\x03"
	                     "abc"),
	                 GOPM_OK); /* implicit_value */
	assert_int_equal(place.pieces[0].kind, GOPM__PIECE_LITERAL);
	assert_int_equal(place.pieces[0].size, 3);
	assert_memory_equal(place.pieces[0].data, "abc", 3);
	assert_int_equal(RUN("\x9e\x02"
	                     "ab\x93\x03"),
	                 GOPM_ERR_FORMAT);
	assert_int_equal(run("", 0), GOPM_OK);
	assert_int_equal(place.count, 0);
}

static void refuses_what_is_wrong(void **state)
{
	char many[2 * 80];

	(void)state;
	assert_int_equal(RUN("\x06"), GOPM_ERR_FORMAT); /* deref of nothing */
	assert_int_equal(RUN("\x22"), GOPM_ERR_FORMAT);
	assert_int_equal(RUN("\x9f"), GOPM_ERR_FORMAT);
	assert_int_equal(RUN("\x03\x01"), GOPM_ERR_FORMAT); /* cut */
	assert_int_equal(RUN("\x9e\xff\xff\x03"), GOPM_ERR_FORMAT);
	assert_int_equal(RUN("\x2f\xfd\xff"), GOPM_ERR_FORMAT);     /* skip to itself: does not end */
	assert_int_equal(RUN("\x2f\x10\x00"), GOPM_ERR_FORMAT);     /* skip past the end */
	assert_int_equal(RUN("\xa3\x01\x50\x9f"), GOPM_NOT_FOUND);  /* entry_value: the caller is unknown */
	assert_int_equal(RUN("\xf3\x01\x50\x9f"), GOPM_NOT_FOUND);  /* by its GNU number */
	assert_int_equal(RUN("\xa3\x05\x50\x9f"), GOPM_ERR_FORMAT); /* longer than the expression */
	assert_non_null(why);
	assert_int_equal(RUN("\x78\x00"), GOPM_NOT_FOUND); /* breg8, not known */
	assert_int_equal(RUN("\x03\x00\x00\x00\x00\x10\x00\x00\x00\x06"), GOPM_NOT_FOUND);
	memset(many, 0x31, sizeof many);
	assert_int_equal(run(many, sizeof many), GOPM_ERR_FORMAT); /* too deep */
	for (size_t i = 0; i < sizeof many; i += 2) {
		many[i] = (char)0x93;
		many[i + 1] = 1;
	}
	assert_int_equal(run(many, sizeof many), GOPM_ERR_FORMAT); /* too many pieces */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_addresses),
	    cmocka_unit_test(computes),
	    cmocka_unit_test(takes_pieces),
	    cmocka_unit_test(refuses_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
