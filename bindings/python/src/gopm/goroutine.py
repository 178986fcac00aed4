# SPDX-License-Identifier: Apache-2.0
"""Goroutines: as objects, as columns, and in groups."""
from __future__ import annotations

import datetime
import importlib
import json
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Callable, Iterator

from . import _constants as c
from ._arrow import export_stream, keep_for_streams
from ._handle import Handle, check, formatted, listed
from ._library import ffi, lib, text, text_argument
from ._progress import Progress, Watch
from ._records import GoroutineRecord, GroupRecord, LocationRecord, WaitRecord
from .errors import error_of, take_error
from .filters import FIELDS, filter_options

if TYPE_CHECKING:
    from .core import Core
    from .stack import Stack

_BATCH = 256
# Values of gopm_group_iter_open() by their names.
_GROUPS = {name: value for value, name in c.NAMES["GROUP"].items()}


class Goroutine:
    """One goroutine. `record` has all that the library says about it."""

    __slots__ = ("core", "record")

    def __init__(self, core: Core, record: GoroutineRecord) -> None:
        self.core = core
        self.record = record

    @property
    def id(self) -> int:
        """Its id."""
        return self.record.id

    @property
    def address(self) -> int:
        """The address of its runtime.g."""
        return self.record.address

    @property
    def parent_id(self) -> int | None:
        """The id of the goroutine that started it."""
        return self.record.parent_id or None

    @property
    def status(self) -> str:
        """ "waiting", "running", "runnable", "syscall"..."""
        return self.record.status_name

    @property
    def wait_reason(self) -> str | None:
        """ "chan send"; None: it does not wait."""
        return self.record.wait_reason or None

    @property
    def wait_time(self) -> datetime.timedelta | None:
        """How long it waits, an estimate; None: unknown."""
        return datetime.timedelta(microseconds=self.record.wait_time / 1000) if self.record.wait_time else None

    @property
    def wait(self) -> WaitRecord | None:
        """The first object that it waits on; None: it waits on none that is known."""
        return self.record.wait if self.record.wait.kind != c.WAIT_NONE else None

    @property
    def is_system(self) -> bool:
        """True if it is a goroutine of the runtime."""
        return bool(self.record.flags & c.G_FLAG_SYSTEM)

    @property
    def is_partial(self) -> bool:
        """True if a part of it could not be read."""
        return bool(self.record.flags & c.G_FLAG_PARTIAL)

    @property
    def current(self) -> LocationRecord:
        """The innermost frame."""
        return self.record.current

    @property
    def user(self) -> LocationRecord:
        """The innermost frame outside the runtime."""
        return self.record.user

    @property
    def go_statement(self) -> LocationRecord:
        """The go statement that started it."""
        return self.record.go_statement

    @property
    def start(self) -> LocationRecord:
        """The function in that go statement."""
        return self.record.start

    @property
    def labels(self) -> dict[str, str]:
        """Its pprof labels."""
        with self.core._handle as pointer:
            records = listed(lib.gopm_goroutine_labels, "gopm_label", pointer, self.address)
            return {text(r.key): text(r.value) for r in records}

    @property
    def waits(self) -> list[WaitRecord]:
        """The objects that it waits on: several in a select."""
        with self.core._handle as pointer:
            return [WaitRecord.decode(r) for r in listed(lib.gopm_goroutine_waits, "gopm_wait", pointer, self.address)]

    def stack(self, **options: Any) -> Stack:
        """Its stack; the options of Core.stack()."""
        return self.core.stack(self, **options)

    def json(self) -> Any:
        """The goroutine as `gopm goroutines --json` has it. It is read again; Goroutines.json() is faster for many. A dead
        one has none."""
        with self.core._handle as pointer:
            return _json_of(pointer, _raw_goroutine(pointer, lib.gopm_goroutine_by_address, self.address))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Goroutine) and (self.core, self.address) == (other.core, other.address)

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        waits = f", {self.wait_reason}" if self.wait_reason else ""
        return f"<gopm.Goroutine {self.id} {self.status}{waits} in {self.user.function or '?'}>"


