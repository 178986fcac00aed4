/* SPDX-License-Identifier: Apache-2.0 */
/* One function a kind. WITH_TYPE asks for the type name first, TOP is set for the outermost value only. */
#include "value/text.h"

#include <inttypes.h>
#include <stdio.h>

#include "value/chan_view.h"
#include "value/quote.h"

#define TOP 1u
#define WITH_TYPE 2u

struct writer {
	struct gopm__text *out;
	const struct gopm__context *context;
	bool delve; /* context->limits.delve */
};

static const char *type_name(const struct writer *w, const struct gopm__variable *v)
{
	if (v->type == NULL) {
		return "void";
	}
	return w->delve ? gopm__type_symbol(v->type).data : v->type->name.data;
}

static void write_variable(struct writer *w, const struct gopm__variable *v, unsigned flags);

/* True if the name is no Go expression: it has the path of a package, or a dot in the package's name. */
static bool needs_quotes(const struct writer *w, const struct gopm__variable *v, const char *name)
{
	const bool odd_name = v->type != NULL && !v->type->go && strpbrk(name, " :<") != NULL;

	return odd_name || strchr(name, '/') != NULL || (!w->delve && v->type != NULL && v->type->symbol.size != 0);
}

/* A name that needs quotes has them, so that the text is a valid expression. */
static void write_cast(struct writer *w, const char *before, const struct gopm__variable *v, const char *after,
                       uint64_t address)
{
	const char *name = type_name(w, v);

	gopm__text_str(w->out, before);
	if (needs_quotes(w, v, name)) {
		gopm__text_quoted(w->out, name, strlen(name));
	} else {
		gopm__text_str(w->out, name);
	}
	gopm__text_printf(w->out, "%s(0x%" PRIx64 ")", after, address);
}

/* "text", or "text"... if it goes on. */
static void write_c_string(struct writer *w, const struct gopm__variable *v)
{
	gopm__text_quoted(w->out, v->text.data, v->text.size);
	gopm__text_str(w->out, v->is_cut ? "..." : "");
}

static void write_pointer(struct writer *w, const struct gopm__variable *v, unsigned flags)
{
	if (v->child_count == 0) {
		gopm__text_str(w->out, "nil");
	} else if (v->has_string) {
		write_c_string(w, v);
	} else if (v->has_function) {
		gopm__text_add(w->out, v->text.data, v->text.size);
	} else if (v->children[0].only_address && v->children[0].address != 0) {
		write_cast(w, "(", v, ")", v->children[0].address);
	} else {
		gopm__text_str(w->out, "*");
		write_variable(w, &v->children[0], flags & ~TOP);
	}
}

/* Writes "...+N more" after the loaded children, or `none` if no child is loaded. */
static void write_rest(struct writer *w, uint64_t loaded, uint64_t all, const char *none)
{
	if (loaded == all) {
		return;
	}
	if (loaded == 0) {
		gopm__text_str(w->out, none);
	} else {
		gopm__text_printf(w->out, ",...+%" PRIu64 " more", all - loaded);
	}
}

static void write_elements(struct writer *w, const struct gopm__variable *v)
{
	if (v->has_string) {
		write_c_string(w, v);
		return;
	}
	if (v->kind == GOPM_KIND_ARRAY && v->real->as_bytes) {
		gopm__text_str(w->out, "as bytes ");
	}
	gopm__text_str(w->out, "[");
	for (size_t i = 0; i < v->child_count; i++) {
		write_variable(w, &v->children[i], 0);
		if (i + 1 != v->child_count) {
			gopm__text_str(w->out, ",");
		}
	}
	write_rest(w, v->child_count, (uint64_t)v->length, "...");
	gopm__text_str(w->out, "]");
}

static void write_slice(struct writer *w, const struct gopm__variable *v, unsigned flags)
{
	if ((flags & WITH_TYPE) != 0) {
		gopm__text_printf(w->out, "%s len: %" PRId64 ", cap: %" PRId64 ", ", type_name(w, v), v->length,
		                  v->capacity);
	}
	if (v->base == 0 && v->child_count == 0) {
		gopm__text_str(w->out, "nil");
	} else {
		write_elements(w, v);
	}
}

/* Elements in the order of their slots. One that is not in the slot after its predecessor has its index, as in a Go
 * array: "[7,4: 9]" has elements in the slots 0 and 4. */
