#!/usr/bin/env python3
"""Builds a Go program, hangs it, and takes its core and the runtime's own
traceback of the same moment.

    make-cores.py DIR [--go 1.27.3] [--dwarf 4|5] [--connections 1000]
    make-cores.py DIR --program tests/programs/states

Writes DIR/{server,core,traceback.txt}. Needs go and gdb, and connects to
127.0.0.1 only. One gdb session attaches, writes the core, and queues SIGQUIT
while the process is stopped. So the runtime prints its traceback in the same
state as in the core.
"""
import argparse
import ctypes
import os
import pathlib
import resource
import selectors
import shlex
import signal as signals
import socket
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


def build(args, exe):
    env = dict(os.environ, CGO_ENABLED="1" if args.cgo else "0", GOFLAGS="-mod=mod")
    if args.go:
        env["GOTOOLCHAIN"] = "go" + args.go
    experiments = [x for x in (args.experiment or "").split(",") if x]
    if args.dwarf == 4:
        experiments.append("nodwarf5")
    if experiments:
        env["GOEXPERIMENT"] = ",".join(experiments)
    # A folder with test files only is built as a test.
    files = list(args.program.glob("*.go"))
    tests = files and all(path.name.endswith("_test.go") for path in files)
    command = ["go", *(["test", "-c"] if tests else ["build", "-buildvcs=false"]), "-trimpath", "-o", exe]
    if args.build_flags:
        command += shlex.split(args.build_flags)
    subprocess.run(command + ["."], cwd=args.program, env=env, check=True)


def allow_gdb():
    """In the child: lets any process trace it, because Ubuntu lets gdb trace only its own children."""
    ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1 & (1 << 64) - 1), 0, 0, 0)  # PR_SET_PTRACER, any


def start(args, exe, errors):
    """Starts the program and waits for its first line: an address or "ready"."""
    # A new environment, because the environment is in the core.
    env = {"PATH": "/usr/bin:/bin", "GOTRACEBACK": args.traceback}
    for setting in args.env:
        name, value = setting.split("=", 1)
        env[name] = value
    process = subprocess.Popen([exe] + args.argument, stdout=subprocess.PIPE, stderr=errors, env=env,
                               stdin=subprocess.PIPE, text=True, preexec_fn=allow_gdb)
    line = process.stdout.readline().strip()
    if not line:
        sys.exit("make-cores: the program ended before its first line")
    return process, line


def hang(address, count, quiet):
    """Opens `count` connections and sends requests on each, until there was no answer
    for `quiet` seconds. Returns the connections, all waiting."""
    host, port = address.rsplit(":", 1)
    selector = selectors.DefaultSelector()
    request = b"GET / HTTP/1.1\r\nHost: story\r\n\r\n"
    connections = []
    for _ in range(count):
        connection = socket.create_connection((host, int(port)))
        connection.sendall(request)
        selector.register(connection, selectors.EVENT_READ)
        connections.append(connection)
    last = time.monotonic()
    limit = last + 60 + quiet
    while time.monotonic() - last < quiet:
        if time.monotonic() > limit:
            sys.exit("make-cores: the server does not hang")
        for key, _ in selector.select(0.2):
            if not key.fileobj.recv(65536):
                sys.exit("make-cores: the server closed a connection")
            key.fileobj.sendall(request)
            last = time.monotonic()
    return connections


def take(process, core, lean, signal, thread=None):
    """Takes the core and sends the signal, to `thread` if it is given."""
    reserved = unreadable(process.pid)
    kill = f"kill -{signal} {process.pid}"
    if thread:
        # tgkill by its number, because no shell command sends a signal to one thread.
        number = getattr(signals, "SIG" + signal).value
        kill = f"{sys.executable} -c 'import ctypes; ctypes.CDLL(None).syscall(234, {process.pid}, {thread}, {number})'"
    script = [
        "set pagination off", "set confirm off", "set debuginfod enabled off", "set auto-load off",
        "handle all nostop noprint pass", f"attach {process.pid}", f"generate-core-file {core}",
        f"shell {kill}", "detach",
    ]
    command = ["gdb", "-nx", "-batch"]
    for line in script:
        command += ["-ex", line]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if not os.path.exists(core):
        sys.exit("make-cores: gdb wrote no core:\n" + result.stdout + result.stderr)
    # gdb writes reserved address space of the runtime as zeros.
    if lean:
        drop(core, reserved)
    subprocess.run(["fallocate", "--dig-holes", core], stderr=subprocess.DEVNULL, check=False)


