/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "lock_holders.h"
#include "message.h"
#include "object_print.h"
#include "output.h"
#include "progress.h"
#include "text.h"

enum { batch = 64, element_bytes = 200 };

struct object_command {
	struct session session;
	uint64_t address; /* 0: all */
	uint64_t limit;   /* of waiters, or of objects */
	struct lock_holders holders;
	bool json;
};

/* Writes the value that a goroutine sends as text. False: it is not known. */
static bool element_text(gopm_core *core, const gopm_object *object, const gopm_object_waiter *waiter, char *text,
                         size_t size)
{
	static const char prefix[] = "chan ";
	char expression[512];
	gopm_value *value = NULL;
	size_t length;

	if (waiter->side != GOPM_SIDE_SENDS || waiter->element == 0 || object->type.size < sizeof prefix ||
	    memchr(object->type.data, '"', object->type.size) != NULL) {
		return false;
	}
	const int n = snprintf(expression, sizeof expression, "*(*\"%.*s\")(0x%" PRIx64 ")",
	                       (int)(object->type.size - (sizeof prefix - 1)), object->type.data + sizeof prefix - 1,
	                       waiter->element);
	if (n <= 0 || (size_t)n >= sizeof expression ||
	    gopm_eval(core, NULL, 0, expression, NULL, &value, NULL) != GOPM_OK) {
		return false;
	}
	const bool known = gopm_value_text(value, text, size, &length) == GOPM_OK;
	gopm_value_free(value);
	return known;
}

static void print_waiter(gopm_core *core, const gopm_object *object, const gopm_object_waiter *waiter)
{
	char element[element_bytes];

	output_printf("  goroutine %" PRIu64 " ", waiter->goroutine);
	output_string(object_side_name(waiter->side));
	output_string((waiter->flags & GOPM_WAITER_SELECT) != 0 ? " in a select" : "");
	if (element_text(core, object, waiter, element, sizeof element)) {
		output_char(' ');
		output_str((gopm_str){element, strlen(element)});
	}
	if (waiter->wait_time > 0) {
		output_text(" for ");
		output_duration(waiter->wait_time);
	}
	if (waiter->user.function.size != 0) {
		output_text(": ");
		output_function_colour();
		text_function(waiter->user.function);
		output_normal_colour();
		output_char(' ');
		text_place(&waiter->user);
	}
	output_string((waiter->flags & GOPM_WAITER_TORN) != 0 ? "  (the object disagrees)\n" : "\n");
}

static void json_waiter(gopm_core *core, const gopm_object *object, const gopm_object_waiter *waiter)
{
	char element[element_bytes];

	output_char('{');
	json_key("goroutine");
	output_u64(waiter->goroutine);
	json_next_key("side");
	json_cstring(object_side_name(waiter->side));
	json_next_key("select");
	json_bool((waiter->flags & GOPM_WAITER_SELECT) != 0);
	json_next_key("torn");
	json_bool((waiter->flags & GOPM_WAITER_TORN) != 0);
	if (waiter->element != 0) {
		json_next_key("element");
		output_u64(waiter->element);
	}
	if (element_text(core, object, waiter, element, sizeof element)) {
		json_next_key("value");
		json_cstring(element);
	}
	json_next_key("waitSince");
	output_i64(waiter->wait_since);
	json_next_key("waitTime");
	output_i64(waiter->wait_time);
	json_next_key("userLoc");
	json_location(&waiter->user);
	output_char('}');
}

