/* SPDX-License-Identifier: Apache-2.0 */
/* Opens each variable as far as Delve does, and writes its members in Delve's order. */
#include "export/value_json.h"

#include <inttypes.h>
#include <math.h>

#include "type/synthetic.h"
#include "util/escape.h"
#include "util/utf8.h"
#include "value/chan.h"
#include "value/closure.h"
#include "value/quote.h"
#include "value/text.h"

/* Limit of nested channels. Delve opens every channel; one that contains itself would never end. */
#define MAX_CHANNELS 4
/* The text may have this part of the bytes that the JSON may have, `text` included. */
#define TEXT_SHARE 4
/* Bits of Delve's VariableFlags. */
#define DELVE_ESCAPED 1
#define DELVE_SHADOWED 2
#define DELVE_CONSTANT 4
#define DELVE_ARGUMENT 8
#define DELVE_RESULT 16
#define DELVE_FAKE_ADDRESS 32

struct json_writer {
	struct gopm__text *out;
	struct gopm__context *context;
	unsigned flags;
	unsigned channels; /* channels around the current variable */
	bool delve;        /* only what Delve has */
	size_t limit;      /* of out->size: no child is written after it; 0: no limit */
	bool cut;          /* some are left out */
};

static void write_variable(struct json_writer *w, const struct gopm__variable *v, const struct gopm__variable *parent);

static const char *type_name(const struct json_writer *w, const struct gopm__type *type)
{
	return w->delve ? gopm__type_symbol(type).data : type->name.data;
}

/* The most bytes of JSON for a byte of a string: as an escape, and in base64. */
#define MOST_FOR_A_BYTE 8

static bool is_over_limit(const struct json_writer *w)
{
	return w->limit != 0 && w->out->size >= w->limit;
}

/* As much of the string as fits. */
static gopm_str fitting(struct json_writer *w, gopm_str str)
{
	size_t room = w->limit == 0 ? SIZE_MAX : is_over_limit(w) ? 0 : (w->limit - w->out->size) / MOST_FOR_A_BYTE;

	if (str.size > room) {
		w->cut = true;
		str.size = room;
		/* No part of a rune: bytes 0x80 to 0xbf continue one. */
		while (str.size > 0 && ((unsigned char)str.data[str.size] & 0xc0) == 0x80) {
			str.size--;
		}
	}
	return str;
}

/* Writes a string as Go's encoding/json does: an invalid byte becomes U+FFFD. */
static void write_string(struct gopm__text *out, gopm_str str)
{
	gopm__text_add(out, "\"", 1);
	gopm__text_escaped(out, str, GOPM_ESCAPE_JSON);
	gopm__text_add(out, "\"", 1);
}

static bool is_utf8(gopm_str str)
{
	uint32_t rune;

	for (size_t i = 0; i < str.size;) {
		unsigned length = gopm__decode_rune((const unsigned char *)str.data + i, str.size - i, &rune);
		if (length == 0) {
			return false;
		}
		i += length;
	}
	return true;
}

static void write_string_member(struct gopm__text *out, const char *name, const char *value)
{
	gopm__text_add(out, ",\"", 2);
	gopm__text_str(out, name);
	gopm__text_add(out, "\":", 2);
	write_string(out, (gopm_str){value, strlen(value)});
}

static void write_base64(struct gopm__text *out, gopm_str bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.size; i += 3) {
		size_t left = bytes.size - i;
		uint32_t word = (uint32_t)(unsigned char)bytes.data[i] << 16;
		char text[5] = "====";

		word |= left > 1 ? (uint32_t)(unsigned char)bytes.data[i + 1] << 8 : 0;
		word |= left > 2 ? (uint32_t)(unsigned char)bytes.data[i + 2] : 0;
		for (unsigned digit = 0; digit < 4 && digit <= left; digit++) {
			text[digit] = digits[word >> (18 - 6 * digit) & 63];
		}
		gopm__text_str(out, text);
	}
}

