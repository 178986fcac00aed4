# SPDX-License-Identifier: Apache-2.0
"""mypy --strict accepts the package, its example, and a program that uses it; it refuses a wrong one."""
import os
import subprocess
import sys
import tempfile
import unittest

from support import SOURCE, main

PACKAGE = SOURCE / "bindings/python"
USE = """
import gopm
import datetime

def use(core: gopm.Core) -> None:
    for group in core.groups(by="user", reason="chan send"):
        count: int = group.count
    goroutine = core.goroutines(waiting=datetime.timedelta(minutes=1)).first()
    if goroutine is not None:
        wait: datetime.timedelta | None = goroutine.wait_time
        frame: gopm.Frame = goroutine.stack()[3]
        value: gopm.Value = frame.variables["m"].inChannel
        length: int = len(value)
    text: str = core.why()[0].text
    names: list[str] = [row.type for row in core.heap(progress=True).histogram()]
    core.why(progress=lambda phase, done, total: done > total)
"""


class Types(unittest.TestCase):
    def mypy(self, *arguments):
        with tempfile.TemporaryDirectory() as cache:
            return subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *arguments],
                                  capture_output=True, text=True, check=False,
                                  env={**os.environ, "MYPYPATH": str(PACKAGE / "src")})

    def test_package(self):
        result = self.mypy(PACKAGE / "src/gopm", PACKAGE / "examples/story.py")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_use(self):
        result = self.mypy("-c", USE)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        for wrong in ("core.groups(by=7)", "core.goroutines(nothing='x')", "core.stack(20)[3].nothing", "core.eval(7)", "core.heap(progress='x')"):
            result = self.mypy("-c", f"import gopm\ndef use(core: gopm.Core) -> None:\n    {wrong}\n")
            self.assertNotEqual(result.returncode, 0, wrong)


if __name__ == "__main__":
    main()
