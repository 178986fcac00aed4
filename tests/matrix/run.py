#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `gopm traceback` with the runtime's own traceback, for many Go versions and build modes.

    run.py [--cache DIR] [--gopm PATH] [--only GLOB]... [--again] [--list]

Each case is a program that gdb stops, takes a core of, and resumes with SIGQUIT. For each goroutine that was not
running, gopm must print the same block as the runtime, except for the minutes of its wait. Stripped twins of the
executable must give the same listing and groups. The scheduler, the semaphores and the heap must be found by structure
at the addresses of their symbols, and agree with the goroutines. The twins must have the same roots of the heap, and no
exact root may point to a slot that is not allocated. The heap must have as many objects and bytes as the runtime counted,
and the same live ones with each twin.

Prebuilt programs are downloaded by name and exact version into the cache folder, and run on loopback only. Exits with 1
on any difference. Not a part of plain ctest.
"""
import argparse
import fnmatch
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import elf
import heaps
import modes
import programs
import servers
import truth
import twins

sys.path[:0] = [str(truth.SOURCE / "tests/gopm"), str(truth.SOURCE / "tests/runtime")]
import runtime_globals  # noqa: E402
from traceback_blocks import Comparison  # noqa: E402

COLUMNS = ("case", "Go", "modes", "goroutines", "equal", "different", "running", "twins", "globals", "notes")


class Case:
    def __init__(self, name, make, notes="", level="system", still=False, woken=False):
        self.name, self.make, self.notes, self.level, self.still, self.woken = name, make, notes, level, still, woken


def cases(cache):
    for program in programs.PROGRAMS:
        def make(folder, program=program):
            truth.of_program(program, programs.fetch(program, cache), folder)
        yield Case(program.name, make, program.notes, program.level, still=program.locked)
    for name, mode, toolchain, arch in modes.cases():
        def make(folder, mode=mode, toolchain=toolchain, arch=arch):
            modes.of_mode(mode, toolchain, arch, folder)
        yield Case(name, make, mode.notes, mode.level)
    for name, make in modes.modules():
        yield Case(name, make)
    for name, make, notes, still in servers.cases(cache):
        yield Case(name, make, notes, still=still, woken=True)


def gopm(command, *arguments):
    """(output, problem or None)"""
    try:
        result = subprocess.run([str(command), *map(str, arguments)], capture_output=True, text=True, errors="replace",
                                timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return "", f"gopm {arguments[0]} did not end in 120 seconds"
    if result.returncode:
        return result.stdout, f"gopm {arguments[0]}: exit code {result.returncode}: {result.stderr.strip()[:300]}"
    return result.stdout, None


def roots(command, core, exe):
    """(number of roots of each kind, problems). An exact root never points to memory that is not allocated."""
    result = subprocess.run([str(command), "--count", str(core), str(exe)], capture_output=True, text=True, errors="replace",
                            timeout=120, check=False)
    rows = [line.split() for line in result.stdout.splitlines() if not line.startswith("finding ")]
    problems = [f"{kind}: {free} roots point to free slots" for kind, _, _, free in rows if free != "0"]
    return [row[:2] for row in rows], problems if rows else ["dump_roots failed"]


class Globals:
    """Checks runtime.sched, semtable and mheap_: by symbol, by structure, and with the goroutines; and the roots."""

    def __init__(self, dump):
        self.dump, self.word = dump, ""

    def examine(self, core, exe):
        answer, problems = runtime_globals.examine(self.dump, core, exe)
        if answer is None:
            self.word = "failed"
            return None, problems
        first = not self.word
        if first:
            waits = len((answer["semtable"] or {}).get("waits", ()))
            ways = "symbol, structure" if any(address for address, _ in answer["symbols"]) else "structure"
            self.word = f"{ways}; {(answer['heap'] or {}).get('count', 0)} spans, {waits} waiters"
        tools = self.dump.parents[1] / "heap"
        found, more = roots(tools / "dump_roots", core, exe)
        heap, wrong = heaps.examine(tools / "dump_consistency", core, exe)
        if first:
            source, differences = heaps.compare_memstats(heap, core, exe)
            self.word += f"; {(heap or [0])[0]} objects by {source}"
            wrong += differences
        return [runtime_globals.comparable(answer), found, heap], problems + more + wrong


def examine(case, folder, command, dump):
    """A row of the table, and the problems."""
    exe = folder / "server"
    version, kinds = elf.describe(exe)
    ours, problem = gopm(command, "traceback", "--level", case.level, folder / "core", exe)
    result = Comparison((folder / "traceback.txt").read_text(errors="replace"), ours, case.still, case.woken)
    problems = ([problem] if problem else []) + result.problems
    found = Globals(dump) if dump else None
    if found:
        problems += found.examine(folder / "core", exe)[1]
    same, twin_problems = twins.compare(command, folder, found.examine if found else None)
    problems += twin_problems
    row = (case.name, version, ", ".join(kinds), result.goroutines, result.equal, len(result.problems), result.skipped, same,
           found.word if found else "not built", case.notes)
    return row, problems


def table(rows, columns=COLUMNS):
    widths = [max(len(str(row[i])) for row in [columns, *rows]) for i in range(len(columns))]
    for number, row in enumerate([columns, *rows]):
        print("| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def options(description):
    """The options that both commands over the matrix share."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    home = os.environ.get("XDG_CACHE_HOME", tempfile.gettempdir())
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(home) / "gopm-matrix")
    parser.add_argument("--cores", type=pathlib.Path, help="folder of the cores; default: cores in the cache")
    parser.add_argument("--gopm", type=pathlib.Path, default=truth.SOURCE / "build/release/examples/gopm")
    parser.add_argument("--only", action="append", metavar="GLOB", help="run only the cases with these names; repeatable")
    parser.add_argument("--problems", type=int, default=3, metavar="N", help="most problems to print for one case")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and stop")
    return parser


