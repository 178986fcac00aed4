/* SPDX-License-Identifier: Apache-2.0 */
/* What has grown since an earlier core of the same program: by type, or by what retains it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "heap.h"
#include "json.h"
#include "message.h"
#include "progress.h"

/* A type, or something that retains objects, in both cores. */
struct diff_row {
	gopm_str name;
	uint32_t kind; /* of a type its form, else GOPM_HEAP_NODE_* */
	uint64_t before_objects, before_bytes, before_instances, objects, bytes, instances;
};

struct diff_rows {
	struct diff_row *list;
	size_t count, capacity;
	bool no_memory;
};

static struct diff_row *add_diff_row(struct diff_rows *rows)
{
	if (rows->count == rows->capacity) {
		const size_t capacity = rows->capacity != 0 ? rows->capacity * 2 : 256;
		struct diff_row *grown = realloc(rows->list, capacity * sizeof *grown);
		if (grown == NULL) {
			rows->no_memory = true;
			return NULL;
		}
		rows->list = grown;
		rows->capacity = capacity;
	}
	rows->list[rows->count] = (struct diff_row){0};
	return &rows->list[rows->count++];
}

/* Adds the live objects of each type. */
static gopm_status add_types(struct diff_rows *rows, gopm_heap *heap, bool before)
{
	gopm_heap_filter filter;
	gopm_heap_type record;
	gopm_heap_type_iter *it = NULL;
	size_t got;

	gopm_heap_filter_init(&filter, sizeof filter);
	filter.flags = GOPM_HEAP_FILTER_LIVE;
	gopm_status status = gopm_heap_type_iter_open(heap, &filter, &it, NULL);
	while (status == GOPM_OK &&
	       (status = gopm_heap_type_iter_next(it, &record, sizeof record, 1, &got)) == GOPM_OK) {
		struct diff_row *row = add_diff_row(rows);
		if (row == NULL) {
			break;
		}
		row->name = record.type;
		row->kind = record.form;
		*(before ? &row->before_objects : &row->objects) = record.live_objects;
		*(before ? &row->before_bytes : &row->bytes) = record.live_bytes;
	}
	/* The names live as long as the heap. */
	gopm_heap_type_iter_free(it);
	return status < 0 ? status : GOPM_OK;
}

/* Adds what each retains. The caller frees *it, which has the names. */
static gopm_status add_nodes(struct diff_rows *rows, gopm_heap *heap, uint32_t by, bool before,
                             gopm_heap_node_iter **it)
{
	gopm_heap_node record;
	size_t got;
	gopm_status status = gopm_heap_node_iter_open(heap, by, NULL, it, NULL);

	while (status == GOPM_OK &&
	       (status = gopm_heap_node_iter_next(*it, &record, sizeof record, 1, &got)) == GOPM_OK) {
		struct diff_row *row = add_diff_row(rows);
		if (row == NULL) {
			break;
		}
		row->name = record.name;
		row->kind = record.kind;
		*(before ? &row->before_objects : &row->objects) = record.objects;
		*(before ? &row->before_bytes : &row->bytes) = record.bytes;
		if (record.kind == GOPM_HEAP_NODE_BIRTH) {
			*(before ? &row->before_instances : &row->instances) = record.instances;
		}
	}
	return status < 0 ? status : GOPM_OK;
}