/* Delve gives all signed integers one kind, and all unsigned ones another. */
static uint32_t delve_kind(uint32_t kind)
{
	if (kind > GOPM_KIND_INT && kind <= GOPM_KIND_INT64) {
		return GOPM_KIND_INT;
	}
	return kind > GOPM_KIND_UINT && kind <= GOPM_KIND_UINTPTR ? GOPM_KIND_UINT : kind;
}

static bool is_made(const struct gopm__variable *v)
{
	return v->bytes != NULL && v->bytes->synthetic;
}

static unsigned delve_flags(const struct gopm__variable *v)
{
	/* A constant without a type. */
	unsigned flags = is_made(v) && v->type != NULL && v->type->name.size == 0 ? DELVE_CONSTANT : 0;

	flags |= (v->flags & GOPM_VAR_ESCAPED) != 0 ? DELVE_ESCAPED : 0;
	flags |= (v->flags & GOPM_VAR_SHADOWED) != 0 ? DELVE_SHADOWED : 0;
	flags |= (v->flags & GOPM_VAR_ARGUMENT) != 0 ? DELVE_ARGUMENT : 0;
	flags |= (v->flags & GOPM_VAR_RESULT) != 0 ? DELVE_RESULT : 0;
	return flags;
}

static bool is_complex(const struct gopm__variable *v)
{
	return v->kind == GOPM_KIND_COMPLEX64 || v->kind == GOPM_KIND_COMPLEX128;
}

static unsigned float_bits(const struct gopm__variable *v)
{
	return v->kind == GOPM_KIND_FLOAT32 || v->kind == GOPM_KIND_COMPLEX64 ? 32 : 64;
}

/* Writes an integer, with the name of its constant if it has one: "KindSet (2)". */
static void write_integer(struct gopm__text *out, const struct gopm__variable *v)
{
	gopm__text_escaped(out, v->text, GOPM_ESCAPE_JSON);
	gopm__text_str(out, v->text.size != 0 ? " (" : "");
	if (v->real->class_ == GOPM__TYPE_INT) {
		gopm__text_i64(out, v->integer);
	} else {
		gopm__text_u64(out, v->uinteger);
	}
	gopm__text_str(out, v->text.size != 0 ? ")" : "");
}

static void write_value(struct json_writer *w, const struct gopm__variable *v)
{
	struct gopm__text *out = w->out;

	gopm__text_str(out, ",\"value\":");
	if (v->unreadable == NULL &&
	    (v->kind == GOPM_KIND_STRING || v->kind == GOPM_KIND_FUNC || v->kind == GOPM_KIND_STRUCT)) {
		gopm_str text = v->kind == GOPM_KIND_STRING ? fitting(w, v->text) : v->text;
		if (w->delve && v->kind == GOPM_KIND_FUNC && w->context->symtab != NULL) {
			text = gopm__symtab_symbol(w->context->symtab, text);
		}
		write_string(out, text);
		if (v->kind == GOPM_KIND_STRING && !is_utf8(text)) {
			gopm__text_str(out, ",\"StringValueBytes\":\"");
			write_base64(out, text);
			gopm__text_str(out, "\"");
		}
		return;
	}
	gopm__text_str(out, "\"");
	if (v->has_value && v->unreadable == NULL && v->real != NULL) {
		if (v->kind == GOPM_KIND_POINTER || v->kind == GOPM_KIND_UNSAFE_POINTER) {
			gopm__text_u64(out, v->uinteger);
		} else if (v->real->class_ == GOPM__TYPE_BOOL) {
			gopm__text_str(out, v->integer != 0 ? "true" : "false");
		} else if (v->real->class_ == GOPM__TYPE_FLOAT) {
			gopm__text_float(out, v->real_part, float_bits(v));
		} else if (is_complex(v)) {
			gopm__text_printf(out, "(%.6g + %.6gi)", v->real_part, v->imaginary_part);
		} else if (v->real->class_ == GOPM__TYPE_INT || v->real->class_ == GOPM__TYPE_UINT) {
			write_integer(out, v);
		}
	}
	gopm__text_str(out, "\"");
}

