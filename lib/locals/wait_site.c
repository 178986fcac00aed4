/* SPDX-License-Identifier: Apache-2.0 */
/* A table of the wait sites: the functions of the runtime and the standard library that park their goroutine. For each
 * variable of such a function, it names the runtime object that has its value while the goroutine waits. The object has
 * it even if the frame's copy is lost. */
#include "locals/wait_site.h"

#include <inttypes.h>
#include <stdio.h>

#include "runtime/chan.h"
#include "runtime/wait.h"
#include "type/descriptor.h"

/* Innermost frames that can be wait sites: those of the runtime and its direct callers. */
#define MAX_FRAMES 8u

/* runtime.scase is {c *hchan, elem unsafe.Pointer} (runtime/select.go, Go 1.16 to 1.27). */
enum { CASE_ELEMENT = 8, CASE_SIZE = 16, MAX_CASES = 65536 };

enum wait_object { G, REASON, SUDOG, SUDOG_CHANNEL, SUDOG_ELEMENT, SEMAPHORE, POLL, COND, TIMER, DEADLINE };

/* Names of the variables: the files listed in symbol/functions.c, Go 1.16 to 1.27. Offsets: sync/mutex.go,
 * sync/rwmutex.go, internal/sync/mutex.go of the same versions. */
static const struct {
	enum gopm__func_role function;
	const char *variable;
	enum wait_object object; /* has the variable's value */
	int argument;            /* index of the argument; -1: not an argument */
	uint32_t offset;         /* of the semaphore in the target of the variable, such as a mutex */
} wait_sites[] = {
    {GOPM__ROLE_GOPARK, "gp", G, -1, 0},
    {GOPM__ROLE_GOPARK, "reason", REASON, -1, 0},
    {GOPM__ROLE_GOPARKUNLOCK, "reason", REASON, -1, 0},
    {GOPM__ROLE_CHANSEND, "gp", G, -1, 0},
    {GOPM__ROLE_CHANSEND, "mysg", SUDOG, -1, 0},
    {GOPM__ROLE_CHANSEND, "c", SUDOG_CHANNEL, 0, 0},
    {GOPM__ROLE_CHANSEND, "ep", SUDOG_ELEMENT, 1, 0},
    {GOPM__ROLE_CHANSEND1, "c", SUDOG_CHANNEL, 0, 0},
    {GOPM__ROLE_CHANSEND1, "elem", SUDOG_ELEMENT, 1, 0},
    {GOPM__ROLE_CHANRECV, "gp", G, -1, 0},
    {GOPM__ROLE_CHANRECV, "mysg", SUDOG, -1, 0},
    {GOPM__ROLE_CHANRECV, "c", SUDOG_CHANNEL, 0, 0},
    {GOPM__ROLE_CHANRECV, "ep", SUDOG_ELEMENT, 1, 0},
    {GOPM__ROLE_CHANRECV1, "c", SUDOG_CHANNEL, 0, 0},
    {GOPM__ROLE_CHANRECV1, "elem", SUDOG_ELEMENT, 1, 0},
    {GOPM__ROLE_SELECTGO, "gp", G, -1, 0},
    {GOPM__ROLE_SEMACQUIRE1, "gp", G, -1, 0},
    {GOPM__ROLE_SEMACQUIRE1, "addr", SEMAPHORE, 0, 0},
    {GOPM__ROLE_SEMACQUIRE, "addr", SEMAPHORE, 0, 0},
    {GOPM__ROLE_MUTEX_LOCK_SLOW, "m", SEMAPHORE, 0, 4},
    {GOPM__ROLE_RWMUTEX_RLOCK, "rw", SEMAPHORE, 0, 12},
    {GOPM__ROLE_NOTIFY_LIST_WAIT, "l", COND, 0, 0},
    {GOPM__ROLE_POLL_WAIT, "pd", POLL, 0, 0},
    {GOPM__ROLE_SLEEP, "gp", G, -1, 0},
    {GOPM__ROLE_SLEEP, "t", TIMER, -1, 0},
    {GOPM__ROLE_SLEEP, "when", DEADLINE, -1, 0},
};

static bool is_named(gopm_str s, const char *name)
{
	return s.size == strlen(name) && memcmp(s.data, name, s.size) == 0;
}

/* The wait of a goroutine that waits for one object. A select waits for several. */
static bool single_wait(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, uint32_t kind,
                        gopm_wait *out)
{
	struct gopm__wait_cache cache = {0};

	*out = (gopm_wait){0};
	bool found = gopm__waits(rt, reader, &cache, g, out, 1) == 1 && out->kind == kind && out->object != 0;
	gopm__wait_cache_free(&cache);
	return found;
}

/* True if g->waiting is the sudog of a goroutine that waits for one channel. */
static bool has_single_sudog(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g)
{
	uint32_t kind = gopm__wait_kind(gopm__g_wait_reason(rt, g));

	return (kind == GOPM_WAIT_CHAN_SEND || kind == GOPM_WAIT_CHAN_RECEIVE) &&
	       gopm__sudog_is_of(&rt->layout, reader, g->waiting, g->address);
}

