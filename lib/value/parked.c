#include "value/parked.h"

#include <inttypes.h>
#include <stdio.h>

#include "runtime/wait.h"

/* Frames of the runtime and of what calls it right away. */
#define MAX_FRAMES 8u

enum what { G, REASON, SUDOG, SUDOG_CHANNEL, SUDOG_ELEMENT, SEMAPHORE, POLL };

/* Functions that park, and what of theirs is in which object. Their names and those of their variables:
 * runtime/proc.go, runtime/chan.go, runtime/sema.go, runtime/netpoll.go, runtime/time.go of Go 1.16 to 1.27. */
static const struct {
	const char *function, *variable;
	enum what what;
} known[] = {
    {"runtime.gopark", "gp", G},
    {"runtime.gopark", "reason", REASON},
    {"runtime.goparkunlock", "reason", REASON},
    {"runtime.chansend", "gp", G},
    {"runtime.chansend", "mysg", SUDOG},
    {"runtime.chansend", "c", SUDOG_CHANNEL},
    {"runtime.chansend", "ep", SUDOG_ELEMENT},
    {"runtime.chansend1", "c", SUDOG_CHANNEL},
    {"runtime.chansend1", "elem", SUDOG_ELEMENT},
    {"runtime.chanrecv", "gp", G},
    {"runtime.chanrecv", "mysg", SUDOG},
    {"runtime.chanrecv", "c", SUDOG_CHANNEL},
    {"runtime.chanrecv", "ep", SUDOG_ELEMENT},
    {"runtime.chanrecv1", "c", SUDOG_CHANNEL},
    {"runtime.chanrecv1", "elem", SUDOG_ELEMENT},
    {"runtime.chanrecv2", "c", SUDOG_CHANNEL},
    {"runtime.chanrecv2", "elem", SUDOG_ELEMENT},
    {"runtime.selectgo", "gp", G},
    {"runtime.semacquire1", "gp", G},
    {"runtime.semacquire1", "addr", SEMAPHORE},
    {"runtime.semacquire", "addr", SEMAPHORE},
    {"sync.runtime_Semacquire", "addr", SEMAPHORE},
    {"sync.runtime_SemacquireMutex", "addr", SEMAPHORE},
    {"sync.runtime_SemacquireRWMutexR", "addr", SEMAPHORE},
    {"sync.runtime_SemacquireRWMutex", "addr", SEMAPHORE},
    {"sync.runtime_SemacquireWaitGroup", "addr", SEMAPHORE},
    {"internal/sync.runtime_SemacquireMutex", "addr", SEMAPHORE},
    {"internal/poll.runtime_Semacquire", "addr", SEMAPHORE},
    {"runtime.netpollblock", "pd", POLL},
    {"internal/poll.runtime_pollWait", "pd", POLL},
    {"time.Sleep", "gp", G},
};

static bool is(gopm_str s, const char *name)
{
	return s.size == strlen(name) && memcmp(s.data, name, s.size) == 0;
}

/* The object that one wait names; a select has many, and none of them is the one. */
static bool wait_object(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, uint32_t kind,
                        uint64_t *out)
{
	struct gopm__wait_cache cache = {0};
	gopm_wait wait = {0};
	bool found = gopm__waits(rt, reader, &cache, g, &wait, 1) == 1 && wait.kind == kind && wait.object != 0;

	gopm__wait_cache_free(&cache);
	*out = wait.object;
	return found;
}

/* The sudog of a goroutine that waits at one channel, which knows whose it is. */
static bool sudog_of(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g)
{
	uint32_t kind = gopm__wait_kind(gopm__g_wait_reason(rt, g));
	uint64_t owner;

	return (kind == GOPM_WAIT_CHAN_SEND || kind == GOPM_WAIT_CHAN_RECEIVE) && g->waiting != 0 &&
	       rt->layout.sudog.g >= 0 && gopm__read_u64(reader, g->waiting + (uint64_t)rt->layout.sudog.g, &owner) &&
	       owner == g->address;
}

static bool word_of(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, enum what what,
                    uint64_t *out)
{
	int32_t field = what == SUDOG_CHANNEL ? rt->layout.sudog.c : rt->layout.sudog.elem;

	switch (what) {
	case G:
		*out = g->address;
		return true;
	case REASON:
		*out = g->raw_wait_reason;
		return true;
	case SUDOG:
		*out = g->waiting;
		return sudog_of(rt, reader, g);
	case SUDOG_CHANNEL:
	case SUDOG_ELEMENT:
		return field >= 0 && sudog_of(rt, reader, g) &&
		       gopm__read_u64(reader, g->waiting + (uint64_t)field, out);
	case SEMAPHORE:
		return wait_object(rt, reader, g, GOPM_WAIT_SEMAPHORE, out);
	default: /* POLL */
		return wait_object(rt, reader, g, GOPM_WAIT_IO, out);
	}
}

static const char *origin_of(struct gopm__context *context, const struct gopm__g *g, enum what what, uint64_t word)
{
	switch (what) {
	case G:
	case REASON:
		return gopm__context_text(context, "g at 0x%" PRIx64, g->address);
	case SEMAPHORE:
		return gopm__context_text(context, "semaphore at 0x%" PRIx64, word);
	case POLL:
		return gopm__context_text(context, "pollDesc at 0x%" PRIx64, word);
	default:
		return gopm__context_text(context, "sudog at 0x%" PRIx64, g->waiting);
	}
}

static bool give(struct gopm__context *context, const struct gopm__g *g, enum what what, uint64_t word, uint64_t size,
                 struct gopm__recovered *out)
{
	struct gopm__bytes *bytes = gopm__arena_alloc(context->arena, sizeof *bytes);
	uint8_t *data = gopm__arena_alloc(context->arena, 8), *known_bytes = gopm__arena_alloc(context->arena, 8);

	if (bytes == NULL || data == NULL || known_bytes == NULL) {
		context->no_memory = true;
		return false;
	}
	memcpy(data, &word, 8);
	memset(known_bytes, GOPM__BYTE_KNOWN, 8);
	*bytes = (struct gopm__bytes){.size = size, .data = data, .known = known_bytes};
	*out = (struct gopm__recovered){.provenance = GOPM_FROM_RUNTIME, .address = GOPM__BYTES_BASE, .bytes = bytes};
	out->origin = origin_of(context, g, what, word);
	return true;
}

bool gopm__parked(struct gopm__context *context, const struct gopm__recover_request *request,
                  struct gopm__recovered *out)
{
	struct gopm__runtime *rt = context->recovery->rt;
	const struct gopm__frame *frame = request->frame;
	uint64_t size = gopm__dwarf_type_size(context->dwarf, request->type), word = 0;
	size_t index;
	struct gopm__g g;

	if (frame->call == NULL || !gopm__recovery_frame(context->recovery, frame, &index) || index >= MAX_FRAMES) {
		return false;
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (!is(frame->call->function, known[i].function) || !is(request->node->name, known[i].variable) ||
		    size != (known[i].what == REASON ? 1 : 8)) {
			continue;
		}
		uint64_t address = context->recovery->stack->walk.g_address;
		return address != 0 && gopm__g_read(rt, &context->reader, address, &g) && g.status == GOPM_G_WAITING &&
		       word_of(rt, &context->reader, &g, known[i].what, &word) &&
		       give(context, &g, known[i].what, word, size, out);
	}
	return false;
}
