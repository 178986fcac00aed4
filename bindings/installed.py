# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the bindings: the build, installed into a folder and moved to another place."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[1]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
SAMPLE = SOURCE / "examples/story/sample"
CORE, EXE = SAMPLE / "core.zst", SAMPLE / "server"
# What the story prints of the sample in each language: facts from Delve and the runtime, as in tests/examples/stories.py.
STORY = ["1000 main.(*Metrics).CountS:98", "1 main.(*Metrics).SetM:93", "main.(*Metrics).SetM at story/metrics.go:93",
         'key = "queue.longest"', "value = 100", "main.(*Metrics).startInChannelConsumer at story/metrics.go:54", "consumed = 34",
         "1001 :0 chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers"]


def skip(reason):
    print("SKIP:", reason)
    sys.exit(77)


def need(tool):
    path = shutil.which(tool)
    if path is None:
        skip(f"{tool} is not installed")
    return path


def sanitizer_flags():
    """What a program needs that uses this build of the library."""
    sanitize = os.environ.get("GOPM_SANITIZE")
    return [f"-fsanitize={sanitize}", "-fno-omit-frame-pointer"] if sanitize else []


def cxx():
    """The C++ compiler that goes with the C compiler of this build."""
    if "clang" in pathlib.Path(os.environ.get("CC", "cc")).name:
        return need("clang++")
    return shutil.which("g++") or need("c++")


def run(command, **options):
    """Runs a command that must succeed; gives what it prints."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nends with {result.returncode}:\n{result.stdout[-4000:]}{result.stderr[-4000:]}")
    return result.stdout


def check_story(command, source, **options):
    """Runs the story of a language, of which each is at most 40 lines long, and compares it with the facts."""
    lines = source.read_text(encoding="utf-8").count("\n")
    if lines > 40:
        sys.exit(f"{source} has {lines} lines, more than 40")
    output = run([*command, CORE, EXE], **options)
    printed = [" ".join(line.split()) for line in output.splitlines()]
    for line in STORY:
        if line not in printed:
            sys.exit(f"{command} does not print {line!r}:\n{output[:4000]}")
    if "to be received by itself" not in output:
        sys.exit(f"{command} does not say why the server hangs:\n{output[-2000:]}")
    print(f"{source.name}: {len(printed)} lines printed, {lines} lines long")


@contextlib.contextmanager
def moved_prefix():
    """Gives a folder to work in, the installed tree that was moved there, and an environment that finds it by pkg-config."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run(["cmake", "--install", BUILD, "--prefix", folder / "first"])
        (folder / "another place").mkdir()
        prefix = folder / "another place/gopm"
        (folder / "first").rename(prefix)
        libdir = next(prefix.rglob("gopm.pc")).parent.parent
        environment = {**os.environ, "PKG_CONFIG_PATH": str(libdir / "pkgconfig"), "LD_LIBRARY_PATH": str(libdir)}
        yield folder, prefix, environment
