// SPDX-License-Identifier: Apache-2.0
// Made by bindings/rust/generate.py from include/gopm/*.h. Do not edit.
//! The structs of the headers, and handles, whose contents are private to the library.

use crate::constants::*;
use std::marker::{PhantomData, PhantomPinned};
use std::os::raw::{c_char, c_int, c_void};

/// The result of a call: `GOPM_OK`, a positive result without data, or a failure.
pub type gopm_status = i32;

/// A callback that reads up to `size` bytes at `offset` of the caller's file into `buffer`. Return
/// the number of bytes read, or a negative number on failure. A number below `size` means the end
/// of the file. The library calls it from any thread that uses the core, one call at a time. It
/// makes no call after the last reference to the core is released.
pub type gopm_read_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        offset: u64,
        buffer: *mut c_void,
        size: usize,
    ) -> i64,
>;

/// A callback that receives the next `size` bytes of a text or a file. `size` is never 0, and
/// `data` is not NUL-terminated. Return 0 to continue, or any other number to stop.
pub type gopm_write_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        data: *const c_char,
        size: usize,
    ) -> i32,
>;

/// A callback that a long call makes every few milliseconds, on the calling thread. Return 0 to
/// continue, or any other number to stop the call; it then fails with GOPM_ERR_CANCELLED. It must
/// not call the library with the same core, or with a handle that was made from it.
///
/// - `phase`: GOPM_PROGRESS_\*; later versions may add some
/// - `total`: 0: unknown
pub type gopm_progress_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        phase: u32,
        done: u64,
        total: u64,
    ) -> i32,
>;

/// Borrowed bytes with their length. Text of the Go program is UTF-8 if the program wrote UTF-8,
/// and may contain NUL bytes. `data` is not NULL if `size` is not 0. Strings that the library made
/// itself are NUL-terminated too.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_str {
    pub data: *const c_char,
    pub size: usize,
}

/// One failure. The failing call makes it, and its caller frees it. It is immutable, so any thread
/// may read it. The object for GOPM_ERR_NO_MEMORY is static; freeing it does nothing.
#[repr(C)]
pub struct gopm_error {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// An open core. It is reference counted: every handle made from it keeps it alive. Several threads
/// may use it at the same time.
#[repr(C)]
pub struct gopm_core {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// The sources of the core and its executable, and limits. Call gopm_core_options_init() first. Set
/// exactly one of core_path, core_fd, core_data, core_read and core_pid. Set at most one of
/// exe_path, exe_fd, exe_data and exe_read. A limit of 0 means its default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_core_options {
    /// set by gopm_core_options_init()
    pub struct_size: usize,
    /// GOPM_OPEN_\*; an unknown bit is GOPM_ERR_UNSUPPORTED
    pub flags: u32,
    /// 0
    pub reserved: u32,
    /// NUL-terminated; used during the call only
    pub core_path: *const c_char,
    /// the whole file in memory; keep it until the last reference to the core is released
    pub core_data: *const c_void,
    /// bytes at core_data
    pub core_size: usize,
    pub core_read: gopm_read_fn,
    pub core_user_data: *mut c_void,
    /// size of the file that core_read reads, in bytes
    pub core_read_size: u64,
    /// Descriptor of the core; -1: none. The library duplicates it, and the caller closes its own.
    /// A pipe or socket is copied to its end into an unlinked sparse temporary file
    /// (temporary_folder, max_unpacked_size).
    pub core_fd: i32,
    /// descriptor of the executable; -1: none. The library duplicates it
    pub exe_fd: i32,
    /// if no exe_\* is set, gopm_core_open() searches for the executable
    pub exe_path: *const c_char,
    /// the whole file in memory; keep it as core_data
    pub exe_data: *const c_void,
    /// bytes at exe_data
    pub exe_size: usize,
    pub exe_read: gopm_read_fn,
    pub exe_user_data: *mut c_void,
    /// size of the file that exe_read reads, in bytes
    pub exe_read_size: u64,
    /// Folder to prepend to every path from the core, and to /usr/lib/debug, in the search for the
    /// executable; NULL: none.
    pub sysroot: *const c_char,
    /// Folder for the unlinked temporary file of a core that is compressed or comes through a pipe;
    /// NULL: /var/tmp.
    pub temporary_folder: *const c_char,
    /// Bytes of an unpacked core, or of a core from a pipe, holes included; default 64 GiB.
    pub max_unpacked_size: u64,
    /// bytes of one unpacked ELF section; default 1 GiB
    pub max_section_size: u64,
    /// entries of runtime.allgs; default 2^27
    pub max_goroutines: u64,
    /// frames of one stack; default 65536
    pub max_frames: u32,
    /// findings that are kept; all are counted; default 1000
    pub max_findings: u32,
    /// A live process of this machine instead of a core; 0: none. Its threads stop when the core is
    /// opened, and resume when it is closed or the calling process dies. Its memory is read on
    /// demand. The caller needs permission to trace the process (ptrace(2)). While the core is
    /// open, the caller must not wait for "any child" (wait(2), waitpid(-1)).
    pub core_pid: u32,
    /// 0
    pub reserved2: u32,
    /// called while the core is unpacked or copied; NULL: none
    pub progress: gopm_progress_fn,
    pub progress_user_data: *mut c_void,
    /// Bytes of all temporary files of this core, holes excluded; default 64 GiB.
    pub max_unpacked_disk: u64,
    /// Bytes of all unpacked ELF sections of its executable, debug file and libraries; default 2
    /// GiB.
    pub max_unpacked_memory: u64,
    /// Bytes that a compressed byte may unpack to; UINT32_MAX: any number. The default is 1000 for
    /// a core, not counting blocks of zeroes, and 100 for a section; small files may exceed it.
    pub max_unpacked_ratio: u32,
    /// 0
    pub reserved3: u32,
}

/// Facts about a core and its executable that need no scan.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_core_info {
    pub struct_size: usize,
    /// GOPM_CORE_\*
    pub flags: u32,
    /// 0: unknown
    pub pid: u32,
    /// as opened; empty: opened without a path. For a C program, exe_path is its Go library
    pub core_path: gopm_str,
    /// as opened; empty: opened without a path. For a C program, exe_path is its Go library
    pub exe_path: gopm_str,
    /// lower-case hex; empty: none
    pub core_build_id: gopm_str,
    /// lower-case hex; empty: none
    pub exe_build_id: gopm_str,
    /// runtime.buildVersion, "go1.26.8"; empty: unknown
    pub go_version: gopm_str,
    /// "amd64"
    pub machine: gopm_str,
    /// "", "zstd", "lz4", "xz", "gzip" or "bzip2"
    pub compression: gopm_str,
    /// NT_PRPSINFO pr_psargs; may be cut at 80 bytes
    pub command_line: gopm_str,
    /// address in memory minus address in the ELF file
    pub exe_bias: u64,
    /// bytes, after unpacking
    pub core_size: u64,
    /// bytes of memory in the core
    pub memory_size: u64,
    pub thread_count: u64,
    /// length of runtime.allgs: live, dead and system goroutines
    pub goroutine_slots: u64,
    /// GOPM_DEATH_\*
    pub death: u32,
    /// the first signal: the cause, not the SIGABRT that the runtime raises after it printed; 0:
    /// none
    pub signal: i32,
    /// its siginfo si_code
    pub signal_code: i32,
    /// thread that received the signal or panicked; 0: unknown
    pub death_thread: u32,
    /// its siginfo si_addr, if the kernel raised it for a fault; else 0
    pub fault_address: u64,
    /// goroutine on that thread; 0: none
    pub death_goroutine: u64,
    /// panic value or fatal message; empty: none
    pub death_text: gopm_str,
    /// the runtime's last output (runtime.printBacklog, at most 512 bytes)
    pub backlog: gopm_str,
    /// newest runtime.nanotime in the core: an estimate of when it was taken; 0: unknown
    pub now: i64,
    /// with GOPM_CORE_SLIM: GOPM_SLIM_\*
    pub slim_profile: u32,
    /// 0
    pub reserved: u32,
    /// with GOPM_CORE_SLIM: bytes of the original core; else 0
    pub original_size: u64,
    /// pc that `signal` interrupted; 0: unknown, or a fault in a call of NULL
    pub signal_pc: u64,
    /// with GOPM_DEATH_FATAL: the lines that the runtime printed before "fatal error:", as
    /// "runtime: goroutine stack exceeds 1000000000-byte limit\n"; empty: none or unknown
    pub death_lines: gopm_str,
    /// the signal that ended the process, by the kernel; 0: none
    pub kernel_signal: i32,
    /// process that sent `signal` by kill(2), tgkill(2) or sigqueue(3): its siginfo si_pid; 0:
    /// none, or unknown
    pub signal_sender: u32,
    /// `now` in nanoseconds since 1970, by both clocks of the last garbage collection; 0: unknown,
    /// as no collection ended. Source: runtime/mstats.go; Go 1.17 to 1.27
    pub unix_now: i64,
}

