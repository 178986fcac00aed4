/* SPDX-License-Identifier: Apache-2.0 */
/* Prints each object that a goroutine of the program waits for:
 *
 *	KIND ADDRESS | TYPE | IN | NAME | FLAGS | length capacity senders receivers waiters readers reading counter |
 *FILE FD
 *
 *     dump_objects CORE EXE */
#include <inttypes.h>
#include <stdio.h>

#include "api/handle.h"
#include "why/object.h"
#include "why/waitable.h"

#define MOST 4096
#define MOST_CASES 64

static const char *const kinds[] = {"other", "chan",      "nil",   "mutex", "rwmutex", "once", "waitgroup",
                                    "cond",  "semaphore", "timer", "fd",    "syscall", "cgo",  "context"};

static struct gopm__object objects[MOST];
static size_t object_count;

static void add_object(const struct gopm__waitable *w, uint64_t g)
{
	const bool is_call = w->kind == GOPM_OBJECT_SYSCALL || w->kind == GOPM_OBJECT_CGO;

	for (size_t i = 0; i < object_count && !is_call; i++) {
		if (objects[i].address == w->address && objects[i].kind == w->kind) {
			return;
		}
	}
	if ((w->address != 0 || is_call) && object_count < MOST) {
		objects[object_count++] = (struct gopm__object){.address = w->address, .g = g, .kind = w->kind};
	}
}

static void collect(struct gopm__runtime *rt)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	struct gopm__waitable found[MOST_CASES];
	struct gopm__waitables waitables;
	struct gopm__g g;

	gopm__waitables_init(&waitables, rt);
	for (uint64_t i = 0; i < rt->g_count; i++) {
		const uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		if (address == 0 || !gopm__g_read(rt, &reader, address, &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		const size_t count = gopm__waitables_of(&waitables, &reader, &g, found, MOST_CASES);
		for (size_t n = 0; n < count && n < MOST_CASES; n++) {
			add_object(&found[n], g.address);
		}
	}
	gopm__waitables_free(&waitables);
}

static void print_object(const struct gopm__object *o)
{
	(void)printf("%s %#" PRIx64 " | %.*s | %.*s | %.*s |", kinds[o->kind], o->address, (int)o->type.size,
	             o->type.data, (int)o->in.size, o->in.data, (int)o->name.size, o->name.data);
	(void)printf("%s%s%s%s%s%s%s%s", (o->flags & GOPM__OBJECT_READ) != 0 ? "" : " unread",
	             (o->flags & GOPM__OBJECT_GUESSED) != 0 ? " guessed" : "",
	             (o->flags & GOPM__OBJECT_CLOSED) != 0 ? " closed" : "",
	             (o->flags & GOPM__OBJECT_LOCKED) != 0 ? " locked" : "",
	             (o->flags & GOPM__OBJECT_STARVING) != 0 ? " starving" : "",
	             (o->flags & GOPM__OBJECT_PENDING) != 0 ? " pending" : "",
	             (o->flags & GOPM__OBJECT_DONE) != 0 ? " done" : "",
	             (o->flags & GOPM__OBJECT_COUNTS) != 0 ? " counts" : "");
	(void)printf(" | %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %" PRId64
	             " | %.*s %d\n",
	             o->length, o->capacity, o->senders, o->receivers, o->waiters, o->readers, o->reading, o->counter,
	             (int)o->file.size, o->file.data, o->fd);
}

int main(int argc, char **argv)
{
	struct gopm__arena arena = {0};
	struct gopm__heap heap = {0};
	gopm_error *err = NULL;
	gopm_core *core;

	if (argc != 3 || gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	struct gopm__program *program = core->program;
	collect(&program->runtime);
	const struct gopm__progress none = {0};
	const bool open = gopm__heap_open(&heap, program, &none) == GOPM_OK;
	const gopm_status status = gopm__objects_describe(program, open ? &heap : NULL, &arena, objects, object_count);
	for (size_t i = 0; i < object_count && status == GOPM_OK; i++) {
		print_object(&objects[i]);
	}
	if (open) {
		gopm__heap_close(&heap);
	}
	gopm__arena_free(&arena);
	gopm_core_close(core);
	return status == GOPM_OK ? 0 : 1;
}
