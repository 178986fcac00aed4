/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/json.h
 * Writes goroutines, groups, threads, stacks and findings as JSON. gopm_value_json() does so for values.
 *
 * Each text is one object in one line, as `gopm --json` prints it, and always valid UTF-8: a byte that is not becomes
 * U+FFFD. Control characters are escaped, as by gopm_escape(). Addresses and sizes are numbers of up to 64 bits, and
 * not strings. Later versions may add members at the end of an object.
 *
 * Calls with a buffer write up to `size` - 1 bytes and a NUL; `buffer` may be NULL if `size` is 0. `length` receives
 * the bytes of the whole text, without the NUL, and may be NULL. If `*length` is at least `size`, the text was cut:
 * call again with a larger buffer. Use one buffer for many records: a record of a goroutine without labels and with one
 * wait allocates nothing. The calls change nothing, and several threads may make them at the same time.
 *
 * Since: 0.9
 */
#ifndef GOPM_JSON_H
#define GOPM_JSON_H

#include <gopm/goroutine.h>
#include <gopm/stack.h>
#include <gopm/thread.h>
#include <gopm/value.h>

GOPM_BEGIN_DECLS

/** Answer as Delve does: goroutines have only Delve's members, locations say if their function is `optimized`, and
 * variables are as with GOPM_VALUE_JSON_DELVE. Use it with records of GOPM_FILTER_DELVE and GOPM_STACK_DELVE. */
#define GOPM_JSON_DELVE 1u
/** Write only the members, without the braces around them, so that you can add some of your own. */
#define GOPM_JSON_MEMBERS 2u
/** gopm_thread_json() writes `registers` too: an object with a number for each general register. */
#define GOPM_JSON_REGISTERS 4u

/**
 * Writes a location as Delve's api.Location: `pc`, `file`, `line`, and `function` with `name`, `value`, `type` and
 * `goType`, unless it is in no function.
 *
 *     {"pc":4660,"file":"main.go","line":7,"function":{"name":"main.main","value":4608,"type":0,"goType":0}}
 *
 * @param record_size the caller's sizeof(gopm_location)
 * @param flags GOPM_JSON_* or 0
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag).
 * Source: Delve 1.27, service/api/types.go.  Since: 0.9
 */
GOPM_API gopm_status gopm_location_json(const gopm_location *record, size_t record_size, uint32_t flags, char *buffer,
                                        size_t size, size_t *length);

/**
 * Writes a goroutine with the members of Delve's api.Goroutine: `id`, `currentLoc`, `userCurrentLoc`, `goStatementLoc`
 * and `startLoc` as gopm_location_json() writes them, `threadID`, `status` and `waitReason` as stored, `waitSince` in
 * nanoseconds, `unreadable`, and `labels` if it has some. Then follow, unless GOPM_JSON_DELVE is set:
 *
 * - `statusName`, `waitReasonName`, `waitTime` in nanoseconds, `parentID`, `system`, `address`;
 * - `lockedThreadID` and `partial`, if they are not 0 and false;
 * - `wait`, the first object that it waits on, and if there are several, `waits`, all of them. Each has `kind`
 *   (gopm_wait_kind_name()), and what is known of `object`, `type`, `length`, `capacity`, `closed`, `senders`,
 *   `receivers`, `send`, `waiters`, `deadline` and `fd`; or it is `unreadable`.
 *
 * Parts of the record that were not filled (gopm_goroutine_filter.fields) are written as empty. Labels, and the objects
 * of a select, are read from the core.
 * @param core the core that the record came from
 * @param record_size the caller's sizeof(gopm_goroutine)
 * @param flags GOPM_JSON_* or 0
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag); GOPM_ERR_NO_MEMORY; GOPM_ERR_IO.
 * Source: Delve 1.27, service/api/types.go.  Since: 0.9
 */
GOPM_API gopm_status gopm_goroutine_json(gopm_core *core, const gopm_goroutine *record, size_t record_size,
                                         uint32_t flags, char *buffer, size_t size, size_t *length);

