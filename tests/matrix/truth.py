"""A core and the runtime's own traceback of the same moment, in a folder:
{server,core,traceback.txt}."""
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
    return folder


def take(process, folder):
    try:
        make_cores.take(process, str(folder / "core"), True, "QUIT")
        process.wait(timeout=60)
    except (SystemExit, subprocess.TimeoutExpired) as problem:
        raise Failed(str(problem)) from None
    text = (folder / "traceback.txt").read_text(encoding="utf-8", errors="replace")
    if "goroutine " not in text:
        raise Failed("the runtime printed no traceback: " + text[-200:])


def of_program(program, binary, folder, settle=0.5):
    """Runs a prebuilt program on loopback, under its load, and takes its core."""
    begin(folder)
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
    env = {"PATH": "/usr/bin:/bin", "HOME": str(work), "GOTRACEBACK": program.level, **program.env}
    with open(folder / "traceback.txt", "w", encoding="utf-8") as errors, open(folder / "stdout.txt", "w", encoding="utf-8") as out:
        process = subprocess.Popen([str(folder / "server")] + [fill(a) for a in program.arguments], cwd=work, env=env,
                                   stdin=subprocess.PIPE, stdout=out, stderr=errors, start_new_session=True)
        try:
            if program.load and program.load != "listen":
                if not load.reachable(port):
                    raise Failed(f"it does not listen (exit code {process.poll()})")
                connections = load.put(program.load, port)
                if not connections.answers:
                    raise Failed("it does not answer")
            time.sleep(settle)
            if connections:
                connections.pause()
                time.sleep(0.2)
            if process.poll() is not None:
                raise Failed(f"it ended with exit code {process.returncode}: "
                             + (folder / "traceback.txt").read_text(errors="replace")[-200:])
            take(process, folder)
        finally:
            # Its children too: the session is its own.
            try:
                os.killpg(process.pid, 9)
            except ProcessLookupError:
                pass
            process.wait(timeout=10)
            if connections:
                connections.close()
            if server:
                server.close()
    shutil.rmtree(work, ignore_errors=True)


def of_ready(folder, command=None, settle=0.5, env=None):
    """Runs folder/server, which says "ready" once it stands still, and takes its core."""
    environment = {"PATH": "/usr/bin:/bin", "GOTRACEBACK": "system", **(env or {})}
    with open(folder / "traceback.txt", "w", encoding="utf-8") as errors:
        process = subprocess.Popen(command or [str(folder / "server")], cwd=folder, env=environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            if not process.stdout.readline():
                raise Failed("it ended before its first line: " + (folder / "traceback.txt").read_text(errors="replace")[-300:])
            time.sleep(settle)
            take(process, folder)
        finally:
            process.kill()
            process.wait(timeout=10)
