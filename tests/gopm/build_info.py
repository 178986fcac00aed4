#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`gopm info` names the build as `go version -m` does: module, dependencies, revision, flags with quotes. Of a live
process, of a small core of it without the executable, and of a stripped one.

    build_info.py GO_VERSION
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import common

FILES = {
    "go.mod": "module example.com/app\n\ngo 1.21\n\nrequire example.com/dep v1.2.3\n\nreplace example.com/dep => ./dep\n",
    "cmd/sleeper/main.go": 'package main\n\nimport (\n\t"time"\n\n\t"example.com/dep"\n)\n\nvar text = "x"\n\n'
                           "func main() {\n\tprintln(dep.Value, text)\n\ttime.Sleep(time.Hour)\n}\n",
    "dep/go.mod": "module example.com/dep\n\ngo 1.21\n",
    "dep/dep.go": "package dep\n\nconst Value = 1\n",
}
problems = []


def run(*command, **more):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, **more)
    if result.returncode:
        common.skip(f"{' '.join(map(str, command))}: {result.stderr.strip()[-300:]}")
    return result.stdout


def compare(what, ours, wanted):
    if ours != wanted:
        problems.append(f"{what}: {ours}, but go version -m has {wanted}")


def of_process(exe, folder, environment):
    """Both answers on a running program."""
    wanted = json.loads(run("go", "version", "-m", "-json", exe, env=environment))
    if isinstance(wanted, list):
        wanted = wanted[0]
    process = subprocess.Popen([exe], stderr=subprocess.PIPE)
    try:
        process.stderr.readline()  # it prints before it sleeps
        text = run(common.GOPM, "info", "--pid", process.pid)
        info = json.loads(run(common.GOPM, "info", "--json", "--pid", process.pid))["result"]
        small = folder / "small"
        run(common.GOPM, "snapshot", "--force", "--self-contained", "-o", small, process.pid)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    compare("live", info["buildInfo"], wanted)
    settings = {s["Key"]: s.get("Value", "") for s in wanted["Settings"]}
    modified = ", modified" if settings["vcs.modified"] == "true" else ""
    for line in (f"module:      {wanted['Main']['Path']} {wanted['Main']['Version']}", f"package:     {wanted['Path']}",
                 f"revision:    git {settings['vcs.revision']} of {settings['vcs.time']}{modified}",
                 f"next:        gopm goroutines --group-by user --pid {process.pid}"):
        if line + "\n" not in text:
            problems.append(f"info: {line!r} is not in {text!r}")
    alone = json.loads(run(common.GOPM, "info", "--json", "--no-search", small))["result"]
    compare("small core", alone["buildInfo"], wanted)
    return wanted


version = sys.argv[1]
common.need("go")
common.need("git")
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="ascii")
    environment = dict(os.environ, GOTOOLCHAIN=f"go{version}", GOFLAGS="-mod=mod -buildvcs=true", GOWORK="off", HOME=name,
                       GOPATH=run("go", "env", "GOPATH").strip(), GOCACHE=run("go", "env", "GOCACHE").strip(),
                       GIT_CONFIG_NOSYSTEM="1")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    run("git", "init", "-q", cwd=folder, env=environment)
    run("git", "add", ".", cwd=folder, env=environment)
    run("git", *identity, "commit", "-qm", "first", cwd=folder, env=environment)
    out = folder.parent / (folder.name + "-out")
    out.mkdir()
    try:
        build = ["go", "build", "-o", out / "exe"]
        run(*build, "-ldflags=-X 'main.text=a \"b\" é'", "./cmd/sleeper", cwd=folder, env=environment)
        first = of_process(out / "exe", out, environment)
        compare("dependency", [d["Path"] for d in first["Deps"]], ["example.com/dep"])
        (folder / "dep/dep.go").write_text("package dep\n\nconst Value = 2\n", encoding="ascii")
        run(*build, "-ldflags=-s -w", "./cmd/sleeper", cwd=folder, env=environment)
        second = of_process(out / "exe", out, environment)
        compare("modified", {"Key": "vcs.modified", "Value": "true"} in second["Settings"], True)
    finally:
        for path in out.iterdir():
            path.unlink()
        out.rmdir()
common.finish(problems)
