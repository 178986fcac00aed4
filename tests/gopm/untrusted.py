#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names, values and texts in a core or an executable reach a terminal only with escapes.

    sources   no file of the command prints bytes as they are, but those of a list
    outputs   every command, with and without --json, on cores and executables with hostile names
    terminal  a terminal gets no sequence but the command's own colours
"""
import gzip
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

import common

FIXTURES = common.SOURCE / "tests/fixtures"
COMMAND = common.SOURCE / "examples/gopm"
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


# --- sources ---------------------------------------------------------------------------------------------------------

# Files that may call what prints bytes as they are, and why.
RAW = {
    "output.c": "escapes, and prints its own digits and colours",
    "output.h": "declares it, and prints literals",
    "json.c": "prints digits",
    "json_record.c": "prints what the library escapes",
    "profile.c": "a pprof file is not text",
    "slim_options.c": "a small core is not text",
    "traceback.c": "prints what gopm_traceback() escapes",
}
STDIO = {
    "output.c": "writes the buffer",
    "message.c": "escapes every message",
    "main.c": "prints a literal in a signal handler",
    "progress.c": "prints literals and numbers",
}
PRINTS = re.compile(r"(?<![\w.>])(?:v?f?printf|v?dprintf|puts|fputs|putchar|fputc|putc|fwrite|write|writev|perror|psignal|"
                    r"fputs_unlocked|send|err|errx|warnx|syslog)\s*\(")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)


def sources():
    for path in sorted(COMMAND.glob("*.[ch]")):
        text = without_comments(path.read_text(encoding="utf-8"))
        for number, line in enumerate(text.splitlines(), 1):
            where = f"examples/gopm/{path.name}:{number}: {line.strip()}"
            if re.search(r"\boutput_(raw|long)\s*\(", line):
                check(path.name in RAW, f"{where}: prints bytes as they are; use output_str()")
            if PRINTS.search(line):
                check(path.name in STDIO, f"{where}: prints past output.h and message.h")
        # A string of the program is a gopm_str: a format that prints one does not know its newlines.
        for call in re.findall(r"\boutput_(?:printf|string|lines)\s*\([^;]*;", text):
            check(not re.search(r"%\.\*s|\.data\b", call), f"examples/gopm/{path.name}: {call}: use output_str()")


# --- hostile files ---------------------------------------------------------------------------------------------------

# Names of tests/programs/values and states, with hostile ones of the same length: C0, C1, bidirectional controls, bytes
# that are not UTF-8, and new lines that look like an answer.
HOSTILE = {
    b"main.numbers": b"main.\x1b]0;P\x07X",
    b"main.pointers": b"main.\nFORGED\x1b",
    b"main.innermost": b"main.\xe2\x80\xaeFORGED",
    b"main.channels": b"main.\xc2\x9b31mXXX",
    b"main.interfaces": b"main.\xff\xfe\x80XXXXXXX",
    b"main.recurse\0": b"main.\x1b[31mX\x07\0",
    b"main.sendFull\0": b"main.s\nFORGED\0",
    b"values/main.go": b"val\x1b[2J/\n\rX.go",
    b"main.Metric": b"main.\x1b[mXXX",
    b"main.Message": b"main.\x1b[mXXXX",
    b"main.wait\0": b"main.\x1b[m\x07\0",
    b"select (no cases)": b"select\nFORGED \x1b[m",
    b"GC sweep wait": b"GC\x1b[31m\nwaits",
    b"runtime.futex\0": b"runtime.\x1b[m\x07X\0",
    b"go1.27.3": b"go1.27.\x1b",
    b"go1.26.8": b"go1.26.\x1b",
    b"/fixtures/": b"/f\x1b[31m\n\xff/",
    b"\0metric\0": b"\0m\x1b[mic\0",
    b"\0small\0": b"\0\x1b[2J\n\0",
    b"\x04Name": b"\x04\x1b[mN",
    b"\0Name\0": b"\0\x1b[mN\0",
}


def patch(data):
    for old, new in HOSTILE.items():
        assert len(old) == len(new), (old, new)
        data = data.replace(old, new)
    return data


def inflate_sections(data):
    """Moves compressed sections of an ELF file to its end, uncompressed, so that patch() sees their names."""
    data = bytearray(data)
    table, = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    for at in range(table, table + size * count, size):
        flags, _, offset, length = struct.unpack_from("<QQQQ", data, at + 8)
        if flags & 0x800:  # SHF_COMPRESSED
            plain = zlib.decompress(data[offset + 24:offset + length])
            struct.pack_into("<Q", data, at + 8, flags & ~0x800)
            struct.pack_into("<QQ", data, at + 24, len(data), len(plain))
            data += plain
    return bytes(data)


def hostile_files(folder):
    """Returns [(core, exe)]: an unpacked core of each fixture, and its executable."""
    files = []
    for name in ("values-127-amd64-default", "states-126-amd64-default"):
        fixture, core, exe = FIXTURES / name, folder / f"{name}.core", []
        if (fixture / "server.gz").exists():
            exe = [folder / f"{name}.exe"]
            exe[0].write_bytes(gzip.decompress((fixture / "server.gz").read_bytes()))
        common.gopm("slim", "-q", "--profile", "heap", "--self-contained", "-o", core, fixture / "core.zst", *exe)
        core.write_bytes(patch(core.read_bytes()))
        for path in exe:
            path.write_bytes(patch(inflate_sections(path.read_bytes())))
        files.append((core, exe))
    return files


# --- outputs ---------------------------------------------------------------------------------------------------------

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Each command with arguments; CORE and EXE follow. A new command is added here.
COMMANDS = {
    "info": [[]],
    "functions": [[], ["\x1b[m\n"]],
    "types": [[], ["--match", "\x1b[m"]],
    "sources": [[], ["--match", "\x1b[m"]],
    "goroutines": [[], ["--stack", "--labels", "--waits"], ["--delve"], ["--where", "user=\x1b[m\n"],
                   *(["--group-by", key] for key in ("user", "start", "go", "current", "reason", "object", "stack")),
                   ["--group-by", "label", "--key", "\x1b[m"], ["--group-by", "\x1b[m\n"], ["--location", "\x1b[m"]],
    "stack": [["--all", "--full"], ["--all", "--full", "--delve"], ["-g", "20\x1b[m"]],
    "traceback": [[], ["--level", "crash"], ["--unique"], ["--c"], ["--level", "\x1b[m"]],
    "threads": [[], ["--registers"]],
    "vars": [["main.*"], ["--c"], ["--c", "\x1b[m"], ["--full", "main.*"], ["\x1b[m\n"], ["--max-string", "\x1b[m"],
             ["-g", "20", "-f", "1"], ["--thread", "1", "-f", "0"], ["-g", "20\x1b[m"], ["-g", "20", "-f", "\x1b[m"]],
    "print": [["main.wait"], ["runtime.buildVersion"], ["C.\x1b[m"], ['"\x1b[m.c".x'], ["C.no"], ["-g", "20", "-f", "1", "no\x1b[mname"], ["main.\x1b[m\x07"],
              ["--goroutine", "20", "--frame", "99", "1"]],
    "type": [["main.\x1b[mXXX"], ["*main.\x1b[mXXX"], ["main.\x1b[31m\n"]],
    "mappings": [[], ["--modules"]],
    "findings": [[]],
    "heap": [[], ["--waste"], ["--checks"], ["--diff", "\x1b[m"], ["--objects"], ["--retained"], ["--by", "start"], ["--by", "\x1b[m"], ["--tree", "2"], ["--suspects"],
             ["--type", "\x1b[m\n"], ["--path", "\x1b[m"], ["--referrers", "0x10"], ["--referrers", "\x1b[m"], ["--limit", "\x1b[m"]],
    "object": [[], ["0x10"], ["--limit", "\x1b[m"]],
    "why": [[], ["--quick"], ["--dot"], ["-g", "20"], ["--limit", "\x1b[m"]],
    "leaks": [[], ["--limit", "\x1b[m"]],
    "requests": [[], ["--limit", "\x1b[m"]],
    "profile": [["goroutine"], ["heap"], ["block", "--limit", "\x1b[m"], ["goroutine", "-o", "{folder}/p\x1b[m\n"],
                ["goroutine", "-o", "{folder}/p\x1b[m\n"], ["hea\x1b[m"]],
    "slim": [["-o", "{folder}/sl\x1b[mim\n"], ["-o", "{folder}/sl\x1b[mim\n"], ["--profile", "\x1b[m"]],
    "snapshot": [["-o", "{folder}/x\x1b[m"]],
}


def check_bytes(where, data, quiet_ok=True):
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        problems.append(f"{where}: not UTF-8: {error}: {data[max(0, error.start - 30):error.end + 10]!r}")
        return
    found = CONTROLS.search(text)
    check(found is None, f"{where}: {found and text[max(0, found.start() - 30):found.end() + 10]!r}")
    forged = re.search(r"^\s*FORGED.*", text, re.M)
    check(forged is None, f"{where}: a name starts a line: {forged and forged[0]!r}")


def run(folder, command, arguments, files):
    line = [part.replace("{folder}", str(folder)) for part in arguments]
    result = subprocess.run([str(common.GOPM), command, *line, *map(str, files)], capture_output=True, timeout=120,
                            stdin=subprocess.DEVNULL)
    where = f"gopm {command} {' '.join(map(repr, arguments))} {files[0].name if files else ''}"
    check_bytes(f"{where}: output", result.stdout)
    check_bytes(f"{where}: messages", result.stderr)
    check(result.returncode in (0, 1, 2, 3), f"{where}: exit code {result.returncode}")
    if "--json" in arguments:
        for text in [result.stdout] + result.stderr.splitlines():
            try:
                json.loads(text or "{}")
            except ValueError as error:
                problems.append(f"{where}: {error}: {text[:200]!r}")
    return result.stdout + result.stderr


def outputs():
    listed = re.findall(r"^  (\w+) ", common.gopm("--help"), re.M)
    check(sorted(listed) == sorted(COMMANDS), f"commands {listed}, tested {sorted(COMMANDS)}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        opened = hostile_files(folder)
        seen = {}
        for core, exe in opened:
            for command, lines in COMMANDS.items():
                for arguments in lines:
                    for flags in ([], ["--json"]):
                        text = run(folder, command, [*flags, *arguments], [core, *exe])
                        seen[command] = seen.get(command, b"") + text
        # The names were there to be printed.
        for command in set(COMMANDS) - {"snapshot", "findings"}:
            check(b"\\x1b" in seen[command] and b"\\u001b" in seen[command], f"{command}: no hostile name was printed")
        for escape in (b"\\u202e", b"\\u009b", b"\\xff", b"\\x0aFORGED"):
            check(escape in seen["goroutines"] and escape in seen["traceback"], f"no name with {escape}")
        files_and_arguments(folder, opened[1][0])


def files_and_arguments(folder, core):
    """The command line has bytes of others too: names of files."""
    odd = folder / "co\x1b[31mre\n\u202e"
    odd.write_bytes(core.read_bytes())
    empty = folder / "e\x1b[m\nFORGED"
    empty.write_bytes(b"")
    for flags in ([], ["--json"]):
        for command in ("info", "findings", "mappings"):
            run(folder, command, flags, [odd])
            run(folder, command, flags, [empty])
            run(folder, command, flags, [folder / "no\x1b[mwhere"])
            run(folder, command, flags, [core, empty])
            run(folder, command, [*flags, "--\x1b[m"], [core])
            run(folder, command, [*flags, "--pid", "\x1b[m"], [])
            run(folder, command, flags, [core, core, odd])
        run(folder, "\x1b[m", flags, [core])
        run(folder, "help", ["\x1b[m"], [])


# --- terminal --------------------------------------------------------------------------------------------------------


def terminal():
    with tempfile.TemporaryDirectory() as name:
        core, exe = hostile_files(pathlib.Path(name))[0]
        try:
            master, slave = os.openpty()
        except OSError as error:
            print("not tested, no terminal:", error)
            return
        process = subprocess.Popen([str(common.GOPM), "goroutines", "-q", core, *exe], stdout=slave,
                                   env=dict(os.environ, TERM="xterm", NO_COLOR=""))
        os.close(slave)
        text = b""
        try:
            while part := os.read(master, 65536):
                text += part
        except OSError:
            pass  # the end of a terminal
        process.wait()
        os.close(master)
        check(b"\x1b[36m" in text, f"no colours: {text[:200]!r}")
        check_bytes("terminal", re.sub(rb"\x1b\[(?:1;33|36|0)m|\r\n", b"\n", text))


only = sys.argv[1:]
for part in (sources, outputs, terminal):
    if not only or part.__name__ in only:
        part()
common.finish(problems)
