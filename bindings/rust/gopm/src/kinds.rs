// SPDX-License-Identifier: Apache-2.0
// Made by bindings/rust/generate.py from include/gopm/*.h. Do not edit.
//! Families of constants as types. Later versions of the library may have values without a name.

use gopm_sys::*;

kind! {
    /// The result of a call.
    Status: i32 {
        /// Success; the out-pointers are filled.
        OK = GOPM_OK, "ok";
        /// The iteration is at its end; nothing was filled.
        DONE = GOPM_DONE, "done";
        /// The requested thing does not exist. This is a result, not a failure.
        NOT_FOUND = GOPM_NOT_FOUND, "not found";
        /// Invalid argument: an unexpected NULL, a struct_size that is too small, or a value out of
        /// range.
        ARGUMENT = GOPM_ERR_ARGUMENT, "argument";
        /// Out of memory.
        NO_MEMORY = GOPM_ERR_NO_MEMORY, "no memory";
        /// A read or write failed, in the operating system or in a callback of the caller. After a
        /// failed read, every call that needs the core's contents returns it.
        IO = GOPM_ERR_IO, "io";
        /// Valid input that this library does not support: an unknown flag, CPU or container.
        UNSUPPORTED = GOPM_ERR_UNSUPPORTED, "unsupported";
        /// Malformed bytes in a file or in the memory of the process.
        FORMAT = GOPM_ERR_FORMAT, "format";
        /// A file is shorter than its headers say.
        TRUNCATED = GOPM_ERR_TRUNCATED, "truncated";
        /// The core or executable is valid, but it is not a Go program.
        NOT_GO = GOPM_ERR_NOT_GO, "not go";
        /// No executable was given or found, and the core does not contain it.
        NO_EXECUTABLE = GOPM_ERR_NO_EXECUTABLE, "no executable";
        /// The core does not contain the bytes at an address.
        MISSING_MEMORY = GOPM_ERR_MISSING_MEMORY, "missing memory";
        /// A count or length exceeds its limit (gopm_core_options).
        LIMIT = GOPM_ERR_LIMIT, "limit";
        /// The executable has no DWARF, or GOPM_OPEN_NO_DWARF is set.
        NO_DWARF = GOPM_ERR_NO_DWARF, "no dwarf";
        /// The output file already exists.
        EXISTS = GOPM_ERR_EXISTS, "exists";
        /// The caller has no permission to trace the process.
        PERMISSION = GOPM_ERR_PERMISSION, "permission";
        /// The process does not exist, or it ended during the call.
        NO_PROCESS = GOPM_ERR_NO_PROCESS, "no process";
        /// A progress callback of the caller stopped the call.
        CANCELLED = GOPM_ERR_CANCELLED, "cancelled";
        /// An expression is wrong: its syntax, a name, a type, an index.
        /// gopm_error_expression_offset() says where.
        EXPRESSION = GOPM_ERR_EXPRESSION, "expression";
    }
}

kind! {
    /// One of `GOPM_PROGRESS_*`.
    Phase: u32 {
        /// bytes of a compressed core that are unpacked; of a pipe, bytes that were copied
        UNPACK = GOPM_PROGRESS_UNPACK, "unpack";
        /// goroutines that are read, of all slots of runtime.allgs
        GOROUTINES = GOPM_PROGRESS_GOROUTINES, "goroutines";
        /// objects of the heap that are marked, of all that are allocated
        HEAP = GOPM_PROGRESS_HEAP, "heap";
        /// units of DWARF that are read, of all
        DWARF = GOPM_PROGRESS_DWARF, "dwarf";
    }
}

flags! {
    /// Bits of `GOPM_CORE_*`.
    CoreFlags: u32 {
        /// The executable that was given, or found by its path, has another build ID than the core.
        EXE_MISMATCH = GOPM_CORE_EXE_MISMATCH, "exe mismatch";
        /// The executable was read from the core itself.
        EXE_FROM_CORE = GOPM_CORE_EXE_FROM_CORE, "exe from core";
        /// The core file is shorter than its headers say.
        TRUNCATED = GOPM_CORE_TRUNCATED, "truncated";
        /// The executable has DWARF, and GOPM_OPEN_NO_DWARF is not set.
        HAS_DWARF = GOPM_CORE_HAS_DWARF, "has dwarf";
        /// The executable is position independent; exe_bias applies.
        PIE = GOPM_CORE_PIE, "pie";
        /// The list of goroutines is incomplete.
        PARTIAL = GOPM_CORE_PARTIAL, "partial";
        /// The core was made by gopm_slim().
        SLIM = GOPM_CORE_SLIM, "slim";
        /// The source is a live process (gopm_core_options.core_pid), which is stopped until the
        /// core is closed.
        LIVE = GOPM_CORE_LIVE, "live";
        /// The core has no memory that the process wrote: its coredump filter left it out. This
        /// call, threads, mappings and findings work; goroutines, stacks and values are
        /// GOPM_ERR_MISSING_MEMORY.
        NO_MEMORY = GOPM_CORE_NO_MEMORY, "no memory";
    }
}

kind! {
    /// One of `GOPM_DEATH_*`.
    Death: u32 {
        /// unknown: the core is of a live process
        NONE = GOPM_DEATH_NONE, "none";
        /// a signal: see `signal`, `signal_code` and `fault_address`
        SIGNAL = GOPM_DEATH_SIGNAL, "signal";
        /// an unrecovered Go panic: `death_text` is its value as the runtime prints it
        PANIC = GOPM_DEATH_PANIC, "panic";
        /// runtime.throw or fatal: `death_text` is the message
        FATAL = GOPM_DEATH_FATAL, "fatal";
    }
}

flags! {
    /// Bits of `GOPM_LOCATION_*`.
    LocationFlags: u32 {
        /// The location is in an inlined call.
        INLINED = GOPM_LOCATION_INLINED, "inlined";
        /// The function is a wrapper that the compiler generated (funcID wrapper).
        WRAPPER = GOPM_LOCATION_WRAPPER, "wrapper";
        /// The function's compilation unit is optimized: its producer attribute has neither -N nor
        /// -l. Set only if the DWARF was read for it, as GOPM_FILTER_DELVE does.
        OPTIMIZED = GOPM_LOCATION_OPTIMIZED, "optimized";
    }
}

