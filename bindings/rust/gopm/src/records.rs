// SPDX-License-Identifier: Apache-2.0
// Made by bindings/rust/generate.py from include/gopm/*.h. Do not edit.
//! The records of the library. Names and meanings are those of the headers. A number that is unknown, or that a record
//! does not have, is what its method says, mostly 0.

use crate::kinds::*;
use crate::text::Text;

record! {
    /// Facts about a core and its executable that need no scan.
    CoreInfo<'a>: gopm_core_info {
        /// GOPM_CORE_\*
        flags "flags" flags: CoreFlags;
        /// 0: unknown
        pid "pid" pid: u32;
        /// as opened; empty: opened without a path. For a C program, exe_path is its Go library
        core_path "core_path" core_path: Text<'a>;
        /// as opened; empty: opened without a path. For a C program, exe_path is its Go library
        exe_path "exe_path" exe_path: Text<'a>;
        /// lower-case hex; empty: none
        core_build_id "core_build_id" core_build_id: Text<'a>;
        /// lower-case hex; empty: none
        exe_build_id "exe_build_id" exe_build_id: Text<'a>;
        /// runtime.buildVersion, "go1.26.8"; empty: unknown
        go_version "go_version" go_version: Text<'a>;
        /// "amd64"
        machine "machine" machine: Text<'a>;
        /// "", "zstd", "lz4", "xz", "gzip" or "bzip2"
        compression "compression" compression: Text<'a>;
        /// NT_PRPSINFO pr_psargs; may be cut at 80 bytes
        command_line "command_line" command_line: Text<'a>;
        /// address in memory minus address in the ELF file
        exe_bias "exe_bias" exe_bias: u64;
        /// bytes, after unpacking
        core_size "core_size" core_size: u64;
        /// bytes of memory in the core
        memory_size "memory_size" memory_size: u64;
        /// See `gopm_core_info.thread_count` in the headers.
        thread_count "thread_count" thread_count: u64;
        /// length of runtime.allgs: live, dead and system goroutines
        goroutine_slots "goroutine_slots" goroutine_slots: u64;
        /// GOPM_DEATH_\*
        death "death" death: Death;
        /// the first signal: the cause, not the SIGABRT that the runtime raises after it printed;
        /// 0: none
        signal "signal" signal: i32;
        /// its siginfo si_code
        signal_code "signal_code" signal_code: i32;
        /// thread that received the signal or panicked; 0: unknown
        death_thread "death_thread" death_thread: u32;
        /// its siginfo si_addr, if the kernel raised it for a fault; else 0
        fault_address "fault_address" fault_address: u64;
        /// goroutine on that thread; 0: none
        death_goroutine "death_goroutine" death_goroutine: u64;
        /// panic value or fatal message; empty: none
        death_text "death_text" death_text: Text<'a>;
        /// the runtime's last output (runtime.printBacklog, at most 512 bytes)
        backlog "backlog" backlog: Text<'a>;
        /// newest runtime.nanotime in the core: an estimate of when it was taken; 0: unknown
        now "now" now: i64;
        /// with GOPM_CORE_SLIM: GOPM_SLIM_\*
        slim_profile "slim_profile" slim_profile: SlimProfile;
        /// with GOPM_CORE_SLIM: bytes of the original core; else 0
        original_size "original_size" original_size: u64;
        /// pc that `signal` interrupted; 0: unknown, or a fault in a call of NULL
        signal_pc "signal_pc" signal_pc: u64;
        /// with GOPM_DEATH_FATAL: the lines that the runtime printed before "fatal error:", as
        /// "runtime: goroutine stack exceeds 1000000000-byte limit\n"; empty: none or unknown
        death_lines "death_lines" death_lines: Text<'a>;
        /// the signal that ended the process, by the kernel; 0: none
        kernel_signal "kernel_signal" kernel_signal: i32;
        /// process that sent `signal` by kill(2), tgkill(2) or sigqueue(3): its siginfo si_pid; 0:
        /// none, or unknown
        signal_sender "signal_sender" signal_sender: u32;
        /// `now` in nanoseconds since 1970, by both clocks of the last garbage collection; 0:
        /// unknown, as no collection ended. Source: runtime/mstats.go; Go 1.17 to 1.27
        unix_now "unix_now" unix_now: i64;
    }
}

record! {
    /// A place in the program: a pc with its function, file and line from pclntab.
    Location<'a>: gopm_location {
        /// as stored: the return address for a caller; 0: unknown
        pc "pc" pc: u64;
        /// entry of the physical function; 0: pc is not in a Go function
        entry "entry" entry: u64;
        /// as the source writes it, "main.(\*T).M"; empty: none. See gopm_symbol_name()
        function "function" function: Text<'a>;
        /// as compiled; empty: none
        file "file" file: Text<'a>;
        /// 0: unknown
        line "line" line: u32;
        /// GOPM_LOCATION_\*
        flags "flags" flags: LocationFlags;
    }
}

record! {
    /// One memory mapping of the process.
    Mapping<'a>: gopm_mapping {
        /// first byte
        address "address" address: u64;
        /// bytes mapped
        size "size" size: u64;
        /// bytes from `address` on that are in the core file
        size_in_core "size_in_core" size_in_core: u64;
        /// offset in the unpacked core file, in bytes
        core_offset "core_offset" core_offset: u64;
        /// NT_FILE: offset in `path`, in bytes
        file_offset "file_offset" file_offset: u64;
        /// NT_FILE; empty: anonymous
        path "path" path: Text<'a>;
        /// ELF PF_R 4, PF_W 2, PF_X 1
        flags "flags" flags: u32;
    }
}

