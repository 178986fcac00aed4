/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/traceback.h
 * Writes the Go runtime's own traceback from a core.
 *
 * Since: 0.9
 */
#ifndef GOPM_TRACEBACK_H
#define GOPM_TRACEBACK_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/* Levels of a traceback: the values of GOTRACEBACK. */
#define GOPM_TRACEBACK_ALL 0    /**< user goroutines without runtime frames */
#define GOPM_TRACEBACK_SYSTEM 1 /**< also system goroutines and runtime frames; SIGQUIT prints this since Go 1.19 */
#define GOPM_TRACEBACK_SINGLE                                                                                          \
	2 /**< only the goroutine that caused the death, or the first running one; no runtime frames */

/** Write only frames: no header and no "created by". Needs goroutine_id. */
#define GOPM_TRACEBACK_FLAG_FRAMES_ONLY 1u
/** Write the frames of C too, where and as the runtime prints those that runtime.SetCgoTraceback gives it: the
 * function, and in a line "file:line pc=0x4a1e98". Between frames that are missing it says so. */
#define GOPM_TRACEBACK_FLAG_NATIVE 2u

/** Options of gopm_traceback(). */
typedef struct gopm_traceback_options {
	size_t struct_size;    /**< set by gopm_traceback_options_init() */
	uint32_t level;        /**< GOPM_TRACEBACK_* */
	uint32_t flags;        /**< GOPM_TRACEBACK_FLAG_* */
	uint64_t goroutine_id; /**< write only this goroutine; 0: all */
} gopm_traceback_options;

/** Fills `options` with defaults: all goroutines, GOPM_TRACEBACK_ALL. As gopm_core_options_init().  Since: 0.9 */
GOPM_API void gopm_traceback_options_init(gopm_traceback_options *options, size_t struct_size);

/**
 * Writes goroutines as the runtime prints them on SIGQUIT: a header with id, state and minutes waited, each frame with
 * its argument words, and "created by". The minutes are an estimate, by gopm_core_info.now.
 *
 * If the process died of a panic, a fatal error or a signal, the runtime's text about it comes first, then the
 * goroutine that caused it, from the frame on at which the runtime began. If the thread died on its system stack,
 * GOPM_TRACEBACK_SYSTEM prints that stack before, as "runtime stack:" or goroutine 0.
 *
 * Names, and texts of the program, are escaped as by gopm_escape(). Without control characters, the text is the
 * runtime's, byte for byte.
 *
 * @param options NULL: defaults
 * @param write receives the text in pieces, on the calling thread
 * @return GOPM_OK; GOPM_DONE (`write` stopped it); GOPM_NOT_FOUND (no such goroutine); GOPM_ERR_ARGUMENT;
 *   GOPM_ERR_NO_MEMORY.
 * Source: runtime/traceback.go (Go 1.16 to 1.27), FUNCDATA_ArgInfo, FUNCDATA_ArgLiveInfo.  Since: 0.9
 */
GOPM_API gopm_status gopm_traceback(gopm_core *core, const gopm_traceback_options *options, gopm_write_fn write,
                                    void *user_data, gopm_error **err);

GOPM_END_DECLS

#endif
