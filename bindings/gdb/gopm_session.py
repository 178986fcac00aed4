# SPDX-License-Identifier: Apache-2.0
"""libgopm by ctypes: loads it, opens a core, and reads what the commands of gopm.py show. It does not need gdb."""
import ctypes
import glob
import os
import pathlib
import sys
from ctypes import byref, c_size_t, c_uint64, c_void_p, sizeof

import gopm_ctypes as c

BATCH = 256
# gdb has libdw loaded, whose functions have the names of those of libdwarf: libgopm must find its own first. A sanitizer forbids it.
MODE = 0 if "libasan" in os.environ.get("LD_PRELOAD", "") else getattr(os, "RTLD_DEEPBIND", 0)


class Error(Exception):
    """A call failed; the text is for people."""


def candidates():
    """Paths of the library: $GOPM_LIBRARY, else that of the tree that this file is installed in, else the system's."""
    named = os.environ.get("GOPM_LIBRARY")
    if named:
        return [named]
    name = f"libgopm.so.{c.ABI_VERSION}"
    prefix = pathlib.Path(__file__).resolve().parents[3]
    beside = sorted(glob.glob(f"{glob.escape(str(prefix))}/lib*/{name}") + glob.glob(f"{glob.escape(str(prefix))}/lib*/*/{name}"))
    return [*beside, name, "libgopm.so"]


def load():
    problems = []
    for name in candidates():
        try:
            library = ctypes.CDLL(name, mode=MODE)
            library.gopm_version_number.restype = ctypes.c_uint32
            version = library.gopm_version_number()
            # An older library than the declarations lacks functions.
            if not c.VERSION_MAJOR * 1000000 + c.VERSION_MINOR * 1000 <= version < (c.ABI_VERSION + 1) * 1000000:
                problems.append(f"{name}: version {version // 1000000}.{version // 1000 % 1000} has not ABI {c.ABI_VERSION}")
                continue
            return c.declare(library)
        except (OSError, AttributeError) as problem:
            problems.append(str(problem))
    raise Error("libgopm cannot be loaded; install it, or set GOPM_LIBRARY to its path: " + "; ".join(problems))


