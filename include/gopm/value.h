/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/value.h
 * Arguments, locals and results of a frame, with types and values, through DWARF; without it arguments by the tables
 * and type descriptors of the program.
 *
 * Since: 0.1
 */
#ifndef GOPM_VALUE_H
#define GOPM_VALUE_H

#include <gopm/stack.h>

GOPM_BEGIN_DECLS

/** The variables of one frame. */
typedef struct gopm_vars gopm_vars;
/** One typed value; children on demand. Released by gopm_value_free(). */
typedef struct gopm_value gopm_value;

/** Of gopm_value_options: what the location lists do not tell is unreadable, as in Delve. */
#define GOPM_VALUE_EXACT_ONLY UINT32_C(1)

/** How much of a value is read. Zeroes stand for the defaults, which are Delve's. */
typedef struct gopm_value_options {
	size_t struct_size;
	uint32_t flags;        /**< GOPM_VALUE_EXACT_ONLY */
	uint32_t max_depth;    /**< levels of nesting that gopm_value_text() opens; default 1 (UINT32_MAX: 0 levels) */
	uint64_t max_string;   /**< bytes of a string; default 64 */
	uint64_t max_elements; /**< elements of an array, slice, map or channel buffer; default 64 */
	uint64_t max_fields;   /**< fields of a struct; default all */
} gopm_value_options;

GOPM_API void gopm_value_options_init(gopm_value_options *options, size_t struct_size);

/* Kinds, as reflect.Kind numbers them. */
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

/* Where a value comes from. */
#define GOPM_FROM_NONE 0 /**< not readable: see `unreadable` */
/** Its location covers this pc, every byte was in the core, the code still reads all of it from there, and no other
 * variable is said to lie there. Not seen: that a constant was assigned to it while the old value is needed on under no
 * name, as by a range over it. With GOPM_VALUE_EXACT_ONLY: its location covers this pc. */
#define GOPM_FROM_EXACT 1
/** An object of the runtime says it, of a goroutine that is parked: the sudog its channel, the semaphore its address.
 */
#define GOPM_FROM_RUNTIME 2
/** Proved: the code shows that the place where it was found holds the value that the variable had when it was last
 * seen; for an argument, that it was called with. A closure's captured variables are among these. */
#define GOPM_FROM_RECOVERED 3
/** Maybe: the place where it was last may have been written over, or the variable assigned to since. Of the values that
 * a location tells these are the ones that nobody reads any more. */
#define GOPM_FROM_STALE 4

#define GOPM_VAR_ARGUMENT UINT32_C(1)
#define GOPM_VAR_RESULT UINT32_C(2)
#define GOPM_VAR_SHADOWED UINT32_C(4) /**< an inner scope has the same name */
#define GOPM_VAR_ESCAPED UINT32_C(8)  /**< moved to the heap; the value is the one there */

#define GOPM_VALUE_NIL UINT32_C(1)       /**< nil pointer, slice, map, channel, function or interface */
#define GOPM_VALUE_TRUNCATED UINT32_C(2) /**< a limit cut the string or the children */
#define GOPM_VALUE_REGISTERS UINT32_C(4) /**< held in registers or pieces: `address` is 0 */
#define GOPM_VALUE_PARTIAL UINT32_C(8)   /**< some children are not readable */
#define GOPM_VALUE_CLOSED UINT32_C(16)   /**< a closed channel */
/** What some of its pointers lead to is stale-possible, and the children are that show it: nothing in the goroutine
 * needs it any more, so it may have been freed and used again. The pointers are as they were: one into the goroutine's
 * own stack does not follow when that moves. */
#define GOPM_VALUE_DANGLING UINT32_C(32)

/** What is known of a value without its children. A child's provenance is that of what it is part of, or
 * GOPM_FROM_STALE where it lies behind a pointer to what may have been freed. Strings live
 * as long as the gopm_value. */
typedef struct gopm_value_info {
	size_t struct_size;
	uint32_t kind;           /**< GOPM_KIND_* */
	uint32_t provenance;     /**< GOPM_FROM_* */
	uint32_t flags;          /**< GOPM_VALUE_* */
	uint32_t variable_flags; /**< GOPM_VAR_*; of children: ESCAPED of what a closure captured by reference */
	gopm_str name;           /**< variable, field or "[3]"; empty: none */
	gopm_str type;           /**< "*main.Metrics" */
	gopm_str unreadable;     /**< why there is no value; empty: readable */
	uint64_t address;        /**< in the process; 0: registers, or unreadable */
	uint64_t size;           /**< bytes of the type */
	int64_t decl_line;       /**< line that declares the variable; 0: unknown */
	int64_t integer;         /**< bool, signed integers */
	uint64_t uinteger;       /**< unsigned integers, pointers, the address of a channel, map or function */
	double real, imaginary;  /**< floats and complex numbers */
	gopm_str text;           /**< string: its bytes; func: its name; integer with a named constant: that name */
	uint64_t length;         /**< string, slice, array, map, channel: elements or bytes */
	uint64_t capacity;       /**< slice, channel */
	uint64_t base;           /**< first byte of a string, slice or array; 0: none */
	uint64_t child_count;    /**< how many gopm_value_child() gives, limits applied; map: keys and values in turn */
	uint64_t senders;        /**< channel: goroutines that wait to send, counted up to a million */
	uint64_t receivers;      /**< channel: goroutines that wait to receive */
	gopm_str origin; /**< where a value that is not exact was found: "sudog at 0xc000112000"; empty: exact */
} gopm_value_info;

