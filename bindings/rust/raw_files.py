# SPDX-License-Identifier: Apache-2.0
"""The files of gopm-sys: constants, structs, functions and layouts as they are in the headers."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import headers as h  # pylint: disable=wrong-import-position
from doc_text import WIDTH, doc  # pylint: disable=wrong-import-position

HEADER = "// SPDX-License-Identifier: Apache-2.0\n// Made by bindings/rust/generate.py from include/gopm/*.h. Do not edit."
TYPES = {"uint8_t": "u8", "int32_t": "i32", "uint32_t": "u32", "int64_t": "i64", "uint64_t": "u64", "size_t": "usize", "int": "c_int",
         "char": "c_char", "void": "c_void", "double": "f64"}
KEYWORDS = {"as", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern", "final", "fn", "for", "if", "impl",
            "in", "let", "loop", "macro", "match", "mod", "move", "mut", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
            "trait", "try", "type", "unsafe", "use", "virtual", "where", "while", "yield"}


def rust_name(name):
    """A name that is not a keyword, as bindgen makes it."""
    return f"{name}_" if name in KEYWORDS else name


def rust_type(item):
    """The type of a member, parameter or result."""
    if item.function is not None:
        return f"Option<{function_pointer(item.function)}>"
    text = TYPES.get(item.type, item.type)
    for depth in range(item.pointers):
        text = ("*const " if item.const and depth == 0 else "*mut ") + text
    if item.array is not None:
        text = f"[{text}; {item.array} as usize]" if item.array.startswith("GOPM_") else f"[{text}; {item.array}]"
    return text


def result_of(function):
    if function.result.type == "void" and not function.result.pointers:
        return ""
    return f" -> {rust_type(function.result)}"


def parameters_of(function):
    return [f"{rust_name(p.name)}: {rust_type(p)}" for p in function.parameters]


def function_pointer(function):
    return f'unsafe extern "C" fn({", ".join(parameters_of(function))}){result_of(function)}'


def constant_type(constant):
    if constant.status:
        return "gopm_status"
    return "i32" if constant.value < 0 else "u32" if constant.value < 2**32 else "u64"


def constants_file(text):
    lines = [HEADER, "//! The constants of the headers.", "", "use crate::gopm_status;", ""]
    for prefix in ("GOPM_", "ARROW_"):
        for constant in h.constants(text, prefix):
            value = hex(constant.value) if constant.value >= 2**32 else str(constant.value)
            lines += doc(constant.comment)
            lines.append(f"pub const {prefix}{constant.name}: {constant_type(constant)} = {value};")
    for name, expression in h.computed_constants(text):
        declaration = f"pub const GOPM_{name}: u32 = {expression};"
        lines.append(declaration if len(declaration) <= WIDTH else declaration.replace(" = ", " =\n    "))
    return "\n".join(lines) + "\n"


def callback(function):
    lines = doc(function.comment) + [f"pub type {function.name} = Option<", '    unsafe extern "C" fn(']
    lines += [f"        {parameter}," for parameter in parameters_of(function)]
    return lines + [f"    ){result_of(function)},", ">;"]


def structs_file(text):
    lines = [HEADER, "//! The structs of the headers, and handles, whose contents are private to the library.", "",
             "use crate::constants::*;", "use std::marker::{PhantomData, PhantomPinned};", "use std::os::raw::{c_char, c_int, c_void};", "",
             "/// The result of a call: `GOPM_OK`, a positive result without data, or a failure.", "pub type gopm_status = i32;"]
    for function in h.callbacks(text):
        lines += ["", *callback(function)]
    for struct in h.structs(text):
        lines += ["", *doc(struct.comment or f"See {struct.name} in the headers."), "#[repr(C)]"]
        if struct.members is None:
            lines += [f"pub struct {struct.name} {{", "    _private: [u8; 0],", "    _marker: PhantomData<(*mut u8, PhantomPinned)>,", "}"]
            continue
        lines += ["#[derive(Clone, Copy, Debug)]", f"pub struct {struct.name} {{"]
        for member in struct.members:
            lines += [*doc(member.comment, "    "), f"    pub {rust_name(member.name)}: {rust_type(member)},"]
        lines.append("}")
    return "\n".join(lines) + "\n"


def functions_file(text):
    lines = [HEADER, "//! The functions of the headers.", "", "use crate::structs::*;", "use std::os::raw::{c_char, c_void};", "",
             'extern "C" {']
    for index, function in enumerate(h.functions(text)):
        lines += [""] if index else []
        lines += doc(function.comment, "    ")
        declaration = f"    pub fn {function.name}({', '.join(parameters_of(function))}){result_of(function)};"
        if len(declaration) <= WIDTH:
            lines.append(declaration)
        else:
            lines += [f"    pub fn {function.name}(", *(f"        {p}," for p in parameters_of(function)), f"    ){result_of(function)};"]
    return "\n".join(lines + ["}", ""])


def layouts_file(text):
    lines = [HEADER, "//! The sizes of all structs, and in tests the offsets of their members, as C has them.", "", "use crate::structs::*;",
             "use std::mem::size_of;", ""]
    layouts = h.layouts(text)
    lines += [f"const _: () = assert!(size_of::<{name}>() == {size});" for name, (size, _) in layouts.items()]
    lines += ["", "#[cfg(test)]", "mod tests {", "    use super::*;", "    use std::mem::MaybeUninit;", "    use std::ptr::addr_of;", "",
              "    macro_rules! offset {", "        ($kind:ty, $member:ident) => {{", "            let place = MaybeUninit::<$kind>::uninit();",
              "            let start = place.as_ptr();",
              "            // SAFETY: the address is computed, and nothing is read.",
              "            (unsafe { addr_of!((*start).$member) } as usize) - start as usize", "        }};", "    }"]
    members = {struct.name: struct.members for struct in h.structs(text)}
    for name, (_, offsets) in layouts.items():
        lines += ["", "    #[test]", f"    fn offsets_of_{name.lower()}() {{"]
        lines += [f"        assert_eq!(offset!({name}, {rust_name(m.name)}), {offset});" for m, offset in zip(members[name], offsets, strict=True)]
        lines.append("    }")
    return "\n".join(lines + ["}", ""])


def files(text):
    """Text by path in gopm-sys/src."""
    return {"constants.rs": constants_file(text), "structs.rs": structs_file(text), "functions.rs": functions_file(text),
            "layouts.rs": layouts_file(text)}
