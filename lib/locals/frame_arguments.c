/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments without DWARF, by two tables that the compiler writes for tracebacks (symbol/arg_info.h). The first has the
 * spill slot of each argument. The second has the slots that are written and up to date at a pc. The arguments of a
 * wait site are read from the objects of the runtime instead (wait_site.h). */
#include "locals/frame_arguments.h"

#include <inttypes.h>
#include <stdio.h>

#include "locals/dangling.h"
#include "locals/wait_site.h"
#include "runtime/chan.h"
#include "symbol/arg_info.h"
#include "type/descriptor.h"
#include "type/descriptor_check.h"
#include "type/from_descriptor.h"

#define MAX_ARGUMENTS 64
#define MAX_RAW_WORDS 10
#define MAX_NAME 1024

struct argument_reader {
	struct gopm__context *context;
	struct gopm__stack_state *stack_state; /* NULL: exact values only */
	const struct gopm__frame *frame;
	const struct gopm__func *func;
	gopm_str function;
	uint64_t begin; /* address of the argument area */
	uint64_t pc;
	struct gopm__descriptor method; /* its type; kind GOPM_KIND_INVALID: unknown */
	uint64_t receiver;              /* number of its type; 0: no receiver, or unknown */
};

/* The name of T or *T from "main.T.Method" or "main.(*T).Method". False: not a method, or of a generic type. */
static bool receiver_type_name(gopm_str function, char *name)
{
	size_t start = 0, dot, end = function.size;

	if (function.size == 0 || function.size >= MAX_NAME) {
		return false;
	}
	for (size_t i = 0; i < function.size; i++) {
		start = function.data[i] == '/' ? i + 1 : start;
		/* The first argument of "T[...].Method" is a dictionary. "-fm" and "-range1" are suffixes of other
		 * functions. */
		if (function.data[i] == '[' || (i >= start && function.data[i] == '-')) {
			return false;
		}
	}
	for (dot = start; dot < end && function.data[dot] != '.'; dot++) {
	}
	while (end > dot && function.data[end - 1] != '.') {
		end--;
	}
	if (dot == function.size || end < dot + 2) {
		return false;
	}
	const char *type = function.data + dot + 1;
	size_t size = end - 1 - (dot + 1);
	bool pointer = size > 3 && memcmp(type, "(*", 2) == 0 && type[size - 1] == ')';
	if (pointer) {
		type += 2;
		size -= 3;
	}
	/* A further dot is that of a function literal: "main.F.func1". */
	if (size == 0 || memchr(type, '.', size) != NULL || memchr(type, '(', size) != NULL) {
		return false;
	}
	(void)snprintf(name, MAX_NAME + 1, "%s%.*s.%.*s", pointer ? "*" : "", (int)dot, function.data, (int)size, type);
	return true;
}

/* Finds the type of the method, by its code address, in the method table of the receiver's type. The linker drops
 * entries of unused methods. */
static void find_method_type(struct argument_reader *a, uint64_t descriptor)
{
	struct gopm__reader *reader = &a->context->reader;
	struct gopm__descriptor type, func;
	struct gopm__descriptor_method method;

	if (!gopm__descriptor_read(a->context->symtab, reader, descriptor, &type)) {
		return;
	}
	for (uint64_t i = 0; i < gopm__descriptor_method_count(&type); i++) {
		if (gopm__descriptor_method(reader, &type, i, &method) && method.entry == a->func->entry) {
			if (gopm__descriptor_read(a->context->symtab, reader, method.type, &func) &&
			    func.kind == GOPM_KIND_FUNC) {
				a->method = func;
			}
			return;
		}
	}
}

static void find_receiver(struct argument_reader *a)
{
	struct gopm__types *types = a->context->types;
	char name[MAX_NAME + 2];

	if (!receiver_type_name(a->function, name)) {
		return;
	}
	uint64_t descriptor = gopm__types_find_descriptor(types, (gopm_str){name, strlen(name)});
	if (descriptor != 0) {
		a->receiver = gopm__type_id(GOPM__ID_DESCRIPTOR, descriptor);
		find_method_type(a, descriptor);
	} else if (name[0] == '*') {
		descriptor = gopm__types_find_descriptor(types, (gopm_str){name + 1, strlen(name) - 1});
		a->receiver = descriptor != 0 ? gopm__type_id(GOPM__ID_POINTER, descriptor) : 0;
	}
}

