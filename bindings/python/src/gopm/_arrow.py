# SPDX-License-Identifier: Apache-2.0
"""The library's Arrow stream as a PyCapsule, which consumers move the stream out of.

No code of Python runs when a consumer releases a capsule or a stream: that may happen while an exception is set, or in a
thread without Python. So a capsule has no destructor, and its struct of 40 bytes lives as long as the process."""
from __future__ import annotations

import ctypes
import weakref
from collections.abc import Mapping
from typing import Any

from ._handle import Handle
from ._library import ffi, lib
from ._progress import Watch
from .errors import take_error
from .filters import filter_options

_NAME = b"arrow_array_stream"
_new = ctypes.pythonapi.PyCapsule_New
_new.restype = ctypes.py_object
_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]

_kept: list[object] = []


def _release_unused(stream: Any) -> None:
    if stream.release != ffi.NULL:
        stream.release(stream)


def export_stream(owner: object, core: Handle, conditions: Mapping[str, Any], fields: int, watch: Watch | None) -> object:
    """A capsule with a stream of gopm_goroutines_arrow(), which is released with `owner` if nobody takes it. The caller keeps
    `watch` as long as the stream is read."""
    stream, err = ffi.new("struct ArrowArrayStream *"), ffi.new("gopm_error **")
    options, keep = filter_options(conditions, fields)
    if watch is not None:
        watch.put(options)
    with core as pointer:
        status = lib.gopm_goroutines_arrow(pointer, options, stream, err)
    del keep
    if status != 0:
        raise take_error(status, err[0])
    _kept.append(stream)
    weakref.finalize(owner, _release_unused, stream)
    capsule: object = _new(int(ffi.cast("uintptr_t", stream)), _NAME, None)
    return capsule


def keep_for_streams(needed: object) -> None:
    """Keeps what a stream needs that may be read at any time, by anybody: it has nothing that says when it ends."""
    if needed is not None and not any(needed is other for other in _kept):
        _kept.append(needed)