/// A place in the program: a pc with its function, file and line from pclntab.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_location {
    /// as stored: the return address for a caller; 0: unknown
    pub pc: u64,
    /// entry of the physical function; 0: pc is not in a Go function
    pub entry: u64,
    /// as the source writes it, "main.(\*T).M"; empty: none. See gopm_symbol_name()
    pub function: gopm_str,
    /// as compiled; empty: none
    pub file: gopm_str,
    /// 0: unknown
    pub line: u32,
    /// GOPM_LOCATION_\*
    pub flags: u32,
}

/// One memory mapping of the process.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_mapping {
    /// first byte
    pub address: u64,
    /// bytes mapped
    pub size: u64,
    /// bytes from `address` on that are in the core file
    pub size_in_core: u64,
    /// offset in the unpacked core file, in bytes
    pub core_offset: u64,
    /// NT_FILE: offset in `path`, in bytes
    pub file_offset: u64,
    /// NT_FILE; empty: anonymous
    pub path: gopm_str,
    /// ELF PF_R 4, PF_W 2, PF_X 1
    pub flags: u32,
    pub reserved: u32,
}

/// An iterator over mappings.
#[repr(C)]
pub struct gopm_mapping_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One piece of damage or missing data. It makes an answer partial, but is not a failure.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_finding {
    /// GOPM_FINDING_\*
    pub kind: u32,
    pub reserved: u32,
    /// how often this finding occurred
    pub count: u64,
    /// in the process, or GOPM_NO_OFFSET
    pub address: u64,
    /// in the file, or GOPM_NO_OFFSET
    pub offset: u64,
    /// one line for people, escaped as by gopm_escape()
    pub message: gopm_str,
}

/// An iterator over findings.
#[repr(C)]
pub struct gopm_finding_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One object that a goroutine waits on.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_wait {
    /// GOPM_WAIT_\*: see gopm_wait_kind_name(). For SELECT, `flags` has the direction
    pub kind: u32,
    /// GOPM_WAIT_FLAG_\*
    pub flags: u32,
    /// address of the hchan, semaphore, notifyList, timer or pollDesc; 0: none or unknown
    pub object: u64,
    /// channel: element type, "main.Metric"; empty: unknown
    pub type_: gopm_str,
    /// channel: elements in the buffer
    pub length: u64,
    /// channel: size of the buffer in elements
    pub capacity: u64,
    /// channel: goroutines waiting to send
    pub senders: u64,
    /// channel: goroutines waiting to receive
    pub receivers: u64,
    /// timer, or channel of a timer since Go 1.23: its runtime.nanotime; 0: unknown
    pub deadline: i64,
    /// file descriptor; -1: none or unknown
    pub fd: i32,
    pub reserved: u32,
}

/// One goroutine.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_goroutine {
    /// address of its runtime.g
    pub address: u64,
    /// goid
    pub id: u64,
    /// goid of the goroutine that started it; 0: none or unknown
    pub parent_id: u64,
    /// GOPM_G_\*
    pub status: u32,
    /// atomicstatus as stored
    pub raw_status: u32,
    /// GOPM_G_FLAG_\*
    pub flags: u32,
    /// waitreason as stored: its meaning depends on the Go version
    pub raw_wait_reason: u32,
    /// "waiting", as the runtime prints it
    pub status_name: gopm_str,
    /// "chan send"; empty if it does not wait
    pub wait_reason: gopm_str,
    /// runtime.nanotime when it parked; 0: unknown, because the garbage collector sets it
    pub wait_since: i64,
    /// nanoseconds from wait_since to gopm_core_info.now: an estimate; 0: unknown
    pub wait_time: i64,
    /// address range of its stack: \[lo, hi)
    pub stack_lo: u64,
    /// address range of its stack: \[lo, hi)
    pub stack_hi: u64,
    /// its saved registers, or those of its thread if it runs
    pub pc: u64,
    /// its saved registers, or those of its thread if it runs
    pub sp: u64,
    /// address of its runtime.m; 0: none
    pub m: u64,
    /// id of that m
    pub m_id: u64,
    /// kernel thread id of that m; 0: none
    pub thread_id: u64,
    /// kernel id of the thread that it is locked to; 0: none
    pub locked_thread_id: u64,
    /// innermost frame
    pub current: gopm_location,
    /// innermost frame outside the runtime's internals, inlined frames included
    pub user: gopm_location,
    /// the `go` statement that started it
    pub go_statement: gopm_location,
    /// the function in that `go` statement
    pub start: gopm_location,
    /// the first object it waits on
    pub wait: gopm_wait,
    /// number of objects that it waits on: see gopm_goroutine_waits()
    pub wait_count: u32,
    /// number of pprof labels: see gopm_goroutine_labels()
    pub label_count: u32,
    /// id of its whole stack, by functions and lines. Equal stacks of one core have the same id; it
    /// is never 0. Ids of different cores cannot be compared
    pub stack_id: u64,
}

