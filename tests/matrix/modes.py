"""The build modes: tests/programs/states, built by each toolchain in each of them."""
import dataclasses
import os
import shutil
import subprocess

import programs
import truth

STATES = truth.SOURCE / "tests/programs/states"
TOOLCHAINS = {"126": "1.26.8", "127": "1.27.3"}


@dataclasses.dataclass
class Mode:
    name: str
    flags: tuple = ()
    cgo: bool = False
    experiment: str = ""
    needs: str = ""  # a command
    env: dict = dataclasses.field(default_factory=dict)  # of the compiler
    after: tuple = ()  # a command on the executable
    only: tuple = tuple(TOOLCHAINS)
    arch: str = ""
    notes: str = ""


MODES = [
    Mode("default"),
    Mode("w", ("-ldflags=-w",)),
    Mode("sw", ("-ldflags=-s -w",)),
    Mode("strip", after=("strip", "-s")),
    Mode("trimpath", ("-trimpath",)),
    Mode("pie", ("-buildmode=pie",)),
    Mode("pie-sw", ("-buildmode=pie", "-ldflags=-s -w")),
    Mode("cgo-internal", ("-ldflags=-linkmode=internal",), cgo=True),
    Mode("cgo-external", ("-ldflags=-linkmode=external",), cgo=True, needs="gcc"),
    Mode("cgo-external-pie-sw", ("-buildmode=pie", "-ldflags=-s -w -linkmode=external"), cgo=True, needs="gcc"),
    Mode("static-musl", ("-tags=netgo", "-ldflags=-linkmode=external -extldflags=-static"), cgo=True, needs="musl-gcc",
         env={"CC": "musl-gcc"}),
    Mode("static-glibc-sw", ("-tags=netgo,osusergo", "-ldflags=-s -w -linkmode=external -extldflags=-static"), cgo=True,
         needs="gcc"),
    Mode("race", ("-race",), cgo=True, needs="gcc"),
    Mode("cover", ("-cover",)),
    Mode("n", ("-gcflags=all=-N -l",)),
    Mode("n-pie-w", ("-gcflags=all=-N -l", "-buildmode=pie", "-ldflags=-w")),
    Mode("noinline-sw", ("-gcflags=all=-l", "-ldflags=-s -w")),
    Mode("nogreenteagc", experiment="nogreenteagc"),
    Mode("nodwarf5", experiment="nodwarf5"),
    Mode("goroutineleakprofile", experiment="goroutineleakprofile", only=("126",)),
    Mode("runtimesecret", experiment="runtimesecret"),
    Mode("simd", experiment="simd"),
    Mode("norandomizedheapbase64", experiment="norandomizedheapbase64"),
]


def build(mode, toolchain, exe, program=STATES):
    for tool in ("go", *mode.needs.split(), *mode.after[:1]):
        if shutil.which(tool) is None:
            raise programs.Unavailable(f"{tool} is not installed")
    env = dict(os.environ, GOTOOLCHAIN="go" + TOOLCHAINS[toolchain], CGO_ENABLED="1" if mode.cgo else "0", GOFLAGS="-mod=mod",
               **mode.env)
    env.pop("GOEXPERIMENT", None)
    if mode.experiment:
        env["GOEXPERIMENT"] = mode.experiment
    if mode.arch:
        env["GOARCH"] = mode.arch
    result = subprocess.run(["go", "build", "-buildvcs=false", *mode.flags, "-o", str(exe), "."], cwd=program, env=env,
                            capture_output=True, text=True, timeout=280, check=False)
    if result.returncode:
        text = (result.stdout + result.stderr).strip()
        if "unknown GOEXPERIMENT" in text:
            raise programs.Unavailable(text[-200:])
        raise truth.Failed("go build: " + text[-300:])
    if mode.after:
        subprocess.run([*mode.after, str(exe)], check=True, timeout=60)


def of_mode(mode, toolchain, folder):
    truth.begin(folder)
    build(mode, toolchain, folder / "server")
    truth.of_ready(folder)


def cases():
    for toolchain in TOOLCHAINS:
        for mode in MODES:
            if toolchain in mode.only:
                yield f"mode-{toolchain}-{mode.name}", mode, toolchain
