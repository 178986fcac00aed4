/* SPDX-License-Identifier: Apache-2.0 */
/* Checks the program headers of a core against what its writer did. Writers differ, so a rule counts only if nearly all
 * headers of the core keep it: then the few that break it are damaged. */
#include "core/segments.h"

#include <inttypes.h>

#include "util/finding.h"

#define PAGE 4096u
#define MEMORY_TAGS (PT_LOPROC + 2)
#define OLD_MEMORY_TAGS (PT_LOPROC + 1) /* of kernels before it was standardised */
/* A rule needs so many segments, and one in so many may break it. */
#define FEWEST 4
#define ONE_IN 8
/* Findings of one rule. */
#define MOST 16

struct survey {
	const GElf_Phdr *segments; /* of the core, in the order of the file */
	size_t count;
	const struct gopm__source *source;
	bool has_sections;
};

static bool is_zero(const struct gopm__source *source, uint64_t offset, uint64_t size)
{
	const uint8_t *p = gopm__source_span(source, offset, size);

	for (uint64_t i = 0; p != NULL && i < size; i++) {
		if (p[i] != 0) {
			return false;
		}
	}
	return true;
}

/* The previous PT_LOAD; NULL: none. */
static const GElf_Phdr *load_before(const struct survey *s, size_t index)
{
	while (index-- > 0) {
		if (s->segments[index].p_type == PT_LOAD) {
			return &s->segments[index];
		}
	}
	return NULL;
}

static bool breaks_page_address(const struct survey *s, size_t i)
{
	return s->segments[i].p_vaddr % PAGE != 0;
}

static bool breaks_sizes(const struct survey *s, size_t i)
{
	return s->segments[i].p_filesz > s->segments[i].p_memsz;
}

static bool breaks_flags(const struct survey *s, size_t i)
{
	return (s->segments[i].p_flags & ~(GElf_Word)(PF_R | PF_W | PF_X)) != 0;
}

static bool breaks_order(const struct survey *s, size_t i)
{
	const GElf_Phdr *before = load_before(s, i);

	return before != NULL && s->segments[i].p_vaddr < before->p_vaddr;
}

static bool breaks_place(const struct survey *s, size_t i)
{
	const GElf_Phdr *p = &s->segments[i], *before = load_before(s, i);
	const uint64_t align = p->p_align > 1 && p->p_align <= (1u << 21) ? p->p_align : 1;

	if (before == NULL) {
		return false;
	}
	const uint64_t end = before->p_offset + before->p_filesz;
	return p->p_offset < end || p->p_offset - end >= align;
}

/* Nothing is mapped at 0 (vm.mmap_min_addr). */
static bool breaks_first_page(const struct survey *s, size_t i)
{
	return s->segments[i].p_vaddr < PAGE;
}

/* Memory that the process wrote is in whole pages. A file's last page may be cut, with zeroes up to the next segment.
 */
static bool breaks_page_size(const struct survey *s, size_t i)
{
	const GElf_Phdr *p = &s->segments[i];
	uint64_t next = s->has_sections ? p->p_offset + p->p_filesz : s->source->size;

	for (size_t k = i + 1; k < s->count; k++) {
		if (s->segments[k].p_type == PT_LOAD) {
			next = s->segments[k].p_offset;
			break;
		}
	}
	const uint64_t end = p->p_offset + p->p_filesz;
	return p->p_filesz % PAGE != 0 && end != next &&
	       ((p->p_flags & PF_W) != 0 || (next > end && next - end < PAGE && !is_zero(s->source, end, next - end)));
}

static const struct {
	bool (*breaks)(const struct survey *survey, size_t index);
	const char *what;
} rules[] = {
    {breaks_page_address, "begins inside a page"},
    {breaks_sizes, "is larger in the file than in memory"},
    {breaks_flags, "has unknown flags"},
    {breaks_first_page, "begins in the first page, which no process has"},
    {breaks_page_size, "ends inside a page, but its bytes in the file do not end there"},
    {breaks_order, "is not in the order of addresses"},
    {breaks_place, "does not follow the one before it in the file: one of them has a wrong offset or size"},
};

static void check_rule(const struct survey *s, size_t rule, const char *name, struct gopm__findings *findings)
{
	size_t loads = 0, broken = 0, said = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (s->segments[i].p_type == PT_LOAD) {
			loads++;
			broken += rules[rule].breaks(s, i);
		}
	}
	if (broken == 0 || loads < FEWEST || (broken > 1 && broken > loads / ONE_IN)) {
		return;
	}
	for (size_t i = 0; i < s->count && said < MOST; i++) {
		const GElf_Phdr *p = &s->segments[i];
		if (p->p_type == PT_LOAD && rules[rule].breaks(s, i)) {
			gopm__finding_add(findings, GOPM_FINDING_BAD_POINTER,
			                  (struct gopm__place){name, GOPM_NO_OFFSET, p->p_vaddr},
			                  "segment %zu at 0x%" PRIx64 " %s, unlike the others", i, (uint64_t)p->p_vaddr,
			                  rules[rule].what);
			said++;
		}
	}
}

/* A core has memory and notes, and on arm64 the tags of memory (PT_AARCH64_MEMTAG_MTE in the kernel's
 * uapi/linux/elf.h). */
static void check_types(const struct survey *s, const char *name, struct gopm__findings *findings)
{
	size_t said = 0;

	for (size_t i = 0; i < s->count && said < MOST; i++) {
		const GElf_Phdr *p = &s->segments[i];
		const bool of_cpu = p->p_type == MEMORY_TAGS || p->p_type == OLD_MEMORY_TAGS;
		const bool notes = p->p_type == PT_NOTE && (p->p_filesz != 0 || p->p_memsz == 0);
		if (p->p_type != PT_LOAD && !notes && !of_cpu && (p->p_filesz != 0 || p->p_memsz != 0)) {
			gopm__finding_add(findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_OFFSET(name, p->p_offset),
			                  "segment %zu has type 0x%x: its bytes are not used as memory", i,
			                  (unsigned)p->p_type);
			said++;
		}
	}
}

/* The bytes after the last segment. Section headers may be there, or the names of sections. */
static void check_end(const struct survey *s, const GElf_Ehdr *header, const char *name,
                      struct gopm__findings *findings)
{
	uint64_t end = 0;
	size_t contiguous = 0, loads = 0;

	for (size_t i = 0; i < s->count; i++) {
		const GElf_Phdr *p = &s->segments[i];
		const uint64_t own = p->p_filesz <= UINT64_MAX - p->p_offset ? p->p_offset + p->p_filesz : UINT64_MAX;
		end = own > end ? own : end;
		loads += p->p_type == PT_LOAD;
		contiguous += p->p_type == PT_LOAD && !breaks_place(s, i);
	}
	if (header->e_shoff == 0 && loads >= FEWEST && loads - contiguous <= 1 && end < s->source->size &&
	    s->source->size - end >= PAGE) {
		gopm__finding_add(findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_OFFSET(name, end),
		                  "%" PRIu64 " bytes after the last segment belong to none", s->source->size - end);
	}
}

void gopm__segments_check(const struct gopm__elf *elf, const struct gopm__source *source,
                          struct gopm__findings *findings)
{
	const struct survey s = {elf->segments, elf->segment_count, source, elf->header.e_shoff != 0};

	check_types(&s, source->name, findings);
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		check_rule(&s, i, source->name, findings);
	}
	check_end(&s, &elf->header, source->name, findings);
}