kind! {
    /// One of `GOPM_FINDING_*`.
    FindingKind: u32 {
        /// executable and core have different build IDs
        EXE_MISMATCH = GOPM_FINDING_EXE_MISMATCH, "exe mismatch";
        /// the core file is shorter than its headers say
        TRUNCATED = GOPM_FINDING_TRUNCATED, "truncated";
        /// a malformed note
        BAD_NOTE = GOPM_FINDING_BAD_NOTE, "bad note";
        /// a pointer of the runtime has no valid target
        BAD_POINTER = GOPM_FINDING_BAD_POINTER, "bad pointer";
        /// a runtime.g with impossible contents
        BAD_GOROUTINE = GOPM_FINDING_BAD_GOROUTINE, "bad goroutine";
        /// a stack that could not be unwound to its end
        STACK_INCOMPLETE = GOPM_FINDING_STACK_INCOMPLETE, "stack incomplete";
        /// malformed pclntab, moduledata, symbol table or type descriptors
        BAD_SYMBOLS = GOPM_FINDING_BAD_SYMBOLS, "bad symbols";
        /// malformed DWARF
        BAD_DWARF = GOPM_FINDING_BAD_DWARF, "bad dwarf";
        /// a cyclic list of the runtime
        CYCLE = GOPM_FINDING_CYCLE, "cycle";
        /// a limit cut the answer
        LIMIT = GOPM_FINDING_LIMIT, "limit";
        /// something expected is missing; the message says what that costs
        MISSING = GOPM_FINDING_MISSING, "missing";
        /// data that gopm_slim() could not keep in this small core, and why
        SLIM = GOPM_FINDING_SLIM, "slim";
        /// structures of the heap that contradict each other
        BAD_HEAP = GOPM_FINDING_BAD_HEAP, "bad heap";
        /// a read failed: the file became shorter, or its disk or callback failed
        IO = GOPM_FINDING_IO, "io";
    }
}

kind! {
    /// One of `GOPM_G_*`.
    GoroutineStatus: u32 {
        /// just allocated
        IDLE = GOPM_G_IDLE, "idle";
        /// on a run queue
        RUNNABLE = GOPM_G_RUNNABLE, "runnable";
        /// on a thread
        RUNNING = GOPM_G_RUNNING, "running";
        /// on a thread, in a system call
        SYSCALL = GOPM_G_SYSCALL, "syscall";
        /// parked; see wait_reason
        WAITING = GOPM_G_WAITING, "waiting";
        /// unused: exited, or not yet started
        DEAD = GOPM_G_DEAD, "dead";
        /// its stack is being moved
        COPYSTACK = GOPM_G_COPYSTACK, "copystack";
        /// stopped itself to be preempted
        PREEMPTED = GOPM_G_PREEMPTED, "preempted";
        /// leaked, found by the goroutine leak profile (since Go 1.26)
        LEAKED = GOPM_G_LEAKED, "leaked";
        /// dead, on an extra m for C threads (since Go 1.26)
        DEADEXTRA = GOPM_G_DEADEXTRA, "deadextra";
        /// not a status of any known Go version
        UNKNOWN = GOPM_G_UNKNOWN, "unknown";
    }
}

flags! {
    /// Bits of `GOPM_G_FLAG_*`.
    GFlags: u32 {
        /// A goroutine of the runtime itself (runtime/traceback.go, isSystemGoroutine).
        SYSTEM = GOPM_G_FLAG_SYSTEM, "system";
        /// The garbage collector is scanning it (_Gscan).
        SCAN = GOPM_G_FLAG_SCAN, "scan";
        /// Part of this record could not be read, or contradicts the rest; the findings say which
        /// part. If the stack is cut before a frame outside the runtime's internals, `user` is
        /// empty.
        PARTIAL = GOPM_G_FLAG_PARTIAL, "partial";
        /// Locked to a thread (runtime.LockOSThread).
        LOCKED = GOPM_G_FLAG_LOCKED, "locked";
    }
}

kind! {
    /// One of `GOPM_WAIT_*`.
    WaitKind: u32 {
        /// `GOPM_WAIT_NONE`.
        NONE = GOPM_WAIT_NONE, "none";
        /// `GOPM_WAIT_CHAN_SEND`.
        CHAN_SEND = GOPM_WAIT_CHAN_SEND, "chan send";
        /// `GOPM_WAIT_CHAN_RECEIVE`.
        CHAN_RECEIVE = GOPM_WAIT_CHAN_RECEIVE, "chan receive";
        /// one object for each case: see gopm_goroutine_waits()
        SELECT = GOPM_WAIT_SELECT, "select";
        /// sync.Mutex, RWMutex, WaitGroup: `object` is the semaphore word
        SEMAPHORE = GOPM_WAIT_SEMAPHORE, "semaphore";
        /// sync.Cond: `object` is the notify list
        COND = GOPM_WAIT_COND, "cond";
        /// time.Sleep: `deadline`
        TIMER = GOPM_WAIT_TIMER, "timer";
        /// network poller: `fd`
        IO = GOPM_WAIT_IO, "io";
        /// nil channel or empty select: it never wakes up
        FOREVER = GOPM_WAIT_FOREVER, "forever";
        /// no object is known, only the wait reason
        OTHER = GOPM_WAIT_OTHER, "other";
    }
}

flags! {
    /// Bits of `GOPM_WAIT_FLAG_*`.
    WaitFlags: u32 {
        /// the channel is closed
        CLOSED = GOPM_WAIT_FLAG_CLOSED, "closed";
        /// it sends or writes; if not set, it receives or reads
        SEND = GOPM_WAIT_FLAG_SEND, "send";
        /// `senders` and `receivers` are complete
        COUNTS = GOPM_WAIT_FLAG_COUNTS, "counts";
        /// the direction is known: GOPM_WAIT_FLAG_SEND is valid
        DIRECTION = GOPM_WAIT_FLAG_DIRECTION, "direction";
        /// The object is damaged or not in the core: its fields are unknown, and 0.
        UNREADABLE = GOPM_WAIT_FLAG_UNREADABLE, "unreadable";
    }
}