static bool wait_object_word(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                             enum wait_object object, uint64_t *out)
{
	static const uint32_t kinds[] = {[SEMAPHORE] = GOPM_WAIT_SEMAPHORE,
	                                 [POLL] = GOPM_WAIT_IO,
	                                 [COND] = GOPM_WAIT_COND,
	                                 [TIMER] = GOPM_WAIT_TIMER,
	                                 [DEADLINE] = GOPM_WAIT_TIMER};
	gopm_wait wait;

	switch (object) {
	case G:
		*out = g->address;
		return true;
	case REASON:
		*out = g->raw_wait_reason;
		return true;
	case SUDOG:
		*out = g->waiting;
		return has_single_sudog(rt, reader, g);
	case SUDOG_CHANNEL:
		return has_single_sudog(rt, reader, g) && gopm__sudog_channel(&rt->layout, reader, g->waiting, out);
	case SUDOG_ELEMENT:
		/* The goroutine at the other end clears the element before it wakes this one. */
		return has_single_sudog(rt, reader, g) && gopm__sudog_elem(&rt->layout, reader, g->waiting, out) &&
		       *out != 0;
	default:
		break;
	}
	if (!single_wait(rt, reader, g, kinds[object], &wait)) {
		return false;
	}
	*out = object == DEADLINE ? (uint64_t)wait.deadline : wait.object;
	return *out != 0;
}

static const char *wait_object_origin(struct gopm__context *context, const struct gopm__g *g, enum wait_object object,
                                      uint64_t word)
{
	switch (object) {
	case G:
	case REASON:
	case TIMER:
		return gopm__context_text(context, "g at 0x%" PRIx64, g->address);
	case SEMAPHORE:
		return gopm__context_text(context, "semaphore at 0x%" PRIx64, word);
	case POLL:
		return gopm__context_text(context, "pollDesc at 0x%" PRIx64, word);
	case COND:
		return gopm__context_text(context, "notifyList at 0x%" PRIx64, word);
	case DEADLINE:
		return gopm__context_text(context, "timer at 0x%" PRIx64, g->timer);
	default:
		return gopm__context_text(context, "sudog at 0x%" PRIx64, g->waiting);
	}
}

const struct gopm__bytes *gopm__word_bytes(struct gopm__context *context, uint64_t word, uint64_t size)
{
	struct gopm__bytes *bytes = gopm__arena_alloc(context->arena, sizeof *bytes);
	uint8_t *data = gopm__arena_alloc(context->arena, 8), *known = gopm__arena_alloc(context->arena, 8);

	if (bytes == NULL || data == NULL || known == NULL) {
		context->no_memory = true;
		return NULL;
	}
	memcpy(data, &word, 8);
	memset(known, GOPM__BYTE_KNOWN, 8);
	*bytes = (struct gopm__bytes){.size = size, .data = data, .known = known};
	return bytes;
}

static bool recovered_word(struct gopm__context *context, const struct gopm__g *g, enum wait_object object,
                           uint64_t word, uint64_t size, struct gopm__recovered *out)
{
	const struct gopm__bytes *bytes = gopm__word_bytes(context, word, size);

	*out = (struct gopm__recovered){.provenance = GOPM_FROM_RUNTIME, .address = GOPM__BYTES_BASE, .bytes = bytes};
	out->origin = bytes != NULL ? wait_object_origin(context, g, object, word) : NULL;
	return bytes != NULL;
}

/* Reads the goroutine of the stack. False: it is not parked. */
static bool read_parked_g(struct gopm__stack_state *stack_state, struct gopm__g *g)
{
	struct gopm__context *context = stack_state->context;
	uint64_t address = stack_state->stack->walk.g_address;

	return address != 0 && gopm__g_read(stack_state->rt, &context->reader, address, g) &&
	       g->status == GOPM_G_WAITING;
}

bool gopm__wait_site_variable(struct gopm__stack_state *stack_state, const struct gopm__local *local,
                              struct gopm__recovered *out)
{
	struct gopm__context *context = stack_state->context;
	const struct gopm__frame *frame = local->frame;
	uint64_t size = gopm__type_size(context->types, local->type), word = 0;
	size_t index;
	struct gopm__g g;

	if (frame->call == NULL || !gopm__stack_state_index(stack_state, frame, &index) || index >= MAX_FRAMES) {
		return false;
	}
	for (size_t i = 0; i < sizeof wait_sites / sizeof wait_sites[0]; i++) {
		if (frame->call->role == wait_sites[i].function &&
		    is_named(local->node->name, wait_sites[i].variable) &&
		    size == (wait_sites[i].object == REASON ? 1 : 8)) {
			return read_parked_g(stack_state, &g) &&
			       wait_object_word(stack_state->rt, &context->reader, &g, wait_sites[i].object, &word) &&
			       recovered_word(context, &g, wait_sites[i].object, word - wait_sites[i].offset, size,
			                      out);
		}
	}
	return false;
}

