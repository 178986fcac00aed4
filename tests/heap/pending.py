# SPDX-License-Identifier: Apache-2.0
"""gopm heap on tests/programs/pending: what the program has started and not ended, compared with what it knows.

usage: pending.py TOOLCHAIN
"""
import json
import operator
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402


def heap(core, *options):
    return json.loads(common.gopm("heap", "--json", *options, core.core, core.exe))["result"]


def facts(core, what):
    lines = core.traceback.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [json.loads(line.removeprefix("fact ")) for line in lines if line.startswith("fact ")]
    return [row for row in rows if row["what"] == what]


def checks(core):
    """Timers, tickers and deadlines: those that run."""
    expected = {row["check"]: row["objects"] for row in facts(core, "check")}
    found = {row["what"]: row["objects"] for row in heap(core, "--checks")}
    if found != expected or len(expected) != 3:
        yield f"--checks: {found}, not {expected}"


def blocked(core):
    """The first suspects are goroutines that wait in a finalizer and in a cleanup, with what their queues keep."""
    expected = facts(core, "blocked")
    found = [{"what": "blocked", "kind": row["kind"], "function": row["point"], "queued": row["instances"],
              "objects": row["objects"], "bytes": row["bytes"]} for row in heap(core, "--suspects") if row["blocked"]]
    by_kind = operator.itemgetter("kind")
    if sorted(found, key=by_kind) != sorted(expected, key=by_kind) or len(expected) != 2:
        yield f"--suspects: {found}, not {expected}"
    text = common.gopm("heap", "--suspects", core.core, core.exe)
    for row in expected:
        if f" waits in {row['function']}, so that no other {row['kind']} runs. {row['queued']} {row['kind']}s are due" not in text:
            yield f"--suspects has no words for {row}: {text}"


def births(core, more):
    """Goroutines by their go statements and timers by their functions, and what the statements of `more` have added."""
    expected = {row["function"] + " started by " + row["by"]: (row["goroutines"], row["objects"], row["bytes"])
                for row in facts(core, "birth")}
    found = {row["root"].split(" at ")[0]: (row["instances"], row["objects"], row["bytes"])
             for row in heap(core, "--by", "birth")}
    for place, numbers in expected.items():
        if found.get(place) != numbers:
            yield f"--by birth: {place} has {found.get(place)}, not {numbers}"
    for row in facts(core, "timers"):
        if found.get(f"timers of {row['function']}", (0,))[0] != row["timers"]:
            yield f"--by birth: {found} has no {row}"
    # Only one statement has started more.
    before = {row["by"]: row for row in facts(core, "birth")}
    added = [(row["function"] + " started by " + row["by"], row["goroutines"], row["objects"], row["bytes"],
              before[row["by"]]["goroutines"]) for row in facts(more, "birth") if row != before[row["by"]]]
    grown = json.loads(common.gopm("heap", "--json", "--diff", core.core, "--by", "birth", more.core, more.exe))["result"]
    got = [(row["root"].split(" at ")[0], row["instances"], row["objects"], row["bytes"], row["instancesBefore"])
           for row in grown if row["root"].startswith("main.")]
    if got != added or len(added) != 1 or len(expected) != 4:
        yield f"--diff --by birth: {got}, not {added}"


def main():
    core = common.core(f"pending{sys.argv[1]}")
    more = common.core(f"pendingmore{sys.argv[1]}")
    common.finish([*checks(core), *blocked(core), *births(core, more)])


if __name__ == "__main__":
    main()
