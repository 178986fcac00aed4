# SPDX-License-Identifier: Apache-2.0
"""Parses the runtime's traceback."""
import re

HEADER = re.compile(r"^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[(.*)\]:$")
PLACE = re.compile(r"^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=\S+ sp=\S+ pc=\S+)?$")


class Goroutine:
    def __init__(self, number, state):
        self.id = int(number)
        self.state = state.split(",")[0]
        self.frames = []  # (function, file, line), innermost first
        self.created = None  # (function, file, line)
        self.parent = 0
        self.unavailable = False


def function_name(line):
    """The name before the argument list. The argument list is the last pair of parentheses of the line."""
    depth = 0
    for i in range(len(line) - 1, -1, -1):
        depth += (line[i] == ")") - (line[i] == "(")
        if depth == 0:
            return line[:i]
    raise ValueError(line)


def parse(text):
    """{id: Goroutine}, without goroutine 0, which belongs to the signalled thread."""
    found, current, pending = {}, None, None
    for line in text.splitlines():
        header = HEADER.match(line)
        place = PLACE.match(line)
        if header:
            current, pending = Goroutine(header[1], header[2]), None
            if current.id:
                found[current.id] = current
        elif not line or current is None:
            pending = None
            if not line:
                current = None
        elif place and pending:
            kind, name = pending
            entry = (name, place[1], int(place[2]))
            if kind == "frame":
                current.frames.append(entry)
            else:
                current.created = entry
            pending = None
        elif line.startswith("created by "):
            name = line[len("created by "):]
            name, _, parent = name.partition(" in goroutine ")
            current.parent = int(parent or 0)
            pending = ("created", name)
        elif "stack unavailable" in line:
            current.unavailable = True
        elif line.endswith(")"):
            pending = ("frame", function_name(line))
    return found


def first_blocks(text):
    """What the runtime prints up to the end of the first goroutine."""
    blocks = text.split("\n\n")
    last = next(i for i, block in enumerate(blocks) if re.match(r"goroutine \d", block))
    # Registers follow the last goroutine.
    return re.sub(r"\n(rax    |r0      )0x.*", "", "\n\n".join(blocks[:last + 1]), flags=re.DOTALL).rstrip("\n")


def is_user(name):
    """True if Delve 1.27 counts the function as user code."""
    if "." not in name:
        return False
    if name.startswith("runtime.") and not name[len("runtime."):][:1].isupper():
        return False
    return not name.startswith(("internal/", "runtime/internal", "iter."))


def user_frame(goroutine):
    return next((frame for frame in goroutine.frames if is_user(frame[0])), goroutine.frames[0])