/// Selects goroutines, and the parts of their records to fill. A goroutine must match all
/// conditions. A glob must match the whole text: `*` is any run of bytes, `?` one byte, `[a-z]` a
/// set, and `\` quotes the next byte. A NULL glob matches everything. The call copies the strings.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_goroutine_filter {
    /// set by gopm_goroutine_filter_init()
    pub struct_size: usize,
    /// GOPM_FILTER_\*
    pub flags: u32,
    /// GOPM_FIELD_\*; conditions work on all parts, also on those not set here
    pub fields: u32,
    /// 0: any
    pub id: u64,
    /// 0: any
    pub thread_id: u64,
    /// address of an object that it waits on (any case of a select); 0: any
    pub wait_object: u64,
    /// minimum of wait_time, in nanoseconds; 0: any
    pub min_wait_time: i64,
    /// glob over status_name
    pub status: *const c_char,
    /// glob over wait_reason
    pub wait_reason: *const c_char,
    /// globs over function names
    pub user: *const c_char,
    /// globs over function names
    pub start: *const c_char,
    /// globs over function names
    pub go: *const c_char,
    /// globs over function names
    pub current: *const c_char,
    /// globs: one of its labels must match both
    pub label_key: *const c_char,
    /// globs: one of its labels must match both
    pub label_value: *const c_char,
    /// 0: any
    pub stack_id: u64,
    /// goids in ascending order; NULL: any
    pub ids: *const u64,
    /// of `ids`
    pub id_count: usize,
    /// called by the calls that read goroutines; NULL: none
    pub progress: gopm_progress_fn,
    /// with `progress`, keep it until the iterator is released
    pub progress_user_data: *mut c_void,
    /// gopm_goroutine.address; 0: any
    pub address: u64,
}

/// An iterator over goroutines.
#[repr(C)]
pub struct gopm_goroutine_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A pprof label.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_label {
    pub key: gopm_str,
    pub value: gopm_str,
}

/// Goroutines that have the same key.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_group {
    /// number of goroutines
    pub count: u64,
    /// the goroutine that has waited longest; the first one if no wait is known
    pub example_id: u64,
    /// nanoseconds, an estimate; 0: unknown
    pub longest_wait: i64,
    /// if grouped by a location; else empty
    pub location: gopm_location,
    /// wait reason, status or label value. If grouped by object, a description for people: "chan
    /// main.Metric 0xc000112000, 100 of 100: 1001 senders, 0 receivers". Lives as long as the
    /// iterator
    pub key: gopm_str,
    /// if grouped by object; else empty. GOPM_WAIT_CHAN_SEND means any use of a channel
    pub object: gopm_wait,
    /// if grouped by stack: a value for gopm_goroutine_filter.stack_id; else 0
    pub stack_id: u64,
    /// shortest known wait in nanoseconds; 0: none is known
    pub shortest_wait: i64,
    /// goroutines of which a part could not be read, and which may belong to another group:
    /// GOPM_G_FLAG_PARTIAL
    pub partial_count: u64,
}

/// An iterator over groups.
#[repr(C)]
pub struct gopm_group_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// The type of an array.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(schema: *mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

/// The contents of an array.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(array: *mut ArrowArray)>,
    pub private_data: *mut c_void,
}

/// Arrays of one type, one after the other.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(stream: *mut ArrowArrayStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(stream: *mut ArrowArrayStream)>,
    pub private_data: *mut c_void,
}

/// Facts about a build. Empty strings: the executable does not say.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_build_info {
    pub struct_size: usize,
    /// GOPM_BUILD_\*
    pub flags: u32,
    pub reserved: u32,
    /// toolchain, "go1.26.8" or "go1.27.3 X:nogreenteagc"
    pub go_version: gopm_str,
    /// of the main package, "example.com/server/cmd/server"
    pub package_path: gopm_str,
    /// of the main module, "example.com/server"
    pub module_path: gopm_str,
    /// "v1.2.3", or "(devel)"
    pub module_version: gopm_str,
    /// "h1:..."; empty for a module of the working tree
    pub module_sum: gopm_str,
    /// "git"
    pub vcs: gopm_str,
    /// whole hash of the commit
    pub vcs_revision: gopm_str,
    /// of the commit, RFC 3339
    pub vcs_time: gopm_str,
    /// see gopm_build_settings()
    pub setting_count: u64,
    /// see gopm_build_dependencies()
    pub dependency_count: u64,
}

/// One build setting: a flag of `go build`, an environment variable, or a fact of the version
/// control system.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_build_setting {
    /// "-ldflags", "CGO_ENABLED", "vcs.revision"
    pub key: gopm_str,
    /// "-ldflags", "CGO_ENABLED", "vcs.revision"
    pub value: gopm_str,
}

/// A module that the executable was built with.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_build_module {
    pub path: gopm_str,
    pub version: gopm_str,
    pub sum: gopm_str,
    /// the module used instead; empty: none
    pub replace_path: gopm_str,
    /// the module used instead; empty: none
    pub replace_version: gopm_str,
    /// the module used instead; empty: none
    pub replace_sum: gopm_str,
}

/// One thread.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_thread {
    /// kernel thread id (NT_PRSTATUS pr_pid)
    pub id: u64,
    /// pr_cursig, or NT_SIGINFO's si_signo; 0: none
    pub signal: i32,
    /// 0
    pub flags: u32,
    /// its registers
    pub pc: u64,
    /// its registers
    pub sp: u64,
    /// address of its runtime.m; 0: none (a thread of C code)
    pub m: u64,
    /// id of that m
    pub m_id: u64,
    /// goid of the user goroutine that it runs (m.curg); 0: none
    pub goroutine: u64,
    /// address of that runtime.g; 0: none
    pub goroutine_address: u64,
    /// location of pc. In C, function and line are those of DWARF, else of symbols
    pub location: gopm_location,
    /// path of the module that has the code, gopm_module.path; empty: in Go code, and unknown
    pub object: gopm_str,
    /// with `object`: address of the pc in its file; 0: unknown
    pub object_offset: u64,
}

