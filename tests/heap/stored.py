# SPDX-License-Identifier: Apache-2.0
"""The types of objects that only package variables of a stripped program hold, which the code that stores them names.

usage: stored.py 126|127 [arm64]
"""
import json
import pathlib
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gopm"), str(TESTS / "matrix")]
import common  # noqa: E402
import modes  # noqa: E402
import programs  # noqa: E402
import truth  # noqa: E402

GUESSES = ("nothing", "inside", "mask")


def check(folder):
    lines = (folder / "traceback.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    notes = [json.loads(line[5:]) for line in lines if line.startswith("note ")]
    rows = json.loads(common.gopm("heap", "--json", folder / "core", folder / "server"))["result"]
    for note in notes:
        found = [row for row in rows if row["type"] == note["type"] and row["form"] == note["form"] and (note["guess"] or row["from"] not in GUESSES)]
        if note["type"] == "int64":  # the runtime and libraries have others
            if not any(row["elems"] >= note["elems"] for row in found):
                yield f"{note}: found {found}"
        elif [(row["liveObjects"], row["elems"]) for row in found] != [(note["objects"], note["elems"])]:
            yield f"{note}: found {found}"
    # One of two types is in each interface or element, and the code has both.
    for row in rows:
        if row["type"] in ("main.Either", "main.Stale", "main.First", "main.Second") and row["liveObjects"] and row["from"] not in GUESSES:
            yield f"no object is {row}"
    if len(notes) < 11:
        yield "the program noted too few objects"


def main():
    version, arch = (sys.argv[1:] + [""])[:2]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            modes.build(modes.Mode("sw", ("-ldflags=-s -w",)), version, folder / "server", arch, program=TESTS / "programs/stored")
            truth.of_ready(folder, arch=arch, env={"GODEBUG": "asyncpreemptoff=1", "GOMAXPROCS": "4"} if arch else None)
        except programs.Unavailable as why:
            common.skip(why)
        common.finish(list(check(folder)))


main()
