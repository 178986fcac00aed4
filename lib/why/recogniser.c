/* SPDX-License-Identifier: Apache-2.0 */
#include "why/recogniser.h"

#include <stdlib.h>

#include "dwarf/names.h"
#include "runtime/chan.h"
#include "unwind/walk.h"
#include "util/search.h"
#include "util/str.h"
#include "util/vector.h"
#include "why/deferred.h"

/* Requests, and claims, of the pools of one rule. If there are more, there are no claims: who has an element would be
 * known only in part. */
#define MOST_CLAIMS ((size_t)1 << 20)
#define MOST_WAIT_FRAMES 8u /* from a wait to the function that waits */
#define MOST_DEFERRED 64u   /* calls of one goroutine that are looked at */
#define CLOSURE_WORDS 4u    /* captured words that are looked at */
#define MOST_OWNERS 4u      /* types of objects that have an element of a pool */

/* A pool of a library. */
struct pool_rule {
	const char *request; /* the type of the channel's elements by which a goroutine gets an element of the pool */
	const char *waits;   /* or the function in which it waits for that; NULL: any */
	const char *pool;    /* the type of the pool, which the stack of a goroutine that waits refers to */
	const char *count;   /* its field: elements that it has made, an int */
	const char *element; /* the type of its elements; NULL: it has none, but who takes one defers to give it back */
	const char *of;      /* their field: the pool */
	const char *used;    /* their field: not 0 if somebody has the element */
	const char
	    *package; /* prefix of the functions of goroutines that belong to the library: these give nothing back */
	struct {
		const char *type;  /* an object that has an element */
		const char *field; /* the element; NULL: the object itself is one */
		const char *done;  /* not 0: it has none any more; NULL: it always has */
	} owners[MOST_OWNERS];
};

static const struct pool_rule rules[] = {
    /* Source: database/sql/sql.go, Go 1.16 to 1.27. */
    {.request = "database/sql.connRequest",
     .pool = "database/sql.DB",
     .count = "numOpen",
     .element = "database/sql.driverConn",
     .of = "db",
     .used = "inUse",
     .package = "database/sql.",
     .owners = {{"database/sql.Rows", "dc", "closed"},
                {"database/sql.Tx", "dc", "done"},
                {"database/sql.Conn", "dc", "done"},
                {"database/sql.driverConn", NULL, NULL}}},
    /* Source: golang.org/x/sync/semaphore/semaphore.go. Each who takes one unit counts as one owner: if they take more
     * at once, the count does not fit. */
    {.request = "struct {}",
     .waits = "golang.org/x/sync/semaphore.(*Weighted).Acquire",
     .pool = "golang.org/x/sync/semaphore.Weighted",
     .count = "cur"},
};

/* A struct type of the program. */
struct known_type {
	uint32_t number; /* in the heap's types; 0: no object has it */
	const struct gopm__type *type;
};

/* A rule with the program's types. */
struct pool_types {
	const struct pool_rule *rule;
	struct known_type pool, element, owners[MOST_OWNERS];
	uint64_t count, of, used; /* offsets */
	uint64_t field[MOST_OWNERS], done[MOST_OWNERS];
};

/* A channel by which a goroutine waits for an element of a pool. */
struct pool_request {
	uint64_t pool, channel;
};

/* A goroutine has an element. */
struct pool_owner {
	uint64_t pool, g, element;
};

struct recogniser {
	struct gopm__claims *claims;
	const struct gopm__blocked *blocked;
	struct gopm__program *program;
	struct gopm__ownership *ownership;
	struct gopm__heap *heap;
	struct gopm__reader reader;
	struct gopm__types *types;
	struct pool_types pool;
	uint64_t elem_type; /* the last type of a channel's elements that was looked at: address of its descriptor */
	bool is_request;    /* it is that of requests */
	bool cut;           /* there are too many */
	size_t claimed;     /* claims so far */
	struct pool_request *requests;
	size_t request_count, request_capacity;
	struct pool_owner *owners;
	size_t owner_count, owner_capacity;
};

