# SPDX-License-Identifier: Apache-2.0
"""Runs in gdb, for steps.py: stops the program at each instruction of a list of functions, takes a small core, and writes
what the callers are. They are those of gdb at the entry of the function, before it changes sp or g.

Environment: STEPS_FUNCTIONS, a file with lines of entry, end and offsets of the instructions; STEPS_SAMPLES, a folder for
the cores; STEPS_WAIT, seconds for one function.
"""
import json
import os
import re
import struct
import time

import gdb

REGISTERS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base "
             "ds es fs gs").split()
PAGE = 4096
# Functions that gdb cannot unwind after they have moved to another stack. What they called is right.
MOVES = re.compile(r"runtime\.(mcall|systemstack|morestack|asmcgocall|cgocallback|gogo|sigtramp|cgoSigtramp|rt0_go|mstart"
                   r"|switchToCrashStack0)(\.abi0)?|gogo|crosscall2|crosscall1")


def registers(frame):
    values = []
    for name in REGISTERS:
        value = int(frame.read_register(name))
        values.append(value & 0xffffffffffffffff)
    return struct.pack("<27Q", *values)


def prstatus(thread):
    thread.switch()
    frame = gdb.newest_frame()
    number = thread.ptid[1]
    return struct.pack("<32xI76x", number) + registers(frame) + bytes(8)


def note(kind, data):
    return struct.pack("<III", 5, len(data), kind) + b"CORE\0\0\0\0" + data + bytes(-len(data) % 4)


def mappings(pid):
    for line in open(f"/proc/{pid}/maps", encoding="utf-8"):
        fields = line.split(maxsplit=5)
        start, end = (int(x, 16) for x in fields[0].split("-"))
        yield start, end, fields[1], int(fields[2], 16), fields[5].strip() if len(fields) > 5 else ""


