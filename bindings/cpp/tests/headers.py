#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every header of the C++ binding compiles on its own without a warning; the one with all of them with each compiler, as C++17 and
C++20."""
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
import installed  # pylint: disable=wrong-import-position

FLAGS = ["-x", "c++", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
         f"-I{installed.SOURCE}/include", f"-I{HERE.parent}/include"]
problems = []
compilers = [name for name in ("g++", "clang++") if shutil.which(name)] or [installed.need("c++")]
headers = sorted((HERE.parent / "include/gopm").glob("*.hpp"))
assert len(headers) >= 10, headers
for header in headers:
    text = header.read_text(encoding="utf-8")
    if f"@file gopm/{header.name}" not in text:
        problems.append(f"{header.name}: no @file comment")
    whole = header.name == "gopm.hpp"
    for compiler in compilers if whole else compilers[:1]:
        for standard in ("c++17", "c++20") if whole else ("c++17",):
            # Included twice, to test the include guard.
            result = subprocess.run([compiler, f"-std={standard}", *FLAGS, "-"], input=f"#include <gopm/{header.name}>\n" * 2,
                                    capture_output=True, text=True, check=False)
            if result.returncode:
                problems.append(f"{header.name} with {compiler} -std={standard}:\n{result.stderr[:2000]}")
print(f"{len(headers)} headers, {', '.join(compilers)}")
sys.exit("\n".join(problems) or 0)
