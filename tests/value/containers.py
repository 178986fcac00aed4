#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Values in containers of the library, in channels, and durations: see tests/programs/containers. The program itself
says what the values are, and the runtime's traceback which goroutines wait.

    containers.py containers127
    containers.py old1.26.8       with the sync.Map of Go 1.23
"""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "gopm"))
import common

NOWHERE = 0x7BADBAD000
PROGRAM = common.SOURCE / "tests/programs/containers"
problems = []


def notes(core):
    """The lines that the program wrote, by their first word."""
    found = {"want": [], "pair": {}, "count": {}, "place": {}}
    for line in core.traceback.read_text(encoding="utf-8", errors="replace").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "want":
            found["want"].append(rest.split("\t", 1))
        elif kind == "pair":
            expression, key, value = rest.split("\t")
            found["pair"].setdefault(expression, {})[key] = value
        elif kind == "count":
            expression, count = rest.split("\t")
            found["count"][expression] = int(count)
        elif kind == "place":
            name, address, types = rest.split(" ", 2)
            found["place"][name] = (int(address, 16), types)
    return found


def text_of(core, expression, *options):
    result = subprocess.run([common.GOPM, "print", "-q", *options, "--", expression, core.core, core.exe], capture_output=True,
                            text=True, timeout=300)
    return (result.stdout or result.stderr).strip()


def json_of(core, expression, *options):
    return json.loads(common.gopm("print", "-q", "--json", *options, expression, core.core, core.exe))["result"]


def check(name, got, wanted):
    if wanted not in got:
        problems.append(f"{name}: {got[:400]}, without {wanted}")


def waiting(core, reason, function):
    """Ids of the goroutines with this wait reason whose stack has the function, from the runtime's traceback."""
    text = core.traceback.read_text(encoding="utf-8", errors="replace")
    blocks = re.split(r"(?m)^(?=goroutine \d+)", text)
    return {int(block.split()[1]) for block in blocks if block.startswith("goroutine ") and
            re.search(rf"\[{reason}[],]", block.splitlines()[0]) and f"{function}(" in block}


def values(core, noted):
    for expression, wanted in noted["want"]:
        check(expression, text_of(core, expression, "--full", "--max-depth", "8"), wanted)


def leaf(v):
    """The text of a scalar in an interface, from JSON."""
    v = v["children"][0] if v["kind"] == 20 else v
    return v["value"]


def entries(content):
    children = content["children"]
    return {leaf(children[i]): leaf(children[i + 1]) for i in range(0, len(children), 2)}


def maps(core, noted):
    for expression, count in noted["count"].items():
        content = json_of(core, expression, "--max-elements", "2000", "--max-depth", "4")["content"]
        if (content["kind"], content["len"]) != (21, count) or entries(content) != noted["pair"].get(expression, {}):
            problems.append(f"{expression}: JSON has {content['len']} entries, not {count}, or others: {str(entries(content))[:300]}")
        text = text_of(core, expression, "--full", "--max-depth", "4", "--max-elements", "2000")
        if text.count(": ") != count:
            problems.append(f"{expression}: the text has {text.count(': ')} entries, not {count}")
        raw = text_of(core, expression, "--full", "--raw")
        check(f"{expression} --raw", raw, "sync.Map {")


