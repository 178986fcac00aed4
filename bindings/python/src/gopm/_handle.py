# SPDX-License-Identifier: Apache-2.0
"""Handles of the library: closed by any thread at any time, and never used after that."""
from __future__ import annotations

import threading
from typing import Any, Callable

from ._library import ffi
from .errors import ClosedError, error_of, take_error


class Handle:
    """A pointer of the library. `with handle as pointer` uses it: a close by another thread waits until that ends.

    `serial` is the lock of handles that only one thread at a time may use, shared by all that are made from one."""

    __slots__ = ("_pointer", "_free", "_what", "_users", "_closed", "_guard", "serial", "parent")

    def __init__(self, pointer: Any, free: Callable[[Any], None], what: str, parent: object = None,
                 serial: threading.RLock | None = None) -> None:  # type: ignore[valid-type,unused-ignore]
        self._pointer = pointer
        self._free = free
        self._what = what
        self._users = 0
        self._closed = False
        self._guard = threading.Lock()
        self.serial = serial
        self.parent = parent  # keeps memory of the caller that the library uses

    def __enter__(self) -> Any:
        if self.serial is not None:
            self.serial.acquire()
        with self._guard:
            if not self._closed:
                self._users += 1
                return self._pointer
        if self.serial is not None:
            self.serial.release()
        raise ClosedError(f"{self._what} is closed")

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._users -= 1
            last = self._closed and self._users == 0
        try:
            if last:
                self._release()
        finally:
            if self.serial is not None:
                self.serial.release()

    def _release(self) -> None:
        pointer, self._pointer = self._pointer, None
        if pointer is not None:
            self._free(pointer)

    @property
    def closed(self) -> bool:
        """True after close()."""
        return self._closed

    def close(self) -> None:
        """Releases it, now or when its last use ends."""
        with self._guard:
            unused = not self._closed and self._users == 0
            self._closed = True
        if unused:
            self._release()

    def __del__(self) -> None:
        try:
            self.close()
        except AttributeError:  # not made completely
            pass


def check(status: int, what: str = "") -> None:
    """Raises unless the status is GOPM_OK."""
    if status != 0:
        raise error_of(status, what)


def made(function: Any, kind: str, *arguments: Any, what: str = "") -> Any:
    """Calls a function that ends in (TYPE **out, gopm_error **err); returns the new pointer."""
    out, err = ffi.new(f"{kind} **"), ffi.new("gopm_error **")
    status = function(*arguments, out, err)
    if status != 0:
        raise take_error(status, err[0], what)
    return out[0]


def formatted(function: Callable[[Any, int, Any], int]) -> str:
    """Calls a function of (buffer, size, &length) until the whole text fits."""
    length = ffi.new("size_t *")
    size = 1024
    while True:
        buffer = ffi.new("char[]", size)
        check(function(buffer, size, length))
        if length[0] < size:
            return bytes(ffi.buffer(buffer, length[0])).decode("utf-8", "backslashreplace")
        size = length[0] + 1


def collected(function: Callable[[Any, Any, Any], int], what: str = "") -> str:
    """Calls a function that ends in (write, user_data, &err), and returns all that it writes."""
    pieces: list[bytes] = []
    problems: list[BaseException] = []

    def failed(_kind: object, problem: BaseException, _trace: object) -> int:
        problems.append(problem)
        return 1

    @ffi.callback("gopm_write_fn", error=1, onerror=failed)  # type: ignore[untyped-decorator,unused-ignore]
    def write(_user_data: Any, data: Any, size: int) -> int:
        pieces.append(bytes(ffi.buffer(data, size)))
        return 0

    err = ffi.new("gopm_error **")
    status = function(write, ffi.NULL, err)
    if problems:
        raise problems[0]
    if status != 0:
        raise take_error(status, err[0], what)
    return b"".join(pieces).decode("utf-8", "backslashreplace")


def listed(function: Any, kind: str, *arguments: Any, missing_is_empty: bool = True) -> list[Any]:
    """Calls a function that ends in (records, stride, capacity, &count) until all records fit. The list has pointers into
    one array, which they keep."""
    size, count = 16, ffi.new("size_t *")
    while True:
        records = ffi.new(f"{kind}[]", size)
        status = function(*arguments, records, ffi.sizeof(kind), size, count)
        if status != 0:
            if status > 0 and missing_is_empty:
                return []
            raise error_of(status)
        if count[0] <= size:
            return [records[i] for i in range(count[0])]
        size = count[0]