/* Writes the children of a complex number. They are not variables in memory. */
static void write_parts(struct json_writer *w, const struct gopm__variable *v)
{
	static const char *const names[] = {"real", "imaginary"};
	const double parts[] = {v->real_part, v->imaginary_part};

	for (unsigned i = 0; i < 2; i++) {
		gopm__text_printf(w->out,
		                  "%s{\"name\":\"%s\",\"addr\":0,\"onlyAddr\":false,\"type\":\"\",\"realType\":\"\","
		                  "\"flags\":0,\"kind\":%d,\"value\":\"",
		                  i != 0 ? "," : "", names[i],
		                  v->kind == GOPM_KIND_COMPLEX64 ? GOPM_KIND_FLOAT32 : GOPM_KIND_FLOAT64);
		if (v->has_value && v->unreadable == NULL) {
			gopm__text_float(w->out, parts[i], float_bits(v));
		} else {
			gopm__text_str(w->out, "nil");
		}
		gopm__text_str(w->out,
		               "\",\"len\":0,\"cap\":0,\"children\":[],\"base\":0,\"unreadable\":\"\",\"DeclLine\":0}");
	}
}

/* Loads the header of a channel as a struct. Its field `buf` becomes a pointer to an array of the channel's
 * elements. */
static bool open_channel(struct json_writer *w, const struct gopm__variable *v, struct gopm__variable *out)
{
	struct gopm__context *context = w->context;
	const struct gopm__limits kept = context->limits;
	const struct gopm__limits whole = {.max_depth = 1,
	                                   .max_string = 64,
	                                   .max_elements = w->delve || kept.max_elements < 64 ? 64 : kept.max_elements,
	                                   .max_fields = UINT64_MAX,
	                                   .max_bytes = kept.max_bytes,
	                                   .exact_only = kept.exact_only,
	                                   .delve = w->delve};
	const struct gopm__type *header = gopm__type_header(context->types, v->real);

	if (v->base == 0 || header == NULL || w->channels >= MAX_CHANNELS) {
		return false;
	}
	context->limits = whole;
	gopm__variable_init(context, out, (gopm_str){"", 0}, v->base, header, NULL);
	gopm__variable_load(context, out, 0);
	for (size_t i = 0; i < out->child_count; i++) {
		struct gopm__variable *field = &out->children[i];

		if (field->name.size == 3 && memcmp(field->name.data, "buf", 3) == 0) {
			struct gopm__variable buffer;
			if (gopm__chan_buffer(context, v, &buffer)) {
				*field = buffer;
				gopm__variable_load(context, field, 1);
			}
		}
	}
	context->limits = kept;
	return true;
}

/* Writes the last child, which says that others are left out. */
static void write_cut(struct json_writer *w)
{
	w->cut = true;
	gopm__text_str(w->out,
	               "{\"name\":\"\",\"addr\":0,\"onlyAddr\":true,\"type\":\"\",\"realType\":\"\",\"flags\":0,"
	               "\"kind\":0,\"value\":\"\",\"len\":0,\"cap\":0,\"children\":[],\"base\":0,\"unreadable\":\"");
	gopm__text_printf(w->out, "cut: limit of %" PRIu64 " bytes\",\"DeclLine\":0}", w->context->limits.max_bytes);
}

static void write_list(struct json_writer *w, const struct gopm__variable *v, const struct gopm__variable *parent)
{
	gopm__text_str(w->out, ",\"children\":[");
	for (size_t i = 0; i < v->child_count && !(w->cut && is_over_limit(w)); i++) {
		gopm__text_str(w->out, i != 0 ? "," : "");
		if (is_over_limit(w)) {
			write_cut(w);
			break;
		}
		write_variable(w, &v->children[i], parent);
	}
	gopm__text_str(w->out, "]");
}

