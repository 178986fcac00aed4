#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small core of profile `stacks` contains no secrets. The process has secrets on its heap, in its environment
and in its threads' memory; they are in the original core and not in the small one.

    slim_privacy.py GO-VERSION [cgo]
"""
import importlib.util
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
import time

import common
import slimming

# So many letters of a secret in a row are not a coincidence.
PART = 8
version, cgo = sys.argv[1], sys.argv[2:] == ["cgo"]
problems = []


def make_cores():
    spec = importlib.util.spec_from_file_location("make_cores", common.STORY / "make-cores.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parts(secret):
    return [secret[i:i + PART].encode() for i in range(len(secret) - PART + 1)]


def holds(path, secret):
    """The number of places in the file that contain a part of the secret."""
    data = path.read_bytes()
    return sum(data.count(part) for part in parts(secret))


def take(folder, heap, environment):
    """Takes the core of a program that has both secrets in memory."""
    exe, core = folder / "server", folder / "core"
    env = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1" if cgo else "0")
    flags = ["-tags=cgo_secret", "-ldflags=-linkmode=external"] if cgo else []
    built = subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", *flags, "-o", exe, "."],
                           cwd=common.SOURCE / "tests/programs/secret", env=env, capture_output=True, text=True, check=False)
    if built.returncode:
        common.skip(f"go {version} does not build: {built.stderr.strip()[-300:]}")
    process = subprocess.Popen([exe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={"PATH": "/usr/bin:/bin", "TOKEN": environment, "GODEBUG": "tracebacklabels=1"},
                               preexec_fn=make_cores().allow_gdb)
    try:
        process.stdin.write(heap + "\n")
        process.stdin.flush()
        if process.stdout.readline().strip() != "ready":
            common.skip("the program did not start")
        time.sleep(0.3)
        make_cores().take(process, str(core), True, "KILL")
        process.wait(timeout=60)
    finally:
        process.kill()
    return core, exe


common.need("go")
common.need("gdb")
if cgo:
    common.need("gcc")
with tempfile.TemporaryDirectory(dir="/var/tmp") as work:
    work = pathlib.Path(work)
    kept_on_heap, kept_in_environment = secrets.token_hex(20), secrets.token_hex(20)
    core, exe = take(work, kept_on_heap, kept_in_environment)
    small, usual, alone = work / "small", work / "usual", work / "alone"
    slimming.slim(core, small, "--profile", "stacks", exe=exe)
    slimming.slim(core, alone, "--profile", "stacks", "--self-contained", exe=exe)
    slimming.slim(core, usual, exe=exe)
    for name, secret in (("heap", kept_on_heap), ("environment", kept_in_environment)):
        if not holds(core, secret):
            problems.append(f"the original core does not contain the secret of the {name}: the test has no subject")
        for path in (small, alone):
            if holds(path, secret):
                problems.append(f"{path.name}: {holds(path, secret)} places contain a part of the secret of the {name}")
    if not holds(usual, kept_on_heap):
        problems.append("the default profile lacks memory that variables point to")
    # All other answers stay, and a finding reports the omitted memory.
    before = slimming.answers(core, exe, False)
    for path in (small, alone):
        problems += slimming.differences(path.name, slimming.without_labels(before),
                                         slimming.without_labels(slimming.answers(path, exe, False)))
    again = work / "again"
    slimming.slim(usual, again, "--profile", "stacks", exe=exe)
    if holds(again, kept_on_heap) or holds(again, kept_in_environment):
        problems.append("a small core that was slimmed again still contains a secret")
    print(f"{small.stat().st_size} bytes without a secret of {core.stat().st_size}; "
          f"{holds(core, kept_on_heap)} parts of it in the core, {holds(usual, kept_on_heap)} in the default profile")
common.finish(problems)