/* Prints those that wait for an object, up to the limit. */
static gopm_status print_waiters(const struct object_command *c, const gopm_objects *objects, const gopm_object *object)
{
	gopm_object_waiter list[batch];
	size_t count = 0;
	uint64_t done = 0;

	do {
		const uint64_t left = c->limit - done;
		const size_t room = left < batch ? (size_t)left : batch;
		const gopm_status status =
		    gopm_objects_waiters(objects, object->address, list, sizeof list[0], (size_t)done, room, &count);
		if (status != GOPM_OK) {
			return status;
		}
		for (size_t i = 0; i < room && done < count; i++, done++) {
			if (c->json) {
				output_string(done != 0 ? ",\n" : "");
				json_waiter(c->session.core, object, &list[i]);
			} else {
				print_waiter(c->session.core, object, &list[i]);
			}
		}
	} while (done < count && done < c->limit);
	if (!c->json && done < count) {
		output_printf("  [%" PRIu64 " more; use --limit]\n", count - done);
	}
	return GOPM_OK;
}

static void print_holders(const struct object_command *c, const gopm_object *object)
{
	size_t count;
	const gopm_why_holder *list = lock_holders_find(&c->holders, object->address, &count);

	if (count == 0 && (object->flags & GOPM_OBJECT_FLAG_LOCKED) != 0 && object->goroutines != 0) {
		output_text("  no goroutine is seen to hold it\n");
	}
	for (size_t i = 0; i < count && i < c->limit; i++) {
		output_text("  ");
		lock_holder_text(&list[i]);
		output_text("; see gopm stack -g ");
		output_u64(list[i].goroutine);
		output_char('\n');
	}
	if (count > c->limit) {
		output_printf("  [%zu more; use --limit]\n", count - (size_t)c->limit);
	}
}

static gopm_status print_object(const struct object_command *c, const gopm_objects *objects, const gopm_object *object)
{
	if (c->json) {
		output_text("{\"result\":{");
		object_json(object);
		lock_holders_json(&c->holders, object->address);
		json_next_key("waiters");
		output_char('[');
		const gopm_status status = print_waiters(c, objects, object);
		output_text("]}}\n");
		return status;
	}
	object_print_name(object);
	output_text(" at ");
	output_hex(object->address, 0);
	object_print_state(c->session.core, object);
	output_char('\n');
	if (object->name.size != 0 && (object->name.size != object->in.size ||
	                               memcmp(object->name.data, object->in.data, object->in.size) != 0)) {
		output_text("  ");
		output_str(object->name);
		output_char('\n');
	}
	print_holders(c, object);
	output_count(object->goroutines, "goroutine");
	output_string(object->goroutines == 1 ? " waits for it\n" : " wait for it\n");
	return print_waiters(c, objects, object);
}

/* A row of the list. */
static void print_row(const struct object_command *c, const gopm_object *object, bool first)
{
	if (c->json) {
		output_string(first ? "{" : ",\n{");
		object_json(object);
		output_char('}');
		return;
	}
	output_printf("%10" PRIu64 "  ", object->goroutines);
	output_hex(object->address, 12);
	output_text("  ");
	object_print_name(object);
	object_print_state(c->session.core, object);
	output_char('\n');
}

static gopm_status print_list(const struct object_command *c, const gopm_objects *objects)
{
	gopm_object list[batch];
	size_t count = 0;
	uint64_t done = 0;

	output_string(c->json ? "{\"result\":[" : "GOROUTINES  ADDRESS         OBJECT\n");
	do {
		const uint64_t left = c->limit - done;
		const size_t room = left < batch ? (size_t)left : batch;
		const gopm_status status = gopm_objects_list(objects, list, sizeof list[0], (size_t)done, room, &count);
		if (status != GOPM_OK) {
			return status;
		}
		for (size_t i = 0; i < room && done < count; i++, done++) {
			print_row(c, &list[i], done == 0);
		}
	} while (done < count && done < c->limit);
	if (c->json) {
		output_text("]}\n");
	} else if (done < count) {
		output_printf("[%" PRIu64 " more; use --limit]\n", count - done);
	}
	return GOPM_OK;
}

static int show_objects(const struct object_command *c, const gopm_objects *objects)
{
	gopm_object object;
	size_t count = 0;
	gopm_status status = gopm_objects_list(objects, &object, sizeof object, 0, 1, &count);

	if (status == GOPM_OK && count == 0) {
		if (!c->session.quiet) {
			hint("no goroutine waits for an object that the core has");
		}
		return EXIT_NOTHING;
	}
	if (status == GOPM_OK) {
		status = c->address != 0 ? print_object(c, objects, &object) : print_list(c, objects);
	}
	return status == GOPM_OK ? EXIT_DONE : session_fail(status, NULL);
}