record! {
    /// One piece of damage or missing data. It makes an answer partial, but is not a failure.
    Finding<'a>: gopm_finding {
        /// GOPM_FINDING_\*
        kind "kind" kind: FindingKind;
        /// how often this finding occurred
        count "count" count: u64;
        /// in the process, or GOPM_NO_OFFSET
        address "address" address: u64;
        /// in the file, or GOPM_NO_OFFSET
        offset "offset" offset: u64;
        /// one line for people, escaped as by gopm_escape()
        message "message" message: Text<'a>;
    }
}

record! {
    /// One object that a goroutine waits on.
    Wait<'a>: gopm_wait {
        /// GOPM_WAIT_\*: see gopm_wait_kind_name(). For SELECT, `flags` has the direction
        kind "kind" kind: WaitKind;
        /// GOPM_WAIT_FLAG_\*
        flags "flags" flags: WaitFlags;
        /// address of the hchan, semaphore, notifyList, timer or pollDesc; 0: none or unknown
        object "object" object: u64;
        /// channel: element type, "main.Metric"; empty: unknown
        type_name "type" type_: Text<'a>;
        /// channel: elements in the buffer
        length "length" length: u64;
        /// channel: size of the buffer in elements
        capacity "capacity" capacity: u64;
        /// channel: goroutines waiting to send
        senders "senders" senders: u64;
        /// channel: goroutines waiting to receive
        receivers "receivers" receivers: u64;
        /// timer, or channel of a timer since Go 1.23: its runtime.nanotime; 0: unknown
        deadline "deadline" deadline: i64;
        /// file descriptor; -1: none or unknown
        fd "fd" fd: i32;
    }
}

record! {
    /// One goroutine.
    Goroutine<'a>: gopm_goroutine {
        /// address of its runtime.g
        address "address" address: u64;
        /// goid
        id "id" id: u64;
        /// goid of the goroutine that started it; 0: none or unknown
        parent_id "parent_id" parent_id: u64;
        /// GOPM_G_\*
        status "status" status: GoroutineStatus;
        /// atomicstatus as stored
        raw_status "raw_status" raw_status: u32;
        /// GOPM_G_FLAG_\*
        flags "flags" flags: GFlags;
        /// waitreason as stored: its meaning depends on the Go version
        raw_wait_reason "raw_wait_reason" raw_wait_reason: u32;
        /// "waiting", as the runtime prints it
        status_name "status_name" status_name: Text<'a>;
        /// "chan send"; empty if it does not wait
        wait_reason "wait_reason" wait_reason: Text<'a>;
        /// runtime.nanotime when it parked; 0: unknown, because the garbage collector sets it
        wait_since "wait_since" wait_since: i64;
        /// nanoseconds from wait_since to gopm_core_info.now: an estimate; 0: unknown
        wait_time "wait_time" wait_time: i64;
        /// address range of its stack: \[lo, hi)
        stack_lo "stack_lo" stack_lo: u64;
        /// address range of its stack: \[lo, hi)
        stack_hi "stack_hi" stack_hi: u64;
        /// its saved registers, or those of its thread if it runs
        pc "pc" pc: u64;
        /// its saved registers, or those of its thread if it runs
        sp "sp" sp: u64;
        /// address of its runtime.m; 0: none
        m "m" m: u64;
        /// id of that m
        m_id "m_id" m_id: u64;
        /// kernel thread id of that m; 0: none
        thread_id "thread_id" thread_id: u64;
        /// kernel id of the thread that it is locked to; 0: none
        locked_thread_id "locked_thread_id" locked_thread_id: u64;
        /// innermost frame
        current "current" current: Location<'a>;
        /// innermost frame outside the runtime's internals, inlined frames included
        user "user" user: Location<'a>;
        /// the `go` statement that started it
        go_statement "go_statement" go_statement: Location<'a>;
        /// the function in that `go` statement
        start "start" start: Location<'a>;
        /// the first object it waits on
        wait "wait" wait: Wait<'a>;
        /// number of objects that it waits on: see gopm_goroutine_waits()
        wait_count "wait_count" wait_count: u32;
        /// number of pprof labels: see gopm_goroutine_labels()
        label_count "label_count" label_count: u32;
        /// id of its whole stack, by functions and lines. Equal stacks of one core have the same
        /// id; it is never 0. Ids of different cores cannot be compared
        stack_id "stack_id" stack_id: u64;
    }
}

record! {
    /// A pprof label.
    Label<'a>: gopm_label {
        /// See `gopm_label.key` in the headers.
        key "key" key: Text<'a>;
        /// See `gopm_label.value` in the headers.
        value "value" value: Text<'a>;
    }
}

record! {
    /// Goroutines that have the same key.
    Group<'a>: gopm_group {
        /// number of goroutines
        count "count" count: u64;
        /// the goroutine that has waited longest; the first one if no wait is known
        example_id "example_id" example_id: u64;
        /// nanoseconds, an estimate; 0: unknown
        longest_wait "longest_wait" longest_wait: i64;
        /// if grouped by a location; else empty
        location "location" location: Location<'a>;
        /// wait reason, status or label value. If grouped by object, a description for people:
        /// "chan main.Metric 0xc000112000, 100 of 100: 1001 senders, 0 receivers". Lives as long as
        /// the iterator
        key "key" key: Text<'a>;
        /// if grouped by object; else empty. GOPM_WAIT_CHAN_SEND means any use of a channel
        object "object" object: Wait<'a>;
        /// if grouped by stack: a value for gopm_goroutine_filter.stack_id; else 0
        stack_id "stack_id" stack_id: u64;
        /// shortest known wait in nanoseconds; 0: none is known
        shortest_wait "shortest_wait" shortest_wait: i64;
        /// goroutines of which a part could not be read, and which may belong to another group:
        /// GOPM_G_FLAG_PARTIAL
        partial_count "partial_count" partial_count: u64;
    }
}

