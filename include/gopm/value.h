/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/value.h
 * Reads arguments, locals and results of a frame with types and values. It uses DWARF; without DWARF it finds
 * arguments with the runtime's tables and type descriptors.
 *
 * Since: 0.9
 */
#ifndef GOPM_VALUE_H
#define GOPM_VALUE_H

#include <gopm/stack.h>

GOPM_BEGIN_DECLS

/** The variables of one frame. */
typedef struct gopm_vars gopm_vars;
/** One typed value. Its children are read on demand. Release it with gopm_value_free(). */
typedef struct gopm_value gopm_value;

/** Use only location lists, as Delve does: a variable without a location is unreadable. */
#define GOPM_VALUE_OPTION_EXACT_ONLY 1u

/** Show values as Delve does: no contents of channels and containers, no durations as `1.5s`, times without the
 * fraction of the second, and names as the linker writes them. */
#define GOPM_VALUE_OPTION_DELVE 2u

/** Show the elements and the waiting goroutines of a channel with `max_depth` 0 levels too. */
#define GOPM_VALUE_OPTION_CHANNELS 4u

/** For gopm_package_vars(): find the variables of C, C++ and Rust instead of Go's. */
#define GOPM_VALUE_OPTION_C 8u

/** Limits on the size of values. A limit of 0 means its default, which is Delve's. */
typedef struct gopm_value_options {
	size_t struct_size;    /**< set by gopm_value_options_init() */
	uint32_t flags;        /**< GOPM_VALUE_OPTION_* */
	uint32_t max_depth;    /**< levels of nesting in gopm_value_text(); default 1; UINT32_MAX: 0 levels */
	uint64_t max_string;   /**< bytes of a string; default 64 */
	uint64_t max_elements; /**< elements of an array, slice, map or channel buffer; default 64 */
	uint64_t max_fields;   /**< fields of a struct; default all */
	uint64_t max_bytes;    /**< bytes of gopm_value_text(), and of gopm_value_json(); default 16 MiB */
} gopm_value_options;

/** Fills `options` with defaults. As gopm_core_options_init().  Since: 0.9 */
GOPM_API void gopm_value_options_init(gopm_value_options *options, size_t struct_size);

/* Kinds, with the numbers of reflect.Kind. */
#define GOPM_KIND_INVALID 0
#define GOPM_KIND_BOOL 1
#define GOPM_KIND_INT 2
#define GOPM_KIND_INT8 3
#define GOPM_KIND_INT16 4
#define GOPM_KIND_INT32 5
#define GOPM_KIND_INT64 6
#define GOPM_KIND_UINT 7
#define GOPM_KIND_UINT8 8
#define GOPM_KIND_UINT16 9
#define GOPM_KIND_UINT32 10
#define GOPM_KIND_UINT64 11
#define GOPM_KIND_UINTPTR 12
#define GOPM_KIND_FLOAT32 13
#define GOPM_KIND_FLOAT64 14
#define GOPM_KIND_COMPLEX64 15
#define GOPM_KIND_COMPLEX128 16
#define GOPM_KIND_ARRAY 17
#define GOPM_KIND_CHAN 18
#define GOPM_KIND_FUNC 19
#define GOPM_KIND_INTERFACE 20
#define GOPM_KIND_MAP 21
#define GOPM_KIND_POINTER 22
#define GOPM_KIND_SLICE 23
#define GOPM_KIND_STRING 24
#define GOPM_KIND_STRUCT 25
#define GOPM_KIND_UNSAFE_POINTER 26

/* Provenance: how sure a value is. */
#define GOPM_FROM_NONE 0 /**< unreadable: see gopm_value_info.unreadable */
/** Exact: the location list has a location at this pc, the core has all its bytes, the code still reads all of them
 * from there, and no other variable has the same location. One case is not detected: a constant was assigned to the
 * variable while the code needs its old value without a name, as in a range loop. With GOPM_VALUE_OPTION_EXACT_ONLY,
 * only the location counts. */
#define GOPM_FROM_EXACT 1
/** The runtime has the value in an object of a parked goroutine: a sudog has its channel, a semaphore its address. */
#define GOPM_FROM_RUNTIME 2
/** Proved: the code shows that a slot or register contains the last known value of the variable. For an argument this
 * is the value that was passed. Captured variables of closures have this provenance too. */
#define GOPM_FROM_RECOVERED 3
/** Possibly outdated: the location may have been reused, or the variable assigned since. A location that the code no
 *  longer reads is one of these cases. */
#define GOPM_FROM_STALE 4

#define GOPM_VAR_ARGUMENT 1u
#define GOPM_VAR_RESULT 2u
#define GOPM_VAR_SHADOWED 4u /**< a variable of an inner scope has the same name */
#define GOPM_VAR_ESCAPED 8u  /**< moved to the heap; the value is read from there */