/* A variable with the parts that only the JSON form needs. */
struct opened_variable {
	struct gopm__variable v;
	struct gopm__variable header; /* of a channel */
	struct gopm__variable target; /* of an unsafe.Pointer */
	int64_t length, capacity;
	uint64_t base;
	bool channel;
};

static void open_closure(struct json_writer *w, struct gopm__variable *v)
{
	/* Do not change the children of the loaded variable, which this is a copy of. */
	v->children = NULL;
	v->child_count = 0;
	gopm__closure_children(w->context, v);
	if (v->level > w->context->limits.max_depth) {
		return;
	}
	for (size_t i = 0; i < v->child_count; i++) {
		gopm__variable_load(w->context, &v->children[i], v->level + 1);
	}
}

static void open_variable(struct json_writer *w, const struct gopm__variable *v, struct opened_variable *out)
{
	*out = (struct opened_variable){.v = *v, .length = v->length, .capacity = v->capacity, .base = v->base};
	if (is_made(v) && gopm__variable_contents(v) != NULL) {
		out->base = 0;
	}
	switch (v->kind) {
	case GOPM_KIND_POINTER:
	case GOPM_KIND_UNSAFE_POINTER:
		out->length = v->child_count != 0 ? 1 : 0;
		if (v->kind == GOPM_KIND_UNSAFE_POINTER && v->child_count != 0) {
			out->target = v->children[0];
			out->v.children = &out->target;
			gopm__variable_load(w->context, &out->target, v->level);
		}
		break;
	case GOPM_KIND_CHAN:
		out->length = out->capacity = 0;
		out->channel = v->loaded && v->unreadable == NULL && open_channel(w, v, &out->header);
		out->length = out->channel ? out->header.length : 0;
		break;
	case GOPM_KIND_FUNC:
		out->base = v->uinteger;
		if (v->loaded && v->unreadable == NULL && v->uinteger != 0) {
			open_closure(w, &out->v);
			out->length = (int64_t)out->v.child_count;
			out->v.child_count = v->level > w->context->limits.max_depth ? 0 : out->v.child_count;
		}
		break;
	case GOPM_KIND_COMPLEX64:
	case GOPM_KIND_COMPLEX128:
		out->length = 2;
		break;
	case GOPM_KIND_ARRAY:
		if (v->address == 0 && v->real != NULL) {
			out->length = out->capacity = v->real->count;
		}
		break;
	default:
		break;
	}
}

static void write_children(struct json_writer *w, const struct gopm__variable *v, const struct opened_variable *opened)
{
	if (opened->channel) {
		w->channels++;
		write_list(w, &opened->header, v);
		w->channels--;
	} else if (is_complex(v)) {
		gopm__text_str(w->out, ",\"children\":[");
		write_parts(w, v);
		gopm__text_str(w->out, "]");
	} else {
		write_list(w, &opened->v, v);
	}
}

static const char *provenance_name(uint32_t from)
{
	static const char *const names[] = {
	    [GOPM_FROM_EXACT] = "exact",
	    [GOPM_FROM_RUNTIME] = "runtime",
	    [GOPM_FROM_RECOVERED] = "recovered",
	    [GOPM_FROM_STALE] = "stale-possible",
	};
	return from < sizeof names / sizeof names[0] ? names[from] : NULL;
}

