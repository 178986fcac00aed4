/* SPDX-License-Identifier: Apache-2.0 */
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

static void write_type(struct writer *w, uint64_t address, unsigned depth);

static void add(struct writer *w, gopm_str text)
{
	if (w->out->size + text.size <= w->limit) {
		gopm__text_add(w->out, text.data, text.size);
	}
}

static void add_text(struct writer *w, const char *text)
{
	add(w, (gopm_str){text, strlen(text)});
}

/* A path as the linker writes it (cmd/internal/objabi, PathToPrefix): "gopkg.in/yaml%2ev3". */
static void add_path(struct writer *w, gopm_str path)
{
	size_t last = path.size;

	while (last != 0 && path.data[last - 1] != '/') {
		last--;
	}
	for (size_t i = 0; i < path.size; i++) {
		unsigned char byte = (unsigned char)path.data[i];
		char escaped[4];
		if (byte <= ' ' || (byte == '.' && i >= last) || byte == '%' || byte == '"' || byte >= 0x7f) {
			(void)snprintf(escaped, sizeof escaped, "%%%02x", byte);
			add_text(w, escaped);
		} else {
			add(w, (gopm_str){path.data + i, 1});
		}
	}
}

/* "net/http" and "http.Server": the text begins with the name of the package, not with its path. */
static void write_defined(struct writer *w, const struct gopm__descriptor *info)
{
	size_t dot = 0;

	while (dot < info->text.size && info->text.data[dot] != '.' && info->text.data[dot] != '[') {
		dot++;
	}
	if (info->package.size == 0 || dot == info->text.size || info->text.data[dot] != '.') {
		add(w, info->text);
		return;
	}
	add_path(w, info->package);
	add(w, (gopm_str){info->text.data + dot, info->text.size - dot});
}

static void write_signature(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	add_text(w, "(");
	for (unsigned i = 0; i < info->in && w->out->size < w->limit; i++) {
		add_text(w, i != 0 ? ", " : "");
		uint64_t type = gopm__descriptor_parameter(w->reader, info, i);
		if (info->variadic && i + 1 == info->in) {
			struct gopm__descriptor slice;
			add_text(w, "...");
			type = gopm__descriptor_read(w->symtab, w->reader, type, &slice) ? slice.elem : 0;
		}
		write_type(w, type, depth);
	}
	add_text(w, info->out == 0 ? ")" : info->out == 1 ? ") " : ") (");
	for (unsigned i = 0; i < info->out && w->out->size < w->limit; i++) {
		add_text(w, i != 0 ? ", " : "");
		write_type(w, gopm__descriptor_parameter(w->reader, info, info->in + i), depth);
	}
	add_text(w, info->out > 1 ? ")" : "");
}

/* Of a literal: private names belong to a package. */
static void write_package(struct writer *w, gopm_str package)
{
	add_path(w, package);
	add_text(w, package.size != 0 ? "." : "");
}

static void write_tag(struct writer *w, gopm_str tag)
{
	if (tag.size == 0) {
		return;
	}
	add_text(w, " \"");
	for (size_t i = 0; i < tag.size; i++) {
		add_text(w, tag.data[i] == '"' || tag.data[i] == '\\' ? "\\" : "");
		add(w, (gopm_str){tag.data + i, 1});
	}
	add_text(w, "\"");
}

static void write_struct(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	struct gopm__typedesc_field field;
	gopm_str package = {"", 0};
	unsigned flags;

	if (info->literal != 0) {
		(void)gopm__typedesc_read_name(w->reader, &info->module->types, info->literal, &package, &flags);
	}
	add_text(w, info->field_count != 0 ? "struct { " : "struct {");
	for (uint64_t i = 0; i < info->field_count && w->out->size < w->limit; i++) {
		add_text(w, i != 0 ? "; " : "");
		if (!gopm__descriptor_field(w->reader, info, i, &field)) {
			add_text(w, "?");
			break;
		}
		if (!field.embedded) {
			write_package(w, field.exported ? (gopm_str){"", 0} : package);
			add(w, field.name);
			add_text(w, " ");
		}
		write_type(w, field.type, depth);
		write_tag(w, gopm__descriptor_tag(w->reader, info, i));
	}
	add_text(w, info->field_count != 0 ? " }" : "}");
}

static void write_interface(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	struct gopm__descriptor_method method;
	struct gopm__descriptor func;

	add_text(w, info->method_count != 0 ? "interface { " : "interface {");
	for (uint64_t i = 0; i < info->method_count && w->out->size < w->limit; i++) {
		add_text(w, i != 0 ? "; " : "");
		if (!gopm__descriptor_method(w->reader, info, i, &method)) {
			add_text(w, "?");
			break;
		}
		write_package(w, method.package);
		add(w, method.name);
		if (gopm__descriptor_read(w->symtab, w->reader, method.type, &func) && func.kind == GOPM_KIND_FUNC) {
			write_signature(w, &func, depth);
		} else {
			add_text(w, "(?)");
		}
	}
	add_text(w, info->method_count != 0 ? " }" : "}");
}

static void write_chan(struct writer *w, const struct gopm__descriptor *info, unsigned depth)
{
	struct gopm__descriptor elem;
	bool both = info->direction == 3;
	/* "chan (<-chan int)": else the arrow would belong to the outer one. */
	bool brackets = both && gopm__descriptor_read(w->symtab, w->reader, info->elem, &elem) && !elem.named &&
	                elem.kind == GOPM_KIND_CHAN && elem.direction == 1;

	add_text(w, info->direction == 1 ? "<-chan " : both ? "chan " : "chan<- ");
	add_text(w, brackets ? "(" : "");
	write_type(w, info->elem, depth);
	add_text(w, brackets ? ")" : "");
}

static void write_type(struct writer *w, uint64_t address, unsigned depth)
{
	struct gopm__descriptor info;
	char number[32];

	if (depth >= MAX_DEPTH || w->out->size >= w->limit) {
		add_text(w, "...");
		return;
	}
	if (!gopm__descriptor_read(w->symtab, w->reader, address, &info)) {
		add_text(w, "?");
		return;
	}
	if (info.named) {
		write_defined(w, &info);
		return;
	}
	depth++;
	switch (info.kind) {
	case GOPM_KIND_POINTER:
		add_text(w, "*");
		write_type(w, info.elem, depth);
		break;
	case GOPM_KIND_SLICE:
		add_text(w, "[]");
		write_type(w, info.elem, depth);
		break;
	case GOPM_KIND_ARRAY:
		(void)snprintf(number, sizeof number, "[%" PRIu64 "]", info.length);
		add_text(w, number);
		write_type(w, info.elem, depth);
		break;
	case GOPM_KIND_MAP:
		add_text(w, "map[");
		write_type(w, info.key, depth);
		add_text(w, "]");
		write_type(w, info.elem, depth);
		break;
	case GOPM_KIND_CHAN:
		write_chan(w, &info, depth);
		break;
	case GOPM_KIND_FUNC:
		add_text(w, "func");
		write_signature(w, &info, depth);
		break;
	case GOPM_KIND_STRUCT:
		write_struct(w, &info, depth);
		break;
	case GOPM_KIND_INTERFACE:
		write_interface(w, &info, depth);
		break;
	default:
		add(w, info.text);
		break;
	}
}

void gopm__descriptor_full_name(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address,
                                struct gopm__text *out)
{
	struct writer w = {symtab, reader, out, out->size + GOPM__TYPE_NAME_MAX};

	write_type(&w, address, 0);
}
