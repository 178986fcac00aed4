/* SPDX-License-Identifier: Apache-2.0 */
/* Made by bindings/cpp/generate.py from the headers of include/gopm. Do not edit. */
/**
 * @file gopm/records.hpp
 * The records of the library as structs of C++, whose strings are std::string_view. Names and meanings are those of the
 * headers, and so is the life of the strings: mostly that of the core.
 */
#ifndef GOPM_RECORDS_HPP
#define GOPM_RECORDS_HPP

#include <cstddef>
#include <cstdint>
#include <gopm/gopm.h>
#include <string_view>

// clang-format off
namespace gopm::record
{

/// The bytes of a gopm_str.
inline std::string_view view(gopm_str from) noexcept
{
	return {from.size != 0 ? from.data : "", from.size};
}

/// Facts about a core and its executable that need no scan.
struct core_info {
	std::uint32_t flags{}; ///< GOPM_CORE_*
	std::uint32_t pid{}; ///< 0: unknown
	std::string_view core_path{}; ///< as opened; empty: opened without a path. For a C program, exe_path is its Go library
	std::string_view exe_path{}; ///< as opened; empty: opened without a path. For a C program, exe_path is its Go library
	std::string_view core_build_id{}; ///< lower-case hex; empty: none
	std::string_view exe_build_id{}; ///< lower-case hex; empty: none
	std::string_view go_version{}; ///< runtime.buildVersion, "go1.26.8"; empty: unknown
	std::string_view machine{}; ///< "amd64"
	std::string_view compression{}; ///< "", "zstd", "lz4", "xz", "gzip" or "bzip2"
	std::string_view command_line{}; ///< NT_PRPSINFO pr_psargs; may be cut at 80 bytes
	std::uint64_t exe_bias{}; ///< address in memory minus address in the ELF file
	std::uint64_t core_size{}; ///< bytes, after unpacking
	std::uint64_t memory_size{}; ///< bytes of memory in the core
	std::uint64_t thread_count{};
	std::uint64_t goroutine_slots{}; ///< length of runtime.allgs: live, dead and system goroutines
	std::uint32_t death{}; ///< GOPM_DEATH_*
	std::int32_t signal{}; ///< the first signal: the cause, not the SIGABRT that the runtime raises after it printed; 0: none
	std::int32_t signal_code{}; ///< its siginfo si_code
	std::uint32_t death_thread{}; ///< thread that received the signal or panicked; 0: unknown
	std::uint64_t fault_address{}; ///< its siginfo si_addr, if the kernel raised it for a fault; else 0
	std::uint64_t death_goroutine{}; ///< goroutine on that thread; 0: none
	std::string_view death_text{}; ///< panic value or fatal message; empty: none
	std::string_view backlog{}; ///< the runtime's last output (runtime.printBacklog, at most 512 bytes)
	std::int64_t now{}; ///< newest runtime.nanotime in the core: an estimate of when it was taken; 0: unknown
	std::uint32_t slim_profile{}; ///< with GOPM_CORE_SLIM: GOPM_SLIM_*
	std::uint64_t original_size{}; ///< with GOPM_CORE_SLIM: bytes of the original core; else 0
	std::uint64_t signal_pc{}; ///< pc that `signal` interrupted; 0: unknown, or a fault in a call of NULL
	std::string_view death_lines{}; ///< with GOPM_DEATH_FATAL: the lines that the runtime printed before "fatal error:", as "runtime: goroutine stack exceeds 1000000000-byte limit\n"; empty: none or unknown
	std::int32_t kernel_signal{}; ///< the signal that ended the process, by the kernel; 0: none
	std::uint32_t signal_sender{}; ///< process that sent `signal` by kill(2), tgkill(2) or sigqueue(3): its siginfo si_pid; 0: none, or unknown
	std::int64_t unix_now{}; ///< `now` in nanoseconds since 1970, by both clocks of the last garbage collection; 0: unknown, as no collection ended. Source: runtime/mstats.go; Go 1.17 to 1.27

	core_info() noexcept = default;
	/// Of a record of the library.
	explicit core_info(const gopm_core_info &raw) noexcept
	    : flags(raw.flags)
	    , pid(raw.pid)
	    , core_path(view(raw.core_path))
	    , exe_path(view(raw.exe_path))
	    , core_build_id(view(raw.core_build_id))
	    , exe_build_id(view(raw.exe_build_id))
	    , go_version(view(raw.go_version))
	    , machine(view(raw.machine))
	    , compression(view(raw.compression))
	    , command_line(view(raw.command_line))
	    , exe_bias(raw.exe_bias)
	    , core_size(raw.core_size)
	    , memory_size(raw.memory_size)
	    , thread_count(raw.thread_count)
	    , goroutine_slots(raw.goroutine_slots)
	    , death(raw.death)
	    , signal(raw.signal)
	    , signal_code(raw.signal_code)
	    , death_thread(raw.death_thread)
	    , fault_address(raw.fault_address)
	    , death_goroutine(raw.death_goroutine)
	    , death_text(view(raw.death_text))
	    , backlog(view(raw.backlog))
	    , now(raw.now)
	    , slim_profile(raw.slim_profile)
	    , original_size(raw.original_size)
	    , signal_pc(raw.signal_pc)
	    , death_lines(view(raw.death_lines))
	    , kernel_signal(raw.kernel_signal)
	    , signal_sender(raw.signal_sender)
	    , unix_now(raw.unix_now)
	{
	}
};

/// A place in the program: a pc with its function, file and line from pclntab.
struct location {
	std::uint64_t pc{}; ///< as stored: the return address for a caller; 0: unknown
	std::uint64_t entry{}; ///< entry of the physical function; 0: pc is not in a Go function
	std::string_view function{}; ///< as the source writes it, "main.(*T).M"; empty: none. See gopm_symbol_name()
	std::string_view file{}; ///< as compiled; empty: none
	std::uint32_t line{}; ///< 0: unknown
	std::uint32_t flags{}; ///< GOPM_LOCATION_*

	location() noexcept = default;
	/// Of a record of the library.
	explicit location(const gopm_location &raw) noexcept
	    : pc(raw.pc)
	    , entry(raw.entry)
	    , function(view(raw.function))
	    , file(view(raw.file))
	    , line(raw.line)
	    , flags(raw.flags)
	{
	}
};

/// One memory mapping of the process.
struct mapping {
	std::uint64_t address{}; ///< first byte
	std::uint64_t size{}; ///< bytes mapped
	std::uint64_t size_in_core{}; ///< bytes from `address` on that are in the core file
	std::uint64_t core_offset{}; ///< offset in the unpacked core file, in bytes
	std::uint64_t file_offset{}; ///< NT_FILE: offset in `path`, in bytes
	std::string_view path{}; ///< NT_FILE; empty: anonymous
	std::uint32_t flags{}; ///< ELF PF_R 4, PF_W 2, PF_X 1