def resident(pagemap, start, end):
    """Ranges of pages that are present."""
    pagemap.seek(start // PAGE * 8)
    data = pagemap.read((end - start) // PAGE * 8)
    run = None
    for index, (entry,) in enumerate(struct.iter_unpack("<Q", data)):
        present = entry >> 62 != 0
        if present and run is None:
            run = index
        elif not present and run is not None:
            yield start + run * PAGE, start + index * PAGE
            run = None
    if run is not None:
        yield start + run * PAGE, end


def write_core(path, pid, threads):
    """Threads, and the writable pages. Code and constants are read from the executable."""
    files, ranges = [], []
    with open(f"/proc/{pid}/pagemap", "rb") as pagemap:
        for start, end, mode, offset, name in mappings(pid):
            if name.startswith("/"):
                files.append((start, end, offset // PAGE, name))
            if mode.startswith("rw") and not name.startswith("[v"):
                ranges += resident(pagemap, start, end)
    notes = b"".join(note(1, prstatus(t)) for t in threads)
    notes += note(6, open(f"/proc/{pid}/auxv", "rb").read())
    table = struct.pack("<QQ", len(files), PAGE) + b"".join(struct.pack("<QQQ", *f[:3]) for f in files)
    notes += note(0x46494c45, table + b"".join(f[3].encode() + b"\0" for f in files))
    count = len(ranges) + 1
    at = 64 + 56 * count
    heads = struct.pack("<IIQQQQQQ", 4, 0, at, 0, 0, len(notes), 0, 4)
    data = (at + len(notes) + PAGE - 1) // PAGE * PAGE
    for start, end in ranges:
        heads += struct.pack("<IIQQQQQQ", 1, 6, data, start, 0, end - start, end - start, PAGE)
        data += end - start
    with open(f"/proc/{pid}/mem", "rb", 0) as memory, open(path, "wb") as core:
        core.write(b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, count, 0, 0, 0))
        core.write(heads + notes)
        core.write(bytes(-core.tell() % PAGE))
        for start, end in ranges:
            memory.seek(start)
            core.write(memory.read(end - start))


def function_name(pc):
    text = gdb.execute(f"info symbol {pc}", to_string=True)
    return text.split()[0] if " in section" in text else "?"


def callers(name):
    """pcs of the physical frames from the caller on, and if the last one may have callers."""
    if FIRST.fullmatch(name):
        return [], False
    if "sigreturn" in name:
        # gdb takes it for an ordinary function. The kernel's ucontext is at sp; its gregs are at 40, and rip is 16.
        stack = int(gdb.newest_frame().read_register("rsp"))
        return [struct.unpack("<Q", bytes(gdb.selected_inferior().read_memory(stack + 168, 8)))[0]], True
    found, frame = [], gdb.newest_frame().older()
    while frame is not None:
        if len(found) == 50:
            return found, True
        if frame.type() == gdb.SIGTRAMP_FRAME:
            return found, True
        if frame.pc() == 0:
            break  # after goexit
        if frame.type() != gdb.INLINE_FRAME:
            found.append(frame.pc())
            if MOVES.fullmatch(function_name(frame.pc())):
                return found, True
        frame = frame.older()
    return found, False


# An entry that was before the breakpoints.
NOT_SEEN = (0, None, True)
# Bytes that a function which is entered on g0 itself moves sp before it leaves.
NEAR = 16
# Go calls nothing before them; gdb shows clone, or what is on the stack.
FIRST = re.compile(r"runtime\.(mstart|goexit|rt0_go)(\.abi0)?")


class Function:
    def __init__(self, name, entry, offsets):
        self.name, self.entry = name, entry
        self.left = {entry + o for o in offsets}
        self.truth = {}  # thread -> [sp, callers, open] at each entry that it has not left

    def enter(self, thread, sp):
        """A function that runs another one on g0 may be entered again before it has returned."""
        known, open_end = callers(self.name)
        again = bool(known) and function_name(known[-1]) == self.name
        # The thread may have been within the function when gdb set its breakpoints. Nobody knows who called it then.
        outer = self.truth.get(thread, [NOT_SEEN]) if again else []
        self.truth[thread] = outer + [(sp, known, open_end)]

    def known(self, thread, sp):
        """The innermost entry, unless the thread has come back to the one before it. None if nobody saw that one."""
        entries = self.truth.get(thread, [NOT_SEEN])
        while len(entries) > 1 and abs(sp - entries[-1][0]) > NEAR:
            entries.pop()
        return None if entries[-1] is NOT_SEEN else entries[-1][1:]


def sample(function, known, pc, thread, folder, state):
    callers_known, open_end = known
    number = state["count"] = state["count"] + 1
    path = f"{folder}/{number:05}"
    write_core(path + ".core", state["pid"], gdb.selected_inferior().threads())
    thread.switch()
    with open(path + ".part", "w", encoding="ascii") as file:
        json.dump({"function": function.name, "offset": pc - function.entry, "pc": pc, "thread": thread.ptid[1],
                   "callers": callers_known, "open": open_end}, file)
    os.rename(path + ".part", path + ".json")
    # The other side removes what it has looked at.
    while sum(name.endswith(".json") for name in os.listdir(folder)) > 8:
        time.sleep(0.01)


def run(function, folder, state, wait):
    points = {pc: gdb.Breakpoint(f"*{pc}", internal=True) for pc in function.left}
    if function.entry not in points:
        points[function.entry] = gdb.Breakpoint(f"*{function.entry}", internal=True)
    last = time.monotonic()
    while function.left:
        gdb.execute("continue", to_string=True)
        thread = gdb.selected_thread()
        if thread is None or not thread.is_valid():
            return False
        pc = gdb.newest_frame().pc()
        if pc == function.entry:
            function.enter(thread.ptid[1], int(gdb.newest_frame().read_register("rsp")))
        if function.name.startswith("runtime.clone") or FIRST.fullmatch(function.name):
            function.truth.setdefault(thread.ptid[1], [(0, [], False)])  # the thread or goroutine starts within it
        known = function.known(thread.ptid[1], int(gdb.newest_frame().read_register("rsp")))
        if pc in function.left and known is not None:
            sample(function, known, pc, thread, folder, state)
            function.left.discard(pc)
            last = time.monotonic()
            if pc != function.entry:
                points.pop(pc).delete()
        if time.monotonic() - last > wait:
            break
    for point in points.values():
        point.delete()
    return True


def main():
    folder, wait = os.environ["STEPS_SAMPLES"], float(os.environ["STEPS_WAIT"])
    for line in ("pagination off", "confirm off", "debuginfod enabled off", "print thread-events off",
                 "breakpoint always-inserted on", "disable-randomization on", "backtrace past-main on",
                 "print demangle off", "print asm-demangle off"):
        gdb.execute("set " + line)
    gdb.execute("handle all nostop noprint pass", to_string=True)
    start = gdb.Breakpoint("main.tick", temporary=True)
    gdb.execute("run >/dev/null 2>&1", to_string=True)
    del start
    state = {"pid": gdb.selected_inferior().pid, "count": 0}
    gdb.Breakpoint("main.tick")
    functions = json.load(open(os.environ["STEPS_FUNCTIONS"], encoding="ascii"))
    missed = {}
    for name, entry, offsets in functions:
        function = Function(name, entry, offsets)
        alive = run(function, folder, state, wait)
        missed[name] = len(function.left)
        if not alive:
            break
    with open(f"{folder}/end", "w", encoding="ascii") as file:
        json.dump(missed, file)
    gdb.execute("kill")


main()
