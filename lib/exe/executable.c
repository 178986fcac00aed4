/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/executable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exe/executable_private.h"

#define DEFAULT_MAX_SECTION_SIZE ((uint64_t)1 << 30)
/* Of one program; linkers make a dozen. */
#define MAX_LOADS ((size_t)64)
/* Into which what the core left out of written segments may fall. */
#define MAX_PIECES ((size_t)512)
#define PAGE ((uint64_t)4096)

static gopm_status collect_loads(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;

	p->loads = calloc(MAX_LOADS, sizeof *p->loads);
	if (p->loads == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < p->elf.segment_count; i++) {
		const GElf_Phdr *s = &p->elf.segments[i];
		if (s->p_type != PT_LOAD || s->p_memsz == 0) {
			continue;
		}
		if (p->load_count == MAX_LOADS) {
			gopm__finding_add(p->findings, GOPM_FINDING_LIMIT, GOPM__AT_FILE(exe->source.name),
			                  "more than %zu loaded segments are not read", MAX_LOADS);
			break;
		}
		struct gopm__load load = {s->p_vaddr, s->p_memsz, s->p_filesz, s->p_offset, s->p_flags};
		if (load.file_size > load.memory_size) {
			load.file_size = load.memory_size;
		}
		p->loads[p->load_count++] = load;
	}
	return GOPM_OK;
}

static gopm_status read_notes(struct gopm__executable *exe, uint64_t offset, uint64_t size, uint64_t align)
{
	struct gopm__executable_private *p = exe->private_;

	/* Notes of an executable are a few hundred bytes. */
	size = size < 65536 ? size : 65536;
	const uint8_t *data = gopm__source_span(&exe->source, offset, size);
	if (data == NULL) {
		gopm__finding_add(p->findings, GOPM_FINDING_BAD_NOTE, GOPM__AT_OFFSET(exe->source.name, offset),
		                  "a note is not in the file");
		return GOPM_OK;
	}
	return gopm__build_ids(&p->arena, data, (size_t)size, align, &exe->build_id, &p->go_build_id);
}

static gopm_status read_build_ids(struct gopm__executable *exe)
{
	const struct gopm__elf *elf = &exe->private_->elf;
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < elf->segment_count && status == GOPM_OK; i++) {
		const GElf_Phdr *s = &elf->segments[i];
		if (s->p_type == PT_NOTE) {
			status = read_notes(exe, s->p_offset, s->p_filesz, s->p_align);
		}
	}
	for (size_t i = 0; i < elf->section_count && status == GOPM_OK; i++) {
		const GElf_Shdr *s = &elf->sections[i];
		if (s->sh_type == SHT_NOTE && exe->build_id.data == NULL) {
			status = read_notes(exe, s->sh_offset, s->sh_size, s->sh_addralign);
		}
	}
	if (status == GOPM_OK && exe->build_id.data == NULL) {
		size_t size = (size_t)(exe->source.size < PAGE ? exe->source.size : PAGE);
		const uint8_t *data = gopm__source_span(&exe->source, 0, size);
		status = gopm__build_id_scan(&exe->private_->arena, data, data != NULL ? size : 0, &exe->build_id);
	}
	return status;
}

void gopm__executable_unload(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;

	gopm__executable_debug_close(exe);
	if (p->slots != NULL) {
		for (size_t i = 0; i < p->elf.section_count; i++) {
			free(p->slots[i].owned);
		}
	}
	free(p->slots);
	p->slots = NULL;
	free(p->symbols);
	p->symbols = NULL;
	p->symbol_count = 0;
	p->sorted = false;
	free(p->loads);
	p->loads = NULL;
	p->load_count = 0;
	free(p->image);
	p->image = NULL;
	p->go_build_id = (gopm_str){NULL, 0};
	gopm__elf_close(&p->elf);
	gopm__source_close(&exe->source);
	exe->build_id = (gopm_str){NULL, 0};
	exe->pie = exe->from_core = exe->mismatch = false;
	exe->bias = 0;
}