flags! {
    /// Bits of `GOPM_FIELD_*`.
    Fields: u32 {
        /// current
        CURRENT = GOPM_FIELD_CURRENT, "current";
        /// user: unwinds the stack
        USER = GOPM_FIELD_USER, "user";
        /// go_statement
        GO = GOPM_FIELD_GO, "go";
        /// start
        START = GOPM_FIELD_START, "start";
        /// wait, wait_count
        WAIT = GOPM_FIELD_WAIT, "wait";
        /// label_count
        LABELS = GOPM_FIELD_LABELS, "labels";
        /// stack_id: unwinds the whole stack; not part of GOPM_FIELD_ALL
        STACK = GOPM_FIELD_STACK, "stack";
        /// `GOPM_FIELD_ALL`.
        ALL = GOPM_FIELD_ALL, "all";
    }
}

kind! {
    /// One of `GOPM_GROUP_*`.
    GroupBy: u32 {
        /// user function and line
        USER = GOPM_GROUP_USER, "user";
        /// start function
        START = GOPM_GROUP_START, "start";
        /// function and line of the `go` statement
        GO = GOPM_GROUP_GO, "go";
        /// current function and line
        CURRENT = GOPM_GROUP_CURRENT, "current";
        /// wait reason, or the status if it does not wait
        REASON = GOPM_GROUP_REASON, "reason";
        /// value of one pprof label
        LABEL = GOPM_GROUP_LABEL, "label";
        /// object that it waits on; a select counts once for each of its channels
        OBJECT = GOPM_GROUP_OBJECT, "object";
        /// functions and lines of the whole stack
        STACK = GOPM_GROUP_STACK, "stack";
    }
}

flags! {
    /// Bits of `GOPM_BUILD_*`.
    BuildFlags: u32 {
        /// The working tree had uncommitted changes (vcs.modified=true).
        MODIFIED = GOPM_BUILD_MODIFIED, "modified";
    }
}

kind! {
    /// One of `GOPM_STACK_END_*`.
    StackEnd: u32 {
        /// at the first function: goexit of a goroutine, mstart or C of a thread
        COMPLETE = GOPM_STACK_END_COMPLETE, "complete";
        /// at a pc outside Go code; its callers are unknown
        NOT_GO = GOPM_STACK_END_NOT_GO, "not go";
        /// at memory that the core lacks: end_address
        MEMORY = GOPM_STACK_END_MEMORY, "memory";
        /// at bytes that cannot be a stack, or an address that no call left: end_address
        DAMAGED = GOPM_STACK_END_DAMAGED, "damaged";
        /// at max_frames: there are more frames; see gopm_stack_options.outer_frames
        LIMIT = GOPM_STACK_END_LIMIT, "limit";
        /// a dead goroutine has no stack
        NO_STACK = GOPM_STACK_END_NO_STACK, "no stack";
        /// the goroutine was running, and the core lacks its thread
        NO_THREAD = GOPM_STACK_END_NO_THREAD, "no thread";
    }
}

flags! {
    /// Bits of `GOPM_FRAME_*`.
    FrameFlags: u32 {
        /// An inlined call; the next frame is the function that it was inlined into.
        INLINED = GOPM_FRAME_INLINED, "inlined";
        /// The innermost frame: pc is the next instruction, not a return address.
        INNERMOST = GOPM_FRAME_INNERMOST, "innermost";
        /// A signal or a preemption interrupted the frame: pc is the next instruction, not a return
        /// address.
        INTERRUPTED = GOPM_FRAME_INTERRUPTED, "interrupted";
        /// The frame is on the thread's scheduling stack (g0).
        SYSTEM_STACK = GOPM_FRAME_SYSTEM_STACK, "system stack";
        /// The frame is on the thread's signal stack (gsignal).
        SIGNAL_STACK = GOPM_FRAME_SIGNAL_STACK, "signal stack";
        /// A wrapper that the compiler generated. The runtime's traceback hides it.
        WRAPPER = GOPM_FRAME_WRAPPER, "wrapper";
        /// The general registers of this frame are known: it is the innermost of a thread, or a
        /// signal interrupted it: see gopm_frame_registers().
        REGISTERS = GOPM_FRAME_REGISTERS, "registers";
        /// The frame was guessed: the code that it called has no call frame information. Frames may
        /// be missing before it.
        GUESSED = GOPM_FRAME_GUESSED, "guessed";
        /// Frames of C are missing between this frame and the one before it: they could not be
        /// unwound.
        AFTER_GAP = GOPM_FRAME_AFTER_GAP, "after gap";
    }
}

kind! {
    /// One of `GOPM_LANGUAGE_*`.
    Language: u32 {
        /// native code without DWARF
        UNKNOWN = GOPM_LANGUAGE_UNKNOWN, "unknown";
        /// `GOPM_LANGUAGE_GO`.
        GO = GOPM_LANGUAGE_GO, "go";
        /// `GOPM_LANGUAGE_C`.
        C = GOPM_LANGUAGE_C, "c";
        /// `GOPM_LANGUAGE_CPP`.
        CPP = GOPM_LANGUAGE_CPP, "cpp";
        /// `GOPM_LANGUAGE_RUST`.
        RUST = GOPM_LANGUAGE_RUST, "rust";
        /// `GOPM_LANGUAGE_ASSEMBLY`.
        ASSEMBLY = GOPM_LANGUAGE_ASSEMBLY, "assembly";
        /// another one, by its DWARF
        OTHER = GOPM_LANGUAGE_OTHER, "other";
    }
}