record! {
    /// Facts about a build. Empty strings: the executable does not say.
    BuildInfo<'a>: gopm_build_info {
        /// GOPM_BUILD_\*
        flags "flags" flags: BuildFlags;
        /// toolchain, "go1.26.8" or "go1.27.3 X:nogreenteagc"
        go_version "go_version" go_version: Text<'a>;
        /// of the main package, "example.com/server/cmd/server"
        package_path "package_path" package_path: Text<'a>;
        /// of the main module, "example.com/server"
        module_path "module_path" module_path: Text<'a>;
        /// "v1.2.3", or "(devel)"
        module_version "module_version" module_version: Text<'a>;
        /// "h1:..."; empty for a module of the working tree
        module_sum "module_sum" module_sum: Text<'a>;
        /// "git"
        vcs "vcs" vcs: Text<'a>;
        /// whole hash of the commit
        vcs_revision "vcs_revision" vcs_revision: Text<'a>;
        /// of the commit, RFC 3339
        vcs_time "vcs_time" vcs_time: Text<'a>;
        /// see gopm_build_settings()
        setting_count "setting_count" setting_count: u64;
        /// see gopm_build_dependencies()
        dependency_count "dependency_count" dependency_count: u64;
    }
}

record! {
    /// One build setting: a flag of `go build`, an environment variable, or a fact of the version
    /// control system.
    BuildSetting<'a>: gopm_build_setting {
        /// "-ldflags", "CGO_ENABLED", "vcs.revision"
        key "key" key: Text<'a>;
        /// "-ldflags", "CGO_ENABLED", "vcs.revision"
        value "value" value: Text<'a>;
    }
}

record! {
    /// A module that the executable was built with.
    BuildModule<'a>: gopm_build_module {
        /// See `gopm_build_module.path` in the headers.
        path "path" path: Text<'a>;
        /// See `gopm_build_module.version` in the headers.
        version "version" version: Text<'a>;
        /// See `gopm_build_module.sum` in the headers.
        sum "sum" sum: Text<'a>;
        /// the module used instead; empty: none
        replace_path "replace_path" replace_path: Text<'a>;
        /// the module used instead; empty: none
        replace_version "replace_version" replace_version: Text<'a>;
        /// the module used instead; empty: none
        replace_sum "replace_sum" replace_sum: Text<'a>;
    }
}

record! {
    /// One thread.
    Thread<'a>: gopm_thread {
        /// kernel thread id (NT_PRSTATUS pr_pid)
        id "id" id: u64;
        /// pr_cursig, or NT_SIGINFO's si_signo; 0: none
        signal "signal" signal: i32;
        /// 0
        flags "flags" flags: u32;
        /// its registers
        pc "pc" pc: u64;
        /// its registers
        sp "sp" sp: u64;
        /// address of its runtime.m; 0: none (a thread of C code)
        m "m" m: u64;
        /// id of that m
        m_id "m_id" m_id: u64;
        /// goid of the user goroutine that it runs (m.curg); 0: none
        goroutine "goroutine" goroutine: u64;
        /// address of that runtime.g; 0: none
        goroutine_address "goroutine_address" goroutine_address: u64;
        /// location of pc. In C, function and line are those of DWARF, else of symbols
        location "location" location: Location<'a>;
        /// path of the module that has the code, gopm_module.path; empty: in Go code, and unknown
        object "object" object: Text<'a>;
        /// with `object`: address of the pc in its file; 0: unknown
        object_offset "object_offset" object_offset: u64;
    }
}

record! {
    /// One general register.
    Register<'a>: gopm_register {
        /// "rip"
        name "name" name: Text<'a>;
        /// See `gopm_register.value` in the headers.
        value "value" value: u64;
        /// DWARF register number of the CPU's psABI; UINT32_MAX: none
        dwarf_number "dwarf_number" dwarf_number: u32;
    }
}

record! {
    /// One frame. An inlined call has a frame of its own, with the sp and cfa of the function that
    /// it was inlined into.
    FrameRecord<'a>: gopm_frame {
        /// function, file and line; for a return address, of the call at pc - 1
        location "location" location: Location<'a>;
        /// return address; or next instruction, with GOPM_FRAME_INNERMOST or _INTERRUPTED
        pc "pc" pc: u64;
        /// stack pointer in the frame
        sp "sp" sp: u64;
        /// canonical frame address: the caller's sp after the return; 0: unknown
        cfa "cfa" cfa: u64;
        /// GOPM_FRAME_\*
        flags "flags" flags: FrameFlags;
        /// GOPM_LANGUAGE_\*
        language "language" language: Language;
        /// path of the module that has the code, gopm_module.path; empty: of Go's frames, and
        /// unknown
        object "object" object: Text<'a>;
        /// with `object`: address of the pc in its file; 0: unknown
        object_offset "object_offset" object_offset: u64;
        /// the linker's name of the function, mangled; empty: of Go's frames, and unknown
        symbol "symbol" symbol: Text<'a>;
    }
}

