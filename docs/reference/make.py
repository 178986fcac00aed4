#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the reference pages and the man page from the command's own --help.

    docs/reference/make.py [--check] [build/dev]

Writes docs/reference/README.md, docs/reference/COMMAND.md and docs/gopm.1. --help comes from the tables of options in
examples/gopm. What --help has no room for is in docs/reference/notes/COMMAND.md and is added to the end of each page.
With --check it writes nothing, and fails if a file differs.
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
GENERATED = "<!-- Made by docs/reference/make.py. Edit examples/gopm/*.c or docs/reference/notes. -->\n"


class Option:
    def __init__(self, head):
        self.head, self.lines = head, []

    def text(self, end=" "):
        """The text as one line; `end` follows each item of a list, which ends in ; or :."""
        return "".join(line + (end if re.search("[;:]$", line) else " ") for line in self.lines).strip()


class Help:
    """--help of a command, in its parts."""

    def __init__(self, text):
        self.about, self.own, self.every, self.examples = [], [], [], []
        lines = text.splitlines()
        self.usage = lines[0].removeprefix("usage: ")
        part, paragraph = "about", []
        for line in lines[1:]:
            if line in ("Options:", "Options of every command:", "Examples:"):
                part = {"Options:": "own", "Options of every command:": "every", "Examples:": "examples"}[line]
            elif part == "about":
                if line:
                    paragraph.append(line)
                elif paragraph:
                    self.about.append(" ".join(paragraph))
                    paragraph = []
            elif part in ("own", "every") and line:
                self.option(getattr(self, part), line)
            elif part == "examples":
                if line.startswith("      "):
                    self.examples[-1][1].append(line.strip())
                elif line.startswith("  "):
                    self.examples.append((line.strip(), []))
                elif not line and self.examples:
                    part = "end"

    @staticmethod
    def option(options, line):
        if re.match(r"  (-\w,|   ) --", line):
            found = re.match(r"(.{20}  |.*$)", line)
            # The text starts in column 22, or on the next line if the option is too long for that.
            head = line if len(line) > 20 and line[20:22] != "  " else found.group(0)
            options.append(Option(head.strip()))
            rest = line[len(found.group(0)):] if head != line else ""
            if rest.strip():
                options[-1].lines.append(rest.strip())
        else:
            options[-1].lines.append(line.strip())


def markdown_escape(text):
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def table(options):
    lines = ["| option | |", "|---|---|"]
    for option in options:
        text = markdown_escape(option.text("\n")).replace("\n", "<br>")
        lines.append(f"| `{option.head}` | {text} |")
    return "\n".join(lines)


def page(name, summary, told, notes):
    parts = [GENERATED + f"# gopm {name}", summary[0].upper() + summary[1:] + ".", f"    {told.usage}"]
    if told.about and told.about[0].rstrip(".").lower() != summary.lower():
        parts += told.about
    parts.append("## Examples")
    parts.append("| command | |\n|---|---|\n" + "\n".join(
        "| `" + command.replace("|", "\\|") + "` | " + markdown_escape(" ".join(text)) + " |"
        for command, text in told.examples))
    parts += ["## Options", table(told.own), "[Options of every command](README.md#options-of-every-command)"]
    if notes:
        parts.append(notes.strip())
    return "\n\n".join(parts) + "\n"


def index(summaries, told, notes):
    rows = "\n".join(f"| [`{name}`]({name}.md) | {summary} |" for name, summary in summaries.items())
    return "\n\n".join([GENERATED + "# The gopm command", "    gopm COMMAND [options] CORE [EXE]",
                        "| command | |\n|---|---|\n" + rows, "## Options of every command", table(told.every),
                        notes.strip()]) + "\n"


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in ".'" else text


def man_options(options):
    return [line for option in options
            for line in (".TP", "\\fB" + roff(option.head) + "\\fR", roff(option.text()))]


def man(summaries, helps, exit_codes):
    lines = ['.\\" Made by docs/reference/make.py.', '.TH GOPM 1 "" "libgopm" "User Commands"', ".SH NAME",
             "gopm \\- show goroutines, stacks and values of a Go program from its core", ".SH SYNOPSIS",
             ".B gopm", "\\fICOMMAND\\fR [\\fIoptions\\fR] \\fICORE\\fR [\\fIEXE\\fR]", ".SH DESCRIPTION",
             "Reads an ELF core of a Go program, plain or compressed by zstd, lz4, xz, gzip or bzip2, and its executable.",
             "If EXE is not given, gopm finds it through the core.",
             ".SH COMMANDS"]
    for name, summary in summaries.items():
        lines += [".TP", f".B {name}", roff(summary)]
    lines += [".SH OPTIONS OF EVERY COMMAND"] + man_options(next(iter(helps.values())).every)
    for name, told in helps.items():
        lines += [f".SH GOPM {name.upper()}", ".B " + roff(told.usage)]
        for paragraph in told.about:
            lines += [".PP", roff(paragraph)]
        lines += man_options(told.own)
        lines += [".PP", "Examples:"]
        for command, text in told.examples:
            lines += [".PP", ".RS 4", "\\fB" + roff(command) + "\\fR", ".br", roff(" ".join(text)), ".RE"]
    lines += [".SH EXIT STATUS"]
    for code, text in exit_codes:
        lines += [".TP", f".B {code}", roff(text)]
    lines += [".SH EXAMPLE", "Which goroutines hang, and where:", ".PP", ".RS 4",
              "\\fBgopm goroutines \\-\\-group\\-by user core\\fR", ".RE"]
    return "\n".join(lines) + "\n"


def outputs(build):
    def run(*arguments):
        command = [build / "examples/gopm", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def notes(name):
        path = HERE / "notes" / f"{name}.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    summaries = dict(re.findall(r"^  (\w+) +(.*)$", run("--help"), re.M))
    helps = {name: Help(run(name, "--help")) for name in summaries}
    files = {HERE / f"{name}.md": page(name, summaries[name], helps[name], notes(name)) for name in summaries}
    shared = notes("README")
    files[HERE / "README.md"] = index(summaries, next(iter(helps.values())), shared)
    exit_codes = re.findall(r"^\| (\d) \| (.*) \|$", shared, re.M)
    files[HERE.parent / "gopm.1"] = man(summaries, helps, exit_codes)
    return files


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    files = outputs(pathlib.Path(arguments[0]).resolve() if arguments else SOURCE / "build/dev")
    different = [path for path, text in files.items()
                 if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in different:
        if "--check" in sys.argv:
            print(f"{path.relative_to(SOURCE)} differs from gopm --help; run docs/reference/make.py")
        else:
            path.write_text(files[path], encoding="utf-8")
    sys.exit("--check" in sys.argv and bool(different))


if __name__ == "__main__":
    main()
