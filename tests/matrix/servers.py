# SPDX-License-Identifier: Apache-2.0
"""Real servers, built from the Go module proxy, under load on loopback.

Both toolchains build each by its import path and exact version, in several build modes. Two cores are taken of each.
"detached": the server is quiet, and gdb queues SIGQUIT and detaches. "held": the server is under load, and gdb resumes
only the thread that takes the signal (scheduler locking). Requests on their way do not move. Their cases are "server-*"
of run.py.
"""
import dataclasses
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import time

import etcd
import load
import modes
import programs
import truth

CONNECTIONS = 24
BUSY = 8  # connections that send requests until the end


class Pressure(load.Load):
    """Connections open in several states, and some that send requests until pause()."""

    def __init__(self, port, folder):
        super().__init__(port)
        self.folder = folder
        self.closing = []

    def until_paused(self):
        limit = time.monotonic() + load.LIMIT
        while not self.paused.is_set() and time.monotonic() < limit:
            yield

    def close(self):
        for close in self.closing:
            close()
        super().close()

    def nats_busy(self, number):
        connection = self.connect()
        connection.recv(4096)
        connection.sendall(b'CONNECT {"verbose":false}\r\nSUB busy.> 1\r\n')
        for _ in self.until_paused():
            connection.sendall(b"PUB busy.%d 5\r\nhello\r\n" % number * 100 + b"PING\r\n")
            if not connection.recv(1 << 16):
                return

    def compressed(self, path):
        """Opens connections in a loop. The server compresses each answer, so that it works between two packets."""
        for _ in self.until_paused():
            connection = socket.create_connection(self.address, timeout=5)
            with connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n"
                                   "Connection: close\r\n\r\n".encode())
                while connection.recv(1 << 20):
                    pass

    def etcd_calls(self, number):
        channel = etcd.Channel(self.connect())
        for step in range(load.REQUESTS):
            self.answers += channel.create(f"/held/{number}/{step}".encode(), b"x" * 100)
        if number % 2:
            channel.watch(b"/held/")

    def etcd_busy(self):
        channel = etcd.Channel(self.connect())
        for _ in self.until_paused():
            channel.list(b"/held/")

    def etcd_waiting(self, number):
        """A write that waits inside SQLite for another process's lock."""
        channel = etcd.Channel(self.connect())
        channel.create(f"/waiting/{number}".encode(), b"x", wait=False)


def nats(pressure):
    for number in range(CONNECTIONS):
        pressure.spawn(pressure.nats, number)
    pressure.spawn(pressure.half, b"CONN")
    pressure.wait()
    for number in range(BUSY):
        pressure.spawn(pressure.nats_busy, number)


