#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gopm snapshot and --pid of live processes.

The answers equal those about gcore's core of the same hung server. A server under load keeps answering without an
error, and continues at whatever moment gopm is killed. A refused request has a message.

    snapshot.py GO-VERSION
"""
import contextlib
import importlib.util
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import common

version = sys.argv[1]
common.need("go")
common.need("gdb")
problems = []
spec = importlib.util.spec_from_file_location("make_cores", common.STORY / "make-cores.py")
make_cores = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_cores)


def build(program, exe):
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="0", GOFLAGS="-mod=mod")
    result = subprocess.run(["go", "build", "-trimpath", "-buildvcs=false", "-o", exe, "."], cwd=program, env=environment,
                            capture_output=True, text=True)
    if result.returncode:
        common.skip(f"cannot build: {result.stderr.strip()[-300:]}")


@contextlib.contextmanager
def server(exe):
    """A running server and the address that it printed."""
    process = subprocess.Popen([exe], stdout=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"}, text=True)
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def stopped(pid):
    """Threads of the process that are stopped or traced."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            status = (task / "status").read_text()
            if re.search(r"^State:\s+[tT]", status, re.MULTILINE) or not re.search(r"^TracerPid:\s+0$", status, re.MULTILINE):
                found.append(task.name)
    return found


def resumes(pid):
    """True if the process soon runs. After a tracer is killed, the kernel releases its tracees with a delay."""
    for _ in range(200):
        if not stopped(pid):
            return True
        time.sleep(0.01)
    return False


def answers(core, exe):
    """Answers that must be the same. Wait times are removed: they depend on the moment of the core."""
    goroutines = json.loads(common.gopm("goroutines", "--json", core, exe))["result"]
    for goroutine in goroutines:
        goroutine.pop("waitTime", None)
    texts = {"goroutines": json.dumps(goroutines, indent=0)}
    for name, arguments in {"traceback": ["traceback", "--level", "system"], "stacks": ["stack", "--all"],
                            "variables": ["stack", "--all", "--full"],
                            "JSON of variables": ["stack", "--all", "--full", "--json"]}.items():
        texts[name] = re.sub(r", \d+ minutes", "", common.gopm(*arguments, core, exe))
    return texts


def compare(label, ours, theirs):
    for name, text in theirs.items():
        if ours[name] != text:
            a, b = (part.replace('},{', '},\n{').splitlines() for part in (ours[name], text))
            at = next((i for i, pair in enumerate(zip(a, b)) if pair[0] != pair[1]), min(len(a), len(b)))
            ours_there, theirs_there = "".join(a[at:at + 1]), "".join(b[at:at + 1])
            column = next((i for i, pair in enumerate(zip(ours_there, theirs_there)) if pair[0] != pair[1]), 0)
            where = slice(max(0, column - 200), column + 300)
            problems.append(f"{label}: {name}, part {at + 1}: {ours_there[where]} instead of {theirs_there[where]}")


