# SPDX-License-Identifier: Apache-2.0
"""Compares the virtual core of a stopped process with the core that gcore writes of it, and with the output of other ELF
readers."""
import ctypes
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(os.environ["GOPM_BUILD"])
DUMP = BUILD / "tests/core/dump_live"
PRSTATUS, PRFPREG, PRPSINFO, AUXV, XSTATE, FILE = 1, 2, 3, 6, 0x202, 0x46494C45
PATTERN = bytes(range(256)) * 4096

# Threads in system calls and on locks, and a mebibyte of known bytes.
PROGRAM = """
import mmap, threading, time
m = mmap.mmap(-1, 1 << 20)
m.write(bytes(range(256)) * 4096)
lock = threading.Lock()
lock.acquire()
for i in range(5):
    threading.Thread(target=lock.acquire if i % 2 else lambda: time.sleep(1000), daemon=True).start()
print("ready", flush=True)
time.sleep(1000)
"""


def skip(reason):
    print("SKIP:", reason)
    sys.exit(77)


class Core:
    def __init__(self, path):
        self.data = path.read_bytes()
        head = struct.unpack_from("<16sHHIQQQIHHHHHH", self.data, 0)
        assert head[0][:7] == b"\x7fELF\x02\x01\x01" and head[1] == 4, head
        self.machine = head[2]
        self.loads, self.threads, self.sets, self.process = {}, [], {}, {}
        for i in range(head[10]):
            at = head[5] + i * head[9]
            kind, flags, offset, address, _, size, memory, _ = struct.unpack_from("<IIQQQQQQ", self.data, at)
            if kind == 1:
                self.loads[address] = (flags, offset, size, memory)
            elif kind == 4:
                self.notes(offset, offset + size)

    def notes(self, at, end):
        thread = None
        while at < end:
            name_size, size, kind = struct.unpack_from("<III", self.data, at)
            at += 12
            name = self.data[at:at + name_size].rstrip(b"\0")
            at += (name_size + 3) & ~3
            data = self.data[at:at + size]
            at += (size + 3) & ~3
            if (name, kind) == (b"CORE", PRSTATUS):
                thread = struct.unpack_from("<I", data, 32)[0]
                self.threads.append(thread)
                self.sets[thread, kind] = data
            elif kind in (PRFPREG, XSTATE):
                self.sets[thread, kind] = data
            elif name == b"CORE" and kind in (PRPSINFO, AUXV, FILE):
                assert kind not in self.process
                self.process[kind] = data
        assert at == end

    def registers(self, thread):
        return self.sets[thread, PRSTATUS][112:-8]

    def files(self):
        count, page = struct.unpack_from("<QQ", self.process[FILE], 0)
        rows = [struct.unpack_from("<QQQ", self.process[FILE], 16 + 24 * i) for i in range(count)]
        names = self.process[FILE][16 + 24 * count:].split(b"\0")
        assert names.pop() == b"" and len(names) == count
        return [(start, end, offset * page, name) for (start, end, offset), name in zip(rows, names)]


def same(label, ours, theirs):
    if ours != theirs:
        sys.exit(f"{label} differ:\nours:   {ours!r}\ntheirs: {theirs!r}")


def compare_threads(ours, theirs, pid):
    same("threads", sorted(ours.threads), sorted(theirs.threads))
    assert len(ours.threads) == 6 and ours.threads[0] == pid
    for thread in ours.threads:
        same(f"registers of {thread}", ours.registers(thread).hex(), theirs.registers(thread).hex())
        # Only st0 to xmm15: gdb makes up the rest, which is mxcsr_mask and the parts in use.
        for kind in (PRFPREG, XSTATE):
            if (thread, kind) in theirs.sets:
                same(f"set {kind:#x} of {thread}", ours.sets[thread, kind][32:416].hex(),
                     theirs.sets[thread, kind][32:416].hex())


def compare_process(ours, theirs, arguments):
    same("machines", ours.machine, theirs.machine)
    same("auxiliary vectors", ours.process[AUXV].hex(), theirs.process[AUXV].hex())
    same("mapped files", ours.files(), theirs.files())
    # User, group, process, parent, process group, session, name. gdb does not know the arguments.
    same("processes", ours.process[PRPSINFO][16:56].hex(), theirs.process[PRPSINFO][16:56].hex())
    same("arguments", ours.process[PRPSINFO][56:].rstrip(b"\0").decode(), " ".join(arguments)[:79])


def compare_memory(ours, theirs):
    compared = 0
    for address, (_, offset, size, memory) in theirs.loads.items():
        if address not in ours.loads:
            sys.exit(f"no segment at {address:#x}")
        own = ours.loads[address]
        same(f"sizes at {address:#x}", own[3], memory)
        common = min(size, own[2])
        compared += common
        if theirs.data[offset:offset + common] != ours.data[own[1]:own[1] + common]:
            sys.exit(f"memory at {address:#x} differs")
    print(f"{len(theirs.loads)} segments, {compared} bytes compared")
    assert compared > 2 << 20
    assert any(ours.data.startswith(PATTERN, own[1]) for own in ours.loads.values())


def readers(core, pid):
    """Checks that other programs report no error, and the same threads."""
    if shutil.which("eu-readelf"):
        text = subprocess.run(["eu-readelf", "-n", core], check=True, capture_output=True, text=True).stdout
        assert f"pid: {pid}," in text and "AUXV" in text and "FILE" in text, text
    command = ["gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off", "-iex", "set auto-load off",
               sys.executable, core, "-ex", "info threads", "-ex", "info auxv"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert result.stdout.count("LWP") >= 6 and "AT_ENTRY" in result.stdout, result.stdout + result.stderr
    assert "Couldn't" not in result.stderr and "wrong size" not in result.stderr, result.stderr


def allow():
    """Runs in the child: on Ubuntu a process may trace only its descendants, unless the target allows others."""
    ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1 & (1 << 64) - 1), 0, 0, 0)  # PR_SET_PTRACER, any


def state(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]


def main():
    for tool in ("gdb", "gcore"):
        if shutil.which(tool) is None:
            skip(f"{tool} is not installed")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = pathlib.Path(folder, "ours"), pathlib.Path(folder, "theirs")
        arguments = [sys.executable, "-c", PROGRAM]
        child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, preexec_fn=allow)
        try:
            assert child.stdout.readline() == "ready\n"
            # Both programs read the process while it is stopped.
            os.kill(child.pid, signal.SIGSTOP)
            while state(child.pid) != "T":
                time.sleep(0.01)
            result = subprocess.run([DUMP, str(child.pid), ours], capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(result.stdout + result.stderr)
            assert "unreadable" not in result.stdout, result.stdout
            subprocess.run(["gcore", "-o", theirs, str(child.pid)], check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            a, b = Core(ours), Core(pathlib.Path(f"{theirs}.{child.pid}"))
            compare_threads(a, b, child.pid)
            compare_process(a, b, arguments)
            compare_memory(a, b)
            readers(ours, child.pid)
        finally:
            child.kill()
            child.wait()


main()
