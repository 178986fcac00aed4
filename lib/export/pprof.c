/* SPDX-License-Identifier: Apache-2.0 */
#include "export/pprof.h"

#include <elf.h>
#include <stdlib.h>
#include <zlib.h>

#include "export/pprof_table.h"
#include "util/allocate.h"
#include "util/str.h"
#include "util/vector.h"

/* Fields of profile.proto; see pprof_table.h too. */
enum { SAMPLE_TYPE = 1, SAMPLE = 2, PERIOD_TYPE = 11, PERIOD = 12, DEFAULT_SAMPLE_TYPE = 14 };
enum { TYPE_TYPE = 1, TYPE_UNIT = 2 };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2, SAMPLE_LABEL = 3 };
enum { LABEL_KEY = 1, LABEL_STR = 2, LABEL_NUM = 3 };

#define GZIP_WINDOW (15 + 16) /* zlib.h: 16 asks for a gzip header */
#define GZIP_MEMORY 8
#define CHUNK 65536u
#define PAGE 4096u

/* Types of each kind. Source: runtime/pprof, writeHeapProto, printCountCycleProfile, printCountProfile. */
static const struct pprof_kind {
	const char *period_type, *period_unit, *default_type; /* default_type NULL: none */
	struct {
		const char *name, *unit;
	} values[GOPM_PROFILE_VALUES];
	bool hides_runtime;
} kinds[] = {
    [GOPM_PROFILE_HEAP] =
        {"space",
         "bytes",
         NULL,
         {{"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"}, {"inuse_space", "bytes"}},
         true},
    [GOPM_PROFILE_ALLOCS] =
        {"space",
         "bytes",
         "alloc_space",
         {{"alloc_objects", "count"}, {"alloc_space", "bytes"}, {"inuse_objects", "count"}, {"inuse_space", "bytes"}},
         true},
    [GOPM_PROFILE_MUTEX] = {"contentions", "count", NULL, {{"contentions", "count"}, {"delay", "nanoseconds"}}, false},
    [GOPM_PROFILE_BLOCK] = {"contentions", "count", NULL, {{"contentions", "count"}, {"delay", "nanoseconds"}}, false},
    [GOPM_PROFILE_GOROUTINE] = {"goroutine", "count", NULL, {{"goroutine", "count"}}, false},
};

const char *gopm__pprof_value_name(uint32_t kind, size_t index)
{
	return index < GOPM_PROFILE_VALUES ? kinds[kind].values[index].name : NULL;
}

const char *gopm__pprof_value_unit(uint32_t kind, size_t index)
{
	return index < GOPM_PROFILE_VALUES ? kinds[kind].values[index].unit : NULL;
}

/* The function at `pc` itself, not before it: runtime.FuncForPC, as runtime/pprof calls it. */
static bool is_runtime(struct gopm__symtab *symtab, uint64_t pc)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(symtab, pc);

	return info != NULL && info->known &&
	       (gopm__str_has_prefix(info->calls[0].symbol, "runtime.") ||
	        gopm__str_has_prefix(info->calls[0].symbol, "internal/runtime/"));
}

size_t gopm__pprof_hidden(struct gopm__symtab *symtab, const uint64_t *pcs, size_t count)
{
	size_t hidden = 0;

	while (hidden < count && is_runtime(symtab, pcs[hidden])) {
		hidden++;
	}
	return hidden < count ? hidden : 0;
}

/* The file in progress. */
struct pprof_writing {
	const struct gopm__profile *profile;
	const struct pprof_kind *kind;
	struct gopm__program *program;
	struct gopm__sink *sink;
	gopm_error **err;
	struct gopm__protobuf pb;
	struct gopm__pprof_table table;
	struct gopm__pprof_mapping *mappings;
	size_t mapping_count, mapping_capacity;
	z_stream zip;
	uint64_t *pcs, *ids; /* of one stack */
	size_t capacity;     /* of both */
};

static gopm_str str_of(const char *text)
{
	return (gopm_str){text, strlen(text)};
}

/* Compresses what was written so far, and empties the buffer. */
static gopm_status flush_file(struct pprof_writing *w, bool last)
{
	uint8_t out[CHUNK];
	int result = Z_OK;

	if (w->pb.failed || w->table.failed) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (w->pb.size > UINT32_MAX) {
		return gopm__fail(w->err, GOPM_ERR_LIMIT, GOPM__NOWHERE, "the profile has more than 4 GiB");
	}
	w->zip.next_in = w->pb.data;
	w->zip.avail_in = (uInt)w->pb.size;
	do {
		w->zip.next_out = out;
		w->zip.avail_out = sizeof out;
		result = deflate(&w->zip, last ? Z_FINISH : Z_NO_FLUSH);
		if (result == Z_STREAM_ERROR) {
			return GOPM_ERR_NO_MEMORY;
		}
		const size_t size = sizeof out - w->zip.avail_out;
		const gopm_status status = size != 0 ? gopm__sink_write(w->sink, out, size, w->err) : GOPM_OK;
		if (status != GOPM_OK) {
			return status;
		}
	} while (w->zip.avail_out == 0);
	w->pb.size = 0;
	return GOPM_OK;
}

