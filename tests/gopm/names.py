#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names of packages with dots in the last element of their paths: see tests/programs/names. They are shown and found as
the source writes them; the symbols' form is found too, and tracebacks and --delve have that.

    names.py names127
"""
import json
import sys

import common

PATH, NO_SLASH = "names.v1/dotted.v3", "yaml.v9"
problems = []


def run(core, *arguments, code=0):
    return common.gopm(*arguments[:1], "-q", *arguments[1:], core.core, core.exe, code=code)


def has(name, text, *wanted):
    problems.extend(f"{name}: {text[:400]}, without {one}" for one in wanted if one not in text)
    if "%2e" in text and "x%2ey" not in text:
        problems.append(f"{name}: {text[:400]} has an escape")


def symbols(path):
    head, slash, last = path.rpartition("/")
    return head + slash + last.replace(".", "%2e")


def goroutines(core):
    listed = run(core, "goroutines")
    has("goroutines", listed, f"{PATH}.Wait (", f"{PATH}.Run.func1 (", f"{NO_SLASH}.(*Node).Wait (", f"{PATH}/inner.Ждать (")
    has("goroutines --group-by start", run(core, "goroutines", "--group-by", "start"), f"{PATH}.Wait", f"{NO_SLASH}.(*Node).Wait")
    answer = json.loads(run(core, "goroutines", "--json"))["result"]
    names = {g["userCurrentLoc"].get("function", {}).get("name") for g in answer}
    if not {f"{PATH}.Wait", f"{NO_SLASH}.(*Node).Wait"} <= names:
        problems.append(f"goroutines --json: {names}")
    for path, function in ((PATH, "Wait"), (NO_SLASH, "(*Node).Wait")):
        for key in ("user", "start"):
            for form in (path, symbols(path)):
                got = run(core, "goroutines", "--where", f"{key}={form}.{function}")
                if "[1 goroutine" not in got:
                    problems.append(f"--where {key}={form}.{function}: {got}")
    number = run(core, "goroutines", "--where", f"user=*dotted.v3.Wait").split()[1]
    has("stack", run(core, "stack", "-g", number), f" in {PATH}.Wait\n")
    for what in ("goroutines", "stack"):
        options = ["-g", number] if what == "stack" else []
        delve = run(core, what, "--delve", *options)
        if f"{symbols(PATH)}.Wait" not in delve or f"{PATH}.Wait" in delve:
            problems.append(f"{what} --delve: {delve[:400]}")
        delve = run(core, what, "--delve", "--json", *options)
        if f"{symbols(PATH)}.Wait" not in delve or f"{PATH}.Wait" in delve:
            problems.append(f"{what} --delve --json: {delve[:400]}")


def values(core):
    for form in (PATH, symbols(PATH)):
        for expression, wanted in ((f'"{form}".Config["a.b"]', '"c"'), (f'"{form}".Root.Next.Kind', "4"),
                                   (f'len("{form}".Config)', "1"),
                                   (f'"{form}".Held.(data).Kind', "3"), (f'"{form}".Literal.hidden', "6")):
            if run(core, "print", expression).strip() != wanted:
                problems.append(f"print {expression}: {run(core, 'print', expression)}, not {wanted}")
        has(f"vars {form}.*", run(core, "vars", f"{form}.*"), f"{PATH}.Root = *{PATH}.Node {{Kind: 3", f"{PATH}.Config = ",
            f'(*"{PATH}.Node")(0x')
        has(f"type {form}.Node", run(core, "type", f"{form}.Node"), f"{PATH}.Node  struct", f"*{PATH}.Node")
        has(f"type *{form}.Node", run(core, "type", f"*{form}.Node"), f"{PATH}.(*Node).keep")
    # The last element of the path, and the name of the package.
    for expression in ('"dotted.v3".Root.Kind', "dotted.Root.Kind"):
        if run(core, "print", expression).strip() != "3":
            problems.append(f"print {expression}: {run(core, 'print', expression)}")
    # A path without a slash needs quotes in a text, so that the text is an expression.
    text = run(core, "print", "main.Nodes.buf[0]").strip()
    has("main.Nodes.buf[0]", text, f"*{NO_SLASH}.Node {{Kind: Scalar (1), Next: ", f'(*"{NO_SLASH}.Node")(0x')
    cast = "(*" + text.split("(*", 1)[1].rstrip("}")
    has(cast, run(core, "print", "*" + cast.lstrip("*")), f"{NO_SLASH}.Node {{Kind: Mapping (2)")
    for expression, wanted in ((f'("{NO_SLASH}.Kind")(2)', "Mapping (2)"), ("main.Boxed.Value.Kind", "9")):
        if run(core, "print", expression).strip() != wanted:
            problems.append(f"print {expression}: {run(core, 'print', expression)}")
    has("main.Boxed", run(core, "print", "main.Boxed"), f"main.Box[{PATH}.Node] ")
    has("main.Routine", run(core, "print", "main.Routine"), f"{PATH}.Wait")
    # A tag is not a path: what looks like an escape in it is none.
    has("main.Tagged", run(core, "print", "main.Tagged"), "x%2ey")
    answer = run(core, "print", "--json", f'"{PATH}".Root')
    has("print --json", answer, f'"type":"*{PATH}.Node"')
    has("print --raw", run(core, "print", "--raw", f'"{PATH}".Root').replace("%2e", "."), f"*{PATH}.Node")
    if symbols(PATH) not in run(core, "print", "--raw", f'"{PATH}".Root'):
        problems.append("print --raw: the type does not have its symbol")


def stripped(core):
    """Types from descriptors, without DWARF."""
    for form in (PATH, symbols(PATH)):
        has(f"type {form}.Node", run(core, "type", f"{form}.Node"), f"{PATH}.Node  struct")
    listed = run(core, "goroutines", "--where", f"user={NO_SLASH}.(*Node).Wait")
    has("goroutines", listed, f"{NO_SLASH}.(*Node).Wait (")
    full = run(core, "stack", "-g", listed.split()[1], "--full")
    has("stack --full", full, f"arg0 = *{NO_SLASH}.Node {{Kind: ")


def main():
    core = common.core(sys.argv[1])
    if sys.argv[1].endswith("s"):
        stripped(core)
    else:
        goroutines(core)
        values(core)
    common.finish(problems)


if __name__ == "__main__":
    main()
