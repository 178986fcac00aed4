# SPDX-License-Identifier: Apache-2.0
"""Typed values of the program: variables, fields, elements, results of expressions."""
from __future__ import annotations

import json
from typing import Any, Callable, Iterator, Union

from . import _constants as c
from ._handle import Handle, check, formatted, made
from ._library import ffi, lib, raw, text
from .errors import LimitError, NilError, NotFoundError, UnreadableError, error_of

_SIGNED = {c.KIND_INT, c.KIND_INT8, c.KIND_INT16, c.KIND_INT32, c.KIND_INT64}
_UNSIGNED = {c.KIND_UINT, c.KIND_UINT8, c.KIND_UINT16, c.KIND_UINT32, c.KIND_UINT64, c.KIND_UINTPTR}
_FLOATS = {c.KIND_FLOAT32, c.KIND_FLOAT64}
_COMPLEX = {c.KIND_COMPLEX64, c.KIND_COMPLEX128}
_ADDRESSES = {c.KIND_POINTER, c.KIND_UNSAFE_POINTER, c.KIND_CHAN, c.KIND_MAP, c.KIND_FUNC}
_SEQUENCES = {c.KIND_ARRAY, c.KIND_SLICE, c.KIND_CHAN}
_CHUNK = 1 << 20

Plain = Union[int, float, complex, str, bytes, bool, None]


