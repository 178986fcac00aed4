/* SPDX-License-Identifier: Apache-2.0 */
#include "library.h"

#include <inttypes.h>
#include <stdlib.h>

#include "message.h"
#include "output.h"
#include "progress.h"

enum { EXPRESSION_SIZE = 1024, MAX_STRING = 2048 };

#define SECOND INT64_C(1000000000)

/* Replaces each `$` in `expression`. Returns false if the result is too long. */
static bool write_expression(const struct library_object *object, const char *expression, char *to, size_t size)
{
	size_t used = 0;

	for (; *expression != '\0'; expression++) {
		const int put = *expression == '$' ? snprintf(to + used, size - used, "(\"*%s\")(0x%" PRIx64 ")",
		                                              object->kind->type, object->address)
		                                   : snprintf(to + used, size - used, "%c", *expression);
		if (put < 0 || (size_t)put >= size - used) {
			return false;
		}
		used += (size_t)put;
	}
	return true;
}

/* Evaluates one expression. Returns NULL if its value is unknown, with the reason in `why`. */
static gopm_value *evaluate_expression(gopm_core *core, const gopm_stack *stack, size_t frame, const char *expression,
                                       gopm_value_info *info, char *why, size_t size)
{
	gopm_value_options options;
	gopm_value *value = NULL;
	gopm_error *err = NULL;

	gopm_value_options_init(&options, sizeof options);
	options.max_string = MAX_STRING;
	const gopm_status status = gopm_eval(core, stack, frame, expression, &options, &value, &err);
	*info = (gopm_value_info){.struct_size = sizeof *info};
	if (status != GOPM_OK || gopm_value_get_info(value, info) != GOPM_OK) {
		(void)snprintf(why, size, "%s", err != NULL ? gopm_error_message(err) : gopm_status_text(status));
	} else if (info->unreadable.size != 0) {
		(void)snprintf(why, size, "%.*s", (int)info->unreadable.size, info->unreadable.data);
	} else {
		return value;
	}
	gopm_error_free(err);
	gopm_value_free(value);
	return NULL;
}

gopm_value *library_value(gopm_core *core, const struct library_object *object, const char *const *choices,
                          gopm_value_info *info, char *why, size_t size)
{
	char expression[EXPRESSION_SIZE], ignored[1];
	gopm_value *value = NULL;

	for (unsigned i = 0; value == NULL && i < LIBRARY_CHOICES && choices[i] != NULL; i++) {
		if (write_expression(object, choices[i], expression, sizeof expression)) {
			/* The reason for the newest version is the one that a reader can compare with its sources. */
			value = evaluate_expression(core, NULL, 0, expression, info, i == 0 ? why : ignored,
			                            i == 0 ? size : sizeof ignored);
		}
	}
	return value;
}

/* A condition of an object: 1 true, 0 false, -1 unknown. */
static int test_object(gopm_core *core, const struct library_object *object, const char *const *choices, char *why,
                       size_t size)
{
	gopm_value_info info;

	if (choices[0] == NULL) {
		return 1;
	}
	gopm_value *value = library_value(core, object, choices, &info, why, size);
	const int result = value == NULL ? -1 : info.kind == GOPM_KIND_BOOL ? info.integer != 0 : -1;
	gopm_value_free(value);
	return result;
}

static struct library_object *add_object(struct library_objects *found, const struct library_kind *kind,
                                         uint64_t address)
{
	if (found->count == found->capacity) {
		const size_t capacity = found->capacity != 0 ? found->capacity * 2 : 64;
		struct library_object *list =
		    capacity <= SIZE_MAX / sizeof *list ? realloc(found->list, capacity * sizeof *list) : NULL;
		if (list == NULL) {
			found->status = GOPM_ERR_NO_MEMORY;
			return NULL;
		}
		found->list = list;
		found->capacity = capacity;
	}
	struct library_object *object = &found->list[found->count++];
	*object = (struct library_object){.kind = kind, .address = address};
	return object;
}

/* --- goroutines -----------------------------------------------------------------------------------------------------
 */

