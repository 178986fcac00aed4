/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON. Expected texts are written by hand, by the comments of gopm/json.h. The command writes with the same
 * calls: tests/gopm compares it with Delve. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/sized.h"
#include "util/text.h"

#define STR(literal) ((gopm_str){literal, sizeof(literal) - 1})
#define LOCATION_MEMBERS                                                                                               \
	"\"pc\":4660,\"file\":\"a\\\"b.go\",\"line\":7,\"function\":{\"name\":\"main.f\\ufffd\",\"value\":4608"
#define LOCATION "{" LOCATION_MEMBERS ",\"type\":0,\"goType\":0}}"
#define NOWHERE "{\"pc\":0,\"file\":\"\",\"line\":0}"

static gopm_core *core;

static int set_up(void **state)
{
	(void)state;
	core = sample_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_core_close(core);
	return 0;
}

static gopm_location location(void)
{
	return (gopm_location){.pc = 4660,
	                       .entry = 4608,
	                       .function = STR("main.f\xff"),
	                       .file = STR("a\"b.go"),
	                       .line = 7,
	                       .flags = GOPM_LOCATION_OPTIMIZED};
}

static void test_location(void **state)
{
	const gopm_location l = location(), nowhere = {0};
	char text[256], after = 'x';
	size_t length;

	(void)state;
	assert_int_equal(gopm_location_json(&l, sizeof l, 0, &after, 0, &length), GOPM_OK);
	assert_int_equal(length, strlen(LOCATION));
	assert_int_equal(after, 'x');
	assert_int_equal(gopm_location_json(&l, sizeof l, 0, text, sizeof text, &length), GOPM_OK);
	assert_string_equal(text, LOCATION);
	assert_int_equal(length, strlen(text));
	assert_int_equal(gopm_location_json(&l, sizeof l, GOPM_JSON_DELVE | GOPM_JSON_MEMBERS, text, sizeof text, NULL),
	                 GOPM_OK);
	assert_string_equal(text, LOCATION_MEMBERS ",\"type\":0,\"goType\":0,\"optimized\":true}");
	assert_int_equal(gopm_location_json(&nowhere, sizeof nowhere, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text, NOWHERE);
	assert_int_equal(gopm_location_json(&l, sizeof l, 0, NULL, 0, &length), GOPM_OK);
	assert_int_equal(length, strlen(LOCATION));
	assert_int_equal(gopm_location_json(&l, sizeof l, 0, text, 4, &length), GOPM_OK);
	assert_string_equal(text, "{\"p");
	assert_int_equal(length, strlen(LOCATION));
}

static void test_goroutine(void **state)
{
	static const char delve[] =
	    "{\"id\":20,\"currentLoc\":" LOCATION ",\"userCurrentLoc\":" NOWHERE ",\"goStatementLoc\":" NOWHERE
	    ",\"startLoc\":" NOWHERE
	    ",\"threadID\":9,\"status\":4,\"waitSince\":-5,\"waitReason\":17,\"unreadable\":\"\"";
	static const char own[] =
	    ",\"statusName\":\"waiting\",\"waitReasonName\":\"chan send\",\"waitTime\":90000000000,\"parentID\":1,"
	    "\"system\":true,\"address\":824633720832,\"lockedThreadID\":3,\"partial\":true,\"wait\":{\"kind\":\"chan "
	    "send\","
	    "\"object\":824633724928,\"type\":\"main.Metric\",\"length\":2,\"capacity\":3,\"closed\":false,\"senders\":"
	    "4,"
	    "\"receivers\":0}";
	gopm_goroutine g = {.address = UINT64_C(0xc000000000),
	                    .id = 20,
	                    .parent_id = 1,
	                    .status = GOPM_G_WAITING,
	                    .raw_status = 4,
	                    .flags = GOPM_G_FLAG_SYSTEM | GOPM_G_FLAG_PARTIAL,
	                    .raw_wait_reason = 17,
	                    .status_name = STR("waiting"),
	                    .wait_reason = STR("chan send"),
	                    .wait_since = -5,
	                    .wait_time = INT64_C(90000000000),
	                    .thread_id = 9,
	                    .locked_thread_id = 3,
	                    .current = location(),
	                    .wait = {.kind = GOPM_WAIT_CHAN_SEND,
	                             .flags = GOPM_WAIT_FLAG_COUNTS,
	                             .object = UINT64_C(0xc000001000),
	                             .type = STR("main.Metric"),
	                             .length = 2,
	                             .capacity = 3,
	                             .senders = 4,
	                             .fd = -1},
	                    .wait_count = 1};
	struct {
		gopm_goroutine now;
		uint64_t later;
	} wide = {g, UINT64_MAX};
	char text[2048], whole[2048];

	(void)state;
	(void)snprintf(whole, sizeof whole, "%s%s}", delve, own);
	assert_int_equal(gopm_goroutine_json(core, &g, sizeof g, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text, whole);
	/* A newer caller's longer record. */
	assert_int_equal(gopm_goroutine_json(core, &wide.now, sizeof wide, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text, whole);
	assert_int_equal(gopm_goroutine_json(core, &g, sizeof g, GOPM_JSON_MEMBERS, text, sizeof text, NULL), GOPM_OK);
	whole[strlen(whole) - 1] = '\0';
	assert_string_equal(text, whole + 1);
	g.current.flags = 0;
	assert_int_equal(gopm_goroutine_json(core, &g, sizeof g, GOPM_JSON_DELVE, text, sizeof text, NULL), GOPM_OK);
	assert_non_null(strstr(text, "\"optimized\":false"));
	assert_null(strstr(text, "statusName"));
	/* Labels and a select of an address that is not a goroutine: there are none. */
	g.wait_count = g.label_count = 3;
	assert_int_equal(gopm_goroutine_json(core, &g, sizeof g, 0, text, sizeof text, NULL), GOPM_OK);
	assert_null(strstr(text, "\"labels\""));
	assert_null(strstr(text, "\"waits\""));
}

static void test_waits(void **state)
{
	static const struct {
		gopm_wait wait;
		const char *text;
	} cases[] = {
	    {{.kind = GOPM_WAIT_IO, .object = 16, .fd = 5}, "{\"kind\":\"io\",\"object\":16,\"fd\":5}"},
	    {{.kind = GOPM_WAIT_TIMER, .deadline = 77, .fd = -1}, "{\"kind\":\"timer\",\"deadline\":77}"},
	    {{.kind = GOPM_WAIT_SEMAPHORE, .flags = GOPM_WAIT_FLAG_COUNTS, .receivers = 2, .object = 16, .fd = -1},
	     "{\"kind\":\"semaphore\",\"object\":16,\"waiters\":2}"},
	    {{.kind = GOPM_WAIT_CHAN_RECEIVE, .flags = GOPM_WAIT_FLAG_UNREADABLE, .object = 16, .fd = -1},
	     "{\"kind\":\"chan receive\",\"object\":16,\"unreadable\":true}"},
	    {{.kind = GOPM_WAIT_SELECT,
	      .flags = GOPM_WAIT_FLAG_CLOSED | GOPM_WAIT_FLAG_DIRECTION | GOPM_WAIT_FLAG_SEND,
	      .object = 16,
	      .fd = -1},
	     "{\"kind\":\"select\",\"object\":16,\"type\":\"\",\"length\":0,\"capacity\":0,\"closed\":true,\"send\":"
	     "true}"},
	};
	gopm_group group = {.count = 3, .example_id = 7, .longest_wait = 9, .key = STR("k\n"), .partial_count = 1};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[512], whole[512];
		group.object = cases[i].wait;
		(void)snprintf(
		    whole, sizeof whole,
		    "{\"count\":3,\"key\":\"k\\n\",\"object\":%s,\"exampleID\":7,\"longestWait\":9,\"partial\":1}",
		    cases[i].text);
		assert_int_equal(gopm_group_json(&group, sizeof group, GOPM_GROUP_OBJECT, 0, text, sizeof text, NULL),
		                 GOPM_OK);
		assert_string_equal(text, whole);
	}
}

static void test_group(void **state)
{
	const gopm_group group = {.count = 3, .example_id = 7, .location = location(), .key = STR("k")};
	char text[512];

	(void)state;
	for (uint32_t by = GOPM_GROUP_USER; by <= GOPM_GROUP_CURRENT; by++) {
		assert_int_equal(gopm_group_json(&group, sizeof group, by, 0, text, sizeof text, NULL), GOPM_OK);
		assert_string_equal(text, "{\"count\":3,\"location\":" LOCATION ",\"exampleID\":7,\"longestWait\":0}");
	}
	for (uint32_t by = GOPM_GROUP_REASON; by <= GOPM_GROUP_STACK; by++) {
		if (by != GOPM_GROUP_OBJECT) {
			assert_int_equal(gopm_group_json(&group, sizeof group, by, 0, text, sizeof text, NULL),
			                 GOPM_OK);
			assert_string_equal(text, "{\"count\":3,\"key\":\"k\",\"exampleID\":7,\"longestWait\":0}");
		}
	}
	assert_int_equal(gopm_group_json(&group, sizeof group, 0, 0, text, sizeof text, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_group_json(&group, sizeof group, 9, 0, text, sizeof text, NULL), GOPM_ERR_ARGUMENT);
}

static void test_thread(void **state)
{
	gopm_thread t = {.id = 5,
	                 .signal = 6,
	                 .pc = 4660,
	                 .sp = 16,
	                 .m = 32,
	                 .m_id = 2,
	                 .goroutine = 20,
	                 .location = location(),
	                 .object = STR("/lib/c.so"),
	                 .object_offset = 4};
	gopm_register registers[64];
	gopm_thread_iter *it;
	char text[4096];
	size_t got, count;

	(void)state;
	assert_int_equal(gopm_thread_json(core, &t, sizeof t, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text, "{\"id\":5," LOCATION_MEMBERS "},\"object\":\"/lib/c.so\",\"objectOffset\":4,"
	                          "\"goroutineID\":20,\"sp\":16,\"m\":32,\"mID\":2,\"signal\":6}");
	/* The core has no thread 5: it has no registers. */
	assert_int_equal(gopm_thread_json(core, &t, sizeof t, GOPM_JSON_REGISTERS, text, sizeof text, NULL), GOPM_OK);
	assert_null(strstr(text, "registers"));
	assert_int_equal(gopm_thread_iter_open(core, &it, NULL), GOPM_OK);
	while (gopm_thread_iter_next(it, &t, sizeof t, 1, &got) == GOPM_OK) {
		assert_int_equal(gopm_thread_json(core, &t, sizeof t, GOPM_JSON_REGISTERS, text, sizeof text, NULL),
		                 GOPM_OK);
		assert_int_equal(gopm_thread_registers(core, t.id, registers, sizeof registers[0], 64, &count),
		                 GOPM_OK);
		for (size_t i = 0; i < count; i++) {
			char member[64];
			(void)snprintf(member, sizeof member, "\"%s\":%llu%c", registers[i].name.data,
			               (unsigned long long)registers[i].value, i + 1 < count ? ',' : '}');
			assert_non_null(strstr(text, member));
		}
	}
	gopm_thread_iter_free(it);
}

static void test_frame(void **state)
{
	gopm_frame f = {.location = location(), .pc = 4664, .sp = 16, .cfa = 32, .language = GOPM_LANGUAGE_GO};
	char text[512];

	(void)state;
	assert_int_equal(gopm_frame_json(&f, sizeof f, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text,
	                    "{\"pc\":4664,\"file\":\"a\\\"b.go\",\"line\":7,\"function\":{\"name\":\"main.f\\ufffd\","
	                    "\"value\":4608},\"sp\":16,\"cfa\":32,\"inlined\":false,\"language\":\"go\"}");
	f = (gopm_frame){.flags = GOPM_FRAME_INLINED | GOPM_FRAME_GUESSED | GOPM_FRAME_AFTER_GAP,
	                 .object = STR("/lib/c.so"),
	                 .object_offset = 4,
	                 .symbol = STR("_Zf")};
	assert_int_equal(gopm_frame_json(&f, sizeof f, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text,
	                    "{\"pc\":0,\"file\":\"\",\"line\":0,\"function\":{\"name\":\"\",\"value\":0},\"sp\":0,"
	                    "\"cfa\":0,\"inlined\":true,\"object\":\"/lib/c.so\",\"objectOffset\":4,"
	                    "\"symbol\":\"_Zf\",\"guessed\":true,\"afterGap\":true}");
	f.language = 99; /* of a later library */
	assert_int_equal(gopm_frame_json(&f, sizeof f, 0, text, sizeof text, NULL), GOPM_OK);
	assert_null(strstr(text, "language"));
}

static void test_finding(void **state)
{
	gopm_finding f = {.kind = GOPM_FINDING_BAD_NOTE,
	                  .count = 2,
	                  .address = GOPM_NO_OFFSET,
	                  .offset = 16,
	                  .message = STR("no \"note\"")};
	char text[256];

	(void)state;
	assert_int_equal(gopm_finding_json(&f, sizeof f, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text, "{\"kind\":\"bad-note\",\"message\":\"no \\\"note\\\"\",\"count\":2,\"offset\":16}");
	f = (gopm_finding){.kind = 999, .count = 1, .address = 1, .offset = GOPM_NO_OFFSET};
	assert_int_equal(gopm_finding_json(&f, sizeof f, 0, text, sizeof text, NULL), GOPM_OK);
	assert_string_equal(text, "{\"kind\":\"other\",\"message\":\"\",\"count\":1,\"address\":1}");
	assert_string_equal(gopm_finding_kind_name(GOPM_FINDING_IO).data, "io");
	assert_string_equal(gopm_finding_kind_name(0).data, "other");
	assert_string_equal(gopm_finding_kind_name(UINT32_MAX).data, "other");
}

struct collected {
	struct gopm__text text;
	bool stop;
};

static int32_t collect(void *user_data, const char *data, size_t size)
{
	struct collected *collected = user_data;

	gopm__text_add(&collected->text, data, size);
	return collected->stop;
}

static gopm_stack *stack_of(uint64_t id)
{
	gopm_stack_options o;
	gopm_stack *stack;

	gopm_stack_options_init(&o, sizeof o);
	o.goroutine_id = id;
	assert_int_equal(gopm_stack_open(core, &o, &stack, NULL), GOPM_OK);
	return stack;
}

/* The parts of a stack are those that the other calls give. */
static void test_stack(void **state)
{
	struct gopm__text expected = {0};
	struct collected got = {0};
	gopm_stack *stack = stack_of(20);
	char text[4096];
	size_t count;

	(void)state;
	for (size_t i = 0; i < gopm_stack_size(stack); i++) {
		gopm_frame frame;
		assert_int_equal(gopm_stack_frames(stack, i, &frame, sizeof frame, 1, &count), GOPM_OK);
		assert_int_equal(gopm_frame_json(&frame, sizeof frame, 0, text, sizeof text, NULL), GOPM_OK);
		gopm__text_printf(&expected, "%s%s", i == 0 ? "{\"Locations\":[" : ",", text);
	}
	gopm__text_printf(&expected, "],\"end\":\"complete\",\"depth\":%zu}", gopm_stack_size(stack));
	assert_int_equal(gopm_stack_json(stack, NULL, 0, collect, &got, NULL), GOPM_OK);
	assert_string_equal(got.text.data, expected.data);
	gopm__text_clear(&got.text);
	assert_int_equal(gopm_stack_json(stack, NULL, GOPM_JSON_MEMBERS, collect, &got, NULL), GOPM_OK);
	expected.data[--expected.size] = '\0';
	assert_string_equal(got.text.data, expected.data + 1);
	gopm__text_free(&got.text);
	gopm__text_free(&expected);
	gopm_stack_free(stack);
}

/* Arguments and results are in one list, locals in the other, each as gopm_value_json() writes it. */
static void test_stack_variables(void **state)
{
	static char text[1 << 20];
	gopm_value_options options;
	struct collected got = {0};
	gopm_stack *stack = stack_of(20);
	size_t variables = 0;

	(void)state;
	gopm_value_options_init(&options, sizeof options);
	assert_int_equal(gopm_stack_json(stack, &options, 0, collect, &got, NULL), GOPM_OK);
	const char *at = got.text.data;
	for (size_t i = 0; i < gopm_stack_size(stack); i++) {
		gopm_vars *vars;
		at = strstr(at, ",\"Arguments\":[");
		assert_non_null(at);
		assert_int_equal(gopm_frame_vars(stack, i, &options, &vars, NULL), GOPM_OK);
		for (size_t k = 0; k < gopm_vars_size(vars); k++) {
			gopm_value *value;
			assert_int_equal(gopm_vars_value(vars, k, &value), GOPM_OK);
			assert_int_equal(gopm_value_json(value, 0, text, sizeof text, NULL), GOPM_OK);
			assert_non_null(strstr(at, text));
			gopm_value_free(value);
			variables++;
		}
		gopm_vars_free(vars);
		at = strstr(at, ",\"Locals\":[");
		assert_non_null(at);
	}
	assert_true(variables > 10);
	gopm__text_free(&got.text);
	got.stop = true;
	assert_int_equal(gopm_stack_json(stack, &options, 0, collect, &got, NULL), GOPM_DONE);
	assert_true(got.text.size < 100000);
	gopm__text_free(&got.text);
	gopm_stack_free(stack);
}

static void test_stack_refuses(void **state)
{
	gopm_value_options options = {0};
	gopm_stack *stack = stack_of(20);
	struct collected got = {0};
	gopm_error *err;

	(void)state;
	assert_int_equal(gopm_stack_json(NULL, NULL, 0, collect, &got, &err), GOPM_ERR_ARGUMENT);
	gopm_error_free(err);
	assert_int_equal(gopm_stack_json(stack, NULL, 0, NULL, NULL, NULL), GOPM_ERR_ARGUMENT);
	assert_int_equal(gopm_stack_json(stack, NULL, UINT32_C(1) << 31, collect, &got, NULL), GOPM_ERR_UNSUPPORTED);
	assert_int_equal(gopm_stack_json(stack, &options, 0, collect, &got, &err), GOPM_ERR_ARGUMENT);
	assert_non_null(strstr(gopm_error_message(err), "gopm_value_options_init()"));
	gopm_error_free(err);
	gopm_value_options_init(&options, sizeof options);
	options.flags = UINT32_C(1) << 31;
	assert_int_equal(gopm_stack_json(stack, &options, 0, collect, &got, NULL), GOPM_ERR_UNSUPPORTED);
	assert_int_equal(got.text.size, 0);
	gopm_stack_free(stack);
}

/* A record of the right size, of zeros. */
static gopm_status of_size(unsigned call, const void *record, size_t size, uint32_t flags, char *buffer, size_t room,
                           size_t *length)
{
	switch (call) {
	case 0:
		return gopm_location_json(record, size, flags, buffer, room, length);
	case 1:
		return gopm_goroutine_json(core, record, size, flags, buffer, room, length);
	case 2:
		return gopm_group_json(record, size, GOPM_GROUP_USER, flags, buffer, room, length);
	case 3:
		return gopm_thread_json(core, record, size, flags, buffer, room, length);
	case 4:
		return gopm_frame_json(record, size, flags, buffer, room, length);
	default:
		return gopm_finding_json(record, size, flags, buffer, room, length);
	}
}

static void test_refuses(void **state)
{
	static const size_t sizes[] = {sizeof(gopm_location), sizeof(gopm_goroutine), sizeof(gopm_group),
	                               sizeof(gopm_thread),   sizeof(gopm_frame),     sizeof(gopm_finding)};
	union {
		gopm_goroutine goroutine;
		char bytes[1024];
	} zeros = {0};
	char text[1024];

	(void)state;
	for (unsigned call = 0; call < 6; call++) {
		const size_t small[] = {0, 1, 7, 8, sizes[call] - 1};
		size_t length = 99;
		for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
			memset(text, 0x55, sizeof text);
			length = 99;
			assert_int_equal(of_size(call, &zeros, small[i], 0, text, sizeof text, &length),
			                 GOPM_ERR_ARGUMENT);
			assert_int_equal(length, 0);
			assert_int_equal(text[0], 0x55);
		}
		assert_int_equal(of_size(call, &zeros, sizes[call], 0, text, sizeof text, &length), GOPM_OK);
		assert_int_equal(length, strlen(text));
		assert_int_equal(of_size(call, &zeros, sizes[call], 0, NULL, 0, NULL), GOPM_OK);
		assert_int_equal(of_size(call, NULL, sizes[call], 0, text, sizeof text, &length), GOPM_ERR_ARGUMENT);
		assert_int_equal(of_size(call, &zeros, sizes[call], 0, NULL, 1, &length), GOPM_ERR_ARGUMENT);
		length = 99;
		assert_int_equal(of_size(call, &zeros, sizes[call], 8, text, sizeof text, &length),
		                 GOPM_ERR_UNSUPPORTED);
		assert_int_equal(length, 0);
	}
	assert_int_equal(gopm_goroutine_json(NULL, &zeros.goroutine, sizeof zeros, 0, text, sizeof text, NULL),
	                 GOPM_ERR_ARGUMENT);
	assert_int_equal(
	    gopm_thread_json(NULL, (const gopm_thread *)(const void *)&zeros, sizeof zeros, 0, text, sizeof text, NULL),
	    GOPM_ERR_ARGUMENT);
}

/* What a newer library does with an older caller's record. */
static void test_shorter_record(void **state)
{
	const uint64_t theirs[2] = {1, 2};
	uint64_t ours[4] = {9, 9, 9, 9};

	(void)state;
	assert_ptr_equal(gopm__sized_record(theirs, sizeof theirs, ours, sizeof(uint64_t)), theirs);
	assert_ptr_equal(gopm__sized_record(theirs, sizeof theirs, ours, sizeof ours), ours);
	assert_int_equal(ours[0] + ours[1], 3);
	assert_int_equal(ours[2] + ours[3], 0);
}

/* Goroutines of a program with labels and selects: as many objects and labels as the other calls give. */
static void test_states(void **state)
{
	struct sample_bytes bytes;
	gopm_goroutine_iter *it;
	gopm_goroutine g;
	gopm_status status;
	size_t got, labelled = 0, selects = 0;

	(void)state;
	sample_read_fixture(&bytes, "states-127-amd64-default");
	gopm_core *states = sample_open_bytes(&bytes, 0, &status);
	assert_non_null(states);
	assert_int_equal(gopm_goroutine_iter_open(states, NULL, &it, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got) == GOPM_OK) {
		char text[8192], key[64];
		gopm_label labels[8];
		size_t count = 0;
		assert_int_equal(gopm_goroutine_json(states, &g, sizeof g, 0, text, sizeof text, NULL), GOPM_OK);
		const char *at = strstr(text, ",\"labels\":{");
		assert_int_equal(at != NULL, g.label_count != 0);
		labelled += at != NULL;
		(void)gopm_goroutine_labels(states, g.address, labels, sizeof labels[0], 8, &count);
		for (size_t i = 0; i < count; i++) {
			(void)snprintf(key, sizeof key, "\"%.*s\":\"", (int)labels[i].key.size, labels[i].key.data);
			assert_non_null(strstr(at, key));
		}
		at = strstr(text, ",\"waits\":[");
		assert_int_equal(at != NULL, g.wait_count > 1);
		selects += at != NULL;
		for (count = 0; at != NULL && (at = strstr(at, "{\"kind\":")) != NULL; at++) {
			count++;
		}
		assert_int_equal(count, g.wait_count > 1 ? g.wait_count : 0);
	}
	assert_true(labelled > 0);
	assert_true(selects > 0);
	gopm_goroutine_iter_free(it);
	gopm_core_close(states);
	sample_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_location),        cmocka_unit_test(test_goroutine),
	    cmocka_unit_test(test_waits),           cmocka_unit_test(test_group),
	    cmocka_unit_test(test_thread),          cmocka_unit_test(test_frame),
	    cmocka_unit_test(test_finding),         cmocka_unit_test(test_stack),
	    cmocka_unit_test(test_stack_variables), cmocka_unit_test(test_stack_refuses),
	    cmocka_unit_test(test_refuses),         cmocka_unit_test(test_shorter_record),
	    cmocka_unit_test(test_states),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
