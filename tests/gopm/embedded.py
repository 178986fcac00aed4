#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stacks of a program of C with a library of Go: C calls Go, which calls C, and so on. The frames of C equal gdb's, by pc, function
and line; those of Go equal the runtime's traceback, or the stack that the program wrote; and the whole chain is the one that
the program made.

    embedded.py GO-VERSION MODE

MODE is c-shared or c-archive. The runtime of a library handles no SIGABRT and no SIGQUIT: after an abort nothing but the core tells.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import common
import native

PROGRAM = common.SOURCE / "tests/programs/embedded"
FLAGS = "-O2 -g -fomit-frame-pointer"
INTO_GO = ["main.middle", "main.GoMiddle", "GoMiddle", "c_begin"]
check = native.check


def build(version, mode, folder):
    for tool in ("go", "gcc", "gdb"):
        common.need(tool)
    source = folder / "source"
    shutil.copytree(PROGRAM, source)
    (source / "c.c.txt").rename(source / "c.c")
    library = folder / ("libembedded.so" if mode == "c-shared" else "libembedded.a")
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1", CGO_CFLAGS=FLAGS, GOFLAGS="-mod=mod")
    for command in (["go", "build", "-buildvcs=false", "-buildmode=" + mode, "-o", library, "."],
                    ["gcc", *FLAGS.split(), "-o", folder / "exe", "host/host.c", library, f"-Wl,-rpath,{folder}", "-lpthread"]):
        result = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            common.skip(f"cannot build: {result.stderr.strip()[-300:]}")
    return folder / "exe"


def expected_chain(kind, depth, thread):
    end = {"fault": ["inlined", "end"], "abort": ["end"], "wait": ["wait_here", "end"]}[kind]
    chain = [*end, "deep", "deep", "deep", "deep", "c_begin"] + ["c_call", "main._Cfunc_c_call", *INTO_GO] * depth
    return [*chain, "in_thread" if thread else "main"]


def own_stack(text):
    """(goroutine, functions of Go) that the innermost call of Go wrote before it called C."""
    block = text.split("SIGSEGV")[0]
    number = int(re.match(r"goroutine (\d+) ", block).group(1))
    return number, [name for name in native.go_functions(block, number) if name.startswith("main.")]


def check_stack(where, answer, text, want):
    functions = native.names(answer)
    check(answer["end"] == "complete", f"{where}: the goroutine ends: {answer['end']}")
    check(not any("guessed" in f or "afterGap" in f for f in answer["Locations"]), f"{where}: guessed frames")
    chain = [name for name in native.without_runtime(functions)
             if name not in ("_start", "clone3", "clone", "start_thread") and not name.startswith("__libc_")]
    check(chain[-len(want):] == want, f"{where}: the goroutine is {chain}, not {want}")
    # What had called C at that time is the innermost function now.
    ours = [name for name in functions if name.startswith("main.")]
    check(ours[1:] == text, f"{where}: functions of Go are {ours}, the program wrote {text}")


def check_traceback(where, core, exe, text, number):
    """At a fault, `traceback` is what the runtime printed; with --c, frames of C are added."""
    theirs = re.search(r"^SIGSEGV.*", text, re.M | re.S).group(0).split("\n\nrax ")[0].rstrip("\n")
    ours = native.gopm("traceback", "-q", "--level", "crash", core, exe).rstrip("\n")
    check(ours == theirs, f"{where}: traceback is\n{ours}\nthe runtime's:\n{theirs}")
    lines = native.gopm("traceback", "-q", "--c", "--level", "crash", core, exe).split(f"\ngoroutine {number} ")[1].split("\n\n")[0]
    printed = [base for base in (native.base(line) for line in lines.splitlines()[1:] if not line.startswith("\t")) if base]
    stack = native.names(native.stack(core, exe, "-g", str(number)))
    check([name for name in printed if name in ("end", "deep", "c_begin", "c_call")] ==
          [name for name in stack if name in ("end", "deep", "c_begin", "c_call")], f"{where}: traceback --c has {printed}")


