# SPDX-License-Identifier: Apache-2.0
"""Compares runtime.sched, runtime.semtable, runtime.mheap_ and the queues of finalizers and cleanups with gdb, which reads DWARF, with the same program without
symbols, and with the goroutines.

    compare_globals.py CORE
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402
import runtime_globals  # noqa: E402

DUMP = common.BUILD / "tests/runtime/dump_globals"
MOST_SPANS = 1000  # compared with gdb
SPAN = ("startAddr", "npages", "elemsize", "nelems", "limit", "spanclass", "state", "freeindex")
OURS = ("base", "npages", "elemsize", "nelems", "limit", "spanclass", "state", "freeindex")
SCHED = ("goidgen", "lastpoll", "nmidle", "nmidlelocked", "mnext", "maxmcount", "nmsys", "nmfreed", "ngsys", "npidle", "nmspinning")


def ask_gdb(core, exe, questions):
    """Their values, in order."""
    with tempfile.NamedTemporaryFile("w", suffix=".gdb") as script:
        script.write("set language c\nset pagination off\nset debuginfod enabled off\n")
        for question in questions:
            script.write(f'printf "=%lu\\n", (unsigned long)({question})\n')
        script.flush()
        result = subprocess.run(["gdb", "-nx", "-batch", "-x", script.name, str(exe), str(core)], capture_output=True, text=True,
                                timeout=200, check=False)
    answers = [int(line[1:]) for line in result.stdout.splitlines() if line.startswith("=")]
    if len(answers) != len(questions):
        print(f"gdb answered {len(answers)} of {len(questions)} questions: {result.stderr[-500:]}")
        sys.exit(1)
    return answers


def expect(names, questions, ours, core, exe):
    for name, theirs, value in zip(names, ask_gdb(core, exe, questions), ours):
        # Negative numbers, as unsigned long.
        if theirs != value % (1 << 64):
            yield f"{name} is {theirs}, not {value}"


def fields(answer):
    """(name, expression for gdb, expected value) of each field."""
    sched, semtable, heap = answer["sched"], answer["semtable"], answer["heap"]
    yield "&sched", "&'runtime.sched'", sched["address"]
    for name in SCHED:
        atomic = name in ("goidgen", "lastpoll", "ngsys", "npidle", "nmspinning")
        yield f"sched.{name}", f"'runtime.sched'.{name}{'.value' if atomic else ''}", sched[name]
    yield "&semtable", "&'runtime.semtable'", semtable["address"]
    yield "stride", "sizeof('runtime.semtable') / 251", semtable["stride"]
    yield "&allspans", "&'runtime.mheap_'.allspans", heap["allspans"]
    yield "allspans", "'runtime.mheap_'.allspans.array", heap["spans"]
    yield "len(allspans)", "'runtime.mheap_'.allspans.len", heap["count"]
    yield "&arenas", "&'runtime.mheap_'.arenas", heap["arenas"]
    yield "arenas", "'runtime.mheap_'.arenas[0]", heap["l2"]
    yield "allfin", "'runtime.allfin'", answer["queues"]["finalizers"]["first"]
    yield "cleanups", "'runtime.gcCleanups'.all.value", answer["queues"]["cleanups"]["first"]
    yield "spans", "&(('runtime.heapArena'*)0)->spans", heap["spans_offset"]
    step = len(heap["list"]) // MOST_SPANS + 1
    for index, row in heap["list"][::step]:
        place = f"'runtime.mheap_'.allspans.array[{index}]"
        yield f"span {index}", place, row["span"]["address"]
        for name, our in zip(SPAN, OURS):
            yield f"span {index}.{name}", f"{place}->{name}{'.s.value' if name == 'state' else ''}", row["span"][our]


def main():
    common.need("gdb")
    made = common.core(sys.argv[1])
    answer, problems = runtime_globals.examine(DUMP, made.core, made.exe)
    if answer is None or None in (answer["sched"], answer["semtable"], answer["heap"]):
        common.finish([*problems, "some of sched, semtable and mheap_ were not found"])
    names, questions, ours = zip(*fields(answer))
    problems += expect(names, questions, ours, made.core, made.exe)
    common.need("strip")
    with tempfile.TemporaryDirectory() as folder:
        stripped = os.path.join(folder, "server")
        subprocess.run([shutil.which("strip"), "-s", "-o", stripped, str(made.exe)], check=True)
        twin, more = runtime_globals.examine(DUMP, made.core, stripped)
        problems += [f"stripped: {problem}" for problem in more]
        if twin and any(address for address, _ in twin["symbols"]):
            problems.append("the stripped program has symbols")
        if twin and runtime_globals.comparable(twin) != runtime_globals.comparable(answer):
            problems.append("the answer for the stripped program differs")
    waits = len(answer["semtable"]["waits"])
    print(f"{len(questions)} numbers compared with gdb, {waits} waiters, {len(answer['goroutines'])} goroutines")
    if waits == 0:
        problems.append("no goroutine waits for a semaphore: this core tests little")
    common.finish(problems)


main()
