#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Threads whose ids the runtime does not know, and cores of Delve. Each goroutine equals Delve's answer on the same core,
field by field, and those that were on threads have the frames that the program made.

    threads.py KIND GO-VERSION

KIND is one of
    dump        a core of `dlv dump`
    swapped     a core whose thread ids are those that the runtime gave to other threads
    namespace   a process in a PID namespace of its own, its core and --pid, from outside
    fork        the child of a fork: it has one thread
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
from compare_delve_goroutines import compare

NT_PRSTATUS, PR_PID = 1, 32
PROGRAM = common.SOURCE / "tests/programs/threads"
# Function -> goroutines that are in it on a thread.
ON_THREADS = {"main.busy": 1, "main.reads": 2}


class Core:
    def __init__(self, core, exe):
        self.core, self.exe = core, exe


def allow():
    ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1 & (1 << 64) - 1), 0, 0, 0)  # PR_SET_PTRACER, any


def build(version, flags, exe):
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="0", GOFLAGS="-mod=mod")
    result = subprocess.run(["go", "build", "-buildvcs=false", *flags, "-o", exe, "."], cwd=PROGRAM, env=environment,
                            capture_output=True, text=True)
    if result.returncode:
        common.skip(f"cannot build: {result.stderr.strip()[-300:]}")