def check_hung(folder):
    exe = folder / "story"
    build(common.STORY, exe)
    with server(exe) as (process, address):
        connections = make_cores.hang(address, 300, 0.5)
        pid = process.pid
        result = subprocess.run(["gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex", f"attach {pid}",
                                 "-ex", f"generate-core-file {folder / 'core'}", "-ex", "detach"],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if not (folder / "core").exists():
            common.skip("gdb may not attach: " + result.stderr.strip()[-200:])
        report = json.loads(common.gopm("snapshot", "--json", "-o", folder / "small.zst", pid))
        common.gopm("snapshot", "--profile", "stacks", "-o", folder / "stacks", pid)
        common.gopm("snapshot", "--self-contained", "-o", folder / "whole", pid)
        common.gopm("snapshot", "--profile", "heap", "-o", folder / "heap", pid)
        listed = common.gopm("goroutines", "--pid", pid)
        deleted = folder / "deleted"
        exe.rename(deleted)
        replaced = common.gopm("goroutines", "--pid", pid)
        deleted.rename(exe)
        if not resumes(pid):
            problems.append("the hung server does not resume")
        if report["stoppedTime"] <= 0 or report["goroutines"] < 600:
            problems.append(f"unexpected result {report}")
        theirs = answers(folder / "core", exe)
        compare("snapshot", answers(folder / "small.zst", exe), theirs)
        compare("profile heap", {"heap": common.gopm("heap", "--json", folder / "heap", exe)},
                {"heap": common.gopm("heap", "--json", folder / "core", exe)})
        theirs = {name: theirs[name] for name in ("goroutines", "traceback", "stacks")}
        ours = answers(folder / "stacks", exe)
        compare("profile stacks", ours, theirs)
        compare("--self-contained", answers(folder / "whole", exe), theirs)
        ids = sorted(re.findall(r"^  Goroutine (\d+)", common.gopm("goroutines", folder / "core", exe), re.MULTILINE))
        for label, text in (("--pid", listed), ("--pid, executable moved away", replaced)):
            if sorted(re.findall(r"^  Goroutine (\d+)", text, re.MULTILINE)) != ids:
                problems.append(f"{label} and the core list different goroutines")
        exe.rename(deleted)
        alone = common.gopm("traceback", "--level", "system", folder / "whole")
        deleted.rename(exe)
        compare("--self-contained, alone", {"traceback": re.sub(r", \d+ minutes", "", alone)},
                {"traceback": theirs["traceback"]})
        for connection in connections:
            connection.close()


class Asker(threading.Thread):
    """Sends requests on one connection until `done` is set. Each answer must be a number larger than the last."""

    def __init__(self, address):
        super().__init__(daemon=True)
        host, port = address.rsplit(":", 1)
        self.connection = socket.create_connection((host, int(port)), timeout=20)
        self.answers, self.error, self.done = 0, None, threading.Event()

    def run(self):
        last = 0
        try:
            while not self.done.is_set():
                self.connection.sendall(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
                answer = self.connection.recv(65536).decode()
                number = int(answer.rsplit("\r\n\r\n", 1)[1])
                if not answer.startswith("HTTP/1.1 200") or number <= last:
                    raise ValueError(f"answered {answer!r} after {last}")
                last = number
                self.answers += 1
        except (OSError, ValueError, IndexError) as error:
            self.error = f"after {self.answers} answers: {error}"


def check_loaded(exe, folder):
    """Snapshots of a busy server: each is complete, and no client gets an error."""
    with server(exe) as (process, address):
        askers = [Asker(address) for _ in range(8)]
        for asker in askers:
            asker.start()
        for i in range(20):
            small = folder / "loaded"
            common.gopm("snapshot", "--force", "-o", small, process.pid)
            listed = json.loads(common.gopm("goroutines", "--json", small, exe))["result"]
            if len(listed) < 8 or not any(g["userCurrentLoc"]["function"] for g in listed):
                problems.append(f"snapshot {i} of a busy server lists {len(listed)} goroutines")
        before = [asker.answers for asker in askers]
        time.sleep(0.5)
        for asker, count in zip(askers, before):
            if asker.error is None and asker.answers == count:
                asker.error = "no more answers"
            asker.done.set()
            asker.join(20)
            if asker.error:
                problems.append(f"a client of the busy server: {asker.error}")


def check_killed(exe, folder):
    """Kills gopm at a hundred moments. The server answers each time, and no file is left."""
    generator = random.Random(version)
    small = folder / "killed"
    with server(exe) as (process, address):
        asker = Asker(address)
        asker.start()
        begin = time.monotonic()
        common.gopm("snapshot", "--force", "-o", small, process.pid)
        whole = time.monotonic() - begin
        small.unlink()
        cut = 0
        for i in range(100):
            victim = subprocess.Popen([common.GOPM, "snapshot", "-o", small, str(process.pid)], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            time.sleep(generator.uniform(0, whole))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            if small.exists():
                small.unlink()
            else:
                cut += 1
            count = asker.answers
            if not resumes(process.pid):
                problems.append(f"killed the {i}th time, gopm left threads {stopped(process.pid)} stopped")
                break
            deadline = time.monotonic() + 10
            while asker.answers == count and asker.error is None and time.monotonic() < deadline:
                time.sleep(0.001)
            if asker.answers == count:
                problems.append(f"killed the {i}th time: the server answers no more ({asker.error})")
                break
        if cut < 20:
            problems.append(f"only {cut} of 100 snapshots were killed before they were complete")
        left = [path.name for path in folder.iterdir() if path.name.startswith("killed")]
        if left:
            problems.append(f"files were not removed: {left}")
        asker.done.set()
        asker.join(20)
        if asker.error:
            problems.append(f"the client of the server: {asker.error}")


def refused(label, words, *arguments, **more):
    result = subprocess.run([common.GOPM, "snapshot", *map(str, arguments)], capture_output=True, text=True, **more)
    if result.returncode != 1 or not re.search(words, result.stderr):
        problems.append(f"{label}: exit code {result.returncode}, message {result.stderr!r}")


def check_refused(exe, folder):
    small = folder / "refused"
    with server(exe) as (process, _):
        pid = process.pid
        small.touch()
        refused("an existing output file", "already exists.*--force", "-o", small, pid)
        if small.stat().st_size != 0 or not resumes(pid):
            problems.append("an existing output file was written to, or the process was left stopped")
        small.unlink()
        refused("a missing folder", "cannot create a file", "-o", folder / "no" / "folder", pid)
        debugger = subprocess.Popen(["gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex", f"attach {pid}", "-ex",
                                   "python import sys; print('attached', flush=True); sys.stdin.read()"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in debugger.stdout:
            if line.startswith("attached"):
                refused("a process that gdb traces", "traces it already", "-o", small, pid)
                break
        debugger.kill()
        debugger.wait()
        if os.geteuid() == 0:
            other_user = {"user": 65534, "group": 65534, "extra_groups": []}
            open_folder = pathlib.Path(tempfile.mkdtemp())
            open_folder.chmod(0o777)
            refused("another user's process", "root|CAP_SYS_PTRACE", "-o", open_folder / "small", pid, **other_user)
            open_folder.rmdir()
    refused("a process that has ended", "no such process", "-o", small, process.pid)
    refused("a process that is not Go", "Go", "-o", small, os.getpid())
    if small.exists():
        problems.append("a refused snapshot leaves a file")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        check_hung(folder)
        exe = folder / "serving"
        build(common.SOURCE / "tests/programs/serving", exe)
        check_loaded(exe, folder)
        check_killed(exe, folder)
        check_refused(exe, folder)
    common.finish(problems)


main()