	mapping() noexcept = default;
	/// Of a record of the library.
	explicit mapping(const gopm_mapping &raw) noexcept
	    : address(raw.address)
	    , size(raw.size)
	    , size_in_core(raw.size_in_core)
	    , core_offset(raw.core_offset)
	    , file_offset(raw.file_offset)
	    , path(view(raw.path))
	    , flags(raw.flags)
	{
	}
};

/// One piece of damage or missing data. It makes an answer partial, but is not a failure.
struct finding {
	std::uint32_t kind{}; ///< GOPM_FINDING_*
	std::uint64_t count{}; ///< how often this finding occurred
	std::uint64_t address{}; ///< in the process, or GOPM_NO_OFFSET
	std::uint64_t offset{}; ///< in the file, or GOPM_NO_OFFSET
	std::string_view message{}; ///< one line for people, escaped as by gopm_escape()

	finding() noexcept = default;
	/// Of a record of the library.
	explicit finding(const gopm_finding &raw) noexcept
	    : kind(raw.kind)
	    , count(raw.count)
	    , address(raw.address)
	    , offset(raw.offset)
	    , message(view(raw.message))
	{
	}
};

/// One object that a goroutine waits on.
struct wait {
	std::uint32_t kind{}; ///< GOPM_WAIT_*: see gopm_wait_kind_name(). For SELECT, `flags` has the direction
	std::uint32_t flags{}; ///< GOPM_WAIT_FLAG_*
	std::uint64_t object{}; ///< address of the hchan, semaphore, notifyList, timer or pollDesc; 0: none or unknown
	std::string_view type{}; ///< channel: element type, "main.Metric"; empty: unknown
	std::uint64_t length{}; ///< channel: elements in the buffer
	std::uint64_t capacity{}; ///< channel: size of the buffer in elements
	std::uint64_t senders{}; ///< channel: goroutines waiting to send
	std::uint64_t receivers{}; ///< channel: goroutines waiting to receive
	std::int64_t deadline{}; ///< timer, or channel of a timer since Go 1.23: its runtime.nanotime; 0: unknown
	std::int32_t fd{}; ///< file descriptor; -1: none or unknown

	wait() noexcept = default;
	/// Of a record of the library.
	explicit wait(const gopm_wait &raw) noexcept
	    : kind(raw.kind)
	    , flags(raw.flags)
	    , object(raw.object)
	    , type(view(raw.type))
	    , length(raw.length)
	    , capacity(raw.capacity)
	    , senders(raw.senders)
	    , receivers(raw.receivers)
	    , deadline(raw.deadline)
	    , fd(raw.fd)
	{
	}
};

/// One goroutine.
struct goroutine {
	std::uint64_t address{}; ///< address of its runtime.g
	std::uint64_t id{}; ///< goid
	std::uint64_t parent_id{}; ///< goid of the goroutine that started it; 0: none or unknown
	std::uint32_t status{}; ///< GOPM_G_*
	std::uint32_t raw_status{}; ///< atomicstatus as stored
	std::uint32_t flags{}; ///< GOPM_G_FLAG_*
	std::uint32_t raw_wait_reason{}; ///< waitreason as stored: its meaning depends on the Go version
	std::string_view status_name{}; ///< "waiting", as the runtime prints it
	std::string_view wait_reason{}; ///< "chan send"; empty if it does not wait
	std::int64_t wait_since{}; ///< runtime.nanotime when it parked; 0: unknown, because the garbage collector sets it
	std::int64_t wait_time{}; ///< nanoseconds from wait_since to gopm_core_info.now: an estimate; 0: unknown
	std::uint64_t stack_lo{}; ///< address range of its stack: [lo, hi)
	std::uint64_t stack_hi{}; ///< address range of its stack: [lo, hi)
	std::uint64_t pc{}; ///< its saved registers, or those of its thread if it runs
	std::uint64_t sp{}; ///< its saved registers, or those of its thread if it runs
	std::uint64_t m{}; ///< address of its runtime.m; 0: none
	std::uint64_t m_id{}; ///< id of that m
	std::uint64_t thread_id{}; ///< kernel thread id of that m; 0: none
	std::uint64_t locked_thread_id{}; ///< kernel id of the thread that it is locked to; 0: none
	record::location current{}; ///< innermost frame
	record::location user{}; ///< innermost frame outside the runtime's internals, inlined frames included
	record::location go_statement{}; ///< the `go` statement that started it
	record::location start{}; ///< the function in that `go` statement
	record::wait wait{}; ///< the first object it waits on
	std::uint32_t wait_count{}; ///< number of objects that it waits on: see gopm_goroutine_waits()
	std::uint32_t label_count{}; ///< number of pprof labels: see gopm_goroutine_labels()
	std::uint64_t stack_id{}; ///< id of its whole stack, by functions and lines. Equal stacks of one core have the same id; it is never 0. Ids of different cores cannot be compared

	goroutine() noexcept = default;
	/// Of a record of the library.
	explicit goroutine(const gopm_goroutine &raw) noexcept
	    : address(raw.address)
	    , id(raw.id)
	    , parent_id(raw.parent_id)
	    , status(raw.status)
	    , raw_status(raw.raw_status)
	    , flags(raw.flags)
	    , raw_wait_reason(raw.raw_wait_reason)
	    , status_name(view(raw.status_name))
	    , wait_reason(view(raw.wait_reason))
	    , wait_since(raw.wait_since)
	    , wait_time(raw.wait_time)
	    , stack_lo(raw.stack_lo)
	    , stack_hi(raw.stack_hi)
	    , pc(raw.pc)
	    , sp(raw.sp)
	    , m(raw.m)
	    , m_id(raw.m_id)
	    , thread_id(raw.thread_id)
	    , locked_thread_id(raw.locked_thread_id)
	    , current(record::location(raw.current))
	    , user(record::location(raw.user))
	    , go_statement(record::location(raw.go_statement))
	    , start(record::location(raw.start))
	    , wait(record::wait(raw.wait))
	    , wait_count(raw.wait_count)
	    , label_count(raw.label_count)
	    , stack_id(raw.stack_id)
	{
	}
};

/// A pprof label.
struct label {
	std::string_view key{};
	std::string_view value{};

