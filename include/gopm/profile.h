/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/profile.h
 * The profiles that the process had collected: memory, mutexes, blocking and goroutines. They are what runtime/pprof
 * would have written at that moment. Without a call of the program, memory is sampled always; mutexes and blocking only
 * if the program asked for it.
 *
 * Since: 0.9
 */
#ifndef GOPM_PROFILE_H
#define GOPM_PROFILE_H

#include <gopm/core.h>
#include <gopm/goroutine.h>

GOPM_BEGIN_DECLS

/* gopm_profile_options.kind. The comment has the meaning of gopm_profile_sample.values. */
#define GOPM_PROFILE_HEAP 0      /**< objects allocated, bytes allocated, objects in use, bytes in use */
#define GOPM_PROFILE_ALLOCS 1    /**< the same; tools show the allocated bytes first */
#define GOPM_PROFILE_MUTEX 2     /**< contentions, delay of others in nanoseconds, at the stack that unlocked */
#define GOPM_PROFILE_BLOCK 3     /**< contentions, delay in nanoseconds */
#define GOPM_PROFILE_GOROUTINE 4 /**< goroutines with this stack and these labels */

/** Number of values of the kinds that have the most. */
#define GOPM_PROFILE_VALUES 4

/* gopm_profile_options.flags */
/** Add allocations and frees that the runtime counted but did not publish yet: those since the second last collection.
 *  The runtime waits with them, because the frees of that time are not complete. */
#define GOPM_PROFILE_FLAG_PENDING 1u

/** The profile to read. Call gopm_profile_options_init() first. */
typedef struct gopm_profile_options {
	size_t struct_size; /**< set by gopm_profile_options_init() */
	uint32_t kind;      /**< GOPM_PROFILE_*; default GOPM_PROFILE_HEAP */
	uint32_t flags;     /**< GOPM_PROFILE_FLAG_*; an unknown bit is GOPM_ERR_UNSUPPORTED */
	/** Called now and then while goroutines are read, on the calling thread; may be NULL. See gopm_progress_fn. */
	gopm_progress_fn progress;
	void *progress_user_data; /**< passed to `progress` */
} gopm_profile_options;

/** Fills `options` with defaults. As gopm_core_options_init().  Since: 0.9 */
GOPM_API void gopm_profile_options_init(gopm_profile_options *options, size_t struct_size);

/** A profile that was read; see gopm_profile_open(). */
typedef struct gopm_profile gopm_profile;

/* gopm_profile_info.flags */
/** runtime.MemProfileRate is not known, so that the values are those of the samples, not estimates of all. */
#define GOPM_PROFILE_INFO_UNSCALED 1u
/** The process did not measure the speed of its CPU clock, so that delays are in ticks of it. */
#define GOPM_PROFILE_INFO_TICKS 2u

/** What is the same for all samples. */
typedef struct gopm_profile_info {
	size_t struct_size; /**< set by the caller */
	uint32_t kind;      /**< GOPM_PROFILE_* */
	uint32_t flags;     /**< GOPM_PROFILE_INFO_* */
	uint64_t sample_count;
	uint32_t value_count; /**< values of each sample that are used: 4, 2 or 1 */
	uint32_t reserved;    /**< 0 */
	/** Of memory: runtime.MemProfileRate, bytes for each sample. Of mutexes: the fraction that
	 *  runtime.SetMutexProfileFraction set. -1: unknown, or of another kind. */
	int64_t rate;
	int64_t values[GOPM_PROFILE_VALUES];  /**< sums of all samples */
	int64_t pending[GOPM_PROFILE_VALUES]; /**< sums of all samples */
} gopm_profile_info;

/** One sample: a stack with its values. */
typedef struct gopm_profile_sample {
	/** Return addresses, innermost call first. An inlined call has 1 more than its pc. Borrowed from the profile.
	 */
	const uint64_t *pcs;
	uint64_t pc_count;
	int64_t values[GOPM_PROFILE_VALUES]; /**< as runtime/pprof scales them; unused ones are 0 */
	/** What would be added if the runtime published the rest; included in `values` with GOPM_PROFILE_FLAG_PENDING.
	 */
	int64_t pending[GOPM_PROFILE_VALUES];
	uint64_t object_size; /**< bytes of each object; 0: not of memory */
	uint64_t label_count; /**< of goroutines: for gopm_profile_labels() */
} gopm_profile_sample;

