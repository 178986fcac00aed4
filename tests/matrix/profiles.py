#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `gopm profile` with what prebuilt servers of an older Go answer under /debug/pprof, right before their core is taken.

    profiles.py [--cache DIR] [--gopm PATH]

They are stripped programs, with one sample for each 512 KiB. They run on loopback only, and without a collector, so that nothing
is published between the answer and the core. Exits with 1 on any difference. Not a part of plain ctest.
"""
import argparse
import collections
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import programs
import truth

sys.path.insert(0, str(truth.SOURCE / "tests/gopm"))
import pprof  # noqa: E402

# Programs of programs.py, and options that make them serve profiles.
SERVERS = {"v119-prometheus": [], "v119-etcd": ["--enable-pprof"]}
# Files in place of those of programs.py: prometheus must not scrape while its profile is taken.
FILES = {"prometheus.yml": "scrape_configs: []\n"}
NAMES = ("heap", "allocs", "goroutine")
# Goroutines of the request for the profile: the reader of its connection, and others.
READER = "net/http.(*connReader).backgroundRead"
OF_REQUEST = ("net/http/pprof.", "net/http.(*conn).serve", READER)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/debug/pprof/{name}", timeout=30) as answer:
        return answer.read()


def wait_for(port, process):
    for _ in range(120):
        try:
            return ask(port, "heap")
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.5)
    raise truth.Failed("the server does not answer")


def drop_reader(profile):
    """Removes a goroutine without a stack if the request's own reader is not there: it had just started (Go 1.19)."""
    reads = any(lines and lines[0][0] == READER for sample in profile.samples for _, lines in sample[1])
    profile.samples = [sample for sample in profile.samples if sample[1] or reads]
    return profile


def differences(name, theirs, ours):
    def counted(profile):
        return collections.Counter(s for s in profile.samples
                                   if not any(lines and lines[0][0].startswith(OF_REQUEST) for _, lines in s[1]))

    for member in ("types", "period_type", "period", "default_type"):
        if getattr(theirs, member) != getattr(ours, member):
            yield f"{name}: {member} is {getattr(ours, member)}, not {getattr(theirs, member)}"
    expected, found = counted(theirs), counted(ours)
    yield from (f"{name}: missing {pprof.text(sample)}" for sample in expected - found)
    # Allocations after the answer are not published: 0.
    yield from (f"{name}: more than expected: {pprof.text(sample)}" for sample in found - expected if any(sample[0]))
    if not expected:
        yield f"{name}: the server's profile is empty"


def compare(program, options, exe, gopm, folder):
    port, port2 = free_port(), free_port()
    names = {"dir": folder, "port": port, "port2": port2}
    for path, text in program.prepare.items():
        (folder / path).write_text(FILES.get(path, text.format(**names)), encoding="utf-8")
    arguments = [word.format(**names) for word in program.arguments] + options
    environment = {"PATH": "/usr/bin:/bin", "GOGC": "off"}
    process = subprocess.Popen([exe, *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        time.sleep(8)  # its own goroutines come to rest
        for _ in range(2):
            ask(port, "heap?gc=1")
        theirs = {}
        for name in NAMES:
            time.sleep(0.5)  # the last request ends
            theirs[name] = pprof.Profile(ask(port, name))
        drop_reader(theirs["goroutine"])
        core = folder / "core"
        truth.make_cores.take(process, str(core), True, "CONT")
    finally:
        process.kill()
        process.wait()
    for name in NAMES:
        out = folder / f"{name}.pb.gz"
        result = subprocess.run([str(gopm), "profile", name, "-o", out, core, exe], capture_output=True, text=True, check=False)
        if result.returncode:
            yield f"{name}: gopm: {result.stderr.strip()[-300:]}"
        else:
            yield from differences(name, theirs[name], pprof.read(out))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(home) / "gopm-matrix")
    parser.add_argument("--gopm", type=pathlib.Path, default=truth.SOURCE / "build/release/examples/gopm")
    options = parser.parse_args()
    failed = False
    for program in programs.PROGRAMS:
        if program.name not in SERVERS:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                exe = programs.fetch(program, options.cache)
                problems = list(compare(program, SERVERS[program.name], exe, options.gopm, pathlib.Path(folder)))
            except (programs.Unavailable, truth.Failed) as problem:
                print(f"{program.name}: skipped: {problem}")
                continue
        print(f"{program.name}: {'different' if problems else 'equal'}")
        for problem in problems[:5]:
            print(f"  {problem[:400]}")
        failed = failed or bool(problems)
    return 1 if failed else 0


sys.exit(main())
