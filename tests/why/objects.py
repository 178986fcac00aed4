# SPDX-License-Identifier: Apache-2.0
"""Compares `gopm object` with what tests/programs/objects wrote down of each of its objects: kind, type, place, state and
the number of goroutines that wait, by what they wait to do.

usage: objects.py CORE      a core of common.CORES; without DWARF a place may be missing, but none is wrong
"""
import collections
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402

# Without DWARF, of the places that a descriptor has.
LEAST_STRIPPED = 0.8
# Nanoseconds from the program's reading of the clock to that of the timer.
NEAR = 2_000_000_000


def ask(core, *arguments):
    return json.loads(common.gopm("object", "--json", *arguments, core.core, core.exe))["result"]


def compare(expected, found, stripped):
    """Problems of one object."""
    for name in ("kind", "type"):
        if found[name] != expected[name]:
            yield f"{name} {found[name]!r}, not {expected[name]!r}"
    for name, value in (expected.get("state") or {}).items():
        if found.get(name, False if value is True else None) != value:
            yield f"{name} {found.get(name)}, not {value}"
    sides = collections.Counter(w["side"] for w in found["waiters"])
    if sides != expected["sides"] or found["goroutines"] != sum(sides.values()):
        yield f"waiters {dict(sides)}, not {expected['sides']}"
    if any(w["torn"] for w in found["waiters"]):
        yield "the object disagrees with a waiter"
    for name in ("in", "name"):
        wanted = expected.get(name, "")
        if found[name] != wanted and not (stripped and (found[name] == "" or found.get("guess"))) and (wanted or name == "in"):
            yield f"{name} {found[name]!r}, not {wanted!r}"


def marked(path, mark):
    """Lines of JSON that begin with the mark."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [json.loads(line[len(mark):]) for line in lines if line.startswith(mark)]


def calls(core):
    """Connections, and system calls that goroutines are in."""
    listed = ask(core)
    for expected in marked(core.traceback, "fd "):
        found = [o for o in listed if o["kind"] == "fd" and o["fd"] == expected["fd"]]
        if [(o.get("local"), o.get("remote")) for o in found] != [(expected["local"], expected["remote"])]:
            yield f"fd {expected['fd']} is {found}"
        listeners = [o for o in listed if o["kind"] == "fd" and o.get("local") == expected["local"] and "remote" not in o]
        if len(listeners) != 1 or listeners[0]["goroutines"] != 1:
            yield f"listeners: {listeners}"
    for expected in marked(core.traceback, "deadline "):
        found = [o for o in listed if o["address"] == expected["address"]]
        late = found[0].get("deadline", 0) - expected["from"] - expected["runs"] if found else None
        if late is None or not 0 <= late < NEAR:
            yield f"deadline of the context: {late} ns after the noted one"
    dump = subprocess.run([common.BUILD / "tests/why/dump_objects", core.core, core.exe], capture_output=True, text=True, check=True)
    for expected in marked(core.traceback, "syscall "):
        wanted = f"read {expected['fd']}"
        if not any(line.startswith("syscall ") and line.endswith(f" | {wanted}") for line in dump.stdout.splitlines()):
            yield f"no goroutine is in the system call {wanted}"


def check(core, stripped):
    listed = {o["address"]: o for o in ask(core)}
    yield from calls(core)
    places = 0, 0
    for expected in marked(core.traceback, "object "):
        found = ask(core, hex(expected["address"]))
        for problem in compare(expected, found, stripped):
            yield f"{expected['type']} {expected.get('in', '')}: {problem}"
        row = listed.get(expected["address"])
        if row is None or any(row[name] != found[name] for name in ("kind", "type", "goroutines", "in")):
            yield f"{expected['type']} {expected.get('in', '')}: in the list it is {row}"
        if "word" in found and ask(core, hex(found["word"]))["address"] != expected["address"]:
            yield f"{expected['type']}: its semaphore at {found['word']:#x} is another object"
        if expected.get("in") and not expected.get("needsDwarf"):
            places = places[0] + (found["in"] == expected["in"]), places[1] + 1
    if places[1] < 10:
        yield f"only {places[1]} objects with places were noted"
    elif places[0] < (LEAST_STRIPPED if stripped else 1) * places[1]:
        yield f"{places[0]} of {places[1]} places are found"


def main():
    name = sys.argv[1]
    common.finish(list(check(common.core(name), name.endswith("s"))))


main()
