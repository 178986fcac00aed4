/* SPDX-License-Identifier: Apache-2.0 */
/* Variables: the words of data and bss that can have pointers, by the masks that the runtime made when it started
 * (runtime/symtab.go, modulesinit; progToPointerMask of runtime/mbitmap.go). */
#include <inttypes.h>

#include "heap/root_private.h"

#define MASK_CHUNK 512u /* bytes */

struct root_section {
	const char *name;
	uint64_t begin, end;
	const struct gopm__pointer_mask *mask;
};

static void visit_variable_word(struct gopm__root_walk *walk, uint64_t place, bool conservative)
{
	struct gopm__root root = {.place = place, .kind = GOPM__ROOT_VARIABLE, .conservative = conservative};

	(void)gopm__root_visit_word(walk, &root);
}

/* Visits the words of `size` bytes of the mask. */
static void visit_masked_words(struct gopm__root_walk *walk, uint64_t first, const uint8_t *mask, size_t size)
{
	for (size_t i = 0; i < size && !walk->stopped; i++) {
		for (unsigned bits = mask[i], word = 0; bits != 0; bits >>= 1, word++) {
			if ((bits & 1) != 0) {
				visit_variable_word(walk, first + (i * 8 + word) * 8, false);
			}
		}
	}
}

/* Visits all words from `begin` on, as their mask is not known. */
static void visit_unmasked_words(struct gopm__root_walk *walk, const struct root_section *section, uint64_t begin)
{
	gopm__finding_add(walk->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(section->mask->bytes),
	                  "the pointer mask of %s is not in the core or damaged: all of its words are taken for "
	                  "pointers",
	                  section->name);
	for (uint64_t at = begin; at < section->end && !walk->stopped; at += 8) {
		visit_variable_word(walk, at, true);
	}
}

static void visit_section(struct gopm__root_walk *walk, const struct root_section *section)
{
	const uint64_t words = (section->end - section->begin) / 8;
	uint8_t mask[MASK_CHUNK];

	if (section->begin % 8 != 0 || section->end < section->begin || words > UINT32_MAX) {
		gopm__finding_add(walk->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(section->begin),
		                  "%s of a module is damaged: the roots in it are missing", section->name);
		return;
	}
	if (words == 0) {
		return;
	}
	/* The mask's length is the section's, rounded down to words (progToPointerMask). */
	if (section->mask->count != words) {
		visit_unmasked_words(walk, section, section->begin);
		return;
	}
	walk->lost = 0;
	for (uint64_t done = 0; done < words && !walk->stopped; done += (uint64_t)MASK_CHUNK * 8) {
		const uint64_t left = words - done;
		const size_t size = left < MASK_CHUNK * 8 ? (size_t)(left + 7) / 8 : MASK_CHUNK;
		if (gopm__read_copy(&walk->probe, section->mask->bytes + done / 8, mask, size) != size) {
			visit_unmasked_words(walk, section, section->begin + done * 8);
			break;
		}
		if (left < size * 8) {
			mask[size - 1] &= (uint8_t)((1u << (left % 8)) - 1);
		}
		visit_masked_words(walk, section->begin + done * 8, mask, size);
	}
	if (walk->lost != 0) {
		gopm__finding_add(walk->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(section->begin),
		                  "%" PRIu64 " words of %s with pointers are not in the core: the roots in them are "
		                  "missing",
		                  walk->lost, section->name);
	}
}

void gopm__root_modules(struct gopm__root_walk *walk)
{
	const struct gopm__symtab *symtab = walk->rt->symtab;

	for (size_t i = 0; i < symtab->module_count && !walk->stopped; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		const struct root_section sections[] = {
		    {".data", m->data, m->edata, &m->data_mask},
		    {".bss", m->bss, m->ebss, &m->bss_mask},
		};
		for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++) {
			visit_section(walk, &sections[k]);
		}
	}
	if (symtab->incomplete) {
		gopm__finding_add(walk->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "a module of the program is not known: the roots in its variables are missing");
	}
}
