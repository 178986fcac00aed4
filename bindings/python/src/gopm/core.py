# SPDX-License-Identifier: Apache-2.0
"""An open core."""
from __future__ import annotations

import datetime
import json
import os
import threading
from typing import Any, Callable, Unpack, Union  # Unpack: Python 3.11

from . import _constants as c
from ._handle import Handle, check, collected, formatted, listed, made
from ._library import ffi, lib, path_argument, text_argument
from ._progress import Progress, Watch, watch_signals
from ._records import (BuildInfoRecord, BuildModuleRecord, CoreInfoRecord, FindingRecord, LocationRecord, MappingRecord,
                       ModuleRecord, ThreadRecord)
from .errors import UnreadableError, take_error
from .filters import Filter, Where, where_conditions
from .goroutine import Goroutine, Goroutines, Group, find_goroutine, read_groups
from .heap import Heap
from .stack import Stack, Variables, evaluate, read_variables, value_options
from .thread import Thread
from .value import Value
from .why import Why

#: A path, or the whole file in memory.
Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]

_BATCH = 256


class Core:
    """An open core. Several threads may use it. Close it, or use it in a `with` statement; what was made from it stays
    usable."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    @property
    def info(self) -> CoreInfoRecord:
        """Facts that need no scan."""
        about = ffi.new("gopm_core_info *")
        about.struct_size = ffi.sizeof("gopm_core_info")
        with self._handle as pointer:
            check(lib.gopm_core_get_info(pointer, about))
            return CoreInfoRecord.decode(about)

    @property
    def build(self) -> BuildInfoRecord | None:
        """How the executable was built; None: it does not say."""
        about = ffi.new("gopm_build_info *")
        about.struct_size = ffi.sizeof("gopm_build_info")
        with self._handle as pointer:
            status = lib.gopm_core_build_info(pointer, about)
            if status == c.NOT_FOUND:
                return None
            check(status)
            return BuildInfoRecord.decode(about)

    @property
    def dependencies(self) -> list[BuildModuleRecord]:
        """The modules that the executable was built with."""
        with self._handle as pointer:
            found = listed(lib.gopm_build_dependencies, "gopm_build_module", pointer)
            return [BuildModuleRecord.decode(r) for r in found]

    def goroutines(self, where: Where = None, *, fields: list[str] | tuple[str, ...] | None = None,
                   progress: Progress | None = None, **conditions: Unpack[Filter]) -> Goroutines:
        """The goroutines that match all conditions: `core.goroutines(user="main.*", reason="chan send")`.

        Args:
            where: conditions as text, "start=*consumer*", or as a mapping
            fields: the parts to read, of "current", "user", "go", "start", "wait", "labels" and "stack"; None: all but "stack"
            progress: called while they are read
            **conditions: see Filter
        """
        return Goroutines(self, {**where_conditions(where), **conditions}, fields, progress)

    def goroutine(self, id: int | None = None, *, address: int | None = None) -> Goroutine:
        """The goroutine with an id, or whose runtime.g is at an address."""
        if (id is None) == (address is None):
            raise TypeError("goroutine() takes an id or an address")
        return find_goroutine(self, id, address)

    def groups(self, by: str = "user", *, key: str | None = None, where: Where = None, progress: Progress | None = None,
               **conditions: Unpack[Filter]) -> list[Group]:
        """Counts goroutines by a key, the largest group first.

        Args:
            by: "user", "start", "go", "current", "reason", "label", "object" or "stack"
            key: the label of by="label"
            where, progress, **conditions: as in goroutines()
        """
        return read_groups(self, by, key, {**where_conditions(where), **conditions}, progress)

    def stack(self, goroutine: int | Goroutine | Thread | None = None, *, thread: int | None = None,
              max_frames: int | None = None, first_frame: int | None = None, outer_frames: int | None = None,
              user_only: bool = False) -> Stack:
        """The stack of a goroutine, by its id, or of a thread.

        Args:
            goroutine: an id, a Goroutine or a Thread
            thread: the id of a thread instead
            max_frames, first_frame, outer_frames: a window of a deep stack, as in gopm_stack_options
            user_only: leave out frames on the system stack, and frames of C
        """
        options = ffi.new("gopm_stack_options *")
        lib.gopm_stack_options_init(options, ffi.sizeof("gopm_stack_options"))
        options.flags = c.STACK_USER_ONLY if user_only else 0
        options.max_frames, options.first_frame, options.outer_frames = max_frames or 0, first_frame or 0, outer_frames or 0
        what = f"no goroutine {goroutine}"
        if isinstance(goroutine, Goroutine):
            options.goroutine_address = goroutine.address
        elif isinstance(goroutine, Thread):
            options.thread_id = goroutine.id
        elif goroutine is not None:
            options.goroutine_id = goroutine
        if thread is not None:
            options.thread_id = thread
            what = f"no thread {thread}"
        return Stack(self._handle, options, what)

    def threads(self) -> list[Thread]:
        """The threads, in the order of the core."""
        return [Thread(self, record) for record in self._all("thread", ThreadRecord.decode)]

    def mappings(self) -> list[MappingRecord]:
        """The memory mappings by address."""
        return self._all("mapping", MappingRecord.decode)

    def modules(self) -> list[ModuleRecord]:
        """The program, its shared libraries and the vDSO."""
        return self._all("module", ModuleRecord.decode)

    def findings(self) -> list[FindingRecord]:
        """Damage and missing data that was found so far."""
        return self._all("finding", FindingRecord.decode)

    def findings_json(self) -> list[Any]:
        """The same as `gopm findings --json` has them: a dict each, with the name of its kind."""
        size = ffi.sizeof("gopm_finding")

        def json_of(record: Any) -> Any:
            return json.loads(formatted(lambda *room: lib.gopm_finding_json(ffi.addressof(record), size, 0, *room)))

        return self._all("finding", json_of)

    def _all(self, noun: str, made_of: Callable[[Any], Any]) -> list[Any]:
        free = getattr(lib, f"gopm_{noun}_iter_free")
        with self._handle as pointer:
            opened = made(getattr(lib, f"gopm_{noun}_iter_open"), f"gopm_{noun}_iter", pointer)
        found: list[Any] = []
        records, got = ffi.new(f"gopm_{noun}[]", _BATCH), ffi.new("size_t *")
        with Handle(opened, free, "this iterator") as pointer:
            while True:
                status = getattr(lib, f"gopm_{noun}_iter_next")(pointer, records, ffi.sizeof(f"gopm_{noun}"), _BATCH, got)
                if status == c.DONE:
                    return found
                check(status)
                found += [made_of(records[i]) for i in range(got[0])]

    def eval(self, expression: str, *, depth: int | None = None) -> Value:
        """Evaluates a Go expression on package variables: "main.x". Frame.eval() has variables of a frame too."""
        return evaluate(self._handle, expression, depth, None)

    def variables(self, glob: str = "*", *, depth: int | None = None, native: bool = False) -> Variables:
        """Package variables. `native`: those of C, C++ and Rust."""
        options = value_options(depth, c.VALUE_OPTION_C if native else 0)
        with self._handle as pointer:
            found = made(lib.gopm_package_vars, "gopm_vars", pointer, text_argument(glob), options)
        handle = Handle(found, lib.gopm_vars_free, "these variables", self._handle.parent, threading.RLock())
        return read_variables(handle, self._handle)

    def why(self, *, heap: Heap | None = None, quick: bool = False, progress: Progress | None = None) -> Why:
        """Why the program hangs. `heap`: use one that is open. `quick`: without the heap."""
        return Why(self, heap, quick, progress)

    def leaks(self, *, heap: Heap | None = None, progress: Progress | None = None) -> Why:
        """The analysis, for its `leaks` and `leak_groups`."""
        return Why(self, heap, False, progress)

    def heap(self, *, progress: Progress | None = None) -> Heap:
        """The heap, marked."""
        return Heap(self, progress)

    def memory(self, address: int, size: int) -> bytes:
        """Memory of the process; UnreadableError if the core lacks a part of it."""
        if size < 0:
            raise ValueError("size must not be negative")
        buffer, got = ffi.new("char[]", size or 1), ffi.new("size_t *")
        with self._handle as pointer:
            status = lib.gopm_memory_read(pointer, address, buffer, size, got)
        if status == c.ERR_MISSING_MEMORY:
            raise UnreadableError(f"{size - got[0]} bytes at {address + got[0]:#x} are not in the core", status,
                                  address=address + got[0])
        check(status)
        return bytes(ffi.buffer(buffer, size))

    def symbolize(self, pc: int) -> list[LocationRecord]:
        """The functions at a pc, the innermost inlined call first; empty: it is not in Go."""
        with self._handle as pointer:
            return [LocationRecord.decode(r) for r in listed(lib.gopm_symbolize, "gopm_location", pointer, pc)]

    def traceback(self, goroutine: int | None = None, *, system: bool = False) -> str:
        """The runtime's own traceback."""
        options = ffi.new("gopm_traceback_options *")
        lib.gopm_traceback_options_init(options, ffi.sizeof("gopm_traceback_options"))
        options.level = c.TRACEBACK_SYSTEM if system else c.TRACEBACK_ALL
        options.goroutine_id = goroutine or 0
        with self._handle as pointer:
            return collected(lambda *write: lib.gopm_traceback(pointer, options, *write), f"no goroutine {goroutine}")

    @property
    def closed(self) -> bool:
        """True after close()."""
        return self._handle.closed

    def close(self) -> None:
        """Releases the core, when all that was made from it is released too."""
        self._handle.close()

    def __enter__(self) -> Core:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.closed:
            return "<gopm.Core, closed>"
        return f"<gopm.Core {self.info.core_path or 'in memory'}>"


