#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the Go binding: run.py test|race|vet LIBRARY, with the library of this build; run.py install, with an installed tree that
was moved."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
import installed  # pylint: disable=wrong-import-position

MODULE = HERE.parent
# The go line of go.mod.
NEEDED = tuple(map(int, re.search(r"^go (\d+)\.(\d+)", (MODULE / "go.mod").read_text(encoding="utf-8"), re.MULTILINE).groups()))
LOCAL = {"GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "1"}


def find_go():
    go = installed.need("go")
    text = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, env={**os.environ, "GOTOOLCHAIN": "local"}).stdout
    found = re.match(r"go(\d+)\.(\d+)", text)
    if not found or tuple(map(int, found.groups())) < NEEDED:
        installed.skip(f"go is {text.strip() or 'unknown'}, and the binding needs go{NEEDED[0]}.{NEEDED[1]}")
    return go


def with_build(mode, go, library):
    """Uses the headers of the source and the library of the build."""
    with tempfile.TemporaryDirectory() as folder:
        text = (installed.BUILD / "gopm.pc").read_text(encoding="utf-8")
        text = re.sub(r"^libdir=.*", f"libdir={library.parent}", text, flags=re.MULTILINE)
        text = re.sub(r"^includedir=.*", f"includedir={installed.SOURCE}/include", text, flags=re.MULTILINE)
        pathlib.Path(folder, "gopm.pc").write_text(text, encoding="utf-8")
        environment = {**os.environ, **LOCAL, "PKG_CONFIG_PATH": folder, "LD_LIBRARY_PATH": str(library.parent)}
        if mode == "vet":
            installed.run([go, "vet", "./..."], cwd=MODULE, env=environment)
            output = installed.run([shutil.which("gofmt") or pathlib.Path(go).with_name("gofmt"), "-l", "."], cwd=MODULE)
            sys.exit(f"not formatted by gofmt:\n{output}" if output else 0)
        flags = ["-race"] if mode == "race" else []
        # The go command keeps what it compiled by these flags, but not by those of pkg-config.
        environment["CGO_LDFLAGS"] = f"-L{library.parent}"
        if os.environ.get("GOPM_SANITIZE"):
            flags = ["-asan"]
            environment["CGO_LDFLAGS"] += " -fsanitize=undefined"
            # The go command knows by its name whether a compiler has this.
            if pathlib.Path(environment.get("CC", "cc")).name == "cc":
                environment["CC"] = installed.need("gcc")
        output = installed.run([go, "test", "-count=1", "-v", *flags, "."], cwd=MODULE, env=environment)
        tests = re.findall(r"^--- PASS: (\w+)", output, re.MULTILINE)
        examples = [name for name in tests if name.startswith("Example")]
        if len(tests) < 10 or len(examples) < 3:
            sys.exit(f"too few tests ran:\n{output}")
        print(f"{len(tests)} tests passed, {len(examples)} of them examples")


def install(go):
    """A module in another place gets the binding by replace, and the library by pkg-config."""
    with installed.moved_prefix() as (folder, _, environment):
        environment.update(LOCAL)
        story = MODULE / "examples/story/main.go"
        user, binding = folder / "user", folder / "binding"
        user.mkdir()
        shutil.copytree(MODULE, binding)
        shutil.copy(story, user)
        installed.run([go, "mod", "init", "example.com/user"], cwd=user, env=environment)
        installed.run([go, "mod", "edit", "-replace", "gopm=../binding"], cwd=user, env=environment)
        installed.run([go, "get", "gopm"], cwd=user, env=environment)
        installed.run([go, "build", "-o", "story", "."], cwd=user, env=environment)
        installed.check_story([user / "story"], story, env=environment)
        # The program that README.md shows.
        readme = (MODULE / "README.md").read_text(encoding="utf-8")
        (user / "main.go").write_text(re.search(r"^```go\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)[1], encoding="utf-8")
        (user / "core").symlink_to(installed.CORE)
        (user / "server").symlink_to(installed.EXE)
        output = installed.run([go, "run", "."], cwd=user, env=environment).splitlines()
        if output[0] != "20 chan send main.(*Metrics).SetM" or not output[1].startswith("1. deadlock, likely"):
            sys.exit(f"the program of README.md prints {output[:3]}")


def main():
    mode = sys.argv[1]
    go = find_go()
    if mode == "install":
        install(go)
    else:
        with_build(mode, go, pathlib.Path(sys.argv[2]))


if __name__ == "__main__":
    main()