gopm_status gopm__executable_load(struct gopm__executable *exe, const struct gopm__source_request *request,
                                  gopm_error **err)
{
	struct gopm__executable_private *p = exe->private_;

	gopm_status status = gopm__source_open(&exe->source, request, err);
	if (status != GOPM_OK) {
		return status;
	}
	status = gopm__elf_open(&p->elf, &exe->source, "executable", err);
	if (status != GOPM_OK) {
		gopm__executable_unload(exe);
		return status;
	}
	exe->pie = p->elf.header.e_type == ET_DYN;
	p->has_path = request->path != NULL;
	p->slots = calloc(p->elf.section_count + 1, sizeof *p->slots);
	if (p->slots == NULL || collect_loads(exe) != GOPM_OK || read_build_ids(exe) != GOPM_OK) {
		gopm__executable_unload(exe);
		return gopm__fail_memory(err);
	}
	if (p->elf.sections_lost) {
		gopm__finding_add(p->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(exe->source.name),
		                  "the table of sections is not in the file: no symbol table and no DWARF");
	}
	return GOPM_OK;
}

/* Where the program headers are in the address space that the file describes; false: not loaded. */
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

/* libelf saw the header with its tables moved, so e_phoff is not asked for. */
static uint64_t find_bias(const struct gopm__executable *exe, const struct gopm__corefile *core,
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
	                  "nothing says where the position independent executable was loaded");
	return 0;
}

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
	/* Where there is no ID the entry point must at least be possible. */
	if (core->entry != 0) {
		uint64_t off = core->entry - elf->header.e_entry;
		if (elf->header.e_type == ET_EXEC ? off != 0 : off % PAGE != 0) {
			return GOPM__MATCH_NO;
		}
	}
	return GOPM__MATCH_UNKNOWN;
}

/* Pages that the process had written are in the core, unless the core was cut: so a writable page
 * is the file's only where the core declares it and says that it left it out. */
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
			                  "more than %zu holes in one segment of the executable stay holes",
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

/* Of a core without code: the program headers, which have the size of each part to the byte. */
static bool same_layout(const struct gopm__elf *a, const struct gopm__elf *b)
{
	return a->header.e_type == b->header.e_type && a->header.e_entry == b->header.e_entry &&
	       a->segment_count == b->segment_count &&
	       memcmp(a->segments, b->segments, a->segment_count * sizeof *a->segments) == 0;
}

/* Whether the code of the file is what the core has of it. The first page, where the build ID is, does
 * not count. A program that was built again from the same source passes, another one does not. */
