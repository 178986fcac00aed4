/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a struct while its DIE is read. */
#ifndef GOPM_TYPE_FIELD_LIST_H
#define GOPM_TYPE_FIELD_LIST_H

#include "type/types.h"

/* Zero-initialized is empty. The fields are in the arena of the types. */
struct gopm__field_list {
	struct gopm__field *fields;
	size_t count, capacity;
};

/* @return GOPM_OK; GOPM_ERR_FORMAT (too many); GOPM_ERR_NO_MEMORY. */
gopm_status gopm__field_list_add(struct gopm__types *types, struct gopm__field_list *list,
                                 const struct gopm__field *field);

#endif
