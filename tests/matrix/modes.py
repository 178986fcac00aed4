# SPDX-License-Identifier: Apache-2.0
"""The build modes. Each toolchain builds tests/programs/states in each mode."""
import dataclasses
import functools
import os
import shutil
import subprocess

import programs
import truth

BUBBLES = truth.SOURCE / "tests/programs/bubbles"
LIBRARY = truth.SOURCE / "tests/programs/library"
PLUGIN = truth.SOURCE / "tests/programs/plugin"
STATES = truth.SOURCE / "tests/programs/states"
TOOLCHAINS = {"126": "1.26.8", "127": "1.27.3"}


@dataclasses.dataclass
class Mode:
    """A build mode. Only the modes named in `arm64` are also built for that CPU."""

    name: str
    flags: tuple = ()
    cgo: bool = False
    experiment: str = ""
    needs: str = ""  # a command that must be installed
    env: dict = dataclasses.field(default_factory=dict)  # of the compiler
    after: tuple = ()  # a command to run on the executable
    only: tuple = tuple(TOOLCHAINS)
    arm64: bool = False
    notes: str = ""
    godebug: str = ""  # of the process
    level: str = "system"


MODES = [
    Mode("default", arm64=True),
    Mode("w", ("-ldflags=-w",)),
    Mode("sw", ("-ldflags=-s -w",), arm64=True),
    Mode("strip", after=("strip", "-s")),
    Mode("trimpath", ("-trimpath",)),
    Mode("pie", ("-buildmode=pie",), arm64=True),
    Mode("pie-sw", ("-buildmode=pie", "-ldflags=-s -w")),
    Mode("cgo-internal", ("-ldflags=-linkmode=internal",), cgo=True),
    Mode("cgo-external", ("-ldflags=-linkmode=external",), cgo=True, needs="gcc", arm64=True),
    Mode("cgo-external-pie-sw", ("-buildmode=pie", "-ldflags=-s -w -linkmode=external"), cgo=True, needs="gcc",
         arm64=True),
    Mode("static-musl", ("-tags=netgo", "-ldflags=-linkmode=external -extldflags=-static"), cgo=True, needs="musl-gcc",
         env={"CC": "musl-gcc"}),
    Mode("static-glibc-sw", ("-tags=netgo,osusergo", "-ldflags=-s -w -linkmode=external -extldflags=-static"), cgo=True,
         needs="gcc", arm64=True),
    Mode("race", ("-race",), cgo=True, needs="gcc"),
    Mode("cover", ("-cover",)),
    Mode("n", ("-gcflags=all=-N -l",), arm64=True),
    Mode("n-pie-w", ("-gcflags=all=-N -l", "-buildmode=pie", "-ldflags=-w")),
    Mode("noinline-sw", ("-gcflags=all=-l", "-ldflags=-s -w")),
    Mode("ancestors", godebug="tracebackancestors=5", notes="GODEBUG=tracebackancestors=5"),
    Mode("labels", godebug="tracebacklabels=1", notes="GODEBUG=tracebacklabels=1"),
    Mode("nolabels", godebug="tracebacklabels=0", notes="GODEBUG=tracebacklabels=0"),
    Mode("all", ("-tags=stackall",), level="all", notes="--level all"),
    Mode("all-sw-pie", ("-tags=stackall", "-ldflags=-s -w", "-buildmode=pie"), level="all", notes="--level all"),
    Mode("nogreenteagc", experiment="nogreenteagc"),
    Mode("nodwarf5", experiment="nodwarf5", arm64=True),
    Mode("goroutineleakprofile", experiment="goroutineleakprofile", only=("126",)),
    Mode("runtimesecret", experiment="runtimesecret"),
    Mode("simd", experiment="simd"),
    Mode("norandomizedheapbase64", experiment="norandomizedheapbase64"),
]


CROSS = "aarch64-linux-gnu-gcc"


