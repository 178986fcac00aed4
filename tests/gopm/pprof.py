# SPDX-License-Identifier: Apache-2.0
"""Decodes pprof files: github.com/google/pprof/proto/profile.proto."""
import collections
import gzip


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def fields(data):
    """{field number: [number or bytes]}"""
    found, at = collections.defaultdict(list), 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            if len(value) != size:
                raise ValueError("a field is cut")
        else:
            raise ValueError(f"wire type {key & 7}")
        found[key >> 3].append(value)
    return found


def numbers(values):
    """A repeated number, packed or not."""
    result = []
    for value in values:
        if isinstance(value, int):
            result.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = varint(value, at)
            result.append(number)
    return result


def one(message, number):
    return message[number][0] if message[number] else 0


class Profile:
    """samples: [(values, stack, labels)]. A stack is a tuple of (address, ((function, file, line, start line), ...))."""

    def __init__(self, data):
        top = fields(gzip.decompress(data))
        self.strings = [text.decode("utf-8", "surrogateescape") for text in top[6]]
        text = self.strings.__getitem__

        def kind(data):
            message = fields(data)
            return text(one(message, 1)), text(one(message, 2))

        self.types = [kind(data) for data in top[1]]
        self.period_type = kind(top[11][0]) if top[11] else None
        self.period = one(top, 12)
        self.time = one(top, 9)
        self.default_type = text(one(top, 14))
        self.drop, self.keep = text(one(top, 7)), text(one(top, 8))
        functions = {}
        for data in top[5]:
            message = fields(data)
            functions[one(message, 1)] = (text(one(message, 2)), text(one(message, 3)), text(one(message, 4)), one(message, 5))
        self.mappings = {}
        for data in top[3]:
            message = fields(data)
            self.mappings[one(message, 1)] = (one(message, 2), one(message, 3), one(message, 4), text(one(message, 5)),
                                              text(one(message, 6)), bool(one(message, 7)))
        self.locations = {}
        for data in top[4]:
            message = fields(data)
            lines = []
            for line in message[4]:
                line = fields(line)
                name, system, file, start = functions[one(line, 1)]
                assert name == system
                lines.append((name, file, one(line, 2), start))
            self.locations[one(message, 1)] = (one(message, 3), tuple(lines), self.mappings.get(one(message, 2)))
        self.samples = []
        for data in top[2]:
            message = fields(data)
            labels = []
            for label in message[3]:
                label = fields(label)
                labels.append((text(one(label, 1)), text(one(label, 2)), one(label, 3)))
            stack = tuple(self.locations[i][:2] for i in numbers(message[1]))
            self.samples.append((tuple(signed(v) for v in numbers(message[2])), stack, tuple(sorted(labels))))


def read(path):
    with open(path, "rb") as file:
        return Profile(file.read())


def text(sample):
    """One line for a message."""
    values, stack, labels = sample
    calls = [f"{lines[0][0]}:{lines[0][2]}" if lines else hex(address) for address, lines in stack]
    return f"{values} {' < '.join(calls)} {dict((key, value or number) for key, value, number in labels)}"
