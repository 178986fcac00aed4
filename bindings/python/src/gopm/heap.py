# SPDX-License-Identifier: Apache-2.0
"""The heap: objects by type, what retains them, and why one is live."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from . import _constants as c
from ._handle import Handle, check, made
from ._library import ffi, lib, text, text_argument
from ._progress import Progress, Watch
from ._records import HeapInfoRecord, HeapNodeRecord, HeapObjectRecord, HeapSuspectRecord, HeapTypeRecord
from .errors import error_of, take_error

if TYPE_CHECKING:
    from .core import Core

_BATCH = 256


class Heap:
    """The marked heap of a core."""

    def __init__(self, core: Core, progress: Progress | None) -> None:
        watch, options = _options(progress)
        with core._handle as pointer:
            opened = watch.made(lib.gopm_heap_open, "gopm_heap", pointer, options, free=lib.gopm_heap_close)
        self._handle = Handle(opened, lib.gopm_heap_close, "this heap", core._handle.parent)
        about = ffi.new("gopm_heap_info *")
        about.struct_size = ffi.sizeof("gopm_heap_info")
        with self._handle as pointer:
            check(lib.gopm_heap_get_info(pointer, about))
        #: Totals in bytes and objects.
        self.info = HeapInfoRecord.decode(about)

    @property
    def is_partial(self) -> bool:
        """True if some live objects could not be read."""
        return bool(self.info.flags & c.HEAP_INFO_PARTIAL)

    def histogram(self, type: str | None = None, live: bool | None = None) -> list[HeapTypeRecord]:
        """Objects by type, those with most bytes first. `type`: a glob. `live`: True: only live ones; False: only garbage."""
        return list(self._each(lib.gopm_heap_type_iter_open, lib.gopm_heap_type_iter_next, lib.gopm_heap_type_iter_free,
                               "gopm_heap_type", HeapTypeRecord, type, live))

    def objects(self, type: str | None = None, live: bool | None = None) -> Iterator[HeapObjectRecord]:
        """Objects by address. Arguments as in histogram()."""
        return self._each(lib.gopm_heap_object_iter_open, lib.gopm_heap_object_iter_next, lib.gopm_heap_object_iter_free,
                          "gopm_heap_object", HeapObjectRecord, type, live)

    def _each(self, open_iter: Any, next_batch: Any, free: Any, kind: str, record: Any, type: str | None,
              live: bool | None) -> Iterator[Any]:
        wanted = ffi.new("gopm_heap_filter *")
        lib.gopm_heap_filter_init(wanted, ffi.sizeof("gopm_heap_filter"))
        wanted.flags = 0 if live is None else c.HEAP_FILTER_LIVE if live else c.HEAP_FILTER_GARBAGE
        glob = ffi.NULL if type is None else ffi.new("char[]", text_argument(type))
        wanted.type = glob
        with self._handle as pointer:
            opened = made(open_iter, f"{kind}_iter", pointer, wanted)
        return _batches(Handle(opened, free, "this iterator", self), next_batch, kind, record)

    def retained(self, by: str = "holder", progress: Progress | None = None) -> Iterator[HeapNodeRecord]:
        """What would become garbage without each holder, the largest first. `by`: "holder", "variable", "goroutine", "start",
        "package", "type" or "birth". The first call computes the dominator tree."""
        kinds = {name: value for value, name in c.NAMES["HEAP_BY"].items()}
        if by not in kinds:
            raise ValueError(f"the heap cannot be listed by {by!r}; use one of {', '.join(kinds)}")
        watch, options = _options(progress)
        with self._handle as pointer:
            opened = watch.made(lib.gopm_heap_node_iter_open, "gopm_heap_node_iter", pointer, kinds[by], options,
                                free=lib.gopm_heap_node_iter_free)
        return _batches(Handle(opened, lib.gopm_heap_node_iter_free, "this iterator", self), lib.gopm_heap_node_iter_next,
                        "gopm_heap_node", HeapNodeRecord)

    def suspects(self, percent: int = 10, progress: Progress | None = None) -> list[HeapSuspectRecord]:
        """What retains at least `percent` of the live bytes."""
        watch, options = _options(progress)
        count, err, size = ffi.new("size_t *"), ffi.new("gopm_error **"), 16
        with self._handle as pointer:
            while True:
                records = ffi.new("gopm_heap_suspect[]", size)
                status = lib.gopm_heap_suspects(pointer, percent, options, records, ffi.sizeof("gopm_heap_suspect"), size, count,
                                                err)
                if status != 0:
                    failure = take_error(status, err[0])
                    watch.close(False)
                    watch.check()
                    raise failure
                watch.close(True)
                watch.check()
                if count[0] <= size:
                    return [HeapSuspectRecord.decode(records[i]) for i in range(count[0])]
                size = count[0]

    def object_at(self, address: int) -> HeapObjectRecord:
        """The object that contains an address."""
        record = ffi.new("gopm_heap_object *")
        with self._handle as pointer:
            status = lib.gopm_heap_object_at(pointer, address, record, ffi.sizeof("gopm_heap_object"))
            if status != 0:
                raise error_of(status, f"no object is at {address:#x}")
            return HeapObjectRecord.decode(record)

    def path(self, address: int) -> str:
        """Why an object is live, as an expression: "main.sessions[2999].history[19]"."""
        with self._handle as pointer:
            opened = made(lib.gopm_heap_path_open, "gopm_heap_path", pointer, address,
                          what=f"no object is at {address:#x}, or nothing holds it")
            with Handle(opened, lib.gopm_heap_path_free, "this path") as path:
                return text(lib.gopm_heap_path_text(path))

    def close(self) -> None:
        """Releases the heap. Its iterators stay usable."""
        self._handle.close()

    def __enter__(self) -> Heap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<gopm.Heap of {self.info.objects} objects, {self.info.bytes} bytes, {self.info.live_bytes} live>"


def _options(progress: Progress | None) -> tuple[Watch, Any]:
    watch, options = Watch(progress), ffi.new("gopm_heap_options *")
    lib.gopm_heap_options_init(options, ffi.sizeof("gopm_heap_options"))
    watch.put(options)
    return watch, options


def _batches(handle: Handle, next_batch: Any, kind: str, record: Any) -> Iterator[Any]:
    records, got = ffi.new(f"{kind}[]", _BATCH), ffi.new("size_t *")
    while True:
        with handle as pointer:
            status = next_batch(pointer, records, ffi.sizeof(kind), _BATCH, got)
            if status == c.DONE:
                return
            check(status)
            batch = [record.decode(records[i]) for i in range(got[0])]
        yield from batch
