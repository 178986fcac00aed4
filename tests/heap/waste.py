# SPDX-License-Identifier: Apache-2.0
"""gopm heap --waste and --diff on tests/programs/wasteful, whose waste is known.

usage: waste.py TOOLCHAIN
"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402

GREW = 500  # records


def heap(core, exe, *options):
    command = [common.GOPM, "heap", "--json", *options, core, exe]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)["result"]


def find(rows, problems, kind, **members):
    """The only row of a kind with these members."""
    found = [row for row in rows if row["kind"] == kind and all(row[name] == value for name, value in members.items())]
    if len(found) != 1:
        problems.append(f"{len(found)} rows of {kind} {members}: {found}")
        return {"bytes": 0, "count": 0}
    return found[0]


def between(problems, what, value, least, most):
    if not least <= value <= most:
        problems.append(f"{what} is {value}, not {least} to {most}")


def main():
    toolchain = sys.argv[1]
    small, large = common.core(f"wasteful{toolchain}"), common.core(f"wastefulmore{toolchain}")
    problems = []
    rows = heap(small.core, small.exe, "--waste")
    row = find(rows, problems, "equal strings", length=100)
    between(problems, "bytes of equal strings", row["bytes"], 999 * 112, 999 * 112)
    between(problems, "equal strings", row["count"], 1000, 1000)
    if row.get("text") != "e" * 64:
        problems.append(f"text is {row.get('text')!r}")
    row = find(rows, problems, "kept by a part", type="")
    between(problems, "bytes kept by a part", row["bytes"], (1 << 20) - 10, (1 << 20) + 4096)
    # 10000 of 8 bytes take 81920; a tenth of a percent is used.
    row = find(rows, problems, "kept by a part", type="int")
    between(problems, "bytes of the spare slice", row["bytes"], 81920 - 80, 81920 - 80)
    row = find(rows, problems, "free places", type="map[int]int")
    between(problems, "bytes of free places", row["bytes"], 9999 * 16, 32768 * 18)
    if [row for row in rows if row["kind"] == "unused capacity" and row["type"] == "int"]:
        problems.append("a slice without spare capacity is said to have some")
    grown = heap(large.core, large.exe, "--diff", small.core)
    types = {row["type"]: row for row in grown}
    record = types.get("main.Record", {"objects": 0, "objectsBefore": 0, "bytes": 0, "bytesBefore": 0})
    between(problems, "records before", record["objectsBefore"], 1000, 1000)
    between(problems, "records", record["objects"], 1000 + GREW, 1000 + GREW)
    between(problems, "growth", record["bytes"] - record["bytesBefore"], GREW * 48, GREW * 48)
    if grown[0]["type"] != "main.Record":
        problems.append(f"{grown[0]} has grown most")
    holders = {row["root"]: row for row in heap(large.core, large.exe, "--diff", small.core, "--by", "variable")}
    variable = holders.get("main.records", {"bytes": 0, "bytesBefore": 0})
    between(problems, "growth of main.records", variable["bytes"] - variable["bytesBefore"], GREW * 48, GREW * 48)
    if heap(small.core, small.exe, "--diff", small.core):
        problems.append("a core has grown since itself")
    print(f"{len(rows)} rows of waste, {len(grown)} types that grew or shrank")
    common.finish(problems)


if __name__ == "__main__":
    main()
