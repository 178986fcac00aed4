#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares every variable of every goroutine of a core with Delve's.

usage: compare_delve.py [--gopm PROGRAM] [--limit N] [--verbose] CORE EXE

Both sides use Delve's default limits. Every variable that Delve reads must have the same name, text and JSON, including
children (`stack --full --json` with `--delve`, and with `--raw`). Each difference must be in the list of differences.py, with
its reason. Variables that only gopm reads are counted, not compared. Exit 77: Delve is missing.
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

from differences import MADE_UP, AllowList

CONFIG = {"FollowPointers": True, "MaxVariableRecurse": 1, "MaxStringLen": 64, "MaxArrayValues": 64,
          "MaxStructFields": -1}
DEPTH = 50
PROVENANCE = ("unreadable", "exact", "runtime", "recovered", "stale-possible")

# reflect.Kind
INVALID, COMPLEX64, COMPLEX128, ARRAY, CHAN, FUNC, INTERFACE, MAP, PTR, SLICE, STRING, STRUCT, UNSAFE = (
    0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26)
ESCAPED, FAKE_ADDRESS = 1, 32  # api.VariableFlags
# runtime/runtime2.go: _Gidle, _Gdead, and since Go 1.26 _Gdeadextra.
NO_GOROUTINE = (0, 6, 11)


class Failed(Exception):
    """The text is the reason."""