/// An iterator over threads.
#[repr(C)]
pub struct gopm_thread_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One general register.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_register {
    /// "rip"
    pub name: gopm_str,
    pub value: u64,
    /// DWARF register number of the CPU's psABI; UINT32_MAX: none
    pub dwarf_number: u32,
    pub reserved: u32,
}

/// One unwound stack. One thread at a time may use it.
#[repr(C)]
pub struct gopm_stack {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Selects a stack. Set exactly one of goroutine_id, goroutine_address and thread_id.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_stack_options {
    /// set by gopm_stack_options_init()
    pub struct_size: usize,
    /// GOPM_STACK_\*
    pub flags: u32,
    /// 0: the core's max_frames
    pub max_frames: u32,
    /// goid
    pub goroutine_id: u64,
    /// address of its runtime.g: faster, it needs no search
    pub goroutine_address: u64,
    /// kernel thread id: the stack from the thread's registers on
    pub thread_id: u64,
    /// leave out this many frames at the inner end: see gopm_stack_first()
    pub first_frame: u64,
    /// only this many frames at the outer end, as of a deep recursion; 0: from the inner end. Not
    /// together with max_frames or first_frame
    pub outer_frames: u32,
    /// 0
    pub reserved: u32,
}

/// One frame. An inlined call has a frame of its own, with the sp and cfa of the function that it
/// was inlined into.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_frame {
    /// function, file and line; for a return address, of the call at pc - 1
    pub location: gopm_location,
    /// return address; or next instruction, with GOPM_FRAME_INNERMOST or _INTERRUPTED
    pub pc: u64,
    /// stack pointer in the frame
    pub sp: u64,
    /// canonical frame address: the caller's sp after the return; 0: unknown
    pub cfa: u64,
    /// GOPM_FRAME_\*
    pub flags: u32,
    /// GOPM_LANGUAGE_\*
    pub language: u32,
    /// path of the module that has the code, gopm_module.path; empty: of Go's frames, and unknown
    pub object: gopm_str,
    /// with `object`: address of the pc in its file; 0: unknown
    pub object_offset: u64,
    /// the linker's name of the function, mangled; empty: of Go's frames, and unknown
    pub symbol: gopm_str,
}

/// The variables of one frame.
#[repr(C)]
pub struct gopm_vars {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One typed value. Its children are read on demand. Release it with gopm_value_free().
#[repr(C)]
pub struct gopm_value {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Limits on the size of values. A limit of 0 means its default, which is Delve's.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_value_options {
    /// set by gopm_value_options_init()
    pub struct_size: usize,
    /// GOPM_VALUE_OPTION_\*
    pub flags: u32,
    /// levels of nesting in gopm_value_text(); default 1; UINT32_MAX: 0 levels
    pub max_depth: u32,
    /// bytes of a string; default 64
    pub max_string: u64,
    /// elements of an array, slice, map or channel buffer; default 64
    pub max_elements: u64,
    /// fields of a struct; default all
    pub max_fields: u64,
    /// bytes of gopm_value_text(), and of gopm_value_json(); default 16 MiB
    pub max_bytes: u64,
}

/// Facts about a value without its children. Its strings live as long as the gopm_value. A child
/// has the provenance of its parent, or GOPM_FROM_STALE if it was read through a pointer that may
/// dangle.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_value_info {
    /// set by the caller
    pub struct_size: usize,
    /// GOPM_KIND_\*
    pub kind: u32,
    /// GOPM_FROM_\*
    pub provenance: u32,
    /// GOPM_VALUE_\*
    pub flags: u32,
    /// GOPM_VAR_\*; child of a closure: ESCAPED if captured by reference
    pub variable_flags: u32,
    /// name of the variable or field, or "\[3\]"; empty: none
    pub name: gopm_str,
    /// "\*main.Metrics"
    pub type_: gopm_str,
    /// why the value is unreadable; empty: it is readable
    pub unreadable: gopm_str,
    /// address in the process; 0: in registers, or unreadable
    pub address: u64,
    /// size of the type in bytes
    pub size: u64,
    /// line of the variable's declaration; 0: unknown
    pub decl_line: i64,
    /// bool, signed integers
    pub integer: i64,
    /// unsigned integers, pointers, the address of a channel, map or function
    pub uinteger: u64,
    /// floats and complex numbers
    pub real: f64,
    /// floats and complex numbers
    pub imaginary: f64,
    /// string: its bytes; func: its name; integer: the name of its constant; a pointer to char or
    /// an array of char, of C: its bytes up to the NUL; a pointer to a function of C: the
    /// function's name
    pub text: gopm_str,
    /// elements of a slice, array, map or channel; bytes of a string
    pub length: u64,
    /// elements that a slice or channel has room for
    pub capacity: u64,
    /// address of the first byte of a string, slice or array; 0: none
    pub base: u64,
    /// number of children, within the limits; map: each key and each value is a child.
    /// gopm_value_child() reads those past the limits too
    pub child_count: u64,
    /// channel: goroutines that wait to send, at most a million
    pub senders: u64,
    /// channel: goroutines that wait to receive, at most a million
    pub receivers: u64,
    /// origin of a value that is not exact: "sudog at 0xc000112000"; empty: exact
    pub origin: gopm_str,
}

/// The heap of a core, marked. Many threads may use it at once; its iterators belong to one thread
/// at a time.
#[repr(C)]
pub struct gopm_heap {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Options of gopm_heap_open(). Call gopm_heap_options_init() first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_options {
    /// set by gopm_heap_options_init()
    pub struct_size: usize,
    /// 0
    pub flags: u32,
    pub reserved: u32,
    /// NULL: none. Phase GOPM_PROGRESS_HEAP, or _GOROUTINES for their stacks
    pub progress: gopm_progress_fn,
    pub progress_user_data: *mut c_void,
}

/// Totals of a heap, in bytes if not said otherwise.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_info {
    pub struct_size: usize,
    /// GOPM_HEAP_INFO_\*
    pub flags: u32,
    pub reserved: u32,
    /// allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
    pub objects: u64,
    /// allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
    pub bytes: u64,
    /// of them
    pub live_objects: u64,
    /// of them
    pub live_bytes: u64,
    /// pages of spans that have objects; as MemStats.HeapInuse
    pub in_use: u64,
    /// slots in these spans that have no object
    pub free_slots: u64,
    /// the rest of these spans: pointer bits, and ends too small for a slot
    pub rounding: u64,
    /// pages of stacks and others that are managed by hand; as StackInuse
    pub stacks: u64,
    /// free pages that the runtime keeps
    pub idle: u64,
    /// free pages that it gave back to the system; as HeapReleased
    pub released: u64,
    /// all of these together; as HeapSys and stacks. 0: unknown, and then idle and released are 0
    /// too
    pub mapped: u64,
}

