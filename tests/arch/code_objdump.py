#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the decoder's stack accesses and register reads with objdump's operands, on all code of a Go program for
each CPU. Each read that the decoder reports must be in objdump's listing, and nearly all stack reads of the listing must
be reported. Exit 77: no objdump for any of the CPUs (or, for arm64, no Go).
"""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
DUMP = BUILD / "tests/arch/dump_code"


def text_section(exe):
    """Address, offset and size of .text."""
    data = exe.read_bytes()
    table, count, names = struct.unpack_from("<Q", data, 0x28)[0], *struct.unpack_from("<HH", data, 0x3c)
    rows = [struct.unpack_from("<IIQQQQ", data, table + i * 64) for i in range(count)]
    strings = rows[names][4]
    for name, _, _, address, offset, size in rows:
        if data[strings + name:strings + name + 6] == b".text\0":
            return address, offset, size
    raise SystemExit("no .text")


def decoded_operands(machine, exe, offsets):
    text = "".join(f"{o:x}\n" for o in offsets)
    out = subprocess.run([DUMP, str(machine), exe], input=text, capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        size, reads, *memory = line.split(" ")
        yield int(size), int(reads, 16), [m.split(",") for m in memory]


# amd64: AT&T operands

NAMES = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"]
SIZES = {"b": 1, "w": 2, "l": 4, "q": 8}


def amd64_register(name):
    """(number, size) of a register."""
    name = name.lstrip("%")
    if found := re.fullmatch(r"r(\d+)([dwb]?)", name):
        return int(found[1]), {"": 8, "d": 4, "w": 2, "b": 1}[found[2]]
    if found := re.fullmatch(r"[xyz]mm(\d+)", name):
        return 32 + int(found[1]), 16
    if found := re.fullmatch(r"([re]?)([a-d]x|[sb]p|[sd]i)", name):
        return NAMES.index(found[2]), {"r": 8, "e": 4, "": 2}[found[1]]
    if found := re.fullmatch(r"([a-d])([lh])", name):
        return NAMES.index(found[1] + "x"), 1
    if found := re.fullmatch(r"([sb]p|[sd]i)l", name):
        return NAMES.index(found[1]), 1
    return None, 0


def operands(text):
    """Splits the text at commas outside of parentheses."""
    return re.findall(r"(?:[^,(]|\([^)]*\))+", text)


def amd64_size(mnemonic, ops, memory):
    if found := re.fullmatch(r"mov[sz]([bwl])[wlq]", mnemonic):
        return SIZES[found[1]]
    if mnemonic in ("movslq",):
        return 4
    if re.search(r"ss$|ss2sdl?$", mnemonic) or mnemonic in ("movd", "cvtss2sd", "cvttss2si"):
        return 4
    if re.search(r"sd$", mnemonic) or mnemonic in ("movq", "cvtsd2ss", "cvttsd2si", "cvttsd2siq"):
        return 8
    if re.match(r"(mov[au]p[sd]|movdq[au]|p|and[np]*p|xorp|orp)", mnemonic) and "xmm" in "".join(ops) and mnemonic != "push":
        return 16
    for op in ops:
        number, size = amd64_register(op)
        if op != memory and number is not None and size <= 8 and not mnemonic.startswith("cvt"):
            return size
    return SIZES.get(mnemonic[-1])


WRITES_ONLY = re.compile(r"(mov|set|lea|v?mov|cvt|pop|sqrt|bsf|bsr|popcnt|tzcnt|lzcnt|pshuf|rorx|sarx|shlx|shrx|andn|bextr|mulx|vp|aes|pmovmskb)")
IMPLICIT = {"mul": [0], "imul": [0], "div": [0, 2], "idiv": [0, 2], "cltq": [0], "cqto": [0], "cltd": [0], "cwtl": [0],
            "cmpxchg": [0], "xlat": [0, 3], "rep": [0, 1, 6, 7], "shl": [1], "shr": [1], "sar": [1], "rol": [1], "ror": [1],
            "cqto": [0], "cwtd": [0], "cbtw": [0], "cmpxchg16b": [0, 1, 2, 3], "shld": [1], "shrd": [1], "push": [4], "xchg": [0]}


def amd64_expected(line):
    """(stack reads, registers, complete): [(displacement, size)], the registers that the instruction may read, and
    True if the decoder must report all its reads."""
    words = line.split(None, 1)
    mnemonic = words[0]
    while mnemonic in ("lock", "rep", "repz", "repnz", "data16", "cs", "ds", "addr32", "rex.W", "bnd", "notrack"):
        words = words[1].split(None, 1) if len(words) > 1 else [""]
        mnemonic = words[0]
    ops = [o.strip() for o in operands(re.sub(r"\s*[<#].*", "", words[1]))] if len(words) > 1 else []
    allowed = set()
    base = re.sub(r"[bwlq]$", "", mnemonic) if mnemonic not in IMPLICIT else mnemonic
    for number in IMPLICIT.get(mnemonic, []) + IMPLICIT.get(base, []) + IMPLICIT.get(base[:-1], []):
        allowed.add(number)
    reads = []
    writes_only = WRITES_ONLY.match(mnemonic) is not None and not re.match(r"cmov|vp?gather|movss$|movsd$", mnemonic)
    for i, op in enumerate(ops):
        last = i == len(ops) - 1
        destination = last and writes_only
        if mnemonic.startswith("nop"):
            continue
        if "(" in op:
            for register in re.findall(r"%\w+", op):
                allowed.add(amd64_register(register)[0])
            found = re.fullmatch(r"\*?(-?0x[0-9a-f]+)?\(%rsp\)", op)
            lea = mnemonic.startswith("lea")
            stores = last and re.match(r"v?mov|set|pop|pextr|vextr|fst", mnemonic)
            if found and not lea and not stores:
                reads.append((int(found[1] or "0", 16), amd64_size(mnemonic, ops, op)))
        elif not destination or (mnemonic.startswith("mov") and "s" in mnemonic[3:] and len(ops) == 2 and "%xmm" in op):
            allowed.add(amd64_register(op.lstrip("*"))[0])
    return reads, allowed, not mnemonic.startswith(("v", "f", "p", "cvt"))


# arm64: GNU operands

def arm64_register(name):
    if name in ("sp", "wsp"):
        return 31, 8
    if found := re.fullmatch(r"([xw])(\d+)", name):
        return int(found[2]), 8 if found[1] == "x" else 4
    if found := re.fullmatch(r"([bhsdqv])(\d+).*", name):
        return 32 + int(found[2]), {"b": 1, "h": 2, "s": 4, "d": 8, "q": 16, "v": 16}[found[1]]
    if name in ("xzr", "wzr"):
        return None, 8 if name[0] == "x" else 4
    return None, 0


ARM64_SOURCES = re.compile(r"(st|cmp|cmn|tst|cb|tb|b$|br|blr|ret|ccm|fcmp|fccmp|msr|prfm|svc|brk)")


def arm64_expected(line):
    words = line.split(None, 1)
    mnemonic = words[0]
    rest = re.sub(r"\s*(<|//).*", "", words[1]) if len(words) > 1 else ""
    outside = re.sub(r"\[[^]]*\]!?", "", rest)
    listed = re.findall(r"\b[xwbhsdqv]\d+\b|\bsp\b|\bwsp\b|\b[xw]zr\b", outside)
    inside = re.findall(r"\b[xw]\d+\b|\bsp\b", "".join(re.findall(r"\[[^]]*\]", rest)))
    targets = 0 if ARM64_SOURCES.match(mnemonic) else 2 if re.match(r"ldp|ldxp|ldaxp", mnemonic) else 1
    if re.match(r"(ld(add|clr|eor|set)|swp|cas)|movk|bfi|bfxil|bfm|ins|mla|fmla", mnemonic):
        targets = 0
    allowed = {arm64_register(r)[0] for r in listed[targets:] + inside}
    allowed |= {30} if mnemonic == "ret" and not listed else set()
    reads = []
    found = re.search(r"\[sp(?:, #(-?(?:0x)?[0-9a-f]+))?\](?!!)(?:, #(-?(?:0x)?[0-9a-f]+))?", rest)
    if found and re.match(r"ld[rup]|ldur", mnemonic):
        at = int(found[1] or "0", 0)
        for i, register in enumerate(listed[:targets]):
            size = arm64_register(register)[1]
            if narrow := re.fullmatch(r"ldu?rs?([bhw])", mnemonic):
                size = {"b": 1, "h": 2, "w": 4}[narrow[1]]
            if mnemonic == "ldpsw":
                size = 4
            reads.append((at + i * size, size))
    return reads, allowed, "]!" not in rest


def lines_of(objdump, exe, begin):
    process = subprocess.Popen([objdump, "-d", "-j", ".text", "--no-show-raw-insn", exe], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        found = re.match(r"\s*([0-9a-f]+):\t(.*)", line)
        if found and "(bad)" not in found[2] and ".inst" not in found[2] and ".word" not in found[2]:
            yield int(found[1], 16) - begin, found[2].strip()
    process.wait()


def compare(machine, objdump, exe, expected, sp):
    address, offset, _ = text_section(exe)
    listing = list(lines_of(objdump, exe, address))
    wrong = missed = reads_seen = decoded = 0
    operands_of = decoded_operands(machine, exe, [offset + at for at, _ in listing])
    for (at, line), (size, registers, memory) in zip(listing, operands_of):
        if size == 0:
            continue
        decoded += 1
        reads, allowed, complete = expected(line)
        reported = set()
        for kind, base, value, length in memory:
            if kind == "r" and int(base) == sp:
                reported |= set(range(int(value), int(value) + int(length)))
        really = {b for displacement, length in reads for b in range(displacement, displacement + (length or 16))}
        bad = [r for r in range(64) if registers >> r & 1 and r not in allowed]
        if reported - really or bad:
            wrong += 1
            if wrong <= 20:
                print(f"{address + at:x}: {line}: reported as reading {sorted(reported)}, registers {bad}")
        if reads and complete:
            reads_seen += 1
            if really - reported:
                missed += 1
                if missed <= 20:
                    print(f"{address + at:x}: {line}: stack reads are not reported")
    print(f"{machine}: {decoded} of {len(listing)} instructions, {reads_seen} read the stack, {missed} not reported, {wrong} wrong")
    return wrong == 0 and reads_seen > 10000 and missed * 1000 < reads_seen and decoded * 100 > len(listing) * 98


def main():
    fine, any_done = True, False
    if shutil.which("objdump"):
        any_done = True
        fine &= compare(62, "objdump", SOURCE / "examples/story/sample/server", amd64_expected, 4)
    cross = "aarch64-linux-gnu-objdump"
    if shutil.which(cross) and shutil.which("go"):
        with tempfile.TemporaryDirectory() as folder:
            exe = pathlib.Path(folder) / "truth"
            env = dict(os.environ, GOARCH="arm64", CGO_ENABLED="0", GOFLAGS="-mod=mod")
            subprocess.run(["go", "build", "-buildvcs=false", "-o", exe, "."], cwd=SOURCE / "tests/programs/truth", env=env,
                           check=True)
            any_done = True
            fine &= compare(183, cross, exe, arm64_expected, 31)
    if not any_done:
        print("skipped: objdump is not installed")
        return 77
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
