#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures small cores: the time of gopm slim and the size of its cores, and how long gopm snapshot and gcore stop the
same process. If wrk is installed, it measures a server under load too.

    bench/small.py [--dir /tmp/gopm-bench] [--goroutines 1000000]

Needs a release build, go, gdb, about 5 GB of disk and 8 GB of memory for a million goroutines.
"""
import argparse
import importlib.util
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import run

STORY = run.ROOT / "examples/story"
spec = importlib.util.spec_from_file_location("make_cores", run.MAKE_CORES)
make_cores = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_cores)


def mebibytes(path):
    size = os.path.getsize(path)
    return f"{size / (1 << 20):.2f} MiB" if size < 100 << 20 else f"{size / (1 << 20):.0f} MiB"


def slim(name, folder, runs, work, rows):
    core, exe = folder / "core", folder / "server"
    run.warm(core)
    for profile in ("default", "stacks", "heap"):
        small = work / "small.zst"
        took, memory = run.measure([run.GOPM, "slim", "--force", "-p", profile, "-o", small, core, exe], runs)
        rows.append((name, f"`gopm slim -p {profile}`", run.seconds(took), f"{memory:.0f} MiB",
                     f"{mebibytes(core)} to {mebibytes(small)}"))
        print(rows[-1], file=sys.stderr, flush=True)


def snapshot(name, pid, runs, work, rows):
    """Measures the time that the process is stopped, as gopm reports it. gcore stops the process as long as it runs."""
    stops, times = [], []
    small = work / "small.zst"
    for _ in range(runs):
        begin = time.monotonic()
        result = subprocess.run([run.GOPM, "snapshot", "--force", "--json", "-o", small, str(pid)], capture_output=True, check=True)
        times.append(time.monotonic() - begin)
        stops.append(json.loads(result.stdout)["stoppedTime"] / 1e9)
    begin = time.monotonic()
    subprocess.run(["gcore", "-o", work / "full", str(pid)], capture_output=True, check=True)
    gcore = time.monotonic() - begin
    full = work / f"full.{pid}"
    stop = statistics.median(stops)
    rows.append((name, "`gopm snapshot`, stopped", run.seconds(stop), "", f"most {run.seconds(max(stops))}"))
    rows.append((name, "`gopm snapshot`, all", run.seconds(statistics.median(times)), "", mebibytes(small)))
    rows.append((name, "`gcore`, stopped", run.seconds(gcore), "", f"{mebibytes(full)}; {gcore / stop:.0f} times"))
    full.unlink()
    for row in rows[-3:]:
        print(row, file=sys.stderr, flush=True)


def started(exe, *arguments):
    process = subprocess.Popen([exe, *arguments], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
                               env={"PATH": "/usr/bin:/bin", "GOTRACEBACK": "none"})
    return process, process.stdout.readline().strip()


def loaded(work, rows):
    if shutil.which("wrk") is None:
        return
    exe = work / "serving"
    subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", "-o", exe, "."], cwd=run.ROOT / "tests/programs/serving",
                   env=dict(os.environ, CGO_ENABLED="0"), check=True)
    process, address = started(exe)
    wrk = subprocess.Popen(["wrk", "-t1", "-c64", "-d8s", f"http://{address}/"], stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    stops = []
    while wrk.poll() is None:
        result = subprocess.run([run.GOPM, "snapshot", "--force", "--json", "-o", work / "small.zst", str(process.pid)],
                                capture_output=True, check=True)
        stops.append(json.loads(result.stdout)["stoppedTime"] / 1e9)
        time.sleep(0.2)
    output = wrk.stdout.read()
    errors = re.findall(r"^ *(?:Socket errors|Non-2xx).*", output, re.MULTILINE)
    requests = re.search(r"(\d+) requests in", output)[1]
    process.kill()
    rows.append(("server under wrk", f"{len(stops)} times `gopm snapshot`, stopped", run.seconds(statistics.median(stops)), "",
                 f"{requests} requests; errors: {'; '.join(errors) or 'none'}"))
    print(rows[-1], file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/tmp/gopm-bench"))
    parser.add_argument("--goroutines", type=int, default=1000000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--go", default="1.26.8")
    args = parser.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    rows = []
    work = pathlib.Path(tempfile.mkdtemp(dir=args.dir))
    story, many = args.dir / "story", args.dir / str(args.goroutines)
    if not (story / "core").exists():
        subprocess.run([sys.executable, run.MAKE_CORES, story, "--go", args.go], check=True)
    run.make_core(many, run.ROOT / "bench/million", ["-n", str(args.goroutines)], args.go)
    slim("story", story, args.runs, work, rows)
    slim(f"{args.goroutines:,} goroutines", many, min(args.runs, 3), work, rows)

    process, address = started(story / "server")
    connections = make_cores.hang(address, 1000, 0.5)
    snapshot("story", process.pid, args.runs, work, rows)
    process.kill()
    for connection in connections:
        connection.close()
    process, _ = started(many / "server", "-n", str(args.goroutines))
    time.sleep(2)
    snapshot(f"{args.goroutines:,} goroutines", process.pid, min(args.runs, 3), work, rows)
    process.kill()
    loaded(work, rows)
    shutil.rmtree(work)

    print("| subject | operation | time | anonymous memory | |\n|---|---|---:|---:|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
