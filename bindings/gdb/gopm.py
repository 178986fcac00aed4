# SPDX-License-Identifier: Apache-2.0
"""Commands of gdb for Go's goroutines: `source gopm.py` in a gdb that has a core open.

    gopm goroutines [KEY=GLOB...] [-by KEY]   all goroutines, or groups of them
    gopm bt [ID] [-full]                      the stack of a goroutine
    gopm why                                  why the program hangs
"""
import os
import re
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import gopm_ctypes as c
    import gopm_session
except ImportError as missing:
    raise gdb.GdbError(f"gopm: gdb's Python lacks a module: {missing}") from None
finally:
    del sys.path[0]

KEYS = ("user", "start", "go", "current", "status", "reason")
GROUPS = {name: value for value, name in c.NAMES["GROUP"].items() if name != "label"}
UNITS = ((86400 * 10**9, "d"), (3600 * 10**9, "h"), (60 * 10**9, "m"), (10**9, "s"), (10**6, "ms"), (10**3, "µs"), (1, "ns"))
ENDS = {c.STACK_END_NOT_GO: "the callers are not Go code, and unknown", c.STACK_END_MEMORY: "the core lacks this memory",
        c.STACK_END_DAMAGED: "these bytes cannot be a stack", c.STACK_END_LIMIT: "limit of frames reached",
        c.STACK_END_NO_THREAD: "it was running, and the core lacks its thread"}


def duration(nanoseconds):
    for index, (size, name) in enumerate(UNITS):
        if nanoseconds >= size:
            rest = nanoseconds % size
            more = index < 3 and rest >= UNITS[index + 1][0]
            return f"{nanoseconds // size}{name}" + (f"{rest // UNITS[index + 1][0]}{UNITS[index + 1][1]}" if more else "")
    return "0ns"


def core_file():
    """The path of the core that gdb has open."""
    inferior = gdb.selected_inferior()
    connection = getattr(inferior, "connection", None)
    if connection is not None and connection.type != "core":
        raise gdb.GdbError("gopm: the program runs; make a core with `generate-core-file`, and open it")
    # gdb tells Python of no core, but it lists its files.
    text = gdb.execute("info files", to_string=True)
    found = re.search(r"core.*:\n\t[`'\"‘](.*)[`'\"’], ", text)
    if inferior.pid == 0 or found is None:
        raise gdb.GdbError("gopm: no core is open; use `core-file CORE`")
    return found[1]


class Cores:
    """The core that was opened last: it stays open until gdb has another one."""

    library = None
    key = None
    session = None

    @classmethod
    def current(cls):
        core, exe = core_file(), gdb.current_progspace().filename
        try:
            about = os.stat(core)
        except OSError as problem:
            raise gdb.GdbError(f"gopm: {core}: {problem.strerror}") from None
        key = (core, exe, about.st_mtime_ns, about.st_size)
        if cls.key != key:
            if cls.library is None:
                cls.library = gopm_session.load()
            cls.key, cls.session = None, None
            cls.session = gopm_session.Session(cls.library, core, exe)
            cls.key = key
        return cls.session


class Command(gdb.Command):
    """What fails ends in an error of gdb."""

    def __init__(self, name, complete=gdb.COMPLETE_NONE):
        super().__init__(f"gopm {name}", gdb.COMMAND_STACK, complete)

    def invoke(self, argument, from_tty):
        del from_tty
        try:
            self.run(gdb.string_to_argv(argument))
        except gopm_session.Error as problem:
            raise gdb.GdbError(f"gopm: {problem}") from None
        except (gdb.error, gdb.GdbError, KeyboardInterrupt):
            raise
        except Exception as problem:  # pylint: disable=broad-except
            raise gdb.GdbError(f"gopm: {type(problem).__name__}: {problem}") from None

    def run(self, arguments):
        raise NotImplementedError


class Prefix(gdb.Command):
    """Goroutines of a Go program: `gopm goroutines`, `gopm bt`, `gopm why`."""

    def __init__(self):
        super().__init__("gopm", gdb.COMMAND_STACK, gdb.COMPLETE_COMMAND, prefix=True)


