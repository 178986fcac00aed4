#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Values that are too large, too deep, endless or damaged: see tests/programs/limits. The expectations follow from the
values that the program assigns, and from the damage that this script writes over them.

    limits.py limits126
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "gopm"))
import common

GIGABYTE, MILLION = 1 << 30, 1000 * 1000
NOWHERE = 0x7BADBAD000
MINUS = 1 << 64


def places(core):
    lines = (line.split() for line in core.traceback.read_text(encoding="utf-8", errors="replace").splitlines())
    return {line[1]: int(line[2], 16) for line in lines if line[:1] == ["place"]}


def plain(text):
    """The text without provenance."""
    return re.sub(r"  \((?:runtime|recovered|stale-possible): .*\)$", "", text)


def frame(core, function, *options):
    """{variable: text without provenance} of `function`, the start function of one goroutine."""
    listed = common.gopm("goroutines", "--where", f"start=main.{function}", core.core, core.exe)
    text = common.gopm("stack", "-g", listed.split()[1], "--full", *options, core.core, core.exe)
    part = re.split(r"(?m)^\d+ +0x[0-9a-f]+ in ", text.split(f" in main.{function}\n", 1)[1])[0]
    lines = (line.strip().split(" = ", 1) for line in part.splitlines() if " = " in line)
    return {name: plain(value) for name, value in lines}


def entries(text):
    """Keys and values of a map of numbers, and the number of omitted entries."""
    pairs, rest = re.fullmatch(r"map\[int\]int \[(.*), ,\.\.\.\+(\d+) more\]", text).groups()
    return [tuple(map(int, pair.split(": "))) for pair in pairs.split(", ")], int(rest)


def check(problems, name, got, wanted):
    ok = re.fullmatch(wanted, got or "", re.S) if isinstance(wanted, str) else wanted(got)
    if not ok:
        problems.append(f"{name}: {got}, not {wanted}")


def negatives(text):
    pairs, rest = entries(text)
    return rest == MILLION - 64 and len(dict(pairs)) == 64 and all(value == -key and 0 <= key < MILLION for key, value in pairs)


def strings(text):
    found = re.findall(r'"key (\d+)": \*\(\*main\.Record\)\(0x[0-9a-f]+\), ', text)
    return len(set(found)) == 64 and text.endswith(f", ,...+{MILLION - 64} more]")


def sound(core, label):
    """Checks the undamaged program."""
    problems = []
    letters = bytes(ord("a") + i % 26 for i in range(64))
    records = GIGABYTE // 32
    expected = {
        "slices": {
            "bytes": rf"\[\]uint8 len: {GIGABYTE}, cap: {GIGABYTE}, \[{','.join(map(str, letters))},\.\.\.\+{GIGABYTE - 64} more\]",
            "records": rf"\[\]main\.Record len: {records}, cap: {records}, \[(\(\*main\.Record\)\(0x[0-9a-f]+\),){{64}}\.\.\.\+{records - 64} more\]",
            "text": rf'"{letters.decode()}\.\.\.\+{GIGABYTE - 64} more"',
        },
        "maps": {
            "ints": negatives,
            "names": strings,
            # One entry is left of a million. gopm searches only 6400 groups, a hundred times the limit on elements.
            "few": r'map\[int\]string \[\d+: "x", \]|\(unreadable too few entries in its first 6400 groups\)',
            "deep": r"main\.Deep \[1: \[\.\.\.\], \]",
        },
        "channels": {
            "full": rf"chan int {MILLION}/{MILLION} \{{buf: \[{','.join(map(str, range(64)))},\.\.\.\+{MILLION - 64} more\]\}}",
            "wide": r"chan \[1000\]int64 1000/1000 \{buf: \[" + "".join(rf"\[{i}(,0){{63}},\.\.\.\+936 more\]," for i in range(64)) +
                    r"\.\.\.\+936 more\]\}",
        },
        "cycles": {
            "list": r"\*main\.Node \{Next: \*\(\*main\.Node\)\(0x[0-9a-f]+\), Val: 1\}",
            "pointer": r"\*\(main\.Pointer\)\(0x[0-9a-f]+\)",
            "any1": r"interface \{\}\(\*interface \{\}\) \*\.\.\.",
            "any2": r"interface \{\}\(\*interface \{\}\) \*\.\.\.",
            "inside": r'map\[string\]interface \{\} \["inside": \*\(\*interface \{\}\)\(0x[0-9a-f]+\), \]',
            "slice": r"\[\]interface \{\} len: 2, cap: 2, \[(\*\(\*interface \{\}\)\(0x[0-9a-f]+\),?){2}\]",
            "self": r"main\.List len: 2, cap: 2, \[\[\.\.\.\],\[\.\.\.\]\]",
        },
    }
    for function, variables in expected.items():
        got = frame(core, function)
        for name, wanted in variables.items():
            check(problems, f"{label}: {function}: {name}", got.get(name), wanted)
    deep = frame(core, "cycles", "--max-depth", "30")
    check(problems, f"{label}: deep list", deep["list"], lambda text: text.count("Val: ") > 5)
    check(problems, f"{label}: deep pointer", deep["pointer"], r"\*+\(\*?main\.Pointer\)\(0x[0-9a-f]+\)")
    listed = common.gopm("goroutines", "--where", "start=main.slices", core.core, core.exe).split()[1]
    stack = common.gopm("stack", "-g", listed, core.core, core.exe)
    number = re.search(r"(?m)^(\d+) +0x[0-9a-f]+ in main\.slices$", stack).group(1)
    # A small core omits memory that no answer showed.
    expressions = {
        f"bytes[{GIGABYTE - 1}]": "122",
        f"bytes[{GIGABYTE - 2}:]": r"\[\]uint8 len: 2, cap: 2, \[0,122\]",
        "len(bytes)": str(GIGABYTE),
        "records[99].Name": rf'"{letters.decode()}\.\.\.\+35 more"',
    }
    for expression, wanted in expressions.items() if label == "sound" else ():
        got = common.gopm("print", "-g", listed, "-f", number, expression, core.core, core.exe).strip()
        check(problems, expression, plain(got), wanted)
    return problems