def build(mode, toolchain, exe, arch="", program=STATES, package="."):
    for tool in ("go", *mode.needs.split(), *mode.after[:1], *([CROSS] if arch and mode.cgo else [])):
        if shutil.which(tool) is None:
            raise programs.Unavailable(f"{tool} is not installed")
    env = dict(os.environ, GOTOOLCHAIN="go" + TOOLCHAINS[toolchain], CGO_ENABLED="1" if mode.cgo else "0", GOFLAGS="-mod=mod",
               **mode.env)
    env.pop("GOEXPERIMENT", None)
    if mode.experiment:
        env["GOEXPERIMENT"] = mode.experiment
    if arch:
        env.update(GOARCH=arch, CC=CROSS)
    words = ["go", "test", "-c"] if program == BUBBLES else ["go", "build", "-buildvcs=false"]
    command([*words, *mode.flags, "-o", str(exe), package], program, env)
    if mode.after:
        command([*mode.after, str(exe)], program)


def command(words, folder, env=None):
    result = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=1800, check=False)
    if result.returncode:
        text = (result.stdout + result.stderr).strip()
        if "unknown GOEXPERIMENT" in text:
            raise programs.Unavailable(text[-200:])
        raise truth.Failed(f"{words[0]}: {text[-300:]}")


def of_mode(mode, toolchain, arch, folder):
    truth.begin(folder)
    build(mode, toolchain, folder / "server", arch)
    truth.of_ready(folder, arch=arch, level=mode.level, env={"GODEBUG": mode.godebug} if mode.godebug else None,
                   how=truth.Stack() if mode.level == "all" else None)


def cases():
    """(name, mode, toolchain, CPU)"""
    for arch in ("", "arm64"):
        for toolchain in TOOLCHAINS:
            for mode in MODES:
                if toolchain in mode.only and (not arch or mode.arm64):
                    yield f"{arch or 'mode'}-{toolchain}-{mode.name}", mode, toolchain, arch


def of_library(toolchain, folder, flags=()):
    """A C program that loads a c-shared library: its executable is not a Go executable."""
    truth.begin(folder)
    build(Mode("c-shared", ("-buildmode=c-shared", *flags), cgo=True, needs="gcc"), toolchain, folder / "library.so",
          program=LIBRARY)
    command(["gcc", "-O1", "-o", str(folder / "server"), "host.c", "-ldl", "-lpthread"], LIBRARY)
    truth.of_ready(folder, [str(folder / "server"), str(folder / "library.so")], how=truth.Library())


def of_plugin(toolchain, folder, flags=()):
    """A Go program with a plugin: two modules of Go code."""
    truth.begin(folder)
    build(Mode("plugin", ("-buildmode=plugin", *flags), cgo=True, needs="gcc"), toolchain, folder / "plug.so",
          program=PLUGIN, package="./plug")
    build(Mode("host", flags, cgo=True, needs="gcc"), toolchain, folder / "server", program=PLUGIN)
    truth.of_ready(folder, [str(folder / "server"), str(folder / "plug.so")])


def of_bubbles(toolchain, folder, arch="", flags=()):
    """A test with goroutines in synctest bubbles."""
    truth.begin(folder)
    build(Mode("bubbles", flags), toolchain, folder / "server", arch, program=BUBBLES)
    truth.of_ready(folder, arch=arch)


def modules():
    """Yields (name, function of a folder) for tests, and for processes of several modules."""
    for toolchain in TOOLCHAINS:
        for arch in ("", "arm64"):
            yield f"{arch or 'mode'}-{toolchain}-bubbles", functools.partial(of_bubbles, toolchain, arch=arch)
        yield (f"mode-{toolchain}-bubbles-sw-pie",
               functools.partial(of_bubbles, toolchain, flags=("-ldflags=-s -w", "-buildmode=pie")))
    for toolchain in TOOLCHAINS:
        for kind, function in (("c-shared", of_library), ("plugin", of_plugin)):
            yield f"mode-{toolchain}-{kind}", functools.partial(function, toolchain)
            yield f"mode-{toolchain}-{kind}-sw", functools.partial(function, toolchain, flags=("-ldflags=-s -w",))
