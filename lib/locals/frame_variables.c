/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the variables in scope, and says how sure each value is.
 *
 * For each variable the location list is tried first (location.c). Then there are two cases:
 *
 * - The list has a location. The code decides whether it can be trusted (verdict.c). If the code still reads it, the
 *   value is exact. If not, the value is stale-possible, unless another source proves it: the same bytes found by
 *   recovery, or an object of the runtime.
 * - The list has no location here. The value is read from an object of the runtime that the goroutine waits with
 *   (wait_site.c), or recovered from another place (recovery.c). Otherwise it is lost.
 *
 * Last, pointers of a variable that the code no longer reads are checked: their targets may have been freed
 * (dangling.c). Provenance, from sure to unsure: exact, runtime, recovered, stale-possible. Without
 * a stack state, nothing is checked or recovered: every listed location counts as exact. */
#include "locals/frame_variables.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "locals/c_local.h"
#include "locals/dangling.h"
#include "locals/location.h"
#include "locals/plausible.h"
#include "locals/recovery.h"
#include "locals/verdict.h"
#include "locals/wait_site.h"
#include "util/allocate.h"
#include "util/finding.h"

#define MAX_VARIABLES 4096

/* The type argument of a type parameter, from the function's dictionary. */
static const struct gopm__type *type_argument(struct gopm__frame_reader *r, const struct gopm__type *type)
{
	struct gopm__context *context = r->context;
	uint64_t descriptor;

	if (type == NULL || type->class_ != GOPM__TYPE_PARAMETRIC) {
		return type;
	}
	const struct gopm__type *shape = gopm__type_target(context->types, type);
	if (r->dictionary == 0 || type->dict_index < 0 || type->dict_index > UINT16_MAX ||
	    !gopm__read_u64(&context->reader, r->dictionary + (uint64_t)type->dict_index * 8, &descriptor)) {
		return shape;
	}
	const struct gopm__type *found = gopm__types_of_descriptor(context->types, descriptor);
	return found != NULL ? found : shape;
}

static void read_dictionary(struct gopm__frame_reader *r)
{
	const struct gopm__scope_node *node = gopm__scope_direct(&r->scope, ".dict");
	struct gopm__location location;

	if (node == NULL) {
		return;
	}
	gopm__location_read(r, node, gopm__types_at(r->context->types, node->type), &location);
	if (location.why == NULL) {
		(void)gopm__variable_word(r->context, location.bytes, location.address, 8, &r->dictionary,
		                          &location.why);
	}
}

static bool name_has_prefix(gopm_str s, const char *prefix)
{
	size_t size = strlen(prefix);
	return s.size >= size && memcmp(s.data, prefix, size) == 0;
}

/* True for a variable that only the compiler knows. */
static bool is_compiler_variable(gopm_str name, const struct gopm__scope_node *node, bool range_body)
{
	if ((name.size == 5 && name_has_prefix(name, ".dict")) ||
	    (name.size == 11 && name_has_prefix(name, ".closureptr")) || name_has_prefix(name, "#yield") ||
	    name_has_prefix(name, "&#yield")) {
		return true;
	}
	return range_body && (name_has_prefix(name, "~") || node->closure_offset >= 0);
}

/* Index among the arguments of the physical function. -1: not one of them. */
static int argument_index(const struct gopm__frame_reader *r, const struct gopm__scope_node *node)
{
	const struct gopm__function_tree *tree = r->scope.tree;
	int index = 0;

	if (r->scope.root != 0 || node->parent != 0 || node->tag != GOPM__TAG_FORMAL_PARAMETER || node->result) {
		return -1;
	}
	for (size_t i = 1; i < tree->node_count; i++) {
		const struct gopm__scope_node *at = &tree->nodes[i];
		if (at == node) {
			return index;
		}
		bool dictionary = at->name.size == 5 && name_has_prefix(at->name, ".dict");
		index += at->parent == 0 && at->tag == GOPM__TAG_FORMAL_PARAMETER && !at->result && !dictionary;
	}
	return -1;
}

/* Gives the variable a recovered value, if it is plausible. */
static void use_recovered(struct gopm__context *context, const struct gopm__recovered *found, struct gopm__variable *v)
{
	struct gopm__variable recovered;

	gopm__variable_init(context, &recovered, v->name, found->address, v->type, found->bytes);
	if (recovered.unreadable != NULL ||
	    (found->provenance == GOPM_FROM_STALE && !gopm__is_plausible(context, &recovered))) {
		return;
	}
	recovered.provenance = found->provenance;
	recovered.origin = found->origin;
	*v = recovered;
}

