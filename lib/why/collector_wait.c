/* SPDX-License-Identifier: Apache-2.0 */
#include "why/collector_wait.h"

#include <stdlib.h>

#include "heap/blocked.h"
#include "util/allocate.h"

gopm_status gopm__collector_waits(const struct gopm__ownership *ownership, struct gopm__collector_wait **list,
                                  size_t *count)
{
	const struct gopm__holders *h = &ownership->holders;
	struct gopm__blocked *blocked = NULL;
	size_t found = 0;

	*list = NULL;
	*count = 0;
	gopm_status status = gopm__blocked(ownership, &blocked, &found);
	if (status == GOPM_OK) {
		*list = gopm__calloc(found + 1, sizeof **list);
		status = *list != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; status == GOPM_OK && i < found; i++) {
		const struct gopm__blocked *b = &blocked[i];
		const bool cleanup = b->queue != GOPM__QUEUE_FINALIZERS;
		/* The finalizer that runs is still in its queue. */
		const uint64_t own = !cleanup && b->due != 0;
		(*list)[(*count)++] =
		    (struct gopm__collector_wait){.g = h->list[b->node - ownership->graph.first_holder].key,
		                                  .function = b->function,
		                                  .due = b->due - own,
		                                  .cleanup = cleanup};
	}
	free(blocked);
	return status;
}
