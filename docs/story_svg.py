#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws docs/story.svg: a terminal with the commands of the story and their output on the sample core.

    docs/story_svg.py [--check] [build/dev]

With --check it writes nothing, and fails if the picture differs.
"""
import html
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
PICTURE = SOURCE / "docs/story.svg"
COMMANDS = [
    ("Where do the goroutines of the hung server wait?",
     ["goroutines", "--group-by", "user", "core", "server"]),
    ("1000 handlers send to a channel. Which one?",
     ["goroutines", "--group-by", "object", "--limit", "1", "core", "server"]),
    ("It is full. Who receives from it?",
     ["goroutines", "--where", "start=*startInChannelConsumer", "core", "server"]),
    ("The only receiver sends too. From which line, and to which channel?",
     ["stack", "-g", "20", "core", "server"]),
    (None, ["print", "-g", "20", "-f", "3", "m.inChannel", "core", "server"]),
]
LINE, CHARACTER, MARGIN, TOP = 18, 7.8, 16, 44
COLOURS = {"1;33": "#e5c07b", "36": "#56b6c2", "0": None, "comment": "#7f848e", "prompt": "#98c379"}


def terminal(command, cwd):
    """The output of a command on a terminal, with its colours. Progress is not part of it."""
    parent, child = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8"}
    process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=child, env=environment)
    os.close(child)
    text = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.close(parent)
    if process.wait() != 0:
        sys.exit(f"story_svg: {command} failed:\n{text.decode()}")
    return text.decode().replace("\r\n", "\n").strip("\n").split("\n")


def quoted(argument):
    return f"'{argument}'" if re.search(r"[*? ]", argument) else argument


def pieces(line):
    """(text, colour) of each part of a line with escape sequences."""
    colour = None
    for part in re.split(r"(\x1b\[[\d;]*m)", line):
        found = re.fullmatch(r"\x1b\[([\d;]*)m", part)
        if found:
            colour = COLOURS[found.group(1)]
        elif part:
            yield part, colour


def lines_of(build):
    gopm = str(build / "examples/gopm")
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        sample = SOURCE / "examples/story/sample"
        os.symlink(sample / "core.zst", pathlib.Path(folder) / "core")
        os.symlink(sample / "server", pathlib.Path(folder) / "server")
        for comment, command in COMMANDS:
            if comment:
                lines += [[("", None)]] if lines else []
                lines.append([("# " + comment, COLOURS["comment"])])
            shown = " ".join(quoted(argument) for argument in command)
            lines.append([("$ ", COLOURS["prompt"]), ("gopm " + shown, "#ffffff")])
            lines += [list(pieces(line)) for line in terminal([gopm] + command, folder) if line]
    return lines


def draw(lines):
    columns = max(sum(len(text) for text, _ in line) for line in lines)
    width, height = round(columns * CHARACTER + 2 * MARGIN), TOP + LINE * len(lines) + MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        "<title>gopm finds why a Go server hangs</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#282c34"/>',
        *(f'<circle cx="{20 + 20 * i}" cy="18" r="6" fill="{c}"/>' for i, c in enumerate(("#ff5f56", "#ffbd2e", "#27c93f"))),
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" fill="#abb2bf">',
    ]
    for i, line in enumerate(lines):
        column, spans = 0, []
        for text, colour in line:
            # Each part has its column, so that it is right with any monospace font.
            x, style = f"{MARGIN + column * CHARACTER:.1f}", f' fill="{colour}"' if colour else ""
            length = f' textLength="{len(text) * CHARACTER:.1f}" lengthAdjust="spacingAndGlyphs"' if text else ""
            spans.append(f'<tspan x="{x}"{style}{length}>{html.escape(text)}</tspan>')
            column += len(text)
        out.append(f'<text y="{TOP + LINE * (i + 1) - 5}" xml:space="preserve">{"".join(spans)}</text>')
    return "\n".join(out + ["</g>", "</svg>"]) + "\n"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    picture = draw(lines_of(pathlib.Path(arguments[0]).resolve() if arguments else SOURCE / "build/dev"))
    if "--check" not in sys.argv:
        PICTURE.write_text(picture, encoding="utf-8")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != picture:
        sys.exit("docs/story.svg is not of today's output; run docs/story_svg.py")


if __name__ == "__main__":
    main()
