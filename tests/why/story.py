# SPDX-License-Identifier: Apache-2.0
"""gopm why on the story, built in each way: the first finding names the consumer, the channel and its 1000 senders.

usage: story.py 126|127 MODE ...        modes of tests/matrix/modes.py, or "all"
       story.py 126|127 alone MODE ...  nothing but the goroutines that hang knows the channel: that is certain
       story.py 126|127 arm64 MODE ...  under the emulator, with 100 senders

Which goroutines these are, the runtime's own traceback says.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "gopm"), str(TESTS / "matrix")]
import common  # noqa: E402
import modes  # noqa: E402
import programs  # noqa: E402
import scoring  # noqa: E402
import truth  # noqa: E402

STORY = TESTS.parent / "examples/story"
ALONE = TESTS / "programs/storyalone"


def sources(folder, alone):
    """The program in a folder of its own."""
    for path in [STORY / "metrics.go", (ALONE if alone else STORY) / "main.go", STORY / "go.mod"]:
        shutil.copy2(path, folder)
    return folder


def run(folder, exe, arch, alone):
    """Runs the program until it hangs, and takes its core."""
    how = truth.way(arch)
    connections = []
    with open(folder / "traceback.txt", "w", encoding="utf-8") as errors:
        process = subprocess.Popen(how.command(exe), cwd=folder, env={"PATH": "/usr/bin:/bin", **how.environment("all")}, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True)
        try:
            line = process.stdout.readline().strip()
            if not alone:
                connections = truth.make_cores.hang(line, 100 if arch else 1000, 3)
            truth.take(how, process, folder)
        finally:
            for connection in connections:
                connection.close()
            truth.end(process)


def check(findings, leaks, found, alone):
    consumers = scoring.ids_of(found, ["main.(*Metrics).startInChannelConsumer"])
    senders = scoring.ids_of(found, ["main.(*Metrics).CountS"])
    if len(consumers) != 1 or len(senders) < 90:
        return [f"the traceback has {len(consumers)} consumers and {len(senders)} senders"]
    first = findings[0] if findings else {}
    channel = next((item for item in first.get("objects", []) if item["kind"] == "chan"), {})
    certainty = "certain" if alone else "likely"
    checks = {
        "certainty": first.get("certainty") == certainty,
        "blamed": set(first.get("blamed", [])) == consumers,
        "waiters": {waiter["id"] for waiter in first.get("waiters", [])} == senders | consumers,
        "type": "main.Metric" in (channel.get("type") or ""),
        "others": all(finding["certainty"] == "possible" for finding in findings[1:]),
        "leaks": set(leaks["leaked"]) == (senders | consumers if alone else set()),
    }
    return [f"{name}: {json.dumps({key: value for key, value in first.items() if key != 'waiters'})[:600]}" for name, good in checks.items() if not good]


def examine(mode, toolchain, arch, alone):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            modes.build(mode, toolchain, folder / "server", arch, program=sources(folder, alone))
            run(folder, folder / "server", arch, alone)
        except programs.Unavailable as reason:
            common.skip(str(reason))
        except truth.Failed as reason:
            return [f"{mode.name}: {reason}"]
        found = scoring.goroutines(truth.printed(folder))
        findings, leaks = scoring.answers(common.GOPM, folder / "core", folder / "server")
        problems = check(findings, leaks, found, alone)
        print(f"{'arm64 ' if arch else ''}{toolchain} {mode.name}: {findings[0]['certainty'] if findings else 'nothing'}, "
              f"{len(problems)} problems", flush=True)
        return [f"{mode.name}: {problem}" for problem in problems]


def main():
    toolchain, *words = sys.argv[1:]
    arch = "arm64" if words[0] == "arm64" else ""
    alone = words[0] == "alone"
    chosen = words[1:] if arch or alone else words
    common.need("go")
    common.need("qemu-aarch64" if arch else "gdb")
    problems = []
    for mode in modes.MODES:
        # What the traceback prints does not change the program.
        built = toolchain in mode.only and not mode.godebug and mode.level != "all" and (not arch or mode.arm64)
        if built and (mode.name in chosen or chosen == ["all"]):
            problems += examine(mode, toolchain, arch, alone)
    common.finish(problems)


if __name__ == "__main__":
    main()
