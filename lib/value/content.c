/* SPDX-License-Identifier: Apache-2.0 */
/* One function a form of container, and a table from the type's name to the form.
 * Source: sync/atomic/type.go and value.go, sync/map.go, weak/pointer.go, unique/handle.go, Go 1.16 to 1.27. */
#include "value/content.h"

#include <inttypes.h>

#include "dwarf/names.h"
#include "type/synthetic.h"
#include "util/str.h"
#include "value/chan_view.h"

static const gopm_str no_name = {"", 0};

/* Returns why the content cannot be found; NULL: *out is set. */
typedef const char *find_content(struct gopm__context *context, const struct gopm__variable *v,
                                 struct gopm__variable *out);

static const char bad_type[] = "its type is damaged: a member is missing";

/* The field `name` as a variable. */
static bool field_variable(struct gopm__context *context, const struct gopm__variable *v, const char *name,
                           struct gopm__variable *out)
{
	const struct gopm__field *field = gopm__type_field(v->real, name);

	if (field == NULL) {
		return false;
	}
	gopm__variable_init(context, out, no_name, v->address + field->offset,
	                    gopm__types_at(context->types, field->type), v->bytes);
	out->dangling = v->dangling;
	return true;
}

static const char *find_v(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out)
{
	return field_variable(context, v, "v", out) ? NULL : bad_type;
}

/* A uint32 that is 0 or 1. */
static const char *find_bool(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out)
{
	const struct gopm__field *field = gopm__type_field(v->real, "v");
	const struct gopm__type *type = gopm__types_basic(context->types, (gopm_str){"bool", 4});

	if (field == NULL || type == NULL) {
		context->no_memory = context->no_memory || type == NULL;
		return bad_type;
	}
	gopm__variable_init(context, out, no_name, v->address + field->offset, type, v->bytes);
	return NULL;
}

/* "*T" from "sync/atomic.Pointer[T]", for Go 1.19, whose Pointer does not mention T in a field. */
static const struct gopm__type *pointer_by_name(struct gopm__context *context, gopm_str name)
{
	char text[4096];
	const char *open = memchr(name.data, '[', name.size);

	if (open == NULL || name.data[name.size - 1] != ']') {
		return NULL;
	}
	size_t size = name.size - (size_t)(open - name.data) - 1; /* with the bracket, which the star replaces */
	if (size > sizeof text || size < 2) {
		return NULL;
	}
	if (gopm__dwarf_read_names(context->types->dwarf) != GOPM_OK) {
		context->no_memory = true;
		return NULL;
	}
	text[0] = '*';
	memcpy(text + 1, open + 1, size - 1);
	const struct gopm__type *found = gopm__types_named(context->types, (gopm_str){text, size});
	return found != NULL ? found
	                     : gopm__types_pointer_to(
	                           context->types, gopm__types_named(context->types, (gopm_str){text + 1, size - 1}));
}

const struct gopm__type *gopm__pointer_content(struct gopm__context *context, const struct gopm__type *type,
                                               const struct gopm__field **field)
{
	const struct gopm__type *real = gopm__type_resolve(context->types, type);

	*field = gopm__type_field(real, "v");
	*field = *field != NULL ? *field : gopm__type_field(real, "u");
	for (size_t i = 0; *field != NULL && i < real->field_count; i++) {
		const struct gopm__type *member =
		    gopm__type_resolve(context->types, gopm__types_at(context->types, real->fields[i].type));
		if (member != NULL && member->class_ == GOPM__TYPE_ARRAY && member->count == 0) {
			const struct gopm__type *pointer = gopm__type_target(context->types, member);
			const struct gopm__type *is = gopm__type_resolve(context->types, pointer);
			return is != NULL && is->class_ == GOPM__TYPE_POINTER ? pointer : NULL;
		}
	}
	return *field != NULL ? pointer_by_name(context, real->name) : NULL;
}

static const char *find_pointer(struct gopm__context *context, const struct gopm__variable *v,
                                struct gopm__variable *out)
{
	const struct gopm__field *field;
	const struct gopm__type *pointer = gopm__pointer_content(context, v->real, &field);

	if (pointer == NULL) {
		return "the type that it points to is not in the program";
	}
	gopm__variable_init(context, out, no_name, v->address + field->offset, pointer, v->bytes);
	out->dangling = v->dangling;
	return NULL;
}

/* A weak.Pointer points to a word with the address, which the collector clears (runtime/mheap.go,
 * getOrAddWeakHandle, since Go 1.24). */
static const char *find_weak(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out)
{
	const char *why = find_pointer(context, v, out);
	uint64_t handle;

	if (why != NULL || !gopm__variable_word(context, out->bytes, out->address, 8, &handle, &why) || handle == 0) {
		return why;
	}
	gopm__variable_init(context, out, no_name, handle, out->type, NULL);
	return NULL;
}

static const char *find_handle(struct gopm__context *context, const struct gopm__variable *v,
                               struct gopm__variable *out)
{
	struct gopm__variable pointer;