static struct gopm__local frame_local(const struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                                      const struct gopm__variable *v)
{
	return (struct gopm__local){.frame = r->frame,
	                            .scope = &r->scope,
	                            .expression = &r->expression,
	                            .node = node,
	                            .type = v->type,
	                            .argument = argument_index(r, node)};
}

/* True if the recovered bytes equal those at the listed location. */
static bool has_same_bytes(struct gopm__frame_reader *r, const struct gopm__variable *v,
                           const struct gopm__recovered *found)
{
	const char *why;
	bool same = found->bytes->size != 0;

	for (uint64_t at = 0; same && at < found->bytes->size; at += 8) {
		uint8_t a[8], b[8];
		size_t take = found->bytes->size - at < 8 ? (size_t)(found->bytes->size - at) : 8;
		same = gopm__variable_read(r->context, v->bytes, v->address + at, a, take, &why) &&
		       gopm__variable_read(r->context, found->bytes, found->address + at, b, take, &why) &&
		       memcmp(a, b, take) == 0;
	}
	return same;
}

/* The text of a verdict, for the origin of a stale-possible value. */
static const char *verdict_text(struct gopm__context *context, const struct gopm__verdict *verdict)
{
	switch (verdict->kind) {
	case GOPM__VERDICT_DEAD:
		return "location no longer read: may be outdated";
	case GOPM__VERDICT_CLOBBERED:
		return "slot reused for other values";
	case GOPM__VERDICT_MOVED:
		return "another location has the value that is read next";
	case GOPM__VERDICT_UNKNOWN:
		return "slot contents not proved by the code";
	default:
		return verdict->other.size != 0 ? gopm__context_text(context, "location shared with %.*s",
		                                                     (int)verdict->other.size, verdict->other.data)
		                                : "location may be shared with other variables";
	}
}

/* Sets the provenance of a value from its listed location. Returns true if the code still reads the variable, so that
 * its targets are alive. *proof: recovered bytes that equal the value. */
static bool check_listed(struct gopm__frame_reader *r, const struct gopm__scope_node *node, struct gopm__variable *v,
                         const struct gopm__bytes **proof)
{
	struct gopm__local local = frame_local(r, node, v);
	struct gopm__verdict verdict = {.kind = GOPM__VERDICT_LIVE};
	struct gopm__recovered found;

	if (v->address != 0) {
		verdict = gopm__verdict(r->stack_state, &local, &r->location);
	}
	if (verdict.kind == GOPM__VERDICT_LIVE) {
		return node->location.class_ != GOPM__CLASS_BLOCK;
	}
	v->provenance = GOPM_FROM_STALE;
	v->origin = verdict_text(r->context, &verdict);
	if (!gopm__wait_site_variable(r->stack_state, &local, &found) &&
	    !gopm__recover(r->stack_state, &local, &found)) {
		return false;
	}
	if (has_same_bytes(r, v, &found)) {
		*proof = found.bytes;
		v->provenance = found.provenance != GOPM_FROM_STALE ? found.provenance : v->provenance;
		v->origin = found.provenance != GOPM_FROM_STALE ? found.origin : v->origin;
	} else if (found.provenance == GOPM_FROM_RUNTIME && verdict.kind == GOPM__VERDICT_CLOBBERED) {
		use_recovered(r->context, &found, v);
	}
	return false;
}

static void recover_lost(struct gopm__frame_reader *r, const struct gopm__scope_node *node, struct gopm__variable *v)
{
	struct gopm__recovered found;
	struct gopm__local local = frame_local(r, node, v);

	if (gopm__wait_site_variable(r->stack_state, &local, &found) || gopm__recover(r->stack_state, &local, &found)) {
		use_recovered(r->context, &found, v);
	}
}

static void read_local(struct gopm__frame_reader *r, const struct gopm__scope_variable *in, bool range_body,
                       struct gopm__variable_entry *out)
{
	struct gopm__context *context = r->context;
	const struct gopm__scope_node *node = in->node;
	const struct gopm__type *type = type_argument(r, gopm__types_at(context->types, node->type));
	struct gopm__variable *v = &out->variable;
	struct gopm__location location;

