/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/mapped_module.h"

#include <stdlib.h>
#include <string.h>

#include "exe/file_rows.h"
#include "exe/module_image.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/text.h"

static const gopm_str vdso_name = {"[vdso]", 6};

/* The list */

static int modules_by_start(const void *a, const void *b)
{
	const struct gopm__mapped_module *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int ranges_by_start(const void *a, const void *b)
{
	const struct gopm__module_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static const struct gopm__load *load_at(const struct gopm__corefile *core, uint64_t address)
{
	size_t after;

	GOPM__LOWER_BOUND(after, core->load_count, core->loads[after].address <= address);
	return after != 0 && address - core->loads[after - 1].address < core->loads[after - 1].memory_size
	           ? &core->loads[after - 1]
	           : NULL;
}

/* True if the rows can be those of code: a font or a database is mapped too. gdb leaves out mappings that cannot be
 * written, so a row may have no flags. */
static bool may_be_code(const struct gopm__corefile *core, const struct gopm__file_rows *rows)
{
	for (size_t i = 0; i < rows->count && i < GOPM__MAX_FILE_ROWS; i++) {
		const struct gopm__load *load = load_at(core, rows->all[i]->start);
		if (load == NULL || (load->flags & PF_X) != 0) {
			return true;
		}
	}
	return false;
}

static void list_file(struct gopm__mapped_modules *modules, const struct gopm__file_rows *rows)
{
	const struct gopm__file_mapping *program = gopm__executable_mapping(modules->core);
	const uint32_t index = (uint32_t)modules->count++;
	struct gopm__mapped_module *m = &modules->list[index];

	*m = (struct gopm__mapped_module){.path = rows->all[0]->path, .start = UINT64_MAX, .order = index};
	m->is_program = program != NULL && gopm__str_equal(program->path, m->path);
	for (size_t i = 0; i < rows->count; i++) {
		const struct gopm__file_mapping *r = rows->all[i];
		m->start = r->start < m->start ? r->start : m->start;
		m->end = r->end > m->end ? r->end : m->end;
		if (r->offset == 0 && m->image == 0) {
			m->image = r->start;
		}
		modules->ranges[modules->range_count++] = (struct gopm__module_range){r->start, r->end, index};
	}
}

/* The kernel maps the vDSO without a file, and writes it into every core. */
static void list_vdso(struct gopm__mapped_modules *modules)
{
	const uint64_t at = modules->core->vdso;
	const struct gopm__load *load = at != 0 ? load_at(modules->core, at) : NULL;

	if (load == NULL || load->address != at) {
		return;
	}
	const uint64_t end = at + load->memory_size;
	const uint32_t index = (uint32_t)modules->count++;
	modules->list[index] =
	    (struct gopm__mapped_module){.path = vdso_name, .start = at, .end = end, .image = at, .order = index};
	modules->ranges[modules->range_count++] = (struct gopm__module_range){at, end, index};
}

/* A core without NT_FILE, as that of an emulator: of all files only the executable is known. */
static void list_program(struct gopm__mapped_modules *modules, const struct gopm__load *loads, size_t count)
{
	const char *name = modules->program->source.name != NULL ? modules->program->source.name : "";
	const uint32_t index = (uint32_t)modules->count;
	struct gopm__mapped_module *m = &modules->list[index];

	*m = (struct gopm__mapped_module){
	    .path = {name, strlen(name)}, .start = UINT64_MAX, .is_program = true, .order = index};
	for (size_t i = 0; i < count; i++) {
		const uint64_t start = loads[i].address, end = start + loads[i].memory_size;
		if (end > start) {
			m->start = start < m->start ? start : m->start;
			m->end = end > m->end ? end : m->end;
			modules->ranges[modules->range_count++] = (struct gopm__module_range){start, end, index};
		}
	}
	modules->count += m->end != 0;
}

/* Sorts modules and their ranges, which have the indexes of the unsorted list. @return GOPM_OK or GOPM_ERR_NO_MEMORY.
 */
static gopm_status index_modules(struct gopm__mapped_modules *modules)
{
	uint32_t *moved = gopm__calloc(modules->count + 1, sizeof *moved);

	if (moved == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	qsort(modules->list, modules->count, sizeof *modules->list, modules_by_start);
	qsort(modules->ranges, modules->range_count, sizeof *modules->ranges, ranges_by_start);
	for (uint32_t i = 0; i < modules->count; i++) {
		moved[modules->list[i].order] = i;
	}
	for (size_t i = 0; i < modules->range_count; i++) {
		modules->ranges[i].module = moved[modules->ranges[i].module];
	}
	free(moved);
	return GOPM_OK;
}

gopm_status gopm__mapped_modules_open(struct gopm__mapped_modules *modules, const struct gopm__corefile *core,
                                      struct gopm__executable *program)
{
	struct gopm__file_rows rows;
	size_t load_count = 0;

	*modules = (struct gopm__mapped_modules){.core = core, .program = program};
	const struct gopm__load *loads =
	    core->file_count == 0 && program->private_ != NULL ? gopm__executable_loads(program, &load_count) : NULL;
	if (gopm__rows_collect(&rows, core, true) != GOPM_OK) {
		return GOPM_ERR_NO_MEMORY;
	}
	modules->list = gopm__calloc(rows.count + 2, sizeof *modules->list);
	modules->ranges = gopm__calloc(rows.count + load_count + 1, sizeof *modules->ranges);
	if (modules->list == NULL || modules->ranges == NULL) {
		free(rows.all);
		free(modules->list);
		free(modules->ranges);
		*modules = (struct gopm__mapped_modules){0};
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < rows.count;) {
		struct gopm__file_rows file = gopm__rows_of_path(&rows, i);
		i += file.count;
		if (may_be_code(core, &file)) {
			list_file(modules, &file);
		}
	}
	list_program(modules, loads, load_count);
	list_vdso(modules);
	free(rows.all);
	(void)pthread_mutex_init(&modules->lock, NULL);
	gopm_status status = index_modules(modules);
	if (status != GOPM_OK) {
		gopm__mapped_modules_close(modules);
	}
	return status;
}

void gopm__mapped_modules_close(struct gopm__mapped_modules *modules)
{
	if (modules->core == NULL) {
		return;
	}
	for (size_t i = 0; i < modules->count; i++) {
		struct gopm__mapped_module *m = &modules->list[i];
		if (m->owned) {
			gopm__executable_free(m->exe);
		}
		free(m->copied);
	}
	free(modules->list);
	free(modules->ranges);
	gopm__arena_free(&modules->arena);
	(void)pthread_mutex_destroy(&modules->lock);
	*modules = (struct gopm__mapped_modules){0};
}

/* Files */

static void note_searched(struct gopm__mapped_modules *modules, struct gopm__mapped_module *m, const char *path)
{
	struct gopm__text text = {0};
	const char *root = modules->program->private_->sysroot.data;

	if (m->searched.size != 0) {
		gopm__text_add(&text, m->searched.data, m->searched.size);
		gopm__text_str(&text, ", ");
	}
	if (root != NULL) {
		gopm__text_str(&text, root);
	}
	gopm__text_str(&text, path);
	if (!text.failed) {
		m->searched = gopm__arena_str(&modules->arena, text.data, text.size);
	}
	gopm__text_free(&text);
}

/* Uses a file that the program has open already: itself, or a Go library. */
static bool use_open_file(struct gopm__mapped_modules *modules, struct gopm__mapped_module *m)
{
	struct gopm__executable *program = modules->program;
	const struct gopm__executable_private *p = program->private_;
	struct gopm__executable *found = NULL;

	if (p == NULL || program->source.base == NULL) {
		return false;
	}
	if (m->is_program && p->mapped_as.size == 0) {
		found = program;
	} else if (gopm__str_equal(p->mapped_as, m->path)) {
		found = program;
	}
	for (size_t i = 0; i < p->library_count && found == NULL; i++) {
		struct gopm__executable *library = p->libraries[i];
		const bool same = library->private_->mapped_as.size != 0
		                      ? gopm__str_equal(library->private_->mapped_as, m->path)
		                      : m->is_program;
		found = same ? library : NULL;
	}
	if (found == NULL) {
		return false;
	}
	m->exe = found;
	m->bias = found->bias;
	m->bias_known = true;
	m->source = found->from_core ? GOPM__MODULE_CORE : GOPM__MODULE_FILE;
	m->build_id = found->build_id;
	return true;
}

static struct gopm__executable *new_file(const struct gopm__mapped_modules *modules)
{
	const struct gopm__executable_private *p = modules->program->private_;
	struct gopm__executable *exe = gopm__calloc(1, sizeof *exe);

	/* No findings: damage of a library is said with the frames that it costs. */
	if (exe == NULL || p == NULL || gopm__executable_init(exe, NULL, p->io, p->max_section_size) != GOPM_OK) {
		free(exe);
		return NULL;
	}
	exe->private_->search = p->search;
	exe->private_->sysroot = p->sysroot;
	return exe;
}

/* The rows of a module. The caller frees rows->all. */
static gopm_status rows_of_module(const struct gopm__mapped_modules *modules, const struct gopm__mapped_module *m,
                                  struct gopm__file_rows *rows)
{
	const struct gopm__corefile *core = modules->core;

	/* An array of pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	*rows = (struct gopm__file_rows){gopm__calloc(GOPM__MAX_FILE_ROWS, sizeof(*rows->all)), 0};
	for (size_t i = 0; rows->all != NULL && i < core->file_count && rows->count < GOPM__MAX_FILE_ROWS; i++) {
		if (core->files[i].start < core->files[i].end && gopm__str_equal(core->files[i].path, m->path)) {
			rows->all[rows->count++] = &core->files[i];
		}
	}
	return rows->all != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

/* Opens the file at `path`, and keeps it if it is the one that the process had loaded. */
static void try_module_file(struct gopm__mapped_modules *modules, struct gopm__mapped_module *m,
                            const struct gopm__file_rows *rows, const char *path)
{
	struct gopm__executable *exe = new_file(modules);
	struct gopm__core_image image = {.found = false};
	enum gopm__match match = GOPM__MATCH_NO;
	uint64_t bias = 0;

	if (exe == NULL) {
		return;
	}
	note_searched(modules, m, path);
	gopm_status status =
	    gopm__executable_load_mapped(exe, exe->private_->sysroot.data, (gopm_str){path, strlen(path)});
	if (status == GOPM_OK && !gopm__executable_holds_code(exe)) {
		status = GOPM_NOT_FOUND;
	}
	if (status == GOPM_OK && gopm__rows_bias(exe, rows, &bias)) {
		(void)gopm__rows_verify(exe, modules->core, bias, &image, &match);
	}
	if (status == GOPM_OK && match == GOPM__MATCH_YES) {
		exe->core_build_id = m->build_id;
		gopm__executable_move(exe, bias);
		m->exe = exe;
		m->owned = true;
		m->source = GOPM__MODULE_FILE;
		m->bias = bias;
		m->bias_known = true;
		m->build_id = exe->build_id;
	} else {
		m->source = status != GOPM_OK              ? m->source
		            : match == GOPM__MATCH_UNKNOWN ? GOPM__MODULE_UNKNOWN
		                                           : GOPM__MODULE_MISMATCH;
		gopm__executable_free(exe);
	}
	gopm__core_image_free(&image);
}

static void try_module_build_id(struct gopm__mapped_modules *modules, struct gopm__mapped_module *m,
                                const struct gopm__file_rows *rows)
{
	struct gopm__text path = {0};

	if (m->build_id.size < 4) {
		return;
	}
	gopm__text_printf(&path, "/usr/lib/debug/.build-id/%.2s/%s", m->build_id.data, m->build_id.data + 2);
	if (!path.failed) {
		try_module_file(modules, m, rows, path.data);
	}
	gopm__text_free(&path);
}

/* Uses the pages of the core, if it has all of them. */
static void try_module_copy(struct gopm__mapped_modules *modules, struct gopm__mapped_module *m,
                            const struct gopm__core_image *image)
{
	const bool vdso = m->path.data == vdso_name.data;
	size_t size = (size_t)(m->end - m->start);
	uint8_t *bytes = vdso ? gopm__module_mapping_copy(modules->core, m->start, size)
	                      : gopm__module_image_copy(modules->core, image, &size);
	struct gopm__executable *exe = bytes != NULL ? new_file(modules) : NULL;
	const struct gopm__source_request request = {
	    .fd = -1, .what = "module of the core", .data = bytes, .data_size = size};

	if (exe == NULL || gopm__executable_load(exe, &request, NULL) != GOPM_OK) {
		if (exe != NULL) {
			gopm__executable_free(exe);
		}
		free(bytes);
		return;
	}
	exe->from_core = true;
	gopm__executable_move(exe, image->bias);
	m->copied = bytes;
	m->exe = exe;
	m->owned = true;
	m->source = GOPM__MODULE_CORE;
}

static void find_module(struct gopm__mapped_modules *modules, struct gopm__mapped_module *m)
{
	const bool search = modules->program->private_ != NULL && modules->program->private_->search;
	struct gopm__core_image image = {.found = false};
	struct gopm__file_rows rows;

	m->source = GOPM__MODULE_MISSING;
	if (use_open_file(modules, m) || rows_of_module(modules, m, &rows) != GOPM_OK) {
		return;
	}
	if (m->image != 0 && gopm__core_image_at(&image, &modules->arena, modules->core, m->image) == GOPM_OK &&
	    image.found) {
		m->bias = image.bias;
		m->bias_known = true;
		m->build_id = image.build_id;
	}
	if (search && rows.count != 0 && m->path.data[m->path.size] == '\0') {
		try_module_file(modules, m, &rows, m->path.data);
	}
	if (search && m->exe == NULL) {
		try_module_build_id(modules, m, &rows);
	}
	if (m->exe == NULL && image.found) {
		try_module_copy(modules, m, &image);
	}
	gopm__core_image_free(&image);
	free(rows.all);
}

void gopm__mapped_module_find(struct gopm__mapped_modules *modules, struct gopm__mapped_module *module)
{
	(void)pthread_mutex_lock(&modules->lock);
	if (module->source == GOPM__MODULE_UNOPENED) {
		find_module(modules, module);
	}
	(void)pthread_mutex_unlock(&modules->lock);
}

struct gopm__mapped_module *gopm__mapped_module_at(struct gopm__mapped_modules *modules, uint64_t address)
{
	size_t after;

	GOPM__LOWER_BOUND(after, modules->range_count, modules->ranges[after].start <= address);
	if (after == 0 || address >= modules->ranges[after - 1].end) {
		return NULL;
	}
	struct gopm__mapped_module *module = &modules->list[modules->ranges[after - 1].module];
	gopm__mapped_module_find(modules, module);
	return module;
}

bool gopm__mapped_module_is_go(const struct gopm__mapped_module *module)
{
	return module->exe != NULL && gopm__executable_is_go(module->exe);
}

size_t gopm__mapped_module_read(const struct gopm__mapped_modules *modules, const struct gopm__mapped_module *module,
                                uint64_t address, void *buffer, size_t size)
{
	struct gopm__reader reader = gopm__reader(&modules->core->memory);
	const size_t got = gopm__read_copy(&reader, address, buffer, size);

	if (got == size || module == NULL || module->exe == NULL) {
		return got;
	}
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(module->exe, &count);
	for (size_t i = 0; i < count; i++) {
		const uint64_t at = address - loads[i].address;
		if ((loads[i].flags & PF_W) != 0 || address < loads[i].address || at >= loads[i].file_size) {
			continue;
		}
		uint64_t left = loads[i].file_size - at;
		left = left < size ? left : size;
		return gopm__source_copy(&module->exe->source, loads[i].offset + at, buffer, left) ? (size_t)left : got;
	}
	return got;
}