record! {
    /// Facts about a value without its children. Its strings live as long as the gopm_value. A
    /// child has the provenance of its parent, or GOPM_FROM_STALE if it was read through a pointer
    /// that may dangle.
    ValueInfo<'a>: gopm_value_info {
        /// GOPM_KIND_\*
        kind "kind" kind: Kind;
        /// GOPM_FROM_\*
        provenance "provenance" provenance: Provenance;
        /// GOPM_VALUE_\*
        flags "flags" flags: ValueFlags;
        /// GOPM_VAR_\*; child of a closure: ESCAPED if captured by reference
        variable_flags "variable_flags" variable_flags: VarFlags;
        /// name of the variable or field, or "\[3\]"; empty: none
        name "name" name: Text<'a>;
        /// "\*main.Metrics"
        type_name "type" type_: Text<'a>;
        /// why the value is unreadable; empty: it is readable
        unreadable "unreadable" unreadable: Text<'a>;
        /// address in the process; 0: in registers, or unreadable
        address "address" address: u64;
        /// size of the type in bytes
        size "size" size: u64;
        /// line of the variable's declaration; 0: unknown
        decl_line "decl_line" decl_line: i64;
        /// bool, signed integers
        integer "integer" integer: i64;
        /// unsigned integers, pointers, the address of a channel, map or function
        uinteger "uinteger" uinteger: u64;
        /// floats and complex numbers
        real "real" real: f64;
        /// floats and complex numbers
        imaginary "imaginary" imaginary: f64;
        /// string: its bytes; func: its name; integer: the name of its constant; a pointer to char
        /// or an array of char, of C: its bytes up to the NUL; a pointer to a function of C: the
        /// function's name
        text "text" text: Text<'a>;
        /// elements of a slice, array, map or channel; bytes of a string
        length "length" length: u64;
        /// elements that a slice or channel has room for
        capacity "capacity" capacity: u64;
        /// address of the first byte of a string, slice or array; 0: none
        base "base" base: u64;
        /// number of children, within the limits; map: each key and each value is a child.
        /// gopm_value_child() reads those past the limits too
        child_count "child_count" child_count: u64;
        /// channel: goroutines that wait to send, at most a million
        senders "senders" senders: u64;
        /// channel: goroutines that wait to receive, at most a million
        receivers "receivers" receivers: u64;
        /// origin of a value that is not exact: "sudog at 0xc000112000"; empty: exact
        origin "origin" origin: Text<'a>;
    }
}

record! {
    /// Totals of a heap, in bytes if not said otherwise.
    HeapInfo: gopm_heap_info {
        /// GOPM_HEAP_INFO_\*
        flags "flags" flags: HeapInfoFlags;
        /// allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
        objects "objects" objects: u64;
        /// allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
        bytes "bytes" bytes: u64;
        /// of them
        live_objects "live_objects" live_objects: u64;
        /// of them
        live_bytes "live_bytes" live_bytes: u64;
        /// pages of spans that have objects; as MemStats.HeapInuse
        in_use "in_use" in_use: u64;
        /// slots in these spans that have no object
        free_slots "free_slots" free_slots: u64;
        /// the rest of these spans: pointer bits, and ends too small for a slot
        rounding "rounding" rounding: u64;
        /// pages of stacks and others that are managed by hand; as StackInuse
        stacks "stacks" stacks: u64;
        /// free pages that the runtime keeps
        idle "idle" idle: u64;
        /// free pages that it gave back to the system; as HeapReleased
        released "released" released: u64;
        /// all of these together; as HeapSys and stacks. 0: unknown, and then idle and released are
        /// 0 too
        mapped "mapped" mapped: u64;
    }
}

record! {
    /// The objects of one type and form, counted.
    HeapType<'a>: gopm_heap_type {
        /// full name, "net/http.conn", NUL-terminated; empty: unknown, or bytes
        type_name "type" type_: Text<'a>;
        /// address of the type's descriptor; 0: none is known
        descriptor "descriptor" descriptor: u64;
        /// GOPM_HEAP_\*
        form "form" form: HeapForm;
        /// GOPM_HEAP_FROM_\*: the weakest of these objects
        from "from" from: HeapFrom;
        /// allocated; values in all of them together; whole slots
        objects "objects" objects: u64;
        /// allocated; values in all of them together; whole slots
        elems "elems" elems: u64;
        /// allocated; values in all of them together; whole slots
        bytes "bytes" bytes: u64;
        /// of them
        live_objects "live_objects" live_objects: u64;
        /// of them
        live_bytes "live_bytes" live_bytes: u64;
        /// bytes of one slot; 0: they differ
        slot_size "slot_size" slot_size: u64;
        /// 1: these objects may have pointers
        pointers "pointers" pointers: u32;
    }
}

record! {
    /// One object.
    HeapObject<'a>: gopm_heap_object {
        /// as pointers to it have
        address "address" address: u64;
        /// bytes that it can use, up to the end of its slot
        size "size" size: u64;
        /// values in it
        elems "elems" elems: u64;
        /// as in gopm_heap_type
        type_name "type" type_: Text<'a>;
        /// likewise
        descriptor "descriptor" descriptor: u64;
        /// GOPM_HEAP_\*
        form "form" form: HeapForm;
        /// GOPM_HEAP_FROM_\*
        from "from" from: HeapFrom;
        /// GOPM_HEAP_OBJECT_\*
        flags "flags" flags: HeapObjectFlags;
    }
}

