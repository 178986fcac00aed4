/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the roots of a core, a line each, for tests: "KIND PLACE WORD CONTENT OWNER FRAME FLAGS NAME".
 * CONTENT: the word at WORD, 0 if the core lacks it. FLAGS: c conservative,
 * o contents; "-": none. NAME: the variable that has the place, or the function of the frame. Findings follow.
 *     dump_roots [--count] CORE EXE
 * With --count, for each kind the number of roots, of conservative ones, and of others that point to a slot of the heap
 * which is not allocated; and the findings. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"
#include "heap/root.h"
#include "runtime/spans.h"

static const char *const kinds[] = {
    [GOPM__ROOT_VARIABLE] = "variable",   [GOPM__ROOT_FRAME] = "frame",     [GOPM__ROOT_GOROUTINE] = "goroutine",
    [GOPM__ROOT_FINALIZER] = "finalizer", [GOPM__ROOT_CLEANUP] = "cleanup", [GOPM__ROOT_WEAK] = "weak",
    [GOPM__ROOT_RUNTIME] = "runtime",
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* What a word that is not conservative may not point to: a slot that is not allocated (mspan.isFree). */
static bool is_free_slot(struct gopm__program *program, uint64_t word)
{
	struct gopm__runtime *rt = &program->runtime;
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	const struct gopm__mheap *heap = gopm__mheap(rt);
	struct gopm__span span;
	uint64_t bits;

	if (heap == NULL || !gopm__mheap_span_of(rt, &reader, heap, word, &span) || span.state != GOPM__SPAN_IN_USE) {
		return false;
	}
	const uint64_t index = (word - span.base) / span.elemsize;
	return index >= span.freeindex &&
	       (!gopm__read_word(&reader, span.alloc_bits + index / 8, 1, &bits) || (bits >> index % 8 & 1) == 0);
}

struct dump {
	struct gopm__program *program;
	const struct gopm__root_names *names;
	uint64_t count[KINDS], conservative[KINDS], free[KINDS];
	bool only_count;
};

static void print_name(const struct dump *dump, const struct gopm__root *root)
{
	struct gopm__root_variable variable;

	if (root->kind == GOPM__ROOT_VARIABLE && gopm__root_variable(dump->names, root->place, &variable)) {
		if (variable.name.size != 0) {
			(void)printf(" %.*s+%" PRIu64 "\n", (int)variable.name.size, variable.name.data,
			             root->place - variable.begin);
		} else {
			(void)printf(" %s+0x%" PRIx64 "\n", variable.section, variable.offset);
		}
		return;
	}
	const struct gopm__pcinfo *info =
	    root->kind == GOPM__ROOT_FRAME && root->pc != 0 ? gopm__symtab_pc(&dump->program->symtab, root->pc) : NULL;
	if (info != NULL && info->known) {
		const gopm_str name = info->calls[info->call_count - 1].function;
		(void)printf(" %.*s\n", (int)name.size, name.data);
	} else {
		(void)printf(" -\n");
	}
}

static bool print_root(void *user_data, const struct gopm__root *root)
{
	struct dump *dump = user_data;

	struct gopm__reader reader = gopm__reader(&dump->program->file.memory);
	uint64_t content;

	(void)gopm__read_u64(&reader, root->word, &content);
	dump->count[root->kind]++;
	dump->conservative[root->kind] += root->conservative;
	dump->free[root->kind] += !root->conservative && is_free_slot(dump->program, root->word);
	if (dump->only_count) {
		return true;
	}
	(void)printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u %s%s%s", kinds[root->kind], root->place,
	             root->word, content, root->owner, root->frame, root->conservative ? "c" : "",
	             root->contents ? "o" : "", root->conservative || root->contents ? "" : "-");
	print_name(dump, root);
	return true;
}

int main(int argc, char **argv)
{
	struct dump dump = {.only_count = argc > 1 && strcmp(argv[1], "--count") == 0};
	struct gopm__root_names *names = NULL;
	gopm_core *core;
	gopm_error *err = NULL;

	if (argc != (dump.only_count ? 4 : 3) ||
	    gopm_core_open_path(argv[argc - 2], argv[argc - 1], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	dump.program = core->program;
	const struct gopm__root_request request = {.program = core->program, .visit = print_root, .user_data = &dump};
	gopm_status status = gopm__root_names_open(core->program, &names);
	dump.names = names;
	if (status == GOPM_OK) {
		status = gopm__roots_visit(&request);
	}
	for (size_t i = 0; i < KINDS && dump.only_count; i++) {
		(void)printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", kinds[i], dump.count[i], dump.conservative[i],
		             dump.free[i]);
	}
	for (size_t i = 0; i < core->program->findings.count; i++) {
		(void)printf("finding %.*s\n", (int)core->program->findings.list[i].message.size,
		             core->program->findings.list[i].message.data);
	}
	gopm__root_names_close(names);
	gopm_core_close(core);
	return status == GOPM_OK ? 0 : 1;
}
