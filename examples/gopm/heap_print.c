/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "heap.h"
#include "output.h"

const char *heap_form_name(uint32_t form)
{
	static const char *const names[] = {
	    [GOPM_HEAP_UNKNOWN] = "unknown", [GOPM_HEAP_ONE] = "one",       [GOPM_HEAP_ARRAY] = "array",
	    [GOPM_HEAP_BYTES] = "bytes",     [GOPM_HEAP_TINY] = "tiny",     [GOPM_HEAP_MAP] = "map",
	    [GOPM_HEAP_CHAN] = "chan",       [GOPM_HEAP_BUFFER] = "buffer", [GOPM_HEAP_CLOSURE] = "closure",
	    [GOPM_HEAP_ARENA] = "arena",
	};
	return form < sizeof names / sizeof names[0] && names[form] != NULL ? names[form] : "other";
}

const char *heap_from_name(uint32_t from)
{
	static const char *const names[] = {
	    [GOPM_HEAP_FROM_NOTHING] = "nothing",     [GOPM_HEAP_FROM_MASK] = "mask",
	    [GOPM_HEAP_FROM_INSIDE] = "inside",       [GOPM_HEAP_FROM_POINTER] = "pointer",
	    [GOPM_HEAP_FROM_SLICE] = "slice",         [GOPM_HEAP_FROM_OWNER] = "owner",
	    [GOPM_HEAP_FROM_INTERFACE] = "interface", [GOPM_HEAP_FROM_HEADER] = "header",
	};
	return from < sizeof names / sizeof names[0] && names[from] != NULL ? names[from] : "other";
}

static void format_size(char *text, size_t size, uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000 && unit + 1 < sizeof units / sizeof units[0]) {
		value /= 1024;
		unit++;
	}
	const int digits = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
	(void)snprintf(text, size, "%.*f %s", digits, value, units[unit]);
}

void heap_print_size(uint64_t bytes)
{
	char text[32];

	format_size(text, sizeof text, bytes);
	output_printf("%9s", text);
}

void heap_print_size_inline(uint64_t bytes)
{
	char text[32];

	format_size(text, sizeof text, bytes);
	output_printf("%s", text);
}

const char *heap_kind_name(uint32_t kind)
{
	static const char *const names[] = {
	    [GOPM_HEAP_NODE_ROOT] = "all",
	    [GOPM_HEAP_NODE_KIND] = "kind",
	    [GOPM_HEAP_NODE_GROUP] = "group",
	    [GOPM_HEAP_NODE_VARIABLE] = "variable",
	    [GOPM_HEAP_NODE_GOROUTINE] = "goroutine",
	    [GOPM_HEAP_NODE_TIMER] = "timer",
	    [GOPM_HEAP_NODE_FINALIZER] = "finalizer",
	    [GOPM_HEAP_NODE_CLEANUP] = "cleanup",
	    [GOPM_HEAP_NODE_WEAK] = "weak",
	    [GOPM_HEAP_NODE_RUNTIME] = "runtime",
	    [GOPM_HEAP_NODE_OBJECT] = "object",
	    [GOPM_HEAP_NODE_TYPE] = "type",
	    [GOPM_HEAP_NODE_BIRTH] = "birth",
	};
	return kind < sizeof names / sizeof names[0] ? names[kind] : "other";
}

void heap_print_type(gopm_str type, uint32_t form, uint32_t from, uint64_t slot_size, bool pointers)
{
	switch (form) {
	case GOPM_HEAP_BYTES:
		output_text("bytes of strings and []byte");
		return;
	case GOPM_HEAP_ARENA:
		output_text("chunks of arenas");
		return;
	case GOPM_HEAP_ARRAY:
		output_text("[]");
		break;
	case GOPM_HEAP_CLOSURE:
		output_text("func ");
		break;
	case GOPM_HEAP_UNKNOWN:
		output_text("unknown");
		if (slot_size != 0) {
			output_printf(", %" PRIu64 " bytes", slot_size);
		}
		output_string(pointers ? " with pointers" : " without pointers");
		if (from == GOPM_HEAP_FROM_INSIDE && type.size != 0) {
			output_text(", ");
			output_str(type);
			output_text(" in it");
		}
		return;
	default:
		break;
	}
	output_str(type);
	if (form == GOPM_HEAP_TINY) {
		output_string(type.size != 0 ? " and others in blocks of 16 bytes"
		                             : "small strings in blocks of 16 bytes");
	} else if (form == GOPM_HEAP_BUFFER) {
		output_text(" in buffers of channels");
	}
}