/// Which objects an iterator gives. Call gopm_heap_filter_init() first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_filter {
    /// set by gopm_heap_filter_init()
    pub struct_size: usize,
    /// GOPM_HEAP_FILTER_\*
    pub flags: u32,
    pub reserved: u32,
    /// glob for the whole name of the type, "main.\*"; NULL: all; used during the call only
    pub type_: *const c_char,
}

/// The objects of one type and form, counted.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_type {
    /// full name, "net/http.conn", NUL-terminated; empty: unknown, or bytes
    pub type_: gopm_str,
    /// address of the type's descriptor; 0: none is known
    pub descriptor: u64,
    /// GOPM_HEAP_\*
    pub form: u32,
    /// GOPM_HEAP_FROM_\*: the weakest of these objects
    pub from: u32,
    /// allocated; values in all of them together; whole slots
    pub objects: u64,
    /// allocated; values in all of them together; whole slots
    pub elems: u64,
    /// allocated; values in all of them together; whole slots
    pub bytes: u64,
    /// of them
    pub live_objects: u64,
    /// of them
    pub live_bytes: u64,
    /// bytes of one slot; 0: they differ
    pub slot_size: u64,
    /// 1: these objects may have pointers
    pub pointers: u32,
    pub reserved: u32,
}

/// An iterator over types.
#[repr(C)]
pub struct gopm_heap_type_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One object.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_object {
    /// as pointers to it have
    pub address: u64,
    /// bytes that it can use, up to the end of its slot
    pub size: u64,
    /// values in it
    pub elems: u64,
    /// as in gopm_heap_type
    pub type_: gopm_str,
    /// likewise
    pub descriptor: u64,
    /// GOPM_HEAP_\*
    pub form: u32,
    /// GOPM_HEAP_FROM_\*
    pub from: u32,
    /// GOPM_HEAP_OBJECT_\*
    pub flags: u32,
    pub reserved: u32,
}

/// An iterator over objects.
#[repr(C)]
pub struct gopm_heap_object_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A node of the dominator tree, with what it retains: the objects that would become garbage
/// without it. An object that two nodes reach belongs to neither, but to what both belong to.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_node {
    /// for gopm_heap_node_children(); UINT64_MAX for a type, and if there is none
    pub id: u64,
    /// "main.sessions", "goroutine 7 main.work", ".bss+0x40"; of an object its type. Lives as long
    /// as the iterator, or the heap if there is none
    pub name: gopm_str,
    /// of the variable, runtime.g, timer or object; 0: none
    pub address: u64,
    /// retained
    pub objects: u64,
    /// retained
    pub bytes: u64,
    /// of an object; of all objects of a type
    pub own_bytes: u64,
    /// objects of a type; goroutines or timers of a birthplace; 1 for all others
    pub instances: u64,
    /// GOPM_HEAP_NODE_\*
    pub kind: u32,
    /// of an object or type, GOPM_HEAP_\*; else 0
    pub form: u32,
}

/// An iterator over nodes.
#[repr(C)]
pub struct gopm_heap_node_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A pointer to an object.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_step {
    /// address of the object with the pointer; 0: a variable, stack or other holder
    pub object: u64,
    /// address of the pointer; 0: a register, or a special of the object
    pub place: u64,
    /// address of the object that it points to
    pub target: u64,
    /// bytes from the target's beginning to what it points to
    pub inside: u64,
    /// of the target, as in gopm_heap_object; lives as long as the heap
    pub type_: gopm_str,
    /// of the target, GOPM_HEAP_\*
    pub form: u32,
    pub reserved: u32,
}

/// The way from a holder to an object.
#[repr(C)]
pub struct gopm_heap_path {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Something that retains a large part of the live heap; or a goroutine that runs finalizers or
/// cleanups and waits in one of them, so that all others wait for it, whatever they retain.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_suspect {
    /// as gopm_heap_node.name; lives as long as the heap, and so do the others
    pub name: gopm_str,
    /// GOPM_HEAP_NODE_\* of a holder, _GROUP, _OBJECT (that several hold), _TYPE (many of them), or
    /// _FINALIZER or _CLEANUP: a goroutine that waits in one
    pub kind: u32,
    /// of an object or type, GOPM_HEAP_\*
    pub form: u32,
    /// as gopm_heap_node.address
    pub address: u64,
    /// retained
    pub objects: u64,
    /// retained
    pub bytes: u64,
    /// of a type, its objects; of a group, its holders; finalizers or cleanups that are due, which
    /// retain the bytes; else 1
    pub instances: u64,
    /// the accumulation point, to which most of it belongs: as `name`; empty: none; of FINALIZER
    /// and CLEANUP the function in which the goroutine waits
    pub point: gopm_str,
    pub point_address: u64,
    pub point_bytes: u64,
    /// type of most of what the accumulation point has; empty: unknown, or bytes
    pub child: gopm_str,
    pub child_objects: u64,
    pub child_bytes: u64,
    /// GOPM_HEAP_NODE_\*
    pub point_kind: u32,
    /// of an object, GOPM_HEAP_\*
    pub point_form: u32,
    /// GOPM_HEAP_\*
    pub child_form: u32,
    /// GOPM_HEAP_SUSPECT_\*
    pub flags: u32,
}

/// Memory of live objects that the program could do without.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_heap_waste {
    /// GOPM_HEAP_WASTE_\*
    pub kind: u32,
    pub reserved: u32,
    /// objects; what could be saved
    pub count: u64,
    /// objects; what could be saved
    pub bytes: u64,
    /// of the elements, or of the map; empty: bytes. Lives as long as the heap
    pub type_: gopm_str,
    /// EQUAL: the string, or its first 64 bytes; likewise. Not NUL-terminated
    pub text: gopm_str,
    /// EQUAL: of the string, in bytes
    pub length: u64,
    /// address of the object that wastes most; of EQUAL, of one of the strings
    pub example: u64,
}