	label() noexcept = default;
	/// Of a record of the library.
	explicit label(const gopm_label &raw) noexcept
	    : key(view(raw.key))
	    , value(view(raw.value))
	{
	}
};

/// Goroutines that have the same key.
struct group {
	std::uint64_t count{}; ///< number of goroutines
	std::uint64_t example_id{}; ///< the goroutine that has waited longest; the first one if no wait is known
	std::int64_t longest_wait{}; ///< nanoseconds, an estimate; 0: unknown
	record::location location{}; ///< if grouped by a location; else empty
	std::string_view key{}; ///< wait reason, status or label value. If grouped by object, a description for people: "chan main.Metric 0xc000112000, 100 of 100: 1001 senders, 0 receivers". Lives as long as the iterator
	record::wait object{}; ///< if grouped by object; else empty. GOPM_WAIT_CHAN_SEND means any use of a channel
	std::uint64_t stack_id{}; ///< if grouped by stack: a value for gopm_goroutine_filter.stack_id; else 0
	std::int64_t shortest_wait{}; ///< shortest known wait in nanoseconds; 0: none is known
	std::uint64_t partial_count{}; ///< goroutines of which a part could not be read, and which may belong to another group: GOPM_G_FLAG_PARTIAL

	group() noexcept = default;
	/// Of a record of the library.
	explicit group(const gopm_group &raw) noexcept
	    : count(raw.count)
	    , example_id(raw.example_id)
	    , longest_wait(raw.longest_wait)
	    , location(record::location(raw.location))
	    , key(view(raw.key))
	    , object(record::wait(raw.object))
	    , stack_id(raw.stack_id)
	    , shortest_wait(raw.shortest_wait)
	    , partial_count(raw.partial_count)
	{
	}
};

/// Facts about a build. Empty strings: the executable does not say.
struct build_info {
	std::uint32_t flags{}; ///< GOPM_BUILD_*
	std::string_view go_version{}; ///< toolchain, "go1.26.8" or "go1.27.3 X:nogreenteagc"
	std::string_view package_path{}; ///< of the main package, "example.com/server/cmd/server"
	std::string_view module_path{}; ///< of the main module, "example.com/server"
	std::string_view module_version{}; ///< "v1.2.3", or "(devel)"
	std::string_view module_sum{}; ///< "h1:..."; empty for a module of the working tree
	std::string_view vcs{}; ///< "git"
	std::string_view vcs_revision{}; ///< whole hash of the commit
	std::string_view vcs_time{}; ///< of the commit, RFC 3339
	std::uint64_t setting_count{}; ///< see gopm_build_settings()
	std::uint64_t dependency_count{}; ///< see gopm_build_dependencies()

	build_info() noexcept = default;
	/// Of a record of the library.
	explicit build_info(const gopm_build_info &raw) noexcept
	    : flags(raw.flags)
	    , go_version(view(raw.go_version))
	    , package_path(view(raw.package_path))
	    , module_path(view(raw.module_path))
	    , module_version(view(raw.module_version))
	    , module_sum(view(raw.module_sum))
	    , vcs(view(raw.vcs))
	    , vcs_revision(view(raw.vcs_revision))
	    , vcs_time(view(raw.vcs_time))
	    , setting_count(raw.setting_count)
	    , dependency_count(raw.dependency_count)
	{
	}
};

/// One build setting: a flag of `go build`, an environment variable, or a fact of the version control system.
struct build_setting {
	std::string_view key{}; ///< "-ldflags", "CGO_ENABLED", "vcs.revision"
	std::string_view value{}; ///< "-ldflags", "CGO_ENABLED", "vcs.revision"

	build_setting() noexcept = default;
	/// Of a record of the library.
	explicit build_setting(const gopm_build_setting &raw) noexcept
	    : key(view(raw.key))
	    , value(view(raw.value))
	{
	}
};

/// A module that the executable was built with.
struct build_module {
	std::string_view path{};
	std::string_view version{};
	std::string_view sum{};
	std::string_view replace_path{}; ///< the module used instead; empty: none
	std::string_view replace_version{}; ///< the module used instead; empty: none
	std::string_view replace_sum{}; ///< the module used instead; empty: none

	build_module() noexcept = default;
	/// Of a record of the library.
	explicit build_module(const gopm_build_module &raw) noexcept
	    : path(view(raw.path))
	    , version(view(raw.version))
	    , sum(view(raw.sum))
	    , replace_path(view(raw.replace_path))
	    , replace_version(view(raw.replace_version))
	    , replace_sum(view(raw.replace_sum))
	{
	}
};

/// One thread.
struct thread {
	std::uint64_t id{}; ///< kernel thread id (NT_PRSTATUS pr_pid)
	std::int32_t signal{}; ///< pr_cursig, or NT_SIGINFO's si_signo; 0: none
	std::uint32_t flags{}; ///< 0
	std::uint64_t pc{}; ///< its registers
	std::uint64_t sp{}; ///< its registers
	std::uint64_t m{}; ///< address of its runtime.m; 0: none (a thread of C code)
	std::uint64_t m_id{}; ///< id of that m
	std::uint64_t goroutine{}; ///< goid of the user goroutine that it runs (m.curg); 0: none
	std::uint64_t goroutine_address{}; ///< address of that runtime.g; 0: none
	record::location location{}; ///< location of pc. In C, function and line are those of DWARF, else of symbols
	std::string_view object{}; ///< path of the module that has the code, gopm_module.path; empty: in Go code, and unknown
	std::uint64_t object_offset{}; ///< with `object`: address of the pc in its file; 0: unknown

	thread() noexcept = default;
	/// Of a record of the library.
	explicit thread(const gopm_thread &raw) noexcept
	    : id(raw.id)
	    , signal(raw.signal)
	    , flags(raw.flags)
	    , pc(raw.pc)
	    , sp(raw.sp)
	    , m(raw.m)
	    , m_id(raw.m_id)
	    , goroutine(raw.goroutine)
	    , goroutine_address(raw.goroutine_address)
	    , location(record::location(raw.location))
	    , object(view(raw.object))
	    , object_offset(raw.object_offset)
	{
	}
};

/// One general register.
struct register_ {
	std::string_view name{}; ///< "rip"
	std::uint64_t value{};
	std::uint32_t dwarf_number{}; ///< DWARF register number of the CPU's psABI; UINT32_MAX: none

	register_() noexcept = default;
	/// Of a record of the library.
	explicit register_(const gopm_register &raw) noexcept
	    : name(view(raw.name))
	    , value(raw.value)
	    , dwarf_number(raw.dwarf_number)
	{
	}
};

/// One frame. An inlined call has a frame of its own, with the sp and cfa of the function that it was inlined into.
struct frame {
	record::location location{}; ///< function, file and line; for a return address, of the call at pc - 1
	std::uint64_t pc{}; ///< return address; or next instruction, with GOPM_FRAME_INNERMOST or _INTERRUPTED
	std::uint64_t sp{}; ///< stack pointer in the frame
	std::uint64_t cfa{}; ///< canonical frame address: the caller's sp after the return; 0: unknown
	std::uint32_t flags{}; ///< GOPM_FRAME_*
	std::uint32_t language{}; ///< GOPM_LANGUAGE_*
	std::string_view object{}; ///< path of the module that has the code, gopm_module.path; empty: of Go's frames, and unknown
	std::uint64_t object_offset{}; ///< with `object`: address of the pc in its file; 0: unknown
	std::string_view symbol{}; ///< the linker's name of the function, mangled; empty: of Go's frames, and unknown

