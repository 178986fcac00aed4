# SPDX-License-Identifier: Apache-2.0
"""Comments of the headers as doc comments of Rust."""
import re
import textwrap

WIDTH = 100


def escape(text):
    """Text for Markdown: no links, tags and emphasis outside of code."""
    pieces = text.split("`")
    for index in range(0, len(pieces), 2):
        pieces[index] = re.sub(r"([\[\]<*])", r"\\\1", pieces[index])
    return "`".join(pieces)


def blocks(comment):
    """Paragraphs and list items, each on one line."""
    comment = re.sub(r"\s*\bSince: (\d+\.\d+)", r"\n\nSince: \1", comment)
    comment = re.sub(r"(?<=\S)[ ]+@(param|return)\b", r"\n@\1", comment)
    found = []
    for line in comment.splitlines():
        line = line.strip()
        parameter = re.match(r"@param (\w+) (.*)", line)
        if not line:
            found.append("")
        elif parameter is not None:
            found.append(f"- `{parameter[1]}`: {parameter[2]}")
        elif line.startswith("@return"):
            found += ["", "Returns" + line.removeprefix("@return")]
        elif re.match(r"- |\d+\. ", line) or not found or not found[-1]:
            found.append(line)
        else:
            found[-1] += " " + line
    return found


def doc(comment, indent=""):
    """Lines with `///`."""
    lines = []
    list_before = False
    for block in blocks(comment):
        item = re.match(r"- |\d+\. ", block)
        if not block:
            lines.append("")
            continue
        if item is None and lines and lines[-1] and list_before:
            lines.append("")
        if item is not None and lines and lines[-1] and not list_before:
            lines.append("")
        list_before = item is not None
        lines += textwrap.wrap(escape(block), WIDTH - len(indent) - 4, break_long_words=False, break_on_hyphens=False,
                               subsequent_indent=" " * (len(item[0]) if item else 0))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return [f"{indent}/// {line}".rstrip() for line in text.splitlines()]