static gopm_str text_of(const char *text)
{
	return (gopm_str){text, strlen(text)};
}

static struct known_type find_type(struct recogniser *r, const char *name)
{
	struct known_type known = {0, gopm__types_named(r->types, text_of(name))};
	const uint64_t descriptor = known.type != NULL ? gopm__type_descriptor(r->types, known.type) : 0;
	const uint64_t *number = descriptor != 0 ? gopm__map64_get(&r->heap->types.by_key, descriptor) : NULL;

	known.type = known.type != NULL ? gopm__type_resolve(r->types, known.type) : NULL;
	known.number = number != NULL ? (uint32_t)*number : 0;
	return known;
}

static bool find_offset(const struct known_type *known, const char *name, uint64_t *offset)
{
	const struct gopm__field *field = gopm__type_field(known->type, name);

	*offset = field != NULL ? field->offset : 0;
	return field != NULL;
}

/* Finds the types of a rule. False: the program does not have them as they are known. */
static bool find_types(struct recogniser *r, const struct pool_rule *rule)
{
	struct pool_types *p = &r->pool;

	*p = (struct pool_types){.rule = rule};
	p->pool = find_type(r, rule->pool);
	if (p->pool.number == 0 || !find_offset(&p->pool, rule->count, &p->count)) {
		return false;
	}
	if (rule->element == NULL) {
		return true;
	}
	p->element = find_type(r, rule->element);
	if (p->element.number == 0 || !find_offset(&p->element, rule->of, &p->of) ||
	    !find_offset(&p->element, rule->used, &p->used)) {
		return false;
	}
	for (size_t i = 0; i < MOST_OWNERS && rule->owners[i].type != NULL; i++) {
		p->owners[i] = find_type(r, rule->owners[i].type);
		if (p->owners[i].type == NULL) {
			continue; /* the program does not use it */
		}
		if ((rule->owners[i].field != NULL &&
		     !find_offset(&p->owners[i], rule->owners[i].field, &p->field[i])) ||
		    (rule->owners[i].done != NULL && !find_offset(&p->owners[i], rule->owners[i].done, &p->done[i]))) {
			return false;
		}
	}
	return true;
}

/* The number of the type of the live object that begins at `address`; 0: unknown. */
static uint32_t type_at(const struct recogniser *r, uint64_t address)
{
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&r->heap->index, address, &span);

	return slot != GOPM__NO_SLOT && gopm__bit(r->heap->live, slot) && gopm__object_address(span, slot) == address &&
	               gopm__typed_form(r->heap->typed[slot]) == GOPM__FORM_ONE
	           ? gopm__typed_type(r->heap->typed[slot])
	           : 0;
}

/* True if the goroutine waits for an element of a pool, by that channel. */
static bool is_request(struct recogniser *r, const struct gopm__wait_for *wait)
{
	const struct gopm__waited *object = &r->blocked->objects[wait->object];
	struct gopm__hchan chan;

	if (object->kind != GOPM_OBJECT_CHAN || object->address == 0 || wait->side != GOPM__SIDE_RECEIVES ||
	    !gopm__hchan_read(&r->program->runtime.layout, &r->reader, object->address, &chan) || chan.elem_type == 0) {
		return false;
	}
	if (chan.elem_type != r->elem_type) {
		const struct gopm__type *type = gopm__types_of_descriptor(r->types, chan.elem_type);
		r->elem_type = chan.elem_type;
		r->is_request = type != NULL && gopm__str_equal(type->name, text_of(r->pool.rule->request));
	}
	return r->is_request;
}

/* True if the goroutine waits in the function that the rule names. Of several waits it is not known which one is for
 * the element. */
