/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/heap.h
 * The heap of the program: objects that are allocated, which of them are live, and their types.
 *
 * An object is *live* if the program can reach it: from package variables, stacks, finalizers and the like, as the
 * garbage collector would find it at the moment of the core. All others are garbage that is not collected yet. The
 * allocator's own structures say exactly what is allocated.
 *
 * Since: 0.9
 */
#ifndef GOPM_HEAP_H
#define GOPM_HEAP_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/** The heap of a core, marked. Many threads may use it at once; its iterators belong to one thread at a time. */
typedef struct gopm_heap gopm_heap;

/** Options of gopm_heap_open(). Call gopm_heap_options_init() first. */
typedef struct gopm_heap_options {
	size_t struct_size; /**< set by gopm_heap_options_init() */
	uint32_t flags;     /**< 0 */
	uint32_t reserved;
	gopm_progress_fn progress; /**< NULL: none. Phase GOPM_PROGRESS_HEAP, or _GOROUTINES for their stacks */
	void *progress_user_data;
} gopm_heap_options;

/** Sets the defaults. @param size the caller's sizeof(gopm_heap_options).  Since: 0.9 */
GOPM_API void gopm_heap_options_init(gopm_heap_options *options, size_t size);

/**
 * Reads and marks the heap. It takes about half a second for a million objects, and memory of about 8 bytes for each
 * slot of an object and a 64th of the heap. What is damaged or not in the core is left out, with findings.
 * @param options NULL: the defaults
 * @param out owned by the caller; release it with gopm_heap_close(). It keeps the core open
 * @return GOPM_OK; GOPM_NOT_FOUND (the core does not have the heap, or it is empty; a finding says why);
 *   GOPM_ERR_CANCELLED (by the progress callback); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown option);
 *   GOPM_ERR_IO; GOPM_ERR_NO_MEMORY.
 * Source: runtime/mheap.go, mbitmap.go, mgcmark.go; Go 1.16 to 1.27.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_heap_open(gopm_core *core, const gopm_heap_options *options, gopm_heap **out,
                                    gopm_error **err);
/** Releases the heap. Its iterators stay valid. NULL is accepted.  Since: 0.9 */
GOPM_API void gopm_heap_close(gopm_heap *heap);

/** Some live objects could not be read: what only they refer to counts as garbage. */
#define GOPM_HEAP_INFO_PARTIAL 1u

/** Totals of a heap, in bytes if not said otherwise. */
typedef struct gopm_heap_info {
	size_t struct_size;
	uint32_t flags; /**< GOPM_HEAP_INFO_* */
	uint32_t reserved;
	uint64_t objects, bytes;           /**< allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots */
	uint64_t live_objects, live_bytes; /**< of them */
	uint64_t in_use;                   /**< pages of spans that have objects; as MemStats.HeapInuse */
	uint64_t free_slots;               /**< slots in these spans that have no object */
	uint64_t rounding;                 /**< the rest of these spans: pointer bits, and ends too small for a slot */
	uint64_t stacks;                   /**< pages of stacks and others that are managed by hand; as StackInuse */
	uint64_t idle;                     /**< free pages that the runtime keeps */
	uint64_t released;                 /**< free pages that it gave back to the system; as HeapReleased */
	uint64_t mapped; /**< all of these together; as HeapSys and stacks. 0: unknown, and then idle and
	                      released are 0 too */
} gopm_heap_info;

/** Fills `info`. Set info->struct_size first.
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is too small).  Since: 0.9 */
GOPM_API gopm_status gopm_heap_get_info(const gopm_heap *heap, gopm_heap_info *info);

/* What an object is. */
#define GOPM_HEAP_UNKNOWN 0 /**< its type is not known; if there is one, it is that of something inside */
#define GOPM_HEAP_ONE 1     /**< a value of its type */
#define GOPM_HEAP_ARRAY 2   /**< values of its type, one after the other: of a slice */
#define GOPM_HEAP_BYTES 3   /**< of strings or of slices of bytes; it has no type */
#define GOPM_HEAP_TINY 4   /**< a block of 16 bytes that several small values without pointers share; the type of one */
#define GOPM_HEAP_MAP 5    /**< a part of a map: header, directory, table, groups or buckets; the map's type */
#define GOPM_HEAP_CHAN 6   /**< a channel, or its buffer if that is an object of its own; the channel's type */
#define GOPM_HEAP_BUFFER 7 /**< elements of a channel; their type */
#define GOPM_HEAP_CLOSURE 8 /**< a closure with its variables; the name of its function */
#define GOPM_HEAP_ARENA 9   /**< a chunk of an arena of package arena, with values of several types; it has no type */

