#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds one site of all documentation: the pages, and the references of C, C++, Python, Rust and Go.

    docs/site/build.py OUT [BUILD]

It needs doxygen and mkdocs. The reference of Rust needs cargo and a build of the library (default build/dev), that of Go
needs go; without them the site says that they are missing. Warnings end it.

The site has the tree of the repository, so that links between pages stay as they are. A file that a page links to is copied,
and a folder has a page that lists its files.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
# Folders that a reference shows better than a list of files.
REFERENCES = {"include/gopm": "bindings/c/index.html", "bindings/cpp/include": "bindings/c/index.html"}
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
COMMENT = re.compile(r"\A<!--.*?-->\n", re.DOTALL)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def run(command, **options):
    """The output of a command that must succeed, without a warning."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if result.returncode or "warning" in result.stderr.lower():
        sys.exit(f"{command[0]} ends with {result.returncode}:\n{result.stdout[-3000:]}{result.stderr[-3000:]}")
    return result.stdout


class Tree:
    """The pages and files of the site, before mkdocs makes HTML of them."""

    def __init__(self, root):
        self.root, self.done = root, set()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def add(self, name):
        """A page or file of the repository, and all that it links to."""
        if name in self.done:
            return
        self.done.add(name)
        path = SOURCE / name
        if path.suffix == ".md":
            # mkdocs finds the title only in the first line.
            self.write(name, self.page(name, COMMENT.sub("", path.read_text(encoding="utf-8"))))
        else:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, self.root / name)

    def page(self, name, text):
        """The text of a page with links that work in the site."""
        def link(match):
            target, _, anchor = match[2].partition("#")
            if not target or re.match(r"[a-z]+:", target):
                return match[0]
            found = self.target(os.path.normpath(os.path.join(os.path.dirname(name), target)))
            return match[1] + os.path.relpath(found, os.path.dirname(name) or ".") + (f"#{anchor}" if anchor else "") + match[3]

        parts, start = [], 0
        for block in FENCE.finditer(text):
            # Python's Markdown knows one word after a fence.
            parts += [LINK.sub(link, text[start:block.start()]), re.sub(r"^(```\w+) \w+", r"\1", block[0])]
            start = block.end()
        return "".join(parts) + LINK.sub(link, text[start:])

    def target(self, name):
        """The path in the site of what a page links to."""
        path = SOURCE / name
        if name in REFERENCES:
            return REFERENCES[name]
        if not path.exists():
            sys.exit(f"a page links to {name}, which does not exist")
        if path.is_dir() and (path / "README.md").exists():
            name += "/README.md"
        elif path.is_dir():
            return self.listing(name)
        self.add(name)
        return name

    def listing(self, name):
        """A page with the files of a folder."""
        page = f"{name}/index.md"
        if page not in self.done:
            self.done.add(page)
            files = sorted(p.name for p in (SOURCE / name).iterdir() if p.is_file())
            for file in files:
                self.add(f"{name}/{file}")
            self.write(page, f"# {name}\n\n" + "".join(f"- [{file}]({file})\n" for file in files))
        return page


def c_reference(tree):
    folder = tree.root / "bindings/c"
    folder.mkdir(parents=True)
    run(["doxygen", "docs/site/Doxyfile"], cwd=SOURCE, env={**os.environ, "GOPM_SITE_C": str(folder)})
    return "[C and C++](bindings/c/index.html)"


def rust_reference(tree, build):
    library = build / "libgopm.so"
    if shutil.which("cargo") is None or not library.exists():
        return "Rust: not built, as cargo or the library is missing"
    os.environ["GOPM_BUILD"] = str(build)
    sys.path.insert(0, str(SOURCE / "bindings/rust/tests"))
    import cargo  # pylint: disable=import-outside-toplevel

    variables = {**cargo.environment(library), "RUSTDOCFLAGS": "-D warnings"}
    cargo.run(["cargo", "doc", "--workspace", "--no-deps"], variables, cargo.crates())
    # Licenses of fonts as Markdown are no pages of the site.
    shutil.copytree(pathlib.Path(variables["CARGO_TARGET_DIR"], "doc"), tree.root / "bindings/rust/doc", ignore=shutil.ignore_patterns("*.md"))
    tree.write("bindings/rust/doc/index.html", '<!DOCTYPE html><meta http-equiv="refresh" content="0; url=gopm/index.html">\n')
    return "[Rust](bindings/rust/doc/gopm/index.html), and its [raw declarations](bindings/rust/doc/gopm_sys/index.html)"


def go_reference(tree):
    if shutil.which("go") is None:
        return "Go: not built, as go is missing"
    text = run(["go", "doc", "-all", "."], cwd=SOURCE / "bindings/go", env={**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "1"})
    tree.write("bindings/go/reference.md", f"# The Go package\n\n```go\n{text}```\n")
    return "[Go](bindings/go/reference.md)"


def navigation(tree):
    """Groups of pages. mkdocs takes the title of each from the page."""
    def pages(folder):
        return sorted(str(p.relative_to(tree.root)) for p in (tree.root / folder).glob("*.md"))

    commands = [page for page in pages("docs/reference") if page != "docs/reference/python.md"]
    bindings = [str(p.relative_to(tree.root)) for p in sorted((tree.root / "bindings").glob("*/README.md"))]
    return [{"Start": ["README.md", "docs/README.md", "docs/tutorial.md"]}, {"How-to": pages("docs/how-to")},
            {"Command": commands}, {"API": ["api.md", "docs/reference/python.md", *bindings]},
            {"Explanation": [*pages("docs/explanation"), "docs/design.md", "CONTRIBUTING.md", "CHANGELOG.md"]}]


def main():
    out, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(*sys.argv[2:3] or [SOURCE / "build/dev"]).resolve()
    for tool in ("doxygen", "mkdocs"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed")
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(pathlib.Path(folder, "pages"))
        references = [c_reference(tree), "[Python](docs/reference/python.md)", rust_reference(tree, build), go_reference(tree)]
        tree.write("api.md", "# References of the API\n\n" + "".join(f"- {line}\n" for line in references))
        for path in [SOURCE / "README.md", SOURCE / "CHANGELOG.md", *sorted((SOURCE / "docs").rglob("*.md")),
                     *sorted((SOURCE / "bindings").glob("*/README.md"))]:
            if "notes" not in path.parts:
                tree.add(str(path.relative_to(SOURCE)))
        config = {"site_name": "libgopm", "docs_dir": str(tree.root), "site_dir": str(out), "use_directory_urls": False,
                  "theme": "mkdocs", "nav": navigation(tree)}
        pathlib.Path(folder, "mkdocs.yml").write_text(json.dumps(config), encoding="utf-8")
        run(["mkdocs", "build", "--strict", "--quiet", "--clean", "-f", pathlib.Path(folder, "mkdocs.yml")])


if __name__ == "__main__":
    main()
