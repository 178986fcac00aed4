#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every public header compiles on its own, as C11 and as C++17, without a warning."""
import os
import shutil
import subprocess

import house

FLAGS = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", f"-I{house.SOURCE}/include"]
compilers = [(os.environ.get("CC", "cc"), ["-x", "c", "-std=c11"])]
compilers += [(cxx, ["-x", "c++", "-std=c++17"]) for cxx in ("g++", "clang++") if shutil.which(cxx)]
problems = []
if len(compilers) == 1:
    house.skip("no C++ compiler is installed")
for header in house.HEADERS:
    for compiler, language in compilers:
        # Included twice, to test the include guard.
        source = f"#include <gopm/{header.name}>\n" * 2
        result = subprocess.run([compiler, *language, *FLAGS, "-"], input=source, capture_output=True, text=True)
        if result.returncode:
            problems.append(f"{header.name} with {compiler}:\n{result.stderr}")
house.finish(problems)
