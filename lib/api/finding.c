/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/core.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "export/finding_json.h"

struct gopm_finding_iter {
	gopm_core *core;
	size_t next, count;
};

gopm_status gopm_finding_iter_open(gopm_core *core, gopm_finding_iter **out, gopm_error **err)
{
	gopm_status status;
	gopm_finding_iter *it = gopm__handle_new(out != NULL ? core : NULL, sizeof *it, &status, err);

	if (out != NULL) {
		*out = it;
	}
	if (it != NULL) {
		(void)pthread_mutex_lock(&core->program->findings.lock);
		it->count = core->program->findings.count;
		(void)pthread_mutex_unlock(&core->program->findings.lock);
	}
	return status;
}

gopm_status gopm_finding_iter_next(gopm_finding_iter *it, gopm_finding *records, size_t stride, size_t capacity,
                                   size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_FINDING) {
		return GOPM_ERR_ARGUMENT;
	}
	struct gopm__findings *findings = &it->core->program->findings;
	(void)pthread_mutex_lock(&findings->lock);
	for (; *got < capacity && it->next < it->count; it->next++) {
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &findings->list[it->next],
		                sizeof(gopm_finding));
	}
	(void)pthread_mutex_unlock(&findings->lock);
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

void gopm_finding_iter_free(gopm_finding_iter *it)
{
	if (it != NULL) {
		gopm__core_release(it->core);
		free(it);
	}
}

uint64_t gopm_finding_total(const gopm_core *core)
{
	if (core == NULL) {
		return 0;
	}
	struct gopm__findings *findings = &core->program->findings;
	(void)pthread_mutex_lock(&findings->lock);
	uint64_t total = findings->total;
	(void)pthread_mutex_unlock(&findings->lock);
	return total;
}

gopm_str gopm_finding_kind_name(uint32_t kind)
{
	return gopm__finding_kind_name(kind);
}
