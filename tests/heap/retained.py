#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares retained sizes with what the collector frees if tests/programs/retained drops a holder.

usage: retained.py CORE

The program runs once more for each of its holders. A goroutine or timer is a group here, of its function. The stripped
program must retain the same. All nodes together must be the live heap. The path to an object that the program names
must be written as the program writes it.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common

DUMP = common.BUILD / "tests/heap/dump_retained"
# A thread or a buffer of the runtime may come or go meanwhile.
OBJECTS, BYTES, RUNS = 8, 2048, 3
# 500 nodes of 64 bytes, which cannot be dropped without being received.
BY_CONSTRUCTION = {"goroutine main.sends": (500, 32000)}


# Holders of more than a tenth of the heap, by what they free.
SUSPECTS = {"main.table", "main.ring", "main.list", "main.twin"}
# All nodes that the program makes, and those that only registers of optimized code point to: they may have no type.
UNTYPED = 1500 + 500
NODES = 2000 + 2 * 1000 + 2001 + 400 + 600 + 50 + 800 + 900 + 100 + 700 + 1000 + 2 * 300 + 1500 + 1100 + 500 + 2 + 202


def dump(core, exe, *addresses):
    result = subprocess.run([DUMP, core, exe, *addresses], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(result.stdout)


def retained(found):
    """{"variable main.list": (objects, bytes)}"""
    nodes = [holder for holder in found["holders"] if holder["kind"] == "variable"]
    nodes += [group for group in found["groups"] if group["kind"] != "variable"]
    return {f"{node['kind']} {node['name']}": (node["objects"], node["bytes"]) for node in nodes}


def is_near(one, other):
    return abs(one[0] - other[0]) <= OBJECTS and abs(one[1] - other[1]) <= BYTES


def measure(exe, holder, expected):
    """What the collector frees without the holder, as near to what is expected as it was in a few runs."""
    best = None
    for _ in range(RUNS):
        result = subprocess.run([exe], env={**os.environ, "DROP": holder}, capture_output=True, text=True, check=True,
                                timeout=60)
        numbers = re.search(r"^dropped (-?\d+) (-?\d+)$", result.stdout, re.MULTILINE)
        freed = int(numbers[1]), int(numbers[2])
        if best is None or abs(freed[1] - expected[1]) < abs(best[1] - expected[1]):
            best = freed
        if is_near(best, expected):
            break
    return best


def main():
    made = common.core(sys.argv[1])
    common.need("strip")
    lines = made.traceback.read_text(encoding="utf-8", errors="replace").splitlines()
    holders = [line[7:] for line in lines if line.startswith("holder ")]
    paths = dict(line.split()[1:] for line in lines if line.startswith("path "))
    found = dump(made.core, made.exe, *paths)
    sizes = retained(found)
    problems = []
    if (found["all"]["objects"], found["all"]["bytes"]) != (found["live_objects"], found["live_bytes"]):
        problems.append(f"all is {found['all']}, but {found['live_objects']} objects are live")
    for holder in [*holders, *BY_CONSTRUCTION]:
        size = sizes.get(holder, (0, 0))
        freed = BY_CONSTRUCTION.get(holder) or measure(made.exe, holder, size)
        print(f"{holder}: retains {size}, freed {freed}")
        if not is_near(size, freed):
            problems.append(f"{holder} retains {size}, but the collector freed {freed}")
    for (address, text), path in zip(paths.items(), found["paths"], strict=True):
        if path is None or path["text"] != text or path["referrers"] < 1:
            problems.append(f"path to {address}: {path}, not {text}")
    if {suspect["name"] for suspect in found["suspects"]} != SUSPECTS:
        problems.append(f"suspects: {found['suspects']}")
    nodes = sum(row["instances"] for row in found["types"] if row["type"] == "main.Node")
    if not NODES - UNTYPED <= nodes <= NODES:
        problems.append(f"{nodes} nodes, not {NODES}")
    if sum(row["own"] for row in found["types"]) != found["live_bytes"]:
        problems.append("the objects of all types are not the live heap")
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "server"
        subprocess.run([shutil.which("strip"), "-s", "-o", stripped, made.exe], check=True)
        twin = dump(made.core, stripped)
    for key in ("all", "kinds"):
        if twin[key] != found[key]:
            problems.append(f"stripped: {key} is {twin[key]}, not {found[key]}")
    others = sorted(retained(twin).values())
    for holder, size in sizes.items():
        if size[0] > OBJECTS and size not in others:
            problems.append(f"stripped: nothing retains {size} as {holder} does")
    if len(holders) < 10:
        problems.append("the program names too few holders")
    common.finish(problems)


main()
