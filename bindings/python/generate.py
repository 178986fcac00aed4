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
INCLUDE = HERE.parents[1] / "include/gopm"
PACKAGE = HERE / "src/gopm"
HEADER = '# SPDX-License-Identifier: Apache-2.0\n# Made by bindings/python/generate.py from include/gopm/*.h. Do not edit.\n'
INTEGERS = {"uint8_t", "int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "gopm_status"}
# Members that the package itself uses, or that mean nothing in Python.
HIDDEN = re.compile(r"struct_size|reserved\d?")


def headers():
    """Names in the order of their includes."""
    found = []

    def visit(name):
        if name in found:
            return
        text = (INCLUDE / name).read_text(encoding="utf-8")
        for other in re.findall(r"#include <gopm/(\w+\.h)>", text):
            visit(other)
        if name not in found:
            found.append(name)
    visit("gopm.h")
    return [name for name in found if name != "gopm.h"]


def read_all():
    return "\n".join((INCLUDE / name).read_text(encoding="utf-8") for name in headers())


def constants(text):
    """Name without GOPM_ -> value."""
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).replace("\\\n", " ")
    found = re.findall(r"^#define GOPM_(\w+)[ \t]+\(?(-?(?:0x[0-9a-f]+|\d+))u?\)?[ \t]*$", plain, re.MULTILINE)
    return {name: int(value, 0) for name, value in found}


def declarations(text, numbers):
    """What cffi's cdef() takes."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).replace("\\\n", " ")
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(?:_S|s)tatic_assert\(.*\);$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\bGOPM_(BEGIN_DECLS|END_DECLS|API)\b", "", text)
    text = re.sub(r"\bGOPM_(\w+)\b", lambda m: str(numbers[m[1]]), text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def one_line(comment):
    """A comment without its stars, on one line."""
    lines = [re.sub(r"^\s*\*?\s?", "", line).strip() for line in comment.strip().splitlines()]
    return " ".join(line for line in lines if line).lstrip("<").strip()


def structs(text):
    """(name, comment, [(member, type, array size or None, comment)]) of each struct that is not opaque."""
    pattern = re.compile(r"(?:/\*\*(?P<comment>(?:(?!\*/).)*)\*/\s*)?typedef struct gopm_(?P<name>\w+) \{(?P<body>.*?)\} gopm_(?P=name);",
                         re.DOTALL)
    for match in pattern.finditer(text):
        yield match["name"], one_line(match["comment"] or ""), members(match["body"])


def members(body):
    found = []
    token = re.compile(r"/\*\*(?P<after><)?(?P<comment>.*?)\*/|(?P<type>(?:const )?[\w]+)\s+(?P<names>[^;/{}]+);", re.DOTALL)
    before, last = "", []
    for match in token.finditer(body):
        if match["comment"] is not None:
            if match["after"]:
                for item in last:
                    item[3] = one_line(match["comment"])
            else:
                before = one_line(match["comment"])
            continue
        last = []
        for name in match["names"].split(","):
            size = re.search(r"\[(\w+)\]", name)
            last.append([re.sub(r"\[.*", "", name).strip(), match["type"], size and size[1], before])
        found += last
        before = ""
    return found


def class_name(name):
    return "".join(part.capitalize() for part in name.split("_"))


def is_record(body, known):
    """True if a struct has only numbers, strings and other records: what the library fills."""
    return all(type_ in INTEGERS or type_ in ("gopm_str", "double") or type_.removeprefix("gopm_") in known
               for member, type_, _, _ in body if not member.startswith("*")) and not any(
                   member.startswith("*") for member, _, _, _ in body)


def records(text):
    known, output = [], []
    for name, comment, body in structs(text):
        if name == "str" or name.endswith(("_options", "_filter", "_target")):
            continue
        body = [member for member in body if not member[0].startswith("*")]
        if not is_record(body, known):
            sys.exit(f"gopm_{name}: a member of a type that this script does not know")
        known.append(name)
        output.append((name, comment, [member for member in body if not HIDDEN.fullmatch(member[0])]))
    return output


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
    for name, comment, body in records(text):
        doc = [comment or f"gopm_{name}.", "", "Attributes:"]
        for member, _, _, about in body:
            doc.append(f"    {python_name(member)}: {about or 'see gopm_' + name + '.' + member}")
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
        lines += [f"    {python_name(m)}: {python_type(t, s)}" for m, t, s, _ in body]
        lines += ["", "    @classmethod", f"    def decode(cls, r: Any) -> {class_name(name)}Record:",
                  f'        """The record at a pointer to a gopm_{name}."""']
        lines += ["        return cls("] + [f"            {decoder(m, t, s)}," for m, t, s, _ in body] + ["        )", ""]
    return "\n".join(lines)


def constant_module(numbers, text):
    lines = [HEADER.rstrip(), '"""The constants of the headers, without GOPM_, and names for the values of each family."""', ""]
    lines += [f"{name} = {value}" for name, value in numbers.items()]
    families = sorted(set(re.findall(r"\bGOPM_(\w+_)\*", text)) | {"ERR_"}, key=len, reverse=True)
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
    numbers = constants(text)
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
