/* SPDX-License-Identifier: Apache-2.0 */
#include "export/arrow_array.h"

#include <stdlib.h>

#include "util/allocate.h"

/* private_data of an array with buffers. */
struct owned_buffers {
	void *buffer[3];
	struct ArrowArray dictionary;
};

static void release_buffers(struct ArrowArray *array)
{
	struct owned_buffers *owned = array->private_data;

	for (int64_t i = 0; i < array->n_buffers; i++) {
		free(owned->buffer[i]);
	}
	if (array->dictionary != NULL && array->dictionary->release != NULL) {
		array->dictionary->release(array->dictionary);
	}
	free(owned);
	array->release = NULL;
}

bool gopm__arrow_array(struct ArrowArray *out, int64_t length, int64_t null_count,
                       const struct gopm__arrow_buffers *buffers, struct ArrowArray *dictionary)
{
	struct owned_buffers *owned = gopm__calloc(1, sizeof *owned);

	if (owned == NULL) {
		return false;
	}
	for (int64_t i = 0; i < buffers->count; i++) {
		owned->buffer[i] = buffers->buffer[i];
	}
	*out = (struct ArrowArray){
	    .length = length,
	    .null_count = null_count,
	    .n_buffers = buffers->count,
	    .buffers = (const void **)owned->buffer,
	    .release = release_buffers,
	    .private_data = owned,
	};
	if (dictionary != NULL) {
		owned->dictionary = *dictionary;
		dictionary->release = NULL;
		out->dictionary = &owned->dictionary;
	}
	return true;
}

/* private_data of a struct; its children are after it. */
struct owned_children {
	const void *validity; /* NULL: no struct is null */
	struct ArrowArray *pointers[];
};

static void release_struct(struct ArrowArray *array)
{
	for (int64_t i = 0; i < array->n_children; i++) {
		if (array->children[i]->release != NULL) {
			array->children[i]->release(array->children[i]);
		}
	}
	free(array->private_data);
	array->release = NULL;
}

bool gopm__arrow_struct(struct ArrowArray *out, int64_t length, size_t count)
{
	struct owned_children *owned =
	    gopm__calloc(1, sizeof *owned + count * (sizeof(void *) + sizeof(struct ArrowArray)));

	if (owned == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		owned->pointers[i] = (struct ArrowArray *)(void *)(owned->pointers + count) + i;
	}
	*out = (struct ArrowArray){
	    .length = length,
	    .n_buffers = 1,
	    .n_children = (int64_t)count,
	    .buffers = &owned->validity,
	    .children = owned->pointers,
	    .release = release_struct,
	    .private_data = owned,
	};
	return true;
}

static void release_child_type(struct ArrowSchema *schema)
{
	struct ArrowSchema *dictionary = schema->dictionary;

	if (dictionary != NULL && dictionary->release != NULL) {
		dictionary->release(dictionary);
	}
	free(dictionary);
	schema->release = NULL;
}

static void release_leaf_type(struct ArrowSchema *schema)
{
	schema->release = NULL;
}

static void release_type(struct ArrowSchema *schema)
{
	for (int64_t i = 0; i < schema->n_children; i++) {
		if (schema->children[i]->release != NULL) {
			schema->children[i]->release(schema->children[i]);
		}
	}
	free(schema->private_data);
	schema->release = NULL;
}

bool gopm__arrow_schema(struct ArrowSchema *out, const struct gopm__arrow_field *fields, size_t count)
{
	struct ArrowSchema **pointers =
	    gopm__calloc(count != 0 ? count : 1, sizeof(void *) + sizeof(struct ArrowSchema));

	if (pointers == NULL) {
		return false;
	}
	*out = (struct ArrowSchema){
	    .format = "+s",
	    .name = "",
	    .children = pointers,
	    .release = release_type,
	    .private_data = pointers,
	};
	for (size_t i = 0; i < count; i++) {
		struct ArrowSchema *child = (struct ArrowSchema *)(void *)(pointers + count) + i;
		pointers[i] = child;
		*child = (struct ArrowSchema){
		    .format = fields[i].format,
		    .name = fields[i].name,
		    .flags = fields[i].nullable ? ARROW_FLAG_NULLABLE : 0,
		    .release = release_child_type,
		};
		out->n_children++;
		if (!fields[i].dictionary) {
			continue;
		}
		child->dictionary = gopm__malloc(sizeof *child->dictionary);
		if (child->dictionary == NULL) {
			release_type(out);
			return false;
		}
		*child->dictionary = (struct ArrowSchema){.format = "u", .name = "", .release = release_leaf_type};
	}
	return true;
}
