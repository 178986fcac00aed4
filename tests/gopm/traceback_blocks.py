# SPDX-License-Identifier: Apache-2.0
"""Compares two tracebacks byte for byte, one goroutine at a time. The minutes are estimates: they are compared
separately."""
import re

HEADER = re.compile(r"^goroutine (\d+) (?:gp=.*)?\[.*:$")
MINUTES = re.compile(r", (\d+) minutes")
REGISTERS = re.compile(r" fp=\S+ sp=\S+ pc=\S+$")
RAN = ("[running", "[runnable")


def parse(text):
    """{id: (lines without minutes, minutes)}"""
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


def first_difference(left, right):
    """(index, line, line) of the first lines that differ."""
    for i in range(max(len(left), len(right))):
        pair = [lines[i] if i < len(lines) else "(end)" for lines in (left, right)]
        if pair[0] != pair[1]:
            return (i, *pair)
    return None


class Comparison:
    """Compares the runtime's own text with gopm's, of the same moment.

    `still`: no other thread ran between the two, so that runnable goroutines are compared too.
    `woken`: goroutines that wait in the core and are runnable in the runtime's text are skipped. It is for programs
    with timers, if another case checks the same program with `still`."""

    def __init__(self, theirs, ours, still=False, woken=False):
        # With GOTRACEBACK=crash every other thread prints its goroutine again, after a line of dashes.
        theirs, ours = parse(theirs.split("\n-----\n")[0]), parse(ours)
        # The goroutine of the thread that took the signal comes first. Some versions of Go print registers for it
        # alone; the core, taken before the signal, does not tell which thread it is.
        signalled = next((number for number in theirs if number), None)
        theirs.pop(0, None)  # the signalled thread's own stack
        ours.pop(0, None)
        self.goroutines = len(theirs)
        self.equal, self.skipped, self.problems = 0, 0, []
        for number, (lines, minutes) in sorted(theirs.items()):
            mine, my_minutes = ours.get(number, ([], 0))
            if not mine:
                self.problems.append(f"goroutine {number} is missing")
            # A goroutine that was running moved on before the runtime printed it. So did a goroutine whose sleep
            # ended while the core was written.
            elif "[running" in mine[0] or number == signalled and "[running" in lines[0] or not still and (
                    any(state in mine[0] for state in RAN) or ("[sleep" in mine[0] and "[sleep" not in lines[0])):
                self.skipped += 1
            elif woken and not still and any(state in lines[0] for state in RAN):
                self.skipped += 1
            elif mine != lines and not (number == signalled and mine == [REGISTERS.sub("", line) for line in lines]):
                index, left, right = first_difference(mine, lines)
                self.problems.append(f"goroutine {number}, line {index}:\n    {left}\n  the runtime's\n    {right}")
            elif my_minutes > minutes or minutes - my_minutes > 2:
                self.problems.append(f"goroutine {number}: {my_minutes} minutes, the runtime's {minutes}")
            else:
                self.equal += 1
        for number in sorted(ours.keys() - theirs.keys()):
            self.problems.append(f"goroutine {number} is not in the runtime's traceback")
