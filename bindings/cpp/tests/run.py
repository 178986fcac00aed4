#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles a test of the C++ binding without a warning against the library of this build, and runs it: run.py NAME LIBRARY STANDARD..."""
import os
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
import installed  # pylint: disable=wrong-import-position

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def main():
    name, library = sys.argv[1], pathlib.Path(sys.argv[2])
    compiler = installed.cxx()
    with tempfile.TemporaryDirectory() as folder:
        for standard in sys.argv[3:]:
            program = f"{folder}/{name}-{standard}"
            installed.run([compiler, f"-std={standard}", "-g", *WARNINGS, *installed.sanitizer_flags(),
                           f'-DGOPM_SAMPLE="{installed.SAMPLE}"', f"-I{installed.SOURCE}/include", f"-I{HERE.parent}/include", "-o",
                           program, HERE / f"{name}.cpp", library, "-pthread"])
            installed.run([program], env={**os.environ, "LD_LIBRARY_PATH": str(library.parent)})
            print(f"{name}, {standard}: passed")


if __name__ == "__main__":
    main()