static int compare_names(const void *a, const void *b)
{
	const struct diff_row *x = a, *y = b;
	const size_t least = x->name.size < y->name.size ? x->name.size : y->name.size;
	const int order = least != 0 ? memcmp(x->name.data, y->name.data, least) : 0;

	if (order != 0) {
		return order;
	}
	if (x->name.size != y->name.size) {
		return x->name.size < y->name.size ? -1 : 1;
	}
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static int64_t growth(const struct diff_row *row)
{
	return (int64_t)(row->bytes - row->before_bytes);
}

static int compare_growth(const void *a, const void *b)
{
	const int64_t x = growth(a), y = growth(b);

	if (x != y) {
		return x < y ? 1 : -1;
	}
	const struct diff_row *one = a, *other = b;
	const int64_t more = (int64_t)(one->instances - one->before_instances),
	              than = (int64_t)(other->instances - other->before_instances);
	return more != than ? (more < than ? 1 : -1) : compare_names(a, b);
}

/* Joins the rows of both cores, the one that has grown most first. */
static void join_rows(struct diff_rows *rows)
{
	size_t kept = 0;

	if (rows->count == 0) {
		return;
	}
	qsort(rows->list, rows->count, sizeof *rows->list, compare_names);
	for (size_t i = 1; i < rows->count; i++) {
		if (compare_names(&rows->list[kept], &rows->list[i]) == 0) {
			rows->list[kept].before_objects += rows->list[i].before_objects;
			rows->list[kept].before_bytes += rows->list[i].before_bytes;
			rows->list[kept].objects += rows->list[i].objects;
			rows->list[kept].bytes += rows->list[i].bytes;
			rows->list[kept].before_instances += rows->list[i].before_instances;
			rows->list[kept].instances += rows->list[i].instances;
		} else {
			rows->list[++kept] = rows->list[i];
		}
	}
	rows->count = kept + 1;
	qsort(rows->list, rows->count, sizeof *rows->list, compare_growth);
}

static void print_signed_size(int64_t bytes)
{
	output_string(bytes < 0 ? "-" : "+");
	heap_print_size(bytes < 0 ? (uint64_t)-bytes : (uint64_t)bytes);
}

static void print_diff_row(const struct diff_row *row, bool types)
{
	print_signed_size(growth(row));
	output_printf(" %+11" PRId64 "  ", (int64_t)(row->objects - row->before_objects));
	heap_print_size(row->bytes);
	output_text("  ");
	if (types) {
		heap_print_type(row->name, row->kind, GOPM_HEAP_FROM_POINTER, 0, true);
	} else {
		output_str(row->name);
		if (row->kind == GOPM_HEAP_NODE_BIRTH) {
			output_printf(" (%" PRIu64 " before, %" PRIu64 " now)", row->before_instances, row->instances);
		}
	}
	output_char('\n');
}

static void json_diff_row(const struct diff_row *row, bool types)
{
	output_char('{');
	if (types) {
		json_key("type");
		json_string(row->name);
		json_next_key("form");
		json_cstring(heap_form_name(row->kind));
	} else {
		json_key("root");
		json_string(row->name);
		json_next_key("kind");
		json_cstring(heap_kind_name(row->kind));
	}
	json_next_key("objects");
	output_u64(row->objects);
	json_next_key("bytes");
	output_u64(row->bytes);
	json_next_key("objectsBefore");
	output_u64(row->before_objects);
	json_next_key("bytesBefore");
	output_u64(row->before_bytes);
	if (!types && row->kind == GOPM_HEAP_NODE_BIRTH) {
		json_next_key("instances");
		output_u64(row->instances);
		json_next_key("instancesBefore");
		output_u64(row->before_instances);
	}
	output_char('}');
}

static void print_diff(const struct heap_request *r, const struct diff_rows *rows, bool types)
{
	uint64_t printed = 0, left_out = 0;

	output_string(r->json ? "{\"result\":[" : "    GROWTH     OBJECTS        NOW  OF\n");
	for (size_t i = 0; i < rows->count; i++) {
		const struct diff_row *row = &rows->list[i];
		if (growth(row) == 0 && row->objects == row->before_objects &&
		    row->instances == row->before_instances) {
			continue;
		}
		if (printed >= r->limit) {
			left_out++;
			continue;
		}
		if (r->json) {
			output_string(printed != 0 ? ",\n" : "");
			json_diff_row(row, types);
		} else {
			print_diff_row(row, types);
		}
		printed++;
	}
	if (r->json) {
		output_text("]}\n");
	} else if (left_out != 0) {
		output_printf("and %" PRIu64 " more; use --limit\n", left_out);
	}
}

/* Reads both heaps into the rows. */
static gopm_status compare_heaps(const struct heap_request *r, gopm_heap *heap, gopm_heap *earlier)
{
	const bool types = r->view != HEAP_RETAINED;
	gopm_heap_node_iter *now = NULL, *then = NULL;
	struct diff_rows rows = {0};

	progress_start("comparing the heaps", r->quiet);
	gopm_status status = types ? add_types(&rows, heap, false) : add_nodes(&rows, heap, r->by, false, &now);
	if (status == GOPM_OK) {
		status = types ? add_types(&rows, earlier, true) : add_nodes(&rows, earlier, r->by, true, &then);
	}
	progress_stop();
	status = rows.no_memory ? GOPM_ERR_NO_MEMORY : status;
	if (status == GOPM_OK) {
		join_rows(&rows);
		print_diff(r, &rows, types);
	}
	gopm_heap_node_iter_free(now);
	gopm_heap_node_iter_free(then);
	free(rows.list);
	return status;
}

int heap_diff(const struct heap_request *r, const struct session *session, gopm_heap *heap)
{
	gopm_core_options options = session->options;
	gopm_core *core = NULL;
	gopm_heap *earlier = NULL;
	gopm_error *err = NULL;

	options.core_path = r->diff;
	options.core_fd = -1;
	options.core_pid = 0;
	gopm_status status = gopm_core_open(&options, &core, &err);
	if (status == GOPM_OK) {
		status = gopm_heap_open(core, NULL, &earlier, &err);
	}
	gopm_core_close(core);
	if (status == GOPM_OK) {
		status = compare_heaps(r, heap, earlier);
	}
	gopm_heap_close(earlier);
	return status == GOPM_OK ? EXIT_DONE : session_fail(status, err);
}
