#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Variables of C. Each global and static variable of a program has the value that gdb reads from the same core, down to
members, bits and elements; and the text that the program's source gives it.

    cvars.py GO-VERSION FLAVOUR

FLAVOUR is how C is compiled: O0, O2, dwarf4 (bit fields in the old form), clang (DWARF 5, which has addresses by index), clang4;
shared (in a library), split (in a library whose DWARF is in a file of its own, found by .gnu_debuglink), copied (in a library, with a
program that is not position-independent).
"""
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import common
import native

PROGRAM = common.SOURCE / "tests/programs/cvars"
FLAGS = {"O0": "-O0 -g", "O2": "-O2 -g", "dwarf4": "-O0 -g -gdwarf-4 -gstrict-dwarf", "clang": "-O2 -g -gdwarf-5",
         "clang4": "-O2 -g -gdwarf-4", "shared": "-O2 -g", "split": "-O0 -g", "copied": "-O2 -g"}
IN_LIBRARY = ("shared", "split", "copied")
# Texts that the source alone decides.
TEXTS = {
    "C.counter": "42",
    "C.global_record.kind": "9",
    "C.global_record.d": "-4",
    "C.global_record.col": "GREEN (5)",
    "C.global_record.name": '"static"',
    "C.global_record.fn": "*func() nil",
    "C.bits": "C.struct_packed_bits {head: 170, wide: 81985529216486895, narrow: -3, yes: true, level: LOW (-2), col: BLUE (6)}",
    "C.anonymous": 'C.struct_anonymous {kind: 3, {number: 327682, text: *(unreadable ...), {low: 2, high: 5}}, last: 9}',
    "C.anonymous.high": "5",
    "C.everything.real": "1.5",
    "C.everything.parts[7]": "63",
    "C.matrix": "[2][3]C.int [[1,2,3],[4,5,6]]",
    "C.matrix[1][0]": "4",
    "C.cube": '[2][2][4]C.char [["ab","cd"],["efg","hijk"]]',
    "C.none": "[0]C.int []",
    "C.letters": '[16]C.char "letters"',
    "C.full": '[4]C.char "full"',
    "C.letters[1]": "101",
    "C.octets": "[4]C.uchar [1,2,255,0]",
    "C.text": r'"a \"text\" of C\n"',
    "C.long_text": '"a string that is longer than the default limit on the bytes of a"...',
    "C.no_text": "*C.char nil",
    "C.texts": '[3]*C.char ["one","two",*nil]',
    "C.bad_text": "*(unreadable the core lacks memory at 0x8)",
    "C.rights": "READ|RUN (5)",
    "C.strange": "64",
    "C.level": "LOW (-2)",
    "C.RUN": "RUN (4)",
    "C.truth": "true",
    "C.single_float": "1.25",
    "C.single_complex": "(1 + 2i)",
    "C.double_complex": "(3 + -4i)",
    "C.large": "C.__int128 as bytes [5,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]",
    "C.biggest": "18446744073709551615",
    "C.small": "-3",
    "C.settings + 1": "13",
    "*C.pointer": "42",
    "**C.pointer_to_pointer": "42",
    "C.opaque.secret": "42",
    "C.point_in_array": "*C.point {x: 2, y: -2}",
    "C.tail.count": "3",
    "C.operations": "[3]C.operation [twice,thrice,*nil]",
    "C.allocator": "__libc_malloc",
    "C.own_operation": "twice",
    '"c.c".shared_name': "7",
    '"d.c".shared_name': "1001",
    "C.only_here": "995",
    "C.in_preamble": "78",
    "(*C.struct_record)(main.held.buffer).c": "3000",
    "(*C.struct_record)(main.held.buffer).u.f": "1.5",
    "(*C.struct_record)(main.held.buffer).next.a": "5",
    "main.held.rec.name": '"c string"',
    "main.held.rec.next.kind": "1",
    "main.held.copied.at[1].y": "-2",
    "main.held.text": '"from Go"',
    "main.held.fn": "twice",
    "main.held.back": "twice",
    "main.held.texts": '*"one"',
    "*main.held.texts": '"one"',
    "main.held.names": '[]*main._Ctype_char len: 2, cap: 2, ["from Go",*nil]',
    "main.held.octet": "*2",
    "main.held.rec.fn": "twice",
    "main.held.empty": "*[0]uint8 []",
}
REFUSED = {
    "C.shared_name": "ambiguous",
    "(*C.struct_twin)(0x1000)": "ambiguous",
    "C.no_such_name": "undefined: C.no_such_name",
    "&C.bits.level": "it is a bit field",
    "*C.untyped": "cannot dereference",
    "C.of_thread + 1": "thread-local",
    "C.tail.data[0]": "length",
}
# Runs in gdb: prints the values of expressions of C as JSON.
GDB = r"""
import json
import gdb

