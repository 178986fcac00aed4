# SPDX-License-Identifier: Apache-2.0
"""Exceptions: one class for each status of the library."""
from __future__ import annotations

from typing import Any

from . import _constants as c
from ._library import ffi, lib


class Error(Exception):
    """A call failed.

    Attributes:
        status: the status of the library, as in gopm/types.h
        path: the file that caused it, or None
        offset: the byte offset in that file, or in the expression of an ExpressionError; None: there is none
        address: the address in the dead process, or None
    """

    def __init__(self, message: str, status: int = 0, path: str | None = None, offset: int | None = None,
                 address: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.path = path
        self.offset = offset
        self.address = address

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.status, self.path, self.offset, self.address)


class ArgumentError(Error, ValueError):
    """An argument is wrong."""


class ClosedError(Error, ValueError):
    """The object was closed before."""


class OutOfMemoryError(Error, MemoryError):
    """Out of memory."""


class ReadError(Error, OSError):
    """A read or write failed."""


class UnsupportedError(Error):
    """Valid input that the library does not support."""


class FormatError(Error):
    """Malformed bytes in a file, or a file that is cut."""


class NotGoError(Error):
    """The program is not a Go program."""


class NoExecutableError(Error):
    """There is no executable for the core."""


class UnreadableError(Error):
    """The core does not have the bytes, or a value cannot be read. The message says why."""


class LimitError(Error):
    """A count or length is over its limit."""


class NoDwarfError(Error):
    """The executable has no DWARF."""


class NoProcessError(Error, ProcessLookupError):
    """There is no such process."""


class NotPermittedError(Error, PermissionError):
    """The caller may not trace the process."""


class CancelledError(Error):
    """A progress callback stopped the call."""


class ExpressionError(Error, ValueError):
    """An expression is wrong: its syntax, a name, a type, an index. `offset` is a byte offset in it."""


class NotFoundError(Error, LookupError):
    """The requested thing does not exist."""

    def __str__(self) -> str:
        return str(self.args[0])


class NilError(Error, ValueError):
    """A nil pointer, map, slice or interface has no such part."""


_CLASSES: dict[int, type[Error]] = {
    c.NOT_FOUND: NotFoundError,
    c.ERR_ARGUMENT: ArgumentError,
    c.ERR_NO_MEMORY: OutOfMemoryError,
    c.ERR_IO: ReadError,
    c.ERR_UNSUPPORTED: UnsupportedError,
    c.ERR_FORMAT: FormatError,
    c.ERR_TRUNCATED: FormatError,
    c.ERR_NOT_GO: NotGoError,
    c.ERR_NO_EXECUTABLE: NoExecutableError,
    c.ERR_MISSING_MEMORY: UnreadableError,
    c.ERR_LIMIT: LimitError,
    c.ERR_NO_DWARF: NoDwarfError,
    c.ERR_PERMISSION: NotPermittedError,
    c.ERR_NO_PROCESS: NoProcessError,
    c.ERR_CANCELLED: CancelledError,
    c.ERR_EXPRESSION: ExpressionError,
}


class Interrupt:
    """What a signal's handler raised inside a call that has no progress of its own: Ctrl-C."""

    def __init__(self) -> None:
        self.problem: BaseException | None = None

    def take(self) -> BaseException | None:
        """The exception, once."""
        problem, self.problem = self.problem, None
        return problem


interrupt = Interrupt()


def error_of(status: int, what: str = "") -> BaseException:
    """The exception for a status without an error object."""
    raised = interrupt.take() if status == c.ERR_CANCELLED else None
    if raised is not None:
        return raised
    message = what or ffi.string(lib.gopm_status_text(status)).decode()
    return _CLASSES.get(status, Error)(message, status)


def _known(value: int) -> int | None:
    return None if value == c.NO_OFFSET else value


def take_error(status: int, err: Any, what: str = "") -> BaseException:
    """The exception for a status and its error object, which is freed."""
    if err == ffi.NULL:
        return error_of(status, what)
    try:
        raised = interrupt.take() if status == c.ERR_CANCELLED else None
        if raised is not None:
            return raised
        path = lib.gopm_error_path(err)
        offset = _known(lib.gopm_error_offset(err))
        if offset is None:
            offset = _known(lib.gopm_error_expression_offset(err))
        return _CLASSES.get(status, Error)(
            ffi.string(lib.gopm_error_message(err)).decode("utf-8", "backslashreplace"), status,
            None if path == ffi.NULL else ffi.string(path).decode("utf-8", "surrogateescape"), offset,
            _known(lib.gopm_error_address(err)))
    finally:
        lib.gopm_error_free(err)
