#!/usr/bin/env python3
"""`traceback --level system` is, goroutine by goroutine and byte by byte, what the runtime
itself printed of the same moment; only the minutes are estimates and may be smaller."""
import re
import sys

import common

HEADER = re.compile(r"^goroutine (\d+) .*\[(.*)\]:$")
MINUTES = re.compile(r", (\d+) minutes")


def parse(text):
    """{id: (lines with minutes cut out, minutes)}"""
    found, current = {}, None
    for line in text.splitlines():
        header = HEADER.match(line)
        if header:
            minutes = MINUTES.search(line)
            current = ([MINUTES.sub("", line)], int(minutes[1]) if minutes else 0)
            found[int(header[1])] = current
        elif not line:
            current = None
        elif current is not None:
            current[0].append(line)
    return found


def compare(core):
    runtime = parse(core.traceback.read_text(errors="replace"))
    ours = parse(common.gopm("traceback", "--level", "system", core.core, core.exe))
    problems, skipped = [], 0
    runtime.pop(0, None)
    for number, (lines, minutes) in sorted(runtime.items()):
        mine, my_minutes = ours.get(number, ([], 0))
        # What ran when the process was let go moved on before it printed itself.
        if not mine or any(state in mine[0] for state in ("[running", "[runnable")):
            if not mine:
                problems.append(f"goroutine {number} is missing")
            skipped += 1
            continue
        if mine != lines:
            for i in range(max(len(mine), len(lines))):
                left, right = mine[i] if i < len(mine) else "(end)", lines[i] if i < len(lines) else "(end)"
                if left != right:
                    problems.append(f"goroutine {number}, line {i}:\n    {left}\n  the runtime's\n    {right}")
                    break
        if my_minutes > minutes or minutes - my_minutes > 2:
            problems.append(f"goroutine {number}: {my_minutes} minutes, the runtime's {minutes}")
    problems += [f"goroutine {number} is not in the runtime's traceback" for number in sorted(ours.keys() - runtime.keys())]
    print(f"{len(runtime)} goroutines, {skipped} ran and are left out")
    return problems


if sys.argv[1] == "sample":
    with common.sample() as found:
        common.finish(compare(found))
common.finish(compare(common.core(sys.argv[1])))
