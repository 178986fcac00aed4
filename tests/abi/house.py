# SPDX-License-Identifier: Apache-2.0
"""Shared by the checks of this folder: paths, public declarations, skipping."""
import os
import pathlib
import re
import shutil
import sys

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
HEADERS = sorted((SOURCE / "include/gopm").glob("*.h"))

# A function declaration in a header, with the comment before it.
DECLARATION = re.compile(r"(?:/\*\*(?P<comment>(?:(?!\*/).)*)\*/\s*)?GOPM_API\s+(?P<type>[^;(]*?)(?P<name>gopm_\w+)\(",
                         re.DOTALL)


def declarations():
    """(header, line, name, comment or None) of every public function."""
    for header in HEADERS:
        text = header.read_text(encoding="utf-8")
        for match in DECLARATION.finditer(text):
            line = text.count("\n", 0, match.start("name")) + 1
            yield header, line, match.group("name"), match.group("comment")


def skip(reason):
    print("SKIP:", reason)
    sys.exit(77)


def need(tool):
    path = shutil.which(tool)
    if path is None:
        skip(f"{tool} is not installed")
    return path


def finish(problems):
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
