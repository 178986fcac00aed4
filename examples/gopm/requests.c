/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "json.h"
#include "library.h"
#include "message.h"
#include "request_kinds.h"

struct request_list {
	struct session session;
	struct library_objects found;
	uint64_t limit; /* of each kind */
	bool json;
};

/* --- text -----------------------------------------------------------------------------------------------------------
 */

/* Prints spaces up to `width` after a cell that began at `begin`, and two more. */
static void end_cell(const char *begin, unsigned width)
{
	const size_t used = (size_t)(out.at - begin);

	output_spaces((used < width ? width - used : 0) + 2);
}

/* A cell that is longer than its column fits in here: strings are cut, and each byte is printed as four at most. */
static const char *begin_cell(void)
{
	return output_room((size_t)64 * 1024);
}

static void print_age(const struct library_objects *found, const struct library_object *object)
{
	bool is_minimum;
	const char *begin = begin_cell();
	const int64_t age = library_age(found, object, &is_minimum);

	if (age < 0) {
		output_char('?');
	} else if (age == 0) {
		output_text("<1s");
	} else {
		output_string(is_minimum ? ">=" : "");
		output_duration(age);
	}
	end_cell(begin, 8);
}

static void print_goroutine(const struct library_object *object)
{
	const char *begin = begin_cell();

	if (object->goroutine != 0) {
		output_u64(object->goroutine);
		output_string(object->is_stale ? "?" : "");
	} else {
		output_char('-');
	}
	end_cell(begin, 9);
}

static void print_head(const struct library_kind *kind, uint64_t count)
{
	output_count(count, kind->what);
	output_char('\n');
	if (kind->has_age) {
		const char *begin = begin_cell();
		output_text("AGE");
		end_cell(begin, 8);
	}
	const char *at = begin_cell();
	output_string(kind->goroutine.title);
	end_cell(at, 9);
	for (const struct fact *fact = kind->facts; fact->name != NULL; fact++) {
		if (fact->title != NULL) {
			const char *begin = begin_cell();
			output_string(fact->title);
			if (fact->width != 0) {
				end_cell(begin, fact->width);
			}
		}
	}
	output_char('\n');
}

/* Prints a row. Returns the first fact that is unknown, with its reason in `why`; NULL: all are known. */
static const struct fact *print_row(const struct request_list *r, const struct library_object *object, char *why,
                                    size_t size)
{
	const struct fact *unknown = NULL;
	char reason[256];

	if (object->kind->has_age) {
		print_age(&r->found, object);
	}
	print_goroutine(object);
	for (const struct fact *fact = object->kind->facts; fact->name != NULL; fact++) {
		gopm_value_info info;

		if (fact->title == NULL) {
			continue;
		}
		gopm_value *value =
		    library_value(r->session.core, object, fact->expressions, &info, reason, sizeof reason);
		const char *begin = begin_cell();
		if (value != NULL) {
			fact_print(fact, value, &info, false);
		} else {
			output_char('?');
			if (unknown == NULL) {
				unknown = fact;
				(void)snprintf(why, size, "%s", reason);
			}
		}
		gopm_value_free(value);
		if (fact->width != 0) {
			end_cell(begin, fact->width);
		}
	}
	output_string(object->is_guess ? "  (its type is a guess)\n" : "\n");
	return unknown;
}

/* Prints the `count` objects of one kind. */
static void print_kind(const struct request_list *r, const struct library_object *list, size_t count)
{
	const struct fact *unknown = NULL;
	char why[256] = "", reason[256];

	print_head(list->kind, count);
	for (size_t i = 0; i < count && i < r->limit; i++) {
		const struct fact *fact = print_row(r, &list[i], reason, sizeof reason);
		if (unknown == NULL && fact != NULL) {
			unknown = fact;
			memcpy(why, reason, sizeof why);
		}
	}
	if (count > r->limit) {
		output_printf("[%" PRIu64 " more; use --limit]\n", (uint64_t)count - r->limit);
	}
	if (unknown != NULL) {
		warn("%s of a %s is unknown: %s", unknown->name, list->kind->what, why);
	}
}

/* --- JSON -----------------------------------------------------------------------------------------------------------
 */

static void json_name(const char *name)
{
	output_char(',');
	json_cstring(name);
	output_char(':');
}

static void json_age(const struct library_objects *found, const struct library_object *object)
{
	bool is_minimum;
	const int64_t age = library_age(found, object, &is_minimum);

	if (object->since > 0) {
		json_next_key("since");
		output_i64(object->since);
	}
	if (age >= 0) {
		json_next_key("age");
		output_i64(age);
		json_next_key("ageIsMinimum");
		json_bool(is_minimum);
	}
}

