# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of locks in code: builds a Go program, takes a core of it, and reads what dump_sync prints."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common

PROGRAM = common.SOURCE / "tests/programs/locked"
DUMP = common.BUILD / "tests/code/dump_sync"
TOOLCHAINS = {"126": "go1.26.8", "127": "go1.27.3"}
# By the layout of T; t and u are the first two arguments, or the captured word.
FIELDS = {"mu": 8, "rw": 16, "wg": 40, "E": 92, "many[2]": 116}
POINTERS = {"c": 56, "ch": 64}
PLACES = {f"{v}.{f}": f"arg{i}+{o}" for f, o in FIELDS.items() for i, v in enumerate("tu")}
PLACES |= {f"{v}.{f}": f"[arg{i}+{o}]" for f, o in POINTERS.items() for i, v in enumerate("tu")}
PLACES |= {"t.next.mu": "[arg0+72]+8", "u.next.mu": "[arg1+72]+8", "global": "const", "globals.mu": "[const]+8", "captured.mu": "captured+8+8"}
# The tables of methods of interfaces, and closures, that are arguments.
PLACES |= {"l.Lock": "arg0+24", "l.Unlock": "arg0+32", "m.Lock": "arg3+24", "m.Unlock": "arg3+32", "o.Lock": "arg5+24", "f": "arg3"}
# Elements of the array that is a field, of a slice and a map that are arguments.
PLACES |= {"t.some": "arg0+some", "list.some": "[arg3+some]", "m.mapped": "[arg6+mapped]"}
FACT = re.compile(r"((?:try|case)?)(?:call)?([a-z]+)\(([^()]*)\)(\*?)")


def dump(program, cpu, toolchain, folder):
    """{number of the mark: text} of a program that dies with an argument."""
    common.need("go")
    emulator = "qemu-aarch64" if cpu == "arm64" else None
    if emulator:
        common.need(emulator)
    exe = folder / "locked"
    environment = dict(os.environ, GOTOOLCHAIN=TOOLCHAINS[toolchain], GOARCH=cpu, CGO_ENABLED="0")
    built = subprocess.run(["go", "build", "-o", exe, "."], cwd=program, env=environment, capture_output=True, text=True)
    if built.returncode:
        common.skip(f"go build: {built.stderr.strip()[-300:]}")
    core = common.die(exe, "die", folder, emulator)[1]
    text = subprocess.run([DUMP, core, exe, "main.", "main.mark"], capture_output=True, text=True, check=True).stdout
    return {int(n): rest for n, rest in re.findall(r"^\S+ (\d+)(.*)$", text, re.M)}


def named(place):
    """The names that the source has for a place; "?" if it is only the result of some instruction, "any" if it is
    unknown."""
    if not place:
        return {"any"}
    names = {name for description in place.split("=") for name, of in PLACES.items() if of == description}
    return names or {"?"}


def facts(text):
    """{list: {(kind, name): must}} of one line of dump_sync."""
    found = {}
    for part in text.split():
        name, _, rest = part.partition(":")
        for tries, kind, place, must in FACT.findall(rest):
            for known in named(place) if kind != "receiver" else ():
                item = (tries + kind, known)
                of = found.setdefault(name, {})
                of[item] = of.get(item, False) or bool(must)
    return found
