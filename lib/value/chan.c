/* SPDX-License-Identifier: Apache-2.0 */
#include "value/chan.h"

#include <inttypes.h>

#define MAX_WAITERS 1000000
/* Bytes: all that a process can address. */
#define MAX_BUFFER (UINT64_C(1) << 48)

static bool word(struct gopm__context *context, uint64_t address, const struct gopm__type *type, const char *name,
                 uint64_t *out)
{
	const struct gopm__field *field = gopm__type_field(type, name);

	*out = 0;
	if (field == NULL) {
		return false;
	}
	uint64_t size = gopm__type_size(context->dwarf, gopm__types_at(context->dwarf, field->type));
	return size <= 8 && gopm__read_word(&context->reader, address + field->offset, (unsigned)size, out);
}

const char *gopm__chan_damage(struct gopm__context *context, const struct gopm__variable *v)
{
	const struct gopm__type *header = gopm__type_header(context->dwarf, v->real);
	uint64_t length = (uint64_t)v->length, capacity = (uint64_t)v->capacity, size, first;

	if (length > capacity || capacity > MAX_BUFFER / (v->stride != 0 ? v->stride : 1)) {
		return gopm__context_text(context, "its header is damaged: %" PRId64 " of %" PRId64 " elements",
		                          v->length, v->capacity);
	}
	if (word(context, v->base, header, "elemsize", &size) && size != v->stride) {
		return gopm__context_text(context, "its header is damaged: elements of %" PRIu64 " bytes", size);
	}
	if (capacity != 0 && word(context, v->base, header, "recvx", &first) && first >= capacity) {
		return gopm__context_text(
		    context, "its header is damaged: element %" PRIu64 " of %" PRIu64 " is its first", first, capacity);
	}
	return NULL;
}

/* Length of the list of sudogs of a waitq; 0 where it has no end. */
static uint64_t waiters(struct gopm__context *context, uint64_t address, const struct gopm__type *header,
                        const char *name)
{
	struct gopm__dwarf *dwarf = context->dwarf;
	const struct gopm__field *queue = gopm__type_field(header, name);
	const struct gopm__type *type =
	    queue != NULL ? gopm__type_resolve(dwarf, gopm__types_at(dwarf, queue->type)) : NULL;
	const struct gopm__field *first = gopm__type_field(type, "first");
	uint64_t sudog, count = 0, mark = 0;

	if (queue == NULL || first == NULL ||
	    !gopm__read_u64(&context->reader, address + queue->offset + first->offset, &sudog)) {
		return 0;
	}
	const struct gopm__type *element = gopm__type_header(dwarf, gopm__types_at(dwarf, first->type));
	while (sudog != 0 && count < MAX_WAITERS && word(context, sudog, element, "next", &sudog)) {
		/* Whoever comes to the one marked last goes in circles; it is marked at powers of two. */
		if (sudog == mark && sudog != 0) {
			return 0;
		}
		count++;
		mark = (count & (count - 1)) == 0 ? sudog : mark;
	}
	return count;
}

void gopm__chan_state(struct gopm__context *context, const struct gopm__variable *v, struct gopm__chan_state *out)
{
	const struct gopm__type *header = gopm__type_header(context->dwarf, v->real);
	uint64_t closed;

	*out = (struct gopm__chan_state){0};
	if (v->base == 0 || header == NULL) {
		return;
	}
	out->closed = word(context, v->base, header, "closed", &closed) && closed != 0;
	out->senders = waiters(context, v->base, header, "sendq");
	out->receivers = waiters(context, v->base, header, "recvq");
}

bool gopm__chan_element(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                        struct gopm__variable *out)
{
	const struct gopm__type *header = gopm__type_header(context->dwarf, v->real);
	uint64_t buffer, first;

	if (v->base == 0 || v->capacity <= 0 || !word(context, v->base, header, "buf", &buffer) ||
	    !word(context, v->base, header, "recvx", &first)) {
		return false;
	}
	uint64_t capacity = (uint64_t)v->capacity;
	uint64_t slot = (first % capacity + index % capacity) % capacity;
	gopm__variable_init(context, out, (gopm_str){"", 0}, buffer + slot * v->stride, v->elem, NULL);
	return true;
}
