#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares types from DWARF and from descriptors with the reflection of the program itself (tests/programs/types).
Compares values without DWARF with those by DWARF.

usage: compare_types.py CORE (a name of tests/gopm/common.py)"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402

TOOL = common.BUILD / "tests/value/dump_types"
problems = []


def ask(core, exe, lines, *flags):
    result = subprocess.run([TOOL, core, exe, *flags], input="\n".join(lines) + "\n", capture_output=True, text=True,
                            check=False)
    if result.returncode:
        sys.exit(f"dump_types: exit code {result.returncode}: {result.stderr}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def same(where, got, want):
    if got != want:
        problems.append(f"{where}: {got!r}, not {want!r}")


def compare(where, got, want, descriptor):
    """Compares one answer with reflection."""
    if got is None:
        problems.append(f"{where}: not found")
        return
    for member in ("kind", "size", "length"):
        same(f"{where}: {member}", got[member], want[member])
    # The program does not report the names of unnamed types, and DWARF includes tags in them.
    for member in ("name", "elem", "key"):
        if want[member]:
            same(f"{where}: {member}", got[member], want[member])
    same(f"{where}: fields", [f[:4] for f in got["fields"]], [f[:4] for f in want["fields"] or []])
    for mine, theirs in zip(got["fields"], want["fields"] or []):
        if theirs[4]:
            same(f"{where}: type of field {theirs[0]}", mine[4], theirs[4])
    if not descriptor:
        return
    for member in ("align", "named", "variadic", "direction"):
        same(f"{where}: {member}", got[member], want[member])
    parameters = (want["in"] or []) + (want["out"] or [])
    same(f"{where}: parameters", [g for g, w in zip(got["parameters"], parameters) if w], [w for w in parameters if w])
    same(f"{where}: parameters", (len(got["parameters"]), got["in"]), (len(parameters), len(want["in"] or [])))
    exported = [m for m in got["methods"] if m[1] or want["kind"] == 20]
    same(f"{where}: methods", [m[0] for m in exported], want["methods"] or [])
    same(f"{where}: entries", [m[2] for m in exported if want["kind"] != 20], want["entries"] or [])
    for method in exported:
        if method[2] and not method[3].endswith("." + method[0]):
            problems.append(f"{where}: the function of {method[0]} is {method[3]}")


core = common.core(sys.argv[1])
types, values = [], []
for line in core.traceback.read_text(encoding="utf-8", errors="replace").splitlines():
    words = line.split(" ", 2)
    if words[0] == "type":
        types.append((int(words[1]), json.loads(words[2])))
    elif words[0] == "value":
        values.append(json.loads(line[len("value "):]))
if len(types) < 80 or len(values) < 10:
    sys.exit(f"the program reported {len(types)} types and {len(values)} values")
named = [(address, reported) for address, reported in types if reported["name"]]
for flags in ((), ("no-dwarf",)):
    label = "without DWARF" if flags else "with DWARF"
    for (address, reported), got in zip(types, ask(core.core, core.exe, [f"descriptor {a}" for a, _ in types], *flags)):
        compare(f"{reported['name'] or hex(address)} by descriptor, {label}", got, reported, True)
        if got:
            same(f"{reported['name']}: descriptor, {label}", got["descriptor"], address)
    for (address, reported), got in zip(named, ask(core.core, core.exe, [f"type {t['name']}" for _, t in named], *flags)):
        compare(f"{reported['name']} by name, {label}", got, reported, got and got["descriptor"] == address)
asked = [f"value {v['address']} {v['type']}" for v in values]
for reported, plain, bare in zip(values, ask(core.core, core.exe, asked), ask(core.core, core.exe, asked, "no-dwarf")):
    if not plain:
        problems.append(f"{reported['type']}: no value with DWARF")
    same(f"value of {reported['type']} without DWARF", bare, plain)
print(f"{len(types)} types, {len(named)} by name, {len(values)} values")
common.finish(problems)
