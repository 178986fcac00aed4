/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/defer.h"

#include "runtime/layout/field.h"

/* The head of a list whose loop has ended: runtime/panic.go, badDefer. */
#define ENDED UINT64_C(1)

struct gopm__defers gopm__defers(const struct gopm__layout *layout, struct gopm__reader *reader, uint64_t g)
{
	struct gopm__defers list = {.reader = reader, .layout = layout};

	if (layout->defer.fn >= 0 && layout->defer.link >= 0 && layout->defer.sp >= 0) {
		list.next = gopm__field_or_0(reader, g, layout->g.defer, 8);
	}
	return list;
}

/* Reads the next record of a list. False: the list has ended. */
static bool read_record(struct gopm__defers *list, struct gopm__cycle *cycle, uint64_t *next, struct gopm__defer *out)
{
	const struct gopm__layout *l = list->layout;

	out->record = *next;
	if (*next == 0 || *next == ENDED) {
		return false;
	}
	if (gopm__cycle_closed(cycle, *next) ||
	    !gopm__field_u64(list->reader, out->record, l->defer.fn, &out->closure) ||
	    !gopm__field_u64(list->reader, out->record, l->defer.sp, &out->sp) ||
	    !gopm__field_u64(list->reader, out->record, l->defer.link, next)) {
		list->damaged = true;
		*next = 0;
		return false;
	}
	return true;
}

bool gopm__defer_next(struct gopm__defers *list, struct gopm__defer *out)
{
	const struct gopm__layout *l = list->layout;

	while (!list->damaged) {
		/* Calls deferred in the body of a loop over a function are pending until the function around it
		 * returns. Their records get its stack pointer only then. */
		if (read_record(list, &list->inner_cycle, &list->inner_next, out)) {
			out->sp = list->inner_sp;
			return true;
		}
		if (list->damaged || !read_record(list, &list->cycle, &list->next, out)) {
			return false;
		}
		if (gopm__field_or_0(list->reader, out->record, l->defer.rangefunc, 1) != 0) {
			const uint64_t head = gopm__field_or_0(list->reader, out->record, l->defer.head, 8);
			list->inner_sp = out->sp;
			list->inner_cycle = (struct gopm__cycle){0};
			list->damaged = !gopm__read_u64(list->reader, head, &list->inner_next);
		} else if (gopm__field_or_0(list->reader, out->record, l->defer.started, 1) == 0) {
			/* While a panic runs a call, its record stays on the list. */
			return true;
		}
	}
	return false;
}