/* Prints the facts that are known. Returns true if these are all. */
static bool json_facts(gopm_core *core, const struct library_object *object)
{
	bool all = true;
	char why[256];

	for (const struct fact *fact = object->kind->facts; fact->name != NULL; fact++) {
		gopm_value_info info;
		gopm_value *value = library_value(core, object, fact->expressions, &info, why, sizeof why);

		if (value != NULL) {
			json_name(fact->name);
			fact_print(fact, value, &info, true);
		}
		all = all && value != NULL;
		gopm_value_free(value);
	}
	return all;
}

/* Prints why the other facts are unknown. */
static void json_unknown(gopm_core *core, const struct library_object *object)
{
	bool first = true;
	char why[256];

	json_next_key("unknown");
	for (const struct fact *fact = object->kind->facts; fact->name != NULL; fact++) {
		gopm_value_info info;
		gopm_value *value = library_value(core, object, fact->expressions, &info, why, sizeof why);

		if (value == NULL) {
			output_char(first ? '{' : ',');
			json_cstring(fact->name);
			output_char(':');
			json_cstring(why);
			first = false;
		}
		gopm_value_free(value);
	}
	output_char('}');
}

static void json_object(const struct request_list *r, const struct library_object *object)
{
	output_char('{');
	json_key("what");
	json_cstring(object->kind->what);
	json_next_key("type");
	json_cstring(object->kind->type);
	json_next_key("address");
	output_u64(object->address);
	json_next_key("typeIsGuess");
	json_bool(object->is_guess);
	if (object->goroutine != 0) {
		json_next_key("goroutine");
		output_u64(object->goroutine);
		json_next_key("goroutineIsGuess");
		json_bool(object->is_stale);
	}
	if (object->kind->has_age) {
		json_age(&r->found, object);
	}
	if (!json_facts(r->session.core, object)) {
		json_unknown(r->session.core, object);
	}
	output_char('}');
}

static void print_json(const struct request_list *r)
{
	uint64_t of_kind = 0;
	bool first = true;

	output_text("{\"result\":[");
	for (size_t i = 0; i < r->found.count; i++) {
		const struct library_object *object = &r->found.list[i];

		of_kind = i != 0 && object->kind == object[-1].kind ? of_kind + 1 : 0;
		if (of_kind < r->limit) {
			output_string(first ? "" : ",\n");
			json_object(r, object);
			first = false;
		}
	}
	output_text("]}\n");
}

/* --- the command ----------------------------------------------------------------------------------------------------
 */

static int print_requests(struct request_list *r)
{
	struct library_objects *found = &r->found;

	if (!library_find(&r->session, NULL, request_kinds, request_kind_count, found)) {
		library_free(found);
		return EXIT_FAILED;
	}
	library_warn(found);
	if (r->json) {
		print_json(r);
	}
	for (size_t i = 0, end; i < found->count && !r->json; i = end) {
		for (end = i + 1; end < found->count && found->list[end].kind == found->list[i].kind; end++) {
		}
		output_string(i != 0 ? "\n" : "");
		print_kind(r, &found->list[i], end - i);
	}
	const int code = found->count != 0 ? EXIT_DONE : EXIT_NOTHING;
	if (code == EXIT_NOTHING && !r->session.quiet) {
		hint("no requests in flight, and no pools of database/sql");
	}
	library_free(found);
	return code;
}

enum { OPTION_LIMIT = 300 };

static int run_requests(const struct command *command, int argc, char **argv)
{
	struct request_list r = {.limit = 0};
	int option, code = -1;

	session_init(&r.session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		if (option == OPTION_LIMIT) {
			code = option_number(&r.session, "limit", &r.limit);
		} else if (option == 'j') {
			r.json = true;
		} else {
			code = session_option(&r.session, option, argv);
		}
	}
	if (code < 0) {
		/* JSON is for programs, which want all. */
		r.limit = r.limit != 0 ? r.limit : r.json ? UINT64_MAX : 1000;
		code = session_open(&r.session, argc, argv);
	}
	return code >= 0 ? code : session_close(&r.session, print_requests(&r));
}

static const struct option_row rows[] = {
    {OPTION_LIMIT, "limit", "N", "show N rows of each kind, the oldest; without it 1000; all with --json"},
    {'j', "json", NULL, "print {\"result\":[...]} with times in nanoseconds"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"requests core", "what was the server doing, and for whom"},
    {"requests --limit 10 core server", "the ten oldest requests of each kind"},
    {0},
};

const struct command command_requests = {
    .name = "requests",
    .summary = "show HTTP requests in flight, and pools of SQL connections",
    .arguments = "[options] CORE [EXE]",
    .about = "Shows the requests that servers and clients of net/http had not finished, and the pools of database/sql: "
             "connections that are open, in use and idle, and goroutines that wait for one. It finds them in the heap "
             "and on the stacks. A stripped program is enough.",
    .options = tables,
    .examples = examples,
    .run = run_requests,
};
