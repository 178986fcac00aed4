#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`gopm profile` writes what runtime/pprof wrote in the same process, just before its core was taken.

    profiles.py CORE               a core of common.CORES
    profiles.py arm64 GO [strip]   a core that the emulator writes, which has no names of mapped files

Differences, each because the core is later:
- The goroutine that wrote the profiles has another stack. It is goroutine 1, in main.main.
- Writing a profile allocates. Nothing is collected after that, so these allocations are not published: their stacks are
  samples whose values are all 0.
- The kernel's [vsyscall] is not in a core.
"""
import base64
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import common
import pprof

NAMES = ("heap", "allocs", "mutex", "block", "goroutine")


def theirs(text):
    """{name: profile that the process wrote}"""
    found = {}
    for line in text.splitlines():
        if line.startswith("profile "):
            _, name, data = line.split()
            found[name] = pprof.Profile(base64.b64decode(data))
    return found


def is_writer(sample):
    return any(lines and lines[0][0] == "main.main" for _, lines in sample[1])


def compare(name, a, b, mapped=True):
    """Problems of our profile `b`; `a` is that of the process. `mapped`: the core has the names of mapped files."""
    for member in ("types", "period_type", "period", "default_type", "drop", "keep"):
        if getattr(a, member) != getattr(b, member):
            yield f"{name}: {member} is {getattr(b, member)}, not {getattr(a, member)}"
    if b.time:
        yield f"{name}: it has a time, but a core has no clock"
    expected, found = (collections.Counter(s for s in p.samples if name != "goroutine" or not is_writer(s)) for p in (a, b))
    for sample in expected - found:
        yield f"{name}: missing {pprof.text(sample)}"
    for sample in found - expected:
        if name == "goroutine" or any(sample[0]):
            yield f"{name}: more than expected: {pprof.text(sample)}"
    order = [[s for s in p.samples if any(s[0]) and not (name == "goroutine" and is_writer(s))] for p in (a, b)]
    if name != "goroutine" and order[0] != order[1] and not expected - found:
        yield f"{name}: the samples are in another order"
    maps = [{m for m in p.mappings.values() if m[3] != "[vsyscall]"} for p in (a, b)]
    for row in maps[0] - maps[1] if mapped else ():
        yield f"{name}: no mapping {row}, only {maps[1]}"


def pending(core, profiles):
    """--pending adds the 500 allocations of keep() after the last collection, of which all were sampled."""
    published = sum(s[0][0] for s in profiles["heap"].samples if s[1] and s[1][0][1][0][0] == "main.keep")
    answer = json.loads(common.gopm("profile", "heap", "--json", "--pending", core.core, core.exe))
    ours = [s for s in answer["result"] if s["stack"] and s["stack"][0]["function"]["name"] == "main.keep"]
    total = sum(s["values"]["alloc_objects"] for s in ours)
    if published != 3000 or total != 3500 or sum(s["pending"]["alloc_objects"] for s in ours) != 500:
        yield f"main.keep: {published} published, {total} with --pending; {[s['pending'] for s in ours]}"
    size = {s["objectSize"] for s in ours}
    if len(size) != 1 or sum(s["values"]["alloc_space"] for s in ours) != 3500 * size.pop():
        yield f"main.keep: bytes do not agree with objects: {ours[:2]}"


def table(core, profiles):
    """The table has the sums of the profile."""
    answer = json.loads(common.gopm("profile", "--json", "block", core.core, core.exe))
    sums = [sum(s[0][i] for s in profiles["block"].samples) for i in (0, 1)]
    if [answer["total"]["contentions"], answer["total"]["delay"]] != sums:
        yield f"block: the totals are {answer['total']}, not {sums}"
    rows = common.gopm("profile", "goroutine", core.core, core.exe).splitlines()
    # 60 goroutines of waiters(), one without labels, and the main goroutine.
    if rows[-1].split() != ["62", "all"] or rows[0].split() != ["goroutines", "site"]:
        yield f"goroutine: the table is {rows}"


def opens(path):
    """go tool pprof must read it."""
    result = subprocess.run(["go", "tool", "pprof", "-top", "-nodecount=3", path], capture_output=True, text=True, check=False,
                            env=dict(os.environ, PPROF_TMPDIR=str(path.parent)))
    if result.returncode or "flat%" not in result.stdout:
        yield f"go tool pprof: {(result.stdout + result.stderr)[-500:]}"


def emulated(go, *options):
    """Problems of the program on arm64."""
    common.need("qemu-aarch64")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        exe = folder / "server"
        flags = ["-ldflags=-s -w"] if "strip" in options else []
        environment = dict(os.environ, GOARCH="arm64", CGO_ENABLED="0", GOTOOLCHAIN=f"go{go}", GOFLAGS="-mod=mod")
        built = subprocess.run(["go", "build", "-buildvcs=false", "-trimpath", *flags, "-o", exe, "."], capture_output=True, text=True,
                               cwd=common.SOURCE / "tests/programs/profiled", env=environment, check=False)
        if built.returncode:
            common.skip(f"cannot build for arm64: {built.stderr[-300:]}")
        errors, core = common.die(exe, "die", folder, "qemu-aarch64")
        profiles = theirs(errors)
        problems = [] if set(profiles) == set(NAMES) else [f"the program wrote {sorted(profiles)}"]
        for kind in profiles:
            path = folder / f"{kind}.pb.gz"
            common.gopm("profile", kind, "-o", path, core, exe)
            problems += compare(kind, profiles[kind], pprof.read(path), mapped=False)
    return problems


def main(name):
    core = common.core(name)
    profiles = theirs(core.traceback.read_text(encoding="utf-8", errors="replace"))
    if set(profiles) != set(NAMES):
        return [f"the program wrote {sorted(profiles)}"]
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in NAMES:
            path = pathlib.Path(folder) / f"{kind}.pb.gz"
            common.gopm("profile", kind, "-o", path, core.core, core.exe)
            problems += compare(kind, profiles[kind], pprof.read(path))
            problems += opens(path)
        # The same from a small core.
        small = pathlib.Path(folder) / "small"
        common.gopm("slim", "-o", small, core.core, core.exe)
        for kind in NAMES:
            path = pathlib.Path(folder) / f"{kind}-small.pb.gz"
            common.gopm("profile", kind, "-o", path, small, core.exe)
            problems += [f"small core: {text}" for text in compare(kind, profiles[kind], pprof.read(path))]
    if not name.endswith("s"):
        problems += pending(core, profiles)
    problems += table(core, profiles)
    return problems


common.need("go")
common.finish(emulated(*sys.argv[2:]) if sys.argv[1] == "arm64" else main(sys.argv[1]))
