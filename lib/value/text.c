/* SPDX-License-Identifier: Apache-2.0 */
/* One function a kind. WITH_TYPE asks for the type name first, TOP is set for the outermost value only. */
#include "value/text.h"

#include <inttypes.h>

#include "value/quote.h"

#define TOP 1u
#define WITH_TYPE 2u

static const char *type_name(const struct gopm__variable *v)
{
	return v->type != NULL ? v->type->name.data : "void";
}

static void write_variable(struct gopm__text *out, const struct gopm__variable *v, unsigned flags);

/* A name with a slash is quoted, so that the text is a valid expression. */
static void write_cast(struct gopm__text *out, const char *before, const struct gopm__variable *v, const char *after,
                       uint64_t address)
{
	const char *name = type_name(v);

	gopm__text_str(out, before);
	if (strchr(name, '/') != NULL) {
		gopm__text_quoted(out, name, strlen(name));
	} else {
		gopm__text_str(out, name);
	}
	gopm__text_printf(out, "%s(0x%" PRIx64 ")", after, address);
}

static void write_pointer(struct gopm__text *out, const struct gopm__variable *v, unsigned flags)
{
	if (v->child_count == 0) {
		gopm__text_str(out, "nil");
	} else if (v->children[0].only_address && v->children[0].address != 0) {
		write_cast(out, "(", v, ")", v->children[0].address);
	} else {
		gopm__text_str(out, "*");
		write_variable(out, &v->children[0], flags & ~TOP);
	}
}

/* Writes "...+N more" after the loaded children, or `none` if no child is loaded. */
static void write_rest(struct gopm__text *out, uint64_t loaded, uint64_t all, const char *none)
{
	if (loaded == all) {
		return;
	}
	if (loaded == 0) {
		gopm__text_str(out, none);
	} else {
		gopm__text_printf(out, ",...+%" PRIu64 " more", all - loaded);
	}
}

static void write_elements(struct gopm__text *out, const struct gopm__variable *v)
{
	gopm__text_str(out, "[");
	for (size_t i = 0; i < v->child_count; i++) {
		write_variable(out, &v->children[i], 0);
		if (i + 1 != v->child_count) {
			gopm__text_str(out, ",");
		}
	}
	write_rest(out, v->child_count, (uint64_t)v->length, "...");
	gopm__text_str(out, "]");
}

static void write_slice(struct gopm__text *out, const struct gopm__variable *v, unsigned flags)
{
	if ((flags & WITH_TYPE) != 0) {
		gopm__text_printf(out, "%s len: %" PRId64 ", cap: %" PRId64 ", ", type_name(v), v->length, v->capacity);
	}
	if (v->base == 0 && v->child_count == 0) {
		gopm__text_str(out, "nil");
	} else {
		write_elements(out, v);
	}
}

static void write_struct(struct gopm__text *out, const struct gopm__variable *v, unsigned flags)
{
	if (v->text.size != 0) {
		gopm__text_printf(out, "%s(%s)", type_name(v), v->text.data);
		flags &= ~WITH_TYPE;
	}
	if (v->child_count == 0 && v->length != 0) {
		write_cast(out, "(*", v, ")", v->address);
		return;
	}
	if ((flags & WITH_TYPE) != 0) {
		gopm__text_printf(out, "%s ", type_name(v));
	}
	gopm__text_str(out, "{");
	for (size_t i = 0; i < v->child_count; i++) {
		gopm__text_add(out, v->children[i].name.data, v->children[i].name.size);
		gopm__text_str(out, ": ");
		write_variable(out, &v->children[i], WITH_TYPE);
		if (i + 1 != v->child_count) {
			gopm__text_str(out, ", ");
		}
	}
	write_rest(out, v->child_count, (uint64_t)v->length, "");
	gopm__text_str(out, "}");
}

static void write_map(struct gopm__text *out, const struct gopm__variable *v, unsigned flags)
{
	if ((flags & WITH_TYPE) != 0) {
		gopm__text_printf(out, "%s ", type_name(v));
	}
	if (v->base == 0 && v->child_count == 0) {
		gopm__text_str(out, "nil");
		return;
	}
	gopm__text_str(out, "[");
	for (size_t i = 0; i + 1 < v->child_count; i += 2) {
		write_variable(out, &v->children[i], 0);
		gopm__text_str(out, ": ");
		write_variable(out, &v->children[i + 1], 0);
		gopm__text_str(out, ", ");
	}
	write_rest(out, v->child_count / 2, (uint64_t)v->length, "...");
	gopm__text_str(out, "]");
}

static void write_interface(struct gopm__text *out, const struct gopm__variable *v, unsigned flags)
{
	if (v->address == 0 || v->child_count == 0) {
		gopm__text_str(out, "nil");
		return;
	}
	const struct gopm__variable *data = &v->children[0];
	unsigned inner = (flags & WITH_TYPE) != 0 ? 0 : WITH_TYPE;
	if ((flags & WITH_TYPE) != 0) {
		if (data->kind == GOPM_KIND_INVALID) {
			gopm__text_printf(out, "%s ", type_name(v));
			if (data->address == 0) {
				gopm__text_str(out, "nil");
				return;
			}
		} else {
			gopm__text_printf(out, "%s(%s) ", type_name(v), type_name(data));
		}
	}
	if (data->kind == GOPM_KIND_POINTER) {
		if (data->child_count == 0) {
			gopm__text_str(out, "...");
		} else if (data->children[0].address == 0) {
			gopm__text_str(out, "nil");
		} else if (data->children[0].only_address) {
			gopm__text_printf(out, "0x%" PRIx64, data->address);
		} else {
			write_variable(out, data, inner);
		}
	} else if (data->only_address) {
		write_cast(out, "*(*", v, ")", v->address);
	} else {
		write_variable(out, data, inner);
	}
}