class Delve:
    """A headless Delve on a core. Raises Failed if Delve does not open the core."""

    def __init__(self, core, exe):
        dlv = shutil.which("dlv") or os.path.expanduser("~/go/bin/dlv")
        if not os.path.exists(dlv):
            raise FileNotFoundError("dlv is not installed")
        self.process = subprocess.Popen(
            [dlv, "core", str(exe), str(core), "--headless", "--accept-multiclient", "--api-version=2", "--listen=127.0.0.1:0",
             "--check-go-version=false"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        address, output = None, []
        for line in self.process.stdout:
            found = re.search(r"listening at: (\S+):(\d+)", line)
            if found:
                address = (found.group(1), int(found.group(2)))
                break
            output.append(line.strip())
        if address is None:
            self.process.wait()
            raise Failed("Delve does not open the core: " + " ".join(output)[-200:])
        self.socket = socket.create_connection(address, timeout=120)
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


def open_delve(core, exe):
    """Opens Delve for a test. If Delve is missing, the test is skipped."""
    try:
        return Delve(core, exe)
    except FileNotFoundError as reason:
        print("skipped:", reason)
        sys.exit(77)
    except Failed as reason:
        print(reason)
        sys.exit(1)


def printable(char):
    """An approximation of strconv.IsPrint, exact for the characters in these cores."""
    return char == " " or (char.isprintable() and not char.isspace())


def quote(text):
    """The text as Go's %q prints it."""
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
    """The value on one line, by the rules of Delve's service/api/prettyprint.go."""
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


def any_unreadable(v):
    return bool(v["unreadable"]) or any(any_unreadable(c) for c in v["children"] or [])


def our_frames(program, core, exe, *options):
    """{goroutine: frames} from `gopm stack --json`."""
    command = [str(program), "stack", "--all", "--full", "--json", "--depth", str(DEPTH + 1), *options, str(core), str(exe)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    if result.returncode:
        raise Failed(f"gopm stack: exit code {result.returncode}: {result.stderr.decode(errors='replace').strip()[:300]}")
    return {stack["goroutineID"]: stack["Locations"] for stack in json.loads(result.stdout)["result"] if stack.get("goroutineID")}


def variables_of(frame):
    return (frame.get("Arguments") or []) + (frame.get("Locals") or [])


def name_of(frame):
    return (frame.get("function") or {}).get("name", "")


# Not compared: LocationExpr, which is not a part of the value and which gopm does not write, and the reason in
# `unreadable`.
MEMBERS = ("name", "addr", "onlyAddr", "type", "realType", "flags", "kind", "value", "StringValueBytes", "len", "cap", "base",
           "DeclLine")


def differences(theirs, ours, path):
    """Yields (path, member, theirs, ours) for each difference in one variable and its children."""
    if theirs["unreadable"] or ours["unreadable"]:
        if not theirs["unreadable"] or not ours["unreadable"]:
            yield path, "unreadable", *(f"unreadable: {v['unreadable']}" if v["unreadable"] else text_of(v, top=True, typed=True)
                                        for v in (theirs, ours))
        for member in ("name", "type", "kind"):
            if theirs[member] != ours[member]:
                yield path, member, theirs[member], ours[member]
        return
    for member in MEMBERS:
        if theirs.get(member) != ours.get(member):
            yield path, member, theirs.get(member), ours.get(member)
    left, right = theirs["children"] or [], ours["children"] or []
    if len(left) != len(right):
        yield path, "children", *(f"{len(children)}, {sum(bool(c['unreadable']) for c in children)} unreadable"
                                  for children in (left, right))
        return
    for i, (a, b) in enumerate(zip(left, right)):
        yield from differences(a, b, f"{path}.{a['name'] or i}")


class Comparison:
    def __init__(self, verbose=False, quiet=False, allowed=None):
        self.counts = collections.Counter()
        self.shown = collections.Counter()
        self.readable = {True: collections.Counter(), False: collections.Counter()}  # by optimised: functions that are, others
        self.allowed = allowed or AllowList()
        self.most = 0 if quiet else 1000 if verbose else 5  # printed for one kind
        self.problems = []

    def report(self, label, text):
        self.counts[label] += 1
        self.shown[label] += 1
        self.problems.append(f"{label}: {text}")
        if self.shown[label] <= self.most:
            print(f"{label}: {text}")

    def report_readable(self):
        """The numbers of variables in the compared frames that Delve and gopm read."""
        readable = self.readable[True] + self.readable[False]
        counts = [f"{readable[name]} {name}" for name in PROVENANCE[1:] if readable[name]]
        ours = sum(readable[name] for name in PROVENANCE[1:])
        share = ours / readable["Delve"] if readable["Delve"] else 0
        return f"Delve reads {readable['Delve']} variables, gopm {ours}: {', '.join(counts)}; {share:.2f} times as many"

    def judge(self, where, whole, found):
        """Reports the differences that are not allowed. An allowed one covers all paths below its own."""
        covered = []
        for path, member, theirs, ours in found:
            if any(path == above or path.startswith(above + ".") for above in covered):
                continue
            if self.allowed.covers(path, member, whole, theirs, ours):
                if member in ("unreadable", "children"):
                    covered.append(path)
            else:
                self.report("differs", f"{where} {path}: {member}, Delve {str(theirs)[:300]!r}, gopm {str(ours)[:300]!r} "
                            f"({whole['type']}, {whole['LocationExpr']})")

    def variable(self, where, path, theirs, listed, ours, optimised):
        """Compares one variable. `path` is the function, with a prefix if its callers matter. `listed` is gopm's
        variable with --delve, `ours` the variable of the same name with --raw."""
        path = f"{path} {theirs['name']}"
        readable = self.readable[optimised]
        readable["variables"] += 1
        readable["Delve"] += not theirs["unreadable"]
        readable[ours.get("provenance", "unreadable") if not ours["unreadable"] else "unreadable"] += 1
        if theirs["unreadable"]:
            self.counts["unreadable in both" if ours["unreadable"] else "read by gopm only"] += 1
            # Delve leaves an unreadable variable that escaped to the heap as the pointer to it.
            compared = ("DeclLine",) if theirs["flags"] & ESCAPED else ("DeclLine", "type", "kind")
            found = [(path, member, theirs[member], listed[member]) for member in compared
                     if theirs[member] != listed[member]]
            if (theirs["flags"] ^ listed["flags"]) & ~FAKE_ADDRESS:
                found.append((path, "flags", theirs["flags"], listed["flags"]))
            self.judge(where, theirs, found)
            return
        found = list(differences(theirs, listed, path))
        if any(listed[key] != ours.get(key) for key in listed if key != "children"):
            # The value may come from another location than the one in the location list.
            elsewhere = ("addr", "flags") if ours.get("provenance") in ("runtime", "recovered") and ours["addr"] >= MADE_UP else ()
            found += [d for d in differences(theirs, ours, path) if d not in found and d[1] not in elsewhere]
        text = text_of(theirs, top=True, typed=True)
        if "\ufffd" in text:
            self.counts["texts not compared: not UTF-8, the JSON has the bytes"] += 1
        elif text != ours["text"] and (not found or text_of(listed, top=True, typed=True) != ours["text"]):
            # The text follows the JSON. If the JSON differs, its members are compared instead.
            found.append((path, "text", text, ours["text"]))
        if found:
            self.counts["equal except for listed differences"] += 1
            self.judge(where, theirs, found)
        else:
            self.counts["equal in text and JSON"] += 1

    def frame(self, where, path, theirs, listed, ours):
        optimised = bool((theirs.get("function") or {}).get("optimized"))
        for part in ("Arguments", "Locals"):
            wanted, bare, mine = theirs.get(part) or [], listed.get(part) or [], ours.get(part) or []
            names = [v["name"] for v in wanted]
            if names != [v["name"] for v in bare] or names != [v["name"] for v in mine]:
                self.report("differs", f"{where} {path}: {part}, Delve {names}, gopm {[v['name'] for v in bare]}")
                continue
            for triple in zip(wanted, bare, mine):
                self.variable(where, path, *triple, optimised)

    def goroutine(self, number, theirs, listed, ours):
        def key(frame):
            return frame["pc"], name_of(frame)

        index, above = 0, ""
        for frame in theirs:
            if not frame.get("pc"):
                continue
            found = next((i for i in range(index, len(listed)) if key(listed[i]) == key(frame)), None)
            if found is None:
                if variables_of(frame):
                    self.counts["frames that only Delve has"] += 1
                continue
            index = found + 1
            # In a system call Delve begins with the thread's frames: --raw has only the outer ones.
            inner = len(listed) - len(ours)
            if found < inner:
                self.counts["frames of a thread in a system call"] += 1
                continue
            self.counts["frames"] += 1
            self.frame(f"goroutine {number} frame {found}", above + name_of(frame), frame, listed[found], ours[found - inner])
            if name_of(frame) == "runtime.asyncPreempt":
                above = "under asyncPreempt: "

    def core(self, delve, program, core, exe, limit=0):
        """All goroutines, or about `limit` of them, evenly chosen."""
        listed, ours = our_frames(program, core, exe, "--delve"), our_frames(program, core, exe, "--raw")
        try:
            goroutines = delve.call("ListGoroutines", Start=0, Count=0)["Goroutines"]
        except RuntimeError as reason:
            raise Failed(f"Delve lists no goroutines: {reason}") from None
        step = max(1, len(goroutines) // limit) if limit else 1
        for g in goroutines[::step]:
            try:
                stack = delve.call("Stacktrace", Id=g["id"], Depth=DEPTH, Full=True, Cfg=CONFIG)["Locations"]
            except RuntimeError as reason:
                self.counts[f"goroutines whose stack Delve refuses: {str(reason)[:100]}"] += 1
                continue
            if g["id"] not in ours and g["status"] in NO_GOROUTINE:
                self.counts["not goroutines: kept by the runtime for C threads"] += 1
                continue
            self.counts["goroutines"] += 1
            if g["id"] not in ours:
                self.report("differs", f"goroutine {g['id']} is missing, status {g['status']}")
                continue
            self.goroutine(g["id"], stack, listed[g["id"]], ours[g["id"]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gopm", default=os.path.join(os.environ.get("GOPM_BUILD", "build/dev"), "examples/gopm"))
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("core")
    parser.add_argument("exe")
    arguments = parser.parse_args()
    comparison = Comparison(arguments.verbose)
    delve = open_delve(arguments.core, arguments.exe)
    try:
        comparison.core(delve, arguments.gopm, arguments.core, arguments.exe, arguments.limit)
    except Failed as reason:
        print(reason)
        return 1
    finally:
        delve.close()
    for label, count in sorted(comparison.counts.items()):
        print(f"{count:8} {label}")
    for entry in comparison.allowed.entries:
        if entry.uses:
            print(f"{entry.uses:8} times allowed: {entry.name}")
    print(comparison.report_readable())
    return 1 if comparison.problems or not comparison.counts["equal in text and JSON"] else 0


if __name__ == "__main__":
    sys.exit(main())
