#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands that README.md and the pages of docs/ show, and compares their output with the output shown.

A ```console block has commands after "$ ", each followed by its output. "..." in the output matches any text, and a
line of "..." for any lines. Without output, only success is checked. The commands of a page run in one shell, after
./story. Commands that need root or a network are in ```sh blocks, which are not run. A ```console live block traces a
process, and runs only if that is permitted.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["GOPM_SOURCE"])
BUILD = pathlib.Path(os.environ["GOPM_BUILD"])
PAGES = [SOURCE / "README.md", *sorted((SOURCE / "docs").rglob("*.md"))]


def may_trace():
    scope = pathlib.Path("/proc/sys/kernel/yama/ptrace_scope")
    return os.geteuid() == 0 or not scope.exists() or scope.read_text(encoding="ascii").strip() == "0"


def ends_later(command):
    """True if a here-document of the command, up to END, is not at its end."""
    lines = command.splitlines()
    return lines[0].endswith("<<'END'") and lines[-1] != "END"


def blocks(text):
    """(line, command, output shown) of each command in ```console blocks."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```console" or (line == "```console live" and may_trace())
        elif inside and found and ends_later(found[-1][1]):
            found[-1] = (found[-1][0], found[-1][1] + "\n" + line, [])
        elif inside and line.startswith("$ "):
            found.append((number, line[2:], []))
        elif inside and found:
            found[-1][2].append(line)
    return found


def matches(shown, output):
    """True if `output` is as shown."""
    parts = []
    for line in shown:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(part) for part in line.split("...")) + r"\n")
    return re.fullmatch("".join(parts), output) is not None


def tree(folder):
    """A copy of the sources as links, with the build under its name in README."""
    for path in SOURCE.iterdir():
        if path.name not in ("build", ".git"):
            (folder / path.name).symlink_to(path)
    (folder / "story").unlink()
    (folder / "story").write_bytes((SOURCE / "story").read_bytes())
    (folder / "story").chmod(0o755)
    (folder / "examples").unlink()
    (folder / "examples").mkdir()
    (folder / "examples/story").symlink_to(SOURCE / "examples/story")
    (folder / "build").mkdir()
    (folder / "build/release").symlink_to(BUILD)


def run(commands, folder):
    """Runs commands in one shell. Returns (status, output) of each."""
    script = []
    for command in commands:
        script += [f"{{ {command}\n}} </dev/null 2>&1", 'printf "\\001%d\\002" $?']
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    result = subprocess.run(["bash"], input="\n".join(script), cwd=folder, env=environment, capture_output=True,
                            text=True, errors="replace", check=False)
    return [(int(status), output) for output, status in re.findall("([^\001]*)\001(\\d+)\002", result.stdout)]


def check(page, folder):
    shown = blocks(page.read_text(encoding="utf-8"))
    problems = []
    results = run([command for _, command, _ in shown], folder)
    if len(results) != len(shown):
        problems.append(f"{page}: {len(shown)} commands, {len(results)} ran")
    for (line, command, expected), (status, output) in zip(shown, results):
        where = f"{page.relative_to(SOURCE)}:{line}: {command}"
        if expected and not matches(expected, output):
            problems.append(f"{where}: prints\n{output[:3000]}")
        elif not expected and status != 0:
            problems.append(f"{where}: exit status {status}\n{output[:1000]}")
    return problems, len(results)


def main():
    problems, count = [], 0
    for page in PAGES:
        if not blocks(page.read_text(encoding="utf-8")):
            continue
        with tempfile.TemporaryDirectory(prefix="gopm-readme-") as name:
            folder = pathlib.Path(name)
            tree(folder)
            story = subprocess.run(["./story"], cwd=folder, env={**os.environ, "GOPM_STORY_BUILT": "1"},
                                   capture_output=True, text=True, check=False)
            if story.returncode != 0:
                sys.exit(f"./story: exit status {story.returncode}\n{story.stdout[-500:]}{story.stderr[-2000:]}")
            found, ran = check(page, folder)
            problems += found
            count += ran
    print(f"{count} commands")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