/* How a type is known, the weakest first. */
#define GOPM_HEAP_FROM_NOTHING 0   /**< it is not: only the size and the places of pointers are known */
#define GOPM_HEAP_FROM_INSIDE 1    /**< a pointer into the object says what is there, not what the object is */
#define GOPM_HEAP_FROM_MASK 2      /**< a guess: only this struct fits, or stores into a static array name it */
#define GOPM_HEAP_FROM_POINTER 3   /**< a pointer of this type, to an object of this size with these pointers */
#define GOPM_HEAP_FROM_SLICE 4     /**< a slice or string that ends where the object ends */
#define GOPM_HEAP_FROM_INTERFACE 5 /**< an interface that has it */
#define GOPM_HEAP_FROM_OWNER 6     /**< the map, channel or func value that it is a part of */
#define GOPM_HEAP_FROM_HEADER 7    /**< its own header, or its span: exact */

/** Which objects an iterator gives. Call gopm_heap_filter_init() first. */
typedef struct gopm_heap_filter {
	size_t struct_size; /**< set by gopm_heap_filter_init() */
	uint32_t flags;     /**< GOPM_HEAP_FILTER_* */
	uint32_t reserved;
	const char *type; /**< glob for the whole name of the type, "main.*"; NULL: all; used during the call only */
} gopm_heap_filter;

#define GOPM_HEAP_FILTER_LIVE 1u    /**< only live objects */
#define GOPM_HEAP_FILTER_GARBAGE 2u /**< only garbage */

/** Sets the defaults: all objects. @param size the caller's sizeof(gopm_heap_filter).  Since: 0.9 */
GOPM_API void gopm_heap_filter_init(gopm_heap_filter *filter, size_t size);

/** The objects of one type and form, counted. */
typedef struct gopm_heap_type {
	gopm_str type;                     /**< full name, "net/http.conn", NUL-terminated; empty: unknown, or bytes */
	uint64_t descriptor;               /**< address of the type's descriptor; 0: none is known */
	uint32_t form;                     /**< GOPM_HEAP_* */
	uint32_t from;                     /**< GOPM_HEAP_FROM_*: the weakest of these objects */
	uint64_t objects, elems, bytes;    /**< allocated; values in all of them together; whole slots */
	uint64_t live_objects, live_bytes; /**< of them */
	uint64_t slot_size;                /**< bytes of one slot; 0: they differ */
	uint32_t pointers;                 /**< 1: these objects may have pointers */
	uint32_t reserved;
} gopm_heap_type;

/** An iterator over types. */
typedef struct gopm_heap_type_iter gopm_heap_type_iter;

/**
 * Iterates over the types of objects, those with most bytes first.
 * @param filter NULL: all objects. With LIVE or GARBAGE the order is by those; the records have both counts
 * @param out owned by the caller; release it with gopm_heap_type_iter_free(). It keeps the heap
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag); GOPM_ERR_NO_MEMORY.  Since: 0.9
 */
GOPM_API gopm_status gopm_heap_type_iter_open(gopm_heap *heap, const gopm_heap_filter *filter,
                                              gopm_heap_type_iter **out, gopm_error **err);
/** Fills the next records, at most `capacity`, `stride` bytes apart. Their strings live as long as the heap or one of
 *  its iterators.
 *  @param stride the caller's sizeof(gopm_heap_type)
 *  @param got number of records filled
 *  @return GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT.  Since: 0.9 */
GOPM_API gopm_status gopm_heap_type_iter_next(gopm_heap_type_iter *it, gopm_heap_type *records, size_t stride,
                                              size_t capacity, size_t *got);
GOPM_API void gopm_heap_type_iter_free(gopm_heap_type_iter *it);

#define GOPM_HEAP_OBJECT_LIVE 1u     /**< the program can reach it */
#define GOPM_HEAP_OBJECT_POINTERS 2u /**< it may have pointers */

/** One object. */
typedef struct gopm_heap_object {
	uint64_t address;    /**< as pointers to it have */
	uint64_t size;       /**< bytes that it can use, up to the end of its slot */
	uint64_t elems;      /**< values in it */
	gopm_str type;       /**< as in gopm_heap_type */
	uint64_t descriptor; /**< likewise */
	uint32_t form;       /**< GOPM_HEAP_* */
	uint32_t from;       /**< GOPM_HEAP_FROM_* */
	uint32_t flags;      /**< GOPM_HEAP_OBJECT_* */
	uint32_t reserved;
} gopm_heap_object;

