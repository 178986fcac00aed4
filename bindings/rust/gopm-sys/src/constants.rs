// SPDX-License-Identifier: Apache-2.0
// Made by bindings/rust/generate.py from include/gopm/*.h. Do not edit.
//! The constants of the headers.

use crate::gopm_status;

/// Success; the out-pointers are filled.
pub const GOPM_OK: gopm_status = 0;
/// The iteration is at its end; nothing was filled.
pub const GOPM_DONE: gopm_status = 1;
/// The requested thing does not exist. This is a result, not a failure.
pub const GOPM_NOT_FOUND: gopm_status = 2;
/// Invalid argument: an unexpected NULL, a struct_size that is too small, or a value out of range.
pub const GOPM_ERR_ARGUMENT: gopm_status = -1;
/// Out of memory.
pub const GOPM_ERR_NO_MEMORY: gopm_status = -2;
/// A read or write failed, in the operating system or in a callback of the caller. After a failed
/// read, every call that needs the core's contents returns it.
pub const GOPM_ERR_IO: gopm_status = -3;
/// Valid input that this library does not support: an unknown flag, CPU or container.
pub const GOPM_ERR_UNSUPPORTED: gopm_status = -4;
/// Malformed bytes in a file or in the memory of the process.
pub const GOPM_ERR_FORMAT: gopm_status = -10;
/// A file is shorter than its headers say.
pub const GOPM_ERR_TRUNCATED: gopm_status = -11;
/// The core or executable is valid, but it is not a Go program.
pub const GOPM_ERR_NOT_GO: gopm_status = -12;
/// No executable was given or found, and the core does not contain it.
pub const GOPM_ERR_NO_EXECUTABLE: gopm_status = -13;
/// The core does not contain the bytes at an address.
pub const GOPM_ERR_MISSING_MEMORY: gopm_status = -14;
/// A count or length exceeds its limit (gopm_core_options).
pub const GOPM_ERR_LIMIT: gopm_status = -15;
/// The executable has no DWARF, or GOPM_OPEN_NO_DWARF is set.
pub const GOPM_ERR_NO_DWARF: gopm_status = -16;
/// The output file already exists.
pub const GOPM_ERR_EXISTS: gopm_status = -17;
/// The caller has no permission to trace the process.
pub const GOPM_ERR_PERMISSION: gopm_status = -18;
/// The process does not exist, or it ended during the call.
pub const GOPM_ERR_NO_PROCESS: gopm_status = -19;
/// A progress callback of the caller stopped the call.
pub const GOPM_ERR_CANCELLED: gopm_status = -20;
/// An expression is wrong: its syntax, a name, a type, an index. gopm_error_expression_offset()
/// says where.
pub const GOPM_ERR_EXPRESSION: gopm_status = -21;
/// Keep newlines and tabs: the text has several lines.
pub const GOPM_ESCAPE_LINES: u32 = 1;
/// Write the contents of a JSON string, without the quotes around it.
pub const GOPM_ESCAPE_JSON: u32 = 2;
pub const GOPM_VERSION_MAJOR: u32 = 0;
pub const GOPM_VERSION_MINOR: u32 = 9;
pub const GOPM_VERSION_PATCH: u32 = 0;
/// The number in the library's soname, libgopm.so.1. A program runs with every library of the same
/// number that is not older than its headers. 0.9 is the candidate of 1.0.
pub const GOPM_ABI_VERSION: u32 = 1;
/// "No such place", as a result of gopm_error_offset(), gopm_error_address() and
/// gopm_error_expression_offset().
pub const GOPM_NO_OFFSET: u64 = 0xffffffffffffffff;
/// bytes of a compressed core that are unpacked; of a pipe, bytes that were copied
pub const GOPM_PROGRESS_UNPACK: u32 = 1;
/// goroutines that are read, of all slots of runtime.allgs
pub const GOPM_PROGRESS_GOROUTINES: u32 = 2;
/// objects of the heap that are marked, of all that are allocated
pub const GOPM_PROGRESS_HEAP: u32 = 3;
/// units of DWARF that are read, of all
pub const GOPM_PROGRESS_DWARF: u32 = 4;
/// Do not read the executable's DWARF. Use it for executables that you do not trust.
pub const GOPM_OPEN_NO_DWARF: u32 = 1;
/// Do not search for an executable: open only the files that the options name.
pub const GOPM_OPEN_NO_SEARCH: u32 = 2;
/// Map the files into memory instead of reading them. It saves a third to a half of the time if
/// there are very many goroutines. But if a file becomes shorter while the core is open, or its
/// disk fails, your process gets a SIGBUS.
pub const GOPM_OPEN_MAP: u32 = 4;
/// The executable that was given, or found by its path, has another build ID than the core.
pub const GOPM_CORE_EXE_MISMATCH: u32 = 1;
/// The executable was read from the core itself.
pub const GOPM_CORE_EXE_FROM_CORE: u32 = 2;
/// The core file is shorter than its headers say.
pub const GOPM_CORE_TRUNCATED: u32 = 4;
/// The executable has DWARF, and GOPM_OPEN_NO_DWARF is not set.
pub const GOPM_CORE_HAS_DWARF: u32 = 8;
/// The executable is position independent; exe_bias applies.
pub const GOPM_CORE_PIE: u32 = 16;
/// The list of goroutines is incomplete.
pub const GOPM_CORE_PARTIAL: u32 = 32;
/// The core was made by gopm_slim().
pub const GOPM_CORE_SLIM: u32 = 64;
/// The source is a live process (gopm_core_options.core_pid), which is stopped until the core is
/// closed.
pub const GOPM_CORE_LIVE: u32 = 128;
/// The core has no memory that the process wrote: its coredump filter left it out. This call,
/// threads, mappings and findings work; goroutines, stacks and values are GOPM_ERR_MISSING_MEMORY.
pub const GOPM_CORE_NO_MEMORY: u32 = 256;
/// unknown: the core is of a live process
pub const GOPM_DEATH_NONE: u32 = 0;
/// a signal: see `signal`, `signal_code` and `fault_address`
pub const GOPM_DEATH_SIGNAL: u32 = 1;
/// an unrecovered Go panic: `death_text` is its value as the runtime prints it
pub const GOPM_DEATH_PANIC: u32 = 2;
/// runtime.throw or fatal: `death_text` is the message
pub const GOPM_DEATH_FATAL: u32 = 3;
/// The location is in an inlined call.
pub const GOPM_LOCATION_INLINED: u32 = 1;
/// The function is a wrapper that the compiler generated (funcID wrapper).
pub const GOPM_LOCATION_WRAPPER: u32 = 2;
/// The function's compilation unit is optimized: its producer attribute has neither -N nor -l. Set
/// only if the DWARF was read for it, as GOPM_FILTER_DELVE does.
pub const GOPM_LOCATION_OPTIMIZED: u32 = 4;
/// executable and core have different build IDs
pub const GOPM_FINDING_EXE_MISMATCH: u32 = 1;
/// the core file is shorter than its headers say
pub const GOPM_FINDING_TRUNCATED: u32 = 2;
/// a malformed note
pub const GOPM_FINDING_BAD_NOTE: u32 = 3;
/// a pointer of the runtime has no valid target
pub const GOPM_FINDING_BAD_POINTER: u32 = 4;
/// a runtime.g with impossible contents
pub const GOPM_FINDING_BAD_GOROUTINE: u32 = 5;
/// a stack that could not be unwound to its end
pub const GOPM_FINDING_STACK_INCOMPLETE: u32 = 6;
/// malformed pclntab, moduledata, symbol table or type descriptors
pub const GOPM_FINDING_BAD_SYMBOLS: u32 = 7;
/// malformed DWARF
pub const GOPM_FINDING_BAD_DWARF: u32 = 8;
/// a cyclic list of the runtime
pub const GOPM_FINDING_CYCLE: u32 = 9;
/// a limit cut the answer
pub const GOPM_FINDING_LIMIT: u32 = 10;
/// something expected is missing; the message says what that costs
pub const GOPM_FINDING_MISSING: u32 = 11;
/// data that gopm_slim() could not keep in this small core, and why
pub const GOPM_FINDING_SLIM: u32 = 12;
/// structures of the heap that contradict each other
pub const GOPM_FINDING_BAD_HEAP: u32 = 14;
/// a read failed: the file became shorter, or its disk or callback failed
pub const GOPM_FINDING_IO: u32 = 13;
/// just allocated
pub const GOPM_G_IDLE: u32 = 0;
/// on a run queue
pub const GOPM_G_RUNNABLE: u32 = 1;
/// on a thread
pub const GOPM_G_RUNNING: u32 = 2;
/// on a thread, in a system call
pub const GOPM_G_SYSCALL: u32 = 3;
/// parked; see wait_reason
pub const GOPM_G_WAITING: u32 = 4;
/// unused: exited, or not yet started
pub const GOPM_G_DEAD: u32 = 6;
/// its stack is being moved
pub const GOPM_G_COPYSTACK: u32 = 8;
/// stopped itself to be preempted
pub const GOPM_G_PREEMPTED: u32 = 9;
/// leaked, found by the goroutine leak profile (since Go 1.26)
pub const GOPM_G_LEAKED: u32 = 10;
/// dead, on an extra m for C threads (since Go 1.26)
pub const GOPM_G_DEADEXTRA: u32 = 11;
/// not a status of any known Go version
pub const GOPM_G_UNKNOWN: u32 = 255;
/// A goroutine of the runtime itself (runtime/traceback.go, isSystemGoroutine).
pub const GOPM_G_FLAG_SYSTEM: u32 = 1;
/// The garbage collector is scanning it (_Gscan).
pub const GOPM_G_FLAG_SCAN: u32 = 2;
/// Part of this record could not be read, or contradicts the rest; the findings say which part. If
/// the stack is cut before a frame outside the runtime's internals, `user` is empty.
pub const GOPM_G_FLAG_PARTIAL: u32 = 4;
/// Locked to a thread (runtime.LockOSThread).
pub const GOPM_G_FLAG_LOCKED: u32 = 8;
pub const GOPM_WAIT_NONE: u32 = 0;
pub const GOPM_WAIT_CHAN_SEND: u32 = 1;
pub const GOPM_WAIT_CHAN_RECEIVE: u32 = 2;
/// one object for each case: see gopm_goroutine_waits()
pub const GOPM_WAIT_SELECT: u32 = 3;
/// sync.Mutex, RWMutex, WaitGroup: `object` is the semaphore word
pub const GOPM_WAIT_SEMAPHORE: u32 = 4;
/// sync.Cond: `object` is the notify list
pub const GOPM_WAIT_COND: u32 = 5;
/// time.Sleep: `deadline`
pub const GOPM_WAIT_TIMER: u32 = 6;
/// network poller: `fd`
pub const GOPM_WAIT_IO: u32 = 7;
/// nil channel or empty select: it never wakes up
pub const GOPM_WAIT_FOREVER: u32 = 8;
/// no object is known, only the wait reason
pub const GOPM_WAIT_OTHER: u32 = 9;
/// the channel is closed
pub const GOPM_WAIT_FLAG_CLOSED: u32 = 1;
/// it sends or writes; if not set, it receives or reads
pub const GOPM_WAIT_FLAG_SEND: u32 = 2;
/// `senders` and `receivers` are complete
pub const GOPM_WAIT_FLAG_COUNTS: u32 = 4;
/// the direction is known: GOPM_WAIT_FLAG_SEND is valid
pub const GOPM_WAIT_FLAG_DIRECTION: u32 = 8;
/// The object is damaged or not in the core: its fields are unknown, and 0.
pub const GOPM_WAIT_FLAG_UNREADABLE: u32 = 16;
/// current
pub const GOPM_FIELD_CURRENT: u32 = 1;
/// user: unwinds the stack
pub const GOPM_FIELD_USER: u32 = 2;
/// go_statement
pub const GOPM_FIELD_GO: u32 = 4;
/// start
pub const GOPM_FIELD_START: u32 = 8;
/// wait, wait_count
pub const GOPM_FIELD_WAIT: u32 = 16;
/// label_count
pub const GOPM_FIELD_LABELS: u32 = 32;
/// stack_id: unwinds the whole stack; not part of GOPM_FIELD_ALL
pub const GOPM_FIELD_STACK: u32 = 64;
pub const GOPM_FIELD_ALL: u32 = 63;
/// Answer as Delve does: an inlined user frame has the name of the function that it was inlined
/// into, and the start location may be a wrapper of the compiler. Functions have the names of their
/// symbols, as gopm_symbol_name() gives them.
pub const GOPM_FILTER_DELVE: u32 = 1;
/// Include dead goroutines (GOPM_G_DEAD, GOPM_G_IDLE, GOPM_G_DEADEXTRA).
pub const GOPM_FILTER_DEAD: u32 = 2;
/// Exclude system goroutines.
pub const GOPM_FILTER_NO_SYSTEM: u32 = 4;
/// Include only system goroutines.
pub const GOPM_FILTER_ONLY_SYSTEM: u32 = 8;
/// Do not start threads: see gopm_group_iter_open().
pub const GOPM_FILTER_ONE_THREAD: u32 = 16;
/// user function and line
pub const GOPM_GROUP_USER: u32 = 1;
/// start function
pub const GOPM_GROUP_START: u32 = 2;
/// function and line of the `go` statement
pub const GOPM_GROUP_GO: u32 = 3;
/// current function and line
pub const GOPM_GROUP_CURRENT: u32 = 4;
/// wait reason, or the status if it does not wait
pub const GOPM_GROUP_REASON: u32 = 5;
/// value of one pprof label
pub const GOPM_GROUP_LABEL: u32 = 6;
/// object that it waits on; a select counts once for each of its channels
pub const GOPM_GROUP_OBJECT: u32 = 7;
/// functions and lines of the whole stack
pub const GOPM_GROUP_STACK: u32 = 8;
/// The working tree had uncommitted changes (vcs.modified=true).
pub const GOPM_BUILD_MODIFIED: u32 = 1;
/// Unwind only the goroutine's own stack. If it runs on the g0 or gsignal stack of its thread,
/// leave out the frames there.
pub const GOPM_STACK_USER_ONLY: u32 = 1;
/// Answer as Delve does: a parked goroutine's innermost frame has the line of its pc, not that of
/// the call before it. A goroutine in a system call begins at the registers of its thread. Code
/// that was inlined into a method wrapper has the wrapper's line. Functions have the names of their
/// symbols, as gopm_symbol_name() gives them.
pub const GOPM_STACK_DELVE: u32 = 2;
/// at the first function: goexit of a goroutine, mstart or C of a thread
pub const GOPM_STACK_END_COMPLETE: u32 = 0;
/// at a pc outside Go code; its callers are unknown
pub const GOPM_STACK_END_NOT_GO: u32 = 1;
/// at memory that the core lacks: end_address
pub const GOPM_STACK_END_MEMORY: u32 = 2;
/// at bytes that cannot be a stack, or an address that no call left: end_address
pub const GOPM_STACK_END_DAMAGED: u32 = 3;
/// at max_frames: there are more frames; see gopm_stack_options.outer_frames
pub const GOPM_STACK_END_LIMIT: u32 = 4;
/// a dead goroutine has no stack
pub const GOPM_STACK_END_NO_STACK: u32 = 5;
/// the goroutine was running, and the core lacks its thread
pub const GOPM_STACK_END_NO_THREAD: u32 = 6;
/// An inlined call; the next frame is the function that it was inlined into.
pub const GOPM_FRAME_INLINED: u32 = 1;
/// The innermost frame: pc is the next instruction, not a return address.
pub const GOPM_FRAME_INNERMOST: u32 = 2;
/// A signal or a preemption interrupted the frame: pc is the next instruction, not a return
/// address.
pub const GOPM_FRAME_INTERRUPTED: u32 = 4;
/// The frame is on the thread's scheduling stack (g0).
pub const GOPM_FRAME_SYSTEM_STACK: u32 = 8;
/// The frame is on the thread's signal stack (gsignal).
pub const GOPM_FRAME_SIGNAL_STACK: u32 = 16;
/// A wrapper that the compiler generated. The runtime's traceback hides it.
pub const GOPM_FRAME_WRAPPER: u32 = 32;
/// The general registers of this frame are known: it is the innermost of a thread, or a signal
/// interrupted it: see gopm_frame_registers().
pub const GOPM_FRAME_REGISTERS: u32 = 64;
/// The frame was guessed: the code that it called has no call frame information. Frames may be
/// missing before it.
pub const GOPM_FRAME_GUESSED: u32 = 128;
/// Frames of C are missing between this frame and the one before it: they could not be unwound.
pub const GOPM_FRAME_AFTER_GAP: u32 = 256;
/// native code without DWARF
pub const GOPM_LANGUAGE_UNKNOWN: u32 = 0;
pub const GOPM_LANGUAGE_GO: u32 = 1;
pub const GOPM_LANGUAGE_C: u32 = 2;
pub const GOPM_LANGUAGE_CPP: u32 = 3;
pub const GOPM_LANGUAGE_RUST: u32 = 4;
pub const GOPM_LANGUAGE_ASSEMBLY: u32 = 5;
/// another one, by its DWARF
pub const GOPM_LANGUAGE_OTHER: u32 = 6;
/// Use only location lists, as Delve does: a variable without a location is unreadable.
pub const GOPM_VALUE_OPTION_EXACT_ONLY: u32 = 1;
/// Show values as Delve does: no contents of channels and containers, no durations as `1.5s`, times
/// without the fraction of the second, and names as the linker writes them.
pub const GOPM_VALUE_OPTION_DELVE: u32 = 2;
/// Show the elements and the waiting goroutines of a channel with `max_depth` 0 levels too.
pub const GOPM_VALUE_OPTION_CHANNELS: u32 = 4;
/// For gopm_package_vars(): find the variables of C, C++ and Rust instead of Go's.
pub const GOPM_VALUE_OPTION_C: u32 = 8;
pub const GOPM_KIND_INVALID: u32 = 0;
pub const GOPM_KIND_BOOL: u32 = 1;
pub const GOPM_KIND_INT: u32 = 2;
pub const GOPM_KIND_INT8: u32 = 3;
pub const GOPM_KIND_INT16: u32 = 4;
pub const GOPM_KIND_INT32: u32 = 5;
pub const GOPM_KIND_INT64: u32 = 6;
pub const GOPM_KIND_UINT: u32 = 7;
pub const GOPM_KIND_UINT8: u32 = 8;
pub const GOPM_KIND_UINT16: u32 = 9;
pub const GOPM_KIND_UINT32: u32 = 10;
pub const GOPM_KIND_UINT64: u32 = 11;
pub const GOPM_KIND_UINTPTR: u32 = 12;
pub const GOPM_KIND_FLOAT32: u32 = 13;
pub const GOPM_KIND_FLOAT64: u32 = 14;
pub const GOPM_KIND_COMPLEX64: u32 = 15;
pub const GOPM_KIND_COMPLEX128: u32 = 16;
pub const GOPM_KIND_ARRAY: u32 = 17;
pub const GOPM_KIND_CHAN: u32 = 18;
pub const GOPM_KIND_FUNC: u32 = 19;
pub const GOPM_KIND_INTERFACE: u32 = 20;
pub const GOPM_KIND_MAP: u32 = 21;
pub const GOPM_KIND_POINTER: u32 = 22;
pub const GOPM_KIND_SLICE: u32 = 23;
pub const GOPM_KIND_STRING: u32 = 24;
pub const GOPM_KIND_STRUCT: u32 = 25;
pub const GOPM_KIND_UNSAFE_POINTER: u32 = 26;
/// unreadable: see gopm_value_info.unreadable
pub const GOPM_FROM_NONE: u32 = 0;
/// Exact: the location list has a location at this pc, the core has all its bytes, the code still
/// reads all of them from there, and no other variable has the same location. One case is not
/// detected: a constant was assigned to the variable while the code needs its old value without a
/// name, as in a range loop. With GOPM_VALUE_OPTION_EXACT_ONLY, only the location counts.
pub const GOPM_FROM_EXACT: u32 = 1;
/// The runtime has the value in an object of a parked goroutine: a sudog has its channel, a
/// semaphore its address.
pub const GOPM_FROM_RUNTIME: u32 = 2;
/// Proved: the code shows that a slot or register contains the last known value of the variable.
/// For an argument this is the value that was passed. Captured variables of closures have this
/// provenance too.
pub const GOPM_FROM_RECOVERED: u32 = 3;
/// Possibly outdated: the location may have been reused, or the variable assigned since. A location
/// that the code no longer reads is one of these cases.
pub const GOPM_FROM_STALE: u32 = 4;
pub const GOPM_VAR_ARGUMENT: u32 = 1;
pub const GOPM_VAR_RESULT: u32 = 2;
/// a variable of an inner scope has the same name
pub const GOPM_VAR_SHADOWED: u32 = 4;
/// moved to the heap; the value is read from there
pub const GOPM_VAR_ESCAPED: u32 = 8;
/// nil pointer, slice, map, channel, function or interface
pub const GOPM_VALUE_NIL: u32 = 1;
/// a limit cut the string or its children
pub const GOPM_VALUE_TRUNCATED: u32 = 2;
/// in registers or in several pieces: `address` is 0
pub const GOPM_VALUE_REGISTERS: u32 = 4;
/// some children, or a part of a container or queue, are unreadable
pub const GOPM_VALUE_PARTIAL: u32 = 8;
/// a closed channel
pub const GOPM_VALUE_CLOSED: u32 = 16;
/// Some of its pointers may dangle: the goroutine no longer uses their targets, so these may have
/// been freed and reused. Children read through such a pointer are GOPM_FROM_STALE. The pointers
/// themselves have their last value; a pointer into the goroutine's own stack is not updated if the
/// stack moves.
pub const GOPM_VALUE_DANGLING: u32 = 32;
/// Write only Delve's members: no `text`, `provenance`, `origin`, `content`, `readable` and `cut`.
/// Names are as the linker writes them.
pub const GOPM_VALUE_JSON_DELVE: u32 = 1;
/// Some live objects could not be read: what only they refer to counts as garbage.
pub const GOPM_HEAP_INFO_PARTIAL: u32 = 1;
/// its type is not known; if there is one, it is that of something inside
pub const GOPM_HEAP_UNKNOWN: u32 = 0;
/// a value of its type
pub const GOPM_HEAP_ONE: u32 = 1;
/// values of its type, one after the other: of a slice
pub const GOPM_HEAP_ARRAY: u32 = 2;
/// of strings or of slices of bytes; it has no type
pub const GOPM_HEAP_BYTES: u32 = 3;
/// a block of 16 bytes that several small values without pointers share; the type of one
pub const GOPM_HEAP_TINY: u32 = 4;
/// a part of a map: header, directory, table, groups or buckets; the map's type
pub const GOPM_HEAP_MAP: u32 = 5;
/// a channel, or its buffer if that is an object of its own; the channel's type
pub const GOPM_HEAP_CHAN: u32 = 6;
/// elements of a channel; their type
pub const GOPM_HEAP_BUFFER: u32 = 7;
/// a closure with its variables; the name of its function
pub const GOPM_HEAP_CLOSURE: u32 = 8;
/// a chunk of an arena of package arena, with values of several types; it has no type
pub const GOPM_HEAP_ARENA: u32 = 9;
/// it is not: only the size and the places of pointers are known
pub const GOPM_HEAP_FROM_NOTHING: u32 = 0;
/// a pointer into the object says what is there, not what the object is
pub const GOPM_HEAP_FROM_INSIDE: u32 = 1;
/// a guess: only this struct fits, or stores into a static array name it
pub const GOPM_HEAP_FROM_MASK: u32 = 2;
/// a pointer of this type, to an object of this size with these pointers
pub const GOPM_HEAP_FROM_POINTER: u32 = 3;
/// a slice or string that ends where the object ends
pub const GOPM_HEAP_FROM_SLICE: u32 = 4;
/// an interface that has it
pub const GOPM_HEAP_FROM_INTERFACE: u32 = 5;
/// the map, channel or func value that it is a part of
pub const GOPM_HEAP_FROM_OWNER: u32 = 6;
/// its own header, or its span: exact
pub const GOPM_HEAP_FROM_HEADER: u32 = 7;
/// only live objects
pub const GOPM_HEAP_FILTER_LIVE: u32 = 1;
/// only garbage
pub const GOPM_HEAP_FILTER_GARBAGE: u32 = 2;
/// the program can reach it
pub const GOPM_HEAP_OBJECT_LIVE: u32 = 1;
/// it may have pointers
pub const GOPM_HEAP_OBJECT_POINTERS: u32 = 2;
/// all live objects
pub const GOPM_HEAP_NODE_ROOT: u32 = 0;
/// all holders of one kind: "variables"
pub const GOPM_HEAP_NODE_KIND: u32 = 1;
/// variables of a package; goroutines of a start function; timers of a function
pub const GOPM_HEAP_NODE_GROUP: u32 = 2;
/// a package variable
pub const GOPM_HEAP_NODE_VARIABLE: u32 = 3;
/// a goroutine: its stack, and what the runtime keeps for it
pub const GOPM_HEAP_NODE_GOROUTINE: u32 = 4;
/// a running timer
pub const GOPM_HEAP_NODE_TIMER: u32 = 5;
/// a finalizer that is queued, or of an object that is garbage
pub const GOPM_HEAP_NODE_FINALIZER: u32 = 6;
/// a cleanup, likewise
pub const GOPM_HEAP_NODE_CLEANUP: u32 = 7;
/// the handle of a weak pointer to garbage
pub const GOPM_HEAP_NODE_WEAK: u32 = 8;
/// the runtime's own structures
pub const GOPM_HEAP_NODE_RUNTIME: u32 = 9;
/// an object
pub const GOPM_HEAP_NODE_OBJECT: u32 = 10;
/// all objects of a type
pub const GOPM_HEAP_NODE_TYPE: u32 = 11;
/// all goroutines of one `go` statement, or all timers of one function
pub const GOPM_HEAP_NODE_BIRTH: u32 = 12;
/// each variable, goroutine, timer ...
pub const GOPM_HEAP_BY_HOLDER: u32 = 0;
/// each package variable
pub const GOPM_HEAP_BY_VARIABLE: u32 = 1;
/// each goroutine
pub const GOPM_HEAP_BY_GOROUTINE: u32 = 2;
/// goroutines by their start functions
pub const GOPM_HEAP_BY_START: u32 = 3;
/// package variables by their packages
pub const GOPM_HEAP_BY_PACKAGE: u32 = 4;
/// types of objects
pub const GOPM_HEAP_BY_TYPE: u32 = 5;
/// Goroutines by their start functions and `go` statements, timers by their functions, also those
/// that retain nothing. If several statements start one function, what their goroutines share
/// counts for none of them.
pub const GOPM_HEAP_BY_BIRTH: u32 = 6;
/// A goroutine that runs finalizers (kind GOPM_HEAP_NODE_FINALIZER) or cleanups (_CLEANUP) waits in
/// one of them.
pub const GOPM_HEAP_SUSPECT_BLOCKED: u32 = 1;
/// strings with the same bytes, each in an object of its own
pub const GOPM_HEAP_WASTE_EQUAL: u32 = 1;
/// arrays and strings that are kept by a quarter of them, or less
pub const GOPM_HEAP_WASTE_PART: u32 = 2;
/// capacity of arrays past the lengths of all slices of them
pub const GOPM_HEAP_WASTE_UNUSED: u32 = 3;
/// free places in maps
pub const GOPM_HEAP_WASTE_MAP: u32 = 4;
/// Answer as Delve does: goroutines have only Delve's members, locations say if their function is
/// `optimized`, and variables are as with GOPM_VALUE_JSON_DELVE. Use it with records of
/// GOPM_FILTER_DELVE and GOPM_STACK_DELVE.
pub const GOPM_JSON_DELVE: u32 = 1;
/// Write only the members, without the braces around them, so that you can add some of your own.
pub const GOPM_JSON_MEMBERS: u32 = 2;
/// gopm_thread_json() writes `registers` too: an object with a number for each general register.
pub const GOPM_JSON_REGISTERS: u32 = 4;
/// its file: gopm_module.file
pub const GOPM_MODULE_SOURCE_FILE: u32 = 1;
/// its pages in the core
pub const GOPM_MODULE_SOURCE_CORE: u32 = 2;
/// none: there is no file, and the core does not have all of its pages
pub const GOPM_MODULE_SOURCE_MISSING: u32 = 3;
/// none: the file at its path is another one
pub const GOPM_MODULE_SOURCE_MISMATCH: u32 = 4;
/// none: the core has nothing to compare the file with
pub const GOPM_MODULE_SOURCE_UNKNOWN: u32 = 5;
/// The program of the process.
pub const GOPM_MODULE_FLAG_PROGRAM: u32 = 1;
/// It has Go code.
pub const GOPM_MODULE_FLAG_GO: u32 = 2;
/// It has DWARF, in the file or in a separate debug file.
pub const GOPM_MODULE_FLAG_DWARF: u32 = 4;
/// `bias` is known.
pub const GOPM_MODULE_FLAG_BIAS: u32 = 8;
/// none is known, only the wait reason
pub const GOPM_OBJECT_OTHER: u32 = 0;
/// a channel
pub const GOPM_OBJECT_CHAN: u32 = 1;
/// a nil channel, or a select without cases
pub const GOPM_OBJECT_NIL_CHAN: u32 = 2;
/// sync.Mutex
pub const GOPM_OBJECT_MUTEX: u32 = 3;
/// sync.RWMutex
pub const GOPM_OBJECT_RWMUTEX: u32 = 4;
/// sync.Once
pub const GOPM_OBJECT_ONCE: u32 = 5;
/// sync.WaitGroup
pub const GOPM_OBJECT_WAITGROUP: u32 = 6;
/// sync.Cond
pub const GOPM_OBJECT_COND: u32 = 7;
/// a semaphore of the runtime that is none of these
pub const GOPM_OBJECT_SEMAPHORE: u32 = 8;
/// time.Sleep, a timer
pub const GOPM_OBJECT_TIMER: u32 = 9;
/// a file descriptor: the network poller
pub const GOPM_OBJECT_FD: u32 = 10;
/// a system call
pub const GOPM_OBJECT_SYSCALL: u32 = 11;
/// a call of C
pub const GOPM_OBJECT_CGO: u32 = 12;
/// a context.Context, by the channel of its Done()
pub const GOPM_OBJECT_CONTEXT: u32 = 13;
/// the coroutine of iter.Pull: a runtime.coro
pub const GOPM_OBJECT_CORO: u32 = 14;
/// the garbage collector
pub const GOPM_OBJECT_COLLECTOR: u32 = 15;
/// finalizers or cleanups to run
pub const GOPM_OBJECT_FINALIZERS: u32 = 16;
/// a runtime.p: the goroutines in its run queue wait to run
pub const GOPM_OBJECT_P: u32 = 17;
/// a runtime.m: a thread
pub const GOPM_OBJECT_M: u32 = 18;
/// until it is woken: WaitGroup, Cond, timer, context
pub const GOPM_SIDE_WAITS: u32 = 0;
/// to a channel
pub const GOPM_SIDE_SENDS: u32 = 1;
/// from a channel
pub const GOPM_SIDE_RECEIVES: u32 = 2;
/// a Mutex, an RWMutex for writing, a Once
pub const GOPM_SIDE_LOCKS: u32 = 3;
/// an RWMutex for reading
pub const GOPM_SIDE_READ_LOCKS: u32 = 4;
/// from a file descriptor
pub const GOPM_SIDE_READS: u32 = 5;
/// to a file descriptor
pub const GOPM_SIDE_WRITES: u32 = 6;
/// The state could not be read, or is damaged: its fields are 0.
pub const GOPM_OBJECT_FLAG_UNREADABLE: u32 = 1;
/// `in` is a guess: no type that the program has written down says so. That happens in stripped
/// programs.
pub const GOPM_OBJECT_FLAG_GUESS: u32 = 2;
/// A closed channel, or a cancelled context.
pub const GOPM_OBJECT_FLAG_CLOSED: u32 = 4;
/// A Mutex or Once is locked; an RWMutex is locked for writing.
pub const GOPM_OBJECT_FLAG_LOCKED: u32 = 8;
/// A Mutex in starvation mode: it is handed to the goroutine that waits first.
pub const GOPM_OBJECT_FLAG_STARVING: u32 = 16;
/// A writer waits for the readers of an RWMutex, and new readers wait for the writer.
pub const GOPM_OBJECT_FLAG_PENDING: u32 = 32;
/// The function of a Once has returned.
pub const GOPM_OBJECT_FLAG_DONE: u32 = 64;
/// `senders` and `receivers` of a channel are complete.
pub const GOPM_OBJECT_FLAG_COUNTS: u32 = 128;
/// The object and at least one of its waiters disagree: it was changing, or is damaged.
pub const GOPM_OBJECT_FLAG_TORN: u32 = 256;
/// It waits in a select with several cases.
pub const GOPM_WAITER_SELECT: u32 = 1;
/// The object and this goroutine disagree: its queue lacks the goroutine, or its state is not one
/// to wait for.
pub const GOPM_WAITER_TORN: u32 = 2;
/// Find `name` by the shortest way from a variable or a goroutine too. It takes as long as
/// gopm_heap_path_open().
pub const GOPM_OBJECTS_FLAG_PATHS: u32 = 1;
/// objects allocated, bytes allocated, objects in use, bytes in use
pub const GOPM_PROFILE_HEAP: u32 = 0;
/// the same; tools show the allocated bytes first
pub const GOPM_PROFILE_ALLOCS: u32 = 1;
/// contentions, delay of others in nanoseconds, at the stack that unlocked
pub const GOPM_PROFILE_MUTEX: u32 = 2;
/// contentions, delay in nanoseconds
pub const GOPM_PROFILE_BLOCK: u32 = 3;
/// goroutines with this stack and these labels
pub const GOPM_PROFILE_GOROUTINE: u32 = 4;
/// Number of values of the kinds that have the most.
pub const GOPM_PROFILE_VALUES: u32 = 4;
/// Add allocations and frees that the runtime counted but did not publish yet: those since the
/// second last collection. The runtime waits with them, because the frees of that time are not
/// complete.
pub const GOPM_PROFILE_FLAG_PENDING: u32 = 1;
/// runtime.MemProfileRate is not known, so that the values are those of the samples, not estimates
/// of all.
pub const GOPM_PROFILE_INFO_UNSCALED: u32 = 1;
/// The process did not measure the speed of its CPU clock, so that delays are in ticks of it.
pub const GOPM_PROFILE_INFO_TICKS: u32 = 2;
/// Replace an existing file at `path`.
pub const GOPM_PROFILE_TARGET_REPLACE: u32 = 1;
/// Goroutines, stacks, the runtime's own structures, and objects that variables of frames point to.
pub const GOPM_SLIM_DEFAULT: u32 = 0;
/// Goroutines, threads and the live part of stacks, without heap data. Arguments and locals on a
/// stack are kept; objects that they point to are not.
pub const GOPM_SLIM_STACKS: u32 = 1;
/// The default, and the heap with its metadata, but without the contents of objects that have no
/// pointers. gopm/heap.h gives the same answers as with the original.
pub const GOPM_SLIM_HEAP: u32 = 2;
/// zstd if the path ends in ".zst", else none
pub const GOPM_COMPRESSION_BY_NAME: u32 = 0;
pub const GOPM_COMPRESSION_NONE: u32 = 1;
pub const GOPM_COMPRESSION_ZSTD: u32 = 2;
/// Replace an existing file at `path`.
pub const GOPM_SLIM_FLAG_REPLACE: u32 = 1;
/// Keep the executable's pages too (code, tables and types), so that the small core can be read
/// without it. Only variables still need the executable, for its DWARF.
pub const GOPM_SLIM_FLAG_SELF_CONTAINED: u32 = 2;
/// The compiler or the linker made it: "\<autogenerated>", or it has no file.
pub const GOPM_FUNCTION_FLAG_GENERATED: u32 = 1;
/// Assembly: its file ends with ".s".
pub const GOPM_FUNCTION_FLAG_ASSEMBLY: u32 = 2;
/// user goroutines without runtime frames
pub const GOPM_TRACEBACK_ALL: u32 = 0;
/// also system goroutines and runtime frames; SIGQUIT prints this since Go 1.19
pub const GOPM_TRACEBACK_SYSTEM: u32 = 1;
/// only the goroutine that caused the death, or the first running one; no runtime frames
pub const GOPM_TRACEBACK_SINGLE: u32 = 2;
/// Write only frames: no header and no "created by". Needs goroutine_id.
pub const GOPM_TRACEBACK_FLAG_FRAMES_ONLY: u32 = 1;
/// Write the frames of C too, where and as the runtime prints those that runtime.SetCgoTraceback
/// gives it: the function, and in a line "file:line pc=0x4a1e98". Between frames that are missing
/// it says so.
pub const GOPM_TRACEBACK_FLAG_NATIVE: u32 = 2;
/// DWARF; if gopm_type_info.descriptor is not 0, its descriptor too
pub const GOPM_TYPE_FROM_DWARF: u32 = 1;
/// only its descriptor
pub const GOPM_TYPE_FROM_DESCRIPTOR: u32 = 2;
/// a defined or predeclared type
pub const GOPM_TYPE_NAMED: u32 = 1;
/// func: the last parameter is variadic, "...T"
pub const GOPM_TYPE_VARIADIC: u32 = 2;
/// not in the DWARF
pub const GOPM_CHAN_UNKNOWN: u32 = 0;
pub const GOPM_CHAN_RECEIVE: u32 = 1;
pub const GOPM_CHAN_SEND: u32 = 2;
pub const GOPM_CHAN_BOTH: u32 = 3;
pub const GOPM_TYPE_FIELD_FLAG_EMBEDDED: u32 = 1;
pub const GOPM_METHOD_EXPORTED: u32 = 1;
/// none is stuck
pub const GOPM_VERDICT_HEALTHY: u32 = 0;
/// they wait for each other, or for what never comes, and others are behind them
pub const GOPM_VERDICT_DEADLOCK: u32 = 1;
/// they wait for ever, and nobody waits for them
pub const GOPM_VERDICT_LEAK: u32 = 2;
/// they can run, but do not get to
pub const GOPM_VERDICT_STARVATION: u32 = 3;
/// they wait for a goroutine that can go on, but is slow
pub const GOPM_VERDICT_SLOW: u32 = 4;
/// the process died of it, or is about to
pub const GOPM_VERDICT_CRASH: u32 = 5;
/// it may be so at this moment, and be over in the next one
pub const GOPM_CERTAINTY_POSSIBLE: u32 = 1;
/// no goroutine is seen that could end it; one that is not seen might
pub const GOPM_CERTAINTY_LIKELY: u32 = 2;
/// no goroutine can end it; `basis` says why
pub const GOPM_CERTAINTY_CERTAIN: u32 = 3;
pub const GOPM_BASIS_NONE: u32 = 0;
/// a nil channel, or a select without cases, never becomes ready
pub const GOPM_BASIS_AXIOM: u32 = 1;
/// no goroutine that can run reaches the object, and none can get it
pub const GOPM_BASIS_REACHABILITY: u32 = 2;
/// who holds the lock is stuck. Sound unless somebody unlocks what another locked
pub const GOPM_BASIS_OWNERSHIP: u32 = 3;
pub const GOPM_PATTERN_OTHER: u32 = 0;
/// a goroutine waits for a lock that it holds
pub const GOPM_PATTERN_SELF_LOCK: u32 = 1;
/// a goroutine waits on a channel whose other end is its own task
pub const GOPM_PATTERN_SELF_CHAN: u32 = 2;
/// goroutines hold locks, and wait for each other's
pub const GOPM_PATTERN_LOCK_CYCLE: u32 = 3;
/// goroutines wait on channels that the others are to use
pub const GOPM_PATTERN_CHAN_CYCLE: u32 = 4;
/// a cycle over locks and channels, WaitGroups or Conds
pub const GOPM_PATTERN_MIXED_CYCLE: u32 = 5;
/// a nil channel, or a select without cases
pub const GOPM_PATTERN_NIL_CHAN: u32 = 6;
/// nobody is left to receive
pub const GOPM_PATTERN_NO_RECEIVER: u32 = 7;
/// nobody is left to send or close
pub const GOPM_PATTERN_NO_SENDER: u32 = 8;
/// a lock is locked, and no goroutine holds it
pub const GOPM_PATTERN_FORGOTTEN_UNLOCK: u32 = 9;
/// nobody is left to call Done
pub const GOPM_PATTERN_WAITGROUP: u32 = 10;
/// nobody is left to call Signal or Broadcast
pub const GOPM_PATTERN_LOST_SIGNAL: u32 = 11;
/// a context that nobody can cancel
pub const GOPM_PATTERN_CONTEXT: u32 = 12;
/// a pool is empty, and who has its elements waits for one
pub const GOPM_PATTERN_POOL: u32 = 13;
/// the goroutine that all wait for is in I/O
pub const GOPM_PATTERN_SLOW_IO: u32 = 14;
/// ... in a system call
pub const GOPM_PATTERN_SLOW_SYSCALL: u32 = 15;
/// ... in a call of C
pub const GOPM_PATTERN_SLOW_C: u32 = 16;
/// ... sleeps, or waits for a timer
pub const GOPM_PATTERN_SLOW_SLEEP: u32 = 17;
/// ... waits for a goroutine that is not known
pub const GOPM_PATTERN_SLOW_WAIT: u32 = 18;
/// ... runs, or can run
pub const GOPM_PATTERN_BUSY: u32 = 19;
/// the process died of a signal
pub const GOPM_PATTERN_CRASH: u32 = 20;
/// the main goroutine still waits in an init function
pub const GOPM_PATTERN_INIT: u32 = 21;
/// a panic: the process died of it, or its deferred calls still run
pub const GOPM_PATTERN_PANIC: u32 = 22;
/// a fatal error of the runtime
pub const GOPM_PATTERN_THROW: u32 = 23;
/// no memory is left
pub const GOPM_PATTERN_OUT_OF_MEMORY: u32 = 24;
/// a stack is too large: mostly endless recursion
pub const GOPM_PATTERN_STACK_OVERFLOW: u32 = 25;
/// the world is being stopped, and a goroutine does not stop
pub const GOPM_PATTERN_STOP_WORLD: u32 = 26;
/// all Ps run goroutines that do not yield
pub const GOPM_PATTERN_NO_YIELD: u32 = 27;
/// all Ps are busy, and many more goroutines can run
pub const GOPM_PATTERN_OVERLOAD: u32 = 28;
/// a finalizer waits, and others are behind it
pub const GOPM_PATTERN_FINALIZER: u32 = 29;
/// a cleanup waits, and others are behind it
pub const GOPM_PATTERN_CLEANUP: u32 = 30;
/// goroutines of one go statement wait, and become more
pub const GOPM_PATTERN_GROWTH: u32 = 31;
/// the body of an answer was dropped without Close
pub const GOPM_PATTERN_UNCLOSED_BODY: u32 = 32;
/// Do not look at the heap: faster, but only axioms and locks with known holders are certain, and
/// objects have no names.
pub const GOPM_WHY_FLAG_QUICK: u32 = 1;
/// Do not start threads.
pub const GOPM_WHY_FLAG_ONE_THREAD: u32 = 2;
/// Damage or missing memory: what would be certain is likely. The core's findings say what is
/// missing.
pub const GOPM_WHY_PARTIAL: u32 = 1;
/// What goroutines can reach was looked at.
pub const GOPM_WHY_REACHABILITY: u32 = 2;
/// holds the lock
pub const GOPM_EDGE_HOLDS: u32 = 0;
/// holds it for reading
pub const GOPM_EDGE_HOLDS_READ: u32 = 1;
/// is to release it, and is not seen to hold it
pub const GOPM_EDGE_UNLOCKS: u32 = 2;
pub const GOPM_EDGE_SENDS: u32 = 3;
pub const GOPM_EDGE_RECEIVES: u32 = 4;
pub const GOPM_EDGE_CLOSES: u32 = 5;
/// lowers the counter of the WaitGroup
pub const GOPM_EDGE_DONE: u32 = 6;
/// calls Signal or Broadcast; resumes the coroutine
pub const GOPM_EDGE_SIGNALS: u32 = 7;
/// waits for the lock before the other one: the first writer of an RWMutex
pub const GOPM_EDGE_BEFORE: u32 = 8;
/// a deferred call is pending
pub const GOPM_EVIDENCE_DEFER: u32 = 1;
/// the code of one of its frames
pub const GOPM_EVIDENCE_CODE: u32 = 2;
/// the code of a function that the frame calls or called
pub const GOPM_EVIDENCE_HELPER: u32 = 4;
/// the queue of the object
pub const GOPM_EVIDENCE_QUEUE: u32 = 8;
/// an object of a library that the goroutine has, such as an open sql.Rows
pub const GOPM_EVIDENCE_LIBRARY: u32 = 16;
pub const ARROW_FLAG_DICTIONARY_ORDERED: u32 = 1;
pub const ARROW_FLAG_NULLABLE: u32 = 2;
pub const ARROW_FLAG_MAP_KEYS_SORTED: u32 = 4;
pub const GOPM_VERSION_NUMBER: u32 =
    GOPM_VERSION_MAJOR * 1000000 + GOPM_VERSION_MINOR * 1000 + GOPM_VERSION_PATCH;
