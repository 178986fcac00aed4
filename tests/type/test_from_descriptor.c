/* SPDX-License-Identifier: Apache-2.0 */
/* Types from descriptors are equal to types from DWARF: compares each type of the sample that has both. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

#include "api/handle.h"
#include "type/descriptor_index.h"
#include "type/from_descriptor.h"
#include "value/variable.h"

static gopm_core *core;
static struct gopm__types *types;

static int set_up(void **state)
{
	(void)state;
	core = sample_open();
	return gopm__program_types(core->program, &types, NULL) == GOPM_OK && types->dwarf != NULL &&
	               gopm__dwarf_index_fill(&types->dies, types->dwarf) == GOPM_OK
	           ? 0
	           : 1;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_core_close(core);
	return 0;
}

static bool same_text(gopm_str a, gopm_str b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static uint64_t size_of(const struct gopm__type *type)
{
	return gopm__type_size(types, type);
}

static void compare_parts(uint64_t die, uint64_t made)
{
	const struct gopm__type *a = gopm__types_at(types, die), *b = gopm__types_at(types, made);

	assert_true((a != NULL) == (b != NULL));
	if (a != NULL) {
		assert_int_equal(size_of(a), size_of(b));
	}
}

/* True for types that functions define, which DWARF numbers, and for the compiler's own: their names differ. */
static bool is_hidden(gopm_str name)
{
	static const char *const marks[] = {"\xc2\xb7", "noalg.", "go.shape."};
	bool hidden = false;

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		hidden = hidden || memmem(name.data, name.size, marks[i], strlen(marks[i])) != NULL;
	}
	return hidden;
}

static void compare(const struct gopm__type *die, const struct gopm__type *made)
{
	const struct gopm__type *a = gopm__type_resolve(types, die);
	const struct gopm__type *b = gopm__type_resolve(types, made);

	assert_non_null(a);
	assert_non_null(b);
	if (a->class_ != b->class_ || size_of(die) != size_of(made)) {
		fail_msg("%s: class %d of %llu bytes, not %d of %llu", die->name.data, (int)b->class_,
		         (unsigned long long)size_of(made), (int)a->class_, (unsigned long long)size_of(die));
	}
	assert_int_equal(gopm__type_kind(types, a), gopm__type_kind(types, b));
	assert_int_equal(size_of(die), size_of(made));
	if (!same_text(die->name, made->name) && !is_hidden(die->name)) {
		fail_msg("%s, not %s", made->name.data, die->name.data);
	}
	switch (a->class_) {
	case GOPM__TYPE_STRUCT:
		assert_int_equal(a->field_count, b->field_count);
		for (size_t i = 0; i < a->field_count; i++) {
			assert_true(same_text(a->fields[i].name, b->fields[i].name));
			assert_int_equal(a->fields[i].offset, b->fields[i].offset);
			assert_int_equal(a->fields[i].embedded, b->fields[i].embedded);
			compare_parts(a->fields[i].type, b->fields[i].type);
		}
		break;
	case GOPM__TYPE_ARRAY:
		assert_int_equal(a->count, b->count);
		compare_parts(a->target, b->target);
		break;
	case GOPM__TYPE_POINTER:
		compare_parts(a->target, b->target);
		break;
	case GOPM__TYPE_MAP:
		compare_parts(a->key, b->key);
		compare_parts(a->elem, b->elem);
		break;
	case GOPM__TYPE_CHAN:
	case GOPM__TYPE_SLICE:
		compare_parts(a->elem, b->elem);
		break;
	default:
		break;
	}
}

static void test_all(void **state)
{
	uint64_t section = core->program->symtab.modules[0].types.begin;
	size_t compared = 0;

	(void)state;
	for (size_t i = 0; i < (size_t)1 << types->dies.descriptors.bits; i++) {
		const struct gopm__map64_slot *slot = &types->dies.descriptors.slots[i];
		if (slot->key <= 1) {
			continue; /* an empty slot, or the linker left the descriptor out */
		}
		uint64_t descriptor = section + slot->key - 1;
		const struct gopm__type *die = gopm__types_at(types, slot->value);
		const struct gopm__type *made = gopm__types_at(types, gopm__type_id(GOPM__ID_DESCRIPTOR, descriptor));
		assert_non_null(die);
		assert_non_null(made);
		compare(die, made);
		assert_int_equal(gopm__type_descriptor(types, die), descriptor);
		compared++;
	}
	print_message("%zu types\n", compared);
	assert_true(compared > 1000);
}

/* The index finds each of its names, and no other name. */
static void test_index(void **state)
{
	uint64_t section = core->program->symtab.modules[0].types.begin;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < (size_t)1 << types->dies.descriptors.bits; i++) {
		const struct gopm__map64_slot *slot = &types->dies.descriptors.slots[i];
		if (slot->key <= 1) {
			continue; /* an empty slot, or the linker left the descriptor out */
		}
		const struct gopm__type *die = gopm__types_at(types, slot->value);
		uint64_t descriptor = gopm__types_find_descriptor(types, die->name);
		if (descriptor != section + slot->key - 1 && !is_hidden(die->name)) {
			/* Another type has the same name. */
			const struct gopm__type *other =
			    gopm__types_at(types, gopm__type_id(GOPM__ID_DESCRIPTOR, descriptor));
			assert_non_null(other);
			if (!same_text(other->name, die->name)) {
				fail_msg("%llx %s for %llx %s", (unsigned long long)descriptor, other->name.data,
				         (unsigned long long)(section + slot->key - 1), die->name.data);
			}
			assert_true(descriptor < section + slot->key - 1);
		}
		found++;
	}
	assert_true(found > 1000);
	assert_int_equal(gopm__types_find_descriptor(types, (gopm_str){"main.Nothing", 12}), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all),
	    cmocka_unit_test(test_index),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
