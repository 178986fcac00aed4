/* SPDX-License-Identifier: Apache-2.0 */
#include "heap.h"

#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "message.h"
#include "progress.h"

static void print_type_row(const gopm_heap_type *t)
{
	heap_print_size(t->bytes);
	output_printf(" %10" PRIu64 " ", t->objects);
	heap_print_size(t->bytes - t->live_bytes);
	output_printf("  %-9s ", heap_from_name(t->from));
	heap_print_type(t->type, t->form, t->from, t->slot_size, t->pointers != 0);
	output_char('\n');
}

static void json_type_row(const gopm_heap_type *t)
{
	output_char('{');
	json_key("type");
	json_string(t->type);
	json_next_key("form");
	json_cstring(heap_form_name(t->form));
	json_next_key("from");
	json_cstring(heap_from_name(t->from));
	json_next_key("objects");
	output_u64(t->objects);
	json_next_key("elems");
	output_u64(t->elems);
	json_next_key("bytes");
	output_u64(t->bytes);
	json_next_key("liveObjects");
	output_u64(t->live_objects);
	json_next_key("liveBytes");
	output_u64(t->live_bytes);
	json_next_key("slotSize");
	output_u64(t->slot_size);
	json_next_key("pointers");
	json_bool(t->pointers != 0);
	output_char('}');
}

static void json_object_row(const gopm_heap_object *o)
{
	output_char('{');
	json_key("address");
	output_u64(o->address);
	json_next_key("size");
	output_u64(o->size);
	json_next_key("type");
	json_string(o->type);
	json_next_key("form");
	json_cstring(heap_form_name(o->form));
	json_next_key("from");
	json_cstring(heap_from_name(o->from));
	json_next_key("elems");
	output_u64(o->elems);
	json_next_key("live");
	json_bool((o->flags & GOPM_HEAP_OBJECT_LIVE) != 0);
	output_char('}');
}

static void print_object_row(const gopm_heap_object *o)
{
	output_hex(o->address, 0);
	output_char(' ');
	heap_print_size(o->size);
	output_string((o->flags & GOPM_HEAP_OBJECT_LIVE) != 0 ? "  live     " : "  garbage  ");
	heap_print_type(o->type, o->form, o->from, o->size, (o->flags & GOPM_HEAP_OBJECT_POINTERS) != 0);
	if (o->form == GOPM_HEAP_ARRAY || o->form == GOPM_HEAP_BYTES || o->form == GOPM_HEAP_BUFFER) {
		output_printf(" (%" PRIu64 ")", o->elems);
	}
	output_char('\n');
}

static void json_info(const gopm_heap_info *info)
{
	output_char('{');
	json_key("objects");
	output_u64(info->objects);
	json_next_key("bytes");
	output_u64(info->bytes);
	json_next_key("liveObjects");
	output_u64(info->live_objects);
	json_next_key("liveBytes");
	output_u64(info->live_bytes);
	json_next_key("inUse");
	output_u64(info->in_use);
	json_next_key("freeSlots");
	output_u64(info->free_slots);
	json_next_key("rounding");
	output_u64(info->rounding);
	json_next_key("stacks");
	output_u64(info->stacks);
	if (info->mapped != 0) {
		json_next_key("idle");
		output_u64(info->idle);
		json_next_key("released");
		output_u64(info->released);
		json_next_key("mapped");
		output_u64(info->mapped);
	}
	json_next_key("partial");
	json_bool((info->flags & GOPM_HEAP_INFO_PARTIAL) != 0);
	output_char('}');
}

static void print_part(const char *what, uint64_t bytes, uint64_t objects)
{
	heap_print_size(bytes);
	output_printf("  %s", what);
	if (objects != 0) {
		output_text(", ");
		output_count(objects, "object");
	}
	output_char('\n');
}

static void print_info(const gopm_heap_info *info)
{
	print_part("live", info->live_bytes, info->live_objects);
	print_part("garbage", info->bytes - info->live_bytes, info->objects - info->live_objects);
	print_part("free slots", info->free_slots, 0);
	print_part("rounding, and bits of pointers", info->rounding, 0);
	print_part("stacks", info->stacks, 0);
	if (info->mapped != 0) {
		print_part("free pages that the runtime keeps", info->idle, 0);
		print_part("free pages that were given back to the system", info->released, 0);
		print_part("together (HeapSys, and stacks)", info->mapped, 0);
	} else {
		print_part("together, without free pages, which are unknown", info->in_use + info->stacks, 0);
	}
	if ((info->flags & GOPM_HEAP_INFO_PARTIAL) != 0) {
		output_text("Some objects cannot be read, so a part of the garbage may be live: see gopm findings.\n");
	}
}

