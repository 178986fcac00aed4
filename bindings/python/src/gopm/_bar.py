# SPDX-License-Identifier: Apache-2.0
"""Progress as a bar of tqdm, or of another class with its methods."""
from __future__ import annotations

import importlib
from typing import Any, Protocol


class Bar(Protocol):
    """The part of tqdm.tqdm that is used."""

    n: Any

    def update(self, n: Any = ...) -> object:
        """Advances by n."""

    def set_description(self, desc: Any = ..., refresh: Any = ...) -> object:
        """Sets the text before the bar."""

    def reset(self, total: Any = ...) -> object:
        """Starts again at 0."""

    def close(self) -> object:
        """Ends the bar."""


def standard_bar() -> Any:
    """The class of progress=True: a widget in a notebook, text in a terminal."""
    try:
        return importlib.import_module("tqdm.auto").tqdm
    except ImportError as problem:
        raise ImportError("progress=True needs the package tqdm; install it, or pass a function", name="tqdm") from problem


def _is_class(thing: object) -> bool:
    """True of functools.partial(tqdm, leave=False) too."""
    return isinstance(getattr(thing, "func", thing), type)


def is_bar(thing: object) -> bool:
    """True if it is a bar or makes bars."""
    maker = getattr(thing, "func", thing)
    return all(callable(getattr(maker, name, None)) for name in ("update", "set_description", "reset", "close"))


class BarCallback:
    """A progress callback that draws one bar, which starts again with each phase of the call. It closes a bar that it made, not
    one of the caller."""

    def __init__(self, bar: Any) -> None:
        self._make = bar if _is_class(bar) else None
        self._bar: Any = None if self._make else bar
        self._part: tuple[str, int] | None = None

    def __call__(self, phase: str, done: int, total: int) -> None:
        if self._bar is None and self._make is not None:
            units = {"unit": "B", "unit_divisor": 1024} if phase == "unpack" else {"unit": ""}
            self._bar = self._make(total=total or None, unit_scale=True, **units)
        if (phase, total) != self._part or done < self._bar.n:
            self._part = (phase, total)
            self._bar.reset(total=total or None)
            # The last phases of the analyses have no name.
            self._bar.set_description(phase if not phase.isdigit() else "analysis", refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self, finished: bool) -> None:
        """Ends the call. `finished`: all work is done, though the last report was earlier."""
        if finished and self._part is not None and self._part[1]:
            self._bar.update(self._part[1] - self._bar.n)
        self._part = None
        if self._make is not None and self._bar is not None:
            bar, self._bar = self._bar, None
            bar.close()