	if (!field_variable(context, v, "value", &pointer) || pointer.kind != GOPM_KIND_POINTER) {
		return bad_type;
	}
	gopm__variable_target(context, &pointer, out);
	if (gopm__is_dangling(&pointer)) {
		out->provenance = GOPM_FROM_STALE;
		out->origin = gopm__dangling_origin;
	}
	if (out->address == 0 && out->unreadable == NULL) {
		*out = pointer;
	}
	return out->unreadable;
}

static const char *find_map(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out)
{
	gopm__variable_init(context, out, no_name, v->address, v->type, v->bytes);
	gopm__variable_as_map(out);
	return out->unreadable;
}

/* Makes a []uint64 in the arena: its header, then the ids. */
static const char *find_waiters(struct gopm__context *context, const struct gopm__variable *v,
                                struct gopm__variable *out)
{
	struct gopm__variable first;
	struct gopm__waiters waiters;
	const char *why = NULL;
	uint64_t sudog;

	if (!field_variable(context, v, "first", &first) ||
	    !gopm__variable_word(context, first.bytes, first.address, 8, &sudog, &why)) {
		return why != NULL ? why : bad_type;
	}
	gopm__chan_waiters(context, 0, sudog, &waiters);
	const struct gopm__type *type =
	    gopm__types_slice_of(context->types, gopm__types_basic(context->types, (gopm_str){"uint64", 6}));
	const size_t header = 24, ids = waiters.count * sizeof *waiters.ids;
	struct gopm__bytes *bytes = gopm__arena_alloc(context->arena, sizeof *bytes);
	uint8_t *data = gopm__arena_alloc(context->arena, header + ids),
	        *known = gopm__arena_alloc(context->arena, header + ids);
	if (type == NULL || bytes == NULL || data == NULL || known == NULL) {
		context->no_memory = true;
		return "out of memory";
	}
	const uint64_t words[] = {GOPM__BYTES_BASE + header, waiters.count, waiters.count};
	memcpy(data, words, header);
	if (ids != 0) {
		memcpy(data + header, waiters.ids, ids);
	}
	memset(known, GOPM__BYTE_KNOWN, header + ids);
	*bytes = (struct gopm__bytes){.size = header + ids, .data = data, .known = known, .synthetic = true};
	gopm__variable_init(context, out, no_name, GOPM__BYTES_BASE, type, bytes);
	if (waiters.more != 0 || waiters.at_least) {
		/* Only the first ones are in these bytes. */
		out->length = out->capacity = (int64_t)(waiters.count + waiters.more);
	}
	return waiters.damage;
}

static const struct {
	const char *name;
	find_content *find;
} containers[] = {
    {"internal/sync.HashTrieMap[", find_map},
    {"runtime.waitq", find_waiters},
    {"sync.Map", find_map},
    {"sync/atomic.Bool", find_bool},
    {"sync/atomic.Int32", find_v},
    {"sync/atomic.Int64", find_v},
    {"sync/atomic.Pointer[", find_pointer},
    {"sync/atomic.Uint32", find_v},
    {"sync/atomic.Uint64", find_v},
    {"sync/atomic.Uintptr", find_v},
    {"sync/atomic.Value", find_v},
    {"unique.Handle[", find_handle},
    {"waitq<", find_waiters}, /* its name in DWARF (cmd/link/internal/ld/dwarf.go) */
    {"weak.Pointer[", find_weak},
};

static find_content *container_of(gopm_str type)
{
	/* Most types are not in the table. */
	if (type.size == 0 || strchr("irsuw", type.data[0]) == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++) {
		size_t size = strlen(containers[i].name);
		char last = containers[i].name[size - 1];
		bool whole = last != '[' && last != '<';
		if (gopm__str_has_prefix(type, containers[i].name) && (!whole || type.size == size)) {
			return containers[i].find;
		}
	}
	return NULL;
}

bool gopm__content(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out)
{
	find_content *find =
	    v->kind == GOPM_KIND_STRUCT && v->real != NULL && v->address != 0 ? container_of(v->real->name) : NULL;

	*out = (struct gopm__variable){.name = no_name};
	if (find == NULL) {
		return false;
	}
	const char *why = find(context, v, out);
	if (why != NULL) {
		*out = (struct gopm__variable){.name = no_name, .unreadable = why};
	}
	return true;
}

void gopm__load_content(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	struct gopm__variable content;

	if (context->limits.delve || !gopm__content(context, v, &content)) {
		return;
	}
	v->content = gopm__variable_children(context, 1);
	if (v->content == NULL) {
		return;
	}
	*v->content = content;
	/* The entries of a map are a level deeper by themselves. */
	gopm__variable_load(context, v->content, content.as_map ? level : level + 1);
}

void gopm__variable_as_map(struct gopm__variable *v)
{
	v->kind = GOPM_KIND_MAP;
	v->as_map = true;
	v->base = v->address;
	v->loaded = false;
	v->children = NULL;
	v->child_count = 0;
	v->content = NULL;
}
