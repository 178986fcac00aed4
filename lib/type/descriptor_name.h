/* SPDX-License-Identifier: Apache-2.0 */
/* Full names of types, as in DWARF: with whole package paths, "*net/http.Server", "map[string]main.T". */
#ifndef GOPM_TYPE_DESCRIPTOR_NAME_H
#define GOPM_TYPE_DESCRIPTOR_NAME_H

#include "type/descriptor.h"
#include "util/text.h"

/* A longer name is cut, and ends with "...". */
#define GOPM__TYPE_NAME_MAX 8192

/* Appends the name of the type at `address`, with "?" for damaged parts. */
void gopm__descriptor_full_name(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address,
                                struct gopm__text *out);

#endif