def open(core: Source, exe: Source | None = None, *, sysroot: str | os.PathLike[str] | None = None,
         temporary_folder: str | os.PathLike[str] | None = None, search: bool = True, dwarf: bool = True, map: bool = False,
         max_goroutines: int = 0, max_frames: int = 0, max_unpacked_size: int = 0, progress: Progress | None = None) -> Core:
    """Opens a core and its executable.

    Args:
        core: a path, or the whole file in memory, which must not change
        exe: the executable; None: it is searched for
        sysroot: a folder to put before every path from the core
        temporary_folder: for the unpacked core; None: /var/tmp
        search: search for an executable that is not given, and for plugins
        dwarf: read DWARF
        map: map the files into memory; faster, but a file that becomes shorter kills the process
        max_goroutines, max_frames, max_unpacked_size: limits; 0: the default
        progress: called while the core is unpacked; True: a bar of tqdm
    """
    return _opened(core, exe, 0, sysroot, temporary_folder,
                   (0 if search else c.OPEN_NO_SEARCH) | (0 if dwarf else c.OPEN_NO_DWARF) | (c.OPEN_MAP if map else 0),
                   {"max_goroutines": max_goroutines, "max_frames": max_frames, "max_unpacked_size": max_unpacked_size}, progress)


def attach(pid: int, exe: Source | None = None, *, progress: Progress | None = None) -> Core:
    """Opens a live process, which is stopped until the core is closed."""
    if pid <= 0:
        raise ValueError("pid must be positive")
    return _opened(None, exe, pid, None, None, 0, {}, progress)


