/* SPDX-License-Identifier: Apache-2.0 */
/* Parses a core: first its segments, then its notes (notes.c). Damage is a finding, unless no memory is left: that is
 * an error. If segments overlap, the lower one counts. */
#include "core/corefile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/corefile_private.h"
#include "core/elf.h"
#include "core/note.h"
#include "core/segments.h"
#include "util/allocate.h"
#include "util/search.h"

/* Bytes of notes that are read. 65 536 threads with 11 KiB of vector registers each take 0.7 GiB. */
#define MAX_NOTE_BYTES ((uint64_t)4 << 30)

static int loads_by_address(const void *a, const void *b)
{
	const struct gopm__load *x = a, *y = b;

	if (x->address != y->address) {
		return x->address < y->address ? -1 : 1;
	}
	/* qsort() is not stable. If two segments overlap, the first one in the file counts. */
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void count_lost(struct gopm__corefile *core, uint64_t *lost, uint64_t bytes)
{
	core->truncated = true;
	*lost = bytes <= UINT64_MAX - *lost ? *lost + bytes : UINT64_MAX;
}

/* Bytes of `load` that are in the file. */
static uint64_t present_size(const struct gopm__corefile *core, const struct gopm__load *load)
{
	if (load->offset >= core->source.size) {
		return 0;
	}
	uint64_t left = core->source.size - load->offset;
	return load->file_size < left ? load->file_size : left;
}

static gopm_status collect_core_loads(struct gopm__corefile *core, const struct gopm__elf *elf, gopm_error **err)
{
	uint64_t lost = 0;
	size_t count = 0;

	for (size_t i = 0; i < elf->segment_count; i++) {
		count += elf->segments[i].p_type == PT_LOAD;
	}
	core->loads = gopm__calloc(count + 1, sizeof *core->loads);
	if (core->loads == NULL) {
		return gopm__fail_memory(err);
	}
	for (size_t i = 0; i < elf->segment_count; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		struct gopm__load load = {p->p_vaddr, p->p_memsz, p->p_filesz, p->p_offset, p->p_flags};
		if (p->p_type != PT_LOAD || (load.memory_size == 0 && load.file_size == 0)) {
			continue;
		}
		/* Some writers leave p_memsz 0, or smaller than p_filesz. */
		if (load.memory_size < load.file_size) {
			load.memory_size = load.file_size;
		}
		if (load.memory_size > UINT64_MAX - load.address) {
			gopm__finding_add(core->findings, GOPM_FINDING_TRUNCATED,
			                  (struct gopm__place){core->source.name, GOPM_NO_OFFSET, load.address},
			                  "a segment extends past the end of the address space; the rest is ignored");
			load.memory_size = UINT64_MAX - load.address;
			if (load.file_size > load.memory_size) {
				load.file_size = load.memory_size;
			}
		}
		core->loads[core->load_count++] = load;
	}
	qsort(core->loads, core->load_count, sizeof *core->loads, loads_by_address);
	uint64_t end = 0;
	for (size_t i = 0; i < core->load_count; i++) {
		const struct gopm__load *load = &core->loads[i];
		uint64_t size = present_size(core, load);
		if (size < load->file_size) {
			count_lost(core, &lost, load->file_size - size);
		}
		if (i != 0 && load[-1].memory_size > load->address - load[-1].address) {
			gopm__finding_add(core->findings, GOPM_FINDING_BAD_POINTER,
			                  (struct gopm__place){core->source.name, GOPM_NO_OFFSET, load->address},
			                  "segments overlap; the bytes of the lower one are used");
		}
		/* Memory past p_filesz is missing, not zero: it may be file-backed pages that the core filter left out.
		 * All earlier segments begin below this one. So at most the end of it is free, and this appends. */
		uint64_t skip = end > load->address ? end - load->address : 0;
		if (skip >= size) {
			continue;
		}
		if (gopm__memory_add(&core->memory, load->address + skip, size - skip, &core->source,
		                     load->offset + skip) != GOPM_OK) {
			return gopm__fail_memory(err);
		}
		end = load->address + size;
	}
	for (size_t i = 0; i < core->memory.count; i++) {
		core->memory_size += core->memory.segments[i].size;
	}
	if (lost != 0) {
		gopm__finding_add(core->findings, GOPM_FINDING_TRUNCATED,
		                  GOPM__AT_OFFSET(core->source.name, core->source.size),
		                  "the file ends at byte %" PRIu64 "; %" PRIu64 " bytes of memory are missing",
		                  core->source.size, lost);
	}
	return GOPM_OK;
}

static gopm_status collect_notes(struct gopm__corefile *core, const struct gopm__elf *elf, gopm_error **err)
{
	struct gopm__note_state state = {.core = core};
	/* A thousand segments may share the same bytes: read no more than the file has. */
	uint64_t left = core->source.size < MAX_NOTE_BYTES ? core->source.size : MAX_NOTE_BYTES;
	gopm_status status = GOPM_OK;
	bool cut = false;

	for (size_t i = 0; i < elf->segment_count && status == GOPM_OK; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		if (p->p_type != PT_NOTE || p->p_filesz == 0) {
			continue;
		}
		uint64_t size = p->p_filesz;
		if (p->p_offset >= core->source.size) {
			size = 0;
		} else if (size > core->source.size - p->p_offset) {
			size = core->source.size - p->p_offset;
		}
		if (size < p->p_filesz) {
			cut = true;
			core->truncated = true;
			gopm__finding_add(core->findings, GOPM_FINDING_TRUNCATED,
			                  GOPM__AT_OFFSET(core->source.name, p->p_offset),
			                  "the file ends inside its notes");
		}
		if (size > left) {
			gopm__finding_add(core->findings, GOPM_FINDING_LIMIT,
			                  GOPM__AT_OFFSET(core->source.name, p->p_offset),
			                  "more than %" PRIu64 " bytes of notes; the rest is ignored", left);
			size = left;
		}
		left -= size;
		if (size != 0) {
			status = gopm__notes_read(&state, p->p_offset, size, p->p_align);
		}
	}
	if (status == GOPM_OK) {
		status = gopm__notes_end(&state);
	} else {
		free(state.threads);
	}
	if (status == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	if (cut && core->memory_size == 0) {
		return gopm__fail(err, GOPM_ERR_TRUNCATED, GOPM__AT_OFFSET(core->source.name, core->source.size),
		                  "the core ends inside its notes and has no memory");
	}
	return GOPM_OK;
}

/* True if the coredump filter left out all memory that the process wrote: no writable segment has bytes in the file,
 * and no thread has a stack. */
static bool is_bare(const struct gopm__corefile *core)
{
	for (size_t i = 0; i < core->load_count; i++) {
		if ((core->loads[i].flags & PF_W) != 0 && present_size(core, &core->loads[i]) != 0) {
			return false;
		}
	}
	for (size_t i = 0; i < core->thread_count; i++) {
		if (gopm__memory_find(&core->memory, core->threads[i].registers.value[core->arch->sp]) != NULL) {
			return false;
		}
	}
	return core->thread_count != 0 && !core->truncated;
}

gopm_status gopm__corefile_parse(struct gopm__corefile *core, gopm_error **err)
{
	struct gopm__elf elf;

	gopm_status status = gopm__elf_open(&elf, &core->source, "core", err);
	if (status != GOPM_OK) {
		return status;
	}
	if (core->source.damage != NULL) {
		core->truncated = true;
		gopm__finding_add(core->findings, GOPM_FINDING_TRUNCATED,
		                  GOPM__AT_OFFSET(core->source.name, core->source.damage_offset), "%s",
		                  core->source.damage);
	}
	core->arch = gopm__arch_by_machine(elf.header.e_machine);
	gopm__segments_check(&elf, &core->source, core->findings);
	status = collect_core_loads(core, &elf, err);
	if (status == GOPM_OK) {
		status = collect_notes(core, &elf, err);
	}
	core->bare = status == GOPM_OK && is_bare(core);
	if (status == GOPM_OK && core->memory_size == 0 && !core->bare) {
		status = gopm__fail(
		    err, core->truncated ? GOPM_ERR_TRUNCATED : GOPM_ERR_FORMAT, GOPM__AT_FILE(core->source.name),
		    core->truncated ? "the core ends before the first byte of memory" : "the core has no memory");
	}
	gopm__elf_close(&elf);
	return status;
}

void gopm__corefile_close(struct gopm__corefile *core)
{
	gopm__memory_free(&core->memory);
	free(core->threads);
	free(core->loads);
	free(core->files);
	gopm__arena_free(&core->arena);
	gopm__source_close(&core->source);
	*core = (struct gopm__corefile){.findings = core->findings};
}

bool gopm__corefile_maps(const struct gopm__corefile *core, uint64_t address, uint64_t size)
{
	const uint64_t end = address + size;
	size_t i;

	GOPM__LOWER_BOUND(i, core->load_count, core->loads[i].address + core->loads[i].memory_size <= address);
	for (; end >= address && i < core->load_count && core->loads[i].address <= address; i++) {
		address = core->loads[i].address + core->loads[i].memory_size;
		if (address >= end) {
			return true;
		}
	}
	return size == 0;
}
