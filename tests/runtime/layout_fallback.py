#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""If the type descriptors of the runtime's structures are lost, DWARF replaces them, and then the table of versions.

usage: layout_fallback.py NAME (a core of tests/gopm/common.py)

The three sources must agree on every field. Then the names of descriptors are destroyed in copies of the core and its
executable. Every answer must stay the same, and the table's rows of another version must be refused.
"""
import mmap
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402

DUMP = common.BUILD / "tests/runtime/dump_layout"
COMMANDS = (
    ("goroutines", "--json"),
    ("goroutines", "--group-by", "user"),
    ("goroutines", "--group-by", "object"),
    ("traceback", "--level", "system"),
    ("threads",),
)
problems = []


def replace(path, old, new):
    """Replaces every occurrence in place; `new` has the length of `old`. Returns the number of occurrences."""
    assert len(old) == len(new)
    count, at, size = 0, 0, path.stat().st_size
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        # A core has gigabytes of holes.
        while at < size:
            try:
                at = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(file.fileno(), at, os.SEEK_HOLE)
            while (found := view.find(old, at, end)) >= 0:
                view[found:found + len(old)] = new
                count += 1
                at = found + 1
            at = end
    return count


class Twin:
    """A copy of a core and its executable, without the descriptors of some structs or with another Go version."""

    def __init__(self, original, folder, structs=(), version=None):
        folder.mkdir()
        self.core, self.exe = folder / "core", folder / "server"
        subprocess.run(["cp", "--sparse=always", original.core, self.core], check=True)
        shutil.copy2(original.exe, self.exe)
        for struct in structs:
            name = b"*" + struct.encode()
            name = bytes([len(name)]) + name
            for path in (self.core, self.exe):
                count = replace(path, name, name[:-1] + b"~")
            if count == 0:
                problems.append(f"the executable has no descriptor of {struct}")
        if version:
            for path in (self.core, self.exe):
                replace(path, *(word.encode() for word in version))

    def strip(self):
        subprocess.run(["strip", "-s", self.exe], check=True)
        return self


def same_sources(core):
    """Checks that the three sources agree on the fields that the library looks up."""
    fields = {}
    for source in ("descriptors", "dwarf", "table"):
        result = subprocess.run([DUMP, core.core, core.exe, source], capture_output=True, text=True, check=False)
        if result.returncode:
            problems.append(f"{source}: {result.stderr}")
        words = (line.split() for line in result.stdout.splitlines())
        fields[source] = {(struct, path): (offset, size) for struct, path, offset, size in words}
    if len(fields["descriptors"]) < 60:
        problems.append(f"the descriptors name {len(fields['descriptors'])} fields")
    for source in ("dwarf", "table"):
        for field in fields["descriptors"].keys() | fields[source].keys():
            ours, theirs = fields["descriptors"].get(field), fields[source].get(field)
            if ours != theirs:
                problems.append(f"{' '.join(field)}: descriptors {ours}, {source} {theirs}")
    print(f"{len(fields['descriptors'])} fields by three sources")


def findings(core, *options):
    """The output of `gopm findings`. No findings is not a failure."""
    return common.gopm("findings", *options, core.core, core.exe, code=None)


def same_answers(label, twin, expected, *options, finding):
    for command in COMMANDS:
        got = common.gopm(*command, *options, "-q", twin.core, twin.exe)
        if got != expected[command]:
            lines = zip(expected[command].splitlines(), got.splitlines())
            first = next((f"{a!r} became {b!r}" for a, b in lines if a != b), "length")
            problems.append(f"{label}: {' '.join(command)}: {first}")
    found = findings(twin, *options)
    if finding not in found:
        problems.append(f"{label}: no finding contains {finding!r}: {found}")


def main():
    core = common.core(sys.argv[1])
    release = "1.26.8" if "126" in sys.argv[1] else "1.27.3"
    same_sources(core)
    expected = {command: common.gopm(*command, "-q", core.core, core.exe) for command in COMMANDS}
    if "read by" in findings(core):
        problems.append("the untouched program is not read by its descriptors")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        lost = Twin(core, work / "lost", ["runtime.g", "runtime.m"])
        same_answers("DWARF", lost, expected, finding="structures are read by the DWARF")
        same_answers("DWARF not allowed", lost, expected, "--no-dwarf",
                     finding=f"structures are read by the table of versions, its row of Go {release}")
        same_answers("stripped", lost.strip(), expected,
                     finding=f"structures are read by the table of versions, its row of Go {release}")

        part = Twin(core, work / "part", ["runtime.sudog", "runtime.hchan"])
        same_answers("sudog by DWARF", part, expected, finding="runtime.sudog is read by the DWARF")
        same_answers("sudog by table", part.strip(), expected, finding="runtime.sudog is read by the table")

        # Another version: its pclntab has the same format, its structs have other offsets.
        wrong = Twin(core, work / "wrong", ["runtime.g", "runtime.m"], ("go" + release, "go1.24.3")).strip()
        result = subprocess.run([common.GOPM, "goroutines", wrong.core, wrong.exe], capture_output=True, text=True, check=False)
        if result.returncode != 1 or "table of versions" not in result.stderr or result.stdout:
            problems.append(f"a table of Go 1.24 was not refused: {result.returncode} {result.stderr} {result.stdout[:300]}")
        # A version newer than the table: the newest rows are used, and the finding names them.
        newer = Twin(core, work / "newer", ["runtime.g", "runtime.m"], ("go" + release, "go1.31.0")).strip()
        if release == "1.27.3":
            found = findings(newer)
            if "row of Go 1.27.3, the newest" not in found:
                problems.append(f"no finding says that the newest row was used: {found}")
    common.finish(problems)


main()