record! {
    /// A node of the dominator tree, with what it retains: the objects that would become garbage
    /// without it. An object that two nodes reach belongs to neither, but to what both belong to.
    HeapNode<'a>: gopm_heap_node {
        /// for gopm_heap_node_children(); UINT64_MAX for a type, and if there is none
        id "id" id: u64;
        /// "main.sessions", "goroutine 7 main.work", ".bss+0x40"; of an object its type. Lives as
        /// long as the iterator, or the heap if there is none
        name "name" name: Text<'a>;
        /// of the variable, runtime.g, timer or object; 0: none
        address "address" address: u64;
        /// retained
        objects "objects" objects: u64;
        /// retained
        bytes "bytes" bytes: u64;
        /// of an object; of all objects of a type
        own_bytes "own_bytes" own_bytes: u64;
        /// objects of a type; goroutines or timers of a birthplace; 1 for all others
        instances "instances" instances: u64;
        /// GOPM_HEAP_NODE_\*
        kind "kind" kind: HeapNodeKind;
        /// of an object or type, GOPM_HEAP_\*; else 0
        form "form" form: HeapForm;
    }
}

record! {
    /// A pointer to an object.
    HeapStep<'a>: gopm_heap_step {
        /// address of the object with the pointer; 0: a variable, stack or other holder
        object "object" object: u64;
        /// address of the pointer; 0: a register, or a special of the object
        place "place" place: u64;
        /// address of the object that it points to
        target "target" target: u64;
        /// bytes from the target's beginning to what it points to
        inside "inside" inside: u64;
        /// of the target, as in gopm_heap_object; lives as long as the heap
        type_name "type" type_: Text<'a>;
        /// of the target, GOPM_HEAP_\*
        form "form" form: HeapForm;
    }
}

record! {
    /// Something that retains a large part of the live heap; or a goroutine that runs finalizers or
    /// cleanups and waits in one of them, so that all others wait for it, whatever they retain.
    HeapSuspect<'a>: gopm_heap_suspect {
        /// as gopm_heap_node.name; lives as long as the heap, and so do the others
        name "name" name: Text<'a>;
        /// GOPM_HEAP_NODE_\* of a holder, _GROUP, _OBJECT (that several hold), _TYPE (many of
        /// them), or _FINALIZER or _CLEANUP: a goroutine that waits in one
        kind "kind" kind: HeapNodeKind;
        /// of an object or type, GOPM_HEAP_\*
        form "form" form: HeapForm;
        /// as gopm_heap_node.address
        address "address" address: u64;
        /// retained
        objects "objects" objects: u64;
        /// retained
        bytes "bytes" bytes: u64;
        /// of a type, its objects; of a group, its holders; finalizers or cleanups that are due,
        /// which retain the bytes; else 1
        instances "instances" instances: u64;
        /// the accumulation point, to which most of it belongs: as `name`; empty: none; of
        /// FINALIZER and CLEANUP the function in which the goroutine waits
        point "point" point: Text<'a>;
        /// See `gopm_heap_suspect.point_address` in the headers.
        point_address "point_address" point_address: u64;
        /// See `gopm_heap_suspect.point_bytes` in the headers.
        point_bytes "point_bytes" point_bytes: u64;
        /// type of most of what the accumulation point has; empty: unknown, or bytes
        child "child" child: Text<'a>;
        /// See `gopm_heap_suspect.child_objects` in the headers.
        child_objects "child_objects" child_objects: u64;
        /// See `gopm_heap_suspect.child_bytes` in the headers.
        child_bytes "child_bytes" child_bytes: u64;
        /// GOPM_HEAP_NODE_\*
        point_kind "point_kind" point_kind: HeapNodeKind;
        /// of an object, GOPM_HEAP_\*
        point_form "point_form" point_form: HeapForm;
        /// GOPM_HEAP_\*
        child_form "child_form" child_form: HeapForm;
        /// GOPM_HEAP_SUSPECT_\*
        flags "flags" flags: HeapSuspectFlags;
    }
}

record! {
    /// Memory of live objects that the program could do without.
    HeapWaste<'a>: gopm_heap_waste {
        /// GOPM_HEAP_WASTE_\*
        kind "kind" kind: HeapWasteKind;
        /// objects; what could be saved
        count "count" count: u64;
        /// objects; what could be saved
        bytes "bytes" bytes: u64;
        /// of the elements, or of the map; empty: bytes. Lives as long as the heap
        type_name "type" type_: Text<'a>;
        /// EQUAL: the string, or its first 64 bytes; likewise. Not NUL-terminated
        text "text" text: Text<'a>;
        /// EQUAL: of the string, in bytes
        length "length" length: u64;
        /// address of the object that wastes most; of EQUAL, of one of the strings
        example "example" example: u64;
    }
}

record! {
    /// One module. Its strings live as long as the core.
    Module<'a>: gopm_module {
        /// of its first mapping
        address "address" address: u64;
        /// bytes from `address` to the end of its last mapping; other mappings may be between
        size "size" size: u64;
        /// address in the process minus address in its file
        bias "bias" bias: u64;
        /// NT_FILE; "\[vdso\]"
        path "path" path: Text<'a>;
        /// lower-case hex, by the core's copy of its headers, else by its file; empty: unknown
        build_id "build_id" build_id: Text<'a>;
        /// the file that was opened; empty: none
        file "file" file: Text<'a>;
        /// the paths that were tried, with ", " between them; empty: none
        searched "searched" searched: Text<'a>;
        /// GOPM_MODULE_SOURCE_\*
        source "source" source: ModuleSource;
        /// GOPM_MODULE_FLAG_\*
        flags "flags" flags: ModuleFlags;
    }
}