def chosen(parser, args, all_cases):
    """The cases to run. Prints their names instead with --list."""
    args.cache = args.cache.resolve()
    args.cores = (args.cores or args.cache / "cores").resolve()
    found = [case for case in all_cases(args.cache) if not args.only or any(fnmatch.fnmatch(case.name, glob) for glob in args.only)]
    if args.list:
        print("\n".join(case.name for case in found))
    elif not args.gopm.exists():
        parser.error(f"{args.gopm} does not exist; build it first, or name one with --gopm")
    return [] if args.list else found


def print_problems(problems, most):
    for problem in problems[:most]:
        print("  " + problem.replace("\n", "\n  "), file=sys.stderr)
    if len(problems) > most:
        print(f"  ... and {len(problems) - most} more", file=sys.stderr)


def main():
    parser = options(__doc__)
    parser.add_argument("--dump", type=pathlib.Path, help="the tests' program dump_globals; default: the one in gopm's build")
    parser.add_argument("--again", action="store_true", help="take the cores again")
    args = parser.parse_args()

    wanted = chosen(parser, args, cases)
    if args.list:
        return 0
    dump = args.dump or args.gopm.resolve().parents[1] / "tests/runtime/dump_globals"
    if not dump.exists():
        print(f"{dump} does not exist: sched, semtable and mheap_ are not compared", file=sys.stderr)
        dump = None
    rows, unavailable, bad = [], [], 0
    for case in wanted:
        folder = args.cores / case.name
        started = time.monotonic()
        try:
            if args.again or not (folder / "done").exists():
                case.make(folder)
                (folder / "done").touch()
            row, problems = examine(case, folder, args.gopm, dump)
        except programs.Unavailable as reason:
            unavailable.append(f"{case.name}: {reason}")
            continue
        except truth.Failed as reason:
            row, problems = (case.name, "?", "", 0, 0, 0, 0, "", "", "no truth"), [str(reason)]
        rows.append(row)
        bad += bool(problems)
        print(f"{case.name}: {'different' if problems else 'equal'} ({time.monotonic() - started:.1f} s)", file=sys.stderr)
        print_problems(problems, args.problems)
    table(rows)
    for line in unavailable:
        print("not available: " + line)
    print(f"{len(rows)} cases, {bad} with differences, {len(unavailable)} not available")
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
