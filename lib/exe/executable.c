/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one executable file: opening it, reading its loads and build IDs, and closing it together with its debug
 * file and libraries. */
#include "exe/executable.h"

#include <stdlib.h>
#include <unistd.h>

#include "exe/executable_private.h"
#include "exe/rooted.h"
#include "util/allocate.h"
#include "util/text.h"
#include "util/vector.h"

#define DEFAULT_MAX_SECTION_SIZE ((uint64_t)1 << 30)
/* Bytes of a block of thread-local storage, and of its alignment. */
#define MAX_TLS ((uint64_t)1 << 30)
/* PT_LOAD segments of one file. Linkers write about a dozen. */
#define MAX_LOADS ((size_t)64)
#define PAGE ((uint64_t)4096)

gopm_status gopm__executable_init(struct gopm__executable *exe, struct gopm__findings *findings, struct gopm__io *io,
                                  uint64_t max_section_size)
{
	struct gopm__executable_private *p = gopm__calloc(1, sizeof *p);

	*exe = (struct gopm__executable){.source = {.compression = ""}};
	if (p == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	(void)pthread_mutex_init(&p->lock, NULL);
	p->findings = findings;
	p->io = io;
	p->max_section_size = max_section_size != 0 ? max_section_size : DEFAULT_MAX_SECTION_SIZE;
	exe->private_ = p;
	return GOPM_OK;
}

static gopm_status collect_program_loads(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;

	p->loads = gopm__calloc(MAX_LOADS, sizeof *p->loads);
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
			                  "more than %zu loaded segments; the rest is ignored", MAX_LOADS);
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

static gopm_status read_build_id_notes(struct gopm__executable *exe, uint64_t offset, uint64_t size, uint64_t align)
{
	struct gopm__executable_private *p = exe->private_;

	/* Real notes of an executable have a few hundred bytes. */
	size = size < 65536 ? size : 65536;
	const uint8_t *data = gopm__source_span(&exe->source, offset, size);
	if (data == NULL) {
		gopm__finding_add(p->findings, GOPM_FINDING_BAD_NOTE, GOPM__AT_OFFSET(exe->source.name, offset),
		                  "a note is past the end of the file");
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
			status = read_build_id_notes(exe, s->p_offset, s->p_filesz, s->p_align);
		}
	}
	for (size_t i = 0; i < elf->section_count && status == GOPM_OK; i++) {
		const GElf_Shdr *s = &elf->sections[i];
		if (s->sh_type == SHT_NOTE && exe->build_id.data == NULL) {
			status = read_build_id_notes(exe, s->sh_offset, s->sh_size, s->sh_addralign);
		}
	}
	if (status == GOPM_OK && exe->build_id.data == NULL) {
		size_t size = (size_t)(exe->source.size < PAGE ? exe->source.size : PAGE);
		const uint8_t *data = gopm__source_span(&exe->source, 0, size);
		status = gopm__build_id_scan(&exe->private_->arena, data, data != NULL ? size : 0, &exe->build_id);
	}
	return status;
}

static void close_debug(struct gopm__executable *exe)
{
	if (exe->private_->debug != NULL) {
		gopm__executable_free(exe->private_->debug);
	}
	exe->private_->debug = NULL;
	exe->private_->debug_tried = false;
}

void gopm__executable_unload(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;

	if (!p->debug_named) {
		close_debug(exe);
	}
	if (p->slots != NULL) {
		for (size_t i = 0; i < p->elf.section_count; i++) {
			if (p->slots[i].owned != NULL) {
				gopm__io_give_memory(p->io, p->slots[i].size);
				free(p->slots[i].owned);
			}
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

	struct gopm__source_request own = *request;

	own.io = p->io;
	gopm_status status = gopm__source_open(&exe->source, &own, err);
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
	p->slots = gopm__calloc(p->elf.section_count + 1, sizeof *p->slots);
	if (p->slots == NULL || collect_program_loads(exe) != GOPM_OK || read_build_ids(exe) != GOPM_OK) {
		gopm__executable_unload(exe);
		return gopm__fail_memory(err);
	}
	if (p->elf.sections_lost) {
		gopm__finding_add(p->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(exe->source.name),
		                  "the section headers are missing: no symbol table and no DWARF");
	}
	return GOPM_OK;
}

gopm_status gopm__executable_load_rooted(struct gopm__executable *exe, const char *sysroot, const char *path)
{
	struct gopm__source_request request = {.what = "executable", .elf = true};
	struct gopm__text name = {0};

	request.fd = gopm__open_rooted(sysroot, path);
	if (request.fd < 0) {
		return GOPM_NOT_FOUND;
	}
	gopm__text_printf(&name, "%s%s", sysroot != NULL ? sysroot : "", path);
	request.name = name.data;
	gopm_status status = name.failed ? GOPM_ERR_NO_MEMORY : gopm__executable_load(exe, &request, NULL);
	gopm__text_free(&name);
	(void)close(request.fd);
	if (status == GOPM_OK) {
		exe->private_->has_path = true;
	}
	return status;
}

static void close_libraries(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;

	for (size_t i = 0; i < p->library_count; i++) {
		gopm__executable_free(p->libraries[i]);
	}
	free(p->libraries);
	p->libraries = NULL;
	p->library_count = p->library_capacity = 0;
}

void gopm__executable_close(struct gopm__executable *exe)
{
	struct gopm__executable_private *p = exe->private_;

	if (p == NULL) {
		return;
	}
	close_libraries(exe);
	p->debug_named = false;
	gopm__executable_unload(exe);
	gopm__arena_free(&p->arena);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
	*exe = (struct gopm__executable){.source = {.compression = ""}};
}

void gopm__executable_free(struct gopm__executable *library)
{
	gopm__executable_close(library);
	free(library);
}

gopm_status gopm__libraries_keep(struct gopm__executable *exe, struct gopm__executable *library)
{
	struct gopm__executable_private *p = exe->private_;

	/* An array of pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	if (!GOPM__VECTOR_RESERVE(p->libraries, p->library_count, p->library_capacity, 1)) {
		gopm__executable_free(library);
		return GOPM_ERR_NO_MEMORY;
	}
	p->libraries[p->library_count++] = library;
	library->private_->findings = p->findings;
	library->private_->search = p->search;
	/* Borrowed from `exe`, which outlives the library. */
	library->private_->sysroot = p->sysroot;
	return GOPM_OK;
}

uint64_t gopm__executable_tls_size(const struct gopm__executable *exe)
{
	const struct gopm__elf *elf = exe->private_ != NULL ? &exe->private_->elf : NULL;

	for (size_t i = 0; elf != NULL && i < elf->segment_count; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		if (p->p_type == PT_TLS && p->p_memsz <= MAX_TLS && p->p_align <= MAX_TLS) {
			uint64_t align = p->p_align != 0 ? p->p_align : 1;
			return (p->p_memsz + align - 1) / align * align;
		}
	}
	return 0;
}

const struct gopm__load *gopm__executable_loads(const struct gopm__executable *exe, size_t *count)
{
	*count = exe->private_ != NULL ? exe->private_->load_count : 0;
	return *count != 0 ? exe->private_->loads : NULL;
}

bool gopm__executable_is_library(const struct gopm__executable *exe)
{
	return exe->private_ != NULL && exe->private_->mapped_as.size != 0;
}