/* The object that a frame's variable points to, with what is known of it; address 0: none. */
static struct library_object object_of_frame(gopm_core *core, const gopm_stack *stack, size_t frame,
                                             const struct library_kind *kind, const char *const *names)
{
	const struct library_goroutine *rule = &kind->goroutine;
	struct library_object object = {.kind = kind};
	gopm_value_info info;
	gopm_value *value = NULL;
	char why[1], expression[EXPRESSION_SIZE];

	for (unsigned k = 0; value == NULL && k < LIBRARY_CHOICES && names[k] != NULL; k++) {
		value = evaluate_expression(core, stack, frame, names[k], &info, why, sizeof why);
	}
	gopm_value_free(value);
	if (value == NULL) {
		return object;
	}
	/* Without DWARF an argument may be a word. */
	object.address = info.kind == GOPM_KIND_POINTER || info.size == 8 ? info.uinteger : 0;
	object.is_stale = info.provenance == GOPM_FROM_STALE;
	object.needs_heap = object.is_stale || info.kind != GOPM_KIND_POINTER || rule->field != NULL;
	if (rule->field != NULL && object.address != 0) {
		const int size = snprintf(expression, sizeof expression, "(\"*%s\")(0x%" PRIx64 ").%s", rule->holder,
		                          object.address, rule->field);
		value = size > 0 && (size_t)size < sizeof expression
		            ? evaluate_expression(core, NULL, 0, expression, &info, why, sizeof why)
		            : NULL;
		object.address = value != NULL && info.kind == GOPM_KIND_POINTER ? info.uinteger : 0;
		gopm_value_free(value);
	}
	return object;
}

/* The index of the outermost frame of a function; the size of the stack: there is none. */
static size_t find_frame(const gopm_stack *stack, const char *function)
{
	const size_t length = strlen(function), size = gopm_stack_size(stack);

	for (size_t i = size; i-- > 0;) {
		gopm_frame frame;
		size_t got = 0;

		if (gopm_stack_frames(stack, i, &frame, sizeof frame, 1, &got) == GOPM_OK && got == 1 &&
		    frame.location.function.size == length &&
		    memcmp(frame.location.function.data, function, length) == 0) {
			return i;
		}
	}
	return size;
}

static struct library_object object_of_stack(gopm_core *core, const gopm_stack *stack, const struct library_kind *kind)
{
	struct library_object best = {.kind = kind};

	for (unsigned i = 0; i < LIBRARY_VARIABLES && kind->goroutine.variables[i].function != NULL; i++) {
		const struct library_variable *variable = &kind->goroutine.variables[i];
		const size_t frame = find_frame(stack, variable->function);

		if (frame == gopm_stack_size(stack)) {
			continue;
		}
		const struct library_object object = object_of_frame(core, stack, frame, kind, variable->names);
		if (object.address != 0 && (best.address == 0 || !object.is_stale)) {
			best = object;
		}
		if (best.address != 0 && !best.is_stale) {
			break;
		}
	}
	return best;
}

static void add_goroutine(struct library_objects *found, gopm_core *core, const struct library_kind *kind,
                          const gopm_goroutine *g, gopm_stack **stack)
{
	gopm_stack_options options;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = g->address;
	options.outer_frames = kind->goroutine.outer;
	options.flags = GOPM_STACK_USER_ONLY;
	const gopm_status status =
	    *stack == NULL ? gopm_stack_open(core, &options, stack, NULL) : gopm_stack_reopen(*stack, &options, NULL);
	const struct library_object object =
	    status == GOPM_OK ? object_of_stack(core, *stack, kind) : (struct library_object){.address = 0};
	struct library_object *added = object.address != 0 ? add_object(found, kind, object.address) : NULL;
	if (added != NULL) {
		*added = object;
		added->goroutine = g->id;
		added->wait = g->wait_time;
	}
}

static void find_goroutines(struct library_objects *found, struct session *session, const struct library_kind *kind)
{
	enum { batch = 256 };
	gopm_goroutine *records = calloc(batch, sizeof *records);
	gopm_goroutine_filter filter;
	gopm_goroutine_iter *it = NULL;
	gopm_stack *stack = NULL;
	size_t got = 0;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = 0;
	filter.start = kind->goroutine.start;
	filter.user = kind->goroutine.user;
	filter.progress = progress_update;
	gopm_status status =
	    records == NULL ? GOPM_ERR_NO_MEMORY : gopm_goroutine_iter_open(session->core, &filter, &it, NULL);
	if (status == GOPM_OK) {
		while ((status = gopm_goroutine_iter_next(it, records, sizeof *records, batch, &got)) == GOPM_OK &&
		       found->status == GOPM_OK) {
			for (size_t i = 0; i < got; i++) {
				add_goroutine(found, session->core, kind, &records[i], &stack);
			}
		}
		gopm_goroutine_iter_free(it);
	}
	if (status < 0) {
		found->status = status;
	}
	gopm_stack_free(stack);
	free(records);
}

