/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/c_local.h"

#include <gopm/stack.h>

#include "dwarf/constants.h"
#include "locals/c_variables.h"
#include "unwind/native_name.h"

int64_t gopm__c_frame_line(const struct gopm__frame *frame)
{
	const struct gopm__native_place *place = frame->native;

	return place != NULL && frame->inline_depth < place->count
	           ? (int64_t)place->calls[place->count - 1 - frame->inline_depth].line
	           : 0;
}

void gopm__c_local_read(struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                        const struct gopm__type *type, struct gopm__location *out)
{
	if (node->location.class_ == GOPM__CLASS_NONE) {
		const struct gopm__bytes *bytes = gopm__const_value(r->context, &node->const_value, type);
		if (bytes != NULL) {
			*out = (struct gopm__location){.address = GOPM__BYTES_BASE, .bytes = bytes};
			return;
		}
	}
	gopm__location_read(r, node, type, out);
}

/* True if the variable has one location for its whole block, in the frame: the compiler does not say from where on it
 * has a value. A static variable has an address. */
static bool is_slot_of_block(const struct gopm__scope_node *node)
{
	const struct gopm__attribute *location = &node->location;

	return location->class_ == GOPM__CLASS_BLOCK && location->size != 0 && location->data[0] != GOPM__DW_OP_ADDR &&
	       location->data[0] != GOPM__DW_OP_ADDRX;
}

/* True if the frame stopped on the line that its function begins with: its first instructions store the parameters. */
static bool is_at_begin(const struct gopm__frame_reader *r, int64_t line)
{
	const struct gopm__native_place *place = r->frame->native;

	if ((r->frame->flags & (GOPM_FRAME_INNERMOST | GOPM_FRAME_INTERRUPTED)) == 0 || r->frame->inline_depth != 0 ||
	    place->entry == 0 || r->context->native == NULL) {
		return false;
	}
	const struct gopm__native_place *begin = gopm__native_describe(r->context->native, place->entry);
	return begin != NULL && begin->calls[begin->count - 1].line == line;
}

void gopm__c_local_check(const struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                         struct gopm__variable *v)
{
	const int64_t line = gopm__c_frame_line(r->frame);

	if (!is_slot_of_block(node) || line <= 0) {
		return;
	}
	if (node->tag == GOPM__TAG_FORMAL_PARAMETER) {
		if (is_at_begin(r, line)) {
			v->provenance = GOPM_FROM_STALE;
			v->origin = "the function may not have stored it yet";
		}
	} else if (node->decl_line >= line) {
		v->provenance = GOPM_FROM_STALE;
		v->origin = "its declaration is not before this line: it may have no value yet";
	}
}
