// SPDX-License-Identifier: Apache-2.0
// Made by bindings/rust/generate.py from include/gopm/*.h. Do not edit.
//! The functions of the headers.

use crate::structs::*;
use std::os::raw::{c_char, c_void};

extern "C" {
    /// Returns the version of the loaded library: major \* 1000000 + minor \* 1000 + patch. Compare
    /// it with GOPM_VERSION_NUMBER, the version of the headers.
    ///
    /// Since: 0.9
    pub fn gopm_version_number() -> u32;

    /// Returns the version of the loaded library as text, "0.9.0". Static, NUL-terminated.
    ///
    /// Since: 0.9
    pub fn gopm_version_string() -> *const c_char;

    /// Writes text with escapes, so that it is safe to print on a terminal. Names and values come
    /// from the bytes of a core or an executable, which anybody may have written.
    ///
    /// Escaped are control characters (C0, DEL, C1), line and paragraph separators, bidirectional
    /// controls, and bytes that are not UTF-8: "\x1b", "\u202e", "\xff". With GOPM_ESCAPE_JSON
    /// these are "\u001b", "\u202e" and "\ufffd", and quotes and backslashes are escaped too. All
    /// else stays as it is, a backslash included: this is not an encoding to be undone.
    ///
    /// Texts that the library makes for people are escaped already: messages of errors and
    /// findings, tracebacks, texts of values, descriptions of groups. Strings in records are not,
    /// because programs compare them.
    ///
    /// - `text`: `size` bytes, which may contain NUL; NULL with size 0 is accepted
    /// - `flags`: GOPM_ESCAPE_\*
    /// - `buffer`: receives up to `buffer_size` - 1 bytes, without a part of an escape, and a NUL;
    ///   NULL with buffer_size 0: only the length is wanted
    /// - `length`: bytes of the whole result, without the NUL; NULL is accepted
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag).
    ///
    /// Since: 0.9
    pub fn gopm_escape(
        text: *const c_char,
        size: usize,
        flags: u32,
        buffer: *mut c_char,
        buffer_size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Returns a short English text for a status, or "unknown status". Static, NUL-terminated,
    /// never NULL.
    ///
    /// Since: 0.9
    pub fn gopm_status_text(status: gopm_status) -> *const c_char;

    /// Frees `err`. NULL is accepted.
    ///
    /// Since: 0.9
    pub fn gopm_error_free(err: *mut gopm_error);

    /// Returns the status of the failed call, or GOPM_OK if `err` is NULL.
    ///
    /// Since: 0.9
    pub fn gopm_error_status(err: *const gopm_error) -> gopm_status;

    /// Returns one line for people: the file, the place in it, and the content that was expected
    /// there. Escaped as by gopm_escape(), NUL-terminated, lives as long as `err`. Returns "" if
    /// `err` is NULL.
    ///
    /// Since: 0.9
    pub fn gopm_error_message(err: *const gopm_error) -> *const c_char;

    /// Returns the path of the file that caused the failure, as the caller gave it, or NULL if no
    /// file did. NUL-terminated, lives as long as `err`.
    ///
    /// Since: 0.9
    pub fn gopm_error_path(err: *const gopm_error) -> *const c_char;

    /// Returns the byte offset in that file, or GOPM_NO_OFFSET.
    ///
    /// Since: 0.9
    pub fn gopm_error_offset(err: *const gopm_error) -> u64;

    /// Returns the byte offset in the expression that the caller gave, or GOPM_NO_OFFSET if the
    /// failure is not about a place of an expression.
    ///
    /// Since: 0.9
    pub fn gopm_error_expression_offset(err: *const gopm_error) -> u64;

    /// Returns the address in the dead process, or GOPM_NO_OFFSET.
    ///
    /// Since: 0.9
    pub fn gopm_error_address(err: *const gopm_error) -> u64;

    /// Fills `options` with defaults: no source, no flags, descriptors -1. Does nothing if
    /// `options` is NULL.
    ///
    /// - `struct_size`: sizeof(gopm_core_options) in the caller; the call writes at most that many
    ///   bytes
    ///
    /// Since: 0.9
    pub fn gopm_core_options_init(options: *mut gopm_core_options, struct_size: usize);

    /// Opens an ELF core of a Go program, plain or compressed by zstd, lz4, xz, gzip or bzip2.
    ///
    /// If the options name no executable, the library searches for it in this order:
    ///
    /// 1. the path in the core's NT_FILE note;
    /// 2. the core's build ID under /usr/lib/debug/.build-id;
    /// 3. the executable's pages in the core.
    ///
    /// A different build ID makes a finding of kind GOPM_FINDING_EXE_MISMATCH and sets
    /// GOPM_CORE_EXE_MISMATCH. The library uses such an executable only if its code equals the code
    /// in the core, as far as the core contains it. Otherwise it searches for the right one, and
    /// fails with GOPM_ERR_NO_EXECUTABLE if there is none.
    ///
    /// Files are read, not mapped, unless GOPM_OPEN_MAP is set. If a read fails, because a file
    /// became shorter, its disk failed, or a callback returned an error, every call that needs the
    /// core's contents returns GOPM_ERR_IO from then on. Open the core again to try again.
    ///
    /// Unless GOPM_OPEN_NO_SEARCH is set, the library also opens the plugins that NT_FILE names. It
    /// uses a plugin only if the core proves that the process had loaded this file; otherwise it
    /// makes a finding.
    ///
    /// For a C program that loaded a Go library (-buildmode=c-shared), give the program, the
    /// library, or nothing. gopm_core_info then names the library as the executable.
    ///
    /// - `out`: owned by the caller; release it with gopm_core_close()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT (NULL, no source, or two sources); GOPM_ERR_NO_MEMORY;
    /// GOPM_ERR_IO (cannot open or read); GOPM_ERR_FORMAT (not an ELF core, or too damaged);
    /// GOPM_ERR_TRUNCATED (ends inside its headers or notes); GOPM_ERR_UNSUPPORTED (CPU, byte
    /// order, flag, or an option of a newer version); GOPM_ERR_NOT_GO; GOPM_ERR_NO_EXECUTABLE;
    /// GOPM_ERR_LIMIT; GOPM_ERR_CANCELLED. For a live process also GOPM_ERR_NO_PROCESS (no such
    /// process, or it ended) and GOPM_ERR_PERMISSION (the message says how to get permission).
    /// Source: ELF core notes NT_PRSTATUS, NT_SIGINFO, NT_FILE, NT_AUXV; runtime.moduledata.
    ///
    /// Since: 0.9
    pub fn gopm_core_open(
        options: *const gopm_core_options,
        out: *mut *mut gopm_core,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Opens a core by path, with default options. If `exe_path` is NULL, it searches for the
    /// executable.
    ///
    /// - `out`: as in gopm_core_open()
    ///
    /// Returns as gopm_core_open().
    ///
    /// Since: 0.9
    pub fn gopm_core_open_path(
        core_path: *const c_char,
        exe_path: *const c_char,
        out: *mut *mut gopm_core,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Sets a callback for calls that may take long and have no options for one: those that read
    /// the names in the DWARF the first time (gopm_package_vars(), gopm_eval(),
    /// gopm_type_by_name(), gopm_type_iter_open(), gopm_frame_vars(), values) and
    /// gopm_heap_path_open() and gopm_heap_referrers(). They then fail with GOPM_ERR_CANCELLED if
    /// it stops them. The thread that makes the call calls it.
    ///
    /// - `progress`: NULL: none
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_core_set_progress(
        core: *mut gopm_core,
        progress: gopm_progress_fn,
        user_data: *mut c_void,
    ) -> gopm_status;

    /// Releases the caller's reference. NULL is accepted.
    ///
    /// Since: 0.9
    pub fn gopm_core_close(core: *mut gopm_core);

    /// Fills `info` with facts about `core`. Set info->struct_size first.
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is too small).
    ///
    /// Since: 0.9
    pub fn gopm_core_get_info(core: *const gopm_core, info: *mut gopm_core_info) -> gopm_status;

    /// Copies memory of the process. If the core lacks a file-backed page, it reads the page from
    /// the executable.
    ///
    /// - `buffer`: receives up to `size` bytes
    /// - `got`: bytes copied from the start of the range; less than `size` if the core has a hole
    ///   there
    ///
    /// Returns GOPM_OK (all of it); GOPM_ERR_MISSING_MEMORY or GOPM_ERR_IO (`*got` \< `size`; only
    /// these set `*got` on failure, so that you can use a partial read); GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_memory_read(
        core: *const gopm_core,
        address: u64,
        buffer: *mut c_void,
        size: usize,
        got: *mut usize,
    ) -> gopm_status;

    /// Finds the functions at a pc: the innermost inlined call first, the physical function last.
    ///
    /// - `pc`: used as it is; for a return address pass pc - 1
    /// - `locations`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of functions at the pc; the call writes at most `capacity` of them
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (not in a Go function); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY. Source: pclntab and FUNCDATA_InlTree (runtime/symtab.go, symtabinl.go;
    /// Go 1.16 to 1.27).
    ///
    /// Since: 0.9
    pub fn gopm_symbolize(
        core: *const gopm_core,
        pc: u64,
        locations: *mut gopm_location,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Returns the symbol of a function, as the linker, Delve and the runtime's traceback write it.
    /// The linker escapes some bytes of a package's path: `gopkg.in/yaml%2ev3.Unmarshal` is the
    /// symbol of `gopkg.in/yaml.v3.Unmarshal`. Globs and names in calls of this library may have
    /// either form.
    ///
    /// - `function`: a name that this core gave, as in gopm_location
    ///
    /// Returns the symbol; `function` itself if nothing in it is escaped. Lives as long as the
    /// core. Source: cmd/internal/objabi/path.go, PathToPrefix; Go 1.16 to 1.27.
    ///
    /// Since: 0.9
    pub fn gopm_symbol_name(core: *const gopm_core, function: gopm_str) -> gopm_str;

    /// Iterates over mappings in the order of their addresses.
    ///
    /// - `out`: owned by the caller; release it with gopm_mapping_iter_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_mapping_iter_open(
        core: *mut gopm_core,
        out: *mut *mut gopm_mapping_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, at most `capacity`, `stride` bytes apart.
    ///
    /// - `stride`: the caller's sizeof(gopm_mapping)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_mapping_iter_next(
        it: *mut gopm_mapping_iter,
        records: *mut gopm_mapping,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_mapping_iter_free(it: *mut gopm_mapping_iter);

    /// Names the kind of a finding: "bad-note". "other" for GOPM_FINDING_SLIM, and for kinds that
    /// this library does not know. Static.
    ///
    /// Since: 0.9
    pub fn gopm_finding_kind_name(kind: u32) -> gopm_str;

    /// Iterates over the findings made so far, the oldest first. It does not see findings made
    /// after this call.
    ///
    /// - `out`: owned by the caller; release it with gopm_finding_iter_free()
    ///
    /// Returns as gopm_mapping_iter_open().
    ///
    /// Since: 0.9
    pub fn gopm_finding_iter_open(
        core: *mut gopm_core,
        out: *mut *mut gopm_finding_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, as gopm_mapping_iter_next().
    ///
    /// Since: 0.9
    pub fn gopm_finding_iter_next(
        it: *mut gopm_finding_iter,
        records: *mut gopm_finding,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_finding_iter_free(it: *mut gopm_finding_iter);

    /// Returns the number of findings, including those above max_findings that were not kept. 0 for
    /// NULL.
    ///
    /// Since: 0.9
    pub fn gopm_finding_total(core: *const gopm_core) -> u64;

    /// Names the kind of a wait: "chan send"; "none" for GOPM_WAIT_NONE; empty if it is not
    /// GOPM_WAIT_\*. Static.
    ///
    /// Since: 0.9
    pub fn gopm_wait_kind_name(kind: u32) -> gopm_str;

    /// Fills `filter` with defaults: all goroutines that are not dead, and GOPM_FIELD_ALL. As
    /// gopm_core_options_init().
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_filter_init(filter: *mut gopm_goroutine_filter, struct_size: usize);

    /// Iterates over goroutines in the order of runtime.allgs.
    ///
    /// - `filter`: NULL: the defaults of gopm_goroutine_filter_init()
    /// - `out`: owned by the caller; release it with gopm_goroutine_iter_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag, or an option of a
    /// newer version); GOPM_ERR_NO_MEMORY; GOPM_ERR_FORMAT (runtime.allgs was not found). Source:
    /// runtime.allgs, runtime.g (runtime/proc.go, runtime2.go).
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_iter_open(
        core: *mut gopm_core,
        filter: *const gopm_goroutine_filter,
        out: *mut *mut gopm_goroutine_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, at most `capacity`, `stride` bytes apart. A goroutine that cannot be
    /// read is a finding, not a failure.
    ///
    /// - `stride`: the caller's sizeof(gopm_goroutine)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY (the next
    /// call reads the same ones); GOPM_ERR_CANCELLED.
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_iter_next(
        it: *mut gopm_goroutine_iter,
        records: *mut gopm_goroutine,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_goroutine_iter_free(it: *mut gopm_goroutine_iter);

    /// Finds a goroutine by its id, and fills its record with GOPM_FIELD_ALL.
    ///
    /// - `record_size`: the caller's sizeof(gopm_goroutine)
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND; otherwise as gopm_goroutine_iter_open().
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_by_id(
        core: *mut gopm_core,
        id: u64,
        record: *mut gopm_goroutine,
        record_size: usize,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Finds a goroutine by the address of its runtime.g, as gopm_goroutine_by_id(). A dead one has
    /// no answer.
    ///
    /// - `address`: gopm_goroutine.address; it must be in runtime.allgs
    ///
    /// Returns as gopm_goroutine_by_id().
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_by_address(
        core: *mut gopm_core,
        address: u64,
        record: *mut gopm_goroutine,
        record_size: usize,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Finds the objects that a goroutine waits on: one, or one for each case of a select.
    ///
    /// - `address`: gopm_goroutine.address
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of objects; the call writes at most `capacity` of them
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no known object); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_MISSING_MEMORY; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_waits(
        core: *mut gopm_core,
        address: u64,
        records: *mut gopm_wait,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Finds the pprof labels of a goroutine. Parameters and statuses are as in
    /// gopm_goroutine_waits(). Source: g.labels, runtime/pprof (a map until Go 1.23, then a list).
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_labels(
        core: *mut gopm_core,
        address: u64,
        records: *mut gopm_label,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Counts the goroutines that match `filter` by a key. The largest group comes first; equal
    /// ones are in the order of their names.
    ///
    /// This call does all the work. Its memory grows with the number of groups, not of goroutines.
    /// For many goroutines it starts threads, with all signals blocked, and ends them before it
    /// returns. GOPM_FILTER_ONE_THREAD prevents that.
    ///
    /// - `group_by`: GOPM_GROUP_\*
    /// - `label_key`: the label for GOPM_GROUP_LABEL; else NULL
    /// - `filter`: NULL: the defaults of gopm_goroutine_filter_init()
    /// - `out`: owned by the caller; release it with gopm_group_iter_free()
    ///
    /// Returns as gopm_goroutine_iter_open(); GOPM_ERR_CANCELLED.
    ///
    /// Since: 0.9
    pub fn gopm_group_iter_open(
        core: *mut gopm_core,
        group_by: u32,
        label_key: *const c_char,
        filter: *const gopm_goroutine_filter,
        out: *mut *mut gopm_group_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, as gopm_goroutine_iter_next().
    ///
    /// Since: 0.9
    pub fn gopm_group_iter_next(
        it: *mut gopm_group_iter,
        records: *mut gopm_group,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_group_iter_free(it: *mut gopm_group_iter);

    /// Gives goroutines as a stream of record batches, in the order of runtime.allgs, 65 536 rows
    /// each. Only columns of the fields that the filter asks for are in it; a value that is unknown
    /// is null:
    ///
    /// - always: id, address, status, wait_reason, wait_time (duration), system, partial, locked,
    ///   parent_id, thread_id, pc, sp
    /// - GOPM_FIELD_CURRENT, _USER, _GO, _START: current_function, current_file, current_line;
    ///   user_..., go_..., start_...
    /// - GOPM_FIELD_WAIT: wait_kind ("chan send", "chan receive", "select", "semaphore", "cond",
    ///   "timer", "io", "forever", "other"), wait_object, wait_type, wait_length, wait_capacity,
    ///   wait_senders, wait_receivers, wait_fd, wait_count
    /// - GOPM_FIELD_LABELS: label_count
    /// - GOPM_FIELD_STACK: stack_id
    ///
    /// Strings are dictionaries: each batch has each of its strings once. A string that is not
    /// UTF-8 is escaped as by gopm_escape().
    ///
    /// The stream keeps the core open. One thread at a time may use it; its arrays may go to other
    /// threads, and live longer. Its get_next returns ENOMEM, EIO or ECANCELED as errors. After an
    /// error, it returns the same again: open a new stream.
    ///
    /// - `filter`: as in gopm_goroutine_iter_open(); its progress callback is called by get_next
    /// - `out`: the caller's struct, which need not be initialized. The caller calls its `release`;
    ///   on failure that is NULL
    ///
    /// Returns as gopm_goroutine_iter_open().
    ///
    /// Since: 0.9
    pub fn gopm_goroutines_arrow(
        core: *mut gopm_core,
        filter: *const gopm_goroutine_filter,
        out: *mut ArrowArrayStream,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills `info` with facts about the build. Set info->struct_size first.
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (the executable has no build information; all members but
    /// struct_size are 0); GOPM_ERR_ARGUMENT (NULL, or struct_size is too small);
    /// GOPM_ERR_NO_MEMORY. Source: section .go.buildinfo (debug/buildinfo, runtime/debug/mod.go; Go
    /// 1.13 to 1.27).
    ///
    /// Since: 0.9
    pub fn gopm_core_build_info(core: *mut gopm_core, info: *mut gopm_build_info) -> gopm_status;

    /// Lists the build settings, in the order of the executable.
    ///
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of settings; the call writes at most `capacity` of them
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (none); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_build_settings(
        core: *mut gopm_core,
        records: *mut gopm_build_setting,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Lists the dependencies, in the order of the executable. Parameters and statuses are as in
    /// gopm_build_settings().
    ///
    /// Since: 0.9
    pub fn gopm_build_dependencies(
        core: *mut gopm_core,
        records: *mut gopm_build_module,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Iterates over threads in the order of the core's notes. The kernel writes the thread that
    /// died first.
    ///
    /// - `out`: owned by the caller; release it with gopm_thread_iter_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Source: NT_PRSTATUS, runtime.allm;
    /// for C, the files of modules (gopm/module.h).
    ///
    /// Since: 0.9
    pub fn gopm_thread_iter_open(
        core: *mut gopm_core,
        out: *mut *mut gopm_thread_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, at most `capacity`, `stride` bytes apart.
    ///
    /// - `stride`: the caller's sizeof(gopm_thread)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_thread_iter_next(
        it: *mut gopm_thread_iter,
        records: *mut gopm_thread,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_thread_iter_free(it: *mut gopm_thread_iter);

    /// Reads the general registers of a thread. Their order is fixed for each CPU.
    ///
    /// - `thread_id`: gopm_thread.id
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of registers; the call writes at most `capacity` of them
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no such thread); GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_thread_registers(
        core: *const gopm_core,
        thread_id: u64,
        records: *mut gopm_register,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Fills `options` with defaults: no stack, no flags. As gopm_core_options_init().
    ///
    /// Since: 0.9
    pub fn gopm_stack_options_init(options: *mut gopm_stack_options, struct_size: usize);

    /// Unwinds a stack. If Go called C, or C called Go, the frames of both are in it, in the order
    /// of the calls; so are the frames of a thread that C made. C is unwound by call frame
    /// information, which the files of the modules have (gopm/module.h). Functions and lines of C
    /// are those of DWARF, else of symbols. With GOPM_STACK_USER_ONLY or GOPM_STACK_DELVE the stack
    /// has only Go. A stack that ends early is GOPM_OK too: see gopm_stack_end(). Frames that are
    /// left out take no memory. A stack that is cut at gopm_core_options.max_frames is a finding.
    ///
    /// - `out`: owned by the caller; release it with gopm_stack_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no such goroutine or thread); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_UNSUPPORTED (an unknown flag, or an option of a newer version); GOPM_ERR_NO_MEMORY.
    /// Source: pclntab pcsp tables (runtime/symtab.go, traceback.go).
    ///
    /// Since: 0.9
    pub fn gopm_stack_open(
        core: *mut gopm_core,
        options: *const gopm_stack_options,
        out: *mut *mut gopm_stack,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Unwinds another stack of the same core into the same object. It allocates only if the stack
    /// is larger than any before. Use it to read many stacks. On failure the stack is empty.
    ///
    /// Returns as gopm_stack_open().
    ///
    /// Since: 0.9
    pub fn gopm_stack_reopen(
        stack: *mut gopm_stack,
        options: *const gopm_stack_options,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    pub fn gopm_stack_free(stack: *mut gopm_stack);

    /// Returns the number of frames, inlined frames included. 0 for NULL. With first_frame or
    /// outer_frames, these are only the frames asked for, and all indices count from the first of
    /// them.
    ///
    /// Since: 0.9
    pub fn gopm_stack_size(stack: *const gopm_stack) -> usize;

    /// Returns how many frames were left out at the inner end: index 0 is this frame of the whole
    /// stack. 0 for NULL.
    ///
    /// Since: 0.9
    pub fn gopm_stack_first(stack: *const gopm_stack) -> u64;

    /// Returns the number of frames of the whole stack. 0: unknown, as it was not unwound to its
    /// end.
    ///
    /// Since: 0.9
    pub fn gopm_stack_depth(stack: *const gopm_stack) -> u64;

    /// Fills records with the frames from index `first` on, as gopm_goroutine_iter_next(). Frame 0
    /// is the innermost.
    ///
    /// - `stride`: the caller's sizeof(gopm_frame)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK; GOPM_DONE (`first` is past the end); GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_stack_frames(
        stack: *const gopm_stack,
        first: usize,
        records: *mut gopm_frame,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    /// Reads the general registers of a frame, as the frame had them: those of the innermost frame
    /// of a thread, or of a frame that a signal interrupted.
    ///
    /// - `frame`: index of the frame, as in gopm_stack_frames()
    /// - `records`: array of `capacity` records, `stride` bytes apart; in the order of
    ///   gopm_thread_registers()
    /// - `count`: number of registers whose values are known; the call writes at most `capacity` of
    ///   them
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no such frame, or it does not have GOPM_FRAME_REGISTERS);
    /// GOPM_ERR_ARGUMENT. Source: NT_PRSTATUS; the kernel's sigcontext on the signal stack.
    ///
    /// Since: 0.9
    pub fn gopm_frame_registers(
        stack: *const gopm_stack,
        frame: usize,
        records: *mut gopm_register,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Returns the reason for the end of the stack, GOPM_STACK_END_\*. Unless it is COMPLETE or
    /// NO_STACK, frames may be missing.
    ///
    /// - `end_address`: NULL, or receives the address at which the unwinder stopped
    ///
    /// Since: 0.9
    pub fn gopm_stack_end(stack: *const gopm_stack, end_address: *mut u64) -> u32;

    /// Fills `options` with defaults. As gopm_core_options_init().
    ///
    /// Since: 0.9
    pub fn gopm_value_options_init(options: *mut gopm_value_options, struct_size: usize);

    /// Finds the variables of a frame: arguments and results as declared, then locals by line of
    /// declaration.
    ///
    /// Without DWARF it finds arguments as the runtime's traceback does, with the names "arg0",
    /// "arg1". A receiver, the arguments of a method whose type the linker kept, and the channel of
    /// a channel operation have their types. Other arguments have types such as "word64" or
    /// "words". They are recovered or stale, never exact.
    ///
    /// A frame of C, C++ or Rust has the arguments and locals of its function, if the DWARF of its
    /// module describes them: of the executable, or of a shared library, also if it is in a
    /// separate debug file.
    ///
    /// - `frame`: index of the frame, as in gopm_stack_frames()
    /// - `options`: NULL: defaults
    /// - `out`: owned by the caller; release it with gopm_vars_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (the DWARF has no function at this pc); GOPM_ERR_NO_DWARF
    /// (only with GOPM_VALUE_OPTION_EXACT_ONLY); GOPM_ERR_FORMAT (damaged DWARF);
    /// GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY. Source: .debug_info, .debug_loclists (DWARF 5) or
    /// .debug_loc (DWARF 4); FUNCDATA_ArgInfo, FUNCDATA_ArgLiveInfo.
    ///
    /// Since: 0.9
    pub fn gopm_frame_vars(
        stack: *const gopm_stack,
        frame: usize,
        options: *const gopm_value_options,
        out: *mut *mut gopm_vars,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    pub fn gopm_vars_free(vars: *mut gopm_vars);

    /// Returns the number of variables. 0 for NULL.
    ///
    /// Since: 0.9
    pub fn gopm_vars_size(vars: *const gopm_vars) -> usize;

    /// Reads the variable at `index`.
    ///
    /// - `out`: owned by the caller; release it with gopm_value_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (past the end); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_vars_value(
        vars: *mut gopm_vars,
        index: usize,
        out: *mut *mut gopm_value,
    ) -> gopm_status;

    /// Fills `info` with facts about a value. Set info->struct_size first.
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_value_get_info(value: *const gopm_value, info: *mut gopm_value_info) -> gopm_status;

    /// Reads a child of a value:
    ///
    /// - a field of a struct;
    /// - an element of an array, slice or channel buffer;
    /// - a key or value of a map, in the order key 0, value 0, key 1, ...;
    /// - the target of a pointer;
    /// - the dynamic value of an interface;
    /// - a captured variable of a closure.
    ///
    /// The limits of the options bound what a value's text shows, not what can be read: elements,
    /// fields and entries past child_count can be read too, up to gopm_value_info.length elements.
    /// The time to find an entry of a map grows with `index`.
    ///
    /// - `index`: 0 is the first child; of a channel, the element to receive next
    /// - `out`: owned by the caller; release it with gopm_value_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (past the end); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_value_child(
        value: *const gopm_value,
        index: u64,
        out: *mut *mut gopm_value,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Reads the value that a container of Go's library holds:
    ///
    /// - a \*T for sync/atomic.Pointer\[T\] and weak.Pointer\[T\]; it is nil if the weak pointer's
    ///   target is gone;
    /// - a T for unique.Handle\[T\];
    /// - the interface in a sync/atomic.Value; the number or bool in a sync/atomic.Int64 and its
    ///   like;
    /// - for sync.Map a value of kind GOPM_KIND_MAP, whose type is sync.Map;
    /// - for the queue of a channel (`recvq`, `sendq`) the ids of its goroutines, a \[\]uint64.
    ///
    /// - `out`: owned by the caller; release it with gopm_value_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (not a container); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    /// Source: sync/atomic/type.go, sync/map.go, internal/sync/hashtriemap.go, weak/pointer.go,
    /// unique/handle.go; Go 1.16 to 1.27.
    ///
    /// Since: 0.9
    pub fn gopm_value_content(
        value: *const gopm_value,
        out: *mut *mut gopm_value,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    pub fn gopm_value_free(value: *mut gopm_value);

    /// Formats a value as one line, as Delve's command line does. There are three differences on
    /// purpose: times are in UTC, a part without a location is unreadable and not zero, and an
    /// integer has the name of the first constant with its value. Unless the options have
    /// GOPM_VALUE_OPTION_DELVE, the text also has what Delve does not show:
    ///
    /// - a channel's elements in the order of their slots, the slot of the next one to receive, and
    ///   the goroutines that wait: `chan int 3/5 {buf: [6,7,4: 5], recvx: 4, sendq: [goroutine 7]}`
    ///   has elements in the slots 0, 1 and 4;
    /// - the values that sync.Map, sync/atomic.Pointer\[T\], sync/atomic.Value, weak.Pointer\[T\],
    ///   unique.Handle\[T\] and the integers of sync/atomic hold, instead of their fields;
    /// - a time.Duration as `1.5s (1500000000)`;
    /// - a pointer to char or an array of char, of C, as the string up to its NUL, with "..." after
    ///   it if it is longer than `max_string`; a pointer to a function of C, which cgo calls
    ///   `*[0]byte`, as the function's name.
    ///
    /// A type of C that is not decoded, such as `long double`, is shown `as bytes`. After
    /// `max_bytes` bytes the text ends with "... (cut: limit of N bytes)".
    ///
    /// - `buffer`: receives up to `size` - 1 bytes and a NUL; NULL with size 0: only the length is
    ///   wanted
    /// - `length`: bytes of the whole text, without the NUL
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_value_text(
        value: *const gopm_value,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Formats a value with its children as JSON, as Delve's api.Variable: the same members, kinds
    /// and flags, to the depth of the options.
    ///
    /// - A channel's children are the fields of its header; `buf` has the elements.
    /// - A value in registers has a made-up address from 0xbeef000000000000 on, as in Delve.
    /// - `LocationExpr` is missing.
    /// - Added are `text`, as in gopm_value_text(), `provenance` and `origin`. A child has the last
    ///   two only if they differ from its parent's.
    /// - A string that is not UTF-8 is in `StringValueBytes` too, in base64.
    /// - A container has the value that it holds as `content`. A time.Duration and a time.Time have
    ///   `readable`, "1.5s". With GOPM_VALUE_JSON_DELVE, or GOPM_VALUE_OPTION_DELVE in the options,
    ///   there are neither.
    /// - A pointer to char or an array of char, of C, has the string as `string`; a pointer to a
    ///   function of C has the function's name as `function`. With GOPM_VALUE_JSON_DELVE there are
    ///   neither.
    /// - After `max_bytes` bytes no more children are written. The last one says so in
    ///   `unreadable`, and the value has `"cut":true`.
    ///
    /// - `flags`: GOPM_VALUE_JSON_\* or 0
    /// - `buffer`: receives up to `size` - 1 bytes and a NUL; NULL with size 0: only the length is
    ///   wanted
    /// - `length`: bytes of the whole text, without the NUL
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag);
    /// GOPM_ERR_NO_MEMORY. Source: Delve 1.27, service/api/types.go and conversions.go.
    ///
    /// Since: 0.9
    pub fn gopm_value_json(
        value: *const gopm_value,
        flags: u32,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Evaluates a Go expression on a frame, as Delve's `print` does. It accepts:
    ///
    /// - Names: variables of the frame; variables and constants of its function's package;
    ///   `package.Name`, with the name of the package or the last element of its path;
    ///   `"net/http".Name`, with the full path.
    /// - `C.name`: variables and enumerators of C. `"b.c".name`, if several files define one. Types
    ///   as cgo names them: `(*C.struct_point)(0x4a1f00)`. What the executable lacks may be of one
    ///   library with DWARF, if all names of the expression are.
    /// - `x.f`, through pointers, embedded fields, interfaces, captured variables, and the header
    ///   of a channel. Its `buf` is a pointer to the array of its slots; `recvq[i]` and `sendq[i]`
    ///   are the ids of goroutines that wait.
    /// - Containers: `m[key]` and `len(m)` of a sync.Map; `x.(data)` for what gopm_value_content()
    ///   gives.
    /// - `x[i]` of slices, arrays, strings and maps; `x[i:j]`; `*x`; `&x`; `x.(T)`; `x.(data)` for
    ///   the dynamic value of an interface.
    /// - Conversions to types in the DWARF, to pointers, slices and arrays of them, and from
    ///   integers to pointers: `(*main.T)(0xc000112000)`. A type may be a string, as values show
    ///   it: `("*net/http.conn")(0xc000112000)`.
    /// - Operators + - \* / % & | ^ &^ \<\< >> == != \< \<= > >= && || !, literals, true, false,
    ///   nil.
    /// - len, cap, min, max, real, imag, complex.
    /// - Delve's additions: `m[64:]`, a map from its 64th entry on; `runtime.curg`;
    ///   `runtime.frame(2).name`; `runtime.frameoff`; registers, `RAX`, `XMM0.float64`.
    ///
    /// Without DWARF, types come from type descriptors, and the frame has the variables arg0, arg1,
    /// ...
    ///
    /// Typed integers wrap around, as in the program. Constants that overflow are refused. So are
    /// function calls, assignments, channel operations, composite literals, function literals and
    /// 3-index slices.
    ///
    /// - `stack`: the stack of the frame; NULL: no frame, only package scope
    /// - `frame`: index of the frame, as in gopm_stack_frames()
    /// - `expression`: NUL-terminated
    /// - `options`: NULL: defaults
    /// - `out`: the value, owned by the caller; release it with gopm_value_free(). It has an
    ///   address only if it is a variable. Its provenance is the least sure one of the variables in
    ///   the expression. If the whole expression is an unreadable variable, the value says why; an
    ///   unreadable operand is a failure
    /// - `err`: its gopm_error_expression_offset() is a byte offset in `expression`
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (a map does not have the key); GOPM_ERR_EXPRESSION (syntax
    /// error, unknown name, mismatched types, index out of range, nil dereference);
    /// GOPM_ERR_ARGUMENT (NULL, or no such frame); GOPM_ERR_UNSUPPORTED (valid Go that is refused);
    /// GOPM_ERR_MISSING_MEMORY (an operand is unreadable); GOPM_ERR_LIMIT; GOPM_ERR_NO_DWARF;
    /// GOPM_ERR_FORMAT (damaged DWARF); GOPM_ERR_CANCELLED (gopm_core_set_progress());
    /// GOPM_ERR_NO_MEMORY. Source: the Go specification; .debug_info.
    ///
    /// Since: 0.9
    pub fn gopm_eval(
        core: *mut gopm_core,
        stack: *const gopm_stack,
        frame: usize,
        expression: *const c_char,
        options: *const gopm_value_options,
        out: *mut *mut gopm_value,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Finds package variables in the DWARF, in the order of their names. With GOPM_VALUE_OPTION_C
    /// in the options these are variables of C, C++ and Rust: those of the executable and of its
    /// shared libraries that are not in a function, static ones too. Their names are "C.counter",
    /// as gopm_eval() accepts them. If several files define a variable of that name, the file is
    /// named: "\"b.c\".counter".
    ///
    /// - `glob`: must match the full name ("main.counter", "net/http.DefaultClient"): `*` is any
    ///   run of bytes, `?` one byte, `[a-z]` a set, and `\` quotes the next byte. NULL: all. Of C,
    ///   "counter" matches C.counter too
    /// - `options`: NULL: defaults
    /// - `out`: owned by the caller; release it with gopm_vars_free(). Use gopm_vars_size() and
    ///   gopm_vars_value()
    ///
    /// Returns GOPM_OK, even if no variable matches; GOPM_ERR_NO_DWARF; GOPM_ERR_FORMAT (damaged
    /// DWARF); GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY. Source: the variables of .debug_info's units.
    ///
    /// Since: 0.9
    pub fn gopm_package_vars(
        core: *mut gopm_core,
        glob: *const c_char,
        options: *const gopm_value_options,
        out: *mut *mut gopm_vars,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Sets the defaults.
    ///
    /// - `size`: the caller's sizeof(gopm_heap_options).
    ///
    /// Since: 0.9
    pub fn gopm_heap_options_init(options: *mut gopm_heap_options, size: usize);

    /// Reads and marks the heap. It takes about half a second for a million objects, and memory of
    /// about 8 bytes for each slot of an object and a 64th of the heap. What is damaged or not in
    /// the core is left out, with findings.
    ///
    /// - `options`: NULL: the defaults
    /// - `out`: owned by the caller; release it with gopm_heap_close(). It keeps the core open
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (the core does not have the heap, or it is empty; a finding
    /// says why); GOPM_ERR_CANCELLED (by the progress callback); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_UNSUPPORTED (an unknown option); GOPM_ERR_IO; GOPM_ERR_NO_MEMORY. Source:
    /// runtime/mheap.go, mbitmap.go, mgcmark.go; Go 1.16 to 1.27.
    ///
    /// Since: 0.9
    pub fn gopm_heap_open(
        core: *mut gopm_core,
        options: *const gopm_heap_options,
        out: *mut *mut gopm_heap,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Releases the heap. Its iterators stay valid. NULL is accepted.
    ///
    /// Since: 0.9
    pub fn gopm_heap_close(heap: *mut gopm_heap);

    /// Fills `info`. Set info->struct_size first.
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is too small).
    ///
    /// Since: 0.9
    pub fn gopm_heap_get_info(heap: *const gopm_heap, info: *mut gopm_heap_info) -> gopm_status;

    /// Sets the defaults: all objects.
    ///
    /// - `size`: the caller's sizeof(gopm_heap_filter).
    ///
    /// Since: 0.9
    pub fn gopm_heap_filter_init(filter: *mut gopm_heap_filter, size: usize);

    /// Iterates over the types of objects, those with most bytes first.
    ///
    /// - `filter`: NULL: all objects. With LIVE or GARBAGE the order is by those; the records have
    ///   both counts
    /// - `out`: owned by the caller; release it with gopm_heap_type_iter_free(). It keeps the heap
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag);
    /// GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_heap_type_iter_open(
        heap: *mut gopm_heap,
        filter: *const gopm_heap_filter,
        out: *mut *mut gopm_heap_type_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, at most `capacity`, `stride` bytes apart. Their strings live as long
    /// as the heap or one of its iterators.
    ///
    /// - `stride`: the caller's sizeof(gopm_heap_type)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_heap_type_iter_next(
        it: *mut gopm_heap_type_iter,
        records: *mut gopm_heap_type,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_heap_type_iter_free(it: *mut gopm_heap_type_iter);

    /// Iterates over objects in the order of their addresses.
    ///
    /// - `filter`: NULL: all objects
    /// - `out`: owned by the caller; release it with gopm_heap_object_iter_free(). It keeps the
    ///   heap
    ///
    /// Returns as gopm_heap_type_iter_open().
    ///
    /// Since: 0.9
    pub fn gopm_heap_object_iter_open(
        heap: *mut gopm_heap,
        filter: *const gopm_heap_filter,
        out: *mut *mut gopm_heap_object_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, as gopm_heap_type_iter_next(); it may also return
    /// GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_heap_object_iter_next(
        it: *mut gopm_heap_object_iter,
        records: *mut gopm_heap_object,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_heap_object_iter_free(it: *mut gopm_heap_object_iter);

    /// Finds the object that contains `address`: its beginning, or a field or element.
    ///
    /// - `object`: filled; `stride` is the caller's sizeof(gopm_heap_object)
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no object is there); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_heap_object_at(
        heap: *mut gopm_heap,
        address: u64,
        object: *mut gopm_heap_object,
        stride: usize,
    ) -> gopm_status;

    /// Iterates over what retains something, the largest first. The first such call computes the
    /// dominator tree, which takes about as long as gopm_heap_open().
    ///
    /// - `by`: GOPM_HEAP_BY_\*
    /// - `options`: NULL, or with a progress callback for the dominator tree
    /// - `out`: owned by the caller; release it with gopm_heap_node_iter_free(). It keeps the heap
    ///
    /// Returns GOPM_OK; GOPM_ERR_CANCELLED; GOPM_ERR_LIMIT (too many objects); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_UNSUPPORTED; GOPM_ERR_NO_MEMORY. Source: as gopm_heap_open().
    ///
    /// Since: 0.9
    pub fn gopm_heap_node_iter_open(
        heap: *mut gopm_heap,
        by: u32,
        options: *const gopm_heap_options,
        out: *mut *mut gopm_heap_node_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, as gopm_heap_object_iter_next().
    ///
    /// Since: 0.9
    pub fn gopm_heap_node_iter_next(
        it: *mut gopm_heap_node_iter,
        records: *mut gopm_heap_node,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_heap_node_iter_free(it: *mut gopm_heap_node_iter);

    /// The largest children of a node in the dominator tree.
    ///
    /// - `id`: gopm_heap_node.id; UINT64_MAX: the root
    /// - `records`: array of `capacity` records, `stride` bytes apart, the largest first
    /// - `count`: number of records filled
    /// - `left_out`: children that did not fit; NULL is accepted
    ///
    /// Returns as gopm_heap_node_iter_open(); GOPM_NOT_FOUND (no such node).
    ///
    /// Since: 0.9
    pub fn gopm_heap_node_children(
        heap: *mut gopm_heap,
        id: u64,
        records: *mut gopm_heap_node,
        stride: usize,
        capacity: usize,
        count: *mut usize,
        left_out: *mut u64,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Finds a shortest way of pointers to the object that contains `address`: why it is live.
    /// Variables of the program come before goroutines, and these before the runtime's own
    /// variables. Weak pointers are no way.
    ///
    /// - `out`: owned by the caller; release it with gopm_heap_path_free(). It keeps the heap
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no object is there, or nothing holds it: it is garbage);
    /// GOPM_ERR_LIMIT; GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_heap_path_open(
        heap: *mut gopm_heap,
        address: u64,
        out: *mut *mut gopm_heap_path,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// The path as text: "main.sessions\[2999\].history\[19\]", "goroutine 7 main.f: frame 2
    /// main.f: w.backlog\[1999\]". Lives as long as the path.
    ///
    /// Since: 0.9
    pub fn gopm_heap_path_text(path: *const gopm_heap_path) -> gopm_str;

    /// Gives the steps from the holder on.
    ///
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of steps; the call writes at most `capacity` of them
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_heap_path_steps(
        path: *const gopm_heap_path,
        records: *mut gopm_heap_step,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    pub fn gopm_heap_path_free(path: *mut gopm_heap_path);

    /// All that points to the object that contains `address`, roots first, then objects by address.
    /// Reads the whole heap.
    ///
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of records filled
    /// - `left_out`: referrers that did not fit; NULL is accepted
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no object is there); GOPM_ERR_CANCELLED
    /// (gopm_core_set_progress()); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_heap_referrers(
        heap: *mut gopm_heap,
        address: u64,
        records: *mut gopm_heap_step,
        stride: usize,
        capacity: usize,
        count: *mut usize,
        left_out: *mut u64,
    ) -> gopm_status;

    /// Finds goroutines that finalizers or cleanups block, and what retains at least `percent` of
    /// the live bytes, the largest first.
    ///
    /// - `percent`: 1 to 100; 0: 10
    /// - `options`: NULL, or with a progress callback for the dominator tree
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of suspects; the call writes at most `capacity` of them
    ///
    /// Returns as gopm_heap_node_iter_open().
    ///
    /// Since: 0.9
    pub fn gopm_heap_suspects(
        heap: *mut gopm_heap,
        percent: u32,
        options: *const gopm_heap_options,
        records: *mut gopm_heap_suspect,
        stride: usize,
        capacity: usize,
        count: *mut usize,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Finds waste, the most first. Reads the whole heap. Objects that something else than slices
    /// and strings refers to are not looked at.
    ///
    /// - `options`: NULL, or with a progress callback
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of records there are; the call writes at most `capacity` of them. Of equal
    ///   strings at most 1000
    ///
    /// Returns GOPM_OK; GOPM_ERR_CANCELLED; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED;
    /// GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_heap_find_waste(
        heap: *mut gopm_heap,
        options: *const gopm_heap_options,
        records: *mut gopm_heap_waste,
        stride: usize,
        capacity: usize,
        count: *mut usize,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Writes a location as Delve's api.Location: `pc`, `file`, `line`, and `function` with `name`,
    /// `value`, `type` and `goType`, unless it is in no function.
    ///
    /// {"pc":4660,"file":"main.go","line":7,"function":{"name":"main.main","value":4608,"type":0,"goType":0}}
    ///
    /// - `record_size`: the caller's sizeof(gopm_location)
    /// - `flags`: GOPM_JSON_\* or 0
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag). Source: Delve
    /// 1.27, service/api/types.go.
    ///
    /// Since: 0.9
    pub fn gopm_location_json(
        record: *const gopm_location,
        record_size: usize,
        flags: u32,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Writes a goroutine with the members of Delve's api.Goroutine: `id`, `currentLoc`,
    /// `userCurrentLoc`, `goStatementLoc` and `startLoc` as gopm_location_json() writes them,
    /// `threadID`, `status` and `waitReason` as stored, `waitSince` in nanoseconds, `unreadable`,
    /// and `labels` if it has some. Then follow, unless GOPM_JSON_DELVE is set:
    ///
    /// - `statusName`, `waitReasonName`, `waitTime` in nanoseconds, `parentID`, `system`,
    ///   `address`;
    /// - `lockedThreadID` and `partial`, if they are not 0 and false;
    /// - `wait`, the first object that it waits on, and if there are several, `waits`, all of them.
    ///   Each has `kind` (gopm_wait_kind_name()), and what is known of `object`, `type`, `length`,
    ///   `capacity`, `closed`, `senders`, `receivers`, `send`, `waiters`, `deadline` and `fd`; or
    ///   it is `unreadable`.
    ///
    /// Parts of the record that were not filled (gopm_goroutine_filter.fields) are written as
    /// empty. Labels, and the objects of a select, are read from the core.
    ///
    /// - `core`: the core that the record came from
    /// - `record_size`: the caller's sizeof(gopm_goroutine)
    /// - `flags`: GOPM_JSON_\* or 0
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag);
    /// GOPM_ERR_NO_MEMORY; GOPM_ERR_IO. Source: Delve 1.27, service/api/types.go.
    ///
    /// Since: 0.9
    pub fn gopm_goroutine_json(
        core: *mut gopm_core,
        record: *const gopm_goroutine,
        record_size: usize,
        flags: u32,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Writes a group: `count`, `location` if it is grouped by one and else `key`, `object` if it
    /// is grouped by object, `exampleID`, `longestWait` in nanoseconds, and `partial`, the number
    /// of goroutines that may belong to another group, unless it is 0. `object` is as `wait` of
    /// gopm_goroutine_json().
    ///
    /// - `record_size`: the caller's sizeof(gopm_group)
    /// - `group_by`: GOPM_GROUP_\* of gopm_group_iter_open()
    /// - `flags`: GOPM_JSON_\* or 0
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT (or `group_by` is unknown); GOPM_ERR_UNSUPPORTED (an
    /// unknown flag).
    ///
    /// Since: 0.9
    pub fn gopm_group_json(
        record: *const gopm_group,
        record_size: usize,
        group_by: u32,
        flags: u32,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Writes a thread with the members of Delve's api.Thread: `id`, `pc`, `file`, `line`, and
    /// `function` with `name` and `value`, unless it is in no function. In C it has `object` and
    /// `objectOffset`. Then follow `goroutineID`, `sp`, `m`, `mID` if it has an m, `signal`, and
    /// `registers` with GOPM_JSON_REGISTERS.
    ///
    /// - `core`: the core that the record came from
    /// - `record_size`: the caller's sizeof(gopm_thread)
    /// - `flags`: GOPM_JSON_\* or 0
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag). Source: Delve
    /// 1.27, service/api/types.go.
    ///
    /// Since: 0.9
    pub fn gopm_thread_json(
        core: *const gopm_core,
        record: *const gopm_thread,
        record_size: usize,
        flags: u32,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Writes a frame with the members of Delve's api.Stackframe: `pc`, `file`, `line`, and
    /// `function` with `name` and `value`. Then follow `sp`, `cfa`, `inlined`, `language` if it is
    /// known ("go", "c", "c++", "rust", "assembly", "other"), `object`, `objectOffset` and `symbol`
    /// of C, `guessed` and `afterGap` if they are true.
    ///
    /// - `record_size`: the caller's sizeof(gopm_frame)
    /// - `flags`: GOPM_JSON_\* or 0
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag). Source: Delve
    /// 1.27, service/api/types.go.
    ///
    /// Since: 0.9
    pub fn gopm_frame_json(
        record: *const gopm_frame,
        record_size: usize,
        flags: u32,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Writes a stack: `Locations`, a list of frames as of gopm_frame_json(), and `end`, the reason
    /// for its end: "complete", "not go", "memory", "damaged", "limit", "no stack" or "no thread".
    /// Then follow `first` and `depth`, as of gopm_stack_first() and gopm_stack_depth(), unless
    /// they are 0.
    ///
    /// With variables, each frame also has `Arguments` (results too) and `Locals`, two lists of
    /// values as of gopm_value_json(), and `Err`, a text, if they could not be read. One thread at
    /// a time may use the stack.
    ///
    /// - `variables`: how to read variables; NULL: without them
    /// - `flags`: GOPM_JSON_\* or 0
    /// - `write`: receives the text in pieces, on the calling thread: it may be much longer than
    ///   others
    /// - `err`: may be NULL
    ///
    /// Returns GOPM_OK; GOPM_DONE (`write` stopped it); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an
    /// unknown flag, or an option of a newer version); GOPM_ERR_NO_MEMORY; GOPM_ERR_IO;
    /// GOPM_ERR_CANCELLED. Source: Delve 1.27, service/api/types.go.
    ///
    /// Since: 0.9
    pub fn gopm_stack_json(
        stack: *const gopm_stack,
        variables: *const gopm_value_options,
        flags: u32,
        write: gopm_write_fn,
        user_data: *mut c_void,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Writes a finding: `kind` (gopm_finding_kind_name()), `message`, `count`, and `address` and
    /// `offset` if it has them.
    ///
    /// - `record_size`: the caller's sizeof(gopm_finding)
    /// - `flags`: GOPM_JSON_\* or 0
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag).
    ///
    /// Since: 0.9
    pub fn gopm_finding_json(
        record: *const gopm_finding,
        record_size: usize,
        flags: u32,
        buffer: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> gopm_status;

    /// Iterates over modules in the order of their addresses, and opens the file of each.
    ///
    /// A file is used if it has the build ID that the core has for the module, or if it has none,
    /// the same pages. It is searched for at its path, then by its build ID under
    /// /usr/lib/debug/.build-id, both below the sysroot; then its pages in the core are used.
    /// GOPM_OPEN_NO_SEARCH leaves the pages.
    ///
    /// - `out`: owned by the caller; release it with gopm_module_iter_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Source: NT_FILE, AT_SYSINFO_EHDR.
    ///
    /// Since: 0.9
    pub fn gopm_module_iter_open(
        core: *mut gopm_core,
        out: *mut *mut gopm_module_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, at most `capacity`, `stride` bytes apart.
    ///
    /// - `stride`: the caller's sizeof(gopm_module)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY;
    /// GOPM_ERR_IO.
    ///
    /// Since: 0.9
    pub fn gopm_module_iter_next(
        it: *mut gopm_module_iter,
        records: *mut gopm_module,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_module_iter_free(it: *mut gopm_module_iter);

    /// Sets the defaults.
    ///
    /// - `size`: the caller's sizeof(gopm_objects_options).
    ///
    /// Since: 0.9
    pub fn gopm_objects_options_init(options: *mut gopm_objects_options, size: usize);

    /// Finds objects, and the goroutines that wait for them. This call does all the work.
    ///
    /// - `options`: NULL: the defaults. The call uses them only while it runs
    /// - `out`: owned by the caller; release it with gopm_objects_free(). It keeps the core open
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (options->address is not that of an object: nobody waits for
    /// it, and no type says what it is); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown
    /// option); GOPM_ERR_CANCELLED; GOPM_ERR_LIMIT; GOPM_ERR_IO; GOPM_ERR_NO_MEMORY. Source:
    /// runtime/chan.go, sema.go, package sync; Go 1.16 to 1.27.
    ///
    /// Since: 0.9
    pub fn gopm_objects_open(
        core: *mut gopm_core,
        options: *const gopm_objects_options,
        out: *mut *mut gopm_objects,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Releases the objects. NULL is accepted.
    ///
    /// Since: 0.9
    pub fn gopm_objects_free(objects: *mut gopm_objects);

    /// Fills records, those with most goroutines first, then by address. Their strings live as long
    /// as `objects`.
    ///
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `first`: index of the first record to fill
    /// - `count`: number of all objects; the call writes at most `capacity` of those from `first`
    ///   on
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_objects_list(
        objects: *const gopm_objects,
        records: *mut gopm_object,
        stride: usize,
        first: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Fills records of the goroutines that wait for an object: the one that has waited longest
    /// first.
    ///
    /// - `address`: gopm_object.address
    /// - `first`: index of the first record to fill
    /// - `count`: number of all waiters; the call writes at most `capacity` of those from `first`
    ///   on
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (`objects` has no object at `address`); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_IO; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_objects_waiters(
        objects: *const gopm_objects,
        address: u64,
        records: *mut gopm_object_waiter,
        stride: usize,
        first: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Fills `options` with defaults. As gopm_core_options_init().
    ///
    /// Since: 0.9
    pub fn gopm_profile_options_init(options: *mut gopm_profile_options, struct_size: usize);

    /// Reads a profile.
    ///
    /// What is damaged is left out, with findings. An empty profile is GOPM_OK: the process sampled
    /// nothing.
    ///
    /// - `core`: keeps open as long as the profile
    /// - `options`: NULL: the heap profile
    /// - `out`: the caller releases it with gopm_profile_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (the core lacks the runtime's list of samples, or the
    /// program has no symbols and no sample was found: maybe it sampled nothing); GOPM_ERR_ARGUMENT
    /// (unknown kind); GOPM_ERR_UNSUPPORTED (unknown flag); GOPM_ERR_CANCELLED; GOPM_ERR_IO;
    /// GOPM_ERR_NO_MEMORY. Source: runtime/mprof.go, runtime/pprof (Go 1.16 to 1.27).
    ///
    /// Since: 0.9
    pub fn gopm_profile_open(
        core: *mut gopm_core,
        options: *const gopm_profile_options,
        out: *mut *mut gopm_profile,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills what is the same for all samples. Set info->struct_size first.
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is not a size of this struct).
    ///
    /// Since: 0.9
    pub fn gopm_profile_get_info(
        profile: *const gopm_profile,
        info: *mut gopm_profile_info,
    ) -> gopm_status;

    /// Fills records of samples from index `first` on, in the order of runtime/pprof.
    ///
    /// - `records`: room for `capacity` of them, `stride` bytes apart; their pointers live as long
    ///   as the profile
    /// - `got`: the number filled
    ///
    /// Returns GOPM_OK; GOPM_DONE (`first` is past the last sample); GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_profile_samples(
        profile: *const gopm_profile,
        first: u64,
        records: *mut gopm_profile_sample,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    /// Fills the calls of one sample, innermost first. The calls of package runtime that allocate
    /// are left out, as runtime/pprof does it, and runtime.goexit is too.
    ///
    /// - `count`: the number of calls, which may be more than `capacity`
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (there is no sample `index`); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY; GOPM_ERR_IO.
    ///
    /// Since: 0.9
    pub fn gopm_profile_frames(
        profile: *mut gopm_profile,
        index: u64,
        records: *mut gopm_location,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Fills the labels of one sample of goroutines: those that runtime/pprof.Do set.
    ///
    /// - `count`: the number of labels, which may be more than `capacity`
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (there is no sample `index`, or it has no labels);
    /// GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_profile_labels(
        profile: *const gopm_profile,
        index: u64,
        records: *mut gopm_label,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Writes the profile for `go tool pprof`: a profile.proto message compressed by gzip. The file
    /// has no time, because a core has no clock. It appears at its path only when it is complete.
    ///
    /// Returns GOPM_OK; GOPM_ERR_EXISTS (`path` exists); GOPM_ERR_IO (cannot write, or the callback
    /// failed); GOPM_ERR_ARGUMENT (not exactly one of path and write); GOPM_ERR_UNSUPPORTED
    /// (unknown flag); GOPM_ERR_NO_MEMORY. Source: runtime/pprof/proto.go (Go 1.16 to 1.27),
    /// github.com/google/pprof/proto/profile.proto.
    ///
    /// Since: 0.9
    pub fn gopm_profile_write(
        profile: *mut gopm_profile,
        target: *const gopm_profile_target,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Releases a profile; NULL is accepted.
    ///
    /// Since: 0.9
    pub fn gopm_profile_free(profile: *mut gopm_profile);

    /// Fills `options` with defaults: GOPM_SLIM_DEFAULT, no destination. As
    /// gopm_core_options_init().
    ///
    /// Since: 0.9
    pub fn gopm_slim_options_init(options: *mut gopm_slim_options, struct_size: usize);

    /// Writes a small core, from a core or a live process.
    ///
    /// The new file is a valid ELF core with notes and part of the memory. It gives the same
    /// answers on goroutines, threads and stacks as the original; on values too, within the limits.
    /// Its findings say what could not be kept, and why (GOPM_FINDING_SLIM).
    ///
    /// Before anything is written, the new core is opened and compared: it has the same goroutines,
    /// with the same ids, statuses, stacks and waits. If not, because the core is damaged, the call
    /// fails with GOPM_ERR_FORMAT.
    ///
    /// The file appears at `path` only when it is complete. An existing file is replaced only if
    /// GOPM_SLIM_FLAG_REPLACE is set. Pages are written as they are read, so memory grows only with
    /// the tables of the core.
    ///
    /// For a live process (core->core_pid), the call stops all threads once, copies the needed
    /// memory, resumes the threads, and then writes. gopm_core_options.core_pid says which
    /// permission that needs.
    ///
    /// - `core`: the source, as for gopm_core_open(); used during the call only
    /// - `options`: contents and destination
    /// - `result`: NULL, or set its struct_size first
    ///
    /// Returns GOPM_OK; any status of gopm_core_open(); GOPM_ERR_EXISTS (`path` exists);
    /// GOPM_ERR_IO (cannot write: the disk is full, or the callback failed); GOPM_ERR_ARGUMENT (not
    /// exactly one of path and write, or an unknown profile); GOPM_ERR_UNSUPPORTED (an unknown
    /// flag); GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_slim(
        core: *const gopm_core_options,
        options: *const gopm_slim_options,
        result: *mut gopm_slim_result,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Iterates over functions in the order of their addresses, module by module.
    ///
    /// - `glob`: NUL-terminated, as in gopm_goroutine_filter, over the whole name; NULL: all
    ///   functions
    /// - `out`: owned by the caller; release it with gopm_function_iter_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Source: moduledata.ftab
    /// (runtime/symtab.go).
    ///
    /// Since: 0.9
    pub fn gopm_function_iter_open(
        core: *mut gopm_core,
        glob: *const c_char,
        out: *mut *mut gopm_function_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, at most `capacity`, `stride` bytes apart. A damaged function is left
    /// out, and is a finding.
    ///
    /// - `stride`: the caller's sizeof(gopm_function)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY (the next
    /// call reads the same ones).
    ///
    /// Since: 0.9
    pub fn gopm_function_iter_next(
        it: *mut gopm_function_iter,
        records: *mut gopm_function,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_function_iter_free(it: *mut gopm_function_iter);

    /// Iterates over the source files that the functions' lines name, each once, in the order of
    /// their paths.
    ///
    /// - `glob`: NUL-terminated, over the whole path; NULL: all files
    /// - `out`: owned by the caller; release it with gopm_source_file_iter_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Source: moduledata.filetab
    /// (runtime/symtab.go).
    ///
    /// Since: 0.9
    pub fn gopm_source_file_iter_open(
        core: *mut gopm_core,
        glob: *const c_char,
        out: *mut *mut gopm_source_file_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, as gopm_function_iter_next().
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_source_file_iter_next(
        it: *mut gopm_source_file_iter,
        records: *mut gopm_source_file,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_source_file_iter_free(it: *mut gopm_source_file_iter);

    /// Fills `options` with defaults: all goroutines, GOPM_TRACEBACK_ALL. As
    /// gopm_core_options_init().
    ///
    /// Since: 0.9
    pub fn gopm_traceback_options_init(options: *mut gopm_traceback_options, struct_size: usize);

    /// Writes goroutines as the runtime prints them on SIGQUIT: a header with id, state and minutes
    /// waited, each frame with its argument words, and "created by". The minutes are an estimate,
    /// by gopm_core_info.now.
    ///
    /// If the process died of a panic, a fatal error or a signal, the runtime's text about it comes
    /// first, then the goroutine that caused it, from the frame on at which the runtime began. If
    /// the thread died on its system stack, GOPM_TRACEBACK_SYSTEM prints that stack before, as
    /// "runtime stack:" or goroutine 0.
    ///
    /// Names, and texts of the program, are escaped as by gopm_escape(). Without control
    /// characters, the text is the runtime's, byte for byte.
    ///
    /// - `options`: NULL: defaults
    /// - `write`: receives the text in pieces, on the calling thread
    ///
    /// Returns GOPM_OK; GOPM_DONE (`write` stopped it); GOPM_NOT_FOUND (no such goroutine);
    /// GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY. Source: runtime/traceback.go (Go 1.16 to 1.27),
    /// FUNCDATA_ArgInfo, FUNCDATA_ArgLiveInfo.
    ///
    /// Since: 0.9
    pub fn gopm_traceback(
        core: *mut gopm_core,
        options: *const gopm_traceback_options,
        write: gopm_write_fn,
        user_data: *mut c_void,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Finds a type by its full name, as DWARF and the linker write it: "int", "main.T",
    /// "\*net/http.Server", "\[\]int", "map\[string\]main.T", "main.Box\[int\]". If two types
    /// declared in functions have the same name, it finds one of them. The first call reads the
    /// names of all descriptors, and of all types in the DWARF.
    ///
    /// - `name`: NUL-terminated
    /// - `out`: owned by the caller; release it with gopm_type_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND; GOPM_ERR_CANCELLED (gopm_core_set_progress());
    /// GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Source: .debug_info; moduledata.types.
    ///
    /// Since: 0.9
    pub fn gopm_type_by_name(
        core: *mut gopm_core,
        name: *const c_char,
        out: *mut *mut gopm_type,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Finds the type whose descriptor (internal/abi.Type) is at `address`. Interfaces, itabs and
    /// hchan.elemtype point to descriptors.
    ///
    /// - `out`: owned by the caller; release it with gopm_type_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (not a descriptor, or a damaged one); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_type_by_descriptor(
        core: *mut gopm_core,
        address: u64,
        out: *mut *mut gopm_type,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Iterates over all types of the program, each name once, in the order of the names. This call
    /// reads them all.
    ///
    /// - `glob`: NUL-terminated, as in gopm_goroutine_filter, over the whole name; NULL: all types
    /// - `out`: owned by the caller; release it with gopm_type_iter_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY. Source: .debug_info; moduledata.types.
    ///
    /// Since: 0.9
    pub fn gopm_type_iter_open(
        core: *mut gopm_core,
        glob: *const c_char,
        out: *mut *mut gopm_type_iter,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Fills the next records, at most `capacity`, `stride` bytes apart.
    ///
    /// - `stride`: the caller's sizeof(gopm_type_name)
    /// - `got`: number of records filled
    ///
    /// Returns GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_type_iter_next(
        it: *mut gopm_type_iter,
        records: *mut gopm_type_name,
        stride: usize,
        capacity: usize,
        got: *mut usize,
    ) -> gopm_status;

    pub fn gopm_type_iter_free(it: *mut gopm_type_iter);

    /// Finds the declared type of a value.
    ///
    /// - `out`: owned by the caller; release it with gopm_type_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (damaged, void, of a library); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_value_type(value: *const gopm_value, out: *mut *mut gopm_type) -> gopm_status;

    pub fn gopm_type_free(type_: *mut gopm_type);

    /// Fills `info` with facts about a type. Set info->struct_size first.
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT.
    ///
    /// Since: 0.9
    pub fn gopm_type_get_info(type_: *const gopm_type, info: *mut gopm_type_info) -> gopm_status;

    /// Reads a field of a struct. Fields are in the order of their offsets.
    ///
    /// - `field`: NULL, or receives `size` bytes of the record; its strings live as long as `type`
    /// - `size`: the caller's sizeof(gopm_type_field)
    /// - `out`: NULL, or receives the field's type, owned by the caller
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (not a struct, index past the end, or the field's type is
    /// damaged); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_type_get_field(
        type_: *const gopm_type,
        index: u64,
        field: *mut gopm_type_field,
        size: usize,
        out: *mut *mut gopm_type,
    ) -> gopm_status;

    /// Finds the element type of a pointer, array, slice, channel or map.
    ///
    /// - `out`: owned by the caller; release it with gopm_type_free()
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (another kind, or damaged); GOPM_ERR_ARGUMENT;
    /// GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_type_elem(type_: *const gopm_type, out: *mut *mut gopm_type) -> gopm_status;

    /// Finds the key type of a map. Parameters and statuses are as in gopm_type_elem().
    ///
    /// Since: 0.9
    pub fn gopm_type_key(type_: *const gopm_type, out: *mut *mut gopm_type) -> gopm_status;

    /// Finds the type of a func's parameter. Results follow the parameters in the same index.
    ///
    /// Returns as gopm_type_elem(); also GOPM_NOT_FOUND if `index` is past the end.
    ///
    /// Since: 0.9
    pub fn gopm_type_parameter(
        type_: *const gopm_type,
        index: u64,
        out: *mut *mut gopm_type,
    ) -> gopm_status;

    /// Reads a method. Methods are in the order of their names. Methods of \*T belong to the
    /// pointer type.
    ///
    /// - `method`: NULL, or receives `size` bytes of the record; its strings live as long as `type`
    ///   or its core
    /// - `size`: the caller's sizeof(gopm_type_method)
    /// - `out`: NULL, or receives the method's func type without receiver, owned by the caller
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (index past the end, damaged, or `out` is set and the linker
    /// removed the func type); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY. Source:
    /// internal/abi.UncommonType, InterfaceType.
    ///
    /// Since: 0.9
    pub fn gopm_type_get_method(
        type_: *const gopm_type,
        index: u64,
        method: *mut gopm_type_method,
        size: usize,
        out: *mut *mut gopm_type,
    ) -> gopm_status;

    /// Reads memory as a value of a type. It does not check that the memory contains such a value.
    /// If the core lacks the memory, the value says so in gopm_value_info.unreadable.
    ///
    /// - `options`: NULL: defaults
    /// - `out`: owned by the caller; release it with gopm_value_free()
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag, or an option of a
    /// newer version); GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_value_at(
        type_: *const gopm_type,
        address: u64,
        options: *const gopm_value_options,
        out: *mut *mut gopm_value,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Sets the defaults.
    ///
    /// - `size`: the caller's sizeof(gopm_why_options).
    ///
    /// Since: 0.9
    pub fn gopm_why_options_init(options: *mut gopm_why_options, size: usize);

    /// Reads all goroutines, what they wait for and who could release them, and finds those that
    /// are stuck.
    ///
    /// For many goroutines the call starts threads, with all signals blocked, and ends them before
    /// it returns. GOPM_WHY_FLAG_ONE_THREAD prevents that.
    ///
    /// - `options`: NULL: the defaults
    /// - `out`: owned by the caller; release it with gopm_why_close(). It keeps the core open
    ///
    /// Returns GOPM_OK; GOPM_ERR_CANCELLED (by the progress callback); GOPM_ERR_LIMIT (more
    /// goroutines than 32 bits count); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown option);
    /// GOPM_ERR_FORMAT (runtime.allgs was not found); GOPM_ERR_IO; GOPM_ERR_NO_MEMORY. Source:
    /// runtime/{chan,select,sema,mgc}.go, sync; Go 1.16 to 1.27.
    ///
    /// Since: 0.9
    pub fn gopm_why_open(
        core: *mut gopm_core,
        options: *const gopm_why_options,
        out: *mut *mut gopm_why,
        err: *mut *mut gopm_error,
    ) -> gopm_status;

    /// Releases the analysis. NULL is accepted.
    ///
    /// Since: 0.9
    pub fn gopm_why_close(why: *mut gopm_why);

    /// Fills `info`. Set info->struct_size first.
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is too small).
    ///
    /// Since: 0.9
    pub fn gopm_why_get_info(why: *const gopm_why, info: *mut gopm_why_info) -> gopm_status;

    /// Gives the findings, the worst first.
    ///
    /// - `records`: array of `capacity` records, `stride` bytes apart
    /// - `count`: number of findings; the call writes at most `capacity` of them
    ///
    /// Returns GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_why_findings(
        why: *mut gopm_why,
        records: *mut gopm_why_finding,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the goroutines that wait, in the order of runtime.allgs for each structure.
    ///
    /// - `finding`: index of the finding
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no such finding); GOPM_ERR_ARGUMENT. Parameters are as in
    /// gopm_why_findings().
    ///
    /// Since: 0.9
    pub fn gopm_why_waiters(
        why: *const gopm_why,
        finding: usize,
        records: *mut gopm_why_waiter,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the goroutines to blame. As gopm_why_waiters().
    ///
    /// Since: 0.9
    pub fn gopm_why_blamed(
        why: *const gopm_why,
        finding: usize,
        records: *mut gopm_why_waiter,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the objects. Their strings live as long as the analysis. As gopm_why_waiters().
    ///
    /// Returns also GOPM_ERR_NO_MEMORY.
    ///
    /// Since: 0.9
    pub fn gopm_why_objects(
        why: *mut gopm_why,
        finding: usize,
        records: *mut gopm_object,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the edges, those of the cycle first. As gopm_why_waiters().
    ///
    /// Since: 0.9
    pub fn gopm_why_edges(
        why: *const gopm_why,
        finding: usize,
        records: *mut gopm_why_edge,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the ids of an edge's targets.
    ///
    /// - `edge`: index of the edge
    /// - `ids`: array of `capacity` ids
    ///
    /// Returns as gopm_why_waiters().
    ///
    /// Since: 0.9
    pub fn gopm_why_edge_targets(
        why: *const gopm_why,
        finding: usize,
        edge: usize,
        ids: *mut u64,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the goroutines that hold locks which others wait for, by lock. Who holds a lock that
    /// nobody waits for is not looked for.
    ///
    /// Returns as gopm_why_findings().
    ///
    /// Since: 0.9
    pub fn gopm_why_holders(
        why: *mut gopm_why,
        records: *mut gopm_why_holder,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the chain of waits from a goroutine on: the last one waits for nobody, or for one that
    /// is in the chain.
    ///
    /// - `goroutine`: id
    ///
    /// Returns GOPM_OK; GOPM_NOT_FOUND (no such goroutine); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
    /// Other parameters are as in gopm_why_findings().
    ///
    /// Since: 0.9
    pub fn gopm_why_chain(
        why: *mut gopm_why,
        goroutine: u64,
        records: *mut gopm_why_step,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the goroutines that are leaked, and then those that are suspects: likely stuck, or
    /// many of one go statement that each wait on channels of their own, which nobody is seen to
    /// use.
    ///
    /// Returns as gopm_why_findings().
    ///
    /// Since: 0.9
    pub fn gopm_why_leaks(
        why: *const gopm_why,
        records: *mut gopm_leak,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;

    /// Gives the groups: leaked before suspects, the largest first. As gopm_why_leaks().
    ///
    /// Since: 0.9
    pub fn gopm_why_leak_groups(
        why: *const gopm_why,
        records: *mut gopm_leak_group,
        stride: usize,
        capacity: usize,
        count: *mut usize,
    ) -> gopm_status;
}
