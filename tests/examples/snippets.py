#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles and runs the parts of programs that the pages show, in C, C++ and Go, against an installed library. Programs in
other languages, and whole ones, have tests in their bindings: a new one in a page fails here until a test runs it."""
import collections
import pathlib
import re
import shlex
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bindings"))
import installed  # pylint: disable=wrong-import-position

SOURCE = installed.SOURCE
PAGES = [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *(SOURCE / "docs").rglob("*.md"), *(SOURCE / "bindings").rglob("*.md")]
# Blocks by page and language, and what runs them.
KNOWN = {
    ("README.md", "c"): 1, ("README.md", "cpp"): 1, ("README.md", "go"): 1,  # this test
    ("README.md", "python"): 1, ("README.md", "rust"): 1,  # python.snippets, rust.readme
    ("docs/how-to/notebook.md", "python"): 1, ("bindings/python/README.md", "python"): 1,  # python.snippets
    ("docs/tutorial.md", "go"): 1,  # a part of the story's program: this test
    ("bindings/cpp/README.md", "cpp"): 2,  # cpp.install, this test
    ("bindings/go/README.md", "go"): 1, ("bindings/rust/README.md", "rust"): 1,  # go.install, rust.readme
}
CPP = "#include <gopm/gopm.hpp>\n#include <iostream>\n\nint main()\n{\n%s}\n"
GO = 'package main\n\nimport (\n\t"context"\n\t"fmt"\n\n\t"gopm"\n)\n\nfunc main() {\n\tctx := context.Background()\n%s\t_ = err\n}\n'


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", (SOURCE / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def check_known():
    found = collections.Counter()
    for page in PAGES:
        for language in re.findall(r"^```(c|cpp|go|python|rust)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            found[str(page.relative_to(SOURCE)), language] += 1
    if found != KNOWN:
        sys.exit(f"no test runs these blocks, or they are gone: {sorted(set(found.items()) ^ set(KNOWN.items()))}")


def built(folder, environment, compiler, name, text, standard):
    """The output of a program."""
    flags = shlex.split(installed.run(["pkg-config", "--cflags", "--libs", "gopm"], env=environment))
    (folder / name).write_text(text, encoding="utf-8")
    installed.run([compiler, f"-std={standard}", "-Wall", "-Werror", "-o", folder / "program", folder / name, *flags])
    return installed.run([folder / "program"], env=environment, cwd=folder)


def run_go(folder, environment):
    environment = {**environment, "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "1"}
    needed = re.search(r"^go (\d+)\.(\d+)", (SOURCE / "bindings/go/go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    version = installed.run(["go", "env", "GOVERSION"], env=environment) if shutil.which("go") else "missing"
    found = re.match(r"go(\d+)\.(\d+)", version)
    if not found or tuple(map(int, found.groups())) < tuple(map(int, needed.groups())):
        print(f"the part in Go is not run: it needs {needed[0]}, and go is {version.strip()}")
        return
    (folder / "main.go").write_text(GO % blocks("README.md", "go")[0], encoding="utf-8")
    # The go command keeps what it compiled by its folder, but not by the flags of pkg-config: this library will be gone.
    shutil.copytree(SOURCE / "bindings/go", folder / "binding")
    (folder / "go.mod").write_text(f"module example.com/user\n\n{needed[0]}\n\nrequire gopm v0.0.0\n\nreplace gopm => ./binding\n",
                                   encoding="utf-8")
    expect(installed.run(["go", "run", "."], env=environment, cwd=folder), "20 chan send <nil>")


def expect(output, *texts):
    for text in texts:
        if text not in output:
            sys.exit(f"{text!r} is not printed:\n{output[:2000]}")


def main():
    check_known()
    (part,) = blocks("docs/tutorial.md", "go")
    expect((SOURCE / "examples/story/metrics.go").read_text(encoding="utf-8"), part)
    with installed.moved_prefix() as (folder, _, environment):
        # A folder without other sources: cgo compiles all that it finds.
        for place in (folder, folder / "go"):
            place.mkdir(exist_ok=True)
            (place / "core").symlink_to(installed.CORE)
            (place / "server").symlink_to(installed.EXE)
        (program,) = blocks("README.md", "c")
        if built(folder, environment, installed.need("cc"), "program.c", program, "c11") != "":
            sys.exit("the program of README.md says that opening fails")
        compiler = installed.cxx()
        (part,) = blocks("README.md", "cpp")
        expect(built(folder, environment, compiler, "part.cpp", CPP % part, "c++17"), "1001 goroutines are stuck")
        part = 'const gopm::core core("core", "server");\nconst auto stack = core.stack(20);\nconst auto frame = stack[3];\n' \
            + blocks("bindings/cpp/README.md", "cpp")[1].replace(r'\"x\"', r'\"queue.longest\"')
        output = built(folder, environment, compiler, "try.cpp", CPP % part, "c++17")
        if output != "20":  # as Delve says
            sys.exit(f"the value is {output!r}, not 20")
        run_go(folder / "go", environment)


if __name__ == "__main__":
    main()