/// One module. Its strings live as long as the core.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_module {
    /// of its first mapping
    pub address: u64,
    /// bytes from `address` to the end of its last mapping; other mappings may be between
    pub size: u64,
    /// address in the process minus address in its file
    pub bias: u64,
    /// NT_FILE; "\[vdso\]"
    pub path: gopm_str,
    /// lower-case hex, by the core's copy of its headers, else by its file; empty: unknown
    pub build_id: gopm_str,
    /// the file that was opened; empty: none
    pub file: gopm_str,
    /// the paths that were tried, with ", " between them; empty: none
    pub searched: gopm_str,
    /// GOPM_MODULE_SOURCE_\*
    pub source: u32,
    /// GOPM_MODULE_FLAG_\*
    pub flags: u32,
}

/// An iterator over modules.
#[repr(C)]
pub struct gopm_module_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One object. Fields that its kind does not have are 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_object {
    /// of the hchan, sync.Mutex, ..., timer or pollDesc. CONTEXT: of its channel
    pub address: u64,
    /// GOPM_OBJECT_\*
    pub kind: u32,
    /// GOPM_OBJECT_FLAG_\*
    pub flags: u32,
    /// "sync.RWMutex", "chan main.job", "context.cancelCtx"; empty: unknown
    pub type_: gopm_str,
    /// where it is: "main.room.mu" is field mu of type main.room, "main.mu" a variable. Of an
    /// object behind a pointer, the field or variable that points to it. Empty: unknown
    pub in_: gopm_str,
    /// the shortest way to it, as an expression: "main.hub\["lobby"\].mu"; empty: unknown
    pub name: gopm_str,
    /// address of the value that has the field in `in`; CONTEXT: of the context; P: of its m; 0:
    /// unknown
    pub owner: u64,
    /// CONTEXT: address of the nearest one that cancels it too; 0: none, or unknown
    pub parent: u64,
    /// lock, WaitGroup: address of the semaphore that goroutines sleep on; COND: of its notifyList;
    /// 0: unknown, or nobody waits
    pub word: u64,
    /// number of goroutines that wait for it: see gopm_objects_waiters()
    pub goroutines: u64,
    /// channel: elements in the buffer; P: goroutines in its run queue
    pub length: u64,
    /// channel: size of the buffer in elements
    pub capacity: u64,
    /// channel: goroutines in its queue of senders
    pub senders: u64,
    /// channel: goroutines in its queue of receivers
    pub receivers: u64,
    /// lock, WaitGroup, Cond: goroutines that wait, by its own count. RWMutex: writers that wait
    /// for another writer
    pub waiters: u64,
    /// RWMutex: goroutines that hold it for reading, or wait to
    pub readers: i64,
    /// RWMutex: those that hold it for reading. If a writer is pending, those it waits for
    pub reading: i64,
    /// WaitGroup: its counter; P, M: its id
    pub counter: i64,
    /// timer, channel of a timer, context: nanotime at which it fires; 0: never, or unknown
    pub deadline: i64,
    /// FD: the path of an os.File; empty: it is none, or unknown
    pub file: gopm_str,
    /// FD: its own address, "127.0.0.1:8080", or the path of a socket; empty: unknown
    pub local: gopm_str,
    /// FD: the address of its peer; empty: unknown, or it has none
    pub remote: gopm_str,
    /// FD: the descriptor; -1: none
    pub fd: i32,
    pub reserved: u32,
    /// P, M: what it does: "running", "idle", "waits for a lock of the runtime in ..."; else empty
    pub state: gopm_str,
    /// P, M: id of the goroutine that it has; 0: none
    pub runs: u64,
    /// of whose value it is a part: "io.Pipe", "errgroup.Group"; empty: none that is known
    pub library: gopm_str,
    /// where that value is, or what points to it: "main.archive.from"; empty: unknown
    pub library_in: gopm_str,
}

/// A goroutine that waits for an object.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_object_waiter {
    /// its id
    pub goroutine: u64,
    /// of its runtime.g
    pub address: u64,
    /// GOPM_SIDE_\*
    pub side: u32,
    /// GOPM_WAITER_\*
    pub flags: u32,
    /// channel: address of the value to send, or of the place to receive into; 0: none
    pub element: u64,
    /// as in gopm_goroutine
    pub wait_since: i64,
    /// as in gopm_goroutine
    pub wait_time: i64,
    /// innermost frame outside of the runtime, sync and internal packages; empty: unknown
    pub user: gopm_location,
}

/// Objects of a core. Many threads may use them at once.
#[repr(C)]
pub struct gopm_objects {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Options of gopm_objects_open(). Call gopm_objects_options_init() first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_objects_options {
    /// set by gopm_objects_options_init()
    pub struct_size: usize,
    /// GOPM_OBJECTS_FLAG_\*
    pub flags: u32,
    pub reserved: u32,
    /// Only the object at this address, or with this semaphore; 0: all that a goroutine waits for.
    pub address: u64,
    /// Of the same core; types and places of objects come from it. NULL: only package variables
    /// have places, and those of stripped programs that the frames of their goroutines name.
    pub heap: *mut gopm_heap,
    /// NULL: none. Phases GOPM_PROGRESS_GOROUTINES and 0, for the heap
    pub progress: gopm_progress_fn,
    pub progress_user_data: *mut c_void,
}

/// The profile to read. Call gopm_profile_options_init() first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_profile_options {
    /// set by gopm_profile_options_init()
    pub struct_size: usize,
    /// GOPM_PROFILE_\*; default GOPM_PROFILE_HEAP
    pub kind: u32,
    /// GOPM_PROFILE_FLAG_\*; an unknown bit is GOPM_ERR_UNSUPPORTED
    pub flags: u32,
    /// Called now and then while goroutines are read, on the calling thread; may be NULL. See
    /// gopm_progress_fn.
    pub progress: gopm_progress_fn,
    /// passed to `progress`
    pub progress_user_data: *mut c_void,
}

/// A profile that was read; see gopm_profile_open().
#[repr(C)]
pub struct gopm_profile {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// What is the same for all samples.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_profile_info {
    /// set by the caller
    pub struct_size: usize,
    /// GOPM_PROFILE_\*
    pub kind: u32,
    /// GOPM_PROFILE_INFO_\*
    pub flags: u32,
    pub sample_count: u64,
    /// values of each sample that are used: 4, 2 or 1
    pub value_count: u32,
    /// 0
    pub reserved: u32,
    /// Of memory: runtime.MemProfileRate, bytes for each sample. Of mutexes: the fraction that
    /// runtime.SetMutexProfileFraction set. -1: unknown, or of another kind.
    pub rate: i64,
    /// sums of all samples
    pub values: [i64; GOPM_PROFILE_VALUES as usize],
    /// sums of all samples
    pub pending: [i64; GOPM_PROFILE_VALUES as usize],
}