def _opened(core: Source | None, exe: Source | None, pid: int, sysroot: Any, temporary_folder: Any, flags: int,
            limits: dict[str, int], progress: Progress | None) -> Core:
    options, keep = ffi.new("gopm_core_options *"), []
    lib.gopm_core_options_init(options, ffi.sizeof("gopm_core_options"))

    def path(member: str, value: Any) -> None:
        keep.append(ffi.new("char[]", path_argument(value)))
        setattr(options, member, keep[-1])

    buffers = []
    for prefix, source in (("core", core), ("exe", exe)):
        if isinstance(source, (bytes, bytearray, memoryview)):
            buffers.append(ffi.from_buffer(source))
            setattr(options, f"{prefix}_data", buffers[-1])
            setattr(options, f"{prefix}_size", len(buffers[-1]))
        elif source is not None:
            path(f"{prefix}_path", source)
    if core is None and not pid:
        raise TypeError("core must be a path or the bytes of a file, not None")
    options.core_pid, options.flags = pid, flags
    for member, value in (("sysroot", sysroot), ("temporary_folder", temporary_folder)):
        if value is not None:
            path(member, value)
    for member, limit in limits.items():
        setattr(options, member, limit)
    watch = Watch(progress)
    watch.put(options)
    pointer = watch.made(lib.gopm_core_open, "gopm_core", options, free=lib.gopm_core_close)
    watch_signals(pointer)
    return Core(Handle(pointer, lib.gopm_core_close, "this core", buffers or None))
