# SPDX-License-Identifier: Apache-2.0
"""A core and the runtime's own traceback of the same moment, in a folder:
{server,core,traceback.txt}.

Of amd64 programs gdb takes the core and queues SIGQUIT while it still holds the process. Of
arm64 programs the runtime prints all and aborts (GOTRACEBACK=crash), and qemu-aarch64, which
runs them, writes a core of its guest: what waited before the signal still does.
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import time

import load
import programs

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def cores_script():
    spec = importlib.util.spec_from_file_location("make_cores", SOURCE / "examples/story/make-cores.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_cores = cores_script()


class Failed(Exception):
    """No core, or no truth: the text says why."""


def begin(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def printed(folder):
    return (folder / "traceback.txt").read_text(encoding="utf-8", errors="replace")


def take_held(process, folder, signal):
    """The thread that takes the signal is the only one to go on: it prints the others as the core has them."""
    core = str(folder / "core")
    reserved = make_cores.unreadable(process.pid)
    # gdb may fail as its process ends, and would leave a core of its own here.
    script = ("maint set internal-error corefile no", "maint set internal-error quit yes", "set pagination off", "set confirm off",
              "set debuginfod enabled off", "set auto-load off", "handle all nostop noprint pass", f"attach {process.pid}",
              f"generate-core-file {core}", "thread 1", "set scheduler-locking on", f"shell kill -{signal} {process.pid}", "continue")
    command = ["gdb", "-nx", "-batch"]
    for line in script:
        command += ["-ex", line]
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=120,
                                check=False)
    except subprocess.TimeoutExpired:
        raise Failed("gdb did not end in 120 seconds") from None
    if not os.path.exists(core):
        raise Failed("gdb wrote no core: " + (result.stdout + result.stderr)[-300:])
    make_cores.drop(core, reserved)
    subprocess.run(["fallocate", "--dig-holes", core], stderr=subprocess.DEVNULL, check=False)


class Gdb:
    """Of a process of this machine's own kind."""

    def command(self, exe):
        return [str(exe)]

    def environment(self, level):
        return {"GOTRACEBACK": level}

    def take(self, process, folder):
        make_cores.take(process, str(folder / "core"), True, "QUIT")
        process.wait(timeout=60)


class Held(Gdb):
    """In the midst of its load: what is on its way stands still too."""

    def take(self, process, folder):
        take_held(process, folder, "QUIT")
        process.wait(timeout=60)


class Stack(Gdb):
    """Of a program that prints runtime.Stack of all goroutines when SIGUSR1 comes."""

    def take(self, process, folder):
        make_cores.take(process, str(folder / "core"), True, "USR1")
        process.wait(timeout=60)


class Library(Gdb):
    """Of a C program with a Go library: there the runtime leaves SIGQUIT alone, and a SIGSEGV sent to
    one of its own threads is what makes it print everything."""

    def take(self, process, folder):
        # The main thread is C's; what the runtime started waits in a futex.
        threads = sorted(int(name) for name in os.listdir(f"/proc/{process.pid}/task"))
        make_cores.take(process, str(folder / "core"), True, "SEGV", threads[1])
        process.wait(timeout=60)


class Qemu:
    """Of an arm64 process; qemu writes the core into the working folder."""

    def command(self, exe):
        # A soft limit on cores is what qemu goes by.
        return ["sh", "-c", 'ulimit -c unlimited; exec "$0" "$@"', "qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", str(exe)]

    def environment(self, level):
        return {"GOTRACEBACK": "crash"}

    def take(self, process, folder):
        cwd = pathlib.Path(os.readlink(f"/proc/{process.pid}/cwd"))
        process.send_signal(3)
        process.wait(timeout=60)
        found = list(cwd.glob("qemu_*.core"))
        if not found:
            raise Failed("qemu wrote no core")
        found[0].rename(folder / "core")
        subprocess.run(["fallocate", "--dig-holes", str(folder / "core")], stderr=subprocess.DEVNULL, check=False)


def way(arch):
    """How a program of that CPU is run and its core taken."""
    if not arch:
        return Gdb()
    if shutil.which("qemu-aarch64") is None:
        raise programs.Unavailable("qemu-aarch64 (qemu-user) is not installed")
    return Qemu()


def take(how, process, folder):
    try:
        how.take(process, folder)
    except (SystemExit, subprocess.TimeoutExpired) as problem:
        raise Failed(str(problem)) from None
    if "goroutine " not in printed(folder):
        raise Failed("the runtime printed no traceback: " + printed(folder)[-200:])


def end(process):
    # Its children too: the session is its own.
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        pass
    process.wait(timeout=10)


def answered(kind, port, attempts=5):
    """The load, put on again while a server that listens already is not yet ready to answer."""
    for _ in range(attempts):
        connections = load.put(kind, port)
        if connections.answers:
            return connections
        connections.close()
        time.sleep(1)
    raise Failed("it does not answer")


def of_program(program, binary, folder, settle=0.5):
    """Runs a prebuilt program on loopback, under its load, and takes its core."""
    begin(folder)
    how = Held() if program.held else way(program.arch)
    shutil.copy2(binary, folder / "server")
    work = folder / "work"
    work.mkdir()
    server, connections = None, None
    port = load.free_port()
    if program.load == "listen":
        server, port = load.listener()
    words = {"{port}": str(port), "{port2}": str(load.free_port()), "{dir}": str(work)}

    def fill(text):
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    for name, content in program.prepare.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fill(content), encoding="utf-8")
    env = {"PATH": "/usr/bin:/bin", "HOME": str(work), **how.environment(program.level), **program.env}
    with open(folder / "traceback.txt", "w", encoding="utf-8") as errors, open(folder / "stdout.txt", "w", encoding="utf-8") as out:
        process = subprocess.Popen(how.command(folder / "server") + [fill(a) for a in program.arguments], cwd=work, env=env,
                                   stdin=subprocess.PIPE, stdout=out, stderr=errors, start_new_session=True)
        try:
            if program.load and program.load != "listen":
                if not load.reachable(port):
                    raise Failed(f"it does not listen (exit code {process.poll()})")
                connections = answered(program.load, port)
            time.sleep(settle)
            if connections and not program.held:
                connections.pause()
                time.sleep(0.2)
            if process.poll() is not None:
                raise Failed(f"it ended with exit code {process.returncode}: " + printed(folder)[-200:])
            take(how, process, folder)
        finally:
            end(process)
            if connections:
                connections.close()
            if server:
                server.close()
    shutil.rmtree(work, ignore_errors=True)


def of_ready(folder, command=None, settle=0.5, arch="", how=None, level="system", env=None):
    """Runs folder/server, which says "ready" once it stands still, and takes its core."""
    how = how or way(arch)
    environment = {"PATH": "/usr/bin:/bin", **how.environment(level), **(env or {})}
    with open(folder / "traceback.txt", "w", encoding="utf-8") as errors:
        process = subprocess.Popen(command or how.command(folder / "server"), cwd=folder, env=environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                                   start_new_session=True)
        try:
            if not process.stdout.readline():
                raise Failed("it ended before its first line: " + printed(folder)[-300:])
            time.sleep(settle)
            take(how, process, folder)
        finally:
            end(process)
            process.stdout.close()
