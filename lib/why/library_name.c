/* SPDX-License-Identifier: Apache-2.0 */
#include "why/library_name.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"
#include "why/object_place.h"

#define WAIT(what)                                                                                                     \
	{                                                                                                              \
		"waits to " what, "wait to " what, false                                                               \
	}
#define MINOR(what)                                                                                                    \
	{                                                                                                              \
		"waits to " what, "wait to " what, true                                                                \
	}
#define NONE                                                                                                           \
	{                                                                                                              \
		NULL, NULL, false                                                                                      \
	}

/* Parts of values. Sources: io/pipe.go, net/http/transport.go, os/exec/exec.go, Go 1.16 to 1.27; golang.org/x/sync; and
 * internal/singleflight. */
static const struct library_row {
	const char *in;      /* the end of its place: a type without its path, and fields; NULL: any */
	const char *type;    /* or its type; NULL: any */
	const char *library; /* the name of the value */
	bool whole;          /* the type in `in` is that value: it has a place, too */
	struct gopm__library_wait receives, sends; /* of locks and wait groups: receives */
} rows[] = {
    {"io.pipe.wrCh", NULL, "io.Pipe", true, WAIT("read from"), WAIT("write to")},
    {"io.pipe.rdCh", NULL, "io.Pipe", true, WAIT("hear from the reader of"), WAIT("answer the writer of")},
    {"io.pipe.done", NULL, "io.Pipe", true, MINOR("see the end of"), NONE},
    {"io.pipe.wrMu", NULL, "io.Pipe", true, WAIT("write after another writer of"), NONE},
    {"errgroup.Group.wg", NULL, "errgroup.Group", true, WAIT("see all tasks end of"), NONE},
    {"errgroup.Group.sem", NULL, "errgroup.Group", true, NONE, WAIT("start a task of")},
    {"singleflight.call.wg", NULL, "singleflight.Group", false, WAIT("get the result of another call of"), NONE},
    {"exec.Cmd.goroutineErr", NULL, "exec.Cmd", true, WAIT("read all output of"), NONE},
    {"http.persistConn.writech", NULL, "http.Transport", false, WAIT("get a request for"), WAIT("send a request by")},
    {"http.persistConn.closech", NULL, "http.Transport", false, MINOR("see a connection end of"), NONE},
    {"semaphore.waiter.ready", NULL, "semaphore.Weighted", false, WAIT("get units of"), NONE},
    {NULL, "chan database/sql.connRequest", "sql.DB", false, WAIT("get a connection of"), NONE},
    {NULL, "chan os.Signal", "signal.Notify", false, WAIT("get a signal of"), NONE},
};

static bool ends_with_part(gopm_str in, const char *part)
{
	const size_t size = strlen(part);

	return in.size >= size && memcmp(in.data + in.size - size, part, size) == 0 &&
	       (in.size == size || in.data[in.size - size - 1] == '/');
}

static const struct library_row *find_row(const struct gopm__object *object)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if ((rows[i].in == NULL || ends_with_part(object->in, rows[i].in)) &&
		    (rows[i].type == NULL ||
		     gopm__str_equal(object->type, (gopm_str){rows[i].type, strlen(rows[i].type)}))) {
			return &rows[i];
		}
	}
	return NULL;
}

/* The fields in "io.pipe.wrCh", which follow the name of the type: ".wrCh". */
static gopm_str fields_of(const char *part)
{
	const char *dot = strchr(part, '.');

	dot = dot != NULL ? strchr(dot + 1, '.') : NULL;
	return dot != NULL ? (gopm_str){dot, strlen(dot)} : (gopm_str){"", 0};
}

/* The expression without these fields; empty: it does not end with them. */
static gopm_str without_fields(gopm_str name, gopm_str fields)
{
	return fields.size != 0 && name.size > fields.size &&
	               memcmp(name.data + name.size - fields.size, fields.data, fields.size) == 0
	           ? (gopm_str){name.data, name.size - fields.size}
	           : (gopm_str){"", 0};
}

static int compare_owner_places(const void *a, const void *b)
{
	const struct gopm__object_place *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

/* True if the value is in no variable, but something may point to it. */
static bool needs_holder(const struct gopm__object *object)
{
	const struct library_row *row = object->library.size != 0 ? find_row(object) : NULL;

	return row != NULL && row->whole && object->library_in.size == 0 && object->owner != 0;
}

/* Finds what points to the values that are in no variable. */
static gopm_status find_holders(struct gopm__places *places, struct gopm__object *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (needs_holder(&list[i])) {
			places->list[places->count++] = (struct gopm__object_place){.address = list[i].owner,
			                                                            .in = {"", 0},
			                                                            .name = {"", 0},
			                                                            .within = {"", 0},
			                                                            .part = GOPM__PART_WORD};
			places->list[places->count - 1].gs[0] = list[i].g;
		}
	}
	if (places->count == 0) {
		return GOPM_OK;
	}
	qsort(places->list, places->count, sizeof *places->list, compare_owner_places);
	for (size_t i = 0; i < places->count; i++) {
		if (kept == 0 || places->list[i].address != places->list[kept - 1].address) {
			places->list[kept++] = places->list[i];
		}
	}
	places->count = kept;
	return gopm__places_find(places);
}

static void take_holders(const struct gopm__places *places, struct gopm__object *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at;
		GOPM__LOWER_BOUND(at, places->count, places->list[at].address < list[i].owner);
		if (needs_holder(&list[i]) && at < places->count && places->list[at].address == list[i].owner &&
		    !gopm__place_is_guess(places->list[at].rank)) {
			list[i].library_in = places->list[at].in;
		}
	}
}

gopm_status gopm__library_names(struct gopm__program *program, struct gopm__heap *heap, struct gopm__arena *arena,
                                struct gopm__object *list, size_t count)
{
	struct gopm__places places = {.program = program, .heap = heap, .arena = arena};
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		const struct library_row *row = find_row(&list[i]);
		if (row == NULL || (list[i].flags & GOPM__OBJECT_GUESSED) != 0) {
			continue;
		}
		list[i].library = (gopm_str){row->library, strlen(row->library)};
		list[i].library_in = row->whole ? without_fields(list[i].name, fields_of(row->in)) : (gopm_str){"", 0};
		found += row->whole;
	}
	places.list = found != 0 ? gopm__calloc(found, sizeof *places.list) : NULL;
	if (found != 0 && places.list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	const gopm_status status = found != 0 ? find_holders(&places, list, count) : GOPM_OK;
	if (status == GOPM_OK) {
		take_holders(&places, list, count);
	}
	free(places.list);
	return status;
}

const struct gopm__library_wait *gopm__library_wait(const struct gopm__object *object, bool sends)
{
	const struct library_row *row = object->library.size != 0 ? find_row(object) : NULL;
	const struct gopm__library_wait *wait = row == NULL ? NULL : sends ? &row->sends : &row->receives;

	return wait != NULL && wait->one != NULL ? wait : NULL;
}
