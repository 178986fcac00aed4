# SPDX-License-Identifier: Apache-2.0
"""Progress of long calls. Each long call has a callback: without it, Ctrl-C would wait until the call ends."""
from __future__ import annotations

from typing import Any, Callable, Union

from . import _constants as c
from ._bar import Bar, BarCallback, is_bar, standard_bar
from ._library import ffi, lib
from .errors import interrupt, take_error

#: A function is called with the phase ("unpack", "goroutines", "heap"), the work that is done, and all work (0: unknown). An
#: exception stops the call and is raised by it; so does any true result, as CancelledError. True draws a bar of tqdm; so do a
#: class like tqdm.tqdm and an open bar, which is not closed.
Progress = Union[Callable[[str, int, int], object], Bar, "type[Bar]", bool]


def _failed(_kind: object, problem: BaseException, trace: Any) -> int:
    """Keeps an exception of the callback, for the call that is running."""
    watch, problem = None, problem.with_traceback(trace)
    while trace is not None and watch is None:
        user_data = trace.tb_frame.f_locals.get("user_data")
        if user_data is not None:
            watch = ffi.from_handle(user_data) if user_data != ffi.NULL else interrupt
        trace = trace.tb_next
    if watch is not None and watch.problem is None:
        watch.problem = problem
    return 1


@ffi.callback("int32_t(void *, uint32_t, uint64_t, uint64_t)", error=1, onerror=_failed)  # type: ignore[untyped-decorator,unused-ignore]
def _report(user_data: Any, phase: int, done: int, total: int) -> int:
    if user_data == ffi.NULL:
        return 0
    callback = ffi.from_handle(user_data).callback
    if callback is None:
        return 0
    return 1 if callback(c.NAMES["PROGRESS"].get(phase, str(phase)), done, total) else 0


def watch_signals(core: Any) -> None:
    """Lets handlers of signals run inside calls without a progress of their own."""
    lib.gopm_core_set_progress(core, _report, ffi.NULL)


class Watch:
    """The progress of one call."""

    def __init__(self, progress: Progress | None) -> None:
        if progress is True:
            progress = standard_bar()
        self.bar = BarCallback(progress) if is_bar(progress) else None
        callback: Any = self.bar or progress or None
        if callback is not None and not callable(callback):
            raise TypeError("progress must be a function, a bar of tqdm, its class, or True")
        self.callback: Callable[[str, int, int], object] | None = callback
        self.problem: BaseException | None = None
        self.handle = ffi.new_handle(self)

    def put(self, options: Any) -> None:
        """Sets the callback of options, which must not outlive this object."""
        options.progress = _report
        options.progress_user_data = self.handle

    def check(self) -> None:
        """Raises what the callback raised."""
        problem, self.problem = self.problem, None
        if problem is not None:
            raise problem

    def close(self, finished: bool) -> None:
        """Ends the call, and its bar."""
        if self.bar is not None:
            self.bar.close(finished)

    def made(self, function: Any, kind: str, *arguments: Any, free: Callable[[Any], None], ends: bool = True) -> Any:
        """As made(), for a call with these options. `ends`: later calls do not report."""
        try:
            pointer = self._made(function, kind, *arguments, free=free)
        except BaseException:
            self.close(False)
            raise
        if ends:
            self.close(True)
        return pointer

    def _made(self, function: Any, kind: str, *arguments: Any, free: Callable[[Any], None]) -> Any:
        out, err = ffi.new(f"{kind} **"), ffi.new("gopm_error **")
        status = function(*arguments, out, err)
        if self.problem is not None:
            error, pointer = err[0], out[0]
            if error != ffi.NULL:
                take_error(status, error)
            if pointer != ffi.NULL:
                free(pointer)
            self.check()
        if status != 0:
            raise take_error(status, err[0])
        return out[0]
