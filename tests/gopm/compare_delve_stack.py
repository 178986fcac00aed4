#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`stack --full --json` equals Delve's Stacktrace: pc, function and line of every frame.

Every variable that Delve can read must have the same name, type, address and value. Children are compared if
both list them."""
import itertools
import json
import math
import re
import sys

import common

# reflect.Kind
CHAN, INTERFACE, MAP, SLICE, STRING, STRUCT = 18, 20, 21, 23, 24, 25
ARGUMENT_FLAGS, SHADOWED = 8 | 16, 2
# Values in registers have no address: both programs make up one from here on.
MADE_UP = 0xbeed << 48


class Counts:
    frames = variables = children = unreadable = more = invented = impossible = 0


def value_differs(mine, wanted, kind):
    if kind in (13, 14) and wanted not in ("", mine):
        try:
            left, right = float(mine), float(wanted)
        except ValueError:
            return True
        return not (left == right or math.isnan(left) and math.isnan(right) or abs(left - right) <= 1e-6 * abs(right))
    # If several constants have the value, Delve names the first in sorted order, from any package.
    return re.sub(r"^[\w./|]+ (\(-?\d+\))$", r"\1", mine) != re.sub(r"^[\w./|]+ (\(-?\d+\))$", r"\1", wanted)


def compare_value(where, mine, wanted, counts):
    """Yields the problems of one value and its children."""
    if wanted["unreadable"]:
        counts.unreadable += 1
        counts.more += not mine["unreadable"]
        return
    if "register whose value in this frame is not known" in mine["unreadable"]:
        # Go saves no registers across calls: Delve shows its initial 0.
        counts.invented += 1
        return
    if "no location here" in mine["unreadable"]:
        # If a piece of a variable has no location, Delve shows zero.
        counts.invented += 1
        return
    if "damaged" in mine["unreadable"]:
        # The variable is dead: its memory was freed and reused.
        counts.invented += 1
        return
    if wanted["kind"] in (CHAN, SLICE) and not 0 <= wanted["len"] <= wanted["cap"] and mine["unreadable"]:
        # The memory was freed and reused: Delve shows an impossible value, gopm reports an error.
        counts.impossible += 1
        return
    if mine["unreadable"]:
        yield f"{where}: unreadable ({mine['unreadable']}), Delve's {wanted['type']} {wanted['value']}"
        return
    # Delve makes up the type of a channel's buffer. If the elements are unnamed structs, its name is wrong.
    if mine["type"] != wanted["type"].replace("struct struct {", "struct {"):
        yield f"{where}: type {mine['type']}, Delve's {wanted['type']}"
        return
    kind = wanted["kind"]
    if mine["kind"] != kind:
        yield f"{where}: kind {mine['kind']}, Delve's {kind}"
    if kind not in (MAP, INTERFACE) and value_differs(mine["value"], wanted["value"], kind):
        yield f"{where}: value {mine['value']!r}, Delve's {wanted['value']!r}"
    compared = {STRING: ("len", "base"), SLICE: ("len", "cap", "base"), CHAN: ("len", "base")}.get(kind, ("len",))
    for key in compared:
        # An empty string or slice has no meaningful base.
        if mine[key] != wanted[key] and not (key == "base" and wanted["len"] == 0):
            yield f"{where}: {key} {mine[key]}, Delve's {wanted[key]}"
    # A value from the runtime or the code has another location than Delve's.
    elsewhere = mine.get("provenance") in ("runtime", "recovered")
    if mine["addr"] != wanted["addr"] and not (mine["addr"] >= MADE_UP and (elsewhere or wanted["addr"] >= MADE_UP)):
        yield f"{where}: address {mine['addr']:#x}, Delve's {wanted['addr']:#x}"
    ours, theirs = mine["children"], wanted["children"]
    if not ours or not theirs or any(child["onlyAddr"] for child in theirs):
        return
    if len(ours) != len(theirs):
        yield f"{where}: {len(ours)} children, Delve's {len(theirs)}"
        return
    for i, (left, right) in enumerate(zip(ours, theirs)):
        counts.children += 1
        if kind == STRUCT and left["name"] != right["name"]:
            yield f"{where}: field {left['name']}, Delve's {right['name']}"
        yield from compare_value(f"{where}.{right['name'] or i}", left, right, counts)


def compare_variables(where, ours, theirs, counts):
    left = list(ours)
    for wanted in theirs:
        counts.variables += 1
        found = [one for one in left if one["name"] == wanted["name"]]
        # If several variables have the name, compare those of the same declaration.
        found = [one for one in found if one["DeclLine"] == wanted["DeclLine"]] or found
        if not found:
            yield f"{where}: {wanted['name']} is missing (Delve: {wanted['value'] or wanted['unreadable']})"
            continue
        left.remove(found[0])
        mine = found[0]
        if (mine["flags"] ^ wanted["flags"]) & (ARGUMENT_FLAGS | SHADOWED):
            yield f"{where}: {wanted['name']} has flags {mine['flags']}, Delve's {wanted['flags']}"
        yield from compare_value(f"{where}: {wanted['name']}", mine, wanted, counts)
    for mine in left:
        yield f"{where}: {mine['name']} = {mine['text']} is not among Delve's variables"


def compare_stack(number, ours, theirs, counts):
    # In a system call, gopm starts at the pc and sp that the runtime saved. Delve starts at the thread's
    # registers, a few frames further in, and has a later pc in gopm's first frame.
    saved = bool(ours) and theirs[0]["function"]["name"].endswith(".Syscall6")
    if saved:
        inner = [i for i, frame in enumerate(theirs) if frame["function"]["name"] == ours[0]["function"]["name"]]
        theirs = theirs[inner[0]:] if inner else theirs
    if len(ours) != len(theirs):
        yield f"goroutine {number}: {len(ours)} frames, Delve's {len(theirs)}"
    for i, (mine, wanted) in enumerate(zip(ours, theirs)):
        name = wanted["function"]["name"]
        where = f"goroutine {number} frame {i} {name}"
        counts.frames += 1
        if saved and i == 0 and mine["function"]["name"] == name:
            continue
        if (mine["pc"], mine["function"]["name"]) != (wanted["pc"], name):
            yield f"{where}: {mine['pc']:#x} {mine['function']['name']}, Delve's {wanted['pc']:#x}"
            continue
        # The pc of a parked goroutine's innermost frame is after a call. Delve names the line of that pc, the
        # runtime and gopm the line of the call. For code inlined into a wrapper, Delve names the wrapper's line.
        if i != 0 and wanted["file"] != "<autogenerated>" and (mine["file"], mine["line"]) != (wanted["file"], wanted["line"]):
            yield f"{where}: at {mine['file']}:{mine['line']}, Delve's {wanted['file']}:{wanted['line']}"
        yield from compare_variables(where, mine["Arguments"] + mine["Locals"], wanted["Arguments"] + wanted["Locals"], counts)


def compare_places(number, ours, theirs):
    """With --delve every frame has Delve's pc, function, file and line, also in a system call."""
    mine = [(frame["pc"], frame["function"]["name"], frame["file"], frame["line"]) for frame in ours]
    wanted = [(frame["pc"], frame["function"]["name"], frame["file"], frame["line"]) for frame in theirs]
    for i, (left, right) in enumerate(itertools.zip_longest(mine, wanted)):
        if left != right:
            yield f"goroutine {number} frame {i} with --delve: {left}, Delve's {right}"


