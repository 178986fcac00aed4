/* A value as Delve's api.Variable: the same members, the same text in `value`. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "text.h"

/* Pointers do not count as a level, so a cycle of pointers needs a bound of its own. */
enum { most_levels = 32 };

/* Delve's api.VariableFlags. */
static unsigned delve_flags(const gopm_value_info *info)
{
	unsigned flags = 0;

	flags |= (info->variable_flags & GOPM_VAR_ESCAPED) != 0 ? 1 : 0;
	flags |= (info->variable_flags & GOPM_VAR_SHADOWED) != 0 ? 2 : 0;
	flags |= (info->variable_flags & GOPM_VAR_ARGUMENT) != 0 ? 8 : 0;
	flags |= (info->variable_flags & GOPM_VAR_RESULT) != 0 ? 16 : 0;
	return flags;
}

static void number(const gopm_value_info *info)
{
	switch (info->kind) {
	case GOPM_KIND_BOOL:
		output_string(info->integer != 0 ? "true" : "false");
		break;
	case GOPM_KIND_INT:
	case GOPM_KIND_INT8:
	case GOPM_KIND_INT16:
	case GOPM_KIND_INT32:
	case GOPM_KIND_INT64:
		output_i64(info->integer);
		break;
	case GOPM_KIND_UINT:
	case GOPM_KIND_UINT8:
	case GOPM_KIND_UINT16:
	case GOPM_KIND_UINT32:
	case GOPM_KIND_UINT64:
	case GOPM_KIND_UINTPTR:
	case GOPM_KIND_POINTER:
	case GOPM_KIND_UNSAFE_POINTER:
		output_u64(info->uinteger);
		break;
	case GOPM_KIND_FLOAT32:
		output_printf("%.9g", info->real);
		break;
	case GOPM_KIND_FLOAT64:
		output_printf("%.17g", info->real);
		break;
	case GOPM_KIND_COMPLEX64:
	case GOPM_KIND_COMPLEX128:
		output_printf("(%.17g + %.17gi)", info->real, info->imaginary);
		break;
	default:
		break;
	}
}

static void value_member(const gopm_value_info *info)
{
	json_next_key("value");
	if (info->provenance == GOPM_FROM_NONE) {
		output_text("\"\"");
		return;
	}
	if (info->kind == GOPM_KIND_STRING || info->kind == GOPM_KIND_FUNC || info->kind == GOPM_KIND_STRUCT) {
		json_string(info->text);
		return;
	}
	/* A named constant comes before its number: "KindSet (2)". Names are Go identifiers. */
	output_char('"');
	if (info->text.size != 0) {
		output_str(info->text);
		output_text(" (");
	}
	number(info);
	if (info->text.size != 0) {
		output_char(')');
	}
	output_char('"');
}

/* One line, as `stack --full` prints it. */
static void text_member(const gopm_value *value)
{
	char small[512], *text = small;
	size_t length = 0;

	if (gopm_value_text(value, small, sizeof small, &length) != GOPM_OK) {
		return;
	}
	if (length >= sizeof small) {
		text = malloc(length + 1);
		if (text == NULL || gopm_value_text(value, text, length + 1, &length) != GOPM_OK) {
			free(text);
			return;
		}
	}
	json_next_key("text");
	json_string((gopm_str){text, length});
	if (text != small) {
		free(text);
	}
}

static void children(const gopm_value *value, const gopm_value_info *info, unsigned depth, unsigned level, bool delve);

static void one_value(const gopm_value *value, unsigned depth, unsigned level, bool delve)
{
	gopm_value_info info = {.struct_size = sizeof info};

	if (gopm_value_get_info(value, &info) != GOPM_OK) {
		output_text("{}");
		return;
	}
	output_char('{');
	json_key("name");
	json_string(info.name);
	json_next_key("addr");
	output_u64(info.address);
	json_next_key("type");
	json_string(info.type);
	json_next_key("kind");
	output_u64(info.kind);
	json_next_key("flags");
	output_u64(delve_flags(&info));
	value_member(&info);
	json_next_key("len");
	output_u64(info.length);
	json_next_key("cap");
	output_u64(info.capacity);
	json_next_key("base");
	output_u64(info.base);
	json_next_key("unreadable");
	json_string(info.unreadable);
	json_next_key("DeclLine");
	output_i64(info.decl_line);
	if (!delve && provenance_name(info.provenance) != NULL) {
		json_next_key("provenance");
		json_cstring(provenance_name(info.provenance));
		json_next_key("origin");
		json_string(info.origin);
	}
	if (level == 0) {
		text_member(value);
	}
	children(value, &info, depth, level, delve);
	output_char('}');
}

static void children(const gopm_value *value, const gopm_value_info *info, unsigned depth, unsigned level, bool delve)
{
	bool through = info->kind == GOPM_KIND_POINTER || info->kind == GOPM_KIND_INTERFACE;

	json_next_key("children");
	output_char('[');
	if (level < most_levels && (through || depth != 0)) {
		for (uint64_t i = 0; i < info->child_count; i++) {
			gopm_value *child = NULL;

			if (gopm_value_child(value, i, &child, NULL) != GOPM_OK) {
				break;
			}
			if (i != 0) {
				output_char(',');
			}
			one_value(child, through ? depth : depth - 1, level + 1, delve);
			gopm_value_free(child);
		}
	}
	output_char(']');
}

void json_value(const gopm_value *value, unsigned depth)
{
	one_value(value, depth, 0, false);
}

void json_value_delve(const gopm_value *value, unsigned depth)
{
	one_value(value, depth, 0, true);
}
