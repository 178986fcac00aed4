# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of small cores: all answers of the command, Delve and gdb about a core, and the differences
between the answers about two cores."""
import json
import os
import re
import shutil
import subprocess

import common

# A sanitizer makes everything many times slower: with one, only a part of the comparisons runs.
SANITIZED = bool(os.environ.get("GOPM_SANITIZE"))

PLAIN = (
    ("goroutines",), ("goroutines", "--json"), ("threads",), ("threads", "--json"), ("traceback", "--level", "single"),
    ("traceback", "--level", "all"), ("traceback", "--level", "system"), ("traceback", "--level", "crash"),
    ("traceback", "--unique"), ("stack", "--all"), ("stack", "--all", "--json"), ("goroutines", "--group-by", "stack"),
    ("goroutines", "--group-by", "user"), ("goroutines", "--group-by", "object"), ("goroutines", "--group-by", "reason"))
VARIABLES = (("stack", "--all", "--full"), ("stack", "--all", "--full", "--json"))


def ask(arguments, core, exe=None, environment=None):
    """(exit code, output, messages without file names)"""
    files = [str(core)] + ([str(exe)] if exe else [])
    result = subprocess.run([str(common.GOPM), *arguments, *files], capture_output=True, text=True, errors="surrogateescape",
                            timeout=300, env=dict(os.environ, **environment) if environment else None, check=False)
    return result.returncode, result.stdout, result.stderr.replace(str(core), "CORE")


def answers(core, exe=None, variables=True):
    """{arguments of the command: its output}"""
    commands = PLAIN + (VARIABLES if variables else ())
    found = {}
    for arguments in commands:
        code, text, _ = ask(arguments, core, exe)
        found[" ".join(arguments)] = f"exit code {code}\n{text}"
    return found


def without_labels(found):
    """The same answers without labels, which are heap data."""
    text = found["goroutines --json"].split("\n", 1)
    listed = json.loads(text[1])
    for goroutine in listed["result"]:
        goroutine.pop("labels", None)
    # Labels are inside the brackets before Go 1.27, and after them since.
    pattern = re.compile(r" labels:\{.*\}(?=\]:$)|(?<=\]) \{.*\}(?=:$)", re.MULTILINE)
    found = {key: pattern.sub("", value) for key, value in found.items()}
    found["goroutines --json"] = text[0] + json.dumps(listed, indent=1)
    return found


def findings(core, exe=None):
    """The messages of all findings, without file names."""
    code, text, errors = ask(("findings", "--json"), core, exe)
    if code not in (0, 3):
        return {f"exit code {code}: {errors}"}
    return {(f["kind"], f["message"].replace(str(core) + ": ", "")) for f in json.loads(text)["result"]} if text else set()


def first_difference(left, right):
    for number, (a, b) in enumerate(zip(left.splitlines(), right.splitlines()), 1):
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            start = max(at - 60, 0)
            return f"line {number}:\n    {a[start:at + 100]!r}\n  small:\n    {b[start:at + 100]!r}"
    return f"{len(left)} bytes, small {len(right)}"


def differences(subject, before, after):
    """Problems: answers of `before` that `after` does not give."""
    return [f"{subject}: {key}: {first_difference(text, after.get(key, ''))}" for key, text in before.items()
            if after.get(key) != text]


def slim(core, small, *options, exe=None, code=0):
    """Makes the small core. Returns its result, or its messages if it fails."""
    files = [str(core)] + ([str(exe)] if exe else [])
    result = subprocess.run([str(common.GOPM), "slim", "--json", *map(str, options), "-o", str(small), *files],
                            capture_output=True, text=True, timeout=300, check=False)
    if result.returncode != code:
        raise SystemExit(f"gopm slim {core} {options}: exit code {result.returncode}, not {code}: {result.stderr[-2000:]}")
    return json.loads(result.stdout) if code == 0 and str(small) != "-" else result.stderr


def delve_answers(core, exe, some):
    """All goroutines, and the stacks of some with their variables; None if Delve is missing."""
    import delve

    if delve.find() is None:
        return None
    with delve.Delve(exe, core) as session:
        goroutines = session.goroutines()
        chosen = sorted(g["id"] for g in goroutines)
        chosen = chosen[:: max(len(chosen) // some, 1)]
        found = {"goroutines": json.dumps(goroutines, indent=1)}
        for number in chosen:
            found[f"stack -full of goroutine {number}"] = json.dumps(session.stack(number), indent=1)
        return found


def gdb_answers(core, exe):
    """Threads and backtraces; None if gdb is missing."""
    if shutil.which("gdb") is None:
        return None
    script = ["set pagination off", "set debuginfod enabled off", "set auto-load off", "info threads", "thread apply all bt 40"]
    command = ["gdb", "-nx", "-batch"]
    for line in script:
        command += ["-ex", line]
    result = subprocess.run([*command, str(exe), str(core)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            errors="replace", timeout=120, check=False)
    # Lines about libraries and the core's file name are not answers about the process. After the first frame without
    # a name, gdb guesses.
    text = re.sub(r"^(Core was generated|warning: |\[New LWP|Using host|\[Thread debugging|#\d+ +0x[0-9a-f]+ in \?\?).*\n", "",
                  result.stdout, flags=re.MULTILINE)
    return {"info threads, bt": text}