/* The rows that did not fit the limit, and how sure the types are. */
struct heap_sums {
	uint64_t rows, left_out, bytes_left_out;
	uint64_t bytes, known, exact; /* of objects; whose type is known; by a header */
};

static void add_type(struct heap_sums *sums, const gopm_heap_type *t, bool shown)
{
	sums->rows++;
	sums->bytes += t->bytes;
	sums->known += t->from >= GOPM_HEAP_FROM_POINTER || t->form == GOPM_HEAP_BYTES ? t->bytes : 0;
	sums->exact += t->from >= GOPM_HEAP_FROM_OWNER ? t->bytes : 0;
	if (!shown) {
		sums->left_out++;
		sums->bytes_left_out += t->bytes;
	}
}

static void print_sums(const struct heap_sums *sums)
{
	if (sums->left_out != 0) {
		heap_print_size(sums->bytes_left_out);
		output_text("  in ");
		output_count(sums->left_out, "more type");
		output_text("; use --limit\n");
	}
	if (sums->bytes != 0) {
		output_printf(
		    "\nTypes are known of %.1f %% of the bytes: %.1f %% by the objects or their owners, the rest by "
		    "pointers to them.\n",
		    100.0 * (double)sums->known / (double)sums->bytes,
		    100.0 * (double)sums->exact / (double)sums->bytes);
	}
}

static int print_types(const struct heap_request *r, gopm_heap *heap, const gopm_heap_info *info)
{
	enum { batch = 64 };
	gopm_heap_type records[batch];
	gopm_heap_type_iter *it = NULL;
	gopm_error *err = NULL;
	struct heap_sums sums = {0};
	size_t got = 0;
	gopm_status status = gopm_heap_type_iter_open(heap, &r->filter, &it, &err);

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	output_string(r->json ? "{\"result\":[" : "    BYTES    OBJECTS   GARBAGE  KNOWN BY  TYPE\n");
	while ((status = gopm_heap_type_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			const bool shown = sums.rows < r->limit;
			if (shown && r->json) {
				output_string(sums.rows != 0 ? ",\n" : "");
				json_type_row(&records[i]);
			} else if (shown) {
				print_type_row(&records[i]);
			}
			add_type(&sums, &records[i], shown);
		}
	}
	gopm_heap_type_iter_free(it);
	if (r->json) {
		output_text("],\n");
		json_key("types");
		output_u64(sums.rows);
		json_next_key("heap");
		json_info(info);
		output_text("}\n");
	} else {
		print_sums(&sums);
		output_char('\n');
		print_info(info);
	}
	return status < 0 ? session_fail(status, NULL) : sums.rows != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int print_objects(const struct heap_request *r, gopm_heap *heap)
{
	enum { batch = 256 };
	gopm_heap_object records[batch];
	gopm_heap_object_iter *it = NULL;
	gopm_error *err = NULL;
	uint64_t printed = 0;
	size_t got = 0;
	gopm_status status = gopm_heap_object_iter_open(heap, &r->filter, &it, &err);

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (r->json) {
		output_text("{\"result\":[");
	}
	while (printed < r->limit &&
	       (status = gopm_heap_object_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got && printed < r->limit; i++, printed++) {
			if (r->json) {
				output_string(printed != 0 ? ",\n" : "");
				json_object_row(&records[i]);
			} else {
				print_object_row(&records[i]);
			}
		}
	}
	gopm_heap_object_iter_free(it);
	if (r->json) {
		output_text("]}\n");
	}
	return status < 0 ? session_fail(status, NULL) : printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int print_view(const struct heap_request *r, gopm_heap *heap, const gopm_heap_info *info)
{
	switch (r->view) {
	case HEAP_OBJECTS:
		return print_objects(r, heap);
	case HEAP_RETAINED:
		return heap_retained(r, heap);
	case HEAP_TREE:
		return heap_tree(r, heap);
	case HEAP_PATH:
		return heap_path(r, heap);
	case HEAP_REFERRERS:
		return heap_referrers(r, heap);
	case HEAP_SUSPECTS:
		return heap_suspects(r, heap);
	case HEAP_WASTE:
		return heap_waste(r, heap);
	default:
		return print_types(r, heap, info);
	}
}

static int print_heap(const struct heap_request *r, struct session *session)
{
	gopm_heap_options options;
	gopm_heap_info info = {.struct_size = sizeof info};
	gopm_heap *heap = NULL;
	gopm_error *err = NULL;

	gopm_heap_options_init(&options, sizeof options);
	options.progress = progress_update;
	progress_start("marking the heap", session->quiet);
	const gopm_status status = gopm_heap_open(session->core, &options, &heap, &err);
	progress_stop();
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	gopm_heap_get_info(heap, &info);
	const int code = r->diff != NULL          ? heap_diff(r, session, heap)
	                 : r->view == HEAP_CHECKS ? heap_checks(r, session, heap)
	                                          : print_view(r, heap, &info);
	gopm_heap_close(heap);
	return code;
}

enum {
	OPTION_TYPE = 300,
	OPTION_LIVE,
	OPTION_GARBAGE,
	OPTION_LIMIT,
	OPTION_OBJECTS,
	OPTION_RETAINED,
	OPTION_BY,
	OPTION_TREE,
	OPTION_PATH,
	OPTION_REFERRERS,
	OPTION_SUSPECTS,
	OPTION_DIFF,
	OPTION_WASTE,
	OPTION_CHECKS,
};

static int set_view(const struct command *command, struct heap_request *r, enum heap_view view)
{
	if (r->view != HEAP_TYPES && r->view != view) {
		return usage_error(
		    command, "only one of --objects, --retained, --tree, --path, --referrers, --suspects, --waste "
		             "and --checks can be shown");
	}
	r->view = view;
	return -1;
}

static int set_by(const struct command *command, struct heap_request *r, const char *name)
{
	static const char *const names[] = {
	    [GOPM_HEAP_BY_HOLDER] = "holder",       [GOPM_HEAP_BY_VARIABLE] = "variable",
	    [GOPM_HEAP_BY_GOROUTINE] = "goroutine", [GOPM_HEAP_BY_START] = "start",
	    [GOPM_HEAP_BY_PACKAGE] = "package",     [GOPM_HEAP_BY_TYPE] = "type",
	    [GOPM_HEAP_BY_BIRTH] = "birth",
	};
	for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], name) == 0) {
			r->by = i;
			return set_view(command, r, HEAP_RETAINED);
		}
	}
	return usage_error(command, "--by is holder, variable, goroutine, start, birth, package or type, not %s", name);
}

