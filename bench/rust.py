#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the reading of all goroutines in batches of 8192 records, in C and with the Rust crate: CPU time of all threads, both in
turn, medians and their ratio.

    bench/rust.py CORE EXE [--runs 9] [--library build/release/libgopm.so]

Needs a C compiler, cargo, and a core of bench/run.py or bench/why.py.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bindings/rust/tests"))

import cargo  # pylint: disable=wrong-import-position

MANIFEST = """[package]
name = "batches"
version = "0.0.0"
edition = "2021"
[[bin]]
name = "batches"
path = "{program}"
[dependencies]
gopm = {{ path = "{crate}" }}
"""


def build(folder, library):
    """The programs in C and in Rust."""
    libdir = library.parent
    subprocess.run(["cc", "-O2", f"-I{ROOT}/include", "-o", folder / "batches", ROOT / "bench/batches/batches.c", f"-L{libdir}", "-lgopm",
                    f"-Wl,-rpath,{libdir}"], check=True)
    (folder / "Cargo.toml").write_text(MANIFEST.format(program=ROOT / "bench/batches/batches.rs", crate=ROOT / "bindings/rust/gopm"),
                                       encoding="utf-8")
    variables = {**cargo.environment(library), "CARGO_TARGET_DIR": str(folder / "target")}
    cargo.run(["cargo", "build", "--release"], variables, folder)
    return [folder / "batches"], ["env", f"LD_LIBRARY_PATH={libdir}", folder / "target/release/batches"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("core")
    parser.add_argument("exe")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--library", type=pathlib.Path, default=ROOT / "build/release/libgopm.so")
    wanted = parser.parse_args()
    if not wanted.library.exists():
        sys.exit(f"rust.py: {wanted.library} is not built; cmake --preset release && cmake --build --preset release")
    with tempfile.TemporaryDirectory() as folder:
        programs = build(pathlib.Path(folder), wanted.library.resolve())
        times, answers = ([], []), set()
        for run in range(wanted.runs + 1):
            for which in (0, 1) if run % 2 else (1, 0):
                output = subprocess.run([*programs[which], wanted.core, wanted.exe], capture_output=True, text=True, check=True).stdout
                took, answer = output.split(" ", 1)
                answers.add(answer)
                if run:  # the first one warms the page cache
                    times[which].append(float(took))
    if len(answers) != 1:
        sys.exit(f"the programs read different things: {answers}")
    medians = [statistics.median(each) for each in times]
    print("| goroutines | C | Rust | Rust / C |\n|---:|---:|---:|---:|")
    print(f"| {int(answers.pop().split()[0]):,} | {medians[0]:.2f} s | {medians[1]:.2f} s | {medians[1] / medians[0]:.3f} |")


if __name__ == "__main__":
    main()