	frame() noexcept = default;
	/// Of a record of the library.
	explicit frame(const gopm_frame &raw) noexcept
	    : location(record::location(raw.location))
	    , pc(raw.pc)
	    , sp(raw.sp)
	    , cfa(raw.cfa)
	    , flags(raw.flags)
	    , language(raw.language)
	    , object(view(raw.object))
	    , object_offset(raw.object_offset)
	    , symbol(view(raw.symbol))
	{
	}
};

/// Facts about a value without its children. Its strings live as long as the gopm_value. A child has the provenance of its parent, or GOPM_FROM_STALE if it was read through a pointer that may dangle.
struct value_info {
	std::uint32_t kind{}; ///< GOPM_KIND_*
	std::uint32_t provenance{}; ///< GOPM_FROM_*
	std::uint32_t flags{}; ///< GOPM_VALUE_*
	std::uint32_t variable_flags{}; ///< GOPM_VAR_*; child of a closure: ESCAPED if captured by reference
	std::string_view name{}; ///< name of the variable or field, or "[3]"; empty: none
	std::string_view type{}; ///< "*main.Metrics"
	std::string_view unreadable{}; ///< why the value is unreadable; empty: it is readable
	std::uint64_t address{}; ///< address in the process; 0: in registers, or unreadable
	std::uint64_t size{}; ///< size of the type in bytes
	std::int64_t decl_line{}; ///< line of the variable's declaration; 0: unknown
	std::int64_t integer{}; ///< bool, signed integers
	std::uint64_t uinteger{}; ///< unsigned integers, pointers, the address of a channel, map or function
	double real{}; ///< floats and complex numbers
	double imaginary{}; ///< floats and complex numbers
	std::string_view text{}; ///< string: its bytes; func: its name; integer: the name of its constant; a pointer to char or an array of char, of C: its bytes up to the NUL; a pointer to a function of C: the function's name
	std::uint64_t length{}; ///< elements of a slice, array, map or channel; bytes of a string
	std::uint64_t capacity{}; ///< elements that a slice or channel has room for
	std::uint64_t base{}; ///< address of the first byte of a string, slice or array; 0: none
	std::uint64_t child_count{}; ///< number of children, within the limits; map: each key and each value is a child. gopm_value_child() reads those past the limits too
	std::uint64_t senders{}; ///< channel: goroutines that wait to send, at most a million
	std::uint64_t receivers{}; ///< channel: goroutines that wait to receive, at most a million
	std::string_view origin{}; ///< origin of a value that is not exact: "sudog at 0xc000112000"; empty: exact

	value_info() noexcept = default;
	/// Of a record of the library.
	explicit value_info(const gopm_value_info &raw) noexcept
	    : kind(raw.kind)
	    , provenance(raw.provenance)
	    , flags(raw.flags)
	    , variable_flags(raw.variable_flags)
	    , name(view(raw.name))
	    , type(view(raw.type))
	    , unreadable(view(raw.unreadable))
	    , address(raw.address)
	    , size(raw.size)
	    , decl_line(raw.decl_line)
	    , integer(raw.integer)
	    , uinteger(raw.uinteger)
	    , real(raw.real)
	    , imaginary(raw.imaginary)
	    , text(view(raw.text))
	    , length(raw.length)
	    , capacity(raw.capacity)
	    , base(raw.base)
	    , child_count(raw.child_count)
	    , senders(raw.senders)
	    , receivers(raw.receivers)
	    , origin(view(raw.origin))
	{
	}
};

/// Totals of a heap, in bytes if not said otherwise.
struct heap_info {
	std::uint32_t flags{}; ///< GOPM_HEAP_INFO_*
	std::uint64_t objects{}; ///< allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
	std::uint64_t bytes{}; ///< allocated; as MemStats.HeapObjects and HeapAlloc. Whole slots
	std::uint64_t live_objects{}; ///< of them
	std::uint64_t live_bytes{}; ///< of them
	std::uint64_t in_use{}; ///< pages of spans that have objects; as MemStats.HeapInuse
	std::uint64_t free_slots{}; ///< slots in these spans that have no object
	std::uint64_t rounding{}; ///< the rest of these spans: pointer bits, and ends too small for a slot
	std::uint64_t stacks{}; ///< pages of stacks and others that are managed by hand; as StackInuse
	std::uint64_t idle{}; ///< free pages that the runtime keeps
	std::uint64_t released{}; ///< free pages that it gave back to the system; as HeapReleased
	std::uint64_t mapped{}; ///< all of these together; as HeapSys and stacks. 0: unknown, and then idle and released are 0 too

	heap_info() noexcept = default;
	/// Of a record of the library.
	explicit heap_info(const gopm_heap_info &raw) noexcept
	    : flags(raw.flags)
	    , objects(raw.objects)
	    , bytes(raw.bytes)
	    , live_objects(raw.live_objects)
	    , live_bytes(raw.live_bytes)
	    , in_use(raw.in_use)
	    , free_slots(raw.free_slots)
	    , rounding(raw.rounding)
	    , stacks(raw.stacks)
	    , idle(raw.idle)
	    , released(raw.released)
	    , mapped(raw.mapped)
	{
	}
};

/// The objects of one type and form, counted.
struct heap_type {
	std::string_view type{}; ///< full name, "net/http.conn", NUL-terminated; empty: unknown, or bytes
	std::uint64_t descriptor{}; ///< address of the type's descriptor; 0: none is known
	std::uint32_t form{}; ///< GOPM_HEAP_*
	std::uint32_t from{}; ///< GOPM_HEAP_FROM_*: the weakest of these objects
	std::uint64_t objects{}; ///< allocated; values in all of them together; whole slots
	std::uint64_t elems{}; ///< allocated; values in all of them together; whole slots
	std::uint64_t bytes{}; ///< allocated; values in all of them together; whole slots
	std::uint64_t live_objects{}; ///< of them
	std::uint64_t live_bytes{}; ///< of them
	std::uint64_t slot_size{}; ///< bytes of one slot; 0: they differ
	std::uint32_t pointers{}; ///< 1: these objects may have pointers