def caddy(pressure):
    for path in ("/", "/file.txt", "/nothing"):
        for _ in range(CONNECTIONS // 4):
            pressure.spawn(pressure.keep_alive, path)
    pressure.spawn(pressure.half, b"")
    pressure.spawn(pressure.half, b"GET / HT")
    for number in range(CONNECTIONS // 4):
        pressure.spawn(pressure.half, b"GET /backend/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number)
    pressure.spawn(pressure.half, b"POST /backend/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
    pressure.wait()
    for number in range(BUSY):
        pressure.spawn(pressure.compressed, ("/", "/file.txt")[number % 2])


def exporter(pressure):
    for path in ("/", "/metrics", "/nothing"):
        for _ in range(CONNECTIONS // 4):
            pressure.spawn(pressure.keep_alive, path)
    pressure.spawn(pressure.half, b"")
    pressure.spawn(pressure.half, b"GET /metrics HT")
    pressure.wait()
    for _ in range(BUSY):
        pressure.spawn(pressure.compressed, "/metrics")


def kine(pressure):
    for number in range(CONNECTIONS):
        pressure.spawn(pressure.etcd_calls, number)
    pressure.wait()
    database = sqlite3.connect(pressure.folder / "data" / "state.db", check_same_thread=False, isolation_level=None, timeout=10)
    pressure.closing.append(database.close)
    database.execute("BEGIN IMMEDIATE")
    for number in range(BUSY):
        pressure.spawn(pressure.etcd_waiting, number)
    for _ in range(BUSY):
        pressure.spawn(pressure.etcd_busy)


@dataclasses.dataclass
class Server:
    name: str
    package: str
    module: str
    version: str
    arguments: list
    load: object
    mode: dict  # by toolchain
    prepare: dict = dataclasses.field(default_factory=dict)
    signal: str = "QUIT"
    settle: float = 0.5
    notes: str = ""


MODES = {mode.name: mode for mode in modes.MODES}

SERVERS = [
    Server("nats", "github.com/nats-io/nats-server/v2", "github.com/nats-io/nats-server/v2", "v2.15.2",
           ["--addr", "127.0.0.1", "--port", "{port}", "--jetstream", "--store_dir", "{dir}/data"], nats,
           {"126": "default", "127": "pie-sw"},
           # After two seconds the server first pings each client, from a goroutine per client.
           settle=3.5),
    Server("caddy", "github.com/caddyserver/caddy/v2/cmd/caddy", "github.com/caddyserver/caddy/v2", "v2.11.7",
           ["run", "--config", "{dir}/Caddyfile", "--adapter", "caddyfile"], caddy, {"126": "default", "127": "sw"},
           {"Caddyfile": "{\n\tadmin off\n\tpersist_config off\n\tauto_https off\n}\n"
                         "http://127.0.0.1:{port} {\n\troot * {dir}/www\n\tencode gzip\n"
                         "\treverse_proxy /backend/* 127.0.0.1:{port2}\n\tfile_server\n}\n",
            "www/index.html": "<p>caddy</p>\n", "www/file.txt": "text\n" * 200000},
           # Caddy catches SIGQUIT. The runtime treats SIGABRT the same way.
           "ABRT", notes="SIGABRT"),
    Server("node_exporter", "github.com/prometheus/node_exporter", "github.com/prometheus/node_exporter", "v1.12.1",
           ["--web.listen-address=127.0.0.1:{port}"], exporter, {"126": "default", "127": "sw"}),
    Server("kine", "github.com/k3s-io/kine", "github.com/k3s-io/kine", "v0.13.17",
           ["--listen-address", "tcp://127.0.0.1:{port}", "--metrics-bind-address", "127.0.0.1:{port2}",
            "--endpoint", "sqlite://{dir}/data/state.db?_journal=WAL&cache=shared&_busy_timeout=30000&_txlock=immediate"], kine,
           {"126": "cgo-external", "127": "cgo-external-pie-sw"}, {"data/x": ""}),
]


def build(server, toolchain, cache):
    """The path of the executable, built if it is not in the cache yet."""
    mode = MODES[server.mode[toolchain]]
    exe = cache / "servers" / f"{server.name}-{server.version}-{toolchain}-{mode.name}"
    if exe.exists():
        return exe
    module = cache / "servers" / f"{server.name}-{toolchain}"
    shutil.rmtree(module, ignore_errors=True)
    module.mkdir(parents=True)
    (module / "go.mod").write_text("module held\n", encoding="utf-8")
    # SQLite is one large C file: an optimizing compiler takes minutes.
    env = dict(os.environ, GOTOOLCHAIN="go" + modes.TOOLCHAINS[toolchain], CGO_ENABLED="1" if mode.cgo else "0", GOFLAGS="-mod=mod",
               CGO_CFLAGS="-O0")
    env.pop("GOEXPERIMENT", None)
    if mode.needs and shutil.which(mode.needs) is None:
        raise programs.Unavailable(f"{mode.needs} is not installed")
    for command in (["go", "get", f"{server.module}@{server.version}"],
                    ["go", "build", "-buildvcs=false", *mode.flags, "-o", str(exe), server.package]):
        try:
            result = subprocess.run(command, cwd=module, env=env, capture_output=True, text=True, timeout=1800, check=False)
        except FileNotFoundError:
            raise programs.Unavailable("go is not installed") from None
        except subprocess.TimeoutExpired:
            raise programs.Unavailable(f"go {command[1]} did not end in 1800 seconds") from None
        if result.returncode:
            raise programs.Unavailable(f"go {command[1]}: {(result.stderr or result.stdout).strip()[-300:]}")
    return exe


def take_detached(process, folder, signal):
    truth.make_cores.take(process, str(folder / "core"), True, signal)


def of_server(server, exe, locked, folder):
    truth.begin(folder)
    shutil.copy2(exe, folder / "server")
    work = folder / "work"
    silent, silent_port = load.listener()
    port = load.free_port()
    words = {"{port}": str(port), "{port2}": str(silent_port), "{dir}": str(work)}
    if server.name == "kine":
        words["{port2}"] = str(load.free_port())

    def fill(text):
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    for name, content in server.prepare.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(fill(content), encoding="utf-8")
    work.mkdir(exist_ok=True)
    pressure = None
    with open(folder / "traceback.txt", "w", encoding="utf-8") as errors, open(folder / "stdout.txt", "w", encoding="utf-8") as out:
        process = subprocess.Popen([str(folder / "server")] + [fill(a) for a in server.arguments], cwd=work,
                                   env={"PATH": "/usr/bin:/bin", "HOME": str(work), "GOTRACEBACK": "system"},
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=errors, start_new_session=True)
        try:
            if not load.reachable(port):
                raise truth.Failed(f"the server does not listen (exit code {process.poll()}): "
                                   + (folder / "traceback.txt").read_text(errors="replace")[-300:])
            pressure = Pressure(port, work)
            server.load(pressure)
            if not pressure.answers:
                raise truth.Failed("the server does not answer")
            time.sleep(0.5 if locked else server.settle)
            if not locked:
                pressure.pause()
                time.sleep(0.3)
            if process.poll() is not None:
                raise truth.Failed(f"the server ended with exit code {process.returncode}")
            try:
                (truth.take_locked if locked else take_detached)(process, folder, server.signal)
                process.wait(timeout=60)
            except (SystemExit, subprocess.TimeoutExpired) as problem:
                raise truth.Failed(str(problem)) from None
        finally:
            try:
                os.killpg(process.pid, 9)
            except ProcessLookupError:
                pass
            process.wait(timeout=10)
            if pressure:
                pressure.close()
            silent.close()
    if "goroutine " not in (folder / "traceback.txt").read_text(encoding="utf-8", errors="replace"):
        raise truth.Failed("the runtime printed no traceback")
    shutil.rmtree(work, ignore_errors=True)


def cases(cache):
    """Yields (name, make, notes, locked). `locked`: all threads but one stay stopped."""
    for server in SERVERS:
        for toolchain, mode in server.mode.items():
            for locked in (False, True):
                def make(folder, server=server, toolchain=toolchain, locked=locked):
                    of_server(server, build(server, toolchain, pathlib.Path(cache)), locked, folder)
                notes = ", ".join(filter(None, (server.version, "held" if locked else "detached", server.notes)))
                yield f"server-{toolchain}-{server.name}-{mode}{'-held' if locked else ''}", make, notes, locked
