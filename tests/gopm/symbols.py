#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gopm functions, types and sources, compared with the symbol table and with Delve; a stripped twin lists the same.

    symbols.py states126
"""
import json
import os
import subprocess
import sys
import tempfile

import common

problems = []


def lines(command, core, exe, *more):
    return common.gopm(command, "-q", *more, core, exe).splitlines()


def delve(core, command):
    """The lines that a command of Delve prints."""
    output = subprocess.run(["dlv", "core", core.exe, core.core, "--allow-non-terminal-interactive=true"], input=f"{command}\n",
                            capture_output=True, text=True, check=True).stdout
    text = output.split("Type 'help' for list of commands.\n", 1)[1]
    return {line for line in text.removeprefix("(dlv) ").splitlines() if line and not line.startswith("(dlv)") and line != "exit"}


def linked(exe):
    """Functions of the symbol table: {address: names}."""
    found = {}
    for line in subprocess.run(["go", "tool", "nm", exe], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split(maxsplit=2)
        if len(words) == 3 and words[1] in "Tt":
            found.setdefault(int(words[0], 16), set()).add(words[2].removesuffix(".abi0"))
    return found


def compare_functions(core):
    functions = json.loads(common.gopm("functions", "-q", "--json", core.core, core.exe))["result"]
    symbols = linked(core.exe)
    for f in functions:
        if f["name"].replace("·", ".") not in symbols.get(f["entry"], ()):
            problems.append(f"{f['name']} at {f['entry']:#x}: the linker has {symbols.get(f['entry'])}")
    # The bounds of the text are no functions.
    missing = {a: names - {"runtime.text", "runtime.etext"} for a, names in symbols.items() if a not in {f["entry"] for f in functions}}
    problems.extend(f"no function at {a:#x}: {names}" for a, names in missing.items() if names)
    known = {f["name"]: f for f in functions}
    asked = ["main.main", "runtime.gopark", "sync.(*Mutex).Lock"]
    for name in asked:
        f = known[name]
        said = subprocess.run(["go", "tool", "addr2line", core.exe], input=f"{f['entry']:#x}\n", capture_output=True, text=True,
                              check=True).stdout.splitlines()
        # addr2line has the line of the first instruction, which may be below that of the func.
        file, line = said[1].rsplit(":", 1)
        if f["file"] != file or not 0 <= int(line) - f["line"] <= 5:
            problems.append(f"{name}: {f['file']}:{f['line']}, addr2line {said}")


def compare_lists(core):
    types, files = set(lines("types", core.core, core.exe)), set(lines("sources", core.core, core.exe))
    problems.extend(f"no type {name}" for name in sorted(delve(core, "types") - types - {"<unspecified>"}))
    # Delve has files without code too.
    problems.extend(f"Delve has no file {name}" for name in sorted(files - delve(core, "sources")))
    if not files or not any(name.endswith("/main.go") for name in files):
        problems.append(f"files: {sorted(files)[:5]}")


def compare_twin(core):
    with tempfile.TemporaryDirectory() as folder:
        twin = os.path.join(folder, "server")
        subprocess.run(["strip", "-s", "-o", twin, core.exe], check=True)
        for command in ("functions", "sources"):
            if lines(command, core.core, core.exe) != lines(command, core.core, twin):
                problems.append(f"{command}: the stripped twin has others")
        described = [row["name"] for row in json.loads(common.gopm("types", "-q", "--json", core.core, core.exe))["result"]
                     if row["descriptor"] != 0]
        if described != lines("types", core.core, twin):
            problems.append("types: the stripped twin has other descriptors")


def command_line(core):
    if lines("functions", core.core, core.exe, "main.main") != [
            line for line in lines("functions", core.core, core.exe) if line.split()[1] == "main.main"]:
        problems.append("functions main.main")
    for command, what in (("functions", "function"), ("types", "type"), ("sources", "source file")):
        process = subprocess.run([common.GOPM, command, "-q", "no such", core.core, core.exe], capture_output=True, text=True,
                                 check=False)
        if process.returncode != 3 or f"no {what} matches no such" not in process.stderr or process.stdout:
            problems.append(f"{command} 'no such': {process}")


def main():
    common.need("go")
    common.need("strip")
    common.need_delve()
    core = common.core(sys.argv[1])
    compare_functions(core)
    compare_lists(core)
    compare_twin(core)
    command_line(core)
    common.finish(problems)


if __name__ == "__main__":
    main()
