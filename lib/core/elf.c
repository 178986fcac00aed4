/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the headers of an ELF file with libelf. libelf sees only a copy of the headers, whose sizes were checked: it
 * cannot follow an unchecked offset, and a lazy source works like any other. */
#include "core/elf.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "core/magic.h"
#include "util/allocate.h"

/* Far more than real files have: vm.max_map_count is 65 530 unless raised. */
#define MAX_SEGMENTS ((uint64_t)1 << 20)
#define MAX_SECTIONS ((uint64_t)1 << 18)

/* The ELF header, and the numbers of the tables' entries. */
struct header_tables {
	Elf64_Ehdr header;
	uint64_t segments, sections, names;
	bool sections_lost;
};

static gopm_status check_identity(const struct gopm__source *source, const char *what, gopm_error **err)
{
	struct gopm__place place = GOPM__AT_OFFSET(source->name, 0);
	uint64_t size = source->size < EI_NIDENT ? source->size : EI_NIDENT;
	const uint8_t *p = gopm__source_span(source, 0, size);

	if (p == NULL) {
		return gopm__fail(err, GOPM_ERR_IO, place, "cannot read the first %llu bytes",
		                  (unsigned long long)size);
	}
	gopm_status status = gopm__magic_check(p, size, source->name, what, err);
	if (status != GOPM_OK) {
		return status;
	}
	if (size < EI_NIDENT) {
		return gopm__fail(err, GOPM_ERR_TRUNCATED, place, "ends inside the ELF header");
	}
	if (p[EI_CLASS] == ELFCLASS32) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, place, "is a 32-bit ELF file; only 64-bit is supported");
	}
	if (p[EI_CLASS] != ELFCLASS64) {
		return gopm__fail(err, GOPM_ERR_FORMAT, place, "has unknown ELF class %u", p[EI_CLASS]);
	}
	if (p[EI_DATA] == ELFDATA2MSB) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, place, "is big endian; only little endian is supported");
	}
	if (p[EI_DATA] != ELFDATA2LSB || p[EI_VERSION] != EV_CURRENT) {
		return gopm__fail(err, GOPM_ERR_FORMAT, place, "has an invalid ELF identification");
	}
	return GOPM_OK;
}

static gopm_status check_elf_type(const struct gopm__source *source, const Elf64_Ehdr *h, const char *what,
                                  gopm_error **err)
{
	struct gopm__place place = GOPM__AT_FILE(source->name);
	bool core = strcmp(what, "core") == 0;

	if (core && (h->e_type == ET_EXEC || h->e_type == ET_DYN)) {
		return gopm__fail(err, GOPM_ERR_FORMAT, place, "is an executable, not a core");
	}
	if (!core && h->e_type == ET_CORE) {
		return gopm__fail(err, GOPM_ERR_FORMAT, place, "is a core, not an executable");
	}
	if (core ? h->e_type != ET_CORE : h->e_type != ET_EXEC && h->e_type != ET_DYN) {
		return gopm__fail(err, GOPM_ERR_FORMAT, place, "is an ELF file of type %u, not %s %s", h->e_type,
		                  core ? "a" : "an", what);
	}
	if (gopm__arch_by_machine(h->e_machine) == NULL) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, place, "is for ELF machine %u, which is not supported",
		                  h->e_machine);
	}
	return GOPM_OK;
}