/* Takes an address, or a glob for the type of an object. */
static int set_address(const struct command *command, struct heap_request *r, const char *text)
{
	if (parse_u64(text, &r->address)) {
		return r->address != 0 ? -1 : usage_error(command, "no object is at address 0");
	}
	r->address_type = text;
	return -1;
}

/* Handles one option. Returns -1 to continue, else the exit code. */
static int take_option(struct session *session, struct heap_request *r, int option, char **argv)
{
	const struct command *command = session->command;

	switch (option) {
	case OPTION_TYPE:
		r->filter.type = optarg;
		return -1;
	case OPTION_LIVE:
		r->filter.flags |= GOPM_HEAP_FILTER_LIVE;
		return -1;
	case OPTION_GARBAGE:
		r->filter.flags |= GOPM_HEAP_FILTER_GARBAGE;
		return -1;
	case OPTION_OBJECTS:
		return set_view(command, r, HEAP_OBJECTS);
	case OPTION_RETAINED:
		return set_view(command, r, HEAP_RETAINED);
	case OPTION_BY:
		return set_by(command, r, optarg);
	case OPTION_TREE: {
		const int code = option_number(session, "tree", &r->depth);
		return code < 0 ? set_view(command, r, HEAP_TREE) : code;
	}
	case OPTION_PATH:
	case OPTION_REFERRERS: {
		const int code = set_address(command, r, optarg);
		return code < 0 ? set_view(command, r, option == OPTION_PATH ? HEAP_PATH : HEAP_REFERRERS) : code;
	}
	case OPTION_SUSPECTS:
		return set_view(command, r, HEAP_SUSPECTS);
	case OPTION_WASTE:
		return set_view(command, r, HEAP_WASTE);
	case OPTION_CHECKS:
		return set_view(command, r, HEAP_CHECKS);
	case OPTION_DIFF:
		r->diff = optarg;
		return -1;
	case OPTION_LIMIT:
		return option_number(session, "limit", &r->limit);
	case 'j':
		r->json = true;
		return -1;
	default:
		return session_option(session, option, argv);
	}
}

