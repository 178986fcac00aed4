# SPDX-License-Identifier: Apache-2.0
"""The generated files are those of today's headers and docstrings; the layouts that cffi computes are the compiler's; the story in at most
40 lines."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

from support import CORE, EXE, SOURCE, main

PACKAGE = SOURCE / "bindings/python"
# Facts of the sample, from Delve and the runtime: those of tests/examples/stories.py.
STORY = ["1000 main.(*Metrics).CountS:98", "1 main.(*Metrics).SetM:93", "main.(*Metrics).SetM at story/metrics.go:93",
         'key = "queue.longest"', "value = 100", "main.(*Metrics).startInChannelConsumer at story/metrics.go:54", "consumed = 34",
         "100 of 100, 1001 senders",
         "1001 :0 chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers"]


class Generated(unittest.TestCase):
    def test_files(self):
        for program in ("generate.py", "reference.py"):
            result = subprocess.run([sys.executable, PACKAGE / program, "--check"], capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_layouts(self):
        from gopm._library import ffi  # pylint: disable=import-outside-toplevel

        members = []
        for name in ffi.list_types()[0]:
            kind = ffi.typeof(name)
            if kind.kind == "struct" and kind.fields:
                members += [(name, field, offset.offset) for field, offset in kind.fields]
        self.assertGreater(len(members), 400)
        lines = "".join(f'printf("%zu %zu\\n", offsetof({name}, {field}), sizeof({name}));\n' for name, field, _ in members)
        with tempfile.TemporaryDirectory() as folder:
            program = f"{folder}/layout"
            subprocess.run([os.environ.get("CC", "cc"), "-x", "c", f"-I{SOURCE}/include", "-o", program, "-"], text=True, check=True,
                           input=f"#include <gopm/gopm.h>\n#include <stdio.h>\nint main(void) {{ {lines} return 0; }}\n")
            output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        for (name, field, offset), line in zip(members, output.splitlines(), strict=True):
            self.assertEqual(f"{offset} {ffi.sizeof(name)}", line, f"{name}.{field}")

    def test_every_function_is_there(self):
        from gopm._library import lib  # pylint: disable=import-outside-toplevel

        names = re.findall(r"^\t(gopm_\w+);", (SOURCE / "lib/gopm.map").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertGreater(len(names), 100)
        for name in names:
            self.assertTrue(callable(getattr(lib, name)), name)

    def test_story(self):
        program = PACKAGE / "examples/story.py"
        self.assertLessEqual(program.read_text(encoding="utf-8").count("\n"), 40)
        result = subprocess.run([sys.executable, program, CORE, EXE], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        printed = [" ".join(line.split()) for line in result.stdout.splitlines()]
        for line in STORY:
            self.assertIn(line, printed)
        self.assertIn("to be received by itself", result.stdout)


if __name__ == "__main__":
    main()