/* Sets the numbers of program headers and sections. If they do not fit the ELF header, they are in section header 0. */
static gopm_status count_tables(const struct gopm__source *source, struct header_tables *t, gopm_error **err)
{
	const Elf64_Ehdr *h = &t->header;
	Elf64_Shdr zero = {0};
	const uint8_t *p = NULL;

	if (h->e_shoff != 0 && h->e_shentsize == sizeof zero) {
		p = gopm__source_span(source, h->e_shoff, sizeof zero);
		if (p != NULL) {
			memcpy(&zero, p, sizeof zero);
		}
	}
	t->segments = h->e_phnum;
	if (h->e_phnum == PN_XNUM) {
		if (p == NULL) {
			return gopm__fail(err, GOPM_ERR_TRUNCATED, GOPM__AT_OFFSET(source->name, h->e_shoff),
			                  "the number of program headers is in section header 0, which is missing");
		}
		t->segments = zero.sh_info;
	}
	if (h->e_phoff == 0) {
		t->segments = 0;
	}
	if (t->segments > MAX_SEGMENTS) {
		return gopm__fail(err, GOPM_ERR_LIMIT, GOPM__AT_FILE(source->name),
		                  "has %llu program headers; the limit is %llu", (unsigned long long)t->segments,
		                  (unsigned long long)MAX_SEGMENTS);
	}
	if (t->segments != 0 && h->e_phentsize != sizeof(Elf64_Phdr)) {
		return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name),
		                  "has program headers of %u bytes instead of %zu", h->e_phentsize, sizeof(Elf64_Phdr));
	}
	t->sections = h->e_shnum != 0 ? h->e_shnum : zero.sh_size;
	t->names = h->e_shstrndx != SHN_XINDEX ? h->e_shstrndx : zero.sh_link;
	if (p == NULL || t->sections > MAX_SECTIONS ||
	    gopm__source_span(source, h->e_shoff, t->sections * sizeof zero) == NULL) {
		t->sections = 0;
	}
	if (t->names >= t->sections) {
		t->names = 0;
	}
	/* Without their names, sections cannot be found. */
	t->sections_lost = t->names == 0 && (h->e_shoff != 0 || h->e_shnum != 0);
	return GOPM_OK;
}

/* Copies the ELF header and the two tables, one after the other, and adjusts their offsets. */
static uint8_t *compose_headers(const struct gopm__source *source, const struct header_tables *t, size_t *size)
{
	size_t segment_bytes = (size_t)t->segments * sizeof(Elf64_Phdr);
	/* If there are many segments, their number is in section header 0, which must exist then. */
	size_t sections = t->sections == 0 && t->segments >= PN_XNUM ? 1 : (size_t)t->sections;
	Elf64_Ehdr h = t->header;
	Elf64_Shdr zero = {.sh_size = sections, .sh_link = (Elf64_Word)t->names, .sh_info = (Elf64_Word)t->segments};
	const uint8_t *segment_data = gopm__source_span(source, h.e_phoff, segment_bytes);

	*size = sizeof h + segment_bytes + sections * sizeof zero;
	uint8_t *image = gopm__calloc(1, *size);
	if (image == NULL) {
		return NULL;
	}
	if (segment_bytes != 0 && segment_data != NULL) {
		memcpy(image + sizeof h, segment_data, segment_bytes);
	}
	uint8_t *section_image = image + sizeof h + segment_bytes;
	if (t->sections != 0) {
		const uint8_t *p = gopm__source_span(source, h.e_shoff, t->sections * sizeof zero);
		if (p != NULL) {
			memcpy(section_image, p, (size_t)t->sections * sizeof zero);
		}
	}
	if (sections != 0) {
		memcpy(section_image, &zero, sizeof zero);
	}
	h.e_phoff = segment_bytes != 0 ? sizeof h : 0;
	h.e_phnum = (Elf64_Half)(t->segments < PN_XNUM ? t->segments : PN_XNUM);
	h.e_phentsize = sizeof(Elf64_Phdr);
	h.e_shoff = sections != 0 ? sizeof h + segment_bytes : 0;
	h.e_shnum = (Elf64_Half)(sections < SHN_LORESERVE ? sections : 0);
	h.e_shentsize = sizeof zero;
	h.e_shstrndx = (Elf64_Half)(t->names < SHN_LORESERVE ? t->names : SHN_XINDEX);
	memcpy(image, &h, sizeof h);
	return image;
}

