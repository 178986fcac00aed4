# SPDX-License-Identifier: Apache-2.0
"""Compares the objects of a heap and their types with what the program says of them.

usage: objects.py CORE      a core of tests/programs/held: each type that it notes, and MemStats, plain and stripped
       objects.py --phase CORE   the collector is at work: objects are those of mspan.allocCount and memstats
       objects.py --arenas CORE  a core of tests/programs/arenas: what arenas hold, and those that were freed
"""
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gopm"), str(TESTS / "matrix")]
import common
import heaps

DUMP = common.BUILD / "tests/heap/dump_consistency"
# An object of the runtime may come or go after the program read MemStats.
OBJECTS, BYTES = 1, 16
# Goroutines that allocate are between two counts of the runtime, each on a thread.
RUNNING = 2
# What the runtime and libraries leave as garbage beside what the program does.
NOISE_OBJECTS, NOISE_BYTES = 8, 2048
CLASSES = [8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416,
           448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456,
           4096, 4864, 5120, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432,
           19072, 20480, 21760, 24576, 27264, 28672, 32768]  # internal/runtime/gc/sizeclasses.go
PAGE = 8192
# runtime/malloc.go, Go 1.22 and later: pages for itself; a header for objects with pointers above 512 bytes.
LARGEST, HEADER_FROM, HEADER = 32768 - 8, 512, 8


def slot(size, pointers):
    """Bytes that the allocator takes for an object."""
    if size > LARGEST:
        return (size + PAGE - 1) // PAGE * PAGE
    size += HEADER if pointers and size > HEADER_FROM else 0
    return next(bytes for bytes in CLASSES if bytes >= size)


def check_account(heap, stats):
    """MemStats: HeapObjects, HeapAlloc, HeapInuse, StackInuse, HeapSys, HeapReleased. The scavenger goes on."""
    objects, allocated, in_use, stacks, system, _ = stats
    problems = []
    if not 0 <= heap["objects"] - objects <= OBJECTS or not 0 <= heap["bytes"] - allocated <= BYTES:
        problems.append(f"{heap['objects']} objects, {heap['bytes']} bytes; MemStats has {objects}, {allocated}")
    found = heap["inUse"], heap["stacks"], heap["mapped"], heap["idle"] + heap["released"]
    expected = in_use, stacks, system + stacks, system - in_use
    if found != expected:
        problems.append(f"the account is {found}, MemStats has {expected}")
    if heap["bytes"] + heap["freeSlots"] + heap["rounding"] != heap["inUse"]:
        problems.append(f"objects, free slots and rounding are not the spans in use: {heap}")
    return problems


def check_live(note, rows):
    """A type that the program keeps."""
    mine = [row for row in rows if (row["type"], row["form"]) == (note["type"], note["form"])]
    found = {key: sum(row[key] for row in mine) for key in ("objects", "elems", "bytes", "liveObjects")}
    expected = {"objects": note["objects"], "liveObjects": note["objects"]}
    if note["elems"] >= 0:
        expected["elems"] = note["elems"]
    if note["size"]:
        expected["bytes"] = note["objects"] * slot(note["size"], any(row["pointers"] for row in mine))
    return [f"{note['type']} ({note['form']}): {key} is {found[key]}, not {value}" for key, value in expected.items()
            if found[key] != value]


def check_known(exe, core, notes):
    """Of a stripped program: objects may have no type, but none has one that is wrong and not a guess."""
    objects = json.loads(common.gopm("heap", "--objects", "--json", core, exe))["result"]
    known = collections.Counter((o["type"], o["form"]) for o in objects
                                if o["from"] not in ("nothing", "inside", "mask"))
    live = {(note["type"], note["form"]): note["objects"] for note in notes if not note["garbage"]}
    print(f"stripped: {sum(known[key] for key in live)} of {sum(live.values())} objects have their types")
    return [f"{known[key]} objects are {key}, not {count}" for key, count in live.items() if known[key] > count]


def check_objects(exe, core, notes, stats, typed=True):
    answer = json.loads(common.gopm("heap", "--json", core, exe))
    rows, heap = answer["result"], answer["heap"]
    problems = check_account(heap, stats)
    if sum(row["objects"] for row in rows) != heap["objects"] or sum(row["bytes"] for row in rows) != heap["bytes"]:
        problems.append("the objects of all types are not the heap")
    garbage = [note for note in notes if note["garbage"]]
    objects = heap["objects"] - heap["liveObjects"] - sum(note["objects"] for note in garbage)
    size = heap["bytes"] - heap["liveBytes"] - sum(
        note["objects"] * slot(note["size"], note["type"].startswith("main.G[")) for note in garbage)
    if not 0 <= objects <= NOISE_OBJECTS or not 0 <= size <= NOISE_BYTES:
        problems.append(f"{objects} objects, {size} bytes of garbage beside the program's")
    for note in notes:
        if not note["garbage"]:
            problems += check_live(note, rows) if typed else []
        elif any(row["type"] == note["type"] and row["liveObjects"] for row in rows):
            problems.append(f"{note['type']} is garbage, and counts as live")
    return problems, heap