HEADER = r"\(unreadable its header is damaged: "
TABLE = r"\(unreadable a table of it is damaged\)"
GONE = r"\(unreadable the core lacks memory at 0x[0-9a-f]+\)"
RECORDS = r"\[\]main\.Record len: 3, cap: 3, \[(\(\*main\.Record\)\(0x[0-9a-f]+\),?){3}\]"
QUEUE = r"chan main\.Record 2/4 \{buf: \[(\(\*main\.Record\)\(0x[0-9a-f]+\),?){2}\]"
# internal/runtime/maps.Map: used 0, dirPtr 16, dirLen 24, globalDepth 32; table: index 8, groups 16, lengthMask 24.
# runtime.hchan: qcount 0, dataqsiz 8, buf 16, elemsize 24, recvx 56, recvq 64, sendq 80; runtime.sudog: next 8.
# For each function and variable: the changes as (place, offset, value), and the expected text.
DAMAGE = {
    "tornMaps": {
        "directoryLong": ([(".header", 24, 1 << 60)], HEADER + rf"a directory of {1 << 60} tables\)"),
        "directoryNegative": ([(".header", 24, -1)], HEADER + r"a directory of -1 tables\)"),
        "directoryPossible": ([(".header", 24, 1 << 40)], HEADER + rf"a directory of {1 << 40} tables\)"),
        "directorySame": ([(".directory", 0, "directorySame.table"), (".directory", 8, "directorySame.table")], r"\(unreadable .*|map.*"),
        "directoryNowhere": ([(".header", 16, NOWHERE)], GONE),
        "directorySelf": ([(".header", 16, "directorySelf.header")], GONE),
        "usedHuge": ([(".header", 0, 1 << 60)], HEADER + rf"{1 << 60} entries do not fit into it\)"),
        "usedNegative": ([(".header", 0, 5 - (1 << 63))], HEADER + r"-\d+ entries do not fit into it\)"),
        "depthHuge": ([(".header", 32, 255)], HEADER + r"a directory of \d+ tables\)"),
        "maskFull": ([(".table", 24, -1)], TABLE),
        "maskHuge": ([(".table", 24, (1 << 40) - 1)], TABLE),
        "groupsNowhere": ([(".table", 16, NOWHERE)], GONE),
        "groupsEmpty": ([(".table", 16, "empty")], r"\(unreadable damaged: it has 0 entries, but its count is \d+\)"),
        "groupsZero": ([(".table", 16, "zeroes")], r"\(unreadable damaged: it has \d+ entries, but its count is \d+\)"),
        "indexWrong": ([(".table", 8, 77)], TABLE),
        "groupsOdd": ([(".table", 16, NOWHERE + 1)], TABLE),
    },
    "tornSlices": {
        "longer": ([("", 8, 1 << 60)], rf"\(unreadable its length is {1 << 60}, but its capacity 3\)"),
        "negative": ([("", 8, -1)], r"\(unreadable its length is negative\)"),
        "odd": ([("", 16, -5)], r"\(unreadable its length is 3, but its capacity -5\)"),
        "last": ([("", 0, -16)], r"\(unreadable its base address 0xf+0 is not possible\)"),
        # Elements that are structs are shown as addresses, computed from the header.
        "nowhere": ([("", 0, NOWHERE)], RECORDS),
        "stringLong": ([("", 8, 1 << 40)], rf'".*\.\.\.\+{(1 << 40) - 64} more"'),
        "stringNegative": ([("", 8, -7)], r"\(unreadable its length is -7\)"),
        "stringNowhere": ([("", 0, NOWHERE)], GONE),
        "stringIn": ([(".first", 8, "stringIn.first")], RECORDS),
    },
    "tornChannels": {
        "countLarge": ([("", 0, 1 << 40)], HEADER + rf"{1 << 40} of 4 elements\)"),
        "countNegative": ([("", 0, -3)], HEADER + r"-3 of 4 elements\)"),
        "sizeHuge": ([("", 8, 1 << 60)], HEADER + rf"2 of {1 << 60} elements\)"),
        "sizeZero": ([("", 8, 0)], HEADER + r"2 of 0 elements\)"),
        "indexLarge": ([("", 56, 1 << 50)], HEADER + rf"element {1 << 50} of 4 is its first\)"),
        "elementWrong": ([("", 24, 0xFFFF)], HEADER + r"elements of 65535 bytes\)"),
        # Elements that are structs are shown as addresses.
        "bufferNowhere": ([("", 16, NOWHERE)], QUEUE + r"\}"),
        "waitersCycle": ([("", 64, "zeroes"), ("zeroes", 8, "zeroes")], QUEUE + r", recvq: \[\(unreadable damaged: the queue is cyclic\)\]\}"),
        "waitersNowhere": ([("", 80, NOWHERE)], QUEUE + rf", sendq: \[\(unreadable the core lacks memory at {NOWHERE:#x}\)\]\}}"),
    },
    "tornInterfaces": {
        "tableNowhere": ([("", 0, NOWHERE)], r"\*" + GONE),
        "tableSelf": ([("", 0, "tableSelf")], r"\*\(unreadable no type is known for the descriptor at 0x[0-9a-f]+\)"),
        "tableZeroes": ([("", 0, "empty")], r"\*\(unreadable no type is known for the descriptor at 0x(80)+\)"),
        "typeNowhere": ([("", 0, NOWHERE)], rf"\*\(unreadable no type is known for the descriptor at {NOWHERE:#x}\)"),
        "typeSelf": ([("", 0, "typeSelf")], r"\*\(unreadable no type is known for the descriptor at 0x[0-9a-f]+\)"),
        "typeOdd": ([("", 0, NOWHERE + 1)], rf"\*\(unreadable no type is known for the descriptor at {NOWHERE + 1:#x}\)"),
    },
}