#define GOPM_VALUE_NIL 1u       /**< nil pointer, slice, map, channel, function or interface */
#define GOPM_VALUE_TRUNCATED 2u /**< a limit cut the string or its children */
#define GOPM_VALUE_REGISTERS 4u /**< in registers or in several pieces: `address` is 0 */
#define GOPM_VALUE_PARTIAL 8u   /**< some children, or a part of a container or queue, are unreadable */
#define GOPM_VALUE_CLOSED 16u   /**< a closed channel */
/** Some of its pointers may dangle: the goroutine no longer uses their targets, so these may have been freed and
 * reused. Children read through such a pointer are GOPM_FROM_STALE. The pointers themselves have their last value; a
 * pointer into the goroutine's own stack is not updated if the stack moves. */
#define GOPM_VALUE_DANGLING 32u

/** Facts about a value without its children. Its strings live as long as the gopm_value. A child has the provenance of
 *  its parent, or GOPM_FROM_STALE if it was read through a pointer that may dangle. */
typedef struct gopm_value_info {
	size_t struct_size;      /**< set by the caller */
	uint32_t kind;           /**< GOPM_KIND_* */
	uint32_t provenance;     /**< GOPM_FROM_* */
	uint32_t flags;          /**< GOPM_VALUE_* */
	uint32_t variable_flags; /**< GOPM_VAR_*; child of a closure: ESCAPED if captured by reference */
	gopm_str name;           /**< name of the variable or field, or "[3]"; empty: none */
	gopm_str type;           /**< "*main.Metrics" */
	gopm_str unreadable;     /**< why the value is unreadable; empty: it is readable */
	uint64_t address;        /**< address in the process; 0: in registers, or unreadable */
	uint64_t size;           /**< size of the type in bytes */
	int64_t decl_line;       /**< line of the variable's declaration; 0: unknown */
	int64_t integer;         /**< bool, signed integers */
	uint64_t uinteger;       /**< unsigned integers, pointers, the address of a channel, map or function */
	double real, imaginary;  /**< floats and complex numbers */
	gopm_str text;           /**< string: its bytes; func: its name; integer: the name of its constant; a pointer
	                          *   to char or an array of char, of C: its bytes up to the NUL; a pointer to a
	                          *   function of C: the function's name */
	uint64_t length;         /**< elements of a slice, array, map or channel; bytes of a string */
	uint64_t capacity;       /**< elements that a slice or channel has room for */
	uint64_t base;           /**< address of the first byte of a string, slice or array; 0: none */
	uint64_t child_count;    /**< number of children, within the limits; map: each key and each value is a child.
	                          *   gopm_value_child() reads those past the limits too */
	uint64_t senders;        /**< channel: goroutines that wait to send, at most a million */
	uint64_t receivers;      /**< channel: goroutines that wait to receive, at most a million */
	gopm_str origin;         /**< origin of a value that is not exact: "sudog at 0xc000112000"; empty: exact */
} gopm_value_info;

/**
 * Finds the variables of a frame: arguments and results as declared, then locals by line of declaration.
 *
 * Without DWARF it finds arguments as the runtime's traceback does, with the names "arg0", "arg1". A receiver, the
 * arguments of a method whose type the linker kept, and the channel of a channel operation have their types. Other
 * arguments have types such as "word64" or "words". They are recovered or stale, never exact.
 *
 * A frame of C, C++ or Rust has the arguments and locals of its function, if the DWARF of its module describes them:
 * of the executable, or of a shared library, also if it is in a separate debug file.
 *
 * @param frame index of the frame, as in gopm_stack_frames()
 * @param options NULL: defaults
 * @param out owned by the caller; release it with gopm_vars_free()
 * @return GOPM_OK; GOPM_NOT_FOUND (the DWARF has no function at this pc); GOPM_ERR_NO_DWARF (only with
 *   GOPM_VALUE_OPTION_EXACT_ONLY); GOPM_ERR_FORMAT (damaged DWARF); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: .debug_info, .debug_loclists (DWARF 5) or .debug_loc (DWARF 4); FUNCDATA_ArgInfo, FUNCDATA_ArgLiveInfo.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_frame_vars(const gopm_stack *stack, size_t frame, const gopm_value_options *options,
                                     gopm_vars **out, gopm_error **err);
GOPM_API void gopm_vars_free(gopm_vars *vars);
/** Returns the number of variables. 0 for NULL.  Since: 0.9 */
GOPM_API size_t gopm_vars_size(const gopm_vars *vars);
/** Reads the variable at `index`.
 *  @param out owned by the caller; release it with gopm_value_free()
 *  @return GOPM_OK; GOPM_NOT_FOUND (past the end); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_vars_value(gopm_vars *vars, size_t index, gopm_value **out);

/** Fills `info` with facts about a value. Set info->struct_size first.
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT.  Since: 0.9 */
GOPM_API gopm_status gopm_value_get_info(const gopm_value *value, gopm_value_info *info);

