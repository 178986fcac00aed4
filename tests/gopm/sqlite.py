#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stacks through a real library: SQLite sorts rows in an order that Go gives, which calls C. The frames of C equal gdb's, by pc,
function and line; those of Go equal the runtime's traceback; and no frame between them is missing.

    sqlite.py GO-VERSION LIBRARY

LIBRARY is debian (Debian's, which is stripped) or split: the SQLite of the Go module, built for a program as a distribution does, its
debug information in a file of its own. The module comes from the Go module proxy.
"""
import contextlib
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

PROGRAM = common.SOURCE / "tests/programs/sqlite"
MODULE = "github.com/mattn/go-sqlite3"
check = native.check


def run(command, folder, **environment):
    result = subprocess.run(command, cwd=folder, env=dict(os.environ, **environment), capture_output=True, text=True, check=False)
    if result.returncode:
        common.skip(f"{command[0]}: {(result.stderr or result.stdout).strip()[-300:]}")
    return result.stdout


def build_library(source, go):
    """Makes libsqlite3.so.0 of the module's own source, stripped, and its debug file in .debug next to it, once for all tests: it takes
    a minute. Returns its folder."""
    module = pathlib.Path(run(["go", "list", "-m", "-f", "{{.Dir}}", MODULE], source, **go).strip())
    made = common.CACHE / f"sqlite-{module.name.rsplit('@', 1)[-1]}"
    if not made.exists():
        common.CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="sqlite-", dir=common.CACHE) as name:
            folder = pathlib.Path(name) / "library"
            (folder / ".debug").mkdir(parents=True)
            run(["gcc", "-O2", "-g", "-fomit-frame-pointer", "-fPIC", "-shared", "-Wl,-soname,libsqlite3.so.0", "-DSQLITE_ENABLE_UNLOCK_NOTIFY",
                 "-o", "libsqlite3.so.0", module / "sqlite3-binding.c", "-lm", "-lpthread"], folder)
            run(["objcopy", "--only-keep-debug", "libsqlite3.so.0", ".debug/sqlite.debug"], folder)
            run(["strip", "--strip-unneeded", "libsqlite3.so.0"], folder)
            run(["objcopy", "--add-gnu-debuglink=.debug/sqlite.debug", "libsqlite3.so.0"], folder)
            with contextlib.suppress(OSError):  # another test was faster
                folder.rename(made)
    return made


def build(version, library, folder):
    for tool in ("go", "gcc", "gdb", "objcopy"):
        common.need(tool)
    source = folder / "source"
    shutil.copytree(PROGRAM, source)
    (source / "c.c.txt").rename(source / "c.c")
    go = {"GOTOOLCHAIN": "go" + version, "CGO_ENABLED": "1", "CGO_CFLAGS": "-O2 -g -fomit-frame-pointer", "GOFLAGS": "-mod=mod"}
    run(["go", "build", "-buildvcs=false", "-tags", "libsqlite3", "-o", folder / "exe", "."], source, **go)
    if library == "split":
        os.environ["LD_LIBRARY_PATH"] = str(build_library(source, go))
    return folder / "exe"


def go_names(functions):
    """Without the runtime's and cgo's, and without receivers: a traceback has arguments."""
    return [name for name in (re.sub(r"\(.*", "", name) for name in functions) if not name.startswith(("runtime.", "_cgo", "crosscall2"))]


def check_stack(where, core, exe, answer, text, library):
    frames, functions = answer["Locations"], native.names(answer)
    check(answer["end"] == "complete", f"{where}: goroutine 1 ends: {answer['end']}")
    check(not any("guessed" in f or "afterGap" in f for f in frames), f"{where}: guessed frames")
    begin, end = functions.index("cEnd"), functions.index("sqlite3_step")
    native.compare_through_go(where, core, exe, 1, library == "split")
    # From the comparison in Go to the call of the query, all is SQLite.
    into = functions.index("compareTrampoline", functions.index("crosscall2"))
    objects = {f.get("object", "").rsplit("/", 1)[-1] for f in frames[into + 1:end + 1]}
    check(len(objects) == 1 and objects.pop().startswith("libsqlite3.so.0"), f"{where}: frames of SQLite are in {objects}")
    check(end - into >= 5, f"{where}: SQLite has {functions[into:end]}")
    if library == "split":
        want = ["vdbeSorterMerge", "vdbeSorterSort", "sqlite3VdbeSorterRewind", "sqlite3VdbeExec"]
        check([name for name in dict.fromkeys(functions[into:end]) if name in want] == want, f"{where}: SQLite has {functions[into:end]}")
    theirs, ours = go_names(native.go_functions(text, 1)), go_names(f["function"]["name"] for f in frames[begin:] if f.get("language") == "go")
    check(ours == theirs, f"{where}: functions of Go are {ours}, the runtime's {theirs}")
    check(len(ours) >= 10, f"{where}: functions of Go are {ours}")


def main(version, library):
    with tempfile.TemporaryDirectory(prefix="gopm-sqlite") as name:
        folder = pathlib.Path(name)
        exe, core = build(version, library, folder), folder / "core"
        for kind in ("fault", "abort", "wait"):
            core.unlink(missing_ok=True)
            text = (native.take if kind == "wait" else native.crash)(exe, [kind], core)
            info = json.loads(native.gopm("info", "-q", "--json", core, exe))["result"]
            answer = native.stack(core, exe, "-g", "1")
            check_stack(kind, core, exe, answer, text, library)
            if kind != "wait":
                named = info["crashCaller" if kind == "abort" else "crashedIn"]["frame"]["function"]["name"]
                check(named == "cEnd", f"{kind}: crashed in {named}")
            native.check_modules(core, exe)
            native.check_small(kind, core, exe)
    common.finish(native.problems)


if __name__ == "__main__":
    main(*sys.argv[1:])
