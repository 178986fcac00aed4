#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests `gopm slim` on the checked-in sample: output files and their refusal, cores from a pipe, truncated cores, and a
kill at any moment."""
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import common
import slimming

CORE, EXE = common.SAMPLE / "core.zst", common.SAMPLE / "server"
SMALL_PROFILE = ("--profile", "stacks")
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


def run(*arguments, **more):
    return subprocess.run([str(common.GOPM), "slim", *map(str, arguments)], capture_output=True, timeout=300, check=False, **more)


def expect(code, *arguments, error="", **more):
    result = run(*arguments, **more)
    line = " ".join(map(str, arguments))
    text = result.stderr.decode(errors="replace")
    check(result.returncode == code, f"gopm slim {line}: exit code {result.returncode}, not {code}: {text}")
    check(error in text, f"gopm slim {line}: {error!r} is not in {text!r}")
    return result.stdout


def outputs(folder):
    small = folder / "small"
    expect(2, CORE, EXE, error="-o SMALL")
    expect(2, "-o", small, error="no CORE")
    expect(2, "-o", small, "--profile", "everything", CORE, error="everything")
    expect(2, "-o", small, "--level", "much", CORE, error="much")
    expect(1, "-o", small, folder / "nothing", error="No such file")
    expect(1, "-o", folder / "no" / "such" / "folder", CORE, EXE, error="No such file")
    check(not list(folder.iterdir()), f"failures leave {list(folder.iterdir())}")
    text = expect(0, "-o", small, *SMALL_PROFILE, CORE, EXE).decode()
    first = small.read_bytes()
    check(f"{len(first)} bytes of " in text and "2010 goroutines" in text, f"unexpected output {text!r}")
    small.write_bytes(b"mine")
    expect(1, "-o", small, *SMALL_PROFILE, CORE, EXE, error="--force")
    check(small.read_bytes() == b"mine", "an existing file is overwritten")
    expect(0, "-o", small, "--force", *SMALL_PROFILE, CORE, EXE)
    check(small.read_bytes() == first, "two runs write different cores")
    written = expect(0, "-o", "-", *SMALL_PROFILE, CORE, EXE)
    check(written == first, "the core on standard output differs")
    packed = expect(0, "-o", "-", "--zstd", *SMALL_PROFILE, CORE, EXE)
    check(packed[:4] == b"\x28\xb5\x2f\xfd" and len(packed) < len(first), "--zstd does not compress")
    with open("/dev/full", "wb") as full:
        result = subprocess.run([str(common.GOPM), "slim", "-o", "-", *SMALL_PROFILE, str(CORE), str(EXE)], stdout=full,
                                stderr=subprocess.PIPE, timeout=120, check=False)
        check(result.returncode == 1, f"standard output on a full disk: exit code {result.returncode}")
    small.unlink()
    check(not list(folder.iterdir()), f"files were not removed: {list(folder.iterdir())}")


def pipes(folder):
    """Cores from standard input, plain and packed, as from core_pattern."""
    wanted, small, plain = folder / "wanted", folder / "small", folder / "plain"
    expect(0, "-o", wanted, *SMALL_PROFILE, CORE, EXE)
    expect(0, "-o", plain, CORE, EXE)
    with open(CORE, "rb") as core:
        expect(0, "-o", small, *SMALL_PROFILE, "-", EXE, stdin=core)
    check(small.read_bytes() == wanted.read_bytes(), "the core differs if standard input is a file")
    small.unlink()
    for name, content in (("packed", CORE.read_bytes()), ("plain", plain.read_bytes())):
        expect(0, "-o", small, *SMALL_PROFILE, "-", EXE, input=content)
        problems.extend(slimming.differences(f"pipe, {name}", slimming.answers(wanted, EXE, False),
                                             slimming.answers(small, EXE, False)))
        small.unlink()
    expect(1, "-o", small, "-", EXE, input=b"", error="empty")
    expect(1, "-o", small, "-", EXE, input=b"not a core", error="core")
    check(not small.exists(), "a core that cannot be read leaves a file")
    wanted.unlink()
    return plain


def cuts(folder, plain):
    """Truncated cores: the small core gives the same answers and reports the truncation."""
    size = plain.stat().st_size
    data = plain.read_bytes()
    for share in (0.35,) if slimming.SANITIZED else (0.02, 0.35, 0.9, 0.999):
        cut, small = folder / "cut", folder / "small"
        cut.write_bytes(data[:int(size * share)])
        probe = subprocess.run([str(common.GOPM), "goroutines", str(cut), str(EXE)], capture_output=True, check=False)
        if probe.returncode == 1:
            # A core that cannot be opened cannot be slimmed, and no file is left.
            expect(1, "-o", small, cut, EXE)
            check(not small.exists(), f"cut at {share}: a file is left")
            continue
        expect(0, "-o", small, cut, EXE)
        problems.extend(slimming.differences(f"cut at {share}", slimming.answers(cut, EXE), slimming.answers(small, EXE)))
        kinds = {kind for kind, _ in slimming.findings(small, EXE)}
        check("truncated" in kinds, f"cut at {share}: the small core has findings {kinds}")
        again = folder / "again"
        expect(0, "-o", again, small, EXE)
        check("truncated" in {kind for kind, _ in slimming.findings(again, EXE)}, f"cut at {share}: slimmed twice, the truncation is not reported")
        small.unlink()
        again.unlink()


def alone(folder):
    """A self-contained core needs no executable."""
    small = folder / "alone"
    expect(0, "-o", small, "--self-contained", CORE, EXE)
    wanted = slimming.answers(CORE, EXE, False)
    found = {}
    for arguments in slimming.PLAIN:
        code, text, _ = slimming.ask((*arguments, "--no-search"), small)
        found[" ".join(arguments)] = f"exit code {code}\n{text}"
    problems.extend(slimming.differences("self-contained", wanted, found))
    small.unlink()


def kills(folder):
    """Kills gopm at any moment. There is either no file or a complete one, and no other file."""
    small = folder / "small"
    wanted = folder / "wanted"
    started = time.monotonic()
    expect(0, "-o", wanted, *SMALL_PROFILE, CORE, EXE)
    usual = time.monotonic() - started
    whole = wanted.read_bytes()
    wanted.unlink()
    ended, times = 0, 5 if slimming.SANITIZED else 25
    chance = random.Random(4711)
    for _ in range(times):
        process = subprocess.Popen([str(common.GOPM), "slim", "-o", str(small), *SMALL_PROFILE, str(CORE), str(EXE)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, usual))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
        left = list(folder.iterdir())
        check(left in ([], [small]), f"killed: {left} is left")
        if small.exists():
            ended += 1
            check(small.read_bytes() == whole, "killed: the output file is incomplete")
            small.unlink()
    print(f"killed {times} times, {ended} had ended")


# GOPM_TEST_FOLDER selects another file system: not all support unnamed files.
with tempfile.TemporaryDirectory(dir=os.environ.get("GOPM_TEST_FOLDER", "/var/tmp")) as name:
    work = pathlib.Path(name)
    for number, function in enumerate((outputs, kills, alone)):
        (work / str(number)).mkdir()
        function(work / str(number))
    cuts(work, pipes(work))
common.finish(problems)