class Value:
    """A value of the program. It reads its parts when they are asked for.

    - `value.name` and `value["name"]` are fields of a struct, also through pointers, interfaces and embedded fields. If a
      field has the name of an attribute of this class (`text`, `type`, ...), write `value["text"]`.
    - `value[3]`, `value[1:4]`, `len(value)` and iteration work for arrays, slices, strings and buffers of channels.
    - `value[key]`, `in`, `keys()`, `values()` and `items()` work for maps; iteration gives the keys.
    - `int()`, `float()`, `complex()`, `bool()`, `bytes()` and `str()` convert; str() of other values than strings is `text`.
    - `value == 7` and `value == "text"` compare with values of Python. Pointers are equal if their targets are one.

    What cannot be read raises UnreadableError with the reason; so does a conversion of it.
    """

    __slots__ = ("_handle", "_core", "_about")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, handle: Handle, core: Handle) -> None:
        self._handle = handle
        self._core = core
        about = ffi.new("gopm_value_info *")
        about.struct_size = ffi.sizeof("gopm_value_info")
        with handle as pointer:
            check(lib.gopm_value_get_info(pointer, about))
        self._about = about

    # Facts

    @property
    def kind(self) -> str:
        """The kind, as reflect.Kind names it: "struct", "pointer", "int"."""
        return c.NAMES["KIND"].get(self._about.kind, "invalid")

    @property
    def type(self) -> str:
        """The type with full package paths: "*main.Metrics"."""
        return self._str("type")

    @property
    def name(self) -> str:
        """The name of the variable or field, or "[3]"; empty: none."""
        return self._str("name")

    @property
    def address(self) -> int | None:
        """The address in the process; None: it is in registers, or unreadable."""
        return self._about.address or None

    @property
    def size(self) -> int:
        """The size of the type in bytes."""
        return int(self._about.size)

    @property
    def provenance(self) -> str:
        """How sure the value is: "exact", "runtime", "recovered", "stale", or "none" if it is unreadable."""
        return c.NAMES["FROM"].get(self._about.provenance, "none")

    @property
    def origin(self) -> str:
        """The place that a value came from that is not exact: "sudog at 0xc000112000"."""
        return self._str("origin")

    @property
    def unreadable(self) -> str | None:
        """The reason why the value is unreadable; None: it is readable."""
        return self._str("unreadable") or None

    @property
    def is_nil(self) -> bool:
        """True if it is a nil pointer, slice, map, channel, function or interface."""
        self._readable()
        return bool(self._about.flags & c.VALUE_NIL)

    @property
    def is_partial(self) -> bool:
        """True if some of its parts are unreadable."""
        return bool(self._about.flags & c.VALUE_PARTIAL)

    @property
    def is_closed(self) -> bool:
        """True if it is a closed channel."""
        self._readable()
        return bool(self._about.flags & c.VALUE_CLOSED)

    @property
    def is_argument(self) -> bool:
        """True if it is an argument of its function."""
        return bool(self._about.variable_flags & c.VAR_ARGUMENT)

    @property
    def is_result(self) -> bool:
        """True if it is a result of its function."""
        return bool(self._about.variable_flags & c.VAR_RESULT)

    @property
    def is_shadowed(self) -> bool:
        """True if a variable of an inner scope has the same name."""
        return bool(self._about.variable_flags & c.VAR_SHADOWED)

    @property
    def capacity(self) -> int:
        """Elements that a slice or channel has room for."""
        self._readable()
        return int(self._about.capacity)

    @property
    def senders(self) -> int:
        """Goroutines that wait to send to a channel."""
        self._readable()
        return int(self._about.senders)

    @property
    def receivers(self) -> int:
        """Goroutines that wait to receive from a channel."""
        self._readable()
        return int(self._about.receivers)

    @property
    def text(self) -> str:
        """The value in one line, as the command prints it."""
        return self._formatted(lambda pointer, buffer, size, length: lib.gopm_value_text(pointer, buffer, size, length))

    def json(self) -> Any:
        """The value with its parts, as `gopm print --json` has it."""
        return json.loads(self._formatted(
            lambda pointer, buffer, size, length: lib.gopm_value_json(pointer, 0, buffer, size, length)))

    # Parts

    @property
    def elem(self) -> Value:
        """The target of a pointer, or the dynamic value of an interface."""
        self._readable()
        if self._about.kind not in (c.KIND_POINTER, c.KIND_INTERFACE):
            raise TypeError(f"a {self.kind} ({self.type}) has no elem")
        if self.is_nil:
            raise NilError(f"{self.name or self.type} is nil")
        return self._child(0)

    @property
    def content(self) -> Value:
        """The value that a container of Go's library holds: atomic.Pointer, atomic.Int64, sync.Map, weak.Pointer."""
        self._readable()
        with self._handle as pointer:
            child = made(lib.gopm_value_content, "gopm_value", pointer, what=f"{self.type} is not a container")
        return self._wrap(child)

    def fields(self) -> dict[str, Value]:
        """The fields of a struct, in their order."""
        struct = self._struct()
        found = {}
        for index in range(struct._about.child_count):
            field = struct._child(index)
            found[field.name] = field
        return found

    def __getattr__(self, name: str) -> Value:
        if name.startswith("__") or name in Value.__slots__:
            raise AttributeError(name)
        try:
            return self._field(name)
        except (KeyError, TypeError) as problem:
            raise AttributeError(str(problem.args[0])) from None

    def __getitem__(self, key: Any) -> Any:
        about = self._about
        if about.kind == c.KIND_MAP:
            return self._lookup(key)
        if isinstance(key, str):
            return self._field(key)
        self._readable()
        if about.kind == c.KIND_STRING:
            return bytes(self)[key]
        if about.kind == c.KIND_POINTER and self._points_to_array():
            return self.elem[key]
        if about.kind not in _SEQUENCES:
            raise TypeError(f"a {self.kind} ({self.type}) has no elements")
        if isinstance(key, slice):
            return [self._child(i) for i in range(*key.indices(len(self)))]
        index = key.__index__()
        size = len(self)
        index += size if index < 0 else 0
        if not 0 <= index < size:
            raise IndexError(f"index {key} out of range with length {size}")
        return self._child(index)

    def __len__(self) -> int:
        self._readable()
        if self._about.kind in _SEQUENCES or self._about.kind in (c.KIND_STRING, c.KIND_MAP):
            return int(self._about.length)
        if self._about.kind == c.KIND_POINTER and self._points_to_array():
            return len(self.elem)
        raise TypeError(f"a {self.kind} ({self.type}) has no length")

    def __iter__(self) -> Iterator[Any]:
        if self._about.kind == c.KIND_MAP:
            return self.keys()
        if self._about.kind == c.KIND_STRING:
            return iter(bytes(self))
        size = len(self)
        return (self[i] for i in range(size))

    def keys(self) -> Iterator[Value]:
        """The keys of a map."""
        return (key for key, _ in self.items())

    def values(self) -> Iterator[Value]:
        """The values of a map."""
        return (value for _, value in self.items())

    def items(self) -> Iterator[tuple[Value, Value]]:
        """The keys and values of a map."""
        self._readable()
        if self._about.kind != c.KIND_MAP:
            raise TypeError(f"a {self.kind} ({self.type}) has no items")
        return self._items()

    def _items(self) -> Iterator[tuple[Value, Value]]:
        for index in range(self._about.length):
            try:
                yield self._child(2 * index), self._child(2 * index + 1)
            except NotFoundError:
                raise UnreadableError(f"{self.type}: {self._about.length - index} entries cannot be read") from None

    def __contains__(self, key: object) -> bool:
        if self._about.kind == c.KIND_MAP:
            return any(found == key for found in self.keys())
        return any(item == key for item in self)

    # Conversions

    def python(self) -> Plain:
        """A bool, number, string or nil as a value of Python; other kinds raise TypeError."""
        self._readable()
        kind = self._about.kind
        if kind == c.KIND_BOOL:
            return bool(self._about.integer)
        if kind in _SIGNED or kind in _UNSIGNED:
            return int(self)
        if kind in _FLOATS:
            return float(self)
        if kind in _COMPLEX:
            return complex(self)
        if kind == c.KIND_STRING:
            return str(self)
        if self.is_nil:
            return None
        if kind == c.KIND_INTERFACE:
            return self.elem.python()
        raise TypeError(f"a {self.kind} ({self.type}) has no value in Python")

    def __int__(self) -> int:
        self._readable()
        kind = self._about.kind
        if kind in _SIGNED or kind == c.KIND_BOOL:
            return int(self._about.integer)
        if kind in _UNSIGNED or kind in _ADDRESSES:
            return int(self._about.uinteger)
        if kind in _FLOATS:
            return int(self._about.real)
        if kind == c.KIND_INTERFACE:
            return int(self.elem)
        raise TypeError(f"a {self.kind} ({self.type}) is not a number")

    def __index__(self) -> int:
        if self._about.kind not in _SIGNED and self._about.kind not in _UNSIGNED:
            raise TypeError(f"a {self.kind} ({self.type}) is not an integer")
        return int(self)

    def __float__(self) -> float:
        self._readable()
        return float(self._about.real) if self._about.kind in _FLOATS else float(int(self))

    def __complex__(self) -> complex:
        self._readable()
        if self._about.kind in _COMPLEX:
            return complex(self._about.real, self._about.imaginary)
        return complex(float(self))

    def __bool__(self) -> bool:
        self._readable()
        kind = self._about.kind
        if kind in _FLOATS:
            return bool(self._about.real)
        if kind in _COMPLEX:
            return bool(complex(self))
        if kind in _SIGNED or kind in _UNSIGNED or kind == c.KIND_BOOL:
            return int(self) != 0
        if kind in _SEQUENCES or kind in (c.KIND_STRING, c.KIND_MAP):
            return len(self) != 0
        return not self.is_nil

    def __str__(self) -> str:
        if self._about.kind == c.KIND_STRING:
            return bytes(self).decode("utf-8", "backslashreplace")
        return self.text

    def __bytes__(self) -> bytes:
        self._readable()
        about = self._about
        if about.kind == c.KIND_STRING and not about.flags & c.VALUE_TRUNCATED:
            with self._handle:
                return raw(about.text)
        if about.kind == c.KIND_STRING:
            if about.base == 0:
                raise LimitError(f"a string that is not in memory is read up to {len(raw(about.text))} of {about.length} bytes")
            return self._memory()
        if about.kind in (c.KIND_SLICE, c.KIND_ARRAY):
            if about.length == 0:
                return b""
            if self._child(0)._about.kind == c.KIND_UINT8:
                return self._memory() if about.base else bytes(int(item) for item in self)
        raise TypeError(f"a {self.kind} ({self.type}) has no bytes")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Value):
            if self._about.kind in _ADDRESSES:
                return (self.type, int(self)) == (other.type, int(other)) if other._about.kind in _ADDRESSES else False
            try:
                return self.python() == other.python()
            except TypeError:
                return self is other or (self.address is not None and (self.address, self.type) == (other.address, other.type))
        if isinstance(other, bytes):
            return bytes(self) == other
        if other is None or isinstance(other, (bool, int, float, complex, str)):
            try:
                return self.python() == other
            except TypeError:
                return False
        return NotImplemented

    def __repr__(self) -> str:
        if self._handle.closed:
            return "<gopm.Value, closed>"
        name = f"{self.name} = " if self.name else ""
        return f"<gopm.Value {name}{self.text if len(self.text) < 200 else self.text[:197] + '...'}>"

    def close(self) -> None:
        """Releases the value; a value that is not used any more is released by itself."""
        self._handle.close()

    # Below

    def _str(self, member: str) -> str:
        with self._handle:
            return text(getattr(self._about, member))

    def _readable(self) -> None:
        reason = self.unreadable
        if reason is not None:
            raise UnreadableError(f"{self.name or self.type}: {reason}", c.ERR_MISSING_MEMORY)

    def _wrap(self, child: Any) -> Value:
        return Value(Handle(child, lib.gopm_value_free, "this value", self._handle.parent, self._handle.serial), self._core)

    def _child(self, index: int) -> Value:
        with self._handle as pointer:
            child = made(lib.gopm_value_child, "gopm_value", pointer, index, what=f"{self.type} has no child {index}")
        return self._wrap(child)

    def _points_to_array(self) -> bool:
        return self.type.startswith("*[") and not self.type.startswith("*[]") and not self.is_nil

    def _struct(self) -> Value:
        """The struct of this value, through pointers and interfaces."""
        value = self
        for _ in range(100):
            value._readable()
            if value._about.kind == c.KIND_STRUCT:
                return value
            if value._about.kind not in (c.KIND_POINTER, c.KIND_INTERFACE):
                break
            value = value.elem
        raise TypeError(f"a {self.kind} ({self.type}) has no fields")

    def _field(self, name: str) -> Value:
        """A field, or one that embedded fields have, the outermost first, as Go selects it."""
        if self._about.kind == c.KIND_CHAN:
            raise TypeError(f"a chan ({self.type}) has no field {name}; see len(), capacity, senders and receivers")
        level = [self._struct()]
        for _ in range(20):
            below = []
            for struct in level:
                for field in struct.fields().values():
                    if field.name == name:
                        return field
                    if struct._embeds(field):
                        below.append(field)
            level = []
            for field in below:
                try:
                    level.append(field._struct())
                except (TypeError, UnreadableError, NilError):
                    pass
            if not level:
                break
        raise KeyError(f"{self.type} has no field {name}")

    def _embeds(self, field: Value) -> bool:
        """True if the field has the name of its type, as embedded ones have."""
        return field.type.lstrip("*").rpartition(".")[2].partition("[")[0] == field.name

    def _lookup(self, key: object) -> Value:
        for found, value in self.items():
            if found == key:
                return value
        raise KeyError(key)

    def _memory(self) -> bytes:
        """All bytes of a string, slice or array of bytes."""
        pieces, at, left = [], self._about.base, self._about.length
        got = ffi.new("size_t *")
        with self._core as core:
            while left:
                size = min(left, _CHUNK)
                buffer = ffi.new("char[]", size)
                status = lib.gopm_memory_read(core, at, buffer, size, got)
                if status != 0:
                    raise error_of(status, f"{self.name or self.type}: {left - got[0]} bytes at {at + got[0]:#x} are not in the core")
                pieces.append(bytes(ffi.buffer(buffer, size)))
                at += size
                left -= size
        return b"".join(pieces)

    def _formatted(self, function: Callable[[Any, Any, int, Any], int]) -> str:
        with self._handle as pointer:
            return formatted(lambda buffer, size, length: function(pointer, buffer, size, length))
