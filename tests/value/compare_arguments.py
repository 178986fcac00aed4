#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares arguments of a stripped program with the runtime's own traceback and with DWARF.

The words must equal those of the traceback of the same moment. They must also equal the values that DWARF gives for
the unstripped program. If the type is known, the text must be equal too.

usage: compare_arguments.py CORE (a name of tests/gopm/common.py)"""
import collections
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
from differences import without_constants  # noqa: E402
from traceback_blocks import parse  # noqa: E402

CALL = re.compile(r"^([^\s].*?)\((.*)\)(?: fp=\S+ sp=\S+ pc=\S+)?$")
SURE = ("exact", "runtime", "recovered")
# In a stripped program an argument has the value at the call. These functions assign to it later.
ASSIGNED = (
    (r"testing\.\(\*T\)\.Run: t$", "t = &T{...} before it waits for the subtest"),
    (r"runtime\.\(\*scavengerState\)\.sleep: worked$", "worked = minScavWorkTime if it is less"),
)
SMALLEST_STACK, LARGEST_STACK = 2048, 1 << 30  # runtime/stack.go, maxstacksize
ARGUMENT = re.compile(r"arg\d+$")
ELIDED = re.compile(r"^\.\.\.(additional|\d+) frames elided\.\.\.$")
# reflect.Kind, as Delve uses them
BOOL, INT, UINT, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128, ARRAY, CHAN, FUNC, INTERFACE, MAP, PTR, SLICE, STRING, STRUCT, UNSAFE = (
    1, 2, 7, *range(13, 27))


def items(text):
    """Top-level arguments, each as its list of words."""
    found, depth = [], 0
    for token in re.findall(r"[{}]|[^{}, ]+", text):
        if depth == 0 and token != "}":
            found.append([])
        depth += (token == "{") - (token == "}")
        if token not in "{}":
            found[-1].append(token)
    return found


def untyped(value):
    return value["type"].startswith("word")


def words(value):
    """(bits, number) of each word."""
    if untyped(value) and value["type"] != "words":
        return [(int(value["type"][4:]), int(value["value"]))]
    return [word for child in value["children"] for word in words(child)]


def bits_of(value, kind):
    try:
        number = float(value)
    except ValueError:
        return None
    return int.from_bytes(struct.pack("<f" if kind in (FLOAT32, COMPLEX64) else "<d", number), "little")


def parts(v):
    """The words of a value, in the order of the runtime's argument tables. None: the JSON does not have the word."""
    kind, children = v["kind"], v["children"] or []
    number = re.search(r"(-?\d+)\)?$", v["value"])
    if v["unreadable"]:
        return [None] * 64
    if kind == BOOL:
        return [v["value"] == "true"]
    if kind in (INT, UINT, PTR, UNSAFE):
        return [int(number[1])] if number else [None]
    if kind in (FLOAT32, FLOAT64):
        return [bits_of(v["value"], kind)]
    if kind in (COMPLEX64, COMPLEX128):
        return [bits_of(child["value"], kind) for child in children]
    if kind == STRING:
        return [v["base"] if v["len"] else None, v["len"]]
    if kind == SLICE:
        return [v["base"], v["len"], v["cap"]]
    if kind in (MAP, CHAN):
        return [v["base"]]
    if kind == FUNC:
        return [None]  # the JSON has its code, not the closure
    if kind == INTERFACE:
        return [None, None]
    if kind in (STRUCT, ARRAY):
        if len(children) != v["len"]:
            return [None] * 64
        return [part for child in children for part in parts(child)]
    return [None] * 64


def is_same(token, part):
    """True if an unsigned word of the runtime's traceback equals the part. The size of a negative part is not known. A bool in a
    slot that may not be written yet may have any byte."""
    word = int(token.rstrip("?"), 16)
    if part is True and token.endswith("?"):
        return word != 0
    return part is None or word == part or part < 0 and word in [part + (1 << size) for size in (8, 16, 32, 64)]