class Goroutines(Command):
    """List goroutines, or groups of them.
Usage: gopm goroutines [KEY=GLOB]... [-by KEY]

All conditions must hold. KEY is user, start, go or current, which match the names of functions, status, or reason. A glob must match the
whole text: start=*consumer*. With -by the goroutines are counted: by user, start, go, current, reason, object or stack."""

    def run(self, arguments):
        conditions, by = {}, None
        arguments = list(arguments)
        while arguments:
            argument = arguments.pop(0)
            key, separator, glob = argument.partition("=")
            if argument == "-by":
                by = arguments.pop(0) if arguments else ""
                if by not in GROUPS:
                    raise gdb.GdbError(f"gopm: -by needs one of {', '.join(GROUPS)}")
            elif separator and key in KEYS:
                conditions[key] = glob
            else:
                raise gdb.GdbError(f"gopm: {argument!r} is not KEY=GLOB; KEY is one of {', '.join(KEYS)}")
        session = Cores.current()
        if by is None:
            self.list(session, conditions)
        else:
            self.count(session, GROUPS[by], conditions)

    @staticmethod
    def list(session, conditions):
        number = 0
        for g in session.goroutines(conditions):
            number += 1
            user = g.user
            line = f"  Goroutine {g.id} - User: {session.text(user.file) or '?'}:{user.line} {session.text(user.function) or '???'} ({user.pc:#x})"
            if g.thread_id:
                line += f" (thread {g.thread_id})"
            if g.wait_reason.size:
                line += f" [{session.text(g.wait_reason)}{' ' + duration(g.wait_time) if g.wait_time > 0 else ''}]"
            if g.flags & c.G_FLAG_PARTIAL:
                line += " (partial)"
            gdb.write(line + "\n")
        gdb.write(f"[{number} goroutine{'' if number == 1 else 's'}]\n")

    @staticmethod
    def count(session, by, conditions):
        for group in session.groups(by, conditions):
            place = group.location
            key = session.text(group.key) or session.text(place.function) or "(none)"
            if place.line:
                key += f" at {session.text(place.file) or '?'}:{place.line}"
            waits = f" waits {duration(group.longest_wait)}" if group.longest_wait > 0 else ""
            partial = f" ({group.partial_count} partial)" if group.partial_count else ""
            gdb.write(f"{group.count:8}  {key}  (goroutine {group.example_id}{waits}){partial}\n")


class Backtrace(Command):
    """Show the stack of a goroutine.
Usage: gopm bt [ID] [-full]

Without ID it is the goroutine that the selected thread runs. With -full it has arguments and locals, and how sure they are."""

    def run(self, arguments):
        full = "-full" in arguments
        ids = [argument for argument in arguments if argument != "-full"]
        if len(ids) > 1 or not all(re.fullmatch(r"[0-9]{1,19}", one) and int(one) for one in ids):
            raise gdb.GdbError("gopm: usage: gopm bt [ID] [-full]; ID is the number of a goroutine")
        session = Cores.current()
        if ids:
            stack = session.stack(goroutine=int(ids[0]))
        else:
            thread = gdb.selected_thread()
            if thread is None:
                raise gdb.GdbError("gopm: no thread is selected; give the ID of a goroutine")
            lwp = thread.ptid[1] or thread.ptid[0]
            goroutine = session.threads().get(lwp, 0)
            gdb.write(f"goroutine {goroutine}:\n" if goroutine else f"thread {lwp} runs no goroutine:\n")
            stack = session.stack(goroutine=goroutine) if goroutine else session.stack(thread=lwp)
        self.show(session, stack, full)

    @staticmethod
    def show(session, stack, full):
        for index, frame in enumerate(stack.frames()):
            if frame.flags & c.FRAME_AFTER_GAP:
                gdb.write("(frames of C are missing here)\n")
            place = frame.location
            where = f"{session.text(place.file)}:{place.line}" if place.file.size else session.text(frame.object) or "?"
            guessed = " (guessed)" if frame.flags & c.FRAME_GUESSED else ""
            gdb.write(f"#{index:<3} {frame.pc:#018x} in {session.text(place.function) or '???'} at {where}{guessed}\n")
            if full:
                try:
                    for name, text, sure in stack.variables(index):
                        gdb.write(f"        {name} = {text}{f'  ({sure})' if sure else ''}\n")
                except gopm_session.Error as problem:
                    gdb.write(f"        (variables: {problem})\n")
        if stack.end == c.STACK_END_NO_STACK:
            gdb.write("(no stack)\n")
        elif stack.end in ENDS:
            gdb.write(f"(truncated: {ENDS[stack.end]}{f', at {stack.end_address:#x}' if stack.end_address else ''})\n")


class Why(Command):
    """Say why the program hangs: which goroutines are stuck, what they wait for, and who is to blame.
Usage: gopm why"""

    def run(self, arguments):
        if arguments:
            raise gdb.GdbError("gopm: usage: gopm why")
        findings = Cores.current().why()
        for number, (verdict, certainty, text) in enumerate(findings, 1):
            gdb.write(f"{number}. {verdict}, {certainty}: " + text.replace("see gopm stack -g ", "see gopm bt ") + "\n")
        if not findings:
            gdb.write("nothing is stuck\n")


Prefix()
Goroutines("goroutines")
Backtrace("bt")
Why("why")
