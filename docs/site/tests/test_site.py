#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The site builds without a warning, has every reference, and each of its relative links resolves, its anchors too."""
import html.parser
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

SOURCE = pathlib.Path(os.environ["GOPM_SOURCE"])
BUILD = pathlib.Path(os.environ["GOPM_BUILD"])
# One name of each reference, in the declaration or docstring that only it has.
NAMES = {
    "bindings/c/core_8h.html": "gopm_core_open_path",
    "bindings/c/classgopm_1_1core.html": "goroutines",
    "docs/reference/python.html": "gopm.attach(pid: int",
    "docs/reference/goroutines.html": "--group-by",
    "index.html": "gopm why core server",
}
RUST = {"bindings/rust/doc/gopm/struct.Core.html": "open_with", "bindings/rust/doc/gopm_sys/index.html": "gopm_core_open_path"}
GO = {"bindings/go/reference.html": "func (c *Core) Goroutines("}


class Page(html.parser.HTMLParser):
    """The links and anchors of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(path.read_text(encoding="utf-8", errors="replace"))

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.anchors.add(value)


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name, "site")
        result = subprocess.run([sys.executable, SOURCE / "docs/site/build.py", cls.root, BUILD], capture_output=True, text=True, check=False)
        assert result.returncode == 0, (result.stdout + result.stderr)[-3000:]
        cls.printed = result.stdout + result.stderr
        cls.pages = {path: Page(path) for path in cls.root.rglob("*.html")}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_no_warning(self):
        self.assertEqual(self.printed, "")

    def test_references(self):
        wanted = {**NAMES, **(RUST if shutil.which("cargo") else {}), **(GO if shutil.which("go") else {})}
        for page, name in wanted.items():
            text = (self.root / page).read_text(encoding="utf-8")
            self.assertIn(name, "".join(text), page)

    def test_every_page_of_the_repository(self):
        for path in (SOURCE / "docs").rglob("*.md"):
            if "notes" not in path.parts:
                page = path.relative_to(SOURCE).with_suffix(".html")
                page = page.with_name("index.html") if page.name == "README.html" else page
                self.assertIn(self.root / page, self.pages)

    def test_titles(self):
        text = (self.root / "index.html").read_text(encoding="utf-8")
        for title in ("gopm goroutines", "The Python package", "From a hung server to the line to blame"):
            self.assertIn(f">{title}</a>", text)

    def test_links(self):
        broken, count = [], 0
        for path, page in self.pages.items():
            if path.name == "404.html":  # served at any place: its links are absolute
                continue
            for link in page.links:
                parts = urllib.parse.urlsplit(link)
                if parts.scheme or parts.netloc:
                    continue
                count += 1
                target = path if not parts.path else pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(parts.path)))
                if target.is_dir():
                    target = target / "index.html"
                # rustdoc's script marks ranges of lines.
                anchor = "" if target.name.endswith(".rs.html") else parts.fragment
                if not target.is_file() or not target.is_relative_to(self.root):
                    broken.append(f"{path.relative_to(self.root)}: {link}")
                elif anchor and target in self.pages and not {anchor, urllib.parse.unquote(anchor)} & self.pages[target].anchors:
                    broken.append(f"{path.relative_to(self.root)}: {link}: no such anchor")
        self.assertGreater(count, 1000)
        self.assertEqual(broken, [])


if __name__ == "__main__":
    for tool in ("doxygen", "mkdocs"):
        if shutil.which(tool) is None:
            print(f"SKIP: {tool} is not installed")
            sys.exit(77)
    program = unittest.main(exit=False, argv=[sys.argv[0], "-v"])
    sys.exit(not program.result.wasSuccessful())
