/* SPDX-License-Identifier: Apache-2.0 */
/* No descriptor of the sample is called damaged; after a change of one field each is, and the finding says which. */
#include "cmocka_all.h"

#include <string.h>

#include "api/handle.h"
#include "support/sample.h"
#include "type/descriptor_check.h"
#include "type/descriptor_index.h"

/* Offsets in abi.Type and abi.StructType (internal/abi/type.go). */
enum { SIZE = 0, PTRDATA = 8, TFLAG = 20, ALIGN = 21, FIELD_ALIGN = 22, KIND = 23, STR = 40 };
enum { ELEM = 48, FIELDS = 56, COUNT = 64, FIELD_NAME = 0, FIELD_TYPE = 8, FIELD_OFFSET = 16, FIELD_BYTES = 24 };

static struct sample_bytes sample;
static gopm_core *core;
static struct gopm__reader reader;

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
	if (gopm_core_open(&options, &core, NULL) != GOPM_OK) {
		return 1;
	}
	reader = gopm__reader(&core->program->file.memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_core_close(core);
	sample_free(&sample);
	return 0;
}

static uint64_t descriptor_of(const char *name)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *type;

	assert_int_equal(gopm_type_by_name(core, name, &type, NULL), GOPM_OK);
	assert_int_equal(gopm_type_get_info(type, &info), GOPM_OK);
	gopm_type_free(type);
	return info.descriptor;
}

static const char *fault_of(uint64_t descriptor)
{
	return gopm__descriptor_fault(&core->program->symtab, &reader, descriptor);
}

/* Changes bytes of the sample, checks, and changes them back. */
static void is_seen(uint64_t descriptor, uint64_t at, uint64_t value, size_t size)
{
	uint8_t *bytes = (uint8_t *)(uintptr_t)gopm__read_span(&reader, at, 8), old[8];

	assert_non_null(bytes);
	memcpy(old, bytes, size);
	assert_memory_not_equal(old, &value, size);
	assert_null(fault_of(descriptor));
	memcpy(bytes, &value, size);
	const char *fault = fault_of(descriptor);
	memcpy(bytes, old, size);
	if (fault == NULL) {
		fail_msg("0x%llx: %zu bytes 0x%llx are not seen", (unsigned long long)at, size,
		         (unsigned long long)value);
	}
}

static void test_sound(void **state)
{
	struct gopm__descriptor_index index;

	(void)state;
	assert_int_equal(gopm__descriptor_index_make(&index, &core->program->symtab), GOPM_OK);
	assert_true(index.count > 1000);
	for (size_t i = 0; i < index.count; i++) {
		const char *fault = fault_of(index.entries[i].address);
		if (fault != NULL) {
			fail_msg("0x%llx: %s", (unsigned long long)index.entries[i].address, fault);
		}
	}
	gopm__descriptor_index_free(&index);
}

static void test_head(void **state)
{
	const uint64_t type = descriptor_of("runtime.hchan"), other = descriptor_of("runtime.sudog");

	(void)state;
	is_seen(type, type + SIZE, 8, 8);
	is_seen(type, type + PTRDATA, 4096, 8);
	is_seen(type, type + TFLAG, 0, 1);
	is_seen(type, type + ALIGN, 0, 1);
	is_seen(type, type + ALIGN, 4, 1);
	is_seen(type, type + FIELD_ALIGN, 1, 1);
	is_seen(type, type + KIND, 0, 1);
	is_seen(type, type + KIND, GOPM_KIND_INT, 1);
	is_seen(type, type + STR, UINT32_MAX, 4);
	assert_non_null(fault_of(other + 4));
	assert_non_null(fault_of(8));
}