static bool same_code(const struct gopm__executable *exe, const struct gopm__corefile *core,
                      const struct gopm__core_image *image)
{
	uint64_t bias = find_bias(exe, core, image);
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

static gopm_status fail_to_find(const struct gopm__corefile *core, const struct gopm__core_image *image,
                                const struct gopm__executable_request *request, gopm_error **err)
{
	const struct gopm__file_mapping *m = gopm__executable_mapping(core);

	if (!request->search) {
		return gopm__fail(
		    err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(core->source.name),
		    "no executable is named, none may be searched for, and the core does not hold it whole");
	}
	return gopm__fail(err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(core->source.name),
	                  "the executable is not at %s, not under /usr/lib/debug/.build-id (build ID %s), and not "
	                  "whole in the core: name it",
	                  m != NULL ? m->path.data : "a path that the core names",
	                  image->build_id.size != 0 ? image->build_id.data : "unknown");
}

static bool names_source(const struct gopm__source_request *request)
{
	return request->path != NULL || request->fd >= 0 || request->data != NULL || request->read != NULL;
}

/* Loads what is named or can be found, and makes sure that its bytes may stand for the core's. */
static gopm_status choose(struct gopm__executable *exe, struct gopm__corefile *core,
                          const struct gopm__core_image *image, const struct gopm__executable_request *request,
                          gopm_error **err)
{
	bool named = names_source(&request->source);
	char why[512];

	gopm_status status = named ? gopm__executable_load(exe, &request->source, err)
	                           : gopm__executable_find(exe, core, image, request, true);
	if (status == GOPM_NOT_FOUND) {
		return fail_to_find(core, image, request, err);
	}
	if (status != GOPM_OK) {
		return named ? status : gopm__fail_memory(err);
	}
	enum gopm__match match = exe->from_core ? GOPM__MATCH_YES : gopm__executable_compare(exe, core, image);
	if (named && match != GOPM__MATCH_YES && gopm__executable_is_go(exe)) {
		status = gopm__library_place(exe, core);
		if (status != GOPM_NOT_FOUND) {
			return status == GOPM_OK ? status : gopm__fail_memory(err);
		}
	}
	if (match != GOPM__MATCH_NO) {
		return GOPM_OK;
	}
	exe->mismatch = true;
	gopm__executable_describe_mismatch(exe, image, why, sizeof why);
	if (same_code(exe, core, image)) {
		gopm__finding_add(core->findings, GOPM_FINDING_EXE_MISMATCH, GOPM__AT_FILE(exe->source.name),
		                  "is not the executable of this core: %s; its code is the same as far as the core "
		                  "tells, so it is used",
		                  why);
		return GOPM_OK;
	}
	gopm__finding_add(core->findings, GOPM_FINDING_EXE_MISMATCH, GOPM__AT_FILE(exe->source.name),
	                  "is not the executable of this core: %s; it is not used", why);
	char *wrong = strdup(exe->source.name);
	if (wrong == NULL) {
		return gopm__fail_memory(err);
	}
	gopm__executable_unload(exe);
	status = named ? gopm__executable_find(exe, core, image, request, false) : GOPM_NOT_FOUND;
	if (status == GOPM_OK) {
		exe->mismatch = true;
		gopm__finding_add(core->findings, GOPM_FINDING_EXE_MISMATCH, GOPM__AT_FILE(exe->source.name),
		                  "is the executable of this core, and is used");
	} else if (status == GOPM_NOT_FOUND) {
		exe->mismatch = true;
		/* Another program's names and lines would be wrong answers. */
		status = gopm__fail(err, GOPM_ERR_NO_EXECUTABLE, GOPM__AT_FILE(wrong),
		                    "is not the executable of this core (%s), the right one was not found%s, and the "
		                    "core does not hold it whole",
		                    why, request->search ? "" : " (none may be searched for)");
	} else {
		status = gopm__fail_memory(err);
	}
	free(wrong);
	return status;
}

gopm_status gopm__executable_init(struct gopm__executable *exe, struct gopm__findings *findings,
                                  uint64_t max_section_size)
{
	struct gopm__executable_private *p = calloc(1, sizeof *p);

	*exe = (struct gopm__executable){.source = {.compression = ""}};
	if (p == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	(void)pthread_mutex_init(&p->lock, NULL);
	p->findings = findings;
	p->max_section_size = max_section_size != 0 ? max_section_size : DEFAULT_MAX_SECTION_SIZE;
	exe->private_ = p;
	return GOPM_OK;
}

void gopm__executable_move(struct gopm__executable *exe, uint64_t bias)
{
	exe->bias = bias;
	for (size_t i = 0; i < exe->private_->load_count; i++) {
		exe->private_->loads[i].address += bias;
	}
}

/* Where a program is that choose() chose, and its pages. */
static gopm_status place(struct gopm__executable *exe, struct gopm__corefile *core,
                         const struct gopm__core_image *image)
{
	exe->core_build_id = image->build_id;
	gopm__executable_move(exe, exe->from_core ? image->bias : find_bias(exe, core, image));
	return exe->from_core ? GOPM_OK : add_pages(exe, core);
}

/* A library was named: the program that had loaded it is there for its pages alone, if it can be found. */
static gopm_status add_program(struct gopm__executable *exe, struct gopm__corefile *core,
                               const struct gopm__core_image *image, const struct gopm__executable_request *request)
{
	struct gopm__executable *program = calloc(1, sizeof *program);

	if (program == NULL || gopm__executable_init(program, NULL, exe->private_->max_section_size) != GOPM_OK) {
		free(program);
		return GOPM_ERR_NO_MEMORY;
	}
	gopm_status status = gopm__executable_find(program, core, image, request, false);
	if (status == GOPM_OK) {
		program->private_->findings = core->findings;
		status = gopm__libraries_keep(exe, program);
		return status == GOPM_OK ? place(program, core, image) : status;
	}
	gopm__executable_close(program);
	free(program);
	return status == GOPM_NOT_FOUND ? GOPM_OK : status;
}

static void pass(gopm_error *why, gopm_error **err)
{
	if (err != NULL) {
		*err = why;
	} else {
		gopm_error_free(why);
	}
}

/* A program that is not Go may be missing where its library of Go is not. */
static gopm_status do_without(struct gopm__executable *exe, struct gopm__corefile *core,
                              const struct gopm__executable_request *request, gopm_error *why, gopm_error **err)
{
	gopm_status status = gopm__libraries_open(exe, core, request->sysroot);

	if (status == GOPM_OK && exe->private_->mapped_as.size != 0) {
		gopm__finding_add(core->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(exe->source.name),
		                  "is used without the program that had loaded it: %s", gopm_error_message(why));
		gopm_error_free(why);
		return GOPM_OK;
	}
	if (status == GOPM_OK) {
		status = GOPM_ERR_NO_EXECUTABLE;
	}
	pass(why, err);
	return status;
}

gopm_status gopm__executable_open(struct gopm__executable *exe, struct gopm__corefile *core,
                                  const struct gopm__executable_request *request, gopm_error **err)
{
	struct gopm__core_image image = {.found = false};

	gopm_status status = gopm__executable_init(exe, core->findings, request->max_section_size);
	if (status != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	struct gopm__executable_private *p = exe->private_;
	p->search = request->search;
	if (request->sysroot != NULL) {
		p->sysroot = gopm__arena_str(&p->arena, request->sysroot, strlen(request->sysroot));
	}
	status = gopm__core_image_read(&image, &p->arena, core);
	if (status != GOPM_OK || (request->sysroot != NULL && p->sysroot.data == NULL)) {
		status = gopm__fail_memory(err);
		goto out;
	}
	gopm_error *why = NULL;
	status = choose(exe, core, &image, request, &why);
	if (status == GOPM_ERR_NO_EXECUTABLE && request->search && image.go_build_id.size == 0) {
		status = do_without(exe, core, request, why, err);
		goto out;
	}
	if (status != GOPM_OK) {
		pass(why, err);
		goto out;
	}
	bool library = p->mapped_as.size != 0;
	status = library ? GOPM_OK : place(exe, core, &image);
	if (status == GOPM_OK && library && request->search) {
		status = add_program(exe, core, &image, request);
	}
	if (status == GOPM_OK && request->search) {
		status = gopm__libraries_open(exe, core, request->sysroot);
	}
	if (status != GOPM_OK) {
		status = gopm__fail_memory(err);
	}
out:
	gopm__core_image_free(&image);
	if (status != GOPM_OK) {
		gopm__executable_close(exe);
	}
	return status;
}

void gopm__executable_close(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;

	if (p == NULL) {
		return;
	}
	gopm__libraries_close(exe);
	gopm__executable_unload(exe);
	gopm__arena_free(&p->arena);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
	*exe = (struct gopm__executable){.source = {.compression = ""}};
}

const struct gopm__load *gopm__executable_loads(const struct gopm__executable *exe, size_t *count)
{
	*count = exe->private_ != NULL ? exe->private_->load_count : 0;
	return *count != 0 ? exe->private_->loads : NULL;
}
