#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Locks and channels in the code of tests/programs/locked: what its source says of each call of mark() is what the
library reads in the machine code. sync.py amd64|arm64 126|127"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common

PROGRAM = common.SOURCE / "tests/programs/locked"
DUMP = common.BUILD / "tests/code/dump_sync"
TOOLCHAINS = {"126": "go1.26.8", "127": "go1.27.3"}
# By the layout of T; t and u are the first two arguments, or the captured word.
FIELDS = {"mu": 8, "rw": 16, "wg": 40, "E": 92, "many[2]": 116}
POINTERS = {"c": 56, "ch": 64}
PLACES = {f"{v}.{f}": f"arg{i}+{o}" for f, o in FIELDS.items() for i, v in enumerate("tu")}
PLACES |= {f"{v}.{f}": f"[arg{i}+{o}]" for f, o in POINTERS.items() for i, v in enumerate("tu")}
PLACES |= {"t.next.mu": "[arg0+72]+8", "global": "const", "globals.mu": "[const]+8", "captured.mu": "captured+8+8"}
FACT = re.compile(r"((?:try|case)?)(?:call)?([a-z]+)\(([^()]*)\)(\*?)")


def core_of(cpu, toolchain, folder):
    common.need("go")
    emulator = "qemu-aarch64" if cpu == "arm64" else None
    if emulator:
        common.need(emulator)
    exe = folder / "locked"
    environment = dict(os.environ, GOTOOLCHAIN=TOOLCHAINS[toolchain], GOARCH=cpu, CGO_ENABLED="0")
    built = subprocess.run(["go", "build", "-o", exe, "."], cwd=PROGRAM, env=environment, capture_output=True, text=True)
    if built.returncode:
        common.skip(f"go build: {built.stderr.strip()[-300:]}")
    return common.die(exe, "die", folder, emulator)[1], exe


def named(place):
    """The names that the source has for a place; "?" if it is only the result of some instruction."""
    names = {name for description in place.split("=") for name, of in PLACES.items() if of == description}
    return names or {"?"}


def found_facts(text):
    """{list: {(kind, name): must}} of one line of dump_sync."""
    facts = {}
    for part in text.split():
        name, _, rest = part.partition(":")
        for tries, kind, place, must in FACT.findall(rest):
            for known in named(place):
                item = (tries + kind, known)
                of = facts.setdefault(name, {})
                of[item] = of.get(item, False) or bool(must)
    return facts


def stated_facts(comment):
    """The same, from a comment."""
    stated = {}
    for part in comment.split(" -- ")[0].split(";"):
        name, _, items = part.strip().partition(": ")
        facts = stated.setdefault(name, {})
        for item in items.split(", "):
            kind, _, place = item.rpartition(" ")
            default = "unlock" if name == "released" else "lock"
            if item != "none":
                facts[(kind or default, place.rstrip("*"))] = place.endswith("*")
    return stated


def differences(stated, found):
    held, pending = found.get("held", {}), found.get("pending", {})
    for name, facts in stated.items():
        must = {item for item, sure in held.items() if sure}
        if name == "held" and must != set(facts):
            yield f"holds {sorted(must)}, not {sorted(facts)}"
        elif name == "perhaps" and {item for item, sure in held.items() if not sure} != set(facts):
            yield f"perhaps holds {sorted(held)}, not {sorted(facts)}"
        elif name == "released" and set(found.get("released", {})) != set(facts):
            yield f"released {sorted(found.get('released', {}))}, not {sorted(facts)}"
        elif name == "only" and pending != facts:
            yield f"is to do {pending}, not {facts}"
        elif name == "pending" and any(pending.get(item) != sure for item, sure in facts.items()):
            yield f"is to do {pending}, which lacks {facts}"
        elif name not in ("held", "perhaps", "released", "only", "pending"):
            yield f"the comment has {name!r}"


def main():
    cpu, toolchain = sys.argv[1:]
    source = (PROGRAM / "shapes.go").read_text()
    stated = {int(n): comment for n, comment in re.findall(r"mark\((\d+)\) // (.*)", source)}
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        core, exe = core_of(cpu, toolchain, pathlib.Path(folder))
        dumped = subprocess.run([DUMP, core, exe, "main.", "main.mark"], capture_output=True, text=True, check=True).stdout
    found = {int(n): rest for n, rest in re.findall(r"^\S+ (\d+)(.*)$", dumped, re.M)}
    for number, comment in stated.items():
        if number not in found:
            problems.append(f"mark({number}): not found in the code")
            continue
        for difference in differences(stated_facts(comment), found_facts(found[number])):
            problems.append(f"mark({number}): {difference}")
    if len(stated) < 90:
        problems.append(f"only {len(stated)} facts in the source")
    common.finish(problems)


main()
