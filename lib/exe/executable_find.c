/* SPDX-License-Identifier: Apache-2.0 */
/* The search for the executable: at the path in the core, then by its build ID, then in the core itself. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "exe/executable_private.h"
#include "util/allocate.h"
#include "util/text.h"

/* True if a path from a core may be opened. It is untrusted: it must be absolute and have no "..". */
static bool sound_path(gopm_str path)
{
	if (path.size == 0 || path.size > 4096 || path.data[0] != '/' || memchr(path.data, 0, path.size) != NULL) {
		return false;
	}
	for (size_t i = 0; i + 3 <= path.size; i++) {
		if (memcmp(path.data + i, "/..", 3) == 0 && (i + 3 == path.size || path.data[i + 3] == '/')) {
			return false;
		}
	}
	return true;
}

/* Loads the executable at `path`. Returns GOPM_NOT_FOUND if there is none, or if the file cannot be read as one. */
static gopm_status try_path(struct gopm__executable *exe, const char *sysroot, gopm_str path)
{
	char text[PATH_MAX];

	if (path.size >= sizeof text) {
		return GOPM_NOT_FOUND;
	}
	memcpy(text, path.data, path.size);
	text[path.size] = '\0';
	gopm_status status = gopm__executable_load_rooted(exe, sysroot, text);
	return status == GOPM_OK || status == GOPM_ERR_NO_MEMORY ? status : GOPM_NOT_FOUND;
}

gopm_status gopm__executable_load_mapped(struct gopm__executable *exe, const char *sysroot, gopm_str path)
{
	static const char deleted[] = " (deleted)";

	if (!sound_path(path)) {
		return GOPM_NOT_FOUND;
	}
	gopm_status status = try_path(exe, sysroot, path);
	size_t tail = sizeof deleted - 1;
	if (status == GOPM_NOT_FOUND && path.size > tail && memcmp(path.data + path.size - tail, deleted, tail) == 0) {
		/* There may be a newer file at this path; the caller compares build IDs. */
		status = try_path(exe, sysroot, (gopm_str){path.data, path.size - tail});
	}
	return status;
}

static gopm_status try_mapped_file(struct gopm__executable *exe, const struct gopm__corefile *core, const char *sysroot)
{
	const struct gopm__file_mapping *m = gopm__executable_mapping(core);

	return m != NULL ? gopm__executable_load_mapped(exe, sysroot, m->path) : GOPM_NOT_FOUND;
}

bool gopm__executable_holds_code(const struct gopm__executable *exe)
{
	const struct gopm__executable_private *p = exe->private_;
	size_t text = gopm__section_index(exe, ".text");

	if (text != 0 && p->elf.sections[text].sh_type == SHT_NOBITS) {
		return false;
	}
	for (size_t i = 0; i < p->load_count; i++) {
		const struct gopm__load *load = &p->loads[i];
		if ((load->flags & PF_X) != 0 &&
		    gopm__source_span(&exe->source, load->offset, load->file_size) != NULL && load->file_size != 0) {
			return true;
		}
	}
	return false;
}

static gopm_status try_build_id_path(struct gopm__executable *exe, const struct gopm__corefile *core,
                                     const struct gopm__core_image *image, const char *sysroot)
{
	static const char *const suffixes[] = {"", ".debug"};
	gopm_status status = GOPM_NOT_FOUND;

	if (image->build_id.size < 4) {
		return GOPM_NOT_FOUND;
	}
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0] && status == GOPM_NOT_FOUND; i++) {
		struct gopm__text text = {0};
		gopm__text_printf(&text, "/usr/lib/debug/.build-id/%.2s/%s%s", image->build_id.data,
		                  image->build_id.data + 2, suffixes[i]);
		if (text.failed) {
			gopm__text_free(&text);
			return GOPM_ERR_NO_MEMORY;
		}
		status = try_path(exe, sysroot, (gopm_str){text.data, text.size});
		gopm__text_free(&text);
		if (status == GOPM_OK && (!gopm__executable_holds_code(exe) ||
		                          gopm__executable_compare(exe, core, image) == GOPM__MATCH_NO)) {
			gopm__executable_unload(exe);
			status = GOPM_NOT_FOUND;
		}
	}
	return status;
}

/* True if the core contains all code and read-only data of the program. gdb leaves out read-only data; the kernel
 * leaves out both by default. */
static bool core_has_whole(const struct gopm__corefile *core, const struct gopm__core_image *image)
{
	for (size_t i = 0; i < image->elf.segment_count; i++) {
		const GElf_Phdr *p = &image->elf.segments[i];
		if (p->p_type != PT_LOAD || (p->p_flags & PF_W) != 0) {
			continue;
		}
		uint64_t at = p->p_vaddr + image->bias, left = p->p_filesz;
		while (left != 0) {
			const struct gopm__segment *s = gopm__memory_find(&core->memory, at);
			if (s == NULL) {
				return false;
			}
			uint64_t piece = s->size - (at - s->address);
			piece = piece < left ? piece : left;
			at += piece;
			left -= piece;
		}
	}
	return true;
}

/* Uses the core's copy: its headers become the source of the executable. Its pages are in memory already. */
static gopm_status try_core_copy(struct gopm__executable *exe, const struct gopm__corefile *core,
                                 const struct gopm__core_image *image)
{
	struct gopm__executable_private *p = exe->private_;

	if (!image->found || !core_has_whole(core, image)) {
		return GOPM_NOT_FOUND;
	}
	uint8_t *bytes = gopm__malloc(image->size);
	if (bytes == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	memcpy(bytes, image->bytes, image->size);
	struct gopm__source_request request = {.fd = -1, .what = "executable of the core"};
	request.data = bytes;
	request.data_size = image->size;
	/* The notes are not in the headers. Suppress the finding about that. */
	struct gopm__findings *findings = p->findings;
	p->findings = NULL;
	gopm_status status = gopm__executable_load(exe, &request, NULL);
	p->findings = findings;
	if (status != GOPM_OK) {
		free(bytes);
		return status == GOPM_ERR_NO_MEMORY ? status : GOPM_NOT_FOUND;
	}
	p->image = bytes;
	exe->from_core = true;
	exe->build_id = image->build_id;
	p->go_build_id = image->go_build_id;
	gopm__finding_add(findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(core->source.name),
	                  "executable not found; its copy in the core is used, which has no symbol table and no DWARF");
	return GOPM_OK;
}

gopm_status gopm__executable_find(struct gopm__executable *exe, const struct gopm__corefile *core,
                                  const struct gopm__core_image *image, const struct gopm__executable_request *request,
                                  bool wrong_too)
{
	bool wrong = false;
	gopm_status status = GOPM_NOT_FOUND;

	if (request->search) {
		status = try_mapped_file(exe, core, request->sysroot);
		if (status == GOPM_OK && gopm__executable_compare(exe, core, image) == GOPM__MATCH_NO) {
			wrong = true;
			gopm__executable_unload(exe);
			status = GOPM_NOT_FOUND;
		}
	}
	if (request->search && status == GOPM_NOT_FOUND) {
		status = try_build_id_path(exe, core, image, request->sysroot);
	}
	if (status == GOPM_NOT_FOUND) {
		status = try_core_copy(exe, core, image);
	}
	/* Last choice: the file that does not match. The caller reports it. */
	if (status == GOPM_NOT_FOUND && wrong && wrong_too) {
		status = try_mapped_file(exe, core, request->sysroot);
	}
	return status;
}
