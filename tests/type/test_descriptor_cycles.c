/* SPDX-License-Identifier: Apache-2.0 */
/* Type descriptors changed so that a type contains itself. Reading values ends, and an impossible type is not a type.
 */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "api/handle.h"
#include "core/memory.h"
#include "support/sample.h"

/* Offsets past the 48 bytes of abi.Type (internal/abi/type.go). */
enum { WORDS = 64 };
enum {
	ELEM = 48,
	MAP_ELEM = 56,
	MAP_GROUP = 64,
	STRUCT_FIELDS = 56,
	FIELD_TYPE = 8,
	FIELD_OFFSET = 16,
	FIELD_BYTES = 24
};

static struct sample_bytes sample;
static gopm_core *core;

static int set_up(void **state)
{
	gopm_core_options options;

	(void)state;
	sample_read(&sample);
	gopm_core_options_init(&options, sizeof options);
	options.core_data = sample.core;
	options.core_size = sample.core_size;
	options.exe_data = sample.exe;
	options.exe_size = sample.exe_size;
	options.flags = GOPM_OPEN_NO_DWARF;
	return gopm_core_open(&options, &core, NULL) == GOPM_OK ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_core_close(core);
	sample_free(&sample);
	return 0;
}

/* The store keeps types that it has read. */
static void forget(void)
{
	gopm__program_forget_types(core->program);
}

static uint64_t descriptor_of(const char *name)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *type;

	forget();
	assert_int_equal(gopm_type_by_name(core, name, &type, NULL), GOPM_OK);
	assert_int_equal(gopm_type_get_info(type, &info), GOPM_OK);
	gopm_type_free(type);
	assert_int_not_equal(info.descriptor, 0);
	return info.descriptor;
}

/* The byte of the sample that is the program's memory at `address`. */
static uint8_t *place(uint64_t address)
{
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	const uint8_t *bytes = gopm__read_span(&reader, address, 8);

	assert_non_null(bytes);
	return (uint8_t *)(uintptr_t)bytes;
}

/* Text of memory that holds the address of itself in every word, as a value of the type. NULL: not a type. */
static char *text_of(uint64_t descriptor)
{
	const gopm_value_options options = {.struct_size = sizeof options, .max_depth = 30, .max_elements = 4};
	gopm_value *value;
	gopm_type *type;
	char *text = NULL;
	size_t length;

	forget();
	if (gopm_type_by_descriptor(core, descriptor, &type, NULL) != GOPM_OK) {
		return NULL;
	}
	uint64_t sp = core->program->file.threads[0].registers.value[core->program->file.arch->sp];
	for (uint64_t at = sp; at < sp + WORDS * 8; at += 8) {
		memcpy(place(at), &sp, sizeof sp);
	}
	assert_int_equal(gopm_value_at(type, sp, &options, &value, NULL), GOPM_OK);
	assert_int_equal(gopm_value_text(value, NULL, 0, &length), GOPM_OK);
	assert_int_equal(gopm_value_json(value, 0, NULL, 0, &length), GOPM_OK);
	assert_int_equal(gopm_value_text(value, NULL, 0, &length), GOPM_OK);
	text = malloc(length + 1);
	assert_non_null(text);
	assert_int_equal(gopm_value_text(value, text, length + 1, &length), GOPM_OK);
	gopm_value_free(value);
	gopm_type_free(type);
	return text;
}

/* With `what` as a word of a descriptor. */
static void says(uint64_t descriptor, uint64_t at, uint64_t what, const char *expected)
{
	uint8_t *word = place(at);
	uint8_t old[8];

	memcpy(old, word, sizeof old);
	memcpy(word, &what, sizeof what);
	char *text = text_of(descriptor);
	if ((text == NULL) != (expected == NULL) || (text != NULL && strstr(text, expected) == NULL)) {
		fail_msg("%.400s, not %s", text != NULL ? text : "no type", expected != NULL ? expected : "no type");
	}
	free(text);
	memcpy(word, old, sizeof old);
}

static void consist_of_themselves(void **state)
{
	static const char map[] = "(unreadable its header is damaged: a directory of ";
	static const struct {
		const char *name;
		unsigned member;
		const char *text; /* NULL: not a type */
	} cases[] = {
	    {"*main.Metrics", ELEM, "*******************************(********************************...)(0x"},
	    {"[]string", ELEM, ", [[...],[...],[...],[...],...+"},
	    {"[32]uint8", ELEM, NULL},
	    {"chan main.Metric", ELEM, "(unreadable its header is damaged: "},
	    {"map[string]int64", ELEM, map},
	    {"map[string]int64", MAP_ELEM, map},
	    {"map[string]int64", MAP_GROUP, "(unreadable its map type is damaged)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t descriptor = descriptor_of(cases[i].name);
		says(descriptor, descriptor + cases[i].member, descriptor, cases[i].text);
	}
}

static void fields_that_do_not_fit(void **state)
{
	(void)state;
	uint64_t metric = descriptor_of("main.Metric"), array = descriptor_of("[32]uint8");
	uint64_t first = gopm__load64(place(metric + STRUCT_FIELDS)), second = first + FIELD_BYTES;
	says(metric, first + FIELD_TYPE, gopm__load64(place(first + FIELD_TYPE)), "main.Metric {");
	says(metric, first + FIELD_TYPE, metric, NULL);
	says(metric, first + FIELD_TYPE, array, NULL);
	says(metric, second + FIELD_OFFSET, 0, NULL);
	says(metric, second + FIELD_OFFSET, UINT64_MAX - 7, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(consist_of_themselves),
	    cmocka_unit_test(fields_that_do_not_fit),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
