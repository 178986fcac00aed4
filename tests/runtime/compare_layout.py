# SPDX-License-Identifier: Apache-2.0
"""Compares offsets and sizes of the runtime's fields, from type descriptors, with the DWARF of the same program, read by
gdb. Skips (77) without gdb."""
import os
import re
import shutil
import subprocess
import sys

source = os.environ["GOPM_SOURCE"]
sample = os.path.join(source, "examples", "story", "sample")


def main():
    gdb = shutil.which("gdb")
    if gdb is None:
        print("gdb is not installed: skipped")
        return 77
    ours = subprocess.run(
        [os.path.join(os.environ["GOPM_BUILD"], "tests", "runtime", "dump_layout"),
         os.path.join(sample, "core.zst"), os.path.join(sample, "server")],
        check=True, capture_output=True, text=True).stdout.split("\n")
    fields = [line.split() for line in ours if line and not line.split()[1] == "_"]
    script = []
    for struct, path, _, _ in fields:
        # gdb reads a pointer's target type from DWARF; the null pointer makes an address an offset.
        script += ["-ex", f"printf \"%lu %lu\\n\", (unsigned long)&(('{struct}'*)0)->{path}, "
                          f"sizeof((('{struct}'*)0)->{path})"]
    out = subprocess.run([gdb, "-nx", "-batch", "-ex", "set language c"] + script + [os.path.join(sample, "server")],
                         capture_output=True, text=True)
    theirs = [line for line in out.stdout.split("\n") if re.fullmatch(r"\d+ \d+", line)]
    if len(theirs) != len(fields):
        print(out.stdout[-2000:], out.stderr[-2000:])
        print(f"gdb answered {len(theirs)} of {len(fields)} questions")
        return 1
    bad = 0
    for (struct, path, offset, size), line in zip(fields, theirs):
        # A Go func is a pointer. gdb takes it for the function itself, whose size is 1 in GNU C.
        if line != f"{offset} {size}" and line != f"{offset} 1":
            print(f"{struct}.{path}: descriptors say {offset} {size}, DWARF says {line}")
            bad += 1
    print(f"{len(fields) - bad} passed, {bad} failed")
    return 1 if bad or len(fields) < 100 else 0


sys.exit(main())
