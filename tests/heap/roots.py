# SPDX-License-Identifier: Apache-2.0
"""Compares the roots of a core with the objects that tests/programs/roots noted, and with what the collector kept.

usage: roots.py CORE            a core of tests/gopm/common.py
       roots.py arm64 126|127   the same program for arm64, run by an emulator

An object that the collector kept must be in a root of its kind, in its variable or function. One that it freed must be
in none. The stripped program must have the same roots.
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

DUMP = common.BUILD / "tests/heap/dump_roots"
HEADER = 8  # bytes before an object of more than 512 bytes with pointers, in its slot
Root = collections.namedtuple("Root", "kind place word content owner frame flags name")


def dump(core, exe):
    """(roots, findings)"""
    result = subprocess.run([DUMP, core, exe], capture_output=True, text=True, check=True, timeout=120)
    lines = result.stdout.splitlines()
    split = [line.split(" ", 7) for line in lines if not line.startswith("finding ")]
    roots = [Root(kind, int(place), int(word), int(content), int(owner), int(frame), flags, name)
             for kind, place, word, content, owner, frame, flags, name in split]
    return roots, [line[8:] for line in lines if line.startswith("finding ")]


def check(note, by_word, by_content):
    """The difference between a note and the roots; None if they agree."""
    address = note["address"]
    found = by_word.get(address, [])
    if note["kept"] is False:
        exact = [root for root in found if "c" not in root.flags]
        return f"was freed, but is in {exact}" if exact else None
    if note["name"] == "object with a finalizer":
        found = [root for root in by_word.get(address - HEADER, []) if "o" in root.flags and root.owner == address - HEADER]
    if note["kind"] == "cleanup":  # its argument is in an object of its own
        found = by_content.get(address, [])
    if not [root for root in found if root.kind == note["kind"] and root.name.startswith(note["in"])]:
        return f"is in no root of kind {note['kind']} in {note['in']!r}: {found}"
    return None


def emulated(toolchain, folder):
    """Makes a core of the program for arm64."""
    import modes
    import programs
    import truth

    try:
        modes.build(modes.Mode("default"), toolchain, folder / "server", "arm64", program=TESTS / "programs/roots")
        truth.of_ready(folder, arch="arm64", env={"GODEBUG": "asyncpreemptoff=1", "GOMAXPROCS": "4"})
    except programs.Unavailable as why:
        common.skip(why)
    return common.Core(folder)


def compare(made):
    lines = made.traceback.read_text(encoding="utf-8", errors="replace").splitlines()
    notes = [json.loads(line[5:]) for line in lines if line.startswith("root ")]
    roots, findings = dump(made.core, made.exe)
    # Cores of the emulator have no list of files.
    findings = [finding for finding in findings if "NT_FILE" not in finding]
    problems = [f"finding: {finding}" for finding in findings]
    by_word, by_content = collections.defaultdict(list), collections.defaultdict(list)
    for root in roots:
        by_content[root.content].append(root)
        by_word[root.word].append(root)
    for note in notes:
        problem = check(note, by_word, by_content)
        if problem:
            problems.append(f"{note['name']} {note['address']:#x} {problem}")
    counts = subprocess.run([DUMP, "--count", made.core, made.exe], capture_output=True, text=True, check=True, timeout=120)
    for line in counts.stdout.splitlines():
        if not line.startswith("finding ") and line.split()[3] != "0":
            problems.append(f"exact roots point to slots that are not allocated: {line}")
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "server"
        # strip for another CPU than the executable's refuses it.
        if not any(shutil.which(strip) and subprocess.run([strip, "-s", "-o", stripped, made.exe], capture_output=True,
                                                          check=False).returncode == 0
                   for strip in ("strip", "aarch64-linux-gnu-strip")):
            common.skip("there is no strip for this executable")
        twins, findings = dump(made.core, stripped)
        problems += [f"stripped: finding: {finding}" for finding in findings if "NT_FILE" not in finding]
        for root in set(root[:7] for root in roots) ^ set(root[:7] for root in twins):
            problems.append(f"stripped: {root} differs")
    freed = sum(note["kept"] is False for note in notes)
    guessed = sum("c" in root.flags for root in roots)
    print(f"{len(notes)} objects, {freed} freed; {len(roots)} roots, {guessed} conservative")
    if len(notes) < 4:
        problems.append("the program noted too few objects")
    common.finish(problems)


def main():
    if sys.argv[1] != "arm64":
        compare(common.core(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        compare(emulated(sys.argv[2], pathlib.Path(folder)))


main()