/// One sample: a stack with its values.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_profile_sample {
    /// Return addresses, innermost call first. An inlined call has 1 more than its pc. Borrowed
    /// from the profile.
    pub pcs: *const u64,
    pub pc_count: u64,
    /// as runtime/pprof scales them; unused ones are 0
    pub values: [i64; GOPM_PROFILE_VALUES as usize],
    /// What would be added if the runtime published the rest; included in `values` with
    /// GOPM_PROFILE_FLAG_PENDING.
    pub pending: [i64; GOPM_PROFILE_VALUES as usize],
    /// bytes of each object; 0: not of memory
    pub object_size: u64,
    /// of goroutines: for gopm_profile_labels()
    pub label_count: u64,
}

/// Where to write a profile. Zero it, and set struct_size and exactly one of path and write.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_profile_target {
    /// set by the caller
    pub struct_size: usize,
    /// GOPM_PROFILE_TARGET_\*; an unknown bit is GOPM_ERR_UNSUPPORTED
    pub flags: u32,
    /// 0
    pub reserved: u32,
    /// NUL-terminated; used during the call only
    pub path: *const c_char,
    /// receives the file in pieces, on the calling thread
    pub write: gopm_write_fn,
    /// passed to `write`
    pub user_data: *mut c_void,
}

/// Contents and destination of a small core. Call gopm_slim_options_init() first. Set exactly one
/// of path and write. A limit of 0 means its default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_slim_options {
    /// set by gopm_slim_options_init()
    pub struct_size: usize,
    /// GOPM_SLIM_FLAG_\*; an unknown bit is GOPM_ERR_UNSUPPORTED
    pub flags: u32,
    /// GOPM_SLIM_DEFAULT, GOPM_SLIM_STACKS or GOPM_SLIM_HEAP
    pub profile: u32,
    /// NUL-terminated; used during the call only
    pub path: *const c_char,
    /// receives the file in pieces, on the calling thread
    pub write: gopm_write_fn,
    /// passed to `write`
    pub user_data: *mut c_void,
    /// GOPM_COMPRESSION_\*
    pub compression: u32,
    /// level of zstd; 0: its default
    pub level: i32,
    /// threads for compression; 0: one for each CPU, at most 8
    pub threads: u32,
    /// Length of pointer chains that are followed from a variable; 0: the default, 2; UINT32_MAX:
    /// follow none.
    pub max_depth: u32,
    /// bytes kept of each object that a stack word points to; default 4096
    pub max_object: u64,
    /// bytes kept of all such objects together; default 64 MiB
    pub max_reach: u64,
    /// Number of goroutines whose variables are all kept; default 10 000. The library first chooses
    /// some of every kind of stack. Other goroutines keep their stacks, and objects that those
    /// point to, within max_reach.
    pub max_variable_stacks: u64,
}

/// Sizes and counts of a new small core.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_slim_result {
    /// set by the caller
    pub struct_size: usize,
    /// bytes written, compressed
    pub file_size: u64,
    /// bytes of the new core, uncompressed
    pub core_size: u64,
    /// bytes of memory in the new core
    pub memory_size: u64,
    /// bytes of the original core, or of the live process's memory
    pub original_size: u64,
    pub segment_count: u64,
    pub thread_count: u64,
    /// goroutines that are not dead
    pub goroutine_count: u64,
    /// findings in the notes of the new core
    pub finding_count: u64,
    /// nanoseconds for which the live process was stopped; 0: not a live process
    pub stopped_time: u64,
}

/// A function with code of its own. One that was inlined into all of its callers has none. Its
/// strings live as long as the core.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_function {
    /// as the source writes it: "main.(\*T).M"
    pub name: gopm_str,
    /// where it is declared; empty: unknown
    pub file: gopm_str,
    /// address of its first instruction
    pub entry: u64,
    /// end of its code, with padding: the entry of the next function
    pub end: u64,
    /// of its `func` since Go 1.20, before of its first instruction; 0: unknown
    pub line: u32,
    /// GOPM_FUNCTION_FLAG_\*
    pub flags: u32,
}

/// An iterator over functions.
#[repr(C)]
pub struct gopm_function_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A source file.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_source_file {
    /// as the program has it: "net/http/server.go" with -trimpath; lives as long as the core
    pub path: gopm_str,
}

/// An iterator over source files.
#[repr(C)]
pub struct gopm_source_file_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Options of gopm_traceback().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_traceback_options {
    /// set by gopm_traceback_options_init()
    pub struct_size: usize,
    /// GOPM_TRACEBACK_\*
    pub level: u32,
    /// GOPM_TRACEBACK_FLAG_\*
    pub flags: u32,
    /// write only this goroutine; 0: all
    pub goroutine_id: u64,
}

/// One type. Several threads may use it at the same time. Release it with gopm_type_free().
#[repr(C)]
pub struct gopm_type {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Facts about a type. Its strings live as long as the gopm_type.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_type_info {
    /// set by the caller
    pub struct_size: usize,
    /// GOPM_KIND_\*
    pub kind: u32,
    /// GOPM_TYPE_FROM_\*
    pub source: u32,
    /// GOPM_TYPE_\*; NAMED is set only if there is a descriptor
    pub flags: u32,
    /// channel: GOPM_CHAN_\*
    pub direction: u32,
    /// with full package paths: "\*net/http.Server"
    pub name: gopm_str,
    /// bytes of a value
    pub size: u64,
    /// address of its internal/abi.Type; 0: none, or unknown
    pub descriptor: u64,
    /// array: number of elements
    pub length: u64,
    /// struct: number of fields
    pub field_count: u64,
    /// methods, exported or not, from the descriptor; interface: methods it requires
    pub method_count: u64,
    /// alignment in bytes; 0: unknown, because there is no descriptor
    pub align: u32,
    /// func: number of parameters, from the descriptor
    pub parameter_count: u32,
    /// func: number of results, from the descriptor
    pub result_count: u32,
    pub reserved: u32,
}

/// A field of a struct.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_type_field {
    /// name; for an embedded field, the name of its type
    pub name: gopm_str,
    /// bytes from the start of the struct
    pub offset: u64,
    /// bytes
    pub size: u64,
    /// GOPM_TYPE_FIELD_FLAG_\*
    pub flags: u32,
    pub reserved: u32,
}

