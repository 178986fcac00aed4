/* SPDX-License-Identifier: Apache-2.0 */
/* The load address of the executable, and the pages that the core lacks. */
#include "exe/executable_private.h"

/* Gaps of one writable segment that are filled. */
#define MAX_PIECES ((size_t)512)
#define PAGE ((uint64_t)4096)

/* Sets the address of the program headers in the file. Returns false if they are not loaded. */
static bool phdr_address(const struct gopm__elf *elf, uint64_t *address)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		if (elf->segments[i].p_type == PT_PHDR) {
			*address = elf->segments[i].p_vaddr;
			return true;
		}
	}
	return false;
}

/* e_phoff is not used: gopm__elf_open() changes it. */
uint64_t gopm__executable_bias(const struct gopm__executable *exe, const struct gopm__corefile *core,
                               const struct gopm__core_image *image)
{
	const struct gopm__elf *elf = &exe->private_->elf;
	uint64_t address;

	if (elf->header.e_type == ET_EXEC) {
		return 0;
	}
	if (core->phdr != 0 && phdr_address(elf, &address)) {
		return core->phdr - address;
	}
	if (core->entry != 0) {
		return core->entry - elf->header.e_entry;
	}
	if (image->found) {
		return image->bias;
	}
	const struct gopm__file_mapping *m = gopm__executable_mapping(core);
	for (size_t i = 0; m != NULL && i < exe->private_->load_count; i++) {
		const struct gopm__load *load = &exe->private_->loads[i];
		if (load->offset / PAGE * PAGE == m->offset) {
			return m->start - load->address / PAGE * PAGE;
		}
	}
	gopm__finding_add(core->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(core->source.name),
	                  "the load address of the position-independent executable is unknown");
	return 0;
}

void gopm__executable_move(struct gopm__executable *exe, uint64_t bias)
{
	exe->bias = bias;
	for (size_t i = 0; i < exe->private_->load_count; i++) {
		exe->private_->loads[i].address += bias;
	}
}

gopm_status gopm__executable_add_writable(struct gopm__executable *exe, struct gopm__corefile *core, uint64_t address,
                                          uint64_t size, uint64_t offset)
{
	uint64_t end = address + size;
	size_t pieces = 0;

	for (size_t i = 0; i < core->load_count; i++) {
		const struct gopm__load *load = &core->loads[i];
		uint64_t from = load->address + load->file_size, to = load->address + load->memory_size;
		from = from > address ? from : address;
		to = to < end ? to : end;
		if (from < to && pieces++ == MAX_PIECES) {
			gopm__finding_add(core->findings, GOPM_FINDING_LIMIT,
			                  (struct gopm__place){core->source.name, GOPM_NO_OFFSET, from},
			                  "more than %zu gaps in one segment of the executable; the rest is not filled",
			                  MAX_PIECES);
			break;
		}
		if (from < to) {
			gopm_status status =
			    gopm__memory_add(&core->memory, from, to - from, &exe->source, offset + (from - address));
			if (status != GOPM_OK) {
				return status;
			}
		}
	}
	return GOPM_OK;
}

static gopm_status add_pages(struct gopm__executable *exe, struct gopm__corefile *core)
{
	for (size_t i = 0; i < exe->private_->load_count; i++) {
		const struct gopm__load *load = &exe->private_->loads[i];
		uint64_t size = load->file_size;
		if (load->offset >= exe->source.size) {
			size = 0;
		} else if (size > exe->source.size - load->offset) {
			size = exe->source.size - load->offset;
		}
		if (size < load->file_size) {
			gopm__finding_add(core->findings, GOPM_FINDING_TRUNCATED,
			                  GOPM__AT_OFFSET(exe->source.name, load->offset),
			                  "the executable ends inside a loaded segment");
		}
		if (size == 0 || size - 1 > UINT64_MAX - 1 - load->address) {
			continue;
		}
		gopm_status status =
		    (load->flags & PF_W) == 0
		        ? gopm__memory_add(&core->memory, load->address, size, &exe->source, load->offset)
		        : gopm__executable_add_writable(exe, core, load->address, size, load->offset);
		if (status != GOPM_OK) {
			return status;
		}
	}
	return GOPM_OK;
}

gopm_status gopm__executable_place(struct gopm__executable *exe, struct gopm__corefile *core,
                                   const struct gopm__core_image *image)
{
	exe->core_build_id = image->build_id;
	gopm__executable_move(exe, exe->from_core ? image->bias : gopm__executable_bias(exe, core, image));
	return exe->from_core ? GOPM_OK : add_pages(exe, core);
}
