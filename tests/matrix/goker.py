#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares gopm leaks and gopm why with the runtime's live goroutine leak profile, on the kernels of GoKer.

    goker.py [--go 1.26.8|1.27.3] [--cache DIR] [--only GLOB]... [--tries 30] [--again] [--markdown] [--take]

GOROOT has the kernels: hangs of real programs, each reduced to a file (runtime/testdata/testgoroutineleakprofile/goker).
The runtime's own test lists 62 with the leaks that they may show. A kernel runs until its hang stands. Then gdb takes a
core, the process continues, and writes its profile: the core is older than any profile, because a profile marks what it
finds. A kernel runs again until the profile shows a leak that is listed. Goroutines are compared by their ids.

CYCLES was read from the sources: who waits for whom in a circle. A cycle is named if the edges of one finding form it.
"""
import argparse
import dataclasses
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import truth

sys.path[:0] = [str(truth.SOURCE / "tests/gopm"), str(truth.SOURCE / "tests/why")]
import common  # noqa: E402
import scoring  # noqa: E402

TESTDATA = "src/runtime/testdata/testgoroutineleakprofile/goker"
LIST = "src/runtime/goroutineleakprofile_test.go"
# The main goroutine is in a system call meanwhile, with the frames that it has in the runtime's test.
WAITER = """package main

import (
	"io"
	"os"
	"runtime/pprof"
	"time"
)

func standing(profile *pprof.Profile, to io.Writer) {
	time.Sleep(300 * time.Millisecond)
	os.Stdout.WriteString("ready\\n")
	os.Stdin.Read(make([]byte, 1))
	profile.WriteTo(to, 2)
	os.Exit(0)
}
"""
PROCESSORS = (0, 8, 1)  # of each run in turn; 0: as many as the machine has
# Functions on the stacks of the goroutines of a cycle. One function: a goroutine that waits for itself, or two of a kind.
CYCLES = {
    "Cockroach584": ["main.Cockroach584.func2"],
    "Cockroach2448": ["main.(*Store_cockroach2448).processRaft", "main.(*state_cockroach2448).start"],
    "Cockroach3710": ["main.(*Store_cockroach3710).ForceRaftLogScanAndProcess", "main.(*Store_cockroach3710).processRaft.func1"],
    "Cockroach6181": ["main.testRangeCacheCoalescedRequests_cockroach6181.func1.1"],
    "Cockroach7504": ["main.Cockroach7504.func2.1", "main.Cockroach7504.func2.2"],
    "Cockroach9935": ["main.(*loggingT_cockroach9935).outputLogEntry"],
    "Cockroach10214": ["main.(*Store_cockroach10214).sendQueuedHeartbeats", "main.(*Replica_cockroach10214).tick"],
    "Cockroach16167": ["main.Cockroach16167.func2", "main.(*Executor_cockroach16167).Start"],
    "Etcd6708": ["main.Etcd6708.func2"],
    "Etcd6873": ["main.(*watchBroadcasts_etcd6873).stop", "main.newWatchBroadcasts_etcd6873.func1"],
    "Etcd7492": ["main.Etcd7492.func2.1", "main.(*simpleTokenTTLKeeper_etcd7492).run"],
    "Etcd7902": ["main.doRounds_etcd7902.func1"],
    "Etcd10492": ["main.Etcd10492.func2"],
    "Grpc795": ["main.testServerGracefulStopIdempotent_grpc795"],
    "Grpc1460": ["main.(*http2Client_grpc1460).keepalive", "main.(*http2Client_grpc1460).NewStream"],
    "Hugo3251": ["main.Hugo3251.func2.1"],
    "Hugo5379": ["main.(*Page_hugo5379).initContent.func1.1"],
    "Istio16224": ["main.Istio16224.func2", "main.(*controller_istio16224).Run"],
    "Kubernetes6632": ["main.(*idleAwareFramer_kubernetes6632).monitor", "main.(*idleAwareFramer_kubernetes6632).WriteFrame"],
    "Kubernetes10182": ["main.(*statusManager_kubernetes10182).Start.func1", "main.(*statusManager_kubernetes10182).SetPodStatus"],
    "Kubernetes13135": ["main.Util_kubernetes13135", "main.(*WatchCache_kubernetes13135).Add"],
    "Kubernetes26980": ["main.Kubernetes26980.func2", "main.Kubernetes26980.func2.1", "main.(*processorListener_kubernetes26980).pop"],
    "Kubernetes30872": ["main.(*DelayingDeliverer_kubernetes30872).StartWithHandler.func1", "main.(*Controller_kubernetes30872).Run"],
    "Kubernetes62464": ["main.(*manager_kubernetes62464).reconcileState", "main.(*staticPolicy_kubernetes62464).RemoveContainer"],
    "Moby4951": ["main.(*DeviceSet_moby4951).DeleteDevice"],
    "Moby7559": ["main.(*UDPProxy_moby7559).Run"],
    "Moby27782": ["main.(*JSONFileLogger_moby27782).readLogs", "main.(*Watcher_moby27782).readEvents"],
    "Moby28462": ["main.monitor_moby28462", "main.(*Daemon_moby28462).StateChanged"],
    "Moby36114": ["main.(*serviceVM_moby36114).hotAddVHDsAtStart"],
    "Serving2137": ["main.Serving2137.func2", "main.(*Breaker_serving2137).concurrentRequest.func1"],
    "Syncthing4829": ["main.Syncthing4829.func2"],
    "Syncthing5795": ["main.(*rawConnection_syncthing5795).dispatcherLoop"],
}


@dataclasses.dataclass
class Kernel:
    name: str
    firm: bool  # the runtime's test requires its leaks
    leaks: list  # expressions for "FUNCTION(...) [WAIT REASON]"


def kernels(root):
    """The kernels of the runtime's own list."""
    text = (root / LIST).read_text(encoding="utf-8").split("gokerTestCases :=", 1)[1].split("\n\t}\n", 1)[0] + "\n"
    text = re.sub(r"^\s*//.*\n", "", text, flags=re.MULTILINE)
    return [Kernel(name, kind == "makeTest", re.findall(r"`([^`]*)`", body))
            for kind, name, body in re.findall(r'(make\w*Test)\("(\w+)",?(.*?)\n?\s*\),?\n', text, re.DOTALL)]


