#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the crates: run.py ACTION LIBRARY [CMAKE BUILD].

- test: unit tests, tests of the safe crate, and the examples of its docs
- lint: format, clippy and docs without a warning
- readme: the programs that the pages show
- story: the story in at most 40 lines
- serde: the feature of that name
- installed: a crate elsewhere that depends on the installed crates, with the installed library
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import cargo

CORE, EXE = cargo.SAMPLE / "core.zst", cargo.SAMPLE / "server"
# Facts of the sample, from Delve and the runtime: those of tests/examples/stories.py.
STORY = ["1000 main.(*Metrics).CountS:98", "1 main.(*Metrics).SetM:93", "main.(*Metrics).SetM at story/metrics.go:93",
         'key = "queue.longest"', "value = 100", "main.(*Metrics).startInChannelConsumer at story/metrics.go:54", "consumed = 34",
         "100 of 100, 1001 senders", "1001 chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers"]


def equal(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: {found!r} is not {expected!r}")


def test(library):
    cargo.need("cargo", "rustc")
    # Older versions of cargo run the examples of docs without the runtime of the sanitizers.
    which = ["--lib", "--tests"] if os.environ.get("GOPM_SANITIZE") else []
    output = cargo.run(["cargo", "test", "--workspace", *which], cargo.environment(library), cargo.crates())
    results = re.findall(r"^test result: (\w+)\. (\d+) passed", output, re.MULTILINE)
    print(f"{sum(int(passed) for _, passed in results)} tests and examples")
    # The layouts and the tests; without sanitizers the examples of the docs too.
    if sum(int(passed) for _, passed in results) < (80 if which else 100):
        sys.exit(f"only few tests were run:\n{output}")


def lint(library):
    cargo.need("cargo", "rustc", "cargo-clippy", "rustfmt")
    crates, variables = cargo.crates(), cargo.environment(library)
    cargo.run(["cargo", "fmt", "--check"], variables, crates)
    for features in [[], ["--features", "serde"]] if cargo.has_serde() else [[]]:
        cargo.run(["cargo", "clippy", "--workspace", "--all-targets", *features, "--", "-D", "warnings"], variables, crates)
    cargo.run(["cargo", "doc", "--workspace", "--no-deps"], {**variables, "RUSTDOCFLAGS": "-D warnings"}, crates)


def check_story(output):
    printed = [" ".join(line.split()) for line in output.splitlines()]
    for line in STORY:
        if line not in printed:
            sys.exit(f"the story does not print {line!r}:\n{output}")
    if "to be received by itself" not in output:
        sys.exit(f"the story does not say why:\n{output}")


def readme(library):
    """The programs that the pages show."""
    cargo.need("cargo", "rustc")
    crates, variables = cargo.crates(), cargo.environment(library)
    for index, page in enumerate((cargo.SOURCE / "README.md", cargo.CRATES / "README.md")):
        (block,) = re.findall(r"^```rust\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        if "fn main" not in block:
            block = f"fn main() -> gopm::Result<()> {{\n{block}Ok(())\n}}\n"
        cargo.write(crates / f"gopm/examples/readme{index}.rs", block)
        output = cargo.run(["cargo", "run", "-q", "-p", "gopm", "--example", f"readme{index}"], variables, crates / "gopm")
        for line in ("100 of 100", "1. deadlock, likely: 1001 goroutines are stuck"):
            if line not in output:
                sys.exit(f"{page}: its program does not print {line!r}:\n{output}")


def story(library):
    cargo.need("cargo", "rustc")
    crates = cargo.crates()
    program = cargo.CRATES / "gopm/examples/story.rs"
    lines = program.read_text(encoding="utf-8").count("\n")
    if lines > 40:
        sys.exit(f"{program} has {lines} lines")
    check_story(cargo.run(["cargo", "run", "-q", "-p", "gopm", "--example", "story", "--", CORE, EXE], cargo.environment(library), crates))


def serde(library):
    cargo.need("cargo", "rustc")
    if not cargo.has_serde():
        cargo.skip("librust-serde-json-dev is not installed")
    cargo.crates()
    folder = cargo.BUILD / "serde"
    for name in ("Cargo.toml", "src/main.rs"):
        cargo.write(folder / name, (cargo.CRATES / "tests/serde" / name).read_text(encoding="utf-8"))
    output = cargo.run(["cargo", "run", "-q", "--", CORE, EXE], cargo.environment(library), folder)
    goroutine, groups, finding, types, info, unknown = map(json.loads, output.splitlines())
    equal([goroutine[key] for key in ("id", "status", "status_name", "wait_reason", "flags")], [20, "waiting", "waiting", "chan send", []],
          "goroutine")
    equal([goroutine["wait"][key] for key in ("kind", "type", "senders", "capacity")], ["chan send", "main.Metric", 1001, 100], "wait")
    equal(goroutine["start"]["function"], "main.(*Metrics).startInChannelConsumer", "start")
    equal([group["count"] for group in groups], [1000, 1000, 8, 1, 1], "groups")
    equal([finding[key] for key in ("verdict", "certainty", "pattern", "waiters")], ["deadlock", "likely", "self chan", 1001], "finding")
    # A thousand connections; the allocator's slots have 144 bytes.
    equal([[row["form"], row["objects"], row["bytes"]] for row in types], [["one", 1000, 144000]], "types")
    equal(info["compression"], "zstd", "info")
    equal(unknown, 99, "a value without a name")


def installed(library, cmake, build):
    cargo.need("cargo", "rustc", "pkg-config")
    with tempfile.TemporaryDirectory() as folder:
        prefix, crate = pathlib.Path(folder) / "prefix", pathlib.Path(folder) / "elsewhere"
        subprocess.run([cmake, "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        libdir = next(prefix.rglob("gopm.pc")).parent.parent
        variables = {**cargo.environment(library), "PKG_CONFIG_PATH": str(libdir / "pkgconfig"), "LD_LIBRARY_PATH": str(libdir),
                     "CARGO_TARGET_DIR": str(crate / "target")}
        del variables["GOPM_LIB_DIR"]
        (crate / "src").mkdir(parents=True)
        (crate / "Cargo.toml").write_text('[package]\nname = "elsewhere"\nversion = "0.1.0"\nedition = "2021"\n', encoding="utf-8")
        shutil.copy(cargo.CRATES / "gopm/examples/story.rs", crate / "src/main.rs")
        cargo.run(["cargo", "add", "--path", next(prefix.rglob("rust/gopm"))], variables, crate)
        check_story(cargo.run(["cargo", "run", "-q", "--", CORE, EXE], variables, crate))
        # Without the library the build says what to do.
        for name in ("PKG_CONFIG_PATH", "LD_LIBRARY_PATH"):
            variables.pop(name)
        variables["PKG_CONFIG_LIBDIR"] = "/nonexistent"
        shutil.rmtree(crate / "target")
        result = subprocess.run(["cargo", "build"], env=variables, cwd=crate, capture_output=True, text=True, check=False)
        if result.returncode == 0 or "set GOPM_LIB_DIR to the folder of libgopm.so" not in result.stderr:
            sys.exit(f"a build without the library does not say so: {result.stderr}")


if __name__ == "__main__":
    {"test": test, "lint": lint, "readme": readme, "story": story, "serde": serde, "installed": installed}[sys.argv[1]](*sys.argv[2:])
