#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The commands inside gdb on a real core, compared with the gopm command and with the runtime's own traceback."""
import difflib
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
import installed  # pylint: disable=wrong-import-position

SCRIPT = HERE.parent / "gopm.py"
COMMAND, LIBRARY = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))


def gdb(*commands, core=None, exe=None, script=SCRIPT, library=LIBRARY):
    """What gdb prints for each of the commands: (output, error)."""
    arguments = ["gdb", "--batch", "-nx", "-q", "-ex", "set auto-load python-scripts off", "-ex", f"source {script}"]
    for number, command in enumerate(commands):
        arguments += ["-ex", f"python import sys; gdb.flush(); print('<{number}>', flush=True); print('<{number}>', file=sys.stderr, flush=True)",
                      "-ex", command]
    # The last one proves that gdb goes on.
    arguments += ["-ex", "python print('<end>')", *[str(part) for part in (exe, core) if part]]
    environment = {name: value for name, value in os.environ.items() if name not in ("GOPM_LIBRARY", "DEBUGINFOD_URLS")}
    if library:
        environment["GOPM_LIBRARY"] = str(library)
    result = subprocess.run(arguments, capture_output=True, text=True, env=environment, check=False)
    assert "<end>" in result.stdout, result.stdout + result.stderr
    assert "Traceback" not in result.stderr and "Python Exception" not in result.stderr, result.stderr
    outputs = re.split(r"^<\w+>\n", result.stdout, flags=re.MULTILINE)[1:-1]
    errors = re.split(r"^<\w+>\n", result.stderr, flags=re.MULTILINE)[1:]
    assert len(outputs) == len(errors) == len(commands), (result.stdout, result.stderr)
    return [(output, error.strip()) for output, error in zip(outputs, errors)]


def gopm(*arguments):
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False).stdout


