#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small cores of programs that died, from cores that the kernel wrote.

Every answer, the cause of death and the answers of other programs stay the same. This includes a core that the
kernel sends through a pipe.

    slim_deaths.py GO-VERSION
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import common
import slimming

MODES = ["nil", "string", "wrapped", "nested", "overflow", "deadlock", "quit", "ill"]
DEATH = ("death", "deathText", "deathLines", "signal", "signalCode", "signalPC", "kernelSignal", "faultAddress",
         "deathThread", "deathGoroutine", "backlog", "goVersion", "coreBuildID", "pid", "commandLine", "now", "threads")
problems = []


def unlimited():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def info(core, exe):
    found = json.loads(common.gopm("info", "--json", core, exe))["result"]
    return {key: found.get(key) for key in DEATH}


def check(mode, core, exe, folder):
    small, stacks, piped = folder / "small", folder / "stacks", folder / "piped"
    slimming.slim(core, small, exe=exe)
    before = slimming.answers(core, exe)
    problems.extend(slimming.differences(mode, before, slimming.answers(small, exe)))
    slimming.slim(core, stacks, "--profile", "stacks", exe=exe)
    wanted = {key: text for key, text in before.items() if "--full" not in key}
    problems.extend(slimming.differences(f"{mode}, stacks", slimming.without_labels(wanted),
                                         slimming.without_labels(slimming.answers(stacks, exe, False))))
    for path in (small, stacks):
        if info(path, exe) != info(core, exe):
            problems.append(f"{mode}, {path.name}: {info(path, exe)}, not {info(core, exe)}")
    if slimming.gdb_answers(core, exe) is not None:
        problems.extend(slimming.differences(mode, slimming.gdb_answers(core, exe), slimming.gdb_answers(small, exe)))
    # Reads from a pipe, as with "|gopm slim - -o ..." in core_pattern.
    with open(core, "rb") as stream:
        result = subprocess.run(["sh", "-c", 'cat | "$0" slim --quiet -o "$1" - "$2"', common.GOPM, piped, exe], stdin=stream,
                                capture_output=True, text=True, check=False)
    if result.returncode or piped.read_bytes() != small.read_bytes():
        problems.append(f"{mode}: the core from a pipe differs: {result.stderr}")
    return core.stat().st_size, small.stat().st_size, stacks.stat().st_size


common.need("go")
with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
    root = pathlib.Path(name)
    program = root / "deaths"
    built = subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", "-o", program, "."],
                           cwd=common.SOURCE / "tests/programs/deaths", capture_output=True, text=True, check=False,
                           env=dict(os.environ, GOTOOLCHAIN="go" + sys.argv[1], CGO_ENABLED="0"))
    if built.returncode:
        common.skip(f"go {sys.argv[1]} does not build: {built.stderr.strip()[-300:]}")
    for death in MODES:
        place = root / death
        place.mkdir()
        subprocess.run([program, death], cwd=place, env={"PATH": "/usr/bin:/bin", "GOTRACEBACK": "crash"},
                       capture_output=True, preexec_fn=unlimited, check=False)
        cores = list(place.glob("core*"))
        if not cores:
            common.skip("the kernel writes no core into the working folder")
        print(f"{death}: {' '.join(map(str, check(death, cores[0], program, place)))} bytes")
common.finish(problems)
