#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests the command line: help, exit codes, messages, JSON, closed pipes, bad files."""
import collections
import json
import os
import pathlib
import re
import select
import subprocess
import sys
import tempfile

import common

COMMANDS = ["info", "goroutines", "stack", "traceback", "threads", "mappings", "findings"]
CORE, EXE = common.SAMPLE / "core.zst", common.SAMPLE / "server"
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


def run(*arguments, **more):
    return subprocess.run([str(common.GOPM), *map(str, arguments)], capture_output=True, text=True, timeout=120, **more)


def expect(code, *arguments, error=None):
    result = run(*arguments)
    line = " ".join(map(str, arguments))
    check(result.returncode == code, f"gopm {line}: exit code {result.returncode}, not {code}: {result.stderr}")
    if error is not None:
        check(result.stderr.startswith(('{"error":', "gopm: ")["--json" not in arguments]), f"gopm {line}: message {result.stderr!r}")
        check(error in result.stderr, f"gopm {line}: {error!r} is not in {result.stderr!r}")
        check(result.stdout == "", f"gopm {line}: prints {result.stdout[:200]!r} in addition to its message")
    return result.stdout


def help_and_usage():
    text = expect(0, "--help")
    for command in COMMANDS:
        check(f"  {command} " in text, f"--help does not name {command}")
        own = expect(0, command, "--help")
        check(own.startswith(f"usage: gopm {command} "), f"{command} --help: {own[:80]!r}")
        check(all(len(line) <= 80 for line in own.splitlines()), f"{command} --help is too wide")
        expect(2, command, error="no CORE")
        expect(2, command, "--no-such-option", CORE, error="--no-such-option")
        check(expect(0, "help", command) == own, f"gopm help {command} differs from gopm {command} --help")
        expect(2, command, CORE, EXE, EXE, error="too many")
    expect(0, "--version")
    expect(2, error="no command")
    expect(2, "no-such-command", error="no-such-command")
    expect(2, "help", "no-such-command", error="no-such-command")
    expect(2, "--json", "info", CORE, error="options follow the command")
    expect(2, "print", "-g", "20", "-count", CORE, EXE, error="unknown option -c; put --")
    check(expect(0, "--help", "stack") == expect(0, "help", "stack"), "gopm --help stack is not the help of stack")
    check(expect(0, "stack", CORE, "-h", "-g", "20") == expect(0, "help", "stack"), "-h after the arguments")
    check("Exit codes" in expect(0, "help", "info"), "help info has no exit codes")


def suggestions():
    """Words of a newcomer, and what the message must have."""
    for line, wanted in {
        "stak CORE": "unknown command stak; did you mean stack?",
        "help goroutine": "did you mean goroutines?",
        "bt CORE": "did you mean stack?",
        "CORE": f"start with gopm info {CORE}",
        "goroutines --grup-by user CORE": "unknown option --grup-by; did you mean --group-by?",
        "goroutines --groupby=user CORE": "unknown option --groupby; did you mean --group-by?",
        "goroutines --group-by usr CORE": "did you mean user? Use user, start, go, current, reason, label, object or stack",
        "goroutines --where usr=x CORE": "did you mean user? Use user, start, go, current, status, reason, id, thread, label",
        "goroutines --location curent CORE": "did you mean current?",
        "goroutines -x CORE": "unknown option -x",
        "traceback --level al CORE": "did you mean all?",
        "slim --profile stack -o x CORE": "did you mean stacks?",
        "vars --max 3 CORE": "ambiguous option --max: --max-depth, --max-string, --max-elements, --max-fields",
        "info --json=1 CORE": "option --json has no value",
        "info -J CORE": "did you mean -j, --json?",
        "stack 987654321 CORE": "no file 987654321; name a goroutine with -g ID",
        "slim -P x CORE": "did you mean -p, --profile?",
    }.items():
        words = [CORE if word == "CORE" else word for word in line.split()]
        expect(2, *words, error=wanted)
    check("did you mean" not in run("mappings", "-n", "3", CORE).stderr, "-n is not like --no-dwarf")
    check("gopm info CORE" in expect(0, "help"), "gopm help does not say where to start")
    alone = run("goroutines", "--no-search", CORE)
    check(f"gopm goroutines {CORE} EXE" in alone.stderr, f"no executable: {alone.stderr}")
    check("no findings" in run("findings", CORE, EXE).stderr, "findings says nothing if there are none")
    # A word that is like none has no suggestion.
    for words in (["xyzzy", CORE], ["info", "--xyzzy", CORE], ["goroutines", "--group-by", "xyzzy", CORE]):
        check("did you mean" not in run(*words).stderr, f"{words}: {run(*words).stderr}")