/**
 * Reads a child of a value:
 *
 * - a field of a struct;
 * - an element of an array, slice or channel buffer;
 * - a key or value of a map, in the order key 0, value 0, key 1, ...;
 * - the target of a pointer;
 * - the dynamic value of an interface;
 * - a captured variable of a closure.
 *
 * The limits of the options bound what a value's text shows, not what can be read: elements, fields and entries past
 * child_count can be read too, up to gopm_value_info.length elements. The time to find an entry of a map grows with
 * `index`.
 *
 * @param index 0 is the first child; of a channel, the element to receive next
 * @param out owned by the caller; release it with gopm_value_free()
 * @return GOPM_OK; GOPM_NOT_FOUND (past the end); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_value_child(const gopm_value *value, uint64_t index, gopm_value **out, gopm_error **err);

/**
 * Reads the value that a container of Go's library holds:
 *
 * - a *T for sync/atomic.Pointer[T] and weak.Pointer[T]; it is nil if the weak pointer's target is gone;
 * - a T for unique.Handle[T];
 * - the interface in a sync/atomic.Value; the number or bool in a sync/atomic.Int64 and its like;
 * - for sync.Map a value of kind GOPM_KIND_MAP, whose type is sync.Map;
 * - for the queue of a channel (`recvq`, `sendq`) the ids of its goroutines, a []uint64.
 *
 * @param out owned by the caller; release it with gopm_value_free()
 * @return GOPM_OK; GOPM_NOT_FOUND (not a container); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: sync/atomic/type.go, sync/map.go, internal/sync/hashtriemap.go, weak/pointer.go, unique/handle.go; Go 1.16 to
 *   1.27.  Since: 0.9
 */
GOPM_API gopm_status gopm_value_content(const gopm_value *value, gopm_value **out, gopm_error **err);
GOPM_API void gopm_value_free(gopm_value *value);

/**
 * Formats a value as one line, as Delve's command line does. There are three differences on purpose: times are in UTC,
 * a part without a location is unreadable and not zero, and an integer has the name of the first constant with its
 * value. Unless the options have GOPM_VALUE_OPTION_DELVE, the text also has what Delve does not show:
 *
 * - a channel's elements in the order of their slots, the slot of the next one to receive, and the goroutines that
 *   wait: `chan int 3/5 {buf: [6,7,4: 5], recvx: 4, sendq: [goroutine 7]}` has elements in the slots 0, 1 and 4;
 * - the values that sync.Map, sync/atomic.Pointer[T], sync/atomic.Value, weak.Pointer[T], unique.Handle[T] and the
 *   integers of sync/atomic hold, instead of their fields;
 * - a time.Duration as `1.5s (1500000000)`;
 * - a pointer to char or an array of char, of C, as the string up to its NUL, with "..." after it if it is longer than
 *   `max_string`; a pointer to a function of C, which cgo calls `*[0]byte`, as the function's name.
 *
 * A type of C that is not decoded, such as `long double`, is shown `as bytes`. After `max_bytes` bytes the text ends
 * with "... (cut: limit of N bytes)".
 * @param buffer receives up to `size` - 1 bytes and a NUL; NULL with size 0: only the length is wanted
 * @param length bytes of the whole text, without the NUL
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_value_text(const gopm_value *value, char *buffer, size_t size, size_t *length);

/** Write only Delve's members: no `text`, `provenance`, `origin`, `content`, `readable` and `cut`. Names are as the
 * linker writes them. */
#define GOPM_VALUE_JSON_DELVE 1u

/**
 * Formats a value with its children as JSON, as Delve's api.Variable: the same members, kinds and flags, to the depth
 * of the options.
 *
 * - A channel's children are the fields of its header; `buf` has the elements.
 * - A value in registers has a made-up address from 0xbeef000000000000 on, as in Delve.
 * - `LocationExpr` is missing.
 * - Added are `text`, as in gopm_value_text(), `provenance` and `origin`. A child has the last two only if they differ
 *   from its parent's.
 * - A string that is not UTF-8 is in `StringValueBytes` too, in base64.
 * - A container has the value that it holds as `content`. A time.Duration and a time.Time have `readable`, "1.5s".
 *   With GOPM_VALUE_JSON_DELVE, or GOPM_VALUE_OPTION_DELVE in the options, there are neither.
 * - A pointer to char or an array of char, of C, has the string as `string`; a pointer to a function of C has the
 *   function's name as `function`. With GOPM_VALUE_JSON_DELVE there are neither.
 * - After `max_bytes` bytes no more children are written. The last one says so in `unreadable`, and the value has
 *   `"cut":true`.
 *
 * @param flags GOPM_VALUE_JSON_* or 0
 * @param buffer receives up to `size` - 1 bytes and a NUL; NULL with size 0: only the length is wanted
 * @param length bytes of the whole text, without the NUL
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag); GOPM_ERR_NO_MEMORY.
 * Source: Delve 1.27, service/api/types.go and conversions.go.  Since: 0.9
 */
GOPM_API gopm_status gopm_value_json(const gopm_value *value, uint32_t flags, char *buffer, size_t size,
                                     size_t *length);

GOPM_END_DECLS

#endif
