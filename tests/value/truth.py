#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares gopm's variables with the values that programs noted just before they parked.

usage: truth.py [--core CORE EXE NOTES | --seeds FIRST LAST] [--verbose]

Makes cores of tests/programs/truth with each installed Go, optimized and not, with DWARF 5 and 4, and of two random
programs. With --seeds it makes only cores of random programs. An exact, runtime or recovered value must equal the last
note. A recovered argument may also equal the value at the call. Of stale-possible values, the script counts those that
are right. The sums over all cores come last. Exit 77: Go or gdb is missing.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
GOPM = pathlib.Path(os.environ.get("GOPM_COMMAND", BUILD / "examples/gopm"))
sys.path.insert(0, str(SOURCE / "tests/value"))
import delve

PLANS = [
    [],
    ["--dwarf", "4"],
    ["--build-flags=-gcflags='all=-N -l'"],
    ["--dwarf", "4", "--build-flags=-gcflags='all=-N -l'"],
    ["--build-flags=-gcflags=all=-l"],
    ["--build-flags=-buildmode=pie"],
]
RANDOM = [21, 22]  # seeds
# Each way to build once: what differs between Go versions is in all of them.
QUICK = {"1.26.8": [PLANS[0], PLANS[2], RANDOM[0]], "1.27.3": [PLANS[0], PLANS[1], RANDOM[0]]}
SURE = ("exact", "runtime", "recovered")


def activations(path):
    """{goroutine: active functions, outermost first, as (function, {name: values})}"""
    stacks, passed = collections.defaultdict(list), collections.defaultdict(dict)
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split(" ", 3)
        if words[0] == "enter":
            stacks[int(words[1])].append((words[2], passed.pop(int(words[1]), {})))
        elif words[0] == "leave" and len(words) > 1 and words[1].isdigit():
            stacks[int(words[1])].pop()
        elif words[0] == "pass":
            passed[int(words[1])].setdefault(words[2], []).append(json.loads(words[3]))
        elif words[0] == "note":
            stacks[int(words[1])][-1][1].setdefault(words[2], []).append(json.loads(words[3]))
    return stacks


def plain(v):
    """A value of gopm's JSON in the form of the program's notes. None: the kind is not compared."""
    kind, value, children = v["kind"], v["value"], v["children"]
    if v["unreadable"]:
        return "unreadable"
    if 2 <= kind <= 12:
        found = re.search(r"\((-?\d+)\)$", value)
        return found.group(1) if found else value
    if kind == 1:
        return value
    if kind == 13:
        return f"bits {struct.unpack('<I', struct.pack('<f', float(value)))[0]:x}"
    if kind == 14:
        return f"bits {struct.unpack('<Q', struct.pack('<d', float(value)))[0]:x}"
    if kind == 24:
        return "text " + value
    if kind == 18:
        channel = {child["name"]: child["value"] for child in children}
        return f"holds {channel.get('qcount', 0)} of {channel.get('dataqsiz', 0)}"
    if kind == 21:
        return f"holds {v['len']}"
    if kind in (22, 26):
        return f"at {int(value):#x}"
    if kind == 19:
        return "func " + value
    if kind in (17, 23):
        return [plain(c) for c in children]
    if kind == 25:
        return [plain(c) for c in children]
    return None


def pointed(v):
    """The target of a pointer, with its own provenance or else the pointer's."""
    if v is None or v["unreadable"] or not v["children"]:
        return v
    return {"provenance": v.get("provenance"), **v["children"][0], "flags": v["flags"]}