	heap_type() noexcept = default;
	/// Of a record of the library.
	explicit heap_type(const gopm_heap_type &raw) noexcept
	    : type(view(raw.type))
	    , descriptor(raw.descriptor)
	    , form(raw.form)
	    , from(raw.from)
	    , objects(raw.objects)
	    , elems(raw.elems)
	    , bytes(raw.bytes)
	    , live_objects(raw.live_objects)
	    , live_bytes(raw.live_bytes)
	    , slot_size(raw.slot_size)
	    , pointers(raw.pointers)
	{
	}
};

/// One object.
struct heap_object {
	std::uint64_t address{}; ///< as pointers to it have
	std::uint64_t size{}; ///< bytes that it can use, up to the end of its slot
	std::uint64_t elems{}; ///< values in it
	std::string_view type{}; ///< as in gopm_heap_type
	std::uint64_t descriptor{}; ///< likewise
	std::uint32_t form{}; ///< GOPM_HEAP_*
	std::uint32_t from{}; ///< GOPM_HEAP_FROM_*
	std::uint32_t flags{}; ///< GOPM_HEAP_OBJECT_*

	heap_object() noexcept = default;
	/// Of a record of the library.
	explicit heap_object(const gopm_heap_object &raw) noexcept
	    : address(raw.address)
	    , size(raw.size)
	    , elems(raw.elems)
	    , type(view(raw.type))
	    , descriptor(raw.descriptor)
	    , form(raw.form)
	    , from(raw.from)
	    , flags(raw.flags)
	{
	}
};

/// A node of the dominator tree, with what it retains: the objects that would become garbage without it. An object that two nodes reach belongs to neither, but to what both belong to.
struct heap_node {
	std::uint64_t id{}; ///< for gopm_heap_node_children(); UINT64_MAX for a type, and if there is none
	std::string_view name{}; ///< "main.sessions", "goroutine 7 main.work", ".bss+0x40"; of an object its type. Lives as long as the iterator, or the heap if there is none
	std::uint64_t address{}; ///< of the variable, runtime.g, timer or object; 0: none
	std::uint64_t objects{}; ///< retained
	std::uint64_t bytes{}; ///< retained
	std::uint64_t own_bytes{}; ///< of an object; of all objects of a type
	std::uint64_t instances{}; ///< objects of a type; goroutines or timers of a birthplace; 1 for all others
	std::uint32_t kind{}; ///< GOPM_HEAP_NODE_*
	std::uint32_t form{}; ///< of an object or type, GOPM_HEAP_*; else 0

	heap_node() noexcept = default;
	/// Of a record of the library.
	explicit heap_node(const gopm_heap_node &raw) noexcept
	    : id(raw.id)
	    , name(view(raw.name))
	    , address(raw.address)
	    , objects(raw.objects)
	    , bytes(raw.bytes)
	    , own_bytes(raw.own_bytes)
	    , instances(raw.instances)
	    , kind(raw.kind)
	    , form(raw.form)
	{
	}
};

/// A pointer to an object.
struct heap_step {
	std::uint64_t object{}; ///< address of the object with the pointer; 0: a variable, stack or other holder
	std::uint64_t place{}; ///< address of the pointer; 0: a register, or a special of the object
	std::uint64_t target{}; ///< address of the object that it points to
	std::uint64_t inside{}; ///< bytes from the target's beginning to what it points to
	std::string_view type{}; ///< of the target, as in gopm_heap_object; lives as long as the heap
	std::uint32_t form{}; ///< of the target, GOPM_HEAP_*

	heap_step() noexcept = default;
	/// Of a record of the library.
	explicit heap_step(const gopm_heap_step &raw) noexcept
	    : object(raw.object)
	    , place(raw.place)
	    , target(raw.target)
	    , inside(raw.inside)
	    , type(view(raw.type))
	    , form(raw.form)
	{
	}
};

/// Something that retains a large part of the live heap; or a goroutine that runs finalizers or cleanups and waits in one of them, so that all others wait for it, whatever they retain.
struct heap_suspect {
	std::string_view name{}; ///< as gopm_heap_node.name; lives as long as the heap, and so do the others
	std::uint32_t kind{}; ///< GOPM_HEAP_NODE_* of a holder, _GROUP, _OBJECT (that several hold), _TYPE (many of them), or _FINALIZER or _CLEANUP: a goroutine that waits in one
	std::uint32_t form{}; ///< of an object or type, GOPM_HEAP_*
	std::uint64_t address{}; ///< as gopm_heap_node.address
	std::uint64_t objects{}; ///< retained
	std::uint64_t bytes{}; ///< retained
	std::uint64_t instances{}; ///< of a type, its objects; of a group, its holders; finalizers or cleanups that are due, which retain the bytes; else 1
	std::string_view point{}; ///< the accumulation point, to which most of it belongs: as `name`; empty: none; of FINALIZER and CLEANUP the function in which the goroutine waits
	std::uint64_t point_address{};
	std::uint64_t point_bytes{};
	std::string_view child{}; ///< type of most of what the accumulation point has; empty: unknown, or bytes
	std::uint64_t child_objects{};
	std::uint64_t child_bytes{};
	std::uint32_t point_kind{}; ///< GOPM_HEAP_NODE_*
	std::uint32_t point_form{}; ///< of an object, GOPM_HEAP_*
	std::uint32_t child_form{}; ///< GOPM_HEAP_*
	std::uint32_t flags{}; ///< GOPM_HEAP_SUSPECT_*

	heap_suspect() noexcept = default;
	/// Of a record of the library.
	explicit heap_suspect(const gopm_heap_suspect &raw) noexcept
	    : name(view(raw.name))
	    , kind(raw.kind)
	    , form(raw.form)
	    , address(raw.address)
	    , objects(raw.objects)
	    , bytes(raw.bytes)
	    , instances(raw.instances)
	    , point(view(raw.point))
	    , point_address(raw.point_address)
	    , point_bytes(raw.point_bytes)
	    , child(view(raw.child))
	    , child_objects(raw.child_objects)
	    , child_bytes(raw.child_bytes)
	    , point_kind(raw.point_kind)
	    , point_form(raw.point_form)
	    , child_form(raw.child_form)
	    , flags(raw.flags)
	{
	}
};

/// Memory of live objects that the program could do without.
struct heap_waste {
	std::uint32_t kind{}; ///< GOPM_HEAP_WASTE_*
	std::uint64_t count{}; ///< objects; what could be saved
	std::uint64_t bytes{}; ///< objects; what could be saved
	std::string_view type{}; ///< of the elements, or of the map; empty: bytes. Lives as long as the heap
	std::string_view text{}; ///< EQUAL: the string, or its first 64 bytes; likewise. Not NUL-terminated
	std::uint64_t length{}; ///< EQUAL: of the string, in bytes
	std::uint64_t example{}; ///< address of the object that wastes most; of EQUAL, of one of the strings