	const bool go = r->scope.tree->unit->go;
	if (go) {
		gopm__location_read(r, node, type, &location);
	} else {
		gopm__c_local_read(r, node, type, &location);
	}
	gopm_str name = gopm__arena_str(context->arena, node->name.data, node->name.size);
	gopm__variable_init(context, v, name, location.why == NULL ? location.address : 0, type, location.bytes);
	v->provenance = GOPM_FROM_EXACT;
	bool checked = r->stack_state != NULL && go, live = false;
	const struct gopm__bytes *proof = NULL;
	size_t frame;
	if (location.why != NULL) {
		v->unreadable = location.why;
		v->provenance = GOPM_FROM_NONE;
		if (checked) {
			recover_lost(r, node, v);
		}
	} else if (checked) {
		live = check_listed(r, node, v, &proof);
	} else if (!go) {
		gopm__c_local_check(r, node, v);
	}
	if (checked && !live && gopm__stack_state_index(r->stack_state, r->frame, &frame) &&
	    (v->provenance == GOPM_FROM_EXACT || v->provenance == GOPM_FROM_RECOVERED)) {
		gopm__mark_dangling(r->stack_state, frame, v, proof);
	}
	v->decl_line = node->decl_line > 0 ? node->decl_line : 0;
	out->depth = in->depth;
	if (node->tag == GOPM__TAG_FORMAL_PARAMETER && !range_body) {
		out->depth = in->depth <= 1 ? 0 : in->depth;
		v->flags |= node->result ? GOPM_VAR_RESULT : GOPM_VAR_ARGUMENT;
	}
}

/* Replaces "&x", in which the compiler keeps the address of an x that it moved to the heap, by x. */
static void follow_escaped(struct gopm__context *context, struct gopm__variable *v)
{
	struct gopm__variable target;

	if (v->name.size < 2 || v->name.data[0] != '&') {
		return;
	}
	gopm_str name = {v->name.data + 1, v->name.size - 1};
	if (v->kind == GOPM_KIND_POINTER && v->unreadable == NULL) {
		gopm__variable_target(context, v, &target);
		target.flags = v->flags;
		target.decl_line = v->decl_line;
		target.provenance = gopm__is_dangling(v) ? GOPM_FROM_STALE : v->provenance;
		target.origin = gopm__is_dangling(v) ? gopm__dangling_origin : v->origin;
		if (target.address == 0 && target.unreadable == NULL) {
			target.unreadable = "moved to the heap, not allocated yet: its address is nil";
		}
		*v = target;
	} else if (v->kind == GOPM_KIND_POINTER) {
		/* The lost address of x is shown as a lost x. */
		v->type = gopm__type_target(context->types, v->real);
		v->real = gopm__type_resolve(context->types, v->type);
	}
	v->name = name;
	v->flags |= GOPM_VAR_ESCAPED;
}

gopm_status gopm__frame_variables(struct gopm__context *context, struct gopm__stack_state *stack_state,
                                  const struct gopm__arch *arch, const struct gopm__frame *frame, int64_t line,
                                  struct gopm__variable_list *out)
{
	struct gopm__frame_reader r = {.context = context, .stack_state = stack_state, .arch = arch, .frame = frame};

	*out = (struct gopm__variable_list){0};
	gopm_status st = context->types->dwarf == NULL
	                     ? GOPM_NOT_FOUND
	                     : gopm__scope_find(context->types->dwarf, frame->lookup_pc - context->exe->bias,
	                                        frame->inline_depth, line, &r.scope);
	if (st != GOPM_OK) {
		return st;
	}
	gopm__frame_reader_init(&r);
	read_dictionary(&r);
	/* "f-range1" is the body of a range-over-func loop in f. Its parameters are the loop's variables. */
	bool range_body = memmem(r.scope.name.data, r.scope.name.size, "-range", 6) != NULL;
	size_t limit = r.scope.count < MAX_VARIABLES ? r.scope.count : MAX_VARIABLES, count = 0;
	struct gopm__variable_entry *entries = gopm__calloc(limit != 0 ? limit : 1, sizeof *entries);
	if (entries == NULL) {
		free(r.scope.variables);
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < r.scope.count && count < limit; i++) {
		const struct gopm__scope_variable *v = &r.scope.variables[i];
		if (v->node->type != 0 && v->node->name.size != 0 &&
		    !is_compiler_variable(v->node->name, v->node, range_body)) {
			read_local(&r, v, range_body, &entries[count]);
			entries[count].order = count;
			count++;
		} else if (v->node->type == 0 && v->node->name.size != 0) {
			gopm__finding_add(context->types->dwarf->findings, GOPM_FINDING_BAD_SYMBOLS,
			                  GOPM__AT_ADDRESS(frame->lookup_pc), "DWARF: a variable has no type");
		}
	}
	if (stack_state != NULL) {
		gopm__stack_state_clear(stack_state);
	}
	gopm__variable_entries_sort(entries, count);
	for (size_t i = 0; i < count; i++) {
		follow_escaped(context, &entries[i].variable);
	}
	gopm__variable_entries_mark_shadowed(entries, count);
	st = gopm__variable_list_make(context, entries, count, out);
	free(entries);
	free(r.scope.variables);
	return context->no_memory ? GOPM_ERR_NO_MEMORY : st;
}
