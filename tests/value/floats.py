# SPDX-License-Identifier: Apache-2.0
"""Variables of running threads in floating-point registers, compared with the program's own notes and with Delve.

Reads a core of gdb, its small core and the live process. It also reads a core that the kernel took while a signal
handler ran on the thread.

usage: floats.py CORE

If the name of the core ends in p, the program has one P, and most goroutines were preempted in the middle of their code.
"""
import collections
import ctypes
import json
import os
import pathlib
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common

# Variables that must be readable. Others may be unreadable, but not wrong.
SURE = {"main.doubles": "abcd", "main.singles": "ab", "main.complexes": "zw", "main.structs": ["v", "scale"], "main.locals": ["cube"]}


def noted(text):
    """{function: {variable: bits of its numbers}}"""
    notes = collections.defaultdict(dict)
    for line in re.findall(r"^holds (.*)$", text, flags=re.MULTILINE):
        function, variable, *bits = line.split()
        notes[function][variable] = [int(b, 16) for b in bits]
    return notes


def parts(v):
    """The bits of each number in a variable of gopm's JSON or Delve's; None: not readable."""
    if v["unreadable"]:
        return None
    if v["kind"] == 13:
        return [struct.unpack("<I", struct.pack("<f", float(v["value"])))[0]]
    if v["kind"] == 14:
        return [struct.unpack("<Q", struct.pack("<d", float(v["value"])))[0]]
    found = []
    for child in v["children"]:
        more = parts(child)
        if more is None:
            return None
        found += more
    return found


def frames_of(stacks):
    """{function: {variable: parts}} of the program's own functions."""
    found = {}
    for frames in stacks:
        for frame in frames:
            name = (frame.get("function") or {}).get("name", "")
            if name in SURE:
                found[name] = {v["name"]: parts(v) for v in frame["Arguments"] + frame["Locals"]}
    return found


def ours(*arguments):
    answer = json.loads(common.gopm("stack", "--all", "--full", "--json", *arguments))
    return frames_of(stack["Locations"] for stack in answer["result"])


def compare(where, notes, found, problems, every=None):
    """`every`: the functions that must be on a stack; None: all."""
    for function, wanted in SURE.items():
        if function not in found:
            if every is None or function in every:
                problems.append(f"{where}: {function} is on no stack")
            continue
        for variable, bits in notes[function].items():
            value = found[function].get(variable)
            if value is None and (variable in wanted and (every is None or function in every)):
                problems.append(f"{where}: {function} {variable} is not readable")
            if value is not None and value != bits:
                problems.append(f"{where}: {function} {variable} is {value}, not {bits}")


def signalled(exe, folder, problems):
    """Reads the kernel's core of a process that dies by a signal, while Go's signal handler runs on its threads."""
    environment = {"PATH": "/usr/bin:/bin", "GOTRACEBACK": "crash", **common.FLOATS_ENVIRONMENT}

    def prepare():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    with open(folder / "errors", "w+", encoding="utf-8") as errors:
        process = subprocess.Popen([exe], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
                                   preexec_fn=prepare)
        process.stdout.readline()
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=60)
        errors.seek(0)
        text = errors.read()
    cores = list(folder.glob("core*"))
    if not cores:
        print("not compared: the kernel writes no core into the working folder")
        return
    compare("signal", noted(text), ours(cores[0], exe), problems)


def allow():
    """Runs in the child: on Ubuntu a process may trace only its descendants, unless the target allows others."""
    ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1 & (1 << 64) - 1), 0, 0, 0)  # PR_SET_PTRACER, any


def alive(exe, folder, problems):
    os.environ.update(common.FLOATS_ENVIRONMENT)
    with open(folder / "alive", "w+", encoding="utf-8") as errors:
        process = subprocess.Popen([exe], stdout=subprocess.PIPE, stderr=errors, text=True, preexec_fn=allow)
        try:
            process.stdout.readline()
            found = ours("--pid", process.pid)
            small = folder / "snapshot.zst"
            common.gopm("snapshot", "--quiet", "-o", small, process.pid)
        finally:
            process.kill()
        process.wait()
        errors.seek(0)
        notes = noted(errors.read())
    compare("live", notes, found, problems)
    compare("snapshot", notes, ours(small, exe), problems)


def delve(core, exe, notes, found, problems):
    import delve as script

    if script.find() is None:
        print("not compared: dlv is not installed")
        return
    with script.Delve(exe, core) as session:
        theirs = frames_of(session.stack(g["id"]) for g in session.goroutines() if g["userCurrentLoc"]["function"])
    compare("Delve", notes, theirs, problems, every=())
    for function, variables in theirs.items():
        for variable, value in variables.items():
            if value is not None and found.get(function, {}).get(variable) != value:
                problems.append(f"Delve: {function} {variable} is {value}, ours {found.get(function, {}).get(variable)}")
    print(f"{sum(v is not None for f in theirs.values() for v in f.values())} variables that Delve reads")


def main():
    core = common.core(sys.argv[1])
    notes = noted(core.traceback.read_text(encoding="utf-8", errors="replace"))
    problems = []
    found = ours(core.core, core.exe)
    compare("core", notes, found, problems)
    if not sys.argv[1].endswith("p"):
        delve(core.core, core.exe, notes, found, problems)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        common.gopm("slim", "--quiet", "-o", folder / "small.zst", core.core, core.exe)
        compare("small", notes, ours(folder / "small.zst", core.exe), problems)
        if sys.argv[1].endswith("p"):
            print(f"{len(found)} functions, not compared with Delve, which does not recover their registers")
            common.finish(problems)
        signalled(core.exe, folder, problems)
        alive(core.exe, folder, problems)
    print(f"{sum(v is not None for f in found.values() for v in f.values())} variables")
    common.finish(problems)


main()