def waiters(core):
    """Which goroutines wait, and the ids in expressions and JSON."""
    for channel, queue, reason, function in (("crowd", "sendq", "chan send", "main.main.func4"),
                                             ("unread", "sendq", "chan send", "main.main.func1"),
                                             ("unsent", "recvq", "chan receive", "main.main.func2")):
        wanted = waiting(core, reason, function)
        if channel != "crowd":
            wanted |= waiting(core, "select", "main.main.func3")
        if not wanted:
            problems.append(f"{channel}: the traceback has no waiter")
        text = text_of(core, f"main.{channel}", "--full", "--max-elements", "100")
        got = {int(number) for number in re.findall(r"goroutine (\d+)", text)}
        if got != wanted or f"{queue}: [" not in text:
            problems.append(f"main.{channel}: {text}, not {queue} with {sorted(wanted)}")
        first = int(text_of(core, f"main.{channel}.{queue}[0]"))
        if first not in wanted or text_of(core, f"main.{channel}.{queue}.first.g.goid") != str(first):
            problems.append(f"main.{channel}.{queue}[0]: {first}")
        if text_of(core, f"len(main.{channel}.{queue})", "--max-elements", "100") != str(len(wanted)):
            problems.append(f"len(main.{channel}.{queue}) is not {len(wanted)}")
        content = json_of(core, f"main.{channel}.{queue}", "--max-elements", "100")["content"]
        if {int(child["value"]) for child in content["children"]} != wanted:
            problems.append(f"main.{channel}.{queue}: content {content['children']}")
    check("main.crowd", text_of(core, "main.crowd", "--full"), "...+6 more]")


def depths(core):
    """Without --full a channel is its state only."""
    if text_of(core, "main.ring") != "chan int 5/5":
        problems.append(f"main.ring without --full: {text_of(core, 'main.ring')}")
    if text_of(core, "main.second", "--raw") != "1500000000":
        problems.append(f"main.second --raw: {text_of(core, 'main.second', '--raw')}")
    # --full opens the entries of a sync.Map, as those of a map.
    check("main.small --full", text_of(core, "main.small", "--full"), '"k3": 3')
    readable = json_of(core, "main.jobs.buf[0]")["children"]
    if [child.get("readable") for child in readable] != ["1m0s", "2024-02-29T13:14:15.0000006Z"]:
        problems.append(f"main.jobs.buf[0]: {readable}")
    number = json_of(core, "main.second")
    if number["value"] != "1500000000" or number["readable"] != "1.5s":
        problems.append(f"main.second: {number}")


def limits(core):
    """--max-bytes cuts text and JSON, and both say so."""
    for most in (200, 1000, 5000):
        text = text_of(core, "main.large", "--full", "--max-depth", "4", "--max-elements", "2000", "--max-bytes", str(most))
        if len(text.encode()) > most or not text.endswith(f"... (cut: limit of {most} bytes)"):
            problems.append(f"text of {most} bytes: {len(text)}: {text[-100:]}")
        raw = common.gopm("print", "-q", "--json", "--max-depth", "4", "--max-elements", "2000", "--max-bytes", str(most),
                          "main.large", core.core, core.exe)
        cut = json.loads(raw)["result"]
        if len(raw) > 2 * most + 2000 or cut.get("cut") is not True or "cut: limit of" not in raw:
            problems.append(f"JSON of {most} bytes: {len(raw)}, cut {cut.get('cut')}")
    if "cut" in json_of(core, "main.large"):
        problems.append("JSON says that it was cut without a limit")


def stripped(core, noted):
    """The same without DWARF, through the addresses that the program noted."""
    wanted = {"pointer": '*main.Tiger {Name: "in pointer"}', "value": 'interface {}(main.Tiger) {Name: "in value"}',
              "weakly": '*main.Tiger {Name: "strong"}', "handle": '"a handle"', "ring": "{buf: [5,6,7,3,4], recvx: 3}",
              "second": "1.5s (1500000000)", "small": '"k3": 3', "crowd": "sendq: [goroutine "}
    for name, text in wanted.items():
        address, types = noted["place"][name]
        check(f"{name} without DWARF", text_of(core, f'*("{types}")({address:#x})', "--full", "--max-depth", "8"), text)
    address, types = noted["place"]["ring"]
    for expression, text in ((f'(*("{types}")({address:#x})).buf[1]', "6"), (f'len(*("{types}")({address:#x}))', "5")):
        if text_of(core, expression) != text:
            problems.append(f"{expression}: {text_of(core, expression)}")
    address, types = noted["place"]["large"]
    content = json_of(core, f'*("{types}")({address:#x})', "--max-elements", "2000", "--max-depth", "4")["content"]
    if entries(content) != noted["pair"]["main.large"]:
        problems.append(f"large without DWARF: {str(content)[:300]}")


