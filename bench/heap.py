#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes cores of a program with 0.4, 4 and 12 million objects, runs gopm heap, and prints a table.

    bench/heap.py [--dir /tmp/gopm-bench] [--sizes 400000,4000000,12000000] [--runs 3]

Needs a release build, go and gdb, and about 2 GB of disk for the largest core. CPU is the time of all threads.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import run

GOPM = run.GOPM


def measure(command, runs, codes=(0,)):
    """Medians of wall and CPU seconds, and the most anonymous memory in MiB. `codes`: exit codes of success."""
    walls, cpus, most = [], [], 0
    for _ in range(runs):
        begin = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            most = max(most, run.anonymous(process.pid))
            time.sleep(0.002)
        walls.append(time.monotonic() - begin)
        cpus.append(usage.ru_utime + usage.ru_stime)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            sys.exit(f"{command}: exit code {process.returncode}")
    return statistics.median(walls), statistics.median(cpus), most / 1024


def some_object(core, exe):
    """Address of an object of a type that a tree holds, many pointers from its root."""
    lines = subprocess.run([GOPM, "heap", "--objects", "--type", "main.Payload", "--limit", "1", core, exe], check=True,
                           capture_output=True, text=True).stdout
    return lines.split()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/tmp/gopm-bench"))
    parser.add_argument("--sizes", default="400000,4000000,12000000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--go", default="1.26.8")
    args = parser.parse_args()
    if not GOPM.exists():
        sys.exit(f"heap.py: {GOPM} is not built; cmake --preset release && cmake --build --preset release")
    args.dir.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Go {args.go}, median of {args.runs} runs, page cache warm, "
          f"load at the start {load:.1f}\n")
    print("| objects | heap | operation | CPU | wall | anonymous memory |\n|---:|---:|---|---:|---:|---:|")
    for size in args.sizes.split(","):
        folder = args.dir / f"heap-{size}"
        run.make_core(folder, run.ROOT / "bench/heap", ["-n", size], args.go)
        core, exe = folder / "core", folder / "server"
        run.warm(core)
        heap = json.loads(subprocess.run([GOPM, "heap", "--json", core, exe], check=True, capture_output=True,
                                         text=True).stdout)["heap"]
        address = some_object(core, exe)
        cases = [("`gopm heap`", []), ("`gopm heap --retained`", ["--retained"]), ("`gopm heap --suspects`", ["--suspects"]),
                 ("`gopm heap --path ADDRESS`", ["--path", address])]
        for name, options in cases:
            wall, cpu, memory = measure([GOPM, "heap", *options, core, exe], args.runs)
            print(f"| {heap['objects']:,} | {heap['bytes'] / (1 << 20):.0f} MiB | {name} | {run.seconds(cpu)} | "
                  f"{run.seconds(wall)} | {memory:.0f} MiB |", flush=True)


if __name__ == "__main__":
    main()
