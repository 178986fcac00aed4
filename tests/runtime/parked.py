# SPDX-License-Identifier: Apache-2.0
"""Compares the objects that goroutines wait on, in JSON and in text, with the addresses that each recorded just before it
parked: in the whole core, without DWARF, and in its small core.

usage: parked.py CORE
"""
import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common

KINDS = {"sleep": "timer", "fd": "io"}
# A goroutine reads the clock just before it sets its timer, or just after.
NEAR = 2_000_000_000


def noted(path):
    """{id: objects}"""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return {note["id"]: note["waits"] for note in (json.loads(line[6:]) for line in lines if line.startswith("parks "))}


def differs(kind, expected, found):
    """The difference between one object and its note; None if they agree."""
    wanted = KINDS.get(expected["kind"], expected["kind"])
    if wanted == "chan":
        wanted = "chan send" if expected.get("send") else "chan receive"
    if kind not in ("select", wanted):
        return f"kind {kind}, not {wanted}"
    if "address" in expected and found.get("object") != expected["address"]:
        return f"object {found.get('object', 0):#x}, not {expected['address']:#x}"
    if "fd" in expected and found.get("fd") != expected["fd"]:
        return f"fd {found.get('fd')}, not {expected['fd']}"
    if kind == "select" and found["send"] != expected.get("send", False):
        return f"send is {found['send']}"
    if "runs" in expected:
        late = found.get("deadline", 0) - expected["from"] - expected["runs"]
        return None if abs(late) < NEAR else f"deadline {found.get('deadline')}, {late} ns after the noted one"
    if "deadline" in found:
        return f"deadline {found['deadline']}, expected none"
    if expected["kind"] == "chan":
        for name in ("length", "capacity", "type"):
            if found[name] != expected.get(name, 0):
                return f"{name} {found[name]}, not {expected.get(name, 0)}"
    return None


def check(notes, answer, problems):
    goroutines = {g["id"]: g for g in answer["result"]}
    for number, expected in notes.items():
        g = goroutines[number]
        found = g.get("waits", [g["wait"]] if "wait" in g else [])
        if len(found) != len(expected):
            problems.append(f"goroutine {number} waits on {len(found)} objects, not {len(expected)}")
            continue
        kind = found[0]["kind"]
        if (kind == "select") != (len(expected) > 1):
            problems.append(f"goroutine {number}: kind {kind} of {len(expected)} objects")
            continue
        # The runtime sorts the channels of a select by address.
        for one, other in zip(sorted(expected, key=lambda o: o.get("address", 0)), found):
            problem = differs(kind, one, other)
            if problem:
                problems.append(f"goroutine {number}, {one}: {problem}")


def check_text(notes, text, problems):
    blocks = re.split(r"^  Goroutine (\d+) .*\n", text, flags=re.MULTILINE)[1:]
    shown = {int(number): block for number, block in zip(blocks[::2], blocks[1::2])}
    for number, expected in notes.items():
        lines = re.findall(r"^\t(.*)$", shown[number], flags=re.MULTILINE)
        for one in expected:
            words = f"fd {one['fd']}," if "fd" in one else f"{one['address']:#x}" if "address" in one else "timer "
            fitting = [line for line in lines if words in line]
            if len(fitting) != 1 or ("runs" in one) != ("fires in " in fitting[0]) or (
                    one["kind"] == "chan" and ("sends to" in fitting[0]) != one.get("send", False)):
                problems.append(f"goroutine {number}, {one}: shown as {lines}")
        if len(lines) != len(expected):
            problems.append(f"goroutine {number}: {len(lines)} lines for {len(expected)} objects")


def main():
    core = common.core(sys.argv[1])
    if sys.argv[1].startswith("bubbles"):
        # Clocks of bubbles begin in the year 2000: their timers have no deadline by the clock of the process.
        shown = common.gopm("goroutines", "--waits", core.core, core.exe)
        common.finish([line for line in shown.splitlines() if re.search(r"(fires in|due since) \d{3,}d", line)] +
                      ([] if "chan time.Time" in shown else ["no goroutine waits for a timer"]))
    notes = noted(core.traceback)
    problems = []
    if len(notes) < 40:
        problems.append(f"only {len(notes)} goroutines noted their wait objects")
    check(notes, json.loads(common.gopm("goroutines", "--json", core.core, core.exe)), problems)
    check(notes, json.loads(common.gopm("goroutines", "--json", "--no-dwarf", core.core, core.exe)), problems)
    check_text(notes, common.gopm("goroutines", "--waits", core.core, core.exe), problems)
    with tempfile.TemporaryDirectory() as folder:
        small = pathlib.Path(folder) / "small.zst"
        common.gopm("slim", "--quiet", "-o", small, core.core, core.exe)
        check(notes, json.loads(common.gopm("goroutines", "--json", small, core.exe)), problems)
    print(f"{len(notes)} goroutines, {sum(map(len, notes.values()))} objects")
    common.finish(problems)


main()
