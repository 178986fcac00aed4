/* SPDX-License-Identifier: Apache-2.0 */
#include "build.h"

#include <stdlib.h>

#include "json.h"

/* A line of `gopm info`, with a label as its other lines. */
static void build_line(const char *label, gopm_str value)
{
	output_printf("%-12s ", label);
	output_str(value);
}

void text_build(gopm_core *core)
{
	gopm_build_info info = {.struct_size = sizeof info};

	if (gopm_core_build_info(core, &info) != GOPM_OK) {
		return;
	}
	if (info.module_path.size != 0) {
		build_line("module:", info.module_path);
		output_char(' ');
		output_str(info.module_version);
		output_char('\n');
	}
	if (info.package_path.size != 0) {
		build_line("package:", info.package_path);
		output_char('\n');
	}
	if (info.vcs_revision.size != 0) {
		build_line("revision:", info.vcs);
		output_char(' ');
		output_str(info.vcs_revision);
		if (info.vcs_time.size != 0) {
			output_text(" of ");
			output_str(info.vcs_time);
		}
		output_string((info.flags & GOPM_BUILD_MODIFIED) != 0 ? ", modified\n" : "\n");
	}
}

/* A member of an object, which is left out if it is empty. */
static void build_member(const char *key, gopm_str value, bool *first)
{
	if (value.size == 0) {
		return;
	}
	output_string(*first ? "\"" : ",\"");
	*first = false;
	output_string(key);
	output_text("\":");
	json_string(value);
}

static void build_module(gopm_str path, gopm_str version, gopm_str sum)
{
	bool first = true;

	build_member("Path", path, &first);
	build_member("Version", version, &first);
	build_member("Sum", sum, &first);
}

static void build_dependencies(gopm_core *core, uint64_t count)
{
	gopm_build_module *modules = calloc(count, sizeof *modules);
	size_t got = 0;

	if (modules == NULL || gopm_build_dependencies(core, modules, sizeof modules[0], count, &got) != GOPM_OK) {
		got = 0;
	}
	output_text(",\"Deps\":[");
	for (size_t i = 0; i < got; i++) {
		output_string(i != 0 ? ",{" : "{");
		build_module(modules[i].path, modules[i].version, modules[i].sum);
		if (modules[i].replace_path.size != 0) {
			output_text(",\"Replace\":{");
			build_module(modules[i].replace_path, modules[i].replace_version, modules[i].replace_sum);
			output_char('}');
		}
		output_char('}');
	}
	output_char(']');
	free(modules);
}

static void build_settings(gopm_core *core, uint64_t count)
{
	gopm_build_setting *settings = calloc(count, sizeof *settings);
	size_t got = 0;

	if (settings == NULL || gopm_build_settings(core, settings, sizeof settings[0], count, &got) != GOPM_OK) {
		got = 0;
	}
	output_text(",\"Settings\":[");
	for (size_t i = 0; i < got; i++) {
		bool first = true;
		output_string(i != 0 ? ",{" : "{");
		build_member("Key", settings[i].key, &first);
		build_member("Value", settings[i].value, &first);
		output_char('}');
	}
	output_char(']');
	free(settings);
}

void json_build(gopm_core *core)
{
	gopm_build_info info = {.struct_size = sizeof info};

	if (gopm_core_build_info(core, &info) != GOPM_OK) {
		return;
	}
	json_next_key("buildInfo");
	output_char('{');
	json_key("GoVersion");
	json_string(info.go_version);
	if (info.package_path.size != 0) {
		json_next_key("Path");
		json_string(info.package_path);
	}
	if (info.module_path.size != 0) {
		json_next_key("Main");
		output_char('{');
		build_module(info.module_path, info.module_version, info.module_sum);
		output_char('}');
	}
	if (info.dependency_count != 0) {
		build_dependencies(core, info.dependency_count);
	}
	if (info.setting_count != 0) {
		build_settings(core, info.setting_count);
	}
	output_char('}');
}
