#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes cores with 10 000, 100 000 and a million parked goroutines, runs the floor, gopm and, if installed, Delve, and
prints a table.

    bench/run.py [--dir /tmp/gopm-bench] [--sizes 10000,100000,1000000] [--no-delve] [--beside BUILD]

With --beside, each command of gopm runs alternately with that of another build, for example of another commit. The table
has the ratio of their times.

Needs a release build (cmake --preset release && cmake --build --preset release), go, gdb,
a C compiler, and about 5 GB of disk and 6 GB of memory for the largest core.
"""
import argparse
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/release"
GOPM = BUILD / "examples/gopm"
MAKE_CORES = ROOT / "examples/story/make-cores.py"


def make_core(folder, program, arguments, go):
    if (folder / "core").exists():
        return
    command = [sys.executable, MAKE_CORES, folder, "--program", program, "--quiet", "0.5", "--traceback", "none", "--go", go]
    subprocess.run(command + [f"--argument={argument}" for argument in arguments], check=True)


def warm(path):
    """Reads a file anew into the page cache. What gdb wrote in small pieces is there in small pages, which take longer to map."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while file.read(1 << 24):
            pass


def anonymous(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def measure(command, runs, stdin=None):
    """(median seconds, peak anonymous memory in MiB)"""
    times, most = [], 0
    for _ in range(runs):
        begin = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   stdin=stdin or subprocess.DEVNULL)
        peak = [0]

        def watch(pid=process.pid, peak=peak):
            while process.poll() is None:
                peak[0] = max(peak[0], anonymous(pid))
                time.sleep(0.002)

        watcher = threading.Thread(target=watch)
        watcher.start()
        errors = process.stderr.read()
        process.wait()
        times.append(time.monotonic() - begin)
        watcher.join()
        most = max(most, peak[0])
        if process.returncode:
            sys.exit(f"{command}: exit code {process.returncode}: {errors.decode()[:500]}")
    return statistics.median(times), most / 1024


def compare(command, other, runs):
    """Of two commands that run in turn: median seconds and most memory of the first, and how many times as long as
    the other it takes, by their medians."""
    times, most = ([], []), 0
    for _ in range(runs):
        for which, one in enumerate((command, other)):
            took, memory = measure(one, 1)
            times[which].append(took)
            most = max(most, memory) if which == 0 else most
    median = statistics.median(times[0])
    return median, most, median / statistics.median(times[1])


def compile_c(source, target, *more):
    subprocess.run(["cc", "-O2", "-std=c11", "-D_GNU_SOURCE", f"-I{ROOT}/include", "-o", target, ROOT / "bench" / source, *more],
                   check=True)


