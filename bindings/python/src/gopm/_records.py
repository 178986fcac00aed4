# SPDX-License-Identifier: Apache-2.0
# Made by bindings/python/generate.py from include/gopm/*.h. Do not edit.
"""The records of the library, as immutable objects. Names and meanings are those of the headers."""
from __future__ import annotations

import dataclasses
from typing import Any

from ._library import text


@dataclasses.dataclass(frozen=True)
class CoreInfoRecord:
    """Facts about a core and its executable that need no scan.

    Attributes:
        flags: GOPM_CORE_*
        pid: 0: unknown
        core_path: as opened; empty: opened without a path. For a C program, exe_path is its Go library
        exe_path: as opened; empty: opened without a path. For a C program, exe_path is its Go library
        core_build_id: lower-case hex; empty: none
        exe_build_id: lower-case hex; empty: none
        go_version: runtime.buildVersion, "go1.26.8"; empty: unknown
        machine: "amd64"
        compression: "", "zstd", "lz4", "xz", "gzip" or "bzip2"
        command_line: NT_PRPSINFO pr_psargs; may be cut at 80 bytes
        exe_bias: address in memory minus address in the ELF file
        core_size: bytes, after unpacking
        memory_size: bytes of memory in the core
        thread_count: see gopm_core_info.thread_count
        goroutine_slots: length of runtime.allgs: live, dead and system goroutines
        death: GOPM_DEATH_*
        signal: the first signal: the cause, not the SIGABRT that the runtime raises after it printed; 0: none
        signal_code: its siginfo si_code
        death_thread: thread that received the signal or panicked; 0: unknown
        fault_address: its siginfo si_addr, if the kernel raised it for a fault; else 0
        death_goroutine: goroutine on that thread; 0: none
        death_text: panic value or fatal message; empty: none
        backlog: the runtime's last output (runtime.printBacklog, at most 512 bytes)
        now: newest runtime.nanotime in the core: an estimate of when it was taken; 0: unknown
        slim_profile: with GOPM_CORE_SLIM: GOPM_SLIM_*
        original_size: with GOPM_CORE_SLIM: bytes of the original core; else 0
        signal_pc: pc that `signal` interrupted; 0: unknown, or a fault in a call of NULL
        death_lines: with GOPM_DEATH_FATAL: the lines that the runtime printed before "fatal error:", as "runtime:
            goroutine stack exceeds 1000000000-byte limit\\n"; empty: none or unknown
        kernel_signal: the signal that ended the process, by the kernel; 0: none
        signal_sender: process that sent `signal` by kill(2), tgkill(2) or sigqueue(3): its siginfo si_pid; 0:
            none, or unknown
        unix_now: `now` in nanoseconds since 1970, by both clocks of the last garbage collection; 0: unknown, as
            no collection ended. Source: runtime/mstats.go; Go 1.17 to 1.27"""

    flags: int
    pid: int
    core_path: str
    exe_path: str
    core_build_id: str
    exe_build_id: str
    go_version: str
    machine: str
    compression: str
    command_line: str
    exe_bias: int
    core_size: int
    memory_size: int
    thread_count: int
    goroutine_slots: int
    death: int
    signal: int
    signal_code: int
    death_thread: int
    fault_address: int
    death_goroutine: int
    death_text: str
    backlog: str
    now: int
    slim_profile: int
    original_size: int
    signal_pc: int
    death_lines: str
    kernel_signal: int
    signal_sender: int
    unix_now: int

    @classmethod
    def decode(cls, r: Any) -> CoreInfoRecord:
        """The record at a pointer to a gopm_core_info."""
        return cls(
            r.flags,
            r.pid,
            text(r.core_path),
            text(r.exe_path),
            text(r.core_build_id),
            text(r.exe_build_id),
            text(r.go_version),
            text(r.machine),
            text(r.compression),
            text(r.command_line),
            r.exe_bias,
            r.core_size,
            r.memory_size,
            r.thread_count,
            r.goroutine_slots,
            r.death,
            r.signal,
            r.signal_code,
            r.death_thread,
            r.fault_address,
            r.death_goroutine,
            text(r.death_text),
            text(r.backlog),
            r.now,
            r.slim_profile,
            r.original_size,
            r.signal_pc,
            text(r.death_lines),
            r.kernel_signal,
            r.signal_sender,
            r.unix_now,
        )


