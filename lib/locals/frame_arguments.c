/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/frame_arguments.h"

#include <inttypes.h>
#include <stdio.h>

#include "locals/roots.h"
#include "locals/wait_site.h"
#include "runtime/chan.h"
#include "symbol/arg_info.h"
#include "type/descriptor.h"
#include "type/from_descriptor.h"

#define MAX_ARGUMENTS 64
#define MAX_RAW_WORDS 10
#define MAX_NAME 1024

/* Functions whose first argument is a channel (runtime/chan.go, Go 1.16 to 1.27). */
static const char *const of_channels[] = {
    "runtime.chansend",  "runtime.chansend1", "runtime.chanrecv",
    "runtime.chanrecv1", "runtime.chanrecv2", "runtime.closechan",
};

struct arguments {
	struct gopm__context *context;
	const struct gopm__frame *frame;
	const struct gopm__func *func;
	gopm_str function;
	uint64_t begin; /* where arguments begin */
	uint64_t pc;
	struct gopm__descriptor method; /* kind GOPM__KIND_INVALID: not known */
	uint64_t receiver;              /* number of its type; 0: no receiver, or not known */
};

/* "main.(*T).Method" or "main.T.Method": the name of T or *T. False: neither, or of a generic type. */
static bool receiver_name(gopm_str function, char *name)
{
	size_t start = 0, dot, end = function.size;

	if (function.size == 0 || function.size >= MAX_NAME) {
		return false;
	}
	for (size_t i = 0; i < function.size; i++) {
		start = function.data[i] == '/' ? i + 1 : start;
		/* "T[...].Method" takes its dictionary first; "-fm", "-range1" are other functions. */
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
	/* More dots are a function inside of another. */
	if (size == 0 || memchr(type, '.', size) != NULL || memchr(type, '(', size) != NULL) {
		return false;
	}
	(void)snprintf(name, MAX_NAME + 1, "%s%.*s.%.*s", pointer ? "*" : "", (int)dot, function.data, (int)size, type);
	return true;
}

/* The method's own type, where the linker kept it: the method of that name whose code this is. */
static void find_method(struct arguments *a, uint64_t descriptor)
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
			    func.kind == GOPM__KIND_FUNC) {
				a->method = func;
			}
			return;
		}
	}
}

static void find_receiver(struct arguments *a)
{
	struct gopm__dwarf *dwarf = a->context->dwarf;
	char name[MAX_NAME + 2];

	if (!receiver_name(a->function, name)) {
		return;
	}
	uint64_t descriptor = gopm__types_find_descriptor(dwarf, (gopm_str){name, strlen(name)});
	if (descriptor != 0) {
		a->receiver = gopm__described(GOPM__DESCRIBED_TYPE, descriptor);
		find_method(a, descriptor);
	} else if (name[0] == '*') {
		descriptor = gopm__types_find_descriptor(dwarf, (gopm_str){name + 1, strlen(name) - 1});
		a->receiver = descriptor != 0 ? gopm__described(GOPM__DESCRIBED_POINTER, descriptor) : 0;
	}
}

/* The channel of the argument's word; 0: it is none. */
static uint64_t channel_type(struct arguments *a, uint64_t channel)
{
	struct gopm__context *context = a->context;
	struct gopm__descriptor info;
	struct gopm__hchan header;
	bool of_channel = false;

	for (size_t i = 0; i < sizeof of_channels / sizeof of_channels[0]; i++) {
		of_channel = of_channel || (a->function.size == strlen(of_channels[i]) &&
		                            memcmp(a->function.data, of_channels[i], a->function.size) == 0);
	}
	if (!of_channel) {
		return 0;
	}
	if (context->layout == NULL || !gopm__hchan_read(context->layout, &context->reader, channel, &header) ||
	    header.elem_type == 0) {
		return 0;
	}
	return gopm__descriptor_read(context->symtab, &context->reader, header.elem_type, &info) &&
	               info.size == header.elem_size
	           ? gopm__described(GOPM__DESCRIBED_CHAN, header.elem_type)
	           : 0;
}

/* The type of argument `index`, as far as it is known and fits what the table says of its place. */
static const struct gopm__type *type_of(struct arguments *a, size_t index, const struct gopm__arg_item *item,
                                        const struct gopm__bytes *parked)
{
	struct gopm__dwarf *dwarf = a->context->dwarf;
	uint64_t number = 0;

	if (index == 0 && a->receiver != 0) {
		number = a->receiver;
	} else if (a->method.kind == GOPM__KIND_FUNC && index <= a->method.in) {
		uint64_t descriptor =
		    gopm__descriptor_parameter(&a->context->reader, &a->method, (unsigned)(index - 1));
		number = descriptor != 0 ? gopm__described(GOPM__DESCRIBED_TYPE, descriptor) : 0;
	} else if (index == 0) {
		uint64_t word = 0;
		if (parked != NULL) {
			memcpy(&word, parked->data, sizeof word);
		} else {
			(void)gopm__read_u64(&a->context->reader, a->begin + item->offset, &word);
		}
		number = word != 0 ? channel_type(a, word) : 0;
	}
	const struct gopm__type *type = gopm__types_at(dwarf, number);
	if (type == NULL || type->class_ == GOPM__TYPE_UNSUPPORTED) {
		return NULL;
	}
	/* Padding at its end is not in the table. */
	uint64_t size = gopm__type_size(dwarf, type);
	return size >= item->size && (item->cut || size - item->size < 8) ? type : NULL;
}