kind! {
    /// One of `GOPM_KIND_*`.
    Kind: u32 {
        /// `GOPM_KIND_INVALID`.
        INVALID = GOPM_KIND_INVALID, "invalid";
        /// `GOPM_KIND_BOOL`.
        BOOL = GOPM_KIND_BOOL, "bool";
        /// `GOPM_KIND_INT`.
        INT = GOPM_KIND_INT, "int";
        /// `GOPM_KIND_INT8`.
        INT8 = GOPM_KIND_INT8, "int8";
        /// `GOPM_KIND_INT16`.
        INT16 = GOPM_KIND_INT16, "int16";
        /// `GOPM_KIND_INT32`.
        INT32 = GOPM_KIND_INT32, "int32";
        /// `GOPM_KIND_INT64`.
        INT64 = GOPM_KIND_INT64, "int64";
        /// `GOPM_KIND_UINT`.
        UINT = GOPM_KIND_UINT, "uint";
        /// `GOPM_KIND_UINT8`.
        UINT8 = GOPM_KIND_UINT8, "uint8";
        /// `GOPM_KIND_UINT16`.
        UINT16 = GOPM_KIND_UINT16, "uint16";
        /// `GOPM_KIND_UINT32`.
        UINT32 = GOPM_KIND_UINT32, "uint32";
        /// `GOPM_KIND_UINT64`.
        UINT64 = GOPM_KIND_UINT64, "uint64";
        /// `GOPM_KIND_UINTPTR`.
        UINTPTR = GOPM_KIND_UINTPTR, "uintptr";
        /// `GOPM_KIND_FLOAT32`.
        FLOAT32 = GOPM_KIND_FLOAT32, "float32";
        /// `GOPM_KIND_FLOAT64`.
        FLOAT64 = GOPM_KIND_FLOAT64, "float64";
        /// `GOPM_KIND_COMPLEX64`.
        COMPLEX64 = GOPM_KIND_COMPLEX64, "complex64";
        /// `GOPM_KIND_COMPLEX128`.
        COMPLEX128 = GOPM_KIND_COMPLEX128, "complex128";
        /// `GOPM_KIND_ARRAY`.
        ARRAY = GOPM_KIND_ARRAY, "array";
        /// `GOPM_KIND_CHAN`.
        CHAN = GOPM_KIND_CHAN, "chan";
        /// `GOPM_KIND_FUNC`.
        FUNC = GOPM_KIND_FUNC, "func";
        /// `GOPM_KIND_INTERFACE`.
        INTERFACE = GOPM_KIND_INTERFACE, "interface";
        /// `GOPM_KIND_MAP`.
        MAP = GOPM_KIND_MAP, "map";
        /// `GOPM_KIND_POINTER`.
        POINTER = GOPM_KIND_POINTER, "pointer";
        /// `GOPM_KIND_SLICE`.
        SLICE = GOPM_KIND_SLICE, "slice";
        /// `GOPM_KIND_STRING`.
        STRING = GOPM_KIND_STRING, "string";
        /// `GOPM_KIND_STRUCT`.
        STRUCT = GOPM_KIND_STRUCT, "struct";
        /// `GOPM_KIND_UNSAFE_POINTER`.
        UNSAFE_POINTER = GOPM_KIND_UNSAFE_POINTER, "unsafe pointer";
    }
}

kind! {
    /// One of `GOPM_FROM_*`.
    Provenance: u32 {
        /// unreadable: see gopm_value_info.unreadable
        NONE = GOPM_FROM_NONE, "none";
        /// Exact: the location list has a location at this pc, the core has all its bytes, the code
        /// still reads all of them from there, and no other variable has the same location. One
        /// case is not detected: a constant was assigned to the variable while the code needs its
        /// old value without a name, as in a range loop. With GOPM_VALUE_OPTION_EXACT_ONLY, only
        /// the location counts.
        EXACT = GOPM_FROM_EXACT, "exact";
        /// The runtime has the value in an object of a parked goroutine: a sudog has its channel, a
        /// semaphore its address.
        RUNTIME = GOPM_FROM_RUNTIME, "runtime";
        /// Proved: the code shows that a slot or register contains the last known value of the
        /// variable. For an argument this is the value that was passed. Captured variables of
        /// closures have this provenance too.
        RECOVERED = GOPM_FROM_RECOVERED, "recovered";
        /// Possibly outdated: the location may have been reused, or the variable assigned since. A
        /// location that the code no longer reads is one of these cases.
        STALE = GOPM_FROM_STALE, "stale";
    }
}

flags! {
    /// Bits of `GOPM_VAR_*`.
    VarFlags: u32 {
        /// `GOPM_VAR_ARGUMENT`.
        ARGUMENT = GOPM_VAR_ARGUMENT, "argument";
        /// `GOPM_VAR_RESULT`.
        RESULT = GOPM_VAR_RESULT, "result";
        /// a variable of an inner scope has the same name
        SHADOWED = GOPM_VAR_SHADOWED, "shadowed";
        /// moved to the heap; the value is read from there
        ESCAPED = GOPM_VAR_ESCAPED, "escaped";
    }
}

flags! {
    /// Bits of `GOPM_VALUE_*`.
    ValueFlags: u32 {
        /// nil pointer, slice, map, channel, function or interface
        NIL = GOPM_VALUE_NIL, "nil";
        /// a limit cut the string or its children
        TRUNCATED = GOPM_VALUE_TRUNCATED, "truncated";
        /// in registers or in several pieces: `address` is 0
        REGISTERS = GOPM_VALUE_REGISTERS, "registers";
        /// some children, or a part of a container or queue, are unreadable
        PARTIAL = GOPM_VALUE_PARTIAL, "partial";
        /// a closed channel
        CLOSED = GOPM_VALUE_CLOSED, "closed";
        /// Some of its pointers may dangle: the goroutine no longer uses their targets, so these
        /// may have been freed and reused. Children read through such a pointer are
        /// GOPM_FROM_STALE. The pointers themselves have their last value; a pointer into the
        /// goroutine's own stack is not updated if the stack moves.
        DANGLING = GOPM_VALUE_DANGLING, "dangling";
    }
}

flags! {
    /// Bits of `GOPM_HEAP_INFO_*`.
    HeapInfoFlags: u32 {
        /// Some live objects could not be read: what only they refer to counts as garbage.
        PARTIAL = GOPM_HEAP_INFO_PARTIAL, "partial";
    }
}

kind! {
    /// One of `GOPM_HEAP_*`.
    HeapForm: u32 {
        /// its type is not known; if there is one, it is that of something inside
        UNKNOWN = GOPM_HEAP_UNKNOWN, "unknown";
        /// a value of its type
        ONE = GOPM_HEAP_ONE, "one";
        /// values of its type, one after the other: of a slice
        ARRAY = GOPM_HEAP_ARRAY, "array";
        /// of strings or of slices of bytes; it has no type
        BYTES = GOPM_HEAP_BYTES, "bytes";
        /// a block of 16 bytes that several small values without pointers share; the type of one
        TINY = GOPM_HEAP_TINY, "tiny";
        /// a part of a map: header, directory, table, groups or buckets; the map's type
        MAP = GOPM_HEAP_MAP, "map";
        /// a channel, or its buffer if that is an object of its own; the channel's type
        CHAN = GOPM_HEAP_CHAN, "chan";
        /// elements of a channel; their type
        BUFFER = GOPM_HEAP_BUFFER, "buffer";
        /// a closure with its variables; the name of its function
        CLOSURE = GOPM_HEAP_CLOSURE, "closure";
        /// a chunk of an arena of package arena, with values of several types; it has no type
        ARENA = GOPM_HEAP_ARENA, "arena";
    }
}