def check_threads(where, core, exe):
    """`threads` has the function and line that gdb has of each thread in C."""
    rows = {row["id"]: row for row in json.loads(native.gopm("threads", "-q", "--json", core, exe))["result"]}
    for thread, frames in native.gdb_stacks(core, exe).items():
        row = rows[thread]
        if "object" in row:
            ours, theirs = (native.base(row["function"]["name"]), row["line"]), frames[0][1:]
            check(ours == theirs or theirs[0] in native.aliases(core, exe, row), f"{where}: thread {thread} is at {ours}, gdb: {theirs}")


def check_variables(where, core, exe, kind, depth):
    """Variables of the program of C, which is another module than a shared library, have the values that the program gave them."""
    want = {"C.the_kind": str(["fault", "abort", "wait"].index(kind)), "C.the_depth + 1": str(depth + 1), "C.mark.x": "-7",
            "C.mark.next.next.high": "9", '"host.c".the_depth': str(depth), "(*C.struct_mark)(&C.mark).low": "5"}
    for expression, value in want.items():
        ours = native.gopm("print", "-q", expression, core, exe).strip()
        check(ours == value, f"{where}: {expression} is {ours}, not {value}")
    fields = json.loads(native.gopm("print", "-q", "--json", "C.mark", core, exe))["result"]["children"]
    check([f["name"] for f in fields] == ["x", "next", "low", "high"] and fields[1]["children"][0]["children"][0]["value"] == "-7"
          if fields[1]["children"][0]["children"] else fields[0]["value"] == "-7", f"{where}: fields are {fields}")
    result = subprocess.run([common.GOPM, "print", "-q", "C.no_such_name", core, exe], capture_output=True, text=True, check=False)
    check(result.returncode != 0 and "undefined: C.no_such_name" in result.stderr, f"{where}: C.no_such_name: {result.stderr}")


def main(version, mode):
    with tempfile.TemporaryDirectory(prefix="gopm-embedded") as name:
        folder = pathlib.Path(name)
        exe, core = build(version, mode, folder), folder / "core"
        for kind, depth, *thread in (("fault", 2), ("abort", 1), ("wait", 3), ("wait", 1, "thread"), ("abort", 2, "thread")):
            where = " ".join([kind, str(depth), *thread])
            core.unlink(missing_ok=True)
            text = (native.take if kind == "wait" else native.crash)(exe, [kind, str(depth), *thread], core)
            count = native.compare_with_gdb(where, core, exe, True)
            check(count >= 8, f"{where}: only {count} frames of C are compared with gdb")
            number, wrote = own_stack(text)
            answer = native.stack(core, exe, "-g", str(number))
            check_stack(where, answer, wrote, expected_chain(kind, depth, thread))
            check_threads(where, core, exe)
            native.compare_through_go(where, core, exe, number, True)
            info = json.loads(native.gopm("info", "-q", "--json", core, exe))["result"]
            if kind != "wait":
                check(info["deathGoroutine"] == number, f"{where}: goroutine {info['deathGoroutine']} died, not {number}")
                check(info["signal"] == (11 if kind == "fault" else 6), f"{where}: died of signal {info['signal']}")
            if kind == "fault":
                check(info["crashedIn"]["frame"]["function"]["name"] == "inlined" and info["crashedIn"]["program"], f"{where}: {info.get('crashedIn')}")
                check_traceback(where, core, exe, text, number)
            if kind == "abort":
                check(info["crashCaller"]["frame"]["function"]["name"] == "end" and info["crashCaller"]["program"], f"{where}: {info.get('crashCaller')}")
            if not thread:
                check_variables(where, core, exe, kind, depth)
            if kind == "wait":
                native.check_modules(core, exe)
                native.check_small(where, core, exe)
    common.finish(native.problems)


if __name__ == "__main__":
    main(*sys.argv[1:])
