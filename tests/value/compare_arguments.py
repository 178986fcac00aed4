#!/usr/bin/env python3
"""Arguments of a stripped program: the words are those of the runtime's own traceback of the same moment, and what is
shown with a type is what DWARF shows of the unstripped one. The argument is a core of tests/gopm/common.py."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402
from traceback_blocks import parse  # noqa: E402

CALL = re.compile(r"^([^\s].*?)\((.*)\)(?: fp=\S+ sp=\S+ pc=\S+)?$")
DEPTH = ["--max-depth", "3", "--max-elements", "2"]
problems = []
counts = dict.fromkeys(("words", "typed", "known by the runtime's objects alone", "equal to DWARF's"), 0)


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


def words(value):
    if value["type"].startswith("word") and value["type"] != "words":
        return [int(value["value"])]
    return [word for child in value["children"] for word in words(child)]


def compare_call(where, text, arguments):
    told = items(text)
    if told and told[-1] == ["..."]:
        told.pop()
    by_index = {int(a["name"][3:]): a for a in arguments}
    for index, tokens in enumerate(told):
        if index not in by_index:
            if tokens:
                problems.append(f"{where}: argument {index} is missing")
            continue
        argument = by_index[index]
        # The traceback prints slots, whatever is in them; a sudog knows better.
        if argument["provenance"] == "runtime" and any(t.endswith("?") for t in tokens):
            counts["known by the runtime's objects alone"] += 1
            continue
        if any(t.endswith("?") for t in tokens) and argument["provenance"] not in ("stale-possible", "none"):
            problems.append(f"{where}: argument {index} is {argument['provenance']}, the runtime doubts it")
        if not argument["type"].startswith("word"):
            counts["typed"] += 1
            continue
        sure = [t for t in tokens if t.rstrip("?").startswith("0x")]
        mine = words(argument)
        counts["words"] += len(sure)
        if [int(t.rstrip("?"), 16) for t in sure] != mine[:len(sure)]:
            problems.append(f"{where}: argument {index} is {[hex(w) for w in mine]}, the runtime says {tokens}")


def compare_goroutine(number, lines, frames):
    at = 0
    for line in lines[1:]:
        call = CALL.match(line)
        if not call or call[2] == "..." or line.startswith("created by"):
            continue
        for i in range(at, len(frames)):
            frame = frames[i]
            name = (frame.get("function") or {}).get("name", "")
            if not frame["inlined"] and name == call[1]:
                compare_call(f"goroutine {number}, {name}", call[2], frame["Arguments"])
                at = i + 1
                break


def without_type(text):
    """... and without names of constants, which DWARF alone knows: "waitReasonSleep (19)"."""
    return re.sub(r"\b[A-Za-z]\w* \((-?\d+)\)", r"\1", text.split(" ", 1)[-1])


def compare_dwarf(number, bare, full):
    for mine, theirs in zip(bare, full):
        known = [a for a in theirs["Arguments"] if a["flags"] & 8]
        for argument in mine["Arguments"]:
            index = int(argument["name"][3:])
            if argument["type"].startswith("word") or index >= len(known):
                continue
            other = known[index]
            where = f"goroutine {number}, {mine['function']['name']}: {other['name']}"
            if other["type"] == "*runtime.hchan" and argument["type"].startswith("chan "):
                continue  # the runtime's own view of it
            if argument["type"] != other["type"]:
                problems.append(f"{where} is a {argument['type']}, not a {other['type']}")
            elif other.get("provenance", "exact") in ("exact", "runtime", "recovered") and not other["unreadable"] and (
                    argument["provenance"] == "recovered" or argument["text"] == other["text"]):
                counts["equal to DWARF's"] += 1
                if without_type(argument["text"]) != without_type(other["text"]):
                    problems.append(f"{where} is {argument['text']}, not {other['text']}")


def stacks(core, exe):
    text = common.gopm("stack", "--all", "--full", "--json", *DEPTH, core, exe)
    return {s["goroutineID"]: s["Locations"] for s in json.loads(text)["result"] if "goroutineID" in s}


core = common.core(sys.argv[1])
common.need("strip")
with tempfile.TemporaryDirectory() as folder:
    stripped = pathlib.Path(folder) / "server"
    subprocess.run(["strip", "-o", stripped, core.exe], check=True)
    bare = stacks(core.core, stripped)
full = stacks(core.core, core.exe)
text = parse(core.traceback.read_text(errors="replace"))
for number, frames in bare.items():
    if number in text and "[running" not in text[number][0][0] and "[runnable" not in text[number][0][0]:
        compare_goroutine(number, text[number][0], frames)
    compare_dwarf(number, frames, full[number])
print(", ".join(f"{count} {what}" for what, count in counts.items()))
if not counts["words"] or not counts["typed"] and sys.argv[1].startswith("types"):
    problems.append("nothing was compared")
common.finish(problems)