kind! {
    /// One of `GOPM_HEAP_FROM_*`.
    HeapFrom: u32 {
        /// it is not: only the size and the places of pointers are known
        NOTHING = GOPM_HEAP_FROM_NOTHING, "nothing";
        /// a pointer into the object says what is there, not what the object is
        INSIDE = GOPM_HEAP_FROM_INSIDE, "inside";
        /// a guess: only this struct fits, or stores into a static array name it
        MASK = GOPM_HEAP_FROM_MASK, "mask";
        /// a pointer of this type, to an object of this size with these pointers
        POINTER = GOPM_HEAP_FROM_POINTER, "pointer";
        /// a slice or string that ends where the object ends
        SLICE = GOPM_HEAP_FROM_SLICE, "slice";
        /// an interface that has it
        INTERFACE = GOPM_HEAP_FROM_INTERFACE, "interface";
        /// the map, channel or func value that it is a part of
        OWNER = GOPM_HEAP_FROM_OWNER, "owner";
        /// its own header, or its span: exact
        HEADER = GOPM_HEAP_FROM_HEADER, "header";
    }
}

flags! {
    /// Bits of `GOPM_HEAP_OBJECT_*`.
    HeapObjectFlags: u32 {
        /// the program can reach it
        LIVE = GOPM_HEAP_OBJECT_LIVE, "live";
        /// it may have pointers
        POINTERS = GOPM_HEAP_OBJECT_POINTERS, "pointers";
    }
}

kind! {
    /// One of `GOPM_HEAP_NODE_*`.
    HeapNodeKind: u32 {
        /// all live objects
        ROOT = GOPM_HEAP_NODE_ROOT, "root";
        /// all holders of one kind: "variables"
        KIND = GOPM_HEAP_NODE_KIND, "kind";
        /// variables of a package; goroutines of a start function; timers of a function
        GROUP = GOPM_HEAP_NODE_GROUP, "group";
        /// a package variable
        VARIABLE = GOPM_HEAP_NODE_VARIABLE, "variable";
        /// a goroutine: its stack, and what the runtime keeps for it
        GOROUTINE = GOPM_HEAP_NODE_GOROUTINE, "goroutine";
        /// a running timer
        TIMER = GOPM_HEAP_NODE_TIMER, "timer";
        /// a finalizer that is queued, or of an object that is garbage
        FINALIZER = GOPM_HEAP_NODE_FINALIZER, "finalizer";
        /// a cleanup, likewise
        CLEANUP = GOPM_HEAP_NODE_CLEANUP, "cleanup";
        /// the handle of a weak pointer to garbage
        WEAK = GOPM_HEAP_NODE_WEAK, "weak";
        /// the runtime's own structures
        RUNTIME = GOPM_HEAP_NODE_RUNTIME, "runtime";
        /// an object
        OBJECT = GOPM_HEAP_NODE_OBJECT, "object";
        /// all objects of a type
        TYPE = GOPM_HEAP_NODE_TYPE, "type";
        /// all goroutines of one `go` statement, or all timers of one function
        BIRTH = GOPM_HEAP_NODE_BIRTH, "birth";
    }
}

kind! {
    /// One of `GOPM_HEAP_BY_*`.
    HeapBy: u32 {
        /// each variable, goroutine, timer ...
        HOLDER = GOPM_HEAP_BY_HOLDER, "holder";
        /// each package variable
        VARIABLE = GOPM_HEAP_BY_VARIABLE, "variable";
        /// each goroutine
        GOROUTINE = GOPM_HEAP_BY_GOROUTINE, "goroutine";
        /// goroutines by their start functions
        START = GOPM_HEAP_BY_START, "start";
        /// package variables by their packages
        PACKAGE = GOPM_HEAP_BY_PACKAGE, "package";
        /// types of objects
        TYPE = GOPM_HEAP_BY_TYPE, "type";
        /// Goroutines by their start functions and `go` statements, timers by their functions, also
        /// those that retain nothing. If several statements start one function, what their
        /// goroutines share counts for none of them.
        BIRTH = GOPM_HEAP_BY_BIRTH, "birth";
    }
}

flags! {
    /// Bits of `GOPM_HEAP_SUSPECT_*`.
    HeapSuspectFlags: u32 {
        /// A goroutine that runs finalizers (kind GOPM_HEAP_NODE_FINALIZER) or cleanups (_CLEANUP)
        /// waits in one of them.
        BLOCKED = GOPM_HEAP_SUSPECT_BLOCKED, "blocked";
    }
}

kind! {
    /// One of `GOPM_HEAP_WASTE_*`.
    HeapWasteKind: u32 {
        /// strings with the same bytes, each in an object of its own
        EQUAL = GOPM_HEAP_WASTE_EQUAL, "equal";
        /// arrays and strings that are kept by a quarter of them, or less
        PART = GOPM_HEAP_WASTE_PART, "part";
        /// capacity of arrays past the lengths of all slices of them
        UNUSED = GOPM_HEAP_WASTE_UNUSED, "unused";
        /// free places in maps
        MAP = GOPM_HEAP_WASTE_MAP, "map";
    }
}

kind! {
    /// One of `GOPM_MODULE_SOURCE_*`.
    ModuleSource: u32 {
        /// its file: gopm_module.file
        FILE = GOPM_MODULE_SOURCE_FILE, "file";
        /// its pages in the core
        CORE = GOPM_MODULE_SOURCE_CORE, "core";
        /// none: there is no file, and the core does not have all of its pages
        MISSING = GOPM_MODULE_SOURCE_MISSING, "missing";
        /// none: the file at its path is another one
        MISMATCH = GOPM_MODULE_SOURCE_MISMATCH, "mismatch";
        /// none: the core has nothing to compare the file with
        UNKNOWN = GOPM_MODULE_SOURCE_UNKNOWN, "unknown";
    }
}

flags! {
    /// Bits of `GOPM_MODULE_FLAG_*`.
    ModuleFlags: u32 {
        /// The program of the process.
        PROGRAM = GOPM_MODULE_FLAG_PROGRAM, "program";
        /// It has Go code.
        GO = GOPM_MODULE_FLAG_GO, "go";
        /// It has DWARF, in the file or in a separate debug file.
        DWARF = GOPM_MODULE_FLAG_DWARF, "dwarf";
        /// `bias` is known.
        BIAS = GOPM_MODULE_FLAG_BIAS, "bias";
    }
}

