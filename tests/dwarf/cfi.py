#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each row of the call frame information of real files equals that of `readelf --debug-dump=frames-interp`."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
DUMP = BUILD / "tests/dwarf/dump_cfi"
AMD64 = ["rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", *(f"r{i}" for i in range(8, 16)), "rip"]
ARM64 = [*(f"x{i}" for i in range(31)), "sp"]
FDE = re.compile(r"[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ FDE cie=\S+ pc=([0-9a-f]+)\.\.([0-9a-f]+)")


def column(name, names):
    return names.index(name) if name in names else None


def rows_of_readelf(path, kind, names):
    """pc -> (CFA, column -> rule, end of its function). A function without a table has the CIE's row only."""
    out = subprocess.run(["readelf", f"--debug-dump={kind}", path], capture_output=True, text=True, check=False).stdout
    sections = out.split("Contents of the ")
    rows, titles, end = {}, None, 0
    wanted = next((text for text in sections if text.startswith(".eh_frame section")), "")
    for line in wanted.splitlines():
        match = FDE.match(line)
        if match:
            titles, end = None, int(match.group(2), 16)
        elif not line.strip():
            titles = None
        elif line.lstrip().startswith("LOC"):
            titles = line.split()[1:]
        elif titles and re.match(r"[0-9a-f]{16} ", line) and end:
            pc, *cells = re.sub(r" \(\w+\)", "", line).split()  # "r8 (r8)": the second is its name
            rules = {column(t, names) if t != "ra" else "ra": cell for t, cell in zip(titles[1:], cells[1:])}
            rows[int(pc, 16)] = (cells[0], rules, end)
        elif " CIE " in line:
            titles, end = None, 0
    return rows


def number(text, names):
    """"rsp+8" as this library prints it: "7+8"."""
    match = re.match(r"([a-z]+\d*)([+-]\d+)$", text)
    return f"{column(match.group(1), names)}{match.group(2)}" if match else text


def compare(path, names, ra):
    theirs = {pc: row for pc, row in rows_of_readelf(path, "frames-interp", names).items() if pc < row[2]}
    out = subprocess.run([DUMP, path, ".eh_frame"], input="\n".join(f"{pc:x}" for pc in theirs), capture_output=True, text=True,
                         check=False)
    if out.returncode:
        return [f"{path}: {out.stderr}"], 0
    problems = []
    for line in out.stdout.splitlines():
        pc, cfa, *cells = line.split()
        want_cfa, want, _ = theirs[int(pc, 16)]
        have = dict(cell.split("=") for cell in cells if "=" in cell)
        if cfa != number(want_cfa, names):
            problems.append(f"{path}: {pc}: CFA {cfa}, readelf: {want_cfa}")
        for key, rule in want.items():
            ours = have.get(str(ra if key == "ra" else key), "none")
            if ours != rule and not (rule in names and ours == f"r{column(rule, names)}"):
                problems.append(f"{path}: {pc}: column {key} is {ours}, readelf: {rule}")
    return problems, len(theirs)


def main():
    if shutil.which("readelf") is None:
        print("SKIP: readelf is not installed")
        return 77
    problems, rows = [], 0
    libraries = subprocess.run(["ldd", sys.executable], capture_output=True, text=True, check=False).stdout
    paths = re.findall(r"(/\S+\.so[.0-9]*)", libraries)
    paths += [path for path in map(str, [BUILD / "libgopm.so", sys.executable]) if os.path.exists(path)]
    for path in sorted(set(paths)):
        found, count = compare(path, AMD64, 16)
        problems, rows = problems + found, rows + count
    if shutil.which("aarch64-linux-gnu-gcc"):
        with tempfile.TemporaryDirectory() as folder:
            source, library = pathlib.Path(folder) / "a.c", str(pathlib.Path(folder) / "a.so")
            source.write_text("int g(int *); int f(int n) { int a[n]; a[0] = n; return g(a) + f(n - 1) * g(a + 1); }\n"
                              "int h(int a, int b) { for (int i = 0; i < b; i++) a += g(&a) * g(&b); return a; }\n", encoding="ascii")
            subprocess.run(["aarch64-linux-gnu-gcc", "-O2", "-shared", "-fPIC", "-nostdlib", "-mbranch-protection=standard", source, "-o", library], check=True)
            found, count = compare(library, ARM64, 30)
            problems, rows = problems + found, rows + count
    if rows < 10000:
        problems.append(f"only {rows} rows are compared")
    print("\n".join(problems[:20]))
    print(f"{rows} rows, {len(problems)} differ")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