record! {
    /// One object. Fields that its kind does not have are 0.
    Object<'a>: gopm_object {
        /// of the hchan, sync.Mutex, ..., timer or pollDesc. CONTEXT: of its channel
        address "address" address: u64;
        /// GOPM_OBJECT_\*
        kind "kind" kind: ObjectKind;
        /// GOPM_OBJECT_FLAG_\*
        flags "flags" flags: ObjectFlags;
        /// "sync.RWMutex", "chan main.job", "context.cancelCtx"; empty: unknown
        type_name "type" type_: Text<'a>;
        /// where it is: "main.room.mu" is field mu of type main.room, "main.mu" a variable. Of an
        /// object behind a pointer, the field or variable that points to it. Empty: unknown
        in_ "in" in_: Text<'a>;
        /// the shortest way to it, as an expression: "main.hub\["lobby"\].mu"; empty: unknown
        name "name" name: Text<'a>;
        /// address of the value that has the field in `in`; CONTEXT: of the context; P: of its m;
        /// 0: unknown
        owner "owner" owner: u64;
        /// CONTEXT: address of the nearest one that cancels it too; 0: none, or unknown
        parent "parent" parent: u64;
        /// lock, WaitGroup: address of the semaphore that goroutines sleep on; COND: of its
        /// notifyList; 0: unknown, or nobody waits
        word "word" word: u64;
        /// number of goroutines that wait for it: see gopm_objects_waiters()
        goroutines "goroutines" goroutines: u64;
        /// channel: elements in the buffer; P: goroutines in its run queue
        length "length" length: u64;
        /// channel: size of the buffer in elements
        capacity "capacity" capacity: u64;
        /// channel: goroutines in its queue of senders
        senders "senders" senders: u64;
        /// channel: goroutines in its queue of receivers
        receivers "receivers" receivers: u64;
        /// lock, WaitGroup, Cond: goroutines that wait, by its own count. RWMutex: writers that
        /// wait for another writer
        waiters "waiters" waiters: u64;
        /// RWMutex: goroutines that hold it for reading, or wait to
        readers "readers" readers: i64;
        /// RWMutex: those that hold it for reading. If a writer is pending, those it waits for
        reading "reading" reading: i64;
        /// WaitGroup: its counter; P, M: its id
        counter "counter" counter: i64;
        /// timer, channel of a timer, context: nanotime at which it fires; 0: never, or unknown
        deadline "deadline" deadline: i64;
        /// FD: the path of an os.File; empty: it is none, or unknown
        file "file" file: Text<'a>;
        /// FD: its own address, "127.0.0.1:8080", or the path of a socket; empty: unknown
        local "local" local: Text<'a>;
        /// FD: the address of its peer; empty: unknown, or it has none
        remote "remote" remote: Text<'a>;
        /// FD: the descriptor; -1: none
        fd "fd" fd: i32;
        /// P, M: what it does: "running", "idle", "waits for a lock of the runtime in ..."; else
        /// empty
        state "state" state: Text<'a>;
        /// P, M: id of the goroutine that it has; 0: none
        runs "runs" runs: u64;
        /// of whose value it is a part: "io.Pipe", "errgroup.Group"; empty: none that is known
        library "library" library: Text<'a>;
        /// where that value is, or what points to it: "main.archive.from"; empty: unknown
        library_in "library_in" library_in: Text<'a>;
    }
}

record! {
    /// A goroutine that waits for an object.
    ObjectWaiter<'a>: gopm_object_waiter {
        /// its id
        goroutine "goroutine" goroutine: u64;
        /// of its runtime.g
        address "address" address: u64;
        /// GOPM_SIDE_\*
        side "side" side: Side;
        /// GOPM_WAITER_\*
        flags "flags" flags: WaiterFlags;
        /// channel: address of the value to send, or of the place to receive into; 0: none
        element "element" element: u64;
        /// as in gopm_goroutine
        wait_since "wait_since" wait_since: i64;
        /// as in gopm_goroutine
        wait_time "wait_time" wait_time: i64;
        /// innermost frame outside of the runtime, sync and internal packages; empty: unknown
        user "user" user: Location<'a>;
    }
}

record! {
    /// What is the same for all samples.
    ProfileInfo: gopm_profile_info {
        /// GOPM_PROFILE_\*
        kind "kind" kind: ProfileKind;
        /// GOPM_PROFILE_INFO_\*
        flags "flags" flags: ProfileInfoFlags;
        /// See `gopm_profile_info.sample_count` in the headers.
        sample_count "sample_count" sample_count: u64;
        /// values of each sample that are used: 4, 2 or 1
        value_count "value_count" value_count: u32;
        /// Of memory: runtime.MemProfileRate, bytes for each sample. Of mutexes: the fraction that
        /// runtime.SetMutexProfileFraction set. -1: unknown, or of another kind.
        rate "rate" rate: i64;
        /// sums of all samples
        values "values" values: [i64; gopm_sys::GOPM_PROFILE_VALUES as usize];
        /// sums of all samples
        pending "pending" pending: [i64; gopm_sys::GOPM_PROFILE_VALUES as usize];
    }
}

record! {
    /// One sample: a stack with its values.
    ProfileSample: gopm_profile_sample {
        /// See `gopm_profile_sample.pc_count` in the headers.
        pc_count "pc_count" pc_count: u64;
        /// as runtime/pprof scales them; unused ones are 0
        values "values" values: [i64; gopm_sys::GOPM_PROFILE_VALUES as usize];
        /// What would be added if the runtime published the rest; included in `values` with
        /// GOPM_PROFILE_FLAG_PENDING.
        pending "pending" pending: [i64; gopm_sys::GOPM_PROFILE_VALUES as usize];
        /// bytes of each object; 0: not of memory
        object_size "object_size" object_size: u64;
        /// of goroutines: for gopm_profile_labels()
        label_count "label_count" label_count: u64;
    }
}

