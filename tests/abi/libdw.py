#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""libgopm in a process that has elfutils' libdw loaded before. libdw and libdwarf have functions of the same names.

    libdw.py LIBRARY

Loaded with RTLD_DEEPBIND, libgopm has the variables that the command prints. Linked, it says that it cannot read DWARF
there: calls of libdwarf go to libdw. libdw works on in both."""
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
SAMPLE = [SOURCE / "examples/story/sample/core.zst", SOURCE / "examples/story/sample/server"]
GOROUTINE, FRAME, GLOB = "20", "3", "net/http.*"


def output(*command):
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        print(f"{command[0]}: exit code {made.returncode}\n{made.stdout[-400:]}{made.stderr[-2000:]}")
        sys.exit(1)
    return made.stdout


def variables(text):
    """The lines without what the command adds: how sure a value is, and totals."""
    lines = (re.sub(r"  \((exact|runtime|recovered|stale-possible).*\)$", "", line) for line in text.splitlines())
    return [line for line in lines if " = " in line]


def check_refusal(library):
    """Linked after libdw, libgopm says why there are no variables, and has no wrong ones."""
    got = output(BUILD / "tests/abi/libdw_linked", *SAMPLE, library, GOROUTINE, FRAME, GLOB)
    # Without DWARF, arguments are found by the tables of the runtime.
    lines = [line for line in got.splitlines() if not re.match(r"arg\d+ = |status -", line)]
    if lines or not re.search(r"^status -\d+: .*its DWARF is not read: libdw.*RTLD_DEEPBIND", got, re.MULTILINE):
        print(f"libdw_linked prints {got[:1000]}")
        return 1
    return 0


def main():
    library = sys.argv[1]
    if not (BUILD / "tests/abi/libdw_linked").exists():
        print("SKIP: libdw-dev is not installed")
        return 77
    failed = check_refusal(library)
    gopm = BUILD / "examples/gopm"
    expected = variables(output(gopm, "vars", "-g", GOROUTINE, "-f", FRAME, *SAMPLE)) + variables(output(gopm, "vars", GLOB, *SAMPLE))
    if len(expected) < 100 or not any("inChannel" in line for line in expected):
        print("the command prints too few variables")
        return 1
    got = variables(output(BUILD / "tests/abi/libdw_loaded", *SAMPLE, library, GOROUTINE, FRAME, GLOB))
    different = [f"{e}\n  {g}" for e, g in zip(expected, got) if e != g]
    print(f"libdw_loaded: {len(got)} variables, {len(different)} different")
    print("\n".join(different[:5]))
    failed += len(different) + abs(len(got) - len(expected))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
