# SPDX-License-Identifier: Apache-2.0
"""The Python that the pages show runs, with the sample beside it."""
import contextlib
import io
import os
import pathlib
import re
import tempfile
import unittest

import gopm
from support import CORE, EXE, SOURCE, main

PAGES = ["README.md", "bindings/python/README.md", "docs/how-to/notebook.md"]


class Snippets(unittest.TestCase):
    def run_page(self, page):
        """What the program of a page prints, and its variables."""
        (program,) = re.findall(r"^```python\n(.*?)^```", (SOURCE / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        names, output = {"gopm": gopm}, io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(program, page, "exec"), names)  # pylint: disable=exec-used
        return output.getvalue(), names

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        for name, target in (("core", CORE), ("server", EXE)):
            pathlib.Path(folder, name).symlink_to(target)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder)

    def test_pages(self):
        for page in PAGES:
            with self.subTest(page):
                self.assertIn("1001 goroutines are stuck", self.run_page(page)[0])

    def test_readme(self):
        self.assertIn("100 100\n", self.run_page("bindings/python/README.md")[0])

    def test_notebook(self):
        names = self.run_page("docs/how-to/notebook.md")[1]
        self.assertEqual(len(names["frame"]), 2010)
        # The values that the comments of the page say.
        self.assertEqual((len(names["m"].inChannel), names["m"].inChannel.capacity, names["m"].counters["queue.longest"]), (100, 100, 20))
        names["core"].close()


if __name__ == "__main__":
    main()
