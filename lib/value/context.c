/* SPDX-License-Identifier: Apache-2.0 */
#include "value/context.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "program/program.h"
#include "unwind/native_frame.h"

/* Number of variables in one value: a base, and some for each element that is shown. */
#define BASE_BUDGET 65536
#define BUDGET_AN_ELEMENT 8
#define MAX_BUDGET 2000000

struct gopm__context gopm__context(struct gopm__program *program, struct gopm__arena *arena,
                                   const struct gopm__limits *limits)
{
	bool few = limits->max_elements < MAX_BUDGET / BUDGET_AN_ELEMENT;
	uint64_t budget = few ? BASE_BUDGET + limits->max_elements * BUDGET_AN_ELEMENT : MAX_BUDGET;

	return (struct gopm__context){
	    .types = &program->types,
	    .exe = &program->exe,
	    .symtab = &program->symtab,
	    .layout = &program->runtime.layout,
	    .file = &program->file.source,
	    .native = &program->native,
	    .reader = gopm__reader(&program->file.memory),
	    .arena = arena,
	    .limits = *limits,
	    .budget = (size_t)budget,
	};
}

void gopm__context_use_types(struct gopm__context *context, struct gopm__types *types)
{
	context->types = types;
	context->exe = types->dwarf->exe;
}

void gopm__context_use_type(struct gopm__context *context, const struct gopm__type *type)
{
	if (type != NULL && type->store != NULL && type->store != context->types && type->store->dwarf != NULL) {
		gopm__context_use_types(context, type->store);
	}
}

const char *gopm__context_text(struct gopm__context *context, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	gopm_str copy = gopm__arena_str(context->arena, text, strlen(text));
	if (copy.data == NULL) {
		context->no_memory = true;
		return "out of memory";
	}
	return copy.data;
}

const char *gopm__byte_reason(uint8_t known)
{
	switch (known) {
	case GOPM__BYTE_REGISTER:
		return "in a register whose value in this frame is not known";
	case GOPM__BYTE_MEMORY:
		return "in memory that the core lacks";
	default:
		return "optimized out: no location here";
	}
}

bool gopm__variable_read(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address, void *buffer,
                         size_t size, const char **why)
{
	if (bytes == NULL) {
		if (gopm__read_copy(&context->reader, address, buffer, size) == size ||
		    (context->native != NULL && gopm__native_code(context->native, address, buffer, size) == size)) {
			return true;
		}
		*why = gopm__context_text(context, "the core lacks memory at 0x%" PRIx64, address);
		return false;
	}
	uint64_t at = address - GOPM__BYTES_BASE;
	if (at > bytes->size || size > bytes->size - at) {
		*why = "its location gives fewer bytes than its type has";
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		if (bytes->known[at + i] != GOPM__BYTE_KNOWN) {
			*why = gopm__byte_reason(bytes->known[at + i]);
			return false;
		}
	}
	memcpy(buffer, bytes->data + at, size);
	return true;
}

bool gopm__variable_word(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address,
                         unsigned size, uint64_t *out, const char **why)
{
	uint8_t buffer[8] = {0};

	*out = 0;
	if (size != 1 && size != 2 && size != 4 && size != 8) {
		*why = gopm__context_text(context, "a number of %u bytes is not supported", size);
		return false;
	}
	if (!gopm__variable_read(context, bytes, address, buffer, size, why)) {
		return false;
	}
	*out = gopm__load64(buffer);
	return true;
}
