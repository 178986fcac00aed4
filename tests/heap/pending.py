# SPDX-License-Identifier: Apache-2.0
"""gopm heap on tests/programs/pending: what the program has started and not ended, compared with what it knows.

usage: pending.py TOOLCHAIN
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gopm"))
import common  # noqa: E402


def heap(core, *options):
    return json.loads(common.gopm("heap", "--json", *options, core.core, core.exe))["result"]


def facts(core, what):
    lines = core.traceback.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [json.loads(line.removeprefix("fact ")) for line in lines if line.startswith("fact ")]
    return [row for row in rows if row["what"] == what]


def checks(core):
    """Timers, tickers and deadlines: those that run."""
    expected = {row["check"]: row["objects"] for row in facts(core, "check")}
    found = {row["what"]: row["objects"] for row in heap(core, "--checks")}
    if found != expected or len(expected) != 3:
        yield f"--checks: {found}, not {expected}"


def main():
    core = common.core(f"pending{sys.argv[1]}")
    common.finish([*checks(core)])


if __name__ == "__main__":
    main()
