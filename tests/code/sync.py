#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Locks and channels in the code of tests/programs/locked: what its source says of each call of mark() is what the
library reads in the machine code. sync.py amd64|arm64 126|127"""
import pathlib
import re
import sys
import tempfile

import syncdump

common = syncdump.common


def stated_facts(comment):
    """{list: {(kind, name): must}} of a comment."""
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
    source = (syncdump.PROGRAM / "shapes.go").read_text()
    stated = {int(n): comment for n, comment in re.findall(r"mark\((\d+)\) // (.*)", source)}
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        found = syncdump.dump(syncdump.PROGRAM, cpu, toolchain, pathlib.Path(folder))
    for number, comment in stated.items():
        if number not in found:
            problems.append(f"mark({number}): not found in the code")
            continue
        for difference in differences(stated_facts(comment), syncdump.facts(found[number])):
            problems.append(f"mark({number}): {difference}")
    if len(stated) < 90:
        problems.append(f"only {len(stated)} facts in the source")
    common.finish(problems)


main()
