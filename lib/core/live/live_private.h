/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a live process share. */
#ifndef GOPM_CORE_LIVE_LIVE_PRIVATE_H
#define GOPM_CORE_LIVE_LIVE_PRIVATE_H

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/live/live.h"
#include "util/text.h"

/* One line of /proc/PID/maps. */
struct gopm__live_map {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* bytes in the file */
	uint64_t inode;      /* 0: no file */
	size_t path;         /* in gopm__live_maps.paths */
	size_t path_size;
	uint32_t flags; /* PF_R, PF_W, PF_X */
	bool shared;
	bool written; /* a private mapping of a file of which the process changed a page */
};

struct gopm__live_maps {
	struct gopm__live_map *maps; /* sorted by start, not overlapping */
	size_t count, capacity;
	struct gopm__text paths;
};

/* Bytes of the virtual file that are the process's at `address`. */
struct gopm__live_range {
	uint64_t offset, size, address;
	bool anonymous; /* the process's own memory: a page that was never touched is zero */
};

struct gopm__live_thread {
	uint32_t id;
	enum { GOPM__LIVE_SEIZED, GOPM__LIVE_STOPPED, GOPM__LIVE_ASLEEP, GOPM__LIVE_GONE } state;
	int signal; /* was about to be delivered when the thread was caught: it gets it back */
};

enum gopm__live_phase { GOPM__LIVE_RUNNING, GOPM__LIVE_STOPPING, GOPM__LIVE_HELD, GOPM__LIVE_RESUMING };

struct gopm__live {
	uint32_t pid;
	int directory; /* /proc/PID: stays this process's, whoever gets its number later */
	int space;     /* the same, or /proc/PID/task/ID of a thread that has memory, where the first one ended */
	uint32_t space_id;
	int memory;     /* /proc/PID/mem */
	int pagemap;    /* /proc/PID/pagemap, or -1 */
	int executable; /* /proc/PID/exe, or -1 */
	uint64_t executable_inode;
	char name[32]; /* "process PID", for messages */
	char root[32]; /* "/proc/PID/root" */
	uint64_t page_size;
	bool own_child; /* its end is the caller's to wait for */
	bool include_files;
	struct gopm__text auxv;
	uint32_t parent, group, session;
	uint8_t prpsinfo[136];

	struct gopm__live_maps maps;
	struct gopm__text head; /* ELF header, program headers, notes */
	struct gopm__live_range *ranges;
	size_t range_count;
	uint64_t size;

	/* While it is stopped: */
	pthread_t tracer; /* ptrace knows threads, not processes: this one holds all of it, and what it cannot let go of
	                     is let go of by its end */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum gopm__live_phase phase; /* under the lock */
	atomic_bool held;            /* the same for readers: until it is let go of its number is its own */
	gopm_status status;
	gopm_error *error;
	struct gopm__live_thread *threads;
	size_t thread_count, thread_capacity;
	struct gopm__text thread_notes;
	uint64_t stop_began, stopped_for; /* ns */
};

/* The whole of a file in /proc/PID into an empty text; 0 or errno. */
int gopm__live_slurp(int directory, const char *name, struct gopm__text *text);

/* The number behind "Key:" of a status file; `missing` where there is none. */
uint64_t gopm__live_status_number(const struct gopm__text *status, const char *key, uint64_t missing);

/* The state letter of a thread, '\0' where it is gone. */
char gopm__live_thread_state(const struct gopm__live *live, uint32_t thread);

/* An open directory of its threads; NULL and errno. */
DIR *gopm__live_tasks(const struct gopm__live *live);

/* Fails with why access to a thread of the process was denied, and what to do. */
gopm_status gopm__live_denied(const struct gopm__live *live, uint32_t thread, int error, const char *what,
                              gopm_error **err);

/* Reads the mappings; what `maps` held before says what needs no second look. */
gopm_status gopm__live_maps_read(const struct gopm__live *live, struct gopm__live_maps *maps, gopm_error **err);
void gopm__live_maps_free(struct gopm__live_maps *maps);

/* How many of a mapping's bytes, from its start, the virtual file holds. */
uint64_t gopm__live_map_held(const struct gopm__live *live, const struct gopm__live_map *map);

/* Whether it is memory of the process's own, whose pages are zero as long as nothing has touched them. The kernel's
 * vdso has no file either, and comes page by page like one. */
bool gopm__live_map_is_anonymous(const struct gopm__live *live, const struct gopm__live_map *map);

/* One note, as ELF stores it. */
void gopm__live_note(struct gopm__text *text, const char *name, uint32_t type, const void *data, size_t size);

/* Appends a stopped thread's notes; by the tracer. GOPM_NOT_FOUND: the thread is gone. */
gopm_status gopm__live_thread_notes(struct gopm__live *live, uint32_t thread, gopm_error **err);

/* What NT_PRPSINFO says, and whose child the process is. */
void gopm__live_prpsinfo(struct gopm__live *live, const struct gopm__text *status);

#endif
