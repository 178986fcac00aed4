# SPDX-License-Identifier: Apache-2.0
"""gopm why and gopm leaks on cores of tests/programs/hangs, or of the program named, scored by its table truth.json.

usage: hangs.py [PROGRAM] GO-VERSION plain|stripped|cgo|arm64 all | CASE ...
       hangs.py GO-VERSION plain|stripped|cgo|arm64 table     compares the table with the tracebacks; it runs no gopm
       hangs.py GO-VERSION profile      compares the table with the process's own goroutine leak profile; it runs no gopm

With "all" the means must reach what is written below; a named case must be right in everything. "stripped" in the table is
what differs in a stripped program: the names of package variables are gone.
"""
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gopm"), str(TESTS / "matrix")]
import common  # noqa: E402
import scoring  # noqa: E402
import truth as taking  # noqa: E402

PROGRAM = TESTS / "programs" / (sys.argv.pop(1) if sys.argv[1:] and not sys.argv[1][0].isdigit() else "hangs")
TRUTH = json.loads((PROGRAM / "truth.json").read_text(encoding="ascii"))
FLAGS = {"plain": [], "stripped": ["-ldflags=-s -w", "-buildmode=pie"], "cgo": [], "arm64": [], "profile": []}
LEAST = {"verdict": 0.95, "blamed": 0.95, "objects": 0.95, "waiters": 0.95, "cycle": 0.9, "proof": 0.9, "recall": 1.0, "healthy": 1.0}


def digest():
    made = hashlib.sha256()
    for path in sorted([*PROGRAM.rglob("*.go"), PROGRAM / "go.mod"]):
        made.update(path.read_bytes())
    return made.hexdigest()[:12]


def build(version, kind, exe):
    env = dict(os.environ, GOTOOLCHAIN="go" + version, GOFLAGS="-mod=mod", CGO_ENABLED="1" if kind == "cgo" else "0")
    env.pop("GOEXPERIMENT", None)
    if kind == "arm64":
        env["GOARCH"] = "arm64"
    if kind == "profile" and version.startswith("1.26."):
        env["GOEXPERIMENT"] = "goroutineleakprofile"
    command = ["go", "build", "-buildvcs=false", "-trimpath", *FLAGS[kind], "-o", str(exe), "."]
    result = subprocess.run(command, cwd=PROGRAM, env=env, capture_output=True, text=True, timeout=280, check=False)
    if result.returncode:
        common.skip(f"cannot build the program: {result.stderr.strip()[-300:]}")


def built(version, kind):
    """A folder with the executable, made once and shared."""
    folder = common.CACHE / f"{PROGRAM.name}-{version}-{kind}-{digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            build(version, kind, folder / "server")
            (folder / "done").touch()
    return folder


def names(kind):
    """The cases of a build."""
    found = [name for name in TRUTH if name != "cgocall" or kind == "cgo"]
    if kind == "cgo":
        return [name for name in found if name in ("cgocall", "roots", "unrooted", "syscall")]
    # The emulator's core of a program that dies has no traceback of the others.
    return [name for name in found if kind != "arm64" or name not in ("crash", "busy")]


def crash(exe, name, folder):
    """The kernel writes the core of a program that dies."""
    text, core = common.die(exe, name, folder)
    core.rename(folder / "core")
    (folder / "traceback.txt").write_text(text, encoding="utf-8")


def made(home, name, kind):
    """The folder of a case with its core and traceback, made once and shared."""
    folder = home / name
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "done").exists():
            return folder
        exe = home / "server"
        if TRUTH[name].get("dies"):
            crash(exe, name, folder)
        else:
            how = taking.way("arm64" if kind == "arm64" else "")
            # The environment of a case is its own: nothing of this machine is in the core.
            taking.of_ready(folder, [*how.command(exe), name], settle=TRUTH[name].get("settle", 0.2), how=how, level=TRUTH[name].get("level", "all"),
                            env={"GOMAXPROCS": "4"} if name == "roots" else None)
        (folder / "done").touch()
    return folder


def known(home, name, kind):
    """(folder, goroutines, what the table says that they contradict)"""
    folder = made(home, name, kind)
    found = scoring.goroutines((folder / "traceback.txt").read_text(encoding="utf-8", errors="replace"))
    return folder, found, scoring.contradictions(name, TRUTH[name], found)


