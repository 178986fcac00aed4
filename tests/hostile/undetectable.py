# SPDX-License-Identifier: Apache-2.0
"""Damages that no reader can detect: the damaged field may have the new value in a sound core too.

Each row names a field, how its new value relates to the old one, the answers that follow from the field, and the reason.
Other answers must not change without a word. Globs as in fnmatch. A value is a word and a comparison with the old value:
`peer` is the value of the same field elsewhere, `near` at most 64 away, `zero`, `pointer` into the process, or `wild`.
"""
import fnmatch

DATA = ("arguments", "variables", "globals", "expressions")
# Answers about the heap that follow from words of the program.
REACHED = ("live", "heap-types")
# Answers that show the place of a pc: its function, file and line.
PLACES = ("current", "user", "go", "start", "groups", "trace", "stack", "symbols", "threads", "variables", "header",
          "profiles")
VALUE = "a variable shows the field as it is"
TEXT = "any text is possible"

ROWS = [
    # (field, value, answers, reason)
    # Headers of the core
    ("PT_LOAD.p_flags", "*", ("mappings",), "a mapping may have any permissions"),
    ("PT_LOAD.p_memsz", "*", ("mappings", "heap", "live", "heap-types"), "the part of a mapping that the core lacks may have any size"),
    ("NT_PRSTATUS.register", "*", ("threads",), "a register may have any value"),
    ("other note", "*", REACHED, "a vector register may point to any object"),
    ("NT_PRSTATUS.register", "near *", ("registers", "current", "user", "groups", "profiles"),
     "a thread may be at any instruction of a function"),
    ("NT_PRSTATUS.register", "*", REACHED, "a register may point to any object"),
    ("NT_PRSTATUS.register", "*", ("info",), "the first signal is found through the frame pointer, a register"),
    ("PT_LOAD.p_vaddr", "*", ("mappings",), "a mapping without bytes may be anywhere between its neighbours"),
    ("NT_PRSTATUS.rest", "*", ("threads",), "times and masks may have any value"),
    ("NT_FILE.path", "*", ("mappings",), TEXT),
    ("NT_FILE.offset", "*", ("mappings",), "a mapping may begin anywhere in its file"),
    ("NT_PRPSINFO", "*", ("info",), "the text of the command line may be any text"),
    # Structures of the runtime
    ("runtime.*", "*", DATA, VALUE),
    ("runtime.*", "*", REACHED, "a pointer may lead to any object, or to none"),
    ("wait object: *", "*", REACHED, "a pointer may lead to any object, or to none"),
    ("pcHeader.*", "*", DATA, VALUE),
    ("wait object: *", "*", DATA, VALUE),
    ("allgs*", "*", DATA, VALUE),
    ("runtime.g.goid", "*", ("id", "groups", "header", "threads"), "a number that no other goroutine has is as good as the old one"),
    ("runtime.g.parentGoid", "*", ("parent", "header"), "the creator may have ended: any number is possible"),
    ("runtime.g.waitsince", "zero <", ("time", "groups", "header"), "no collection may have seen it wait"),
    ("runtime.g.waitsince", "wild >", ("time", "groups", "header"), "a collection that no other goroutine waited for"),
    ("runtime.g.waitsince", "pointer >", ("time", "groups", "header"), "a collection that no other goroutine waited for"),
    ("runtime.g.waitsince", "peer *", ("time", "groups", "header"), "the begin of another collection is possible"),
    ("runtime.g.atomicstatus.value", "wild >", ("status", "header"), "the collector may scan the stack of a goroutine"),
    ("runtime.g.gopc", "peer *", ("go", "groups", "header", "trace"), "another `go` statement is possible"),
    ("runtime.g.waitreason", "*", ("reason",), "a goroutine that does not wait may have any reason"),
    ("runtime.g.waiting", "zero <", ("wait", "groups"), "all channels of a select may be nil"),
    ("runtime.hchan.elemtype", "pointer *", ("wait", "groups"), "another type of the same size, also without pointers"),
    ("runtime.hchan.elemtype", "peer *", ("wait", "groups"), "another type of the same size, also without pointers"),
    ("runtime.hchan.timer", "zero <", ("wait",), "a channel may have no timer"),
    ("printed text", "*", ("info", *DATA), TEXT),
    ("runtime.hchan.dataqsiz of no bytes", "*", ("wait", "groups"), "elements without bytes need no buffer"),
    ("runtime.pollDesc.fd", "*", ("wait", "groups"), "any number of a file is possible"),
    ("runtime.m.id", "near *", ("threads", "thread"), "the runtime stores the number once"),
    # Memory of the program
    ("stack: *word*", "*", DATA, "arguments and variables of the program: any value is possible"),
    ("stack: pointer into the stack", "*", DATA, "arguments and variables of the program: any value is possible"),
    ("stack: return address that is guessed", "*", ("user", "groups", "trace", "stack", *DATA),
     "frames that were searched for on the stack say that they are a guess"),
    ("stack: return address to missing code", "*", ("stack",), "code of C whose file is missing: any place is possible"),
    ("memory word", "*", (*DATA, "profiles"), "data of the program: any value is possible"),
    ("memory word", "*", ("time",), "the newest time that the runtime stored is the time of the core"),
    ("stack: *word*", "*", REACHED, "a word of a stack may point to any object"),
    ("stack: pointer into the stack", "*", REACHED, "a word of a stack may point to any object"),
    ("memory word", "*", REACHED, "a word of an object may point to any other"),
    ("constant word", "*", REACHED, "a constant may point to any type or function"),
    ("memory word", "*", ("labels",), "the key or value of a label may be any text"),
    ("constant word", "*", DATA, "constants of the program: any value is possible"),
    # Tables of the executable
    ("reason text", "*", ("reason", "groups", "header"), TEXT),
    ("reasons[[]].len", "* <", ("reason", "groups", "header"), "Go's strings have no end mark: a shorter text is possible"),
    ("reasons[[]].len", "peer >", ("reason", "groups", "header"), "Go's strings have no end mark: a longer text is possible"),
    ("table of pcln", "*", PLACES, "a line may have any number"),
    ("table of pcfile", "*", PLACES, "another file of the executable is possible"),
    ("table of inlined calls", "*", (*PLACES, "arguments"), "another inlined call of the function is possible"),
    ("inlined call", "*", (*PLACES, "arguments"), "another function of the executable is possible"),
    ("file name", "*", PLACES, TEXT),
    ("table of another function", "*", ("profiles",), "a line may have any number"),
    ("another function", "*", ("profiles",), "a profile has places in functions that no stack has"),
    ("cutab[[]]", "*", PLACES, "another file of the executable is possible"),
    ("function name", "*", ("status", "types", "heap-types", *DATA, *PLACES), TEXT),
    ("func.funcdata[[]]", "*", (*DATA, *REACHED), "tables of arguments and of pointers are stored once"),
    ("funcdata", "*", (*DATA, *REACHED), "tables of arguments and of pointers are stored once"),
    ("func.funcdata[[]]", "peer *", PLACES, "another tree of inlined calls is possible"),
    ("funcdata", "peer *", PLACES, "another tree of inlined calls is possible"),
    ("func.nfuncdata", "*", DATA, "tables of arguments are stored once"),
    ("table of pcdata", "*", DATA, "the index of a table of arguments is stored once"),
    ("table of pcdata", "*", REACHED, "the index of a table of pointers is stored once"),
    ("func.startLine", "*", PLACES, "a line may have any number"),
    ("structfield.name", "peer *", ("types", *DATA), "another name of the program is possible"),
    ("structfield.type", "peer *", ("types", *DATA), "another type of the same size and alignment is possible"),
    ("structfield.name", "pointer *", ("types", *DATA), "another name of the program is possible"),
    ("structfield.type", "pointer *", ("types", *DATA), "another type of the same size and alignment is possible"),
    ("name.flags", "near *", ("types", "heap-types", *DATA), "any field may be embedded: its type may have the name by an alias"),
    ("name.flags", "peer *", ("types", "heap-types", *DATA), "any field may be embedded: its type may have the name by an alias"),
    ("type.tflag", "near <", ("types",), "a pointer may have no methods"),
    ("type.tflag", "wild *", ("types",), "a pointer may have no methods"),
    ("type.hash", "*", DATA, VALUE),
    ("type.gcdata", "*", DATA, VALUE),
    ("type.equal", "*", DATA, VALUE),
    ("type.ptrToThis", "*", DATA, VALUE),
    ("name.text", "*", ("wait", "groups", "types", "heap-types", *DATA), TEXT),
    # Tables of C
    ("exe symbol.*", "*", ("stack", "calls"), "a function of C may have any name and address: its symbol is stored once"),
    ("exe section", "*", ("stack", "calls"), "a file may have no symbols of C: functions have no names then"),
    ("exe dynamic name", "*", ("stack", "calls"), TEXT),
    # DWARF
    ("info: *.name", "*", ("types", *DATA), TEXT),
    ("info: *.variable_parameter", "*", DATA, "any parameter may be a result"),
    ("info: *.decl_line", "*", DATA, "a line may have any number"),
    ("info: *.call_line", "*", DATA, "a line may have any number"),
    ("debug_loclists", "*", ("variables",), "a variable may be in any register or slot"),
]


def unexplained(change):
    """The answers of a change that no row of any of its damaged fields allows."""
    allowed = set()
    for part in change["parts"]:
        for field, value, answers, _ in ROWS:
            if fnmatch.fnmatchcase(part[0], field) and fnmatch.fnmatchcase(part[1], value):
                allowed.update(answers)
    return [name for name in change["answers"] if name not in allowed]