class InGdb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.folder.name, "it's a 'core', and")
        folder.mkdir()
        cls.core, cls.exe = folder / "the core", folder / "server"
        shutil.copy(installed.EXE, cls.exe)
        installed.run([installed.need("zstd"), "-dq", installed.CORE, "-o", cls.core])

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def gdb(self, *commands, **options):
        return gdb(*commands, core=self.core, exe=self.exe, **options)

    def same(self, got, expected):
        if got != expected:
            self.fail("".join(difflib.unified_diff(expected.splitlines(True), got.splitlines(True), "gopm", "gdb", n=0))[:3000])

    def test_goroutines(self):
        answers = self.gdb("gopm goroutines", "gopm goroutines start=*startInChannelConsumer", "gopm goroutines 'reason=chan send' user=main.*",
                           "gopm goroutines user=nothing", *[f"gopm goroutines -by {by}" for by in ("user", "start", "go", "current", "reason", "object")])
        expected = [[], ["--where", "start=*startInChannelConsumer"], ["--where", "reason=chan send", "--where", "user=main.*"], None]
        for (output, error), options in zip(answers, expected):
            self.assertEqual(error, "")
            self.same(output, gopm("goroutines", *options, self.core, self.exe) if options is not None else "[0 goroutines]\n")
        self.assertEqual(answers[0][0].count("\n"), 2011)
        for (output, error), by in zip(answers[4:], ("user", "start", "go", "current", "reason", "object")):
            lines = gopm("goroutines", "--group-by", by, self.core, self.exe).splitlines(True)
            self.assertEqual(error, "")
            self.same(output, "".join(line for line in lines if not line.startswith("[")))
        self.assertEqual(answers[4][0].splitlines()[0].split()[:2], ["1000", "main.(*Metrics).CountS"])

    def test_stacks(self):
        with gzip.open(installed.SAMPLE / "traceback.txt.gz", "rt", encoding="utf-8") as file:
            traceback = file.read()
        # The runtime hides its own frames of user goroutines at most levels, so its frames are some of ours.
        stacks = {int(one[1]): re.findall(r"^(\S.*)\(.*\)\n\t(\S+:\d+)(?: |$)", one[2], re.MULTILINE)
                  for one in re.finditer(r"^goroutine (\d+) [^\n]*\]:\n(.*?)(?:^created by|^\n|\Z)", traceback, re.MULTILINE | re.DOTALL)}
        ids = [1, 20, *sorted(stacks)[5:2000:150]]
        answers = self.gdb(*[f"gopm bt {goroutine}" for goroutine in ids])
        compared = 0
        for goroutine, (output, error) in zip(ids, answers):
            self.assertEqual(error, "")
            ours = re.findall(r"^#\d+ +(0x[0-9a-f]{16}) in (\S.*) at (\S+:\d+)$", output, re.MULTILINE)
            command = re.findall(r"^ *\d+  (0x[0-9a-f]{16}) in (\S.*)\n +at (\S+:\d+)$", gopm("stack", "-g", goroutine, self.core, self.exe), re.MULTILINE)
            self.assertEqual(ours, command)
            rest = iter([(function, place) for _, function, place in ours])
            for frame in stacks[goroutine]:
                self.assertIn(frame, rest, f"goroutine {goroutine}")
                compared += 1
        self.assertGreater(compared, 50)

    def test_variables(self):
        (output, error), = self.gdb("gopm bt 20 -full")
        self.assertEqual(error, "")
        ours = [line.strip() for line in output.splitlines() if line.startswith("        ")]
        command = [line.strip() for line in gopm("stack", "-g", 20, "--full", self.core, self.exe).splitlines() if line.startswith("       ")]
        self.assertEqual(ours, command)
        # Delve prints these.
        self.assertTrue(any(line.startswith('key = "queue.longest"') for line in ours))
        self.assertTrue(any(line.startswith("consumed = 34") for line in ours))

    def test_threads(self):
        answers = self.gdb("python print([t.ptid[1] for t in gdb.selected_inferior().threads()])", *["gopm bt"] * 5,
                           *[f"thread apply {n} -q gopm bt" for n in range(1, 6)])
        self.assertEqual([error for _, error in answers], [""] * len(answers))
        # Each thread ends as gdb's own backtrace begins.
        for output, _ in answers[1:]:
            self.assertRegex(output, r"^(thread|goroutine) \d+.*:\n#0 +0x")

    def test_why(self):
        (output, error), = self.gdb("gopm why")
        self.assertEqual(error, "")
        self.same(output.rstrip(), gopm("why", self.core, self.exe).replace("see gopm stack -g ", "see gopm bt ").rstrip())
        self.assertIn("1001 goroutines are stuck", output)

    def test_without_an_executable(self):
        (output, error), = gdb("gopm goroutines -by user", core=f"--core={self.core}")
        # gdb may find another file for it, or none: the library then searches.
        self.assertTrue(output.lstrip().startswith("1000") or error.startswith("gopm: "), (output, error))

    def test_mistakes(self):
        commands = {
            "gopm bt x": "gopm: usage: gopm bt", "gopm bt -1": "gopm: usage: gopm bt", "gopm bt 1 2": "gopm: usage: gopm bt",
            "gopm bt 0": "gopm: usage: gopm bt", "gopm bt 999999999": "gopm: no goroutine 999999999",
            "gopm bt 99999999999999999999": "gopm: usage: gopm bt", "gopm why not": "gopm: usage: gopm why",
            "gopm goroutines x": "gopm: 'x' is not KEY=GLOB", "gopm goroutines color=red": "gopm: 'color=red' is not KEY=GLOB",
            "gopm goroutines -by": "gopm: -by needs one of", "gopm goroutines -by label": "gopm: -by needs one of",
            "gopm nothing": 'Undefined gopm command: "nothing"',
        }
        for (output, error), (command, expected) in zip(self.gdb(*commands), commands.items()):
            self.assertEqual(output, "", command)
            self.assertTrue(error.startswith(expected), f"{command}: {error}")

    def test_no_core(self):
        for commands in (["gopm goroutines", "gopm why", "gopm bt 1", "gopm bt"],):
            for output, error in gdb(*commands) + gdb(*commands, exe=self.exe):
                self.assertEqual((output, error), ("", "gopm: no core is open; use `core-file CORE`"))
        # The core that was closed is not used; it may be opened again.
        link = pathlib.Path(self.folder.name, "link")
        link.symlink_to(self.core)
        answers = self.gdb("gopm why", "core-file", "gopm why", f"core-file {link}", "gopm bt 20")
        self.assertIn("deadlock", answers[0][0])
        self.assertIn("no core is open", answers[2][1])
        self.assertIn("main.(*Metrics).SetM", answers[4][0])

    def test_core_that_is_gone(self):
        copy = pathlib.Path(self.folder.name, "gone")
        shutil.copy(self.core, copy)
        answers = gdb(f"python import os; os.unlink({str(copy)!r})", "gopm why", core=copy, exe=self.exe)
        self.assertEqual(answers[1], ("", f"gopm: {copy}: No such file or directory"))

    def test_core_that_is_cut(self):
        copy = pathlib.Path(self.folder.name, "cut")
        with open(self.core, "rb") as file:
            copy.write_bytes(file.read(3 << 20))
        for output, error in gdb("gopm goroutines", "gopm why", "gopm bt 20", core=copy, exe=self.exe):
            self.assertTrue(output or error.startswith("gopm: "), (output, error))

    def test_other_programs(self):
        copy = pathlib.Path(self.folder.name, "not-go")
        answers = gdb("starti", "gopm why", f"generate-core-file {copy}", "kill", f"core-file {copy}", "gopm why", "gopm goroutines", exe=shutil.which("true"))
        if not copy.exists():
            self.skipTest(f"gdb cannot run a process here: {answers[0][1]}")
        self.assertEqual(answers[1], ("", "gopm: the program runs; make a core with `generate-core-file`, and open it"))
        for output, error in answers[5:]:
            self.assertEqual(output, "")
            self.assertTrue(error.startswith("gopm: "), error)

    def test_interrupt(self):
        """Ctrl-C while the library works: gdb says Quit, and the next command has its answer."""
        quits = 0
        for delay in (0.005, 0.02, 0.04, 0.08):
            arguments = ["gdb", "--batch", "-nx", "-q", "-ex", f"source {SCRIPT}", "-ex", "gopm bt 20", "-ex",
                         f"python import threading, os, signal; threading.Timer({delay}, lambda: os.kill(os.getpid(), signal.SIGINT)).start()"]
            arguments += ["-ex", "gopm why"] * 3
            result = subprocess.run([*arguments, self.exe, self.core], capture_output=True, text=True, check=False,
                                    env={**os.environ, "GOPM_LIBRARY": str(LIBRARY)})
            self.assertGreaterEqual(result.returncode, 0)
            self.assertNotIn("Python Exception", result.stderr)
            self.assertIn("1. deadlock, likely", result.stdout)
            quits += "Quit" in result.stderr
        self.assertGreater(quits, 0)

    def test_library(self):
        (output, error), = self.gdb("gopm why", library="/nonexistent/libgopm.so")
        self.assertEqual(output, "")
        self.assertTrue(error.startswith("gopm: libgopm cannot be loaded"), error)

    def test_package_for_python(self):
        """The Python package works inside gdb, if gdb's Python has what it needs."""
        needs = self.gdb("python import cffi; assert sys.version_info >= (3, 11)")
        if needs[0][1]:
            self.skipTest(f"gdb's Python lacks cffi or is older than 3.11: {needs[0][1]}")
        package = HERE.parents[1] / "python/src"
        (_, error), (output, failure) = self.gdb(
            f"python sys.path.insert(0, {str(package)!r}); sys.dont_write_bytecode = True; import gopm",
            f"python print(gopm.open({str(self.core)!r}, {str(self.exe)!r}).stack(20).frames[3].variables['m'].inChannel.capacity)")
        self.assertEqual((error, output, failure), ("", "100\n", ""))

    def test_installed(self):
        """The script of an installed tree that was moved finds the library beside it."""
        with installed.moved_prefix() as (_, prefix, _):
            (output, error), = self.gdb("gopm goroutines start=*startInChannelConsumer", script=prefix / "share/gopm/gdb/gopm.py", library=None)
        self.assertEqual(error, "")
        self.assertIn("main.(*Metrics).SetM", output)


if __name__ == "__main__":
    installed.need("gdb")
    if subprocess.run(["gdb", "--batch", "-nx", "-ex", "python import ctypes"], capture_output=True, text=True, check=False).stderr:
        installed.skip("this gdb has no Python with ctypes")
    program = unittest.main(exit=False, argv=[sys.argv[0], "-v"])
    sys.exit(not program.result.wasSuccessful())
