/* SPDX-License-Identifier: Apache-2.0 */
/* A store with neither DWARF nor symbols: only types that need no program. Expected sizes and kinds are those of the Go
 * specification on 64-bit CPUs. */
#include "cmocka_all.h"

#include <gopm/value.h>

#include "type/identity.h"
#include "type/synthetic.h"
#include "type/type_id.h"

static struct gopm__types types;

static int set_up(void **state)
{
	(void)state;
	gopm__types_init(&types, NULL, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gopm__types_free(&types);
	return 0;
}

static void has_no_types_of_a_program(void **state)
{
	(void)state;
	assert_null(gopm__types_at(&types, 0));
	assert_int_equal(gopm__types_at(&types, 0x1234)->class_, GOPM__TYPE_UNSUPPORTED);
	assert_int_equal(gopm__types_at(&types, gopm__type_id_at(0x400000))->class_, GOPM__TYPE_UNSUPPORTED);
	assert_int_equal(gopm__types_at(&types, gopm__type_id(GOPM__ID_BUILTIN, GOPM__BUILTIN_COUNT))->class_,
	                 GOPM__TYPE_UNSUPPORTED);
	assert_null(gopm__types_of_descriptor(&types, 0x400000));
	assert_null(gopm__types_named(&types, (gopm_str){"main.T", 6}));
	assert_null(gopm__types_basic(&types, (gopm_str){"main.T", 6}));
}

static void has_basic_types(void **state)
{
	static const struct {
		const char *name;
		uint32_t kind;
		uint64_t size;
	} basics[] = {{"bool", GOPM_KIND_BOOL, 1},
	              {"int", GOPM_KIND_INT, 8},
	              {"rune", GOPM_KIND_INT32, 4},
	              {"byte", GOPM_KIND_UINT8, 1},
	              {"uintptr", GOPM_KIND_UINTPTR, 8},
	              {"float32", GOPM_KIND_FLOAT32, 4},
	              {"complex128", GOPM_KIND_COMPLEX128, 16},
	              {"string", GOPM_KIND_STRING, 16},
	              {"unsafe.Pointer", GOPM_KIND_UNSAFE_POINTER, 8}};

	(void)state;
	for (size_t i = 0; i < sizeof basics / sizeof basics[0]; i++) {
		const gopm_str name = {basics[i].name, strlen(basics[i].name)};
		const struct gopm__type *type = gopm__types_basic(&types, name);
		assert_non_null(type);
		assert_int_equal(gopm__type_kind(&types, type), basics[i].kind);
		assert_int_equal(gopm__type_size(&types, type), basics[i].size);
		assert_ptr_equal(gopm__types_basic(&types, name), type);
		assert_ptr_equal(gopm__types_at(&types, type->id), type);
	}
}

static void makes_types_of_types(void **state)
{
	const struct gopm__type *integer = gopm__types_basic(&types, (gopm_str){"int", 3});
	const struct gopm__type *pointer = gopm__types_pointer_to(&types, integer);
	const struct gopm__type *slice = gopm__types_slice_of(&types, pointer);
	const struct gopm__type *array = gopm__types_array_of(&types, slice, 5);

	(void)state;
	assert_string_equal(array->name.data, "[5][]*int");
	assert_int_equal(gopm__type_size(&types, array), 5 * 24);
	assert_ptr_equal(gopm__type_elem(&types, array), slice);
	assert_ptr_equal(gopm__type_elem(&types, slice), pointer);
	assert_ptr_equal(gopm__type_target(&types, pointer), integer);
	assert_ptr_equal(gopm__types_slice_of(&types, pointer), slice);
	assert_true(gopm__type_identical(&types, array, gopm__types_array_of(&types, slice, 5)));
	assert_false(gopm__type_identical(&types, array, gopm__types_array_of(&types, slice, 6)));
	assert_null(gopm__types_array_of(&types, array, UINT64_MAX / 2));
	assert_null(gopm__types_pointer_to(&types, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(has_no_types_of_a_program, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(has_basic_types, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(makes_types_of_types, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
