# SPDX-License-Identifier: Apache-2.0
"""A minimal gRPC client for writes, listings and watches on a server of etcd's protocol."""
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
ACK, END_STREAM, END_HEADERS = 1, 1, 4
EQUAL_MODIFIED = b"\x10\x02"  # target: the revision of the last change; field 6 has its value, 0


def number(value):
    out = bytearray()
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def field(tag, content):
    return bytes([tag << 3 | 2]) + number(len(content)) + content


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def header(name, value):
    """A literal header, without indexing or Huffman codes."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


class Channel:
    """One connection, with one call at a time."""

    def __init__(self, connection):
        self.connection = connection
        self.stream = -1
        self.buffer = b""
        connection.sendall(PREFACE + frame(SETTINGS, 0, 0))

    def begin(self, path, message, end=True):
        self.stream += 2
        headers = b"".join(header(name, value) for name, value in (
            (b":method", b"POST"), (b":scheme", b"http"), (b":path", path), (b":authority", b"localhost"),
            (b"content-type", b"application/grpc"), (b"te", b"trailers")))
        body = b"\0" + struct.pack(">I", len(message)) + message
        self.connection.sendall(frame(HEADERS, END_HEADERS, self.stream, headers)
                                + frame(DATA, END_STREAM if end else 0, self.stream, body))

    def receive(self, count):
        while len(self.buffer) < count:
            part = self.connection.recv(1 << 16)
            if not part:
                raise OSError("closed")
            self.buffer += part
        part, self.buffer = self.buffer[:count], self.buffer[count:]
        return part

    def finish(self):
        """Reads to the end of the stream. True if the call returned a message."""
        answered = False
        while True:
            head = self.receive(9)
            kind, flags, stream = struct.unpack(">BBI", head[3:])
            payload = self.receive(int.from_bytes(head[:3], "big"))
            if kind in (SETTINGS, PING) and not flags & ACK:
                self.connection.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
            if kind == DATA and payload:
                answered = True
                window = struct.pack(">I", len(payload))
                self.connection.sendall(frame(8, 0, 0, window))
            if stream == self.stream and flags & END_STREAM and kind in (DATA, HEADERS):
                return answered

    def create(self, key, value, wait=True):
        compare = field(1, EQUAL_MODIFIED + field(3, key) + b"\x30\x00")
        put = field(2, field(2, field(1, key) + field(2, value)))
        self.begin(b"/etcdserverpb.KV/Txn", compare + put)
        return self.finish() if wait else None

    def list(self, prefix):
        self.begin(b"/etcdserverpb.KV/Range", field(1, prefix) + field(2, prefix[:-1] + bytes([prefix[-1] + 1])))
        return self.finish()

    def watch(self, prefix):
        self.begin(b"/etcdserverpb.Watch/Watch", field(1, field(1, prefix) + field(2, prefix[:-1] + bytes([prefix[-1] + 1]))),
                   end=False)