/** An iterator over objects. */
typedef struct gopm_heap_object_iter gopm_heap_object_iter;

/** Iterates over objects in the order of their addresses.
 *  @param filter NULL: all objects
 *  @param out owned by the caller; release it with gopm_heap_object_iter_free(). It keeps the heap
 *  @return as gopm_heap_type_iter_open().  Since: 0.9 */
GOPM_API gopm_status gopm_heap_object_iter_open(gopm_heap *heap, const gopm_heap_filter *filter,
                                                gopm_heap_object_iter **out, gopm_error **err);
/** Fills the next records, as gopm_heap_type_iter_next(); it may also return GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_heap_object_iter_next(gopm_heap_object_iter *it, gopm_heap_object *records, size_t stride,
                                                size_t capacity, size_t *got);
GOPM_API void gopm_heap_object_iter_free(gopm_heap_object_iter *it);

/** Finds the object that contains `address`: its beginning, or a field or element.
 *  @param object filled; `stride` is the caller's sizeof(gopm_heap_object)
 *  @return GOPM_OK; GOPM_NOT_FOUND (no object is there); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_heap_object_at(gopm_heap *heap, uint64_t address, gopm_heap_object *object, size_t stride);

/* Kinds of nodes: what can hold objects, and objects. */
#define GOPM_HEAP_NODE_ROOT 0      /**< all live objects */
#define GOPM_HEAP_NODE_KIND 1      /**< all holders of one kind: "variables" */
#define GOPM_HEAP_NODE_GROUP 2     /**< variables of a package; goroutines of a start function; timers of a function */
#define GOPM_HEAP_NODE_VARIABLE 3  /**< a package variable */
#define GOPM_HEAP_NODE_GOROUTINE 4 /**< a goroutine: its stack, and what the runtime keeps for it */
#define GOPM_HEAP_NODE_TIMER 5     /**< a running timer */
#define GOPM_HEAP_NODE_FINALIZER 6 /**< a finalizer that is queued, or of an object that is garbage */
#define GOPM_HEAP_NODE_CLEANUP 7   /**< a cleanup, likewise */
#define GOPM_HEAP_NODE_WEAK 8      /**< the handle of a weak pointer to garbage */
#define GOPM_HEAP_NODE_RUNTIME 9   /**< the runtime's own structures */
#define GOPM_HEAP_NODE_OBJECT 10   /**< an object */
#define GOPM_HEAP_NODE_TYPE 11     /**< all objects of a type */
#define GOPM_HEAP_NODE_BIRTH 12    /**< all goroutines of one `go` statement, or all timers of one function */

/* How gopm_heap_node_iter_open() lists what is retained. */
#define GOPM_HEAP_BY_HOLDER 0    /**< each variable, goroutine, timer ... */
#define GOPM_HEAP_BY_VARIABLE 1  /**< each package variable */
#define GOPM_HEAP_BY_GOROUTINE 2 /**< each goroutine */
#define GOPM_HEAP_BY_START 3     /**< goroutines by their start functions */
#define GOPM_HEAP_BY_PACKAGE 4   /**< package variables by their packages */
#define GOPM_HEAP_BY_TYPE 5      /**< types of objects */
/** Goroutines by their start functions and `go` statements, timers by their functions, also those that retain nothing.
 *  If several statements start one function, what their goroutines share counts for none of them. */
#define GOPM_HEAP_BY_BIRTH 6

/**
 * A node of the dominator tree, with what it retains: the objects that would become garbage without it. An object that
 * two nodes reach belongs to neither, but to what both belong to.
 */
typedef struct gopm_heap_node {
	uint64_t id;      /**< for gopm_heap_node_children(); UINT64_MAX for a type, and if there is none */
	gopm_str name;    /**< "main.sessions", "goroutine 7 main.work", ".bss+0x40"; of an object its type. Lives
	                       as long as the iterator, or the heap if there is none */
	uint64_t address; /**< of the variable, runtime.g, timer or object; 0: none */
	uint64_t objects, bytes; /**< retained */
	uint64_t own_bytes;      /**< of an object; of all objects of a type */
	uint64_t instances;      /**< objects of a type; goroutines or timers of a birthplace; 1 for all others */
	uint32_t kind;           /**< GOPM_HEAP_NODE_* */
	uint32_t form;           /**< of an object or type, GOPM_HEAP_*; else 0 */
} gopm_heap_node;