	heap_waste() noexcept = default;
	/// Of a record of the library.
	explicit heap_waste(const gopm_heap_waste &raw) noexcept
	    : kind(raw.kind)
	    , count(raw.count)
	    , bytes(raw.bytes)
	    , type(view(raw.type))
	    , text(view(raw.text))
	    , length(raw.length)
	    , example(raw.example)
	{
	}
};

/// One module. Its strings live as long as the core.
struct module {
	std::uint64_t address{}; ///< of its first mapping
	std::uint64_t size{}; ///< bytes from `address` to the end of its last mapping; other mappings may be between
	std::uint64_t bias{}; ///< address in the process minus address in its file
	std::string_view path{}; ///< NT_FILE; "[vdso]"
	std::string_view build_id{}; ///< lower-case hex, by the core's copy of its headers, else by its file; empty: unknown
	std::string_view file{}; ///< the file that was opened; empty: none
	std::string_view searched{}; ///< the paths that were tried, with ", " between them; empty: none
	std::uint32_t source{}; ///< GOPM_MODULE_SOURCE_*
	std::uint32_t flags{}; ///< GOPM_MODULE_FLAG_*

	module() noexcept = default;
	/// Of a record of the library.
	explicit module(const gopm_module &raw) noexcept
	    : address(raw.address)
	    , size(raw.size)
	    , bias(raw.bias)
	    , path(view(raw.path))
	    , build_id(view(raw.build_id))
	    , file(view(raw.file))
	    , searched(view(raw.searched))
	    , source(raw.source)
	    , flags(raw.flags)
	{
	}
};

/// One object. Fields that its kind does not have are 0.
struct object {
	std::uint64_t address{}; ///< of the hchan, sync.Mutex, ..., timer or pollDesc. CONTEXT: of its channel
	std::uint32_t kind{}; ///< GOPM_OBJECT_*
	std::uint32_t flags{}; ///< GOPM_OBJECT_FLAG_*
	std::string_view type{}; ///< "sync.RWMutex", "chan main.job", "context.cancelCtx"; empty: unknown
	std::string_view in{}; ///< where it is: "main.room.mu" is field mu of type main.room, "main.mu" a variable. Of an object behind a pointer, the field or variable that points to it. Empty: unknown
	std::string_view name{}; ///< the shortest way to it, as an expression: "main.hub["lobby"].mu"; empty: unknown
	std::uint64_t owner{}; ///< address of the value that has the field in `in`; CONTEXT: of the context; P: of its m; 0: unknown
	std::uint64_t parent{}; ///< CONTEXT: address of the nearest one that cancels it too; 0: none, or unknown
	std::uint64_t word{}; ///< lock, WaitGroup: address of the semaphore that goroutines sleep on; COND: of its notifyList; 0: unknown, or nobody waits
	std::uint64_t goroutines{}; ///< number of goroutines that wait for it: see gopm_objects_waiters()
	std::uint64_t length{}; ///< channel: elements in the buffer; P: goroutines in its run queue
	std::uint64_t capacity{}; ///< channel: size of the buffer in elements
	std::uint64_t senders{}; ///< channel: goroutines in its queue of senders
	std::uint64_t receivers{}; ///< channel: goroutines in its queue of receivers
	std::uint64_t waiters{}; ///< lock, WaitGroup, Cond: goroutines that wait, by its own count. RWMutex: writers that wait for another writer
	std::int64_t readers{}; ///< RWMutex: goroutines that hold it for reading, or wait to
	std::int64_t reading{}; ///< RWMutex: those that hold it for reading. If a writer is pending, those it waits for
	std::int64_t counter{}; ///< WaitGroup: its counter; P, M: its id
	std::int64_t deadline{}; ///< timer, channel of a timer, context: nanotime at which it fires; 0: never, or unknown
	std::string_view file{}; ///< FD: the path of an os.File; empty: it is none, or unknown
	std::string_view local{}; ///< FD: its own address, "127.0.0.1:8080", or the path of a socket; empty: unknown
	std::string_view remote{}; ///< FD: the address of its peer; empty: unknown, or it has none
	std::int32_t fd{}; ///< FD: the descriptor; -1: none
	std::string_view state{}; ///< P, M: what it does: "running", "idle", "waits for a lock of the runtime in ..."; else empty
	std::uint64_t runs{}; ///< P, M: id of the goroutine that it has; 0: none
	std::string_view library{}; ///< of whose value it is a part: "io.Pipe", "errgroup.Group"; empty: none that is known
	std::string_view library_in{}; ///< where that value is, or what points to it: "main.archive.from"; empty: unknown

	object() noexcept = default;
	/// Of a record of the library.
	explicit object(const gopm_object &raw) noexcept
	    : address(raw.address)
	    , kind(raw.kind)
	    , flags(raw.flags)
	    , type(view(raw.type))
	    , in(view(raw.in))
	    , name(view(raw.name))
	    , owner(raw.owner)
	    , parent(raw.parent)
	    , word(raw.word)
	    , goroutines(raw.goroutines)
	    , length(raw.length)
	    , capacity(raw.capacity)
	    , senders(raw.senders)
	    , receivers(raw.receivers)
	    , waiters(raw.waiters)
	    , readers(raw.readers)
	    , reading(raw.reading)
	    , counter(raw.counter)
	    , deadline(raw.deadline)
	    , file(view(raw.file))
	    , local(view(raw.local))
	    , remote(view(raw.remote))
	    , fd(raw.fd)
	    , state(view(raw.state))
	    , runs(raw.runs)
	    , library(view(raw.library))
	    , library_in(view(raw.library_in))
	{
	}
};

/// A goroutine that waits for an object.
struct object_waiter {
	std::uint64_t goroutine{}; ///< its id
	std::uint64_t address{}; ///< of its runtime.g
	std::uint32_t side{}; ///< GOPM_SIDE_*
	std::uint32_t flags{}; ///< GOPM_WAITER_*
	std::uint64_t element{}; ///< channel: address of the value to send, or of the place to receive into; 0: none
	std::int64_t wait_since{}; ///< as in gopm_goroutine
	std::int64_t wait_time{}; ///< as in gopm_goroutine
	record::location user{}; ///< innermost frame outside of the runtime, sync and internal packages; empty: unknown

	object_waiter() noexcept = default;
	/// Of a record of the library.
	explicit object_waiter(const gopm_object_waiter &raw) noexcept
	    : goroutine(raw.goroutine)
	    , address(raw.address)
	    , side(raw.side)
	    , flags(raw.flags)
	    , element(raw.element)
	    , wait_since(raw.wait_since)
	    , wait_time(raw.wait_time)
	    , user(record::location(raw.user))
	{
	}
};

/// Sizes and counts of a new small core.
struct slim_result {
	std::uint64_t file_size{}; ///< bytes written, compressed
	std::uint64_t core_size{}; ///< bytes of the new core, uncompressed
	std::uint64_t memory_size{}; ///< bytes of memory in the new core
	std::uint64_t original_size{}; ///< bytes of the original core, or of the live process's memory
	std::uint64_t segment_count{};
	std::uint64_t thread_count{};
	std::uint64_t goroutine_count{}; ///< goroutines that are not dead
	std::uint64_t finding_count{}; ///< findings in the notes of the new core
	std::uint64_t stopped_time{}; ///< nanoseconds for which the live process was stopped; 0: not a live process

