/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/profile.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "export/pprof.h"
#include "program/bare.h"
#include "unwind/callers.h"
#include "util/allocate.h"

struct gopm_profile {
	gopm_core *core;
	struct gopm__profile profile;
};

void gopm_profile_options_init(gopm_profile_options *options, size_t struct_size)
{
	gopm_profile_options defaults = {0};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

/* Copies the options and checks them. */
static gopm_status copy_profile_options(gopm_profile_options *o, const gopm_profile_options *options, gopm_error **err)
{
	gopm_profile_options_init(o, sizeof *o);
	if (options == NULL) {
		return GOPM_OK;
	}
	gopm_status status = gopm__options_in(o, sizeof *o, options, offsetof(gopm_profile_options, progress),
	                                      "gopm_profile_options", err);
	if (status != GOPM_OK) {
		return status;
	}
	if ((o->flags & ~GOPM_PROFILE_FLAG_PENDING) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_profile_options.flags has unknown bits 0x%x; use GOPM_PROFILE_FLAG_PENDING",
		                  (unsigned)(o->flags & ~GOPM_PROFILE_FLAG_PENDING));
	}
	if (o->kind > GOPM_PROFILE_GOROUTINE) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "gopm_profile_options has an unknown kind %u; use GOPM_PROFILE_*", (unsigned)o->kind);
	}
	return GOPM_OK;
}

static gopm_status make_profile(gopm_profile *p, const gopm_profile_options *o, gopm_error **err)
{
	struct gopm__program *program = p->core->program;
	const struct gopm__profile_request request = {.kind = o->kind,
	                                              .pending = (o->flags & GOPM_PROFILE_FLAG_PENDING) != 0,
	                                              .progress = o->progress,
	                                              .progress_user_data = o->progress_user_data};
	gopm_status status = gopm__bare_status(program, err);

	if (status != GOPM_OK) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	status = gopm__profile_make(&p->profile, &program->runtime, &request);
	if (status == GOPM_ERR_CANCELLED) {
		(void)gopm__fail_cancelled(err);
	}
	status = gopm__call_result(begun, status, err);
	return gopm__read_status(p->core, status, err);
}

gopm_status gopm_profile_open(gopm_core *core, const gopm_profile_options *options, gopm_profile **out,
                              gopm_error **err)
{
	gopm_profile_options o;
	gopm_status status;
	gopm_profile *p = gopm__handle_new(out != NULL ? core : NULL, sizeof *p, &status, err);

	if (out != NULL) {
		*out = NULL;
	}
	if (p == NULL) {
		return status;
	}
	status = copy_profile_options(&o, options, err);
	if (status == GOPM_OK) {
		status = make_profile(p, &o, err);
	}
	if (status != GOPM_OK) {
		gopm_profile_free(p);
		return status;
	}
	*out = p;
	return GOPM_OK;
}

void gopm_profile_free(gopm_profile *profile)
{
	if (profile != NULL) {
		gopm__profile_clear(&profile->profile);
		gopm__core_release(profile->core);
		free(profile);
	}
}

gopm_status gopm_profile_get_info(const gopm_profile *profile, gopm_profile_info *info)
{
	if (profile == NULL || info == NULL || info->struct_size < GOPM__FIRST_PROFILE_INFO) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__profile *p = &profile->profile;
	gopm_profile_info record = {.struct_size = info->struct_size,
	                            .kind = p->kind,
	                            .flags = p->flags,
	                            .sample_count = p->count,
	                            .rate = p->rate};
	while (record.value_count < GOPM_PROFILE_VALUES &&
	       gopm__pprof_value_name(p->kind, record.value_count) != NULL) {
		record.value_count++;
	}
	for (size_t i = 0; i < p->count; i++) {
		for (unsigned k = 0; k < GOPM_PROFILE_VALUES; k++) {
			const struct gopm__profile_sample *s = &p->samples[i];
			if (__builtin_add_overflow(record.values[k], s->values[k], &record.values[k])) {
				record.values[k] = INT64_MAX;
			}
			if (__builtin_add_overflow(record.pending[k], s->pending[k], &record.pending[k])) {
				record.pending[k] = INT64_MAX;
			}
		}
	}
	gopm__sized_out(info, info->struct_size, &record, sizeof record);
	return GOPM_OK;
}