/**
 * Finds the variables of frame `frame` (as gopm_stack_frames() counts).
 * Order: arguments and results as declared, then locals by line of declaration.
 * Without DWARF: "arg0", "arg1", ... as the runtime's traceback has them. A receiver, all arguments of a method whose
 * type the linker kept, and the channel of a channel operation have their types; others are of type "word64" and the
 * like, or "words". They are recovered or stale, never exact.
 * @param options NULL: defaults
 * @return GOPM_OK; GOPM_NOT_FOUND (the DWARF knows no function at this pc); GOPM_ERR_NO_DWARF (with
 *   GOPM_VALUE_EXACT_ONLY);
 *   GOPM_ERR_FORMAT (damaged DWARF); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: .debug_info, .debug_loclists (DWARF 5) or .debug_loc (DWARF 4); FUNCDATA_ArgInfo, FUNCDATA_ArgLiveInfo.
 * Since: 0.1
 */
GOPM_API gopm_status gopm_frame_vars(const gopm_stack *stack, size_t frame, const gopm_value_options *options,
                                     gopm_vars **out, gopm_error **err);
GOPM_API void gopm_vars_free(gopm_vars *vars);
/** How many variables; 0 for NULL.  Since: 0.1 */
GOPM_API size_t gopm_vars_size(const gopm_vars *vars);
/** Variable `index`. @return GOPM_OK; GOPM_NOT_FOUND (past the end); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.1
 */
GOPM_API gopm_status gopm_vars_value(gopm_vars *vars, size_t index, gopm_value **out);

/** Describes a value. Set info->struct_size first. @return GOPM_OK; GOPM_ERR_ARGUMENT.  Since: 0.1 */
GOPM_API gopm_status gopm_value_get_info(const gopm_value *value, gopm_value_info *info);

/**
 * A child: field of a struct, element of an array, slice or channel buffer, key or value of a map
 * (key 0, value 0, key 1, ...), target of a pointer, dynamic value of an interface, captured variable of a closure.
 * @return GOPM_OK; GOPM_NOT_FOUND (past child_count); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.1
 */
GOPM_API gopm_status gopm_value_child(const gopm_value *value, uint64_t index, gopm_value **out, gopm_error **err);
GOPM_API void gopm_value_free(gopm_value *value);

/**
 * The value as one line, as Delve's command line prints it. Where the two differ on purpose: times are in
 * UTC whatever their location; a part whose location names no place is unreadable, not zero. Of several
 * constants with the value the first in the DWARF is named; Delve's sort may put another one first.
 * @param buffer receives up to `size` - 1 bytes and a NUL; NULL with size 0 asks for the length
 * @param length bytes of the whole text, without the NUL
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.1
 */
GOPM_API gopm_status gopm_value_text(const gopm_value *value, char *buffer, size_t size, size_t *length);

/** Nothing but Delve's own members: no `text`, `provenance` and `origin`. */
#define GOPM_VALUE_JSON_DELVE UINT32_C(1)

/**
 * The value with its children as JSON: Delve's api.Variable, members, kinds and flags alike, as deep as the limits of
 * the options say. A channel's children are the fields of its header, `buf` with its elements. Of what Delve writes,
 * `LocationExpr` is not there. A value in registers has an address from 0xbeef000000000000 on, as Delve makes them up.
 * Ours besides: `text`, as gopm_value_text(), and `provenance` and `origin`; children have these two where they differ
 * from their parent's. Strings that are not UTF-8 are in `StringValueBytes` too, in base64.
 * @param flags GOPM_VALUE_JSON_* or 0
 * @param buffer receives up to `size` - 1 bytes and a NUL; NULL with size 0 asks for the length
 * @param length bytes of the whole text, without the NUL
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag); GOPM_ERR_NO_MEMORY.
 * Source: Delve 1.27, service/api/types.go and conversions.go.  Since: 0.1
 */
GOPM_API gopm_status gopm_value_json(const gopm_value *value, uint32_t flags, char *buffer, size_t size,
                                     size_t *length);

GOPM_END_DECLS

#endif
