#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes gopm_ctypes.py from the public headers: constants, structs and functions for ctypes, for Pythons without cffi, as gdb's.
With --check it fails if it differs from what it would write."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import headers  # pylint: disable=wrong-import-position
import shared  # pylint: disable=wrong-import-position

NUMBERS = {"uint8_t": "c_uint8", "int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64", "uint64_t": "c_uint64", "size_t": "c_size_t",
           "double": "c_double", "gopm_status": "c_int32"}


def ctype(declarator, text=True):
    """The ctypes type of a member, parameter or result. `text`: char * is a NUL-terminated text."""
    if declarator.type == "char" and declarator.pointers == 1 and declarator.const and text:
        return "c_char_p"
    if declarator.pointers:
        return "c_void_p"
    if declarator.type == "void":
        return "None"
    return NUMBERS.get(declarator.type, declarator.type)


def made():
    text = headers.read_all()
    constants = headers.constants(text)
    lines = ["# SPDX-License-Identifier: Apache-2.0", f"# {shared.made_by('gdb/generate.py')}",
             '"""The constants, structs and functions of libgopm for ctypes. Names are those of the headers, constants without GOPM_.',
             "Pointers are c_void_p: pass byref() of what the header says.\"\"\"",
             "from ctypes import CFUNCTYPE, Structure, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p", ""]
    lines += [f"{c.name} = {c.value}" for c in constants]
    lines += ["", "# Values of constants in words: NAMES[\"VERDICT\"][1] is \"deadlock\".", "NAMES = {"]
    lines += [f'    "{family}": {shared.words(family, members)!r},' for family, members in shared.enumerations(constants, text).items()]
    lines += ["}", ""]
    for callback in headers.callbacks(text):
        kinds = [ctype(callback.result)] + [ctype(p, text=False) for p in callback.parameters]
        lines += [f"{callback.name} = CFUNCTYPE({', '.join(kinds)})"]
    for struct in headers.structs(text):
        if struct.members is None or not struct.name.startswith("gopm_"):
            continue
        lines += ["", "", f"class {struct.name}(Structure):", "    _fields_ = ["]
        for m in struct.members:
            if m.function is not None:
                sys.exit(f"{struct.name}.{m.name}: a pointer to a function needs a type with a name")
            # A gopm_str is not NUL-terminated.
            kind = ctype(m, text=struct.name != "gopm_str")
            count = f" * {m.array.removeprefix('GOPM_')}" if m.array else ""
            lines.append(f'        ("{m.name}", {kind}{count}),')
        lines.append("    ]")
    lines += ["", "", "# Function: result, parameters.", "FUNCTIONS = {"]
    for function in headers.functions(text):
        lines.append(f'    "{function.name}": ({ctype(function.result)}, [{", ".join(ctype(p) for p in function.parameters)}]),')
    lines += ["}", ""]
    lines += ["", "def declare(library):", '    """Gives the functions of a loaded library their types."""',
              "    for name, (result, parameters) in FUNCTIONS.items():", "        function = getattr(library, name)",
              "        function.restype, function.argtypes = result, parameters", "    return library", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    shared.write({HERE / "gopm_ctypes.py": made()})
