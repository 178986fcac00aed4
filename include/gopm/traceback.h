/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/traceback.h
 * The Go runtime's own traceback, from a core.
 *
 * Since: 0.1
 */
#ifndef GOPM_TRACEBACK_H
#define GOPM_TRACEBACK_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/** Which goroutines, and how much of each: as GOTRACEBACK says. */
#define GOPM_TRACEBACK_ALL 0    /**< user goroutines; runtime frames hidden */
#define GOPM_TRACEBACK_SYSTEM 1 /**< system goroutines and runtime frames too; SIGQUIT prints this since Go 1.19 */
#define GOPM_TRACEBACK_SINGLE                                                                                          \
	2 /**< the goroutine the process died of, or else the first that runs; runtime frames hidden */

/** Frames alone: no header, no "created by". With goroutine_id. */
#define GOPM_TRACEBACK_FRAMES_ONLY UINT32_C(1)

typedef struct gopm_traceback_options {
	size_t struct_size;
	uint32_t level;        /**< GOPM_TRACEBACK_* */
	uint32_t flags;        /**< GOPM_TRACEBACK_FRAMES_ONLY */
	uint64_t goroutine_id; /**< this one alone; 0: all */
} gopm_traceback_options;

GOPM_API void gopm_traceback_options_init(gopm_traceback_options *options, size_t struct_size);

/**
 * Writes goroutines as SIGQUIT makes the runtime print them: a header with id, state and minutes
 * waited (estimated against gopm_core_info.now), each frame with its argument words, "created by". A process that
 * died of a panic or fatal error has that text in front, and the goroutine it died of comes first.
 * @param options NULL: defaults
 * @return GOPM_OK; GOPM_DONE (`write` stopped it); GOPM_NOT_FOUND (no such goroutine);
 *   GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: runtime/traceback.go (Go 1.16 to 1.27), FUNCDATA_ArgInfo, FUNCDATA_ArgLiveInfo.  Since: 0.1
 */
GOPM_API gopm_status gopm_traceback(gopm_core *core, const gopm_traceback_options *options, gopm_write_fn write,
                                    void *user_data, gopm_error **err);

GOPM_END_DECLS

#endif