	slim_result() noexcept = default;
	/// Of a record of the library.
	explicit slim_result(const gopm_slim_result &raw) noexcept
	    : file_size(raw.file_size)
	    , core_size(raw.core_size)
	    , memory_size(raw.memory_size)
	    , original_size(raw.original_size)
	    , segment_count(raw.segment_count)
	    , thread_count(raw.thread_count)
	    , goroutine_count(raw.goroutine_count)
	    , finding_count(raw.finding_count)
	    , stopped_time(raw.stopped_time)
	{
	}
};

/// A function with code of its own. One that was inlined into all of its callers has none. Its strings live as long as the core.
struct function {
	std::string_view name{}; ///< as the source writes it: "main.(*T).M"
	std::string_view file{}; ///< where it is declared; empty: unknown
	std::uint64_t entry{}; ///< address of its first instruction
	std::uint64_t end{}; ///< end of its code, with padding: the entry of the next function
	std::uint32_t line{}; ///< of its `func` since Go 1.20, before of its first instruction; 0: unknown
	std::uint32_t flags{}; ///< GOPM_FUNCTION_FLAG_*

	function() noexcept = default;
	/// Of a record of the library.
	explicit function(const gopm_function &raw) noexcept
	    : name(view(raw.name))
	    , file(view(raw.file))
	    , entry(raw.entry)
	    , end(raw.end)
	    , line(raw.line)
	    , flags(raw.flags)
	{
	}
};

/// A source file.
struct source_file {
	std::string_view path{}; ///< as the program has it: "net/http/server.go" with -trimpath; lives as long as the core

	source_file() noexcept = default;
	/// Of a record of the library.
	explicit source_file(const gopm_source_file &raw) noexcept
	    : path(view(raw.path))
	{
	}
};

/// Facts about a type. Its strings live as long as the gopm_type.
struct type_info {
	std::uint32_t kind{}; ///< GOPM_KIND_*
	std::uint32_t source{}; ///< GOPM_TYPE_FROM_*
	std::uint32_t flags{}; ///< GOPM_TYPE_*; NAMED is set only if there is a descriptor
	std::uint32_t direction{}; ///< channel: GOPM_CHAN_*
	std::string_view name{}; ///< with full package paths: "*net/http.Server"
	std::uint64_t size{}; ///< bytes of a value
	std::uint64_t descriptor{}; ///< address of its internal/abi.Type; 0: none, or unknown
	std::uint64_t length{}; ///< array: number of elements
	std::uint64_t field_count{}; ///< struct: number of fields
	std::uint64_t method_count{}; ///< methods, exported or not, from the descriptor; interface: methods it requires
	std::uint32_t align{}; ///< alignment in bytes; 0: unknown, because there is no descriptor
	std::uint32_t parameter_count{}; ///< func: number of parameters, from the descriptor
	std::uint32_t result_count{}; ///< func: number of results, from the descriptor

	type_info() noexcept = default;
	/// Of a record of the library.
	explicit type_info(const gopm_type_info &raw) noexcept
	    : kind(raw.kind)
	    , source(raw.source)
	    , flags(raw.flags)
	    , direction(raw.direction)
	    , name(view(raw.name))
	    , size(raw.size)
	    , descriptor(raw.descriptor)
	    , length(raw.length)
	    , field_count(raw.field_count)
	    , method_count(raw.method_count)
	    , align(raw.align)
	    , parameter_count(raw.parameter_count)
	    , result_count(raw.result_count)
	{
	}
};

/// A field of a struct.
struct type_field {
	std::string_view name{}; ///< name; for an embedded field, the name of its type
	std::uint64_t offset{}; ///< bytes from the start of the struct
	std::uint64_t size{}; ///< bytes
	std::uint32_t flags{}; ///< GOPM_TYPE_FIELD_FLAG_*

	type_field() noexcept = default;
	/// Of a record of the library.
	explicit type_field(const gopm_type_field &raw) noexcept
	    : name(view(raw.name))
	    , offset(raw.offset)
	    , size(raw.size)
	    , flags(raw.flags)
	{
	}
};

/// A method.
struct type_method {
	std::string_view name{}; ///< "ServeHTTP"
	std::string_view function{}; ///< "net/http.(*Server).Serve"; empty: an interface's method, or removed by the linker
	std::uint64_t entry{}; ///< entry address of that function; 0: none
	std::uint64_t interface_entry{}; ///< entry address that a call through an interface uses; 0: none
	std::uint32_t flags{}; ///< GOPM_METHOD_EXPORTED

	type_method() noexcept = default;
	/// Of a record of the library.
	explicit type_method(const gopm_type_method &raw) noexcept
	    : name(view(raw.name))
	    , function(view(raw.function))
	    , entry(raw.entry)
	    , interface_entry(raw.interface_entry)
	    , flags(raw.flags)
	{
	}
};

/// The name of a type that the program has.
struct type_name {
	std::string_view name{}; ///< as gopm_type_by_name() takes it; lives as long as the iterator
	std::uint64_t descriptor{}; ///< address of its internal/abi.Type; 0: only the DWARF has it

	type_name() noexcept = default;
	/// Of a record of the library.
	explicit type_name(const gopm_type_name &raw) noexcept
	    : name(view(raw.name))
	    , descriptor(raw.descriptor)
	{
	}
};

/// The analysis in numbers.
struct why_info {
	std::uint32_t flags{}; ///< GOPM_WHY_PARTIAL ...
	std::uint32_t verdict{}; ///< GOPM_VERDICT_* of the first finding that is certain or likely; else HEALTHY
	std::uint64_t goroutines{}; ///< that are not dead
	std::uint64_t waiting{}; ///< of them, those that another goroutine has to wake up
	std::uint64_t leaked{}; ///< that certainly never run again
	std::uint64_t suspects{}; ///< that likely never run again
	std::uint64_t findings{};

	why_info() noexcept = default;
	/// Of a record of the library.
	explicit why_info(const gopm_why_info &raw) noexcept
	    : flags(raw.flags)
	    , verdict(raw.verdict)
	    , goroutines(raw.goroutines)
	    , waiting(raw.waiting)
	    , leaked(raw.leaked)
	    , suspects(raw.suspects)
	    , findings(raw.findings)
	{
	}
};

/// One thing that is wrong: goroutines that are stuck or slow together.
struct why_finding {
	std::uint32_t verdict{}; ///< GOPM_VERDICT_*
	std::uint32_t certainty{}; ///< GOPM_CERTAINTY_*
	std::uint32_t basis{}; ///< GOPM_BASIS_*; NONE unless it is certain
	std::uint32_t pattern{}; ///< GOPM_PATTERN_*
	std::uint64_t waiters{}; ///< goroutines that wait: gopm_why_waiters()
	std::uint64_t blamed{}; ///< goroutines to blame: gopm_why_blamed(). 0: they are gone
	std::uint64_t objects{}; ///< gopm_why_objects()
	std::uint64_t edges{}; ///< gopm_why_edges()
	std::uint64_t structures{}; ///< that look the same: each has its own goroutines; objects and edges are those of one
	std::int64_t longest_wait{}; ///< nanoseconds, at least: the collector notes when it first sees a wait. 0: unknown
	std::string_view text{}; ///< what is wrong, in words for people: lines. Lives as long as the analysis