def unreadable(pid):
    """Start addresses of mappings without permissions: address space that the runtime reserved."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        return {int(line.split("-")[0], 16) for line in maps if line.split()[1].startswith("---")}


def drop(core, addresses):
    """Rewrites a core without the contents of some segments, as the kernel writes cores."""
    with open(core, "rb") as old, open(core + ".lean", "wb") as new:
        header = bytearray(old.read(64))
        offset, size, count = (struct.unpack_from("<Q", header, 32)[0], *struct.unpack_from("<HH", header, 54))
        old.seek(offset)
        table = bytearray(old.read(size * count))
        # Segments get new offsets. Sections are left out: they add nothing to segments.
        struct.pack_into("<Q", header, 40, 0)
        struct.pack_into("<HH", header, 60, 0, 0)
        at = offset + len(table)
        for i in range(count):
            kind, _, start, address = struct.unpack_from("<IIQQ", table, i * size)
            length = struct.unpack_from("<Q", table, i * size + 32)[0]
            if kind == 1:
                at = (at + 4095) & ~4095
                if address in addresses:
                    length = 0
            struct.pack_into("<Q", table, i * size + 8, at)
            struct.pack_into("<Q", table, i * size + 32, length)
            old.seek(start)
            new.seek(at)
            at += length
            while length:
                part = old.read(min(length, 1 << 20))
                new.write(part)
                length -= len(part)
        new.truncate(at)
        new.seek(0)
        new.write(header)
        new.seek(offset)
        new.write(table)
    os.replace(core + ".lean", core)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--go", help="version of Go, for GOTOOLCHAIN")
    parser.add_argument("--dwarf", type=int, choices=(4, 5), default=5)
    parser.add_argument("--experiment", help="added to GOEXPERIMENT")
    parser.add_argument("--build-flags", help="flags for go build, in one string")
    parser.add_argument("--cgo", action="store_true")
    parser.add_argument("--program", type=pathlib.Path, default=HERE, help="folder of the program; default: the story's server")
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--quiet", type=float, default=1.5, help="seconds without an answer until the server counts as hung")
    parser.add_argument("--traceback", default="all", help="GOTRACEBACK of the program; none: no traceback")
    parser.add_argument("--env", action="append", default=[], help="NAME=VALUE for the program; repeatable")
    parser.add_argument("--lean", action="store_true", help="leave out reserved address space, as the kernel does")
    parser.add_argument("--argument", action="append", default=[], help="argument for the program, as --argument=-n; repeatable")
    args = parser.parse_args()

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    args.dir = args.dir.resolve()
    args.program = args.program.resolve()
    args.dir.mkdir(parents=True, exist_ok=True)
    exe, core = str(args.dir / "server"), str(args.dir / "core")
    if os.path.exists(core):
        os.unlink(core)
    build(args, exe)
    # Not a pipe: the runtime would wait for its reader.
    with open(args.dir / "traceback.txt", "w+", encoding="utf-8") as errors:
        process, line = start(args, exe, errors)
        try:
            if ":" in line:
                connections = hang(line, args.connections, args.quiet)
            else:
                connections = []
                time.sleep(args.quiet)
            take(process, core, args.lean, "KILL" if args.traceback == "none" else "QUIT")
            process.wait(timeout=60)
        finally:
            process.kill()
        for connection in connections:
            connection.close()
    text = (args.dir / "traceback.txt").read_text(encoding="utf-8", errors="replace")
    goroutines = sum(line.startswith("goroutine ") for line in text.splitlines())
    print(f"{core}: {os.path.getsize(core)} bytes; {goroutines} goroutines in the traceback")


if __name__ == "__main__":
    main()
