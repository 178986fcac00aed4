# SPDX-License-Identifier: Apache-2.0
"""Why a program hangs: findings, whom to blame, leaks."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from . import _constants as c
from ._handle import Handle, check, listed
from ._library import ffi, lib
from ._progress import Progress, Watch
from ._records import (LeakGroupRecord, LeakRecord, ObjectRecord, WhyEdgeRecord, WhyFindingRecord, WhyHolderRecord,
                       WhyInfoRecord, WhyStepRecord, WhyWaiterRecord)
from .errors import error_of

if TYPE_CHECKING:
    from .core import Core
    from .heap import Heap


class WhyFinding:
    """One thing that is wrong: goroutines that are stuck or slow together."""

    def __init__(self, why: Why, index: int, record: WhyFindingRecord) -> None:
        self._why = why
        self._index = index
        self.record = record

    @property
    def text(self) -> str:
        """What is wrong, in words: lines."""
        return self.record.text

    @property
    def verdict(self) -> str:
        """ "deadlock", "leak", "starvation", "slow", "crash" or "healthy"."""
        return c.NAMES["VERDICT"].get(self.record.verdict, str(self.record.verdict))

    @property
    def certainty(self) -> str:
        """ "certain", "likely" or "possible"."""
        return c.NAMES["CERTAINTY"].get(self.record.certainty, str(self.record.certainty))

    @property
    def basis(self) -> str:
        """What a certain finding rests on: "axiom", "reachability" or "ownership"; else "none"."""
        return c.NAMES["BASIS"].get(self.record.basis, str(self.record.basis))

    @property
    def pattern(self) -> str:
        """The kind of trouble: "self chan", "lock cycle"."""
        return c.NAMES["PATTERN"].get(self.record.pattern, str(self.record.pattern))

    @property
    def waiters(self) -> list[WhyWaiterRecord]:
        """The goroutines that wait."""
        return self._why._list(lib.gopm_why_waiters, WhyWaiterRecord, "gopm_why_waiter", self._index)

    @property
    def blamed(self) -> list[WhyWaiterRecord]:
        """The goroutines to blame; empty: they are gone."""
        return self._why._list(lib.gopm_why_blamed, WhyWaiterRecord, "gopm_why_waiter", self._index)

    @property
    def objects(self) -> list[ObjectRecord]:
        """The objects that they wait for."""
        return self._why._list(lib.gopm_why_objects, ObjectRecord, "gopm_object", self._index)

    @property
    def edges(self) -> list[WhyEdgeRecord]:
        """Who waits for which object; those of the cycle first."""
        return self._why._list(lib.gopm_why_edges, WhyEdgeRecord, "gopm_why_edge", self._index)

    def edge_targets(self, edge: int) -> list[int]:
        """The ids of the goroutines that could end the wait of an edge."""
        count, size = ffi.new("size_t *"), 16
        with self._why._handle as pointer:
            while True:
                ids = ffi.new("uint64_t[]", size)
                check(lib.gopm_why_edge_targets(pointer, self._index, edge, ids, size, count), f"no edge {edge}")
                if count[0] <= size:
                    return [int(ids[i]) for i in range(count[0])]
                size = count[0]

    def __str__(self) -> str:
        return f"{self.verdict}, {self.certainty}: {self.text}"

    def __repr__(self) -> str:
        return f"<gopm.WhyFinding {self.verdict}, {self.certainty}, {self.pattern}: {self.record.waiters} goroutines>"


class Why:
    """The analysis: `findings`, the worst first. It is a sequence of them too."""

    def __init__(self, core: Core, heap: Heap | None, quick: bool, progress: Progress | None) -> None:
        watch = Watch(progress)
        options = ffi.new("gopm_why_options *")
        lib.gopm_why_options_init(options, ffi.sizeof("gopm_why_options"))
        watch.put(options)
        options.flags = c.WHY_FLAG_QUICK if quick else 0
        with core._handle as pointer:
            if heap is None:
                opened = self._open(watch, pointer, options)
            else:
                with heap._handle as options.heap:
                    opened = self._open(watch, pointer, options)
        self._handle = Handle(opened, lib.gopm_why_close, "this analysis", core._handle.parent)
        about = ffi.new("gopm_why_info *")
        about.struct_size = ffi.sizeof("gopm_why_info")
        with self._handle as pointer:
            check(lib.gopm_why_get_info(pointer, about))
        #: The analysis in numbers.
        self.info = WhyInfoRecord.decode(about)
        records = self._list(lib.gopm_why_findings, WhyFindingRecord, "gopm_why_finding")
        self.findings = [WhyFinding(self, i, record) for i, record in enumerate(records)]

    @staticmethod
    def _open(watch: Watch, pointer: Any, options: Any) -> Any:
        return watch.made(lib.gopm_why_open, "gopm_why", pointer, options, free=lib.gopm_why_close)

    def _list(self, function: Any, record: Any, kind: str, *arguments: int) -> list[Any]:
        with self._handle as pointer:
            return [record.decode(r) for r in listed(function, kind, pointer, *arguments)]

    @property
    def verdict(self) -> str:
        """That of the first finding that is certain or likely; else "healthy"."""
        return c.NAMES["VERDICT"].get(self.info.verdict, str(self.info.verdict))

    @property
    def is_partial(self) -> bool:
        """True if memory is damaged or missing: what would be certain is likely."""
        return bool(self.info.flags & c.WHY_PARTIAL)

    @property
    def holders(self) -> list[WhyHolderRecord]:
        """The goroutines that hold locks which others wait for."""
        return self._list(lib.gopm_why_holders, WhyHolderRecord, "gopm_why_holder")

    @property
    def leaks(self) -> list[LeakRecord]:
        """The goroutines that are leaked, then those that are suspects."""
        return self._list(lib.gopm_why_leaks, LeakRecord, "gopm_leak")

    @property
    def leak_groups(self) -> list[LeakGroupRecord]:
        """The same by birthplace."""
        return self._list(lib.gopm_why_leak_groups, LeakGroupRecord, "gopm_leak_group")

    def chain(self, goroutine: int) -> list[WhyStepRecord]:
        """The chain of waits from a goroutine on."""
        with self._handle as pointer:
            try:
                found = listed(lib.gopm_why_chain, "gopm_why_step", pointer, goroutine, missing_is_empty=False)
            except LookupError:
                raise error_of(c.NOT_FOUND, f"no goroutine {goroutine}") from None
            return [WhyStepRecord.decode(r) for r in found]

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, index: int) -> WhyFinding:
        return self.findings[index]

    def __iter__(self) -> Iterator[WhyFinding]:
        return iter(self.findings)

    def close(self) -> None:
        """Releases the analysis."""
        self._handle.close()

    def __enter__(self) -> Why:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        return "\n".join(f"{i}. {finding}" for i, finding in enumerate(self.findings, 1)) or "healthy"

    def __repr__(self) -> str:
        return f"<gopm.Why {self.verdict}, {len(self)} findings>"