def letters():
    """A letter means one option in all commands; -f is a frame."""
    means = {}
    for command in re.findall(r"^  (\w+) ", expect(0, "--help"), re.M):
        for letter, name in re.findall(r"^  -(\w), --([\w-]+)", expect(0, command, "--help"), re.M):
            means.setdefault(letter, {}).setdefault(name, []).append(command)
    check(set(means["f"]) == {"frame"}, f"-f is {means['f']}")
    check(set(means["v"]) == {"full"} and set(means["F"]) == {"force"}, f"-v is {means['v']}, -F is {means['F']}")
    for letter in "ghjtquw":
        check(len(means[letter]) <= (2 if letter == "g" else 1), f"-{letter} is {means[letter]}")


def old_letters():
    """-f was --full and --force. It still is, with a warning, and not in the help."""
    on = ("-g", "20", CORE, EXE)
    result = run("stack", "-f", *on)
    check(result.stdout == expect(0, "stack", "-v", *on) == expect(0, "stack", "--full", *on), "stack -f is not stack -v")
    check(result.stderr.count("-f is --frame in other commands; use -v or --full") == 1, f"stack -f: {result.stderr}")
    with tempfile.TemporaryDirectory() as name:
        small = pathlib.Path(name) / "small"
        small.write_bytes(b"")
        result = run("slim", "-q", "--profile", "stacks", "-f", "-o", small, CORE, EXE)
        check(result.returncode == 0 and "use -F or --force" in result.stderr, f"slim -f: {result.stderr}")


def order_of_files():
    """Delve and gdb take the executable first."""
    right = expect(0, "info", CORE, EXE)
    check(expect(0, "info", EXE, CORE) == right, "gopm info EXE CORE differs from gopm info CORE EXE")
    expect(1, "info", EXE, error="is an executable, not a core; give CORE first")
    with tempfile.TemporaryDirectory() as name:
        expect(1, "slim", "-o", f"{name}/x", EXE, error="is an executable, not a core; give CORE first")
    check(expect(0, "threads", "--", CORE, EXE) == expect(0, "threads", CORE, EXE), "-- before CORE")
    check(expect(0, "goroutines", CORE, EXE, "-n", "2") == expect(0, "goroutines", "-n", "2", CORE, EXE), "options last")


def no_match():
    """A glob without stars is a newcomer's search for a part of a name."""
    def hinted(*words):
        result = run(*words, CORE, EXE)
        check(result.returncode == 3, f"{words}: exit code {result.returncode}")
        return result.stderr

    for command in (["goroutines"], ["goroutines", "--group-by", "start"], ["stack"]):
        text = hinted(*command, "--where", "user=CountS")
        check("1000 goroutines match user=*CountS*" in text, f"{command}: {text}")
    text = hinted("goroutines", "--where", "user=CountS", "--where", "reason=send")
    check("match" not in text, f"two wrong globs: {text}")
    text = hinted("goroutines", "--where", "user=main.*CountS", "--where", "reason=send")
    check("1000 goroutines match reason=*send*" in text, f"one wrong glob: {text}")
    check("1 goroutine matches start=*Consum*" in hinted("goroutines", "--where", "start=*Consum"), "one match")
    check("match" not in hinted("goroutines", "--where", "user=nothing.like.this"), "no match, no hint")
    states = common.SOURCE / "tests/fixtures/states-126-amd64-default/core.zst"
    for words in (["--group-by", "label", "--key", "tenat"], ["--where", "label=tenat"]):
        text = run("goroutines", "-q", *words, states).stderr
        check("no goroutine has the label tenat; there are " in text and "tenant" in text, f"{words}: {text}")
    text = run("goroutines", "-q", "--where", "label=tenan", states).stderr
    check(re.search(r"goroutines? match(es)? label=\*tenan\*", text) is not None, f"label=tenan: {text}")
    text = run("goroutines", "-q", "--where", "label=tenant=lu", states).stderr
    check(" label=tenant=*lu*" in text, f"label=tenant=lu: {text}")
    text = run("goroutines", "--group-by", "label", "--key", "tenant", CORE, EXE).stderr
    check("no goroutine has a pprof label" in text, f"no labels: {text}")
    check("2 variables match *ErrUnsup*" in hinted("vars", "ErrUnsup"), "vars ErrUnsup")


