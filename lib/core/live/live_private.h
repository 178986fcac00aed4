/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of this folder. */
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
	uint64_t offset;     /* in the file, in bytes */
	uint64_t inode;      /* 0: no file */
	size_t path;         /* its offset in gopm__live_maps.paths */
	size_t path_size;
	uint32_t flags; /* PF_R, PF_W, PF_X */
	bool shared;
	bool written; /* a private mapping of a file, with a page that the process changed */
};

struct gopm__live_maps {
	struct gopm__live_map *maps; /* sorted by start, not overlapping */
	size_t count, capacity;
	struct gopm__text paths;
};

/* A range of the virtual core, and its address in the process. */
struct gopm__live_range {
	uint64_t offset, size, address;
	bool anonymous; /* not of a file: untouched pages are zero */
};

struct gopm__live_thread {
	uint32_t id;
	/* SEIZED: traced, not stopped yet. ASLEEP: in uninterruptible sleep. */
	enum { GOPM__LIVE_SEIZED, GOPM__LIVE_STOPPED, GOPM__LIVE_ASLEEP, GOPM__LIVE_ENDED } state;
	int signal; /* was about to be delivered at the stop; delivered at the resume; 0: none */
};

enum gopm__live_phase {
	GOPM__LIVE_PHASE_RUNNING,
	GOPM__LIVE_PHASE_STOPPING,
	GOPM__LIVE_PHASE_STOPPED,
	GOPM__LIVE_PHASE_RESUMING
};

struct gopm__live {
	uint32_t pid;
	int directory;     /* /proc/PID: refers to this process even if its number is reused */
	int space;         /* like `directory`; if the first thread ended, /proc/PID/task/ID of another one */
	uint32_t space_id; /* the thread of `space` */
	int memory;        /* /proc/PID/mem */
	int pagemap;       /* /proc/PID/pagemap, or -1 */
	int executable;    /* /proc/PID/exe, or -1 */
	uint64_t executable_inode;
	char name[32]; /* "process PID", for messages */
	char root[32]; /* "/proc/PID/root" */
	uint64_t page_size;
	bool own_child; /* a child of this process: only the caller waits for its end */
	bool include_files;
	struct gopm__text auxv;
	uint32_t parent, group, session;
	uint8_t prpsinfo[136];

	struct gopm__live_maps maps;
	struct gopm__text head; /* the start of the virtual core: ELF header, program headers, notes */
	struct gopm__live_range *ranges;
	size_t range_count;
	uint64_t size; /* of the virtual core */

	/* Used while it is stopped: */
	pthread_t tracer; /* the thread that traces: only it may call ptrace(), and its end detaches all threads */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum gopm__live_phase phase; /* guarded by the lock */
	atomic_bool stopped;         /* phase STOPPED, for readers without the lock: its number cannot be reused now */
	gopm_status status;          /* result of the stop */
	gopm_error *error;
	struct gopm__live_thread *threads;
	size_t thread_count, thread_capacity;
	struct gopm__text thread_notes;
	uint64_t stop_began, stopped_for; /* CLOCK_MONOTONIC and a duration, in ns */
};

/* Appends a whole file to `text`. Returns 0 or an errno. */
int gopm__live_slurp(int directory, const char *name, struct gopm__text *text);

/* Returns the number after "KEY:" in the text of /proc/PID/status, or `missing`. */
uint64_t gopm__live_status_number(const struct gopm__text *status, const char *key, uint64_t missing);

/* Returns the state letter of a thread, or '\0' if it has ended. */
char gopm__live_thread_state(const struct gopm__live *live, uint32_t thread);

/* Opens the directory of the threads. Returns NULL and sets errno on failure. */
DIR *gopm__live_tasks(const struct gopm__live *live);

/* Fails with `what`, the reason why the kernel denied access to a thread, and what to do. `error` is the errno. */
gopm_status gopm__live_denied(const struct gopm__live *live, uint32_t thread, int error, const char *what,
                              gopm_error **err);

/* Reads the mappings. Does not look again at the pages of those that `maps` had before. */
gopm_status gopm__live_maps_read(const struct gopm__live *live, struct gopm__live_maps *maps, gopm_error **err);
void gopm__live_maps_free(struct gopm__live_maps *maps);

/* Number of bytes, from the start of a mapping, that the virtual core contains. */
uint64_t gopm__live_map_size(const struct gopm__live *live, const struct gopm__live_map *map);

/* True if the mapping is anonymous memory, whose untouched pages are zero. The vdso has no file, but is not
 * anonymous. */
bool gopm__live_map_is_anonymous(const struct gopm__live *live, const struct gopm__live_map *map);

/* Appends one ELF note. */
void gopm__live_note(struct gopm__text *text, const char *name, uint32_t type, const void *data, size_t size);

/* Appends the notes of a stopped thread to live->thread_notes. Only the tracer may call it.
 * @return GOPM_OK; GOPM_NOT_FOUND: the thread has ended; an error. */
gopm_status gopm__live_thread_notes(struct gopm__live *live, uint32_t thread, gopm_error **err);

/* Fills live->prpsinfo, and the ids of the parent, the process group and the session. */
void gopm__live_prpsinfo(struct gopm__live *live, const struct gopm__text *status);

#endif
