# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the package: the sample, of which the program, the runtime and Delve say what is expected."""
import pathlib
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[3]
SAMPLE = SOURCE / "examples/story/sample"
CORE, EXE = SAMPLE / "core.zst", SAMPLE / "server"


def open_sample(**options):
    import gopm  # pylint: disable=import-outside-toplevel

    return gopm.open(CORE, EXE, **options)


class SampleTest(unittest.TestCase):
    """A test that has the sample open as `self.core`."""

    @classmethod
    def setUpClass(cls):
        cls.core = open_sample()

    @classmethod
    def tearDownClass(cls):
        cls.core.close()


def main():
    """Runs the tests of the main module; one that skips all of them ends with 77."""
    program = unittest.main(module="__main__", exit=False)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.skipped and len(result.skipped) == result.testsRun:
        sys.exit(77)
    sys.exit(0)
