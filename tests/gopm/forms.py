#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests forms of cores and executables on the checked-in sample: every compression, cut files, endless and small
streams, a core without memory, and a debug file in place of the executable. The number of goroutines is the one that the
runtime's own traceback has."""
import bz2
import gzip
import lzma
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import common

EXE = common.SAMPLE / "server"
GOROUTINES = "[2010 goroutines]"
PT_LOAD = 1
problems = []


def run(*arguments, **more):
    return subprocess.run([str(common.GOPM), *map(str, arguments)], capture_output=True, timeout=300, check=False, **more)


def expect(code, *arguments, out="", error="", **more):
    result = run(*arguments, **more)
    line = " ".join(map(str, arguments))
    stdout, stderr = result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")
    if result.returncode != code:
        problems.append(f"gopm {line}: exit code {result.returncode}, not {code}: {stderr}")
    for want, text in ((out, stdout), (error, stderr)):
        if want not in text:
            problems.append(f"gopm {line}: {want!r} is not in {text[-500:]!r}")
    return stdout


def compressed(core, folder):
    built_without_bzip2 = b"bzip2 compressed" in run("info", "-", input=bz2.compress(core[:1000])).stderr
    forms = {"gz": gzip.compress(core, 1), "xz": lzma.compress(core, preset=0)}
    # Members one after the other, as parallel compressors write them.
    forms["members.gz"] = gzip.compress(core[:5000000], 1) + gzip.compress(core[5000000:], 1) + bytes(512)
    if not built_without_bzip2:
        forms["bz2"] = bz2.compress(core, 1)
    for name, data in forms.items():
        path = folder / f"core.{name}"
        path.write_bytes(data)
        expect(0, "goroutines", path, EXE, out=GOROUTINES)
        cut = folder / f"cut.{name}"
        cut.write_bytes(data[:30000])
        expect(1, "goroutines", cut, EXE, error=f"{cut}: ")
        expect(1, "goroutines", cut, EXE, error="the compressed stream is truncated")


def streams(folder):
    """Nothing is copied to the disk that cannot be a core."""
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        expect(1, "info", "-", "--tmp", folder, stdin=endless.stdout, error="is not an ELF file")
        endless.kill()
    expect(1, "info", "-", input=b"MDMP\x93\xa7\0\0" + bytes(4096), error="a minidump")
    packed = common.SAMPLE / "core.zst"
    expect(1, "info", "--max-unpacked", "1M", packed, EXE, error="--max-unpacked")
    expect(2, "info", "--max-unpacked", "much", packed, EXE, error="--max-unpacked needs a size")
    expect(0, "info", "--max-unpacked", "1G", packed, EXE)


def without_memory(core, folder):
    """The headers and notes of the core, with no segment that has bytes, as with coredump_filter 0."""
    bare = bytearray(core)
    at, = struct.unpack_from("<Q", bare, 32)
    count, = struct.unpack_from("<H", bare, 56)
    for i in range(count):
        if struct.unpack_from("<I", bare, at + 56 * i)[0] == PT_LOAD:
            struct.pack_into("<Q", bare, at + 56 * i + 32, 0)
    path = folder / "bare"
    path.write_bytes(bare)
    expect(0, "info", path, EXE, error="has no memory that the process wrote")
    threads = expect(0, "threads", "-q", path, EXE)
    whole = expect(0, "threads", "-q", common.SAMPLE / "core.zst", EXE)
    if len(threads.splitlines()) != len(whole.splitlines()) or "runtime.futex" not in threads:
        problems.append(f"threads of a core without memory: {threads!r}, of the whole one {whole!r}")
    if len(expect(0, "mappings", "-q", path, EXE).splitlines()) < 10:
        problems.append("a core without memory has no mappings")
    expect(0, "info", "--no-search", path, error="functions of threads have no names")
    expect(0, "threads", "--no-search", path)
    for command in (["goroutines"], ["traceback"], ["stack", "-g", "1"], ["vars", "main.*"], ["print", "main.x"],
                    ["slim", "-o", folder / "small"]):
        expect(1, *command, path, EXE, error="has no memory that the process wrote")
    if (folder / "small").exists():
        problems.append("slim wrote a core without memory")


def debug_file(folder):
    if shutil.which("objcopy") is None:
        common.skip("objcopy is not installed")
    debug, stripped = folder / "server.debug", folder / "stripped"
    subprocess.run(["objcopy", "--only-keep-debug", EXE, debug], check=True)
    subprocess.run(["objcopy", "--strip-all", EXE, stripped], check=True)
    core = common.SAMPLE / "core.zst"
    expect(1, "goroutines", "--no-search", core, debug, error=f"{debug}: is a debug file, which has no code")
    # The program is at its path, without DWARF.
    where = next(line.split()[-1] for line in expect(0, "mappings", "-q", core, EXE).splitlines() if line.endswith("/server"))
    root = folder / "root"
    place = root / where.lstrip("/")
    place.parent.mkdir(parents=True)
    shutil.copy(stripped, place)
    expect(0, "goroutines", "--sysroot", root, core, debug, out=GOROUTINES)
    want = run("vars", "-q", "runtime.all*", core, EXE).stdout
    got = expect(0, "vars", "-q", "--sysroot", root, "runtime.all*", core, debug).encode()
    if not want or got != want:
        problems.append("package variables differ with the debug file")


def main():
    with tempfile.TemporaryDirectory(prefix="gopm-forms-") as name:
        folder = pathlib.Path(name)
        core = subprocess.run(["zstd", "-dqc", common.SAMPLE / "core.zst"], check=True, capture_output=True).stdout
        compressed(core, folder)
        streams(folder)
        without_memory(core, folder)
        debug_file(folder)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    common.need("zstd")
    sys.exit(main())