static void write_buffer(struct writer *w, const struct gopm__variable *v, const struct gopm__chan_view *chan)
{
	uint64_t next = 0;

	gopm__text_str(w->out, "buf: [");
	for (size_t i = 0; i < chan->count; i++) {
		gopm__text_str(w->out, i != 0 ? "," : "");
		if (chan->slots[i] != next) {
			gopm__text_printf(w->out, "%" PRIu64 ": ", chan->slots[i]);
		}
		write_variable(w, &chan->elements[i], 0);
		next = chan->slots[i] + 1;
	}
	if (chan->unreadable != NULL) {
		gopm__text_printf(w->out, "(unreadable %s)", chan->unreadable);
	} else {
		write_rest(w, chan->count, (uint64_t)v->length, "...");
	}
	gopm__text_str(w->out, "]");
	if (chan->first != 0) {
		gopm__text_printf(w->out, ", recvx: %" PRIu64, chan->first);
	}
}

static void write_waiters(struct writer *w, const char *name, const struct gopm__waiters *waiters)
{
	gopm__text_printf(w->out, "%s: [", name);
	for (size_t i = 0; i < waiters->count; i++) {
		gopm__text_str(w->out, i != 0 ? ", " : "");
		if (waiters->ids[i] != 0) {
			gopm__text_printf(w->out, "goroutine %" PRIu64, waiters->ids[i]);
		} else {
			gopm__text_str(w->out, "goroutine ???");
		}
	}
	if (waiters->more != 0) {
		gopm__text_printf(w->out, ",...+%" PRIu64 "%s more", waiters->more, waiters->at_least ? " or" : "");
	}
	if (waiters->damage != NULL) {
		gopm__text_printf(w->out, "%s(unreadable %s)", waiters->count != 0 ? ", " : "", waiters->damage);
	}
	gopm__text_str(w->out, "]");
}

static bool has_waiters(const struct gopm__waiters *waiters)
{
	return waiters->count != 0 || waiters->damage != NULL;
}

/* The contents of a channel, by the names of hchan's fields. */
static void write_chan(struct writer *w, const struct gopm__variable *v)
{
	const struct gopm__chan_view *chan = v->chan;
	const char *separator = " {";

	if (v->length != 0) {
		gopm__text_str(w->out, separator);
		write_buffer(w, v, chan);
		separator = ", ";
	}
	if (has_waiters(&chan->receivers)) {
		gopm__text_str(w->out, separator);
		write_waiters(w, "recvq", &chan->receivers);
		separator = ", ";
	}
	if (has_waiters(&chan->senders)) {
		gopm__text_str(w->out, separator);
		write_waiters(w, "sendq", &chan->senders);
		separator = ", ";
	}
	if (chan->closed) {
		gopm__text_str(w->out, separator);
		gopm__text_str(w->out, "closed");
		separator = ", ";
	}
	if (separator[0] == ',') {
		gopm__text_str(w->out, "}");
	}
}

/* A container, by what it holds. */
static void write_content(struct writer *w, const struct gopm__variable *v, unsigned flags)
{
	const struct gopm__variable *content = v->content;
	bool typed = content->kind == GOPM_KIND_POINTER || content->kind == GOPM_KIND_INTERFACE;

	if ((flags & WITH_TYPE) != 0) {
		gopm__text_printf(w->out, "%s ", type_name(w, v));
	}
	write_variable(w, content, typed ? WITH_TYPE : 0);
}

static void write_struct(struct writer *w, const struct gopm__variable *v, unsigned flags)
{
	gopm_str text = w->delve ? v->text : v->readable;
	if (text.size != 0) {
		gopm__text_printf(w->out, "%s(%s)", type_name(w, v), text.data);
		flags &= ~WITH_TYPE;
		if (v->child_count == 0) {
			return;
		}
	}
	if (!w->delve && v->content != NULL) {
		write_content(w, v, flags);
		return;
	}
	if (v->child_count == 0 && v->length != 0) {
		write_cast(w, "(*", v, ")", v->address);
		return;
	}
	if ((flags & WITH_TYPE) != 0) {
		gopm__text_printf(w->out, "%s ", type_name(w, v));
	}
	gopm__text_str(w->out, "{");
	for (size_t i = 0; i < v->child_count; i++) {
		/* A member of C without a name has the names of its own members. */
		gopm__text_add(w->out, v->children[i].name.data, v->children[i].name.size);
		gopm__text_str(w->out, v->children[i].name.size != 0 ? ": " : "");
		write_variable(w, &v->children[i], v->children[i].name.size != 0 ? WITH_TYPE : 0);
		if (i + 1 != v->child_count) {
			gopm__text_str(w->out, ", ");
		}
	}
	write_rest(w, v->child_count, (uint64_t)v->length, "");
	gopm__text_str(w->out, "}");
}