def plurals():
    check("[1 goroutine]\n" in expect(0, "goroutines", "--where", "id=20", CORE, EXE), "1 goroutine")
    check("[1 goroutine in 1 group]\n" in expect(0, "goroutines", "-g", "user", "--where", "id=20", CORE, EXE), "1 group")
    check("the stack has 1 frame\n" in run("print", "-t", "26475", "-f", "99", "1", CORE, EXE).stderr
          or "frames\n" in run("print", "-t", "26475", "-f", "99", "1", CORE, EXE).stderr, "1 frame")


def groups_by_stack():
    """The groups are those of Go's own traceback: the stacks of all goroutines, counted."""
    groups = json.loads(expect(0, "goroutines", "--group-by", "stack", "--json", CORE, EXE))["result"]
    stacks = json.loads(expect(0, "stack", "--all", "--json", CORE, EXE))["result"]
    reasons = {g["id"]: g["waitReasonName"] or g["statusName"]
               for g in json.loads(expect(0, "goroutines", "--json", CORE, EXE))["result"]}

    def key(frames, reason):
        return (reason, *((f["function"]["name"], f["line"]) for f in frames))

    counted = collections.Counter(key(s["Locations"], reasons[s["goroutineID"]]) for s in stacks)
    ours = {key(g["Locations"], g["key"]): g["count"] for g in groups}
    check(ours == counted, f"groups by stack: {len(ours)}, counted {len(counted)}")
    check([g["count"] for g in groups] == sorted((g["count"] for g in groups), reverse=True), "the largest comes first")
    text = expect(0, "goroutines", "--group-by", "stack", "-n", "2", CORE, EXE)
    check("chan send  (goroutine " in text and " in main.(*Metrics).CountS\n" in text, f"text of a group: {text[:400]}")


def json_errors():
    """With --json each message is a line of JSON on standard error, and standard output has only results."""
    with tempfile.TemporaryDirectory() as name:
        text = pathlib.Path(name) / 'a "core"'
        text.write_text("this is not a core\n")
        for code, words, wanted in (
            (1, ["info", "--json", text], {"path": str(text), "status": "bad format"}),
            (1, ["info", "-j", "/nowhere/core"], {"path": "/nowhere/core", "status": "cannot read"}),
            (1, ["goroutines", CORE, EXE.parent, "--json"], {"path": str(EXE.parent)}),
            (1, ["print", "--json", "1 + f(2)", CORE, EXE], {"offset": 4}),
            (2, ["info", "--json"], {}), (2, ["nothing", "--json"], {}), (2, ["info", "--nothing", "-qj", CORE], {}),
            (2, ["goroutines", "--js", "--group-by", "usr", CORE], {}),
            (3, ["stack", "-j", "-g", "999999", CORE, EXE], {}), (3, ["type", "-j", "main.No", CORE, EXE], {}),
        ):
            result = run(*words)
            check(result.returncode == code, f"{words}: exit code {result.returncode}")
            check(result.stdout == "", f"{words}: prints {result.stdout[:100]!r}")
            messages = [json.loads(line) for line in result.stderr.splitlines()]
            errors = [m["error"] for m in messages if "error" in m]
            check(len(errors) == 1 and errors[0]["message"], f"{words}: {result.stderr}")
            check(errors and wanted.items() <= errors[0].items(), f"{words}: {errors} lacks {wanted}")
        # -j that is the value of an option is not --json.
        check(run("goroutines", "--where", "-j", CORE).stderr.startswith("gopm: "), "-j as a value")
        found = run("goroutines", "--json", "--where", "user=CountS", CORE, EXE)
        check(json.loads(found.stdout) == {"result": []}, "the empty result is a result")
        check("*CountS*" in json.loads(found.stderr)["hint"]["message"], f"hint: {found.stderr}")


