#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stacks through a static library of Rust that cgo links. The frames of Rust equal gdb's, by pc, function and line, and if
Rust panics its own backtrace; those of Go equal the runtime's; and the whole chain is the one that the program made.

    rust.py GO-VERSION FLAVOUR

FLAVOUR is how Rust is compiled: O0, O2, v0 (-O2, with the newer mangling of names). rustc is too large a package for every run of
the tests: they skip without it.
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

PROGRAM = common.SOURCE / "tests/programs/rust"
FLAGS = {"O0": ["-Copt-level=0"], "O2": ["-Copt-level=2"], "v0": ["-Copt-level=2", "-Csymbol-mangling-version=v0"]}
check = native.check


def last(name):
    """The last word of a function's path. gdb, Rust and a demangler write the rest in their own ways."""
    name = native.base(name).replace("->", "").replace("{{closure}}", "{closure#0}")
    while True:
        shorter = re.sub(r"<[^<>]*>", "", name)
        if shorter == name:
            word = name.removesuffix("::").split("::")[-1]
            # The compiler gives this function of std another symbol.
            return "rust_begin_unwind" if word == "panic_handler" else word
        name = shorter


def build(version, flavour, folder):
    for tool in ("go", "gcc", "gdb", "rustc"):
        common.need(tool)
    source = folder / "source"
    shutil.copytree(PROGRAM, source)
    (source / "c.c.txt").rename(source / "c.c")
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1", CGO_CFLAGS="-O2 -g", GOFLAGS="-mod=mod")
    for command in (["rustc", "--edition=2021", "--crate-type=staticlib", "--crate-name=ends", "-g", *FLAGS[flavour], "-o", "libends.a", "ends.rs"],
                    ["go", "build", "-buildvcs=false", "-o", folder / "exe", "."]):
        result = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            common.skip(f"cannot build: {result.stderr.strip()[-300:]}")
    return folder / "exe"


def expected_chain(kind, depth, flavour):
    """From the innermost function of the library."""
    end = {"abort": [], "panic": [], "bounds": [], "wait": ["wait"], "fault": ["inlined"]}[kind] + ["end"]
    # An optimizer makes the call in the closure a jump.
    into = ["{closure#0}"] if flavour == "O0" else []
    chain = [*end, "{closure#0}", "call", "go", *([*into, "call", "go"] * 3), "from_c", "c_middle", "rust_inner", "main._Cfunc_rust_inner"]
    for i in range(depth):
        chain += ["main.middle", "main.goMiddle", "goMiddle", "rust_begin", "main._Cfunc_rust_begin"]
    return [*chain, "main.main"]


def check_chain(where, answer, text, want):
    functions = [last(name) if "::" in name else name for name in native.names(answer)]
    check(answer["end"] == "complete", f"{where}: goroutine 1 ends: {answer['end']}")
    check(not any("guessed" in f or "afterGap" in f for f in answer["Locations"]), f"{where}: guessed frames")
    chain = native.without_runtime(functions)
    check(chain[-len(want):] == want, f"{where}: goroutine 1 is {chain}, not {want}")
    theirs = [name for name in native.go_functions(text, 1) if name.startswith("main.")]
    ours = [name for name in functions if name.startswith("main.")]
    check(theirs == ours, f"{where}: functions of Go are {ours}, the runtime's {theirs}")
    of_rust = [f for f in answer["Locations"] if f.get("file", "").endswith(".rs")]
    check(len(of_rust) >= 10 and all(f["language"] == "rust" for f in of_rust), f"{where}: languages are {[f['language'] for f in of_rust]}")


def check_backtrace(where, answer, text):
    """Rust's own backtrace of a panic has the functions and lines of the program, with inlined calls."""
    theirs = [(last(name), int(line)) for name, line in
              re.findall(r"^ +\d+: (.*)\n +at \S*/ends\.rs:(\d+)(?::\d+)?$", text.split("\nSIGABRT")[0], re.M)]
    ours = [(last(f["function"]["name"]), f["line"]) for f in answer["Locations"] if f.get("file", "").endswith("/ends.rs")]
    check(len(theirs) >= 10 and ours[:len(theirs)] == theirs, f"{where}: frames of Rust are {ours}, its own backtrace: {theirs}")


def check_symbols(where, core, exe, thread):
    """Functions that are not inlined have the names that gdb demangles, without the hashes of crates."""
    frames = [f for f in native.stack(core, exe, "--thread", str(thread))["Locations"]
              if f.get("symbol", "").startswith(("_ZN", "_R")) and not f["inlined"]]
    command = ["gdb", "-nx", "-batch", "-q", "-ex", "set debuginfod enabled off", "-ex", f"file {exe}", "-ex", f"core-file {core}"]
    for frame in frames:
        command += ["-ex", f"info symbol {frame['function']['value']}"]
    out = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    theirs = [re.sub(r"\[[0-9a-f]+\]|::h[0-9a-f]{16}$", "", re.sub(r"( \+ \d+)? in section .*", "", line))
              for line in out.splitlines() if " in section " in line]
    ours = [frame["function"]["name"] for frame in frames]
    check(len(frames) >= 4 and len(theirs) == len(frames), f"{where}: gdb has {len(theirs)} of {len(frames)} functions of Rust")
    if native.demangles():
        check(ours == theirs, f"{where}: functions are {ours}, gdb's {theirs}")


def main(version, flavour):
    os.environ["RUST_BACKTRACE"] = "1"
    with tempfile.TemporaryDirectory(prefix="gopm-rust") as name:
        folder = pathlib.Path(name)
        exe, core = build(version, flavour, folder), folder / "core"
        for kind, depth in (("fault", 1), ("abort", 2), ("panic", 2), ("bounds", 1), ("wait", 3)):
            where = f"{kind} {depth}"
            core.unlink(missing_ok=True)
            text = (native.take if kind == "wait" else native.crash)(exe, [kind, str(depth)], core)
            count = native.compare_with_gdb(where, core, exe, True, last)
            check(count >= 10, f"{where}: only {count} frames are compared with gdb")
            answer = native.stack(core, exe, "-g", "1")
            check_chain(where, answer, text, expected_chain(kind, depth, flavour))
            if kind in ("panic", "bounds"):
                check_backtrace(where, answer, text)
            if kind != "wait":
                native.check_crash(where, core, exe, text, kind != "abort", last)
                check_symbols(where, core, exe, json.loads(native.gopm("info", "-q", "--json", core, exe))["result"]["deathThread"])
            if kind in ("panic", "wait"):
                native.check_small(where, core, exe)
    common.finish(native.problems)


if __name__ == "__main__":
    main(*sys.argv[1:])
