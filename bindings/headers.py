# SPDX-License-Identifier: Apache-2.0
"""Parses the public headers, for the generators of bindings: constants, families of constants, structs, callbacks, functions.

The headers keep to rules that make this simple (tests/abi/): literals as constants, fixed-width integers, no unions, no
bit-fields. What the parser does not know ends the program."""
import dataclasses
import pathlib
import re
import sys

INCLUDE = pathlib.Path(__file__).resolve().parents[1] / "include/gopm"
SIZES = {"uint8_t": 1, "char": 1, "int": 4, "int32_t": 4, "uint32_t": 4, "gopm_status": 4, "int64_t": 8, "uint64_t": 8, "size_t": 8,
         "double": 8}
INTEGERS = {"uint8_t", "int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "gopm_status"}
# Members that a binding sets itself, or that mean nothing in it.
HIDDEN = re.compile(r"struct_size|reserved\d?")
COMMENT = r"/\*\*(?!<)(?P<comment>(?:(?!\*/).)*)\*/\s*"


@dataclasses.dataclass
class Constant:
    """`name` is without its prefix."""
    name: str
    value: int
    unsigned: bool  # the literal ends in u
    status: bool  # a value of gopm_status
    comment: str


@dataclasses.dataclass
class Declarator:
    """A member, a parameter, or what a function returns."""
    name: str
    type: str  # without const, struct and pointers
    const: bool = False  # of what the innermost pointer points to
    pointers: int = 0
    array: str | None = None  # the number of elements, a constant or a literal
    comment: str = ""
    function: "Function | None" = None  # a pointer to a function


@dataclasses.dataclass
class Function:
    """`comment` has its lines."""
    name: str
    result: Declarator
    parameters: list[Declarator]
    comment: str


@dataclasses.dataclass
class Struct:
    """`members` is None if the type is opaque."""
    name: str
    comment: str
    members: list[Declarator] | None


def fail(problem):
    sys.exit(f"{__file__}: {problem}")


def headers():
    """Names in the order of their includes."""
    found = []

    def visit(name):
        if name in found:
            return
        text = (INCLUDE / name).read_text(encoding="utf-8")
        for other in re.findall(r"#include <gopm/(\w+\.h)>", text):
            visit(other)
        if name not in found:
            found.append(name)
    visit("gopm.h")
    return [name for name in found if name != "gopm.h"]


def read_all():
    return "\n".join((INCLUDE / name).read_text(encoding="utf-8") for name in headers())


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).replace("\\\n", " ")


def lines_of(comment):
    """A comment without its stars."""
    lines = [re.sub(r"^\s*\*? ?", "", line).rstrip() for line in comment.strip().splitlines()]
    return "\n".join(lines).strip()


def one_line(comment):
    """A comment without its stars, on one line."""
    lines = [re.sub(r"^\s*\*?\s?", "", line).strip() for line in comment.strip().splitlines()]
    return " ".join(line for line in lines if line).lstrip("<").strip()


def constants(text, prefix="GOPM_"):
    """Each constant whose value is a literal, in the order of the headers."""
    pattern = re.compile(rf"(?:{COMMENT})?^[ ]*#define {prefix}(?P<name>\w+)[ \t]+\(?(?P<value>-?(?:0x[0-9a-f]+|\d+))(?P<u>u?)\)?[ \t]*"
                         r"(?:/\*\*<(?P<after>(?:(?!\*/).)*)\*/[ \t]*)?$", re.MULTILINE | re.DOTALL)
    text = text.replace("\\\n", " ")
    # The statuses follow their type.
    first = text.index("typedef int32_t gopm_status;")
    last = text.index("typedef", first + 1)
    return [Constant(m["name"], int(m["value"], 0), bool(m["u"]), first < m.start("name") < last,
                     one_line(m["comment"] or m["after"] or "")) for m in pattern.finditer(text)]


def computed_constants(text):
    """(name without GOPM_, expression) of each constant that is computed from others."""
    return re.findall(r"^#define GOPM_(\w+)[ \t]+\(([^()]*\bGOPM_[^()]*)\)[ \t]*$", without_comments(text), re.MULTILINE)


def family_prefixes(text):
    """Prefixes of constants that belong together, as comments name them: "VERDICT_" for GOPM_VERDICT_*. The longest first."""
    return sorted(set(re.findall(r"\bGOPM_(\w+_)\*", text)), key=lambda prefix: (-len(prefix), prefix))


