#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes expressions from the variables of a core, evaluates them with Delve and with gopm, and compares the answers.

usage: compare_eval.py [--dump PROGRAM] [--goroutines N] [--verbose] CORE EXE

If Delve gives a value, gopm must give the same text. If Delve gives none, gopm must give none. Each difference must be
in the list below, with its reason. Exit 77: Delve is missing."""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

import compare_delve
from compare_delve import (ARRAY, CHAN, COMPLEX64, COMPLEX128, CONFIG, FUNC, INTERFACE, MAP, PTR, SLICE, STRING, STRUCT,
                           UNSAFE, open_delve, quote, text_of)
from differences import piece_without_place, without_constants, without_reasons

EXACT = 1  # GOPM_FROM_EXACT
# Delve reads an unknown register as zero.
LOST = "in a register whose value"
BOOL, INT, UINTPTR, FLOAT32, FLOAT64 = 1, 2, 12, 13, 14

# Differences on purpose: regular expressions for the expression, Delve's answer and gopm's, then the reason. Each answer
# begins with "value", "unreadable" or "error".
DIFFERENCES = [
    (r'^"abc"\[', r"^error .*can not (index|slice)", r"^value", "Delve cannot index a constant string"),
    (r"^nil == nil$", r"^value true", r"^error", "nil == nil is not a valid Go expression"),
    (r"^-", r"^value 9223372036854775808", r"^value -9223372036854775808", "Delve does not wrap unary operators"),
    (r"", r"^error .*non-finite floats", r"^value", "Delve refuses operators on NaN and infinities"),
    (r"^[-^]", r"^value -", r"^value \d", "Delve does not wrap unary operators on unsigned integers"),
    (r"^unsafe\.Pointer\(", r"^value \*", r"^value unsafe\.Pointer", "Delve prints the target of a converted unsafe.Pointer"),
    (r"^uintptr\(", r"^error .*can not convert", r"^value \d", "Delve does not convert unsafe.Pointer to uintptr"),
    (r" [!=]= nil$", r"^value (false|true)", r"^value", "Delve compares no unsafe.Pointer with nil"),
    (r"==", r"^error .*can not compare chan", r"^value", "Delve does not compare channels"),
    (r"==", r"^error .*unimplemented comparison of unsafe.Pointer", r"^value", "Delve does not compare unsafe.Pointers"),
    (r"==", r"^error .*too (deep|long) for comparison", r"^value", "Delve compares only the values that it loads"),
    (r"^(int|uint|int64|uint64)\(", r"^value", r"^error .*does not fit", "the conversion of a float out of range depends on the CPU"),
    (r"^(real|imag)\(", r"^value", r"^value", "Delve widens the parts of a complex64 to float64"),
    (r"^1 << ", r"^value \d{20}", r"^error .*64 bits", "constants of more than 64 bits are not shown"),
    (r" \+ \"x\"$", r"^value", r"^value .*more\"$", "Delve shows the whole result of an addition of strings"),
    (r" \+ \"x\"$", r"^value \"x\\.\\.\\.|^value \"x\.\.\.", r"^error .*cannot be read|^error .*lacks memory", "Delve adds to an unreadable string"),
    (r"^\[\]byte\(", r"^error .*could not read", r"^value .*unreadable", "gopm lists the bytes of an unreadable string one by one"),
    (r"^\[\](rune|byte)\(", r"^value .*len: 0, cap: 0, nil", r"^value .*len: 0, cap: 0, \[\]", "a conversion of an empty string is not nil"),
    (r"^\w+\[\d*:\d*\]$", r"^value [\w./]+ \[", r"^value \[\]", "Delve gives a slice of a named array the array's type"),
    (r"^cap\(", r"^value 0$", r"^error .*cannot be read", "Delve's cap() ignores that its argument is unreadable"),
    (r"^cap\(", r"^value 0$", r"^value [1-9]", "Delve makes up a zero for a piece without a location"),
    (r"^float(32|64)\(", r"^value 0$", r"^value (NaN|[+-]Inf)$", "Delve converts infinities and NaN to 0"),
    (r"^max\(.*, 3\)$", r"^value 3$", r"^value .*\(3\)$", "Delve's max returns a constant without its type"),
    (r"\[0:\d+\]$", r"^value \[\].*\d\]$|^value \[\].*[\])}]\]$", r"^value \[\].* more\]$", "Delve shows all elements between literal bounds"),
    (r"\(\*\[\d+\]", r"^value .*\]struct ", r"^value", "Delve makes up another name for an array of structs"),
    (r"\bsync\.", r"^error .*(could not find symbol|function calls|not \*internal/sync)", r"^value", "Delve takes internal/sync for sync"),
    (r" [!=]= nil$", r"^error .*could not resolve interface type", r"^value", "the comparison of an interface with nil needs no type"),
    (r"\.\(\"", r"^error .*expected type", r"^value", "Delve's type assertions accept no quoted type"),
    (r"^runtime\.frame\(", r"^(error .*could not find symbol|unreadable)", r"^value", "Delve uses the frames of the selected goroutine"),
    (r"^RIP\.", r"^value \[8\]void ", r"^value \[8\]uint8 ", "Delve has no type for a register's elements"),
    (r"&", r"^value", r"^error .*it is in registers", "Delve makes up addresses of registers"),
]

# Members of api.Variable that differ although the text is equal: members, and regular expressions as above, the first
# for the path of the value.
MEMBERS = [
    (("name",), r"", r"", r"", "Delve names the result of a selector or an operator after its operands"),
    (("value", "len"), r"^(&|\()", r"^0?$", r"\d", "Delve gives a computed pointer no value"),
    (("type", "realType"), r"", r"^byte$", r"^uint8$", "Delve calls a byte of a string byte, DWARF calls it uint8"),
    (("type", "realType"), r"^(min|max)\(", r"^$", r".", "Delve's min and max return a constant without its type"),
    (("kind",), r"^(min|max)\(", r"^2$", r"", "Delve's min and max return a constant without its type"),
    (("type", "realType"), r"^complex\(", r"complex128", r"^$", "a complex number of constants is a constant"),
    (("type", "realType", "kind"), r"^(real|imag)\(", r"", r"", "Delve returns the parts of a complex number as constants"),
    (("value",), r"^-", r"\+ 0i", r"\+ -0i", "Delve has no negative zero"),
    (("flags",), r"\.", r"^0$", r"^1$", "Delve sets the flag of a variable captured by reference only in the list of children"),
    (("addr", "flags"), r"^[A-Z][A-Z0-9]+$", r"", r"^0$", "Delve makes up an address for a register and flags it"),
    (("kind",), r"^\d+( << [\w.]+)?$", r"^11$", r"^7$", "Delve gives a constant above the greatest int64 the kind uint64, and uint elsewhere"),
]

# Expressions without variables: the language itself.
LITERALS = """
1
1+2*3
(1+2)*3
0x1f
0X1F
0b101
0o17
017
1_000_000
0x_ff
1.5
.5
1e3
1E-3
0x1p-2
'a'
'\\n'
'\\x41'
'\\u00e9'
'é'
'\\''
"abc"
"a\\tb\\"c"
`raw\\n`
"\\u4e16\\U0001f600\\xff"
"a" + "b"
"abc"[1]
"abc"[1:]
"abc"[:2]
"abc"[1:2]
len("abc")
true
false
!true
true && false
true || false
1 == 1
1 != 1
1 < 2
2 <= 1
"a" < "b"
"a" == "b"
1.5 > 1
7 / 2
-7 / 2
7 % 3
-7 % 3
7.0 / 2
1 << 10
1 << 62
1024 >> 3
6 & 3
6 | 3
6 ^ 3
6 &^ 3
-5
+5
^5
-1.5
2 * 3.5
1 + 'a'
0.5 + 0.25
uint8(255)
int8(-128)
float64(3)
int64(7)
uint64(18446744073709551615)
18446744073709551615
-9223372036854775808
min(3, 1, 2)
max(3, 1, 2)
min(2.5, 1)
max("a", "b")
complex(1, 2)
(*int)(0xc000000000) == nil
uintptr(5)
nil == nil
1 +
(1
1 2
foo bar
)
a.
""".strip().split("\n")


def keys_of(v):
    """Literals for the first keys of a map."""
    for key in (v["children"] or [])[0:6:2]:
        if key["kind"] == STRING and len(key["value"].encode()) == key["len"] and "\ufffd" not in key["value"]:
            yield quote(key["value"])
        elif INT <= key["kind"] <= UINTPTR and re.fullmatch(r"-?\d+", key["value"]):
            yield key["value"]
        elif key["kind"] == BOOL:
            yield key["value"]


def of_number(name, v):
    kind = v["kind"]
    if kind == BOOL:
        yield from (f"!{name}", f"{name} && true", f"{name} || false", f"{name} == true", f"{name} != {name}")
    elif INT <= kind <= UINTPTR:
        yield from (f"{name} + 1", f"{name} - 1", f"{name} * 3", f"{name} / 3", f"{name} % 7", f"-{name}", f"^{name}",
                    f"{name} << 3", f"{name} >> 1", f"{name} & 7", f"{name} | 8", f"{name} ^ 5", f"{name} &^ 6", f"{name} == {name}",
                    f"{name} < 10", f"{name} >= 10", f"{name} != 0", f"{name} + {name}", f"{name} / 0",
                    f"float64({name})", f"uint8({name})", f"int8({name})", f"int64({name})", f"uint64({name})", f"int({name})",
                    f"{name} + 1.5", f"{name} + \"x\"", f"max({name}, 3)", f"{name} << 70", f"len({name})", f"*{name}", f"{name}.x",
                    f"{name}[0]", f"(*int)({name}) == nil", f"+{name}")
        # Delve has no bound on shifts and crashes.
        if re.fullmatch(r"\d\d?", v["value"]):
            yield f"1 << {name}"
    elif kind in (FLOAT32, FLOAT64):
        yield from (f"{name} + 1.5", f"{name} * 2", f"{name} / 4", f"-{name}", f"{name} > 0", f"{name} == {name}", f"int({name})",
                    f"float64({name})", f"float32({name})", f"{name} + {name}", f"{name} & 1", f"min({name}, 0)")
    elif kind in (COMPLEX64, COMPLEX128):
        yield from (f"real({name})", f"imag({name})", f"{name} == {name}", f"{name} + {name}", f"-{name}", f"{name} < {name}",
                    f"{name} * {name}", f"{name} / (2 - 1i)", f"2i * {name}")


def of_list(name, v):
    length = v["len"]
    yield from (f"len({name})", f"{name}[{length}]", f"{name}[-1]", f"{name} + 1", f"{name}[0:{length + 1000}]")
    if length:
        yield from (f"{name}[0]", f"{name}[{length - 1}]", f"{name}[1:]", f"{name}[:1]", f"{name}[0:{length}]", f"{name}[{length}:]",
                    f"{name}[2:1]", f"{name}[len({name})-1]", f"{name}[:]")


def cast_of(v):
    """The type as written in a conversion of a pointer."""
    return quote(v["type"]) if re.search(r"[/ {\[]", v["type"].lstrip("*[]")) else v["type"]


def expressions(name, v, depth=0):
    kind, children = v["kind"], v["children"] or []
    yield name
    yield from of_number(name, v)
    if kind == STRING:
        yield from of_list(name, v)
        yield from (f'{name} + "x"', f'{name} == "x"', f'{name} != {name}', f'{name} < "m"', f"[]byte({name})", f"string({name})",
                    f"cap({name})", f"{name} == 1", f'max({name}, "b")')
        if v["len"] == len(v["value"].encode()) and "\ufffd" not in v["value"]:
            yield f"{name} == {quote(v['value'])}"
        if v["len"] < 60:
            yield f"[]rune({name})"
    elif kind in (SLICE, ARRAY):
        yield from of_list(name, v)
        yield f"cap({name})"
        if v["len"]:
            yield f"&{name}[0]"
        if kind == SLICE:
            yield from (f"{name} == nil", f"{name} == {name}")
        else:
            yield f"{name} == {name}"
        for i, child in enumerate(children[:2] if depth < 2 else []):
            yield from expressions(f"{name}[{i}]", child, depth + 1)
    elif kind == PTR:
        yield from (f"*{name}", f"{name} == nil", f"{name} != nil", f"&{name}", f"*&{name}", f"{name} == {name}", f"**{name}",
                    f"uintptr({name})", f"{name} + 1", f"({name})", f"unsafe.Pointer({name})")
        if children and children[0]["addr"]:
            yield f"({cast_of(v)})({children[0]['addr']:#x})"
            yield f"*({cast_of(v)})({children[0]['addr']:#x})"
            if depth < 2 and not children[0]["onlyAddr"]:
                if children[0]["kind"] == STRUCT:
                    yield from fields(name, children[0], depth)
                else:
                    yield from expressions(f"(*{name})", children[0], depth + 1)
    elif kind == UNSAFE:
        yield from (f"{name} == nil", f"uintptr({name})")
    elif kind == STRUCT:
        yield from (f"&{name}", f"{name}.nosuchfield", f"{name} == nil", f"{name} + 1", f"len({name})")
        if not any(c["kind"] in (SLICE, MAP, FUNC) for c in children):
            yield f"{name} == {name}"
        if depth < 2:
            yield from fields(name, v, depth)
    elif kind == MAP:
        yield from (f"len({name})", f"{name} == nil", f"cap({name})", f"{name}[1:]", f"{name}[0:]", f"{name}[:]", f"{name}[1:2]",
                    f"{name}[{max(v['len'], 1) - 1}:]", f"{name}[{v['len']}:]", f"{name}[1:][1:]", f"len({name}[1:])")
        yield from (f"{name}[{key}]" for key in keys_of(v))
        yield from (f'{name}["no such key"]', f"{name}[123456789]", f"{name}[nil]")
    elif kind == CHAN:
        yield from (f"len({name})", f"cap({name})", f"{name} == nil", f"{name}.qcount", f"{name}.elemsize", f"{name} == {name}")
    elif kind == INTERFACE:
        yield from (f"{name} == nil", f"{name} != nil", f"{name}.(data)", f"{name}.(int)", f"{name}.(*main.Point)", f"{name}.(main.Nosuch)")
        if children and children[0]["kind"]:
            dynamic = children[0]
            yield f"{name}.({cast_of(dynamic)})"
            if dynamic["kind"] == STRUCT and depth < 2:
                yield from fields(f"{name}.({cast_of(dynamic)})", dynamic, depth)
    elif kind == FUNC:
        yield from (f"{name} == nil", f"{name}(1)", f"{name} == {name}")
        yield from (f"{name}.{child['name']}" for child in children)


def of_frame(frame, name):
    """Expressions for the goroutine, its frames and their registers."""
    yield from ("runtime.curg.goid", "runtime.curg.stack.hi", "runtime.frameoff", "RIP", "_RIP + 1", "RSP", "RIP.uint8", "NOREGISTER",
                f"runtime.frame({frame}).{name}", f"runtime.frame({frame}).nosuch", "runtime.frame(1000).x", "runtime.frame(-1).x")


def fields(name, v, depth):
    for child in v["children"] or []:
        if child["name"] not in ("_", "") and "." not in child["name"]:
            yield from expressions(f"{name}.{child['name']}", child, depth + 1)


class Comparison(compare_delve.Comparison):
    def json(self, where, expression, theirs, ours, found):
        self.counts["JSON compared"] += 1
        for path, member, left, right in compare_delve.differences(theirs, ours, expression):
            if member in ("addr", "flags", "DeclLine", "base", "cap") and (found or not re.fullmatch(r'[\w./"]+', expression)):
                # The result of an operator, or a value from another location.
                self.counts["JSON differs: address of a value that is not in a variable"] += 1
                continue
            if self.allowed.covers(path, member, theirs, left, right):
                continue
            for of, pattern, delves, gopms, reason in MEMBERS:
                if member in of and re.search(pattern, path) and re.search(delves, str(left)) and re.search(gopms, str(right)):
                    self.counts["JSON differs: " + reason] += 1
                    break
            else:
                self.report("DIFFERS", f"{where} {path}: {member}, Delve {str(left)[:200]!r}, gopm {str(right)[:200]!r} ({theirs['type']})")

    def judge(self, where, expression, theirs, failure, ours, invented):
        if theirs is None:
            expected = f"error {failure}"
        elif theirs["unreadable"]:
            expected = f"unreadable {theirs['unreadable']}"
        else:
            expected = "value " + text_of(theirs, top=True, typed=True)
        got = f"error {ours['error']}" if "error" in ours else "unreadable " + ours["unreadable"] if ours["unreadable"] else "value " + ours["text"]
        if "\ufffd" in expected:
            self.counts["not UTF-8, so not comparable through JSON"] += 1
        elif expected == got:
            self.counts["equal"] += 1
            if expected.startswith("value"):
                self.json(where, expression, theirs, ours["json"], ours["provenance"] > EXACT)
        elif expected.startswith("error") and got.startswith("error"):
            self.counts["refused by both"] += 1
        elif not expected.startswith("value") and got.startswith("unreadable"):
            self.counts["unreadable in both"] += 1
        elif expected.startswith("unreadable") and got.startswith("error"):
            self.counts["unreadable in both"] += 1
        elif expected.startswith("value") and without_constants(without_reasons(expected)) == without_constants(without_reasons(got)):
            self.counts["equal except for reasons and constants' names"] += 1
        elif not expected.startswith("value") and ours.get("provenance", 0) > EXACT:
            self.counts["read by gopm only"] += 1
        elif invented or re.search("empty location|no location here|" + LOST, got):
            self.counts["Delve made up bytes without a location"] += 1
        elif re.search("0xbee[df]0", expected):
            self.counts["Delve made up an address of registers"] += 1
        else:
            for pattern, delves, gopms, reason in DIFFERENCES:
                if re.search(pattern, expression) and re.search(delves, expected) and re.search(gopms, got):
                    self.counts["differs: " + reason] += 1
                    return
            self.report("DIFFERS", f"{where} {expression}\n  Delve {expected[:300]}\n  gopm  {got[:300]}")


def scopes(delve, limit):
    """Yields (goroutine, frame, variable), for one frame of each function."""
    seen = set()
    goroutines = delve.call("ListGoroutines", Start=0, Count=0)["Goroutines"]
    for g in goroutines[:limit or None]:
        stack = delve.call("Stacktrace", Id=g["id"], Depth=40, Full=True, Cfg=CONFIG)["Locations"]
        # In a system call Delve starts a few frames further in, and its frames have other numbers.
        if stack[0].get("function", {}).get("name", "").endswith(".Syscall6"):
            continue
        for index, frame in enumerate(stack):
            name = (frame.get("function") or {}).get("name", "")
            if name in seen:
                continue
            seen.add(name)
            for v in (frame.get("Arguments") or []) + (frame.get("Locals") or []):
                if not v["flags"] & 2 and re.fullmatch(r"\w+", v["name"]):  # not shadowed
                    yield g["id"], index, v


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump", default=os.path.join(os.environ.get("GOPM_BUILD", "build/dev"), "tests/value/dump_eval"))
    parser.add_argument("--goroutines", type=int, default=0)
    parser.add_argument("--per-variable", type=int, default=120)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("core")
    parser.add_argument("exe")
    arguments = parser.parse_args()
    delve = open_delve(arguments.core, arguments.exe)
    comparison = Comparison(arguments.verbose)
    try:
        questions, seen = [], set()
        for goroutine, frame, v in scopes(delve, arguments.goroutines):
            if not questions:
                questions += [(goroutine, frame, e, False) for e in LITERALS]
            if (goroutine, frame) not in seen:
                seen.add((goroutine, frame))
                questions += [(goroutine, frame, e, False) for e in of_frame(frame, v["name"])]
            made = list(dict.fromkeys(expressions(v["name"], v)))
            invented = piece_without_place(v)
            questions += [(goroutine, frame, e, invented) for e in made[:arguments.per_variable]]
        goroutine, frame = questions[0][:2]
        for v in delve.call("ListPackageVars", Filter=r"^main\.|^os\.Args|^runtime\.(buildVersion|allglen|allm|sched)$|^io\.E|^net/http\.Def", Cfg=CONFIG)["Variables"]:
            package, _, name = v["name"].rpartition(".")
            if re.fullmatch(r"\w+", name):
                full = f'"{package}".{name}' if "/" in package else v["name"]
                questions += [(goroutine, frame, e, False) for e in list(dict.fromkeys(expressions(full, v)))[:60]]
        questions = [q for q in questions if "\n" not in q[2]]
        feed = "".join(f"{g} {f} {e}\n" for g, f, e, _ in questions)
        result = subprocess.run([arguments.dump, arguments.core, arguments.exe], input=feed.encode(), stdout=subprocess.PIPE, check=True)
        answers = [json.loads(line.decode(errors="replace")) for line in result.stdout.splitlines()]
        assert len(answers) == len(questions)
        for (g, f, expression, invented), ours in zip(questions, answers):
            theirs = failure = None
            try:
                theirs = delve.call("Eval", Scope={"GoroutineID": g, "Frame": f}, Expr=expression, Cfg=CONFIG)["Variable"]
            except RuntimeError as error:
                failure = str(error)
            except (json.JSONDecodeError, OSError):
                comparison.report("Delve crashed on", expression)
                delve.process.wait()
                delve = open_delve(arguments.core, arguments.exe)
                continue
            comparison.judge(f"goroutine {g} frame {f}", expression, theirs, failure, ours, invented)
    finally:
        delve.close()
    for label, count in sorted(comparison.counts.items()):
        print(f"{count:8} {label}")
    return 1 if comparison.counts["DIFFERS"] or comparison.counts["equal"] < 300 else 0


if __name__ == "__main__":
    sys.exit(main())
