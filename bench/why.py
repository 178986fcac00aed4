#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes cores of a million goroutines, healthy and with 1000 contended locks, runs gopm why, and prints a table.

    bench/why.py [--dir /tmp/gopm-bench] [--goroutines 1000000] [--locks 1000] [--runs 3]

Needs a release build, go and gdb, and about 4 GB of disk for each core. CPU is the time of all threads.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

import heap
import run

GOPM = run.GOPM


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/tmp/gopm-bench"))
    parser.add_argument("--goroutines", default="1000000")
    parser.add_argument("--locks", default="1000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--go", default="1.26.8")
    args = parser.parse_args()
    if not GOPM.exists():
        sys.exit(f"why.py: {GOPM} is not built; cmake --preset release && cmake --build --preset release")
    args.dir.mkdir(parents=True, exist_ok=True)
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Go {args.go}, median of {args.runs} runs, page cache warm, "
          f"load at the start {os.getloadavg()[0]:.1f}\n")
    print("| goroutines | contended locks | operation | findings | CPU | wall | anonymous memory |\n|---:|---:|---|---|---:|---:|---:|")
    for locks in ("0", args.locks):
        folder = args.dir / f"waits-{args.goroutines}-{locks}"
        run.make_core(folder, run.ROOT / "bench/waits", ["-n", args.goroutines, "-locks", locks], args.go)
        core, exe = folder / "core", folder / "server"
        run.warm(core)
        for options in (["why"], ["why", "--quick"], ["leaks"]):
            name = f"`gopm {' '.join(options)}`"
            result = subprocess.run([GOPM, *options, "--json", core, exe], capture_output=True, text=True, check=False)
            if result.returncode not in (0, 3):
                print(f"| {args.goroutines} | {locks} | {name} | exit code {result.returncode}: {result.stderr.strip()[:80]} | | | |")
                continue
            answer = json.loads(result.stdout)
            answer = answer.get("result", answer)
            said = len(answer["findings"]) if "findings" in answer else f"{len(answer['leaked'])} leaked"
            wall, cpu, memory = heap.measure([GOPM, *options, core, exe], args.runs, (0, 3))
            print(f"| {int(args.goroutines):,} | {locks} | {name} | {said} | {run.seconds(cpu)} | {run.seconds(wall)} | "
                  f"{memory:.0f} MiB |", flush=True)


if __name__ == "__main__":
    main()
