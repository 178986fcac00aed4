/* SPDX-License-Identifier: Apache-2.0 */
/* A live Linux process as a virtual core: an ELF core file that was never written. Its headers and notes
 * are in memory here, and what its PT_LOAD segments hold is read from the process where it is asked
 * for, so that whatever reads cores through a callback reads processes too. Knows no Go. */
#ifndef GOPM_CORE_LIVE_LIVE_H
#define GOPM_CORE_LIVE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct gopm__live;

/* Checks that the process exists, and that its memory may be read; what does not change while it runs is
 * read here. Does not stop it. A failure says what to do about it. */
gopm_status gopm__live_open(uint32_t pid, struct gopm__live **out, gopm_error **err);

/* Stops every thread, and takes their registers. The calling process gets a SIGCHLD for each thread, and
 * must not wait for any child (waitpid(-1)) until it is resumed. Where it fails, nothing stays stopped;
 * neither does when the calling process is killed, since the kernel lets go of what a tracer held.
 * System calls that never restart after a signal (epoll_wait, nanosleep) return EINTR there, as they do after
 * every stop of a process. */
gopm_status gopm__live_stop(struct gopm__live *live, gopm_error **err);

/* Lets every thread go on, with the signals that arrived meanwhile; from any thread of the caller.
 * Nanoseconds that it was stopped, by CLOCK_MONOTONIC; 0 where it was not. */
uint64_t gopm__live_resume(struct gopm__live *live);

/* Threads that were stopped; and those without registers, because they sleep in the kernel in a way that nothing
 * interrupts (state D, for example on a network file system that is gone) and run no code until that ends. */
size_t gopm__live_thread_count(const struct gopm__live *live);
size_t gopm__live_asleep_count(const struct gopm__live *live);

/* Whether private mappings of files that the process cannot and did not write are part of the file. Without, it has the
 * first page of each file only, as the kernel's own cores do, and the rest comes from the file. Counts from the next
 * gopm__live_image() on. */
void gopm__live_include_files(struct gopm__live *live, bool include);

/* Composes the virtual file anew: the mappings of now, and the threads where the process is stopped. No
 * read may run meanwhile. */
gopm_status gopm__live_image(struct gopm__live *live, gopm_error **err);

/* Bytes of the virtual file; 0 before gopm__live_image(). */
uint64_t gopm__live_size(const struct gopm__live *live);

/* A gopm_read_fn over the virtual file, `live` being a struct gopm__live. Safe from many threads at once. What
 * cannot be read is a failure, and never zeroes. */
int64_t gopm__live_read(void *live, uint64_t offset, void *buffer, size_t size);

/* The same as a gopm__fill_fn: pages that the process never touched cost neither of the two any memory. */
int64_t gopm__live_fill(void *live, uint64_t offset, void *buffer, size_t size, bool *zero);

/* The executable, also where its file was deleted or replaced since; -1: not to be opened. Owned by `live`. */
int gopm__live_exe(const struct gopm__live *live);

/* What to put before the paths of its mappings: where it has another root, as in a container. Lives as
 * long as `live`. */
const char *gopm__live_root(const struct gopm__live *live);

/* Resumes where it is still stopped. NULL is accepted. */
void gopm__live_close(struct gopm__live *live);

#endif