static int run_heap(const struct command *command, int argc, char **argv)
{
	struct session session;
	struct heap_request r = {.view = HEAP_TYPES};
	int option, code = -1;

	session_init(&session, command);
	gopm_heap_filter_init(&r.filter, sizeof r.filter);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		code = take_option(&session, &r, option, argv);
	}
	if (code < 0 && r.filter.flags == (GOPM_HEAP_FILTER_LIVE | GOPM_HEAP_FILTER_GARBAGE)) {
		code = usage_error(command, "--live and --garbage exclude each other");
	}
	if (code < 0 && (r.filter.flags != 0 || r.filter.type != NULL) && r.view != HEAP_TYPES &&
	    r.view != HEAP_OBJECTS) {
		code = usage_error(command, "--type, --live and --garbage are for types and --objects");
	}
	if (code < 0 && r.diff != NULL && ((r.view != HEAP_TYPES && r.view != HEAP_RETAINED) || r.filter.flags != 0)) {
		code = usage_error(command, "--diff compares types, or with --retained or --by what is retained");
	}
	if (code < 0) {
		/* JSON is for programs, which want all. */
		const uint64_t most = r.view == HEAP_OBJECTS ? 1000 : r.view == HEAP_TREE ? 10 : 40;
		r.limit = r.limit != 0 ? r.limit : r.json && r.view != HEAP_TREE ? UINT64_MAX : most;
		r.quiet = session.quiet;
		code = session_open(&session, argc, argv);
	}
	return code >= 0 ? code : session_close(&session, print_heap(&r, &session));
}

static const struct option_row rows[] = {
    {OPTION_RETAINED, "retained", NULL,
     "what each variable, goroutine and timer retains: what would be free without it"},
    {OPTION_BY, "by", "KEY",
     "the same by KEY: holder (all of these), variable, goroutine, start (function of goroutines), birth (go statement "
     "of "
     "goroutines, function of timers), package or type"},
    {OPTION_TREE, "tree", "DEPTH", "the dominator tree from the top, DEPTH levels deep"},
    {OPTION_SUSPECTS, "suspects", NULL, "what retains a tenth of the heap or more, in words"},
    {OPTION_PATH, "path", "ADDRESS",
     "the shortest way to an object: why it is live; a glob instead means the first live "
     "object whose type matches"},
    {OPTION_REFERRERS, "referrers", "ADDRESS", "all that points to an object; a glob likewise"},
    {OPTION_WASTE, "waste", NULL,
     "equal strings, arrays that a small part keeps, capacity that is not used, free places in maps"},
    {OPTION_CHECKS, "checks", NULL,
     "response bodies, result sets, tickers and the like that are not closed or stopped"},
    {OPTION_DIFF, "diff", "CORE", "what has grown since an earlier core of the program; with --by, who retains more"},
    {OPTION_OBJECTS, "objects", NULL, "list the objects, by address"},
    {OPTION_TYPE, "type", "GLOB", "only objects whose type matches, as 'net/http.*'"},
    {OPTION_LIVE, "live", NULL, "only live objects"},
    {OPTION_GARBAGE, "garbage", NULL, "only garbage"},
    {OPTION_LIMIT, "limit", "N",
     "show N rows; without it 40, 1000 objects, or 10 children of each node of the tree; all with --json"},
    {'j', "json", NULL, "print {\"result\":[...]} with sizes in bytes"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"heap core", "what fills the heap, by type"},
    {"heap --suspects core", "what to look at first"},
    {"heap --by start core", "what goroutines retain, by their start functions"},
    {"heap --path 0xc000012340 core", "why an object is live"},
    {"heap --diff earlier-core core", "what has grown"},
    {"heap --objects --type 'main.Session' core", "list the objects of one type"},
    {0},
};

const struct command command_heap = {
    .name = "heap",
    .summary = "show what fills the heap, and what holds it",
    .arguments = "[options] CORE [EXE]",
    .about = "Counts the objects of the heap by type, those with most bytes first. Live objects can be reached from "
             "variables, stacks and finalizers, as the garbage collector would find them at the moment of the core; "
             "the others are garbage. Sizes are those of the allocator's slots.",
    .options = tables,
    .examples = examples,
    .run = run_heap,
};
