/* SPDX-License-Identifier: Apache-2.0 */
/* The views of what holds objects: retained sizes, the dominator tree, paths, referrers, suspects. */
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "heap.h"
#include "json.h"
#include "message.h"
#include "progress.h"

#define MAX_SUSPECTS 64

/* Options with a progress report on the dominator tree. */
static gopm_heap_options start_progress(const struct heap_request *r)
{
	gopm_heap_options options;

	gopm_heap_options_init(&options, sizeof options);
	options.progress = progress_update;
	progress_start("finding what holds what", r->quiet);
	return options;
}

static void json_node(const gopm_heap_node *n)
{
	json_key("root");
	json_string(n->name);
	json_next_key("kind");
	json_cstring(heap_kind_name(n->kind));
	json_next_key("objects");
	output_u64(n->objects);
	json_next_key("bytes");
	output_u64(n->bytes);
	if (n->address != 0) {
		json_next_key("address");
		output_u64(n->address);
	}
	if (n->kind == GOPM_HEAP_NODE_OBJECT || n->kind == GOPM_HEAP_NODE_TYPE) {
		json_next_key("form");
		json_cstring(heap_form_name(n->form));
		json_next_key("ownBytes");
		output_u64(n->own_bytes);
	}
	if (n->kind == GOPM_HEAP_NODE_TYPE || n->kind == GOPM_HEAP_NODE_BIRTH) {
		json_next_key("instances");
		output_u64(n->instances);
	}
}

static void print_node(const gopm_heap_node *n)
{
	heap_print_size(n->bytes);
	output_printf(" %10" PRIu64 "  ", n->objects);
	if (n->kind == GOPM_HEAP_NODE_OBJECT || n->kind == GOPM_HEAP_NODE_TYPE) {
		heap_print_type(n->name, n->form, GOPM_HEAP_FROM_NOTHING,
		                n->kind == GOPM_HEAP_NODE_OBJECT ? n->own_bytes : 0, true);
		if (n->kind == GOPM_HEAP_NODE_OBJECT) {
			output_text(" at ");
			output_hex(n->address, 0);
		} else {
			output_printf(" (%" PRIu64 ")", n->instances);
		}
	} else {
		output_str(n->name);
		if (n->kind == GOPM_HEAP_NODE_BIRTH) {
			output_printf(" (%" PRIu64 ")", n->instances);
		}
	}
	output_char('\n');
}

