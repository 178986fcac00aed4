#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The callers of a thread at each instruction of the runtime's functions that change sp or g, and of those that signals and
clones use. gdb stops the program there (steps_gdb.py). The callers must be those of gdb at the function's entry, or be
said to be unknown.

    steps.py GO-VERSION quick|all|cgo

Environment: STEPS_ONLY, names of the functions to step through; STEPS_SHOW, prints each sample; STEPS_KEEP with STEPS_DIR,
keeps the cores in that folder.
"""
import collections
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402

PROGRAM = common.SOURCE / "tests/programs/steps"
QUICK = tuple(os.environ.get("STEPS_ONLY", "time.now runtime.mcall runtime.systemstack runtime.morestack gogo runtime.sigtramp").split())
# These do not change sp or g, but are called in odd ways.
ALSO = re.compile(r"^runtime\.(sigreturn.*|sigtramp|clone|asyncPreempt|gcWriteBarrier[18]|exitThread|futex"
                  r"|gosave_systemstack_switch|sigpanic0|usleep|mstart|goexit|morestack_noctxt|rt_sigaction|cgoSigtramp)(\.abi0)?$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
# Writes of sp that unwind tables describe.
PLAIN = re.compile(r"^(sub|add)\s+\$|^push|^pop|^call|^ret|^lea\s+-?0x[0-9a-f]+\(%rsp\),%rsp")
WRITES = re.compile(r",%rsp$|,%fs:0xfffffffffffffff8$")


def find_functions(exe):
    """[name, entry, offsets of the instructions] of functions whose code changes sp or the slot of g."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", exe], capture_output=True, text=True, check=True).stdout
    found, name, entry, offsets, chosen = [], None, 0, [], False
    for line in text.split("\n") + ["0 <end>:"]:
        head = re.match(r"^([0-9a-f]+) <(.*)>:$", line)
        if head is None:
            step = INSTRUCTION.match(line)
            if step is not None and name is not None:
                offsets.append(int(step[1], 16) - entry)
                text = f"{step[2]} {step[3].split('#')[0].strip()}"
                if WRITES.search(text) and not PLAIN.match(text) and "cmp" not in text and "test" not in text:
                    chosen = True
                if step[2] == "int3" and len(offsets) > 1:
                    offsets.pop()
            continue
        if name is not None and (chosen or ALSO.match(name)) and re.match(r"^(runtime|time|internal|gogo|crosscall2|crypto)", name):
            found.append([name, entry, offsets])
        entry, name, offsets, chosen = int(head[1], 16), head[2], [], False
    return found


def judge(about, answer):
    """right, unknown, or what is wrong."""
    pcs = [f["pc"] for f in answer["Locations"] if not f["inlined"]]
    if not pcs or pcs[0] != about["pc"]:
        return f"the innermost frame is {pcs[:1]}"
    ours, theirs = pcs[1:], about["callers"]
    names = [f["function"]["name"] for f in answer["Locations"] if not f["inlined"]]
    # On the goroutine's stack, cgocallback returns to where the goroutine called C, not to its caller.
    if names[0] == "runtime.cgocallback" and names[1:2] in (["runtime.systemstack_switch"], ["runtime.goexit"]):
        return "right" if answer["end"] == "complete" else f"the stack is called {answer['end']}"
    common_length = min(len(ours), len(theirs))
    if ours[:common_length] != theirs[:common_length]:
        return "other callers"
    if len(ours) < len(theirs):
        return "unknown" if answer["end"] == "not go" else f"callers are missing, and the stack is called {answer['end']}"
    return "right" if about["open"] or len(ours) == len(theirs) else "more callers than gdb's"


class Samples:
    """What gdb writes, as it comes."""

    def __init__(self, folder, gdb):
        self.folder, self.gdb = folder, gdb

    def __iter__(self):
        number = 0
        while True:
            number += 1
            path = self.folder / f"{number:05}.json"
            while not path.exists():
                if self.gdb.poll() is not None and not path.exists():
                    return
                time.sleep(0.005)
            core = path.with_suffix(".core")
            yield json.loads(path.read_text(encoding="ascii")), core
            if not os.environ.get("STEPS_KEEP"):
                core.unlink()
            path.unlink()


def check(exe, samples):
    """Yields (function, offset, verdict, answer)."""
    for about, core in samples:
        result = subprocess.run([common.GOPM, "stack", "--json", "--quiet", "--thread", str(about["thread"]), core, exe],
                                capture_output=True, text=True)
        if result.returncode:
            yield about, "no answer: " + result.stderr.strip()[-200:], None
            continue
        answer = json.loads(result.stdout)["result"]
        yield about, judge(about, answer), answer


def names(answer):
    return " ".join(f["function"]["name"] for f in answer["Locations"]) if answer else ""


def main():
    version, kind = sys.argv[1:]
    for tool in ("go", "gdb", "objdump"):
        common.need(tool)
    if platform.machine() != "x86_64":
        common.skip("the list of functions is read from amd64 code")
    problems, verdicts, worst = [], collections.Counter(), collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory(dir=os.environ.get("STEPS_DIR")) as folder:
        folder = pathlib.Path(folder)
        exe = folder / "exe"
        environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1" if kind == "cgo" else "0", GOFLAGS="-mod=mod")
        built = subprocess.run(["go", "build", "-buildvcs=false", "-o", exe, "."], cwd=PROGRAM, env=environment,
                               capture_output=True, text=True)
        if built.returncode:
            common.skip(f"cannot build: {built.stderr.strip()[-300:]}")
        functions = find_functions(exe)
        if kind == "quick" or "STEPS_ONLY" in os.environ:
            functions = [f for f in functions if re.sub(r"\.abi0$", "", f[0]) in QUICK]
        (folder / "functions").write_text(json.dumps(functions), encoding="ascii")
        environment = dict(os.environ, STEPS_FUNCTIONS=str(folder / "functions"), STEPS_SAMPLES=str(folder),
                           STEPS_WAIT="5" if kind == "quick" else "10", GODEBUG="")
        log = open(folder / "log", "w", encoding="utf-8")
        gdb = subprocess.Popen(["gdb", "-nx", "-batch", "-x", pathlib.Path(__file__).with_name("steps_gdb.py"), exe],
                               stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        try:
            for about, verdict, answer in check(exe, Samples(folder, gdb)):
                verdicts["right" if verdict == "right" else "unknown" if verdict == "unknown" else "wrong"] += 1
                worst[about["function"]][verdict] += 1
                if verdict not in ("right", "unknown"):
                    callers = " ".join(hex(pc) for pc in about["callers"])
                    problems.append(f"{about['function']}+{about['offset']}: {verdict}\n  gopm: {names(answer)}\n  gdb's callers: {callers}")
                if os.environ.get("STEPS_SHOW"):
                    print(f"{about['function']}+{about['offset']}: {verdict}: {names(answer)}", flush=True)
        finally:
            gdb.kill()
            gdb.wait()
        end = folder / "end"
        if not end.exists():
            problems.append("gdb did not reach its end: " + (folder / "log").read_text(encoding="utf-8")[-1000:])
        else:
            missed = json.loads(end.read_text(encoding="ascii"))
            print("not reached:", ", ".join(f"{n} of {name}" for name, n in missed.items() if n))
    for name, count in sorted(worst.items()):
        print(f"{name}: {dict(count)}")
    print(f"{len(worst)} functions, {sum(verdicts.values())} instructions: {dict(verdicts)}")
    if verdicts["right"] < (100 if kind == "quick" else 300):
        problems.append("too few instructions were seen")
    common.finish(problems)


main()