static void write_map(struct writer *w, const struct gopm__variable *v, unsigned flags)
{
	if ((flags & WITH_TYPE) != 0) {
		gopm__text_printf(w->out, "%s ", type_name(w, v));
	}
	if (v->base == 0 && v->child_count == 0) {
		gopm__text_str(w->out, "nil");
		return;
	}
	gopm__text_str(w->out, "[");
	for (size_t i = 0; i + 1 < v->child_count; i += 2) {
		write_variable(w, &v->children[i], 0);
		gopm__text_str(w->out, ": ");
		write_variable(w, &v->children[i + 1], 0);
		gopm__text_str(w->out, ", ");
	}
	write_rest(w, v->child_count / 2, (uint64_t)v->length, "...");
	gopm__text_str(w->out, "]");
}

static void write_interface(struct writer *w, const struct gopm__variable *v, unsigned flags)
{
	if (v->address == 0 || v->child_count == 0) {
		gopm__text_str(w->out, "nil");
		return;
	}
	const struct gopm__variable *data = &v->children[0];
	unsigned inner = (flags & WITH_TYPE) != 0 ? 0 : WITH_TYPE;
	if ((flags & WITH_TYPE) != 0) {
		if (data->kind == GOPM_KIND_INVALID) {
			gopm__text_printf(w->out, "%s ", type_name(w, v));
			if (data->address == 0) {
				gopm__text_str(w->out, "nil");
				return;
			}
		} else {
			gopm__text_printf(w->out, "%s(%s) ", type_name(w, v), type_name(w, data));
		}
	}
	if (data->kind == GOPM_KIND_POINTER) {
		if (data->child_count == 0) {
			gopm__text_str(w->out, "...");
		} else if (data->children[0].address == 0) {
			gopm__text_str(w->out, "nil");
		} else if (data->children[0].only_address) {
			gopm__text_printf(w->out, "0x%" PRIx64, data->address);
		} else {
			write_variable(w, data, inner);
		}
	} else if (data->only_address) {
		write_cast(w, "*(*", v, ")", v->address);
	} else {
		write_variable(w, data, inner);
	}
}

static void write_string(struct writer *w, const struct gopm__variable *v)
{
	if (v->text.size == (uint64_t)v->length) {
		gopm__text_quoted(w->out, v->text.data, v->text.size);
		return;
	}
	struct gopm__text cut = {0};
	gopm__text_add(&cut, v->text.data, v->text.size);
	gopm__text_printf(&cut, "...+%" PRIu64 " more", (uint64_t)v->length - v->text.size);
	gopm__text_quoted(w->out, cut.data, cut.size);
	w->out->failed = w->out->failed || cut.failed;
	gopm__text_free(&cut);
}

static void write_number(struct writer *w, const struct gopm__variable *v)
{
	unsigned bits = v->kind == GOPM_KIND_FLOAT32 || v->kind == GOPM_KIND_COMPLEX64 ? 32 : 64;

	if (!v->has_value) {
		gopm__text_str(w->out, "(unknown)");
		return;
	}
	switch (v->real->class_) {
	case GOPM__TYPE_BOOL:
		gopm__text_str(w->out, v->integer != 0 ? "true" : "false");
		return;
	case GOPM__TYPE_FLOAT:
		gopm__text_float(w->out, v->real_part, bits);
		return;
	case GOPM__TYPE_COMPLEX:
		gopm__text_str(w->out, "(");
		gopm__text_float(w->out, v->real_part, bits);
		gopm__text_str(w->out, " + ");
		gopm__text_float(w->out, v->imaginary_part, bits);
		gopm__text_str(w->out, "i)");
		return;
	default:
		break;
	}
	gopm_str name = !w->delve && v->readable.size != 0 ? v->readable : v->text;
	if (name.size != 0) {
		gopm__text_printf(w->out, "%s (", name.data);
	}
	if (v->real->word) {
		gopm__text_printf(w->out, "0x%" PRIx64, v->uinteger);
	} else if (v->real->class_ == GOPM__TYPE_INT) {
		gopm__text_printf(w->out, "%" PRId64, v->integer);
	} else {
		gopm__text_printf(w->out, "%" PRIu64, v->uinteger);
	}
	if (name.size != 0) {
		gopm__text_str(w->out, ")");
	}
}

