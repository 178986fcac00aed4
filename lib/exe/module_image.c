/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/module_image.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

/* The largest libraries, of browsers, have 200 MB. */
#define MAX_SIZE ((uint64_t)256 << 20)
#define MAX_VDSO ((size_t)1 << 20)

/* Bytes of the file up to the end of its last segment; 0: the headers are damaged. */
static uint64_t image_size(const struct gopm__core_image *image)
{
	uint64_t size = 0;

	for (size_t i = 0; i < image->elf.segment_count; i++) {
		const GElf_Phdr *p = &image->elf.segments[i];
		if (p->p_type != PT_LOAD) {
			continue;
		}
		if (p->p_offset > MAX_SIZE || p->p_filesz > MAX_SIZE - p->p_offset) {
			return 0;
		}
		size = p->p_offset + p->p_filesz > size ? p->p_offset + p->p_filesz : size;
	}
	return size >= image->size ? size : 0;
}

/* The section headers follow the segments, and are not loaded. Without them, only the program headers are used. */
static void forget_sections(uint8_t *bytes, uint64_t size)
{
	Elf64_Ehdr header;

	memcpy(&header, bytes, sizeof header);
	if (header.e_shoff > size || (uint64_t)header.e_shnum * sizeof(Elf64_Shdr) > size - header.e_shoff) {
		header.e_shoff = 0;
		header.e_shnum = header.e_shstrndx = 0;
		memcpy(bytes, &header, sizeof header);
	}
}

uint8_t *gopm__module_image_copy(const struct gopm__corefile *core, const struct gopm__core_image *image, size_t *size)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	const uint64_t whole = image_size(image);
	uint64_t has = 0;

	for (size_t i = 0; i < image->elf.segment_count; i++) {
		const GElf_Phdr *p = &image->elf.segments[i];
		const struct gopm__segment *s =
		    p->p_type == PT_LOAD ? gopm__memory_find(&core->memory, p->p_vaddr + image->bias) : NULL;
		if (p->p_type == PT_LOAD && (p->p_flags & PF_W) == 0 && p->p_filesz != 0 &&
		    (s == NULL || s->size - (p->p_vaddr + image->bias - s->address) < p->p_filesz)) {
			return NULL;
		}
		has += p->p_type == PT_LOAD ? p->p_filesz : 0;
	}
	/* Overlapping segments would be copied again and again. */
	uint8_t *bytes = whole != 0 && has <= 2 * whole ? gopm__calloc(1, (size_t)whole) : NULL;
	if (bytes == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < image->elf.segment_count; i++) {
		const GElf_Phdr *p = &image->elf.segments[i];
		if (p->p_type == PT_LOAD) {
			(void)gopm__read_copy(&reader, p->p_vaddr + image->bias, bytes + p->p_offset,
			                      (size_t)p->p_filesz);
		}
	}
	forget_sections(bytes, whole);
	*size = (size_t)whole;
	return bytes;
}

uint8_t *gopm__module_mapping_copy(const struct gopm__corefile *core, uint64_t address, size_t size)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	uint8_t *bytes = size >= sizeof(Elf64_Ehdr) && size <= MAX_VDSO ? gopm__malloc(size) : NULL;

	if (bytes == NULL || gopm__read_copy(&reader, address, bytes, size) != size) {
		free(bytes);
		return NULL;
	}
	forget_sections(bytes, size);
	return bytes;
}
