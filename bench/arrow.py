#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures goroutines as Arrow columns in Python: CPU time of all threads, the median of several processes.

    GOPM_LIBRARY=build/release/libgopm.so PYTHONPATH=bindings/python/src bench/arrow.py CORE EXE [--runs 5]

Needs cffi, pyarrow and duckdb, and a core of bench/run.py or bench/why.py.
"""
import argparse
import statistics
import subprocess
import sys

OPEN = "import gopm, pyarrow, sys, resource\ncore = gopm.open(sys.argv[1], sys.argv[2], map=True)\n"
CPU = "(lambda u: u.ru_utime + u.ru_stime)(resource.getrusage(resource.RUSAGE_SELF))"
ROWS = {
    "all columns to a pyarrow.Table": "result = core.goroutines().to_arrow().num_rows",
    "columns of the user function": "result = core.goroutines(fields=['user']).to_arrow().num_rows",
    "`select user_function, count(*)` by duckdb":
        "import duckdb; rows = core.goroutines(fields=['user']).to_arrow(); "
        "result = sum(n for _, n in duckdb.sql('select user_function, count(*) from rows group by 1').fetchall())",
    "`core.groups(by='user')`": "result = sum(g.count for g in core.groups(by='user'))",
}


def measure(code, arguments, runs):
    """(median CPU seconds, result)"""
    program = f"{OPEN}import time\nbefore = {CPU}\n{code}\nprint({CPU} - before, result)"
    times = []
    for _ in range(runs):
        output = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True).stdout
        seconds, result = output.split()
        times.append(float(seconds))
    return statistics.median(times), result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("core")
    parser.add_argument("exe")
    parser.add_argument("--runs", type=int, default=5)
    wanted = parser.parse_args()
    print("| operation | goroutines | CPU |\n|---|---:|---:|")
    for name, code in ROWS.items():
        seconds, result = measure(code, [wanted.core, wanted.exe], wanted.runs)
        print(f"| {name} | {result} | {seconds:.2f} s |", flush=True)


if __name__ == "__main__":
    main()
