#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy, configured by .clang-tidy, on the library and the command.

    tidy.py [--analyze]

The static analyzer takes 97 % of the time and seldom finds anything. It runs only with --analyze, in tests/nightly.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys

import house

tool = house.need("clang-tidy")
version = re.search(r"version (\d+)", subprocess.run([tool, "--version"], capture_output=True, text=True).stdout)
if version is None or int(version[1]) != 14:
    house.skip("clang-tidy is not version 14, which .clang-tidy is written for")
if os.environ.get("GOPM_SANITIZE"):
    house.skip("the dev preset runs it, which is enough")
database = house.BUILD / "compile_commands.json"
if not database.exists():
    house.skip("no compile_commands.json")
files = sorted({entry["file"] for entry in json.loads(database.read_text())
                if entry["file"].startswith((f"{house.SOURCE}/lib/", f"{house.SOURCE}/examples/"))})

checks = [] if "--analyze" in sys.argv[1:] else ["--checks=-clang-analyzer-*"]


def check(path):
    result = subprocess.run([tool, "--quiet", "-p", str(house.BUILD), *checks, "--extra-arg=-Wno-unknown-warning-option", path],
                            capture_output=True, text=True)
    return result.stdout if result.returncode or "warning:" in result.stdout else ""


with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    house.finish([text for text in pool.map(check, files) if text])
