#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The generated files are those of today's headers; their layouts are the compiler's; bindgen sees the same declarations."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from cargo import CRATES, SOURCE

sys.path.insert(0, str(CRATES.parent))

import headers  # pylint: disable=wrong-import-position

TEXT = headers.read_all()
HEADER = SOURCE / "include/gopm/gopm.h"


def raw(name):
    return (CRATES / "gopm-sys/src" / name).read_text(encoding="utf-8")


def constants(text):
    """Value by name of constants whose value is a literal."""
    return {name: int(value, 0) for name, value in re.findall(r"pub const (\w+): \w+ = (-?\w+);", text) if not value.startswith("GOPM")}


def plain(text):
    """A type without the paths and the parameter names that only one of the generators writes."""
    text = re.sub(r"\s+", " ", re.sub(r"::std::(?:os::raw|option)::", "", text))
    text = re.sub(r"\b(\w+): ", "", text)
    text = re.sub(r"\bsize_t\b", "usize", text)
    text = re.sub(r"GOPM_PROFILE_VALUES as usize", "4", text)
    return re.sub(r"\b4usize\b", "4", re.sub(r",? ?([)>])", r"\1", re.sub(r"([(<]) ", r"\1", text))).strip()


def structs(text):
    """{name: [(member, type)]} of structs that are not opaque."""
    found = {}
    for name, body in re.findall(r"pub struct (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        body = re.sub(r"#\[doc = .*?\"\]\n", "", body)
        body = re.sub(r"^\s*///.*\n", "", body, flags=re.MULTILINE)
        members = re.findall(r"pub (\w+): (.*?),\n(?=\s*(?:pub |\Z))", body, re.DOTALL)
        if members:
            found[name] = [(member, plain(type_)) for member, type_ in members]
    return found


def functions(text):
    """{name: declaration}"""
    return {name: plain(rest) for name, rest in re.findall(r"pub fn (gopm_\w+)(\(.*?);", text, re.DOTALL)}


class Generated(unittest.TestCase):
    def test_files(self):
        result = subprocess.run([sys.executable, CRATES / "generate.py", "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_layouts(self):
        layouts = headers.layouts(TEXT)
        members = {struct.name: struct.members for struct in headers.structs(TEXT)}
        expected, lines = [], ""
        for name, (size, offsets) in layouts.items():
            kind = f"struct {name}" if name.startswith("Arrow") else name
            for member, offset in zip(members[name], offsets, strict=True):
                expected.append(f"{name}.{member.name} {offset} {size}")
                lines += f'printf("{name}.{member.name} %zu %zu\\n", offsetof({kind}, {member.name}), sizeof({kind}));\n'
        self.assertGreater(len(expected), 400)
        with tempfile.TemporaryDirectory() as folder:
            program = f"{folder}/layout"
            subprocess.run([os.environ.get("CC", "cc"), "-x", "c", f"-I{SOURCE}/include", "-o", program, "-"], text=True, check=True,
                           input=f"#include <gopm/gopm.h>\n#include <stdio.h>\nint main(void) {{ {lines} return 0; }}\n")
            output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        self.assertEqual(output.splitlines(), expected)

    def test_every_function_is_there(self):
        names = re.findall(r"^\t(gopm_\w+);", (SOURCE / "lib/gopm.map").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertGreater(len(names), 100)
        self.assertEqual(sorted(names), sorted(functions(raw("functions.rs"))))

    def test_versions(self):
        numbers = {c.name: c.value for c in headers.constants(TEXT)}
        version = f"{numbers['VERSION_MAJOR']}.{numbers['VERSION_MINOR']}.{numbers['VERSION_PATCH']}"
        manifests = [path for path in CRATES.glob("*/Cargo.toml")]
        self.assertTrue(manifests)
        for path in manifests:
            for found in re.findall(r'version = "(\d+\.\d+\.\d+)"', path.read_text(encoding="utf-8")):
                self.assertEqual(found, version, path)


class Bindgen(unittest.TestCase):
    """bindgen is another reader of the headers, by libclang."""
    output = ""

    @classmethod
    def setUpClass(cls):
        if shutil.which("bindgen") is None:
            raise unittest.SkipTest("bindgen is not installed")
        cls.output = subprocess.run(["bindgen", "--allowlist-file", ".*/gopm/.*", HEADER, "--", f"-I{SOURCE}/include"],
                                    capture_output=True, text=True, check=True).stdout

    def test_constants(self):
        ours, other = constants(raw("constants.rs")), constants(self.output)
        version = other.pop("GOPM_VERSION_NUMBER")
        self.assertEqual(version, sum(ours[f"GOPM_VERSION_{part}"] * factor
                                      for part, factor in (("MAJOR", 1000000), ("MINOR", 1000), ("PATCH", 1))))
        self.assertIn("pub const GOPM_VERSION_NUMBER: u32", raw("constants.rs"))
        # bindgen takes an unsigned value of 64 bits for a signed one.
        self.assertEqual({name: value % 2**64 for name, value in ours.items()}, {name: value % 2**64 for name, value in other.items()})

    def test_structs(self):
        ours, other = structs(raw("structs.rs")), structs(self.output)
        self.assertGreater(len(ours), 50)
        self.assertEqual(ours.keys(), other.keys())
        for name, members in ours.items():
            self.assertEqual(members, other[name], name)

    def test_functions(self):
        ours, other = functions(raw("functions.rs")), functions(self.output)
        self.assertGreater(len(ours), 100)
        self.assertEqual(ours, other)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    for _, reason in result.skipped:
        print("SKIP:", reason)
    if not result.wasSuccessful():
        sys.exit(1)
