#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes src/gopm/_declarations.py (for cffi), _constants.py and _records.py from the public headers.

Without arguments it writes them. With --check it fails if they differ from what it would write."""
import keyword
import pathlib
import re
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from headers import INTEGERS, constants, family_prefixes, read_all, records, without_comments  # pylint: disable=wrong-import-position

PACKAGE = HERE / "src/gopm"
HEADER = '# SPDX-License-Identifier: Apache-2.0\n# Made by bindings/python/generate.py from include/gopm/*.h. Do not edit.\n'


def declarations(text, numbers):
    """What cffi's cdef() takes."""
    text = re.sub(r"^#.*$", "", without_comments(text), flags=re.MULTILINE)
    text = re.sub(r"^(?:_S|s)tatic_assert\(.*\);$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\bGOPM_(BEGIN_DECLS|END_DECLS|API)\b", "", text)
    text = re.sub(r"\bGOPM_(\w+)\b", lambda m: str(numbers[m[1]]), text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def class_name(name):
    return "".join(part.capitalize() for part in name.split("_"))


def python_type(type_, size):
    if type_ == "gopm_str":
        plain = "str"
    elif type_ == "double":
        plain = "float"
    else:
        plain = "int" if type_ in INTEGERS else class_name(type_.removeprefix("gopm_")) + "Record"
    return f"tuple[{plain}, ...]" if size else plain


def decoder(member, type_, size):
    one = f'getattr(r, "{member}")' if keyword.iskeyword(member) else f"r.{member}"
    if size:
        return f"tuple({one})"
    if type_ == "gopm_str":
        return f"text({one})"
    if type_ in INTEGERS or type_ == "double":
        return one
    return f"{class_name(type_.removeprefix('gopm_'))}Record.decode({one})"


def python_name(member):
    return f"{member}_" if keyword.iskeyword(member) else member


def record_classes(text):
    lines = [HEADER.rstrip(), '"""The records of the library, as immutable objects. Names and meanings are those of the headers."""',
             "from __future__ import annotations", "", "import dataclasses", "from typing import Any", "",
             "from ._library import text", ""]
    for struct in records(text):
        name, body = struct.name.removeprefix("gopm_"), struct.members
        doc = [struct.comment or f"{struct.name}.", "", "Attributes:"]
        doc += [f"    {python_name(m.name)}: {m.comment or 'see ' + struct.name + '.' + m.name}" for m in body]
        wrapped = []
        for line in doc:
            indent = "        " if line.startswith("    ") else ""
            wrapped += textwrap.wrap(line, 110, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
                                     replace_whitespace=False, drop_whitespace=True,
                                     initial_indent="") or [""]
        doc_text = "\n    ".join(wrapped).replace("\\", "\\\\").replace('"""', "'''").replace("\n    \n", "\n\n")
        if doc_text.endswith('"'):
            doc_text += " "
        lines += ["", f"@dataclasses.dataclass(frozen=True)", f"class {class_name(name)}Record:", f'    """{doc_text}"""', ""]
        lines += [f"    {python_name(m.name)}: {python_type(m.type, m.array)}" for m in body]
        lines += ["", "    @classmethod", f"    def decode(cls, r: Any) -> {class_name(name)}Record:",
                  f'        """The record at a pointer to a gopm_{name}."""']
        lines += ["        return cls("] + [f"            {decoder(m.name, m.type, m.array)}," for m in body] + ["        )", ""]
    return "\n".join(lines)


def constant_module(numbers, text):
    lines = [HEADER.rstrip(), '"""The constants of the headers, without GOPM_, and names for the values of each family."""', ""]
    lines += [f"{name} = {value}" for name, value in numbers.items()]
    families = sorted({*family_prefixes(text), "ERR_"}, key=len, reverse=True)
    groups = {}
    for name, value in numbers.items():
        family = next((f for f in families if name.startswith(f)), None)
        if family is not None and name != "PROFILE_VALUES":
            groups.setdefault(family, {}).setdefault(value, name.removeprefix(family).lower().replace("_", " "))
    lines.append("")
    lines.append("NAMES: dict[str, dict[int, str]] = {")
    for family in sorted(groups):
        lines.append(f'    "{family.removesuffix("_")}": {{')
        lines += [f'        {value}: "{name}",' for value, name in groups[family].items()]
        lines.append("    },")
    return "\n".join(lines + ["}", ""])


def made():
    text = read_all()
    numbers = {constant.name: constant.value for constant in constants(text)}
    cdef = declarations(text, numbers)
    return {
        "_declarations.py": HEADER + '"""The functions and structs of the headers, for cffi."""\n\nDECLARATIONS = """\\\n' + cdef + '"""\n',
        "_constants.py": constant_module(numbers, text),
        "_records.py": record_classes(text),
    }


def main():
    wrong = []
    for name, text in made().items():
        path = PACKAGE / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(f"{path} differs from the headers: run {__file__}")
        else:
            path.write_text(text, encoding="utf-8")
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