def plain(value, depth=0):
    kind = value.type.strip_typedefs()
    code = kind.code
    try:
        # Of a part of an aggregate that is optimized out, gdb says so of the whole.
        if value.is_optimized_out and code not in (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            return {"lost": True}
        if code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_CHAR):
            return {"int": int(value)} if kind.sizeof <= 8 else {}
        if code == gdb.TYPE_CODE_FLT:
            return {"float": float(value)} if kind.sizeof <= 8 else {}
        if code == gdb.TYPE_CODE_PTR:
            return {"int": int(value)}
        if code == gdb.TYPE_CODE_ARRAY:
            low, high = kind.range()
            return {"list": [plain(value[i], depth + 1) for i in range(low, min(high, low + 63) + 1)]} if high >= low else {}
        if code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            return {"fields": [plain(value[field], depth + 1) for field in kind.fields()]}
    except (gdb.MemoryError, gdb.error) as error:
        return {"error": str(error)}
    return {}

def frame_variables(frame):
    found = []
    block = frame.block()
    shadowed = set()
    while block and not block.is_global and not block.is_static:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and symbol.name:
                found.append((symbol.name, symbol.name in shadowed, symbol.line, plain(symbol.value(frame))))
        shadowed.update(symbol.name for symbol in block)
        if block.function:
            break
        block = block.superblock
    return found
"""
problems = []


def check(condition, text):
    if not condition:
        problems.append(text)


def build_library(source, flavour, folder):
    """Moves C out of the program."""
    library = folder / "libcvars.so"
    commands = [["gcc", *FLAGS[flavour].split(), "-fPIC", "-shared", "-o", library, source / "c.c", source / "d.c"]]
    if flavour == "split":
        debug = folder / "libcvars.so.debug"
        commands += [["objcopy", "--only-keep-debug", library, debug], ["strip", "-g", library], ["objcopy", f"--add-gnu-debuglink={debug}", library]]
    for command in commands:
        subprocess.run(command, check=True)
    for name in ("c.c", "d.c"):
        (source / name).unlink()


def build(version, flavour, folder):
    source = folder / "source"
    shutil.copytree(PROGRAM, source, dirs_exist_ok=True)
    for name in ("c.c", "d.c"):
        (source / (name + ".txt")).rename(source / name)
    compiler = "clang" if flavour.startswith("clang") else "gcc"
    common.need(compiler)
    environment = dict(os.environ, GOTOOLCHAIN="go" + version, CGO_ENABLED="1", CGO_CFLAGS=FLAGS[flavour] + (" -fno-pic" if flavour == "copied" else ""), CC=compiler, GOFLAGS="-mod=mod")
    if flavour in IN_LIBRARY:
        environment["CGO_LDFLAGS"] = f"-L{folder} -lcvars -Wl,-rpath,{folder}"
        build_library(source, flavour, folder)
    if flavour == "copied":
        # The program has copies of these variables, which the library uses too.
        (source / "copies.c").write_text('#include "types.h"\nextern int counter;\nextern struct record global_record;\n'
                                         "int sum_of_copies(void) { return counter + global_record.kind; }\n", encoding="ascii")
    result = subprocess.run(["go", "build", "-buildvcs=false", "-ldflags=-compressdwarf=false", "-o", folder / "exe", "."], cwd=source, env=environment,
                            capture_output=True, text=True)
    if result.returncode:
        common.skip(f"cannot build: {result.stderr.strip()[-300:]}")
    return folder / "exe"


def gdb(core, exe, script):
    command = ["gdb", "-nx", "-batch", "-q"]
    for line in ("set debuginfod enabled off", "set auto-load off", f"file {exe}", f"core-file {core}"):
        command += ["-ex", line]
    path = core.parent / "script.py"
    path.write_text(GDB + script, encoding="utf-8")
    result = subprocess.run([*command, "-x", path], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    answer = re.search(r"^ANSWER (.*)$", result.stdout, re.M)
    if not answer:
        common.skip("gdb has no answer: " + (result.stderr.strip()[-300:] or "no Python"))
    return json.loads(answer[1])


def gopm(*arguments):
    return subprocess.run([common.GOPM, *map(str, arguments)], capture_output=True, text=True, check=False)


def is_lost(theirs):
    """True if gdb reads no part of the value."""
    parts = theirs.get("fields") or theirs.get("list")
    return all(map(is_lost, parts)) if parts else "lost" in theirs


def compare(where, ours, theirs):
    """A value of gopm's JSON with one of gdb. Returns the number of leaves."""
    if "lost" in theirs:
        check(ours["unreadable"], f"{where}: gopm reads {ours.get('value')}, and gdb says optimized out")
        return 1
    if not theirs or "error" in theirs:
        return 0
    if ours["unreadable"]:
        # gdb takes registers that a call may change as they are, and parts without a location as zero.
        # Of a declaration without a length gdb reads one element. It looks up thread-local variables, and takes symbols that only
        # .symtab has.
        kinds = ("its length is not known", "thread-local: each thread has its own, which is not looked up", "a limit on the number of values was reached")
        if ours["unreadable"].endswith(kinds) or (where not in TEXTS and ours["unreadable"] == "optimized out: no location"):
            return 0
        guessed = "a register whose value in this frame is not known" in ours["unreadable"] or "no location here" in ours["unreadable"]
        check(is_lost(theirs) or guessed or ours["unreadable"].endswith("has no address"), f"{where}: gopm cannot read it: {ours['unreadable']}; gdb: {theirs}")
        return 0
    # At the maximum depth, and after a limit, there are no children.
    if ours.get("cut") or (ours["kind"] in (17, 25) and not ours["children"] and ours["len"]):
        return 0
    if "fields" in theirs:
        check(len(ours["children"]) == len(theirs["fields"]), f"{where}: {len(ours['children'])} members, gdb: {len(theirs['fields'])}")
        return sum(compare(f"{where}.{one['name']}", one, other) for one, other in zip(ours["children"], theirs["fields"]))
    if "list" in theirs:
        # After some elements that cannot be read gopm reads no more.
        cut = sum(child["unreadable"] != "" for child in ours["children"]) > 3 or len(theirs["list"]) == 1
        check(len(ours["children"]) == len(theirs["list"]) or cut, f"{where}: {len(ours['children'])} elements, gdb: {len(theirs['list'])}")
        return sum(compare(f"{where}[{i}]", one, other) for i, (one, other) in enumerate(zip(ours["children"], theirs["list"])))
    text = ours["value"]
    if "float" in theirs:
        check(abs(float(text) - theirs["float"]) <= abs(theirs["float"]) * 1e-6 + 1e-44, f"{where}: {text}, gdb: {theirs['float']}")
    else:
        number = {"true": 1, "false": 0}.get(text)
        named = re.fullmatch(r"(?:.* \()?(-?\d+)\)?", text)
        number = int(named[1]) if number is None and named else number
        check(number == theirs["int"], f"{where}: {text}, gdb: {theirs['int']}")
    return 1