@dataclasses.dataclass(frozen=True)
class LocationRecord:
    """A place in the program: a pc with its function, file and line from pclntab.

    Attributes:
        pc: as stored: the return address for a caller; 0: unknown
        entry: entry of the physical function; 0: pc is not in a Go function
        function: as the source writes it, "main.(*T).M"; empty: none. See gopm_symbol_name()
        file: as compiled; empty: none
        line: 0: unknown
        flags: GOPM_LOCATION_*"""

    pc: int
    entry: int
    function: str
    file: str
    line: int
    flags: int

    @classmethod
    def decode(cls, r: Any) -> LocationRecord:
        """The record at a pointer to a gopm_location."""
        return cls(
            r.pc,
            r.entry,
            text(r.function),
            text(r.file),
            r.line,
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class MappingRecord:
    """One memory mapping of the process.

    Attributes:
        address: first byte
        size: bytes mapped
        size_in_core: bytes from `address` on that are in the core file
        core_offset: offset in the unpacked core file, in bytes
        file_offset: NT_FILE: offset in `path`, in bytes
        path: NT_FILE; empty: anonymous
        flags: ELF PF_R 4, PF_W 2, PF_X 1"""

    address: int
    size: int
    size_in_core: int
    core_offset: int
    file_offset: int
    path: str
    flags: int

    @classmethod
    def decode(cls, r: Any) -> MappingRecord:
        """The record at a pointer to a gopm_mapping."""
        return cls(
            r.address,
            r.size,
            r.size_in_core,
            r.core_offset,
            r.file_offset,
            text(r.path),
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class FindingRecord:
    """One piece of damage or missing data. It makes an answer partial, but is not a failure.

    Attributes:
        kind: GOPM_FINDING_*
        count: how often this finding occurred
        address: in the process, or GOPM_NO_OFFSET
        offset: in the file, or GOPM_NO_OFFSET
        message: one line for people, escaped as by gopm_escape()"""

    kind: int
    count: int
    address: int
    offset: int
    message: str

    @classmethod
    def decode(cls, r: Any) -> FindingRecord:
        """The record at a pointer to a gopm_finding."""
        return cls(
            r.kind,
            r.count,
            r.address,
            r.offset,
            text(r.message),
        )


@dataclasses.dataclass(frozen=True)
class WaitRecord:
    """One object that a goroutine waits on.

    Attributes:
        kind: GOPM_WAIT_*: see gopm_wait_kind_name(). For SELECT, `flags` has the direction
        flags: GOPM_WAIT_FLAG_*
        object: address of the hchan, semaphore, notifyList, timer or pollDesc; 0: none or unknown
        type: channel: element type, "main.Metric"; empty: unknown
        length: channel: elements in the buffer
        capacity: channel: size of the buffer in elements
        senders: channel: goroutines waiting to send
        receivers: channel: goroutines waiting to receive
        deadline: timer, or channel of a timer since Go 1.23: its runtime.nanotime; 0: unknown
        fd: file descriptor; -1: none or unknown"""

    kind: int
    flags: int
    object: int
    type: str
    length: int
    capacity: int
    senders: int
    receivers: int
    deadline: int
    fd: int

    @classmethod
    def decode(cls, r: Any) -> WaitRecord:
        """The record at a pointer to a gopm_wait."""
        return cls(
            r.kind,
            r.flags,
            r.object,
            text(r.type),
            r.length,
            r.capacity,
            r.senders,
            r.receivers,
            r.deadline,
            r.fd,
        )


@dataclasses.dataclass(frozen=True)
class GoroutineRecord:
    """One goroutine.

    Attributes:
        address: address of its runtime.g
        id: goid
        parent_id: goid of the goroutine that started it; 0: none or unknown
        status: GOPM_G_*
        raw_status: atomicstatus as stored
        flags: GOPM_G_FLAG_*
        raw_wait_reason: waitreason as stored: its meaning depends on the Go version
        status_name: "waiting", as the runtime prints it
        wait_reason: "chan send"; empty if it does not wait
        wait_since: runtime.nanotime when it parked; 0: unknown, because the garbage collector sets it
        wait_time: nanoseconds from wait_since to gopm_core_info.now: an estimate; 0: unknown
        stack_lo: address range of its stack: [lo, hi)
        stack_hi: address range of its stack: [lo, hi)
        pc: its saved registers, or those of its thread if it runs
        sp: its saved registers, or those of its thread if it runs
        m: address of its runtime.m; 0: none
        m_id: id of that m
        thread_id: kernel thread id of that m; 0: none
        locked_thread_id: kernel id of the thread that it is locked to; 0: none
        current: innermost frame
        user: innermost frame outside the runtime's internals, inlined frames included
        go_statement: the `go` statement that started it
        start: the function in that `go` statement
        wait: the first object it waits on
        wait_count: number of objects that it waits on: see gopm_goroutine_waits()
        label_count: number of pprof labels: see gopm_goroutine_labels()
        stack_id: id of its whole stack, by functions and lines. Equal stacks of one core have the same id; it is
            never 0. Ids of different cores cannot be compared"""

    address: int
    id: int
    parent_id: int
    status: int
    raw_status: int
    flags: int
    raw_wait_reason: int
    status_name: str
    wait_reason: str
    wait_since: int
    wait_time: int
    stack_lo: int
    stack_hi: int
    pc: int
    sp: int
    m: int
    m_id: int
    thread_id: int
    locked_thread_id: int
    current: LocationRecord
    user: LocationRecord
    go_statement: LocationRecord
    start: LocationRecord
    wait: WaitRecord
    wait_count: int
    label_count: int
    stack_id: int

    @classmethod
    def decode(cls, r: Any) -> GoroutineRecord:
        """The record at a pointer to a gopm_goroutine."""
        return cls(
            r.address,
            r.id,
            r.parent_id,
            r.status,
            r.raw_status,
            r.flags,
            r.raw_wait_reason,
            text(r.status_name),
            text(r.wait_reason),
            r.wait_since,
            r.wait_time,
            r.stack_lo,
            r.stack_hi,
            r.pc,
            r.sp,
            r.m,
            r.m_id,
            r.thread_id,
            r.locked_thread_id,
            LocationRecord.decode(r.current),
            LocationRecord.decode(r.user),
            LocationRecord.decode(r.go_statement),
            LocationRecord.decode(r.start),
            WaitRecord.decode(r.wait),
            r.wait_count,
            r.label_count,
            r.stack_id,
        )


@dataclasses.dataclass(frozen=True)
class LabelRecord:
    """A pprof label.

    Attributes:
        key: see gopm_label.key
        value: see gopm_label.value"""

    key: str
    value: str

    @classmethod
    def decode(cls, r: Any) -> LabelRecord:
        """The record at a pointer to a gopm_label."""
        return cls(
            text(r.key),
            text(r.value),
        )


@dataclasses.dataclass(frozen=True)
class GroupRecord:
    """Goroutines that have the same key.

    Attributes:
        count: number of goroutines
        example_id: the goroutine that has waited longest; the first one if no wait is known
        longest_wait: nanoseconds, an estimate; 0: unknown
        location: if grouped by a location; else empty
        key: wait reason, status or label value. If grouped by object, a description for people: "chan main.Metric
            0xc000112000, 100 of 100: 1001 senders, 0 receivers". Lives as long as the iterator
        object: if grouped by object; else empty. GOPM_WAIT_CHAN_SEND means any use of a channel
        stack_id: if grouped by stack: a value for gopm_goroutine_filter.stack_id; else 0
        shortest_wait: shortest known wait in nanoseconds; 0: none is known
        partial_count: goroutines of which a part could not be read, and which may belong to another group:
            GOPM_G_FLAG_PARTIAL"""

    count: int
    example_id: int
    longest_wait: int
    location: LocationRecord
    key: str
    object: WaitRecord
    stack_id: int
    shortest_wait: int
    partial_count: int

    @classmethod
    def decode(cls, r: Any) -> GroupRecord:
        """The record at a pointer to a gopm_group."""
        return cls(
            r.count,
            r.example_id,
            r.longest_wait,
            LocationRecord.decode(r.location),
            text(r.key),
            WaitRecord.decode(r.object),
            r.stack_id,
            r.shortest_wait,
            r.partial_count,
        )


@dataclasses.dataclass(frozen=True)
class BuildInfoRecord:
    """Facts about a build. Empty strings: the executable does not say.

    Attributes:
        flags: GOPM_BUILD_*
        go_version: toolchain, "go1.26.8" or "go1.27.3 X:nogreenteagc"
        package_path: of the main package, "example.com/server/cmd/server"
        module_path: of the main module, "example.com/server"
        module_version: "v1.2.3", or "(devel)"
        module_sum: "h1:..."; empty for a module of the working tree
        vcs: "git"
        vcs_revision: whole hash of the commit
        vcs_time: of the commit, RFC 3339
        setting_count: see gopm_build_settings()
        dependency_count: see gopm_build_dependencies()"""

    flags: int
    go_version: str
    package_path: str
    module_path: str
    module_version: str
    module_sum: str
    vcs: str
    vcs_revision: str
    vcs_time: str
    setting_count: int
    dependency_count: int

    @classmethod
    def decode(cls, r: Any) -> BuildInfoRecord:
        """The record at a pointer to a gopm_build_info."""
        return cls(
            r.flags,
            text(r.go_version),
            text(r.package_path),
            text(r.module_path),
            text(r.module_version),
            text(r.module_sum),
            text(r.vcs),
            text(r.vcs_revision),
            text(r.vcs_time),
            r.setting_count,
            r.dependency_count,
        )


@dataclasses.dataclass(frozen=True)
class BuildSettingRecord:
    """One build setting: a flag of `go build`, an environment variable, or a fact of the version control system.

    Attributes:
        key: "-ldflags", "CGO_ENABLED", "vcs.revision"
        value: "-ldflags", "CGO_ENABLED", "vcs.revision" """

    key: str
    value: str

    @classmethod
    def decode(cls, r: Any) -> BuildSettingRecord:
        """The record at a pointer to a gopm_build_setting."""
        return cls(
            text(r.key),
            text(r.value),
        )


@dataclasses.dataclass(frozen=True)
class BuildModuleRecord:
    """A module that the executable was built with.

    Attributes:
        path: see gopm_build_module.path
        version: see gopm_build_module.version
        sum: see gopm_build_module.sum
        replace_path: the module used instead; empty: none
        replace_version: the module used instead; empty: none
        replace_sum: the module used instead; empty: none"""

    path: str
    version: str
    sum: str
    replace_path: str
    replace_version: str
    replace_sum: str

    @classmethod
    def decode(cls, r: Any) -> BuildModuleRecord:
        """The record at a pointer to a gopm_build_module."""
        return cls(
            text(r.path),
            text(r.version),
            text(r.sum),
            text(r.replace_path),
            text(r.replace_version),
            text(r.replace_sum),
        )


@dataclasses.dataclass(frozen=True)
class ThreadRecord:
    """One thread.

    Attributes:
        id: kernel thread id (NT_PRSTATUS pr_pid)
        signal: pr_cursig, or NT_SIGINFO's si_signo; 0: none
        flags: 0
        pc: its registers
        sp: its registers
        m: address of its runtime.m; 0: none (a thread of C code)
        m_id: id of that m
        goroutine: goid of the user goroutine that it runs (m.curg); 0: none
        goroutine_address: address of that runtime.g; 0: none
        location: location of pc. In C, function and line are those of DWARF, else of symbols
        object: path of the module that has the code, gopm_module.path; empty: in Go code, and unknown
        object_offset: with `object`: address of the pc in its file; 0: unknown"""

    id: int
    signal: int
    flags: int
    pc: int
    sp: int
    m: int
    m_id: int
    goroutine: int
    goroutine_address: int
    location: LocationRecord
    object: str
    object_offset: int

    @classmethod
    def decode(cls, r: Any) -> ThreadRecord:
        """The record at a pointer to a gopm_thread."""
        return cls(
            r.id,
            r.signal,
            r.flags,
            r.pc,
            r.sp,
            r.m,
            r.m_id,
            r.goroutine,
            r.goroutine_address,
            LocationRecord.decode(r.location),
            text(r.object),
            r.object_offset,
        )


@dataclasses.dataclass(frozen=True)
class RegisterRecord:
    """One general register.

    Attributes:
        name: "rip"
        value: see gopm_register.value
        dwarf_number: DWARF register number of the CPU's psABI; UINT32_MAX: none"""

    name: str
    value: int
    dwarf_number: int

    @classmethod
    def decode(cls, r: Any) -> RegisterRecord:
        """The record at a pointer to a gopm_register."""
        return cls(
            text(r.name),
            r.value,
            r.dwarf_number,
        )


@dataclasses.dataclass(frozen=True)
class FrameRecord:
    """One frame. An inlined call has a frame of its own, with the sp and cfa of the function that it was inlined
    into.

    Attributes:
        location: function, file and line; for a return address, of the call at pc - 1
        pc: return address; or next instruction, with GOPM_FRAME_INNERMOST or _INTERRUPTED
        sp: stack pointer in the frame
        cfa: canonical frame address: the caller's sp after the return; 0: unknown
        flags: GOPM_FRAME_*
        language: GOPM_LANGUAGE_*
        object: path of the module that has the code, gopm_module.path; empty: of Go's frames, and unknown
        object_offset: with `object`: address of the pc in its file; 0: unknown
        symbol: the linker's name of the function, mangled; empty: of Go's frames, and unknown"""

    location: LocationRecord
    pc: int
    sp: int
    cfa: int
    flags: int
    language: int
    object: str
    object_offset: int
    symbol: str

    @classmethod
    def decode(cls, r: Any) -> FrameRecord:
        """The record at a pointer to a gopm_frame."""
        return cls(
            LocationRecord.decode(r.location),
            r.pc,
            r.sp,
            r.cfa,
            r.flags,
            r.language,
            text(r.object),
            r.object_offset,
            text(r.symbol),
        )


@dataclasses.dataclass(frozen=True)
class ValueInfoRecord:
    """Facts about a value without its children. Its strings live as long as the gopm_value. A child has the
    provenance of its parent, or GOPM_FROM_STALE if it was read through a pointer that may dangle.

    Attributes:
        kind: GOPM_KIND_*
        provenance: GOPM_FROM_*
        flags: GOPM_VALUE_*
        variable_flags: GOPM_VAR_*; child of a closure: ESCAPED if captured by reference
        name: name of the variable or field, or "[3]"; empty: none
        type: "*main.Metrics"
        unreadable: why the value is unreadable; empty: it is readable
        address: address in the process; 0: in registers, or unreadable
        size: size of the type in bytes
        decl_line: line of the variable's declaration; 0: unknown
        integer: bool, signed integers
        uinteger: unsigned integers, pointers, the address of a channel, map or function
        real: floats and complex numbers
        imaginary: floats and complex numbers
        text: string: its bytes; func: its name; integer: the name of its constant; a pointer to char or an array
            of char, of C: its bytes up to the NUL; a pointer to a function of C: the function's name
        length: elements of a slice, array, map or channel; bytes of a string
        capacity: elements that a slice or channel has room for
        base: address of the first byte of a string, slice or array; 0: none
        child_count: number of children, within the limits; map: each key and each value is a child.
            gopm_value_child() reads those past the limits too
        senders: channel: goroutines that wait to send, at most a million
        receivers: channel: goroutines that wait to receive, at most a million
        origin: origin of a value that is not exact: "sudog at 0xc000112000"; empty: exact"""

    kind: int
    provenance: int
    flags: int
    variable_flags: int
    name: str
    type: str
    unreadable: str
    address: int
    size: int
    decl_line: int
    integer: int
    uinteger: int
    real: float
    imaginary: float
    text: str
    length: int
    capacity: int
    base: int
    child_count: int
    senders: int
    receivers: int
    origin: str

    @classmethod
    def decode(cls, r: Any) -> ValueInfoRecord:
        """The record at a pointer to a gopm_value_info."""
        return cls(
            r.kind,
            r.provenance,
            r.flags,
            r.variable_flags,
            text(r.name),
            text(r.type),
            text(r.unreadable),
            r.address,
            r.size,
            r.decl_line,
            r.integer,
            r.uinteger,
            r.real,
            r.imaginary,
            text(r.text),
            r.length,
            r.capacity,
            r.base,
            r.child_count,
            r.senders,
            r.receivers,
            text(r.origin),
        )


@dataclasses.dataclass(frozen=True)
class HeapInfoRecord:
    """Totals of a heap, in bytes if not said otherwise.

    Attributes:
        flags: GOPM_HEAP_INFO_*
        objects: allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
        bytes: allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
        live_objects: of them
        live_bytes: of them
        in_use: pages of spans that have objects; as MemStats.HeapInuse
        free_slots: slots in these spans that have no object
        rounding: the rest of these spans: pointer bits, and ends too small for a slot
        stacks: pages of stacks and others that are managed by hand; as StackInuse
        idle: free pages that the runtime keeps
        released: free pages that it gave back to the system; as HeapReleased
        mapped: all of these together; as HeapSys and stacks. 0: unknown, and then idle and released are 0 too"""

    flags: int
    objects: int
    bytes: int
    live_objects: int
    live_bytes: int
    in_use: int
    free_slots: int
    rounding: int
    stacks: int
    idle: int
    released: int
    mapped: int

    @classmethod
    def decode(cls, r: Any) -> HeapInfoRecord:
        """The record at a pointer to a gopm_heap_info."""
        return cls(
            r.flags,
            r.objects,
            r.bytes,
            r.live_objects,
            r.live_bytes,
            r.in_use,
            r.free_slots,
            r.rounding,
            r.stacks,
            r.idle,
            r.released,
            r.mapped,
        )


@dataclasses.dataclass(frozen=True)
class HeapTypeRecord:
    """The objects of one type and form, counted.

    Attributes:
        type: full name, "net/http.conn", NUL-terminated; empty: unknown, or bytes
        descriptor: address of the type's descriptor; 0: none is known
        form: GOPM_HEAP_*
        from_: GOPM_HEAP_FROM_*: the weakest of these objects
        objects: allocated; values in all of them together; whole slots
        elems: allocated; values in all of them together; whole slots
        bytes: allocated; values in all of them together; whole slots
        live_objects: of them
        live_bytes: of them
        slot_size: bytes of one slot; 0: they differ
        pointers: 1: these objects may have pointers"""

    type: str
    descriptor: int
    form: int
    from_: int
    objects: int
    elems: int
    bytes: int
    live_objects: int
    live_bytes: int
    slot_size: int
    pointers: int

    @classmethod
    def decode(cls, r: Any) -> HeapTypeRecord:
        """The record at a pointer to a gopm_heap_type."""
        return cls(
            text(r.type),
            r.descriptor,
            r.form,
            getattr(r, "from"),
            r.objects,
            r.elems,
            r.bytes,
            r.live_objects,
            r.live_bytes,
            r.slot_size,
            r.pointers,
        )


@dataclasses.dataclass(frozen=True)
class HeapObjectRecord:
    """One object.

    Attributes:
        address: as pointers to it have
        size: bytes that it can use, up to the end of its slot
        elems: values in it
        type: as in gopm_heap_type
        descriptor: likewise
        form: GOPM_HEAP_*
        from_: GOPM_HEAP_FROM_*
        flags: GOPM_HEAP_OBJECT_*"""

    address: int
    size: int
    elems: int
    type: str
    descriptor: int
    form: int
    from_: int
    flags: int

    @classmethod
    def decode(cls, r: Any) -> HeapObjectRecord:
        """The record at a pointer to a gopm_heap_object."""
        return cls(
            r.address,
            r.size,
            r.elems,
            text(r.type),
            r.descriptor,
            r.form,
            getattr(r, "from"),
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class HeapNodeRecord:
    """A node of the dominator tree, with what it retains: the objects that would become garbage without it. An
    object that two nodes reach belongs to neither, but to what both belong to.

    Attributes:
        id: for gopm_heap_node_children(); UINT64_MAX for a type, and if there is none
        name: "main.sessions", "goroutine 7 main.work", ".bss+0x40"; of an object its type. Lives as long as the
            iterator, or the heap if there is none
        address: of the variable, runtime.g, timer or object; 0: none
        objects: retained
        bytes: retained
        own_bytes: of an object; of all objects of a type
        instances: objects of a type; goroutines or timers of a birthplace; 1 for all others
        kind: GOPM_HEAP_NODE_*
        form: of an object or type, GOPM_HEAP_*; else 0"""

    id: int
    name: str
    address: int
    objects: int
    bytes: int
    own_bytes: int
    instances: int
    kind: int
    form: int

    @classmethod
    def decode(cls, r: Any) -> HeapNodeRecord:
        """The record at a pointer to a gopm_heap_node."""
        return cls(
            r.id,
            text(r.name),
            r.address,
            r.objects,
            r.bytes,
            r.own_bytes,
            r.instances,
            r.kind,
            r.form,
        )


@dataclasses.dataclass(frozen=True)
class HeapStepRecord:
    """A pointer to an object.

    Attributes:
        object: address of the object with the pointer; 0: a variable, stack or other holder
        place: address of the pointer; 0: a register, or a special of the object
        target: address of the object that it points to
        inside: bytes from the target's beginning to what it points to
        type: of the target, as in gopm_heap_object; lives as long as the heap
        form: of the target, GOPM_HEAP_*"""

    object: int
    place: int
    target: int
    inside: int
    type: str
    form: int

    @classmethod
    def decode(cls, r: Any) -> HeapStepRecord:
        """The record at a pointer to a gopm_heap_step."""
        return cls(
            r.object,
            r.place,
            r.target,
            r.inside,
            text(r.type),
            r.form,
        )


@dataclasses.dataclass(frozen=True)
class HeapSuspectRecord:
    """Something that retains a large part of the live heap; or a goroutine that runs finalizers or cleanups and
    waits in one of them, so that all others wait for it, whatever they retain.

    Attributes:
        name: as gopm_heap_node.name; lives as long as the heap, and so do the others
        kind: GOPM_HEAP_NODE_* of a holder, _GROUP, _OBJECT (that several hold), _TYPE (many of them), or
            _FINALIZER or _CLEANUP: a goroutine that waits in one
        form: of an object or type, GOPM_HEAP_*
        address: as gopm_heap_node.address
        objects: retained
        bytes: retained
        instances: of a type, its objects; of a group, its holders; finalizers or cleanups that are due, which
            retain the bytes; else 1
        point: the accumulation point, to which most of it belongs: as `name`; empty: none; of FINALIZER and
            CLEANUP the function in which the goroutine waits
        point_address: see gopm_heap_suspect.point_address
        point_bytes: see gopm_heap_suspect.point_bytes
        child: type of most of what the accumulation point has; empty: unknown, or bytes
        child_objects: see gopm_heap_suspect.child_objects
        child_bytes: see gopm_heap_suspect.child_bytes
        point_kind: GOPM_HEAP_NODE_*
        point_form: of an object, GOPM_HEAP_*
        child_form: GOPM_HEAP_*
        flags: GOPM_HEAP_SUSPECT_*"""

    name: str
    kind: int
    form: int
    address: int
    objects: int
    bytes: int
    instances: int
    point: str
    point_address: int
    point_bytes: int
    child: str
    child_objects: int
    child_bytes: int
    point_kind: int
    point_form: int
    child_form: int
    flags: int

    @classmethod
    def decode(cls, r: Any) -> HeapSuspectRecord:
        """The record at a pointer to a gopm_heap_suspect."""
        return cls(
            text(r.name),
            r.kind,
            r.form,
            r.address,
            r.objects,
            r.bytes,
            r.instances,
            text(r.point),
            r.point_address,
            r.point_bytes,
            text(r.child),
            r.child_objects,
            r.child_bytes,
            r.point_kind,
            r.point_form,
            r.child_form,
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class HeapWasteRecord:
    """Memory of live objects that the program could do without.

    Attributes:
        kind: GOPM_HEAP_WASTE_*
        count: objects; what could be saved
        bytes: objects; what could be saved
        type: of the elements, or of the map; empty: bytes. Lives as long as the heap
        text: EQUAL: the string, or its first 64 bytes; likewise. Not NUL-terminated
        length: EQUAL: of the string, in bytes
        example: address of the object that wastes most; of EQUAL, of one of the strings"""

    kind: int
    count: int
    bytes: int
    type: str
    text: str
    length: int
    example: int

    @classmethod
    def decode(cls, r: Any) -> HeapWasteRecord:
        """The record at a pointer to a gopm_heap_waste."""
        return cls(
            r.kind,
            r.count,
            r.bytes,
            text(r.type),
            text(r.text),
            r.length,
            r.example,
        )


@dataclasses.dataclass(frozen=True)
class ModuleRecord:
    """One module. Its strings live as long as the core.

    Attributes:
        address: of its first mapping
        size: bytes from `address` to the end of its last mapping; other mappings may be between
        bias: address in the process minus address in its file
        path: NT_FILE; "[vdso]"
        build_id: lower-case hex, by the core's copy of its headers, else by its file; empty: unknown
        file: the file that was opened; empty: none
        searched: the paths that were tried, with ", " between them; empty: none
        source: GOPM_MODULE_SOURCE_*
        flags: GOPM_MODULE_FLAG_*"""

    address: int
    size: int
    bias: int
    path: str
    build_id: str
    file: str
    searched: str
    source: int
    flags: int

    @classmethod
    def decode(cls, r: Any) -> ModuleRecord:
        """The record at a pointer to a gopm_module."""
        return cls(
            r.address,
            r.size,
            r.bias,
            text(r.path),
            text(r.build_id),
            text(r.file),
            text(r.searched),
            r.source,
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class ObjectRecord:
    """One object. Fields that its kind does not have are 0.

    Attributes:
        address: of the hchan, sync.Mutex, ..., timer or pollDesc. CONTEXT: of its channel
        kind: GOPM_OBJECT_*
        flags: GOPM_OBJECT_FLAG_*
        type: "sync.RWMutex", "chan main.job", "context.cancelCtx"; empty: unknown
        in_: where it is: "main.room.mu" is field mu of type main.room, "main.mu" a variable. Of an object behind
            a pointer, the field or variable that points to it. Empty: unknown
        name: the shortest way to it, as an expression: "main.hub["lobby"].mu"; empty: unknown
        owner: address of the value that has the field in `in`; CONTEXT: of the context; P: of its m; 0: unknown
        parent: CONTEXT: address of the nearest one that cancels it too; 0: none, or unknown
        word: lock, WaitGroup: address of the semaphore that goroutines sleep on; COND: of its notifyList; 0:
            unknown, or nobody waits
        goroutines: number of goroutines that wait for it: see gopm_objects_waiters()
        length: channel: elements in the buffer; P: goroutines in its run queue
        capacity: channel: size of the buffer in elements
        senders: channel: goroutines in its queue of senders
        receivers: channel: goroutines in its queue of receivers
        waiters: lock, WaitGroup, Cond: goroutines that wait, by its own count. RWMutex: writers that wait for
            another writer
        readers: RWMutex: goroutines that hold it for reading, or wait to
        reading: RWMutex: those that hold it for reading. If a writer is pending, those it waits for
        counter: WaitGroup: its counter; P, M: its id
        deadline: timer, channel of a timer, context: nanotime at which it fires; 0: never, or unknown
        file: FD: the path of an os.File; empty: it is none, or unknown
        local: FD: its own address, "127.0.0.1:8080", or the path of a socket; empty: unknown
        remote: FD: the address of its peer; empty: unknown, or it has none
        fd: FD: the descriptor; -1: none
        state: P, M: what it does: "running", "idle", "waits for a lock of the runtime in ..."; else empty
        runs: P, M: id of the goroutine that it has; 0: none
        library: of whose value it is a part: "io.Pipe", "errgroup.Group"; empty: none that is known
        library_in: where that value is, or what points to it: "main.archive.from"; empty: unknown"""

    address: int
    kind: int
    flags: int
    type: str
    in_: str
    name: str
    owner: int
    parent: int
    word: int
    goroutines: int
    length: int
    capacity: int
    senders: int
    receivers: int
    waiters: int
    readers: int
    reading: int
    counter: int
    deadline: int
    file: str
    local: str
    remote: str
    fd: int
    state: str
    runs: int
    library: str
    library_in: str

    @classmethod
    def decode(cls, r: Any) -> ObjectRecord:
        """The record at a pointer to a gopm_object."""
        return cls(
            r.address,
            r.kind,
            r.flags,
            text(r.type),
            text(getattr(r, "in")),
            text(r.name),
            r.owner,
            r.parent,
            r.word,
            r.goroutines,
            r.length,
            r.capacity,
            r.senders,
            r.receivers,
            r.waiters,
            r.readers,
            r.reading,
            r.counter,
            r.deadline,
            text(r.file),
            text(r.local),
            text(r.remote),
            r.fd,
            text(r.state),
            r.runs,
            text(r.library),
            text(r.library_in),
        )


@dataclasses.dataclass(frozen=True)
class ObjectWaiterRecord:
    """A goroutine that waits for an object.

    Attributes:
        goroutine: its id
        address: of its runtime.g
        side: GOPM_SIDE_*
        flags: GOPM_WAITER_*
        element: channel: address of the value to send, or of the place to receive into; 0: none
        wait_since: as in gopm_goroutine
        wait_time: as in gopm_goroutine
        user: innermost frame outside of the runtime, sync and internal packages; empty: unknown"""

    goroutine: int
    address: int
    side: int
    flags: int
    element: int
    wait_since: int
    wait_time: int
    user: LocationRecord

    @classmethod
    def decode(cls, r: Any) -> ObjectWaiterRecord:
        """The record at a pointer to a gopm_object_waiter."""
        return cls(
            r.goroutine,
            r.address,
            r.side,
            r.flags,
            r.element,
            r.wait_since,
            r.wait_time,
            LocationRecord.decode(r.user),
        )


@dataclasses.dataclass(frozen=True)
class ProfileInfoRecord:
    """What is the same for all samples.

    Attributes:
        kind: GOPM_PROFILE_*
        flags: GOPM_PROFILE_INFO_*
        sample_count: see gopm_profile_info.sample_count
        value_count: values of each sample that are used: 4, 2 or 1
        rate: Of memory: runtime.MemProfileRate, bytes for each sample. Of mutexes: the fraction that
            runtime.SetMutexProfileFraction set. -1: unknown, or of another kind.
        values: sums of all samples
        pending: sums of all samples"""

    kind: int
    flags: int
    sample_count: int
    value_count: int
    rate: int
    values: tuple[int, ...]
    pending: tuple[int, ...]

    @classmethod
    def decode(cls, r: Any) -> ProfileInfoRecord:
        """The record at a pointer to a gopm_profile_info."""
        return cls(
            r.kind,
            r.flags,
            r.sample_count,
            r.value_count,
            r.rate,
            tuple(r.values),
            tuple(r.pending),
        )


@dataclasses.dataclass(frozen=True)
class ProfileSampleRecord:
    """One sample: a stack with its values.

    Attributes:
        pc_count: see gopm_profile_sample.pc_count
        values: as runtime/pprof scales them; unused ones are 0
        pending: What would be added if the runtime published the rest; included in `values` with
            GOPM_PROFILE_FLAG_PENDING.
        object_size: bytes of each object; 0: not of memory
        label_count: of goroutines: for gopm_profile_labels()"""

    pc_count: int
    values: tuple[int, ...]
    pending: tuple[int, ...]
    object_size: int
    label_count: int

    @classmethod
    def decode(cls, r: Any) -> ProfileSampleRecord:
        """The record at a pointer to a gopm_profile_sample."""
        return cls(
            r.pc_count,
            tuple(r.values),
            tuple(r.pending),
            r.object_size,
            r.label_count,
        )


@dataclasses.dataclass(frozen=True)
class SlimResultRecord:
    """Sizes and counts of a new small core.

    Attributes:
        file_size: bytes written, compressed
        core_size: bytes of the new core, uncompressed
        memory_size: bytes of memory in the new core
        original_size: bytes of the original core, or of the live process's memory
        segment_count: see gopm_slim_result.segment_count
        thread_count: see gopm_slim_result.thread_count
        goroutine_count: goroutines that are not dead
        finding_count: findings in the notes of the new core
        stopped_time: nanoseconds for which the live process was stopped; 0: not a live process"""

    file_size: int
    core_size: int
    memory_size: int
    original_size: int
    segment_count: int
    thread_count: int
    goroutine_count: int
    finding_count: int
    stopped_time: int

    @classmethod
    def decode(cls, r: Any) -> SlimResultRecord:
        """The record at a pointer to a gopm_slim_result."""
        return cls(
            r.file_size,
            r.core_size,
            r.memory_size,
            r.original_size,
            r.segment_count,
            r.thread_count,
            r.goroutine_count,
            r.finding_count,
            r.stopped_time,
        )


@dataclasses.dataclass(frozen=True)
class FunctionRecord:
    """A function with code of its own. One that was inlined into all of its callers has none. Its strings live as
    long as the core.

    Attributes:
        name: as the source writes it: "main.(*T).M"
        file: where it is declared; empty: unknown
        entry: address of its first instruction
        end: end of its code, with padding: the entry of the next function
        line: of its `func` since Go 1.20, before of its first instruction; 0: unknown
        flags: GOPM_FUNCTION_FLAG_*"""

    name: str
    file: str
    entry: int
    end: int
    line: int
    flags: int

    @classmethod
    def decode(cls, r: Any) -> FunctionRecord:
        """The record at a pointer to a gopm_function."""
        return cls(
            text(r.name),
            text(r.file),
            r.entry,
            r.end,
            r.line,
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class SourceFileRecord:
    """A source file.

    Attributes:
        path: as the program has it: "net/http/server.go" with -trimpath; lives as long as the core"""

    path: str

    @classmethod
    def decode(cls, r: Any) -> SourceFileRecord:
        """The record at a pointer to a gopm_source_file."""
        return cls(
            text(r.path),
        )


@dataclasses.dataclass(frozen=True)
class TypeInfoRecord:
    """Facts about a type. Its strings live as long as the gopm_type.

    Attributes:
        kind: GOPM_KIND_*
        source: GOPM_TYPE_FROM_*
        flags: GOPM_TYPE_*; NAMED is set only if there is a descriptor
        direction: channel: GOPM_CHAN_*
        name: with full package paths: "*net/http.Server"
        size: bytes of a value
        descriptor: address of its internal/abi.Type; 0: none, or unknown
        length: array: number of elements
        field_count: struct: number of fields
        method_count: methods, exported or not, from the descriptor; interface: methods it requires
        align: alignment in bytes; 0: unknown, because there is no descriptor
        parameter_count: func: number of parameters, from the descriptor
        result_count: func: number of results, from the descriptor"""

    kind: int
    source: int
    flags: int
    direction: int
    name: str
    size: int
    descriptor: int
    length: int
    field_count: int
    method_count: int
    align: int
    parameter_count: int
    result_count: int

    @classmethod
    def decode(cls, r: Any) -> TypeInfoRecord:
        """The record at a pointer to a gopm_type_info."""
        return cls(
            r.kind,
            r.source,
            r.flags,
            r.direction,
            text(r.name),
            r.size,
            r.descriptor,
            r.length,
            r.field_count,
            r.method_count,
            r.align,
            r.parameter_count,
            r.result_count,
        )


@dataclasses.dataclass(frozen=True)
class TypeFieldRecord:
    """A field of a struct.

    Attributes:
        name: name; for an embedded field, the name of its type
        offset: bytes from the start of the struct
        size: bytes
        flags: GOPM_TYPE_FIELD_FLAG_*"""

    name: str
    offset: int
    size: int
    flags: int

    @classmethod
    def decode(cls, r: Any) -> TypeFieldRecord:
        """The record at a pointer to a gopm_type_field."""
        return cls(
            text(r.name),
            r.offset,
            r.size,
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class TypeMethodRecord:
    """A method.

    Attributes:
        name: "ServeHTTP"
        function: "net/http.(*Server).Serve"; empty: an interface's method, or removed by the linker
        entry: entry address of that function; 0: none
        interface_entry: entry address that a call through an interface uses; 0: none
        flags: GOPM_METHOD_EXPORTED"""

    name: str
    function: str
    entry: int
    interface_entry: int
    flags: int

    @classmethod
    def decode(cls, r: Any) -> TypeMethodRecord:
        """The record at a pointer to a gopm_type_method."""
        return cls(
            text(r.name),
            text(r.function),
            r.entry,
            r.interface_entry,
            r.flags,
        )


@dataclasses.dataclass(frozen=True)
class TypeNameRecord:
    """The name of a type that the program has.

    Attributes:
        name: as gopm_type_by_name() takes it; lives as long as the iterator
        descriptor: address of its internal/abi.Type; 0: only the DWARF has it"""

    name: str
    descriptor: int

    @classmethod
    def decode(cls, r: Any) -> TypeNameRecord:
        """The record at a pointer to a gopm_type_name."""
        return cls(
            text(r.name),
            r.descriptor,
        )


@dataclasses.dataclass(frozen=True)
class WhyInfoRecord:
    """The analysis in numbers.

    Attributes:
        flags: GOPM_WHY_PARTIAL ...
        verdict: GOPM_VERDICT_* of the first finding that is certain or likely; else HEALTHY
        goroutines: that are not dead
        waiting: of them, those that another goroutine has to wake up
        leaked: that certainly never run again
        suspects: that likely never run again
        findings: see gopm_why_info.findings"""

    flags: int
    verdict: int
    goroutines: int
    waiting: int
    leaked: int
    suspects: int
    findings: int

    @classmethod
    def decode(cls, r: Any) -> WhyInfoRecord:
        """The record at a pointer to a gopm_why_info."""
        return cls(
            r.flags,
            r.verdict,
            r.goroutines,
            r.waiting,
            r.leaked,
            r.suspects,
            r.findings,
        )


@dataclasses.dataclass(frozen=True)
class WhyFindingRecord:
    """One thing that is wrong: goroutines that are stuck or slow together.

    Attributes:
        verdict: GOPM_VERDICT_*
        certainty: GOPM_CERTAINTY_*
        basis: GOPM_BASIS_*; NONE unless it is certain
        pattern: GOPM_PATTERN_*
        waiters: goroutines that wait: gopm_why_waiters()
        blamed: goroutines to blame: gopm_why_blamed(). 0: they are gone
        objects: gopm_why_objects()
        edges: gopm_why_edges()
        structures: that look the same: each has its own goroutines; objects and edges are those of one
        longest_wait: nanoseconds, at least: the collector notes when it first sees a wait. 0: unknown
        text: what is wrong, in words for people: lines. Lives as long as the analysis"""

    verdict: int
    certainty: int
    basis: int
    pattern: int
    waiters: int
    blamed: int
    objects: int
    edges: int
    structures: int
    longest_wait: int
    text: str

    @classmethod
    def decode(cls, r: Any) -> WhyFindingRecord:
        """The record at a pointer to a gopm_why_finding."""
        return cls(
            r.verdict,
            r.certainty,
            r.basis,
            r.pattern,
            r.waiters,
            r.blamed,
            r.objects,
            r.edges,
            r.structures,
            r.longest_wait,
            text(r.text),
        )


@dataclasses.dataclass(frozen=True)
class WhyWaiterRecord:
    """A goroutine of a finding.

    Attributes:
        id: see gopm_why_waiter.id
        address: of its runtime.g
        certainty: GOPM_CERTAINTY_*: that it is stuck"""

    id: int
    address: int
    certainty: int

    @classmethod
    def decode(cls, r: Any) -> WhyWaiterRecord:
        """The record at a pointer to a gopm_why_waiter."""
        return cls(
            r.id,
            r.address,
            r.certainty,
        )


@dataclasses.dataclass(frozen=True)
class WhyEdgeRecord:
    """Goroutine `from` waits for an object that others could release.

    Attributes:
        from_: id
        object: index in gopm_why_objects()
        targets: goroutines: gopm_why_edge_targets(). 0: none is known
        waiters: goroutines that wait for the object as this one does, at the same place
        how: GOPM_EDGE_* of the first target
        evidence: GOPM_EVIDENCE_* of it
        certainty: GOPM_CERTAINTY_* that it does so"""

    from_: int
    object: int
    targets: int
    waiters: int
    how: int
    evidence: int
    certainty: int

    @classmethod
    def decode(cls, r: Any) -> WhyEdgeRecord:
        """The record at a pointer to a gopm_why_edge."""
        return cls(
            getattr(r, "from"),
            r.object,
            r.targets,
            r.waiters,
            r.how,
            r.evidence,
            r.certainty,
        )


@dataclasses.dataclass(frozen=True)
class WhyHolderRecord:
    """A goroutine that holds a lock which another one waits for.

    Attributes:
        goroutine: id
        address: of its runtime.g
        how: GOPM_EDGE_HOLDS or GOPM_EDGE_HOLDS_READ
        evidence: GOPM_EVIDENCE_*
        certainty: GOPM_CERTAINTY_* that it holds the lock
        object: the lock. Its strings live as long as the analysis"""

    goroutine: int
    address: int
    how: int
    evidence: int
    certainty: int
    object: ObjectRecord

    @classmethod
    def decode(cls, r: Any) -> WhyHolderRecord:
        """The record at a pointer to a gopm_why_holder."""
        return cls(
            r.goroutine,
            r.address,
            r.how,
            r.evidence,
            r.certainty,
            ObjectRecord.decode(r.object),
        )


@dataclasses.dataclass(frozen=True)
class WhyStepRecord:
    """A goroutine, what it waits for, and who could end that.

    Attributes:
        goroutine: id
        address: of its runtime.g
        next: id of the goroutine that could end its wait, the one of which that is surest; 0: none is known, or
            it waits for no goroutine
        others: goroutines besides `next` that could
        certainty: GOPM_CERTAINTY_* that this goroutine is stuck; 0: it is not
        side: GOPM_SIDE_*: what it waits to do
        how: GOPM_EDGE_* of `next`
        evidence: GOPM_EVIDENCE_* of it
        waits: objects that it waits for: several in a select, 0 if it does not wait
        object: what it waits for; in a select the one that `next` uses, else the first"""

    goroutine: int
    address: int
    next: int
    others: int
    certainty: int
    side: int
    how: int
    evidence: int
    waits: int
    object: ObjectRecord

    @classmethod
    def decode(cls, r: Any) -> WhyStepRecord:
        """The record at a pointer to a gopm_why_step."""
        return cls(
            r.goroutine,
            r.address,
            r.next,
            r.others,
            r.certainty,
            r.side,
            r.how,
            r.evidence,
            r.waits,
            ObjectRecord.decode(r.object),
        )


@dataclasses.dataclass(frozen=True)
class LeakRecord:
    """A goroutine that never runs again, for certain or likely.

    Attributes:
        id: see gopm_leak.id
        address: of its runtime.g
        group: index in gopm_why_leak_groups()
        certainty: GOPM_CERTAINTY_CERTAIN: it is leaked; else it is a suspect
        basis: GOPM_BASIS_*"""

    id: int
    address: int
    group: int
    certainty: int
    basis: int

    @classmethod
    def decode(cls, r: Any) -> LeakRecord:
        """The record at a pointer to a gopm_leak."""
        return cls(
            r.id,
            r.address,
            r.group,
            r.certainty,
            r.basis,
        )


@dataclasses.dataclass(frozen=True)
class LeakGroupRecord:
    """Leaked goroutines, or suspects, with one birthplace.

    Attributes:
        count: see gopm_leak_group.count
        example_id: the first of them
        certainty: as gopm_leak.certainty
        basis: GOPM_BASIS_*, the weakest
        kind: GOPM_OBJECT_* of what they wait for
        longest_wait: nanoseconds, at least; 0: unknown
        go_statement: that started them
        start: their function
        user: where the first of them waits, outside the runtime's internals"""

    count: int
    example_id: int
    certainty: int
    basis: int
    kind: int
    longest_wait: int
    go_statement: LocationRecord
    start: LocationRecord
    user: LocationRecord

    @classmethod
    def decode(cls, r: Any) -> LeakGroupRecord:
        """The record at a pointer to a gopm_leak_group."""
        return cls(
            r.count,
            r.example_id,
            r.certainty,
            r.basis,
            r.kind,
            r.longest_wait,
            LocationRecord.decode(r.go_statement),
            LocationRecord.decode(r.start),
            LocationRecord.decode(r.user),
        )
