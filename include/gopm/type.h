/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/type.h
 * Finds types by name, by descriptor or of a value, with fields and methods; reads memory as a value of a type.
 *
 * Types come from DWARF, and from the type descriptors of the runtime (internal/abi.Type), which stripped programs
 * have too.
 *
 * Since: 0.9
 */
#ifndef GOPM_TYPE_H
#define GOPM_TYPE_H

#include <gopm/value.h>

GOPM_BEGIN_DECLS

/** One type. Several threads may use it at the same time. Release it with gopm_type_free(). */
typedef struct gopm_type gopm_type;

/* Origin of a type. */
#define GOPM_TYPE_FROM_DWARF 1      /**< DWARF; if gopm_type_info.descriptor is not 0, its descriptor too */
#define GOPM_TYPE_FROM_DESCRIPTOR 2 /**< only its descriptor */

#define GOPM_TYPE_NAMED 1u    /**< a defined or predeclared type */
#define GOPM_TYPE_VARIADIC 2u /**< func: the last parameter is variadic, "...T" */

/* Directions of a channel, as reflect.ChanDir numbers them. */
#define GOPM_CHAN_UNKNOWN 0 /**< not in the DWARF */
#define GOPM_CHAN_RECEIVE 1
#define GOPM_CHAN_SEND 2
#define GOPM_CHAN_BOTH 3

/** Facts about a type. Its strings live as long as the gopm_type. */
typedef struct gopm_type_info {
	size_t struct_size;       /**< set by the caller */
	uint32_t kind;            /**< GOPM_KIND_* */
	uint32_t source;          /**< GOPM_TYPE_FROM_* */
	uint32_t flags;           /**< GOPM_TYPE_*; NAMED is set only if there is a descriptor */
	uint32_t direction;       /**< channel: GOPM_CHAN_* */
	gopm_str name;            /**< with full package paths: "*net/http.Server" */
	uint64_t size;            /**< bytes of a value */
	uint64_t descriptor;      /**< address of its internal/abi.Type; 0: none, or unknown */
	uint64_t length;          /**< array: number of elements */
	uint64_t field_count;     /**< struct: number of fields */
	uint64_t method_count;    /**< methods, exported or not, from the descriptor; interface: methods it requires */
	uint32_t align;           /**< alignment in bytes; 0: unknown, because there is no descriptor */
	uint32_t parameter_count; /**< func: number of parameters, from the descriptor */
	uint32_t result_count;    /**< func: number of results, from the descriptor */
	uint32_t reserved;
} gopm_type_info;

#define GOPM_TYPE_FIELD_FLAG_EMBEDDED 1u

/** A field of a struct. */
typedef struct gopm_type_field {
	gopm_str name;   /**< name; for an embedded field, the name of its type */
	uint64_t offset; /**< bytes from the start of the struct */
	uint64_t size;   /**< bytes */
	uint32_t flags;  /**< GOPM_TYPE_FIELD_FLAG_* */
	uint32_t reserved;
} gopm_type_field;

#define GOPM_METHOD_EXPORTED 1u

/** A method. */
typedef struct gopm_type_method {
	gopm_str name;     /**< "ServeHTTP" */
	gopm_str function; /**< "net/http.(*Server).Serve"; empty: an interface's method, or removed by the linker */
	uint64_t entry;    /**< entry address of that function; 0: none */
	uint64_t interface_entry; /**< entry address that a call through an interface uses; 0: none */
	uint32_t flags;           /**< GOPM_METHOD_EXPORTED */
	uint32_t reserved;
} gopm_type_method;

/**
 * Finds a type by its full name, as DWARF and the linker write it: "int", "main.T", "*net/http.Server", "[]int",
 * "map[string]main.T", "main.Box[int]". If two types declared in functions have the same name, it finds one of them.
 * The first call reads the names of all descriptors, and of all types in the DWARF.
 * @param name NUL-terminated
 * @param out owned by the caller; release it with gopm_type_free()
 * @return GOPM_OK; GOPM_NOT_FOUND; GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_ARGUMENT;
 *   GOPM_ERR_NO_MEMORY.  Source: .debug_info; moduledata.types.  Since: 0.9
 */
GOPM_API gopm_status gopm_type_by_name(gopm_core *core, const char *name, gopm_type **out, gopm_error **err);

