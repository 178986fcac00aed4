#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cores that the kernel writes, with its default filter, of programs that die in every way.

The cause of death, the first signal, and all that the runtime printed up to its second goroutine must equal the
runtime's own output on standard error, byte by byte. So must every other goroutine that was not running.

    deaths.py GO-VERSION plain|stripped|pie|cgo|arm64
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import common
import traceback_text

MODES = ["nil", "address", "string", "error", "errors", "wrapped", "int", "struct", "index", "again", "nested", "unlock",
         "map", "overflow", "deadlock", "deferred", "memory", "threads", "pointer", "mapped", "quit", "abort", "segv", "trap",
         "ill", "fpe", "chatter", "clock"]
C_MODES = ["fault", "divide", "abort", "illegal", "callback", "elsewhere", "trapped"]
# qemu is slow, and its own cores lie beside those of its guest.
ARM_MODES = ["nil", "address", "overflow", "deadlock", "unlock", "quit", "ill"]
FLAGS = {"plain": [], "arm64": [], "stripped": ["-ldflags=-s -w"], "pie": ["-buildmode=pie"], "cgo": []}
# A thread of C dies: the runtime prints nothing, and raises the signal again.
SILENT = {"elsewhere": {"signal": signal.SIGSEGV, "signalCode": 1, "faultAddress": 0x10},
          "trapped": {"signal": signal.SIGTRAP, "signalCode": -6}}
version, kind = sys.argv[1:3]
problems = []


def files(core):
    """What to give gopm: the core of an emulator does not say where the executable is."""
    return [core, program] if kind == "arm64" else [core]


def own_output(text):
    """Without the lines of the program itself, which are in the runtime's backlog too."""
    return re.sub(r"^chatter \d+\n", "", text, flags=re.MULTILINE)


def front(text):
    """The cause of death as the runtime prints it: the text before the first stack."""
    return re.split(r"^goroutine \d+ |^runtime stack:", text, maxsplit=1, flags=re.MULTILINE)[0]


def first_signal(text):
    """The signal that the runtime names: members of `info --json`. Empty: none."""
    names = {entry.name: int(entry) for entry in signal.Signals}
    panic = re.search(r"^\[signal (SIG\w+): .* code=(0x\w+) addr=(0x\w+) pc=(0x\w+)\]$", text, re.MULTILINE)
    if panic:
        code, address, pc = (int(word, 16) for word in panic.groups()[1:])
        return {"signal": names[panic[1]], "signalCode": code, "faultAddress": address, "signalPC": pc}
    caught = re.search(r"^(SIG\w+): .*\nPC=(0x\w+) m=\d+ sigcode=(\d+)(?: addr=(0x\w+))?$", text, re.MULTILINE)
    if not caught:
        return {}
    code = int(caught[3])
    code -= 1 << 64 if code >> 63 else 0
    found = {"signal": names[caught[1]], "signalCode": code, "signalPC": int(caught[2], 16)}
    # The others have no address; the runtime prints what is in its place.
    if caught[4] and code > 0:
        found["faultAddress"] = int(caught[4], 16)
    return found


def check_info(mode, text, info):
    found = SILENT.get(mode) or first_signal(front(text))
    printed_signal = re.match(r"SIG\w+: ", text)
    want = "signal" if printed_signal or mode in SILENT else "fatal error" if "fatal error: " in front(text) else "panic"
    if info["death"] != want:
        problems.append(f"{mode}: death is {info['death']}, not {want}")
    elif want == "panic":
        # "panic: " may occur several times; the last is the cause of death.
        printed = re.findall(r"^\t*panic: (.*?)(?=^\t*panic: |^\[signal|\Z)", front(text), re.MULTILINE | re.DOTALL)[-1].strip()
        printed = re.sub(r" \[recovered.*\]$", "", printed)
        if info["deathText"].strip() not in (printed, printed.replace("\n\t", "\n")):
            problems.append(f"{mode}: died of {info['deathText']!r}, the runtime's {printed!r}")
    elif want == "fatal error":
        lines, printed = re.search(r"\A((?:.*\n)*?)\t?fatal error: (.*)", front(text)).groups()
        if info["deathText"] != printed:
            problems.append(f"{mode}: died of {info['deathText']!r}, the runtime's {printed!r}")
        if info["deathLines"] != lines:
            problems.append(f"{mode}: the lines before the fatal error are {info['deathLines']!r}, the runtime's {lines!r}")
    for key, value in (found or {"signal": signal.SIGABRT, "faultAddress": 0, "signalPC": 0}).items():
        if info[key] != value:
            problems.append(f"{mode}: {key} is {info[key]:#x}, the runtime's {value:#x}")
    if info["kernelSignal"] != (signal.SIGABRT if mode not in SILENT else found["signal"]):
        problems.append(f"{mode}: the kernel's signal is {info['kernelSignal']}")


