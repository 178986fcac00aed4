# SPDX-License-Identifier: Apache-2.0
"""Holds two tracebacks against each other, goroutine by goroutine and byte by byte; only the
minutes are estimates and are compared apart."""
import re

HEADER = re.compile(r"^goroutine (\d+) (?:gp=.*)?\[.*:$")
MINUTES = re.compile(r", (\d+) minutes")
REGISTERS = re.compile(r" fp=\S+ sp=\S+ pc=\S+$")
RAN = ("[running", "[runnable")


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


def first_difference(left, right):
    """(index, line, line) of the first lines that differ."""
    for i in range(max(len(left), len(right))):
        pair = [lines[i] if i < len(lines) else "(end)" for lines in (left, right)]
        if pair[0] != pair[1]:
            return (i, *pair)
    return None


class Comparison:
    """Of the runtime's own text with ours, of the same moment. `still`: no other thread moved between
    the two, so that what was ready to run is compared too. `woken`: what waited in the core and is
    ready to run in the runtime's text is left out, for programs with timers; only where others check
    the same program `still`."""

    def __init__(self, theirs, ours, still=False, woken=False):
        # With GOTRACEBACK=crash every other thread shows its goroutine once more, below a ruler.
        theirs, ours = parse(theirs.split("\n-----\n")[0]), parse(ours)
        # The goroutine of the thread that took the signal comes first, and has registers where that
        # version shows them for it alone: no core knows which thread that was going to be.
        signalled = next((number for number in theirs if number), None)
        theirs.pop(0, None)  # the signalled thread's own stack
        ours.pop(0, None)
        self.goroutines = len(theirs)
        self.equal, self.skipped, self.problems = 0, 0, []
        for number, (lines, minutes) in sorted(theirs.items()):
            mine, my_minutes = ours.get(number, ([], 0))
            if not mine:
                self.problems.append(f"goroutine {number} is missing")
            # What ran when the process was let go moved on before it printed itself, and so did what
            # slept until a moment that passed while the core was written.
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