bool gopm__wait_site_argument(struct gopm__stack_state *stack_state, size_t index, uint64_t number, uint64_t *value,
                              const char **origin)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__runtime *rt = stack_state->rt;
	const struct gopm__frame *frame = &stack_state->stack->frames[index];
	struct gopm__g g;

	if (index >= MAX_FRAMES || frame->call == NULL) {
		return false;
	}
	for (size_t i = 0; i < sizeof wait_sites / sizeof wait_sites[0]; i++) {
		if (wait_sites[i].argument >= 0 && rt->core->arch->code->arguments[wait_sites[i].argument] == number &&
		    frame->call->role == wait_sites[i].function) {
			if (!read_parked_g(stack_state, &g) ||
			    !wait_object_word(rt, &context->reader, &g, wait_sites[i].object, value)) {
				return false;
			}
			*origin = wait_object_origin(context, &g, wait_sites[i].object, *value);
			*value -= wait_sites[i].offset;
			return *origin != NULL;
		}
	}
	return false;
}

/* True if a sudog of the select has `word` as its element, or as its channel. */
static bool select_waits_with(struct gopm__stack_state *stack_state, const struct gopm__g *g, bool element,
                              uint64_t word)
{
	struct gopm__context *context = stack_state->context;
	const struct gopm__layout *l = &stack_state->rt->layout;
	struct gopm__reader *reader = &context->reader;
	uint64_t sudog = g->waiting, value;

	for (unsigned i = 0; i < MAX_CASES && sudog != 0; i++) {
		if (!gopm__sudog_is_of(l, reader, sudog, g->address) ||
		    !(element ? gopm__sudog_elem(l, reader, sudog, &value)
		              : gopm__sudog_channel(l, reader, sudog, &value))) {
			return false;
		}
		if (value == word) {
			return true;
		}
		if (!gopm__sudog_waitlink(l, reader, sudog, &sudog)) {
			return false;
		}
	}
	return false;
}

bool gopm__wait_site_case(struct gopm__stack_state *stack_state, size_t index, uint64_t cfa,
                          const struct gopm__abstract_state *call, uint64_t address)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__runtime *rt = stack_state->rt;
	const struct gopm__frame *frame = &stack_state->stack->frames[index];
	const uint8_t *arguments = rt->core->arch->code->arguments;
	/* func selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool) */
	const struct gopm__value_number *cases = &call->registers[arguments[0]];
	const struct gopm__value_number *sends = &call->registers[arguments[3]];
	const struct gopm__value_number *receives = &call->registers[arguments[4]];
	uint64_t word;
	struct gopm__g g;

	if (index >= MAX_FRAMES || frame->call == NULL || frame->call->role != GOPM__ROLE_SELECTGO ||
	    cases->kind != GOPM__VN_FRAME || sends->kind != GOPM__VN_CONSTANT || receives->kind != GOPM__VN_CONSTANT ||
	    sends->value < 0 || receives->value < 0 || sends->value > MAX_CASES || receives->value > MAX_CASES) {
		return false;
	}
	uint64_t within = address - (cfa + (uint64_t)cases->value);
	if (within >= (uint64_t)(sends->value + receives->value) * CASE_SIZE || within % 8 != 0 ||
	    !gopm__read_u64(&context->reader, address, &word) || !read_parked_g(stack_state, &g) ||
	    gopm__wait_kind(gopm__g_wait_reason(rt, &g)) != GOPM_WAIT_SELECT) {
		return false;
	}
	/* A case with a nil channel has no sudog: its zero channel word is right, its element is not proved. */
	bool element = within % CASE_SIZE == CASE_ELEMENT;
	return word == 0 ? !element : select_waits_with(stack_state, &g, element, word);
}

bool gopm__wait_site_sends(struct gopm__stack_state *stack_state, size_t index, uint64_t elem, uint64_t *size)
{
	struct gopm__context *context = stack_state->context;
	struct gopm__runtime *rt = stack_state->rt;
	const struct gopm__frame *frame = &stack_state->stack->frames[index];
	uint64_t channel, sent;
	struct gopm__hchan chan;
	struct gopm__descriptor type;
	struct gopm__g g;

	if (index >= MAX_FRAMES || frame->call == NULL || frame->call->role != GOPM__ROLE_CHANSEND1 ||
	    !read_parked_g(stack_state, &g) || gopm__wait_kind(gopm__g_wait_reason(rt, &g)) != GOPM_WAIT_CHAN_SEND ||
	    !wait_object_word(rt, &context->reader, &g, SUDOG_ELEMENT, &sent) || sent != elem ||
	    !wait_object_word(rt, &context->reader, &g, SUDOG_CHANNEL, &channel) ||
	    !gopm__hchan_read(&rt->layout, &context->reader, channel, &chan) ||
	    !gopm__descriptor_read(context->symtab, &context->reader, chan.elem_type, &type)) {
		return false;
	}
	*size = type.size;
	return true;
}
