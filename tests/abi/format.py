#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sources of C and C++ are formatted according to .clang-format."""
import re
import subprocess

import house

tool = house.need("clang-format")
version = int(re.search(r"version (\d+)", subprocess.run([tool, "--version"], capture_output=True, text=True).stdout)[1])
# Releases differ in details. The tree is formatted with the release of Debian 12.
if version != 14:
    house.skip(f"clang-format {version} is not the 14 that the tree is formatted with")
files = [path for folder in ("lib", "include", "examples", "tests", "bench", "bindings")
         for path in sorted((house.SOURCE / folder).rglob("*")) if path.suffix in (".c", ".h", ".cpp", ".hpp")]
result = subprocess.run([tool, "--dry-run", "-Werror", *map(str, files)], capture_output=True, text=True)
print(result.stderr[:20000])
raise SystemExit(result.returncode)
