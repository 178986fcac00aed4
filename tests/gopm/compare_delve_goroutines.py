#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`goroutines --json --delve` equals Delve's RPCServer.ListGoroutines, field by field, for every goroutine."""
import json
import sys

import common


def differences(ours, theirs, path=""):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in ours or key not in theirs:
                yield f"{path}.{key} is {'missing' if key in theirs else 'not in the answer of Delve'}"
            else:
                yield from differences(ours[key], theirs[key], f"{path}.{key}")
    elif ours != theirs:
        yield f"{path}: {ours!r}, Delve's {theirs!r}"


def compare(core, theirs):
    ours = json.loads(common.gopm("goroutines", "--json", "--delve", core.core, core.exe))["result"]
    theirs = {g["id"]: g for g in theirs}
    mine = {g["id"]: g for g in ours}
    problems = [f"goroutine {number} is not listed" for number in sorted(theirs.keys() - mine.keys())]
    problems += [f"goroutine {number} is not in Delve's list" for number in sorted(mine.keys() - theirs.keys())]
    if len(ours) != len(mine):
        problems.append("an id is listed twice")
    for number in sorted(mine.keys() & theirs.keys()):
        problems += [f"goroutine {number}{text}" for text in differences(mine[number], theirs[number])]
    print(f"{len(theirs)} goroutines compared")
    return problems


def main():
    if sys.argv[1] == "sample":
        with common.sample() as found:
            common.finish(compare(found, common.sample_expectations()["goroutines"]))
    delve = common.need_delve()
    made = common.core(sys.argv[1])
    with delve.Delve(made.exe, made.core) as session:
        answers = session.goroutines()
    common.finish(compare(made, answers))


if __name__ == "__main__":
    main()
