# SPDX-License-Identifier: Apache-2.0
"""Postmortem analysis of Go programs, from their cores.

    >>> import gopm
    >>> with gopm.open("core", "server") as core:
    ...     for group in core.groups(by="user"):
    ...         print(group.count, group.key)
    ...     print(core.why())

The package calls the C library libgopm: the one that GOPM_LIBRARY names, a copy in the package, or the system's. Exceptions
are subclasses of gopm.Error. `gopm.records` has the records, with the names of the C headers.
"""
from . import _records as records
from ._library import ffi as _ffi
from ._library import lib as _lib
from ._progress import Progress
from .core import Core, Source, attach, open
from .errors import (ArgumentError, CancelledError, ClosedError, Error, ExpressionError, FormatError, LimitError, NilError,
                     NoDwarfError, NoExecutableError, NoProcessError, NotFoundError, NotGoError, NotPermittedError,
                     OutOfMemoryError, ReadError, UnreadableError, UnsupportedError)
from .filters import Filter, Where
from .goroutine import Goroutine, Goroutines, Group
from .heap import Heap
from .stack import Frame, Stack, Variables
from .thread import Thread
from .value import Value
from .why import Why, WhyFinding

#: The version of the loaded library.
__version__: str = _ffi.string(_lib.gopm_version_string()).decode()

__all__ = [
    "ArgumentError", "CancelledError", "ClosedError", "Core", "Error", "ExpressionError", "Filter", "FormatError", "Frame",
    "Goroutine", "Goroutines", "Group", "Heap", "LimitError", "NilError", "NoDwarfError", "NoExecutableError", "NoProcessError",
    "NotFoundError", "NotGoError", "NotPermittedError", "OutOfMemoryError", "Progress", "ReadError", "Source", "Stack", "Thread",
    "UnreadableError", "UnsupportedError", "Value", "Variables", "Where", "Why", "WhyFinding", "attach", "open", "records",
]
