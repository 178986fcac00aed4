# SPDX-License-Identifier: Apache-2.0
"""Conditions on goroutines."""
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypedDict, Union

from . import _constants as c
from ._library import ffi, lib, text_argument

#: Conditions as text: {"start": "*consumer*"} or "start=*consumer*". Keys are those of Filter with a text.
Where = Union[str, Mapping[str, str], None]


class Filter(TypedDict, total=False):
    """Conditions on goroutines; all must hold. A text is a glob for the whole name: "*chan*", not "chan"."""

    user: str  #: function of the innermost frame outside the runtime
    start: str  #: function of the go statement
    go: str  #: function that has the go statement
    current: str  #: function of the innermost frame
    status: str  #: "waiting"
    reason: str  #: wait reason, "chan send"
    label: str | tuple[str, str]  #: name of a pprof label, or name and value
    id: int
    address: int  #: of the runtime.g
    thread: int  #: kernel thread id
    object: int  #: address of an object that it waits on
    stack_id: int
    waiting: float | datetime.timedelta  #: seconds that it waits at least
    system: bool  #: True: only goroutines of the runtime; False: none of them
    dead: bool  #: True: dead ones too


_GLOBS = {"user": "user", "start": "start", "go": "go", "current": "current", "status": "status", "reason": "wait_reason"}
_NUMBERS = {"id": "id", "address": "address", "thread": "thread_id", "object": "wait_object", "stack_id": "stack_id"}
FIELDS = {"current": c.FIELD_CURRENT, "user": c.FIELD_USER, "go": c.FIELD_GO, "start": c.FIELD_START, "wait": c.FIELD_WAIT,
          "labels": c.FIELD_LABELS, "stack": c.FIELD_STACK}


def where_conditions(where: Where) -> dict[str, Any]:
    """Conditions of a text or mapping."""
    if where is None:
        return {}
    if isinstance(where, str):
        key, separator, glob = where.partition("=")
        if not separator:
            raise ValueError(f"where needs KEY=GLOB, not {where!r}")
        where = {key: glob}
    for key in where:
        if key not in _GLOBS and key != "label":
            raise ValueError(f"where has no key {key!r}; use one of {', '.join([*_GLOBS, 'label'])}")
    return dict(where)


def filter_options(conditions: Mapping[str, Any], fields: int) -> tuple[Any, list[Any]]:
    """A gopm_goroutine_filter, and the memory that it points to."""
    options = ffi.new("gopm_goroutine_filter *")
    lib.gopm_goroutine_filter_init(options, ffi.sizeof("gopm_goroutine_filter"))
    options.fields = fields
    keep: list[Any] = []

    def glob(member: str, value: str) -> None:
        keep.append(ffi.new("char[]", text_argument(value)))
        setattr(options, member, keep[-1])

    for key, value in conditions.items():
        if value is None:
            continue
        if key in _GLOBS:
            glob(_GLOBS[key], value)
        elif key in _NUMBERS:
            if not value:
                raise ValueError(f"{key} must not be 0")
            setattr(options, _NUMBERS[key], value)
        elif key == "label":
            name, content = (value, None) if isinstance(value, str) else value
            glob("label_key", name)
            if content is not None:
                glob("label_value", content)
        elif key == "waiting":
            seconds = value.total_seconds() if isinstance(value, datetime.timedelta) else value
            options.min_wait_time = int(seconds * 1e9)
        elif key == "system":
            options.flags |= c.FILTER_ONLY_SYSTEM if value else c.FILTER_NO_SYSTEM
        elif key == "dead":
            options.flags |= c.FILTER_DEAD if value else 0
        else:
            raise TypeError(f"goroutines have no condition {key!r}; use one of {', '.join(Filter.__annotations__)}")
    return options, keep
