# SPDX-License-Identifier: Apache-2.0
"""Reads the Go version and the build mode of an executable, for the table of the matrix."""
import struct
import subprocess


def describe(path):
    """(Go version or "?", words for the modes)"""
    with open(path, "rb") as file:
        data = file.read()
    kind, machine = struct.unpack_from("<HH", data, 16)
    offset, size, count, names = struct.unpack_from("<Q", data, 40)[0], *struct.unpack_from("<HHH", data, 58)
    sections = set()
    if offset and count:
        table = struct.unpack_from("<Q", data, offset + names * size + 24)[0]
        for i in range(count):
            start = table + struct.unpack_from("<I", data, offset + i * size)[0]
            sections.add(data[start:data.index(b"\0", start)].decode(errors="replace"))
    modes = []
    if machine == 183:
        modes.append("arm64")
    if kind == 3:
        modes.append("PIE")
    if ".interp" in sections:
        modes.append("dynamic")
    if not sections:
        modes.append("no sections")
    elif ".symtab" not in sections:
        modes.append("stripped")
    result = subprocess.run(["go", "version", "-m", str(path)], capture_output=True, text=True, check=False)
    version, info = "?", result.stdout
    if info:
        version = info.split("\n", 1)[0].rsplit(": ", 1)[-1].removeprefix("go")
    # A PIE has an interpreter even without cgo. Go before 1.18 does not record CGO_ENABLED.
    if "CGO_ENABLED=1" in info or ("CGO_ENABLED=" not in info and ".interp" in sections):
        modes.append("cgo")
    return version, modes