def write(file, address, value, size=8):
    file.seek(0)
    header = file.read(64)
    file.seek(struct.unpack_from("<Q", header, 32)[0])
    table = file.read(56 * struct.unpack_from("<H", header, 56)[0])
    for at in range(0, len(table), 56):
        kind, _, offset, start, _, length = struct.unpack_from("<IIQQQQ", table, at)
        if kind == 1 and start <= address < start + length:
            file.seek(offset + address - start)
            file.write(value.to_bytes(8, "little")[:size])
            return
    sys.exit(f"the core lacks {address:#x}")


def damage(core, noted):
    """Damages the tree of a sync.Map. Each damage is said, and each answer ends."""
    def listed(name, what):
        numbers = [place.rsplit("slot", 1)[1] for place in noted["place"] if place.startswith(f"{name}.slot")]
        return [n for n in numbers if noted["place"][f"{name}.child{n}"][1] == what]

    large = listed("large", "node")
    entry = listed("small", "entry")
    if len(large) < 2 or not entry:
        sys.exit(f"the program notes no nodes of its maps: {sorted(noted['place'])}")
    at = {name: address for name, (address, _) in noted["place"].items()}
    first, second = at[f"large.slot{large[0]}"], at[f"large.child{large[1]}"]
    small = at[f"small.child{entry[0]}"]
    cases = {
        "large": [
            ("a child is the root", [(first, at["large.node"], 8)], "has another parent"),
            ("a child is there twice", [(first, second, 8)], "is there twice"),
            ("a child is nowhere", [(first, NOWHERE, 8)], "the core lacks memory at"),
            ("a node is neither form", [(at[f"large.child{large[0]}"], 7, 1)], "no node is at"),
        ],
        "small": [
            ("a chain is a circle", [(small + 8, small, 8)], "a chain of its entries has no end"),
            ("a chain is torn", [(small + 8, NOWHERE, 8)], "the core lacks memory at"),
        ],
    }
    for name, list_of in cases.items():
        for what, changes, wanted in list_of:
            with tempfile.TemporaryDirectory(dir=common.CACHE) as folder:
                torn = common.Core(pathlib.Path(folder))
                subprocess.run(["cp", "--sparse=always", core.core, torn.core], check=True)
                torn.exe = core.exe
                with open(torn.core, "r+b") as file:
                    for address, value, size in changes:
                        write(file, address, value, size)
                got = text_of(torn, f"main.{name}", "--full", "--max-depth", "4", "--max-elements", "2000")
                check(f"{name}: {what}", got, wanted)
                if json_of(torn, f"main.{name}")["content"]["unreadable"] == "":
                    problems.append(f"{name}: {what}: JSON does not say so")


def old_form(version):
    """A core of the program with the sync.Map of Go 1.23."""
    common.need("go")
    environment = {**os.environ, "GOTOOLCHAIN": "go" + version}
    root = subprocess.run(["go", "env", "GOROOT"], env=environment, capture_output=True, text=True, check=False).stdout.strip()
    if not pathlib.Path(root, "src/sync/map.go").exists():
        common.skip(f"Go {version} is not installed")
    common.CACHE.mkdir(parents=True, exist_ok=True)
    overlay = common.CACHE / f"old-sync-{version}.json"
    overlay.write_text(json.dumps({"Replace": {f"{root}/src/sync/map.go": str(PROGRAM / "oldsync/map.go")}}), encoding="ascii")
    common.CORES["old"] = ["--go", version, "--lean", "--program", PROGRAM, f"--build-flags=-overlay={overlay}"]
    return common.core("old")


def main():
    if sys.argv[1].startswith("old"):
        core = old_form(sys.argv[1][3:])
        noted = notes(core)
        values(core, noted)
        maps(core, noted)
        common.finish(problems)
    core = common.core(sys.argv[1])
    noted = notes(core)
    if sys.argv[1].endswith("s"):
        stripped(core, noted)
    else:
        values(core, noted)
        maps(core, noted)
        waiters(core)
        depths(core)
        limits(core)
        damage(core, noted)
    common.finish(problems)


if __name__ == "__main__":
    main()