static int find_objects(struct object_command *c)
{
	gopm_objects_options options;
	gopm_heap_options heap_options;
	gopm_objects *objects = NULL;
	gopm_heap *heap = NULL;
	gopm_error *err = NULL;

	gopm_heap_options_init(&heap_options, sizeof heap_options);
	heap_options.progress = progress_update;
	progress_start("reading the heap", c->session.quiet);
	gopm_status status = gopm_heap_open(c->session.core, &heap_options, &heap, &err);
	progress_stop();
	/* Without a heap there are fewer places. */
	if (status != GOPM_OK && status != GOPM_NOT_FOUND) {
		return session_fail(status, err);
	}
	gopm_error_free(err);
	err = NULL;
	gopm_objects_options_init(&options, sizeof options);
	options.heap = heap;
	options.address = c->address;
	options.flags = c->address != 0 ? GOPM_OBJECTS_FLAG_PATHS : 0;
	options.progress = progress_update;
	progress_start("finding objects", c->session.quiet);
	status = gopm_objects_open(c->session.core, &options, &objects, &err);
	progress_stop();
	if (status == GOPM_OK && c->address != 0) {
		status = lock_holders_open(&c->holders, c->session.core, heap, c->session.quiet, &err);
	}
	gopm_heap_close(heap);
	if (status == GOPM_NOT_FOUND) {
		complain_error(status, err, NULL);
		gopm_error_free(err);
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		gopm_objects_free(objects);
		return session_fail(status, err);
	}
	const int code = show_objects(c, objects);
	lock_holders_close(&c->holders);
	gopm_objects_free(objects);
	return code;
}

/* Takes ADDRESS from the arguments: the first, unless it is a file. */
static void take_address(struct object_command *c, int argc, char **argv)
{
	if (optind < argc && access(argv[optind], F_OK) != 0 && parse_u64(argv[optind], &c->address)) {
		optind++;
	}
}

enum { OPTION_LIMIT = 300 };

static int run_object(const struct command *command, int argc, char **argv)
{
	struct object_command c = {.address = 0};
	int option, code = -1;

	session_init(&c.session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		if (option == OPTION_LIMIT) {
			code = option_number(&c.session, "limit", &c.limit);
		} else if (option == 'j') {
			c.json = true;
		} else {
			code = session_option(&c.session, option, argv);
		}
	}
	if (code < 0) {
		take_address(&c, argc, argv);
		/* JSON is for programs, which want all. */
		c.limit = c.limit != 0 ? c.limit : c.json ? UINT64_MAX : 40;
		code = session_open(&c.session, argc, argv);
	}
	return code >= 0 ? code : session_close(&c.session, find_objects(&c));
}

static const struct option_row rows[] = {
    {OPTION_LIMIT, "limit", "N", "show N goroutines, or N objects; without it 40; all with --json"},
    {'j', "json", NULL, "print {\"result\":{...}}, or {\"result\":[...]} without ADDRESS"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"object core", "what goroutines wait for, with most goroutines first"},
    {"object 0xc000012340 core", "one channel or lock: its state, and who waits for it"},
    {0},
};

const struct command command_object = {
    .name = "object",
    .summary = "show a channel, lock or other object, and who waits for it",
    .arguments = "[options] [ADDRESS] CORE [EXE]",
    .about = "Shows an object that goroutines wait for: a channel, a lock, a wait group, a timer, a file descriptor or "
             "a context; and the goroutines that hold a lock. It has the address that other commands print, or that of "
             "its semaphore. Without ADDRESS it "
             "lists all objects that a goroutine waits for.",
    .options = tables,
    .examples = examples,
    .run = run_object,
};