def write(file, segments, address, value, size):
    for start, length, offset in segments:
        if start <= address < start + length:
            file.seek(offset + address - start)
            file.write((value % MINUS).to_bytes(8, "little")[:size])
            return
    sys.exit(f"the core lacks {address:#x}")


def damage(core, folder):
    """A copy of the core with all changes of DAMAGE."""
    known = places(core)
    torn = common.Core(folder)
    subprocess.run(["cp", "--sparse=always", core.core, torn.core], check=True)
    torn.exe = core.exe
    with open(torn.core, "r+b") as file:
        header = file.read(64)
        file.seek(struct.unpack_from("<Q", header, 32)[0])
        table = file.read(56 * struct.unpack_from("<H", header, 56)[0])
        headers = (struct.unpack_from("<IIQQQQ", table, at) for at in range(0, len(table), 56))
        segments = [(address, size, offset) for kind, _, offset, address, _, size in headers if kind == 1]
        for variables in DAMAGE.values():
            for name, (changes, _) in variables.items():
                for place, offset, value in changes:
                    at = known[place if place in known else name + place] + offset
                    # Fields narrower than a word.
                    size = {("depthHuge", 32): 1, ("elementWrong", 24): 2}.get((name, offset), 8)
                    write(file, segments, at, known[value] if isinstance(value, str) else value, size)
    return torn


def torn(core):
    problems = []
    for function, variables in DAMAGE.items():
        got = frame(core, function)
        common.gopm("stack", "--all", "--where", f"start=main.{function}", "--full", "--json", core.core, core.exe)
        for name, (_, wanted) in variables.items():
            check(problems, f"{function}: {name}", got.get(name), wanted)
    return problems


def main():
    core = common.core(sys.argv[1])
    problems = sound(core, "sound")
    with tempfile.TemporaryDirectory(dir=common.CACHE) as folder:
        small = common.Core(pathlib.Path(folder))
        small.core, small.exe = pathlib.Path(folder) / "small", core.exe
        common.gopm("slim", "-o", small.core, core.core, core.exe)
        problems += sound(small, "small")
        problems += torn(damage(core, pathlib.Path(folder)))
    common.finish(problems)


if __name__ == "__main__":
    main()