def types():
    expect(2, "type", CORE, error="NAME")
    expect(3, "type", "main.Nothing", CORE, EXE, error="main.Nothing")
    expect(3, "type", "Metrics", CORE, EXE, error="did you mean main.Metrics?")
    expect(3, "type", "*Metrics", CORE, EXE, error="did you mean *main.Metrics?")
    expect(3, "type", "0x10", CORE, EXE, error="0x10")
    for flags in ([], ["--no-dwarf"]):
        text = expect(0, "type", *flags, "main.Metrics", CORE, EXE)
        check(text.startswith("main.Metrics  struct, "), f"type main.Metrics: {text!r}")
        check(" inChannel chan main.Metric\n" in text, f"type main.Metrics: {text!r}")
        found = json.loads(expect(0, "type", *flags, "--json", "*main.Metrics", CORE, EXE))["result"]
        check((found["kind"], found["size"], found["elem"]) == ("ptr", 8, "main.Metrics"), f"*main.Metrics: {found}")


def options():
    expect(2, "stack", CORE, EXE, error="-g ID")
    expect(2, "stack", "-g", "1", "--all", CORE, EXE, error="only one of")
    expect(2, "stack", "-g", "0", CORE, EXE, error="above 0")
    expect(2, "stack", "-g", "x", CORE, EXE, error="x")
    expect(2, "stack", "-g", error="needs a value")
    expect(2, "goroutines", "--where", "user", CORE, error="KEY=GLOB")
    expect(2, "goroutines", "--where", "nobody=1", CORE, error="nobody")
    expect(2, "goroutines", "--where", "waiting=5x", CORE, error="5x")
    expect(2, "goroutines", "--group-by", "colour", CORE, error="colour")
    expect(2, "goroutines", "--group-by", "label", CORE, error="--key")
    expect(2, "goroutines", "--limit", "0", CORE, error="--limit")
    expect(2, "traceback", "--level", "loud", CORE, error="loud")
    expect(3, "stack", "-g", "999999", CORE, EXE, error="no goroutine 999999")
    expect(3, "stack", "--where", "start=nothing", CORE, EXE, error="no goroutine matches")
    expect(3, "stack", "--thread", "1", CORE, EXE, error="no thread 1")
    expect(3, "traceback", "-g", "999999", CORE, EXE, error="no goroutine 999999")
    expect(2, "traceback", "--json", CORE, EXE, error="--json goes with --unique")
    expect(3, "goroutines", "--where", "user=nothing.like.this", CORE, EXE)


def shared_options():
    """Options that several commands share keep their meaning in each."""
    frame = ("-g", "20", "-f", "3", "m", CORE, EXE)
    raw = expect(0, "print", "--full", "--raw", *frame)
    check("buf: [" in expect(0, "print", "--full", *frame) and "buf: [" not in raw and "chan main.Metric 100/100" in raw,
          f"print --raw: {raw[:300]}")
    stack = expect(0, "stack", "-g", "20", "--full", "--raw", CORE, EXE)
    check("inChannel: chan main.Metric 100/100," in stack, f"stack --raw: {stack[:300]}")
    cut = [expect(0, "print", "--full", "--max-bytes", "99", *frame),
           *(line.partition(" = ")[2] for line in expect(0, "stack", "-g", "20", "--full", "--max-bytes", "99", CORE, EXE).splitlines()
             if " m = " in line)]
    for text in cut:
        check("... (cut: limit of 99 bytes)" in text[:99], f"--max-bytes 99: {text}")
    check(len(cut) > 1, "stack --full shows no variable m")


