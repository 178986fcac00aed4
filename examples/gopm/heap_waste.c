/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "heap.h"
#include "json.h"
#include "message.h"
#include "progress.h"

#define MOST_ROWS 4096

static const char *waste_name(uint32_t kind)
{
	static const char *const names[] = {
	    [GOPM_HEAP_WASTE_EQUAL] = "equal strings",
	    [GOPM_HEAP_WASTE_PART] = "kept by a part",
	    [GOPM_HEAP_WASTE_UNUSED] = "unused capacity",
	    [GOPM_HEAP_WASTE_MAP] = "free places",
	};
	return kind < sizeof names / sizeof names[0] && names[kind] != NULL ? names[kind] : "other";
}

static void json_waste(const gopm_heap_waste *w)
{
	output_char('{');
	json_key("kind");
	json_cstring(waste_name(w->kind));
	json_next_key("count");
	output_u64(w->count);
	json_next_key("bytes");
	output_u64(w->bytes);
	json_next_key("type");
	json_string(w->type);
	json_next_key("example");
	output_u64(w->example);
	if (w->kind == GOPM_HEAP_WASTE_EQUAL) {
		json_next_key("text");
		json_string(w->text);
		json_next_key("length");
		output_u64(w->length);
	}
	output_char('}');
}

static void print_waste(const gopm_heap_waste *w)
{
	heap_print_size(w->bytes);
	output_printf(" %10" PRIu64 "  %-15s  ", w->count, waste_name(w->kind));
	if (w->kind == GOPM_HEAP_WASTE_EQUAL) {
		output_char('"');
		output_str(w->text);
		output_string(w->length > w->text.size ? "\"..." : "\"");
	} else if (w->kind == GOPM_HEAP_WASTE_MAP) {
		output_str(w->type);
	} else {
		heap_print_type(w->type, w->type.size != 0 ? GOPM_HEAP_ARRAY : GOPM_HEAP_BYTES, GOPM_HEAP_FROM_POINTER,
		                0, true);
	}
	output_text(", at ");
	output_hex(w->example, 0);
	output_char('\n');
}

int heap_waste(const struct heap_request *r, gopm_heap *heap)
{
	gopm_heap_waste *records = calloc(MOST_ROWS, sizeof *records);
	gopm_heap_options options;
	gopm_error *err = NULL;
	size_t count = 0;

	if (records == NULL) {
		return session_fail(GOPM_ERR_NO_MEMORY, NULL);
	}
	gopm_heap_options_init(&options, sizeof options);
	options.progress = progress_update;
	progress_start("looking for waste", r->quiet);
	const gopm_status status =
	    gopm_heap_find_waste(heap, &options, records, sizeof records[0], MOST_ROWS, &count, &err);
	progress_stop();
	if (status != GOPM_OK) {
		free(records);
		return session_fail(status, err);
	}
	const size_t known = count < MOST_ROWS ? count : MOST_ROWS;
	const size_t shown = r->limit < known ? (size_t)r->limit : known;
	output_string(r->json ? "{\"result\":[" : "   WASTED    OBJECTS  WHY              WHAT\n");
	for (size_t i = 0; i < shown; i++) {
		if (r->json) {
			output_string(i != 0 ? ",\n" : "");
			json_waste(&records[i]);
		} else {
			print_waste(&records[i]);
		}
	}
	if (r->json) {
		output_text("]}\n");
	} else if (shown < count) {
		output_printf("and %zu more; use --limit\n", count - shown);
	}
	free(records);
	return count != 0 ? EXIT_DONE : EXIT_NOTHING;
}
