#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program that runs only Go costs no module, even if it is linked with C. strace tells: commands about goroutines open the core and
its executable, and each library once, to see if it is Go's. A question about modules opens the libraries again, to read them.

    opens.py GO-VERSION
"""
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import common
import native

PROGRAM = """package main

import (
	"fmt"
	_ "runtime/cgo"
	"time"
)

func main() {
	for range 3 {
		go func() { select {} }()
	}
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
"""
QUIET = (["goroutines"], ["goroutines", "--group-by", "user"], ["goroutines", "--group-by", "stack", "--json"], ["traceback"],
         ["stack", "--all"], ["info"], ["findings"], ["why"], ["heap"])
problems = []


def build(version, folder):
    common.need("go")
    common.need("gcc")
    (folder / "main.go").write_text(PROGRAM, encoding="ascii")
    (folder / "go.mod").write_text("module quiet\n\ngo 1.26\n", encoding="ascii")
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1", GOFLAGS="-mod=mod")
    result = subprocess.run(["go", "build", "-o", "exe", "."], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        common.skip(f"cannot build: {result.stderr.strip()[-300:]}")
    return folder / "exe"


def opened(arguments, core, exe):
    """How often gopm opened each file but the core and the executable, from the core on."""
    trace = core.with_name("trace")
    subprocess.run(["strace", "-f", "-qq", "-e", "trace=open,openat,openat2", "-o", trace, common.GOPM, *arguments, core, exe],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    text = trace.read_text(encoding="utf-8", errors="replace") if trace.exists() else ""
    paths = [match[1] for match in re.finditer(r'open[a-z0-9]*\([^"]*"([^"]*)".*= \d+$', text, re.M)]
    if str(core) not in paths:
        common.skip("strace does not show the core: it may not trace here")
    own = ("/proc/", "/sys/", "/dev/", str(core), str(exe))
    return collections.Counter(path for path in paths[paths.index(str(core)):] if not path.startswith(own))


def main(version):
    for tool in ("strace", "gdb"):
        common.need(tool)
    with tempfile.TemporaryDirectory(prefix="gopm-opens") as name:
        folder = pathlib.Path(name)
        exe, core = build(version, folder), folder / "core"
        native.take(exe, [], core)
        for arguments in QUIET:
            for path, count in opened(arguments, core, exe).items():
                if count > 1 or path.startswith("/usr/lib/debug"):
                    problems.append(f"gopm {' '.join(arguments)} opens {path} {count} times")
        if not any("libc" in path and count > 1 for path, count in opened(["mappings", "--modules"], core, exe).items()):
            problems.append("gopm mappings --modules does not read the C library")
    common.finish(problems + native.problems)


if __name__ == "__main__":
    main(*sys.argv[1:])