/// A method.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_type_method {
    /// "ServeHTTP"
    pub name: gopm_str,
    /// "net/http.(\*Server).Serve"; empty: an interface's method, or removed by the linker
    pub function: gopm_str,
    /// entry address of that function; 0: none
    pub entry: u64,
    /// entry address that a call through an interface uses; 0: none
    pub interface_entry: u64,
    /// GOPM_METHOD_EXPORTED
    pub flags: u32,
    pub reserved: u32,
}

/// The name of a type that the program has.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_type_name {
    /// as gopm_type_by_name() takes it; lives as long as the iterator
    pub name: gopm_str,
    /// address of its internal/abi.Type; 0: only the DWARF has it
    pub descriptor: u64,
}

/// An iterator over names of types.
#[repr(C)]
pub struct gopm_type_iter {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// The analysis of a core. Many threads may use it at once.
#[repr(C)]
pub struct gopm_why {
    _private: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Options of gopm_why_open(). Call gopm_why_options_init() first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_why_options {
    /// set by gopm_why_options_init()
    pub struct_size: usize,
    /// GOPM_WHY_FLAG_\*
    pub flags: u32,
    pub reserved: u32,
    /// NULL: none. Phases GOPM_PROGRESS_GOROUTINES and GOPM_PROGRESS_HEAP
    pub progress: gopm_progress_fn,
    pub progress_user_data: *mut c_void,
    /// of the same core, to be used; NULL: the call opens one, unless it is QUICK
    pub heap: *mut gopm_heap,
}

/// The analysis in numbers.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_why_info {
    pub struct_size: usize,
    /// GOPM_WHY_PARTIAL ...
    pub flags: u32,
    /// GOPM_VERDICT_\* of the first finding that is certain or likely; else HEALTHY
    pub verdict: u32,
    /// that are not dead
    pub goroutines: u64,
    /// of them, those that another goroutine has to wake up
    pub waiting: u64,
    /// that certainly never run again
    pub leaked: u64,
    /// that likely never run again
    pub suspects: u64,
    pub findings: u64,
}

/// One thing that is wrong: goroutines that are stuck or slow together.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_why_finding {
    /// GOPM_VERDICT_\*
    pub verdict: u32,
    /// GOPM_CERTAINTY_\*
    pub certainty: u32,
    /// GOPM_BASIS_\*; NONE unless it is certain
    pub basis: u32,
    /// GOPM_PATTERN_\*
    pub pattern: u32,
    /// goroutines that wait: gopm_why_waiters()
    pub waiters: u64,
    /// goroutines to blame: gopm_why_blamed(). 0: they are gone
    pub blamed: u64,
    /// gopm_why_objects()
    pub objects: u64,
    /// gopm_why_edges()
    pub edges: u64,
    /// that look the same: each has its own goroutines; objects and edges are those of one
    pub structures: u64,
    /// nanoseconds, at least: the collector notes when it first sees a wait. 0: unknown
    pub longest_wait: i64,
    /// what is wrong, in words for people: lines. Lives as long as the analysis
    pub text: gopm_str,
}

/// A goroutine of a finding.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_why_waiter {
    pub id: u64,
    /// of its runtime.g
    pub address: u64,
    /// GOPM_CERTAINTY_\*: that it is stuck
    pub certainty: u32,
    pub reserved: u32,
}

/// Goroutine `from` waits for an object that others could release.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_why_edge {
    /// id
    pub from: u64,
    /// index in gopm_why_objects()
    pub object: u64,
    /// goroutines: gopm_why_edge_targets(). 0: none is known
    pub targets: u64,
    /// goroutines that wait for the object as this one does, at the same place
    pub waiters: u64,
    /// GOPM_EDGE_\* of the first target
    pub how: u32,
    /// GOPM_EVIDENCE_\* of it
    pub evidence: u32,
    /// GOPM_CERTAINTY_\* that it does so
    pub certainty: u32,
    pub reserved: u32,
}

/// A goroutine that holds a lock which another one waits for.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_why_holder {
    /// id
    pub goroutine: u64,
    /// of its runtime.g
    pub address: u64,
    /// GOPM_EDGE_HOLDS or GOPM_EDGE_HOLDS_READ
    pub how: u32,
    /// GOPM_EVIDENCE_\*
    pub evidence: u32,
    /// GOPM_CERTAINTY_\* that it holds the lock
    pub certainty: u32,
    pub reserved: u32,
    /// the lock. Its strings live as long as the analysis
    pub object: gopm_object,
}

/// A goroutine, what it waits for, and who could end that.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_why_step {
    /// id
    pub goroutine: u64,
    /// of its runtime.g
    pub address: u64,
    /// id of the goroutine that could end its wait, the one of which that is surest; 0: none is
    /// known, or it waits for no goroutine
    pub next: u64,
    /// goroutines besides `next` that could
    pub others: u64,
    /// GOPM_CERTAINTY_\* that this goroutine is stuck; 0: it is not
    pub certainty: u32,
    /// GOPM_SIDE_\*: what it waits to do
    pub side: u32,
    /// GOPM_EDGE_\* of `next`
    pub how: u32,
    /// GOPM_EVIDENCE_\* of it
    pub evidence: u32,
    /// objects that it waits for: several in a select, 0 if it does not wait
    pub waits: u32,
    pub reserved: u32,
    /// what it waits for; in a select the one that `next` uses, else the first
    pub object: gopm_object,
}

/// A goroutine that never runs again, for certain or likely.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_leak {
    pub id: u64,
    /// of its runtime.g
    pub address: u64,
    /// index in gopm_why_leak_groups()
    pub group: u64,
    /// GOPM_CERTAINTY_CERTAIN: it is leaked; else it is a suspect
    pub certainty: u32,
    /// GOPM_BASIS_\*
    pub basis: u32,
}

/// Leaked goroutines, or suspects, with one birthplace.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gopm_leak_group {
    pub count: u64,
    /// the first of them
    pub example_id: u64,
    /// as gopm_leak.certainty
    pub certainty: u32,
    /// GOPM_BASIS_\*, the weakest
    pub basis: u32,
    /// GOPM_OBJECT_\* of what they wait for
    pub kind: u32,
    pub reserved: u32,
    /// nanoseconds, at least; 0: unknown
    pub longest_wait: i64,
    /// that started them
    pub go_statement: gopm_location,
    /// their function
    pub start: gopm_location,
    /// where the first of them waits, outside the runtime's internals
    pub user: gopm_location,
}
