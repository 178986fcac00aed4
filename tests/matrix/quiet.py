#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No false alarm: runs gopm why and gopm leaks on servers of others at random moments, under load and idle.

    quiet.py [--cache DIR] [--only GLOB]... [--cores 20] [--seed N] [--go 126|127] [--again] [--take]

The servers are those of servers.py, and one of a distribution. They run on loopback only. Nothing hangs in them: no finding
may be certain, and no goroutine leaked. Cores stay in the cache until --again. Not a part of plain ctest.
"""
import argparse
import dataclasses
import fnmatch
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

import goker
import load
import programs
import servers
import truth

sys.path[:0] = [str(truth.SOURCE / "tests/gopm"), str(truth.SOURCE / "tests/why")]
import common  # noqa: E402
import scoring  # noqa: E402

CONNECTIONS = 24
BUSY = 6
STATES = ("load", "idle")
load.LIMIT = 1800.0  # seconds: the load lasts until pause()


def http(pressure, *paths):
    for path in paths:
        for _ in range(CONNECTIONS // 4):
            pressure.spawn(pressure.keep_alive, path)
    pressure.spawn(pressure.half, b"")
    pressure.spawn(pressure.half, b"GET / HT")
    pressure.wait()
    for number in range(BUSY):
        pressure.spawn((pressure.compressed, pressure.busy)[number % 2], paths[number % len(paths)])


def kine(pressure):
    for number in range(CONNECTIONS):
        pressure.spawn(pressure.etcd_calls, number)
    pressure.wait()
    for _ in range(BUSY):
        pressure.spawn(pressure.etcd_busy)


@dataclasses.dataclass
class Subject:
    name: str
    arguments: list
    files: dict
    load: object
    binary: object  # function of the cache and the toolchain
    env: dict = dataclasses.field(default_factory=dict)


def built(name, put):
    server = next(server for server in servers.SERVERS if server.name == name)
    return Subject(name, server.arguments, server.prepare, put, lambda cache, toolchain: servers.build(server, toolchain, cache))


def packaged(name, put):
    program = next(program for program in programs.PROGRAMS if program.name == name)
    return Subject(name, program.arguments, program.prepare, put, lambda cache, _: programs.fetch(program, cache), program.env)


SUBJECTS = [
    built("nats", servers.nats),
    built("caddy", lambda pressure: http(pressure, "/", "/file.txt", "/nothing")),
    built("node_exporter", lambda pressure: http(pressure, "/", "/metrics")),
    built("kine", kine),
    packaged("v119-prometheus", lambda pressure: http(pressure, "/metrics", "/api/v1/query?query=up", "/-/healthy")),
]


def start(subject, exe, work):
    """(process, port)"""
    port = load.free_port()
    words = {"{port}": str(port), "{port2}": str(load.free_port()), "{dir}": str(work)}

    def fill(text):
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    for name, content in subject.files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(fill(content), encoding="utf-8")
    with open(work / "log.txt", "w", encoding="utf-8") as log:
        process = subprocess.Popen([str(exe)] + [fill(word) for word in subject.arguments], cwd=work, stdin=subprocess.DEVNULL,
                                   env={"PATH": "/usr/bin:/bin", "HOME": str(work), **subject.env}, stdout=log, stderr=log,
                                   start_new_session=True, preexec_fn=truth.make_cores.allow_gdb)
    if not load.reachable(port):
        raise truth.Failed(f"the server does not listen (exit code {process.poll()})")
    return process, port


@dataclasses.dataclass
class Count:
    cores: int = 0
    certain: int = 0
    likely: int = 0
    leaked: int = 0
    kinds: list = dataclasses.field(default_factory=list)  # texts of findings
    slowest: float = 0.0


def examine(core, exe, count):
    begin = time.monotonic()
    findings, leaks = scoring.answers(common.GOPM, core, exe)
    count.slowest = max(count.slowest, time.monotonic() - begin)
    count.cores += 1
    count.certain += sum(finding["certainty"] == "certain" for finding in findings)
    count.likely += sum(finding["certainty"] == "likely" for finding in findings)
    count.leaked += len(leaks["leaked"])
    for finding in findings:
        if finding["certainty"] in ("certain", "likely"):
            count.kinds.append(f"{core.name}: {scoring.brief(finding)}")
    if leaks["leaked"]:
        count.kinds.append(f"{core.name}: leaked {leaks['leaked']}")


def take(subject, exe, folder, number, dice):
    """Runs the server and takes cores of it, `number` under load and `number` idle."""
    truth.begin(folder)
    work = folder / "work"
    work.mkdir()
    shutil.copy2(exe, folder / "server")
    process, port = start(subject, folder / "server", work)
    pressure = servers.Pressure(port, work)
    try:
        subject.load(pressure)
        if not pressure.answers:
            raise truth.Failed("the server does not answer")
        for state in STATES:
            if state == "idle":
                pressure.pause()
                time.sleep(1)
            for i in range(number):
                time.sleep(dice.uniform(0.02, 0.6))
                if process.poll() is not None:
                    raise truth.Failed(f"the server ended with exit code {process.returncode}")
                goker.take(process, folder / f"{state}-{i}.core")
    finally:
        try:
            os.killpg(process.pid, 9)
        except ProcessLookupError:
            pass
        process.wait(timeout=10)
        pressure.close()
    shutil.rmtree(work, ignore_errors=True)


def watch(subject, args, dice):
    """{state: Count}"""
    folder = args.cache / "quiet" / f"{subject.name}-{args.go}"
    done = folder / "done"
    if args.again or not done.exists() or int(done.read_text(encoding="ascii")) < args.cores:
        take(subject, subject.binary(args.cache, args.go), folder, args.cores, dice)
        done.write_text(f"{args.cores}\n", encoding="ascii")
    counts = {}
    for state in () if args.take else STATES:
        counts[state] = Count()
        for i in range(args.cores):
            examine(folder / f"{state}-{i}.core", folder / "server", counts[state])
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("/tmp/gopm-matrix"))
    parser.add_argument("--only", action="append", metavar="GLOB")
    parser.add_argument("--cores", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--go", choices=("126", "127"), default="127")
    parser.add_argument("--again", action="store_true", help="take new cores")
    parser.add_argument("--take", action="store_true", help="only take cores")
    args = parser.parse_args()
    common.need("gdb")
    dice = random.Random(args.seed)
    total = Count()
    print("| server | state | cores | certain | likely | leaked | slowest |\n|---|---|---:|---:|---:|---:|---:|")
    for subject in SUBJECTS:
        if args.only and not any(fnmatch.fnmatch(subject.name, glob) for glob in args.only):
            continue
        try:
            counts = watch(subject, args, dice)
        except (programs.Unavailable, truth.Failed) as why:
            print(f"{subject.name}: {why}")
            total.certain += isinstance(why, truth.Failed)
            continue
        for state, count in counts.items():
            print(f"| {subject.name} | {state} | {count.cores} | {count.certain} | {count.likely} | {count.leaked} | {count.slowest:.2f} s |",
                  flush=True)
            for text in count.kinds[:8]:
                print(f"  {text}")
            total.certain += count.certain
            total.likely += count.likely
            total.leaked += count.leaked
    print(f"\n{total.certain} certain, {total.likely} likely, {total.leaked} leaked")
    sys.exit(bool(total.certain or total.leaked or total.likely > 1))


if __name__ == "__main__":
    main()