/** An iterator over nodes. */
typedef struct gopm_heap_node_iter gopm_heap_node_iter;

/**
 * Iterates over what retains something, the largest first. The first such call computes the dominator tree, which takes
 * about as long as gopm_heap_open().
 * @param by GOPM_HEAP_BY_*
 * @param options NULL, or with a progress callback for the dominator tree
 * @param out owned by the caller; release it with gopm_heap_node_iter_free(). It keeps the heap
 * @return GOPM_OK; GOPM_ERR_CANCELLED; GOPM_ERR_LIMIT (too many objects); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED;
 *   GOPM_ERR_NO_MEMORY.
 * Source: as gopm_heap_open().  Since: 0.9
 */
GOPM_API gopm_status gopm_heap_node_iter_open(gopm_heap *heap, uint32_t by, const gopm_heap_options *options,
                                              gopm_heap_node_iter **out, gopm_error **err);
/** Fills the next records, as gopm_heap_object_iter_next().  Since: 0.9 */
GOPM_API gopm_status gopm_heap_node_iter_next(gopm_heap_node_iter *it, gopm_heap_node *records, size_t stride,
                                              size_t capacity, size_t *got);
GOPM_API void gopm_heap_node_iter_free(gopm_heap_node_iter *it);

/** The largest children of a node in the dominator tree.
 *  @param id gopm_heap_node.id; UINT64_MAX: the root
 *  @param records array of `capacity` records, `stride` bytes apart, the largest first
 *  @param count number of records filled
 *  @param left_out children that did not fit; NULL is accepted
 *  @return as gopm_heap_node_iter_open(); GOPM_NOT_FOUND (no such node).  Since: 0.9 */
GOPM_API gopm_status gopm_heap_node_children(gopm_heap *heap, uint64_t id, gopm_heap_node *records, size_t stride,
                                             size_t capacity, size_t *count, uint64_t *left_out, gopm_error **err);

/** A pointer to an object. */
typedef struct gopm_heap_step {
	uint64_t object; /**< address of the object with the pointer; 0: a variable, stack or other holder */
	uint64_t place;  /**< address of the pointer; 0: a register, or a special of the object */
	uint64_t target; /**< address of the object that it points to */
	uint64_t inside; /**< bytes from the target's beginning to what it points to */
	gopm_str type;   /**< of the target, as in gopm_heap_object; lives as long as the heap */
	uint32_t form;   /**< of the target, GOPM_HEAP_* */
	uint32_t reserved;
} gopm_heap_step;

/** The way from a holder to an object. */
typedef struct gopm_heap_path gopm_heap_path;

/**
 * Finds a shortest way of pointers to the object that contains `address`: why it is live. Variables of the program come
 * before goroutines, and these before the runtime's own variables. Weak pointers are no way.
 * @param out owned by the caller; release it with gopm_heap_path_free(). It keeps the heap
 * @return GOPM_OK; GOPM_NOT_FOUND (no object is there, or nothing holds it: it is garbage); GOPM_ERR_LIMIT;
 *   GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9
 */
GOPM_API gopm_status gopm_heap_path_open(gopm_heap *heap, uint64_t address, gopm_heap_path **out, gopm_error **err);
/** The path as text: "main.sessions[2999].history[19]", "goroutine 7 main.f: frame 2 main.f: w.backlog[1999]". Lives as
 *  long as the path.  Since: 0.9 */
GOPM_API gopm_str gopm_heap_path_text(const gopm_heap_path *path);
/** Gives the steps from the holder on.
 *  @param records array of `capacity` records, `stride` bytes apart
 *  @param count number of steps; the call writes at most `capacity` of them
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_heap_path_steps(const gopm_heap_path *path, gopm_heap_step *records, size_t stride,
                                          size_t capacity, size_t *count);
GOPM_API void gopm_heap_path_free(gopm_heap_path *path);

/** All that points to the object that contains `address`, roots first, then objects by address. Reads the whole heap.
 *  @param records array of `capacity` records, `stride` bytes apart
 *  @param count number of records filled
 *  @param left_out referrers that did not fit; NULL is accepted
 *  @return GOPM_OK; GOPM_NOT_FOUND (no object is there); GOPM_ERR_CANCELLED (gopm_core_set_progress());
 *    GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_heap_referrers(gopm_heap *heap, uint64_t address, gopm_heap_step *records, size_t stride,
                                         size_t capacity, size_t *count, uint64_t *left_out);

/** A goroutine that runs finalizers (kind GOPM_HEAP_NODE_FINALIZER) or cleanups (_CLEANUP) waits in one of them. */
#define GOPM_HEAP_SUSPECT_BLOCKED 1u

