/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/type.h
 * Types: their layout, fields and methods, by name, by descriptor or of a value; and typed views of memory.
 *
 * They come from DWARF, and from the descriptors that the runtime itself carries (internal/abi.Type), which stripped
 * programs keep.
 *
 * Since: 0.1
 */
#ifndef GOPM_TYPE_H
#define GOPM_TYPE_H

#include <gopm/value.h>

GOPM_BEGIN_DECLS

/** One type. May be used from many threads at once; released by gopm_type_free(). */
typedef struct gopm_type gopm_type;

/* Where a type is described. */
#define GOPM_TYPE_FROM_DWARF 1      /**< and by a descriptor too where gopm_type_info.descriptor is not 0 */
#define GOPM_TYPE_FROM_DESCRIPTOR 2 /**< by its descriptor alone */

#define GOPM_TYPE_NAMED UINT32_C(1)    /**< a defined or predeclared type */
#define GOPM_TYPE_VARIADIC UINT32_C(2) /**< func: its last parameter is a slice of the rest */

/* Directions of a channel, as reflect.ChanDir numbers them. */
#define GOPM_CHAN_UNKNOWN 0 /**< DWARF does not tell it */
#define GOPM_CHAN_RECEIVE 1
#define GOPM_CHAN_SEND 2
#define GOPM_CHAN_BOTH 3

/** What is known of a type. Strings live as long as the gopm_type. */
typedef struct gopm_type_info {
	size_t struct_size;
	uint32_t kind;         /**< GOPM_KIND_* */
	uint32_t source;       /**< GOPM_TYPE_FROM_* */
	uint32_t flags;        /**< GOPM_TYPE_*; NAMED needs a descriptor */
	uint32_t direction;    /**< GOPM_CHAN_* of a channel */
	gopm_str name;         /**< with whole package paths: "*net/http.Server" */
	uint64_t size;         /**< bytes of a value */
	uint64_t descriptor;   /**< address of its internal/abi.Type; 0: it has none, or none is known */
	uint64_t length;       /**< array: elements */
	uint64_t field_count;  /**< struct */
	uint64_t method_count; /**< interface: those it wants; others: their own, exported or not; by the descriptor */
	uint32_t align;        /**< bytes; 0: unknown (it has no descriptor) */
	uint32_t parameter_count; /**< func, by the descriptor */
	uint32_t result_count;    /**< func, by the descriptor */
	uint32_t reserved;
} gopm_type_info;

#define GOPM_FIELD_EMBEDDED UINT32_C(1)

/** A field of a struct. */
typedef struct gopm_type_field {
	gopm_str name;   /**< an embedded one has its type's name */
	uint64_t offset; /**< bytes from the start of the struct */
	uint64_t size;   /**< bytes */
	uint32_t flags;  /**< GOPM_FIELD_EMBEDDED */
	uint32_t reserved;
} gopm_type_field;

#define GOPM_METHOD_EXPORTED UINT32_C(1)

/** A method. */
typedef struct gopm_type_method {
	gopm_str name;            /**< "ServeHTTP" */
	gopm_str function;        /**< "net/http.(*Server).Serve"; empty: of an interface, or the linker left it out */
	uint64_t entry;           /**< address of that function; 0: none */
	uint64_t interface_entry; /**< of the one that a call through an interface reaches; 0: none */
	uint32_t flags;           /**< GOPM_METHOD_EXPORTED */
	uint32_t reserved;
} gopm_type_method;

/**
 * Finds a type by its full name, as DWARF and the linker write it: "int", "main.T", "*net/http.Server", "[]int",
 * "map[string]main.T", "main.Box[int]". Types of functions may share a name: one of them is found. The first call reads
 * the names of all descriptors, and of all DWARF where there is some.
 * @param out owned by the caller; gopm_type_free()
 * @return GOPM_OK; GOPM_NOT_FOUND; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: .debug_info; moduledata.types.  Since: 0.1
 */
GOPM_API gopm_status gopm_type_by_name(gopm_core *core, const char *name, gopm_type **out, gopm_error **err);

/**
 * The type whose descriptor lies at `address`: what an interface, an itab, hchan.elemtype or runtime.mspan's
 * neighbours point at.
 * @return GOPM_OK; GOPM_NOT_FOUND (no descriptor, or a damaged one); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.1
 */
GOPM_API gopm_status gopm_type_by_descriptor(gopm_core *core, uint64_t address, gopm_type **out, gopm_error **err);

/** The type of a value, as declared. @return GOPM_OK; GOPM_NOT_FOUND (its type is damaged, or C's void);
 *  GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.1 */
GOPM_API gopm_status gopm_value_type(const gopm_value *value, gopm_type **out);

GOPM_API void gopm_type_free(gopm_type *type);

/** Describes a type. Set info->struct_size first. @return GOPM_OK; GOPM_ERR_ARGUMENT.  Since: 0.1 */
GOPM_API gopm_status gopm_type_get_info(const gopm_type *type, gopm_type_info *info);

/**
 * Field `index` of a struct, in the order of memory.
 * @param field NULL allowed; else `size` bytes of it are written. Strings live as long as `type`
 * @param out NULL allowed; else its type
 * @return GOPM_OK; GOPM_NOT_FOUND (no struct, past the end, or the field's type is damaged); GOPM_ERR_ARGUMENT;
 *   GOPM_ERR_NO_MEMORY.  Since: 0.1
 */
GOPM_API gopm_status gopm_type_get_field(const gopm_type *type, uint64_t index, gopm_type_field *field, size_t size,
                                         gopm_type **out);

/** What a pointer points at, and an array, slice, channel or map holds. @return GOPM_OK; GOPM_NOT_FOUND (of other
 *  kinds, or damaged); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.1 */
GOPM_API gopm_status gopm_type_elem(const gopm_type *type, gopm_type **out);
/** The keys of a map. @return as gopm_type_elem().  Since: 0.1 */
GOPM_API gopm_status gopm_type_key(const gopm_type *type, gopm_type **out);
/** Parameter `index` of a func, results after parameters. @return as gopm_type_elem().  Since: 0.1 */
GOPM_API gopm_status gopm_type_parameter(const gopm_type *type, uint64_t index, gopm_type **out);

/**
 * Method `index`, in the order of names. Methods of *T are those of the pointer type.
 * @param method NULL allowed; else `size` bytes of it are written. Strings live as long as `type` or its core
 * @param out NULL allowed; else its func type without the receiver
 * @return GOPM_OK; GOPM_NOT_FOUND (past the end, damaged, or the linker left the type out and `out` was wanted);
 *   GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: internal/abi.UncommonType, InterfaceType.  Since: 0.1
 */
GOPM_API gopm_status gopm_type_get_method(const gopm_type *type, uint64_t index, gopm_type_method *method, size_t size,
                                          gopm_type **out);

/**
 * The memory at `address` as a value of the type: nothing checks that it is one.
 * @param options NULL: defaults
 * @return GOPM_OK (also where the memory is missing: gopm_value_info.unreadable); GOPM_ERR_ARGUMENT;
 *   GOPM_ERR_UNSUPPORTED; GOPM_ERR_NO_MEMORY.  Since: 0.1
 */
GOPM_API gopm_status gopm_value_at(const gopm_type *type, uint64_t address, const gopm_value_options *options,
                                   gopm_value **out, gopm_error **err);

GOPM_END_DECLS

#endif