def delve_command(delve, exe, core, script):
    return [delve, "core", exe, core, "--check-go-version=false", "--allow-non-terminal-interactive=true", "--init", script]


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/tmp/gopm-bench"))
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--go", default="1.26.8")
    parser.add_argument("--no-delve", action="store_true")
    parser.add_argument("--beside", type=pathlib.Path, metavar="BUILD", help="a release build of another commit")
    args = parser.parse_args()
    if not GOPM.exists():
        sys.exit(f"run.py: {GOPM} is not built; cmake --preset release && cmake --build --preset release")
    delve = None if args.no_delve else shutil.which("dlv") or shutil.which("dlv", path=os.path.expanduser("~/go/bin"))
    args.dir.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="gopm-bench-"))
    compile_c("floor.c", work / "floor")
    compile_c("unwind.c", work / "unwind", f"-L{BUILD}", "-lgopm", f"-Wl,-rpath,{BUILD}")
    others = {GOPM: args.beside / "examples/gopm", work / "unwind": work / "unwind-beside"} if args.beside else {}
    if args.beside:
        compile_c("unwind.c", work / "unwind-beside", f"-L{args.beside}", "-lgopm", f"-Wl,-rpath,{args.beside}")

    def run_case(command, runs):
        """Median seconds, most memory, and the text of the last column's ratio."""
        if command[0] not in others:
            return (*measure(command, runs), "")
        took, memory, ratio = compare(command, [others[command[0]], *command[1:]], runs)
        return took, memory, f"{ratio:.2f}"

    script = work / "delve"
    script.write_text("goroutines -group userloc\nexit\n")

    rows, ratios = [], []
    for size in (int(part) for part in args.sizes.split(",")):
        folder = args.dir / str(size)
        make_core(folder, ROOT / "bench/million", ["-n", str(size)], args.go)
        core, exe = folder / "core", folder / "server"
        warm(core)
        pairs = work / "pairs"
        with open(pairs, "wb") as file:
            subprocess.run([work / "unwind", core, exe, "pairs"], stdout=file, check=True)
        floor = []
        for _ in range(args.runs):
            with open(pairs, "rb") as file:
                floor.append(float(subprocess.run([work / "floor", core], stdin=file, capture_output=True, check=True).stdout))
        floor = statistics.median(floor) / 1000
        unwound = subprocess.run([work / "unwind", core, exe], capture_output=True, text=True, check=True).stdout.split()
        cases = [
            ("open and first goroutine", [GOPM, "goroutines", "--limit", "1", core, exe], args.runs),
            ("`gopm goroutines --group-by user`", [GOPM, "goroutines", "--group-by", "user", core, exe], args.runs),
            ("`gopm goroutines --group-by object`", [GOPM, "goroutines", "--group-by", "object", core, exe], args.runs),
            (f"all stacks unwound ({int(unwound[2]):,} frames)", [work / "unwind", core, exe], args.runs),
            ("the same, with the files read instead of mapped", [work / "unwind", core, exe, "read"], args.runs),
            ("`gopm goroutines --json`", [GOPM, "goroutines", "--json", core, exe], args.runs),
        ]
        if delve:
            cases.append(("Delve `goroutines -group userloc`", delve_command(delve, exe, core, script),
                          1 if size >= 1000000 else min(3, args.runs)))
        rows.append((f"{size:,}", "floor: touch each g and 8 words of its stack", seconds(floor), "", "1.0", ""))
        grouped = None
        for name, command, runs in cases:
            took, memory, ratio = run_case(command, runs)
            if "group-by user" in name:
                grouped = took
            if "Delve" in name:
                ratios.append(f"{size:,} goroutines: gopm is {took / grouped:.0f} times faster than Delve")
            rows.append((f"{size:,}", name, seconds(took), f"{memory:.0f} MiB", f"{took / floor:.1f}", ratio))
            print(rows[-1], file=sys.stderr, flush=True)

    big = args.dir / "big"
    make_core(big, ROOT / "bench/big", [], args.go)
    core, exe = big / "core", big / "server"
    warm(core)
    listed = subprocess.run([GOPM, "goroutines", "--where", "user=main.consume", core, exe], capture_output=True, text=True,
                            check=True).stdout
    number = listed.split()[1]
    megabytes = exe.stat().st_size / 1e6
    took, memory, ratio = run_case([GOPM, "stack", "-g", number, "--full", core, exe], args.runs)
    rows.append((f"{megabytes:.0f} MB executable", "`gopm stack -g ID --full`", seconds(took), f"{memory:.0f} MiB", "", ratio))
    took, memory, ratio = run_case([GOPM, "goroutines", "--limit", "1", core, exe], args.runs)
    rows.append((f"{megabytes:.0f} MB executable", "open and first goroutine", seconds(took), f"{memory:.0f} MiB", "", ratio))
    if delve:
        script.write_text(f"goroutine {number} stack 100 -full\nexit\n")
        took, memory = measure(delve_command(delve, exe, core, script), min(3, args.runs))
        rows.append((f"{megabytes:.0f} MB executable", "Delve `goroutine ID stack -full`", seconds(took), f"{memory:.0f} MiB", "", ""))
    shutil.rmtree(work)

    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Go {args.go}, median of {args.runs} runs, page cache warm\n")
    columns = ["core", "operation", "time", "anonymous memory", "times the floor"] + (["times the other build"] if args.beside else [])
    print("| " + " | ".join(columns) + " |\n|---|---|" + "---:|" * (len(columns) - 2))
    for row in rows:
        print("| " + " | ".join(row[: len(columns)]) + " |")
    print()
    print("\n".join(ratios))


if __name__ == "__main__":
    main()
