#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the library into a fresh folder and builds the examples in C, C++ and Python against it through
pkg-config. Compares their output about the sample with facts from Delve and the runtime."""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["GOPM_SOURCE"])
BUILD, CMAKE = sys.argv[1:3]
SAMPLE = SOURCE / "examples/story/sample"
EXPECTED = [
    "1000 main.(*Metrics).CountS:98",
    "1 main.(*Metrics).SetM:93",
    "main.(*Metrics).SetM at story/metrics.go:93",
    'key = "queue.longest"',
    "value = 100",
    "main.(*Metrics).startInChannelConsumer at story/metrics.go:54",
    "consumed = 34",
    "1001 :0 chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers",
]
# The server has a thousand connections, each with one request; a slot of the allocator has 144 bytes.
HEAP = ["144000 bytes 1000 objects net/http.conn", "320000 bytes 1000 objects net/http.Request"]
problems, outputs = [], {}


def build_and_run(name, build, command, environment, expected=EXPECTED, most=60):
    if build:
        result = subprocess.run(build, shell=True, env=environment, capture_output=True, text=True)
        if result.returncode:
            problems.append(f"{name} does not build: {result.stdout}{result.stderr}")
            return
    lines = (SOURCE / name).read_text().count("\n")
    if lines > most:
        problems.append(f"{name} has {lines} lines, more than {most}")
    result = subprocess.run([*command, SAMPLE / "core.zst", SAMPLE / "server"], env=environment, capture_output=True, text=True)
    if result.returncode:
        problems.append(f"{name}: exit code {result.returncode}: {result.stderr}")
    printed = [" ".join(line.split()) for line in result.stdout.splitlines()]
    problems.extend(f"{name} does not print {line!r}:\n{result.stdout}" for line in expected if line not in printed)
    outputs[name] = printed
    print(f"{name}: {len(printed)} lines")


with tempfile.TemporaryDirectory() as folder:
    prefix = pathlib.Path(folder)
    subprocess.run([CMAKE, "--install", BUILD, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
    libdir = next(prefix.rglob("gopm.pc")).parent.parent
    environment = dict(os.environ, PKG_CONFIG_PATH=str(libdir / "pkgconfig"), LD_LIBRARY_PATH=str(libdir))
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "gopm"], env=environment, capture_output=True, text=True,
                           check=True).stdout.strip()
    sanitize = os.environ.get("GOPM_SANITIZE")
    if sanitize:
        flags += f" -fsanitize={sanitize}"
    cc, program, source = os.environ.get("CC", "cc"), prefix / "story", shlex.quote(str(SOURCE / "examples"))
    build_and_run("examples/c/story.c", f"{cc} -std=c11 -Wall -Werror -o {program} {source}/c/story.c {flags}", [program],
                  environment)
    build_and_run("examples/c/heap.c", f"{cc} -std=c11 -Wall -Werror -o {prefix}/heap {source}/c/heap.c {flags}",
                  [prefix / "heap"], environment, HEAP, most=50)
    cxx = shutil.which("c++")
    if cxx:
        build_and_run("examples/cpp/story.cpp",
                      f"{cxx} -std=c++17 -Wall -Werror -o {program} {source}/cpp/story.cpp {flags}", [program], environment,
                      most=40)
    else:
        print("no C++ compiler: examples/cpp is skipped")
    if sanitize:
        print("sanitized library: Python is skipped, it lacks the sanitizer's runtime")
    else:
        build_and_run("examples/python/story.py", None, [sys.executable, SOURCE / "examples/python/story.py"], environment)
        build_and_run("examples/python/heap.py", None, [sys.executable, SOURCE / "examples/python/heap.py"], environment, HEAP,
                      most=50)
        if outputs.get("examples/python/heap.py") != outputs.get("examples/c/heap.c"):
            problems.append("examples/python/heap.py and examples/c/heap.c do not print the same")
    # find_package(gopm) works from the installed tree too.
    (prefix / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(story C)\nfind_package(gopm REQUIRED)\n"
        f"add_executable(story {SOURCE}/examples/c/story.c)\ntarget_link_libraries(story gopm::gopm)\n"
        f"add_executable(static {SOURCE}/examples/c/story.c)\ntarget_link_libraries(static gopm::gopm_static)\n"
        + (f"add_link_options(-fsanitize={sanitize})\n" if sanitize else ""))
    if not sanitize:
        configured = subprocess.run([CMAKE, "-G", "Ninja", "-S", prefix, "-B", prefix / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
                                    capture_output=True, text=True)
        built = subprocess.run([CMAKE, "--build", prefix / "build"], capture_output=True, text=True)
        if configured.returncode or built.returncode:
            problems.append(f"find_package(gopm): {configured.stderr}{built.stdout}{built.stderr}")
        else:
            for kind in ("story", "static"):
                build_and_run("examples/c/story.c", None, [prefix / "build" / kind], environment)
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
