/* SPDX-License-Identifier: Apache-2.0 */
#include "lock_holders.h"

#include <inttypes.h>
#include <stdlib.h>

#include "json.h"
#include "output.h"
#include "progress.h"
#include "why.h"

static gopm_status read_holders(struct lock_holders *holders)
{
	size_t count = 0;
	gopm_status status = gopm_why_holders(holders->why, NULL, 0, 0, &count);

	if (status != GOPM_OK || count == 0) {
		return status;
	}
	holders->list = calloc(count, sizeof *holders->list);
	if (holders->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	return gopm_why_holders(holders->why, holders->list, sizeof holders->list[0], count, &holders->count);
}

gopm_status lock_holders_open(struct lock_holders *holders, gopm_core *core, gopm_heap *heap, bool quiet,
                              gopm_error **err)
{
	gopm_why_options options;

	*holders = (struct lock_holders){0};
	gopm_why_options_init(&options, sizeof options);
	options.heap = heap;
	options.progress = progress_update;
	progress_start("finding who holds locks", quiet);
	gopm_status status = gopm_why_open(core, &options, &holders->why, err);
	if (status == GOPM_OK) {
		status = read_holders(holders);
	}
	progress_stop();
	if (status != GOPM_OK) {
		lock_holders_close(holders);
	}
	return status;
}

void lock_holders_close(struct lock_holders *holders)
{
	free(holders->list);
	gopm_why_close(holders->why);
	*holders = (struct lock_holders){0};
}

const gopm_why_holder *lock_holders_find(const struct lock_holders *holders, uint64_t address, size_t *count)
{
	size_t first = 0, last;

	while (first < holders->count && holders->list[first].object.address != address) {
		first++;
	}
	last = first;
	while (last < holders->count && holders->list[last].object.address == address) {
		last++;
	}
	*count = last - first;
	return *count != 0 ? &holders->list[first] : NULL;
}

void lock_holder_text(const gopm_why_holder *holder)
{
	output_string(holder->how == GOPM_EDGE_HOLDS_READ ? "read-locked by" : "held by");
	output_printf(" goroutine %" PRIu64 " (", holder->goroutine);
	output_string(why_certainty_name(holder->certainty));
	output_text(": ");
	why_text_evidence(holder->evidence);
	output_char(')');
}

void lock_holders_json(const struct lock_holders *holders, uint64_t address)
{
	size_t count;
	const gopm_why_holder *list = lock_holders_find(holders, address, &count);

	json_next_key("holders");
	output_char('[');
	for (size_t i = 0; i < count; i++) {
		output_string(i != 0 ? ",{" : "{");
		json_key("goroutine");
		output_u64(list[i].goroutine);
		json_next_key("how");
		json_cstring(why_edge_name(list[i].how));
		json_next_key("certainty");
		json_cstring(why_certainty_name(list[i].certainty));
		json_next_key("evidence");
		why_json_evidence(list[i].evidence);
		output_char('}');
	}
	output_char(']');
}