def compare_globals(core, exe):
    listed = {one["name"]: one for one in json.loads(gopm("vars", "--c", "--json", "--max-depth", "5", core, exe).stdout)["result"]}
    names = [name for name in listed if name.startswith("C.") and not name.startswith(("C._cgo", "C.x_cgo", "C.cgo_")) and name != "C.of_thread"]
    for name in ("C.matrix", "C.bits", "C.only_here", "C.in_preamble", 'c.c".shared_name', 'd.c".shared_name'):
        check(any(one.endswith(name) for one in listed), f"gopm vars --c does not list {name}: {sorted(listed)}")
    theirs = gdb(core, exe, "answer = {}\nfor name in " + repr([name[2:] for name in names]) + r""":
    symbol = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
    if symbol:
        answer[name] = plain(symbol.value())
print("\nANSWER " + json.dumps(answer))
""")
    leaves = sum(compare(name, listed[name], theirs[name[2:]]) for name in names if name[2:] in theirs)
    check(leaves > 100, f"only {leaves} values of globals were compared with gdb")
    check("thread-local" in listed["C.of_thread"]["unreadable"], f"C.of_thread: {listed['C.of_thread']}")
    return leaves


def compare_frames(core, exe):
    """The variables of all frames of C that have DWARF. Returns the numbers of values that are equal, and of those that
    only gdb reads, by the arguments of the call."""
    theirs = gdb(core, exe, r"""
answer = []
for thread in gdb.selected_inferior().threads():
    thread.switch()
    frame = gdb.newest_frame()
    while frame:
        symtab = frame.find_sal().symtab
        if symtab and frame.function() and frame.function().symtab.filename.endswith(("c.c", "d.c", "cgo-gcc-prolog")):
            answer.append((thread.ptid[1], frame.pc(), frame.name(), frame_variables(frame)))
        try:
            frame = frame.older()
        except gdb.error:
            break
print("\nANSWER " + json.dumps(answer))
""")
    leaves, entry, functions = 0, 0, set()
    for thread, pc, function, variables in theirs:
        stack = json.loads(gopm("stack", "-q", "--json", "--thread", thread, core, exe).stdout)["result"]["Locations"]
        index = [i for i, frame in enumerate(stack) if frame["pc"] == pc and frame["function"]["name"] == function]
        if not index:
            continue
        result = gopm("vars", "-q", "--json", "--max-depth", "4", "--thread", thread, "-f", index[0], core, exe)
        ours = {one["name"]: one for one in json.loads(result.stdout or '{"result":[]}')["result"] if not one["flags"] & 2}
        for name, shadowed, line, value in variables:
            if shadowed or not value:
                continue
            where = f"{function}: {name}"
            # A block without code is in no scope.
            check(name in ours or is_lost(value), f"{where} is missing: {sorted(ours)} {result.stderr}")
            if name not in ours:
                continue
            if ours[name]["unreadable"].endswith("entry is described") and "lost" not in value:
                entry += 1
                continue
            leaves += compare(where, ours[name], value)
            functions.add(function)
            if not ours[name]["unreadable"]:
                text = gopm("print", "-q", "--json", "--max-depth", "4", "--thread", thread, "-f", index[0], name, core, exe).stdout
                check(json.loads(text)["result"]["value"] == ours[name]["value"], f"{where}: gopm print differs from gopm vars")
    found = gopm("stack", "--all", "--full", core, exe).stderr
    check("damaged" not in found, f"sound DWARF of C is called damaged: {found}")
    check({"inner", "outer", "wait_here", "inlined"} <= functions, f"frames of {functions} only")
    return leaves, entry