kind! {
    /// One of `GOPM_OBJECT_*`.
    ObjectKind: u32 {
        /// none is known, only the wait reason
        OTHER = GOPM_OBJECT_OTHER, "other";
        /// a channel
        CHAN = GOPM_OBJECT_CHAN, "chan";
        /// a nil channel, or a select without cases
        NIL_CHAN = GOPM_OBJECT_NIL_CHAN, "nil chan";
        /// sync.Mutex
        MUTEX = GOPM_OBJECT_MUTEX, "mutex";
        /// sync.RWMutex
        RWMUTEX = GOPM_OBJECT_RWMUTEX, "rwmutex";
        /// sync.Once
        ONCE = GOPM_OBJECT_ONCE, "once";
        /// sync.WaitGroup
        WAITGROUP = GOPM_OBJECT_WAITGROUP, "waitgroup";
        /// sync.Cond
        COND = GOPM_OBJECT_COND, "cond";
        /// a semaphore of the runtime that is none of these
        SEMAPHORE = GOPM_OBJECT_SEMAPHORE, "semaphore";
        /// time.Sleep, a timer
        TIMER = GOPM_OBJECT_TIMER, "timer";
        /// a file descriptor: the network poller
        FD = GOPM_OBJECT_FD, "fd";
        /// a system call
        SYSCALL = GOPM_OBJECT_SYSCALL, "syscall";
        /// a call of C
        CGO = GOPM_OBJECT_CGO, "cgo";
        /// a context.Context, by the channel of its Done()
        CONTEXT = GOPM_OBJECT_CONTEXT, "context";
        /// the coroutine of iter.Pull: a runtime.coro
        CORO = GOPM_OBJECT_CORO, "coro";
        /// the garbage collector
        COLLECTOR = GOPM_OBJECT_COLLECTOR, "collector";
        /// finalizers or cleanups to run
        FINALIZERS = GOPM_OBJECT_FINALIZERS, "finalizers";
        /// a runtime.p: the goroutines in its run queue wait to run
        P = GOPM_OBJECT_P, "p";
        /// a runtime.m: a thread
        M = GOPM_OBJECT_M, "m";
    }
}

kind! {
    /// One of `GOPM_SIDE_*`.
    Side: u32 {
        /// until it is woken: WaitGroup, Cond, timer, context
        WAITS = GOPM_SIDE_WAITS, "waits";
        /// to a channel
        SENDS = GOPM_SIDE_SENDS, "sends";
        /// from a channel
        RECEIVES = GOPM_SIDE_RECEIVES, "receives";
        /// a Mutex, an RWMutex for writing, a Once
        LOCKS = GOPM_SIDE_LOCKS, "locks";
        /// an RWMutex for reading
        READ_LOCKS = GOPM_SIDE_READ_LOCKS, "read locks";
        /// from a file descriptor
        READS = GOPM_SIDE_READS, "reads";
        /// to a file descriptor
        WRITES = GOPM_SIDE_WRITES, "writes";
    }
}

flags! {
    /// Bits of `GOPM_OBJECT_FLAG_*`.
    ObjectFlags: u32 {
        /// The state could not be read, or is damaged: its fields are 0.
        UNREADABLE = GOPM_OBJECT_FLAG_UNREADABLE, "unreadable";
        /// `in` is a guess: no type that the program has written down says so. That happens in
        /// stripped programs.
        GUESS = GOPM_OBJECT_FLAG_GUESS, "guess";
        /// A closed channel, or a cancelled context.
        CLOSED = GOPM_OBJECT_FLAG_CLOSED, "closed";
        /// A Mutex or Once is locked; an RWMutex is locked for writing.
        LOCKED = GOPM_OBJECT_FLAG_LOCKED, "locked";
        /// A Mutex in starvation mode: it is handed to the goroutine that waits first.
        STARVING = GOPM_OBJECT_FLAG_STARVING, "starving";
        /// A writer waits for the readers of an RWMutex, and new readers wait for the writer.
        PENDING = GOPM_OBJECT_FLAG_PENDING, "pending";
        /// The function of a Once has returned.
        DONE = GOPM_OBJECT_FLAG_DONE, "done";
        /// `senders` and `receivers` of a channel are complete.
        COUNTS = GOPM_OBJECT_FLAG_COUNTS, "counts";
        /// The object and at least one of its waiters disagree: it was changing, or is damaged.
        TORN = GOPM_OBJECT_FLAG_TORN, "torn";
    }
}

flags! {
    /// Bits of `GOPM_WAITER_*`.
    WaiterFlags: u32 {
        /// It waits in a select with several cases.
        SELECT = GOPM_WAITER_SELECT, "select";
        /// The object and this goroutine disagree: its queue lacks the goroutine, or its state is
        /// not one to wait for.
        TORN = GOPM_WAITER_TORN, "torn";
    }
}

kind! {
    /// One of `GOPM_PROFILE_*`.
    ProfileKind: u32 {
        /// objects allocated, bytes allocated, objects in use, bytes in use
        HEAP = GOPM_PROFILE_HEAP, "heap";
        /// the same; tools show the allocated bytes first
        ALLOCS = GOPM_PROFILE_ALLOCS, "allocs";
        /// contentions, delay of others in nanoseconds, at the stack that unlocked
        MUTEX = GOPM_PROFILE_MUTEX, "mutex";
        /// contentions, delay in nanoseconds
        BLOCK = GOPM_PROFILE_BLOCK, "block";
        /// goroutines with this stack and these labels
        GOROUTINE = GOPM_PROFILE_GOROUTINE, "goroutine";
    }
}

flags! {
    /// Bits of `GOPM_PROFILE_FLAG_*`.
    ProfileFlags: u32 {
        /// Add allocations and frees that the runtime counted but did not publish yet: those since
        /// the second last collection. The runtime waits with them, because the frees of that time
        /// are not complete.
        PENDING = GOPM_PROFILE_FLAG_PENDING, "pending";
    }
}

flags! {
    /// Bits of `GOPM_PROFILE_INFO_*`.
    ProfileInfoFlags: u32 {
        /// runtime.MemProfileRate is not known, so that the values are those of the samples, not
        /// estimates of all.
        UNSCALED = GOPM_PROFILE_INFO_UNSCALED, "unscaled";
        /// The process did not measure the speed of its CPU clock, so that delays are in ticks of
        /// it.
        TICKS = GOPM_PROFILE_INFO_TICKS, "ticks";
    }
}

