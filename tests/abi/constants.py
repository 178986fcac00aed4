#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Constants that generators of bindings can read: each is a plain literal, and the compiler agrees on its value. Those of
one family ("GOPM_X_*" in a comment of the headers) have different values. cffi and bindgen see all, if they are here."""
import os
import re
import shutil
import subprocess
import tempfile

import house

LITERAL = re.compile(r"\(?(-?(?:0x[0-9a-f]+|[0-9]+))u?\)?")
# Macros that are no constants, and the version number, which is computed.
OTHER = re.compile(r"GOPM_\w+_H|GOPM_(?:API|BEGIN_DECLS|END_DECLS|VERSION_NUMBER)")
# A count.
MIXED = {"GOPM_PROFILE_VALUES"}


def constants():
    """(header, name, text of its value) of each."""
    for header in house.HEADERS:
        text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL).replace("\\\n", " ")
        for name, value in re.findall(r"^[ \t]*#[ \t]*define[ \t]+(GOPM_\w+)\b(?!\()[ \t]*(.*)$", text, re.MULTILINE):
            if not OTHER.fullmatch(name):
                yield header.name, name, value.strip()


def values(problems):
    found = {}
    for header, name, text in constants():
        literal = LITERAL.fullmatch(text)
        if literal is None:
            problems.append(f"{header}: {name} is {text}: expected a literal as 7, 8u or (-1)")
        else:
            found[name] = int(literal[1], 0)
    return found


def compiled(names):
    """The values that the compiler has."""
    lines = "".join(f'printf("{name} %lld\\n", (long long){name});\n' for name in names)
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/constants"
        subprocess.run([os.environ.get("CC", "cc"), "-x", "c", "-std=c11", f"-I{house.SOURCE}/include", "-o", program, "-"],
                       input=f"#include <gopm/gopm.h>\n#include <stdio.h>\nint main(void)\n{{\n{lines}}}\n", text=True, check=True)
        output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return {name: int(value) for name, value in map(str.split, output.splitlines())}


def families():
    """Prefixes that comments name: "GOPM_G_*"."""
    text = "".join(header.read_text(encoding="utf-8") for header in house.HEADERS)
    return set(re.findall(r"\b(GOPM_\w+_)\*", text))


def check_families(found, problems):
    prefixes = families()
    members = {}  # (family, value) -> name
    for name, value in found.items():
        family = max((p for p in prefixes if name.startswith(p)), key=len, default=None)
        if family is None or family in MIXED or name in MIXED:
            continue
        other = members.setdefault((family, value), name)
        if other != name:
            problems.append(f"{name} and {other} are both {value}: name the family of one of them apart")


def check_bindgen(found, problems):
    if shutil.which("bindgen") is None:
        print("bindgen is not installed: not asked")
        return
    output = subprocess.run(["bindgen", house.SOURCE / "include/gopm/gopm.h", "--", f"-I{house.SOURCE}/include"],
                            capture_output=True, text=True, check=True).stdout
    seen = set(re.findall(r"pub const (GOPM_\w+):", output))
    problems.extend(f"bindgen does not see {name}" for name in sorted(found.keys() - seen))


def check_cffi(found, problems):
    try:
        import cffi  # pylint: disable=import-outside-toplevel
    except ImportError:
        print("cffi is not installed: not asked")
        return
    ffi = cffi.FFI()
    ffi.cdef("".join(f"#define {name} {text.strip('()')}\n" for _, name, text in constants() if name in found))
    library = ffi.dlopen(None)
    problems.extend(f"cffi does not see {name}" for name, value in found.items()
                    if getattr(library, name) not in (value, value - 2**64))


def main():
    problems = []
    found = values(problems)
    ours = {name: value if value < 2**63 else value - 2**64 for name, value in found.items()}
    if compiled(found) != ours:
        problems.append("the compiler has other values")
    check_families(found, problems)
    check_bindgen(found, problems)
    check_cffi(found, problems)
    print(f"{len(found)} constants")
    house.finish(problems)


if __name__ == "__main__":
    main()