record! {
    /// Sizes and counts of a new small core.
    SlimResult: gopm_slim_result {
        /// bytes written, compressed
        file_size "file_size" file_size: u64;
        /// bytes of the new core, uncompressed
        core_size "core_size" core_size: u64;
        /// bytes of memory in the new core
        memory_size "memory_size" memory_size: u64;
        /// bytes of the original core, or of the live process's memory
        original_size "original_size" original_size: u64;
        /// See `gopm_slim_result.segment_count` in the headers.
        segment_count "segment_count" segment_count: u64;
        /// See `gopm_slim_result.thread_count` in the headers.
        thread_count "thread_count" thread_count: u64;
        /// goroutines that are not dead
        goroutine_count "goroutine_count" goroutine_count: u64;
        /// findings in the notes of the new core
        finding_count "finding_count" finding_count: u64;
        /// nanoseconds for which the live process was stopped; 0: not a live process
        stopped_time "stopped_time" stopped_time: u64;
    }
}

record! {
    /// A function with code of its own. One that was inlined into all of its callers has none. Its
    /// strings live as long as the core.
    Function<'a>: gopm_function {
        /// as the source writes it: "main.(\*T).M"
        name "name" name: Text<'a>;
        /// where it is declared; empty: unknown
        file "file" file: Text<'a>;
        /// address of its first instruction
        entry "entry" entry: u64;
        /// end of its code, with padding: the entry of the next function
        end "end" end: u64;
        /// of its `func` since Go 1.20, before of its first instruction; 0: unknown
        line "line" line: u32;
        /// GOPM_FUNCTION_FLAG_\*
        flags "flags" flags: FunctionFlags;
    }
}

record! {
    /// A source file.
    SourceFile<'a>: gopm_source_file {
        /// as the program has it: "net/http/server.go" with -trimpath; lives as long as the core
        path "path" path: Text<'a>;
    }
}

record! {
    /// Facts about a type. Its strings live as long as the gopm_type.
    TypeInfo<'a>: gopm_type_info {
        /// GOPM_KIND_\*
        kind "kind" kind: Kind;
        /// GOPM_TYPE_FROM_\*
        source "source" source: TypeSource;
        /// GOPM_TYPE_\*; NAMED is set only if there is a descriptor
        flags "flags" flags: TypeFlags;
        /// channel: GOPM_CHAN_\*
        direction "direction" direction: ChanDirection;
        /// with full package paths: "\*net/http.Server"
        name "name" name: Text<'a>;
        /// bytes of a value
        size "size" size: u64;
        /// address of its internal/abi.Type; 0: none, or unknown
        descriptor "descriptor" descriptor: u64;
        /// array: number of elements
        length "length" length: u64;
        /// struct: number of fields
        field_count "field_count" field_count: u64;
        /// methods, exported or not, from the descriptor; interface: methods it requires
        method_count "method_count" method_count: u64;
        /// alignment in bytes; 0: unknown, because there is no descriptor
        align "align" align: u32;
        /// func: number of parameters, from the descriptor
        parameter_count "parameter_count" parameter_count: u32;
        /// func: number of results, from the descriptor
        result_count "result_count" result_count: u32;
    }
}

record! {
    /// A field of a struct.
    TypeField<'a>: gopm_type_field {
        /// name; for an embedded field, the name of its type
        name "name" name: Text<'a>;
        /// bytes from the start of the struct
        offset "offset" offset: u64;
        /// bytes
        size "size" size: u64;
        /// GOPM_TYPE_FIELD_FLAG_\*
        flags "flags" flags: TypeFieldFlags;
    }
}

record! {
    /// A method.
    TypeMethod<'a>: gopm_type_method {
        /// "ServeHTTP"
        name "name" name: Text<'a>;
        /// "net/http.(\*Server).Serve"; empty: an interface's method, or removed by the linker
        function "function" function: Text<'a>;
        /// entry address of that function; 0: none
        entry "entry" entry: u64;
        /// entry address that a call through an interface uses; 0: none
        interface_entry "interface_entry" interface_entry: u64;
        /// GOPM_METHOD_EXPORTED
        flags "flags" flags: MethodFlags;
    }
}

record! {
    /// The name of a type that the program has.
    TypeName<'a>: gopm_type_name {
        /// as gopm_type_by_name() takes it; lives as long as the iterator
        name "name" name: Text<'a>;
        /// address of its internal/abi.Type; 0: only the DWARF has it
        descriptor "descriptor" descriptor: u64;
    }
}

record! {
    /// The analysis in numbers.
    WhyInfo: gopm_why_info {
        /// GOPM_WHY_PARTIAL ...
        flags "flags" flags: WhyFlags;
        /// GOPM_VERDICT_\* of the first finding that is certain or likely; else HEALTHY
        verdict "verdict" verdict: Verdict;
        /// that are not dead
        goroutines "goroutines" goroutines: u64;
        /// of them, those that another goroutine has to wake up
        waiting "waiting" waiting: u64;
        /// that certainly never run again
        leaked "leaked" leaked: u64;
        /// that likely never run again
        suspects "suspects" suspects: u64;
        /// See `gopm_why_info.findings` in the headers.
        findings "findings" findings: u64;
    }
}

