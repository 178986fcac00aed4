/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "output.h"
#include "profile.h"
#include "text.h"

/* Calls of one sample that are read. */
#define MOST_FRAMES 1024

enum { ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE };

/* A line of the program, with the sums of its samples. */
struct profile_site {
	gopm_location location;
	int64_t values[GOPM_PROFILE_VALUES];
};

/* Calls of the standard library below the program's own, where most goroutines wait and allocate. */
static const char *const library[] = {"runtime.", "runtime/", "internal/", "sync.", "sync/", "syscall.", "time.", NULL};

static bool is_library(gopm_str function)
{
	for (size_t i = 0; library[i] != NULL; i++) {
		const size_t size = strlen(library[i]);
		if (function.size >= size && memcmp(function.data, library[i], size) == 0) {
			return true;
		}
	}
	return false;
}

/* The innermost call that is not of the library, or else the innermost. */
static gopm_location site_of(const gopm_location *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_library(frames[i].function)) {
			return frames[i];
		}
	}
	return count != 0 ? frames[0] : (gopm_location){.pc = 0};
}

static int compare_str(gopm_str a, gopm_str b)
{
	const size_t common = a.size < b.size ? a.size : b.size;
	const int order = common != 0 ? memcmp(a.data, b.data, common) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_places(const void *a, const void *b)
{
	const gopm_location *x = &((const struct profile_site *)a)->location,
	                    *y = &((const struct profile_site *)b)->location;
	int order = compare_str(x->function, y->function);

	order = order != 0 ? order : compare_str(x->file, y->file);
	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static int compare_values(const struct profile_site *x, const struct profile_site *y, unsigned value)
{
	if (x->values[value] != y->values[value]) {
		return x->values[value] < y->values[value] ? 1 : -1;
	}
	return compare_places(x, y);
}

static int compare_main_0(const void *a, const void *b)
{
	return compare_values(a, b, 0);
}

static int compare_main_1(const void *a, const void *b)
{
	return compare_values(a, b, 1);
}

static int compare_main_3(const void *a, const void *b)
{
	return compare_values(a, b, INUSE_SPACE);
}

/* Reads the site of each sample. */
static gopm_status read_sites(gopm_profile *profile, const gopm_profile_info *info, struct profile_site *sites)
{
	gopm_location *frames = calloc(MOST_FRAMES, sizeof *frames);
	gopm_status status = frames != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	gopm_profile_sample sample;
	size_t got, count;

	for (uint64_t i = 0; i < info->sample_count && status == GOPM_OK; i++) {
		status = gopm_profile_samples(profile, i, &sample, sizeof sample, 1, &got);
		if (status == GOPM_OK) {
			status = gopm_profile_frames(profile, i, frames, sizeof *frames, MOST_FRAMES, &count);
		}
		if (status == GOPM_OK) {
			sites[i].location = site_of(frames, count < MOST_FRAMES ? count : MOST_FRAMES);
			memcpy(sites[i].values, sample.values, sizeof sample.values);
		}
	}
	free(frames);
	return status;
}

/* Adds up the samples of each site. Returns the number of sites. */
static size_t merge_sites(struct profile_site *sites, size_t count)
{
	size_t kept = 0;

	qsort(sites, count, sizeof *sites, compare_places);
	for (size_t i = 0; i < count; i++) {
		if (kept != 0 && compare_places(&sites[kept - 1], &sites[i]) == 0) {
			for (unsigned k = 0; k < GOPM_PROFILE_VALUES; k++) {
				sites[kept - 1].values[k] += sites[i].values[k];
			}
		} else {
			sites[kept++] = sites[i];
		}
	}
	return kept;
}

/* Writes "1.5 MiB". */
static const char *size_text(int64_t bytes, char *text, size_t room)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double value = (double)bytes;
	unsigned unit = 0;

	for (; (value >= 1024 || value <= -1024) && unit + 1 < sizeof units / sizeof units[0]; unit++) {
		value /= 1024;
	}
	(void)snprintf(text, room, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
	return text;
}

/* Writes "1.5ms". */
static const char *delay_text(int64_t value, bool ticks, char *text, size_t room)
{
	static const struct {
		const char *name;
		double size;
	} units[] = {{"h", 3600e9}, {"m", 60e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
	size_t unit = 0;

	if (ticks) {
		(void)snprintf(text, room, "%" PRId64 " ticks", value);
		return text;
	}
	while (units[unit].size > 1 && (double)value < units[unit].size) {
		unit++;
	}
	(void)snprintf(text, room, "%.4g%s", (double)value / units[unit].size, units[unit].name);
	return text;
}

static bool is_memory(const gopm_profile_info *info)
{
	return info->kind == GOPM_PROFILE_HEAP || info->kind == GOPM_PROFILE_ALLOCS;
}

static void print_values(const gopm_profile_info *info, const int64_t *values)
{
	char one[32], two[32];

	if (is_memory(info)) {
		output_printf("%10s %9" PRId64 " %10s %9" PRId64, size_text(values[INUSE_SPACE], one, sizeof one),
		              values[INUSE_OBJECTS], size_text(values[ALLOC_SPACE], two, sizeof two),
		              values[ALLOC_OBJECTS]);
	} else if (info->kind == GOPM_PROFILE_GOROUTINE) {
		output_printf("%10" PRId64, values[0]);
	} else {
		const bool ticks = (info->flags & GOPM_PROFILE_INFO_TICKS) != 0;
		output_printf("%10s %11" PRId64, delay_text(values[1], ticks, one, sizeof one), values[0]);
	}
}

static void print_heading(const gopm_profile_info *info)
{
	if (is_memory(info)) {
		output_text("    in use   objects  allocated   objects  site\n");
	} else if (info->kind == GOPM_PROFILE_GOROUTINE) {
		output_text("goroutines  site\n");
	} else {
		output_text("     delay contentions  site\n");
	}
}

void profile_print_pending(const gopm_profile_info *info, bool included)
{
	char text[32];

	if (info->pending[ALLOC_OBJECTS] == 0 && info->pending[INUSE_OBJECTS] == 0) {
		return;
	}
	output_printf(included ? "[of these, the runtime had not published %" PRId64 " allocated objects, %s]\n"
	                       : "[not published yet: %" PRId64 " allocated objects, %s; add them with --pending]\n",
	              info->pending[ALLOC_OBJECTS], size_text(info->pending[ALLOC_SPACE], text, sizeof text));
}

static void print_total(const gopm_profile_info *info, size_t shown, size_t count)
{
	print_values(info, info->values);
	output_text("  all");
	if (shown < count) {
		output_printf(" (%zu of %zu sites shown)", shown, count);
	}
	output_char('\n');
}

gopm_status profile_print_text(gopm_profile *profile, const gopm_profile_info *info, uint64_t limit)
{
	static int (*const orders[])(const void *, const void *) = {compare_main_0, compare_main_1, NULL,
	                                                            compare_main_3};
	struct profile_site *sites = calloc((size_t)info->sample_count + 1, sizeof *sites);
	gopm_status status = sites != NULL ? read_sites(profile, info, sites) : GOPM_ERR_NO_MEMORY;

	if (status == GOPM_OK && info->sample_count != 0) {
		const size_t count = merge_sites(sites, (size_t)info->sample_count);
		qsort(sites, count, sizeof *sites, orders[profile_kinds[info->kind].main_value]);
		const size_t shown = count < limit ? count : (size_t)limit;
		print_heading(info);
		for (size_t i = 0; i < shown; i++) {
			print_values(info, sites[i].values);
			output_text("  ");
			text_function(sites[i].location.function);
			output_text(" at ");
			text_place(&sites[i].location);
			output_char('\n');
		}
		print_total(info, shown, count);
	}
	free(sites);
	return status;
}

static void print_values_json(const gopm_profile_info *info, const int64_t *values)
{
	const struct profile_kind *kind = &profile_kinds[info->kind];

	output_char('{');
	for (uint32_t i = 0; i < info->value_count; i++) {
		output_string(i != 0 ? ",\"" : "\"");
		output_string(kind->values[i]);
		output_text("\":");
		output_i64(values[i]);
	}
	output_char('}');
}

static gopm_status print_labels_json(const gopm_profile *profile, uint64_t index, uint64_t label_count)
{
	gopm_label *labels = calloc((size_t)label_count + 1, sizeof *labels);
	size_t count = 0;
	gopm_status status =
	    labels != NULL ? gopm_profile_labels(profile, index, labels, sizeof *labels, (size_t)label_count, &count)
	                   : GOPM_ERR_NO_MEMORY;

	json_next_key("labels");
	output_char('{');
	for (size_t i = 0; i < count && status == GOPM_OK; i++) {
		if (i != 0) {
			output_char(',');
		}
		json_string(labels[i].key);
		output_char(':');
		json_string(labels[i].value);
	}
	output_char('}');
	free(labels);
	return status;
}

static gopm_status print_sample_json(gopm_profile *profile, const gopm_profile_info *info, uint64_t index,
                                     gopm_location *frames)
{
	gopm_profile_sample sample;
	size_t got, count;
	gopm_status status = gopm_profile_samples(profile, index, &sample, sizeof sample, 1, &got);

	if (status == GOPM_OK) {
		status = gopm_profile_frames(profile, index, frames, sizeof *frames, MOST_FRAMES, &count);
	}
	if (status != GOPM_OK) {
		return status;
	}
	output_string(index != 0 ? ",\n{" : "{");
	json_key("values");
	print_values_json(info, sample.values);
	if (is_memory(info)) {
		json_next_key("pending");
		print_values_json(info, sample.pending);
		json_next_key("objectSize");
		output_u64(sample.object_size);
	}
	if (sample.label_count != 0) {
		status = print_labels_json(profile, index, sample.label_count);
	}
	json_next_key("stack");
	output_char('[');
	for (size_t i = 0; i < count && i < MOST_FRAMES; i++) {
		if (i != 0) {
			output_char(',');
		}
		json_location(&frames[i]);
	}
	output_text("]}");
	return status;
}

gopm_status profile_print_json(gopm_profile *profile, const gopm_profile_info *info, uint64_t limit)
{
	gopm_location *frames = calloc(MOST_FRAMES, sizeof *frames);
	gopm_status status = frames != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;

	output_char('{');
	json_key("profile");
	json_cstring(profile_kinds[info->kind].name);
	json_next_key("rate");
	output_i64(info->rate);
	json_next_key("unscaled");
	json_bool((info->flags & GOPM_PROFILE_INFO_UNSCALED) != 0);
	json_next_key("ticks");
	json_bool((info->flags & GOPM_PROFILE_INFO_TICKS) != 0);
	json_next_key("total");
	print_values_json(info, info->values);
	if (is_memory(info)) {
		json_next_key("pending");
		print_values_json(info, info->pending);
	}
	json_next_key("result");
	output_char('[');
	for (uint64_t i = 0; i < info->sample_count && i < limit && status == GOPM_OK; i++) {
		status = print_sample_json(profile, info, i, frames);
	}
	output_text("]}\n");
	free(frames);
	return status;
}