/**
 * Finds the type whose descriptor (internal/abi.Type) is at `address`. Interfaces, itabs and hchan.elemtype point to
 * descriptors.
 * @param out owned by the caller; release it with gopm_type_free()
 * @return GOPM_OK; GOPM_NOT_FOUND (not a descriptor, or a damaged one); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_type_by_descriptor(gopm_core *core, uint64_t address, gopm_type **out, gopm_error **err);

/** The name of a type that the program has. */
typedef struct gopm_type_name {
	gopm_str name;       /**< as gopm_type_by_name() takes it; lives as long as the iterator */
	uint64_t descriptor; /**< address of its internal/abi.Type; 0: only the DWARF has it */
} gopm_type_name;

/** An iterator over names of types. */
typedef struct gopm_type_iter gopm_type_iter;

/** Iterates over all types of the program, each name once, in the order of the names. This call reads them all.
 *  @param glob NUL-terminated, as in gopm_goroutine_filter, over the whole name; NULL: all types
 *  @param out owned by the caller; release it with gopm_type_iter_free()
 *  @return GOPM_OK; GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 *    Source: .debug_info; moduledata.types.  Since: 0.9 */
GOPM_API gopm_status gopm_type_iter_open(gopm_core *core, const char *glob, gopm_type_iter **out, gopm_error **err);
/** Fills the next records, at most `capacity`, `stride` bytes apart.
 *  @param stride the caller's sizeof(gopm_type_name)
 *  @param got number of records filled
 *  @return GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT.  Since: 0.9 */
GOPM_API gopm_status gopm_type_iter_next(gopm_type_iter *it, gopm_type_name *records, size_t stride, size_t capacity,
                                         size_t *got);
GOPM_API void gopm_type_iter_free(gopm_type_iter *it);

/** Finds the declared type of a value.
 *  @param out owned by the caller; release it with gopm_type_free()
 *  @return GOPM_OK; GOPM_NOT_FOUND (damaged, void, of a library); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9
 */
GOPM_API gopm_status gopm_value_type(const gopm_value *value, gopm_type **out);

GOPM_API void gopm_type_free(gopm_type *type);

/** Fills `info` with facts about a type. Set info->struct_size first.
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT.  Since: 0.9 */
GOPM_API gopm_status gopm_type_get_info(const gopm_type *type, gopm_type_info *info);

/**
 * Reads a field of a struct. Fields are in the order of their offsets.
 * @param field NULL, or receives `size` bytes of the record; its strings live as long as `type`
 * @param size the caller's sizeof(gopm_type_field)
 * @param out NULL, or receives the field's type, owned by the caller
 * @return GOPM_OK; GOPM_NOT_FOUND (not a struct, index past the end, or the field's type is damaged);
 *   GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_type_get_field(const gopm_type *type, uint64_t index, gopm_type_field *field, size_t size,
                                         gopm_type **out);

/** Finds the element type of a pointer, array, slice, channel or map.
 *  @param out owned by the caller; release it with gopm_type_free()
 *  @return GOPM_OK; GOPM_NOT_FOUND (another kind, or damaged); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_type_elem(const gopm_type *type, gopm_type **out);
/** Finds the key type of a map. Parameters and statuses are as in gopm_type_elem().  Since: 0.9 */
GOPM_API gopm_status gopm_type_key(const gopm_type *type, gopm_type **out);
/** Finds the type of a func's parameter. Results follow the parameters in the same index.
 *  @return as gopm_type_elem(); also GOPM_NOT_FOUND if `index` is past the end.  Since: 0.9 */
GOPM_API gopm_status gopm_type_parameter(const gopm_type *type, uint64_t index, gopm_type **out);

/**
 * Reads a method. Methods are in the order of their names. Methods of *T belong to the pointer type.
 * @param method NULL, or receives `size` bytes of the record; its strings live as long as `type` or its core
 * @param size the caller's sizeof(gopm_type_method)
 * @param out NULL, or receives the method's func type without receiver, owned by the caller
 * @return GOPM_OK; GOPM_NOT_FOUND (index past the end, damaged, or `out` is set and the linker removed the func type);
 *   GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: internal/abi.UncommonType, InterfaceType.  Since: 0.9
 */
GOPM_API gopm_status gopm_type_get_method(const gopm_type *type, uint64_t index, gopm_type_method *method, size_t size,
                                          gopm_type **out);

/**
 * Reads memory as a value of a type. It does not check that the memory contains such a value. If the core lacks the
 * memory, the value says so in gopm_value_info.unreadable.
 * @param options NULL: defaults
 * @param out owned by the caller; release it with gopm_value_free()
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag, or an option of a newer version);
 *   GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_value_at(const gopm_type *type, uint64_t address, const gopm_value_options *options,
                                   gopm_value **out, gopm_error **err);

GOPM_END_DECLS

#endif
