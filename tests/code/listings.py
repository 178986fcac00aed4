#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Assembles the functions of tests/code/listings and compares the bytes with those beside the assembly.
With --write it writes them: to add a function, write each instruction as "| mov %rax,%rbx" and run it once."""
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).parent / "listings"
TRIPLES = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
INSTRUCTION = re.compile(r"^\s*(?:[0-9a-f]+:[0-9a-f ]*)?\|(.*)$")
LABEL = re.compile(r"^\s*(\w+):$")


def section(elf, wanted):
    """The bytes of a section, and of what its sh_link names."""
    shoff, = struct.unpack_from("<Q", elf, 0x28)
    count, names = struct.unpack_from("<HH", elf, 0x3C)
    headers = [struct.unpack_from("<IIQQQQIIQQ", elf, shoff + i * 64) for i in range(count)]
    for header in headers:
        at = headers[names][4] + header[0]
        if elf[at:elf.index(b"\0", at)] == wanted:
            link = headers[header[6]]
            return elf[header[4]:header[4] + header[5]], elf[link[4]:link[4] + link[5]]
    return b"", b""


def assemble(arch, lines):
    """The bytes of each instruction among `lines`."""
    text, count = ["start:"], 0
    for line in lines:
        if match := INSTRUCTION.match(line):
            text += [f"insn_{count}:", match.group(1).strip()]
            count += 1
        elif match := LABEL.match(line):
            text.append(match.group(1) + ":")
    text.append(f"insn_{count}:\n")
    with tempfile.TemporaryDirectory() as folder:
        source, out = pathlib.Path(folder, "a.s"), pathlib.Path(folder, "a.o")
        source.write_text("\n".join(text))
        subprocess.run(["clang", f"--target={TRIPLES[arch]}", "-c", source, "-o", out], check=True)
        elf = out.read_bytes()
    code, (symbols, names) = section(elf, b".text")[0], section(elf, b".symtab")
    at = {}
    for i in range(0, len(symbols), 24):
        name, value = struct.unpack_from("<I", symbols, i)[0], struct.unpack_from("<Q", symbols, i + 8)[0]
        at[names[name:names.index(b"\0", name)].decode()] = value
    return [(at[f"insn_{i}"], code[at[f"insn_{i}"]:at[f"insn_{i + 1}"]]) for i in range(count)]


def filled(arch, lines):
    instructions = iter(assemble(arch, lines))
    for line in lines:
        if match := INSTRUCTION.match(line):
            offset, code = next(instructions)
            bytes_ = code.hex(" ")
            yield f"{offset:4x}: {bytes_:<29} | {match.group(1).strip()}".rstrip()
        else:
            yield line


def fill(text):
    out, arch, body = [], None, []
    for line in text.splitlines() + ["function end"]:
        if line.startswith("function "):
            out += filled(arch, body) if arch else body
            arch, body = line.split()[-1], []
            if line != "function end":
                body = [line]
        else:
            body.append(line)
    return "\n".join(out) + "\n"


def main():
    if not shutil.which("clang"):
        print("clang is not installed")
        sys.exit(77)
    wrong = False
    for path in sorted(FOLDER.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        right = fill(text)
        if "--write" in sys.argv:
            path.write_text(right, encoding="utf-8")
        elif text != right:
            wrong = True
            for old, new in zip(text.splitlines(), right.splitlines()):
                if old != new:
                    print(f"{path.name}:\n  - {old}\n  + {new}")
    sys.exit(1 if wrong else 0)


main()
