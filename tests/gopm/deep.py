#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A core of a recursion of 5 million frames: both ends, and frames between.

The program knows how deep it is, and each frame its number. The runtime's own traceback has the first and the last 50
frames, and the number of those between.

    deep.py GO-VERSION
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import common
import traceback_text

DEPTH = 5_000_000
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


def stack(core, *options):
    return json.loads(common.gopm("stack", "-g", 1, "--json", *options, core))["result"]


def places(frames):
    return [(frame["function"]["name"], frame["file"], frame["line"]) for frame in frames]


def number_of(frame):
    """The value of n in a frame of main.down."""
    return int(next(v["value"] for v in frame["Arguments"] if v["name"] == "n"))


def check_windows(core, last):
    inner = stack(core, "--depth", 40)
    check((inner["end"], "depth" in inner, "first" in inner) == ("limit", False, False),
          f"--depth 40: end is {inner['end']}, depth {inner.get('depth')}")
    first = next(i for i, frame in enumerate(inner["Locations"]) if frame["function"]["name"] == "main.down")
    outer = stack(core, "--outer", 50)
    found = places(outer["Locations"])
    check(found == last, f"--outer 50: {found}, the runtime's {last}")
    check(outer["end"] == "complete", f"--outer 50: end is {outer['end']}")
    check(outer["depth"] == outer["first"] + 50, f"depth {outer['depth']}, first {outer['first']}")
    # main.main, runtime.main and runtime.goexit called main.down.
    check(outer["depth"] == first + DEPTH + 1 + 3, f"depth {outer['depth']}, not {first + DEPTH + 4}")
    middle = first + DEPTH // 2
    window = stack(core, "--full", "--frames", f"{middle}-{middle + 2}")
    numbers = [number_of(frame) for frame in window["Locations"]]
    check(numbers == [DEPTH // 2 + i for i in range(3)], f"--frames: n is {numbers}")
    check((window["first"], window["end"]) == (middle, "limit"), f"--frames: {window['first']}, {window['end']}")
    beyond = stack(core, "--frames", f"{outer['depth']}-{outer['depth'] + 5}")
    check((beyond["Locations"], beyond["depth"]) == ([], outer["depth"]), f"frames past the end: {beyond}")
    text = common.gopm("stack", "-g", 1, "--outer", 2, core)
    check(text.startswith(f"({outer['depth'] - 2} inner frames are not shown)\n{outer['depth'] - 2}  0x"),
          f"--outer 2 prints {text}")


def check_limit(core):
    text = common.gopm("stack", "-g", 1, core)
    check(re.search(r"^\(truncated: limit of frames reached, at 0x\w+; .*--outer N.*\)$", text, re.MULTILINE) is not None,
          f"no word that frames are missing: {text[-200:]}")
    check(text.count(" in main.down\n") > 60_000, "the inner end has less than 60000 frames")
    found = json.loads(common.gopm("findings", "--json", core))["result"]
    check(any(f["kind"] == "limit" and "stack has more than 65536 frames" in f["message"] for f in found),
          f"no finding: {found}")


common.need("go")
with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
    folder = pathlib.Path(name)
    program = folder / "deep"
    built = subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", "-gcflags=-N -l", "-o", program, "."],
                           cwd=common.SOURCE / "tests/programs/deep", capture_output=True, text=True, check=False,
                           env=dict(os.environ, GOTOOLCHAIN="go" + sys.argv[1], CGO_ENABLED="0"))
    if built.returncode:
        common.skip(f"go {sys.argv[1]} does not build: {built.stderr.strip()[-300:]}")
    printed, dump = common.die(program, str(DEPTH), folder)
    theirs = traceback_text.first_blocks(printed)
    ours = traceback_text.first_blocks(common.gopm("traceback", "--level", "crash", dump))
    check(ours == theirs, f"the traceback is\n{ours}\nthe runtime's\n{theirs}")
    check(re.search(r"^\.\.\.\d+ frames elided\.\.\.$", theirs, re.MULTILINE) is not None, "the runtime elides no frames")
    check_windows(dump, traceback_text.parse(printed)[1].frames[-50:])
    check_limit(dump)
    print(f"{DEPTH} frames")
common.finish(problems)
