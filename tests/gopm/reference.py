#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The reference pages, the man page and the picture in README match the current output. Links and source paths in
the pages name existing files."""
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["GOPM_SOURCE"])
BUILD = os.environ["GOPM_BUILD"]
problems = []
for script in ("docs/reference/make.py", "docs/story_svg.py"):
    result = subprocess.run([sys.executable, SOURCE / script, "--check", BUILD], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        problems.append(f"{script}: {result.stdout}{result.stderr}")
for page in [*SOURCE.glob("*.md"), *(SOURCE / "docs").rglob("*.md")]:
    # A page in the parent folder includes the notes.
    folder = page.parent.parent if page.parent.name == "notes" else page.parent
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:lib|tests|examples|docs|include|bench|scripts|cmake)/[\w./-]+)[^`]*`", text):
        # CPU, ROOM, NOUN and COMMAND are placeholders.
        if not re.search(r"\b[A-Z]{3,}\b", path) and not (SOURCE / path).exists():
            problems.append(f"{page.relative_to(SOURCE)}: no file {path}")
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", text):
        if not link.startswith("http") and not (folder / link).exists():
            problems.append(f"{page.relative_to(SOURCE)}: no file {link}")
if problems:
    sys.exit("\n".join(problems))
