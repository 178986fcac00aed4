# SPDX-License-Identifier: Apache-2.0
"""Threads of the process."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._handle import listed
from ._library import lib, text
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

    def stack(self, **options: Any) -> Stack:
        """Its stack; the options of Core.stack()."""
        return self.core.stack(self, **options)

    def __repr__(self) -> str:
        return f"<gopm.Thread {self.id} in {self.location.function or hex(self.record.pc)}>"
