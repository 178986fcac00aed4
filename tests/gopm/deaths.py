#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cores that the kernel writes, with its default filter, of programs that die in every way.

The cause of death, the text before the traceback, and every goroutine that was not running must equal the
runtime's own output on standard error.

    deaths.py GO-VERSION plain|stripped|pie
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

import common
import traceback_text

MODES = ["nil", "address", "string", "error", "errors", "wrapped", "int", "struct", "index", "again", "nested", "unlock",
         "map", "overflow", "deadlock", "quit", "abort"]
FLAGS = {"plain": [], "stripped": ["-ldflags=-s -w"], "pie": ["-buildmode=pie"]}
version, kind = sys.argv[1:3]
problems = []


def unlimited():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def die(exe, mode, folder):
    """Runs the program until it dies. Returns its standard error and the core."""
    environment = {"PATH": "/usr/bin:/bin", "GOTRACEBACK": "crash"}
    result = subprocess.run([exe, mode], cwd=folder, env=environment, capture_output=True, preexec_fn=unlimited)
    cores = list(folder.glob("core*"))
    if not cores:
        common.skip("the kernel writes no core into the working folder")
    core = cores[0].rename(folder / f"{mode}.core")
    return result.stderr.decode(errors="replace"), core


def front(text):
    """The cause of death as the runtime prints it: the text before the first goroutine. Without the stack of a
    scheduler, and without the addresses and stack bounds that the runtime prints before it throws."""
    text = re.split(r"^goroutine \d+ |^runtime stack:", text, maxsplit=1, flags=re.MULTILINE)[0]
    return re.sub(r"^(runtime: |unexpected fault address ).*\n", "", text, flags=re.MULTILINE).strip()


def check(mode, text, core):
    info = json.loads(common.gopm("info", "--json", core))["result"]
    if mode in ("quit", "abort"):
        want = "signal"
    else:
        want = "fatal error" if "fatal error: " in front(text) else "panic"
    if info["death"] != want:
        problems.append(f"{mode}: death is {info['death']}, not {want}")
    elif want == "panic":
        # "panic: " may occur several times; the last is the cause of death.
        printed = re.findall(r"^\t*panic: (.*?)(?=^\t*panic: |^\[signal|\Z)", front(text), re.MULTILINE | re.DOTALL)[-1].strip()
        printed = re.sub(r" \[recovered.*\]$", "", printed)
        if info["deathText"].strip() not in (printed, printed.replace("\n\t", "\n")):
            problems.append(f"{mode}: died of {info['deathText']!r}, the runtime's {printed!r}")
    elif want == "fatal error":
        # The text is in runtime.printBacklog. Only a symbol gives its address.
        printed = re.search(r"^fatal error: (.*)", front(text), re.MULTILINE)[1] if kind != "stripped" else ""
        if info["deathText"] != printed:
            problems.append(f"{mode}: died of {info['deathText']!r}, the runtime's {printed!r}")
    ours = traceback_text.parse(common.gopm("traceback", "--level", "system", core))
    theirs = traceback_text.parse(text)
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
    if mode not in ("quit", "abort") and (want == "panic" or kind != "stripped"):
        whole = common.gopm("traceback", "--level", "system", core)
        if front(whole) != front(text):
            problems.append(f"{mode}: the text before the first goroutine is\n{front(whole)}\nthe runtime's\n{front(text)}")
    return compared


common.need("go")
with tempfile.TemporaryDirectory() as name:
    root = pathlib.Path(name)
    program = root / "deaths"
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="0")
    built = subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", "-o", program, *FLAGS[kind], "."],
                           cwd=common.SOURCE / "tests/programs/deaths", env=environment, capture_output=True, text=True)
    if built.returncode:
        common.skip(f"go {version} does not build: {built.stderr.strip()[-300:]}")
    total = 0
    for death in MODES:
        place = root / death
        place.mkdir()
        printed, dump = die(program, death, place)
        total += check(death, printed, dump)
        dump.unlink()
    print(f"{len(MODES)} deaths, {total} goroutines compared")
common.finish(problems)
