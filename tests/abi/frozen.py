#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program that was compiled when the ABI was frozen: frozen/consumer.c, of which the object file is kept.

    frozen.py LIBRARY           links the kept object with the library, and compares its answers with those of a new one
    frozen.py --make            compiles the object anew: until 1.0, if the ABI changed; after it, never

The answers about the sample must have facts that are known from elsewhere. Until 1.0 the ABI may change: then --make, and a
line in CHANGELOG.md.
"""
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import house

HERE = pathlib.Path(__file__).resolve().parent / "frozen"
SAMPLE = house.SOURCE / "examples/story/sample"
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
CC = os.environ.get("CC", "cc")
# What the runtime's traceback and the program itself say.
FACTS = ("core go1.", "group 1001 chan main.Metric", "main.(*Metrics).startInChannelConsumer", "story/metrics.go:93", "eval ",
         "  field inChannel ", "  method SetM main.(*Metrics).SetM", "  blamed 20\n", "phases ",
         '{"id":20,"currentLoc":{"pc":')


def compile_object(target):
    subprocess.run([CC, "-std=c11", "-O1", "-fPIE", "-Wall", "-Wextra", "-Werror", f"-I{house.SOURCE}/include", "-c", "-o", target,
                    HERE / "consumer.c"], check=True)


def answer(folder, name, library):
    program = folder / name.removesuffix(".o")
    subprocess.run([CC, "-o", program, folder / name, library, f"-Wl,-rpath,{library.parent}"], check=True)
    return subprocess.run([program, SAMPLE / "core.zst", SAMPLE / "server"], capture_output=True, text=True, check=True).stdout


def main():
    machine = MACHINES.get(platform.machine())
    kept = HERE / f"consumer-{machine}.o"
    if sys.argv[1:] == ["--make"]:
        compile_object(kept)
        subprocess.run(["strip", "--strip-unneeded", kept], check=True)
        return
    if not kept.exists():
        print(f"SKIP: there is no frozen object for {platform.machine()}")
        sys.exit(77)
    library = pathlib.Path(sys.argv[1]).resolve()
    problems = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "kept.o").write_bytes(kept.read_bytes())
        compile_object(folder / "new.o")
        old, new = (answer(folder, program, library) for program in ("kept.o", "new.o"))
    if old != new:
        first = next((pair for pair in zip(old.splitlines(), new.splitlines()) if pair[0] != pair[1]), ("one ends", "before"))
        problems.append(f"the kept program reads other values: {first}; until 1.0: frozen.py --make")
    problems.extend(f"the kept program does not print {fact!r}" for fact in FACTS if fact not in old)
    print(f"{len(old.splitlines())} lines")
    house.finish(problems)


if __name__ == "__main__":
    main()