static void test_fields(void **state)
{
	const uint64_t type = descriptor_of("runtime.hchan");
	uint64_t fields, name;

	(void)state;
	assert_true(gopm__read_u64(&reader, type + FIELDS, &fields));
	is_seen(type, type + COUNT, 3, 8);
	is_seen(type, fields + FIELD_BYTES + FIELD_OFFSET, 0, 8);
	is_seen(type, fields + FIELD_BYTES + FIELD_OFFSET, 24, 8);
	is_seen(type, fields + FIELD_TYPE, type + 3, 8);
	is_seen(type, fields + FIELD_TYPE, type, 8);
	is_seen(type, fields + FIELD_TYPE, 0, 8);
	is_seen(type, fields + FIELD_NAME, 16, 8);
	assert_true(gopm__read_u64(&reader, fields + FIELD_NAME, &name));
	is_seen(type, name, 0xf0, 1);     /* flags */
	is_seen(type, name, 1, 1);        /* exported */
	is_seen(type, name + 1, 0, 1);    /* length */
	is_seen(type, name + 2, 0x01, 1); /* text */
}

/* The text of a literal is that of its parts. */
static void test_parts(void **state)
{
	static const char *const names[] = {"*os.File", "[]string", "[]uint8"};
	const uint64_t other = descriptor_of("runtime.g");

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const uint64_t type = descriptor_of(names[i]);
		is_seen(type, type + ELEM, other, 8);
		is_seen(type, type + ELEM, 0, 8);
		is_seen(type, type + TFLAG, 7, 1);
	}
}

/* A method has a name, which exports it if it begins so. */
static void test_methods(void **state)
{
	const uint64_t type = descriptor_of("*os.File");
	struct gopm__descriptor info;
	uint64_t name;

	(void)state;
	assert_true(gopm__descriptor_read(&core->program->symtab, &reader, type, &info));
	assert_true(info.own_count > 10);
	for (uint64_t i = 0; i < info.own_count; i++) {
		const uint64_t method = info.own_methods + i * 16;
		assert_true(gopm__read_word(&reader, method, 4, &name));
		is_seen(type, method, UINT32_MAX, 4);
		is_seen(type, method, name + 1, 4);
	}
}

/* What the linker lists, and an index of all descriptors does not find, is damaged. */
static void test_lost(void **state)
{
	static const char *const names[] = {"*os.File", "[]string", "[]uint8", "map[string]bool"};
	struct gopm__descriptor_index index;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const uint64_t type = descriptor_of(names[i]);
		uint8_t *kind = (uint8_t *)(uintptr_t)gopm__read_span(&reader, type + KIND, 1), old = *kind;
		const uint64_t before = core->program->findings.total;
		*kind = 0;
		assert_int_equal(gopm__descriptor_index_make(&index, &core->program->symtab), GOPM_OK);
		*kind = old;
		gopm__descriptor_index_free(&index);
		assert_true(core->program->findings.total > before);
	}
	const uint64_t before = core->program->findings.total;
	assert_int_equal(gopm__descriptor_index_make(&index, &core->program->symtab), GOPM_OK);
	gopm__descriptor_index_free(&index);
	assert_int_equal(core->program->findings.total, before);
}

/* Who asks for the type is told. */
static void test_finding(void **state)
{
	const uint64_t type = descriptor_of("*os.File");
	uint64_t elem;
	gopm_type *pointer, *file;

	(void)state;
	assert_true(gopm__read_u64(&reader, type + ELEM, &elem));
	uint8_t *align = (uint8_t *)(uintptr_t)gopm__read_span(&reader, elem + ALIGN, 1), old = *align;
	gopm__program_forget_types(core->program);
	const uint64_t before = core->program->findings.total;
	*align = 0;
	assert_int_equal(gopm_type_by_descriptor(core, type, &pointer, NULL), GOPM_OK);
	assert_int_not_equal(gopm_type_elem(pointer, &file), GOPM_OK);
	gopm_type_free(pointer);
	*align = old;
	assert_true(core->program->findings.total > before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sound), cmocka_unit_test(test_head),    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_parts), cmocka_unit_test(test_finding), cmocka_unit_test(test_methods),
	    cmocka_unit_test(test_lost),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
