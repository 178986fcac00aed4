/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/stack.h
 * Unwinds stacks of goroutines and threads with pclntab. It needs no DWARF.
 *
 * Since: 0.9
 */
#ifndef GOPM_STACK_H
#define GOPM_STACK_H

#include <gopm/thread.h>

GOPM_BEGIN_DECLS

/** One unwound stack. One thread at a time may use it. */
typedef struct gopm_stack gopm_stack;

/** Unwind only the goroutine's own stack. If it runs on the g0 or gsignal stack of its thread, leave out the frames
 *  there. */
#define GOPM_STACK_USER_ONLY 1u
/** Answer as Delve does: a parked goroutine's innermost frame has the line of its pc, not that of the call before it.
 *  A goroutine in a system call begins at the registers of its thread. Code that was inlined into a method wrapper has
 *  the wrapper's line. Functions have the names of their symbols, as gopm_symbol_name() gives them. */
#define GOPM_STACK_DELVE 2u

/** Selects a stack. Set exactly one of goroutine_id, goroutine_address and thread_id. */
typedef struct gopm_stack_options {
	size_t struct_size;         /**< set by gopm_stack_options_init() */
	uint32_t flags;             /**< GOPM_STACK_* */
	uint32_t max_frames;        /**< 0: the core's max_frames */
	uint64_t goroutine_id;      /**< goid */
	uint64_t goroutine_address; /**< address of its runtime.g: faster, it needs no search */
	uint64_t thread_id;         /**< kernel thread id: the stack from the thread's registers on */
	uint64_t first_frame;       /**< leave out this many frames at the inner end: see gopm_stack_first() */
	uint32_t outer_frames;      /**< only this many frames at the outer end, as of a deep recursion; 0: from the
	                             *   inner end. Not together with max_frames or first_frame */
	uint32_t reserved;          /**< 0 */
} gopm_stack_options;

/** Fills `options` with defaults: no stack, no flags. As gopm_core_options_init().  Since: 0.9 */
GOPM_API void gopm_stack_options_init(gopm_stack_options *options, size_t struct_size);

/* Reasons for the end of a stack. */
#define GOPM_STACK_END_COMPLETE 0  /**< at the first function: goexit of a goroutine, mstart or C of a thread */
#define GOPM_STACK_END_NOT_GO 1    /**< at a pc outside Go code; its callers are unknown */
#define GOPM_STACK_END_MEMORY 2    /**< at memory that the core lacks: end_address */
#define GOPM_STACK_END_DAMAGED 3   /**< at bytes that cannot be a stack, or an address that no call left: end_address */
#define GOPM_STACK_END_LIMIT 4     /**< at max_frames: there are more frames; see gopm_stack_options.outer_frames */
#define GOPM_STACK_END_NO_STACK 5  /**< a dead goroutine has no stack */
#define GOPM_STACK_END_NO_THREAD 6 /**< the goroutine was running, and the core lacks its thread */

/** An inlined call; the next frame is the function that it was inlined into. */
#define GOPM_FRAME_INLINED 1u
/** The innermost frame: pc is the next instruction, not a return address. */
#define GOPM_FRAME_INNERMOST 2u
/** A signal or a preemption interrupted the frame: pc is the next instruction, not a return address. */
#define GOPM_FRAME_INTERRUPTED 4u
/** The frame is on the thread's scheduling stack (g0). */
#define GOPM_FRAME_SYSTEM_STACK 8u
/** The frame is on the thread's signal stack (gsignal). */
#define GOPM_FRAME_SIGNAL_STACK 16u
/** A wrapper that the compiler generated. The runtime's traceback hides it. */
#define GOPM_FRAME_WRAPPER 32u
/** The general registers of this frame are known: it is the innermost of a thread, or a signal interrupted it:
 *  see gopm_frame_registers(). */
#define GOPM_FRAME_REGISTERS 64u

/** The frame was guessed: the code that it called has no call frame information. Frames may be missing before it. */
#define GOPM_FRAME_GUESSED 128u
/** Frames of C are missing between this frame and the one before it: they could not be unwound. */
#define GOPM_FRAME_AFTER_GAP 256u

/* Languages of frames. */
#define GOPM_LANGUAGE_UNKNOWN 0 /**< native code without DWARF */
#define GOPM_LANGUAGE_GO 1
#define GOPM_LANGUAGE_C 2
#define GOPM_LANGUAGE_CPP 3
#define GOPM_LANGUAGE_RUST 4
#define GOPM_LANGUAGE_ASSEMBLY 5
#define GOPM_LANGUAGE_OTHER 6 /**< another one, by its DWARF */

