#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The library by ctypes, without gdb: layouts, functions, answers and errors. test_session.py LIBRARY."""
import ctypes
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]
import installed  # pylint: disable=wrong-import-position

LIBRARY = sys.argv.pop(1) if len(sys.argv) > 1 else os.environ["GOPM_LIBRARY"]
os.environ["GOPM_LIBRARY"] = LIBRARY


def restart_sanitized():
    """A sanitized library needs its runtime before all others."""
    if not os.environ.get("GOPM_SANITIZE") or "libasan" in os.environ.get("LD_PRELOAD", ""):
        return
    compiler = os.environ.get("CC", "cc")
    paths = [installed.run([compiler, f"-print-file-name=lib{name}.so"]).strip() for name in ("asan", "ubsan")]
    if not all(os.path.isabs(path) for path in paths):
        installed.skip("the compiler has no shared runtime of its sanitizers")
    environment = {**os.environ, "LD_PRELOAD": " ".join(paths), "ASAN_OPTIONS": "detect_leaks=0:strict_string_checks=1", "PYTHONMALLOC": "malloc"}
    sys.exit(subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode)


class Declarations(unittest.TestCase):
    def test_layouts(self):
        import gopm_ctypes  # pylint: disable=import-outside-toplevel

        members = [(name, field[0], getattr(kind, field[0]).offset, ctypes.sizeof(kind)) for name, kind in vars(gopm_ctypes).items()
                   if name.startswith("gopm_") and isinstance(kind, type) and issubclass(kind, ctypes.Structure) for field in kind._fields_]
        self.assertGreater(len(members), 400)
        lines = "".join(f'printf("%zu %zu\\n", offsetof({name}, {field}), sizeof({name}));\n' for name, field, _, _ in members)
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([os.environ.get("CC", "cc"), "-x", "c", f"-I{installed.SOURCE}/include", "-o", f"{folder}/layout", "-"], text=True, check=True,
                           input=f"#include <gopm/gopm.h>\n#include <stdio.h>\nint main(void) {{ {lines} return 0; }}\n")
            printed = installed.run([f"{folder}/layout"]).splitlines()
        for (name, field, offset, size), line in zip(members, printed, strict=True):
            self.assertEqual(f"{offset} {size}", line, f"{name}.{field}")

    def test_functions(self):
        import gopm_ctypes  # pylint: disable=import-outside-toplevel

        exported = re.findall(r"^\t(gopm_\w+);", (installed.SOURCE / "lib/gopm.map").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertGreater(len(exported), 100)
        self.assertEqual(set(exported), set(gopm_ctypes.FUNCTIONS))


class Sessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import gopm_session  # pylint: disable=import-outside-toplevel

        cls.module, cls.library = gopm_session, gopm_session.load()
        cls.session = gopm_session.Session(cls.library, installed.CORE, installed.EXE)

    def test_answers(self):
        self.assertEqual(sum(1 for _ in self.session.goroutines({})), 2010)
        self.assertEqual([g.id for g in self.session.goroutines({"start": "*startInChannelConsumer"})], [20])
        self.assertEqual([group.count for group in self.session.groups(1, {})], [1000, 1000, 8, 1, 1])
        stack = self.session.stack(goroutine=20)
        self.assertEqual(self.session.text(stack.frames()[3].location.function), "main.(*Metrics).SetM")
        self.assertIn(("value", "100"), [(name, text) for name, text, _ in stack.variables(3)])
        self.assertEqual([(verdict, certainty) for verdict, certainty, _ in self.session.why()], [("deadlock", "likely")])
        self.assertEqual(len(self.session.threads()), 5)

    def test_errors(self):
        for call, message in ((lambda: self.module.Session(self.library, "/nonexistent"), "/nonexistent"),
                              (lambda: self.module.Session(self.library, __file__), "not an ELF file"),
                              (lambda: self.session.stack(goroutine=10**9), "no goroutine 1000000000"),
                              (lambda: self.session.stack(), "."), (lambda: list(self.session.groups(99, {})), ".")):
            with self.assertRaisesRegex(self.module.Error, message):
                call()
        # A stack of another time keeps its core; an iteration that is dropped ends.
        session = self.module.Session(self.library, installed.CORE, installed.EXE)
        stack, goroutines = session.stack(goroutine=20), session.goroutines({})
        next(goroutines)
        del goroutines
        session.close()
        self.assertEqual(len(stack.frames()), 8)
        with self.assertRaises(self.module.Error):
            session.threads()

    def test_interrupt(self):
        """A handler that raises, as Ctrl-C's does, is run in a callback; the call ends early and raises it."""
        def interrupt(*_):
            raise KeyboardInterrupt

        before, inside = signal.signal(signal.SIGALRM, interrupt), 0
        unraised = self.module.Session._unraised

        def counted(session, about):
            nonlocal inside
            inside += 1
            unraised(session, about)

        self.module.Session._unraised = counted
        try:
            for _ in range(50):
                signal.setitimer(signal.ITIMER_REAL, 0.03)
                try:
                    self.module.Session(self.library, installed.CORE, installed.EXE).close()
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    self.assertEqual(inside, 0)
                except KeyboardInterrupt:
                    pass
                if inside:
                    break
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            self.module.Session._unraised = unraised
        self.assertGreater(inside, 0)

    def test_library(self):
        before = os.environ["GOPM_LIBRARY"]
        try:
            for wrong in ("/nonexistent/libgopm.so", __file__, "libc.so.6"):
                os.environ["GOPM_LIBRARY"] = wrong
                with self.assertRaisesRegex(self.module.Error, "cannot be loaded"):
                    self.module.load()
        finally:
            os.environ["GOPM_LIBRARY"] = before


if __name__ == "__main__":
    sys.argv.append(LIBRARY)
    restart_sanitized()
    sys.argv.pop()
    unittest.main(argv=[sys.argv[0], "-v"])
