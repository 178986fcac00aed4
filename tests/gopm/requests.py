#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`gopm requests` shows the requests and pools that tests/programs/inflight wrote down, and nothing else.

    requests.py CORE     a core of common.CORES
    requests.py sample   the story's server, of which each of 1000 connections has a request
"""
import collections
import json
import os
import pathlib
import sys
import tempfile

import common

SECOND = 10**9
HTTP = ("what", "method", "url", "peer", "host", "proto", "status", "written", "state", "goroutine")
MEMBERS = {
    "server request": HTTP,
    "HTTP/2 server request": HTTP,
    "client request": ("what", "method", "url", "goroutine"),
    "SQL pool": ("what", "open", "maxOpen", "inUse", "idle", "waiting", "waitCount", "waitDuration", "closed", "driver"),
}


def key(row):
    return tuple(row.get(member) for member in MEMBERS[row["what"]])


def facts(text):
    """[fact], and the time of the last one"""
    rows = [json.loads(line.removeprefix("fact ")) for line in text.splitlines() if line.startswith("fact ")]
    for row in rows:
        # This client has its answer, and reads the body: no goroutine is in the transport for it.
        if row["what"] == "client request" and "/begun" in row["url"]:
            del row["goroutine"]
    return [row for row in rows if row["what"] not in ("clock", "check")], next(row["now"] for row in rows if row["what"] == "clock")


def rows_of(core, exe, *options):
    return json.loads(common.gopm("requests", "--json", *options, core, exe))["result"]


def times(row, second, earliest, latest):
    """Problems of the age of a request that began in `second`."""
    if not second - 1 <= row.get("since", 0) <= second or row["ageIsMinimum"]:
        yield f"it began at {second}: {row}"
    elif not earliest - second * SECOND - SECOND <= row["age"] <= latest - row["since"] * SECOND:
        yield f"its age is not from {earliest / SECOND} to {latest / SECOND}: {row}"


def compare(core, exe, wanted, earliest):
    found = rows_of(core, exe)
    expected, got = (collections.Counter(map(key, rows)) for rows in (wanted, found))
    yield from (f"missing: {row}" for row in expected - got)
    yield from (f"more than expected: {row}" for row in got - expected)
    yield from (f"a fact is unknown: {row}" for row in found if "unknown" in row)
    latest = os.stat(core).st_mtime_ns
    seconds = {key(row): row["second"] for row in wanted if "second" in row}
    for row in found:
        if row["what"] == "server request" and key(row) in seconds:
            yield from times(row, seconds[key(row)], earliest, latest)
        elif row["what"] == "HTTP/2 server request" and not (row["ageIsMinimum"] and row["age"] >= SECOND):
            yield f"it waited for two seconds: {row}"


def lines(core, exe, wanted):
    """The text has a table for each kind, and --limit cuts each."""
    text = common.gopm("requests", core, exe)
    counts = collections.Counter(row["what"] for row in wanted)
    for what, count in counts.items():
        if f"{count} {what}s\n" not in text:
            yield f"no heading '{count} {what}s' in {text}"
    for row in wanted:
        if row["what"] != "SQL pool" and not any(row["method"] in line.split() and line.split()[-1] == row["url"] or
                                                 f" {row['url']}  (" in line for line in text.splitlines()):
            yield f"no line for {row}"
    short = common.gopm("requests", "--limit", 1, core, exe)
    if [len(part.splitlines()) for part in short.split("\n\n")] != [4] * len(counts) or "[8 more; use --limit]" not in short:
        yield f"--limit 1: {short}"
    if len(rows_of(core, exe, "--limit", 2)) != 2 * len(counts):
        yield "--limit 2 --json has another number of rows"


# The library starts timers too, which the program does not count: tests/heap/pending.py compares these.
UNCOUNTED = ("running ticker", "pending deadline of a context", "pending function of time.AfterFunc")


def checks(core, text):
    """`gopm heap --checks` counts what the program left open."""
    wanted = [json.loads(line.removeprefix("fact ")) for line in text.splitlines() if line.startswith('fact {"check"')]
    found = [row for row in json.loads(common.gopm("heap", "--checks", "--json", core.core, core.exe))["result"]
             if row["what"] not in UNCOUNTED]
    expected, got = {(row["check"], row["type"], row["objects"]) for row in wanted}, {
        (row["what"], row["type"], row["objects"]) for row in found}
    if expected != got or len(found) != len(wanted) or len(wanted) != 6:
        yield f"--checks: {sorted(got)}, not {sorted(expected)}"
    printed = common.gopm("heap", "--checks", core.core, core.exe)
    for row in found:
        if f"{row['objects']:10}  {row['what']}: {row['type']}, for example at {row['example']:#x}" not in printed:
            yield f"--checks: no line for {row}"


def small(core, exe, wanted):
    """A small core has what goroutines work for, at least if they are HTTP/1 requests."""
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / "small"
        common.gopm("slim", "-q", "-o", made, core, exe)
        found = rows_of(made, exe)
    expected, got = (collections.Counter(map(key, rows)) for rows in (wanted, found))
    yield from (f"small core: more than expected: {row}" for row in got - expected)
    yield from (f"small core: missing: {row}" for row in expected - got if row[0] == "server request")


def sample():
    with common.sample() as core:
        found = rows_of(core.core, core.exe)
    if collections.Counter((row["what"], row["method"], row["url"], row["host"]) for row in found) != {
            ("server request", "GET", "/", "story"): 1000}:
        yield f"{len(found)} requests: {found[:3]}"
    if len({row["peer"] for row in found}) != 1000 or len({row["goroutine"] for row in found}) != 1000:
        yield "peers or goroutines are not different"


def main(name):
    core = common.core(name)
    text = core.traceback.read_text(encoding="utf-8", errors="replace")
    wanted, earliest = facts(text)
    if collections.Counter(row["what"] for row in wanted) != {"server request": 9, "HTTP/2 server request": 4,
                                                              "client request": 6, "SQL pool": 4}:
        return [f"the program wrote {len(wanted)} facts"]
    return [*compare(core.core, core.exe, wanted, earliest), *lines(core.core, core.exe, wanted),
            *small(core.core, core.exe, wanted), *checks(core, text)]


common.finish(list(sample()) if sys.argv[1] == "sample" else main(sys.argv[1]))
