# SPDX-License-Identifier: Apache-2.0
"""Finds and loads libgopm: $GOPM_LIBRARY, else the copy in this package, else the system's."""
from __future__ import annotations

import importlib
import os
import pathlib
import sys
from typing import Any

from . import _constants
from ._declarations import DECLARATIONS

# cffi has no type hints of its own.
ffi: Any = importlib.import_module("cffi").FFI()
ffi.cdef(DECLARATIONS)


# The headers of this package: an older library lacks functions.
_OLDEST = _constants.VERSION_MAJOR * 1000000 + _constants.VERSION_MINOR * 1000


def _candidates() -> list[str]:
    named = os.environ.get("GOPM_LIBRARY")
    if named:
        return [named]
    bundled = pathlib.Path(__file__).resolve().parent / "libgopm.so"
    system = [f"libgopm.so.{_constants.ABI_VERSION}", "libgopm.so"]
    return [str(bundled)] if bundled.exists() else system


def _flags() -> int:
    """Flags of dlopen(). gdb has libdw loaded, which defines functions with the names of libdwarf's: without RTLD_DEEPBIND,
    libgopm calls those."""
    return os.RTLD_NOW | (getattr(os, "RTLD_DEEPBIND", 0) if "gdb" in sys.modules else 0)


def _load() -> Any:
    problems = []
    for name in _candidates():
        try:
            library = ffi.dlopen(name, _flags())
            version = library.gopm_version_number()
        except (OSError, AttributeError) as problem:
            problems.append(str(problem))
            continue
        if not _OLDEST <= version < (_constants.ABI_VERSION + 1) * 1000000:
            problems.append(f"{name}: version {version // 1000000}.{version // 1000 % 1000} has not ABI {_constants.ABI_VERSION}")
            continue
        return library
    raise ImportError("libgopm cannot be loaded; install it, or set GOPM_LIBRARY to its path: " + "; ".join(problems))


lib: Any = _load()


def text(value: Any) -> str:
    """A gopm_str as str. A byte that is not UTF-8 is written as \\xff."""
    return raw(value).decode("utf-8", "backslashreplace")


def raw(value: Any) -> bytes:
    """The bytes of a gopm_str."""
    return bytes(ffi.buffer(value.data, value.size)) if value.size else b""


def path_argument(value: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> bytes:
    """A path for C."""
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise ValueError("path has a NUL byte")
    return encoded


def text_argument(value: str) -> bytes:
    """A text for C. Names of a core that are not UTF-8 are not searched for in this form."""
    if not isinstance(value, str):
        raise TypeError(f"expected str, not {type(value).__name__}")
    encoded = value.encode("utf-8", "surrogateescape")
    if b"\0" in encoded:
        raise ValueError("text has a NUL byte")
    return encoded