int heap_retained(const struct heap_request *r, gopm_heap *heap)
{
	enum { batch = 64 };
	gopm_heap_node records[batch];
	gopm_heap_node_iter *it = NULL;
	gopm_error *err = NULL;
	uint64_t printed = 0, left_out = 0;
	size_t got = 0;
	const gopm_heap_options options = start_progress(r);
	gopm_status status = gopm_heap_node_iter_open(heap, r->by, &options, &it, &err);

	progress_stop();
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	output_string(r->json ? "{\"result\":[" : " RETAINED    OBJECTS  BY\n");
	while ((status = gopm_heap_node_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if (printed >= r->limit) {
				left_out++;
				continue;
			}
			if (r->json) {
				output_string(printed != 0 ? ",\n{" : "{");
				json_node(&records[i]);
				output_char('}');
			} else {
				print_node(&records[i]);
			}
			printed++;
		}
	}
	gopm_heap_node_iter_free(it);
	if (r->json) {
		output_text("]}\n");
	} else if (left_out != 0) {
		output_printf("and %" PRIu64 " more; use --limit\n", left_out);
	}
	return status < 0 ? session_fail(status, NULL) : printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

/* Prints the children of a node, and theirs. Returns the status of the first call that fails. */
static gopm_status print_children(const struct heap_request *r, gopm_heap *heap, uint64_t id, uint64_t level)
{
	const size_t most = r->limit < 1000 ? (size_t)r->limit : 1000;
	gopm_heap_node *records = calloc(most, sizeof *records);
	uint64_t left_out = 0;
	size_t count = 0;

	if (records == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	gopm_status status =
	    gopm_heap_node_children(heap, id, records, sizeof records[0], most, &count, &left_out, NULL);
	for (size_t i = 0; status == GOPM_OK && i < count; i++) {
		if (r->json) {
			output_string(i != 0 ? ",\n{" : "{");
			json_node(&records[i]);
			json_next_key("children");
			output_char('[');
		} else {
			output_spaces((size_t)level * 2);
			print_node(&records[i]);
		}
		if (level + 1 < r->depth) {
			status = print_children(r, heap, records[i].id, level + 1);
		}
		if (r->json) {
			output_text("]}");
		}
	}
	if (status == GOPM_OK && left_out != 0 && !r->json) {
		output_spaces((size_t)level * 2);
		output_printf("%20s  and %" PRIu64 " more\n", "", left_out);
	}
	free(records);
	return status;
}

int heap_tree(const struct heap_request *r, gopm_heap *heap)
{
	gopm_heap_node_iter *it = NULL;
	gopm_error *err = NULL;
	const gopm_heap_options options = start_progress(r);
	gopm_status status = gopm_heap_node_iter_open(heap, GOPM_HEAP_BY_HOLDER, &options, &it, &err);

	progress_stop();
	gopm_heap_node_iter_free(it);
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (r->json) {
		output_text("{\"result\":[");
	}
	status = print_children(r, heap, UINT64_MAX, 0);
	if (r->json) {
		output_text("]}\n");
	}
	return status == GOPM_OK ? EXIT_DONE : session_fail(status, NULL);
}

static void json_step(const gopm_heap_step *s)
{
	output_char('{');
	json_key("object");
	output_u64(s->object);
	json_next_key("place");
	output_u64(s->place);
	json_next_key("target");
	output_u64(s->target);
	json_next_key("inside");
	output_u64(s->inside);
	json_next_key("type");
	json_string(s->type);
	json_next_key("form");
	json_cstring(heap_form_name(s->form));
	output_char('}');
}

/* The address that is asked for. 0: no live object has such a type, which is said. */
static uint64_t asked_address(const struct heap_request *r, gopm_heap *heap)
{
	gopm_heap_filter filter;
	gopm_heap_object_iter *it = NULL;
	gopm_heap_object object = {0};
	size_t got = 0;

	if (r->address != 0) {
		return r->address;
	}
	gopm_heap_filter_init(&filter, sizeof filter);
	filter.flags = GOPM_HEAP_FILTER_LIVE;
	filter.type = r->address_type;
	if (gopm_heap_object_iter_open(heap, &filter, &it, NULL) == GOPM_OK) {
		(void)gopm_heap_object_iter_next(it, &object, sizeof object, 1, &got);
	}
	gopm_heap_object_iter_free(it);
	if (got == 0) {
		complain("no live object has a type that matches %s; gopm heap lists the types", r->address_type);
	}
	return got != 0 ? object.address : 0;
}

int heap_path(const struct heap_request *r, gopm_heap *heap)
{
	enum { most = 4096 };
	static gopm_heap_step steps[most];
	gopm_heap_path *path = NULL;
	gopm_error *err = NULL;
	size_t count = 0;
	const uint64_t address = asked_address(r, heap);
	if (address == 0) {
		return EXIT_NOTHING;
	}
	(void)start_progress(r);
	gopm_status status = gopm_heap_path_open(heap, address, &path, &err);

	progress_stop();
	if (status == GOPM_OK) {
		status = gopm_heap_path_steps(path, steps, sizeof steps[0], most, &count);
	}
	if (status == GOPM_NOT_FOUND) {
		complain("%s", gopm_error_message(err));
		gopm_error_free(err);
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		gopm_heap_path_free(path);
		return session_fail(status, err);
	}
	const size_t shown = count < most ? count : most;
	if (r->json) {
		output_char('{');
		json_key("path");
		json_string(gopm_heap_path_text(path));
		json_next_key("length");
		output_u64(count);
		json_next_key("steps");
		output_char('[');
		for (size_t i = 0; i < shown; i++) {
			output_string(i != 0 ? ",\n" : "");
			json_step(&steps[i]);
		}
		output_text("]}\n");
	} else {
		output_str(gopm_heap_path_text(path));
		output_char('\n');
		for (size_t i = 0; i < shown && i < r->limit; i++) {
			output_text("  ");
			output_hex(steps[i].place, 12);
			output_text(" -> ");
			output_hex(steps[i].target, 12);
			output_text("  ");
			heap_print_type(steps[i].type, steps[i].form, GOPM_HEAP_FROM_NOTHING, 0, true);
			output_char('\n');
		}
	}
	gopm_heap_path_free(path);
	return EXIT_DONE;
}

int heap_referrers(const struct heap_request *r, gopm_heap *heap)
{
	enum { most = 1000 };
	static gopm_heap_step records[most];
	uint64_t left_out = 0;
	size_t count = 0;
	const size_t capacity = r->limit < most ? (size_t)r->limit : most;
	const uint64_t address = asked_address(r, heap);
	if (address == 0) {
		return EXIT_NOTHING;
	}
	const gopm_status status =
	    gopm_heap_referrers(heap, address, records, sizeof records[0], capacity, &count, &left_out);

	if (status == GOPM_NOT_FOUND) {
		complain("no object of the heap is at 0x%" PRIx64, address);
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		return session_fail(status, NULL);
	}
	output_string(r->json ? "{\"result\":[" : "");
	for (size_t i = 0; i < count; i++) {
		const gopm_heap_step *s = &records[i];
		if (r->json) {
			output_string(i != 0 ? ",\n" : "");
			json_step(s);
			continue;
		}
		gopm_heap_object object = {0};
		output_hex(s->place, 12);
		if (s->object == 0) {
			output_text("  a root");
		} else if (gopm_heap_object_at(heap, s->object, &object, sizeof object) == GOPM_OK) {
			output_printf("  +%" PRIu64 " of ", s->place - s->object);
			heap_print_type(object.type, object.form, object.from, object.size, true);
			output_text(" at ");
			output_hex(s->object, 0);
		}
		if (s->inside != 0) {
			output_printf(", to +%" PRIu64, s->inside);
		}
		output_char('\n');
	}
	if (r->json) {
		output_printf("],\"leftOut\":%" PRIu64 "}\n", left_out);
	} else if (left_out != 0) {
		output_printf("and %" PRIu64 " more\n", left_out);
	}
	return count != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static void json_suspect(const gopm_heap_suspect *s)
{
	output_char('{');
	json_key("root");
	json_string(s->name);
	json_next_key("kind");
	json_cstring(heap_kind_name(s->kind));
	json_next_key("objects");
	output_u64(s->objects);
	json_next_key("bytes");
	output_u64(s->bytes);
	json_next_key("instances");
	output_u64(s->instances);
	json_next_key("point");
	json_string(s->point);
	json_next_key("pointKind");
	json_cstring(heap_kind_name(s->point_kind));
	json_next_key("pointAddress");
	output_u64(s->point_address);
	json_next_key("pointBytes");
	output_u64(s->point_bytes);
	json_next_key("childType");
	json_string(s->child);
	json_next_key("childForm");
	json_cstring(heap_form_name(s->child_form));
	json_next_key("childObjects");
	output_u64(s->child_objects);
	json_next_key("childBytes");
	output_u64(s->child_bytes);
	json_next_key("blocked");
	json_bool((s->flags & GOPM_HEAP_SUSPECT_BLOCKED) != 0);
	output_char('}');
}

/* A goroutine that waits in a finalizer or cleanup. */
static void print_blocked(const gopm_heap_suspect *s, uint64_t live)
{
	const char *what = s->kind == GOPM_HEAP_NODE_FINALIZER ? "finalizer" : "cleanup";

	output_str(s->name);
	output_text(" waits in ");
	output_str(s->point);
	output_text(", so that no other ");
	output_string(what);
	output_text(" runs. ");
	output_count(s->instances, what);
	output_string(s->instances == 1 ? " is due" : " are due");
	output_text(" and keep");
	output_string(s->instances == 1 ? "s " : " ");
	heap_print_size_inline(s->bytes);
	output_printf(", %.0f %% of the live heap, in %" PRIu64 " objects.\n\n",
	              live != 0 ? 100.0 * (double)s->bytes / (double)live : 0.0, s->objects);
}

static void print_suspect(const gopm_heap_suspect *s, uint64_t live)
{
	if ((s->flags & GOPM_HEAP_SUSPECT_BLOCKED) != 0) {
		print_blocked(s, live);
		return;
	}
	if (s->kind == GOPM_HEAP_NODE_TYPE) {
		output_printf("%" PRIu64 " objects ", s->instances);
		heap_print_type(s->name, s->form, GOPM_HEAP_FROM_POINTER, 0, true);
		output_text(" retain ");
	} else if (s->kind == GOPM_HEAP_NODE_GROUP) {
		output_printf("%" PRIu64 " goroutines or timers of ", s->instances);
		output_str(s->name);
		output_text(" together retain ");
	} else {
		if (s->kind == GOPM_HEAP_NODE_OBJECT) {
			output_text("An object ");
			heap_print_type(s->name, s->form, GOPM_HEAP_FROM_POINTER, 0, true);
			output_text(" at ");
			output_hex(s->address, 0);
		} else {
			output_str(s->name);
		}
		output_text(" retains ");
	}
	heap_print_size_inline(s->bytes);
	output_printf(", %.0f %% of the live heap, in %" PRIu64 " objects.\n",
	              live != 0 ? 100.0 * (double)s->bytes / (double)live : 0.0, s->objects);
	if (s->child_objects != 0) {
		if (s->child_objects == 1) {
			output_text("  Most of it hangs on one ");
		} else {
			output_printf("  Most of it is %" PRIu64 " of ", s->child_objects);
		}
		heap_print_type(s->child, s->child_form, GOPM_HEAP_FROM_POINTER, 0, true);
		output_string(s->child_objects == 1 ? ", which retains " : ", which retain ");
		heap_print_size_inline(s->child_bytes);
		if (s->point_kind == GOPM_HEAP_NODE_OBJECT) {
			output_text(", below ");
			heap_print_type(s->point, s->point_form, GOPM_HEAP_FROM_POINTER, 0, true);
			output_text(" at ");
			output_hex(s->point_address, 0);
		}
		output_text(".\n");
	}
	if (s->kind == GOPM_HEAP_NODE_OBJECT) {
		output_text("  Several hold it: see gopm heap --referrers.\n");
	}
	output_char('\n');
}

int heap_suspects(const struct heap_request *r, gopm_heap *heap)
{
	gopm_heap_suspect records[MAX_SUSPECTS];
	gopm_heap_info info = {.struct_size = sizeof info};
	gopm_error *err = NULL;
	size_t count = 0;
	const gopm_heap_options options = start_progress(r);
	const gopm_status status =
	    gopm_heap_suspects(heap, 0, &options, records, sizeof records[0], MAX_SUSPECTS, &count, &err);

	progress_stop();
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	gopm_heap_get_info(heap, &info);
	count = count < MAX_SUSPECTS ? count : MAX_SUSPECTS;
	if (r->json) {
		output_text("{\"result\":[");
	}
	for (size_t i = 0; i < count && i < r->limit; i++) {
		if (r->json) {
			output_string(i != 0 ? ",\n" : "");
			json_suspect(&records[i]);
		} else {
			print_suspect(&records[i], info.live_bytes);
		}
	}
	if (r->json) {
		output_text("]}\n");
	}
	if (count == 0 && !r->quiet) {
		output_flush();
		hint("nothing retains a tenth of the heap; try gopm heap --retained, and gopm heap");
	}
	return count != 0 ? EXIT_DONE : EXIT_NOTHING;
}