static bool all_live(struct arguments *a, const struct gopm__arg_liveness *live, const struct gopm__arg_item *item,
                     uint8_t *slot)
{
	bool all = live->bits != 0 || live->all; /* else nothing says that a slot was ever written */
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

static void add(struct arguments *a, struct gopm__frame_variables *out, const struct gopm__arg_item *item,
                const struct gopm__type *type, size_t index, bool live)
{
	struct gopm__variable *v = &out->list[out->count];
	uint64_t address = a->begin + item->offset;

	const char *name = gopm__context_text(a->context, "arg%zu", index);
	gopm__variable_init(a->context, v, (gopm_str){name, strlen(name)}, item->lost ? 0 : address, type, NULL);
	v->flags = GOPM_VAR_ARGUMENT;
	if (item->lost) {
		v->unreadable = "too far from the first argument for the program's tables";
	}
	v->provenance = live ? GOPM_FROM_RECOVERED : GOPM_FROM_STALE;
	v->origin = gopm__context_text(a->context, "argument's slot at 0x%" PRIx64 ", %s", address,
	                               live ? "live here" : "maybe written over or never written");
	size_t frame;
	if (live && a->context->recovery != NULL && gopm__recovery_frame(a->context->recovery, a->frame, &frame)) {
		gopm__mark_unheld(a->context, frame, v, NULL);
	}
	out->count++;
}

static void add_parked(struct arguments *a, struct gopm__frame_variables *out, const struct gopm__type *type,
                       size_t index, const struct gopm__bytes *word, const char *origin)
{
	struct gopm__variable *v = &out->list[out->count++];
	const char *name = gopm__context_text(a->context, "arg%zu", index);

	gopm__variable_init(a->context, v, (gopm_str){name, strlen(name)}, GOPM__BYTES_BASE, type, word);
	v->flags = GOPM_VAR_ARGUMENT;
	v->provenance = GOPM_FROM_RUNTIME;
	v->origin = origin;
}

/* What the runtime knows of the argument, where it parked the goroutine in this very frame; NULL: nothing. */
static const struct gopm__bytes *parked(struct arguments *a, const struct gopm__arch *arch,
                                        const struct gopm__frame *frame, size_t argument, const char **origin)
{
	struct gopm__context *context = a->context;
	uint64_t word;
	size_t index;

	if (context->recovery == NULL || arch->code == NULL || argument >= GOPM__CODE_ARGUMENTS ||
	    !gopm__recovery_frame(context->recovery, frame, &index) ||
	    !gopm__parked_argument(context, index, arch->code->arguments[argument], &word, origin)) {
		return NULL;
	}
	return gopm__parked_word(context, word, sizeof word);
}

/* Without a table (Go 1.16, assembly): the words of the argument area, results among them. */
static void add_raw(struct arguments *a, struct gopm__frame_variables *out)
{
	const struct gopm__type *type = gopm__types_at(a->context->dwarf, gopm__described_word(8));

	/* A negative size stands for an unknown one. */
	for (int32_t i = 0; i < a->func->args / 8 && i < MAX_RAW_WORDS; i++) {
		const struct gopm__arg_item item = {.offset = (uint8_t)(i * 8), .size = 8};
		add(a, out, &item, type, (size_t)i, false);
	}
}

static gopm_status fill(struct gopm__context *context, const struct gopm__arch *arch, const struct gopm__frame *frame,
                        struct gopm__frame_variables *out)
{
	struct arguments a = {.context = context,
	                      .frame = frame,
	                      .func = &frame->info->func,
	                      .function = frame->call->function,
	                      .begin = frame->cfa + (uint64_t)arch->argument_offset,
	                      .pc = frame->lookup_pc};
	out->list = gopm__arena_alloc(context->arena, MAX_ARGUMENTS * sizeof *out->list);
	if (out->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	struct gopm__arg_item item = {.next = gopm__funcdata(a.func, GOPM__FUNCDATA_ARG_INFO)};
	if (item.next == 0) {
		add_raw(&a, out);
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
		bool all = all_live(&a, &live, &item, &slot);
		const char *origin = NULL;
		const struct gopm__bytes *word = item.size == 8 ? parked(&a, arch, frame, index, &origin) : NULL;
		const struct gopm__type *type = type_of(&a, index, &item, word);
		if (type == NULL && item.size == 0 && !item.lost) {
			continue; /* it has no words: struct{} */
		}
		if (type == NULL) {
			type = gopm__types_at(context->dwarf, item.composite
			                                          ? gopm__described(GOPM__DESCRIBED_WORDS, item.table)
			                                          : gopm__described_word(item.size));
		}
		if (word != NULL) {
			add_parked(&a, out, type, index, word, origin);
		} else {
			add(&a, out, &item, type, index, all);
		}
	}
	return context->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}

gopm_status gopm__frame_arguments(struct gopm__context *context, const struct gopm__arch *arch,
                                  const struct gopm__frame *frame, struct gopm__frame_variables *out)
{
	*out = (struct gopm__frame_variables){0};
	if (frame->call == NULL || frame->inline_depth != 0 || frame->cfa == 0) {
		return GOPM_OK;
	}
	gopm_status st = fill(context, arch, frame, out);
	if (context->recovery != NULL) {
		gopm__recovery_clear(context->recovery);
	}
	return st;
}