kind! {
    /// One of `GOPM_SLIM_*`.
    SlimProfile: u32 {
        /// Goroutines, stacks, the runtime's own structures, and objects that variables of frames
        /// point to.
        DEFAULT = GOPM_SLIM_DEFAULT, "default";
        /// Goroutines, threads and the live part of stacks, without heap data. Arguments and locals
        /// on a stack are kept; objects that they point to are not.
        STACKS = GOPM_SLIM_STACKS, "stacks";
        /// The default, and the heap with its metadata, but without the contents of objects that
        /// have no pointers. gopm/heap.h gives the same answers as with the original.
        HEAP = GOPM_SLIM_HEAP, "heap";
    }
}

kind! {
    /// One of `GOPM_COMPRESSION_*`.
    Compression: u32 {
        /// zstd if the path ends in ".zst", else none
        BY_NAME = GOPM_COMPRESSION_BY_NAME, "by name";
        /// `GOPM_COMPRESSION_NONE`.
        NONE = GOPM_COMPRESSION_NONE, "none";
        /// `GOPM_COMPRESSION_ZSTD`.
        ZSTD = GOPM_COMPRESSION_ZSTD, "zstd";
    }
}

flags! {
    /// Bits of `GOPM_FUNCTION_FLAG_*`.
    FunctionFlags: u32 {
        /// The compiler or the linker made it: "\<autogenerated>", or it has no file.
        GENERATED = GOPM_FUNCTION_FLAG_GENERATED, "generated";
        /// Assembly: its file ends with ".s".
        ASSEMBLY = GOPM_FUNCTION_FLAG_ASSEMBLY, "assembly";
    }
}

kind! {
    /// One of `GOPM_TRACEBACK_*`.
    TracebackLevel: u32 {
        /// user goroutines without runtime frames
        ALL = GOPM_TRACEBACK_ALL, "all";
        /// also system goroutines and runtime frames; SIGQUIT prints this since Go 1.19
        SYSTEM = GOPM_TRACEBACK_SYSTEM, "system";
        /// only the goroutine that caused the death, or the first running one; no runtime frames
        SINGLE = GOPM_TRACEBACK_SINGLE, "single";
    }
}

kind! {
    /// One of `GOPM_TYPE_FROM_*`.
    TypeSource: u32 {
        /// DWARF; if gopm_type_info.descriptor is not 0, its descriptor too
        DWARF = GOPM_TYPE_FROM_DWARF, "dwarf";
        /// only its descriptor
        DESCRIPTOR = GOPM_TYPE_FROM_DESCRIPTOR, "descriptor";
    }
}

flags! {
    /// Bits of `GOPM_TYPE_*`.
    TypeFlags: u32 {
        /// a defined or predeclared type
        NAMED = GOPM_TYPE_NAMED, "named";
        /// func: the last parameter is variadic, "...T"
        VARIADIC = GOPM_TYPE_VARIADIC, "variadic";
    }
}

kind! {
    /// One of `GOPM_CHAN_*`.
    ChanDirection: u32 {
        /// not in the DWARF
        UNKNOWN = GOPM_CHAN_UNKNOWN, "unknown";
        /// `GOPM_CHAN_RECEIVE`.
        RECEIVE = GOPM_CHAN_RECEIVE, "receive";
        /// `GOPM_CHAN_SEND`.
        SEND = GOPM_CHAN_SEND, "send";
        /// `GOPM_CHAN_BOTH`.
        BOTH = GOPM_CHAN_BOTH, "both";
    }
}

flags! {
    /// Bits of `GOPM_TYPE_FIELD_FLAG_*`.
    TypeFieldFlags: u32 {
        /// `GOPM_TYPE_FIELD_FLAG_EMBEDDED`.
        EMBEDDED = GOPM_TYPE_FIELD_FLAG_EMBEDDED, "embedded";
    }
}

flags! {
    /// Bits of `GOPM_METHOD_*`.
    MethodFlags: u32 {
        /// `GOPM_METHOD_EXPORTED`.
        EXPORTED = GOPM_METHOD_EXPORTED, "exported";
    }
}

kind! {
    /// One of `GOPM_VERDICT_*`.
    Verdict: u32 {
        /// none is stuck
        HEALTHY = GOPM_VERDICT_HEALTHY, "healthy";
        /// they wait for each other, or for what never comes, and others are behind them
        DEADLOCK = GOPM_VERDICT_DEADLOCK, "deadlock";
        /// they wait for ever, and nobody waits for them
        LEAK = GOPM_VERDICT_LEAK, "leak";
        /// they can run, but do not get to
        STARVATION = GOPM_VERDICT_STARVATION, "starvation";
        /// they wait for a goroutine that can go on, but is slow
        SLOW = GOPM_VERDICT_SLOW, "slow";
        /// the process died of it, or is about to
        CRASH = GOPM_VERDICT_CRASH, "crash";
    }
}

kind! {
    /// One of `GOPM_CERTAINTY_*`.
    Certainty: u32 {
        /// it may be so at this moment, and be over in the next one
        POSSIBLE = GOPM_CERTAINTY_POSSIBLE, "possible";
        /// no goroutine is seen that could end it; one that is not seen might
        LIKELY = GOPM_CERTAINTY_LIKELY, "likely";
        /// no goroutine can end it; `basis` says why
        CERTAIN = GOPM_CERTAINTY_CERTAIN, "certain";
    }
}

kind! {
    /// One of `GOPM_BASIS_*`.
    Basis: u32 {
        /// `GOPM_BASIS_NONE`.
        NONE = GOPM_BASIS_NONE, "none";
        /// a nil channel, or a select without cases, never becomes ready
        AXIOM = GOPM_BASIS_AXIOM, "axiom";
        /// no goroutine that can run reaches the object, and none can get it
        REACHABILITY = GOPM_BASIS_REACHABILITY, "reachability";
        /// who holds the lock is stuck. Sound unless somebody unlocks what another locked
        OWNERSHIP = GOPM_BASIS_OWNERSHIP, "ownership";
    }
}

