#!/usr/bin/env python3
"""Compares every variable of every goroutine of a core with what Delve reads.

usage: compare_delve.py [--dump PROGRAM] [--limit N] [--verbose] CORE EXE

Both sides use Delve's default limits. A variable that Delve reads must be there with the same name,
type and text. What Delve does not read and we do is counted, not judged. Exit 77: Delve is missing.
"""
import argparse
import collections
import json
import os
import re
import shutil
import socket
import subprocess
import sys

CONFIG = {"FollowPointers": True, "MaxVariableRecurse": 1, "MaxStringLen": 64, "MaxArrayValues": 64,
          "MaxStructFields": -1}
DEPTH = 50
PROVENANCE = ("unreadable", "exact", "runtime", "recovered", "stale-possible")

# reflect.Kind
INVALID, COMPLEX64, COMPLEX128, ARRAY, CHAN, FUNC, INTERFACE, MAP, PTR, SLICE, STRING, STRUCT, UNSAFE = (
    0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26)


class Delve:
    """A headless Delve on a core."""

    def __init__(self, core, exe):
        dlv = shutil.which("dlv") or os.path.expanduser("~/go/bin/dlv")
        if not os.path.exists(dlv):
            print("skipped: dlv is not installed")
            sys.exit(77)
        self.process = subprocess.Popen(
            [dlv, "core", exe, core, "--headless", "--accept-multiclient", "--api-version=2", "--listen=127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        address = None
        for line in self.process.stdout:
            found = re.search(r"listening at: (\S+):(\d+)", line)
            if found:
                address = (found.group(1), int(found.group(2)))
                break
        if address is None:
            print("Delve did not start")
            sys.exit(1)
        self.socket = socket.create_connection(address)
        self.file = self.socket.makefile("rwb")
        self.serial = 0

    def call(self, method, **arguments):
        self.serial += 1
        request = {"method": "RPCServer." + method, "params": [arguments], "id": self.serial}
        self.file.write(json.dumps(request).encode() + b"\n")
        self.file.flush()
        answer = json.loads(self.file.readline())
        if answer.get("error"):
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


def printable(char):
    """strconv.IsPrint, near enough for what a core of the story holds."""
    return char == " " or (char.isprintable() and not char.isspace())


def quote(text):
    """%q."""
    names = {"\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r", '"': '\\"',
             "\\": "\\\\"}
    out = []
    for char in text:
        code = ord(char)
        if char in names:
            out.append(names[char])
        elif printable(char):
            out.append(char)
        elif code < 0x80:
            out.append(f"\\x{code:02x}")
        elif code < 0x10000:
            out.append(f"\\u{code:04x}")
        else:
            out.append(f"\\U{code:08x}")
    return '"' + "".join(out) + '"'


def rest(loaded, length, none):
    if loaded == length:
        return ""
    return f",...+{length - loaded} more" if loaded else none


def cast(before, v, after, address):
    name = quote(v["type"]) if "/" in v["type"] else v["type"]
    return f"{before}{name}{after}({address:#x})"


def elements(v):
    children = v["children"] or []
    return "[" + ",".join(text_of(c) for c in children) + rest(len(children), v["len"], "...") + "]"


def text_of(v, top=False, typed=False):
    """One line, by the rules of Delve's service/api/prettyprint.go."""
    children = v["children"] or []
    if v["unreadable"]:
        return f"(unreadable {v['unreadable']})"
    if not top and v["addr"] == 0 and v["value"] == "":
        return f"{v['type']} nil" if typed and v["type"] != "void" else "nil"
    kind = v["kind"]
    prefix = v["type"] + " " if typed else ""
    if kind == SLICE:
        head = f"{v['type']} len: {v['len']}, cap: {v['cap']}, " if typed else ""
        return head + ("nil" if v["base"] == 0 and not children else elements(v))
    if kind == ARRAY:
        return prefix + elements(v)
    if kind == PTR:
        if v["type"] == "" or not children:
            return "nil"
        if children[0]["onlyAddr"] and children[0]["addr"] != 0:
            return cast("(", v, ")", children[0]["addr"])
        return "*" + text_of(children[0], typed=typed)
    if kind == UNSAFE:
        return f"unsafe.Pointer({children[0]['addr']:#x})" if children else "unsafe.Pointer(nil)"
    if kind == CHAN:
        return f"{v['type']} {children[0]['value']}/{children[1]['value']}" if children else f"{v['type']} nil"
    if kind == STRUCT:
        head = ""
        if v["value"]:
            head = f"{v['type']}({v['value']})"
            prefix = ""
        if v["len"] != len(children) and not children:
            return head + cast("(*", v, ")", v["addr"])
        fields = ", ".join(f"{c['name']}: {text_of(c, typed=True)}" for c in children)
        return head + prefix + "{" + fields + rest(len(children), v["len"], "") + "}"
    if kind == INTERFACE:
        if v["addr"] == 0:
            return "nil"
        data = children[0]
        head = ""
        if typed:
            if data["kind"] == INVALID:
                head = v["type"] + " "
                if data["addr"] == 0:
                    return head + "nil"
            else:
                head = f"{v['type']}({data['type']}) "
        if data["kind"] == PTR:
            inner = data["children"] or []
            if not inner:
                return head + "..."
            if inner[0]["addr"] == 0:
                return head + "nil"
            if inner[0]["onlyAddr"]:
                return head + f"{data['addr']:#x}"
            return head + text_of(data, typed=not typed)
        if data["onlyAddr"]:
            return head + cast("*(*", v, ")", v["addr"])
        return head + text_of(data, typed=not typed)
    if kind == MAP:
        if v["base"] == 0 and not children:
            return prefix + "nil"
        pairs = "".join(f"{text_of(children[i])}: {text_of(children[i + 1])}, " for i in range(0, len(children), 2))
        return prefix + "[" + pairs + rest(len(children) // 2, v["len"], "...") + "]"
    if kind == FUNC:
        return v["value"] or "nil"
    if kind == STRING:
        value = v["value"]
        if len(value.encode()) != v["len"]:
            value += f"...+{v['len'] - len(value.encode())} more"
        return quote(value)
    if kind in (COMPLEX64, COMPLEX128):
        return f"({children[0]['value']} + {children[1]['value']}i)"
    return v["value"] if v["value"] else "(unknown)"


def reads_made_up_bytes(v):
    """Delve fills pieces that have no place with zeroes: DW_OP_piece with nothing before it."""
    location = re.sub(r"^\[[^]]*\] ", "", v.get("LocationExpr") or "")
    return re.search(r"(^|DW_OP_piece\s+\S+\s+)DW_OP_piece", location) is not None


def pads_lost_register(v):
    """Delve takes the bytes of a register it does not know for padding, which is zero."""
    location = re.sub(r"^\[[^]]*\] ", "", v.get("LocationExpr") or "").strip()
    return re.fullmatch(r"DW_OP_reg\d+\(\w+\)", location) is not None and v["value"] in ("false", "0")


def without_reasons(text):
    return re.sub(r"\(unreadable [^()]*\)", "(unreadable)", text)


def without_constants(text):
    """Where several constants have a value, Delve takes the one that its sort puts first, whatever its package."""
    return re.sub(r"[\w./|]+ (\(-?\d+\))", r"\1", text)


def any_unreadable(v):
    return bool(v["unreadable"]) or any(any_unreadable(c) for c in v["children"] or [])


def our_frames(program, core, exe):
    goroutines = collections.defaultdict(list)
    process = subprocess.Popen([program, core, exe], stdout=subprocess.PIPE)
    for line in process.stdout:
        frame = json.loads(line.decode(errors="replace"))
        goroutines[frame["goroutine"]].append(frame)
    if process.wait() != 0:
        print(f"{program} failed")
        sys.exit(1)
    return goroutines


class Comparison:
    def __init__(self, verbose):
        self.counts = collections.Counter()
        self.shown = collections.Counter()
        self.readable = collections.Counter()
        self.verbose = verbose

    def report(self, what, text):
        self.counts[what] += 1
        self.shown[what] += 1
        if self.shown[what] <= (1000 if self.verbose else 5):
            print(f"{what}: {text}")

    def report_readable(self):
        """How many of the variables in the compared frames each of the two reads."""
        counts = [f"{self.readable[name]} {name}" for name in PROVENANCE[1:] if self.readable[name]]
        ours = sum(self.readable[name] for name in PROVENANCE[1:])
        share = ours / self.readable["Delve"] if self.readable["Delve"] else 0
        return f"Delve reads {self.readable['Delve']} variables, gopm {ours}: {', '.join(counts)}; {share:.2f} times as many"

    def variable(self, where, theirs, ours, pc_differs):
        if theirs["type"] != ours["type"]:
            self.report("type differs", f"{where}: Delve {theirs['type']!r}, gopm {ours['type']!r}")
            return
        expected = text_of(theirs, top=True, typed=True)
        self.readable["Delve"] += not theirs["unreadable"]
        self.readable[PROVENANCE[ours["provenance"]]] += 1
        if theirs["unreadable"]:
            self.counts["unreadable in both" if ours["unreadable"] else "read by gopm only"] += 1
        elif "\ufffd" in expected:
            self.counts["not UTF-8, so not comparable through JSON"] += 1
        elif reads_made_up_bytes(theirs):
            self.counts["Delve made up bytes that have no place"] += 1
        elif expected == ours["text"]:
            self.counts["equal"] += 1
        elif ours["unreadable"] and pads_lost_register(theirs):
            self.counts["Delve made up bytes that have no place"] += 1
        elif ours["unreadable"]:
            self.report("read by Delve only", f"{where}: {expected[:200]!r} {theirs['LocationExpr']}, gopm: {ours['unreadable']}")
        elif re.search("0xbee[df]0", expected):
            self.counts["Delve made up an address of registers"] += 1
        elif without_reasons(expected) == without_reasons(ours["text"]):
            self.counts["equal but for the reason why a part is unreadable"] += 1
        elif without_constants(expected) == without_constants(ours["text"]):
            self.counts["equal but for which constant of a value is named"] += 1
        elif any_unreadable(theirs):
            self.report("parts unreadable in Delve", f"{where}:\n  Delve {expected}\n  gopm  {ours['text']}")
        else:
            self.report("text differs", f"{where}: {theirs['LocationExpr']}\n  Delve {expected}\n  gopm  {ours['text']}")

    def frame(self, where, theirs, ours):
        variables = collections.defaultdict(list)
        for v in ours["vars"]:
            variables[v["name"]].append(v)
        listed = (theirs.get("Arguments") or []) + (theirs.get("Locals") or [])
        names = [v["name"] for v in listed]
        if names != [v["name"] for v in ours["vars"]]:
            self.report("names differ", f"{where}: Delve {names}, gopm {[v['name'] for v in ours['vars']]}")
        for v in listed:
            if variables[v["name"]]:
                self.variable(f"{where} {v['name']}", v, variables[v["name"]].pop(0), False)
            elif v["unreadable"]:
                self.counts["unreadable in Delve, missing in gopm"] += 1
            else:
                self.report("missing in gopm", f"{where} {v['name']}")

    def goroutine(self, number, theirs, ours):
        key = lambda f: (f["pc"], f["function"]["name"] if isinstance(f.get("function"), dict) else f.get("function"))
        index = 0
        for frame in theirs:
            if not frame.get("pc"):
                continue
            found = next((i for i in range(index, len(ours)) if key(ours[i]) == key(frame)), None)
            if found is None:
                if (frame.get("Arguments") or []) + (frame.get("Locals") or []):
                    self.report("frames without a match", f"goroutine {number} {key(frame)}")
                continue
            index = found + 1
            self.counts["frames"] += 1
            self.frame(f"goroutine {number} frame {found} {ours[found]['function']}", frame, ours[found])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump", default=os.path.join(os.environ.get("GOPM_BUILD", "build/dev"), "tests/value/dump_vars"))
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("core")
    parser.add_argument("exe")
    arguments = parser.parse_args()
    delve = Delve(arguments.core, arguments.exe)
    comparison = Comparison(arguments.verbose)
    try:
        ours = our_frames(arguments.dump, arguments.core, arguments.exe)
        goroutines = delve.call("ListGoroutines", Start=0, Count=0)["Goroutines"]
        if arguments.limit:
            step = max(1, len(goroutines) // arguments.limit)
            goroutines = goroutines[::step]
        for g in goroutines:
            stack = delve.call("Stacktrace", Id=g["id"], Depth=DEPTH, Full=True, Cfg=CONFIG)["Locations"]
            comparison.counts["goroutines"] += 1
            comparison.goroutine(g["id"], stack, ours[g["id"]])
    finally:
        delve.close()
    for what, count in sorted(comparison.counts.items()):
        print(f"{count:8} {what}")
    print(comparison.report_readable())
    bad = ("type differs", "read by Delve only", "text differs", "names differ", "missing in gopm")
    return 1 if any(comparison.counts[b] for b in bad) or not comparison.counts["equal"] else 0


if __name__ == "__main__":
    sys.exit(main())
