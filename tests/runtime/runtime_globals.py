# SPDX-License-Identifier: Apache-2.0
"""Invariants of runtime.sched, runtime.semtable, runtime.mheap_ and the variables of profiles in a sound core of any Go version: their addresses by
symbol and by structure are the same, and they agree with the goroutines."""
import json
import subprocess

PAGE = 8192
IN_USE, MANUAL = 1, 2  # mspan.state
SEMAPHORE = 4  # GOPM_WAIT_SEMAPHORE
WAITING = 4  # GOPM_G_WAITING


def dump(command, core, exe, *options):
    """(answer of the library, problem or None)"""
    try:
        result = subprocess.run([str(command), *options, str(core), str(exe)], capture_output=True, text=True, timeout=120,
                                check=False)
    except subprocess.TimeoutExpired:
        return None, "dump_globals did not end in 120 seconds"
    if result.returncode:
        return None, f"dump_globals: exit code {result.returncode} {result.stderr.strip()[:300]}"
    return json.loads(result.stdout), None


def found(answer):
    return {name: answer[name] for name in ("sched", "semtable", "heap", "queues", "profiles", "goroutines")}


def comparable(answer):
    """The answer that does not depend on symbols. Without symbols, a semaphore table without waiters looks like any
    zeroed memory, and so do blocks of a queue that is empty."""
    value = found(answer)
    value["queues"] = {name: queue if queue["queued"] else None for name, queue in answer["queues"].items()}
    if value["semtable"] and not value["semtable"]["waits"]:
        value["semtable"] = None
    return value


def symbols(answer):
    """Checks that each global is at the address of its symbol."""
    sched, semtable, heap = answer["symbols"][:3]
    if sched[0] and answer["sched"] and answer["sched"]["address"] != sched[0]:
        yield f"runtime.sched is {sched[0]:#x}, not {answer['sched']['address']:#x}"
    if semtable[0] and answer["semtable"] and answer["semtable"]["address"] != semtable[0]:
        yield f"runtime.semtable is {semtable[0]:#x}, not {answer['semtable']['address']:#x}"
    if heap[0] and answer["heap"]:
        for name in ("allspans", "arenas"):
            if not heap[0] <= answer["heap"][name] < sum(heap):
                yield f"mheap_.{name} {answer['heap'][name]:#x} is not in runtime.mheap_ at {heap[0]:#x}"


def semaphores(answer):
    """Checks that the table has exactly the goroutines whose wait reason is a semaphore."""
    waits = {int(g): semaphore for g, semaphore in ((answer["semtable"] or {}).get("waits") or {}).items()}
    waiting = {g["address"]: g for g in answer["goroutines"] if g["kind"] == SEMAPHORE and g["status"] == WAITING}
    if waiting and answer["semtable"] is None:
        yield f"{len(waiting)} goroutines wait for semaphores, but no table was found"
        return
    for address, g in waiting.items():
        if address not in waits:
            yield f"goroutine {g['id']} [{g['reason']}] is not in the table"
        elif waits[address] != g["object"] or g["object"] == 0:
            yield f"goroutine {g['id']} waits for {g['object']:#x}, the table says {waits[address]:#x}"
        elif g["count"] > len(waiting):
            yield f"goroutine {g['id']} waits for {g['object']:#x}, which {g['count']} could pass"
        elif g["waiting"] not in (0, waits[address]):
            yield f"goroutine {g['id']}: g.waiting says {g['waiting']:#x}, the table {waits[address]:#x}"
    for address in waits.keys() - waiting.keys():
        yield f"the g at {address:#x} is in the table, but does not wait for a semaphore"


def spans(answer):
    """Checks that stacks are in manually managed spans, and that each g is an object of the heap."""
    heap = answer["heap"]
    for name in ("lost", "unreached"):
        if heap[name]:
            yield f"{heap[name]} spans are {name}"
    if heap["metadata"]["status"] or heap["metadata"]["missing"]:
        yield f"metadata: {heap['metadata']}"
    ends = sorted((span["base"], span["base"] + span["npages"] * PAGE) for span in (row[1]["span"] for row in heap["list"]))
    if any(end > begin for (_, end), (begin, _) in zip(ends, ends[1:])):
        yield "two spans overlap"
    for g in answer["goroutines"]:
        span = g["g_span"]
        if not span or span["state"] != IN_USE or span["elemsize"] < answer["g_size"] or span["noscan"]:
            yield f"the g of goroutine {g['id']} at {g['address']:#x} is in {span}"
        elif (g["address"] - span["base"]) % span["elemsize"] or g["address"] + answer["g_size"] > span["limit"]:
            yield f"the g of goroutine {g['id']} is not an object of {span}"
        span = g["stack_span"]
        if g["stack_lo"] and (not span or span["state"] != MANUAL or g["stack_hi"] > span["base"] + span["npages"] * PAGE):
            yield f"the stack of goroutine {g['id']} at {g['stack_lo']:#x} is in {span}"


def examine(command, core, exe):
    """(answer, problems)"""
    answer, problem = dump(command, core, exe)
    if problem:
        return None, [problem]
    problems = [f"runtime.{name} was not found" for name in ("sched", "heap") if answer[name] is None]
    problems += [*symbols(answer), *semaphores(answer)]
    if answer["heap"]:
        problems += spans(answer)
    by_structure, problem = dump(command, core, exe, "--structure")
    if problem:
        return answer, [*problems, problem]
    theirs = comparable(by_structure)
    problems += [f"{name} found by structure differs from the one found by symbol" for name, value in comparable(answer).items()
                 if theirs[name] != value]
    return answer, problems