def stacks(command, core, exe, depth=3):
    result = subprocess.run([str(command), "stack", "--all", "--full", "--json", "--max-depth", str(depth), "--max-elements", "2",
                             str(core), str(exe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    if result.returncode:
        raise RuntimeError(f"gopm stack: exit code {result.returncode}: {result.stderr.decode(errors='replace').strip()[:300]}")
    return {s["goroutineID"]: s["Locations"] for s in json.loads(result.stdout)["result"] if "goroutineID" in s}


def name_of(frame):
    return (frame.get("function") or {}).get("name", "")


class Checker:
    def __init__(self):
        self.problems = []
        self.counts = collections.Counter()
        self.doubts = True  # the traceback marks slots that may not be written yet: since Go 1.18

    def call(self, where, text, arguments):
        """Compares the arguments of one call with the runtime's own traceback."""
        self.counts["calls"] += 1
        listed = items(text)
        if listed and listed[-1] == ["..."]:
            listed.pop()
        by_index = {int(a["name"][3:]): a for a in arguments}
        for index, tokens in enumerate(listed):
            if index not in by_index:
                if tokens:
                    self.problems.append(f"{where}: argument {index} is missing")
                continue
            argument = by_index[index]
            # The traceback prints the slots, even if they are outdated. A sudog has the current value.
            sure = [t for t in tokens if t.rstrip("?").startswith("0x")]
            mine = [number for _, number in words(argument)]
            same = [int(t.rstrip("?"), 16) for t in sure] == mine[:len(sure)]
            doubted = any(t.endswith("?") for t in tokens)
            if argument.get("provenance") == "runtime" and (untyped(argument) and not same or doubted):
                self.counts["known only from the runtime's objects"] += 1
                if not doubted and self.doubts:
                    self.moved(f"{where}: argument {index}", tokens, mine)
                continue
            if doubted and argument.get("provenance") in SURE:
                self.problems.append(f"{where}: argument {index} is {argument['provenance']}, the runtime doubts it")
            if not untyped(argument):
                self.counts["typed"] += 1
                if len(sure) == len(tokens) and not all(map(is_same, sure, parts(argument))):
                    self.problems.append(f"{where}: argument {index} is {argument['text'][:200]}, the runtime says {tokens}")
                continue
            self.counts["words"] += len(sure)
            if not same:
                self.problems.append(f"{where}: argument {index} is {[hex(w) for w in mine]}, the runtime says {tokens}")

    def moved(self, where, tokens, mine):
        """Checks an argument that points into its own stack. When the stack moves, the slot keeps the old address and
        the sudog is updated."""
        by = int(tokens[0], 16) - mine[0] if len(tokens) == len(mine) == 1 else 1
        self.counts["outdated after a move of the stack, current in a sudog"] += 1
        if by % SMALLEST_STACK or abs(by) >= LARGEST_STACK:
            self.problems.append(f"{where} is {[hex(w) for w in mine]}, the runtime says {tokens} without a question mark")

    def goroutine(self, number, lines, frames):
        # The runtime prints only the first and the last calls of a long stack. Match the last ones from the end.
        elided = next((i for i, line in enumerate(lines) if ELIDED.match(line)), len(lines))
        self.calls(number, lines[1:elided], frames)
        self.calls(number, lines[:elided:-1], frames[::-1])

    def calls(self, number, lines, frames):
        at = 0
        for line in lines:
            call = CALL.match(line)
            if not call or call[2] == "..." or line.startswith("created by"):
                continue
            for i in range(at, len(frames)):
                if not frames[i]["inlined"] and name_of(frames[i]) == call[1]:
                    self.call(f"goroutine {number}, {call[1]}", call[2], frames[i]["Arguments"])
                    at = i + 1
                    break

    def argument(self, where, mine, other):
        """Compares an argument with the same argument by DWARF."""
        if other["type"] == "*runtime.hchan" and mine["type"].startswith("chan "):
            return  # the runtime's own type of the channel
        if mine["unreadable"] or other["unreadable"]:
            return
        certain = mine["provenance"] in SURE and other["provenance"] in SURE
        if untyped(mine):
            pairs = [(number, part % (1 << size)) for (size, number), part in zip(words(mine), parts(other)) if part is not None]
            equal = all(left == right for left, right in pairs)
            if not pairs:
                return
        elif mine["type"] != other["type"]:
            self.problems.append(f"{where} is a {mine['type']}, not a {other['type']}")
            return
        else:
            # Only DWARF has the names of constants.
            equal = without_constants(mine["text"].split(" ", 1)[-1]) == without_constants(other["text"].split(" ", 1)[-1])
        if not certain:
            self.counts["possibly stale, " + ("equal to" if equal else "different from") + " DWARF's"] += 1
            return
        self.counts["words equal to DWARF's" if untyped(mine) else "equal to DWARF's"] += equal
        if not equal and any(re.search(pattern, where) for pattern, _ in ASSIGNED):
            self.counts["listed: " + next(reason for pattern, reason in ASSIGNED if re.search(pattern, where))] += 1
        elif not equal:
            self.problems.append(f"{where} is {mine['text'][:200]} ({mine['provenance']}), not {other['text'][:200]} ({other['provenance']})")

    def beside_dwarf(self, number, bare, full):
        for mine, theirs in zip(bare, full):
            if re.search(r"\].", name_of(mine)):
                # The compiler's table omits the first parameter of a method or closure with type arguments.
                continue
            known = [a for a in theirs["Arguments"] if a["flags"] & 8]
            for argument in mine["Arguments"]:
                index = int(argument["name"][3:])
                if index < len(known):
                    self.argument(f"goroutine {number}, {name_of(mine)}: {known[index]['name']}", argument, known[index])

    def compare(self, bare, full, traceback):
        """Compares {goroutine: frames} of the stripped program with those by DWARF and with the runtime's text. Either
        may be empty."""
        text = parse(traceback)
        self.doubts = any("?" in call[2] for lines, *_ in text.values() for call in map(CALL.match, lines) if call)
        if any(not ARGUMENT.match(a["name"]) for frames in bare.values() for frame in frames for a in frame["Arguments"]):
            return  # not stripped: a library of the process has DWARF
        for number, frames in bare.items():
            if number in text and "[running" not in text[number][0][0] and "[runnable" not in text[number][0][0]:
                self.goroutine(number, text[number][0], frames)
            if number in full:
                self.beside_dwarf(number, frames, full[number])


def main():
    import common

    core = common.core(sys.argv[1])
    common.need("strip")
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "server"
        subprocess.run(["strip", "-o", stripped, core.exe], check=True)
        bare = stacks(common.GOPM, core.core, stripped)
    checker = Checker()
    checker.compare(bare, stacks(common.GOPM, core.core, core.exe), core.traceback.read_text(errors="replace"))
    print(", ".join(f"{count} {label}" for label, count in checker.counts.items()))
    if not checker.counts["words"] or not checker.counts["typed"] and sys.argv[1].startswith("types"):
        checker.problems.append("nothing was compared")
    common.finish(checker.problems)


if __name__ == "__main__":
    main()