def compare(core, stacks):
    problems, counts = [], Counts()
    for number, theirs in sorted(stacks.items()):
        ours = json.loads(common.gopm("stack", "--full", "--json", "-g", number, core.core, core.exe))
        problems += compare_stack(number, ours["result"]["Locations"], theirs, counts)
        ours = json.loads(common.gopm("stack", "--delve", "--json", "-g", number, core.core, core.exe))
        problems += compare_places(number, ours["result"]["Locations"], theirs)
    print(f"{len(stacks)} goroutines, {counts.frames} frames, {counts.variables} variables and {counts.children} children "
          f"compared; Delve cannot read {counts.unreadable}, gopm reads {counts.more} of these; Delve made up "
          f"{counts.invented}, {counts.impossible} are impossible")
    if counts.variables == counts.unreadable:
        problems.append("no value was compared")
    return problems


def chosen(goroutines, most=80):
    """Up to three goroutines for each pair of user and start location: all kinds of stacks in little time."""
    seen, found = {}, []
    for g in goroutines:
        key = (g["userCurrentLoc"]["pc"], g["startLoc"]["pc"])
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= 3:
            found.append(g["id"])
    return found[:most]


def main():
    if sys.argv[1] == "sample":
        with common.sample() as found:
            expected = common.sample_expectations()["stacks"]
            common.finish(compare(found, {int(number): stack for number, stack in expected.items()}))
    delve = common.need_delve()
    made = common.core(sys.argv[1])
    with delve.Delve(made.exe, made.core) as session:
        answers = {number: session.stack(number) for number in chosen(session.goroutines())}
    common.finish(compare(made, answers))


if __name__ == "__main__":
    main()