def compare(made):
    common.need("strip")
    lines = made.traceback.read_text(encoding="utf-8", errors="replace").splitlines()
    notes = [json.loads(line[8:]) for line in lines if line.startswith("objects ")]
    stats = next([int(word) for word in line.split()[1:]] for line in lines if line.startswith("memstats "))
    problems, heap = check_objects(made.exe, made.core, notes, stats)
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "server"
        subprocess.run([shutil.which("strip"), "-s", "-o", stripped, made.exe], check=True)
        more, twin = check_objects(stripped, made.core, notes, stats, typed=False)
        more += check_known(stripped, made.core, notes)
    problems += [f"stripped: {problem}" for problem in more]
    if twin != heap:
        problems.append(f"stripped: the heap is {twin}, not {heap}")
    if len(notes) < 40:
        problems.append(f"the program notes only {len(notes)} types")
    print(f"{len(notes)} types, {heap['objects']} objects, {heap['liveObjects']} live")
    return problems


def compare_phase(made, name):
    """The objects of spans, and their sums in memstats, while the collector is at work."""
    result = subprocess.run([DUMP, made.core, made.exe], capture_output=True, text=True, check=True, timeout=120)
    heap = json.loads(result.stdout)
    problems = [f"{key} is {heap[key]}" for key in ("unread", "bad_heap") if heap[key]]
    if heap["wrong_spans"] > RUNNING:
        problems.append(f"{heap['wrong_spans']} spans do not have mspan.allocCount objects")
    sums = heaps.memstats(made.core, made.exe)
    if sums is None:
        common.skip("gdb does not read runtime.memstats")
    if abs(sums[0] - heap["objects"]) > RUNNING:
        problems.append(f"{heap['objects']} objects, memstats has {sums[0]}")
    if not 0 < heap["live_bytes"] <= heap["bytes"]:
        problems.append(f"{heap['live_bytes']} of {heap['bytes']} bytes are live")
    # Otherwise the collector was not at work, and the test says nothing.
    if name.startswith("unswept") and not heap["unswept"]:
        problems.append("all spans are swept")
    if name.startswith("marking") and not heap["marked_objects"] < heap["objects"]:
        problems.append("all objects are marked")
    print(heap, sums)
    return problems


def compare_arenas(made):
    """Objects that only arenas point to are live. A chunk of an arena that was freed is no object."""
    lines = made.traceback.read_text(encoding="utf-8", errors="replace").splitlines()
    facts = [json.loads(line.removeprefix("fact ")) for line in lines if line.startswith("fact ")]
    stats = next([int(word) for word in line.split()[1:]] for line in lines if line.startswith("memstats "))
    answer = json.loads(common.gopm("heap", "--json", made.core, made.exe))
    rows, heap = answer["result"], answer["heap"]
    problems = check_account(heap, stats)
    if heap["partial"]:
        problems.append("some objects cannot be read")
    chunks = [row for row in rows if row["form"] == "arena"]
    if len(chunks) != 1 or chunks[0]["objects"] < 4 or chunks[0]["from"] != "header" or chunks[0]["type"]:
        problems.append(f"chunks of arenas: {chunks}")
    for fact in facts:
        if fact["what"] == "path":
            path = json.loads(common.gopm("heap", "--json", "--path", hex(fact["address"]), made.core, made.exe))["path"]
            if path != fact["text"]:
                problems.append(f"path to {fact['address']:#x}: {path}, not {fact['text']}")
    types = [fact for fact in facts if fact["what"] == "type"]
    for fact in types:
        # Garbage has only its size. What the values of arenas point to has its type.
        size = slot(fact["size"], True)
        mine = [row for row in rows if row["type"] == fact["type"] or (row["form"] == "unknown" and row["slotSize"] == size)]
        found = sum(row["liveObjects"] for row in mine), sum(row["objects"] - row["liveObjects"] for row in mine)
        if not 0 <= found[0] - fact["live"] <= NOISE_OBJECTS or not 0 <= found[1] - fact["garbage"] <= NOISE_OBJECTS:
            problems.append(f"{fact['type']}: {found} are live and garbage, not {fact['live']} and {fact['garbage']}")
        if sum(row["liveObjects"] for row in rows if row["type"] == fact["type"]) != fact["live"]:
            problems.append(f"{fact['type']}: the type of some is not known: {mine}")
    if len(types) != 2 or len(facts) != 4:
        problems.append(f"the program notes only {len(facts)} facts")
    print(f"{heap['objects']} objects, {heap['liveObjects']} live, {chunks}")
    return problems


def main():
    if sys.argv[1] == "--arenas":
        common.finish(compare_arenas(common.core(sys.argv[2])))
    if sys.argv[1] == "--phase":
        common.finish(compare_phase(common.core(sys.argv[2]), sys.argv[2]))
    common.finish(compare(common.core(sys.argv[1])))


main()