gopm_status gopm_profile_samples(const gopm_profile *profile, uint64_t first, gopm_profile_sample *records,
                                 size_t stride, size_t capacity, size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (profile == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_PROFILE_SAMPLE) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__profile *p = &profile->profile;
	for (; *got < capacity && first < p->count; first++) {
		const struct gopm__profile_sample *s = &p->samples[first];
		gopm_profile_sample record = {
		    .pcs = p->pcs + s->first_pc,
		    .pc_count = s->pc_count,
		    .object_size = s->object_size,
		    .label_count = s->label_set != 0 ? p->label_sets[s->label_set - 1].count : 0,
		};
		memcpy(record.values, s->values, sizeof record.values);
		memcpy(record.pending, s->pending, sizeof record.pending);
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

gopm_status gopm_profile_frames(gopm_profile *profile, uint64_t index, gopm_location *records, size_t stride,
                                size_t capacity, size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (profile == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_LOCATION))) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__profile *p = &profile->profile;
	if (index >= p->count) {
		return GOPM_NOT_FOUND;
	}
	struct gopm__symtab *symtab = &profile->core->program->symtab;
	const struct gopm__profile_sample *s = &p->samples[index];
	const uint64_t *pcs = p->pcs + s->first_pc;
	const bool memory = p->kind == GOPM_PROFILE_HEAP || p->kind == GOPM_PROFILE_ALLOCS;
	const uint64_t begun = gopm__call_begin();
	size_t found = 0;
	for (size_t i = memory ? gopm__pprof_hidden(symtab, pcs, s->pc_count) : 0; i < s->pc_count; i++) {
		const struct gopm__pcinfo *info = gopm__caller_info(symtab, pcs[i]);
		if (info != NULL && info->calls[0].role == GOPM__ROLE_GOEXIT) {
			continue;
		}
		const gopm_location record =
		    info != NULL ? gopm__location(info, &info->calls[0], pcs[i]) : (gopm_location){.pc = pcs[i]};
		if (found < capacity) {
			gopm__sized_out(gopm__sized_at(records, stride, found), stride, &record, sizeof record);
		}
		found++;
	}
	gopm_status status = gopm__call_result(begun, GOPM_OK, NULL);
	status = gopm__read_status(profile->core, status, NULL);
	*count = status == GOPM_OK ? found : 0;
	return status;
}

gopm_status gopm_profile_labels(const gopm_profile *profile, uint64_t index, gopm_label *records, size_t stride,
                                size_t capacity, size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (profile == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_LABEL))) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__profile *p = &profile->profile;
	if (index >= p->count || p->samples[index].label_set == 0) {
		return GOPM_NOT_FOUND;
	}
	const struct gopm__label_set *set = &p->label_sets[p->samples[index].label_set - 1];
	for (uint64_t i = 0; i < set->count && i < capacity; i++) {
		gopm__sized_out(gopm__sized_at(records, stride, (size_t)i), stride, &p->labels[set->first + i],
		                sizeof(gopm_label));
	}
	*count = (size_t)set->count;
	return GOPM_OK;
}

/* Copies a target and checks it. */
static gopm_status copy_target(gopm_profile_target *t, const gopm_profile_target *target, gopm_error **err)
{
	*t = (gopm_profile_target){.struct_size = sizeof *t};
	gopm_status status = gopm__sized_in(t, sizeof *t, target, offsetof(gopm_profile_target, user_data));
	if (status != GOPM_OK) {
		return gopm__fail(
		    err, status, GOPM__NOWHERE,
		    "gopm_profile_target.struct_size is not a size of this struct, or it has a field that "
		    "this library is too old to know");
	}
	if ((t->flags & ~GOPM_PROFILE_TARGET_REPLACE) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_profile_target.flags has unknown bits 0x%x; use GOPM_PROFILE_TARGET_REPLACE",
		                  (unsigned)(t->flags & ~GOPM_PROFILE_TARGET_REPLACE));
	}
	if ((t->path != NULL) == (t->write != NULL)) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "gopm_profile_target: set exactly one of path and write");
	}
	return GOPM_OK;
}

gopm_status gopm_profile_write(gopm_profile *profile, const gopm_profile_target *target, gopm_error **err)
{
	gopm_profile_target t;
	struct gopm__sink *sink;

	if (err != NULL) {
		*err = NULL;
	}
	if (profile == NULL || target == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "profile and target must not be NULL");
	}
	gopm_status status = copy_target(&t, target, err);
	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__sink_request request = {.path = t.path,
	                                           .write = t.write,
	                                           .user_data = t.user_data,
	                                           .replace = (t.flags & GOPM_PROFILE_TARGET_REPLACE) != 0};
	const uint64_t begun = gopm__call_begin();
	status = gopm__sink_open(&sink, &request, err);
	if (status == GOPM_OK) {
		status = gopm__pprof_write(&profile->profile, profile->core->program, sink, err);
		if (status == GOPM_OK) {
			status = gopm__sink_finish(sink, NULL, err);
		}
		gopm__sink_close(sink);
	}
	status = gopm__call_result(begun, status, err);
	return gopm__read_status(profile->core, status, err);
}