static gopm_status read_tables(struct gopm__elf *elf, const struct gopm__source *source, Elf *handle, gopm_error **err)
{
	struct gopm__place place = GOPM__AT_FILE(source->name);
	size_t count;

	if (gelf_getehdr(handle, &elf->header) == NULL || elf_getphdrnum(handle, &count) != 0) {
		return gopm__fail(err, GOPM_ERR_FORMAT, place, "libelf cannot read the headers: %s", elf_errmsg(-1));
	}
	elf->segments = gopm__calloc(count + 1, sizeof *elf->segments);
	if (elf->segments == NULL) {
		return gopm__fail_memory(err);
	}
	for (size_t i = 0; i < count; i++) {
		if (gelf_getphdr(handle, (int)i, &elf->segments[i]) == NULL) {
			return gopm__fail(err, GOPM_ERR_FORMAT, place, "libelf cannot read program header %zu: %s", i,
			                  elf_errmsg(-1));
		}
	}
	elf->segment_count = count;
	if (elf_getshdrnum(handle, &count) != 0) {
		count = 0;
	}
	elf->sections = gopm__calloc(count + 1, sizeof *elf->sections);
	if (elf->sections == NULL) {
		return gopm__fail_memory(err);
	}
	for (size_t i = 0; i < count; i++) {
		Elf_Scn *section = elf_getscn(handle, i);
		if (section == NULL || gelf_getshdr(section, &elf->sections[i]) == NULL) {
			return gopm__fail(err, GOPM_ERR_FORMAT, place, "libelf cannot read section header %zu: %s", i,
			                  elf_errmsg(-1));
		}
	}
	elf->section_count = count;
	return GOPM_OK;
}

gopm_status gopm__elf_open(struct gopm__elf *elf, const struct gopm__source *source, const char *what, gopm_error **err)
{
	struct header_tables tables = {.segments = 0};
	uint8_t *image = NULL;
	Elf *handle = NULL;
	size_t size;

	*elf = (struct gopm__elf){.names = 0};
	gopm_status status = check_identity(source, what, err);
	if (status != GOPM_OK) {
		return status;
	}
	const uint8_t *p = gopm__source_span(source, 0, sizeof tables.header);
	if (p == NULL) {
		bool ends = source->size < sizeof tables.header;
		return gopm__fail(err, ends ? GOPM_ERR_TRUNCATED : GOPM_ERR_IO, GOPM__AT_OFFSET(source->name, 0),
		                  ends ? "ends inside the ELF header" : "cannot read the ELF header");
	}
	memcpy(&tables.header, p, sizeof tables.header);
	status = check_elf_type(source, &tables.header, what, err);
	if (status == GOPM_OK) {
		status = count_tables(source, &tables, err);
	}
	if (status != GOPM_OK) {
		return status;
	}
	uint64_t at = tables.header.e_phoff, bytes = tables.segments * sizeof(Elf64_Phdr);
	if (gopm__source_span(source, at, bytes) == NULL) {
		bool ends = at > source->size || bytes > source->size - at;
		return gopm__fail(err, ends ? GOPM_ERR_TRUNCATED : GOPM_ERR_IO, GOPM__AT_OFFSET(source->name, at),
		                  ends ? "the file of %llu bytes ends inside its %llu program headers"
		                       : "file of %llu bytes: cannot read the %llu program headers",
		                  (unsigned long long)source->size, (unsigned long long)tables.segments);
	}
	image = compose_headers(source, &tables, &size);
	if (image == NULL) {
		return gopm__fail_memory(err);
	}
	(void)elf_version(EV_CURRENT);
	gopm__library_begin();
	handle = elf_memory((char *)image, size);
	if (handle == NULL) {
		status = gopm__library_lacked_memory() ? gopm__fail_memory(err)
		                                       : gopm__fail(err, GOPM_ERR_FORMAT, GOPM__AT_FILE(source->name),
		                                                    "libelf cannot open it: %s", elf_errmsg(-1));
		goto out;
	}
	status = read_tables(elf, source, handle, err);
	if (status != GOPM_OK && gopm__library_lacked_memory()) {
		if (err != NULL) {
			gopm_error_free(*err);
		}
		status = gopm__fail_memory(err);
	}
	elf->names = elf->section_count != 0 ? (size_t)tables.names : 0;
	elf->sections_lost = tables.sections_lost;
	if (tables.sections == 0) {
		elf->section_count = 0;
	}
out:
	if (handle != NULL) {
		(void)elf_end(handle);
	}
	free(image);
	if (status != GOPM_OK) {
		gopm__elf_close(elf);
	}
	return status;
}

void gopm__elf_close(struct gopm__elf *elf)
{
	free(elf->segments);
	free(elf->sections);
	*elf = (struct gopm__elf){.names = 0};
}