def expressions():
    """Expressions in the consumer's frame of the sample. compare_delve_stack.py compares its variable m with Delve's."""
    frames = json.loads(run("stack", "-g", "20", "--json", CORE, EXE).stdout)["result"]["Locations"]
    frame = next(i for i, f in enumerate(frames) if f["function"]["name"].endswith("startInChannelConsumer"))
    on = ("-g", "20", "-f", frame)

    def prints(expression, text, *where):
        printed = expect(0, "print", *where, "--", expression, CORE, EXE)
        check(printed == text + "\n", f"gopm print {expression}: {printed!r}, not {text!r}")

    for command in ("print", "vars"):
        own = expect(0, command, "--help")
        check(own.startswith(f"usage: gopm {command} "), f"{command} --help: {own[:80]!r}")
        check(all(len(line) <= 80 for line in own.splitlines()), f"{command} --help is too wide")
        check(f"  {command} " in expect(0, "--help"), f"--help does not name {command}")
    prints("m.Name", '"server"', *on)
    prints("len(m.inChannel) == cap(m.inChannel)", "true", *on)
    prints("cap(m.inChannel) + 1", "101", *on)
    prints("1 << 4 - 1", "15")
    prints("-7 / 2", "-3")
    # Values print an unopened pointer as ("*T")(address), which is also a valid expression.
    address = expect(0, "print", *on, "&m.Name", CORE, EXE).strip()
    prints("*" + address, '"server"')
    prints("os.Args[0] == runtime.buildVersion", "false")
    version = json.loads(run("info", "--json", CORE, EXE).stdout)["result"]["goVersion"]
    prints("runtime.buildVersion", json.dumps(version))
    prints("runtime.curg.goid", "20", *on)
    prints(f"runtime.frame({frame}).m.Name", '"server"', "-g", "20", "-f", "0")
    # Without DWARF, types come from the program's type descriptors.
    pointer = expect(0, "print", *on, "uintptr(m)", CORE, EXE).strip()
    prints(f"(*main.Metrics)({pointer}).Name", '"server"', "--no-dwarf")
    prints(f'len((*"main.Metrics")({pointer}).inChannel) + 1', "101", "--no-dwarf")
    prints("runtime.curg.goid", "20", "--no-dwarf", *on)
    prints("2 * 21", "42", "--no-dwarf")
    expect(1, "print", "--no-dwarf", *on, "runtime.buildVersion", CORE, EXE, error="runtime")
    found = json.loads(expect(0, "print", "--json", *on, "m.Name[:3]", CORE, EXE))["result"]
    check((found["value"], found["type"], found["len"]) == ("ser", "string", 3), f"print --json: {found}")
    expect(1, "print", *on, "nosuch", CORE, EXE, error="nosuch")
    refused = run("print", *on, "1 + f(2)", CORE, EXE).stderr.splitlines()
    check(refused[:2] == ["gopm: 1 + f(2)", "gopm:     ^"], f"no mark under the error's column: {refused}")
    expect(3, "print", "-g", "999999", "1", CORE, EXE, error="no goroutine 999999")
    expect(3, "print", "-g", "20", "-f", "999", "1", CORE, EXE, error="no frame 999")
    expect(2, "print", "-f", "1", "1", CORE, EXE, error="-g ID")
    expect(2, "print", "-g", "1", "-t", "1", "1", CORE, EXE, error="one of")
    expect(2, "print", "1", error="no CORE")
    expect(2, "print", error="no EXPR")
    listed = expect(0, "vars", "runtime.build*", CORE, EXE)
    check(f"runtime.buildVersion = {json.dumps(version)}\n" in listed, f"gopm vars: {listed!r}")
    check(expect(0, "vars", "--match", "runtime.build*", CORE, EXE) == listed, "vars --match")
    many = json.loads(expect(0, "vars", "--json", "io.E*", CORE, EXE))["result"]
    check([v["name"] for v in many] == sorted(v["name"] for v in many) and len(many) >= 3, "vars --json is sorted by name")
    expect(3, "vars", "no.such", CORE, EXE, error="no package variable matches no.such")
    expect(1, "print", "m", CORE, EXE, error="-g ID -f N")
    expect(1, "print", "-g", "20", "--no-dwarf", "m", CORE, EXE, error="arg0")
    expect(1, "print", "-g", "20", "m", CORE, EXE, error="frame 0 is runtime.gopark")
    expect(2, "vars", "--max-depth", "x", CORE, error="--max-depth")


