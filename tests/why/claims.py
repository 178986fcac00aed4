# SPDX-License-Identifier: Apache-2.0
"""Compares the claims to hold locks with what tests/programs/holders wrote down about itself.

usage: claims.py CORE            a core of tests/gopm/common.py
       claims.py arm64 126|127   the same program for arm64, run by an emulator

A proved claim must be true. Each lock whose holder the rules of ownership prove must have one; without optimisations, any
claim. The stripped program must have the same claims.
"""
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gopm"), str(TESTS / "matrix")]
import common

DUMP = common.BUILD / "tests/why/dump_claims"
Claim = collections.namedtuple("Claim", "object id operation strength evidence frame function")


def dump(core, exe):
    """(addresses of contended objects, claims, findings)"""
    result = subprocess.run([DUMP, core, exe], capture_output=True, text=True, check=True, timeout=120)
    objects, claims, findings = set(), [], []
    for line in result.stdout.splitlines():
        kind, rest = line.split(" ", 1)
        if kind == "object":
            objects.add(int(rest.split()[0], 16))
        elif kind == "claim":
            address, number, *more, function = rest.split(" ", 6)
            claims.append(Claim(int(address, 16), int(number), *more, function))
        else:
            findings.append(rest)
    return objects, claims, findings


def emulated(toolchain, folder):
    """Makes a core of the program for arm64."""
    import modes
    import programs
    import truth

    try:
        modes.build(modes.Mode("default"), toolchain, folder / "server", "arm64", program=TESTS / "programs/holders")
        truth.of_ready(folder, arch="arm64", env={"GOMAXPROCS": "4"})
    except programs.Unavailable as why:
        common.skip(why)
    return common.Core(folder)


def check(notes, objects, claims, least):
    """The differences between what the goroutines wrote down and the claims."""
    problems = []
    cases = {note["id"]: note["case"] for note in notes}
    truth = {(note["id"], lock["address"], lock["reads"]): note["proves"] for note in notes for lock in note["holds"] or []}
    holds = {}
    for claim in claims:
        if claim.operation in ("holds", "holds-read"):
            key = (claim.id, claim.object, claim.operation == "holds-read")
            holds[key] = max(holds.get(key, 0), ("possible", "likely", "proved").index(claim.strength))
            if claim.strength == "proved" and key not in truth:
                problems.append(f"{cases.get(claim.id)}: FALSE: {claim}")
    found = collections.Counter()
    for (number, address, reads), proves in truth.items():
        if address not in objects:
            problems.append(f"{cases[number]}: nobody waits for its lock {address:#x}")
            continue
        strength = holds.get((number, address, reads), -1)
        found[strength] += 1
        if proves and strength < least:
            problems.append(f"{cases[number]}: goroutine {number} holds {address:#x}: {'possible likely'.split()[strength] if strength >= 0 else 'no claim'}")
    print(f"{len(notes)} goroutines, {len(truth)} locks: {found[2]} proved, {found[1]} likely, {found[0]} possible, {found[-1]} missing")
    return problems


def check_operations(notes, objects, claims):
    """The differences between what the goroutines are to do and the claims."""
    problems = []
    cases = {note["id"]: note["case"] for note in notes}
    truth = {(note["id"], does["address"], does["operation"]): does["proves"] for note in notes for does in note["does"] or []}
    found = {}
    for claim in claims:
        if claim.operation in ("sends", "receives", "closes", "done", "signals") and claim.id in cases:
            key = (claim.id, claim.object, claim.operation)
            found[key] = max(found.get(key, ""), claim.strength.replace("possible", ""))
            if claim.strength != "possible" and key not in truth:
                problems.append(f"{cases[claim.id]}: FALSE: {claim}")
    for (number, address, operation), proves in truth.items():
        if address not in objects:
            problems.append(f"{cases[number]}: nobody waits for {address:#x}")
        elif found.get((number, address, operation), "") < ("proved" if proves else "likely"):
            problems.append(f"{cases[number]}: goroutine {number} {operation} {address:#x}: {found.get((number, address, operation), 'no claim')}")
    print(f"{len(notes)} goroutines, {len(truth)} operations, {len(found)} found")
    return problems


def compare(made, optimised):
    lines = made.traceback.read_text(encoding="utf-8", errors="replace").splitlines()
    notes = [json.loads(line[6:]) for line in lines if line.startswith("holds {")]
    to_do = [json.loads(line[5:]) for line in lines if line.startswith("does {")]
    objects, claims, findings = dump(made.core, made.exe)
    # Cores of the emulator have no list of files.
    problems = [f"finding: {finding}" for finding in findings if "NT_FILE" not in finding]
    problems += check(notes, objects, claims, 2 if optimised else 0) + check_operations(to_do, objects, claims)
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "server"
        # strip for another CPU than the executable's refuses it.
        if not any(shutil.which(strip) and subprocess.run([strip, "-s", "-o", stripped, made.exe], capture_output=True,
                                                          check=False).returncode == 0
                   for strip in ("strip", "aarch64-linux-gnu-strip")):
            common.skip("there is no strip for this executable")
        _, twins, _ = dump(made.core, stripped)
        for claim in sorted(set(claims) ^ set(twins)):
            problems.append(f"stripped: {claim} differs")
    if len(notes) < 40:
        problems.append("the program noted too few goroutines")
    common.finish(problems)


def main():
    if sys.argv[1] != "arm64":
        compare(common.core(sys.argv[1]), not sys.argv[1].endswith("n"))
    with tempfile.TemporaryDirectory() as folder:
        compare(emulated(sys.argv[2], pathlib.Path(folder)), True)


main()
