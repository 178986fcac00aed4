#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small core gives the same answers as the original, byte for byte, in gopm, Delve and gdb.

    slim.py NAME|sample
"""
import pathlib
import sys
import tempfile

import common
import slimming

# Largest packed size of the story's core: small enough to mail.
MOST_PACKED = 3 << 20
problems = []


def compare(made, folder, name):
    plain, packed = folder / "small", folder / "small.zst"
    before = slimming.answers(made.core, made.exe)
    result = slimming.slim(made.core, plain, exe=made.exe)
    packed_result = slimming.slim(made.core, packed, exe=made.exe)
    print(f"{name}: {plain.stat().st_size} bytes, packed {packed.stat().st_size}, of {result['originalSize']}")
    if (result["fileSize"], packed_result["fileSize"]) != (plain.stat().st_size, packed.stat().st_size):
        problems.append("the result's file size is not the file's")
    if packed_result["coreSize"] != plain.stat().st_size:
        problems.append(f"the core in {packed.name} has {packed_result['coreSize']} bytes, not {plain.stat().st_size}")
    if packed.stat().st_size > MOST_PACKED:
        problems.append(f"{packed.stat().st_size} bytes packed are more than {MOST_PACKED}")
    problems.extend(slimming.differences("default", before, slimming.answers(plain, made.exe)))
    problems.extend(slimming.differences("packed", {"goroutines": before["goroutines"]},
                                         {"goroutines": slimming.answers(packed, made.exe, False)["goroutines"]}))
    missing = slimming.findings(made.core, made.exe) - slimming.findings(plain, made.exe)
    problems.extend(f"the small core lacks the finding: {finding}" for finding in missing)

    again = folder / "again"
    second = slimming.slim(plain, again, exe=made.exe)
    if second["originalSize"] != result["originalSize"]:
        problems.append(f"slimmed twice: the original has {second['originalSize']} bytes, not {result['originalSize']}")
    problems.extend(slimming.differences("slimmed twice", before, slimming.answers(again, made.exe)))

    stacks = folder / "stacks"
    slimming.slim(made.core, stacks, "--profile", "stacks", exe=made.exe)
    wanted = slimming.without_labels({key: text for key, text in before.items() if "--full" not in key})
    problems.extend(slimming.differences("stacks", wanted, slimming.without_labels(slimming.answers(stacks, made.exe, False))))

    if slimming.SANITIZED:
        return plain
    heap = folder / "heap"
    slimming.slim(made.core, heap, "--profile", "heap", exe=made.exe)
    problems.extend(slimming.differences("heap", before, slimming.answers(heap, made.exe)))

    alone = folder / "alone"
    slimming.slim(made.core, alone, "--self-contained", exe=made.exe)
    wanted = {key: text for key, text in before.items() if "--full" not in key}
    # No other file is opened: all answers come from the core alone.
    found = {}
    for arguments in slimming.PLAIN:
        code, text, _ = slimming.ask((*arguments, "--no-search"), alone)
        found[" ".join(arguments)] = f"exit code {code}\n{text}"
    problems.extend(slimming.differences("self-contained", wanted, found))
    return plain


def others(made, small):
    """Compares the answers of other programs."""
    core = made.core
    # One run is enough: a build with sanitizers writes the same core.
    if core.suffix == ".zst" or slimming.SANITIZED:
        return
    for ask in (lambda file: slimming.delve_answers(file, made.exe, 25), lambda file: slimming.gdb_answers(file, made.exe)):
        before = ask(core)
        if before is not None:
            problems.extend(slimming.differences(str(sorted(before)[0]), before, ask(small)))


with tempfile.TemporaryDirectory(dir="/var/tmp") as work:
    work = pathlib.Path(work)
    if sys.argv[1] == "sample":
        with common.sample() as found_core:
            compare(found_core, work, "sample")
    else:
        made_core = common.core(sys.argv[1])
        others(made_core, compare(made_core, work, sys.argv[1]))
common.finish(problems)
