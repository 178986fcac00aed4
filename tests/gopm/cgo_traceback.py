#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`traceback --c` of a program that has called runtime.SetCgoTraceback is what the runtime printed, byte for byte, with
frames of C in the same places. Also of the thread that died: C is between the kernel and the runtime's signal handler.

    cgo_traceback.py GO-VERSION
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import common

PROGRAM = common.SOURCE / "tests/programs/cgotrace"
FLAGS = "-g0 -O1 -fno-inline -fno-shrink-wrap -fno-omit-frame-pointer -fno-optimize-sibling-calls"
# The program's own unwinder stops before them.
OUTER = ("start_thread", "start", "clone", "clone3", "__clone", "__clone3")
problems = []


def blocks(text):
    """Goroutine id -> lines. The program asked for the stub's callers before the stub called Go, so its pc is another."""
    found = {}
    for block in text.split("\n\n"):
        head = re.match(r"goroutine (\d+) ", block)
        if not head:
            continue
        lines = block.splitlines()
        keep = []
        for i, line in enumerate(lines):
            name = lines[i - 1] if line.startswith("\t") else line
            if name in OUTER:
                continue
            keep.append(re.sub(r"pc=\w+", "pc=?", line) if name in ("goMiddle", "goParked") and line != name else line)
        found[int(head[1])] = keep
    return found


def main(version):
    common.need("go")
    common.need("gcc")
    with tempfile.TemporaryDirectory(prefix="gopm-cgo-traceback") as name:
        folder = pathlib.Path(name)
        source = folder / "source"
        shutil.copytree(PROGRAM, source)
        (source / "c.c.txt").rename(source / "c.c")
        environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1", CGO_CFLAGS=FLAGS, GOFLAGS="-mod=mod")
        built = subprocess.run(["go", "build", "-buildvcs=false", "-o", folder / "exe", "."], cwd=source, env=environment,
                               capture_output=True, text=True)
        if built.returncode:
            common.skip(f"cannot build: {built.stderr.strip()[-300:]}")
        text, core = common.die(folder / "exe", "fault", folder)
        theirs = text.split("\n-----\n")[0]
        theirs = re.split(r"\n\nrax +0x", theirs)[0]
        ours = common.gopm("traceback", "--c", "--level", "crash", core, folder / "exe")
        if ours.split("goroutine ")[0] != theirs.split("goroutine ")[0]:
            problems.append(f"the cause is {ours.split('goroutine ')[0]!r}, the runtime's {theirs.split('goroutine ')[0]!r}")
        compared = 0
        mine = blocks(ours)
        for number, lines in blocks(theirs).items():
            compared += any(line.startswith("cFault") or line.startswith("cPark") for line in lines)
            if mine.get(number) != lines:
                problems.append("goroutine {}:\n{}\nthe runtime's:\n{}".format(number, "\n".join(mine.get(number, ["missing"])), "\n".join(lines)))
        if compared < 2:
            problems.append(f"only {compared} goroutines have frames of C")
        plain = common.gopm("traceback", "--level", "crash", core, folder / "exe")
        if "cFault" in plain.replace("Cfunc_cFault", ""):
            problems.append("frames of C without --c")
        info = json.loads(common.gopm("info", "--json", core, folder / "exe"))["result"]
        if info.get("crashedIn", {}).get("frame", {}).get("function", {}).get("name") != "cFault":
            problems.append(f"info says it crashed in {info.get('crashedIn')}")
    common.finish(problems)


if __name__ == "__main__":
    main(*sys.argv[1:])
