# SPDX-License-Identifier: Apache-2.0
"""A small bounded load on loopback: connections open in different states, and some that send requests until pause().

pause() comes just before the core is taken. A request or an answer on its way would change goroutines between the core
and the traceback."""
import socket
import threading
import time

CONNECTIONS = 24
REQUESTS = 20
SECONDS = 1.0
BUSY = 4  # connections that never stop
LIMIT = 30.0  # seconds, even for those


class Load:
    """Threads that send requests for a while. Their open connections stay open until close()."""

    def __init__(self, port):
        self.address = ("127.0.0.1", port)
        self.sockets = []
        self.threads = []
        self.deadline = time.monotonic() + SECONDS
        self.answers = 0
        self.paused = threading.Event()

    def connect(self):
        connection = socket.create_connection(self.address, timeout=5)
        self.sockets.append(connection)
        return connection

    def spawn(self, function, *arguments):
        thread = threading.Thread(target=self.guarded, args=(function, *arguments), daemon=True)
        thread.start()
        self.threads.append(thread)

    def guarded(self, function, *arguments):
        try:
            function(*arguments)
        except OSError:
            pass  # closing a connection counts as an answer

    def wait(self):
        for thread in self.threads:
            thread.join(timeout=SECONDS + 10)

    def pause(self):
        self.paused.set()
        for thread in self.threads:
            thread.join(timeout=5)

    def close(self):
        self.pause()
        for connection in self.sockets:
            connection.close()

    def keep_alive(self, path):
        connection = self.connect()
        for _ in range(REQUESTS):
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            if not connection.recv(1 << 20) or time.monotonic() > self.deadline:
                return
            self.answers += 1
            time.sleep(0.01)

    def busy(self, path):
        connection = self.connect()
        limit = time.monotonic() + LIMIT
        while not self.paused.is_set() and time.monotonic() < limit:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            if not connection.recv(1 << 20):
                return

    def half(self, text):
        self.connect().sendall(text)

    def stream(self, path):
        connection = self.connect()
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode())
        self.answers += bool(connection.recv(4096))

    def nats(self, number):
        connection = self.connect()
        connection.recv(4096)
        connection.sendall(b'CONNECT {"verbose":false}\r\nSUB story.%d 1\r\nPING\r\n' % number)
        for _ in range(REQUESTS):
            connection.sendall(b"PUB story.%d 5\r\nhello\r\nPING\r\n" % ((number + 1) % CONNECTIONS))
            self.answers += bool(connection.recv(1 << 16))
            time.sleep(0.01)


def put(kind, port):
    load = Load(port)
    if kind in ("http", "events"):
        for path in ("/", "/nothing", "/metrics"):
            for _ in range(CONNECTIONS // 4):
                load.spawn(load.keep_alive, path)
        load.spawn(load.half, b"")
        load.spawn(load.half, b"GET / HT")
        load.spawn(load.half, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
    if kind == "events":
        for _ in range(CONNECTIONS // 4):
            load.spawn(load.stream, "/esbuild")
    if kind == "nats":
        for number in range(CONNECTIONS):
            load.spawn(load.nats, number)
    load.wait()
    if kind in ("http", "events"):
        for _ in range(BUSY):
            load.spawn(load.busy, "/")
    return load


def listener():
    """A server that accepts connections and never sends."""
    server = socket.create_server(("127.0.0.1", 0), backlog=16)
    return server, server.getsockname()[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def reachable(port, seconds=20):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False