def environment(version):
    env = dict(os.environ, GOTOOLCHAIN="go" + version, GOFLAGS="-mod=mod", CGO_ENABLED="0")
    env.pop("GOEXPERIMENT", None)
    if version.startswith("1.26."):
        env["GOEXPERIMENT"] = "goroutineleakprofile"
    return env


def build(root, version, exe):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for path in (root / TESTDATA).glob("*.go"):
            text = path.read_text(encoding="utf-8").replace("prof.WriteTo(os.Stdout, 2)", "standing(prof, os.Stdout)")
            (folder / path.name).write_text(text, encoding="utf-8")
        (folder / "standing.go").write_text(WAITER, encoding="ascii")
        (folder / "go.mod").write_text("module goker\n\ngo 1.26\n", encoding="ascii")
        subprocess.run(["go", "build", "-buildvcs=false", "-trimpath", "-o", str(exe), "."], cwd=folder, env=environment(version),
                       check=True)


def until_ready(process, out):
    limit = time.monotonic() + 60
    while "ready" not in out.read_text(encoding="utf-8"):
        if process.poll() is not None or time.monotonic() > limit:
            raise truth.Failed("the program does not come to its hang")
        time.sleep(0.05)


def cpu(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])  # ticks of 10 ms


def until_still(process, seconds=60):
    """Until the process does next to nothing: who works between the core and the profile may end where it stays."""
    limit, quiet = time.monotonic() + seconds, 0
    while quiet < 2 and time.monotonic() < limit:
        before = cpu(process)
        time.sleep(0.3)
        quiet = quiet + 1 if cpu(process) - before <= 1 else 0


def take(process, core):
    """gdb takes a core, and the process continues."""
    reserved = truth.make_cores.unreadable(process.pid)
    command = ["gdb", "-nx", "-batch"]
    for line in ("set pagination off", "set confirm off", "set debuginfod enabled off", "set auto-load off",
                 "handle all nostop noprint pass", f"attach {process.pid}", f"generate-core-file {core}", "detach"):
        command += ["-ex", line]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    if not core.exists():
        raise truth.Failed("gdb wrote no core: " + (result.stdout + result.stderr)[-300:])
    truth.make_cores.drop(str(core), reserved)
    subprocess.run(["fallocate", "--dig-holes", str(core)], stderr=subprocess.DEVNULL, check=False)


