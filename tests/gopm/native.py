#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stacks through C. The frames of C equal gdb's, by pc, function and line; those of Go equal the runtime's own traceback;
and the whole chain is the one that the program made.

    native.py GO-VERSION FLAVOUR

FLAVOUR is how C is compiled: O0, O2 (without frame pointers), stripped (no DWARF and no .symtab), cpp, musl, arm64. There is no gdb for
arm64: C is compared with llvm-symbolizer. Its emulator writes the cores, which do not name files.
"""
import ctypes
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import common

PROGRAM = common.SOURCE / "tests/programs/native"
INNER = ["end", "deep", "deep", "deep", "deep", "cInner"]
# What runtime and cgo put between a function of Go and one of C, from the callee to the caller.
INTO_C = ["runtime.asmcgocall", "runtime.cgocall"]
FRAME = re.compile(r"#\d+ +(?:(0x[0-9a-f]+) in )?(.+?) \(.*?\)(?: at (\S+?):(\d+)| from \S+)?$")
SORT = ("msort_with_tmp", "msort_with_tmp.part.0", "qsort_r", "__qsort_r", "qsort")
HANDLER = "<signal handler called>"
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


def allow():
    ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1 & (1 << 64) - 1), 0, 0, 0)  # PR_SET_PTRACER, any


def gcore(pid, core):
    command = ["gdb", "-nx", "-batch"]
    for line in ("set debuginfod enabled off", "set auto-load off", f"attach {pid}", f"generate-core-file {core}", "detach"):
        command += ["-ex", line]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if not os.path.exists(core):
        common.skip("gdb wrote no core: " + result.stderr.strip()[-300:])
    subprocess.run(["fallocate", "--dig-holes", core], stderr=subprocess.DEVNULL, check=False)


def build(version, flavour, folder):
    source = folder / "source"
    shutil.copytree(PROGRAM, source, dirs_exist_ok=True)
    # Compiled by cgo alone: with its own flags, and those of each flavour.
    (source / "c.c.txt").rename(source / "c.c")
    flags = {"O0": "-O0 -g", "O2": "-O2 -g -fomit-frame-pointer", "stripped": "-O2 -fomit-frame-pointer", "cpp": "-O2 -g",
             "musl": "-O2 -g", "arm64": "-O2 -g -fomit-frame-pointer"}[flavour]
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1", CGO_CFLAGS=flags, CGO_CXXFLAGS=flags, GOFLAGS="-mod=mod")
    more = []
    if flavour == "cpp":
        common.need("g++")
        shutil.copy(source / "throw.cpp.txt", source / "throw.cpp")
    if flavour == "stripped":
        more = ["-ldflags=-s -w"]
    if flavour == "musl":
        common.need("musl-gcc")
        environment["CC"] = "musl-gcc"
        more = ["-ldflags=-linkmode=external -extldflags=-static"]
    if flavour == "arm64":
        common.need("aarch64-linux-gnu-gcc")
        environment.update(CC="aarch64-linux-gnu-gcc", GOARCH="arm64")
        more = ["-ldflags=-linkmode=external -extldflags=-static"]
    common.need("gcc")
    result = subprocess.run(["go", "build", "-buildvcs=false", *more, "-o", folder / "exe", "."], cwd=source, env=environment,
                            capture_output=True, text=True)
    if result.returncode:
        common.skip(f"cannot build: {result.stderr.strip()[-300:]}")
    return folder / "exe"


def take(exe, arguments, core):
    """A core by gdb, while the program waits in C; then the runtime's traceback."""
    environment = dict(os.environ, GOTRACEBACK="system")
    process = subprocess.Popen([exe, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=allow, text=True,
                               env=environment)
    check(process.stdout.readline().startswith("ready"), f"{arguments} is not ready")
    gcore(process.pid, core)
    process.send_signal(3)
    return process.communicate()[1]


def crash(exe, arguments, core):
    """The kernel's core, and the runtime's traceback."""
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text(encoding="ascii").strip()
    if "/" in pattern or "|" in pattern or "%" in pattern:
        common.skip(f"core_pattern is {pattern}")
    folder = core.parent / "run"
    folder.mkdir()
    environment = dict(os.environ, GOTRACEBACK="crash")
    result = subprocess.run(["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", exe, *arguments], cwd=folder, env=environment,
                            capture_output=True, text=True, errors="replace", check=False)
    cores = list(folder.glob("core*"))
    if not cores:
        common.skip("the kernel wrote no core")
    cores[0].rename(core)
    folder.rmdir()
    return result.stderr


def gopm(*arguments):
    result = subprocess.run([common.GOPM, *arguments], capture_output=True, text=True, check=False)
    check(result.returncode == 0, f"gopm {arguments[0]}: exit {result.returncode}: {result.stderr[-300:]}")
    return result.stdout


def stack(core, exe, *which):
    return json.loads(gopm("stack", "-q", "--json", *which, core, exe))["result"]


def thread_of(core, exe, goroutine):
    return next(row["id"] for row in json.loads(gopm("threads", "-q", "--json", core, exe))["result"] if row["goroutineID"] == goroutine)


def of_c(answer):
    return [frame for frame in answer["Locations"] if frame.get("language") != "go"]


def demangle(name):
    """The library may be built without a demangler."""
    if name.startswith("_Z") and shutil.which("c++filt"):
        name = subprocess.run(["c++filt", name], capture_output=True, text=True, check=False).stdout.strip()
    return name


def base(name):
    """A function without its arguments: gdb prints those of C++ in its own way."""
    name = demangle(name)
    name = name.split("(")[0] if not name.startswith("(") else name
    return name.removesuffix(".abi0").split("@")[0].removeprefix("__GI_")


# Runs in gdb: where C was called by Go, the stack continues where Go was called by C.
BEYOND_GO = """
import gdb.unwinder
class Id:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc
class BeyondGo(gdb.unwinder.Unwinder):
    def __init__(self, jumps):
        super().__init__("beyond-go")
        self.jumps = jumps
    def __call__(self, frame):
        try:
            at = tuple(int(frame.read_register(name)) & (1 << 64) - 1 for name in ("rip", "rsp"))
        except gdb.error:
            return None  # not known in this frame
        if at not in self.jumps:
            return None
        info = frame.create_unwind_info(Id(*(frame.read_register(name) for name in ("rsp", "rip"))))
        for name, value in zip(("rip", "rsp"), self.jumps[at]):
            info.add_saved_register(name, gdb.Value(value).cast(frame.read_register(name).type))
        return info
gdb.unwinder.register_unwinder(None, BeyondGo(%s), True)
"""


def jumps_beyond_go(frames):
    """(pc, sp) of each asmcgocall -> (pc, sp) of the next crosscall2, without which gdb finds the way only by luck."""
    jumps, start = {}, None
    for frame in frames:
        name = frame["function"]["name"]
        start = (frame["pc"], frame["sp"]) if name == "runtime.asmcgocall" else start
        if name == "crosscall2" and start:
            jumps[start] = (frame["pc"], frame["sp"])
    return jumps


def gdb_stacks(core, exe, jumps=None):
    """Thread id -> frames (pc or None, function, line)."""
    command = ["gdb", "-nx", "-batch", "-q"]
    script = core.with_suffix(".py")
    script.write_text(BEYOND_GO % (jumps or {}), encoding="ascii")
    for line in ("set debuginfod enabled off", "set auto-load off", "set width 0", "set print frame-arguments none",
                 f"file {exe}", f"core-file {core}", *((f"source {script}", "set backtrace past-main on", "set backtrace past-entry on") if jumps else ()), "thread apply all bt"):
        command += ["-ex", line]
    out = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    threads, frames = {}, []
    for line in out.splitlines():
        head = re.match(r"Thread \d+ \(.*?LWP (\d+)", line)
        if head:
            frames = threads.setdefault(int(head.group(1)), [])
            continue
        match = FRAME.match(line)
        if line.endswith(HANDLER):
            frames.append((None, HANDLER, 0))
        elif match:
            pc, function, _, number = match.groups()
            frames.append((int(pc, 16) if pc else None, base(function), int(number or 0)))
    return threads


def compare_with_gdb(where, core, exe, lines, plain=base):
    """Each thread's frames, up to where gdb loses Go's stack. Names are compared as `plain` writes them. Returns the number of frames
    of C."""
    compared = 0
    for thread, theirs in gdb_stacks(core, exe).items():
        ours = [f for f in stack(core, exe, "--thread", str(thread))["Locations"] if base(f["function"]["name"]) != "__restore_rt"]
        theirs = [frame for frame in theirs if frame[1] != HANDLER]
        # gdb adds frames of functions that ended in a jump, by DW_TAG_call_site: the stack does not have them.
        pcs = {frame["pc"] for frame in ours}
        theirs = [frame for i, frame in enumerate(theirs)
                  if frame[0] is None or frame[0] in pcs or i + 1 == len(theirs) or theirs[i + 1][0] not in pcs]
        for i, (pc, function, line) in enumerate(theirs):
            if i >= len(ours):
                check(function.startswith(("runtime.", "??")) or ours[-1]["function"]["name"] == "runtime.mstart",
                      f"{where}: thread {thread}: gdb has frame {i} {function}, and gopm ends")
                break
            name, native = plain(ours[i]["function"]["name"]) or "??", ours[i].get("language") != "go"
            same = name == plain(function) or (native and function in aliases(core, exe, ours[i]))
            if not same and not native:
                break
            check(same, f"{where}: thread {thread}: frame {i} is {name}, gdb: {function}")
            check(pc is None or pc == ours[i]["pc"], f"{where}: thread {thread}: frame {i} {name} has another pc than gdb")
            if native and lines:
                check(ours[i]["line"] == line, f"{where}: thread {thread}: {name} is at line {ours[i]['line']}, gdb: {line}")
            compared += native
            if not same or name == "runtime.asmcgocall" or "mcall" in name:
                break
    return compared


def compare_through_go(where, core, exe, goroutine, lines):
    """gdb has all frames of C of the goroutine, in this order; and the function and line of each of their pcs."""
    answer = stack(core, exe, "-g", str(goroutine))
    frames, at = of_c(answer), 0
    theirs = gdb_stacks(core, exe, jumps_beyond_go(answer["Locations"]))[thread_of(core, exe, goroutine)]
    for frame in frames:
        # gdb prints no pc if the callee is inlined.
        found = next((i for i in range(at, len(theirs)) if theirs[i][0] in (None, frame["pc"]) and
                      theirs[i][1] in (base(frame["function"]["name"]) or "??", *aliases(core, exe, frame))), None)
        if found is None:
            check(False, f"{where}: gdb has no {frame['function']['name'] or '??'} at {frame['pc']:#x} after {theirs[at - 1] if at else 'its first frame'}")
            break
        # gdb keeps the line of an inlined call in 16 bits.
        check(not lines or theirs[found][2] in (frame["line"], frame["line"] % 65536), f"{where}: {theirs[found]} is at line {frame['line']}")
        at = found + 1
    if lines:
        compare_places(where, core, exe, frames)


def compare_places(where, core, exe, frames):
    """gdb has the function and the line of each pc, with the line of an inlined call."""
    places = [f for i, f in enumerate(frames) if i == 0 or (f["pc"], f["sp"]) != (frames[i - 1]["pc"], frames[i - 1]["sp"])]
    command = ["gdb", "-nx", "-batch", "-q", "-ex", "set debuginfod enabled off", "-ex", f"file {exe}", "-ex", f"core-file {core}"]
    for i, frame in enumerate(places):
        command += ["-ex", "echo \\nplace:", "-ex", f"info line *{frame['pc'] - (i != 0):#x}"]
    out = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout.split("\nplace:")[1:]
    check(len(out) == len(places), f"{where}: gdb has {len(out)} of {len(places)} places")
    for frame, text in zip(places, out):
        outer = [f for f in frames if (f["pc"], f["sp"]) == (frame["pc"], frame["sp"])][-1]["function"]["name"]
        line = re.match(r"Line (\d+) of ", text)
        function = re.search(r"<(\w+)(?:\.\w+)*(?:\+\d+)?>", text)
        check(int(line.group(1)) == frame["line"] if line else not frame["line"], f"{where}: {outer} is at line {frame['line']}, gdb: {text}")
        check(function and (base(function.group(1)) == base(outer) or base(function.group(1)) in aliases(core, exe, frame)),
              f"{where}: {frame['pc']:#x} is in {outer}, gdb: {text}")


def aliases(core, exe, frame):
    """Names of the symbols at the address of a function: which of them gdb takes is its own choice."""
    path = frame.get("object", "")
    if not os.path.exists(path) or not frame["function"]["value"]:
        return set()
    address = frame["objectOffset"] - (frame["pc"] - frame["function"]["value"])
    out = subprocess.run(["nm", "-D", path], capture_output=True, text=True, check=False).stdout
    out += subprocess.run(["nm", path], capture_output=True, text=True, check=False).stdout
    return {base(row[2]) for row in map(str.split, out.splitlines()) if len(row) == 3 and int(row[0], 16) == address}


def names(answer):
    return [base(frame["function"]["name"]) for frame in answer["Locations"]]


def without_runtime(functions):
    """The program's functions, in C and in Go. cgo's stubs have names that depend on a hash."""
    return [name for name in functions if not name.startswith(("runtime.", "_cgo")) and name not in
            ("crosscall2", "raise", "__restore_rt", "", *SORT)]


def expected_chain(kind, depth):
    """Depth 0: C's library sorts, and Go compares."""
    if depth == 0:
        return [*INNER[:2], *INNER[4:], "main._Cfunc_cInner", "main.goLess", "goLess", "compare", "cSort", "main._Cfunc_cSort", "main.main"]
    chain = list(INNER)
    for _ in range(depth):
        chain += ["main._Cfunc_cInner" if len(chain) == len(INNER) else "main._Cfunc_cBegin", "main.middle", "main.goMiddle", "goMiddle",
                  "cBegin"]
    return [*chain, "main._Cfunc_cBegin", "main.main"]


def go_functions(text, goroutine):
    """The functions of a goroutine that the runtime printed."""
    block = re.search(rf"^goroutine {goroutine} .*?:\n(.*?)(?:\n\n|\Z)", text, re.M | re.S)
    return [re.sub(r"\(.*", "", line) for line in block.group(1).splitlines()
            if line and not line.startswith(("\t", "created by"))] if block else []


def check_chain(where, core, exe, text, kind, depth, symbols):
    answer = stack(core, exe, "-g", "1")
    functions = names(answer)
    check(answer["end"] == "complete", f"{where}: goroutine 1 ends: {answer['end']}")
    check(not any("guessed" in f or "afterGap" in f for f in answer["Locations"]), f"{where}: guessed frames")
    check(all("language" in f or not symbols for f in answer["Locations"] if f["function"]["name"].startswith("main.")), f"{where}: no language")
    if symbols:
        chain = without_runtime(functions)
        want = expected_chain(kind, depth)
        check(chain[-len(want):] == want, f"{where}: goroutine 1 is {chain}, not {want}")
    # The runtime prints only Go, and starts where C was called.
    theirs = [name for name in go_functions(text, 1) if name.startswith("main.")]
    ours = [name for name in functions if name.startswith("main.")]
    check(theirs == ours, f"{where}: functions of Go are {ours}, the runtime's {theirs}")


def check_sort(where, core, exe):
    """C's library calls Go, with lines if its debug file is installed (libc6-dbg)."""
    frames = of_c(stack(core, exe, "-g", "1"))
    sorts = [f for f in frames if base(f["function"]["name"]) in SORT]
    check(len(sorts) >= 3 and all(f["object"].rsplit("/", 1)[-1].startswith("libc") for f in sorts), f"{where}: sort is {sorts}")
    compare_through_go(where, core, exe, 1, all(f["line"] for f in sorts))


def check_threads(exe, core, symbols):
    take(exe, ["threads"], core)
    lines = compare_with_gdb("threads", core, exe, symbols)
    check(lines >= 8 or not symbols, f"threads: only {lines} frames of C are compared")
    rows = {row["id"]: row for row in json.loads(gopm("threads", "-q", "--json", "--stack", core, exe))["result"]}
    for thread, frames in gdb_stacks(core, exe).items():
        row = rows[thread]
        check(row["stack"] == stack(core, exe, "--thread", str(thread)), f"threads: thread {thread} has another stack by --stack")
        ours = (base(row["function"]["name"]) if "function" in row else "??", row["line"] if symbols else 0)
        theirs = (frames[0][1], frames[0][2] if symbols else 0)
        check(ours == theirs or theirs[0] == "??" or (row.get("object") and theirs[0] in aliases(core, exe, row)),
              f"threads: thread {thread} is at {ours}, gdb: {theirs}")
    native = [row for row in rows.values() if "object" in row]
    check(len(native) == 2 and any(row["m"] == 0 for row in native), f"threads: those in C are {native}")
    if not symbols:
        return
    stacks = [names(s) for s in json.loads(gopm("stack", "-q", "--json", "--all", core, exe))["result"]]
    parked = [s for s in stacks if "main.parked" in s]
    check(len(parked) == 1 and without_runtime(parked[0])[:5] ==
          ["main.parked", "main.goParked", "goParked", "intoGo", "start_thread" if "start_thread" in parked[0] else "start"],
          f"threads: the parked goroutine of a C thread is {parked}")
    both = [s for s in stacks if "backAndForth" in s]
    check(len(both) == 1 and both[0].count("cBegin") == 2 and both[0].count("main.middle") == 2,
          f"threads: the goroutine that alternates is {both}")


def check_modules(core, exe):
    """Build IDs are those that readelf prints; the files are those that were mapped."""
    rows = json.loads(gopm("mappings", "-q", "--json", "--modules", core, exe))["result"]
    for row in rows:
        if row["file"]:
            out = subprocess.run(["readelf", "-n", row["file"]], capture_output=True, text=True, check=False).stdout
            found = re.search(r"Build ID: ([0-9a-f]+)", out)
            check(not found or found.group(1) == row["buildID"], f"modules: {row['file']} has build ID {found}, not {row['buildID']}")
    check(sum(row["program"] for row in rows) == 1 and any(row["path"] == "[vdso]" and row["source"] == "core" for row in rows),
          f"modules: {rows}")


def place_of(data, address):
    """The offset in a core's bytes of a byte of memory."""
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for i in range(count):
        kind, _, begin, virtual, _, bytes_ = struct.unpack_from("<IIQQQQ", data, offset + i * size)
        if kind == 1 and virtual <= address and address + 8 <= virtual + bytes_:
            return begin + address - virtual
    return None


def check_damage(where, core, exe):
    """A damaged return address of C ends C's frames: none is invented, none of Go is lost, and the gap is said."""
    before = stack(core, exe, "-g", "1")["Locations"]
    of_c = [i for i, frame in enumerate(before) if frame["function"]["name"] == "deep" and not frame["inlined"]]
    data, damaged = bytearray(core.read_bytes()), core.with_suffix(".damaged")
    slot = before[of_c[1]]["cfa"] - 8
    at = place_of(data, slot)
    old, = struct.unpack_from("<Q", data, at)
    check(old == before[of_c[1] + 1]["pc"], f"{where}: {slot:#x} has no return address")
    for new in (0, old + 1, old - 1, slot):
        struct.pack_into("<Q", data, at, new)
        damaged.write_bytes(data)
        answer = stack(damaged, exe, "-g", "1")
        after = answer["Locations"]
        count = next((i for i, frame in enumerate(after) if "afterGap" in frame), len(after))
        check(count < len(after), f"{where}, return address {new:#x}: no gap, the stack is called {answer['end']}")
        check([f["pc"] for f in after[:count]] == [f["pc"] for f in before[:count]], f"{where}, return address {new:#x}: frames are invented")
        ours, theirs = ([f["pc"] for f in frames if f["function"]["name"].startswith("main.")] for frames in (after, before))
        check(ours == theirs[-len(ours):] and ours, f"{where}, return address {new:#x}: Go's frames are {names(answer)}")
        check("frames of C are missing" in gopm("findings", "-q", damaged, exe) or "partial" in answer, f"{where}: the gap is no finding")
    damaged.unlink()


def check_crash(where, core, exe, text, symbols, plain=base):
    """`info` names the frame of C that the signal interrupted, and the one in another module that called it, as gdb does;
    `stack --thread` begins with the pc as the runtime prints it."""
    info = json.loads(gopm("info", "-q", "--json", core, exe))["result"]
    # At level crash, other threads print theirs later.
    pc = re.search(r"^PC=(0x[0-9a-f]+) ", text, re.M).group(1)
    check(info["signalPC"] == int(pc, 16), f"{where}: the signal's pc is {info['signalPC']:#x}, the runtime's {pc}")
    line = gopm("stack", "-q", "--thread", str(info["deathThread"]), core, exe).splitlines()[0]
    check(f"pc {pc})" in line, f"{where}: the stack of the thread begins {line!r}, without {pc}")
    raised = where.startswith(("abort", "assert", "throw", "panic", "bounds"))
    check((info["signalSender"], info["signalCode"]) == ((info["pid"], -6) if raised else (0, 1)),
          f"{where}: the signal is from {info['signalSender']}, code {info['signalCode']}")
    ours, caller = info.get("crashedIn"), info.get("crashCaller")
    if ours is None:
        check(False, f"{where}: info does not say where it crashed")
        return
    frame = ours["frame"]
    check(frame["pc"] == info["signalPC"], f"{where}: crashed at {frame['pc']:#x}")
    if symbols:
        theirs = gdb_stacks(core, exe)[info["deathThread"]]
        # The first signal is that of the outermost handler.
        theirs = theirs[max(i for i, frame in enumerate(theirs) if frame[1] == HANDLER) + 1:]
        named = [(plain(frame["function"]["name"]) or "??", frame["line"])] + ([(plain(caller["frame"]["function"]["name"]), caller["frame"]["line"])]
                                                                               if caller and where[:5] != "throw" else [])
        names_of_gdb = [(plain(frame[1]), frame[2]) for frame in theirs]
        check(named[0] == names_of_gdb[0] and all(name in names_of_gdb for name in named), f"{where}: crashed in {named}, gdb: {names_of_gdb[:8]}")
    for at in (ours, caller):
        path = at["frame"].get("object") if at else None
        if path and os.path.exists(path):
            out = subprocess.run(["readelf", "-n", path], capture_output=True, text=True, check=False).stdout
            build = re.search(r"Build ID: ([0-9a-f]+)", out)
            check(at["buildID"] == (build.group(1) if build else ""), f"{where}: {path} has build ID {build}, not {at['buildID']}")
            check(at["program"] == os.path.samefile(path, exe), f"{where}: {path} is the program: {at['program']}")
            check(path in gopm("info", "-q", core, exe), f"{where}: info does not name {path}")
    check((caller is not None) == (raised or where.startswith("null")), f"{where}: the caller is {caller}")


def demangles():
    """True if the library was built with a demangler."""
    cache = (common.BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
    return "GOPM_DEMANGLE:BOOL=ON" in cache and "LIBIBERTY_DEMANGLES:INTERNAL=1" in cache


def check_demangled(where, core, exe, thread):
    """Functions of C++ are named as gdb names them; without a demangler, by the name in DWARF, else by the symbol."""
    frames = [f for f in stack(core, exe, "--thread", str(thread))["Locations"] if f.get("symbol", "").startswith("_Z")]
    command = ["gdb", "-nx", "-batch", "-q", "-ex", "set debuginfod enabled off", "-ex", f"file {exe}", "-ex", f"core-file {core}"]
    for frame in frames:
        command += ["-ex", f"info symbol {frame['function']['value']}"]
    out = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    theirs = [line.split(" in section ")[0] for line in out.splitlines() if " in section " in line]
    ours = [frame["function"]["name"] for frame in frames]
    check(len(frames) >= 4 and len(theirs) == len(frames), f"{where}: gdb has {len(theirs)} of {len(frames)} functions of C++")
    if demangles():
        check(ours == theirs, f"{where}: functions are {ours}, gdb's {theirs}")
    else:
        check(all(frame["function"]["name"] in (frame["symbol"], "raise") for frame in frames), f"{where}: functions are {ours}")
    check(all(frame["language"] == "c++" for frame in frames), f"{where}: languages are {[f['language'] for f in frames]}")


def check_small(where, core, exe):
    """A small core has the same stacks, through C too."""
    small = core.with_suffix(".small")
    common.gopm("slim", "--profile", "stacks", core, exe, "-o", small)
    threads = [row["id"] for row in json.loads(common.gopm("threads", "--json", core, exe))["result"]]
    asked = [("--all",), *(("--thread", str(thread)) for thread in threads)]
    for options in asked:
        whole, kept = (json.loads(common.gopm("stack", "--json", *options, file, exe))["result"] for file in (core, small))
        check(whole == kept, f"{where}: the small core has another stack for {' '.join(options)}")
    small.unlink()


def emulate(exe, arguments, folder):
    """Dies in the emulator. Returns its core, and the runtime's traceback."""
    result = subprocess.run(["qemu-aarch64", exe, *arguments], cwd=folder, env=dict(os.environ, GOTRACEBACK="crash"), capture_output=True,
                            text=True, errors="replace", preexec_fn=common.unlimited, check=False)
    cores = list(folder.glob("qemu_*.core"))
    if not cores:
        common.skip("the emulator wrote no core")
    core = cores[0].rename(folder / "core")
    for other in folder.glob("core.*"):
        other.unlink()
    return core, result.stderr


def compare_with_llvm(where, core, exe):
    """Functions and lines of C, inlined ones too. Returns the number of frames."""
    ours = [f for f in stack(core, exe, "-g", "1")["Locations"] if f.get("language") == "c"]
    exact, compared = int(re.search(r"pc 0x([0-9a-f]+)", gopm("info", "-q", core, exe)).group(1), 16), 0
    for i, frame in enumerate(ours):
        if i and frame["pc"] == ours[i - 1]["pc"] and frame["sp"] == ours[i - 1]["sp"]:
            continue
        same = [f for f in ours[i:] if (f["pc"], f["sp"]) == (frame["pc"], frame["sp"])]
        at = frame["pc"] - (frame["pc"] != exact)
        out = subprocess.run(["llvm-symbolizer", "-e", exe, hex(at)], capture_output=True, text=True, check=False).stdout.split()
        theirs = [(out[k], out[k + 1].split(":")[-2]) for k in range(0, len(out), 2)]
        mine = [(f["function"]["name"], str(f["line"])) for f in same]
        if theirs[0][1] not in ("?", "0"):
            compared += len(mine)
            check(mine == theirs, f"{where}: {frame['pc']:#x} is {mine}, llvm-symbolizer: {theirs}")
    return compared


def check_arm64(version):
    common.need("qemu-aarch64")
    common.need("llvm-symbolizer")
    with tempfile.TemporaryDirectory(prefix="gopm-native") as name:
        folder = pathlib.Path(name)
        exe = build(version, "arm64", folder)
        for kind, depth in (("fault", 2), ("abort", 1), ("null", 1)):
            place = folder / kind
            place.mkdir()
            core, text = emulate(exe, [kind, str(depth)], place)
            where = f"{kind} {depth}"
            check_chain(where, core, exe, text, kind, depth, True)
            count = compare_with_llvm(where, core, exe)
            check(count >= 9, f"{where}: only {count} frames of C are compared")
            info = json.loads(gopm("info", "-q", "--json", core, exe))["result"]
            frame = info.get("crashCaller" if kind == "null" else "crashedIn", {}).get("frame", {"function": {"name": "nothing"}})
            want = {"fault": "inlined", "abort": "__pthread_kill_implementation", "null": "end"}[kind]
            check(frame["function"]["name"].split(".")[0] == want, f"{where}: crashed in {frame['function']['name']}")
            pc = re.search(r"^PC=(0x[0-9a-f]+) ", text, re.M).group(1)
            check(info["signalPC"] == int(pc, 16), f"{where}: the signal's pc is {info['signalPC']:#x}, the runtime's {pc}")
            check_small(where, core, exe)
            core.unlink()


def main(version, flavour):
    common.need("go")
    if flavour == "arm64":
        check_arm64(version)
        common.finish(problems)
    common.need("gdb")
    symbols = flavour != "stripped"
    with tempfile.TemporaryDirectory(prefix="gopm-native") as name:
        folder = pathlib.Path(name)
        exe, core = build(version, flavour, folder), folder / "core"
        # musl has no call frame information: its own functions, as pause, are not unwound.
        kinds = {"cpp": [("throw", "1")], "musl": [("fault", "1")], "stripped": [("wait", "2"), ("fault", "1")]}.get(
            flavour, [("fault", "1"), ("abort", "2"), ("assert", "1"), ("wait", "3"), ("handler", "1"), ("jump", "1"), ("null", "1")])
        # Of the sort in a program without optimization gdb 13 shows no frame: "value has been optimized out".
        kinds += [("wait", "0")] if flavour == "O2" else []
        for kind, depth in kinds:
            where = f"{kind} {depth}"
            core.unlink(missing_ok=True)
            waits = kind in ("wait", "handler", "jump")
            text = (take if waits else crash)(exe, [kind, depth], core)
            count = compare_with_gdb(where, core, exe, symbols)
            check(count >= 5 or not symbols, f"{where}: only {count} frames of C are compared with gdb")
            check_chain(where, core, exe, text, kind, int(depth), symbols)
            if depth == "0":
                check_sort(where, core, exe)
            if not waits:
                check_crash(where, core, exe, text, symbols)
            if flavour == "cpp":
                check_demangled(where, core, exe, json.loads(gopm("info", "-q", "--json", core, exe))["result"]["deathThread"])
            check_small(where, core, exe)
            if flavour == "O0" and kind == "wait":
                check_damage(where, core, exe)
        if flavour in ("O0", "O2", "stripped"):
            core.unlink(missing_ok=True)
            check_threads(exe, core, symbols)
            check_modules(core, exe)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
