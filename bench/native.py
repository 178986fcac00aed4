#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures stacks through C: a program with 1500 threads that wait in C, a third of which came there through Go. gdb prints the same
stacks, but those that are beyond Go's.

    bench/native.py [--dir /tmp/gopm-bench] [--threads 1500] [--runs 5] [--beside BUILD]

With --beside, each command of gopm runs alternately with that of another build. Needs a release build, go, gcc and gdb.
"""
import argparse
import os
import pathlib
import subprocess
import sys

import run

sys.path.insert(0, str(run.ROOT / "tests/gopm"))
os.environ.setdefault("GOPM_BUILD", str(run.BUILD))
import native


def make_core(folder, threads, go):
    if (folder / "core").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", "-o", folder / "server", "."], cwd=run.ROOT / "bench/cthreads", check=True,
                   env=dict(os.environ, GOTOOLCHAIN="go" + go, CGO_ENABLED="1", CGO_CFLAGS="-O2 -g"))
    # The kernel's limit is the size of the stacks that the runtime lets C make.
    process = subprocess.Popen(["sh", "-c", 'ulimit -s 256; exec "$@"', "sh", folder / "server", "-n", str(threads)], stdout=subprocess.PIPE,
                               text=True, preexec_fn=native.allow)
    process.stdout.readline()
    native.gcore(process.pid, folder / "core")
    process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/tmp/gopm-bench"))
    parser.add_argument("--threads", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--go", default="1.26.8")
    parser.add_argument("--beside", type=pathlib.Path, metavar="BUILD", help="a release build of another commit")
    args = parser.parse_args()
    folder = args.dir / f"cthreads-{args.threads}"
    make_core(folder, args.threads, args.go)
    core, exe = folder / "core", folder / "server"
    run.warm(core)
    rows = []
    for words in (["threads"], ["threads", "--stack"], ["threads", "--stack", "--json"], ["stack", "--all"]):
        ratio = ""
        command = [run.GOPM, words[0], "-q", *words[1:], core, exe]
        if args.beside:
            took, memory, times = run.compare(command, [args.beside / "examples/gopm", *command[1:]], args.runs)
            ratio = f"{times:.2f}"
        else:
            took, memory = run.measure(command, args.runs)
        rows.append((f"{args.threads} threads in C", f"`gopm {' '.join(words)}`", run.seconds(took), f"{memory:.0f} MiB", ratio))
        print(rows[-1], file=sys.stderr, flush=True)
    script = ["-ex", "set debuginfod enabled off", "-ex", f"file {exe}", "-ex", f"core-file {core}", "-ex", "thread apply all bt"]
    took, memory = run.measure(["gdb", "-nx", "-batch", "-q", *script], 1)
    rows.append((f"{args.threads} threads in C", "gdb `thread apply all bt`", run.seconds(took), f"{memory:.0f} MiB", ""))
    print(f"| core | operation | time | anonymous memory |{' times the other build |' if args.beside else ''}")
    print("|---|---|---:|---:|" + ("---:|" if args.beside else ""))
    for row in rows:
        print("| " + " | ".join(row if args.beside else row[:-1]) + " |")


if __name__ == "__main__":
    main()
