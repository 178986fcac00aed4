# SPDX-License-Identifier: Apache-2.0
"""Takes a core and the runtime's own traceback of the same moment, into a folder: {server,core,traceback.txt}.

For an amd64 program, gdb takes the core and queues SIGQUIT before it resumes the process. An arm64 program runs in
qemu-aarch64: the runtime prints all goroutines and aborts (GOTRACEBACK=crash), and qemu writes a core of its guest.
Goroutines that waited before the signal still wait in that core.
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
    """There is no core, or no traceback. The text is the reason."""


def begin(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def printed(folder):
    return (folder / "traceback.txt").read_text(encoding="utf-8", errors="replace")


def take_locked(process, folder, signal):
    """Takes a core, then resumes only the thread that takes the signal. It prints the others as they are in the core."""
    core = str(folder / "core")
    reserved = make_cores.unreadable(process.pid)
    # gdb may crash when its process ends. It must not write a core of its own here.
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
    """Takes the core of a native process with gdb."""

    def command(self, exe):
        return [str(exe)]

    def environment(self, level):
        return {"GOTRACEBACK": level}

    def take(self, process, folder):
        make_cores.take(process, str(folder / "core"), True, "QUIT")
        process.wait(timeout=60)


class Locked(Gdb):
    """Takes the core under load. Requests on their way do not move."""

    def take(self, process, folder):
        take_locked(process, folder, "QUIT")
        process.wait(timeout=60)


class Stack(Gdb):
    """Takes the core of a program that prints runtime.Stack of all goroutines at SIGUSR1."""

    def take(self, process, folder):
        make_cores.take(process, str(folder / "core"), True, "USR1")
        process.wait(timeout=60)


class Library(Gdb):
    """Takes the core of a C program with a Go library. There the runtime does not handle SIGQUIT. A SIGSEGV sent to
    one of the runtime's threads makes it print all goroutines."""

    def take(self, process, folder):
        # The main thread is a C thread. The threads of the runtime wait in a futex.
        threads = sorted(int(name) for name in os.listdir(f"/proc/{process.pid}/task"))
        make_cores.take(process, str(folder / "core"), True, "SEGV", threads[1])
        process.wait(timeout=60)


class Qemu:
    """Takes the core of an arm64 process. qemu writes it into the working folder."""

    def command(self, exe):
        # qemu obeys the soft limit on cores.
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
    """The class that runs a program for that CPU and takes its core."""
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
    # Kills its children too: the process has its own session.
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        pass
    process.wait(timeout=10)


def answered(kind, port, attempts=5):
    """Starts the load. Starts it again if the server already listens but does not answer yet."""
    for _ in range(attempts):
        connections = load.put(kind, port)
        if connections.answers:
            return connections
        connections.close()
        time.sleep(1)
    raise Failed("the program does not answer")


def of_program(program, binary, folder, settle=0.5):
    """Runs a prebuilt program on loopback under its load, and takes its core."""
    begin(folder)
    how = Locked() if program.locked else way(program.arch)
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
                    raise Failed(f"the program does not listen (exit code {process.poll()})")
                connections = answered(program.load, port)
            time.sleep(settle)
            if connections and not program.locked:
                connections.pause()
                time.sleep(0.2)
            if process.poll() is not None:
                raise Failed(f"the program ended with exit code {process.returncode}: " + printed(folder)[-200:])
            take(how, process, folder)
        finally:
            end(process)
            if connections:
                connections.close()
            if server:
                server.close()
    shutil.rmtree(work, ignore_errors=True)


def of_ready(folder, command=None, settle=0.5, arch="", how=None, level="system", env=None):
    """Runs folder/server, which prints "ready" when all its goroutines are parked, and takes its core."""
    how = how or way(arch)
    environment = {"PATH": "/usr/bin:/bin", **how.environment(level), **(env or {})}
    with open(folder / "traceback.txt", "w", encoding="utf-8") as errors:
        process = subprocess.Popen(command or how.command(folder / "server"), cwd=folder, env=environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                                   start_new_session=True)
        try:
            if not process.stdout.readline():
                raise Failed("the program ended before its first line: " + printed(folder)[-300:])
            time.sleep(settle)
            take(how, process, folder)
        finally:
            end(process)
            process.stdout.close()
