/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of channels, sound and damaged. The offsets are those of Go 1.27's runtime.hchan and runtime.sudog, read
 * off runtime/chan.go and runtime/runtime2.go. */
#include "cmocka_all.h"

#include <string.h>

#include "runtime/chan.h"
#include "support/made.h"

#define CHAN (BASE + 0x70000)
#define TIMER (BASE + 0x71000)
#define BUFFER (BASE + 0x72000)
#define TYPE (BASE + 0x73000)

enum { ELEM_SIZE = 24, CAPACITY = 4, SUDOG_STRIDE = 128, STEPS = 1000 };

static const struct gopm__layout go127 = {
    .size = {[GOPM__STRUCT_SUDOG] = 104, [GOPM__STRUCT_HCHAN] = 112},
    .sudog = {.g = 0, .next = 8, .prev = 16, .elem = 32, .parent = 64, .waitlink = 72, .c = 96},
    .hchan = {.qcount = 0,
              .dataqsiz = 8,
              .buf = 16,
              .elemsize = 24,
              .closed = 28,
              .timer = 32,
              .elemtype = 40,
              .recvx = 56,
              .recvq = 64,
              .sendq = 80},
};

static uint64_t sudog(unsigned i)
{
	return SUDOGS + i * SUDOG_STRIDE;
}

/* A queue of `count` sudogs from sudog(0). */
static void put_queue(struct made *p, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		made_put64(p, sudog(i) + 8, i + 1 < count ? sudog(i + 1) : 0);
	}
}

/* Three of four elements, the first one in the last slot. */
static int set_up(void **state)
{
	struct made *p = made_new();

	made_put64(p, CHAN, 3);
	made_put64(p, CHAN + 8, CAPACITY);
	made_put64(p, CHAN + 16, BUFFER);
	made_put(p, CHAN + 24, ELEM_SIZE, 2);
	made_put(p, CHAN + 28, 1, 4);
	made_put64(p, CHAN + 32, TIMER);
	made_put64(p, CHAN + 40, TYPE);
	made_put64(p, CHAN + 48, 2);
	made_put64(p, CHAN + 56, 3);
	made_put64(p, CHAN + 64, sudog(7));
	made_put64(p, CHAN + 80, sudog(0));
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	made_free(*state);
	return 0;
}

static void all_fields(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__hchan chan;
	struct gopm__hchan_ring ring;

	assert_true(gopm__hchan_read(&go127, &reader, CHAN, &chan));
	assert_int_equal(chan.address, CHAN);
	assert_int_equal(chan.length, 3);
	assert_int_equal(chan.capacity, CAPACITY);
	assert_int_equal(chan.elem_size, ELEM_SIZE);
	assert_int_equal(chan.closed, 1);
	assert_int_equal(chan.timer, TIMER);
	assert_int_equal(chan.elem_type, TYPE);
	assert_int_equal(chan.recvq, sudog(7));
	assert_int_equal(chan.sendq, sudog(0));
	assert_true(gopm__hchan_ring(&go127, &reader, &chan, &ring));
	assert_int_equal(gopm__hchan_check(&chan, &ring), GOPM__HCHAN_SOUND);
	assert_int_equal(gopm__hchan_element(&chan, &ring, 0), BUFFER + 3 * ELEM_SIZE);
	assert_int_equal(gopm__hchan_element(&chan, &ring, 1), BUFFER);
	assert_int_equal(gopm__hchan_element(&chan, &ring, 2), BUFFER + ELEM_SIZE);
}

/* Go 1.22 has no timer in hchan. Without a type's address the rest is still known. */
static void fields_that_may_be_absent(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__layout layout = go127;
	struct gopm__hchan chan;

	layout.hchan.timer = -1;
	layout.hchan.elemtype = -1;
	assert_true(gopm__hchan_read(&layout, &reader, CHAN, &chan));
	assert_int_equal(chan.timer, 0);
	assert_int_equal(chan.elem_type, 0);
	assert_int_equal(chan.length, 3);
}

static void fields_that_must_be_there(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__layout layout = go127;
	int32_t *const needed[] = {&layout.hchan.qcount, &layout.hchan.dataqsiz, &layout.hchan.elemsize,
	                           &layout.hchan.closed, &layout.hchan.recvq,    &layout.hchan.sendq};
	int32_t *const of_ring[] = {&layout.hchan.buf, &layout.hchan.recvx};
	struct gopm__hchan chan;
	struct gopm__hchan_ring ring;

	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		layout = go127;
		*needed[i] = -1;
		assert_false(gopm__hchan_read(&layout, &reader, CHAN, &chan));
	}
	for (size_t i = 0; i < sizeof of_ring / sizeof of_ring[0]; i++) {
		layout = go127;
		*of_ring[i] = -1;
		assert_true(gopm__hchan_read(&layout, &reader, CHAN, &chan));
		assert_false(gopm__hchan_ring(&layout, &reader, &chan, &ring));
	}
	assert_false(gopm__hchan_read(&go127, &reader, 0, &chan));
	assert_false(gopm__hchan_read(&go127, &reader, HEAP, &chan));
	assert_false(gopm__hchan_read(&go127, &reader, BASE + SIZE - 80, &chan));
	assert_false(gopm__hchan_read(&go127, &reader, UINT64_MAX - 7, &chan));
}

static enum gopm__hchan_fault fault(struct made *p, uint64_t offset, uint64_t value)
{
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__hchan chan;
	struct gopm__hchan_ring ring;