def check_begin(core, exe):
    """At the first instruction of a function its parameters are in registers, and not yet where the DWARF says."""
    command = ["gdb", "-nx", "-batch", "-q"]
    for line in ("set debuginfod enabled off", "set auto-load off", "handle all nostop noprint pass", "break *inner", "run >/dev/null",
                 f"generate-core-file {core}", "kill"):
        command += ["-ex", line]
    subprocess.run([*command, exe], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if not core.exists():
        common.skip("gdb wrote no core at a breakpoint")
    for thread in json.loads(gopm("threads", "--json", core, exe).stdout)["result"]:
        text = gopm("vars", "-q", "--thread", thread["id"], "-f", "0", core, exe).stdout
        if "by_value = " in text:
            for name in ("rec", "name", "n", "factor", "by_value"):
                line = re.search(rf"^{name} = .*$", text, re.M)
                check(line and "(stale-possible: the function may not have stored it yet)" in line[0], f"at inner: {line and line[0]}")
            return
    check(False, "no thread stopped at inner")


def compare_texts(core, exe, flavour):
    for expression, wanted in TEXTS.items():
        if flavour.startswith("clang") and expression == '"c.c".shared_name':
            continue  # its uses come after a loop that does not end
        result = gopm("print", "-q", "--full", "--max-depth", "3", expression, core, exe)
        have = re.sub(r"\(unreadable [^()]*\)", "(unreadable ...)", result.stdout.strip()) if "..." in wanted else result.stdout.strip()
        check(have == wanted, f"{expression}: {have or result.stderr.strip()!r}, want {wanted}")
    for expression, why in REFUSED.items():
        result = gopm("print", "-q", expression, core, exe)
        check(result.returncode != 0 and why in result.stderr, f"{expression}: {result.stdout}{result.stderr}, want {why}")
    # As Delve shows them.
    check(gopm("print", "-q", "--raw", "main.held.text", core, exe).stdout.strip() == "*102", "--raw main.held.text")


def check_library(core, exe):
    """Expressions in a frame of the library: its own names, else those of the program. A small core has the same variables."""
    threads = json.loads(gopm("threads", "-q", "--json", core, exe).stdout)["result"]
    stacks = {one["id"]: json.loads(gopm("stack", "-q", "--json", "--thread", one["id"], core, exe).stdout)["result"]["Locations"]
              for one in threads}
    thread, at = next((id, i) for id, frames in stacks.items() for i, frame in enumerate(frames) if frame["function"]["name"] == "outer")
    go = next(i for i, frame in enumerate(stacks[thread]) if frame["function"]["name"] == "main._Cfunc_outer")
    for frame, expression, wanted in ((at, "n + table[1][1]", "13"), (at, "only_here", "995"), (at, "n + counter", "47"), (at, "on_stack.next.kind", "1"),
                                      (at, "main.held.rec.kind", "2"), (at, "C.in_preamble", "78"), (at, "len(main.held.names)", "2"),
                                      (at, f"runtime.frame({at}).n", "5"), (go, "C.only_here", "995")):
        result = gopm("print", "-q", "--thread", thread, "-f", frame, expression, core, exe)
        check(result.stdout.strip() == wanted, f"frame {frame}: {expression}: {result.stdout.strip() or result.stderr.strip()!r}, want {wanted}")
    for frame, expression, why in ((at, "n + main.held.rec.kind", "undefined"), (at, "nothing", "undefined: nothing"),
                                   (go, f"runtime.frame({at}).on_stack", "another module"), (at, f"runtime.frame({go}).p1", "another module")):
        result = gopm("print", "-q", "--thread", thread, "-f", frame, expression, core, exe)
        check(result.returncode != 0 and why in result.stderr, f"frame {frame}: {expression}: {result.stdout}{result.stderr}, want {why}")
    small = core.with_suffix(".small")
    common.gopm("slim", core, exe, "-o", small)
    whole, kept = (gopm("vars", "-q", "--json", "--thread", thread, "-f", at, file, exe).stdout for file in (core, small))
    check(whole == kept, f"the small core has other variables: {kept}, not {whole}")


def check_damage(core, exe, seed, of=None):
    """Damaged entries of C, in `exe` or in the library `of`: gopm ends, and without a crash."""
    if of:
        sound = of.read_bytes()
        damage(of, of, seed)
        ask_damaged(core, exe, seed, ())
        of.write_bytes(sound)
    else:
        damage(exe, exe.with_name("damaged"), seed)
        # Without the libraries, whose DWARF takes time.
        ask_damaged(core, exe.with_name("damaged"), seed, ("--sysroot", "/var/empty"))


def damage(file, damaged, seed):
    sections = subprocess.run(["readelf", "-SW", file], capture_output=True, text=True, check=True).stdout
    at = re.search(r"\.debug_info +PROGBITS +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)", sections)
    data = bytearray(file.read_bytes())
    # The units of C are the last ones.
    end = int(at[1], 16) + int(at[2], 16)
    random.seed(seed)
    for _ in range(random.choice((1, 3, 20, 200))):
        data[end - 1 - random.randrange(min(12000, int(at[2], 16)))] = random.choice((0, 1, 0x0f, 0x7f, 0x80, 0xff, random.randrange(256)))
    damaged.write_bytes(data)


def ask_damaged(core, exe, seed, more):
    for arguments in (["vars", "--c", "--full"], ["vars", "--c", "--json", "--max-depth", "8"], ["print", "--json", "C.global_record"],
                      ["print", "(*C.struct_record)(main.held.buffer)"], ["print", "C.bits"], ["stack", "--all", "--full"]):
        try:
            result = subprocess.run([common.GOPM, *arguments, *more, core, exe], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                                    timeout=60)
        except subprocess.TimeoutExpired:
            check(False, f"damage {seed}: gopm {' '.join(arguments)} does not end")
            continue
        check(0 <= result.returncode < 10, f"damage {seed}: gopm {' '.join(arguments)}: exit {result.returncode}")
        check(result.returncode != 0 or "--json" not in arguments or json.loads(result.stdout), f"damage {seed}: no JSON")


def main():
    common.need("gdb")
    common.need("go")
    version, flavour = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        exe, core = build(version, flavour, folder), folder / "core"
        native.take(exe, [], core)
        leaves = compare_globals(core, exe)
        locals_, entry = compare_frames(core, exe)
        compare_texts(core, exe, flavour)
        if flavour == "O0":
            core.unlink()
            check_begin(core, exe)
        for seed in range({"O0": 30, "clang": 8}.get(flavour, 0)):
            check_damage(core, exe, seed)
        if flavour in IN_LIBRARY:
            check_library(core, exe)
        for seed in range(5 if flavour == "shared" else 0):
            check_damage(core, exe, seed, folder / "libcvars.so")
    for line in problems + native.problems:
        print(line)
    print(f"{leaves} values of globals, {locals_} of frames, and {len(TEXTS)} texts compared; {entry} values that gdb computes from calls")
    return 1 if problems or native.problems else 0


if __name__ == "__main__":
    sys.exit(main())
