#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""User location, `go` statement and parent of every goroutine, and the counts of user locations, equal the
runtime's own traceback of the same moment."""
import collections
import json
import re
import sys

import common
import traceback_text


def place(location):
    # The runtime prints type arguments as dots (runtime/traceback.go, printFuncName).
    name = re.sub(r"\[.*\]", "[...]", location.get("function", {}).get("name", ""))
    return (name, location["file"], location["line"])


def compare(core):
    runtime = traceback_text.parse(core.traceback.read_text(errors="replace"))
    ours = {g["id"]: g for g in json.loads(common.gopm("goroutines", "--json", core.core, core.exe))["result"]}
    problems = []
    expected = collections.Counter()
    skipped = set()
    for number, theirs in sorted(runtime.items()):
        if number not in ours:
            problems.append(f"goroutine {number} [{theirs.state}] is not listed")
            continue
        mine = ours[number]
        # A goroutine that was running moved on before the runtime printed it.
        if theirs.unavailable or mine["statusName"] in ("running", "runnable"):
            skipped.add(number)
            continue
        want = traceback_text.user_frame(theirs)
        expected[want] += 1
        if place(mine["userCurrentLoc"]) != want:
            problems.append(f"goroutine {number}: user location {place(mine['userCurrentLoc'])}, the runtime's {want}")
        if theirs.created and place(mine["goStatementLoc"]) != theirs.created:
            problems.append(f"goroutine {number}: go statement {place(mine['goStatementLoc'])}, the runtime's {theirs.created}")
        if theirs.parent and mine["parentID"] != theirs.parent:
            problems.append(f"goroutine {number}: parent {mine['parentID']}, the runtime's {theirs.parent}")
        state = mine["waitReasonName"] or mine["statusName"]
        # Some wait reasons contain "(durable)"; for others the header adds it.
        if state.removesuffix(" (durable)") != theirs.state.removesuffix(" (durable)"):
            problems.append(f"goroutine {number}: state {state}, the runtime's {theirs.state}")
    groups = json.loads(common.gopm("goroutines", "--group-by", "user", "--json", core.core, core.exe))["result"]
    counted = collections.Counter()
    for group in groups:
        counted[place(group["location"])] += group["count"]
    for number in skipped | (ours.keys() - runtime.keys()):
        counted[place(ours[number]["userCurrentLoc"])] -= 1
    if +counted != expected:
        problems.append(f"counts differ: ours {dict(counted - expected)}, the runtime's {dict(expected - counted)}")
    print(f"{len(runtime)} goroutines, {len(expected)} user locations, {len(skipped)} were running and are skipped")
    return problems


if sys.argv[1] == "sample":
    with common.sample() as found:
        common.finish(compare(found))
common.finish(compare(common.core(sys.argv[1])))