def _raw_goroutine(core: Any, function: Any, number: int | None) -> Any:
    """The record of a goroutine, by its id or address."""
    record, err = ffi.new("gopm_goroutine *"), ffi.new("gopm_error **")
    status = function(core, number, record, ffi.sizeof("gopm_goroutine"), err)
    if status != 0:
        raise take_error(status, err[0], f"no goroutine {number}")
    return record


def _json_of(core: Any, record: Any) -> Any:
    size = ffi.sizeof("gopm_goroutine")
    return json.loads(formatted(lambda *room: lib.gopm_goroutine_json(core, record, size, 0, *room)))


class _Stream:
    """A stream that was made before."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule


class Goroutines(Iterable[Goroutine]):
    """The goroutines of a core that match; each iteration reads them anew.

    It is an Arrow stream too: pyarrow.table(x), polars.from_arrow(x), duckdb and pandas read it without a copy.
    """

    def __init__(self, core: Core, conditions: Mapping[str, Any], fields: Iterable[str] | None,
                 progress: Progress | None) -> None:
        self._core = core
        self._conditions = dict(conditions)
        self._progress = progress
        self._fields = c.FIELD_ALL
        if fields is not None:
            self._fields = 0
            for name in [fields] if isinstance(fields, str) else fields:
                if name not in FIELDS:
                    raise ValueError(f"goroutines have no field {name!r}; use {', '.join(FIELDS)}")
                self._fields |= FIELDS[name]
        filter_options(self._conditions, self._fields)  # wrong conditions are said here

    def __iter__(self) -> Iterator[Goroutine]:
        return self._iterate(lambda record: Goroutine(self._core, GoroutineRecord.decode(record)))

    def json(self) -> Iterator[Any]:
        """Each goroutine as `gopm goroutines --json` has it, one after the other."""

        def json_of(record: Any) -> Any:
            with self._core._handle as pointer:
                return _json_of(pointer, ffi.addressof(record))

        return self._iterate(json_of)

    def _iterate(self, made_of: Callable[[Any], Any]) -> Iterator[Any]:
        watch = Watch(self._progress)
        options, keep = filter_options(self._conditions, self._fields)
        watch.put(options)
        with self._core._handle as pointer:
            opened = watch.made(lib.gopm_goroutine_iter_open, "gopm_goroutine_iter", pointer, options,
                                free=lib.gopm_goroutine_iter_free, ends=False)
        del keep
        handle = Handle(opened, lib.gopm_goroutine_iter_free, "this iterator", self._core._handle.parent, threading.RLock())
        return self._read(handle, watch, made_of)

    def _read(self, handle: Handle, watch: Watch, made_of: Callable[[Any], Any]) -> Iterator[Any]:
        records, got = ffi.new("gopm_goroutine[]", _BATCH), ffi.new("size_t *")
        finished = False
        try:
            while True:
                with handle as pointer:
                    status = lib.gopm_goroutine_iter_next(pointer, records, ffi.sizeof("gopm_goroutine"), _BATCH, got)
                    watch.check()
                    if status == c.DONE:
                        finished = True
                        return
                    if status != 0:
                        raise error_of(status)
                    # Their strings live as long as the core, which the iterator keeps.
                    batch = [made_of(records[i]) for i in range(got[0])]
                yield from batch
        finally:
            watch.close(finished)

    def first(self) -> Goroutine | None:
        """The first one; None: there is none."""
        return next(iter(self), None)

    def count(self) -> int:
        """The number of goroutines."""
        return sum(1 for _ in Goroutines(self._core, self._conditions, (), self._progress))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The columns as a PyCapsule of an ArrowArrayStream; gopm/arrow.h lists them. A stream with a progress callback, or of
        a core that is open from memory, keeps these until the process ends."""
        watch = None if self._progress is None else Watch(self._progress)
        keep_for_streams(watch)
        keep_for_streams(self._core._handle.parent)
        return export_stream(self._core, self._core._handle, self._conditions, self._fields, watch)

    def to_arrow(self) -> Any:
        """The columns as a pyarrow.Table; needs pyarrow 15 or later."""
        pyarrow: Any = importlib.import_module("pyarrow")

        watch = Watch(self._progress)
        stream = _Stream(export_stream(self._core, self._core._handle, self._conditions, self._fields, watch))
        try:
            table = pyarrow.RecordBatchReader.from_stream(stream).read_all()
        except Exception:
            watch.close(False)
            watch.check()
            raise
        watch.close(True)
        return table

    def to_pandas(self) -> Any:
        """The columns as a pandas.DataFrame; needs pyarrow and pandas."""
        return self.to_arrow().to_pandas()

    def __repr__(self) -> str:
        conditions = ", ".join(f"{key}={value!r}" for key, value in self._conditions.items())
        return f"<gopm.Goroutines of {self._core!r}{' with ' + conditions if conditions else ''}>"


