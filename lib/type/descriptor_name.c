/* SPDX-License-Identifier: Apache-2.0 */
/* A defined type has a name: only the package path is added. The name of any other type is written by its kind, from
 * the names of the types that it is made of. */
#include "type/descriptor_name.h"

#include <inttypes.h>
#include <stdio.h>

#define MAX_DEPTH 32

struct writer {
	const struct gopm__symtab *symtab;
	struct gopm__reader *reader;
	struct gopm__text *out;
	size_t limit; /* of out->size */
};

static void write_type_name(struct writer *w, uint64_t address, unsigned depth);

static void append_str(struct writer *w, gopm_str text)
{
	if (w->out->size + text.size <= w->limit) {
		gopm__text_add(w->out, text.data, text.size);
	}
}

static void append_text(struct writer *w, const char *text)
{
	append_str(w, (gopm_str){text, strlen(text)});
}

/* "net/http.Server" from the path "net/http" and the text "http.Server", which begins with the package's name. */
static void write_defined_name(struct writer *w, const struct gopm__descriptor *info)
{
	size_t dot = 0;

	while (dot < info->text.size && info->text.data[dot] != '.' && info->text.data[dot] != '[') {
		dot++;
	}
	if (info->package.size == 0 || dot == info->text.size || info->text.data[dot] != '.') {
		append_str(w, info->text);
		return;
	}
	append_str(w, info->package);
	append_str(w, (gopm_str){info->text.data + dot, info->text.size - dot});
}

static void write_signature(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	append_text(w, "(");
	for (unsigned i = 0; i < info->in && w->out->size < w->limit; i++) {
		append_text(w, i != 0 ? ", " : "");
		uint64_t type = gopm__descriptor_parameter(w->reader, info, i);
		if (info->variadic && i + 1 == info->in) {
			struct gopm__descriptor slice;
			append_text(w, "...");
			type = gopm__descriptor_read(w->symtab, w->reader, type, &slice) ? slice.elem : 0;
		}
		write_type_name(w, type, depth);
	}
	append_text(w, info->out == 0 ? ")" : info->out == 1 ? ") " : ") (");
	for (unsigned i = 0; i < info->out && w->out->size < w->limit; i++) {
		append_text(w, i != 0 ? ", " : "");
		write_type_name(w, gopm__descriptor_parameter(w->reader, info, info->in + i), depth);
	}
	append_text(w, info->out > 1 ? ")" : "");
}

/* In a type literal an unexported name is qualified by its package. */
static void write_package_prefix(struct writer *w, gopm_str package)
{
	append_str(w, package);
	append_text(w, package.size != 0 ? "." : "");
}

static void write_tag(struct writer *w, gopm_str tag)
{
	if (tag.size == 0) {
		return;
	}
	append_text(w, " \"");
	for (size_t i = 0; i < tag.size; i++) {
		append_text(w, tag.data[i] == '"' || tag.data[i] == '\\' ? "\\" : "");
		append_str(w, (gopm_str){tag.data + i, 1});
	}
	append_text(w, "\"");
}

static void write_struct(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	struct gopm__typedesc_field field;
	gopm_str package = {"", 0};
	unsigned flags;

	if (info->literal != 0) {
		(void)gopm__typedesc_read_name(w->reader, &info->module->types, info->literal, &package, &flags);
	}
	append_text(w, info->field_count != 0 ? "struct { " : "struct {");
	for (uint64_t i = 0; i < info->field_count && w->out->size < w->limit; i++) {
		append_text(w, i != 0 ? "; " : "");
		if (!gopm__descriptor_field(w->reader, info, i, &field)) {
			append_text(w, "?");
			break;
		}
		if (!field.embedded) {
			write_package_prefix(w, field.exported ? (gopm_str){"", 0} : package);
			append_str(w, field.name);
			append_text(w, " ");
		}
		write_type_name(w, field.type, depth);
		write_tag(w, gopm__descriptor_tag(w->reader, info, i));
	}
	append_text(w, info->field_count != 0 ? " }" : "}");
}

static void write_interface(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	struct gopm__descriptor_method method;
	struct gopm__descriptor func;

	append_text(w, info->method_count != 0 ? "interface { " : "interface {");
	for (uint64_t i = 0; i < info->method_count && w->out->size < w->limit; i++) {
		append_text(w, i != 0 ? "; " : "");
		if (!gopm__descriptor_method(w->reader, info, i, &method)) {
			append_text(w, "?");
			break;
		}
		write_package_prefix(w, method.package);
		append_str(w, method.name);
		if (gopm__descriptor_read(w->symtab, w->reader, method.type, &func) && func.kind == GOPM_KIND_FUNC) {
			write_signature(w, &func, depth);
		} else {
			append_text(w, "(?)");
		}
	}
	append_text(w, info->method_count != 0 ? " }" : "}");
}

static void write_chan(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	struct gopm__descriptor elem;
	bool both = info->direction == 3;
	/* "chan (<-chan int)": without brackets the arrow would belong to the outer channel. */
	bool brackets = both && gopm__descriptor_read(w->symtab, w->reader, info->elem, &elem) && !elem.named &&
	                elem.kind == GOPM_KIND_CHAN && elem.direction == 1;

	append_text(w, info->direction == 1 ? "<-chan " : both ? "chan " : "chan<- ");
	append_text(w, brackets ? "(" : "");
	write_type_name(w, info->elem, depth);
	append_text(w, brackets ? ")" : "");
}

static void write_type_name(struct writer *w, uint64_t address, unsigned depth)
{
	struct gopm__descriptor info;
	char number[32];

	if (depth >= MAX_DEPTH || w->out->size >= w->limit) {
		append_text(w, "...");
		return;
	}
	if (!gopm__descriptor_read(w->symtab, w->reader, address, &info)) {
		append_text(w, "?");
		return;
	}
	if (info.named) {
		write_defined_name(w, &info);
		return;
	}
	depth++;
	switch (info.kind) {
	case GOPM_KIND_POINTER:
		append_text(w, "*");
		write_type_name(w, info.elem, depth);
		break;
	case GOPM_KIND_SLICE:
		append_text(w, "[]");
		write_type_name(w, info.elem, depth);
		break;
	case GOPM_KIND_ARRAY:
		(void)snprintf(number, sizeof number, "[%" PRIu64 "]", info.length);
		append_text(w, number);
		write_type_name(w, info.elem, depth);
		break;
	case GOPM_KIND_MAP:
		append_text(w, "map[");
		write_type_name(w, info.key, depth);
		append_text(w, "]");
		write_type_name(w, info.elem, depth);
		break;
	case GOPM_KIND_CHAN:
		write_chan(w, &info, depth);
		break;
	case GOPM_KIND_FUNC:
		append_text(w, "func");
		write_signature(w, &info, depth);
		break;
	case GOPM_KIND_STRUCT:
		write_struct(w, &info, depth);
		break;
	case GOPM_KIND_INTERFACE:
		write_interface(w, &info, depth);
		break;
	default:
		append_str(w, info.text);
		break;
	}
}

void gopm__descriptor_full_name(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address,
                                struct gopm__text *out)
{
	struct writer w = {symtab, reader, out, out->size + GOPM__TYPE_NAME_MAX};

	write_type_name(&w, address, 0);
}
