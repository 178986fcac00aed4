# SPDX-License-Identifier: Apache-2.0
"""Differences between gopm and Delve on purpose: the allow-list for comparisons of variables, one entry per reason.

An entry names the member of api.Variable that differs, and has regular expressions for Delve's and gopm's content.
"text" is the line of `stack -full`; "unreadable" is that only one of the two has a value. `where` is the path of the
variable: function, variable, and children by name or number. An unused entry is an error in a whole run of the
matrix."""
import dataclasses
import re

MADE_UP = 0xBEED << 48  # addresses from here on are no addresses of the process


@dataclasses.dataclass
class Difference:
    name: str
    members: tuple
    delve: str
    gopm: str
    reason: str
    where: str = ""
    case: str = ""  # of the matrix
    test: object = None  # function of (Delve's whole variable, Delve's value, gopm's value), if patterns are not enough
    chance: bool = False  # depends on the contents of freed memory, so it may be unused
    uses: int = 0

    def covers(self, case, where, member, whole, theirs, ours):
        return (member in self.members and re.search(self.case, case) is not None and re.search(self.where, where) is not None
                and re.search(self.delve, str(theirs), re.DOTALL) is not None
                and re.search(self.gopm, str(ours), re.DOTALL) is not None
                and (self.test is None or self.test(whole, theirs, ours)))


def location(v):
    return re.sub(r"^\[[^]]*\] ", "", v.get("LocationExpr") or "").strip()


def piece_without_place(v, *_):
    """True if a DW_OP_piece has no operation before it: that part of the variable has no location."""
    return re.search(r"(^|DW_OP_piece\s+\S+\s+)DW_OP_piece", location(v)) is not None


def one_register(v, *_):
    return re.fullmatch(r"DW_OP_reg\d+\(\w+\)", location(v)) is not None


def without_constants(text):
    return re.sub(r"[\w./|~-]+ \((-?\d+)\)", r"\1", text)


def without_reasons(text):
    """The text without reasons. A reason may contain parentheses."""
    out, at = [], 0
    while (start := text.find("(unreadable ", at)) >= 0:
        depth, end = 0, start
        while end < len(text):
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
            if depth == 0:
                break
        out.append(text[at:start] + "(unreadable)")
        at = end
    return "".join(out) + text[at:]


def same_but_reasons(_, theirs, ours):
    return without_reasons(theirs) == without_reasons(ours)


def same_but_constants(_, theirs, ours):
    return without_constants(without_reasons(str(theirs))) == without_constants(without_reasons(str(ours)))


def both_made_up(_, theirs, ours):
    return theirs >= MADE_UP and ours >= MADE_UP


DIFFERENCES = [
    Difference("made-up address", ("addr", "base"), "", "",
               "Values in registers have no address. Delve and gopm make up different ones.", test=both_made_up),
    Difference("which constant", ("value", "text"), r"\(-?\d+\)", r"\(-?\d+\)",
               "If several constants of a type have the value, Delve names the first in sorted order, from any package. "
               "gopm names the first in the DWARF.", test=same_but_constants),
    Difference("reason", ("text",), r"\(unreadable", r"\(unreadable",
               "The reasons for an unreadable part have other words.", test=same_but_reasons),
    Difference("piece without a place", ("value", "unreadable", "children", "len", "cap", "base"), "", "",
               "Delve reads zeroes for a part of a variable without a location (DW_OP_piece alone), and makes lengths, nil "
               "pointers and numbers from them. gopm reports that the part has no location.", test=piece_without_place),
    Difference("register not known", ("unreadable",), "", "^unreadable: .*register whose value in this frame is not known",
               "If the frame does not have the value of a register, Delve reads its initial zero.", test=one_register),
    Difference("part that Delve does not read", ("unreadable",), "^unreadable: ", "^(?!unreadable: )",
               "A part of a variable that gopm reads and Delve does not."),
    Difference("damaged header", ("unreadable",), "",
               r"^unreadable: (damaged: it has|its header is damaged|its length is \d+, but its capacity)",
               "The memory of a map, channel or slice was freed and overwritten, and its header is inconsistent. gopm reports the "
               "damage, Delve shows a value.", chance=True),
    Difference("list of damaged headers", ("children",), ", [0-9] unreadable$", ", [4-9] unreadable$",
               "Both stop after four unreadable elements of a list. gopm detects them earlier, if headers contradict "
               "themselves.", chance=True),
    Difference("nil for missing memory", ("unreadable",), "nil$", "^unreadable: the core lacks memory at 0x",
               "In the target of an invalid pointer, Delve shows maps, channels, functions and interfaces as nil, and "
               "numbers as unreadable.", chance=True),
    Difference("unnamed struct", ("type", "realType"), r"^\*?\[\d+\]struct struct \{", r"^\*?\[\d+\]struct \{",
               "Delve makes up the type of a channel's buffer. If the elements are unnamed structs, it writes `struct` twice."),
    Difference("below asyncPreempt", ("addr", "value", "text", "base", "unreadable", "children", "len", "cap", "flags", "onlyAddr"),
               "", "", "On arm64 the runtime injects a call of asyncPreempt, which takes 16 bytes of the goroutine's stack. Delve does not "
               "count them and reads all callers at wrong addresses. The frame pointers of the runtime's own traceback equal "
               "gopm's.", where="^under asyncPreempt: ", case="^arm64-"),
    Difference("pointer of C", ("flags", "base", "kind", "len", "children", "value"), "", "",
               "In a static program with musl, the first unit of the DWARF is a C unit. Delve makes up the type of a channel's buffer "
               "without an offset in the DWARF. It then assigns the type to that unit, and takes its pointer for a C pointer.", where=r"\bbuf\b",
               case="static-musl"),
    Difference("plugin", ("value", "StringValueBytes", "unreadable", "children", "len", "cap", "base", "text", "type", "kind", "addr",
                          "realType", "name", "onlyAddr"), "", "",
               "For file mappings that are not in the core, Delve reads the executable, even if another file is mapped: it reads "
               "the plugin's data from the wrong file.", case="plugin"),
]


class AllowList:
    def __init__(self):
        self.entries = [dataclasses.replace(entry, uses=0) for entry in DIFFERENCES]
        self.case = ""

    def covers(self, where, member, whole, theirs, ours):
        for entry in self.entries:
            if entry.covers(self.case, where, member, whole, theirs, ours):
                entry.uses += 1
                return True
        return False
