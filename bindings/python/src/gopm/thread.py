# SPDX-License-Identifier: Apache-2.0
"""Threads of the process."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import _constants as c
from ._handle import Handle, check, formatted, listed, made
from ._library import ffi, lib, text
from ._records import LocationRecord, ThreadRecord

if TYPE_CHECKING:
    from .core import Core
    from .stack import Stack


class Thread:
    """One thread. `record` has all that the library says about it."""

    __slots__ = ("core", "record")

    def __init__(self, core: Core, record: ThreadRecord) -> None:
        self.core = core
        self.record = record

    @property
    def id(self) -> int:
        """The kernel's thread id."""
        return self.record.id

    @property
    def goroutine_id(self) -> int | None:
        """The id of the goroutine that it runs."""
        return self.record.goroutine or None

    @property
    def location(self) -> LocationRecord:
        """The place that it is at."""
        return self.record.location

    @property
    def registers(self) -> dict[str, int]:
        """Its general registers by name."""
        with self.core._handle as pointer:
            return {text(r.name): int(r.value) for r in listed(lib.gopm_thread_registers, "gopm_register", pointer, self.id)}

    def json(self, *, registers: bool = False) -> Any:
        """The thread as `gopm threads --json` has it; with its registers too."""
        record, got = ffi.new("gopm_thread *"), ffi.new("size_t *")
        size, flags = ffi.sizeof("gopm_thread"), c.JSON_REGISTERS if registers else 0
        with self.core._handle as pointer:
            opened = made(lib.gopm_thread_iter_open, "gopm_thread_iter", pointer)
            with Handle(opened, lib.gopm_thread_iter_free, "this iterator") as threads:
                while record.id != self.id:
                    check(lib.gopm_thread_iter_next(threads, record, size, 1, got))
            return json.loads(formatted(lambda *room: lib.gopm_thread_json(pointer, record, size, flags, *room)))

    def stack(self, **options: Any) -> Stack:
        """Its stack; the options of Core.stack()."""
        return self.core.stack(self, **options)

    def __repr__(self) -> str:
        return f"<gopm.Thread {self.id} in {self.location.function or hex(self.record.pc)}>"