class Truth:
    def __init__(self, verbose):
        self.counts = collections.Counter()
        self.verbose = verbose
        self.wrong = 0

    def variable(self, where, v, expected):
        if v is None:
            self.counts["not in scope"] += 1
            if self.verbose:
                print(f"not in scope: {where}")
            return
        provenance = v.get("provenance")
        if v["unreadable"] or provenance is None:
            self.counts["unreadable"] += 1
            if self.verbose:
                print(f"unreadable: {where}, {expected[-1]}: {v['unreadable']}")
            return
        found = plain(v)
        if found is None:
            return
        right = found == expected[-1]
        if not right and provenance == "recovered" and v["flags"] & 8 and found == expected[0]:
            self.counts["recovered, value at the call"] += 1
            return
        self.counts[f"{provenance}, {'right' if right else 'wrong'}"] += 1
        if not right and (provenance in SURE or self.verbose):
            print(f"wrong: {where} is {found}, not {expected[-1]}; {provenance} {v.get('origin', '')}")
        self.wrong += not right and provenance in SURE

    def goroutine(self, number, noted, frames):
        by_function = collections.defaultdict(list)
        for index in range(len(frames) - 1, -1, -1):
            name = re.sub(r"\[.*\]", "", frames[index]["function"]["name"])
            by_function[name].append((index, frames[index]))
        for function, notes in noted:
            if not by_function[function]:
                self.counts["no such frame"] += 1
                continue
            index, frame = by_function[function].pop(0)
            variables = {}
            for v in frame["Arguments"] + frame["Locals"]:
                if not v["flags"] & 2:
                    variables[v["name"]] = v
            for name, value in notes.items():
                v = variables.get(name.lstrip("*"))
                if name.startswith("*"):
                    v = pointed(v)
                self.variable(f"goroutine {number} frame {index} {function} {name}", v, value)


def check(core, exe, notes, verbose):
    noted = activations(notes)
    text = subprocess.run([GOPM, "stack", "--all", "--full", "--json", "--max-depth", "4", core, exe],
                          capture_output=True, check=True).stdout
    truth = Truth(verbose)
    for stack in json.loads(text.decode(errors="replace"))["result"]:
        if noted.get(stack["goroutineID"]):
            truth.goroutine(stack["goroutineID"], noted[stack["goroutineID"]], stack["Locations"])
    return truth


def show(counts):
    for label, count in sorted(counts.items()):
        print(f"{count:8} {label}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--core", nargs=3, type=pathlib.Path, metavar=("CORE", "EXE", "NOTES"))
    parser.add_argument("--program", type=pathlib.Path, default=SOURCE / "tests/programs/truth")
    parser.add_argument("--seeds", nargs=2, type=int, metavar=("FIRST", "LAST"), help="use only random programs, of these seeds of truth_random.py")
    parser.add_argument("--quick", action="store_true", help="use each of three build plans once, not with each Go version")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    if arguments.core:
        truth = check(*arguments.core, arguments.verbose)
        show(truth.counts)
        return 1 if truth.wrong else 0
    for tool in ("go", "gdb"):
        if shutil.which(tool) is None:
            print(f"skipped: {tool} is not installed")
            return 77
    # A build with sanitizers runs only a part: the answers do not depend on them.
    quick = arguments.quick or bool(os.environ.get("GOPM_SANITIZE"))
    plans = PLANS + RANDOM
    if arguments.seeds:
        plans = range(arguments.seeds[0], arguments.seeds[1] + 1)
    failed, total, cores = False, collections.Counter(), 0
    for version in (v for v in delve.VERSIONS if delve.has_go(v)):
        for plan in QUICK[version] if quick and not arguments.seeds else plans:
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                program, flags, label = arguments.program, plan, " ".join(plan) if isinstance(plan, list) else f"random program {plan}"
                if not isinstance(plan, list):
                    program, flags = folder / "program", []
                    subprocess.run([sys.executable, SOURCE / "tests/value/truth_random.py", program, str(plan)], check=True)
                made = subprocess.run(
                    [sys.executable, SOURCE / "examples/story/make-cores.py", folder, "--lean", "--quiet", "0.3",
                     "--go", version, "--program", program, *flags],
                    capture_output=True, text=True, check=False)
                if made.returncode != 0:
                    print(made.stdout + made.stderr)
                    return 1
                print(f"== Go {version} {label}", flush=True)
                truth = check(folder / "core", folder / "server", folder / "traceback.txt", arguments.verbose)
            show(truth.counts)
            failed |= truth.wrong != 0 or not truth.counts["exact, right"]
            failed |= plan == [] and not truth.counts["runtime, right"]
            total.update(truth.counts)
            cores += 1
    print(f"== {cores} cores together")
    show(total)
    stale = total["stale-possible, right"], total["stale-possible, wrong"]
    print(f"of {sum(stale)} stale-possible values {stale[0]} are right")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
