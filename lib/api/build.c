/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/build.h>

#include "api/handle.h"
#include "api/sized.h"
#include "util/str.h"

gopm_status gopm_core_build_info(gopm_core *core, gopm_build_info *info)
{
	const struct gopm__build *build;

	if (core == NULL || info == NULL || info->struct_size < offsetof(gopm_build_info, go_version)) {
		return GOPM_ERR_ARGUMENT;
	}
	gopm_build_info full = {.struct_size = info->struct_size};
	gopm_status status = gopm__program_build(core->program, &build);
	if (status == GOPM_OK) {
		gopm_str modified = gopm__build_setting(build, "vcs.modified");
		full.flags = gopm__str_equal(modified, (gopm_str){"true", 4}) ? GOPM_BUILD_MODIFIED : 0;
		full.go_version = build->go_version;
		full.package_path = build->path;
		full.module_path = build->main.path;
		full.module_version = build->main.version;
		full.module_sum = build->main.sum;
		full.vcs = gopm__build_setting(build, "vcs");
		full.vcs_revision = gopm__build_setting(build, "vcs.revision");
		full.vcs_time = gopm__build_setting(build, "vcs.time");
		full.setting_count = build->setting_count;
		full.dependency_count = build->dependency_count;
	}
	gopm__sized_out(info, info->struct_size, &full, sizeof full);
	return status == GOPM_OK && full.go_version.size == 0 ? GOPM_NOT_FOUND : status;
}

/* The checks of both lists. */
static gopm_status open_list(gopm_core *core, const void *records, size_t capacity, size_t *count,
                             const struct gopm__build **build)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (core == NULL || (records == NULL && capacity != 0)) {
		return GOPM_ERR_ARGUMENT;
	}
	return gopm__program_build(core->program, build);
}

gopm_status gopm_build_settings(gopm_core *core, gopm_build_setting *records, size_t stride, size_t capacity,
                                size_t *count)
{
	const struct gopm__build *build;
	gopm_status status = open_list(core, records, capacity, count, &build);

	if (status != GOPM_OK) {
		return status;
	}
	for (size_t i = 0; i < build->setting_count && i < capacity; i++) {
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &build->settings[i],
		                sizeof build->settings[i]);
	}
	*count = build->setting_count;
	return *count != 0 ? GOPM_OK : GOPM_NOT_FOUND;
}

gopm_status gopm_build_dependencies(gopm_core *core, gopm_build_module *records, size_t stride, size_t capacity,
                                    size_t *count)
{
	const struct gopm__build *build;
	gopm_status status = open_list(core, records, capacity, count, &build);

	if (status != GOPM_OK) {
		return status;
	}
	for (size_t i = 0; i < build->dependency_count && i < capacity; i++) {
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &build->dependencies[i],
		                sizeof build->dependencies[i]);
	}
	*count = build->dependency_count;
	return *count != 0 ? GOPM_OK : GOPM_NOT_FOUND;
}