	made_put64(p, CHAN + offset, value);
	assert_true(gopm__hchan_read(&go127, &reader, CHAN, &chan));
	assert_true(gopm__hchan_ring(&go127, &reader, &chan, &ring));
	/* Elements are in the buffer for every value of the ring. */
	if (chan.capacity == 0) {
		assert_int_equal(gopm__hchan_element(&chan, &ring, 1), 0);
	} else if (chan.capacity == CAPACITY) {
		assert_in_range(gopm__hchan_element(&chan, &ring, UINT64_MAX), BUFFER, BUFFER + 3 * ELEM_SIZE);
	}
	return gopm__hchan_check(&chan, &ring);
}

static void damaged_headers(void **state)
{
	struct made *p = *state;

	assert_int_equal(fault(p, 0, 5), GOPM__HCHAN_LENGTH);
	assert_int_equal(fault(p, 0, UINT64_MAX), GOPM__HCHAN_LENGTH);
	assert_int_equal(fault(p, 0, 4), GOPM__HCHAN_SOUND);
	assert_int_equal(fault(p, 56, 4), GOPM__HCHAN_FIRST);
	assert_int_equal(fault(p, 56, UINT64_MAX), GOPM__HCHAN_FIRST);
	assert_int_equal(fault(p, 56, 0), GOPM__HCHAN_SOUND);
	/* 2^48 bytes of 24 each are too many. */
	assert_int_equal(fault(p, 8, (UINT64_C(1) << 48) / ELEM_SIZE + 1), GOPM__HCHAN_LENGTH);
	assert_int_equal(fault(p, 8, (UINT64_C(1) << 48) / ELEM_SIZE), GOPM__HCHAN_SOUND);
	assert_int_equal(fault(p, 8, 0), GOPM__HCHAN_LENGTH);
	assert_int_equal(fault(p, 0, 0), GOPM__HCHAN_SOUND);
}

/* make(chan struct{}, 1<<62) is valid Go: runtime/chan.go, makechan, limits the bytes of the buffer alone. */
static void elements_without_size(void **state)
{
	struct made *p = *state;

	made_put(p, CHAN + 24, 0, 2);
	assert_int_equal(fault(p, 8, UINT64_C(1) << 62), GOPM__HCHAN_SOUND);
	assert_int_equal(fault(p, 8, INT64_MAX), GOPM__HCHAN_SOUND);
	assert_int_equal(fault(p, 8, (uint64_t)INT64_MAX + 1), GOPM__HCHAN_LENGTH);
}

static enum gopm__queue_end count(struct made *p, uint64_t first, uint64_t *steps, uint64_t *out)
{
	struct gopm__reader reader = gopm__reader(&p->core.memory);

	return gopm__hchan_queue_length(&go127, &reader, first, steps, out);
}

static void queues(void **state)
{
	struct made *p = *state;
	uint64_t steps = STEPS, length;

	assert_int_equal(count(p, 0, &steps, &length), GOPM__QUEUE_COMPLETE);
	assert_int_equal(length, 0);
	assert_int_equal(steps, STEPS);
	put_queue(p, 100);
	assert_int_equal(count(p, sudog(0), &steps, &length), GOPM__QUEUE_COMPLETE);
	assert_int_equal(length, 100);
	assert_int_equal(steps, STEPS - 100);
	steps = 100;
	assert_int_equal(count(p, sudog(0), &steps, &length), GOPM__QUEUE_COMPLETE);
	steps = 99;
	assert_int_equal(count(p, sudog(0), &steps, &length), GOPM__QUEUE_LIMIT);
	assert_int_equal(length, 99);
	assert_int_equal(steps, 0);
}

/* Every entry and length of a cycle ends the walk, within three times the sudogs there are. */
static void cyclic_queues(void **state)
{
	struct made *p = *state;

	for (unsigned size = 1; size <= 20; size++) {
		for (unsigned back = 0; back < size; back++) {
			uint64_t steps = STEPS, length;
			put_queue(p, size);
			made_put64(p, sudog(size - 1) + 8, sudog(back));
			assert_int_equal(count(p, sudog(0), &steps, &length), GOPM__QUEUE_CYCLIC);
			assert_in_range(STEPS - steps, size, 3 * size);
		}
	}
}

static void torn_queues(void **state)
{
	static const uint64_t nowhere[] = {HEAP, BASE + SIZE - 8, UINT64_MAX - 15};
	struct made *p = *state;
	uint64_t length;

	for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
		uint64_t steps = STEPS;
		put_queue(p, 3);
		made_put64(p, sudog(2) + 8, nowhere[i]);
		assert_int_equal(count(p, sudog(0), &steps, &length), GOPM__QUEUE_TORN);
		assert_int_equal(length, 4);
	}
}

static void owners_of_sudogs(void **state)
{
	struct made *p = *state;
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	struct gopm__layout layout = go127;
	uint64_t word;

	made_put64(p, sudog(0), made_g(1));
	made_put64(p, sudog(0) + 96, CHAN);
	assert_true(gopm__sudog_is_of(&layout, &reader, sudog(0), made_g(1)));
	assert_false(gopm__sudog_is_of(&layout, &reader, sudog(0), made_g(2)));
	assert_false(gopm__sudog_is_of(&layout, &reader, HEAP, made_g(1)));
	assert_false(gopm__sudog_is_of(&layout, &reader, 0, 0));
	assert_true(gopm__sudog_channel(&layout, &reader, sudog(0), &word));
	assert_int_equal(word, CHAN);
	layout.sudog.g = -1;
	assert_false(gopm__sudog_is_of(&layout, &reader, sudog(0), made_g(1)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(all_fields),    TEST(fields_that_may_be_absent), TEST(queues),      TEST(fields_that_must_be_there),
	    TEST(cyclic_queues), TEST(damaged_headers),           TEST(torn_queues), TEST(owners_of_sudogs),
	    TEST(cyclic_queues), TEST(elements_without_size),     TEST(torn_queues), TEST(owners_of_sudogs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