class Group:
    """Goroutines that have the same key."""

    __slots__ = ("by", "record", "_raw", "_source")

    def __init__(self, by: str, raw: Any, source: Handle) -> None:
        self.by = by
        self.record = GroupRecord.decode(raw)
        self._raw = ffi.new("gopm_group *", raw)
        self._source = source  # the key in `_raw` lives as long as the iterator

    @property
    def count(self) -> int:
        """The number of goroutines."""
        return self.record.count

    @property
    def example_id(self) -> int:
        """The id of the goroutine that has waited longest."""
        return self.record.example_id

    @property
    def location(self) -> LocationRecord:
        """The place, of groups by user, start, go or current."""
        return self.record.location

    @property
    def key(self) -> str:
        """The key as text: a function, reason, label, or the description of an object."""
        return self.record.key or self.record.location.function

    def json(self) -> Any:
        """The group as `gopm goroutines --group-by KEY --json` has it."""
        size = ffi.sizeof("gopm_group")
        with self._source:
            return json.loads(formatted(lambda *room: lib.gopm_group_json(self._raw, size, _GROUPS[self.by], 0, *room)))

    def __repr__(self) -> str:
        return f"<gopm.Group {self.count} x {self.key}>"


def read_groups(core: Core, by: str, label: str | None, conditions: Mapping[str, Any], progress: Progress | None) -> list[Group]:
    """The groups, the largest first."""
    if by not in _GROUPS:
        raise ValueError(f"groups have no key {by!r}; use one of {', '.join(_GROUPS)}")
    watch = Watch(progress)
    options, keep = filter_options(conditions, c.FIELD_ALL)
    watch.put(options)
    name = ffi.NULL if label is None else text_argument(label)
    with core._handle as pointer:
        opened = watch.made(lib.gopm_group_iter_open, "gopm_group_iter", pointer, _GROUPS[by], name, options,
                            free=lib.gopm_group_iter_free)
    del keep
    groups: list[Group] = []
    records, got = ffi.new("gopm_group[]", _BATCH), ffi.new("size_t *")
    source = Handle(opened, lib.gopm_group_iter_free, "this iterator", core._handle.parent, threading.RLock())
    with source as pointer:
        while True:
            status = lib.gopm_group_iter_next(pointer, records, ffi.sizeof("gopm_group"), _BATCH, got)
            if status == c.DONE:
                return groups
            check(status)
            groups += [Group(by, records[i], source) for i in range(got[0])]


def find_goroutine(core: Core, id: int | None, address: int | None) -> Goroutine:
    """A goroutine by its id or address."""
    function, number = (lib.gopm_goroutine_by_address, address) if id is None else (lib.gopm_goroutine_by_id, id)
    with core._handle as pointer:
        return Goroutine(core, GoroutineRecord.decode(_raw_goroutine(pointer, function, number)))
