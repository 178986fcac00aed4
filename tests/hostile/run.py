#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damages cores and executables, and counts changed answers that nothing announces.

    run.py                                   the quick run of ./test: fixed seeds, compared with thresholds.json
    run.py --executions 50000                a long run; prints the table of docs/explanation/damage.md
    run.py --target dwarf --class info       only some; may be repeated
    run.py --target amd64 --class returns --explain 7    one execution, with changes and differences

A changed answer is *announced* by a new finding, a failure, a partial mark or an unreadable reason. Otherwise it is
silent. undetectable.py lists the silent changes that no reader can detect. No execution may crash, hang, or use too much
memory.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import targets
from undetectable import unexplained

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", HERE.parents[1] / "build/dev"))
DRIVER = BUILD / "tests/hostile/hostile_driver"
QUICK = 12  # executions of a class and target in the quick run, which has three targets for each class
SUMS = ("executions", "refused", "changed", "silent")


class Result:
    """The sums of a class over its targets."""

    def __init__(self):
        self.sums = collections.Counter()
        self.listed = 0
        self.changes = collections.Counter()
        self.examples = {}
        self.failures = []
        self.memory = self.time = (0, "")

    def add(self, target, output):
        for name in SUMS:
            self.sums[name] += output[name]
        self.failures += [f"{target} {output['class']} {f['seed']}: {f['what']} in {f['step']}" for f in output["failures"]]
        for change in output["changes"]:
            left = unexplained(change)
            if not left:
                self.listed += change["count"]
                continue
            key = (", ".join(f"{field} ({value})" for field, value in change["parts"]), " ".join(left))
            self.changes[key] += change["count"]
            self.examples.setdefault(key, f"--target {target} --class {output['class']} --explain {change['seed']}")
        self.memory = max(self.memory, (output["memory"][0], f"{target} {output['memory'][1]}"))
        self.time = max(self.time, (output["time"][0], f"{target} {output['time'][1]}"))

    @property
    def silent(self):
        return sum(self.changes.values())


def run(target, files, kind, first, count, *more):
    command = [DRIVER, *files, kind, str(first), str(count), *more]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}")
    return target, json.loads(process.stdout)


def table(results):
    rows = [("class", "executions", "refused", "changed", "listed", "silent", "%")]
    for kind, r in results.items():
        n = r.sums
        rows.append((kind, n["executions"], n["refused"], n["changed"], r.listed, r.silent, f"{100 * r.silent / max(1, n['executions']):.2f}"))
    total = [sum(row[i] for row in rows[1:]) for i in range(1, 6)]
    rows.append(("all", *total, f"{100 * total[4] / max(1, total[0]):.2f}"))
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([lines[0], "|---|" + "---:|" * 6, *lines[1:]])


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, help="in all, spread over classes and targets")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--target", action="append", choices=targets.TARGETS)
    parser.add_argument("--class", dest="kinds", action="append")
    parser.add_argument("--explain", type=int, metavar="SEED")
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


def targets_of(kind, chosen, quick):
    """The targets that have places for a class. The quick run takes three of them, others for the next class."""
    if kind == "modules":
        chosen = [name for name in chosen if name in targets.WITH_C]
    if kind.startswith("dwarf"):
        chosen = [name for name in chosen if name in targets.WITH_DWARF]
    start = sum(kind.encode()) % max(1, len(chosen))
    return (chosen[start:] + chosen[:start])[:3 if quick else None]


def execute(arguments, kinds, work):
    """Runs all classes on all targets."""
    chosen = arguments.target or list(targets.TARGETS)
    files = {name: targets.prepare(name, work) for name in chosen}
    if arguments.explain is not None:
        for name in chosen:
            for kind in kinds:
                run(name, files[name], kind, arguments.explain, 1, "explain")
        return None
    pairs = [(kind, name) for kind in kinds for name in targets_of(kind, chosen, arguments.executions is None)]
    each = arguments.executions // len(pairs) + 1 if arguments.executions else QUICK
    results = {kind: Result() for kind in kinds}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [(kind, pool.submit(run, name, files[name], kind, arguments.first, each)) for kind, name in pairs]
        for kind, job in jobs:
            results[kind].add(*job.result())
    return results


def report(results):
    """Prints the silent changes, the largest first."""
    print(table(results))
    for kind, r in results.items():
        for key, count in r.changes.most_common():
            print(f"{kind}: {count} x {key[0][:200]}: {key[1]}    {r.examples[key]}")
    for name in ("memory", "time"):
        most = max((getattr(r, name) for r in results.values()), default=(0, ""))
        print(f"most {name}: {most[0]} {'KiB' if name == 'memory' else 'us of CPU'}, {most[1]}")


def main():
    arguments = parse()
    known = subprocess.run([DRIVER, "classes"], capture_output=True, text=True, check=True).stdout.split()
    kinds = arguments.kinds or known
    with tempfile.TemporaryDirectory() as work:
        results = execute(arguments, kinds, pathlib.Path(work))
    if results is None:
        return 0
    report(results)
    problems = [failure for r in results.values() for failure in r.failures]
    if arguments.executions is None and arguments.first == 1 and not arguments.target:
        allowed = json.loads((HERE / "thresholds.json").read_text(encoding="ascii"))
        problems += [f"{kind}: {r.silent} silent changes, but thresholds.json allows {allowed.get(kind, 0)}"
                     for kind, r in results.items() if r.silent > allowed.get(kind, 0)]
    for problem in problems:
        print(f"FAILED {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