/** Something that retains a large part of the live heap; or a goroutine that runs finalizers or cleanups and waits in
 *  one of them, so that all others wait for it, whatever they retain. */
typedef struct gopm_heap_suspect {
	gopm_str name; /**< as gopm_heap_node.name; lives as long as the heap, and so do the others */
	uint32_t kind; /**< GOPM_HEAP_NODE_* of a holder, _GROUP, _OBJECT (that several hold), _TYPE (many of them), or
	                    _FINALIZER or _CLEANUP: a goroutine that waits in one */
	uint32_t form; /**< of an object or type, GOPM_HEAP_* */
	uint64_t address;        /**< as gopm_heap_node.address */
	uint64_t objects, bytes; /**< retained */
	uint64_t instances; /**< of a type, its objects; of a group, its holders; finalizers or cleanups that are due,
	                         which retain the bytes; else 1 */
	gopm_str point;     /**< the accumulation point, to which most of it belongs: as `name`; empty: none; of
	                         FINALIZER and CLEANUP the function in which the goroutine waits */
	uint64_t point_address, point_bytes;
	gopm_str child; /**< type of most of what the accumulation point has; empty: unknown, or bytes */
	uint64_t child_objects, child_bytes;
	uint32_t point_kind; /**< GOPM_HEAP_NODE_* */
	uint32_t point_form; /**< of an object, GOPM_HEAP_* */
	uint32_t child_form; /**< GOPM_HEAP_* */
	uint32_t flags;      /**< GOPM_HEAP_SUSPECT_* */
} gopm_heap_suspect;

/** Finds goroutines that finalizers or cleanups block, and what retains at least `percent` of the live bytes, the
 * largest first.
 *  @param percent 1 to 100; 0: 10
 *  @param options NULL, or with a progress callback for the dominator tree
 *  @param records array of `capacity` records, `stride` bytes apart
 *  @param count number of suspects; the call writes at most `capacity` of them
 *  @return as gopm_heap_node_iter_open().  Since: 0.9 */
GOPM_API gopm_status gopm_heap_suspects(gopm_heap *heap, uint32_t percent, const gopm_heap_options *options,
                                        gopm_heap_suspect *records, size_t stride, size_t capacity, size_t *count,
                                        gopm_error **err);

#define GOPM_HEAP_WASTE_EQUAL 1  /**< strings with the same bytes, each in an object of its own */
#define GOPM_HEAP_WASTE_PART 2   /**< arrays and strings that are kept by a quarter of them, or less */
#define GOPM_HEAP_WASTE_UNUSED 3 /**< capacity of arrays past the lengths of all slices of them */
#define GOPM_HEAP_WASTE_MAP 4    /**< free places in maps */

/** Memory of live objects that the program could do without. */
typedef struct gopm_heap_waste {
	uint32_t kind; /**< GOPM_HEAP_WASTE_* */
	uint32_t reserved;
	uint64_t count, bytes; /**< objects; what could be saved */
	gopm_str type;         /**< of the elements, or of the map; empty: bytes. Lives as long as the heap */
	gopm_str text;         /**< EQUAL: the string, or its first 64 bytes; likewise. Not NUL-terminated */
	uint64_t length;       /**< EQUAL: of the string, in bytes */
	uint64_t example;      /**< address of the object that wastes most; of EQUAL, of one of the strings */
} gopm_heap_waste;

/** Finds waste, the most first. Reads the whole heap. Objects that something else than slices and strings refers to are
 *  not looked at.
 *  @param options NULL, or with a progress callback
 *  @param records array of `capacity` records, `stride` bytes apart
 *  @param count number of records there are; the call writes at most `capacity` of them. Of equal strings at most 1000
 *  @return GOPM_OK; GOPM_ERR_CANCELLED; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_heap_find_waste(gopm_heap *heap, const gopm_heap_options *options, gopm_heap_waste *records,
                                          size_t stride, size_t capacity, size_t *count, gopm_error **err);

GOPM_END_DECLS

#endif
