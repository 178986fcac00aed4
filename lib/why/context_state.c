/* SPDX-License-Identifier: Apache-2.0 */
#include "why/context_state.h"

#include "runtime/layout/field.h"
#include "util/str.h"

#define MOST_PARENTS 64u

/* time.Time: wall, ext and loc. If bit 63 of wall is set, bits 30 to 62 are seconds since 1885, else ext is seconds
 * since year 1. The low 30 bits of wall are nanoseconds (time/time.go). */
#define HAS_MONOTONIC (UINT64_C(1) << 63)
#define NANOSECOND_BITS 30
#define SECONDS_MASK ((UINT64_C(1) << 33) - 1)
#define FROM_YEAR_1_TO_1970 INT64_C(62135596800)
#define FROM_YEAR_1_TO_1885 INT64_C(59453308800)
#define NANOSECONDS INT64_C(1000000000)
/* Seconds since 1970 that a nanotime can be. */
#define MOST_SECONDS (INT64_MAX / NANOSECONDS - 1)

static const struct gopm__type *struct_named(struct gopm__types *types, gopm_str name)
{
	const struct gopm__type *type = gopm__types_named(types, name);

	return type != NULL ? gopm__type_resolve(types, type) : NULL;
}

/* The nanotime of a time.Time; 0: unknown. */
static int64_t time_nanotime(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address)
{
	uint64_t wall, ext;

	if (rt->to_unix == 0 || !gopm__read_u64(reader, address, &wall) || !gopm__read_u64(reader, address + 8, &ext)) {
		return 0;
	}
	const int64_t seconds = (wall & HAS_MONOTONIC) != 0
	                            ? (int64_t)(wall >> NANOSECOND_BITS & SECONDS_MASK) + FROM_YEAR_1_TO_1885
	                            : (int64_t)ext;
	if (seconds < FROM_YEAR_1_TO_1970 || seconds - FROM_YEAR_1_TO_1970 > MOST_SECONDS) {
		return 0;
	}
	const int64_t unix_time =
	    (seconds - FROM_YEAR_1_TO_1970) * NANOSECONDS + (int64_t)(wall & ((UINT64_C(1) << NANOSECOND_BITS) - 1));
	return unix_time > rt->to_unix ? unix_time - rt->to_unix : 0;
}

/* The name of the dynamic type of a context.Context; data NULL: nil, or unknown. itab is {inter, type *; ...}. */
static gopm_str dynamic_type(struct gopm__types *types, struct gopm__reader *reader, uint64_t address, uint64_t *data)
{
	uint64_t itab, descriptor;

	if (!gopm__read_u64(reader, address, &itab) || itab == 0 || !gopm__read_u64(reader, address + 8, data) ||
	    !gopm__read_u64(reader, itab + 8, &descriptor)) {
		return (gopm_str){NULL, 0};
	}
	const struct gopm__type *type = gopm__types_of_descriptor(types, descriptor);
	return type != NULL ? type->name : (gopm_str){NULL, 0};
}

static bool is_name(gopm_str name, const char *other)
{
	return gopm__str_equal(name, (gopm_str){other, strlen(other)});
}

/* All contexts of the package begin with their parent, but that of WithoutCancel, which is not cancelled by it. */
static uint64_t find_parent(struct gopm__types *types, struct gopm__reader *reader, uint64_t address)
{
	for (unsigned i = 0; i < MOST_PARENTS; i++) {
		uint64_t data;
		const gopm_str name = dynamic_type(types, reader, address, &data);
		if (name.data == NULL) {
			return 0;
		}
		if (is_name(name, "*context.cancelCtx") || is_name(name, "*context.timerCtx")) {
			return data;
		}
		if (!is_name(name, "*context.valueCtx")) {
			return 0;
		}
		address = data;
	}
	return 0;
}

/* The time at which the time.Timer at `address` fires. Until Go 1.22 it has a runtimeTimer; since then the runtime's
 * timer follows its own fields (time/sleep.go; timeTimer of runtime/time.go). False: unknown. */
static bool timer_nanotime(struct gopm__program *program, struct gopm__types *types, struct gopm__reader *reader,
                           uint64_t address, int64_t *out)
{
	const struct gopm__type *type = struct_named(types, (gopm_str){"time.Timer", 10});
	const struct gopm__field *inside = gopm__type_field(type, "initTimer"), *old = gopm__type_field(type, "r");
	const int32_t offset = program->runtime.layout.timer.when;
	uint64_t when;

	if (address == 0 || offset < 0 || (inside == NULL && old == NULL)) {
		return false;
	}
	const uint64_t timer = address + (inside != NULL ? inside->offset + 8 : old->offset);
	if (!gopm__field_u64(reader, timer, offset, &when) || when > INT64_MAX) {
		return false;
	}
	*out = (int64_t)when;
	return true;
}

/* The deadline of a timerCtx. */
static int64_t find_deadline(struct gopm__program *program, struct gopm__types *types, struct gopm__reader *reader,
                             uint64_t address, gopm_str type)
{
	const struct gopm__type *real = struct_named(types, type);
	const struct gopm__field *deadline = gopm__type_field(real, "deadline"),
	                         *timer = gopm__type_field(real, "timer");
	uint64_t pointer;
	int64_t when;

	if (timer != NULL && gopm__read_u64(reader, address + timer->offset, &pointer) &&
	    timer_nanotime(program, types, reader, pointer, &when)) {
		return when;
	}
	return deadline != NULL ? time_nanotime(&program->runtime, reader, address + deadline->offset) : 0;
}

void gopm__context_state(struct gopm__program *program, struct gopm__types *types, uint64_t address, gopm_str type,
                         struct gopm__context_state *out)
{
	struct gopm__reader reader = gopm__reader(&program->file.memory);

	*out = (struct gopm__context_state){.parent = find_parent(types, &reader, address)};
	if (is_name(type, "context.timerCtx")) {
		out->deadline = find_deadline(program, types, &reader, address, type);
	}
}