static bool waits_in(struct recogniser *r, const struct gopm__member *member)
{
	const gopm_str name = r->pool.rule->waits != NULL ? text_of(r->pool.rule->waits) : text_of("");
	struct gopm__walk walk;
	struct gopm__g g;
	unsigned frames = 0;

	if (name.size == 0) {
		return true;
	}
	if (member->wait_count != 1 || !is_request(r, &r->blocked->waits[member->wait]) ||
	    !gopm__g_read(&r->program->runtime, &r->reader, member->g, &g)) {
		return false;
	}
	gopm__walk_goroutine(&walk, &r->program->runtime, &g, true, NULL);
	for (bool more = walk.at_frame; more && frames < MOST_WAIT_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			if (gopm__str_equal(walk.info->calls[i].function, name)) {
				return true;
			}
		}
	}
	return false;
}

static bool add_request(struct recogniser *r, uint64_t pool, const struct gopm__member *member)
{
	if (!waits_in(r, member)) {
		return true;
	}
	for (uint32_t i = 0; i < member->wait_count; i++) {
		const struct gopm__wait_for *wait = &r->blocked->waits[member->wait + i];
		if (!is_request(r, wait)) {
			continue;
		}
		if (r->request_count == MOST_CLAIMS) {
			r->cut = true;
			return true;
		}
		if (!GOPM__VECTOR_RESERVE(r->requests, r->request_count, r->request_capacity, 1)) {
			return false;
		}
		r->requests[r->request_count++] =
		    (struct pool_request){pool, r->blocked->objects[wait->object].address};
	}
	return true;
}

static bool is_zero(struct recogniser *r, uint64_t address)
{
	uint64_t value;

	return gopm__read_word(&r->reader, address, 1, &value) && value == 0;
}

/* Adds the element that an object of a goroutine has, if any. False: out of memory. */
static bool add_owner(struct recogniser *r, uint64_t g, uint64_t address, uint32_t number)
{
	const struct pool_types *p = &r->pool;
	uint64_t element = address, pool;
	size_t i = 0;

	while (i < MOST_OWNERS && (p->owners[i].number == 0 || p->owners[i].number != number)) {
		i++;
	}
	if (i == MOST_OWNERS || (p->rule->owners[i].done != NULL && !is_zero(r, address + p->done[i])) ||
	    (p->rule->owners[i].field != NULL && !gopm__read_u64(&r->reader, address + p->field[i], &element)) ||
	    type_at(r, element) != p->element.number || is_zero(r, element + p->used) ||
	    !gopm__read_u64(&r->reader, element + p->of, &pool) || type_at(r, pool) != p->pool.number) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(r->owners, r->owner_count, r->owner_capacity, 1)) {
		return false;
	}
	r->owners[r->owner_count++] = (struct pool_owner){pool, g, element};
	return true;
}

static bool captures(struct recogniser *r, uint64_t closure, uint64_t pool)
{
	for (uint32_t i = 1; i <= CLOSURE_WORDS; i++) {
		uint64_t word;
		if (gopm__read_u64(&r->reader, closure + 8 * (uint64_t)i, &word) && word == pool) {
			return true;
		}
	}
	return false;
}

/* Adds what a goroutine has deferred to give back. False: out of memory. */
static bool add_deferred(struct recogniser *r, uint64_t pool, const struct gopm__member *member)
{
	uint64_t closures[MOST_DEFERRED];
	struct gopm__g g;

	if (!gopm__g_read(&r->program->runtime, &r->reader, member->g, &g)) {
		return true;
	}
	const size_t count = gopm__deferred_closures(&r->program->runtime, &r->reader, &g, closures, MOST_DEFERRED);
	for (size_t i = 0; i < count; i++) {
		if (!captures(r, closures[i], pool)) {
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(r->owners, r->owner_count, r->owner_capacity, 1)) {
			return false;
		}
		r->owners[r->owner_count++] = (struct pool_owner){pool, member->g, closures[i]};
	}
	return true;
}

