# SPDX-License-Identifier: Apache-2.0
"""gopm why and gopm leaks on random tangles of locks and channels, compared with what follows from the program's own lines.

usage: tangle.py GO-VERSION plain|stripped FIRST-SEED COUNT

tests/programs/tangle says what each goroutine holds, wants and knows. From that:

    runtime   who is leaked by reachability alone: must be the runtime's own goroutine leak profile
    proved    who is leaked by reachability and ownership: gopm must find nearly all
    stuck     who cannot be woken in any way: gopm must not call another one certain

With GOPM_TANGLE=model only the model is compared, with the profile. The core is older than the profile of the same process, because a profile marks what it finds.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gopm"), str(TESTS / "matrix")]
import common  # noqa: E402
import goker  # noqa: E402
import scoring  # noqa: E402
import truth  # noqa: E402

LEAST = 0.9  # of those that are proved to be stuck
MODEL_ONLY = os.environ.get("GOPM_TANGLE") == "model"
PROGRAM = TESTS / "programs/tangle"
FLAGS = {"plain": [], "stripped": ["-ldflags=-s -w", "-buildmode=pie"]}


class Tangle:
    """The goroutines of a seed, and who of them can run again."""

    def __init__(self, text):
        rows = [line.split(" ", 1) for line in text.splitlines() if line.startswith(("actor ", "anchored "))]
        self.actors = {row["id"]: row for row in (json.loads(rest) for word, rest in rows if word == "actor")}
        self.anchored = set(next(json.loads(rest) or [] for word, rest in rows if word == "anchored"))
        self.holders = {}  # (thing, "mutex" | "write" | "read"): ids
        for number, actor in self.actors.items():
            actor["holds"], actor["knows"] = actor["holds"] or [], actor["knows"] or []
            for item in actor["holds"]:
                self.holders.setdefault((item["thing"], item["style"]), []).append(number)
                if item["style"] == "handed":  # the timer refers to it
                    self.anchored.add(item["thing"])

    def refers(self, number):
        actor = self.actors[number]
        return {item["thing"] for item in actor["holds"]} | set(actor["wants"]) | set(actor["knows"])

    def released(self, number, live, enough):
        """True if who has the lock can release it. `enough`: any or all, of several readers."""
        actor = self.actors[number]
        thing = actor["wants"][0]
        if actor["waits"] == "mutex":
            return (thing, "handed") in self.holders or any(owner in live for owner in self.holders[thing, "mutex"])
        if (thing, "write") in self.holders:
            return self.holders[thing, "write"][0] in live
        if actor["waits"] == "read":  # after a writer that waits
            return any(other["waits"] == "write" and other["wants"] == [thing] and key in live for key, other in self.actors.items())
        return enough(owner in live for owner in self.holders[thing, "read"])

    def live(self, enough):
        """Ids of the goroutines that can run. `enough` is None: locks have no owners."""
        live = {number for number, actor in self.actors.items() if actor["waits"] == "sleep"}
        while True:
            reached = self.anchored.union(*(self.refers(number) for number in live))
            more = {number for number, actor in self.actors.items()
                    if number not in live and reached & set(actor["wants"])
                    and (enough is None or actor["waits"] not in ("mutex", "write", "read") or self.released(number, live, enough))}
            if not more:
                return live
            live |= more

    def dead(self, enough):
        return set(self.actors) - self.live(enough)


def build(version, kind, exe):
    env = goker.environment(version)
    command = ["go", "build", "-buildvcs=false", "-trimpath", *FLAGS[kind], "-o", str(exe), "."]
    result = subprocess.run(command, cwd=PROGRAM, env=env, capture_output=True, text=True, timeout=280, check=False)
    if result.returncode:
        common.skip(f"cannot build the program: {result.stderr.strip()[-300:]}")


def run(exe, seed, folder):
    """Takes the core and returns the output, with the profile at its end."""
    with open(folder / "out.txt", "w+", encoding="utf-8") as out:
        process = subprocess.Popen([exe, str(seed)], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, env={},
                                   preexec_fn=truth.make_cores.allow_gdb)
        try:
            goker.until_ready(process, folder / "out.txt")
            goker.take(process, folder / "core")
            process.communicate(b"x", timeout=60)
        finally:
            process.kill()
            process.wait()
    return (folder / "out.txt").read_text(encoding="utf-8")


def examine(exe, seed, folder):
    """(problems, counts)"""
    text = run(exe, seed, folder)
    tangle = Tangle(text)
    _, live = goker.leaked(text)
    expected, proved, stuck = tangle.dead(None), tangle.dead(any), tangle.dead(all)
    if expected != live:
        return [f"seed {seed}: the profile has {sorted(live)}, the model {sorted(expected)}"], {}
    if MODEL_ONLY:
        return [], {"leaked": len(live), "proved": len(proved), "stuck": len(stuck)}
    findings, leaks = scoring.answers(common.GOPM, folder / "core", exe)
    certain = set(leaks["leaked"])
    for finding in findings:
        if finding["certainty"] == "certain":
            certain |= scoring.certain_ids(finding)
    problems = [f"seed {seed}: FALSE CERTAIN: goroutine {number}: {tangle.actors.get(number)}" for number in sorted(certain - stuck)]
    for number in sorted(proved - certain):
        print(f"seed {seed}: goroutine {number} is not certain: {tangle.actors[number]}")
    return problems, {"leaked": len(live), "proved": len(proved), "stuck": len(stuck), "found": len(certain & proved)}


def main():
    version, kind, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    common.need("go")
    common.need("gdb")
    if not MODEL_ONLY and " why " not in common.gopm("--help"):
        common.skip("gopm has no command why")
    problems, total = [], {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        exe = folder / "server"
        build(version, kind, exe)
        for seed in range(first, first + count):
            found, counts = examine(exe, seed, folder)
            (folder / "core").unlink()
            problems += found
            for key, value in counts.items():
                total[key] = total.get(key, 0) + value
    print(f"{count} seeds: {total}")
    if total.get("found", 0) < LEAST * total["proved"] and not MODEL_ONLY:
        problems.append(f"{total['found']} of {total['proved']} found")
    common.finish(problems)


if __name__ == "__main__":
    main()