/**
 * Reads a profile.
 *
 * What is damaged is left out, with findings. An empty profile is GOPM_OK: the process sampled nothing.
 *
 * @param core keeps open as long as the profile
 * @param options NULL: the heap profile
 * @param out the caller releases it with gopm_profile_free()
 * @return GOPM_OK; GOPM_NOT_FOUND (the core lacks the runtime's list of samples, or the program has no symbols and no
 *   sample was found: maybe it sampled nothing); GOPM_ERR_ARGUMENT (unknown kind); GOPM_ERR_UNSUPPORTED (unknown flag);
 *   GOPM_ERR_CANCELLED; GOPM_ERR_IO; GOPM_ERR_NO_MEMORY.
 * Source: runtime/mprof.go, runtime/pprof (Go 1.16 to 1.27).  Since: 0.9
 */
GOPM_API gopm_status gopm_profile_open(gopm_core *core, const gopm_profile_options *options, gopm_profile **out,
                                       gopm_error **err);

/**
 * Fills what is the same for all samples. Set info->struct_size first.
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is not a size of this struct).
 * Since: 0.9
 */
GOPM_API gopm_status gopm_profile_get_info(const gopm_profile *profile, gopm_profile_info *info);

/**
 * Fills records of samples from index `first` on, in the order of runtime/pprof.
 * @param records room for `capacity` of them, `stride` bytes apart; their pointers live as long as the profile
 * @param got the number filled
 * @return GOPM_OK; GOPM_DONE (`first` is past the last sample); GOPM_ERR_ARGUMENT.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_profile_samples(const gopm_profile *profile, uint64_t first, gopm_profile_sample *records,
                                          size_t stride, size_t capacity, size_t *got);

/**
 * Fills the calls of one sample, innermost first. The calls of package runtime that allocate are left out, as
 * runtime/pprof does it, and runtime.goexit is too.
 * @param count the number of calls, which may be more than `capacity`
 * @return GOPM_OK; GOPM_NOT_FOUND (there is no sample `index`); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY; GOPM_ERR_IO.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_profile_frames(gopm_profile *profile, uint64_t index, gopm_location *records, size_t stride,
                                         size_t capacity, size_t *count);

/**
 * Fills the labels of one sample of goroutines: those that runtime/pprof.Do set.
 * @param count the number of labels, which may be more than `capacity`
 * @return GOPM_OK; GOPM_NOT_FOUND (there is no sample `index`, or it has no labels); GOPM_ERR_ARGUMENT.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_profile_labels(const gopm_profile *profile, uint64_t index, gopm_label *records,
                                         size_t stride, size_t capacity, size_t *count);

/* gopm_profile_target.flags */
/** Replace an existing file at `path`. */
#define GOPM_PROFILE_TARGET_REPLACE 1u

/** Where to write a profile. Zero it, and set struct_size and exactly one of path and write. */
typedef struct gopm_profile_target {
	size_t struct_size;  /**< set by the caller */
	uint32_t flags;      /**< GOPM_PROFILE_TARGET_*; an unknown bit is GOPM_ERR_UNSUPPORTED */
	uint32_t reserved;   /**< 0 */
	const char *path;    /**< NUL-terminated; used during the call only */
	gopm_write_fn write; /**< receives the file in pieces, on the calling thread */
	void *user_data;     /**< passed to `write` */
} gopm_profile_target;

/**
 * Writes the profile for `go tool pprof`: a profile.proto message compressed by gzip. The file has no time, because a
 * core has no clock. It appears at its path only when it is complete.
 *
 * @return GOPM_OK; GOPM_ERR_EXISTS (`path` exists); GOPM_ERR_IO (cannot write, or the callback failed);
 *   GOPM_ERR_ARGUMENT (not exactly one of path and write); GOPM_ERR_UNSUPPORTED (unknown flag); GOPM_ERR_NO_MEMORY.
 * Source: runtime/pprof/proto.go (Go 1.16 to 1.27), github.com/google/pprof/proto/profile.proto.  Since: 0.9
 */
GOPM_API gopm_status gopm_profile_write(gopm_profile *profile, const gopm_profile_target *target, gopm_error **err);

/** Releases a profile; NULL is accepted.  Since: 0.9 */
GOPM_API void gopm_profile_free(gopm_profile *profile);

GOPM_END_DECLS

#endif
