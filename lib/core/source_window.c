/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source_window.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

/* A window is a page: stacks of parked goroutines are two in a page, in no order. Larger ones copy more than is used.
 */
#define WINDOW_SHIFT 12
#define WINDOW ((uint64_t)1 << WINDOW_SHIFT)
/* Together 4 MiB. A power of two. */
#define WINDOWS 1024

/* Window n of the file is at index n % WINDOWS. */
struct window {
	pthread_mutex_t lock;
	uint64_t number; /* plus 1; 0: empty */
};

struct gopm__windows {
	uint64_t size;
	gopm__window_fn read;
	void *user_data;
	uint8_t *bytes; /* of all windows */
	struct window list[WINDOWS];
};

struct gopm__windows *gopm__windows_new(uint64_t size, gopm__window_fn read, void *user_data)
{
	struct gopm__windows *windows = gopm__calloc(1, sizeof *windows);

	if (windows == NULL) {
		return NULL;
	}
	/* Unused windows stay untouched and cost no memory. */
	windows->bytes = gopm__malloc((size_t)WINDOWS << WINDOW_SHIFT);
	if (windows->bytes == NULL) {
		free(windows);
		return NULL;
	}
	windows->size = size;
	windows->read = read;
	windows->user_data = user_data;
	for (size_t i = 0; i < WINDOWS; i++) {
		(void)pthread_mutex_init(&windows->list[i].lock, NULL);
	}
	return windows;
}

void gopm__windows_free(struct gopm__windows *windows)
{
	if (windows != NULL) {
		for (size_t i = 0; i < WINDOWS; i++) {
			(void)pthread_mutex_destroy(&windows->list[i].lock);
		}
		free(windows->bytes);
		free(windows);
	}
}

/* Copies `size` bytes at `skip` in a window. */
static bool copy_window(struct gopm__windows *windows, uint64_t number, uint64_t skip, uint8_t *to, uint64_t size)
{
	struct window *window = &windows->list[number % WINDOWS];
	uint8_t *bytes = windows->bytes + ((number % WINDOWS) << WINDOW_SHIFT);
	bool ok = true;

	(void)pthread_mutex_lock(&window->lock);
	if (window->number != number + 1) {
		uint64_t offset = number << WINDOW_SHIFT, left = windows->size - offset;
		ok = windows->read(windows->user_data, offset, bytes, (size_t)(left < WINDOW ? left : WINDOW));
		window->number = ok ? number + 1 : 0;
	}
	if (ok) {
		memcpy(to, bytes + skip, (size_t)size);
	}
	(void)pthread_mutex_unlock(&window->lock);
	return ok;
}

bool gopm__windows_copy(struct gopm__windows *windows, uint64_t offset, void *buffer, uint64_t size)
{
	uint8_t *to = buffer;

	while (size != 0) {
		uint64_t skip = offset % WINDOW, piece = size < WINDOW - skip ? size : WINDOW - skip;
		bool ok;
		if (skip == 0 && size >= WINDOW) {
			/* Whole windows go past the cache: they are read once, one after the other. */
			piece = size - size % WINDOW;
			ok = windows->read(windows->user_data, offset, to, (size_t)piece);
		} else {
			ok = copy_window(windows, offset >> WINDOW_SHIFT, skip, to, piece);
		}
		if (!ok) {
			return false;
		}
		to += piece;
		offset += piece;
		size -= piece;
	}
	return true;
}
