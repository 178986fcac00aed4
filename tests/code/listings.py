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
TARGETS = {"amd64": ["--target=x86_64-linux-gnu"], "arm64": ["--target=aarch64-linux-gnu", "-march=armv8.1-a"]}
INSTRUCTION = re.compile(r"^\s*(?:[0-9a-f]+:[0-9a-f ]*)?\|(.*)$")
LABEL = re.compile(r"^\s*(\w+):$")


def sections(elf):
    """Name, bytes and sh_link of each section."""
    shoff, = struct.unpack_from("<Q", elf, 0x28)
    count, names = struct.unpack_from("<HH", elf, 0x3C)
    headers = [struct.unpack_from("<IIQQQQIIQQ", elf, shoff + i * 64) for i in range(count)]
    for header in headers:
        at = headers[names][4] + header[0]
        yield elf[at:elf.index(b"\0", at)].decode(), elf[header[4]:header[4] + header[5]], header[6]


def source_of(number, lines):
    """The function as the source of a section of its own; its labels end with its number."""
    labels = ["start"] + [match.group(1) for line in lines if (match := LABEL.match(line))]
    text, count = [f'.section .text.{number},"ax"', "start:"], 0
    for line in lines:
        if match := INSTRUCTION.match(line):
            text += [f"insn_{count}:", match.group(1).strip()]
            count += 1
        elif match := LABEL.match(line):
            text.append(match.group(1) + ":")
    text.append(f"insn_{count}:")
    names = "|".join(labels) + r"|insn_\d+"
    return re.sub(rf"(?<![\w%.])({names})\b", rf"\1__{number}", "\n".join(text)) + "\n"


def assemble(arch, functions):
    """Offset and bytes of each instruction of each function."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = pathlib.Path(folder, "a.s"), pathlib.Path(folder, "a.o")
        source.write_text("".join(source_of(i, lines) for i, lines in enumerate(functions)), encoding="utf-8")
        subprocess.run(["clang", *TARGETS[arch], "-c", source, "-o", out], check=True)
        found = list(sections(out.read_bytes()))
    text = {name: data for name, data, _ in found}
    symbols, link = next((data, link) for name, data, link in found if name == ".symtab")
    at = {}
    for i in range(0, len(symbols), 24):
        name, value = struct.unpack_from("<I", symbols, i)[0], struct.unpack_from("<Q", symbols, i + 8)[0]
        at[found[link][1][name:found[link][1].index(b"\0", name)].decode()] = value
    for number, lines in enumerate(functions):
        count = sum(1 for line in lines if INSTRUCTION.match(line))
        begins = [at[f"insn_{i}__{number}"] for i in range(count + 1)]
        yield [(begin, text[f".text.{number}"][begin:end]) for begin, end in zip(begins, begins[1:])]


def filled(arch, functions):
    for lines, instructions in zip(functions, assemble(arch, functions)):
        rest = iter(instructions)
        for line in lines:
            if match := INSTRUCTION.match(line):
                offset, code = next(rest)
                yield f"{offset:4x}: {code.hex(' '):<29} | {match.group(1).strip()}".rstrip()
            else:
                yield line


def fill(text):
    """The listing with the right offsets and bytes. All its functions are for one CPU."""
    head, functions, arch = [], [], None
    for line in text.splitlines():
        if line.startswith("function "):
            arch = line.split()[-1]
            functions.append([])
        (functions[-1] if functions else head).append(line)
    return "\n".join([*head, *filled(arch, functions)]) + "\n"


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
