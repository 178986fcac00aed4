# SPDX-License-Identifier: Apache-2.0
"""Damages that no reader can detect: the damaged field may have the new value in a sound core too.

Each row names a field, how its new value relates to the old one, the answers that follow from the field, and the reason.
Other answers must not change without a word. Globs as in fnmatch. A value is a word and a comparison with the old value:
`peer` is the value of the same field elsewhere, `near` at most 64 away, `zero`, `pointer` into the process, or `wild`.
"""
import fnmatch

DATA = ("arguments", "variables", "globals")

ROWS = [
    # (field, value, answers, reason)
    ("runtime.g.goid", "*", ("id", "groups", "header", "threads"),
     "a number that no other goroutine has is as good as the old one"),
    ("runtime.g.parentGoid", "*", ("parent", "header"), "the creator may have ended: any number is possible"),
    ("runtime.g.waitsince", "* <", ("time", "groups", "header"), "an earlier time is a possible time"),
    ("stack: word", "*", DATA, "arguments and variables of the program: any value is possible"),
    ("stack: pointer into the stack", "*", DATA, "arguments and variables of the program: any value is possible"),
    ("memory word", "*", DATA, "data of the program: any value is possible"),
]


def unexplained(change):
    """The answers of a change that no row allows."""
    allowed = set()
    for field, value, answers, _ in ROWS:
        if fnmatch.fnmatchcase(change["field"], field) and fnmatch.fnmatchcase(change["value"], value):
            allowed.update(answers)
    return [name for name in change["answers"] if name not in allowed]
