/* SPDX-License-Identifier: Apache-2.0 */
/* Compares a file with the core: by build ID, by entry point, and by the bytes of the code. */
#include <stdio.h>
#include <string.h>

#include "exe/executable_private.h"

#define PAGE ((uint64_t)4096)

enum gopm__match gopm__executable_compare(const struct gopm__executable *exe, const struct gopm__corefile *core,
                                          const struct gopm__core_image *image)
{
	const struct gopm__elf *elf = &exe->private_->elf;

	if (exe->build_id.size != 0 && image->build_id.size != 0) {
		return gopm__str_equal(exe->build_id, image->build_id) ? GOPM__MATCH_YES : GOPM__MATCH_NO;
	}
	if (exe->private_->go_build_id.size != 0 && image->go_build_id.size != 0) {
		return gopm__str_equal(exe->private_->go_build_id, image->go_build_id) ? GOPM__MATCH_YES
		                                                                       : GOPM__MATCH_NO;
	}
	/* No build ID: the entry point must at least be possible. */
	if (core->entry != 0) {
		uint64_t off = core->entry - elf->header.e_entry;
		if (elf->header.e_type == ET_EXEC ? off != 0 : off % PAGE != 0) {
			return GOPM__MATCH_NO;
		}
	}
	return GOPM__MATCH_UNKNOWN;
}

/* True if the program headers are equal. They have the exact size of each segment. */
static bool same_layout(const struct gopm__elf *a, const struct gopm__elf *b)
{
	return a->header.e_type == b->header.e_type && a->header.e_entry == b->header.e_entry &&
	       a->segment_count == b->segment_count &&
	       memcmp(a->segments, b->segments, a->segment_count * sizeof *a->segments) == 0;
}

bool gopm__executable_same_code(const struct gopm__executable *exe, const struct gopm__corefile *core,
                                const struct gopm__core_image *image)
{
	uint64_t bias = gopm__executable_bias(exe, core, image);
	bool compared = false;

	for (size_t i = 0; i < exe->private_->load_count; i++) {
		const struct gopm__load *load = &exe->private_->loads[i];
		uint64_t skip = load->offset == 0 ? PAGE : 0;
		if ((load->flags & PF_W) != 0 || load->file_size <= skip) {
			continue;
		}
		uint64_t from = load->address + bias + skip, size = load->file_size - skip;
		for (size_t k = 0; k < core->memory.count; k++) {
			const struct gopm__segment *s = &core->memory.segments[k];
			uint64_t begin = s->address > from ? s->address : from;
			if (begin - s->address >= s->size || begin - from >= size) {
				continue;
			}
			uint64_t piece = s->size - (begin - s->address);
			piece = piece < size - (begin - from) ? piece : size - (begin - from);
			const uint8_t *ours =
			    gopm__source_span(&exe->source, load->offset + skip + (begin - from), piece);
			const uint8_t *theirs = gopm__source_span(s->source, s->offset + (begin - s->address), piece);
			if (ours == NULL || theirs == NULL || memcmp(ours, theirs, (size_t)piece) != 0) {
				return false;
			}
			compared = compared || (load->flags & PF_X) != 0;
		}
	}
	return compared || (image->found && same_layout(&exe->private_->elf, &image->elf));
}

void gopm__executable_describe_mismatch(const struct gopm__executable *exe, const struct gopm__core_image *image,
                                        char *text, size_t size)
{
	if (exe->build_id.size != 0 && image->build_id.size != 0) {
		(void)snprintf(text, size, "its build ID is %s, the core's is %s", exe->build_id.data,
		               image->build_id.data);
	} else if (exe->private_->go_build_id.size != 0 && image->go_build_id.size != 0) {
		(void)snprintf(text, size, "its Go build ID is %s, the core's is %s", exe->private_->go_build_id.data,
		               image->go_build_id.data);
	} else {
		(void)snprintf(text, size, "the entry points differ");
	}
}
