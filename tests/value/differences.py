# SPDX-License-Identifier: Apache-2.0
"""Where gopm and Delve differ on purpose: the allow-list of the comparisons of variables, one entry a reason.

An entry says which member of api.Variable differs ("text" is the line of `stack -full`; "unreadable" whether there is a
value at all), and by regular expressions what Delve and what gopm have there. `where` is the path of the variable:
function, variable, and children by name or number. An entry that no difference of a whole run of the matrix needed is
an error there."""
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
    test: object = None  # (their variable, as a whole; their value; ours), for what a pattern cannot say
    chance: bool = False  # memory that was freed decides whether there is one
    uses: int = 0

    def covers(self, case, where, member, whole, theirs, ours):
        return (member in self.members and re.search(self.case, case) is not None and re.search(self.where, where) is not None
                and re.search(self.delve, str(theirs), re.DOTALL) is not None
                and re.search(self.gopm, str(ours), re.DOTALL) is not None
                and (self.test is None or self.test(whole, theirs, ours)))


def location(v):
    return re.sub(r"^\[[^]]*\] ", "", v.get("LocationExpr") or "").strip()


def piece_without_place(v, *_):
    """DW_OP_piece with nothing before it: that part of the variable is nowhere."""
    return re.search(r"(^|DW_OP_piece\s+\S+\s+)DW_OP_piece", location(v)) is not None


def one_register(v, *_):
    return re.fullmatch(r"DW_OP_reg\d+\(\w+\)", location(v)) is not None


def without_constants(text):
    return re.sub(r"[\w./|~-]+ \((-?\d+)\)", r"\1", text)


def without_reasons(text):
    """A reason may hold parentheses of its own."""
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
               "What lies in registers has no address. Both make one up, each counts in its own way.", test=both_made_up),
    Difference("which constant", ("value", "text"), r"\(-?\d+\)", r"\(-?\d+\)",
               "Of several constants of a type with one value Delve names the one that its sort puts first, whatever its "
               "package; gopm the first in the DWARF.", test=same_but_constants),
    Difference("reason", ("text",), r"\(unreadable", r"\(unreadable",
               "Why a part cannot be read is said in other words.", test=same_but_reasons),
    Difference("piece without a place", ("value", "unreadable", "children", "len", "cap", "base"), "", "",
               "Delve takes zeroes for a part of a variable that has no place (DW_OP_piece alone), and builds lengths, nil "
               "pointers and numbers from them; gopm says that it is not there.", test=piece_without_place),
    Difference("register not known", ("unreadable",), "", "^unreadable: .*register whose value in this frame is not known",
               "Of a register that this frame does not know Delve takes the zero it was made with.", test=one_register),
    Difference("part that Delve does not read", ("unreadable",), "^unreadable: ", "^(?!unreadable: )",
               "A part of a variable that Delve gives up, and gopm reads."),
    Difference("damaged header", ("unreadable",), "",
               r"^unreadable: (damaged: it holds|its header is damaged|its length is \d+, but its capacity)",
               "A map, channel or slice whose memory was freed and written over, and contradicts itself: gopm says so, Delve shows "
               "what it would be.", chance=True),
    Difference("list of damaged headers", ("children",), ", [0-9] unreadable$", ", [4-9] unreadable$",
               "Both give a list up after four elements that cannot be read; gopm sees that earlier, where headers contradict "
               "themselves.", chance=True),
    Difference("nil for what is not there", ("unreadable",), "nil$", "^unreadable: the core lacks memory at 0x",
               "Of a struct behind a pointer that is none Delve shows maps, channels, functions and interfaces as nil, and its "
               "numbers as unreadable.", chance=True),
    Difference("unnamed struct", ("type", "realType"), r"^\*?\[\d+\]struct struct \{", r"^\*?\[\d+\]struct \{",
               "Delve makes up the type of a channel's buffer, and writes `struct` twice when it is of unnamed structs."),
    Difference("below asyncPreempt", ("addr", "value", "text", "base", "unreadable", "children", "len", "cap", "flags", "onlyAddr"),
               "", "", "On arm64 the call of asyncPreempt that the runtime puts into a stopped goroutine takes 16 bytes of its stack. Delve "
               "does not count them and reads all below beside its place; the frame pointers of the runtime's own traceback are "
               "gopm's.", where="^under asyncPreempt: ", case="^arm64-"),
    Difference("pointer of C", ("flags", "base", "kind", "len", "children", "value"), "", "",
               "In a static program with musl the first unit of the DWARF is one of C. Delve makes the type of a channel's buffer up "
               "without a place in the DWARF, takes it for one of that unit, and its pointer for C's.", where=r"\bbuf\b",
               case="static-musl"),
    Difference("plugin", ("value", "StringValueBytes", "unreadable", "children", "len", "cap", "base", "text", "type", "kind", "addr",
                          "realType", "name", "onlyAddr"), "", "",
               "What a core leaves out of a mapped file Delve reads from the executable, whichever file is mapped there: the "
               "plugin's data is read from the wrong file.", case="plugin"),
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