static void write_function(struct writer *w, const struct gopm__variable *v)
{
	gopm_str name =
	    w->delve && w->context->symtab != NULL ? gopm__symtab_symbol(w->context->symtab, v->text) : v->text;

	gopm__text_add(w->out, name.data, name.size);
}

static bool has_text(const struct gopm__variable *v)
{
	return v->has_value && (v->kind == GOPM_KIND_STRING || v->kind == GOPM_KIND_FUNC ? v->text.size != 0 : true);
}

static void write_variable(struct writer *w, const struct gopm__variable *v, unsigned flags)
{
	if (v->unreadable != NULL) {
		gopm__text_printf(w->out, "(unreadable %s)", v->unreadable);
		return;
	}
	if ((flags & TOP) == 0 && v->address == 0 && !has_text(v)) {
		if ((flags & WITH_TYPE) != 0 && strcmp(type_name(w, v), "void") != 0) {
			gopm__text_printf(w->out, "%s nil", type_name(w, v));
		} else {
			gopm__text_str(w->out, "nil");
		}
		return;
	}
	switch (v->kind) {
	case GOPM_KIND_SLICE:
		write_slice(w, v, flags);
		break;
	case GOPM_KIND_ARRAY:
		if ((flags & WITH_TYPE) != 0) {
			gopm__text_printf(w->out, "%s ", type_name(w, v));
		}
		write_elements(w, v);
		break;
	case GOPM_KIND_POINTER:
		write_pointer(w, v, flags);
		break;
	case GOPM_KIND_UNSAFE_POINTER:
		if (v->child_count == 0) {
			gopm__text_str(w->out, "unsafe.Pointer(nil)");
		} else {
			gopm__text_printf(w->out, "unsafe.Pointer(0x%" PRIx64 ")", v->children[0].address);
		}
		break;
	case GOPM_KIND_CHAN:
		if (v->base == 0) {
			gopm__text_printf(w->out, "%s nil", type_name(w, v));
		} else {
			gopm__text_printf(w->out, "%s %" PRId64 "/%" PRId64, type_name(w, v), v->length, v->capacity);
			if (!w->delve && v->chan != NULL) {
				write_chan(w, v);
			}
		}
		break;
	case GOPM_KIND_STRUCT:
		write_struct(w, v, flags);
		break;
	case GOPM_KIND_INTERFACE:
		write_interface(w, v, flags);
		break;
	case GOPM_KIND_MAP:
		write_map(w, v, flags);
		break;
	case GOPM_KIND_FUNC:
		if (v->text.size == 0) {
			gopm__text_str(w->out, "nil");
		} else {
			write_function(w, v);
		}
		break;
	case GOPM_KIND_STRING:
		write_string(w, v);
		break;
	default:
		write_number(w, v);
		break;
	}
}

/* Shortens the text to `most` bytes, the last of which say that it was cut. */
static void add_cut(struct gopm__text *text, uint64_t most)
{
	char cut[64];
	size_t size = (size_t)snprintf(cut, sizeof cut, "... (cut: limit of %" PRIu64 " bytes)", most);

	gopm__text_shorten(text, most > size ? (size_t)most - size : 0);
	gopm__text_add(text, cut, size);
}

void gopm__variable_text(struct gopm__text *text, const struct gopm__context *context, const struct gopm__variable *v)
{
	struct writer w = {text, context, context->limits.delve};

	uint64_t most = context->limits.max_bytes;
	text->limit = most < SIZE_MAX ? (size_t)most : 0;
	text->cut = false;
	write_variable(&w, v, TOP | WITH_TYPE);
	text->limit = 0;
	if (text->cut) {
		text->cut = false;
		add_cut(text, most);
	}
}

void gopm__variable_text_cut(struct gopm__text *text, uint64_t most)
{
	if (most != 0 && text->size > most) {
		add_cut(text, most);
	}
}