/* True if the library started the goroutine. */
static bool is_of_library(const struct recogniser *r, const struct gopm__member *member)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(&r->program->symtab, member->start);

	return info != NULL && info->known &&
	       gopm__str_has_prefix(info->calls[info->call_count - 1].function, r->pool.rule->package);
}

/* Takes what the stack of a goroutine refers to. False: out of memory. */
static bool take_goroutine(struct recogniser *r, size_t holder)
{
	const struct gopm__holders *h = &r->ownership->holders;
	const uint32_t index = gopm__blocked_member(r->blocked, h->list[holder].key);

	if (index == GOPM__NO_INDEX) {
		return true;
	}
	const struct gopm__member *member = &r->blocked->members[index];
	for (uint32_t i = h->list[holder].target; i < gopm__holder_targets_end(h, holder); i++) {
		const uint32_t slot = h->targets[i];
		const uint32_t typed = r->heap->typed[slot];
		if (gopm__typed_form(typed) != GOPM__FORM_ONE || gopm__typed_type(typed) == 0) {
			continue;
		}
		const uint32_t number = gopm__typed_type(typed);
		const struct gopm__slots *span = gopm__index_span_of_slot(&r->heap->index, slot);
		if (span == NULL) {
			continue;
		}
		const uint64_t address = gopm__object_address(span, slot);
		if (number == r->pool.pool.number) {
			if (!add_request(r, address, member) ||
			    (r->pool.rule->element == NULL && !add_deferred(r, address, member))) {
				return false;
			}
		} else if (r->pool.rule->element != NULL && !is_of_library(r, member) &&
		           !add_owner(r, member->g, address, number)) {
			return false;
		}
	}
	return true;
}

static int compare_requests(const void *a, const void *b)
{
	const struct pool_request *x = a, *y = b;

	if (x->pool != y->pool) {
		return x->pool < y->pool ? -1 : 1;
	}
	return x->channel < y->channel ? -1 : x->channel > y->channel;
}

static int compare_owners(const void *a, const void *b)
{
	const struct pool_owner *x = a, *y = b;

	if (x->pool != y->pool) {
		return x->pool < y->pool ? -1 : 1;
	}
	if (x->element != y->element) {
		return x->element < y->element ? -1 : 1;
	}
	return x->g < y->g ? -1 : x->g > y->g;
}

/* Owners [begin, end) are those of one pool. True if they have all of its elements. */
static bool have_all(struct recogniser *r, size_t begin, size_t end)
{
	uint64_t made, found = 0;

	for (size_t i = begin; i < end; i++) {
		found += i == begin || r->owners[i].element != r->owners[i - 1].element;
	}
	return gopm__read_u64(&r->reader, r->owners[begin].pool + r->pool.count, &made) && made == found;
}

/* Adds a claim of each owner on each request of its pool. False: out of memory. */
static bool add_claims(struct recogniser *r, size_t begin, size_t end, uint8_t strength)
{
	const uint64_t pool = r->owners[begin].pool;
	size_t first, last;

	GOPM__LOWER_BOUND(first, r->request_count, r->requests[first].pool < pool);
	last = first;
	while (last < r->request_count && r->requests[last].pool == pool) {
		last++;
	}
	if ((last - first) > (MOST_CLAIMS - r->claimed) / (end - begin)) {
		r->cut = true;
		return true;
	}
	r->claimed += (last - first) * (end - begin);
	if (!GOPM__VECTOR_RESERVE(r->claims->list, r->claims->count, r->claims->capacity,
	                          (last - first) * (end - begin))) {
		return false;
	}
	for (size_t i = first; i < last; i++) {
		for (size_t k = begin; k < end; k++) {
			r->claims->list[r->claims->count++] = (struct gopm__claim){.object = r->requests[i].channel,
			                                                           .g = r->owners[k].g,
			                                                           .op = GOPM__CLAIM_SENDS,
			                                                           .strength = strength,
			                                                           .evidence = GOPM__EVIDENCE_LIBRARY};
		}
	}
	return true;
}

