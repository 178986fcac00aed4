/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/thread.h
 * Lists the threads of the process, with registers, signal and goroutine.
 *
 * Since: 0.9
 */
#ifndef GOPM_THREAD_H
#define GOPM_THREAD_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/** One thread. */
typedef struct gopm_thread {
	uint64_t id;                /**< kernel thread id (NT_PRSTATUS pr_pid) */
	int32_t signal;             /**< pr_cursig, or NT_SIGINFO's si_signo; 0: none */
	uint32_t flags;             /**< 0 */
	uint64_t pc, sp;            /**< its registers */
	uint64_t m;                 /**< address of its runtime.m; 0: none (a thread of C code) */
	uint64_t m_id;              /**< id of that m */
	uint64_t goroutine;         /**< goid of the user goroutine that it runs (m.curg); 0: none */
	uint64_t goroutine_address; /**< address of that runtime.g; 0: none */
	gopm_location location;     /**< location of pc. In C, function and line are those of DWARF, else of symbols */
	gopm_str object;            /**< path of the module that has the code, gopm_module.path; empty: in Go code, and
	                             *   unknown */
	uint64_t object_offset;     /**< with `object`: address of the pc in its file; 0: unknown */
} gopm_thread;

/** An iterator over threads. */
typedef struct gopm_thread_iter gopm_thread_iter;

/** Iterates over threads in the order of the core's notes. The kernel writes the thread that died first.
 *  @param out owned by the caller; release it with gopm_thread_iter_free()
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Source: NT_PRSTATUS, runtime.allm; for C, the files of
 *    modules (gopm/module.h).  Since: 0.9 */
GOPM_API gopm_status gopm_thread_iter_open(gopm_core *core, gopm_thread_iter **out, gopm_error **err);
/** Fills the next records, at most `capacity`, `stride` bytes apart.
 *  @param stride the caller's sizeof(gopm_thread)
 *  @param got number of records filled
 *  @return GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_thread_iter_next(gopm_thread_iter *it, gopm_thread *records, size_t stride, size_t capacity,
                                           size_t *got);
GOPM_API void gopm_thread_iter_free(gopm_thread_iter *it);

/** One general register. */
typedef struct gopm_register {
	gopm_str name; /**< "rip" */
	uint64_t value;
	uint32_t dwarf_number; /**< DWARF register number of the CPU's psABI; UINT32_MAX: none */
	uint32_t reserved;
} gopm_register;

/** Reads the general registers of a thread. Their order is fixed for each CPU.
 *  @param thread_id gopm_thread.id
 *  @param records array of `capacity` records, `stride` bytes apart
 *  @param count number of registers; the call writes at most `capacity` of them
 *  @return GOPM_OK; GOPM_NOT_FOUND (no such thread); GOPM_ERR_ARGUMENT.  Since: 0.9 */
GOPM_API gopm_status gopm_thread_registers(const gopm_core *core, uint64_t thread_id, gopm_register *records,
                                           size_t stride, size_t capacity, size_t *count);

GOPM_END_DECLS

#endif
