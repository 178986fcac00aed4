# SPDX-License-Identifier: Apache-2.0
"""Stacks, frames and their variables."""
from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Iterator, overload

from . import _constants as c
from ._handle import Handle, check, collected, listed, made
from ._library import ffi, lib, text_argument
from ._records import FrameRecord, LocationRecord
from .value import Value


def value_options(depth: int | None = None, flags: int = 0) -> Any:
    """Options of values. `depth`: levels that Value.text shows."""
    options = ffi.new("gopm_value_options *")
    lib.gopm_value_options_init(options, ffi.sizeof("gopm_value_options"))
    options.flags = flags
    if depth is not None:
        options.max_depth = depth if depth else 0xFFFFFFFF
    return options


class Variables(Mapping[str, Value]):
    """Variables by name. Of several with one name it has that of the innermost scope; `all` has every one."""

    def __init__(self, values: list[Value]) -> None:
        self.all = values
        self._by_name: dict[str, Value] = {}
        for value in values:
            if value.name not in self._by_name or not value.is_shadowed:
                self._by_name[value.name] = value

    def __getitem__(self, name: str) -> Value:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"<gopm.Variables {', '.join(self)}>"


def read_variables(handle: Handle, core: Handle) -> Variables:
    """The variables of a gopm_vars."""
    values = []
    with handle as pointer:
        for index in range(lib.gopm_vars_size(pointer)):
            out = ffi.new("gopm_value **")
            check(lib.gopm_vars_value(pointer, index, out))
            values.append(Value(Handle(out[0], lib.gopm_value_free, "this value", handle.parent, handle.serial), core))
    return Variables(values)


class Frame:
    """One frame. An inlined call is a frame of its own."""

    __slots__ = ("stack", "index", "record")

    def __init__(self, stack: Stack, index: int, record: FrameRecord) -> None:
        self.stack = stack
        self.index = index
        self.record = record

    @property
    def location(self) -> LocationRecord:
        """Function, file and line."""
        return self.record.location

    @property
    def function(self) -> str:
        """The function as the source writes it: "main.(*T).M"."""
        return self.record.location.function

    @property
    def file(self) -> str:
        """The file as compiled."""
        return self.record.location.file

    @property
    def line(self) -> int:
        """The line; 0: unknown."""
        return self.record.location.line

    @property
    def pc(self) -> int:
        """The return address, or the next instruction of an innermost or interrupted frame."""
        return self.record.pc

    @property
    def language(self) -> str:
        """ "go", "c", "cpp", "rust", "assembly" or "unknown"."""
        return c.NAMES["LANGUAGE"].get(self.record.language, "other")

    @property
    def is_inlined(self) -> bool:
        """True if the next frame is the function that it was inlined into."""
        return bool(self.record.flags & c.FRAME_INLINED)

    @property
    def variables(self) -> Variables:
        """Arguments, results and locals."""
        return self.read_variables()

    def read_variables(self, depth: int | None = None, exact_only: bool = False) -> Variables:
        """Arguments, results and locals. `depth`: levels that Value.text shows. `exact_only`: as Delve reads them."""
        options = value_options(depth, c.VALUE_OPTION_EXACT_ONLY if exact_only else 0)
        handle = self.stack._handle
        with handle as pointer:
            found = made(lib.gopm_frame_vars, "gopm_vars", pointer, self.index, options,
                         what=f"the DWARF has no function at {self.pc:#x}")
        return read_variables(Handle(found, lib.gopm_vars_free, "these variables", handle.parent, handle.serial), self.stack._core)

    @property
    def registers(self) -> dict[str, int] | None:
        """The general registers by name; None: they are not known."""
        with self.stack._handle as pointer:
            records = listed(lib.gopm_frame_registers, "gopm_register", pointer, self.index)
        return {ffi.string(r.name.data).decode(): int(r.value) for r in records} or None

    def eval(self, expression: str, depth: int | None = None) -> Value:
        """Evaluates a Go expression on this frame."""
        return evaluate(self.stack._core, expression, depth, self)

    def __repr__(self) -> str:
        return f"<gopm.Frame {self.index} {self.function or hex(self.pc)} at {self.file}:{self.line}>"


class Stack(Sequence[Frame]):
    """An unwound stack, the innermost frame first: `stack[0]`, `len(stack)`, iteration; `frames` is the same."""

    def __init__(self, core: Handle, options: Any, what: str) -> None:
        self._core = core
        with core as pointer:
            opened = made(lib.gopm_stack_open, "gopm_stack", pointer, options, what=what)
        self._handle = Handle(opened, lib.gopm_stack_free, "this stack", core.parent, threading.RLock())
        with self._handle as pointer:
            size = lib.gopm_stack_size(pointer)
            records = ffi.new("gopm_frame[]", size or 1)
            got, address = ffi.new("size_t *"), ffi.new("uint64_t *")
            if size:
                check(lib.gopm_stack_frames(pointer, 0, records, ffi.sizeof("gopm_frame"), size, got))
            #: Why the stack ends: "complete", "not go", "memory", "damaged", "limit", "no stack" or "no thread".
            self.end = c.NAMES["STACK_END"].get(lib.gopm_stack_end(pointer, address), "damaged")
            #: The address at which the unwinder stopped; None if the stack is complete.
            self.end_address = None if self.end == "complete" else int(address[0]) or None
            #: Frames that were left out at the inner end.
            self.first = int(lib.gopm_stack_first(pointer))
            self._frames = [Frame(self, i, FrameRecord.decode(records[i])) for i in range(size and got[0])]

    @property
    def frames(self) -> Sequence[Frame]:
        """The frames, the innermost first."""
        return self._frames

    @overload
    def __getitem__(self, index: int) -> Frame: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Frame]: ...

    def __getitem__(self, index: int | slice) -> Frame | Sequence[Frame]:
        return self._frames[index]

    def __len__(self) -> int:
        return len(self._frames)

    def json(self, *, variables: bool = False, depth: int | None = None) -> Any:
        """The stack as `gopm stack --json` has it; with the variables of each frame too, as `--full`."""
        options = value_options(depth) if variables else ffi.NULL
        with self._handle as pointer:
            return json.loads(collected(lambda *write: lib.gopm_stack_json(pointer, options, 0, *write)))

    def close(self) -> None:
        """Releases the stack. Values of its variables stay readable."""
        self._handle.close()

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<gopm.Stack of {len(self)} frames, {self.end}>"


def evaluate(core: Handle, expression: str, depth: int | None, frame: Frame | None) -> Value:
    """The value of a Go expression."""
    options, encoded = value_options(depth), text_argument(expression)
    what = f"{expression}: the map does not have this key"
    if frame is None:
        with core as pointer:
            found = made(lib.gopm_eval, "gopm_value", pointer, ffi.NULL, 0, encoded, options, what=what)
        return Value(Handle(found, lib.gopm_value_free, "this value", core.parent, threading.RLock()), core)
    handle = frame.stack._handle
    with core as pointer, handle as stack:
        found = made(lib.gopm_eval, "gopm_value", pointer, stack, frame.index, encoded, options, what=what)
    return Value(Handle(found, lib.gopm_value_free, "this value", handle.parent, handle.serial), core)
