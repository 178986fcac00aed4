#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docs/reference/python.md from the docstrings of the package. With --check it fails if the page is another one.

    PYTHONPATH=bindings/python/src GOPM_LIBRARY=build/dev/libgopm.so bindings/python/reference.py
"""
import dataclasses
import inspect
import pathlib
import re
import sys

import gopm

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/reference/python.md"
ORDER = ["open", "attach", "Core", "Goroutines", "Goroutine", "Filter", "Group", "Stack", "Frame", "Variables", "Value", "Thread",
         "Why", "WhyFinding", "Heap"]
# What every class of Python has, and what a base class documents.
LEFT_OUT = {"close", "closed", "__enter__", "__exit__"}


def signature(name, function):
    text = str(inspect.signature(function))
    text = re.sub(r"\(self(?:, )?", "(", text)
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)  # annotations
    text = re.sub(r"\b(?:gopm\.)?(?:_records|filters|core|errors|value|stack|thread|why|heap|goroutine)\.", "", text)
    return f"`{name}{text}`".replace("|", "\\|")


def first(text):
    """The first paragraph on one line, for a table."""
    paragraph = (inspect.cleandoc(text or "").split("\n\n") or [""])[0]
    return " ".join(paragraph.split()).replace("|", "\\|")


def row(name, member):
    if isinstance(member, property):
        return f"| `{name}` | {first(member.fget.__doc__)} |"
    function = member.__func__ if isinstance(member, staticmethod) else member
    return f"| {signature(name, function)} | {first(function.__doc__)} |"


def members(cls):
    """The public members that the class itself documents, in the order of the source."""
    for name, member in vars(cls).items():
        if name.startswith("_") or name in LEFT_OUT:
            continue
        if isinstance(member, (property, staticmethod)) or inspect.isfunction(member):
            yield name, member


def class_lines(name, cls):
    lines = [f"## {name}", "", inspect.cleandoc(cls.__doc__ or ""), ""]
    rows = [row(*pair) for pair in members(cls)]
    return lines + (["| member | |", "|---|---|", *rows, ""] if rows else [])


def filter_lines():
    source = inspect.getsource(gopm.Filter)
    lines = ["## Filter", "", inspect.cleandoc(gopm.Filter.__doc__), "", "| condition | type | |", "|---|---|---|"]
    for name, kind, about in re.findall(r"^    (\w+): ([^#\n]+?)(?:  #: (.*))?$", source, re.MULTILINE):
        lines.append(f"| `{name}` | {kind} | {about} |".replace("str | tuple", "str or tuple").replace("float | datetime", "float or datetime"))
    return lines + [""]


def error_lines():
    classes = [getattr(gopm, name) for name in gopm.__all__]
    classes = [c for c in classes if isinstance(c, type) and issubclass(c, gopm.Error) and c is not gopm.Error]
    lines = ["## Errors", "", inspect.cleandoc(gopm.Error.__doc__), "", "| class | also a | when |", "|---|---|---|"]
    for c in classes:
        lines.append(f"| `{c.__name__}` | {', '.join(b.__name__ for b in c.__bases__ if b is not gopm.Error)} | {first(c.__doc__)} |")
    return lines + [""]


def record_lines():
    lines = ["## Records", "", "`gopm.records` has what the library fills, with the names of the [headers](../../include/gopm).", "",
             "| class | |", "|---|---|"]
    for name, cls in vars(gopm.records).items():
        if isinstance(cls, type) and dataclasses.is_dataclass(cls):
            lines.append(f"| `{name}` | {first(cls.__doc__)} |")
    return lines + [""]


def page():
    lines = ["<!-- Made by bindings/python/reference.py. Edit the docstrings of bindings/python/src/gopm. -->", "# The Python package", "",
             "How to install and use it: [Analyze a core in Python](../how-to/notebook.md#the-package).", ""]
    for name in ORDER:
        thing = getattr(gopm, name)
        if name == "Filter":
            lines += filter_lines()
        elif inspect.isfunction(thing):
            lines += [f"## {name}()", "", signature(f"gopm.{name}", thing).replace("\\|", "|"), "", inspect.cleandoc(thing.__doc__), ""]
        else:
            lines += class_lines(name, thing)
    return "\n".join(lines + error_lines() + record_lines()).rstrip("\n") + "\n"


def main():
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"{PAGE} is not what the docstrings say: run {__file__}")


if __name__ == "__main__":
    main()