/** One frame. An inlined call has a frame of its own, with the sp and cfa of the function that it was inlined into. */
typedef struct gopm_frame {
	gopm_location location; /**< function, file and line; for a return address, of the call at pc - 1 */
	uint64_t pc;            /**< return address; or next instruction, with GOPM_FRAME_INNERMOST or _INTERRUPTED */
	uint64_t sp;            /**< stack pointer in the frame */
	uint64_t cfa;           /**< canonical frame address: the caller's sp after the return; 0: unknown */
	uint32_t flags;         /**< GOPM_FRAME_* */
	uint32_t language;      /**< GOPM_LANGUAGE_* */
	gopm_str object;        /**< path of the module that has the code, gopm_module.path; empty: of Go's frames, and
	                         *   unknown */
	uint64_t object_offset; /**< with `object`: address of the pc in its file; 0: unknown */
	gopm_str symbol;        /**< the linker's name of the function, mangled; empty: of Go's frames, and unknown */
} gopm_frame;

/**
 * Unwinds a stack. If Go called C, or C called Go, the frames of both are in it, in the order of the calls; so are the
 * frames of a thread that C made. C is unwound by call frame information, which the files of the modules have
 * (gopm/module.h). Functions and lines of C are those of DWARF, else of symbols. With GOPM_STACK_USER_ONLY or
 * GOPM_STACK_DELVE the stack has only Go. A stack that ends early is GOPM_OK too: see gopm_stack_end(). Frames that are
 * left out take no memory. A stack that is cut at gopm_core_options.max_frames is a finding.
 * @param out owned by the caller; release it with gopm_stack_free()
 * @return GOPM_OK; GOPM_NOT_FOUND (no such goroutine or thread); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown
 *   flag, or an option of a newer version); GOPM_ERR_NO_MEMORY.
 * Source: pclntab pcsp tables (runtime/symtab.go, traceback.go).  Since: 0.9
 */
GOPM_API gopm_status gopm_stack_open(gopm_core *core, const gopm_stack_options *options, gopm_stack **out,
                                     gopm_error **err);

/**
 * Unwinds another stack of the same core into the same object. It allocates only if the stack is larger than any
 * before. Use it to read many stacks. On failure the stack is empty.
 * @return as gopm_stack_open().
 * Since: 0.9
 */
GOPM_API gopm_status gopm_stack_reopen(gopm_stack *stack, const gopm_stack_options *options, gopm_error **err);

GOPM_API void gopm_stack_free(gopm_stack *stack);

/** Returns the number of frames, inlined frames included. 0 for NULL. With first_frame or outer_frames, these are only
 * the frames asked for, and all indices count from the first of them.  Since: 0.9 */
GOPM_API size_t gopm_stack_size(const gopm_stack *stack);

/** Returns how many frames were left out at the inner end: index 0 is this frame of the whole stack. 0 for NULL.
 *  Since: 0.9 */
GOPM_API uint64_t gopm_stack_first(const gopm_stack *stack);

/** Returns the number of frames of the whole stack. 0: unknown, as it was not unwound to its end.
 *  Since: 0.9 */
GOPM_API uint64_t gopm_stack_depth(const gopm_stack *stack);

/** Fills records with the frames from index `first` on, as gopm_goroutine_iter_next(). Frame 0 is the innermost.
 *  @param stride the caller's sizeof(gopm_frame)
 *  @param got number of records filled
 *  @return GOPM_OK; GOPM_DONE (`first` is past the end); GOPM_ERR_ARGUMENT.  Since: 0.9 */
GOPM_API gopm_status gopm_stack_frames(const gopm_stack *stack, size_t first, gopm_frame *records, size_t stride,
                                       size_t capacity, size_t *got);

/** Reads the general registers of a frame, as the frame had them: those of the innermost frame of a thread, or of a
 * frame that a signal interrupted.
 *  @param frame index of the frame, as in gopm_stack_frames()
 *  @param records array of `capacity` records, `stride` bytes apart; in the order of gopm_thread_registers()
 *  @param count number of registers whose values are known; the call writes at most `capacity` of them
 *  @return GOPM_OK; GOPM_NOT_FOUND (no such frame, or it does not have GOPM_FRAME_REGISTERS); GOPM_ERR_ARGUMENT.
 *  Source: NT_PRSTATUS; the kernel's sigcontext on the signal stack.  Since: 0.9 */
GOPM_API gopm_status gopm_frame_registers(const gopm_stack *stack, size_t frame, gopm_register *records, size_t stride,
                                          size_t capacity, size_t *count);

/** Returns the reason for the end of the stack, GOPM_STACK_END_*. Unless it is COMPLETE or NO_STACK, frames may be
 *  missing.
 *  @param end_address NULL, or receives the address at which the unwinder stopped
 *  Since: 0.9 */
GOPM_API uint32_t gopm_stack_end(const gopm_stack *stack, uint64_t *end_address);

GOPM_END_DECLS

#endif