	why_finding() noexcept = default;
	/// Of a record of the library.
	explicit why_finding(const gopm_why_finding &raw) noexcept
	    : verdict(raw.verdict)
	    , certainty(raw.certainty)
	    , basis(raw.basis)
	    , pattern(raw.pattern)
	    , waiters(raw.waiters)
	    , blamed(raw.blamed)
	    , objects(raw.objects)
	    , edges(raw.edges)
	    , structures(raw.structures)
	    , longest_wait(raw.longest_wait)
	    , text(view(raw.text))
	{
	}
};

/// A goroutine of a finding.
struct why_waiter {
	std::uint64_t id{};
	std::uint64_t address{}; ///< of its runtime.g
	std::uint32_t certainty{}; ///< GOPM_CERTAINTY_*: that it is stuck

	why_waiter() noexcept = default;
	/// Of a record of the library.
	explicit why_waiter(const gopm_why_waiter &raw) noexcept
	    : id(raw.id)
	    , address(raw.address)
	    , certainty(raw.certainty)
	{
	}
};

/// Goroutine `from` waits for an object that others could release.
struct why_edge {
	std::uint64_t from{}; ///< id
	std::uint64_t object{}; ///< index in gopm_why_objects()
	std::uint64_t targets{}; ///< goroutines: gopm_why_edge_targets(). 0: none is known
	std::uint64_t waiters{}; ///< goroutines that wait for the object as this one does, at the same place
	std::uint32_t how{}; ///< GOPM_EDGE_* of the first target
	std::uint32_t evidence{}; ///< GOPM_EVIDENCE_* of it
	std::uint32_t certainty{}; ///< GOPM_CERTAINTY_* that it does so

	why_edge() noexcept = default;
	/// Of a record of the library.
	explicit why_edge(const gopm_why_edge &raw) noexcept
	    : from(raw.from)
	    , object(raw.object)
	    , targets(raw.targets)
	    , waiters(raw.waiters)
	    , how(raw.how)
	    , evidence(raw.evidence)
	    , certainty(raw.certainty)
	{
	}
};

/// A goroutine that holds a lock which another one waits for.
struct why_holder {
	std::uint64_t goroutine{}; ///< id
	std::uint64_t address{}; ///< of its runtime.g
	std::uint32_t how{}; ///< GOPM_EDGE_HOLDS or GOPM_EDGE_HOLDS_READ
	std::uint32_t evidence{}; ///< GOPM_EVIDENCE_*
	std::uint32_t certainty{}; ///< GOPM_CERTAINTY_* that it holds the lock
	record::object object{}; ///< the lock. Its strings live as long as the analysis

	why_holder() noexcept = default;
	/// Of a record of the library.
	explicit why_holder(const gopm_why_holder &raw) noexcept
	    : goroutine(raw.goroutine)
	    , address(raw.address)
	    , how(raw.how)
	    , evidence(raw.evidence)
	    , certainty(raw.certainty)
	    , object(record::object(raw.object))
	{
	}
};

/// A goroutine, what it waits for, and who could end that.
struct why_step {
	std::uint64_t goroutine{}; ///< id
	std::uint64_t address{}; ///< of its runtime.g
	std::uint64_t next{}; ///< id of the goroutine that could end its wait, the one of which that is surest; 0: none is known, or it waits for no goroutine
	std::uint64_t others{}; ///< goroutines besides `next` that could
	std::uint32_t certainty{}; ///< GOPM_CERTAINTY_* that this goroutine is stuck; 0: it is not
	std::uint32_t side{}; ///< GOPM_SIDE_*: what it waits to do
	std::uint32_t how{}; ///< GOPM_EDGE_* of `next`
	std::uint32_t evidence{}; ///< GOPM_EVIDENCE_* of it
	std::uint32_t waits{}; ///< objects that it waits for: several in a select, 0 if it does not wait
	record::object object{}; ///< what it waits for; in a select the one that `next` uses, else the first

	why_step() noexcept = default;
	/// Of a record of the library.
	explicit why_step(const gopm_why_step &raw) noexcept
	    : goroutine(raw.goroutine)
	    , address(raw.address)
	    , next(raw.next)
	    , others(raw.others)
	    , certainty(raw.certainty)
	    , side(raw.side)
	    , how(raw.how)
	    , evidence(raw.evidence)
	    , waits(raw.waits)
	    , object(record::object(raw.object))
	{
	}
};

/// A goroutine that never runs again, for certain or likely.
struct leak {
	std::uint64_t id{};
	std::uint64_t address{}; ///< of its runtime.g
	std::uint64_t group{}; ///< index in gopm_why_leak_groups()
	std::uint32_t certainty{}; ///< GOPM_CERTAINTY_CERTAIN: it is leaked; else it is a suspect
	std::uint32_t basis{}; ///< GOPM_BASIS_*

	leak() noexcept = default;
	/// Of a record of the library.
	explicit leak(const gopm_leak &raw) noexcept
	    : id(raw.id)
	    , address(raw.address)
	    , group(raw.group)
	    , certainty(raw.certainty)
	    , basis(raw.basis)
	{
	}
};

/// Leaked goroutines, or suspects, with one birthplace.
struct leak_group {
	std::uint64_t count{};
	std::uint64_t example_id{}; ///< the first of them
	std::uint32_t certainty{}; ///< as gopm_leak.certainty
	std::uint32_t basis{}; ///< GOPM_BASIS_*, the weakest
	std::uint32_t kind{}; ///< GOPM_OBJECT_* of what they wait for
	std::int64_t longest_wait{}; ///< nanoseconds, at least; 0: unknown
	record::location go_statement{}; ///< that started them
	record::location start{}; ///< their function
	record::location user{}; ///< where the first of them waits, outside the runtime's internals

	leak_group() noexcept = default;
	/// Of a record of the library.
	explicit leak_group(const gopm_leak_group &raw) noexcept
	    : count(raw.count)
	    , example_id(raw.example_id)
	    , certainty(raw.certainty)
	    , basis(raw.basis)
	    , kind(raw.kind)
	    , longest_wait(raw.longest_wait)
	    , go_statement(record::location(raw.go_statement))
	    , start(record::location(raw.start))
	    , user(record::location(raw.user))
	{
	}
};

} // namespace gopm::record
// clang-format on

#endif