/* --- the heap -------------------------------------------------------------------------------------------------------
 */

static int compare_addresses(const void *a, const void *b)
{
	const struct library_object *x = a, *y = b;
	const int order = (x->kind > y->kind) - (x->kind < y->kind);

	return order != 0 ? order : (x->address > y->address) - (x->address < y->address);
}

/* By address, then the sure ones. */
static int compare_claims(const void *a, const void *b)
{
	const struct library_object *x = a, *y = b;
	const int order = compare_addresses(a, b);

	return order != 0 ? order : x->is_stale - y->is_stale;
}

/* Sorts by address. If two goroutines seem to work for an object and neither is surer, none is kept. */
static void sort_claims(struct library_objects *found)
{
	size_t kept = 0;

	if (found->count != 0) {
		qsort(found->list, found->count, sizeof *found->list, compare_claims);
	}
	for (size_t i = 0, end; i < found->count; i = end) {
		for (end = i + 1; end < found->count && compare_addresses(&found->list[i], &found->list[end]) == 0;
		     end++) {
		}
		struct library_object object = found->list[i];
		if (end - i > 1 && object.is_stale == found->list[i + 1].is_stale) {
			object.goroutine = 0;
			object.wait = 0;
			object.needs_heap = true;
		}
		found->list[kept++] = object;
	}
	found->count = kept;
}

static bool is_guessed(uint32_t from)
{
	return from == GOPM_HEAP_FROM_MASK || from == GOPM_HEAP_FROM_INSIDE || from == GOPM_HEAP_FROM_NOTHING;
}

