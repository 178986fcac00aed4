/* SPDX-License-Identifier: Apache-2.0 */
#include "why/type_path.h"

#include "util/str.h"

#define MOST_DEPTH 64u

/* Full names of the types of synchronization objects. Since Go 1.24 a sync.Mutex is a struct of an internal one. */
static const char *const part_types[][2] = {
    [GOPM__PART_MUTEX] = {"sync.Mutex", "internal/sync.Mutex"},
    [GOPM__PART_RWMUTEX] = {"sync.RWMutex", NULL},
    [GOPM__PART_ONCE] = {"sync.Once", NULL},
    [GOPM__PART_WAITGROUP] = {"sync.WaitGroup", NULL},
    [GOPM__PART_COND] = {"sync.Cond", NULL},
    [GOPM__PART_SEMA] = {NULL, NULL},
};

void gopm__type_path_add(struct gopm__type_path *path, const char *data, size_t size)
{
	const size_t left = sizeof path->text - path->size;

	path->cut = path->cut || size > left;
	size = size > left ? left : size;
	if (size != 0) {
		memcpy(path->text + path->size, data, size);
	}
	path->size += size;
}

static bool is_part(const struct gopm__type *type, enum gopm__part part)
{
	const gopm_str name = type->name;

	for (size_t i = 0; part != GOPM__PART_WORD && i < 2 && part_types[part][i] != NULL; i++) {
		if (gopm__str_equal(name, (gopm_str){part_types[part][i], strlen(part_types[part][i])})) {
			return true;
		}
	}
	return false;
}

bool gopm__type_is_part(struct gopm__types *types, const struct gopm__type *type, enum gopm__part part, bool pointer)
{
	const struct gopm__type *real = type != NULL ? gopm__type_resolve(types, type) : NULL;

	if (real == NULL) {
		return false;
	}
	if (pointer && part == GOPM__PART_WORD) {
		return real->class_ == GOPM__TYPE_CHAN;
	}
	if (pointer) {
		const struct gopm__type *target =
		    real->class_ == GOPM__TYPE_POINTER ? gopm__type_target(types, real) : NULL;
		return target != NULL && is_part(target, part);
	}
	return is_part(type, part) || is_part(real, part);
}

/* True for "path/of/package.Name" of a package that may have locks of its own. The parts of package sync are parts of
 * their owner: a sync.Map in main.cache.m has its Mutex there. */
static bool is_owner(gopm_str name)
{
	static const char *const others[] = {"sync.", "internal/sync.", "sync/atomic.", "map.", "noalg.", "struct {"};
	size_t dot = 0;

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (gopm__str_has_prefix(name, others[i])) {
			return false;
		}
	}
	while (dot < name.size && name.data[dot] != '.' && strchr("[](){}*<> ", name.data[dot]) == NULL) {
		dot++;
	}
	/* The path of a package may have dots before its last slash. */
	return dot != 0 && dot < name.size && name.data[dot] == '.';
}

/* The field of a struct that contains `offset`; NULL: none. */
static const struct gopm__field *struct_field(struct gopm__types *types, const struct gopm__type *type, uint64_t offset)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct gopm__field *field = &type->fields[i];
		const struct gopm__type *of = gopm__types_at(types, field->type);
		if (of != NULL && offset >= field->offset && offset - field->offset < gopm__type_size(types, of)) {
			return field;
		}
	}
	return NULL;
}

static void add_index(struct gopm__type_path *path, uint64_t index)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + index % 10);
		index /= 10;
	} while (index != 0);
	gopm__type_path_add(path, "[", 1);
	gopm__type_path_add(path, digits + at, sizeof digits - at);
	gopm__type_path_add(path, "]", 1);
}

/* Moves on to the part of a struct or an array. NULL: there is none. */
static const struct gopm__type *descend(struct gopm__types *types, const struct gopm__type *type, uint64_t *offset,
                                        struct gopm__type_path *path)
{
	if (type->class_ == GOPM__TYPE_ARRAY) {
		const struct gopm__type *elem = gopm__type_elem(types, type);
		const uint64_t size = elem != NULL ? gopm__type_size(types, elem) : 0;
		if (size == 0) {
			return NULL;
		}
		if (path->plain) {
			add_index(path, *offset / size);
		}
		*offset %= size;
		return elem;
	}
	const struct gopm__field *field = struct_field(types, type, *offset);
	if (field == NULL) {
		return NULL;
	}
	gopm__type_path_add(path, ".", 1);
	gopm__type_path_add(path, field->name.data, field->name.size);
	*offset -= field->offset;
	return gopm__types_at(types, field->type);
}

bool gopm__type_path(struct gopm__types *types, const struct gopm__type *type, uint64_t offset, enum gopm__part part,
                     struct gopm__type_path *path)
{
	const uint64_t whole = offset;

	for (unsigned depth = 0; type != NULL && depth < MOST_DEPTH; depth++) {
		const struct gopm__type *real = gopm__type_resolve(types, type);
		if (real == NULL) {
			return false;
		}
		if (offset == 0 && (is_part(type, part) || is_part(real, part))) {
			return true;
		}
		if (real->class_ != GOPM__TYPE_STRUCT && real->class_ != GOPM__TYPE_ARRAY) {
			const uint64_t size = gopm__type_size(types, real);
			return part == GOPM__PART_SEMA ? offset == 0 && size == 4
			                               : part == GOPM__PART_WORD && size >= 8;
		}
		if (real->class_ == GOPM__TYPE_STRUCT && !path->plain && is_owner(type->name)) {
			path->size = 0;
			path->type = type->name;
			path->owner = whole - offset;
			gopm__type_path_add(path, type->name.data, type->name.size);
		}
		type = descend(types, real, &offset, path);
	}
	return false;
}
