/* SPDX-License-Identifier: Apache-2.0 */
/* Counts goroutines by stack and labels. A stack is compared by the pcs of its physical frames, and expanded into calls
 * once for each group. Source: runtime/mprof.go, goroutineProfileWithLabels, and runtime/pprof/pprof.go,
 * printCountProfile. */
#include <stdlib.h>

#include "query/profile.h"
#include "runtime/labels.h"
#include "unwind/callers.h"
#include "unwind/walk.h"
#include "util/allocate.h"
#include "util/map64.h"
#include "util/str.h"
#include "util/vector.h"

/* More than a stack of a profile has; wrappers that are left out count here. */
#define MAX_FRAMES 1024u
#define MAX_LABELS 64u

struct goroutine_stacks {
	struct gopm__profile *profile;
	struct gopm__runtime *rt;
	struct gopm__scan scan;
	size_t depth;              /* of a stack */
	struct gopm__map64 groups; /* hash of stack and labels -> index of the sample, plus 1 */
	struct gopm__map64 sets;   /* hash of labels -> index of the label set, plus 1 */
	struct gopm__map64 known;  /* g.labels -> index of the label set, plus 1 */
	/* Physical frames of the samples; those of the profile are expanded in the end. */
	uint64_t *frames;
	size_t frame_count, frame_capacity;
};

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

static uint64_t hash_str(uint64_t hash, gopm_str s)
{
	for (size_t i = 0; i < s.size; i++) {
		hash = (hash ^ (unsigned char)s.data[i]) * UINT64_C(0x100000001b3);
	}
	return mix(hash, s.size);
}

static bool same_labels(const struct gopm__profile *p, const struct gopm__label_set *set, const gopm_label *labels,
                        size_t count)
{
	const gopm_label *ours = p->labels + set->first;

	for (size_t i = 0; i < count && set->count == count; i++) {
		if (!gopm__str_equal(ours[i].key, labels[i].key) || !gopm__str_equal(ours[i].value, labels[i].value)) {
			return false;
		}
	}
	return set->count == count;
}