def filters():
    def listed(*where):
        arguments = [part for one in where for part in ("--where", one)]
        result = run("goroutines", "--json", *arguments, CORE, EXE)
        return json.loads(result.stdout)["result"]

    everything = listed()
    total = len(everything)
    check(total == 2010, f"the sample has 2010 goroutines, not {total}")
    check(len(listed("user=main.(\\*Metrics).CountS")) == 1000, "1000 in CountS by user=")
    check(len(listed("user=main.*")) == 1001, "1001 in main by user=main.*")
    check(len(listed("start=*.startInChannelConsumer")) == 1, "one consumer by start=")
    check(len(listed("reason=chan send")) == 1001, "1001 in chan send by reason=")
    check(len(listed("reason=chan send", "start=*Consumer")) == 1, "both conditions apply")
    check(len(listed("status=waiting")) == total, "all are waiting")
    check(len(listed("system=true")) + len(listed("system=false")) == total, "system=true and system=false add up to all")
    check([g["id"] for g in listed("id=20")] == [20], "id=20")
    consumer = listed("start=*Consumer")[0]
    channel = consumer["wait"]["object"]
    check(len(listed(f"object={channel:#x}")) == 1001, "1001 goroutines wait on the consumer's channel")
    check((consumer["wait"]["senders"], consumer["wait"]["receivers"], consumer["wait"]["length"],
           consumer["wait"]["capacity"]) == (1001, 0, 100, 100), f"the channel: {consumer['wait']}")
    check(len(listed("waiting=1m")) > 1000, "more than 1000 have waited for more than a minute")
    check(len(listed("waiting=2d")) == 0, "no goroutine has waited for two days")
    check(len(json.loads(run("goroutines", "--json", "-n", "7", CORE, EXE).stdout)["result"]) == 7, "--limit 7")


def waiting_times():
    """The runtime's own traceback, printed after the core was taken: goroutine 20 is in chan send since 3 minutes."""
    text = expect(0, "goroutines", "--where", "id=20", CORE, EXE)
    check(re.search(r" \[chan send [23]m(\d+s)?\]$", text, re.MULTILINE) is not None, f"goroutines: the duration is not in {text!r}")
    text = expect(0, "stack", "--where", "id=20", CORE, EXE)
    check(re.search(r" \[chan send [23]m(\d+s)?\]$", text, re.MULTILINE) is not None, f"stack: the duration is not in {text[:200]!r}")
    since = json.loads(expect(0, "goroutines", "--json", "--where", "id=20", CORE, EXE))["result"][0]["waitSince"]
    for command in ("goroutines", "stack"):
        text = expect(0, command, "--delve", "--where", "id=20", CORE, EXE)
        check(f" [chan send {since}]\n" in text, f"{command} --delve: the clock {since} is not in {text[:200]!r}")


def json_everywhere():
    for arguments in (["info"], ["threads", "--registers"], ["mappings"], ["stack", "-g", "20", "--full"],
                      ["stack", "--where", "user=main.*Metrics*.SetM"], ["stack", "--where", "system=true", "--full"],
                      ["goroutines", "--delve", "-n", "3"], ["traceback", "--unique"],
                      *(["goroutines", "--group-by", key] for key in ("user", "start", "go", "current", "reason", "object", "stack"))):
        result = run(*arguments, "--json", CORE, EXE)
        try:
            check("result" in json.loads(result.stdout), f"{arguments}: no result")
        except ValueError as error:
            check(False, f"{arguments} --json: {error}: {result.stdout[:300]} {result.stderr[:300]}")
        check(result.returncode == 0, f"{arguments} --json: exit code {result.returncode} {result.stderr[:300]}")


