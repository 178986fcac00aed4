/* SPDX-License-Identifier: Apache-2.0 */
/* Sections by name, in the executable or in its debug file. */
#include <string.h>

#include "exe/executable_private.h"

/* Index of the old form of a section: ".zdebug_info" for ".debug_info". Returns 0 if there is none. */
static size_t old_debug_index(const struct gopm__executable *exe, const char *name)
{
	char other[64];
	size_t size = strlen(name);

	if (strncmp(name, ".debug_", 7) != 0 || size + 2 > sizeof other) {
		return 0;
	}
	other[0] = '.';
	other[1] = 'z';
	memcpy(other + 2, name + 1, size);
	return gopm__section_index(exe, other);
}

/* Returns the file that has the section: the executable, or for DWARF its debug file. Sets *index to 0 if neither has
 * it. */
static struct gopm__executable *find_section(struct gopm__executable *exe, const char *name, size_t *index, bool *gnu)
{
	*index = gopm__section_index(exe, name);
	*gnu = *index == 0;
	if (*index == 0) {
		*index = old_debug_index(exe, name);
	}
	if (*index == 0 && strncmp(name, ".debug_", 7) == 0) {
		struct gopm__executable *debug = gopm__executable_debug(exe);
		return debug != NULL ? find_section(debug, name, index, gnu) : exe;
	}
	return exe;
}

gopm_status gopm__executable_section(struct gopm__executable *exe, const char *name, struct gopm__section *out)
{
	size_t index;
	bool gnu;

	*out = (struct gopm__section){NULL, 0, 0};
	if (exe->private_ == NULL) {
		return GOPM_NOT_FOUND;
	}
	exe = find_section(exe, name, &index, &gnu);
	if (index == 0) {
		return GOPM_NOT_FOUND;
	}
	(void)pthread_mutex_lock(&exe->private_->lock);
	gopm_status status = gopm__section_load(exe, index, gnu, out);
	(void)pthread_mutex_unlock(&exe->private_->lock);
	return status;
}

bool gopm__executable_has_section(struct gopm__executable *exe, const char *name)
{
	size_t index;
	bool gnu;

	if (exe->private_ == NULL) {
		return false;
	}
	(void)find_section(exe, name, &index, &gnu);
	return index != 0;
}

gopm_status gopm__executable_segment(struct gopm__executable *exe, uint32_t type, struct gopm__section *out)
{
	const struct gopm__elf *elf = exe->private_ != NULL ? &exe->private_->elf : NULL;

	*out = (struct gopm__section){NULL, 0, 0};
	for (size_t i = 0; elf != NULL && i < elf->segment_count; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		const uint8_t *data =
		    p->p_type == type ? gopm__source_span(&exe->source, p->p_offset, p->p_filesz) : NULL;
		if (data != NULL && p->p_filesz != 0) {
			*out = (struct gopm__section){data, p->p_filesz, p->p_vaddr + exe->bias};
			return GOPM_OK;
		}
	}
	return GOPM_NOT_FOUND;
}

gopm_status gopm__executable_from(struct gopm__executable *exe, uint64_t address, struct gopm__section *out)
{
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(exe, &count);

	*out = (struct gopm__section){NULL, 0, 0};
	for (size_t i = 0; i < count; i++) {
		const uint64_t at = address - loads[i].address;
		if (address < loads[i].address || at >= loads[i].file_size) {
			continue;
		}
		const uint64_t size = loads[i].file_size - at;
		const uint8_t *data = gopm__source_span(&exe->source, loads[i].offset + at, size);
		if (data != NULL) {
			*out = (struct gopm__section){data, size, address};
			return GOPM_OK;
		}
	}
	return GOPM_NOT_FOUND;
}
