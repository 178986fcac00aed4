/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/holder.h"

#include <stdlib.h>

#include "heap/holder_private.h"
#include "unwind/walk.h"
#include "util/allocate.h"
#include "util/str.h"
#include "util/vector.h"

/* The package of a symbol: "net/http" of "net/http.DefaultServeMux". Empty: it has none. */
static gopm_str package_of(gopm_str name)
{
	size_t begin = 0;

	/* Parameters of a generic type may have slashes. */
	for (size_t i = 0; i < name.size && name.data[i] != '['; i++) {
		if (name.data[i] == '/') {
			begin = i + 1;
		}
	}
	for (size_t i = begin; i < name.size; i++) {
		if (name.data[i] == '.') {
			return (gopm_str){name.data, i};
		}
	}
	return (gopm_str){0};
}

/* The runtime's packages; Go 1.16 to 1.27. */
static bool is_runtime_package(gopm_str name)
{
	static const char *const prefixes[] = {"runtime/internal/", "internal/runtime/"};

	if (gopm__str_equal(name, (gopm_str){"runtime", 7})) {
		return true;
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		if (gopm__str_has_prefix(name, prefixes[i])) {
			return true;
		}
	}
	return false;
}

/* Begins the variable with the word at `place`, unless it is the current one. */
static bool begin_variable(struct gopm__holder_build *build, uint64_t place)
{
	struct gopm__holders *h = build->holders;
	struct gopm__root_variable variable;

	if (h->count != 0 && place >= h->list[h->count - 1].key && place < build->variable_end) {
		return true;
	}
	if (!gopm__root_variable(h->names, place, &variable)) {
		variable = (struct gopm__root_variable){.section = ".data", .begin = place, .size = 8};
	}
	gopm_str name = package_of(variable.name);
	if (variable.name.size == 0) {
		name = (gopm_str){variable.section, strlen(variable.section)};
	}
	build->variable_end = variable.begin + variable.size;
	return gopm__holder_add(build, variable.begin,
	                        (struct gopm__holder_group){
	                            .name = name, .kind = GOPM__HOLDER_VARIABLE, .runtime = is_runtime_package(name)});
}

static bool is_last_holder(const struct gopm__holders *h, enum gopm__holder_kind kind, uint64_t key)
{
	return h->count != 0 && h->list[h->count - 1].key == key && h->groups[h->list[h->count - 1].group].kind == kind;
}

/* Begins the holder of a root that is not a variable's. */
static bool begin_other(struct gopm__holder_build *build, const struct gopm__root *root)
{
	static const uint8_t kinds[] = {
	    [GOPM__ROOT_FRAME] = GOPM__HOLDER_GOROUTINE,     [GOPM__ROOT_GOROUTINE] = GOPM__HOLDER_GOROUTINE,
	    [GOPM__ROOT_FINALIZER] = GOPM__HOLDER_FINALIZER, [GOPM__ROOT_CLEANUP] = GOPM__HOLDER_CLEANUP,
	    [GOPM__ROOT_WEAK] = GOPM__HOLDER_WEAK,           [GOPM__ROOT_RUNTIME] = GOPM__HOLDER_RUNTIME,
	};
	const enum gopm__holder_kind kind = (enum gopm__holder_kind)kinds[root->kind];

	if (is_last_holder(build->holders, kind, root->owner)) {
		return true;
	}
	return kind == GOPM__HOLDER_GOROUTINE
	           ? gopm__holder_goroutine(build, root->owner)
	           : gopm__holder_add(build, root->owner,
	                              (struct gopm__holder_group){.kind = (uint8_t)kind, .runtime = true});
}

