#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU time of the last test run of each build, the most expensive tests first.

    cost.py [BUILD]... [--most N]
"""
import argparse
import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parents[1]


def costs(build):
    """{test: seconds}"""
    log = build / "Testing/Temporary/LastTest.log"
    found, name = {}, ""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        started = re.match(r"\d+/\d+ Testing: (\S+)$", line)
        used = re.match(r"cpu: ([0-9.]+) s$", line)
        if started:
            name = started.group(1)
        elif used and name:
            found[name] = float(used.group(1))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("builds", nargs="*", type=pathlib.Path)
    parser.add_argument("--most", type=int, default=10)
    arguments = parser.parse_args()
    logs = sorted(SOURCE.glob("build/*/Testing/Temporary/LastTest.log"))
    for build in arguments.builds or [log.parents[2] for log in logs]:
        found = costs(build)
        print(f"{build.name}: {len(found)} tests, {sum(found.values()) / 60:.1f} CPU minutes")
        for name, seconds in sorted(found.items(), key=lambda row: -row[1])[: arguments.most]:
            print(f"{seconds:8.1f} s  {name}")


if __name__ == "__main__":
    main()
