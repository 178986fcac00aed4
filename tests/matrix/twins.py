# SPDX-License-Identifier: Apache-2.0
"""Twins: the same core, opened with variants of its executable. They are the original, a stripped one, one without
section headers, and one without the sources of the runtime's field offsets: type descriptors and DWARF."""
import json
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import pathlib

COMMANDS = (
    ("goroutines", "--json"),
    ("goroutines", "--group-by", "user"),
    ("goroutines", "--group-by", "start"),
    ("goroutines", "--group-by", "go"),
    ("goroutines", "--group-by", "reason"),
    ("goroutines", "--group-by", "object"),
    ("traceback", "--level", "system"),
)


def without_sections(path):
    """Clears the section headers and the members of the ELF header that locate them."""
    with open(path, "r+b") as file:
        header = bytearray(file.read(64))
        offset = struct.unpack_from("<Q", header, 40)[0]
        size, count = struct.unpack_from("<HH", header, 58)
        if offset:
            file.seek(offset)
            file.write(bytes(size * count))
        struct.pack_into("<Q", header, 40, 0)
        struct.pack_into("<HHH", header, 58, 0, 0, 0)
        file.seek(0)
        file.write(header)


def without_descriptors(path):
    """Destroys the names of the runtime's own structs in a core or an executable. True if it found any."""
    found = False
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        at, size = 0, len(view)
        while at < size:
            try:
                at = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(file.fileno(), at, os.SEEK_HOLE)
            for name in (b"*runtime.g", b"*runtime.m"):
                # The length is before the name, in two bytes until Go 1.16.
                word, place = bytes([len(name)]) + name, at
                while (place := view.find(word, place, end)) >= 0:
                    view[place + len(name)] = ord("~")
                    found = True
            at = end
    return found


def output(command, arguments, core, exe):
    result = subprocess.run([str(command), *arguments, str(core), str(exe)], capture_output=True, text=True,
                            errors="replace", timeout=120, check=False)
    text = result.stdout
    if "--json" in arguments and not result.returncode:
        text = json.dumps(json.loads(text), indent=1)
    return result.returncode, text, result.stderr


def compare(command, folder, examine=None):
    """(a word for the table, problems). examine(core, exe) returns one more answer that must be equal, and its
    problems."""
    problems, kinds = [], []
    exe, core = folder / "server", folder / "core"
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        found = []
        stripped = work / "stripped"
        for strip in ("strip", "aarch64-linux-gnu-strip"):
            # strip for another CPU than the executable's refuses it.
            if not found and shutil.which(strip):
                done = subprocess.run([strip, "-s", "-o", str(stripped), str(exe)], capture_output=True, check=False)
                if done.returncode == 0:
                    found.append(("stripped", stripped))
        bare = work / "bare"
        shutil.copy2(exe, bare)
        without_sections(bare)
        found.append(("no section headers", bare))
        nameless, its_core = work / "nameless", core
        shutil.copy2(stripped if found[0][1] == stripped else bare, nameless)
        without_descriptors(nameless)
        # Some cores contain the executable's pages too.
        with open(core, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            if b"\x0a*runtime.g" in view:
                its_core = work / "core"
        if its_core != core:
            subprocess.run(["cp", "--sparse=always", core, its_core], check=True)
            without_descriptors(its_core)
        expected = [output(command, arguments, core, exe) for arguments in COMMANDS]
        for arguments, (code, _, errors) in zip(COMMANDS, expected):
            if code:
                problems.append(f"{' '.join(arguments)}: exit code {code} {errors.strip()[:200]}")
        if problems:
            return "failed", problems
        more, _ = examine(core, exe) if examine else (None, [])
        twins = [(*pair, core) for pair in found] + [("no descriptors", nameless, its_core)]
        for kind, twin, its in twins:
            twin_more, twin_problems = examine(its, twin) if examine else (None, [])
            equal = twin_more == more and not twin_problems
            if twin_more != more:
                problems.append(f"{kind}: sched, semtable, mheap_ or the heap differs")
            problems += [f"{kind}: {problem}" for problem in twin_problems]
            for arguments, (code, text, _) in zip(COMMANDS, expected):
                twin_code, twin_text, twin_errors = output(command, arguments, its, twin)
                if (code, text) == (twin_code, twin_text):
                    continue
                equal = False
                place = next((f"line {i + 1}: {b!r} is not {a!r}" for i, (a, b)
                              in enumerate(zip(text.splitlines(), twin_text.splitlines())) if a != b), "length")
                problems.append(f"{kind}: {' '.join(arguments)}: exit code {twin_code}, {place} {twin_errors.strip()[:200]}")
            kinds.append("equal" if equal else "different")
    return "/".join(kinds), problems