def leaked(text):
    """({id: (state, frames)} of all goroutines, ids of those that the profile calls leaked)"""
    found = scoring.goroutines(text)
    return found, {number for number, (state, _) in found.items() if "(leaked)" in state}


def listed(kernel, text):
    """True if the profile shows one of the leaks that are listed, as the runtime's test reads them."""
    for block in text.split("\n\n"):
        lines = block.splitlines()
        head = re.match(r"goroutine \d+ \[(.*?) \(leaked\)", lines[0]) if lines else None
        created = [i for i, line in enumerate(lines) if "created by" in line]
        if head and created and created[-1] >= 2:
            name = lines[created[-1] - 2].removeprefix("main.")
            if any(re.search(leak, f"{name} [{head[1]}]") for leak in kernel.leaks):
                return True
    return False


def run(kernel, exe, folder, number):
    """Takes a core and then the profile. True if the profile shows the leak."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = {"PATH": "/usr/bin:/bin", "GODEBUG": "asyncpreemptoff=1"}
    processors = 1 if kernel.firm else PROCESSORS[number % len(PROCESSORS)]
    if processors:
        env["GOMAXPROCS"] = str(processors)
    with open(folder / "live.txt", "w+", encoding="utf-8") as out, open(folder / "errors.txt", "w", encoding="utf-8") as errors:
        process = subprocess.Popen([exe, kernel.name], stdin=subprocess.PIPE, stdout=out, stderr=errors, env=env,
                                   preexec_fn=truth.make_cores.allow_gdb)
        try:
            until_ready(process, folder / "live.txt")
            until_still(process)
            take(process, folder / "core")
            process.stdin.write(b"x")
            process.stdin.flush()
            process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()
    return listed(kernel, (folder / "live.txt").read_text(encoding="utf-8"))


def components(findings):
    """Sets of goroutines that wait for each other in a circle, of each finding."""
    for finding in findings:
        graph = {}
        for edge in finding["edges"]:
            graph.setdefault(edge["from"], set()).update(edge["to"])

        def reach(start, graph=graph):
            seen, todo = set(), [start]
            while todo:
                for target in graph.get(todo.pop(), ()):
                    if target not in seen:
                        seen.add(target)
                        todo.append(target)
            return seen

        reached = {start: reach(start) for start in graph}
        for start in graph:
            circle = {other for other in reached[start] if start in reached.get(other, ())}
            if circle:
                yield circle


def named(kernel, found, findings):
    return any(all(scoring.ids_of({number: found[number] for number in circle if number in found}, [name])
                   for name in CYCLES[kernel.name]) for circle in components(findings))


@dataclasses.dataclass
class Row:
    kernel: Kernel
    tries: int
    live: int = 0  # goroutines that the profile calls leaked, and that waited in the core already
    found: int = 0
    moved: int = 0  # leaked in the profile, but not yet where they stay when the core was taken
    owned: int = 0  # beyond the profile, proved by ownership
    missing: list = dataclasses.field(default_factory=list)
    false: list = dataclasses.field(default_factory=list)
    cycle: str = "-"
    first: str = ""


def compare(kernel, tries, exe, folder):
    row = Row(kernel, tries)
    found, live = leaked((folder / "live.txt").read_text(encoding="utf-8"))
    listing = json.loads(subprocess.run([common.GOPM, "goroutines", "--json", folder / "core", exe], capture_output=True, text=True,
                                        check=True, timeout=120).stdout)
    rows = {item["id"]: item for item in listing.get("result", listing)}
    findings, leaks = scoring.answers(common.GOPM, folder / "core", exe)
    ours = set(leaks["leaked"])
    # Goroutines of the profile that were not there yet when the core was taken, and their siblings: the kernels run many
    # copies of a program, each started by a goroutine of its own.
    moved = {number for number in live if number not in rows or rows[number]["waitReasonName"] != found[number][0].split(" (")[0]}
    parents = {rows[number]["parentID"] for number in moved if number in rows} - {1}
    moved |= {number for number in live if number in rows and rows[number]["parentID"] in parents}
    moved -= ours
    row.moved = len(moved)
    live -= moved
    row.live, row.found = len(live), len(live & ours)
    row.missing = [(number, found[number]) for number in sorted(live - ours)]
    # A finding has the basis of its worst structure; leaks tells how many goroutines each basis has.
    owned = sum(group["count"] for group in leaks["groups"] if group["certainty"] == "certain" and group["basis"] == "ownership")
    certain = ours.union(*(scoring.certain_ids(finding) for finding in findings if finding["certainty"] == "certain"))
    beyond = certain - live - moved
    # Who has gone on, or runs, was never stuck.
    waits = {number for number, (state, _) in found.items() if not state.startswith(("running", "runnable"))}
    row.false = [(number, found.get(number)) for number in sorted(beyond - waits if len(beyond) <= owned else beyond)]
    row.owned = len(beyond) - len(row.false)
    if kernel.name in CYCLES:
        row.cycle = "named" if named(kernel, found, findings) else "not named"
    if findings:
        row.first = f"{findings[0]['verdict']}, {findings[0]['certainty']}"
    return row


def table(rows):
    yield "| kernel | leaked, live | found | by ownership | cycle | first finding |"
    yield "|---|---:|---:|---:|---|---|"
    for row in rows:
        yield f"| {row.kernel.name} | {row.live} | {row.found} | {row.owned or ''} | {row.cycle} | {row.first} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--go", default="1.27.3")
    parser.add_argument("--cache", type=pathlib.Path, default=common.CACHE)
    parser.add_argument("--only", action="append", metavar="GLOB")
    parser.add_argument("--tries", type=int, default=30)
    parser.add_argument("--again", action="store_true", help="take new cores")
    parser.add_argument("--take", action="store_true", help="only take cores")
    parser.add_argument("--markdown", action="store_true", help="print the table for the documentation")
    args = parser.parse_args()
    common.need("gdb")
    root = pathlib.Path(subprocess.run(["go", "env", "GOROOT"], env=environment(args.go), capture_output=True, text=True,
                                       check=True).stdout.strip())
    home = args.cache / f"goker-{args.go}"
    home.mkdir(parents=True, exist_ok=True)
    exe = home / "server"
    if args.again or not exe.exists():
        build(root, args.go, exe)
    rows, never = [], []
    for kernel in kernels(root):
        if args.only and not any(fnmatch.fnmatch(kernel.name, glob) for glob in args.only):
            continue
        folder = home / kernel.name
        note = folder / "tries"
        if args.again or not note.exists():
            shown = 0
            for number in range(1, args.tries + 1):
                if run(kernel, exe, folder, number - 1):
                    shown = number
                    break
            note.write_text(f"{shown}\n", encoding="ascii")
        tries = int(note.read_text(encoding="ascii"))
        if not tries:
            never.append(kernel.name)
        if args.take:
            print(kernel.name, tries, flush=True)
        elif tries:
            row = compare(kernel, tries, exe, folder)
            rows.append(row)
            if not args.markdown:
                print(f"{kernel.name}: {row.found} of {row.live}, by ownership {row.owned}, moved {row.moved}, false {len(row.false)}, "
                      f"cycle {row.cycle}, {row.first}, try {tries}", flush=True)
                for word, items in (("missing", row.missing), ("FALSE", row.false)):
                    for number, block in items[:2]:
                        print(f"  {word}: goroutine {number} {block}")
    if args.take:
        print(f"never: {never}")
        return
    if args.markdown:
        print("\n".join(table(rows)))
    live, found = sum(row.live for row in rows), sum(row.found for row in rows)
    cycles = [row for row in rows if row.cycle != "-"]
    right = sum(row.cycle == "named" for row in cycles)
    print(f"\n{len(rows)} kernels with a leak in the live profile; never one in {args.tries} runs: {', '.join(never) or 'none'}")
    print(f"recall {found} of {live} goroutines; all of them in {sum(not row.missing for row in rows)} kernels")
    print(f"beyond the profile: {sum(row.owned for row in rows)} by ownership, {sum(len(row.false) for row in rows)} without proof")
    print(f"cycles named: {right} of {len(cycles)}")
    sys.exit(bool(found < 0.98 * live or any(row.false for row in rows) or right < 0.8 * len(cycles)))


if __name__ == "__main__":
    main()
