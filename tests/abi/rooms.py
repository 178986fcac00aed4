#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rooms include only rooms above them (docs/design.md), and use no word of a subject that they must not know.
The library allocates only with util/allocate.h.

Tools and examples include only public headers. No file has more than MOST_LINES lines."""
import re

import house

ROOMS = ["util", "arch", "core", "exe", "symbol", "code", "dwarf", "type", "runtime", "unwind", "program", "heap", "value", "locals", "eval", "why", "query", "export", "slim", "api"]
# Words that a room's code must not contain. Comments and strings are not searched.
FORBIDDEN = {
    "util": (r"\belf|Elf64|[Gg]oroutine|pclntab", "ELF and Go"),
    "arch": (r"gopm__source|gopm__memory|gopm__reader|\bFILE\b", "files and memory"),
    "core": (r"\bGo\b|[Gg]oroutine|pclntab|moduledata|GODEBUG", "Go"),
    "exe": (r"pclntab|gopm__pcln|moduledata|[Gg]oroutine", "pclntab"),
    "symbol": (r"[Gg]oroutine", "goroutines"),
    "code": (r"[Vv]ariable", "variables"),
    "dwarf": (r"[Gg]oroutine", "goroutines"),
    "type": (r"[Gg]oroutine", "goroutines"),
    "runtime": (r"\bFILE\b|\bjson|gopm__variable", "printing"),
    "unwind": (r"gopm__variable|gopm__value|gopm__context", "values"),
    "program": (r"\bgopm_core\b|struct_size|\bgopm_[a-z]\w*_options\b|\bgopm_vars\b|\bgopm_stack\b", "the API"),
    "value": (r"gopm__frame\b|gopm__stack\b", "frames"),
    "heap": (r"gopm__text|printf|\bjson|gopm__variable", "text and values"),
    "why": (r"gopm__text|printf|\bjson", "text"),
    "query": (r"gopm__text|printf|\bjson", "text"),
}
# Failures of these functions are counted by util/allocate.c alone.
ALLOCATES = re.compile(r"(?<![\w.])(malloc|calloc|realloc|strdup|strndup|asprintf)\(")
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
MOST_LINES = 1000
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)
problems = []


def relative(path):
    return path.relative_to(house.SOURCE)


for path in sorted((house.SOURCE / "lib").rglob("*.[ch]")):
    room = relative(path).parts[1]
    if room not in ROOMS:
        problems.append(f"{relative(path)}: {room} is not a room")
        continue
    source = path.read_text(encoding="utf-8")
    words, knows = FORBIDDEN.get(room, ("(?!)", ""))
    code = COMMENT_OR_STRING.sub(lambda text: "\n" * text.group().count("\n"), source)
    for match in re.finditer(words, code):
        line = code.count("\n", 0, match.start()) + 1
        problems.append(f"{relative(path)}:{line}: {match.group()}: {room} must not know {knows}")
    for match in ALLOCATES.finditer(code):
        if path.name != "allocate.c":
            line = code.count("\n", 0, match.start()) + 1
            problems.append(f"{relative(path)}:{line}: {match.group()}): use gopm__{match.group()}) of util/allocate.h")
    for quote, name in INCLUDE.findall(source):
        other = name.split("/")[0]
        if quote == '"' and other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
            problems.append(f"{relative(path)} includes {name}: {room} is below {other}")
        if quote == '"' and other not in ROOMS and not (path.parent / name).exists():
            problems.append(f"{relative(path)} includes {name}, which is in no room")
for path in sorted((house.SOURCE / "examples").rglob("*.[ch]*")):
    if path.suffix in (".c", ".h", ".cpp"):
        for quote, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if name.split("/")[0] in ROOMS or name.startswith(".."):
                problems.append(f"{relative(path)} includes {name}: examples may include only public headers")
for folder in ("lib", "include", "examples", "tests", "bench"):
    for path in sorted((house.SOURCE / folder).rglob("*")):
        if path.suffix in (".c", ".h", ".cpp", ".py", ".go", ".rs") and path.is_file():
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > MOST_LINES:
                problems.append(f"{relative(path)} has {lines} lines; the limit is {MOST_LINES}")
house.finish(problems)