class Session:
    """An open core."""

    def __init__(self, library, core_path, exe_path=None):
        self._lib = library
        self._core = None
        options = c.gopm_core_options()
        library.gopm_core_options_init(byref(options), sizeof(options))
        options.core_path = os.fsencode(core_path)
        options.exe_path = os.fsencode(exe_path) if exe_path else None
        options.progress = self._progress = c.gopm_progress_fn(self._report)
        self._stopped = False
        self._core = self._made(library.gopm_core_open, byref(options))

    def _report(self, *_):
        """Called every few milliseconds, which is a chance for Ctrl-C."""
        return 1 if self._stopped else 0

    def _unraised(self, about):
        """An exception of the callback, which cannot pass through C: Ctrl-C."""
        self._stopped = True
        if not issubclass(about.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(about)

    def _call(self, function, *arguments):
        """Calls a function that reports progress."""
        before, sys.unraisablehook = sys.unraisablehook, self._unraised
        try:
            return function(*arguments)
        finally:
            sys.unraisablehook = before

    def close(self):
        core, self._core = self._core, None
        if core:
            self._lib.gopm_core_close(core)

    def __del__(self):
        self.close()

    def fail(self, status, err, missing=""):
        stopped, self._stopped = self._stopped, False
        message = self._lib.gopm_error_message(err) if err else missing.encode() or self._lib.gopm_status_text(status)
        self._lib.gopm_error_free(err)
        if stopped:
            raise KeyboardInterrupt
        raise Error(message.decode("utf-8", "backslashreplace"))

    def _made(self, function, *arguments, missing=""):
        out, err = c_void_p(), c_void_p()
        status = self._call(function, *arguments, byref(out), byref(err))
        if status != c.OK:
            self.fail(status, err.value, missing)
        return out.value

    def text(self, value, lines=False):
        """A gopm_str as text that is safe to print."""
        if not value.size:
            return ""
        length, size = c_size_t(), value.size + 1
        flags = c.ESCAPE_LINES if lines else 0
        while True:
            buffer = ctypes.create_string_buffer(size)
            status = self._lib.gopm_escape(ctypes.cast(value.data, ctypes.c_char_p), value.size, flags, buffer, size, byref(length))
            if status != c.OK:
                self.fail(status, None)
            if length.value < size:
                return buffer.raw[:length.value].decode("utf-8", "backslashreplace")
            size = length.value + 1

    def _filter(self, conditions):
        options = c.gopm_goroutine_filter()
        self._lib.gopm_goroutine_filter_init(byref(options), sizeof(options))
        for key, value in conditions.items():
            setattr(options, "wait_reason" if key == "reason" else key, value.encode("utf-8", "surrogateescape"))
        options.progress = self._progress
        return options

    def goroutines(self, conditions):
        """The records that match {"user": "main.*"}. A record is valid until the next one."""
        options = self._filter(conditions)
        options.fields = c.FIELD_USER
        iterator = self._made(self._lib.gopm_goroutine_iter_open, self._core, byref(options))
        try:
            records, got = (c.gopm_goroutine * BATCH)(), c_size_t()
            while True:
                status = self._call(self._lib.gopm_goroutine_iter_next, iterator, records, sizeof(c.gopm_goroutine), BATCH, byref(got))
                if status == c.DONE:
                    return
                if status != c.OK:
                    self.fail(status, None)
                yield from records[:got.value]
        finally:
            self._lib.gopm_goroutine_iter_free(iterator)

    def groups(self, by, conditions):
        """The records of the groups, the largest first. A record is valid until the next one."""
        options = self._filter(conditions)
        iterator = self._made(self._lib.gopm_group_iter_open, self._core, by, None, byref(options))
        try:
            records, got = (c.gopm_group * BATCH)(), c_size_t()
            while True:
                status = self._lib.gopm_group_iter_next(iterator, records, sizeof(c.gopm_group), BATCH, byref(got))
                if status == c.DONE:
                    return
                if status != c.OK:
                    self.fail(status, None)
                yield from records[:got.value]
        finally:
            self._lib.gopm_group_iter_free(iterator)

    def threads(self):
        """Kernel thread id -> id of the goroutine that it runs, 0: none."""
        iterator = self._made(self._lib.gopm_thread_iter_open, self._core)
        try:
            found, records, got = {}, (c.gopm_thread * BATCH)(), c_size_t()
            while True:
                status = self._lib.gopm_thread_iter_next(iterator, records, sizeof(c.gopm_thread), BATCH, byref(got))
                if status == c.DONE:
                    return found
                if status != c.OK:
                    self.fail(status, None)
                found.update({thread.id: thread.goroutine for thread in records[:got.value]})
        finally:
            self._lib.gopm_thread_iter_free(iterator)

    def stack(self, goroutine=0, thread=0):
        options = c.gopm_stack_options()
        self._lib.gopm_stack_options_init(byref(options), sizeof(options))
        options.goroutine_id, options.thread_id = goroutine, thread
        missing = f"no goroutine {goroutine}" if goroutine else f"no thread {thread}"
        return Stack(self, self._lib, self._made(self._lib.gopm_stack_open, self._core, byref(options), missing=missing))

    def why(self):
        """(verdict, certainty, text) of each finding, the worst first."""
        options = c.gopm_why_options()
        self._lib.gopm_why_options_init(byref(options), sizeof(options))
        options.progress = self._progress
        why = self._made(self._lib.gopm_why_open, self._core, byref(options))
        try:
            count, size = c_size_t(), 16
            while True:
                records = (c.gopm_why_finding * size)()
                status = self._lib.gopm_why_findings(why, records, sizeof(c.gopm_why_finding), size, byref(count))
                if status != c.OK:
                    self.fail(status, None)
                if count.value <= size:
                    return [(c.NAMES["VERDICT"].get(r.verdict, "unknown"), c.NAMES["CERTAINTY"].get(r.certainty, "unknown"),
                             self.text(r.text, lines=True)) for r in records[:count.value]]
                size = count.value
        finally:
            self._lib.gopm_why_close(why)


class Stack:
    """An unwound stack."""

    def __init__(self, session, library, pointer):
        self._session, self._lib, self._pointer = session, library, pointer
        address = c_uint64()
        self.end = library.gopm_stack_end(pointer, byref(address))
        self.end_address = address.value

    def __del__(self):
        self._lib.gopm_stack_free(self._pointer)

    def frames(self):
        """Records of frames, the innermost first."""
        size, got = self._lib.gopm_stack_size(self._pointer), c_size_t()
        if not size:
            return []
        records = (c.gopm_frame * size)()
        status = self._lib.gopm_stack_frames(self._pointer, 0, records, sizeof(c.gopm_frame), size, byref(got))
        return list(records[:got.value]) if status == c.OK else []

    def variables(self, frame):
        """(name, text, how sure) of each variable of a frame; the text is flat."""
        options = c.gopm_value_options()
        self._lib.gopm_value_options_init(byref(options), sizeof(options))
        options.max_depth, options.max_fields, options.flags = 0xFFFFFFFF, 16, c.VALUE_OPTION_CHANNELS
        vars_, err = c_void_p(), c_void_p()
        status = self._lib.gopm_frame_vars(self._pointer, frame, byref(options), byref(vars_), byref(err))
        if status == c.NOT_FOUND:
            return
        if status != c.OK:
            self._session.fail(status, err.value)
        try:
            for index in range(self._lib.gopm_vars_size(vars_)):
                value = c_void_p()
                if self._lib.gopm_vars_value(vars_, index, byref(value)) == c.OK:
                    try:
                        yield self._variable(value)
                    finally:
                        self._lib.gopm_value_free(value)
        finally:
            self._lib.gopm_vars_free(vars_)

    def _variable(self, value):
        info, length, size = c.gopm_value_info(), c_size_t(), 256
        info.struct_size = sizeof(info)
        self._lib.gopm_value_get_info(value, byref(info))
        while True:
            buffer = ctypes.create_string_buffer(size)
            status = self._lib.gopm_value_text(value, buffer, size, byref(length))
            if status != c.OK or length.value < size:
                break
            size = length.value + 1
        sure = {c.FROM_RUNTIME: "runtime", c.FROM_RECOVERED: "recovered", c.FROM_STALE: "stale-possible"}.get(info.provenance, "")
        origin = self._session.text(info.origin)
        return self._session.text(info.name), buffer.value.decode("utf-8", "backslashreplace"), f"{sure}: {origin}" if sure and origin else sure
