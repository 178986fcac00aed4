#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes lib/runtime/layout/table.c: the offsets of the runtime's fields, by Go version.

    layout_table.py [--cores DIR] [--dump PATH] [--output FILE]

Needs the cores of run.py, at least one of every Go minor. The offsets come from the type descriptors of their
programs. Programs of one minor and CPU must agree, also with their DWARF if they have it. Run it again if
lib/runtime/layout/layout.c looks up another field, or for a new Go version.
"""
import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

import elf
import truth

HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/* Made by tests/matrix/layout_table.py; do not edit. Source: the type descriptors of programs of Go 1.{} to 1.{};
 * the structs are those of runtime/runtime2.go and its neighbours. */
#include "runtime/layout/table.h"

#include "runtime/layout/layout.h"

/* clang-format off */
const struct gopm__layout_row gopm__layout_rows[] = {{
"""
TAIL = """}};

const size_t gopm__layout_row_count = sizeof gopm__layout_rows / sizeof gopm__layout_rows[0];

const uint16_t gopm__layout_versions[] = {{
    {},
}};
const size_t gopm__layout_version_count = sizeof gopm__layout_versions / sizeof gopm__layout_versions[0];
/* clang-format on */
"""


def structs():
    """{"runtime.g": "GOPM__STRUCT_G"}, in the order of the library."""
    text = (truth.SOURCE / "lib/runtime/layout/layout.c").read_text(encoding="utf-8")
    return {name: constant for constant, name in re.findall(r"\[(GOPM__STRUCT_\w+)\] = \{\"([\w.]+)\"", text)}


def dump(command, folder, source):
    """{(struct, path): (offset, size)}, or None if the program does not have the source."""
    result = subprocess.run([str(command), str(folder / "core"), str(folder / "server"), source], capture_output=True,
                            text=True, timeout=120, check=False)
    if result.returncode:
        return None
    rows = (line.split() for line in result.stdout.splitlines())
    return {(struct, "" if path == "-" else path): (int(offset), int(size)) for struct, path, offset, size in rows}


def collect(command, cores):
    """({(struct, path): {(version, cpu): (offset, size)}}, problems); version is 2304 for Go 1.23.4"""
    found, problems, programs = collections.defaultdict(dict), [], collections.Counter()
    newest = {}  # of each minor
    # Programs with a version come first. A program without one counts as the newest release of its minor.
    for folder in sorted(cores.iterdir(), key=lambda folder: elf.describe(folder / "server")[0] == "?"):
        version, words = elf.describe(folder / "server") if (folder / "done").exists() else ("?", [])
        # The name of the folder has the minor.
        number = re.match(r"1\.(\d+)(?:\.(\d+))?", version) or re.match(r"(?:arm64-)?v1(\d\d)()-", folder.name)
        # Structures have another size in a program that was built without a default experiment.
        usual = not folder.name.endswith("nogreenteagc")
        described = dump(command, folder, "descriptors") if number and usual else None
        if not described:
            continue
        minor = int(number.group(1))
        release = minor * 100 + int(number.group(2) or 0) if version != "?" else newest[minor]
        newest[minor] = max(release, newest.get(minor, 0))
        key = (release, "arm64" if "arm64" in words else "amd64")
        programs[key] += 1
        other = dump(command, folder, "dwarf")
        for row, value in described.items():
            if found[row].setdefault(key, value) != value:
                problems.append(f"{folder.name}: {row} is {value}, but {found[row][key]} in another program of its Go version")
            if other and other.get(row) != value:
                problems.append(f"{folder.name}: {row} is {value}, but {other.get(row)} by DWARF")
    for key, count in sorted(programs.items()):
        print(f"Go 1.{key[0] // 100}.{key[0] % 100} {key[1]}: {count}", file=sys.stderr)
    return found, problems


def ranges(values, versions):
    """(first version, last version, offset, size, cpu or None) of one field. Equal consecutive versions are one row."""
    cpus = ["amd64", "arm64"]
    by_cpu = {cpu: [] for cpu in [None, *cpus]}
    for index, version in enumerate(versions):
        here = {cpu: values[version, cpu] for cpu in cpus if (version, cpu) in values}
        same = here
        if len(set(here.values())) == 1:
            same = {None: next(iter(here.values()))}
        for cpu, value in same.items():
            rows = by_cpu[cpu]
            if rows and rows[-1][1] == versions[index - 1] and rows[-1][2:] == value:
                rows[-1] = (rows[-1][0], version, *value)
            else:
                rows.append((version, version, *value))
    return sorted((*row, cpu) for cpu, rows in by_cpu.items() for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    home = pathlib.Path(os.environ.get("XDG_CACHE_HOME", tempfile.gettempdir()))
    parser.add_argument("--cores", type=pathlib.Path, default=home / "gopm-matrix/cores")
    parser.add_argument("--dump", type=pathlib.Path, default=truth.SOURCE / "build/dev/tests/runtime/dump_layout")
    parser.add_argument("--output", type=pathlib.Path, default=truth.SOURCE / "lib/runtime/layout/table.c")
    args = parser.parse_args()
    found, problems = collect(args.dump, args.cores)
    versions = sorted({version for values in found.values() for version, _ in values})
    minors = sorted({version // 100 for version in versions})
    if not minors or minors != list(range(16, minors[-1] + 1)):
        problems.append(f"cores of Go 1.16 and every minor since are needed; there are {minors}")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    with open(args.output, "w", encoding="utf-8") as out:
        out.write(HEAD.format(minors[0], minors[-1]))
        for struct, constant in structs().items():
            for (owner, path), values in found.items():
                if owner == struct:
                    for first, last, offset, size, cpu in ranges(values, versions):
                        text = '"%s"' % cpu if cpu else "NULL"
                        out.write(f'    {{{constant}, {first}, {last}, {offset}, {size}, "{path}", {text}}},\n')
        out.write(TAIL.format("\n    ".join(textwrap.wrap(", ".join(map(str, versions)), 110))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