kind! {
    /// One of `GOPM_PATTERN_*`.
    Pattern: u32 {
        /// `GOPM_PATTERN_OTHER`.
        OTHER = GOPM_PATTERN_OTHER, "other";
        /// a goroutine waits for a lock that it holds
        SELF_LOCK = GOPM_PATTERN_SELF_LOCK, "self lock";
        /// a goroutine waits on a channel whose other end is its own task
        SELF_CHAN = GOPM_PATTERN_SELF_CHAN, "self chan";
        /// goroutines hold locks, and wait for each other's
        LOCK_CYCLE = GOPM_PATTERN_LOCK_CYCLE, "lock cycle";
        /// goroutines wait on channels that the others are to use
        CHAN_CYCLE = GOPM_PATTERN_CHAN_CYCLE, "chan cycle";
        /// a cycle over locks and channels, WaitGroups or Conds
        MIXED_CYCLE = GOPM_PATTERN_MIXED_CYCLE, "mixed cycle";
        /// a nil channel, or a select without cases
        NIL_CHAN = GOPM_PATTERN_NIL_CHAN, "nil chan";
        /// nobody is left to receive
        NO_RECEIVER = GOPM_PATTERN_NO_RECEIVER, "no receiver";
        /// nobody is left to send or close
        NO_SENDER = GOPM_PATTERN_NO_SENDER, "no sender";
        /// a lock is locked, and no goroutine holds it
        FORGOTTEN_UNLOCK = GOPM_PATTERN_FORGOTTEN_UNLOCK, "forgotten unlock";
        /// nobody is left to call Done
        WAITGROUP = GOPM_PATTERN_WAITGROUP, "waitgroup";
        /// nobody is left to call Signal or Broadcast
        LOST_SIGNAL = GOPM_PATTERN_LOST_SIGNAL, "lost signal";
        /// a context that nobody can cancel
        CONTEXT = GOPM_PATTERN_CONTEXT, "context";
        /// a pool is empty, and who has its elements waits for one
        POOL = GOPM_PATTERN_POOL, "pool";
        /// the goroutine that all wait for is in I/O
        SLOW_IO = GOPM_PATTERN_SLOW_IO, "slow io";
        /// ... in a system call
        SLOW_SYSCALL = GOPM_PATTERN_SLOW_SYSCALL, "slow syscall";
        /// ... in a call of C
        SLOW_C = GOPM_PATTERN_SLOW_C, "slow c";
        /// ... sleeps, or waits for a timer
        SLOW_SLEEP = GOPM_PATTERN_SLOW_SLEEP, "slow sleep";
        /// ... waits for a goroutine that is not known
        SLOW_WAIT = GOPM_PATTERN_SLOW_WAIT, "slow wait";
        /// ... runs, or can run
        BUSY = GOPM_PATTERN_BUSY, "busy";
        /// the process died of a signal
        CRASH = GOPM_PATTERN_CRASH, "crash";
        /// the main goroutine still waits in an init function
        INIT = GOPM_PATTERN_INIT, "init";
        /// a panic: the process died of it, or its deferred calls still run
        PANIC = GOPM_PATTERN_PANIC, "panic";
        /// a fatal error of the runtime
        THROW = GOPM_PATTERN_THROW, "throw";
        /// no memory is left
        OUT_OF_MEMORY = GOPM_PATTERN_OUT_OF_MEMORY, "out of memory";
        /// a stack is too large: mostly endless recursion
        STACK_OVERFLOW = GOPM_PATTERN_STACK_OVERFLOW, "stack overflow";
        /// the world is being stopped, and a goroutine does not stop
        STOP_WORLD = GOPM_PATTERN_STOP_WORLD, "stop world";
        /// all Ps run goroutines that do not yield
        NO_YIELD = GOPM_PATTERN_NO_YIELD, "no yield";
        /// all Ps are busy, and many more goroutines can run
        OVERLOAD = GOPM_PATTERN_OVERLOAD, "overload";
        /// a finalizer waits, and others are behind it
        FINALIZER = GOPM_PATTERN_FINALIZER, "finalizer";
        /// a cleanup waits, and others are behind it
        CLEANUP = GOPM_PATTERN_CLEANUP, "cleanup";
        /// goroutines of one go statement wait, and become more
        GROWTH = GOPM_PATTERN_GROWTH, "growth";
        /// the body of an answer was dropped without Close
        UNCLOSED_BODY = GOPM_PATTERN_UNCLOSED_BODY, "unclosed body";
    }
}

flags! {
    /// Bits of `GOPM_WHY_*`.
    WhyFlags: u32 {
        /// Damage or missing memory: what would be certain is likely. The core's findings say what
        /// is missing.
        PARTIAL = GOPM_WHY_PARTIAL, "partial";
        /// What goroutines can reach was looked at.
        REACHABILITY = GOPM_WHY_REACHABILITY, "reachability";
    }
}

kind! {
    /// One of `GOPM_EDGE_*`.
    EdgeKind: u32 {
        /// holds the lock
        HOLDS = GOPM_EDGE_HOLDS, "holds";
        /// holds it for reading
        HOLDS_READ = GOPM_EDGE_HOLDS_READ, "holds read";
        /// is to release it, and is not seen to hold it
        UNLOCKS = GOPM_EDGE_UNLOCKS, "unlocks";
        /// `GOPM_EDGE_SENDS`.
        SENDS = GOPM_EDGE_SENDS, "sends";
        /// `GOPM_EDGE_RECEIVES`.
        RECEIVES = GOPM_EDGE_RECEIVES, "receives";
        /// `GOPM_EDGE_CLOSES`.
        CLOSES = GOPM_EDGE_CLOSES, "closes";
        /// lowers the counter of the WaitGroup
        DONE = GOPM_EDGE_DONE, "done";
        /// calls Signal or Broadcast; resumes the coroutine
        SIGNALS = GOPM_EDGE_SIGNALS, "signals";
        /// waits for the lock before the other one: the first writer of an RWMutex
        BEFORE = GOPM_EDGE_BEFORE, "before";
    }
}

flags! {
    /// Bits of `GOPM_EVIDENCE_*`.
    EvidenceFlags: u32 {
        /// a deferred call is pending
        DEFER = GOPM_EVIDENCE_DEFER, "defer";
        /// the code of one of its frames
        CODE = GOPM_EVIDENCE_CODE, "code";
        /// the code of a function that the frame calls or called
        HELPER = GOPM_EVIDENCE_HELPER, "helper";
        /// the queue of the object
        QUEUE = GOPM_EVIDENCE_QUEUE, "queue";
        /// an object of a library that the goroutine has, such as an open sql.Rows
        LIBRARY = GOPM_EVIDENCE_LIBRARY, "library";
    }
}