def examine(home, name, kind):
    folder, found, wrong = known(home, name, kind)
    if wrong:
        common.finish(wrong)
    findings, leaks = scoring.answers(common.GOPM, folder / "core", home / "server")
    expected = {**TRUTH[name], **(TRUTH[name].get("stripped", {}) if kind == "stripped" else {})}
    result = scoring.score(name, expected, found, findings, leaks)
    if "holder" in TRUTH[name]:
        result.measures["holder"] = float(holder_is_named(folder / "core", home / "server", findings, TRUTH[name], found))
    if TRUTH[name].get("scheduler"):
        result.measures["scheduler"] = float(scheduler_is_right(folder, home / "server", TRUTH[name], found))
    return result


def scheduler_is_right(folder, exe, truth, found):
    """True if `gopm object` knows the ms of the traceback with their goroutines, and the queues of Ps have goroutines that can run."""
    running = re.findall(r"^goroutine (\d+) gp=\S+ m=(\d+) mp=(\S+) \[running\]", (folder / "traceback.txt").read_text(encoding="utf-8"), re.MULTILINE)
    for goroutine, number, address in running:
        item = scoring.ask((common.GOPM, "object"), folder / "core", exe, address)
        if (item["kind"], item["id"], item["runs"]) != ("m", int(number), int(goroutine)):
            print(f"m {number} with goroutine {goroutine}: {item}")
            return False
    queues = [item for item in scoring.ask((common.GOPM, "object"), folder / "core", exe) if item["kind"] == "p"]
    hungry = scoring.ids_of(found, truth.get("queued", []))
    for item in queues:
        waiters = scoring.ask((common.GOPM, "object"), folder / "core", exe, hex(item["address"]))["waiters"]
        if len(waiters) != item["length"] or not {waiter["goroutine"] for waiter in waiters} <= hungry:
            print(f"p: {item}")
            return False
    return bool(running) if not hungry else bool(queues)


def holder_is_named(core, exe, findings, truth, found):
    """True if `gopm object` and `gopm goroutines --waits` name the goroutine that holds the lock of the first finding."""
    holders = scoring.ids_of(found, [truth["holder"]])
    lock = next(item for item in findings[0]["objects"] if item["kind"] in ("mutex", "rwmutex", "once"))
    named = scoring.ask((common.GOPM, "object"), core, exe, hex(lock["address"]))["holders"]
    waits = common.gopm("goroutines", "--waits", core, exe)
    return {entry["goroutine"] for entry in named} == holders and all(f"held by goroutine {number} (" in waits for number in holders)


def live(home, version):
    """What the runtime itself calls leaked, against the table."""
    problems = []
    for name, truth in TRUTH.items():
        if name in ("crash", "cgocall", "initstuck"):
            continue
        result = subprocess.run([home / "server", name], env={"PROFILE": "1"}, capture_output=True, text=True, timeout=60, check=False)
        if result.returncode == 3:
            common.skip(f"Go {version} has no goroutine leak profile")
        found = scoring.goroutines(result.stdout)
        leaked = {number for number, (state, _) in found.items() if "(leaked)" in state}
        want = scoring.ids_of(found, truth.get("leaked", [])) - scoring.ids_of(found, truth.get("not_leaked", []))
        if (leaked != want) != truth.get("profile_wrong", False):
            problems.append(f"{name}: the profile has {sorted(leaked)}, the table {sorted(want)}:\n{result.stdout}")
        print(f"{name}: {len(leaked)} leaked")
    common.finish(problems)


def main():
    version, kind, *chosen = sys.argv[1:]
    common.need("go")
    if kind not in ("profile", "arm64"):
        common.need("gdb")
    if kind == "arm64":
        common.need("qemu-aarch64")
    if kind == "cgo" and not shutil.which("gcc"):
        common.skip("gcc is not installed")
    home = built(version, kind)
    if kind == "profile":
        live(home, version)
    if chosen == ["table"]:
        common.finish([line for name in names(kind) for line in known(home, name, kind)[2]])
    if not re.search(r"^ +why ", subprocess.run([common.GOPM, "--help"], capture_output=True, text=True, check=False).stdout, re.MULTILINE):
        common.skip("gopm has no command why")
    every = chosen == ["all"]
    scores = [examine(home, name, kind) for name in (names(kind) if every else chosen)]
    problems = []
    for result in scores:
        print(result.name, " ".join(f"{key}={value:g}" for key, value in result.measures.items()), f"likely={result.likely}")
        problems += result.problems()
    print("\n".join(scoring.summary(scores)))
    if every:
        lacking = [f"{measure} is {scoring.mean(scores, measure):.3f}, not {least}" for measure, least in LEAST.items()
                   if scoring.mean(scores, measure) < least]
        if not lacking and not any(result.false_certain for result in scores):
            print("\n".join(problems))
            problems = []
    common.finish(problems)


if __name__ == "__main__":
    main()