static void write_string(struct gopm__text *out, const struct gopm__variable *v)
{
	if (v->text.size == (uint64_t)v->length) {
		gopm__text_quoted(out, v->text.data, v->text.size);
		return;
	}
	struct gopm__text cut = {0};
	gopm__text_add(&cut, v->text.data, v->text.size);
	gopm__text_printf(&cut, "...+%" PRIu64 " more", (uint64_t)v->length - v->text.size);
	gopm__text_quoted(out, cut.data, cut.size);
	out->failed = out->failed || cut.failed;
	gopm__text_free(&cut);
}

static void write_number(struct gopm__text *out, const struct gopm__variable *v)
{
	unsigned bits = v->kind == GOPM_KIND_FLOAT32 || v->kind == GOPM_KIND_COMPLEX64 ? 32 : 64;

	if (!v->has_value) {
		gopm__text_str(out, "(unknown)");
		return;
	}
	switch (v->real->class_) {
	case GOPM__TYPE_BOOL:
		gopm__text_str(out, v->integer != 0 ? "true" : "false");
		return;
	case GOPM__TYPE_FLOAT:
		gopm__text_float(out, v->real_part, bits);
		return;
	case GOPM__TYPE_COMPLEX:
		gopm__text_str(out, "(");
		gopm__text_float(out, v->real_part, bits);
		gopm__text_str(out, " + ");
		gopm__text_float(out, v->imaginary_part, bits);
		gopm__text_str(out, "i)");
		return;
	default:
		break;
	}
	if (v->text.size != 0) {
		gopm__text_printf(out, "%s (", v->text.data);
	}
	if (v->real->word) {
		gopm__text_printf(out, "0x%" PRIx64, v->uinteger);
	} else if (v->real->class_ == GOPM__TYPE_INT) {
		gopm__text_printf(out, "%" PRId64, v->integer);
	} else {
		gopm__text_printf(out, "%" PRIu64, v->uinteger);
	}
	if (v->text.size != 0) {
		gopm__text_str(out, ")");
	}
}

static bool has_text(const struct gopm__variable *v)
{
	return v->has_value && (v->kind == GOPM_KIND_STRING || v->kind == GOPM_KIND_FUNC ? v->text.size != 0 : true);
}

static void write_variable(struct gopm__text *out, const struct gopm__variable *v, unsigned flags)
{
	if (v->unreadable != NULL) {
		gopm__text_printf(out, "(unreadable %s)", v->unreadable);
		return;
	}
	if ((flags & TOP) == 0 && v->address == 0 && !has_text(v)) {
		if ((flags & WITH_TYPE) != 0 && strcmp(type_name(v), "void") != 0) {
			gopm__text_printf(out, "%s nil", type_name(v));
		} else {
			gopm__text_str(out, "nil");
		}
		return;
	}
	switch (v->kind) {
	case GOPM_KIND_SLICE:
		write_slice(out, v, flags);
		break;
	case GOPM_KIND_ARRAY:
		if ((flags & WITH_TYPE) != 0) {
			gopm__text_printf(out, "%s ", type_name(v));
		}
		write_elements(out, v);
		break;
	case GOPM_KIND_POINTER:
		write_pointer(out, v, flags);
		break;
	case GOPM_KIND_UNSAFE_POINTER:
		if (v->child_count == 0) {
			gopm__text_str(out, "unsafe.Pointer(nil)");
		} else {
			gopm__text_printf(out, "unsafe.Pointer(0x%" PRIx64 ")", v->children[0].address);
		}
		break;
	case GOPM_KIND_CHAN:
		if (v->base == 0) {
			gopm__text_printf(out, "%s nil", type_name(v));
		} else {
			gopm__text_printf(out, "%s %" PRId64 "/%" PRId64, type_name(v), v->length, v->capacity);
		}
		break;
	case GOPM_KIND_STRUCT:
		write_struct(out, v, flags);
		break;
	case GOPM_KIND_INTERFACE:
		write_interface(out, v, flags);
		break;
	case GOPM_KIND_MAP:
		write_map(out, v, flags);
		break;
	case GOPM_KIND_FUNC:
		if (v->text.size == 0) {
			gopm__text_str(out, "nil");
		} else {
			gopm__text_add(out, v->text.data, v->text.size);
		}
		break;
	case GOPM_KIND_STRING:
		write_string(out, v);
		break;
	default:
		write_number(out, v);
		break;
	}
}

void gopm__variable_text(struct gopm__text *text, const struct gopm__variable *v)
{
	write_variable(text, v, TOP | WITH_TYPE);
}
