#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Live processes.

    live.py traceback CORE   stops the program of a core: `traceback --pid` and the traceback of a snapshot must equal
                             the text that the runtime prints when the program is resumed
    live.py serve            takes snapshots of a server under load, and kills gopm at random moments: the server must
                             answer without an error
    live.py asleep           a thread that cannot be stopped is missing in the snapshot, and a finding reports it
"""
import ctypes
import os
import pathlib
import platform
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import common
from traceback_blocks import Comparison


def threads(pid):
    """{thread: (state letter, tracer)}"""
    found = {}
    for folder in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            lines = (folder / "status").read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        status = dict(line.split(":", 1) for line in lines if ":" in line)
        found[int(folder.name)] = (status["State"].split()[0], int(status["TracerPid"]))
    return found


def allow():
    """Runs in the child: on Ubuntu a process may trace only its descendants, unless the target allows others."""
    ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1 & (1 << 64) - 1), 0, 0, 0)  # PR_SET_PTRACER, any


def start(exe, *arguments, errors=subprocess.DEVNULL):
    environment = {"PATH": "/usr/bin:/bin", "GOTRACEBACK": "all"}
    process = subprocess.Popen([exe, *arguments], stdout=subprocess.PIPE, stderr=errors, env=environment, text=True,
                               preexec_fn=allow)
    line = process.stdout.readline().strip()
    if not line:
        process.kill()
        sys.exit("the program ended before its first line")
    return process, line


def traceback(name):
    exe = common.core(name).exe
    with tempfile.TemporaryDirectory() as folder, open(f"{folder}/errors", "w+", encoding="utf-8") as errors:
        process, _ = start(exe, errors=errors)
        try:
            time.sleep(0.5)
            os.kill(process.pid, signal.SIGSTOP)
            while any(state != "T" for state, _ in threads(process.pid).values()):
                time.sleep(0.01)
            ours = common.gopm("traceback", "--level", "system", "--pid", process.pid)
            small = f"{folder}/small"
            common.gopm("snapshot", process.pid, "-o", small)
            again = common.gopm("traceback", "--level", "system", small, exe)
            # Each thread returns to its stop when it gets a processor.
            limit = time.monotonic() + 10
            stopped = threads(process.pid)
            while any(state != "T" or tracer for state, tracer in stopped.values()) and time.monotonic() < limit:
                time.sleep(0.01)
                stopped = threads(process.pid)
            os.kill(process.pid, signal.SIGQUIT)
            os.kill(process.pid, signal.SIGCONT)
            process.wait(timeout=60)
        finally:
            process.kill()
        errors.seek(0)
        theirs = errors.read()
    result = Comparison(theirs, ours)
    print(f"{result.goroutines} goroutines, {result.skipped} were running and are skipped")
    problems = result.problems
    if result.equal < 2:
        problems.append("too few goroutines were compared")
    if ours != again:
        problems.append("the traceback of the snapshot differs from that of the process")
    if any(state != "T" or tracer for state, tracer in stopped.values()):
        problems.append(f"gopm did not leave the process as it was: {stopped}")
    common.finish(problems)


class Load:
    """Requests over a few connections, until end()."""

    def __init__(self, address):
        self.host, port = address.rsplit(":", 1)
        self.port = int(port)
        self.over = False
        self.answers = [0] * 4
        self.problems = []
        self.workers = [threading.Thread(target=self.work, args=(i,)) for i in range(len(self.answers))]
        for worker in self.workers:
            worker.start()

    def work(self, index):
        try:
            with socket.create_connection((self.host, self.port), timeout=20) as connection:
                while not self.over:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: story\r\n\r\n")
                    answer = b""
                    while not answer.endswith(b"ok\n"):
                        part = connection.recv(65536)
                        if not part:
                            raise OSError("the connection was closed")
                        answer += part
                    if not answer.startswith(b"HTTP/1.1 200 OK\r\n"):
                        raise OSError(f"answered {answer!r}")
                    self.answers[index] += 1
                    time.sleep(0.001)
        except OSError as error:
            self.problems.append(f"connection {index}, after {self.answers[index]} answers: {error!r}")

    def still_runs(self):
        """True if every connection gets another answer."""
        before = list(self.answers)
        limit = time.monotonic() + 20
        while any(now == then for now, then in zip(self.answers, before)):
            if self.problems or time.monotonic() > limit:
                return False
            time.sleep(0.001)
        return True

    def end(self):
        self.over = True
        for worker in self.workers:
            worker.join()


def serve():
    # With a queue this long, the server never hangs.
    process, address = start(common.core("127d5").exe, "-queue", "10000000", "-delay", "0s")
    load = Load(address)
    seed = random.Random(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [common.GOPM, "snapshot", str(process.pid), "--force", "-o", f"{folder}/small"]
            began = time.monotonic()
            for _ in range(5):
                common.gopm(*command[1:])
                if not load.still_runs():
                    load.problems.append("not every connection is answered after a snapshot")
            whole = (time.monotonic() - began) / 5
            for number in range(100):
                with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as gopm:
                    time.sleep(seed.uniform(0, whole))
                    gopm.kill()
                if not load.still_runs():
                    load.problems.append(f"not every connection is answered after kill {number}")
                    break
                stopped = {thread: how for thread, how in threads(process.pid).items() if how[1] or how[0] in "tT"}
                if stopped:
                    load.problems.append(f"threads are stopped or traced after kill {number}: {stopped}")
            # A snapshot that is not killed is still complete.
            common.gopm(*command[1:])
            text = common.gopm("goroutines", f"{folder}/small")
            if "startInChannelConsumer" not in text:
                load.problems.append(f"a snapshot lacks the consumer: {text}")
    finally:
        load.end()
        process.kill()
        process.wait()
    print(f"{sum(load.answers)} answers")
    common.finish(load.problems)


def asleep():
    common.need("go")
    if platform.machine() != "x86_64":
        common.skip("the program is for amd64 only")
    with tempfile.TemporaryDirectory() as folder:
        exe, small = f"{folder}/asleep", f"{folder}/small"
        subprocess.run(["go", "build", "-o", exe, "."], check=True, cwd=common.SOURCE / "tests/programs/asleep",
                       env=dict(os.environ, CGO_ENABLED="0", GOFLAGS="-mod=mod"))
        process, _ = start(exe)
        try:
            sleepers = sum(state == "D" for state, _ in threads(process.pid).values())
            every = len(threads(process.pid))
            common.gopm("snapshot", process.pid, "-o", small)
            text = common.gopm("findings", small)
            listed = common.gopm("threads", small).count("Thread ")
            rest = process.stdout.readline()
            stopped = {thread: how for thread, how in threads(process.pid).items() if how[1] or how[0] in "tT"}
        finally:
            process.kill()
            process.wait()
    problems = []
    if sleepers != 1 or "the registers of 1 thread cannot be read" not in text:
        problems.append(f"{sleepers} threads were asleep, and the findings are:\n{text}")
    if listed != every - sleepers:
        problems.append(f"{listed} of {every} threads are listed")
    if rest != "awake\n" or stopped:
        problems.append(f"it continued with {rest!r}; stopped or traced threads: {stopped}")
    common.finish(problems)


if sys.argv[1] == "serve":
    serve()
if sys.argv[1] == "asleep":
    asleep()
traceback(sys.argv[2])
