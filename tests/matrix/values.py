#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares gopm's variables with Delve's, and those of stripped twins with both, over the matrix.

    values.py [--cache DIR] [--gopm PATH] [--only GLOB]... [--limit N] [--list]

The cases are those of run.py, and cores of the story's server.

If Delve opens the core, every variable that it reads must be equal in text and in JSON (tests/value/compare_delve.py).
If there are more than N goroutines, N of them are compared, evenly chosen. tests/value/differences.py lists the allowed
differences with their reasons. A core that Delve does not open is listed with the reason.

In every case, arguments of a stripped twin must have the words of the runtime's own traceback. If the executable has
DWARF, they must also have the values by DWARF (tests/value/compare_arguments.py).

The last lines count the variables that Delve and gopm read, by provenance. Exits with 1 on a difference that is not
listed and, after a whole run, on an unused entry of the list. Not a part of plain ctest.
"""
import collections
import pathlib
import subprocess
import sys
import tempfile
import time

import elf
import programs
import run
import truth

sys.path[:0] = [str(truth.SOURCE / "tests/value"), str(truth.SOURCE / "tests/gopm")]
import compare_arguments  # noqa: E402
import compare_delve  # noqa: E402
import differences  # noqa: E402

STORY = (("126", "1.26.8", "5"), ("127", "1.27.3", "5"), ("126", "1.26.8", "4"), ("127", "1.27.3", "4"))


def story(toolchain, dwarf, folder):
    truth.begin(folder)
    subprocess.run([sys.executable, truth.SOURCE / "examples/story/make-cores.py", folder, "--lean", "--quiet", "0.5", "--go",
                    toolchain, "--dwarf", dwarf, "--connections", "100"], check=True, stdout=subprocess.DEVNULL)


def of_program(toolchain, name, flags, folder):
    truth.begin(folder)
    subprocess.run([sys.executable, truth.SOURCE / "examples/story/make-cores.py", folder, "--lean", "--quiet", "0.5", "--go",
                    toolchain, "--program", truth.SOURCE / "tests/programs" / name, *flags], check=True, stdout=subprocess.DEVNULL)


def cases(cache):
    """The cases of the matrix, the story's server with a hundred connections, and the program with values of all
    types."""
    for name, toolchain, dwarf in STORY:
        yield run.Case(f"story-{name}-dwarf{dwarf}",
                       lambda folder, toolchain=toolchain, dwarf=dwarf: story(toolchain, dwarf, folder))
        yield run.Case(f"values-{name}-dwarf{dwarf}",
                       lambda folder, toolchain=toolchain, dwarf=dwarf: of_program(toolchain, "values", ["--dwarf", dwarf], folder))
    for name, toolchain in (("126", "1.26.8"), ("127", "1.27.3")):
        yield run.Case(f"values-{name}-N", lambda folder, toolchain=toolchain: of_program(
            toolchain, "values", ["--build-flags=-gcflags=all=-N"], folder))
    yield from run.cases(cache)


class Delve:
    """Compares one case with Delve."""

    def __init__(self, allowed):
        self.comparison = compare_delve.Comparison(quiet=True, allowed=allowed)
        self.refused = ""

    def examine(self, command, case, folder, limit):
        self.comparison.allowed.case = case
        try:
            delve = compare_delve.Delve(folder / "core", folder / "server")
        except compare_delve.Failed as reason:
            self.refused = str(reason)
            return
        try:
            self.comparison.core(delve, command, folder / "core", folder / "server", limit)
        except compare_delve.Failed as reason:
            if not str(reason).startswith("Delve"):
                self.comparison.problems.append(str(reason))
            self.refused = str(reason)
        except (OSError, ValueError) as reason:  # Delve crashed, or did not answer in time
            self.comparison.problems.append(f"Delve: {reason}")
        finally:
            delve.close()


def strip(exe, out):
    for tool in ("strip", "aarch64-linux-gnu-strip"):
        try:
            if subprocess.run([tool, "-s", "-o", out, exe], capture_output=True, check=False).returncode == 0:
                return True
        except FileNotFoundError:
            pass
    return False


def twin(command, folder, has_dwarf):
    """Compares arguments of a stripped twin. The executable is its own twin if it is already stripped."""
    checker = compare_arguments.Checker()
    with tempfile.TemporaryDirectory() as work:
        bare = pathlib.Path(work) / "server"
        if not strip(folder / "server", bare):
            bare = folder / "server"
        frames = compare_arguments.stacks(command, folder / "core", bare, depth=2)
    full = compare_arguments.stacks(command, folder / "core", folder / "server", depth=2) if has_dwarf else {}
    traceback = folder / "traceback.txt"
    checker.compare(frames, full, traceback.read_text(errors="replace") if traceback.exists() else "")
    return checker


def ratio(counter):
    ours = sum(counter[name] for name in compare_delve.PROVENANCE[1:])
    return ours, f"{ours / counter['Delve']:.2f}" if counter["Delve"] else "-"


COLUMNS = ("case", "Go", "goroutines", "frames", "variables", "Delve", "gopm", *compare_delve.PROVENANCE[1:], "ratio", "not equal",
           "twin: words", "typed", "as DWARF")


def row_of(name, version, delve, checker):
    readable = delve.comparison.readable[True] + delve.comparison.readable[False]
    ours, share = ratio(readable)
    counts = delve.comparison.counts
    return (name, version, counts["goroutines"], counts["frames"], readable["variables"], readable["Delve"], ours,
            *(readable[p] for p in compare_delve.PROVENANCE[1:]), share, len(delve.comparison.problems),
            *(checker.counts[label] for label in ("words", "typed", "equal to DWARF's")))


def main():
    parser = run.options(__doc__)
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="most goroutines to compare in one case; 0: all")
    args = parser.parse_args()

    chosen = run.chosen(parser, args, cases)
    if args.list:
        return 0
    twins = collections.Counter()
    allowed, rows, refused, unavailable, bad = differences.AllowList(), [], [], [], 0
    readable = {True: collections.Counter(), False: collections.Counter()}
    equal = collections.Counter()
    for case in chosen:
        folder, started = args.cores / case.name, time.monotonic()
        try:
            if not (folder / "done").exists():
                case.make(folder)
                (folder / "done").touch()
        except (programs.Unavailable, truth.Failed, subprocess.CalledProcessError) as reason:
            unavailable.append(f"{case.name}: {reason}")
            continue
        delve = Delve(allowed)
        delve.examine(args.gopm, case.name, folder, args.limit)
        try:
            checker = twin(args.gopm, folder, not delve.refused)
        except (RuntimeError, subprocess.TimeoutExpired) as reason:
            checker = compare_arguments.Checker()
            checker.problems.append(str(reason))
        problems = delve.comparison.problems + [f"twin: {problem}" for problem in checker.problems]
        if delve.refused:
            refused.append(f"{case.name}: {delve.refused}")
        for optimised, counter in delve.comparison.readable.items():
            readable[optimised].update(counter)
        equal.update(delve.comparison.counts)
        twins.update(checker.counts)
        rows.append(row_of(case.name, elf.describe(folder / "server")[0], delve, checker))
        bad += bool(problems)
        print(f"{case.name}: {'different' if problems else 'equal'} ({time.monotonic() - started:.1f} s)", file=sys.stderr)
        run.print_problems(problems, args.problems)
    run.table(rows, COLUMNS)
    for line in refused:
        print("not compared with Delve: " + line)
    for line in unavailable:
        print("not available: " + line)
    for label, count in sorted(equal.items()):
        print(f"{count:8} {label}")
    for label, count in sorted(twins.items()):
        print(f"{count:8} arguments of stripped twins: {label}")
    unused = [entry.name for entry in allowed.entries if not entry.uses and not entry.chance]
    for entry in allowed.entries:
        print(f"{entry.uses:8} differences allowed: {entry.name}. {entry.reason}")
    for optimised in (True, False):
        ours, share = ratio(readable[optimised])
        by = ", ".join(f"{readable[optimised][p]} {p}" for p in compare_delve.PROVENANCE[1:])
        print(f"frames of {'optimised' if optimised else 'other'} functions: {readable[optimised]['variables']} variables, "
              f"Delve reads {readable[optimised]['Delve']}, gopm {ours} ({by}): {share} times as many")
    print(f"{len(rows)} cases, {bad} with differences, {len(refused)} that Delve does not open, {len(unavailable)} not available")
    if not args.only and unused:
        print("unused entries of the list: " + ", ".join(unused))
        bad += 1
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