def start(command):
    """The process, and the id that it printed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=allow, text=True)
    line = process.stdout.readline().split()
    if len(line) != 2:
        process.kill()
        common.skip(f"{command[0]} did not start: {process.communicate()[1].strip()[-300:]}")
    return process, int(line[1])


def gcore(pid, core):
    command = ["gdb", "-nx", "-batch"]
    for line in ("set debuginfod enabled off", "set auto-load off", f"attach {pid}", f"generate-core-file {core}", "detach"):
        command += ["-ex", line]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if not os.path.exists(core):
        common.skip("gdb wrote no core: " + result.stderr.strip()[-300:])
    subprocess.run(["fallocate", "--dig-holes", core], stderr=subprocess.DEVNULL, check=False)


def notes(core):
    """(type, file offset of the contents) of each note."""
    with open(core, "rb") as file:
        header = file.read(64)
        offset, count = struct.unpack_from("<Q", header, 32)[0], struct.unpack_from("<H", header, 56)[0]
        file.seek(offset)
        for kind, _, at, _, _, size, _, _ in struct.iter_unpack("<IIQQQQQQ", file.read(56 * count)):
            if kind != 4:
                continue
            file.seek(at)
            data, here = file.read(size), 0
            while here + 12 <= size:
                name, length, number = struct.unpack_from("<III", data, here)
                begin = here + 12 + (name + 3) // 4 * 4
                yield number, at + begin
                here = begin + (length + 3) // 4 * 4


def swap(core):
    """Gives each thread the id of the next."""
    places = [at + PR_PID for number, at in notes(core) if number == NT_PRSTATUS]
    with open(core, "r+b") as file:
        ids = []
        for place in places:
            file.seek(place)
            ids.append(file.read(4))
        for place, number in zip(places, ids[1:] + ids[:1]):
            file.seek(place)
            file.write(number)
    return len(places)


def on_threads(*where):
    """Function -> goroutines on a thread that have it on their stack; the thread must have the same stack."""
    goroutines = json.loads(common.gopm("goroutines", "--json", *where))["result"]
    threads = {t["id"]: t for t in json.loads(common.gopm("threads", "--json", *where))["result"]}
    found = {}
    for goroutine in goroutines:
        if not goroutine["threadID"]:
            continue
        thread = threads[goroutine["threadID"]]
        if thread["goroutineID"] != goroutine["id"]:
            yield f"goroutine {goroutine['id']} is on thread {thread['id']}, which has goroutine {thread['goroutineID']}"
        text = common.gopm("stack", "-g", goroutine["id"], *where)
        for name in ON_THREADS:
            found[name] = found.get(name, 0) + bool(re.search(rf"in {re.escape(name)}$", text, re.MULTILINE))
    if found != ON_THREADS:
        yield f"on threads are {found}, not {ON_THREADS}"


def dump(exe, core):
    process, pid = start([exe])
    script = f"dump {core}\nquit\nn\n"
    command = [delve.find(), "attach", "--allow-non-terminal-interactive=true", str(pid), exe]
    result = subprocess.run(command, input=script, capture_output=True, text=True)
    process.kill()
    process.wait()
    if not os.path.exists(core):
        common.skip("Delve wrote no core: " + (result.stdout + result.stderr)[-300:])


def parent(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)[1])


def namespace(exe, core):
    """Also asks about the process itself: one snapshot, as its goroutines move between two commands."""
    common.need("unshare")
    user = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    process, _ = start(["unshare", *user, "--pid", "--fork", "--kill-child", exe])
    children = [p for p in os.listdir("/proc") if p.isdigit() and parent(p) == process.pid]
    try:
        common.gopm("snapshot", children[0], "-o", f"{core}.small")
        found = list(on_threads(f"{core}.small", exe))
        if "thread" not in common.gopm("goroutines", "--where", "user=main.busy", "--pid", children[0]):
            found.append("--pid: no thread runs main.busy")
        gcore(children[0], core)
    finally:
        process.kill()
        process.wait()
    return found


def forked(exe, core):
    """One goroutine has a thread. The others that ran have no stack."""
    process, child = start([exe, "fork"])
    try:
        gcore(child, core)
    finally:
        os.kill(child, 9)
        process.kill()
        process.wait()
    for goroutine in json.loads(common.gopm("goroutines", "--json", core, exe))["result"]:
        name = goroutine["userCurrentLoc"].get("function", {}).get("name", "")
        text = common.gopm("stack", "-g", goroutine["id"], core, exe)
        if (goroutine["threadID"] != 0) != ("in main.forks" in text):
            yield f"goroutine {goroutine['id']} is on thread {goroutine['threadID']}:\n{text}"
        if name == "main.forks" and goroutine["threadID"] != child:
            yield f"main.forks is on thread {goroutine['threadID']}, not {child}"
        if goroutine["status"] == 2 and not goroutine["threadID"] and "the core lacks its thread" not in text:
            yield f"goroutine {goroutine['id']} was running without a thread, and has a stack:\n{text}"


kind, version = sys.argv[1:]
common.need("go")
delve = common.need_delve()
if kind != "dump":
    common.need("gdb")
with tempfile.TemporaryDirectory() as folder:
    exe, core = f"{folder}/exe", f"{folder}/core"
    build(version, ["-buildmode=pie"] if kind == "swapped" else [], exe)
    problems = []
    if kind == "dump":
        dump(exe, core)
    elif kind == "swapped":
        running, number = start([exe])
        gcore(number, core)
        running.kill()
        running.wait()
        print(swap(core), "threads have another's id")
    elif kind == "namespace":
        problems += namespace(exe, core)
    else:
        problems += forked(exe, core)
    if kind != "fork":
        problems += on_threads(core, exe)
    with delve.Delve(exe, core) as session:
        answers = session.goroutines()
    problems += compare(Core(core, exe), answers)
    small = f"{folder}/small"
    common.gopm("slim", core, exe, "-o", small)
    problems += [f"slim: {p}" for p in compare(Core(small, exe), answers)]
    # Without symbols the runtime's variables are found by structure, which the threads confirm.
    stripped = f"{folder}/stripped"
    shutil.copy(exe, stripped)
    if shutil.which("strip") and subprocess.run(["strip", stripped]).returncode == 0:
        ours = [json.loads(common.gopm("goroutines", "--json", core, path))["result"] for path in (exe, stripped)]
        for a, b in zip(*ours):
            if (a["id"], a["threadID"], a["currentLoc"]["pc"]) != (b["id"], b["threadID"], b["currentLoc"]["pc"]):
                problems.append(f"stripped: goroutine {a['id']} differs")
common.finish(problems)
