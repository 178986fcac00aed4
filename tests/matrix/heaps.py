# SPDX-License-Identifier: Apache-2.0
"""The heap of a core: what the library reads of it, against what the runtime counted itself.

The runtime counts the objects of each span in mspan.allocCount, which every core has. With DWARF, gdb also reads
runtime.memstats.heapStats: all objects of the program, as runtime.ReadMemStats adds them up (since Go 1.19).
"""
import json
import shutil
import subprocess

# Live bytes are a part of what the last collection kept, or more. Some programs freed much since.
LEAST_LIVE = 0.4

# runtime/mstats.go, readmemstats_m, after flushallmcaches: the objects of spans that a P has are not in the sums yet.
GDB = r"""
import gdb
sizes = gdb.parse_and_eval("'runtime.memstats'")["heapStats"]["stats"]
objects = total = 0
spans = {}
for k in range(3):
    s = sizes[k]
    objects += int(s["largeAllocCount"]) - int(s["largeFreeCount"])
    total += int(s["largeAlloc"]) - int(s["largeFree"])
    count = s["smallAllocCount"].type.range()[1] + 1
    for i in range(count):
        spans[i] = spans.get(i, 0) + int(s["smallAllocCount"][i]) - int(s["smallFreeCount"][i])
caches = gdb.parse_and_eval("'runtime.allp'")
for p in range(int(caches["len"])):
    cache = caches["array"][p]["mcache"]
    if not int(cache):
        continue
    for i in range(cache["alloc"].type.range()[1] + 1):
        span = cache["alloc"][i]
        if int(span):
            spans[i // 2] += int(span["allocCount"]) - int(span["allocCountBeforeCache"])
for size in ("'runtime.class_to_size'", "'internal/runtime/gc.SizeClassToSize'"):
    try:
        table = gdb.parse_and_eval(size)
        break
    except gdb.error:
        pass
objects += sum(spans.values())
total += sum(n * int(table[i]) for i, n in spans.items())
print("memstats", objects & (1 << 64) - 1, total & (1 << 64) - 1)
"""


def memstats(core, exe):
    """[objects, bytes] by the runtime's own sums; None: gdb or the DWARF lacks them."""
    if not shutil.which("gdb"):
        return None
    code = "exec(" + repr(GDB) + ")"
    result = subprocess.run(["gdb", "-nx", "-batch", "-ex", "python " + code, str(exe), str(core)], capture_output=True,
                            text=True, errors="replace", timeout=120, check=False)
    for line in result.stdout.splitlines():
        if line.startswith("memstats "):
            return [int(word) for word in line.split()[1:]]
    return None


def examine(dump, core, exe):
    """(what must be equal with every twin of the executable, problems)."""
    result = subprocess.run([str(dump), str(core), str(exe)], capture_output=True, text=True, errors="replace", timeout=120,
                            check=False)
    if result.returncode:
        return None, [f"dump_consistency: {result.stderr.strip()[:200]}"]
    heap = json.loads(result.stdout)
    problems = [f"heap: {key} is {heap[key]} (object {heap['example']})"
                for key in ("wrong_spans", "live_unmarked", "to_free", "to_dead", "unread", "bad_heap") if heap[key]]
    counted = [heap["objects"], heap["bytes"]]
    if counted != [heap["alloc_objects"], heap["alloc_bytes"]]:
        problems.append(f"heap: {counted} allocated, but the spans count {heap['alloc_objects']}, {heap['alloc_bytes']}")
    if not 0 < heap["live_bytes"] <= heap["bytes"] or heap["live_bytes"] < LEAST_LIVE * heap["marked_bytes"]:
        problems.append(f"heap: {heap['live_bytes']} of {heap['bytes']} bytes live; a collection kept {heap['marked_bytes']}")
    return counted + [heap["live_objects"], heap["live_bytes"]], problems


def compare_memstats(found, core, exe):
    """(a word for the table, problems)."""
    truth = memstats(core, exe)
    if truth is None or found is None:
        return "spans", []
    return "memstats", [] if truth == found[:2] else [f"heap: {found[:2]} allocated, but memstats has {truth}"]