/* The path of the file that NT_FILE has at `address`. */
static gopm_str path_at(const struct gopm__corefile *core, uint64_t address)
{
	for (size_t i = 0; i < core->file_count; i++) {
		if (address >= core->files[i].start && address < core->files[i].end) {
			return core->files[i].path;
		}
	}
	return (gopm_str){NULL, 0};
}

static gopm_status add_mapping(struct pprof_writing *w, struct gopm__pprof_mapping mapping)
{
	for (size_t i = 0; i < w->mapping_count; i++) {
		if (mapping.start < w->mappings[i].end && w->mappings[i].start < mapping.end) {
			return GOPM_OK;
		}
	}
	if (!GOPM__VECTOR_RESERVE(w->mappings, w->mapping_count, w->mapping_capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	w->mappings[w->mapping_count++] = mapping;
	return GOPM_OK;
}

/* Lists the executable mappings: those of the executable, then other files and the vDSO. */
static gopm_status list_mappings(struct pprof_writing *w)
{
	const struct gopm__corefile *core = &w->program->file;
	const struct gopm__executable *exe = &w->program->exe;
	gopm_status status = GOPM_OK;
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(exe, &count);

	for (size_t i = 0; i < count && status == GOPM_OK; i++) {
		const uint64_t skew = loads[i].address % PAGE;
		if ((loads[i].flags & PF_X) == 0 || loads[i].memory_size == 0 || loads[i].offset < skew) {
			continue;
		}
		const gopm_str path = path_at(core, loads[i].address);
		status = add_mapping(
		    w, (struct gopm__pprof_mapping){.start = loads[i].address - skew,
		                                    .end = (loads[i].address + loads[i].memory_size + PAGE - 1) &
		                                           ~(uint64_t)(PAGE - 1),
		                                    .offset = loads[i].offset - skew,
		                                    .file = path.size != 0             ? path
		                                            : exe->source.name != NULL ? str_of(exe->source.name)
		                                                                       : path,
		                                    .build_id = exe->build_id});
	}
	for (size_t i = 0; i < core->load_count && status == GOPM_OK; i++) {
		const struct gopm__load *load = &core->loads[i];
		gopm_str path = path_at(core, load->address);
		uint64_t offset = 0;
		if ((load->flags & PF_X) == 0) {
			continue;
		}
		for (size_t k = 0; k < core->file_count; k++) {
			const struct gopm__file_mapping *f = &core->files[k];
			offset = load->address >= f->start && load->address < f->end
			             ? f->offset + (load->address - f->start)
			             : offset;
		}
		if (path.size == 0 && core->vdso != 0 && load->address == core->vdso) {
			path = str_of("[vdso]");
		}
		if (path.size != 0) {
			status = add_mapping(w, (struct gopm__pprof_mapping){load->address,
			                                                     load->address + load->memory_size,
			                                                     offset,
			                                                     path,
			                                                     {NULL, 0},
			                                                     false,
			                                                     false});
		}
	}
	/* pprof needs one. */
	return status == GOPM_OK && w->mapping_count == 0 ? add_mapping(w, (struct gopm__pprof_mapping){0}) : status;
}

static void write_type(struct pprof_writing *w, unsigned field, const char *name, const char *unit)
{
	const struct gopm__protobuf_message m = gopm__protobuf_begin(&w->pb, field);

	gopm__protobuf_int(&w->pb, TYPE_TYPE, gopm__pprof_string(&w->table, str_of(name)));
	gopm__protobuf_int(&w->pb, TYPE_UNIT, gopm__pprof_string(&w->table, str_of(unit)));
	gopm__protobuf_end(&w->pb, m);
}

static void write_head(struct pprof_writing *w)
{
	const struct pprof_kind *kind = w->kind;
	const bool ticks = (w->profile->flags & GOPM_PROFILE_INFO_TICKS) != 0;

	write_type(w, PERIOD_TYPE, kind->period_type, kind->period_unit);
	gopm__protobuf_int(&w->pb, PERIOD, (uint64_t)w->profile->period);
	for (size_t i = 0; i < GOPM_PROFILE_VALUES && kind->values[i].name != NULL; i++) {
		const bool delay = ticks && strcmp(kind->values[i].unit, "nanoseconds") == 0;
		write_type(w, SAMPLE_TYPE, kind->values[i].name, delay ? "ticks" : kind->values[i].unit);
	}
	if (kind->default_type != NULL) {
		gopm__protobuf_int(&w->pb, DEFAULT_SAMPLE_TYPE,
		                   gopm__pprof_string(&w->table, str_of(kind->default_type)));
	}
}

static void write_labels(struct pprof_writing *w, const struct gopm__profile_sample *sample)
{
	struct gopm__protobuf *pb = &w->pb;

	if (sample->object_size != 0) {
		const struct gopm__protobuf_message m = gopm__protobuf_begin(pb, SAMPLE_LABEL);
		gopm__protobuf_int(pb, LABEL_KEY, gopm__pprof_string(&w->table, str_of("bytes")));
		gopm__protobuf_int(pb, LABEL_NUM, sample->object_size);
		gopm__protobuf_end(pb, m);
	}
	if (sample->label_set == 0) {
		return;
	}
	const struct gopm__label_set *set = &w->profile->label_sets[sample->label_set - 1];
	for (uint64_t i = 0; i < set->count; i++) {
		const gopm_label *label = &w->profile->labels[set->first + i];
		const struct gopm__protobuf_message m = gopm__protobuf_begin(pb, SAMPLE_LABEL);
		gopm__protobuf_int(pb, LABEL_KEY, gopm__pprof_string(&w->table, label->key));
		gopm__protobuf_int(pb, LABEL_STR, gopm__pprof_string(&w->table, label->value));
		gopm__protobuf_end(pb, m);
	}
}

static void write_sample(struct pprof_writing *w, const struct gopm__profile_sample *sample)
{
	struct gopm__symtab *symtab = &w->program->symtab;
	const uint64_t *pcs = w->profile->pcs + sample->first_pc;
	struct gopm__protobuf *pb = &w->pb;
	size_t hidden = w->kind->hides_runtime ? gopm__pprof_hidden(symtab, pcs, sample->pc_count) : 0, count = 0;

	/* A stack of nothing but runtime.goexit is shown whole. */
	for (unsigned tries = 0; tries < 2 && count == 0; tries++, hidden = 0) {
		memcpy(w->pcs, pcs + hidden, (sample->pc_count - hidden) * sizeof *pcs);
		count = gopm__pprof_stack(&w->table, w->pcs, sample->pc_count - hidden, w->ids, w->capacity);
	}
	const struct gopm__protobuf_message m = gopm__protobuf_begin(pb, SAMPLE);
	for (size_t i = 0; i < GOPM_PROFILE_VALUES && w->kind->values[i].name != NULL; i++) {
		gopm__protobuf_element(pb, SAMPLE_VALUE, (uint64_t)sample->values[i]);
	}
	for (size_t i = 0; i < count; i++) {
		gopm__protobuf_element(pb, SAMPLE_LOCATION, w->ids[i]);
	}
	write_labels(w, sample);
	gopm__protobuf_end(pb, m);
}

static gopm_status write_file(struct pprof_writing *w)
{
	gopm_status status = GOPM_OK;

	write_head(w);
	for (size_t i = 0; i < w->profile->count && status == GOPM_OK; i++) {
		write_sample(w, &w->profile->samples[i]);
		if (w->pb.size >= CHUNK || w->pb.failed || w->table.failed) {
			status = flush_file(w, false);
		}
	}
	if (status == GOPM_OK) {
		gopm__pprof_table_finish(&w->table);
		status = flush_file(w, true);
	}
	return status;
}

gopm_status gopm__pprof_write(const struct gopm__profile *profile, struct gopm__program *program,
                              struct gopm__sink *sink, gopm_error **err)
{
	struct pprof_writing w = {.profile = profile,
	                          .kind = &kinds[profile->kind],
	                          .program = program,
	                          .sink = sink,
	                          .err = err,
	                          .capacity = 1};

	for (size_t i = 0; i < profile->count; i++) {
		const size_t count = profile->samples[i].pc_count;
		w.capacity = count > w.capacity ? count : w.capacity;
	}
	w.capacity += GOPM__BUCKET_DEPTH; /* calls that the last pc was inlined into */
	if (deflateInit2(&w.zip, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		gopm__allocation_failed();
		return gopm__fail_memory(err);
	}
	gopm_status status = list_mappings(&w);
	gopm__pprof_table_init(&w.table, &program->symtab, &w.pb, w.mappings, w.mapping_count);
	w.pcs = gopm__calloc(w.capacity, sizeof *w.pcs);
	w.ids = gopm__calloc(w.capacity, sizeof *w.ids);
	if (status == GOPM_OK && w.pcs != NULL && w.ids != NULL) {
		status = write_file(&w);
	} else {
		status = GOPM_ERR_NO_MEMORY;
	}
	(void)deflateEnd(&w.zip);
	gopm__pprof_table_clear(&w.table);
	free(w.mappings);
	free(w.pb.data);
	free(w.pcs);
	free(w.ids);
	return status == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err) : status;
}
