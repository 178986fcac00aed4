#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rooms include only downwards (docs/design.md), tools and examples see the public
headers alone, and files stay small enough to be read at once."""
import re

import house

ROOMS = ["util", "arch", "core", "exe", "symbol", "code", "dwarf", "type", "runtime", "unwind", "program", "value", "locals", "eval", "query", "export", "slim", "api"]
MOST_LINES = 1000
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)
problems = []


def relative(path):
    return path.relative_to(house.SOURCE)


for path in sorted((house.SOURCE / "lib").rglob("*.[ch]")):
    room = relative(path).parts[1]
    if room not in ROOMS:
        problems.append(f"{relative(path)}: {room} is no room")
        continue
    for quote, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        other = name.split("/")[0]
        if quote == '"' and other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
            problems.append(f"{relative(path)} includes {name}: {room} is below {other}")
        if quote == '"' and other not in ROOMS and not (path.parent / name).exists():
            problems.append(f"{relative(path)} includes {name}, which is in no room")
for path in sorted((house.SOURCE / "examples").rglob("*.[ch]*")):
    if path.suffix in (".c", ".h", ".cpp"):
        for quote, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if name.split("/")[0] in ROOMS or name.startswith(".."):
                problems.append(f"{relative(path)} includes {name}: examples use the public headers alone")
for folder in ("lib", "include", "examples", "tests", "bench"):
    for path in sorted((house.SOURCE / folder).rglob("*")):
        if path.suffix in (".c", ".h", ".cpp", ".py", ".go", ".rs") and path.is_file():
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > MOST_LINES:
                problems.append(f"{relative(path)} has {lines} lines; more than {MOST_LINES} are too many")
house.finish(problems)