/* Takes a root. Specials of objects come from heap->specials. */
static bool take_root(void *user_data, const struct gopm__root *root)
{
	struct gopm__holder_build *build = user_data;
	const struct gopm__slots *span;
	const bool special =
	    root->kind == GOPM__ROOT_FINALIZER || root->kind == GOPM__ROOT_CLEANUP || root->kind == GOPM__ROOT_WEAK;

	if (gopm__index_object(&build->heap->index, root->word, &span) == GOPM__NO_SLOT ||
	    (special && gopm__index_object(&build->heap->index, root->owner, &span) != GOPM__NO_SLOT)) {
		return true;
	}
	const bool begun =
	    root->kind == GOPM__ROOT_VARIABLE ? begin_variable(build, root->place) : begin_other(build, root);
	return begun && gopm__holder_target(build, root->word);
}

/* Adds the specials whose objects are not live. */
static bool add_specials(struct gopm__holder_build *build)
{
	const struct gopm__heap *heap = build->heap;

	for (size_t i = 0; i < heap->specials.count; i++) {
		const struct gopm__special_root *special = &heap->specials.list[i];
		if (special->owned) {
			continue;
		}
		const struct gopm__slots *span = gopm__index_span_of_slot(&heap->index, special->owner);
		const struct gopm__root root = {.kind = special->kind,
		                                .owner = gopm__slot_address(span, special->owner)};
		if (!begin_other(build, &root)) {
			return false;
		}
		/* Without the object itself, which is not live. */
		if (special->contents && !gopm__holder_contents(build, special->owner)) {
			return false;
		}
		if (!special->contents && !gopm__holder_target(build, special->word)) {
			return false;
		}
	}
	return true;
}

/* A goroutine's own structures outlive it: the runtime reuses them. */
static bool add_attached(struct gopm__holder_build *build)
{
	struct gopm__holders *h = build->holders;

	if (h->attached_count == 0) {
		return true;
	}
	if (!gopm__holder_add(build, 0, (struct gopm__holder_group){.kind = GOPM__HOLDER_RUNTIME, .runtime = true})) {
		return false;
	}
	for (size_t i = 0; i < h->attached_count; i++) {
		if (!gopm__holder_add_target(build, h->attached[i])) {
			return false;
		}
	}
	return true;
}

/* Visits all roots, and adds what they do not show. */
static gopm_status build_holders(struct gopm__holder_build *build)
{
	const struct gopm__root_request request = {.program = build->heap->program,
	                                           .visit = take_root,
	                                           .user_data = build,
	                                           .progress = &build->heap->progress};
	const gopm_status status = gopm__roots_visit(&request);

	if (status != GOPM_OK || build->status != GOPM_OK) {
		return status != GOPM_OK ? status : build->status;
	}
	if (!add_attached(build) || !add_specials(build) || !gopm__holder_timers(build)) {
		return build->status;
	}
	const struct gopm__holders *h = build->holders;
	const uint64_t nodes =
	    (uint64_t)build->heap->index.slot_count + h->count + h->group_count + GOPM__HOLDER_KINDS + 1;
	return nodes < UINT32_MAX ? GOPM_OK : GOPM_ERR_LIMIT;
}

gopm_status gopm__holders_open(struct gopm__holders *holders, struct gopm__heap *heap)
{
	struct gopm__holder_build build = {.holders = holders,
	                                   .heap = heap,
	                                   .reader = gopm__reader(&heap->program->file.memory),
	                                   .budget = gopm__walk_budget(&heap->program->runtime)};

	*holders = (struct gopm__holders){.heap = heap};
	holders->cut = gopm__calloc((size_t)heap->index.slot_count / 64 + 1, sizeof *holders->cut);
	gopm_status status =
	    holders->cut != NULL ? gopm__root_names_open(heap->program, &holders->names) : GOPM_ERR_NO_MEMORY;
	if (status == GOPM_OK) {
		status = build_holders(&build);
	}
	gopm__map64_free(&build.groups);
	gopm__map64_free(&build.starts);
	if (status != GOPM_OK) {
		gopm__holders_close(holders);
	}
	return status;
}

void gopm__holders_close(struct gopm__holders *holders)
{
	gopm__root_names_close(holders->names);
	free(holders->list);
	free(holders->groups);
	free(holders->targets);
	free(holders->attached);
	free(holders->cut);
	*holders = (struct gopm__holders){0};
}