def streams():
    # A closed pipe ends the command quietly. A full disk is an error.
    for arguments in (["goroutines", "--json"], ["stack", "--all"], ["traceback"]):
        process = subprocess.Popen([str(common.GOPM), *arguments, str(CORE), str(EXE)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read().decode()
        check(process.wait() == 0 and errors == "", f"{arguments} | head: {process.returncode} {errors!r}")
        process.stderr.close()
    with open("/dev/full", "w") as full:
        result = subprocess.run([str(common.GOPM), "goroutines", str(CORE), str(EXE)], stdout=full, stderr=subprocess.PIPE,
                                text=True)
    check(result.returncode == 1 and "cannot write" in result.stderr, f"/dev/full: {result.returncode} {result.stderr!r}")
    check("\x1b" not in run("goroutines", CORE, EXE).stdout, "colour without a terminal")
    for no_colour, wanted in (("", True), ("1", False)):
        try:
            master, slave = os.openpty()
        except OSError as error:
            print("colour not tested, no terminal:", error)
            break
        environment = dict(os.environ, TERM="xterm", NO_COLOR=no_colour)
        process = subprocess.Popen([str(common.GOPM), "goroutines", "-n", "1", str(CORE), str(EXE)], stdout=slave,
                                   env=environment)
        process.wait()
        os.close(slave)
        text = b""
        try:
            while part := os.read(master, 65536):
                text += part
        except OSError:
            pass  # the end of a terminal
        os.close(master)
        check((b"\x1b[" in text) == wanted, f"colour on a terminal with NO_COLOR={no_colour!r}: {text[:100]!r}")


def progress():
    """A core that comes slowly: what is done so far is printed on a terminal, and not in a file."""
    try:
        master, slave = os.openpty()
    except OSError as error:
        print("progress not tested, no terminal:", error)
        return
    packed = CORE.read_bytes()
    first = len(packed) - 1000  # more than a MiB
    command = [str(common.GOPM), "info", "-", str(EXE)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    process.stdin.write(packed[:first])
    process.stdin.flush()
    text = b""
    while b" MiB" not in text and select.select([master], [], [], 100)[0]:
        text += os.read(master, 65536)
    process.stdin.write(packed[first:])
    process.stdin.close()
    check(re.search(rb"gopm: opening the core, \d+ s, [1-9]\d*\.\d MiB", text) is not None, f"progress: {text!r}")
    check(process.wait() == 0, f"{command}: exit code {process.returncode}")
    os.close(master)
    result = subprocess.run(command, input=packed, capture_output=True, timeout=120)
    check(b"opening the core" not in result.stderr, f"progress in a pipe: {result.stderr!r}")


def damaged_dwarf():
    """findings reads the DWARF, although no goroutine needs it."""
    with tempfile.TemporaryDirectory() as name:
        abbreviations, exe = f"{name}/abbreviations", f"{name}/server"
        subprocess.run(["objcopy", "--decompress-debug-sections", str(EXE), exe], check=True)
        check("bad-dwarf" not in run("findings", CORE, exe).stdout, "an undamaged copy has findings")
        subprocess.run(["objcopy", f"--dump-section=.debug_abbrev={abbreviations}", exe], check=True)
        data = bytearray(pathlib.Path(abbreviations).read_bytes())
        data[:400] = b"\x7f" * 400
        pathlib.Path(abbreviations).write_bytes(data)
        subprocess.run(["objcopy", f"--update-section=.debug_abbrev={abbreviations}", exe], check=True)
        check("bad-dwarf" in run("findings", CORE, exe).stdout, "findings does not tell of damaged DWARF")


def bad_files():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        packed = CORE.read_bytes()
        files = {
            "empty": b"",
            "text": b"this is not a core\n" * 100,
            "short-elf": b"\x7fELF\x02\x01\x01",
            "short-zstd": packed[:1000],
            "cut-zstd": packed[:len(packed) // 2],
            "broken-zstd": packed[:5000] + b"\xff" * 100 + packed[5100:],
        }
        for file, data in files.items():
            (folder / file).write_bytes(data)
            for command in COMMANDS:
                extra = ["-g", "1"] if command == "stack" else []
                result = run(command, *extra, folder / file, EXE)
                check(result.returncode in (0, 1, 3), f"{command} on {file}: exit code {result.returncode}")
                if file not in ("cut-zstd", "broken-zstd"):
                    check(result.returncode == 1, f"{command} on {file}: exit code {result.returncode}")
                    check(file in result.stderr, f"{command} on {file}: the message does not name the file: {result.stderr!r}")
        expect(1, "info", folder, EXE, error=name)
        expect(1, "info", folder / "nowhere", EXE, error="nowhere")
        expect(1, "info", EXE, EXE, error="server")
        expect(1, "info", CORE, folder / "nowhere", error="nowhere")
        expect(1, "info", CORE, folder / "text", error="text")


only = sys.argv[1:]
for part in (help_and_usage, suggestions, letters, old_letters, order_of_files, no_match, plurals, groups_by_stack, json_errors, types,
             options, shared_options, expressions, filters, waiting_times, json_everywhere, streams, progress, damaged_dwarf, bad_files):
    if not only or part.__name__ in only:
        part()
common.finish(problems)