/* The type of a channel that a function of the runtime received, from its header. 0: unknown. */
static uint64_t channel_argument_type(struct argument_reader *a, uint64_t channel)
{
	struct gopm__context *context = a->context;
	struct gopm__descriptor info;
	struct gopm__hchan header;

	if (!gopm__is_channel_role(a->frame->call->role)) {
		return 0;
	}
	if (context->layout == NULL || !gopm__hchan_read(context->layout, &context->reader, channel, &header) ||
	    header.elem_type == 0) {
		return 0;
	}
	if (!gopm__descriptor_read(context->symtab, &context->reader, header.elem_type, &info)) {
		/* The word may be no channel: its place may have another value by now. */
		if (header.closed <= 1 && gopm__hchan_check(&header, NULL) == GOPM__HCHAN_SOUND &&
		    gopm__symtab_module(context->symtab, header.elem_type) != NULL && header.elem_type % 8 == 0) {
			(void)gopm__descriptor_check(context->symtab, &context->reader, header.elem_type);
		}
		return 0;
	}
	return info.size == header.elem_size ? gopm__type_id(GOPM__ID_CHAN, header.elem_type) : 0;
}

/* The type of argument `index`. NULL: unknown, or its size contradicts the table. */
static const struct gopm__type *argument_type(struct argument_reader *a, size_t index,
                                              const struct gopm__arg_item *item, const struct gopm__bytes *word_bytes)
{
	struct gopm__types *types = a->context->types;
	uint64_t number = 0;

	if (index == 0 && a->receiver != 0) {
		number = a->receiver;
	} else if (a->method.kind == GOPM_KIND_FUNC && index <= a->method.in) {
		uint64_t descriptor =
		    gopm__descriptor_parameter(&a->context->reader, &a->method, (unsigned)(index - 1));
		number = descriptor != 0 ? gopm__type_id(GOPM__ID_DESCRIPTOR, descriptor) : 0;
	} else if (index == 0) {
		uint64_t word = 0;
		if (word_bytes != NULL) {
			memcpy(&word, word_bytes->data, sizeof word);
		} else {
			(void)gopm__read_u64(&a->context->reader, a->begin + item->offset, &word);
		}
		number = word != 0 ? channel_argument_type(a, word) : 0;
	}
	const struct gopm__type *type = gopm__types_at(types, number);
	if (type == NULL || type->class_ == GOPM__TYPE_UNSUPPORTED) {
		return NULL;
	}
	/* The table leaves out padding at the end. */
	uint64_t size = gopm__type_size(types, type);
	return size >= item->size && (item->cut || size - item->size < 8) ? type : NULL;
}

/* True if all words of the argument are in live slots. */
static bool is_argument_live(struct argument_reader *a, const struct gopm__arg_liveness *live,
                             const struct gopm__arg_item *item, uint8_t *slot)
{
	bool all = live->bits != 0 || live->all; /* otherwise no slot is known to be written */
	uint64_t byte;

	for (uint64_t at = item->table; at < item->next && gopm__read_word(&a->context->reader, at, 1, &byte); at++) {
		if (byte >= GOPM__ARGS_TOO_LARGE) {
			continue;
		}
		all = all && gopm__arg_is_live(&a->context->reader, live, (uint8_t)byte, *slot);
		*slot = (uint8_t)(*slot + (byte >= live->first ? 1 : 0));
		at++; /* its size */
	}
	return all && !item->cut;
}

static void add_slot_argument(struct argument_reader *a, struct gopm__variable_list *out,
                              const struct gopm__arg_item *item, const struct gopm__type *type, size_t index, bool live)
{
	struct gopm__variable *v = &out->list[out->count];
	uint64_t address = a->begin + item->offset;

	const char *name = gopm__context_text(a->context, "arg%zu", index);
	gopm__variable_init(a->context, v, (gopm_str){name, strlen(name)}, item->lost ? 0 : address, type, NULL);
	v->flags = GOPM_VAR_ARGUMENT;
	if (item->lost) {
		v->unreadable = "offset too large for the table of argument words";
	}
	v->provenance = live ? GOPM_FROM_RECOVERED : GOPM_FROM_STALE;
	v->origin = gopm__context_text(a->context, "argument slot at 0x%" PRIx64 ", %s", address,
	                               live ? "live here" : "may be overwritten or uninitialized");
	size_t frame;
	if (live && a->stack_state != NULL && gopm__stack_state_index(a->stack_state, a->frame, &frame)) {
		gopm__mark_dangling(a->stack_state, frame, v, NULL);
	}
	out->count++;
}

