/* SPDX-License-Identifier: Apache-2.0 */
/* A live Linux process as a virtual core: an ELF core that is never written to a file. Its headers and notes are built
 * here. The bytes of its PT_LOAD segments are read from the process when they are needed. Code that reads a core
 * through a callback reads a process in the same way. */
#ifndef GOPM_CORE_LIVE_LIVE_H
#define GOPM_CORE_LIVE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct gopm__live;

/* Opens a process: checks that it exists and that the caller may read its memory, and reads what does not change while
 * it runs. Does not stop it. The error says what to do if a permission is missing. */
gopm_status gopm__live_open(uint32_t pid, struct gopm__live **out, gopm_error **err);

/* Stops every thread and reads its registers. If it fails, no thread stays stopped. If the calling process dies, the
 * kernel resumes the threads.
 *
 * The calling process gets a SIGCHLD for each thread. It must not wait for any child (waitpid(-1)) until the process is
 * resumed. In the stopped process, system calls that never restart after a signal (epoll_wait, nanosleep) return EINTR,
 * as after every stop. */
gopm_status gopm__live_stop(struct gopm__live *live, gopm_error **err);

/* Resumes every thread, and delivers the signals that arrived meanwhile. May be called from any thread. Returns the
 * nanoseconds that the process was stopped (CLOCK_MONOTONIC), or 0 if it was not stopped. */
uint64_t gopm__live_resume(struct gopm__live *live);

/* Number of threads that are stopped, and of those that are in uninterruptible sleep (state D). A thread sleeps so, for
 * example, if a network file system does not answer. It has no registers here, and runs no code until the sleep
 * ends. */
size_t gopm__live_thread_count(const struct gopm__live *live);
size_t gopm__live_asleep_count(const struct gopm__live *live);

/* Selects if the virtual core contains private, read-only, unmodified mappings of files. If not, it has only the first
 * page of each, as the kernel's own cores do, and the rest is read from the files. Takes effect at the next
 * gopm__live_image(). */
void gopm__live_include_files(struct gopm__live *live, bool include);

/* Builds the virtual core: the current mappings, and the threads if the process is stopped. May be called again, but
 * not during a read. */
gopm_status gopm__live_image(struct gopm__live *live, gopm_error **err);

/* Size of the virtual core in bytes; 0 before gopm__live_image(). */
uint64_t gopm__live_size(const struct gopm__live *live);

/* A gopm_read_fn for the virtual core; `live` is the struct gopm__live. Thread-safe. Memory that cannot be read is a
 * failure, never zeroes. */
int64_t gopm__live_read(void *live, uint64_t offset, void *buffer, size_t size);

/* The same as a gopm__fill_fn. Pages that the process never touched cost no memory, in either process. */
int64_t gopm__live_fill(void *live, uint64_t offset, void *buffer, size_t size, bool *zero);

/* A descriptor of the executable, even if its file was deleted or replaced; -1 if it cannot be opened. Owned by
 * `live`. */
int gopm__live_exe(const struct gopm__live *live);

/* The directory that is the root of the process, to put before the paths of its mappings: in a container it is another
 * one. Valid until `live` is closed. */
const char *gopm__live_root(const struct gopm__live *live);

/* Resumes the process if it is stopped, and frees. `live` may be NULL. */
void gopm__live_close(struct gopm__live *live);

#endif