static bool claim_all(struct recogniser *r)
{
	const size_t before = r->claims->count;

	if (r->request_count == 0 || r->owner_count == 0 || r->cut) {
		return true;
	}
	qsort(r->requests, r->request_count, sizeof *r->requests, compare_requests);
	qsort(r->owners, r->owner_count, sizeof *r->owners, compare_owners);
	for (size_t begin = 0, end; begin < r->owner_count; begin = end) {
		for (end = begin + 1; end < r->owner_count && r->owners[end].pool == r->owners[begin].pool; end++) {
		}
		/* An element that is not found may be one that a goroutine is about to give back. */
		const uint8_t strength = have_all(r, begin, end) ? GOPM__CLAIM_LIKELY : GOPM__CLAIM_POSSIBLE;
		if (!add_claims(r, begin, end, strength)) {
			return false;
		}
	}
	r->claims->count = r->cut ? before : r->claims->count;
	return true;
}

static bool has_requests(struct recogniser *r)
{
	for (size_t i = 0; i < r->blocked->object_count; i++) {
		const struct gopm__waited *object = &r->blocked->objects[i];
		const struct gopm__wait_for *wait =
		    object->kind == GOPM_OBJECT_CHAN ? gopm__blocked_receiver(r->blocked, object) : NULL;
		if (wait != NULL && is_request(r, wait)) {
			return true;
		}
	}
	return false;
}

static bool recognise(struct recogniser *r, const struct pool_rule *rule)
{
	const struct gopm__holders *h = &r->ownership->holders;
	struct gopm__dwarf *dwarf;
	bool made = true;

	r->pool.rule = rule;
	r->request_count = r->owner_count = r->claimed = 0;
	r->elem_type = 0;
	r->cut = false;
	if (!has_requests(r)) {
		return true;
	}
	if (gopm__program_dwarf(r->program, &dwarf, NULL) == GOPM_OK && gopm__dwarf_read_names(dwarf) != GOPM_OK) {
		return false;
	}
	if (!find_types(r, rule)) {
		return true;
	}
	for (size_t i = 0; made && i < h->count; i++) {
		made = h->groups[h->list[i].group].kind != GOPM__HOLDER_GOROUTINE || take_goroutine(r, i);
	}
	return made && claim_all(r);
}

gopm_status gopm__has_pool_requests(const struct gopm__blocked *blocked, struct gopm__program *program, bool *found)
{
	struct recogniser r = {.blocked = blocked, .program = program, .reader = gopm__reader(&program->file.memory)};

	*found = false;
	gopm__program_lock(program);
	const gopm_status status = gopm__program_types(program, &r.types, NULL);
	for (size_t i = 0; status == GOPM_OK && !*found && i < sizeof rules / sizeof rules[0]; i++) {
		r.pool.rule = &rules[i];
		r.elem_type = 0;
		*found = has_requests(&r);
	}
	gopm__program_unlock(program);
	return status;
}

gopm_status gopm__recognise_pools(struct gopm__claims *claims, const struct gopm__blocked *blocked,
                                  struct gopm__program *program, struct gopm__ownership *ownership)
{
	struct recogniser r = {.claims = claims,
	                       .blocked = blocked,
	                       .program = program,
	                       .ownership = ownership,
	                       .heap = ownership->heap,
	                       .reader = gopm__reader(&program->file.memory)};
	const size_t before = claims->count;

	gopm__program_lock(program);
	gopm_status status = gopm__program_types(program, &r.types, NULL);
	for (size_t i = 0; status == GOPM_OK && i < sizeof rules / sizeof rules[0]; i++) {
		status = recognise(&r, &rules[i]) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	}
	gopm__program_unlock(program);
	if (status == GOPM_OK && claims->count != before) {
		gopm__claims_sort(claims);
	}
	free(r.requests);
	free(r.owners);
	return status;
}
