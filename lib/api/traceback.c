/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/traceback.h>

#include "api/handle.h"
#include "api/sized.h"
#include "export/traceback_program.h"
#include "util/allocate.h"

void gopm_traceback_options_init(gopm_traceback_options *options, size_t struct_size)
{
	gopm_traceback_options defaults = {0};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

gopm_status gopm_traceback(gopm_core *core, const gopm_traceback_options *options, gopm_write_fn write, void *user_data,
                           gopm_error **err)
{
	gopm_traceback_options o = {0};

	if (err != NULL) {
		*err = NULL;
	}
	if (core == NULL || write == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core and write must not be NULL");
	}
	if (options != NULL) {
		gopm_status status =
		    gopm__options_in(&o, sizeof o, options, offsetof(gopm_traceback_options, goroutine_id),
		                     "gopm_traceback_options", err);
		if (status != GOPM_OK) {
			return status;
		}
	}
	if (o.level > GOPM_TRACEBACK_SINGLE ||
	    (o.flags & ~(GOPM_TRACEBACK_FLAG_FRAMES_ONLY | GOPM_TRACEBACK_FLAG_NATIVE)) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_traceback_options has unknown level %u or flags 0x%x; use GOPM_TRACEBACK_*",
		                  (unsigned)o.level, (unsigned)o.flags);
	}
	gopm_status bare = gopm__bare_status(core->program, err);
	if (bare != GOPM_OK) {
		return bare;
	}
	const struct gopm__traceback_request request = {.write = write,
	                                                .user_data = user_data,
	                                                .goroutine_id = o.goroutine_id,
	                                                .level = o.level,
	                                                .frames_only = (o.flags & GOPM_TRACEBACK_FLAG_FRAMES_ONLY) != 0,
	                                                .native = (o.flags & GOPM_TRACEBACK_FLAG_NATIVE) != 0};
	const uint64_t begun = gopm__call_begin();
	gopm_status status = gopm__traceback_program(core->program, &request);
	status = gopm__call_result(begun, status, err);
	return status == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err) : gopm__read_status(core, status, err);
}
