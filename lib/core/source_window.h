/* SPDX-License-Identifier: Apache-2.0 */
/* A cache of the windows of a file that were read last, of fixed size. So a search through a large file needs little
 * memory, and neighbouring words one read. Thread-safe. */
#ifndef GOPM_CORE_SOURCE_WINDOW_H
#define GOPM_CORE_SOURCE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gopm__windows;

/* Reads all `size` bytes at `offset`, or returns false. Called by many threads at once. */
typedef bool (*gopm__window_fn)(void *user_data, uint64_t offset, void *buffer, size_t size);

/* @param size of the file, in bytes. @return NULL: out of memory. */
struct gopm__windows *gopm__windows_new(uint64_t size, gopm__window_fn read, void *user_data);
void gopm__windows_free(struct gopm__windows *windows);

/* Copies bytes that are within the file. Returns false if a read failed. */
bool gopm__windows_copy(struct gopm__windows *windows, uint64_t offset, void *buffer, uint64_t size);

#endif