static void add_wait_site_argument(struct argument_reader *a, struct gopm__variable_list *out,
                                   const struct gopm__type *type, size_t index, const struct gopm__bytes *word,
                                   const char *origin)
{
	struct gopm__variable *v = &out->list[out->count++];
	const char *name = gopm__context_text(a->context, "arg%zu", index);

	gopm__variable_init(a->context, v, (gopm_str){name, strlen(name)}, GOPM__BYTES_BASE, type, word);
	v->flags = GOPM_VAR_ARGUMENT;
	v->provenance = GOPM_FROM_RUNTIME;
	v->origin = origin;
}

/* The argument as a word of an object of the runtime, if the goroutine waits in this frame. NULL: unknown. */
static const struct gopm__bytes *wait_site_word(struct argument_reader *a, const struct gopm__arch *arch,
                                                const struct gopm__frame *frame, size_t argument, const char **origin)
{
	uint64_t word;
	size_t index;

	if (a->stack_state == NULL || arch->code == NULL || argument >= GOPM__CODE_ARGUMENTS ||
	    !gopm__stack_state_index(a->stack_state, frame, &index) ||
	    !gopm__wait_site_argument(a->stack_state, index, arch->code->arguments[argument], &word, origin)) {
		return NULL;
	}
	return gopm__word_bytes(a->context, word, sizeof word);
}

/* Without a table (Go 1.16, assembly), the words of the argument area are shown, results included. */
static void add_area_words(struct argument_reader *a, struct gopm__variable_list *out)
{
	const struct gopm__type *type = gopm__types_at(a->context->types, gopm__type_id_word(8));

	/* A negative size means unknown. */
	for (int32_t i = 0; i < a->func->args / 8 && i < MAX_RAW_WORDS; i++) {
		const struct gopm__arg_item item = {.offset = (uint8_t)(i * 8), .size = 8};
		add_slot_argument(a, out, &item, type, (size_t)i, false);
	}
}

static gopm_status read_arguments(struct gopm__context *context, struct gopm__stack_state *stack_state,
                                  const struct gopm__arch *arch, const struct gopm__frame *frame,
                                  struct gopm__variable_list *out)
{
	struct argument_reader a = {.context = context,
	                            .stack_state = stack_state,
	                            .frame = frame,
	                            .func = &frame->info->func,
	                            .function = frame->call->symbol,
	                            .begin = frame->cfa + (uint64_t)arch->argument_offset,
	                            .pc = frame->lookup_pc};
	out->list = gopm__arena_alloc(context->arena, MAX_ARGUMENTS * sizeof *out->list);
	if (out->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	struct gopm__arg_item item = {.next = gopm__funcdata(a.func, GOPM__FUNCDATA_ARG_INFO)};
	if (item.next == 0) {
		add_area_words(&a, out);
		return context->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
	}
	struct gopm__arg_liveness live = gopm__arg_liveness(&context->reader, a.func, a.pc);
	uint8_t slot;
	size_t index = 0;
	if (!gopm__arg_first(a.func, &live, &slot)) {
		live.bits = 0;
	}
	find_receiver(&a);
	for (; out->count < MAX_ARGUMENTS && gopm__arg_next(&context->reader, &item); index++) {
		bool all = is_argument_live(&a, &live, &item, &slot);
		const char *origin = NULL;
		const struct gopm__bytes *word =
		    item.size == 8 ? wait_site_word(&a, arch, frame, index, &origin) : NULL;
		const struct gopm__type *type = argument_type(&a, index, &item, word);
		if (type == NULL && item.size == 0 && !item.lost) {
			continue; /* a type without words, such as struct{} */
		}
		if (type == NULL) {
			type = gopm__types_at(context->types, item.composite
			                                          ? gopm__type_id(GOPM__ID_ARG_WORDS, item.table)
			                                          : gopm__type_id_word(item.size));
		}
		if (word != NULL) {
			add_wait_site_argument(&a, out, type, index, word, origin);
		} else {
			add_slot_argument(&a, out, &item, type, index, all);
		}
	}
	return context->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}

gopm_status gopm__frame_arguments(struct gopm__context *context, struct gopm__stack_state *stack_state,
                                  const struct gopm__arch *arch, const struct gopm__frame *frame,
                                  struct gopm__variable_list *out)
{
	*out = (struct gopm__variable_list){0};
	if (frame->call == NULL || frame->inline_depth != 0 || frame->cfa == 0) {
		return GOPM_OK;
	}
	gopm_status st = read_arguments(context, stack_state, arch, frame, out);
	if (stack_state != NULL) {
		gopm__stack_state_clear(stack_state);
	}
	return st;
}