/**
 * Writes a group: `count`, `location` if it is grouped by one and else `key`, `object` if it is grouped by object,
 * `exampleID`, `longestWait` in nanoseconds, and `partial`, the number of goroutines that may belong to another group,
 * unless it is 0. `object` is as `wait` of gopm_goroutine_json().
 * @param record_size the caller's sizeof(gopm_group)
 * @param group_by GOPM_GROUP_* of gopm_group_iter_open()
 * @param flags GOPM_JSON_* or 0
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (or `group_by` is unknown); GOPM_ERR_UNSUPPORTED (an unknown flag).
 * Since: 0.9
 */
GOPM_API gopm_status gopm_group_json(const gopm_group *record, size_t record_size, uint32_t group_by, uint32_t flags,
                                     char *buffer, size_t size, size_t *length);

/**
 * Writes a thread with the members of Delve's api.Thread: `id`, `pc`, `file`, `line`, and `function` with `name` and
 * `value`, unless it is in no function. In C it has `object` and `objectOffset`. Then follow `goroutineID`, `sp`, `m`,
 * `mID` if it has an m, `signal`, and `registers` with GOPM_JSON_REGISTERS.
 * @param core the core that the record came from
 * @param record_size the caller's sizeof(gopm_thread)
 * @param flags GOPM_JSON_* or 0
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag).
 * Source: Delve 1.27, service/api/types.go.  Since: 0.9
 */
GOPM_API gopm_status gopm_thread_json(const gopm_core *core, const gopm_thread *record, size_t record_size,
                                      uint32_t flags, char *buffer, size_t size, size_t *length);

/**
 * Writes a frame with the members of Delve's api.Stackframe: `pc`, `file`, `line`, and `function` with `name` and
 * `value`. Then follow `sp`, `cfa`, `inlined`, `language` if it is known ("go", "c", "c++", "rust", "assembly",
 * "other"), `object`, `objectOffset` and `symbol` of C, `guessed` and `afterGap` if they are true.
 * @param record_size the caller's sizeof(gopm_frame)
 * @param flags GOPM_JSON_* or 0
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag).
 * Source: Delve 1.27, service/api/types.go.  Since: 0.9
 */
GOPM_API gopm_status gopm_frame_json(const gopm_frame *record, size_t record_size, uint32_t flags, char *buffer,
                                     size_t size, size_t *length);

/**
 * Writes a stack: `Locations`, a list of frames as of gopm_frame_json(), and `end`, the reason for its end: "complete",
 * "not go", "memory", "damaged", "limit", "no stack" or "no thread". Then follow `first` and `depth`, as of
 * gopm_stack_first() and gopm_stack_depth(), unless they are 0.
 *
 * With variables, each frame also has `Arguments` (results too) and `Locals`, two lists of values as of
 * gopm_value_json(), and `Err`, a text, if they could not be read. One thread at a time may use the stack.
 * @param variables how to read variables; NULL: without them
 * @param flags GOPM_JSON_* or 0
 * @param write receives the text in pieces, on the calling thread: it may be much longer than others
 * @param err may be NULL
 * @return GOPM_OK; GOPM_DONE (`write` stopped it); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag, or an
 *   option of a newer version); GOPM_ERR_NO_MEMORY; GOPM_ERR_IO; GOPM_ERR_CANCELLED.
 * Source: Delve 1.27, service/api/types.go.  Since: 0.9
 */
GOPM_API gopm_status gopm_stack_json(const gopm_stack *stack, const gopm_value_options *variables, uint32_t flags,
                                     gopm_write_fn write, void *user_data, gopm_error **err);

/**
 * Writes a finding: `kind` (gopm_finding_kind_name()), `message`, `count`, and `address` and `offset` if it has them.
 * @param record_size the caller's sizeof(gopm_finding)
 * @param flags GOPM_JSON_* or 0
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag).
 * Since: 0.9
 */
GOPM_API gopm_status gopm_finding_json(const gopm_finding *record, size_t record_size, uint32_t flags, char *buffer,
                                       size_t size, size_t *length);

GOPM_END_DECLS

#endif