def meaning(number, code):
    """The text of a si_code that the C library has."""
    script = f"""import ctypes
info = (ctypes.c_int * 32)({number}, 0, {code})
ctypes.CDLL(None).psiginfo(info, None)"""
    text = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stderr
    words = re.search(r"\((.*?)(?: \[\S+\]| \d+ \d+)?\)$", text.strip())[1]
    return words.lower().replace("signal sent by", "sent by").replace("nonexisting", "nonexistent")


def check_text(mode, text, core):
    """`info` names the signal and its addresses."""
    line = re.search(r"^death: .*", common.gopm("info", *files(core)), re.MULTILINE)[0]
    found = SILENT.get(mode) or first_signal(front(text))
    wanted = [f"signal {found['signal']} {signal.Signals(found['signal']).name}, "] if found else ["signal 6 SIGABRT, "]
    if "signalPC" in found:
        wanted.append(f"pc {found['signalPC']:#x}")
    if "faultAddress" in found:
        # The kernel does not know the address of a general protection fault.
        wanted += [f"address {found['faultAddress']:#x}"] if found["signalCode"] != 128 else []
    if found and found["signalCode"] > 0:
        wanted.append(f"code {found['signalCode']}: {meaning(found['signal'], found['signalCode'])}")
    problems.extend(f"{mode}: {part!r} is not in {line!r}" for part in wanted if part not in line)


def check(mode, text, core):
    info = json.loads(common.gopm("info", "--json", *files(core)))["result"]
    check_info(mode, own_output(text), info)
    check_text(mode, text, core)
    if mode in SILENT:
        return 0
    text = own_output(text)
    whole = common.gopm("traceback", "--level", "crash", *files(core))
    ours, theirs = traceback_text.parse(whole), traceback_text.parse(text.split("\n-----\n")[0])
    compared = 0
    for number, runtime in theirs.items():
        if runtime.unavailable or runtime.state in ("running", "runnable", "syscall"):
            continue
        if number not in ours:
            problems.append(f"{mode}: goroutine {number} is missing")
            continue
        compared += 1
        mine = ours[number]
        if (mine.state, mine.frames, mine.created, mine.parent) != (runtime.state, runtime.frames, runtime.created,
                                                                    runtime.parent):
            problems.append(f"{mode}: goroutine {number} [{mine.state}] {mine.frames}, the runtime's [{runtime.state}] {runtime.frames}")
    mine, wanted = traceback_text.first_blocks(whole), traceback_text.first_blocks(text)
    # The runtime prints no callers of a function that moves the stack pointer itself. gopm knows them.
    if mode == "clock" and re.search(r"\ntime\.now\(\)\n.*$", wanted):
        mine = mine[:len(wanted)]
    if mine != wanted:
        problems.append(f"{mode}: the text is\n{mine}\nthe runtime's\n{wanted}")
    return compared


common.need("go")
if kind == "arm64":
    common.need("qemu-aarch64")
with tempfile.TemporaryDirectory() as name:
    root = pathlib.Path(name)
    program = root / "deaths"
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1" if kind == "cgo" else "0")
    if kind == "arm64":
        environment["GOARCH"] = "arm64"
    built = subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", "-o", program, *FLAGS[kind], "."],
                           cwd=common.SOURCE / "tests/programs" / ("deathscgo" if kind == "cgo" else "deaths"),
                           env=environment, capture_output=True, text=True)
    if built.returncode:
        common.skip(f"go {version} does not build: {built.stderr.strip()[-300:]}")
    total = 0
    modes = {"cgo": C_MODES, "arm64": ARM_MODES}.get(kind, MODES)
    for death in modes:
        place = root / death
        place.mkdir()
        printed, dump = common.die(program, death, place, "qemu-aarch64" if kind == "arm64" else None)
        total += check(death, printed, dump)
        dump.unlink()
    print(f"{len(modes)} deaths, {total} goroutines compared")
common.finish(problems)
