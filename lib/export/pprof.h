/* SPDX-License-Identifier: Apache-2.0 */
/* A profile as a gzip-compressed message of profile.proto, as runtime/pprof writes it. */
#ifndef GOPM_EXPORT_PPROF_H
#define GOPM_EXPORT_PPROF_H

#include "core/sink.h"
#include "program/program.h"
#include "query/profile.h"

/* @return GOPM_OK; GOPM_ERR_NO_MEMORY; GOPM_ERR_IO (cannot write). */
gopm_status gopm__pprof_write(const struct gopm__profile *profile, struct gopm__program *program,
                              struct gopm__sink *sink, gopm_error **err);

/* The number of innermost calls that runtime/pprof leaves out of a memory sample: those of the allocator. */
size_t gopm__pprof_hidden(struct gopm__symtab *symtab, const uint64_t *pcs, size_t count);

/* Names of the values of a kind, by index; NULL: it has no more. Static. */
const char *gopm__pprof_value_name(uint32_t kind, size_t index);
const char *gopm__pprof_value_unit(uint32_t kind, size_t index);

#endif
