# SPDX-License-Identifier: Apache-2.0
# Made by bindings/python/generate.py from include/gopm/*.h. Do not edit.
"""The functions and structs of the headers, for cffi."""

DECLARATIONS = """\
typedef int32_t gopm_status;
typedef struct gopm_str {
const char *data;
size_t size;
} gopm_str;
uint32_t gopm_version_number(void);
const char *gopm_version_string(void);
gopm_status gopm_escape(const char *text, size_t size, uint32_t flags, char *buffer, size_t buffer_size,
size_t *length);
const char *gopm_status_text(gopm_status status);
typedef struct gopm_error gopm_error;
void gopm_error_free(gopm_error *err);
gopm_status gopm_error_status(const gopm_error *err);
const char *gopm_error_message(const gopm_error *err);
const char *gopm_error_path(const gopm_error *err);
uint64_t gopm_error_offset(const gopm_error *err);
uint64_t gopm_error_expression_offset(const gopm_error *err);
uint64_t gopm_error_address(const gopm_error *err);
typedef struct gopm_core gopm_core;
typedef int64_t (*gopm_read_fn)(void *user_data, uint64_t offset, void *buffer, size_t size);
typedef int32_t (*gopm_write_fn)(void *user_data, const char *data, size_t size);
typedef int32_t (*gopm_progress_fn)(void *user_data, uint32_t phase, uint64_t done, uint64_t total);
typedef struct gopm_core_options {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
const char *core_path;
const void
*core_data;
size_t core_size;
gopm_read_fn core_read;
void *core_user_data;
uint64_t core_read_size;
int32_t core_fd;
int32_t exe_fd;
const char *exe_path;
const void *exe_data;
size_t exe_size;
gopm_read_fn exe_read;
void *exe_user_data;
uint64_t exe_read_size;
const char *sysroot;
const char *temporary_folder;
uint64_t max_unpacked_size;
uint64_t max_section_size;
uint64_t max_goroutines;
uint32_t max_frames;
uint32_t max_findings;
uint32_t core_pid;
uint32_t reserved2;
gopm_progress_fn progress;
void *progress_user_data;
uint64_t max_unpacked_disk;
uint64_t max_unpacked_memory;
uint32_t max_unpacked_ratio;
uint32_t reserved3;
} gopm_core_options;
void gopm_core_options_init(gopm_core_options *options, size_t struct_size);
gopm_status gopm_core_open(const gopm_core_options *options, gopm_core **out, gopm_error **err);
gopm_status gopm_core_open_path(const char *core_path, const char *exe_path, gopm_core **out,
gopm_error **err);
gopm_status gopm_core_set_progress(gopm_core *core, gopm_progress_fn progress, void *user_data);
void gopm_core_close(gopm_core *core);
typedef struct gopm_core_info {
size_t struct_size;
uint32_t flags;
uint32_t pid;
gopm_str core_path, exe_path;
gopm_str core_build_id, exe_build_id;
gopm_str go_version;
gopm_str machine;
gopm_str compression;
gopm_str command_line;
uint64_t exe_bias;
uint64_t core_size;
uint64_t memory_size;
uint64_t thread_count;
uint64_t goroutine_slots;
uint32_t death;
int32_t signal;
int32_t signal_code;
uint32_t death_thread;
uint64_t fault_address;
uint64_t death_goroutine;
gopm_str death_text;
gopm_str backlog;
int64_t now;
uint32_t slim_profile;
uint32_t reserved;
uint64_t original_size;
uint64_t signal_pc;
gopm_str death_lines;
int32_t kernel_signal;
uint32_t signal_sender;
int64_t unix_now;
} gopm_core_info;
gopm_status gopm_core_get_info(const gopm_core *core, gopm_core_info *info);
gopm_status gopm_memory_read(const gopm_core *core, uint64_t address, void *buffer, size_t size, size_t *got);
typedef struct gopm_location {
uint64_t pc;
uint64_t entry;
gopm_str function;
gopm_str file;
uint32_t line;
uint32_t flags;
} gopm_location;
gopm_status gopm_symbolize(const gopm_core *core, uint64_t pc, gopm_location *locations, size_t stride,
size_t capacity, size_t *count);
gopm_str gopm_symbol_name(const gopm_core *core, gopm_str function);
typedef struct gopm_mapping {
uint64_t address;
uint64_t size;
uint64_t size_in_core;
uint64_t core_offset;
uint64_t file_offset;
gopm_str path;
uint32_t flags;
uint32_t reserved;
} gopm_mapping;
typedef struct gopm_mapping_iter gopm_mapping_iter;
gopm_status gopm_mapping_iter_open(gopm_core *core, gopm_mapping_iter **out, gopm_error **err);
gopm_status gopm_mapping_iter_next(gopm_mapping_iter *it, gopm_mapping *records, size_t stride,
size_t capacity, size_t *got);
void gopm_mapping_iter_free(gopm_mapping_iter *it);
gopm_str gopm_finding_kind_name(uint32_t kind);
typedef struct gopm_finding {
uint32_t kind;
uint32_t reserved;
uint64_t count;
uint64_t address;
uint64_t offset;
gopm_str message;
} gopm_finding;
typedef struct gopm_finding_iter gopm_finding_iter;
gopm_status gopm_finding_iter_open(gopm_core *core, gopm_finding_iter **out, gopm_error **err);
gopm_status gopm_finding_iter_next(gopm_finding_iter *it, gopm_finding *records, size_t stride,
size_t capacity, size_t *got);
void gopm_finding_iter_free(gopm_finding_iter *it);
uint64_t gopm_finding_total(const gopm_core *core);
gopm_str gopm_wait_kind_name(uint32_t kind);
typedef struct gopm_wait {
uint32_t kind;
uint32_t flags;
uint64_t object;
gopm_str type;
uint64_t length;
uint64_t capacity;
uint64_t senders;
uint64_t receivers;
int64_t deadline;
int32_t fd;
uint32_t reserved;
} gopm_wait;
typedef struct gopm_goroutine {
uint64_t address;
uint64_t id;
uint64_t parent_id;
uint32_t status;
uint32_t raw_status;
uint32_t flags;
uint32_t raw_wait_reason;
gopm_str status_name;
gopm_str wait_reason;
int64_t wait_since;
int64_t wait_time;
uint64_t stack_lo, stack_hi;
uint64_t pc, sp;
uint64_t m;
uint64_t m_id;
uint64_t thread_id;
uint64_t locked_thread_id;
gopm_location current;
gopm_location user;
gopm_location go_statement;
gopm_location start;
gopm_wait wait;
uint32_t wait_count;
uint32_t label_count;
uint64_t stack_id;
} gopm_goroutine;
typedef struct gopm_goroutine_filter {
size_t struct_size;
uint32_t flags;
uint32_t fields;
uint64_t id;
uint64_t thread_id;
uint64_t wait_object;
int64_t min_wait_time;
const char *status;
const char *wait_reason;
const char *user, *start, *go, *current;
const char *label_key, *label_value;
uint64_t stack_id;
const uint64_t *ids;
size_t id_count;
gopm_progress_fn progress;
void *progress_user_data;
uint64_t address;
} gopm_goroutine_filter;
void gopm_goroutine_filter_init(gopm_goroutine_filter *filter, size_t struct_size);
typedef struct gopm_goroutine_iter gopm_goroutine_iter;
gopm_status gopm_goroutine_iter_open(gopm_core *core, const gopm_goroutine_filter *filter,
gopm_goroutine_iter **out, gopm_error **err);
gopm_status gopm_goroutine_iter_next(gopm_goroutine_iter *it, gopm_goroutine *records, size_t stride,
size_t capacity, size_t *got);
void gopm_goroutine_iter_free(gopm_goroutine_iter *it);
gopm_status gopm_goroutine_by_id(gopm_core *core, uint64_t id, gopm_goroutine *record, size_t record_size,
gopm_error **err);
gopm_status gopm_goroutine_by_address(gopm_core *core, uint64_t address, gopm_goroutine *record,
size_t record_size, gopm_error **err);
gopm_status gopm_goroutine_waits(gopm_core *core, uint64_t address, gopm_wait *records, size_t stride,
size_t capacity, size_t *count);
typedef struct gopm_label {
gopm_str key, value;
} gopm_label;
gopm_status gopm_goroutine_labels(gopm_core *core, uint64_t address, gopm_label *records, size_t stride,
size_t capacity, size_t *count);
typedef struct gopm_group {
uint64_t count;
uint64_t example_id;
int64_t longest_wait;
gopm_location location;
gopm_str key;
gopm_wait object;
uint64_t stack_id;
int64_t shortest_wait;
uint64_t partial_count;
} gopm_group;
typedef struct gopm_group_iter gopm_group_iter;
gopm_status gopm_group_iter_open(gopm_core *core, uint32_t group_by, const char *label_key,
const gopm_goroutine_filter *filter, gopm_group_iter **out, gopm_error **err);
gopm_status gopm_group_iter_next(gopm_group_iter *it, gopm_group *records, size_t stride, size_t capacity,
size_t *got);
void gopm_group_iter_free(gopm_group_iter *it);
struct ArrowSchema {
const char *format;
const char *name;
const char *metadata;
int64_t flags;
int64_t n_children;
struct ArrowSchema **children;
struct ArrowSchema *dictionary;
void (*release)(struct ArrowSchema *schema);
void *private_data;
};
struct ArrowArray {
int64_t length;
int64_t null_count;
int64_t offset;
int64_t n_buffers;
int64_t n_children;
const void **buffers;
struct ArrowArray **children;
struct ArrowArray *dictionary;
void (*release)(struct ArrowArray *array);
void *private_data;
};
struct ArrowArrayStream {
int (*get_schema)(struct ArrowArrayStream *stream, struct ArrowSchema *out);
int (*get_next)(struct ArrowArrayStream *stream, struct ArrowArray *out);
const char *(*get_last_error)(struct ArrowArrayStream *stream);
void (*release)(struct ArrowArrayStream *stream);
void *private_data;
};
gopm_status gopm_goroutines_arrow(gopm_core *core, const gopm_goroutine_filter *filter,
struct ArrowArrayStream *out, gopm_error **err);
typedef struct gopm_build_info {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
gopm_str go_version;
gopm_str package_path;
gopm_str module_path;
gopm_str module_version;
gopm_str module_sum;
gopm_str vcs;
gopm_str vcs_revision;
gopm_str vcs_time;
uint64_t setting_count;
uint64_t dependency_count;
} gopm_build_info;
gopm_status gopm_core_build_info(gopm_core *core, gopm_build_info *info);
typedef struct gopm_build_setting {
gopm_str key, value;
} gopm_build_setting;
gopm_status gopm_build_settings(gopm_core *core, gopm_build_setting *records, size_t stride, size_t capacity,
size_t *count);
typedef struct gopm_build_module {
gopm_str path, version, sum;
gopm_str replace_path, replace_version, replace_sum;
} gopm_build_module;
gopm_status gopm_build_dependencies(gopm_core *core, gopm_build_module *records, size_t stride,
size_t capacity, size_t *count);
typedef struct gopm_thread {
uint64_t id;
int32_t signal;
uint32_t flags;
uint64_t pc, sp;
uint64_t m;
uint64_t m_id;
uint64_t goroutine;
uint64_t goroutine_address;
gopm_location location;
gopm_str object;
uint64_t object_offset;
} gopm_thread;
typedef struct gopm_thread_iter gopm_thread_iter;
gopm_status gopm_thread_iter_open(gopm_core *core, gopm_thread_iter **out, gopm_error **err);
gopm_status gopm_thread_iter_next(gopm_thread_iter *it, gopm_thread *records, size_t stride, size_t capacity,
size_t *got);
void gopm_thread_iter_free(gopm_thread_iter *it);
typedef struct gopm_register {
gopm_str name;
uint64_t value;
uint32_t dwarf_number;
uint32_t reserved;
} gopm_register;
gopm_status gopm_thread_registers(const gopm_core *core, uint64_t thread_id, gopm_register *records,
size_t stride, size_t capacity, size_t *count);
typedef struct gopm_stack gopm_stack;
typedef struct gopm_stack_options {
size_t struct_size;
uint32_t flags;
uint32_t max_frames;
uint64_t goroutine_id;
uint64_t goroutine_address;
uint64_t thread_id;
uint64_t first_frame;
uint32_t outer_frames;
uint32_t reserved;
} gopm_stack_options;
void gopm_stack_options_init(gopm_stack_options *options, size_t struct_size);
typedef struct gopm_frame {
gopm_location location;
uint64_t pc;
uint64_t sp;
uint64_t cfa;
uint32_t flags;
uint32_t language;
gopm_str object;
uint64_t object_offset;
gopm_str symbol;
} gopm_frame;
gopm_status gopm_stack_open(gopm_core *core, const gopm_stack_options *options, gopm_stack **out,
gopm_error **err);
gopm_status gopm_stack_reopen(gopm_stack *stack, const gopm_stack_options *options, gopm_error **err);
void gopm_stack_free(gopm_stack *stack);
size_t gopm_stack_size(const gopm_stack *stack);
uint64_t gopm_stack_first(const gopm_stack *stack);
uint64_t gopm_stack_depth(const gopm_stack *stack);
gopm_status gopm_stack_frames(const gopm_stack *stack, size_t first, gopm_frame *records, size_t stride,
size_t capacity, size_t *got);
gopm_status gopm_frame_registers(const gopm_stack *stack, size_t frame, gopm_register *records, size_t stride,
size_t capacity, size_t *count);
uint32_t gopm_stack_end(const gopm_stack *stack, uint64_t *end_address);
typedef struct gopm_vars gopm_vars;
typedef struct gopm_value gopm_value;
typedef struct gopm_value_options {
size_t struct_size;
uint32_t flags;
uint32_t max_depth;
uint64_t max_string;
uint64_t max_elements;
uint64_t max_fields;
uint64_t max_bytes;
} gopm_value_options;
void gopm_value_options_init(gopm_value_options *options, size_t struct_size);
typedef struct gopm_value_info {
size_t struct_size;
uint32_t kind;
uint32_t provenance;
uint32_t flags;
uint32_t variable_flags;
gopm_str name;
gopm_str type;
gopm_str unreadable;
uint64_t address;
uint64_t size;
int64_t decl_line;
int64_t integer;
uint64_t uinteger;
double real, imaginary;
gopm_str text;
uint64_t length;
uint64_t capacity;
uint64_t base;
uint64_t child_count;
uint64_t senders;
uint64_t receivers;
gopm_str origin;
} gopm_value_info;
gopm_status gopm_frame_vars(const gopm_stack *stack, size_t frame, const gopm_value_options *options,
gopm_vars **out, gopm_error **err);
void gopm_vars_free(gopm_vars *vars);
size_t gopm_vars_size(const gopm_vars *vars);
gopm_status gopm_vars_value(gopm_vars *vars, size_t index, gopm_value **out);
gopm_status gopm_value_get_info(const gopm_value *value, gopm_value_info *info);
gopm_status gopm_value_child(const gopm_value *value, uint64_t index, gopm_value **out, gopm_error **err);
gopm_status gopm_value_content(const gopm_value *value, gopm_value **out, gopm_error **err);
void gopm_value_free(gopm_value *value);
gopm_status gopm_value_text(const gopm_value *value, char *buffer, size_t size, size_t *length);
gopm_status gopm_value_json(const gopm_value *value, uint32_t flags, char *buffer, size_t size,
size_t *length);
gopm_status gopm_eval(gopm_core *core, const gopm_stack *stack, size_t frame, const char *expression,
const gopm_value_options *options, gopm_value **out, gopm_error **err);
gopm_status gopm_package_vars(gopm_core *core, const char *glob, const gopm_value_options *options,
gopm_vars **out, gopm_error **err);
typedef struct gopm_heap gopm_heap;
typedef struct gopm_heap_options {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
gopm_progress_fn progress;
void *progress_user_data;
} gopm_heap_options;
void gopm_heap_options_init(gopm_heap_options *options, size_t size);
gopm_status gopm_heap_open(gopm_core *core, const gopm_heap_options *options, gopm_heap **out,
gopm_error **err);
void gopm_heap_close(gopm_heap *heap);
typedef struct gopm_heap_info {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
uint64_t objects, bytes;
uint64_t live_objects, live_bytes;
uint64_t in_use;
uint64_t free_slots;
uint64_t rounding;
uint64_t stacks;
uint64_t idle;
uint64_t released;
uint64_t mapped;
} gopm_heap_info;
gopm_status gopm_heap_get_info(const gopm_heap *heap, gopm_heap_info *info);
typedef struct gopm_heap_filter {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
const char *type;
} gopm_heap_filter;
void gopm_heap_filter_init(gopm_heap_filter *filter, size_t size);
typedef struct gopm_heap_type {
gopm_str type;
uint64_t descriptor;
uint32_t form;
uint32_t from;
uint64_t objects, elems, bytes;
uint64_t live_objects, live_bytes;
uint64_t slot_size;
uint32_t pointers;
uint32_t reserved;
} gopm_heap_type;
typedef struct gopm_heap_type_iter gopm_heap_type_iter;
gopm_status gopm_heap_type_iter_open(gopm_heap *heap, const gopm_heap_filter *filter,
gopm_heap_type_iter **out, gopm_error **err);
gopm_status gopm_heap_type_iter_next(gopm_heap_type_iter *it, gopm_heap_type *records, size_t stride,
size_t capacity, size_t *got);
void gopm_heap_type_iter_free(gopm_heap_type_iter *it);
typedef struct gopm_heap_object {
uint64_t address;
uint64_t size;
uint64_t elems;
gopm_str type;
uint64_t descriptor;
uint32_t form;
uint32_t from;
uint32_t flags;
uint32_t reserved;
} gopm_heap_object;
typedef struct gopm_heap_object_iter gopm_heap_object_iter;
gopm_status gopm_heap_object_iter_open(gopm_heap *heap, const gopm_heap_filter *filter,
gopm_heap_object_iter **out, gopm_error **err);
gopm_status gopm_heap_object_iter_next(gopm_heap_object_iter *it, gopm_heap_object *records, size_t stride,
size_t capacity, size_t *got);
void gopm_heap_object_iter_free(gopm_heap_object_iter *it);
gopm_status gopm_heap_object_at(gopm_heap *heap, uint64_t address, gopm_heap_object *object, size_t stride);
typedef struct gopm_heap_node {
uint64_t id;
gopm_str name;
uint64_t address;
uint64_t objects, bytes;
uint64_t own_bytes;
uint64_t instances;
uint32_t kind;
uint32_t form;
} gopm_heap_node;
typedef struct gopm_heap_node_iter gopm_heap_node_iter;
gopm_status gopm_heap_node_iter_open(gopm_heap *heap, uint32_t by, const gopm_heap_options *options,
gopm_heap_node_iter **out, gopm_error **err);
gopm_status gopm_heap_node_iter_next(gopm_heap_node_iter *it, gopm_heap_node *records, size_t stride,
size_t capacity, size_t *got);
void gopm_heap_node_iter_free(gopm_heap_node_iter *it);
gopm_status gopm_heap_node_children(gopm_heap *heap, uint64_t id, gopm_heap_node *records, size_t stride,
size_t capacity, size_t *count, uint64_t *left_out, gopm_error **err);
typedef struct gopm_heap_step {
uint64_t object;
uint64_t place;
uint64_t target;
uint64_t inside;
gopm_str type;
uint32_t form;
uint32_t reserved;
} gopm_heap_step;
typedef struct gopm_heap_path gopm_heap_path;
gopm_status gopm_heap_path_open(gopm_heap *heap, uint64_t address, gopm_heap_path **out, gopm_error **err);
gopm_str gopm_heap_path_text(const gopm_heap_path *path);
gopm_status gopm_heap_path_steps(const gopm_heap_path *path, gopm_heap_step *records, size_t stride,
size_t capacity, size_t *count);
void gopm_heap_path_free(gopm_heap_path *path);
gopm_status gopm_heap_referrers(gopm_heap *heap, uint64_t address, gopm_heap_step *records, size_t stride,
size_t capacity, size_t *count, uint64_t *left_out);
typedef struct gopm_heap_suspect {
gopm_str name;
uint32_t kind;
uint32_t form;
uint64_t address;
uint64_t objects, bytes;
uint64_t instances;
gopm_str point;
uint64_t point_address, point_bytes;
gopm_str child;
uint64_t child_objects, child_bytes;
uint32_t point_kind;
uint32_t point_form;
uint32_t child_form;
uint32_t flags;
} gopm_heap_suspect;
gopm_status gopm_heap_suspects(gopm_heap *heap, uint32_t percent, const gopm_heap_options *options,
gopm_heap_suspect *records, size_t stride, size_t capacity, size_t *count,
gopm_error **err);
typedef struct gopm_heap_waste {
uint32_t kind;
uint32_t reserved;
uint64_t count, bytes;
gopm_str type;
gopm_str text;
uint64_t length;
uint64_t example;
} gopm_heap_waste;
gopm_status gopm_heap_find_waste(gopm_heap *heap, const gopm_heap_options *options, gopm_heap_waste *records,
size_t stride, size_t capacity, size_t *count, gopm_error **err);
gopm_status gopm_location_json(const gopm_location *record, size_t record_size, uint32_t flags, char *buffer,
size_t size, size_t *length);
gopm_status gopm_goroutine_json(gopm_core *core, const gopm_goroutine *record, size_t record_size,
uint32_t flags, char *buffer, size_t size, size_t *length);
gopm_status gopm_group_json(const gopm_group *record, size_t record_size, uint32_t group_by, uint32_t flags,
char *buffer, size_t size, size_t *length);
gopm_status gopm_thread_json(const gopm_core *core, const gopm_thread *record, size_t record_size,
uint32_t flags, char *buffer, size_t size, size_t *length);
gopm_status gopm_frame_json(const gopm_frame *record, size_t record_size, uint32_t flags, char *buffer,
size_t size, size_t *length);
gopm_status gopm_stack_json(const gopm_stack *stack, const gopm_value_options *variables, uint32_t flags,
gopm_write_fn write, void *user_data, gopm_error **err);
gopm_status gopm_finding_json(const gopm_finding *record, size_t record_size, uint32_t flags, char *buffer,
size_t size, size_t *length);
typedef struct gopm_module {
uint64_t address;
uint64_t size;
uint64_t bias;
gopm_str path;
gopm_str build_id;
gopm_str file;
gopm_str searched;
uint32_t source;
uint32_t flags;
} gopm_module;
typedef struct gopm_module_iter gopm_module_iter;
gopm_status gopm_module_iter_open(gopm_core *core, gopm_module_iter **out, gopm_error **err);
gopm_status gopm_module_iter_next(gopm_module_iter *it, gopm_module *records, size_t stride, size_t capacity,
size_t *got);
void gopm_module_iter_free(gopm_module_iter *it);
typedef struct gopm_object {
uint64_t address;
uint32_t kind;
uint32_t flags;
gopm_str type;
gopm_str in;
gopm_str name;
uint64_t owner;
uint64_t parent;
uint64_t word;
uint64_t goroutines;
uint64_t length;
uint64_t capacity;
uint64_t senders;
uint64_t receivers;
uint64_t waiters;
int64_t readers;
int64_t reading;
int64_t counter;
int64_t deadline;
gopm_str file;
gopm_str local;
gopm_str remote;
int32_t fd;
uint32_t reserved;
gopm_str
state;
uint64_t runs;
gopm_str library;
gopm_str library_in;
} gopm_object;
typedef struct gopm_object_waiter {
uint64_t goroutine;
uint64_t address;
uint32_t side;
uint32_t flags;
uint64_t element;
int64_t wait_since;
int64_t wait_time;
gopm_location user;
} gopm_object_waiter;
typedef struct gopm_objects gopm_objects;
typedef struct gopm_objects_options {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
uint64_t address;
gopm_heap *heap;
gopm_progress_fn progress;
void *progress_user_data;
} gopm_objects_options;
void gopm_objects_options_init(gopm_objects_options *options, size_t size);
gopm_status gopm_objects_open(gopm_core *core, const gopm_objects_options *options, gopm_objects **out,
gopm_error **err);
void gopm_objects_free(gopm_objects *objects);
gopm_status gopm_objects_list(const gopm_objects *objects, gopm_object *records, size_t stride, size_t first,
size_t capacity, size_t *count);
gopm_status gopm_objects_waiters(const gopm_objects *objects, uint64_t address, gopm_object_waiter *records,
size_t stride, size_t first, size_t capacity, size_t *count);
typedef struct gopm_profile_options {
size_t struct_size;
uint32_t kind;
uint32_t flags;
gopm_progress_fn progress;
void *progress_user_data;
} gopm_profile_options;
void gopm_profile_options_init(gopm_profile_options *options, size_t struct_size);
typedef struct gopm_profile gopm_profile;
typedef struct gopm_profile_info {
size_t struct_size;
uint32_t kind;
uint32_t flags;
uint64_t sample_count;
uint32_t value_count;
uint32_t reserved;
int64_t rate;
int64_t values[4];
int64_t pending[4];
} gopm_profile_info;
typedef struct gopm_profile_sample {
const uint64_t *pcs;
uint64_t pc_count;
int64_t values[4];
int64_t pending[4];
uint64_t object_size;
uint64_t label_count;
} gopm_profile_sample;
gopm_status gopm_profile_open(gopm_core *core, const gopm_profile_options *options, gopm_profile **out,
gopm_error **err);
gopm_status gopm_profile_get_info(const gopm_profile *profile, gopm_profile_info *info);
gopm_status gopm_profile_samples(const gopm_profile *profile, uint64_t first, gopm_profile_sample *records,
size_t stride, size_t capacity, size_t *got);
gopm_status gopm_profile_frames(gopm_profile *profile, uint64_t index, gopm_location *records, size_t stride,
size_t capacity, size_t *count);
gopm_status gopm_profile_labels(const gopm_profile *profile, uint64_t index, gopm_label *records,
size_t stride, size_t capacity, size_t *count);
typedef struct gopm_profile_target {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
const char *path;
gopm_write_fn write;
void *user_data;
} gopm_profile_target;
gopm_status gopm_profile_write(gopm_profile *profile, const gopm_profile_target *target, gopm_error **err);
void gopm_profile_free(gopm_profile *profile);
typedef struct gopm_slim_options {
size_t struct_size;
uint32_t flags;
uint32_t profile;
const char *path;
gopm_write_fn write;
void *user_data;
uint32_t compression;
int32_t level;
uint32_t threads;
uint32_t max_depth;
uint64_t max_object;
uint64_t max_reach;
uint64_t max_variable_stacks;
} gopm_slim_options;
void gopm_slim_options_init(gopm_slim_options *options, size_t struct_size);
typedef struct gopm_slim_result {
size_t struct_size;
uint64_t file_size;
uint64_t core_size;
uint64_t memory_size;
uint64_t original_size;
uint64_t segment_count;
uint64_t thread_count;
uint64_t goroutine_count;
uint64_t finding_count;
uint64_t stopped_time;
} gopm_slim_result;
gopm_status gopm_slim(const gopm_core_options *core, const gopm_slim_options *options,
gopm_slim_result *result, gopm_error **err);
typedef struct gopm_function {
gopm_str name;
gopm_str file;
uint64_t entry;
uint64_t end;
uint32_t line;
uint32_t flags;
} gopm_function;
typedef struct gopm_function_iter gopm_function_iter;
gopm_status gopm_function_iter_open(gopm_core *core, const char *glob, gopm_function_iter **out,
gopm_error **err);
gopm_status gopm_function_iter_next(gopm_function_iter *it, gopm_function *records, size_t stride,
size_t capacity, size_t *got);
void gopm_function_iter_free(gopm_function_iter *it);
typedef struct gopm_source_file {
gopm_str path;
} gopm_source_file;
typedef struct gopm_source_file_iter gopm_source_file_iter;
gopm_status gopm_source_file_iter_open(gopm_core *core, const char *glob, gopm_source_file_iter **out,
gopm_error **err);
gopm_status gopm_source_file_iter_next(gopm_source_file_iter *it, gopm_source_file *records, size_t stride,
size_t capacity, size_t *got);
void gopm_source_file_iter_free(gopm_source_file_iter *it);
typedef struct gopm_traceback_options {
size_t struct_size;
uint32_t level;
uint32_t flags;
uint64_t goroutine_id;
} gopm_traceback_options;
void gopm_traceback_options_init(gopm_traceback_options *options, size_t struct_size);
gopm_status gopm_traceback(gopm_core *core, const gopm_traceback_options *options, gopm_write_fn write,
void *user_data, gopm_error **err);
typedef struct gopm_type gopm_type;
typedef struct gopm_type_info {
size_t struct_size;
uint32_t kind;
uint32_t source;
uint32_t flags;
uint32_t direction;
gopm_str name;
uint64_t size;
uint64_t descriptor;
uint64_t length;
uint64_t field_count;
uint64_t method_count;
uint32_t align;
uint32_t parameter_count;
uint32_t result_count;
uint32_t reserved;
} gopm_type_info;
typedef struct gopm_type_field {
gopm_str name;
uint64_t offset;
uint64_t size;
uint32_t flags;
uint32_t reserved;
} gopm_type_field;
typedef struct gopm_type_method {
gopm_str name;
gopm_str function;
uint64_t entry;
uint64_t interface_entry;
uint32_t flags;
uint32_t reserved;
} gopm_type_method;
gopm_status gopm_type_by_name(gopm_core *core, const char *name, gopm_type **out, gopm_error **err);
gopm_status gopm_type_by_descriptor(gopm_core *core, uint64_t address, gopm_type **out, gopm_error **err);
typedef struct gopm_type_name {
gopm_str name;
uint64_t descriptor;
} gopm_type_name;
typedef struct gopm_type_iter gopm_type_iter;
gopm_status gopm_type_iter_open(gopm_core *core, const char *glob, gopm_type_iter **out, gopm_error **err);
gopm_status gopm_type_iter_next(gopm_type_iter *it, gopm_type_name *records, size_t stride, size_t capacity,
size_t *got);
void gopm_type_iter_free(gopm_type_iter *it);
gopm_status gopm_value_type(const gopm_value *value, gopm_type **out);
void gopm_type_free(gopm_type *type);
gopm_status gopm_type_get_info(const gopm_type *type, gopm_type_info *info);
gopm_status gopm_type_get_field(const gopm_type *type, uint64_t index, gopm_type_field *field, size_t size,
gopm_type **out);
gopm_status gopm_type_elem(const gopm_type *type, gopm_type **out);
gopm_status gopm_type_key(const gopm_type *type, gopm_type **out);
gopm_status gopm_type_parameter(const gopm_type *type, uint64_t index, gopm_type **out);
gopm_status gopm_type_get_method(const gopm_type *type, uint64_t index, gopm_type_method *method, size_t size,
gopm_type **out);
gopm_status gopm_value_at(const gopm_type *type, uint64_t address, const gopm_value_options *options,
gopm_value **out, gopm_error **err);
typedef struct gopm_why gopm_why;
typedef struct gopm_why_options {
size_t struct_size;
uint32_t flags;
uint32_t reserved;
gopm_progress_fn progress;
void *progress_user_data;
gopm_heap *heap;
} gopm_why_options;
void gopm_why_options_init(gopm_why_options *options, size_t size);
gopm_status gopm_why_open(gopm_core *core, const gopm_why_options *options, gopm_why **out, gopm_error **err);
void gopm_why_close(gopm_why *why);
typedef struct gopm_why_info {
size_t struct_size;
uint32_t flags;
uint32_t verdict;
uint64_t goroutines;
uint64_t waiting;
uint64_t leaked;
uint64_t suspects;
uint64_t findings;
} gopm_why_info;
gopm_status gopm_why_get_info(const gopm_why *why, gopm_why_info *info);
typedef struct gopm_why_finding {
uint32_t verdict;
uint32_t certainty;
uint32_t basis;
uint32_t pattern;
uint64_t waiters;
uint64_t blamed;
uint64_t objects;
uint64_t edges;
uint64_t structures;
int64_t longest_wait;
gopm_str text;
} gopm_why_finding;
gopm_status gopm_why_findings(gopm_why *why, gopm_why_finding *records, size_t stride, size_t capacity,
size_t *count);
typedef struct gopm_why_waiter {
uint64_t id;
uint64_t address;
uint32_t certainty;
uint32_t reserved;
} gopm_why_waiter;
gopm_status gopm_why_waiters(const gopm_why *why, size_t finding, gopm_why_waiter *records, size_t stride,
size_t capacity, size_t *count);
gopm_status gopm_why_blamed(const gopm_why *why, size_t finding, gopm_why_waiter *records, size_t stride,
size_t capacity, size_t *count);
gopm_status gopm_why_objects(gopm_why *why, size_t finding, gopm_object *records, size_t stride,
size_t capacity, size_t *count);
typedef struct gopm_why_edge {
uint64_t from;
uint64_t object;
uint64_t targets;
uint64_t waiters;
uint32_t how;
uint32_t evidence;
uint32_t certainty;
uint32_t reserved;
} gopm_why_edge;
gopm_status gopm_why_edges(const gopm_why *why, size_t finding, gopm_why_edge *records, size_t stride,
size_t capacity, size_t *count);
gopm_status gopm_why_edge_targets(const gopm_why *why, size_t finding, size_t edge, uint64_t *ids,
size_t capacity, size_t *count);
typedef struct gopm_why_holder {
uint64_t goroutine;
uint64_t address;
uint32_t how;
uint32_t evidence;
uint32_t certainty;
uint32_t reserved;
gopm_object object;
} gopm_why_holder;
gopm_status gopm_why_holders(gopm_why *why, gopm_why_holder *records, size_t stride, size_t capacity,
size_t *count);
typedef struct gopm_why_step {
uint64_t goroutine;
uint64_t address;
uint64_t next;
uint64_t others;
uint32_t certainty;
uint32_t side;
uint32_t how;
uint32_t evidence;
uint32_t waits;
uint32_t reserved;
gopm_object object;
} gopm_why_step;
gopm_status gopm_why_chain(gopm_why *why, uint64_t goroutine, gopm_why_step *records, size_t stride,
size_t capacity, size_t *count);
typedef struct gopm_leak {
uint64_t id;
uint64_t address;
uint64_t group;
uint32_t certainty;
uint32_t basis;
} gopm_leak;
gopm_status gopm_why_leaks(const gopm_why *why, gopm_leak *records, size_t stride, size_t capacity,
size_t *count);
typedef struct gopm_leak_group {
uint64_t count;
uint64_t example_id;
uint32_t certainty;
uint32_t basis;
uint32_t kind;
uint32_t reserved;
int64_t longest_wait;
gopm_location go_statement;
gopm_location start;
gopm_location user;
} gopm_leak_group;
gopm_status gopm_why_leak_groups(const gopm_why *why, gopm_leak_group *records, size_t stride, size_t capacity,
size_t *count);
"""
