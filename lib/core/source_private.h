/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that make up the kinds of sources share. */
#ifndef GOPM_CORE_SOURCE_PRIVATE_H
#define GOPM_CORE_SOURCE_PRIVATE_H

#include "core/source.h"

/* Maps `size` bytes of the file into `source`, which has its name. */
gopm_status gopm__source_map(struct gopm__source *source, int fd, uint64_t size, gopm_error **err);

/* The caller's callback as a source: blocks are read on first touch. */
gopm_status gopm__source_lazy_open(struct gopm__source *source, const struct gopm__source_request *request,
                                   gopm_error **err);
void gopm__source_lazy_close(struct gopm__source *source);

/* Reads a pipe or socket to its end into an unlinked temporary file, in which zeroes take no room, and makes `source`
 * that file. */
gopm_status gopm__source_spool(struct gopm__source *source, const struct gopm__source_request *request, int fd,
                               gopm_error **err);

/* When `source` starts as a compressed stream does: unpacks it into an unlinked temporary file and
 * makes `source` that file; else leaves it alone. */
gopm_status gopm__source_unpack(struct gopm__source *source, const struct gopm__source_request *request,
                                gopm_error **err);

#endif
