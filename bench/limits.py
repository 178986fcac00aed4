#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times values that are too large, too deep, endless or damaged, with default limits. It measures the whole command, and
one frame alone in a program that has the core open (bench/frame.c).

    bench/limits.py [--dir /tmp/gopm-bench] [--runs 9]

Needs a release build, go, gdb, and 3 GB of disk for each Go version (mostly holes). The program is tests/programs/limits,
and the damage is that of tests/value/limits.py.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import run

sys.path.insert(0, str(run.ROOT / "tests/value"))
os.environ.setdefault("GOPM_BUILD", str(run.BUILD))
import limits

FRAMES = {
    "slices": "1 GB `[]byte`, 1 GB `[]struct`, 1 GB string",
    "maps": "maps of a million ints, a million strings, one left of a million, 100 deep",
    "channels": "channels of a million ints, of a thousand 8 kB arrays",
    "cycles": "cyclic list, pointer, interfaces, map, slices",
}
TORN = {
    "tornMaps": f"{len(limits.DAMAGE['tornMaps'])} damaged maps",
    "tornSlices": f"{len(limits.DAMAGE['tornSlices'])} damaged slices and strings",
    "tornChannels": f"{len(limits.DAMAGE['tornChannels'])} damaged channels",
    "tornInterfaces": f"{len(limits.DAMAGE['tornInterfaces'])} damaged interfaces",
}


def milliseconds(value):
    return f"{value * 1000:.1f} ms"


def rows(version, core, frames, program, runs):
    for function, label in frames.items():
        listed = subprocess.run([run.GOPM, "goroutines", "--where", f"start=main.{function}", core.core, core.exe],
                                capture_output=True, text=True, check=True).stdout
        number = listed.split()[1]
        text, _ = run.measure([run.GOPM, "stack", "-g", number, "--full", core.core, core.exe], runs)
        json, _ = run.measure([run.GOPM, "stack", "-g", number, "--full", "--json", core.core, core.exe], runs)
        answers = [float(subprocess.run([program, core.core, core.exe, number, f"main.{function}"], capture_output=True,
                                        check=True).stdout) / 1000 for _ in range(runs)]
        yield version, label, milliseconds(text), milliseconds(json), milliseconds(statistics.median(answers)), milliseconds(max(answers))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/tmp/gopm-bench"))
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--go", default="1.26.8,1.27.3")
    args = parser.parse_args()
    table = []
    with tempfile.TemporaryDirectory(prefix="gopm-bench-") as work:
        program = pathlib.Path(work) / "frame"
        run.compile_c("frame.c", program, f"-L{run.BUILD}", "-lgopm", f"-Wl,-rpath,{run.BUILD}")
        for version in args.go.split(","):
            folder = args.dir / f"limits-{version}"
            folder.mkdir(parents=True, exist_ok=True)
            if not (folder / "core").exists():
                subprocess.run([sys.executable, run.MAKE_CORES, folder, "--program", run.ROOT / "tests/programs/limits",
                                "--lean", "--go", version], check=True)
            core = limits.common.Core(folder)
            torn_folder = folder / "torn"
            torn_folder.mkdir(exist_ok=True)
            torn = limits.damage(core, torn_folder)
            table += rows(version, core, FRAMES, program, args.runs)
            table += rows(version, torn, TORN, program, args.runs)
            torn.core.unlink()
    print("| Go | frame | `gopm stack --full` | with `--json` | the frame's values, text and JSON | most |\n|---|---|---:|---:|---:|---:|")
    for row in table:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
