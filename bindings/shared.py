# SPDX-License-Identifier: Apache-2.0
"""Shared by the generators of C++, Go and gdb: families of constants, and --check. headers.py parses the headers."""
import sys

import headers


def made_by(script):
    return f"Made by bindings/{script} from the headers of include/gopm. Do not edit."


def enumerations(constants, text):
    """Family without GOPM_ -> its constants. A family has one value at a time: flags are unsigned literals. The comments of the
    headers name the families: GOPM_KIND_*."""
    prefixes = headers.family_prefixes(text)
    found = {}
    for constant in constants:
        prefix = next((p for p in prefixes if constant.name.startswith(p)), None)
        if prefix is not None and not constant.unsigned and not constant.status and constant.name != "PROFILE_VALUES":
            found.setdefault(prefix.removesuffix("_"), []).append(constant)
    return dict(sorted(found.items()))


def words(family, constants):
    """Value -> name in lower case, of each value the first."""
    found = {}
    for constant in constants:
        found.setdefault(constant.value, constant.name.removeprefix(family + "_").lower().replace("_", " "))
    return found


def records(text):
    """The structs that the library fills. Samples of profiles are left out: the caller gives the sizes of their arrays."""
    return [struct for struct in headers.records(text) if not any(member.array for member in struct.members)]


def write(files):
    """Writes path -> text. With --check it fails if a file differs."""
    wrong = []
    for path, text in files.items():
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            wrong.append(f"{path} differs from the headers: run {sys.argv[0]}")
    sys.exit("\n".join(wrong) or 0)