static void write_own_members(struct json_writer *w, const struct gopm__variable *v,
                              const struct gopm__variable *parent)
{
	struct gopm__text text = {0};
	const char *from = provenance_name(v->provenance);

	if (v->unreadable == NULL && from != NULL && (parent == NULL || parent->provenance != v->provenance)) {
		write_string_member(w->out, "provenance", from);
		write_string_member(w->out, "origin", v->origin != NULL ? v->origin : "");
	}
	if (parent == NULL) {
		struct gopm__context context = *w->context;
		context.limits.max_bytes /= TEXT_SHARE;
		gopm__variable_text(&text, &context, v);
		gopm__text_str(w->out, ",\"text\":");
		write_string(w->out, (gopm_str){text.data != NULL ? text.data : "", text.size});
		w->out->failed |= text.failed;
		gopm__text_free(&text);
	}
	if (!w->delve && v->readable.size != 0 && v->unreadable == NULL) {
		gopm__text_str(w->out, ",\"readable\":\"");
		gopm__text_add(w->out, v->readable.data, v->readable.size);
		gopm__text_str(w->out, "\"");
	}
	if (!w->delve && (v->has_string || v->has_function) && v->unreadable == NULL) {
		gopm__text_str(w->out, v->has_string ? ",\"string\":" : ",\"function\":");
		write_string(w->out, fitting(w, v->text));
	}
	if (!w->delve && v->content != NULL && !is_over_limit(w)) {
		gopm__text_str(w->out, ",\"content\":");
		write_variable(w, v->content, v);
	}
	if (parent == NULL && w->cut) {
		gopm__text_str(w->out, ",\"cut\":true");
	}
}

static void write_variable(struct json_writer *w, const struct gopm__variable *v, const struct gopm__variable *parent)
{
	struct gopm__text *out = w->out;
	struct opened_variable opened;
	/* Delve's flag for a variable in registers. Its parts do not have it. */
	const bool bits = v->bytes != NULL && v->bytes->bit_field;
	bool fake = parent == NULL && v->bytes != NULL && !is_made(v) && !bits && v->unreadable == NULL;
	/* A value that an expression computed has no address, nor has a bit field. */
	uint64_t address = is_made(v) || bits ? 0 : v->address;

	open_variable(w, v, &opened);
	gopm__text_str(out, "{\"name\":");
	write_string(out, w->delve && v->symbol.size != 0 ? v->symbol : v->name);
	gopm__text_str(out, ",\"addr\":");
	gopm__text_u64(out, address);
	gopm__text_str(out, v->only_address ? ",\"onlyAddr\":true" : ",\"onlyAddr\":false");
	write_string_member(out, "type", v->type != NULL ? type_name(w, v->type) : "void");
	write_string_member(out, "realType", v->real != NULL ? type_name(w, v->real) : v->type != NULL ? "" : "void");
	gopm__text_str(out, ",\"flags\":");
	gopm__text_u64(out, delve_flags(v) | (fake ? DELVE_FAKE_ADDRESS : 0));
	gopm__text_str(out, ",\"kind\":");
	gopm__text_u64(out, delve_kind(v->kind));
	write_value(w, v);
	gopm__text_str(out, ",\"len\":");
	gopm__text_i64(out, opened.length);
	gopm__text_str(out, ",\"cap\":");
	gopm__text_i64(out, opened.capacity);
	write_children(w, v, &opened);
	gopm__text_str(out, ",\"base\":");
	gopm__text_u64(out, opened.base);
	write_string_member(out, "unreadable", v->unreadable != NULL ? v->unreadable : "");
	gopm__text_str(out, ",\"DeclLine\":");
	gopm__text_i64(out, v->decl_line);
	if ((w->flags & GOPM__VALUE_JSON_OURS) != 0) {
		write_own_members(w, v, parent);
	}
	gopm__text_str(out, "}");
}

void gopm__variable_json(struct gopm__text *out, struct gopm__context *context, const struct gopm__variable *v,
                         unsigned flags)
{
	struct json_writer w = {.out = out, .context = context, .flags = flags};
	uint64_t most = context->limits.max_bytes - context->limits.max_bytes / TEXT_SHARE;

	w.delve = (flags & GOPM__VALUE_JSON_OURS) == 0 || context->limits.delve;
	w.limit = most != 0 && most < SIZE_MAX - out->size ? out->size + (size_t)most : 0;
	write_variable(&w, v, NULL);
}
