#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes include/gopm/records.hpp and names.hpp from the public headers: the records of the library with std::string_view, and
names for the values of its constants. With --check it fails if they differ from what it would write."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import headers  # pylint: disable=wrong-import-position
import shared  # pylint: disable=wrong-import-position

HEADER = f"/* SPDX-License-Identifier: Apache-2.0 */\n/* {shared.made_by('cpp/generate.py')} */\n"
KEYWORDS = {"register", "default", "class", "new", "delete", "this", "operator", "template"}
INTEGERS = {"uint8_t", "int32_t", "uint32_t", "int64_t", "uint64_t"}


def cpp_name(name):
    return f"{name}_" if name in KEYWORDS else name


def cpp_type(type_):
    if type_ == "gopm_str":
        return "std::string_view"
    if type_ in INTEGERS:
        return f"std::{type_}"
    return {"size_t": "std::size_t", "double": "double"}.get(type_) or f"record::{cpp_name(type_.removeprefix('gopm_'))}"


def converted(member, type_):
    if type_ == "gopm_str":
        return f"view(raw.{member})"
    if type_ in INTEGERS or type_ in ("double", "size_t"):
        return f"raw.{member}"
    return f"{cpp_type(type_)}(raw.{member})"


def comment(text):
    return f" ///< {text}" if text else ""


def records(text):
    lines = [HEADER.rstrip(), "/**", " * @file gopm/records.hpp",
             " * The records of the library as structs of C++, whose strings are std::string_view. Names and meanings are those of the",
             " * headers, and so is the life of the strings: mostly that of the core.", " */", "#ifndef GOPM_RECORDS_HPP",
             "#define GOPM_RECORDS_HPP", "", "#include <cstddef>", "#include <cstdint>", "#include <gopm/gopm.h>",
             "#include <string_view>", "", "// clang-format off", "namespace gopm::record", "{", "",
             "/// The bytes of a gopm_str.", "inline std::string_view view(gopm_str from) noexcept", "{",
             "\treturn {from.size != 0 ? from.data : \"\", from.size};", "}"]
    for record in shared.records(text):
        struct = cpp_name(record.name.removeprefix("gopm_"))
        lines += ["", f"/// {record.comment or record.name}", f"struct {struct} {{"]
        lines += [f"\t{cpp_type(m.type)} {cpp_name(m.name)}{{}};{comment(m.comment)}" for m in record.members]
        lines += ["", f"\t{struct}() noexcept = default;", "\t/// Of a record of the library.",
                  f"\texplicit {struct}(const {record.name} &raw) noexcept"]
        lines += [f"\t    {':' if i == 0 else ','} {cpp_name(m.name)}({converted(m.name, m.type)})" for i, m in enumerate(record.members)]
        lines += ["\t{", "\t}", "};"]
    return "\n".join([*lines, "", "} // namespace gopm::record", "// clang-format on", "", "#endif", ""])


def names(text):
    lines = [HEADER.rstrip(), "/**", " * @file gopm/names.hpp", " * Names for the values of constants: names::verdict(GOPM_VERDICT_LEAK) is \"leak\".",
             " */", "#ifndef GOPM_NAMES_HPP", "#define GOPM_NAMES_HPP", "", "#include <cstdint>", "#include <gopm/gopm.h>", "#include <string_view>",
             "", "// clang-format off", "namespace gopm::names", "{"]
    for family, constants in shared.enumerations(headers.constants(text), text).items():
        lines += ["", f"/// The name of a GOPM_{family}_* in lower case; \"unknown\": it has none.",
                  f"inline std::string_view {cpp_name(family.lower())}(std::uint32_t value) noexcept", "{", "\tswitch (value) {"]
        for value, word in shared.words(family, constants).items():
            lines += [f"\tcase {value}:", f"\t\treturn \"{word}\";"]
        lines += ["\tdefault:", "\t\treturn \"unknown\";", "\t}", "}"]
    return "\n".join([*lines, "", "} // namespace gopm::names", "// clang-format on", "", "#endif", ""])


def main():
    text = headers.read_all()
    shared.write({HERE / "include/gopm/records.hpp": records(text), HERE / "include/gopm/names.hpp": names(text)})


if __name__ == "__main__":
    main()
