/* SPDX-License-Identifier: Apache-2.0 */
/* Prints facts of library objects. */
#include "json.h"
#include "library.h"

/* net/http/server.go, ConnState; Go 1.16 to 1.27. */
static const char *const state_names[] = {"new", "active", "idle", "hijacked", "closed"};

static const char *state_name(const gopm_value_info *info)
{
	const uint64_t state = info->uinteger & 0xff;

	return state < sizeof state_names / sizeof state_names[0] ? state_names[state] : "unknown";
}

static bool is_signed(const gopm_value_info *info)
{
	return info->kind >= GOPM_KIND_INT && info->kind <= GOPM_KIND_INT64;
}

static void print_number(const gopm_value_info *info)
{
	if (is_signed(info)) {
		output_i64(info->integer);
	} else {
		output_u64(info->uinteger);
	}
}

static bool is_zero(const gopm_value_info *info)
{
	return is_signed(info) ? info->integer == 0 : info->uinteger == 0;
}

static void print_part(gopm_str text, bool json)
{
	if (json) {
		output_json(text);
	} else {
		output_str(text);
	}
}

static void print_text(const gopm_value_info *info, bool json)
{
	print_part(info->text, json);
	if ((info->flags & GOPM_VALUE_TRUNCATED) != 0) {
		output_text("...");
	}
}

/* Opens the field `name` of a struct. Returns NULL if there is none; the caller frees it. */
static gopm_value *open_field(const gopm_value *value, const char *name, gopm_value_info *info)
{
	const size_t length = strlen(name);

	for (uint64_t i = 0;; i++) {
		gopm_value *field = NULL;

		*info = (gopm_value_info){.struct_size = sizeof *info};
		if (gopm_value_child(value, i, &field, NULL) != GOPM_OK) {
			return NULL;
		}
		if (gopm_value_get_info(field, info) == GOPM_OK && info->name.size == length &&
		    memcmp(info->name.data, name, length) == 0) {
			return field;
		}
		gopm_value_free(field);
	}
}

/* Prints a field of a URL after `before`, if it is not empty. Returns true if it printed one. */
static bool print_url_part(const gopm_value *url, const char *name, const char *before, bool json)
{
	gopm_value_info info;
	gopm_value *field = open_field(url, name, &info);
	const bool has_text = field != NULL && info.kind == GOPM_KIND_STRING && info.text.size != 0;

	if (has_text) {
		output_string(before);
		print_text(&info, json);
	}
	gopm_value_free(field);
	return has_text;
}

/* As net/url.URL.String(), without the user's name and password. */
static void print_url(const gopm_value *url, bool json)
{
	const bool has_scheme = print_url_part(url, "Scheme", "", json);

	if (!print_url_part(url, "Opaque", has_scheme ? ":" : "", json)) {
		print_url_part(url, "Host", has_scheme ? "://" : "//", json);
		if (!print_url_part(url, "RawPath", "", json)) {
			print_url_part(url, "Path", "", json);
		}
	}
	print_url_part(url, "RawQuery", "?", json);
}

/* The type that an interface has; the value's own type if it is not an interface. */
static void print_type(const gopm_value *value, const gopm_value_info *info, bool json)
{
	gopm_value_info inner = {.struct_size = sizeof inner};
	gopm_value *dynamic = NULL;

	if (info->kind == GOPM_KIND_INTERFACE && gopm_value_child(value, 0, &dynamic, NULL) == GOPM_OK &&
	    gopm_value_get_info(dynamic, &inner) == GOPM_OK) {
		print_part(inner.type, json);
	} else {
		print_part(info->type, json);
	}
	gopm_value_free(dynamic);
}

static void print_json(const struct fact *fact, const gopm_value *value, const gopm_value_info *info)
{
	switch (fact->format) {
	case FACT_NUMBER:
	case FACT_POSITIVE:
	case FACT_DURATION:
		print_number(info);
		return;
	case FACT_BOOL:
		json_bool(info->integer != 0);
		return;
	default:
		output_char('"');
		if (fact->format == FACT_URL) {
			print_url(value, true);
		} else if (fact->format == FACT_TYPE) {
			print_type(value, info, true);
		} else if (fact->format == FACT_STATE) {
			output_string(state_name(info));
		} else {
			print_text(info, true);
		}
		output_char('"');
	}
}

void fact_print(const struct fact *fact, const gopm_value *value, const gopm_value_info *info, bool json)
{
	if (json) {
		print_json(fact, value, info);
		return;
	}
	switch (fact->format) {
	case FACT_NUMBER:
		print_number(info);
		break;
	case FACT_POSITIVE:
	case FACT_DURATION:
		if (is_zero(info)) {
			output_char('-');
		} else if (fact->format == FACT_DURATION) {
			output_duration(info->integer);
		} else {
			print_number(info);
		}
		break;
	case FACT_URL:
		print_url(value, false);
		break;
	case FACT_TYPE:
		print_type(value, info, false);
		break;
	case FACT_BOOL:
		output_string(info->integer != 0 ? "yes" : "no");
		break;
	case FACT_STATE:
		output_string(state_name(info));
		break;
	default:
		print_text(info, false);
	}
}