record! {
    /// One thing that is wrong: goroutines that are stuck or slow together.
    WhyFindingRecord<'a>: gopm_why_finding {
        /// GOPM_VERDICT_\*
        verdict "verdict" verdict: Verdict;
        /// GOPM_CERTAINTY_\*
        certainty "certainty" certainty: Certainty;
        /// GOPM_BASIS_\*; NONE unless it is certain
        basis "basis" basis: Basis;
        /// GOPM_PATTERN_\*
        pattern "pattern" pattern: Pattern;
        /// goroutines that wait: gopm_why_waiters()
        waiters "waiters" waiters: u64;
        /// goroutines to blame: gopm_why_blamed(). 0: they are gone
        blamed "blamed" blamed: u64;
        /// gopm_why_objects()
        objects "objects" objects: u64;
        /// gopm_why_edges()
        edges "edges" edges: u64;
        /// that look the same: each has its own goroutines; objects and edges are those of one
        structures "structures" structures: u64;
        /// nanoseconds, at least: the collector notes when it first sees a wait. 0: unknown
        longest_wait "longest_wait" longest_wait: i64;
        /// what is wrong, in words for people: lines. Lives as long as the analysis
        text "text" text: Text<'a>;
    }
}

record! {
    /// A goroutine of a finding.
    WhyWaiter: gopm_why_waiter {
        /// See `gopm_why_waiter.id` in the headers.
        id "id" id: u64;
        /// of its runtime.g
        address "address" address: u64;
        /// GOPM_CERTAINTY_\*: that it is stuck
        certainty "certainty" certainty: Certainty;
    }
}

record! {
    /// Goroutine `from` waits for an object that others could release.
    WhyEdge: gopm_why_edge {
        /// id
        from "from" from: u64;
        /// index in gopm_why_objects()
        object "object" object: u64;
        /// goroutines: gopm_why_edge_targets(). 0: none is known
        targets "targets" targets: u64;
        /// goroutines that wait for the object as this one does, at the same place
        waiters "waiters" waiters: u64;
        /// GOPM_EDGE_\* of the first target
        how "how" how: EdgeKind;
        /// GOPM_EVIDENCE_\* of it
        evidence "evidence" evidence: EvidenceFlags;
        /// GOPM_CERTAINTY_\* that it does so
        certainty "certainty" certainty: Certainty;
    }
}

record! {
    /// A goroutine that holds a lock which another one waits for.
    WhyHolder<'a>: gopm_why_holder {
        /// id
        goroutine "goroutine" goroutine: u64;
        /// of its runtime.g
        address "address" address: u64;
        /// GOPM_EDGE_HOLDS or GOPM_EDGE_HOLDS_READ
        how "how" how: EdgeKind;
        /// GOPM_EVIDENCE_\*
        evidence "evidence" evidence: EvidenceFlags;
        /// GOPM_CERTAINTY_\* that it holds the lock
        certainty "certainty" certainty: Certainty;
        /// the lock. Its strings live as long as the analysis
        object "object" object: Object<'a>;
    }
}

record! {
    /// A goroutine, what it waits for, and who could end that.
    WhyStep<'a>: gopm_why_step {
        /// id
        goroutine "goroutine" goroutine: u64;
        /// of its runtime.g
        address "address" address: u64;
        /// id of the goroutine that could end its wait, the one of which that is surest; 0: none is
        /// known, or it waits for no goroutine
        next "next" next: u64;
        /// goroutines besides `next` that could
        others "others" others: u64;
        /// GOPM_CERTAINTY_\* that this goroutine is stuck; 0: it is not
        certainty "certainty" certainty: Certainty;
        /// GOPM_SIDE_\*: what it waits to do
        side "side" side: Side;
        /// GOPM_EDGE_\* of `next`
        how "how" how: EdgeKind;
        /// GOPM_EVIDENCE_\* of it
        evidence "evidence" evidence: EvidenceFlags;
        /// objects that it waits for: several in a select, 0 if it does not wait
        waits "waits" waits: u32;
        /// what it waits for; in a select the one that `next` uses, else the first
        object "object" object: Object<'a>;
    }
}

record! {
    /// A goroutine that never runs again, for certain or likely.
    Leak: gopm_leak {
        /// See `gopm_leak.id` in the headers.
        id "id" id: u64;
        /// of its runtime.g
        address "address" address: u64;
        /// index in gopm_why_leak_groups()
        group "group" group: u64;
        /// GOPM_CERTAINTY_CERTAIN: it is leaked; else it is a suspect
        certainty "certainty" certainty: Certainty;
        /// GOPM_BASIS_\*
        basis "basis" basis: Basis;
    }
}

record! {
    /// Leaked goroutines, or suspects, with one birthplace.
    LeakGroup<'a>: gopm_leak_group {
        /// See `gopm_leak_group.count` in the headers.
        count "count" count: u64;
        /// the first of them
        example_id "example_id" example_id: u64;
        /// as gopm_leak.certainty
        certainty "certainty" certainty: Certainty;
        /// GOPM_BASIS_\*, the weakest
        basis "basis" basis: Basis;
        /// GOPM_OBJECT_\* of what they wait for
        kind "kind" kind: ObjectKind;
        /// nanoseconds, at least; 0: unknown
        longest_wait "longest_wait" longest_wait: i64;
        /// that started them
        go_statement "go_statement" go_statement: Location<'a>;
        /// their function
        start "start" start: Location<'a>;
        /// where the first of them waits, outside the runtime's internals
        user "user" user: Location<'a>;
    }
}
