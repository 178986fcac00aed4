#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small core with the heap gives the same answers about the heap as the original: totals, types, each object, and who
retains what.

    slim_heap.py NAME
"""
import pathlib
import subprocess
import sys
import tempfile

import common
import slimming

DUMP = common.BUILD / "tests/heap/dump_retained"
QUESTIONS = (("heap", "--json"), ("heap", "--objects", "--json"), ("heap", "--json", "--no-dwarf"), ("profile", "heap", "--json"))
problems = []


def answers(core, exe):
    """{question: answer}"""
    found = {}
    for question in QUESTIONS:
        code, text, _ = slimming.ask(question, core, exe)
        found[" ".join(question)] = f"exit code {code}\n{text}"
    return found


def retained(core, exe):
    result = subprocess.run([DUMP, core, exe], capture_output=True, text=True, timeout=120, check=False)
    return {"retained": f"exit code {result.returncode}\n{result.stdout or result.stderr}"}


made = common.core(sys.argv[1])
with tempfile.TemporaryDirectory(dir="/var/tmp") as work:
    work = pathlib.Path(work)
    before = {**answers(made.core, made.exe), **retained(made.core, made.exe)}
    if not before["heap --json"].startswith("exit code 0") or '"partial":false' not in before["heap --json"]:
        problems.append(f"the original: {before['heap --json'][-300:]}")
    small, again, alone = work / "small", work / "again", work / "alone"
    result = slimming.slim(made.core, small, "--profile", "heap", exe=made.exe)
    print(f"{sys.argv[1]}: {result['coreSize']} bytes of {result['originalSize']}")
    problems += slimming.differences("small", before, {**answers(small, made.exe), **retained(small, made.exe)})
    slimming.slim(small, again, "--profile", "heap", exe=made.exe)
    problems += slimming.differences("slimmed twice", before, {**answers(again, made.exe), **retained(again, made.exe)})
    # Alone it has no DWARF.
    slimming.slim(made.core, alone, "--profile", "heap", "--self-contained", exe=made.exe)
    code, text, _ = slimming.ask(("heap", "--json", "--no-search"), alone)
    problems += slimming.differences("self-contained", {"heap": before["heap --json --no-dwarf"]},
                                     {"heap": f"exit code {code}\n{text}"})
    # The default profile has a part of it, and says so.
    default = work / "default"
    slimming.slim(made.core, default, exe=made.exe)
    code, text, errors = slimming.ask(("heap", "--json"), default, made.exe)
    if code == 0 and ('"partial":true' not in text or not errors):
        problems.append(f"the default profile does not say what it lacks: {text[-300:]} {errors}")
common.finish(problems)