/* Adds the objects of the heap; the first `claims` objects of the list are those of goroutines. */
static void find_in_heap(struct library_objects *found, gopm_heap *heap, const struct library_kind *kind, size_t claims)
{
	enum { batch = 256 };
	gopm_heap_object *records = calloc(batch, sizeof *records);
	gopm_heap_filter filter;
	gopm_heap_object_iter *it = NULL;
	size_t got = 0;

	gopm_heap_filter_init(&filter, sizeof filter);
	filter.type = kind->type;
	filter.flags = GOPM_HEAP_FILTER_LIVE;
	gopm_status status =
	    records == NULL ? GOPM_ERR_NO_MEMORY : gopm_heap_object_iter_open(heap, &filter, &it, NULL);
	while (status == GOPM_OK && found->status == GOPM_OK &&
	       (status = gopm_heap_object_iter_next(it, records, sizeof *records, batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			const struct library_object key = {.kind = kind, .address = records[i].address};
			struct library_object *object =
			    claims != 0 ? bsearch(&key, found->list, claims, sizeof key, compare_addresses) : NULL;

			if (object == NULL && records[i].form == GOPM_HEAP_ONE) {
				object = add_object(found, kind, key.address);
			}
			if (object != NULL && records[i].form == GOPM_HEAP_ONE) {
				object->in_heap = true;
				object->is_guess =
				    is_guessed(records[i].from) && (object->goroutine == 0 || object->is_stale);
			}
		}
	}
	gopm_heap_object_iter_free(it);
	if (status < 0) {
		found->status = status;
	}
	free(records);
}

/* Marks the heap. Returns NULL if the core lacks it, or after a failure. */
static gopm_heap *open_heap(struct library_objects *found, struct session *session)
{
	gopm_heap_options options;
	gopm_heap *heap = NULL;

	gopm_heap_options_init(&options, sizeof options);
	options.progress = progress_update;
	progress_start("marking the heap", session->quiet);
	const gopm_status status = gopm_heap_open(session->core, &options, &heap, NULL);
	progress_stop();
	found->without_heap = status == GOPM_NOT_FOUND;
	found->status = status < 0 ? status : found->status;
	return heap;
}

static void search_heap(struct library_objects *found, gopm_heap *heap, const struct library_kind *kinds, size_t count)
{
	const size_t claims = found->count;

	for (size_t i = 0; i < count && found->status == GOPM_OK; i++) {
		find_in_heap(found, heap, &kinds[i], claims);
	}
}

/* --- conditions and ages --------------------------------------------------------------------------------------------
 */

int64_t library_age(const struct library_objects *found, const struct library_object *object, bool *is_minimum)
{
	int64_t age = -1;

	if (object->since > 0 && object->since < INT64_MAX / SECOND && found->unix_now != 0) {
		/* The begin is known in seconds. */
		age =
		    found->unix_now / SECOND > object->since ? (found->unix_now / SECOND - object->since) * SECOND : 0;
	}
	*is_minimum = age < 0 && object->wait > 0;
	return object->wait > 0 && object->wait > age ? object->wait : age;
}

static int compare_ages(const void *a, const void *b)
{
	const struct library_object *x = a, *y = b;
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	/* An unknown time is the last one. */
	const uint64_t begin = (uint64_t)x->since - 1, other = (uint64_t)y->since - 1;
	order = order != 0 ? order : (begin > other) - (begin < other);
	order = order != 0 ? order : (x->wait < y->wait) - (x->wait > y->wait);
	return order != 0 ? order : (x->address > y->address) - (x->address < y->address);
}

/* True if the object counts. Fills its age. */
static bool check_object(gopm_core *core, struct library_objects *found, struct library_object *object)
{
	char why[sizeof found->why] = "";
	gopm_value_info info;

	if (object->needs_heap && !object->in_heap) {
		return false;
	}
	int counts = test_object(core, object, object->kind->condition, why, sizeof why);
	if (counts == 1 && object->goroutine == 0) {
		counts = test_object(core, object, object->kind->alone, why, sizeof why);
	}
	if (counts < 0) {
		found->left_out++;
		if (found->why[0] == '\0') {
			memcpy(found->why, why, sizeof why);
		}
	}
	if (counts != 1 || object->kind->since[0] == NULL) {
		return counts == 1;
	}
	gopm_value *since = library_value(core, object, object->kind->since, &info, why, sizeof why);
	object->since = since != NULL ? (int64_t)(info.uinteger >> 8) : 0;
	gopm_value_free(since);
	return true;
}

bool library_find(struct session *session, gopm_heap *heap, const struct library_kind *kinds, size_t count,
                  struct library_objects *found)
{
	size_t kept = 0;

	*found = (struct library_objects){.status = GOPM_OK};
	progress_start("reading stacks", session->quiet);
	for (size_t i = 0; i < count && found->status == GOPM_OK; i++) {
		if (kinds[i].goroutine.title != NULL) {
			find_goroutines(found, session, &kinds[i]);
		}
	}
	progress_stop();
	sort_claims(found);
	gopm_heap *opened = heap == NULL && found->status == GOPM_OK ? open_heap(found, session) : NULL;
	if (heap != NULL || opened != NULL) {
		search_heap(found, heap != NULL ? heap : opened, kinds, count);
	}
	gopm_heap_close(opened);
	if (found->status != GOPM_OK) {
		session_fail(found->status, NULL);
		return false;
	}
	for (size_t i = 0; i < found->count; i++) {
		if (check_object(session->core, found, &found->list[i])) {
			found->list[kept++] = found->list[i];
		}
	}
	found->count = kept;
	if (kept != 0) {
		qsort(found->list, kept, sizeof *found->list, compare_ages);
	}
	gopm_core_info info = {.struct_size = sizeof info};
	found->unix_now = gopm_core_get_info(session->core, &info) == GOPM_OK ? info.unix_now : 0;
	return true;
}

void library_warn(const struct library_objects *found)
{
	if (found->without_heap) {
		warn("the core lacks the heap: only what goroutines work for is shown");
	}
	if (found->left_out != 0) {
		warn("%" PRIu64 " more object%s cannot be read: %s", found->left_out, found->left_out == 1 ? "" : "s",
		     found->why);
	}
}

void library_free(struct library_objects *found)
{
	free(found->list);
	found->list = NULL;
	found->count = found->capacity = 0;
}