/* Finds or adds a set with these labels. Sets *out to its index, plus 1. */
static gopm_status intern_labels(struct goroutine_stacks *s, const gopm_label *labels, size_t count, uint32_t *out)
{
	struct gopm__profile *p = s->profile;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	bool fresh;

	for (size_t i = 0; i < count; i++) {
		hash = hash_str(hash_str(hash, labels[i].key), labels[i].value);
	}
	for (uint64_t key = hash;; key++) {
		uint64_t *slot = gopm__map64_put(&s->sets, key != 0 ? key : 1, &fresh);
		if (slot == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (!fresh && same_labels(p, &p->label_sets[*slot - 1], labels, count)) {
			*out = (uint32_t)*slot;
			return GOPM_OK;
		}
		if (!fresh) {
			continue; /* other labels have this hash */
		}
		if (!GOPM__VECTOR_RESERVE(p->label_sets, p->label_set_count, p->label_set_capacity, 1) ||
		    !GOPM__VECTOR_RESERVE(p->labels, p->label_count, p->label_capacity, count)) {
			return GOPM_ERR_NO_MEMORY;
		}
		p->label_sets[p->label_set_count++] = (struct gopm__label_set){p->label_count, count, hash};
		memcpy(p->labels + p->label_count, labels, count * sizeof *labels);
		p->label_count += count;
		*slot = p->label_set_count;
		*out = (uint32_t)p->label_set_count;
		return GOPM_OK;
	}
}

/* Sets *out to the label set of a goroutine; 0: it has no labels. */
static gopm_status find_labels(struct goroutine_stacks *s, const struct gopm__g *g, uint32_t *out)
{
	gopm_label few[MAX_LABELS], *labels = few;
	bool fresh;

	*out = 0;
	if (g->labels == 0) {
		return GOPM_OK;
	}
	uint64_t *slot = gopm__map64_put(&s->known, g->labels, &fresh);
	if (slot == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (!fresh) {
		*out = (uint32_t)*slot;
		return GOPM_OK;
	}
	const size_t count = gopm__labels(s->rt, &s->scan.reader, g, few, MAX_LABELS);
	if (count > MAX_LABELS) {
		labels = gopm__calloc(count, sizeof *labels);
		if (labels == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		(void)gopm__labels(s->rt, &s->scan.reader, g, labels, count);
	}
	gopm_status status = count != 0 ? intern_labels(s, labels, count, out) : GOPM_OK;
	if (labels != few) {
		free(labels);
	}
	*slot = *out;
	return status;
}

/* Lists the physical frames of the current goroutine: the pc of the call that each makes. */
static size_t list_frames(struct goroutine_stacks *s, uint64_t *frames)
{
	struct gopm__walk walk;
	size_t count = 0;

	gopm__walk_goroutine(&walk, s->rt, &s->scan.g, true, &s->scan.budget);
	bool more = walk.at_frame;
	for (; more && count < MAX_FRAMES; more = gopm__walk_next(&walk)) {
		frames[count++] = walk.lookup_pc;
	}
	if (!more) {
		gopm__walk_report(&walk);
	}
	return count;
}

static gopm_status count_stack(struct goroutine_stacks *s, const uint64_t *frames, size_t count, uint32_t labels)
{
	struct gopm__profile *p = s->profile;
	uint64_t hash = labels;
	bool fresh;

	for (size_t i = 0; i < count; i++) {
		hash = mix(hash, frames[i]);
	}
	for (uint64_t key = hash;; key++) {
		uint64_t *slot = gopm__map64_put(&s->groups, key != 0 ? key : 1, &fresh);
		if (slot == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		struct gopm__profile_sample *sample = fresh ? NULL : &p->samples[*slot - 1];
		if (!fresh && (sample->pc_count != count || sample->label_set != labels ||
		               (count != 0 && memcmp(s->frames + sample->first_pc, frames, count * 8) != 0))) {
			continue; /* another stack has this hash */
		}
		if (fresh) {
			if (!GOPM__VECTOR_RESERVE(p->samples, p->count, p->capacity, 1) ||
			    !GOPM__VECTOR_RESERVE(s->frames, s->frame_count, s->frame_capacity, count + 1)) {
				return GOPM_ERR_NO_MEMORY;
			}
			sample = &p->samples[p->count++];
			*sample = (struct gopm__profile_sample){
			    .first_pc = s->frame_count, .pc_count = (uint32_t)count, .label_set = labels};
			memcpy(s->frames + s->frame_count, frames, count * 8);
			s->frame_count += count;
			*slot = p->count;
		}
		sample->values[0]++;
		return GOPM_OK;
	}
}

/* Replaces the physical frames of the samples by calls. Stacks that differ only past their end are one sample. */
static gopm_status expand_samples(struct goroutine_stacks *s)
{
	struct gopm__profile old = *s->profile, *p = s->profile;
	uint64_t pcs[MAX_FRAMES];
	gopm_status status = GOPM_OK;
	bool fresh;

	p->samples = NULL;
	p->count = p->capacity = 0;
	gopm__map64_free(&s->groups);
	for (size_t i = 0; i < old.count && status == GOPM_OK; i++) {
		const struct gopm__profile_sample *from = &old.samples[i];
		const size_t count =
		    gopm__callers_expand(s->rt->symtab, s->frames + from->first_pc, from->pc_count, pcs, s->depth);
		uint64_t key = from->label_set;
		for (size_t k = 0; k < count; k++) {
			key = mix(key, pcs[k]);
		}
		struct gopm__profile_sample *to = NULL;
		for (; status == GOPM_OK && to == NULL; key++) {
			uint64_t *slot = gopm__map64_put(&s->groups, key != 0 ? key : 1, &fresh);
			if (slot == NULL || (fresh && gopm__profile_add(p, pcs, count) == NULL)) {
				status = GOPM_ERR_NO_MEMORY;
				break;
			}
			*slot = fresh ? p->count : *slot;
			to = &p->samples[*slot - 1];
			if (fresh) {
				to->label_set = from->label_set;
			} else if (to->label_set != from->label_set || to->pc_count != count ||
			           memcmp(p->pcs + to->first_pc, pcs, count * 8) != 0) {
				to = NULL;
			}
		}
		if (to != NULL) {
			to->values[0] += from->values[0];
		}
	}
	free(old.samples);
	return status;
}

struct sample_order {
	struct gopm__profile_sample sample;
	const uint64_t *pcs;
};

/* Most goroutines first, then by the stack. */
static int compare_samples(const void *a, const void *b)
{
	const struct sample_order *x = a, *y = b;

	if (x->sample.values[0] != y->sample.values[0]) {
		return x->sample.values[0] < y->sample.values[0] ? 1 : -1;
	}
	for (uint32_t i = 0; i < x->sample.pc_count && i < y->sample.pc_count; i++) {
		if (x->pcs[i] != y->pcs[i]) {
			return x->pcs[i] < y->pcs[i] ? -1 : 1;
		}
	}
	if (x->sample.pc_count != y->sample.pc_count) {
		return x->sample.pc_count < y->sample.pc_count ? -1 : 1;
	}
	return (x->sample.label_set > y->sample.label_set) - (x->sample.label_set < y->sample.label_set);
}

static gopm_status sort_samples(struct gopm__profile *p)
{
	struct sample_order *order = p->count != 0 ? gopm__malloc(p->count * sizeof *order) : NULL;

	if (order == NULL) {
		return p->count != 0 ? GOPM_ERR_NO_MEMORY : GOPM_OK;
	}
	for (size_t i = 0; i < p->count; i++) {
		order[i] = (struct sample_order){p->samples[i], p->pcs + p->samples[i].first_pc};
	}
	qsort(order, p->count, sizeof *order, compare_samples);
	for (size_t i = 0; i < p->count; i++) {
		p->samples[i] = order[i].sample;
	}
	free(order);
	return GOPM_OK;
}

static gopm_status count_goroutines(struct goroutine_stacks *s)
{
	uint64_t frames[MAX_FRAMES];
	gopm_status status = GOPM_OK;
	uint32_t labels;

	while (status == GOPM_OK && gopm__scan_next(&s->scan)) {
		status = find_labels(s, &s->scan.g, &labels);
		if (status == GOPM_OK) {
			status = count_stack(s, frames, list_frames(s, frames), labels);
		}
	}
	return s->scan.cancelled ? GOPM_ERR_CANCELLED : status;
}

gopm_status gopm__profile_goroutines(struct gopm__profile *profile, struct gopm__runtime *rt,
                                     const struct gopm__profile_request *request)
{
	const struct gopm__mprof *mprof = gopm__mprof(rt);
	struct goroutine_stacks s = {.profile = profile, .rt = rt};
	struct gopm__query query;

	gopm_status status = mprof != NULL ? gopm__query_init(&query, NULL) : GOPM_ERR_NO_MEMORY;
	if (status != GOPM_OK) {
		return status;
	}
	query.filter.flags |= GOPM_FILTER_NO_SYSTEM;
	query.filter.progress = request->progress;
	query.filter.progress_user_data = request->progress_user_data;
	query.fields = GOPM_FIELD_USER; /* the stack is prefetched */
	s.depth = mprof->stack_depth;
	gopm__scan_init(&s.scan, rt, &query);
	status = count_goroutines(&s);
	if (status == GOPM_OK) {
		status = expand_samples(&s);
	}
	if (status == GOPM_OK) {
		status = sort_samples(profile);
	}
	gopm__scan_clear(&s.scan);
	gopm__query_clear(&query);
	gopm__map64_free(&s.groups);
	gopm__map64_free(&s.sets);
	gopm__map64_free(&s.known);
	free(s.frames);
	return status;
}
