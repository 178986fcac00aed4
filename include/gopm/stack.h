/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/stack.h
 * Stacks of goroutines and threads, unwound by pclntab: no DWARF is needed.
 *
 * Since: 0.1
 */
#ifndef GOPM_STACK_H
#define GOPM_STACK_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/** One unwound stack. Belongs to one thread at a time. */
typedef struct gopm_stack gopm_stack;

/** Stop at the goroutine's own stack: for a goroutine that runs on its thread's g0 or
 *  gsignal stack, leave the frames there out. */
#define GOPM_STACK_USER_ONLY UINT32_C(1)

/** Which stack. Exactly one of goroutine_id, goroutine_address and thread_id is not 0. */
typedef struct gopm_stack_options {
	size_t struct_size;  /**< set by gopm_stack_options_init() */
	uint32_t flags;      /**< GOPM_STACK_* */
	uint32_t max_frames; /**< 0: the core's max_frames */
	uint64_t goroutine_id;
	uint64_t goroutine_address; /**< of its runtime.g: saves the search by id */
	uint64_t thread_id;         /**< the thread's own stack, from its registers */
} gopm_stack_options;

GOPM_API void gopm_stack_options_init(gopm_stack_options *options, size_t struct_size);

/* Why a stack ends. */
#define GOPM_STACK_END_COMPLETE 0 /**< at the goroutine's or thread's first function */
#define GOPM_STACK_END_NOT_GO 1   /**< at a pc outside Go code: C frames above it are unknown */
#define GOPM_STACK_END_MEMORY 2   /**< at memory the core lacks: end_address */
#define GOPM_STACK_END_DAMAGED 3  /**< at bytes that cannot be a stack: end_address */
#define GOPM_STACK_END_LIMIT 4    /**< at max_frames */
#define GOPM_STACK_END_NO_STACK 5 /**< there is none: a dead goroutine */

/** A call inlined into the frame after it. */
#define GOPM_FRAME_INLINED UINT32_C(1)
/** pc is where the thread stands, not a return address. */
#define GOPM_FRAME_INNERMOST UINT32_C(2)
/** The frame was interrupted by a signal or preempted: pc is exact, not a return address. */
#define GOPM_FRAME_INTERRUPTED UINT32_C(4)
/** On the thread's scheduling stack (g0). */
#define GOPM_FRAME_SYSTEM_STACK UINT32_C(8)
/** On the thread's signal stack (gsignal). */
#define GOPM_FRAME_SIGNAL_STACK UINT32_C(16)
/** A wrapper made by the compiler: the runtime's traceback hides it. */
#define GOPM_FRAME_WRAPPER UINT32_C(32)
/** General registers of this frame are known (innermost frame of a thread, or interrupted by a signal). */
#define GOPM_FRAME_REGISTERS UINT32_C(64)

/** One frame. An inlined call has a frame of its own, before the one it is inlined into, with the same sp and cfa. */
typedef struct gopm_frame {
	gopm_location location; /**< function, file and line of the call: a return address is looked up at pc - 1 */
	uint64_t pc;            /**< as stored: return address, or exact (GOPM_FRAME_INNERMOST, _INTERRUPTED) */
	uint64_t sp;            /**< stack pointer inside the frame */
	uint64_t cfa;           /**< canonical frame address: sp of the caller after the return; 0: unknown */
	uint32_t flags;         /**< GOPM_FRAME_* */
	uint32_t reserved;
} gopm_frame;

/**
 * Unwinds a stack whole.
 * @param out owned by the caller; gopm_stack_free()
 * @return GOPM_OK (also for a stack that ends early: see gopm_stack_end()); GOPM_NOT_FOUND
 *   (no such goroutine or thread); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED; GOPM_ERR_NO_MEMORY.
 * Source: pclntab pcsp tables (runtime/symtab.go, traceback.go).  Since: 0.1
 */
GOPM_API gopm_status gopm_stack_open(gopm_core *core, const gopm_stack_options *options, gopm_stack **out,
                                     gopm_error **err);

/**
 * Unwinds another stack of the same core in the same object: no allocation when it fits. For
 * programs that read them all. On failure the stack is empty. @return as gopm_stack_open().  Since: 0.1
 */
GOPM_API gopm_status gopm_stack_reopen(gopm_stack *stack, const gopm_stack_options *options, gopm_error **err);

GOPM_API void gopm_stack_free(gopm_stack *stack);

/** How many frames, inlined ones counted. 0 for NULL.  Since: 0.1 */
GOPM_API size_t gopm_stack_size(const gopm_stack *stack);

/** Fills frames `first` ... in order, the innermost is 0, as gopm_goroutine_iter_next().
 *  @return GOPM_OK; GOPM_DONE (`first` is past the end); GOPM_ERR_ARGUMENT.  Since: 0.1 */
GOPM_API gopm_status gopm_stack_frames(const gopm_stack *stack, size_t first, gopm_frame *records, size_t stride,
                                       size_t capacity, size_t *got);

/** Why it ends: GOPM_STACK_END_*; `end_address` (NULL allowed) is where. Any value but COMPLETE
 *  and NO_STACK means that frames may be missing.  Since: 0.1 */
GOPM_API uint32_t gopm_stack_end(const gopm_stack *stack, uint64_t *end_address);

GOPM_END_DECLS

#endif