def declarators(text, comment=""):
    """Declared names of a declaration: "const char *user, *start"."""
    pointer = re.fullmatch(r"(?P<result>[^()]*?)\(\*\s*(?P<name>\w+)\)\((?P<parameters>.*)\)", text, re.DOTALL)
    if pointer is not None:
        function = Function(pointer["name"], declarators(pointer["result"] + " result")[0], parameters(pointer["parameters"]), "")
        return [Declarator(pointer["name"], "", comment=comment, function=function)]
    match = re.fullmatch(r"\s*(?P<const>const\s+)?(?:struct\s+)?(?P<type>\w+)\b(?P<rest>.*)", text, re.DOTALL)
    if match is None:
        fail(f"not a declaration: {text!r}")
    found = []
    for part in match["rest"].split(","):
        name = re.fullmatch(r"(?P<stars>[\s*]*)\b(?P<name>\w+)\s*(?:\[(?P<array>\w+)\])?\s*", part)
        if name is None:
            fail(f"not a declarator: {part!r} in {text!r}")
        found.append(Declarator(name["name"], match["type"], bool(match["const"]), name["stars"].count("*"), name["array"], comment))
    return found


def parameters(text):
    """The parameters of a function; they have no functions themselves."""
    if text.strip() in ("", "void"):
        return []
    return [declarators(part)[0] for part in text.split(",")]


def members(body):
    """The members of a struct's body, with their comments."""
    found = []
    token = re.compile(r"/\*\*(?P<after><)?(?P<comment>.*?)\*/|/\*.*?\*/|(?P<declaration>[^;/]+);", re.DOTALL)
    before, last = "", []
    for match in token.finditer(body):
        if match["declaration"] is not None:
            last = declarators(match["declaration"].strip(), before)
            found += last
            before = ""
        elif match["after"]:
            for item in last:
                item.comment = one_line(match["comment"])
        elif match["comment"] is not None:
            before = one_line(match["comment"])
    return found


def structs(text):
    """Each struct; those of the Arrow interface have no typedef."""
    pattern = re.compile(rf"(?:{COMMENT})?(?:typedef struct (?P<opaque>gopm_\w+) (?P=opaque);"
                         r"|typedef struct (?P<typedef>gopm_\w+) \{(?P<body>.*?)\} (?P=typedef);"
                         r"|struct (?P<tag>\w+) \{(?P<other>.*?)\n\};)", re.DOTALL)
    for match in pattern.finditer(text):
        name = match["opaque"] or match["typedef"] or match["tag"]
        body = match["body"] or match["other"]
        yield Struct(name, one_line(match["comment"] or ""), None if body is None else members(body))


def callbacks(text):
    """Types of pointers to functions."""
    for match in re.finditer(rf"(?:{COMMENT})?typedef (?P<pointer>[^;{{]*\(\*gopm_\w+\)\([^;]*\));", text, re.DOTALL):
        function = declarators(match["pointer"])[0].function
        function.comment = lines_of(match["comment"] or "")
        yield function


def functions(text):
    """Each function of the library."""
    for match in re.finditer(rf"(?:{COMMENT})?^GOPM_API (?P<result>[^()]*?)\b(?P<name>gopm_\w+)\((?P<parameters>[^;]*)\);", text,
                             re.DOTALL | re.MULTILINE):
        yield Function(match["name"], declarators(match["result"] + " result")[0], parameters(match["parameters"]),
                       lines_of(match["comment"] or ""))


def is_plain(body, known):
    """True if a struct has only numbers, strings and other such structs, and pointers, which bindings leave out."""
    return all(m.pointers or m.type in INTEGERS or m.type in ("gopm_str", "double") or m.type in known for m in body)


def records(text):
    """The structs that the library fills, without pointers and members that bindings set themselves."""
    known, found = set(), []
    for struct in structs(text):
        if struct.members is None or not struct.name.startswith("gopm_") or struct.name == "gopm_str" or struct.name.endswith(
                ("_options", "_filter", "_target")):
            continue
        if not is_plain(struct.members, known):
            fail(f"{struct.name}: a member of a type that this script does not know")
        known.add(struct.name)
        found.append(Struct(struct.name, struct.comment,
                            [m for m in struct.members if not m.pointers and not HIDDEN.fullmatch(m.name)]))
    return found


def layouts(text):
    """(size, [offset of each member]) of each struct by name, on hosts with pointers of 8 bytes."""
    numbers = {f"GOPM_{c.name}": c.value for c in constants(text)}
    found = {}
    alignments = {}
    for struct in structs(text):
        if struct.members is None:
            continue
        at, most, offsets = 0, 1, []
        for member in struct.members:
            if member.pointers or member.function is not None or member.type.endswith("_fn"):
                size = alignment = 8
            elif member.type in SIZES:
                size = alignment = SIZES[member.type]
            elif member.type in found:
                size, alignment = found[member.type][0], alignments[member.type]
            else:
                fail(f"{struct.name}.{member.name}: unknown type {member.type}")
            at += -at % alignment
            offsets.append(at)
            at += size * (1 if member.array is None else numbers[member.array] if member.array in numbers else int(member.array))
            most = max(most, alignment)
        found[struct.name] = (at + -at % most, offsets)
        alignments[struct.name] = most
    return found
