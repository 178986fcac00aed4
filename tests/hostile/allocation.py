#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lets allocations of the library fail, one in each execution: see allocation.c.

    allocation.py            some of them, for ./test
    allocation.py --every    each of them, which takes half an hour
"""
import pathlib
import subprocess
import sys
import tempfile

import run
import targets

# target: executions in ./test, spread over all allocations
TARGETS = {"amd64": 60, "dwarf": 60, "stripped": 30, "arm64": 20}
PROGRAM = run.BUILD / "tests/hostile/hostile_allocation"


def check(name, files, every):
    """Returns the number of the last allocation, and whether all answers were right."""
    count = TARGETS[name]
    # Allocation number 0 never fails: this execution only counts them.
    total = int(subprocess.run([PROGRAM, *files, "0", "1", "1"], capture_output=True, text=True, check=True).stdout.split()[8].rstrip(";"))
    step = 1 if every else max(1, total // count)
    result = subprocess.run([PROGRAM, *files, "1", str(step)], capture_output=True, text=True, check=False)
    print(f"{name}: {result.stdout}{result.stderr}", end="")
    return result.returncode == 0


def main():
    every = "--every" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        right = [check(name, targets.prepare(name, pathlib.Path(work)), every) for name in TARGETS]
    return 0 if all(right) else 1


sys.exit(main())
