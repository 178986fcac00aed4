/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a small core: opens a core or a process, asks every question that the small core has to answer, and writes the
 * bytes that were read for that. */
#ifndef GOPM_SLIM_SLIM_H
#define GOPM_SLIM_SLIM_H

#include <gopm/slim.h>

#include "core/sink.h"
#include "program/program.h"

/* `options` has every limit set. The sink is finished, not closed. Fills *result but for struct_size.
 * @return GOPM_OK; as gopm__program_open(); GOPM_ERR_IO (the sink cannot be written), GOPM_ERR_NO_MEMORY. */
gopm_status gopm__slim(const struct gopm__program_options *program, const gopm_slim_options *options,
                       struct gopm__sink *sink, gopm_slim_result *result, gopm_error **err);

#endif
